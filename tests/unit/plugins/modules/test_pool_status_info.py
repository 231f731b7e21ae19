# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pool_status_info, from its options to its result; the cluster's own reading has its own tests."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.module_utils._run import pool_status_info as engine
from ansible_collections.vks.bigip.plugins.modules import pool_status_info
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

DECLARE = "/mgmt/shared/appsvcs/declare"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"
SERVICE = "default/web:8080/TCP"
SELF = Exchange("GET", "/mgmt/tm/net/self", json={"items": [{"fullPath": "/Common/int", "address": "10.1.0.250/24", "vlan": "/Common/int"}]})
ROUTE = Exchange("GET", "/mgmt/tm/net/route", json={"items": []})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")


class FakeCluster:
    """Answers for SERVICE; `asked` holds the sources of the last run."""

    outcome: Pool | Failure
    asked: list[Source] = []
    forbidden: frozenset[str] = frozenset()
    """Namespaces whose reading fails for all sources of a call."""
    calls: list[list[str]] = []
    fault: tuple[int, Failure] | None = None
    """From this call on, every read fails so."""

    def __init__(self, *args: Any) -> None:
        pass

    def __enter__(self) -> FakeCluster:
        return self

    def __exit__(self, *exc: Any) -> None:
        pass

    def pools(self, sources: list[Source]) -> list[Pool | Failure]:
        type(self).asked = list(sources)
        type(self).calls.append([source.name for source in sources])
        if self.fault is not None and self.fault[0] <= len(self.calls):
            raise self.fault[1]
        if denied := sorted({source.namespace for source in sources} & self.forbidden):
            raise Failure("kubernetes_forbidden", f"reading Services in namespace {denied[0]}")
        return [type(self).outcome for source in sources]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> type[FakeCluster]:
    monkeypatch.setattr(engine, "Cluster", FakeCluster)
    FakeCluster.asked, FakeCluster.calls = [], []
    monkeypatch.setattr(FakeCluster, "fault", None)
    return FakeCluster


def members(*found: Member, left_out: tuple[LeftOut, ...] = ()) -> Pool:
    return Pool("default", "web", "http", 8080, "TCP", "nodeportlocal", "asked for", found, left_out)


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}
        result = run_module(pool_status_info.main, {"provider": provider, **options})
    assert result.get("failed") or result["changed"] is False
    return result


def application(owner: str | None = "me", service: Any = SERVICE, noted: dict[str, Any] | None = None, **pools: Any) -> dict[str, Any]:
    """noted: what the mark holds of each pool beside Service and mode."""
    found: dict[str, Any] = {"class": "Application", **{name: {"class": "Pool", **value} for name, value in (pools or {"pool": {}}).items()}}
    if owner:
        known = {name: {"service": service, "pool_member_type": "nodeportlocal", **(noted or {})} for name in pools or {"pool": {}}} if service else {}
        found["constants"] = {"class": "Constants", "vks_bigip": {"owner": owner, "pools": known}}
    return found


def stored(path: str = "", **tenants: Any) -> Exchange:
    return Exchange("GET", f"{DECLARE}{path}?show=base", json={"class": "ADC", **{name: {"class": "Tenant", **value} for name, value in tenants.items()}})


def device(path: str, **states: str) -> Exchange:
    """The members of one pool: a1="up" is 10.1.0.1:30001."""
    tenant = path.split("/")[1]
    items = [
        {
            "name": f"10.1.0.{key[1:]}:3000{key[1:]}",
            "address": f"10.1.0.{key[1:]}",
            "state": state,
            "session": "monitor-enabled",
            "ratio": 1,
            "partition": tenant,
        }
        for key, state in states.items()
    ]
    pool = {"fullPath": path, "partition": tenant, "membersReference": {"items": items}}
    return Exchange("GET", f"{POOLS}&$filter=partition%20eq%20{tenant}", json={"items": [pool]})


def stats(path: str, number: int, reason: str, connections: int = 0) -> Exchange:
    entries = {
        "addr": {"description": f"10.1.0.{number}"},
        "port": {"value": 30000 + number},
        "serverside.curConns": {"value": connections},
        "serverside.totConns": {"value": connections * 10},
        "status.statusReason": {"description": reason},
    }
    return Exchange(
        "GET", f"/mgmt/tm/ltm/pool/{path.replace('/', '~')}/members/stats", json={"entries": {"https://localhost/x": {"nestedStats": {"entries": entries}}}}
    )


