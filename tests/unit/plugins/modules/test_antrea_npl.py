# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antrea_npl, from its options to its result: every request in its order. A script without a write proves that nothing was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea import proof
from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_PODS, NODES, Clock, status
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

OFF = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: false\nnodePortLocal:\n"
ON = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: true\nnodePortLocal:\n  enable: true\n"
MANAGER = "?fieldManager=vks.bigip"
SUPERVISOR = "/apis/cni.tanzu.vmware.com/v1alpha1/namespaces/team-a/antreaconfigs/shop-antrea-package"
ADDON = "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/team-a/addonconfigs/shop-antrea"
CLUSTER = found("/apis/cluster.x-k8s.io/v1beta1/namespaces/team-a/clusters/shop", {"metadata": {"name": "shop"}})
PACKAGES = "/apis/packaging.carvel.dev/v1alpha1/packageinstalls"
WEB = "/api/v1/namespaces/default/services/web"
LOG_OK = "Starting Antrea agent\nStarting NPLController\n"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", "VKS_SUPERVISOR_KUBECONFIG", "VKS_SUPERVISOR_CONTEXT", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
    monkeypatch.setattr(engine, "Deadline", lambda seconds: Clock().deadline(seconds))


# -- what is read and written ------------------------------------------------------------------------------------


def agent(node: str, uid: str = "old", **more: Any) -> dict[str, Any]:
    raw = api.agent(node, **more)
    raw["metadata"] |= {"name": f"antrea-agent-{node}-{uid}", "uid": f"{node}-{uid}"}
    return raw


def conf(content: str = OFF, *, kapp: bool = False, changed: str = api.CHANGED, version: str = "1") -> dict[str, Any]:
    raw = api.config_map(content, kapp)
    raw["metadata"] |= {"resourceVersion": version, "managedFields": [{"time": changed}]}
    return raw


def config(content: str = OFF, **more: Any) -> Exchange:
    return found(api.CONFIG, conf(content, **more))


def agents(*pods: dict[str, Any]) -> Exchange:
    return listing(api.AGENTS, *pods, labels=api.AGENT_LABELS)


def start(content: str = OFF, *pods: dict[str, Any], nodes: str = "n1", strategy: str = "OnDelete", kapp: bool = False) -> list[Exchange]:
    daemon_set = api.copy(api.ANTREA)
    daemon_set["spec"]["updateStrategy"]["type"] = strategy
    machines = [text.node(name) for name in nodes.split()]
    return [listing(api.DAEMON_SETS, daemon_set), listing(NODES, *machines), config(content, kapp=kapp), agents(*(pods or [agent("n1")]))]


def says(body: Any) -> Any:
    def check(request: Request) -> None:
        assert request.json == body, request.json

    return check


def write(content: str = ON, version: str = "1", **more: Any) -> Exchange:
    body = {"metadata": {"resourceVersion": version}, "data": {"antrea-agent.conf": content}}
    return Exchange("PATCH", f"{api.CONFIG}{MANAGER}", **{"json": {}, "expect": says(body), **more})


def path_of(pod: dict[str, Any]) -> str:
    return f"{api.AGENTS}/{pod['metadata']['name']}"


def log(pod: dict[str, Any], content: str = LOG_OK, **more: Any) -> Exchange:
    return Exchange("GET", f"{path_of(pod)}/log?container=antrea-agent&limitBytes=262144", **({"text": content} | more))


def mappings(node: str, *pods: dict[str, Any]) -> Exchange:
    return Exchange("GET", f"{ALL_PODS}?limit=500&fieldSelector={quote(f'spec.nodeName={node}', safe='')}", json={"items": list(pods)})


def restarted(old: dict[str, Any], new: dict[str, Any], *others: dict[str, Any]) -> list[Exchange]:
    """One agent's Pod is deleted, another one comes, and it tells that NodePortLocal runs."""
    node = new["spec"]["nodeName"]
    uid = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": old["metadata"]["uid"]}}
    ending = api.copy(old)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T13:00:00Z"
    gone = [Exchange("DELETE", path_of(old), json={}, expect=says(uid)), agents(ending, *others), agents(ending, new, *others)]
    return [*gone, log(new), mappings(node)]


