# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the role cis that are refused, and those that are taken."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.cis_values import AVAILABLE, CLUSTERS, DIGEST, plan

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no partition": ({"bigip_partition": ""}, "cis_bigip_partition is missing"),
    "Common": ({"bigip_partition": "Common"}, "CIS must not own Common"),
    "no URL": ({"bigip_url": ""}, "cis_bigip_url is missing"),
    "a path": ({"bigip_url": "https://a/mgmt"}, "without a path"),
    "http": ({"bigip_url": "http://a"}, "has to be https"),
    "a password in the URL": ({"bigip_url": "https://admin:x@a"}, "holds a user or a password"),
    "a port that is none": ({"bigip_url": "https://a:port"}, "is not a URL"),
    "no credentials": ({"bigip_password": ""}, "CIS has no BIG-IP credentials"),
    "credentials twice": ({"bigip_login_secret": "mine"}, "Set one or the other"),
    "insecure with a CA": ({"insecure": True, "bigip_ca_cert": True}, "Set one of them"),
    "namespaces and label": ({"namespaces": ["a"], "namespace_label": "b"}, "exclude each other"),
    "another IngressClass": (
        {"ingress_class": "mine", "ingress_class_create": True},
        "The chart names its IngressClass f5",
    ),
    "default of nothing": ({"ingress_class_default": True}, "does nothing without cis_ingress_class_create"),
    "log level": ({"log_level": "loud"}, "CIS knows AS3DEBUG"),
    "a tag": (
        {"image": "registry.example.com:5000/f5networks/k8s-bigip-ctlr:2.20.3"},
        "The tag is cis_version",
    ),
    "a short digest": ({"image": "f5networks/k8s-bigip-ctlr@sha256:ab"}, "with 64 hexadecimal digits"),
    "a digest of another kind": (
        {"image": "f5networks/k8s-bigip-ctlr@sha512:" + "0a" * 32},
        "with 64 hexadecimal digits",
    ),
    "a digest and more": ({"image": f"f5networks/k8s-bigip-ctlr@{DIGEST}\n"}, "with 64 hexadecimal digits"),
    "two digests": ({"image": f"f5networks/k8s-bigip-ctlr@{DIGEST}@{DIGEST}"}, "with 64 hexadecimal digits"),
    "another tag before the digest": (
        {"image": f"f5networks/k8s-bigip-ctlr:2.20.4@{DIGEST}", "version": "2.20.3"},
        "has to be the same",
    ),
    "only a digest": ({"image": f"f5networks/@{DIGEST}"}, "REPOSITORY/NAME"),
    "no repository": ({"image": "k8s-bigip-ctlr"}, "cis_image: k8s-bigip-ctlr has to be REPOSITORY/NAME"),
    "default class by values": (
        {"values": {"isDefaultIngressController": True}},
        "Set it by cis_ingress_class_default.",
    ),
    "static routes by node port": (
        {"static_routing": True},
        "works with cis_pool_member_type cluster only, not with nodeport:",
    ),
    "static routes by NPL": (
        {"static_routing": True, "pool_member_type": "nodeportlocal"},
        "not with nodeportlocal:",
    ),
    "static routes in words": (
        {"static_routing": "sometimes", "pool_member_type": "cluster"},
        "cis_static_routing is 'sometimes'",
    ),
    "static routes of no CNI": (
        {"static_routing": True, "pool_member_type": "cluster", "cni": "none"},
        "makes no static routes for the CNI none",
    ),
    "several clusters, no routes": (
        {"multi_cluster": CLUSTERS, "pool_member_type": "cluster"},
        "needs cis_static_routing",
    ),
    "several clusters, mode": ({"multi_cluster": {**CLUSTERS, "mode": "many"}}, "It is one of standalone"),
    "several clusters, name": ({"multi_cluster": {"mode": "standalone"}}, "local_cluster_name is missing"),
    "several clusters, no Secret": (
        {"multi_cluster": {**CLUSTERS, "clusters": [{"name": "two"}]}},
        "two needs either kubeconfig or secret",
    ),
    "several clusters, whose Secret": (
        {"multi_cluster": {**CLUSTERS, "clusters": [{"name": "two", "secret": "x"}]}},
        "is written namespace/name",
    ),
    "several clusters, no names": (
        {"multi_cluster": {**CLUSTERS, "clusters": [{"secret": "x/y"}]}},
        "each is a dictionary with a name",
    ),
    "secondary, no endpoint": (
        {"multi_cluster": {**AVAILABLE, "mode": "secondary", "primary_endpoint": ""}},
        "primary_endpoint is missing",
    ),
    "secondary, no pair": (
        {"multi_cluster": {**AVAILABLE, "clusters": AVAILABLE["clusters"][1:]}},
        "exactly one has to have role primary, not 0",
    ),
    "IPAM without ranges": ({"ipam": {"storage_size": "1Gi"}}, "cis_ipam.ip_range is missing"),
    "IPAM label": (
        {"ipam": {"ip_range": {"a_b": "192.0.2.1-192.0.2.2"}}},
        "turns the _ of the label a_b into -",
    ),
    "IPAM password": (
        {"ipam": {"values": {"args": {"provider": "infoblox", "infoblox_password": "x"}}}},
        "infoblox_password would be visible",
    ),
    "IPAM tag": (
        {"ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.2"}, "image": "f5networks/f5-ipam-controller:0.1.12"}},
        "The tag is cis_ipam.version",
    ),
    "IPAM text": ({"ipam": "yes"}, "cis_ipam is false, true"),
    "password by values": (
        {"values": {"bigip_secret": {"create": True, "password": "x"}}},
        "cis_values.bigip_secret would put the password",
    ),
    "password by argument": (
        {"values": {"args": {"bigip_password": "x"}}},
        "would be visible in the values of the Helm release",
    ),
    "insecure by values": (
        {"values": {"args": {"insecure": True}}},
        "cis_values.args.insecure would undo what the role checks. Set it by cis_insecure.",
    ),
    "partition by values": (
        {"values": {"args": {"bigip_partition": "Common"}}},
        "Set it by cis_bigip_partition.",
    ),
    "mode by values": (
        {"values": {"args": {"pool_member_type": "cluster"}}},
        "Set it by cis_pool_member_type.",
    ),
    "IngressClass by values": (
        {"values": {"ingressClass": {"create": True}}},
        "Set it by cis_ingress_class_create.",
    ),
    "namespace by values": ({"values": {"namespace": "kube-system"}}, "Set it by cis_namespace."),
    "version by values": ({"values": {"version": "latest"}}, "Set it by cis_version."),
    "privileges by values": (
        {"values": {"podSecurityContext": {"privileged": True}}},
        "Set it by cis_pod_security_context.",
    ),
    "two spellings": ({"values": {"args": {"log-level": "DEBUG"}}}, "write log_level"),
    "a list": ({"values": {"args": {"vs_snat_pool_name": ["a"]}}}, "Of lists it knows only namespaces"),
    "YAML in an argument": ({"values": {"args": {"cipher_group": "a: b"}}}, "unquoted"),
    "another port": (
        {"values": {"args": {"http_listen_address": "0.0.0.0:9090"}}},
        "the chart's probes ask port 8080",
    ),
    "credentials elsewhere": (
        {"values": {"args": {"credentials_directory": "/x"}}},
        "mounts the login Secret",
    ),
    **{
        f"the URL {url}": (
            {"bigip_url": url},
            f"cis_bigip_url: {url} has to be https://HOST or https://HOST:PORT, without a path: "
            "CIS takes no other.",
        )
        for url in (
            "https://a/mgmt",
            "https://a?b",
            "https://a#b",
            "https://a:0",
            "https://",
            "http://a",
            "a/b",
        )
    },
    **{
        f"the URL {url}": ({"bigip_url": url}, "cis_bigip_url holds a user or a password,")
        for url in ("https://u@a", "https://:p@a", "u:p@a")
    },
    **{
        f"the URL {url}": ({"bigip_url": url}, f"cis_bigip_url: {url} is not a URL.")
        for url in ("https://a:port", "https://[a", "https://a:65536")
    },
    "no partition at all": ({"bigip_partition": None}, "cis_bigip_partition is missing: the partition"),
    "no URL at all": ({"bigip_url": None}, "cis_bigip_url is missing"),
    "no user": ({"bigip_username": ""}, "CIS has no BIG-IP credentials: set cis_bigip_username"),
    "no login": ({"bigip_username": None, "bigip_password": None}, "CIS has no BIG-IP credentials"),
    "a user beside a Secret": ({"bigip_login_secret": "mine", "bigip_password": ""}, "Set one or the other."),
    "a password beside a Secret": (
        {"bigip_login_secret": "mine", "bigip_username": ""},
        "Set one or the other.",
    ),
    "static routes as a list": (
        {"static_routing": ["a"], "pool_member_type": "cluster"},
        "cis_static_routing is ['a']. It is false, true, or",
    ),
    "static routes of another CNI": (
        {"static_routing": {"shared": True}, "pool_member_type": "cluster", "cni": "flannel"},
        "CIS makes no static routes for the CNI flannel.",
    ),
    "null arguments": (
        {"values": {"args": None}, "ingress_class_default": True},
        "does nothing without cis_ingress_class_create",
    ),
}


