#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_partition.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: partition
short_description: A partition on BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Makes a partition if it is not there. F5 BIG-IP Container Ingress Services needs one of its own.
  - One that is there stays as it is. To remove the partition of a tenant, remove the tenant by M(vks.bigip.as3_declaration).
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_bigip
  - vks.bigip.bigip
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  name:
    description:
      - The partition.
    type: str
    required: true
  description:
    description:
      - What BIG-IP shows beside it, if it is made.
    type: str
  timeout:
    description:
      - Seconds the whole task may take. Within them a BIG-IP that is busy or restarting is waited for.
    type: int
    default: 120
seealso:
  - module: vks.bigip.as3_declaration
"""

EXAMPLES = r"""
- name: A partition for CIS
  vks.bigip.partition:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    name: kubernetes
"""

RETURN = r"""
failure:
  description: What went wrong, as structure.
  returned: failure
  type: dict
"""

from typing import Any

from ..module_utils._bigip.options import ARGUMENT_SPEC
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._partition import ensure  # not before the arguments are known to be good

        return ensure(module.params, module.check_mode, module.hide)

    module.run(work)


if __name__ == "__main__":
    main()
