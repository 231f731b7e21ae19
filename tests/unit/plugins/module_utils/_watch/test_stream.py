# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stream against a scripted API server: each way in which a change could be lost."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest
import trustme

from ansible_collections.vks.bigip.plugins.module_utils._watch.backoff import Backoff
from ansible_collections.vks.bigip.plugins.module_utils._watch.connection import Settings, SettingsError
from ansible_collections.vks.bigip.plugins.module_utils._watch.stream import Stream, Timing
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject
from ansible_collections.vks.bigip.tests.unit.support.watching import (
    Api,
    Clock,
    Exchange,
    FakeConnections,
    Log,
    added,
    bookmark,
    event,
    failure,
    initial_end,
    page,
    running,
    status,
    timeout,
)

SERVICES = Subject("Service", "shop")
WHOLE = {"watch": "true", "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "resourceVersion": None}
READ = ["accept", "begin", "+a", "end"]
AGAIN = ["accept", "restart", "begin", "+a", "end"]


@dataclass
class Run:
    """A stream, and what happened."""

    log: Log = field(default_factory=Log)
    clock: Clock = field(default_factory=Clock)
    pauses: list[float] = field(default_factory=list)
    api: Api = field(default_factory=Api)

    def later(self, calls: int) -> Callable[[], Awaitable[None]]:
        """A step of a script: the stream has made so many calls, and then two seconds pass."""

        async def step() -> None:
            await self.log.until(calls)
            self.clock.now += 2

        return step

    def begun(self, *more: object) -> Exchange:
        """Everything is read, and after a while the server ends the stream."""
        lines = [added("a", 5), initial_end(7), *more, self.later(len(READ))]
        return Exchange(WHOLE, lines, "close")  # type: ignore[arg-type]

    async def until(self, api: Api, calls: Sequence[str], *, connections: FakeConnections | None = None, **more: object) -> None:
        """Run the stream until so many calls have been noted, and compare them."""

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        stream = Stream(
            more.pop("subject", SERVICES),  # type: ignore[arg-type]
            connections or FakeConnections(api),  # type: ignore[arg-type]
            self.log,
            Timing(**more),  # type: ignore[arg-type]
            Backoff(lambda: 0.0),
            self.clock,
            sleep,
        )
        task = asyncio.ensure_future(stream.run())
        try:
            await self.log.until(len(calls))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert self.log.calls == list(calls)
        assert api.faults == []
        assert api.left == 0


def run(*exchanges: Exchange, calls: Sequence[str], pauses: Sequence[float] | None = None, **more: object) -> Run:
    """Run a stream against these exchanges until the calls were made."""

    async def work() -> Run:
        result = Run()
        async with Api(*exchanges) as result.api:
            await result.until(result.api, calls, **more)  # type: ignore[arg-type]
        return result

    result: Run = running(work())
    if pauses is not None:
        assert result.pauses == list(pauses)
    return result


def run_after_begin(*exchanges: Exchange, calls: Sequence[str], pauses: Sequence[float]) -> None:
    """The same after a stream that read everything, and that the server ended after a while."""

    async def work() -> None:
        result = Run()
        async with Api(result.begun(), *exchanges) as api:
            await result.until(api, [*READ, *calls])
        assert result.pauses == list(pauses)

    running(work())


def first(version: int = 7, **more: object) -> Exchange:
    """The read of everything: one object."""
    return Exchange(WHOLE, [added("a", 5), initial_end(version)], **more)  # type: ignore[arg-type]


def test_it_reads_everything_and_then_each_change_in_one_stream() -> None:
    lines = [added("a", 5), initial_end(7), event("MODIFIED", "a", 8), added("b", 9), event("DELETED", "a", 10)]
    result = run(Exchange(WHOLE, lines), calls=["accept", "begin", "+a", "end", "+a", "+b", "-a"], pauses=[])
    assert result.api.requests[0].query["allowWatchBookmarks"] == "true"
    assert 300 <= int(result.api.requests[0].query["timeoutSeconds"]) <= 600
    assert len(result.api.requests) == 1


def test_lines_that_arrive_in_halves_are_joined() -> None:
    whole = b'{"type": "ADDED", "object": {"metadata": {"namespace": "shop", "name": "a", "resourceVersion": "5"}}}\n'
    for cut in (1, 40, len(whole) - 1):
        run(Exchange(WHOLE, [whole[:cut], whole[cut:], initial_end(7)]), calls=READ, pauses=[])


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Exchange({"resourceVersion": "7", "sendInitialEvents": None}, [failure(410, "too old resource version")]), 0.5),
        (Exchange({"resourceVersion": "7"}, [b"<html>\n"]), 0.5),
        (Exchange({"resourceVersion": "7"}, [failure(500, "etcd leader changed")]), 0.5),
        (Exchange({"resourceVersion": "7"}, [b'{"type": "ADDED"}\n']), 0.5),
        (Exchange({"resourceVersion": "7"}, [b"[]\n"]), 0.5),
        (Exchange({"resourceVersion": "7"}, [b'{"type": "ADDED", ' + b" " * 9_000_000 + b"\n"]), 0.5),
    ],
    ids=["in-stream-410", "no-json", "in-stream-500", "no-object", "no-mapping", "endless-line"],
)
def test_a_stream_that_may_have_lost_a_change_reads_everything_again(answer: Exchange, pause: float) -> None:
    run_after_begin(answer, first(), calls=["accept", *AGAIN], pauses=[pause])


