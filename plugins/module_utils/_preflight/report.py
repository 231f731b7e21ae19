# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The results of the checks as lines of text for a person."""

from __future__ import annotations

import textwrap
from typing import Iterable

from .judgement import FAIL, PASS, SKIPPED, UNKNOWN, WARN, CheckResult

WIDTH = 110
INDENT = " " * 14
ORDER = (FAIL, WARN, UNKNOWN, PASS)


def lines(results: Iterable[CheckResult]) -> list[str]:
    """Return failures first, with their messages. Each pass is a line; all skipped checks are one line."""
    every = list(results)
    texts = []
    for status in ORDER:
        for item in every:
            if item.status == status:
                texts.append(f"{status if status == PASS else status.upper():<9}{item.id}  {item.title}")
                if status != PASS:
                    texts += textwrap.wrap(
                        item.message,
                        WIDTH,
                        initial_indent=INDENT,
                        subsequent_indent=INDENT,
                        break_long_words=False,
                        break_on_hyphens=False,
                    )
    skipped = [item.id for item in every if item.status == SKIPPED]
    if skipped:
        text = f"{SKIPPED:<9}{' '.join(skipped)}"
        texts += textwrap.wrap(text, WIDTH, subsequent_indent=" " * 9)
    counts = [f"{sum(item.status == status for item in every)} {status}" for status in (*ORDER, SKIPPED)]
    return [*texts, ", ".join(counts)]
