# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to the Pods' own addresses while the Pod network changes: none is lost, in the order routes, publish, prune."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from support import tree
from support.labs import Labs

from .site import Site
from .soak import internal_ip
from .test_no_lost_request import Check, unharmed, wait_for_answer  # noqa: F401 a fixture
from .waiting import HANGS, eventually

LAST_BLOCK = "{0}.{1}.{2}.192/26"
"""In the last quarter of the podCIDR of a node, which no other Pod of these tests reaches."""


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--nodes", "3"), tree.link()) as made:
        yield made


def direct(site: Site) -> dict[str, Any]:
    return site.application(pool_member_type="cluster")


def keep_in_sync(site: Site) -> None:
    """One run, as the role and its playbook do it."""
    site.route_pods(prune=False)
    site.publish(direct(site))
    site.route_pods()


def begin(site: Site, replicas: int) -> None:
    site.deploy(replicas)
    keep_in_sync(site)
    wait_for_answer(site)


def again(site: Site) -> None:
    """A second run changes and posts nothing."""
    before = posts(site)
    assert not site.route_pods()["changed"] and not site.publish(direct(site))["changed"]
    assert posts(site) == before


def posts(site: Site) -> int:
    writes = ("POST", "PATCH", "PUT", "DELETE")
    log = site.control("GET", "/_lab/requests")["items"]
    return sum(entry["method"] in writes and "/authn/" not in entry["path"] and "/authz/" not in entry["path"] for entry in log)


def routes(site: Site) -> dict[str, str]:
    """Network -> gateway of the routes to Pods."""
    return {item["network"]: item["gw"] for item in site.control("GET", "/mgmt/tm/net/route")["items"] if item["network"] != "default"}


def nodes(site: Site) -> list[dict[str, Any]]:
    return sorted(site.get("nodes")["items"], key=lambda node: str(node["metadata"]["name"]))


def block_of(node: dict[str, Any]) -> str:
    return LAST_BLOCK.format(*node["spec"]["podCIDR"].split("."))


def create_node(site: Site, name: str, address: str) -> None:
    model = nodes(site)[-1]
    own = [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}]
    kept = {key: model["status"][key] for key in ("allocatable", "capacity", "daemonEndpoints", "nodeInfo")}
    meta = {"name": name, "labels": {**model["metadata"]["labels"], "kubernetes.io/hostname": name}}
    made = {"apiVersion": "v1", "kind": "Node", "metadata": meta, "spec": {}, "status": {**kept, "addresses": own}}
    site.kubectl("create", "-f", "-", stdin=json.dumps(made))
    site.kubectl("wait", "--for=condition=Ready", f"node/{name}", f"--timeout={HANGS}s")


def test_a_node_is_added_and_another_one_removed(site: Site, unharmed: Check) -> None:  # noqa: F811
    begin(site, 4)
    old, new = nodes(site)[0]["metadata"]["name"], f"{site.name}-added"
    with site.stream() as stream:
        create_node(site, new, "198.18.200.1")
        site.kubectl("cordon", old)
        site.kubectl("scale", "deployment/shop", "--replicas=8")
        site.settle(8)
        assert any(pod["spec"]["nodeName"] == new for pod in site.pods())
        keep_in_sync(site)
        assert "198.18.200.1" in routes(site).values()
        stream.more()
        gone = next(internal_ip(node) for node in nodes(site) if node["metadata"]["name"] == old)
        with ThreadPoolExecutor() as pool:
            drain = pool.submit(site.kubectl, "drain", old, "--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={HANGS}s")
            assert eventually(lambda: all(pod["spec"].get("nodeName") != old for pod in site.pods())), "Pods stay on the node"
            site.settle(8)
            keep_in_sync(site)
            stream.more()
            site.end_pods()
            drain.result()
        site.kubectl("delete", "node", old)
        assert eventually(lambda: old not in {one["spec"]["node"] for one in site.get("blockaffinities.crd.projectcalico.org")["items"]})
        keep_in_sync(site)
        assert gone not in routes(site).values()
        stream.more()
    unharmed(stream.result)
    again(site)


