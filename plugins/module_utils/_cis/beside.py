# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The VirtualServers that one task can publish together.

publish refuses all applications of a task if two of them have the same address or the same object name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Hashable, Iterator, Mapping, Sequence

Fault = tuple[str, str]
"""Where, and why."""
Listener = tuple[Hashable, str, frozenset[str]]
"""An address and port that only one virtual server can have on a VLAN, the same in words, and the VLANs.

In words: 192.0.2.10 port 80 (tcp). No VLANs mean all.
"""
SERVER, POOL, MONITORS = "virtualServerAddress", "pools[0]", "pools[0].monitors"


@dataclass(frozen=True)
class NameClaim:
    """A name that an object would have.

    chosen  the author of the VirtualServer chose it
    value   claims with equal values share the object
    """

    field: str
    name: str
    chosen: bool
    value: Any


@dataclass(frozen=True)
class Candidate:
    """A VirtualServer that publish would take by itself, and its application."""

    raw: Mapping[str, Any]
    application: dict[str, Any]
    claims: tuple[NameClaim, ...]
    listeners: tuple[Listener, ...]

    @property
    def place(self) -> str:
        return f"{self.raw['metadata']['namespace']}/{self.raw['metadata']['name']}"

    @property
    def names(self) -> Iterator[tuple[tuple[str, str], NameClaim]]:
        """Its claims, each with tenant and name."""
        return (((self.application["tenant"], claim.name), claim) for claim in self.claims)


class Beside:
    """The names and addresses of the candidates so far.

    A name that CIS gave comes before one that an author chose, whichever is older.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """The older ones first."""
        self._given = {
            key: (one, claim) for one in reversed(candidates) for key, claim in one.names if not claim.chosen
        }
        self._taken: dict[tuple[str, str], tuple[Candidate, NameClaim]] = {}
        self._heard: dict[Hashable, list[tuple[Candidate, frozenset[str]]]] = {}

    def add(self, one: Candidate) -> bool:
        """Add a candidate. True if an earlier one has its pool already."""
        shared = (one.application["tenant"], one.application["pool_name"]) in self._taken
        for key, claim in one.names:
            self._taken.setdefault(key, (one, claim))
        for listener, _words, vlans in one.listeners:
            self._heard.setdefault(listener, []).append((one, vlans))
        return shared

    def fault(self, one: Candidate) -> Fault | None:
        """Why it cannot be published beside those that were added; None if it can."""
        for key, claim in one.names:
            for first, other in filter(
                None, (self._taken.get(key), self._given.get(key) if claim.chosen else None)
            ):
                if first is not one and (other.field, other.value) != (claim.field, claim.value):
                    return claim.field, f"VirtualServer {first.place} {_difference(claim, other)}"
        for listener, words, vlans in one.listeners:
            for first, theirs in self._heard.get(listener, ()):
                if vlans & theirs or not vlans or not theirs:
                    return (
                        SERVER,
                        f"VirtualServer {first.place} is older and has {words} already. Delete one, or give it another address.",
                    )
        return None


def _difference(claim: NameClaim, other: NameClaim) -> str:
    if other.field == claim.field == POOL:
        return (
            f"has the same pool {claim.name} with other settings, of which CIS keeps one. Make them the same."
        )
    if other.field == claim.field == SERVER:
        return f"is the same virtual server {claim.name}. Delete one, or write it in AS3 with another name."
    return f"has another object {claim.name}. Give one of them another name."