def run(script: list[Exchange], *, check: bool = False, **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options}, check=check, diff=True)


def run_both(supervisor: list[Exchange], workload: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(supervisor) as server:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": "supervisor-secret"}}],
        }
        result = run(workload, supervisor_kubeconfig=kubeconfig, supervisor_namespace="team-a", cluster_name="shop", **options)
    assert "supervisor-secret" not in result.stdout
    return result


def failed(result: Result, code: str, *words: str) -> None:
    assert result.get("failed") and result["failure"]["code"] == code, result
    assert all(word in result["msg"] for word in words), result["msg"]


def warned(result: Result, words: str) -> bool:
    return any(words in text for text in result["warnings"])


# -- a ConfigMap that nothing manages ----------------------------------------------------------------------------

N1, N2 = agent("n1"), agent("n2")
NEW1, NEW2 = agent("n1", "new", started="2026-01-01T14:00:00Z"), agent("n2", "new", started="2026-01-01T14:00:00Z")


def test_from_off_to_proven() -> None:
    after = [config(ON), config(ON), agents(N1, N2)]
    result = run([*start(OFF, N1, N2, nodes="n1 n2"), write(), *after, *restarted(N1, NEW1, N2), *restarted(N2, NEW2, NEW1)])
    assert (result["changed"], result["proven"], result["restarted"], result["restart_needed"]) == (True, True, ["n1", "n2"], [])
    assert result["owner"] == {"kind": "ConfigMap", "name": "kube-system/antrea-config-f5d8"}
    assert result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True}
    assert result["npl"]["state"] == "enabled" and [item["npl_started"] for item in result["agents"]] == [True, True]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (OFF, ON)


def test_a_second_run_changes_nothing() -> None:
    result = run([*start(ON), log(N1)])
    assert (result["changed"], result["proven"], result["settings"], result["diff"]) == (False, True, {}, [])


def test_check_mode_foretells_and_sends_nothing_but_reads() -> None:
    result = run(start(OFF, N1, N2), check=True)
    assert (result["changed"], result["restarted"], result["not_proven_because"]) == (True, ["n1", "n2"], ["it is check mode"])
    assert result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True} and result["diff"][0]["after"] == ON


def test_off() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [*start(ON), write(off), config(off), config(off), agents(N1)]
    result = run([*script, *restarted(N1, NEW1)[:3]], state="disabled")
    assert (result["changed"], result["npl"]["state"], result["proven"]) == (True, "disabled", False)
    assert warned(result, "each ends with its Pod")


def test_somebody_else_writes_at_the_same_moment() -> None:
    theirs, both = OFF + "# more\n", ON + "# more\n"
    conflict = write(status=409, json=status(409, "the object has been modified"))
    script = [*start(), conflict, config(theirs, version="2"), agents(N1), write(both, "2"), config(both), config(both), agents(N1)]
    assert run([*script, *restarted(N1, NEW1)])["changed"] is True


def test_an_own_write_whose_answer_was_lost() -> None:
    lost = [write(drop=True), write(status=409, json=status(409, "the object has been modified"))]
    result = run([*start(), *lost, config(ON), agents(N1), config(ON), config(ON), agents(N1), *restarted(N1, NEW1)])
    assert (result["changed"], result["settings"]) == (True, {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True})


def test_never_restarts_none_and_tells_which_need_it() -> None:
    result = run([*start(), write(), config(ON), config(ON), agents(N1)], restart_agents="never")
    assert (result["changed"], result["restarted"], result["restart_needed"], result["proven"]) == (True, [], ["n1"], False)


def test_only_named_nodes() -> None:
    script = [*start(ON, N1, N2), *restarted(N2, NEW2, N1)]
    result = run(script, restart_agents="always", nodes=["n2"])
    assert (result["restarted"], result["proven"]) == (["n2"], False)
    failed(run(start(ON, N1), nodes=["n3"]), "npl_nodes", "n3", "They run on n1")


