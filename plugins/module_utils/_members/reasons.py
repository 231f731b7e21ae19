# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every reason why something is not a member, and every way in which a pool fails: the word, what it means, what to do.

This module util is PRIVATE to the collection. docs/reasons.md shows the same table to users; a test compares the two.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .._errors import Failure
from .model import LeftOut


class Reason(NamedTuple):
    meaning: str
    remedy: str


LEFT_OUT: dict[str, Reason] = {
    # any mode
    "not_ready": Reason("The endpoint is not ready.", "Look at the Pod's readiness probe and events."),
    "terminating": Reason("The Pod is shutting down.", "Nothing to do; terminating: keep would keep it while it still serves."),
    "node_excluded": Reason("exclude_nodes names the node.", "Take the node out of exclude_nodes."),
    "same_address": Reason("Another member has the same address and port already.", "Usually passes by itself; else look for a stale object."),
    "invalid_address": Reason("The address cannot be used by BIG-IP.", "Correct the EndpointSlice, Node or annotation that holds it."),
    "fqdn": Reason("The EndpointSlice holds host names, not addresses.", "Write the addresses into the EndpointSlice."),
    "named_port_unresolved": Reason(
        "The endpoint has no port of the name that the Service's targetPort asks for.", "Give the Pod's container a port of that name and protocol."
    ),
    "slice_port_mismatch": Reason(
        "The EndpointSlice has no port with the Service port's name and protocol.", "Give the EndpointSlice's port the Service port's name and protocol."
    ),
    # nodeport
    "no_endpoints": Reason("No endpoint of the Service takes traffic, so no node forwards.", "Scale the workload up, or make its Pods ready."),
    "no_local_endpoint": Reason(
        "externalTrafficPolicy is Local and no endpoint on this node takes traffic.", "Nothing to do; externalTrafficPolicy: Cluster would use every node."
    ),
    "node_not_ready": Reason("The node is not Ready.", "Repair the node; it comes back by itself."),
    "node_label_excluded": Reason(
        "The node carries node.kubernetes.io/exclude-from-external-load-balancers.", "Remove the label if the node should take traffic."
    ),
    "node_being_deleted": Reason("The cluster autoscaler is about to delete the node.", "Nothing to do."),
    "node_not_selected": Reason("node_label_selector does not match the node.", "Label the node, or widen node_label_selector."),
    "node_unschedulable": Reason("The node is cordoned and include_unschedulable is false.", "Uncordon the node, or set include_unschedulable: true."),
    "node_without_address": Reason(
        "The node has no address of node_address_type and the family wanted.", "Set node_address_type or address_family to what the nodes have."
    ),
    # nodeportlocal
    "not_a_pod": Reason("Something other than a Pod stands behind the endpoint; Antrea maps Pods only.", "Use pool_member_type nodeport or cluster."),
    "pod_gone": Reason("The Pod was deleted; its EndpointSlice does not say so yet.", "Nothing to do; run again."),
    "pod_recreated": Reason("The Pod was recreated under its name; the EndpointSlice still speaks of the old one.", "Nothing to do; run again."),
    "mapping_malformed": Reason(
        "The Pod's annotation nodeportlocal.antrea.io cannot be used. Antrea rewrites a wrong value, but leaves text that it cannot read.",
        "Delete the annotation; Antrea writes it anew.",
    ),
    "mapping_other_port": Reason("Antrea mapped other ports of the Pod, not this one.", "Wait for Antrea (wait_for_mappings), then check its agent's log."),
    "mapping_other_protocol": Reason("Antrea mapped the port for another protocol only.", "Wait for Antrea (wait_for_mappings), then check its agent's log."),
    "mapping_other_family": Reason(
        "Antrea mapped the port for another address family only. The message names the cause.",
        "Set address_family to the family that is mapped, or remove the cause.",
    ),
    "mapping_stale": Reason("The mapping's address is none of the Pod's node.", "Restart antrea-agent on the node, or recreate the Pod."),
    "mapping_unverified": Reason(
        "Nothing shows that the mapping's address is one of the Pod's node: the Nodes were not read, or the EndpointSlice names no node.",
        "Allow list on nodes (ClusterRole vks-bigip-nodes in docs/rbac), or set trust_npl_annotations: true.",
    ),
    "mapping_outside_range": Reason(
        "The mapping's port is none that Antrea gives to Pods: neither in its default range nor in the configured one.",
        "If it is a hostPort, set trust_npl_annotations: true for this pool; else delete the annotation, which Antrea writes anew.",
    ),
    "mapping_duplicate": Reason("The Pod has another mapping for the same port.", "Recreate the Pod if this stays."),
    "mapping_taken": Reason(
        "The mapping names a port of the node that belongs to another Pod.", "Recreate the Pod, and check that antrea-agent runs on its node."
    ),
    "mapping_contested": Reason(
        "Annotations of several Pods name the same port of the node, and nothing shows which of them is true.",
        "Restart antrea-agent on the node, which corrects stale annotations. If this stays, recreate these Pods.",
    ),
    "antrea_missing": Reason("The cluster has no antrea-agent DaemonSet.", "Use pool_member_type nodeport, or cluster with a routable Pod network."),
    "npl_off": Reason("NodePortLocal is switched off in Antrea's configuration.", "Switch it on (module vks.bigip.antrea_npl), or use nodeport."),
    "agent_missing": Reason("No Antrea agent runs on the Pod's node.", "Look at DaemonSet antrea-agent and at the node's taints."),
    "agent_not_ready": Reason("The Antrea agent of the Pod's node is not ready.", "Look at that Pod of DaemonSet antrea-agent."),
    "agent_outdated": Reason(
        "The Antrea agent of the Pod's node started before its configuration was changed; it reads it at start only.", "Delete that agent's Pod; it comes back."
    ),
    "ports_used_up": Reason("The node's port range for mappings is used up.", "Widen nodePortLocal.portRange, or spread the Pods over more nodes."),
    "named_port_sidecar": Reason(
        "The named target port belongs to no ordinary container of the Pod; Antrea does not look into init containers.", "Use the port's number as targetPort."
    ),
    "mapping_pending": Reason("The Pod was just created; Antrea has not mapped it yet.", "Set wait_for_mappings, or run again."),
    "mapping_missing": Reason("Antrea has not mapped the Pod and nothing says why.", "Look at the log of antrea-agent on the Pod's node."),
}

