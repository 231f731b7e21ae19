#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/pool_members_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool_members_info
short_description: Which addresses BIG-IP can send traffic to for a Service, and why not the others
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads Services, EndpointSlices and, where a mode needs them, Nodes and Pods (their metadata only), and returns the members of each pool.
  - Everything that looks like a member and is none is returned too, with its reason and what to do about it.
  - The same state of the cluster always gives the same output. A read that fails, fails the task; it is never an empty pool.
extends_documentation_fragment:
  - vks.bigip.kubernetes
  - vks.bigip.pool_source
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_kubernetes
options:
  pools:
    description:
      - The pools, each with its Service. The other options of a pool default to those of the task.
      - Left out, every Service port that the mode can serve is one pool; see O(namespaces) and O(label_selector).
    type: list
    elements: dict
    suboptions:
      service:
        description:
          - The Service that stands behind the pool.
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
              - The Service's port, by number or by name; V(53/UDP) tells ports apart that share a number.
              - May be left out if the Service has only one.
            type: str
      pool_member_type:
        description:
          - Where traffic goes.
          - V(nodeport), to the nodes, under the Service's node port.
          - V(nodeportlocal), to each Pod under its own port of its node, as Antrea NodePortLocal maps it.
            Antrea annotates a C(hostPort) of the Pod as its mapping, which O(trust_npl_annotations) admits. With C(hostIP) V(127.0.0.1), such
            a member never answers, and the metadata do not show it. Remove the C(hostIP), or the C(hostPort).
          - V(cluster), to the Pods' own addresses, which BIG-IP must have a route to.
          - V(auto), the best of the three that the cluster and the Service allow. Never a guess. While evidence is missing, a pool that is
            already published keeps its mode, a new one uses V(nodeport) if the Service has node ports, and else fails saying what is missing.
        type: str
        choices: [auto, nodeport, nodeportlocal, cluster]
      address_family:
        description:
          - The members' address family. V(service) is the first family of the Service. V(both) means every family that the Service has.
        type: str
        choices: [service, ipv4, ipv6, both]
      terminating:
        description:
          - What to do with Pods that are shutting down and still serve.
          - V(exclude), never use them.
          - V(fallback), use them only if no ready endpoint is left, as kube-proxy does.
          - V(keep), use them until they stop serving.
        type: str
        choices: [exclude, fallback, keep]
      node_label_selector:
        description:
          - In mode V(nodeport), only nodes that match this label selector, written as C(kubectl get nodes -l) takes it.
        type: str
      node_address_type:
        description:
          - In mode V(nodeport), which of a node's addresses.
        type: str
        choices: [InternalIP, ExternalIP]
      node_weight:
        description:
          - In mode V(nodeport) with C(externalTrafficPolicy) V(Local), V(endpoints) gives each node a ratio by its number of endpoints.
        type: str
        choices: [equal, endpoints]
      include_unschedulable:
        description:
          - In mode V(nodeport), use cordoned nodes too. They still forward.
        type: bool
      exclude_nodes:
        description:
          - Names of nodes that get no traffic, in any mode. In modes V(nodeportlocal) and V(cluster) the Pods on them are left out.
        type: list
        elements: str
      route_domain:
        description:
          - The BIG-IP route domain that the members live in. V(2) makes AS3 see V(192.0.2.1%2).
          - Left out, members are in the default route domain of their tenant.
        type: int
      wait_for_mappings:
        description:
          - In mode V(nodeportlocal), how many seconds to wait until Antrea has mapped every ready Pod. What is still missing then is reported.
          - A gap that Antrea does not close is reported at once, for example an annotation that Antrea cannot read.
        type: float
      network_provider:
        description:
          - The network below the cluster, which the cluster itself does not always tell. On NSX, BIG-IP cannot reach Pod addresses.
        type: str
        choices: [unknown, vsphere, nsx_t1, nsx_vpc]
      pod_network_routable:
        description:
          - Whether BIG-IP has a route to the Pods' addresses. Without it, V(auto) does not choose V(cluster), unless BIG-IP itself is asked.
        type: bool
      trust_npl_annotations:
        description:
          - In mode V(nodeportlocal), believe the annotations of Pods where the cluster does not confirm them. A user who may edit a Pod of the
            Service then chooses the address and port of a member, for example the kubelet's.
          - V(false) takes only mappings to an address of the Pod's own node, and only with a port that Antrea gives to Pods. That is a port of
            Antrea's default range (61000-62000) or of the configured range, which is read only if a port is outside of the default one.
            So it needs the right to list Nodes, and it leaves out Pods with a C(hostPort).
          - V(true) also takes mappings where Nodes may not be read, and ports outside of the range. Where Nodes are read, the address still has to
            be one of the Pod's node. Loopback, link-local, multicast and other special addresses are never taken.
        type: bool
  namespaces:
    description:
      - Without O(pools), the namespaces to look into. Left out, the whole cluster.
    type: list
    elements: str
  label_selector:
    description:
      - Without O(pools), only Services that match this label selector.
    type: str
  timeout:
    description:
      - Seconds until the task gives up.
    type: float
    default: 120
