# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""publish, from its options to its result, between two scripted servers."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.plugins.modules import publish
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

AS3 = "/mgmt/shared/appsvcs"
LOGIN = Exchange("POST", "/mgmt/shared/authn/login", json={"token": {"token": "TOKEN-OF-THIS-RUN"}})
LOGOUT = Exchange("DELETE", "/mgmt/shared/authz/tokens/TOKEN-OF-THIS-RUN", json={})
READ = f"{AS3}/declare/T1?show=base&showHash=true"
POOLS = "/mgmt/tm/ltm/pool?expandSubcollections=true&$select=fullPath,partition,membersReference&$filter=partition%20eq%20T1"
INFO = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0", "schemaCurrent": "3.56.0"})
STATUS = {name: {"description": text} for name, text in (("mode", "standalone"), ("status", "Standalone"), ("color", "green"), ("summary", ""))}
STANDALONE = Exchange("GET", "/mgmt/tm/cm/sync-status", json={"entries": {"x": {"nestedStats": {"entries": STATUS}}}})
DONE = {"results": [{"code": 200, "message": "success", "tenant": "T1"}]}
NOTHING = Exchange("GET", READ, 204)
KEY = "-----BEGIN PRIVATE KEY-----\nours-and-not-for-others\n-----END PRIVATE KEY-----\n"

SERVICE = {
    "metadata": {"name": "web", "namespace": "default"},
    "spec": {
        "type": "NodePort",
        "selector": {"app": "web"},
        "ipFamilies": ["IPv4"],
        "ports": [{"port": 80, "protocol": "TCP", "targetPort": 8080, "nodePort": 30080}],
    },
}
SLICE = {
    "metadata": {"name": "web-1", "namespace": "default", "labels": {"kubernetes.io/service-name": "web"}},
    "addressType": "IPv4",
    "ports": [{"name": "", "port": 8080, "protocol": "TCP"}],
    "endpoints": [{"addresses": ["100.96.0.1"], "conditions": {"ready": True, "serving": True, "terminating": False}, "nodeName": "node-1"}],
}


def node(number: int) -> dict[str, Any]:
    return {
        "metadata": {"name": f"node-{number}"},
        "spec": {},
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "addresses": [{"type": "InternalIP", "address": f"198.18.0.{number}"}]},
    }


def cluster(nodes: int = 2) -> list[Exchange]:
    return [
        Exchange("GET", "/api/v1/namespaces/default/services?limit=500", json={"items": [SERVICE]}),
        Exchange("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?limit=500", json={"items": [SLICE]}),
        Exchange("GET", "/api/v1/nodes?limit=500", json={"items": [node(number) for number in range(1, nodes + 1)]}),
        Exchange("GET", "/api/v1/namespaces/kube-system", json={"metadata": {"name": "kube-system", "uid": "UID"}}),
    ]


# Asked for a tenant that is not there yet: a running CIS may be about to make it.
NO_CIS = [Exchange("GET", "/apis/apps/v1/deployments?limit=500", json={"items": []})]
ITEM = {
    "tenant": "T1",
    "application": "A1",
    "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": "80"},
    "pool": {"monitors": ["http"]},
    "service": {"name": "web"},
    "pool_member_type": "nodeport",
}
APPLICATION = {
    "class": "Application",
    "vs": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80, "pool": "pool"},
    "pool": {"class": "Pool", "monitors": ["http"], "members": [{"servicePort": 30080, "serverAddresses": ["198.18.0.1", "198.18.0.2"], "shareNodes": True}]},
    "constants": {
        "class": "Constants",
        "vks_bigip": {
            "owner": "UID",
            "cluster": "UID",
            "pool_member_type": "nodeport",
            "pools": {"pool": {"service": "default/web:80/TCP", "pool_member_type": "nodeport"}},
        },
    },
}
STORED = Exchange("GET", READ, json={"class": "ADC", "T1": {"class": "Tenant", "A1": APPLICATION, "optimisticLockKey": "KEY="}})


def on_device(*addresses: str) -> Exchange:
    items = [
        {"name": f"{address}:30080", "partition": "Common", "address": address, "session": "monitor-enabled", "state": "up"} for address in addresses
    ]
    return Exchange("GET", POOLS, json={"items": [{"fullPath": "/T1/A1/pool", "partition": "T1", "membersReference": {"items": items}}]})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")
    for name in ("K8S_AUTH_KUBECONFIG", "KUBECONFIG", "F5_SERVER"):
        monkeypatch.delenv(name, raising=False)


