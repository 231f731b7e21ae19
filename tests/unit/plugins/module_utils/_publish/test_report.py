# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that a person reads after a run: one for each tenant that changed or failed, one total of the others."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, pool

TWO, THREE = (
    pool("10.0.0.1:61001", "10.0.0.2:61002"),
    pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003"),
)
SHOP = [app("Shop"), app("Shop", "A2", virtual_server=None)]
OTHER, NEW = app("Other", virtual_server=None), app("New", virtual_server=None)
MISSING = app("Shop", service="nope", virtual_server=None)
NAMED: dict[str, Any] = {"applications": [{"tenant": "Shop"}]}


def world() -> World:
    """Shop has two pools of two members, Other has one."""
    made = World({"web": TWO})
    made.publish(applications=[*SHOP, OTHER])
    return made


@pytest.mark.parametrize(
    ("web", "options", "lines"),
    [
        (TWO, {"applications": SHOP}, ["1 tenant unchanged"]),
        (TWO, {"applications": [*SHOP, OTHER]}, ["2 tenants unchanged"]),
        (THREE, {"applications": SHOP[:1]}, ["Shop: updated, 3 members (+1 -0) in 1 pool"]),
        (
            THREE,
            {"applications": [*SHOP, OTHER]},
            ["Other: updated, 3 members (+1 -0) in 1 pool", "Shop: updated, 6 members (+2 -0) in 2 pools"],
        ),
        (
            THREE,
            {"applications": SHOP, "check_mode": True},
            ["Shop: would be updated, 6 members (+2 -0) in 2 pools"],
        ),
        (THREE, {"applications": SHOP, "details": "none"}, ["Shop: updated, 6 members (+2 -0) in 2 pools"]),
        (TWO, {"applications": SHOP[:1], "prune": True}, ["Shop: updated, 2 members (+0 -2) in 2 pools"]),
        (
            TWO,
            {"applications": [NEW, OTHER]},
            ["New: created, 2 members (+2 -0) in 1 pool", "1 tenant unchanged"],
        ),
        (
            TWO,
            {"applications": [app("New", service=None, virtual_server=None)]},
            ["New: created, 0 members (+0 -0) in 1 pool"],
        ),
        (TWO, {**NAMED, "state": "absent"}, ["Shop: deleted, 4 members in 2 pools"]),
        (
            TWO,
            {**NAMED, "state": "absent", "check_mode": True},
            ["Shop: would be deleted, 4 members in 2 pools"],
        ),
        (TWO, {**NAMED, "state": "released"}, ["Shop: released, 2 applications"]),
        (
            TWO,
            {"applications": [MISSING, NEW]},
            ["New: created, 2 members (+2 -0) in 1 pool", "Shop: held (service_not_found)"],
        ),
        (
            TWO,
            {"applications": [MISSING, NEW], "on_error": "stop"},
            ["New: held", "Shop: held (service_not_found)"],
        ),
    ],
)
def test_lines(web: Any, options: dict[str, Any], lines: list[str]) -> None:
    made = world()
    made.cluster.by_service["web"] = web
    assert made.publish(**options)["summary"] == lines


def test_a_refusal_of_as3_is_a_code_here_and_words_elsewhere() -> None:
    made = World({"web": TWO})
    refused = {
        "results": [
            {
                "code": 422,
                "message": "declaration failed",
                "response": "01070333:3: illegally shares",
                "tenant": "Shop",
            }
        ]
    }
    made.bigip.answers.append(lambda bigip, body, tenant: outcome_of(refused))
    assert made.publish(applications=SHOP[:1])["summary"] == ["Shop: failed (422)"]


def test_a_restored_pool_counts_what_is_stored() -> None:
    made = world()
    del made.bigip.device["/Other/A1/pool"][("10.0.0.2", 61002)]
    assert made.publish(applications=[OTHER])["summary"] == ["Other: restored, 2 members (+0 -0) in 1 pool"]
