# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cis_info, from its options to its result."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import cis_info
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube import listing
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

DEPLOYMENTS, PODS, CRDS = "/apis/apps/v1/deployments", "/api/v1/namespaces/cis/pods", "/apis/cis.f5.com/v1"
GOOD = "2026/11/25 17:00:00 [INFO] [Request: 1][AS3] post resulted in SUCCESS\n"
BAD = "2026/11/25 17:00:00 [CRITICAL] [Token Manager] Unauthorized to fetch token from BIG-IP. Please check the credentials\n"
LABELS = "app=f5-bigip-ctlr,app.kubernetes.io/instance=one"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        given = {"host": server.url, "allow_http": True, "api_key": "the-secret-token", "cis_namespaces": ["cis"]}
        result = run_module(cis_info.main, {**given, **options})
    assert result.get("failed") or result["changed"] is False
    return result


def deployment(available: int = 1, replicas: int = 1, arguments: tuple[str, ...] = ("--custom-resource-mode=true",)) -> dict[str, Any]:
    words = ["--credentials-directory", "/tmp/creds", "--bigip-partition=kubernetes", "--bigip-password=hush", *arguments]
    return {
        "metadata": {
            "namespace": "cis",
            "name": "one-cis",
            "generation": 1,
            "labels": {"app.kubernetes.io/instance": "one"},
            "annotations": {"meta.helm.sh/release-name": "one"},
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": "f5-bigip-ctlr"}},
            "template": {"spec": {"containers": [{"image": "registry.example.com:5000/f5/k8s-bigip-ctlr:2.20.3", "command": ["/app"], "args": words}]}},
        },
        "status": {"observedGeneration": 1, "replicas": replicas, "updatedReplicas": replicas, "availableReplicas": available},
    }


def pod(**status: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "cis", "name": "one-cis-a"}, "status": {"containerStatuses": [{"ready": True, "restartCount": 0, **status}]}}


def log(text: str, previous: bool = False) -> Exchange:
    return Exchange("GET", f"{PODS}/one-cis-a/log?tailLines=2000{'&previous=true' if previous else ''}", text=text)


def custom(resource: str, *items: Any) -> Exchange:
    """Those that carry CIS' label."""
    return listing(f"{CRDS}/{resource}", *items, labels="f5cr=true")


NO_INGRESS_LINKS = Exchange("GET", f"{CRDS}/ingresslinks?limit=500&labelSelector=f5cr%3Dtrue", status=404, json={"kind": "Status", "message": "not found"})
READY = Exchange("GET", f"{PODS}/one-cis-a:8080/proxy/ready", text="Ok")


def test_a_cis_that_is_well() -> None:
    result = run([listing(DEPLOYMENTS, {"metadata": {}}, deployment()), listing(PODS, pod(), labels=LABELS), log(GOOD), READY])
    (one,) = result["controllers"]
    assert (one["release"], one["version"], one["partitions"], one["available"], one["ready"]) == ("one", "2.20.3", ["kubernetes"], True, True)
    assert result["problems"] == result["blocking"] == []
    assert result["lasting"] is False
    assert "hush" not in result.stdout


