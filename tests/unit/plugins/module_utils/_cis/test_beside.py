# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualServers that publish cannot publish together."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.beside import (
    MONITORS,
    POOL,
    SERVER,
    Beside,
    Candidate,
    Listener,
    NameClaim,
)

AT: Listener = (("192.0.2.10", 80), "192.0.2.10 port 80 (tcp)", frozenset())
A, B = frozenset({"/Common/a"}), frozenset({"/Common/b"})


def vlans(names: frozenset[str]) -> Listener:
    return AT[0], AT[1], names


def one(name: str, *claims: NameClaim, listeners: tuple[Listener, ...] = (), tenant: str = "T1") -> Candidate:
    raw = {"metadata": {"namespace": "shop", "name": name}}
    return Candidate(raw, {"tenant": tenant, "pool_name": "pool"}, claims, listeners)


POOL_CLAIM, OTHER_POOL = NameClaim(POOL, "pool", False, 1), NameClaim(POOL, "pool", False, 2)
SERVER_CLAIM, OTHER_SERVER = NameClaim(SERVER, "vs", False, 1), NameClaim(SERVER, "vs", False, 2)
SHARED = (
    "VirtualServer shop/a has the same pool pool with other settings, of which CIS keeps one. "
    "Make them the same."
)
ONE_SERVER = (
    "VirtualServer shop/a is the same virtual server vs. Delete one, or write it in AS3 with another name."
)
ANOTHER = "VirtualServer shop/a has another object {}. Give one of them another name."
OLDER = (
    "VirtualServer shop/a is older and has 192.0.2.10 port 80 (tcp) already. "
    "Delete one, or give it another address."
)
ELSEWHERE: Listener = (("192.0.2.11", 80), "192.0.2.11 port 80 (tcp)", frozenset())

CASES: dict[str, tuple[Candidate, Candidate, tuple[str, str] | None]] = {
    # the older one, the younger one, and its fault
    "nothing in common": (one("a", POOL_CLAIM), one("b", NameClaim(POOL, "two", False, 2)), None),
    "the same pool": (one("a", POOL_CLAIM), one("b", POOL_CLAIM), None),
    "a pool with other settings": (one("a", POOL_CLAIM), one("b", OTHER_POOL), (POOL, SHARED)),
    "another tenant": (one("a", POOL_CLAIM), one("b", OTHER_POOL, tenant="T2"), None),
    "a monitor of the pool's name": (
        one("a", POOL_CLAIM),
        one("b", NameClaim(MONITORS, "pool", False, 1)),
        (MONITORS, ANOTHER.format("pool")),
    ),
    "a pool of the server's name": (
        one("a", SERVER_CLAIM),
        one("b", NameClaim(POOL, "vs", False, 1)),
        (POOL, ANOTHER.format("vs")),
    ),
    "a server of the pool's name": (
        one("a", POOL_CLAIM),
        one("b", NameClaim(SERVER, "pool", False, 1)),
        (SERVER, ANOTHER.format("pool")),
    ),
    "the same virtual server": (one("a", SERVER_CLAIM), one("b", OTHER_SERVER), (SERVER, ONE_SERVER)),
    "the second of two names": (one("a", SERVER_CLAIM, POOL_CLAIM), one("b", OTHER_POOL), (POOL, SHARED)),
    "the same address": (one("a", listeners=(AT,)), one("b", listeners=(AT,)), (SERVER, OLDER)),
    "another address": (one("a", listeners=(AT,)), one("b", listeners=(ELSEWHERE,)), None),
    "the second of two addresses": (
        one("a", listeners=(AT,)),
        one("b", listeners=(ELSEWHERE, AT)),
        (SERVER, OLDER),
    ),
    "other VLANs": (one("a", listeners=(vlans(A),)), one("b", listeners=(vlans(B),)), None),
    "a VLAN in common": (
        one("a", listeners=(vlans(A | B),)),
        one("b", listeners=(vlans(B),)),
        (SERVER, OLDER),
    ),
    "all VLANs": (one("a", listeners=(vlans(A),)), one("b", listeners=(AT,)), (SERVER, OLDER)),
    "all VLANs of the older one": (
        one("a", listeners=(AT,)),
        one("b", listeners=(vlans(A),)),
        (SERVER, OLDER),
    ),
}


@pytest.mark.parametrize(("older", "younger", "fault"), CASES.values(), ids=CASES)
def test_fault(older: Candidate, younger: Candidate, fault: tuple[str, str] | None) -> None:
    beside = Beside([older, younger])
    beside.add(older)
    assert beside.fault(younger) == fault


def test_of_three_the_oldest_is_named() -> None:
    beside = Beside([])
    for name, claim, where in (
        ("a", POOL_CLAIM, vlans(A)),
        ("b", POOL_CLAIM, vlans(A)),
        ("c", POOL_CLAIM, vlans(B)),
    ):
        beside.add(one(name, claim, listeners=(where,)))
    assert beside.fault(one("d", OTHER_POOL)) == (POOL, SHARED)
    assert beside.fault(one("d", listeners=(AT,))) == (SERVER, OLDER)
    assert beside.fault(one("d", listeners=(vlans(B),))) == (SERVER, OLDER.replace("shop/a", "shop/c"))


def test_a_name_of_cis_comes_before_a_chosen_one() -> None:
    chosen, given = one("old", NameClaim(SERVER, "vs", True, 3)), one("a", SERVER_CLAIM)
    younger = one("younger", OTHER_SERVER)
    assert Beside([chosen, given, younger]).fault(chosen) == (SERVER, ONE_SERVER)
    assert Beside([chosen, given]).fault(given) is None
    assert Beside([given]).fault(one("b", NameClaim(SERVER, "vs", True, 1))) is None  # the same settings


def test_none_is_in_its_own_way() -> None:
    """Its own objects may have one name: publish refuses that itself."""
    both = one("a", NameClaim(SERVER, "x", True, 1), NameClaim(POOL, "x", False, 2))
    assert Beside([both]).fault(both) is None


def test_an_older_one_that_is_left_out_keeps_no_name() -> None:
    older, younger = one("a", SERVER_CLAIM), one("b", OTHER_SERVER)
    assert Beside([older, younger]).fault(younger) is None
    assert Beside([older, younger]).fault(older) is None


def test_add_reports_a_shared_pool() -> None:
    beside = Beside([])
    assert not beside.add(one("a", POOL_CLAIM)) and beside.add(one("b", POOL_CLAIM))
    assert not beside.add(one("c", POOL_CLAIM, tenant="T2"))
