# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of a CIS that publish would accept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted, validate
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted

NO_SECRET = "Text of the cluster cannot refer to a Secret. Write it as an application or a declaration of your own."
SECRET = {"from_secret": {"namespace": "victim", "name": "bank", "key": "password"}}


def declaration(application: dict[str, Any]) -> dict[str, Any]:
    return {"class": "ADC", "schemaVersion": "3.50.0", "Evil": {"class": "Tenant", "web": {"class": "Application", **application}}}


POOL = {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": [], "shareNodes": True}]}
GOOD = declaration({"pool": POOL, "vs": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.1"], "virtualPort": 80, "pool": "pool"}})


@pytest.mark.parametrize("given", [GOOD, {"class": "AS3", "declaration": GOOD}])
def test_a_declaration_of_an_honest_team(given: Any) -> None:
    assert cis_accepted.declaration_fault(json.dumps(given)) is None


@pytest.mark.parametrize(
    ("given", "place"),
    [
        (declaration({"rule": {"class": "iRule", "iRule": SECRET}}), "declaration.Evil.web.rule.iRule.from_secret"),
        ({"class": "AS3", "declaration": declaration({"rule": {"class": "iRule", "iRule": {"base64": SECRET}}})}, "rule.iRule.base64.from_secret"),
        (declaration({"web": {"class": "Data_Group", "records": [{"key": "a"}, {"key": "b", "value": SECRET}]}}), "records[1].value.from_secret"),
        (declaration({"rule": {"class": "iRule", "iRule": {**SECRET, "other": 1}}}), "iRule.from_secret"),
        (declaration({"constants": {"class": "Constants", "x": [[SECRET]]}}), "constants.x[0][0].from_secret"),
        ({**GOOD, "label": SECRET}, "declaration.label.from_secret"),
    ],
)
def test_a_reference_to_a_secret(given: Any, place: str) -> None:
    text = json.dumps(given)
    for spelt in (text, text.replace("from_secret", "from_\\u0073ecret")):
        fault = cis_accepted.declaration_fault(spelt)
        assert fault is not None
        assert fault[0].endswith(place) and fault[1] == NO_SECRET


NOT_JSON = ("", "It is not an AS3 declaration: it is not JSON (JSONDecodeError).")
NO_NUMBER = ("", "It is not an AS3 declaration: it is not JSON (ValueError).")
TOO_DEEP = ("", "It is not an AS3 declaration: it is nested too deep to be read as JSON.")
NO_TEXT = ("", "It is not an AS3 declaration: it is not a text.")
NO_DICT = ("declaration", "is not an AS3 declaration: it must be a dictionary or JSON text of one")
NO_CLASS = ("declaration.class", "is None; a declaration is of class ADC, or AS3 with an ADC in declaration")
NAME = (
    "is not valid in AS3: it begins with a letter, then letters, digits, '_', '.' and '-', "
    "and does not end in '-' (a Kubernetes name that begins with a digit needs a prefix)"
)
RESERVED = "is reserved: in AS3 it is a property of the application. Use another name."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", NOT_JSON), ("{", NOT_JSON), ("x", NOT_JSON), ("{'class': 'ADC'}", NOT_JSON),
        ("1", NO_DICT), ("[]", NO_DICT), ("null", NO_DICT),
        ('"{}"', NO_CLASS), ("{}", NO_CLASS),
        ('{"class": []}', ("declaration.class", NO_CLASS[1].replace("None", "[]"))),
        ("[" * 200_000, TOO_DEEP), ('{"a":' * 200_000, TOO_DEEP), ("1" * 5_000, NO_NUMBER),
        (json.dumps(declaration({"pool": {**POOL, "x": 1}})).replace('"x": 1', '"x": 1e999'), NO_NUMBER),
        (None, NO_TEXT), (5, NO_TEXT),
        ('{"class": "AS3"}', ("declaration.declaration", "is missing")),
        ('{"class": "ADC", "x": {}, "y": {}}', ("declaration.x", "is neither a property of an ADC nor a Tenant (class: Tenant)")),
        (json.dumps({**GOOD, "updateMode": "complete"}), ("declaration.updateMode",
         "is 'complete', which deletes every tenant that is not named. Use prune, or state: absent for what must be removed")),
        (json.dumps(declaration({"pool": {**POOL, "members": 5}})),
         ("declaration.Evil.web.pool.members", "must be a list of members, not 5")),
        (json.dumps(declaration({"enable": {"class": "Pool"}, "{{ x }}": {"class": "Pool"}})),
         ("declaration.Evil.web.{{ x }}", f"name '{{{{ x }}}}' {NAME}")),
        (json.dumps(declaration({"enable": {"class": "Pool"}, "template": {"class": "Pool"}})),
         ("declaration.Evil.web.enable", f"Tenant Evil: the object name 'enable' {RESERVED}")),
        (json.dumps({**GOOD, "Common": {"class": "Tenant"}}),
         ("declaration.Common", "All tenants share the tenant Common, and CIS writes other tenants only. "
          "Write it as an application or a declaration of your own.")),
        (json.dumps({"class": "AS3", "action": "remove", "declaration": GOOD}),
         ("declaration.action", "is 'remove', which this module does not send: use state: absent")),
    ],
)  # fmt: skip
def test_a_declaration_that_would_stop_the_others(text: Any, fault: tuple[str, str]) -> None:
    assert cis_accepted.declaration_fault(text) == fault


def test_a_text_that_the_checks_do_not_survive_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(wanted: Wanted, problems: Problems) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(validate, "check", check)
    fault = cis_accepted.declaration_fault(json.dumps(GOOD))
    assert fault == ("", "It is not an AS3 declaration (RecursionError).")


def test_the_applications_of_a_text_are_added_to_a_request() -> None:
    wanted = Wanted()
    assert cis_accepted.declaration_fault(json.dumps(GOOD), wanted) is None
    assert wanted.tenants == ["Evil"] and set(wanted.applications["Evil"]["web"]) == {"class", "pool", "vs"}


ODD = [None, 1, "x", [], ["x"], {}, {"a": 1}, [{}], [[{}]], {"use": []}, {"class": ["Pool"]}]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_values_of_any_type_raise_nothing(value: Any) -> None:
    virtual = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.1"], "virtualPort": 80, "pool": "pool"}
    for key in (*virtual, "snat", "iRules", "serverTLS"):
        cis_accepted.declaration_fault(json.dumps(declaration({"pool": POOL, "vs": {**virtual, key: value}})))
    for key in (*POOL, "monitors"):
        cis_accepted.declaration_fault(json.dumps(declaration({"pool": {**POOL, key: value}})))
    for key in ("web", "class", "label", "Shared", "defaultRouteDomain", "controls", "constants"):
        cis_accepted.declaration_fault(json.dumps({**GOOD, "Evil": {"class": "Tenant", key: value}}))
    for key in ("Evil", "class", "controls", "updateMode", "schemaVersion", "label", "target"):
        cis_accepted.declaration_fault(json.dumps({**GOOD, key: value}))


MADE: dict[str, Any] = {
    "tenant": "cis",
    "application": "Shared",
    "virtual_server_name": "crd_192_0_2_10_80",
    "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80, "source": "0.0.0.0/0"},
    "pool": {"loadBalancingMode": "least-connections-member", "monitors": [{"use": "monitor"}]},
    "pool_name": "web_80_shop",
    "service": {"namespace": "shop", "name": "web", "port": "80"},
    "objects": {"monitor": {"class": "Monitor", "monitorType": "http", "send": "GET /", "receive": "none"}},
}


@pytest.mark.parametrize(
    ("more", "place", "text"),
    [
        ({}, "", ""),
        ({"tenant": "not a name"}, "tenant", "tenant name 'not a name' is not valid in AS3"),
        ({"tenant": "controls"}, "tenant", "Tenant controls: the tenant name 'controls' is reserved: "),
        ({"pool_name": "enable"}, "pool_name", "Tenant cis: the object name 'enable' is reserved: "),
        ({"pool_name": "../x"}, "pool_name", "name '../x' is not valid"),
        ({"virtual_server_name": "{{ x }}"}, "virtual_server_name", "name '{{ x }}' is not valid"),
        ({"virtual_server": {**MADE["virtual_server"], "pool": "nope"}}, "virtual_server.pool", "refers to 'nope', which is not in "),
        ({"objects": {"{{ x }}": MADE["objects"]["monitor"], "monitor": MADE["objects"]["monitor"]}}, "objects.{{ x }}", "name '{{ x }}' "),
        ({"virtual_server": {**MADE["virtual_server"], "snat": SECRET}}, "virtual_server.snat.from_secret", NO_SECRET),
        ({"objects": {"monitor": {**MADE["objects"]["monitor"], "send": SECRET}}}, "objects.monitor.send.from_secret", NO_SECRET),
        ({"tenant": {}, "application": SECRET}, "application.from_secret", NO_SECRET),
    ],
)  # fmt: skip
def test_an_application(more: dict[str, Any], place: str, text: str) -> None:
    fault = cis_accepted.application_fault({**MADE, **more})
    assert fault is None if not place else fault and fault[0] == place and fault[1].startswith(text)


@pytest.mark.parametrize(
    ("more", "listeners"),
    [
        ({}, [("192.0.2.10", 80, "tcp", "", set())]),
        ({"virtualAddresses": ["192.0.2.11", ["192.0.2.10", "10.0.0.0/8"], "192.0.2.11"], "virtualPort": 443},
         [("192.0.2.11", 443, "tcp", "", set()), ("192.0.2.10", 443, "tcp", "10.0.0.0/8", set())]),
        ({"allowVlans": [{"bigip": "/Common/a"}, {"bigip": "/Common/b"}]},
         [("192.0.2.10", 80, "tcp", "", {"/Common/a", "/Common/b"})]),
        ({"allowVlans": None, "class": "Service_UDP"}, [("192.0.2.10", 80, "udp", "", set())]),
        ({"virtualPort": [80, 81]}, []),
        ({"sourceAddress": {"use": "list"}}, []),
        ({"virtualAddresses": []}, []),
    ],
)  # fmt: skip
def test_where_an_application_listens(more: dict[str, Any], listeners: list[Any]) -> None:
    made = {**MADE, "virtual_server": {**MADE["virtual_server"], **more}}
    assert cis_accepted.application_listeners(made) == [
        ((address, port, protocol, source), f"{address} port {port} ({protocol})", vlans)
        for address, port, protocol, source, vlans in listeners
    ]


def config_map(tenant: str, address: str, **more: Any) -> str:
    virtual = {"class": "Service_HTTP", "virtualAddresses": [address], "virtualPort": 80, **more}
    return json.dumps({"class": "ADC", tenant: {"class": "Tenant", "web": {"class": "Application", "vs": virtual}}})


@pytest.mark.parametrize(
    ("namespace", "text", "place"),
    [
        ("evil", config_map("Shop", "192.0.2.2"), "declaration.Shop"),
        ("evil", config_map("Evil", "192.0.2.1"), "declaration"),
        ("evil", config_map("Evil", "192.0.2.1", allowVlans=[{"bigip": "/Common/external"}]), "declaration"),
        ("evil", config_map("Evil", "192.0.2.2"), None),
        ("shop", config_map("Shop", "192.0.2.1"), None),
    ],
)
def test_a_config_map_beside_an_older_one(namespace: str, text: str, place: str | None) -> None:
    accepted = cis_accepted.Declarations()
    assert accepted.fault("shop", "as3", config_map("Shop", "192.0.2.1")) is None
    fault = accepted.fault(namespace, "other", text)
    texts = {
        "declaration.Shop": "has this tenant. Give it a tenant of its own.",
        "declaration": "has 192.0.2.1 port 80 (tcp) already. Give it another address.",
    }
    assert fault == (place and (place, f"ConfigMap shop/as3 is older and {texts[place]}"))


def test_each_config_map_that_is_accepted_counts_for_the_next() -> None:
    accepted = cis_accepted.Declarations()
    several = json.dumps({**json.loads(config_map("Shop", "192.0.2.1")), **json.loads(config_map("Web", "192.0.2.2"))})
    assert accepted.fault("shop", "as3", several) is None
    assert accepted.fault("bank", "as3", config_map("Bank", "192.0.2.3")) is None
    assert accepted.fault("shop", "second", config_map("Shop", "192.0.2.4")) is None
    for tenant, address, place, older in (
        ("Web", "192.0.2.9", "declaration.Web", "shop/as3"),
        ("Shop", "192.0.2.9", "declaration.Shop", "shop/second"),
        ("Bank", "192.0.2.9", "declaration.Bank", "bank/as3"),
        ("Evil", "192.0.2.2", "declaration", "shop/as3"),
        ("Evil", "192.0.2.3", "declaration", "bank/as3"),
        ("Evil", "192.0.2.4", "declaration", "shop/second"),
    ):
        fault = accepted.fault("evil", "as3", config_map(tenant, address))
        assert fault and fault[0] == place and fault[1].startswith(f"ConfigMap {older} is older and has ")
    both = json.dumps({**json.loads(config_map("Evil", "192.0.2.9")), **json.loads(config_map("Web", "192.0.2.8"))})
    fault = accepted.fault("evil", "as3", both)
    assert fault and fault[0] == "declaration.Web"
    properties = json.loads(config_map("Evil", "192.0.2.1"))
    properties["Evil"]["defaultRouteDomain"] = 2
    assert accepted.fault("evil", "as3", json.dumps(properties)) is None


def test_a_config_map_that_is_left_out_has_nothing() -> None:
    accepted = cis_accepted.Declarations()
    assert accepted.fault("evil", "as3", json.dumps({**json.loads(config_map("Shop", "192.0.2.1")), "x": {}})) is not None
    assert accepted.fault("shop", "as3", config_map("Shop", "192.0.2.1")) is None


APPLICATION = {
    "tenant": "Shop",
    "application": "Shared",
    "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.1"], "virtualPort": 80},
    "pool": {"monitors": [{"use": "check"}]},
    "objects": {"check": {"class": "Monitor", "monitorType": "http", "send": "GET / HTTP/1.1\r\nHost: \u00fc\r\n\r\n", "receive": "none"}},
}


