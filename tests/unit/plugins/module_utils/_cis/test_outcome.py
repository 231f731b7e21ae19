# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report, the result and the failure of a run of the role cis."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import outcome
from ansible_collections.vks.bigip.tests.unit.support.cis_world import (
    World,
    controller,
    options,
    read,
    resource,
)

PLAN: World = {
    **{
        "deployment": "f5-bigip-ctlr",
        "no_namespace": False,
        "pool_member_type": "nodeport",
        "chosen_because": "x",
    },
    **{"values": {"a": 1}, "warnings": ["w"], "revision": "3", "at_rest": False, "ipam_values": None},
}
DONE: World = {"changed": True}


def run(
    changed: World | None = None, found: World | None = None, plan: World | None = None, **more: Any
) -> World:
    given = {"plan": {**PLAN, **(plan or {})}, "applied": {}, "declaration": {}}
    return {**read(changed, found), **given, **more}


def applied(kind: str, name: str) -> World:
    return {"changed": True, "result": {"kind": kind, "metadata": {"name": name}}}


NEW = {"no_namespace": True}
CLUSTERS = {"multi_cluster": {"mode": "standalone"}}
CHANGES: dict[str, tuple[World, World, World, list[str]]] = {
    # variables, the plan, the results, the changes
    "nothing": ({}, {}, {}, []),
    "nothing was applied": ({}, {}, {"applied": None}, []),
    "objects without metadata": (
        {},
        {},
        {
            "applied": {
                "objects": {"changed": True, "result": {"kind": "Namespace", "metadata": None}},
                "start": None,
            }
        },
        ["namespace"],
    ),
    "an object without a kind": (
        {},
        {},
        {"applied": {"objects": {"changed": True, "result": {}}, "login": {"changed": False}}},
        [],
    ),
    "everything": (
        {},
        {},
        {
            "partition": DONE,
            "applied": {
                **{name: DONE for name in ("kubeconfigs", "claim", "ipam", "helm")},
                "login": applied("Secret", "x"),
                "objects": {
                    "result": {
                        "results": [
                            applied("Namespace", "f5-cis"),
                            applied("ConfigMap", "f5-bigip-ctlr-trusted-certs"),
                            applied("ClusterRole", "f5-bigip-ctlr-blockaffinities"),
                        ]
                    }
                },
                "definitions": applied("CustomResourceDefinition", "x"),
                "start": {"restart": True},
            },
        },
        [
            "namespace",
            "partition",
            "login_secret",
            "trusted_certs",
            "clusters",
            "rights",
            "ipam",
            "crds",
            "release",
            "restart",
        ],
    ),
    "unchanged objects": (
        {},
        {},
        {"applied": {"objects": {**applied("Namespace", "a"), "changed": False}}},
        [],
    ),
    "a namespace": ({}, {}, {"applied": {"objects": applied("Namespace", "f5-cis")}}, ["namespace"]),
    "a partition": ({}, {}, {"partition": DONE}, ["partition"]),
    "a login": ({}, {}, {"applied": {"login": applied("Secret", "x")}}, ["login_secret"]),
    "a CA": (
        {},
        {},
        {"applied": {"objects": applied("ConfigMap", "f5-bigip-ctlr-trusted-certs")}},
        ["trusted_certs"],
    ),
    "a kubeconfig": (CLUSTERS, {}, {"applied": {"kubeconfigs": DONE}}, ["clusters"]),
    "clusters": (
        CLUSTERS,
        {},
        {"applied": {"objects": applied("ConfigMap", "f5-bigip-ctlr-extended-spec")}},
        ["clusters"],
    ),
    "rights": (
        {},
        {},
        {"applied": {"objects": applied("ClusterRole", "f5-bigip-ctlr-blockaffinities")}},
        ["rights"],
    ),
    "a claim": ({}, {}, {"applied": {"claim": DONE}}, ["ipam"]),
    "an IPAM controller": ({}, {}, {"applied": {"ipam": DONE}}, ["ipam"]),
    "CRDs": ({}, {}, {"applied": {"definitions": applied("CustomResourceDefinition", "x")}}, ["crds"]),
    "CRDs among several": (
        {},
        {},
        {"applied": {"definitions": {"result": {"results": [applied("CustomResourceDefinition", "x")]}}}},
        ["crds"],
    ),
    "a release": ({}, {}, {"applied": {"helm": DONE}}, ["release"]),
    "a restart": ({}, {}, {"applied": {"start": {"restart": True}}}, ["restart"]),
    "a new namespace in check mode": ({}, NEW, {}, ["login_secret"]),
    "with a CA and clusters": (
        {"bigip_ca_cert": "PEM", **CLUSTERS},
        NEW,
        {},
        ["login_secret", "trusted_certs", "clusters"],
    ),
    "with a login Secret of the user": ({"bigip_login_secret": "own"}, NEW, {}, []),
}


