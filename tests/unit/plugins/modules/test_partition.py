# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""partition, from its options to its result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import credentials, transport
from ansible_collections.vks.bigip.plugins.module_utils._bigip import partition as rest
from ansible_collections.vks.bigip.plugins.modules import partition
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

PATH = "/mgmt/tm/auth/partition"
LOGIN = Exchange("POST", "/mgmt/shared/authn/login", json={"token": {"token": "TOKEN-OF-THIS-RUN"}})
LOGOUT = Exchange("DELETE", "/mgmt/shared/authz/tokens/TOKEN-OF-THIS-RUN", json={})
THERE = Exchange("GET", f"{PATH}/cis", json={"name": "cis"})
ERROR = {"code": 404, "message": "01020036:3: The requested folder (/cis) was not found."}
MISSING = Exchange("GET", f"{PATH}/cis", status=404, json=ERROR)
MADE = Exchange("POST", PATH, json={"name": "cis"})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def run(script: list[Exchange], name: str = "cis", check: bool = False, **options: str) -> Result:
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "user": "admin", "password": "pass-word"}
        return run_module(partition.main, {"name": name, "provider": provider, **options}, check=check)


@pytest.mark.parametrize(
    ("script", "check", "changed"),
    [
        pytest.param([THERE], False, False, id="there"),
        pytest.param([MISSING, MADE], False, True, id="made"),
        pytest.param([MISSING], True, True, id="predicted"),
        pytest.param([MISSING, Exchange("POST", PATH, drop=True), THERE], False, True, id="made, and the answer lost"),
        pytest.param([MISSING, Exchange("POST", PATH, status=409, json={"code": 409, "message": "already exists"}), THERE], False, True, id="at once"),
    ],
)
def test_partition(script: list[Exchange], check: bool, changed: bool) -> None:
    result = run([LOGIN, *script, LOGOUT], check=check)
    assert result["changed"] is changed
    assert result["diff"] == {"before": {"partition": None if changed else "cis"}, "after": {"partition": "cis"}}
    assert "pass-word" not in result.stdout


def test_a_refusal_is_told() -> None:
    refused = Exchange("POST", PATH, status=400, json={"code": 400, "message": "01070734:3: Configuration error"})
    result = run([LOGIN, MISSING, refused, LOGOUT])
    assert result["msg"].startswith("Making the partition cis on BIG-IP: ")
    assert "01070734:3: Configuration error" in result["msg"]


@pytest.mark.parametrize("description", [None, "of CIS"])
def test_a_partition_has_the_description_that_is_given(description: str | None) -> None:
    def check(request: Request) -> None:
        assert request.json == {"name": "cis", **({"description": description} if description else {})}

    made = Exchange("POST", PATH, json={"name": "cis"}, expect=check)
    options = {"description": description} if description else {}
    assert run([LOGIN, MISSING, made, LOGOUT], **options)["changed"]


def test_a_name_that_is_none() -> None:
    result = run([], name="a/b")
    assert result["failure"]["code"] == "options"
    assert result["msg"] == (
        "name: 'a/b' is not a valid name. "
        "A partition's name begins with a letter; letters, digits, '_', '.' and '-' follow."
    )


def test_the_partition_common_exists() -> None:
    there = Exchange("GET", f"{PATH}/Common", json={"name": "Common"})
    assert not run([LOGIN, there, LOGOUT], name="Common")["changed"]
    result = run([], name="Common", state="absent")
    assert result["msg"] == "name: BIG-IP does not let the partition Common be removed. Name another partition."


def test_a_token_that_cannot_be_deleted_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_SIGN_OUT_SECONDS", 0)
    refused = Exchange("DELETE", LOGOUT.path, status=403, json={"code": 403, "message": "no"})
    result = run([LOGIN, THERE, refused])
    assert not result.get("failed") and "could not be deleted (HTTP 403: no)" in result["warnings"][0]


# -- state: absent ---------------------------------------------------------------------------------------------------

REMOVED = Exchange("DELETE", f"{PATH}/cis", json={})
UNKNOWN_KIND = {"code": 404, "message": "Found unexpected URI tmapi_mapper/ltm/profile/http2.", "apiError": 1}


def contents(**found: Any) -> list[Exchange]:
    """The reads of what is in the partition: paths by kind, or (status, body). A kind's slashes and dashes are underscores here."""
    script = []
    for kind in rest.KINDS:
        answer = found.pop(kind.replace("/", "_").replace("-", "_"), [])
        status, body = answer if isinstance(answer, tuple) else (200, {"items": [{"fullPath": path} for path in answer]} if answer else {})
        where = "" if kind == "sys/folder" else "&$filter=partition%20eq%20cis"
        script.append(Exchange("GET", f"/mgmt/tm/{kind}?$select=fullPath{where}", status, json=body))
    assert not found
    return script


