# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static routes from the lab's BIG-IP to the Pods of each node, for tests that are about something else.

The networks are the nodes' Pod ranges, and Calico's blocks where the cluster has them. Each unit of a pair
gets the routes, and saves them.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp

from .errors import LabError
from .kube import Kube, KubeError
from .net.objects import Node, family_of
from .state import Lab

PREFIX = "lab-pods-"
#: Calico's API before and from 3.32 on.
_BLOCKS = (
    "/apis/crd.projectcalico.org/v1/blockaffinities",
    "/apis/projectcalico.org/v3/blockaffinities",
)
_ROUTE = "/mgmt/tm/net/route"


@dataclass(frozen=True)
class Route:
    network: str
    gateway: str

    @property
    def name(self) -> str:
        return PREFIX + self.network.replace("/", "_")


def wanted(nodes: Iterable[Node], blocks: Iterable[dict[str, Any]]) -> dict[str, Route]:
    """The routes by name: each network leads to an address of its node, of the same family."""
    by_name = {node.name: node for node in nodes}
    networks = [(node.name, cidr) for node in by_name.values() for cidr in node.pod_cidrs]
    networks += [
        (block["spec"]["node"], block["spec"]["cidr"])
        for block in blocks
        if str(block["spec"].get("deleted", False)).lower() != "true"
    ]
    found = {}
    for name, cidr in networks:
        for gateway in by_name[name].internal if name in by_name else ():
            if family_of(gateway) == family_of(cidr):
                route = Route(cidr, gateway)
                found[route.name] = route
                break
    return found


def create(lab: Lab) -> int:
    """Make the routes of all units those of the nodes. Returns their number."""
    return asyncio.run(_set(lab, remove=False))


def remove(lab: Lab) -> None:
    asyncio.run(_set(lab, remove=True))


async def _set(lab: Lab, *, remove: bool) -> int:
    facts = lab.read("bigip.json")
    if facts is None or not lab.came_up():
        raise LabError(f"There is no lab {lab.name}.")
    routes = {} if remove else await _wanted(lab)
    login = aiohttp.BasicAuth(facts["user"], facts["password"])
    context = ssl.create_default_context(cafile=facts["ca"])
    async with aiohttp.ClientSession(auth=login, connector=aiohttp.TCPConnector(ssl=context)) as session:
        for unit in facts["units"]:
            await _set_of_unit(session, unit["url"], routes)
    return len(routes)


async def _wanted(lab: Lab) -> dict[str, Route]:
    async with Kube.from_kubeconfig(lab.folder / "kubeconfig") as kube:
        nodes = [Node.read(item) async for page, _ in kube.pages("/api/v1/nodes") for item in page]
        blocks: list[dict[str, Any]] = []
        for path in _BLOCKS:
            try:
                blocks += [item async for page, _ in kube.pages(path) for item in page]
            except KubeError as error:
                if error.status != 404:
                    raise
    return wanted(nodes, blocks)


async def _set_of_unit(session: aiohttp.ClientSession, url: str, routes: dict[str, Route]) -> None:
    items = (await _call(session, "GET", url + _ROUTE)).get("items", [])
    there = {item["name"]: item["gw"] for item in items if item["name"].startswith(PREFIX)}
    for method, path, body in _steps(there, routes):
        await _call(session, method, url + path, body)
    await _call(session, "POST", f"{url}/mgmt/tm/sys/config", {"command": "save"})


def _steps(
    there: dict[str, str], routes: dict[str, Route]
) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    for name in there.keys() - routes.keys():
        yield "DELETE", f"{_ROUTE}/~Common~{name}", None
    for name, route in routes.items():
        if name not in there:
            yield "POST", _ROUTE, {"name": name, "network": route.network, "gw": route.gateway}
        elif there[name] != route.gateway:
            yield "PATCH", f"{_ROUTE}/~Common~{name}", {"gw": route.gateway}


async def _call(
    session: aiohttp.ClientSession, method: str, url: str, body: dict[str, str] | None = None
) -> dict[str, Any]:
    async with session.request(method, url, json=body) as answer:
        if answer.status != 200:
            raise LabError(f"{method} {url}: BIG-IP answered {answer.status}: {await answer.text()}")
        content: dict[str, Any] = await answer.json(content_type=None) or {}
        return content
