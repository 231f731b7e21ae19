# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner's own parts: a test suite that cannot count is worse than none."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from runner import counting, environments, labs, schedule, tree
from runner import work as work_module
from runner.counting import Count
from runner.places import ROOT
from runner.suites import Suite, table
from runner.work import Failed, Work


@pytest.mark.parametrize(
    ("log", "status", "expected"),
    [
        ("===== 12 passed in 0.52s =====", 0, Count(12)),
        ("12 passed in 0.52s", 0, Count(12)),
        ("== 1 failed, 12 passed, 3 skipped, 2 errors in 61.52s (0:01:01) ==", 1, Count(12, 3, 3)),
        ("== 2 passed in 1.0s ==\nx\n== 3 passed, 1 xfailed in 1.0s ==", 0, Count(5, 0, 1)),
        ("== 2 passed in 1.0s ==\nthen a crash", 1, Count(2, 1)),
        ("== no tests ran in 0.01s ==", 0, Count(0, 1)),
        ("== 3 skipped in 0.01s ==", 0, Count(0, 1, 3)),
        ("", 0, Count(0, 1)),
        ("\x1b[32m== \x1b[1m5 passed\x1b[0m in 0.1s ==\x1b[0m", 0, Count(5)),
        ("a test that prints: 3 failed in the past", 0, Count(0, 1)),
    ],
)
def test_pytest(log: str, status: int, expected: Count) -> None:
    assert counting.pytest(log, status) == expected


@pytest.mark.parametrize(
    ("log", "status", "expected"),
    [
        ('Running sanity test "pep8"\nRunning sanity test "import" on Python 3.10', 0, Count(2)),
        ('Running sanity test "pep8"\nERROR: The 1 sanity test(s) listed below (out of 1) failed.', 1, Count(0, 1)),
        ('Running sanity test "pep8"\nRunning sanity test "yamllint"\nFATAL: boom', 1, Count(2, 1)),
        ("Running publish integration test role\nRunning info integration test role\n", 0, Count(2)),
        ("Running a integration test role\nRunning b integration test script\nERROR: The 1 integration test(s) listed below (out of 2) failed", 1, Count(1, 1)),
        ("WARNING: All targets skipped.", 0, Count(0, 1)),
    ],
)
def test_ansible_test(log: str, status: int, expected: Count) -> None:
    assert counting.ansible_test(log, status) == expected


@pytest.mark.parametrize(
    ("log", "status", "expected"),
    [
        ("publish     : actions=7  successful=7  disabled=0  skipped=0  failed=0\nverify : actions=7  successful=6  disabled=0  failed=1\n", 1, Count(13, 1)),
        ("publish     : actions=7  successful=7  disabled=0  failed=0\nCRITICAL", 1, Count(7, 1)),
        ("a_scenario_with_a_long_name: actions=5  successful=5  disabled=0  skipped=0  missing=0  failed=0", 0, Count(5)),
        ("no scenario", 0, Count(0, 1)),
    ],
)
def test_molecule(log: str, status: int, expected: Count) -> None:
    assert counting.molecule(log, status) == expected


def test_one() -> None:
    assert counting.one("", 0) == Count(1)
    assert counting.one("", 3) == Count(0, 1)


def test_sum_and_words() -> None:
    assert str(Count(3) + Count(1, 2)) == "4 passed, 2 failed"
    assert str(Count(3, 0, 1)) == "3 passed, 0 failed, 1 skipped"


def test_lab_variables() -> None:
    assert labs.variables("export A=1\nexport B='two words'\nexport C=\n# x\n") == {"A": "1", "B": "two words", "C": ""}


def test_what_ships() -> None:
    shipped = tree.shipped()
    assert Path("galaxy.yml") in shipped
    assert Path("plugins/module_utils/_errors.py") in shipped
    assert not [name for name in shipped if name.parts[:2] in {("tests", "lab"), ("tests", "runner"), (".build",)}]


def test_no_python_is_a_clear_error() -> None:
    with pytest.raises(environments.SetupError, match="No Python 3.99 was found"):
        environments.find_python(("3.99",))


def test_requirements_are_pinned() -> None:
    """The same packages today and next year; the collection's own requirements leave the choice to its user."""
    for environment in environments.TABLE.values():
        for line in environment.requirements.read_text().splitlines():
            assert line.startswith(("#", "-r ")) or "==" in line or not line, f"{environment.requirements.name}: {line}"
    for name in ("requirements.txt", "meta/ee-requirements.txt"):
        lines = (environments.ROOT / name).read_text().splitlines()
        assert all(">=" in line and "==" not in line for line in lines)


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schedule, "LOGS", tmp_path)
    monkeypatch.setattr(schedule, "ROOT", tmp_path)
    return tmp_path


