# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app, pool


def diff(world: World, **options: Any) -> tuple[str, str]:
    (one,) = world.publish(True, **options)["diff"]
    assert one["before_header"] == one["after_header"] == "tenant T1"
    return one["before"], one["after"]


def test_a_new_application_is_all_after() -> None:
    before, after = diff(World(WEB), applications=[app()])
    assert before == "" and after.startswith("A1:\n")
    assert "    class: Pool\n" in after
    assert (
        "    - 10.0.0.1:61001 Pod web-61001 on node-1\n    - 10.0.0.2:61002 Pod web-61002 on node-2\n"
        in after
    )


def test_members_of_before_and_after() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.3:61003")
    before, after = diff(world, applications=[app(member={"ratio": 3})])
    # Both sides show the known facts of a member; the one that leaves has no Pod any more.
    assert "    - 10.0.0.1:61001 Pod web-61001 on node-1\n    - 10.0.0.2:61002\n" in before
    assert '    - 10.0.0.1:61001 Pod web-61001 on node-1 {"ratio": 3}\n' in after and "owner" not in after


def test_a_removed_application_is_all_before() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    before, after = diff(
        world, state="absent", owner=OWNER, applications=[{"tenant": "T1", "application": "A2"}]
    )
    assert before.startswith("A2:\n") and after == ""


def test_a_release_and_a_restored_pool_are_one_line() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    released = diff(world, state="released", owner=OWNER, tenants={"T1": {}})
    assert released == ("A1: owner uid-of-kube-system\n", "A1: without an owner\n")
    del world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)]
    restored = diff(world, applications=[app()])
    assert restored == ("A1: members on the device differ from what is stored\n", "A1: as stored\n")


def test_an_application_that_is_adopted_gets_an_owner() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(state="released", owner=OWNER, tenants={"T1": {}})
    before, after = diff(world, applications=[app()], adopt="unmarked")
    assert "  owner: uid-of-kube-system\n" in after and "owner" not in before


def test_properties_of_the_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app()], tenants={"T1": {"label": "one"}})
    before, after = diff(world, applications=[app()], tenants={"T1": {"label": "two", "remark": "new"}})
    assert (before, after) == ("label: one\nremark: null\n", "label: two\nremark: new\n")


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        (
            "when HTTP_REQUEST {\n  drop\n}\n",
            "    iRule: |\n      when HTTP_REQUEST {\n        drop\n      }\n",
        ),
        ("drop", "    iRule: drop\n"),
    ],
)
def test_a_text_of_several_lines_is_a_block(value: str, lines: str) -> None:
    item = app(objects={"rule": {"class": "iRule", "iRule": value}})
    assert lines in diff(World(WEB), applications=[item])[1]


def test_a_changed_secret_is_masked_and_named_as_changed() -> None:
    world = World(WEB)

    def item(key: str) -> dict[str, Any]:
        return app(objects={"cert": {"class": "Certificate", "certificate": "CERT", "privateKey": key}})

    world.publish(applications=[item("OLD-KEY")])
    before, after = diff(world, applications=[item("NEW-KEY")])
    assert "OLD-KEY" not in before + after and "NEW-KEY" not in before + after
    assert "(changed)" in after and "(changed)" not in before


def test_an_option_of_the_source_shows_what_the_mark_says() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    before, after = diff(world, applications=[app(node_weight="endpoints")])
    assert "node_weight" in after and "node_weight" not in before


def test_tenants_are_in_order() -> None:
    world = World(WEB)
    items = [app("T2"), app("T1", virtual_server=None)]
    assert [one["after_header"] for one in world.publish(True, applications=items)["diff"]] == [
        "tenant T1",
        "tenant T2",
    ]
    world.publish(applications=[app("T0", virtual_server=None)])
    pruned = world.publish(True, applications=[app("T1", virtual_server=None)], prune="owner")["diff"]
    assert [one["after_header"] for one in pruned] == ["tenant T0", "tenant T1"]