@pytest.mark.parametrize(("changed", "plan", "results", "expected"), CHANGES.values(), ids=CHANGES)
def test_changes(changed: World, plan: World, results: World, expected: list[str]) -> None:
    assert outcome.changes(run(changed, plan=plan, **results)) == expected


RESOURCES = [
    resource(),
    resource(partition="Shop"),
    resource(partition="a/b"),
    resource(ok=None, partition="Waits"),
    resource(ok=False, partition="Bad", message="no such pool"),
]


def test_health_as_it_was_read_at_the_beginning() -> None:
    seen = outcome.health(run(found={"resources": RESOURCES}))
    assert seen["controllers"] == [controller()] and seen["resources"] == RESOURCES
    assert seen["tenants"] == seen["missing"] == ["kubernetes", "Shop"]
    assert seen["reports"] == [
        {"about": "shop/vs", "text": "VirtualServer shop/vs: no such pool"},
        {
            "about": "kubernetes, Shop",
            "text": "BIG-IP does not have the tenants kubernetes, Shop, which resources name that CIS accepted. "
            "Look at the log of CIS.",
        },
    ]


def test_what_bigip_does_not_have_is_reported_only_where_it_is_read() -> None:
    for changed in ({"verify": False}, {"manage_bigip": False}):
        assert outcome.health(run(changed, {"resources": [resource()]}))["missing"] == ["kubernetes"]
        assert outcome.health(run(changed, {"resources": [resource()]}))["reports"] == []
    has = outcome.health(
        run(found={"resources": [resource()]}, declaration={"kubernetes": {"class": "Tenant"}})
    )
    assert (has["missing"], has["reports"]) == ([], [])


def test_a_status_in_place_of_a_message() -> None:
    (report,) = outcome.health(run(found={"resources": [resource(ok=False, status="Error")]}))["reports"]
    assert report["text"] == "VirtualServer shop/vs: Error"


VERIFIED: dict[str, tuple[World, World, bool]] = {
    "nothing": ({}, {}, False),
    "resources": ({"resources": [resource(ok=None)]}, {}, True),
    "it does not work": ({"problems": ["x"]}, {}, True),
    "something changed": ({}, {"partition": DONE}, True),
    "check mode": ({"problems": ["x"], "check_mode": True}, {"partition": DONE}, False),
}


@pytest.mark.parametrize(("found", "more", "expected"), VERIFIED.values(), ids=VERIFIED)
def test_whether_there_is_something_to_verify(found: World, more: World, expected: bool) -> None:
    assert outcome.health(run(found=found, **more))["verify"] is expected


def test_health_as_the_last_check_read_it() -> None:
    last = {"controllers": [controller(replicas=2)], "resources": [resource(partition="New")]}
    seen = outcome.health(run(found={"resources": RESOURCES}, health=last))
    assert (seen["controllers"], seen["tenants"]) == (last["controllers"], ["New"])
    assert (
        outcome.health(run(found={"resources": RESOURCES}, health={"skipped": True}))["resources"]
        == RESOURCES
    )


