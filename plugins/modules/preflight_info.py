#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/preflight_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight_info
short_description: Check that a VKS cluster and a BIG-IP fit together
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Checks the facts that it can read from the cluster, the Supervisor and BIG-IP. The result of each check is
    V(pass), V(fail), V(warn), V(unknown) or V(skipped), with the affected object and the action to take.
    docs/checks.md lists the checks.
  - A check without the necessary facts is V(unknown), never V(pass).
  - A failed check does not fail the task, see RV(passed). The task fails if the cluster, or a configured
    Supervisor or BIG-IP, does not answer.
extends_documentation_fragment:
  - vks.bigip.cis
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_both
  - vks.bigip.bigip
  - vks.bigip.kubernetes
  - vks.bigip.supervisor
options:
  pool_member_type:
    description:
      - The mode in which the cluster will be published.
      - V(auto) checks V(nodeportlocal) if Antrea's configuration enables it. Otherwise it checks V(cluster) if
        BIG-IP has routes to all Pod networks or O(pod_network_routable=true), but not on NSX. Else it checks
        V(nodeport).
    type: str
    choices: [auto, nodeport, nodeportlocal, cluster]
    default: auto
  checks:
    description:
      - Run only these checks, such as V(P03). V(P19) runs only if it is listed here.
    type: list
    elements: str
  skip:
    description:
      - Checks to skip.
    type: list
    elements: str
    default: []
  features:
    description:
      - The features of F5's CIS that will be used. A feature that F5 does not support in the mode fails the
        check.
    type: list
    elements: str
    choices: [ingress, crd, transportserver, multicluster]
    default: []
  allow_unvalidated:
    description:
      - Report combinations that F5 has not validated as warnings instead of failures. Combinations that
        cannot work still fail.
    type: bool
    default: false
  network_provider:
    description:
      - The network below the cluster, if the cluster and the Supervisor do not show it. It has precedence
        over the detected value.
    type: str
    choices: [unknown, vsphere, nsx_t1, nsx_vpc]
    default: unknown
  node_network_routable:
    description:
      - Set it to true if BIG-IP reaches the nodes although their subnet in an NSX VPC is not public.
    type: bool
  pod_network_routable:
    description:
      - In mode V(cluster), set it to true if BIG-IP reaches the Pods by a router that knows their network,
        although BIG-IP itself has no route to it.
    type: bool
  route_domain:
    description:
      - The BIG-IP route domain for the connections to nodes and Pods.
    type: int
    default: 0
  namespaces:
    description:
      - Check only Services in these namespaces. Without it, Services of the whole cluster.
      - Without it, a problem of P08 or P09 is a warning, because a user of any namespace can cause it.
    type: list
    elements: str
  label_selector:
    description:
      - Check only Services that match this label selector.
    type: str
  timeout:
    description:
      - The time limit of the task, in seconds.
    type: int
    default: 120
seealso:
  - module: vks.bigip.cluster_info
  - module: vks.bigip.pool_members_info
"""

EXAMPLES = r"""
- name: Check that the cluster can be published by NodePortLocal
  vks.bigip.preflight_info:
    pool_member_type: nodeportlocal
    network_provider: vsphere
  register: preflight

- name: Fail with the report
  ansible.builtin.assert:
    that: preflight.passed
    fail_msg: "{{ preflight.checks | selectattr('status', 'equalto', 'fail') | map(attribute='message') | join(' ') }}"

- name: Check the Supervisor and BIG-IP too, and skip one check
  vks.bigip.preflight_info:
    supervisor_kubeconfig: supervisor.kubeconfig
    supervisor_namespace: team-a
    cluster_name: shop
    skip: [P18]
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"

- name: Check that BIG-IP's monitors get answers from the nodes
  vks.bigip.preflight_info:
    checks: [P19]
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
"""

RETURN = r"""
checks:
  description: The checks, in their order.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Its name.
      type: str
      sample: P03
    title:
      description: Its subject.
      type: str
    status:
      description: V(pass), V(fail), V(warn), V(unknown) or V(skipped).
      type: str
    message:
      description: The problem, the affected object, and at the end the action to take.
      type: str
      sample: "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. ..."
    remedy:
      description: Only the action to take. Empty if there is none.
      type: str
    link:
      description: The source document of the rule, if it is public.
      type: str
passed:
  description: True if no check failed. Warnings and unknown results do not count.
  returned: success
  type: bool
report:
  description: The report as lines of text. Failed checks come first, with their messages.
  returned: success
  type: list
  elements: str
  sample:
    - "FAIL     P03  NodePortLocal is on"
    - "              NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. ..."
    - "pass     P01  The CNI is known"
    - "1 fail, 0 warn, 0 unknown, 1 pass, 35 skipped"
pool_member_type:
  description: The checked mode.
  returned: success
  type: str
chosen_because:
  description: The reason for this mode.
  returned: success
  type: str
summary:
  description: The number of checks with each status, and of requests sent to Kubernetes.
  returned: success
  type: dict
  sample: {pass: 9, fail: 1, warn: 1, unknown: 2, skipped: 15, requests: 12}
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
        - Options and libraries - V(options), V(library_missing).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_expired),
          V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large), V(kubernetes_tls),
          V(kubernetes_unreachable), V(kubernetes_timeout), V(supervisor_cluster_missing).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused).
        - AS3 - V(as3_refused).
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
from ..module_utils._cis.options import CIS_OPTIONS
from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._kube.supervisor_options import REQUIRED_BY, SUPERVISOR_OPTIONS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            **KUBERNETES_OPTIONS,
            **SUPERVISOR_OPTIONS,
            **CIS_OPTIONS,
            "pool_member_type": {"type": "str", "choices": ["auto", "nodeport", "nodeportlocal", "cluster"], "default": "auto"},
            "checks": {"type": "list", "elements": "str"},
            "skip": {"type": "list", "elements": "str", "default": []},
            "features": {"type": "list", "elements": "str", "choices": ["ingress", "crd", "transportserver", "multicluster"], "default": []},
            "allow_unvalidated": {"type": "bool", "default": False},
            "network_provider": {"type": "str", "choices": ["unknown", "vsphere", "nsx_t1", "nsx_vpc"], "default": "unknown"},
            "node_network_routable": {"type": "bool"},
            "pod_network_routable": {"type": "bool"},
            "route_domain": {"type": "int", "default": 0},
            "namespaces": {"type": "list", "elements": "str"},
            "label_selector": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
        },
        required_by=REQUIRED_BY,
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.preflight_info import preflight_info  # not before the arguments are known to be good

        return preflight_info(module.params, module.hide, module.warn)

    module.run(work)


if __name__ == "__main__":
    main()
