# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode nodeport."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import nodeport
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import AUTO, DUAL, LB, LOCAL, N12, N123, NP, Case, c, check, reported, run


def endpoints(count: int, node: str, first: int = 1) -> str:
    """A slice with so many endpoints on a node, from an address on that is counted up."""
    return "http:8080/TCP | " + " ".join(f"@{node}=10.0.{number // 256}.{number % 256}" for number in range(first, first + count))


NODEPORT = [
    c("every ready node, with or without a Pod", NP, N123, nodes="n1 n2 n3"),
    c("LoadBalancer", NP, N12, svc={"type": "LoadBalancer"}, nodes="n1 n2"),
    c("ClusterIP", NP, "!nodeport_service_type", svc={"type": "ClusterIP"}),
    c("headless", NP, "!nodeport_headless", svc={"type": "ClusterIP", "clusterIP": "None"}),
    c("no node port allocated", NP, "!nodeport_not_allocated", svc={"type": "LoadBalancer"}, ports="http:80/TCP>8080"),
    c("no endpoint", NP, "", "n1=no_endpoints n2=no_endpoints", slices=[], nodes="n1 n2"),
    c("no ready endpoint, and who is not", NP, "", "n1=no_endpoints a=not_ready", slices=["http:8080/TCP | a@n1!notready"], nodes="n1"),
    c("only draining endpoints: kube-proxy uses them", NP, "198.18.0.1:30080", slices=["http:8080/TCP | a@n1!draining"], nodes="n1"),
    c("only draining endpoints: drain", NP, "198.18.0.1:30080", slices=["http:8080/TCP | a@n1!draining"], nodes="n1", terminating="drain"),
    c("no endpoint serves: drain", NP, "", "n1=no_endpoints a=terminating", slices=["http:8080/TCP | a@n1!dying"], nodes="n1", terminating="drain"),
    c("only draining endpoints: exclude", NP, "", "n1=no_endpoints a=terminating", slices=["http:8080/TCP | a@n1!draining"], nodes="n1", terminating="exclude"),
    c("only a host-name slice", NP, "", "web-0=fqdn n1=no_endpoints", slices=["fqdn http:8080/TCP | =db.example.com"], nodes="n1"),
    c("selector-less with a slice by hand", NP, N12, svc={"type": "NodePort", "selector": None}, slices=["http:9376/TCP | =203.0.113.7"], nodes="n1 n2"),
    c("not ready", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!notready"),
    c("not known to be ready", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!unknown"),
    c("no Ready condition", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!nocondition"),
    c("excluded by label", NP, "198.18.0.1:30080", "n2=node_label_excluded", nodes="n1 n2!excluded"),
    c("about to be deleted", NP, "198.18.0.1:30080", "n2=node_being_deleted", nodes="n1 n2!leaving"),
    c("cordoned still forwards", NP, N12, nodes="n1 n2!cordoned"),
    c("cordoned, include_unschedulable false", NP, "198.18.0.1:30080", "n2=node_unschedulable", nodes="n1 n2!cordoned", include_unschedulable=False),
    c("exclude_nodes", NP, "198.18.0.1:30080", "n2=node_excluded", nodes="n1 n2", exclude_nodes=("n2", "n9")),
    c("selected by label", NP, "198.18.0.1:30080", "n2=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool=a"),
    c("selected by label that differs", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool!=a"),
    c("selected by absence of a label", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="!pool"),
    c("selected by a set", NP, "198.18.0.1:30080", "n2=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool in (a, b)"),
    c("selected by a set and more", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool notin (a,b),!x"),
    c("no node selected", NP, "", "n1=node_not_selected", nodes="n1", node_label_selector="pool"),
    c("a selector that is none", NP, "!node_selector_invalid", node_label_selector="pool in a"),
    c("ExternalIP", NP, "203.0.113.1:30080", "n2=node_without_address", nodes="n1!external n2", node_address_type="ExternalIP"),
    c("ExternalIP leaves InternalIP alone", NP, "198.18.0.1:30080", nodes="n1!external"),
    c("no address", NP, "198.18.0.1:30080", "n2=node_without_address", nodes="n1 n2!noaddress"),
    c("no address but loopback", NP, "198.18.0.1:30080", "n2=node_without_address", nodes="n1 n2!loopback"),
    c("no nodes", NP, "", nodes=""),
    c("Nodes may not be read", NP, "", nodes=None),
    c("two nodes with one address", NP, "198.18.0.1:30080", "n2=same_address", nodes="n1 n2", same_node_address=True),
    c("Local: only where an endpoint is", NP, "198.18.0.1:30080", "n2=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | a@n1"], nodes="n1 n2"),
    c(
        "Local: not where it is not ready",
        NP,
        "198.18.0.1:30080",
        "n2=no_local_endpoint",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n2!notready"],
        nodes="n1 n2",
    ),
    c("Local: not where it drains", NP, "198.18.0.1:30080", "n2=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | a@n1 b@n2!draining"], nodes="n1 n2"),
    c("Local: where it drains, if all drain", NP, N12, svc=LOCAL, slices=["http:8080/TCP | a@n1!draining b@n2!draining"], nodes="n1 n2"),
    c("Local: where it drains, with keep", NP, N12, svc=LOCAL, slices=["http:8080/TCP | a@n1 b@n2!draining"], nodes="n1 n2", terminating="keep"),
    c("Local: no endpoint at all", NP, "", "n1=no_endpoints", svc=LOCAL, slices=[], nodes="n1"),
    c("Local: endpoints without node", NP, "", "n1=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | =203.0.113.7"], nodes="n1"),
    c("Local: a node that is not ready", NP, "198.18.0.1:30080", "n2=node_not_ready", svc=LOCAL, nodes="n1 n2!notready"),
    c(
        "Local by family",
        NP,
        "198.18.0.1:30080 [2001:db8:18::2]:30080",
        "n1=no_local_endpoint n2=no_local_endpoint",
        svc={**LOCAL, "families": DUAL},
        nodes="n1 n2",
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | b@n2"],
        address_family="both",
    ),
    c(
        "Local: ratio by endpoints",
        NP,
        "198.18.0.1:30080*2 198.18.0.2:30080*1",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n1 c@n2"],
        nodes="n1 n2",
        node_weight="endpoints",
    ),
    c(
        "Local: ratio counts what takes traffic",
        NP,
        "198.18.0.1:30080*1 198.18.0.2:30080*1",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n1!notready c@n2"],
        nodes="n1 n2",
        node_weight="endpoints",
    ),
    c(
        "Local: a ratio that AS3 takes",
        NP,
        "198.18.0.1:30080*100 198.18.0.2:30080*1",
        svc=LOCAL,
        slices=[endpoints(100, "n1"), endpoints(1, "n2", 200)],
        nodes="n1 n2",
        node_weight="endpoints",
    ),
    c(
        "Local: no ratio below 1, and none above 100",
        NP,
        "198.18.0.1:30080*100 198.18.0.2:30080*1 198.18.0.3:30080*34",
        svc=LOCAL,
        slices=[endpoints(250, "n1"), endpoints(1, "n2", 300), endpoints(86, "n3", 400)],
        nodes="n1 n2 n3",
        node_weight="endpoints",
    ),
    c("Cluster: no ratio", NP, N12, nodes="n1 n2", node_weight="endpoints"),
    c(
        "endpoints on an excluded node take traffic",
        NP,
        "198.18.0.1:30080",
        "n2=node_excluded",
        nodes="n1 n2",
        exclude_nodes=("n2",),
        slices=["http:8080/TCP | b@n2"],
    ),
    c("Local: a node without address and endpoint", NP, "198.18.0.1:30080", "n2=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | a@n1"],
      nodes="n1 n2!noaddress"),
    c("an unrelated slice of another port", NP, "", "web-0=slice_port_mismatch n1=no_endpoints", slices=["x:1/TCP | a@n1"], nodes="n1"),
]


@pytest.mark.parametrize("case", NODEPORT, ids=str)
def test_nodeport(case: Case) -> None:
    check(case)


def test_endpoints_of_another_family_are_warned_of() -> None:
    _members, _left, pool = run(c("", NP, "", slices=["v6 http:8080/TCP | a@n1"], nodes="n1"))
    assert pool.warnings == ("Its endpoints have IPv6 addresses only, and IPv4 is wanted: see address_family.",)


def test_a_headless_service_is_not_to_be_changed_into_a_nodeport_service() -> None:
    """The API server refuses that."""
    headless = {"type": "ClusterIP", "clusterIP": "None"}
    _members, _left, failed = run(c("", NP, "", svc=headless))
    assert "Set its type to NodePort" not in failed.message and "a second Service of type NodePort with the same selector" in failed.remedy
    _members, _left, failed = run(c("", AUTO, "", svc=headless))
    assert "not nodeport: it is headless (clusterIP: None) and cannot have node ports" in failed.message


def test_a_weight_that_has_no_effect_is_warned_of() -> None:
    for svc, warned in (({}, True), (LOCAL, False)):
        _members, _left, pool = run(c("", NP, "", svc=svc, nodes="n1", slices=["http:8080/TCP | a@n1"], node_weight="endpoints"))
        assert bool(pool.warnings) is warned
        assert not warned or pool.warnings[0].startswith("node_weight: endpoints has no effect, because externalTrafficPolicy is not Local: ")


BOTH = {"svc": {"type": "NodePort", "families": DUAL}, "address_family": "both", "nodes": "n1"}
REPORTED: dict[str, tuple[Case, list[tuple[str, str, str, str, str | None]]]] = {
    "no endpoint": (
        c("", NP, "", slices=[], nodes="n1"),
        [("Node", "n1", "no_endpoints", "Service default/web has no endpoint that takes traffic.", "n1")],
    ),
    "no endpoint of a family": (
        c("", NP, "", **BOTH, slices=["http:8080/TCP | a@n1"]),
        [("Node", "n1", "no_endpoints", "No IPv6 endpoint of the Service takes traffic.", "n1")],
    ),
    "Local, no endpoint on the node": (
        c("", NP, "", svc=LOCAL, slices=["http:8080/TCP | a@n1"], nodes="n1 n2"),
        [("Node", "n2", "no_local_endpoint", "No endpoint of Service default/web on node n2 takes traffic.", "n2")],
    ),
    "Local, no endpoint of either family on a node": (
        c("", NP, "", **{**BOTH, "svc": {**LOCAL, "families": DUAL}, "nodes": "n1 n2"}, slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"]),
        [("Node", "n2", "no_local_endpoint", "No endpoint of Service default/web on node n2 takes traffic.", "n2")],
    ),
    "Local, a family on another node only": (
        c("", NP, "", **{**BOTH, "svc": {**LOCAL, "families": DUAL}, "nodes": "n1 n2"}, slices=["http:8080/TCP | a@n1 b@n2", "v6 http:8080/TCP | a@n1"]),
        [("Node", "n2", "no_local_endpoint", "No IPv6 endpoint on node n2 takes traffic.", "n2")],
    ),
    "an address of another node": (
        c("", NP, "", nodes="n1 n2", same_node_address=True),
        [("Node", "n2", "same_address", "Node n2 has 198.18.0.1 port 30080, as Node n1 has.", "n2")],
    ),
}


@pytest.mark.parametrize("case, expected", REPORTED.values(), ids=REPORTED)
def test_what_is_left_out_is_reported(case: Case, expected: list[tuple[str, str, str, str, str | None]]) -> None:
    _members, _left, pool = run(case)
    assert reported(pool) == expected


WITHOUT_ADDRESS = "Node n2 has no IPv6 InternalIP; it has InternalIP 198.18.0.2, Hostname n2."


def test_a_node_without_address_of_a_family_that_has_endpoints() -> None:
    slices = ["http:8080/TCP | a@n1 b@n2", "v6 http:8080/TCP | a@n1 b@n2"]
    for svc in ({"type": "NodePort", "families": DUAL}, {**LOCAL, "families": DUAL}):
        _members, _left, pool = run(c("", NP, "", svc=svc, address_family="both", nodes="n1 n2!v4only", slices=slices))
        assert reported(pool) == [("Node", "n2", "node_without_address", WITHOUT_ADDRESS, "n2")]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nodeport_service_type": ({"svc": {"type": "ClusterIP"}}, "its type is ClusterIP, which has no node ports"),
    "nodeport_headless": ({"svc": {"type": "ClusterIP", "clusterIP": "None"}}, "it is headless (clusterIP: None) and cannot have node ports"),
    "nodeport_not_allocated": ({"svc": LB, "ports": "http:80/TCP>8080"}, "port 80/TCP (http) of this LoadBalancer Service has no node port"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_why_a_service_has_no_node_ports(code: str) -> None:
    world, said = REFUSED[code]
    _members, _left, failed = run(c("", NP, "", **world))
    assert (failed.code, failed.said, failed.details) == (code, said, {"service": "default/web"})
    assert failed.what == "pools[0]: Service default/web cannot be published by node ports"


def test_a_member_has_the_name_of_its_node() -> None:
    slices = ["http:8080/TCP | a@n1 b@n1 c@n2"]
    for weight, ratios in (("equal", (None, None)), ("endpoints", (2, 1))):
        _members, _left, pool = run(c("", NP, "", svc=LOCAL, slices=slices, nodes="n1 n2", node_weight=weight))
        assert pool.members == tuple(Member(f"198.18.0.{n}", 30080, f"n{n}", ratio=ratio) for n, ratio in zip((1, 2), ratios))


@pytest.mark.parametrize(("families", "in_order"), [(("IPv4",), True), (("IPv6",), True), (("IPv6", "IPv4"), False)])
def test_the_members_of_one_family_need_no_further_sort(families: tuple[str, ...], in_order: bool) -> None:
    slices = [text.endpoint_slice("http:8080/TCP | a@n1"), text.endpoint_slice("v6 http:8080/TCP | a@n1")]
    made = text.snapshot([text.service(type="NodePort", families=DUAL)], slices, [text.node("n10"), text.node("n9")], None)
    service = made.services[("default", "web")]
    result = nodeport.members(made, Source("default", "web", mode=NP), service, service.ports[0], families)
    by_family = [[item.node for item in result.members if (":" in item.address) is (family == "IPv6")] for family in families]
    assert result.in_order is in_order and by_family == [["n9", "n10"]] * len(families)
