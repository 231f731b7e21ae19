# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine against both sides in memory."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import left_out
from ansible_collections.vks.bigip.plugins.module_utils._ownership import claims, mark, owners
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, World, app, member, pool

WEB = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}


def addresses(world: World, path: str = "/T1/A1/pool") -> list[str]:
    return sorted(f"{address}:{port}" for address, port in world.bigip.device[path])


def never_more_than_half(world: World) -> None:
    for path, lost, answering in world.bigip.lost_answering:
        assert lost * 2 <= answering, f"{path} lost {lost} of {answering} members that could answer in one POST"


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


def test_check_mode_posts_nothing_and_foretells_the_run() -> None:
    world = World(WEB)
    foretold = world.publish(check_mode=True, applications=[app()])
    assert world.bigip.posts == []
    done = world.publish(applications=[app()])
    for key in ("changed", "counts", "pools", "declaration", "diff"):
        assert foretold[key] == done[key], key
    assert foretold["tenants"]["T1"]["message"] == "would create"
    assert [entry["pod"] for entry in foretold["tenants"]["T1"]["members_added"]] == ["web-61001", "web-61002"]
    assert "10.0.0.1:61001 Pod web-61001 on node-1" in foretold["diff"][0]["after"]


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


def test_replacement_goes_union_first_and_waits_for_monitors() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "checking"

    def monitors(now: float) -> None:
        if now > 5:
            for states in world.bigip.device.values():
                for key in states:
                    states[key] = member(*key)

    world.clock.on_sleep = monitors
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", "10.0.1.2:31000", mode="nodeport")
    world.bigip.lost_answering.clear()
    done = world.publish(applications=[app()])
    assert "failure" not in done and world.clock.now > 5
    bodies = [[entry["serverAddresses"] for entry in post[1]["T1"]["A1"]["pool"]["members"]] for post in world.bigip.posts[1:]]
    assert bodies == [[["10.0.0.1"], ["10.0.0.2"], ["10.0.1.1", "10.0.1.2"]], [["10.0.1.1", "10.0.1.2"]]]
    never_more_than_half(world)


