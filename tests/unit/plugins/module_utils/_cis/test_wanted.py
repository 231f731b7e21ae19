# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions that depend on the variables of the role cis alone."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import wanted
from ansible_collections.vks.bigip.tests.unit.support.cis_world import LABELS, World, options


def decide(changed: World | None = None, raw: World | None = None, **more: Any) -> World:
    """raw: the variables as they came, before their conversion."""
    own = options(**changed or {})
    came = {
        "cis_namespace": own["namespace"],
        "cis_release_name": own["release_name"],
        "cis_namespaces": own["namespaces"],
        **(raw or {}),
    }
    given = {"str": came, "list of str": came}
    return wanted.wanted(
        {"given": given, "options": own, "refused": [], "rest": False, "named": False, **more}
    )


RANGE = {"ip_range": {"a": "192.0.2.1-192.0.2.9"}}
ABSENT: World = {"state": "absent"}
REST: World = {"rest": True}
NO_NAMESPACE, NO_RELEASE = {"cis_namespace": ""}, {"cis_release_name": None}
REFUSED: dict[str, tuple[World, World, World, list[str]]] = {
    # variables, as they came, how the role runs, the beginning of each sentence
    "nothing": ({}, {}, {}, []),
    "what cannot be converted": ({"bigip_partition": ""}, {}, {"refused": ["a", "b"]}, ["a", "b"]),
    "a namespace without a name": (
        {},
        {"cis_namespaces": ["a", ""]},
        {},
        ["cis_namespaces has an empty element."],
    ),
    "a null namespace": ({}, {"cis_namespaces": ["a", None]}, REST, ["cis_namespaces has an empty element."]),
    "a tuple": ({}, {"cis_namespaces": ("a", " ")}, {}, ["cis_namespaces has an empty element."]),
    "a comma alone": ({}, {"cis_namespaces": ","}, {}, ["cis_namespaces has an empty element."]),
    "a comma at the end": ({}, {"cis_namespaces": "a, "}, {}, ["cis_namespaces has an empty element."]),
    "namespaces as text": ({}, {"cis_namespaces": "a,b"}, {}, []),
    "namespaces": ({}, {"cis_namespaces": ["a", "b"]}, {}, []),
    "no namespaces": ({}, {"cis_namespaces": ""}, {}, []),
    "null namespaces": ({}, {"cis_namespaces": None}, {}, []),
    "blank namespaces": ({}, {"cis_namespaces": " "}, {}, []),
    "the word for a CIS without Helm": (
        {"release_name": " none"},
        {},
        {},
        ["cis_release_name is none, the word"],
    ),
    "the word, to scale to 0": ({"release_name": "none"}, {}, REST, []),
    "a value": ({"bigip_partition": "Common"}, {}, {}, ["cis_bigip_partition: CIS must not own Common."]),
    "a value, to remove": ({**ABSENT, "bigip_partition": "Common"}, {}, {}, []),
    "a mode that is not known yet": ({"pool_member_type": "auto", "static_routing": True}, {}, {}, []),
    "a mode that has no routes": (
        {"static_routing": True},
        {},
        {},
        ["cis_static_routing works with cis_pool_member_type cluster only"],
    ),
    "no namespace to deploy to": ({}, NO_NAMESPACE, {}, []),
    "no namespace to remove from": (
        ABSENT,
        NO_NAMESPACE,
        {},
        ["cis_namespace is empty, and cis_state is absent. Nothing was removed."],
    ),
    "no release to remove": (
        ABSENT,
        NO_RELEASE,
        {},
        ["cis_release_name is empty, and cis_state is absent. Nothing was removed."],
    ),
    "a blank namespace to remove from": (
        {**ABSENT, "namespace": " "},
        {},
        {},
        ["cis_namespace is empty, and cis_state is absent."],
    ),
    "a null namespace to remove from": (
        ABSENT,
        {"cis_namespace": None},
        {},
        ["cis_namespace is empty, and cis_state is absent."],
    ),
    "an empty release to remove": (
        ABSENT,
        {"cis_release_name": ""},
        {},
        ["cis_release_name is empty, and cis_state is absent."],
    ),
    "a release and an IPAM release": (
        {**ABSENT, "ipam": {"release_name": " "}},
        NO_RELEASE,
        {},
        ["cis_release_name is empty, and cis_state is absent."],
    ),
    "a blank IPAM release": (
        {**ABSENT, "ipam": {"release_name": " "}},
        {},
        {},
        ["cis_ipam.release_name is empty, and cis_state is absent."],
    ),
    "an IPAM release": ({**ABSENT, "ipam": {"release_name": "r"}}, {}, {}, []),
    "an IPAM release, to deploy": ({"ipam": {"release_name": "", **RANGE}}, {}, {}, []),
    "neither, to scale to 0": (
        {},
        {**NO_NAMESPACE, **NO_RELEASE},
        REST,
        ["cis_namespace is empty. Nothing was changed."],
    ),
    "the word, to remove": (
        {**ABSENT, "release_name": "none"},
        {},
        {},
        ["cis_release_name is none, the word"],
    ),
    "a mode": ({"pool_member_type": "cluster", "static_routing": True}, {}, {}, []),
    "neither": (
        ABSENT,
        {**NO_NAMESPACE, **NO_RELEASE},
        {},
        ["cis_namespace is empty, and cis_state is absent."],
    ),
    "a blank release to remove": (
        {**ABSENT, "release_name": " "},
        {},
        {},
        ["cis_release_name is empty, and cis_state is absent."],
    ),
    "no IPAM release to remove": (
        {**ABSENT, "ipam": {"release_name": ""}},
        {},
        {},
        ["cis_ipam.release_name is empty, and cis_state is absent."],
    ),
    "a null IPAM release": (
        {**ABSENT, "ipam": {"release_name": None}},
        {},
        {},
        ["cis_ipam.release_name is empty, and cis_state is absent."],
    ),
    "the default IPAM release": ({**ABSENT, "ipam": {"ip_range": {}}}, {}, {}, []),
    "an IPAM controller of another user": ({**ABSENT, "ipam": True}, {}, {}, []),
    "no namespace to scale to 0": (
        {},
        NO_NAMESPACE,
        REST,
        ["cis_namespace is empty. Nothing was changed. Name the CIS to scale to 0"],
    ),
    "no release to scale to 0": ({}, NO_RELEASE, REST, ["cis_release_name is empty. Nothing was changed."]),
    "a playbook names the CIS": ({}, {**NO_NAMESPACE, **NO_RELEASE}, {**REST, "named": True}, []),
}


