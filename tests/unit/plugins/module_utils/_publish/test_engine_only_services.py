# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs with only_services: what is read and posted, and that no guard is lost."""

from __future__ import annotations

import copy
from typing import Any, Iterable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._request.labels import LABELS
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    World,
    addresses,
    app,
    never_more_than_half,
    pool,
)


def other(tenant: str, application: str = "A1", service: str = "api", **more: Any) -> dict[str, Any]:
    return app(tenant, application, service, virtual_server=None, **more)


ITEMS = [app(), other("T1", "A2"), other("T2")]
WEB = ["default/web"]


def pools(web: tuple[str, ...] = ("1", "2"), api: tuple[str, ...] = ("1",)) -> dict[str, Any]:
    return {
        "web": pool(*(f"10.0.0.{number}:61001" for number in web)),
        "api": pool(*(f"10.0.1.{number}:61001" for number in api), service="api"),
    }


def published(items: Any = None, **options: Any) -> World:
    """Everything is published; then the Pods of both Services change."""
    world = World(pools())
    world.publish(applications=items or ITEMS, **options)
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    world.cluster.entered = 0
    world.cluster.by_service = pools(("2", "3"), ("2", "3"))
    return world


def test_the_other_applications_stay_as_they_are() -> None:
    world = published()
    before = copy.deepcopy(world.bigip.stored)
    done = world.publish(applications=ITEMS, only_services=WEB)
    assert done["changed"] and done["summary"] == ["T1: updated, 2 members (+1 -1) in 1 pool"]
    assert addresses(world) == ["10.0.0.2:61001", "10.0.0.3:61001"]
    assert addresses(world, "/T1/A2/pool") == ["10.0.1.1:61001"] == addresses(world, "/T2/A1/pool")
    assert world.bigip.stored["T1"]["A2"] == before["T1"]["A2"] and world.bigip.stored["T2"] == before["T2"]
    assert {name for _tenant, body in world.bigip.posts for name in body if name[0] == "T"} == {"T1"}
    assert world.cluster.published == {"applications[0]": "nodeportlocal"}
    assert not world.publish(applications=ITEMS, only_services=WEB)["changed"]
    never_more_than_half(world)


def test_the_result_is_that_of_a_run_for_all_at_these_applications() -> None:
    restricted, whole = published(), published()
    restricted.publish(applications=ITEMS, only_services=WEB)
    whole.publish(applications=ITEMS)
    assert restricted.bigip.stored["T1"]["A1"] == whole.bigip.stored["T1"]["A1"]
    restricted.publish(applications=ITEMS)
    assert restricted.bigip.stored == whole.bigip.stored


def test_a_later_run_for_all_publishes_the_others() -> None:
    world = published()
    world.publish(applications=ITEMS, only_services=WEB)
    done = world.publish(applications=ITEMS)
    assert done["counts"]["update"] == 2 and done["tenants"]["T1"]["applications"] == {"A2": "update"}


def test_all_pools_of_an_application_are_filled() -> None:
    items = [app(), app(service="api", pool_name="second", virtual_server=None)]
    world = published(items)
    world.publish(applications=items, only_services=WEB)
    assert addresses(world, "/T1/A1/second") == ["10.0.1.2:61001", "10.0.1.3:61001"]


def test_a_new_application_is_published_beside_others() -> None:
    world = published(ITEMS[1:])
    done = world.publish(applications=ITEMS, only_services=WEB)
    assert done["tenants"]["T1"]["applications"] == {"A1": "create"}
    assert addresses(world, "/T1/A2/pool") == ["10.0.1.1:61001"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_without_an_application_nothing_is_read(check_mode: bool) -> None:
    world = published()
    world.cluster.uid_failure = Failure("owner_required", "not to be read")
    done = world.publish(check_mode, applications=ITEMS, only_services=["default/none"], prune="owner")
    assert "failure" not in done and not done["changed"] and not done["warnings"]
    assert done["summary"] == ["nothing to publish: no application is concerned"]
    assert not world.bigip.posts and done["requests"] == {"bigip": 0, "kubernetes": 0}
    assert done["counts"]["tenants"] == 0 == world.bigip.reads["pools"]


def test_the_number_of_reads_does_not_grow_with_the_other_applications() -> None:
    secret = {"from_secret": {"namespace": "default", "name": "other", "key": "k"}}
    rule = {"rule": {"class": "iRule", "iRule": secret}}
    many = [app(), *(other(f"T{number}", objects=rule) for number in range(2, 30))]
    reads = []
    for items in ([app()], many):
        world = World(pools(), secrets={("default", "other"): {"k": b"text-of-the-rule"}})
        world.publish(applications=items)
        world.bigip.reads.clear()
        world.cluster.asked.clear()
        world.publish(applications=items, only_services=WEB)
        reads.append((dict(world.bigip.reads), world.cluster.asked, world.cluster.published))
    assert reads[0] == reads[1] and reads[0][1] == []


@pytest.mark.parametrize("prune", [True, "tenants", "owner"])
def test_prune_removes_nothing(prune: Any) -> None:
    world = published()
    done = world.publish(applications=ITEMS[:1], only_services=WEB, prune=prune)
    assert set(world.bigip.stored["T1"]) >= {"A1", "A2"} and "T2" in world.bigip.stored
    assert not world.bigip.removed and not done["warnings"] and done["counts"]["tenants"] == 1


def test_properties_of_other_tenants_stay() -> None:
    world = published()
    tenants = {"T1": {"label": "one"}, "T2": {"label": "two"}}
    done = world.publish(applications=ITEMS, tenants=tenants, only_services=WEB)
    assert "failure" not in done and world.bigip.stored["T1"]["label"] == "one"
    assert "label" not in world.bigip.stored["T2"]


GUARDS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("empty_pool", pools(web=()), {}),
    ("min_members", pools(web=("2",)), {"min_members": 2}),
    ("max_removed_percent", pools(web=("2",)), {"max_removed_percent": 40}),
    ("service_not_found", {"api": pools()["api"]}, {}),
    ("not_ours", pools(), {"owner": "another"}),
]


