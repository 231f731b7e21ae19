# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tenants the playbook cis_to_publish must not change."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import takeover

World = dict[str, Any]
OWN, FOREIGN = "shop/web:80/TCP", "evil/web:80/TCP"
MEMBER = {"application": "web", "pool": "pool", "address": "10.0.0.9", "port": 80}
ADDED: World = {"members_added": [MEMBER]}


def application(service: str | None = OWN, mark: bool = True, pool: str = "pool") -> World:
    pools = {pool: {"service": service}} if service else {}
    constants = (
        {"constants": {"class": "Constants", "vks_bigip": {"owner": "us", "pools": pools}}} if mark else {}
    )
    return {"class": "Application", "pool": {"class": "Pool"}, **constants}


def unnamed() -> World:
    return {**application(), "constants": {"vks_bigip": {"pools": {"pool": {"service": ""}}}}}


STRAY: World = {"members_added": [{**MEMBER, "application": "api"}]}


def tenant(**applications: World) -> World:
    return {"class": "Tenant", "label": "x", "address": {"class": "Service_Address"}, **applications}


CASES: dict[str, tuple[World | None, World, World, bool]] = {
    # the stored tenant, the planned one, the entry, and whether it is a team's
    "Pods of the same Service": (tenant(web=application()), tenant(web=application()), ADDED, False),
    "Pods that end": (
        tenant(web=application()),
        tenant(web=application()),
        {"members_removed": [MEMBER]},
        False,
    ),
    "a property": (
        tenant(web=application()),
        tenant(web=application()),
        {**ADDED, "properties": {"web": ["vs/virtualPort"]}},
        True,
    ),
    "an application": (
        tenant(web=application()),
        tenant(web=application()),
        {**ADDED, "applications": {"api": "create"}},
        True,
    ),
    "settings of members": (tenant(web=application()), tenant(web=application()), {}, True),
    "another Service": (tenant(web=application()), tenant(web=application(FOREIGN)), ADDED, True),
    "another pool": (tenant(web=application()), tenant(web=application(pool="other")), ADDED, True),
    "addresses": (
        tenant(web=application(None)),
        tenant(web=application(None)),
        {"members_removed": [MEMBER]},
        True,
    ),
    "one of two": (
        tenant(web=application()),
        tenant(web=application()),
        {**ADDED, "members_removed": [{**MEMBER, "pool": "x"}]},
        True,
    ),
    "a Service without a name": (tenant(web=unnamed()), tenant(web=unnamed()), ADDED, True),
    "members of an application that is not there": (
        tenant(web=application()),
        tenant(web=application()),
        STRAY,
        True,
    ),
    "no application": (tenant(), tenant(web=application()), ADDED, False),
    "a tenant of CIS": (
        tenant(web=application(mark=False)),
        tenant(web=application()),
        {**ADDED, "properties": {"web": ["x"]}},
        False,
    ),
    "an application of CIS beside": (
        tenant(web=application(), api=application(mark=False)),
        tenant(web=application()),
        {},
        False,
    ),
    "a mark that is a text": (
        tenant(web={**application(), "constants": {"vks_bigip": "x"}}),
        tenant(web=application()),
        ADDED,
        True,
    ),
    "constants that are a text": (
        tenant(web={**application(), "constants": "x"}),
        tenant(web=application()),
        {},
        False,
    ),
    "a tenant that is not stored": (None, tenant(web=application()), ADDED, False),
    "another action": (tenant(web=application()), tenant(web=application()), {"action": "none"}, False),
}


@pytest.mark.parametrize(("stored", "planned", "entry", "expected"), CASES.values(), ids=CASES)
def test_owned(stored: World | None, planned: World, entry: World, expected: bool) -> None:
    whole = {
        "action": "update",
        "applications": {"web": "update"},
        "members_added": [],
        "members_removed": [],
        **entry,
    }
    results = [{"tenants": {"Shop": whole}, "declaration": {"Shop": planned}}, {"tenants": {}}, {}]
    given = {"planned": [*results, *results], "stored": {"Shop": stored} if stored else {}}
    assert takeover.owned(given) == (["Shop"] if expected else [])


def test_a_plan_without_a_declaration_shows_no_service() -> None:
    entry = {"action": "update", **ADDED}
    given = {
        "planned": [{"tenants": {"Shop": entry, "Web": entry}}],
        "stored": {"Shop": tenant(web=application())},
    }
    assert takeover.owned(given) == ["Shop"]
    null = {
        "action": "update",
        "properties": None,
        "applications": None,
        "members_added": None,
        "members_removed": [MEMBER],
    }
    planned = {"tenants": {"Shop": null}, "declaration": {"Shop": tenant(web=application())}}
    assert takeover.owned({**given, "planned": [planned]}) == []
    assert takeover.owned({**given, "planned": [{"tenants": None}]}) == []
