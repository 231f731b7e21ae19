# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The cluster's side of BGP: reads the nodes and the objects of Calico or Antrea, and writes the objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .._bgp.changes import ObjectWrite
from .._bgp.model import ANTREA, CALICO, Cluster, Node, Object, Status
from .._bgp.objects import name_of, secret_name
from .._deadline import Deadline
from .._errors import Failure
from .._foreign import Unreadable
from . import bgp_objects, daemon_sets, lists, objects
from .client import Client, Conflict, Forbidden, NotFound
from .complete import Complete, incomplete
from .lists import Kind

_ANTREA = "crd.antrea.io/v1alpha1"
_UNCHANGED = "Nothing was changed."
_RBAC = "/apis/rbac.authorization.k8s.io/v1"
_IN_NAMESPACE = {
    "Secret": lists.SECRETS,
    "Role": Kind("Roles", _RBAC, "roles"),
    "RoleBinding": Kind("RoleBindings", _RBAC, "rolebindings"),
}
_PLURALS = {
    "BGPPeer": "BGPPeers",
    "BGPConfiguration": "BGPConfigurations",
    "BGPPolicy": "BGPPolicies",
    "CalicoNodeStatus": "CalicoNodeStatuses",
}


class BgpCluster:
    """One cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lists = Complete(client)

    def uid(self) -> str:
        return self._lists.uid()

    @property
    def deadline(self) -> Deadline:
        return self._client.deadline

    @property
    def time(self) -> float:
        """Seconds since the epoch by the server's own clock, at its last answer."""
        return self._client.server_time

    def nodes(self) -> tuple[Node, ...]:
        """All nodes. Raises Failure (read_incomplete) if one is missing."""
        found = self._lists.all(lists.NODES, bgp_objects.node)
        if not found:
            remedy = "To remove the neighbors of a cluster, set state: absent."
            raise incomplete("listing Nodes in the whole cluster", "the cluster has no nodes", remedy)
        return tuple(sorted(found, key=lambda node: node.name))

    def read(self, owner: str, present: bool, password: bool) -> Cluster | None:
        """The objects of BGP. None if there is nothing to remove from: the cluster has no CNI with BGP.

        Raises Failure if the CNI cannot have sessions.
        """
        daemon_set, kind = self._cni(present)
        if daemon_set is None:
            return None
        namespace = daemon_sets.namespace_of(daemon_set)
        account = _account(daemon_set)
        found = self._antrea(daemon_set, present) if kind == ANTREA else self._calico(present)
        if found is None:
            return None
        return self._with_secret(replace(found, namespace=namespace, account=account), owner, password)

    def statuses(self, cluster: Cluster) -> tuple[Status, ...]:
        """The sessions as Calico reports them now."""
        kind = _kind("CalicoNodeStatus", cluster)
        return tuple(lists.each(self._client, kind, None, bgp_objects.status))

    def write(self, cluster: Cluster, write: ObjectWrite) -> None:
        """Carry out one change. Raises Failure if the object changed since it was read."""
        kind = _kind(write.kind, cluster)
        namespace = cluster.namespace if write.kind in _IN_NAMESPACE else None
        verb = "create" if write.before is None else "delete" if write.body is None else "patch"
        right = {"verb": verb, "resource": kind.resource, "group": kind.group}
        if namespace:
            right["namespace"] = namespace
        doing = f"{verb.removesuffix('e')}ing {write.kind} {write.name}".replace("patching", "changing")
        if write.before is None:
            self._create(kind, namespace, write, doing, right)
        elif write.body is None:
            path = lists.address(kind, namespace, write.name)
            self._client.delete(path, write.before.uid, doing=doing, right=right)
        else:
            path = lists.address(kind, namespace, write.name)
            self._client.patch(path, write.body, doing=doing, right=right)

    def _create(
        self, kind: Kind, namespace: str | None, write: ObjectWrite, doing: str, right: dict[str, str]
    ) -> None:
        """Create an object. A lost answer may belong to a request that has created it."""
        body = {**(write.body or {}), "apiVersion": _version(kind), "kind": write.kind}
        try:
            self._client.create(kind.path(namespace), body, doing=doing, right=right)
        except Conflict as conflict:
            stored = bgp_objects.reader(write.kind)(lists.one(self._client, kind, namespace, write.name))
            wanted = body["metadata"].get("annotations", {})
            if any(stored.annotations.get(key) != value for key, value in wanted.items()):
                raise conflict from None

    def _cni(self, present: bool) -> tuple[dict[str, Any] | None, str]:
        """The DaemonSet of the CNI's agents. Raises Failure unless exactly one has BGP."""
        everywhere = daemon_sets.cnis(self._client)
        found = [(raw, cni.kind) for raw, cni in everywhere if objects.is_system(raw)]
        usable = [one for one in found if one[1] in (CALICO, ANTREA)]
        if len(usable) == 1:
            return usable[0]
        if not present and not usable:
            return None, ""
        names = ", ".join(cni for _raw, cni in found) or "none"
        raise Failure(
            "bgp_cni_unsupported",
            "looking for the CNI of the cluster",
            said=f"the known CNIs in its namespaces are: {names}",
            remedy=f"{_UNCHANGED} pod_bgp supports a cluster with either Calico or Antrea. Use pod_routes.",
        )

    def _calico(self, present: bool) -> Cluster | None:
        """Calico's objects, of the first API group that has BGPPeers."""
        for group in lists.CALICO_GROUPS:
            cluster = Cluster(CALICO, group)
            peers = self._lists.optional(_kind("BGPPeer", cluster), bgp_objects.reader("BGPPeer"))
            if peers is None:
                continue
            configurations = self._lists.optional(
                _kind("BGPConfiguration", cluster), bgp_objects.reader("BGPConfiguration")
            )
            statuses = self._lists.optional(_kind("CalicoNodeStatus", cluster), _with_status)
            found = [*(configurations or []), *peers, *(one for one, _status in statuses or [])]
            parsed = None if statuses is None else tuple(one for _object, one in statuses if one)
            return replace(cluster, objects=tuple(found), statuses=parsed)
        if not present:
            return None
        raise Failure(
            "bgp_cni_unsupported",
            "looking for Calico's BGPPeers",
            said=f"the cluster has the kind neither in {lists.CALICO_GROUPS[0]} nor in {lists.CALICO_GROUPS[1]}",
            remedy=f"{_UNCHANGED} Install the CRDs of Calico.",
        )

    def _antrea(self, daemon_set: dict[str, Any], present: bool) -> Cluster | None:
        """Antrea's objects. Raises Failure if its agents ignore them."""
        cluster = Cluster(ANTREA, _ANTREA)
        policies = self._lists.optional(_kind("BGPPolicy", cluster), bgp_objects.reader("BGPPolicy"))
        if present:
            self._check_gate(daemon_set, policies)
        return None if policies is None else replace(cluster, objects=tuple(policies))

    def _check_gate(self, daemon_set: dict[str, Any], policies: list[Object] | None) -> None:
        name, namespace = objects.mounted_config(daemon_set), daemon_sets.namespace_of(daemon_set)
        where = f"ConfigMap {namespace}/{name}"
        if policies is None:
            said = "the cluster has no kind BGPPolicy"
        elif not name:
            said = f"the agents mount no ConfigMap as volume {objects.CONFIG_VOLUME}"
        else:
            try:
                if bgp_objects.has_gate(lists.one(self._client, lists.CONFIG_MAPS, namespace, name)):
                    return
                said = f"{where} does not enable it"
            except Unreadable as unreadable:
                said = f"{where} cannot be read: {unreadable}"
        raise Failure(
            "bgp_policy_gate_off",
            "The feature gate BGPPolicy of Antrea is off",
            said=said,
            remedy=(
                f"{_UNCHANGED} Antrea has it since version 2.1. Set featureGates.BGPPolicy to true in "
                "antrea-agent.conf and restart the agents. VKS reverts a change of the ConfigMap: set the gate in "
                "the AntreaConfig or AddonConfig on the Supervisor. If this refuses it, use pod_routes."
            ),
        )

    def _with_secret(self, cluster: Cluster, owner: str, password: bool) -> Cluster:
        """With the Secret of the password, and Calico's right to read it, if the task needs or has them."""
        name = secret_name(cluster.cni, owner)
        try:
            raw = lists.one(self._client, lists.SECRETS, cluster.namespace, name)
        except NotFound:
            raw = None
        except Forbidden as denied:
            if password:
                raise
            return replace(cluster, unread=denied.said or denied.what)
        found: list[Object] = []
        if raw is not None:
            found.append(bgp_objects.reader("Secret")(raw))
            cluster = replace(cluster, secret=bgp_objects.secret_values(raw))
        if cluster.cni == CALICO and (password or raw is not None):
            found += [
                one for kind in ("Role", "RoleBinding") if (one := self._one(kind, cluster, name_of(owner)))
            ]
        return replace(cluster, objects=(*cluster.objects, *found))

    def _one(self, kind: str, cluster: Cluster, name: str) -> Object | None:
        try:
            raw = lists.one(self._client, _IN_NAMESPACE[kind], cluster.namespace, name)
        except NotFound:
            return None
        found: Object = bgp_objects.reader(kind)(raw)
        return found


def _with_status(raw: dict[str, Any]) -> tuple[Object, Status | None]:
    return bgp_objects.reader("CalicoNodeStatus")(raw), bgp_objects.status(raw)


def _kind(kind: str, cluster: Cluster) -> Kind:
    if kind in _IN_NAMESPACE:
        return _IN_NAMESPACE[kind]
    plural = _PLURALS[kind]
    return Kind(plural, f"/apis/{cluster.group}", plural.lower())


def _version(kind: Kind) -> str:
    return kind.prefix.removeprefix("/apis/").removeprefix("/api/")


def _account(daemon_set: dict[str, Any]) -> str:
    spec = ((daemon_set.get("spec") or {}).get("template") or {}).get("spec") or {}
    return str(spec.get("serviceAccountName") or "default")
