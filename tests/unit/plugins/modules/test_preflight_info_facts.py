# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts that preflight_info gives to its checks, and the result that it makes of theirs."""

from __future__ import annotations

import base64
import ipaddress
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import facts as bigip_facts
from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import SelfIp
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._preflight import report, table
from ansible_collections.vks.bigip.plugins.module_utils._preflight.judgement import CheckResult
from ansible_collections.vks.bigip.plugins.module_utils._routes.ways import CONNECTED, NONE, ROUTED
from ansible_collections.vks.bigip.plugins.module_utils._run import preflight_info as engine
from ansible_collections.vks.bigip.plugins.modules import preflight_info
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube, own_machine
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PLAIN = [
    api.version(),
    listing(kube.NODES, text.node("n1!v4only")),
    listing(api.DAEMON_SETS, api.CALICO),
    listing(api.DEPLOYMENTS),
    listing(api.STATEFUL_SETS),
]
SELF = "/mgmt/tm/net/self"
SELVES = {
    "items": [
        {"fullPath": "/Common/a", "address": "198.18.0.250%2/16", "vlan": "a", "allowService": ["tcp:179"]},
        {"fullPath": "/Common/b", "address": "10.1.0.250/24", "vlan": "b", "allowService": "default"},
    ]
}
ROUTES = {
    "items": [
        {"fullPath": "/Common/r2", "network": "100.96.0.0%2/11", "gw": "198.18.0.1%2"},
        {"fullPath": "/Common/r0", "network": "100.64.0.0/11", "gw": "10.1.0.1"},
    ]
}
TMOS = {"Version": {"description": "17.5.1"}}
ENTRIES = {"entries": {"https://localhost/x": {"nestedStats": {"entries": TMOS}}}}
VERSION = found("/mgmt/tm/sys/version", ENTRIES)
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)
    monkeypatch.setattr(transport, "_SCHEME", "http")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The arguments that the checks are run with."""
    calls: list[Any] = []
    monkeypatch.setattr(table, "run", lambda *args: [calls.extend(args)] and [])
    return calls


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        given = {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options}
        return run_module(preflight_info.main, given)


def asked_of(monkeypatch: pytest.MonkeyPatch, *parts: str) -> None:
    """Read these parts of BIG-IP."""
    monkeypatch.setattr(engine.reads, "of_bigip", lambda *args: set(parts))


def of_bigip(seen: list[Any], script: list[Exchange], **options: Any) -> Any:
    with ScriptedServer(script) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}
        result = run(PLAIN, provider=provider, **{"pool_member_type": "nodeport", **options})
    assert not result.get("failed"), result["msg"]
    return seen[0].bigip


@pytest.mark.parametrize(
    ("domain", "ways"),
    [(0, [CONNECTED, NONE, ROUTED, NONE]), (2, [NONE, CONNECTED, NONE, ROUTED])],
)
def test_the_facts_of_bigip(
    domain: int, ways: list[str], seen: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_of(monkeypatch, "versions", "self_ips", "port_lockdown", "routes", "bgp", "members")
    member = {"name": "198.18.0.1:61000", "address": "198.18.0.1", "state": "down"}
    script = [
        VERSION,
        found("/mgmt/shared/appsvcs/info", {"version": "3.56.0"}),
        found(SELF, SELVES),
        found(SELF, SELVES),
        found("/mgmt/tm/net/route", ROUTES),
        found("/mgmt/tm/net/route-domain", {"items": [{"name": "2", "id": 2, "routingProtocol": ["BGP"]}]}),
        found("/mgmt/tm/net/routing/bgp", {}),
        found(POOLS, {"items": [{"fullPath": "/T/A/pool", "membersReference": {"items": [member]}}]}),
    ]
    bigip = of_bigip(seen, script, route_domain=domain)
    assert (bigip.version, bigip.as3, bigip.bgp) == ("17.5.1", "3.56.0", frozenset([2]))
    assert bigip.members == {("198.18.0.1", 61000): "down"}
    assert bigip.self_ips == (
        SelfIp("/Common/a", "198.18.0.250", ipaddress.ip_network("198.18.0.0/16"), 2, ("tcp:179",)),
        SelfIp("/Common/b", "10.1.0.250", ipaddress.ip_network("10.1.0.0/24"), 0, ("default",)),
    )
    addresses = ("10.1.0.9", "198.18.9.9", "100.64.0.9", "100.96.0.9")
    assert [bigip.way(address) for address in addresses] == ways


def test_only_what_is_asked_for_is_read_of_bigip(seen: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked_of(monkeypatch, "self_ips")
    bigip = of_bigip(seen, [found(SELF, SELVES)])
    assert [address.services for address in bigip.self_ips] == [(), ()]
    others = (bigip.version, bigip.as3, bigip.way, bigip.bgp, bigip.members)
    assert all(isinstance(part, Unknown) for part in others)


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ({"version": "3.56.0"}, "3.56.0"),
        ({"release": "5"}, ""),
        (Failure("as3_missing", "AS3 is not installed"), Unknown("AS3 is not installed.")),
        (Failure("bigip_forbidden", "Reading AS3's version"), None),
    ],
    ids=str,
)
def test_the_version_of_as3(
    answer: Any, version: Any, seen: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is unknown if AS3 is missing. Another fault fails the task."""

    class As3:
        def __init__(self, session: Any) -> None:
            pass

        def info(self) -> Any:
            if isinstance(answer, Failure):
                raise answer
            return answer

    asked_of(monkeypatch, "versions")
    monkeypatch.setattr(bigip_facts, "As3", As3)
    with ScriptedServer([VERSION]) as server:
        provider = {"server": f"127.0.0.1:{server.port}", "token": "GIVEN"}
        result = run(PLAIN, provider=provider, pool_member_type="nodeport")
    if version is None:
        assert result["failure"]["code"] == "bigip_forbidden" and not seen
    else:
        assert seen[0].bigip.as3 == version


