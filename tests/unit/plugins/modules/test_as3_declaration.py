# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration, from its options to its result."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.support.as3_declaration import (
    AS3,
    INFO,
    LOCKED,
    NEW,
    POOLS,
    READ,
    REFUSED,
    TASK,
    adc,
    app,
    device,
    posted,
    run,
    stored,
    tenant,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def test_a_new_tenant() -> None:
    script = [stored("/T1"), INFO, *posted({"T1": tenant(A1=app("10.1.0.1"), **NEW)}, T1="success")]
    result = run(script, content=adc(T1={"A1": app("10.1.0.1")}))
    assert result["changed"] is True
    assert result["tenants"]["T1"]["action"] == "create"
    assert result["tenants"]["T1"]["message"] == "success"
    assert result["diff"][0]["after_header"] == "tenant T1"


def test_no_change_is_no_post() -> None:
    result = run([stored("/T1", T1={"A1": app("10.1.0.1")}), device("T1", "10.1.0.1=up")], content=adc(T1={"A1": app("10.1.0.1")}))
    assert (result["changed"], result["tenants"], result["diff"]) == (False, {}, [])


FORMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "ADC": lambda content: content,
    "JSON": json.dumps,
    "a dictionary as text": str,
    "AS3": lambda content: {"class": "AS3", "action": "deploy", "declaration": content},
    "AS3 as JSON": lambda content: json.dumps({"class": "AS3", "declaration": content}),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_forms(form: Callable[[dict[str, Any]], Any]) -> None:
    script = [stored("/T1"), INFO, *posted({"T1": tenant(A1=app("10.1.0.1"), **NEW)}, T1="success")]
    assert run(script, content=form(adc(T1={"A1": app("10.1.0.1")})))["changed"] is True


def test_the_users_words_beside_the_tenants_are_sent() -> None:
    def check(request: Request) -> None:
        assert {key: request.json[key] for key in ("schemaVersion", "id", "label", "updateMode")} == {
            "schemaVersion": "3.50.0",
            "id": "demo",
            "label": "mine",
            "updateMode": "selective",
        }

    script = [stored("/T1"), INFO, *posted(None, T1="success")]
    script[2].expect = check
    run(script, content={**adc(T1={"A1": app("10.1.0.1")}), "label": "mine"})


def test_how_a_request_was_handled_is_no_difference() -> None:
    before = {"A1": app("10.1.0.1"), "controls": {"class": "Controls", "userAgent": "vks.bigip"}}
    assert run([stored("/T1", T1=before), device("T1", "10.1.0.1=up")], content=adc(T1={"A1": app("10.1.0.1")}))["changed"] is False


def test_only_what_differs_is_posted_under_the_lock() -> None:
    script = [
        stored("/T1,T2", T1={"A1": app("10.1.0.1")}, T2={"A1": app("10.2.0.1")}),
        Exchange("GET", POOLS, json={"items": device("T1", "10.1.0.1=up").json["items"] + device("T2", "10.2.0.1=up").json["items"]}),
        INFO,
        *posted({"T1": tenant(A1=app("10.1.0.1", "10.1.0.2"), **LOCKED)}, T1="success"),
    ]
    result = run(script, content=adc(T1={"A1": app("10.1.0.2", "10.1.0.1")}, T2={"A1": app("10.2.0.1")}))
    assert result["changed"] is True
    assert set(result["tenants"]) == {"T1"}
    assert result["tenants"]["T1"]["members_added"] == [{"application": "A1", "pool": "web_pool", "address": "10.1.0.2", "port": 8080}]


def test_a_whole_tenant_is_replaced_and_the_diff_shows_what_goes() -> None:
    before = {"A1": app("10.1.0.1"), "A2": {"class": "Application"}, "label": "old"}
    script = [stored("/T1", T1=before), device("T1", "10.1.0.1=up"), INFO, *posted({"T1": tenant(A1=app("10.1.0.1"), **LOCKED)}, T1="success")]
    result = run(script, content=adc(T1={"A1": app("10.1.0.1")}))
    assert result["tenants"]["T1"]["applications"] == {"A2": "delete"}
    assert "A2" in result["diff"][0]["before"] and "A2" not in result["diff"][0]["after"]
    assert "label: old" in result["diff"][0]["before"]


def test_the_per_application_form_leaves_the_others() -> None:
    before = {"A1": app("10.1.0.1"), "Other": {"class": "Application"}}
    content = {"schemaVersion": "3.52.0", "A1": app("10.1.0.1", "10.1.0.2")}
    script = [
        stored("/T1", T1=before),
        device("T1", "10.1.0.1=up"),
        INFO,
        *posted({"A1": content["A1"]}, path="/T1/applications", version="3.52.0", T1="success"),
    ]
    result = run(script, tenant="T1", content=content)
    assert result["tenants"]["T1"]["applications"] == {"A1": "update"}


