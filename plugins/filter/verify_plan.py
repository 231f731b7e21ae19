# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_verify."""

from __future__ import annotations

DOCUMENTATION = r"""
name: verify_plan
short_description: Decisions of the role verify
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Decides which pools the role P(vks.bigip.verify#role) reads, and what it reports of them.
  - It reads and changes nothing.
positional: _input, step
options:
  _input:
    description:
      - For V(groups), the variables of the role without their prefix.
      - For V(report), V(options) are these variables. V(results) are the results of the query of each group,
        and V(answers) those of the requests.
    type: dict
    required: true
  step:
    description:
      - V(groups) returns the reads of a run. V(report) returns what they found.
    type: str
    choices: [groups, report]
    required: true
"""

EXAMPLES = r"""
- name: Show the names of the pools that an application has
  ansible.builtin.debug:
    msg: "{{ (options | vks.bigip.verify_plan('groups')) | map(attribute='pools') }}"
  vars:
    options:
      applications: [{tenant: Shop, application: web, service: {name: web}}]
      min_members: 1
      owner: ""
      tenant: []
"""

RETURN = r"""
_value:
  description:
    - For V(groups), a list of dictionaries with C(all), C(label), C(pools), C(query), C(source)
      and C(tenants).
    - For V(report), a dictionary with C(faults), C(found), C(not_up) and C(summary).
  type: raw
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._verify import pools, report
from ..plugin_utils.mapping import is_mapping
from ..plugin_utils.plain import plain

STEPS: dict[str, Callable[[Mapping[str, Any]], Any]] = {"groups": pools.groups, "report": report.report}


def verify_plan(read: Mapping[str, Any], step: str) -> Any:
    """The decisions of a step."""
    if not is_mapping(read) or step not in STEPS:
        raise AnsibleFilterError(f"vks.bigip.verify_plan takes a dictionary and one of {', '.join(STEPS)}.")
    return STEPS[step](plain(read))


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"verify_plan": verify_plan}
