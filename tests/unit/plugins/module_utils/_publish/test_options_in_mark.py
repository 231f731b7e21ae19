# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark keeps, for each pool, the options that decide its members, where they are not the defaults."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, app, member, pool

SOURCE = {"service": "default/web:80/TCP", "pool_member_type": "nodeportlocal"}

OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "explicit defaults": (
        {
            "terminating": "fallback",
            "address_family": "service",
            "include_unschedulable": True,
            "exclude_nodes": [],
        },
        {},
    ),
    "what does not decide the members": (
        {
            "wait_for_mappings": 9,
            "network_provider": "vsphere",
            "pod_network_routable": True,
            "pool_member_type": "auto",
            "trust_npl_annotations": True,
        },
        {},
    ),
    "an empty selector": ({"node_label_selector": ""}, {}),
    "terminating": ({"terminating": "keep"}, {"terminating": "keep"}),
    "route domain 0": ({"route_domain": 0}, {"route_domain": 0}),
    "all": (
        {
            "terminating": "exclude",
            "route_domain": 2,
            "node_weight": "endpoints",
            "node_label_selector": "pool=edge",
            "node_address_type": "ExternalIP",
            "include_unschedulable": False,
            "exclude_nodes": ["node-9", "node-2", "node-9"],
            "address_family": "both",
        },
        {
            "address_family": "both",
            "exclude_nodes": ["node-2", "node-9"],
            "include_unschedulable": False,
            "node_address_type": "ExternalIP",
            "node_label_selector": "pool=edge",
            "node_weight": "endpoints",
            "route_domain": 2,
            "terminating": "exclude",
        },
    ),
}


def noted(world: World, application: str = "A1") -> dict[str, Any]:
    """The options of the pool that the mark holds."""
    return (mark.of(world.bigip.stored["T1"][application]) or {})["pools"]["pool"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("options", "kept"), OPTIONS.values(), ids=OPTIONS.keys())
@pytest.mark.parametrize("of_the_task", [True, False], ids=["of the task", "of the application"])
def test_the_mark_keeps_what_differs_from_the_defaults(
    options: dict[str, Any], kept: dict[str, Any], of_the_task: bool
) -> None:
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(
        **({"applications": [app()], **options} if of_the_task else {"applications": [app(**options)]})
    )
    assert json.dumps(noted(world)) == json.dumps({**SOURCE, **kept})


def test_each_pool_has_its_own() -> None:
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(
        applications=[app(), app(application="A2", virtual_server=None, terminating="exclude")],
        terminating="keep",
    )
    assert (noted(world)["terminating"], noted(world, "A2")["terminating"]) == ("keep", "exclude")


OTHERS = {"terminating": "keep", "exclude_nodes": ["node-9"]}


@pytest.mark.parametrize("drifted", [False, True])
def test_an_option_alone_causes_one_post(drifted: bool) -> None:
    """Or pool_status_info would go on to judge by the former ones. A drift of the device is repaired by the same POST."""
    world = World({"web": pool("10.0.0.1:61001", "10.0.0.2:61002")})
    world.publish(applications=[app()])
    if drifted:
        del world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)]
    predicted = world.publish(True, applications=[app()], **OTHERS)
    assert noted(world) == SOURCE and len(world.bigip.posts) == 1
    result = world.publish(applications=[app()], **OTHERS)
    for part in ("changed", "tenants", "diff", "counts"):
        if part != "tenants":
            assert predicted[part] == result[part], part
        else:
            assert predicted[part]["T1"]["action"] == result[part]["T1"]["action"] == "update"
    assert result["changed"] and noted(world) == {**SOURCE, **OTHERS} and len(world.bigip.posts) == 2
    assert result["tenants"]["T1"]["applications"] == {"A1": "update"} and result["tenants"]["T1"][
        "properties"
    ] == {"A1": ["constants/vks_bigip"]}
    assert result["counts"]["members_added"] == result["counts"]["members_removed"] == 0
    before, after = (result["diff"][0][part] for part in ("before", "after"))
    assert (
        "constants/vks_bigip:" in before
        and "terminating" not in before
        and "terminating: keep" in after
        and "owner" not in after
    )
    assert len(world.bigip.device["/T1/A1/pool"]) == 2
    assert not world.publish(applications=[app()], **OTHERS)["changed"] and len(world.bigip.posts) == 2


@pytest.mark.parametrize("options", [{}, {"terminating": "fallback", "exclude_nodes": []}])
def test_a_mark_of_an_earlier_release_with_the_defaults_is_no_difference(options: dict[str, Any]) -> None:
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(applications=[app()])
    before = copy.deepcopy(world.bigip.stored)
    assert noted(world) == SOURCE
    assert not world.publish(applications=[app()], **options)["changed"] and world.bigip.stored == before


def test_a_mark_of_an_earlier_release_gets_the_options_once() -> None:
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(applications=[app()], **OTHERS)
    for name in OTHERS:
        del noted(world)[name]
    assert world.publish(applications=[app()], **OTHERS)["changed"] and noted(world) == {**SOURCE, **OTHERS}
    assert not world.publish(applications=[app()], **OTHERS)["changed"]


def test_a_mode_that_auto_chooses_anew_is_no_difference() -> None:
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(applications=[app()], pool_member_type="auto")
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", mode="cluster")
    assert not world.publish(applications=[app()], pool_member_type="auto")["changed"]


def test_an_option_beside_other_members_waits_for_these() -> None:
    """The mark alone is not posted again and again while new members come up."""
    world = World({"web": pool("10.0.0.1:61001")})
    world.publish(applications=[app()])
    world.bigip.posts.clear()
    world.cluster.by_service["web"] = pool("10.0.0.2:61002", left_out=("web-61001",))
    world.bigip.state_of_new = "checking"
    asked = []

    def monitors(now: float) -> None:
        asked.append(now)
        if len(asked) > 5:
            for states in world.bigip.device.values():
                states.update({key: member(*key) for key in states})

    world.clock.on_sleep = monitors
    assert "failure" not in world.publish(applications=[app()], **OTHERS)
    assert len(world.bigip.posts) == 2 and len(asked) > 5 and noted(world) == {**SOURCE, **OTHERS}


@pytest.mark.parametrize("old_mark", [False, True])
def test_another_route_domain_goes_union_first(old_mark: bool) -> None:
    """The former members may still answer: the Pods are the same, and only their addresses on BIG-IP are others."""
    world = World({"web": pool("10.0.0.1:61001", "10.0.0.2:61002", route_domain=1)})
    world.publish(applications=[app()], route_domain=1)
    if old_mark:
        del noted(world)["route_domain"]
    world.bigip.lost_answering.clear()
    world.bigip.posts.clear()
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", route_domain=2)
    world.bigip.state_of_new = "checking"

    def monitors(now: float) -> None:
        for states in world.bigip.device.values():
            states.update({key: member(*key) for key in states})

    world.clock.on_sleep = monitors
    assert "failure" not in world.publish(applications=[app()], route_domain=2)
    assert len(world.bigip.posts) > 1 and all(
        lost * 2 <= answering for _path, lost, answering in world.bigip.lost_answering
    )
    assert (
        sorted(world.bigip.device["/T1/A1/pool"]) == [("10.0.0.1%2", 61001), ("10.0.0.2%2", 61002)]
        and noted(world)["route_domain"] == 2
    )
