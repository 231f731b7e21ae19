# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module preflight_info: reads what the checks judge, and no more."""

from __future__ import annotations

import dataclasses
from collections import Counter
from contextlib import closing
from typing import Any, Callable, Iterable, Mapping

from .._bigip import network
from .._bigip.as3 import As3
from .._bigip.ltm import Ltm
from .._bigip.session import Session
from .._cluster import supervisor
from .._cluster.reader import Reader
from .._cluster.workload import WorkloadCluster
from .._deadline import Deadline
from .._errors import Failure
from .._facts.bigip import BigIp, SelfIp
from .._facts.facts import Facts, Wishes
from .._facts.unknown import Unknown
from .._kube.client import Client
from .._preflight import report, table
from .._preflight.finding import FAIL, PASS, SKIPPED, UNKNOWN, WARN
from .._status.routing import routing

Hide = Callable[[Iterable[str]], None]
_NEED_APPLICATIONS = {"P07", "P08", "P09", "P10", "P28", "P29"}


def preflight_info(params: Mapping[str, Any], hide: Hide, warn: Callable[[str], None]) -> dict[str, Any]:
    """The module's result for its parameters."""
    named = {*(params["checks"] or ()), *params["skip"]}
    if not named <= set(table.IDS):
        strange = ", ".join(sorted(named - set(table.IDS)))
        raise Failure("options", "checks and skip take the names of checks", said=f"there is no {strange}", remedy=f"They are {', '.join(table.IDS)}.")
    wanted = set(params["checks"] or table.IDS) - set(params["skip"])
    deadline = Deadline(params["timeout"])
    with closing(Client(params, deadline)) as client:
        client.warn = warn
        facts = _workload(client, params, wanted, warn)
        requests = client.requests
    above = supervisor.connect(params, deadline)
    if above is not None:
        with closing(above):
            reader = Reader(above)
            told = supervisor.read(reader, params["supervisor_namespace"], params["cluster_name"])
            tokens = {**facts.tokens, "Supervisor": above.token_expires()}
            facts = dataclasses.replace(facts, supervisor=told, tokens=tokens, denied=(*facts.denied, *reader.denied))
            requests += above.requests
    if (params["provider"] or {}).get("server") and any(check.id in wanted for check in table.CHECKS if check.bigip or check.id == "P22"):
        facts = dataclasses.replace(facts, bigip=_bigip(params, deadline, wanted, facts.mode[0], hide, warn))
    results = table.run(facts, params["checks"], params["skip"])
    counts = Counter(item.status for item in results)
    mode, because = facts.mode
    return {
        "changed": False,
        "checks": [item.as_dict() for item in results],
        "passed": not counts[FAIL],
        "report": report.lines(results),
        "pool_member_type": mode,
        "chosen_because": because,
        "summary": {**{status: counts[status] for status in (PASS, FAIL, WARN, UNKNOWN, SKIPPED)}, "requests": requests},
    }


def _wishes(params: Mapping[str, Any]) -> Wishes:
    return Wishes(
        pool_member_type=params["pool_member_type"],
        network_provider=params["network_provider"],
        features=frozenset(params["features"]),
        allow_unvalidated=params["allow_unvalidated"],
        node_network_routable=params["node_network_routable"],
        route_domain=params["route_domain"],
        asked=frozenset(params["checks"] or ()),
        namespaces=bool(params["namespaces"]),
    )


def _workload(client: Client, params: Mapping[str, Any], wanted: set[str], warn: Callable[[str], None]) -> Facts:
    reader = Reader(client)
    cluster = WorkloadCluster(reader, params["cis_namespaces"])
    base = cluster.base()
    for text in cluster.warnings:
        warn(text)
    facts = Facts(wishes=_wishes(params), tokens={"workload cluster": client.token_expires()}, **base)
    mode = facts.mode[0]
    more: dict[str, Any] = {}
    if mode == "nodeportlocal":
        if wanted & {"P23", "P27"}:
            more["packages"] = cluster.packages()
        if "P11" in wanted and "transportserver" not in facts.wishes.features:
            more["transport_servers"] = cluster.transport_servers()
        if wanted & _NEED_APPLICATIONS:
            more.update(cluster.applications(params["namespaces"], params["label_selector"], facts.nodes))
    if mode == "cluster" and "P20" in wanted:
        more["bgp_peers"] = cluster.bgp_peers()
    return dataclasses.replace(facts, denied=tuple(reader.denied), **more)


def _bigip(params: Mapping[str, Any], deadline: Deadline, wanted: set[str], mode: str, hide: Hide, warn: Callable[[str], None]) -> BigIp:
    """What BIG-IP says. A connection that fails, fails the task: the user asked for it."""
    found: dict[str, Any] = {}
    with Session(params["provider"], deadline, hide) as session:
        ltm = Ltm(session)
        if "P22" in wanted:
            found["version"] = ltm.version()
            found["as3"] = _as3_version(session)
        if wanted & {"P15", "P16", "P20", "P21"}:
            lockdown = network.port_lockdown(session) if "P21" in wanted and mode == "cluster" else {}
            found["self_ips"] = tuple(
                SelfIp(item.name, item.address, item.network, item.route_domain or 0, lockdown.get(item.name, ())) for item in ltm.self_ips()
            )
        if "P16" in wanted and mode != "cluster":
            domain = params["route_domain"]
            routes = [item for item in ltm.routes() if (item.route_domain or 0) == domain]
            found["has_route"] = routing([item.network for item in found["self_ips"] if item.route_domain == domain], routes)
        if wanted & {"P20", "P21"} and mode == "cluster":
            found["bgp"] = network.bgp_domains(session)
        if "P19" in wanted and params["checks"] and mode != "cluster":
            found["members"] = {place: member.state for members in ltm.pools().values() for place, member in members.items()}
    for text in session.warnings:
        warn(text)
    return BigIp(**found)


def _as3_version(session: Session) -> str | Unknown:
    try:
        return str(As3(session).info().get("version") or "")
    except Failure as failed:
        if failed.code != "as3_missing":
            raise
        return Unknown(failed.message)
