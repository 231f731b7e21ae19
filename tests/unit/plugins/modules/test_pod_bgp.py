# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_bgp, from its options to its result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.support.kube import status as status_of_kube
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import (
    ANTREA,
    BGP,
    BY,
    DB,
    DOMAINS,
    LOGOUT,
    N1,
    N2,
    NAME,
    NEIGHBORS,
    O1,
    O2,
    OWNER,
    SAVED,
    SECRETS,
    TRANSACTION,
    UID,
    UP,
    V1,
    V3,
    Sent,
    actions,
    bgp_peer,
    bigip,
    cluster,
    daemon_set,
    instance,
    mark,
    missing,
    neighbor,
    node_status,
    run,
    self_ips,
    status,
    statuses,
    thing,
    written,
)
from ansible_collections.vks.bigip.tests.unit.support.pod_routes_module import node
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

BEGUN, DONE = Exchange("POST", TRANSACTION, json={"transId": 7}), Exchange("PATCH", f"{TRANSACTION}/7", json={"state": "COMPLETED"})
ADDED = Exchange("POST", NEIGHBORS, json={})
ON = {"enable_tmos_routing": True, "bigip_as_number": 64513}
SAME = cluster(N1, N2, peers=[bgp_peer()], reports=UP)


def created(path: str) -> Exchange:
    return Exchange("POST", f"{path}{BY}", 201, json={})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def test_the_first_run() -> None:
    sent = Sent()
    on_bigip = [Exchange("PATCH", DB, json={}), Exchange("POST", BGP, json={}), BEGUN, ADDED, ADDED, DONE, SAVED, status(), LOGOUT]
    objects = [created(f"{V1}/bgppeers"), *[created(f"{V1}/caliconodestatuses")] * 2, statuses(*UP)]
    result = run([*cluster(N1, N2), *objects], [*bigip(value="disable"), *on_bigip], sent=sent, **ON)
    assert result["changed"] and result["saved"] and actions(result) == {"198.18.0.1": "added", "198.18.0.2": "added"}
    assert result["instances"][0]["action"] == "added" and result["established"] is True
    assert [body for _method, _path, body in sent.writes][:2] == [
        {"value": "enable"},
        {"name": "vks-bgp", "partition": "Common", "localAs": 64513, "routeDomain": "/Common/0"},
    ]
    assert sent.writes[3][2] == {"name": "198.18.0.1", "remoteAs": 64512, "description": mark("n1")}
    peer = sent.writes[7][2]
    assert peer["spec"] == {"peerIP": "198.18.255.251", "asNumber": 64513} and peer["apiVersion"] == "crd.projectcalico.org/v1"
    assert peer["metadata"]["annotations"] == {OWNER: UID} and written(result) == [("created", "BGPPeer")] + [("created", "CalicoNodeStatus")] * 2
    assert (result["owner"], result["cni"], result["as_number"], result["bigip_as_number"]) == (UID, "calico", 64512, 64513)
    assert "warnings" not in result and [one["state"] for one in result["sessions"]] == ["Established"] * 2


def test_a_second_run_writes_nothing() -> None:
    sent = Sent()
    result = run(SAME, [*bigip(instance(O1, O2)), LOGOUT], sent=sent)
    assert not result["changed"] and set(actions(result).values()) == {"kept"} and sent.writes == [] and written(result) == []
    assert result["diff"]["before"] == result["diff"]["after"] == {"bigip": {}, "objects": {}} and "sync" not in result
    assert result["requests"] == {"bigip": 8, "kubernetes": 7} and result["established"] is True


def test_100_nodes_take_few_requests() -> None:
    nodes = [node(f"n{number}", f"198.18.1.{number}") for number in range(1, 101)]
    own = [neighbor(f"198.18.1.{number}", mark(f"n{number}")) for number in range(1, 101)]
    reports = [node_status(f"n{number}", "Established") for number in range(1, 101)]
    result = run(cluster(*nodes, peers=[bgp_peer()], reports=reports), [*bigip(instance(*own)), LOGOUT])
    assert not result["changed"] and result["counts"]["kept"] == 100 and len(result["sessions"]) == 100
    assert result["requests"] == {"bigip": 8, "kubernetes": 7}


