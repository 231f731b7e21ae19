# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kube-proxy's choice for a connection to a Service: endpoints, or REJECT, or DROP."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from .objects import Endpoint, EndpointSlice, ServicePort


class Verdict(Enum):
    REJECT = "no endpoint is ready"
    DROP = "the traffic policy is Local and this node has no endpoint"


def candidates(
    port: ServicePort, slices: Iterable[EndpointSlice], node: str, local: bool
) -> list[tuple[str, int]] | Verdict:
    """(address, port number) of each endpoint that a new connection through ``node`` may be sent to."""
    numbered = [
        (endpoint, each.ports[port.name, port.protocol])
        for each in slices
        if (port.name, port.protocol) in each.ports
        for endpoint in each.endpoints
    ]
    chosen = _usable(numbered)
    if not chosen:
        return Verdict.REJECT
    if local:
        # Local endpoints fall back to terminating ones, independently of other nodes.
        chosen = _usable([(endpoint, number) for endpoint, number in numbered if endpoint.node == node])
        if not chosen:
            return Verdict.DROP
    # An endpoint may be in two slices for a moment while it is moved between them.
    return list(dict.fromkeys((endpoint.address, number) for endpoint, number in chosen))


def _usable(numbered: list[tuple[Endpoint, int]]) -> list[tuple[Endpoint, int]]:
    """The ready ones. Without any, those that terminate and still serve."""
    ready = [each for each in numbered if each[0].ready]
    return ready or [each for each in numbered if each[0].serving and each[0].terminating]


def local_ready(slices: Iterable[EndpointSlice], node: str) -> int:
    """The number that the health check node port reports."""
    return len(
        {
            endpoint.address
            for each in slices
            for endpoint in each.endpoints
            if endpoint.ready and endpoint.node == node
        }
    )
