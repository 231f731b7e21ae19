# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""What BIG-IP says of pool members, joined with the Pods behind them: the engine of pool_status_info."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping

from .. import _foreign
from .._as3 import difference, members, origin
from .._as3.members import Key
from .._bigip.as3 import As3
from .._bigip.ltm import Ltm, MemberState, MemberStats
from .._bigip.session import Session
from .._boundary.query import Query
from .._collect.cluster import Cluster
from .._deadline import Deadline
from .._errors import Failure
from .._members.model import Pool, Source
from .._members.options import valid
from .._ownership import mark
from .._status.diagnosis import Behind, Live, Scene, Verdict, explain, routing, summary

_SERVICE = re.compile("([a-z0-9-]{1,63})/([a-z0-9-]{1,63}):?([A-Za-z0-9/-]{0,40})")
"""What a mark says of a Service: namespace/name:port/protocol."""
Hide = Callable[[Iterable[str]], None]
Change = Callable[[Any], Any]
Masker = Callable[[Iterable[str]], Change]


@dataclass
class _Selected:
    """One pool of the stored declaration. service and mode: what its mark says filled it; noted: with which options."""

    tenant: str
    application: str
    pool: str
    owner: str | None
    service: str | None
    mode: str | None
    noted: dict[str, Any]
    route_domain: int

    @property
    def path(self) -> str:
        return f"/{self.tenant}/{self.application}/{self.pool}"


def pool_status(params: Mapping[str, Any], hide: Hide, masker: Masker, warn: Callable[[str], None]) -> dict[str, Any]:
    """The result of pool_status_info.

    hide is told the tokens of the session. masker makes a function that masks texts: a tenant's secrets in the reports of this tenant only,
    because its author may choose a word that others need.
    """
    query = Query(params["query"]) if params["query"] else None
    deadline = Deadline(params["timeout"])
    with Session(params["provider"], deadline, hide) as session:
        ltm = Ltm(session)
        selected, masks = _select(As3(session), params, masker)
        device = ltm.pools(sorted({pool.tenant for pool in selected}))
        live = {pool.path: _spelt(device.get(pool.path), pool.route_domain) for pool in selected}
        stats = {pool.path: _counters(ltm, pool) for pool in selected if params["connections"] and live[pool.path]}
        behind = _behind(selected, params, deadline, warn)
        troubled = any(not state.up for states in live.values() for state in (states or {}).values())
        has_route = routing([address.network for address in ltm.self_ips()], ltm.routes()) if troubled else (lambda address: None)
        pools = [_report(pool, live[pool.path], stats.get(pool.path, {}), behind.get(pool.path), has_route) for pool in selected]
        counts = _counts(pools)
        pools = [masks[pool.tenant](report) for pool, report in zip(selected, pools)]
    for text in session.warnings:
        warn(text)
    result = {"pools": pools, "summary": counts}
    return {"changed": False, **({"query_result": query.of(result)} if query else result)}


def _select(as3: As3, params: Mapping[str, Any], masker: Masker) -> tuple[list[_Selected], dict[str, Change]]:
    """The pools that the options mean, in the order of their paths, and what masks the reports of each of their tenants."""
    tenants, application, name, owner = (params[option] for option in ("tenant", "application", "pool", "owner"))
    found = []
    masks: dict[str, Change] = {}
    for tenant, stored in as3.declaration(tenants, lock_keys=False).items():
        for app, value in mark.applications(stored).items():
            marked = mark.owner(value)
            if (application and app != application) or (owner and marked != owner) or (not tenants and not owner and marked is None):
                continue
            for pool in difference.pools_of(value):
                if name and pool != name:
                    continue
                service, mode = mark.source(value, pool)
                noted = mark.options(value, pool)
                found.append(_Selected(tenant, app, pool, marked, service, mode, noted, _foreign.whole(stored.get("defaultRouteDomain"))))
                masks[tenant] = masks.get(tenant) or masker(origin.secret_texts(stored))
    return sorted(found, key=lambda pool: pool.path), masks


def _spelt(states: Mapping[Key, MemberState] | None, route_domain: int) -> dict[Key, MemberState] | None:
    """Addresses spelt as in the declaration. None: the device has no such pool."""
    if states is None:
        return None
    return {(_address(state.address, state.route_domain, route_domain), port): state for (_plain, port), state in states.items()}


def _address(address: str, domain: int | None, default: int) -> str:
    return members.canonical(address if domain is None else f"{address}%{domain}", default)


def _counters(ltm: Ltm, pool: _Selected) -> dict[Key, MemberStats]:
    return {(_address(state.address, state.route_domain, pool.route_domain), port): state for (_plain, port), state in ltm.members_stats(pool.path).items()}


def _behind(selected: list[_Selected], params: Mapping[str, Any], deadline: Deadline, warn: Callable[[str], None]) -> dict[str, Pool | Failure]:
    """What the cluster says of the pools whose mark names their Service."""
    sources = {pool.path: source for pool in selected if (source := _source(pool, params))}
    if not sources or not params["read_cluster"]:
        return {}
    with Cluster(params, deadline, warn) as cluster:
        try:
            return dict(zip(sources, cluster.pools(list(sources.values()))))
        except Failure as failure:
            if failure.code != "kubernetes_forbidden" or len({pool.tenant for pool in selected}) < 2:
                raise
            return _apart(cluster, selected, sources, failure)