PATCHED = Exchange("PATCH", f"{V1}/bgppeers/{NAME}-198.18.255.251{BY}", json={})
GONE = [*UP, node_status("n3", "Established")]
DELETED = Exchange("DELETE", f"{V1}/caliconodestatuses/{NAME}-n3", json={})
O3 = neighbor("198.18.0.3", mark("n3"))
CHANGES: dict[str, tuple[list[Exchange], list[Exchange], dict[str, str], list[tuple[str, str]]]] = {
    # reads and writes of the cluster, neighbors and writes of BIG-IP, actions, objects
    "a new node": (
        [*cluster(N1, N2, peers=[bgp_peer()], reports=UP), statuses(*UP)],
        [*bigip(instance(O1)), ADDED],
        {"198.18.0.1": "kept", "198.18.0.2": "added"},
        [],
    ),
    "a node that was removed": (
        [*cluster(N1, N2, peers=[bgp_peer()], reports=GONE), DELETED, statuses(*UP)],
        [*bigip(instance(O1, O2, O3)), Exchange("DELETE", f"{NEIGHBORS}/198.18.0.3", json={})],
        {"198.18.0.1": "kept", "198.18.0.2": "kept", "198.18.0.3": "removed"},
        [("removed", "CalicoNodeStatus")],
    ),
    "another AS number of a node": (
        [*cluster(N1, N2, peers=[bgp_peer()], reports=UP), statuses(*UP)],
        [*bigip(instance(neighbor("198.18.0.1", mark("n1"), 65001), O2)), Exchange("PATCH", f"{NEIGHBORS}/198.18.0.1", json={})],
        {"198.18.0.1": "changed", "198.18.0.2": "kept"},
        [],
    ),
}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize(("of_cluster", "of_bigip", "expected", "objects"), CHANGES.values(), ids=CHANGES)
def test_changes(of_cluster: Any, of_bigip: Any, expected: dict[str, str], objects: Any, check: bool) -> None:
    """Check mode reads the same and predicts the same."""
    sent = Sent()
    kube = of_cluster[:7] if check else of_cluster
    script = [one for one in of_bigip if one.method in ("GET", "POST") and one is not ADDED] if check else [*of_bigip, SAVED, status()]
    result = run(kube, [*script, LOGOUT], check=check, sent=sent)
    assert result["changed"] is True and actions(result) == expected and written(result) == objects
    assert bool(sent.writes) is not check and result["saved"] is not check


def test_a_changed_peer_is_patched() -> None:
    """BIG-IP's instance has another AS number than the BGPPeer expects."""
    sent = Sent()
    result = run([*SAME, PATCHED, statuses(*UP)], [*bigip(instance(O1, O2, local_as=65000)), LOGOUT], sent=sent)
    ((_method, _path, body),) = sent.writes
    assert body["spec"]["asNumber"] == 65000 and body["metadata"]["resourceVersion"] == "7" and written(result) == [("changed", "BGPPeer")]
    assert result["saved"] is False and "sync" not in result


def test_check_mode_and_a_run_return_the_same() -> None:
    def without(result: Any) -> Any:
        left_out = ("saved", "sync", "requests", "invocation", "systems", "sessions", "established")
        return {name: value for name, value in result.items() if name not in left_out}

    of_cluster, of_bigip, _actions, _objects = CHANGES["a new node"]
    predicted = run(of_cluster[:7], [*of_bigip[:-1], LOGOUT], check=True)
    done = run(of_cluster, [*of_bigip, SAVED, status(), LOGOUT])
    assert without(predicted)["neighbors"][0]["action"] == "kept"
    for one in (*predicted["neighbors"], *predicted["instances"], *done["neighbors"], *done["instances"]):
        one["unit"] = ""  # its port differs
    for result in (predicted, done):
        result["diff"] = {side: list(value["bigip"].values()) for side, value in result["diff"].items()}
        result["peers"][0]["unit"] = ""
    assert without(predicted) == without(done)


def test_a_node_that_is_not_ready_keeps_its_neighbor_and_is_not_waited_for() -> None:
    away = node("n2", "198.18.0.2", ready=False)
    reports = [UP[0], node_status("n2", "Active")]
    result = run(cluster(N1, away, peers=[bgp_peer()], reports=reports), [*bigip(instance(O1, O2)), LOGOUT])
    assert not result["changed"] and result["nodes_not_ready"] == ["n2"] and result["established"] is True


