# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""only_services: the values that are refused, and the applications that are left."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import only, publishing
from ansible_collections.vks.bigip.plugins.module_utils._request.labels import LABELS
from ansible_collections.vks.bigip.plugins.module_utils._request.publishing import PublishRequest
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems
from ansible_collections.vks.bigip.tests.unit.support.publishing import app

LONGEST = "a" * 63
EMPTY = "is empty, which never means all: omit it to publish all applications"
FORM = ": name each Service as namespace/name, such as shop/web"
CHECKS: list[tuple[list[Any] | None, str, str | None]] = [
    (None, "present", None),
    (None, "absent", None),
    (["shop/web"], "present", None),
    (["shop/web", "shop/web", "s-1/1-w"], "present", None),
    ([f"{LONGEST}/{LONGEST}"], "present", None),
    ([], "present", EMPTY),
    (["web"], "present", f"has 'web'{FORM}"),
    (["shop/web", "/web", "shop/"], "present", f"has '/web', 'shop/'{FORM}"),
    (["/"], "present", f"has '/'{FORM}"),
    ([" "], "present", f"has ' '{FORM}"),
    (["a/b/c"], "present", f"has 'a/b/c'{FORM}"),
    (["shop/*"], "present", f"has 'shop/*'{FORM}"),
    (["*/web"], "present", f"has '*/web'{FORM}"),
    (["Shop/web"], "present", f"has 'Shop/web'{FORM}"),
    (["shop/web-"], "present", f"has 'shop/web-'{FORM}"),
    (["-shop/web"], "present", f"has '-shop/web'{FORM}"),
    (["shop/web.example"], "present", f"has 'shop/web.example'{FORM}"),
    (["shop/web:80"], "present", f"has 'shop/web:80'{FORM}"),
    (["shop/web\n"], "present", f"has 'shop/web\\n'{FORM}"),
    (["shоp/web"], "present", f"has 'shоp/web'{FORM}"),
    ([f"{LONGEST}a/web"], "present", f"has '{'a' * 59}{FORM}"),
    ([5], "present", f"has 5{FORM}"),
    (["shop/web"], "absent", "is for state: present only: omit it for state: absent"),
    (["web"], "released", "is for state: present only: omit it for state: released"),
    ([], "absent", "is for state: present only: omit it for state: absent"),
]


@pytest.mark.parametrize(("services", "state", "fault"), CHECKS)
def test_values(services: list[Any] | None, state: str, fault: str | None) -> None:
    problems = Problems()
    checked = only.check(services, state, problems)
    assert problems.found == ([("only_services", fault)] if fault else [])
    assert fault or checked == (None if services is None else set(services))


def check(**options: Any) -> PublishRequest:
    request = publishing.check(PublishOptions.from_params(options), False)
    assert isinstance(request, PublishRequest)
    return request


STATIC = app(
    "T3",
    service=None,
    virtual_server=None,
    pool={"members": [{"servicePort": 80, "serverAddresses": ["10.9.0.1"]}]},
)
ITEMS = [
    app(),
    app("T1", "A2", "api", virtual_server=None),
    app("T1", "A2", "web", virtual_server=None, pool_name="second"),
    {**app("T2", virtual_server=None), "service": {"name": "api"}},
    STATIC,
]
RESTRICTED: list[tuple[list[str], list[tuple[str, str]], int]] = [
    # the Services, the applications that are left, and their pools from the cluster
    (["default/web"], [("T1", "A1"), ("T1", "A2")], 3),
    (["default/api"], [("T1", "A2"), ("T2", "A1")], 3),
    (["default/web", "default/api"], [("T1", "A1"), ("T1", "A2"), ("T2", "A1")], 4),
    (["default/we", "other/web", "default/default"], [], 0),
]


@pytest.mark.parametrize(("services", "left", "pools"), RESTRICTED)
def test_applications_that_are_left(services: list[str], left: list[tuple[str, str]], pools: int) -> None:
    tenants = {"T1": {"label": "one"}, "T2": {"label": "two"}, "T3": {"label": "three"}}
    request = check(applications=ITEMS, tenants=tenants, only_services=services)
    wanted, expected = request.wanted, sorted({tenant for tenant, _name in left})
    assert [
        (tenant, name) for tenant in wanted.tenants for name in sorted(wanted.applications[tenant])
    ] == left
    assert list(request.tenants) == expected == sorted(wanted.properties)
    assert sorted(wanted.paths) == left == sorted({key[:2] for key in wanted.objects})
    assert len(wanted.cluster_pools) == pools and request.only == set(services)


def test_without_it_all_are_left() -> None:
    request = check(applications=ITEMS)
    assert request.tenants == ["T1", "T2", "T3"] and request.only is None


@pytest.mark.parametrize("prune", [False, True, "owner"])
def test_prune_removes_nothing(prune: Any) -> None:
    assert check(applications=ITEMS, only_services=["default/web"], prune=prune).prune == "none"


FAULTS: dict[str, dict[str, Any]] = {
    "prune": {"prune": "all"},
    "owner": {"prune": True, "owner": " "},
    "tenants.T9": {"tenants": {"T9": {}}},
    "applications[1].virtual_server": {"applications": [app(), app("T2", service="api", virtual_server="")]},
    "applications[1].objects.o": {"applications": [app(), app("T2", service="api", objects={"o": {}})]},
}


@pytest.mark.parametrize("path", FAULTS)
def test_faults_of_all_applications_are_reported(path: str) -> None:
    with pytest.raises(Failure) as raised:
        check(**{"applications": ITEMS, "only_services": ["default/web"], **FAULTS[path]})
    assert raised.value.details["path"] == path


