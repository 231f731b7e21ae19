# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to an address: the longest match of self IP networks and routes decides."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._routes.ways import CONNECTED, DEFAULT, NONE, ROUTED, Ways

BLACKHOLE = "blackhole"


def table(*rows: tuple[str, str, int | None]) -> Ways:
    """Rows of a kind, a network, and a route domain."""
    networks = [SimpleNamespace(network=ipaddress.ip_network(text), route_domain=domain) for kind, text, domain in rows if kind == "self"]
    routes: Any = [
        SimpleNamespace(network=text, route_domain=domain, blackhole=kind == BLACKHOLE) for kind, text, domain in rows if kind != "self"
    ]
    return Ways(networks, routes)


NODES, POD, ALL = ("self", "198.18.0.0/16", None), ("route", "100.96.1.0/24", None), ("route", "0.0.0.0/0", None)
SIX = ("route", "2001:db8:96::/64", None)


@pytest.mark.parametrize(
    ("rows", "address", "domain", "way"),
    [
        ([], "100.96.1.5", 0, NONE),
        ([NODES], "198.18.0.9", 0, CONNECTED),
        ([NODES, POD], "100.96.1.5", 0, ROUTED),
        ([NODES, POD], "100.96.2.5", 0, NONE),
        ([NODES, POD, ALL], "100.96.2.5", 0, DEFAULT),
        ([ALL], "2001:db8:96::5", 0, NONE),
        ([ALL, SIX], "2001:db8:96::5", 0, ROUTED),
        ([("route", "::/0", None)], "2001:db8:96::5", 0, DEFAULT),
        # the longest match
        ([POD, (BLACKHOLE, "100.96.1.0/28", None)], "100.96.1.5", 0, NONE),
        ([POD, (BLACKHOLE, "100.96.1.0/28", None)], "100.96.1.50", 0, ROUTED),
        ([(BLACKHOLE, "100.96.0.0/16", None), POD], "100.96.1.5", 0, ROUTED),
        ([(BLACKHOLE, "0.0.0.0/0", None)], "100.96.1.5", 0, NONE),
        # a connected network comes before a route to the same network
        ([(BLACKHOLE, "198.18.0.0/16", None), NODES], "198.18.0.9", 0, CONNECTED),
        # route domains
        ([("route", "100.96.1.0/24", 2)], "100.96.1.5", 0, NONE),
        ([("route", "100.96.1.0/24", 2)], "100.96.1.5", 2, ROUTED),
        ([("route", "100.96.1.0/24", 2)], "100.96.1.5%2", 0, ROUTED),
        ([("route", "100.96.1.0/24", 0)], "100.96.1.5", None, ROUTED),
        ([POD], "100.96.1.5", 2, NONE),
        # host bits, as BIG-IP may show them; no network; no address
        ([("route", "100.96.1.9/24", None)], "100.96.1.5", 0, ROUTED),
        ([("route", "", None), POD], "100.96.1.5", 0, ROUTED),
        ([POD], "web.example.com", 0, None),
    ],
)
def test_the_way(rows: list[tuple[str, str, int | None]], address: str, domain: int | None, way: str | None) -> None:
    ways = table(*rows)
    assert ways.to(address, domain) == way
    assert ways.is_proved(address, domain) is (way in (CONNECTED, ROUTED))
