# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 as its clients see it: paths, tasks, the 45 seconds after which a request becomes a task."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..device import Device
from ..faults import Lost
from . import settings as settings_rules
from .answers import Answer, Refused
from .deploy import Deployer
from .digest import Declaration, applications, check_applications, expanded, tenants, unknown_word
from .discovery import Discovery
from .faults import Died, Faults
from .lock import Lock, Queue
from .request import Job, jobs, keep_tenants_of_path, parse_async, parse_json, parse_query
from .results import filtered
from .store import Store, show_keys
from .tasks import Record, Records

VERSION = {"version": "3.56.0", "release": "10", "schemaCurrent": "3.56.0", "schemaMinimum": "3.0.0"}
SWITCH_SECONDS = 45.0
_PREFIX = "/mgmt/shared/appsvcs"
_DISCOVERY = "/mgmt/shared/service-discovery"
_READ_CALLS = 3


class Engine:
    def __init__(
        self,
        device: Device,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        self.device = device
        self.store = Store(device, clock)
        self.lock = Lock(clock)
        self.records = Records()
        self.discovery = Discovery(device)
        self.faults = Faults()
        self._deployer = Deployer(device, self.store, self.lock, self.discovery, self.faults, clock, sleep)
        self._queue = Queue()
        self._running: set[asyncio.Task[tuple[int, Any]]] = set()
        self.switch_seconds = SWITCH_SECONDS
        self._operations = itertools.count(1000)  # restjavad's, of this machine

    @property
    def settings(self) -> dict[str, Any]:
        """In a data group, too."""
        return {**settings_rules.defaults(), **self.device.data_groups.get("settings", {})}

    # -- control

    def reset(self) -> None:
        """The device and AS3 as from the factory."""
        self._end_work()
        self.device.reset()
        self.lock.clear()
        self.records.clear()
        self.discovery.clear()
        self.faults.script.clear()
        self.faults.crash.clear()
        self.faults.store = self.faults.lost_tasks = 0
        self.delay(10)

    def fail_next(self, message: str, tenant: str | None = None) -> None:
        """The next script that changes something fails, after its member deletes."""
        self.faults.script.append({"tenant": tenant, "message": message})

    def delay(self, milliseconds: float) -> None:
        """How long each tenant's script takes."""
        self._deployer.scripts.seconds = milliseconds / 1000

    def take_lock(self, age_seconds: float) -> None:
        """Another client took the lock that many seconds ago."""
        self.lock.take_by_other(age_seconds)

    def restart(self) -> None:
        """restnoded restarts: running work is lost, its tasks report that, and the lock stays for two
        minutes."""
        self.records.cancel_running()
        self._end_work()

    def _end_work(self) -> None:
        for task in list(self._running):
            task.cancel()
        self._queue = Queue()

    # -- requests

    async def handle(
        self, method: str, path: str, query: dict[str, str], body: bytes | None, user: str
    ) -> Answer:
        """``path`` is decoded and has no query."""
        try:
            if path.startswith(_DISCOVERY):
                given = parse_json(body, self._operations) if body else None
                return Answer(*self.discovery.handle(method, _parts(path, _DISCOVERY), given))
            return await self._appsvcs(method, _parts(path, _PREFIX), query, body)
        except Refused as refusal:
            return Answer(refusal.status, refusal.body())
        except Died:
            self.restart()
            raise Lost from None

    async def _appsvcs(
        self, method: str, parts: list[str], query: dict[str, str], body: bytes | None
    ) -> Answer:
        if parts == ["info"]:
            return _only(method, "GET", dict(VERSION))
        if parts[:1] == ["task"] and len(parts) <= 2:
            return self._task(method, parts[1:])
        if parts == ["settings"]:
            return self._settings(method, body)
        if parts[:1] == ["declare"] and len(parts) <= 4 and (len(parts) < 3 or parts[2] == "applications"):
            return await self._declare(method, parts[1:], query, body)
        raise Refused(400, "Bad Request: Invalid path")

    def _task(self, method: str, rest: list[str]) -> Answer:
        if method != "GET":
            raise Refused(405, f"Method {method} not allowed")
        if not rest:
            return Answer(200, {"items": self.records.listed()})
        record = self.records.get(rest[0])
        if record is None:
            return Answer(404, {"message": f"No record found with ID of {rest[0]}"})
        return Answer(200, record.shown())

    def _settings(self, method: str, body: bytes | None) -> Answer:
        if method not in ("GET", "POST"):
            raise Refused(
                405,
                "http://localhost:8100/mgmt/shared/appsvcs/settings: Only acceptable methods are Post and "
                "Get",
            )
        if method == "POST":
            self.device.data_groups["settings"] = settings_rules.merged(
                self.settings, parse_json(body or b"{}", self._operations)
            )
            self.device.touch("/Common/appsvcs/settings")
        return Answer(200, self.settings)

    async def _declare(
        self, method: str, rest: list[str], query: dict[str, str], body: bytes | None
    ) -> Answer:
        if method not in ("GET", "POST", "PATCH", "DELETE"):
            raise Refused(405, f"Method {method} not allowed")
        per_application = len(rest) >= 2
        if per_application:
            whole = len(rest) == 2
            if (whole and method not in ("GET", "POST")) or (not whole and method not in ("GET", "DELETE")):
                raise Refused(400, "Bad Request: Invalid path")
        given = parse_json(body, self._operations) if body and method in ("POST", "PATCH") else None
        if per_application and any("," in part for part in rest):
            raise Refused(
                400,
                f"declare/{'/'.join(rest)} is an invalid path. Only 1 tenant and 1 application may be "
                "specified in the URL.",
            )
        work = jobs(method, given, rest[0] if per_application else None, rest[2] if len(rest) == 3 else None)
        go_async = parse_async(query, work[0].action == "retrieve")
        if per_application and not self.settings["perAppDeploymentAllowed"]:
            raise Refused(400, "Error: Per-application deployment has been disabled on the settings endpoint")
        named = (
            []
            if per_application
            else [name.strip() for name in (rest[0] if rest else "").split(",") if name.strip()]
        )
        if work[0].action == "retrieve":
            return Answer(*self._retrieve(work[0], method, query, named))
        return await self._change(work, method, query, named, go_async)

    async def _change(
        self, work: list[Job], method: str, query: dict[str, str], named: list[str], go_async: bool
    ) -> Answer:
        records = [self.records.new((job.declaration or {}).get("id")) for job in work]
        task = asyncio.create_task(self._run(work, records, method, query, named))
        self._running.add(task)
        task.add_done_callback(self._finished)
        if not go_async:
            done, _pending = await asyncio.wait([task], timeout=self.switch_seconds)
            if done:
                if task.cancelled():
                    raise Lost
                status, body = task.result()
                return Answer(status, body)
        submitted: Any = [record.submitted() for record in records]
        for record in records:
            if self.faults.lost_tasks:
                self.faults.lost_tasks -= 1
                self.records.forget(record.id)
        return Answer(202, submitted[0] if len(work) == 1 else {"code": 202, "items": submitted})

    def _finished(self, task: asyncio.Task[tuple[int, Any]]) -> None:
        self._running.discard(task)
        if not task.cancelled() and isinstance(task.exception(), Died):
            self.restart()  # an asynchronous request that died may have no waiting client

    async def _run(
        self, work: list[Job], records: list[Record], method: str, query: dict[str, str], named: list[str]
    ) -> tuple[int, Any]:
        try:
            if not self.settings["burstHandlingEnabled"]:
                return await self._run_all(work, records, method, query, named)
            async with self._queue:
                return await self._run_all(work, records, method, query, named)
        except Refused as refusal:
            for record in records:
                record.done, record.outcome = True, refusal.body()
            return refusal.status, refusal.body()

    async def _run_all(
        self, work: list[Job], records: list[Record], method: str, query: dict[str, str], named: list[str]
    ) -> tuple[int, Any]:
        answers = []
        twice = _tenants_twice(work)
        for index, (job, record) in enumerate(zip(work, records, strict=True)):
            try:
                if index in twice:
                    raise Refused(
                        422,
                        "Error(s): 'Invalid/Duplicate': another request exists with the same "
                        "targetHost-declaration tenant, "
                        "declaration target, and/or declaration tenant-app",
                    )
                status, body = await self._one(job, method, query, named)
            except Refused as refusal:
                status, body = refusal.status, refusal.body()
                if job.app_form is not None and "errors" not in body:
                    body["declaration"] = {}
            record.done, record.outcome = True, body
            answers.append((status, body))
        if len(work) == 1:
            return answers[0]
        statuses = {status for status, _body in answers}
        overall = statuses.pop() if len(statuses) == 1 else 207
        items = {"items": [body for _status, body in answers]}
        return overall, items if overall == 200 else {"code": overall, **items}

    async def _one(self, job: Job, method: str, query: dict[str, str], named: list[str]) -> tuple[int, Any]:
        if job.declaration is not None:
            if job.app_form is not None and not job.applications:
                raise Refused(
                    422, "Invalid data property: Per-app declaration must contain at least one application"
                )
            unknown = unknown_word(job.declaration)
            if unknown:
                raise Refused(422, f"Invalid data property: {unknown}")
            if job.app_form is not None:
                check_applications(job.app_form)
        keep_tenants_of_path(job, named, method)
        parse_query(job, method, query)
        if job.action == "redeploy" and job.tenants:
            raise Refused(
                400, f'action "redeploy" is not allowed for URI {_PREFIX}/declare/{",".join(named)}'
            )
        return await self._deployer.deploy(job)

    # -- GET

    def _retrieve(self, job: Job, method: str, query: dict[str, str], named: list[str]) -> tuple[int, Any]:
        keep_tenants_of_path(job, named, method)
        parse_query(job, method, query)
        self.device.calls += _READ_CALLS
        if job.age == "list":
            return 200, self.store.listed()
        found = self.store.get(int(job.age))
        if found is None:
            if not job.tenants and not job.per_application:
                return 204, None
            raise Refused(404, "declaration in specified path not found")
        if not tenants(found):
            return 204, None
        if job.per_application:
            return 200, _application_form(found, job)
        missing = [tenant for tenant in job.tenants if tenant not in tenants(found)]
        for tenant in missing:
            if tenant in found:
                raise Refused(409, f"specified Tenant name '{tenant}' matches non-Tenant property")
        if missing:
            raise Refused(404, f"specified Tenant(s) '{','.join(missing)}' not found in declaration")
        if job.tenants:
            found = {
                name: value
                for name, value in found.items()
                if name not in tenants(found) or name in job.tenants or name == "Common"
            }
        if job.show != "base":
            found = expanded(self.device, found, pointers=job.show == "expanded")
        if job.show_hash:
            show_keys(found)
        if job.filter_class:
            found = filtered(found, job.filter_class) or {}
        return 200, found


def _application_form(found: Declaration, job: Job) -> Declaration:
    tenant = found.get(job.tenant or "")
    if not isinstance(tenant, dict):
        raise Refused(404, f"specified tenant '{job.tenant}' not found in declaration")
    names = job.applications or applications(tenant)
    for name in names:
        if name not in tenant:
            raise Refused(404, f"specified Application '{name}' not found in '{job.tenant}'")
    return {"schemaVersion": found["schemaVersion"], **{name: tenant[name] for name in names}}


def _tenants_twice(work: list[Job]) -> set[int]:
    """The elements of an array that share a tenant with another."""
    owners: dict[str, int] = {}
    twice: set[int] = set()
    for index, job in enumerate(work):
        for tenant in tenants(job.declaration or {}):
            if tenant in owners:
                twice |= {index, owners[tenant]}
            owners[tenant] = index
    return twice


def _only(method: str, allowed: str, body: Any) -> Answer:
    if method != allowed:
        raise Refused(405, f"Method {method} not allowed")
    return Answer(200, body)


def _parts(path: str, prefix: str) -> list[str]:
    return [part for part in path[len(prefix) :].strip("/").split("/") if part]
