# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""preflight_info, from its options to its result."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.modules import preflight_info
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube, own_machine
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

START = [api.version(), listing(kube.NODES, text.node("n1!v4only"))]
ANTREA = [
    listing(api.DAEMON_SETS, api.ANTREA),
    listing(api.AGENTS, api.agent("n1"), labels=api.AGENT_LABELS),
    found(api.CONFIG, api.config_map()),
    listing(api.DEPLOYMENTS, api.CIS),
    listing(api.STATEFUL_SETS),
]
PACKAGES, TRANSPORT = "/apis/packaging.carvel.dev/v1alpha1/packageinstalls", "/apis/cis.f5.com/v1/transportservers"
WEB = [
    listing(kube.ALL_SERVICES, text.service(npl="true")),
    listing(kube.ALL_SLICES, text.endpoint_slice("http:8080/TCP | a@n1")),
    listing(kube.ALL_PODS, *text.pods("a", "a:8080/tcp=198.18.0.1:61000")),
]
NPL = [*START, *ANTREA, missing(f"{PACKAGES}?limit=500"), missing(f"{TRANSPORT}?limit=500"), *WEB]
PLAIN = [*START, listing(api.DAEMON_SETS, api.CALICO), listing(api.DEPLOYMENTS), listing(api.STATEFUL_SETS)]


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)
    monkeypatch.setattr(transport, "_SCHEME", "http")


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(preflight_info.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options})


def statuses(result: Result, status: str) -> list[str]:
    return [item["id"] for item in result["checks"] if item["status"] == status]


def test_a_healthy_cluster() -> None:
    result = run(NPL, network_provider="vsphere")
    assert (result["changed"], result["passed"], result["pool_member_type"]) == (False, True, "nodeportlocal")
    assert "nodePortLocal.enable is true" in result["chosen_because"]
    assert statuses(result, "fail") == statuses(result, "warn") == statuses(result, "unknown") == []
    assert result["summary"]["requests"] == 12 and len(result["checks"]) == len(table.IDS)
    assert set(result["checks"][0]) == {"id", "title", "status", "message", "remedy", "link"}


def test_only_what_is_judged_is_read() -> None:
    result = run(PLAIN, network_provider="vsphere")
    assert (result["pool_member_type"], result["summary"]["requests"]) == ("nodeport", 5)
    result = run([*START, *ANTREA], checks=["P03"])
    assert [(item["id"], item["status"]) for item in result["checks"]] == [("P03", "pass")]


def test_a_fault_is_told_and_fails_no_task() -> None:
    result = run(PLAIN, pool_member_type="nodeportlocal", checks=["P02", "P03"])
    assert "failed" not in result and result["passed"] is False and statuses(result, "fail") == ["P02", "P03"]


def test_the_report_tells_failures_first_and_skipped_ones_together() -> None:
    report = run(PLAIN, pool_member_type="nodeportlocal", checks=["P01", "P03", "P12", "P13", "P14", "P15"])["report"]
    assert [line for line in report if line[0] != " "] == [
        "FAIL     P03  NodePortLocal is on",
        "UNKNOWN  P13  The network provider is known",
        "pass     P01  The CNI is known",
        "pass     P12  Multi-cluster",
        "skipped  P14 P15",
        "1 fail, 0 warn, 1 unknown, 2 pass, 2 skipped",
    ]
    assert report[1].strip().startswith("NodePortLocal cannot be on: the cluster has no Antrea.") and max(map(len, report)) <= 110


def test_what_is_forbidden_is_unknown() -> None:
    script = [api.version(), denied(kube.NODES), *ANTREA, denied(PACKAGES), denied(TRANSPORT), denied(kube.ALL_SERVICES)]
    result = run(script, network_provider="vsphere")
    assert result["passed"] is True
    assert statuses(result, "unknown") == ["P07", "P08", "P09", "P10", "P11", "P26", "P27", "P28", "P29"]
    (p10,) = [item for item in result["checks"] if item["id"] == "P10"]
    assert "/api/v1/services is forbidden" in p10["message"]