def test_one_tenant_of_a_whole_declaration() -> None:
    script = [stored("/T2"), INFO, *posted({"T2": tenant(A1=app("10.2.0.1"), **NEW)}, T2="success")]
    assert set(run(script, tenant="T2", content=adc(T1={"A1": app("10.1.0.1")}, T2={"A1": app("10.2.0.1")}))["tenants"]) == {"T2"}


CONTENTS: dict[str, dict[str, Any]] = {"tenant alone": {}, "content": {"content": adc(T1={"A1": app("10.1.0.1")})}, "an empty tenant": {"content": adc(T1={})}}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
def test_a_tenant_is_removed(content: dict[str, Any]) -> None:
    script = [stored("/T1", T1={"A1": app("10.1.0.1")}), device("T1", "10.1.0.1=up"), INFO, *posted({"T1": tenant(**LOCKED)}, T1="success")]
    result = run(script, tenant="T1", state="absent", **content)
    assert (result["changed"], result["tenants"]["T1"]["action"]) == (True, "delete")


def test_an_empty_tenant_in_the_content_goes() -> None:
    script = [stored("/T1", T1={"A1": app("10.1.0.1")}), device("T1", "10.1.0.1=up"), INFO, *posted({"T1": tenant(**LOCKED)}, T1="success")]
    assert run(script, content=adc(T1={}))["tenants"]["T1"]["action"] == "delete"


REMOVE_APPLICATION: dict[str, dict[str, Any]] = {
    "by name": {"tenant": "T1", "application": "A2"},
    "per-application content": {"tenant": "T1", "content": {"A2": {"class": "Application"}}},
}


@pytest.mark.parametrize("options", REMOVE_APPLICATION.values(), ids=REMOVE_APPLICATION.keys())
def test_an_application_is_removed(options: dict[str, Any]) -> None:
    script = [
        stored("/T1", T1={"A1": app("10.1.0.1"), "A2": {"class": "Application"}}),
        device("T1", "10.1.0.1=up"),
        Exchange("DELETE", f"{AS3}/declare/T1/applications/A2?async=true", 202, json=TASK),
        Exchange("GET", f"{AS3}/task/6d3", json={**TASK, "results": [{"code": 200, "message": "success", "tenant": "T1"}]}),
    ]
    result = run(script, state="absent", **options)
    assert (result["changed"], result["tenants"]["T1"]["applications"]) == (True, {"A2": "delete"})


@pytest.mark.parametrize("options", [{"tenant": "T1"}, {"tenant": "T1", "application": "A2"}, {"content": adc(T1={"A1": app("10.1.0.1")})}])
def test_what_is_not_there_is_absent(options: dict[str, Any]) -> None:
    assert run([stored("/T1")], state="absent", **options)["changed"] is False


def test_check_mode_foretells_and_posts_nothing() -> None:
    content = adc(T1={"A1": app("10.1.0.1", "10.1.0.2")})
    result = run([stored("/T1", T1={"A1": app("10.1.0.1")}), device("T1", "10.1.0.1=up")], check=True, content=content)
    assert (result["changed"], result["tenants"]["T1"]["action"]) == (True, "update")
    assert "10.1.0.2:8080" in result["diff"][0]["after"] and "10.1.0.2:8080" not in result["diff"][0]["before"]


@pytest.mark.parametrize("check", [True, False], ids=["check mode", "run"])
def test_an_address_that_another_tenant_has(check: bool) -> None:
    not_there = Exchange("GET", f"{AS3}/declare/T1{READ}", 404, json={"code": 404, "message": "specified Tenant(s) 'T1' not found in declaration"})
    everything = Exchange("GET", f"{AS3}/declare?show=base", json=adc(T9={"A9": app("10.1.0.9")}))
    result = run([not_there, everything], check=check, content=adc(T1={"A1": app("10.1.0.1")}))
    (failed,) = result["failure"]["tenants"]
    assert (failed["code"], failed["input"]) == ("address_taken", "content.T1.A1.vs.virtualAddresses")
    assert "192.0.2.1 port 80 (tcp), which virtual server /T9/A9/vs of tenant T9 has" in result["msg"] and result["changed"] is False


