# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a workload cluster: controllers, packages, and the Services that the checks need."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._cluster.workload import (
    BGP_PEERS,
    PACKAGE_INSTALLS,
    WorkloadCluster,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PACKAGES, PEERS = PACKAGE_INSTALLS.path(None), BGP_PEERS.path(None)
SLICE = text.endpoint_slice("http:8080/TCP | a@n1")


def run(script: list[Exchange], work: Callable[[WorkloadCluster], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, kube.Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(WorkloadCluster(Reader(client)))
        finally:
            client.close()


def package(namespace: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": namespace, "name": "antrea"},
        "spec": {"packageRef": {"refName": "antrea.x"}},
    }


def test_packages_of_the_platform() -> None:
    script = [listing(PACKAGES, package("vmware-system-tkg"), package("evil"))]
    assert [item.name for item in run(script, lambda cluster: cluster.packages())] == [
        "vmware-system-tkg/antrea"
    ]
    assert run([missing(f"{PACKAGES}?limit=500")], lambda cluster: cluster.packages()) == ()
    assert isinstance(run([denied(PACKAGES)], lambda cluster: cluster.packages()), Unknown)


@pytest.mark.parametrize(
    ("answer", "peers"),
    [(listing(PEERS), False), (listing(PEERS, package("x")), True), (missing(f"{PEERS}?limit=500"), False)],
)
def test_bgp_peers(answer: Exchange, peers: bool) -> None:
    assert run([answer], lambda cluster: cluster.bgp_peers()) is peers


def applications(script: list[Exchange], namespaces: list[str] | None) -> dict[str, Any]:
    made: dict[str, Any] = run(
        script, lambda cluster: cluster.applications(namespaces, "app=web", Unknown("x"))
    )
    return made


def test_applications_of_the_whole_cluster() -> None:
    script = [
        listing(kube.ALL_SERVICES, text.service(npl="true"), labels="app=web"),
        listing(kube.ALL_SLICES, SLICE),
        listing(kube.ALL_PODS, *text.pods("a", "")),
    ]
    made = applications(script, None)
    assert (
        made["all_pods"] is True
        and list(made["applications"].services) == [("default", "web")]
        and made["applications"].nodes is None
    )


def test_pods_of_the_named_namespaces_where_all_are_forbidden() -> None:
    start = [
        listing(kube.services(), text.service(), labels="app=web"),
        listing(kube.slices(), SLICE),
        denied(kube.ALL_PODS),
    ]
    made = applications([*start, listing(kube.pods(), *text.pods("a", ""))], ["default"])
    assert made["all_pods"] is False and list(made["applications"].pods) == [("default", "a")]
    assert isinstance(applications([*start, denied(kube.pods())], ["default"])["applications"], Unknown)


def base(*script: Exchange) -> dict[str, Any]:
    start = [api.version(), listing(kube.NODES), listing(api.DAEMON_SETS)]
    made: dict[str, Any] = run([*start, *script], lambda cluster: cluster.base())
    return made


AKO_SET = {
    "metadata": {"namespace": "avi-system", "name": "ako"},
    "spec": {"template": {"spec": {"containers": [{"image": "a/ako:1.12.2"}]}}},
}


@pytest.mark.parametrize(
    ("deployments", "stateful", "cis", "ako"),
    [
        (
            listing(api.DEPLOYMENTS, api.CIS, api.AKO),
            listing(api.STATEFUL_SETS, AKO_SET),
            ["kube-system/cis"],
            ["avi-system/ako", "avi-system/ako"],
        ),
        (listing(api.DEPLOYMENTS, api.CIS), denied(api.STATEFUL_SETS), ["kube-system/cis"], None),
        (listing(api.DEPLOYMENTS, api.AKO), denied(api.STATEFUL_SETS), [], ["avi-system/ako"]),
    ],
)
def test_controllers(
    deployments: Exchange, stateful: Exchange, cis: list[str], ako: list[str] | None
) -> None:
    made = base(deployments, stateful)
    assert [item.name for item in made["cis"]] == cis
    assert isinstance(made["ako"], Unknown) if ako is None else [item.name for item in made["ako"]] == ako


def test_without_antrea_there_is_no_configuration_and_no_agent() -> None:
    made = base(listing(api.DEPLOYMENTS), listing(api.STATEFUL_SETS))
    assert (made["cnis"], made["npl"], made["agents"]) == ((), None, ())