def test_an_agent_that_started_before_the_change() -> None:
    old = agent("n1", started="2026-01-01T11:00:00Z")
    assert run([*start(ON, old), *restarted(old, NEW1)])["restarted"] == ["n1"]


def test_a_node_that_is_not_ready_is_left_for_later() -> None:
    old = agent("n1", started="2026-01-01T11:00:00Z")
    result = run(start(ON, old, nodes="n1!notready"))
    assert (result["restarted"], result["restart_needed"]) == ([], ["n1"])
    assert warned(result, "the node is not ready") and warned(result, "not proven on: the agent on n1 has not read")


def test_a_rollout_where_the_strategy_allows_it() -> None:
    old = agent("n1", started="2026-01-01T11:00:00Z")
    path = "/apis/apps/v1/namespaces/kube-system/daemonsets/antrea-agent"

    def stamped(request: Request) -> None:
        assert list(request.json["spec"]["template"]["metadata"]["annotations"]) == ["kubectl.kubernetes.io/restartedAt"]

    def state(updated: int) -> Exchange:
        numbers = {"observedGeneration": 2, "desiredNumberScheduled": 1, "updatedNumberScheduled": updated, "numberAvailable": 1}
        return found(path, {"metadata": {"generation": 2}, "status": numbers})

    script = [*start(ON, old, strategy="RollingUpdate"), Exchange("PATCH", f"{path}{MANAGER}", json={}, expect=stamped), state(0), state(1), agents(NEW1)]
    assert run([*script, log(NEW1), mappings("n1")])["restarted"] == ["n1"]


