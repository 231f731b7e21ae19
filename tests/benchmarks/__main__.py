# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench: starts a lab, fills it, measures, and prints each result with its goal.

SIZE=small is a tenth of the size and of the time. ONLY="core startup" runs only these parts. The results are
in .build/bench. DOCS=1 also writes them to docs/performance.md. A missed goal is reported and is not an
error, because the machine can be slow or busy.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable

from runner.places import ROOT

from . import findings, measures, posting, reaction
from .machine import BenchError
from .measures import Book
from .sizes import SIZES
from .world import FOLDER, World, say, world

DOCUMENT = ROOT / "docs" / "performance.md"

# Quick parts are first. growth is last, because it fills the cluster further.
PARTS: dict[str, Callable[[World, Book], None]] = {
    "core": measures.pure_core,
    "startup": lambda made, book: measures.starting(made, book, ROOT),
    "own": measures.own_time,
    "gzip": measures.compression,
    "publish": posting.publish,
    "batches": posting.batches,
    "results": measures.results,
    "details": posting.details,
    "playbooks": measures.playbooks,
    "peer": posting.peer,
    "reaction": reaction.reaction,
    "growth": measures.growth,
}
WITHOUT_CLUSTER = {"core", "startup"}


def main() -> int:
    size = SIZES.get(os.environ.get("SIZE") or "full")
    only = (os.environ.get("ONLY") or " ".join(PARTS)).split()
    if size is None or not set(only) <= set(PARTS):
        print(f"SIZE is one of {', '.join(SIZES)}; ONLY names some of {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    book, begin = Book(), time.monotonic()
    try:
        with world(size) as made:
            if set(only) - WITHOUT_CLUSTER:
                say(f"filled in {made.fill():.0f} s")
            for name, part in PARTS.items():
                if name not in only:
                    continue
                if name == "growth":
                    made.fill_more()
                part(made, book)
                _keep(book)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    busy = os.getloadavg()[2]
    where = (
        f"Size {size.name}: {size.pods:,} Pods on {size.nodes} nodes behind {size.services} Services. Python {platform.python_version()}, "
        f"{os.cpu_count()} cores, {time.monotonic() - begin:.0f} s in all; the load over the last 15 minutes was {busy:.1f}."
    )
    if len(only) == len(PARTS):
        book.tables["where"] = where
    _keep(book)
    if os.environ.get("DOCS") == "1":
        _document(book)
    print(f"\n{findings.text(book.findings)}\n\n{where}")
    if size.name != "full":
        print("The goals are those of the full size: a small one has less to save, and starts count for more.")
    missed = [one.measure for one in book.findings if one.met is False]
    print(f"{len(missed)} goals were missed: {'; '.join(missed)}" if missed else "Every goal was met.")
    return 0


def _keep(book: Book) -> None:
    """The results so far, for a user who interrupts the run."""
    (FOLDER / "results.json").write_text(measures.as_json(book))
    for name, svg in book.plots.items():
        (FOLDER / f"{name}.svg").write_text(svg)


def _document(book: Book) -> None:
    text = findings.updated(DOCUMENT.read_text(), book.findings)
    for name, content in book.tables.items():
        text = findings.between(text, name, content)
    DOCUMENT.write_text(text)
    for name, svg in book.plots.items():
        (DOCUMENT.parent / f"performance-{name}.svg").write_text(svg)


if __name__ == "__main__":
    sys.exit(main())
