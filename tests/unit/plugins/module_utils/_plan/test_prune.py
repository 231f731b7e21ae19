# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many applications the option prune may remove, also where others claim the owner."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._plan import prune

OURS = {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": "ours"}}}
Names = dict[str, frozenset[str]]
NAMES = st.dictionaries(st.sampled_from(["T1", "T2", "T3"]), st.frozensets(st.sampled_from("abcdef")), max_size=3)


def tenants(names: Names) -> dict[str, Any]:
    return {tenant: {"class": "Tenant", **dict.fromkeys(applications, OURS)} for tenant, applications in names.items()}


def is_refused(scope: str, stored: dict[str, Any], listed: Names, percent: int) -> bool:
    gone = prune.unlisted(scope, stored, listed, "ours")
    removed = [f"{tenant}/{name}" for tenant, names in gone.items() for name in names]
    return prune.refusal(scope, stored, listed, "ours", removed, percent) is not None


@given(st.sampled_from([prune.TENANTS, prune.OWNER]), NAMES, NAMES, NAMES, st.integers(0, 100))
def test_a_claim_of_the_owner_allows_no_removal_that_was_refused(scope: str, own: Names, listed: Names, claimed: Names, percent: int) -> None:
    """An application that another writer stores under our owner is not listed: what is listed has been published."""
    published = {tenant: own.get(tenant, frozenset()) | listed.get(tenant, frozenset()) for tenant in {*own, *listed}}
    forged = {tenant: published.get(tenant, frozenset()) | claimed.get(tenant, frozenset()) for tenant in {*published, *claimed}}
    assert is_refused(scope, tenants(forged), listed, percent) >= is_refused(scope, tenants(published), listed, percent)


def test_a_claim_of_the_owner_holds_removals_beyond_the_limit_and_is_named() -> None:
    listed = {"T1": frozenset("abc")}
    stored = tenants({"T1": frozenset("abcd")})
    assert not is_refused(prune.OWNER, stored, listed, 25)
    failure = prune.refusal(prune.OWNER, {**stored, **tenants({"Theirs": frozenset("x")})}, listed, "ours", ["T1/d", "Theirs/x"], 25)
    assert failure is not None and "2 of the 5 applications" in str(failure.message) and failure.details["removed"] == ["T1/d", "Theirs/x"]