@pytest.mark.parametrize(("more", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_refused(more: dict[str, Any], text: str) -> None:
    (refusal,) = plan(**more)["refusals"]
    assert text in refusal


GOOD: dict[str, dict[str, Any]] = {
    **{
        f"the URL {url}": {"bigip_url": url}
        for url in ("https://a/", "https://a:8443", "a", "a:8443", "192.0.2.1", "https://[2001:db8::1]")
    },
    **{
        f"the level {level}": {"log_level": level}
        for level in ("AS3DEBUG", "DEBUG", "info", "Warning", "ERROR", "CRITICAL", None)
    },
    "routes for a CNI that is named": {
        "static_routing": {"orchestration_cni": "ovn-k8s"},
        "pool_member_type": "cluster",
        "cni": "flannel",
    },
    "routes before the CNI is known": {"static_routing": True, "pool_member_type": "cluster", "cni": None},
    "routes for Cilium": {"static_routing": True, "pool_member_type": "cluster", "cni": "cilium"},
    "no routes for a CNI": {"pool_member_type": "cluster", "cni": "flannel"},
    "a CNI without routes in another mode": {"pool_member_type": "nodeport", "cni": "flannel"},
    "a CA": {"bigip_ca_cert": True, "insecure": False},
    "the IngressClass f5": {"ingress_class_create": True, "ingress_class": "f5"},
    "another IngressClass, made by the user": {"ingress_class": "mine"},
    "a default class": {"ingress_class_create": True, "ingress_class_default": True},
}


@pytest.mark.parametrize("more", GOOD.values(), ids=GOOD)
def test_variables_that_are_taken(more: dict[str, Any]) -> None:
    assert plan(**more)["refusals"] == []


@pytest.mark.parametrize(
    "more",
    [
        {"args": {"bigip_partition": "kubernetes", "insecure": False}},
        {"bigip_secret": {"create": False}},
        {"args": {"http_listen_address": "0.0.0.0:8080"}},
    ],
)
def test_values_that_undo_nothing_are_taken(more: dict[str, Any]) -> None:
    assert plan(values=more)["refusals"] == []


def test_the_mode_may_be_unknown_at_first() -> None:
    assert plan(pool_member_type="", static_routing=True)["refusals"] == []


def test_each_fault_is_named_once() -> None:
    found = plan(namespaces=["a"], namespace_label="b", bigip_partition="", values={"args": {"a-b": 1}})[
        "refusals"
    ]
    assert [text.partition(" ")[0] for text in found] == [
        "cis_bigip_partition",
        "cis_values.args.a-b:",
        "cis_namespaces",
    ]
