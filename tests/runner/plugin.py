# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of pytest: divides the checks into groups, selects and orders them, and shows the running ones.

The scheduling policy:
1. pytest-xdist has a worker for each core, and one more: they wait for labs. A worker runs a group (a command, or a file's tests) in order.
2. Groups begin in the order of LONG, then by name, so the workers end together.
3. Nothing runs alone, and nothing runs twice.
4. A worker keeps a lab for each set of options; a test resets a lab instead of starting another one.
5. A test waits for events, and has no limit that a busy machine can miss.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from support.labs import Labs

LONG = (
    "coverage",
    "soak",
    "molecule cis",
    "sanity 2.21",
    "lint foreign_text",
    "hostile",
    "examples",
    "integration",
    "oldest_core",
    "no_lost_request",
    "faults",
    "keep_in_sync",
    "molecule",
    "sanity",
    "cis_migration",
    "hostile",
    "units",
    "lint project",
    "lab cis",
)


def group_of(nodeid: str) -> str:
    """`units 2.16` for the command test_units[2.16], `lab net` for a file of the lab's tests, else the name of the file.

    The files of lint_project are one group, but for the long ones.
    """
    path, _sep, test = nodeid.partition("::")
    file = PurePath(path)
    name = file.stem.removeprefix("test_")
    if file.parent.name == "checks":
        return test.removeprefix("test_").replace("lint_", "lint ").replace("[", " ").rstrip("]")
    if file.parent.name == "lint_project":
        return f"lint {name}" if f"lint {name}" in LONG else "lint project"
    return f"lab {name}" if file.parent.parent.name == "lab" else name


@pytest.fixture(scope="session")
def labs() -> Iterator[Labs]:
    """The labs of this worker."""
    made = Labs()
    yield made
    made.end()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="also what is marked `exhaustive`: make test-all")
    parser.addoption("--groups", default="", help="only these groups, or those whose first word is one of these; separated by commas")
    parser.addoption("--list-groups", action="store_true", help="print the groups, and run nothing")


def _asked(config: pytest.Config) -> set[str]:
    return set(filter(None, config.getoption("--groups").split(",")))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    words = _asked(config)
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
        self._seconds: dict[str, float] = defaultdict(float)
        self._summaries: list[str] = []
        self._began = time.monotonic()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Groups:
        return Groups(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        self._left = Counter(map(group_of, ids))
        if unknown := _asked(node.config) - {name for group in self._left for name in (group, group.split()[0])}:
            pytest.exit(f"{', '.join(sorted(unknown))}: no such group; tests/run --list names them", returncode=2)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        if (group := group_of(nodeid)) not in self._ended:
            self._ended[group] = Counter()
            self._say(f"{group} ...")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        group = group_of(report.nodeid)
        self._seconds[group] += report.duration
        if report.when == "call" or not report.passed:
            self._ended[group][report.outcome] += 1
        if report.when == "teardown":
            self._summaries += [str(text) for name, text in report.user_properties if name == "summary"]
            self._left[group] -= 1
            if not self._left[group]:
                counts = ", ".join(f"{count} {outcome}" for outcome, count in self._ended[group].items())
                self._say(f"{group}: {counts} in {self._seconds[group]:.0f} s")

    def _say(self, text: str) -> None:
        done = sum(not count for count in self._left.values())
        print(f"{time.monotonic() - self._began:5.0f} s {done:>3}/{len(self._left)}  {text}", flush=True)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str]:
        """No letter for each test."""
        return (report.outcome if report.when == "call" or not report.passed else "", "", "")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The summaries that tests left with record_property, then the slowest groups."""
        for text in self._summaries:
            terminalreporter.line(text)
        terminalreporter.section("the ten slowest")
        for group, seconds in sorted(self._seconds.items(), key=lambda pair: -pair[1])[:10]:
            terminalreporter.line(f"{seconds:6.0f} s  {group}")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exhaustive: only `make test-all` runs it")
    if not hasattr(config, "workerinput") and not config.getoption("--list-groups"):
        config.pluginmanager.register(Controller())