@pytest.mark.parametrize(
    ("code", "headers", "pause"),
    [
        (410, {}, 0.5),
        (429, {"Retry-After": "3"}, 3.0),
        (503, {"Retry-After": "nonsense"}, 0.5),
        (500, {}, 0.5),
        (404, {}, 0.5),
        (302, {"Location": "http://127.0.0.1:9/"}, 0.5),
    ],
)
def test_an_answer_without_success_is_asked_again_for_everything(code: int, headers: dict[str, str], pause: float) -> None:
    refusal = Exchange({"resourceVersion": "7"}, [status(code, "no")], "close", code, headers)
    run_after_begin(refusal, first(), calls=AGAIN, pauses=[pause])


def test_a_stream_that_the_server_ends_goes_on_where_it_was() -> None:
    async def work() -> None:
        result = Run()
        rest = Exchange({"resourceVersion": "12", "sendInitialEvents": None}, [event("MODIFIED", "a", 13)])
        async with Api(result.begun(bookmark(12)), rest) as api:
            await result.until(api, [*READ, "accept", "+a"])
        assert result.pauses == []

    running(work())


def test_a_stream_that_breaks_goes_on_where_it_was() -> None:
    begin = Exchange(WHOLE, [added("a", 5), initial_end(7)], "reset")
    rest = Exchange({"resourceVersion": "7"}, [event("MODIFIED", "a", 13)])
    run(begin, rest, calls=[*READ, "accept", "+a"], pauses=[0.5])


def test_a_stream_that_is_closed_at_once_reads_everything_again() -> None:
    run(first(end="close"), first(), calls=[*READ, *AGAIN], pauses=[0.5])


def test_a_stream_that_ends_before_all_objects_arrived_reads_everything_again() -> None:
    async def work() -> None:
        result = Run()
        async with Api(Exchange(WHOLE, [added("a", 5), result.later(3)], "close"), first()) as api:
            await result.until(api, ["accept", "begin", "+a", *READ])
        assert result.pauses == [0.5]

    running(work())


def test_silence_reads_everything_again() -> None:
    """A version from the future has no other sign: the API server of a restored etcd sends nothing."""
    run(first(), first(), calls=[*READ, *AGAIN], pauses=[0.5], silence=1.5)


def test_silence_instead_of_all_objects_is_answered_by_a_list() -> None:
    """Some proxies and old servers accept the stream of all objects, and send nothing."""
    listed = Exchange({"limit": "100", "watch": None}, [page("a", version=7)], "close")
    run(
        Exchange(WHOLE),
        listed,
        Exchange({"resourceVersion": "7"}, [added("b", 8)]),
        calls=["accept", "begin", *READ, "accept", "+b"],
        pauses=[0.5],
        silence=1.5,
    )


