# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which applications prune removes, and what keeps them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.pruning import item, published, stored
from ansible_collections.vks.bigip.tests.unit.support.publishing import OWNER, WEB, World, app, member, pool


def test_another_value_is_refused_before_anything_is_read() -> None:
    world = World(WEB)
    with pytest.raises(Failure, match="prune: is 'all': set it to false, true or owner") as raised:
        world.publish(applications=[item("T1/A1")], prune="all")
    assert raised.value.code == "invalid_options" and not world.bigip.reads and not world.cluster.entered


PLACES = ("T1/A1", "T1/A2", "T2/A1", "T3/A1")

THEIRS = ("T1/Theirs", "T3/Theirs")


@pytest.mark.parametrize(
    ("value", "listed", "left"),
    [
        ("false", ("T1/A1",), PLACES),
        ("true", ("T1/A1",), ("T1/A1", "T2/A1", "T3/A1")),
        ("owner", ("T1/A1",), ("T1/A1",)),
        ("owner", ("T4/A1",), ("T4/A1",)),
        ("owner", PLACES, PLACES),
    ],
)
def test_what_is_removed(value: str, listed: tuple[str, ...], left: tuple[str, ...]) -> None:
    world = published(*PLACES, theirs=THEIRS)
    options: dict[str, Any] = {
        "applications": [item(place) for place in listed],
        "prune": value,
        "tenants_per_post": 20,
    }
    predicted = world.publish(check_mode=True, **options)
    assert not world.bigip.posts and stored(world) == sorted(PLACES + THEIRS)
    result = world.publish(**options)
    assert "failure" not in result and stored(world) == sorted(left + THEIRS)
    assert all(predicted[key] == result[key] for key in ("changed", "counts", "diff", "declaration"))
    gone = {place for place in PLACES if place not in left}
    assert {
        f"{tenant}/{name}"
        for tenant, entry in predicted["tenants"].items()
        for name, kind in entry["applications"].items()
        if kind == "delete"
    } == gone
    assert predicted["counts"]["members_removed"] == 2 * len(gone)
    assert not world.publish(**options)["changed"]


def test_requests() -> None:
    """All tenants come in the one request that a run takes for its own, and no pool of a tenant in which nothing is listed is read."""
    world = published(*PLACES, theirs=THEIRS)
    options: dict[str, Any] = {"applications": [item("T1/A1")], "prune": "owner", "tenants_per_post": 20}
    world.publish(check_mode=True, **options)
    assert world.bigip.reads == {"declaration": 1, "pools": 1}
    world.bigip.reads.clear()
    result = world.publish(**options)
    assert world.bigip.reads == {"declaration": 1, "pools": 1, "info": 1} and len(world.bigip.posts) == 1
    assert world.bigip.removed == [("T1", "A2"), ("T3", "A1")], (
        "of tenants with applications of others, one by one"
    )
    assert result["tenants"]["T2"]["action"] == "delete" and result["tenants"]["T3"]["action"] == "update"
    world.bigip.reads.clear()
    assert not world.publish(**options)["changed"] and world.bigip.reads == {"declaration": 1, "pools": 1}


NO_SECRET = {
    "x": {"class": "iRule", "iRule": {"from_secret": {"namespace": "default", "name": "no", "key": "no"}}}
}

FAULTS: dict[str, dict[str, Any]] = {
    "a missing Service": {"applications": [item("T1/A1", service="nope")]},
    "one of two has a fault": {"applications": [item("T1/A1"), item("T4/A1", service="nope")]},
    "an application of another owner": {"applications": [item("T1/A1"), item("T3/Theirs")]},
    "an empty pool": {"applications": [item("T1/A1"), item("T2/A1", service="empty")]},
    "a missing Secret": {"applications": [item("T1/A1", objects=NO_SECRET)]},
    "a guard": {"applications": [item("T1/A1"), item("T4/A1")], "min_members": 3},
}


