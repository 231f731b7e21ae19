#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/cis_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cis_info
short_description: What F5's CIS in a cluster does, and what is wrong with it
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Finds each F5 BIG-IP Container Ingress Services (CIS) in O(cis_namespaces) by the image of its Deployment, and tells what it was started with.
  - With V(health) it reads the log of its Pods and asks C(/ready) through the API's Pod proxy, and tells each fault as a sentence.
  - With V(applications) it turns VirtualServer resources into applications for M(vks.bigip.publish), and lists what cannot be expressed,
    resources of other kinds among them.
extends_documentation_fragment:
  - vks.bigip.cis
  - vks.bigip.kubernetes
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_kubernetes
options:
  gather:
    description:
      - What to read beside the Deployments.
    type: list
    elements: str
    choices: [health, resources, config_maps, applications, tenants]
    default: [health]
  namespace:
    description:
      - Only a CIS in this namespace, which then needs not be one of O(cis_namespaces).
      - Left out, those in O(cis_namespaces) and in the namespace of O(installation).
    type: str
  release:
    description:
      - Only the CIS of this Helm release. V(none) means a CIS that Helm did not install.
    type: str
  partition:
    description:
      - The tenant for a VirtualServer that names no partition. The default is the partition that its CIS was started with.
    type: str
  leave_out_namespaces:
    description:
      - Namespaces whose resources are not in RV(applications), RV(config_maps) and RV(left_out).
      - Use it where a team stops the others by a resource that M(vks.bigip.publish) cannot serve, for example without its Service.
    type: list
    elements: str
    default: []
  installation:
    description:
      - The installation to describe as RV(installation), beside every CIS. The role P(vks.bigip.cis#role) reads the cluster by it.
    type: dict
    suboptions:
      namespace:
        description:
          - The namespace of the installation.
        type: str
        required: true
      release:
        description:
          - The name of the Helm release.
        type: str
        required: true
      health:
        description:
          - Whether to read of this CIS also what V(health) and V(resources) of O(gather) read of each.
        type: bool
        default: false
      labels:
        description:
          - The labels of the ConfigMaps to return. Without labels, no ConfigMap is read.
        type: dict
        default: {}
      secrets:
        description:
          - The Secrets to describe, each as namespace/name. Their values are never returned.
        type: list
        elements: str
        default: []
      digests:
        description:
          - The SHA-256 digest of the data that a Secret should have, for namespace/name in O(installation.secrets). It is taken of one line
            C(key=value) for each key, in the order of the keys, with values in Base64.
        type: dict
        default: {}
      definitions:
        description:
          - Whether to return the CRDs with the label C(vks.bigip/chart-version).
        type: bool
        default: false
      custom_resources:
        description:
          - Whether to return which custom resources of CIS the API server serves.
        type: bool
        default: false
      ingress_class:
        description:
          - The IngressClass whose annotations to return.
        type: str
  timeout:
    description:
      - Seconds until the task gives up.
    type: int
    default: 60
seealso:
  - module: vks.bigip.cluster_info
  - module: vks.bigip.publish
"""

EXAMPLES = r"""
- name: Is CIS well?
  vks.bigip.cis_info:
    namespace: f5-cis
  register: cis

- name: Say what is wrong with it
  ansible.builtin.debug:
    msg: "{{ cis.problems }}"

- name: What would its VirtualServers be as applications of publish?
  vks.bigip.cis_info:
    gather: [applications]
    partition: kubernetes
"""

RETURN = r"""
controllers:
  description: Each CIS that was found.
  returned: success
  type: list
  elements: dict
  contains:
    namespace:
      description: The namespace of its Deployment.
      type: str
    name:
      description: The name of its Deployment.
      type: str
    release:
      description: The Helm release that it belongs to, or empty.
      type: str
    release_namespace:
      description: The namespace in which Helm keeps that release, or empty. It need not be that of the Deployment.
      type: str
    image:
      description: Its image.
      type: str
    version:
      description: The tag of its image.
      type: str
    replicas:
      description: How many are wanted. V(0) is a CIS at rest.
      type: int
    available:
      description: Whether the Deployment is available and up to date.
      type: bool
    partitions:
      description: Its partitions on BIG-IP.
      type: list
      elements: str
    pool_member_type:
      description: Its mode.
      type: str
    custom_resource_mode:
      description: Whether it looks after custom resources rather than Ingresses and ConfigMaps.
      type: bool
    namespaces:
      description: The namespaces it watches. Empty if all.
      type: list
      elements: str
    arguments:
      description: Its arguments, without secrets.
      type: list
      elements: str
    selector:
      description: The label selector of its Pods.
      type: str
    started_with:
      description: The annotation C(vks.bigip/started-with), by which the role cis knows what CIS read when it started. Empty without it.
      type: str
    pods:
      description: Its Pods, and why one does not run.
      returned: if O(gather) has V(health)
      type: list
      elements: dict
    ready:
      description: What C(/ready) says. V(null) if the Deployment is not available.
      returned: if O(gather) has V(health)
      type: bool
    findings:
      description:
        - What its log complains of, in so far as no successful post came after it. Each has a C(kind), a C(message), and C(lasting), which
          is true of what waiting does not fix.
        - Users of namespaces write some of the text that CIS logs. So a fault is C(lasting) only if CIS logged it before any line that can
          hold such text, which is during its start. Later faults are reported, and are not C(lasting).
        - C(certain) is true if no user of a namespace can have written the line, nor caused the fault by a resource that BIG-IP refuses.
      returned: if O(gather) has V(health)
      type: list
      elements: dict
    problems:
      description: What is wrong, as sentences.
      returned: if O(gather) has V(health)
      type: list
      elements: str
    blocking:
      description: Those of the problems that no user of a namespace can have caused.
      returned: if O(gather) has V(health)
      type: list
      elements: str
problems:
  description: What is wrong with all of them, as sentences. Empty if all is well.
  returned: success
  type: list
  elements: str
blocking:
  description: Those of RV(problems) that no user of a namespace can have caused. The role P(vks.bigip.cis#role) fails only for these.
  returned: success
  type: list
  elements: str
lasting:
  description: Whether something is wrong that waiting does not fix.
  returned: success
  type: bool
resources:
  description: The custom resources or Ingresses that they look after, with the status that CIS wrote, and C(ok).
  returned: if O(gather) has V(resources), or O(installation.health) is true
  type: list
  elements: dict
config_maps:
  description:
    - The AS3 ConfigMaps that they look after, or without a CIS those of the cluster, with their text as it is.
    - A text that M(vks.bigip.publish) would refuse is in RV(left_out), and so is one that refers to a Secret by C(from_secret).
      Other users write these texts, so they must not choose a Secret.
    - So is one for the tenant Common, and one with a tenant or an address that an older ConfigMap of another namespace has.
  returned: if O(gather) has V(config_maps)
  type: list
  elements: dict
  contains:
    namespace:
      description: The namespace.
      type: str
    name:
      description: The name.
      type: str
    declaration:
      description: The text, for O(vks.bigip.publish#module:declaration).
      type: str
    label_namespaces:
      description:
        - The namespaces in which CIS looks for labelled Services of this ConfigMap, for the option O(ignore:label_namespaces) of M(vks.bigip.publish).
          This is the namespace of the ConfigMap. With the argument C(--hubmode) of CIS, it is each namespace that CIS watches.
      type: list
      elements: str
applications:
  description: VirtualServers as O(vks.bigip.publish#module:applications).
  returned: if O(gather) has V(applications)
  type: list
  elements: dict
left_out:
  description:
    - What of which VirtualServer cannot be expressed, and what to do instead. A VirtualServer that is here is not in RV(applications).
    - Of two with the same address the younger one is here. So is one in which another user chose the name of another VirtualServer's object.
    - TransportServers, IngressLinks and Services that CIS publishes, or the Ingresses of one that looks after those, are here as a whole.
    - AS3 ConfigMaps that are not in RV(config_maps), with the place and the reason.
  returned: if O(gather) has V(applications) or V(config_maps)
  type: list
  elements: dict
  contains:
    kind:
      description: The kind of the resource.
      type: str
    namespace:
      description: Its namespace.
      type: str
    name:
      description: Its name.
      type: str
    field:
      description: What of its C(spec), application or declaration it is. Empty for the whole resource.
      type: str
    message:
      description: Why, and what to write instead.
      type: str
tenants:
  description:
    - The tenants that custom resources, Ingresses, Services and AS3 ConfigMaps of the cluster name, whoever looks after them, by C(kind),
      C(namespace), C(name), C(tenant) and C(addresses). The tenant is empty for a resource that leaves it to its CIS.
  returned: if O(gather) has V(tenants)
  type: list
  elements: dict
check_mode:
  description: Whether the task ran in check mode. A role cannot see C(check_mode) of a play, a block or a task otherwise.
  returned: success
  type: bool
installation:
  description: The installation that O(installation) names.
  returned: if O(installation) is set
  type: dict
  contains:
    namespace:
      description: The labels of the namespace. V(null) if it does not exist.
      type: dict
    helm_release:
      description:
        - The newest revision in the Secrets of Helm, by C(name), C(namespace), C(revision), C(status), C(chart), C(values) and
          C(manifest_digest). Empty if there is none. Passwords in the values are masked.
      type: dict
    secrets:
      description:
        - The Secrets of O(installation.secrets), by C(namespace), C(name), C(present), C(uid), C(resource_version), C(labels) and
          C(data_keys). C(same) is true if the data have the digest of O(installation.digests).
      type: list
      elements: dict
    config_maps:
      description: The ConfigMaps with the labels, by C(name), C(uid), C(resource_version), C(labels) and C(data).
      returned: if O(installation.labels) is set
      type: list
      elements: dict
    definitions:
      description: The CRDs with the label C(vks.bigip/chart-version), by C(name), C(version) and C(digest).
      returned: if O(installation.definitions) is true
      type: list
      elements: dict
    custom_resources:
      description: The resources of the API group C(cis.f5.com/v1), by their plural names. V(null) if the API server forbids the read.
      returned: if O(installation.custom_resources) is true
      type: list
      elements: str
    ingress_class:
      description: The annotations of the IngressClass. V(null) if it does not exist.
      returned: if O(installation.ingress_class) is set
      type: dict
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

from ..module_utils._cis.options import CIS_OPTIONS
from ..module_utils._kube.options import KUBERNETES_OPTIONS
from ..module_utils._module import Module

INSTALLATION: dict[str, Any] = {
    "namespace": {"type": "str", "required": True},
    "release": {"type": "str", "required": True},
    "health": {"type": "bool", "default": False},
    "labels": {"type": "dict", "default": {}},
    "secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "digests": {"type": "dict", "default": {}, "no_log": True},
    "definitions": {"type": "bool", "default": False},
    "custom_resources": {"type": "bool", "default": False},
    "ingress_class": {"type": "str"},
}


def main() -> None:
    module = Module(
        argument_spec={
            **KUBERNETES_OPTIONS,
            "gather": {"type": "list", "elements": "str", "choices": ["health", "resources", "config_maps", "applications", "tenants"], "default": ["health"]},
            "namespace": {"type": "str"},
            "release": {"type": "str"},
            "partition": {"type": "str"},
            "leave_out_namespaces": {"type": "list", "elements": "str", "default": []},
            **CIS_OPTIONS,
            "installation": {"type": "dict", "options": INSTALLATION},
            "timeout": {"type": "int", "default": 60},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.cis_info import cis_info  # not before the arguments are known to be good

        return cis_info(module.params) | {"check_mode": module.check_mode}

    module.run(work)


if __name__ == "__main__":
    main()