def test_new_members_that_do_not_come_up_keep_the_union_and_fail() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.state_of_new = "down"
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    done = world.publish(applications=[app()], wait_up=10)
    assert done["failure"]["tenants"][0]["code"] == "members_not_up"
    assert "10.0.1.1:31000" in done["failure"]["message"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002", "10.0.1.1:31000"]
    assert 10 <= world.clock.now < 20


def test_scale_down_of_pods_that_still_answer_goes_in_slices() -> None:
    many = [f"10.0.0.{number}:61000" for number in range(1, 9)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.lost_answering.clear()
    world.cluster.by_service["web"] = pool(many[0], left_out=("a", "b"))
    world.publish(applications=[app()])
    assert addresses(world) == ["10.0.0.1:61000"]
    never_more_than_half(world)
    assert len(world.bigip.posts) == 4  # create, 8 -> 4 -> 2 -> 1


def test_slices_without_end_fail() -> None:
    """AS3 says that it has done it, and stores nothing of it."""
    many = [f"10.0.0.{number}:61000" for number in range(1, 9)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of({"results": [{"code": 200, "message": "success", "tenant": "T1"}]})] * 50
    world.cluster.by_service["web"] = pool(many[0], left_out=("a", "b"))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["code"] == "endless" and failure["message"].startswith("Tenant T1 still differs from what was sent after 40 POSTs")
    assert len(world.bigip.posts) == 41


def test_changed_ratio_goes_in_slices() -> None:
    many = [f"10.0.0.{number}:61000" for number in range(1, 5)]
    world = World({"web": pool(*many)})
    world.publish(applications=[app()])
    world.bigip.lost_answering.clear()
    world.publish(applications=[app(member={"ratio": 5})])
    never_more_than_half(world)
    assert {state.ratio for state in world.bigip.device["/T1/A1/pool"].values()} == {5}


def test_absent_reads_of_the_cluster_its_uid_only() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    world.cluster.entered = 0
    predicted = world.publish(check_mode=True, state="absent", applications=[{"tenant": "T1", "application": "A1"}])
    result = world.publish(state="absent", applications=[{"tenant": "T1", "application": "A1"}])
    assert predicted["counts"] == result["counts"] and result["changed"] and result["tenants"]["T1"]["action"] == "update"
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
    assert done["failure"]["tenants"][0]["code"] == "not_ours" and not done["changed"] and "T1" in world.bigip.stored


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
@pytest.mark.parametrize("code", ["kubernetes_unreachable", "kubernetes_unauthorized", "owner_required", "kubernetes_options"])
def test_without_owner_and_cluster_the_owners_found_are_named(state: str, code: str) -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner="one")
    world.publish(applications=[app(application="A2", virtual_server=None), app(application="A3", virtual_server=None)], owner="two")
    world.cluster.uid_failure = Failure(code, "reading Namespace kube-system", said="connection refused")
    before = copy.deepcopy(world.bigip.stored)
    with pytest.raises(Failure, match="connection refused") as raised:
        world.publish(state=state, tenants={"T1": {}})
    assert raised.value.code == "owner_required" and raised.value.details["owners"] == {"one": ["T1/A1"], "two": ["T1/A2", "T1/A3"]}
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
    assert not again["changed"] and again["warnings"] == ["Tenant T1 also contains applications of other owners; they stay unchanged: A1."]


def test_a_fault_of_one_tenant_holds_that_tenant_only() -> None:
    world = World(WEB)
    done = world.publish(applications=[app(), app("T2", service="nope", virtual_server=None)])
    assert done["tenants"]["T1"]["action"] == "create" and done["tenants"]["T2"]["action"] == "hold"
    assert done["failure"]["tenants"] == [
        {
            "tenant": "T2",
            "code": "service_not_found",
            "message": "Service not found. Create it.",
            "summary": "Service not found",
            "object": "/T2",
            "said": None,
            "response": None,
            "remedy": "Create it.",
            "path": "applications[1]",
            "applications": ["A1"],
        }
    ]
    assert list(world.bigip.stored) == ["T1"] and done["changed"]


def test_further_faults_of_a_tenant_are_listed_without_the_first() -> None:
    items = [app(service="nope", virtual_server=None), app(application="A2", service="none", virtual_server=None), app(application="A3", virtual_server=None)]
    (failure,) = World(WEB).publish(applications=items)["failure"]["tenants"]
    assert (failure["path"], [fault["path"] for fault in failure["faults"]]) == ("applications[0]", ["applications[1]"])
    assert failure["applications"] == ["A1", "A2"]


def test_on_error_stop_posts_nothing_if_a_tenant_has_a_fault() -> None:
    world = World(WEB)
    done = world.publish(applications=[app(), app("T2", service="nope", virtual_server=None)], on_error="stop")
    assert world.bigip.posts == [] and not done["changed"] and done["tenants"]["T1"]["action"] == "hold"


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


@pytest.mark.parametrize(
    ("stored_owner", "options", "code"),
    [
        ("them", {}, "not_ours"),
        ("them", {"adopt": "unmarked"}, "not_ours"),
        (None, {}, "unmarked"),
        (None, {"adopt": "unmarked"}, None),
    ],
)
def test_ownership(stored_owner: str | None, options: dict[str, Any], code: str | None) -> None:
    world = World(WEB)
    world.publish(applications=[app()], owner=stored_owner or "x")
    if stored_owner is None:
        world.publish(state="released", tenants={"T1": {}}, owner="x")
    done = world.publish(applications=[app()], **options)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    if code is None:
        assert done["tenants"]["T1"]["action"] == "update" and mark.owner(world.bigip.stored["T1"]["A1"]) == OWNER
        assert not world.publish(applications=[app()])["changed"]


def test_prune_removes_our_applications_that_are_no_longer_listed() -> None:
    world = World(WEB)
    world.publish(applications=[app(), app(application="A2", virtual_server=None)])
    assert not world.publish(applications=[app()])["changed"]
    done = world.publish(applications=[app()], prune=True)
    assert done["changed"] and list(mark.applications(world.bigip.stored["T1"])) == ["A1"]


def test_drift_is_repaired() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    del world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)]
    assert not world.publish(applications=[app()], detect_drift=False)["changed"]
    done = world.publish(applications=[app()])
    assert done["tenants"]["T1"]["action"] == "restore" and done["tenants"]["T1"]["drifted"] == ["/T1/A1/pool"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    assert not world.publish(applications=[app()])["changed"]


@pytest.mark.parametrize(
    ("by_hand", "setting"),
    [({"ratio": 5}, {}), ({"ratio": 1}, {"ratio": 5}), ({"priority": 3}, {}), ({"limit": 1}, {"connectionLimit": 9}), ({}, {"adminState": "disable"})],
)
def test_settings_changed_by_hand_are_repaired_in_slices(by_hand: dict[str, int], setting: dict[str, Any]) -> None:
    world = World({"web": pool(*(f"10.0.0.{number}:6100{number}" for number in range(1, 5)))})
    items = [app(member=setting)]
    world.publish(applications=items)
    stored = json.dumps(world.bigip.stored)
    assert not world.publish(applications=items)["changed"]
    world.bigip.device["/T1/A1/pool"] = {key: member(*key, **by_hand) for key in world.bigip.device["/T1/A1/pool"]}
    world.bigip.lost_answering.clear()
    foreseen = world.publish(applications=items, check_mode=True)
    done = world.publish(applications=items)
    assert foreseen["tenants"]["T1"]["action"] == done["tenants"]["T1"]["action"] == "restore" and "failure" not in done
    never_more_than_half(world)
    assert json.dumps(world.bigip.stored) == stored and not world.publish(applications=items)["changed"]


def test_lock_conflict_is_read_again_and_planned_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def someone_else(bigip: Any, body: Any, tenant: Any) -> None:
        bigip.stored["T1"]["Other"] = {"class": "Application", "constants": {"class": "Constants", "x": 1}}

    world.bigip.answers.append(someone_else)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "failure" not in done and "Other" in world.bigip.stored["T1"] and len(addresses(world)) == 3


def test_conflicts_without_end_fail_and_say_so() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    text = "The hash you submitted does not match the hash on the current Tenant. This usually indicates ..."
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of({"results": [{"code": 422, "message": text, "tenant": "T1"}]})] * 9
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["response"] == text and len(world.bigip.posts) == 6


