# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Calico: its objects, and a BlockAffinity for each Pod range of each node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from running_lab import RunningLab, eventually
from vkslab.calico import manifests
from vkslab.calico.affinities import differences
from vkslab.net.objects import Node

Labs = Callable[..., RunningLab]


def node(name: str, *cidrs: str) -> Node:
    return Node.read({"metadata": {"name": name}, "spec": {"podCIDRs": list(cidrs)}})


@pytest.mark.parametrize(
    ("nodes", "present", "create", "delete"),
    [
        pytest.param([], [], [], [], id="nothing"),
        pytest.param([node("n1", "100.96.0.0/24")], [], ["n1-100-96-0-0-24"], [], id="a new node"),
        pytest.param([node("n1")], [], [], [], id="a node without a range as yet"),
        pytest.param([node("n1", "100.96.0.0/24")], ["n1-100-96-0-0-24"], [], [], id="there already"),
        pytest.param([], ["n1-100-96-0-0-24"], [], ["n1-100-96-0-0-24"], id="the node is gone"),
        pytest.param([node("n1", "100.96.1.0/24")], ["n1-100-96-0-0-24"], ["n1-100-96-1-0-24"],
            ["n1-100-96-0-0-24"], id="made anew with another range"),
        pytest.param(
            [node("n1", "100.96.0.0/24", "2001:db8:96::/64")], [],
                ["n1-100-96-0-0-24", "n1-2001-db8-96---64"], [], id="both families"
        ),
    ],
)  # fmt: skip
def test_differences(nodes: list[Node], present: list[str], create: list[str], delete: list[str]) -> None:
    made, gone = differences(nodes, present)
    assert ([each["metadata"]["name"] for each in made], gone) == (create, delete)


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("IPPool", "ippools"),
        ("BlockAffinity", "blockaffinities"),
        ("FelixConfiguration", "felixconfigurations"),
    ],
)
def test_plurals(kind: str, plural: str) -> None:
    assert manifests.plural(kind) == plural


def test_a_lab_with_calico(lab: Labs) -> None:
    cluster = lab(cni="calico", nodes=2)

    def affinities() -> dict[str, dict[str, Any]]:
        return {
            each["metadata"]["name"]: each["spec"]
            for each in cluster.get(f"blockaffinities.{manifests.GROUP}")["items"]
        }

    ranges = {each["metadata"]["name"]: each["spec"]["podCIDR"] for each in cluster.get("nodes")["items"]}
    found = eventually(lambda: len(them := affinities()) == 2 and them)
    assert {spec["node"]: spec["cidr"] for spec in found.values()} == ranges
    assert all(spec["state"] == "confirmed" and spec["deleted"] == "false" for spec in found.values())

    (pool,) = cluster.get(f"ippools.{manifests.GROUP}")["items"]
    assert (pool["spec"]["cidr"], pool["spec"]["ipipMode"], pool["spec"]["vxlanMode"]) == (
        "100.96.0.0/11",
        "Always",
        "Never",
    )
    assert cluster.get("configmap", "-n", "kube-system", "calico-config")["data"]["calico_backend"] == "bird"
    for what in ("daemonset/calico-node", "deployment/calico-kube-controllers"):
        cluster.kubectl("rollout", "status", "-n", "kube-system", what)
    for kind in ("BGPPeer", "BGPConfiguration"):
        assert cluster.get(f"{manifests.plural(kind)}.{manifests.GROUP}")["items"] == []

    # A node is added and deleted.
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "joined"},
            "spec": {"podCIDR": "100.97.0.0/24", "podCIDRs": ["100.97.0.0/24"]},
        }
    )
    try:
        eventually(lambda: "joined-100-97-0-0-24" in affinities())
    finally:
        cluster.kubectl("delete", "node", "joined")
    eventually(lambda: affinities() == found)
