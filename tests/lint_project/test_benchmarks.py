# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's own code, in seconds and without a lab: it must not rot between two runs of make bench."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from xml.etree import ElementTree

import pytest

from benchmarks import __main__, findings, machine, objects, plot, reacted, reaction, sizes
from runner.places import ROOT

BENCHMARKS = ROOT / "tests" / "benchmarks"
DOCUMENT = (ROOT / "docs" / "performance.md").read_text()


def test_the_pure_core_builds_what_it_then_finds_unchanged() -> None:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((os.environ["PYTHONPATH"], str(ROOT / "tests")))}
    words = [sys.executable, str(BENCHMARKS / "core.py"), "10", "100", "", "profile"]
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=True)
    told = json.loads(done.stdout)
    assert told["counts"]["unchanged"] == 10 and told["counts"]["members"] == 100 and told["top"]


def test_commands_are_measured_in_turns() -> None:
    command = machine.Command([sys.executable, "-c", "import json; print(json.dumps({'seconds': 2.5}))"], json=True)
    runs = machine.in_turns({"a": command, "b": command}, 2)
    assert [one.said["seconds"] for name in "ab" for one in runs[name]] == [2.5] * 4
    assert all(one.seconds > 0 and one.megabytes > 1 for one in runs["a"])


def test_a_command_that_fails_is_no_measure() -> None:
    with pytest.raises(machine.BenchError, match="no such thing"):
        machine.run(machine.Command([sys.executable, "-c", "raise SystemExit('no such thing')"]))


def test_numbers() -> None:
    assert str(machine.ratio([2, 6, 4], [1, 2, 4])) == "2.00 (1.00-3.00)"
    assert machine.line([(0, 1), (1, 3), (2, 5)]) == pytest.approx((1, 2, 1))


@pytest.mark.parametrize(("value", "verdict"), [(2.9, "met"), (3.0, "met"), (3.1, "MISSED")])
def test_goal_and_result_stand_side_by_side(value: float, verdict: str) -> None:
    found = findings.at_most("speed", "at most 3", 3, value, f"{value}")
    assert findings.text([found]).splitlines()[1].split() == ["speed", "at", "most", "3", f"{value}", verdict]
    assert findings.markdown([found]).splitlines()[2] == f"| speed | at most 3 | {value} | {verdict} |"


def test_plots_are_xml() -> None:
    points = [(0.0, 1.0), (20000.0, 3.4)]
    for svg in (plot.lines("a & b", "Pods", "s", {"x": points}), plot.bars("<c>", "s", {"one": 1.0, "two": 0.2})):
        assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_endpoints_stand_in_slices_of_a_hundred() -> None:
    assert [len(piece["endpoints"]) for piece in objects.slices("n", "s", [{}] * 250)] == [100, 100, 50]
    assert len({objects.pod_address(number) for number in range(30000)}) == 30000


def test_every_size_is_whole_services() -> None:
    assert all(sum(size.in_namespaces().values()) == size.services for size in sizes.SIZES.values())


def test_the_document_has_a_place_for_what_is_measured() -> None:
    """A full run finds the place for each table, and each plot of the document exists."""
    source = "".join((BENCHMARKS / name).read_text() for name in ("measures.py", "posting.py", "reaction.py", "__main__.py"))
    names = set(re.findall(r'book\.tables\["([a-z-]+)"\]', source)) | {f"profile-{mode}" for mode in ("nodeportlocal", "nodeport", "cluster")}
    for name in names:
        assert findings.between(DOCUMENT, name, "new").count("new") > 0
    for name in re.findall(r"\((performance-[a-z-]+\.svg)\)", DOCUMENT):
        assert (ROOT / "docs" / name).is_file()
    assert __main__.PARTS


def test_a_part_alone_updates_only_its_results() -> None:
    old = findings.Finding("a", "1", "9", False), findings.Finding("b", "2", "2", True)
    new = findings.Finding("a", "1", "1", True), findings.Finding("c", "3", "3", True)
    document = findings.between("x <!-- results --> <!-- /results --> y", "results", findings.markdown(old))
    assert findings.updated(document, new) == findings.between(document, "results", findings.markdown([new[0], old[1], new[1]]))


HUNDRED = [float(number) for number in range(1, 101)]
PERCENTILES = [([4.0, 1.0, 3.0, 2.0], 0.5, 2.0), ([1.0], 0.99, 1.0), (HUNDRED, 0.95, 95.0), (HUNDRED, 0.99, 99.0)]


