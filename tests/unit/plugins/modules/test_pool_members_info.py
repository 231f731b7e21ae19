# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pool_members_info, from its options and the environment to its result."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Member, Pool
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.module_utils._run import pool_members_info as engine
from ansible_collections.vks.bigip.plugins.modules import pool_members_info
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube, own_machine
from ansible_collections.vks.bigip.tests.unit.support.kube import listing, status
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

WEB = text.service(npl="true")
PARTLY = text.endpoint_slice("http:8080/TCP | a@n1 b@n2!notready")
SCRIPT = [
    listing(kube.services(), WEB),
    listing(kube.slices(), PARTLY),
    listing(kube.pods(), *text.pods("a b", "a:8080/tcp=198.18.0.1:61000")),
    listing(kube.NODES, text.node("n1"), text.node("n2")),
]
POOL = {"service": {"name": "web", "port": 80}}


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(pool_members_info.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options})


def test_a_member_has_no_route_domain_unless_one_is_asked_for() -> None:
    (pool,) = run(SCRIPT, pool_member_type="nodeportlocal", pools=[POOL])["pools"]
    assert list(pool["members"][0]) == ["address", "port", "node", "pod", "ready", "serving", "terminating", "ratio"]


def test_the_shape_of_a_result() -> None:
    result = run(SCRIPT, pool_member_type="nodeportlocal", route_domain=2, pools=[POOL])
    assert result["changed"] is False
    assert result["pools"] == [
        {
            "namespace": "default",
            "service": "web",
            "port": {"name": "http", "number": 80, "protocol": "TCP"},
            "pool_member_type": "nodeportlocal",
            "chosen_because": "pool_member_type asks for it",
            "health_check_node_port": None,
            "route_domain": 2,
            "members": [
                {
                    "address": "198.18.0.1",
                    "route_domain": 2,
                    "port": 61000,
                    "node": "n1",
                    "pod": "a",
                    "ready": True,
                    "serving": True,
                    "terminating": False,
                    "ratio": None,
                }
            ],
            "left_out": [
                {
                    "kind": "Pod",
                    "name": "b",
                    "node": "n2",
                    "reason": "not_ready",
                    "message": "Pod b is not ready. Look at the Pod's readiness probe and events.",
                }
            ],
            "warnings": [],
        }
    ]
    assert result["summary"] == {"pools": 1, "members": 1, "left_out": {"not_ready": 1}, "pool_member_types": {"nodeportlocal": 1}, "requests": 4}


def test_a_pool_overrides_what_the_task_says_for_all() -> None:
    service = text.service(type="NodePort", npl="true", externalTrafficPolicy="Local", healthCheckNodePort=32000)
    script = [listing(kube.services(), service), SCRIPT[1], SCRIPT[3]]
    result = run(script, pool_member_type="nodeportlocal", node_weight="endpoints", pools=[{**POOL, "pool_member_type": "nodeport", "exclude_nodes": ["n9"]}])
    (pool,) = result["pools"]
    assert pool["health_check_node_port"] == 32000
    assert [(item["address"], item["ratio"]) for item in pool["members"]] == [("198.18.0.1", 1)]


def test_without_pools_everything_that_the_mode_can_serve() -> None:
    script = [
        listing(kube.ALL_SERVICES, WEB, text.service(name="internal"), labels="tier=web"),
        listing(kube.ALL_SLICES, PARTLY),
        listing(kube.ALL_PODS, *text.pods("a b", "a:8080/tcp=198.18.0.1:61000")),
        SCRIPT[3],
    ]
    result = run(script, pool_member_type="nodeportlocal", label_selector="tier=web")
    assert [pool["service"] for pool in result["pools"]] == ["web"]
    (refused,) = result["not_served"]
    assert (refused["service"], refused["port"], refused["reason"]) == ("internal", "80/TCP", "npl_not_annotated")
    assert "skipped" not in result, "Ansible would take the task for skipped"