@pytest.mark.parametrize(("changed", "raw", "more", "sentences"), REFUSED.values(), ids=REFUSED)
def test_refused(changed: World, raw: World, more: World, sentences: list[str]) -> None:
    made = decide(changed, raw, **more)
    refused = made["refused"]
    assert not refused or made == {"refused": refused}
    assert len(refused) == len(sentences), refused
    assert all(sentence.startswith(beginning) for sentence, beginning in zip(refused, sentences)), refused


def test_objects() -> None:
    made = decide({"bigip_username": "cis", "bigip_password": "p\u00e4"})
    metadata = {"name": "f5-bigip-ctlr-login", "namespace": "f5-cis", "labels": LABELS}
    data = {"username": "Y2lz", "password": base64.b64encode("p\u00e4".encode()).decode()}
    assert made["login"] == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "Opaque",
        "data": data,
    }
    text = f"password={data['password']}\nusername={data['username']}"
    assert made["digests"] == {"f5-cis/f5-bigip-ctlr-login": hashlib.sha256(text.encode()).hexdigest()}
    release = {
        "name": "f5-bigip-ctlr",
        "by": "cis_release_name",
        "of": "cis_chart_ref",
        "charts": ["f5-bigip-ctlr"] * 2,
    }
    assert made == {
        "refused": [],
        "believed": ["kube-system", "f5-cis"],
        "labels": LABELS,
        "selectors": ["app.kubernetes.io/managed-by=vks.bigip", "app.kubernetes.io/instance=f5-bigip-ctlr"],
        "pods": "app.kubernetes.io/instance=f5-bigip-ctlr",
        "rights": "f5-bigip-ctlr-blockaffinities",
        "chart_repo": "https://f5networks.github.io/charts/stable",
        "secrets": ["f5-cis/f5-bigip-ctlr-login"],
        "digests": made["digests"],
        "login": made["login"],
        **{"kubeconfigs": [], "extended_spec": None, "ipam": None, "releases": [release]},
    }


def test_a_login_secret_of_the_user_is_not_compared() -> None:
    made = decide(
        {"bigip_login_secret": "own", "bigip_username": "", "bigip_password": "", "namespace": "cis"}
    )
    assert (
        made["digests"] == {}
        and made["secrets"] == ["cis/own"]
        and made["believed"] == ["kube-system", "f5-cis", "cis"]
    )


CLUSTERS = [
    {"name": "two", "kubeconfig": "text"},
    {"name": "three", "kubeconfig": {"a": 1}},
    {"name": "four", "secret": "default/four"},
]


CLUSTER = {"mode": "standalone", "local_cluster_name": "one"}


def test_kubeconfigs_of_other_clusters() -> None:
    for odd in ("text", {**CLUSTER, "clusters": None}):
        assert (
            wanted.secrets_of_clusters(options(multi_cluster=odd)),
            wanted.clusters_with_kubeconfig(options(multi_cluster=odd)),
        ) == ([], [])
    both = [{"name": "five", "kubeconfig": "x", "secret": "default/five"}]
    assert wanted.clusters_with_kubeconfig(options(multi_cluster={"clusters": both})) == []
    made = decide({"multi_cluster": {**CLUSTER, "clusters": CLUSTERS}})
    assert made["secrets"] == ["f5-cis/f5-bigip-ctlr-login", "default/four"]
    contents = {
        one["metadata"]["name"]: base64.b64decode(one["data"]["kubeconfig"]) for one in made["kubeconfigs"]
    }
    assert contents == {
        "f5-bigip-ctlr-kubeconfig-two": b"text",
        "f5-bigip-ctlr-kubeconfig-three": b'{"a": 1}',
    }
    metadata = {"name": "f5-bigip-ctlr-kubeconfig-two", "namespace": "f5-cis", "labels": LABELS}
    data = {"kubeconfig": base64.b64encode(b"text").decode()}
    assert made["kubeconfigs"][0] == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": metadata,
        "type": "Opaque",
        "data": data,
    }
    assert made["extended_spec"]["externalClustersConfig"][0]["clusterName"] == "two"


