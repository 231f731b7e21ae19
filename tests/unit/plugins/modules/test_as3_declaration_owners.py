# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration: what another writer owns."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.support.as3_declaration import (
    AS3,
    INFO,
    LOCKED,
    MARK,
    NEW,
    adc,
    app,
    device,
    posted,
    run,
    stored,
    tenant,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


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


CIS = {"label": "kubernetes", "Shared": {"class": "Application", "template": "shared"}}
OWNED: dict[str, tuple[dict[str, Any], str, str]] = {
    "publish": ({"A1": app("10.1.0.1", constants=MARK)}, "not_ours", "publish"),
    "CIS": (CIS, "cis_tenant", "cis"),
}


@pytest.mark.parametrize("before, code, adopt", OWNED.values(), ids=OWNED.keys())
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_another_user_would_write_again(before: dict[str, Any], code: str, adopt: str, state: str) -> None:
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
