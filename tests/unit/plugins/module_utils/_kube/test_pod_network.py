# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of a Pod network: all of it, or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._kube.pod_network import PodNetworkReader
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Calico, PodNetwork, Pool
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_SLICES, NODES, Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import block, network, node, pod
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

V1, V3 = "crd.projectcalico.org/v1", "projectcalico.org/v3"
NODE = {"metadata": {"name": "n1"}, "spec": {"podCIDRs": ["10.244.1.0/24"]}, "status": {"addresses": [{"type": "InternalIP", "address": "198.18.0.1"}]}}
AFFINITY = {"metadata": {"name": "n1-a"}, "spec": {"cidr": "192.168.3.0/26", "node": "n1", "state": "confirmed"}}
LENT = {"handle_id": "h", "secondary": {"node": "n1", "namespace": "shop", "pod": "web"}}
IPAM = {"metadata": {"name": "b"}, "spec": {"cidr": "192.168.4.0/26", "affinity": "host:n2", "allocations": [None, 0, 0], "attributes": [LENT]}}
POOL = {"metadata": {"name": "p"}, "spec": {"cidr": "192.168.0.0/16"}}
ENDPOINT = {"addresses": ["192.168.4.1"], "nodeName": "n1", "targetRef": {"kind": "Pod", "name": "web"}}
SLICE = {"metadata": {"name": "web-x", "namespace": "shop"}, "endpoints": [ENDPOINT]}
KUBE_SYSTEM = "/api/v1/namespaces/kube-system"
FORBIDDEN = {"status": 403, "json": status(403, "no")}
READ_NODE = node("n1", "198.18.0.1", cidrs="10.244.1.0/24", ready=False)


def of_calico(kind: str, *items: Any, group: str = V1, **more: Any) -> Exchange:
    return listing(f"/apis/{group}/{kind}", *items, **more)


def missing(kind: str, group: str = V1) -> Exchange:
    return of_calico(kind, group=group, status=404, text="404 page not found")


def read(script: list[Exchange], source: str = "auto", seconds: float = 60.0, warn: Any = lambda text: None) -> PodNetwork:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline(seconds))
        try:
            return PodNetworkReader(client, warn).read(source)
        finally:
            client.close()


def failure(script: list[Exchange], source: str = "auto", seconds: float = 60.0) -> Failure:
    with pytest.raises(Failure) as caught:
        read(script, source, seconds)
    return caught.value


def test_node_cidr_reads_nothing_of_calico() -> None:
    found = read([listing(NODES, NODE), listing(ALL_SLICES, SLICE)], "node_cidr")
    assert found == PodNetwork((READ_NODE,), (pod("192.168.4.1"),), None)


def test_all_pages_are_read() -> None:
    other = {**NODE, "metadata": {"name": "n2"}}
    found = read([listing(NODES, NODE, token="T"), listing(NODES, other, after="T"), listing(ALL_SLICES)], "node_cidr")
    assert [one.name for one in found.nodes] == ["n1", "n2"]


@pytest.mark.parametrize("source", ["auto", "calico"])
def test_calico(source: str) -> None:
    """Of the two borrowed addresses, a slice has one."""
    calico = [of_calico("blockaffinities", AFFINITY), of_calico("ipamblocks", IPAM), of_calico("ippools", POOL)]
    found = read([listing(NODES, NODE), *calico, listing(ALL_SLICES, SLICE)], source)
    pools = (Pool(network("192.168.0.0/16"), True),)
    assert found.calico == Calico(V1, (block("192.168.3.0/26", "n1"),), (block("192.168.4.1/32", "n1"),), pools)


@pytest.mark.parametrize("first", [missing("blockaffinities"), of_calico("blockaffinities")], ids=["no v1", "v1 without objects"])
def test_calico_v3_only(first: Exchange) -> None:
    spec = {**AFFINITY["spec"], "deleted": False}
    gone = {"metadata": {"name": "g"}, "spec": {**spec, "cidr": "192.168.9.0/26", "deleted": True}}
    calico = [
        of_calico("blockaffinities", {"metadata": {"name": "a"}, "spec": spec}, gone, group=V3),
        missing("ipamblocks", V3),
        of_calico("ippools", POOL, group=V3),
    ]
    found = read([listing(NODES, NODE), first, *calico, listing(ALL_SLICES)])
    assert found.calico is not None and (found.calico.group, found.calico.blocks) == (V3, (block("192.168.3.0/26", "n1"),))


def test_no_calico() -> None:
    assert read([listing(NODES, NODE), missing("blockaffinities"), missing("blockaffinities", V3), listing(ALL_SLICES)]).calico is None
    found = read([listing(NODES, NODE), of_calico("blockaffinities"), missing("blockaffinities", V3), listing(ALL_SLICES)])
    assert found.calico == Calico(V1)


