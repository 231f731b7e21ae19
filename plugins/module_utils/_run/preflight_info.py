# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module preflight_info: read what the checks need, and run them."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping

from .._bigip import network
from .._bigip.as3 import As3
from .._bigip.ltm import Ltm
from .._bigip.session import Session
from .._boundary.parameters import field_values
from .._cis.options import NAMESPACES
from .._cluster import supervisor, supervisor_api
from .._cluster.reader import Reader
from .._cluster.workload import WorkloadCluster
from .._deadline import Deadline
from .._errors import Failure
from .._facts.bigip import BigIp, SelfIp
from .._facts.facts import Facts, Wishes
from .._facts.unknown import Unknown
from .._kube.client import Client
from .._preflight import reads, report, table
from .._preflight.judgement import FAIL, PASS, SKIPPED, UNKNOWN, WARN, CheckResult
from .._routes.ways import Ways

Hide = Callable[[Iterable[str]], None]
Warn = Callable[[str], None]


@dataclass(frozen=True)
class PreflightOptions:
    """`parameters`: all of them, with the options of each connection."""

    parameters: Mapping[str, Any]
    pool_member_type: str = Wishes.pool_member_type
    checks: tuple[str, ...] | None = None
    skip: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    allow_unvalidated: bool = Wishes.allow_unvalidated
    network_provider: str = Wishes.network_provider
    node_network_routable: bool | None = None
    route_domain: int = Wishes.route_domain
    namespaces: tuple[str, ...] | None = None
    label_selector: str | None = None
    cis_namespaces: tuple[str, ...] = NAMESPACES
    supervisor_namespace: str | None = None
    cluster_name: str | None = None
    timeout: float = 120

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PreflightOptions:
        return cls(**field_values(cls, {**params, "parameters": params}))

    def check(self) -> None:
        """Raise Failure if checks or skip name a check that does not exist."""
        unknown = sorted({*(self.checks or ()), *self.skip} - set(table.IDS))
        if unknown:
            raise Failure(
                "options",
                "checks and skip take the names of checks",
                said=f"there is no {', '.join(unknown)}",
                remedy=f"They are {', '.join(table.IDS)}.",
            )

    @property
    def chosen(self) -> set[str]:
        """The checks that run."""
        return set(self.checks or table.IDS) - set(self.skip)

    @property
    def wishes(self) -> Wishes:
        return Wishes(
            pool_member_type=self.pool_member_type,
            network_provider=self.network_provider,
            features=frozenset(self.features),
            allow_unvalidated=self.allow_unvalidated,
            node_network_routable=self.node_network_routable,
            route_domain=self.route_domain,
            asked=frozenset(self.checks or ()),
            namespaces=bool(self.namespaces),
        )


def preflight_info(params: Mapping[str, Any], hide: Hide, warn: Warn) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = PreflightOptions.from_params(params)
    options.check()
    deadline = Deadline(options.timeout)
    with closing(Client(params, deadline)) as client:
        client.warn = warn
        facts = _workload(client, options, warn)
        requests = client.requests
    above = supervisor_api.connect(params, deadline)
    if above is not None:
        with closing(above):
            facts = _with_supervisor(facts, above, options)
            requests += above.requests
    if (params["provider"] or {}).get("server") and reads.asks_bigip(options.chosen):
        of_bigip = reads.of_bigip(options.chosen, facts.mode[0], facts.wishes)
        facts = dataclasses.replace(facts, bigip=_bigip(of_bigip, options, deadline, hide, warn))
    return _result(facts, table.run(facts, options.checks, options.skip), requests)


def _result(facts: Facts, results: list[CheckResult], requests: int) -> dict[str, Any]:
    counts = Counter(item.status for item in results)
    mode, because = facts.mode
    return {
        "changed": False,
        "checks": [item.as_dict() for item in results],
        "passed": not counts[FAIL],
        "report": report.lines(results),
        "pool_member_type": mode,
        "chosen_because": because,
        "summary": {
            **{status: counts[status] for status in (PASS, FAIL, WARN, UNKNOWN, SKIPPED)},
            "requests": requests,
        },
    }


def _workload(client: Client, options: PreflightOptions, warn: Warn) -> Facts:
    reader = Reader(client)
    cluster = WorkloadCluster(reader, options.cis_namespaces)
    base = cluster.base()
    for text in cluster.warnings:
        warn(text)
    facts = Facts(wishes=options.wishes, tokens={"workload cluster": client.token_expires()}, **base)
    wanted = reads.of_cluster(options.chosen, facts.mode[0], facts.wishes)
    more: dict[str, Any] = {}
    if "packages" in wanted:
        more["packages"] = cluster.packages()
    if "transport_servers" in wanted:
        more["transport_servers"] = cluster.transport_servers()
    if "applications" in wanted:
        more.update(cluster.applications(options.namespaces, options.label_selector, facts.nodes))
    if "bgp_peers" in wanted:
        more["bgp_peers"] = cluster.bgp_peers()
    return dataclasses.replace(facts, denied=tuple(reader.denied), **more)


def _with_supervisor(facts: Facts, above: Client, options: PreflightOptions) -> Facts:
    reader = Reader(above)
    # REQUIRED_BY: a connection comes with both names.
    of_supervisor = supervisor.read(reader, str(options.supervisor_namespace), str(options.cluster_name))
    return dataclasses.replace(
        facts,
        supervisor=of_supervisor,
        tokens={**facts.tokens, "Supervisor": above.token_expires()},
        denied=(*facts.denied, *reader.denied),
    )


def _bigip(wanted: set[str], options: PreflightOptions, deadline: Deadline, hide: Hide, warn: Warn) -> BigIp:
    """Read BIG-IP. A connection that fails, fails the task: the user names this BIG-IP."""
    values: dict[str, Any] = {}
    with Session(options.parameters["provider"], deadline, hide) as session:
        ltm = Ltm(session)
        if "versions" in wanted:
            values.update(version=ltm.version(), as3=_as3_version(session))
        if "self_ips" in wanted:
            lockdown = network.port_lockdown(session) if "port_lockdown" in wanted else {}
            values["self_ips"] = _self_ips(ltm, lockdown)
        if "routes" in wanted:
            ways = Ways(values["self_ips"], ltm.routes())
            values["way"] = functools.partial(ways.to, domain=options.route_domain)
        if "bgp" in wanted:
            values["bgp"] = network.bgp_domains(session)
        if "members" in wanted:
            pools = ltm.pools().values()
            values["members"] = {place: state.state for of_pool in pools for place, state in of_pool.items()}
    for text in session.warnings:
        warn(text)
    return BigIp(**values)


def _self_ips(ltm: Ltm, lockdown: Mapping[str, tuple[str, ...]]) -> tuple[SelfIp, ...]:
    return tuple(
        SelfIp(item.name, item.address, item.network, item.route_domain or 0, lockdown.get(item.name, ()))
        for item in ltm.self_ips()
    )


def _as3_version(session: Session) -> str | Unknown:
    try:
        return str(As3(session).info().get("version") or "")
    except Failure as failed:
        if failed.code != "as3_missing":
            raise
        return Unknown(failed.message)
