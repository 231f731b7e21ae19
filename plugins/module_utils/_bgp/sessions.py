# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The sessions of the nodes, as Calico reports them, and the error for those that are not established."""

from __future__ import annotations

from typing import Iterable, Mapping, NamedTuple, Sequence

from .._errors import Failure
from .model import ANTREA, Node, Peer, Status
from .neighbors import WantedNeighbors

ESTABLISHED, UNKNOWN = "Established", "unknown"
FRESH = 120.0
"""Seconds for which a status of a node proves its sessions, if nothing was changed."""


class Session(NamedTuple):
    """One session. required: the node is ready, and the unit can be configured."""

    node: str
    peer: str
    unit: str | None
    state: str
    required: bool

    @property
    def is_missing(self) -> bool:
        return self.required and self.state != ESTABLISHED


class Checks(NamedTuple):
    """The numbers that the error names, and the faults that are already known, such as a closed self IP."""

    as_number: int
    bigip_as_number: int
    password: bool
    faults: tuple[str, ...] = ()


def sessions(
    statuses: Iterable[Status],
    wanted: WantedNeighbors,
    nodes: Iterable[Node],
    peers: Sequence[Peer],
    since: float,
    all_units: bool,
) -> list[Session]:
    """The sessions of each node with each peer of its family.

    since: seconds since the epoch; an older status proves nothing. all_units: a peer that no unit was seen
    to have is required, too.
    """
    ready = {node.name for node in nodes if node.ready}
    states: dict[str, Mapping[str, str]] = {}
    for status in sorted(statuses, key=lambda one: one.updated):
        if status.updated >= since:
            states[status.node] = status.states
    return [
        Session(
            one.node,
            str(peer.address),
            peer.unit,
            states.get(one.node, {}).get(str(peer.address), UNKNOWN),
            one.node in ready and (all_units or peer.unit is not None),
        )
        for one in wanted.neighbors
        for peer in peers
        if peer.address.version == one.address.version
    ]


def warning(missing: Sequence[Session]) -> str:
    """The warning about sessions that are not established, if the task does not wait for them."""
    first = missing[0]
    number = "1 session is" if len(missing) == 1 else f"{len(missing)} sessions are"
    which = "that of" if len(missing) == 1 else "such as that of"
    return f"{number} not established: {which} node {first.node} with {first.peer} is {first.state}."


def unproved(cni: str) -> str:
    """The warning for a cluster that has no report of its sessions."""
    antrea = "antctl get bgppeers in each agent of Antrea"
    how = antrea if cni == ANTREA else "calicoctl node status on each node"
    return (
        "The cluster has no objects that report sessions, so it is unknown if they are established. "
        f"Check them with {how}, or on BIG-IP with tmsh show net routing bgp."
    )


def failure(found: Sequence[Session], checks: Checks, seconds: float) -> Failure:
    """The error for sessions that are not established."""
    missing = [one for one in found if one.is_missing]
    first = missing[0]
    of = f" of BIG-IP {first.unit}" if first.unit else ""
    more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    return Failure(
        "bgp_not_established",
        f"Timed out after {seconds:g} s: the session of node {first.node} with {first.peer}{of} "
        f"is {first.state}, not {ESTABLISHED}{more}",
        said="; ".join(checks.faults) or None,
        remedy=" ".join(_advice(first, checks)),
        sessions=[one._asdict() for one in missing],
    )


def _advice(first: Session, checks: Checks) -> list[str]:
    texts = []
    if first.state == UNKNOWN:
        texts.append(
            f"Calico on node {first.node} reports no such session: check its agent (calico-node) and that "
            "calico_backend is bird."
        )
    texts.append(
        "Check TCP 179 in the firewall of the nodes (of Broadcom's ClusterClasses, only the one for labs opens "
        "it) and in the Port Lockdown of the self IP."
    )
    texts.append(
        f"Check the AS numbers: {checks.as_number} of the nodes, {checks.bigip_as_number} of BIG-IP."
    )
    if checks.password:
        texts.append("Check that the password is the same on both sides.")
    texts.append("BIG-IP needs the licence 'Routing Bundle' (tmsh show sys license).")
    return texts
