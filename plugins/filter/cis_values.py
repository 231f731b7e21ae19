# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_cis/values.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cis_values
short_description: Convert the variables of the role cis to values of F5's Helm charts
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Converts the variables of the role P(vks.bigip.cis#role) to the values of F5's charts C(f5-bigip-ctlr) and
    C(f5-ipam-controller). Returns the refused variables with the reason.
  - It reads only its input. The role calls it before any change.
positional: _input
options:
  _input:
    description:
      - The variables of the role without their prefix, and V(name_override) and V(cni) from the cluster.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the values for Helm
  ansible.builtin.debug:
    msg: "{{ {'bigip_url': 'https://bigip.example.com', 'bigip_partition': 'cis', 'pool_member_type': 'nodeport',
      'bigip_login_secret': 'bigip-login', 'namespace': 'f5-cis'} | vks.bigip.cis_values }}"
"""

RETURN = r"""
_value:
  description:
    - C(values) of the chart of CIS, C(refusals) as sentences, C(names) of the objects outside of the release,
      C(extended_spec) for several clusters, and C(ipam_values) of the chart of the IPAM controller.
  type: dict
"""

from typing import Any, Mapping

from ansible.errors import AnsibleFilterError

from ..module_utils._cis import values
from ..plugin_utils.mapping import is_mapping


def cis_values(options: Mapping[str, Any]) -> dict[str, Any]:
    if not is_mapping(options):
        raise AnsibleFilterError("vks.bigip.cis_values takes the variables of the role cis as a dictionary.")
    return values.plan(options)


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"cis_values": cis_values}
