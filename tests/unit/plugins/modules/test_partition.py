# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""partition, from its options to its result."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.modules import partition
from ansible_collections.vks.bigip.tests.unit.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.scripted import Exchange, ScriptedServer

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


def run(script: list[Exchange], name: str = "cis", check: bool = False) -> Result:
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "user": "admin", "password": "pass-word"}
        return run_module(partition.main, {"name": name, "provider": provider}, check=check)


@pytest.mark.parametrize(
    ("script", "check", "changed"),
    [
        pytest.param([THERE], False, False, id="there"),
        pytest.param([MISSING, MADE], False, True, id="made"),
        pytest.param([MISSING], True, True, id="foretold"),
        pytest.param([MISSING, Exchange("POST", PATH, drop=True), THERE], False, True, id="made, and the answer lost"),
        pytest.param([MISSING, Exchange("POST", PATH, status=409, json={"code": 409, "message": "already exists"}), THERE], False, True, id="at once"),
    ],
)
def test_partition(script: list[Exchange], check: bool, changed: bool) -> None:
    result = run([LOGIN, *script, LOGOUT], check=check)
    assert result["changed"] is changed
    assert "pass-word" not in result.stdout


def test_a_refusal_is_told() -> None:
    refused = Exchange("POST", PATH, status=400, json={"code": 400, "message": "01070734:3: Configuration error"})
    result = run([LOGIN, MISSING, refused, LOGOUT])
    assert result["msg"].startswith("Making the partition cis on BIG-IP: ")
    assert "01070734:3: Configuration error" in result["msg"]


def test_a_name_that_is_none() -> None:
    assert run([], name="a/b")["failure"]["code"] == "options"