def member(number: int, **more: Any) -> Member:
    return Member(f"10.1.0.{number}", 30000 + number, f"node-{number}", f"default/web-{number}", **more)


def test_all_is_well(cluster: type[FakeCluster]) -> None:
    cluster.outcome = members(member(1))
    result = run([stored(T1={"A1": application()}), device("/T1/A1/pool", a1="up"), stats("/T1/A1/pool", 1, "Pool member is available", 4)])
    (pool,) = result["pools"]
    assert (pool["in_sync"], pool["on_bigip"], pool["service"], pool["owner"]) == (True, True, SERVICE, "me")
    assert pool["message"] == "/T1/A1/pool: 1 of 1 member is up."
    (only,) = pool["members"]
    assert only["pod"] == "default/web-1"
    assert (only["current_connections"], only["total_connections"], only["availability"]) == (4, 40, "available")
    assert result["summary"] == {"pools": 1, "members": 1, "available": 1, "unknown": 0, "offline": 0, "out_of_sync": 0}
    (source,) = cluster.asked
    assert (source.namespace, source.name, source.port, source.mode) == ("default", "web", "8080/TCP", "nodeportlocal")


def test_a_tenant_masks_no_word_of_another(cluster: type[FakeCluster]) -> None:
    evil = application()
    evil["constants"]["passphrase"] = "available"
    everything = Exchange("GET", POOLS, json={"items": [item for path in ("/Evil/A1/pool", "/T1/A1/pool") for item in device(path, a1="up").json["items"]]})
    cluster.outcome = members(member(1))
    result = run([stored(Evil={"A1": evil}, T1={"A1": application()}), everything], connections=False)
    assert [pool["members"][0]["availability"] == "available" for pool in result["pools"]] == [False, True]
    assert result["summary"]["available"] == 2


@pytest.mark.parametrize("forbidden", [["kube-system"], ["kube-system", "default"]])
def test_a_mark_that_names_a_namespace_of_others_is_its_own_fault(forbidden: list[str], cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "forbidden", frozenset(forbidden))
    everything = Exchange("GET", POOLS, json={"items": [item for path in ("/Evil/A1/pool", "/T1/A1/pool") for item in device(path, a1="up").json["items"]]})
    cluster.outcome = members(member(1))
    result = run([stored(Evil={"A1": application(service="kube-system/x")}, T1={"A1": application()}), everything], connections=False)
    if len(forbidden) > 1:
        assert result["failure"]["code"] == "kubernetes_forbidden"
    else:
        assert [pool["in_sync"] for pool in result["pools"]] == [None, True]
        assert result["pools"][0]["failure"]["code"] == "kubernetes_forbidden"


HOSTILE = ("x", "/", "/x", "x/", "../..", "default/web/../../x", "Default/web", "default/web?limit=1", "a/b:c:d:e", "default/" + "x" * 300, {"a": 1}, 7)


@pytest.mark.parametrize("service", HOSTILE)
def test_a_mark_that_names_no_service_is_its_own_fault(service: Any, cluster: type[FakeCluster]) -> None:
    everything = Exchange("GET", POOLS, json={"items": [item for path in ("/Evil/A1/pool", "/T1/A1/pool") for item in device(path, a1="up").json["items"]]})
    cluster.outcome = members(member(1))
    result = run([stored(Evil={"A1": application(service=service)}, T1={"A1": application()}), everything], connections=False)
    assert not result.get("failed"), result["msg"]
    assert [source.name for source in cluster.asked] == ["web"]
    assert [pool["in_sync"] for pool in result["pools"]] == [None, True]


