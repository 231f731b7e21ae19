# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pools the role verify reads. tests/lint_project/test_role_verify.py has the members that count as up."""

from __future__ import annotations

from typing import Any

import jmespath
import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.options import SOURCE_WITHOUT_DEFAULTS
from ansible_collections.vks.bigip.plugins.module_utils._verify import pools

WEB = {"tenant": "Shop", "application": "web", "service": {"name": "web"}}
API = {**WEB, "application": "api", "pool_name": "main"}
WHOLE = {"tenant": "Shop", "application": "rest"}


def groups(*applications: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return pools.groups({"applications": list(applications), "tenant": [], "owner": "", "min_members": 1, **more})


@pytest.mark.parametrize(
    ("application", "name"),
    [
        (WEB, "Shop/web/pool"),
        (API, "Shop/api/main"),
        ({**WEB, "pool_name": ""}, "Shop/web/pool"),
        (WHOLE, "Shop/rest"),
        ({"tenant": "Shop"}, "Shop"),
        ({"tenant": "Shop", "application": None}, "Shop"),
    ],
)
def test_names(application: dict[str, Any], name: str) -> None:
    assert pools.names({"applications": [application]}) == [name]


EVERY = ["Shop/web/pool", "Shop/api/main", "Shop/rest", "Bank/web/pool"]


def test_applications_with_equal_sources_are_read_together() -> None:
    """Empty values count as unset, and an application's other keys do not belong to a source."""
    given = [
        WEB,
        {**API, "route_domain": None, "terminating": ""},
        {**WHOLE, "terminating": "keep", "owner": "x", "pool_member_type": "cluster"},
        {**WEB, "tenant": "Bank", "pool_member_type": "cluster", "terminating": "keep"},
        WEB,
    ]
    first, second, rest = groups(*given, tenant=["Shop"], min_members=2)
    assert first == {
        "all": False,
        "label": "Shop",
        "source": {},
        "tenants": ["Shop"],
        "pools": ["Shop/web/pool", "Shop/api/main"],
        "query": pools.query(["Shop/web/pool", "Shop/api/main"], [*EVERY, "Shop/web/pool"], 2),
    }
    assert second == {
        "all": False,
        "label": "Shop, Bank",
        "source": {"terminating": "keep", "pool_member_type": "cluster"},
        "tenants": ["Shop", "Bank"],
        "pools": ["Bank/web/pool"],
        "query": pools.query(["Shop/rest", "Bank/web/pool"], [*EVERY, "Shop/web/pool"], 2),
    }
    assert rest == {
        "all": True,
        "label": "all that were selected",
        "source": {},
        "tenants": [],
        "pools": [],
        "query": pools.query([], [*EVERY, "Shop/web/pool"], 2),
    }


@pytest.mark.parametrize("name", SOURCE_WITHOUT_DEFAULTS)
def test_each_option_of_a_source_is_one_of_its_application(name: str) -> None:
    first, second = groups(WEB, {**API, name: "x"})
    assert (first["source"], second["source"]) == ({}, {name: "x"})


@pytest.mark.parametrize(
    ("applications", "more", "flags"),
    [
        ([], {}, [True]),
        ([WEB], {}, [False]),
        ([WEB], {"tenant": ["Bank"]}, [False, True]),
        ([WEB], {"owner": "us"}, [False, True]),
    ],
)
def test_when_all_pools_are_read(applications: list[Any], more: dict[str, Any], flags: list[bool]) -> None:
    assert [group["all"] for group in groups(*applications, **more)] == flags


UP = {"availability": "available", "state": "up"}


def pool(tenant: str, application: str, name: str) -> dict[str, Any]:
    place = {"tenant": tenant, "application": application, "pool": name}
    return {**place, "on_bigip": True, "members": [UP], "down_on_bigip": [], "message": "m"}


READ = [pool("Shop", "web", "pool"), pool("Shop", "web", "other"), pool("Shop", "api", "main"), pool("Shop", "rest", "a")]


@pytest.mark.parametrize(
    ("own", "every", "names"),
    [
        ([], [], ["Shop/web/pool", "Shop/web/other", "Shop/api/main", "Shop/rest/a"]),
        (["Shop/web/pool"], ["Shop/web/pool"], ["Shop/web/pool"]),
        (["Shop/web"], ["Shop/web"], ["Shop/web/pool", "Shop/web/other"]),
        (["Shop/web"], ["Shop/web", "Shop/web/pool"], ["Shop/web/other"]),
        (["Shop"], ["Shop", "Shop/api/main"], ["Shop/web/pool", "Shop/web/other", "Shop/rest/a"]),
        (["Shop/none/pool"], ["Shop/none/pool"], []),
    ],
)
def test_a_pool_that_another_application_names_is_its_own(own: list[str], every: list[str], names: list[str]) -> None:
    found = jmespath.search(pools.query(own, every, 1), {"pools": READ})
    assert found["names"] == names
    assert found["up"] == [[name, [1, 0]] for name in names] and found["not_up"] == []


def test_a_pool_with_too_few_members() -> None:
    found = jmespath.search(pools.query([], [], 2), {"pools": READ[:1]})
    assert found == {"names": ["Shop/web/pool"], "up": [], "not_up": [{"message": "m", "few": True}]}
