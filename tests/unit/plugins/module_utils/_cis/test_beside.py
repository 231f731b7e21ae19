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
    Claim,
    Listener,
)

AT: Listener = (("192.0.2.10", 80), "192.0.2.10 port 80 (tcp)", frozenset())
A, B = frozenset({"/Common/a"}), frozenset({"/Common/b"})


def vlans(names: frozenset[str]) -> Listener:
    return AT[0], AT[1], names


def one(name: str, *claims: Claim, listeners: tuple[Listener, ...] = (), tenant: str = "T1") -> Candidate:
    raw = {"metadata": {"namespace": "shop", "name": name}}
    return Candidate(raw, {"tenant": tenant, "pool_name": "pool"}, claims, listeners)


POOL_CLAIM, OTHER_POOL = Claim(POOL, "pool", False, 1), Claim(POOL, "pool", False, 2)

CASES: dict[str, tuple[Candidate, Candidate, str | None]] = {
    # the older one, the younger one, and the field of its fault
    "nothing in common": (one("a", POOL_CLAIM), one("b", Claim(POOL, "two", False, 2)), None),
    "the same pool": (one("a", POOL_CLAIM), one("b", POOL_CLAIM), None),
    "a pool with other settings": (one("a", POOL_CLAIM), one("b", OTHER_POOL), POOL),
    "another tenant": (one("a", POOL_CLAIM), one("b", OTHER_POOL, tenant="T2"), None),
    "another object": (one("a", POOL_CLAIM), one("b", Claim(MONITORS, "pool", False, 1)), MONITORS),
    "the same address": (one("a", listeners=(AT,)), one("b", listeners=(AT,)), SERVER),
    "other VLANs": (one("a", listeners=(vlans(A),)), one("b", listeners=(vlans(B),)), None),
    "a VLAN in common": (one("a", listeners=(vlans(A | B),)), one("b", listeners=(vlans(B),)), SERVER),
    "all VLANs": (one("a", listeners=(vlans(A),)), one("b", listeners=(AT,)), SERVER),
}


@pytest.mark.parametrize(("older", "younger", "field"), CASES.values(), ids=CASES)
def test_fault(older: Candidate, younger: Candidate, field: str | None) -> None:
    beside = Beside([older, younger])
    beside.add(older)
    found = beside.fault(younger)
    assert found is None if field is None else found and found[0] == field and "shop/a" in found[1]


def test_a_name_of_cis_comes_before_a_chosen_one() -> None:
    chosen, given = one("old", Claim(SERVER, "vs", True, 1)), one("young", Claim(SERVER, "vs", False, 2))
    found = Beside([chosen, given]).fault(chosen)
    assert found and found[0] == SERVER and "shop/young" in found[1]
    assert Beside([chosen, given]).fault(given) is None


def test_add_reports_a_shared_pool() -> None:
    beside = Beside([])
    assert not beside.add(one("a", POOL_CLAIM)) and beside.add(one("b", POOL_CLAIM))
    assert not beside.add(one("c", POOL_CLAIM, tenant="T2"))
