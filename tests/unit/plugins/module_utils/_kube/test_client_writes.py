# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patches, deletions and logs: what is sent, and what becomes of an answer that is lost."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client, Conflict, Forbidden
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

PATH = "/api/v1/namespaces/kube-system/configmaps/antrea-config"
RIGHT = {"verb": "patch", "resource": "configmaps", "group": "", "namespace": "kube-system"}
BODY = {"data": {"x": "é"}}


def patch(script: list[Exchange], query: dict[str, str] | None = None) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return client.patch(PATH, BODY, query, doing="changing ConfigMap kube-system/antrea-config", right=RIGHT)
        finally:
            client.close()


def sent(request: Request) -> None:
    assert request.json == BODY
    assert {name.lower(): value for name, value in request.headers.items()}["content-type"] == "application/merge-patch+json"


def patched(status_code: int = 200, query: str = "", **more: Any) -> Exchange:
    more.setdefault("json", {"kind": "ConfigMap"} if status_code == 200 else status(status_code, "no"))
    return Exchange("PATCH", f"{PATH}?fieldManager=vks.bigip{query}", status_code, expect=sent, **more)


def test_a_merge_patch() -> None:
    assert patch([patched()]) == {"kind": "ConfigMap"}
    assert patch([patched(query="&dryRun=All")], {"dryRun": "All"}) == {"kind": "ConfigMap"}


@pytest.mark.parametrize("first", [patched(drop=True), patched(503), patched(429)])
def test_it_is_sent_again(first: Exchange) -> None:
    assert patch([first, patched()]) == {"kind": "ConfigMap"}


@pytest.mark.parametrize(("code", "kind"), [(409, Conflict), (403, Forbidden), (422, Failure)])
def test_a_refusal_is_told(code: int, kind: type[Failure]) -> None:
    with pytest.raises(kind) as caught:
        patch([patched(code)])
    assert "Changing ConfigMap kube-system/antrea-config" in caught.value.message


POD = "/api/v1/namespaces/kube-system/pods/antrea-agent-x"


def deletion(request: Request) -> None:
    assert request.json["preconditions"] == {"uid": "u1"}


@pytest.mark.parametrize(
    "script",
    [
        [Exchange("DELETE", POD, json={}, expect=deletion)],
        [Exchange("DELETE", POD, drop=True), Exchange("DELETE", POD, 404, json=status(404, "gone"))],
        [Exchange("DELETE", POD, drop=True), Exchange("DELETE", POD, 409, json=status(409, "another uid"))],
    ],
    ids=["at once", "lost, and gone", "lost, and another one came"],
)
def test_delete(script: list[Exchange]) -> None:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.delete(POD, "u1", doing="deleting Pod kube-system/antrea-agent-x", right={**RIGHT, "verb": "delete", "resource": "pods"})
        client.close()


def test_a_log_is_text_and_has_a_deadline_of_its_own() -> None:
    path = f"{POD}/log?container=antrea-agent"
    with ScriptedServer([Exchange("GET", path, 500, text="no kubelet"), Exchange("GET", path, text="line 1\n"), *[Exchange("GET", path, 500)] * 4]) as server:
        clock = Clock()
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, clock.deadline(1000))

        def log() -> str:
            right = {**RIGHT, "verb": "get", "resource": "pods/log"}
            return client.text(f"{POD}/log", {"container": "antrea-agent"}, doing="reading the log", right=right, deadline=client.deadline.sooner(5))

        assert log() == "line 1\n"
        with pytest.raises(Failure) as caught:
            log()
        client.close()
    assert caught.value.code == "kubernetes_timeout" and clock.now < 10


CREATED = Exchange("POST", "/api/v1/namespaces/kube-system/secrets?fieldManager=vks.bigip", 201, json={"kind": "Secret"})
EXISTS = Exchange("POST", "/api/v1/namespaces/kube-system/secrets?fieldManager=vks.bigip", 409, json={"message": "exists"})
LOST = Exchange("POST", "/api/v1/namespaces/kube-system/secrets?fieldManager=vks.bigip", drop=True)


def create(script: list[Exchange]) -> dict[str, Any]:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return client.create("/api/v1/namespaces/kube-system/secrets", {"kind": "Secret"}, doing="creating Secret s", right=RIGHT)
        finally:
            client.close()


def test_create() -> None:
    assert create([CREATED]) == {"kind": "Secret"} and create([LOST, CREATED]) == {"kind": "Secret"}


@pytest.mark.parametrize("script", [[EXISTS], [LOST, EXISTS]])
def test_an_object_that_exists(script: list[Exchange]) -> None:
    with pytest.raises(Conflict):
        create(script)
