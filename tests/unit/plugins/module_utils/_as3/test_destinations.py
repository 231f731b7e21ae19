# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the virtual servers of a tenant listen, and where BIG-IP keeps their addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import destinations
from ansible_collections.vks.bigip.plugins.module_utils._as3.destinations import Destination
from ansible_collections.vks.bigip.plugins.module_utils._request import build, validate
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted

HTTP = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"]}
ADDRESS = {"class": "Service_Address", "virtualAddress": "192.0.2.10"}
COMMON = {"class": "Tenant", "Shared": {"class": "Application", "va": {**ADDRESS, "virtualAddress": "192.0.2.20"}}}


def at(*addresses: Any, **more: Any) -> dict[str, Any]:
    return {**HTTP, "virtualAddresses": list(addresses), **more}


# The objects of application A1, properties of its tenant, and what is read: address, port and protocol, home.
READ: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str]]]] = {
    "the port of the class": ({"vs": HTTP}, {}, [("192.0.2.10 port 80 (tcp)", "/T1")]),
    "UDP": ({"vs": {**HTTP, "class": "Service_UDP", "virtualPort": 53}}, {}, [("192.0.2.10 port 53 (udp)", "/T1")]),
    "any protocol": ({"vs": {**HTTP, "class": "Service_Generic", "virtualPort": 0}}, {}, [("192.0.2.10 port 0 (any)", "/T1")]),
    "no port": ({"vs": {**HTTP, "class": "Service_TCP"}}, {}, [("192.0.2.10", "/T1")]),
    "a list of ports": ({"vs": {**HTTP, "virtualPort": {"use": "ports"}}}, {}, [("192.0.2.10", "/T1")]),
    "HTTPS": (
        {"vs": {**HTTP, "class": "Service_HTTPS"}},
        {},
        [("192.0.2.10 port 443 (tcp)", "/T1"), ("192.0.2.10 port 80 (tcp)", "/T1")],
    ),
    "HTTPS on port 80": ({"vs": {**HTTP, "class": "Service_HTTPS", "virtualPort": 80}}, {}, [("192.0.2.10 port 80 (tcp)", "/T1")]),
    "several": ({"vs": at("192.0.2.1", ["192.0.2.2", "10.0.0.0/8"])}, {}, [("192.0.2.1 port 80 (tcp)", "/T1"), ("192.0.2.2 port 80 (tcp)", "/T1")]),
    "shared": ({"vs": {**HTTP, "shareAddresses": True}}, {}, [("192.0.2.10 port 80 (tcp)", "/Common")]),
    "the route domain of the tenant": ({"vs": HTTP}, {"defaultRouteDomain": 2}, [("192.0.2.10%2 port 80 (tcp)", "/T1")]),
    "another one": ({"vs": at("192.0.2.10%3")}, {"defaultRouteDomain": 2}, [("192.0.2.10%3 port 80 (tcp)", "/T1")]),
    "route domain 0": ({"vs": at("192.0.2.10%0")}, {"defaultRouteDomain": 2}, [("192.0.2.10 port 80 (tcp)", "/T1")]),
    "a network": ({"vs": at("198.51.100.0/24")}, {"defaultRouteDomain": 2}, [("198.51.100.0%2/24 port 80 (tcp)", "/T1")]),
    "a Service_Address": ({"vs": at({"use": "va"}), "va": ADDRESS}, {}, [("192.0.2.10 port 80 (tcp)", "/T1"), ("192.0.2.10", "/T1")]),
    "one by its path": ({"vs": at({"use": "/T1/A1/va"}), "va": ADDRESS}, {}, [("192.0.2.10 port 80 (tcp)", "/T1"), ("192.0.2.10", "/T1")]),
    "one of Common": ({"vs": at({"use": "/Common/Shared/va"})}, {"defaultRouteDomain": 2}, [("192.0.2.20 port 80 (tcp)", "/Common/Shared")]),
    "one that is not known": ({"vs": at({"use": "/Common/Shared/vb"})}, {}, [("/Common/Shared/vb port 80 (tcp)", "/Common/Shared")]),
    "one of the device": ({"vs": at({"bigip": "/Common/192.0.2.30"})}, {}, [("192.0.2.30 port 80 (tcp)", "/Common")]),
    "one of the device by a name": ({"vs": at({"bigip": "/Common/vip"})}, {}, [("/Common/vip port 80 (tcp)", "/Common")]),
    "one of the device with its address": ({"vs": at({"bigip": "/Common/vip", "address": "192.0.2.30"})}, {}, [("192.0.2.30 port 80 (tcp)", "/Common")]),
    "a pointer in the route domain of the tenant": (
        {"vs": at({"use": "va"}), "va": ADDRESS},
        {"defaultRouteDomain": 2},
        [("192.0.2.10%2 port 80 (tcp)", "/T1"), ("192.0.2.10%2", "/T1")],
    ),
    "pointers to nothing": (
        {"vs": at(*({"use": use} for use in ("/Common", "/Common/Other/va", "/T9/Shared/va", "label", "/@/A1/")))},
        {},
        [
            ("/Common port 80 (tcp)", "/Common/Shared"),
            ("/Common/Other/va port 80 (tcp)", "/Common/Shared"),
            ("/T9/Shared/va port 80 (tcp)", "/T9"),
            ("/T1/A1/label port 80 (tcp)", "/T1"),
            ("/T1/A1/ port 80 (tcp)", "/T1"),
        ],
    ),
    "one of the device in a route domain": (
        {"vs": at({"bigip": "/Common/vip", "address": "198.51.100.0%3/24"}, {"bigip": "/T2/192.0.2.30%3"}, {"bigip": "/T2/v", "address": 5})},
        {},
        [("198.51.100.0%3/24 port 80 (tcp)", "/Common"), ("192.0.2.30%3 port 80 (tcp)", "/T2"), ("/T2/v port 80 (tcp)", "/T2")],
    ),
    "texts that are not addresses": ({"vs": at("vip")}, {"defaultRouteDomain": 0}, [("vip port 80 (tcp)", "/T1")]),
    "a route domain that is not a number": ({"vs": HTTP}, {"defaultRouteDomain": "2"}, [("192.0.2.10 port 80 (tcp)", "/T1")]),
    "all IPv6 addresses": ({"vs": at("::")}, {}, [(":: port 80 (tcp)", "/T1")]),
    "a class that is not known": ({"vs": {**HTTP, "class": "Service_New", "virtualPort": 7}}, {}, [("192.0.2.10 port 7 (any)", "/T1")]),
    "a port that is not a number": ({"vs": {**HTTP, "virtualPort": True}}, {}, [("192.0.2.10", "/T1")]),
    "no list of addresses": ({"vs": {**HTTP, "virtualAddresses": "192.0.2.10"}, "x": {**HTTP, "class": "Brand_New"}}, {}, []),
    "nothing that listens": ({"web": {"class": "Pool"}, "off": {**HTTP, "enable": False}, "in": {**HTTP, "virtualType": "internal"}}, {}, []),
    "values that are not addresses": (
        {"vs": at("", " ", None, 5, {}, {"use": 5}, {"bigip": 5}, ["192.0.2.1"], ["192.0.2.1", "", ""]), "va": {"class": "Service_Address"}, "x": {"class": 5}},
        {},
        [],
    ),
    "a tenant that is off": ({"vs": HTTP}, {"enable": False}, []),
}