def run(bigip: list[Exchange], kubernetes: list[Exchange] | None = None, check: bool = False, **options: Any) -> Result:
    with ScriptedServer(copy.copy(bigip)) as device, ScriptedServer(kubernetes or [], any_order=True) as api:
        provider = {"server": [f"127.0.0.1:{device.port}"], "user": "admin", "password": "pass-word"}
        connection = {"provider": provider, "host": api.url, "allow_http": True, "api_key": "KUBE-TOKEN"}
        return run_module(publish.main, {**connection, "timeout": 30, **options}, check=check)


def test_create() -> None:
    def body(request: Request) -> None:
        assert request.json == {"schemaVersion": "3.56.0", "A1": APPLICATION}

    post = Exchange("POST", f"{AS3}/declare/T1/applications?async=true", 200, json=DONE, expect=body)
    result = run([LOGIN, NOTHING, INFO, post, STANDALONE, LOGOUT], cluster() + NO_CIS, applications=[ITEM])
    assert result["changed"] and result["tenants"]["T1"]["action"] == "create" and result["tenants"]["T1"]["code"] == 200
    assert result["requests"] == {"bigip": 6, "kubernetes": 5}


def test_a_cis_that_an_editor_of_another_namespace_made_holds_no_first_publication() -> None:
    container = {"image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--bigip-partition=T1"]}
    evil = {"metadata": {"namespace": "evil", "name": "cis"}, "spec": {"paused": True, "template": {"spec": {"containers": [container]}}}}
    deployments = Exchange("GET", "/apis/apps/v1/deployments?limit=500", json={"items": [evil]})
    post = Exchange("POST", f"{AS3}/declare/T1/applications?async=true", 200, json=DONE)
    result = run([LOGIN, NOTHING, INFO, post, STANDALONE, LOGOUT], [*cluster(), deployments], applications=[ITEM])
    assert result["tenants"]["T1"]["action"] == "create", result
    assert any("CIS Deployment evil/cis" in text and "cis_namespaces" in text for text in result["warnings"])


def test_a_progress_file_that_cannot_be_written_does_not_stop_a_publish() -> None:
    post = Exchange("POST", f"{AS3}/declare/T1/applications?async=true", 200, json=DONE)
    result = run([LOGIN, NOTHING, INFO, post, STANDALONE, LOGOUT], cluster() + NO_CIS, applications=[ITEM], progress_file="/does/not/exist")
    assert result["changed"] and "failed" not in result
    assert "the progress_file /does/not/exist cannot be written" in " ".join(result["warnings"])


NOT_FOUND = {"code": 404, "message": "specified Tenant(s) 'T1' not found in declaration"}


@pytest.mark.parametrize("check", [False, True])
def test_an_address_that_another_tenant_has_costs_one_request(check: bool) -> None:
    theirs = {"class": "Tenant", "A9": {"class": "Application", "vs": APPLICATION["vs"]}}
    script = [LOGIN, Exchange("GET", READ, 404, json=NOT_FOUND), Exchange("GET", f"{AS3}/declare?show=base", json={"class": "ADC", "T9": theirs}), LOGOUT]
    result = run(script, cluster() + NO_CIS, check, applications=[ITEM])
    assert result["failed"] and not result["changed"] and result["requests"]["bigip"] == 4
    assert result["failure"]["tenants"][0]["code"] == "address_taken" and "virtual server /T9/A9/vs of tenant T9" in result["msg"]
    assert result["failure"]["tenants"][0]["input"] == "applications[0].virtual_server.virtualAddresses"


def test_of_several_tenants_all_are_read_already() -> None:
    """AS3 refuses a read of several tenants if it does not hold one of them; then all are read, and nothing more is needed."""
    theirs = {"class": "Tenant", "A9": {"class": "Application", "vs": APPLICATION["vs"]}}
    several = Exchange("GET", f"{AS3}/declare/T1,T2?show=base&showHash=true", 404, json=NOT_FOUND)
    everything = Exchange("GET", f"{AS3}/declare?show=base&showHash=true", json={"class": "ADC", "T9": theirs})
    second = {**ITEM, "tenant": "T2", "virtual_server": {**ITEM["virtual_server"], "virtualAddresses": ["192.0.2.11"]}}
    result = run([LOGIN, several, everything, LOGOUT], cluster() + NO_CIS, True, applications=[ITEM, second])
    assert result["failed"] and [entry["tenant"] for entry in result["failure"]["tenants"]] == ["T1"]


@pytest.mark.parametrize("check", [False, True])
def test_no_change_takes_four_requests(check: bool) -> None:
    result = run([LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT], cluster(), check, applications=[ITEM])
    assert result["changed"] is False and result["requests"]["bigip"] == 4 and result["tenants"] == {}