def test_a_conflict_without_end_names_who_changed_the_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(applications=[app(application="A2", virtual_server=None)])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")

    def other_job(bigip: Any, body: Any, tenant: Any) -> None:
        """Of the same owner, so that the tenant stays one that is posted whole; and it is always the first."""
        bigip.stored["T1"]["A2"]["remark"] = f"change {len(bigip.posts)}"

    world.bigip.answers += [other_job] * 9
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["message"].endswith(f"Meanwhile changed: application A2 (owner {OWNER}).")
    assert done["failure"]["message"] == failure["message"]


def test_a_node_of_another_tenant_is_explained() -> None:
    world = World(WEB)
    text = "The node /T1/10.0.0.1 conflicts with /Common/10.0.0.1"
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"results": [{"code": 422, "message": "failed", "response": text, "tenant": "T1"}]}))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == text and "must set shareNodes: true" in failure["message"]


def test_the_fault_comes_before_the_tenants_it_kept_from_their_turn() -> None:
    world = World(WEB)

    def forbidden(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_forbidden", "Sending the declaration", said="HTTP 403")

    world.bigip.answers.append(forbidden)
    world.bigip.stored["T9"] = {"class": "Tenant"}
    done = world.publish(applications=[app("T9"), app("T1", virtual_server=None)], tenants_per_post=1)
    assert {entry["tenant"]: entry["code"] for entry in done["failure"]["tenants"]} == {"T1": "stopped", "T9": "bigip_forbidden"}
    assert "First, tenant T9: Sending the declaration: HTTP 403" in done["failure"]["message"]


def test_share_nodes_is_not_switched_off_under_a_shared_tenant() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.posts.clear()
    for check_mode in (True, False):
        done = world.publish(check_mode, applications=[app(member={"shareNodes": False})])
        failure = done["failure"]["tenants"][0]
        assert failure["code"] == "shared_nodes" and failure["nodes"] == ["10.0.0.1", "10.0.0.2"]
        assert "/T1/A1/pool" in failure["message"] and "two steps" in failure["message"] and not world.bigip.posts
    world.publish(state="absent", applications=[{"tenant": "T1", "application": "A1"}])
    assert "failure" not in world.publish(applications=[app(member={"shareNodes": False})])
    assert not world.publish(applications=[app(member={"shareNodes": False})])["changed"]


@pytest.mark.parametrize(
    ("mode", "network", "word", "refused"),
    [
        ("cluster", "nsx_vpc", False, True),
        ("cluster", "nsx_t1", False, True),
        ("cluster", "nsx_vpc", True, False),
        ("cluster", "vsphere", False, False),
        ("nodeport", "nsx_vpc", False, False),
    ],
)
def test_what_f5_has_not_validated_needs_a_word(mode: str, network: str, word: bool, refused: bool) -> None:
    world = World(WEB)
    options = {"applications": [app()], "pool_member_type": mode, "network_provider": network, "allow_unvalidated": word}
    if not refused:
        assert world.publish(**options)["changed"]
        return
    with pytest.raises(Failure, match="allow_unvalidated") as caught:
        world.publish(**options)
    assert caught.value.code == "not_validated" and caught.value.details["path"] == "applications[0]"
    assert not world.bigip.reads and not world.cluster.entered


def test_what_f5_has_not_validated_needs_a_word_for_labelled_services_too() -> None:
    labels = {"cis.f5.com/as3-tenant": "T1", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}
    world = World(WEB, services=[Service("default", "web", ports=(ServicePort("http", 80, "TCP", 8080, None),), labels=labels)])
    declaration = {"class": "ADC", "T1": {"class": "Tenant", "A1": {"class": "Application", "web_pool": {"class": "Pool"}}}}
    with pytest.raises(Failure, match="Service default/web: .*allow_unvalidated"):
        world.publish(declaration=declaration, label_namespaces=["default"], pool_member_type="cluster", network_provider="nsx_vpc")
    assert not world.bigip.posts


def test_a_tenant_without_applications_is_told_of() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    done = world.publish(declaration={"class": "ADC", "T1": {"class": "Tenant"}}, pools=[])
    assert not done["changed"] and any("T1 of the declaration has no application" in text for text in done["warnings"])
    result = world.publish(declaration={"class": "ADC", "T1": {"class": "Tenant"}}, pools=[], prune=True)
    assert not result["changed"] and "A1" in world.bigip.stored["T1"], "an empty tenant is not one in which all shall go"


def test_a_script_that_goes_on_alone_is_waited_for() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")

    def slow(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        said = "TMSH CLI script taking longer than expected"
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": "T1"}], "code": 422})

    before = world.clock.now
    world.bigip.answers.append(slow)
    done = world.publish(applications=[app()])
    assert "failure" not in done and done["changed"] and world.clock.now - before >= 5
    assert len(world.bigip.stored["T1"]["A1"]["pool"]["members"]) == 3 and not world.publish(applications=[app()])["changed"]
    world.cluster.by_service["web"] = pool(*(f"10.0.0.{number}:6100{number}" for number in (1, 2, 3, 4)))
    world.bigip.answers += [slow] * 9
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == "TMSH CLI script taking longer than expected" and "busy" in failure["message"]


def test_applications_alone_that_as3_does_not_take_have_a_way_out() -> None:
    world = World(WEB)
    said = "Error: Per-application deployment has been disabled on the settings endpoint"
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"code": 400, "message": said}))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == said and "bulk_create" in failure["message"] and "perAppDeploymentAllowed" in failure["message"]


