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

from .._bigip import facts as bigip_facts
from .._bigip.session import Session
from .._boundary.parameters import field_values
from .._cis.options import NAMESPACES
from .._cluster import supervisor, supervisor_api
from .._cluster.pod_network import PodNetworkFacts
from .._cluster.reader import Reader
from .._cluster.workload import WorkloadCluster
from .._deadline import Deadline
from .._errors import Failure
from .._facts.bigip import BigIp
from .._facts.cluster import NplConfig
from .._facts.facts import Facts, Wishes
from .._facts.pod_network import CalicoBlocks
from .._kube.client import Client
from .._preflight import paths, reads, report, table
from .._preflight.judgement import FAIL, PASS, SKIPPED, UNKNOWN, WARN, CheckResult

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
    pod_network_routable: bool | None = None
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
    def asks_bigip(self) -> bool:
        return bool((self.parameters["provider"] or {}).get("server")) and reads.asks_bigip(self.chosen)

    @property
    def wishes(self) -> Wishes:
        return Wishes(
            pool_member_type=self.pool_member_type,
            network_provider=self.network_provider,
            features=frozenset(self.features),
            allow_unvalidated=self.allow_unvalidated,
            node_network_routable=self.node_network_routable,
            pod_network_routable=self.pod_network_routable,
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
        facts = _workload(client, options, warn, functools.partial(_lead, options, deadline, hide))
        requests = client.requests
    above = supervisor_api.connect(params, deadline)
    if above is not None:
        with closing(above):
            facts = _with_supervisor(facts, above, options)
            requests += above.requests
    if options.asks_bigip:
        of_bigip = reads.of_bigip(options.chosen, facts.mode[0], facts.wishes)
        facts = dataclasses.replace(facts, bigip=_bigip(of_bigip, facts, options, deadline, hide, warn))
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


def _workload(client: Client, options: PreflightOptions, warn: Warn, lead: Callable[[Facts], bool]) -> Facts:
    """Read the cluster. lead: asks BIG-IP for its routes to the Pods, which mode auto needs to know."""
    reader = Reader(client)
    cluster = WorkloadCluster(reader, options.cis_namespaces)
    base = cluster.base()
    for text in cluster.warnings:
        warn(text)
    facts = Facts(wishes=options.wishes, tokens={"workload cluster": client.token_expires()}, **base)
    more: dict[str, Any] = {}
    if options.asks_bigip and facts.may_choose_cluster:
        more["calico"] = PodNetworkFacts(reader).calico() if facts.has("calico") else None
        facts = dataclasses.replace(facts, calico=more["calico"])
        facts = dataclasses.replace(facts, routes_lead=lead(facts))
    wanted = reads.of_cluster(options.chosen, facts.mode[0], facts.wishes) - set(more)
    if "packages" in wanted:
        more["packages"] = cluster.packages()
    if "transport_servers" in wanted:
        more["transport_servers"] = cluster.transport_servers()
    if "applications" in wanted:
        more.update(cluster.applications(options.namespaces, options.label_selector, facts.nodes))
    more.update(_pod_network(PodNetworkFacts(reader), facts, wanted))
    return dataclasses.replace(facts, denied=tuple(reader.denied), **more)


def _pod_network(network: PodNetworkFacts, facts: Facts, wanted: set[str]) -> dict[str, Any]:
    """Read Calico's objects if the cluster has Calico, and Pods if Antrea gives them other addresses."""
    more: dict[str, Any] = {}
    if facts.has("calico"):
        if "calico" in wanted:
            more["calico"] = network.calico()
        calico = more.get("calico", facts.calico)
        group = calico.group if isinstance(calico, CalicoBlocks) else None
        if "bgp_peers" in wanted:
            more["bgp_peers"] = network.bgp_peers(group)
        if "bgp_status" in wanted and more["bgp_peers"] is True:
            more["bgp_status"] = network.bgp_status(group)
    if "pod_addresses" in wanted and isinstance(facts.npl, NplConfig) and facts.npl.traffic.ipam:
        more["pod_addresses"] = network.pod_addresses()
    return more


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


def _lead(options: PreflightOptions, deadline: Deadline, hide: Hide, facts: Facts) -> bool:
    """Return whether BIG-IP has routes to all Pod networks."""
    of_bigip = _bigip({"self_ips", "pod_routes"}, facts, options, deadline, hide, lambda text: None)
    return bool(paths.routed(dataclasses.replace(facts, bigip=of_bigip)))


def _bigip(
    wanted: set[str], facts: Facts, options: PreflightOptions, deadline: Deadline, hide: Hide, warn: Warn
) -> BigIp:
    """Read BIG-IP. A connection that fails, fails the task: the user names this BIG-IP."""
    provider = options.parameters["provider"]
    with Session(provider, deadline, hide) as session:
        of_bigip = bigip_facts.Facts(session, options.route_domain, provider, hide).read(
            wanted, lambda known: paths.leads(dataclasses.replace(facts, bigip=known))
        )
    for text in session.warnings:
        warn(text)
    return of_bigip
