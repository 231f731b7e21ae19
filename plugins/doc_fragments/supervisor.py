# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a connection to the Supervisor: the twin of module_utils/_cluster/supervisor.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  supervisor_kubeconfig:
    description:
      - Path of a kubeconfig of the Supervisor, or its content as a dictionary or as text.
      - Without it and O(supervisor_context), the module does not connect to the Supervisor.
      - Default is E(VKS_SUPERVISOR_KUBECONFIG). If this variable names an empty file, it counts as unset.
    type: raw
  supervisor_context:
    description:
      - The context of the Supervisor's kubeconfig. Default is E(VKS_SUPERVISOR_CONTEXT).
    type: str
  supervisor_namespace:
    description:
      - The vSphere Namespace of the cluster. Required to read from the Supervisor. Default is
        E(VKS_SUPERVISOR_NAMESPACE).
    type: str
  cluster_name:
    description:
      - The name of the cluster in its vSphere Namespace. Required to read from the Supervisor. Default is
        E(VKS_SUPERVISOR_CLUSTER_NAME).
    type: str
"""
