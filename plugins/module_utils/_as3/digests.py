# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Digests in the mark of secrets that AS3 returns encrypted.

They show the next run whether its value is the one that was published.

    pbkdf2-sha256$600000$<salt>$<digest>    <salt>$<digest>, with 60,000 rounds, in marks of earlier releases

A digest takes a tenth of a second or more. So each is made once in a run, and several at the same time. A
value has one salt in a run, so the password of a hundred monitors costs one digest. It shows only that
they are equal.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import json
import os
from typing import Any, Iterable, Iterator, Mapping

from .._ownership import mark
from . import secrets

ROUNDS = 600_000
_ALGORITHM = "pbkdf2-sha256"
_EARLIER_ROUNDS = 60_000
_MOST_ROUNDS = 2_000_000  # BIG-IP sends the text: its number of rounds must not decide how long a run takes
_LONGEST = 200  # characters
_MOST_THREADS = 8


def digest(value: Any) -> str:
    """A salted digest of this value, the same one during the whole run."""
    data = _data(value)
    salt = _salt(data)
    return f"{_ALGORITHM}${ROUNDS}${base64.b64encode(salt).decode()}${_derived(data, salt, ROUNDS)}"


def matches(value: Any, known: Any) -> bool:
    """True if the digest was made of this value. A text that is not a digest matches nothing."""
    parts = _parts(known)
    return parts is not None and hmac.compare_digest(_derived(_data(value), parts[0], parts[1]), parts[2])


def is_current(known: Any) -> bool:
    """True if a digest has at least as many rounds as a new one gets."""
    parts = _parts(known)
    return parts is not None and parts[1] >= ROUNDS


def of_application(application: dict[str, Any], before: Any, renew: bool = False) -> dict[str, str]:
    """The digests for the mark.

    A digest of the stored application (before) is kept while it matches; with renew, only if it has enough
    rounds.
    """
    known = _known(before)
    digests = {}
    for place, value in _encrypted(application):
        old = known.get(place)
        kept = matches(value, old) and (is_current(old) or not renew)
        digests[place] = str(old) if kept else digest(value)
    return digests


def are_current(application: Any) -> bool:
    """True if no digest in the mark of an application has fewer rounds than a new one gets."""
    return all(is_current(known) for known in _known(application).values())


def prepare(applications: Iterable[tuple[dict[str, Any], Any]]) -> None:
    """Make the digests that planning compares and writes, in several threads.

    Each item: an application and the stored one.
    """
    work = set()
    for application, before in applications:
        known = _known(before)
        for place, value in _encrypted(application):
            parts = _parts(known.get(place))
            data = _data(value)
            work.add((data, *parts[:2]) if parts else (data, _salt(data), ROUNDS))
    threads = min(len(work), os.cpu_count() or 1, _MOST_THREADS)
    if threads < 2:
        return  # they are made when they are needed
    from concurrent.futures import ThreadPoolExecutor  # here, because most runs have no such secret

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda one: _derived(*one), work))


def _encrypted(application: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for path, value in secrets.leaves(application).items():
        if secrets.comes_back_encrypted(path, value):
            yield "/".join(str(part) for part in path), value


def _known(application: Any) -> Mapping[str, Any]:
    known = (mark.of(application) or {}).get("secrets")
    return known if isinstance(known, dict) else {}


def _parts(known: Any) -> tuple[bytes, int, str] | None:
    """Salt, rounds and digest of a text in a mark; None for any other text."""
    if not isinstance(known, str) or len(known) > _LONGEST or not known.isascii():
        return None
    words = known.split("$")
    if len(words) == 2:
        words = [_ALGORITHM, str(_EARLIER_ROUNDS), *words]
    try:
        algorithm, rounds, salt, encoded = words
        parts = base64.b64decode(salt, validate=True), int(rounds), encoded
    except ValueError:
        return None
    return parts if algorithm == _ALGORITHM and 0 < parts[1] <= _MOST_ROUNDS else None


def _data(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@functools.cache
def _salt(data: bytes) -> bytes:
    return os.urandom(12)


@functools.cache
def _derived(data: bytes, salt: bytes, rounds: int) -> str:
    return base64.b64encode(hashlib.pbkdf2_hmac("sha256", data, salt, rounds)).decode()
