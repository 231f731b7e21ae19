# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The removals, reports and refusals of state absent."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import removal, wanted
from ansible_collections.vks.bigip.tests.unit.support.cis_world import (
    LABELS,
    World,
    controller,
    options,
    other,
    resource,
)

ROUTES = "--static-routing-mode=true"
SHARED_ROUTES = "--shared-static-routes=true"


def plan(
    changed: World | None = None, controllers: list[World] | None = None, resources: list[World] | None = None
) -> World:
    found = {
        "controllers": [controller()] if controllers is None else controllers,
        "resources": resources or [],
    }
    return removal.removal({"options": options(**changed or {}), "found": found})


PLANS: dict[str, tuple[World, list[World], list[World], World]] = {
    # variables, the CIS, its resources, and parts of the plan
    "the CIS": (
        {},
        [controller()],
        [],
        {"refused": [], "exists": True, "serves": True, "partitions": ["kubernetes"], "resources": []},
    ),
    "no CIS": ({}, [], [], {"exists": False, "serves": False, "partitions": ["kubernetes"]}),
    "no CIS and no partition": ({"bigip_partition": ""}, [], [], {"partitions": []}),
    "another partition than the variables name": (
        {},
        [controller(partitions=["one", "two"])],
        [],
        {"partitions": ["one", "two"]},
    ),
    "it does not run": ({}, [controller(available=False)], [], {"exists": True, "serves": False}),
    "resources that stay": (
        {},
        [controller()],
        [resource()],
        {"resources": [], "tenants_of_resources": ["kubernetes"]},
    ),
    "resources": (
        {"remove_resources": True},
        [controller()],
        [resource(partition="Shop"), resource(partition="a/b"), resource(kind="Ingress", partition="X")],
        {
            "resources": [resource(partition="Shop"), resource(partition="a/b")],
            "tenants_of_resources": ["kubernetes", "Shop"],
        },
    ),
    "no routes": ({}, [controller()], [], {"routed": []}),
    "routes": ({}, [controller(arguments=[ROUTES])], [], {"routed": ["kubernetes"]}),
    "shared routes": ({}, [controller(arguments=[ROUTES, SHARED_ROUTES])], [], {"routed": ["Common"]}),
    "routes of a CIS with two partitions": (
        {},
        [controller(arguments=[ROUTES], partitions=["one", "two"])],
        [],
        {"routed": ["one"]},
    ),
    "routes of several": (
        {},
        [
            controller(arguments=[ROUTES]),
            controller(),
            controller(arguments=[ROUTES, SHARED_ROUTES]),
            controller(arguments=[SHARED_ROUTES]),
        ],
        [],
        {"routed": ["Common", "kubernetes"]},
    ),
    "shared routes that are off": ({}, [controller(arguments=[SHARED_ROUTES])], [], {"routed": []}),
    "routes of a CIS without a partition": (
        {},
        [controller(arguments=[ROUTES], partitions=[])],
        [],
        {"routed": []},
    ),
}


@pytest.mark.parametrize(("changed", "controllers", "resources", "expected"), PLANS.values(), ids=PLANS)
def test_a_plan(changed: World, controllers: list[World], resources: list[World], expected: World) -> None:
    made = plan(changed, controllers, resources)
    assert {key: made[key] for key in expected} == expected


def test_a_whole_plan() -> None:
    strays = [
        other(release_namespace="x"),
        controller(available=False, partitions=["kubernetes", "two"]),
        controller(name="b", partitions=["two"]),
    ]
    assert plan(
        {"remove_resources": True}, strays, [resource(partition="two"), resource(partition="Shop")]
    ) == {
        **{
            "refused": [],
            "exists": True,
            "serves": True,
            "partitions": ["theirs", "kubernetes", "two"],
            "routed": [],
        },
        "resources": [resource(partition="two"), resource(partition="Shop")],
        "tenants_of_resources": ["theirs", "kubernetes", "two", "Shop"],
    }


def test_a_release_that_helm_keeps_elsewhere() -> None:
    (sentence,) = plan(controllers=[controller(release_namespace="default")])["refused"]
    assert sentence.startswith(
        "Deployment f5-cis/f5-bigip-ctlr belongs to the Helm release f5-bigip-ctlr of the namespace default"
    )


