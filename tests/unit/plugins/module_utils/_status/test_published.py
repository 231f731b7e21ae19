# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pools of the stored declaration are selected, and the source that each was published with."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.options import SOURCE_WITHOUT_DEFAULTS
from ansible_collections.vks.bigip.plugins.module_utils._status.published import (
    Selection,
    StoredPool,
    select,
    source,
)


def application(owner: str | None, **pools: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {"class": "Application", **{name: {"class": "Pool"} for name in pools}}
    if owner:
        value["constants"] = {"class": "Constants", "vks_bigip": {"owner": owner, "pools": pools}}
    return value


STORED = {
    "T2": {"class": "Tenant", "A": application("me", one={})},
    "T1": {
        "class": "Tenant",
        "defaultRouteDomain": 7,
        "B": application(
            "you", two={"service": "shop/web:80/TCP", "pool_member_type": "cluster", "terminating": "keep"}
        ),
        "A": application("me", one={}, two={}),
        "C": application(None, one={}),
    },
}
SELECTIONS: dict[str, tuple[Selection, str]] = {
    "each pool with a mark": (Selection(), "/T1/A/one /T1/A/two /T1/B/two /T2/A/one"),
    "a tenant, with pools without a mark": (Selection(["T1", "T2"], application="C"), "/T1/C/one"),
    "an owner": (Selection(owner="you"), "/T1/B/two"),
    "an owner in named tenants": (Selection(["T1"], owner="you"), "/T1/B/two"),
    "an application": (Selection(application="A"), "/T1/A/one /T1/A/two /T2/A/one"),
    "a pool": (Selection(pool="two"), "/T1/A/two /T1/B/two"),
    "an empty name is none": (
        Selection(application="", pool="", owner=""),
        "/T1/A/one /T1/A/two /T1/B/two /T2/A/one",
    ),
}


@pytest.mark.parametrize(("selection", "paths"), SELECTIONS.values(), ids=SELECTIONS.keys())
def test_select(selection: Selection, paths: str) -> None:
    assert " ".join(pool.path for pool in select(STORED, selection)) == paths


def test_a_pool_has_what_its_mark_and_its_tenant_hold() -> None:
    (pool,) = select(STORED, Selection(owner="you"))
    assert pool == StoredPool(
        "T1", "B", "two", "you", "shop/web:80/TCP", "cluster", {"terminating": "keep"}, 7
    )


NOTHING: dict[str, Any] = dict.fromkeys(SOURCE_WITHOUT_DEFAULTS)


def stored(service: Any = "shop/web:80/TCP", mode: str | None = "cluster", **noted: Any) -> StoredPool:
    return StoredPool("T1", "A", "pool", "me", service, mode, noted, 0)


@pytest.mark.parametrize("service", [None, "", "web", "Default/web", "default/web?x", "a/b:c:d"])
def test_a_mark_without_a_service_has_no_source(service: Any) -> None:
    assert source(stored(service), NOTHING) is None


@pytest.mark.parametrize(
    ("pool", "options", "expected"),
    [
        (stored(), {}, ("cluster", "fallback")),
        (stored(terminating="keep"), {}, ("cluster", "keep")),
        (stored(terminating="keep"), {"terminating": "exclude"}, ("cluster", "exclude")),
        (stored(terminating="keep"), {"terminating": ""}, ("cluster", "keep")),
        (stored(), {"pool_member_type": "auto"}, ("cluster", "fallback")),
        (stored(), {"pool_member_type": "nodeport"}, ("nodeport", "fallback")),
        (stored(mode="carrier pigeon", terminating="never"), {}, ("auto", "fallback")),
    ],
)
def test_options_of_the_task_come_before_the_mark(
    pool: StoredPool, options: Any, expected: tuple[str, str]
) -> None:
    made = source(pool, {**NOTHING, **options})
    assert made is not None and (made.mode, made.terminating) == expected
    assert (made.namespace, made.name, made.port, made.path) == ("shop", "web", "80/TCP", "/T1/A/pool")
