# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty strings where AS3 expects a value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3.vocabulary import Property
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request import empty
from ansible_collections.vks.bigip.tests.unit.support.requests_of_users import (
    ADDRESS,
    HTTP,
    SNAT,
    WEB,
    adc,
    put_together,
)

EMPTY: dict[str, tuple[dict[str, Any], str, str]] = {
    "a virtual address": ({"virtual_server": {**HTTP, "virtualAddresses": [""]}}, "virtual_server.virtualAddresses[0]", "an address"),
    "a blank one": ({"virtual_server": {**HTTP, "virtualAddresses": ["192.0.2.9", " "]}}, "virtual_server.virtualAddresses[1]", "an address"),
    "one of a pair": ({"virtual_server": {**HTTP, "virtualAddresses": [["", "10.0.0.0/8"]]}}, "virtual_server.virtualAddresses[0][0]", "an address"),
    "a source": ({"virtual_server": {**HTTP, "sourceAddress": ""}}, "virtual_server.sourceAddress", "an address"),
    "a port": ({"virtual_server": {**HTTP, "virtualPort": ""}}, "virtual_server.virtualPort", "a port"),
    "a list": ({"virtual_server": {**HTTP, "virtualAddresses": ""}}, "virtual_server.virtualAddresses", "a list"),
    "a switch": ({"virtual_server": {**HTTP, "shareAddresses": ""}}, "virtual_server.shareAddresses", "true or false"),
    "a pool": ({"virtual_server": {**HTTP, "pool": ""}}, "virtual_server.pool", "a name"),
    "a pointer": ({"virtual_server": {**HTTP, "snat": {"use": ""}}}, "virtual_server.snat.use", "a name"),
    "an object of the device": ({"virtual_server": {**HTTP, "profileTCP": {"bigip": ""}}}, "virtual_server.profileTCP.bigip", "a name"),
    "a VLAN": ({"virtual_server": {**HTTP, "allowVlans": [""]}}, "virtual_server.allowVlans[0]", "a name"),
    "a rule": ({"virtual_server": {**HTTP, "iRules": [""]}}, "virtual_server.iRules[0]", "a name"),
    "a monitor": ({"service": WEB, "pool": {"monitors": [""]}}, "pool.monitors[0]", "a name"),
    "a certificate": (
        {"objects": {"tls": {"class": "TLS_Server", "certificates": [{"certificate": ""}]}}},
        "objects.tls.certificates[0].certificate",
        "a name",
    ),
    "a Service_Address": ({"objects": {"addr": {**ADDRESS, "virtualAddress": ""}}}, "objects.addr.virtualAddress", "an address"),
    "SNAT": ({"objects": {"snat": {**SNAT, "snatAddresses": ["192.0.2.9", ""]}}}, "objects.snat.snatAddresses[1]", "an address"),
    "a member": ({"pool": {"members": [{"servicePort": 80, "serverAddresses": [""]}]}}, "pool.members[0].serverAddresses[0]", "an address"),
    "a member beside a Service": (
        {"service": WEB, "pool": {"members": [{"servicePort": 80, "serverAddresses": ["10.0.0.9", ""]}]}},
        "pool.members[0].serverAddresses[1]",
        "an address",
    ),
    "a server": ({"pool": {"members": [{"servicePort": 80, "servers": [{"name": "", "address": "10.0.0.9"}]}]}}, "pool.members[0].servers[0].name", "a name"),
    "a server's address": (
        {"pool": {"members": [{"servicePort": 80, "servers": [{"name": "a1", "address": ""}]}]}},
        "pool.members[0].servers[0].address",
        "an address",
    ),
    "a host": ({"pool": {"members": [{"servicePort": 80, "addressDiscovery": "fqdn", "hostname": ""}]}}, "pool.members[0].hostname", "a name"),
    "a member's monitor": ({"service": WEB, "member": {"monitors": [{"use": ""}]}}, "member.monitors[0].use", "a name"),
    "a member's ratio": ({"service": WEB, "member": {"ratio": ""}}, "member.ratio", "a number"),
}


@pytest.mark.parametrize(("item", "path", "expected"), EMPTY.values(), ids=EMPTY.keys())
def test_empty_strings(item: dict[str, Any], path: str, expected: str) -> None:
    with pytest.raises(Failure, match=f"is empty: AS3 expects {expected}") as caught:
        put_together(item)
    assert [problem["path"] for problem in caught.value.details["problems"]] == [f"applications[0].{path}"]