STORAGE = {
    "claim": "mine",
    "storage_size": "2Gi",
    "storage_class": "fast",
    "release_name": "r",
    "chart_version": "1",
    "chart_ref": "/a",
}
REPOSITORY = "https://f5networks.github.io/f5-ipam-controller/helm-charts/stable"
IPAM: dict[str, tuple[Any, World | None, World]] = {
    # the variable, parts of the answer, and of the claim's spec
    "none": ({}, None, {}),
    "of another user": (True, None, {}),
    "the defaults": (
        RANGE,
        {
            "release": "f5-ipam",
            "chart": "f5-ipam-controller",
            "chart_repo": REPOSITORY,
            "chart_version": "0.0.5",
            "claim_name": "f5-bigip-ctlr-ipam",
            "claim_is_given": False,
        },
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "everything": (
        {**RANGE, **STORAGE},
        {
            "release": "r",
            "chart": "/a",
            "chart_repo": "",
            "chart_version": "1",
            "claim_name": "mine",
            "claim_is_given": True,
        },
        {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "2Gi"}},
            "storageClassName": "fast",
        },
    ),
    "a repository": (
        {
            **RANGE,
            "chart_repo_url": "https://charts.example.com",
            "release_name": "",
            "claim": "",
            "chart_ref": "",
        },
        {
            "release": "f5-ipam",
            "chart": "f5-ipam-controller",
            "chart_repo": "https://charts.example.com",
            "chart_version": "0.0.5",
            "claim_name": "f5-bigip-ctlr-ipam",
            "claim_is_given": True,
        },
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "an empty dictionary": ({}, None, {}),
}


@pytest.mark.parametrize(("given", "expected", "spec"), IPAM.values(), ids=IPAM)
def test_ipam(given: Any, expected: World | None, spec: World) -> None:
    made = decide({"ipam": given})["ipam"]
    if expected is None:
        assert made is None
        return
    claim = {
        **{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "spec": spec},
        "metadata": {"name": "f5-bigip-ctlr-ipam", "namespace": "f5-cis", "labels": LABELS},
    }
    assert made == {**expected, "claim": claim}


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("f5-bigip-ctlr", "f5-bigip-ctlr"),
        ("/charts/cis-mirror-1.0.0.tgz", "cis-mirror"),
        ("oci://registry.example.com/charts/mirror", "mirror"),
        ("lab/f5-bigip-ctlr/", "f5-bigip-ctlr"),
        ("mirror-v2.1", "mirror"),
    ],
)
def test_the_charts_that_a_release_to_remove_may_be_of(reference: str, name: str) -> None:
    (release,) = wanted.releases(options(chart_ref=reference))
    assert release["charts"] == ["f5-bigip-ctlr", name]


def test_the_ipam_release_to_remove() -> None:
    _cis, release = wanted.releases(options(ipam={"release_name": "r", "chart_ref": "a/b-1.0"}))
    named = {"by": "cis_ipam.release_name", "of": "cis_ipam.chart_ref"}
    assert release == {**named, "name": "r", "charts": ["f5-ipam-controller", "b"]}
    _cis, release = wanted.releases(options(ipam=RANGE))
    assert release == {**named, "name": "f5-ipam", "charts": ["f5-ipam-controller", "f5-ipam-controller"]}
    for given in (None, True, {}, "text"):
        assert len(list(wanted.releases(options(ipam=given)))) == 1


def test_values_get_no_secret() -> None:
    given = wanted.for_values(options(bigip_ca_cert="PEM"), "nodeport", "calico", "x")
    assert (given["bigip_password"], given["bigip_username"], given["bigip_ca_cert"]) == (True, True, True)
    assert (given["pool_member_type"], given["cni"], given["name_override"]) == ("nodeport", "calico", "x")
    assert given["bigip_partition"] == "kubernetes"
    given = wanted.for_values(options(bigip_username="", bigip_password=""), "", None)
    assert (given["bigip_password"], given["bigip_username"], given["bigip_ca_cert"]) == (False, False, False)
    assert (given["pool_member_type"], given["cni"], given["name_override"]) == ("", None, "")


@pytest.mark.parametrize(
    ("chart", "url"), [("f5", "u"), ("a/f5", ""), ("f5.tgz", ""), ("oci://a", ""), ("f5.tgz.x", "u")]
)
def test_repository(chart: str, url: str) -> None:
    assert wanted.repository(chart, "u") == url