def test_namespaces_suffice_where_the_whole_cluster_is_forbidden() -> None:
    web = [WEB[0], WEB[1]]
    paths = [kube.services(), kube.slices()]
    script = [*NPL[:9], *[found(f"{path}?limit=500", exchange.json) for path, exchange in zip(paths, web)], denied(kube.ALL_PODS)]
    script.append(found(f"{kube.pods()}?limit=500", WEB[2].json))
    result = run(script, network_provider="vsphere", namespaces=["default"])
    assert statuses(result, "unknown") == ["P07"] and "P09" in statuses(result, "pass")


@pytest.mark.parametrize(
    "options, endpoints, words",
    [({}, "x@n1", "nothing shows"), ({}, "", "it belongs to Pod default/a (port 8080)"), ({"namespaces": ["default"]}, "", "nothing shows")],
    ids=["both run there", "no EndpointSlice has the other one", "the other one's EndpointSlices were not read"],
)
def test_two_pods_that_name_the_same_port_of_a_node(options: dict[str, Any], endpoints: str, words: str) -> None:
    pods = [*text.pods("a", "a:8080/tcp=198.18.0.1:61000"), *text.pods("x", "x:8080/tcp=198.18.0.1:61000", namespace="shop")]
    other = text.endpoint_slice(f"http:8080/TCP | {endpoints}", name="other", namespace="shop")
    slices = [text.endpoint_slice("http:8080/TCP | a@n1"), *([] if options else [other])]
    paths = (kube.services(), kube.slices()) if options else (kube.ALL_SERVICES, kube.ALL_SLICES)
    web = [listing(paths[0], text.service(npl="true")), listing(paths[1], *slices), listing(kube.ALL_PODS, *pods)]
    result = run([*START, *ANTREA, *web], checks=["P29"], **options)
    assert statuses(result, "warn") == ["P29"] and words in result["checks"][0]["message"]


def test_what_looks_like_infrastructure_elsewhere_is_a_warning_and_flips_nothing() -> None:
    calico, cis = api.copy(api.CALICO), api.deployment("cis", "k8s-bigip-ctlr:1", "--multi-cluster-mode=primary", namespace="evil")
    calico["metadata"]["namespace"] = "evil"
    antrea = [listing(api.DAEMON_SETS, calico, api.ANTREA), *ANTREA[1:3], listing(api.DEPLOYMENTS, cis), listing(api.STATEFUL_SETS)]
    result = run([*START, *antrea], checks=["P01", "P02", "P12"])
    assert (result["passed"], result["pool_member_type"]) == (True, "nodeportlocal")
    assert [item["status"] for item in result["checks"]] == ["warn", "pass", "pass"]
    assert ["evil/calico-node" in result["warnings"][0], "evil/cis" in result["warnings"][1]] == [True, True]


def test_a_token_that_ends_soon() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": time.time() + 270}).encode()).decode().rstrip("=")
    result = run(PLAIN, checks=["P26"], api_key=f"head.{claims}.signature")
    assert result["checks"][0]["status"] == "fail" and "The token for the workload cluster expires in 4 minutes" in result["checks"][0]["message"]


SELF = {"fullPath": "/Common/internal", "address": "198.18.0.250/16", "vlan": "/Common/internal", "allowService": ["tcp:443"]}
VERSION = {"entries": {"https://localhost/x": {"nestedStats": {"entries": {"Version": {"description": "17.5.1"}}}}}}


