# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The command line of a CIS: the values of its options, and the parts that results may show.

An editor of any namespace can write such a command line. No pattern of this file reads a character more than a few times.
"""

from __future__ import annotations

import re
from typing import Iterable, Sequence

HIDDEN = "(hidden)"
LONGEST = 128 * 1024  # characters; Linux starts no program with a longer argument

_WORDS = ("password", "passwd", "passphrase", "token", "secret", "username")
_NAME = re.compile(r"[\w-]+")
# They decide if CIS reads TLS Secrets, and how often it renews its token.
_HARMLESS = ("--use-secrets", "--refresh-token-interval")
_BEFORE_A_VALUE = re.compile(r"\s*=\s*|\s+")
_QUOTED = {quote: re.compile(rf"{quote}[^{quote}]*{quote}?") for quote in "\"'"}
_PLAIN = re.compile(r"(?:[^\s\"'\\]|\\.)+|\\", re.DOTALL)
_CHUNK = re.compile(r"\S+")


def values(arguments: Sequence[str], option: str) -> list[str]:
    """The values of an option, written as --option=value or as --option value."""
    option_values = []
    for place, text in enumerate(arguments):
        name, equals, value = text.partition("=")
        if name == option:
            following = arguments[place + 1] if place + 1 < len(arguments) else ""
            option_values.append(value if equals else following)
    return option_values


def names(arguments: Sequence[str], option: str) -> list[str]:
    """The names that an option lists: each time it is given, and between commas."""
    return [part.strip() for value in values(arguments, option) for part in value.split(",") if part.strip()]


def shown(arguments: Iterable[str]) -> tuple[str, ...]:
    """The same words without passwords, tokens and user names.

    Of a word that is too long, only the option's name is shown.
    """
    words: list[str] = []
    secret_follows = False
    for word in arguments:
        name, equals, _value = word.partition("=")
        secret = bool(_NAME.fullmatch(name)) and _is_secret(name) and name.lower() not in _HARMLESS
        if secret_follows:  # even if it looks like an option: it is taken as the value
            words.append(HIDDEN)
        elif secret and equals:
            words.append(f"{_short(name)}={HIDDEN}")
        elif len(word) > LONGEST:
            words.append(f"{name}={HIDDEN}" if len(name) <= 100 and _NAME.fullmatch(name) else HIDDEN)
        else:
            words.append(_in_text(word))
        secret_follows = secret and word.startswith("-") and not equals and not secret_follows
    return tuple(words)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[:100]}..."


def _is_secret(name: str) -> bool:
    text = name.lower()
    return any(word in text for word in _WORDS)


def _in_text(word: str) -> str:
    text = _CHUNK.sub(lambda chunk: _without_user(chunk[0]), word)
    # A shell's command line is one word, and an option can be anywhere in it.
    return _without_values(text) if any(char.isspace() for char in text) else text


def _without_user(url: str) -> str:
    """A password may contain / and @. So all text between the scheme and the last @ is hidden."""
    scheme, slashes, location = url.partition("://")
    _user, at, host = location.rpartition("@")
    return f"{scheme}{slashes}{HIDDEN}@{host}" if slashes and at else url


def _without_values(text: str) -> str:
    kept: list[str] = []
    copied_to = place = 0
    while (name := _NAME.search(text, place)) is not None:
        place = name.end()
        before = _BEFORE_A_VALUE.match(text, place) if _is_secret(name[0]) else None
        if before is None:
            continue
        end = _end_of_shell_word(text, before.end())
        if end > before.end():
            kept += [text[copied_to : before.end()], HIDDEN]
            copied_to = place = end
    return "".join([*kept, text[copied_to:]])


def _end_of_shell_word(text: str, place: int) -> int:
    """The end of the value that begins at a place, as a shell reads it: adjacent quoted and plain parts.

    A quote that is not closed extends to the end of the text.
    """
    while True:
        part = _QUOTED.get(text[place : place + 1], _PLAIN).match(text, place)
        if part is None:
            return place
        place = part.end()
