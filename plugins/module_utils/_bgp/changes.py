# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The changes of the cluster's objects: what is created, changed and removed, and what others own."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import Any, Collection, Iterable, Literal, Mapping, NamedTuple

from .._errors import Failure, some
from . import objects
from .model import ANTREA, DEFAULT_AS, OWNER, Cluster, Labels, Object, Peer
from .objects import WantedObject, Wish

Action = Literal["created", "changed", "kept", "removed", "foreign"]
_UNCHANGED = "Nothing was changed."
_MANAGED = {"app.kubernetes.io/managed-by": "vks.bigip"}


class ObjectWrite(NamedTuple):
    """One change. before: None to create the object. body: None to delete it, else a merge patch or a new one."""

    kind: str
    name: str
    before: Object | None
    body: Mapping[str, Any] | None


class ObjectRow(NamedTuple):
    action: Action
    kind: str
    name: str
    write: ObjectWrite | None = None
    stale: bool = False


@dataclass(frozen=True)
class ObjectPlan:
    """rows: in the order of the writes."""

    rows: tuple[ObjectRow, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def writes(self) -> tuple[ObjectWrite, ...]:
        return tuple(row.write for row in self.rows if row.write is not None)


def present(cluster: Cluster, wish: Wish, prune: bool, complete: bool) -> ObjectPlan:
    """The plan for the wanted objects.

    complete: the peers of all units are known. Raises Failure if another owner's object is in the way.
    """
    if cluster.cni == ANTREA:
        _check_policies(cluster, wish)
        wish = wish if complete else _with_former_peers(cluster, wish)
        _check_password(wish)
    wanted = objects.wanted(cluster, wish)
    rows = [_row(cluster, one, wish.owner) for one in wanted]
    names = {(one.kind, one.name) for one in wanted}
    for existing in _own(cluster, wish.owner):
        if (existing.kind, existing.name) in names:
            continue
        if existing.kind == "BGPConfiguration" or existing.kind == "BGPPeer" and not complete:
            rows.append(ObjectRow("kept", existing.kind, existing.name))
        else:
            rows.append(_removal(existing, prune))
    if cluster.cni == ANTREA:
        rows += _without_keys(cluster, wish.owner, {key for one in wanted for key in _keys(one)})
    return ObjectPlan(tuple(rows))


def _with_former_peers(cluster: Cluster, wish: Wish) -> Wish:
    """The wish with the peers that the BGPPolicy has: they may be those of a unit that could not be read."""
    policy = cluster.find("BGPPolicy", objects.name_of(wish.owner))
    known = {str(peer.address) for peer in wish.peers}
    former = [text for text in _addresses(policy) if text not in known]
    return replace(wish, peers=(*wish.peers, *(Peer(ipaddress.ip_address(text), None) for text in former)))


def _addresses(policy: Object | None) -> list[str]:
    peers = policy.spec.get("bgpPeers") or [] if policy else []
    return [str(peer.get("address")) for peer in peers]


def absent(cluster: Cluster, owner: str) -> ObjectPlan:
    """The plan that removes all objects of the task."""
    # The passwords first: without the BGPPolicy, the next run would not know which ones they are.
    rows = _without_keys(cluster, owner, set()) if cluster.cni == ANTREA else []
    warnings = []
    others = [one.name for one in cluster.of_kind("BGPPeer") if one.owner != owner]
    for existing in reversed(_own(cluster, owner)):
        needed = _why_needed(existing, others)
        if needed:
            rows.append(ObjectRow("kept", existing.kind, existing.name))
            warnings.append(f"BGPConfiguration default stays, because {needed}.")
        else:
            rows.append(_removal(existing, True))
    if cluster.unread and any(one.spec.get("password") for one in cluster.of_kind("BGPPeer") if one.owner == owner):
        warnings.append(
            f"Secret {cluster.namespace}/{objects.name_of(owner)} stays, with the Role and the RoleBinding of this "
            f"name, because the account may not read it: {cluster.unread}. Grant this right, and run again."
        )
    return ObjectPlan(tuple(rows), tuple(warnings))


def _why_needed(existing: Object, others: Collection[str]) -> str:
    """Why a BGPConfiguration of the task must stay; empty if it need not, and for other kinds.

    others: the BGPPeers of other owners.
    """
    if existing.kind != "BGPConfiguration":
        return ""
    if existing.editors:
        return f"{some(existing.editors, most=3)} changed it"
    number = cluster_number(existing)
    if others and number != DEFAULT_AS:
        return f"the BGPPeers {some(others, most=3)} of other owners use its AS number {number}"
    return ""


def cluster_number(configuration: Object) -> int:
    return int(configuration.spec.get("asNumber") or DEFAULT_AS)


def _own(cluster: Cluster, owner: str) -> list[Object]:
    """The objects of the task, those that refer to others last."""
    ranks = ("Role", "RoleBinding", "Secret", "BGPConfiguration", "BGPPeer", "BGPPolicy", "CalicoNodeStatus")
    own = [one for one in cluster.objects if one.owner == owner and not _is_shared(cluster, one)]
    return sorted(own, key=lambda one: (ranks.index(one.kind), one.name))


def _is_shared(cluster: Cluster, one: Object) -> bool:
    return cluster.cni == ANTREA and one.kind == "Secret"


def _row(cluster: Cluster, wanted: WantedObject, owner: str) -> ObjectRow:
    existing = cluster.find(wanted.kind, wanted.name)
    annotations = wanted.annotations if wanted.shared else {OWNER: owner, **wanted.annotations}
    if existing is None:
        metadata = {"name": wanted.name, "labels": _MANAGED, "annotations": annotations}
        body = {"metadata": metadata, **without_none(wanted.content)}
        return _written("created", wanted, None, body)
    if existing.owner != owner and not wanted.shared:
        raise _foreign(wanted.kind, wanted.name, existing.owner)
    stored = {**existing.content, **({"stringData": cluster.secret} if wanted.kind == "Secret" else {})}
    if covers(wanted.content, stored) and covers(annotations, existing.annotations):
        return ObjectRow("kept", wanted.kind, wanted.name)
    # calico-node gives its CalicoNodeStatus a new version every few seconds.
    version = {} if wanted.kind == "CalicoNodeStatus" else {"resourceVersion": existing.version}
    return _written(
        "changed", wanted, existing, {"metadata": {**version, "annotations": annotations}, **wanted.content}
    )


def _written(
    action: Action, wanted: WantedObject, before: Object | None, body: Mapping[str, Any]
) -> ObjectRow:
    write = ObjectWrite(wanted.kind, wanted.name, before, body)
    return ObjectRow(action, wanted.kind, wanted.name, write)


def _removal(existing: Object, prune: bool) -> ObjectRow:
    if not prune:
        return ObjectRow("kept", existing.kind, existing.name, stale=True)
    write = ObjectWrite(existing.kind, existing.name, existing, None)
    return ObjectRow("removed", existing.kind, existing.name, write)


def _keys(wanted: WantedObject) -> Iterable[str]:
    return wanted.content.get("stringData", {}) if wanted.kind == "Secret" else ()


def _without_keys(cluster: Cluster, owner: str, needed: Collection[str]) -> list[ObjectRow]:
    """The row that removes the passwords of the task's former peers from Antrea's Secret."""
    secret = cluster.find("Secret", objects.ANTREA_SECRET)
    policy = next((one for one in cluster.of_kind("BGPPolicy") if one.owner == owner), None)
    if secret is None or policy is None or objects.version_key(owner) not in secret.annotations:
        return []
    former = set(objects.password_keys(policy))
    gone = sorted((former & set(cluster.secret)) - set(needed))
    if not gone:
        return []
    version = {} if needed else {objects.version_key(owner): None}
    body = {"metadata": {"annotations": version}, "data": dict.fromkeys(gone)}
    return [ObjectRow("changed", "Secret", secret.name, ObjectWrite("Secret", secret.name, secret, body))]


def _check_password(wish: Wish) -> None:
    """Raise Failure if the Secret cannot have the password of a peer: its keys contain the addresses."""
    peer = next((one for one in wish.peers if one.address.version == 6), None)
    if wish.password and peer is not None:
        raise Failure(
            "options",
            f"password: Antrea cannot have a password for the IPv6 peer {peer.address}",
            said=f"Antrea looks for it under the address in the Secret {objects.ANTREA_SECRET}, and Kubernetes "
            "accepts no colon in a key",
            remedy=f"{_UNCHANGED} Set peers to self IPs with IPv4 addresses, or omit password.",
        )


def _check_policies(cluster: Cluster, wish: Wish) -> None:
    """Raise Failure if another BGPPolicy is the effective one of a node: Antrea uses the oldest."""
    own = cluster.find("BGPPolicy", objects.name_of(wish.owner))
    for policy in cluster.of_kind("BGPPolicy"):
        if policy.owner == wish.owner or own is not None and own.created <= policy.created:
            continue
        selector = policy.spec.get("nodeSelector") or {}
        nodes = [
            node.name
            for node in wish.nodes
            if node.name not in wish.excluded and selects(selector, node.labels)
        ]
        if nodes:
            raise Failure(
                "bgp_object_conflict",
                f"BGPPolicy {policy.name} of another owner selects node {some(nodes, most=3)}",
                said="Antrea uses one BGPPolicy for each node: the oldest",
                remedy=(
                    f"{_UNCHANGED} Add BIG-IP's peers to that policy, remove it, or leave the nodes out with "
                    "exclude_nodes."
                ),
            )


def selects(selector: Mapping[str, Any], labels: Labels) -> bool:
    """True if a selector of Kubernetes selects an object with these labels."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_holds(term, labels) for term in selector.get("matchExpressions") or [])


def _holds(term: Mapping[str, Any], labels: Labels) -> bool:
    key, values = str(term.get("key")), term.get("values") or []
    operator = term.get("operator")
    if operator in ("Exists", "DoesNotExist"):
        return bool((key in labels) == (operator == "Exists"))
    return bool((labels.get(key) in values) == (operator == "In"))


def covers(wanted: Any, stored: Any) -> bool:
    """True if a merge patch of `wanted` would change nothing: the server may have added more fields."""
    if isinstance(wanted, Mapping):
        return isinstance(stored, Mapping) and all(
            stored.get(key) is None if value is None else covers(value, stored.get(key))
            for key, value in wanted.items()
        )
    if isinstance(wanted, (list, tuple)):
        if not isinstance(stored, (list, tuple)) or len(stored) != len(wanted):
            return False
        return all(covers(one, other) for one, other in zip(wanted, stored))
    return bool(wanted == stored)


def without_none(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content without the fields that must not exist."""
    return {
        key: without_none(value) if isinstance(value, Mapping) else value
        for key, value in content.items()
        if value is not None
    }


def _foreign(kind: str, name: str, owner: str | None) -> Failure:
    whose = f"belongs to owner {owner!r}" if owner else "has no owner"
    return Failure(
        "bgp_object_conflict",
        f"{kind} {name} {whose}, and its name is needed",
        remedy=f"{_UNCHANGED} Remove it if it is obsolete, or set another owner.",
    )
