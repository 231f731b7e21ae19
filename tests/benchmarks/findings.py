# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: each result with its goal, as text and as Markdown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Sequence


@dataclass(frozen=True)
class Finding:
    """`met` is None where there is no goal."""

    measure: str
    goal: str
    result: str
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: ""}[self.met]


HEAD = ("measure", "goal", "result", "")


def at_most(measure: str, goal: str, limit: float, value: float, result: str) -> Finding:
    return Finding(measure, goal, result, value <= limit)


def text(findings: Sequence[Finding]) -> str:
    rows = [HEAD, *((item.measure, item.goal, item.result, item.verdict) for item in findings)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)


def markdown(findings: Iterable[Finding]) -> str:
    return table(HEAD, ((item.measure, item.goal, item.result, item.verdict) for item in findings))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def updated(document: str, findings: Iterable[Finding]) -> str:
    """The document whose table of results has these findings, each in the place of its former one, or at the end."""
    begin, end = (document.index(mark) for mark in ("<!-- results -->", "<!-- /results -->"))
    rows = {line.split(" | ")[0]: line for line in document[begin:end].splitlines()[1:]}
    rows.update((line.split(" | ")[0], line) for line in markdown(findings).splitlines())
    return between(document, "results", "\n".join(rows.values()))


def between(document: str, name: str, content: str) -> str:
    """The document with new content between its marks <!-- name --> and <!-- /name -->."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, found, rest = document.partition(begin)
    _old, found_too, tail = rest.partition(end)
    if not found or not found_too:
        raise ValueError(f"the document has no place for {name}")
    return f"{head}{begin}\n{content.strip()}\n{end}{tail}"
