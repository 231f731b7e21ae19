# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""publish with terminating: drain, every request to both servers in order."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.module_utils._publish import rounds
from ansible_collections.vks.bigip.plugins.modules import publish
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

READY = {"ready": True, "serving": True, "terminating": False}
ENDING = {"ready": False, "serving": True, "terminating": True}
READ = "/mgmt/shared/appsvcs/declare/T1?show=base&showHash=true"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference&$filter=partition%20eq%20T1"
MEMBERS = "/mgmt/tm/ltm/pool/~T1~A1~pool/members"
LOGIN = Exchange("POST", "/mgmt/shared/authn/login", json={"token": {"token": "TOKEN-OF-THIS-RUN"}})
LOGOUT = Exchange("DELETE", "/mgmt/shared/authz/tokens/TOKEN-OF-THIS-RUN", json={})
INFO = Exchange("GET", "/mgmt/shared/appsvcs/info", json={"version": "3.56.0", "schemaCurrent": "3.56.0"})
STATUS = {name: {"description": text} for name, text in (("mode", "standalone"), ("status", "Standalone"), ("color", "green"), ("summary", ""))}
STANDALONE = Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": {"x": {"nestedStats": {"entries": STATUS}}}})
DONE = {"results": [{"code": 200, "message": "success", "tenant": "T1"}]}
A, B = "100.96.0.1", "100.96.0.2"
ITEM = {
    "tenant": "T1",
    "application": "A1",
    "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80},
    "pool": {"monitors": ["http"]},
    "service": {"name": "web"},
    "pool_member_type": "cluster",
    "terminating": "drain",
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")
    monkeypatch.setattr(rounds, "_DRAIN_POLL", 0.01)
    for name in ("K8S_AUTH_KUBECONFIG", "KUBECONFIG", "F5_SERVER"):
        monkeypatch.delenv(name, raising=False)


def cluster(*endpoints: tuple[str, dict[str, bool]]) -> list[Exchange]:
    service = {
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"type": "ClusterIP", "selector": {"app": "web"}, "ipFamilies": ["IPv4"], "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080}]},
    }
    piece = {
        "metadata": {"name": "web-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv4",
        "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
        "endpoints": [{"addresses": [address], "conditions": state, "nodeName": "node-1"} for address, state in endpoints],
    }
    return [
        Exchange("GET", "/api/v1/namespaces/default/services?limit=500", json={"items": [service]}),
        Exchange("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?limit=500", json={"items": [piece]}),
        Exchange("GET", "/api/v1/nodes?limit=500", json={"items": []}),
        Exchange("GET", "/api/v1/namespaces/kube-system", json={"metadata": {"name": "kube-system", "uid": "UID"}}),
    ]


def application(*addresses: str, **more: Any) -> dict[str, Any]:
    source = {"service": "default/web:80/TCP", "pool_member_type": "cluster", "terminating": "drain"}
    own = {"owner": "UID", "cluster": "UID", "pool_member_type": "cluster", "pools": {"pool": source}, **more}
    return {
        "class": "Application",
        "vs": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80, "pool": "pool"},
        "pool": {"class": "Pool", "monitors": ["http"], "members": [{"servicePort": 8080, "serverAddresses": [*addresses], "shareNodes": True}]},
        "constants": {"class": "Constants", "vks_bigip": own},
    }


def stored(value: dict[str, Any], key: str = "KEY=") -> Exchange:
    return Exchange("GET", READ, json={"class": "ADC", "T1": {"class": "Tenant", "A1": value, "optimisticLockKey": key}})


def on_device(**sessions: str) -> Exchange:
    """A=monitor-enabled: the member 100.96.0.1 and its session."""
    items = [
        {"name": f"{address}:8080", "partition": "Common", "address": address, "session": sessions[name], "state": "up"}
        for name, address in (("A", A), ("B", B))
        if name in sessions
    ]
    return Exchange("GET", POOLS, json={"items": [{"fullPath": "/T1/A1/pool", "partition": "T1", "membersReference": {"items": items}}]})


def posted(what: dict[str, Any], key: str = "KEY=") -> Exchange:
    def check(request: Request) -> None:
        assert request.json["T1"] == {"class": "Tenant", "A1": what, "optimisticLockKey": key}

    return Exchange("POST", "/mgmt/shared/appsvcs/declare?async=true", json=DONE, expect=check)


def session(address: str, value: str, status: int = 200, **answer: Any) -> Exchange:
    def check(request: Request) -> None:
        assert request.json == {"session": value}

    return Exchange("PATCH", f"{MEMBERS}/~Common~{address}:8080", status, json=answer or {}, expect=check)


def connections(**counts: int) -> Exchange:
    entries = {}
    for name, address in (("A", A), ("B", B)):
        values = {"addr": {"description": address}, "port": {"value": 8080}, "serverside.curConns": {"value": counts.get(name, 9)}}
        entries[f"https://localhost{MEMBERS}/~Common~{address}:8080/stats"] = {"nestedStats": {"entries": values}}
    return Exchange("GET", f"{MEMBERS}/stats", json={"entries": entries})


def run(bigip: list[Exchange], kubernetes: list[Exchange], check: bool = False, **options: Any) -> Result:
    with ScriptedServer(copy.copy(bigip)) as device, ScriptedServer(kubernetes, any_order=True) as api:
        provider = {"server": [f"127.0.0.1:{device.port}"], "user": "admin", "password": "pass-word"}
        connection = {"provider": provider, "host": api.url, "allow_http": True, "api_key": "KUBE-TOKEN"}
        return run_module(publish.main, {**connection, "timeout": 600, "pod_network_routable": True, "applications": [ITEM], **options}, check=check)


ENABLED, OFF = "monitor-enabled", "user-disabled"
MARKED = application(A, B, draining={"pool": [f"{A}:8080"]})
START = [LOGIN, stored(application(A, B)), on_device(A=ENABLED, B=ENABLED)]
END = [posted(application(B), "KEY2="), STANDALONE, LOGOUT]
DRAINED: list[Exchange] = [
    *START,
    INFO,
    posted(MARKED),
    stored(MARKED, "KEY2="),
    on_device(A=ENABLED, B=ENABLED),
    session(A, OFF),
    on_device(A=OFF, B=ENABLED),
    connections(A=2),
    on_device(A=OFF, B=ENABLED),
    connections(A=0),
    *END,
]
ONE_ENDS = ((A, ENDING), (B, READY))


def test_every_request_of_a_drain() -> None:
    result = run(DRAINED, cluster(*ONE_ENDS))
    assert result["changed"] and not result.get("failed"), result
    entry = result["tenants"]["T1"]
    assert entry["members_draining"] == entry["members_removed"]
    assert [(one["address"], one["port"]) for one in entry["members_removed"]] == [(A, 8080)]


def test_check_mode_sends_nothing() -> None:
    result = run([*START, LOGOUT], cluster(*ONE_ENDS), check=True)
    assert result["changed"] and [one["address"] for one in result["tenants"]["T1"]["members_draining"]] == [A]


def test_the_run_after_it_changes_nothing() -> None:
    for endpoints in (ONE_ENDS, ((B, READY),)):
        result = run([LOGIN, stored(application(B)), on_device(B=ENABLED), LOGOUT], cluster(*endpoints))
        assert not result["changed"] and result["counts"]["unchanged"] == 1


def test_a_run_continues_that_of_one_that_died() -> None:
    script = [LOGIN, stored(MARKED, "KEY2="), on_device(A=OFF, B=ENABLED), connections(A=1), on_device(A=OFF, B=ENABLED), connections(A=0), INFO, *END]
    assert run(script, cluster(*ONE_ENDS))["changed"]


def test_the_address_is_needed_again() -> None:
    both = application(A, B)
    script = [
        LOGIN,
        stored(MARKED, "KEY2="),
        on_device(A=OFF, B=ENABLED),
        session(A, "user-enabled"),
        on_device(A=ENABLED, B=ENABLED),
        INFO,
        posted(both, "KEY2="),
        STANDALONE,
        LOGOUT,
    ]
    result = run(script, cluster((A, READY), (B, READY)))
    assert result["changed"] and not result.get("warnings")


def test_without_waiting() -> None:
    script = [*DRAINED[: DRAINED.index(DRAINED[9]) + 1], STANDALONE, LOGOUT]
    result = run(script, cluster(*ONE_ENDS), drain_timeout=0)
    assert result["changed"] and result["tenants"]["T1"]["message"] == "2 open connections of 1 draining member"


def test_bigip_refuses_the_session() -> None:
    refused = session(A, OFF, 400, code=400, message="Operation is not supported")
    result = run([*DRAINED[:7], refused, STANDALONE, LOGOUT], cluster(*ONE_ENDS))
    failure = result["failure"]["tenants"][0]
    assert failure["code"] == "bigip_refused" and "Operation is not supported" in str(failure)
    assert f"member /Common/{A}:8080 of pool /T1/A1/pool" in str(failure)