def test_v3_only_and_foreign_neighbors() -> None:
    foreign = instance(neighbor("198.18.0.1", "by hand"), O2, neighbor("10.0.0.1", "router", 1), name="edge")
    result = run(cluster(N1, N2, peers=[bgp_peer()], reports=UP, group=V3), [*bigip(foreign), LOGOUT])
    assert not result["changed"] and actions(result) == {"198.18.0.1": "foreign", "198.18.0.2": "kept"}
    assert result["instances"][0]["name"] == "/Common/edge"


def test_mode_external_changes_the_cluster_only() -> None:
    sent = Sent()
    of_cluster = [*cluster(N1, reports=UP[:1]), created(f"{V1}/bgppeers"), statuses(node_status("n1", "Active"))]
    result = run(of_cluster, sent=sent, mode="external", peers=["198.18.255.251"], bigip_as_number=64513, password=None)
    assert result["changed"] and result["requests"]["bigip"] == 0 and len(sent.writes) == 1
    assert result["imish_config"] == ["router bgp 64513", " neighbor 198.18.0.1 remote-as 64512", " neighbor 198.18.0.1 description vks.bigip node=n1"]
    (warning,) = result["warnings"]
    assert "1 session is not established: that of node n1 with 198.18.255.251 is Active" in warning


def test_mode_external_reads_the_self_ips() -> None:
    reads = [one for one in bigip() if one.path not in (DOMAINS, DB) and not one.path.startswith(BGP)]
    result = run(cluster(N1, peers=[bgp_peer(number=64512)], reports=UP[:1]), [*reads, LOGOUT], mode="external")
    assert not result["changed"] and result["peers"][0]["address"] == "198.18.255.251" and result["neighbors"] == []


POLICY = {"nodeSelector": {}, "localASN": 64512, "advertisements": {"pod": {}}, "bgpPeers": [{"address": "198.18.255.251", "asn": 64513, "port": 179}]}


def antrea(*policies: Any, gate: bool | None = True) -> list[Exchange]:
    conf = "featureGates:\n" + ("" if gate is None else f"  BGPPolicy: {str(gate).lower()}\n")
    config = Exchange("GET", "/api/v1/namespaces/kube-system/configmaps/antrea-config", json={"data": {"antrea-agent.conf": conf}})
    secret = [missing(f"{SECRETS}/antrea-bgp-passwords")] if gate else []
    first = cluster(N1, N2)[:2]
    return [*first, daemon_set("antrea"), Exchange("GET", f"{ANTREA}/bgppolicies?limit=500", json={"items": list(policies), "metadata": {}}), config, *secret]


def test_antrea_gets_a_policy() -> None:
    sent = Sent()
    script = [*bigip(instance(O1, O2)), LOGOUT]
    result = run([*antrea(), created(f"{ANTREA}/bgppolicies")], script, sent=sent)
    ((_method, _path, body),) = sent.writes
    assert body["spec"] == {"nodeSelector": {}, "localASN": 64512, "advertisements": {"pod": {}}, "bgpPeers": [{"address": "198.18.255.251", "asn": 64513}]}
    assert result["cni"] == "antrea" and result["established"] is None and "antctl get bgppeers" in result["warnings"][0]
    again = run(antrea(thing(NAME, POLICY)), [*bigip(instance(O1, O2)), LOGOUT])
    assert not again["changed"] and "warnings" not in again


def test_absent_removes_what_is_ours_on_both_sides() -> None:
    sent = Sent()
    green = neighbor("198.18.0.9", mark("g1", "green"))
    foreign = thing("router", {"peerIP": "10.0.0.1"}, None)
    of_cluster = cluster(peers=[foreign, bgp_peer()], reports=[UP[0], node_status("n9", owner=None)], uid=False)
    removals = [Exchange("DELETE", f"{V1}/caliconodestatuses/{NAME}-n1", json={}), Exchange("DELETE", f"{V1}/bgppeers/{NAME}-198.18.255.251", json={})]
    on_bigip = [Exchange("DELETE", f"{NEIGHBORS}/198.18.0.1", json={}), SAVED, status(), LOGOUT]
    result = run([*of_cluster, *removals], [*bigip(instance(O1, green)), *on_bigip], sent=sent, state="absent", owner=UID)
    assert result["changed"] and actions(result) == {"198.18.0.1": "removed"} and result["instances"][0]["action"] == "kept"
    assert written(result) == [("removed", "CalicoNodeStatus"), ("removed", "BGPPeer")] and "peers" not in result
    assert sent.writes[2][2]["preconditions"] == {"uid": f"uid-{NAME}-n1"}