@pytest.mark.parametrize("mode", [{"a": 1}, [1], 7], ids=repr)
def test_a_mark_with_a_mode_of_another_form_is_its_own_fault(mode: Any, cluster: type[FakeCluster]) -> None:
    everything = Exchange("GET", POOLS, json={"items": [item for path in ("/Evil/A1/pool", "/T1/A1/pool") for item in device(path, a1="down").json["items"]]})
    cluster.outcome = members(member(1))
    result = run([stored(Evil={"A1": application(noted={MODE: mode})}, T1={"A1": application()}), everything, SELF, ROUTE], connections=False)
    assert not result.get("failed"), result["msg"]
    assert [(pool["pool_member_type"], pool["down_on_bigip"][0]["where"]) for pool in result["pools"]] == [(None, "firewall"), ("nodeportlocal", "firewall")]


EVERYTHING = {
    "address_family": "both",
    "exclude_nodes": ["node-2", "node-9"],
    "include_unschedulable": False,
    "node_address_type": "ExternalIP",
    "node_label_selector": "pool=edge",
    "node_weight": "endpoints",
    "route_domain": 2,
    "terminating": "keep",
}
DEFAULTS = {name: Source.__dataclass_fields__[name].default for name in EVERYTHING}
MODE = "pool_member_type"
PUBLISHED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # what the mark holds, what the task sets, what the pool is judged with beside the defaults
    "a mark of an earlier release": ({}, {}, {}),
    "a mark of an earlier release, with the options": ({}, EVERYTHING, EVERYTHING),
    "as it was published": (EVERYTHING, {}, EVERYTHING),
    "the task gives an option": (EVERYTHING, {"terminating": "exclude"}, {**EVERYTHING, "terminating": "exclude"}),
    "the task gives a default": (EVERYTHING, {"terminating": "fallback", "exclude_nodes": []}, {**EVERYTHING, "terminating": "fallback", "exclude_nodes": []}),
    "an empty text is none": (EVERYTHING, {"node_label_selector": ""}, EVERYTHING),
    "the task gives the mode": ({}, {MODE: "nodeport"}, {MODE: "nodeport"}),
    "auto is what the mark holds": ({}, {MODE: "auto"}, {}),
    "words that no option has": ({"terminating": "never", "color": "red", "route_domain": "2", "exclude_nodes": "node-1", "include_unschedulable": 1}, {}, {}),
    "names that are not text": ({"exclude_nodes": ["node-1", 2]}, {}, {}),
    "a mode that does not exist": ({MODE: "carrier pigeon"}, {}, {MODE: "auto"}),
}


@pytest.mark.parametrize(("noted", "options", "judged"), PUBLISHED.values(), ids=PUBLISHED.keys())
def test_a_pool_is_judged_with_the_options_it_was_published_with(
    cluster: type[FakeCluster], noted: dict[str, Any], options: dict[str, Any], judged: dict[str, Any]
) -> None:
    cluster.outcome = members(member(1))
    script = [stored("/T1", T1={"A1": application(noted=noted)}), device("/T1/A1/pool", a1="up")]
    assert run(script, tenant="T1", connections=False, **options)["pools"]
    (source,) = cluster.asked
    expected = {**DEFAULTS, MODE: "nodeportlocal", **judged}
    asked_for = {name: source.mode if name == MODE else getattr(source, name) for name in expected}
    assert asked_for == {name: tuple(value) if isinstance(value, list) else value for name, value in expected.items()}


def test_what_differs_and_what_is_down(cluster: type[FakeCluster]) -> None:
    gap = LeftOut("Pod", "default/web-9", "npl_missing", "no mapping yet")
    cluster.outcome = members(member(1, ready=False, serving=False), member(2), left_out=(gap,))
    script = [
        stored("/T1", T1={"A1": application()}),
        device("/T1/A1/pool", a1="down", a3="down"),
        stats("/T1/A1/pool", 1, "Pool member has been marked down by a monitor"),
        SELF,
        ROUTE,
    ]
    result = run(script, tenant="T1")
    (pool,) = result["pools"]
    assert pool["in_sync"] is False
    assert [(item["address"], item["pod"]) for item in pool["missing_on_bigip"]] == [("10.1.0.2", "default/web-2")]
    assert [item["address"] for item in pool["unknown_on_bigip"]] == ["10.1.0.3"]
    assert [(item["address"], item["where"]) for item in pool["down_on_bigip"]] == [("10.1.0.1", "pod"), ("10.1.0.3", "stale")]
    assert pool["left_out"][0]["reason"] == "npl_missing"
    assert result["summary"]["out_of_sync"] == 1


