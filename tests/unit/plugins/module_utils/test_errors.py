# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a failure, and the result that Ansible prints of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure, failed, shortened, some


@pytest.mark.parametrize(
    ("details", "concerned"),
    [
        ({"pool": "/T1/A1/pool", "tenant": "T1"}, "/T1/A1/pool"),
        ({"tenant": "T1", "application": "A1"}, "/T1/A1"),
        ({"tenant": "T1"}, "/T1"),
        ({"tenant": "T1", "service": "default/web"}, "/T1"),
        ({"application": "A1"}, None),
        ({"pool": "", "tenant": "", "service": "default/web"}, "Service default/web"),
        ({"service": "default/web"}, "Service default/web"),
        ({"path": "applications[0]"}, None),
    ],
)
def test_the_object(details: dict[str, Any], concerned: str | None) -> None:
    assert Failure("unexpected", "Reading it", **details).object == concerned


def test_a_failure_in_parts() -> None:
    failure = Failure(
        "kubernetes_forbidden", "Reading Services", said="HTTP 403", remedy="Bind a Role.", tenant="T1"
    )
    assert failure.as_dict() == {
        "code": "kubernetes_forbidden",
        "message": "Reading Services: HTTP 403. Bind a Role.",
        "summary": "Reading Services",
        "object": "/T1",
        "said": "HTTP 403",
        "response": "HTTP 403",
        "remedy": "Bind a Role.",
        "path": None,
        "input": None,
        "tenant": "T1",
    }


def test_a_summary_replaces_a_long_statement() -> None:
    failure = Failure(
        "tenants_failed", "reading 2 of 3 tenants: a, b", summary="2 of 3 tenants failed", path="a"
    )
    assert (failure.what, failure.summary, str(failure)) == (
        "reading 2 of 3 tenants: a, b",
        "2 of 3 tenants failed",
        "Reading 2 of 3 tenants: a, b.",
    )
    assert failure.details == {"path": "a"} and failure.warnings == []
    assert failure.as_dict() == {
        "code": "tenants_failed",
        "message": "Reading 2 of 3 tenants: a, b.",
        "summary": "2 of 3 tenants failed",
        "object": None,
        "said": None,
        "response": None,
        "remedy": None,
        "path": "a",
        "input": "a",
    }


@pytest.mark.parametrize(
    ("said", "remedy", "message"),
    [
        (None, None, "It failed."),
        ("no", None, "It failed: no."),
        ("no!", "Try again.", "It failed: no! Try again."),
        ("why?", None, "It failed: why?"),
        ("it ended.", None, "It failed: it ended."),
        ("", "Try again.", "It failed. Try again."),
        (None, "", "It failed."),
    ],
)
def test_the_paragraph(said: str | None, remedy: str | None, message: str) -> None:
    assert Failure("unexpected", "It failed", said=said, remedy=remedy).message == message


def test_each_failure_has_the_same_keys() -> None:
    whole = Failure(
        "as3_refused", "AS3 did not publish tenant T1", said="0107:3: no", remedy="Correct it.", path="/T1/A1"
    )
    assert list(Failure("unexpected", "It failed").as_dict()) == list(whole.as_dict())


@pytest.mark.parametrize(
    ("path", "place"),
    [("applications[0].service", "applications[0].service"), ("/T1/A1/pool", None), (None, None)],
)
def test_the_place_in_the_input(path: str | None, place: str | None) -> None:
    parts = Failure("invalid_options", "It is not valid", path=path).as_dict()
    assert (parts["path"], parts["input"]) == (path, place)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("listing Nodes", "Listing Nodes."),
        ("Signing in to BIG-IP", "Signing in to BIG-IP."),
        ("prune would remove 2 applications", "prune would remove 2 applications."),
        ("provider.server is 'x'", "provider.server is 'x'."),
        ("", "."),
    ],
)
def test_an_activity_and_no_option_begins_with_a_capital_letter(what: str, message: str) -> None:
    failure = Failure("unexpected", what)
    assert (failure.message, failure.what) == (message, what)


def test_a_detail_replaces_no_part() -> None:
    parts = Failure("unexpected", "It failed", message="another", response="another").as_dict()
    assert (parts["message"], parts["response"]) == ("It failed.", None)


def test_the_sentence_of_a_task_is_in_msg_alone() -> None:
    failure = Failure("kubernetes_forbidden", "Reading Services", said="HTTP 403", remedy="Bind a Role.")
    given = {"changed": True, "failure": failure.as_dict()}
    assert failed(given) == {
        "changed": True,
        "msg": "Reading Services: HTTP 403. Bind a Role.",
        "failure": {**failure.as_dict(), "message": "Reading Services"},
    }
    assert given["failure"] == failure.as_dict(), "what the engine returned stays whole"


def test_the_sentence_of_a_tenant_is_in_msg_alone() -> None:
    first, second = (
        Failure("service_not_found", f"Service {name}", said="there is none", remedy="Correct it.").as_dict()
        for name in "ab"
    )
    refused = Failure("as3_refused", "AS3 did not publish tenant T3", said="0107:3: no").as_dict()
    refused = {**refused, "code": 422, "as3_message": "declaration failed"}
    tenants = [{**first, "tenant": "T2", "faults": [second]}, {**refused, "tenant": "T3"}]
    tenants.append({**first, "tenant": "T4", "as3_message": ""})
    sentence = f"3 of 4 tenants failed. First, tenant T2: {first['message']}"
    done: dict[str, Any] = {
        "tenants": {
            "T1": {"message": "success", "code": 200},
            "T2": {"message": first["message"]},
            "T3": {"message": refused["message"]},
        },
        "failure": {"message": sentence, "summary": "3 of 4 tenants failed", "tenants": tenants},
    }
    before = json.loads(json.dumps(done))
    assert failed(done) == {
        "msg": sentence,
        "tenants": {
            "T1": {"message": "success", "code": 200},
            "T2": {"message": "failed: service_not_found"},
            "T3": {"message": "declaration failed"},
        },
        "failure": {
            "message": "3 of 4 tenants failed",
            "summary": "3 of 4 tenants failed",
            "tenants": [
                {
                    **{**first, "tenant": "T2", "message": "Service a"},
                    "faults": [{**second, "message": "Service b"}],
                },
                {**refused, "tenant": "T3", "message": "AS3 did not publish tenant T3"},
                {**first, "tenant": "T4", "as3_message": "", "message": "Service a"},
            ],
        },
    }
    assert done == before, "what the engine returned stays whole"
    del done["tenants"]
    assert failed(done)["tenants"] == {}


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc..."),
        ("x" * 60, None, "x" * 60),
        ("x" * 61, None, "x" * 57 + "..."),
    ],
)
def test_a_long_text_is_shortened(text: str, most: int | None, expected: str) -> None:
    assert (shortened(text) if most is None else shortened(text, most)) == expected


@pytest.mark.parametrize(
    ("count", "more", "expected"),
    [
        (0, {}, ""),
        (10, {}, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"),
        (11, {}, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"),
        (3, {"most": 3}, "0, 1, 2"),
        (5, {"most": 3, "between": "; "}, "0; 1; 2 and 2 more"),
    ],
)
def test_some_of_many_names(count: int, more: dict[str, Any], expected: str) -> None:
    assert some(range(count), **more) == expected