FAILURES: dict[str, Reason] = {
    # the source
    "service_missing": Reason("A source names no Service.", "Set service.name."),
    "service_not_found": Reason("The Service does not exist.", "Correct service.namespace and service.name."),
    "service_port_not_found": Reason("The Service has no such port.", "Use a port that it has, by number or by name."),
    "service_port_ambiguous": Reason("Several ports of the Service could be meant.", "Set service.port to the name of one."),
    "service_without_ports": Reason("The Service has no ports.", "Give the Service a port; a headless Service may have one too."),
    "external_name": Reason("The Service is only a DNS alias (type ExternalName).", "Publish the host that it names, with an AS3 pool of your own."),
    "address_family_missing": Reason("The Service does not have the address family asked for.", "Set address_family to one that it has, or to service."),
    "node_selector_invalid": Reason("node_label_selector is not a label selector.", "Write it as kubectl get nodes -l takes it."),
    # nodeport
    "nodeport_service_type": Reason("The Service has no node ports (type ClusterIP).", "Set its type to NodePort, or use nodeportlocal or cluster."),
    "nodeport_headless": Reason(
        "The Service is headless (clusterIP: None). Kubernetes does not let it become a Service of type NodePort.",
        "Create a second Service of type NodePort with the same selector and publish that one, or use nodeportlocal or cluster.",
    ),
    "nodeport_not_allocated": Reason(
        "The port has no node port (allocateLoadBalancerNodePorts: false).", "Set allocateLoadBalancerNodePorts: true, or use nodeportlocal or cluster."
    ),
    # nodeportlocal
    "npl_service_type": Reason("Antrea maps Services of type ClusterIP and LoadBalancer only.", "Set its type to ClusterIP, or use pool_member_type nodeport."),
    "npl_no_selector": Reason("The Service has no selector, so Antrea maps no Pod for it.", "Give it a selector, or use pool_member_type cluster."),
    "npl_not_annotated": Reason(
        "The Service lacks the annotation nodeportlocal.antrea.io/enabled.", 'Annotate it with nodeportlocal.antrea.io/enabled: "true".'
    ),
    "npl_annotation_value": Reason(
        'The Service\'s annotation nodeportlocal.antrea.io/enabled is not exactly "true"; Antrea ignores any other value.', 'Set its value to "true".'
    ),
    "npl_protocol": Reason("Antrea maps TCP and UDP only.", "Use pool_member_type cluster for this port."),
    # auto
    "auto_undecided": Reason("No mode can be proved to work for the Service.", "Supply what the message says is missing, or set pool_member_type."),
    "pools_failed": Reason("Several pools failed.", "See failure.pools for each."),
    # reading the cluster
    "secret_not_found": Reason("A Secret that an option names does not exist.", "Correct namespace and name, or create it."),
    "owner_required": Reason("Namespace kube-system may not be read, and its UID is the default owner.", "Set owner, or allow get on that Namespace."),
    "kubernetes_config": Reason("The connection's options or kubeconfig cannot be used.", "Correct them as the message says."),
    "kubernetes_credential_plugin": Reason("The kubeconfig's credential plugin failed.", "Run its command by hand, without a terminal."),
    "kubernetes_library": Reason("The Python package kubernetes is missing.", "Install it for the Python that runs the modules."),
    "kubernetes_unauthorized": Reason("The API server does not accept the credentials (401).", "Sign in again."),
    "kubernetes_forbidden": Reason("The user may not do this (403).", "Bind a Role with the rule that the message shows."),
    "kubernetes_not_found": Reason("The address answers, but not as this API (404).", "Check kubeconfig, context and host."),
    "kubernetes_expired": Reason("A list expired each time it was restarted (410).", "Run again."),
    "kubernetes_error": Reason("The API server refused the request.", "See its own words in the message."),
    "kubernetes_not_json": Reason("The answer is not that of a Kubernetes API.", "Check host and proxy."),
    "kubernetes_too_large": Reason("An answer is larger than max_response_mb.", "If it may be that large, raise max_response_mb."),
    "kubernetes_tls": Reason("The API server's certificate cannot be verified.", "Set ca_cert."),
    "kubernetes_unreachable": Reason("Nobody answers at the API server's address.", "Check host, network and proxy."),
    "kubernetes_timeout": Reason("The task's time was over before the cluster was read.", "Run again, or raise timeout."),
    "unexpected": Reason("The collection met what it does not handle.", "Report it with the traceback that -vvv shows."),
}


def left_out(kind: str, name: str, reason: str, what: str, node: str | None = None, lasting: bool = False) -> LeftOut:
    """`what` is the sentence about this very object; the remedy of its reason follows."""
    return LeftOut(kind, name, reason, f"{what} {LEFT_OUT[reason].remedy}", node, lasting)


def failure(code: str, doing: str, said: str | None = None, remedy: str | None = None, **details: Any) -> Failure:
    """A Failure of this part, with its code's remedy unless a better one is known."""
    return Failure(code, doing, said=said, remedy=remedy or FAILURES[code].remedy, **details)
