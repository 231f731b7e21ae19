# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools of a declaration that Services fill by their labels: whose labels count, and what a wrong one costs whom."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import members
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort
from ansible_collections.vks.bigip.tests.unit.support.publishing import World, pool

HTTP, ADMIN = ServicePort("http", 80, "TCP", 8080, None), ServicePort("admin", 8081, "TCP", 9000, None)
EMPTY = {
    "class": "Pool",
    "members": [{"servicePort": 8080, "serverAddresses": [], "shareNodes": True, "connectionLimit": 7}],
}
FIXED = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.1.0.1", "10.1.0.2"]}]}
OURS = pool("10.0.0.1:61001", "10.0.0.2:61002")


def service(
    name: str = "web",
    namespace: str = "default",
    path: str = "T1/A1/web_pool",
    ports: tuple[ServicePort, ...] = (HTTP, ADMIN),
) -> Service:
    labels = dict(
        zip(("cis.f5.com/as3-tenant", "cis.f5.com/as3-app", "cis.f5.com/as3-pool"), path.split("/"))
    )
    return Service(namespace, name, ports=ports, labels=labels)


def adc(**tenants: dict[str, Any]) -> dict[str, Any]:
    found = {
        name: {"class": "Tenant", "A1": {"class": "Application", **pools}} for name, pools in tenants.items()
    }
    return {"class": "ADC", "schemaVersion": "3.50.0", **found}


def world(*services: Service) -> World:
    return World(
        {"web": OURS, "other": pool("10.0.9.1:61001"), "evil": pool("10.6.6.6:666")}, services=list(services)
    )


def addresses(where: World, tenant: str = "T1", name: str = "web_pool") -> list[str]:
    return [members.text(key) for key in sorted(where.bigip.device.get(f"/{tenant}/A1/{name}", {}))]


def test_labels_of_services_fill_a_declaration() -> None:
    here = world(service())
    done = here.publish(declaration=adc(T1={"web_pool": EMPTY}), label_namespaces=["default"])
    assert (
        done["changed"]
        and addresses(here) == ["10.0.0.1:61001", "10.0.0.2:61002"]
        and here.cluster.listed == [("default",)]
    )
    assert all(
        entry["connectionLimit"] == 7 for entry in here.bigip.stored["T1"]["A1"]["web_pool"]["members"]
    )
    assert (
        here.bigip.stored["T1"]["A1"]["constants"]["vks_bigip"]["pools"]["web_pool"]["service"]
        == "default/web:80/TCP"
    )
    assert not here.publish(declaration=adc(T1={"web_pool": EMPTY}), label_namespaces="default")["changed"]


def test_a_labelled_service_of_another_namespace_does_nothing() -> None:
    """The attack of the review: it takes the place of the members of a bank, and a second one makes the whole task fail."""
    evil = [service("evil", "evil", f"T1/A1/{name}") for name in ("web_pool", "no_pool", "fixed")]
    here = world(service(), *evil, *[service(f"evil{number}", "evil") for number in range(99)])
    done = here.publish(declaration=adc(T1={"web_pool": EMPTY, "fixed": FIXED}), label_namespaces=["default"])
    assert "failure" not in done and addresses(here) == ["10.0.0.1:61001", "10.0.0.2:61002"]
    assert addresses(here, name="fixed") == ["10.1.0.1:80", "10.1.0.2:80"]
    assert not done["warnings"] and here.cluster.listed == [("default",)]


DISCOVERIES = [
    {"servicePort": 80, "serverAddresses": ["10.1.0.1"]},
    {"servicePort": 80, "servers": [{"name": "x", "address": "10.1.0.1"}]},
    {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "pay.example.com"},
    {"servicePort": 80, "addressDiscovery": "event"},
    {"servicePort": 80, "bigip": "/Common/node"},
]


