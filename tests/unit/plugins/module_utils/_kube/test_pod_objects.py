# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes, slices and objects of Calico, with values that another system wrote."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._foreign import SPOILED
from ansible_collections.vks.bigip.plugins.module_utils._kube import pod_objects
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Pool
from ansible_collections.vks.bigip.tests.unit.support.hostile_texts import texts
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import block, network, node, pod

HOSTILE = texts("/tmp/canary")


def raw_node(*addresses: Any, name: Any = "n1", ready: str = "True", **spec: Any) -> dict[str, Any]:
    items = [{"type": "InternalIP", "address": address} for address in addresses]
    conditions = [{"type": "MemoryPressure", "status": "True"}, {"type": "Ready", "status": ready}]
    return {"metadata": {"name": name}, "spec": spec, "status": {"addresses": items, "conditions": conditions}}


def test_a_node() -> None:
    raw = raw_node("198.18.0.1", "2001:db8::1", podCIDR="10.244.1.0/24", podCIDRs=["10.244.1.0/24", "2001:db8:96::/64"])
    raw["status"]["addresses"] += [{"type": "Hostname", "address": "n1"}, {"type": "ExternalIP", "address": "192.0.2.1"}]
    assert pod_objects.node(raw) == node("n1", "198.18.0.1", "2001:db8::1", cidrs="10.244.1.0/24 2001:db8:96::/64")


def test_the_least_of_a_node() -> None:
    assert pod_objects.node({"metadata": {"name": "n1"}}) == node("n1", ready=False)
    assert pod_objects.node(raw_node(podCIDR="10.244.1.0/24", ready="Unknown")) == node("n1", cidrs="10.244.1.0/24", ready=False)


@pytest.mark.parametrize(
    "address", ["", None, 1, "node-1", "fe80::1", "fe80::1%eth0", "2001:db8::1%eth0", "127.0.0.1", "0.0.0.0", "224.0.0.1", *HOSTILE.values()]
)
def test_an_address_that_is_not_a_gateway(address: Any) -> None:
    assert pod_objects.node(raw_node("198.18.0.1", address)).internal_ips == node("n", "198.18.0.1").internal_ips


@pytest.mark.parametrize("name", ["", None, 7, "N1", "-a", "a-", "a b", "a/b", "a" * 254, "n1\n", *(text for key, text in HOSTILE.items() if key != "name")])
def test_a_name_that_no_node_has(name: Any) -> None:
    with pytest.raises(SPOILED):
        pod_objects.node(raw_node(name=name))
    with pytest.raises(SPOILED):
        pod_objects.block(affinity(node=name))


NETWORKS: list[Any] = [
    "",
    None,
    "x",
    "10.1.0.1/24",
    "10.1.0.0/33",
    "0.0.0.0/0",
    "::/0",
    "224.0.0.0/8",
    "127.0.0.0/8",
    "169.254.1.0/24",
    "fe80::/64",
    *HOSTILE.values(),
]


@pytest.mark.parametrize("text", NETWORKS)
def test_a_network_to_which_no_pod_belongs(text: Any) -> None:
    with pytest.raises(SPOILED):
        pod_objects.network(text)
    with pytest.raises(SPOILED):
        pod_objects.block(affinity(cidr=text))


def affinity(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "a"}, "spec": {"cidr": "192.168.3.0/26", "node": "n1", **spec}}


@pytest.mark.parametrize("spec", [{}, {"state": ""}, {"state": "confirmed", "deleted": "false", "type": "host"}, {"deleted": False}, {"type": ""}])
def test_a_confirmed_block(spec: dict[str, Any]) -> None:
    assert pod_objects.block(affinity(**spec)) == block("192.168.3.0/26", "n1")


@pytest.mark.parametrize(
    "spec", [{"state": "pending"}, {"state": "pendingDeletion"}, {"deleted": "true"}, {"deleted": True}, {"type": "virtual", "node": "load-balancer"}]
)
def test_a_block_that_no_node_has(spec: dict[str, Any]) -> None:
    assert pod_objects.block(affinity(**spec)) is None


