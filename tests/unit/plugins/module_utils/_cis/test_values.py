# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Helm values for the variables of the role cis."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._cis import values
from ansible_collections.vks.bigip.tests.unit.support.cis_values import AVAILABLE, CLUSTERS, DIGEST, plan

ALWAYS = {
    "bigip_partition": "kubernetes",
    "bigip_url": "https://bigip.example.com",
    "custom_resource_mode": True,
    "insecure": False,
    "log_level": "INFO",
    "pool_member_type": "nodeport",
}


RESTRICTED = {
    **{"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True},
    "seccompProfile": {"type": "RuntimeDefault"},
}
"""Pod Security's level restricted requires it."""


ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "nodeportlocal": ({"pool_member_type": "nodeportlocal"}, {"pool_member_type": "nodeportlocal"}),
    "cluster by BGP": ({"pool_member_type": "cluster"}, {"pool_member_type": "cluster"}),
    "cluster, static routes, Calico": (
        {"pool_member_type": "cluster", "static_routing": True, "cni": "calico"},
        {"pool_member_type": "cluster", "static_routing_mode": True, "orchestration_cni": "calico-k8s"},
    ),
    "cluster, static routes, Antrea": (
        {"pool_member_type": "cluster", "static_routing": True, "cni": "antrea"},
        {"pool_member_type": "cluster", "static_routing_mode": True, "orchestration_cni": "antrea"},
    ),
    "cluster, static routes, Cilium": (
        {
            "pool_member_type": "cluster",
            "static_routing": {"shared": False, "node_cidr": ""},
            "cni": "cilium",
        },
        {"pool_member_type": "cluster", "static_routing_mode": True, "orchestration_cni": "cilium-k8s"},
    ),
    "static routes before the CNI is known": (
        {"pool_member_type": "cluster", "static_routing": True, "cni": None},
        {"pool_member_type": "cluster", "static_routing_mode": True},
    ),
    "static routes in detail": (
        {
            "pool_member_type": "cluster",
            "static_routing": {"orchestration_cni": "ovn-k8s", "shared": True, "node_cidr": "198.18.0.0/16"},
        },
        {
            "pool_member_type": "cluster",
            "static_routing_mode": True,
            "orchestration_cni": "ovn-k8s",
            "shared_static_routes": True,
            "static_route_node_cidr": "198.18.0.0/16",
        },
    ),
    "Ingress": ({"custom_resource_mode": False}, {"custom_resource_mode": False}),
    "a CA": ({"bigip_ca_cert": True}, {"trusted_certs_cfgmap": "f5-cis/f5-bigip-ctlr-trusted-certs"}),
    "insecure": ({"insecure": True}, {"insecure": True}),
    "no telemetry": ({"disable_teems": True}, {"disable_teems": True}),
    "namespaces": ({"namespaces": ["a", "b"]}, {"namespaces": ["a", "b"]}),
    "namespaces as text": ({"namespaces": "a, b"}, {"namespaces": ["a", "b"]}),
    "namespace label": ({"namespace_label": "f5=true"}, {"namespace_label": "f5=true"}),
    "nodes": ({"node_label_selector": "pool=edge"}, {"node_label_selector": "pool=edge"}),
    "class of load balancers": ({"load_balancer_class": "f5.com/cis"}, {"load_balancer_class": "f5.com/cis"}),
    "log level": ({"log_level": "debug"}, {"log_level": "DEBUG"}),
    "IPAM of another user": ({"ipam": True}, {"ipam": True}),
    "IPAM": ({"ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.2"}}}, {"ipam": True}),
    "several clusters": (
        {"multi_cluster": CLUSTERS},
        {
            "multi_cluster_mode": "standalone",
            "local_cluster_name": "one",
            "extended_spec_configmap": "f5-cis/f5-bigip-ctlr-extended-spec",
        },
    ),
    "numbers are text for Helm": (
        {"values": {"args": {"as3_post_delay": 1000000}}},
        {"as3_post_delay": "1000000"},
    ),
    "booleans stay": (
        {"values": {"args": {"a": True, "b": 0.5, "c": False}}},
        {"a": True, "b": "0.5", "c": False},
    ),
    "names that are numbers": ({"namespaces": [1, "a,b"]}, {"namespaces": ["1", "a,b"]}),
    "empty variables": (
        dict.fromkeys(
            (
                "namespace_label",
                "node_label_selector",
                "load_balancer_class",
                "disable_teems",
                "bigip_ca_cert",
                "log_level",
            ),
            "",
        ),
        {},
    ),
    "an empty argument is left out": ({"values": {"args": {"flannel_name": None}}}, {}),
    "the user's value counts more": (
        {"log_level": "INFO", "values": {"args": {"log_level": "ERROR"}}},
        {"log_level": "ERROR"},
    ),
}


