# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a deployment: a table of what was read, and what follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import plan
from ansible_collections.vks.bigip.tests.unit.support import cis_world as world
from ansible_collections.vks.bigip.tests.unit.support.cis_world import (
    World,
    controller,
    read,
    release,
    secret,
)

CHECK: World = {"check_mode": True}
IPAM: World = {"ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.9"}}}
CALICO: World = {"static_routing": True, "pool_member_type": "cluster"}
BY_PODS: World = {"mode": {"pool_member_type": "cluster", "chosen_because": "x"}, "cni": "calico"}
CLUSTERS: World = {"multi_cluster": {"mode": "standalone", "local_cluster_name": "one", "clusters": []}}
WITH_KUBECONFIG: World = {
    "multi_cluster": {**CLUSTERS["multi_cluster"], "clusters": [{"name": "two", "kubeconfig": "x"}]}
}
STORED_SPEC: World = {
    "config_maps": [
        {"name": "f5-bigip-ctlr-extended-spec", "data": {"extendedSpec": "a"}, "labels": {"f5nr": "true"}}
    ]
}
SERVED_TWICE = world.other(arguments=["--bigip-url=https://192.0.2.1"])
SAME = {
    **{"refused": [], "changes": False, "ask_helm": False, "deploy_anyway": False, "force": False},
    **{"login": False, "objects": [], "definitions": [], "former": [], "works": True, "running": True},
    **{"at_rest": False, "installed": True, "reversible": True, "no_namespace": False, "revision": "3"},
}
"""The plan for a deployment that is as it should be."""
CASES: dict[str, tuple[World, World, World, World, World]] = {
    # variables, what cis_info found, the installation, what else was read, and where the plan differs from SAME
    "nothing changed": ({}, {}, {}, {}, {}),
    "a changed value": (
        {},
        {},
        {"helm_release": release(values={"args": {}})},
        {},
        {"changes": True, "ask_helm": True},
    ),
    "another chart": (
        {},
        {},
        {"helm_release": release(chart="f5-bigip-ctlr-0.0.35")},
        {},
        {"changes": True, "ask_helm": True},
    ),
    "another manifest": (
        {},
        {},
        {"helm_release": release(manifest_digest="x")},
        {},
        {"changes": True, "ask_helm": True},
    ),
    "another login": (
        {},
        {},
        {"secrets": [secret(same=False)]},
        {},
        {"changes": True, "login": True, "former": ["Secret"]},
    ),
    "a label of the login is missing": (
        {},
        {},
        {"secrets": [secret(labels={})]},
        {},
        {"changes": True, "login": True, "former": ["Secret"]},
    ),
    "a login Secret of the user": (
        {"bigip_login_secret": "own", "bigip_username": "", "bigip_password": ""},
        {},
        {"secrets": [secret(name="own", same=False, labels={})]},
        {},
        {},
    ),
    "another login, in check mode": (
        {},
        CHECK,
        {"secrets": [secret(same=False)]},
        {},
        {"changes": True, "login": True, "reversible": False},
    ),
    "another login, of a release that failed": (
        {},
        {},
        {"secrets": [secret(same=False)], "helm_release": release(status="failed")},
        {},
        {
            "changes": True,
            "ask_helm": True,
            "deploy_anyway": True,
            "force": True,
            "reversible": False,
            "login": True,
        },
    ),
    "another login and another CA": (
        {"bigip_ca_cert": "PEM"},
        {},
        {"secrets": [secret(same=False)]},
        {},
        {
            "changes": True,
            "login": True,
            "objects": ["ConfigMap f5-bigip-ctlr-trusted-certs"],
            "former": ["Secret", "ConfigMap"],
        },
    ),
    "another CA": (
        {"bigip_ca_cert": "PEM"},
        {},
        {},
        {},
        {
            "changes": True,
            "ask_helm": False,
            "objects": ["ConfigMap f5-bigip-ctlr-trusted-certs"],
            "former": ["ConfigMap"],
        },
    ),
    "the same CA, which CIS started with": (
        {"bigip_ca_cert": "PEM"},
        {"controllers": [controller(started_with="u1 u2 1 2")]},
        {
            "config_maps": [
                {
                    "name": "f5-bigip-ctlr-trusted-certs",
                    "uid": "u2",
                    "resource_version": "2",
                    "data": {"ca.crt": "PEM"},
                }
            ]
        },
        {},
        {},
    ),
    "a namespace with other labels": (
        {},
        {},
        {"namespace": {"a": "b"}},
        {},
        {"changes": True, "objects": ["Namespace f5-cis"]},
    ),
    "no Pod Security level": ({"pod_security": "none"}, {}, {"namespace": {}}, {}, {}),
    "a namespace of Kubernetes": (
        {"namespace": "kube-system"},
        {"controllers": [controller(namespace="kube-system", release_namespace="kube-system")]},
        {"namespace": {}, "secrets": [secret(namespace="kube-system")]},
        {},
        {},
    ),
    "an IPAM controller": (IPAM, {}, {}, {}, {"changes": True, "objects": ["Namespace f5-cis"]}),
    "an IPAM controller, in its namespace": (
        IPAM,
        {},
        {
            "namespace": {
                "pod-security.kubernetes.io/enforce": "baseline",
                "pod-security.kubernetes.io/warn": "restricted",
            }
        },
        {},
        {"changes": True},
    ),
    "a namespace that is gone": (
        {"pod_security": "none"},
        CHECK,
        {"namespace": None},
        {},
        {"changes": True, "no_namespace": True, "reversible": False},
    ),
    "several clusters": (
        CLUSTERS,
        {},
        {},
        {"extended_spec": "a"},
        {"changes": True, "objects": ["ConfigMap f5-bigip-ctlr-extended-spec"], "former": ["ConfigMap"]},
    ),
    "several clusters, as they are": (
        CLUSTERS,
        {},
        STORED_SPEC,
        {"extended_spec": "a"},
        {},
    ),
    "several clusters, and a kubeconfig": (
        WITH_KUBECONFIG,
        {},
        STORED_SPEC,
        {"extended_spec": "a"},
        {"changes": True, "former": ["Secret"]},
    ),
    "Calico's blocks": (
        CALICO,
        {},
        {},
        BY_PODS,
        {
            "changes": True,
            "objects": [
                "ClusterRole f5-bigip-ctlr-blockaffinities",
                "ClusterRoleBinding f5-bigip-ctlr-blockaffinities",
            ],
        },
    ),
    "Calico's blocks, without RBAC": ({**CALICO, "values": {"rbac": {"create": False}}}, {}, {}, BY_PODS, {}),
    "an older definition, while CIS runs": (
        {},
        {},
        {"definitions": []},
        {},
        {"changes": True, "ask_helm": True, "definitions": ["virtualservers.cis.f5.com"]},
    ),
    "an older definition, while CIS is scaled to 0": (
        {},
        {"controllers": [controller(replicas=0)]},
        {"definitions": []},
        {},
        {
            **{"changes": True, "ask_helm": True, "at_rest": True, "running": False},
            **{
                "definitions": ["virtualservers.cis.f5.com"],
                "objects": ["CustomResourceDefinition virtualservers.cis.f5.com"],
            },
        },
    ),
    "definitions that were not read": (
        {},
        {},
        {"definitions": None},
        {},
        {"changes": True, "ask_helm": True, "definitions": ["virtualservers.cis.f5.com"]},
    ),
    "definitions of a file": (
        {},
        {},
        {},
        {"definitions": [{**world.DEFINITION, "metadata": {"name": "mine"}}]},
        {"changes": True, "ask_helm": True, "definitions": ["mine"]},
    ),
    "definitions of another user": ({"manage_crds": False}, {}, {"definitions": []}, {}, {}),
    "CIS is scaled to 0": (
        {},
        {"controllers": [controller(replicas=0)]},
        {},
        {},
        {"changes": True, "at_rest": True, "running": False},
    ),
    "it started with another Secret": (
        {},
        {"controllers": [controller(started_with="u0 1")]},
        {},
        {},
        {"changes": True},
    ),
    "it does not work": ({}, {"problems": ["x"]}, {}, {}, {"works": False}),
    "it does not work, in check mode": (
        {},
        {**CHECK, "problems": ["x"]},
        {},
        {},
        {"works": False, "reversible": False},
    ),
    "it is not available": ({}, {"controllers": [controller(available=False)]}, {}, {}, {"works": False}),
    "a release that failed": (
        {},
        {},
        {"helm_release": release(status="failed")},
        {},
        {"changes": True, "ask_helm": True, "deploy_anyway": True, "force": True, "reversible": False},
    ),
    "a release that failed, and Helm 4": (
        {},
        {},
        {"helm_release": release(status="failed")},
        {"rendered": world.rendered(stdout="v4.0.0\n---\nkind: Deployment\n")},
        {"changes": True, "ask_helm": True, "deploy_anyway": True, "reversible": False},
    ),
    "no Deployment": (
        {},
        {"controllers": []},
        {},
        {},
        {
            "changes": True,
            "ask_helm": True,
            "deploy_anyway": True,
            "force": True,
            "works": False,
            "running": False,
        },
    ),
    "nothing is installed": (
        {},
        {"controllers": []},
        {"helm_release": {}, "namespace": None, "secrets": [secret(present=False, same=False)]},
        {},
        {
            **{
                "changes": True,
                "ask_helm": True,
                "login": True,
                "installed": False,
                "reversible": False,
                "revision": "",
            },
            **{"works": False, "running": False, "objects": ["Namespace f5-cis"]},
        },
    ),
    "nothing is installed, in check mode": (
        {"bigip_ca_cert": "PEM"},
        {**CHECK, "controllers": []},
        {"helm_release": {}, "namespace": None, "secrets": [secret(present=False, same=False)]},
        {},
        {
            **{
                "changes": True,
                "ask_helm": True,
                "login": True,
                "installed": False,
                "reversible": False,
                "revision": "",
            },
            **{"works": False, "running": False, "no_namespace": True, "objects": ["Namespace f5-cis"]},
        },
    ),
    "a release that Helm keeps elsewhere than in Secrets": (
        {},
        {},
        {"helm_release": {}},
        {"helm": {"status": release(values={})}},
        {"changes": True, "ask_helm": True},
    ),
    "a CNI that is not known yet": (
        {"static_routing": True, "pool_member_type": "cluster"},
        {},
        {},
        {"mode": BY_PODS["mode"], "cni": ""},
        {},
    ),
    "CRDs are missing": (
        {"manage_crds": False},
        {},
        {"custom_resources": ["policies"]},
        {},
        {
            "refused": [
                "cis_custom_resource_mode: CIS does not start without the CRDs "
                "externaldnses.cis.f5.com, ingresslinks.cis.f5.com, "
                "tlsprofiles.cis.f5.com, transportservers.cis.f5.com, virtualservers.cis.f5.com. "
                "cis_manage_crds is false, and the cluster does not have them. Nothing was changed. "
                f"Set cis_crds_path to a file with the CRDs of CIS {world.options()['version']} "
                "and cis_manage_crds: true."
            ]
        },
    ),
    "no answer of Helm": (
        {},
        {},
        {"helm_release": release(status="failed")},
        {"rendered": {"rc": 127, "msg": "no shell."}},
        {
            **{"changes": True, "ask_helm": True, "deploy_anyway": True, "reversible": False},
            "refused": [
                "helm is not Helm 3 or 4: no shell. "
                "Install Helm where the role runs, or name it as cis_helm_binary."
            ],
        },
    ),
    "values that are refused": (
        {"namespaces": ["a"], "values": {"args": {"insecure": True}}},
        {},
        {},
        {},
        {"refused": ["cis_values.args.insecure would undo what the role checks. Set it by cis_insecure."]},
    ),
    "another product's chart": (
        {},
        {},
        {},
        {"objects": []},
        {
            **{"changes": True, "ask_helm": True, "deploy_anyway": True, "force": True, "running": False},
            "refused": [
                "The chart f5-bigip-ctlr is not f5-bigip-ctlr for CIS 2.x: "
                "it makes no Deployment with --bigip-partition=kubernetes."
            ],
        },
    ),
}


