# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the virtual servers of a tenant listen, and where BIG-IP keeps their addresses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import destinations
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
    "nothing that listens": ({"web": {"class": "Pool"}, "off": {**HTTP, "enable": False}, "in": {**HTTP, "virtualType": "internal"}}, {}, []),
    "values that are not addresses": ({"vs": at("", None, 5, {}, {"use": 5}), "va": {"class": "Service_Address"}, "x": {"class": 5}}, {}, []),
    "a tenant that is off": ({"vs": HTTP}, {"enable": False}, []),
}


@pytest.mark.parametrize(("objects", "properties", "expected"), READ.values(), ids=READ.keys())
def test_destinations(objects: dict[str, Any], properties: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    body = {"class": "Tenant", **properties, "A1": {"class": "Application", **objects}}
    assert [(str(one), one.home) for one in destinations.of_tenant("T1", body, COMMON)] == expected


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
