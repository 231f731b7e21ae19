# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between nodes and BIG-IP: which sessions are established, what they report, and Calico's status."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vkslab.bgp import status
from vkslab.bgp.nodes import Objects, peerings, secret_keys, selects
from vkslab.bgp.records import Configuration, Networks, Node, Peer, Policy
from vkslab.bgp.sessions import Peering, Session, learnt, session
from vkslab.bigip.network import NetworkObject, self_ip
from vkslab.bigip.network.bgp import Neighbor, neighbors
from vkslab.bigip.network.factory import factory

SELF, NODE = "198.18.255.254", "198.18.0.10"
PEERING = Peering(
    "n1", NODE, SELF, 64512, 64513, "", "GlobalPeer", True, ("100.96.0.0/26", "2001:db8:96::/64")
)
NEIGHBOR = Neighbor(NODE, SELF, 0, 64513, 64512, "", True, True)


# -- both sides agree


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        ({}, "Established", ""),
        ({"address": "198.18.0.11"}, "Active", "BIG-IP has no neighbor"),
        ({"own_address": "198.18.255.250"}, "Active", "BIG-IP has no neighbor"),
        ({"enabled": False}, "Active", "the neighbor is not enabled"),
        ({"open": False}, "Active", "the self IP does not allow TCP 179"),
        ({"password": "one"}, "Active", "the passwords differ"),
        ({"local_as": 64999}, "Idle", "BIG-IP has AS 64999, the node expects 64513"),
        ({"remote_as": 64999}, "Idle", "the node has AS 64512, BIG-IP expects 64999"),
    ],
)
def test_a_session(change: dict[str, Any], state: str, reason: str) -> None:
    found = session(PEERING, {1: [replace(NEIGHBOR, **change)]})
    assert found.state == state and found.reason.startswith(reason)


def test_a_node_that_is_lost_has_no_session() -> None:
    assert session(replace(PEERING, alive=False), {0: [NEIGHBOR]}).state == "Active"


def test_the_networks_of_established_sessions() -> None:
    up, down = session(PEERING, {1: [NEIGHBOR]}), session(replace(PEERING, peer_as=1), {1: [NEIGHBOR]})
    found = {network.spelled: gateway for network, gateway in learnt([up, down])[1].items()}
    assert found == {"100.96.0.0/26": NODE}  # a session reports the networks of its own family
    assert learnt([down]) == {}


# -- BIG-IP's side


def test_the_neighbors_of_a_unit() -> None:
    tables = factory(1)
    floating = {**self_ip("198.18.255.200/16", "v"), "trafficGroup": "/Common/traffic-group-1"}
    closed = {**self_ip("2001:db8:18::5/64", "v"), "allowService": ["tcp:443"]}
    tables["net/self"] = {
        **tables["net/self"],
        "/Common/floating": NetworkObject("/Common/floating", floating),
        "/Common/self-nodes-v6": NetworkObject("/Common/self-nodes-v6", closed),
    }
    groups = [{"name": "g", "remoteAs": 64999}]
    one = {"name": NODE, "peerGroup": "g", "enabled": "true", "password": "p"}
    six = {"name": "2001:db8:18::10", "remoteAs": 64512, "enabled": "false"}
    far = {"name": "10.0.0.1", "remoteAs": 64512, "enabled": "true"}
    properties = {
        "localAs": 64513,
        "enabled": "true",
        "routeDomain": "/Common/0",
        "peerGroup": groups,
        "neighbor": {each["name"]: each for each in (one, six, far)},
    }
    tables["net/routing/bgp"] = {"/Common/pods": NetworkObject("/Common/pods", properties)}
    assert list(neighbors(tables)) == [
        Neighbor(NODE, "198.18.255.253", 0, 64513, 64999, "p", True, True),
        Neighbor("2001:db8:18::10", "2001:db8:18::5", 0, 64513, 64512, "", False, False),
    ]


# -- the nodes' side


def node(name: str = "n1", address: str = NODE, **labels: str) -> Node:
    return Node(name, (address, "2001:db8:18::10"), labels, True, ("100.96.0.0/20",), None)


def peer(name: str = "bigip", **spec: Any) -> Peer:
    return Peer.read({"metadata": {"name": name}, "spec": {"peerIP": SELF, "asNumber": 64513, **spec}})


def found(objects: Objects) -> list[Peering]:
    return list(peerings(objects, {("kube-system", "bgp", "word"): "secret"}.get))


def test_a_global_peer() -> None:
    objects = Objects(nodes={"n1": node()}, peers={"bigip": peer()})
    objects.affinities = {
        name: Networks.of_affinity({"metadata": {"name": name}, "spec": spec})
        for name, spec in {
            "a": {"node": "n1", "cidr": "100.96.0.0/26", "state": "confirmed", "deleted": "false"},
            "b": {"node": "n1", "cidr": "100.96.0.64/26", "state": "", "deleted": False},
            "c": {"node": "n1", "cidr": "100.96.1.0/26", "state": "pending", "deleted": "false"},
            "d": {"node": "n1", "cidr": "100.96.2.0/26", "state": "confirmed", "deleted": "true"},
            "e": {"node": "n2", "cidr": "100.96.3.0/26", "state": "confirmed", "deleted": "false"},
        }.items()
    }
    objects.blocks = {"f": Networks.of_block(BLOCK)}
    networks = ("100.96.0.0/26", "100.96.0.64/26", "100.96.3.2/32")
    assert found(objects) == [replace(PEERING, own_as=64512, networks=networks)]
    assert (
        found(replace(objects, configurations={"default": Configuration("default", 64999, True)}))[0].own_as
        == 64999
    )


