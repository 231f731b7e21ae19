# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BIG-IP's route to an address: one line a case."""

from __future__ import annotations

import ipaddress

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.network import Route
from ansible_collections.vks.bigip.plugins.module_utils._status.routing import routing


def route(network: str, blackhole: bool = False) -> Route:
    return Route("/Common/r", network, None, None if blackhole else "198.18.0.1", None, None, blackhole)


NETWORKS = [ipaddress.ip_network("198.18.0.0/16"), ipaddress.ip_network("2001:db8:1::/64")]
ROUTES = [
    route("100.96.1.0/24"),
    route("100.96.4.9/24"),
    route("100.96.1.128/25", blackhole=True),
    route("not a network"),
]
WAYS = {
    "198.18.3.4": True,
    "100.96.1.5": True,
    "100.96.1.200": False,
    "100.96.2.5": False,
    "100.96.4.5": True,
    "2001:db8::1": False,
    "2001:db8:1::1": True,
    "name": None,
}


@pytest.mark.parametrize("address, expected", WAYS.items())
def test_routing(address: str, expected: bool | None) -> None:
    assert routing(NETWORKS, ROUTES)(address) is expected


def test_a_default_route_is_a_way() -> None:
    assert routing([], [*ROUTES, route("0.0.0.0/0")])("100.96.2.5") is True
