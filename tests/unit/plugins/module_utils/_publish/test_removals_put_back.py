# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications that made way for others that failed: which are published again, and in which words."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.pruning import item, stored
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app


def at(place: str, *numbers: int) -> dict[str, Any]:
    """An application whose virtual server has the addresses 192.0.2.NUMBER."""
    addresses = [f"192.0.2.{number}" for number in numbers]
    server = {"class": "Service_HTTP", "virtualAddresses": addresses, "virtualPort": 80}
    return app(*place.split("/"), virtual_server=server)


class Refusing:
    """An AS3 that refuses what is sent for these tenants. `meanwhile` is called at the first refusal."""

    def __init__(self, *tenants: str, meanwhile: Any = None) -> None:
        self.tenants, self.meanwhile = tenants, meanwhile

    def __call__(self, bigip: Any, body: Any, tenant: Any) -> Any:
        name = next((name for name in self.tenants if name == tenant or name in body), None)
        if name is None:
            return bigip.accept(body, tenant)
        if self.meanwhile is not None:
            self.meanwhile(bigip)
            self.meanwhile = None
        refusal = {"code": 422, "message": "declaration failed", "response": "no", "tenant": name}
        return outcome_of({"results": [refusal]})


def moved(world: World, *listed: dict[str, Any], refusing: Refusing) -> dict[str, dict[str, Any]]:
    """The failures of a run that lists these, by tenant."""
    world.bigip.posts.clear()
    world.progress.clear()
    world.bigip.answers += [refusing] * 9
    result = world.publish(applications=list(listed), prune="owner")
    world.bigip.answers.clear()
    return {failure["tenant"]: failure for failure in result["failure"]["tenants"]}


def published(*items: dict[str, Any]) -> World:
    world = World(WEB)
    world.publish(applications=list(items))
    return world


MADE_WAY = "prune removed T2/A1, T2/A2 to free an address for"
AGAIN = "See the fault there, and run again."


def test_all_that_made_way_for_a_tenant_comes_back() -> None:
    world = published(at("T2/A2", 2), at("T2/A1", 1))
    before = copy.deepcopy(world.bigip.stored)
    failures = moved(world, at("T1/A1", 1, 2), refusing=Refusing("T1"))
    expected = Failure(
        "put_back", f"{MADE_WAY} T1, which failed. Published again: T2/A1, T2/A2", remedy=AGAIN
    )
    assert failures["T2"] == {
        **expected.as_dict(), "tenant": "T2", "object": "/T2", "applications": [], "path": None,
    }  # fmt: skip
    assert world.bigip.stored == before and "putting back T2/A1, T2/A2" in world.progress


def test_two_tenants_that_failed_are_named() -> None:
    world = published(at("T2/A1", 1), at("T2/A2", 2))
    failures = moved(world, at("T3/A1", 2), at("T1/A1", 1), refusing=Refusing("T1", "T3"))
    summary = f"{MADE_WAY} T1, T3, which failed. Published again: T2/A1, T2/A2"
    assert failures["T2"]["summary"] == summary and set(failures) == {"T1", "T2", "T3"}
    assert stored(world) == ["T2/A1", "T2/A2"]


def test_what_made_way_for_another_that_succeeded_stays_away() -> None:
    """The tenant T4 fails for another reason."""
    world = published(at("T2/A1", 1), at("T2/A2", 2), item("T4/A1"))
    failures = moved(world, at("T1/A1", 1), at("T3/A1", 2), at("T4/A2", 4), refusing=Refusing("T1", "T4"))
    summary = "prune removed T2/A1 to free an address for T1, which failed. Published again: T2/A1"
    assert failures["T2"]["summary"] == summary and stored(world) == ["T2/A1", "T3/A1", "T4/A1"]


def test_what_is_stored_again_by_another_job_is_left_alone() -> None:
    world = published(at("T2/A1", 1), at("T2/A2", 2))
    before = copy.deepcopy(world.bigip.stored["T2"])

    def meanwhile(bigip: Any) -> None:
        bigip.stored["T2"] = {"class": "Tenant", "A2": {**before["A2"], "remark": "of another job"}}

    failures = moved(world, at("T1/A1", 1, 2), refusing=Refusing("T1", meanwhile=meanwhile))
    assert failures["T2"]["summary"] == f"{MADE_WAY} T1, which failed. Published again: T2/A1"
    assert world.bigip.stored["T2"]["A2"]["remark"] == "of another job"
    assert stored(world) == ["T2/A1", "T2/A2"]
    assert "putting back T2/A1" in world.progress
    assert [tenant for tenant, _body in world.bigip.posts] == [None, "T1", None], "T2 is ours, and sent whole"