def on_bigip(script: list[Exchange], kubernetes: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run(kubernetes, provider={"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}, **options)


def test_with_bigip() -> None:
    script = [
        found("/mgmt/tm/sys/version", VERSION),
        found("/mgmt/shared/appsvcs/info", {"version": "3.56.0"}),
        found("/mgmt/tm/net/self", {"items": [SELF]}),
        found("/mgmt/tm/net/route", {"items": []}),
    ]
    result = on_bigip(script, NPL, network_provider="vsphere")
    assert result["passed"] is True and {"P16", "P22"} <= set(statuses(result, "pass"))


V1 = "/apis/crd.projectcalico.org/v1"
BLOCK = {"metadata": {"name": "b"}, "spec": {"cidr": "100.96.0.0/26", "node": "n1", "state": "confirmed"}}
PEER = {"metadata": {"name": "bigip"}, "spec": {"peerIP": "198.18.0.250"}}
STATUS = {
    "metadata": {"name": "n1"},
    "spec": {"node": "n1", "classes": ["BGP"]},
    "status": {"bgp": {"peersV4": [{"peerIP": "198.18.0.250", "type": "GlobalPeer", "state": "Established"}]}},
}
OF_CALICO = [listing(f"{V1}/blockaffinities", BLOCK), listing(f"{V1}/bgppeers", PEER), listing(f"{V1}/caliconodestatuses", STATUS)]
DOMAINS = found("/mgmt/tm/net/route-domain", {"items": [{"name": "0", "id": 0, "fullPath": "/Common/0", "routingProtocol": ["BGP"]}]})
OPEN = {**SELF, "allowService": ["tcp:179"]}
PATHS = [found("/mgmt/tm/net/self", {"items": [OPEN]}), found("/mgmt/tm/net/self", {"items": [OPEN]})]
COLUMNS = {"tmName": "100.96.0.0/26", "destination": "100.96.0.0/26", "nextHop": "198.18.0.1", "origin": "dynamic"}
LEARNT = {"entries": {"a": {"nestedStats": {"entries": {name: {"description": text} for name, text in COLUMNS.items()}}}}}
TABLE = "/mgmt/tm/net/route/stats"
ROUTED = found("/mgmt/tm/net/route", {"items": [{"fullPath": "/Common/r", "network": "100.96.0.0/20", "gw": "198.18.0.1"}]})
NOT_ROUTED = found("/mgmt/tm/net/route", {"items": []})


def test_calico_with_bgp() -> None:
    script = [*PATHS, NOT_ROUTED, found(TABLE, LEARNT), DOMAINS, found("/mgmt/tm/net/routing/bgp", {})]
    result = on_bigip(script, [*PLAIN, *OF_CALICO], pool_member_type="cluster", checks=["P20", "P21", "P30", "P38"])
    assert [(item["id"], item["status"]) for item in result["checks"]] == [(name, "pass") for name in ("P20", "P21", "P30", "P38")]


def test_all_checks_of_mode_cluster_in_few_requests() -> None:
    """Three requests to Calico, and eleven to BIG-IP. No learnt route is needed, and no pool."""
    devices = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
    script = [
        found("/mgmt/tm/sys/version", VERSION),
        found("/mgmt/shared/appsvcs/info", {"version": "3.56.0"}),
        *PATHS,
        ROUTED,
        found("/mgmt/tm/auth/partition?$select=name,defaultRouteDomain", {"items": []}),
        PATHS[0],
        found(devices, {"items": [{"name": "own", "selfDevice": "true"}]}),
        DOMAINS,
        found("/mgmt/tm/net/routing/bgp", {}),
        found("/mgmt/tm/ltm/virtual?$select=fullPath,pool,sourceAddressTranslation", {}),
    ]
    result = on_bigip(script, [*PLAIN, *OF_CALICO], pool_member_type="cluster", network_provider="vsphere")
    assert result["summary"]["requests"] == 8
    assert result["passed"] and {f"P{number}" for number in (20, 21, 30, 31, 32, 36, 37, 38)} <= set(statuses(result, "pass"))


STATIC_ONLY = {"entries": {"a": {"nestedStats": {"entries": {"origin": {"description": "static"}}}}}}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Exchange("GET", TABLE, status=404, json={"message": "no"}), "unknown"),
        (found(TABLE, {}), "unknown"),
        (found(TABLE, STATIC_ONLY), "fail"),
    ],
)
def test_learnt_routes_that_cannot_be_read(answer: Exchange, status: str) -> None:
    script = [found("/mgmt/tm/net/self", {"items": [SELF]}), NOT_ROUTED, answer]
    result = on_bigip(script, [*PLAIN, OF_CALICO[0]], pool_member_type="cluster", checks=["P30"])
    assert result["checks"][0]["status"] == status and "100.96.0.0/26 of node n1" in result["checks"][0]["message"]