def names(objects: list[World]) -> list[str]:
    return [f"{one['kind']} {one['metadata']['name']}" for one in objects]


@pytest.mark.parametrize(("changed", "found", "installation", "more", "expected"), CASES.values(), ids=CASES)
def test_a_plan(changed: World, found: World, installation: World, more: World, expected: World) -> None:
    made = plan.deployment(read(changed, found, installation, **more))
    made["objects"] = names(made["objects"])
    made["definitions"] = [one["metadata"]["name"] for one in made["definitions"]]
    assert {key: made[key] for key in SAME} == {**SAME, **expected}


def test_a_whole_plan() -> None:
    state = read(IPAM, {"controllers": [controller(), SERVED_TWICE]})
    made = plan.deployment(state)
    labels = {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "restricted",
    }
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "f5-cis", "labels": labels}}
    assert made["values"] == plan.rendering(state)["values"] != {}
    assert (
        made["warnings"]
        == [text for text in made["warnings"] if text.startswith("CIS elsewhere/other watches all")]
        != []
    )
    assert made["ipam_values"]["args"]["ip_range"] == '{"a":"192.0.2.1-192.0.2.9"}'
    rest = {key: value for key, value in made.items() if key not in ("values", "warnings", "ipam_values")}
    assert rest == {
        **{**SAME, "changes": True, "objects": [namespace], "check": False, "deployment": "f5-bigip-ctlr"},
        **{"tenants": ["kubernetes"], "pool_member_type": "nodeport", "chosen_because": "it was asked for"},
        "reads_at_start": [{"kind": "Secret", "name": "f5-bigip-ctlr-login"}],
    }


def test_the_plan_holds_no_secret() -> None:
    assert "secret" not in str(plan.deployment(read({"bigip_ca_cert": "PEM"}))).replace("secret'", "")


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({}, []),
        ({"bigip_login_secret": "login"}, [{"kind": "Secret", "name": "login"}]),
        (
            {"bigip_login_secret": "login", "args": {"trusted_certs_cfgmap": "f5-cis/ca"}},
            [{"kind": "Secret", "name": "login"}, {"kind": "ConfigMap", "name": "ca"}],
        ),
    ],
)
def test_what_the_former_cis_reads_at_its_start(stored: World, expected: list[Any]) -> None:
    assert (
        plan.deployment(read(installation={"helm_release": release(values=stored)}))["reads_at_start"]
        == expected
    )


def test_the_ipam_controller_lowers_the_pod_security_level() -> None:
    (namespace,) = plan.deployment(read(IPAM))["objects"]
    assert namespace["metadata"]["labels"] == {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/warn": "restricted",
    }
