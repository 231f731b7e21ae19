# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What JUnit XML files say: pytest's own, and those that a command of a check left behind."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")


def count(files: Iterable[Path]) -> Count:
    """The test cases of these files. A case with an error is a failed one."""
    return sum((_of(case) for file in files for case in ET.parse(file).iter("testcase")), Count())


def _of(case: ET.Element) -> Count:
    kinds = {child.tag for child in case}
    if kinds & {"failure", "error"}:
        return Count(failed=1)
    return Count(skipped=1) if "skipped" in kinds else Count(passed=1)


def failures(files: Iterable[Path]) -> list[str]:
    """The name and the message of each case that failed."""
    return [
        f"{case.get('classname', '')} {case.get('name')}:\n{bad.get('message') or ''}\n{bad.text or ''}".rstrip()
        for file in files
        for case in ET.parse(file).iter("testcase")
        for bad in (*case.findall("failure"), *case.findall("error"))
    ]