@pytest.mark.parametrize(
    ("options", "checks"),
    [({}, None), ({"provider": {}}, None), ({"provider": {"server": "x"}, "checks": ["P01"]}, ("P01",))],
    ids=["no provider", "no server", "no check asks BIG-IP"],
)
def test_no_bigip_is_read(options: dict[str, Any], checks: Any, seen: list[Any]) -> None:
    result = run(PLAIN, **options)
    assert not result.get("failed"), result["msg"]
    assert (seen[0].bigip, seen[1:]) == (None, [checks, ()])


def token(end: int) -> str:
    claims = base64.urlsafe_b64encode(json.dumps({"exp": end}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


def test_the_facts_of_the_supervisor(seen: list[Any]) -> None:
    """Both tokens, the denied reads of both, and the requests to both."""
    cluster = "/apis/cluster.x-k8s.io/v1beta1/namespaces/team-a/clusters/shop"
    body = {"spec": {"topology": {"class": "builtin-generic-v3.5.0"}}}
    script = [api.api_groups("cluster.x-k8s.io/v1beta1"), found(cluster, body)]
    with ScriptedServer(script) as server:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": token(2000000000)}}],
        }
        options = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
        chosen = {"checks": ["P22"], "skip": ["P01"]}
        workload = [api.version(), denied(kube.NODES), *PLAIN[2:]]
        result = run(workload, api_key=token(1900000000), supervisor_kubeconfig=kubeconfig, **options, **chosen)
    facts, checks, skip = seen
    assert facts.tokens == {"workload cluster": 1900000000, "Supervisor": 2000000000}
    assert (facts.supervisor.namespace, facts.supervisor.cluster) == ("team-a", "shop")
    assert (checks, skip, result["summary"]["requests"]) == (("P22",), ("P01",), 7)
    assert len(facts.denied) == 1 and "nodes" in facts.denied[0]


def options(**given: Any) -> engine.PreflightOptions:
    return engine.PreflightOptions.from_params(given)


def test_the_wishes_of_the_user() -> None:
    given = options(
        pool_member_type="cluster",
        network_provider="vsphere",
        features=["a", "b", "a"],
        allow_unvalidated=True,
        node_network_routable=False,
        pod_network_routable=True,
        route_domain=2,
        checks=["P01", "P02"],
        namespaces=["shop"],
        skip=["P02"],
    )
    features, asked = frozenset({"a", "b"}), frozenset({"P01", "P02"})
    assert given.wishes == Wishes("cluster", "vsphere", features, True, False, 2, asked, True, True)
    assert given.chosen == {"P01"}
    assert options().wishes == Wishes() and options().chosen == set(table.IDS)
    assert options(skip=["P03"]).chosen == set(table.IDS) - {"P03"}
    assert not options(namespaces=[]).wishes.namespaces


def test_checks_that_do_not_exist_are_named() -> None:
    with pytest.raises(Failure) as raised:
        options(checks=["P99", "P01", "P98"], skip=["P97"]).check()
    said, remedy = "there is no P97, P98, P99", f"They are {', '.join(table.IDS)}."
    expected = Failure("options", "checks and skip take the names of checks", said=said, remedy=remedy)
    assert raised.value.as_dict() == expected.as_dict()


def test_the_result_of_the_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(check: str, status: Any) -> CheckResult:
        return CheckResult(check, f"Title of {check}", status, "Said.", "Do it.", "https://example.com")

    statuses = {"P01": "pass", "P02": "pass", "P03": "warn", "P04": "unknown", "P05": "skipped"}
    for more, passed in (({}, True), ({"P06": "fail"}, False)):
        results = [judged(check, status) for check, status in {**statuses, **more}.items()]
        monkeypatch.setattr(table, "run", lambda *args, results=results: results)
        result = run(PLAIN, pool_member_type="nodeport")
        for name in ("invocation", "systems"):
            result.pop(name, None)
        assert result == {
            "changed": False,
            "checks": [one.as_dict() for one in results],
            "passed": passed,
            "report": report.lines(results),
            "pool_member_type": "nodeport",
            "chosen_because": "pool_member_type asks for it",
            "summary": {"pass": 2, "fail": len(more), "warn": 1, "unknown": 1, "skipped": 1, "requests": 5},
        }


def test_facts_are_made_for_the_wishes(seen: list[Any]) -> None:
    run(PLAIN, network_provider="vsphere", checks=["P01"])
    facts = seen[0]
    assert isinstance(facts, Facts)
    assert facts.wishes == Wishes(network_provider="vsphere", asked=frozenset({"P01"}))
    assert (facts.kubernetes, facts.denied) == ("v1.35.6+vmware.2", ())
    assert facts.tokens == {"workload cluster": None}


def test_warnings_of_the_reads_are_in_the_result(seen: list[Any]) -> None:
    """A node that cannot be read, and a Deployment that looks like a CIS elsewhere."""
    nodes = listing(kube.NODES, text.node("n1!v4only"), {**text.node("n2"), "more": "DEEP"})
    nodes.text = json.dumps(nodes.json).replace('"DEEP"', "[" * 200_000 + "]" * 200_000)
    nodes.json, nodes.headers = None, {"Content-Type": "application/json"}
    cis = listing(api.DEPLOYMENTS, api.deployment("cis", "k8s-bigip-ctlr:1", namespace="evil"))
    result = run([PLAIN[0], nodes, PLAIN[2], cis, PLAIN[4]])
    assert len(result["warnings"]) == 2 and "evil/cis" in " ".join(result["warnings"])
    assert [machine.node.name for machine in seen[0].nodes] == ["n1"]
