# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of a stream: read apart, at each connect, without a secret in a message."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from ansible_collections.vks.bigip.plugins.module_utils._watch import connection as tested
from ansible_collections.vks.bigip.plugins.module_utils._watch.connection import Connections, Settings, SettingsError
from ansible_collections.vks.bigip.tests.unit.support.watching import Api, Exchange, running

CONTENT = {
    "server": "https://127.0.0.1:6443",
    "headers": [["Authorization", "Bearer t0ken"]],
    "verify": True,
    "verify_hostname": True,
    "server_name": None,
    "ca": None,
    "certificate": None,
    "key": None,
    "proxy": None,
    "proxy_headers": {},
    "warning": None,
}


def reading(monkeypatch: pytest.MonkeyPatch, *contents: dict[str, Any]) -> list[bytes]:
    """Each read gives the next content. Returns the options of the reads."""
    reads: list[bytes] = []

    async def read_apart(options: bytes) -> dict[str, Any]:
        reads.append(options)
        await asyncio.sleep(0)
        return {**CONTENT, **contents[len(reads) - 1]}

    monkeypatch.setattr(tested, "read_apart", read_apart)
    return reads


def test_streams_that_connect_together_share_one_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = reading(monkeypatch, {}, {"headers": [["Authorization", "Bearer an0ther"]]})

    async def work() -> None:
        connections = Connections({"context": "a"})
        first = await asyncio.gather(*(connections.settings() for _stream in range(4)))
        assert [item.headers for item in first] == [(("Authorization", "Bearer t0ken"),)] * 4
        assert (await connections.settings()).headers == (("Authorization", "Bearer an0ther"),)
        assert reads == [b'{"context": "a"}'] * 2
        assert connections.server == "https://127.0.0.1:6443"

    running(work())


def test_a_warning_is_logged_once_until_it_ends(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    texts = ["not verified", "not verified", None, "not verified", "another one"]
    reading(monkeypatch, *({"warning": text} for text in texts))

    async def work() -> None:
        connections = Connections({})
        for _text in texts:
            await connections.settings()

    running(work())
    assert caplog.messages == ["not verified", "not verified", "another one"]


def test_the_context_is_made_again_only_for_other_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    authorities = [trustme.CA().cert_pem.bytes().decode() for _number in range(2)]
    reading(monkeypatch, {"ca": authorities[0]}, {"ca": authorities[0]}, {"ca": authorities[1]}, {"server": "http://127.0.0.1:1"})

    async def work() -> None:
        connections = Connections({})
        first, same, other, plain = [await connections.settings() for _number in range(4)]
        assert first.tls is same.tls
        assert first.tls is not other.tls
        assert plain.tls is None

    running(work())


@pytest.mark.parametrize(
    ("content", "mode", "hostname"),
    [
        ({}, ssl.CERT_REQUIRED, True),
        ({"verify_hostname": False}, ssl.CERT_REQUIRED, False),
        ({"verify": False}, ssl.CERT_NONE, False),
    ],
)
def test_verification(content: dict[str, Any], mode: ssl.VerifyMode, hostname: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, content)
    settings = running(Connections({}).settings())
    assert (settings.tls.verify_mode, settings.tls.check_hostname) == (mode, hostname)


def test_a_client_certificate_and_an_own_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    client = authority.issue_cert("client.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(server)
    server.verify_mode = ssl.CERT_REQUIRED

    async def work() -> None:
        async with Api(Exchange({}, [b"yes"], "close"), tls=server) as api:
            content = {
                "server": api.url,
                "ca": authority.cert_pem.bytes().decode(),
                "certificate": b"".join(blob.bytes() for blob in client.cert_chain_pems).decode(),
                "key": client.private_key_pem.bytes().decode(),
            }
            reading(monkeypatch, content)
            settings = await Connections({}).settings()
            async with settings.session(30) as session, session.get(api.url, **settings.request()) as response:
                assert await response.read() == b"yes"
            assert api.requests[0].headers["Authorization"] == "Bearer t0ken"

    running(work())


@pytest.mark.parametrize("value", ["Bearer a\nb", "Bearer a\x00", "Bearer \x7f"])
def test_a_token_that_no_header_can_have(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, {"headers": [["Authorization", value]]})
    with pytest.raises(SettingsError, match="^The token, the user or the password has a line break or another control character.$"):
        running(Connections({}).settings())


def test_an_old_library_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tested.has_library()
    monkeypatch.delattr(tested.aiohttp, "ConnectionTimeoutError")
    assert not tested.has_library()
    monkeypatch.delattr(tested, "aiohttp")
    assert not tested.has_library()


@pytest.mark.parametrize("content", ["no certificate", "kein Zertifikat: ä"])
def test_certificates_that_cannot_be_used(content: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, {"ca": content})
    with pytest.raises(SettingsError, match="The certificates of the connection cannot be used: "):
        running(Connections({}).settings())


def test_a_request_by_a_proxy() -> None:
    settings = Settings("https://cluster.example", proxy="http://u:secret@proxy:3128", proxy_headers=(("a", "b"),), server_name="kubernetes")
    assert settings.request() == {"server_hostname": "kubernetes", "proxy": "http://u:secret@proxy:3128", "proxy_headers": {"a": "b"}}
    assert "secret" not in repr(settings)
    assert Settings("http://127.0.0.1:1").request() == {}


def test_a_stream_that_is_cancelled_does_not_end_the_read_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    reading(monkeypatch, {})

    async def work() -> None:
        connections = Connections({})
        tasks = [asyncio.ensure_future(connections.settings()) for _number in range(2)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        assert (await tasks[1]).server == CONTENT["server"]

    running(work())


def test_closing_ends_a_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    async def forever(options: bytes) -> dict[str, Any]:
        try:
            return await asyncio.Event().wait()  # type: ignore[return-value]
        finally:
            ended.append(options)

    monkeypatch.setattr(tested, "read_apart", forever)

    async def work() -> None:
        connections = Connections({})
        task = asyncio.ensure_future(connections.settings())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await connections.close()
        assert ended == [b"{}"]
        await Connections({}).close()

    running(work())


def test_the_real_program(tmp_path: Path) -> None:
    options = {"host": "https://cluster.example:6443", "api_key": "t0ken"}
    read = running(tested.read_apart(json.dumps(options).encode()))
    assert read["server"] == "https://cluster.example:6443"
    assert ["authorization", "Bearer t0ken"] in read["headers"]
    broken = {**options, "ca_cert": str(tmp_path / "missing")}
    with pytest.raises(SettingsError, match=r"^Setting up the connection to Kubernetes: .*No such file") as caught:
        running(tested.read_apart(json.dumps(broken).encode()))
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize(
    ("program", "seconds", "message"),
    [
        ("this", 60.0, "The process that reads the connection ended with status 0."),
        ("ansible_collections.no.such", 60.0, "The process that reads the connection ended with status 1."),
        ("this", 0.0, "Timed out after 0 s reading the connection to Kubernetes."),
    ],
)
def test_a_program_that_fails(program: str, seconds: float, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tested, "_PROGRAM", program)
    monkeypatch.setattr(tested.settings, "SECONDS", seconds)
    with pytest.raises(SettingsError) as caught:
        running(tested.read_apart(b"{}"))
    assert str(caught.value) == message
