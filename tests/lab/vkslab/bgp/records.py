# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of the cluster that BGP depends on, as small records."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from ..net.objects import canonical, is_alive

#: Where a password is: namespace, Secret, key.
SecretKey = tuple[str, str, str]
CALICO_NAMESPACE = ANTREA_NAMESPACE = "kube-system"
ANTREA_PASSWORDS = "antrea-bgp-passwords"
DEFAULT_AS = 64512
_BGP = 179


@dataclass(frozen=True)
class Node:
    name: str
    addresses: tuple[str, ...]
    labels: Mapping[str, str]
    alive: bool
    cidrs: tuple[str, ...]
    as_number: int | None
    """Of Calico's annotation."""

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Node:
        meta, status = obj["metadata"], obj.get("status") or {}
        number = str((meta.get("annotations") or {}).get("projectcalico.org/ASNumber", ""))
        return cls(
            name=meta["name"],
            addresses=tuple(
                canonical(entry["address"])
                for entry in status.get("addresses") or ()
                if entry["type"] == "InternalIP"
            ),
            labels=meta.get("labels") or {},
            alive=is_alive(obj),
            cidrs=tuple(obj.get("spec", {}).get("podCIDRs") or ()),
            as_number=int(number) if number.isdigit() else None,
        )


@dataclass(frozen=True)
class Peer:
    """A BGPPeer of Calico."""

    name: str
    address: str
    as_number: int
    node: str
    selector: str
    password: SecretKey | None

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Peer:
        spec = obj.get("spec") or {}
        ref = (spec.get("password") or {}).get("secretKeyRef")
        return cls(
            name=obj["metadata"]["name"],
            address=_without_port(str(spec.get("peerIP", ""))),
            as_number=int(spec.get("asNumber") or 0),
            node=spec.get("node", ""),
            selector=spec.get("nodeSelector", ""),
            password=(CALICO_NAMESPACE, ref["name"], ref["key"]) if ref else None,
        )


@dataclass(frozen=True)
class Configuration:
    """A BGPConfiguration of Calico."""

    name: str
    as_number: int
    mesh: bool

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Configuration:
        spec = obj.get("spec") or {}
        return cls(
            obj["metadata"]["name"],
            int(spec.get("asNumber") or DEFAULT_AS),
            bool(spec.get("nodeToNodeMeshEnabled", True)),
        )


@dataclass(frozen=True)
class Networks:
    """The networks that a BlockAffinity or an IPAMBlock gives to nodes: (node, network)."""

    name: str
    of_nodes: tuple[tuple[str, str], ...]

    @classmethod
    def of_affinity(cls, obj: Mapping[str, Any]) -> Networks:
        spec = obj["spec"]
        usable = spec.get("state") in ("", None, "confirmed") and str(spec.get("deleted")).lower() != "true"
        return cls(obj["metadata"]["name"], ((spec["node"], spec["cidr"]),) if usable else ())

    @classmethod
    def of_block(cls, obj: Mapping[str, Any]) -> Networks:
        """The addresses that another node than the block's own has borrowed."""
        spec = obj["spec"]
        own, attributes = str(spec.get("affinity", "")).removeprefix("host:"), spec.get("attributes") or []
        network = ip_network(spec["cidr"])
        found = []
        for number, index in enumerate(spec.get("allocations") or ()):
            if index is not None and index < len(attributes):
                node = (attributes[index].get("secondary") or {}).get("node", own)
                if node != own:
                    found.append((node, f"{network[number]}/{network.max_prefixlen}"))
        return cls(obj["metadata"]["name"], tuple(found))


@dataclass(frozen=True)
class Policy:
    """A BGPPolicy of Antrea."""

    name: str
    created: str
    selector: Mapping[str, Any]
    """Of nodes, as in Kubernetes"""
    as_number: int
    pods: bool
    """It advertises the Pods' networks."""
    peers: tuple[tuple[str, int], ...]
    """Address and AS number. A peer with another port than 179 has no session with BIG-IP"""

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Policy:
        spec = obj["spec"]
        return cls(
            name=obj["metadata"]["name"],
            created=obj["metadata"].get("creationTimestamp", ""),
            selector=spec.get("nodeSelector") or {},
            as_number=int(spec.get("localASN") or 0),
            pods="pod" in (spec.get("advertisements") or {}),
            peers=tuple(
                (canonical(peer["address"]), int(peer["asn"]))
                for peer in spec.get("bgpPeers") or ()
                if peer.get("port", _BGP) == _BGP
            ),
        )

    def selects(self, labels: Mapping[str, str]) -> bool:
        wanted = self.selector.get("matchLabels") or {}
        terms = self.selector.get("matchExpressions") or ()
        return wanted.items() <= labels.items() and all(_holds(term, labels) for term in terms)


@dataclass(frozen=True)
class Status:
    """A CalicoNodeStatus: its request, and the status that it has."""

    name: str
    node: str
    classes: tuple[str, ...]
    period: float
    written: Mapping[str, Any]

    @classmethod
    def read(cls, obj: Mapping[str, Any]) -> Status:
        spec = obj.get("spec") or {}
        return cls(
            obj["metadata"]["name"],
            str(spec.get("node", "")),
            tuple(spec.get("classes") or ()),
            float(spec.get("updatePeriodSeconds") or 10),
            obj.get("status") or {},
        )


def _holds(term: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """One of matchExpressions. NotIn holds for a node without the label, too."""
    key, values = term["key"], term.get("values") or ()
    return bool(
        {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[term["operator"]]
    )


def _without_port(text: str) -> str:
    """198.18.255.254 of 198.18.255.254:179, and 2001:db8::1 of [2001:db8::1]:179."""
    match = re.fullmatch(r"\[([^]]+)\](?::\d+)?|([^:]+):\d+", text)
    return canonical(match[1] or match[2] if match else text)