TABLE = "/mgmt/tm/net/route/stats"


def in_table(destination: str, origin: str) -> dict[str, Any]:
    columns = {"tmName": destination, "destination": destination, "nextHop": "172.16.0.9", "origin": origin}
    return {"nestedStats": {"entries": {name: {"description": text} for name, text in columns.items()}}}


@pytest.mark.parametrize(
    ("learnt", "where", "sentence"),
    [
        (Exchange("GET", TABLE, json={"entries": {"a": in_table("172.16.0.0/24", "connected")}}), "route", "static route to it."),
        (Exchange("GET", TABLE, json={"entries": {"a": in_table("10.1.0.0/24", "dynamic")}}), "firewall", "monitor itself."),
        (Exchange("GET", TABLE, status=403, json={"message": "no"}), "route", "learnt, for example by BGP, could not be read."),
    ],
)
def test_no_route(cluster: type[FakeCluster], learnt: Exchange, where: str, sentence: str) -> None:
    """A route that BIG-IP learnt counts, and is read only if the static ones do not lead to the member."""
    cluster.outcome = members(member(1))
    elsewhere = Exchange("GET", "/mgmt/tm/net/self", json={"items": [{"fullPath": "/Common/int", "address": "172.16.0.1/24", "vlan": "/Common/int"}]})
    script = [stored("/T1", T1={"A1": application()}), device("/T1/A1/pool", a1="down"), elsewhere, ROUTE, learnt]
    (pool,) = run(script, tenant="T1", connections=False)["pools"]
    assert pool["down_on_bigip"][0]["where"] == where and pool["down_on_bigip"][0]["message"].endswith(sentence)


def test_bigips_view_alone(cluster: type[FakeCluster]) -> None:
    script = [stored("/T1", T1={"A1": application()}), device("/T1/A1/pool", a1="checking"), SELF, ROUTE]
    (pool,) = run(script, tenant="T1", connections=False, read_cluster=False)["pools"]
    assert (pool["in_sync"], pool["members"][0]["availability"], pool["down_on_bigip"]) == (None, "unknown", [])
    assert cluster.asked == []


def test_a_pool_without_a_mark_needs_its_tenant_named(cluster: type[FakeCluster]) -> None:
    assert run([stored(T1={"A1": application(owner=None)})])["pools"] == []
    (pool,) = run([stored("/T1", T1={"A1": application(owner=None)}), device("/T1/A1/pool", a1="up")], tenant="T1", connections=False)["pools"]
    assert (pool["owner"], pool["in_sync"]) == (None, None)


SELECT: dict[str, tuple[dict[str, Any], list[str]]] = {
    "everything published": ({}, ["/T1/A1/one", "/T1/A1/two", "/T1/A2/one"]),
    "an owner": ({"owner": "you"}, ["/T1/A2/one"]),
    "an application": ({"application": "A1"}, ["/T1/A1/one", "/T1/A1/two"]),
    "a pool": ({"pool": "one"}, ["/T1/A1/one", "/T1/A2/one"]),
    "an unknown owner": ({"owner": "other_user"}, []),
}


@pytest.mark.parametrize("options, paths", SELECT.values(), ids=SELECT.keys())
def test_which_pools(options: dict[str, Any], paths: list[str]) -> None:
    tenant = {"A1": application("me", one={}, two={}), "A2": application("you", one={}), "A3": application(None, one={})}
    script = [stored(T1=tenant)]
    if paths:
        script.append(Exchange("GET", f"{POOLS}&$filter=partition%20eq%20T1", json={"items": []}))
    found = run(script, read_cluster=False, **options)["pools"]
    assert [f"/{pool['tenant']}/{pool['application']}/{pool['pool']}" for pool in found] == paths
    assert all(pool["on_bigip"] is False and "publish again" in pool["message"] for pool in found)


def test_an_empty_device() -> None:
    result = run([Exchange("GET", f"{DECLARE}?show=base", 204)])
    assert (result["pools"], result["summary"]["pools"]) == ([], 0)


