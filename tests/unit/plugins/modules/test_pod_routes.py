# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pod_routes, from its options to its result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, listing
from ansible_collections.vks.bigip.tests.unit.support.kube import status as status_of_kube
from ansible_collections.vks.bigip.tests.unit.support.pod_routes_module import (
    CHECKED,
    LOGIN,
    LOGOUT,
    N1,
    N2,
    PARTITION,
    ROUTES,
    SAVED,
    TRANSACTION,
    UID,
    V1,
    V3,
    Sent,
    actions,
    affinity,
    calico,
    cluster,
    mark,
    node,
    read,
    route,
    routes,
    run,
    self_ips,
    status,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

MADE = Exchange("POST", ROUTES, json={})
BEGUN, DONE = Exchange("POST", TRANSACTION, json={"transId": 7}), Exchange("PATCH", f"{TRANSACTION}/7", json={"state": "COMPLETED"})
NAME1, NAME2 = "vks-a1b2c3d4-10.244.1.0_24", "vks-a1b2c3d4-10.244.2.0_24"
R1, R2 = route("10.244.1.0/24", "198.18.0.1", mark("n1")), route("10.244.2.0/24", "198.18.0.2", mark("n2"))


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


def test_new_routes() -> None:
    sent = Sent()
    result = run(cluster(N1, N2), [*read(), *CHECKED, BEGUN, MADE, MADE, DONE, SAVED, status(), LOGOUT], sent=sent)
    assert result["changed"] and result["saved"] and actions(result) == {"10.244.1.0/24": "added", "10.244.2.0/24": "added"}
    body = {"name": NAME1, "partition": "Common", "network": "10.244.1.0/24", "gw": "198.18.0.1", "description": mark("n1")}
    assert sent.writes[1] == ("POST", "route", body)
    assert sent.writes[3:] == [("PATCH", "7", {"state": "VALIDATING"}), ("POST", "config", {"command": "save"})]
    assert result["routes"][0] == {"name": NAME1, "network": "10.244.1.0/24", "gateway": "198.18.0.1", "node": "n1", "action": "added"}
    assert (result["owner"], result["source"]) == (UID, "node_cidr")
    assert result["chosen_because"] == "the cluster has no blocks of Calico, and 2 nodes have spec.podCIDRs"
    assert result["sync"] == {"mode": "standalone", "status": "Standalone", "summary": " "}
    assert result["counts"]["added"] == 2 and result["nodes_not_ready"] == [] and result["not_routed"] == []
    shown = {"network": "10.244.1.0/24", "gateway": "198.18.0.1", "node": "n1", "description": mark("n1")}
    assert result["diff"]["before"] == {"routes": {}} and result["diff"]["after"]["routes"][NAME1] == shown
    assert "warnings" not in result


def test_a_second_run_writes_nothing() -> None:
    sent = Sent()
    result = run(cluster(N1, N2), [*read(R1, R2), LOGOUT], sent=sent)
    assert not result["changed"] and not result["saved"] and set(actions(result).values()) == {"kept"} and sent.writes == []
    assert result["diff"] == {"before": {"routes": {}}, "after": {"routes": {}}} and "sync" not in result
    assert result["requests"] == {"bigip": 4, "kubernetes": 5}


CHANGES: dict[str, tuple[list[Any], list[dict[str, Any]], dict[str, Any], list[Exchange], dict[str, str], list[tuple[str, str]]]] = {
    # nodes, routes of BIG-IP, options, the exchanges of the writes, actions, the writes
    "one new route": ([N1, N2], [R1], {}, [*CHECKED, MADE], {"10.244.1.0/24": "kept", "10.244.2.0/24": "added"}, [("POST", "route")]),
    "a new gateway": (
        *([N1], [route("10.244.1.0/24", "198.18.0.9", mark("n1"))], {}),
        *([*CHECKED, Exchange("PATCH", f"{ROUTES}/~Common~{NAME1}", json={})], {"10.244.1.0/24": "changed"}, [("PATCH", f"~Common~{NAME1}")]),
    ),
    "a node that was removed": (
        *([N1], [R1, R2], {}),
        *(
            [Exchange("DELETE", f"{ROUTES}/~Common~{NAME2}", json={})],
            {"10.244.1.0/24": "kept", "10.244.2.0/24": "removed"},
            [("DELETE", f"~Common~{NAME2}")],
        ),
    ),
    "a new network of a node": (
        *([N1, node("n2", "198.18.0.2", cidrs="10.244.7.0/24")], [R1, R2], {}),
        [*CHECKED, BEGUN, MADE, Exchange("DELETE", f"{ROUTES}/~Common~{NAME2}", json={}), DONE],
        {"10.244.1.0/24": "kept", "10.244.2.0/24": "removed", "10.244.7.0/24": "added"},
        [("POST", "transaction"), ("POST", "route"), ("DELETE", f"~Common~{NAME2}"), ("PATCH", "7")],
    ),
}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize(("nodes", "found", "options", "exchanges", "expected", "writes"), CHANGES.values(), ids=CHANGES)
def test_changes(
    nodes: list[Any], found: list[dict[str, Any]], options: dict[str, Any], exchanges: list[Exchange], expected: dict[str, str], writes: Any, check: bool
) -> None:
    """Check mode reads the same and predicts the same."""
    sent = Sent()
    script = [exchange for exchange in exchanges if exchange.method == "GET"] if check else [*exchanges, SAVED, status()]
    result = run(cluster(*nodes), [*read(*found), *script, LOGOUT], check=check, sent=sent, **options)
    assert result["changed"] is True and actions(result) == expected and result["saved"] is not check
    assert [(method, path) for method, path, _body in sent.writes] == ([] if check else [*writes, ("POST", "config")])


def test_check_mode_and_a_run_return_the_same() -> None:
    def without(result: Any) -> Any:
        return {name: value for name, value in result.items() if name not in ("saved", "sync", "requests", "invocation", "systems")}

    reads = [*read(R1), *CHECKED]
    predicted = run(cluster(N1, N2), [*reads, LOGOUT], check=True)
    done = run(cluster(N1, N2), [*reads, MADE, SAVED, status(), LOGOUT])
    assert without(predicted) == without(done)


def test_nodes_that_are_not_ready_keep_their_routes() -> None:
    away = node("n2", "198.18.0.2", cidrs="10.244.2.0/24", ready=False)
    result = run(cluster(N1, away), [*read(R1, R2), LOGOUT])
    assert not result["changed"] and result["nodes_not_ready"] == ["n2"]


def test_without_prune_and_without_save() -> None:
    result = run(cluster(N1), [*read(R1, R2), LOGOUT], prune=False)
    assert not result["changed"] and result["counts"]["stale"] == 1 and actions(result)["10.244.2.0/24"] == "kept"
    result = run(cluster(N1), [*read(), *CHECKED, MADE, status(), LOGOUT], save=False)
    assert result["changed"] and not result["saved"]


def test_route_domain_and_names() -> None:
    sent = Sent()
    own = self_ips("198.18.255.254%2/16")
    script = [*read(), own, CHECKED[1], MADE, SAVED, status(), LOGOUT]
    options = {"route_domain": 2, "owner": "team shop", "cluster_name": "blue", "name_prefix": "pods", "source": "node_cidr"}
    result = run(cluster(N1, uid=False, calico=[]), script, sent=sent, **options)
    name = "pods-team_sho-10.244.1.0_24_rd2"
    body = {"name": name, "partition": "Common", "network": "10.244.1.0%2/24", "gw": "198.18.0.1%2"}
    assert sent.writes[0][2] == {**body, "description": "vks.bigip owner=team%20shop cluster=blue node=n1"}
    assert result["routes"][0]["network"] == "10.244.1.0/24" and result["chosen_because"] == "the option source is node_cidr"


def test_dual_stack() -> None:
    dual = node("n1", "198.18.0.1", "2001:db8:18::1", cidrs="10.244.1.0/24 2001:db8:96:1::/64")
    sent = Sent()
    script = [*read(R1), self_ips("2001:db8:18::ffff/64"), CHECKED[1], MADE, SAVED, status(), LOGOUT]
    result = run(cluster(dual), script, sent=sent)
    assert actions(result) == {"10.244.1.0/24": "kept", "2001:db8:96:1::/64": "added"}
    assert sent.writes[0][2]["name"] == "vks-a1b2c3d4-2001-db8-96-1--_64" and sent.writes[0][2]["gw"] == "2001:db8:18::1"


IPAM = {"spec": {"cidr": "192.168.3.0/26", "affinity": "host:n1", "allocations": [None, 0], "attributes": [{"secondary": {"node": "n2", "pod": "web"}}]}}
POOL = {"metadata": {"name": "p"}, "spec": {"cidr": "192.168.0.0/16"}}


@pytest.mark.parametrize("group", [V1, V3])
def test_calico_with_a_borrowed_address(group: str) -> None:
    """The Pod of the platform proves the source. The borrowed address of a Pod behind a Service has a route of its own."""
    nodes, pods = [node("n1", "198.18.0.1"), node("n2", "198.18.0.2")], {"kube-system/dns": "192.168.3.70", "shop/web": "192.168.3.1"}
    blocks = calico(affinity("192.168.3.0/26", "n1"), affinity("192.168.3.64/26", "n2"), blocks=(IPAM,), pools=(POOL,), group=group)
    first = [] if group == V1 else [listing(f"{V1}/blockaffinities")]
    own = [route("192.168.3.0/26", "198.18.0.1", mark("n1")), route("192.168.3.64/26", "198.18.0.2", mark("n2"))]
    result = run(cluster(*nodes, pods=pods, calico=[*first, *blocks]), [*read(*own), *CHECKED, MADE, SAVED, status(), LOGOUT])
    assert actions(result) == {"192.168.3.0/26": "kept", "192.168.3.1/32": "added", "192.168.3.64/26": "kept"}
    assert result["routes"][1]["gateway"] == "198.18.0.2" and result["source"] == "calico"
    version = group.removeprefix("/apis/")
    assert result["chosen_because"] == f"Calico ({version}) has 2 confirmed blocks, and the Pod kube-system/dns (192.168.3.70) has an address of its IPPools"


def test_addresses_of_antrea_ipam_are_reported() -> None:
    result = run(cluster(N1, pods={"shop/web": "198.18.7.7", "shop/api": "10.244.1.9"}), [*read(R1), LOGOUT])
    assert result["not_routed"] == [{"address": "198.18.7.7", "pod": "shop/web", "node": "n1"}] and not result["changed"]
    (warning,) = result["warnings"]
    assert "AntreaIPAM" in warning and "shop/web (198.18.7.7)" in warning


def test_a_foreign_route_counts_as_present() -> None:
    foreign = [route("10.244.1.0/24", "198.18.0.1", name="hand"), route("10.244.2.0/24", "198.18.0.2", "k8s-bigip-ctlr", name="cis")]
    result = run(cluster(N1, N2), [*read(*foreign, route("10.0.0.0/8", "198.18.0.254", name="wide")), LOGOUT])
    assert not result["changed"] and set(actions(result).values()) == {"foreign"} and len(result["routes"]) == 2


GREEN = mark("g1", "green")
REFUSED: dict[str, tuple[list[Exchange], list[Exchange], dict[str, Any], str]] = {
    "conflict": (cluster(N1), [*read(route("10.244.1.0/24", "198.18.0.9", name="hand")), LOGOUT], {}, "route_conflict"),
    "overlap": (cluster(N1), [*read(route("10.244.0.0/16", "198.18.0.9", GREEN, name="g")), LOGOUT], {}, "pod_cidr_overlap"),
    "another cluster": (cluster(N1), [*read(route("10.244.1.0/24", "198.18.0.9", GREEN, name="g")), LOGOUT], {}, "pod_cidr_overlap"),
    "removals": (cluster(N1), [*read(R2), LOGOUT], {}, "max_removed_percent"),
    "no nodes": (cluster()[:2], [], {"max_removed_percent": 100}, "read_incomplete"),
    "a page": (
        [*cluster()[:1], listing(NODES, N1, token="T"), listing(NODES, after="T", status=403, json=status_of_kube(403, "no"))],
        [],
        {},
        "read_incomplete",
    ),
    "owner": ([Exchange("GET", "/api/v1/namespaces/kube-system", 403, json=status_of_kube(403, "no"))], [], {}, "owner_required"),
    "several addresses": (cluster(node("n1", "198.18.0.1", "10.9.0.1", cidrs="10.244.1.0/24")), [], {}, "options"),
    "no source": (cluster(node("n1", "198.18.0.1")), [], {}, "source_undecided"),
    "not connected": (cluster(N1), [*read(), self_ips("10.9.0.1/16"), *CHECKED[1:], LOGOUT], {}, "gateway_not_connected"),
    "an option": ([], [], {"partition": "a/b"}, "options"),
    "the account": (cluster(N1), [LOGIN, PARTITION, Exchange("GET", ROUTES, 403, json={"message": "no"}), LOGOUT], {}, "bigip_forbidden"),
}


@pytest.mark.parametrize("check", [False, True], ids=["run", "check mode"])
@pytest.mark.parametrize(("of_cluster", "of_bigip", "options", "code"), REFUSED.values(), ids=REFUSED)
def test_refused_before_any_write(of_cluster: list[Exchange], of_bigip: list[Exchange], options: dict[str, Any], code: str, check: bool) -> None:
    sent = Sent()
    result = run(of_cluster, of_bigip, check=check, sent=sent, **options)
    assert result["failed"] and result["failure"]["code"] == code and sent.writes == []
    assert "changed" not in result or not result["changed"]


def test_absent_removes_own_routes_only() -> None:
    others = [route("10.9.0.0/24", "198.18.0.9", name="hand"), route("10.8.0.0/24", "198.18.0.9", GREEN, name="g")]
    removal = [Exchange("DELETE", f"{ROUTES}/~Common~{name}", json={}) for name in (NAME1, NAME2)]
    result = run([], [*read(R1, *others, R2), BEGUN, *removal, DONE, SAVED, status(), LOGOUT], state="absent", owner=UID)
    assert actions(result) == {"10.244.1.0/24": "removed", "10.244.2.0/24": "removed"} and result["changed"]
    assert "source" not in result and result["requests"]["kubernetes"] == 0
    assert not run(cluster()[:1], [*read(*others), LOGOUT], state="absent")["changed"]


def test_300_blocks_of_100_nodes_take_few_requests() -> None:
    nodes = [node(f"n{number}", f"198.18.{number // 250}.{number % 250 + 1}") for number in range(100)]
    blocks = [(f"10.244.{number // 4}.{number % 4 * 64}/26", number % 100) for number in range(300)]
    affinities = [affinity(cidr, f"n{number}") for cidr, number in blocks]
    own = [route(cidr, f"198.18.0.{number + 1}", mark(f"n{number}")) for cidr, number in blocks]
    result = run(cluster(*nodes, calico=calico(*affinities)), [*read(*own), LOGOUT])
    assert not result["changed"] and result["counts"]["kept"] == 300
    assert result["requests"] == {"bigip": 4, "kubernetes": 6}


def test_many_new_routes_are_several_transactions() -> None:
    nodes = [node(f"n{number}", f"198.18.1.{number + 1}", cidrs=f"10.244.{number}.0/24") for number in range(150)]
    script = [BEGUN, *[MADE] * 100, DONE, BEGUN, *[MADE] * 50, DONE]
    sent = Sent()
    assert run(cluster(*nodes), [*read(), *CHECKED, *script, SAVED, status(), LOGOUT], sent=sent)["counts"]["added"] == 150
    assert len({body["name"] for _method, path, body in sent.writes if path == "route"}) == 150


def test_a_change_whose_answer_is_lost() -> None:
    lost = [Exchange("POST", ROUTES, drop=True), routes(R1)]
    assert run(cluster(N1), [*read(), *CHECKED, *lost, SAVED, status(), LOGOUT])["counts"]["added"] == 1
