# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service-discovery worker: tasks that fill pools, and the nodes that clients post to them."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from ..device import Device, DeviceError, Node, PoolMember, partition_of
from . import tree
from .answers import Refused
from .desired import joined, monitor
from .digest import Declaration, items

Task = dict[str, Any]


class Discovery:
    def __init__(self, device: Device) -> None:
        self._device = device
        self._tasks: dict[str, Task] = {}

    def clear(self) -> None:
        self._tasks.clear()

    # -- from declarations

    def follow(self, full: Declaration, tenant: str) -> None:
        """After a tenant's script succeeded: its tasks are those of its pools, no others."""
        wanted = {
            task["id"]: task
            for path, pool in items({tenant: full[tenant]}, "Pool")
            for task in _tasks(path, pool, full)
        }
        for identity in [i for i in self._tasks if i.startswith(f"~{tenant}~") and i not in wanted]:
            del self._tasks[identity]
        for identity, task in wanted.items():
            former = self._tasks.get(identity)
            if former:
                task["providerOptions"] = former["providerOptions"]
            self._tasks[identity] = task
            if former and former["resources"] != task["resources"]:
                self._fill(task)

    # -- its own REST interface

    def handle(self, method: str, parts: list[str], body: Any) -> tuple[int, Any]:
        """``parts``: the path below /mgmt/shared/service-discovery."""
        if parts[:1] != ["task"] or len(parts) > 3 or (len(parts) == 3 and parts[2] != "nodes"):
            raise Refused(404, f"Public URI path not registered: /shared/service-discovery/{'/'.join(parts)}")
        if len(parts) == 1:
            if method == "GET":
                return 200, {"items": [self._shown(task) for task in self._tasks.values()]}
            if method == "POST" and isinstance(body, dict) and body.get("id"):
                self._tasks[body["id"]] = copy.deepcopy(body)
                return 200, self._shown(self._tasks[body["id"]])
            raise Refused(405, f"Method {method} not allowed")
        task = self._tasks.get(parts[1])
        if task is None:
            if method == "DELETE":
                return 200, {}
            raise Refused(404, f"Task with id {parts[1]} not found")
        if len(parts) == 3:
            return self._nodes(method, task, body)
        if method == "GET":
            return 200, self._shown(task)
        if method == "PATCH":
            task.update(body)
            return 200, self._shown(task)
        if method == "DELETE":
            del self._tasks[parts[1]]
            return 200, {}
        raise Refused(405, f"Method {method} not allowed")

    def _nodes(self, method: str, task: Task, body: Any) -> tuple[int, Any]:
        if method == "GET":
            return 200, {
                "result": {"providerOptions": {"nodeList": task["providerOptions"].get("nodeList", [])}}
            }
        if method != "POST":
            raise Refused(405, f"Method {method} not allowed")
        if task.get("provider") != "event":
            raise Refused(422, f"Task {task['id']} is not an event task")
        if not isinstance(body, list):
            raise Refused(422, "should be array")
        for index, node in enumerate(body):
            for name in ("id", "ip"):
                if not isinstance(node, dict) or name not in node:
                    raise Refused(422, f"/{index}: should have required property '{name}'")
        task["providerOptions"] = {**task["providerOptions"], "nodeList": copy.deepcopy(body)}
        self._fill(task)
        return 200, {"kind": "shared:service-discovery:taskstate", **copy.deepcopy(task)}

    def _shown(self, task: Task) -> Task:
        link = f"https://localhost/mgmt/shared/service-discovery/task/{task['id']}"
        return {"kind": "shared:service-discovery:taskstate", "selfLink": link, **copy.deepcopy(task)}

    def _fill(self, task: Task) -> None:
        """The list replaces the members of the pool.

        A node that the device refuses stops the task, and the task's status reports it.
        """
        if "nodeList" not in task["providerOptions"]:
            return
        try:
            with self._device.transaction():
                for resource in task["resources"]:
                    self._fill_pool(resource, task)
            task["lastDiscoveryResult"] = {"status": "Success"}
        except DeviceError as error:
            task["lastDiscoveryResult"] = {"status": "Failed", "message": str(error)}

    def _fill_pool(self, resource: dict[str, Any], task: Task) -> None:
        device = self._device
        pool = device.pools.get(resource["path"])
        if pool is None:
            raise DeviceError(f"01020036:3: The requested Pool ({resource['path']}) was not found.")
        options, prefix = resource["options"], task["nodePrefix"]
        members: dict[str, PoolMember] = {}
        for given in task["providerOptions"]["nodeList"]:
            path = f"{prefix}{given['id']}"
            device.put_node(Node(path, given["ip"], metadata={"appsvcs-discovery": ""}))
            port = given.get("port", options["servicePort"])
            host, _, domain = given["ip"].partition("%")
            member = PoolMember(
                joined(given["id"], port),
                path,
                host,
                port,
                route_domain=int(domain) if domain else None,
                ratio=options["ratio"],
                priority_group=options["priorityGroup"],
                connection_limit=options["connectionLimit"],
                rate_limit=str(options["rateLimit"]),
                dynamic_ratio=options["dynamicRatio"],
                monitor=options["monitor"],
                session=given.get("session", options["session"]),
                state=given.get("state", options["state"]),
                metadata={"appsvcs-discovery": ""},
            )
            members[member.path] = member
        device.put_pool(replace(pool, members=members))
        tree.drop_discovered(device, prefix)


def _tasks(path: str, pool: dict[str, Any], full: Declaration) -> list[Task]:
    found = []
    for member in pool.get("members") or []:
        kind = member.get("addressDiscovery", "static")
        if not isinstance(kind, str) or kind in ("static", "fqdn"):
            continue
        state = member.get("adminState", "enable")
        rate = member.get("rateLimit", -1)
        options = {
            "servicePort": member["servicePort"],
            "connectionLimit": member.get("connectionLimit", 0),
            "rateLimit": "disabled" if rate == -1 else rate,
            "dynamicRatio": member.get("dynamicRatio", 1),
            "ratio": member.get("ratio", 1),
            "priorityGroup": member.get("priorityGroup", 0),
            "monitor": " and ".join(monitor(m) for m in member["monitors"])
            if member.get("monitors")
            else "default",
            "state": "user-down" if state == "offline" else "user-up",
            "session": "user-enabled" if state == "enable" else "user-disabled",
        }
        found.append(
            {
                "schemaVersion": "1.0.0",
                "id": path.replace("/", "~"),
                "updateInterval": 0 if kind == "event" else member.get("updateInterval", 60),
                "resources": [{"type": "pool", "path": path, "options": options}],
                "provider": kind,
                "providerOptions": {},
                "nodePrefix": "/Common/" if member.get("shareNodes") else f"/{partition_of(path)}/",
                "metadata": {"configuredBy": "AS3"},
                "routeDomain": full[partition_of(path)].get("defaultRouteDomain", 0),
            }
        )
    return found
