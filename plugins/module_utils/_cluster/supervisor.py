# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Reads and changes of one cluster's objects on the Supervisor."""

from __future__ import annotations

from typing import Any, Callable, Mapping, TypeVar

from .._deadline import Deadline
from .._errors import Failure
from .._facts.cluster import Provider
from .._facts.supervisor import AddonConfig, SubnetSet, Supervisor
from .._facts.unknown import Unknown
from .._kube import lists, objects, supervisor_objects
from .._kube.client import Client, NotFound
from .._kube.lists import Kind
from .._npl import schema
from .._npl.owner import Above, Owner
from .reader import Reader

T = TypeVar("T")
_CLUSTER_API = "cluster.x-k8s.io"
_BOOTSTRAP = "run.tanzu.vmware.com"
_ERA_B, _ERA_C = "cni.tanzu.vmware.com", "addons.kubernetes.vmware.com"
_SETTINGS, _NSX_VPC, _NSX_T1 = "netoperator.vmware.com", "crd.nsx.vmware.com", "vmware.com"


def connect(params: Mapping[str, Any], deadline: Deadline) -> Client | None:
    """Return the Supervisor's API; None if the options name none."""
    if not (params.get("supervisor_kubeconfig") or params.get("supervisor_context")):
        return None
    shared = {name: params.get(name) for name in ("allow_http", "allow_exec", "max_response_mb")}
    return Client(
        {"kubeconfig": params["supervisor_kubeconfig"], "context": params["supervisor_context"], **shared},
        deadline,
    )


def read(reader: Reader, namespace: str, cluster: str) -> Supervisor:
    """Return one cluster as the Supervisor describes it. Raises Failure if it does not exist there."""
    return _Reading(reader, namespace, cluster).all()


def above(reader: Reader, namespace: str, cluster: str) -> Above:
    """Return the objects that may own Antrea's settings of one cluster."""
    return _Reading(reader, namespace, cluster).owners()


def change(client: Client, owner: Owner, body: Mapping[str, Any], *, dry_run: bool = False) -> dict[str, Any]:
    """Return the owner after a merge patch; with dry_run, as the patch would change it."""
    namespace, name = owner.name.split("/")
    group = str(owner.content["apiVersion"])
    kind = Kind(f"{owner.kind}s", f"/apis/{group}", f"{owner.kind.lower()}s")
    right = {"verb": "patch", "resource": kind.resource, "group": kind.group, "namespace": namespace}
    doing = f"{'trying' if dry_run else 'making'} the change of {owner} on the Supervisor"
    return client.patch(
        lists.address(kind, namespace, name),
        body,
        {"dryRun": "All"} if dry_run else None,
        doing=doing,
        right=right,
    )


