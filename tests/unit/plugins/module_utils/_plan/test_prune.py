# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many applications the option prune may remove, also where others claim the owner."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._plan import prune
from ansible_collections.vks.bigip.plugins.module_utils._request.scope import OWNER, TENANTS

OURS = {"class": "Application", "constants": {"class": "Constants", "vks_bigip": {"owner": "ours"}}}
Names = dict[str, frozenset[str]]
NAMES = st.dictionaries(
    st.sampled_from(["T1", "T2", "T3"]), st.frozensets(st.sampled_from("abcdef")), max_size=3
)


def tenants(names: Names) -> dict[str, Any]:
    return {
        tenant: {"class": "Tenant", **dict.fromkeys(applications, OURS)}
        for tenant, applications in names.items()
    }


def is_refused(scope: str, stored: dict[str, Any], listed: Names, percent: int) -> bool:
    gone = prune.unlisted(scope, stored, listed, "ours")
    removed = [f"{tenant}/{name}" for tenant, names in gone.items() for name in names]
    return prune.refusal(scope, stored, listed, "ours", removed, percent) is not None


@given(st.sampled_from([TENANTS, OWNER]), NAMES, NAMES, NAMES, st.integers(0, 100))
def test_a_claim_of_the_owner_allows_no_removal_that_was_refused(
    scope: str, own: Names, listed: Names, claimed: Names, percent: int
) -> None:
    """An application that another writer stores under our owner is not listed: listed ones were published."""
    published = {
        tenant: own.get(tenant, frozenset()) | listed.get(tenant, frozenset()) for tenant in {*own, *listed}
    }
    forged = {
        tenant: published.get(tenant, frozenset()) | claimed.get(tenant, frozenset())
        for tenant in {*published, *claimed}
    }
    assert is_refused(scope, tenants(forged), listed, percent) >= is_refused(
        scope, tenants(published), listed, percent
    )


def test_a_claim_of_the_owner_holds_removals_beyond_the_limit_and_is_named() -> None:
    listed = {"T1": frozenset("abc")}
    stored = tenants({"T1": frozenset("abcd")})
    assert not is_refused(OWNER, stored, listed, 25)
    failure = prune.refusal(
        OWNER,
        {**stored, **tenants({"Theirs": frozenset("x")})},
        listed,
        "ours",
        ["T1/d", "Theirs/x"],
        25,
    )
    assert (
        failure is not None
        and "2 of the 5 applications" in str(failure.message)
        and failure.details["removed"] == ["T1/d", "Theirs/x"]
    )


def test_what_is_not_listed() -> None:
    stored = {
        **tenants({"T2": frozenset("ab"), "T1": frozenset("bca"), "T3": frozenset("a")}),
        "T4": {"class": "Tenant"},
    }
    stored["T1"]["theirs"] = {"class": "Application"}
    listed: dict[str, frozenset[str]] = {"T1": frozenset("b"), "T2": frozenset(), "T5": frozenset("a")}
    assert prune.unlisted(TENANTS, stored, listed, "ours") == {"T1": ["a", "c"]}
    assert prune.unlisted(OWNER, stored, listed, "ours") == {"T1": ["a", "c"], "T3": ["a"]}
    assert list(prune.unlisted(OWNER, stored, {}, "ours")) == ["T1", "T2", "T3"]
    assert prune.unlisted(OWNER, stored, {}, "theirs") == {}
    many = {f"a{number}" for number in range(10)}
    assert prune.unlisted(OWNER, tenants({"T1": frozenset(many)}), {}, "ours") == {"T1": sorted(many)}


def test_the_limit_is_a_percentage() -> None:
    names = [f"a{number}" for number in range(100)]
    stored = tenants({"T1": frozenset(names)})
    assert prune.refusal(OWNER, stored, {}, "ours", names, 99) is not None
    assert prune.refusal(OWNER, stored, {}, "ours", names, 100) is None


@pytest.mark.parametrize(
    ("scope", "listed", "count", "percent", "text"),
    [
        (TENANTS, {"T1": "ab"}, 1, 50, ""),
        (
            TENANTS,
            {"T1": "ab"},
            1,
            49,
            "1 of the 2 applications of owner 'ours' in the tenants listed (50 %)",
        ),
        (OWNER, {"T1": "ab"}, 2, 50, ""),
        (OWNER, {"T1": "ab"}, 2, 49, "2 of the 4 applications of owner 'ours' (50 %)"),
        (OWNER, {"T1": "ab", "T2": ""}, 1, 49, "1 of the 2 applications of owner 'ours' (50 %)"),
        (OWNER, {}, 0, 0, ""),
        (OWNER, {}, 3, 67, "3 of the 4 applications of owner 'ours' (75 %)"),
    ],
)
def test_the_limit(scope: str, listed: dict[str, str], count: int, percent: int, text: str) -> None:
    stored = tenants({"T1": frozenset("ab"), "T2": frozenset("cd")})
    removed = [f"T1/{number}" for number in range(count)]
    failure = prune.refusal(scope, stored, listed, "ours", removed, percent)
    if not text:
        assert failure is None
        return
    assert (
        failure is not None
        and failure.code == "max_removed_percent"
        and failure.details == {"removed": removed}
    )
    limit = f", and max_removed_percent is {percent}: {', '.join(removed)}"
    assert failure.doing == f"prune would remove {text}{limit}"
    assert failure.remedy == "Nothing was removed. List what must stay, or raise max_removed_percent."
