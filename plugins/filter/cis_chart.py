# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_cis/chart.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cis_chart
short_description: Read the facts of F5's rendered Helm chart
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Returns the facts that the role P(vks.bigip.cis#role) needs of the chart C(f5-bigip-ctlr)
    that C(helm template) rendered.
  - The role calls it once per run. It reads only its input.
positional: _input
options:
  _input:
    description:
      - V(text) is the output of C(helm template --include-crds).
      - V(objects) contains the objects in it.
      - V(partition) is the partition of CIS.
      - V(definitions) are the CRDs of a file that replaces those of the chart, or V(null).
      - V(present) are the CRDs of the cluster, as RV(vks.bigip.cis_info#module:installation.definitions)
        returns them.
      - V(managed) is false if the role does not apply the CRDs.
      - V(served) are the custom resources of CIS that the cluster serves, as
        RV(vks.bigip.cis_info#module:installation.custom_resources) returns them, or V(null) where CIS
        needs none.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the name of the Deployment in a chart
  ansible.builtin.debug:
    msg: "{{ ({'text': rendered.stdout, 'objects': rendered.stdout | from_yaml_all,
      'partition': 'kubernetes', 'present': []} | vks.bigip.cis_chart).deployment }}"
"""

RETURN = r"""
_value:
  description:
    - C(deployment) is the name of the Deployment of CIS. It is empty for another chart.
    - C(chart) is the label of that name, and C(version) the version in it.
    - C(manifest_digest) is comparable with RV(vks.bigip.cis_info#module:installation.helm_release).
    - C(reads_blocks) is true if the chart lets CIS read Calico's blocks.
    - C(definitions) is the number of CRDs. C(definitions_to_apply) contains those that are missing or
      different in the cluster. C(lacking) contains the names of those that CIS needs and that are neither
      applied nor in the cluster.
  type: dict
"""

from typing import Any, Mapping

from ansible.errors import AnsibleFilterError

from ..module_utils._cis import chart


def cis_chart(given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a rendered chart."""
    if not isinstance(given, Mapping):
        raise AnsibleFilterError(
            "vks.bigip.cis_chart takes a dictionary with text, objects, partition and present."
        )
    return chart.facts(given)


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"cis_chart": cis_chart}
