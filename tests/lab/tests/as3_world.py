# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AS3 engine over a device, without HTTP: for tests of what it answers."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from vkslab.bigip.as3.engine import Engine
from vkslab.bigip.device import Device

T = TypeVar("T")
APPSVCS = "/mgmt/shared/appsvcs"
POOL = "/T1/A1/web_pool"
PLAIN = "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"


def tenant(
    *addresses: str,
    vip: str = "192.0.2.10",
    port: int = 80,
    member: dict[str, Any] | None = None,
    **pool: Any,
) -> dict[str, Any]:
    """A tenant with one application: a Service_HTTP and its pool."""
    members = [{"servicePort": 8080, "serverAddresses": list(addresses), **(member or {})}]
    application = {
        "class": "Application",
        "vs": {"class": "Service_HTTP", "virtualAddresses": [vip], "virtualPort": port, "pool": "web_pool"},
        "web_pool": {"class": "Pool", "monitors": ["http"], "members": members, **pool},
    }
    return {"class": "Tenant", "A1": application}


def app(*addresses: str, vip: str = "192.0.2.10") -> dict[str, Any]:
    """The application of such a tenant."""
    application: dict[str, Any] = tenant(*addresses, vip=vip)["A1"]
    return application


def adc(**tenants: Any) -> dict[str, Any]:
    return {"class": "ADC", "schemaVersion": "3.50.0", "id": "test", **tenants}


class World:
    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        self.device = Device()
        self.engine = Engine(self.device, clock=lambda: self.now)
        self.engine.delay(1)
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self.wait(0.01)
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def wait(self, seconds: float) -> None:
        self.run(asyncio.sleep(seconds))

    async def send(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        raw = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        query = {name.replace("_", "."): value for name, value in query.items()}
        answer = await self.engine.handle(
            method, path if path.startswith("/mgmt") else f"{APPSVCS}{path}", query, raw, "admin"
        )
        self.now += 1
        return answer.status, copy.deepcopy(answer.body)

    def call(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        return self.run(self.send(method, path, body, **query))

    def post(self, body: Any, path: str = "/declare", **query: str) -> tuple[int, Any]:
        return self.call("POST", path, body, **query)

    def deployed(self, **tenants: Any) -> dict[str, Any]:
        """Posts, and insists that every tenant succeeded."""
        status, body = self.post(adc(**tenants))
        assert status == 200, body
        found: dict[str, Any] = body
        return found

    def verdict(self, **tenants: Any) -> list[str]:
        """The message of each tenant's result."""
        return [
            result.get("response", result["message"]) for result in self.post(adc(**tenants))[1]["results"]
        ]

    def stored(self, path: str = "/declare", **query: str) -> Any:
        return self.call("GET", path, **query)[1]

    def members(self, pool: str = "/T1/A1/web_pool") -> list[str]:
        return sorted(self.device.pools[pool].members)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()
