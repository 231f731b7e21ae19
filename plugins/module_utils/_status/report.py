# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""One pool on BIG-IP beside the same pool in the cluster, in the shape of pool_status_info's result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping, Protocol, TypeVar

from .._as3 import members
from .._as3.members import Key
from .._errors import Failure
from .._members.model import Pool
from .diagnosis import Behind, Cause, Live, Scene, explain, summary
from .published import StoredPool

L = TypeVar("L", bound="Located")


class Located(Protocol):
    """A member of a pool on the device."""

    @property
    def address(self) -> str: ...

    @property
    def route_domain(self) -> int | None: ...


class State(Located, Protocol):
    """Its state, as in _bigip.ltm.MemberState."""

    @property
    def state(self) -> str: ...

    @property
    def session(self) -> str: ...

    @property
    def ratio(self) -> int: ...

    @property
    def priority_group(self) -> int: ...

    @property
    def up(self) -> bool: ...

    @property
    def down(self) -> bool: ...

    @property
    def disabled(self) -> bool: ...

    @property
    def availability(self) -> str: ...


class Stats(Located, Protocol):
    """Its statistics, as in _bigip.ltm.MemberStats."""

    @property
    def reason(self) -> str: ...

    @property
    def current_connections(self) -> int: ...

    @property
    def total_connections(self) -> int: ...


def spelt(of_device: Mapping[Key, L], route_domain: int) -> dict[Key, L]:
    """Return the members by their addresses, spelt as in a tenant with this route domain."""
    return {
        (_address(member.address, member.route_domain, route_domain), port): member
        for (_plain, port), member in of_device.items()
    }


def _address(address: str, domain: int | None, default: int) -> str:
    return members.canonical(address if domain is None else f"{address}%{domain}", default)


@dataclass(frozen=True)
class Compared:
    """states      the members on the device; None: the device has no such pool
    cluster     the pool in the cluster, or why it is not known; None: it was not read
    not_learnt  the routes that BIG-IP learnt could not be read
    """

    pool: StoredPool
    states: Mapping[Key, State] | None
    stats: Mapping[Key, Stats]
    cluster: Pool | Failure | None
    way: Callable[[str], str | None]
    not_learnt: bool = False

    def report(self) -> dict[str, Any]:
        """Return one element of `pools`."""
        scene = self._scene()
        order = sorted(scene.live, key=members.order)
        # A member without a monitor is not down, nor is one whose monitor has not reported yet.
        down = {key: explain(scene, key) for key in order if scene.live[key].down or scene.live[key].disabled}
        behind = scene.behind or {}
        expected = [key for key, one in behind.items() if not one.draining]
        missing = sorted((key for key in expected if key not in scene.live), key=members.order)
        unknown = [] if scene.behind is None else [key for key in order if key not in behind]
        left_out = self.cluster.as_dict()["left_out"] if isinstance(self.cluster, Pool) else []
        return {
            **self._head(),
            "in_sync": None if scene.behind is None else not missing and not unknown,
            "members": [self._member(key, behind.get(key), down.get(key)) for key in order],
            "missing_on_bigip": [{**_place(key), **_known(behind.get(key))} for key in missing],
            "unknown_on_bigip": [{**_place(key), "state": scene.live[key].state} for key in unknown],
            "down_on_bigip": [
                {**_place(key), **_known(behind.get(key)), "where": cause.where, "message": cause.sentence}
                for key, cause in down.items()
            ],
            "left_out": left_out,
            **self._message(summary(self.pool.path, scene, missing, unknown, down, len(left_out))),
        }

    def _scene(self) -> Scene:
        live = {key: self._live(key, state) for key, state in (self.states or {}).items()}
        return Scene(live, self._behind(), self.pool.mode, self.way, self.not_learnt)

    def _live(self, key: Key, state: State) -> Live:
        stats = self.stats.get(key)
        reason = stats.reason if stats else ""
        return Live(state.state, state.session, state.up, state.down, state.disabled, reason)

    def _behind(self) -> dict[Key, Behind] | None:
        if not isinstance(self.cluster, Pool):
            return None
        domain = self.cluster.route_domain
        return {
            (_address(member.address, domain, self.pool.route_domain), member.port): Behind(
                member.pod, member.node, member.ready, member.serving, member.terminating, draining
            )
            for draining, several in ((True, self.cluster.draining), (False, self.cluster.members))
            for member in several
        }

    def _head(self) -> dict[str, Any]:
        return {
            "tenant": self.pool.tenant,
            "application": self.pool.application,
            "pool": self.pool.pool,
            "owner": self.pool.owner,
            "service": self.pool.service,
            "pool_member_type": self.pool.mode,
            "on_bigip": self.states is not None,
        }

    def _member(self, key: Key, behind: Behind | None, cause: Cause | None) -> dict[str, Any]:
        state, stats = (self.states or {})[key], self.stats.get(key)
        member: dict[str, Any] = {
            **_place(key),
            "state": state.state,
            "session": state.session,
            "availability": state.availability,
            "ratio": state.ratio,
            "priority_group": state.priority_group,
            **_known(behind),
        }
        if stats is not None:
            member.update(
                current_connections=stats.current_connections,
                total_connections=stats.total_connections,
                reason=stats.reason,
            )
        if cause is not None:
            member["where"] = cause.where
        return member

    def _message(self, sentence: str) -> dict[str, Any]:
        message = sentence
        if self.states is None:
            message = (
                f"{self.pool.path} is in the stored declaration, but BIG-IP has no such pool: publish again."
            )
        if not isinstance(self.cluster, Failure):
            return {"message": message}
        unread = f"The members in the cluster are not known: {self.cluster.message}"
        return {"message": f"{message} {unread}", "failure": self.cluster.as_dict()}


def _place(key: Key) -> dict[str, Any]:
    return {"address": key[0], "port": key[1]}


def _known(behind: Behind | None) -> dict[str, Any]:
    if behind is None:
        return {}
    return {
        "pod": behind.pod,
        "node": behind.node,
        "ready": behind.ready,
        "serving": behind.serving,
        "terminating": behind.terminating,
    }


def counts(pools: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the summary of these reports."""
    reports = list(pools)
    availability = [member["availability"] for pool in reports for member in pool["members"]]
    return {
        "pools": len(reports),
        "members": len(availability),
        "available": availability.count("available"),
        "unknown": availability.count("unknown"),
        "offline": availability.count("offline"),
        "out_of_sync": sum(1 for pool in reports if pool["in_sync"] is False),
    }