def test_check_mode_posts_nothing_and_tells_what_would_change() -> None:
    result = run([LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT], cluster(3), True, applications=[ITEM])
    assert result["changed"] and result["tenants"]["T1"]["members_added"] == [
        {"application": "A1", "pool": "pool", "address": "198.18.0.3", "port": 30080, "node": "node-3"}
    ]


def test_a_refusal_of_as3_word_for_word() -> None:
    said = "01070333:3: Virtual Server /T1/A1/vs illegally shares destination address"
    answer = {"code": 422, "results": [{"code": 422, "message": "declaration failed", "response": said, "tenant": "T1"}]}
    post = Exchange("POST", f"{AS3}/declare/T1/applications?async=true", 422, json=answer)
    sync = Exchange("GET", "/mgmt/tm/cm/sync-status", 404, json={"code": 404, "message": "x"})
    result = run([LOGIN, NOTHING, INFO, post, sync, LOGOUT], cluster() + NO_CIS, applications=[ITEM])
    assert result["failed"] and not result["changed"] and result["failure"]["tenants"][0]["response"] == said and said in result["msg"]
    assert result["failure"]["tenants"][0]["input"] == "applications[0].virtual_server" and result["failure"]["tenants"][0]["code"] == 422


def test_a_failure_appears_once() -> None:
    """The sentence is in msg; failure holds its parts, those of the first release under their names too."""
    result = run([LOGIN, NOTHING, LOGOUT], cluster() + NO_CIS, applications=[{**ITEM, "service": {"name": "nope"}}])
    (entry,) = result["failure"]["tenants"]
    parts = ("code", "summary", "object", "said", "remedy", "path", "applications", "message", "response")
    assert {key: entry[key] for key in parts} == {
        "code": "service_not_found",
        "summary": "applications[0]: Service default/nope does not exist",
        "object": "Service default/nope",
        "said": "namespace default has web",
        "remedy": "Correct service.namespace and service.name.",
        "path": "applications[0]",
        "applications": ["A1"],
        "message": entry["summary"],
        "response": entry["said"],
    }
    assert result["msg"] == f"{entry['summary']}: {entry['said']}. {entry['remedy']}"
    assert json.dumps(result).count(json.dumps(result["msg"])) == 1 and "faults" not in entry
    assert result["failure"]["code"] == "tenants_failed" and result["failure"]["message"] == "1 of 1 tenants failed"
    assert result["tenants"]["T1"]["message"] == "failed: service_not_found" and result["summary"] == ["T1: held (service_not_found)"]


def test_a_failure_of_the_whole_task_appears_once() -> None:
    denied = {"kind": "Status", "code": 403, "message": "services is forbidden", "reason": "Forbidden"}
    script = [Exchange("GET", "/api/v1/namespaces/default/services?limit=500", 403, json=denied)]
    result = run([LOGIN, STORED, on_device("198.18.0.1"), LOGOUT], script, applications=[ITEM])
    failure = result["failure"]
    assert result["msg"] == f"{failure['summary']}: {failure['said']}. {failure['remedy']}" and failure["code"] == "kubernetes_forbidden"
    assert (failure["message"], failure["response"]) == (failure["summary"], failure["said"])
    assert json.dumps(result, ensure_ascii=False).count(json.dumps(result["msg"])) == 1


def test_wrong_options_appear_in_one_sentence_and_in_one_list() -> None:
    result = run([], applications=[{**ITEM, "tenant": "1T", "application": "no name"}])
    assert result["failure"]["summary"] == "The options are not valid: applications[0].tenant, applications[0].application"
    for problem in result["failure"]["problems"]:
        assert problem["message"] in result["msg"] and json.dumps(result).count(json.dumps(problem["message"])[1:-1]) == 2


def test_wrong_input_causes_no_request() -> None:
    result = run([], applications=[{**ITEM, "tenant": "1T"}])
    assert result["failed"] and result["failure"]["path"] == "applications[0].tenant"


def test_an_empty_address_causes_no_request() -> None:
    result = run([], applications=[{**ITEM, "virtual_server": {**ITEM["virtual_server"], "virtualAddresses": [""]}}])
    assert result["failed"] and result["failure"]["path"] == "applications[0].virtual_server.virtualAddresses[0]"


