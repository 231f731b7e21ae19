# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Services fill which pools by their labels, and each fault and warning in full."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._request import build, labels, template
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool, Problems, Wanted

EMPTY = {"class": "Pool"}
FIXED = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.1.0.1"]}]}
SERVER = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"]}
HTTP = ServicePort("http", 80, "TCP", 8080, None)


def wanted_of(applications: dict[str, Any], *items: dict[str, Any]) -> Wanted:
    """The request of a declaration with these objects of "T1/A1", beside items of applications."""
    wanted, problems = Wanted(), Problems()
    declaration: dict[str, Any] = {"class": "ADC"}
    for place, objects in applications.items():
        tenant, name = place.split("/")
        declaration.setdefault(tenant, {"class": "Tenant"})[name] = {"class": "Application", **objects}
    build.add_items(wanted, items, problems)
    template.add(wanted, declaration, None, problems)
    problems.raise_if_any()
    return wanted


def service(
    place: str, name: str = "web", namespace: str = "default", ports: tuple[ServicePort, ...] = (HTTP,)
) -> Service:
    """A Service with the labels "T1/A1/pool"."""
    words = ("cis.f5.com/as3-tenant", "cis.f5.com/as3-app", "cis.f5.com/as3-pool")
    return Service(namespace, name, ports=ports, labels=dict(zip(words, place.split("/"))))


NONE = "names no namespace for the pools of the declaration that have no address:"
HINT = (
    "Name the namespaces whose Services may fill them by their labels, "
    "or name the Services in pools. An empty list of pools fills none"
)
NO_LIST = "give a list of namespaces, or a dictionary of tenants and their lists"
NO_NAME = "which is not the name of a namespace"
TWO = {"T2/A1": {"web": EMPTY}, "T1/A1": {"web": EMPTY, "fixed": FIXED}, "T3/A1": {"fixed": FIXED}}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (list("fbdecab"), list("abcdef")),
        (" b ,a", ["a", "b"]),
        ('["b", "a"]', ["a", "b"]),
        ("a", ["a"]),
        ({"T1": ["b", "a"], "T2": "c", "T9": ["d"]}, {"T1": ["a", "b"], "T2": ["c"], "T3": []}),
        (["a" * 63, "0", "a-1"], ["0", "a-1", "a" * 63]),
    ],
)
def test_the_namespaces_of_each_tenant(given: Any, named: Any) -> None:
    problems = Problems()
    expected = named if isinstance(named, dict) else dict.fromkeys(("T1", "T2", "T3"), named)
    assert labels.namespaces(wanted_of(TWO), given, problems) == expected and not problems.found


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        *((given, [("", f"{NONE} /T1/A1/web, /T2/A1/web. {HINT}")]) for given in (None, [], "", {}, [""])),
        ({"T1": ["a"]}, [("", f"{NONE} /T2/A1/web. {HINT}")]),
        (7, [("", f"is 7: {NO_LIST}")]),
        ({"T1": ["a"], "T2": 7}, [(".T2", f"is 7: {NO_LIST}")]),
        (["a", "*", {"b": 1}, "A"], [("", f"has '*', {NO_NAME}"), ("", f"has {{'b': 1}}, {NO_NAME}"), ("", f"has 'A', {NO_NAME}")]),
        ({"T1": "a", "T2": ["a/b"]}, [(".T2", f"has 'a/b', {NO_NAME}")]),
        (["a" * 64, "a-"], [("", f"has {'a' * 64!r:.60}, {NO_NAME}"), ("", f"has 'a-', {NO_NAME}")]),
    ],
)  # fmt: skip
def test_the_namespaces_that_are_refused(given: Any, faults: list[tuple[str, str]]) -> None:
    problems = Problems()
    labels.namespaces(wanted_of(TWO), given, problems)
    assert problems.found == [(f"label_namespaces{place}", text) for place, text in faults]


@pytest.mark.parametrize("given", [None, ["a"], 7])
def test_no_namespace_is_needed_where_no_pool_is_to_be_filled(given: Any) -> None:
    problems = Problems()
    item = {"tenant": "T1", "application": "A2", "pool": {}}
    wanted = wanted_of({"T1/A1": {"fixed": FIXED, "vs": SERVER}}, item)
    assert labels.namespaces(wanted, given, problems) == {} and not problems.found
    assert labels.by_application(wanted, {"T1": ["a"]}) == {}


