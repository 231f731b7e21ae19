# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole event source against a scripted API server: from objects to events."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch import journal
from ansible_collections.vks.bigip.plugins.module_utils._watch import source as tested
from ansible_collections.vks.bigip.plugins.module_utils._watch.connection import SettingsError
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.source import Source
from ansible_collections.vks.bigip.tests.unit.support.watching import (
    Api,
    Clock,
    Exchange,
    FakeConnections,
    initial_end,
    running,
    status,
    timeout,
)

Json = dict[str, Any]
CLUSTER = {"namespaces": ["shop"], "pool_member_type": "cluster"}
AT_ONCE = {"settle": 0, "min_interval": 0}


class Events:
    """The queue of a rulebook."""

    def __init__(self) -> None:
        self.sent: list[Json] = []
        self.source: Source
        self._news = asyncio.Event()

    async def put(self, event: Json) -> None:
        self.sent.append(event["vks"])
        self._news.set()

    async def until(self, count: int) -> None:
        async with timeout():
            while len(self.sent) < count:
                self._news.clear()
                await self._news.wait()

    def after(self, count: int) -> Callable[[], Awaitable[None]]:
        """A step of a script: so many events were sent."""
        return lambda: self.until(count)


def service(name: str, version: int, kind: str = "ADDED", **spec: Any) -> Json:
    metadata = {"namespace": "shop", "name": name, "resourceVersion": str(version), "annotations": {"note": "s3cret"}}
    ports = [{"name": "http", "port": 80, "targetPort": 8080, **spec}]
    return {"type": kind, "object": {"metadata": metadata, "spec": {"type": "ClusterIP", "ports": ports}}}


def piece(service_name: str, version: int, *pods: str, kind: str = "MODIFIED") -> Json:
    """An EndpointSlice."""
    labels = {"kubernetes.io/service-name": service_name}
    metadata = {"namespace": "shop", "name": f"{service_name}-x", "labels": labels, "resourceVersion": str(version)}
    endpoints = [{"addresses": [f"10.0.0.{number}"], "targetRef": {"kind": "Pod", "name": pod, "uid": pod}} for number, pod in enumerate(pods, 1)]
    ports = [{"name": "http", "port": 8080}]
    return {"type": kind, "object": {"metadata": metadata, "addressType": "IPv4", "ports": ports, "endpoints": endpoints}}


def read(*objects: Any) -> Exchange:
    """Everything, and what happens then."""
    return Exchange({"sendInitialEvents": "true"}, objects)


def run(
    count: int,
    scripts: Callable[[Events], Mapping[str, list[Exchange]]],
    arguments: Mapping[str, Any] | None = None,
    clock: Clock | None = None,
) -> list[Json]:
    """The first events of the source."""

    async def work() -> list[Json]:
        events = Events()
        async with Api(**scripts(events)) as api:
            options = ChangesOptions.from_arguments({**AT_ONCE, **(arguments or CLUSTER)})
            connections = FakeConnections(api)
            more = {"clock": clock} if clock else {}
            events.source = Source(options, events, connections, **more)  # type: ignore[arg-type]
            task = asyncio.ensure_future(events.source.run())
            try:
                await events.until(count)
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            assert api.faults == []
        return events.sent

    sent: list[Json] = running(work())
    return sent


def names(event: Json) -> list[tuple[str, list[str], list[str]]]:
    return [(f"{item['namespace']}/{item['name']}", item["kinds"], item["reasons"]) for item in event["services"]]


def test_the_first_event_is_a_resync_of_everything() -> None:
    scripts = {
        "services": [read(service("web", 1), service("api", 2), initial_end(3))],
        "endpointslices": [read(piece("web", 2, "a"), initial_end(3))],
    }
    (event,) = run(1, lambda events: scripts)
    assert event.pop("waited") >= 0
    assert event == {"type": "resync", "cluster": "https://cluster.example:6443", "sequence": 1, "services": [], "all": True}


def test_no_event_before_all_streams_are_read() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        async def nothing_yet() -> None:
            assert events.sent == []

        slices = [piece("web", 2, "a"), nothing_yet, initial_end(3)]
        return {"services": [read(service("web", 1), initial_end(3), service("web", 4, port=81))], "endpointslices": [read(*slices)]}

    events = run(1, scripts)
    assert [event["type"] for event in events] == ["resync"]


def test_a_change_names_its_service() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        return {
            "services": [read(service("web", 1), service("api", 1), initial_end(3))],
            "endpointslices": [read(piece("web", 2, "a"), initial_end(3), events.after(1), piece("web", 4, "a", "b"))],
        }

    _resync, event = run(2, scripts)
    assert (event["type"], event["sequence"], event["all"]) == ("changed", 2, False)
    assert names(event) == [("shop/web", ["EndpointSlice"], ["endpoints"])]


