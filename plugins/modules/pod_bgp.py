#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/pod_bgp.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pod_bgp
short_description: Manage BGP between the nodes of a cluster and BIG-IP
version_added: 1.1.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Configures BGP on both sides, so BIG-IP learns the routes to the addresses of Pods. The mode V(cluster)
    of M(vks.bigip.publish) needs such a path. M(vks.bigip.pod_routes) creates static routes instead.
  - On BIG-IP, each node is a neighbor on each unit of O(provider.server). The module writes the neighbors
    one by one, and never uses peer groups. Their description marks the owner. A neighbor of another owner, or
    without a mark, is never changed.
  - In a cluster with Calico, the module creates a BGPPeer for the own self IP of each unit. It uses
    C(crd.projectcalico.org/v1), or C(projectcalico.org/v3) if the cluster has only that. In a cluster with
    Antrea, it creates a BGPPolicy.
  - An existing BGPConfiguration is never changed. Without one, the module creates it only if O(as_number) is
    not 64512.
  - The module reads both sides first. If a part cannot be read, it changes nothing.
  - A node that is not ready keeps its neighbor. With O(prune), the neighbor of a node that no longer exists is
    removed.
  - Calico reports the sessions in a CalicoNodeStatus for each node. The module creates those that are missing,
    and keeps them. It waits until all sessions of the nodes that are ready are established.
  - Antrea has no such report. There, the task does not wait, and the result RV(established) is V(null).
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_both
  - vks.bigip.bigip
  - vks.bigip.kubernetes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: No difference contains a password.
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates the sessions.
      - V(absent) removes the neighbors and objects of the owner on both sides. It removes the BGP instance if
        this module created it and no neighbor of others is in it. If O(owner) is set and the cluster does not
        answer, only BIG-IP is changed, and the task warns.
    type: str
    choices: [present, absent]
    default: present
  mode:
    description:
      - V(tmos) configures BIG-IP in TMOS mode, under C(/mgmt/tm/net/routing/bgp).
      - V(external) changes nothing on BIG-IP. RV(imish_config) has the configuration for you to apply. If O(peers)
        is set, the module does not connect to BIG-IP.
      - BIG-IP does not mix both ways in a route domain. V(tmos) is refused if C(routingProtocol) of the route
        domain has BGP.
    type: str
    choices: [tmos, external]
    default: tmos
  as_number:
    description:
      - The AS number of the nodes. Default is that of the BGPConfiguration in the cluster, otherwise V(64512).
      - Another number than that of an existing BGPConfiguration is refused, because a new number ends all
        sessions of the nodes.
      - If a node has its own number (annotation C(projectcalico.org/ASNumber)), its neighbor has that one.
    type: int
  bigip_as_number:
    description:
      - The AS number of BIG-IP. Default is that of the BGP instance in O(route_domain), otherwise that of the nodes.
      - BIG-IP cannot change the number of an instance. So another number than that of an existing one is refused.
    type: int
  peers:
    description:
      - The self IPs with which the nodes open sessions, one of each unit. A floating self IP is refused, because it
        moves to the other unit.
      - Default is the self IP of each unit that does not float and is in the network of the nodes.
    type: list
    elements: str
  password:
    description:
      - The password of the BGP sessions. It has at most 80 visible characters, and no blank.
      - In the cluster, it is in a Secret in the namespace of the CNI. With Calico, a Role and a RoleBinding let its
        agents read this Secret. Antrea cannot have a password for an IPv6 peer.
      - This module does not use the option of the same name of other modules. It does not sign in to
        Kubernetes with a password, and refuses O(username).
    type: str
  username:
    description:
      - Not supported, see O(password).
    type: str
  enable_tmos_routing:
    description:
      - Set the database variable C(tmrouted.tmos.routing) of BIG-IP to C(enable), if it is off. It applies to all
        route domains. O(state=absent) does not reset it.
      - Refused if C(routingProtocol) of any route domain has BGP.
    type: bool
    default: false
  partition:
    description:
      - The partition of the BGP instance, if O(route_domain) has none yet. Use V(Common), because an object in the
        partition of an AS3 tenant can block the removal of this tenant.
    type: str
    default: Common
  route_domain:
    description:
      - The route domain of the sessions.
    type: int
    default: 0
  node_network:
    description:
      - The network of the nodes in which BIG-IP has its self IPs, such as V(10.0.0.0/16). It chooses the
        address of a node that has several of type InternalIP, and the self IP of a unit that has several.
        With Calico, the address that Calico uses precedes.
      - For nodes with both address families, give one network for each family that needs the choice.
    type: list
    elements: str
  owner:
    description:
      - The owner of the neighbors and of the objects in the cluster. Only those of this owner are changed or
        removed.
      - Default is the UID of the cluster, as in M(vks.bigip.publish). If it cannot be read, set this option.
      - If several BIG-IPs peer with one cluster, give each its own owner.
      - An empty value is refused with O(state=absent).
    type: str
  cluster_name:
    description:
      - A name of the cluster, for the description of the neighbors.
      - If two clusters have the same O(owner), give each a name. Then neither removes the neighbors of the
        other.
    type: str
  exclude_nodes:
    description:
      - Nodes that get no session. With O(prune), the module removes the neighbors that they have.
    type: list
    elements: str
  max_removed_percent:
    description:
      - The run fails if it would remove more percent of the owner's neighbors of a unit. It protects against a
        cluster that does not have its nodes for a moment.
      - Not used with O(state=absent).
    type: int
    default: 50
  prune:
    description:
      - Remove neighbors of the owner for nodes that the cluster does not have any more, and its objects that are
        not needed any more.
    type: bool
    default: true
  sync_to_group:
    description:
      - The device group, such as V(/Common/failover-group), to which BIG-IP synchronizes its configuration
        after a change. The task fails if the units are not in sync then.
    type: str
  save:
    description:
      - Save the configuration of each unit that was changed. Otherwise a restart of BIG-IP loses the change.
    type: bool
    default: true
  wait:
    description:
      - Wait until the sessions are established, at most until O(timeout), and fail if they are not.
      - Default is V(true) with O(mode=tmos), and V(false) with O(mode=external).
    type: bool
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for a BIG-IP that is busy or
        restarting, and for the sessions.
    type: int
    default: 300
