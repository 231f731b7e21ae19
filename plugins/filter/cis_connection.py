# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation and wiring; the work is in module_utils/_cis/connections.py."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cis_connection
short_description: Connections of the role cis
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Returns the arguments with which the role P(vks.bigip.cis#role) reaches the cluster, Helm and BIG-IP.
  - It reads the environment for what the variables leave out.
  - On a local connection it puts keys and tokens of a kubeconfig into memory, as
    P(vks.bigip.secrets_in_memory#filter) does.
positional: _input, kind, secret
options:
  _input:
    description:
      - V(options) are the variables of the role without their prefix.
      - V(local) is true if modules run on the machine on which Ansible runs.
      - V(python) is the Python that starts Helm with a kubeconfig in memory.
    type: dict
    required: true
  kind:
    description:
      - The kind of modules that get the arguments.
    type: str
    required: true
    choices:
      - allowed
      - bigip
      - bigip_of_cis
      - differs_from_cis
      - environment
      - helm
      - helm_command
      - helm_program
      - kubernetes
  secret:
    description:
      - The login Secret that the user names, for V(bigip_of_cis).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show the options for modules of kubernetes.core
  ansible.builtin.debug:
    msg: "{{ {'options': options, 'local': true, 'python': 'python3'}
      | vks.bigip.cis_connection('kubernetes') }}"
"""

RETURN = r"""
_value:
  description:
    - The arguments, the environment or the name of the program.
  type: raw
"""

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._boundary import unset
from ..module_utils._cis.connections import AnsibleHost, Connections
from ..plugin_utils.mapping import is_mapping
from .secrets_in_memory import secrets_in_memory

KINDS = {
    "allowed": Connections.allowed,
    "bigip": Connections.bigip,
    "differs_from_cis": Connections.differs_from_cis,
    "environment": Connections.environment,
    "helm": Connections.helm,
    "helm_command": Connections.helm_command,
    "helm_program": Connections.helm_program,
    "kubernetes": Connections.kubernetes,
}


def cis_connection(variables: Mapping[str, Any], kind: str, secret: Mapping[str, Any] | None = None) -> Any:
    """The arguments for one kind of modules."""
    if not is_mapping(variables) or kind not in (*KINDS, "bigip_of_cis"):
        raise AnsibleFilterError("vks.bigip.cis_connection takes a dictionary and one of its kinds.")
    in_memory = secrets_in_memory if variables["local"] else None
    ansible_host = AnsibleHost(os.environ, unset.is_empty_file, in_memory, str(variables["python"]).strip())
    connections = Connections(variables["options"], ansible_host)
    return connections.bigip_of_cis(secret or {}) if kind == "bigip_of_cis" else KINDS[kind](connections)


class FilterModule:
    """For Ansible."""

    def filters(self) -> dict[str, Any]:
        return {"cis_connection": cis_connection}
