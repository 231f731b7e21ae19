# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Hides secrets in what a module returns, logs and warns of."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, Mapping

from .._as3 import forms, secrets
from .._as3.forms import SHORTEST

HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # as Ansible writes it
# Secrets are searched by so many first characters: many may have the first four in common.
BEGINNINGS = (SHORTEST, 16, 64)
FEW = 64  # secrets; if there are more, it is faster to search for their beginnings
# Limits for secrets with the same beginning. If there are more, a text is hidden from their beginning to the
# length of the longest.
FEW_CHARACTERS, FEW_ALIKE = 4096, 8

LONG_NAME = 16  # characters of a secret that is hidden as a key; a result's own keys must stay

_Index = dict[str, dict[int, set[str]]]
"""Secrets by their beginning and their length."""
_Span = tuple[int, int]
"""Where a secret begins and ends in a text."""


class Mask:
    """Hides secrets in texts and results.

    Its time does not grow with the number of secrets, even if they are similar: other users may write them.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._shorter: tuple[_Index, ...] = tuple({} for _size in BEGINNINGS[:-1])
        self._long: dict[str, _Alike] = {}

    def add(self, values: Iterable[str]) -> None:
        new = {value for value in values if len(value) >= SHORTEST} - self._known
        self._known |= new
        for value in new:
            if len(value) >= BEGINNINGS[-1]:
                self._long.setdefault(value[: BEGINNINGS[-1]], _Alike()).add(value)
            else:
                level = sum(len(value) >= size for size in BEGINNINGS) - 1
                self._shorter[level].setdefault(value[: BEGINNINGS[level]], {}).setdefault(
                    len(value), set()
                ).add(value)

    def add_read(self, values: Iterable[str]) -> None:
        """Add secrets that another system holds, in each form."""
        self.add(form for value in values for form in forms.of_text(value, most_lines=forms.MOST_LINES))

    def text(self, text: str) -> str:
        """The text, masked as Ansible does it.

        Secrets that overlap are hidden as one: the author of one of them may know the place of another.
        """
        if text in self._known:
            return HIDDEN
        parts, hidden = [], 0
        for begin, end in (
            self._in_one_pass(text) if len(self._known) > FEW else sorted(self._one_by_one(text))
        ):
            if end > max(begin, hidden):
                parts += [text[hidden:begin], secrets.MASK] if begin >= hidden else []
                hidden = end
        return "".join([*parts, text[hidden:]])

    def value(self, value: Any) -> Any:
        """A copy of a result, or of a part of it."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self._name(name): self.value(part) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(part) for part in value]
        return (
            HIDDEN
            if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value) in self._known
            else value
        )

    def _name(self, name: Any) -> Any:
        """A key. Ansible takes a text in base64 that ends in = for a name without a value."""
        return HIDDEN if name in self._known and len(name) >= LONG_NAME else name

    def _one_by_one(self, text: str) -> Iterator[_Span]:
        for value in self._known:
            begin = text.find(value)
            while begin >= 0:
                yield begin, begin + len(value)
                begin = text.find(value, begin + 1)  # it may overlap itself

    def _in_one_pass(self, text: str) -> Iterator[_Span]:
        levels: tuple[Mapping[str, Any], ...] = (*self._shorter, self._long)
        indexes = [(size, index) for size, index in zip(BEGINNINGS, levels) if index]
        for place in range(len(text)):
            for size, index in indexes:
                if text[place : place + size] in index:
                    yield place, place + self._length(text, place)
                    break

    def _length(self, text: str, place: int) -> int:
        """The length of the longest secret at this place of a text, 0 if there is none.

        It may be more if too many secrets have the same beginning to compare each.
        """
        alike = self._long.get(text[place : place + BEGINNINGS[-1]])
        longest = 0 if alike is None else alike.length(text, place)
        for size, index in zip(BEGINNINGS, self._shorter):
            lengths = index.get(text[place : place + size], {})
            if len(lengths) > FEW_ALIKE:
                longest = max(longest, *lengths)
            else:
                longest = max(
                    [
                        longest,
                        *(
                            length
                            for length, values in lengths.items()
                            if text[place : place + length] in values
                        ),
                    ]
                )
        return longest


class _Alike:
    """Secrets that have their first characters in common."""

    def __init__(self) -> None:
        self._values: list[str] = []
        self._characters = self._count = self._longest = 0

    def add(self, value: str) -> None:
        self._longest = max(self._longest, len(value))
        self._characters += len(value)
        self._count += 1
        if self._is_few():
            self._values.append(value)

    def length(self, text: str, place: int) -> int:
        if not self._is_few():
            return self._longest
        return max((len(value) for value in self._values if text.startswith(value, place)), default=0)

    def _is_few(self) -> bool:
        return self._characters <= FEW_CHARACTERS and self._count <= FEW_ALIKE