seealso:
  - module: vks.bigip.publish
"""

EXAMPLES = r"""
- name: Members of one Service, one for each Pod
  vks.bigip.pool_members_info:
    pool_member_type: nodeportlocal
    pools:
      - service: {namespace: default, name: f5-hello-world, port: 8080}
  register: hello

- name: Show who is left out, and why
  ansible.builtin.debug:
    msg: "{{ hello.pools[0].left_out | map(attribute='message') | list }}"

- name: Everything in two namespaces that node ports can serve
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
      description: Why the pool has this mode.
      type: str
    health_check_node_port:
      description: With C(externalTrafficPolicy) V(Local) in mode V(nodeport), the port on which each node tells whether it has endpoints.
      type: int
    route_domain:
      description: The route domain asked for. AS3 takes a member's address as V(address%route_domain).
      type: int
    members:
      description: Sorted by address and port, numerically; no address and port twice.
      type: list
      elements: dict
      contains:
        address:
          description: Without route domain or brackets.
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
          description: The node that the member is on, V(null) if that is not known.
          type: str
        pod:
          description: The Pod behind the member; V(null) in mode V(nodeport), and where no Pod stands behind an endpoint.
          type: str
        ready:
          description: Whether the endpoint is ready.
          type: bool
        serving:
          description: Whether the endpoint serves.
          type: bool
        terminating:
          description: Whether the Pod is shutting down.
          type: bool
        ratio:
          description: The AS3 ratio by O(node_weight), V(null) if all are equal.
          type: int
    left_out:
      description: What looks like a member and is none.
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
          description: The node that it is on, if any.
          type: str
        reason:
          description: A stable word; docs/reasons.md lists them all.
          type: str
          sample: not_ready
        message:
          description: A sentence about it, and what to do.
          type: str
          sample: "Pod hello-x2x4z is not ready. Look at the Pod's readiness probe and events."
    warnings:
      description: What concerns the pool as a whole.
      type: list
      elements: str
not_served:
  description: Without O(pools), the Service ports that the mode cannot serve, each with its reason.
  returned: success and O(pools) is left out
  type: list
  elements: dict
  sample: [{namespace: default, service: kubernetes, port: 443/TCP, reason: npl_no_selector, message: "..."}]
summary:
  description: Numbers over all pools.
  returned: success
  type: dict
  contains:
    pools:
      description: How many pools.
      type: int
    members:
      description: How many members.
      type: int
    left_out:
      description: How many were left out, by reason.
      type: dict
    pool_member_types:
      description: How many pools have each mode.
      type: dict
    requests:
      description: How many requests were sent to the API server.
      type: int
failure:
  description:
    - The reason in parts, for programs.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - A stable word. The page docs/codes.md has the meaning and the action for each.
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
      description: What failed.
      type: str
      returned: always
    message:
      description: The same text as RV(failure.summary). RV(ignore:msg) holds the whole sentence,
        with the answer and the remedy.
      type: str
      returned: always
    object:
      description: The object concerned, a tenant, application or pool by its AS3 path, or a
        Service. V(null) if there is none.
      type: str
      returned: always
    said:
      description: The answer of the other system, word for word. V(null) if it did not answer.
      type: str
      returned: always
    response:
      description: The same text as RV(failure.said).
      type: str
      returned: always
    remedy:
      description: What to do now. V(null) if the answer is all that is known.
      type: str
      returned: always
    path:
      description: The place of the fault, an AS3 path or a place in your input. V(null) if
        there is none.
      type: str
      returned: always
    input:
      description: The place in your input that RV(failure.path) stands for. V(null) if there
        is none.
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