@pytest.mark.parametrize(("more", "arguments"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments(more: dict[str, Any], arguments: dict[str, Any]) -> None:
    made = plan(**more)
    assert made["refusals"] == []
    assert made["values"]["args"] == {**ALWAYS, **arguments}


IMAGE = {"user": "f5networks", "repo": "k8s-bigip-ctlr", "pullPolicy": "IfNotPresent"}
NO_CLASS = {"create": False, "ingressClassName": "f5", "isDefaultIngressController": False}

VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "safe by itself": (
        {},
        {
            "bigip_login_secret": "f5-bigip-ctlr-login",
            "bigip_secret": {"create": False},
            "ingressClass": {"create": False, "ingressClassName": "f5", "isDefaultIngressController": False},
            "isDefaultIngressController": False,
            "namespace": "f5-cis",
            "podSecurityContext": RESTRICTED,
            "serviceAccount": {"create": True, "name": "f5-bigip-ctlr-serviceaccount"},
            "version": "2.20.3",
            "image": {"user": "f5networks", "repo": "k8s-bigip-ctlr", "pullPolicy": "IfNotPresent"},
        },
    ),
    "a registry": (
        {
            "image": "registry.example.com:5000/f5/k8s-bigip-ctlr",
            "image_pull_secrets": ["registry"],
            "image_pull_policy": "Always",
        },
        {
            "image": {
                "user": "registry.example.com:5000/f5",
                "repo": "k8s-bigip-ctlr",
                "pullPolicy": "Always",
                "pullSecrets": ["registry"],
            }
        },
    ),
    "a digest": (
        {"image": f"registry.example.com:5000/f5/k8s-bigip-ctlr@{DIGEST}"},
        {
            "image": {
                "user": "registry.example.com:5000/f5",
                "repo": "k8s-bigip-ctlr",
                "pullPolicy": "IfNotPresent",
            },
            "version": f"2.20.3@{DIGEST}",
        },
    ),
    "a tag and a digest": (
        {"image": f"f5networks/k8s-bigip-ctlr:2.20.3@{DIGEST}"},
        {
            "image": {"user": "f5networks", "repo": "k8s-bigip-ctlr", "pullPolicy": "IfNotPresent"},
            "version": f"2.20.3@{DIGEST}",
        },
    ),
    "a Secret of the user": (
        {"bigip_login_secret": "mine", "bigip_username": "", "bigip_password": ""},
        {"bigip_login_secret": "mine"},
    ),
    "a second release": (
        {"release_name": "b", "name_override": "b"},
        {"nameOverride": "b", "bigip_login_secret": "b-login"},
    ),
    "a name that would be more than one": (
        {"name_override": "a\nmetadata: {name: b}"},
        {"nameOverride": None},
    ),
    "a name that is not a text": ({"name_override": {"a": "b"}}, {"nameOverride": None}),
    "pull Secrets as text": (
        {"image_pull_secrets": "a,, b,"},
        {"image": {**IMAGE, "pullSecrets": ["a", "b"]}},
    ),
    "an IngressClass of the user's": (
        {"ingress_class": "x"},
        {"ingressClass": {**NO_CLASS, "ingressClassName": "x"}},
    ),
    "a security context": (
        {"pod_security_context": {"runAsUser": 7}},
        {"podSecurityContext": {"runAsUser": 7}},
    ),
    "no resources": ({"resources": {"limits": None}}, {"limits_cpu": None}),
    "resources": (
        {"resources": {"limits": {"cpu": 1}, "requests": {"memory": "1Gi"}}},
        {"limits_cpu": "1", "requests_memory": "1Gi"},
    ),
    "placement": (
        {
            "tolerations": [{"operator": "Exists"}],
            "affinity": {"nodeAffinity": {}},
            "node_selector": {"a": "b"},
            "security_context": {"runAsUser": 7},
        },
        {
            "tolerations": [{"operator": "Exists"}],
            "affinity": {"nodeAffinity": {}},
            "nodeSelector": {"a": "b"},
            "securityContext": {"runAsUser": 7},
        },
    ),
    "the IngressClass": (
        {"ingress_class_create": True, "ingress_class_default": True},
        {
            "ingressClass": {"create": True, "ingressClassName": "f5", "isDefaultIngressController": True},
            "isDefaultIngressController": True,
        },
    ),
    "anything else": (
        {"values": {"rbac": {"create": False}, "custom": 1}},
        {"rbac": {"create": False}, "custom": 1},
    ),
}


@pytest.mark.parametrize(("more", "wanted"), VALUES.values(), ids=VALUES.keys())
def test_values(more: dict[str, Any], wanted: dict[str, Any]) -> None:
    made = plan(**more)
    assert made["refusals"] == []
    assert {name: made["values"].get(name) for name in wanted} == wanted


def test_a_whole_plan() -> None:
    url = {**OTHER, "arguments": [URL]}
    assert plan(others=[url], namespaces=None) == {
        "values": {
            "args": ALWAYS,
            "bigip_login_secret": "f5-bigip-ctlr-login",
            "bigip_secret": {"create": False},
            "image": {"user": "f5networks", "repo": "k8s-bigip-ctlr", "pullPolicy": "IfNotPresent"},
            "ingressClass": {"create": False, "ingressClassName": "f5", "isDefaultIngressController": False},
            "isDefaultIngressController": False,
            "namespace": "f5-cis",
            "podSecurityContext": RESTRICTED,
            "rbac": {"create": True},
            "serviceAccount": {"create": True, "name": "f5-bigip-ctlr-serviceaccount"},
            "version": "2.20.3",
        },
        "refusals": [],
        "warnings": [
            text for text in plan(others=[url])["warnings"] if "CIS f5-cis/blue watches a, b too" in text
        ],
        "names": {
            "extended_spec": "f5-bigip-ctlr-extended-spec",
            "login_secret": "f5-bigip-ctlr-login",
            "trusted_certs": "f5-bigip-ctlr-trusted-certs",
        },
        "extended_spec": None,
        "ipam_values": None,
    }
    assert len(plan(others=[url])["warnings"]) == 1


def test_a_plan_that_is_refused_goes_no_further() -> None:
    more = {
        "ipam": {"ip_range": {"a": "192.0.2.1-192.0.2.2"}},
        "multi_cluster": CLUSTERS,
        "others": [{**OTHER, "arguments": [URL]}],
    }
    refused = plan(**more, log_level="loud")
    assert refused["refusals"] == [
        "cis_log_level is 'loud'. CIS knows AS3DEBUG, DEBUG, INFO, WARNING, ERROR, CRITICAL."
    ]
    assert (refused["warnings"], refused["extended_spec"], refused["ipam_values"]) == ([], None, None)
    good = plan(**more)
    assert (len(good["warnings"]), good["refusals"]) == (1, []) and None not in (
        good["extended_spec"],
        good["ipam_values"],
    )


def test_merge() -> None:
    """As Helm merges values."""
    below = {"a": {"b": 1, "c": {"d": 2}}, "e": [1], "f": {"g": 1}, "h": 1}
    assert values.merge(
        below, {"a": {"c": {"x": 3}, "b": {}}, "e": [2], "f": None, "h": {"i": 1}, "j": 1}
    ) == {
        **{"a": {"b": {}, "c": {"d": 2, "x": 3}}, "e": [2], "f": None},
        **{"h": {"i": 1}, "j": 1},
    }
    assert below == {"a": {"b": 1, "c": {"d": 2}}, "e": [1], "f": {"g": 1}, "h": 1}


def test_no_secret_is_in_the_plan() -> None:
    text = json.dumps(
        plan(multi_cluster={**CLUSTERS, "clusters": [{"name": "two", "kubeconfig": "very secret"}]})
    )
    assert "very secret" not in text


def test_extended_spec() -> None:
    assert plan(multi_cluster=CLUSTERS)["extended_spec"] == {
        "mode": "default",
        "externalClustersConfig": [
            {"clusterName": "two", "secret": "f5-cis/f5-bigip-ctlr-kubeconfig-two"},
            {"clusterName": "three", "secret": "default/three", "ratio": 2},
        ],
    }
    assert plan(multi_cluster=AVAILABLE)["extended_spec"] == {
        "mode": "active-active",
        "highAvailabilityCIS": {
            "primaryEndPoint": "http://192.0.2.1:8001",
            "probeInterval": 30,
            "retryInterval": 3,
            "primaryCluster": {"clusterName": "one", "secret": "f5-cis/f5-bigip-ctlr-kubeconfig-one"},
            "secondaryCluster": {"clusterName": "two", "secret": "x/y"},
        },
    }


def test_the_digest_of_the_ipam_image() -> None:
    made = plan(
        ipam={"ip_range": {"a": "192.0.2.1-192.0.2.2"}, "image": f"f5networks/f5-ipam-controller@{DIGEST}"}
    )["ipam_values"]
    assert (made["image"]["repo"], made["image"]["version"]) == ("f5-ipam-controller", f"0.1.12@{DIGEST}")


def test_ipam_values() -> None:
    made = plan(
        ipam={
            "ip_range": {"b": "192.0.2.5-192.0.2.9", "a": "192.0.2.1-192.0.2.2"},
            "values": {"args": {"log_level": "DEBUG"}},
        }
    )["ipam_values"]
    assert made["args"] == {
        "orchestration": "kubernetes",
        "provider": "f5-ip-provider",
        "ip_range": '{"a":"192.0.2.1-192.0.2.2","b":"192.0.2.5-192.0.2.9"}',
        "log_level": "DEBUG",
    }
    assert made["image"]["version"] == "0.1.12"
    assert made["pvc"] == {"create": False, "name": "f5-bigip-ctlr-ipam"}
    assert yaml.safe_load(f"- --ip-range={made['args']['ip_range']}") == [
        f"--ip-range={made['args']['ip_range']}"
    ]
    assert plan(ipam=True)["ipam_values"] is None


OTHER: dict[str, Any] = {
    "namespace": "f5-cis",
    "name": "blue",
    "replicas": 1,
    "custom_resource_mode": True,
    "namespaces": ["a", "b"],
    "arguments": ["--bigip-url=bigip.example.com:443", "--bigip-partition=blue"],
}
URL = "--bigip-url=https://bigip.example.com"
SERVED_TWICE: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "the same namespace": ({"namespaces": ["b", "c"]}, {}, "CIS f5-cis/blue watches b too"),
    "as text": ({"namespaces": "web, shop"}, {"namespaces": ["web"]}, "watches web too"),
    "one watches all": ({}, {}, "watches a, b too"),
    "both watch all": ({}, {"namespaces": []}, "watches all namespaces too"),
    "other namespaces": ({"namespaces": ["c"]}, {}, ""),
    "scaled to 0": ({}, {"replicas": 0}, ""),
    "another BIG-IP": ({"bigip_url": "https://two.example.com"}, {}, ""),
    "for Ingresses": ({}, {"custom_resource_mode": False}, ""),
    "both for Ingresses": (
        {"custom_resource_mode": False},
        {"custom_resource_mode": False},
        "another cis_ingress_class",
    ),
    "another class": (
        {"custom_resource_mode": False, "ingress_class": "x"},
        {"custom_resource_mode": False},
        "",
    ),
    "another label": ({"values": {"args": {"custom_resource_label": "f5cr=two"}}}, {}, ""),
    "the other's label": ({}, {"arguments": [URL, "--custom-resource-label=f5cr=two"]}, ""),
    "by a label, which has no names": ({"namespace_label": "a=b"}, {}, ""),
    "the other by a label": ({}, {"namespaces": [], "arguments": [URL, "--namespace-label=a=b"]}, ""),
}


@pytest.mark.parametrize(("more", "other", "text"), SERVED_TWICE.values(), ids=SERVED_TWICE.keys())
def test_what_would_be_served_twice(more: dict[str, Any], other: dict[str, Any], text: str) -> None:
    made = plan(**more, others=[{**OTHER, **other}])
    assert made["refusals"] == []
    assert (text in "".join(made["warnings"])) if text else (made["warnings"] == [])
