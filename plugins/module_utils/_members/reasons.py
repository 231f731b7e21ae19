# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Every reason why an endpoint, a Pod or a node is not a member: its meaning and the user's action.

docs/reasons.md shows `LEFT_OUT` to users; tests/tools/codes.py generates its table. The codes of a pool that
fails are in `_codes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._errors import Failure
from .model import LeftOut

if TYPE_CHECKING:
    from .._codes import Code


class Reason(NamedTuple):
    meaning: str
    remedy: str


LEFT_OUT: dict[str, Reason] = {
    # any mode
    "not_ready": Reason("The endpoint is not ready.", "Look at the Pod's readiness probe and events."),
    "terminating": Reason(
        "The Pod is shutting down.", "Nothing to do. terminating: keep would keep it while it still serves."
    ),
    "draining": Reason(
        "The Pod is shutting down, and terminating is drain. It gets no new connections and keeps its open "
        "ones.",
        "Nothing to do. publish removes it from BIG-IP once its connections are closed, see drain_timeout.",
    ),
    "node_excluded": Reason("exclude_nodes names the node.", "Take the node out of exclude_nodes."),
    "same_address": Reason(
        "Another member already has this address and port.",
        "Run again. If it stays, look for a stale object.",
    ),
    "invalid_address": Reason(
        "BIG-IP cannot use the address.", "Correct the EndpointSlice, Node or annotation that holds it."
    ),
    "fqdn": Reason(
        "The EndpointSlice holds host names, not addresses.", "Write the addresses into the EndpointSlice."
    ),
    "named_port_unresolved": Reason(
        "The endpoint has no port of the name in the Service's targetPort.",
        "Give the Pod's container a port of that name and protocol.",
    ),
    "slice_port_mismatch": Reason(
        "The EndpointSlice has no port with the Service port's name and protocol.",
        "Give the EndpointSlice's port the Service port's name and protocol.",
    ),
    # nodeport
    "no_endpoints": Reason(
        "No endpoint of the Service accepts traffic, so no node forwards.",
        "Scale the workload up, or make its Pods ready.",
    ),
    "no_local_endpoint": Reason(
        "externalTrafficPolicy is Local, and no endpoint on this node accepts traffic.",
        "Nothing to do. externalTrafficPolicy: Cluster would use every node.",
    ),
    "node_not_ready": Reason("The node is not Ready.", "Repair the node. The next run adds it again."),
    "node_label_excluded": Reason(
        "The node has the label node.kubernetes.io/exclude-from-external-load-balancers.",
        "Remove the label if the node should take traffic.",
    ),
    "node_being_deleted": Reason("The cluster autoscaler is about to delete the node.", "Nothing to do."),
    "node_not_selected": Reason(
        "node_label_selector does not match the node.", "Label the node, or widen node_label_selector."
    ),
    "node_unschedulable": Reason(
        "The node is cordoned and include_unschedulable is false.",
        "Uncordon the node, or set include_unschedulable: true.",
    ),
    "node_without_address": Reason(
        "The node has no address of node_address_type in the address family.",
        "Set node_address_type or address_family to what the nodes have.",
    ),
    # nodeportlocal
    "not_a_pod": Reason(
        "The endpoint is not a Pod. Antrea maps Pods only.", "Use pool_member_type nodeport or cluster."
    ),
    "pod_gone": Reason(
        "The Pod was deleted, and its EndpointSlice is not updated yet.", "Nothing to do. Run again."
    ),
    "pod_recreated": Reason(
        "The Pod was recreated under its name, and the EndpointSlice still names the old one.",
        "Nothing to do. Run again.",
    ),
    "mapping_malformed": Reason(
        "The Pod's annotation nodeportlocal.antrea.io cannot be used. Antrea rewrites a wrong value, but "
        "leaves text that it cannot read.",
        "Delete the annotation; Antrea writes it anew.",
    ),
    "mapping_other_port": Reason(
        "Antrea mapped other ports of the Pod, not this one.",
        "Wait for Antrea (wait_for_mappings), then check its agent's log.",
    ),
    "mapping_other_protocol": Reason(
        "Antrea mapped the port for another protocol only.",
        "Wait for Antrea (wait_for_mappings), then check its agent's log.",
    ),
    "mapping_other_family": Reason(
        "Antrea mapped the port for another address family only. The message names the cause.",
        "Set address_family to the family that is mapped, or remove the cause.",
    ),
    "mapping_stale": Reason(
        "The mapping's address does not belong to the Pod's node.",
        "Restart antrea-agent on the node, or recreate the Pod.",
    ),
    "mapping_unverified": Reason(
        "The mapping's address is not proved: the Nodes were not read, or the EndpointSlice names no node.",
        "Allow list on nodes (ClusterRole vks-bigip-nodes in docs/rbac), or set trust_npl_annotations: true.",
    ),
    "mapping_outside_range": Reason(
        "The mapping's port is outside of the default range of Antrea and of the configured one.",
        "If it is a hostPort, set trust_npl_annotations: true for this pool. Otherwise delete the "
        "annotation; Antrea writes it anew.",
    ),
    "mapping_duplicate": Reason(
        "The Pod has another mapping for the same port.", "Recreate the Pod if this stays."
    ),
    "mapping_taken": Reason(
        "The mapping names a port of the node that belongs to another Pod.",
        "Recreate the Pod, and check that antrea-agent runs on its node.",
    ),
    "mapping_contested": Reason(
        "Annotations of several Pods name the same port of the node, and none is proved.",
        "Restart antrea-agent on the node; it corrects stale annotations. If they stay, recreate these Pods.",
    ),
    "antrea_missing": Reason(
        "The cluster has no antrea-agent DaemonSet.",
        "Use pool_member_type nodeport, or cluster with a routable Pod network.",
    ),
    "npl_off": Reason(
        "NodePortLocal is switched off in Antrea's configuration.",
        "Switch it on (module vks.bigip.antrea_npl), or use nodeport.",
    ),
    "agent_missing": Reason(
        "No Antrea agent runs on the Pod's node.", "Look at DaemonSet antrea-agent and at the node's taints."
    ),
    "agent_not_ready": Reason(
        "The Antrea agent of the Pod's node is not ready.", "Look at that Pod of DaemonSet antrea-agent."
    ),
    "agent_outdated": Reason(
        "The Antrea agent of the Pod's node started before its configuration changed, and reads it at start.",
        "Delete that agent's Pod. Its DaemonSet starts a new one.",
    ),
    "ports_used_up": Reason(
        "The node's port range for mappings is used up.",
        "Widen nodePortLocal.portRange, or spread the Pods over more nodes.",
    ),
    "named_port_sidecar": Reason(
        "No ordinary container of the Pod has the named target port. Antrea ignores init containers.",
        "Use the port's number as targetPort.",
    ),
    "mapping_pending": Reason(
        "The Pod was just created, and Antrea has not mapped it yet.", "Set wait_for_mappings, or run again."
    ),
    "mapping_missing": Reason(
        "Antrea has not mapped the Pod, and no cause was found.",
        "Look at the log of antrea-agent on the Pod's node.",
    ),
}


def left_out(
    kind: str, name: str, reason: str, what: str, node: str | None = None, lasting: bool = False
) -> LeftOut:
    """`what` is the sentence about this object; the remedy of its reason follows."""
    return LeftOut(kind, name, reason, f"{what} {LEFT_OUT[reason].remedy}", node, lasting)


def failure(
    code: Code, what: str, said: str | None = None, remedy: str | None = None, **details: Any
) -> Failure:
    """A Failure with the action of its code as remedy, unless a better one is known."""
    from .._codes import CODES  # not before it is needed: each start of a module compiles what it imports

    return Failure(code, what, said=said, remedy=remedy or CODES[code].action, **details)
