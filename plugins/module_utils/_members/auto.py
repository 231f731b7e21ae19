# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Mode auto: the best mode that the cluster and the Service allow, and why.

A mode is chosen only when it is proved. While evidence is missing, a pool that is already published
keeps its mode.
"""

from __future__ import annotations

from typing import Callable, NamedTuple, Sequence

from . import nodeport, nodeportlocal
from .cluster import nsx_sign
from .endpoints import backends
from .model import Service, ServicePort, Snapshot
from .reasons import failure
from .source import Source

Routable = Callable[[Sequence[str], str, bool], "bool | None"]
"""True if BIG-IP has a path to these Pod addresses, for the source of this key; None if that is not known.

True as the last argument: the pool is published as cluster already, so this may cost one request and no
more.
"""

YES, NO, UNKNOWN = "yes", "no", "unknown"


class Evidence(NamedTuple):
    answer: str
    because: str


class Choice(NamedTuple):
    mode: str
    because: str


def lacks_evidence(snapshot: Snapshot, service: Service, port: ServicePort) -> bool:
    """True if Antrea's own configuration has to be read.

    It has to be read if the Service is meant for NodePortLocal and no Pod proves that it works.
    """
    return not nodeportlocal.refusals(service, port) and not _proved(snapshot, service, port)


def choose(
    snapshot: Snapshot,
    source: Source,
    service: Service,
    port: ServicePort,
    published: str | None,
    routable: Routable | None,
) -> Choice:
    """The best mode with the reason for it. Raises Failure if the evidence does not decide.

    published  the mode in which the pool is published now; None for a new pool
    routable   asks BIG-IP for its routes; None: not asked
    """
    if published == "nodeport":
        # A new route on BIG-IP changes no pool that works, and asking would cost every run two requests.
        routable = None
    questions: dict[str, Callable[[], Evidence]] = {
        "nodeportlocal": lambda: _nodeportlocal(snapshot, service, port),
        "cluster": lambda: _cluster(snapshot, source, service, port, routable, published == "cluster"),
        "nodeport": lambda: _nodeport(service, port),
    }
    evidence: dict[str, Evidence] = {}
    for mode, ask in questions.items():
        evidence[mode] = ask()
        if evidence[mode].answer == YES and all(one.answer != UNKNOWN for one in evidence.values()):
            break  # nothing after it is better
        if evidence[mode].answer == UNKNOWN and mode == published:
            break  # it keeps its mode, whatever BIG-IP would answer
    proved = [mode for mode, one in evidence.items() if one.answer == YES]
    unknown = [mode for mode, one in evidence.items() if one.answer == UNKNOWN]
    order = list(evidence)
    if unknown and published in evidence and evidence[published].answer != NO:
        return Choice(
            published, f"it is published so, and evidence is missing: {evidence[unknown[0]].because}"
        )
    if proved:
        others = [evidence[mode].because for mode in order[: order.index(proved[0])]]
        return Choice(
            proved[0],
            "; ".join(
                [evidence[proved[0]].because] + [f"not {mode}: {why}" for mode, why in zip(order, others)]
            ),
        )
    raise failure(
        "auto_undecided",
        f"{source.path}: choosing a pool_member_type for Service {service}",
        said="; ".join(f"not {mode}: {one.because}" for mode, one in evidence.items()),
        service=str(service),
    )


def _proved(snapshot: Snapshot, service: Service, port: ServicePort) -> str | None:
    if nodeportlocal.mapped(snapshot, service, port):
        return "its Pods have NodePortLocal mappings"
    # Pods of its own namespace only: an annotation decides nothing about another one.
    if any(
        pod.mappings
        for (namespace, _name), pod in (snapshot.pods or {}).items()
        if namespace == service.namespace
    ):
        return "other Pods of its namespace have NodePortLocal mappings"
    return None


def _nodeportlocal(snapshot: Snapshot, service: Service, port: ServicePort) -> Evidence:
    refused = nodeportlocal.refusals(service, port)
    if refused:
        return Evidence(NO, " and ".join(sentence for _code, sentence in refused))
    proof = _proved(snapshot, service, port)
    if proof:
        return Evidence(YES, f"the Service is annotated for NodePortLocal and {proof}")
    npl = snapshot.npl
    if npl is not None and npl.antrea is False:
        return Evidence(NO, "the cluster has no antrea-agent")
    if npl is not None and npl.enabled is False:
        return Evidence(NO, npl.setting)
    if npl is not None and npl.enabled:
        return Evidence(YES, "the Service is annotated for NodePortLocal and Antrea has it switched on")
    unread = [*snapshot.denied.values(), *(npl.unread if npl else ())]
    return Evidence(
        UNKNOWN,
        "no Pod has a NodePortLocal mapping, and it is not known whether Antrea has it switched on"
        + _reading(unread),
    )


def _reading(unread: list[str]) -> str:
    return f" ({'; '.join(unread)})" if unread else ""


def _cluster(
    snapshot: Snapshot,
    source: Source,
    service: Service,
    port: ServicePort,
    routable: Routable | None,
    published: bool,
) -> Evidence:
    sign = nsx_sign(snapshot, source)
    if sign:
        return Evidence(NO, f"{sign}, and BIG-IP cannot reach Pod addresses on NSX")
    if source.pod_network_routable is not None:
        word = "routable" if source.pod_network_routable else "not routable"
        return Evidence(
            YES if source.pod_network_routable else NO,
            f"pod_network_routable declares that the Pod network is {word}",
        )
    if routable is None:
        return Evidence(UNKNOWN, "nothing declares that the Pod network is routable (pod_network_routable)")
    endpoints = backends(
        service,
        port,
        snapshot.slices.get((service.namespace, service.name), []),
        service.families[:1],
        source,
        excluded=False,
    )
    answer = routable([item.address for item in endpoints.all], source.key, published) if endpoints.all else None
    if answer is None:
        return Evidence(
            UNKNOWN,
            "it is not known whether BIG-IP has a route to the Pod network"
            + ("" if endpoints.all else " (there is no Pod to ask for)"),
        )
    return (
        Evidence(YES, "BIG-IP has a route to the Pod network")
        if answer
        else Evidence(NO, "BIG-IP has no route to the Pod network")
    )


def _nodeport(service: Service, port: ServicePort) -> Evidence:
    for _code, sentence in nodeport.refusals(service, port):
        return Evidence(NO, sentence)
    return Evidence(YES, f"the Service is of type {service.type} and has node port {port.node_port}")
