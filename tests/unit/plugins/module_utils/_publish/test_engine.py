# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main line of the engine against both sides in memory."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import left_out
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    OWNER,
    WEB,
    World,
    addresses,
    app,
    pool,
)


def test_create_then_no_change() -> None:
    world = World(WEB)
    first = world.publish(applications=[app()])
    assert first["changed"] and first["tenants"]["T1"]["action"] == "create" and "failure" not in first
    assert [post[0] for post in world.bigip.posts] == ["T1"]
    assert mark.of(world.bigip.stored["T1"]["A1"]) == {
        "owner": OWNER,
        "cluster": OWNER,
        "pool_member_type": "nodeportlocal",
        "pools": {"pool": {"service": "default/web:80/TCP", "pool_member_type": "nodeportlocal"}},
    }
    assert world.bigip.stored["T1"]["A1"]["pool"]["members"] == [
        {"servicePort": 61001, "serverAddresses": ["10.0.0.1"], "shareNodes": True},
        {"servicePort": 61002, "serverAddresses": ["10.0.0.2"], "shareNodes": True},
    ]
    world.bigip.reads.clear()
    second = world.publish(applications=[app()])
    assert not second["changed"] and second["tenants"] == {} and len(world.bigip.posts) == 1
    assert world.bigip.reads == {"declaration": 1, "pools": 1}


def test_check_mode_posts_nothing_and_predicts_the_run() -> None:
    world = World(WEB)
    predicted = world.publish(check_mode=True, applications=[app()])
    assert world.bigip.posts == []
    done = world.publish(applications=[app()])
    for key in ("changed", "counts", "pools", "declaration", "diff"):
        assert predicted[key] == done[key], key
    assert predicted["tenants"]["T1"]["message"] == "would create"
    assert [entry["pod"] for entry in predicted["tenants"]["T1"]["members_added"]] == [
        "web-61001",
        "web-61002",
    ]
    assert "10.0.0.1:61001 Pod web-61001 on node-1" in predicted["diff"][0]["after"]


