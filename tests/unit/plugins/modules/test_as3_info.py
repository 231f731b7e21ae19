# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_info, from its options to its result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._boundary import query as user_query
from ansible_collections.vks.bigip.plugins.modules import as3_info
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

AS3 = "/mgmt/shared/appsvcs"
READ = "?show=base&showHash=true"
LOGIN = Exchange("POST", "/mgmt/shared/authn/login", json={"token": {"token": "TOKEN-OF-THIS-RUN"}})
LOGOUT = Exchange("DELETE", "/mgmt/shared/authz/tokens/TOKEN-OF-THIS-RUN", json={})
KEY = "-----BEGIN PRIVATE KEY-----\nsecret-of-another-team\n-----END PRIVATE KEY-----\n"
STORED = {
    "class": "ADC",
    "schemaVersion": "3.50.0",
    "id": "demo",
    "T1": {
        "class": "Tenant",
        "A1": {
            "class": "Application",
            "cert": {
                "class": "Certificate",
                "certificate": "PEM",
                "privateKey": KEY,
                "passphrase": {"ciphertext": "c2VjcmV0", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True},
            },
        },
        "A2": {"class": "Application", "web_pool": {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.1.0.1"]}]}},
        "label": "x",
        "optimisticLockKey": "key-of-T1=",
    },
    "T2": {"class": "Tenant", "optimisticLockKey": "key-of-T2="},
    "updateMode": "selective",
}


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "user": "admin", "password": "pass-word"}
        return run_module(as3_info.main, {"provider": provider, **options})


def stored(path: str = READ, body: Any = None, status: int = 200) -> Exchange:
    return Exchange("GET", f"{AS3}/declare{path}", status, json=STORED if body is None and status == 200 else body)


def test_everything_that_is_stored() -> None:
    result = run([LOGIN, stored(), LOGOUT])
    assert result["changed"] is False
    assert set(result) - {"invocation", "systems"} == {"changed", "declaration", "hashes"}
    assert result["hashes"] == {"T1": "key-of-T1=", "T2": "key-of-T2="}
    assert set(result["declaration"]) == {"class", "schemaVersion", "id", "T1", "T2", "updateMode"}
    assert result["declaration"]["T1"]["A2"] == STORED["T1"]["A2"]
    assert "optimisticLockKey" not in result["declaration"]["T1"]


def test_no_secret_is_shown() -> None:
    result = run([LOGIN, stored(), LOGOUT])
    assert result["declaration"]["T1"]["A1"]["cert"]["certificate"] == "PEM"
    for secret in ("secret-of-another-team", "c2VjcmV0", "pass-word", "TOKEN-OF-THIS-RUN"):
        assert secret not in result.stdout


RULE = 'when HTTP_REQUEST {\n  set key "word-of-a-secret"\n}\n'
MARK = {"owner": "me", "from_secret": ["/taken/iRule", "/odd/list/*/value", "/odd/text/base64", "no pointer", 7, "/a/b/c"]}
FROM_SECRET = {
    "class": "Application",
    "constants": {"class": "Constants", "vks_bigip": MARK},
    "taken": {"class": "iRule", "iRule": RULE},
    "odd": {"class": "Other", "list": [{"value": "word-of-a-secret"}, {"value": {"base64": "word-of-a-secret"}}], "text": "word-of-a-secret", "x": "shown"},
    "a": {"class": "Pool", "b": 7},
}
READS_SECRET: dict[str, tuple[list[Exchange], dict[str, Any]]] = {
    "declaration": ([Exchange("GET", f"{AS3}/declare{READ}", json={"class": "ADC", "T1": {"class": "Tenant", "A1": FROM_SECRET}})], {}),
    "expanded": (
        [Exchange("GET", f"{AS3}/declare?show=expanded&showHash=true", json={"class": "ADC", "T1": {"class": "Tenant", "A1": FROM_SECRET}})],
        {"show": "expanded"},
    ),
    "query": (
        [Exchange("GET", f"{AS3}/declare{READ}", json={"class": "ADC", "T1": {"class": "Tenant", "A1": FROM_SECRET}})],
        {"query": "declaration.T1.A1.[taken.iRule, odd]"},
    ),
    "tasks": (
        [Exchange("GET", f"{AS3}/task", json={"items": [{"id": "1", "declaration": {"class": "ADC", "T1": {"class": "Tenant", "A1": FROM_SECRET}}}]})],
        {"gather": ["tasks"]},
    ),
}


@pytest.mark.parametrize("what", READS_SECRET)
def test_what_came_from_a_secret_is_masked_by_the_mark(what: str) -> None:
    script, options = READS_SECRET[what]
    result = run([LOGIN, *script, LOGOUT], **options)
    assert "word-of-a-secret" not in result.stdout and "HTTP_REQUEST" not in result.stdout and "shown" in result.stdout


def test_a_mark_cannot_mask_numbers_or_crash() -> None:
    mark = {"owner": "me", "from_secret": ["/", "/*", "/class", "/a/b", "/taken/class", "/taken/" + "x/" * 999]}
    application = {**FROM_SECRET, "constants": {"class": "Constants", "vks_bigip": mark}}
    result = run([LOGIN, Exchange("GET", f"{AS3}/declare{READ}", json={"class": "ADC", "T1": {"class": "Tenant", "A1": application}}), LOGOUT])
    assert result["declaration"]["T1"]["A1"]["a"] == {"class": "Pool", "b": 7} and result["declaration"]["T1"]["A1"]["taken"]["class"] == "iRule"


def test_a_tenant_masks_no_word_of_another() -> None:
    """Roles decide by these words whose tenant it is."""
    words = {"class": "Constants", "password": "Application", "token": "Tenant", "passphrase": "team-a", "vks_bigip": {**MARK, "from_secret": ["/constants/x"]}}
    evil = {"class": "Tenant", "Shared": {"class": "Application", "constants": {**words, "x": "kubernetes"}, "said": {"class": "x", "y": "kubernetes"}}}
    good = {"class": "Tenant", "label": "kubernetes", "Shared": {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": "team-a"}}}}
    result = run([LOGIN, Exchange("GET", f"{AS3}/declare{READ}", json={"class": "ADC", "Evil": evil, "Good": good}), LOGOUT])
    assert result["declaration"]["Good"] == good and result["declaration"]["class"] == "ADC"
    assert "kubernetes" not in str(result["declaration"]["Evil"])


DEEP = "[" * 3000 + "]" * 3000
UNREADABLE = {"deep": DEEP, "deeper than we walk": "[" * 150 + "]" * 150, "half a character": r'"\ud800"', "a number": "9" * 5000}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_tenant_that_cannot_be_read_stops_no_other(text: str) -> None:
    body = f'{{"class": "ADC", "Evil": {{"class": "Tenant", "A": {{"class": "Application", "constants": {{"x": {text}}}}}}}, "T2": {{"class": "Tenant"}}}}'
    answer = Exchange("GET", f"{AS3}/declare{READ}", text=body, headers={"Content-Type": "application/json"})
    result = run([LOGIN, answer, LOGOUT])
    assert set(result["declaration"]) == {"class", "T2"}
    assert [warning[:38] for warning in result["warnings"]] == ["Tenant Evil on BIG-IP is left out: it "]
    named = Exchange("GET", f"{AS3}/declare/Evil{READ}", text=body, headers={"Content-Type": "application/json"})
    result = run([LOGIN, named, LOGOUT], tenant="Evil")
    assert (result["failed"], result["failure"]["code"], result["failure"]["object"]) == (True, "as3_unreadable", "/Evil")


@pytest.mark.parametrize(
    "script, options, tenants",
    [
        ([stored(status=204)], {}, set()),
        ([stored("/T2" + READ, {**STORED})], {"tenant": "T2"}, {"T2"}),
        ([stored("/T9" + READ, {"code": 404, "message": "specified Tenant(s) 'T9' not found in declaration"}, 404)], {"tenant": "T9"}, set()),
        (
            [stored("/T1,T9" + READ, {"code": 404, "message": "specified Tenant(s) 'T9' not found in declaration"}, 404), stored()],
            {"tenant": ["T9", "T1"]},
            {"T1"},
        ),
        ([stored("/T1?show=full&showHash=true")], {"tenant": "T1", "show": "full"}, {"T1"}),
    ],
    ids=["empty device", "one tenant", "a tenant that is not stored", "one of two is not stored", "full"],
)
def test_which_tenants(script: list[Exchange], options: dict[str, Any], tenants: set[str]) -> None:
    result = run([LOGIN, *script, LOGOUT], **options)
    found = {name for name, value in result["declaration"].items() if isinstance(value, dict) and value.get("class") == "Tenant"}
    assert found == set(result["hashes"]) == tenants
    if not tenants:
        assert result["declaration"] == {}


@pytest.mark.parametrize("application, expected", [("A2", {"class", "A2", "label"}), ("A9", None), ("label", None)])
def test_one_application(application: str, expected: set[str] | None) -> None:
    result = run([LOGIN, stored("/T1" + READ), LOGOUT], tenant="T1", application=application)
    assert result["declaration"].get("T1", {}).keys() == (expected or set())


@pytest.mark.parametrize("tenants", [{}, {"tenant": ["T1", "T2"]}])
def test_an_application_needs_its_tenant(tenants: dict[str, Any]) -> None:
    result = run([], application="A1", **tenants)
    assert result["failed"] is True
    assert result["failure"]["code"] == "options"
    assert result["msg"] == "The option application needs the one tenant it is in. Name it as tenant."


def test_version_tasks_settings() -> None:
    script = [
        LOGIN,
        Exchange("GET", f"{AS3}/info", json={"version": "3.56.0"}),
        Exchange("GET", f"{AS3}/settings", json={"burstHandlingEnabled": False}),
        Exchange("GET", f"{AS3}/task", json={"items": [{"id": "1", "results": [], "declaration": STORED}]}),
        LOGOUT,
    ]
    result = run(script, gather=["tasks", "version", "settings"])
    assert (result["version"], result["settings"]) == ({"version": "3.56.0"}, {"burstHandlingEnabled": False})
    assert result["tasks"][0]["declaration"]["T2"] == STORED["T2"]
    assert "secret-of-another-team" not in result.stdout
    assert set(result) - {"invocation", "systems"} == {"changed", "version", "settings", "tasks"}


def test_the_result_of_a_task_repeats_no_secret() -> None:
    """BIG-IP may quote what was posted, in any text of a task."""
    words = [{"response": "01070734:3: word-of-a-secret is not valid", "message": "declaration failed"}]
    declaration = {"class": "ADC", "T1": {"class": "Tenant", "A1": FROM_SECRET}}
    items = [{"id": "1", "results": words, "declaration": declaration}, {"id": "2", "results": words}]
    result = run([LOGIN, Exchange("GET", f"{AS3}/task", json={"items": items}), LOGOUT], gather=["tasks"])
    assert [task["id"] for task in result["tasks"]] == ["1", "2"]
    assert "word-of-a-secret" not in result.stdout and "declaration failed" in result.stdout


@pytest.mark.parametrize(
    "query, expected",
    [
        ("declaration.T1.A2.web_pool.members[].serverAddresses[]", ["10.1.0.1"]),
        ("keys(hashes)", ["T1", "T2"]),
        ("declaration.T9", None),
        ("declaration.T1.A1.cert.privateKey", "********"),
    ],
)
def test_query(query: str, expected: Any) -> None:
    result = run([LOGIN, stored(), LOGOUT], query=query)
    assert result["query_result"] == expected
    assert "declaration" not in result


@pytest.mark.parametrize("query, script", [("declaration[", []), ("length(`1`)", [LOGIN, stored(), LOGOUT])])
def test_a_wrong_query(query: str, script: list[Exchange]) -> None:
    result = run(script, query=query)
    assert (result["failed"], result["failure"]["code"]) == (True, "query_invalid")
    assert query in result["msg"]


def test_a_query_without_jmespath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_query, "HAS_JMESPATH", False)
    assert run([], query="declaration")["failure"]["code"] == "library_missing"


def test_a_failure_is_told_in_a_sentence_and_in_parts() -> None:
    result = run([Exchange("POST", "/mgmt/shared/authn/login", 401, json={"code": 401, "message": "Authentication failed."})])
    assert result["failed"] is True
    assert result["failure"]["code"] == "bigip_auth"
    assert result["failure"]["response"] == result["failure"]["said"] == "HTTP 401: Authentication failed."
    assert result["msg"] == "{summary}: {said} {remedy}".format(**result["failure"])
    assert "pass-word" not in result.stdout


def test_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer([LOGIN, stored(status=204), LOGOUT]) as server:
        for name, value in {"SERVER": "127.0.0.1", "SERVER_PORT": server.port, "USER": "admin", "PASSWORD": "pass-word"}.items():
            monkeypatch.setenv(f"F5_{name}", str(value))
        assert run_module(as3_info.main, {})["declaration"] == {}
