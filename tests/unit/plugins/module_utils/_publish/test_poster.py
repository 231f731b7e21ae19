# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One POST: what goes together, in which order, and what a refusal of one tenant means for the others."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, addresses, app, pool


def test_others_in_the_tenant_stay_and_are_not_posted() -> None:
    world = World(WEB)
    world.bigip.stored["T1"] = {"class": "Tenant", "Theirs": {"class": "Application", "cert": {"class": "Certificate", "privateKey": "THEIR-KEY"}}}
    world.publish(applications=[app()])
    assert set(mark.applications(world.bigip.stored["T1"])) == {"Theirs", "A1"}
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    world.publish(applications=[app()])
    assert all(tenant == "T1" and "Theirs" not in body for tenant, body in world.bigip.posts) and len(world.bigip.posts) == 2
    world.publish(state="absent", applications=[app()])
    assert world.bigip.removed == [("T1", "A1")] and set(mark.applications(world.bigip.stored["T1"])) == {"Theirs"}


def test_the_fault_comes_before_the_tenants_it_kept_from_their_turn() -> None:
    world = World(WEB)

    def forbidden(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_forbidden", "Sending the declaration", said="HTTP 403")

    world.bigip.answers.append(forbidden)
    world.bigip.stored["T9"] = {"class": "Tenant"}
    done = world.publish(applications=[app("T9"), app("T1", virtual_server=None)], tenants_per_post=1)
    assert {entry["tenant"]: entry["code"] for entry in done["failure"]["tenants"]} == {"T1": "stopped", "T9": "bigip_forbidden"}
    assert "First, tenant T9: Sending the declaration: HTTP 403" in done["failure"]["message"]


def test_one_bad_tenant_does_not_stop_the_others() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None), app("T3", virtual_server=None)]
    world.publish(applications=items)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    error = "/T2/A1/pool/members/0/servicePort: should be <= 65535"
    invalid = {"code": 422, "errors": [error], "message": "declaration is invalid", "tenant": ["T2"]}
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(invalid))
    done = world.publish(applications=items, tenants_per_post=10)
    failure = done["failure"]["tenants"][0]
    assert failure["tenant"] == "T2" and failure["response"] == error and failure["path"] == "/T2/A1/pool/members/0/servicePort"
    assert failure["input"] == "applications[1].pool.members.0.servicePort"
    assert [len(addresses(world, f"/T{number}/A1/pool")) for number in (1, 2, 3)] == [3, 2, 3]
    assert [sorted(key for key in post[1] if key.startswith("T")) for post in world.bigip.posts[3:]] == [["T1", "T2", "T3"], ["T1", "T3"]]


def test_tenant_properties_of_a_new_tenant_come_after_a_claim() -> None:
    world = World(WEB)
    done = world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})
    assert done["tenants"]["T1"]["action"] == "create"
    assert [tenant for tenant, dummy in world.bigip.posts] == ["T1", None]
    assert world.bigip.stored["T1"]["label"] == "ours" and len(addresses(world)) == 2
    assert not world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})["changed"]


def test_bulk_create_posts_new_tenants_together() -> None:
    world = World(WEB)
    items = [app(f"T{number}", virtual_server=None) for number in range(1, 6)]
    done = world.publish(applications=items, bulk_create=True, tenants_per_post=2)
    assert done["counts"]["create"] == 5 and [tenant for tenant, dummy in world.bigip.posts] == [None] * 3


def test_of_many_tenants_only_the_changed_one_is_posted() -> None:
    world = World({**WEB, "other": pool("10.0.9.1:61001")})
    items = [app(f"T{number}", virtual_server=None) for number in range(1, 30)] + [app("T30", service="other", virtual_server=None)]
    world.publish(applications=items, bulk_create=True)
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    world.cluster.by_service["other"] = pool("10.0.9.1:61001", "10.0.9.2:61001")
    done = world.publish(applications=items)
    assert list(done["tenants"]) == ["T30"] and done["counts"]["unchanged"] == 29
    assert [[key for key in post[1] if key.startswith("T")] for post in world.bigip.posts] == [["T30"]]
    assert world.bigip.reads == {"declaration": 1, "pools": 1, "info": 1}
    # What Ansible does with a result costs more than we do: one in which nothing changed is small however many tenants there are.
    same = world.publish(applications=items)
    assert not same["changed"] and len(json.dumps(same)) < 1000 < len(json.dumps(world.publish(applications=items, details="all")))