@pytest.mark.parametrize("code", [400, 422])
def test_an_older_server_is_listed_and_watched(code: int) -> None:
    refusal = Exchange(WHOLE, [status(code, "sendInitialEvents is forbidden")], "close", code)
    pages = [
        Exchange({"limit": "100", "continue": None}, [page("a", version=3, more="x")], "close"),
        Exchange({"limit": "100", "continue": "x"}, [page("b", version=3)], "close"),
    ]
    watch = Exchange({"watch": "true", "resourceVersion": "3", "sendInitialEvents": None}, [event("DELETED", "a", 4)])
    run(refusal, *pages, watch, calls=["accept", "begin", "+a", "+b", "end", "accept", "-a"], pauses=[])


def test_a_list_whose_pages_expire_begins_again() -> None:
    exchanges = [
        Exchange(WHOLE, [status(422, "no")], "close", 422),
        Exchange({"continue": None}, [page("a", more="x")], "close"),
        Exchange({"continue": "x"}, [status(410, "expired")], "close", 410),
        Exchange({"continue": None}, [page("a", version=3)], "close"),
        Exchange({"resourceVersion": "3"}, [added("b", 4)]),
    ]
    run(*exchanges, calls=["accept", "begin", "+a", *READ, "accept", "+b"], pauses=[0.5])


@pytest.mark.parametrize("code", [401, 403])
def test_a_refusal_is_reported_and_tried_again(code: int) -> None:
    refusals = [Exchange(WHOLE, [status(code, 'services is forbidden: User "x" cannot watch')], "close", code)] * 3
    result = run(*refusals, first(), calls=[f"refuse {code}"] * 3 + READ, pauses=[0.5, 1.0, 2.0])
    problem = result.log.problems[0]
    assert (problem.status, problem.verb, problem.resource, problem.namespace) == (code, "watch", "services", "shop")
    assert problem.said == 'services is forbidden: User "x" cannot watch'


@pytest.mark.parametrize(("times", "reported"), [(1, 0), (2, 1), (3, 2)])
def test_the_first_refusal_after_an_outage_is_not_reported(times: int, reported: int) -> None:
    """An API server that starts refuses each request for a moment."""
    refusals = [Exchange({}, [status(403, "services is forbidden")], "close", 403)] * times
    calls = [*READ, *["refuse 403"] * reported, *AGAIN]
    run(first(end="reset"), *refusals, first(), calls=calls, pauses=[0.5, 1.0, 2.0, 4.0][: times + 1])


def test_one_refusal_of_a_server_that_runs_is_reported() -> None:
    refusal = Exchange({}, [status(403, "services is forbidden")], "close", 403)
    run_after_begin(refusal, first(), calls=["refuse 403", *AGAIN], pauses=[0.5])


def test_the_token_is_read_at_each_connect() -> None:
    refusal = Exchange(WHOLE, [status(401, "Unauthorized")], "close", 401)
    result = run(refusal, first(), calls=["refuse 401", *READ])
    assert [request.headers["Authorization"] for request in result.api.requests] == ["Bearer token-1", "Bearer token-2"]


def test_the_pauses_grow_and_start_anew_after_success() -> None:
    busy = Exchange(WHOLE, [status(503, "busy")], "close", 503)

    async def work() -> None:
        result = Run()
        long = Exchange(WHOLE, [added("a", 5), initial_end(7), result.later(len(READ)), bookmark(8)], "reset")
        async with Api(*[busy] * 8, long, Exchange({"resourceVersion": "8"}, [added("b", 9)])) as api:
            await result.until(api, [*READ, "accept", "+b"])
        assert result.pauses == [0.5, 1, 2, 4, 8, 16, 24, 24, 0.5]

    running(work())


