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
      - Where traffic goes.
      - V(nodeport), to the nodes, under the Service's node port.
      - V(nodeportlocal), to each Pod under its own port of its node, as Antrea NodePortLocal maps it.
        Antrea annotates a C(hostPort) of the Pod as its mapping, which O(trust_npl_annotations) admits. With C(hostIP) V(127.0.0.1), such a
        member never answers, and the metadata do not show it. Remove the C(hostIP), or the C(hostPort).
      - V(cluster), to the Pods' own addresses, which BIG-IP must have a route to.
      - V(auto), the best of the three that the cluster and the Service allow. Never a guess. While evidence is missing, a pool that is
        already published keeps its mode, a new one uses V(nodeport) if the Service has node ports, and else fails saying what is missing.
    type: str
    choices: [auto, nodeport, nodeportlocal, cluster]
    default: auto
  address_family:
    description:
      - The members' address family. V(service) is the first family of the Service. V(both) means every family that the Service has.
    type: str
    choices: [service, ipv4, ipv6, both]
    default: service
  terminating:
    description:
      - What to do with Pods that are shutting down and still serve.
      - V(exclude), never use them.
      - V(fallback), use them only if no ready endpoint is left, as kube-proxy does.
      - V(keep), use them until they stop serving.
    type: str
    choices: [exclude, fallback, keep]
    default: fallback
  node_label_selector:
    description:
      - In mode V(nodeport), only nodes that match this label selector, written as C(kubectl get nodes -l) takes it.
    type: str
  node_address_type:
    description:
      - In mode V(nodeport), which of a node's addresses.
    type: str
    choices: [InternalIP, ExternalIP]
    default: InternalIP
  node_weight:
    description:
      - In mode V(nodeport) with C(externalTrafficPolicy) V(Local), V(endpoints) gives each node a ratio by its number of endpoints.
    type: str
    choices: [equal, endpoints]
    default: equal
  include_unschedulable:
    description:
      - In mode V(nodeport), use cordoned nodes too. They still forward.
    type: bool
    default: true
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
    default: 0
  network_provider:
    description:
      - The network below the cluster, which the cluster itself does not always tell. On NSX, BIG-IP cannot reach Pod addresses.
    type: str
    choices: [unknown, vsphere, nsx_t1, nsx_vpc]
    default: unknown
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
    default: false
"""

    # For pools that are published: each has its own options, so that those of a task have no defaults.
    PUBLISHED: str = "".join(line for line in DOCUMENTATION.splitlines(keepends=True) if not line.startswith("    default:"))
