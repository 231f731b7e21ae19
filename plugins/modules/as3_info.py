#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the stored data of AS3 on BIG-IP."""

from __future__ import annotations

DOCUMENTATION = r"""
module: as3_info
short_description: Read the stored declaration and other data of AS3 on BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Reads the stored declaration, the version, the tasks and the settings of F5 BIG-IP AS3.
  - The stored declaration is the last one that AS3 deployed successfully. The device can differ from it.
    M(vks.bigip.pool_status_info) reads the device.
  - Results mask its secrets (private keys, passphrases), also those of other teams.
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.info
  - vks.bigip.attributes.actiongroup_bigip
  - vks.bigip.bigip
options:
  gather:
    description:
      - The data to read. Each element takes one request.
    type: list
    elements: str
    choices: [declaration, version, tasks, settings]
    default: [declaration]
  tenant:
    description:
      - Return only these tenants. Tenants that are not stored are left out.
    type: list
    elements: str
  application:
    description:
      - Return only this application of the one O(tenant).
    type: str
  show:
    description:
      - V(base) returns the declaration as it was sent. V(full) adds AS3's defaults. V(expanded) also resolves
        pointers and URLs.
    type: str
    choices: [base, full, expanded]
    default: base
  query:
    description:
      - A JMESPath expression for the result. With it, only RV(query_result) is returned.
    type: str
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for a BIG-IP that is busy or
        restarting.
    type: int
    default: 120
requirements:
  - jmespath, for O(query)
seealso:
  - module: vks.bigip.as3_declaration
  - module: vks.bigip.pool_status_info
"""

EXAMPLES = r"""
- name: Read everything that is deployed
  vks.bigip.as3_info:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
  register: as3

- name: Read the version and the settings
  vks.bigip.as3_info:
    gather: [version, settings]

- name: Read one application with AS3's defaults
  vks.bigip.as3_info:
    tenant: AS3
    application: A1
    show: full

- name: Read the addresses of the members of each pool
  vks.bigip.as3_info:
    tenant: AS3
    query: declaration.AS3.A1.pool.members[].serverAddresses[]
"""

RETURN = r"""
declaration:
  description:
    - The stored ADC with the requested tenants. Empty if none of them is stored.
    - Secrets are masked, so a declaration with secrets cannot be posted again as it is.
    - A tenant that the module cannot read, for example because it is nested too deep, is left out with a
      warning. If O(tenant) lists it, the task fails.
    - In a key that Ansible would interpret, the first character is escaped, for example C(\x5f_ansible_type)
      for C(__ansible_type).
  returned: if O(gather) has V(declaration) and O(query) is not given
  type: dict
  sample:
    class: ADC
    schemaVersion: 3.50.0
    id: vks.bigip
    AS3:
      class: Tenant
      A1:
        class: Application
hashes:
  description:
    - The C(optimisticLockKey) of each tenant, by the tenant's name. It changes with each change of the stored
      tenant.
  returned: if O(gather) has V(declaration) and O(query) is not given
  type: dict
  sample:
    AS3: ubIw06AvVJNSS5re9yK5QcRBtKZU1jAV5bNNPhtBExQ=
version:
  description: The version of AS3 and of its schema.
  returned: if O(gather) has V(version) and O(query) is not given
  type: dict
  sample:
    version: 3.56.0
    release: "10"
    schemaCurrent: 3.56.0
    schemaMinimum: 3.0.0
tasks:
  description: AS3's records of past requests, newest first.
  returned: if O(gather) has V(tasks) and O(query) is not given
  type: list
  elements: dict
settings:
  description: The settings of AS3.
  returned: if O(gather) has V(settings) and O(query) is not given
  type: dict
query_result:
  description: The result of O(query). V(null) if nothing matches.
  returned: if O(query) is given
  type: raw
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
  returned: on failure
  type: dict
  contains:
    code:
      description:
        - The error code, a stable word. docs/codes.md has the meaning and the action for each
          code.
        - Options and libraries - V(options), V(query_invalid), V(library_missing).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer).
        - AS3 - V(as3_missing), V(as3_refused), V(as3_unreadable).
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
            "gather": {"type": "list", "elements": "str", "choices": ["declaration", "version", "tasks", "settings"], "default": ["declaration"]},
            "tenant": {"type": "list", "elements": "str"},
            "application": {"type": "str"},
            "show": {"type": "str", "choices": ["base", "full", "expanded"], "default": "base"},
            "query": {"type": "str"},
            "timeout": {"type": "int", "default": 120},
        },
        supports_check_mode=True,
    )

    def work() -> dict[str, Any]:
        from ..module_utils._run.as3_info import gather  # not before the arguments are known to be good

        return gather(module.params, module.hide, module.masker)

    module.run(work)


if __name__ == "__main__":
    main()
