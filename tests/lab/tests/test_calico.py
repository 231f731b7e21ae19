# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Calico in a lab: its objects, the blocks of the nodes, and the two API groups."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from lab_use import application, ask, deployment, pods
from running_lab import RunningLab, eventually
from vkslab.calico.api import V1, V3, Api, plural

Labs = Callable[..., RunningLab]
BLOCK = "lab.vks.bigip/block"
RELEASE = "lab.vks.bigip/release-blocks"


@pytest.fixture
def cluster(lab: Labs) -> RunningLab:
    return lab(cni="calico", nodes=2)


def objects(lab: RunningLab, kind: str, api: Api = V1) -> dict[str, dict[str, Any]]:
    """The specs, by name."""
    return {
        each["metadata"]["name"]: each["spec"] for each in lab.get(f"{plural(kind)}.{api.group}")["items"]
    }


def affinities(lab: RunningLab, api: Api = V1) -> dict[str, str]:
    """Node by block, of the confirmed ones."""
    return {
        spec["cidr"]: spec["node"]
        for spec in objects(lab, "BlockAffinity", api).values()
        if spec["state"] == "confirmed"
    }


def holders(lab: RunningLab, cidr: str) -> dict[str, str]:
    """The nodes of the Pods that have addresses of a block, by Pod."""
    spec = next((each for each in objects(lab, "IPAMBlock").values() if each["cidr"] == cidr), None)
    found = [each["secondary"] for each in spec["attributes"]] if spec else []
    return {each["pod"]: each["node"] for each in found if "pod" in each}


def nodes(lab: RunningLab) -> list[str]:
    """By their addresses."""
    items = lab.get("nodes")["items"]
    items.sort(key=lambda each: ip_address(each["status"]["addresses"][0]["address"]))
    return [each["metadata"]["name"] for each in items]


def in_block(lab: RunningLab, name: str, node: str, cidr: str, replicas: int = 1) -> None:
    """A Deployment whose Pods take addresses of this block."""
    made = deployment(name, replicas, node=node)
    made["spec"]["template"]["metadata"]["annotations"] = {BLOCK: cidr}
    lab.api.create(made)
    eventually(lambda: lab.get("deployment", name)["status"].get("readyReplicas") == replicas)


def removed(lab: RunningLab, name: str) -> None:
    lab.api.delete("deployment", name)
    eventually(lambda: not pods(lab, name))


def test_the_objects_of_a_new_lab(cluster: RunningLab) -> None:
    ranges = {each["metadata"]["name"]: each["spec"]["podCIDR"] for each in cluster.get("nodes")["items"]}
    found = objects(cluster, "BlockAffinity")
    first = {name: str(next(ip_network(cidr).subnets(new_prefix=26))) for name, cidr in ranges.items()}
    assert {spec["node"]: spec["cidr"] for spec in found.values()} == first
    assert all(
        (spec["state"], spec["deleted"], spec["type"]) == ("confirmed", "false", "host")
        for spec in found.values()
    )
    assert {spec["affinity"]: spec["cidr"] for spec in objects(cluster, "IPAMBlock").values()} == {
        f"host:{name}": cidr for name, cidr in first.items()
    }

    (pool,) = objects(cluster, "IPPool").values()
    assert pool == {
        "cidr": "100.96.0.0/11",
        "blockSize": 26,
        "ipipMode": "Always",
        "vxlanMode": "Never",
        "natOutgoing": True,
        "nodeSelector": "all()",
        "allowedUses": ["Workload", "Tunnel"],
    }
    for kind in ("BGPPeer", "BGPConfiguration", "CalicoNodeStatus"):
        assert objects(cluster, kind) == {}
    for node in cluster.get("nodes")["items"]:
        annotations = node["metadata"]["annotations"]
        address = node["status"]["addresses"][0]["address"]
        assert annotations["projectcalico.org/IPv4Address"] == f"{address}/16"
        tunnel = annotations["projectcalico.org/IPv4IPIPTunnelAddr"]
        assert f"{tunnel}/26" == first[node["metadata"]["name"]]

    assert cluster.get("configmap", "-n", "kube-system", "calico-config")["data"]["calico_backend"] == "bird"
    for what in ("daemonset/calico-node", "deployment/calico-kube-controllers"):
        cluster.kubectl("rollout", "status", "-n", "kube-system", what)


