# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which CIS of a cluster count, and what they own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect.claims import CisClaims
from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Forbidden
from ansible_collections.vks.bigip.tests.unit.support.kube import listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

CIS = {
    "metadata": {"namespace": "kube-system", "name": "f5-cis"},
    "spec": {
        "template": {
            "spec": {
                "containers": [
                    {"image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--bigip-partition=T1"]}
                ]
            }
        }
    },
}


@pytest.mark.parametrize(
    ("denied", "partitions", "unread"),
    [
        ((), {"T1", "T1_gtm"}, None),
        (("configmaps",), {"T1", "T1_gtm"}, "configmaps"),
        (("deployments", "configmaps"), set(), "deployments"),
    ],
)
def test_of_what_a_cis_owns_all_that_may_be_read_counts(
    denied: tuple[str, ...], partitions: set[str], unread: str | None
) -> None:
    def read(kind: str, items: list[Any]) -> list[Any]:
        if kind in denied:
            raise Forbidden(
                "kubernetes_forbidden", f"listing {kind}", said=f"{kind} is forbidden", remedy="Bind a Role."
            )
        return items

    class Partly:
        def deployments(self, *_more: Any) -> list[Any]:
            return read("deployments", [CIS])

        def config_maps(self, *_more: Any) -> list[Any]:
            return read("configmaps", [])

    warnings: list[str] = []
    (claim,) = CisClaims(Partly(), ["kube-system", "f5-cis"], warnings.append).read()
    assert claim.partitions == partitions and claim.running
    assert (claim.unread.said if claim.unread else None) == (
        f"{unread} is forbidden" if unread else None
    ) and len(warnings) == bool(unread)


EVIL = {**CIS, "metadata": {"namespace": "evil", "name": "cis"}}
EVERYWHERE, MAPS = "/apis/apps/v1/deployments", "f5type=virtual-server,as3=true"


def config_map(text: str, namespace: str = "kube-system") -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": "as3"}, "data": {"template": text}}


def of(namespace: str, kind: str = "deployments") -> str:
    return (
        f"/apis/apps/v1/namespaces/{namespace}/deployments"
        if kind == "deployments"
        else f"/api/v1/namespaces/{namespace}/configmaps"
    )


def forbidden(path: str) -> Exchange:
    return listing(path, status=403, json=status(403, f"{path} is forbidden"))


def forbidden_maps(namespace: str) -> Exchange:
    path = of(namespace, "maps")
    return listing(path, labels=MAPS, status=403, json=status(403, f"{path} is forbidden"))