seealso:
  - module: vks.bigip.pod_routes
  - module: vks.bigip.publish
  - module: vks.bigip.cluster_info
"""

EXAMPLES = r"""
- name: Create the sessions between Calico and a BIG-IP
  vks.bigip.pod_bgp:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    bigip_as_number: 64513
    enable_tmos_routing: true

- name: Create sessions with a password on both units of a pair
  vks.bigip.pod_bgp:
    provider:
      server: [bigip1.example.com, bigip2.example.com]
      user: admin
      password: "{{ bigip_password }}"
    bigip_as_number: 64513
    enable_tmos_routing: true
    node_network: 198.18.0.0/16
    password: "{{ bgp_password }}"

- name: Configure the cluster only, and show the lines for imish
  vks.bigip.pod_bgp:
    mode: external
    bigip_as_number: 64513
    peers: [198.18.255.251, 198.18.255.252]
  register: bgp

- name: Remove all sessions of the cluster
  vks.bigip.pod_bgp:
    provider:
      server: [bigip1.example.com, bigip2.example.com]
      user: admin
      password: "{{ bigip_password }}"
    state: absent
"""

RETURN = r"""
owner:
  description: The owner of the neighbors and objects.
  returned: success
  type: str
  sample: 6bd4ba2c-7a0f-4b62-a3b0-5ad5e6b0a3c8
cni:
  description: The CNI of the cluster, V(calico) or V(antrea). V(null) if nothing was read from the cluster.
  returned: success
  type: str
  sample: calico
as_number:
  description: The AS number of the nodes.
  returned: with O(state=present)
  type: int
  sample: 64512
bigip_as_number:
  description: The AS number of BIG-IP.
  returned: with O(state=present)
  type: int
  sample: 64513
peers:
  description: The self IPs with which the nodes open sessions, each with its unit. The unit is V(null) if no unit
    that was read has the address.
  returned: with O(state=present)
  type: list
  elements: dict
  sample:
    - {address: 198.18.255.251, unit: bigip1.example.com}
neighbors:
  description: The neighbors of the owner on each unit, and the neighbors of others that the cluster uses.
  returned: success
  type: list
  elements: dict
  contains:
    unit:
      description: The unit of BIG-IP.
      type: str
    address:
      description: The address of the node.
      type: str
    node:
      description: The node.
      type: str
    remote_as:
      description: The AS number of the node. V(null) if a peer group has it.
      type: int
    action:
      description: V(added), V(changed), V(kept) or V(removed). V(foreign) is a neighbor of another owner with
        the same AS number. It counts as present. V(failed) is a change that BIG-IP did not carry out.
      type: str
  sample:
    - {unit: bigip1.example.com, address: 198.18.0.3, node: n3, remote_as: 64512, action: added}
instances:
  description: The BGP instance of each unit, with the action V(added), V(kept) or V(removed).
  returned: success
  type: list
  elements: dict
  sample:
    - {unit: bigip1.example.com, name: /Common/vks-bgp, action: kept}