@pytest.mark.parametrize("value", [True, "owner"])
@pytest.mark.parametrize("options", FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_of_what_is_listed_keeps_everything(options: dict[str, Any], value: Any) -> None:
    world = published(*PLACES, theirs=THEIRS)
    world.cluster.by_service["empty"] = pool(service="empty")
    for check_mode in (True, False):
        result = world.publish(check_mode, **{"prune": value, **options})
        assert result["failure"] and set(PLACES + THEIRS) <= set(stored(world)), (
            "an application may have moved to the tenant that is held"
        )
        (warning,) = [text for text in result["warnings"] if text.startswith("prune removed nothing")]
        assert "T1/A2" in warning and ("T3/A1" in warning) == (value == "owner" or "T3" in str(options))


@pytest.mark.parametrize("detect_drift", [True, False])
@pytest.mark.parametrize("value", [True, "owner"])
def test_a_fault_that_only_the_pools_show_keeps_everything(value: Any, detect_drift: bool) -> None:
    """Without detect_drift the pools are read last, and only then it is known that an operator disabled the only member that stays."""
    world = published("T1/A1", "T1/A2", "T2/A1", "T2/A2", "T3/A1")
    world.bigip.device["/T1/A1/pool"][("10.0.0.2", 61002)] = member(
        "10.0.0.2", 61002, session="user-disabled"
    )
    world.cluster.by_service["web"] = pool("10.0.0.2:61002", left_out=("web-61001",))
    world.cluster.by_service["more"] = pool(
        "10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003", service="more"
    )
    options: dict[str, Any] = {"prune": value, "detect_drift": detect_drift}
    options["applications"] = [item("T1/A1"), item("T2/A1", service="more")]
    for check_mode in (True, False):
        result = world.publish(check_mode, **options)
        assert [failure["code"] for failure in result["failure"]["tenants"]] == ["empty_pool"]
        (warning,) = [text for text in result["warnings"] if text.startswith("prune removed nothing")]
        assert (
            "because of the fault in T1" in warning
            and "T2/A2" in warning
            and ("T3/A1" in warning) == (value == "owner")
        )
        assert stored(world) == ["T1/A1", "T1/A2", "T2/A1", "T2/A2", "T3/A1"]
    assert len(world.bigip.device["/T2/A1/pool"]) == 3, "the other tenants are published"


def test_operators_are_respected_where_a_fault_takes_the_removal_out_late() -> None:
    """max_removed_percent holds T2 until the fault of T1 is found. Then T2 is published without the removal, by what its pools show."""
    world = published("T1/A1", "T2/A1", "T2/A2", "T2/A3", "T2/A4")
    for path in ("/T1/A1/pool", "/T2/A1/pool"):
        world.bigip.device[path][("10.0.0.2", 61002)] = member("10.0.0.2", 61002, session="user-disabled")
    world.cluster.by_service["web"] = pool("10.0.0.2:61002", left_out=("web-61001",))
    world.cluster.by_service["more"] = pool(
        "10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003", service="more"
    )
    options: dict[str, Any] = {"prune": True, "detect_drift": False, "max_removed_percent": 50}
    result = world.publish(applications=[item("T1/A1"), item("T2/A1", service="more")], **options)
    assert {failure["tenant"]: failure["code"] for failure in result["failure"]["tenants"]} == {
        "T1": "empty_pool"
    }
    assert len(stored(world)) == 5 and len(world.bigip.device["/T2/A1/pool"]) == 3
    assert world.bigip.device["/T2/A1/pool"][("10.0.0.2", 61002)].disabled


def test_a_fault_keeps_the_removal_only() -> None:
    world = published(*PLACES)
    world.cluster.by_service["web"] = pool("10.0.0.1:61001", "10.0.0.2:61002", "10.0.0.3:61003")
    result = world.publish(applications=[item("T1/A1"), item("T2/A1", service="nope")], prune="owner")
    assert (
        result["tenants"]["T1"]["applications"] == {"A1": "update"}
        and len(world.bigip.device["/T1/A1/pool"]) == 3
    )
    assert stored(world) == list(PLACES)


def test_an_application_that_moves_to_a_tenant_with_a_fault_stays_where_it_was() -> None:
    world = published("T1/A1", "T1/A2")
    world.publish(applications=[item("T1/A1"), item("T2/A2", service="nope")], prune=True)
    assert stored(world) == ["T1/A1", "T1/A2"]


NOTHING_LISTED: dict[str, dict[str, Any]] = {
    "no applications": {"applications": []},
    "null": {"applications": None},
    "a declaration without a tenant": {"declaration": {"class": "ADC"}, "pools": []},
    "a declaration without an application": {
        "declaration": {"class": "ADC", "T1": {"class": "Tenant"}},
        "pools": [],
    },
}


@pytest.mark.parametrize("options", NOTHING_LISTED.values(), ids=NOTHING_LISTED.keys())
def test_an_empty_list_is_refused(options: dict[str, Any]) -> None:
    world = published(*PLACES)
    with pytest.raises(Failure) as raised:
        world.publish(prune="owner", **options)
    assert raised.value.code == "invalid_options" and not world.bigip.reads and stored(world) == list(PLACES)


def test_a_tenant_of_the_declaration_without_an_application_is_left_alone() -> None:
    world = published(*PLACES)
    declaration = {
        "class": "ADC",
        "T1": {"class": "Tenant"},
        "T2": {"class": "Tenant", "A1": {"class": "Application", "pool": {"class": "Pool"}}},
    }
    pools = [
        {
            "tenant": "T2",
            "application": "A1",
            "pool": "pool",
            "service": {"namespace": "default", "name": "web", "port": "80"},
        }
    ]
    result = world.publish(declaration=declaration, pools=pools, prune="owner")
    assert stored(world) == ["T1/A1", "T1/A2", "T2/A1"] and any(
        "T1 of the declaration has no application" in text for text in result["warnings"]
    )


@pytest.mark.parametrize(
    "options", [{"prune": True}, {"prune": "owner"}, {"state": "absent"}, {"state": "released"}], ids=str
)
@pytest.mark.parametrize(
    "value", [None, "", {}, [], {"class": ""}, {"class": "application"}, {"class": "Pool"}], ids=str
)
def test_what_is_in_the_place_of_an_application_is_refused(value: Any, options: dict[str, Any]) -> None:
    world = published("T1/A1", "T1/A2")
    declaration = {"class": "ADC", "T1": {"class": "Tenant", "A1": {"class": "Application"}, "A2": value}}
    with pytest.raises(Failure, match=r"declaration\.T1\.A2: ") as raised:
        world.publish(declaration=declaration, pools=[], **options)
    assert (
        raised.value.code == "invalid_options"
        and not world.bigip.reads
        and stored(world) == ["T1/A1", "T1/A2"]
    )


def reading_members(world: World) -> None:
    def fail(*args: Any, **more: Any) -> Any:
        raise Failure("kubernetes_refused", "Reading EndpointSlices", said="HTTP 500")

    world.cluster.pools = fail  # type: ignore[method-assign]


def reading_bigip(world: World) -> None:
    def fail(*args: Any) -> Any:
        raise Failure("as3_refused", "Reading the declaration from AS3", said="HTTP 500")

    world.bigip.declaration = fail  # type: ignore[method-assign]


def reading_uid(world: World) -> None:
    world.cluster.uid_failure = Failure("owner_required", "Reading Namespace kube-system", said="forbidden")


@pytest.mark.parametrize("read", [reading_members, reading_bigip, reading_uid])
def test_a_read_that_failed_stops_everything(read: Any) -> None:
    world = published(*PLACES, theirs=THEIRS)
    before = copy.deepcopy(world.bigip.stored)
    read(world)
    with pytest.raises(Failure):
        world.publish(applications=[item("T1/A1")], prune="owner")
    assert world.bigip.stored == before and not world.bigip.posts


def test_the_owner_is_the_one_who_publishes() -> None:
    world = published(*PLACES, theirs=("T5/A1", *THEIRS))
    assert not world.publish(applications=[item("T9/A1")], owner="new", prune="owner")["tenants"].keys() - {
        "T9"
    }
    result = world.publish(applications=[item("T9/B1")], owner="them", prune="owner")
    assert set(result["tenants"]) == {"T1", "T3", "T5", "T9"} and stored(world) == sorted(
        (*PLACES, "T9/A1", "T9/B1")
    )
    assert mark.owner(world.bigip.stored["T1"]["A1"]) == OWNER


@pytest.mark.parametrize(
    ("value", "percent", "share"),
    [
        ("owner", 74, "3 of the 4 applications of owner 'uid-of-kube-system' (75 %)"),
        ("owner", 75, None),
        ("owner", 0, "3 of the 4"),
        (True, 49, "1 of the 2 applications of owner 'uid-of-kube-system' in the tenants listed (50 %)"),
        (True, 50, None),
    ],
)
def test_max_removed_percent(value: Any, percent: int, share: str | None) -> None:
    world = published(*PLACES, theirs=THEIRS)
    for check_mode in (True, False):
        result = world.publish(
            check_mode,
            applications=[item("T1/A1"), item("T4/B1")][: 1 if value is True else 2],
            prune=value,
            max_removed_percent=percent,
        )
        if share is None:
            assert "failure" not in result
            continue
        removed = ["T1/A2", "T2/A1", "T3/A1"] if value == "owner" else ["T1/A2"]
        assert {failure["tenant"] for failure in result["failure"]["tenants"]} == {
            place[:2] for place in removed
        }
        for failure in result["failure"]["tenants"]:
            assert (
                failure["code"] == "max_removed_percent"
                and share in failure["message"]
                and failure["removed"] == removed
            )
            assert result["tenants"][failure["tenant"]]["action"] == "hold" and all(
                place in failure["message"] for place in removed
            )
        assert set(PLACES + THEIRS) <= set(stored(world))
        assert ("T4/B1" in stored(world)) == (not check_mode and value == "owner"), (
            "other tenants are published"
        )


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


def test_what_stays_because_of_a_fault_elsewhere_keeps_its_address() -> None:
    """The new application of T2 has the address of one that was to go."""
    world = World(WEB)
    world.publish(applications=[app("T2", "A1", virtual_server=ADDRESS), item("T1/A0")])
    world.bigip.answers.append(refused)
    ended = world.publish(
        applications=[app("T2", "A2", virtual_server=ADDRESS), item("T1/A0"), item("T1/A1")], prune=True
    )
    assert {failure["tenant"]: failure["code"] for failure in ended["failure"]["tenants"]} == {
        "T1": 422,
        "T2": "address_taken",
    }
    assert stored(world) == ["T1/A0", "T2/A1"]


def test_teardown_takes_the_declaration_that_was_published() -> None:
    """A tenant without an application names nothing."""
    world = World(WEB)
    declaration = {
        "class": "ADC",
        "T1": {"class": "Tenant", "A1": {"class": "Application", "pool": {"class": "Pool"}}},
        "T2": {"class": "Tenant"},
    }
    world.publish(declaration=declaration, pools=[])
    assert stored(world) == ["T1/A1"]
    assert "failure" not in world.publish(declaration=declaration, state="absent") and stored(world) == []


def test_secrets_of_tenants_that_are_not_touched_mask_nothing() -> None:
    """Their authors may choose a word of this task's result."""
    world = published("T1/A1", "T2/A1", theirs=("T3/Theirs",))
    for tenant in ("T1", "T2", "T3"):
        application = next(iter(mark.applications(world.bigip.stored[tenant]).values()))
        application["constants"]["passphrase"] = f"word-of-{tenant}"
    world.hidden.clear()
    world.publish(applications=[item("T1/A1")], prune="owner")
    assert {text for text in world.hidden if text.startswith("word-of")} == {"word-of-T1", "word-of-T2"}
