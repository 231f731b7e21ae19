# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Mode cluster: the endpoints' own addresses and ports."""

from __future__ import annotations

from .endpoints import backends, resting
from .model import Member, Service, ServicePort, Snapshot
from .result import PoolResult
from .source import Source


def members(
    snapshot: Snapshot, source: Source, service: Service, port: ServicePort, families: tuple[str, ...]
) -> PoolResult:
    endpoints = backends(
        service,
        port,
        snapshot.slices.get((service.namespace, service.name), []),
        families,
        source,
        excluded=True,
    )
    result = PoolResult(left_out=list(endpoints.left_out), warnings=list(endpoints.warnings))
    for address, port_number, _family, ready, serving, terminating, node, pod, _uid in endpoints.taking:
        result.members.append(Member(address, port_number, node, pod, ready, serving, terminating))
    for backend in endpoints.draining:
        state = (backend.ready, backend.serving, backend.terminating)
        result.draining.append(Member(backend.address, backend.port, backend.node, backend.pod, *state))
        result.left_out.append(resting(backend, drains=True))
    sign = nsx_sign(snapshot, source)
    if sign:
        result.warnings.append(
            f"{sign}: on NSX, BIG-IP cannot reach Pod addresses without a leg in the segment of the cluster. "
            "Use nodeport or nodeportlocal."
        )
    return result


def nsx_sign(snapshot: Snapshot, source: Source) -> str | None:
    """The sign that the platform is NSX; None if there is none. The option comes before the nodes' signs."""
    if source.network_provider.startswith("nsx"):
        return f"network_provider is {source.network_provider}"
    if source.network_provider == "unknown":
        signs = [(name, node.nsx_signs[0]) for name, node in (snapshot.nodes or {}).items() if node.nsx_signs]
        if signs:
            name, sign = min(signs)
            return f"Node {name} has {sign}"
    return None