def test_a_check_that_read_no_resources() -> None:
    for last in ({"controllers": [], "resources": None}, {"controllers": []}):
        seen = outcome.health(run(found={"resources": RESOURCES}, health=last))
        empty: World = dict.fromkeys(("controllers", "resources", "tenants", "missing", "reports"), [])
        assert seen == {**empty, "verify": False}
    assert outcome.health(run(found={"resources": RESOURCES}, health=None))["resources"] == RESOURCES


def test_check_mode_reports_no_health() -> None:
    seen = outcome.health(run(found={"check_mode": True, "resources": RESOURCES}))
    assert seen == {
        "controllers": [],
        "resources": [],
        "tenants": [],
        "missing": [],
        "reports": [],
        "verify": False,
    }


def test_result() -> None:
    declaration = {
        "class": "ADC",
        "controls": {"class": "Controls"},
        "kubernetes": {"class": "Tenant"},
        "Other": {"class": "Tenant"},
    }
    returned = outcome.result(
        run(found={"resources": RESOURCES}, declaration=declaration, pools=["pool"], partition=DONE)
    )
    assert returned == {
        **{
            "release": "f5-bigip-ctlr",
            "namespace": "f5-cis",
            "deployment": "f5-bigip-ctlr",
            "changes": ["partition"],
        },
        **{
            "pool_member_type": "nodeport",
            "chosen_because": "x",
            "values": {"a": 1},
            "controller": controller(),
        },
        **{"resources": RESOURCES, "pools": ["pool"], "tenants": ["kubernetes"], "warnings": ["w"]},
    }


def test_result_without_verification() -> None:
    found = {"resources": RESOURCES, "controllers": []}
    returned = outcome.result(run({"verify": False}, found, declaration={"kubernetes": {"class": "Tenant"}}))
    assert (returned["tenants"], returned["controller"], returned["pools"]) == ([], {}, [])
    assert outcome.result(run(pools=None))["pools"] == []
    assert outcome.tenants_of({"a": {"class": "Tenant"}, "b": {"class": "x"}, "c": ["Tenant"]}) == ["a"]


IPAM = {"release": "f5-ipam", "claim_name": "f5-bigip-ctlr-ipam"}
OWN = {"args": {"provider": "f5-ip-provider"}}


def controller_of(release: str = "f5-ipam", **status: Any) -> World:
    return {"metadata": {"annotations": {"meta.helm.sh/release-name": release}}, "status": status}


def condition(kind: str) -> World:
    return {"conditions": [{"type": kind, "message": "no room\n"}]}


FAULTS: dict[str, tuple[list[World], list[World], World, bool, str]] = {
    # Deployments, claims, the values; whether it runs, and the reason if it does not
    "it runs": ([controller_of(availableReplicas=1)], [], OWN, True, "Its claim"),
    "another release runs": (
        [controller_of("other", availableReplicas=1)],
        [],
        OWN,
        False,
        "Its claim f5-bigip-ctlr-ipam is not there, not Bound:",
    ),
    "no volume": (
        [controller_of()],
        [{"status": {"phase": "Pending"}}],
        OWN,
        False,
        "Its claim f5-bigip-ctlr-ipam is Pending, not Bound:",
    ),
    "bound": (
        [controller_of()],
        [{"status": {"phase": "Bound"}}],
        OWN,
        False,
        "'kubectl describe pods -n f5-cis' shows more.",
    ),
    "Infoblox": (
        [{}],
        [],
        {"args": {"provider": "infoblox"}},
        False,
        "'kubectl describe pods -n f5-cis' shows more.",
    ),
    "no Pod is admitted": ([controller_of(**condition("ReplicaFailure"))], [], OWN, False, r"no room\n"),
    "two conditions of two Deployments": (
        [controller_of(**condition("ReplicaFailure")), controller_of(**condition("ReplicaFailure"))],
        [],
        OWN,
        False,
        r"no room\n no room\n",
    ),
    "one of two runs": ([controller_of(), controller_of(availableReplicas=1)], [], OWN, True, "Its claim"),
    "Deployments without status and annotations": (
        [
            {**controller_of(), "status": None},
            controller_of(conditions=None),
            {"metadata": {"annotations": None}},
            {"metadata": None},
        ],
        [{"status": None}, {"status": {"phase": "Bound"}}],
        OWN,
        False,
        "Its claim f5-bigip-ctlr-ipam is not there, not Bound:",
    ),
    "a claim without a phase": (
        [],
        [{"status": {}}],
        OWN,
        False,
        "Its claim f5-bigip-ctlr-ipam is not there, not Bound:",
    ),
    "another condition": (
        [controller_of(**condition("Progressing"))],
        [],
        OWN,
        False,
        "Its claim f5-bigip-ctlr-ipam is not there",
    ),
}


