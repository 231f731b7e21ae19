# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_foreign.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: visible
short_description: A text of another system, safe to print
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Replaces each character that a terminal obeys instead of showing it by an escape such as C(\x1b), and each line break by C(\n).
  - Use it for a text of the cluster, of BIG-IP or of a virtual server that a task prints. Messages of the modules of this collection need
    it no more.
positional: _input, keep_lines
options:
  _input:
    description:
      - The text, or a list of texts.
    type: raw
    required: true
  keep_lines:
    description:
      - Whether line breaks stay as they are.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Print what a virtual server answers
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
    """The text, or each text of a list, as a terminal may get it."""
    if isinstance(text, (list, tuple)):
        return [visible(item, keep_lines) for item in text]
    return _foreign.visible(str(text)) if keep_lines else _foreign.line(str(text))


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"visible": visible}
