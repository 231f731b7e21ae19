# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Supervisor's API: its connection, the versions that it serves, and objects of one cluster."""

from __future__ import annotations

from typing import Any, Callable, Mapping, TypeVar

from .._deadline import Deadline
from .._errors import Failure
from .._facts.unknown import Unknown
from .._kube import lists, supervisor_objects
from .._kube.client import Client, NotFound
from .._kube.lists import Kind
from .._npl.owner import Owner
from .reader import Reader

T = TypeVar("T")
Raw = dict[str, Any]
_CLUSTER = "cluster.x-k8s.io"
_ADDONS = "addons.kubernetes.vmware.com"  # VKS 3.6 and later
_CNI = "cni.tanzu.vmware.com"  # up to VKS 3.5


def connect(params: Mapping[str, Any], deadline: Deadline) -> Client | None:
    """Return the Supervisor's API; None if the options name none."""
    if not (params.get("supervisor_kubeconfig") or params.get("supervisor_context")):
        return None
    shared = {name: params.get(name) for name in ("allow_http", "allow_exec", "max_response_mb")}
    of_supervisor = {"kubeconfig": params["supervisor_kubeconfig"], "context": params["supervisor_context"]}
    return Client({**of_supervisor, **shared}, deadline)


def change(client: Client, owner: Owner, body: Mapping[str, Any], *, dry_run: bool = False) -> Raw:
    """Return the owner after a merge patch; with dry_run, as the patch would change it."""
    namespace, name = owner.name.split("/")
    group = str(owner.content["apiVersion"])
    kind = Kind(f"{owner.kind}s", f"/apis/{group}", f"{owner.kind.lower()}s")
    right = {"verb": "patch", "resource": kind.resource, "group": kind.group, "namespace": namespace}
    doing = f"{'trying' if dry_run else 'making'} the change of {owner} on the Supervisor"
    query = {"dryRun": "All"} if dry_run else None
    return client.patch(lists.address(kind, namespace, name), body, query, doing=doing, right=right)


class SupervisorApi:
    """The objects of one cluster (`name`) in a vSphere Namespace. A forbidden read returns an Unknown."""

    def __init__(self, reader: Reader, namespace: str, name: str) -> None:
        self._reader, self._client = reader, reader.client
        self.namespace, self.name = namespace, name
        groups = self._client.get(
            "/apis",
            doing="reading the Supervisor's API groups",
            right={"verb": "get", "resource": "/apis", "group": ""},
        )
        self._versions = {
            str(group.get("name")): str((group.get("preferredVersion") or {}).get("version"))
            for group in groups.get("groups") or []
        }

    def cluster(self) -> Raw | Unknown:
        """Return the Cluster. Raises Failure if it does not exist, or if this is not a Supervisor."""
        return self._reader.optional(self._cluster)

    def _cluster(self) -> Raw:
        kind = self._kind(_CLUSTER, "Clusters")
        doing = f"reading Cluster {self.namespace}/{self.name} on the Supervisor"
        remedy = "Check supervisor_kubeconfig, supervisor_context, supervisor_namespace and cluster_name."
        if kind is None:
            said = f"{self._client.server} does not serve {_CLUSTER}, so it is not a Supervisor"
            raise Failure("supervisor_cluster_missing", doing, said=said, remedy=remedy)
        try:
            return lists.one(self._client, kind, self.namespace, self.name)
        except NotFound as absent:
            raise Failure("supervisor_cluster_missing", doing, said=absent.said, remedy=remedy) from None

    def addon_config(self) -> Raw | None | Unknown:
        """Return the AddonConfig of Antrea."""
        return self.one(_ADDONS, "AddonConfigs", f"{self.name}-antrea")

    def antrea_config(self) -> Raw | None | Unknown:
        """Return the AntreaConfig."""
        return self.one(_CNI, "AntreaConfigs", f"{self.name}-antrea-package")

    def definition(self, addon_config: Mapping[str, Any]) -> Raw | None | Unknown:
        """Return the AddonConfigDefinition that an AddonConfig names."""
        namespace, name = supervisor_objects.definition_of(addon_config)
        kind = self._kind(_ADDONS, "AddonConfigDefinitions")
        if not name or kind is None:
            return None
        return self._reader.optional(lambda: lists.one(self._client, kind, namespace, name), absent=None)

    def one(self, group: str, kind_name: str, name: str) -> Raw | None | Unknown:
        """Return an object; None if it does not exist."""
        kind = self._kind(group, kind_name)
        if kind is None:
            return None
        return self._reader.optional(lambda: lists.one(self._client, kind, self.namespace, name), absent=None)

    def every(
        self, group: str, kind_name: str, keep: Callable[[Mapping[str, Any]], T | None]
    ) -> list[T] | Unknown:
        """Return what `keep` returns for each object of the namespace; none if the kind is not served."""
        kind = self._kind(group, kind_name)
        if kind is None:
            return []
        return self._reader.optional(lambda: lists.each(self._client, kind, self.namespace, keep), absent=[])

    def _kind(self, group: str, name: str) -> Kind | None:
        """Return the kind in the version that this Supervisor prefers; None if it serves no such group."""
        version = self._versions.get(group)
        return Kind(name, f"/apis/{group}/{version}", name.lower()) if version else None
