# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The normal form: what is left out, what is made equal, and what stays."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import normal

HERE = "/T1/A1/"


def form(item: dict[str, Any], route_domain: int = 0) -> Any:
    """The normal form of one object of an application."""
    return normal.application({"class": "Application", "x": item}, "T1", "A1", route_domain).get("x")


POINTERS = {
    "web": "/T1/A1/web",
    "web/members": "/T1/A1/web/members",
    "/@/@/web": "/T1/A1/web",
    "/@/Shared/web": "/T1/Shared/web",
    "/Common/Shared/web": "/Common/Shared/web",
    "/@web": "/@web",
}


@pytest.mark.parametrize("pointer, path", POINTERS.items())
def test_the_path_that_a_pointer_means(pointer: str, path: str) -> None:
    assert normal.absolute(pointer, HERE) == path


VS = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"]}
FORMS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a class without properties": ({"class": "Brand_New"}, {"class": "Brand_New"}),
    "an unknown class stays": ({"class": "Brand_New", "pool": "web", "y": [1, {"z": 0}]}, {"class": "Brand_New", "pool": "web", "y": [1, {"z": 0}]}),
    "a bare pointer": ({**VS, "pool": "web"}, {**VS, "pool": {"use": "/T1/A1/web"}}),
    "a pointer to a pointer's form": ({**VS, "pool": {"use": "web"}}, {**VS, "pool": {"use": "/T1/A1/web"}}),
    "a pointer to the device": ({**VS, "pool": {"bigip": "/Common/web"}}, {**VS, "pool": {"bigip": "/Common/web"}}),
    "a use that is not alone": ({"class": "Brand_New", "a": {"use": "b", "c": "d"}}, {"class": "Brand_New", "a": {"use": "b", "c": "d"}}),
    "a use that is not a text": ({"class": "Brand_New", "a": {"use": ["b"]}}, {"class": "Brand_New", "a": {"use": ["b"]}}),
    "a pointer in a certificate": (
        {"class": "TLS_Server", "certificates": [{"certificate": "cert"}]},
        {"class": "TLS_Server", "certificates": [{"certificate": {"use": "/T1/A1/cert"}}]},
    ),
    "a certificate that is an object": (
        {"class": "TLS_Server", "certificates": [{"certificate": {"bigip": "/Common/c"}}]},
        {"class": "TLS_Server", "certificates": [{"certificate": {"bigip": "/Common/c"}}]},
    ),
    "IPv6 addresses": ({**VS, "virtualAddresses": ["2001:DB8::0:1", "192.0.2.1/32"]}, {**VS, "virtualAddresses": ["2001:db8::1", "192.0.2.1"]}),
    "the order of addresses is kept": ({**VS, "virtualAddresses": ["192.0.2.2", "192.0.2.1"]}, {**VS, "virtualAddresses": ["192.0.2.2", "192.0.2.1"]}),
    "an address with its source": ({**VS, "virtualAddresses": [["192.0.2.1/32", "10.0.0.0/8"]]}, {**VS, "virtualAddresses": [["192.0.2.1", "10.0.0.0/8"]]}),
    "addresses of a SNAT pool": (
        {"class": "SNAT_Pool", "snatAddresses": ["2001:DB8::2", "192.0.2.1"]},
        {"class": "SNAT_Pool", "snatAddresses": ["192.0.2.1", "2001:db8::2"]},
    ),
    "the order of VLANs": (
        {**VS, "allowVlans": ["b", "a"], "rejectVlans": ["d", "c"]},
        {**VS, "allowVlans": ["a", "b"], "rejectVlans": ["c", "d"]},
    ),
    "the order of log profiles": (
        {**VS, "securityLogProfiles": [{"bigip": "/Common/b"}, {"bigip": "/Common/a"}]},
        {**VS, "securityLogProfiles": [{"bigip": "/Common/a"}, {"bigip": "/Common/b"}]},
    ),
    "the order of monitors": ({"class": "Pool", "monitors": ["tcp", "http"]}, {"class": "Pool", "monitors": ["http", "tcp"]}),
    "a Service_Address": (
        {"class": "Service_Address", "virtualAddress": "2001:DB8::1/128"},
        {"class": "Service_Address", "virtualAddress": "2001:db8::1"},
    ),
    "a pointer to the certificate of a proxy": (
        {"class": "TLS_Server", "certificates": [{"proxyCertificate": "cert"}]},
        {"class": "TLS_Server", "certificates": [{"proxyCertificate": {"use": "/T1/A1/cert"}}]},
    ),
    "certificates in a list": (
        {"class": "Brand_New", "a": {"certificate": ["x"]}},
        {"class": "Brand_New", "a": {"certificate": ["x"]}},
    ),
    "a name that is not an address": ({**VS, "virtualAddresses": ["web.example.com"]}, {**VS, "virtualAddresses": ["web.example.com"]}),
    "metadata without content": ({"class": "Brand_New", "metadata": {}}, {"class": "Brand_New"}),
    "metadata": ({"class": "Brand_New", "metadata": {"a": 1}}, {"class": "Brand_New", "metadata": {"a": 1}}),
    "another empty object": ({"class": "Brand_New", "other": {}}, {"class": "Brand_New", "other": {}}),
    "a default": ({**VS, "virtualPort": 80, "layer4": "tcp"}, VS),
    "a default as text": ({**VS, "virtualPort": "80"}, VS),
    "no default of a property of this name": ({"class": "Brand_New", "virtualPort": 80}, {"class": "Brand_New", "virtualPort": 80}),
    "a property without default": ({**VS, "remark": None}, {**VS, "remark": None}),
    "a default that is a pointer": ({"class": "DNS_Nameserver", "port": 53, "routeDomain": {"bigip": "/Common/0"}}, {"class": "DNS_Nameserver"}),
}


