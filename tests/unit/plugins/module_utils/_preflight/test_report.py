# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of the checks as lines of text."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._preflight.judgement import CheckResult
from ansible_collections.vks.bigip.plugins.module_utils._preflight.report import lines


def result(check: str, status: str, message: str = "Something is so.") -> CheckResult:
    return CheckResult(check, f"Title of {check}", status, message, "", None)


def test_failures_come_first_and_what_was_skipped_is_one_line() -> None:
    every = [
        result("P01", "pass"),
        result("P02", "skipped"),
        result("P03", "fail"),
        result("P04", "skipped"),
        result("P05", "unknown"),
        result("P06", "warn"),
    ]
    assert lines(every) == [
        "FAIL     P03  Title of P03",
        "              Something is so.",
        "WARN     P06  Title of P06",
        "              Something is so.",
        "UNKNOWN  P05  Title of P05",
        "              Something is so.",
        "pass     P01  Title of P01",
        "skipped  P02 P04",
        "1 fail, 1 warn, 1 unknown, 1 pass, 2 skipped",
    ]


def test_long_messages_are_wrapped_and_keep_their_words() -> None:
    name = "kube-system/antrea-config-f5d8c9"  # with hyphens, where no line ends
    words = [name, name, "x" * 30, name, name, "v" * 20, name, "y" * 64, "w" * 120]
    shown = lines([result("P03", "fail", " ".join(words))])
    assert shown == [
        "FAIL     P03  Title of P03",
        f"              {name} {name} {'x' * 30}",
        f"              {name} {name} {'v' * 20}",
        f"              {name}",
        f"              {'y' * 64}",
        f"              {'w' * 120}",
        "1 fail, 0 warn, 0 unknown, 0 pass, 0 skipped",
    ]
    assert len(shown[1]) == 110 and len(f"{shown[3]} {'y' * 64}") == 111


def test_many_skipped_checks_are_wrapped() -> None:
    names = [f"P{number:02}" for number in range(1, 30)]
    assert lines([result(name, "skipped") for name in names]) == [
        f"skipped  {' '.join(names[:25])}",
        f"         {' '.join(names[25:])}",
        "0 fail, 0 warn, 0 unknown, 0 pass, 29 skipped",
    ]


def test_no_results() -> None:
    assert lines([]) == ["0 fail, 0 warn, 0 unknown, 0 pass, 0 skipped"]
