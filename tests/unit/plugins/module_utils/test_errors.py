# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a failure, and the result that Ansible prints of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure, failed


@pytest.mark.parametrize(
    ("details", "concerned"),
    [
        ({"pool": "/T1/A1/pool", "tenant": "T1"}, "/T1/A1/pool"),
        ({"tenant": "T1", "application": "A1"}, "/T1/A1"),
        ({"tenant": "T1"}, "/T1"),
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
    printed = failed({"failure": failure.as_dict()})
    assert printed["msg"] == failure.message and json.dumps(printed).count(failure.message) == 1
    assert printed["failure"]["message"] == printed["failure"]["summary"] == "Reading Services"


def test_the_sentence_of_a_tenant_is_in_msg_alone() -> None:
    first, second = (
        Failure("service_not_found", f"Service {name}", said="there is none", remedy="Correct it.").as_dict()
        for name in "ab"
    )
    refused = Failure("as3_refused", "AS3 did not publish tenant T3", said="0107:3: no").as_dict()
    refused = {**refused, "code": 422, "as3_message": "declaration failed"}
    tenants = [{**first, "tenant": "T2", "faults": [second]}, {**refused, "tenant": "T3"}]
    done: dict[str, Any] = {
        "tenants": {
            "T1": {"message": "success"},
            "T2": {"message": first["message"]},
            "T3": {"message": refused["message"]},
        },
        "failure": {
            "message": f"2 of 3 tenants failed. First, tenant T2: {first['message']}",
            "summary": "2 of 3 tenants failed",
            "tenants": tenants,
        },
    }
    printed = failed(done)
    assert printed["msg"] == done["failure"]["message"] and json.dumps(printed).count(first["message"]) == 1
    assert {name: entry["message"] for name, entry in printed["tenants"].items()} == {
        "T1": "success", "T2": "failed: service_not_found", "T3": "declaration failed",
    }  # fmt: skip
    assert printed["failure"]["message"] == "2 of 3 tenants failed"
    assert [entry["message"] for entry in printed["failure"]["tenants"]] == [
        "Service a",
        "AS3 did not publish tenant T3",
    ]
    assert printed["failure"]["tenants"][0]["faults"][0]["message"] == "Service b"
    whole = done["failure"]["tenants"][0]
    assert whole["message"] == first["message"], "what the engine returned stays whole"