def test_lost_answer_after_the_post_was_done() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def lost(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.accept(body, tenant)
        return unknown("the connection broke")

    world.bigip.answers.append(lost)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "failure" not in done and len(world.bigip.posts) == 2 and len(addresses(world)) == 3


def test_lost_answer_before_the_post_was_done() -> None:
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, tenant: unknown("HTTP 500"))
    done = world.publish(applications=[app()])
    assert "failure" not in done and len(world.bigip.posts) == 2 and len(addresses(world)) == 2


def test_failed_script_that_deleted_members_is_healed() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def fails_half_way(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"].clear()
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": "0107176c:3: Invalid Node.", "tenant": "T1"}], "code": 422})

    world.bigip.answers.append(fails_half_way)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    failure = done["failure"]["tenants"][0]
    assert failure["code"] == 422 and failure["response"] == "0107176c:3: Invalid Node." and "were put back" in failure["message"]
    assert addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]


def test_new_members_of_a_post_that_could_not_be_stored_are_not_taken_away_again() -> None:
    world = World(WEB)
    world.publish(applications=[app()])

    def changed_but_not_stored(bigip: Any, body: Any, tenant: Any) -> Any:
        bigip.device["/T1/A1/pool"][("10.0.0.3", 61003)] = member("10.0.0.3", 61003)
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "response": "01020057:3", "tenant": "T1"}]})

    world.bigip.answers.append(changed_but_not_stored)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    done = world.publish(applications=[app()])
    assert "put back" not in done["failure"]["message"] and len(addresses(world)) == 3
    assert world.publish(applications=[app()])["changed"] and len(addresses(world)) == 3


def test_what_signing_out_says_is_a_warning() -> None:
    world = World(WEB)
    world.said_at_sign_out = ["The token of this task could not be deleted."]
    assert world.publish(applications=[app()])["warnings"] == world.said_at_sign_out


def test_warnings_are_told_although_the_run_ends_in_a_failure() -> None:
    world = World(WEB, uid_failure=Failure("kubernetes_unreachable", "Reading the namespace kube-system"))
    item = app(virtual_server={"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPrt": 80})
    with pytest.raises(Failure) as caught:
        world.publish(applications=[item])
    assert [text for text in caught.value.warnings if "virtualPort" in text]