def _apart(cluster: Cluster, selected: list[_Selected], sources: Mapping[str, Source], failure: Failure) -> dict[str, Pool | Failure]:
    """The same, tenant by tenant: a mark may name a namespace that this user may not read. Raises the failure if nothing can be read."""
    tenants = {pool.path: pool.tenant for pool in selected}
    found: dict[str, Pool | Failure] = {}
    for tenant in sorted({tenants[path] for path in sources}):
        own = {path: source for path, source in sources.items() if tenants[path] == tenant}
        try:
            found.update(zip(own, cluster.pools(list(own.values()))))
        except Failure as denied:
            if denied.code != "kubernetes_forbidden":
                raise
            found.update(dict.fromkeys(own, denied))
    if all(isinstance(pool, Failure) for pool in found.values()):
        raise failure
    return found


def _source(pool: _Selected, params: Mapping[str, Any]) -> Source | None:
    """As the mark says, with the options that decided the members. An option of the task comes first. None if it names no Service."""
    named = _SERVICE.fullmatch(pool.service) if isinstance(pool.service, str) else None
    if named is None:
        return None
    namespace, name, port = named.groups()
    item: dict[str, Any] = {"service": {"namespace": namespace, "name": name, "port": port}}
    for option, value in valid({**pool.noted, "pool_member_type": pool.mode}).items():
        if params[option] in (None, "", "auto"):  # auto: the mode that was found when it was published
            item[option] = value
    return Source.from_options(item, params, pool.path)


def _report(
    pool: _Selected,
    states: Mapping[Key, MemberState] | None,
    stats: Mapping[Key, MemberStats],
    cluster: Pool | Failure | None,
    has_route: Callable[[str], bool | None],
) -> dict[str, Any]:
    found = cluster if isinstance(cluster, Pool) else None
    behind = (
        None
        if found is None
        else {
            (_address(member.address, found.route_domain, pool.route_domain), member.port): Behind(
                member.pod, member.node, member.ready, member.serving, member.terminating
            )
            for member in found.members
        }
    )
    live = {key: _live(state, stats.get(key)) for key, state in (states or {}).items()}
    scene = Scene(live, behind, pool.mode, has_route)
    order = sorted(live, key=members.order)
    # A member that no monitor judges is not down; nor is one whose monitor has not spoken yet.
    down = {key: explain(scene, key) for key in order if live[key].down or live[key].disabled}
    missing = [] if behind is None else sorted((key for key in behind if key not in live), key=members.order)
    unknown = [] if behind is None else [key for key in order if key not in behind]
    report: dict[str, Any] = {
        "tenant": pool.tenant,
        "application": pool.application,
        "pool": pool.pool,
        "owner": pool.owner,
        "service": pool.service,
        "pool_member_type": pool.mode,
        "on_bigip": states is not None,
        "in_sync": None if behind is None else not missing and not unknown,
        "members": [_member(key, (states or {})[key], stats.get(key), (behind or {}).get(key), down.get(key)) for key in order],
        "missing_on_bigip": [{**_place(key), **_known((behind or {}).get(key))} for key in missing],
        "unknown_on_bigip": [{**_place(key), "state": live[key].state} for key in unknown],
        "down_on_bigip": [
            {**_place(key), **_known((behind or {}).get(key)), "where": verdict.where, "message": verdict.sentence} for key, verdict in down.items()
        ],
        "left_out": [] if found is None else found.as_dict()["left_out"],
        "message": summary(pool.path, scene, missing, unknown, down, 0 if found is None else len(found.left_out)),
    }
    if states is None:
        report["message"] = f"{pool.path} is in the stored declaration, but BIG-IP has no such pool: publish again."
    if isinstance(cluster, Failure):
        report["failure"] = cluster.as_dict()
        report["message"] += f" The cluster cannot say what belongs in it: {cluster.message}"
    return report


def _live(state: MemberState, stats: MemberStats | None) -> Live:
    return Live(state.state, state.session, state.up, state.down, state.disabled, stats.reason if stats else "")


def _member(key: Key, state: MemberState, stats: MemberStats | None, behind: Behind | None, verdict: Verdict | None) -> dict[str, Any]:
    done: dict[str, Any] = {
        **_place(key),
        "state": state.state,
        "session": state.session,
        "availability": state.availability,
        "ratio": state.ratio,
        "priority_group": state.priority_group,
        **_known(behind),
    }
    if stats is not None:
        done.update(current_connections=stats.current_connections, total_connections=stats.total_connections, reason=stats.reason)
    if verdict is not None:
        done["where"] = verdict.where
    return done


def _place(key: Key) -> dict[str, Any]:
    return {"address": key[0], "port": key[1]}


def _known(behind: Behind | None) -> dict[str, Any]:
    if behind is None:
        return {}
    return {"pod": behind.pod, "node": behind.node, "ready": behind.ready, "serving": behind.serving, "terminating": behind.terminating}


def _counts(pools: list[dict[str, Any]]) -> dict[str, Any]:
    everything = [member for pool in pools for member in pool["members"]]
    return {
        "pools": len(pools),
        "members": len(everything),
        "available": sum(1 for member in everything if member["availability"] == "available"),
        "unknown": sum(1 for member in everything if member["availability"] == "unknown"),
        "offline": sum(1 for member in everything if member["availability"] == "offline"),
        "out_of_sync": sum(1 for pool in pools if pool["in_sync"] is False),
    }