def test_members_are_replaced_union_first() -> None:
    old, new = ("10.1.0.1", "10.1.0.2"), ("10.1.0.3", "10.1.0.4")
    after = {"A1": app(*old, *new)}
    script = [
        stored("/T1", T1={"A1": app(*old)}),
        device("T1", "10.1.0.1=up", "10.1.0.2=up"),
        INFO,
        *posted({"T1": tenant(A1=app(*old, *new), **LOCKED)}, T1="success"),
        stored("/T1", T1=after),
        device("T1", "10.1.0.1=up", "10.1.0.2=up", "10.1.0.3=up", "10.1.0.4=up"),
        *posted({"T1": tenant(A1=app(*new), **LOCKED)}, T1="success"),
    ]
    assert run(script, content=adc(T1={"A1": app(*new)}))["changed"] is True


def test_members_that_do_not_come_up_leave_the_union() -> None:
    union = {"A1": app("10.1.0.1", "10.1.0.3")}
    script = [
        stored("/T1", T1={"A1": app("10.1.0.1")}),
        device("T1", "10.1.0.1=up"),
        INFO,
        *posted(None, T1="success"),
        stored("/T1", T1=union),
        device("T1", "10.1.0.1=up", "10.1.0.3=down"),
        device("T1", "10.1.0.1=up", "10.1.0.3=down"),
    ]
    result = run(script, content=adc(T1={"A1": app("10.1.0.3")}), wait_up=1)
    assert result["failed"] is True
    assert result["failure"]["tenants"][0]["code"] == "members_not_up"


def test_members_that_the_device_lost_are_put_back() -> None:
    content = {"A1": app("10.1.0.1", "10.1.0.2")}
    script = [stored("/T1", T1=content), device("T1", "10.1.0.1=up"), INFO, *posted({"T1": tenant(**content, **LOCKED)}, T1="success")]
    assert run(script, content=adc(T1=content))["tenants"]["T1"]["action"] == "restore"


INVALID = {"code": 422, "message": "declaration is invalid", "errors": ["/T1/A1/web_pool/members/0/ratio: should be integer"], "tenant": ["T1"]}


def test_one_bad_tenant_does_not_stop_the_others() -> None:
    script = [
        Exchange("GET", f"{AS3}/declare/T1,T2{READ}", 404, json={"code": 404, "message": "specified Tenant(s) 'T1' not found in declaration"}),
        Exchange("GET", f"{AS3}/declare{READ}", 204),
        INFO,
        *posted(None, T1=REFUSED, T2="success"),
    ]
    result = run(script, content=adc(T1={"A1": app("10.1.0.1")}, T2={"A1": {"class": "Application"}}))
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["tenants"]["T2"]["message"] == "success"
    (failed,) = result["failure"]["tenants"]
    assert (failed["tenant"], failed["code"], failed["response"], failed["applications"]) == ("T1", 422, REFUSED["response"], ["A1"])
    assert REFUSED["response"] in result["msg"]


def test_the_path_in_the_users_own_content() -> None:
    result = run([stored("/T1"), INFO, *posted(None, T1=INVALID)], content=adc(T1={"A1": app("10.1.0.1")}))
    (failed,) = result["failure"]["tenants"]
    assert (failed["path"], failed["input"]) == ("/T1/A1/web_pool/members/0/ratio", "content.T1.A1.web_pool.members.0.ratio")


def test_an_answer_that_was_lost_is_looked_up() -> None:
    content = {"A1": app("10.1.0.1", "10.1.0.2")}
    script = [
        stored("/T1", T1={"A1": app("10.1.0.1")}),
        device("T1", "10.1.0.1=up"),
        INFO,
        Exchange("POST", f"{AS3}/declare?async=true", drop=True),
        stored("/T1", T1=content),
        device("T1", "10.1.0.1=up", "10.1.0.2=up"),
    ]
    result = run(script, content=adc(T1=content))
    assert (result["changed"], result.get("failed")) == (True, None)


def test_members_lost_in_a_failure_are_put_back() -> None:
    script = [
        stored("/T1", T1={"A1": app("10.1.0.1", "10.1.0.2", "10.1.0.3")}),
        device("T1", "10.1.0.1=up", "10.1.0.2=up", "10.1.0.3=up"),
        INFO,
        *posted(None, T1=REFUSED),
        stored("/T1", T1={"A1": app("10.1.0.1", "10.1.0.2", "10.1.0.3")}),
        device("T1", "10.1.0.1=up", "10.1.0.2=up"),
        *posted({"A1": app("10.1.0.1", "10.1.0.2", "10.1.0.3")}, path="/T1/applications", T1="success"),
    ]
    result = run(script, content=adc(T1={"A1": app("10.1.0.1", "10.1.0.2")}))
    assert result["failed"] is True
    assert "they were put back" in result["failure"]["tenants"][0]["note"] and "they were put back" in result["msg"]


