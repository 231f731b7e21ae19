# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""as3_declaration removes what was named, and what check mode shows: nothing more."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_as3_declaration import AS3, plain_http
from ansible_collections.vks.bigip.tests.unit.support.as3_declaration import (
    INFO,
    LOCKED,
    TASK,
    adc,
    app,
    device,
    posted,
    run,
    stored,
    tenant,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

__all__ = ["plain_http"]


NO_APPLICATION: dict[str, Any] = {
    "null": None,
    "empty": "",
    "blank": " ",
    "an empty dictionary": {},
    "an empty list": [],
    "a list": ["A1"],
    "an empty class": {"class": ""},
    "another class": {"class": "application"},
    "no class": {"web_pool": {"class": "Pool"}},
}


@pytest.mark.parametrize("value", NO_APPLICATION.values(), ids=NO_APPLICATION.keys())
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("name", ["A1", "Shared"])
def test_what_is_in_the_place_of_an_application_is_refused(name: str, state: str, value: Any) -> None:
    for others in ({}, {"A2": {"class": "Application"}}):
        assert f"content.T1.{name}: " in run([], state=state, content=adc(T1={name: value, **others}))["msg"]
        assert f"content.{name}: " in run([], state=state, tenant="T1", content={name: value, **others})["msg"]
    wrapped = {"class": "AS3", "declaration": adc(T1={name: value})}
    assert f"content.declaration.T1.{name}: " in run([], state=state, content=wrapped)["msg"]


PROPERTIES: dict[str, Any] = {
    "constants": {"class": "Constants"},
    "controls": {"class": "Controls"},
    "defaultRouteDomain": 0,
    "enable": True,
    "label": "",
    "optimisticLockKey": "",
    "remark": "mine",
    "useCommonRouteDomainTenant": False,
    "verifiers": {},
}


def test_each_property_of_as3_is_taken() -> None:
    result = run([stored("/T1")], check=True, content=adc(T1={**PROPERTIES, "A1": {"class": "Application"}, "Shared": {"class": "Application"}}))
    assert result["tenants"]["T1"]["applications"] == {"A1": "create", "Shared": "create"}


def test_a_tenant_with_properties_alone_does_not_mean_that_it_goes() -> None:
    for properties in ({"label": "mine"}, {"enable": True}, {"A1": "text"}):
        message = run([], content=adc(T1=properties))["msg"]
        assert f"content.T1: has {next(iter(properties))} and no application" in message and "{class: Tenant}" in message
    handled = {"controls": {"class": "Controls"}, "optimisticLockKey": "key"}
    assert run([stored("/T1")], content=adc(T1=handled))["changed"] is False
    assert run([stored("/T1")], content=adc(T1={"label": "mine"}), state="absent")["changed"] is False


@pytest.mark.parametrize("empty", ["", " ", None], ids=["empty", "blank", "null"])
@pytest.mark.parametrize("name", ["tenant", "application"])
@pytest.mark.parametrize("state", [{}, {"state": "present"}, {"state": ""}, {"state": "absent"}], ids=str)
def test_an_empty_name_never_means_all(state: dict[str, Any], name: str, empty: str | None) -> None:
    """Both options limit what is replaced as well as what is removed, so only an absent one means all."""
    for content in (adc(T1={"A1": app("10.1.0.1")}, T2={"A1": app("10.2.0.1")}), {"A1": app("10.1.0.1")}):
        message = run([], content=content, **{**state, "tenant": "T1", "application": "A1", name: empty})["msg"]
        assert f"{name}: is empty" in message and "leave the option out" in message


CONFLICT = {"code": 422, "message": "The hash you submitted does not match the hash on the current Tenant.", "tenant": "T1"}
NEWCOMERS: dict[str, tuple[dict[str, Any] | None, dict[str, Any]]] = {
    "update": ({"A1": app("10.1.0.1")}, {"content": adc(T1={"A1": app("10.1.0.1", remark="new")})}),
    "a replacement that another application leaves with": (
        {"A1": app("10.1.0.1"), "A2": {"class": "Application"}},
        {"content": adc(T1={"A1": app("10.1.0.1")})},
    ),
    "absent": ({"A1": app("10.1.0.1")}, {"tenant": "T1", "state": "absent"}),
    "absent by content": ({"A1": app("10.1.0.1")}, {"content": adc(T1={"A1": app("10.1.0.1")}), "state": "absent"}),
    "an empty tenant": ({"A1": app("10.1.0.1")}, {"content": adc(T1={})}),
    "a new tenant": (None, {"content": adc(T1={"A1": app("10.1.0.1")})}),
}


@pytest.mark.parametrize("before, options", NEWCOMERS.values(), ids=NEWCOMERS.keys())
def test_an_application_that_came_during_the_run_stays(before: dict[str, Any] | None, options: dict[str, Any]) -> None:
    read = [stored("/T1")] if before is None else [stored("/T1", T1=before), device("T1", "10.1.0.1=up")]
    after = {**(before or {}), "B1": app("10.3.0.1"), "B2": {"class": "Application"}}
    result = run([*read, INFO, *posted(None, T1=CONFLICT), stored("/T1", T1=after), device("T1", "10.1.0.1=up")], **options)
    (failed,) = result["failure"]["tenants"]
    assert (failed["code"], result["changed"]) == ("created_meanwhile", False)
    assert failed["created"] == ["B1", "B2"] and "B1, B2" in failed["message"] and "A2" not in failed["message"] and "check mode" in failed["remedy"]


def test_an_application_that_came_between_two_steps_stays() -> None:
    old, union = {"A1": app("10.1.0.1", "10.1.0.2")}, app("10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.4")
    script = [
        stored("/T1", T1=old),
        device("T1", "10.1.0.1=up", "10.1.0.2=up"),
        INFO,
        *posted({"T1": tenant(A1=union, **LOCKED)}, T1="success"),
        stored("/T1", T1={"A1": union, "B1": {"class": "Application"}}),
        device("T1", "10.1.0.1=up", "10.1.0.2=up", "10.1.0.3=up", "10.1.0.4=up"),
    ]
    result = run(script, content=adc(T1={"A1": app("10.1.0.3", "10.1.0.4")}))
    (failed,) = result["failure"]["tenants"]
    assert (failed["code"], result["changed"]) == ("created_meanwhile", True) and "B1" in failed["message"]


def test_an_application_that_was_named_goes_whenever_it_came() -> None:
    """The task names it, so it is not a surprise. The others of its tenant are none of this task's."""
    read = device("T1", "10.1.0.1=up")
    script = [
        stored("/T1", T1={"A1": app("10.1.0.1")}),
        read,
        Exchange("DELETE", f"{AS3}/declare/T1/applications/A1?async=true", drop=True),
        stored("/T1", T1={"A1": app("10.1.0.1"), "A2": {"class": "Application"}, "B1": {"class": "Application"}}),
        read,
    ]
    for name in ("A1", "A2"):
        script.append(Exchange("DELETE", f"{AS3}/declare/T1/applications/{name}?async=true", 202, json=TASK))
        script.append(Exchange("GET", f"{AS3}/task/6d3", json={**TASK, "results": [{"code": 200, "message": "success", "tenant": "T1"}]}))
    result = run(script, state="absent", tenant="T1", content={"A1": {"class": "Application"}, "A2": {"class": "Application"}})
    assert (result["changed"], result.get("failed")) == (True, None)