@pytest.mark.parametrize(("objects", "properties", "expected"), READ.values(), ids=READ.keys())
def test_destinations(objects: dict[str, Any], properties: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = {"class": "Tenant", **properties, "A1": {"class": "Application", "label": "x", **objects}}
    assert [(str(one), one.home) for one in destinations.of_tenant("T1", body, COMMON)] == expected


def vs(address: str = "192.0.2.10", home: str = "/T1", made: bool = True, **more: Any) -> Destination:
    """The destination of HTTP in T1/A1/vs, which "us" owns."""
    return Destination("T1", "A1", "vs", "us", address, home, made, **{"port": 80, "protocol": "tcp", **more})


WHOLE: dict[str, tuple[dict[str, Any], list[Destination]]] = {
    "HTTP": (HTTP, [vs()]),
    "an address that AS3 does not create": (at({"bigip": "/Common/192.0.2.30"}), [vs("192.0.2.30", "/Common", False)]),
    "a pointer": (at({"use": "/Common/Shared/va"}), [vs("192.0.2.20", "/Common/Shared", False)]),
    "a Service_Address": (
        ADDRESS,
        [Destination("T1", "A1", "vs", "us", "192.0.2.10", "/T1", True, True, None, "", "", False, False)],
    ),
    "HTTPS": ({**HTTP, "class": "Service_HTTPS"}, [vs(port=443), vs(redirect=True)]),
    "HTTPS with everything": (
        {**HTTP, "class": "Service_HTTPS", "layer4": "udp", "allowVlans": ["v"], "sourceAddress": "10.0.0.0/8"},
        [
            vs(port=443, protocol="udp", source="10.0.0.0/8", vlans=True),
            vs(source="10.0.0.0/8", vlans=True, redirect=True),
        ],
    ),
    "HTTPS without a redirect": ({**HTTP, "class": "Service_HTTPS", "redirect80": False}, [vs(port=443)]),
    "HTTPS with a redirect": ({**HTTP, "class": "Service_HTTPS", "redirect80": True}, [vs(port=443), vs(redirect=True)]),
    "VLANs": ({**HTTP, "rejectVlans": ["v"]}, [vs(vlans=True)]),
    "clients": (
        at("192.0.2.1", ["192.0.2.2", "10.0.0.0%0/8"], "192.0.2.3", sourceAddress="10.1.0.1/32"),
        [vs("192.0.2.1", source="10.1.0.1"), vs("192.0.2.2", source="10.0.0.0/8"), vs("192.0.2.3", source="10.1.0.1")],
    ),
    "all clients": (at("192.0.2.1", ["192.0.2.2", " "], sourceAddress="0.0.0.0/0"), [vs("192.0.2.1"), vs("192.0.2.2")]),
    "a list of clients": ({**HTTP, "sourceAddress": {"use": "clients"}}, [vs(source=None)]),
}


@pytest.mark.parametrize(("item", "expected"), WHOLE.values(), ids=WHOLE)
def test_all_of_a_destination(item: dict[str, Any], expected: list[Destination]) -> None:
    constants = {"class": "Constants", "vks_bigip": {"owner": "us"}}
    body = {"class": "Tenant", "A1": {"class": "Application", "constants": constants, "vs": item}}
    assert list(destinations.of_tenant("T1", body, COMMON)) == expected


@pytest.mark.parametrize(
    ("one", "listener"),
    [
        (vs(), ("192.0.2.10", 80, "tcp", "")),
        (vs(port=0, protocol="any", source="10.0.0.0/8"), ("192.0.2.10", 0, "any", "10.0.0.0/8")),
        (vs(port=None), None),
        (vs(source=None), None),
        (vs(vlans=True), None),
    ],
)
def test_the_key_of_a_listener(one: Destination, listener: Any) -> None:
    assert one.listener == listener


WILDCARDS = {"0.0.0.0": True, "0.0.0.0%2": True, "0.0.0.0%2/0": True, "::/0": True, "::%2": True, "192.0.2.1": False, "::1": False}


@pytest.mark.parametrize(("address", "expected"), WILDCARDS.items())
def test_wildcards(address: str, expected: bool) -> None:
    assert vs(address).is_any is expected


def test_the_tenant_common_keeps_its_addresses_in_shared() -> None:
    assert [(one.path, one.home) for one in destinations.of_tenant("Common", COMMON, COMMON)] == [("/Common/Shared/va", "/Common/Shared")]
    assert list(destinations.of_tenant("T1", None, None)) == []


@pytest.mark.parametrize(("address", "clash"), [("192.0.2.10", True), ("192.0.2.10%2", True), ("192.0.2.10%0", False), ("192.0.2.10%3", False)])
def test_virtual_servers_of_one_task_in_route_domains(address: str, clash: bool) -> None:
    wanted, problems = Wanted(properties={"T1": {"defaultRouteDomain": 2}}), Problems()
    items = [{"tenant": "T1", "application": "A1", "virtual_server": at(address)}, {"tenant": "T2", "application": "A1", "virtual_server": at("192.0.2.10%2")}]
    build.add_items(wanted, items, problems)
    validate.check(wanted, problems)
    assert bool(problems.found) is clash
