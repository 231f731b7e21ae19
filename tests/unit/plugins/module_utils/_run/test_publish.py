# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What auto asks BIG-IP: whether it has a way to the Pods, by as few requests as decide it. And progress, which stops nothing."""

from __future__ import annotations

import ipaddress
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Forbidden
from ansible_collections.vks.bigip.plugins.module_utils._run.publish import Cluster, progress, routable
from ansible_collections.vks.bigip.tests.unit.support.kube import listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


class Ltm:
    def __init__(self, routes: list[tuple[str, bool]], selves: list[str]) -> None:
        self.asked: list[str] = []
        self._routes, self._selves = routes, selves

    def routes(self) -> list[Any]:
        self.asked.append("routes")
        return [SimpleNamespace(network=network, blackhole=blackhole) for network, blackhole in self._routes]

    def self_ips(self) -> list[Any]:
        self.asked.append("self_ips")
        return [ipaddress.ip_interface(address) for address in self._selves]


@pytest.mark.parametrize(
    ("routes", "selves", "pods", "answer", "asked"),
    [
        ([("100.96.0.0/11", False)], [], ["100.96.0.1", "100.97.0.1"], True, ["routes"]),
        ([("100.96.0.0/16", False)], ["100.97.0.9/16"], ["100.96.0.1", "100.97.0.1"], True, ["routes", "self_ips"]),
        ([("0.0.0.0/0", False)], ["198.18.0.9/16"], ["100.96.0.1"], False, ["routes", "self_ips"]),
        ([("100.96.0.0/11", True)], [], ["100.96.0.1"], False, ["routes", "self_ips"]),
        ([("2001:db8:96::/48", False)], [], ["2001:db8:96::1"], True, ["routes"]),
    ],
)
def test_a_way_to_the_pods(routes: list[tuple[str, bool]], selves: list[str], pods: list[str], answer: bool, asked: list[str]) -> None:
    ltm = Ltm(routes, selves)
    ask = routable(ltm)  # type: ignore[arg-type]
    assert [ask(pods, False), ask(pods, False)] == [answer, answer]
    assert ltm.asked == asked


@pytest.mark.parametrize(("selves", "answer"), [([], None), (["100.96.0.5/16"], True)])
def test_routes_that_may_not_be_read_are_not_known(selves: list[str], answer: bool | None) -> None:
    class Denied(Ltm):
        def routes(self) -> list[Any]:
            raise Failure("bigip_forbidden", "Reading the routes of BIG-IP")

    assert routable(Denied([], selves))(["100.96.0.9"], False) is answer  # type: ignore[arg-type]


@pytest.mark.parametrize(("routes", "answer"), [([("100.96.0.0/11", False)], True), ([("0.0.0.0/0", False)], None)])
def test_a_pool_published_as_cluster_costs_one_request(routes: list[tuple[str, bool]], answer: bool | None) -> None:
    """And keeps its mode if only a self IP led to its Pods: sign-in, declaration, LTM and sign-out are the other four of a run without a change."""
    ltm = Ltm(routes, ["100.96.0.5/16"])
    ask = routable(ltm)  # type: ignore[arg-type]
    assert [ask(["100.96.0.1"], True), ask(["100.96.0.1"], True)] == [answer, answer]
    assert ltm.asked == ["routes"]


CIS = {
    "metadata": {"namespace": "kube-system", "name": "f5-cis"},
    "spec": {"template": {"spec": {"containers": [{"image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--bigip-partition=T1"]}]}}},
}


@pytest.mark.parametrize(
    ("denied", "partitions", "unread"),
    [((), {"T1", "T1_gtm"}, None), (("configmaps",), {"T1", "T1_gtm"}, "configmaps"), (("deployments", "configmaps"), set(), "deployments")],
)
def test_of_what_a_cis_owns_all_that_may_be_read_counts(denied: tuple[str, ...], partitions: set[str], unread: str | None) -> None:
    def read(kind: str, items: list[Any]) -> list[Any]:
        if kind in denied:
            raise Forbidden("kubernetes_forbidden", f"listing {kind}", said=f"{kind} is forbidden", remedy="Bind a Role.")
        return items

    class Partly(Cluster):
        def __init__(self) -> None:
            self._warn, self._believed = warnings.append, ["kube-system", "f5-cis"]

        def deployments(self, *_more: Any) -> list[Any]:
            return read("deployments", [CIS])

        def config_maps(self, *_more: Any) -> list[Any]:
            return read("configmaps", [])

    warnings: list[str] = []
    (claim,) = Partly().cis_claims()
    assert claim.partitions == partitions and claim.running
    assert (claim.unread.said if claim.unread else None) == (f"{unread} is forbidden" if unread else None) and len(warnings) == bool(unread)


