# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a list that cannot be read, and pages that are too large."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.dripping import (
    at_kubernetes,
)
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer, answer, sending


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def page(*items: Any, token: str = "") -> bytes:
    return json.dumps({"metadata": {"continue": token} if token else {}, "items": items}).encode()


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "evil", **more}}


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones() -> None:
    """300 ConfigMaps of a megabyte in one namespace must not hide those of others."""
    with Peer(sending(answer(bytes(3 * _exchange.MEGABYTE))), sending(answer(page(named("a"), token="t"))), sending(answer(page(named("b"))))) as peer:
        assert [raw["metadata"]["name"] for raw in at_kubernetes(peer, max_response_mb=1)] == ["a", "b"]


def test_one_object_that_is_too_large() -> None:
    with Peer(*[sending(answer(bytes(3 * _exchange.MEGABYTE)))] * 9) as peer, pytest.raises(Failure) as caught:
        at_kubernetes(peer, max_response_mb=1)
    assert caught.value.code == "kubernetes_too_large" and "max_response_mb" in str(caught.value.remedy)


def deep(levels: int) -> str:
    return '{"f:a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("levels", [150, 5_000, 200_000])
def test_an_object_that_is_too_deep_is_left_out(levels: int) -> None:
    good = [json.dumps(named(name, note='a "quoted\\" text, [with] {signs}')) for name in ("a", "b")]
    bad = '{"metadata":{"annotations":{"name":"victim"},"managedFields":[{"fieldsV1":' + deep(levels) + '}],"name":"bad","namespace":"evil"},"spec":{}}'
    body = '{"kind":"List","items":[' + ",".join([good[0], bad, good[1]]) + '],"metadata":{"resourceVersion":"1"}}'
    warnings: list[str] = []
    with Peer(*[sending(answer(body.encode()))] * 2) as peer:
        client = Client({"host": peer.url, "allow_http": True, "api_key": "t"}, Deadline(600.0))
        client.warn = warnings.append
        for _time in range(2):
            assert [raw["metadata"]["name"] for raw in lists.each(client, lists.SERVICES, None, lambda raw: raw)] == ["a", "b"]
        client.close()
    assert len(warnings) == 1 and "One of the Services was left out, because it cannot be read. evil/bad: it " in warnings[0]


def test_an_object_of_another_form_is_left_out() -> None:
    warnings: list[str] = []
    with Peer(sending(answer(page(named("a"), 5, None, {"metadata": []}, named("b"))))) as peer:
        client = Client({"host": peer.url, "allow_http": True, "api_key": "t"}, Deadline(600.0))
        client.warn = warnings.append
        assert lists.each(client, lists.SERVICES, None, lambda raw: raw["metadata"]["name"]) == ["a", "b"]
        client.close()
    assert len(warnings) == 1, "the same warning appears once"