def ipam(allocations: list[Any], *attributes: Any, cidr: str = "192.168.3.0/30", affinity: Any = "host:n1") -> dict[str, Any]:
    return {"spec": {"cidr": cidr, "affinity": affinity, "allocations": allocations, "attributes": list(attributes)}}


def of_pod(name: str) -> dict[str, Any]:
    return {"handle_id": "h", "secondary": {"node": name, "namespace": "shop", "pod": "web"}}


TUNNEL = {"handle_id": "ipip", "secondary": {"node": "n2", "type": "ipipTunnelAddress"}}
BORROWED: list[tuple[dict[str, Any], list[tuple[str, str]] | None]] = [
    (ipam([None, 0, 1, None], of_pod("n1"), of_pod("n2")), [("192.168.3.2/32", "n2")]),
    (ipam([1, None, 0, 1], of_pod("n2"), of_pod("n3")), [("192.168.3.0/32", "n3"), ("192.168.3.2/32", "n2"), ("192.168.3.3/32", "n3")]),
    (ipam([0], of_pod("n1")), None),
    (ipam([0], TUNNEL), None),
    (ipam([0], {"handle_id": "h"}), None),
    (ipam([None, None]), None),
    (ipam([0], of_pod("n2"), affinity=None), [("192.168.3.0/32", "n2")]),  # a block that no node has any more
    (ipam([None, 0], of_pod("n2"), cidr="fd00::/122"), [("fd00::1/128", "n2")]),
]


@pytest.mark.parametrize(("raw", "expected"), BORROWED)
def test_borrowed_addresses(raw: dict[str, Any], expected: list[tuple[str, str]] | None) -> None:
    assert pod_objects.borrowed(raw) == (expected and [block(*pair) for pair in expected])


@pytest.mark.parametrize("raw", [ipam([5], of_pod("n2")), ipam([0], of_pod("N 2")), ipam([0], "x"), ipam([0], of_pod("n2"), cidr="x"), {"spec": None}])
def test_an_ipam_block_that_cannot_be_read(raw: dict[str, Any]) -> None:
    with pytest.raises(SPOILED):
        pod_objects.borrowed(raw)


@pytest.mark.parametrize(("uses", "workload"), [(None, True), ([], True), (["Workload", "Tunnel"], True), (["Tunnel"], False), (["LoadBalancer"], False)])
def test_a_pool(uses: Any, workload: bool) -> None:
    assert pod_objects.pool({"spec": {"cidr": "192.168.0.0/16", "allowedUses": uses}}) == Pool(network("192.168.0.0/16"), workload)


def piece(*endpoints: Any, namespace: str = "shop") -> dict[str, Any]:
    return {"metadata": {"name": "web-x", "namespace": namespace}, "endpoints": list(endpoints)}


def endpoint(address: Any, name: str = "web", kind: str = "Pod") -> dict[str, Any]:
    return {"addresses": [address, "192.0.2.9"], "nodeName": "n1", "targetRef": {"kind": kind, "name": name}}


def test_the_pods_of_a_slice() -> None:
    strange = [endpoint("x"), endpoint(None), endpoint("10.1.0.2", kind="VM"), {"addresses": ["10.1.0.3"]}, {}, endpoint("fe80::1%eth0")]
    assert pod_objects.endpoints(piece(*strange, endpoint("10.1.0.1"))) == [pod("10.1.0.1")]
    assert pod_objects.endpoints(piece(*strange)) is None
    assert pod_objects.endpoints(piece()) is None


@pytest.mark.parametrize("namespace", ["kube-system", "calico-system", "tigera-operator", "vmware-system-auth"])
def test_a_pod_of_the_platform(namespace: str) -> None:
    assert pod_objects.endpoints(piece(endpoint("10.1.0.1"), namespace=namespace)) == [pod("10.1.0.1", f"{namespace}/web", True)]
