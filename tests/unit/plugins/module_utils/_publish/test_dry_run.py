# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode with dry_run: AS3's verdict on each tenant that would change, and nothing stored."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish import dry_run
from ansible_collections.vks.bigip.tests.unit.support.publishing import FakeBigIp, World, app, pool

WEB = {"web": pool("10.0.0.1:61001", "10.0.0.2:61002")}


def item(tenant: str, application: str = "A1", **more: Any) -> dict[str, Any]:
    return app(tenant, application, virtual_server=None, **more)


def published(*tenants: str, theirs: tuple[str, ...] = ()) -> World:
    """Our application A1 in these tenants, beside those of another owner in some; then the Service gets a third member."""
    world = World(WEB)
    if tenants:
        world.publish(applications=[item(tenant) for tenant in tenants])
    if theirs:
        world.publish(applications=[item(tenant, "Theirs") for tenant in theirs], owner="them")
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    return world


def judged(world: World, **options: Any) -> dict[str, Any]:
    """The result of a dry run, which must have changed nothing."""
    before = copy.deepcopy((world.bigip.stored, world.bigip.device))
    result = world.publish(check_mode=True, **{"dry_run": True, "tenants_per_post": 20, **options})
    assert (world.bigip.stored, world.bigip.device) == before and not world.bigip.removed
    return result


def sent(world: World) -> list[tuple[str | None, set[str]]]:
    """Each request: the tenant of its path, and the tenants or applications in it. All ask for a dry run, and none has a key of the lock."""
    found = []
    for tenant, body in world.bigip.posts:
        if tenant is None:
            assert (body["class"], body["action"]) == ("AS3", "dry-run")
            body = body["declaration"]
        else:
            assert body["controls"]["class"] == "Controls" and body["controls"]["dryRun"] is True
        parts = {
            name: value
            for name, value in body.items()
            if isinstance(value, dict) and value["class"] in ("Tenant", "Application")
        }
        assert not any("optimisticLockKey" in value for value in parts.values())
        found.append((tenant, set(parts)))
    return found


@pytest.mark.parametrize(
    ("options", "requests"),
    [
        pytest.param({"applications": [item("New")]}, [("New", {"A1"})], id="a new tenant, by application"),
        pytest.param(
            {"applications": [item("New"), item("T1")], "bulk_create": True},
            [(None, {"T1", "New"})],
            id="whole tenants",
        ),
        pytest.param({"applications": [item("T1"), item("T2")]}, [(None, {"T1", "T2"})], id="in one POST"),
        pytest.param(
            {"applications": [item("T1"), item("T2")], "tenants_per_post": 1},
            [(None, {"T1"}), (None, {"T2"})],
            id="in a POST each",
        ),
        pytest.param(
            {"applications": [item("Shared")]}, [("Shared", {"A1"})], id="beside applications of others"
        ),
        pytest.param(
            {"applications": [item("New")], "tenants": {"New": {"label": "x"}}},
            [(None, {"New"})],
            id="a new tenant with properties",
        ),
        pytest.param(
            {"applications": [item("T1")], "prune": "owner"}, [(None, {"T1", "T2"})], id="a removal"
        ),
        pytest.param({"state": "absent", "tenants": {"T1": {}, "Shared": {}}}, [(None, {"T1"})], id="absent"),
        pytest.param(
            {"state": "released", "tenants": {"T1": {}, "Shared": {}}},
            [("Shared", {"A1"}), (None, {"T1"})],
            id="released",
        ),
    ],
)
def test_what_is_sent(options: dict[str, Any], requests: list[tuple[str | None, set[str]]]) -> None:
    world = published("T1", "T2", "Shared", theirs=("Shared",))
    result = judged(world, **options)
    assert sent(world) == requests and "failure" not in result and result["changed"]
    assert world.clock.now == 0, "it waits for nothing"
    assert not [text for text in result["warnings"] if "dry" in text.lower()]
    names = {name for tenant, parts in requests for name in (parts if tenant is None else {tenant})}
    assert {
        name: (entry["code"], entry["message"]) for name, entry in result["tenants"].items() if name in names
    } == dict.fromkeys(names, (200, "success"))


def test_beside_applications_of_others_only_what_changes_is_judged() -> None:
    """Nothing is asked about the removal of A3."""
    world = World({**WEB, "other": pool("10.0.9.1:61001", service="other")})
    kept = item("Shared", "A2", service="other")
    world.publish(applications=[item("Shared"), kept, item("Shared", "A3")])
    world.publish(applications=[item("Shared", "Theirs")], owner="them")
    world.bigip.posts.clear()
    judged(world, applications=[item("Shared", member={"ratio": 3}), kept], prune=True)
    assert sent(world) == [("Shared", {"A1"})]
    world.bigip.posts.clear()
    result = judged(world, applications=[item("Shared"), kept], prune=True)
    assert result["tenants"]["Shared"]["message"] == "would update" and not world.bigip.posts


