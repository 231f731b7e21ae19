# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a list that cannot be read, and pages that are too large."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _exchange
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._foreign import Unreadable
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists, pages
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, services
from ansible_collections.vks.bigip.tests.unit.support.peers import Peer, answer, sending
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

SERVICES = services("shop")


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def page(*items: Any, token: str = "") -> bytes:
    return json.dumps({"metadata": {"continue": token} if token else {}, "items": items}).encode()


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "evil", **more}}


LARGE = " " * (_exchange.MEGABYTE + 1)


def limited(*answers: tuple[int, str, Any]) -> list[str]:
    """The names of Services in pages of at most 1 MB. An answer: its limit, its continue token, itself."""
    script = [
        Exchange(
            "GET", f"{SERVICES}?limit={limit}{token}", **{"text" if isinstance(given, str) else "json": given}
        )
        for limit, token, given in answers
    ]
    with ScriptedServer(script) as server:
        client = Client(
            {"host": server.url, "allow_http": True, "api_key": "t", "max_response_mb": 1}, Clock().deadline()
        )
        try:
            return lists.each(client, lists.SERVICES, "shop", lambda raw: raw["metadata"]["name"])
        finally:
            client.close()


def test_a_page_that_is_too_large_is_asked_for_in_smaller_ones() -> None:
    """300 ConfigMaps of a megabyte must not hide those of others. Later pages become larger again."""
    parts = [
        json.loads(page(named(name), token=token))
        for name, token in (("a", "t"), ("b", "u"), ("c", "v"), ("d", "w"), ("e", ""))
    ]
    assert limited(
        *((500, "", LARGE), (62, "", LARGE), (7, "", parts[0]), (14, "&continue=t", parts[1])),
        *(
            (28, "&continue=u", LARGE),
            (3, "&continue=u", parts[2]),
            (6, "&continue=v", parts[3]),
            (12, "&continue=w", parts[4]),
        ),
    ) == ["a", "b", "c", "d", "e"]


def test_the_largest_page() -> None:
    parts = [json.loads(page(named(token), token=token)) for token in "abc"]
    steps = [
        (62, "", parts[0]),
        (124, "&continue=a", parts[0]),
        (248, "&continue=a", parts[1]),
        (496, "&continue=b", parts[2]),
    ]
    last = [(500, "&continue=c", parts[0]), (500, "&continue=a", json.loads(page(named("end"))))]
    assert limited((500, "", LARGE), *steps, *last) == ["a", "a", "b", "c", "a", "end"]


def test_one_object_that_is_too_large() -> None:
    with pytest.raises(Failure) as caught:
        limited(*((limit, "", LARGE) for limit in (500, 62, 7, 1)))
    assert caught.value.code == "kubernetes_too_large" and "max_response_mb" in str(caught.value.remedy)


def deep(levels: int) -> str:
    return '{"f:a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize("levels", [150, 5_000, 200_000])
def test_an_object_that_is_too_deep_is_left_out(levels: int) -> None:
    good = [json.dumps(named(name, note='a "quoted\\" text, [with] {signs}')) for name in ("a", "b")]
    bad = (
        '{"metadata":{"annotations":{"name":"victim"},"managedFields":[{"fieldsV1":'
        + deep(levels)
        + '}],"name":"bad","namespace":"evil"},"spec":{}}'
    )
    body = (
        '{"kind":"List","items":['
        + ",".join([good[0], bad, good[1]])
        + '],"metadata":{"resourceVersion":"1"}}'
    )
    warnings: list[str] = []
    with Peer(*[sending(answer(body.encode()))] * 2) as peer:
        client = Client({"host": peer.url, "allow_http": True, "api_key": "t"}, Deadline(600.0))
        client.warn = warnings.append
        for _time in range(2):
            assert [
                raw["metadata"]["name"] for raw in lists.each(client, lists.SERVICES, None, lambda raw: raw)
            ] == ["a", "b"]
        client.close()
    assert (
        len(warnings) == 1
        and "One of the Services was left out, because it cannot be read. evil/bad: it " in warnings[0]
    )


def read_with_warnings(body: bytes, keep: Callable[[Any], Any]) -> tuple[list[Any], list[str]]:
    warnings: list[str] = []
    with Peer(sending(answer(body))) as peer:
        client = Client({"host": peer.url, "allow_http": True, "api_key": "t"}, Deadline(600.0))
        client.warn = warnings.append
        try:
            return lists.each(client, lists.SERVICES, None, keep), warnings
        finally:
            client.close()


LEFT_OUT = (
    "One of the Services was left out, because it cannot be read. {}: it has an unexpected structure ({})."
)


