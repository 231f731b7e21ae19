# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between Calico's nodes and BIG-IP in a lab: a session needs both sides, and brings traffic to Pods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bgp_use import NEIGHBOR, SELF, BothSides
from lab_use import application, pods
from pod_network_use import BigIp
from running_lab import RunningLab, eventually

Labs = Callable[..., RunningLab]
GROUP = "crd.projectcalico.org"


@pytest.fixture(scope="module")
def calico(lab: Labs) -> RunningLab:
    found = lab(cni="calico", nodes=2)
    if found.tried("get", "crd", f"caliconodestatuses.{GROUP}").returncode:
        found.apply(status_crd())
        found.kubectl("wait", "crd", f"caliconodestatuses.{GROUP}", "--for=condition=Established")
    return found


def status_crd() -> dict[str, Any]:
    names = {"kind": "CalicoNodeStatus", "plural": "caliconodestatuses", "singular": "caliconodestatus"}
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"caliconodestatuses.{GROUP}"},
        "spec": {"group": GROUP, "scope": "Cluster", "names": names, "versions": [version]},
    }


def custom(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": {"name": name}, "spec": spec}


class Peers(BothSides):
    """With Calico."""

    def on_cluster(self, **spec: Any) -> None:
        self.lab.apply(custom("BGPPeer", "bigip", peerIP=SELF, asNumber=64513, **spec))

    def in_table(self, origin: str = "dynamic") -> dict[str, str]:
        """The networks of this origin in the route table, with their next hops."""
        entries = self.bigip.call("GET", "/mgmt/tm/net/route/stats")["entries"].values()
        rows = [entry["nestedStats"]["entries"] for entry in entries]
        return {
            row["destination"]["description"]: row["nextHop"]["description"]
            for row in rows
            if row["origin"]["description"] == origin
        }


@pytest.fixture
def peers(calico: RunningLab) -> Iterator[Peers]:
    bigip = BigIp(calico)
    yield Peers(calico, bigip)
    bigip.call("POST", "/_lab/reset", {})
    for kind in ("bgppeers", "bgpconfigurations", "caliconodestatuses"):
        calico.kubectl("delete", f"{kind}.{GROUP}", "--all")


def test_a_session_needs_both_sides_and_brings_traffic(calico: RunningLab, peers: Peers) -> None:
    with application(calico) as name:
        peers.bigip.publish([pod["status"]["podIP"] for pod in pods(calico, name)])
        peers.bigip.becomes("down")
        peers.on_bigip()
        assert peers.sessions() == {} and peers.learnt() == {}
        peers.on_cluster()
        peers.become("Established")
        blocks = {
            block["spec"]["cidr"]: peers.nodes[block["spec"]["node"]]
            for block in calico.get(f"blockaffinities.{GROUP}")["items"]
        }
        eventually(lambda: blocks.items() <= peers.learnt().items())
        peers.bigip.becomes("up")
        assert peers.bigip.answers()
        assert blocks.items() <= peers.in_table().items()

        for address in peers.nodes.values():
            peers.bigip.call("PATCH", f"{NEIGHBOR}/{address}", {"enabled": "false"})
        peers.become("Active")
        assert peers.learnt() == peers.in_table() == {} and not peers.bigip.answers()
        peers.bigip.becomes("down")


def test_numbers_and_passwords_must_agree(calico: RunningLab, peers: Peers) -> None:
    peers.on_bigip()
    peers.on_cluster()
    peers.become("Established")
    calico.apply(custom("BGPConfiguration", "default", asNumber=64999))
    peers.become("Idle")
    calico.kubectl("delete", f"bgpconfigurations.{GROUP}", "default")
    peers.become("Established")
    calico.apply(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "bgp", "namespace": "kube-system"},
            "stringData": {"word": "one"},
        }
    )
    peers.on_cluster(password={"secretKeyRef": {"name": "bgp", "key": "word"}})
    peers.become("Active")
    for address in peers.nodes.values():
        peers.bigip.call("PATCH", f"{NEIGHBOR}/{address}", {"password": "one"})
    peers.become("Established")
    calico.kubectl("delete", "secret", "bgp", "-n", "kube-system")
    peers.become("Active")


def test_calico_reports_the_sessions_of_a_node(calico: RunningLab, peers: Peers) -> None:
    node = next(iter(peers.nodes))
    calico.apply(custom("CalicoNodeStatus", "first", node=node, classes=["BGP"], updatePeriodSeconds=1))
    peers.on_cluster()

    def state() -> dict[str, Any]:
        return dict(calico.get(f"caliconodestatuses.{GROUP}", "first").get("status") or {})

    def states() -> dict[str, str]:
        return {one["type"]: one["state"] for one in state().get("bgp", {}).get("peersV4", [])}

    eventually(lambda: states() == {"NodeMesh": "Established", "GlobalPeer": "Active"})
    peers.on_bigip()
    eventually(lambda: states() == {"NodeMesh": "Established", "GlobalPeer": "Established"})
    assert state()["bgp"]["numberEstablishedV4"] == 2
    before = state()["lastUpdated"]
    eventually(lambda: state()["lastUpdated"] != before)