def test_the_first_agent_that_does_not_come_back_stops_it() -> None:
    dead = agent("n1", "new", ready=False)
    dead["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    dead["status"]["containerStatuses"][0]["lastState"] = {"terminated": {"message": "portRange is not valid"}}
    with ScriptedServer([*start(ON, N1, N2), *restarted(N1, NEW1, N2)[:1], *[agents(dead, N2)] * 300]) as server:
        result = run_module(antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", "restart_agents": "always"})
        server.left.clear()  # however often it looked in its 300 seconds
    failed(result, "npl_agent_not_ready", "antrea-agent on n1", "CrashLoopBackOff: back-off: portRange is not valid", "No further agent was restarted")
    assert len([request for request in server.requests if request.method == "DELETE"]) == 1


def test_a_log_without_the_start_of_nodeportlocal_proves_nothing() -> None:
    silent = log(N1, "Starting Antrea agent\nsomething else\n")
    with ScriptedServer([*start(ON), *[silent] * 60]) as server:
        result = run_module(antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token"})
        server.left.clear()
    failed(result, "npl_not_proven", "its last line is: something else", "restart_agents: always")


@pytest.mark.parametrize("answer", [{"text": "later lines only"}, {"status": 403, "json": status(403, "pods/log is forbidden")}])
def test_a_log_that_cannot_tell_leaves_it_open(answer: dict[str, Any]) -> None:
    result = run([*start(ON), log(N1, **answer)])
    assert (result["proven"], result["changed"]) == (False, False)
    assert "the agent on n1 does not show whether NodePortLocal runs" in result["not_proven_because"][0]


def test_it_waits_until_every_mapping_is_in_the_range() -> None:
    def mapped(port: int, host_port: int = 0) -> dict[str, Any]:
        raw = text.pods("a", f"a:8080/tcp=198.18.0.1:{port}")[0]
        raw["spec"] = {"containers": [{"ports": [{"hostPort": host_port}]}]}
        return raw

    looks = [mappings("n1", mapped(40001)), mappings("n1", mapped(61001)), mappings("n1", mapped(80, 80))]
    for end in (looks[:2], looks[2:]):
        script = [*start(ON), *restarted(N1, NEW1)[:-1], *end]
        assert run(script, restart_agents="always")["proven"] is True


UNREADABLE = '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":40001,"protocol":"tcp"},{"podPort":"x"}]'


@pytest.mark.parametrize("pod", [
    pytest.param({"raw": {"a": UNREADABLE}}, id="which Antrea cannot read"),
    pytest.param({"maps": "a:8080/tcp=198.18.0.1:40001", "writers": {"a": "kubectl-annotate"}}, id="which another user wrote"),
])
def test_an_annotation_that_is_not_of_antrea_stops_no_restart(pod: dict[str, Any]) -> None:
    raw = {**text.pods("a", namespace="evil", **pod)[0], "spec": {}}
    script = [*start(ON), *restarted(N1, NEW1)[:-1], mappings("n1", raw)]
    assert run(script, restart_agents="always")["proven"] is True


# -- refused before anything is written --------------------------------------------------------------------------


def test_a_range_is_refused_before_anything_is_read() -> None:
    failed(run([], port_range="30000-31000"), "npl_range", "overlaps the NodePort range 30000-32767", "61000-62000")


@pytest.mark.parametrize("check", [False, True])
def test_a_config_map_of_kapp_without_the_supervisor(check: bool) -> None:
    result = run(start(kapp=True), check=check)
    failed(result, "npl_managed", "kapp-controller, which reverts an edit in about 10 minutes", "Nothing was written.", "Set supervisor_kubeconfig")


def test_what_is_as_wanted_needs_no_owner() -> None:
    result = run([*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["owner"], result["proven"]) == (False, None, True)


@pytest.mark.parametrize(
    "daemon_sets, says_",
    [([api.CALICO], "1 known CNIs (calico)"), ([], "0 known CNIs (none)"), ([api.ANTREA, api.CALICO], "2 known CNIs (antrea, calico)")],
)
def test_no_antrea(daemon_sets: list[Any], says_: str) -> None:
    failed(run([listing(api.DAEMON_SETS, *daemon_sets)]), "npl_no_antrea", says_)


def test_a_daemon_set_of_another_namespace_does_not_count() -> None:
    calico, antrea = api.copy(api.CALICO), api.copy(api.ANTREA)
    for raw in (calico, antrea):
        raw["metadata"]["namespace"] = "evil"
    pod = agent("n1")
    result = run([listing(api.DAEMON_SETS, antrea, calico, api.ANTREA), *start(ON, pod)[1:], log(pod)])
    assert result["proven"] and warned(result, "DaemonSets evil/antrea-agent, evil/calico-node have the name or the labels of a CNI")


def test_mappings_that_stay_outside_of_the_range_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of a Pod writes its annotation again and again."""
    monkeypatch.setattr(proof.agents, "outside", lambda _client, node, _ports: [f"evil/{node}"])
    clock = Clock()
    monkeypatch.setattr(engine, "Deadline", lambda seconds: clock.deadline(3600))
    old, new = [agent("n1"), agent("n2")], [agent("n1", "new"), agent("n2", "new")]
    first, second = restarted(old[0], new[0], old[1])[:-1], restarted(old[1], new[1], new[0])[:-1]
    result = run([*start(ON, *old, nodes="n1 n2"), *first, *second], restart_agents="always", timeout=3600)
    assert result["proven"], result
    assert warned(result, "Mappings of Pods on node n1 are still outside of the range 61000-62000: evil/n1.") and not warned(result, "evil/n2")
    assert clock.now < 2 * proof.SETTLE_SECONDS


def test_a_text_that_nobody_understands() -> None:
    failed(run(start("featureGates: [")), "npl_text", "Nothing was written")


def test_a_right_that_is_missing_is_named() -> None:
    result = run([*start(), write(status=403, json=status(403, "configmaps is forbidden"))])
    failed(result, "kubernetes_forbidden", 'resources: ["configmaps"], verbs: ["patch"]')


# -- the Supervisor ----------------------------------------------------------------------------------------------

GROUPS = api.api_groups("cluster.x-k8s.io/v1beta1", "cni.tanzu.vmware.com/v1alpha1")
KAPP_OFF = {"kapp": True}


def antrea_config(gate: bool = False, enabled: bool = False, **gates: bool) -> dict[str, Any]:
    config_ = {"featureGates": {"NodePortLocal": gate, "Egress": False, **gates}, "nodePortLocal": {"enabled": enabled}}
    metadata = {"namespace": "team-a", "name": "shop-antrea-package"}
    return {"apiVersion": "cni.tanzu.vmware.com/v1alpha1", "metadata": metadata, "spec": {"antrea": {"config": config_}}}


def changes(path: str, body: Any, answer: Any, *, tried: bool = True) -> list[Exchange]:
    both = [
        Exchange("PATCH", f"{path}{MANAGER}&dryRun=All", json=answer, expect=says(body)),
        Exchange("PATCH", f"{path}{MANAGER}", json=answer, expect=says(body)),
    ]
    return both if tried else both[:1]


PATCH = {"spec": {"antrea": {"config": {"nodePortLocal": {"enabled": True}, "featureGates": {"NodePortLocal": True}}}}}


def above(content: dict[str, Any]) -> list[Exchange]:
    return [GROUPS, CLUSTER, found(SUPERVISOR, content)]


def test_antrea_config() -> None:
    arrives = [config(OFF, kapp=True), config(ON, kapp=True), config(ON, kapp=True), agents(N1)]
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), *arrives, *restarted(N1, NEW1)]
    result = run_both([*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))], workload)
    assert result["owner"] == {"kind": "AntreaConfig", "name": "team-a/shop-antrea-package"} and result["proven"]
    assert result["settings"] == {"spec.antrea.config.nodePortLocal.enabled": True, "spec.antrea.config.featureGates.NodePortLocal": True}
    assert "Egress" not in result["diff"][0]["after"] and "enabled: true" in result["diff"][0]["after"]


def test_off_is_the_gate_since_the_package_ignores_enabled_false() -> None:
    body = {"spec": {"antrea": {"config": {"featureGates": {"NodePortLocal": False}}}}}
    arrives = [config(OFF, kapp=True), config(OFF, kapp=True), agents(N1)]
    workload = [*start(ON, kapp=True), missing(f"{PACKAGES}?limit=500"), *arrives, *restarted(N1, NEW1)[:3]]
    result = run_both([*above(antrea_config(True, True)), *changes(SUPERVISOR, body, antrea_config(False, True))], workload, state="disabled")
    assert result["settings"] == {"spec.antrea.config.featureGates.NodePortLocal": False} and result["changed"]


def test_a_second_run_on_the_supervisor() -> None:
    result = run_both(above(antrea_config(True, True)), [*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["proven"]) == (False, True)


def test_what_the_package_does_by_itself_is_written_down_and_restarts_nothing() -> None:
    there, body = antrea_config(True), {"spec": {"antrea": {"config": {"nodePortLocal": {"enabled": True}}}}}
    del there["spec"]["antrea"]["config"]["nodePortLocal"]
    workload = [*start(ON, kapp=True), missing(f"{PACKAGES}?limit=500"), log(N1)]
    result = run_both([*above(there), *changes(SUPERVISOR, body, antrea_config(True, True))], workload)
    assert (result["changed"], result["restarted"], result["proven"]) == (True, [], True)


def test_a_change_that_is_on_its_way_is_waited_for() -> None:
    workload = [*start(kapp=True), config(OFF, kapp=True), config(ON, kapp=True), config(ON, kapp=True), agents(N1), *restarted(N1, NEW1)]
    result = run_both(above(antrea_config(True, True)), workload)
    assert (result["settings"], result["restarted"]) == ({}, ["n1"])


def test_check_mode_writes_nothing_on_the_supervisor() -> None:
    result = run_both(above(antrea_config()), [*start(kapp=True), missing(f"{PACKAGES}?limit=500")], check=True)
    assert (result["changed"], result["restarted"]) == (True, ["n1"])


@pytest.mark.parametrize(
    "answer, says_",
    [
        (antrea_config(False, True), "spec.antrea.config.featureGates.NodePortLocal is dropped"),
        (antrea_config(True, True, EndpointSlice=False), "featureGates.EndpointSlice becomes False"),
    ],
)
def test_a_change_that_would_do_more_or_less_is_not_made(answer: dict[str, Any], says_: str) -> None:
    content = OFF.replace("Egress: false", "Egress: false\n  EndpointSlice: true")
    tried = changes(SUPERVISOR, PATCH, answer, tried=False)
    result = run_both([*above(antrea_config()), *tried], [*start(content, kapp=True), missing(f"{PACKAGES}?limit=500")])
    failed(result, "npl_side_effects", says_, "Nothing was written")


def test_a_paused_package_would_keep_the_change_away() -> None:
    package = {"metadata": {"namespace": "vmware-system-tkg", "name": "shop-antrea"}, "spec": {"paused": True, "packageRef": {"refName": "antrea.tanzu"}}}
    result = run_both(above(antrea_config()), [*start(kapp=True), listing(PACKAGES, package)])
    failed(result, "npl_paused", "PackageInstall vmware-system-tkg/shop-antrea in the cluster is paused", "Nothing was written")


def test_a_paused_package_of_another_namespace_stops_nothing() -> None:
    package = {"metadata": {"namespace": "evil", "name": "shop-antrea"}, "spec": {"paused": True, "packageRef": {"refName": "antrea.tanzu"}}}
    result = run_both(above(antrea_config()), [*start(kapp=True), listing(PACKAGES, package)], check=True)
    assert "failed" not in result and result["changed"], result


def test_a_change_that_does_not_arrive() -> None:
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), *[config(OFF, kapp=True)] * 40]
    with ScriptedServer(workload) as server, ScriptedServer([*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))]) as supervisor:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": supervisor.url}}],
            "users": [{"name": "a", "user": {}}],
        }
        options = {"supervisor_kubeconfig": kubeconfig, "supervisor_namespace": "team-a", "cluster_name": "shop", "timeout": 60}
        result = run_module(antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options})
        server.left.clear()
    failed(result, "npl_not_arrived", "AntreaConfig team-a/shop-antrea-package", "featureGates.NodePortLocal is false", "PackageInstall")


DEFINITIONS = "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/vmware-system-vks-public/addonconfigdefinitions"
ADDON_GROUPS = api.api_groups("cluster.x-k8s.io/v1beta1", "addons.kubernetes.vmware.com/v1alpha1")


def addon_config(**values: Any) -> dict[str, Any]:
    spec = {"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2.5.2"}, "values": values}
    return {"apiVersion": "addons.kubernetes.vmware.com/v1alpha1", "metadata": {"namespace": "team-a", "name": "shop-antrea"}, "spec": spec}


def addons(*properties: str) -> list[Exchange]:
    section = {
        "nodePortLocal": {"properties": {"enabled": {}}},
        "featureGates": {"properties": {"NodePortLocal": {}}},
        "antreaNSX": {"properties": {"enable": {}}},
    }
    schema = {"openAPIV3Schema": {"properties": {name: section[name] for name in properties}}}
    definition = found(f"{DEFINITIONS}/antrea.2.5.2", {"metadata": {"name": "antrea.2.5.2"}, "spec": {"schema": schema}})
    return [ADDON_GROUPS, CLUSTER, found(ADDON, addon_config()), definition]


def test_addon_config_at_the_path_of_its_schema() -> None:
    body = {"spec": {"values": {"nodePortLocal": {"enabled": True}, "featureGates": {"NodePortLocal": True}}}}
    answer = addon_config(nodePortLocal={"enabled": True}, featureGates={"NodePortLocal": True})
    workload = [*start(kapp=True), missing(f"{PACKAGES}?limit=500"), config(ON, kapp=True), config(ON, kapp=True), agents(N1), *restarted(N1, NEW1)]
    result = run_both([*addons("nodePortLocal", "featureGates", "antreaNSX"), *changes(ADDON, body, answer)], workload)
    assert result["owner"] == {"kind": "AddonConfig", "name": "team-a/shop-antrea"} and result["proven"]


def test_a_schema_without_it_is_refused_and_shown() -> None:
    result = run_both(addons("antreaNSX"), start(kapp=True))
    failed(
        result,
        "npl_addon_schema",
        "AddonConfigDefinition antrea.2.5.2 has no setting nodePortLocal",
        "Its settings are antreaNSX.enable",
        "Nothing was written",
    )


def test_a_schema_without_it_matters_only_if_something_has_to_change() -> None:
    result = run_both(addons("antreaNSX"), [*start(ON, kapp=True), log(N1)])
    assert (result["changed"], result["proven"]) == (False, True) and warned(result, "NodePortLocal is as wanted, and nothing was written")


def test_a_supervisor_that_may_not_be_read() -> None:
    forbidden = Exchange("GET", SUPERVISOR, 403, json=status(403, "antreaconfigs is forbidden"))
    result = run_both([GROUPS, CLUSTER, forbidden], start(kapp=True))
    failed(result, "npl_owner_unknown", "it is not known whether the cluster has an AntreaConfig", "antreaconfigs is forbidden")


# -- Services ----------------------------------------------------------------------------------------------------


def service(name: str = "web", **annotations: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "default", "name": name, "annotations": {key.replace("_", "/"): value for key, value in annotations.items()}},
        "spec": {"selector": {"app": name}},
    }


MARKED = {"nodeportlocal.antrea.io_enabled": "true", "vks.bigip_nodeportlocal": "antrea_npl"}


def annotated(name: str, value: str | None, mark: str | None) -> Exchange:
    body = {"metadata": {"annotations": {"nodeportlocal.antrea.io/enabled": value, "vks.bigip/nodeportlocal": mark}}}
    return Exchange("PATCH", f"/api/v1/namespaces/default/services/{name}{MANAGER}", json={}, expect=says(body))


def test_services_by_name_and_by_label_are_annotated_last() -> None:
    by_label = listing("/api/v1/namespaces/default/services", service("api"), service(**MARKED), labels="tier=web")
    script = [found(WEB, service(**MARKED)), by_label, *start(ON), log(N1), annotated("api", "true", "antrea_npl")]
    result = run(script, services=[{"name": "web"}, {"label_selector": "tier=web"}])
    assert result["changed"] and [(item["name"], item["action"]) for item in result["services"]] == [("api", "annotate"), ("web", "none")]


def test_only_our_own_annotation_is_taken_away() -> None:
    theirs = service("api", **{"nodeportlocal.antrea.io_enabled": "true"})
    gone = missing("/api/v1/namespaces/default/services/old")
    script = [found(WEB, service(**MARKED)), found("/api/v1/namespaces/default/services/api", theirs), gone, *start(ON), log(N1), annotated("web", None, None)]
    result = run(script, services=[{"name": "web"}, {"name": "api"}, {"name": "old"}], services_state="absent")
    assert [(item["name"], item["action"]) for item in result["services"]] == [("api", "none"), ("web", "unannotate")]


def test_off_takes_the_annotation_away_first() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [found(WEB, service(**MARKED)), *start(ON), annotated("web", None, None), write(off), config(off), config(off), agents(N1)]
    assert run([*script, *restarted(N1, NEW1)[:3]], state="disabled", services=[{"name": "web"}])["services"][0]["action"] == "unannotate"


def test_services_that_antrea_would_not_map_are_refused() -> None:
    wrong = service()
    wrong["spec"] = {"type": "NodePort", "selector": {"app": "web"}}
    failed(run([found(WEB, wrong)], services=[{"name": "web"}]), "npl_services", "Service default/web is of type NodePort", "Nothing was written")
    failed(run([missing(WEB)], services=[{"name": "web"}]), "service_not_found", "reading Service default/web")


def test_forbidden_reads_are_told_with_the_right() -> None:
    kube_system = "/apis/apps/v1/namespaces/kube-system/daemonsets"
    failed(run([denied(api.DAEMON_SETS), denied(kube_system)]), "kubernetes_forbidden", 'resources: ["daemonsets"]')
