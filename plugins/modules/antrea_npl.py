#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/antrea_npl.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: antrea_npl
short_description: Enable or disable Antrea NodePortLocal in a VKS cluster, and verify it
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Changes the setting in the object that owns it. Up to VKS 3.5, this is the AntreaConfig on the Supervisor,
    and from VKS 3.6 on the AddonConfig. If nothing manages Antrea, it is the ConfigMap that the agents mount.
  - The module finds the owner from the existing objects, never from a version. It writes an AddonConfig only
    at a path that the schema of its AddonConfigDefinition has. It never edits a ConfigMap that
    kapp-controller, Helm or another tool manages, because that tool would revert the edit. It refuses a
    change before it writes anything.
  - The module patches only the settings of NodePortLocal. In a ConfigMap, it keeps every other line byte for
    byte. It first sends a change to the Supervisor as a dry run. It refuses the change if the Supervisor
    would drop a part of it or change other settings too.
  - Then it waits until the cluster has the setting, and restarts the agents, which read it only when they
    start. If the DaemonSet has the update strategy OnDelete, as on VKS, it restarts them node by node.
    Otherwise it starts a rollout. It waits for each agent. The first agent that does not become ready stops
    the task.
  - A DaemonSet with the name of a CNI counts only in C(kube-system), C(calico-system), C(tigera-operator) and
    C(vmware-system-*). In another namespace it causes a warning.
  - Finally, it verifies that NodePortLocal runs, by the configuration, the start times of the agents, and
    their logs.
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_kubernetes
  - vks.bigip.kubernetes
  - vks.bigip.supervisor
attributes:
  check_mode:
    support: full
    details:
      - In check mode, the module only reads. So check mode does not show what the Supervisor itself would
        reject.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(restart_agents=always) each run restarts agents.
options:
  state:
    description:
      - V(enabled) enables NodePortLocal.
      - V(disabled) disables it. On the Supervisor, the module sets the feature gate, because VMware's package
        ignores C(enabled) set to false. Pods keep their mapping annotation until they are recreated, unless
        the annotation of their Service is removed first.
    type: str
    choices: [enabled, disabled]
    default: enabled
  port_range:
    description:
      - The ports of each node that Antrea gives to Pods, such as V(61000-62000). Without it, the range stays
        as it is.
      - A range with ports below 1024 is refused. So is a range that overlaps the default node ports
        (30000-32767) or ephemeral ports (32768-60999).
      - A new range gives Pods new ports. To lose no requests, change it node by node with O(nodes) and
        M(vks.bigip.publish). The role C(vks.bigip.antrea_npl) does this.
      - Not used with O(state=disabled).
    type: str
  restart_agents:
    description:
      - V(when_needed) restarts the agents that started before the configuration was changed.
      - V(always) restarts them all.
      - V(never) restarts none. RV(restart_needed) lists the nodes whose agents must be restarted.
    type: str
    choices: [never, when_needed, always]
    default: when_needed
  nodes:
    description:
      - Restart and verify only the agents on these nodes. The module restarts an agent by deleting its Pod.
    type: list
    elements: str
  services:
    description:
      - Services whose Pods Antrea should map. The module sets the annotation
        C(nodeportlocal.antrea.io/enabled), and a mark that it set it.
      - Services that Antrea would not map are refused, because of their type or a missing selector.
    type: list
    elements: dict
    default: []
    suboptions:
      namespace:
        description:
          - The namespace.
        type: str
        default: default
      name:
        description:
          - The name of one Service.
        type: str
      label_selector:
        description:
          - All Services of the namespace with these labels, in the syntax of C(kubectl get -l).
        type: str
  services_state:
    description:
      - V(present) annotates O(services).
      - V(absent) removes the annotation from those of O(services) that carry the mark of this module. Others
        stay as they are. O(state=disabled) always does this.
    type: str
    choices: [present, absent]
    default: present
  timeout:
    description:
      - The time limit of the task, in seconds. For one agent, the limit is 300 seconds.
    type: int
    default: 1800
seealso:
  - module: vks.bigip.cluster_info
  - module: vks.bigip.preflight_info
  - module: vks.bigip.pool_members_info
"""

EXAMPLES = r"""
- name: Enable NodePortLocal in a cluster where nothing manages Antrea
  vks.bigip.antrea_npl:
    state: enabled

- name: Enable NodePortLocal in a VKS cluster, with another range
  vks.bigip.antrea_npl:
    port_range: 61000-63000
    supervisor_kubeconfig: supervisor.kubeconfig
    supervisor_namespace: team-a
    cluster_name: shop

- name: Change the setting without a restart, and register the agents to restart
  vks.bigip.antrea_npl:
    restart_agents: never
  register: npl