TENANT: World = {"remove_tenant": True}
CHART = [{"status": {"chart": "f5-bigip-ctlr-0.0.36"}}]
JUDGED: dict[str, tuple[World, list[World], list[World], list[World], list[str], str]] = {
    # variables, the CIS to remove, all CIS, the releases; the sentences that refuse, and the report
    "the only one": (TENANT, [controller()], [controller()], CHART, [], ""),
    "no release": (TENANT, [controller()], [controller()], [{}], [], ""),
    "a partition of another one": (
        TENANT,
        [controller()],
        [controller(), other(partitions=["kubernetes"])],
        CHART,
        [
            "cis_remove_tenant would remove the tenant kubernetes of CIS elsewhere/other, and the CIS to remove is that of the Helm release "
            "f5-cis/f5-bigip-ctlr. Nothing was removed."
        ],
        "",
    ),
    "a tenant that stays": (
        {},
        [controller()],
        [controller(), other(partitions=["kubernetes"])],
        CHART,
        [],
        "",
    ),
    "a wrong name": (
        TENANT,
        [],
        [other(partitions=["kubernetes"])],
        [{}],
        [
            "cis_remove_tenant would remove the tenant kubernetes of CIS elsewhere/other, and the CIS to remove is that of the Helm release "
            "f5-cis/f5-bigip-ctlr, which does not exist. Nothing was removed."
        ],
        "The cluster has no CIS of the Helm release f5-cis/f5-bigip-ctlr. It has elsewhere/other.",
    ),
    "a wrong name, beside others": (
        {},
        [],
        [other(namespace="f5-cis"), other()],
        [{}],
        [],
        "The cluster has no CIS of the Helm release f5-cis/f5-bigip-ctlr. It has elsewhere/other, f5-cis/other.",
    ),
    "no CIS at all": (TENANT, [], [], [{}], [], ""),
    "another product": (
        {},
        [],
        [],
        [{"status": {"chart": "shop-1.0.0"}}],
        ["Helm release f5-cis/f5-bigip-ctlr is of the chart shop-1.0.0, not of f5-bigip-ctlr. Nothing"],
        "",
    ),
    "a chart with a longer name": (
        {},
        [],
        [],
        [{"status": {"chart": "f5-bigip-ctlr-exporter-1.0.0"}}],
        ["Helm release f5-cis/f5-bigip-ctlr is of the chart f5-bigip-ctlr-exporter"],
        "",
    ),
    "a status that is null": (
        {},
        [],
        [],
        [{"status": None}],
        ["Helm release f5-cis/f5-bigip-ctlr is of the chart without a name, not of"],
        "",
    ),
    "a chart that is null": (
        {},
        [],
        [],
        [{"status": {"chart": None}}],
        ["Helm release f5-cis/f5-bigip-ctlr is of the chart without a name, not of"],
        "",
    ),
    "another product that is first": (
        {"ipam": {"release_name": "db"}},
        [controller()],
        [controller()],
        [{}, {"status": {"chart": "a-1"}}],
        ["Helm release f5-cis/db is of the chart a-1"],
        "",
    ),
    "two tenants of two others": (
        TENANT,
        [controller(partitions=["a", "b"])],
        [controller(), other(partitions=["a", "x", "a"]), other(name="two", partitions=["b"])],
        CHART,
        [
            "cis_remove_tenant would remove the tenant a of CIS elsewhere/other, ",
            "cis_remove_tenant would remove the tenant b of CIS elsewhere/two, ",
        ],
        "",
    ),
    "others beside the CIS": ({}, [controller()], [other(), controller(), other(name="two")], CHART, [], ""),
    "a chart without a name": (
        {},
        [],
        [],
        [{"status": {}}],
        ["Helm release f5-cis/f5-bigip-ctlr is of the chart without a name, not of"],
        "",
    ),
    "a mirror's chart": (
        {"chart_ref": "oci://registry.example.com/charts/mirror-1.0.0.tgz"},
        [],
        [],
        [{"status": {"chart": "mirror-v1"}}],
        [],
        "",
    ),
    "another product in place of the IPAM controller": (
        {"ipam": {"release_name": "db"}},
        [controller()],
        [controller()],
        [*CHART, {"status": {"chart": "postgresql-1"}}],
        [
            "Helm release f5-cis/db is of the chart postgresql-1, not of f5-ipam-controller. Nothing was removed. "
            "Correct cis_namespace or cis_ipam.release_name, or set cis_ipam.chart_ref to the chart"
        ],
        "",
    ),
}