@pytest.mark.parametrize("bulk_create", [False, True])
def test_a_dry_run_asks_as3(bulk_create: bool) -> None:
    def body(request: Request) -> None:
        if bulk_create:
            assert (request.json["class"], request.json["action"]) == ("AS3", "dry-run")
            assert request.json["declaration"]["T1"] == {"class": "Tenant", "A1": APPLICATION}
        else:
            assert request.json == {"schemaVersion": "3.56.0", "controls": {"class": "Controls", "dryRun": True}, "A1": APPLICATION}

    said = "/T1/A1/vs/virtualPort: should be <= 65535"
    refused = {"code": 422, "message": "declaration is invalid", "errors": [said], "tenant": ["T1"]}
    task = {"id": "6d3", "results": [{"message": "in progress", "tenant": "", "code": 0}], "declaration": {}}
    path = f"{AS3}/declare?async=true" if bulk_create else f"{AS3}/declare/T1/applications?async=true"
    post = Exchange("POST", path, 202, json=task, expect=body)
    script = [LOGIN, NOTHING, INFO, post, Exchange("GET", f"{AS3}/task/6d3", json={**task, "results": [refused]}), LOGOUT]
    result = run(script, cluster() + NO_CIS, True, applications=[ITEM], dry_run=True, bulk_create=bulk_create)
    assert result["failed"] and not result["changed"] and result["tenants"]["T1"]["code"] == 422
    assert result["failure"]["tenants"][0]["input"] == "applications[0].virtual_server.virtualPort" and said in result["msg"]


@pytest.mark.parametrize(("prune", "all_tenants"), [("owner", True), ("true", False), (True, False), ("", False)])
def test_prune_reads_all_tenants_only_for_an_owner_and_in_one_request(prune: Any, all_tenants: bool) -> None:
    adc = {"class": "ADC", "T1": STORED.json["T1"], "T2": {"class": "Tenant", "Old": APPLICATION, "optimisticLockKey": "KEY="}}
    read = Exchange("GET", f"{AS3}/declare?show=base&showHash=true", json=adc) if all_tenants else STORED
    result = run([LOGIN, read, on_device("198.18.0.1", "198.18.0.2"), LOGOUT], cluster(), True, applications=[ITEM], prune=prune)
    assert result["requests"] == {"bigip": 4, "kubernetes": 4} and result["changed"] == all_tenants
    assert {name: entry["action"] for name, entry in result["tenants"].items()} == ({"T2": "delete"} if all_tenants else {})


@pytest.mark.parametrize(("options", "requests"), [({}, 1), ({"owner": "UID"}, 0)])
def test_absent_reads_at_most_the_uid(options: dict[str, Any], requests: int) -> None:
    def body(request: Request) -> None:
        assert request.json["T1"] == {"class": "Tenant", "optimisticLockKey": "KEY="}

    post = Exchange("POST", f"{AS3}/declare?async=true", 200, json=DONE, expect=body)
    sync = Exchange("GET", "/mgmt/tm/cm/sync-status", 404, json={"code": 404, "message": "x"})
    uid = Exchange("GET", "/api/v1/namespaces/kube-system", json={"metadata": {"name": "kube-system", "uid": "UID"}})
    result = run([LOGIN, STORED, INFO, post, sync, LOGOUT], [uid] * requests, state="absent", applications=[{"tenant": "T1"}], **options)
    assert result["tenants"]["T1"]["action"] == "delete" and result["requests"]["kubernetes"] == requests


def test_a_failed_list_stops_everything() -> None:
    denied = {"kind": "Status", "code": 403, "message": 'endpointslices is forbidden: User "ci" cannot list resource', "reason": "Forbidden"}
    script = [cluster()[0], Exchange("GET", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?limit=500", 403, json=denied)]
    result = run([LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT], script, applications=[ITEM])
    assert result["failed"] and denied["message"] in result["msg"]


def test_text_that_is_no_declaration_is_not_shown() -> None:
    result = run([], declaration='{"class": "ADC", "T1": {"privateKey": "ours-and-not-for-others"')
    assert result["failed"] and "is not JSON" in result["msg"] and "ours-and-not-for-others" not in result.stdout


@pytest.mark.parametrize("as_json", [False, True])
def test_no_secret_in_the_output(as_json: bool) -> None:
    certificate = {"class": "Certificate", "certificate": "PEM", "privateKey": KEY}
    application = {"class": "Application", "web_cert": certificate}
    declaration: Any = {"class": "ADC", "schemaVersion": "3.50.0", "T1": {"class": "Tenant", "A1": application}}
    options = {"declaration": json.dumps(declaration) if as_json else declaration, "pools": []}
    uid = Exchange("GET", "/api/v1/namespaces/kube-system", json={"metadata": {"name": "kube-system", "uid": "UID"}})
    result = run([LOGIN, NOTHING, LOGOUT], [uid, *NO_CIS], True, **options)
    assert result["changed"] and result["declaration"]["T1"]["A1"]["web_cert"]["certificate"] == "PEM"
    for secret in ("ours-and-not-for-others", "pass-word", "KUBE-TOKEN", "TOKEN-OF-THIS-RUN"):
        assert secret not in result.stdout