def test_the_namespaces_of_each_application() -> None:
    wanted = wanted_of({**TWO, "T1/A2": {"one": EMPTY, "two": EMPTY}})
    assert labels.by_application(wanted, {"T1": ["a", "b"]}) == {
        ("T2", "A1"): (), ("T1", "A1"): ["a", "b"], ("T1", "A2"): ["a", "b"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "is_filled"),
    [
        ({"servicePort": 80}, True),
        ({"servicePort": 80, "serverAddresses": [], "servers": []}, True),
        ("text", True),
        ({"servicePort": 80, "serverAddresses": ["10.1.0.1"]}, False),
        ({"servicePort": 80, "servers": [{"name": "a", "address": "10.1.0.1"}]}, False),
        ({"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"}, False),
        ({"bigip": "/Common/node"}, False),
    ],
)
def test_a_pool_has_addresses_if_an_entry_has_some(entry: Any, is_filled: bool) -> None:
    for members in ([entry], [{"servicePort": 81}, entry]):
        wanted = wanted_of({"T1/A1": {"web": {"class": "Pool", "members": members}}})
        assert labels.by_application(wanted, {}) == ({("T1", "A1"): ()} if is_filled else {})
    wanted = wanted_of({"T1/A1": {"web": {"class": "Pool", "members": entry}}})
    assert labels.by_application(wanted, {}) == {("T1", "A1"): ()}


def added(wanted: Wanted, *services: Service, named: Any = None) -> list[tuple[Any, ...]]:
    """The failures: (tenant, path, code, what, remedy, details)."""
    labels.add(wanted, services, {"T1": ["default"], "T2": ["default"]} if named is None else named)
    return [
        (tenant, path, failure.code, failure.what, failure.remedy, failure.details)
        for tenant, faults in wanted.faults.items()
        for failure, path in faults
    ]


@pytest.mark.parametrize(
    ("hint", "ports", "port"),
    [
        (None, (HTTP,), None),
        (0, (HTTP, HTTP), None),
        (8080, (HTTP, ServicePort("", 81, "TCP", 8081, None)), "http"),
        (80, (ServicePort("", 80, "TCP", 8080, None),), "80"),
        (80, (ServicePort("a", 80, "TCP", 81, None), ServicePort("b", 81, "TCP", 80, None)), "a"),
        (81, (ServicePort("a", 80, "TCP", "81", None), ServicePort("b", 82, "TCP", "x", None)), "a"),
    ],
)
def test_a_service_fills_the_pool_that_its_labels_name(hint: Any, ports: Any, port: str | None) -> None:
    members = [] if hint is None else [{"servicePort": hint, "connectionLimit": 7}]
    wanted = wanted_of({"T1/A1": {"web": {"class": "Pool", "members": members}, "other": EMPTY}})
    assert added(wanted, service("T1/A1/web", ports=ports), service("T1/A1/other", "two", ports=ports)) == []
    assert wanted.warnings == [] and wanted.applications["T1"]["A1"]["web"] == EMPTY
    member = {} if hint is None else {"connectionLimit": 7}
    options = {"service": {"namespace": "default", "name": "web", "port": port}}
    other = {"service": {"namespace": "default", "name": "two", "port": None}}
    assert wanted.cluster_pools == [
        ClusterPool("T1", "A1", "web", "Service default/web", options, member, (), hint),
        ClusterPool("T1", "A1", "other", "Service default/two", other, {}, (), None),
    ]


def test_a_pool_whose_members_cannot_be_read_is_refused() -> None:
    wanted = wanted_of({"T1/A1": {"web": {"class": "Pool", "members": ["text"]}}})
    with pytest.raises(Failure) as raised:
        added(wanted, service("T1/A1/web"))
    assert raised.value.details["path"] == "declaration.T1.A1.web.members[0]"


DETAILS = {"tenant": "T1", "application": "A1", "pool": "/T1/A1/web"}


def test_several_services_for_one_pool() -> None:
    item = {"tenant": "T1", "application": "A1", "pool": {}}
    wanted = wanted_of({"T1/A1": {"web": EMPTY}, "T2/A1": {"web": EMPTY}}, item)
    several = [service("T1/A1/web", name) for name in ("b", "a")]
    text = "Several Services have labels for the pool /T1/A1/web: Service default/b, Service default/a"
    remedy = (
        "Remove the labels of all but one, remove a namespace from label_namespaces, "
        "or name the Service in pools."
    )
    assert added(wanted, *several, service("T2/A1/web")) == [
        ("T1", "applications[0]", "label_conflict", text, remedy, DETAILS)
    ]
    assert [pool.where for pool in wanted.cluster_pools] == ["/T2/A1/web"] and wanted.warnings == []


