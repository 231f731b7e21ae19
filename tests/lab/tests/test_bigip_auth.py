# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in, tokens and rights, as on a BIG-IP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bigip_machine import Machine
from vkslab.bigip.auth import MAX_TOKENS
from vkslab.processes import HANG

LOGIN, TOKENS = "/mgmt/shared/authn/login", "/mgmt/shared/authz/tokens"


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("tokens", method="DELETE")
    return shared


def login(bigip: Machine, user: str = "admin", **body: Any) -> Any:
    given = {
        "username": user,
        "password": bigip.facts["users"].get(user, "x"),
        "loginProviderName": "tmos",
        **body,
    }
    return bigip.call("POST", LOGIN, given, session=bigip.session(None))


def with_token(
    bigip: Machine, token: str, method: str = "GET", path: str = "/mgmt/tm/sys/version", body: Any = None
) -> Any:
    return bigip.call(method, path, body, session=bigip.session(None), headers={"X-F5-Auth-Token": token})


def test_the_facts_are_written_for_the_owner_only(bigip: Machine) -> None:
    path = Path(bigip.facts["ca"]).parent / "bigip.json"
    assert path.stat().st_mode & 0o077 == 0
    facts = json.loads(path.read_text())
    assert {"url", "host", "port", "user", "password", "ca", "data_proxy"} <= facts.keys()
    assert facts["password"] == facts["users"]["admin"]


def test_a_token_is_made_used_and_deleted(bigip: Machine) -> None:
    answer = login(bigip)
    token = answer.json()["token"]
    assert answer.status_code == 200
    assert token["timeout"] == 1200 and token["userName"] == "admin" and len(token["token"]) == 26
    assert token["selfLink"].endswith(f"{TOKENS}/{token['token']}")
    assert with_token(bigip, token["token"]).status_code == 200
    assert [item["token"] for item in with_token(bigip, token["token"], path=TOKENS).json()["items"]] == [
        token["token"]
    ]
    assert with_token(bigip, token["token"], "DELETE", f"{TOKENS}/{token['token']}").status_code == 200
    refused = with_token(bigip, token["token"])
    assert (refused.status_code, refused.json()["message"]) == (401, "X-F5-Auth-Token does not exist.")
    assert refused.json()["kind"] == ":resterrorresponse" and refused.json()["restOperationId"]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"password": "wrong"}, 401, "Authentication failed."),
        ({"username": "unknown"}, 401, "Authentication failed."),
        ({"loginProviderName": "ldap"}, 401, "No login provider found: ldap"),
    ],
)
def test_a_wrong_sign_in(bigip: Machine, body: dict[str, str], status: int, message: str) -> None:
    answer = login(bigip, **body)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert "wrong" not in answer.text


def test_a_sign_in_that_is_no_json_does_not_show_the_password_back(bigip: Machine) -> None:
    answer = bigip.session(None).post(bigip.url(LOGIN), data=b"[1]", timeout=HANG)
    assert answer.status_code == 400 and answer.json()["originalRequestBody"] == "[1]"


@pytest.mark.parametrize(("timeout", "status"), [("36000", 200), (36000, 200), ("36001", 406), ("long", 400)])
def test_the_time_of_a_token(bigip: Machine, timeout: Any, status: int) -> None:
    token = login(bigip).json()["token"]["token"]
    answer = with_token(bigip, token, "PATCH", f"{TOKENS}/{token}", {"timeout": timeout})
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["timeout"] == 36000
    if status == 406:
        assert answer.json()["message"] == "Auth-token absolute timeout (36000 seconds) exceeded"


def test_a_token_ends_with_its_time(bigip: Machine) -> None:
    token = login(bigip).json()["token"]["token"]
    assert with_token(bigip, token, "PATCH", f"{TOKENS}/{token}", {"timeout": 0}).status_code == 200
    assert with_token(bigip, token).status_code == 401