def test_a_change_that_no_pool_depends_on_causes_no_event() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        renamed = service("web", 4, "MODIFIED")
        renamed["object"]["metadata"]["labels"] = {"team": "a"}
        return {
            "services": [read(service("web", 1), service("api", 1), initial_end(3), events.after(1), renamed, service("other", 5), service("api", 6, port=81))],
            "endpointslices": [read(piece("other", 2, "a"), initial_end(3), events.after(1), piece("other", 4, "b"))],
        }

    events = run(2, scripts, {**CLUSTER, "services": ["shop/web", "shop/api"]})
    assert names(events[1]) == [("shop/api", ["Service"], ["changed"])]


def test_too_many_services_are_all_of_them() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        changes = [service(name, 4, port=81) for name in "abc"]
        first = [service(name, 1) for name in "abc"]
        return {"services": [read(*first, initial_end(3)), read(*changes, initial_end(5))], "endpointslices": [read(initial_end(3))]}

    def reread(events: Events) -> Mapping[str, list[Exchange]]:
        exchanges = dict(scripts(events))
        exchanges["services"][0].lines = [*exchanges["services"][0].lines, events.after(1), {"type": "ERROR", "object": status(410, "Expired")}]
        return exchanges

    events = run(2, reread, {**CLUSTER, "all_over": 2, "settle": 0.3})
    assert (events[1]["type"], events[1]["services"], events[1]["all"]) == ("changed", [], True)


def test_a_node_and_a_secret_concern_everything() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        def node(version: int, ready: str) -> Json:
            metadata = {"name": "n1", "resourceVersion": str(version)}
            return {"type": "MODIFIED", "object": {"metadata": metadata, "status": {"conditions": [{"type": "Ready", "status": ready}]}}}

        def secret(version: int) -> Json:
            return {"type": "MODIFIED", "object": {"metadata": {"namespace": "shop", "name": "tls", "resourceVersion": str(version)}}}

        return {
            "services": [read(initial_end(3))],
            "endpointslices": [read(initial_end(3))],
            "nodes": [read(node(1, "True"), initial_end(3), events.after(1), node(4, "True"), node(5, "False"))],
            "secrets": [read(secret(1), initial_end(3), events.after(2), secret(6))],
        }

    events = run(3, scripts, {**CLUSTER, "pool_member_type": "nodeport", "secrets": ["shop/tls"]})
    assert [(event["type"], event["services"], event["all"]) for event in events[1:]] == [("changed", [], True)] * 2


def test_a_missing_right_is_reported_once_and_the_rest_goes_on() -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        refusal = Exchange({}, [status(403, "endpointslices is forbidden {{ lookup('pipe', 'id') }}")], "close", 403)
        return {
            "services": [read(service("web", 1), initial_end(3), events.after(2), service("web", 4, port=81))],
            "endpointslices": [refusal, refusal, read(initial_end(3))],
        }

    events = run(4, scripts)
    assert sorted(event["type"] for event in events[:2]) == ["degraded", "resync"]
    problem = next(event for event in events if event["type"] == "degraded")["problem"]
    assert problem["role"]["rules"] == [{"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": ["get", "list", "watch"]}]
    assert "{{" not in str(problem["said"])
    assert {event["type"] for event in events[2:]} == {"changed", "recovered"}
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))


def test_everything_is_published_again_from_time_to_time() -> None:
    clock = Clock()

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        async def ten_minutes() -> None:
            clock.now += 600

        services = [initial_end(3), events.after(1), ten_minutes, service("web", 4)]
        return {"services": [read(*services)], "endpointslices": [read(initial_end(3))]}

    events = run(2, scripts, clock=clock)
    assert [event["type"] for event in events] == ["resync", "resync"]


def test_a_failed_run_is_sent_again(tmp_path: Path) -> None:
    path = str(tmp_path / "journal")
    ended = {"cluster": "https://cluster.example:6443", "changed": False, "check_mode": False, "codes": (), "seconds": 1.0, "from_change": 1.0}

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        async def failed() -> None:
            run = journal.Run(time=1.8e9, type="resync", sequence=1, services=("shop/web",), failed=True, code="as3_timeout", **ended)  # type: ignore[arg-type]
            journal.append(path, journal.run_line(run))

        return {"services": [read(initial_end(3), events.after(1), failed)], "endpointslices": [read(initial_end(3))]}

    events = run(2, scripts, {**CLUSTER, "journal": path})
    assert names(events[1]) == [("shop/web", ["Run"], ["retry"])]