@pytest.mark.parametrize(("code", "members", "options"), GUARDS)
def test_guards_hold_a_tenant(code: str, members: dict[str, Any], options: dict[str, Any]) -> None:
    world = published()
    world.cluster.by_service = members
    done = world.publish(applications=ITEMS, only_services=WEB, **options)
    assert [(entry["tenant"], entry["code"]) for entry in done["failure"]["tenants"]] == [("T1", code)]
    assert not world.bigip.posts and not done["changed"]


def test_an_address_of_an_application_that_is_left_out_is_taken() -> None:
    """T2 would give it up in a run for all."""
    world = published([*ITEMS[:2], other("T2") | {"virtual_server": server("192.0.2.20")}])
    moved = [app(virtual_server=server("192.0.2.20")), other("T2") | {"virtual_server": server("192.0.2.21")}]
    done = world.publish(applications=moved, only_services=WEB)
    assert [entry["code"] for entry in done["failure"]["tenants"]] == ["address_taken"]
    assert not world.bigip.posts


def server(address: str) -> dict[str, Any]:
    return {"class": "Service_HTTP", "virtualAddresses": [address]}


def test_a_fault_of_another_application_holds_nothing() -> None:
    """Its Service is missing, which only a run for all shows."""
    world = published()
    del world.cluster.by_service["api"]
    assert "failure" not in world.publish(applications=ITEMS, only_services=WEB)
    assert addresses(world) == ["10.0.0.2:61001", "10.0.0.3:61001"]
    assert len(world.publish(applications=ITEMS)["failure"]["tenants"]) == 2


def test_a_reserved_name_of_another_tenant_is_reported() -> None:
    items = [*ITEMS, other("T3", "label"), other("T3", "A2")]
    failures = []
    for options in ({}, {"only_services": WEB}):
        world = published()
        done = world.publish(applications=items, **options)
        failures.append(done["failure"]["tenants"])
        assert addresses(world) == ["10.0.0.2:61001", "10.0.0.3:61001"] and "T3" not in world.bigip.stored
    assert failures[0] == failures[1] and [one["code"] for one in failures[1]] == ["reserved_name"]


# -- pools of a declaration that labels fill

HTTP = (ServicePort("http", 80, "TCP", 8080, None),)
EMPTY = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": [], "connectionLimit": 7}]}
DECLARATION = {
    "class": "ADC",
    **{
        tenant: {"class": "Tenant", **{name: {"class": "Application", "pool": EMPTY} for name in names}}
        for tenant, names in (("T1", ("A1", "A2")), ("T2", ("A1",)))
    },
}
BY_LABEL: dict[str, Any] = {"declaration": DECLARATION, "label_namespaces": ["default"]}


def service(name: str, path: str | None = None) -> Service:
    labels = dict(zip(LABELS, path.split("/"))) if path else {}
    return Service("default", name, ports=HTTP, labels=labels)


def members_of(services: Iterable[Service], host: int) -> dict[str, Any]:
    return {
        one.name: pool(f"10.0.{number}.{host}:61001", service=one.name) for number, one in enumerate(services)
    }


def labelled(*services: Service) -> World:
    """Everything is published from these Services; then the Pods of all change."""
    world = World(members_of(services, 1), services=[*services])
    world.publish(**BY_LABEL)
    world.bigip.posts.clear()
    world.bigip.reads.clear()
    world.cluster.listed.clear()
    world.cluster.by_service = members_of(services, 2)
    return world


SERVICES = (service("web", "T1/A1/pool"), service("api", "T1/A2/pool"), service("old", "T2/A1/pool"))


def test_only_the_application_that_the_service_names_is_published() -> None:
    world = labelled(*SERVICES)
    before = copy.deepcopy(world.bigip.stored)
    done = world.publish(**BY_LABEL, only_services=["default/api"])
    assert done["tenants"]["T1"]["applications"] == {"A2": "update"} and done["counts"]["tenants"] == 1
    assert addresses(world, "/T1/A2/pool") == ["10.0.1.2:61001"]
    assert world.bigip.stored["T1"]["A1"] == before["T1"]["A1"] and world.bigip.stored["T2"] == before["T2"]
    assert world.cluster.published == {"Service default/api": "nodeportlocal"}
    assert world.cluster.listed == [("default",)]


