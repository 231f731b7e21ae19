# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BIG-IP of the lab in a thread of the test process, with a small replacement of net's proxy."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

from vkslab.bigip.__main__ import Lab
from vkslab.bigip.device import Device, Node, Pool, PoolMember, Virtual
from vkslab.bigip.network import VLAN_INSIDE, NetworkObject, self_ip
from vkslab.net.next_hop import next_hop
from vkslab.processes import HANG

T = TypeVar("T")
TINY = 0.1  # a monitor's 5 s; its 16 s are 0.32 s then


class Network:
    """CONNECT to ``members``: each answers any request with its name, according to its behaviour. All else is
    refused."""

    def __init__(self) -> None:
        self.members: dict[
            str, str
        ] = {}  # "10.1.0.1:80" -> answer | silent | refused | no_host | unavailable
        self.heard: list[tuple[str, bytes]] = []
        self.tried: Counter[str] = Counter()
        self.hops: list[tuple[str, str]] = []  # target and next hop of each CONNECT
        self._server: asyncio.Server | None = None

    async def start(self, lab_dir: Path) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024)
        port = self._server.sockets[0].getsockname()[1]
        (lab_dir / "net.json").write_text(json.dumps({"proxy": f"http://127.0.0.1:{port}"}))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            target = head.split()[1].decode()
            self.hops.append((target, next_hop(head) or ""))
            self.tried[target] += 1
            behaviour = self.members.get(target, "refused")
            if behaviour in ("refused", "no_host"):
                reason = "connection refused" if behaviour == "refused" else "no running Pod has the address"
                writer.write(
                    (
                        f"HTTP/1.1 502 Bad Gateway\r\nContent-Length: {len(reason) + 1}\r\n\r\n{reason}\n"
                    ).encode()
                )
                return
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.heard.append((target, request))
                if behaviour == "silent":
                    await reader.read()
                    return
                close = b"connection: close" in request.lower()
                body = f"{target}\n".encode()
                status = b"503 Service Unavailable" if behaviour == "unavailable" else b"200 OK"
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n"
                    % (status, len(body), b"Connection: close\r\n" if close else b"")
                    + body
                )
                await writer.drain()
                if close:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


class Machine:
    """The objects of a test: the lab's facts, a session that is signed in by Basic, and the device itself."""

    def __init__(self, lab: Lab, network: Network, loop: asyncio.AbstractEventLoop) -> None:
        self.lab, self.network, self._loop = lab, network, loop
        self.facts = lab.facts()
        self.http = self.session("admin")

    def session(self, user: str | None, unit: int = 0) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = self.facts["ca"]
        if user:
            session.auth = (user, self.facts["users"][user])
        return session

    def url(self, path: str, unit: int = 0) -> str:
        return str(self.facts["units"][unit]["url"]) + path

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        unit: int = 0,
        session: requests.Session | None = None,
        **options: Any,
    ) -> requests.Response:
        return (session or self.http).request(
            method, self.url(path, unit), json=body, timeout=HANG, **options
        )

    def get(self, path: str, **options: Any) -> Any:
        answer = self.call("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def control(self, path: str, body: Any = None, *, unit: int = 0, method: str = "POST") -> Any:
        answer = self.call(
            method, f"/_lab/{path}", {} if body is None else body, unit=unit, session=self.session(None)
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fault(self, kind: str, where: dict[str, str] | None = None, **rest: Any) -> None:
        spec = {key: rest.pop(key) for key in ("after", "count", "seconds") if key in rest}
        self.control("faults", {"where": where or {}, "effect": {"kind": kind, **rest}, **spec})

    def request(self, url: str, **options: Any) -> requests.Response:
        """One request by the data proxy."""
        session = requests.Session()
        session.trust_env = False
        with session:
            return session.get(
                url,
                proxies=dict.fromkeys(("http", "https"), self.facts["data_proxy"]),
                timeout=HANG,
                **options,
            )

    def on_device(self, change: Callable[[Device], T], unit: int = 0) -> T:
        """Change the device in its own thread."""

        async def run() -> T:
            return change(self.lab.units[unit].device)

        return self.run(run())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(HANG)

    def pool(
        self, path: str = "/T/A/pool", *addresses: str, virtual: str | None = "192.0.2.10", **properties: Any
    ) -> None:
        """A pool of members on port 80, a virtual server for it, and self IPs in the members' networks."""
        self.connect()
        self.on_device(lambda device: make_pool(device, path, addresses, virtual, properties))

    def connect(self) -> None:
        """Give each unit a self IP in the networks of the tests' members."""

        async def add() -> None:
            for number, unit in enumerate(self.lab.units):
                for name, address in (
                    ("members", f"10.1.255.{254 - number}/16"),
                    ("six", "2001:db8::fffe/64"),
                ):
                    one = NetworkObject(f"/Common/self-{name}", self_ip(address, VLAN_INSIDE))
                    unit.network.put("net/self", one)

        self.run(add())

    def availability(self, pool: str = "/T/A/pool") -> dict[str, str]:
        return {
            name.rpartition("/")[2]: member["availability"]
            for name, member in self.control("pools", method="GET")[pool].items()
        }

    def wait_for(self, wanted: Callable[[], bool], pause: float = 0.02) -> None:
        deadline = time.monotonic() + HANG
        while not wanted():
            assert time.monotonic() < deadline, "it did not come to that"
            time.sleep(pause)


def make_pool(
    device: Device, path: str, addresses: tuple[str, ...], virtual: str | None, properties: dict[str, Any]
) -> None:
    tenant, application = path.split("/")[1:3]
    with device.transaction():
        for folder in (f"/{tenant}", f"/{tenant}/{application}"):
            if folder not in device.folders:
                device.create_folder(folder)
        members = {}
        for address in addresses:
            node = Node(f"/{tenant}/{address}", address)
            device.put_node(node)
            name = f"{address}.80" if ":" in address else f"{address}:80"
            member = PoolMember(name, node.path, address, 80)
            members[member.path] = member
        device.put_pool(Pool(path, members=members, **properties))
        if virtual:
            device.put_virtual(Virtual(f"/{tenant}/{application}/vs", virtual, 80, pool=path))


@contextmanager
def machine(lab_dir: Path, **options: Any) -> Iterator[Machine]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(HANG)

    async def make() -> tuple[Lab, Network]:
        network = Network()
        await network.start(lab_dir)
        lab = Lab(lab_dir, **{"monitor_interval": TINY, **options})
        await lab.start()
        return lab, network

    lab, network = run(make())
    try:
        yield Machine(lab, network, loop)
    finally:
        run(lab.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
