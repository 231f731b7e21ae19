# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The metrics in Prometheus' text format, read as node_exporter's parser reads it, and how the file is replaced."""

from __future__ import annotations

import math
import os
import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import Event, Run
from ansible_collections.vks.bigip.plugins.module_utils._watch.metrics import text, write
from ansible_collections.vks.bigip.plugins.module_utils._watch.totals import Totals

EVENT = Event(1764400000.0, "prod", "changed", 1, ("shop/web", "shop/cart"), False, 0.7)
RUN = Run(1764400003.5, "prod", "changed", 1, ("shop/web",), False, True, False, None, (), 2.1, 3.9)
NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf'({NAME})\{{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)*)\}} (\S+)')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\[\\"n])*)"')
SUFFIXES = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def parsed(content: str) -> Samples:
    """The samples. Each line, its place and its name are checked as the text format describes them."""
    samples: Samples = {}
    types: dict[str, str] = {}
    assert content.endswith("\n") and "\n\n" not in content
    lines = iter(content.removesuffix("\n").split("\n"))
    for line in lines:
        if line.startswith("#"):
            name = re.fullmatch(rf"# HELP ({NAME}) [^\\]+", line)
            kind = re.fullmatch(rf"# TYPE ({NAME}) (\w+)", next(lines))
            assert name and kind and name[1] == kind[1] and name[1] not in types
            types[name[1]] = kind[2]
            assert (kind[2] == "counter") == name[1].endswith("_total")
            continue
        sample = SAMPLE.fullmatch(line)
        assert sample, line
        family = next(reversed(types))
        assert sample[1] in [family + suffix for suffix in SUFFIXES[types[family]]]
        labels = LABEL.findall(sample[2])
        assert ",".join(f'{key}="{value}"' for key, value in labels) == sample[2]
        key = (sample[1].removeprefix("vks_bigip_changes_"), tuple((name, plain(value)) for name, value in labels))
        assert sample[1].startswith("vks_bigip_changes_") and key not in samples and math.isfinite(float(sample[3]))
        samples[key] = float(sample[3])
    return samples


def plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] == "n" else match[1], value)


def values(totals: Totals, name: str) -> dict[tuple[str, ...], float]:
    """The samples of a name, by their labels without the cluster."""
    samples = parsed(text(totals, "prod"))
    return {tuple(value for key, value in labels if key != "cluster"): value for (one, labels), value in samples.items() if one == name}


@pytest.fixture
def totals() -> Totals:
    known = Totals()
    for event in (EVENT, replace(EVENT, type="resync"), replace(EVENT, type="degraded", services=())):
        known.sent(event)
    for run in (RUN, replace(RUN, changed=False, from_change=0.4), replace(RUN, failed=True, code="timeout")):
        known.ended(run)
    known.restarted("pods")
    return known


def test_a_source_that_starts() -> None:
    samples = parsed(text(Totals(), "prod"))
    assert set(samples.values()) == {0.0} and all(dict(labels)["cluster"] == "prod" for _name, labels in samples)
    assert {name for name, _labels in samples} == {
        "events_total",
        "event_services_total",
        "runs_total",
        *(f"{name}_{part}" for name in ("publish_seconds", "run_seconds") for part in ("bucket", "sum", "count")),
        "degraded",
    }


def test_the_counters(totals: Totals) -> None:
    assert values(totals, "events_total") == {("changed",): 1, ("resync",): 1, ("degraded",): 1, ("recovered",): 0}
    assert values(totals, "event_services_total") == {(): 4}
    assert values(totals, "runs_total") == {("ok", ""): 1, ("changed", ""): 1, ("failed", "timeout"): 1}
    assert values(totals, "streams_restarted_total") == {("pods",): 1}
    assert values(totals, "degraded") == {(): 1}
    assert values(totals, "last_success_timestamp_seconds") == {(): 1764400003.5}


def test_the_histograms(totals: Totals) -> None:
    buckets = [("0.5", 1), ("1", 1), ("2.5", 1), ("5", 2), ("10", 2), ("30", 2), ("60", 2), ("300", 2), ("+Inf", 2)]
    assert list(values(totals, "publish_seconds_bucket").items()) == [((bound,), count) for bound, count in buckets]
    assert values(totals, "publish_seconds_sum") == {(): 4.3} and values(totals, "publish_seconds_count") == {(): 2}
    assert values(totals, "run_seconds_sum") == {(): 6.3} and values(totals, "run_seconds_count") == {(): 3}


@given(st.text(max_size=100))
def test_any_name_of_a_cluster_is_one_label(cluster: str) -> None:
    assert {dict(labels)["cluster"] for _name, labels in parsed(text(Totals(), cluster))} == {cluster}


@pytest.mark.parametrize(("cluster", "label"), [(None, ""), ("half \ud800", "half ?"), ('a"} 1\nforged{x="', 'a"} 1\nforged{x="')])
def test_a_strange_name_of_a_cluster(cluster: str | None, label: str) -> None:
    assert {dict(labels)["cluster"] for _name, labels in parsed(text(Totals(), cluster))} == {label}


def test_two_clusters_have_the_same_descriptions(totals: Totals) -> None:
    """node_exporter refuses metrics of one name whose HELP differs."""
    heads = [[line for line in text(one, name).splitlines() if line.startswith("#")] for one, name in ((totals, "a"), (Totals(), "b"))]
    assert heads[0] == heads[1]


def test_the_file_is_replaced_and_all_users_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "changes.prom"
    former = os.umask(0o077)
    try:
        write(str(path), "first\n")
        with open(path) as reader:
            write(str(path), "second\n")
            assert reader.read() == "first\n"
    finally:
        os.umask(former)
    assert path.read_text() == "second\n" and stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_path_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("changes.prom", "text\n")
    assert (tmp_path / "changes.prom").read_text() == "text\n"


@pytest.mark.parametrize("name", ["replace", "fchmod"])
def test_a_fault_leaves_the_former_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "changes.prom"
    path.write_text("former\n")
    monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError):
        write(str(path), "new\n")
    assert path.read_text() == "former\n" and list(tmp_path.iterdir()) == [path]


def test_the_other_file_of_the_folder_is_not_one_that_node_exporter_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    monkeypatch.setattr(os, "fchmod", lambda file, mode: names.extend(os.listdir(tmp_path)))
    write(str(tmp_path / "changes.prom"), "text\n")
    assert len(names) == 1 and not names[0].endswith(".prom")
