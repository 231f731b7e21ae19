# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Items of applications, and what becomes of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._request import (
    build,
    from_secret,
    template,
    validate,
)
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted

HTTP = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80}
WEB = {"namespace": "default", "name": "web"}
ADDRESS = {"class": "Service_Address", "virtualAddress": "192.0.2.10"}
SNAT = {"class": "SNAT_Pool", "snatAddresses": ["192.0.2.9"]}


def put_together(*items: dict[str, Any], declaration: Any = None, pools: Any = None, tenants: Any = None) -> Wanted:
    wanted, problems = Wanted(), Problems()
    wanted.properties = dict(tenants or {})
    build.add_items(wanted, [{"tenant": "T1", "application": "A1", **item} for item in items], problems)
    if declaration is not None:
        template.add(wanted, declaration, pools, problems)
    validate.check(wanted, problems)
    validate.member_warnings(wanted)
    from_secret.check(wanted, None, {}, problems)
    problems.raise_if_any()
    return wanted


def adc(**application: Any) -> dict[str, Any]:
    return {"class": "ADC", "schemaVersion": "3.50.0", "T1": {"class": "Tenant", "A1": {"class": "Application", **application}}}
