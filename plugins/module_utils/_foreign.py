# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads text of users with fewer rights, from objects of the cluster and from BIG-IP, with limits.

Such text is data (SECURITY.md). However large, deep or strange it is, the task goes on and reports a reason.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
import zlib
from typing import Any, Callable, Iterator, TypeVar

LONGEST = 4 * 1024 * 1024  # characters; etcd holds at most 1.5 MB of an object
DEEPEST = 100  # AS3's own declarations have less than 20 levels; Python ends a recursion at 1,000
SPOILED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, MemoryError, OverflowError)
"""The exceptions of code that meets a value of another type than it expects."""

_GZIP_PIECE = 64 * 1024  # bytes
_GZIP_MEMBERS = 100  # a file of gzip may consist of several; an answer has one

# A string that has no end takes all that follows: a search that went back from there would take quadratic
# time.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[\[\]{},:]', re.DOTALL)

Text = TypeVar("Text", bound="str | bytes")
Value = TypeVar("Value")


class Unreadable(ValueError):
    """A foreign text that cannot be read. The message has the reason, and quotes nothing of the text."""


def from_json(text: str | bytes | None, longest: int = LONGEST, *, any_depth: bool = False) -> Any:
    """The value that a foreign text holds as JSON.

    Raises Unreadable. With `any_depth` it may have as many levels as the parser takes.
    """
    if not isinstance(text, (str, bytes)):
        raise Unreadable("it is not a text")
    return checked(text, _load, "JSON", longest, any_depth=any_depth)


def _load(text: str | bytes) -> Any:
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text))  # by itself, the parser takes halves of characters
    value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    if "\\ud" in text or "\\uD" in text:
        json.dumps(
            value, ensure_ascii=False
        ).encode()  # half a character, which no file and no terminal takes, is a ValueError
    return value


def split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The values of one JSON object, each with its key as it is written; or those of an array.

    It takes one pass, however deep they are.
    """
    level, begin, key = 0, 0, b""
    for token in _TOKEN.finditer(data):
        sign = data[token.start()]
        if sign in b"[{":
            level += 1
            if level == 1:
                begin = token.end()
        elif sign in b"]}":
            level -= 1
            if level == 0:
                if value := data[begin : token.start()].strip():
                    yield key, value
                return
        elif level == 1 and sign in b",:":
            part, begin = data[begin : token.start()].strip(), token.end()
            if sign in b":":
                key = part
            else:
                yield key, part
                key = b""


def _finite(text: str) -> float:
    """A number such as 1e999 would be written as Infinity, which no JSON of another system has."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that is too large")
    return value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def checked(
    text: Text, parse: Callable[[Text], Any], form: str, longest: int = LONGEST, *, any_depth: bool = False
) -> Any:
    """The value that `parse` makes of a foreign text, if both have a size that the code can take.

    form: the name of the format that `parse` reads ("JSON"). Raises Unreadable.
    """
    if len(text) > longest:
        raise Unreadable(f"it is {len(text)} characters long, and at most {longest} are read")
    try:
        value = parse(text)
    except (RecursionError, MemoryError) as error:
        raise Unreadable(
            f"it is nested too deep to be read as {form}"
            if isinstance(error, RecursionError)
            else "it is too large to be read"
        ) from None
    except SPOILED as error:
        raise Unreadable(f"it is not {form} ({type(error).__name__})") from None
    return value if any_depth else flat(value)


class Gunzip:
    """Decompresses gzip piece by piece, as it arrives: a small text holds gigabytes.

    check: takes the number of bytes read or made so far, and raises an exception if that is too much.
    """

    def __init__(self, check: Callable[[int], None]) -> None:
        self._check = check
        self._read = 0
        self._members = 0
        self._begin()

    @property
    def whole(self) -> bool:
        """True if the end has been read."""
        return self._reader.eof or not self._read

    def feed(self, data: bytes, body: bytearray) -> None:
        """Append what these bytes hold to the body. Raises Unreadable, and what `check` raises."""
        self._read += len(data)
        self._check(self._read)
        while True:
            if self._reader.eof:
                self._begin()
            try:
                part = self._reader.decompress(data, _GZIP_PIECE)
            except zlib.error as error:
                raise Unreadable(f"it is not gzip ({error})") from None
            body += part
            self._check(len(body))
            data = self._reader.unused_data if self._reader.eof else self._reader.unconsumed_tail
            # zlib may hold output of what it has read already.
            if not data and (self._reader.eof or len(part) < _GZIP_PIECE):
                return

    def _begin(self) -> None:
        self._members += 1
        if self._members > _GZIP_MEMBERS:
            raise Unreadable(f"it has more than {_GZIP_MEMBERS} parts of gzip")
        self._reader = zlib.decompressobj(16 + zlib.MAX_WBITS)


def gunzip(data: bytes, longest: int) -> bytes:
    """The content of a whole text of gzip, at most so many bytes. Raises Unreadable."""

    def check(size: int) -> None:
        if size > longest:
            raise Unreadable(f"it is longer than {longest} bytes")

    body = bytearray()
    reader = Gunzip(check)
    reader.feed(data, body)
    if not reader.whole:
        raise Unreadable("it ends in the middle of its gzip")
    return bytes(body)


def number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        finite = float(value)
    except OverflowError:
        return None
    return finite if math.isfinite(finite) else None


def whole(value: Any, default: int = 0) -> int:
    """The whole number of at most 64 bits that a value is, also as text; the default for anything else.

    int() takes the square of a text's length, or raises.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value) if -(2**63) <= value < 2**63 else default
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if len(text) < 20 and text.isascii() and text.removeprefix("-").isdigit() else default


def flat(value: Value) -> Value:
    """A value that a foreign object holds, if the rest of the code can walk through it. Raises Unreadable."""
    if is_deep(value):
        raise Unreadable(f"it has more than {DEEPEST} levels")
    return value


def unexpected(error: BaseException) -> Unreadable:
    """The reason to leave out an object of an unexpected structure, after one of SPOILED."""
    return Unreadable(f"it has an unexpected structure ({type(error).__name__})")


def is_deep(value: Any) -> bool:
    """True if a value has too many levels; level by level, without recursion."""
    level: list[Any] = [value]
    for _level in range(DEEPEST):
        # A node in several places (an alias of YAML) counts once in a level: otherwise a short text makes
        # billions of them.
        level = list({id(part): part for node in level for part in _parts(node)}.values())
        if not level:
            return False
    return True


def _parts(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from (part for part in node.values() if isinstance(part, (dict, list)))
    elif isinstance(node, list):
        yield from (part for part in node if isinstance(part, (dict, list)))


def visible(text: str) -> str:
    r"""A text with each character that a terminal obeys instead of showing it as an escape: \x1b, \u202e.

    Line breaks and tabs stay.
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else _escape(char)
        for char in text
    )


def line(text: str) -> str:
    r"""The same for a message of one line. A line break becomes \n.

    Otherwise the text's author could begin another line, which would look like one of ours.
    """
    return text if text.isprintable() else visible(text).replace("\n", r"\n").replace("\t", " ")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
