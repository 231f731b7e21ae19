#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/pod_routes.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pod_routes
short_description: Manage static routes from BIG-IP to the Pod network of a cluster
version_added: 1.1.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Creates, changes and removes the static routes on which BIG-IP reaches the addresses of Pods. The mode
    V(cluster) of M(vks.bigip.publish) needs such a path.
  - Each node is the gateway of its own Pod networks. The module supports CNIs that use C(spec.podCIDRs) of
    the nodes, such as Antrea, and Calico's IPAM.
  - The module reads the whole cluster first. If a part cannot be read, it changes nothing.
  - A node that is not ready keeps its routes. With O(prune), a node that no longer exists loses them.
  - The description of a route marks its owner. A route of another owner, or without a mark, is never changed.
  - A new gateway changes the route in place. Several changes are one transaction of at most about 100
    changes. BIG-IP carries out a transaction as a whole, or not at all.
  - Before it changes a route, the module checks that each unit of O(provider.server) has a self IP in the
    network of the gateway.
  - Then it saves the configuration, and synchronises it to O(sync_to_group).
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
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) creates and changes the routes to the Pod network.
      - V(absent) removes all routes of the owner in O(partition) and O(route_domain). It reads from
        Kubernetes at most the UID of the cluster, if O(owner) is not set.
    type: str
    choices: [present, absent]
    default: present
  source:
    description:
      - V(node_cidr) creates a route for each network in C(spec.podCIDRs) of a node.
      - V(calico) creates a route for each block of Calico's IPAM whose affinity to a node is confirmed. It
        reads C(crd.projectcalico.org/v1), and C(projectcalico.org/v3) if v1 has no block. A Pod behind a
        Service gets a route of its own if its address belongs to a block of another node.
      - V(auto) chooses V(calico) if Calico has confirmed blocks, and Pods of the platform have addresses of
        its IPPools. Otherwise it chooses V(node_cidr). RV(chosen_because) returns the reason.
      - Addresses of AntreaIPAM are outside of C(spec.podCIDRs). They get no route, and RV(not_routed) lists
        them.
    type: str
    choices: [auto, node_cidr, calico]
    default: auto
  partition:
    description:
      - The partition of the routes. Use V(Common), because a route in the partition of an AS3 tenant can
        block the removal of this tenant.
    type: str
    default: Common
  route_domain:
    description:
      - The route domain of the networks and gateways.
    type: int
    default: 0
  node_network:
    description:
      - The network of the nodes in which BIG-IP has its self IPs, such as V(10.0.0.0/16). It chooses the
        gateway of a node that has several addresses of type InternalIP.
      - For nodes with both address families, give one network for each family that needs the choice.
    type: list
    elements: str
  owner:
    description:
      - The owner of the routes. Only routes of this owner are changed or removed.
      - Default is the UID of the cluster, as in M(vks.bigip.publish). If it cannot be read, set this option.
      - An empty value is refused with O(state=absent).
    type: str
  cluster_name:
    description:
      - A name of the cluster, for the description of the routes.
      - If two clusters have the same O(owner), give each a name. Then neither removes the routes of the
        other.
    type: str
  exclude_nodes:
    description:
      - Nodes that get no routes. With O(prune), the module removes the routes that they have.
    type: list
    elements: str
  name_prefix:
    description:
      - The beginning of the names of new routes, as in V(vks-a1b2c3d4-10.244.3.0_24). The first 8 characters
        of the owner follow, and the network. The colons of IPv6 are written as C(-). The names of routes
        beside route domain 0 end with it, as in V(_rd2).
    type: str
    default: vks
  max_removed_percent:
    description:
      - The run fails if it would remove more percent of the owner's routes. It protects against a cluster
        that does not have its nodes for a moment.
      - Not used with O(state=absent).
    type: int
    default: 50
  prune:
    description:
      - Remove routes of the owner to networks that the cluster does not have any more.
    type: bool
    default: true
  sync_to_group:
    description:
      - The device group, such as V(/Common/failover-group), to which BIG-IP synchronizes its configuration
        after a change. The task fails if the units are not in sync then.
    type: str
  save:
    description:
      - Save the configuration after a change. Otherwise a restart of BIG-IP loses the change.
    type: bool
    default: true
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for a BIG-IP that is busy or
        restarting.
    type: int
    default: 300