GOOD = [listing(NODES, NODE), of_calico("blockaffinities", AFFINITY), of_calico("ipamblocks"), of_calico("ippools")]
INCOMPLETE: dict[str, list[Exchange]] = {
    "nodes, forbidden": [listing(NODES, **FORBIDDEN)],
    "nodes, no such path": [listing(NODES, status=404, text="404 page not found")],
    "nodes, second page forbidden": [listing(NODES, NODE, token="T"), listing(NODES, after="T", **FORBIDDEN)],
    "nodes, expired again and again": [
        exchange
        for _attempt in range(5)
        for exchange in (listing(NODES, NODE, token="T"), listing(NODES, after="T", status=410, json=status(410, "expired")))
    ],
    "no nodes": [listing(NODES)],
    "a node without a name": [listing(NODES, NODE, {"spec": {}})],
    "a node with another network": [listing(NODES, {**NODE, "spec": {"podCIDRs": ["10.0.0.0/0"]}})],
    "blocks, forbidden": [*GOOD[:1], of_calico("blockaffinities", **FORBIDDEN)],
    "blocks of v3, forbidden": [*GOOD[:1], missing("blockaffinities"), of_calico("blockaffinities", group=V3, **FORBIDDEN)],
    "a block without a node": [*GOOD[:1], of_calico("blockaffinities", AFFINITY, {"metadata": {"name": "x"}, "spec": {"cidr": "10.0.0.0/26"}})],
    "addresses, forbidden": [*GOOD[:2], of_calico("ipamblocks", **FORBIDDEN)],
    "pools, refused": [*GOOD[:3], of_calico("ippools", status=400, json=status(400, "bad"))],
    "slices, forbidden": [*GOOD, listing(ALL_SLICES, **FORBIDDEN)],
    "slices, the token expired": [*GOOD, listing(ALL_SLICES, status=401, json=status(401, "Unauthorized"))],
}


@pytest.mark.parametrize("script", INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_part_that_is_missing(script: list[Exchange]) -> None:
    found = failure(script)
    assert found.code == "read_incomplete" and str(found.remedy).startswith("Nothing was changed.")


def test_a_server_that_fails_in_the_middle_of_a_list() -> None:
    fails = [listing(NODES, after="T", status=500, json=status(500, "etcd"), headers={"Retry-After": "30"}) for _attempt in range(2)]
    found = failure([listing(NODES, NODE, token="T"), *fails], seconds=50.0)
    assert (found.code, found.details["cause"]) == ("read_incomplete", "kubernetes_timeout")
    assert "etcd" in str(found.said)


def test_a_right_that_is_missing_is_named() -> None:
    found = failure([*GOOD[:1], of_calico("blockaffinities", **FORBIDDEN)])
    assert found.what == "listing BlockAffinities in the whole cluster" and "blockaffinities" in str(found.remedy)
    assert found.details["cause"] == "kubernetes_forbidden" and found.details["verb"] == "list"


@pytest.mark.parametrize(
    ("answer", "code"), [({"status": 401, "json": status(401, "Unauthorized")}, "kubernetes_unauthorized"), ({"text": "<html>"}, "kubernetes_not_json")]
)
def test_before_the_first_answer_the_connection_is_the_fault(answer: dict[str, Any], code: str) -> None:
    assert failure([listing(NODES, **answer)]).code == code


def test_a_slice_that_cannot_be_read_stops_nothing() -> None:
    texts: list[str] = []
    found = read([listing(NODES, NODE), listing(ALL_SLICES, {"metadata": 7}, SLICE)], "node_cidr", warn=texts.append)
    assert len(found.endpoints) == 1
    (text,) = texts
    assert text.startswith("One of the EndpointSlices was left out")


def uid(answer: dict[str, Any]) -> str:
    with ScriptedServer([Exchange("GET", KUBE_SYSTEM, **answer)]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return PodNetworkReader(client, lambda text: None).uid()
        finally:
            client.close()


def test_the_default_owner() -> None:
    assert uid({"json": {"metadata": {"uid": "u-1"}}}) == "u-1"


@pytest.mark.parametrize("answer", [FORBIDDEN, {"json": {"metadata": {}}}, {"json": {}}, {"status": 404, "json": status(404, "no")}])
def test_a_default_owner_that_cannot_be_read(answer: dict[str, Any]) -> None:
    with pytest.raises(Failure) as caught:
        uid(answer)
    assert caught.value.code == "owner_required" and str(caught.value.remedy).startswith("Set owner")


def test_a_connection_that_fails_at_the_default_owner() -> None:
    with pytest.raises(Failure) as caught:
        uid({"status": 401, "json": status(401, "Unauthorized")})
    assert caught.value.code == "kubernetes_unauthorized"
