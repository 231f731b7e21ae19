# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Calico without a cluster: its kinds, its blocks, and what it writes for each of them."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

import cluster_objects as made
from vkslab.calico import manifests, schemas
from vkslab.calico.api import APIS, V1, V3, plural
from vkslab.calico.blocks import SIZE, Block, Holder, address_at, name_of, place_of, spec_of
from vkslab.calico.ipam import Ipam
from vkslab.calico.known import Known
from vkslab.calico.objects import Node, Pod
from vkslab.calico.plan import Affinity, Place, affinity, plan
from vkslab.calico.settled import counts, is_complete
from vkslab.kube import Kube

CIDR = "100.96.0.64/26"
NAME = "100-96-0-64-26"
WEB = Holder.pod("uid-1", "n1", "default", "web")
OTHER = Holder.pod("uid-2", "n2", "default", "other")


def block(node: str | None, holders: dict[int, Holder], cidr: str = CIDR, version: str = "7") -> Block:
    return Block(name_of(cidr), spec_of(cidr, node, holders, None), version)


def owner(node: str, state: str = "confirmed", cidr: str = CIDR) -> Affinity:
    return Affinity.read(affinity(V1, node, cidr, state))


def node(name: str = "n1", *cidrs: str, **annotations: str) -> Node:
    return Node.read(
        {
            "metadata": {"name": name, "annotations": annotations},
            "spec": {"podCIDRs": list(cidrs)},
            "status": {"addresses": [{"type": "InternalIP", "address": "198.18.0.10"}]},
        }
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("IPPool", "ippools"),
        ("BlockAffinity", "blockaffinities"),
        ("FelixConfiguration", "felixconfigurations"),
        ("CalicoNodeStatus", "caliconodestatuses"),
    ],
)
def test_plurals(kind: str, expected: str) -> None:
    assert plural(kind) == expected


@pytest.mark.parametrize("version", APIS)
@pytest.mark.parametrize("kind", manifests.KINDS)
def test_every_kind_has_a_structural_schema(kind: str, version: str) -> None:
    def check(schema: dict[str, Any]) -> None:
        assert schema["type"] in ("object", "array", "string", "boolean", "integer")
        for part in (*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])):
            check(part)

    check(schemas.of(kind, version))
    crd = APIS[version].crd(kind)
    assert crd["metadata"]["name"] == f"{plural(kind)}.{APIS[version].group}"
    assert [each["name"] for each in crd["spec"]["versions"]] == [version]


def test_deleted_is_a_string_in_v1_and_a_boolean_in_v3() -> None:
    assert [affinity(api, "n1", CIDR)["spec"]["deleted"] for api in (V1, V3)] == ["false", False]
    types = [schemas.of("BlockAffinity", each)["properties"]["spec"]["properties"] for each in APIS]
    assert [each["deleted"]["type"] for each in types] == ["string", "boolean"]


@pytest.mark.parametrize(
    ("address", "cidr", "ordinal"),
    [
        ("100.96.0.0", "100.96.0.0/26", 0),
        ("100.96.0.63", "100.96.0.0/26", 63),
        ("100.96.15.255", "100.96.15.192/26", 63),
        ("2001:db8:96::7f", "2001:db8:96::40/122", 63),
    ],
)
def test_the_block_of_an_address(address: str, cidr: str, ordinal: int) -> None:
    assert place_of(address) == (cidr, ordinal)
    assert address_at(cidr, ordinal) == address


def test_the_spec_of_a_block() -> None:
    spec = spec_of(CIDR, "n1", {3: WEB, 1: OTHER}, None)
    assert spec["affinity"] == "host:n1" and spec["cidr"] == CIDR
    assert [spec["allocations"][ordinal] for ordinal in range(5)] == [None, 0, None, 1, None]
    assert spec["attributes"][1]["secondary"] == {"namespace": "default", "node": "n1", "pod": "web"}
    assert spec["attributes"][0]["handle_id"].startswith("k8s-pod-network.")
    assert len(spec["allocations"]) == SIZE and len(spec["unallocated"]) == SIZE - 2
    assert set(spec["sequenceNumberForAllocation"]) == {"1", "3"}

    assert spec_of(CIDR, "n1", {3: WEB, 1: OTHER}, spec) == spec
    after = spec_of(CIDR, None, {3: WEB}, spec)
    assert "affinity" not in after and after["sequenceNumber"] == spec["sequenceNumber"] + 1
    assert after["unallocated"][-1] == 1, "the one that was released last"
    assert after["sequenceNumberForAllocation"] == {"3": spec["sequenceNumberForAllocation"]["3"]}


