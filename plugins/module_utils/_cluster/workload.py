# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads of one workload cluster, in as few requests as possible. A forbidden read is an Unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from .._cis.options import NAMESPACES, elsewhere
from .._facts.cluster import Agent, Cni, NodeVersion, NplConfig, Package, Workload
from .._facts.unknown import Unknown
from .._kube import daemon_sets, lists, objects, snapshot
from .._kube.client import Forbidden
from .._kube.lists import Kind
from .._members import contested
from .._members.model import Snapshot
from .reader import Reader

STATEFUL_SETS = Kind("StatefulSets", "/apis/apps/v1", "statefulsets")
PACKAGE_INSTALLS = Kind("PackageInstalls", "/apis/packaging.carvel.dev/v1alpha1", "packageinstalls")
TRANSPORT_SERVERS = Kind("TransportServers", "/apis/cis.f5.com/v1", "transportservers")

Workloads = tuple[Workload, ...]


@dataclass(frozen=True)
class _Applications:
    snapshot: Snapshot
    all_pods: bool


_DaemonSet = tuple[dict[str, Any], Cni]


class WorkloadCluster:
    """The reads of one workload cluster. `warnings`: for the user of the task."""

    def __init__(self, reader: Reader, cis_namespaces: Sequence[str] = NAMESPACES) -> None:
        self._reader, self._client, self._cis_namespaces = reader, reader.client, cis_namespaces
        self._other_cnis: tuple[str, ...] = ()
        self.warnings: list[str] = []

    def base(self) -> dict[str, Any]:
        """Return the facts that cluster_info reports, by their names in Facts."""
        kubernetes = self._reader.optional(self._version)
        nodes = self._reader.optional(
            lambda: tuple(lists.each(self._client, lists.NODES, None, objects.node_version))
        )
        cnis = self._cnis()
        npl, agents = self._antrea(cnis)
        cis, ako = self._controllers()
        return {
            "kubernetes": kubernetes,
            "nodes": nodes,
            "cnis": cnis if isinstance(cnis, Unknown) else tuple(cni for _raw, cni in cnis),
            "other_cnis": self._other_cnis,
            "npl": npl,
            "agents": agents,
            "cis": cis,
            "ako": ako,
            "now": self._client.server_time,
        }

    def _version(self) -> str:
        answer = self._client.get(
            "/version",
            doing="reading the version of Kubernetes",
            right={"verb": "get", "resource": "/version", "group": ""},
        )
        return str(answer.get("gitVersion") or "")

    def _cnis(self) -> list[_DaemonSet] | Unknown:
        """Return the CNIs in the namespaces of the platform, and warn of others."""
        everywhere = self._reader.optional(lambda: daemon_sets.cnis(self._client))
        if isinstance(everywhere, Unknown):
            return everywhere
        self._other_cnis = tuple(objects.strangers(raw for raw, _cni in everywhere))
        if self._other_cnis:
            self.warnings.append(objects.elsewhere(self._other_cnis))
        return [(raw, cni) for raw, cni in everywhere if objects.is_system(raw)]

    def _antrea(
        self, cnis: list[_DaemonSet] | Unknown
    ) -> tuple[NplConfig | None | Unknown, tuple[Agent, ...] | Unknown]:
        """Return Antrea's configuration and agents. Without Antrea: None and no agents."""
        if isinstance(cnis, Unknown):
            return cnis, cnis
        raw = next((raw for raw, cni in cnis if cni.kind == "antrea"), None)
        if raw is None:
            return None, ()
        namespace, labels = raw["metadata"]["namespace"], daemon_sets.AGENT_LABELS
        agents = self._reader.optional(
            lambda: tuple(lists.each(self._client, lists.PODS, namespace, objects.agent, labels))
        )
        config: NplConfig | None | Unknown = self._reader.optional(
            lambda: daemon_sets.config(self._client, raw), absent=Unknown(_no_config(raw))
        )
        if config is None:
            mounts = f"DaemonSet {objects.name_of(raw)} mounts no ConfigMap as volume {objects.CONFIG_VOLUME}"
            return Unknown(mounts), agents
        return config, agents

    def _controllers(self) -> tuple[Workloads | Unknown, Workloads | Unknown]:
        """Return CIS and AKO, by their images.

        Only a CIS in cis_namespaces counts, because its arguments decide about a mode.
        """
        deployments = self._reader.optional(self._deployments)
        stateful = self._reader.optional(
            lambda: lists.each(self._client, STATEFUL_SETS, None, lambda raw: objects.ako("StatefulSet", raw))
        )
        if isinstance(deployments, Unknown):
            only: Workloads | Unknown = deployments
            if not isinstance(stateful, Unknown) and stateful:
                only = tuple(stateful)
            return deployments, only
        cis = tuple(item for which, item in deployments if which == "cis")
        as_deployment = tuple(item for which, item in deployments if which == "ako")
        if isinstance(stateful, Unknown):
            return cis, as_deployment or stateful
        return cis, (*as_deployment, *stateful)

    def _deployments(self) -> list[tuple[str, Workload]]:
        """Return CIS and AKO of the whole cluster; where that is forbidden, the CIS of cis_namespaces."""

        def keep(raw: dict[str, Any]) -> tuple[str, Workload] | None:
            controller = _controller(raw)
            if controller is None or controller[0] != "cis":
                return controller
            if raw["metadata"]["namespace"] not in self._cis_namespaces:
                others.append(controller[1].name)
                return None
            return controller

        others: list[str] = []
        controllers = lists.each_allowed(self._client, lists.DEPLOYMENTS, self._cis_namespaces, keep)
        if others:
            self.warnings.append(elsewhere(list(dict.fromkeys(others)), self._cis_namespaces))
        return controllers

    def packages(self) -> tuple[Package, ...] | Unknown:
        """Return the platform's PackageInstalls of kapp-controller; none where it is not installed."""

        def keep(raw: dict[str, Any]) -> Package | None:
            return objects.package(raw) if objects.is_system(raw) else None

        return self._reader.optional(
            lambda: tuple(lists.each(self._client, PACKAGE_INSTALLS, None, keep)), absent=()
        )

    def transport_servers(self) -> tuple[str, ...] | Unknown:
        """Return the names of the TransportServers; none where their CRD is not installed."""
        return self._reader.optional(
            lambda: tuple(lists.each(self._client, TRANSPORT_SERVERS, None, objects.name_of)), absent=()
        )

    def applications(
        self,
        namespaces: Sequence[str] | None,
        label_selector: str | None,
        nodes: tuple[NodeVersion, ...] | Unknown,
    ) -> dict[str, Any]:
        """Return Services, their EndpointSlices and the mappings of Pods, by their names in Facts.

        Pods are read of all namespaces where the user may list them, to count ports.
        """
        read = self._reader.optional(lambda: self._applications(namespaces, label_selector, nodes))
        if isinstance(read, Unknown):
            return {"applications": read}
        return {"applications": read.snapshot, "all_pods": read.all_pods}

    def _applications(
        self,
        namespaces: Sequence[str] | None,
        label_selector: str | None,
        nodes: tuple[NodeVersion, ...] | Unknown,
    ) -> _Applications:
        read = Snapshot(now=self._client.server_time)
        scopes: list[str | None] = [*sorted(set(namespaces))] if namespaces else [None]
        for scope in scopes:
            for service in lists.each(self._client, lists.SERVICES, scope, snapshot.service, label_selector):
                read.services[(service.namespace, service.name)] = service
            for key, piece in lists.each(self._client, lists.ENDPOINT_SLICES, scope, snapshot.endpoint_slice):
                read.slices.setdefault(key, []).append(piece)
        all_pods = True
        try:
            read.pods = dict(lists.each(self._client, lists.POD_METADATA, None, snapshot.pod))
        except Forbidden:
            if not namespaces:
                raise
            all_pods, read.pods = False, {}
            for scope in scopes:
                read.pods.update(lists.each(self._client, lists.POD_METADATA, scope, snapshot.pod))
        if not isinstance(nodes, Unknown):
            read.nodes = {node_version.node.name: node_version.node for node_version in nodes}
        looked_up = [
            uid for namespace, uid in contested.unplaced(read) if not namespaces or namespace in namespaces
        ]
        read.homes, read.annotations = dict.fromkeys(looked_up, frozenset()), None
        return _Applications(read, all_pods)


def _no_config(raw: dict[str, Any]) -> str:
    name = f"{daemon_sets.namespace_of(raw)}/{objects.mounted_config(raw)}"
    return f"ConfigMap {name}, which DaemonSet {objects.name_of(raw)} mounts, does not exist"


def _controller(raw: dict[str, Any]) -> tuple[str, Workload] | None:
    for which, workload in (("cis", objects.cis(raw)), ("ako", objects.ako("Deployment", raw))):
        if workload is not None:
            return which, workload
    return None
