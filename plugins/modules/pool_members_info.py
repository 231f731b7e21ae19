#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/pool_members_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool_members_info
short_description: List the addresses to which BIG-IP can send traffic for a Service
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads Services, EndpointSlices and, if a mode needs them, Nodes and the metadata of Pods. Returns the
    members of each pool.
  - It also returns each endpoint or node that is not a member, with the reason and the action to take.
  - The same state of the cluster always gives the same output. A failed read fails the task. It never returns
    an empty pool.
extends_documentation_fragment:
  - vks.bigip.kubernetes
  - vks.bigip.pool_source
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_kubernetes
options:
  pools:
    description:
      - The pools, each with its Service. The default of each other option of a pool is that of the task.
      - Without it, every Service port that the mode can serve is one pool, see O(namespaces) and
        O(label_selector).
    type: list
    elements: dict
    suboptions:
      service:
        description:
          - The Service of the pool.
        type: dict
        required: true
        suboptions:
          namespace:
            description: Its namespace.
            type: str
            default: default
          name:
            description: Its name.
            type: str
            required: true
          port:
            description:
              - The Service's port by number or name. V(53/UDP) selects one of two ports with the same number.
              - Optional if the Service has one port.
            type: str
      pool_member_type:
        description:
          - How BIG-IP reaches the Pods.
          - V(nodeport), by the node addresses and the Service's node port.
          - V(nodeportlocal), by a port of the Pod's node that Antrea NodePortLocal maps to the Pod. Antrea
            annotates a C(hostPort) of the Pod as its mapping, which O(trust_npl_annotations) allows. With
            C(hostIP) V(127.0.0.1), such a member never answers, and the metadata does not show it. Remove the
            C(hostIP), or the C(hostPort).
          - V(cluster), by the Pods' own addresses, to which BIG-IP must have a route.
          - V(auto), the best of the three that the cluster and the Service allow. It never guesses. If
            evidence is missing, a published pool keeps its mode, and a new pool uses V(nodeport) if the
            Service has node ports. Otherwise the pool fails, and the message names the missing evidence.
        type: str
        choices: [auto, nodeport, nodeportlocal, cluster]
      address_family:
        description:
          - The members' address family. V(service) is the first family of the Service. V(both) means every
            family that the Service has.
        type: str
        choices: [service, ipv4, ipv6, both]
      terminating:
        description:
          - How to use Pods that are shutting down and still serve.
          - V(exclude) never uses them.
          - V(fallback) uses them only if no endpoint is ready, as kube-proxy does.
          - V(keep) uses them until they stop serving.
          - V(drain) gives them no new connections, and M(vks.bigip.publish) removes them only when their open
            connections are closed. If no endpoint is ready, they are used as with V(fallback). In mode
            V(nodeport), the members are nodes, and V(drain) means V(fallback).
        type: str
        choices: [exclude, fallback, keep, drain]
      node_label_selector:
        description:
          - In mode V(nodeport), use only nodes that match this label selector, in the syntax of C(kubectl get
            nodes -l).
        type: str
      node_address_type:
        description:
          - In mode V(nodeport), the type of node address to use.
        type: str
        choices: [InternalIP, ExternalIP]
      node_weight:
        description:
          - In mode V(nodeport) with C(externalTrafficPolicy) V(Local), V(endpoints) gives each node a ratio
            by its number of endpoints.
        type: str
        choices: [equal, endpoints]
      include_unschedulable:
        description:
          - In mode V(nodeport), also use cordoned nodes. They still forward traffic.
        type: bool
      exclude_nodes:
        description:
          - Names of nodes that get no traffic, in any mode. In the modes V(nodeportlocal) and V(cluster), the
            Pods on them are left out.
        type: list
        elements: str
      route_domain:
        description:
          - The BIG-IP route domain of the members. With V(2), the declaration contains V(192.0.2.1%2).
          - Without it, members are in the default route domain of their tenant.
        type: int
      wait_for_mappings:
        description:
          - In mode V(nodeportlocal), seconds to wait until Antrea has mapped every ready Pod. The module then
            reports the Pods without a mapping.
          - The module does not wait for a mapping that Antrea will not create, for example after an
            annotation that Antrea cannot read.
        type: float
      network_provider:
        description:
          - The network below the cluster. The module cannot always read it from the cluster. On NSX, BIG-IP
            cannot reach Pod addresses.
        type: str
        choices: [unknown, vsphere, nsx_t1, nsx_vpc]
      pod_network_routable:
        description:
          - The user states that BIG-IP can reach the Pods by their addresses.
          - If it is not V(true), M(vks.bigip.publish) compares the Pods of mode V(cluster) with the self IPs
            and the routes of BIG-IP, in the route domain of the pool. The default route does not count. A Pod
            without a path holds the tenant with the code V(pod_network_unreachable). M(vks.bigip.pod_routes)
            creates the routes.
          - V(true) omits this comparison, for example if a router on the default route knows the Pod network.
          - V(auto) chooses V(cluster) only if this is V(true), or if the task reads from BIG-IP that all Pods
            have a path.
        type: bool
      trust_npl_annotations:
        description:
          - In mode V(nodeportlocal), trust the annotations of Pods that the cluster does not confirm. A user
            who may edit a Pod of the Service can then choose any address and port, for example the kubelet's.
          - V(false) accepts only mappings to an address of the Pod's own node. The port must be in Antrea's
            default range (61000-62000) or in the configured range. The module reads the configured range only
            if a port is outside of the default range. V(false) needs the right to list Nodes, and it leaves
            out Pods with a C(hostPort).
          - V(true) also accepts mappings if the account may not read Nodes, and ports outside of the range.
            If Nodes are read, the address must still be one of the Pod's node. Loopback, link-local,
            multicast and other special addresses are never accepted.
        type: bool
  namespaces:
    description:
      - Without O(pools), the namespaces to read. Without this option, the whole cluster.
    type: list
    elements: str
  label_selector:
    description:
      - Without O(pools), only Services that match this label selector.
    type: str
  timeout:
    description:
      - The time limit of the task, in seconds.
    type: float
    default: 120