BLOCK = {
    "metadata": {"name": "f"},
    "spec": {
        "cidr": "100.96.3.0/26",
        "affinity": "host:n2",
        "allocations": [None, 0, 1, 2],
        "attributes": [
            {"handle_id": "h", "secondary": {"node": "n2"}},
            {"handle_id": "h", "secondary": {"node": "n1", "pod": "borrower"}},
            {"handle_id": "reserved"},
        ],
    },
}


@pytest.mark.parametrize(
    ("spec", "nodes"),
    [
        ({}, ["n1", "n2"]),
        ({"node": "n2"}, ["n2"]),
        ({"nodeSelector": "rack == 'a'"}, ["n1"]),
        ({"nodeSelector": "all()"}, ["n1", "n2"]),
        ({"peerIP": f"{SELF}:179"}, ["n1", "n2"]),
    ],
)
def test_the_nodes_of_a_peer(spec: dict[str, Any], nodes: list[str]) -> None:
    objects = Objects(
        nodes={"n1": node(rack="a"), "n2": node("n2", "198.18.0.11", rack="b")}, peers={"bigip": peer(**spec)}
    )
    listed = found(objects)
    assert [one.node for one in listed] == nodes and {one.peer for one in listed} == {SELF}
    assert {one.kind for one in listed} == {
        "NodePeer" if {"node", "nodeSelector"} & spec.keys() else "GlobalPeer"
    }


@pytest.mark.parametrize(
    ("selector", "holds"),
    [
        ("has(rack)", True),
        ("!has(rack)", False),
        ('rack == "a" && has(rack)', True),
        ("rack != 'a'", False),
        ("rack in {'a'}", False),
    ],
)
def test_a_selector(selector: str, holds: bool) -> None:
    assert selects(selector, {"rack": "a"}) == holds


def test_a_password_of_a_secret() -> None:
    ref = {"password": {"secretKeyRef": {"name": "bgp", "key": "word"}}}
    objects = Objects(nodes={"n1": node()}, peers={"bigip": peer(**ref)})
    assert secret_keys(objects) == {("kube-system", "bgp", "word")}
    assert found(objects)[0].password == "secret"
    ref["password"]["secretKeyRef"]["key"] = "missing"
    objects.peers = {"bigip": peer(**ref)}
    assert session(found(objects)[0], {0: [NEIGHBOR]}).reason == "the passwords differ"


def test_an_antrea_policy() -> None:
    spec = {
        "localASN": 64512,
        "advertisements": {"pod": {}},
        "bgpPeers": [{"address": SELF, "asn": 64513}],
        "nodeSelector": {"matchLabels": {"rack": "a"}},
    }

    def policy(name: str, created: str, **more: Any) -> Policy:
        return Policy.read(
            {"metadata": {"name": name, "creationTimestamp": created}, "spec": {**spec, **more}}
        )

    objects = Objects(nodes={"n1": node(rack="a"), "n2": node("n2", "198.18.0.11", rack="b")})
    objects.policies = {"old": policy("old", "1"), "new": policy("new", "2", localASN=1)}
    assert found(objects) == []  # the gate is off
    objects.antrea_gate = True
    assert found(objects) == [replace(PEERING, kind="NodePeer", networks=("100.96.0.0/20",))]
    objects.policies = {"old": policy("old", "1", advertisements={})}
    assert found(objects)[0].networks == ()


# -- Calico's status


def test_the_status_of_a_node() -> None:
    objects = Objects(nodes={"n1": node(), "n2": node("n2", "198.18.0.11")})
    sessions = [
        Session(replace(PEERING, node="n1"), "Idle", "", 0, 0),
        Session(replace(PEERING, node="n2"), "Active", "", 0, 0),
    ]
    since: status.Since = {}
    peers = status.peers_of(objects, "n1", sessions, since, "10:00:00")
    content = status.content(objects, "n1", ["BGP", "Agent"], peers)
    assert content["bgp"] == {
        "numberEstablishedV4": 1,
        "numberNotEstablishedV4": 1,
        "numberEstablishedV6": 0,
        "numberNotEstablishedV6": 0,
        "peersV4": [
            {"peerIP": "198.18.0.11", "type": "NodeMesh", "state": "Established", "since": "10:00:00"},
            {"peerIP": SELF, "type": "GlobalPeer", "state": "Idle", "since": "10:00:00"},
        ],
    }
    assert content["agent"]["birdV4"]["state"] == "Ready"
    assert status.content(objects, "n1", ["Routes"], peers) == {}
    again = status.peers_of(objects, "n1", sessions, since, "11:00:00")
    assert {one["since"] for one in again} == {"10:00:00"}
    status.forget(since, [("n1", "198.18.0.11", "Established")])
    assert [one["since"] for one in status.peers_of(objects, "n1", sessions, since, "12:00:00")] == [
        "10:00:00",
        "12:00:00",
    ]
    objects.configurations = {"default": Configuration("default", 64512, False)}
    assert [one["type"] for one in status.peers_of(objects, "n1", sessions, since, "")] == ["GlobalPeer"]
