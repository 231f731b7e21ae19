# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path's proxy in front of the BIG-IP: what leads to its virtual servers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator

import aiohttp
import pytest

from net_use import Running
from vkslab.net.front import destination, plain
from vkslab.processes import HANG

pytestmark = pytest.mark.usefixtures("no_proxy_variables")
# -- on to other sockets


@contextlib.asynccontextmanager
async def bigip(heard: list[str], refuse: str = "") -> AsyncIterator[tuple[str, int]]:
    """A listener as the BIG-IP has one, for CONNECT and absolute URIs, with an HTTP server in each of its
    virtual servers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        if refuse:
            writer.write(
                f"HTTP/1.1 502 Bad Gateway\r\nContent-Length: {len(refuse)}\r\n\r\n{refuse}".encode()
            )
        else:
            tunnel = head.startswith("CONNECT ")
            if tunnel:
                heard.append(head)
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    if tunnel:
                        head = (await reader.readuntil(b"\r\n\r\n")).decode()
                    length = next(
                        (
                            int(line.split(":")[1])
                            for line in head.lower().split("\r\n")
                            if line.startswith("content-length")
                        ),
                        0,
                    )
                    sent = (await reader.readexactly(length)).decode()
                    heard.append(head + sent)
                    answer = f"virtual {sent}".encode()
                    writer.write(
                        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
                        % (len(answer), answer)
                    )
                    await writer.drain()
                    if not tunnel or "connection: close" in head.lower():
                        break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[:2]


def test_a_virtual_server_by_connect() -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:443") == 200
            await client.send("GET / HTTP/1.1\nHost: a\n\n")
            assert b"virtual" in await client.reader.readuntil(b"0\r\n\r\n")
            assert heard[0].startswith("CONNECT 192.0.2.10:443 HTTP/1.1\r\n")

    asyncio.run(body())


def test_a_virtual_server_by_absolute_uri() -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running, aiohttp.ClientSession() as session:
            proxy = f"http://127.0.0.1:{running.port}"
            async with session.post("http://192.0.2.10/a?b=c", data=b"x", proxy=proxy) as answer:
                assert (answer.status, await answer.text()) == (200, "virtual x")
            assert heard[0].startswith("POST http://192.0.2.10/a?b=c HTTP/1.1\r\n") and heard[0].endswith(
                "\r\n\r\nx"
            )

    asyncio.run(body())


TO_POD, TO_NOBODY = (
    "GET http://100.96.0.1:8080/ HTTP/1.1\nHost: a\n\n",
    "GET http://100.96.0.1:1/ HTTP/1.1\nHost: a\n\n",
)
TO_VIRTUAL, CONNECT = (
    "GET http://192.0.2.10/a HTTP/1.1\nHost: a\n\n",
    "CONNECT 192.0.2.10:80 HTTP/1.1\nHost: a\n\n",
)
INSIDE = "GET /a HTTP/1.1\nHost: a\nConnection: close\n\n"
IN_PIECES = [
    pytest.param([TO_VIRTUAL], id="in one piece"),
    pytest.param([TO_VIRTUAL[:20], TO_VIRTUAL[20:]], id="in two pieces"),
    pytest.param([TO_POD, TO_VIRTUAL], id="after a Pod"),
    pytest.param([TO_NOBODY, TO_VIRTUAL], id="after a refusal"),
    pytest.param([TO_POD + CONNECT + INSIDE], id="by CONNECT after a Pod, at once"),
    pytest.param([TO_NOBODY, CONNECT, INSIDE], id="by CONNECT after a refusal"),
]


@pytest.mark.parametrize("pieces", IN_PIECES)
def test_a_virtual_server_however_the_request_comes(pieces: list[str]) -> None:
    async def body() -> None:
        heard: list[str] = []
        async with bigip(heard) as place, Running(place) as running:
            client = await running.client()
            for piece in pieces:
                await client.send(piece)
                await asyncio.sleep(0.05)
            answer = await asyncio.wait_for(client.reader.read(), HANG)
            assert answer.lower().count(b"transfer-encoding: chunked") == 1 and answer.endswith(b"0\r\n\r\n")
            assert heard[-1].split("\r\n")[0] in ("GET http://192.0.2.10/a HTTP/1.1", "GET /a HTTP/1.1")

    asyncio.run(body())


def test_a_reset_of_the_virtual_server_is_a_reset_for_the_client() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.close()

    async def body() -> None:
        async with (
            await asyncio.start_server(serve, "127.0.0.1", 0) as server,
            Running(server.sockets[0].getsockname()) as running,
        ):
            client = await running.client()
            await client.send("GET http://192.0.2.10/ HTTP/1.1\nHost: a\n\n")
            with pytest.raises(ConnectionResetError):
                await asyncio.wait_for(client.reader.read(), HANG)

    asyncio.run(body())


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("GET / HTTP/1.1|Host: a", (b"GET", True)),
        ("HEAD /a?b HTTP/1.1|Accept: */*|Host: a", (b"HEAD", True)),
        ("GET / HTTP/1.1|Host: a|Connection: Close", (b"GET", False)),
        ("GET / HTTP/1.0|Connection: keep-alive", (b"GET", False)),
        ("GET / HTTP/1.0", (b"GET", False)),
        ("GET / HTTP/1.1", None),
        ("GET / HTTP/1.1|Host: a|Host: b", None),
        ("GET / HTTP/1.1|Host: a|Connection: upgrade", None),
        ("GET / HTTP/1.1|Host: a|Upgrade: websocket", None),
        ("GET / HTTP/1.1|Host: a|content-LENGTH: 3", None),
        ("GET / HTTP/1.1|Host: a|Transfer-Encoding: chunked", None),
        ("GET / HTTP/1.1|Host: a|Expect: 100-continue", None),
        ("POST / HTTP/1.1|Host: a", None),
        ("GET / HTTP/1.1|Host: a| folded", None),
        ("GET / HTTP/1.1|Host: a|no colon", None),
        ("GET / HTTP/1.1|Host: a|a : b", None),
        ("GET / HTTP/2|Host: a", None),
        ("GET /a b HTTP/1.1|Host: a", None),
    ],
)
def test_what_is_plain_enough_for_an_answer_without_h11(head: str, found: tuple[bytes, bool] | None) -> None:
    assert plain(head.replace("|", "\r\n").encode()) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("CONNECT 192.0.2.1:80", (b"CONNECT", "192.0.2.1", 80)),
        ("CONNECT [2001:db8::1]:443", (b"CONNECT", "2001:db8::1", 443)),
        ("CONNECT n2:30080", (b"CONNECT", "n2", 30080)),
        ("CONNECT 192.0.2.1", None),
        ("CONNECT 192.0.2.1:0", None),
        ("CONNECT http://192.0.2.1:80", None),
        ("CONNECT 192.0.2.1:80/a", None),
        ("GET http://192.0.2.1/a?b", (b"GET", "192.0.2.1", 80)),
        ("PUT http://[2001:db8::1]:81?b", (b"PUT", "2001:db8::1", 81)),
        ("GET http://192.0.2.1:99999/", None),
        ("GET http://user@192.0.2.1/", None),
        ("GET https://192.0.2.1/", None),
        ("GET /_lab/status", None),
        ("GET 192.0.2.1:80", None),
    ],
)
def test_where_a_first_line_leads(line: str, found: tuple[bytes, str, int] | None) -> None:
    assert destination(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) == found


def test_what_the_bigip_refuses_is_told_in_its_words() -> None:
    async def body() -> None:
        async with bigip([], refuse="no virtual server at 192.0.2.10:80") as place, Running(place) as running:
            client = await running.client()
            await client.send("CONNECT 192.0.2.10:80 HTTP/1.1\nHost: x\n\n")
            status, _headers, answer = await client.answer()
            assert (status, answer) == (502, b"no virtual server at 192.0.2.10:80")

    asyncio.run(body())


def test_a_bigip_that_is_gone() -> None:
    async def body() -> None:
        async with bigip([]) as place:
            pass
        async with Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:80") == 502

    asyncio.run(body())


def test_a_virtual_server_closes_and_the_client_hears_of_it() -> None:
    async def body() -> None:
        async with bigip([]) as place, Running(place) as running:
            client = await running.client()
            assert await client.connect("192.0.2.10:80") == 200
            await client.send("GET / HTTP/1.1\nHost: a\nConnection: close\n\n")
            assert b"virtual" in await client.reader.read()

    asyncio.run(body())
