# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Objects of BGP -> the records of _bgp. An object of another form is Unreadable."""

from __future__ import annotations

import base64
import ipaddress
from typing import Any, Iterator, Mapping

from .. import _yaml
from .._bgp.model import OWNER, Node, Object, Status
from .._foreign import SPOILED, Unreadable, unexpected, whole
from .._routes.model import Address
from . import pod_objects, snapshot
from .client import MANAGER
from .objects import CONFIG_KEY

_ADDRESSES = ("projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address")
_NUMBER = "projectcalico.org/ASNumber"
_BESIDE = frozenset(("apiVersion", "kind", "metadata", "status", "data", "stringData"))
_GATE = "BGPPolicy"


def node(raw: dict[str, Any]) -> Node:
    metadata = raw["metadata"]
    annotations = metadata.get("annotations") or {}
    found = pod_objects.node(raw)
    return Node(
        found.name,
        found.ready,
        found.internal_ips,
        tuple(_of_calico(annotations)),
        whole(annotations.get(_NUMBER)) or None,
        {str(key): str(value) for key, value in (metadata.get("labels") or {}).items()},
    )


def _of_calico(annotations: Mapping[str, Any]) -> Iterator[Address]:
    """The addresses at which Calico's sessions begin, such as 10.0.0.5/24."""
    for name in _ADDRESSES:
        text = annotations.get(name)
        if text:
            try:
                yield ipaddress.ip_interface(str(text)).ip
            except ValueError:
                raise Unreadable(f"its annotation {name} is not an address") from None


def reader(kind: str) -> Any:
    """The function that reads an object of this kind."""

    def read(raw: dict[str, Any]) -> Object:
        metadata = raw["metadata"]
        annotations = {str(key): str(value) for key, value in (metadata.get("annotations") or {}).items()}
        return Object(
            kind,
            str(metadata["name"]),
            annotations.get(OWNER),
            {key: value for key, value in raw.items() if key not in _BESIDE},
            str(metadata.get("uid") or ""),
            str(metadata.get("resourceVersion") or ""),
            str(metadata.get("creationTimestamp") or ""),
            annotations,
            tuple(_other_editors(metadata)),
        )

    return read


def _other_editors(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The managers that set a field of the spec, without this collection."""
    for entry in metadata.get("managedFields") or []:
        if "f:spec" in (entry.get("fieldsV1") or {}) and entry.get("manager") != MANAGER:
            yield str(entry.get("manager"))


def secret_values(raw: Mapping[str, Any]) -> dict[str, str]:
    """The values of a Secret by key."""
    found = {}
    for key, text in (raw.get("data") or {}).items():
        try:
            found[str(key)] = base64.b64decode(str(text), validate=True).decode()
        except ValueError:
            found[str(key)] = ""
    return found


def status(raw: dict[str, Any]) -> Status | None:
    """The sessions of a CalicoNodeStatus; None if it does not report BGP."""
    metadata, spec, content = raw["metadata"], raw["spec"], raw.get("status") or {}
    if "BGP" not in (spec.get("classes") or []) or spec.get("updatePeriodSeconds") == 0:
        return None
    bgp = content.get("bgp") or {}
    listed = [*(bgp.get("peersV4") or []), *(bgp.get("peersV6") or [])]
    return Status(
        str(metadata["name"]),
        str(spec["node"]),
        (metadata.get("annotations") or {}).get(OWNER),
        str(metadata.get("uid") or ""),
        snapshot.seconds(content.get("lastUpdated")) or 0.0,
        {_compressed(one.get("peerIP")): str(one.get("state")) for one in listed},
    )


def has_gate(config_map: Mapping[str, Any]) -> bool:
    """True if antrea-agent.conf enables the feature gate BGPPolicy. Raises Unreadable."""
    text = (config_map.get("data") or {}).get(CONFIG_KEY)
    if text is None:
        raise Unreadable(f"it has no key {CONFIG_KEY}")
    try:
        gates = (_yaml.foreign(text) or {}).get("featureGates") or {}
        own, alpha = gates.get(_GATE), gates.get("AllAlpha")
    except Unreadable:
        raise
    except SPOILED as error:
        raise unexpected(error) from None
    return own is True if own is not None else alpha is True


def _compressed(text: Any) -> str:
    try:
        return ipaddress.ip_address(str(text)).compressed
    except ValueError:
        return str(text)