def test_a_user_may_hold_100_tokens_but_admin_any_number(bigip: Machine) -> None:
    for _ in range(MAX_TOKENS):
        assert login(bigip, "publisher").status_code == 200
    full = login(bigip, "publisher")
    assert (full.status_code, full.json()["message"]) == (
        400,
        "user publisher has reached maximum active login tokens",
    )
    assert bigip.facts["users"]["publisher"] not in full.text
    assert login(bigip, "admin").status_code == 200
    assert len(bigip.control("tokens", method="GET")["items"]) == MAX_TOKENS + 1


def test_basic_works_on_every_route(bigip: Machine) -> None:
    for path in ("/mgmt/tm/ltm/pool", "/mgmt/tm/sys/version", TOKENS, "/mgmt/shared/appsvcs/info"):
        assert bigip.call("GET", path).status_code == 200, path


def test_basic_with_a_wrong_password_is_apaches_page(bigip: Machine) -> None:
    session = bigip.session(None)
    session.auth = ("admin", "wrong")
    answer = bigip.call("GET", "/mgmt/tm/ltm/pool", session=session)
    assert answer.status_code == 401 and answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_without_any_sign_in(bigip: Machine) -> None:
    answer = bigip.call("GET", "/mgmt/tm/ltm/pool", session=bigip.session(None))
    assert (
        answer.status_code == 401
        and "no user authentication header or token detected" in answer.json()["message"]
    )


def test_a_bad_token_is_refused_even_beside_a_good_password(bigip: Machine) -> None:
    assert bigip.call("GET", "/mgmt/tm/ltm/pool", headers={"X-F5-Auth-Token": "NOPE"}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/mgmt/tm/ltm/pool", 200),
        ("POST", "/mgmt/tm/ltm/pool", 401),
        ("GET", "/mgmt/shared/appsvcs/declare", 401),
        ("POST", "/mgmt/shared/appsvcs/declare", 401),
        ("GET", TOKENS, 200),
    ],
)
def test_a_guest_reads_only(bigip: Machine, method: str, path: str, status: int) -> None:
    answer = bigip.call(method, path, {} if method == "POST" else None, session=bigip.session("guest"))
    assert answer.status_code == status
    if status == 401:
        assert answer.json()["message"].startswith(
            "Authorization failed: user=https://localhost/mgmt/shared/authz/users/guest "
        )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/mgmt/shared/nothing", "Public URI path not registered: /shared/nothing"),
        ("/mgmt/tm/ltm/nothing", "Found unexpected URI tmapi_mapper/ltm/nothing."),
        ("/mgmt/tm/ltm/pool/~T~A~p", "01020036:3: The requested Pool (/T/A/p) was not found."),
    ],
)
def test_what_is_not_there(bigip: Machine, path: str, message: str) -> None:
    answer = bigip.call("GET", path)
    assert answer.status_code == 404 and answer.json()["message"].startswith(message)


def test_every_request_is_logged_without_secrets(bigip: Machine) -> None:
    bigip.control("requests", method="DELETE")
    token = login(bigip).json()["token"]["token"]
    with_token(bigip, token, path="/mgmt/tm/ltm/pool?$select=name")
    bigip.call("GET", "/mgmt/tm/ltm/nothing")
    with_token(bigip, token, "DELETE", f"{TOKENS}/{token}")
    entries = bigip.control("requests", method="GET")["items"]
    assert [
        (entry["method"], entry["path"], entry["query"], entry["status"], entry["user"]) for entry in entries
    ] == [
        ("POST", LOGIN, "", 200, ""),
        ("GET", "/mgmt/tm/ltm/pool", "$select=name", 200, "admin"),
        ("GET", "/mgmt/tm/ltm/nothing", "", 404, "admin"),
        ("DELETE", f"{TOKENS}/...", "", 200, "admin"),
    ]
    assert entries[0]["bytes_in"] > 50 and entries[1]["bytes_out"] > 50 and entries[1]["ms"] >= 0
    assert bigip.facts["password"] not in json.dumps(entries) and token not in json.dumps(entries)
