#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/antrea_npl.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: antrea_npl
short_description: Switch Antrea NodePortLocal of a VKS cluster on or off, and prove it
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Changes the setting in the object that owns it. Up to VKS 3.5 that is the AntreaConfig on the Supervisor, from VKS 3.6 on the AddonConfig, and
    where nothing manages Antrea it is the ConfigMap that the agents mount.
  - Which object owns the setting is told by the objects that are there, never by a version. An AddonConfig is only written at a path that the schema
    of its AddonConfigDefinition has. A ConfigMap that kapp-controller, Helm or others manage is never edited, because the edit would be reverted.
    Whatever is refused is refused before anything is written.
  - Only the settings of NodePortLocal are patched. In a ConfigMap every other line stays byte for byte. A change on the Supervisor is first tried there
    (dry run), and refused if the Supervisor would drop a part of it or change other settings beside it.
  - Then it waits until the setting has arrived in the cluster, and restarts the agents, which read it only when they start. One node after the other where
    the DaemonSet says OnDelete, as VKS does, and by a rollout where it does not; each agent is waited for, and the first one that does not come back stops
    the task.
  - A DaemonSet that looks like a CNI's counts only in C(kube-system), C(calico-system), C(tigera-operator) and C(vmware-system-*). Elsewhere it causes
    a warning.
  - At last it proves that NodePortLocal runs, by the configuration, the agents' start and the agents' logs.
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_kubernetes
  - vks.bigip.kubernetes
  - vks.bigip.supervisor
attributes:
  check_mode:
    support: full
    details:
      - In check mode nothing is sent but reads, so that what the Supervisor itself would refuse is not foretold.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - With O(restart_agents=always) each run restarts agents.
options:
  state:
    description:
      - V(enabled) switches NodePortLocal on.
      - V(disabled) switches it off. On the Supervisor the feature gate is used for that, because VMware's package ignores C(enabled) set to false.
        Mappings that Pods carry as an annotation stay until the Pods are made anew, unless the annotation of their Service goes before.
    type: str
    choices: [enabled, disabled]
    default: enabled
  port_range:
    description:
      - The ports of each node that are given to Pods, as V(61000-62000). Left out, the range stays as it is.
      - A range with ports below 1024, or one that overlaps the default range of node ports (30000-32767) or of ephemeral ports (32768-60999), is refused.
      - A new range gives Pods new ports. O(nodes) together with M(vks.bigip.publish) changes it without losing requests, as the role
        C(vks.bigip.antrea_npl) does.
      - Not used with O(state=disabled).
    type: str
  restart_agents:
    description:
      - V(when_needed) restarts the agents that started before the configuration was changed.
      - V(always) restarts them all.
      - V(never) restarts none. RV(restart_needed) tells which agents have to.
    type: str
    choices: [never, when_needed, always]
    default: when_needed
  nodes:
    description:
      - Only the agents on these nodes are restarted, each by deleting its Pod, and only they are proven.
    type: list
    elements: str
  services:
    description:
      - Services whose Pods Antrea is to map. They get the annotation C(nodeportlocal.antrea.io/enabled), and a mark that says who set it.
      - Services that Antrea would not map, because of their type or because they have no selector, are refused.
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
          - All Services of the namespace with these labels, written as C(kubectl get -l) takes it.
        type: str
  services_state:
    description:
      - V(present) annotates O(services).
      - V(absent) takes the annotation away from those of O(services) that carry the mark of this module. Others stay as they are. It is always so with
        O(state=disabled).
    type: str
    choices: [present, absent]
    default: present
  timeout:
    description:
      - Seconds until the task gives up. An agent may take 300 of them to be ready again.
    type: int
    default: 1800
seealso:
  - module: vks.bigip.cluster_info
  - module: vks.bigip.preflight_info
  - module: vks.bigip.pool_members_info
"""

EXAMPLES = r"""
- name: Switch NodePortLocal on where nothing manages Antrea
  vks.bigip.antrea_npl:
    state: enabled

- name: In a cluster of VKS, with another range
  vks.bigip.antrea_npl:
    port_range: 61000-63000
    supervisor_kubeconfig: supervisor.kubeconfig
    supervisor_namespace: team-a
    cluster_name: shop

- name: Change the setting, and see which agents have to restart
  vks.bigip.antrea_npl:
    restart_agents: never
  register: npl

- name: Restart one of them
  vks.bigip.antrea_npl:
    nodes: "{{ npl.restart_needed[:1] }}"

- name: Let Antrea map a Service and all of another team
  vks.bigip.antrea_npl:
    services:
      - name: f5-hello-world
      - namespace: shop
        label_selector: tier=web

- name: And no longer
  vks.bigip.antrea_npl:
    services_state: absent
    services:
      - name: f5-hello-world

- name: Switch it off
  vks.bigip.antrea_npl:
    state: disabled
"""

RETURN = r"""
owner:
  description:
    - The object that owns the setting. Null if the setting is as wanted and no access to the Supervisor is given, so that nobody has to be asked.
  returned: success
  type: dict
  sample: {kind: AntreaConfig, name: team-a/shop-antrea-package}
settings:
  description: What was written into it, by path. Empty if nothing was.
  returned: success
  type: dict
  sample: {nodePortLocal.enable: true}
npl:
  description: NodePortLocal as the agents' ConfigMap has it. In check mode as it is before.
  returned: success
  type: dict
  contains:
    state:
      description: V(enabled), V(disabled), or V(unknown).
      type: str
    because:
      description: The setting that decides.
      type: str
    port_range:
      description: The range, if it is written there.
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
      description: Whether this task restarted it.
      type: bool
    npl_started:
      description: Whether its log tells that NodePortLocal runs. Null if it was not asked or cannot tell any more.
      type: bool
restarted:
  description: Nodes whose agents were restarted.
  returned: success
  type: list
  elements: str
restart_needed:
  description: Nodes whose agents still have to be restarted to get the present configuration.
  returned: success
  type: list
  elements: str
proven:
  description: Whether NodePortLocal is proven on, by the configuration and by every agent's start and log.
  returned: success
  type: bool
not_proven_because:
  description: What is missing of the proof.
  returned: success
  type: list
  elements: str
services:
  description: What was done to each Service, V(annotate), V(unannotate) or V(none).
  returned: success
  type: list
  elements: dict
  sample: [{namespace: default, name: f5-hello-world, action: annotate}]
requests:
  description: How many requests were sent to both APIs.
  returned: success
  type: int
failure:
  description:
    - The reason in parts, for programs.
    - Nothing was written, unless the code is V(npl_not_arrived), V(npl_agent_not_ready), V(npl_not_proven)
      or one of the connection.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - A stable word. The page docs/codes.md has the meaning and the action for each.
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
