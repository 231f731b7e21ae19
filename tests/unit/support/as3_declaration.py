# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BIG-IP with a stored declaration, and runs of as3_declaration on it."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.vks.bigip.plugins.modules import as3_declaration
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

AS3 = "/mgmt/shared/appsvcs"
READ = "?show=base&showHash=true"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"
TASK = {"id": "6d3", "results": [{"message": "Declaration successfully submitted", "tenant": "", "code": 0}], "declaration": {}}
SYNC_STATUS = {
    "mode": {"description": "standalone"},
    "status": {"description": "Standalone"},
    "color": {"description": "green"},
    "summary": {"description": " "},
}
SYNC = Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": {"https://localhost/0": {"nestedStats": {"entries": SYNC_STATUS}}}})


def run(script: list[Exchange], check: bool = False, **options: Any) -> Result:
    """A run that changes something also asks in the end whether the device group is in sync."""
    if any(exchange.method != "GET" for exchange in script):
        script = [*script, SYNC]
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}
        result = run_module(as3_declaration.main, {"provider": provider, "timeout": 30, **options}, check=check, diff=True)
    if script and "requests" in result:
        assert result["requests"] == {"bigip": len(script), "kubernetes": 0}
        assert result["timings"]["kubernetes"] == 0
    return result


def pool(*addresses: str, **more: Any) -> dict[str, Any]:
    return {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": list(addresses), "shareNodes": True}], **more}


def app(*addresses: str, **more: Any) -> dict[str, Any]:
    virtual = f"192.0.2.{addresses[0].split('.')[1]}" if addresses else "192.0.2.9"
    service = {"class": "Service_HTTP", "virtualAddresses": [virtual], "pool": "web_pool"}
    return {"class": "Application", "vs": service, "web_pool": pool(*addresses), **more}


def adc(**tenants: Any) -> dict[str, Any]:
    return {"class": "ADC", "schemaVersion": "3.50.0", "id": "demo", **{name: {"class": "Tenant", **value} for name, value in tenants.items()}}


def stored(path: str, **tenants: Any) -> Exchange:
    """The answer of AS3 to GET /declare{path}; without tenants, that it has none."""
    if not tenants:
        return Exchange("GET", f"{AS3}/declare{path}{READ}", 404, json={"code": 404, "message": "declaration in specified path not found"})
    return Exchange(
        "GET", f"{AS3}/declare{path}{READ}", json=adc(**{name: {**value, "optimisticLockKey": f"key of {name}"} for name, value in tenants.items()})
    )


BY_HAND = {"disabled": {"session": "user-disabled", "state": "up"}, "offline": {"session": "user-disabled", "state": "user-down"}}


def device(tenant: str, *states: str, app: str = "A1", **members: str) -> Exchange:
    """The pool of one tenant on the device; members as address=state, disabled and offline by an operator."""
    found = [
        {"name": f"{address}:8080", "address": address, "ratio": 1, "partition": tenant, **BY_HAND.get(state, {"session": "monitor-enabled", "state": state})}
        for address, state in (item.split("=") for item in states)
    ]
    item = {"fullPath": f"/{tenant}/{app}/web_pool", "partition": tenant, "membersReference": {"items": found}}
    return Exchange("GET", f"{POOLS}&$filter=partition%20eq%20{tenant}", json={"items": [item]})


def posted(
    body: dict[str, Any] | None = None, path: str = "", version: str | None = None, **expected: Any
) -> list[Exchange]:
    """POST and its task.

    body      the tenants (or applications) that must be in it
    version   its schemaVersion; None: any
    expected  results by tenant
    """

    def check(request: Request) -> None:
        sent = request.json.get("declaration", request.json)
        parts = {name: value for name, value in sent.items() if isinstance(value, dict) and value.get("class") in ("Tenant", "Application")}
        assert parts == body, json.dumps(parts, indent=1)
        assert version in (None, sent["schemaVersion"])

    results = [value if isinstance(value, dict) else {"code": 200, "message": value, "tenant": name} for name, value in expected.items()]
    return [
        Exchange("POST", f"{AS3}/declare{path}?async=true", 202, json=TASK, expect=None if body is None else check),
        Exchange("GET", f"{AS3}/task/6d3", json={**TASK, "results": results}),
    ]


INFO = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0", "schemaCurrent": "3.56.0"})
LOCKED = {"optimisticLockKey": "key of T1"}
NEW = {"optimisticLockKey": "not stored"}


def tenant(**parts: Any) -> dict[str, Any]:
    return {"class": "Tenant", **parts}


REFUSED = {
    "code": 422,
    "message": "declaration failed",
    "response": "01070333:3: Virtual Server /T1/A1/vs illegally shares destination address",
    "tenant": "T1",
}

MARK = {"class": "Constants", "vks_bigip": {"owner": "other_user"}}
