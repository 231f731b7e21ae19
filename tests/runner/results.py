# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results in JUnit XML files: pytest's own, and those of a command of a check."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path


def cases(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Each test case: passed, skipped or failed; and the name and the message of a failed one."""
    for case in (case for file in files for case in ET.parse(file).iter("testcase")):
        bad = [*case.iter("failure"), *case.iter("error")]
        said = [f"{case.get('classname', '')} {case.get('name')}:", *(part for each in bad for part in (each.get("message"), each.text) if part)]
        yield ("failed", "\n".join(said)) if bad else ("skipped" if case.find("skipped") is not None else "passed", "")


def count(files: Iterable[Path]) -> Counter[str]:
    return Counter(outcome for outcome, _said in cases(files))


def failures(files: Iterable[Path]) -> list[str]:
    return [said for outcome, said in cases(files) if outcome == "failed"]
