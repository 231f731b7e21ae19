# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting with the removals of prune last, and what is put back."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pruning import item, published, stored
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app


def test_what_another_job_of_the_same_owner_adds_in_the_meantime_stays() -> None:
    world = published("T1/A1", "T1/A2", "T2/A1")

    def other_job(bigip: Any, body: Any, tenant: Any) -> None:
        for name in ("T1", "T2"):
            bigip.stored[name]["New"] = copy.deepcopy(bigip.stored["T1"]["A1"])

    world.bigip.answers.append(other_job)
    result = world.publish(applications=[item("T1/A1")], prune="owner")
    assert "failure" not in result and stored(world) == ["T1/A1", "T1/New", "T2/New"]


def test_what_another_owner_takes_over_in_the_meantime_stays() -> None:
    world = published("T1/A1", "T1/A2", "T2/A1")

    def other_job(bigip: Any, body: Any, tenant: Any) -> None:
        for place in (bigip.stored["T1"]["A2"], bigip.stored["T2"]["A1"]):
            place["constants"]["vks_bigip"]["owner"] = "them"

    world.bigip.answers.append(other_job)
    result = world.publish(applications=[item("T1/A1")], prune="owner")
    assert "failure" not in result and stored(world) == ["T1/A1", "T1/A2", "T2/A1"]


def refused(bigip: Any, body: Any, tenant: Any) -> Any:
    """AS3 refuses what is sent for T1 and takes the rest."""
    if "T1" not in (tenant, *body):
        return bigip.accept(body, tenant)
    return outcome_of(
        {
            "results": [
                {
                    "code": 422,
                    "message": "declaration failed",
                    "response": "01070734:3: refused",
                    "tenant": "T1",
                }
            ]
        }
    )


ADDRESS = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80}

MOVED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "the only one of its tenant": (("T2/A1",), ("T1/A1",)),
    "to a tenant that has others": (("T1/A0", "T2/A1"), ("T1/A0", "T1/A1")),
    "from a tenant that has others": (("T2/A1", "T2/A2"), ("T1/A1", "T2/A2")),
}


@pytest.mark.parametrize("theirs", [(), ("T2/Theirs",)])
@pytest.mark.parametrize("virtual_server", [None, ADDRESS])
@pytest.mark.parametrize(("before", "listed"), MOVED.values(), ids=MOVED.keys())
def test_an_application_whose_new_place_as3_refuses_stays_where_it_was(
    before: tuple[str, ...], listed: tuple[str, ...], virtual_server: Any, theirs: tuple[str, ...]
) -> None:
    def items(places: tuple[str, ...]) -> list[dict[str, Any]]:
        return [
            app(*place.split("/"), virtual_server=virtual_server if place.endswith("A1") else None)
            for place in places
        ]

    world = World(WEB)
    world.publish(applications=items(before))
    for place in theirs:
        world.publish(applications=[item(place)], owner="them")
    kept, device = copy.deepcopy(world.bigip.stored), copy.deepcopy(world.bigip.device)
    world.bigip.answers += [refused] * 9
    result = world.publish(applications=items(listed), prune="owner")
    assert world.bigip.stored == kept and world.bigip.device == device
    failures = {failure["tenant"]: failure for failure in result["failure"]["tenants"]}
    assert failures["T1"]["code"] == 422
    if virtual_server:
        assert (
            failures["T2"]["code"] == "put_back"
            and "T2/A1" in failures["T2"]["message"]
            and "T1" in failures["T2"]["message"]
        )
    else:
        assert set(failures) == {"T1"} and any(
            "because of the fault in T1. No longer listed: T2/A1" in text for text in result["warnings"]
        )
    world.bigip.answers.clear()
    assert "failure" not in world.publish(applications=items(listed), prune="owner") and stored(
        world
    ) == sorted((*listed, *theirs))