class Standing:
    """A play that stands by. It writes the line of each run, unless it is killed before."""

    def __init__(self, events: Events, path: Path) -> None:
        self._events = events
        self._path = str(path)
        self.given: list[Json] = []

    async def connect(self, sequence: int = 1) -> None:
        await self.open(sequence)
        await self._is_known(True)

    async def open(self, sequence: int) -> None:
        await self._events.until(1)
        self._reader, self._writer = await asyncio.open_unix_connection(self._events.sent[0]["standby"])
        self._writer.write(json.dumps({"sequence": sequence}).encode() + b"\n")

    def ran(self, sequence: int, *services: str) -> None:
        run = journal.Run(time.time(), "https://cluster.example:6443", "changed", sequence, services or None, False, False, False, None, (), 0.0, 1.0)
        journal.append(self._path, journal.run_line(run))

    async def take(self) -> None:
        """Get an event, and end its run."""
        await self.receive()
        self.ran(self.given[-1]["sequence"])

    async def receive(self) -> None:
        """Get an event."""
        async with timeout():
            line = json.loads(await self._reader.readline())
        assert set(line) == {"vks", "meta"} and set(line["meta"]) == {"received_at"}
        self.given.append(line["vks"])

    async def is_released(self) -> None:
        async with timeout():
            assert await self._reader.readline() == b""

    async def kill(self) -> None:
        self._writer.close()
        await self._is_known(False)

    async def _is_known(self, wanted: bool) -> None:
        """Wait until the source knows that this play stands by, or is gone."""
        async with timeout():
            while (self._events.source._standby._play is not None) != wanted:
                await asyncio.sleep(0)


def stand(tmp_path: Path, count: int, steps: Callable[[Events, Standing], list[Any]]) -> tuple[list[Json], list[Json]]:
    """The events on the queue, and those that the play got. steps: what the stream of Services has after the resync."""
    made: list[Standing] = []

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        made.append(Standing(events, tmp_path / "journal"))
        services = [service("web", 1), initial_end(3), made[0].connect, *steps(events, made[0])]
        return {"services": [read(*services)], "endpointslices": [read(initial_end(3))]}

    return run(count, scripts, {**CLUSTER, "journal": str(tmp_path / "journal")}), made[0].given


def test_the_play_that_stands_by_gets_the_events(tmp_path: Path) -> None:
    def steps(events: Events, play: Standing) -> list[Any]:
        async def first() -> None:
            play.ran(1)

        return [first, service("web", 4, port=81), play.take, service("web", 5, port=82), play.take, play.kill, service("web", 6, port=83)]

    queued, given = stand(tmp_path, 2, steps)
    assert [event["sequence"] for event in queued] == [1, 4]
    assert [event["sequence"] for event in given] == [2, 3] and names(given[0]) == [("shop/web", ["Service"], ["changed"])]
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "journal").read_text().splitlines()]
    assert kinds.count("event") == 4 and not Path(queued[0]["standby"]).exists()


def test_what_a_play_does_not_publish_because_it_is_killed_is_sent_again(tmp_path: Path) -> None:
    def steps(events: Events, play: Standing) -> list[Any]:
        async def first() -> None:
            play.ran(1)

        return [first, service("web", 4, port=81), play.receive, play.kill]

    queued, _given = stand(tmp_path, 2, steps)
    assert queued[1]["type"] == "changed" and names(queued[1]) == [("shop/web", ["Run"], ["retry"])]


def test_a_play_with_another_one_behind_it_does_not_stay(tmp_path: Path) -> None:
    """ansible-rulebook starts the next play when this one has ended."""

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        first, second = Standing(events, tmp_path / "journal"), Standing(events, tmp_path / "journal")

        async def earlier() -> None:
            await first.open(1)
            await first.is_released()
            first.ran(1, "shop/other")

        async def later() -> None:
            await second.connect(2)
            second.ran(2, "shop/web")

        async def given() -> None:
            await second.take()
            assert second.given[0]["sequence"] == 3

        services = [service("web", 1), initial_end(3), events.after(1), service("web", 4, port=81), events.after(2)]
        services += [earlier, later, service("web", 5, port=82), given, second.kill, service("web", 6, port=83)]
        return {"services": [read(*services)], "endpointslices": [read(initial_end(3))]}

    queued = run(3, scripts, {**CLUSTER, "journal": str(tmp_path / "journal")})
    assert [event["sequence"] for event in queued] == [1, 2, 4]


