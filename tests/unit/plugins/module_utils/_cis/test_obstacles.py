# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a deployment is refused after the reads. Each line of a table: what was read, and the beginning of each sentence."""

from __future__ import annotations

import base64

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import obstacles
from ansible_collections.vks.bigip.plugins.module_utils._cis.seen import Seen
from ansible_collections.vks.bigip.tests.unit.support.cis_world import (
    LOGIN,
    World,
    begin,
    controller,
    facts,
    other,
    read,
    release,
    rendered,
    secret,
)

TWO: World = {
    "multi_cluster": {
        "mode": "standalone",
        "local_cluster_name": "one",
        "clusters": [{"name": "two", "secret": "default/two"}, {"name": "three", "secret": "default/three"}],
    }
}
OWN = [secret(name="own")]
KEY = {"namespace": "default", "name": "three", "data_keys": ["kubeconfig"]}
CLASS: World = {"ingress_class_create": True}


def encoded(url: str) -> World:
    return {"data": {"url": base64.b64encode(url.encode()).decode()}}


BY_CLUSTER: dict[str, tuple[World, World, World, World, list[str]]] = {
    # variables, what was found, the installation, the login Secret, the sentences
    "nothing": ({}, {}, {}, {}, []),
    "a release that Helm keeps elsewhere": (
        {},
        {"controllers": [controller(release_namespace="default")]},
        {},
        {},
        [
            "Deployment f5-cis/f5-bigip-ctlr belongs to the Helm release f5-bigip-ctlr of the namespace default, and Helm does not find it in f5-cis"
        ],
    ),
    "two of them": (
        {},
        {"controllers": [controller(release_namespace="a", name="one"), controller(release_namespace="b")]},
        {},
        {},
        ["Deployment f5-cis/one belongs to the Helm release f5-bigip-ctlr of the namespace a, "],
    ),
    "the second of two": (
        {},
        {"controllers": [controller(), controller(release_namespace="b", name="two")]},
        {},
        {},
        ["Deployment f5-cis/two belongs to the Helm release f5-bigip-ctlr of the namespace b, "],
    ),
    "a Deployment without annotations of Helm": (
        {},
        {"controllers": [controller(release_namespace="")]},
        {},
        {},
        [],
    ),
    "no release": (
        {},
        {"controllers": []},
        {"helm_release": {}, "secrets": [secret(present=False, data_keys=[])]},
        {},
        [],
    ),
    "an interrupted run of Helm": (
        {},
        {},
        {"helm_release": release(status="pending-rollback")},
        {},
        ["Helm release f5-cis/f5-bigip-ctlr is pending-rollback: "],
    ),
    "a release that failed": ({}, {}, {"helm_release": release(status="failed")}, {}, []),
    "no login Secret": (
        LOGIN,
        {},
        {"secrets": [secret(name="own", present=False, data_keys=[])]},
        {},
        ["cis_bigip_login_secret: Secret f5-cis/own is not there. "],
    ),
    "no password": (
        LOGIN,
        {},
        {"secrets": [secret(name="own", data_keys=["username"])]},
        {},
        ["cis_bigip_login_secret: Secret f5-cis/own lacks username or password. "],
    ),
    "no user, and another BIG-IP": (
        LOGIN,
        {},
        {"secrets": [secret(name="own", data_keys=["password"])]},
        encoded("http://192.0.2.1"),
        [
            "cis_bigip_login_secret: Secret f5-cis/own lacks username or password. ",
            "cis_bigip_login_secret: Secret f5-cis/own has the key url, ",
        ],
    ),
    "a login": (LOGIN, {}, {"secrets": OWN}, {"data": {}}, []),
    "a login of other keys": (
        LOGIN,
        {},
        {"secrets": [secret(name="own", data_keys=["a", "password", "url", "username"])]},
        {"data": None},
        [],
    ),
    "a URL that is not base64": (LOGIN, {}, {"secrets": OWN}, {"data": {"url": "x"}}, []),
    "a URL that is null": (LOGIN, {}, {"secrets": OWN}, {"data": {"url": None}}, []),
    "a URL that is not text": (
        LOGIN,
        {},
        {"secrets": OWN},
        {"data": {"url": base64.b64encode(b"\xff").decode()}},
        ["cis_bigip_login_secret: Secret f5-cis/own has the key url"],
    ),
    "the same BIG-IP, with blanks and a slash": (
        {**LOGIN, "bigip_url": "192.0.2.1/"},
        {},
        {"secrets": OWN},
        encoded(" https://192.0.2.1 "),
        [],
    ),
    "the same BIG-IP, without its scheme": (LOGIN, {}, {"secrets": OWN}, encoded("192.0.2.1/\n"), []),
    "another BIG-IP": (
        LOGIN,
        {},
        {"secrets": OWN},
        encoded("https://192.0.2.9"),
        ["cis_bigip_login_secret: Secret f5-cis/own has the key url, "],
    ),
    "a kubeconfig is missing": (
        TWO,
        {},
        {"secrets": [secret(), KEY]},
        {},
        ["cis_multi_cluster.clusters: Secret default/two is not there or has no kubeconfig."],
    ),
    "two kubeconfigs are missing": (
        {
            "multi_cluster": {
                **TWO["multi_cluster"],
                "clusters": [
                    {"name": name, "secret": f"default/{path}"} for name, path in ("ab", "cb", "da")
                ],
            }
        },
        {},
        {"secrets": [secret(), {**KEY, "name": "b", "data_keys": ["x"]}]},
        {},
        ["cis_multi_cluster.clusters: Secret default/b, default/a is not there or has no kubeconfig."],
    ),
    "all kubeconfigs": (TWO, {}, {"secrets": [secret(), KEY, {**KEY, "name": "two"}]}, {}, []),
    "an IngressClass of no release": (
        CLASS,
        {},
        {"ingress_class": {}},
        {},
        ["IngressClass f5 exists already and belongs to no Helm release, "],
    ),
    "an IngressClass of another release": (
        CLASS,
        {},
        {"ingress_class": {"meta.helm.sh/release-name": "r", "meta.helm.sh/release-namespace": "n"}},
        {},
        ["IngressClass f5 exists already and belongs to n/r, "],
    ),
    "an IngressClass of this release": (
        CLASS,
        {},
        {
            "ingress_class": {
                "meta.helm.sh/release-name": "f5-bigip-ctlr",
                "meta.helm.sh/release-namespace": "f5-cis",
            }
        },
        {},
        [],
    ),
    "an IngressClass of half a release": (
        CLASS,
        {},
        {"ingress_class": {"meta.helm.sh/release-name": "r"}},
        {},
        ["IngressClass f5 exists already and belongs to no Helm release, "],
    ),
    "an IngressClass of half another release": (
        CLASS,
        {},
        {"ingress_class": {"meta.helm.sh/release-namespace": "f5-cis"}},
        {},
        ["IngressClass f5 exists already and belongs to no Helm release, "],
    ),
    "an IngressClass of another namespace": (
        CLASS,
        {},
        {
            "ingress_class": {
                "meta.helm.sh/release-name": "f5-bigip-ctlr",
                "meta.helm.sh/release-namespace": "n",
            }
        },
        {},
        ["IngressClass f5 exists already and belongs to n/f5-bigip-ctlr, "],
    ),
    "no IngressClass": (CLASS, {}, {"ingress_class": None}, {}, []),
    "an IngressClass that the chart does not make": ({}, {}, {"ingress_class": {}}, {}, []),
}


