# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole declaration of the user: what is refused, what is taken from it, and the pools that are filled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request import template
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool, Problems, Wanted
from ansible_collections.vks.bigip.tests.unit.support.requests_of_users import (
    HTTP,
    WEB,
    adc,
    put_together,
)

GOOD = adc(web={"class": "Pool"})
DEEP: Any = {"class": "ADC"}
for _level in range(200):
    DEEP = {"class": "ADC", "x": DEEP}
TOO_DEEP = "has more than 100 levels, and AS3 has no property so deep"
NO_DECLARATION = "is not an AS3 declaration: it must be a dictionary or JSON text of one"
NO_CLASS = "a declaration is of class ADC, or AS3 with an ADC in declaration"
NOT_SENT = "is not sent by this module: name the BIG-IP in provider"
DRY_RUN = "is not sent by this module: run with --check instead"
UPDATE_MODE = (
    "is 'complete', which deletes every tenant that is not named. "
    "Use prune, or state: absent for what must be removed"
)


def add(
    declaration: Any, pools: Any = None, wanted: Wanted | None = None
) -> tuple[Wanted, list[tuple[str, str]]]:
    wanted, problems = wanted or Wanted(), Problems()
    template.add(wanted, declaration, pools, problems)
    return wanted, problems.found


def as3(declaration: Any, **more: Any) -> dict[str, Any]:
    return {"class": "AS3", "declaration": declaration, **more}


@pytest.mark.parametrize(
    ("declaration", "problems"),
    [
        (GOOD, []),
        (json.dumps(GOOD), []),
        (as3(GOOD), []),
        (json.dumps(as3(GOOD, action="deploy", persist=True)), []),
        ({**GOOD, "updateMode": "selective", "controls": {"class": "Controls", "dryRun": False}}, []),
        ([], [("declaration", NO_DECLARATION)]),
        (5, [("declaration", NO_DECLARATION)]),
        (None, [("declaration", NO_DECLARATION)]),
        ('"text"', [("declaration", NO_DECLARATION)]),
        ("[" * 100_000, [("declaration", TOO_DEEP)]),
        (DEEP, [("declaration", TOO_DEEP)]),
        (json.dumps(DEEP), [("declaration", TOO_DEEP)]),
        ({}, [("declaration.class", f"is None; {NO_CLASS}")]),
        ({**GOOD, "class": "Device"}, [("declaration.class", f"is 'Device'; {NO_CLASS}")]),
        (as3({"T1": {}}), [("declaration.declaration.class", f"is None; {NO_CLASS}")]),
        (as3(as3(GOOD)), [("declaration.declaration.class", f"is 'AS3'; {NO_CLASS}")]),
        ({"class": "AS3"}, [("declaration.declaration", "is missing")]),
        (as3([GOOD]), [("declaration.declaration", "is missing")]),
        ({**GOOD, "updateMode": "complete"}, [("declaration.updateMode", UPDATE_MODE)]),
        (as3({**GOOD, "updateMode": "complete"}), [("declaration.declaration.updateMode", UPDATE_MODE)]),
        ({**GOOD, "target": {"hostname": "x"}}, [("declaration.target", NOT_SENT)]),
        (as3({**GOOD, "target": None}), [("declaration.declaration.target", NOT_SENT)]),
        ({**GOOD, "controls": {"class": "Controls", "dryRun": True}}, [("declaration.controls.dryRun", DRY_RUN)]),
        (as3({**GOOD, "controls": {"dryRun": True}}), [("declaration.declaration.controls.dryRun", DRY_RUN)]),
        (as3(GOOD, action="dry-run"), [("declaration.action", "is 'dry-run', which this module does not send: run with --check instead")]),
        (as3(GOOD, action="remove"), [("declaration.action", "is 'remove', which this module does not send: use state: absent")]),
        (as3(GOOD, action="redeploy"), [("declaration.action", "is 'redeploy', which this module does not send: this module deploys")]),
        *((as3(GOOD, **{key: "x"}), [(f"declaration.{key}", NOT_SENT)])
          for key in ("targetHost", "targetPort", "targetUsername", "targetPassphrase", "targetTokens")),
        (as3(GOOD, syncToGroup="x"), [("declaration.syncToGroup", "is not taken from the declaration: use the option sync_to_group")]),
        ({**GOOD, "extra": {"a": 1}}, [("declaration.extra", "is neither a property of an ADC nor a Tenant (class: Tenant)")]),
        (as3({**GOOD, "T2": 5}), [("declaration.declaration.T2", "is neither a property of an ADC nor a Tenant (class: Tenant)")]),
        ({**GOOD, "extra": 1, "target": 1, "updateMode": "complete"},
         [("declaration.updateMode", UPDATE_MODE), ("declaration.target", NOT_SENT),
          ("declaration.extra", "is neither a property of an ADC nor a Tenant (class: Tenant)")]),
    ],
)  # fmt: skip
def test_the_head_of_a_declaration(declaration: Any, problems: list[tuple[str, str]]) -> None:
    wanted, found = add(declaration)
    assert found == problems
    assert problems or wanted.applications == {
        "T1": {"A1": {"class": "Application", "web": {"class": "Pool"}}}
    }