@pytest.mark.parametrize("entry", DISCOVERIES)
@pytest.mark.parametrize("template", [[], [{"servicePort": 8080, "serverAddresses": []}]])
def test_a_pool_that_has_addresses_is_never_filled_by_labels(
    entry: dict[str, Any], template: list[dict[str, Any]]
) -> None:
    here = world(service(), service("evil", "evil", "T1/A1/fixed"))
    given = adc(T1={"web_pool": EMPTY, "fixed": {"class": "Pool", "members": [*template, entry]}})
    done = here.publish(declaration=given, label_namespaces=["default", "evil"])
    assert "failure" not in done and here.bigip.stored["T1"]["A1"]["fixed"]["members"] == [*template, entry]
    (warning,) = [text for text in done["warnings"] if "evil/evil" in text]
    assert "Service evil/evil (pool /T1/A1/fixed)" in warning and "has addresses" in warning


@pytest.mark.parametrize("namespaces", [None, ["default"]])
def test_nothing_is_read_where_all_pools_have_addresses(namespaces: Any) -> None:
    here = world(service("evil", "evil", "T1/A1/fixed"))
    done = here.publish(declaration=adc(T1={"fixed": FIXED}), label_namespaces=namespaces)
    assert (
        "failure" not in done
        and addresses(here, name="fixed") == ["10.1.0.1:80", "10.1.0.2:80"]
        and not here.cluster.listed
    )


REFUSED: list[tuple[Any, str]] = [
    (
        None,
        "label_namespaces: names no namespace for the pools of the declaration that have no address: /T1/A1/web_pool, /T2/A1/web_pool",
    ),
    ([], "names no namespace for the pools of the declaration that have no address: /T1/A1/web_pool, /T2"),
    (
        {"T1": ["default"]},
        "names no namespace for the pools of the declaration that have no address: /T2/A1/web_pool",
    ),
    (
        {"T1": ["default"], "T2": []},
        "names no namespace for the pools of the declaration that have no address: /T2/A1/web_pool",
    ),
    (["*"], "label_namespaces: has '\\*', which is not the name of a namespace"),
    (
        {"T1": ["default"], "T2": ["evil/../default"]},
        "label_namespaces.T2: has 'evil/../default', which is not the name",
    ),
    ([{"a": 1}], "label_namespaces: has {'a': 1}, which is not the name of a namespace"),
    (7, "label_namespaces: is 7: give a list of namespaces"),
    (["dеfault"], "which is not the name of a namespace"),
]


@pytest.mark.parametrize(("given", "text"), REFUSED)
def test_the_namespaces_are_required_where_a_pool_is_to_be_filled(given: Any, text: str) -> None:
    here = world(service(), service("evil", "evil"))
    with pytest.raises(Failure, match=text) as caught:
        here.publish(
            declaration=adc(T1={"web_pool": EMPTY}, T2={"web_pool": {"class": "Pool"}}),
            label_namespaces=given,
        )
    assert (
        caught.value.code == "invalid_options"
        and not here.cluster.entered
        and not here.bigip.reads
        and not here.bigip.posts
    )


def test_each_tenant_may_have_namespaces_of_its_own() -> None:
    services = [
        service(),
        service("other", "two", "T2/A1/web_pool"),
        *[service(f"evil{n}", "two") for n in range(99)],
    ]
    here = world(*services)
    given = adc(T1={"web_pool": EMPTY}, T2={"web_pool": EMPTY})
    done = here.publish(
        declaration=given, label_namespaces={"T1": ["default"], "T2": ["two"], "T3": ["three"]}
    )
    assert (
        "failure" not in done
        and addresses(here) == ["10.0.0.1:61001", "10.0.0.2:61002"]
        and addresses(here, "T2") == ["10.0.9.1:61001"]
    )
    (warning,) = [text for text in done["warnings"] if "label_namespaces" in text]
    assert "two/evil0 (pool /T1/A1/web_pool)" in warning and "and 89 more" in warning