RESERVED: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "tenant": ({"content": adc(T1={"A1": app("10.1.0.1")}, label={"A1": {"class": "Application"}})}, "label", "content.label", "tenant name 'label'"),
    "application": ({"content": adc(T1={"A1": app("10.1.0.1")}, T2={"enable": {"class": "Application"}})}, "T2", "content.T2.enable", "'enable'"),
    "controls": ({"content": adc(T1={"A1": app("10.1.0.1")}, controls={"A1": {"class": "Application"}})}, "controls", "content.controls", "'controls'"),
}


@pytest.mark.parametrize("options, held, path, message", RESERVED.values(), ids=RESERVED.keys())
def test_a_reserved_name_holds_its_tenant_only(options: dict[str, Any], held: str, path: str, message: str) -> None:
    read = [stored("/T1,T2"), Exchange("GET", f"{AS3}/declare{READ}", 204)] if held == "T2" else [stored("/T1")]
    result = run([*read, INFO, *posted({"T1": tenant(A1=app("10.1.0.1"), **NEW)}, T1="success")], **options)
    assert (result["failed"], result["changed"], result["tenants"][held]["action"]) == (True, True, "hold")
    (failed,) = result["failure"]["tenants"]
    assert (failed["tenant"], failed["code"], failed["path"]) == (held, "reserved_name", path) and message in failed["message"]


def test_a_reserved_name_in_the_per_application_form() -> None:
    result = run([stored("/T1")], tenant="T1", content={"A1": app("10.1.0.1"), "controls": {"class": "Application"}})
    (failed,) = result["failure"]["tenants"]
    assert (failed["tenant"], failed["code"], failed["path"]) == ("T1", "reserved_name", "content.controls")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "content: is missing"),
    "absent without a name": ({"state": "absent"}, "content: is missing"),
    "not a declaration": ({"content": "hello"}, "content: is not JSON"),
    "complete": ({"content": {**adc(T1={"A1": app("10.1.0.1")}), "updateMode": "complete"}}, "content.updateMode"),
    "target": ({"content": {**adc(T1={"A1": app("10.1.0.1")}), "target": {"address": "192.0.2.1"}}}, "content.target"),
    "dry-run": ({"content": {"class": "AS3", "action": "dry-run", "declaration": adc(T1={"A1": app("10.1.0.1")})}}, "content.action"),
    "dry run of a tenant": ({"content": adc(T1={"A1": app("10.1.0.1"), "controls": {"dryRun": True}})}, "content.T1.controls.dryRun"),
    "no tenant": ({"content": adc()}, "content: has no tenant"),
    "another tenant": ({"content": adc(T1={"A1": app("10.1.0.1")}), "tenant": "T9"}, "tenant: is 'T9'"),
    "per-application without tenant": ({"content": {"A1": app("10.1.0.1")}}, "needs the option tenant"),
    "per-application without application": ({"content": {"schemaVersion": "3.50.0"}, "tenant": "T1"}, "content: has no application"),
    "application without tenant": ({"state": "absent", "application": "A1"}, "application: needs the tenant"),
    "dangling pointer": (
        {"content": adc(T1={"A1": {**app("10.1.0.1"), "web_pool": {"class": "Constants"}, "vs": {**app()["vs"], "pool": "nope"}}})},
        "content.T1.A1.vs.pool",
    ),
    "an empty address": (
        {"content": adc(T1={"A1": {**app("10.1.0.1"), "vs": {**app()["vs"], "virtualAddresses": [""]}}})},
        "content.T1.A1.vs.virtualAddresses[0]: is empty: AS3 expects an address here",
    ),
    "name": ({"content": adc(T1={"1A": app("10.1.0.1")})}, "content.T1.1A"),
    "name in the per-application form": ({"content": {"1A": app("10.1.0.1")}, "tenant": "T1"}, "content.1A"),
    "tenant's name": ({"state": "absent", "tenant": "a/b"}, "tenant:"),
    "reserved tenant": ({"state": "absent", "tenant": "class"}, "tenant: the tenant name 'class' is reserved: in AS3 it is a property of the declaration"),
    "reserved application": ({"state": "absent", "tenant": "T1", "application": "label"}, "application: the application name 'label' is reserved"),
}


@pytest.mark.parametrize("options, text", WRONG.values(), ids=WRONG.keys())
def test_wrong_input_is_refused_before_anything_is_read(options: dict[str, Any], text: str) -> None:
    result = run([], **options)
    assert result["failed"] is True
    assert text in result["msg"]
