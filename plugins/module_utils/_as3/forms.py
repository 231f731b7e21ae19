# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The forms in which other systems, Python and Ansible repeat a secret: each of them has to be masked."""

from __future__ import annotations

import base64
import re
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Iterator

SHORTEST = 4  # characters of a secret; a mask on each "a" would make the whole result unreadable
MOST_LINES = 1_000  # of a secret that another system holds: its author may choose any number
_SHORTEST_LINE = 16  # characters of a line of an argument
_SHORTEST_LINE_OF_A_VALUE = 8  # a line of a few characters is a bracket or a word that other texts have too
_CERTIFICATES = re.compile(r"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")


def in_json(text: str) -> tuple[str, str, str]:
    """The text itself, and as JSON has it, with and without characters beyond ASCII."""
    return text, encode_basestring_ascii(text)[1:-1], encode_basestring(text)[1:-1]


def of_text(secret: str, shortest: int = SHORTEST, most_lines: int | None = None) -> Iterator[str]:
    """The forms of an argument: itself, in JSON, in Python, its lines, and each of them without blanks.

    shortest: characters of a form. most_lines: None for all.
    """
    for text in dict.fromkeys((*in_json(secret), repr(secret)[1:-1])):  # most secrets are the same in each
        yield from (form for form in dict.fromkeys((text, text.strip())) if len(form) >= shortest)
    lines = secret.splitlines()
    for line in lines[:most_lines] if len(lines) > 1 else ():
        longer = max(shortest, _SHORTEST_LINE)
        yield from (form for form in of_text(line.strip(), longer) if not form.startswith("-----"))


def of_secret_value(value: bytes) -> Iterator[str]:
    """The forms of a value of a Kubernetes Secret: trimmed, in JSON, in base64, and each of its lines."""
    for form in dict.fromkeys((value, value.strip())):
        for encoded in (base64.b64encode(form), base64.urlsafe_b64encode(form)):
            yield from _long_enough(encoded.decode().rstrip("="))
    yield from _of_plain_text(value.decode(errors="ignore"))
    try:
        yield from _of_plain_text(base64.b64decode(value.strip(), validate=True).decode())
    except ValueError:
        pass  # not base64


def _of_plain_text(text: str) -> Iterator[str]:
    for form in (text, text.strip()):
        yield from _long_enough(*in_json(form))
    # A certificate is public, and has many lines.
    for line in _CERTIFICATES.sub("", text).splitlines()[:MOST_LINES]:
        if len(line.strip()) >= _SHORTEST_LINE_OF_A_VALUE:
            # In each form, because ansible-core 2.16 masks in any order: a masked line leaves no whole value.
            yield from _long_enough(*in_json(line.strip()))


def _long_enough(*texts: str) -> Iterator[str]:
    yield from (text for text in texts if len(text) >= SHORTEST)