@pytest.mark.parametrize(
    ("place", "releasing", "steps"),
    [
        pytest.param(Place(CIDR, {}, None, []), (), [], id="nothing"),
        pytest.param(
            Place(CIDR, {1: WEB}, None, []), (),
            ["create BlockAffinity n1 pending", "create IPAMBlock host:n1", "patch BlockAffinity n1 confirmed"],
            id="claimed for its first Pod",
        ),
        pytest.param(
            Place(CIDR, {1: OTHER}, None, [owner("n1")]), (), ["create IPAMBlock host:n1"],
            id="borrowed from the node that has the affinity",
        ),
        pytest.param(
            Place(CIDR, {1: WEB}, None, [owner("n1", "pending")]), (),
            ["create IPAMBlock host:n1", "patch BlockAffinity n1 confirmed"], id="a claim is continued",
        ),
        pytest.param(Place(CIDR, {1: Holder.tunnel("n9")}, None, []), (), [], id="a node that is not known"),
        pytest.param(Place(CIDR, {1: WEB}, block("n1", {1: WEB}), [owner("n1")]), (), [], id="complete"),
        pytest.param(
            Place(CIDR, {1: WEB, 2: OTHER}, block("n1", {1: WEB}), [owner("n1")]), (),
            ["replace IPAMBlock host:n1"], id="one more Pod",
        ),
        pytest.param(Place(CIDR, {}, block("n1", {}), [owner("n1")]), (), [], id="empty, and kept"),
        pytest.param(
            Place(CIDR, {}, block("n1", {}), [owner("n1")]), ("n1",),
            ["patch BlockAffinity n1 pendingDeletion", "delete IPAMBlock", "delete BlockAffinity n1"],
            id="empty, and released",
        ),
        pytest.param(
            Place(CIDR, {1: WEB}, block("n1", {1: WEB}), [owner("n1")]), ("n1",), [],
            id="in use, so not released",
        ),
        pytest.param(Place(CIDR, {}, block("n1", {}), []), (), ["delete IPAMBlock"], id="affinity deleted"),
        pytest.param(
            Place(CIDR, {1: WEB}, block("n1", {1: WEB}), []), (), ["replace IPAMBlock None"],
            id="affinity deleted, and in use",
        ),
        pytest.param(
            Place(CIDR, {1: WEB}, block("n1", {1: WEB}), [owner("n2")]), (), ["replace IPAMBlock host:n2"],
            id="moved",
        ),
        pytest.param(
            Place(CIDR, {1: WEB}, block("n1", {1: WEB}), [owner("n1", "pendingDeletion"), owner("n2")]), (),
            ["replace IPAMBlock host:n2"], id="the confirmed affinity counts",
        ),
        pytest.param(
            Place(CIDR, {}, block("n9", {}), [owner("n9")]), (),
            ["delete BlockAffinity n9", "delete IPAMBlock"], id="the node is gone",
        ),
    ],
)  # fmt: skip
def test_plan(place: Place, releasing: tuple[str, ...], steps: list[str]) -> None:
    def shown(step: Any) -> str:
        of = step.name.removesuffix(f"-{NAME}") if step.kind == "BlockAffinity" else ""
        spec = step.body.get("spec", {})
        to = spec.get("state", "") if of else str(spec.get("affinity")) if step.body else ""
        return " ".join(filter(None, (step.verb, step.kind, of, to)))

    assert [shown(step) for step in plan(V1, place, {"n1", "n2"}, releasing)] == steps


def known(*pods: dict[str, Any], nodes: tuple[Node, ...] = (node("n1", "100.96.0.0/20"),)) -> Known:
    one = Known()
    for each in nodes:
        one.node_changed(None, each)
    for raw in pods:
        one.pod_changed(None, Pod.read(raw))
    return one


def test_addresses_by_block() -> None:
    one = known(
        made.pod("a", "100.96.0.1", "2001:db8:96::1"),
        made.pod("b", "100.96.0.65"),
        made.pod("host", "198.18.0.10", host_network=True),
        made.pod("done", "100.96.0.66", phase="Succeeded"),
    )
    assert one.changed == {"100.96.0.0/26", "100.96.0.64/26", "2001:db8:96::/122"}
    assert {name: len(one.place(name).holders) for name in sorted(one.changed)} == {
        "100.96.0.0/26": 2,  # with the tunnel of the node
        "100.96.0.64/26": 1,
        "2001:db8:96::/122": 1,
    }


def test_a_pod_that_took_the_address_of_an_older_one_keeps_it() -> None:
    one = known(old := made.pod("old", "100.96.0.65"), made.pod("new", "100.96.0.65"))
    one.pod_changed(Pod.read(old), None)
    assert [each.secondary["pod"] for each in one.place(CIDR).holders.values()] == ["new"]


