# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides of `publish` in memory: a cluster of fixed pools, and a BIG-IP that stores and applies what it is sent.

The BIG-IP keeps the declaration (as AS3 does) and the device (as LTM does) apart. A test can make them differ.
`answers` is a list of functions that may answer the next POSTs in AS3's place.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Iterator, Sequence

from ansible_collections.vks.bigip.plugins.module_utils._as3 import members as as3_members
from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import MemberState, MemberStats
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._publish import interfaces as sides
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._run.publish import run

OWNER = "uid-of-kube-system"


def pool(
    *addresses: str,
    mode: str = "nodeportlocal",
    service: str = "web",
    left_out: tuple[str, ...] = (),
    draining: tuple[str, ...] = (),
    **more: Any,
) -> Pool:
    """A pool of "10.0.0.1:61001" members; the Pod of each is named by its port."""
    made, ending = ([_of_pod(address) for address in several] for several in (addresses, draining))
    out = [LeftOut("Pod", name, "terminating", f"Pod {name} is terminating.") for name in left_out]
    out += [LeftOut("Pod", str(one.pod), "draining", f"Pod {one.pod} drains.") for one in ending]
    parts = {"draining": tuple(ending), **more}
    return Pool("default", service, "http", 80, "TCP", mode, "asked for", tuple(made), tuple(out), **parts)


def _of_pod(text: str) -> Member:
    host, _colon, port = text.rpartition(":")
    return Member(host, int(port), node=f"node-{host.rpartition('.')[2]}", pod=f"web-{port}")


WEB: dict[str, Pool | Failure] = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}


class FakeCluster:
    def __init__(self, pools: dict[str, Pool | Failure] | None = None, **more: Any) -> None:
        self.by_service = dict(pools or {})
        self.secrets: dict[tuple[str, str], dict[str, bytes]] = more.get("secrets", {})
        self.services: list[Any] = more.get("services", [])
        self.claims: list[Any] = more.get("claims", [])
        self.uid_failure: Failure | None = more.get("uid_failure")
        self.requests = 0
        self.published: dict[str, str] = {}
        self.routable: Any = None
        self.entered = 0
        self.asked: list[tuple[str, str]] = []
        self.listed: list[tuple[str, ...]] = []

    def pools(
        self, sources: Any, *, published: Any, pod_network_routable: Any = None
    ) -> list[Pool | Failure]:
        self.published, self.routable = dict(published), pod_network_routable
        missing = Failure("service_not_found", "Service not found", remedy="Create it.")
        return [self.by_service.get(source.name, missing) for source in sources]

    def uid(self) -> str:
        if self.uid_failure:
            raise self.uid_failure
        return OWNER

    def secret(self, namespace: str, name: str) -> dict[str, bytes]:
        self.asked.append((namespace, name))
        if (namespace, name) not in self.secrets:
            raise Failure("secret_not_found", f"reading Secret {namespace}/{name}", said="not found")
        return self.secrets[(namespace, name)]

    def list_services(self, label_selector: str, namespaces: Sequence[str]) -> list[Any]:
        self.listed.append(tuple(namespaces))
        return [service for service in self.services if service.namespace in namespaces]


def key_of(tenant: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(tenant, sort_keys=True).encode()).hexdigest()[:12]