seealso:
  - module: vks.bigip.publish
  - module: vks.bigip.cluster_info
"""

EXAMPLES = r"""
- name: Create the routes to the Pods of a cluster
  vks.bigip.pod_routes:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    cluster_name: shop

- name: Create the routes on both units of a pair, for nodes with two networks
  vks.bigip.pod_routes:
    provider:
      server: [bigip1.example.com, bigip2.example.com]
      user: admin
      password: "{{ bigip_password }}"
    node_network: 198.18.0.0/16
    sync_to_group: /Common/failover-group

- name: Only add routes, before an application is published
  vks.bigip.pod_routes:
    source: calico
    prune: false

- name: Remove all routes of the cluster
  vks.bigip.pod_routes:
    state: absent
"""

RETURN = r"""
owner:
  description: The owner of the routes.
  returned: success
  type: str
  sample: 6bd4ba2c-7a0f-4b62-a3b0-5ad5e6b0a3c8
source:
  description: The source of the routes, V(node_cidr) or V(calico).
  returned: with O(state=present)
  type: str
  sample: calico
chosen_because:
  description: The reason for the source.
  returned: with O(state=present)
  type: str
routes:
  description: The routes of the owner, and the routes of others that the cluster uses.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the route.
      type: str
    network:
      description: The Pod network, without the route domain.
      type: str
    gateway:
      description: The address of the node. V(null) if the route leads to no gateway.
      type: str
    node:
      description: The node.
      type: str
    action:
      description: V(added), V(changed), V(kept) or V(removed). V(foreign) is a route of another owner that
        leads to the same gateway. It counts as present. V(failed) is a change that BIG-IP did not carry out.
      type: str
  sample:
    - {name: vks-6bd4ba2c-10.244.3.0_24, network: 10.244.3.0/24, gateway: 198.18.0.3, node: n3, action: added}
counts:
  description: The number of routes by action. C(stale) counts routes that O(prune) would remove, and
    C(not_routed) the Pods behind Services whose address is in none of the networks.
  returned: success
  type: dict
  sample: {added: 1, changed: 0, kept: 2, removed: 0, foreign: 0, failed: 0, stale: 0, not_routed: 0}
diff:
  description: The routes that differ, by name, each with network, gateway, node and description.
  returned: success
  type: dict
nodes_not_ready:
  description: The nodes that are not ready. They keep their routes.
  returned: with O(state=present)
  type: list
  elements: str
not_routed:
  description: Pods behind Services whose address is in none of the networks, such as those of AntreaIPAM. At
    most 50 are listed.
  returned: with O(state=present)
  type: list
  elements: dict
  contains:
    address:
      description: The address of the Pod.
      type: str
    pod:
      description: Namespace and name.
      type: str
    node:
      description: The node.
      type: str
saved:
  description: True if this task saved the configuration of BIG-IP.
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
  sample: {bigip: 4, kubernetes: 5}
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
    - C(in_place) lists the routes that were changed before the failure, and C(saved) is true
      if they were saved too. Without C(in_place), nothing was changed.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options), V(owner_required), V(library_missing).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_not_json), V(kubernetes_tls), V(kubernetes_unreachable),
          V(kubernetes_timeout).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused), V(bigip_no_answer).
        - Rules of publishing - V(max_removed_percent).
        - Static routes - V(read_incomplete), V(source_undecided), V(route_conflict), V(pod_cidr_overlap),
          V(gateway_not_connected), V(save_failed), V(sync_failed).
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
            "source": {"type": "str", "choices": ["auto", "node_cidr", "calico"], "default": "auto"},
            "partition": {"type": "str", "default": "Common"},
            "route_domain": {"type": "int", "default": 0},
            "node_network": {"type": "list", "elements": "str"},
            "owner": {"type": "str"},
            "cluster_name": {"type": "str"},
            "exclude_nodes": {"type": "list", "elements": "str"},
            "name_prefix": {"type": "str", "default": "vks"},
            "max_removed_percent": {"type": "int", "default": 50},
            "prune": {"type": "bool", "default": True},
            "sync_to_group": {"type": "str"},
            "save": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 300},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.pod_routes import pod_routes  # not before the arguments are known to be good

        return pod_routes(module.params, module.emptied, module.check_mode, module.hide, module.warn)

    module.run(work)


if __name__ == "__main__":
    main()