@pytest.mark.parametrize(
    ("changed", "found", "installation", "login", "expected"), BY_CLUSTER.values(), ids=BY_CLUSTER
)
def test_by_cluster(
    changed: World, found: World, installation: World, login: World, expected: list[str]
) -> None:
    seen = Seen(read(changed, found, installation))
    begin(list(obstacles.by_cluster(seen, login)), expected)


NO_HELM = {"rc": 127, "stdout": "", "stderr": "sh: helm: not found"}
DOWNGRADE = {"allow_downgrade": True}
NEWER = {"helm_release": release(chart="f5-bigip-ctlr-0.0.37", values={"version": "2.20.4@sha256:1"})}
CRDS = {"crds_path": "crds.yaml"}
BY_CHART: dict[str, tuple[World, World, World, World, World, list[str]]] = {
    # variables, what was found, the installation, the command, the chart, the sentences
    "nothing": ({}, {}, {}, {}, {}, []),
    "no Helm": (
        {},
        {},
        {},
        NO_HELM,
        {},
        ["helm is not Helm 3 or 4: sh: helm: not found Install Helm where the role runs"],
    ),
    "no Helm, and other faults": (
        {},
        {
            "controllers": [
                other(name="f5-bigip-ctlr", partitions=["kubernetes"]),
                other(partitions=["kubernetes"]),
            ]
        },
        NEWER,
        {"rc": 0, "stdout": None, "stderr": "", "msg": "no shell"},
        {"lacking": ["a"]},
        [
            "helm is not Helm 3 or 4: no shell Install Helm",
            "cis_bigip_partition kubernetes belongs to CIS elsewhere/f5-bigip-ctlr already",
        ],
    ),
    "Helm 2": ({}, {}, {}, {"stdout": "v2.1.0"}, {}, ["helm is not Helm 3 or 4: v2.1.0 Install Helm"]),
    "Helm 4": ({}, {}, {}, {"stdout": "v4.0.0"}, {}, []),
    "another program": (
        {"helm_binary": "/bin/echo"},
        {},
        {},
        {"stdout": "version"},
        {},
        ["/bin/echo is not Helm 3 or 4: version Install Helm"],
    ),
    "a program without output": (
        {},
        {},
        {},
        {"stdout": "", "rc": 0},
        {},
        ["helm is not Helm 3 or 4: it did not answer Install Helm"],
    ),
    "no chart": (
        {},
        {},
        {},
        {"rc": 1, "stderr": "no such chart\n"},
        {"deployment": ""},
        [
            "Helm cannot get or render the chart f5-bigip-ctlr 0.0.36 of https://f5networks.github.io/charts/stable: no such chart cis_chart_ref"
        ],
    ),
    "no chart, and other faults": (
        {},
        {"controllers": [other(name="f5-bigip-ctlr")]},
        NEWER,
        {"rc": 1, "stderr": "", "msg": " killed "},
        {"lacking": ["a"], "deployment": ""},
        [
            "Helm cannot get or render the chart f5-bigip-ctlr 0.0.36 of https://f5networks.github.io/charts/stable: killed cis_chart_ref"
        ],
    ),
    "no file of a chart": (
        {"chart_ref": "a.tgz"},
        {},
        {},
        {"rc": 1},
        {},
        ["Helm cannot get or render the chart a.tgz 0.0.36: it gave no reason cis_chart_ref"],
    ),
    "another chart": (
        {},
        {},
        {},
        {},
        {"deployment": "", "lacking": ["a"]},
        ["The chart f5-bigip-ctlr is not f5-bigip-ctlr for CIS 2.x"],
    ),
    "a file without CRDs": (
        CRDS,
        {},
        {},
        {},
        {"definitions": 0, "lacking": ["a"]},
        ["cis_crds_path: there is no CustomResourceDefinition in crds.yaml. "],
    ),
    "no CRDs in the chart": ({}, {}, {}, {}, {"definitions": 0}, []),
    "a file without CRDs that is not applied": (
        {**CRDS, "manage_crds": False},
        {},
        {},
        {},
        {"definitions": 0},
        [],
    ),
    "CRDs are missing": (
        {},
        {},
        {},
        {},
        {"lacking": ["a", "b"]},
        [
            "cis_custom_resource_mode: CIS does not start without the CRDs a, b. Neither the chart f5-bigip-ctlr has them, nor does the cluster."
        ],
    ),
    "CRDs are missing in the file": (
        CRDS,
        {},
        {},
        {},
        {"lacking": ["a"], "definitions": 1},
        [
            "cis_custom_resource_mode: CIS does not start without the CRDs a. Neither crds.yaml has them, nor does the cluster. Nothing"
        ],
    ),
    "CRDs of another user are missing": (
        {"manage_crds": False},
        {},
        {},
        {},
        {"lacking": ["a"]},
        [
            "cis_custom_resource_mode: CIS does not start without the CRDs a. cis_manage_crds is false, and the cluster does not have them."
        ],
    ),
    "a downgrade": (
        {},
        {},
        NEWER,
        {},
        {},
        [
            "Chart 0.0.36 is older than 0.0.37, which is deployed. CIS 2.20.3 is older than 2.20.4, which is deployed. Set cis_allow_downgrade"
        ],
    ),
    "a downgrade of the chart": (
        {},
        {},
        {"helm_release": release(chart="f5-bigip-ctlr-0.0.100")},
        {},
        {},
        ["Chart 0.0.36 is older than 0.0.100, which is deployed. Set cis_allow"],
    ),
    "a chart without a version": (
        {},
        {},
        NEWER,
        {},
        {"version": ""},
        ["CIS 2.20.3 is older than 2.20.4, which is deployed. Set cis_allow"],
    ),
    "a release without versions": (
        {},
        {},
        {"helm_release": release(chart=None, values={"version": None})},
        {},
        {},
        [],
    ),
    "a downgrade that is allowed": (DOWNGRADE, {}, NEWER, {}, {}, []),
    "an older number that is longer": (
        {},
        {},
        {"helm_release": release(values={"version": "2.9.10"})},
        {},
        {},
        [],
    ),
    "a version that is none": (
        {},
        {},
        {"helm_release": release(chart="mine", values={"version": "latest"})},
        {},
        {},
        [],
    ),
    "a partition of another CIS": (
        {},
        {"controllers": [controller(), other(partitions=["kubernetes"])]},
        {},
        {},
        {},
        ["cis_bigip_partition kubernetes belongs to CIS elsewhere/other already"],
    ),
    "a release of the same name": (
        {},
        {"controllers": [other(name="f5-bigip-ctlr")]},
        {},
        {},
        {},
        ["cis_release_name f5-bigip-ctlr is the name of CIS elsewhere/f5-bigip-ctlr already."],
    ),
    "two releases of the same name": (
        {},
        {
            "controllers": [
                other(),
                other(name="f5-bigip-ctlr", namespace="a"),
                other(name="f5-bigip-ctlr", namespace="b"),
            ]
        },
        {},
        {},
        {},
        ["cis_release_name f5-bigip-ctlr is the name of CIS a/f5-bigip-ctlr already."],
    ),
    "a Deployment of the same name without Helm": (
        {},
        {"controllers": [other(name="f5-bigip-ctlr", release="")]},
        {},
        {},
        {},
        [],
    ),
}


@pytest.mark.parametrize(
    ("changed", "found", "installation", "command", "chart", "expected"), BY_CHART.values(), ids=BY_CHART
)
def test_by_chart(
    changed: World, found: World, installation: World, command: World, chart: World, expected: list[str]
) -> None:
    seen = Seen(read(changed, found, installation))
    sentences = list(obstacles.by_chart(seen, rendered(**command), facts(**chart), "2.20.3"))
    begin(sentences, expected)


@pytest.mark.parametrize("text", ["1" * 100_000, "1." * 50_000, "v" * 100_000])
def test_a_long_version_of_a_release_takes_no_time(text: str) -> None:
    seen = Seen(read(installation={"helm_release": release(chart=text, values={"version": text})}))
    assert list(obstacles.by_chart(seen, rendered(), facts(), "2.20.3")) == []