@pytest.mark.parametrize(
    ("changed", "controllers", "every", "releases", "refused", "missing"), JUDGED.values(), ids=JUDGED
)
def test_judgement(
    changed: World,
    controllers: list[World],
    every: list[World],
    releases: list[World],
    refused: list[str],
    missing: str,
) -> None:
    own = options(**changed)
    given = {
        "options": own,
        "removal": plan(changed, controllers),
        "every": {"controllers": every},
        "releases": releases,
    }
    judged = removal.judgement({**given, "wanted": {"releases": list(wanted.releases(own))}})
    assert [sentence.startswith(beginning) for sentence, beginning in zip(judged["refused"], refused)] == [
        True
    ] * len(refused)
    assert (len(judged["refused"]), judged["missing"]) == (len(refused), missing)


SERVICE = {"class": "Tenant", "Shared": {"class": "Application", "vs": {"class": "Service_HTTPS"}}}
SERVED: dict[str, tuple[World, bool]] = {
    "nothing": ({}, False),
    "a tenant of CIS": ({"kubernetes": SERVICE}, True),
    "a tenant with its label": ({"Shop": {**SERVICE, "label": "kubernetes"}}, True),
    "another tenant": ({"Shop": {**SERVICE, "label": "x"}}, False),
    "an empty tenant": (
        {"kubernetes": {"class": "Tenant", "Shared": {"class": "Application", "list": [1, "a"]}}},
        False,
    ),
    "a Service in a tuple": ({"kubernetes": {"class": "Tenant", "list": ({"class": "Service_L4"},)}}, True),
    "a Service behind another tenant": (
        {"class": "ADC", "Odd": "text", "Shop": SERVICE, "kubernetes": SERVICE},
        True,
    ),
    "a label of no tenant": ({"Shop": {**SERVICE, "label": None}}, False),
    "a Service in a list": ({"kubernetes": {"class": "Tenant", "list": [{"class": "Service_TCP"}]}}, True),
    "another class": ({"kubernetes": {"class": "Tenant", "a": {"class": "Service_Address"}}}, False),
}


@pytest.mark.parametrize(("declaration", "expected"), SERVED.values(), ids=SERVED)
def test_serves(declaration: World, expected: bool) -> None:
    assert removal.serves({"removal": plan(), "left": {"declaration": declaration}}) is expected
    assert (
        removal.serves({"removal": plan(), "left": {}})
        is removal.serves({"removal": plan(), "left": {"declaration": None}})
        is False
    )


def binding(namespace: str | None = "f5-cis", labelled: bool = True) -> World:
    subject = {"kind": "ServiceAccount", **({"namespace": namespace} if namespace else {})}
    return {"metadata": {"labels": LABELS if labelled else None}, "subjects": [subject]}


ROLE = {"metadata": {"labels": LABELS}}
RIGHTS: dict[str, tuple[list[World], list[World], list[str]]] = {
    "none": ([], [], []),
    "both": ([binding()], [ROLE], ["ClusterRoleBinding", "ClusterRole"]),
    "a ClusterRole alone": ([], [ROLE], ["ClusterRole"]),
    "of another namespace": ([binding("other")], [ROLE], []),
    "of a user": ([binding(None)], [ROLE], []),
    "another binding of another namespace": ([binding(), binding("other")], [ROLE], []),
    "no subjects": ([{**binding(), "subjects": None}], [ROLE], ["ClusterRoleBinding", "ClusterRole"]),
    "more labels": ([], [{"metadata": {"labels": {**LABELS, "a": "b"}}}], ["ClusterRole"]),
    "fewer labels": (
        [],
        [{"metadata": {"labels": {"app.kubernetes.io/managed-by": "vks.bigip"}}}, ROLE],
        ["ClusterRole"],
    ),
    "without labels": ([binding(labelled=False)], [{"metadata": {}}], []),
}


@pytest.mark.parametrize(("bindings", "roles", "kinds"), RIGHTS.values(), ids=RIGHTS)
def test_rights(bindings: list[World], roles: list[World], kinds: list[str]) -> None:
    found = [{"resources": bindings}, {"resources": roles}]
    assert removal.rights({"options": options(), "rights": found}) == kinds
    assert removal.rights({"options": options(), "rights": [{}, {"resources": None}]}) == []


