# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Digests of the data that pool members depend on.

The event source keeps a digest instead of an object. Two objects with the same digest give the same members.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any, Mapping, NamedTuple

from .._kube import snapshot
from .._request import only
from .._request.labels import LABELS

Name = tuple[str, str]
"""Namespace and name. The namespace of a Node is empty."""


_SERVICE_NAME = re.compile(only.NAME)


class SliceDigest(NamedTuple):
    """One EndpointSlice.

    whole  of all its endpoints
    some   of its ports, and of whether an endpoint takes traffic. Mode nodeport with
           externalTrafficPolicy Cluster depends on no more
    pods   the names of the Pods behind it
    """

    service: str
    whole: bytes
    some: bytes
    pods: frozenset[str]


class ServiceDigest(NamedTuple):
    """One Service. local: its externalTrafficPolicy is Local."""

    digest: bytes
    local: bool


def service(raw: dict[str, Any]) -> ServiceDigest:
    """The digest of a Service. Of its labels, only those count that fill pools of a declaration."""
    read = snapshot.service(raw)
    labels = [(name, read.labels[name]) for name in LABELS if name in read.labels]
    selector = sorted(read.selector.items())
    parts = (read.type, read.ports, selector, read.families, read.npl_annotation, read.local)
    return ServiceDigest(_digest(parts, read.health_check_node_port, labels, read.headless), read.local)


def endpoint_slice(raw: dict[str, Any]) -> SliceDigest | None:
    """The digest of an EndpointSlice; None if it belongs to no Service."""
    read = snapshot.endpoint_slice(raw)
    if read is None:
        return None
    (_namespace, owner), piece = read
    if not isinstance(owner, str) or not _SERVICE_NAME.fullmatch(owner):
        return None  # a label can be another text, which only_services of the play would refuse
    ports = sorted(piece.ports, key=str)
    endpoints = sorted(piece.endpoints, key=str)
    # The option `terminating` decides which of the two is meant.
    ready = any(one.ready and not one.terminating for one in endpoints)
    takes_traffic = any(one.ready or one.serving and one.terminating for one in endpoints)
    return SliceDigest(
        owner,
        _digest(piece.address_type, ports, endpoints),
        _digest(piece.address_type, ports, ready, takes_traffic),
        frozenset(endpoint.pod for endpoint in endpoints if endpoint.pod),
    )


def pod(raw: dict[str, Any]) -> bytes | None:
    """The digest of a Pod's mappings of NodePortLocal; None if it has none."""
    _key, read = snapshot.pod(raw)
    return None if read.mappings is None else _digest(read.uid, read.mappings, sorted(read.writers))


def node(raw: dict[str, Any]) -> bytes:
    """The digest of a Node, without the heartbeat of its kubelet."""
    read = snapshot.node(raw)
    labels, taints = sorted(read.labels.items()), sorted(read.taints)
    return _digest(read.ready, read.addresses, labels, taints, read.unschedulable, read.nsx_signs)


def secret(raw: Mapping[str, Any]) -> bytes:
    """The digest of a Secret by its metadata. Each write of the Secret counts: its content is not read."""
    metadata = raw.get("metadata") or {}
    return _digest(metadata.get("uid"), metadata.get("resourceVersion"))


def _digest(*parts: object) -> bytes:
    text = repr(parts).encode(errors="surrogatepass")
    return hashlib.blake2b(text, digest_size=8).digest()
