# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and proxies of the data path, and clients of a proxy, for tests without a lab."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import cluster_objects as made
from vkslab.net.control import Control
from vkslab.net.objects import EndpointSlice, Node, Pod, Service
from vkslab.net.proxy import Proxy
from vkslab.net.routes import Key, Table
from vkslab.processes import HANG

NPL = ("n1", "IPv4", "tcp", 61000)
NODE_PORT = made.port(80, 8080, node_port=30080)


def table(*objects: dict[str, Any], ended: list[Key] | None = None) -> Table:
    """A table with two nodes and these objects."""
    filled = Table(ended.append) if ended is not None else Table()
    add(filled, made.node(), made.node("n2", "198.18.0.2"), *objects)
    return filled


def add(to: Table, *objects: dict[str, Any]) -> None:
    for each in objects:
        if "endpoints" in each:
            to.slice_changed(None, EndpointSlice.read(each))
        elif "conditions" in each.get("status", {}):
            to.node_changed(None, Node.read(each))
        elif "ports" in each["spec"]:
            to.service_changed(None, Service.read(each))
        else:
            to.pod_changed(None, Pod.read(each))


POD = made.pod("hello-1", "100.96.0.1", ports=[{"containerPort": 8080}])
OTHER = made.pod("hello-2", "100.96.1.1", node="n2", host_ip="198.18.0.2", ports=[{"containerPort": 8080}])
BOTH = made.endpoint_slice(made.endpoint("100.96.0.1"), made.endpoint("100.96.1.1", "n2"))
FIRST = made.endpoint_slice(made.endpoint("100.96.0.1"))
NP = made.service("hello", NODE_PORT, type="NodePort")
LOCAL = made.service("hello", NODE_PORT, type="NodePort", externalTrafficPolicy="Local")


class Client:
    """One connection to the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, text: str) -> None:
        self.writer.write(text.replace("\n", "\r\n").encode())
        await self.writer.drain()

    async def answer(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), HANG)).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _colon, value in (line.partition(": ") for line in head[1:] if line)
        }
        body = (
            b"" if method == "HEAD" else await self.reader.readexactly(int(headers.get("content-length", 0)))
        )
        return int(head[0].split()[1]), headers, body

    async def connect(self, target: str) -> int:
        await self.send(f"CONNECT {target} HTTP/1.1\nHost: {target}\n\n")
        return (await self.answer())[0]

    async def get(
        self, path: str = "/", method: str = "GET", more: str = ""
    ) -> tuple[int, dict[str, str], bytes]:
        await self.send(f"{method} {path} HTTP/1.1\nHost: pod\n{more}\n")
        return await self.answer(method)

    async def ended(self) -> bool:
        return await asyncio.wait_for(self.reader.read(), HANG) == b""

    async def quiet(self, seconds: float = 0.1) -> bool:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.reader.read(1), seconds)
            return False
        return True


class Running:
    """A proxy that listens, and connections to it."""

    def __init__(self, data_proxy: tuple[str, int] | None = None) -> None:
        self.proxy = Proxy(lambda made: Control(made, lambda: True), lambda: data_proxy)
        self.port = 0
        self._clients: list[Client] = []

    async def client(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self._clients.append(client)
        return client

    async def __aenter__(self) -> Running:
        self.port = await self.proxy.listen()
        add(self.proxy.table, made.node(), made.node("n2", "198.18.0.2"), POD, OTHER, NP, BOTH)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for client in self._clients:
            client.writer.close()
        await self.proxy.close()


def run(test: Callable[[Running], Awaitable[None]], data_proxy: tuple[str, int] | None = None) -> None:
    async def body() -> None:
        async with Running(data_proxy) as running:
            await asyncio.wait_for(test(running), HANG)

    asyncio.run(body())