CONFLICTS: list[tuple[list[Service], str, str]] = [
    (
        [service(), service("web2")],
        "label_conflict",
        "for the pool /T1/A1/web_pool: Service default/web, Service default/web2",
    ),
    ([service(), *[service(f"w{n:03}") for n in range(99)]], "label_conflict", "and 90 more"),
    (
        [service(), service("x", path="T1/A1/no_pool")],
        "label_pool_not_found",
        "T1/A1 of .* not have .* default/x \\(pool /T1/A1/no_pool",
    ),
    (
        [service(), service("x", path="T1/A1/vs")],
        "label_pool_not_found",
        "Service default/x \\(pool /T1/A1/vs\\)",
    ),
    (
        [service(ports=(ADMIN,))],
        "service_port_not_found",
        "Service default/web has no port 8080.*8081 \\(target 9000\\)",
    ),
    ([service(ports=())], "service_port_not_found", "it has none"),
    (
        [service(ports=(HTTP, ServicePort("h2", 81, "TCP", 8080, None)))],
        "service_port_ambiguous",
        "several ports that .* 8080 .* may mean: 80/TCP, 81/TCP",
    ),
]


@pytest.mark.parametrize(("services", "code", "text"), CONFLICTS)
def test_a_conflict_holds_its_tenant_and_the_others_are_published(
    services: list[Service], code: str, text: str
) -> None:
    here = world(*services, service("other", path="T2/A1/web_pool"))
    vs = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "pool": "web_pool"}
    given = adc(T1={"web_pool": EMPTY, "vs": vs}, T2={"web_pool": EMPTY})
    stopped = here.publish(declaration=given, label_namespaces=["default"], on_error="stop")
    assert not here.bigip.posts and stopped["failure"]["tenants"][0]["code"] == code
    done = here.publish(declaration=given, label_namespaces=["default"])
    (failed,) = done["failure"]["tenants"]
    assert failed["tenant"] == "T1" and failed["code"] == code and done["tenants"]["T1"]["action"] == "hold"
    assert failed["path"] == "declaration.T1.A1" and failed["applications"] == ["A1"]
    assert re.search(text, failed["message"])
    assert list(here.bigip.stored) == ["T2"] and addresses(here, "T2") == ["10.0.9.1:61001"]


def test_labels_for_what_another_task_publishes_are_passed_over() -> None:
    others = [
        service("a", path="T9/A1/web_pool"),
        service("b", path="T1/A2/web_pool"),
        service("c", path="T1/A1"),
        service("d", path="t1/A1/web_pool"),
    ]
    here = world(service(), *others)
    done = here.publish(declaration=adc(T1={"web_pool": EMPTY}), label_namespaces=["default"])
    assert (
        done["failure"]["tenants"][0]["code"] == "label_pool_not_found"
        and "default/c" in done["failure"]["message"]
    )
    here.cluster.services.remove(others[2])
    assert "failure" not in here.publish(
        declaration=adc(T1={"web_pool": EMPTY}), label_namespaces=["default"]
    )


def test_a_pool_that_no_service_is_labelled_for_is_reported() -> None:
    here = world()
    done = here.publish(
        declaration=adc(T1={"web_pool": EMPTY}), label_namespaces=["default"], empty_pool="publish"
    )
    assert any(
        "No Service is labelled for these pools of the declaration: /T1/A1/web_pool (namespaces default)"
        in text
        for text in done["warnings"]
    )


def test_secrets_of_an_application_that_labels_fill() -> None:
    here = world(service())
    here.cluster.secrets = {("default", "s"): {"k": b"value-of-ours"}, ("evil", "s"): {"k": b"value-of-evil"}}

    def given(namespace: str) -> dict[str, Any]:
        return adc(
            T1={
                "web_pool": EMPTY,
                "rule": {
                    "class": "iRule",
                    "iRule": {"from_secret": {"namespace": namespace, "name": "s", "key": "k"}},
                },
            }
        )

    here.publish(declaration=given("default"), label_namespaces=["default"])
    assert here.bigip.stored["T1"]["A1"]["rule"]["iRule"] == "value-of-ours"
    with pytest.raises(
        Failure, match="names Secret evil/s, but the application's Services are in these namespaces: default"
    ):
        here.publish(declaration=given("evil"), label_namespaces=["default"])
