#!/usr/bin/python
# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deploy or remove any AS3 declaration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: as3_declaration
short_description: Deploy or remove any AS3 declaration on BIG-IP
version_added: 1.0.0
author:
  - The vks.bigip maintainers (@vks-bigip)
description:
  - Deploys an AS3 declaration as it is, without a cluster. To publish Services of a cluster, use
    M(vks.bigip.publish).
  - The module compares the declaration with the stored one before it sends anything. It sends no request for
    a tenant without a difference.
  - It replaces each tenant of the content as a whole, as AS3 does. O(ignore:--diff) shows the applications
    that would be removed. No others are removed. If another user creates an application in the tenant during
    the run, the tenant fails with C(created_meanwhile). The per-application form keeps the other applications
    of its tenant.
  - Tenants that are not in the content are never changed, as with AS3's C(updateMode) V(selective).
  - The module sends whole tenants under AS3's optimistic lock, so it never overwrites a change that another
    user made in the meantime.
  - The module refuses a virtual address and port that another stored tenant has, in check mode too. The
    failure C(address_taken) names that tenant. For this, one request reads the other tenants, and only if a
    tenant would get a new address or port.
  - The module restores a pool whose members on BIG-IP differ from the stored ones in address or settings. A
    member that an operator disabled or forced offline does not count as a difference. The warning
    C(members_disabled_by_hand) names up to ten of these members.
  - A POST for another change enables these members, because AS3 does so. The warning names them in check mode
    and after the run. To keep a member disabled, set its C(adminState) in O(content). M(vks.bigip.publish)
    keeps them disabled without this setting.
  - The module replaces members of a pool in steps. No step removes more than half of the members that can
    still answer.
extends_documentation_fragment:
  - vks.bigip.attributes
  - vks.bigip.attributes.actiongroup_bigip
  - vks.bigip.bigip
attributes:
  check_mode:
    support: full
    details:
      - The module cannot compare a secret that AS3 stores encrypted (a passphrase). Check mode treats it as
        unchanged, with a warning.
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - A tenant with a secret that AS3 stores encrypted is sent in each run. AS3 then reports no change.
options:
  content:
    description:
      - The declaration of class V(ADC) or V(AS3), as a dictionary or as JSON text. AS3's per-application form
        has no class and needs O(tenant).
      - C(updateMode) V(complete), a C(target), and any C(action) other than V(deploy) are refused, because
        they could affect other tenants. The message names an alternative.
      - Each key of a Tenant is an AS3 property of a tenant, or an application of class V(Application). For an
        application, a value of null, an empty value or a dictionary of another class is refused. Such a value
        never removes an application.
      - With O(state=present), a Tenant that contains only its class removes the tenant. A Tenant that
        contains properties but no application is refused.
      - Required with O(state=present).
    type: raw
  tenant:
    description:
      - With the per-application form, the tenant of the applications.
      - With a whole declaration, the one tenant to deploy or remove. Without this option, all its tenants.
      - With O(state=absent) and without O(content), the tenant to remove.
      - An empty or null name is always refused. It never means all tenants.
    type: str
  application:
    description:
      - The one application of O(tenant) to deploy or remove. The others stay as they are.
      - Without this option, a whole declaration replaces its whole tenants, and O(state=absent) with only
        O(tenant) removes the whole tenant.
      - An empty or null name is always refused. It never means all applications.
    type: str
  state:
    description:
      - V(present) replaces each tenant of O(content) as a whole, so it removes applications that are not in
        the Tenant. With the per-application form or with O(application), it replaces only these applications.
      - V(absent) removes the tenants of O(content), or its applications in the per-application form. Without
        O(content), it removes O(tenant), or O(application) in it. Objects that do not exist cause no error.
        Empty or null O(content) is refused.
      - In both states, the module removes only the applications that check mode shows, even if another user
        creates one during the run.
    type: str
    choices: [present, absent]
    default: present
  adopt:
    description:
      - The publishers whose applications the task may replace or remove, although the publisher might write
        them again.
      - V(publish) allows applications that carry the mark of M(vks.bigip.publish).
      - V(cis) allows tenants that look like tenants of F5 BIG-IP Container Ingress Services.
    type: str
    choices: [none, publish, cis]
    default: none
  sync_to_group:
    description:
      - The device group to which BIG-IP synchronizes its configuration afterwards, such as V(/Common/dg).
    type: str
  wait_up:
    description:
      - Seconds to wait until monitors mark new members up, before former ones are removed. V(0) does not
        wait.
    type: int
    default: 30
  timeout:
    description:
      - The time limit of the whole task, in seconds. Within it, the task waits for other writers and for a
        BIG-IP that is busy or restarting.
    type: int
    default: 600
seealso:
  - module: vks.bigip.publish
  - module: vks.bigip.as3_info
"""

EXAMPLES = r"""
- name: Deploy a declaration from a file
  vks.bigip.as3_declaration:
    provider:
      server: bigip.example.com
      user: admin
      password: "{{ bigip_password }}"
    content: "{{ lookup('ansible.builtin.file', 'declaration.json') }}"

- name: Deploy one application of this file, and keep the others of its tenant
  vks.bigip.as3_declaration:
    tenant: Own
    application: A1
    content: "{{ lookup('ansible.builtin.file', 'declaration.json') }}"

- name: Deploy one application, and keep the others of its tenant
  vks.bigip.as3_declaration:
    tenant: Web
    content:
      schemaVersion: 3.50.0
      Shop:
        class: Application
        vs:
          class: Service_HTTP
          virtualAddresses: [192.0.2.20]
          pool: shop_pool
        shop_pool:
          class: Pool
          monitors: [http]
          members:
            - servicePort: 8080
              serverAddresses: [198.51.100.10, 198.51.100.11]
              shareNodes: true