def test_members_come_and_go() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.3:61003", "10.0.0.4:61004")
    done = world.publish(applications=[app()])
    entry = done["tenants"]["T1"]
    assert entry["action"] == "update"
    assert [item["address"] for item in entry["members_added"]] == ["10.0.0.3", "10.0.0.4"]
    assert [item["address"] for item in entry["members_removed"]] == ["10.0.0.2"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.3:61003", "10.0.0.4:61004"]
    # the Pod behind 10.0.0.2 is gone: nothing can be lost, one POST does
    assert len(world.bigip.posts) == 2 and world.bigip.posts[1][1]["T1"]["optimisticLockKey"]


def test_on_error_stop_posts_nothing_if_a_tenant_has_a_fault() -> None:
    world = World(WEB)
    done = world.publish(
        applications=[app(), app("T2", service="nope", virtual_server=None)], on_error="stop"
    )
    assert world.bigip.posts == [] and not done["changed"] and done["tenants"]["T1"]["action"] == "hold"


def test_prune_removes_our_applications_that_are_no_longer_listed() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    assert not world.publish(applications=[app()])["changed"]
    done = world.publish(applications=[app()], prune=True)
    assert done["changed"] and list(mark.applications(world.bigip.stored["T1"])) == ["A1"]


def test_share_nodes_is_not_switched_off_under_a_shared_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.posts.clear()
    for check_mode in (True, False):
        done = world.publish(check_mode, applications=[app(member={"shareNodes": False})])
        failure = done["failure"]["tenants"][0]
        assert failure["code"] == "shared_nodes" and failure["nodes"] == ["10.0.0.1", "10.0.0.2"]
        assert (
            "/T1/A1/pool" in failure["message"]
            and "two steps" in failure["message"]
            and not world.bigip.posts
        )
    world.publish(state="absent", applications=[{"tenant": "T1", "application": "A1"}])
    assert "failure" not in world.publish(applications=[app(member={"shareNodes": False})])
    assert not world.publish(applications=[app(member={"shareNodes": False})])["changed"]


def test_a_tenant_without_applications_is_reported() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    done = world.publish(declaration={"class": "ADC", "T1": {"class": "Tenant"}}, pools=[])
    assert not done["changed"] and any(
        "T1 of the declaration has no application" in text for text in done["warnings"]
    )
    result = world.publish(declaration={"class": "ADC", "T1": {"class": "Tenant"}}, pools=[], prune=True)
    assert not result["changed"] and "A1" in world.bigip.stored["T1"], (
        "an empty tenant is not one in which all shall go"
    )


def test_what_signing_out_says_is_a_warning() -> None:
    world = World(WEB)
    world.said_at_sign_out = ["The token of this task could not be deleted."]
    assert world.publish(applications=[app()])["warnings"] == world.said_at_sign_out


def test_warnings_are_reported_although_the_run_ends_in_a_failure() -> None:
    world = World(WEB, uid_failure=Failure("kubernetes_unreachable", "Reading the namespace kube-system"))
    item = app(virtual_server={"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPrt": 80})
    with pytest.raises(Failure) as caught:
        world.publish(applications=[item])
    assert [text for text in caught.value.warnings if "virtualPort" in text]


def test_a_held_tenant_loses_no_member() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    del world.cluster.by_service["web"]
    done = world.publish(applications=[app()])
    assert done["tenants"]["T1"]["action"] == "hold" and done["tenants"]["T1"]["members_removed"] == []
    assert (done["counts"]["members"], done["counts"]["members_removed"]) == (2, 0)


@pytest.mark.parametrize(
    ("options", "now", "code", "left"),
    [
        ({}, (), "empty_pool", 2),
        ({"empty_pool": "keep"}, (), None, 2),
        ({"empty_pool": "publish"}, (), None, 0),
        ({"min_members": 2}, ("10.0.0.1:61001",), "min_members", 2),
        ({"min_members": 1}, ("10.0.0.1:61001",), None, 1),
        ({"max_removed_percent": 49}, ("10.0.0.1:61001",), "max_removed_percent", 2),
        ({"max_removed_percent": 50}, ("10.0.0.1:61001",), None, 1),
    ],
)
def test_guards(options: dict[str, Any], now: tuple[str, ...], code: str | None, left: int) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool(*now)
    done = world.publish(applications=[app()], **options)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    assert len(world.bigip.device["/T1/A1/pool"]) == left
    if code:
        assert "/T1/A1/pool" in done["failure"]["message"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "empty_pool"),
        ({"min_members": 1, "empty_pool": "publish"}, "min_members"),
        ({"max_removed_percent": 50, "empty_pool": "publish"}, "max_removed_percent"),
    ],
)
@pytest.mark.parametrize("reason", ["mapping_unverified", "mapping_outside_range"])
def test_a_pool_whose_annotations_are_not_believed_any_more_keeps_its_members_and_the_message_names_the_way_out(
    options: dict[str, Any], code: str, reason: str
) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    out = left_out("Pod", "web-61001", reason, "Pod web-61001 is mapped to 10.0.0.1 port 61001, and more.")
    world.cluster.by_service["web"] = dataclasses.replace(pool(), left_out=(out,))
    done = world.publish(applications=[app()], **options)
    expected = "empty_pool" if reason == "mapping_unverified" else code
    assert (
        done["failure"]["tenants"][0]["code"] == expected
        and not done["changed"]
        and len(world.bigip.device["/T1/A1/pool"]) == 2
    )
    for sentence in (done["failure"]["tenants"][0]["remedy"], done["failure"]["message"]):
        assert "Pod web-61001 is mapped to 10.0.0.1" in sentence and "trust_npl_annotations: true" in sentence
        assert (
            reason != "mapping_unverified" or "Allow list on nodes (ClusterRole vks-bigip-nodes" in sentence
        )


@pytest.mark.parametrize(("reason", "left"), [("mapping_unverified", 2), ("mapping_outside_range", 0)])
def test_a_right_that_is_missing_empties_no_pool_whatever_empty_pool_says(reason: str, left: int) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    out = left_out("Pod", "web-61001", reason, "Pod web-61001 is mapped to 10.0.0.1 port 61001, and more.")
    world.cluster.by_service["web"] = dataclasses.replace(pool(), left_out=(out,))
    done = world.publish(applications=[app()], empty_pool="publish")
    assert len(world.bigip.device["/T1/A1/pool"]) == left
    if left:
        assert (
            done["failure"]["tenants"][0]["code"] == "empty_pool"
            and "empty_pool: publish empties it" not in done["failure"]["message"]
        )


