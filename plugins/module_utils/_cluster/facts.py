# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a workload cluster says about itself, in as few requests as it takes. This module util is PRIVATE to the collection.

It joins _kube (reads) and _kube.vks (understands); what may not be read is Unknown and fails nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from .._cis.options import NAMESPACES, elsewhere
from .._facts.model import Agent, Cni, Facts, Machine, NplConfig, Package, Unknown, Workload
from .._kube import lists, snapshot
from .._kube import vks as objects
from .._kube.antrea import AGENT_LABELS
from .._kube.client import Forbidden
from .._kube.lists import Kind
from .._members import contested
from .._members.model import Snapshot
from .reader import Reader

STATEFUL_SETS = Kind("StatefulSets", "/apis/apps/v1", "statefulsets")
PACKAGE_INSTALLS = Kind("PackageInstalls", "/apis/packaging.carvel.dev/v1alpha1", "packageinstalls")
TRANSPORT_SERVERS = Kind("TransportServers", "/apis/cis.f5.com/v1", "transportservers")
BGP_PEERS = Kind("BGPPeers", "/apis/crd.projectcalico.org/v1", "bgppeers")


@dataclass(frozen=True)
class _Applications:
    found: Snapshot
    all_pods: bool


class ClusterFacts:
    """Reads of one workload cluster."""

    def __init__(self, reader: Reader, cis_namespaces: Sequence[str] = NAMESPACES) -> None:
        self._reader, self._client, self._cis_namespaces = reader, reader.client, cis_namespaces
        self.warnings: list[str] = []

    def base(self) -> dict[str, Any]:
        """The facts that cluster_info tells, by their names in Facts."""
        kubernetes = self._reader.optional(self._version)
        nodes = self._reader.optional(lambda: tuple(lists.each(self._client, lists.NODES, None, objects.machine)))
        everywhere = self._reader.optional(self._daemon_sets)
        daemon_sets = everywhere if isinstance(everywhere, Unknown) else [(raw, found) for raw, found in everywhere if objects.is_system(raw)]
        others = () if isinstance(everywhere, Unknown) else tuple(objects.strangers(raw for raw, _found in everywhere))
        if others:
            self.warnings.append(objects.elsewhere(others))
        npl, agents = self._antrea(daemon_sets)
        cis, ako = self._controllers()
        return {
            "kubernetes": kubernetes,
            "nodes": nodes,
            "cnis": daemon_sets if isinstance(daemon_sets, Unknown) else tuple(found for _raw, found in daemon_sets),
            "other_cnis": others,
            "npl": npl,
            "agents": agents,
            "cis": cis,
            "ako": ako,
            "now": self._client.server_time,
        }

    def _version(self) -> str:
        answer = self._client.get("/version", doing="reading the version of Kubernetes", right={"verb": "get", "resource": "/version", "group": ""})
        return str(answer.get("gitVersion") or "")

    def _daemon_sets(self) -> list[tuple[dict[str, Any], Cni]]:
        """The CNIs and their DaemonSets. Where only kube-system may be read, what is found there is an answer, and nothing is none."""

        def keep(raw: dict[str, Any]) -> tuple[dict[str, Any], Cni] | None:
            found = objects.cni(raw)
            return None if found is None else (raw, found)

        try:
            return lists.each(self._client, lists.DAEMON_SETS, None, keep)
        except Forbidden as denied:
            found = lists.each(self._client, lists.DAEMON_SETS, "kube-system", keep)
            if not found:
                raise denied from None
            return found

    def _antrea(self, daemon_sets: list[tuple[dict[str, Any], Cni]] | Unknown) -> tuple[NplConfig | None | Unknown, tuple[Agent, ...] | Unknown]:
        if isinstance(daemon_sets, Unknown):
            return daemon_sets, daemon_sets
        raw = next((raw for raw, found in daemon_sets if found.kind == "antrea"), None)
        if raw is None:
            return None, ()
        namespace = raw["metadata"]["namespace"]
        agents = self._reader.optional(lambda: tuple(lists.each(self._client, lists.PODS, namespace, objects.agent, AGENT_LABELS)))
        name = objects.mounted_config(raw)
        if not name:
            return Unknown(f"DaemonSet {objects.name_of(raw)} mounts no ConfigMap as volume {objects.CONFIG_VOLUME}"), agents
        gone = Unknown(f"ConfigMap {namespace}/{name}, which DaemonSet {objects.name_of(raw)} mounts, is not there")
        config = self._reader.optional(lambda: objects.npl_config(lists.one(self._client, lists.CONFIG_MAPS, namespace, name)), absent=gone)
        return config, agents

    def _controllers(self) -> tuple[tuple[Workload, ...] | Unknown, tuple[Workload, ...] | Unknown]:
        """CIS and AKO, by their images. Of CIS only those that are believed: what one is started with decides about a mode."""
        deployments = self._reader.optional(self._deployments)
        stateful = self._reader.optional(lambda: lists.each(self._client, STATEFUL_SETS, None, lambda raw: objects.ako("StatefulSet", raw)))
        if isinstance(deployments, Unknown):
            found: tuple[Workload, ...] | Unknown = deployments if isinstance(stateful, Unknown) or not stateful else tuple(stateful)
            return deployments, found
        cis = tuple(item for which, item in deployments if which == "cis")
        as_deployment = tuple(item for which, item in deployments if which == "ako")
        if isinstance(stateful, Unknown):
            return cis, as_deployment or stateful
        return cis, (*as_deployment, *stateful)

    def _deployments(self) -> list[tuple[str, Workload]]:
        """Of the whole cluster; where a Role allows no more, the CIS of cis_namespaces."""

        def keep(raw: dict[str, Any]) -> tuple[str, Workload] | None:
            found = _controller(raw)
            if found is not None and found[0] == "cis" and raw["metadata"]["namespace"] not in self._cis_namespaces:
                others.append(found[1].name)
                return None
            return found

        others: list[str] = []
        made = lists.each_allowed(self._client, lists.DEPLOYMENTS, self._cis_namespaces, keep)
        if others:
            self.warnings.append(elsewhere(list(dict.fromkeys(others)), self._cis_namespaces))
        return made

    # -- what only the checks need -------------------------------------------------------------------------------

    def packages(self) -> tuple[Package, ...] | Unknown:
        """kapp-controller's PackageInstalls of the platform; none where it is not installed."""

        def keep(raw: dict[str, Any]) -> Package | None:
            return objects.package(raw) if objects.is_system(raw) else None

        return self._reader.optional(lambda: tuple(lists.each(self._client, PACKAGE_INSTALLS, None, keep)), absent=())

    def transport_servers(self) -> tuple[str, ...] | Unknown:
        return self._reader.optional(lambda: tuple(lists.each(self._client, TRANSPORT_SERVERS, None, objects.name_of)), absent=())

    def bgp_peers(self) -> bool | Unknown:
        """Whether Calico has peers at all."""
        return self._reader.optional(lambda: bool(lists.each(self._client, BGP_PEERS, None, objects.name_of)), absent=False)

    def applications(self, namespaces: Sequence[str] | None, label_selector: str | None, nodes: tuple[Machine, ...] | Unknown) -> dict[str, Any]:
        """The Services, their EndpointSlices, and the mappings of Pods: of all namespaces if they may be read, to count ports."""
        found = self._reader.optional(lambda: self._applications(namespaces, label_selector, nodes))
        if isinstance(found, Unknown):
            return {"applications": found}
        return {"applications": found.found, "all_pods": found.all_pods}

    def _applications(self, namespaces: Sequence[str] | None, label_selector: str | None, nodes: tuple[Machine, ...] | Unknown) -> _Applications:
        made, all_pods = Snapshot(now=self._client.server_time), True
        scopes: list[str | None] = [*sorted(set(namespaces))] if namespaces else [None]
        for scope in scopes:
            for service in lists.each(self._client, lists.SERVICES, scope, snapshot.service, label_selector):
                made.services[(service.namespace, service.name)] = service
            for key, piece in lists.each(self._client, lists.ENDPOINT_SLICES, scope, snapshot.endpoint_slice):
                made.slices.setdefault(key, []).append(piece)
        try:
            made.pods = dict(lists.each(self._client, lists.POD_METADATA, None, snapshot.pod))
        except Forbidden:
            if not namespaces:
                raise
            all_pods, made.pods = False, {}
            for scope in scopes:
                made.pods.update(lists.each(self._client, lists.POD_METADATA, scope, snapshot.pod))
        if not isinstance(nodes, Unknown):
            made.nodes = {machine.node.name: machine.node for machine in nodes}
        looked_up = [uid for namespace, uid in contested.unplaced(made) if not namespaces or namespace in namespaces]
        made.homes, made.annotations = dict.fromkeys(looked_up, frozenset()), None
        return _Applications(made, all_pods)


def _controller(raw: dict[str, Any]) -> tuple[str, Workload] | None:
    for which, found in (("cis", objects.cis(raw)), ("ako", objects.ako("Deployment", raw))):
        if found is not None:
            return which, found
    return None


def unread(facts: Facts) -> list[dict[str, str]]:
    """Every fact that is not known, with the reason."""
    found = [(name, getattr(facts, name)) for name in ("kubernetes", "nodes", "cnis", "npl", "agents", "cis", "ako")]
    if facts.supervisor is not None:
        names = ("cluster_class", "cni", "antrea_config", "addon_config", "provider", "subnet_sets")
        found += [(f"supervisor.{name}", getattr(facts.supervisor, name)) for name in names]
    return [{"fact": name, "reason": value.why} for name, value in found if isinstance(value, Unknown)]