- name: Remove this application
  vks.bigip.as3_declaration:
    tenant: Web
    application: Shop
    state: absent

- name: Remove the whole tenant
  vks.bigip.as3_declaration:
    tenant: Web
    state: absent
"""

RETURN = r"""
summary:
  description: The report as text. It has a line for each tenant that changed or failed, and one line with the
    number of unchanged tenants.
  returned: always
  type: list
  elements: str
tenants:
  description: The action and its result for each tenant with a difference, by its name.
  returned: always
  type: dict
  contains:
    action:
      description: V(create), V(update), V(delete), V(restore) or V(hold). V(restore) means that members on
        the device differed from the stored ones. V(hold) means that the change was refused.
      type: str
    code:
      description: AS3's code.
      type: raw
    message:
      description: AS3's message. If a tenant failed without one, its code. RV(failure.tenants) has the
        reason.
      type: str
    applications:
      description: The action for each application, by its name.
      type: dict
    members_added:
      description: Members added.
      type: list
      elements: dict
    members_removed:
      description: Members removed.
      type: list
      elements: dict
  sample:
    Web:
      action: update
      code: 200
      message: success
      applications:
        Shop: create
      members_added: []
      members_removed: []
counts:
  description: The number of tenants, applications, pools and members that were read and changed.
  returned: always
  type: dict
declaration:
  description: The changed applications as they are now, with secrets masked.
  returned: always
  type: dict
timings:
  description: Seconds spent in each part.
  returned: always
  type: dict
sync:
  description: The config-sync status of BIG-IP after the last POST.
  returned: if something was sent and the status could be read
  type: dict
  contains:
    mode:
      description: The mode of the unit, such as V(high-availability) or V(standalone).
      type: str
      returned: always
    status:
      description: The status, such as V(In Sync) or V(Changes Pending).
      type: str
      returned: always
    summary:
      description: BIG-IP's message about the status.
      type: str
      returned: always
requests:
  description: The number of requests sent to BIG-IP.
  returned: always
  type: dict
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
        - Options and libraries - V(options), V(invalid_options), V(reserved_name), V(library_missing).
        - BIG-IP - V(bigip_options), V(bigip_unreachable), V(bigip_tls), V(bigip_not_found),
          V(bigip_auth), V(bigip_forbidden), V(bigip_token_limit), V(bigip_no_active_unit),
          V(bigip_unavailable), V(bigip_busy), V(bigip_answer), V(bigip_refused).
        - AS3 - V(as3_missing), V(as3_refused), V(as3_unreadable), V(conflict), V(outcome_unknown),
          V(endless).
        - Rules of publishing - V(not_ours), V(cis_tenant), V(address_taken), V(created_meanwhile),
          V(members_not_up).
        - The run - V(tenants_failed), V(stopped), V(timeout), V(unexpected).
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
    tenants:
      description: The tenants that failed.
      type: list
      returned: if RV(failure.code) is V(tenants_failed)
      elements: dict
      contains:
        tenant:
          description: Its name.
          type: str
          returned: always
        code:
          description: The number of AS3, such as V(422), or a word as in RV(failure.code).
          type: raw
          returned: always
        summary:
          description: The operation that failed.
          type: str
          returned: always
        message:
          description: The same text as RV(failure.tenants[].summary).
          type: str
          returned: always
        object:
          description: The affected object, a tenant, application or pool by its AS3 path, or
            a Service. V(null) if there is none.
          type: str
          returned: always
        said:
          description: The literal answer of the other system. V(null) if it did not answer.
          type: str
          returned: always
        response:
          description: The same text as RV(failure.tenants[].said).
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
          description: The position in your input that corresponds to RV(failure.tenants[].path).
            V(null) if there is none.
          type: str
          returned: always
        note:
          description: Further actions and observations, such as members that were restored.
          type: str
          returned: when there is one
        applications:
          description: The affected applications of your input.
          type: list
          returned: always
          elements: str
        taken_by:
          description: The object that has the virtual address or port, as C(tenant), C(application),
            C(object) and C(owner).
          type: dict
          returned: if RV(failure.tenants[].code) is V(address_taken)
        created:
          description: The applications that another user or controller created during the run,
            and that this task did not remove.
          type: list
          returned: if RV(failure.tenants[].code) is V(created_meanwhile)
          elements: str
        faults:
          description: Further errors of the tenant, each with the keys of RV(failure.tenants)
            from C(code) to C(input).
          type: list
          returned: if there are several
          elements: dict
"""

from typing import Any

from ..module_utils._as3 import secrets
from ..module_utils._as3.given import structure
from ..module_utils._bigip.options import ARGUMENT_SPEC
from ..module_utils._module import Module


def main() -> None:
    module = Module(
        argument_spec={
            **ARGUMENT_SPEC,
            "content": {"type": "raw"},
            "tenant": {"type": "str"},
            "application": {"type": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "adopt": {"type": "str", "choices": ["none", "publish", "cis"], "default": "none"},
            "sync_to_group": {"type": "str"},
            "wait_up": {"type": "int", "default": 30},
            "timeout": {"type": "int", "default": 600},
        },
        supports_check_mode=True,
    )
    # Only a missing key means all. An empty value is kept for the check, which refuses it.
    absent = {"content", "tenant", "application"} - {*module.given, *module.emptied}
    params = {name: value for name, value in module.params.items() if name not in absent}
    # The invocation repeats the options. Its secrets are masked by position, because they can be short.
    module.params["content"] = secrets.mask(structure(module.params["content"]))

    def work() -> dict[str, Any]:
        from ..module_utils._run.as3_declaration import deploy  # not before the arguments are known to be good

        return deploy(params, module.hide, module.check_mode)

    module.run(work)


if __name__ == "__main__":
    main()