def test_the_api_server_prunes_fields_that_calico_does_not_have(cluster: RunningLab) -> None:
    spec = {
        "peerIP": "198.18.0.250",
        "asNumber": 64513,
        "password": {"secretKeyRef": {"name": "s", "key": "k"}},
    }
    cluster.api.create(V1.custom("BGPPeer", "bigip", {**spec, "peerIp": "typo"}))
    assert objects(cluster, "BGPPeer")["bigip"] == spec
    cluster.api.delete("bgppeer", "bigip")
    wrong = V1.custom("BGPPeer", "bigip", {"nextHopMode": "Never"})
    refused = cluster.tried("create", "-f", "-", stdin=json.dumps(wrong))
    assert refused.returncode and "spec.nextHopMode: Unsupported value" in refused.stderr


def test_a_node_has_a_block_for_each_64_addresses_in_use(cluster: RunningLab) -> None:
    node, _other = nodes(cluster)
    with application(cluster, replicas=70, node=node) as name:
        used = {ip_network(f"{pod['status']['podIP']}/26", strict=False) for pod in pods(cluster, name)}
        assert len(used) > 1
        found = eventually(
            lambda: (now := affinities(cluster)) and {str(each) for each in used} <= now.keys() and now
        )
        assert {found[str(each)] for each in used} == {node}
        eventually(
            lambda: (
                {pod for cidr in used for pod in holders(cluster, str(cidr))}
                >= {pod["metadata"]["name"] for pod in pods(cluster, name)}
            )
        )


def test_a_borrowed_address_is_of_another_nodes_block(cluster: RunningLab) -> None:
    cidr = "100.96.12.0/26"
    first, second = nodes(cluster)
    in_block(cluster, "owner", first, cidr)
    in_block(cluster, "borrower", second, cidr, replicas=2)
    assert affinities(cluster)[cidr] == first
    found = {pod["metadata"]["name"]: pod for pod in (*pods(cluster, "owner"), *pods(cluster, "borrower"))}
    assert holders(cluster, cidr) == {name: pod["spec"]["nodeName"] for name, pod in found.items()}
    assert sorted(holders(cluster, cidr).values()) == sorted([first, second, second])
    addresses = {pod["status"]["podIP"] for pod in found.values()}
    assert addresses == {"100.96.12.61", "100.96.12.62", "100.96.12.63"}
    for name in ("owner", "borrower"):
        removed(cluster, name)
    eventually(lambda: holders(cluster, cidr) == {})
    assert affinities(cluster)[cidr] == first, "an empty block stays"


def test_a_released_block_moves_to_the_next_node_that_uses_it(cluster: RunningLab) -> None:
    cidr = "100.96.13.0/26"
    first, second = nodes(cluster)
    in_block(cluster, "before", first, cidr)
    cluster.kubectl("annotate", "node", first, f"{RELEASE}=true")
    removed(cluster, "before")
    eventually(lambda: cidr not in affinities(cluster) and cidr not in blocks(cluster))
    in_block(cluster, "after", second, cidr)
    assert affinities(cluster)[cidr] == second and blocks(cluster)[cidr] == f"host:{second}"
    removed(cluster, "after")
    # The block of a node's tunnel is in use.
    assert first in affinities(cluster).values()
    cluster.kubectl("annotate", "node", first, f"{RELEASE}-")


def blocks(lab: RunningLab) -> dict[str, str | None]:
    """The affinity by block, as the IPAMBlocks show it."""
    return {spec["cidr"]: spec.get("affinity") for spec in objects(lab, "IPAMBlock").values()}


def test_affinities_stay_as_a_test_makes_them(cluster: RunningLab) -> None:
    cidr = "100.96.14.0/26"
    first, second = nodes(cluster)
    in_block(cluster, "web", first, cidr)
    name = next(name for name, spec in objects(cluster, "BlockAffinity").items() if spec["cidr"] == cidr)
    for state in ("pending", "pendingDeletion", "confirmed"):
        patch = json.dumps({"spec": {"state": state, "deleted": "true"}})
        cluster.kubectl("patch", "blockaffinity", name, "--type=merge", "-p", patch)
        in_block(cluster, f"more-{state.lower()}", first, cidr)
        now = objects(cluster, "BlockAffinity")[name]
        assert (now["state"], now["deleted"]) == (state, "true")
    # Another node takes the block over while it is in use.
    moved = V1.custom(
        "BlockAffinity",
        name.replace(first, second),
        {"cidr": cidr, "node": second, "state": "confirmed", "deleted": "false", "type": "host"},
    )
    cluster.kubectl("delete", "blockaffinity", name)
    eventually(lambda: blocks(cluster)[cidr] is None)
    cluster.api.create(moved)
    eventually(lambda: blocks(cluster)[cidr] == f"host:{second}")
    assert set(holders(cluster, cidr).values()) == {first}