- name: Restart the agent of one node
  vks.bigip.antrea_npl:
    nodes: "{{ npl.restart_needed[:1] }}"

- name: Let Antrea map one Service, and all Services of another team
  vks.bigip.antrea_npl:
    services:
      - name: f5-hello-world
      - namespace: shop
        label_selector: tier=web

- name: Stop the mapping of a Service
  vks.bigip.antrea_npl:
    services_state: absent
    services:
      - name: f5-hello-world

- name: Disable NodePortLocal
  vks.bigip.antrea_npl:
    state: disabled
"""

RETURN = r"""
owner:
  description:
    - The object that owns the setting. V(null) if the setting is already correct and the task has no access
      to the Supervisor.
  returned: success
  type: dict
  sample: {kind: AntreaConfig, name: team-a/shop-antrea-package}
settings:
  description: The values written to it, by path. Empty if nothing was written.
  returned: success
  type: dict
  sample: {nodePortLocal.enable: true}
npl:
  description: The state of NodePortLocal in the agents' ConfigMap. In check mode, the state before the
    change.
  returned: success
  type: dict
  contains:
    state:
      description: V(enabled), V(disabled), or V(unknown).
      type: str
    because:
      description: The setting that defines the state.
      type: str
    port_range:
      description: The range, if the ConfigMap sets it.
      type: str
    config_map:
      description: Namespace and name of the ConfigMap.
      type: str
agents:
  description: The agents by node.
  returned: success
  type: list
  elements: dict
  contains:
    node:
      description: The node.
      type: str
    pod:
      description: Namespace and name of the agent's Pod.
      type: str
    restarted:
      description: True if this task restarted it.
      type: bool
    npl_started:
      description: True if its log shows that NodePortLocal runs. V(null) if the log was not read or no longer
        shows it.
      type: bool
restarted:
  description: Nodes whose agents were restarted.
  returned: success
  type: list
  elements: str
restart_needed:
  description: Nodes whose agents must still be restarted to read the current configuration.
  returned: success
  type: list
  elements: str
proven:
  description: True if the configuration and every agent's start time and log verify that NodePortLocal runs.
  returned: success
  type: bool
not_proven_because:
  description: The parts of the verification that are missing.
  returned: success
  type: list
  elements: str
services:
  description: The action for each Service, V(annotate), V(unannotate) or V(none).
  returned: success
  type: list
  elements: dict
  sample: [{namespace: default, name: f5-hello-world, action: annotate}]
requests:
  description: The number of requests sent to both APIs.
  returned: success
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
    - Nothing was written, unless the code is V(npl_not_arrived), V(npl_agent_not_ready), V(npl_not_proven)
      or one of the connection.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options).
        - The API of Kubernetes - V(kubernetes_config), V(kubernetes_credential_plugin), V(kubernetes_library),
          V(kubernetes_unauthorized), V(kubernetes_forbidden), V(kubernetes_not_found), V(kubernetes_conflict),
          V(kubernetes_expired), V(kubernetes_error), V(kubernetes_not_json), V(kubernetes_too_large),
          V(kubernetes_tls), V(kubernetes_unreachable), V(kubernetes_timeout), V(supervisor_cluster_missing).
        - Services, pools and Secrets - V(service_not_found).
        - NodePortLocal - V(npl_no_antrea), V(npl_range), V(npl_nodes), V(npl_services), V(npl_managed),
          V(npl_owner_missing), V(npl_owner_unknown), V(npl_addon_schema), V(npl_addon_unbound),
          V(npl_side_effects), V(npl_paused), V(npl_text), V(npl_version), V(npl_not_arrived),
          V(npl_agent_not_ready), V(npl_not_proven).
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
"""

from typing import Any

from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._kube.supervisor_options import REQUIRED_BY, SUPERVISOR_OPTIONS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **KUBERNETES_OPTIONS,
            **SUPERVISOR_OPTIONS,
            "state": {"type": "str", "choices": ["enabled", "disabled"], "default": "enabled"},
            "port_range": {"type": "str"},
            "restart_agents": {"type": "str", "choices": ["never", "when_needed", "always"], "default": "when_needed"},
            "nodes": {"type": "list", "elements": "str"},
            "services": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {"namespace": {"type": "str", "default": "default"}, "name": {"type": "str"}, "label_selector": {"type": "str"}},
                "required_one_of": [("name", "label_selector")],
                "mutually_exclusive": [("name", "label_selector")],
            },
            "services_state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "timeout": {"type": "int", "default": 1800},
        },
        required_by=REQUIRED_BY,
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.antrea_npl import antrea_npl  # not before the arguments are known to be good

        return antrea_npl(module.params, module.check_mode, module.warn)

    module.run(work)


if __name__ == "__main__":
    main()
