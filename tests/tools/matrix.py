#!/usr/bin/env python3
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the output of `tests/run --list`, and print the jobs of .github/workflows/ci.yml as a JSON list.

A job runs one group. The groups of `lab` and `lint` share a job: each takes seconds, and a machine takes minutes to set up.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable

SHARED = ("lab", "lint")
GROUP = re.compile(r"[a-z]\w*(?: \S+)?")  # pytest's own lines have more words, or begin with another character
MOST_JOBS = 256  # GitHub's limit for a matrix


def jobs(lines: Iterable[str]) -> list[str]:
    """The words that tests/run takes, one for each job. Together they run each group once."""
    groups = [line for line in map(str.strip, lines) if GROUP.fullmatch(line)]
    return list(dict.fromkeys(word if (word := group.split()[0]) in SHARED else group for group in groups))


def main() -> int:
    found = jobs(sys.stdin)
    if not 0 < len(found) <= MOST_JOBS:
        sys.exit(f"tests/run listed {len(found)} jobs; a matrix has 1 to {MOST_JOBS}")
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
