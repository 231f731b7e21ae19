# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Mode nodeportlocal: each Pod under its own port of its node, as Antrea maps it.

The endpoints come from the EndpointSlices; a mapping is only the way to one. They are joined by the Pod's
UID: a mapping stays on Pods that are not ready, and another Pod may get the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import shortened
from . import believed, contested, explain, mapping
from .addresses import order
from .endpoints import Backend, backends, resting
from .model import LeftOut, Member, PodMeta, Service, ServicePort, Snapshot
from .reasons import failure, left_out
from .result import PoolResult
from .source import Source

if TYPE_CHECKING:
    from .._codes import Code

SHOWN = 10  # mappings of one Pod that cannot be used
ANNOTATION = "nodeportlocal.antrea.io/enabled"


def refusals(service: Service, port: ServicePort) -> list[tuple[Code, str]]:
    """Why Antrea maps no Pod for this Service port: (code, sentence). Empty if it does."""
    faults: list[tuple[Code, str]] = []
    if service.type not in ("ClusterIP", "LoadBalancer"):
        faults.append(("npl_service_type", f"its type is {service.type}"))
    if not service.selector:
        faults.append(("npl_no_selector", "it has no selector"))
    if service.npl_annotation is None:
        faults.append(("npl_not_annotated", f"it has no annotation {ANNOTATION}"))
    elif service.npl_annotation != "true":
        shown = shortened(ascii(service.npl_annotation))
        faults.append(("npl_annotation_value", f'its annotation {ANNOTATION} is {shown}, not exactly "true"'))
    if port.protocol not in ("TCP", "UDP"):
        faults.append(("npl_protocol", f"port {port} is neither TCP nor UDP"))
    return faults


def members(
    snapshot: Snapshot, source: Source, service: Service, port: ServicePort, families: tuple[str, ...]
) -> PoolResult:
    """One member for each mapped Pod, and the reason for each other endpoint.

    Raises Failure if Antrea maps no Pod for this Service port.
    """
    refused = refusals(service, port)
    if refused:
        raise failure(
            refused[0][0],
            f"{source.path}: Service {service} cannot be published by NodePortLocal",
            said="; ".join(sentence for _code, sentence in refused),
            service=str(service),
            violations=[code for code, _sentence in refused],
        )
    endpoints = backends(
        service,
        port,
        snapshot.slices.get((service.namespace, service.name), []),
        families,
        source,
        excluded=True,
    )
    result = PoolResult(left_out=list(endpoints.left_out), warnings=list(endpoints.warnings))
    pool = frozenset((backend.uid, backend.port) for backend in endpoints.taking)
    for backend in sorted(
        endpoints.taking, key=lambda one: order(one.address, one.port)
    ):  # each run chooses the same one of two Pods with one address and port
        _add(result, snapshot, source, service, port, backend, pool)
    every = pool | {(backend.uid, backend.port) for backend in endpoints.draining}
    for backend in sorted(endpoints.draining, key=lambda one: order(one.address, one.port)):
        _add_draining(result, snapshot, source, service, port, backend, every)
    return result


def _add_draining(
    result: PoolResult,
    snapshot: Snapshot,
    source: Source,
    service: Service,
    port: ServicePort,
    backend: Backend,
    pool: frozenset[tuple[str | None, int]],
) -> None:
    """The member of an endpoint that drains. Without a mapping of its own, it is only a Pod that ends."""
    alone = PoolResult()
    _add(alone, snapshot, source, service, port, backend, pool)
    taken = {(member.address, member.port) for member in [*result.members, *result.draining]}
    own = [member for member in alone.members if (member.address, member.port) not in taken]
    result.draining.extend(own)
    result.left_out.append(resting(backend, drains=bool(own)))


