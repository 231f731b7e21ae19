# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_boundary/role_options.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: role_options
short_description: Convert and check the variables of a role
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - The roles of this collection read their variables through this filter. An empty text or V(null) counts as
    unset, so the default of the role applies. Numbers, booleans, lists and dictionaries can be given as text.
  - It converts and checks values in the same way as Ansible does for the options of a module.
positional: _input, role_path
options:
  _input:
    description:
      - The variables, grouped by their types. A type is one of V(str), V(path), V(raw), V(int), V(float),
        V(bool), V(dict), V(list of str) and V(list of dict).
    type: dict
    required: true
  role_path:
    description:
      - The folder of the role. Defaults, choices and suboptions come from its file
        C(meta/argument_specs.yml).
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Convert the variables of the role verify
  ansible.builtin.set_fact:
    verify_input: "{{ {'int': {'verify_timeout': verify_timeout}} | vks.bigip.role_options(role_path) }}"
"""

RETURN = r"""
_value:
  description:
    - C(options) are the variables without the prefix of the role.
    - C(refused) contains a sentence for each variable that cannot be converted, or that is not one of its
      choices.
  type: dict
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

import yaml
from ansible.errors import AnsibleFilterError

from ..module_utils._boundary import role_options as variables
from ..plugin_utils.mapping import is_mapping


def role_options(by_type: Mapping[str, Any], role_path: str) -> dict[str, Any]:
    """The converted variables, and the refused ones."""
    if not is_mapping(by_type):
        raise AnsibleFilterError("vks.bigip.role_options takes a dictionary of types and variables.")
    return variables.checked(by_type, _specs(str(role_path)), f"{Path(role_path).name}_")


@lru_cache
def _specs(role_path: str) -> dict[str, Any]:
    text = Path(role_path, "meta", "argument_specs.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)["argument_specs"]["main"]["options"])


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"role_options": role_options}