@pytest.mark.parametrize("tenant", [{}, {"tenant": ["T2"]}])
def test_the_path_in_a_refusal_of_applications_leads_to_the_users_own(tenant: dict[str, Any]) -> None:
    """AS3 judges a body of applications without the tenant around it."""
    world = World(WEB)
    error = "/A2/pool/members/0/servicePort: should be <= 65535"
    world.bigip.answers.append(lambda bigip, body, path: outcome_of({"code": 422, "errors": [error], "message": "declaration is invalid", **tenant}))
    done = world.publish(applications=[app("T2", "A1"), app("T2", "A2", virtual_server=None)])
    failure = done["failure"]["tenants"][0]
    assert failure["response"] == error and failure["path"] == "/T2/A2/pool/members/0/servicePort"
    assert failure["applications"] == ["A2"] and failure["input"] == "applications[1].pool.members.0.servicePort"


def test_a_property_that_as3_names_without_its_place() -> None:
    world = World(WEB)
    world.bigip.answers.append(lambda bigip, body, path: outcome_of({"code": 422, "message": "Invalid data property: virtualPrt"}))
    server = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.11"], "virtualPrt": 80}
    (failure,) = world.publish(applications=[app(), app(application="A2", virtual_server=server)])["failure"]["tenants"]
    assert failure["path"] == "/T1/A2/vs/virtualPrt" and failure["input"] == "applications[1].virtual_server.virtualPrt"
    assert failure["applications"] == ["A2"]


def test_a_fault_names_the_application_that_has_it() -> None:
    (failure,) = World(WEB).publish(applications=[app(), app(application="A2", service="nope", virtual_server=None)])["failure"]["tenants"]
    assert failure["path"] == "applications[1]" and failure["applications"] == ["A2"]


def test_a_refusal_of_our_own_has_its_path_and_place() -> None:
    world = World(WEB)
    items = [app(), app(application="A2", virtual_server=None, service="other")]
    world.cluster.by_service["other"] = pool("10.0.0.9:61001", service="other")
    world.publish(applications=items)
    world.cluster.by_service["other"] = pool(service="other")
    failure = world.publish(applications=items)["failure"]["tenants"][0]
    assert (failure["path"], failure["input"], failure["applications"]) == ("/T1/A2/pool", "applications[1].pool", ["A2"])
    failure = world.publish(applications=items, owner="somebody else")["failure"]["tenants"][0]
    assert (failure["code"], failure["path"], failure["input"], failure["applications"]) == ("not_ours", "/T1/A1", "applications[0]", ["A1"])


def test_a_held_tenant_loses_no_member() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    del world.cluster.by_service["web"]
    done = world.publish(applications=[app()])
    assert done["tenants"]["T1"]["action"] == "hold" and done["tenants"]["T1"]["members_removed"] == []
    assert (done["counts"]["members"], done["counts"]["members_removed"]) == (2, 0)


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
    assert done["failure"]["tenants"][0]["code"] == expected and not done["changed"] and len(world.bigip.device["/T1/A1/pool"]) == 2
    for sentence in (done["failure"]["tenants"][0]["remedy"], done["failure"]["message"]):
        assert "Pod web-61001 is mapped to 10.0.0.1" in sentence and "trust_npl_annotations: true" in sentence
        assert reason != "mapping_unverified" or "Allow list on nodes (ClusterRole vks-bigip-nodes" in sentence


@pytest.mark.parametrize(("reason", "left"), [("mapping_unverified", 2), ("mapping_outside_range", 0)])
def test_a_right_that_is_missing_empties_no_pool_whatever_empty_pool_says(reason: str, left: int) -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    out = left_out("Pod", "web-61001", reason, "Pod web-61001 is mapped to 10.0.0.1 port 61001, and more.")
    world.cluster.by_service["web"] = dataclasses.replace(pool(), left_out=(out,))
    done = world.publish(applications=[app()], empty_pool="publish")
    assert len(world.bigip.device["/T1/A1/pool"]) == left
    if left:
        assert done["failure"]["tenants"][0]["code"] == "empty_pool" and "empty_pool: publish empties it" not in done["failure"]["message"]


def test_tenant_properties_of_a_new_tenant_come_after_a_claim() -> None:
    world = World(WEB)
    done = world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})
    assert done["tenants"]["T1"]["action"] == "create"
    assert [tenant for tenant, dummy in world.bigip.posts] == ["T1", None]
    assert world.bigip.stored["T1"]["label"] == "ours" and len(addresses(world)) == 2
    assert not world.publish(applications=[app()], tenants={"T1": {"label": "ours"}})["changed"]


def test_published_mode_is_told_to_the_collector() -> None:
    world = World(WEB)
    world.publish(applications=[app()])
    world.publish(applications=[app()])
    assert world.cluster.published == {"applications[0]": "nodeportlocal"}