def test_suites_that_pass_fail_and_break(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def breaks(work: Work) -> int:
        raise Failed

    def surprises(work: Work) -> int:
        raise OSError("no space")

    def prints(work: Work) -> int:
        return work.run([sys.executable, "-c", "print('3 passed, 1 failed in 0.1s'); raise SystemExit(1)"], cwd=logs)

    suites = [
        Suite("good", "g", lambda work: 0),
        Suite("bad", "g", lambda work: 1),
        Suite("broken", "g", breaks),
        Suite("surprised", "g", surprises),
        Suite("counted", "g", prints, counting.pytest),
    ]
    results = schedule.run_all(suites)
    assert results == {"good": Count(1), "bad": Count(0, 1), "broken": Count(0, 1), "surprised": Count(0, 1), "counted": Count(3, 1)}
    assert schedule.summary(suites, results, 1.0) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 4 failed"


def test_what_failed_beside_others_runs_once_more_alone(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs: dict[str, int] = {}

    def fails_at_first(name: str, times: int) -> Suite:
        def run(work: Work) -> int:
            runs[name] = runs.get(name, 0) + 1
            work.run(["echo", f"run {runs[name]}"], cwd=logs)
            return int(runs[name] <= times)

        return Suite(name, "g", run, lab=name != "without a lab")

    suites = [fails_at_first("hurried", 1), fails_at_first("wrong", 9), fails_at_first("without a lab", 1), fails_at_first("fine", 0)]
    results = schedule.run_all(suites)
    schedule.run_again_alone(suites, results)
    assert runs == {"hurried": 2, "wrong": 2, "without a lab": 1, "fine": 1}
    assert {name for name, count in results.items() if count.failed} == {"wrong", "without a lab"}
    assert "run 1\n       hurried failed beside others (suites/hurried.first.log)" in capsys.readouterr().out


def test_a_lab_runs_beside_what_has_none_and_beside_another_at_the_end(logs: Path) -> None:
    """Each waits for the one that has to run beside it: an idle worker, or another order, leaves it waiting."""
    pairs = [("lab 0", "other 0"), ("lab 1", "other 1"), ("lab 2", "lab 3")]
    beside = {name: barrier for pair in pairs for barrier in [threading.Barrier(2)] for name in pair}

    def suite(name: str) -> Suite:
        return Suite(name, "g", lambda work: int(beside[name].wait(timeout=20) < 0), lab=name.startswith("lab"))

    suites = [suite(name) for name in sorted(beside)]
    assert schedule.run_all(suites) == {each.name: Count(1) for each in suites}


@pytest.mark.parametrize("place", [0, 1, 2, 3])
@pytest.mark.parametrize("lab", [True, False])
def test_nothing_runs_beside_a_stream(logs: Path, place: int, lab: bool) -> None:
    running: list[str] = []
    beside: list[str] = []

    def suite(name: str, **more: Any) -> Suite:
        def run(work: Work) -> int:
            running.append(name)
            for _moment in range(10):
                time.sleep(0.01)
                beside.extend(other for other in running if "stream" in (name, other) and other != name)
            running.remove(name)
            return 0

        return Suite(name, "g", run, **more)

    suites = [suite("lab", lab=True), suite("units"), suite("linter")]
    suites.insert(place, suite("stream", lab=lab, alone=True))
    assert schedule.run_all(suites) == {each.name: Count(1) for each in suites}
    assert beside == []


def test_what_may_run_once_only_is_not_repaired_by_a_second_run(logs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    runs: list[str] = []

    def suite(name: str, alone: bool) -> Suite:
        return Suite(name, "g", lambda work: runs.append(name) or 1, lab=True, alone=alone)

    monkeypatch.setattr(schedule, "table", lambda everything: [suite("stream", True), suite("wrong", False)])
    monkeypatch.setattr(schedule, "prepare", lambda chosen: None)
    assert schedule.main([]) == 1
    assert sorted(runs) == ["stream", "wrong", "wrong"]
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 2 failed"


def test_a_linter_gives_way(logs: Path) -> None:
    def suite(name: str, group: str) -> Suite:
        return Suite(name, group, lambda work: work.run([sys.executable, "-c", "import os; print('nice', os.nice(0))"], cwd=logs))

    schedule.run_all([suite("tests", "units"), suite("linter", "lint")])
    own = os.nice(0)
    assert f"nice {own}\n" in (logs / "suites" / "tests.log").read_text()
    assert "nice 19\n" in (logs / "suites" / "linter.log").read_text()


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    work = Work(tmp_path / "log", seconds=0.1)
    assert work.run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path) == 124
    assert "time is over" in work.text()


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Whether all has been ended, for this test alone."""
    event = threading.Event()
    monkeypatch.setattr(work_module, "_ended", event)
    return event


def test_an_interrupted_suite_takes_its_lab_down(logs: Path, ended: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = logs / "lab"
    launcher.write_text(f'#!/bin/sh\necho "$1" >> {logs}/calls\n')
    launcher.chmod(0o755)
    monkeypatch.setattr(labs, "LAB", launcher)
    monkeypatch.setattr(labs.environments, "make", lambda name: environments.TABLE[name])
    work = Work(logs / "log", seconds=60)

    def interrupt() -> None:
        while not (logs / "begun").exists():
            time.sleep(0.01)
        work_module.end_all()

    threading.Thread(target=interrupt).start()
    with labs.lab(work, "mine"):
        work.run(["sh", "-c", f"touch {logs}/begun; exec sleep 60"], cwd=logs)
        assert ended.is_set()
        assert work.run(["touch", str(logs / "late")], cwd=logs) == 130
    assert (logs / "calls").read_text().split() == ["up", "env", "down"]
    assert not (logs / "late").exists()


def test_an_interrupted_command_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the suite runs in the main thread, which is where Ctrl-C arrives."""
    started: list[subprocess.Popen[bytes]] = []

    def interrupted(process: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if not started:
            started.append(process)
            raise KeyboardInterrupt
        return wait(process, timeout)

    wait = subprocess.Popen.wait
    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Work(tmp_path / "log", seconds=60).run(["sleep", "60"], cwd=tmp_path)
    assert started[0].returncode


@pytest.mark.parametrize(
    ("words", "everything", "expected"),
    [
        (["units", "mypy"], False, ["units core-2.16", "units core-2.21", "mypy"]),
        (["units", "mypy"], True, ["units core-2.16", "units core-2.19", "units core-2.21", "mypy"]),
        (["units core-2.19"], False, ["units core-2.19"]),
        (["integration"], False, ["integration core-2.21"]),
    ],
)
def test_choice(words: list[str], everything: bool, expected: list[str]) -> None:
    assert [suite.name for suite in schedule.choose(table(), words, everything)] == expected


def test_wrong_words() -> None:
    with pytest.raises(SystemExit, match="unit: no such suite"):
        schedule.choose(table(), ["unit"], True)
    with pytest.raises(SystemExit, match="--everything: no such option"):
        schedule.main(["--everything"])


def test_make_test_has_each_kind_of_check() -> None:
    whole = table()
    chosen = schedule.choose(whole, [], False)
    assert schedule.choose(whole, [], True) == whole
    assert {suite.group for suite in chosen} == {suite.group for suite in whole}
    for group in ("lint", "scenarios", "lab", "demo"):
        assert [suite for suite in chosen if suite.group == group] == [suite for suite in whole if suite.group == group]
    for group in ("sanity", "units"):
        names = [suite.name for suite in whole if suite.group == group]
        assert [suite.name for suite in chosen if suite.group == group] == [names[0], names[-1]], "the oldest and the newest ansible-core"


def test_each_role_has_a_scenario_in_make_test() -> None:
    """A scenario converges the role of its own name, or one whose name its own begins with."""
    names = [suite.name.removeprefix("molecule ") for suite in schedule.choose(table(), ["molecule"], False)]
    roles = sorted(path.name for path in (ROOT / "roles").iterdir())
    assert [role for role in roles for name in names if name == role or name.startswith(f"{role}_")] == roles


def test_contributing_says_what_is_in_which_target() -> None:
    """Its table has a row for each group, and names the suites of the group where the targets differ."""
    rows = re.findall(r"^\| `([\w-]+)` \| [^|]+ \| ([^|]+) \| ([^|]+) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert rows == [(group, in_test, in_all) for group, (in_test, in_all) in _targets().items()]


def _targets() -> dict[str, tuple[str, str]]:
    """For each group what `make test` and `make test-all` run of it, in the words of the table."""
    whole = table()
    targets: dict[str, tuple[str, str]] = {}
    for group in dict.fromkeys(suite.group for suite in whole):
        names = {suite: suite.name.removeprefix(f"{group} ").removeprefix("core-") for suite in whole if suite.group == group}
        some, every = [name for suite, name in names.items() if not suite.exhaustive], [*names.values()]
        targets[group] = ("all", "all") if some == every else (", ".join(some), ", ".join(every))
    targets["scenarios"] = ("without the mark `exhaustive`", "all")
    return targets


def test_an_error_further_up_is_shown() -> None:
    lines = ["ERROR: the cause", *("noise" for _number in range(60)), "the end"]
    assert schedule.what_matters(lines)[0] == "ERROR: the cause"
    assert schedule.what_matters(lines)[-1] == "the end"