def test_all_faults_are_reported_together() -> None:
    with pytest.raises(Failure) as raised:
        check(applications=[app()], tenants={"T9": {}}, only_services=["web"])
    assert [problem["path"] for problem in raised.value.details["problems"]] == [
        "only_services",
        "tenants.T9",
    ]


def test_a_source_of_any_application_is_refused() -> None:
    items = [
        app(),
        app("T2", service="api", virtual_server=None, pool_member_type="cluster", network_provider="nsx_vpc"),
    ]
    with pytest.raises(Failure, match="F5 has not validated it"):
        check(applications=items, only_services=["default/web"])


@pytest.mark.parametrize("state", ["absent", "released"])
def test_a_removal_is_refused(state: str) -> None:
    with pytest.raises(Failure, match="only_services: is for state: present only"):
        check(applications=[{"tenant": "T1"}], state=state, only_services=["default/web"])


def test_a_tenant_that_is_held_stays_to_be_reported() -> None:
    items = [
        app(),
        app("T2", "label", "api", virtual_server=None),
        app("id", "A1", "api", virtual_server=None),
    ]
    request = check(applications=items, only_services=["default/web"])
    assert request.wanted.applications.keys() == {"T1", "T2", "id"} == {"T1", *request.wanted.faults}
    assert request.wanted.applications["T2"] == {} == request.wanted.applications["id"]
    assert list(request.tenants) == ["T1", "T2"] and len(request.wanted.cluster_pools) == 1


def adc(**tenants: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A declaration of applications by tenant, each with its pools."""
    return {
        "class": "ADC",
        **{
            tenant: {
                "class": "Tenant",
                **{name: {"class": "Application", **pools} for name, pools in applications.items()},
            }
            for tenant, applications in tenants.items()
        },
    }


FILLED = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": ["10.9.0.1"]}]}
EMPTY_POOL = {"web_pool": {"class": "Pool"}}
DECLARATION = adc(
    T1={"A1": EMPTY_POOL, "A2": EMPTY_POOL, "A3": {"fixed": FILLED}}, T2={"A1": EMPTY_POOL, "A2": EMPTY_POOL}
)
NAMESPACES = {"T1": ["shop"], "T2": ["shop", "team"]}
POSSIBLE: list[tuple[list[str], list[tuple[str, str]], dict[str, list[str]]]] = [
    # the Services, the applications that they may fill, and the namespaces to read
    (["shop/web"], [("T1", "A1"), ("T1", "A2"), ("T2", "A1"), ("T2", "A2")], NAMESPACES),
    (["team/web"], [("T2", "A1"), ("T2", "A2")], {"T2": ["shop", "team"]}),
    (["other/shop"], [], {}),
]


def left(request: PublishRequest) -> list[tuple[str, str]]:
    applications = request.wanted.applications
    return [(tenant, name) for tenant in sorted(applications) for name in sorted(applications[tenant])]


@pytest.mark.parametrize(("services", "expected", "labelled"), POSSIBLE)
def test_applications_that_labels_may_fill(
    services: list[str], expected: list[tuple[str, str]], labelled: dict[str, list[str]]
) -> None:
    request = check(declaration=DECLARATION, label_namespaces=NAMESPACES, only_services=services)
    assert left(request) == expected and request.labelled == labelled


def test_an_item_beside_a_declaration_is_left_for_its_own_service() -> None:
    items = [app("T3", virtual_server=None), app("T1", "A2", virtual_server=None, pool_name="own")]
    options = {"applications": items, "declaration": DECLARATION, "label_namespaces": NAMESPACES}
    request = check(**options, only_services=["default/web"])
    assert left(request) == [("T1", "A2"), ("T3", "A1")] and request.labelled == {"T1": ["shop"]}


def labelled_service(name: str, path: str, namespace: str = "shop") -> Service:
    return Service(namespace, name, labels=dict(zip(LABELS, path.split("/"))))


FOUND = [
    labelled_service("web", "T1/A1/web_pool"),
    labelled_service("api", "T1/A2/web_pool"),
    labelled_service("both", "T2/A1/web_pool"),
    labelled_service("also", "T2/A1/web_pool"),
    labelled_service("lost", "T2/A2/no_pool"),
    labelled_service("web", "T1/A2/web_pool", "team"),  # label_namespaces does not name it for T1
    labelled_service("none", "T9/A1/web_pool"),
    labelled_service("fixed", "T1/A3/fixed"),
]
LABELLED: list[tuple[list[str], list[tuple[str, str]]]] = [
    (["shop/web"], [("T1", "A1")]),
    (["shop/api", "shop/unknown"], [("T1", "A2")]),
    (["shop/both"], [("T2", "A1")]),
    (["shop/lost"], [("T2", "A2")]),
    (["team/web"], []),
    (["team/web", "shop/unknown"], []),
    (["shop/none"], []),
    (["shop/fixed"], []),
    (["shop/former"], [("T1", "A2")]),
    (["shop/forme", "shop/former2"], []),
]


@pytest.mark.parametrize(("services", "expected"), LABELLED)
def test_applications_that_labels_fill_or_filled(
    services: list[str], expected: list[tuple[str, str]]
) -> None:
    request = check(declaration=DECLARATION, label_namespaces=NAMESPACES, only_services=services)
    assert request.only is not None
    pools = {"web_pool": {"service": "shop/former:80/TCP"}}
    marked = mark.put({"class": "Application"}, {"owner": "me", "pools": pools})
    stored: dict[str, Any] = {"T1": {"class": "Tenant", "A2": marked, "A3": marked}, "T3": {"A1": marked}}
    only.restrict_labelled(request.wanted, request.labelled, request.sources, request.only, FOUND, stored)
    assert left(request) == expected