@pytest.mark.parametrize("item, expected", FORMS.values(), ids=FORMS)
def test_the_form_of_an_object(item: dict[str, Any], expected: dict[str, Any]) -> None:
    assert form(item) == expected


def member(**more: Any) -> dict[str, Any]:
    return {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.0.0.1"], **more}]}


def test_members_by_address_and_port() -> None:
    assert form(member(ratio=2, adminState="enable")) == {"class": "Pool", "members": {"10.0.0.1:80": {"ratio": 2}}}
    assert form(member(adminState="disable"))["members"] == {"10.0.0.1:80": {"adminState": "disable"}}
    assert form({"class": "Pool", "members": []}) == {"class": "Pool"}
    assert form({"class": "Brand_New", "members": []}) == {"class": "Brand_New", "members": []}


def test_members_in_route_domains() -> None:
    """The tenant's default is left out, and 0 is not where another one is the default."""
    spelled = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.0.0.1%2", "10.0.0.2%0", "10.0.0.3"]}]}
    assert set(form(spelled, 2)["members"]) == {"10.0.0.1:80", "10.0.0.2%0:80", "10.0.0.3:80"}
    assert set(form(spelled)["members"]) == {"10.0.0.1%2:80", "10.0.0.2:80", "10.0.0.3:80"}
    assert form({**VS, "virtualAddresses": ["192.0.2.1%2"]}, 2)["virtualAddresses"] == ["192.0.2.1"]
    assert form({**VS, "virtualAddresses": ["192.0.2.1%2"]})["virtualAddresses"] == ["192.0.2.1%2"]
    assert form({"class": "SNAT_Pool", "snatAddresses": ["192.0.2.1%2"]}, 2)["snatAddresses"] == ["192.0.2.1"]


def test_members_that_are_not_addresses() -> None:
    """Names of hosts, and texts that no address has, are members too: they must not become one and the same."""
    entries = [{"servicePort": 80, "serverAddresses": ["web.example.com", "10.0.0.999", "any6", " 10.0.0.1 "]}]
    assert set(form({"class": "Pool", "members": entries})["members"]) == {"web.example.com:80", "10.0.0.999:80", "any6:80", "10.0.0.1:80"}


def test_members_that_bigip_fills() -> None:
    found = [
        {"hostname": "b.example.com", "servicePort": 80, "addressDiscovery": "fqdn"},
        {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "a.example.com"},
    ]
    made = form({"class": "Pool", "members": [*found, {"servicePort": 80, "serverAddresses": ["10.0.0.1"]}]})["members"]
    assert [entry["hostname"] for entry in made["other"]] == ["a.example.com", "b.example.com"]
    assert set(made) == {"other", "10.0.0.1:80"}


def test_an_application() -> None:
    given = {
        "class": "Application",
        "template": "http",
        "enable": True,
        "label": "a class",
        "remark": None,
        "constants": {"class": "Constants", "pool": "web", "virtualPort": 80},
        "schemaOverlay": "",
        "x": {"virtualAddresses": ["2001:DB8::1"], "metadata": {}},
    }
    expected = {key: value for key, value in given.items() if key not in ("enable",)}
    assert normal.application(given, "T1", "A1") == expected
    assert normal.application({"enable": True, "x": {"class": "Brand_New"}}, "T1", "A1") == {
        "enable": True,
        "x": {"class": "Brand_New"},
    }
    assert normal.application({**given, "template": "generic", "enable": False}, "T1", "A1") == {
        **{key: value for key, value in expected.items() if key != "template"},
        "enable": False,
    }


def test_the_route_domain_is_0_unless_it_is_given() -> None:
    item = {**VS, "virtualAddresses": ["192.0.2.1%1", "192.0.2.2%0"]}
    made = normal.application({"class": "Application", "x": item}, "T1", "A1")
    assert made["x"]["virtualAddresses"] == ["192.0.2.1%1", "192.0.2.2"]


SAME = [([], []), (1, 1), (1, 1.0), ("a", "a"), ([1, {"a": True}], [1, {"a": True}]), ({}, {}), (None, None), (True, True)]
DIFFERENT = [
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}),
    ([1, 2], [1, 3]),
    (1, True),
    (0, False),
    (False, None),
    ([1], [True]),
    ([1], [1, 2]),
    ({"a": 1}, {"a": True}),
    ({"a": 1}, {"b": 1}),
    ({"a": 1}, {"a": 1, "b": 2}),
    ([], {}),
    (0, None),
    ("1", 1),
]


@pytest.mark.parametrize("one, other", SAME)
def test_what_is_the_same_in_json(one: Any, other: Any) -> None:
    assert normal.same(one, other) is True


@pytest.mark.parametrize("one, other", DIFFERENT)
def test_what_is_different_in_json(one: Any, other: Any) -> None:
    for first, second in ((one, other), (other, one)):
        assert normal.same(first, second) is False