def test_the_pauses_grow_if_each_stream_is_closed_at_once() -> None:
    run(*[first(end="close")] * 4, first(), calls=[*READ, *AGAIN * 4], pauses=[0.5, 1, 2, 4])


@pytest.mark.parametrize("text", [b'{"metadata": "x"}', b'{"items": 5}'], ids=["metadata", "items"])
def test_a_list_of_another_form_is_read_again(text: bytes) -> None:
    refusal = Exchange(WHOLE, [status(422, "no")], "close", 422)
    again = Exchange({"limit": "100"}, [page("a", version=3)], "close")
    calls = ["accept", "begin", *READ, "accept"]
    run(refusal, Exchange({}, [text], "close"), again, Exchange({"resourceVersion": "3"}), calls=calls, pauses=[0.5])


def test_a_refused_list_names_its_verb() -> None:
    refusals = [Exchange(WHOLE, [status(422, "no")], "close", 422), Exchange({}, [status(403, "cannot list")], "close", 403)]
    result = run(*refusals, Exchange({}, [page("a")], "close"), Exchange({}), calls=["accept", "begin", "refuse 403", *READ, "accept"])
    assert result.log.problems[0].verb == "list"


def test_the_password_of_a_proxy_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    class Proxied(FakeConnections):
        async def settings(self) -> Settings:
            self.reads += 1
            proxy = self._servers[0].url.replace("//", "//user:s3cret@")
            return Settings("https://cluster.example:6443", proxy=proxy, tls=ssl.create_default_context())

    async def work() -> list[float]:
        result = Run()
        async with Api() as proxy:
            task = asyncio.ensure_future(result.until(proxy, READ, connections=Proxied(proxy)))
            async with timeout():
                while len(result.pauses) < 2:
                    await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return result.pauses

    with caplog.at_level("INFO"):
        assert running(work())
    assert "Watching Services in namespace shop: 404 Not Found." in caplog.text
    assert "s3cret" not in caplog.text


def contexts(servers: int) -> tuple[ssl.SSLContext, ...]:
    """For a client, and for so many servers that it trusts."""
    authority = trustme.CA()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(client)
    made = [client]
    for _server in range(servers):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        made.append(context)
    return tuple(made)


def test_an_answer_that_arrives_at_once_has_no_other_certificate(caplog: pytest.LogCaptureFixture) -> None:
    """Its connection is closed before it is read."""
    client, server = contexts(1)
    text = json.dumps(failure(410, "too old resource version")).encode() + b"\n"
    expired = Exchange({"resourceVersion": "7"}, [text], "close", headers={"Content-Length": str(len(text))})

    async def work() -> None:
        result = Run()
        async with Api(result.begun(), expired, first(), tls=server) as api:
            await result.until(api, [*READ, "accept", *AGAIN], connections=FakeConnections(api, tls=client))

    with caplog.at_level("INFO"):
        running(work())
    assert "Watching Services in namespace shop: 410 too old resource version, so everything is read again." in caplog.text


def test_another_certificate_reads_everything_again() -> None:
    client, *servers = contexts(2)

    async def work() -> None:
        result = Run()
        resumed = Exchange({"resourceVersion": "7"})
        async with Api(result.begun(), tls=servers[0]) as api, Api(resumed, first(), tls=servers[1]) as other:
            await result.until(api, [*READ, *AGAIN], connections=FakeConnections(api, other, tls=client))
            assert (result.pauses, other.left, other.faults) == ([0.5], 0, [])

    running(work())


def test_a_server_that_is_gone_is_read_again_when_it_returns() -> None:
    """While it was away, etcd may have been restored: everything is read again, whatever the version is."""

    async def work() -> None:
        result = Run()
        async with Api() as gone:
            pass
        async with Api(result.begun()) as api, Api(first()) as returned:
            await result.until(api, [*READ, *AGAIN], connections=FakeConnections(api, gone, returned))
            assert (result.pauses, returned.left, returned.faults) == ([0.5], 0, [])

    running(work())