def test_a_block_moves_to_another_node(site: Site, unharmed: Check) -> None:  # noqa: F811
    """Its last Pod has ended on one node, and another node uses its addresses. The route changes in place."""
    begin(site, 3)
    first, second = nodes(site)[:2]
    network = block_of(first)
    for node in (first, second):
        site.kubectl("annotate", "node", node["metadata"]["name"], "lab.vks.bigip/release-blocks=true")
    placed(site, network, first)
    with site.stream() as stream:
        keep_in_sync(site)
        assert routes(site)[network] == internal_ip(first)
        stream.more()
        site.kubectl("scale", "deployment/shop-placed", "--replicas=0")
        site.settle(3)
        keep_in_sync(site)
        site.end_pods()
        stream.more()
        placed(site, network, second)
        keep_in_sync(site)
        assert routes(site)[network] == internal_ip(second)
        stream.more()
    unharmed(stream.result)
    assert any("placed" in pod for pod in stream.result.answered)
    again(site)


def placed(site: Site, network: str, node: dict[str, Any]) -> None:
    """One more Pod of the shop, on this node and with an address of this block."""
    labels = {"app": "shop", "placed": "true"}
    box = {"name": "web", "image": "shop:1", "ports": [{"containerPort": 8080}]}
    spec = {"nodeName": node["metadata"]["name"], "terminationGracePeriodSeconds": 86400, "containers": [box]}
    template = {"metadata": {"labels": labels, "annotations": {"lab.vks.bigip/block": network}}, "spec": spec}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "shop-placed", "labels": {"app": "shop"}},
        "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
    }
    site.kubectl("apply", "-f", "-", stdin=json.dumps(deployment))
    site.settle(4)


def test_a_node_is_not_ready(site: Site, unharmed: Check) -> None:  # noqa: F811
    """Its Pods still serve, and it keeps its routes."""
    begin(site, 6)
    node = nodes(site)[0]
    name, before = node["metadata"]["name"], routes(site)
    with site.stream() as stream:
        site.kubectl("annotate", "node", name, "lab.vks.bigip/ready=false")
        site.kubectl("wait", "--for=condition=Ready=False", f"node/{name}", f"--timeout={HANGS}s")
        result = site.route_pods()
        assert result["nodes_not_ready"] == [name] and not result["changed"]
        keep_in_sync(site)
        assert routes(site) == before
        stream.more(200)
    unharmed(stream.result)
    site.kubectl("annotate", "node", name, "lab.vks.bigip/ready-")


def test_a_gateway_changes(site: Site, unharmed: Check) -> None:  # noqa: F811
    """A node gets a second address, and then loses the first one. In no moment a route is missing."""
    begin(site, 6)
    node = nodes(site)[0]
    name, former = node["metadata"]["name"], internal_ip(node)
    earlier = len(site.control("GET", "/_lab/requests")["items"])
    with site.stream() as stream:
        address(site, name, former, "198.18.201.1")
        site.route_pods(node_network=["198.18.201.0/24"])
        assert "198.18.201.1" in routes(site).values() and former not in routes(site).values()
        stream.more(200)
        address(site, name, "198.18.201.1")
        keep_in_sync(site)
        stream.more(200)
    unharmed(stream.result)
    log = site.control("GET", "/_lab/requests")["items"][earlier:]
    assert {entry["method"] for entry in log if "/net/route" in entry["path"]} == {"GET", "PATCH"}
    again(site)


def address(site: Site, node: str, *addresses: str) -> None:
    own = [{"type": "InternalIP", "address": one} for one in addresses]
    patch = {"status": {"addresses": [*own, {"type": "Hostname", "address": node}]}}
    site.kubectl("patch", "node", node, "--subresource=status", "--type=merge", "-p", json.dumps(patch))
