# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's Kubernetes client: lists in pages, watches, and an informer over both when the server breaks off
or forgets."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from vkslab import kube as under_test
from vkslab.kube import Informer, Kube, KubeError
from vkslab.processes import HANG


class Server:
    """An API server of one list, ``/api/v1/things``. A test sets the events of its watches."""

    def __init__(self) -> None:
        self.things: dict[str, dict[str, Any]] = {}
        self.version = 1
        self.lists = 0
        self.pages = 0
        self.agents: set[str] = set()
        self.versions_watched: list[str] = []
        self._watches: list[asyncio.Queue[bytes | None]] = []

    def put(self, name: str, uid: str = "u", **more: Any) -> dict[str, Any]:
        self.version += 1
        self.things[name] = {
            "metadata": {"name": name, "namespace": "ns", "uid": uid, "resourceVersion": str(self.version)},
            **more,
        }
        return self.things[name]

    def say(self, kind: str, thing: dict[str, Any]) -> None:
        self.raw(json.dumps({"type": kind, "object": thing}).encode() + b"\n")

    def raw(self, text: bytes | None) -> None:
        """None breaks the watch off."""
        for queue in self._watches:
            queue.put_nowait(text)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.agents.add(request.headers["User-Agent"])
        if request.query.get("watch"):
            return await self._watch(request)
        start = int(request.query.get("continue", 0))
        limit = int(request.query["limit"])
        self.lists += not start
        self.pages += 1
        everything = sorted(self.things.values(), key=lambda thing: str(thing["metadata"]["name"]))
        meta = {"resourceVersion": str(self.version)}
        if start + limit < len(everything):
            meta["continue"] = str(start + limit)
        return web.json_response({"metadata": meta, "items": everything[start : start + limit]})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        self.versions_watched.append(request.query["resourceVersion"])
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._watches.append(queue)
        response = web.StreamResponse()
        await response.prepare(request)
        while (text := await queue.get()) is not None:
            await response.write(text)
        self._watches.remove(queue)
        return response

    async def watched(self, times: int = 1) -> None:
        for _ in range(500):
            if len(self.versions_watched) >= times:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{times} watches were wanted, {self.versions_watched} came")


Changes = list[tuple[str | None, str | None]]


def run(test: Callable[[Server, Changes, Kube], Awaitable[None]], *names: str) -> None:
    """With a running informer. ``changes`` are its reports, as names and their uids."""

    async def body() -> None:
        server = Server()
        for name in names:
            server.put(name)
        app = web.Application()
        app.router.add_get("/api/v1/things", server.answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        changes: Changes = []
        async with Kube(
            f"http://127.0.0.1:{runner.addresses[0][1]}", headers={"User-Agent": "tester"}
        ) as kube:
            informer = Informer(
                kube,
                "/api/v1/things",
                lambda thing: f"{thing['metadata']['name']}:{thing['metadata']['uid']}",
                lambda old, new: changes.append((old, new)),
            )
            task = asyncio.ensure_future(informer.run())
            await asyncio.wait_for(informer.synced.wait(), HANG)
            await server.watched()
            await test(server, changes, kube)
            task.cancel()
            server.raw(None)
        await runner.cleanup()

    asyncio.run(body())


async def reported(changes: Changes, expected: Changes) -> None:
    for _ in range(300):
        if len(changes) >= len(expected):
            break
        await asyncio.sleep(0.01)
    assert changes == expected
    changes.clear()


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "PAGE", 2)


def test_a_list_in_pages_then_changes() -> None:
    async def body(server: Server, changes: Changes, kube: Kube) -> None:
        await reported(changes, [(None, f"{name}:u") for name in "abcde"])
        assert (server.lists, server.pages) == (1, 3)
        assert server.agents == {"tester"}
        server.say("ADDED", server.put("f"))
        server.say("MODIFIED", server.put("a"))
        server.say("DELETED", server.things.pop("b"))
        await reported(changes, [(None, "f:u"), ("a:u", "a:u"), ("b:u", None)])

    run(body, *"abcde")


def test_an_event_in_pieces_and_one_of_a_megabyte() -> None:
    async def body(server: Server, changes: Changes, kube: Kube) -> None:
        line = (
            json.dumps({"type": "ADDED", "object": server.put("big", data="x" * 1_000_000)}).encode() + b"\n"
        )
        server.raw(line[:100])
        server.raw(line[100:])
        await reported(changes, [(None, "big:u")])

    run(body)


def test_a_watch_that_breaks_off_goes_on_where_it_was() -> None:
    async def body(server: Server, changes: Changes, kube: Kube) -> None:
        await reported(changes, [(None, "a:u")])
        server.raw(
            json.dumps({"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "77"}}}).encode()
            + b"\n"
        )
        server.raw(None)
        await server.watched(2)
        assert (server.lists, server.versions_watched) == (1, ["2", "77"])

    run(body, "a")


@pytest.mark.parametrize("code", [410, 500])
def test_a_server_that_forgot_is_listed_again(code: int) -> None:
    async def body(server: Server, changes: Changes, kube: Kube) -> None:
        await reported(changes, [(None, "a:u"), (None, "b:u")])
        # Meanwhile one was deleted, one created, and one created again under its name.
        del server.things["a"]
        server.put("b", uid="another")
        server.put("c")
        server.raw(
            json.dumps(
                {"type": "ERROR", "object": {"code": code, "reason": "Expired", "message": "too old"}}
            ).encode()
            + b"\n"
        )
        await reported(changes, [("b:u", None), (None, "b:another"), (None, "c:u"), ("a:u", None)])
        assert server.lists == 2

    run(body, "a", "b")


def test_an_error_is_told_in_the_words_of_the_server() -> None:
    async def body(server: Server, changes: Changes, kube: Kube) -> None:
        with pytest.raises(KubeError, match="GET /nothing: 404") as raised:
            await kube.get("/nothing")
        assert raised.value.status == 404

    run(body)


def test_a_kubeconfig_is_waited_for_until_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": "http://127.0.0.1:1/"}}],
        "users": [{"name": "u", "user": {"token": "t", "client-key-data": base64.b64encode(b"x").decode()}}],
    }

    async def body() -> Kube:
        waiting = asyncio.ensure_future(Kube.when_there(path, "me"))
        await asyncio.sleep(0.05)
        path.write_text(yaml.safe_dump(config)[:40])
        await asyncio.sleep(0.25)
        assert not waiting.done()
        path.write_text(yaml.safe_dump(config))
        return await asyncio.wait_for(waiting, HANG)

    assert asyncio.run(body()).server == "http://127.0.0.1:1"
