# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of pytest: divides the checks into groups, chooses and orders them, and shows what runs.

The scheduling policy:
1. Each core has a worker of pytest-xdist. A group is one command or the tests of one file; one worker runs it, in order.
2. Groups begin in the order of LONG, then by name, so that the workers end together.
3. Nothing runs alone, and nothing runs twice.
4. A worker keeps a lab for each set of options; a test resets a lab instead of starting another one.
5. A test waits for events, and has no limit that a busy machine can miss.
"""

from __future__ import annotations

import time
from collections import Counter
from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

LONG = ("sanity 2.21", "molecule cis", "integration", "examples", "lab antrea", "faults", "no_lost_request", "units")


def group_of(nodeid: str) -> str:
    """`units 2.16` for the command test_units[2.16], `lab net` for a file of the lab's tests, else the name of the file."""
    path, _sep, test = nodeid.partition("::")
    file = PurePath(path)
    name = file.stem.removeprefix("test_")
    if file.parent.name == "checks":
        return test.removeprefix("test_").replace("lint_", "lint ").replace("[", " ").rstrip("]")
    if file.parent.name == "lint_project":
        return "lint project"
    return f"lab {name}" if file.parent.parent.name == "lab" else name


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also what is marked `exhaustive`: make test-all")
    parser.addoption("--groups", default="", help="only these groups, or those whose first word is one of these; separated by commas")
    parser.addoption("--list-groups", action="store_true", help="print the groups, and run nothing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    words = set(filter(None, config.getoption("--groups").split(",")))
    groups = [group_of(item.nodeid) for item in items]
    if unknown := words - {name for group in groups for name in (group, group.split()[0])}:
        raise pytest.UsageError(f"{', '.join(sorted(unknown))}: no such group; tests/run --list names them")

    def wanted(item: pytest.Item) -> bool:
        group = group_of(item.nodeid)
        in_target = config.getoption("--all") or not item.get_closest_marker("exhaustive")
        return group in words or (in_target and (not words or group.split()[0] in words))

    def place(item: pytest.Item) -> tuple[int, str]:
        group = group_of(item.nodeid)
        return next((number for number, name in enumerate(LONG) if group.startswith(name)), len(LONG)), group

    items[:] = sorted(filter(wanted, items), key=place)
    if config.getoption("--list-groups"):
        print("\n".join(dict.fromkeys(group_of(item.nodeid) for item in items)))
        items.clear()


class Groups(LoadScopeScheduling):
    """pytest-xdist's scheduling by scope, where a scope is one of our groups."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


class Controller:
    """Divides the groups among the workers, and prints a line for each that ends."""

    def __init__(self) -> None:
        self._left: Counter[str] = Counter()
        self._ended: dict[str, Counter[str]] = {}
        self._seconds: Counter[str] = Counter()
        self._began = time.monotonic()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Groups:
        return Groups(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self._left = Counter(map(group_of, ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        group = group_of(report.nodeid)
        self._seconds[group] += report.duration
        ended = self._ended.setdefault(group, Counter())
        if report.when == "call" or report.outcome != "passed":
            ended[report.outcome] += 1
        if report.when == "teardown":
            self._left[group] -= 1
            if not self._left[group]:
                counts = ", ".join(f"{count} {outcome}" for outcome, count in ended.items())
                done = sum(not count for count in self._left.values())
                clock = f"{time.monotonic() - self._began:5.0f} s"
                print(f"{done:>3}/{len(self._left)} {clock}  {group}: {counts} ({self._seconds[group]:.0f} s)", flush=True)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """No dot for each test."""
        return (report.outcome, "", "") if report.when == "call" and report.passed else None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("the ten slowest")
        for group, seconds in self._seconds.most_common(10):
            terminalreporter.line(f"{seconds:6.0f} s  {group}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exhaustive: only `make test-all` runs it")
    if not hasattr(config, "workerinput") and not config.getoption("--list-groups"):
        config.pluginmanager.register(Controller())
