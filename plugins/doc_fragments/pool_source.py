# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a pool's source that a task gives for all of its pools; see module_utils/_members/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  pool_member_type:
    description:
      - How BIG-IP reaches the Pods.
      - V(nodeport), by the node addresses and the Service's node port.
      - V(nodeportlocal), by a port of the Pod's node that Antrea NodePortLocal maps to the Pod. Antrea
        annotates a C(hostPort) of the Pod as its mapping, which O(trust_npl_annotations) allows. With
        C(hostIP) V(127.0.0.1), such a member never answers, and the metadata does not show it. Remove the
        C(hostIP), or the C(hostPort).
      - V(cluster), by the Pods' own addresses, to which BIG-IP must have a route.
      - V(auto), the best of the three that the cluster and the Service allow. It never guesses. If evidence
        is missing, a published pool keeps its mode, and a new pool uses V(nodeport) if the Service has node
        ports. Otherwise the pool fails, and the message names the missing evidence.
    type: str
    choices: [auto, nodeport, nodeportlocal, cluster]
    default: auto
  address_family:
    description:
      - The members' address family. V(service) is the first family of the Service. V(both) means every family
        that the Service has.
    type: str
    choices: [service, ipv4, ipv6, both]
    default: service
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
    default: fallback
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
    default: InternalIP
  node_weight:
    description:
      - In mode V(nodeport) with C(externalTrafficPolicy) V(Local), V(endpoints) gives each node a ratio by
        its number of endpoints.
    type: str
    choices: [equal, endpoints]
    default: equal
  include_unschedulable:
    description:
      - In mode V(nodeport), also use cordoned nodes. They still forward traffic.
    type: bool
    default: true
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
      - The module does not wait for a mapping that Antrea will not create, for example after an annotation
        that Antrea cannot read.
    type: float
    default: 0
  network_provider:
    description:
      - The network below the cluster. The module cannot always read it from the cluster. On NSX, BIG-IP
        cannot reach Pod addresses.
    type: str
    choices: [unknown, vsphere, nsx_t1, nsx_vpc]
    default: unknown
  pod_network_routable:
    description:
      - The user states that BIG-IP can reach the Pods by their addresses.
      - If it is not V(true), M(vks.bigip.publish) compares the Pods of mode V(cluster) with the self IPs and the
        routes of BIG-IP, in the route domain of the pool. The default route does not count. A Pod without a path
        holds the tenant with the code V(pod_network_unreachable). M(vks.bigip.pod_routes) creates the routes.
      - V(true) omits this comparison, for example if a router on the default route knows the Pod network.
      - V(auto) chooses V(cluster) only if this is V(true), or if the task reads from BIG-IP that all Pods have a
        path.
    type: bool
  trust_npl_annotations:
    description:
      - In mode V(nodeportlocal), trust the annotations of Pods that the cluster does not confirm. A user who
        may edit a Pod of the Service can then choose any address and port, for example the kubelet's.
      - V(false) accepts only mappings to an address of the Pod's own node. The port must be in Antrea's
        default range (61000-62000) or in the configured range. The module reads the configured range only if
        a port is outside of the default range. V(false) needs the right to list Nodes, and it leaves out Pods
        with a C(hostPort).
      - V(true) also accepts mappings if the account may not read Nodes, and ports outside of the range. If
        Nodes are read, the address must still be one of the Pod's node. Loopback, link-local, multicast and
        other special addresses are never accepted.
    type: bool
    default: false
"""

    # Published pools have their own options, so the options of a task have no defaults.
    PUBLISHED: str = "".join(line for line in DOCUMENTATION.splitlines(keepends=True) if not line.startswith("    default:"))
