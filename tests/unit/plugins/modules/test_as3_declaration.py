# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration, from its options to its result."""

from __future__ import annotations

import json
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.modules import as3_declaration
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

AS3 = "/mgmt/shared/appsvcs"
READ = "?show=base&showHash=true"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"
TASK = {"id": "6d3", "results": [{"message": "Declaration successfully submitted", "tenant": "", "code": 0}], "declaration": {}}


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


SYNC_STATUS = {
    "mode": {"description": "standalone"},
    "status": {"description": "Standalone"},
    "color": {"description": "green"},
    "summary": {"description": " "},
}
SYNC = Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": {"https://localhost/0": {"nestedStats": {"entries": SYNC_STATUS}}}})


def run(script: list[Exchange], check: bool = False, **options: Any) -> Result:
    """A run that changes something also asks in the end whether the device group is in sync."""
    if any(exchange.method != "GET" for exchange in script):
        script = [*script, SYNC]
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}
        result = run_module(as3_declaration.main, {"provider": provider, "timeout": 30, **options}, check=check, diff=True)
    if script and "requests" in result:
        assert result["requests"]["bigip"] == len(script)
    return result


def pool(*addresses: str, **more: Any) -> dict[str, Any]:
    return {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": list(addresses), "shareNodes": True}], **more}


def app(*addresses: str, **more: Any) -> dict[str, Any]:
    virtual = f"192.0.2.{addresses[0].split('.')[1]}" if addresses else "192.0.2.9"
    service = {"class": "Service_HTTP", "virtualAddresses": [virtual], "pool": "web_pool"}
    return {"class": "Application", "vs": service, "web_pool": pool(*addresses), **more}


def adc(**tenants: Any) -> dict[str, Any]:
    return {"class": "ADC", "schemaVersion": "3.50.0", "id": "demo", **{name: {"class": "Tenant", **value} for name, value in tenants.items()}}


def stored(path: str, **tenants: Any) -> Exchange:
    """What AS3 gives for GET /declare{path}; with no tenants: that there are none."""
    if not tenants:
        return Exchange("GET", f"{AS3}/declare{path}{READ}", 404, json={"code": 404, "message": "declaration in specified path not found"})
    return Exchange(
        "GET", f"{AS3}/declare{path}{READ}", json=adc(**{name: {**value, "optimisticLockKey": f"key of {name}"} for name, value in tenants.items()})
    )


BY_HAND = {"disabled": {"session": "user-disabled", "state": "up"}, "offline": {"session": "user-disabled", "state": "user-down"}}


def device(tenant: str, *states: str, app: str = "A1", **members: str) -> Exchange:
    """The pool of one tenant on the device; members as address=state, disabled and offline by an operator."""
    found = [
        {"name": f"{address}:8080", "address": address, "ratio": 1, "partition": tenant, **BY_HAND.get(state, {"session": "monitor-enabled", "state": state})}
        for address, state in (item.split("=") for item in states)
    ]
    item = {"fullPath": f"/{tenant}/{app}/web_pool", "partition": tenant, "membersReference": {"items": found}}
    return Exchange("GET", f"{POOLS}&$filter=partition%20eq%20{tenant}", json={"items": [item]})


def posted(body: dict[str, Any] | None = None, path: str = "", **expected: Any) -> list[Exchange]:
    """POST and its task. body: the tenants (or applications) that must be in it; expected: results by tenant."""

    def check(request: Request) -> None:
        sent = request.json.get("declaration", request.json)
        parts = {name: value for name, value in sent.items() if isinstance(value, dict) and value.get("class") in ("Tenant", "Application")}
        assert parts == body, json.dumps(parts, indent=1)

    results = [value if isinstance(value, dict) else {"code": 200, "message": value, "tenant": name} for name, value in expected.items()]
    return [
        Exchange("POST", f"{AS3}/declare{path}?async=true", 202, json=TASK, expect=None if body is None else check),
        Exchange("GET", f"{AS3}/task/6d3", json={**TASK, "results": results}),
    ]


INFO = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0", "schemaCurrent": "3.56.0"})
LOCKED = {"optimisticLockKey": "key of T1"}
NEW = {"optimisticLockKey": "not stored"}


def tenant(**parts: Any) -> dict[str, Any]:
    return {"class": "Tenant", **parts}


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
    content = {"schemaVersion": "3.50.0", "A1": app("10.1.0.1", "10.1.0.2")}
    script = [
        stored("/T1", T1=before),
        device("T1", "10.1.0.1=up"),
        INFO,
        *posted({"A1": content["A1"]}, path="/T1/applications", T1="success"),
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


REFUSED = {
    "code": 422,
    "message": "declaration failed",
    "response": "01070333:3: Virtual Server /T1/A1/vs illegally shares destination address",
    "tenant": "T1",
}
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


def test_a_conflict_is_planned_anew() -> None:
    conflict = {"code": 422, "message": "The hash you submitted does not match the hash on the current Tenant.", "tenant": "T1"}
    before, theirs, ours = app("10.1.0.1"), app("10.1.0.1", remark="theirs"), app("10.1.0.1", "10.1.0.2")
    script = [
        stored("/T1", T1={"A1": before}),
        device("T1", "10.1.0.1=up"),
        INFO,
        *posted(None, T1=conflict),
        stored("/T1", T1={"A1": theirs}),
        device("T1", "10.1.0.1=up"),
        *posted({"T1": tenant(A1=ours, **LOCKED)}, T1="success"),
    ]
    assert run(script, content=adc(T1={"A1": ours}))["changed"] is True


def test_a_tenant_that_publish_created_in_the_meantime_is_not_replaced() -> None:
    conflict = {"code": 422, "message": "The hash you submitted does not match the hash on the current Tenant.", "tenant": "T1"}
    theirs = {**app("10.1.0.9"), "constants": MARK}
    new = posted({"T1": tenant(A1=app("10.1.0.1"), **NEW)}, T1=conflict)
    result = run([stored("/T1"), INFO, *new, stored("/T1", T1={"A1": theirs}), device("T1", "10.1.0.9=up")], content=adc(T1={"A1": app("10.1.0.1")}))
    assert not result["changed"] and result["failure"]["tenants"][0]["code"] == "not_ours"


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


@pytest.mark.parametrize("options, held, path, says", RESERVED.values(), ids=RESERVED.keys())
def test_a_reserved_name_holds_its_tenant_only(options: dict[str, Any], held: str, path: str, says: str) -> None:
    read = [stored("/T1,T2"), Exchange("GET", f"{AS3}/declare{READ}", 204)] if held == "T2" else [stored("/T1")]
    result = run([*read, INFO, *posted({"T1": tenant(A1=app("10.1.0.1"), **NEW)}, T1="success")], **options)
    assert (result["failed"], result["changed"], result["tenants"][held]["action"]) == (True, True, "hold")
    (failed,) = result["failure"]["tenants"]
    assert (failed["tenant"], failed["code"], failed["path"]) == (held, "reserved_name", path) and says in failed["message"]


def test_a_reserved_name_in_the_per_application_form() -> None:
    result = run([stored("/T1")], tenant="T1", content={"A1": app("10.1.0.1"), "controls": {"class": "Application"}})
    (failed,) = result["failure"]["tenants"]
    assert (failed["tenant"], failed["code"], failed["path"]) == ("T1", "reserved_name", "content.controls")


MARK = {"class": "Constants", "vks_bigip": {"owner": "somebody"}}
CIS = {"label": "kubernetes", "Shared": {"class": "Application", "template": "shared"}}
OWNED: dict[str, tuple[dict[str, Any], str, str]] = {
    "publish": ({"A1": app("10.1.0.1", constants=MARK)}, "not_ours", "publish"),
    "CIS": (CIS, "cis_tenant", "cis"),
}


@pytest.mark.parametrize("before, code, adopt", OWNED.values(), ids=OWNED.keys())
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_somebody_else_would_write_again(before: dict[str, Any], code: str, adopt: str, state: str) -> None:
    options: dict[str, Any] = {"content": adc(T1={"A1": app("10.1.0.1")}), "state": state}
    read = [stored("/T1", T1=before), device("T1", "10.1.0.1=up")]
    result = run(read, **options)
    assert result["failed"] is True
    (failed,) = result["failure"]["tenants"]
    assert failed["code"] == code
    assert f"adopt: {adopt}" in failed["remedy"]
    # A virtual server on an address that the tenant does not have yet: that of another tenant?
    others = [Exchange("GET", f"{AS3}/declare?show=base", json=adc(T1=before))] if code == "cis_tenant" and state == "present" else []
    result = run([*read, *others, INFO, *posted(None, T1="success")], adopt=adopt, **options)
    assert result["changed"] is True


def test_an_application_of_publish_beside_ours() -> None:
    before = {"Theirs": app("10.1.0.1", constants=MARK), "A2": {"class": "Application"}}
    script = [stored("/T1", T1=before), device("T1", "10.1.0.1=up", app="Theirs")]
    assert run(script, tenant="T1", content={"A2": {"class": "Application"}})["changed"] is False


PASSPHRASE = {"ciphertext": "c2VjcmV0LW9mLW91cnM=", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0="}
STORED_PASSPHRASE = {"ciphertext": "ZjV2JDAkcWhkaA==", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}


def certificate(passphrase: Any) -> dict[str, Any]:
    return {"A1": {"class": "Application", "cert": {"class": "Certificate", "certificate": "PEM", "privateKey": "key-of-ours", "passphrase": passphrase}}}


@pytest.mark.parametrize("said, changed", [("no change", False), ("success", True)])
def test_a_secret_that_only_as3_can_compare(said: str, changed: bool) -> None:
    read = [stored("/T1", T1=certificate(STORED_PASSPHRASE)), Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={})]
    content = adc(T1=certificate(PASSPHRASE))
    result = run([*read, INFO, *posted(None, T1=said)], content=content)
    assert result["changed"] is changed
    assert bool(result["tenants"]) is changed
    checked = run(read, check=True, content=content)
    assert checked["changed"] is False
    assert any("cannot be compared" in warning for warning in checked["warnings"])


def test_no_secret_is_shown() -> None:
    before = certificate(STORED_PASSPHRASE)
    before["A1"]["cert"]["privateKey"] = "key-of-before"
    script = [
        stored("/T1", T1=before),
        Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={}),
        INFO,
        *posted(None, T1={**REFUSED, "response": "bad key-of-ours"}),
        stored("/T1", T1=before),
        Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={}),
    ]
    result = run(script, content=adc(T1=certificate({**PASSPHRASE, "ciphertext": "YWJj"})))
    assert result["failed"] is True
    for secret in ("key-of-ours", "key-of-before", "YWJj", "ZjV2JDAkcWhkaA==", "GIVEN"):
        assert secret not in result.stdout, secret


def test_what_publish_took_from_a_secret_is_masked_in_the_diff() -> None:
    marked = {"owner": "me", "from_secret": ["/taken/iRule"]}
    before = {"class": "Application", "taken": {"class": "iRule", "iRule": "when HTTP_REQUEST {\n  word-of-a-secret\n}\n"}}
    before["constants"] = {"class": "Constants", "vks_bigip": marked}
    read = [stored("/T1", T1={"A1": before}), Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={})]
    after = {"class": "Application", "taken": {"class": "iRule", "iRule": "when HTTP_REQUEST {\n  word-of-ours\n}\n"}}
    result = run(read, check=True, content=adc(T1={"A1": after}), adopt="publish")
    assert result["changed"] and "(changed)" in result["diff"][0]["after"]
    assert "word-of-a-secret" not in result.stdout and "HTTP_REQUEST" not in result.stdout.partition("invocation")[0]


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
