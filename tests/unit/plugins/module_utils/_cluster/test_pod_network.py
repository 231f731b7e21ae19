# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of the Pod network: by API group, and what is forbidden."""

from __future__ import annotations

import ipaddress
from contextlib import closing
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster.pod_network import PodNetworkFacts
from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import (
    BgpSession,
    CalicoBlocks,
    NodeBgp,
    PodAddress,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

V1, V3 = "crd.projectcalico.org/v1", "projectcalico.org/v3"


def path(kind: str, group: str = V1) -> str:
    return f"/apis/{group}/{kind}"


def absent(kind: str, group: str = V1) -> Exchange:
    return missing(f"{path(kind, group)}?limit=500")


def run(script: list[Exchange], work: Any) -> tuple[Any, list[str]]:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, kube.Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        reader = Reader(client)
        with closing(client):
            return work(PodNetworkFacts(reader)), reader.denied


def affinity(cidr: str = "100.96.0.0/26", **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "b"}, "spec": {"cidr": cidr, "node": "n1", "state": "confirmed", **spec}}


PODS = (ipaddress.ip_network("100.96.0.0/26"), "n1")
AFFINITIES = "blockaffinities"
CALICO: list[tuple[list[Exchange], Any]] = [
    ([listing(path(AFFINITIES), affinity())], CalicoBlocks(V1, (PODS,))),
    ([listing(path(AFFINITIES), affinity(deleted="true"), affinity())], CalicoBlocks(V1, (PODS,))),
    ([absent(AFFINITIES), listing(path(AFFINITIES, V3), affinity())], CalicoBlocks(V3, (PODS,))),
    ([listing(path(AFFINITIES)), listing(path(AFFINITIES, V3), affinity())], CalicoBlocks(V3, (PODS,))),
    ([listing(path(AFFINITIES)), absent(AFFINITIES, V3)], CalicoBlocks(V1)),
    ([absent(AFFINITIES), absent(AFFINITIES, V3)], None),
]


@pytest.mark.parametrize(("script", "expected"), CALICO)
def test_blocks(script: list[Exchange], expected: Any) -> None:
    assert run(script, PodNetworkFacts.calico) == (expected, [])


@pytest.mark.parametrize(
    ("script", "group", "expected"),
    [
        ([listing(path("bgppeers"), {"metadata": {"name": "a"}})], None, True),
        ([listing(path("bgppeers"))], V1, False),
        ([absent("bgppeers")], V1, False),
        ([listing(path("bgppeers", V3), {"metadata": {"name": "a"}})], V3, True),
        ([absent("bgppeers"), absent("bgppeers", V3)], None, False),
    ],
)
def test_peers(script: list[Exchange], group: str | None, expected: bool) -> None:
    assert run(script, lambda network: network.bgp_peers(group)) == (expected, [])


def peer(address: str, state: str, kind: str = "GlobalPeer") -> dict[str, str]:
    return {"peerIP": address, "state": state, "type": kind, "since": "10:00:00"}


STATUS = {
    "metadata": {"name": "n1"},
    "spec": {"node": "n1", "classes": ["Agent", "BGP"]},
    "status": {
        "bgp": {
            "peersV4": [peer("198.18.0.2", "Established", "NodeMesh"), peer("198.18.0.250", "Idle", "NodePeer")],
            "peersV6": [peer("2001:db8::1", "Established")],
        }
    },
}
SESSIONS = (BgpSession("198.18.0.250", "Idle"), BgpSession("2001:db8::1", "Established"))


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (STATUS, (NodeBgp("n1", SESSIONS),)),
        ({**STATUS, "status": {}}, (NodeBgp("n1", ()),)),
        ({**STATUS, "spec": {"node": "n1", "classes": ["Agent"]}}, ()),
    ],
)
def test_sessions(item: dict[str, Any], expected: Any) -> None:
    script = [listing(path("caliconodestatuses"), item)]
    assert run(script, lambda network: network.bgp_status(V1)) == (expected, [])


def test_addresses_of_pods() -> None:
    script = [listing(kube.ALL_SLICES, text.endpoint_slice("http:8080/TCP | a@n1"))]
    (found, _denied) = run(script, PodNetworkFacts.pod_addresses)
    assert [one.pod for one in found] == ["default/a"] and isinstance(found[0], PodAddress)


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        (path(AFFINITIES), PodNetworkFacts.calico),
        (path("bgppeers"), PodNetworkFacts.bgp_peers),
        (path("caliconodestatuses"), PodNetworkFacts.bgp_status),
        (kube.ALL_SLICES, PodNetworkFacts.pod_addresses),
    ],
)
def test_what_is_forbidden_is_unknown(kind: str, work: Any) -> None:
    found, refused = run([denied(kind)], work)
    assert isinstance(found, Unknown) and "is forbidden" in found.why and len(refused) == 1