def mapped(snapshot: Snapshot, service: Service, port: ServicePort) -> bool:
    """True if any Pod of this Service port, ready or not, has a mapping for it.

    It proves that NodePortLocal works here.
    """
    slices = snapshot.slices.get((service.namespace, service.name), [])
    endpoints = backends(
        service, port, slices, service.families, Source(service.namespace, service.name), excluded=False
    )
    for backend in endpoints.all:
        pod = _pod(snapshot, service, backend)
        if not isinstance(pod, LeftOut) and any(
            item.pod_port == backend.port and item.protocol == port.protocol
            for item in mapping.parse(pod.mappings).entries
        ):
            return True
    return False


def _add(
    result: PoolResult,
    snapshot: Snapshot,
    source: Source,
    service: Service,
    port: ServicePort,
    backend: Backend,
    pool: frozenset[tuple[str | None, int]],
) -> None:
    """Add the member of one endpoint to the result, or the reason why it has none. pool: see contested.against."""
    pod = _pod(snapshot, service, backend)
    if isinstance(pod, LeftOut):
        result.left_out.append(pod)
        return
    name = backend.name
    parsed = contested.read(snapshot).mappings[(service.namespace, name)]
    wanted = (backend.port, port.protocol, backend.family)
    entries = [item for item in parsed.entries if (item.pod_port, item.protocol, item.family) == wanted]
    if not entries:
        missing = explain.missing(snapshot, port, backend, pod, parsed)
        result.left_out.append(missing)
        if missing.reason == "mapping_malformed":
            result.warnings.append(missing.message)
        return
    claim = contested.PortClaim(service.namespace, name, pod.uid, backend.port)
    usable = _usable(result, snapshot, source, backend, claim, entries, pool)
    if not usable:
        return
    first = usable[0]
    for item in usable[1 : SHOWN + 1]:
        what = f"Pod {name} is mapped to {first.address} port {first.port} and to port {item.port}."
        result.left_out.append(_out(backend, "mapping_duplicate", what))
    unreadable = explain.unreadable(name, pod.mappings) if parsed.faults else ""
    if unreadable:
        result.warnings.append(
            f"{unreadable} So the Pod's members may be out of date. "
            "Delete the annotation; Antrea writes it anew."
        )
    state = (backend.ready, backend.serving, backend.terminating)
    result.add(Member(first.address, first.port, backend.node, name, *state), "Pod", name)


def _pod(snapshot: Snapshot, service: Service, backend: Backend) -> PodMeta | LeftOut:
    """The Pod of an endpoint, or why there is none."""
    if backend.pod is None:
        return _out(backend, "not_a_pod", f"The endpoint {backend.name} is not a Pod.")
    pod = (snapshot.pods or {}).get((service.namespace, backend.pod))
    if pod is None:
        return _out(backend, "pod_gone", f"Pod {backend.pod} does not exist any more.")
    if pod.uid != backend.uid:
        what = f"Pod {backend.pod} is a new one (UID {pod.uid}, the EndpointSlice has {backend.uid})."
        return _out(backend, "pod_recreated", what)
    return pod


def _usable(
    result: PoolResult,
    snapshot: Snapshot,
    source: Source,
    backend: Backend,
    claim: contested.PortClaim,
    entries: list[mapping.Mapping],
    pool: frozenset[tuple[str | None, int]],
) -> list[mapping.Mapping]:
    """The mappings that can be used. The others are left out of the result, with a warning for each of the first."""
    unusable: list[tuple[str, str]] = []
    usable: list[mapping.Mapping] = []
    for item in entries:
        doubt = believed.doubt(snapshot, source.trust_npl_annotations, backend, item)
        reason, what = doubt or contested.against(snapshot, item, claim, pool) or (None, "")
        if reason is not None:
            unusable.append((reason, what))
            continue
        usable.append(item)
        if what:
            result.warnings.append(what)
    for reason, what in unusable[:SHOWN]:
        result.left_out.append(_out(backend, reason, what))
        result.warnings.append(what)
    if len(unusable) > SHOWN:
        result.warnings.append(f"{len(unusable) - SHOWN} more mappings of Pod {claim.pod} cannot be used.")
    return usable


def _out(backend: Backend, reason: str, what: str) -> LeftOut:
    return left_out(backend.kind, backend.name, reason, what, backend.node)