ALSO_EMPTY: dict[str, tuple[dict[str, Any], str]] = {
    "an address": ({"vs": {**HTTP, "virtualAddresses": [""]}}, "vs.virtualAddresses[0]: is empty: AS3 expects an address here. Give one, or omit it"),
    "a class": ({"vs": {**HTTP, "class": ""}}, "vs.class: is empty: name the AS3 class of the object"),
    "a member": ({"web": {"class": "Pool", "members": [{"servicePort": "", "serverAddresses": ["10.0.0.9"]}]}}, "web.members[0].servicePort: must be a number"),
}


@pytest.mark.parametrize(("application", "message"), ALSO_EMPTY.values(), ids=ALSO_EMPTY.keys())
def test_empty_strings_in_a_declaration(application: dict[str, Any], message: str) -> None:
    with pytest.raises(Failure) as caught:
        put_together(declaration=adc(**application))
    assert caught.value.message.startswith(f"declaration.T1.A1.{message}")


@pytest.mark.parametrize(
    ("key", "types", "expected"),
    [
        ("x", "i", "a number"),
        ("x", "n", "a number"),
        ("x", "b", "true or false"),
        ("x", "a", "a list"),
        ("x", "o", "an object"),
        ("x", "oa", "a list"),
        ("x", "&", "a value"),
        ("servicePort", "i", "a port"),
        ("port", "a", "a port"),
        ("virtualAddress", "a", "a list"),
    ],
)
def test_what_as3_expects(key: str, types: str, expected: str) -> None:
    for value in ("", " "):
        found = list(empty.faults({"y": "x", key: value}, {key: Property(types)}))
        assert found == [(key, f"is empty: AS3 expects {expected} here. Give one, or omit it")]
    for value in ("text", 0, None, False, []):
        assert not list(empty.faults({key: value}, {key: Property(types)}))
    assert bool(list(empty.faults({"x": ""}, {"x": Property(f"s{types}")}))) == ("&" in types)


@pytest.mark.parametrize(
    ("item", "faults"),
    [
        ({"class": "Pool", "members": [{"serverAddresses": [""]}], "monitors": [""]}, [("monitors[0]", "a name")]),
        ({"class": "Other", "members": [{"serverAddresses": [""]}]}, [("members[0].serverAddresses[0]", "an address")]),
        ({"x": {"servers": [{"name": "", "address": ""}, {"name": "a"}]}, "other": [{"name": ""}]},
         [("x.servers[0].name", "a name"), ("x.servers[0].address", "an address")]),
        ({"pointer": ["a", "", ["b", " "]]}, [("pointer[1]", "a name"), ("pointer[2][1]", "a name")]),
        ({"pointer": {"use": "", "other": ""}, "x": [{"bigip": ""}]}, [("pointer.use", "a name"), ("x[0].bigip", "a name")]),
        ({"x": {"certificate": "", "proxyCertificate": "", "chainCA": ""}},
         [("x.certificate", "a name"), ("x.proxyCertificate", "a name")]),
        *(({key: {"virtualAddress": ""}, "x": {key: {"use": ""}}}, []) for key in ("constants", "metadata", "from_secret")),
        ({"x": {"virtualAddress": ""}}, [("x.virtualAddress", "an address")]),
    ],
)  # fmt: skip
def test_the_places_below_an_object(item: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    assert list(empty.faults(item, {"pointer": Property("&")})) == [
        (place, f"is empty: AS3 expects {expected} here. Give one, or omit it") for place, expected in faults
    ]


def test_empty_strings_that_mean_something() -> None:
    monitor = {"class": "Monitor", "monitorType": "http", "targetAddress": "", "receive": "", "remark": ""}
    policy = {"class": "Endpoint_Policy", "rules": [{"conditions": [{"type": "httpHeader", "name": "x", "all": {"values": [""]}}]}]}
    records = {"class": "Data_Group", "keyDataType": "string", "records": [{"key": "a", "value": ""}]}
    server = {**HTTP, "remark": "", "metadata": {"address": {"value": ""}}}
    assert put_together({"virtual_server": server, "objects": {"mon": monitor, "policy": policy, "records": records}})