def tenant(label: str | None = "kubernetes", **applications: Any) -> World:
    return {"class": "Tenant", **({"label": label} if label else {}), **applications}


APPLICATION = {"class": "Application"}
OF_CIS = tenant(Shared=APPLICATION)
TENANTS: dict[str, tuple[list[World] | None, list[World], World | None, World]] = {
    # the CIS to remove, all CIS, the declaration, and where the answer differs from nothing to remove
    "its own": (None, [], {"kubernetes": tenant(None)}, {"remove": ["kubernetes"]}),
    "its own, of CIS": (None, [], {"kubernetes": OF_CIS}, {"remove": ["kubernetes"]}),
    "none": (None, [], {}, {}),
    "no declaration": (None, [], None, {}),
    "of a resource": (
        None,
        [],
        {"Two": OF_CIS},
        {"remove": ["Two"], "beyond": ["Two"], "all": ["kubernetes", "Two"]},
    ),
    "its own, and of a resource": (
        None,
        [],
        {"Two": {**OF_CIS, "address": {"class": "x"}}, "kubernetes": tenant(None)},
        {"remove": ["kubernetes", "Two"], "beyond": ["Two"], "all": ["kubernetes", "Two"]},
    ),
    "of a resource, and of another CIS": (None, [other(partitions=["Two"])], {"Two": OF_CIS}, {}),
    "with the label alone": (
        None,
        [],
        {"Payroll": tenant(Wages=APPLICATION), "Both": tenant(Wages=APPLICATION, Shared=APPLICATION)},
        {},
    ),
    "of another label": (
        None,
        [],
        {"Two": tenant("other", Shared=APPLICATION), "Three": tenant(None, Shared=APPLICATION)},
        {},
    ),
    "odd tenants": (None, [], {"Odd": tenant(Shared="text"), "Text": "kubernetes", "Empty": tenant()}, {}),
    "without a CIS": ([], [], {"kubernetes": OF_CIS}, {"remove": ["kubernetes"]}),
    "without a CIS, of another publisher": (
        [],
        [],
        {"kubernetes": tenant(None, Wages=APPLICATION)},
        {"unproven": ["kubernetes"]},
    ),
    "without a CIS, and of a resource": (
        [],
        [],
        {"kubernetes": tenant(None), "Two": OF_CIS},
        {"unproven": ["kubernetes"], "beyond": ["Two"], "remove": ["Two"], "all": ["kubernetes", "Two"]},
    ),
}


@pytest.mark.parametrize(("controllers", "every", "declaration", "expected"), TENANTS.values(), ids=TENANTS)
def test_tenants(
    controllers: list[World] | None, every: list[World], declaration: World | None, expected: World
) -> None:
    given = {"options": options(), "removal": plan(controllers=controllers), "every": {"controllers": every}}
    found = removal.tenants({**given, "declaration": declaration})
    assert found == {"all": ["kubernetes"], "beyond": [], "unproven": [], "remove": [], **expected}


def test_result() -> None:
    given = {
        **{
            "options": options(),
            "removal": {"routed": ["Common"]},
            "releases": [{"status": {}}, {}],
            "resources": True,
            "tenants": False,
        },
        **{
            "objects": [
                {"changed": True, "item": ["Secret", "a"]},
                {"changed": False, "item": ["ConfigMap", "a"]},
            ],
            "rights": True,
        },
        "stored": {"class": "ADC", "kubernetes": {"class": "Tenant"}, "controls": {"class": "Controls"}},
    }
    assert removal.result(given) == {
        **{
            "release": "f5-bigip-ctlr",
            "namespace": "f5-cis",
            "tenants": ["kubernetes"],
            "routes": ["Common"],
        },
        "changes": ["resources", "release", "login_secret", "rights"],
    }
    given |= {
        "releases": [{}, {"status": {}}],
        "resources": False,
        "tenants": True,
        "rights": False,
        "stored": None,
    }
    assert removal.result(given)["changes"] == ["ipam", "login_secret", "tenants"]
    given |= {
        "releases": [{}, {}],
        "objects": [{"changed": True, "item": ["ConfigMap", "a"]}, {"item": ["Secret", "a"]}],
        "tenants": False,
    }
    assert removal.result(given) == {
        **{"release": "f5-bigip-ctlr", "namespace": "f5-cis", "tenants": [], "routes": ["Common"]},
        "changes": ["trusted_certs"],
    }