@pytest.mark.parametrize(("values", "share", "expected"), PERCENTILES)
def test_percentiles(values: list[float], share: float, expected: float) -> None:
    assert reacted.percentile(values, share) == expected


PAIRS = [
    # what was written and seen, each with its time, and the reactions with their seconds
    ([(1, "mapped", "a"), (2, "ready", "a")], [(5, "added", "a")], [("added", "a", 3)]),
    ([(1, "ready", "a"), (4, "mapped", "a")], [(5, "added", "a")], [("added", "a", 1)]),
    ([(1, "terminating", "b"), (2, "gone", "b")], [(3, "removed", "b")], [("removed", "b", 2)]),
    ([(1, "mapped", "a"), (1, "ready", "a"), (2, "terminating", "b")], [(3, "added", "a"), (3, "removed", "b")], [("added", "a", 2), ("removed", "b", 1)]),
]


@pytest.mark.parametrize(("written", "seen", "expected"), PAIRS)
def test_a_change_is_paired_with_its_member(written: list[reacted.Row], seen: list[reacted.Row], expected: list[tuple[str, str, float]]) -> None:
    assert [(one.kind, one.member, one.seconds) for one in reacted.reactions(written, seen)] == expected


def test_a_member_that_never_appears_is_an_error() -> None:
    with pytest.raises(machine.BenchError, match="added a, removed b"):
        reacted.reactions([(1, "ready", "a"), (2, "terminating", "b")], [(3, "removed", "a")])


def line(kind: str, sequence: int, second: float, **more: object) -> dict[str, object]:
    return {"kind": kind, "type": "changed", "sequence": sequence, "time": f"2026-01-31T12:00:{second:06.3f}Z", **more}


BEGIN = reacted.moment("2026-01-31T12:00:00Z")
JOURNAL = [line("event", 1, 1), line("run", 1, 5, seconds=2.0), line("event", 2, 6), line("run", 2, 9, seconds=2.0), line("run", 7, 10, seconds=1.0)]
FOUND = reacted.plays(JOURNAL, [BEGIN + 2, BEGIN + 6.5], [BEGIN + 4, BEGIN + 4.5, BEGIN + 8])


def test_the_parts_of_plays() -> None:
    parts = [[round(at - BEGIN, 3) for at in (one.event, one.play, one.task, one.contact, one.end)] for one in FOUND]
    assert parts == [[1, 2, 3, 4, 5], [6, 6.5, 7, 8, 9]]
    assert len(reacted.within(FOUND, BEGIN, BEGIN + 5)) == 1
    resync = reacted.plays([line("event", 1, 1), line("run", 1, 5, type="resync", seconds=2.0)], [], [])
    assert len(resync) == 1 and reacted.within(resync, BEGIN, BEGIN + 5) == []


@pytest.mark.parametrize(
    ("changed", "seen", "expected"),
    [(0.5, 4.75, [0.5, 1, 1, 1, 0.75]), (3.5, 4.75, [0, 0, 0, 0.5, 0.75]), (4.75, 8.5, [1.25, 0.5, 0.5, 1, 0.5]), (0.5, 5.1, [0.5, 1, 1, 1, 1.1])],
)
def test_the_phases_of_a_change_are_those_of_its_run(changed: float, seen: float, expected: list[float]) -> None:
    spent = reacted.phases(reacted.Reaction("added", "a", BEGIN + changed, BEGIN + seen), FOUND)
    assert spent == pytest.approx(expected) and sum(spent) == pytest.approx(seen - changed)


def test_a_change_without_a_run_is_an_error() -> None:
    with pytest.raises(machine.BenchError, match="no run carried out that a was added"):
        reacted.phases(reacted.Reaction("added", "a", BEGIN, BEGIN + 20), FOUND)


def test_the_log_of_ansible_shows_when_plays_began() -> None:
    log = "2026-01-31 12:00:02,250 p=7 u=x n=ansible INFO| PLAY [Publish] ***\n2026-01-31 12:00:03,000 p=7 u=x n=ansible INFO| TASK [Publish] ***\n"
    assert [datetime.fromtimestamp(at).isoformat() for at in reaction.plays_begun(log)] == ["2026-01-31T12:00:02.250000"]