SHOWN = (
    "It is too long to be shown, or a terminal obeys its characters. "
    "Correct it, or write it as an application of your own."
)


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b31m", "\u202eshop", "\u2028", "x\x7f", "A" * 4_097])
def test_a_text_that_cannot_be_shown(text: str) -> None:
    """The playbook cis_to_publish shows the applications."""
    assert cis_accepted.application_fault(APPLICATION) is None
    monitor = {**APPLICATION["objects"]["check"], "send": text}  # type: ignore[index]
    fault = cis_accepted.application_fault({**APPLICATION, "objects": {"check": monitor}})
    assert fault == ("objects.check.send", SHOWN)
    fault = cis_accepted.application_fault({**APPLICATION, "objects": {text: monitor}})
    assert fault == ("objects", SHOWN)
    assert cis_accepted.application_fault({**APPLICATION, "tenant": text}) == ("tenant", SHOWN)
    listed = {"monitors": ["fine", {"use": "check"}, [text]]}
    assert cis_accepted.application_fault({**APPLICATION, "pool": listed}) == ("pool.monitors[2][0]", SHOWN)


def test_a_text_of_the_longest_length_is_accepted() -> None:
    monitor = {**APPLICATION["objects"]["check"], "send": "A" * 4_096 + "\r\r"}  # type: ignore[index]
    assert cis_accepted.application_fault({**APPLICATION, "objects": {"check": monitor}}) is None
