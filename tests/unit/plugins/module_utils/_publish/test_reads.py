# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of BIG-IP, and which secrets of them are hidden."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import MemberState, MemberStats
from ansible_collections.vks.bigip.plugins.module_utils._publish.interfaces import BigIp
from ansible_collections.vks.bigip.plugins.module_utils._publish.reads import (
    hide_stored,
    read_connections,
    read_device,
    read_stored,
)
from ansible_collections.vks.bigip.tests.unit.support.publishing import FakeBigIp


def tenant(key: str = "KEY-MATERIAL", **properties: Any) -> dict[str, Any]:
    cert = {"class": "Certificate", "privateKey": key}
    return {"class": "Tenant", **properties, "A1": {"class": "Application", "cert": cert}}


def bigip(fake: FakeBigIp) -> BigIp:
    return BigIp(fake, fake, None, lambda group: None, Counter(), [])


def state(address: str, route_domain: int | None) -> MemberState:
    return MemberState("m", address, 80, route_domain, "monitor-enabled", "up", 1, 0, 0, "T1")


@pytest.mark.parametrize(
    ("names", "stored", "hidden"),
    [(["T1"], {"T1"}, {"ONE-KEY"}), (None, {"T1", "T2"}, set()), ([], set(), set())],
)
def test_the_secrets_of_named_tenants_are_hidden(names: Any, stored: set[str], hidden: set[str]) -> None:
    found: set[str] = set()
    fake = FakeBigIp({"T1": tenant("ONE-KEY"), "T2": tenant("TWO-KEY")})
    assert set(read_stored(bigip(fake), names, found.update)) == stored and found == hidden


def test_secrets_of_chosen_tenants_are_hidden_later() -> None:
    found: set[str] = set()
    hide_stored([tenant("ONE-KEY")], found.update)
    assert found == {"ONE-KEY"}


@pytest.mark.parametrize(
    ("default", "route_domain", "address"),
    [(None, None, "10.0.0.1"), (None, 7, "10.0.0.1%7"), (7, 7, "10.0.0.1"), (7, 8, "10.0.0.1%8")],
)
def test_addresses_on_the_device_are_written_as_in_the_declaration(
    default: int | None, route_domain: int | None, address: str
) -> None:
    one = state("10.0.0.1", route_domain)
    fake = FakeBigIp(device={"/T1/A1/pool": {("10.0.0.1", 80): one}, "/T2/A1/pool": {}})
    stored = {"T1": tenant() if default is None else tenant(defaultRouteDomain=default)}
    assert read_device(bigip(fake), stored) == {"/T1/A1/pool": {(address, 80): one}}


def test_without_a_stored_tenant_no_pool_is_read() -> None:
    fake = FakeBigIp()
    assert read_device(bigip(fake), {}) == {} and not fake.reads


class Asked(FakeBigIp):
    """It notes what it is asked for, and its LTM lists a pool of another partition too."""

    asked: list[Any]

    def declaration(self, tenants: Any = None) -> dict[str, dict[str, Any]]:
        self.asked.append(tenants)
        return super().declaration(tenants)

    def pools(self, partitions: Any = None) -> dict[str, dict[tuple[str, int], MemberState]]:
        self.asked.append(partitions)
        return super().pools()


def test_tenants_are_asked_for_in_order() -> None:
    names = ("T3", "T1", "T2")
    one = state("10.0.0.1", 7)
    device = {"/T9/A1/pool": {("10.0.0.1", 80): one}, "/T1/A1/pool": {("10.0.0.1", 80): one}}
    fake = Asked({name: tenant(defaultRouteDomain=7) for name in names}, device)
    fake.asked = []
    stored = read_stored(bigip(fake), names, set().update)
    read_stored(bigip(fake), None, set().update)
    assert read_device(bigip(fake), dict.fromkeys(names, stored["T1"])) == {
        "/T9/A1/pool": {("10.0.0.1%7", 80): one},
        "/T1/A1/pool": {("10.0.0.1", 80): one},
    }
    assert fake.asked == [["T1", "T2", "T3"], None, ["T1", "T2", "T3"]]


@pytest.mark.parametrize(
    ("default", "route_domain", "address"),
    [(0, None, "10.0.0.1"), (0, 7, "10.0.0.1%7"), (7, 7, "10.0.0.1")],
)
def test_connections_by_the_addresses_of_the_declaration(
    default: int, route_domain: int | None, address: str
) -> None:
    class Ltm(FakeBigIp):
        def members_stats(self, pool: str) -> dict[tuple[str, int], MemberStats]:
            assert pool == "/T1/A1/pool"
            one = MemberStats("10.0.0.1", 80, route_domain, 3, 9, "available", "enabled", "")
            return {("10.0.0.1", 80): one}

    assert read_connections(bigip(Ltm()), "/T1/A1/pool", default) == {(address, 80): 3}
