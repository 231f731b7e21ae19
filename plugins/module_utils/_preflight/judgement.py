# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A check, its judgement, and the result that the module returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Callable, Iterable

from .._errors import some
from .._facts.facts import Facts

PASS, FAIL, WARN, UNKNOWN, SKIPPED = "pass", "fail", "warn", "unknown", "skipped"
BAD = "bad"


@dataclass(frozen=True)
class Judgement:
    """The judgement of one check. `status` BAD becomes fail or warn by the level of the check."""

    status: str
    message: str
    remedy: str = ""


def good(message: str) -> Judgement:
    return Judgement(PASS, message)


def bad(message: str, remedy: str) -> Judgement:
    return Judgement(BAD, message, remedy)


def open_question(message: str, remedy: str) -> Judgement:
    return Judgement(UNKNOWN, message, remedy)


def doubtful(message: str, remedy: str) -> Judgement:
    """A warning at each level of the check, for what an editor of any namespace can cause."""
    return Judgement(WARN, message, remedy)


def not_concerned(message: str) -> Judgement:
    return Judgement(SKIPPED, message)


def shown(items: Iterable[object], between: str = ", ") -> str:
    """The first five of many, and how many more there are: for a message."""
    return some(items, between, most=5)


@dataclass(frozen=True)
class Check:
    """level        the status of a bad judgement
    modes        the pool member types that it is about; empty: all
    bigip        it needs a BIG-IP
    supervisor   it needs a Supervisor
    overridable  allow_unvalidated turns its failure into a warning
    """

    id: str
    title: str
    level: str
    judge: Callable[[Facts], Judgement]
    link: str | None = None
    modes: tuple[str, ...] = ()
    bigip: bool = False
    supervisor: bool = False
    overridable: bool = False


@dataclass(frozen=True)
class CheckResult:
    """One element of `checks` in the result of preflight_info."""

    id: str
    title: str
    status: str
    message: str
    remedy: str
    link: str | None

    def as_dict(self) -> dict[str, str | None]:
        return asdict(self)
