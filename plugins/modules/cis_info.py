#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/cis_info.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cis_info
short_description: Describe F5's CIS in a cluster, and report its problems
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Finds each F5 BIG-IP Container Ingress Services (CIS) in O(cis_namespaces) by the image of its Deployment,
    and returns its arguments.
  - With V(health), it reads the log of its Pods, and C(/ready) through the API's Pod proxy. It returns each
    problem as a sentence.
  - With V(applications), it converts VirtualServer resources to applications for M(vks.bigip.publish). It
    lists the resources that it cannot convert, also of other kinds.
extends_documentation_fragment:
  - vks.bigip.cis
  - vks.bigip.kubernetes
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_kubernetes
options:
  gather:
    description:
      - The data to read in addition to the Deployments.
    type: list
    elements: str
    choices: [health, resources, config_maps, applications, tenants]
    default: [health]
  namespace:
    description:
      - Return only a CIS in this namespace. The namespace need not be in O(cis_namespaces).
      - Without it, those in O(cis_namespaces) and in the namespace of O(installation).
    type: str
  release:
    description:
      - Return only the CIS of this Helm release. V(none) means a CIS that Helm did not install.
    type: str
  partition:
    description:
      - The tenant for a VirtualServer without a partition. The default is the partition in the arguments of
        its CIS.
    type: str
  leave_out_namespaces:
    description:
      - Namespaces whose resources are not returned in RV(applications), RV(config_maps) and RV(left_out).
      - Use it if a resource of one team blocks the others, for example because its Service does not exist.
    type: list
    elements: str
    default: []
  installation:
    description:
      - The installation to return as RV(installation), in addition to every CIS. The role
        P(vks.bigip.cis#role) uses it.
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
          - Also read the data of V(health) and V(resources) of O(gather), for this CIS only.
        type: bool
        default: false
      labels:
        description:
          - The labels of the ConfigMaps to return. Without labels, the module reads no ConfigMap.
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
          - The SHA-256 digest of the data that a Secret should have, for namespace/name in
            O(installation.secrets). Its input is one line C(key=value) for each key, sorted by key, with
            values in Base64.
        type: dict
        default: {}
      definitions:
        description:
          - Return the CRDs with the label C(vks.bigip/chart-version).
        type: bool
        default: false
      custom_resources:
        description:
          - Return the custom resources of CIS that the API server serves.
        type: bool
        default: false
      ingress_class:
        description:
          - The IngressClass whose annotations are returned.
        type: str
  timeout:
    description:
      - The time limit of the task, in seconds.
    type: int
    default: 60
seealso:
  - module: vks.bigip.cluster_info
  - module: vks.bigip.publish
"""

EXAMPLES = r"""
- name: Check the health of CIS
  vks.bigip.cis_info:
    namespace: f5-cis
  register: cis

- name: Show its problems
  ansible.builtin.debug:
    msg: "{{ cis.problems }}"

- name: Convert its VirtualServers to applications of publish
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
      description: The namespace in which Helm stores that release, or empty. The Deployment can be in another
        namespace.
      type: str
    image:
      description: Its image.
      type: str
    version:
      description: The tag of its image.
      type: str
    replicas:
      description: The number of replicas in its spec. V(0) means that CIS is scaled to 0.
      type: int
    available:
      description: True if the Deployment is available and up to date.
      type: bool
    partitions:
      description: Its partitions on BIG-IP.
      type: list
      elements: str
    pool_member_type:
      description: Its mode.
      type: str
    custom_resource_mode:
      description: True if it handles custom resources, false if it handles Ingresses and ConfigMaps.
      type: bool
    namespaces:
      description: The namespaces that it watches. Empty for all.
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
      description: The annotation C(vks.bigip/started-with), which records the data that CIS read at its
        start. The role cis uses it. Empty without it.
      type: str
    pods:
      description: Its Pods, with the reason if one does not run.
      returned: if O(gather) has V(health)
      type: list
      elements: dict
    ready:
      description: The result of C(/ready). V(null) if the Deployment is not available.
      returned: if O(gather) has V(health)
      type: bool
    findings:
      description:
        - The problems in its log since its last successful post. Each has a C(kind), a C(message), and
          C(lasting), which is true if waiting does not fix it.
        - Some text in the log of CIS comes from users of namespaces. So a problem is C(lasting) only if CIS
          logged it during its start, before any line that can contain such text. Later problems are reported,
          but are not C(lasting).
        - C(certain) is true if no user of a namespace can have caused the line, for example by a resource
          that BIG-IP rejects.
      returned: if O(gather) has V(health)
      type: list
      elements: dict
    problems:
      description: The problems, as sentences.
      returned: if O(gather) has V(health)
      type: list
      elements: str
    blocking:
      description: The problems that no user of a namespace can have caused.
      returned: if O(gather) has V(health)
      type: list
      elements: str
problems:
  description: The problems of all CIS, as sentences. Empty if there are none.
  returned: success
  type: list
  elements: str
blocking:
  description: The elements of RV(problems) that no user of a namespace can have caused. The role
    P(vks.bigip.cis#role) fails only for these.
  returned: success
  type: list
  elements: str
lasting:
  description: True if there is a problem that waiting does not fix.
  returned: success
  type: bool
resources:
  description: The custom resources or Ingresses that they handle, with the status that CIS wrote, and C(ok).
  returned: if O(gather) has V(resources), or O(installation.health) is true
  type: list
  elements: dict
config_maps:
  description:
    - The AS3 ConfigMaps that they handle, with their unchanged text. Without a CIS, those of the cluster.
    - A text that M(vks.bigip.publish) would refuse is in RV(left_out) instead. So is a text with
      C(from_secret), because other users write these texts and must not choose a Secret.
    - So is a text for the tenant Common, and one with a tenant or address of an older ConfigMap in another
      namespace.
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
        - The namespaces in which CIS looks for labelled Services of this ConfigMap. It is a value for the
          option O(ignore:label_namespaces) of M(vks.bigip.publish). It contains the namespace of the
          ConfigMap, or with C(--hubmode) of CIS each namespace that CIS watches.
      type: list
      elements: str
applications:
  description: The VirtualServers, as a value for O(vks.bigip.publish#module:applications).
  returned: if O(gather) has V(applications)
  type: list
  elements: dict
left_out:
  description:
    - The fields of VirtualServers that cannot be converted, with an alternative for each. Such a
      VirtualServer is not in RV(applications).
    - Of two with the same address, it contains the younger one. It also contains a VirtualServer that uses
      the object name of another one.
    - It contains TransportServers, IngressLinks and Services that CIS publishes, each as a whole. For a CIS
      that handles Ingresses, it contains these.
    - It contains the AS3 ConfigMaps that are not in RV(config_maps), with the position and the reason.
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
      description: The field in its C(spec), application or declaration. Empty for the whole resource.
      type: str
    message:
      description: The reason, and the alternative.
      type: str
tenants:
  description:
    - The tenants in custom resources, Ingresses, Services and AS3 ConfigMaps of the cluster, for any
      controller. Each has C(kind), C(namespace), C(name), C(tenant) and C(addresses). The tenant is empty for
      a resource without a partition, which uses that of its CIS.
  returned: if O(gather) has V(tenants)
  type: list
  elements: dict
check_mode:
  description: True if the task ran in check mode. A role uses this, because it cannot read C(check_mode) of a
    play, block or task.
  returned: success
  type: bool
installation:
  description: The installation that O(installation) selects.
  returned: if O(installation) is set
  type: dict
  contains:
    namespace:
      description: The labels of the namespace. V(null) if it does not exist.
      type: dict
    helm_release:
      description:
        - The newest revision in Helm's Secrets, with C(name), C(namespace), C(revision), C(status), C(chart),
          C(values) and C(manifest_digest). Empty if there is none. Passwords in the values are masked.
      type: dict
    secrets:
      description:
        - The Secrets of O(installation.secrets), with C(namespace), C(name), C(present), C(uid),
          C(resource_version), C(labels) and C(data_keys). C(same) is true if the data matches the digest of
          O(installation.digests).
      type: list
      elements: dict
    config_maps:
      description: The ConfigMaps with the labels, with C(name), C(uid), C(resource_version), C(labels) and
        C(data).
      returned: if O(installation.labels) is set
      type: list
      elements: dict
    definitions:
      description: The CRDs with the label C(vks.bigip/chart-version), with C(name), C(version) and C(digest).
      returned: if O(installation.definitions) is true
      type: list
      elements: dict
    custom_resources:
      description: The plural names of the resources in the API group C(cis.f5.com/v1). V(null) if the API
        server forbids the read.
      returned: if O(installation.custom_resources) is true
      type: list
      elements: str
    ingress_class:
      description: The annotations of the IngressClass. V(null) if it does not exist.
      returned: if O(installation.ingress_class) is set
      type: dict
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
          V(kubernetes_unreachable), V(kubernetes_timeout).
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