def test_a_cis_that_ends_again_and_again() -> None:
    fallen = pod(ready=False, restartCount=3, state={"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}})
    result = run([listing(DEPLOYMENTS, deployment(available=0)), listing(PODS, fallen, labels=LABELS), log(""), log(BAD, previous=True)])
    assert result["lasting"] is True
    assert result["problems"] == result["blocking"]
    assert result["problems"][0].startswith("CIS cis/one-cis: BIG-IP rejects the login of CIS")
    assert result["problems"][1] == "Deployment cis/one-cis is not available: Pod cis/one-cis-a: CrashLoopBackOff: back-off 10s"


def test_what_one_resource_can_cause_blocks_no_deployment() -> None:
    """BIG-IP refuses what CIS posts for one VirtualServer, and an annotation imitates a fault of the login."""
    refused = "2026/11/25 17:00:05 [ERROR] [Request: 1][AS3][BigIP] Error response from BIG-IP: code: 422 --- tenant:evil --- message: x"
    text = f"{GOOD}{refused}\n{BAD}"
    result = run([listing(DEPLOYMENTS, deployment()), listing(PODS, pod(), labels=LABELS), log(text), READY])
    assert [item["kind"] for item in result["controllers"][0]["findings"]] == ["as3", "authentication"]
    assert len(result["problems"]) == 2 and result["blocking"] == result["controllers"][0]["blocking"] == [] and result["lasting"] is False
    result = run([listing(DEPLOYMENTS, deployment(available=0)), listing(PODS, pod(), labels=LABELS), log(text)])
    assert result["blocking"] == ["Deployment cis/one-cis is not available: its Pod is not ready yet"]


def test_the_log_does_not_reach_the_terminal_as_it_is() -> None:
    result = run([listing(DEPLOYMENTS, deployment()), listing(PODS, pod(), labels=LABELS), log(f"{BAD[:-1]}\x1b[2J\n"), READY])
    assert result["blocking"] == result["problems"] and result["blocking"][0].endswith("credentials\\x1b[2J")


def test_a_cis_at_rest_has_no_problem() -> None:
    result = run([listing(DEPLOYMENTS, deployment(available=0, replicas=0)), listing(PODS, labels=LABELS)])
    assert result["controllers"][0]["replicas"] == 0
    assert result["problems"] == []


@pytest.mark.parametrize("release", ["one", "two"])
def test_a_release_is_chosen(release: str) -> None:
    result = run([listing(DEPLOYMENTS, deployment())], release=release, gather=[])
    assert len(result["controllers"]) == (release == "one")


@pytest.mark.parametrize(("release", "names"), [("none", ["by-hand"]), ("", ["one-cis", "by-hand"])], ids=["none", "unset"])
def test_a_cis_without_a_release_is_chosen(release: str, names: list[str]) -> None:
    by_hand = deployment()
    by_hand["metadata"] = {key: value for key, value in by_hand["metadata"].items() if key != "annotations"} | {"name": "by-hand"}
    result = run([listing(DEPLOYMENTS, deployment(), by_hand)], release=release, gather=[])
    assert [one["name"] for one in result["controllers"]] == names


def test_resources_with_their_status() -> None:
    server = {"metadata": {"namespace": "shop", "name": "web"}, "spec": {"virtualServerAddress": "192.0.2.1"}, "status": {"status": "Ok"}}
    other = {"metadata": {"namespace": "shop", "name": "bad"}, "spec": {}, "status": {"status": "ERROR", "error": "no such Service"}}
    script = [listing(DEPLOYMENTS, deployment()), custom("virtualservers", server), custom("transportservers", other), NO_INGRESS_LINKS]
    result = run(script, gather=["resources"])
    assert [(item["kind"], item["name"], item["ok"], item["message"]) for item in result["resources"]] == [
        ("VirtualServer", "web", True, ""),
        ("TransportServer", "bad", False, "no such Service"),
    ]


TEXT = '{"class":  "ADC", "Shop": {"class": "Tenant", "web": {"class": "Application"}}}'


def config_map(namespace: str, text: str = TEXT) -> dict[str, Any]:
    return {"metadata": {"namespace": namespace, "name": "as3"}, "data": {"template": text}}


def config_maps(*items: Any) -> Exchange:
    return listing("/api/v1/configmaps", *items, labels="f5type=virtual-server,as3=true")


def test_config_maps_as_they_are() -> None:
    result = run([listing(DEPLOYMENTS), config_maps(config_map("shop"))], gather=["config_maps"])
    assert result["config_maps"] == [{"namespace": "shop", "name": "as3", "declaration": TEXT, "label_namespaces": ["shop"]}]
    assert result["left_out"] == []


def test_a_config_map_of_many_texts_is_left_out_once() -> None:
    """A playbook publishes each text by itself, and prints a line for each that is left out."""
    many = {"metadata": {"namespace": "evil", "name": "as3"}, "data": dict.fromkeys(map(str, range(1_000)), TEXT)}
    result = run([listing(DEPLOYMENTS), config_maps(many, config_map("shop"))], gather=["config_maps"])
    assert [item["namespace"] for item in result["config_maps"]] == ["shop"]
    assert [item["message"] for item in result["left_out"]] == ["It has more than 20 texts. An AS3 ConfigMap has one."]


def test_a_config_map_that_publish_would_refuse_is_left_out() -> None:
    """It must neither read a Secret of another namespace nor stop the others."""
    rule = {"class": "iRule", "iRule": {"from_secret": {"namespace": "victim", "name": "a", "key": "b"}}}
    reference = TEXT.replace('"Application"', f'"Application", "rule": {json.dumps(rule)}')
    script = [listing(DEPLOYMENTS), config_maps(config_map("evil", reference), config_map("deep", "[" * 200_000), config_map("shop"))]
    result = run(script, gather=["config_maps"])
    assert [item["namespace"] for item in result["config_maps"]] == ["shop"]
    assert [(item["kind"], item["namespace"], item["name"], item["field"]) for item in result["left_out"]] == [
        ("ConfigMap", "deep", "as3", ""),
        ("ConfigMap", "evil", "as3", "declaration.Shop.web.rule.iRule.from_secret"),
    ]


def test_a_tenant_is_that_of_the_older_config_map() -> None:
    """Two publications of one tenant: the later one would replace its applications."""
    older, younger = config_map("shop"), config_map("evil")
    older["metadata"]["creationTimestamp"], younger["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"
    result = run([listing(DEPLOYMENTS), config_maps(younger, older)], gather=["config_maps"])
    assert [item["namespace"] for item in result["config_maps"]] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in result["left_out"]] == [("evil", "declaration.Shop")]


ALL = [{"metadata": {"name": name}} for name in ("a", "b", "shop")]
HUBS: list[tuple[tuple[str, ...], list[Any], dict[str, list[str]]]] = [
    ((), [], {"shop": ["shop"], "b": ["b"]}),
    (("--hubmode=false",), [], {"shop": ["shop"], "b": ["b"]}),
    (("--namespace=shop",), [], {"shop": ["shop"]}),
    (("--namespace=c",), [], {}),
    (("--hubmode=true", "--namespace=shop,x"), [], {"shop": ["shop", "x"]}),
    (("--hubmode=true",), [listing("/api/v1/namespaces", *ALL)], {"shop": ["a", "b", "shop"], "b": ["a", "b", "shop"]}),
    (("--hubmode", "--namespace-label=f5=yes"), [listing("/api/v1/namespaces", *ALL[1:], labels="f5=yes")], {"shop": ["b", "shop"], "b": ["b", "shop"]}),
    (("--namespace-label=f5=yes",), [listing("/api/v1/namespaces", *ALL[2:], labels="f5=yes")], {"shop": ["shop"]}),
]


@pytest.mark.parametrize(("arguments", "more", "found"), HUBS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_where_labelled_services_count(arguments: tuple[str, ...], more: list[Any], found: dict[str, list[str]]) -> None:
    script = [listing(DEPLOYMENTS, deployment(arguments=arguments)), config_maps(config_map("shop"), config_map("b", TEXT.replace("Shop", "B"))), *more]
    result = run(script, gather=["config_maps"])
    assert {item["namespace"]: item["label_namespaces"] for item in result["config_maps"]} == found


def test_a_virtual_server_that_publish_would_refuse_is_left_out() -> None:
    pool = {"service": "web", "servicePort": 80}
    odd = {**pool, "monitors": [{"type": "http", "send": "GET /", "name": "{{ x }}"}]}
    servers = [{"metadata": {"namespace": name, "name": "vs"}, "spec": {"virtualServerAddress": address, "pools": [one]}} for name, address, one in (
        ("evil", "192.0.2.1", odd), ("shop", "192.0.2.2", pool))]  # fmt: skip
    script = [listing(DEPLOYMENTS), custom("virtualservers", *servers), custom("transportservers"), NO_INGRESS_LINKS, listing("/api/v1/services")]
    result = run(script, gather=["applications"], partition="cis")
    assert [item["service"]["namespace"] for item in result["applications"]] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in result["left_out"]] == [("evil", "objects.{{ x }}")]


def test_virtual_servers_as_applications() -> None:
    spec = {"virtualServerAddress": "192.0.2.1", "pools": [{"service": "web", "servicePort": 80}]}
    servers = [{"metadata": {"namespace": "shop", "name": name}, "spec": {**spec, **more}} for name, more in (("a", {}), ("b", {"host": "x"}))]
    script = [listing(DEPLOYMENTS), custom("virtualservers", *servers), custom("transportservers"), NO_INGRESS_LINKS, listing("/api/v1/services")]
    result = run(script, gather=["applications"], partition="cis")
    assert [item["service"]["name"] for item in result["applications"]] == ["web"]
    assert [(item["name"], item["field"]) for item in result["left_out"]] == [("b", "host")]


def test_what_else_a_cis_publishes_is_told() -> None:
    """Its virtual servers share an application with those that are expressed, and would go without a word."""
    transport = {"metadata": {"namespace": "shop", "name": "dns"}, "spec": {"virtualServerAddress": "192.0.2.1", "virtualServerPort": 53}}
    notes = {"annotations": {"cis.f5.com/ip": "192.0.2.2"}}
    services = [{"metadata": {"namespace": "shop", "name": name, **more}, "spec": {"type": "LoadBalancer"}} for name, more in (("lb", notes), ("plain", {}))]
    script = [listing(DEPLOYMENTS, deployment()), custom("virtualservers"), custom("transportservers", transport), NO_INGRESS_LINKS]
    result = run([*script, listing("/api/v1/services", *services)], gather=["applications"])
    assert result["applications"] == []
    assert [(item["kind"], item["name"], item["field"]) for item in result["left_out"]] == [("TransportServer", "dns", ""), ("Service", "lb", "")]


def test_a_cis_for_ingresses_has_them_left_out() -> None:
    classes = (("ours", {"ingressClassName": "f5"}), ("theirs", {"ingressClassName": "nginx"}))
    ingresses = [{"metadata": {"namespace": "shop", "name": name}, "spec": spec} for name, spec in classes]
    script = [listing(DEPLOYMENTS, deployment(arguments=("--custom-resource-mode=false",))), listing("/apis/networking.k8s.io/v1/ingresses", *ingresses)]
    result = run(script, gather=["applications"])
    assert (result["applications"], [(item["kind"], item["name"]) for item in result["left_out"]]) == ([], [("Ingress", "ours")])


def test_only_what_this_cis_watches() -> None:
    spec = {"virtualServerAddress": "192.0.2.1", "pools": [{"service": "web", "servicePort": 80}]}
    servers = [{"metadata": {"namespace": name, "name": "web"}, "spec": spec} for name in ("shop", "other")]
    maps = [{"metadata": {"namespace": name, "name": "as3"}, "data": {"template": TEXT}} for name in ("shop", "other")]
    script = [
        listing(DEPLOYMENTS, deployment(arguments=("--custom-resource-mode=true", "--namespace=shop", "--custom-resource-label=f5cr in (yes)"))),
        listing("/api/v1/configmaps", *maps, labels="f5type=virtual-server,as3=true"),
        listing(f"{CRDS}/virtualservers", *servers, labels="f5cr in (yes)"),
        listing(f"{CRDS}/transportservers", labels="f5cr in (yes)"),
        listing(f"{CRDS}/ingresslinks", labels="f5cr in (yes)"),
        listing("/api/v1/services"),
    ]
    result = run(script, gather=["applications", "config_maps"])
    assert [(item["service"]["namespace"], item["tenant"]) for item in result["applications"]] == [("shop", "kubernetes")]
    assert [item["namespace"] for item in result["config_maps"]] == ["shop"]


def test_namespaces_that_are_left_out() -> None:
    """One VirtualServer without a Service would hold the tenant of all."""
    servers = [{"metadata": {"namespace": name, "name": "web"}, "spec": {"virtualServerAddress": address, "pools": [{"service": "web", "servicePort": 80}]}}
               for name, address in (("shop", "192.0.2.1"), ("evil", "192.0.2.2"))]  # fmt: skip
    maps = [config_map("evil"), config_map("shop")]
    script = [
        listing(DEPLOYMENTS, deployment(arguments=("--custom-resource-mode=true", "--hubmode=true", "--namespace=shop,evil"))),
        config_maps(*maps),
        custom("virtualservers", *servers),
        custom("transportservers", servers[1]),
        NO_INGRESS_LINKS,
        listing("/api/v1/services"),
    ]
    result = run(script, gather=["applications", "config_maps"], leave_out_namespaces=["evil"])
    assert [item["service"]["namespace"] for item in result["applications"]] == ["shop"]
    assert [(item["namespace"], item["label_namespaces"]) for item in result["config_maps"]] == [("shop", ["shop"])]
    assert result["left_out"] == []


def test_the_namespaces_of_a_label() -> None:
    servers = [{"metadata": {"namespace": name, "name": "web"}, "spec": {}, "status": {"status": "Ok"}} for name in ("shop", "other")]
    script = [
        listing(DEPLOYMENTS, deployment(arguments=("--custom-resource-mode=true", "--namespace-label=f5=yes"))),
        custom("virtualservers", *servers),
        listing("/api/v1/namespaces", {"metadata": {"name": "shop"}}, labels="f5=yes"),
        custom("transportservers"),
        NO_INGRESS_LINKS,
    ]
    assert [item["namespace"] for item in run(script, gather=["resources"])["resources"]] == ["shop"]


def test_tenants_that_resources_name() -> None:
    virtual = {"virtualAddresses": ["192.0.2.9", ["192.0.2.8", "10.0.0.0/8"]]}
    declaration = {"class": "ADC", "Shop": {"class": "Tenant", "A": {"class": "Application", "vs": virtual}}}
    as3 = {"metadata": {"namespace": "shop", "name": "as3"}, "data": {"template": json.dumps(declaration), "notes": "no JSON"}}
    server = {"metadata": {"namespace": "shop", "name": "web"}, "spec": {"virtualServerAddress": "192.0.2.1", "partition": "Team"}}
    notes = {"virtual-server.f5.com/ip": "controller-default", "virtual-server.f5.com/partition": "Edge"}
    ingress = {"metadata": {"namespace": "shop", "name": "in", "annotations": notes}, "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.3"}]}}}
    script = [
        listing(DEPLOYMENTS),
        custom("virtualservers", server),
        custom("transportservers", {"metadata": {"namespace": "shop", "name": "dns"}, "spec": {"ipamLabel": "a"}, "status": {"vsAddress": "192.0.2.2"}}),
        NO_INGRESS_LINKS,
        listing("/apis/networking.k8s.io/v1/ingresses", ingress),
        listing("/api/v1/services"),
        listing("/api/v1/configmaps", as3, labels="f5type=virtual-server,as3=true"),
    ]
    assert [(item["kind"], item["tenant"], item["addresses"]) for item in run(script, gather=["tenants"])["tenants"]] == [
        ("VirtualServer", "Team", ["192.0.2.1"]),
        ("TransportServer", "", ["192.0.2.2"]),
        ("Ingress", "Edge", ["192.0.2.3"]),
        ("ConfigMap", "Shop", ["192.0.2.8", "192.0.2.9"]),
    ]