def test_a_key_pair_from_a_secret_is_published_renewed_and_never_shown() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nabcdef\n-----END PRIVATE KEY-----\n"
    world = World(WEB, secrets={("default", "web-tls"): {"tls.crt": b"CERT", "tls.key": key.encode()}})

    def reference(name: str) -> dict[str, Any]:
        return {"from_secret": {"namespace": "default", "name": "web-tls", "key": name}}

    item = app(
        virtual_server={"class": "Service_HTTPS", "virtualAddresses": ["192.0.2.10"], "serverTLS": "webtls"},
        objects={
            "webtls": {"class": "TLS_Server", "certificates": [{"certificate": "webcert"}]},
            "webcert": {"class": "Certificate", "certificate": reference("tls.crt"), "privateKey": reference("tls.key")},
        },
    )
    first = world.publish(applications=[item])
    assert world.bigip.stored["T1"]["A1"]["webcert"]["privateKey"] == key
    assert "abcdef" not in str(first) and key in world.hidden
    assert not world.publish(applications=[item])["changed"]
    world.cluster.secrets[("default", "web-tls")]["tls.key"] = b"RENEWED-KEY"
    done = world.publish(applications=[item])
    assert done["changed"] and "RENEWED" not in str(done) and "(changed)" in done["diff"][0]["after"]


def test_plain_text_that_as3_encrypts_is_no_change_either() -> None:
    world = World(WEB)

    def item(key: str) -> dict[str, Any]:
        discovered = {"servicePort": 80, "addressDiscovery": "aws", "accessKeyId": "id", "secretAccessKey": key, "tagKey": "k", "tagValue": "v", "region": "r"}
        return app(objects={"elsewhere": {"class": "Pool", "members": [discovered]}})

    world.publish(applications=[item("word-one")])
    entry = world.bigip.stored["T1"]["A1"]["elsewhere"]["members"][0]
    entry["secretAccessKey"] = {"ciphertext": "JE1J", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}
    assert not world.publish(applications=[item("word-one")])["changed"]
    assert world.publish(applications=[item("word-two")])["changed"]


def test_a_rotated_passphrase_is_a_change_and_an_equal_one_is_not() -> None:
    world = World(WEB)

    def item(passphrase: str) -> dict[str, Any]:
        secret = {"ciphertext": passphrase, "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"}
        return app(objects={"mon": {"class": "Monitor", "monitorType": "http", "username": "u", "passphrase": secret}})

    world.publish(applications=[item("b25l")])
    # AS3 gives back what only BIG-IP can read
    world.bigip.stored["T1"]["A1"]["mon"]["passphrase"] = {"ciphertext": "JE1J", "protected": "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0=", "miniJWE": True}
    assert not world.publish(applications=[item("b25l")])["changed"]
    assert world.publish(applications=[item("dHdv")])["changed"]


def test_an_adopted_pool_keeps_private_nodes() -> None:
    world = World(WEB)
    entries = [{"servicePort": 61001, "serverAddresses": ["10.0.0.1"]}]
    world.bigip.stored["T1"] = {"class": "Tenant", "A1": {"class": "Application", "pool": {"class": "Pool", "monitors": ["http"], "members": entries}}}
    world.bigip.apply("T1")
    done = world.publish(applications=[app(virtual_server=None)], adopt="unmarked")
    assert "failure" not in done and done["tenants"]["T1"]["action"] == "update"
    assert world.bigip.stored["T1"]["A1"]["pool"]["members"] == [*entries, {"servicePort": 61002, "serverAddresses": ["10.0.0.2"]}]
    assert not world.publish(applications=[app(virtual_server=None)])["changed"]


def test_a_bigip_that_goes_away_in_the_middle_is_one_error_and_keeps_the_report() -> None:
    world = World(WEB)

    def gone(bigip: Any, body: Any, tenant: Any) -> Any:
        raise Failure("bigip_unreachable", "Sending the declaration to AS3", said="connection refused")

    world.bigip.answers += [lambda bigip, body, tenant: bigip.accept(body, tenant), gone]
    done = world.publish(applications=[app(), app("T2", virtual_server=None), app("T3", virtual_server=None)])
    assert done["changed"] and [failure["code"] for failure in done["failure"]["tenants"]] == ["bigip_unreachable", "stopped"]
    assert len(world.bigip.posts) == 2 and list(world.bigip.stored) == ["T1"]


