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
    came = {"cis_namespace": own["namespace"], "cis_release_name": own["release_name"], "cis_namespaces": own["namespaces"], **(raw or {})}
    given = {"str": came, "list of str": came}
    return wanted.wanted({"given": given, "options": own, "refused": [], "rest": False, "named": False, **more})


ABSENT: World = {"state": "absent"}
REST: World = {"rest": True}
NO_NAMESPACE, NO_RELEASE = {"cis_namespace": ""}, {"cis_release_name": None}
REFUSED: dict[str, tuple[World, World, World, list[str]]] = {
    # variables, as they came, how the role runs, the beginning of each sentence
    "nothing": ({}, {}, {}, []),
    "what cannot be converted": ({"bigip_partition": ""}, {}, {"refused": ["a", "b"]}, ["a", "b"]),
    "a namespace without a name": ({}, {"cis_namespaces": ["a", ""]}, {}, ["cis_namespaces has an empty element."]),
    "a null namespace": ({}, {"cis_namespaces": ["a", None]}, REST, ["cis_namespaces has an empty element."]),
    "a comma at the end": ({}, {"cis_namespaces": "a, "}, {}, ["cis_namespaces has an empty element."]),
    "namespaces as text": ({}, {"cis_namespaces": "a,b"}, {}, []),
    "no namespaces": ({}, {"cis_namespaces": ""}, {}, []),
    "null namespaces": ({}, {"cis_namespaces": None}, {}, []),
    "blank namespaces": ({}, {"cis_namespaces": " "}, {}, []),
    "the word for a CIS without Helm": ({"release_name": " none"}, {}, {}, ["cis_release_name is none, the word"]),
    "the word, to scale to 0": ({"release_name": "none"}, {}, REST, []),
    "a value": ({"bigip_partition": "Common"}, {}, {}, ["cis_bigip_partition: CIS must not own Common."]),
    "a value, to remove": ({**ABSENT, "bigip_partition": "Common"}, {}, {}, []),
    "a mode that is not known yet": ({"pool_member_type": "auto", "static_routing": True}, {}, {}, []),
    "a mode that has no routes": ({"static_routing": True}, {}, {}, ["cis_static_routing works with cis_pool_member_type cluster only"]),
    "no namespace to deploy to": ({}, NO_NAMESPACE, {}, []),
    "no namespace to remove from": (ABSENT, NO_NAMESPACE, {}, ["cis_namespace is empty, and cis_state is absent. Nothing was removed."]),
    "no release to remove": (ABSENT, NO_RELEASE, {}, ["cis_release_name is empty, and cis_state is absent. Nothing was removed."]),
    "neither": (ABSENT, {**NO_NAMESPACE, **NO_RELEASE}, {}, ["cis_namespace is empty, and cis_state is absent."]),
    "a blank release to remove": ({**ABSENT, "release_name": " "}, {}, {}, ["cis_release_name is empty, and cis_state is absent."]),
    "no IPAM release to remove": ({**ABSENT, "ipam": {"release_name": ""}}, {}, {}, ["cis_ipam.release_name is empty, and cis_state is absent."]),
    "a null IPAM release": ({**ABSENT, "ipam": {"release_name": None}}, {}, {}, ["cis_ipam.release_name is empty, and cis_state is absent."]),
    "the default IPAM release": ({**ABSENT, "ipam": {"ip_range": {}}}, {}, {}, []),
    "an IPAM controller of another user": ({**ABSENT, "ipam": True}, {}, {}, []),
    "no namespace to scale to 0": ({}, NO_NAMESPACE, REST, ["cis_namespace is empty. Nothing was changed. Name the CIS to scale to 0"]),
    "no release to scale to 0": ({}, NO_RELEASE, REST, ["cis_release_name is empty. Nothing was changed."]),
    "a playbook names the CIS": ({}, {**NO_NAMESPACE, **NO_RELEASE}, {**REST, "named": True}, []),
}  # fmt: skip


@pytest.mark.parametrize(("changed", "raw", "more", "sentences"), REFUSED.values(), ids=REFUSED)
def test_refused(changed: World, raw: World, more: World, sentences: list[str]) -> None:
    refused = decide(changed, raw, **more)["refused"]
    assert len(refused) == len(sentences), refused
    assert all(sentence.startswith(beginning) for sentence, beginning in zip(refused, sentences)), refused