def test_an_address_that_one_of_two_tenants_got_is_not_taken_from_it() -> None:
    """The answer is a refusal, but AS3 stores the application of T1."""
    world = published(at("T2/A1", 1), at("T2/A2", 2))
    got = copy.deepcopy(world.bigip.stored["T2"]["A1"])

    def meanwhile(bigip: Any) -> None:
        bigip.stored["T1"] = {"class": "Tenant", "A1": got}

    refusing = Refusing("T1", "T3", meanwhile=meanwhile)
    failures = moved(world, at("T1/A1", 1), at("T3/A1", 2), refusing=refusing)
    assert failures["T2"]["summary"] == f"{MADE_WAY} T1, T3, which failed. Published again: T2/A2"
    assert stored(world) == ["T1/A1", "T2/A2"]


@pytest.mark.parametrize("theirs", [True, False])
def test_beside_applications_of_others_only_the_application_is_sent(theirs: bool) -> None:
    world = published(at("T2/A1", 1), item("T2/A0"))
    if theirs:
        world.publish(applications=[item("T2/Theirs")], owner="them")
    before = copy.deepcopy(world.bigip.stored)
    moved(world, item("T2/A0"), at("T1/A1", 1), refusing=Refusing("T1"))
    assert world.bigip.stored == before
    assert world.bigip.posts[-1][0] == ("T2" if theirs else None)


def test_only_what_made_way_comes_back_with_the_properties_of_its_tenant() -> None:
    """A2 has no address that another tenant takes."""
    world = World(WEB)
    world.publish(applications=[at("T2/A1", 1), item("T2/A2")], tenants={"T2": {"label": "ours"}})
    moved(world, at("T1/A1", 1), refusing=Refusing("T1"))
    assert stored(world) == ["T2/A1"] and world.bigip.stored["T2"]["label"] == "ours"


def unreadable(bigip: Any) -> None:
    def declaration(tenants: Any = None) -> Any:
        raise Failure("bigip_unreachable", "Reading the declaration from AS3", said="connection refused")

    bigip.declaration = declaration


def test_a_read_that_fails_is_reported_with_what_was_removed() -> None:
    world = published(at("T2/A1", 1))
    failures = moved(world, at("T1/A1", 1), refusing=Refusing("T1", meanwhile=unreadable))
    expected = Failure(
        "removed",
        "prune removed T2/A1 to free an address for T1, which failed. Not published again: T2/A1",
        said="Reading the declaration from AS3: connection refused.",
        remedy="See the faults of all these tenants. "
        "To publish it where it was, run with the former applications.",
    )
    assert {name: failures["T2"][name] for name in ("code", "message", "removed")} == {
        "code": "removed", "message": expected.message, "removed": ["T2/A1"],
    }  # fmt: skip


def test_nothing_is_said_of_a_removal_that_failed_itself_if_nothing_can_be_read() -> None:
    """Perhaps nothing was removed."""
    world = published(at("T2/A1", 1))
    failures = moved(world, at("T1/A1", 1), refusing=Refusing("T2", "T1", meanwhile=unreadable))
    assert {name: failure["code"] for name, failure in failures.items()} == {"T1": 422, "T2": 422}
    assert failures["T2"]["note"].startswith("Could not check or restore lost members: ")


def test_what_cannot_be_put_back_is_noted_beside_the_fault_of_its_own_tenant() -> None:
    """AS3 removes A1 and fails then."""
    world = published(at("T2/A1", 1))

    def meanwhile(bigip: Any) -> None:
        del bigip.stored["T2"]

    failures = moved(world, at("T1/A1", 1), refusing=Refusing("T2", "T1", meanwhile=meanwhile))
    assert failures["T2"]["code"] == 422
    assert failures["T2"]["note"] == (
        "prune removed T2/A1 to free an address for T1, which failed. Not published again: T2/A1: "
        "AS3 did not publish tenant T2 (declaration failed): no. See the faults of all these tenants. "
        "To publish it where it was, run with the former applications."
    )
