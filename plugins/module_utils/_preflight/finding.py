# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A check, its finding, and the result that the module returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Callable, Iterable

from .._errors import some
from .._facts.facts import Facts

PASS, FAIL, WARN, UNKNOWN, SKIPPED = "pass", "fail", "warn", "unknown", "skipped"
BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """The finding of one check. `status` BAD becomes fail or warn by the level of the check."""

    status: str
    message: str
    remedy: str = ""


def good(message: str) -> Finding:
    return Finding(PASS, message)


def bad(message: str, remedy: str) -> Finding:
    return Finding(BAD, message, remedy)


def open_question(message: str, remedy: str) -> Finding:
    return Finding(UNKNOWN, message, remedy)


def doubtful(message: str, remedy: str) -> Finding:
    """A warning at each level of the check, for what an editor of any namespace can cause."""
    return Finding(WARN, message, remedy)


def not_concerned(message: str) -> Finding:
    return Finding(SKIPPED, message)


def shown(items: Iterable[object], between: str = ", ") -> str:
    """The first five of many, and how many more there are: for a message."""
    return some(items, between, most=5)


@dataclass(frozen=True)
class Check:
    """level        the status of a bad finding
    modes        the pool member types that it is about; empty: all
    bigip        it needs a BIG-IP
    supervisor   it needs a Supervisor
    overridable  allow_unvalidated turns its failure into a warning
    """

    id: str
    title: str
    level: str
    judge: Callable[[Facts], Finding]
    link: str | None = None
    modes: tuple[str, ...] = ()
    bigip: bool = False
    supervisor: bool = False
    overridable: bool = False


@dataclass(frozen=True)
class Result:
    """One element of `checks` in the result of preflight_info."""

    id: str
    title: str
    status: str
    message: str
    remedy: str
    link: str | None

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self)
