# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration and members that an operator disabled on BIG-IP."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_as3_declaration import plain_http
from ansible_collections.vks.bigip.tests.unit.support.as3_declaration import (
    INFO,
    LOCKED,
    MARK,
    REFUSED,
    adc,
    app,
    device,
    posted,
    run,
    stored,
    tenant,
)
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result

__all__ = ["plain_http"]


def by_hand(result: Result) -> list[str]:
    """The warnings about members that an operator disabled."""
    return [text for text in result.get("warnings", []) if text.startswith("members_disabled_by_hand: ")]


@pytest.mark.parametrize("state, said", [("disabled", "disable"), ("offline", "offline")])
@pytest.mark.parametrize("check", [True, False], ids=["check mode", "run"])
def test_a_member_that_an_operator_disabled_is_no_drift(check: bool, state: str, said: str) -> None:
    before = {"A1": app("10.1.0.1", "10.1.0.2"), "A2": {"class": "Application"}}
    read = [stored("/T1", T1=before), device("T1", "10.1.0.1=up", f"10.1.0.2={state}")]
    for options in ({"content": adc(T1=before)}, {"content": {"A1": before["A1"]}, "tenant": "T1"}):
        result = run(read, check=check, **options)
        assert (result["changed"], result["tenants"], result["diff"]) == (False, {}, [])
        (warning,) = by_hand(result)
        assert f"tenant T1 keeps 1 member that an operator disabled on BIG-IP: /T1/A1/web_pool 10.1.0.2:8080 ({said})." in warning
        assert "adminState" in warning


OTHER_REASONS: dict[str, tuple[dict[str, Any], dict[str, Any], str, tuple[str, ...]]] = {
    "a property": ({"A1": app("10.1.0.1", "10.1.0.2")}, {"A1": app("10.1.0.1", "10.1.0.2", remark="new")}, "update", ("10.1.0.1=up", "10.1.0.2=disabled")),
    "another application": (
        {"A1": app("10.1.0.1", "10.1.0.2"), "A2": {"class": "Application"}},
        {"A1": app("10.1.0.1", "10.1.0.2")},
        "update",
        ("10.1.0.1=up", "10.1.0.2=disabled"),
    ),
    "lost members": ({"A1": app("10.1.0.1", "10.1.0.2")}, {"A1": app("10.1.0.1", "10.1.0.2")}, "restore", ("10.1.0.2=disabled",)),
}


@pytest.mark.parametrize("before, content, action, states", OTHER_REASONS.values(), ids=OTHER_REASONS.keys())
def test_a_post_for_another_reason_names_the_members_that_it_enables(
    before: dict[str, Any], content: dict[str, Any], action: str, states: tuple[str, ...]
) -> None:
    read = [stored("/T1", T1=before), device("T1", *states)]
    member = "1 member of tenant T1 that an operator disabled on BIG-IP: /T1/A1/web_pool 10.1.0.2:8080 (disable, then enable)."
    result = run(read, check=True, content=adc(T1=content))
    assert result["tenants"]["T1"]["action"] == action
    assert [f"the run would enable, as AS3 does, {member}" in text for text in by_hand(result)] == [True]
    for said, word in (("success", "AS3 enabled "), (REFUSED, "AS3 may have enabled ")):
        after = [stored("/T1", T1=content), device("T1", "10.1.0.1=up", "10.1.0.2=up")] if said == REFUSED else []
        result = run([*read, INFO, *posted({"T1": tenant(**content, **LOCKED)}, T1=said), *after], content=adc(T1=content))
        assert [word + member in text for text in by_hand(result)] == [True]


def test_a_post_by_application_leaves_the_members_of_others_as_they_are() -> None:
    before = {"A1": app("10.1.0.1", "10.1.0.2"), "A2": {"class": "Application"}}
    content = {"A1": app("10.1.0.1", "10.1.0.2"), "A2": {"class": "Application", "remark": "new"}}
    read = [stored("/T1", T1=before), device("T1", "10.1.0.1=up", "10.1.0.2=disabled")]
    (warning,) = by_hand(run([*read, INFO, *posted({"A2": content["A2"]}, path="/T1/applications", T1="success")], tenant="T1", content=content))
    assert "keeps 1 member" in warning


def test_a_held_tenant_keeps_its_disabled_members() -> None:
    before = {"A1": app("10.1.0.1", "10.1.0.2"), "A2": {"class": "Application", "constants": MARK}}
    result = run([stored("/T1", T1=before), device("T1", "10.1.0.1=up", "10.1.0.2=disabled")], content=adc(T1={"A1": before["A1"]}))
    assert result["failure"]["tenants"][0]["code"] == "not_ours" and not by_hand(result)


def test_many_members_that_an_operator_disabled() -> None:
    addresses = [f"10.1.0.{number}" for number in range(1, 14)]
    read = [stored("/T1", T1={"A1": app(*addresses)}), device("T1", *(f"{address}=disabled" for address in addresses))]
    (warning,) = by_hand(run(read, content=adc(T1={"A1": app(*addresses)})))
    assert "keeps 13 members" in warning and "10.1.0.10:8080 (disable) and 3 more." in warning and "10.1.0.11" not in warning


def disabled(*addresses: str, state: str = "disable") -> dict[str, Any]:
    """An application whose members have this adminState."""
    made = app(*addresses)
    made["web_pool"]["members"][0]["adminState"] = state
    return made


def test_what_the_declaration_disables_is_its_own() -> None:
    """An operator's change to the other side is drift, and a change of the content is one of the content."""
    (read, wanted) = (stored("/T1", T1={"A1": disabled("10.1.0.1")}), {"content": adc(T1={"A1": disabled("10.1.0.1")})})
    result = run([read, device("T1", "10.1.0.1=disabled")], **wanted)
    assert not result["changed"] and not by_hand(result)
    result = run([read, device("T1", "10.1.0.1=up")], check=True, **wanted)
    assert result["tenants"]["T1"]["action"] == "restore" and not by_hand(result)
    result = run([read, device("T1", "10.1.0.1=disabled")], check=True, content=adc(T1={"A1": app("10.1.0.1")}))
    assert result["tenants"]["T1"]["action"] == "update" and not by_hand(result)
    (warning,) = by_hand(run([read, device("T1", "10.1.0.1=offline")], **wanted))
    assert "10.1.0.1:8080 (offline)" in warning


def test_members_that_publish_kept_disabled() -> None:
    """Their stored adminState is the operator's, as the mark records."""
    marked = {"class": "Constants", "vks_bigip": {"owner": "other_user", "disabled_by_hand": {"web_pool": ["10.1.0.1:8080"]}}}
    read = [stored("/T1", T1={"A1": {**disabled("10.1.0.1"), "constants": marked}}), device("T1", "10.1.0.1=disabled")]
    (warning,) = by_hand(run(read, check=True, adopt="publish", content=adc(T1={"A1": app("10.1.0.1")})))
    assert "10.1.0.1:8080 (disable, then enable)" in warning
