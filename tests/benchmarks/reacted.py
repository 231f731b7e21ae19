# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the writes of a rollout, the pool on BIG-IP, and the records of the runs: how long each change took, and where. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .machine import BenchError

Row = tuple[float, str, str]
SLACK = 0.2  # seconds: the pool is read a few times a second, so a member is seen a little later than BIG-IP has it


@dataclass(frozen=True)
class Reaction:
    """One change of a member. kind: added or removed. changed, seen: seconds since 1970."""

    kind: str
    member: str
    changed: float
    seen: float

    @property
    def seconds(self) -> float:
        return self.seen - self.changed


@dataclass(frozen=True)
class Play:
    """One run: its type, the event that caused it, the start of ansible-playbook's play and of its task, and the end.

    Seconds since 1970. A play that stands by has begun before: then `play` and `task` are the begin of the run.
    """

    type: str
    event: float
    play: float
    task: float
    contact: float  # the first request to BIG-IP
    end: float


def reactions(written: Iterable[Row], seen: Iterable[Row]) -> list[Reaction]:
    """Each change of a member with the moment at which the pool has it.

    A new member counts from the write of its endpoint, or of its mapping if that is later; an old one from the
    write of the endpoint that terminates.
    """
    changed: dict[tuple[str, str], float] = {}
    for at, what, member in written:
        if what in ("ready", "mapped"):
            changed["added", member] = max(at, changed.get(("added", member), at))
        elif what == "terminating":
            changed["removed", member] = at
    ready = {member for _at, what, member in written if what == "ready"}
    found = {(kind, member): at for at, kind, member in seen}
    missing = [f"{kind} {member}" for kind, member in changed if (kind, member) not in found and (kind == "removed" or member in ready)]
    if missing:
        raise BenchError(f"BIG-IP never showed: {', '.join(missing)}")
    return [Reaction(kind, member, at, found[kind, member]) for (kind, member), at in changed.items()]


def percentile(values: Sequence[float], share: float) -> float:
    """The lowest value that so many of all values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def shown(values: Sequence[float]) -> str:
    """Median, 95 % and 99 %."""
    return ", ".join(f"{name} {percentile(values, share):.2f} s" for name, share in (("median", 0.5), ("95 %", 0.95), ("99 %", 0.99)))


def moment(text: str) -> float:
    """Seconds since 1970 of a time of the journal."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def plays(journal: Iterable[dict[str, Any]], begun: Sequence[float], requests: Sequence[float]) -> list[Play]:
    """The runs of the journal, by their end. begun: when plays began. requests: when BIG-IP got requests of modules."""
    lines = list(journal)
    events = {line["sequence"]: moment(line["time"]) for line in lines if line["kind"] == "event"}
    made = []
    for line in lines:
        if line["kind"] == "run" and line["sequence"] in events:
            end, event = moment(line["time"]), events[line["sequence"]]
            task = end - line["seconds"]
            play = max((at for at in begun if event <= at <= task), default=task)
            contact = min((at for at in requests if task <= at <= end), default=end)
            made.append(Play(line["type"], event, play, task, contact, end))
    return sorted(made, key=lambda one: one.end)


def within(found: Iterable[Play], begin: float, end: float) -> list[Play]:
    """The runs whose event was sent in this time, without a resync, which comes by the clock."""
    return [one for one in found if begin <= one.event <= end and one.type == "changed"]


PHASES = (
    "the source: settle, min_interval, the run before",
    "ansible-rulebook and the start of ansible-playbook",
    "from the play to its task",
    "the task until the module contacts BIG-IP",
    "BIG-IP",
)


def phases(reaction: Reaction, found: Sequence[Play]) -> tuple[float, ...]:
    """The seconds of each phase, for the run that carried out this change. A phase that was over before the change has 0."""
    carrier = next((one for one in found if one.end + SLACK >= reaction.seen), None)
    if carrier is None:
        raise BenchError(f"no run carried out that {reaction.member} was {reaction.kind}")
    steps = (carrier.event, carrier.play, carrier.task, carrier.contact)
    marks = [reaction.changed, *(min(max(at, reaction.changed), reaction.seen) for at in steps), reaction.seen]
    return tuple(later - earlier for earlier, later in zip(marks, marks[1:]))
