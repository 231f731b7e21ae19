# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BIG-IP for tests of its traffic, and clients of its virtual servers."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator

import pytest

from bigip_machine import Machine, machine
from vkslab.processes import HANG

VIP = "http://192.0.2.10/"
MEMBER = "/mgmt/tm/ltm/pool/~T~A~pool/members/~T~10.1.0.{}:80"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with machine(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    shared.control("dataplane", {"reset": True, "reset_removed": False})
    shared.network.heard.clear()
    shared.network.members = {f"10.1.0.{number}:80": "answer" for number in (1, 2, 3)}
    return shared


def answers(bigip: Machine, count: int = 6, url: str = VIP) -> Counter[str]:
    return Counter(bigip.request(url).text.partition(":")[0] for _ in range(count))


class Tunnel:
    """A connection to the virtual server by CONNECT, spoken by hand."""

    def __init__(self, bigip: Machine, target: str = "192.0.2.10:80") -> None:
        host, port = bigip.facts["data_proxy"].removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=HANG)
        self.socket.sendall(f"CONNECT {target} HTTP/1.1\r\n\r\n".encode())
        self.head = self._until(b"\r\n\r\n").decode()

    def _until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            more = self.socket.recv(1)
            if not more:
                break
            data += more
        return data

    def ask(self) -> str:
        self.socket.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self._until(b"\r\n\r\n")
        return self._until(b"\n").decode().strip()