def test_environment_of_awx(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of the credential type "OpenShift or Kubernetes API Bearer Token" work unchanged."""

    def signed_in(request: Request) -> None:
        assert request.headers["authorization"] == "Bearer from-awx"

    script = [listing(kube.services(), WEB, expect=signed_in), listing(kube.slices())]
    with ScriptedServer(script) as server:
        monkeypatch.setenv("K8S_AUTH_HOST", server.url)
        monkeypatch.setenv("K8S_AUTH_API_KEY", "from-awx")
        monkeypatch.setenv("K8S_AUTH_ALLOW_HTTP", "true")
        monkeypatch.setenv("K8S_AUTH_VERIFY_SSL", "False")
        monkeypatch.setenv("K8S_AUTH_SSL_CA_CERT", "")
        result = run_module(pool_members_info.main, {"pool_member_type": "cluster", "network_provider": "vsphere", "pools": [POOL]})
    assert result["pools"][0]["members"] == [] and "from-awx" not in result.stdout


@pytest.mark.parametrize("name, value", [("VALIDATE_CERTS", "no"), ("VERIFY_SSL", "False")])
def test_both_spellings_of_a_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"K8S_AUTH_{name}", value)
    monkeypatch.setattr(engine, "pool_members_info", lambda params, warn: {"verify": params["validate_certs"]})
    assert run_module(pool_members_info.main, {"pools": []})["verify"] is False


def test_a_kubeconfig_dict_masks_nothing_but_its_secrets() -> None:
    with ScriptedServer([listing(kube.services(), WEB), listing(kube.slices(), PARTLY)]) as server:
        kubeconfig = {
            "current-context": "default",
            "contexts": [{"name": "default", "context": {"cluster": "web", "user": "a"}}],
            "clusters": [{"name": "web", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": "very-secret-token"}}],
        }
        options = {"kubeconfig": kubeconfig, "allow_http": True, "pool_member_type": "cluster", "network_provider": "vsphere", "pools": [POOL]}
        result = run_module(pool_members_info.main, options)
    assert (result["pools"][0]["namespace"], result["pools"][0]["service"], result["pools"][0]["members"][0]["pod"]) == ("default", "web", "a")
    assert "very-secret-token" not in result.stdout


def test_one_fault_is_one_sentence() -> None:
    result = run([listing(kube.services(), WEB), listing(kube.slices()), SCRIPT[3]], pool_member_type="nodeport", pools=[POOL])
    assert result["failed"] is True and result["failure"]["code"] == "nodeport_service_type"
    assert result["msg"].startswith("pools[0]: Service default/web cannot be published by node ports: its type is") and "Traceback" not in result.stdout


def test_several_faults_are_all_told() -> None:
    pools = [{"service": {"name": "wep"}}, {"service": {"name": "web", "port": "https"}}, POOL]
    script = [listing(kube.services(), WEB), listing(kube.slices())]
    result = run(script, pool_member_type="cluster", network_provider="vsphere", pools=pools)
    assert result["failure"]["code"] == "pools_failed"
    assert [item["code"] for item in result["failure"]["pools"]] == ["service_not_found", "service_port_not_found"]
    for words in ("pools[0]", "default/wep", "has web", "pools[1]", "port https", "80/TCP (http)"):
        assert words in result["msg"]


def test_a_read_that_is_denied() -> None:
    result = run([listing(kube.services(), status=403, json=status(403, "services is forbidden"))], pools=[POOL])
    assert result["failure"]["code"] == "kubernetes_forbidden" and "services is forbidden" in result["msg"] and "the-secret-token" not in result.stdout
    assert (result["failure"]["verb"], result["failure"]["resource"], result["failure"]["namespace"]) == ("list", "services", "default")


@pytest.mark.parametrize(
    "options, said",
    [
        ({"pools": [{"service": {"port": 80}}]}, "missing required arguments: name"),
        ({"pools": [{}]}, "missing required arguments: service"),
        ({"pools": [POOL], "namespaces": ["a"]}, "mutually exclusive"),
        ({"pools": [POOL], "pool_member_type": "nodeportlocl"}, "value of pool_member_type must be one of"),
        ({"pools": [{**POOL, "route_domain": "x"}]}, "route_domain"),
    ],
    ids=str,
)
def test_wrong_options(options: dict[str, Any], said: str) -> None:
    result = run([], **options)
    assert result["failed"] is True and said in result["msg"]


def test_pool_warnings_become_ansible_warnings() -> None:
    script = [listing(kube.services(), WEB), listing(kube.slices(), PARTLY)]
    result = run(script, pool_member_type="cluster", network_provider="nsx_t1", pools=[POOL])
    assert "NSX" in result["pools"][0]["warnings"][0] and "NSX" in json.dumps(result["warnings"])


def test_no_pools_is_not_discovery() -> None:
    assert run([], pools=[])["pools"] == []


@pytest.mark.parametrize("user", [{"token": "planted-token"}, {"username": "me", "password": "planted-password"}], ids=["token", "password"])
def test_a_peer_that_repeats_the_credentials_of_a_kubeconfig_shows_none(user: dict[str, str], tmp_path: Path) -> None:
    """They are in no option: the file is only named."""
    said = f"I do not know {base64.b64encode(b'me:planted-password').decode()} or {' '.join(user.values())}"
    path = tmp_path / "kubeconfig"
    refused = listing(kube.services(), status=401, json=status(401, said))
    with ScriptedServer([refused]) as server:
        content = {
            **{"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]},
            **{"clusters": [{"name": "c", "cluster": {"server": server.url}}], "users": [{"name": "u", "user": user}]},
        }
        path.write_text(json.dumps(content))
        result = run_module(pool_members_info.main, {"kubeconfig": str(path), "allow_http": True, "pools": [POOL]})
    assert "I do not know" in result["msg"]
    assert "planted-" not in result.stdout
    assert "password" not in user or base64.b64encode(b"me:planted-password").decode()[:-2] not in result.stdout


class Discovered:
    """A cluster with two pools and two ports that no mode can serve; `asked` holds what it is asked for."""

    requests = 7
    asked: list[Any] = []
    pools_of_sources: list[Any] = []

    def __init__(self, params: Any, deadline: Any, warn: Any) -> None:
        type(self).asked = [deadline.seconds, warn]

    def __enter__(self) -> Discovered:
        return self

    def __exit__(self, *exc: Any) -> None:
        self.asked.append("closed")

    def discover(self, params: Any, namespaces: Any, label_selector: Any) -> Any:
        self.asked += [params, namespaces, label_selector]
        services = [{"name": name, "port": 80} for name in ("x", "y")]
        refused = [Source.from_options({"service": service}, {}, "") for service in services]
        reasons = [Failure("no_mode", "One"), Failure("no_mode", "Two", remedy="Do it.")]
        return [WEB_POOL, SHOP_POOL], list(zip(refused, reasons))

    def pools(self, sources: Any) -> Any:
        self.asked.append([(source.name, source.mode, source.path) for source in sources])
        return self.pools_of_sources


def out(name: str, reason: str) -> LeftOut:
    return LeftOut("Pod", name, reason, f"Pod {name} is left out.")


ONE = Member("10.0.0.1", 80)
OUT = (out("b", "z"), out("a", "a"))
WEB_POOL = Pool("default", "web", "http", 80, "TCP", "nodeport", "why", (ONE, ONE), OUT, ("Look.", "Act."))
SHOP_POOL = Pool("shop", "shop", "http", 81, "TCP", "cluster", "why", (ONE,), (out("c", "a"),))


def test_the_whole_result_of_discovery(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Cluster", Discovered)
    warnings: list[str] = []
    params = {"namespaces": ["b", "a"], "label_selector": "tier=web", "timeout": 9}
    result = engine.pool_members_info(params, warnings.append)
    refused = {"namespace": "default", "port": "80", "reason": "no_mode"}
    assert result == {
        "changed": False,
        "pools": [WEB_POOL.as_dict(), SHOP_POOL.as_dict()],
        "summary": {
            "pools": 2,
            "members": 3,
            "left_out": {"a": 2, "z": 1},
            "pool_member_types": {"cluster": 1, "nodeport": 1},
            "requests": 7,
        },
        "not_served": [
            {**refused, "service": "x", "message": "One."},
            {**refused, "service": "y", "message": "Two. Do it."},
        ],
    }
    summary = result["summary"]
    assert list(summary["left_out"]) == ["a", "z"]
    assert list(summary["pool_member_types"]) == ["cluster", "nodeport"]
    assert warnings == ["default/web port 80: Look.", "default/web port 80: Act."]
    assert Discovered.asked == [9, warnings.append, params, ("b", "a"), "tier=web", "closed"]


def test_pools_are_read_with_their_place_and_the_defaults_of_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Cluster", Discovered)
    monkeypatch.setattr(Discovered, "pools_of_sources", [SHOP_POOL, WEB_POOL])
    pools = [{"service": {"name": "shop"}, "pool_member_type": "cluster"}, {"service": {"name": "web"}}]
    result = engine.pool_members_info({"pools": pools, "pool_member_type": "nodeport"}, print)
    assert [pool["service"] for pool in result["pools"]] == ["shop", "web"] and "not_served" not in result
    assert Discovered.asked[2:] == [[("shop", "cluster", "pools[0]"), ("web", "nodeport", "pools[1]")], "closed"]


def test_the_failure_of_several_pools(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = Failure("no_members", "One", remedy="Do it."), Failure("service_not_found", "Two")
    monkeypatch.setattr(engine, "Cluster", Discovered)
    monkeypatch.setattr(Discovered, "pools_of_sources", [one, SHOP_POOL, two])
    with pytest.raises(Failure) as raised:
        engine.pool_members_info({"pools": []}, print)
    failure = raised.value
    what, said = "2 of 3 pools failed", "One. Do it. Two."
    assert (failure.code, failure.what, failure.said) == ("pools_failed", what, said)
    assert failure.details["pools"] == [one.as_dict(), two.as_dict()]
    monkeypatch.setattr(Discovered, "pools_of_sources", [SHOP_POOL, two])
    with pytest.raises(Failure) as raised:
        engine.pool_members_info({"pools": []}, print)
    assert raised.value is two