@pytest.mark.parametrize("virtual_server", [None, ADDRESS])
def test_an_application_that_gets_another_name_beside_others_stays_if_as3_refuses_that(
    virtual_server: Any,
) -> None:
    """Beside applications of others each application is written, and removed, by itself."""
    world = World(WEB)
    world.publish(applications=[app("T1", "A1", virtual_server=virtual_server)])
    world.publish(applications=[item("T1/Theirs")], owner="them")
    kept, device = copy.deepcopy(world.bigip.stored), copy.deepcopy(world.bigip.device)
    world.bigip.answers.append(refused)
    options: dict[str, Any] = {
        "applications": [app("T1", "A2", virtual_server=virtual_server)],
        "prune": True,
    }
    (failure,) = world.publish(**options)["failure"]["tenants"]
    assert failure["code"] == 422 and world.bigip.stored == kept and world.bigip.device == device
    assert failure.get("note") == (
        "T1/A1, removed to free an address, was put back." if virtual_server else None
    )
    world.bigip.answers += [refused, refused] if virtual_server else [refused]
    result = world.publish(**options)
    (failure,) = result["failure"]["tenants"]
    assert result["changed"] == bool(virtual_server)
    assert (failure.get("note") or "").startswith(
        "T1/A1, removed to free an address, could not be put back: "
    ) == bool(virtual_server)
    world.bigip.stored.update(kept)
    assert "failure" not in world.publish(**options) and stored(world) == ["T1/A2", "T1/Theirs"]


def test_what_cannot_be_put_back_is_named() -> None:
    world = World(WEB)
    world.publish(applications=[app("T2")])
    world.bigip.posts.clear()
    world.bigip.answers += [
        lambda bigip, body, tenant: bigip.accept(body, tenant),
        refused,
        lambda *_more: refused(None, {"T1": 0}, None),
    ]
    result = world.publish(applications=[app("T1")], prune="owner")
    (failure,) = [failure for failure in result["failure"]["tenants"] if failure["tenant"] == "T2"]
    assert (
        failure["code"] == "removed"
        and failure["removed"] == ["T2/A1"]
        and "T2/A1" in failure["message"]
        and len(world.bigip.posts) == 3
    )


def broken(*_sent: Any) -> Any:
    raise Failure("bigip_busy", "Sending the declaration to AS3", said="busy")


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ([broken], "was put back."),
        ([broken, broken], "could not be put back: Sending the declaration to AS3"),
    ],
)
def test_an_application_that_made_way_comes_back_if_nothing_can_be_written(
    answers: list[Any], result: str
) -> None:
    world = World(WEB)
    world.publish(applications=[app("T1", "A1", virtual_server=ADDRESS)])
    world.publish(applications=[item("T1/Theirs")], owner="them")
    kept = copy.deepcopy(world.bigip.stored)
    world.bigip.answers += answers
    ended = world.publish(applications=[app("T1", "A2", virtual_server=ADDRESS)], prune=True)
    (failure,) = ended["failure"]["tenants"]
    assert failure["code"] == "bigip_busy" and failure["note"].startswith(
        f"T1/A1, removed to free an address, {result}"
    )
    assert ended["changed"] == (len(answers) == 2) and (world.bigip.stored == kept) == (len(answers) == 1)


def test_what_was_removed_before_a_removal_that_fails_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(WEB)
    world.publish(applications=[app("T1", "A1", virtual_server=ADDRESS), item("T1/A2")])
    world.publish(applications=[item("T1/Theirs")], owner="them")
    kept, remove = copy.deepcopy(world.bigip.stored), world.bigip.remove
    monkeypatch.setattr(
        world.bigip,
        "remove",
        lambda tenant, name: remove(tenant, name) if name == "A1" else refused(None, {"T1": 0}, None),
    )
    (failure,) = world.publish(applications=[app("T1", "A3", virtual_server=ADDRESS)], prune=True)["failure"][
        "tenants"
    ]
    assert (
        failure["code"] == 422
        and failure["note"] == "T1/A1, removed to free an address, was put back."
        and world.bigip.stored == kept
    )