def test_device_group_is_synchronised_once_and_only_after_a_post() -> None:
    world = World(WEB)
    items = [app(), app("T2", virtual_server=None)]
    world.bigip.sync = SyncStatus("high-availability", "Changes Pending", "yellow", "Changes pending on bigip2.")
    done = world.publish(applications=items)
    assert done["sync"]["status"] == "Changes Pending" and any("Set sync_to_group" in text for text in done["warnings"])
    assert world.publish(applications=items, sync_to_group="/Common/dg").get("sync") is None and world.synchronised == []
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    world.publish(applications=items, sync_to_group="/Common/dg")
    assert world.synchronised == ["/Common/dg"]


def claims_of(replicas: int) -> list[Any]:
    """Those of the CIS kube-system/f5-cis with the partition kubernetes."""
    container = {"name": "cis", "image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--bigip-partition=kubernetes", "--pool-member-type", "nodeportlocal"]}
    deployment = {
        "metadata": {"namespace": "kube-system", "name": "f5-cis"},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
        "status": {"replicas": replicas},
    }
    return claims.claims([deployment, {"spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}}}], [])


@pytest.mark.parametrize(
    ("replicas", "adopt", "code"),
    [
        (1, "none", "cis_running"),
        (1, "unmarked", "cis_running"),
        (1, "cis", "cis_running"),
        (0, "none", "cis_tenant"),
        (0, "unmarked", "cis_tenant"),
        (0, "cis", None),
    ],
)
def test_a_tenant_of_a_cis(replicas: int, adopt: str, code: str | None) -> None:
    world = World(WEB)
    world.cluster.claims = claims_of(replicas)
    world.bigip.stored["T1"] = {"class": "Tenant", "label": "kubernetes", "Shared": {"class": "Application", "template": "shared"}}
    done = world.publish(applications=[app()], adopt=adopt)
    assert (done["failure"]["tenants"][0]["code"] if "failure" in done else None) == code
    if code:
        assert "kube-system/f5-cis" in done["failure"]["message"] and world.bigip.posts == []


DENIED = Failure("kubernetes_forbidden", "listing ConfigMaps", said="configmaps is forbidden", remedy="Bind a Role with this rule.")


@pytest.mark.parametrize(
    ("claim", "adopt", "code"),
    [
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True, DENIED), "unmarked", "cis_unknown"),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True, DENIED), "cis", "cis_unknown"),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"T1"}), True, DENIED), "unmarked", "cis_running"),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), False, DENIED), "unmarked", "cis_unknown"),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), False, DENIED), "cis", None),
        (owners.CisClaim("kube-system/f5-cis", frozenset({"other"}), True), "unmarked", None),
        (owners.CisClaim("", frozenset(), True, DENIED), "unmarked", "cis_unknown"),
        (owners.CisClaim("", frozenset(), True, DENIED), "none", "unmarked"),
    ],
)
def test_nothing_is_adopted_while_it_is_unknown_what_a_cis_owns(claim: owners.CisClaim, adopt: str, code: str | None) -> None:
    world = World(WEB)
    world.cluster.claims = [claim]
    world.bigip.stored["T1"] = {"class": "Tenant", "A1": {"class": "Application"}}
    done = world.publish(applications=[app(), app("T2", virtual_server=None)], adopt=adopt)
    assert [failure["code"] for failure in done.get("failure", {}).get("tenants", [])] == [code] * bool(code)
    assert "T2" in world.bigip.stored and (mark.owner(world.bigip.stored["T1"]["A1"]) is None) == bool(code), "a new tenant is published"
    if code == "cis_unknown":
        assert done["failure"]["tenants"][0]["said"] == "configmaps is forbidden" and "Bind a Role with this rule." in done["failure"]["message"]
    else:
        assert not world.publish(applications=[app("T2", virtual_server=None)])["changed"], "what is ours needs no claims"


@pytest.mark.parametrize(("tenant", "replicas", "refused"), [("kubernetes", 1, True), ("kubernetes", 0, False), ("T1", 1, False)])
def test_a_tenant_that_a_cis_is_about_to_make(tenant: str, replicas: int, refused: bool) -> None:
    world = World(WEB)
    world.cluster.claims = claims_of(replicas)
    done = world.publish(applications=[app(tenant)])
    assert [failure["code"] for failure in done.get("failure", {}).get("tenants", [])] == ["cis_running"] * refused
    assert bool(world.bigip.posts) != refused