def test_what_is_judged_is_the_end_of_all_steps() -> None:
    world = published("T1")
    world.cluster.by_service["web"] = pool("10.0.1.1:31000", mode="nodeport")
    judged(world, applications=[item("T1")])
    ((_tenant, body),) = world.bigip.posts
    assert body["declaration"]["T1"]["A1"]["pool"]["members"] == [
        {"servicePort": 31000, "serverAddresses": ["10.0.1.1"], "shareNodes": True}
    ]


def test_requests() -> None:
    world = published("T1", "T2")
    judged(world, applications=[item("T1"), item("T2"), item("New")])
    assert world.bigip.reads == {"declaration": 1, "pools": 1, "info": 1} and len(world.bigip.posts) == 2
    world.publish(applications=[item("T1"), item("T2")])
    world.bigip.reads.clear()
    world.bigip.posts.clear()
    assert not judged(world, applications=[item("T1"), item("T2")])["changed"]
    assert world.bigip.reads == {"declaration": 1, "pools": 1} and not world.bigip.posts, (
        "AS3 is not asked where nothing would change"
    )


def test_the_prediction_is_the_same_as_without() -> None:
    world = published("T1", "T2")
    options: dict[str, Any] = {"applications": [item("T1"), item("New")], "prune": "owner"}
    without, with_it = world.publish(check_mode=True, **options), judged(world, **options)
    assert all(without[key] == with_it[key] for key in ("changed", "counts", "pools", "declaration", "diff"))
    assert without["tenants"]["T1"]["message"] == "would update"


INVALID = {
    "code": 422,
    "message": "declaration is invalid",
    "errors": ["/T1/A1/pool/members/0/servicePort: should be <= 65535"],
    "tenant": ["T1"],
}


def test_a_refusal_in_the_words_of_as3() -> None:
    world = published("T1", "T2")
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of(copy.deepcopy(INVALID)))
    result = judged(world, applications=[item("T1"), item("T2")])
    (failure,) = result["failure"]["tenants"]
    assert (failure["code"], failure["response"], failure["path"]) == (
        422,
        INVALID["errors"][0],
        "/T1/A1/pool/members/0/servicePort",
    )
    assert (
        failure["message"]
        == f"AS3 would not publish tenant T1 (declaration is invalid): {INVALID['errors'][0]}."
    )
    assert (
        failure["input"] == "applications[0].pool.members.0.servicePort"
        and failure["message"] in result["failure"]["message"]
    )
    assert (result["tenants"]["T1"]["code"], result["tenants"]["T1"]["message"]) == (422, failure["message"])
    assert result["tenants"]["T2"]["message"] == "success" and sent(world) == [
        (None, {"T1", "T2"}),
        (None, {"T2"}),
    ]
    assert result["changed"], "of T2"


def test_no_change_in_the_words_of_as3() -> None:
    world = published("T1")
    world.bigip.answers.append(
        lambda bigip, body, tenant: outcome_of(
            {"results": [{"code": 200, "message": "no change", "tenant": "T1"}]}
        )
    )
    result = judged(world, applications=[item("T1")])
    assert (result["tenants"]["T1"]["action"], result["tenants"]["T1"]["message"]) == ("update", "no change")


VERSIONS = {
    "3.56.0": True,
    "3.50.0": True,
    "3.50": True,
    "3.100.0": True,
    "4.0.0": True,
    "3.49.0": False,
    "3.8": False,
    "": False,
}


@pytest.mark.parametrize(("version", "asked"), VERSIONS.items())
def test_versions(version: str, asked: bool) -> None:
    world = published("T1")
    world.bigip.version = version
    result = judged(world, applications=[item("T1"), item("New")])
    assert "failure" not in result and bool(world.bigip.posts) == asked
    needs = f"dry_run needs AS3 3.50.0 or later, and BIG-IP has {version or 'unknown'}"
    assert result["warnings"] == ([] if asked else [f"{needs}: AS3 did not judge New, T1."])
    assert result["tenants"]["New"]["message"] == ("success" if asked else "would create")


@pytest.mark.parametrize("state", ["present", "absent", "released"])
def test_without_check_mode_it_is_refused_before_anything_is_read(state: str) -> None:
    world = World(WEB)
    with pytest.raises(Failure, match="dry_run: .*--check") as raised:
        world.publish(applications=[item("T1")], dry_run=True, state=state)
    assert raised.value.code == "invalid_options" and not world.bigip.reads and not world.cluster.entered


@pytest.mark.parametrize(("on_error", "asked"), [("continue", [("T2", {"A1"})]), ("stop", [])])
def test_a_tenant_that_is_held_is_not_judged(on_error: str, asked: list[Any]) -> None:
    world = World(WEB)
    result = judged(world, applications=[item("T1", service="nope"), item("T2")], on_error=on_error)
    assert [failure["code"] for failure in result["failure"]["tenants"]] == ["service_not_found"] and sent(
        world
    ) == asked


