# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The totals in Prometheus' text format, for the textfile collector of node_exporter."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import Iterable, Iterator, Mapping

from .journal import TYPES
from .totals import BOUNDS, CHANGED, OK, Histogram, Totals

_PREFIX = "vks_bigip_changes_"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Labels = Mapping[str, str]


def text(totals: Totals, cluster: str | None) -> str:
    """The metrics of the source that watches this cluster. The HELP texts are the same for each cluster.

    So one node_exporter can read the files of several sources.
    """
    return "".join(f"{line}\n" for line in _lines(totals, {"cluster": cluster or ""}))


def write(path: str, content: str) -> None:
    """Replace the file. A reader sees the former or the new content as a whole. Raises OSError and ValueError."""
    folder, name = os.path.split(os.path.abspath(path))
    # node_exporter reads *.prom, and it runs as another user.
    file, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with open(file, "w", encoding="utf-8") as output:
            os.fchmod(file, 0o644)
            output.write(content)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _lines(totals: Totals, cluster: Labels) -> Iterator[str]:
    yield from _metric(
        "events_total",
        "counter",
        "Events that the source sent.",
        [({**cluster, "type": name}, totals.events[name]) for name in TYPES],
    )
    yield from _metric(
        "event_services_total",
        "counter",
        "Services in the events that the source sent.",
        [(cluster, totals.services)],
    )
    runs = {(OK, ""): 0, (CHANGED, ""): 0, **totals.runs}
    yield from _metric(
        "runs_total",
        "counter",
        "Runs of publish that an event caused, by their result and by the code of the failure.",
        [
            ({**cluster, "result": result, "code": code}, count)
            for (result, code), count in sorted(runs.items())
        ],
    )
    yield from _metric(
        "streams_restarted_total",
        "counter",
        "Streams of the Kubernetes API that the source started again.",
        [({**cluster, "resource": name}, count) for name, count in sorted(totals.restarts.items())],
    )
    yield from _histogram(
        "publish_seconds",
        "Seconds from the first change in the cluster to the end of its publish.",
        totals.publish_seconds,
        cluster,
    )
    yield from _histogram("run_seconds", "Seconds that a run of publish took.", totals.run_seconds, cluster)
    yield from _metric(
        "degraded",
        "gauge",
        "1 if the source cannot read a part of the cluster.",
        [(cluster, int(totals.degraded))],
    )
    yield from _metric(
        "last_success_timestamp_seconds",
        "gauge",
        "The end of the last run that did not fail, in seconds since 1970.",
        [] if totals.last_success is None else [(cluster, totals.last_success)],
    )


def _metric(name: str, kind: str, description: str, samples: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    yield from _head(name, kind, description)
    yield from (_sample(name, labels, value) for labels, value in samples)


def _histogram(name: str, description: str, histogram: Histogram, labels: Labels) -> Iterator[str]:
    yield from _head(name, "histogram", description)
    for bound, count in zip(BOUNDS, histogram.counts):
        yield _sample(f"{name}_bucket", {**labels, "le": f"{bound:g}"}, count)
    yield _sample(f"{name}_bucket", {**labels, "le": "+Inf"}, histogram.count)
    yield _sample(f"{name}_sum", labels, histogram.sum)
    yield _sample(f"{name}_count", labels, histogram.count)


def _head(name: str, kind: str, description: str) -> Iterator[str]:
    yield f"# HELP {_PREFIX}{name} {description}"
    yield f"# TYPE {_PREFIX}{name} {kind}"


def _sample(name: str, labels: Labels, value: float) -> str:
    written = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{_PREFIX}{name}{{{written}}} {round(value, 3)!r}"


def _escaped(value: str) -> str:
    return value.encode("utf-8", "replace").decode().translate(_ESCAPES)
