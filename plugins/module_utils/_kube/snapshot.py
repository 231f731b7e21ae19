# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From the API's objects to the fields that _members uses."""

from __future__ import annotations

import datetime
from typing import Any, Iterable

from .._members.addresses import IPV4, IPV6
from .._members.model import Endpoint, Node, PodMeta, Service, ServicePort, Slice, SlicePort

NPL_SERVICE_ANNOTATION = "nodeportlocal.antrea.io/enabled"
NPL_POD_ANNOTATION = "nodeportlocal.antrea.io"
SLICE_SERVICE_LABEL = "kubernetes.io/service-name"


def service(raw: dict[str, Any]) -> Service:
    """Return a Service."""
    metadata, spec = raw.get("metadata") or {}, raw.get("spec") or {}
    return Service(
        namespace=metadata.get("namespace", ""),
        name=metadata.get("name", ""),
        type=spec.get("type") or "ClusterIP",
        ports=tuple(_service_port(port) for port in spec.get("ports") or []),
        selector=spec.get("selector") or {},
        families=tuple(spec.get("ipFamilies") or ())
        or _families(spec.get("clusterIPs") or [spec.get("clusterIP")]),
        npl_annotation=(metadata.get("annotations") or {}).get(NPL_SERVICE_ANNOTATION),
        local=spec.get("externalTrafficPolicy") == "Local",
        health_check_node_port=spec.get("healthCheckNodePort") or None,
        labels=metadata.get("labels") or {},
        headless=spec.get("clusterIP") == "None",
    )


def _service_port(raw: dict[str, Any]) -> ServicePort:
    number = raw.get("port") or 0
    return ServicePort(
        raw.get("name") or "",
        number,
        raw.get("protocol") or "TCP",
        raw.get("targetPort") or number,
        raw.get("nodePort") or None,
    )


def _families(addresses: list[Any]) -> tuple[str, ...]:
    """Return the families of the cluster addresses, for an API server that does not fill ipFamilies."""
    return tuple(
        IPV6 if ":" in str(address) else IPV4 for address in addresses if address and address != "None"
    ) or (IPV4,)


def endpoint_slice(raw: dict[str, Any]) -> tuple[tuple[str, str], Slice] | None:
    """Return the key of a slice's Service, and the slice; None if it belongs to no Service."""
    metadata = raw.get("metadata") or {}
    owner = (metadata.get("labels") or {}).get(SLICE_SERVICE_LABEL)
    if not owner:
        return None
    ports = tuple(
        SlicePort(port.get("name") or "", port.get("port"), port.get("protocol") or "TCP")
        for port in raw.get("ports") or []
    )
    endpoints = []
    for item in raw.get("endpoints") or []:
        conditions, target = item.get("conditions") or {}, item.get("targetRef") or {}
        # API: a missing "ready" means true, a missing "serving" means "ready",
        # a missing "terminating" means false.
        ready = conditions.get("ready") is not False
        serving = conditions.get("serving")
        is_pod = target.get("kind") == "Pod"
        for address in (item.get("addresses") or [])[:1]:  # API: the others are equivalent
            endpoints.append(
                Endpoint(
                    address,
                    ready,
                    ready if serving is None else bool(serving),
                    bool(conditions.get("terminating")),
                    item.get("nodeName") or None,
                    target.get("name") if is_pod else None,
                    target.get("uid") if is_pod else None,
                )
            )
    key = (metadata.get("namespace", ""), owner)
    return key, Slice(metadata.get("name", ""), raw.get("addressType") or IPV4, ports, tuple(endpoints))


def node(raw: dict[str, Any]) -> Node:
    """Return a Node."""
    metadata, spec, status = raw.get("metadata") or {}, raw.get("spec") or {}, raw.get("status") or {}
    return Node(
        name=metadata.get("name", ""),
        ready=any(
            item.get("type") == "Ready" and item.get("status") == "True"
            for item in status.get("conditions") or []
        ),
        addresses=tuple(
            (item.get("type", ""), item.get("address", "")) for item in status.get("addresses") or []
        ),
        labels=metadata.get("labels") or {},
        taints=frozenset(item.get("key", "") for item in spec.get("taints") or []),
        unschedulable=bool(spec.get("unschedulable")),
        nsx_signs=tuple(
            sorted(
                name
                for part in ("labels", "annotations")
                for name in metadata.get(part) or {}
                if _is_nsx(name)
            )
        ),
    )


def _is_nsx(name: str) -> bool:
    """Return whether NSX's operator or container plugin writes this label or annotation."""
    return name.startswith("ncp/") or name.partition("/")[0].endswith("nsx.vmware.com")


def pod(raw: dict[str, Any]) -> tuple[tuple[str, str], PodMeta]:
    """Return the key (namespace, name) of a Pod, and its metadata."""
    metadata = raw.get("metadata") or {}
    mappings = (metadata.get("annotations") or {}).get(NPL_POD_ANNOTATION)
    created = seconds(metadata.get("creationTimestamp")) or 0.0
    writers = (
        () if mappings is None else _writers(metadata.get("managedFields") or (), f"f:{NPL_POD_ANNOTATION}")
    )
    return (metadata.get("namespace", ""), metadata.get("name", "")), PodMeta(
        metadata.get("uid", ""), mappings, created, writers
    )


def _writers(entries: Iterable[dict[str, Any]], annotation: str) -> tuple[tuple[str, str], ...]:
    """Return the writers of an annotation in managedFields: (manager, subresource).

    They are apart, because a manager's name may contain any character.
    """
    writers = []
    for entry in entries:
        fields = (entry.get("fieldsV1") or {}).get("f:metadata") or {}
        if annotation in (fields.get("f:annotations") or {}):
            writers.append((entry.get("manager") or "", entry.get("subresource") or ""))
    return tuple(writers)


def seconds(moment: Any) -> float | None:
    """Return a time of the API (2026-01-31T12:00:00Z) in seconds since the epoch; None for another text."""
    try:
        return datetime.datetime.fromisoformat(str(moment).replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        pass
    return None
