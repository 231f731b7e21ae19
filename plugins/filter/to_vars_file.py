# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_boundary/vars_file.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: to_vars_file
short_description: Convert variables to YAML in which Ansible evaluates no text
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Converts variables to YAML that C(ansible-playbook -e @FILE) reads. Ansible evaluates templates in such a
    file. This filter adds the tag C(!unsafe) to each text that Ansible could evaluate.
  - Use it for text from other users, for example in resources of a cluster.
  - It refuses a dictionary with a key that Ansible could evaluate as a template.
positional: _input
options:
  _input:
    description:
      - The variables by their names.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Write the applications of CIS to a file
  ansible.builtin.copy:
    content: "{{ {'applications': cis.applications} | vks.bigip.to_vars_file }}"
    dest: applications.yml
    mode: "0600"
"""

RETURN = r"""
_value:
  description:
    - The text of the file.
  type: str
"""

from typing import Any, Mapping

from ansible.errors import AnsibleFilterError

from ..module_utils._boundary import vars_file
from ..plugin_utils.mapping import is_mapping


def to_vars_file(variables: Mapping[str, Any]) -> str:
    """The variables as YAML."""
    if not is_mapping(variables):
        raise AnsibleFilterError("vks.bigip.to_vars_file takes a dictionary of variables.")
    try:
        return vars_file.dump(dict(variables))
    except vars_file.NotAllowed as error:
        raise AnsibleFilterError(f"vks.bigip.to_vars_file: {error}. Remove it, or write it under another name.") from None


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"to_vars_file": to_vars_file}