class _Reading:
    def __init__(self, reader: Reader, namespace: str, cluster: str) -> None:
        self._reader, self._client, self._namespace, self._cluster = reader, reader.client, namespace, cluster
        groups = self._client.get(
            "/apis",
            doing="reading the Supervisor's API groups",
            right={"verb": "get", "resource": "/apis", "group": ""},
        )
        self._versions = {
            str(group.get("name")): str((group.get("preferredVersion") or {}).get("version"))
            for group in groups.get("groups") or []
        }

    def all(self) -> Supervisor:
        cluster = self._reader.optional(self._read_cluster)
        known = {} if isinstance(cluster, Unknown) else cluster
        cluster_class = cluster if isinstance(cluster, Unknown) else supervisor_objects.cluster_class(cluster)
        provider = self._provider(known)
        vpc = isinstance(provider, Unknown) or provider.name == "nsx_vpc"
        subnet_sets: tuple[SubnetSet, ...] | Unknown = ()
        if vpc:
            found = self._list(_NSX_VPC, "SubnetSets", supervisor_objects.subnet_set)
            subnet_sets = found if isinstance(found, Unknown) else tuple(found)
        if isinstance(provider, Unknown) and not isinstance(subnet_sets, Unknown) and subnet_sets:
            provider = Provider("nsx_vpc", f"namespace {self._namespace} has SubnetSet {subnet_sets[0].name}")
        if isinstance(provider, Unknown):
            provider = self._by_objects(provider)
        return Supervisor(
            self._namespace,
            self._cluster,
            cluster_class,
            self._cni(cluster),
            self._antrea_config(),
            self._addon_config(),
            provider,
            subnet_sets,
        )

    def owners(self) -> Above:
        self._reader.optional(self._read_cluster)
        addon_config, definition = self._one(_ERA_C, "AddonConfigs", f"{self._cluster}-antrea"), None
        if isinstance(addon_config, dict):
            definition = self._definition(addon_config)
        antrea_config = (
            self._one(_ERA_B, "AntreaConfigs", f"{self._cluster}-antrea-package")
            if addon_config is None
            else None
        )
        return Above(self._namespace, self._cluster, addon_config, definition, antrea_config)

    def _definition(self, addon_config: Mapping[str, Any]) -> dict[str, Any] | None | Unknown:
        namespace, name = supervisor_objects.definition_of(addon_config)
        kind = self._kind(_ERA_C, "AddonConfigDefinitions")
        if not name or kind is None:
            return None
        return self._reader.optional(lambda: lists.one(self._client, kind, namespace, name), absent=None)

    def _kind(self, group: str, name: str) -> Kind | None:
        """Return the kind in the version that this Supervisor prefers; None if it serves no such group."""
        version = self._versions.get(group)
        return Kind(name, f"/apis/{group}/{version}", name.lower()) if version else None

    def _list(
        self, group: str, name: str, keep: Callable[[Mapping[str, Any]], T | None]
    ) -> list[T] | Unknown:
        kind = self._kind(group, name)
        return (
            []
            if kind is None
            else self._reader.optional(
                lambda: lists.each(self._client, kind, self._namespace, keep), absent=[]
            )
        )

    def _one(self, group: str, name: str, object_name: str) -> dict[str, Any] | None | Unknown:
        kind = self._kind(group, name)
        return (
            None
            if kind is None
            else self._reader.optional(
                lambda: lists.one(self._client, kind, self._namespace, object_name), absent=None
            )
        )

    def _read_cluster(self) -> dict[str, Any]:
        kind = self._kind(_CLUSTER_API, "Clusters")
        doing = f"reading Cluster {self._namespace}/{self._cluster} on the Supervisor"
        remedy = "Check supervisor_kubeconfig, supervisor_context, supervisor_namespace and cluster_name."
        if kind is None:
            raise Failure(
                "supervisor_cluster_missing",
                doing,
                said=f"{self._client.server} does not serve {_CLUSTER_API}, so it is not a Supervisor",
                remedy=remedy,
            )
        try:
            return lists.one(self._client, kind, self._namespace, self._cluster)
        except NotFound as absent:
            raise Failure("supervisor_cluster_missing", doing, said=absent.said, remedy=remedy) from None

    def _cni(self, cluster: dict[str, Any] | Unknown) -> str | None | Unknown:
        named = None if isinstance(cluster, Unknown) else supervisor_objects.cluster_cni(cluster)
        if named:
            return named
        bootstrap = self._one(_BOOTSTRAP, "ClusterBootstraps", self._cluster)
        if isinstance(bootstrap, dict):
            return supervisor_objects.bootstrap_cni(bootstrap)
        return cluster if isinstance(cluster, Unknown) and bootstrap is None else bootstrap

    def _antrea_config(self) -> str | None | Unknown:
        found = self._one(_ERA_B, "AntreaConfigs", f"{self._cluster}-antrea-package")
        return objects.name_of(found) if isinstance(found, dict) else found

    def _addon_config(self) -> AddonConfig | None | Unknown:
        found = self._one(_ERA_C, "AddonConfigs", f"{self._cluster}-antrea")
        if not isinstance(found, dict):
            return found
        namespace, name = supervisor_objects.definition_of(found)
        kind = self._kind(_ERA_C, "AddonConfigDefinitions")
        path: str | None | Unknown = Unknown(
            f"AddonConfig {objects.name_of(found)} names no AddonConfigDefinition"
        )
        if name and kind is not None:
            gone = Unknown(f"AddonConfigDefinition {namespace}/{name} does not exist")
            path = self._reader.optional(
                lambda: _npl_path(lists.one(self._client, kind, namespace, name)), absent=gone
            )
        return supervisor_objects.addon_config(found, path)

    def _provider(self, cluster: Mapping[str, Any]) -> Provider | Unknown:
        """Return the provider by the cluster's infrastructure object, else by the namespace's settings."""
        reference = (cluster.get("spec") or {}).get("infrastructureRef") or {}
        group = reference.get("apiGroup") or str(reference.get("apiVersion") or "").partition("/")[0]
        why = "no object of the Supervisor names the network provider of this cluster"
        if reference.get("kind") == "VSphereCluster" and reference.get("name"):
            found = self._one(group, "VSphereClusters", reference["name"])
            provider = supervisor_objects.vsphere_cluster_provider(found) if isinstance(found, dict) else None
            if provider:
                return provider
        settings = self._list(_SETTINGS, "NetworkSettings", supervisor_objects.settings_provider)
        if isinstance(settings, Unknown):
            return settings
        return settings[0] if settings else Unknown(why)

    def _by_objects(self, otherwise: Unknown) -> Provider | Unknown:
        """Return the provider by the networks in the vSphere Namespace.

        This evidence is weaker, because a Supervisor may have several providers.
        """
        for group, name, provider in (
            (_NSX_T1, "VirtualNetworks", "nsx_t1"),
            (_SETTINGS, "Networks", "vsphere"),
        ):
            found = self._list(group, name, objects.name_of)
            if isinstance(found, list) and found:
                return Provider(provider, f"namespace {self._namespace} has {name[:-1]} {found[0]}")
        return otherwise


def _npl_path(definition: Mapping[str, Any]) -> str | None:
    """Return the path of nodePortLocal.enabled (or enable) in the values; None if the schema has none."""
    places = schema.find(schema.of_definition(definition))
    return ".".join(places[0].switch) if places else None