seealso:
  - module: vks.bigip.publish
"""

EXAMPLES = r"""
- name: List the members of one Service, one for each Pod
  vks.bigip.pool_members_info:
    pool_member_type: nodeportlocal
    pools:
      - service: {namespace: default, name: f5-hello-world, port: 8080}
  register: hello

- name: Show the endpoints that are left out, with the reason
  ansible.builtin.debug:
    msg: "{{ hello.pools[0].left_out | map(attribute='message') | list }}"

- name: List all Services in two namespaces that node ports can serve
  vks.bigip.pool_members_info:
    pool_member_type: nodeport
    namespaces: [shop, billing]
    node_label_selector: "!node-role.kubernetes.io/control-plane"
"""

RETURN = r"""
pools:
  description: The pools, in the order of O(pools), or by namespace, Service and port.
  returned: success
  type: list
  elements: dict
  contains:
    namespace:
      description: Namespace of the Service.
      type: str
    service:
      description: Name of the Service.
      type: str
    port:
      description: The Service's port.
      type: dict
      contains:
        name:
          description: Its name, V(null) if it has none.
          type: str
        number:
          description: Its number.
          type: int
        protocol:
          description: TCP, UDP or SCTP.
          type: str
    pool_member_type:
      description: The mode of the pool.
      type: str
      sample: nodeportlocal
    chosen_because:
      description: The reason for this mode.
      type: str
    health_check_node_port:
      description: The port on which each node reports if it has endpoints. Only in mode V(nodeport) with
        C(externalTrafficPolicy) V(Local).
      type: int
    route_domain:
      description: The value of O(route_domain). In AS3, the address of a member is V(address%route_domain).
      type: int
    members:
      description: Sorted numerically by address and port. Each address and port is listed once.
      type: list
      elements: dict
      contains:
        address:
          description: The address, without route domain and brackets.
          type: str
          sample: 198.18.0.11
        route_domain:
          description: The same as RV(pools[].route_domain).
          returned: when there is one
          type: int
        port:
          description: The port at that address.
          type: int
          sample: 61000
        node:
          description: The node of the member. V(null) if unknown.
          type: str
        pod:
          description: The Pod behind the member. V(null) in mode V(nodeport), and for an endpoint without a
            Pod.
          type: str
        ready:
          description: True if the endpoint is ready.
          type: bool
        serving:
          description: True if the endpoint serves.
          type: bool
        terminating:
          description: True if the Pod is shutting down.
          type: bool
        ratio:
          description: The AS3 ratio from O(node_weight). V(null) if all are equal.
          type: int
    left_out:
      description: The endpoints and nodes that are not members.
      type: list
      elements: dict
      contains:
        kind:
          description: V(Pod), V(Node), V(Endpoint) or V(EndpointSlice).
          type: str
        name:
          description: Its name.
          type: str
        node:
          description: Its node, if any.
          type: str
        reason:
          description: A stable word. docs/reasons.md lists all of them.
          type: str
          sample: not_ready
        message:
          description: The reason as a sentence, and the action to take.
          type: str
          sample: "Pod hello-x2x4z is not ready. Look at the Pod's readiness probe and events."
    warnings:
      description: Warnings about the whole pool.
      type: list
      elements: str