def test_an_event_waits_for_the_run_before(tmp_path: Path) -> None:
    """At most one event is with the play. Later changes are not forgotten."""

    def steps(events: Events, play: Standing) -> list[Any]:
        async def first() -> None:
            play.ran(1)

        async def both_wait() -> None:
            async with timeout():
                while len(events.source._coalescer._changed) < 2:
                    await asyncio.sleep(0)

        changes = [service("api", 5), service("pay", 6), both_wait]
        return [first, service("web", 4, port=81), play.receive, *changes, play.kill]

    queued, given = stand(tmp_path, 2, steps)
    assert [event["sequence"] for event in given] == [2]
    assert {name for event in queued[1:] for name, _kinds, _reasons in names(event)} == {"shop/api", "shop/pay"}


@pytest.mark.parametrize(("hours", "queued"), [(1, 1), (25, 2)])
def test_a_resync_ends_a_play_that_is_old(tmp_path: Path, hours: int, queued: int) -> None:
    clock, sequences = Clock(), []

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        play = Standing(events, tmp_path / "journal")

        async def later() -> None:
            play.ran(1)
            clock.now += 3600 * hours

        async def given() -> None:
            if hours < 24:
                await play.take()
                sequences.append(play.given[0]["sequence"])
                await play.kill()
            else:
                await play.is_released()

        services = [initial_end(3), play.connect, later, service("web", 4), given, service("web", 5, port=81)]
        return {"services": [read(*services)], "endpointslices": [read(initial_end(3))]}

    sent = run(2, scripts, {**CLUSTER, "journal": str(tmp_path / "journal")}, clock)
    assert [event["type"] for event in sent] == ["resync", "resync" if queued == 2 else "changed"]
    assert sequences == ([2] if hours < 24 else [])


def test_the_play_ends_before_another_one_must_run(tmp_path: Path) -> None:
    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        play = Standing(events, tmp_path / "journal")
        slices = [Exchange({}, [initial_end(3), play.connect], "close"), Exchange({}, [status(401, "Unauthorized")], "close", 401)]
        return {"services": [read(initial_end(3), events.after(2), play.is_released)], "endpointslices": slices}

    queued = run(2, scripts, {**CLUSTER, "journal": str(tmp_path / "journal")})
    assert [event["type"] for event in queued] == ["resync", "degraded"]


def test_neither_an_event_nor_the_log_has_a_secret_or_an_object(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def scripts(events: Events) -> Mapping[str, list[Exchange]]:
        busy = Exchange({}, [status(503, "busy")], "close", 503)
        return {
            "services": [busy, read(service("web", 1), initial_end(3), events.after(3), service("web", 4, port=81))],
            "endpointslices": [Exchange({}, [status(401, "Unauthorized")], "close", 401), read(initial_end(3))],
        }

    events = run(4, scripts)
    for text in (str(events), caplog.text):
        assert "token-" not in text
        assert "s3cret" not in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"settle": -1}, "The event source vks.bigip.changes has wrong arguments: settle is -1, but a finite number of at least 0 is required."),
        ({"kubeconfig": "no/such/file"}, "Loading kubeconfig no/such/file"),
    ],
)
def test_wrong_arguments_are_an_error_at_once(arguments: Json, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(options: bytes) -> Json:
        raise SettingsError("Loading kubeconfig no/such/file: it does not exist.")

    monkeypatch.setattr("ansible_collections.vks.bigip.plugins.module_utils._watch.connection.read_apart", refused)
    with pytest.raises(ValueError, match=message):
        running(tested.watch(arguments, Events()))


def test_a_missing_library_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "has_library", lambda: False)
    with pytest.raises(ValueError, match="needs the Python package aiohttp, 3.10 or later. Install it"):
        running(tested.watch(CLUSTER, Events()))


def test_cancelling_ends_the_first_read_of_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, ended = asyncio.Event(), []

    async def forever(options: bytes) -> Json:
        begun.set()
        try:
            return await asyncio.Event().wait()  # type: ignore[return-value]
        finally:
            ended.append(True)

    monkeypatch.setattr("ansible_collections.vks.bigip.plugins.module_utils._watch.connection.read_apart", forever)

    async def work() -> None:
        task = asyncio.ensure_future(tested.watch(CLUSTER, Events()))
        await begun.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    running(work())
    assert ended == [True]


def test_cancelling_ends_everything() -> None:
    async def work() -> None:
        events = Events()
        async with Api(services=[read(initial_end(1))], endpointslices=[read(initial_end(1))]) as api:
            source = Source(ChangesOptions.from_arguments(CLUSTER), events, FakeConnections(api))  # type: ignore[arg-type]
            before = asyncio.all_tasks()
            task = asyncio.ensure_future(source.run())
            await events.until(1)
            task.cancel()
            async with timeout():
                await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
            assert {item for item in asyncio.all_tasks() - before if "_watch" in repr(item)} == set()

    running(work())
