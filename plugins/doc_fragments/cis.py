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
      - The namespaces in which F5's CIS runs. Its Deployments and AS3 ConfigMaps say which tenants of BIG-IP CIS owns, so only those in
        these namespaces count.
      - AS3 ConfigMaps are read in those of these namespaces that have a CIS, and in those that you add to the default.
      - A Deployment of CIS in another namespace causes a warning that names it, and has no other effect. Anyone who may edit a namespace
        can create one.
      - Where the Deployments of the whole cluster may not be listed, those of these namespaces are.
    type: list
    elements: str
    default: [kube-system, f5-cis]
"""