@dataclass
class FakeBigIp:
    """AS3 and LTM. posts: (tenant or None, body) of each submit; removed: per-application deletes."""

    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    device: dict[str, dict[tuple[str, int], MemberState]] = field(default_factory=dict)
    posts: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    removed: list[tuple[str, str | None]] = field(default_factory=list)
    answers: list[Callable[[FakeBigIp, dict[str, Any], str | None], Outcome | None]] = field(
        default_factory=list
    )
    reads: Counter[str] = field(default_factory=Counter)
    state_of_new: str = "up"
    lost_answering: list[tuple[str, int, int]] = field(default_factory=list)
    version: str = "3.56.0"
    added_again: list[tuple[str, tuple[str, int]]] = field(default_factory=list)
    """Members that a POST deleted and added again because a setting differed from the device's."""
    connections: dict[tuple[str, tuple[str, int]], int] = field(default_factory=dict)
    sessions: list[tuple[str, str, str]] = field(default_factory=list)
    """pool, member, session of each request beside AS3."""
    cut: list[tuple[str, tuple[str, int], int]] = field(default_factory=list)
    """Members that a POST removed, or deleted and added again, with open connections."""

    # -- As3

    def info(self) -> dict[str, Any]:
        self.reads["info"] += 1
        return {"version": self.version, "schemaCurrent": self.version}

    def declaration(self, tenants: Any = None) -> dict[str, dict[str, Any]]:
        self.reads["declaration"] += 1
        reserved = sorted({"class", "schemaVersion", "id", "label", "controls"} & set(tenants or ()))
        if reserved:
            said = f"HTTP 409: specified Tenant name '{reserved[0]}' matches non-Tenant property"
            raise Failure("as3_refused", "Reading the declaration from AS3", said=said)
        found = copy.deepcopy(
            {name: value for name, value in self.stored.items() if tenants is None or name in tenants}
        )
        for value in found.values():
            value["optimisticLockKey"] = key_of(
                {key: part for key, part in value.items() if key != "optimisticLockKey"}
            )
        return found

    def others(self, tenants: Any) -> dict[str, dict[str, Any]]:
        self.reads["others"] += 1
        return copy.deepcopy({name: value for name, value in self.stored.items() if name not in tenants})

    def submit(self, body: dict[str, Any], *, tenant: str | None = None) -> Outcome:
        body = copy.deepcopy(body)
        self.posts.append((tenant, body))
        if self.answers:
            answer = self.answers.pop(0)(self, body, tenant)
            if answer is not None:
                return answer
        return self.accept(body, tenant)

    def accept(self, body: dict[str, Any], tenant: str | None = None) -> Outcome:
        if body.get("action") == "dry-run" or tenant is not None and body.get("controls", {}).get("dryRun"):
            judged = copy.deepcopy(self).accept(
                {name: value for name, value in body.items() if name not in ("action", "controls")}, tenant
            )
            warnings = () if tenant is None else ("dryRun true found in Tenant controls",)
            return replace(
                judged,
                results=tuple(
                    replace(result, dry_run=result.changed, warnings=warnings) for result in judged.results
                ),
            )
        results = []
        body = body.get("declaration", body)
        for name, value in ({tenant: body} if tenant else body).items():
            if tenant is None and not (isinstance(value, dict) and value.get("class") == "Tenant"):
                continue
            if tenant is not None:
                applications = {
                    key: part
                    for key, part in value.items()
                    if isinstance(part, dict) and part.get("class") == "Application"
                }
                new = {"class": "Tenant", **self.stored.get(tenant, {}), **applications}
            else:
                new = {key: part for key, part in value.items() if key != "optimisticLockKey"}
                sent = value.get("optimisticLockKey")
                if name in self.stored and sent and sent != key_of(self.stored[name]):
                    text = "The hash you submitted does not match the hash on the current Tenant. ..."
                    results.append({"code": 422, "message": text, "tenant": name})
                    continue
            same = new == self.stored.get(name)
            if not [
                part for part in new.values() if isinstance(part, dict) and part.get("class") == "Application"
            ]:
                self.stored.pop(name, None)
            else:
                self.stored[name] = new
            self.apply(name)
            results.append({"code": 200, "message": "no change" if same else "success", "tenant": name})
        return outcome_of({"results": results, "declaration": {}})

    def remove(self, tenant: str, application: str | None = None) -> Outcome:
        self.removed.append((tenant, application))
        del self.stored[tenant][application]
        self.apply(tenant)
        return outcome_of({"results": [{"code": 200, "message": "success", "tenant": tenant}]})

    def apply(self, tenant: str) -> None:
        """The device takes over the stored members; counts how many answering ones are removed at once."""
        wanted: dict[str, dict[tuple[str, int], MemberState]] = {}
        for name, application in self.stored.get(tenant, {}).items():
            for key, item in application.items() if isinstance(application, dict) else ():
                if isinstance(item, dict) and item.get("class") == "Pool":
                    path = f"/{tenant}/{name}/{key}"
                    before = self.device.get(path, {})
                    wanted[path] = {}
                    lost = [place for place in before if before[place].up]
                    for place, settings in as3_members.flatten(item.get("members")).static.items():
                        old = before.get(place)
                        admin = settings.get("adminState", "enable")
                        session = "monitor-enabled" if admin == "enable" else "user-disabled"
                        numbers = {
                            "ratio": settings.get("ratio", 1),
                            "priority": settings.get("priorityGroup", 0),
                            "limit": settings.get("connectionLimit", 0),
                        }
                        new = member(
                            *place,
                            state="user-down" if admin == "offline" else self.state_of_new,
                            session=session,
                            **numbers,
                        )
                        offline = "user-down" in (new.state, old.state if old else "")
                        if old is not None and (old if offline else replace(old, state=new.state)) == new:
                            wanted[path][place] = old
                            lost = [other for other in lost if other != place]
                        else:
                            wanted[path][place] = new
                            self.added_again += [(path, place)] if old else []
                    self.cut += [
                        (path, place, self.connections[path, place])
                        for place, old in before.items()
                        if self.connections.get((path, place)) and wanted[path].get(place) is not old
                    ]
                    self.lost_answering.append(
                        (path, len(lost), sum(1 for value in before.values() if value.up))
                    )  # type: ignore[arg-type]
        self.device = {
            path: value for path, value in self.device.items() if not path.startswith(f"/{tenant}/")
        } | wanted

    # -- Ltm

    def pools(self, partitions: Any = None) -> dict[str, dict[tuple[str, int], MemberState]]:
        self.reads["pools"] += 1
        return {
            path: dict(value)
            for path, value in self.device.items()
            if partitions is None or path.split("/")[1] in partitions
        }

    def members_stats(self, pool: str) -> dict[tuple[str, int], MemberStats]:
        self.reads["stats"] += 1
        return {
            place: MemberStats(*place, None, self.connections.get((pool, place), 0), 99, "available", "enabled", "")
            for place in self.device.get(pool, {})
        }

    def set_session(self, pool: str, member: str, session: str) -> None:
        self.sessions.append((pool, member, session))
        shown = "monitor-enabled" if session == "user-enabled" else session
        for place, state in self.device.get(pool, {}).items():
            if f"/{state.partition}/{state.name}" == member:
                self.device[pool][place] = replace(state, session=shown)

    in_common: tuple[str, ...] = ()

    def common_addresses(self) -> tuple[str, ...]:
        self.reads["common_addresses"] += 1
        return self.in_common

    sync: SyncStatus = SyncStatus("standalone", "Standalone", "green", "")

    def sync_status(self) -> SyncStatus:
        return self.sync

    def routes(self) -> tuple[Any, ...]:
        self.reads["routes"] += 1
        return ()


