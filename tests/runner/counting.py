# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tests a suite ran, read from what it printed. Pure.

Each reader gets the log and the exit status. A suite that failed never counts as if nothing had failed, and one that
says that it passed without a test that ran has failed as well: a runner that found nothing to run is a broken runner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


# "==== 1 failed, 12 passed, 3 skipped, 2 errors in 0.52s ====", with or without the frame
_PYTEST = re.compile(r"^=* ?((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s\b", re.MULTILINE)
_PYTEST_WORDS = {"passed": "passed", "xpassed": "passed", "failed": "failed", "error": "failed", "errors": "failed", "skipped": "skipped", "xfailed": "skipped"}
_FAILED_OF = re.compile(r"The (\d+) (?:sanity|integration) test\(s\) listed below \(out of (\d+)\) failed")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def pytest(log: str, status: int) -> Count:
    """All summaries of pytest in the log: ansible-test starts it several times."""
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for summary in _PYTEST.findall(_COLOUR.sub("", log)):
        for number, word in re.findall(r"(\d+) ([a-z]+)", summary):
            if word in _PYTEST_WORDS:
                totals[_PYTEST_WORDS[word]] += int(number)
    return _honest(Count(**totals), status)


def ansible_test(log: str, status: int) -> Count:
    """Sanity tests and integration targets: those announced, less those that the end of the log calls failed."""
    plain = _COLOUR.sub("", log)
    announced = len(re.findall(r"^Running (?:sanity test \"|\S+ integration test (?:role|script))", plain, re.MULTILINE))
    found = _FAILED_OF.search(plain)
    failed = int(found[1]) if found else 0
    return _honest(Count(passed=max(announced - failed, 0), failed=failed), status)


def molecule(log: str, status: int) -> Count:
    """The actions of all scenarios, by the words of the recap at the end."""
    recap = re.findall(r"^\S+ *: actions=\d+ +successful=(\d+) .*failed=(\d+)", _COLOUR.sub("", log), re.MULTILINE)
    return _honest(Count(passed=sum(int(good) for good, _bad in recap), failed=sum(int(bad) for _good, bad in recap)), status)


def one(log: str, status: int) -> Count:
    """A tool that says yes or no counts as one test."""
    return Count(failed=1) if status else Count(passed=1)


def _honest(count: Count, status: int) -> Count:
    if not count.failed and (status or not count.passed):
        return Count(count.passed, 1, count.skipped)
    return count
