# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Goals of a removal: whose applications, and what is read of the cluster for it."""

from __future__ import annotations

import contextlib
import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import Rules, TenantGoal
from ansible_collections.vks.bigip.plugins.module_utils._publish.interfaces import Goals, Kubernetes
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._publish.removal_goals import RemovalGoals
from ansible_collections.vks.bigip.plugins.module_utils._request import publishing
from ansible_collections.vks.bigip.plugins.module_utils._request.removal import RemovalRequest
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    OWNER,
    WEB,
    FakeCluster,
    World,
    addresses,
    app,
)


def test_absent_reads_of_the_cluster_its_uid_only() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    world.cluster.entered = 0
    predicted = world.publish(
        check_mode=True, state="absent", applications=[{"tenant": "T1", "application": "A1"}]
    )
    result = world.publish(state="absent", applications=[{"tenant": "T1", "application": "A1"}])
    assert (
        predicted["counts"] == result["counts"]
        and result["changed"]
        and result["tenants"]["T1"]["action"] == "update"
    )
    assert list(mark.applications(world.bigip.stored["T1"])) == ["A2"] and world.cluster.entered == 2
    result = world.publish(state="absent", owner=OWNER, applications=[{"tenant": "T1"}])
    assert result["tenants"]["T1"]["action"] == "delete" and world.bigip.stored == {}
    assert world.bigip.posts[-1][1]["T1"].keys() == {"class", "optimisticLockKey"}
    assert not world.publish(state="absent", applications=[{"tenant": "T1"}])["changed"]
    assert world.cluster.entered == 2, "neither with owner, nor where nothing is published"


def test_absent_refuses_what_is_not_ours() -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner="them")
    done = world.publish(state="absent", owner="us", applications=[app()])
    assert (
        done["failure"]["tenants"][0]["code"] == "not_ours"
        and not done["changed"]
        and "T1" in world.bigip.stored
    )


@pytest.mark.parametrize("state", ["absent", "released"])
def test_without_owner_the_cluster_names_it_and_never_the_marks(state: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner="team-b")
    before = copy.deepcopy(world.bigip.stored)
    failure = world.publish(state=state, applications=[app()])["failure"]["tenants"][0]
    assert failure["code"] == "not_ours" and "'team-b'" in failure["message"] and world.bigip.stored == before
    result = world.publish(state=state, applications=[{"tenant": "T1"}])
    assert not result["changed"] and "A1" in result["warnings"][0] and world.bigip.stored == before


@pytest.mark.parametrize("state", ["absent", "released"])
@pytest.mark.parametrize(
    "code", ["kubernetes_unreachable", "kubernetes_unauthorized", "owner_required", "kubernetes_options"]
)
def test_without_owner_and_cluster_the_owners_found_are_named(state: str, code: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner="one")
    world.publish(
        applications=[app(application="A2", virtual_server=None), app(application="A3", virtual_server=None)],
        owner="two",
    )
    world.cluster.uid_failure = Failure(code, "reading Namespace kube-system", said="connection refused")
    before = copy.deepcopy(world.bigip.stored)
    with pytest.raises(Failure, match="connection refused") as raised:
        world.publish(state=state, tenants={"T1": {}})
    assert raised.value.code == "owner_required" and raised.value.details["owners"] == {
        "one": ["T1/A1"],
        "two": ["T1/A2", "T1/A3"],
    }
    assert "'one' owns T1/A1; 'two' owns T1/A2, T1/A3" in str(raised.value) and world.bigip.stored == before
    assert world.publish(state=state, tenants={"T1": {}}, owner="one")["changed"]


def test_released_leaves_the_traffic_alone() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    before = addresses(world)
    done = world.publish(state="released", tenants={"T1": {}})
    assert done["changed"] and done["tenants"]["T1"]["action"] == "release"
    assert mark.of(world.bigip.stored["T1"]["A1"]) is None and addresses(world) == before
    again = world.publish(state="released", tenants={"T1": {}})
    assert not again["changed"] and again["warnings"] == [
        "Tenant T1 also contains applications of other owners; they stay unchanged: A1."
    ]


@pytest.mark.parametrize(("options", "requests"), [({"owner": OWNER}, 0), ({}, 3)])
def test_requests_to_the_cluster_are_counted(options: dict[str, Any], requests: int) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.requests = 3
    result = world.publish(state="absent", tenants={"T1": {}}, **options)
    assert result["requests"]["kubernetes"] == requests and result["timings"]["kubernetes"] == 0


def test_a_removal_looks_for_no_drift() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.reads.clear()
    world.publish(check_mode=True, state="absent", owner=OWNER, applications=[{"tenant": "T2"}])
    assert world.bigip.reads == {"declaration": 1}


def of(owner: str | None) -> dict[str, Any]:
    application: dict[str, Any] = {"class": "Application"}
    return application if owner is None else mark.put(application, {"owner": owner})


STORED = {
    "T2": {"class": "Tenant", "B": of("two"), "A": of("one"), "C": of(None)},
    "T1": {"class": "Tenant", "B": of("one"), "A": of("one"), "D": of("three")},
    "T3": {"class": "Tenant", "A": of("four")},
}
NAMED = [
    {"tenant": "T2"},
    {"tenant": "T1", "application": "B"},
    {"tenant": "T1", "application": "A"},
    {"tenant": "T1", "application": "C"},
]


def read(stored: Any, uid: str | Failure = "uid", **more: Any) -> Goals:
    cluster = FakeCluster(uid_failure=uid if isinstance(uid, Failure) else None)
    cluster.requests = 3
    options = PublishOptions.from_params({"applications": NAMED, "state": "absent", **more})
    request = publishing.check(options, False)
    assert isinstance(request, RemovalRequest)
    unused: Any = None
    kubernetes = contextlib.nullcontext(Kubernetes(cluster, unused))
    return RemovalGoals(options, request, lambda: kubernetes).read(unused, stored)


@pytest.mark.parametrize(
    ("stored", "given", "owner", "requests"),
    [
        (STORED, {}, OWNER, 3),
        (STORED, {"owner": "me"}, "me", 0),
        ({}, {}, "", 0),
        ({"T3": STORED["T3"]}, {}, "", 0),
    ],
    ids=["published", "an owner", "nothing is stored", "nothing that is named is stored"],
)
def test_the_goals(stored: Any, given: dict[str, Any], owner: str, requests: int) -> None:
    goals = read(stored, **given)
    rules = Rules(state="absent", owner=owner)
    expected = [TenantGoal("T1", {"A": {}, "B": {}, "C": {}}), TenantGoal("T2", None)]
    assert goals == Goals(rules, expected, requests=requests)
    assert list(goals.tenants[0].applications or ()) == ["A", "B", "C"]


def test_the_owners_are_named_in_order_with_the_applications_that_are_meant() -> None:
    fault = Failure("kubernetes_unreachable", "reading Namespace kube-system", said="connection refused")
    with pytest.raises(Failure) as raised:
        read(STORED, fault)
    owned = {"one": ["T1/A", "T1/B", "T2/A"], "two": ["T2/B"]}
    expected = Failure(
        "owner_required",
        "state: absent without owner takes the UID of the cluster, which could not be read: "
        "reading Namespace kube-system",
        said="connection refused",
        remedy="Set owner to the owner of the applications that you mean. "
        "On BIG-IP, 'one' owns T1/A, T1/B, T2/A; 'two' owns T2/B.",
        owners=owned,
    )
    assert raised.value.as_dict() == expected.as_dict()