EMPTY = contents()
FULL = {"ltm_pool": ["/cis/web/pool", "/cis/by-hand"], "net_self": ["/cis/self"], "sys_folder": ["/Common", "/cis", "/cis/web", "/cis2/web"]}
IN_IT = "it contains folder /cis/web, pool /cis/by-hand, pool /cis/web/pool, self IP /cis/self"


def refusal(message: str) -> Exchange:
    return Exchange("DELETE", f"{PATH}/cis", 400, json={"code": 400, "message": message, "errorStack": [], "apiError": 3})


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize(
    ("script", "changed"),
    [
        pytest.param([MISSING], False, id="absent already"),
        pytest.param([THERE, *EMPTY, REMOVED], True, id="removed"),
        pytest.param([THERE, *contents(ltm_profile_http2=(404, UNKNOWN_KIND)), REMOVED], True, id="a kind that this BIG-IP does not have"),
        pytest.param([THERE, *contents(ltm_pool=["/cis2/pool"]), REMOVED], True, id="objects of another partition"),
        pytest.param([THERE, *EMPTY, Exchange("DELETE", f"{PATH}/cis", drop=True), MISSING], True, id="removed, and the answer lost"),
        pytest.param([THERE, *EMPTY, Exchange("DELETE", f"{PATH}/cis", 404, json=ERROR)], True, id="removed by another user meanwhile"),
    ],
)
def test_absent(script: list[Exchange], changed: bool, check: bool) -> None:
    """Check mode reads what a run reads and changes nothing."""
    if check:
        script = [exchange for exchange in script if exchange.method == "GET"][: 1 + len(EMPTY)]
    result = run([LOGIN, *script, LOGOUT], check=check, state="absent")
    assert result["changed"] is changed
    assert result["diff"] == {"before": {"partition": "cis" if changed else None}, "after": {"partition": None}}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
def test_a_partition_with_contents_stays(check: bool) -> None:
    result = run([LOGIN, THERE, *contents(**FULL), LOGOUT], check=check, state="absent")
    assert result["failure"]["code"] == "partition_not_empty"
    assert result["msg"].startswith(f"Removing the partition cis from BIG-IP: {IN_IT}.")
    assert "state: absent" in result["failure"]["remedy"]
    assert result["failure"]["contents"] == ["folder /cis/web", "pool /cis/by-hand", "pool /cis/web/pool", "self IP /cis/self"]


def test_of_many_objects_the_first_are_named() -> None:
    result = run([LOGIN, THERE, *contents(ltm_node=[f"/cis/10.0.0.{number}" for number in range(10, 50)]), LOGOUT], state="absent")
    assert "node /cis/10.0.0.19 and 30 more" in result["msg"] and "10.0.0.20" not in result["msg"]
    assert len(result["failure"]["contents"]) == 40


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("0107082a:3: All objects must be removed from a partition (cis) before the partition may be removed, type ID (467)", "partition_not_empty"),
        ("010713f9:3: The folder /cis cannot be deleted because it contains configuration item (folder /cis/web)", "partition_not_empty"),
        ("01070734:3: Configuration error", "bigip_refused"),
    ],
)
def test_what_bigip_refuses_is_said_in_its_words(message: str, code: str) -> None:
    """The partition holds an object of a kind that is not read, or one that another user created meanwhile."""
    result = run([LOGIN, THERE, *EMPTY, refusal(message), LOGOUT], state="absent")
    assert result["failure"]["code"] == code and message in result["msg"]
    assert ("tmsh" in result["failure"]["remedy"]) is (code == "partition_not_empty")


def test_a_kind_that_cannot_be_read_stops_the_removal() -> None:
    script = contents(ltm_pool=(403, {"code": 403, "message": "Operation is not allowed."}))[: list(rest.KINDS).index("ltm/pool") + 1]
    result = run([LOGIN, THERE, *script, LOGOUT], state="absent")
    assert result["failure"]["code"] == "bigip_forbidden" and "Operation is not allowed." in result["msg"]


def test_a_removal_whose_answer_is_lost_is_not_sent_again() -> None:
    result = run([LOGIN, THERE, *EMPTY, Exchange("DELETE", f"{PATH}/cis", drop=True), THERE, LOGOUT], state="absent")
    assert result["failed"] is True and result["failure"]["code"] == "bigip_no_answer"


@pytest.mark.parametrize("name", ["", " ", "*", "a/b", "/cis", "Common"])
def test_a_name_that_may_not_be_removed(name: str) -> None:
    """Refused before anything is read: an empty name never means more than was named."""
    result = run([], name=name, state="absent")
    assert result["failure"]["code"] == "options" and result["msg"].startswith("name: ")
