# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_cis."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cis_plan
short_description: Decisions of the role cis
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Decides what the role P(vks.bigip.cis#role) refuses, applies, restarts, removes and reports, and what the
    playbook C(vks.bigip.cis_to_publish) must not change.
  - They call it after each read. It reads and changes nothing.
positional: _input, step
options:
  _input:
    description:
      - The variables of the role, and the results of the tasks so far.
      - The step defines the keys. Its function in C(plugins/module_utils/_cis) describes them.
    type: dict
    required: true
  step:
    description:
      - The file and the function that decide, such as V(plan.deployment).
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the tenants that a declaration has
  ansible.builtin.debug:
    msg: "{{ {'results': [{'failed': true, 'msg': 'The password is wrong.'}]}
      | vks.bigip.cis_plan('outcome.messages') }}"
"""

RETURN = r"""
_value:
  description:
    - The decisions. The function of the step describes them.
  type: raw
"""

from collections.abc import Callable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils._cis import outcome, plan, removal, start, takeover, wanted
from ..plugin_utils.mapping import is_mapping
from ..plugin_utils.plain import plain

STEPS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "wanted": wanted.wanted,
    "plan.unfit": plan.unfit,
    "plan.rendering": plan.rendering,
    "plan.deployment": plan.deployment,
    "plan.judgement": plan.judgement,
    "start": start.start,
    "start.former": start.former,
    "outcome.changes": outcome.changes,
    "outcome.health": outcome.health,
    "outcome.ipam": outcome.ipam,
    "outcome.result": outcome.result,
    "outcome.messages": outcome.messages,
    "outcome.failure": outcome.failure,
    "removal": removal.removal,
    "removal.judgement": removal.judgement,
    "removal.serves": removal.serves,
    "removal.rights": removal.rights,
    "removal.tenants": removal.tenants,
    "removal.result": removal.result,
    "takeover.owned": takeover.owned,
}


def cis_plan(read: Mapping[str, Any], step: str) -> Any:
    """The decisions of a step."""
    if not is_mapping(read) or step not in STEPS:
        raise AnsibleFilterError(f"vks.bigip.cis_plan takes a dictionary and one of {', '.join(STEPS)}.")
    state = plain(read)
    if "rendered" in state:
        state["objects"] = _documents(state["rendered"].get("stdout"))
        own = bool(state["options"]["crds_path"])
        state["definitions"] = _documents(state["definitions"]) if own else None
    return STEPS[step](state)


def _documents(text: Any) -> list[Any]:
    """The objects in a text of YAML. A text that is not YAML has none."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(yaml.load_all(str(text or ""), Loader=loader))
    except yaml.YAMLError:
        return []


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"cis_plan": cis_plan}