def test_an_object_of_another_form_is_left_out() -> None:
    names = {"namespace": "x" * 254, "name": 5}
    strange = [
        5,
        None,
        {"metadata": []},
        {"metadata": names},
        {"metadata": {"name": "only"}},
        {"metadata": {"namespace": "only"}},
    ]
    read, warnings = read_with_warnings(
        page(named("a"), *strange, named("b")),
        lambda raw: raw["metadata"]["name"] + raw["metadata"]["namespace"],
    )
    assert read == ["aevil", "bevil"]
    assert warnings == [
        LEFT_OUT.format("an object without a name", "TypeError"),
        LEFT_OUT.format(f"{'x' * 253}/5", "TypeError"),
        LEFT_OUT.format("only", "KeyError"),
    ], "the same warning appears once"


def unreadable(_raw: Any) -> Any:
    raise Unreadable("it is a riddle")


def test_an_object_that_cannot_be_read_is_left_out_with_the_reason() -> None:
    assert read_with_warnings(page(named("a")), unreadable) == (
        [],
        ["One of the Services was left out, because it cannot be read. evil/a: it is a riddle."],
    )


def test_levels_count_in_objects_that_are_kept_whole() -> None:
    body = page(named("a", deep=json.loads(deep(150))), named("b"))
    assert read_with_warnings(body, lambda raw: raw["metadata"]["name"]) == (["a", "b"], [])
    read, warnings = read_with_warnings(body, lambda raw: raw)
    assert [raw["metadata"]["name"] for raw in read] == ["b"]
    assert warnings == [
        "One of the Services was left out, because it cannot be read. evil/a: it has more than 100 levels."
    ]


@pytest.mark.parametrize("body", [{"items": 5}, {"items": [], "metadata": [1]}, {"items": {"a": 1}}], ids=str)
def test_an_object_that_is_not_a_list(body: dict[str, Any]) -> None:
    with pytest.raises(Failure) as caught:
        read_with_warnings(json.dumps(body).encode(), lambda raw: raw)
    assert (caught.value.code, caught.value.said) == ("kubernetes_not_json", "it is not a Kubernetes list")


DEEP = deep(200_000)
APART: dict[str, tuple[str, Any, list[str]]] = {
    # the page, what apart() returns of it, what it leaves out
    "one of two": (
        '{"items": [{"metadata": {"name": "a"}}, %s], "metadata": {"continue": "t"}}',
        {"metadata": {"continue": "t"}, "items": [{"metadata": {"name": "a"}}]},
        ["an object without a name: it is nested too deep to be read as JSON"],
    ),
    "its name": (
        '{"items": [{"metadata": {"namespace": "n", "name": "b"}, "x": %s}]}',
        {"metadata": {}, "items": []},
        ["n/b: it is nested too deep to be read as JSON"],
    ),
    "no namespace": (
        '{"items": [{"metadata": {"name": "b"}, "x": %s}]}',
        {"metadata": {}, "items": []},
        ["b: it is nested too deep to be read as JSON"],
    ),
    "an empty name": (
        '{"items": [{"metadata": {"namespace": "n", "name": ""}, "x": %s}]}',
        {"metadata": {}, "items": []},
        ["n: it is nested too deep to be read as JSON"],
    ),
    "the longest name": (
        '{"items": [{"metadata": {"namespace": "n", "name": "' + "b" * 298 + '"}, "x": %s}]}',
        {"metadata": {}, "items": []},
        [f"n/{'b' * 298}: it is nested too deep to be read as JSON"],
    ),
    "a name that is too long": (
        '{"items": [{"metadata": {"namespace": "n", "name": "' + "b" * 299 + '"}, "x": %s}]}',
        {"metadata": {}, "items": []},
        ["n: it is nested too deep to be read as JSON"],
    ),
    "a name that is a number": (
        '{"items": [{"metadata": {"namespace": 5, "name": "b"}, "x": %s}]}',
        {"metadata": {}, "items": []},
        ["b: it is nested too deep to be read as JSON"],
    ),
    "no items": ('{"metadata": {}, "x": %s}', None, []),
    "items of another type": ('{"items": %s}', None, []),
    "metadata of another type": ('{"metadata": [], "items": [%s]}', None, []),
    "metadata that cannot be read": ('{"metadata": {"x": nonsense}, "items": [%s]}', None, []),
}


@pytest.mark.parametrize("name", APART)
def test_a_page_that_the_parser_refuses_is_read_object_by_object(name: str) -> None:
    text, expected, left_out = APART[name]
    found: list[str] = []
    assert pages.apart((text % DEEP).encode(), found.append) == expected
    assert found == left_out


def test_a_page_that_is_not_a_list_is_refused_as_a_whole() -> None:
    with pytest.raises(Failure) as caught:
        read_with_warnings(('{"x": ' + DEEP + "}").encode(), lambda raw: raw)
    assert (caught.value.code, caught.value.said) == (
        "kubernetes_not_json",
        "it is nested too deep to be read as JSON",
    )
