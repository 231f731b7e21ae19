#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options and wiring; the work is in module_utils/_run/partition.py."""

from __future__ import annotations

DOCUMENTATION = r"""
module: partition
short_description: Create or remove a partition on BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Creates or removes a partition. F5 BIG-IP Container Ingress Services needs one of its own.
  - An existing partition is not changed.
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
  state:
    description:
      - V(present) creates the partition if it does not exist.
      - V(absent) removes the partition if it is empty. Otherwise the task fails, and the error lists the
        contents. Check mode checks this too.
      - Remove a tenant with M(vks.bigip.as3_declaration) or M(vks.bigip.publish) instead. AS3 removes the
        partition together with the last application.
      - The partition V(Common) cannot be removed.
    type: str
    choices: [present, absent]
    default: present
  description:
    description:
      - The description of a new partition.
      - It has no effect on an existing partition.
    type: str
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for a BIG-IP that is busy or
        restarting.
    type: int
    default: 120
seealso:
  - module: vks.bigip.as3_declaration
  - module: vks.bigip.publish
"""

EXAMPLES = r"""
- name: Create a partition for CIS
  vks.bigip.partition:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    name: kubernetes

- name: Remove the partition after CIS was removed
  vks.bigip.partition:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    name: kubernetes
    state: absent
"""

RETURN = r"""
systems:
  description: The systems that answered this task. AAP counts those that the module can change
    as managed nodes.
  type: list
  returned: if a system answered
  elements: dict
  contains:
    kind:
      description: V(bigip) for a unit of BIG-IP, V(kubernetes) for the API server of a cluster
        or a Supervisor.
      type: str
      returned: always
    name:
      description: Its host, with the port if it is not 443.
      type: str
      returned: always
    url:
      description: Its URL, as the task used it.
      type: str
      returned: always
failure:
  description:
    - The failure as structured data.
    - With the code V(partition_not_empty), C(contents) lists every object in the partition,
      with kind and path.
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options), V(library_missing).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused), V(bigip_no_answer),
          V(partition_not_empty).
        - The run - V(timeout), V(unexpected).
      type: str
      returned: always
    summary:
      description: The operation that failed.
      type: str
      returned: always
    message:
      description: The same text as RV(failure.summary). RV(ignore:msg) contains the whole message,
        with the answer and the remedy.
      type: str
      returned: always
    object:
      description: The affected object, a tenant, application or pool by its AS3 path, or a
        Service. V(null) if there is none.
      type: str
      returned: always
    said:
      description: The literal answer of the other system. V(null) if it did not answer.
      type: str
      returned: always
    response:
      description: The same text as RV(failure.said).
      type: str
      returned: always
    remedy:
      description: The action to take. V(null) if only the answer is known.
      type: str
      returned: always
    path:
      description: The position of the error, an AS3 path or a position in your input. V(null)
        if there is none.
      type: str
      returned: always
    input:
      description: The position in your input that corresponds to RV(failure.path). V(null)
        if there is none.
      type: str
      returned: always
"""

from typing import Any

from ..module_utils._bigip.options import ARGUMENT_SPEC
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            "name": {"type": "str", "required": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "description": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.partition import ensure  # not before the arguments are known to be good

        return ensure(module.params, module.check_mode, module.hide)

    module.run(work)


if __name__ == "__main__":
    main()