def test_a_cis_that_is_about_to_be_scaled_to_0_is_foreseen_and_only_foreseen() -> None:
    def world() -> World:
        made = World(WEB)
        made.bigip.stored["T1"] = {"class": "Tenant", "label": "kubernetes", "Shared": {"class": "Application", "template": "shared"}}
        return made

    def told(run: dict[str, Any]) -> dict[str, Any]:
        return {part: run["tenants"]["T1"][part] for part in ("action", "applications", "members_added", "members_removed")}

    before, after = world(), world()
    before.cluster.claims, after.cluster.claims = claims_of(1), claims_of(0)
    items = [app(virtual_server=None)]
    foreseen = before.publish(applications=items, adopt="cis", assume_cis_at_rest=["kube-system/f5-cis"], check_mode=True)
    done = after.publish(applications=items, adopt="cis")
    assert told(foreseen) == told(done)
    assert foreseen["changed"] and done["changed"] and not before.bigip.posts
    other = before.publish(applications=items, adopt="cis", assume_cis_at_rest=["kube-system/another"], check_mode=True)
    assert other["failure"]["tenants"][0]["code"] == "cis_running"
    with pytest.raises(Failure, match="assume_cis_at_rest.*check mode only"):
        before.publish(applications=items, adopt="cis", assume_cis_at_rest=["kube-system/f5-cis"])


@pytest.mark.parametrize(
    ("options", "code", "left"),
    [({}, "empty_pool", 2), ({"empty_pool": "keep"}, None, 2), ({"empty_pool": "publish"}, None, 0), ({"min_members": 3}, "empty_pool", 2)],
)
def test_a_pool_whose_service_lost_its_labels_is_guarded_too(options: dict[str, Any], code: str | None, left: int) -> None:
    labels = {"cis.f5.com/as3-tenant": "T1", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}
    service = Service("default", "web", ports=(ServicePort("http", 80, "TCP", 8080, None),), labels=labels)
    world = World(WEB, services=[service])
    template = {"class": "Pool", "members": [{"servicePort": 8080, "serverAddresses": []}]}
    event = {"class": "Pool", "members": [{"servicePort": 8080, "addressDiscovery": "event"}]}
    declaration = {"class": "ADC", "schemaVersion": "3.50.0", "T1": {"class": "Tenant", "A1": {"class": "Application", "web_pool": template, "ev_pool": event}}}
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


@pytest.mark.parametrize(("name", "key", "code"), [("nope", "tls.key", "secret_not_found"), ("web-tls", "nope", "secret_key_not_found")])
def test_a_missing_secret_holds_its_tenant_only(name: str, key: str, code: str) -> None:
    world = World(WEB, secrets={("default", "web-tls"): {"tls.key": b"KEY-MATERIAL"}})
    reference = {"from_secret": {"namespace": "default", "name": name, "key": key}}
    broken = app("T2", virtual_server=None, objects={"cert": {"class": "Certificate", "privateKey": reference}})
    done = world.publish(applications=[app(), broken])
    assert [(failure["tenant"], failure["code"]) for failure in done["failure"]["tenants"]] == [("T2", code)] and list(world.bigip.stored) == ["T1"]


def test_members_put_there_by_hand_go_after_the_stored_ones_are_up() -> None:
    """Somebody pointed the pool at other members in LTM: AS3 would take them all away in one POST."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {("10.0.9.1", 80): member("10.0.9.1", 80), ("10.0.9.2", 80): member("10.0.9.2", 80, ratio=2)}
    world.bigip.state_of_new = "checking"
    world.bigip.lost_answering.clear()

    def monitors(now: float) -> None:
        if now > 5:
            for states in world.bigip.device.values():
                for key, state in states.items():
                    states[key] = member(*key, ratio=state.ratio)

    world.clock.on_sleep = monitors
    foretold = world.publish(check_mode=True, applications=[app()])
    done = world.publish(applications=[app()])
    assert "failure" not in done and done["tenants"]["T1"]["action"] == foretold["tenants"]["T1"]["action"] == "restore"
    assert world.clock.now > 5 and addresses(world) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    never_more_than_half(world)
    assert len(world.bigip.lost_answering) >= 2
    world.bigip.posts.clear()
    assert not world.publish(applications=[app()])["changed"] and not world.bigip.posts


def test_members_taken_away_by_hand_are_no_reason_to_hurry() -> None:
    """One was taken away and one put there: the one that answers stays until the missing one is up."""
    world = World(WEB)
    world.publish(applications=[app()])
    world.bigip.device["/T1/A1/pool"] = {("10.0.0.1", 61001): member("10.0.0.1", 61001, state="down"), ("10.0.9.1", 80): member("10.0.9.1", 80)}
    world.bigip.state_of_new = "down"
    done = world.publish(applications=[app()], wait_up=5)
    assert done["failure"]["tenants"][0]["code"] == "members_not_up"
    assert "10.0.9.1:80" in addresses(world) and "10.0.0.2:61002" in addresses(world)