def test_settings_that_cannot_be_read_are_read_again() -> None:
    class Broken(FakeConnections):
        async def settings(self):  # type: ignore[no-untyped-def]
            if self.reads == 0:
                self.reads += 1
                raise SettingsError("no such kubeconfig")
            return await super().settings()

    async def work() -> None:
        async with Api(first()) as api:
            result = Run()
            await result.until(api, READ, connections=Broken(api))
            assert result.pauses == [0.5]

    running(work())


def test_an_object_that_cannot_be_read_is_left_out() -> None:
    class Strict(Log):
        def put(self, subject, raw, deleted):  # type: ignore[no-untyped-def]
            if raw["metadata"]["name"] == "bad":
                raise KeyError("spec")
            super().put(subject, raw, deleted)

    async def work() -> None:
        async with Api(Exchange(WHOLE, [added("bad", 4), added("a", 5), initial_end(7)])) as api:
            await Run(Strict()).until(api, READ)

    running(work())


@pytest.mark.parametrize(
    ("subject", "path", "accept", "query"),
    [
        (Subject("Service", "shop"), "/api/v1/namespaces/shop/services", "application/json", {}),
        (Subject("EndpointSlice"), "/apis/discovery.k8s.io/v1/endpointslices", "application/json", {}),
        (Subject("Pod", "shop"), "/api/v1/namespaces/shop/pods", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", {}),
        (Subject("Node"), "/api/v1/nodes", "application/json", {}),
        (
            Subject("Secret", "shop", "tls"),
            "/api/v1/namespaces/shop/secrets",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            {"fieldSelector": "metadata.name=tls"},
        ),
        (Subject("Service", label_selector="a=b,c"), "/api/v1/services", "application/json", {"labelSelector": "a=b,c"}),
    ],
)
def test_requests(subject: Subject, path: str, accept: str, query: dict[str, str]) -> None:
    result = run(Exchange({**WHOLE, **query}, [added("a", 5), initial_end(7)]), calls=READ, subject=subject)
    request = result.api.requests[0]
    assert (request.path, request.headers["Accept"], request.headers["Accept-Encoding"]) == (path, accept, "identity")
    assert set(request.query) - set(query) == {"watch", "sendInitialEvents", "resourceVersionMatch", "allowWatchBookmarks", "timeoutSeconds"}


def test_the_list_of_secrets_has_no_content() -> None:
    refusal = Exchange(WHOLE, [status(422, "no")], "close", 422)
    result = run(refusal, Exchange({}, [page("a")], "close"), Exchange({"resourceVersion": "1"}), calls=READ, subject=Subject("Secret", "shop", "tls"))
    accept = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
    assert [request.headers["Accept"] for request in result.api.requests][1] == accept


def test_cancelling_ends_the_stream_at_once() -> None:
    async def work() -> None:
        async with Api(first()) as api:
            log = Log()
            stream = Stream(SERVICES, FakeConnections(api), log)  # type: ignore[arg-type]
            task = asyncio.ensure_future(stream.run())
            await log.until(len(READ))
            task.cancel()
            async with timeout():
                await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()

    running(work())


def test_many_objects_at_once_let_the_loop_go_on() -> None:
    """Each object takes a millisecond of the clock: at most 6 of them are read without a break."""
    clock = Clock()

    class Slow(Log):
        since, most = 0, 0

        def put(self, subject, raw, deleted):  # type: ignore[no-untyped-def]
            clock.now += 0.001
            self.since += 1
            self.most = max(self.most, self.since)

        async def watch_the_loop(self) -> None:
            while True:
                self.since = 0
                await asyncio.sleep(0)

    async def work() -> Slow:
        log = Slow()
        lines = b"".join(json.dumps(added(f"pod-{number}", number + 1)).encode() + b"\n" for number in range(500))
        ticker = asyncio.ensure_future(log.watch_the_loop())
        try:
            async with Api(Exchange(WHOLE, [lines, initial_end(501)])) as api:
                await Run(log, clock).until(api, ["accept", "begin", "end"])
        finally:
            ticker.cancel()
        return log

    log = running(work())
    assert 0 < log.most <= 6
