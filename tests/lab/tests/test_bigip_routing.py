# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of BIG-IP to its pool members: networks and addresses as it spells them, and the route table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bigip_machine import Machine, machine
from traffic_use import answers
from vkslab.bigip.network.routing import Hop, RouteTable
from vkslab.bigip.network.spelling import destination, place


@pytest.mark.parametrize(
    ("text", "default", "spelled"),
    [
        ("default", 0, "default"),
        ("default", 2, "default%2"),
        ("default%0", 2, "default"),
        ("any6%3", 0, "default-inet6%3"),
        ("default-inet6", 0, "default-inet6"),
        ("0.0.0.0/0", 0, "default"),
        ("10.0.0.0%2/24", 0, "10.0.0.0%2/24"),
        ("10.0.0.0/24", 2, "10.0.0.0%2/24"),
        ("2001:DB8::%2/64", 0, "2001:db8::%2/64"),
        ("10.0.0.7", 0, "10.0.0.7/32"),
    ],
)
def test_a_network(text: str, default: int, spelled: str) -> None:
    assert destination(text, default).spelled == spelled


@pytest.mark.parametrize("text", ["", "10.0.0.1/24", "10.0.0.0/33", "10.0.0.0%x/24", "%2", "10.0.0.0/24%2"])
def test_no_network(text: str) -> None:
    with pytest.raises(ValueError):
        destination(text)


def test_an_address() -> None:
    found = place("10.0.0.7%2/24")
    assert (found.host, found.spelled, str(found.interface.network)) == (
        "10.0.0.7%2",
        "10.0.0.7%2/24",
        "10.0.0.0/24",
    )


TABLE = RouteTable(
    [
        (destination("198.18.0.0/16"), Hop()),
        (destination("198.18.0.0/16"), Hop("too late")),
        (destination("100.96.0.0/16"), Hop("wide")),
        (destination("100.96.0.0/20"), Hop("narrow")),
        (destination("100.96.0.9/32"), Hop("one")),
        (destination("100.97.0.0/16"), None),
        (destination("default"), Hop("router")),
        (destination("2001:db8:96::/64"), Hop("six")),
        (destination("10.0.0.0%2/8"), Hop("two")),
        (destination("default%4"), Hop("four")),
    ],
    {0: None, 2: 0, 3: 2, 4: 0, 5: 6, 6: 5},
)


@pytest.mark.parametrize(
    ("address", "domain", "hop"),
    [
        ("198.18.0.10", 0, Hop()),
        ("100.96.0.1", 0, Hop("narrow")),
        ("100.96.16.1", 0, Hop("wide")),
        ("100.96.0.9", 0, Hop("one")),
        ("100.97.0.1", 0, None),
        ("203.0.113.1", 0, Hop("router")),
        ("2001:db8:96::1", 0, Hop("six")),
        ("2001:db8:97::1", 0, None),
        ("10.1.1.1", 2, Hop("two")),
        ("10.1.1.1", 0, Hop("router")),
        ("100.96.0.1", 2, Hop("narrow")),
        ("10.1.1.1", 3, Hop("two")),
        ("100.96.0.1", 4, Hop("four")),
        ("10.1.1.1", 5, None),
        ("10.1.1.1", 7, None),
    ],
)
def test_the_next_hop(address: str, domain: int, hop: Hop | None) -> None:
    assert TABLE.hop(address, domain) == hop


# -- on a device


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Machine]:
    with machine(tmp_path) as found:
        found.network.members = {"10.1.0.1:80": "answer", "10.5.0.1:80": "answer"}
        yield found


def hops(bigip: Machine) -> list[str]:
    """The next hops that the data path was asked for."""
    return [hop for _target, hop in bigip.network.hops]


def test_a_member_needs_a_self_ip_or_a_route(alone: Machine) -> None:
    alone.pool("/T/A/pool", "10.5.0.1", monitors=("/Common/http",))
    assert alone.call("DELETE", "/mgmt/tm/net/route/default").status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.5.0.1:80": "down"})
    (member,) = alone.control("pools", method="GET")["/T/A/pool"].values()
    assert member["reason"] == "/Common/http: Unable to connect; no route to 10.5.0.1"
    body = {"name": "five", "network": "10.5.0.0/16", "gw": "10.1.0.254"}
    assert alone.call("POST", "/mgmt/tm/net/route", body).status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.5.0.1:80": "up"})
    assert answers(alone, 2) == {"10.5.0.1": 2}
    assert hops(alone)[-1] == "10.1.0.254"
    assert alone.call("PATCH", "/mgmt/tm/net/route/five", {"gw": "10.1.0.253"}).status_code == 200
    assert answers(alone, 1) == {"10.5.0.1": 1} and "10.1.0.253" in hops(alone)
    assert alone.call("PATCH", "/mgmt/tm/net/route/five", {"blackhole": True}).status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.5.0.1:80": "down"})


def test_a_member_in_another_route_domain(alone: Machine) -> None:
    """It is reached in the default domain of its partition."""
    for path, body in (
        ("net/route-domain", {"name": "2", "id": 2}),
        ("auth/partition", {"name": "T", "defaultRouteDomain": 2}),
    ):
        assert alone.call("POST", f"/mgmt/tm/{path}", body).status_code == 200
    alone.pool("/T/A/pool", "10.1.0.1", monitors=("/Common/http",))
    alone.wait_for(lambda: alone.availability() == {"10.1.0.1:80": "down"})
    body = {"name": "two", "address": "10.1.0.254%2/24"}
    assert alone.call("POST", "/mgmt/tm/net/self", body).status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.1.0.1:80": "up"})
    assert set(hops(alone)) == {"link"}
    assert alone.call("DELETE", "/mgmt/tm/net/self/two").status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.1.0.1:80": "down"})
    assert alone.call("PATCH", "/mgmt/tm/net/route-domain/2", {"parent": "/Common/0"}).status_code == 200
    alone.wait_for(lambda: alone.availability() == {"10.1.0.1:80": "up"})


def test_a_route_to_a_pool_uses_its_members(alone: Machine) -> None:
    alone.pool("/T/A/pool", "10.5.0.1", monitors=("/Common/http",))
    alone.network.members["10.1.0.8:80"] = "answer"
    alone.pool("/G/A/gateways", "10.1.0.8", virtual=None)
    body = {"name": "five", "network": "10.5.0.0/16", "pool": "/G/A/gateways"}
    assert alone.call("POST", "/mgmt/tm/net/route", body).status_code == 200
    alone.wait_for(lambda: "10.1.0.8" in hops(alone))
    assert answers(alone, 1) == {"10.5.0.1": 1}