WEB = {
    "metadata": {"namespace": "kube-system", "name": "web"},
    "spec": {"template": {"spec": {"containers": [{"image": "nginx"}]}}},
}
OTHER = {**WEB, "metadata": {"namespace": "f5-cis", "name": "web"}}
LISTING = "Listing ConfigMaps in"
ADDED = ["kube-system", "f5-cis", "e", "d", "c", "b", "a"]
AS3 = json.dumps({"class": "AS3", "declaration": {"class": "ADC", "Shop": {"class": "Tenant"}}})
NOT_BELIEVED = "CIS Deployment evil/cis is not in a namespace of cis_namespaces (kube-system, f5-cis)"
IN_KUBE_SYSTEM, IN_EVIL, WITH_SHOP = (
    ("kube-system/f5-cis", {"T1", "T1_gtm"}),
    ("evil/cis", {"T1", "T1_gtm"}),
    ("kube-system/f5-cis", {"T1", "T1_gtm", "Shop"}),
)
# script, options, claims, words of the warnings
CLAIMS: dict[str, tuple[list[Exchange], dict[str, Any], list[tuple[str, set[str]]], list[str]]] = {
    "no CIS, and no ConfigMap is read": ([listing(EVERYWHERE, WEB)], {"cis_namespaces": ADDED}, [], []),
    "other Deployments beside it": ([listing(EVERYWHERE, WEB, CIS, WEB), listing(of("kube-system", "maps"), labels=MAPS)], {}, [IN_KUBE_SYSTEM], []),
    "ConfigMaps of several namespaces, in their order": (
        [listing(EVERYWHERE, CIS), *[listing(of(name, "maps"), labels=MAPS) for name in ("a", "b", "c", "d", "e", "kube-system")]],
        {"cis_namespaces": ADDED}, [IN_KUBE_SYSTEM], [],
    ),
    "ConfigMaps of several namespaces may not be read": (
        [listing(EVERYWHERE, CIS), *[forbidden_maps(name) for name in ("a", "kube-system")]],
        {"cis_namespaces": ["kube-system", "a"]}, [IN_KUBE_SYSTEM], [f"It is unknown whether a CIS owns tenants on this BIG-IP. {LISTING} namespace a "],
    ),
    "no namespace is named, and Deployments may not be listed": (
        [forbidden(EVERYWHERE)], {"cis_namespaces": []}, [("", set())], ["It is unknown whether a CIS owns tenants on this BIG-IP."],
    ),
    "its ConfigMaps are those of its namespace": (
        [listing(EVERYWHERE, CIS), listing(of("kube-system", "maps"), config_map(AS3), labels=MAPS)], {}, [WITH_SHOP], [],
    ),
    "a CIS of another namespace holds nothing": ([listing(EVERYWHERE, EVIL)], {}, [], [NOT_BELIEVED]),
    "beside one that counts": ([listing(EVERYWHERE, EVIL, CIS), listing(of("kube-system", "maps"), labels=MAPS)], {}, [IN_KUBE_SYSTEM], [NOT_BELIEVED]),
    "a namespace that the user names": (
        [listing(EVERYWHERE, EVIL), listing(of("evil", "maps"), labels=MAPS)], {"cis_namespaces": ["evil"]}, [IN_EVIL], [],
    ),
    "ConfigMaps of a namespace that the user adds": (
        [listing(EVERYWHERE, CIS), listing(of("kube-system", "maps"), labels=MAPS), listing(of("shop", "maps"), config_map(AS3, "shop"), labels=MAPS)],
        {"cis_namespaces": ["kube-system", "f5-cis", "shop"]}, [WITH_SHOP], [],
    ),
    "200,000 brackets": (
        [listing(EVERYWHERE, CIS), listing(of("kube-system", "maps"), config_map("[" * 200_000), config_map(AS3), labels=MAPS)], {}, [WITH_SHOP],
        ["AS3 ConfigMap kube-system/as3 is skipped, because template cannot be read: it is nested too deep"],
    ),
    "a number of 5,000 digits": (
        [listing(EVERYWHERE, CIS), listing(of("kube-system", "maps"), config_map("9" * 5000), labels=MAPS)], {}, [IN_KUBE_SYSTEM], ["it is not JSON"],
    ),
    "Roles in the namespaces of CIS": (
        [forbidden(EVERYWHERE), listing(of("kube-system"), CIS), listing(of("f5-cis"), OTHER), listing(of("kube-system", "maps"), labels=MAPS)],
        {}, [IN_KUBE_SYSTEM], [],
    ),
    "a Role in one of them": (
        [forbidden(EVERYWHERE), listing(of("kube-system"), CIS), forbidden(of("f5-cis")), listing(of("kube-system", "maps"), labels=MAPS)],
        {}, [IN_KUBE_SYSTEM, ("", set())], ["It is unknown whether a CIS owns tenants on this BIG-IP."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("script", "options", "claims", "words"), CLAIMS.values(), ids=CLAIMS.keys())
def test_which_cis_is_believed(
    script: list[Exchange],
    options: dict[str, Any],
    claims: list[tuple[str, set[str]]],
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    warnings: list[str] = []
    with ScriptedServer(script) as server:
        given = {
            "host": server.url,
            "api_key": "token",
            "allow_http": True,
            "cis_namespaces": ["kube-system", "f5-cis"],
            **options,
        }
        with Cluster(given, Deadline(60.0), warnings.append) as cluster:
            claims_read = CisClaims(cluster, given["cis_namespaces"], warnings.append).read()
            found = [(claim.deployment, set(claim.partitions)) for claim in claims_read]
    assert found == claims
    assert len(warnings) == len(words) and all(text in warning for text, warning in zip(words, warnings)), (
        warnings
    )