def test_a_service_that_is_gone(cluster: type[FakeCluster]) -> None:
    cluster.outcome = Failure("service_not_found", "Service default/web does not exist")
    (pool,) = run([stored("/T1", T1={"A1": application()}), device("/T1/A1/pool", a1="up")], tenant="T1", connections=False)["pools"]
    assert (pool["in_sync"], pool["failure"]["code"]) == (None, "service_not_found")
    assert "Service default/web does not exist" in pool["message"]


def test_query(cluster: type[FakeCluster]) -> None:
    cluster.outcome = members(member(1), member(2))
    result = run(
        [stored("/T1", T1={"A1": application()}), device("/T1/A1/pool", a1="up")], tenant="T1", connections=False, query="pools[].missing_on_bigip[].pod"
    )
    assert result["query_result"] == ["default/web-2"]
    assert "pools" not in result


def test_what_came_from_a_secret_is_hidden(cluster: type[FakeCluster]) -> None:
    cluster.outcome = Failure("service_not_found", "Service not found: word-of-a-secret")
    value = application()
    value["rule"] = {"class": "iRule", "iRule": "when HTTP_REQUEST {\n  word-of-a-secret\n}\n"}
    value["constants"]["vks_bigip"]["from_secret"] = ["/rule/iRule"]
    result = run([stored("/T1", T1={"A1": value}), device("/T1/A1/pool", a1="up")], tenant=["T1"], connections=False)
    assert result["pools"] and "word-of-a-secret" not in result.stdout


def both_tenants(*states: str) -> list[Exchange]:
    """T1 and T2 with a pool each, whose members are in these states."""
    paths = dict(zip(("/T1/A1/pool", "/T2/A1/pool"), states))
    items = [item for path, state in paths.items() for item in device(path, a1=state).json["items"]]
    tenants = {"T2": {"A1": application(service="b/web")}, "T1": {"A1": application(service="a/web")}}
    return [stored(**tenants), Exchange("GET", POOLS, json={"items": items})]


def test_pools_are_read_tenant_by_tenant_only_where_that_may_help(
    cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.outcome = members(member(1))
    denied, broken = Failure("kubernetes_forbidden", "Reading a"), Failure("kubernetes_unreachable", "Reading b")
    one = [stored("/T1", T1={"A1": application()}), device("/T1/A1/pool", a1="up")]
    for script, options, fault, code, calls in (
        (both_tenants("up", "up"), {}, (1, broken), "kubernetes_unreachable", 1),
        (both_tenants("up", "up"), {}, (2, broken), None, 1),
        (both_tenants("up", "up"), {}, (1, denied), "kubernetes_forbidden", 3),
        (one, {"tenant": "T1"}, (1, denied), "kubernetes_forbidden", 1),
    ):
        cluster.calls.clear()
        monkeypatch.setattr(cluster, "fault", fault)
        result = run(script, connections=False, **options)
        assert (result.get("failure", {}).get("code"), len(cluster.calls)) == (code, calls)


def test_a_read_of_one_tenant_that_breaks_fails_the_task(
    cluster: type[FakeCluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first read is denied, and the connection breaks in the second."""
    monkeypatch.setattr(cluster, "forbidden", frozenset({"a"}))
    monkeypatch.setattr(cluster, "fault", (3, Failure("kubernetes_unreachable", "Reading b")))
    cluster.outcome = members(member(1))
    result = run(both_tenants("up", "up"), connections=False)
    assert result["failure"]["code"] == "kubernetes_unreachable"
    assert cluster.calls == [["web", "web"], ["web"], ["web"]]


def test_routes_are_read_if_one_member_of_several_pools_is_not_up(cluster: type[FakeCluster]) -> None:
    cluster.outcome = members(member(1))
    result = run([*both_tenants("up", "down"), SELF, ROUTE], connections=False)
    assert [[one["where"] for one in pool["down_on_bigip"]] for pool in result["pools"]] == [[], ["firewall"]]


def test_no_statistics_are_read_of_a_pool_without_members(cluster: type[FakeCluster]) -> None:
    cluster.outcome = members()
    (pool,) = run([stored("/T1", T1={"A1": application()}), device("/T1/A1/pool")], tenant="T1")["pools"]
    assert (pool["on_bigip"], pool["members"]) == (True, [])