not_served:
  description: Without O(pools), the Service ports that the mode cannot serve, each with its reason.
  returned: success and O(pools) is left out
  type: list
  elements: dict
  sample: [{namespace: default, service: kubernetes, port: 443/TCP, reason: npl_no_selector, message: "..."}]
summary:
  description: Totals of all pools.
  returned: success
  type: dict
  contains:
    pools:
      description: The number of pools.
      type: int
    members:
      description: The number of members.
      type: int
    left_out:
      description: The number of endpoints and nodes left out, by reason.
      type: dict
    pool_member_types:
      description: The number of pools for each mode.
      type: dict
    requests:
      description: The number of requests sent to the API server.
      type: int
systems:
  description: The systems that answered this task. AAP counts those that the module can change
    as managed nodes.
  type: list
  returned: if a system answered
  elements: dict
  contains:
    kind:
      description: V(bigip) for a unit of BIG-IP, V(kubernetes) for the API server of a cluster
        or a Supervisor.
      type: str
      returned: always
    name:
      description: Its host, with the port if it is not 443.
      type: str
      returned: always
    url:
      description: Its URL, as the task used it.
      type: str
      returned: always
failure:
  description:
    - The failure as structured data.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_expired),
          V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large), V(kubernetes_tls),
          V(kubernetes_unreachable), V(kubernetes_timeout).
        - Services, pools and Secrets - V(service_missing), V(service_not_found), V(service_port_not_found),
          V(service_port_ambiguous), V(service_without_ports), V(external_name), V(address_family_missing),
          V(node_selector_invalid), V(nodeport_service_type), V(nodeport_headless), V(nodeport_not_allocated),
          V(npl_service_type), V(npl_no_selector), V(npl_not_annotated), V(npl_annotation_value),
          V(npl_protocol), V(auto_undecided), V(pools_failed).
        - The run - V(unexpected).
      type: str
      returned: always
    summary:
      description: The operation that failed.
      type: str
      returned: always
    message:
      description: The same text as RV(failure.summary). RV(ignore:msg) contains the whole message,
        with the answer and the remedy.
      type: str
      returned: always
    object:
      description: The affected object, a tenant, application or pool by its AS3 path, or a
        Service. V(null) if there is none.
      type: str
      returned: always
    said:
      description: The literal answer of the other system. V(null) if it did not answer.
      type: str
      returned: always
    response:
      description: The same text as RV(failure.said).
      type: str
      returned: always
    remedy:
      description: The action to take. V(null) if only the answer is known.
      type: str
      returned: always
    path:
      description: The position of the error, an AS3 path or a position in your input. V(null)
        if there is none.
      type: str
      returned: always
    input:
      description: The position in your input that corresponds to RV(failure.path). V(null)
        if there is none.
      type: str
      returned: always
    pools:
      description: Each of them, with the keys of RV(failure).
      type: list
      returned: if several pools failed
      elements: dict
"""

from typing import Any

from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._members.options import SOURCE_DEFAULTS, SOURCE_OPTIONS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **KUBERNETES_OPTIONS,
            **SOURCE_DEFAULTS,
            "pools": {"type": "list", "elements": "dict", "options": {**SOURCE_OPTIONS, "service": {**SOURCE_OPTIONS["service"], "required": True}}},
            "namespaces": {"type": "list", "elements": "str"},
            "label_selector": {"type": "str"},
            "timeout": {"type": "float", "default": 120},
        },
        mutually_exclusive=[("pools", "namespaces"), ("pools", "label_selector")],
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.pool_members_info import pool_members_info  # not before the arguments are known to be good

        return pool_members_info(module.params, module.warn)

    module.run(work)


if __name__ == "__main__":
    main()
