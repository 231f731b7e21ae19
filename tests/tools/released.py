#!/usr/bin/env python3
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that a tag is the version of galaxy.yml and the newest of the changelog: released.py TAG. It needs no package."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = {
    "galaxy.yml": r"^version: (\S+)$",
    "changelogs/changelog.yaml": r"^  (\d[^\s:]*):$",
    "CHANGELOG.rst": r"^v(\d\S*)\n=+$",
}
"""The files with versions, and the line of a version in each."""


def faults(tag: str, root: Path = ROOT) -> list[str]:
    """The reasons why this tag is not a release."""
    found = []
    for name, line in PLACES.items():
        versions = re.findall(line, (root / name).read_text(), re.MULTILINE)
        newest = max(versions, key=_order, default="no version")
        if newest != tag:
            found.append(f"{name} has {newest}, and the tag is {tag}")
    if left := sorted(path.name for path in (root / "changelogs" / "fragments").glob("*.y*ml")):
        found.append(f"antsibull-changelog release has not yet used {', '.join(left)}")
    return found


def _order(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: released.py TAG")
    sys.exit("\n".join(faults(sys.argv[1])) or None)
