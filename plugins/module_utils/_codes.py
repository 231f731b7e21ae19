# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Every code of a Failure: its meaning, the user's action, and the modules that return it.

`Code` is the type of `Failure.code`, so mypy refuses a code that is not listed here. A test compares `Code`
with `CODES`. It compares the modules of each code with the imports of the files that raise it. docs/codes.md and the
block `failure` of each module's documentation are generated from `CODES` by tests/tools/codes.py.

These words are not codes of a Failure and are listed elsewhere:
* `left_out[].reason`, why an endpoint or a node is not a member: `_members/reasons.py`, docs/reasons.md.
* The `code` of a tenant that AS3 refused: AS3's own number, such as 422.
* The identifiers of checks, such as P08: `_preflight/table.py`, docs/checks.md.
* `down_on_bigip[].where`, where the fault of a member is: `_status/diagnosis.py`.
* The list and warning `members_disabled_by_hand`: `_publish/report.py`.

At run time only `_members/reasons.py` imports this file, and not before a pool fails: each start of a module
compiles the files that it imports.
"""

from __future__ import annotations

from typing import Literal, Mapping, NamedTuple

Code = Literal[
    "address_family_missing", "address_taken", "as3_missing", "as3_refused", "as3_unreadable",
    "as_number_conflict", "auto_undecided", "bgp_cni_unsupported", "bgp_mode_mixed",
    "bgp_neighbor_conflict", "bgp_not_established", "bgp_object_conflict", "bgp_policy_gate_off",
    "bigip_answer", "bigip_auth", "bigip_busy", "bigip_forbidden", "bigip_no_active_unit",
    "bigip_no_answer", "bigip_not_found", "bigip_options", "bigip_refused", "bigip_tls",
    "bigip_token_limit", "bigip_unavailable", "bigip_unreachable", "cis_running", "cis_tenant",
    "cis_unknown", "conflict", "created_meanwhile", "dry_run_ignored", "empty_pool", "endless",
    "external_name", "gateway_not_connected", "invalid_options", "kubernetes_config", "kubernetes_conflict",
    "kubernetes_credential_plugin", "kubernetes_error", "kubernetes_expired", "kubernetes_forbidden",
    "kubernetes_library", "kubernetes_not_found", "kubernetes_not_json", "kubernetes_timeout",
    "kubernetes_tls", "kubernetes_too_large", "kubernetes_unauthorized", "kubernetes_unreachable",
    "label_conflict", "label_pool_not_found", "library_missing", "max_removed_percent", "members_not_up",
    "min_members", "node_selector_invalid", "nodeport_headless", "nodeport_not_allocated",
    "nodeport_service_type", "not_ours", "not_validated", "npl_addon_schema", "npl_addon_unbound",
    "npl_agent_not_ready", "npl_annotation_value", "npl_managed", "npl_no_antrea", "npl_no_selector",
    "npl_nodes", "npl_not_annotated", "npl_not_arrived", "npl_not_proven", "npl_owner_missing",
    "npl_owner_unknown", "npl_paused", "npl_protocol", "npl_range", "npl_service_type", "npl_services",
    "npl_side_effects", "npl_text", "npl_version", "options", "outcome_unknown", "owner_required",
    "partition_not_empty", "pod_cidr_overlap", "pod_network_unreachable", "pools_failed", "put_back",
    "query_invalid", "read_incomplete", "removed", "reserved_name", "route_conflict", "save_failed",
    "secret_key_not_found", "secret_not_found", "secret_not_text", "service_missing", "service_not_found",
    "service_port_ambiguous", "service_port_not_found", "service_without_ports", "shared_nodes",
    "shared_tenant", "source_undecided", "stopped", "supervisor_cluster_missing", "sync_failed",
    "tenants_failed", "timeout", "tmos_routing_off", "unexpected", "unmarked",
]  # fmt: skip


class Meaning(NamedTuple):
    meaning: str
    action: str
    modules: tuple[str, ...]
    """The modules that return it, sorted."""


_ALL = (
    "antrea_npl", "as3_declaration", "as3_info", "cis_info", "cluster_info", "partition", "pod_bgp", "pod_routes",
    "pool_members_info", "pool_status_info", "preflight_info", "publish",
)  # fmt: skip
_KUBERNETES = (
    "antrea_npl", "cis_info", "cluster_info", "pod_bgp", "pod_routes", "pool_members_info", "pool_status_info",
    "preflight_info", "publish",
)  # fmt: skip
_LISTS = tuple(module for module in _KUBERNETES if module != "pod_routes")
_BIGIP = (
    "as3_declaration", "as3_info", "partition", "pod_bgp", "pod_routes", "pool_status_info", "preflight_info",
    "publish",
)  # fmt: skip
_AS3 = ("as3_declaration", "as3_info", "pool_status_info", "publish")
_SOURCES = ("pool_members_info", "pool_status_info", "publish")
_ENGINE = ("as3_declaration", "publish")
_SUPERVISOR = ("antrea_npl", "cluster_info", "preflight_info")
_NPL = ("antrea_npl",)
_PUBLISH = ("publish",)
_ROUTES = ("pod_routes",)
_BGP = ("pod_bgp",)
_POD_NETWORK = ("pod_bgp", "pod_routes")

_OPTIONS: dict[Code, Meaning] = {
    "options": Meaning(
        "An argument of the task is not valid.", "Correct the argument that the message names.", _ALL
    ),
    "invalid_options": Meaning(
        "One or more options are not valid. `problems` lists each with its place in the input.",
        "Correct them. Nothing was read or changed.",
        _ENGINE,
    ),
    "query_invalid": Meaning(
        "The option query is not a valid JMESPath expression.",
        "Correct it: see https://jmespath.org.",
        ("as3_info", "pool_status_info"),
    ),
    "reserved_name": Meaning(
        "AS3 reserves the name of the tenant, application or object, such as class, label or schemaVersion.",
        "Use another name.",
        _ENGINE,
    ),
    "not_validated": Meaning(
        "F5 has not validated pool_member_type cluster on NSX.",
        "Use nodeport or nodeportlocal, or set allow_unvalidated: true.",
        _PUBLISH,
    ),
    "owner_required": Meaning(
        "No owner is given, and the default owner (the UID of namespace kube-system) cannot be read.",
        "Set owner, or allow get on that Namespace.",
        ("pod_bgp", "pod_routes", "publish"),
    ),
    "library_missing": Meaning(
        "A Python library that the module needs is missing.",
        "Install it for the Python that runs the module.",
        _BIGIP,
    ),
}

_KUBERNETES_CODES: dict[Code, Meaning] = {
    "kubernetes_config": Meaning(
        "The options of the connection or the kubeconfig cannot be used.",
        "Correct them as the message describes.",
        _KUBERNETES,
    ),
    "kubernetes_credential_plugin": Meaning(
        "The kubeconfig's credential plugin failed.",
        "Run its command by hand, without a terminal.",
        _KUBERNETES,
    ),
    "kubernetes_library": Meaning(
        "The Python package kubernetes is missing.",
        "Install it for the Python that runs the modules.",
        _KUBERNETES,
    ),
    "kubernetes_unauthorized": Meaning(
        "The API server rejected the credentials (401).", "Sign in again.", _KUBERNETES
    ),
    "kubernetes_forbidden": Meaning(
        "The user is not allowed to do this (403).",
        "Bind a Role with the rule that the message shows.",
        _LISTS,
    ),
    "kubernetes_not_found": Meaning(
        "The server does not have this API or object (404).",
        "Check kubeconfig, context and host.",
        _LISTS,
    ),
    "kubernetes_conflict": Meaning(
        "Another user or controller changed the object at the same moment (409).",
        "Run again.",
        ("antrea_npl", "pod_bgp"),
    ),
    "kubernetes_expired": Meaning("A list expired each time it was restarted (410).", "Run again.", _LISTS),
    "kubernetes_error": Meaning(
        "The API server refused the request.", "Read the API server's answer in the message.", _LISTS
    ),
    "kubernetes_not_json": Meaning(
        "The answer is not from a Kubernetes API.", "Check host and proxy.", _KUBERNETES
    ),
    "kubernetes_too_large": Meaning(
        "An answer is larger than max_response_mb.",
        "If it may be that large, raise max_response_mb.",
        _LISTS,
    ),
    "kubernetes_tls": Meaning(
        "The API server's certificate cannot be verified.", "Set ca_cert.", _KUBERNETES
    ),
    "kubernetes_unreachable": Meaning(
        "The API server does not answer at its address.", "Check host, network and proxy.", _KUBERNETES
    ),
    "kubernetes_timeout": Meaning(
        "The task timed out before it had read the cluster.", "Run again, or raise timeout.", _KUBERNETES
    ),
    "supervisor_cluster_missing": Meaning(
        "The Supervisor does not have this Cluster in this namespace, or it is not a Supervisor.",
        "Check supervisor_kubeconfig, supervisor_context, supervisor_namespace and cluster_name.",
        _SUPERVISOR,
    ),
}

_BIGIP_CODES: dict[Code, Meaning] = {
    "bigip_options": Meaning(
        "An option of the connection to BIG-IP is missing or not valid.",
        "Correct provider as the message describes.",
        _BIGIP,
    ),
    "bigip_unreachable": Meaning(
        "BIG-IP does not answer at its address, or the connection breaks at each attempt.",
        "Check provider.server, the management port and proxies on the way.",
        _BIGIP,
    ),
    "bigip_tls": Meaning(
        "BIG-IP's certificate is not trusted, or the port does not use TLS.",
        "Set provider.ca_cert, and a server name that is in the certificate.",
        _BIGIP,
    ),
    "bigip_not_found": Meaning(
        "Another web server than that of a BIG-IP answers.",
        "Check provider.server, provider.server_port and provider.proxy.",
        _BIGIP,
    ),
    "bigip_auth": Meaning(
        "BIG-IP rejected the user and password, or the token.",
        "Check provider.user, provider.password, provider.auth_provider or provider.token.",
        _BIGIP,
    ),
    "bigip_forbidden": Meaning(
        "The account lacks a right on BIG-IP (403).",
        "Give it the role Administrator in all partitions.",
        _BIGIP,
    ),
    "bigip_token_limit": Meaning(
        "The user has the most tokens that BIG-IP allows.",
        "Delete tokens of the user, or set provider.auth: basic.",
        _BIGIP,
    ),
    "bigip_no_active_unit": Meaning(
        "Neither unit of the pair was active in time.", "Check the failover state of both units.", _BIGIP
    ),
    "bigip_unavailable": Meaning(
        "The REST service of BIG-IP did not start in time.",
        "Look at /var/log/restnoded and /var/log/restjavad on BIG-IP.",
        _BIGIP,
    ),
    "bigip_busy": Meaning(
        "BIG-IP or AS3 was busy until the task timed out.", "Raise timeout, or run again later.", _BIGIP
    ),
    "bigip_answer": Meaning(
        "An answer of BIG-IP is too large, is not JSON, or lacks a value.",
        "Raise provider.max_response_mb if BIG-IP holds that much. Else check proxies on the way.",
        _BIGIP,
    ),
    "bigip_refused": Meaning(
        "BIG-IP refused a request.",
        "Read BIG-IP's answer in the message, and check the account's role.",
        tuple(module for module in _BIGIP if module != "as3_info"),
    ),
    "bigip_no_answer": Meaning(
        "The answer to a change was lost, and BIG-IP does not show the change.",
        "Run again.",
        ("partition", "pod_bgp", "pod_routes"),
    ),
    "partition_not_empty": Meaning(
        "The partition still has objects. `contents` lists them, where they were found.",
        "Remove them first.",
        ("partition",),
    ),
}

_AS3_CODES: dict[Code, Meaning] = {
    "as3_missing": Meaning(
        "AS3 is not installed on BIG-IP, or its REST service has not started.",
        "Install AS3, or wait and run again.",
        _AS3,
    ),
    "as3_refused": Meaning(
        "AS3 refused the request or the declaration.",
        "Read AS3's answer in the message, and look at path, where AS3 names one.",
        ("as3_declaration", "as3_info", "pool_status_info", "preflight_info", "publish"),
    ),
    "as3_unreadable": Meaning(
        "The stored declaration of the tenant cannot be read.",
        "Correct it in AS3, or leave this tenant out.",
        _AS3,
    ),
    "conflict": Meaning("Another writer changed the tenant at each attempt.", "Run again later.", _ENGINE),
    "outcome_unknown": Meaning(
        "The answer of AS3 was lost, so the tenant may be published or not.",
        "Run again: the next run continues.",
        _ENGINE,
    ),
    "endless": Meaning(
        "The tenant still differs from what was sent, though AS3 reported success for each POST.",
        "Look at /var/log/restnoded/restnoded.log on BIG-IP.",
        _ENGINE,
    ),
    "dry_run_ignored": Meaning(
        "AS3 carried out a dry run instead of judging it.",
        "Look at what BIG-IP has now, and run without dry_run.",
        _PUBLISH,
    ),
}

_SERVICE_CODES: dict[Code, Meaning] = {
    "service_missing": Meaning(
        "A source names no Service.", "Set service.name.", ("pool_members_info", "publish")
    ),
    "service_not_found": Meaning(
        "The Service does not exist.",
        "Correct service.namespace and service.name.",
        ("antrea_npl", "pool_members_info", "pool_status_info", "publish"),
    ),
    "service_port_not_found": Meaning(
        "The Service has no such port.", "Use a port that it has, by number or by name.", _SOURCES
    ),
    "service_port_ambiguous": Meaning(
        "Several ports of the Service match.", "Set service.port to the name of one.", _SOURCES
    ),
    "service_without_ports": Meaning(
        "The Service has no ports.", "Give the Service a port; a headless Service may have one too.", _SOURCES
    ),
    "external_name": Meaning(
        "The Service is only a DNS alias (type ExternalName).",
        "Publish the host that it names, with an AS3 pool of your own.",
        _SOURCES,
    ),
    "address_family_missing": Meaning(
        "The Service does not have the address family that address_family asks for.",
        "Set address_family to one that it has, or to service.",
        _SOURCES,
    ),
    "node_selector_invalid": Meaning(
        "node_label_selector is not a valid label selector.",
        "Write it as kubectl get nodes -l accepts it.",
        _SOURCES,
    ),
    "nodeport_service_type": Meaning(
        "The Service has no node ports (type ClusterIP).",
        "Set its type to NodePort, or use nodeportlocal or cluster.",
        _SOURCES,
    ),
    "nodeport_headless": Meaning(
        "The Service is headless (clusterIP: None), and Kubernetes does not let it become a NodePort Service.",
        "Publish a second Service of type NodePort with the same selector, or use nodeportlocal or cluster.",
        _SOURCES,
    ),
    "nodeport_not_allocated": Meaning(
        "The port has no node port (allocateLoadBalancerNodePorts: false).",
        "Set allocateLoadBalancerNodePorts: true, or use nodeportlocal or cluster.",
        _SOURCES,
    ),
    "npl_service_type": Meaning(
        "Antrea maps Services of type ClusterIP and LoadBalancer only.",
        "Set its type to ClusterIP, or use pool_member_type nodeport.",
        _SOURCES,
    ),
    "npl_no_selector": Meaning(
        "The Service has no selector, so Antrea maps no Pod for it.",
        "Give it a selector, or use pool_member_type cluster.",
        _SOURCES,
    ),
    "npl_not_annotated": Meaning(
        "The Service lacks the annotation nodeportlocal.antrea.io/enabled.",
        'Annotate it with nodeportlocal.antrea.io/enabled: "true".',
        _SOURCES,
    ),
    "npl_annotation_value": Meaning(
        'The annotation nodeportlocal.antrea.io/enabled is not exactly "true". Antrea ignores other values.',
        'Set its value to "true".',
        _SOURCES,
    ),
    "npl_protocol": Meaning(
        "Antrea maps TCP and UDP only.", "Use pool_member_type cluster for this port.", _SOURCES
    ),
    "auto_undecided": Meaning(
        "No mode can be proved to work for the Service.",
        "Supply what the message lists as missing, or set pool_member_type.",
        _SOURCES,
    ),
    "pools_failed": Meaning("Several pools failed.", "See failure.pools for each.", ("pool_members_info",)),
    "label_conflict": Meaning(
        "Several Services have labels for the same pool.",
        "Remove the labels of all but one, or name the Service in pools.",
        _PUBLISH,
    ),
    "label_pool_not_found": Meaning(
        "The labels of a Service name a pool that the declaration does not have.",
        "Correct the labels, or add the pool.",
        _PUBLISH,
    ),
    "secret_not_found": Meaning(
        "A Secret that an option names does not exist.", "Correct namespace and name, or create it.", _PUBLISH
    ),
    "secret_key_not_found": Meaning(
        "The Secret does not have this key.", "Correct from_secret.key.", _PUBLISH
    ),
    "secret_not_text": Meaning(
        "The key of the Secret does not hold text.", "Store text in UTF-8 in it.", _PUBLISH
    ),
}

_RULE_CODES: dict[Code, Meaning] = {
    "not_ours": Meaning(
        "An application of this name on BIG-IP belongs to another owner.",
        "Use another name, or set owner if it is yours. as3_declaration replaces it with adopt: publish.",
        _ENGINE,
    ),
    "unmarked": Meaning(
        "An application of this name on BIG-IP has no mark of this module.",
        "Run once with adopt: unmarked if it is yours. Otherwise use another name.",
        _PUBLISH,
    ),
    "cis_running": Meaning(
        "The tenant may belong to a CIS that is running. Only a CIS in a namespace of cis_namespaces counts.",
        "Use another tenant, or scale the CIS to 0 and run once with adopt: cis.",
        _PUBLISH,
    ),
    "cis_tenant": Meaning(
        "The tenant may belong to a CIS that is scaled to 0. For as3_declaration: it looks like one of CIS.",
        "Use another tenant. If no running CIS owns it, run once with adopt: cis.",
        _ENGINE,
    ),
    "cis_unknown": Meaning(
        "The tenants that a CIS owns cannot be read, so nothing is adopted.",
        "Bind a Role with the rule that the message shows.",
        _PUBLISH,
    ),
    "shared_tenant": Meaning(
        "The task would change properties of a tenant that also contains applications of other owners.",
        "Leave these properties to the tenant's owner.",
        _PUBLISH,
    ),
    "shared_nodes": Meaning(
        "Members without shareNodes have nodes that are shared now.",
        "Leave shareNodes at true, or remove the applications and publish them again.",
        _PUBLISH,
    ),
    "address_taken": Meaning(
        "Another application has the virtual address and port. `taken_by` names it.",
        "Use another address or port, or shareAddresses.",
        _ENGINE,
    ),
    "created_meanwhile": Meaning(
        "Another user or controller created applications during the run. `created` lists them.",
        "Run again to remove them, or add them to content.",
        ("as3_declaration",),
    ),
    "empty_pool": Meaning(
        "The pool would lose all members that can answer.",
        "See left_out of the pool, or set empty_pool to publish or keep.",
        _PUBLISH,
    ),
    "min_members": Meaning(
        "The pool would have fewer members than min_members.",
        "See left_out of the pool, or lower min_members.",
        _PUBLISH,
    ),
    "max_removed_percent": Meaning(
        "The run would remove more members of a pool, applications, routes or neighbors than max_removed_percent "
        "allows.",
        "See left_out of the pool or removed, or raise max_removed_percent.",
        ("pod_bgp", "pod_routes", "publish"),
    ),
    "members_not_up": Meaning(
        "The monitors did not report the new members up within wait_up. Former and new members stay.",
        "See pool_status_info for the reason, or raise wait_up.",
        _ENGINE,
    ),
    "put_back": Meaning(
        "prune removed an application to free an address for another tenant. That tenant failed, so the module "
        "published the application again.",
        "Fix the fault of the other tenant, and run again.",
        _PUBLISH,
    ),
    "removed": Meaning(
        "prune removed an application to free an address for another tenant. That tenant failed, and the "
        "application could not be published again. `removed` lists the applications.",
        "Run with the former applications.",
        _PUBLISH,
    ),
}

_NPL_CODES: dict[Code, Meaning] = {
    "npl_no_antrea": Meaning("The cluster has no Antrea.", "Use pool_member_type nodeport.", _NPL),
    "npl_range": Meaning("port_range is not a valid range.", "Correct it as the message describes.", _NPL),
    "npl_nodes": Meaning(
        "An option names a node without an Antrea agent.", "Use names from the message.", _NPL
    ),
    "npl_services": Meaning(
        "A Service of the list cannot be annotated, or an item names no Service.",
        "Take it off the list, or change the Service.",
        _NPL,
    ),
    "npl_managed": Meaning(
        "Another controller manages Antrea's ConfigMap and would revert an edit.",
        "Set the Supervisor options, or change NodePortLocal where that controller has it from.",
        _NPL,
    ),
    "npl_owner_missing": Meaning(
        "The Supervisor has neither AddonConfig nor AntreaConfig for the cluster.",
        "Check supervisor_namespace and cluster_name, or create the object first.",
        _NPL,
    ),
    "npl_owner_unknown": Meaning(
        "A missing right hides the object that owns the setting.",
        "Grant the right that the message names.",
        _NPL,
    ),
    "npl_addon_schema": Meaning(
        "The schema of the AddonConfig has no place, or several, for the setting.",
        "Correct the reference, leave port_range out, or use pool_member_type nodeport.",
        _NPL,
    ),
    "npl_addon_unbound": Meaning(
        "The platform skips the AddonConfig, because a field of its spec is empty.",
        "Set the field that the message names.",
        _NPL,
    ),
    "npl_side_effects": Meaning(
        "A dry run of the change shows that other settings would change too.",
        "Set these explicitly first, as the cluster has them now.",
        _NPL,
    ),
    "npl_paused": Meaning(
        "The PackageInstall of Antrea is paused, so the change would not reach the agents.",
        "Set its spec.paused to false first.",
        _NPL,
    ),
    "npl_text": Meaning(
        "Antrea's configuration cannot be read, or a line of it cannot be changed alone.",
        "Correct it, or set NodePortLocal by hand.",
        _NPL,
    ),
    "npl_version": Meaning(
        "The version of Antrea is unknown, and antrea-agent.conf has no key nodePortLocal.",
        "Add the key if Antrea is 1.4 or newer.",
        _NPL,
    ),
    "npl_not_arrived": Meaning(
        "The setting did not reach the cluster in time.",
        "Look at the conditions of the object and of the PackageInstall, or raise timeout.",
        _NPL,
    ),
    "npl_agent_not_ready": Meaning(
        "An Antrea agent did not become ready after its restart.",
        "Look at its log and events, and run again.",
        _NPL,
    ),
    "npl_not_proven": Meaning(
        "The log of an Antrea agent does not show that NodePortLocal started.",
        "Restart it once more (restart_agents: always).",
        _NPL,
    ),
}

_ROUTE_CODES: dict[Code, Meaning] = {
    "read_incomplete": Meaning(
        "A part of the cluster could not be read, or contradicts another part. Nothing was changed.",
        "Grant the right or fix the fault that the message names, and run again.",
        _POD_NETWORK,
    ),
    "source_undecided": Meaning(
        "The Pod network of the cluster is unknown to source: auto.",
        "Use a CNI that pod_routes supports, or create the routes with your own means.",
        _ROUTES,
    ),
    "route_conflict": Meaning(
        "A route of another owner leads to the same network by another gateway, or has the same name.",
        "Remove it if it is obsolete, or leave the node out with exclude_nodes.",
        _ROUTES,
    ),
    "pod_cidr_overlap": Meaning(
        "The Pod network of another cluster overlaps with that of this cluster.",
        "Give each cluster its own Pod network, or its own route domain on BIG-IP.",
        _ROUTES,
    ),
    "pod_network_unreachable": Meaning(
        "BIG-IP has no path to Pods that would be members in mode `cluster`: neither a self IP in their network, nor a route "
        "in the route domain of the pool. The route may be static or learnt (BGP). The default route does not count. "
        "`members` names the Pods, nodes and networks.",
        "Create the routes with vks.bigip.pod_routes, or set pod_network_routable: true if a router on the default route "
        "knows the Pod network.",
        ("publish",),
    ),
    "gateway_not_connected": Meaning(
        "A unit of BIG-IP has no self IP in the network of a gateway. `unit`, `nodes` and `self_ips` name them.",
        "Create a self IP on this unit in the network of the nodes, or correct node_network.",
        _POD_NETWORK,
    ),
    "save_failed": Meaning(
        "BIG-IP did not save the configuration. The changes are in place until BIG-IP restarts.",
        "Save it on BIG-IP: tmsh save sys config.",
        _POD_NETWORK,
    ),
    "sync_failed": Meaning(
        "The units are not in sync after the config-sync. The changes are in place on the active unit.",
        "Fix the cause that the message quotes, and synchronise the device group.",
        _POD_NETWORK,
    ),
}

_BGP_CODES: dict[Code, Meaning] = {
    "bgp_cni_unsupported": Meaning(
        "The cluster has neither Calico nor Antrea, or has both.",
        "Use pod_routes, or configure BGP with your own means.",
        _BGP,
    ),
    "bgp_mode_mixed": Meaning(
        "BGP runs in Legacy mode in the route domain (routingProtocol). BIG-IP does not mix it with TMOS mode.",
        "Use mode: external and apply imish_config, or remove BGP from routingProtocol.",
        _BGP,
    ),
    "tmos_routing_off": Meaning(
        "The database variable tmrouted.tmos.routing is off, so BIG-IP has no BGP in TMOS mode.",
        "Set enable_tmos_routing: true, or use mode: external.",
        _BGP,
    ),
    "as_number_conflict": Meaning(
        "The AS number differs from that of the BGPConfiguration in the cluster, or of the BGP instance on BIG-IP.",
        "Omit as_number or bigip_as_number, or set it to the number that the message names.",
        _BGP,
    ),
    "bgp_neighbor_conflict": Meaning(
        "BIG-IP has a neighbor of another owner with the address of a node and another AS number.",
        "Remove it if it is obsolete, or leave the node out with exclude_nodes.",
        _BGP,
    ),
    "bgp_object_conflict": Meaning(
        "An object of another owner has a name that the module needs, or is a BGPPolicy for the same nodes.",
        "Remove it if it is obsolete, set another owner, or leave the nodes out with exclude_nodes.",
        _BGP,
    ),
    "bgp_policy_gate_off": Meaning(
        "The feature gate BGPPolicy of Antrea is off, or Antrea is older than 2.1.",
        "Enable it in antrea-agent.conf, and restart the agents.",
        _BGP,
    ),
    "bgp_not_established": Meaning(
        "Sessions of nodes that are ready were not established in time. `sessions` names node, peer and state of each.",
        "Check TCP 179 in the firewall of the nodes, Port Lockdown, AS numbers, the password, and the licence of BIG-IP.",
        _BGP,
    ),
}

_RUN_CODES: dict[Code, Meaning] = {
    "tenants_failed": Meaning("One or more tenants failed.", "See failure.tenants for each.", _ENGINE),
    "stopped": Meaning(
        "The run ended before the turn of this tenant, after the fault of another one.",
        "Fix the other fault, and run again.",
        _ENGINE,
    ),
    "timeout": Meaning(
        "The task timed out.", "Set timeout higher, or run again: the next run continues.", _BIGIP
    ),
    "unexpected": Meaning(
        "The collection met a case that it does not handle.",
        "Report it with the traceback that -vvv shows.",
        _ALL,
    ),
}

ORIGINS: Mapping[str, Mapping[Code, Meaning]] = {
    "Options and libraries": _OPTIONS,
    "The API of Kubernetes": _KUBERNETES_CODES,
    "BIG-IP": _BIGIP_CODES,
    "AS3": _AS3_CODES,
    "Services, pools and Secrets": _SERVICE_CODES,
    "Rules of publishing": _RULE_CODES,
    "NodePortLocal": _NPL_CODES,
    "Static routes": _ROUTE_CODES,
    "BGP": _BGP_CODES,
    "The run": _RUN_CODES,
}
"""Heading in docs/codes.md -> its codes."""

CODES: Mapping[Code, Meaning] = {code: row for group in ORIGINS.values() for code, row in group.items()}
