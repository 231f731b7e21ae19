# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner's own parts: a test suite that cannot count is worse than none."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner import counting, environments, labs, tree
from runner.counting import Count


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