@pytest.mark.parametrize(
    ("deployments", "claims", "values", "running", "reason"), FAULTS.values(), ids=FAULTS
)
def test_ipam(
    deployments: list[World], claims: list[World], values: World, running: bool, reason: str
) -> None:
    given = {"options": options(), "plan": {"ipam_values": values}, "release": IPAM}
    seen = outcome.ipam({**given, "deployments": deployments, "claims": claims})
    assert seen["running"] == running
    assert seen["fault"].startswith(
        f"The IPAM controller, Helm release f5-cis/f5-ipam, does not run after 300 s. {reason}"
    )


BACK: dict[str, tuple[World, str]] = {
    # how far the former state was restored, and the message
    "nothing was changed": ({}, "It broke."),
    "it runs again": (
        {"rolled_back": True, "disturbed": True},
        "It broke. Revision 3 of the Helm release f5-cis/f5-bigip-ctlr runs again.",
    ),
    "with its Secrets": (
        {"rolled_back": True, "disturbed": True, "put_back": True},
        "It broke. Revision 3 of the Helm release f5-cis/f5-bigip-ctlr runs again, with its former Secrets and ConfigMaps.",
    ),
    "it ran on": (
        {"rolled_back": True, "put_back": True},
        "It broke. Revision 3 of the Helm release f5-cis/f5-bigip-ctlr runs, with its former Secrets and ConfigMaps.",
    ),
    "it was scaled to 0": (
        {"rolled_back": True, "disturbed": True, "plan": {**PLAN, "at_rest": True}},
        "It broke. Revision 3 of the Helm release f5-cis/f5-bigip-ctlr is scaled to 0 again.",
    ),
    "it could be restored in part": (
        {"rolled_back": True, "fault": "No right"},
        "It broke. Revision 3 of the Helm release f5-cis/f5-bigip-ctlr runs. "
        "The former state could not be restored: No right. Helm does it by: helm rollback f5-bigip-ctlr 3 -n f5-cis",
    ),
    "it could not be restored": (
        {"fault": "No right."},
        "It broke. The former state could not be restored: No right. Helm does it by: helm rollback f5-bigip-ctlr 3 -n f5-cis",
    ),
}


@pytest.mark.parametrize(("changed", "message"), BACK.values(), ids=BACK)
def test_failure(changed: World, message: str) -> None:
    given = {
        "options": options(),
        "plan": PLAN,
        "said": "It broke",
        "rolled_back": False,
        "put_back": False,
        "fault": "",
    }
    assert outcome.failure({**given, "disturbed": False, **changed}) == message


@pytest.mark.parametrize(
    ("said", "message"), [("a.", "a."), ("a\n", "a."), ("a\nb", "a\nb."), ("", ""), ("a\x1b", r"a\x1b.")]
)
def test_what_failed_ends_like_a_sentence(said: str, message: str) -> None:
    given = {
        "options": options(),
        "plan": PLAN,
        "rolled_back": False,
        "put_back": False,
        "fault": "",
        "disturbed": False,
    }
    assert outcome.failure({**given, "said": said}) == message


def test_messages() -> None:
    failed = {"failed": True, "msg": "one"}
    assert (
        outcome.messages({"msg": "no failure"})
        == outcome.messages({"failed": True})
        == outcome.messages({"failed": True, "msg": None})
        == ""
    )
    assert outcome.messages(failed) == "one"
    assert (
        outcome.messages(
            {"failed": True, "msg": "all", "results": [failed, {"msg": "good"}, {**failed, "msg": "two"}]}
        )
        == "one two"
    )
