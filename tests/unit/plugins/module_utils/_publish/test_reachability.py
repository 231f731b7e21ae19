# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Pod to which BIG-IP has no path holds its tenant, and no other one."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any, Iterable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.module_utils._publish.reachability import hold_unreachable, route_domain
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool, Wanted
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Block
from ansible_collections.vks.bigip.tests.unit.support.publishing import pool

A, B = Member("100.96.0.1", 80, "n1", "default/web-a"), Member("100.96.16.1", 80, "n2", "default/web-b")
BLOCKS = (
    Block(ipaddress.ip_network("100.96.0.0/20"), "n1"),
    Block(ipaddress.ip_network("100.96.16.0/20"), "n2"),
    Block(ipaddress.ip_network("100.96.16.0/26"), "n2"),
)


class Paths:
    """It has a path to these addresses, in one route domain."""

    not_learnt: str | None = None

    def __init__(self, *reached: str, domain: int = 0) -> None:
        self._reached, self._domain = reached, domain

    def missing(self, addresses: Iterable[str], domain: int) -> list[str]:
        return [one for one in addresses if domain != self._domain or one not in self._reached]


def held(paths: Paths, mode: str = "cluster", networks: Any = BLOCKS, members: tuple[Member, ...] = (A, B), **options: Any) -> Wanted:
    """T1 has these members; T2 has one that BIG-IP reaches in each of these tests."""
    wanted, more = Wanted(), {"mode": mode, **options}
    filled = dataclasses.replace(pool(mode=mode), members=members)
    other = dataclasses.replace(pool(mode=mode), members=(A,))

    def one(tenant: str, number: int, content: Pool) -> tuple[ClusterPool, Source, Pool]:
        path = f"applications[{number}]"
        return ClusterPool(tenant, "A1", "pool", path, {}), Source("default", "web", None, path=path, **more), content

    hold_unreachable(wanted, [one("T1", 0, filled), one("T2", 1, other)], paths, {}, lambda: networks)
    return wanted


@pytest.mark.parametrize(
    ("networks", "where"),
    [(BLOCKS, "node n2 (network 100.96.16.0/26)"), ((), "node n2 (network unknown)")],
)
def test_a_member_without_a_path_holds_its_tenant(networks: tuple[Block, ...], where: str) -> None:
    faults = held(Paths(A.address), networks=networks).faults
    ((failure, path),) = faults.pop("T1")
    assert not faults and path == "applications[0]"
    assert failure.code == "pod_network_unreachable"
    assert failure.what == f"BIG-IP has no path in route domain 0 to 1 of 2 Pods of Service default/web: 100.96.16.1 on {where}"
    network = "100.96.16.0/26" if networks else None
    row = {"address": "100.96.16.1", "pod": "default/web-b", "node": "n2", "network": network}
    assert failure.details == {"service": "default/web", "route_domain": 0, "members": [row]}
    assert "pod_routes" in (failure.remedy or "") and "pod_network_routable" in (failure.remedy or "")


def test_learnt_routes_that_cannot_be_read_are_in_the_message() -> None:
    paths = Paths(A.address)
    paths.not_learnt = "Reading the route table of BIG-IP: HTTP 403: no."
    ((failure, _path),) = held(paths).faults["T1"]
    assert failure.said == f"the routes that BIG-IP learnt, for example by BGP, could not be read: {paths.not_learnt}"
    assert "allow this account to read the route table" in (failure.remedy or "")
    assert (failure.remedy or "").endswith("If BIG-IP learnt a route to the Pod network, set pod_network_routable: true.")


def never() -> list[Block]:
    raise AssertionError("the cluster was asked for no message")


@pytest.mark.parametrize(
    "options",
    [
        {"paths": Paths(A.address, B.address)},
        {"paths": Paths(A.address), "pod_network_routable": True},
        {"paths": Paths(), "mode": "nodeportlocal"},
        {"paths": Paths(A.address, B.address, domain=2), "route_domain": 2},
    ],
)
def test_what_holds_no_tenant(options: dict[str, Any]) -> None:
    assert held(**options).faults == {}


def test_a_declared_network_that_is_not_routable_is_checked() -> None:
    assert set(held(Paths(A.address), pod_network_routable=False).faults) == {"T1"}


@pytest.mark.parametrize(
    ("source", "properties", "stored", "domain"),
    [
        (None, {}, {}, 0),
        (3, {"T1": {"defaultRouteDomain": 2}}, {}, 3),
        (0, {"T1": {"defaultRouteDomain": 2}}, {}, 0),
        (None, {"T1": {"defaultRouteDomain": 2}}, {"T1": {"defaultRouteDomain": 4}}, 2),
        (None, {"T1": {"label": "x"}}, {"T1": {"defaultRouteDomain": 4}}, 0),
        (None, {}, {"T1": {"defaultRouteDomain": 4}}, 4),
        (None, {"T2": {"defaultRouteDomain": 2}}, {}, 0),
    ],
)
def test_the_route_domain_of_members(source: int | None, properties: dict[str, Any], stored: dict[str, Any], domain: int) -> None:
    assert route_domain("T1", Source("default", "web", None, route_domain=source), properties, stored) == domain