def test_absent_removes_the_instance_with_the_last_neighbor_and_is_idempotent() -> None:
    on_bigip = [Exchange("DELETE", f"{NEIGHBORS}/198.18.0.1", json={}), Exchange("DELETE", f"{BGP}/~Common~vks-bgp", json={}), SAVED, status(), LOGOUT]
    result = run(cluster(uid=False), [*bigip(instance(O1)), *on_bigip], state="absent", owner=UID)
    assert result["instances"][0]["action"] == "removed"
    assert not run(cluster(uid=False), [*bigip(), LOGOUT], state="absent", owner=UID)["changed"]


CONFIGURED = [thing("default", {"asNumber": 65001}, None)]
LEGACY = Exchange("GET", DOMAINS, json={"items": [{"fullPath": "/Common/0", "id": 0, "routingProtocol": ["BGP"]}]})
REFUSED: dict[str, tuple[list[Exchange], list[list[Exchange]], dict[str, Any], str]] = {
    "mixed": (cluster(N1), [[*bigip()[:3], LEGACY, *bigip()[4:], LOGOUT]], {}, "bgp_mode_mixed"),
    "switch": (cluster(N1), [[*bigip(value="disable"), LOGOUT]], {}, "tmos_routing_off"),
    "localAs": (cluster(N1), [[*bigip(instance(local_as=5)), LOGOUT]], {"bigip_as_number": 6}, "as_number_conflict"),
    "configuration": (cluster(N1, configurations=CONFIGURED), [[*bigip(), LOGOUT]], {"as_number": 65002}, "as_number_conflict"),
    "neighbor": (cluster(N1), [[*bigip(instance(neighbor("198.18.0.1", "by hand", 1))), LOGOUT]], {}, "bgp_neighbor_conflict"),
    "object": (cluster(N1, peers=[bgp_peer(owner="green")]), [[*bigip(), LOGOUT]], {}, "bgp_object_conflict"),
    "removals": (cluster(N1), [[*bigip(instance(O1, O2, O3)), LOGOUT]], {}, "max_removed_percent"),
    "not connected": (cluster(N1), [[*bigip(own="10.0.0.1/24"), LOGOUT]], {}, "gateway_not_connected"),
    "peers": (cluster(N1), [[*bigip(), LOGOUT]], {"peers": ["198.18.255.9"]}, "options"),
    "no nodes": ([cluster(N1)[0], Exchange("GET", "/api/v1/nodes?limit=500", json={"items": [], "metadata": {}})], [[]], {}, "read_incomplete"),
    "CNI": ([*cluster(N1)[:2], daemon_set("cilium")], [[]], {}, "bgp_cni_unsupported"),
    "gate": (antrea(gate=False), [[]], {}, "bgp_policy_gate_off"),
    "no gate": (antrea(gate=None), [[]], {}, "bgp_policy_gate_off"),
    "user": ([], [[]], {"username": "user-1", "password": "pass-of-user-1"}, "options"),
    "option": ([], [[]], {"as_number": 0}, "options"),
    "peers of the cluster": (
        [*cluster(N1)[:3], Exchange("GET", f"{V1}/bgppeers?limit=500", 403, json=status_of_kube(403, "no"))],
        [[]],
        {},
        "read_incomplete",
    ),
}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize(("of_cluster", "units", "options", "code"), REFUSED.values(), ids=REFUSED)
def test_refused_before_any_write(of_cluster: Any, units: Any, options: dict[str, Any], code: str, check: bool) -> None:
    sent = Sent()
    result = run(of_cluster, *units, check=check, sent=sent, **options)
    assert result["failed"] and result["failure"]["code"] == code and sent.writes == [], result["msg"]


def test_ipv6() -> None:
    sent = Sent()
    dual = node("n1", "198.18.0.1", "2001:db8:18::1")
    reads = [*bigip(instance(O1))]
    reads[2] = self_ips("198.18.255.251/16", "2001:db8:18::251/64")
    peers = [bgp_peer(), thing(f"{NAME}-2001-db8-18--251", {"peerIP": "2001:db8:18::251", "asNumber": 64513})]
    of_cluster = [*cluster(dual, peers=peers, reports=UP[:1]), statuses(UP[0])]
    run(of_cluster, [*reads, ADDED, SAVED, status(), LOGOUT], sent=sent, wait=False, owner=None)
    assert sent.writes[0][2]["addressFamily"] == [{"name": "ipv6", "activate": "enabled"}] and sent.writes[0][2]["name"] == "2001:db8:18::1"
