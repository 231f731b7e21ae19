# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The endpoints of one Service port, merged from its EndpointSlices.

EndpointSlices decide which endpoints exist, are ready, serve, and terminate. An endpoint may be in several
slices while they are being updated.
"""

from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple

from .addresses import IPV4, IPV6, canonical, family_of, special
from .model import LeftOut, Service, ServicePort, Slice
from .reasons import left_out
from .source import Source


class Backend(NamedTuple):
    """One endpoint with the port that it serves the Service port on. From `ready` on as in Endpoint."""

    address: str
    port: int
    family: str
    ready: bool
    serving: bool
    terminating: bool
    node: str | None
    pod: str | None
    uid: str | None

    @property
    def kind(self) -> str:
        return "Pod" if self.pod else "Endpoint"

    @property
    def name(self) -> str:
        return self.pod or f"{self.address}:{self.port}"


class Backends(NamedTuple):
    """The endpoints of one Service port, in no particular order.

    taking    those that take traffic now
    draining  those that only keep their open connections. left_out does not have them
    all       every endpoint of the port, whatever its state
    """

    taking: list[Backend]
    draining: list[Backend]
    all: list[Backend]
    left_out: list[LeftOut]
    warnings: list[str]


def backends(
    service: Service,
    port: ServicePort,
    slices: Iterable[Slice],
    families: tuple[str, ...],
    source: Source,
    excluded: bool,
) -> Backends:
    """The endpoints of one Service port.

    `excluded`: leave out endpoints on exclude_nodes, because their own addresses or node ports would become
    members.
    """
    listed: list[Backend] = []
    without_port: set[tuple[str | None, LeftOut]] = set()
    out: list[LeftOut] = []
    other_family = ""
    for piece in slices:
        if piece.address_type not in (IPV4, IPV6):
            what = f"EndpointSlice {piece.name} has addresses of type {piece.address_type}."
            out.append(left_out("EndpointSlice", piece.name, "fqdn", what))
            continue
        if piece.address_type not in families:
            if piece.endpoints:
                other_family = piece.address_type
            continue
        wanted = [item for item in piece.ports if (item.name, item.protocol) == (port.name, port.protocol)]
        numbers = [item.port for item in wanted if item.port]
        if not numbers and piece.endpoints:
            _explain_missing_port(service, port, piece, without_port, out)
        listed.extend(_backends_of(piece, numbers, out))
    merged = _merge(listed, port)
    with_port = {backend.uid for backend in merged}
    out.extend(item for uid, item in without_port if uid not in with_port)
    taking, draining, states = _choose(merged, source, excluded)
    warnings = []
    if not merged and other_family:
        asked = " and ".join(families)
        warnings.append(
            f"Its endpoints have {other_family} addresses only, and {asked} is wanted: see address_family."
        )
    return Backends(taking, draining, merged, out + states, warnings)


def _backends_of(piece: Slice, numbers: list[int], out: list[LeftOut]) -> Iterator[Backend]:
    """The endpoints of one slice under these ports. Addresses that no member may have are added to `out`."""
    for endpoint in piece.endpoints:
        address = canonical(endpoint.address)
        if address is None or family_of(address) != piece.address_type:
            what = f"EndpointSlice {piece.name} has {endpoint.address!r} as {piece.address_type} address."
            out.append(left_out("EndpointSlice", piece.name, "invalid_address", what))
        elif kind := special(address):
            what = f"EndpointSlice {piece.name} has {address}, {kind} address."
            out.append(left_out("EndpointSlice", piece.name, "invalid_address", what))
        else:
            for number in numbers:
                yield Backend(address, number, piece.address_type, *endpoint[1:])


def _explain_missing_port(
    service: Service,
    port: ServicePort,
    piece: Slice,
    without_port: set[tuple[str | None, LeftOut]],
    out: list[LeftOut],
) -> None:
    """A slice without the port: its Pods lack the named target port, or it was written for other ports."""
    if service.selector and isinstance(port.target_port, str):
        for endpoint in piece.endpoints:
            name = endpoint.pod or endpoint.address
            kind = "Pod" if endpoint.pod else "Endpoint"
            lack = f"no {port.protocol} port named {port.target_port}, the targetPort of {port}"
            item = left_out(kind, name, "named_port_unresolved", f"{kind} {name} has {lack}.", endpoint.node)
            without_port.add((endpoint.uid, item))
        return
    ports = (
        ", ".join(
            sorted(
                f"{item.port}/{item.protocol}" + (f" ({item.name})" if item.name else "")
                for item in piece.ports
            )
        )
        or "none"
    )
    what = f"EndpointSlice {piece.name} has no port for {port}; its ports: {ports}."
    out.append(left_out("EndpointSlice", piece.name, "slice_port_mismatch", what))


def _merge(listed: list[Backend], port: ServicePort) -> list[Backend]:
    """One backend for each address and port: the copies in several slices are one endpoint."""
    if len({item.address for item in listed}) == len(listed):
        return listed  # no endpoint is listed twice
    right_port = {(item.uid, item.address) for item in listed if item.port == port.target_port}
    places: dict[tuple[str, int], dict[str | None, list[Backend]]] = {}
    for item in listed:
        if item.port != port.target_port and (item.uid, item.address) in right_port:
            continue  # the slice is from before a change of targetPort
        places.setdefault((item.address, item.port), {}).setdefault(item.uid, []).append(item)
    return [_latest([_combine(copies) for copies in place.values()]) for place in places.values()]


def _combine(copies: list[Backend]) -> Backend:
    """Copies of one endpoint. Terminating is never undone, so a copy with it is the newest."""
    newest = [copy for copy in copies if copy.terminating] or copies
    first = min(newest, key=str)
    return first._replace(
        ready=any(copy.ready for copy in newest), serving=any(copy.serving for copy in newest)
    )


def _latest(rivals: list[Backend]) -> Backend:
    """Different Pods under one address: the address was used again, and the one that is alive has it."""
    return min(rivals, key=lambda rival: (not rival.ready, not rival.serving, rival.terminating, str(rival)))


def _choose(
    merged: list[Backend], source: Source, excluded: bool
) -> tuple[list[Backend], list[Backend], list[LeftOut]]:
    """Those that take traffic, those that drain, and the reasons for the others.

    As in kube-proxy, the ready ones take traffic; if none is ready, those that still serve while terminating.
    """
    out: list[LeftOut] = []
    candidates = merged
    if excluded:
        candidates = [item for item in merged if item.node not in source.exclude_nodes]
        on_excluded_nodes = [item for item in merged if item.node in source.exclude_nodes]
        out = [
            left_out(
                item.kind,
                item.name,
                "node_excluded",
                f"{item.kind} {item.name} runs on node {item.node}.",
                item.node,
            )
            for item in on_excluded_nodes
        ]
    taking = _taking(candidates, source.terminating)
    kept = set(taking)
    others = [item for item in candidates if item not in kept]
    drains = source.terminating == "drain"
    out.extend(resting(item) for item in others if not (drains and item.terminating))
    return taking, [item for item in others if drains and item.terminating], out


def _taking(candidates: list[Backend], terminating: str) -> list[Backend]:
    """The endpoints that take traffic by this value of the option."""
    if terminating in ("exclude", "drain"):
        alive = [item for item in candidates if item.ready and not item.terminating]
        if alive or terminating == "exclude":
            return alive
        return [item for item in candidates if item.terminating and (item.ready or item.serving)]
    ready = [item for item in candidates if item.ready]
    ending = [item for item in candidates if item.serving and item.terminating and not item.ready]
    return ready + ending if terminating == "keep" else ready or ending


def resting(item: Backend, drains: bool = False) -> LeftOut:
    """Why an endpoint takes no traffic. drains: it keeps its open connections."""
    if drains:
        what = f"{item.kind} {item.name} is terminating and keeps its open connections."
        return left_out(item.kind, item.name, "draining", what, item.node)
    if item.terminating:
        state = "is terminating" + (" and still serves" if item.serving else " and no longer serves")
        return left_out(item.kind, item.name, "terminating", f"{item.kind} {item.name} {state}.", item.node)
    return left_out(item.kind, item.name, "not_ready", f"{item.kind} {item.name} is not ready.", item.node)