objects:
  description: The objects in the cluster, with the action V(created), V(changed), V(kept), V(removed) or V(failed).
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: BGPPeer, name: vks-bgp-6bd4ba2c-198.18.255.251, action: created}
sessions:
  description: The sessions that Calico reports. The state V(unknown) is a session without a recent report.
  returned: with O(state=present)
  type: list
  elements: dict
  contains:
    node:
      description: The node.
      type: str
    peer:
      description: The self IP of BIG-IP.
      type: str
    unit:
      description: The unit with this self IP.
      type: str
    state:
      description: The state of BGP, such as V(Established), V(Active) or V(Idle).
      type: str
  sample:
    - {node: n3, peer: 198.18.255.251, unit: bigip1.example.com, state: Established}
established:
  description: True if all sessions of the nodes that are ready are established. V(null) if the cluster has no
    report of sessions.
  returned: with O(state=present)
  type: bool
imish_config:
  description: The lines of the configuration for C(imish) on each unit, without the password.
  returned: with O(mode=external) and O(state=present)
  type: list
  elements: str
  sample:
    - router bgp 64513
    - " neighbor 198.18.0.3 remote-as 64512"
    - " neighbor 198.18.0.3 description vks.bigip node=n3"
counts:
  description: The number of neighbors by action. C(stale) counts neighbors and objects that O(prune) would remove,
    and C(objects_written) the changes of objects in the cluster.
  returned: success
  type: dict
  sample: {added: 1, changed: 0, kept: 2, removed: 0, foreign: 0, failed: 0, stale: 0, objects_written: 2}
diff:
  description: The neighbors, instances and objects that differ. No password is in it.
  returned: success
  type: dict
nodes_not_ready:
  description: The nodes that are not ready. They keep their neighbors, and the task does not wait for them.
  returned: with O(state=present)
  type: list
  elements: str
saved:
  description: True if this task saved the configuration of each unit that it changed.
  returned: success
  type: bool
sync:
  description: The config-sync status of BIG-IP.
  returned: after a change, and with O(sync_to_group)
  type: dict
  contains:
    mode:
      description: The mode of the unit, such as V(high-availability) or V(standalone).
      type: str
    status:
      description: The status, such as V(In Sync) or V(Changes Pending).
      type: str
    summary:
      description: BIG-IP's message about the status.
      type: str
requests:
  description: The number of requests to each system.
  returned: success
  type: dict
  sample: {bigip: 8, kubernetes: 8}
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
    - C(in_place) lists the neighbors and objects that were changed before the failure, and
      C(saved) is true if BIG-IP saved its part. Without C(in_place), nothing was changed.
    - With the code V(bgp_not_established), C(sessions) lists the sessions that are not established.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options), V(owner_required), V(library_missing).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_conflict),
          V(kubernetes_expired), V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large),
          V(kubernetes_tls), V(kubernetes_unreachable), V(kubernetes_timeout).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused), V(bigip_no_answer).
        - Rules of publishing - V(max_removed_percent).
        - Static routes - V(read_incomplete), V(gateway_not_connected), V(save_failed), V(sync_failed).
        - BGP - V(bgp_cni_unsupported), V(bgp_mode_mixed), V(tmos_routing_off), V(as_number_conflict),
          V(bgp_neighbor_conflict), V(bgp_object_conflict), V(bgp_policy_gate_off), V(bgp_not_established).
        - The run - V(timeout), V(unexpected).
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
"""

from typing import Any

from ..module_utils._bigip.options import ARGUMENT_SPEC
from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            **KUBERNETES_OPTIONS,
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "mode": {"type": "str", "choices": ["tmos", "external"], "default": "tmos"},
            "as_number": {"type": "int"},
            "bigip_as_number": {"type": "int"},
            "peers": {"type": "list", "elements": "str"},
            "password": {"type": "str", "no_log": True},
            "enable_tmos_routing": {"type": "bool", "default": False},
            "partition": {"type": "str", "default": "Common"},
            "route_domain": {"type": "int", "default": 0},
            "node_network": {"type": "list", "elements": "str"},
            "owner": {"type": "str"},
            "cluster_name": {"type": "str"},
            "exclude_nodes": {"type": "list", "elements": "str"},
            "max_removed_percent": {"type": "int", "default": 50},
            "prune": {"type": "bool", "default": True},
            "sync_to_group": {"type": "str"},
            "save": {"type": "bool", "default": True},
            "wait": {"type": "bool"},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.pod_bgp import pod_bgp  # not before the arguments are known to be good

        return pod_bgp(module.params, module.emptied, module.check_mode, module.hide)

    module.run(work)


if __name__ == "__main__":
    main()