def asking(name: str, cidr: str, **more: Any) -> Pod:
    return Pod.read(made.pod(name, annotations={"lab.vks.bigip/block": cidr}, phase="Pending", **more))


def test_a_pod_gets_an_address_of_the_block_that_it_asks_for() -> None:
    one = known()
    first, second = asking("first", CIDR), asking("second", CIDR, node="n2")
    for each in (first, second):
        one.pod_changed(None, each)
    assert {each.name for each in one.waiting()} == {"first", "second"}
    assert one.promise(first) == one.promise(first) == ("100.96.0.127",)
    assert one.promise(second) == ("100.96.0.126",)
    one.pod_changed(first, None)
    assert list(one.place(CIDR).holders) == [62]


@pytest.mark.parametrize(
    ("cidr", "said"), [("100.96.0.0/24", "is not a /26"), ("100.96.0.7/26", "host bits"), ("x", "x")]
)
def test_a_wrong_block_is_refused(cidr: str, said: str) -> None:
    one = known()
    with pytest.raises(ValueError, match=said):
        one.promise(asking("web", cidr))


def test_a_full_block_is_refused() -> None:
    one = known(*(made.pod(f"p{each}", address_at(CIDR, each)) for each in range(SIZE)))
    with pytest.raises(ValueError, match="has no free address"):
        one.promise(asking("web", CIDR))


class Server:
    """An API server in which `lab reset` deletes a block while Calico writes it."""

    def __init__(self) -> None:
        self.ipam = Ipam(cast(Kube, self), V1, lambda counts: None)
        self.created: list[str] = []

    async def request(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        (block,) = self.ipam.known.blocks.values()
        self.ipam.block_changed(block, None)
        return {**body, "metadata": {**body["metadata"], "resourceVersion": "8"}}

    async def create(self, path: str, body: dict[str, Any]) -> bool:
        self.created.append(body["metadata"]["name"])
        return True


def test_a_block_that_is_deleted_during_a_write_is_created_again() -> None:
    async def body() -> list[str]:
        server = Server()
        ipam = server.ipam
        ipam.node_changed(None, node("n1", **node("n1").missing()))
        ipam.affinity_changed(None, owner("n1"))
        ipam.block_changed(None, block("n1", {}))
        ipam.pod_changed(None, Pod.read(made.pod("web", "100.96.0.65")))
        ipam.collected()
        work = asyncio.ensure_future(ipam.work())
        for _ in range(100):
            await asyncio.sleep(0)
        assert not work.done()
        work.cancel()
        return server.created

    assert set(asyncio.run(body())) == {NAME}


def test_the_annotations_of_a_node() -> None:
    bare = node("n1", "100.96.0.0/20", "2001:db8:96::/64")
    wanted = {
        "projectcalico.org/IPv4Address": "198.18.0.10/16",
        "projectcalico.org/IPv4IPIPTunnelAddr": "100.96.0.0",
    }
    assert bare.missing() == wanted
    assert node("n1", "100.96.0.0/20", **wanted).missing() == {}


def test_a_cluster_is_complete_when_every_address_is_allocated() -> None:
    own = node("n1", "100.96.0.0/20").missing()
    raw = {
        "metadata": {"name": "n1", "annotations": own},
        "spec": {"podCIDRs": ["100.96.0.0/20"]},
        "status": {"addresses": [{"type": "InternalIP", "address": "198.18.0.10"}]},
    }
    spec = spec_of("100.96.0.0/26", "n1", {0: Holder.tunnel("n1"), 1: WEB}, None)
    objects: dict[str, list[dict[str, Any]]] = {
        "/api/v1/nodes": [raw],
        "/api/v1/pods": [made.pod("web", "100.96.0.1")],
        V1.collection("IPAMBlock"): [{"spec": spec}],
        V1.collection("BlockAffinity"): [affinity(V1, "n1", "100.96.0.0/26")],
    }
    assert is_complete(objects.__getitem__, V1)
    for change in (
        {"/api/v1/pods": [made.pod("web", "100.96.0.1"), made.pod("more", "100.96.0.2")]},
        {V1.collection("BlockAffinity"): [affinity(V1, "n1", "100.96.0.0/26", "pending")]},
        {"/api/v1/nodes": [{**raw, "metadata": {"name": "n1"}}]},
    ):
        assert not is_complete({**objects, **change}.__getitem__, V1)


def test_the_counts_of_a_cluster() -> None:
    keys = ["pods/default/a", "minions/n1", "crd.projectcalico.org/ipamblocks/b", "leases/x"]
    found = counts(f"/registry/{each}" for each in keys)
    assert found == {"pods": 1, "nodes": 1, "blocks": 1, "affinities": 0}