EVIL = {**CIS, "metadata": {"namespace": "evil", "name": "cis"}}
EVERYWHERE, MAPS = "/apis/apps/v1/deployments", "f5type=virtual-server,as3=true"


def config_map(text: str, namespace: str = "kube-system") -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": "as3"}, "data": {"template": text}}


def of(namespace: str, kind: str = "deployments") -> str:
    return f"/apis/apps/v1/namespaces/{namespace}/deployments" if kind == "deployments" else f"/api/v1/namespaces/{namespace}/configmaps"


def forbidden(path: str) -> Exchange:
    return listing(path, status=403, json=status(403, f"{path} is forbidden"))


AS3 = json.dumps({"class": "AS3", "declaration": {"class": "ADC", "Shop": {"class": "Tenant"}}})
NOT_BELIEVED = "CIS Deployment evil/cis is not in a namespace of cis_namespaces (kube-system, f5-cis)"
IN_KUBE_SYSTEM, IN_EVIL, WITH_SHOP = ("kube-system/f5-cis", {"T1", "T1_gtm"}), ("evil/cis", {"T1", "T1_gtm"}), ("kube-system/f5-cis", {"T1", "T1_gtm", "Shop"})
# script, options, claims, words of the warnings
CLAIMS: dict[str, tuple[list[Exchange], dict[str, Any], list[tuple[str, set[str]]], list[str]]] = {
    "no CIS, and no ConfigMap is read": ([listing(EVERYWHERE)], {}, [], []),
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
        ["AS3 ConfigMap kube-system/as3 is passed over, because template cannot be read: it is nested too deep"],
    ),
    "a number of 5,000 digits": (
        [listing(EVERYWHERE, CIS), listing(of("kube-system", "maps"), config_map("9" * 5000), labels=MAPS)], {}, [IN_KUBE_SYSTEM], ["it is not JSON"],
    ),
    "Roles in the namespaces of CIS": (
        [forbidden(EVERYWHERE), listing(of("kube-system"), CIS), listing(of("f5-cis")), listing(of("kube-system", "maps"), labels=MAPS)],
        {}, [IN_KUBE_SYSTEM], [],
    ),
    "a Role in one of them": (
        [forbidden(EVERYWHERE), listing(of("kube-system"), CIS), forbidden(of("f5-cis")), listing(of("kube-system", "maps"), labels=MAPS)],
        {}, [IN_KUBE_SYSTEM, ("", set())], ["Whether a CIS owns tenants on this BIG-IP is unknown."],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("script", "options", "claims", "words"), CLAIMS.values(), ids=CLAIMS.keys())
def test_which_cis_is_believed(
    script: list[Exchange], options: dict[str, Any], claims: list[tuple[str, set[str]]], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    warnings: list[str] = []
    with ScriptedServer(script) as server:
        given = {"host": server.url, "api_key": "token", "allow_http": True, "cis_namespaces": ["kube-system", "f5-cis"], **options}
        with Cluster(given, Deadline(60.0), warnings.append) as cluster:
            found = [(claim.deployment, set(claim.partitions)) for claim in cluster.cis_claims()]
    assert found == claims
    assert len(warnings) == len(words) and all(text in warning for text, warning in zip(words, warnings)), warnings


def test_progress_is_a_line_of_json_for_each_step(tmp_path: Path) -> None:
    file, warnings = tmp_path / "progress", list[str]()
    write = progress(str(file), warnings.append)
    for text in ("posting T1", "1 of 1 tenants done"):
        write(text)
    assert [json.loads(line)["text"] for line in file.read_text().splitlines()] == ["posting T1", "1 of 1 tenants done"] and not warnings


@pytest.mark.parametrize("path", [None, ""])
def test_without_a_progress_file_nothing_is_written(path: str | None) -> None:
    warnings: list[str] = []
    progress(path, warnings.append)("posting T1")
    assert not warnings


@pytest.mark.parametrize("name", ["missing/progress", "folder", "pipe", "nul\0byte", "x" * 300])
def test_a_progress_file_that_cannot_be_written_costs_one_warning(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    warnings: list[str] = []
    write = progress(str(tmp_path / name), warnings.append)
    write("posting T1")
    write("1 of 1 tenants done")
    (warning,) = warnings
    assert name in warning and "cannot be written" in warning


def test_a_full_disk_costs_one_warning() -> None:
    warnings: list[str] = []
    progress("/dev/full", warnings.append)("posting T1")
    assert "No space left on device" in warnings[0]
