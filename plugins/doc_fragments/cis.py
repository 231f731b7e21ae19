# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option cis_namespaces; see module_utils/_cis/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cis_namespaces:
    description:
      - The namespaces in which F5's CIS runs. Its Deployments and AS3 ConfigMaps define which tenants on
        BIG-IP CIS owns. Only those in these namespaces count.
      - AS3 ConfigMaps are read in each of these namespaces that has a CIS, and in each that you add to the
        default.
      - A Deployment of CIS in another namespace only causes a warning, because each user who may edit a
        namespace can create one.
      - If the account may not list the Deployments of the whole cluster, the module lists those of these
        namespaces.
    type: list
    elements: str
    default: [kube-system, f5-cis]
"""
