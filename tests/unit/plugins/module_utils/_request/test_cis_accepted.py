# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resources of a CIS that publish would accept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted

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
        assert fault[0].endswith(place)
        assert "cannot refer to a Secret" in fault[1]


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "x", "1", "[]", "null", '"{}"', "{}", "[" * 200_000, '{"a":' * 200_000, "1" * 5_000, '{"class": "AS3"}', '{"class": []}',
        '{"class": "ADC", "x": {}}',
        json.dumps({**GOOD, "updateMode": "complete"}), json.dumps(declaration({"pool": {**POOL, "members": 5}})), None, 5,
        json.dumps(declaration({"{{ x }}": {"class": "Pool"}})),
        json.dumps(declaration({"enable": {"class": "Pool"}})), json.dumps({**GOOD, "Common": {"class": "Tenant"}}),
        json.dumps(declaration({"pool": {**POOL, "minimumMembersActive": 1}})).replace('Active": 1', 'Active": 1e999'),
        "{'class': 'ADC'}", json.dumps({"class": "AS3", "action": "remove", "declaration": GOOD}),
    ],
)  # fmt: skip
def test_a_declaration_that_would_stop_the_others(text: Any) -> None:
    fault = cis_accepted.declaration_fault(text)
    assert fault is not None
    assert len(fault[1]) < 600


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
    ("more", "place"),
    [
        ({}, None),
        ({"tenant": "not a name"}, "tenant"),
        ({"tenant": "controls"}, "tenant"),
        ({"pool_name": "enable"}, "pool_name"),
        ({"pool_name": "../x"}, "pool_name"),
        ({"virtual_server_name": "{{ x }}"}, "virtual_server_name"),
        ({"objects": {"{{ x }}": MADE["objects"]["monitor"], "monitor": MADE["objects"]["monitor"]}}, "objects.{{ x }}"),
        ({"virtual_server": {**MADE["virtual_server"], "snat": SECRET}}, "virtual_server.snat.from_secret"),
        ({"objects": {"monitor": {**MADE["objects"]["monitor"], "send": SECRET}}}, "objects.monitor.send.from_secret"),
    ],
)
def test_an_application(more: dict[str, Any], place: str | None) -> None:
    fault = cis_accepted.application_fault({**MADE, **more})
    assert (fault and fault[0]) == place


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
    assert (fault and fault[0]) == place
    assert fault is None or "ConfigMap shop/as3 is older" in fault[1]


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


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b31m", "\u202eshop", "\u2028", "x\x7f", "A" * 5_000])
def test_a_text_that_cannot_be_shown(text: str) -> None:
    """The playbook cis_to_publish shows the applications."""
    assert cis_accepted.application_fault(APPLICATION) is None
    monitor = {**APPLICATION["objects"]["check"], "send": text}  # type: ignore[index]
    fault = cis_accepted.application_fault({**APPLICATION, "objects": {"check": monitor}})
    assert fault is not None and fault[0] == "objects.check.send" and "a terminal obeys" in fault[1]
    fault = cis_accepted.application_fault({**APPLICATION, "objects": {text: monitor}})
    assert fault is not None and fault[0] == "objects"