def test_an_answer_that_is_lost_is_asked_for_again() -> None:
    world = published("T1")
    world.bigip.answers.append(lambda bigip, body, tenant: unknown("the connection broke"))
    assert (
        judged(world, applications=[item("T1")])["tenants"]["T1"]["message"] == "success"
        and len(world.bigip.posts) == 2
    )
    assert world.clock.now == 2
    world.bigip.answers += [lambda bigip, body, tenant: unknown("the connection broke")] * 9
    result = judged(world, applications=[item("T1")])
    (failure,) = result["failure"]["tenants"]
    assert (
        failure["code"] == "outcome_unknown"
        and failure["response"] == "the connection broke"
        and not result["changed"]
    )
    assert (
        failure["message"]
        == "AS3 did not judge tenant T1: the connection broke. Nothing was changed. Run again."
    )


def gone(bigip: FakeBigIp, body: dict[str, Any], tenant: str | None) -> Outcome:
    raise Failure("bigip_unreachable", "Sending the declaration to AS3", said="connection refused")


def test_a_bigip_that_cannot_be_reached_any_more() -> None:
    world = published("T1", "T2")
    world.bigip.answers.append(gone)
    result = judged(world, applications=[item("T1"), item("T2")], tenants_per_post=1)
    assert [(failure["tenant"], failure["code"]) for failure in result["failure"]["tenants"]] == [
        ("T1", "bigip_unreachable")
    ]
    assert len(world.bigip.posts) == 1 and result["tenants"]["T2"]["message"] == "would update"


def test_a_bigip_that_is_lost_for_one_tenant_of_a_post_is_asked_nothing_more() -> None:
    """AS3 refuses T1, and the connection breaks when T2 is asked about alone."""
    world = published("T1", "T2", "T3")
    items = [item("T1"), item("T2"), item("T3")]
    world.bigip.answers += [lambda bigip, body, tenant: outcome_of(copy.deepcopy(INVALID)), gone]
    result = judged(world, applications=items, tenants_per_post=2)
    codes = [(failure["tenant"], failure["code"]) for failure in result["failure"]["tenants"]]
    assert codes == [("T1", 422), ("T2", "bigip_unreachable")] and len(world.bigip.posts) == 2


def test_an_as3_that_does_it_after_all_is_an_error() -> None:
    """F5's issue 795 was such a fault of AS3 3.49."""
    world = published("T1", "T2", "T3")

    def deploys(bigip: FakeBigIp, body: dict[str, Any], tenant: str | None) -> Outcome:
        del body["action"]
        return bigip.accept(body, tenant)

    world.bigip.answers.append(deploys)
    items = [item("T1"), item("T2"), item("T3")]
    result = world.publish(check_mode=True, dry_run=True, applications=items, tenants_per_post=20)
    what = "AS3 3.56.0 carried out the dry run of T1, T2, T3 instead of judging it"
    expected = Failure("dry_run_ignored", what, remedy="Check the state of BIG-IP, and run without dry_run.")
    assert [failure["message"] for failure in result["failure"]["tenants"]] == [expected.message] * 3
    assert result["changed"] and {failure["code"] for failure in result["failure"]["tenants"]} == {expected.code}


def test_a_removal_is_never_sent() -> None:
    """AS3 has no dry run of a DELETE."""
    world = World(WEB)
    world.bigip.stored["T1"] = {"A1": {}}
    with pytest.raises(AssertionError, match="AS3 would remove T1/A1"):
        dry_run._DryRun(world.bigip, {}).remove("T1", "A1")  # type: ignore[arg-type]


def test_the_users_controls_are_sent_too() -> None:
    world = published(theirs=("Shared",))
    content = {"class": "Application", "pool": {"class": "Pool"}}
    declaration = {
        "class": "ADC",
        "controls": {"class": "Controls", "logLevel": "debug"},
        "Shared": {"class": "Tenant", "A1": content},
    }
    judged(world, declaration=declaration, pools=[])
    assert [body["controls"] for _tenant, body in world.bigip.posts] == [
        {"class": "Controls", "logLevel": "debug", "dryRun": True}
    ]


def test_warnings_of_as3_are_given_without_the_echo_of_the_dry_run() -> None:
    world = World(WEB)
    echo, more = "dryRun true found in Tenant controls", "The property is deprecated"

    def warning(bigip: FakeBigIp, body: dict[str, Any], tenant: str | None) -> Outcome:
        warnings = [{"message": echo}, {"message": more}]
        result = {"code": 200, "message": "success", "tenant": "New", "dryRun": True, "warnings": warnings}
        return outcome_of({"results": [result]})

    world.bigip.answers.append(warning)
    assert judged(world, applications=[item("New")])["warnings"] == [more]


def test_progress_names_the_tenants_that_as3_is_asked_about() -> None:
    world = published("T1", "T2")
    world.progress.clear()
    world.cluster.by_service["web"] = pool("10.0.0.1:61001")
    judged(world, applications=[item("T1"), item("T2")])
    assert world.progress == ["asking AS3 about T1, T2"]


def test_a_lost_answer_is_asked_for_three_times_and_not_after_the_deadline() -> None:
    for timeout, requests in ((300, 3), (1, 2)):
        world = World(WEB)
        world.bigip.answers += [lambda bigip, body, tenant: unknown("the connection broke")] * 9
        (failure,) = judged(world, applications=[item("New")], timeout=timeout)["failure"]["tenants"]
        assert failure["code"] == "outcome_unknown" and len(world.bigip.posts) == requests
