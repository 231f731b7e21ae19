# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The objects of the cluster that BGP needs, as they should be.

A value None stands for a field that must not exist, as in a merge patch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Collection, Iterable, Mapping, NamedTuple

from . import marks
from .model import ANTREA, DEFAULT_AS, Cluster, Node, Object, Peer

ANTREA_SECRET = "antrea-bgp-passwords"
"""Antrea reads the passwords of all BGPPolicies from this Secret."""

PASSWORD_KEY = "password"
_PERIOD = 10  # seconds between two statuses of a node: Calico's own advice for large clusters
_HOSTNAME = "kubernetes.io/hostname"
_RBAC = "rbac.authorization.k8s.io"


class WantedObject(NamedTuple):
    """content: fields beside metadata. annotations: beside the owner's. shared: of all owners of the CNI."""

    kind: str
    name: str
    content: Mapping[str, Any]
    annotations: Mapping[str, str | None] = {}
    shared: bool = False


@dataclass(frozen=True)
class Wish:
    """The values on which the objects depend. version: of the password, "" without one."""

    owner: str
    nodes: tuple[Node, ...]
    excluded: frozenset[str]
    peers: tuple[Peer, ...]
    as_number: int
    bigip_as_number: int
    password: str | None = None
    version: str = ""


def name_of(owner: str) -> str:
    """The name of the objects of an owner, and the beginning of the names of those of which there are many."""
    return f"vks-bgp-{marks.short(owner)}"


def version_key(owner: str) -> str:
    """The annotation of the Secret that names the password without a digest of it."""
    return f"vks.bigip/password-{marks.short(owner)}"


def secret_name(cni: str, owner: str) -> str:
    return ANTREA_SECRET if cni == ANTREA else name_of(owner)


def password_version(cluster: Cluster, owner: str, password: str | None, new: Callable[[], str]) -> str:
    """The name of the password: that of the Secret if it has the same password, else a new one.

    The neighbors have this name in their description. So a changed password is noticed on each of them, and
    the description proves nothing about the password.
    """
    if not password:
        return ""
    secret = cluster.find("Secret", secret_name(cluster.cni, owner))
    version = secret.annotations.get(version_key(owner)) if secret else None
    if cluster.cni == ANTREA:
        policy = next((one for one in cluster.of_kind("BGPPolicy") if one.owner == owner), None)
        stored = [cluster.secret.get(key) for key in password_keys(policy)]
    else:
        stored = [cluster.secret.get(PASSWORD_KEY)]
    same = bool(stored) and all(text == password for text in stored)
    return version if version and same else new()


def password_keys(policy: Object | None) -> list[str]:
    """The keys of Antrea's Secret that a BGPPolicy uses."""
    peers = policy.spec.get("bgpPeers") or [] if policy else []
    return [f"{peer.get('address')}-{peer.get('asn')}" for peer in peers]


def wanted(cluster: Cluster, wish: Wish) -> list[WantedObject]:
    """All objects, in the order in which they are written: what others refer to comes first."""
    if cluster.cni == ANTREA:
        return [*_antrea_secret(wish), _policy(wish)]
    found = _calico_secret(cluster, wish)
    if wish.as_number != DEFAULT_AS and cluster.find("BGPConfiguration", "default") is None:
        found.append(WantedObject("BGPConfiguration", "default", {"spec": {"asNumber": wish.as_number}}))
    found += [_peer(peer, wish) for peer in wish.peers]
    return [*found, *statuses(cluster, wish)]


def statuses(cluster: Cluster, wish: Wish) -> list[WantedObject]:
    """A CalicoNodeStatus for each node. One that the user has for the node suffices."""
    if cluster.statuses is None:
        return []
    watched = {one.node for one in cluster.statuses if one.owner != wish.owner}
    return [
        WantedObject(
            "CalicoNodeStatus",
            f"{name_of(wish.owner)}-{node.name}",
            {"spec": {"node": node.name, "classes": ["BGP"], "updatePeriodSeconds": _PERIOD}},
        )
        for node in _used(wish)
        if node.name not in watched
    ]


def _used(wish: Wish) -> Iterable[Node]:
    return (node for node in wish.nodes if node.name not in wish.excluded)


def _peer(peer: Peer, wish: Wish) -> WantedObject:
    reference = {"secretKeyRef": {"name": name_of(wish.owner), "key": PASSWORD_KEY}}
    spec = {
        "peerIP": str(peer.address),
        "asNumber": wish.bigip_as_number,
        "nodeSelector": _selector(wish.nodes, wish.excluded),
        "password": reference if wish.password else None,
    }
    return WantedObject("BGPPeer", peer_name(peer, wish.owner), {"spec": spec})


def peer_name(peer: Peer, owner: str) -> str:
    return f"{name_of(owner)}-{str(peer.address).replace(':', '-')}"


def _selector(nodes: Iterable[Node], excluded: Collection[str]) -> str | None:
    """All nodes but the excluded ones, in Calico's words; None for all."""
    terms = [f"{_HOSTNAME} != '{name}'" for name in _hostnames(nodes, excluded)]
    return " && ".join(terms) or None


def _hostnames(nodes: Iterable[Node], excluded: Collection[str]) -> list[str]:
    return sorted(node.hostname for node in nodes if node.name in excluded)


def _calico_secret(cluster: Cluster, wish: Wish) -> list[WantedObject]:
    """The Secret with the password, and the right of Calico's agents to read it."""
    if not wish.password:
        return []
    name = name_of(wish.owner)
    rule = {
        "apiGroups": [""],
        "resources": ["secrets"],
        "resourceNames": [name],
        "verbs": ["get", "list", "watch"],
    }
    account = {"kind": "ServiceAccount", "name": cluster.account, "namespace": cluster.namespace}
    reference = {"apiGroup": _RBAC, "kind": "Role", "name": name}
    return [
        WantedObject("Role", name, {"rules": [rule]}),
        WantedObject("RoleBinding", name, {"roleRef": reference, "subjects": [account]}),
        WantedObject(
            "Secret",
            name,
            {"stringData": {PASSWORD_KEY: wish.password}},
            {version_key(wish.owner): wish.version},
        ),
    ]


def _antrea_secret(wish: Wish) -> list[WantedObject]:
    if not wish.password:
        return []
    data = {f"{peer.address}-{wish.bigip_as_number}": wish.password for peer in wish.peers}
    version = {version_key(wish.owner): wish.version}
    return [WantedObject("Secret", ANTREA_SECRET, {"stringData": data}, version, True)]


def _policy(wish: Wish) -> WantedObject:
    names = _hostnames(wish.nodes, wish.excluded)
    without = [{"key": _HOSTNAME, "operator": "NotIn", "values": names}] if names else None
    spec = {
        "nodeSelector": {"matchLabels": None, "matchExpressions": without},
        "localASN": wish.as_number,
        "advertisements": {"pod": {}},
        "bgpPeers": [{"address": str(peer.address), "asn": wish.bigip_as_number} for peer in wish.peers],
    }
    return WantedObject("BGPPolicy", name_of(wish.owner), {"spec": spec})