def test_objects() -> None:
    made = decide({"bigip_username": "cis", "bigip_password": "p\u00e4"})
    metadata = {"name": "f5-bigip-ctlr-login", "namespace": "f5-cis", "labels": LABELS}
    data = {"username": "Y2lz", "password": base64.b64encode("p\u00e4".encode()).decode()}
    assert made["login"] == {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": data}
    text = f"password={data['password']}\nusername={data['username']}"
    assert made["digests"] == {"f5-cis/f5-bigip-ctlr-login": hashlib.sha256(text.encode()).hexdigest()}
    assert made["secrets"] == ["f5-cis/f5-bigip-ctlr-login"] and made["rights"] == "f5-bigip-ctlr-blockaffinities"
    assert made["selectors"] == ["app.kubernetes.io/managed-by=vks.bigip", "app.kubernetes.io/instance=f5-bigip-ctlr"]
    assert made["believed"] == ["kube-system", "f5-cis"]


def test_a_login_secret_of_the_user_is_not_compared() -> None:
    made = decide({"bigip_login_secret": "own", "bigip_username": "", "bigip_password": "", "namespace": "cis"})
    assert made["digests"] == {} and made["secrets"] == ["cis/own"] and made["believed"] == ["kube-system", "f5-cis", "cis"]


CLUSTERS = [{"name": "two", "kubeconfig": "text"}, {"name": "three", "kubeconfig": {"a": 1}}, {"name": "four", "secret": "default/four"}]


def test_kubeconfigs_of_other_clusters() -> None:
    made = decide({"multi_cluster": {"mode": "standalone", "local_cluster_name": "one", "clusters": CLUSTERS}})
    assert made["secrets"] == ["f5-cis/f5-bigip-ctlr-login", "default/four"]
    contents = {one["metadata"]["name"]: base64.b64decode(one["data"]["kubeconfig"]) for one in made["kubeconfigs"]}
    assert contents == {"f5-bigip-ctlr-kubeconfig-two": b"text", "f5-bigip-ctlr-kubeconfig-three": b'{"a": 1}'}
    assert made["extended_spec"]["externalClustersConfig"][0]["clusterName"] == "two"


RANGE = {"ip_range": {"a": "192.0.2.1-192.0.2.9"}}
STORAGE = {"claim": "mine", "storage_size": "2Gi", "storage_class": "fast", "release_name": "r", "chart_version": "1", "chart_ref": "/a"}
REPOSITORY = "https://f5networks.github.io/f5-ipam-controller/helm-charts/stable"
IPAM: dict[str, tuple[Any, World | None, World]] = {
    # the variable, parts of the answer, and of the claim's spec
    "none": ({}, None, {}),
    "of another user": (True, None, {}),
    "the defaults": (
        RANGE,
        {"release": "f5-ipam", "chart": "f5-ipam-controller", "chart_repo": REPOSITORY, "chart_version": "0.0.5",
         "claim_name": "f5-bigip-ctlr-ipam", "claim_is_given": False},
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    ),
    "everything": (
        {**RANGE, **STORAGE},
        {"release": "r", "chart": "/a", "chart_repo": "", "chart_version": "1", "claim_name": "mine", "claim_is_given": True},
        {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}, "storageClassName": "fast"},
    ),
    "a repository": ({**RANGE, "chart_repo_url": "https://charts.example.com"}, {"chart_repo": "https://charts.example.com"}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("given", "expected", "spec"), IPAM.values(), ids=IPAM)
def test_ipam(given: Any, expected: World | None, spec: World) -> None:
    made = decide({"ipam": given})["ipam"]
    if expected is None:
        assert made is None
        return
    assert {key: made[key] for key in expected} == expected
    assert not spec or made["claim"]["spec"] == spec
    assert made["claim"]["metadata"] == {"name": "f5-bigip-ctlr-ipam", "namespace": "f5-cis", "labels": LABELS}


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
    assert release["name"] == "r" and release["charts"] == ["f5-ipam-controller", "b"]


def test_values_get_no_secret() -> None:
    given = wanted.for_values(options(bigip_ca_cert="PEM"), "nodeport", "calico", "x")
    assert (given["bigip_password"], given["bigip_username"], given["bigip_ca_cert"]) == (True, True, True)
    assert (given["pool_member_type"], given["cni"], given["name_override"]) == ("nodeport", "calico", "x")


@pytest.mark.parametrize(("chart", "url"), [("f5", "u"), ("a/f5", ""), ("f5.tgz", ""), ("oci://a", ""), ("f5.tgz.x", "u")])
def test_repository(chart: str, url: str) -> None:
    assert wanted.repository(chart, "u") == url