def test_an_adopted_pool_keeps_private_nodes() -> None:
    world = World(WEB)
    entries = [{"servicePort": 61001, "serverAddresses": ["10.0.0.1"]}]
    world.bigip.stored["T1"] = {
        "class": "Tenant",
        "A1": {"class": "Application", "pool": {"class": "Pool", "monitors": ["http"], "members": entries}},
    }
    world.bigip.apply("T1")
    result = world.publish(applications=[app(virtual_server=None)], adopt="unmarked")
    assert result["tenants"]["T1"]["action"] == "update" and "failure" not in result
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    members = world.bigip.stored["T1"]["A1"]["pool"]["members"]
    assert members == [*entries, {"servicePort": 61002, "serverAddresses": ["10.0.0.2"]}]
    assert not world.publish(applications=[app(virtual_server=None)])["changed"]


@pytest.mark.parametrize(
    ("options", "code", "left"),
    [
        ({}, "empty_pool", 2),
        ({"empty_pool": "keep"}, None, 2),
        ({"empty_pool": "publish"}, None, 0),
        ({"min_members": 3}, "empty_pool", 2),
    ],
)
def test_a_pool_whose_service_lost_its_labels_is_guarded_too(
    options: dict[str, Any], code: str | None, left: int
) -> None:
    labels = {"cis.f5.com/as3-tenant": "T1", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}
    service = Service("default", "web", ports=(ServicePort("http", 80, "TCP", 8080, None),), labels=labels)
    world = World(WEB, services=[service])
    template = {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": []}]}
    event = {"class": "Pool", "members": [{"servicePort": 8080, "addressDiscovery": "event"}]}
    declaration = {
        "class": "ADC",
        "schemaVersion": "3.50.0",
        "T1": {"class": "Tenant", "A1": {"class": "Application", "web_pool": template, "ev_pool": event}},
    }
    world.publish(declaration=declaration, label_namespaces=["default"])
    assert len(world.bigip.device["/T1/A1/web_pool"]) == 2
    world.cluster.services = []
    done = world.publish(declaration=declaration, label_namespaces=["default"], **options)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    assert len(world.bigip.device["/T1/A1/web_pool"]) == left
    if code:
        assert "/T1/A1/web_pool has 2 members on BIG-IP and would have none" in done["failure"]["message"]
    else:
        assert not world.publish(declaration=declaration, label_namespaces=["default"], **options)["changed"]


def test_the_seconds_of_each_part() -> None:
    """Each read of BIG-IP takes 2 s, the cluster 3 s, a POST 5 s."""
    world = World(WEB)

    def slow(target: Any, name: str, seconds: float) -> None:
        read = getattr(target, name)

        def call(*args: Any, **more: Any) -> Any:
            world.clock.now += seconds
            return read(*args, **more)

        setattr(target, name, call)

    for name in ("declaration", "pools", "others"):
        slow(world.bigip, name, 2)
    slow(world.cluster, "pools", 3)
    slow(world.bigip, "submit", 5)
    made = world.publish(applications=[app()])["timings"]
    assert made == {"bigip": 4, "kubernetes": 3, "posting": 5, "total": 12}
    again = world.publish(applications=[app()])["timings"]
    assert again == {"bigip": 4, "kubernetes": 3, "posting": 0, "total": 7}
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    changed = world.publish(applications=[app()], detect_drift=False)["timings"]
    assert changed == {"bigip": 4, "kubernetes": 3, "posting": 5, "total": 12}


def test_other_tenants_are_not_read_for_a_tenant_that_is_held_anyway() -> None:
    """Its application A1, which is not listed, has the address of the new one."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.reads.clear()
    (failure,) = world.publish(applications=[app(application="A2")])["failure"]["tenants"]
    assert failure["code"] == "address_taken" and world.bigip.reads == {"declaration": 1, "pools": 1}