def test_what_made_way_comes_back_although_its_own_tenant_failed_too() -> None:
    world = World(WEB)
    world.publish(applications=[item("T2/A0"), app("T2", "A1", virtual_server=ADDRESS)])
    half = {
        "results": [{"code": 422, "message": "declaration failed", "response": "refused", "tenant": "T2"}]
    }
    world.bigip.answers += [
        lambda bigip, body, tenant: (bigip.accept(body, tenant), outcome_of(half))[1],
        refused,
    ]
    ended = world.publish(
        applications=[item("T2/A0"), app("T1", "A1", virtual_server=ADDRESS)], prune="owner"
    )
    failures = {failure["tenant"]: failure for failure in ended["failure"]["tenants"]}
    assert {name: failure["code"] for name, failure in failures.items()} == {"T1": 422, "T2": 422}
    assert "Published again: T2/A1" in failures["T2"]["note"] and stored(world) == ["T2/A0", "T2/A1"]


def test_what_the_new_place_got_is_not_put_back() -> None:
    """The answer is a refusal, but AS3 holds the application there."""
    world = World(WEB)
    world.publish(applications=[app("T2")])
    world.bigip.answers += [
        lambda bigip, body, tenant: bigip.accept(body, tenant),
        lambda *sent: (sent[0].accept(*sent[1:]), refused(*sent))[1],
    ]
    result = world.publish(applications=[app("T1")], prune="owner")
    assert [failure["code"] for failure in result["failure"]["tenants"]] == [422] and stored(world) == [
        "T1/A1"
    ]


@pytest.mark.parametrize(("virtual_server", "order"), [(None, ["T1", "T2"]), (ADDRESS, ["T2", "T1"])])
def test_removals_come_last_unless_they_free_an_address(virtual_server: Any, order: list[str]) -> None:
    world = World(WEB)
    world.publish(applications=[app("T2", virtual_server=virtual_server)])
    world.bigip.posts.clear()
    world.publish(applications=[app("T1", virtual_server=virtual_server)], prune="owner")
    assert [
        tenant or next(name for name in body if name in ("T1", "T2")) for tenant, body in world.bigip.posts
    ] == order


def test_a_tenant_that_comes_back_has_its_properties_again() -> None:
    world = World(WEB)
    world.publish(applications=[app("T2", "A1", virtual_server=ADDRESS)], tenants={"T2": {"label": "ours"}})
    kept = copy.deepcopy(world.bigip.stored)
    world.bigip.answers += [lambda bigip, body, tenant: None, refused]
    result = world.publish(applications=[app("T1", "A1", virtual_server=ADDRESS)], prune="owner")
    assert {one["tenant"]: one["code"] for one in result["failure"]["tenants"]} == {
        "T1": 422,
        "T2": "put_back",
    }
    assert world.bigip.stored == kept


def test_all_tenants_that_failed_are_named_in_order() -> None:
    """The removal from T0 frees the address for T1. The one from T5 would come last."""
    world = World(WEB)
    world.publish(applications=[app("T0", virtual_server=ADDRESS), item("T5/A1")])

    def refuse(bigip: Any, body: Any, tenant: Any) -> Any:
        name = tenant or next(name for name in body if name in ("T0", "T1"))
        return outcome_of({"results": [{"code": 422, "message": "declaration failed", "tenant": name}]})

    world.bigip.answers += [refuse] * 9
    result = world.publish(applications=[app("T1", virtual_server=ADDRESS)], prune="owner")
    assert [failure["tenant"] for failure in result["failure"]["tenants"]] == ["T0", "T1"]
    assert result["warnings"] == [
        "prune removed nothing, because of the fault in T0, T1. No longer listed: T5/A1."
    ]
    assert stored(world) == ["T0/A1", "T5/A1"]
