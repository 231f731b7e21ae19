#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/cluster_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_info
short_description: Read the facts about a VKS cluster that matter for BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads the CNI, the state of Antrea NodePortLocal and its agents, the nodes, the network below the cluster,
    and the VKS release. Finds F5's CIS and VMware's AKO.
  - A fact that cannot be read is V(unknown) or V(null), and RV(unknown) has the reason. The module assumes
    nothing. A forbidden read affects only the facts that depend on it.
  - With access to the Supervisor (the options C(supervisor_*)), the module can read more facts.
extends_documentation_fragment:
  - vks.bigip.cis
  - vks.bigip.kubernetes
  - vks.bigip.supervisor
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_kubernetes
options:
  timeout:
    description:
      - The time limit of the task, in seconds.
    type: float
    default: 60
seealso:
  - module: vks.bigip.preflight_info
  - module: vks.bigip.pool_members_info
"""

EXAMPLES = r"""
- name: Read the facts of a cluster
  vks.bigip.cluster_info:
  register: cluster

- name: Show the agents that have not read the current configuration of NodePortLocal
  ansible.builtin.debug:
    msg: "{{ cluster.agents | selectattr('newer_than_configuration', 'false') | map(attribute='node') | list }}"

- name: Read the facts of a cluster, also from the Supervisor
  vks.bigip.cluster_info:
    kubeconfig: shop.kubeconfig
    supervisor_kubeconfig: supervisor.kubeconfig
    supervisor_namespace: team-a
    cluster_name: shop
"""

RETURN = r"""
cni:
  description: The CNI of the cluster, by its DaemonSets.
  returned: success
  type: dict
  contains:
    name:
      description: V(antrea), V(calico), V(cilium), V(several), V(none) or V(unknown).
      type: str
      sample: antrea
    version:
      description: Its version, from the tag of its image. V(null) if there is not exactly one CNI, or its
        image is pinned by digest.
      type: str
      sample: 2.5.2
    found:
      description: Each CNI in a namespace where CNIs run (kube-system, calico-system, tigera-operator,
        C(vmware-system-*)).
      type: list
      elements: dict
      contains:
        name:
          description: V(antrea), V(calico) or V(cilium).
          type: str
        version:
          description: Its version, from the tag of its image.
          type: str
        daemon_set:
          description: Namespace and name of its DaemonSet.
          type: str
          sample: kube-system/antrea-agent
        update_strategy:
          description: V(RollingUpdate) or V(OnDelete). With V(OnDelete), C(kubectl rollout restart) restarts
            nothing.
          type: str
npl:
  description: Antrea NodePortLocal in the ConfigMap that the agents mount. The module finds the ConfigMap
    through their DaemonSet.
  returned: success
  type: dict
  contains:
    state:
      description: V(enabled), V(disabled) or V(unknown). The agents read the setting only when they start,
        see RV(agents).
      type: str
    because:
      description: The setting that defines the state, or the reason why it is unknown.
      type: str
      sample: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config
    gate:
      description: The feature gate NodePortLocal. V(null) if it is not set.
      type: bool
    enable:
      description: The value of C(nodePortLocal.enable). V(null) if it is not set.
      type: bool
    port_range:
      description: The ports that are used on each node.
      type: str
      sample: 61000-62000
    config_map:
      description: Namespace and name of the ConfigMap.
      type: str
    managed_by_kapp:
      description: True if kapp-controller owns the ConfigMap and reverts an edit.
      type: bool
    changed:
      description: The time of the last change of the ConfigMap.
      type: str
      sample: "2026-01-31T12:00:00Z"
agents:
  description: Antrea's agents, by node. V(null) if the account may not read them.
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
    ready:
      description: True if it is ready.
      type: bool
    started:
      description: Its start time.
      type: str
    newer_than_configuration:
      description: True if it started after the last change of its configuration. An agent reads it only at
        the start. V(null) if unknown.
      type: bool
nodes:
  description: The nodes, by name. V(null) if the account may not read them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    ready:
      description: True if it is ready.
      type: bool
    addresses:
      description: Its addresses, each with its type.
      type: list
      elements: dict
    kubelet_version:
      description: The version of its kubelet.
      type: str
kubernetes:
  description: The API server.
  returned: success
  type: dict
  contains:
    version:
      description: Its version, or V(unknown).
      type: str
      sample: v1.35.6+vmware.2
network:
  description: The network below the cluster.
  returned: success
  type: dict
  contains:
    provider:
      description: V(vsphere), V(nsx_t1), V(nsx_vpc), V(nsx) if the nodes do not show which of the two, or
        V(unknown).
      type: str
    sign:
      description: The source of this fact, or the reason why it is unknown.
      type: str
vks:
  description: The VMware vSphere Kubernetes Service.
  returned: success
  type: dict
  contains:
    release:
      description: The release, from the cluster's ClusterClass, or V(unknown).
      type: str
      sample: "3.6"
    release_sign:
      description: The source of this fact.
      type: str
    cluster_class:
      description: The cluster's ClusterClass.
      type: str
    kubernetes_releases:
      description: The Kubernetes releases in the labels of the nodes.
      type: list
      elements: str
    era:
      description:
        - The kind of object on the Supervisor that owns Antrea's settings, from the existing object.
        - V(antrea_config), V(addon_config) or V(unknown).
      type: str
    npl_owner:
      description: That object, with kind, namespace and name.
      type: str
      sample: AddonConfig team-a/shop-antrea
cis:
  description: F5 BIG-IP Container Ingress Services in O(cis_namespaces), by image.
  returned: success
  type: dict
  contains: &workloads
    found:
      description: True if there is one. V(null) if unknown.
      type: bool
    deployments:
      description: Each of them.
      type: list
      elements: dict
      contains:
        kind:
          description: V(Deployment) or V(StatefulSet).
          type: str
        name:
          description: Namespace and name.
          type: str
        version:
          description: The version in the image's tag.
          type: str
        image:
          description: The image.
          type: str
        arguments:
          description: Command and arguments, without passwords.
          type: list
          elements: str
        replicas:
          description: The number of replicas in its spec.
          type: int
        ready:
          description: The number of ready replicas.
          type: int
ako:
  description: VMware's Avi Kubernetes Operator, by image.
  returned: success
  type: dict
  contains: *workloads
unknown:
  description: Each fact that could not be read, with the reason.
  returned: success
  type: list
  elements: dict
  contains:
    fact:
      description: The fact.
      type: str
    reason:
      description: The reason why it is unknown.
      type: str
requests:
  description: The number of requests sent.
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
          V(kubernetes_unreachable), V(kubernetes_timeout), V(supervisor_cluster_missing).
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

from ..module_utils._cis.options import CIS_OPTIONS
from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._kube.supervisor_options import REQUIRED_BY, SUPERVISOR_OPTIONS
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={**KUBERNETES_OPTIONS, **SUPERVISOR_OPTIONS, **CIS_OPTIONS, "timeout": {"type": "float", "default": 60}},
        required_by=REQUIRED_BY,
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.cluster_info import cluster_info  # not before the arguments are known to be good

        return cluster_info(module.params)

    module.run(work)


if __name__ == "__main__":
    main()