def deep(levels: int) -> Any:
    value: Any = "text"
    for _level in range(levels):
        value = {"a": value}
    return value


SPOILED: dict[str, Any] = {
    "no list of pools": {"virtualServerAddress": "192.0.2.1", "pools": "web"},
    "pools of text": {"virtualServerAddress": "192.0.2.1", "pools": ["web"]},
    "a monitor of text": {"virtualServerAddress": "192.0.2.1", "pools": [{"service": "web", "servicePort": 80, "monitor": "http"}]},
    "an address that is a number": {"virtualServerAddress": 5, "pools": [{"service": "web", "servicePort": 80}]},
    "addresses that are a number": {"virtualServerAddress": "192.0.2.1", "additionalVirtualServerAddresses": 5, "pools": [{"service": "a", "servicePort": 1}]},
    "no Service": {"virtualServerAddress": "192.0.2.1", "pools": [{}]},
    "a spec of text": "spec",
    "deep": {"virtualServerAddress": "192.0.2.1", "pools": [{"service": "web", "servicePort": deep(400)}]},
}


@pytest.mark.parametrize("spec", SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_resource_is_left_out_and_stops_no_other(spec: Any) -> None:
    good = {"virtualServerAddress": "192.0.2.1", "pools": [{"service": "web", "servicePort": 80}]}
    servers = [{"metadata": {"namespace": name, "name": "web"}, "spec": one} for name, one in (("evil", spec), ("shop", good))]
    rest = [custom("transportservers"), NO_INGRESS_LINKS]
    result = run([listing(DEPLOYMENTS), custom("virtualservers", *servers), *rest, listing("/api/v1/services")], gather=["applications"], partition="cis")
    assert [item["service"]["namespace"] for item in result["applications"]] == ["shop"]
    assert "evil" in [item["namespace"] for item in result["left_out"]] or "evil/web" in result["warnings"][0]
    script = [listing(DEPLOYMENTS), custom("virtualservers", *servers), *rest, listing("/apis/networking.k8s.io/v1/ingresses"), listing("/api/v1/services")]
    result = run([*script, listing("/api/v1/configmaps", labels="f5type=virtual-server,as3=true")], gather=["tenants"])
    assert "shop" in [item["namespace"] for item in result["tenants"]]
    result = run([listing(DEPLOYMENTS, deployment()), custom("virtualservers", *servers), *rest], gather=["resources"])
    assert "shop" in [item["namespace"] for item in result["resources"]]


def test_only_a_cis_of_the_named_namespaces_is_believed() -> None:
    evil = deployment()
    evil["metadata"] |= {"namespace": "evil"}
    result = run([listing(DEPLOYMENTS, evil, deployment())], gather=[])
    assert [one["namespace"] for one in result["controllers"]] == ["cis"]
    assert "CIS Deployment evil/one-cis is not in a namespace of cis_namespaces (cis)" in result["warnings"][0]
    result = run([listing("/apis/apps/v1/namespaces/evil/deployments", evil)], gather=[], namespace="evil")
    assert [one["namespace"] for one in result["controllers"]] == ["evil"] and not result.get("warnings")


def test_roles_in_the_named_namespaces_suffice() -> None:
    denied = listing(DEPLOYMENTS, status=403, json={"kind": "Status", "message": "forbidden"})
    result = run([denied, listing("/apis/apps/v1/namespaces/cis/deployments", deployment())], gather=[])
    assert [one["namespace"] for one in result["controllers"]] == ["cis"]


def test_an_argument_is_no_part_of_a_path() -> None:
    """The port of /ready is asked through the API server, with the rights of this task."""
    strange = deployment(arguments=("--http-listen-address=:8080/../../../../secrets/x?",))
    asked = Exchange("GET", f"{PODS}/one-cis-a:8080%2F..%2F..%2F..%2F..%2Fsecrets%2Fx%3F/proxy/ready", status=404, json={"message": "no"})
    result = run([listing(DEPLOYMENTS, strange), listing(PODS, pod(), labels=LABELS), log(GOOD), asked])
    assert result["controllers"][0]["ready"] is False


NAMESPACE = Exchange("GET", "/api/v1/namespaces/cis", json={"metadata": {"labels": {"a": "b"}}})
NO_RELEASE = listing("/api/v1/namespaces/cis/secrets", labels="owner=helm,name=one")
MISSING: dict[str, Any] = {"status": 404, "json": {"kind": "Status", "message": "not found"}}


def test_an_installation() -> None:
    secret = {"metadata": {"uid": "1", "resourceVersion": "2"}, "data": {"password": "aHVzaA=="}}
    definition = {"metadata": {"name": "virtualservers.cis.f5.com", "labels": {"vks.bigip/chart-version": "0.0.36"}}, "spec": {}}
    script = [
        listing(DEPLOYMENTS, deployment()),
        NAMESPACE,
        NO_RELEASE,
        Exchange("GET", "/api/v1/namespaces/cis/secrets/login", json=secret),
        Exchange("GET", "/api/v1/namespaces/other/secrets/kubeconfig", **MISSING),
        listing("/api/v1/namespaces/cis/configmaps", {"metadata": {"name": "ca"}, "data": {"ca.crt": "text"}}, labels="a=1,b=2"),
        listing("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition, labels="vks.bigip/chart-version"),
        Exchange("GET", "/apis/networking.k8s.io/v1/ingressclasses/f5", json={"metadata": {"annotations": {"meta.helm.sh/release-name": "two"}}}),
    ]
    installation = {
        "namespace": "cis",
        "release": "one",
        "labels": {"b": "2", "a": "1"},
        "secrets": ["cis/login", "other/kubeconfig"],
        "digests": {"cis/login": hashlib.sha256(b"password=aHVzaA==").hexdigest()},
        "definitions": True,
        "ingress_class": "f5",
    }
    result = run(script, gather=[], installation=installation)
    found = result["installation"]
    assert (found["namespace"], found["helm_release"], result["check_mode"]) == ({"a": "b"}, {}, False)
    assert [(one["name"], one["present"], one["same"]) for one in found["secrets"]] == [("login", True, True), ("kubeconfig", False, False)]
    assert [one["data"] for one in found["config_maps"]] == [{"ca.crt": "text"}]
    assert [(one["name"], one["version"]) for one in found["definitions"]] == [("virtualservers.cis.f5.com", "0.0.36")]
    assert found["ingress_class"] == {"meta.helm.sh/release-name": "two"}
    assert "aHVzaA==" not in result.stdout and installation["digests"]["cis/login"] not in result.stdout


def test_an_installation_that_does_not_exist() -> None:
    script = [
        listing(DEPLOYMENTS),
        Exchange("GET", "/api/v1/namespaces/cis", **MISSING),
        NO_RELEASE,
        Exchange("GET", "/apis/networking.k8s.io/v1/ingressclasses/f5", **MISSING),
    ]
    result = run(script, gather=[], installation={"namespace": "cis", "release": "one", "ingress_class": "f5", "health": True})
    assert result["installation"] == {"namespace": None, "helm_release": {}, "secrets": [], "ingress_class": None}
    assert "resources" not in result


@pytest.mark.parametrize(
    ("answer", "served"),
    [
        ({"json": {"resources": [{"name": "virtualservers"}, {"name": "virtualservers/status"}]}}, ["virtualservers", "virtualservers/status"]),
        (MISSING, []),
        ({"status": 403, "json": {"kind": "Status", "message": "forbidden"}}, None),
    ],
    ids=["some", "none", "forbidden"],
)
def test_the_custom_resources_that_the_cluster_serves(answer: dict[str, Any], served: list[str] | None) -> None:
    script = [listing(DEPLOYMENTS), NAMESPACE, NO_RELEASE, Exchange("GET", "/apis/cis.f5.com/v1", **answer)]
    result = run(script, gather=[], installation={"namespace": "cis", "release": "one", "custom_resources": True})
    assert result["installation"]["custom_resources"] == served


def test_only_the_health_of_the_installation_is_read() -> None:
    other = deployment()
    other["metadata"] = {**other["metadata"], "name": "two-cis", "annotations": {"meta.helm.sh/release-name": "two", "vks.bigip/started-with": "1 2"}}
    script = [
        *(listing(DEPLOYMENTS, deployment(), other), listing(PODS, pod(), labels=LABELS), log(GOOD), READY),
        *(custom("virtualservers"), custom("transportservers"), NO_INGRESS_LINKS, NAMESPACE, NO_RELEASE),
    ]
    result = run(script, gather=[], installation={"namespace": "cis", "release": "one", "health": True})
    assert [(one["name"], one.get("ready"), one["started_with"]) for one in result["controllers"]] == [("one-cis", True, ""), ("two-cis", None, "1 2")]
    assert result["resources"] == []


def test_a_result_has_what_is_asked_for() -> None:
    """Health is what is asked for without gather."""
    always = {"changed", "controllers", "problems", "blocking", "lasting"}
    well = [listing(DEPLOYMENTS, deployment()), listing(PODS, pod(), labels=LABELS), log(GOOD), READY]
    ingresses, services = listing("/apis/networking.k8s.io/v1/ingresses"), listing("/api/v1/services")
    customs = [custom("virtualservers"), custom("transportservers"), NO_INGRESS_LINKS]
    start = [listing(DEPLOYMENTS, deployment())]
    parts: list[tuple[list[Exchange], dict[str, Any], set[str]]] = [
        (well, {}, set()),
        (well, {"gather": ["health"]}, set()),
        (start, {"gather": []}, set()),
        ([*start, *customs], {"gather": ["resources"]}, {"resources"}),
        ([*start, config_maps()], {"gather": ["config_maps"]}, {"config_maps", "left_out"}),
        ([*start, *customs, services], {"gather": ["applications"]}, {"applications", "left_out"}),
        ([*start, *customs, ingresses, services, config_maps()], {"gather": ["tenants"]}, {"tenants"}),
    ]
    for script, options, more in parts:
        result = run(script, **options)
        assert set(result) - {"invocation", "systems", "check_mode"} == always | more
        assert all(result[name] == [] for name in more) and result["lasting"] is False
        assert ("findings" in result["controllers"][0]) == (script is well)


def test_a_deployment_that_cannot_be_read_is_a_warning() -> None:
    other = {"metadata": {"name": "x", "namespace": "cis"}, "spec": "DEEP"}
    deployments = listing(DEPLOYMENTS, deployment(), other)
    deployments.text = json.dumps(deployments.json).replace('"DEEP"', "[" * 3000 + "]" * 3000)
    deployments.json, deployments.headers = None, {"Content-Type": "application/json"}
    result = run([deployments], gather=[])
    assert [one["name"] for one in result["controllers"]] == ["one-cis"] and len(result["warnings"]) == 1


def test_the_resources_of_a_cis_for_ingresses_are_its_ingresses() -> None:
    ingress = {"metadata": {"namespace": "shop", "name": "web"}, "spec": {"ingressClassName": "f5"}}
    by_ingress = deployment(arguments=("--custom-resource-mode=false",))
    script = [listing(DEPLOYMENTS, by_ingress), listing("/apis/networking.k8s.io/v1/ingresses", ingress)]
    (one,) = run(script, gather=["resources"])["resources"]
    assert (one["kind"], one["namespace"], one["name"]) == ("Ingress", "shop", "web")
    assert one["controller"] == "cis/one-cis"