def test_a_pod_waits_for_a_block_that_is_none(cluster: RunningLab) -> None:
    made = deployment("lost", 1)
    made["spec"]["template"]["metadata"]["annotations"] = {BLOCK: "100.96.12.0/24"}
    cluster.api.create(made)
    eventually(
        lambda: "has to wait: 100.96.12.0/24 is not a /26" in (cluster.folder / "calico.log").read_text()
    )
    assert "podIP" not in pods(cluster, "lost")[0]["status"]
    removed(cluster, "lost")


def test_a_pod_of_a_block_answers(cluster: RunningLab) -> None:
    made = deployment("reached", 1, ports=[{"containerPort": 8080}])
    made["spec"]["template"]["metadata"]["annotations"] = {BLOCK: "100.96.15.192/26"}
    cluster.api.create(made)
    pod = eventually(
        lambda: next((each for each in pods(cluster, "reached") if "podIP" in each["status"]), None)
    )
    eventually(lambda: ask(cluster, "100.96.15.255:8080") == pod["metadata"]["name"])
    removed(cluster, "reached")


def test_a_node_is_added_and_deleted(cluster: RunningLab) -> None:
    before = affinities(cluster)
    spec = {"podCIDR": "100.97.0.0/24", "podCIDRs": ["100.97.0.0/24"]}
    cluster.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "joined"}, "spec": spec})
    try:
        eventually(lambda: affinities(cluster).get("100.97.0.0/26") == "joined")
        assert "joined-100-97-0-0-26" in objects(cluster, "BlockAffinity")
    finally:
        cluster.kubectl("delete", "node", "joined")
    eventually(lambda: affinities(cluster) == before and "100.97.0.0/26" not in blocks(cluster))


def test_both_families_have_blocks(lab: Labs) -> None:
    dual = lab(cni="calico", nodes=1, ip_family="dual")
    assert {spec["blockSize"] for spec in objects(dual, "IPPool").values()} == {26, 122}
    (controllers,) = dual.get("pods", "-n", "kube-system", "-l", "k8s-app=calico-kube-controllers")["items"]
    networks = [ip_network(cidr) for cidr in affinities(dual)]
    assert {each.prefixlen for each in networks} == {26, 122}
    for each in controllers["status"]["podIPs"]:
        assert any(ip_address(each["ip"]) in network for network in networks)
    (node,) = dual.get("nodes")["items"]
    assert node["metadata"]["annotations"]["projectcalico.org/IPv6Address"] == "2001:db8:18::a/64"


def test_a_cluster_with_v3_objects_only(lab: Labs) -> None:
    cluster = lab(cni="calico", nodes=2, calico_api="v3")
    groups = cluster.kubectl("api-versions").split()
    assert "projectcalico.org/v3" in groups
    assert not any(each.startswith("crd.projectcalico.org/") for each in groups)
    found = objects(cluster, "BlockAffinity", V3)
    assert {spec["node"] for spec in found.values()} == set(nodes(cluster))
    assert all((spec["state"], spec["deleted"]) == ("confirmed", False) for spec in found.values())
    assert {spec["blockSize"] for spec in objects(cluster, "IPPool", V3).values()} == {26}
    affine = {spec["affinity"] for spec in objects(cluster, "IPAMBlock", V3).values()}
    assert affine == {f"host:{name}" for name in nodes(cluster)}
    in_block(cluster, "web", nodes(cluster)[0], "100.96.12.0/26")
    assert affinities(cluster, V3)["100.96.12.0/26"] == nodes(cluster)[0]
    for kind in ("BGPPeer", "BGPConfiguration", "CalicoNodeStatus"):
        assert objects(cluster, kind, V3) == {}