@pytest.mark.parametrize(
    ("ports", "code", "text", "remedy"),
    [
        ((HTTP, ServicePort("x", 82, "TCP", "web", None)), "service_port_not_found",
         "has no port 81, which members[0].servicePort of the pool /T1/A1/web names; it has 80 (target 8080), 82 (target web)",
         "Correct servicePort, or name the port in pools."),
        ((), "service_port_not_found",
         "has no port 81, which members[0].servicePort of the pool /T1/A1/web names; it has none",
         "Correct servicePort, or name the port in pools."),
        ((ServicePort("a", 81, "TCP", 1, None), ServicePort("b", 81, "UDP", 1, None)), "service_port_ambiguous",
         "has several ports that members[0].servicePort 81 of the pool /T1/A1/web may mean: 81/TCP, 81/UDP",
         "Name the port in pools."),
        ((ServicePort("a", 82, "TCP", 81, None), ServicePort("b", 83, "TCP", 81, None), HTTP), "service_port_ambiguous",
         "has several ports that members[0].servicePort 81 of the pool /T1/A1/web may mean: 82/TCP, 83/TCP",
         "Name the port in pools."),
    ],
)  # fmt: skip
def test_the_port_of_a_template(ports: Any, code: str, text: str, remedy: str) -> None:
    wanted = wanted_of({"T1/A1": {"web": {"class": "Pool", "members": ["text", {"servicePort": 81}]}}})
    assert added(wanted, service("T1/A1/web", ports=ports)) == [
        ("T1", "declaration.T1.A1", code, f"Service default/web {text}", remedy, DETAILS)
    ]
    assert not wanted.cluster_pools


def test_labels_that_name_what_the_declaration_does_not_have() -> None:
    wanted = wanted_of({"T1/A1": {"web": EMPTY, "vs": SERVER}, "T1/A2": {"web": EMPTY}})
    services = [service("T1/A1/nope", "a"), service("T1/A1/vs", "b"), service("T1/A1", "c"), service("T1/A2/x", "d")]
    remedy = "Correct the labels, or add the pools."
    lack = "does not have the pools that labels name: "
    texts = ["a (pool /T1/A1/nope)", "b (pool /T1/A1/vs)", "c (pool /T1/A1/)"]
    first = ", ".join(f"Service default/{text}" for text in texts)
    assert added(wanted, *services) == [
        ("T1", f"declaration.T1.{name}", "label_pool_not_found",
         f"Application T1/{name} of the declaration {lack}{text}", remedy, {"tenant": "T1", "application": name})
        for name, text in (("A1", first), ("A2", "Service default/d (pool /T1/A2/x)"))
    ]  # fmt: skip


def test_what_labels_do_not_fill_is_a_warning() -> None:
    wanted = wanted_of({"T1/A1": {"web": EMPTY, "fixed": FIXED, "more": EMPTY}, "T2/A1": {"web": EMPTY}})
    services = [
        service("T1/A1/fixed", "a"),
        service("T1/A1/web", "b", "other"),
        service("T1/A1/nope", "c", "other"),
        service("T2/A1/web", "d", "other"),
    ]
    assert added(wanted, *services, named={"T1": ["default", "prod"], "T2": ["other"]}) == []
    assert wanted.warnings == [
        "Labels do not fill a pool that has addresses, so these Services fill none: "
        "Service default/a (pool /T1/A1/fixed). Omit the addresses, or use pools.",
        "These Services fill no pool, because label_namespaces does not name their namespace for the tenant: "
        "Service other/b (pool /T1/A1/web), Service other/c (pool /T1/A1/nope).",
        "No Service is labelled for these pools of the declaration: "
        "/T1/A1/web (namespaces default, prod), /T1/A1/more (namespaces default, prod).",
    ]
    assert [pool.where for pool in wanted.cluster_pools] == ["/T2/A1/web"]


def test_labels_for_what_another_task_publishes_mean_nothing() -> None:
    item = {"tenant": "T1", "application": "A1", "pool": {}, "pool_name": "own"}
    alone = {"tenant": "T1", "application": "A3", "pool": {}}
    wanted = wanted_of({"T1/A1": {"web": EMPTY}, "T2/A1": {"web": EMPTY}}, item, alone)
    services = [service(place) for place in ("T1/A1/own", "T1/A2/web", "T1/A3/pool", "T1/A3/x", "T2/A1/web", "T9/A1/web")]
    assert added(wanted, *services, service("T1/A1/web"), named={"T1": ["default"]}) == []
    assert wanted.warnings == [] and [pool.where for pool in wanted.cluster_pools] == ["/T1/A1/web"]
