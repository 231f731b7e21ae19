#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/pool_status_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: pool_status_info
short_description: Read the state of pool members on BIG-IP, with the Pods behind them
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads the members of pools on BIG-IP with their monitor state, session and connections, and the expected
    members from the cluster. Reports for each pool the differences, the members that are down, and the most
    likely cause.
  - The module reads the Service of a pool from the mark that M(vks.bigip.publish) wrote. For a pool without a
    mark, it returns only the state on BIG-IP.
  - The mark also contains the options that defined the members at the last POST, such as
    O(node_label_selector), O(exclude_nodes) and O(terminating). The module uses them to compute the expected
    members. An option of the task has precedence over that of the mark, except O(pool_member_type=auto).
  - The mark does not contain O(trust_npl_annotations). Set it if the pool was published with it.
  - A mark of release 1.0.0 contains only the mode, until the next POST of its application. For these pools,
    set the same options as for M(vks.bigip.publish). Otherwise the module reports members as missing or
    unknown.
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_both
  - vks.bigip.bigip
  - vks.bigip.kubernetes
  - vks.bigip.pool_source.published
options:
  tenant:
    description:
      - Return only pools in these tenants, also those without a mark.
      - Without it and O(owner), the module returns all pools that M(vks.bigip.publish) published, of any
        owner.
    type: list
    elements: str
  application:
    description:
      - Return only pools of applications of this name.
    type: str
  pool:
    description:
      - Return only pools of this name.
    type: str
  owner:
    description:
      - Return only pools that this owner published, as in O(vks.bigip.publish#module:owner).
    type: str
  read_cluster:
    description:
      - Read the cluster. V(false) returns only the state on BIG-IP.
    type: bool
    default: true
  connections:
    description:
      - Read the connections of the members and the messages of the monitors. This takes one request to BIG-IP
        for each pool.
    type: bool
    default: true
  query:
    description:
      - A JMESPath expression for the result. With it, only RV(query_result) is returned.
    type: str
  timeout:
    description:
      - The time limit of the whole task, in seconds.
    type: int
    default: 120
requirements:
  - jmespath, for O(query)
seealso:
  - module: vks.bigip.pool_members_info
  - module: vks.bigip.publish
  - module: vks.bigip.as3_info
"""

EXAMPLES = r"""
- name: Read the status of the published pools
  vks.bigip.pool_status_info:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
  register: status

- name: Fail if a pool of one tenant differs from the cluster
  vks.bigip.pool_status_info:
    tenant: AS3
  register: status
  failed_when: status.summary.out_of_sync > 0

- name: Show the most likely cause for each member that is down
  vks.bigip.pool_status_info:
    tenant: AS3
    query: "pools[].down_on_bigip[].{address: address, pod: pod, where: where, message: message}"

- name: Read only the state on BIG-IP
  vks.bigip.pool_status_info:
    tenant: AS3
    read_cluster: false
"""

RETURN = r"""
pools:
  description: The pools, in the order of their names.
  returned: unless O(query) is given
  type: list
  elements: dict
  contains:
    tenant:
      description: The AS3 tenant.
      type: str
    application:
      description: The AS3 application.
      type: str
    pool:
      description: The pool's name.
      type: str
    owner:
      description: The owner of the application. V(null) if it has no mark.
      type: str
    service:
      description: The Service behind the pool as namespace/name:port/protocol. V(null) if no mark names one.
      type: str
      sample: default/f5-hello-world:8080/TCP
    pool_member_type:
      description: The mode with which it was published.
      type: str
    on_bigip:
      description: True if the pool exists on the device.
      type: bool
    in_sync:
      description: True if the pool's members are exactly those of the cluster. V(null) if the cluster was not
        read for it.
      type: bool
    members:
      description: The members on BIG-IP.
      type: list
      elements: dict
      contains:
        address:
          description: The address, with %ID in another route domain than the tenant's.
          type: str
        port:
          description: The port.
          type: int
        state:
          description: The state as BIG-IP reports it, such as V(up), V(down), V(user-down), V(checking),
            V(unchecked).
          type: str
        session:
          description: The state as BIG-IP reports it, such as V(monitor-enabled), V(user-enabled),
            V(user-disabled).
          type: str
        availability:
          description: V(available), V(unknown) (no monitor has reported) or V(offline).
          type: str
        ratio:
          description: The ratio.
          type: int
        priority_group:
          description: The priority group.
          type: int
        pod:
          description: The Pod behind it as namespace/name, if there is one.
          type: str
        node:
          description: The Node behind it.
          type: str
        ready:
          description: True if it is ready in the cluster.
          type: bool
        serving:
          description: True if it serves, according to the cluster.
          type: bool
        terminating:
          description: True if it is shutting down.
          type: bool
        current_connections:
          description: Open connections.
          type: int
        total_connections:
          description: Connections so far.
          type: int
        reason:
          description: BIG-IP's message about its state.
          type: str
        where:
          description: As in RV(pools[].down_on_bigip[].where).
          type: str
          returned: for members that are down or disabled
    missing_on_bigip:
      description: Endpoints of the cluster that should be members but are not.
      type: list
      elements: dict
    unknown_on_bigip:
      description: Members that are not in the cluster.
      type: list
      elements: dict
    down_on_bigip:
      description: Members that get no new connections.
      type: list
      elements: dict
      contains:
        address:
          description: The address.
          type: str
        port:
          description: The port.
          type: int
        where:
          description:
            - The most likely cause.
            - V(operator) if an operator or C(adminState) disabled it.
            - V(stale) if the cluster no longer contains it.
            - V(pod) if the Pod is not ready, or does not answer while other Pods of the node do.
            - V(route) if BIG-IP has no route to it.
            - V(node) if nothing on its node answers while other nodes do.
            - V(npl) if the node refuses the NodePortLocal port.
            - V(node_port) if the node refuses the node port.
            - V(monitor) if it answers, but not as the monitor expects.
            - V(firewall) if no member of the pool answers.
          type: str
        message:
          description: The known facts, and the next thing to check.
          type: str
    left_out:
      description: The endpoints and nodes of the cluster that are not members, as in
        M(vks.bigip.pool_members_info).
      type: list
      elements: dict
    message:
      description: A summary of the pool in one sentence.
      type: str
      sample: "/AS3/A1/pool: 1 of 2 members is up; 1 down, most likely pod: Pod default/web-1 is not ready in Kubernetes."
    failure:
      description: Why the cluster could not say what belongs in the pool, with the keys of RV(failure).
      type: dict
      returned: if it could not
summary:
  description: Totals of all pools.
  returned: unless O(query) is given
  type: dict
  contains:
    pools:
      description: The number of pools.
      type: int
    members:
      description: The number of members on BIG-IP.
      type: int
    available:
      description: The number of available members.
      type: int
    unknown:
      description: The number of members without a monitor result.
      type: int
    offline:
      description: The number of offline members.
      type: int
    out_of_sync:
      description: The number of pools that differ from the cluster.
      type: int
query_result:
  description: The result of O(query). V(null) if nothing matches.
  returned: if O(query) is given
  type: raw
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
        - Options and libraries - V(options), V(query_invalid), V(library_missing).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_expired),
          V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large), V(kubernetes_tls),
          V(kubernetes_unreachable), V(kubernetes_timeout).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused).
        - AS3 - V(as3_missing), V(as3_refused), V(as3_unreadable).
        - Services, pools and Secrets - V(service_not_found), V(service_port_not_found), V(service_port_ambiguous),
          V(service_without_ports), V(external_name), V(address_family_missing), V(node_selector_invalid),
          V(nodeport_service_type), V(nodeport_headless), V(nodeport_not_allocated), V(npl_service_type),
          V(npl_no_selector), V(npl_not_annotated), V(npl_annotation_value), V(npl_protocol),
          V(auto_undecided).
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
from ..module_utils._members.options import SOURCE_WITHOUT_DEFAULTS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            **KUBERNETES_OPTIONS,
            **SOURCE_WITHOUT_DEFAULTS,
            "tenant": {"type": "list", "elements": "str"},
            "application": {"type": "str"},
            "pool": {"type": "str"},
            "owner": {"type": "str"},
            "read_cluster": {"type": "bool", "default": True},
            "connections": {"type": "bool", "default": True},
            "query": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.pool_status_info import pool_status  # not before the arguments are known to be good

        return pool_status(module.params, module.hide, module.masker, module.warn)

    module.run(work)


if __name__ == "__main__":
    main()