@pytest.mark.parametrize(
    ("routes", "mode", "because"),
    [([ROUTED], "cluster", "BIG-IP has routes to the Pod networks"), ([NOT_ROUTED, found(TABLE, STATIC_ONLY)], "nodeport", "the cluster has no Antrea")],
)
def test_auto_asks_bigip_for_its_routes(routes: list[Exchange], mode: str, because: str) -> None:
    """And reads the blocks once."""
    again = [PATHS[0], *routes[:1]] if mode == "cluster" else [PATHS[0]]
    result = on_bigip([PATHS[0], *routes, *again], [*PLAIN, OF_CALICO[0]], network_provider="vsphere", checks=["P30"])
    assert (result["pool_member_type"], result["chosen_because"][: len(because)]) == (mode, because)
    assert statuses(result, "pass") == (["P30"] if mode == "cluster" else [])


def test_auto_asks_no_bigip_on_nsx() -> None:
    result = on_bigip([PATHS[0]], PLAIN, network_provider="nsx_t1", checks=["P15"])
    assert result["pool_member_type"] == "nodeport"


def test_missing_rights_leave_the_checks_of_calico_open() -> None:
    refused = [denied(f"{V1}/{kind}") for kind in ("blockaffinities", "bgppeers")]
    result = run([*PLAIN, *refused], pool_member_type="cluster", checks=["P36", "P38"])
    assert statuses(result, "unknown") == ["P36", "P38"] and "failed" not in result


def test_the_routes_to_antrea_pods() -> None:
    """Without Calico its objects are not read, and the podCIDRs of the nodes count."""
    node = text.node("n1!v4only")
    node["spec"] = {**(node.get("spec") or {}), "podCIDRs": ["100.96.0.0/20"]}
    script = [found("/mgmt/tm/net/self", {"items": [SELF]}), ROUTED]
    result = on_bigip(script, [START[0], listing(kube.NODES, node), *ANTREA], pool_member_type="cluster", checks=["P02", "P30", "P33", "P35", "P37"])
    assert statuses(result, "pass") == ["P02", "P30", "P33", "P35", "P37"]


def test_the_data_path_when_asked() -> None:
    pools = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"
    member = {"name": "198.18.0.1:61000", "address": "198.18.0.1", "state": "down", "session": "monitor-enabled"}
    script = [found(pools, {"items": [{"fullPath": "/T/A/pool", "membersReference": {"items": [member]}}]})]
    result = on_bigip(script, [*START, *ANTREA], checks=["P19"])
    assert statuses(result, "fail") == ["P19"] and "198.18.0.1:61000" in result["checks"][0]["message"]


def test_with_the_supervisor() -> None:
    cluster = "/apis/cluster.x-k8s.io/v1beta1/namespaces/team-a/clusters/shop"
    with ScriptedServer([api.api_groups("cluster.x-k8s.io/v1beta1"), found(cluster, {"spec": {"topology": {"class": "builtin-generic-v3.5.0"}}})]) as server:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": "supervisor-secret"}}],
        }
        result = run(PLAIN, supervisor_kubeconfig=kubeconfig, supervisor_namespace="team-a", cluster_name="shop", checks=["P22"])
    assert statuses(result, "warn") == ["P22"] and "VKS 3.5.0 by its ClusterClass (validated: 3.6)" in result["checks"][0]["message"]
    assert "supervisor-secret" not in result.stdout


@pytest.mark.parametrize("options", [{"checks": ["P99"]}, {"skip": ["P99"]}])
def test_a_check_that_does_not_exist(options: dict[str, Any]) -> None:
    result = run([], **options)
    assert result["failed"] is True and "there is no P99" in result["msg"] and "P28" in result["msg"]
