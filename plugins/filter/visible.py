# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_foreign.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: visible
short_description: Escape a text of another system for a terminal
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Replaces each control character of a terminal by an escape such as C(\x1b), and each line break by C(\n).
  - Use it if a task prints a text from the cluster, from BIG-IP or from a virtual server. Messages of the
    modules of this collection are already escaped.
positional: _input, keep_lines
options:
  _input:
    description:
      - The text, or a list of texts.
    type: raw
    required: true
  keep_lines:
    description:
      - Keep line breaks as they are.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Print the answer of a virtual server
  ansible.builtin.debug:
    msg: "{{ answer.content | vks.bigip.visible }}"
"""

RETURN = r"""
_value:
  description:
    - The text, or a list of texts.
  type: raw
"""

from typing import Any

from ..module_utils import _foreign


def visible(text: Any, keep_lines: bool = False) -> Any:
    """The text, or each text of a list, escaped for a terminal."""
    if isinstance(text, (list, tuple)):
        return [visible(item, keep_lines) for item in text]
    return _foreign.visible(str(text)) if keep_lines else _foreign.line(str(text))


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"visible": visible}