@pytest.mark.parametrize("text", ["", "{", "{'class': 'ADC'"])
def test_text_that_is_not_json(text: str) -> None:
    ((path, fault),) = add(text)[1]
    assert path == "declaration" and fault.startswith("is not JSON: Expect")


@pytest.mark.parametrize("error", [RecursionError, MemoryError])
def test_text_that_json_cannot_hold(error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def loads(text: str) -> None:
        raise error

    monkeypatch.setattr(json, "loads", loads)
    assert add("{")[1] == [("declaration", TOO_DEEP)]


def here(fault: str) -> str:
    return f"{fault}: a Tenant takes an application (class: Application) here. Give it, or omit the key"


@pytest.mark.parametrize(
    ("parts", "problems"),
    [
        ({"label": "", "Shared": {"class": "Application"}, "A2": {"class": "Application"}}, []),
        ({"newProperty": 5, "newer": "text", "newest": False}, []),
        ({"A2": {"class": "Pool"}}, [("A2", here("has class 'Pool'"))]),
        ({"Shared": {"a": 1}}, [("Shared", here("has no class"))]),
        ({"A2": [1]}, [("A2", here("is a list"))]),
        *(({"A2": value}, [("A2", here("is empty"))]) for value in (None, {}, [], "", " ")),
        ({"label": None, "A2": None, "x": 5, "A3": {"a": 1}}, [("A2", here("is empty")), ("A3", here("has no class"))]),
        ({"1A": {"class": "Application"}}, [
            ("1A", "application name '1A' is not valid in AS3: it begins with a letter, "
             "then letters, digits, '_', '.' and '-' (a name that begins with a digit needs a prefix)"),
        ]),
    ],
)  # fmt: skip
def test_the_parts_of_a_tenant(parts: dict[str, Any], problems: list[tuple[str, str]]) -> None:
    wanted, found = add({"class": "ADC", "T1": {"class": "Tenant", "optimisticLockKey": "x", **parts}})
    assert found == [(f"declaration.T1.{name}", text) for name, text in problems]
    applications = {name for name, value in parts.items() if isinstance(value, dict) and "class" in value}
    properties = {name: value for name, value in parts.items() if name not in applications}
    assert "1A" not in wanted.applications["T1"]
    assert problems or (set(wanted.applications["T1"]), wanted.properties) == (
        applications,
        {"T1": properties},
    )


def test_a_tenant_whose_name_is_not_valid() -> None:
    wanted, ((path, fault),) = add({**GOOD, "1T": GOOD["T1"]})
    assert path == "declaration.1T" and fault.startswith("tenant name '1T' is not valid in AS3: ")
    assert wanted.tenants == ["T1"]


def test_the_objects_of_an_application() -> None:
    constants = {"class": "Constants", "x": 1}
    parts = {"constants": constants, "template": "http", "note": {"a": 1}, "remark": "a class"}
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": "80"}
    wanted, found = add(json.dumps(as3(adc(**parts, vs=server, empty={"class": " "}, odd={"class": 5}))))
    place = "declaration.declaration.T1.A1"
    assert found == [(f"{place}.empty.class", "is empty: name the AS3 class of the object")]
    assert wanted.applications["T1"]["A1"] == {
        "class": "Application", **parts, "vs": {**server, "virtualPort": 80}, "empty": {"class": " "}, "odd": {"class": 5},
    }  # fmt: skip
    assert wanted.paths == {("T1", "A1"): [place]}
    assert wanted.objects == {("T1", "A1", key): f"{place}.{key}" for key in ("vs", "empty", "odd")}


def test_names_of_objects() -> None:
    pool = {"class": "Pool"}
    wanted, found = add(adc(**{"1p": pool, "p" * 190: pool, "enable": pool, "good": pool}))
    assert [path for path, _text in found] == ["declaration.T1.A1.1p", f"declaration.T1.A1.{'p' * 190}"]
    assert found[0][1].startswith("name '1p' is not valid in AS3: ")
    assert found[1][1].startswith("the path /T1/A1/p") and found[1][1].endswith("AS3 takes at most 195")
    assert set(wanted.applications["T1"]["A1"]) == {"class", "good"}
    ((failure, path),) = wanted.faults["T1"]
    assert (failure.code, path) == ("reserved_name", "declaration.T1.A1.enable")


def test_reserved_names_hold_their_tenant() -> None:
    application = {"class": "Application"}
    wanted, found = add(
        {"class": "ADC", "label": {"class": "Tenant", "A1": application},
         "T2": {"class": "Tenant", "defaultRouteDomain": application}}
    )  # fmt: skip
    assert found == [] and wanted.tenants == ["T2", "label"]
    assert {tenant: [path for _failure, path in faults] for tenant, faults in wanted.faults.items()} == {
        "label": ["declaration.label"],
        "T2": ["declaration.T2.defaultRouteDomain"],
    }


def test_an_object_that_applications_have_too() -> None:
    wanted = add(adc(web={"class": "Pool"}))[0]
    both, found = add(adc(web={"class": "Pool", "x": 1}, other={"class": "Pool"}), wanted=wanted)
    assert found == [
        (
            "declaration.T1.A1.web",
            "the application T1/A1 has two objects of the name 'web', here and in declaration.T1.A1.web",
        )
    ]
    assert both.applications["T1"]["A1"] == {
        "class": "Application", "web": {"class": "Pool"}, "other": {"class": "Pool"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("controls", "taken"),
    [
        ({"class": "Controls", "logLevel": "debug", "trace": True}, {"class": "Controls", "logLevel": "debug", "trace": True}),
        ({"class": "Controls", "dryRun": False, "archiveTimestamp": "x", "archiveId": 1}, {"class": "Controls"}),
        ({"logLevel": "debug"}, {"logLevel": "debug"}),
        ({"class": "Tenant", "label": "x"}, {}),
        ("text", {}),
        (None, {}),
    ],
)  # fmt: skip
def test_the_controls_of_a_declaration(controls: Any, taken: dict[str, Any]) -> None:
    assert add({**GOOD, "controls": controls})[0].controls == taken


FIXED = {"servicePort": 8080, "serverAddresses": [], "shareNodes": False, "servers": [], "connectionLimit": 7}
FOUND = {"servicePort": 81, "addressDiscovery": "fqdn", "hostname": "example.com"}
POOL = {"tenant": "T1", "application": "A1", "pool": "web"}


@pytest.mark.parametrize(
    ("members", "item", "member", "static", "hint"),
    [
        (None, {}, {}, (), None),
        ([], {"member": {"ratio": "2"}}, {"ratio": 2}, (), None),
        ([FIXED], {}, {"shareNodes": False, "connectionLimit": 7}, (), 8080),
        ([FIXED], {"member": {"connectionLimit": 9}}, {"shareNodes": False, "connectionLimit": 9}, (), 8080),
        ([FOUND, FIXED, {"servicePort": 82, "ratio": 3}], {}, {"shareNodes": False, "connectionLimit": 7}, (FOUND,), 8080),
        ([FOUND], {}, {}, (FOUND,), None),
    ],
)  # fmt: skip
def test_a_pool_that_is_filled(
    members: Any, item: dict[str, Any], member: dict[str, Any], static: Any, hint: Any
) -> None:
    pool = {"class": "Pool", **({} if members is None else {"members": members})}
    given = {**POOL, "service": WEB, "pool_member_type": "nodeport", **item}
    wanted, found = add(adc(web=pool), [given])
    options = {"service": WEB, "pool_member_type": "nodeport"}
    assert found == [] and wanted.applications["T1"]["A1"]["web"] == {"class": "Pool"}
    assert wanted.cluster_pools == [ClusterPool("T1", "A1", "web", "pools[0]", options, member, static, hint)]


@pytest.mark.parametrize(
    ("pool", "problems"),
    [
        ({}, []),
        ({"pool": "nope"}, ["names the pool /T1/A1/nope, which the declaration does not have; it has /T1/A1/a2, "
                            "/T1/A1/b2, /T1/A1/c2, /T1/A1/d2, /T1/A1/web"]),
        ({"pool": "vs"}, ["names the pool /T1/A1/vs, which the declaration does not have; it has /T1/A1/a2, "
                          "/T1/A1/b2, /T1/A1/c2, /T1/A1/d2, /T1/A1/web"]),
        ({"tenant": "T2"}, ["names the pool /T2/A1/web, which the declaration does not have; it has /T1/A1/a2, "
                            "/T1/A1/b2, /T1/A1/c2, /T1/A1/d2, /T1/A1/web"]),
        ({"application": None, "pool": None}, ["names the pool /T1//, which the declaration does not have; it has /T1/A1/a2, "
                                               "/T1/A1/b2, /T1/A1/c2, /T1/A1/d2, /T1/A1/web"]),
        ({"pool": "enable"}, []),
    ],
)  # fmt: skip
def test_a_pool_that_the_declaration_does_not_have(pool: dict[str, Any], problems: list[str]) -> None:
    pools = {name: {"class": "Pool"} for name in ("d2", "b2", "web", "c2", "a2")}
    given = adc(**pools, vs=HTTP, enable={"class": "Pool"})
    wanted, found = add(given, [{**POOL, "service": WEB, **pool}])
    assert found == [("pools[0]", text) for text in problems]
    assert len(wanted.cluster_pools) == int(pool == {})


def test_a_declaration_without_pools_and_a_pool_that_is_filled_twice() -> None:
    none = "names the pool /T1/A1/web, which the declaration does not have; it has none"
    assert add(adc(vs=HTTP), [POOL])[1] == [("pools[0]", none)]
    wanted, found = add(adc(web={"class": "Pool"}, other={"class": "Pool"}), [POOL, {**POOL, "pool": "other"}, POOL])
    assert found == [("pools[2]", "fills the pool /T1/A1/web a second time")]
    assert [pool.where for pool in wanted.cluster_pools] == ["/T1/A1/web", "/T1/A1/other"]
    assert add(adc(web={"class": "Pool", "members": 5}), [POOL])[1] == [
        ("declaration.T1.A1.web.members", "must be a list of members, not 5")
    ]


@pytest.mark.parametrize(
    ("declaration", "problem"),
    [
        (adc(web={"class": "Pool", "members": 5}), "declaration.T1.A1.web.members: must be a list of members, not 5"),
        ({"class": "ADC", "T1": {**adc()["T1"], "defaultRouteDomain": "x"}},
         "declaration.T1.defaultRouteDomain: must be a number, not 'x'"),
        (adc(vs={**HTTP, "pool": "nope"}), "declaration.T1.A1.vs.pool: refers to 'nope', which is not in the application "
         "T1/A1; it has vs"),
    ],
)  # fmt: skip
def test_the_applications_of_a_declaration_are_checked_as_others(declaration: Any, problem: str) -> None:
    with pytest.raises(Failure) as raised:
        put_together(declaration=declaration)
    assert raised.value.what == problem