def member(
    address: str,
    port: int,
    state: str = "up",
    ratio: int = 1,
    session: str = "monitor-enabled",
    priority: int = 0,
    limit: int = 0,
) -> MemberState:
    return MemberState(
        f"{address}:{port}", address, port, None, session, state, ratio, priority, limit, "Common"
    )


class Clock:
    """Time that passes only when the code sleeps; `on_sleep` may change the world meanwhile."""

    def __init__(self) -> None:
        self.now = 0.0
        self.on_sleep: Callable[[float], None] = lambda now: None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.on_sleep(self.now)


class World:
    """Publish into it: world.publish(applications=[...])."""

    def __init__(self, pools: dict[str, Pool | Failure] | None = None, **more: Any) -> None:
        self.cluster = FakeCluster(pools, **more)
        self.bigip = FakeBigIp()
        self.clock = Clock()
        self.progress: list[str] = []
        self.hidden: set[str] = set()
        self.synchronised: list[str] = []
        self.said_at_sign_out: list[str] = []

    def publish(self, check_mode: bool = False, timeout: float = 300, **options: Any) -> dict[str, Any]:
        """One tenant a POST, if the test sets nothing else: the POSTs then have the order of the tenants."""

        @contextlib.contextmanager
        def kubernetes() -> Iterator[sides.Kubernetes]:
            self.cluster.entered += 1
            yield sides.Kubernetes(self.cluster, lambda: self.cluster.claims)

        @contextlib.contextmanager
        def bigip() -> Iterator[sides.BigIp]:
            warnings: list[str] = []
            yield sides.BigIp(self.bigip, self.bigip, None, self.synchronised.append, Counter(), warnings)
            warnings += self.said_at_sign_out

        interfaces = sides.Interfaces(
            bigip=bigip,
            deadline=Deadline(timeout, self.clock, self.clock.sleep),
            warnings=[],
            hide=self.hidden.update,
            progress=self.progress.append,
            clock=self.clock,
        )
        return run(
            PublishOptions.from_params({"tenants_per_post": 1, **options}), interfaces, kubernetes, check_mode
        )


def app(
    tenant: str = "T1", application: str = "A1", service: str | None = "web", **more: Any
) -> dict[str, Any]:
    """One element of applications."""
    item: dict[str, Any] = {
        "tenant": tenant,
        "application": application,
        "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80},
        "pool": {"monitors": ["http"]},
    }
    if service:
        item["service"] = {"namespace": "default", "name": service, "port": "80"}
    item.update(more)
    return item


def addresses(world: World, path: str = "/T1/A1/pool") -> list[str]:
    """The members of a pool on the device."""
    return sorted(f"{address}:{port}" for address, port in world.bigip.device[path])


def never_more_than_half(world: World) -> None:
    """Assert that no POST removed more than half of the members that could answer."""
    for path, lost, answering in world.bigip.lost_answering:
        assert lost * 2 <= answering, (
            f"{path} lost {lost} of {answering} members that could answer in one POST"
        )


__all__ = [
    "FakeBigIp",
    "FakeCluster",
    "World",
    "app",
    "member",
    "pool",
    "unknown",
    "OWNER",
    "WEB",
    "addresses",
    "never_more_than_half",
]
