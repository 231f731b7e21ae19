# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a CIS: what it says, and what of it may be shown. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from typing import Iterable, Sequence

HIDDEN = "(hidden)"

_WORDS = r"password|passwd|passphrase|token|secret|username"
_SECRET = re.compile(rf"[\w-]*(?:{_WORDS})[\w-]*", re.IGNORECASE)
# Whether CIS reads TLS Secrets, and how often it renews its token.
_HARMLESS = ("--use-secrets", "--refresh-token-interval")
# A shell's command line is one word, and an option stands anywhere in it.
_IN_TEXT = re.compile(rf"([\w-]*(?:{_WORDS})[\w-]*(?:\s*=\s*|\s+))(\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE)
_IN_URL = re.compile(r"(?<=://)[^/@\s]*@")


def values(arguments: Sequence[str], option: str) -> list[str]:
    """What --option=value or --option value says."""
    found = []
    for place, text in enumerate(arguments):
        name, equals, value = text.partition("=")
        if name == option:
            following = arguments[place + 1] if place + 1 < len(arguments) else ""
            found.append(value if equals else following)
    return found


def names(arguments: Sequence[str], option: str) -> list[str]:
    """The names that an option lists: each time it is given, and between commas."""
    return [part.strip() for value in values(arguments, option) for part in value.split(",") if part.strip()]


def shown(arguments: Iterable[str]) -> tuple[str, ...]:
    """The same words without passwords, tokens and user names, wherever they stand."""
    words: list[str] = []
    secret_follows = False
    for word in arguments:
        name, equals, _value = word.partition("=")
        secret = bool(_SECRET.fullmatch(name)) and name.lower() not in _HARMLESS
        if secret_follows:  # even if it looks like an option: it is taken as the value
            words.append(HIDDEN)
        elif secret and equals:
            words.append(f"{name}={HIDDEN}")
        else:
            words.append(_in_text(word))
        secret_follows = secret and word.startswith("-") and not equals and not secret_follows
    return tuple(words)


def _in_text(word: str) -> str:
    text = _IN_URL.sub(f"{HIDDEN}@", word)
    return _IN_TEXT.sub(rf"\1{HIDDEN}", text) if re.search(r"\s", text) else text