def same_as_for_all(
    only: list[str], services: tuple[Service, ...], tenant: str = "T1", **options: Any
) -> dict[str, Any]:
    """Publish after the Services changed: the result, which is that of a run for all in this tenant."""
    results: list[Any] = []
    for more in ({}, {"only_services": only}):
        world = labelled(*SERVICES)
        world.cluster.by_service = {**members_of(SERVICES, 1), "new": pool("10.0.9.1:61001", service="new")}
        world.cluster.services = [*services]
        done = world.publish(**BY_LABEL, details="all", **options, **more)
        results.append((done["tenants"].get(tenant), codes(done).get(tenant), world.bigip.stored[tenant]))
    assert results[0] == results[1]
    return dict(done)


def codes(done: dict[str, Any]) -> dict[str, Any]:
    failure = done.get("failure") or {"tenants": []}
    return {entry["tenant"]: entry["code"] for entry in failure["tenants"]}


GONE: dict[str, tuple[Service, ...]] = {
    "deleted": SERVICES[1:],
    "without labels": (service("web"), *SERVICES[1:]),
    "with labels for another pool": (service("web", "T9/A1/pool"), *SERVICES[1:]),
}


@pytest.mark.parametrize("services", GONE.values(), ids=GONE.keys())
@pytest.mark.parametrize(
    ("empty_pool", "action", "code"),
    [("fail", "hold", "empty_pool"), ("keep", "none", None), ("publish", "update", None)],
)
def test_a_service_that_fills_no_pool_any_more(
    services: tuple[Service, ...], empty_pool: str, action: str, code: str | None
) -> None:
    """Its name is in the mark only."""
    done = same_as_for_all(["default/web"], services, empty_pool=empty_pool)
    assert (done["tenants"]["T1"]["action"], codes(done)) == (action, {"T1": code} if code else {})
    assert [text for text in done["warnings"] if "No Service is labelled" in text] == [
        "No Service is labelled for these pools of the declaration: /T1/A1/pool (namespaces default)."
    ]


MOVED: dict[str, tuple[list[str], tuple[Service, ...], dict[str, Any]]] = {
    # the Services that changed, all Services, and the codes of failures
    "another takes its pool": (["default/new"], (service("new", "T1/A1/pool"), *SERVICES[1:]), {}),
    "the former of a pool": (["default/web"], (service("new", "T1/A1/pool"), *SERVICES[1:]), {}),
    "two for a pool": (
        ["default/new"],
        (*SERVICES, service("new", "T1/A1/pool")),
        {"T1": "label_conflict"},
    ),
    "an unknown pool": (
        ["default/new"],
        (*SERVICES, service("new", "T1/A1/none")),
        {"T1": "label_pool_not_found"},
    ),
}


@pytest.mark.parametrize("case", MOVED)
def test_labels_that_changed(case: str) -> None:
    only, services, failures = MOVED[case]
    done = same_as_for_all(only, services)
    assert codes(done) == failures and done["counts"]["tenants"] == 1


@pytest.mark.parametrize("path", ["T2/A1/none", "T2/A1/pool", "T1/A2/pool"])
def test_a_fault_of_labels_holds_no_other_application(path: str) -> None:
    world = labelled(*SERVICES)
    world.cluster.services.append(service("evil", path))
    done = world.publish(**BY_LABEL, only_services=["default/web"])
    assert "failure" not in done and addresses(world) == ["10.0.0.2:61001"]
    assert world.publish(**BY_LABEL)["failure"]["tenants"]


def test_a_service_without_a_pool_reads_only_the_labelled_services_and_bigip() -> None:
    world = labelled(*SERVICES)
    world.cluster.uid_failure = Failure("owner_required", "not to be read")
    done = world.publish(**BY_LABEL, only_services=["default/none"])
    assert not done["changed"] and done["summary"] == ["nothing to publish: no application is concerned"]
    assert world.cluster.listed == [("default",)] and not done["warnings"] and not world.bigip.posts
    assert dict(world.bigip.reads) == {"declaration": 1, "pools": 1}


def test_a_service_of_another_namespace_lists_nothing() -> None:
    world = labelled(*SERVICES)
    done = world.publish(**BY_LABEL, only_services=["other/web"])
    assert not done["changed"] and world.cluster.listed == [] and world.bigip.reads["pools"] == 0


def test_a_label_of_a_reserved_tenant_adds_no_fault() -> None:
    reserved = {"class": "Tenant", "label": {"class": "Application", "pool": EMPTY}}
    options = {**BY_LABEL, "declaration": {**DECLARATION, "T3": reserved}}
    world = labelled(*SERVICES)
    world.cluster.services.append(service("held", "T3/label/pool"))
    done = world.publish(**options, only_services=["default/web"])
    (failure,) = done["failure"]["tenants"]
    assert (failure["tenant"], failure["code"], failure["applications"]) == ("T3", "reserved_name", ["label"])
    assert "faults" not in failure and addresses(world) == ["10.0.0.2:61001"]
