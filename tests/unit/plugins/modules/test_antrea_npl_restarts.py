# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antrea_npl: which agents are restarted, and the proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea import agents as npl_agents
from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.answers import found
from ansible_collections.vks.bigip.tests.unit.support.antrea_npl import (
    MANAGER,
    N1,
    N2,
    NEW1,
    NEW2,
    ON,
    agent,
    agents,
    config,
    failed,
    log,
    mappings,
    restarted,
    run,
    start,
    warned,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KUBECONFIG", "K8S_AUTH_KUBECONFIG", "K8S_AUTH_CONTEXT", "VKS_SUPERVISOR_KUBECONFIG", "VKS_SUPERVISOR_CONTEXT", "KUBERNETES_SERVICE_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "config"))
    monkeypatch.setattr(engine, "Deadline", lambda seconds: Clock().deadline(seconds))


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
    assert (result["proven"], result["changed"]) == (False, False) and "the agent on n1 does not tell" in result["not_proven_because"][0]


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


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param({"raw": {"a": UNREADABLE}}, id="which Antrea cannot read"),
        pytest.param({"maps": "a:8080/tcp=198.18.0.1:40001", "writers": {"a": "kubectl-annotate"}}, id="which another user wrote"),
    ],
)
def test_an_annotation_that_is_not_of_antrea_stops_no_restart(pod: dict[str, Any]) -> None:
    raw = {**text.pods("a", namespace="evil", **pod)[0], "spec": {}}
    script = [*start(ON), *restarted(N1, NEW1)[:-1], mappings("n1", raw)]
    assert run(script, restart_agents="always")["proven"] is True


def test_mappings_that_stay_outside_of_the_range_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of a Pod writes its annotation again and again."""
    monkeypatch.setattr(npl_agents.agents, "outside", lambda _client, node, _ports: [f"evil/{node}"])
    clock = Clock()
    monkeypatch.setattr(engine, "Deadline", lambda seconds: clock.deadline(3600))
    old, new = [agent("n1"), agent("n2")], [agent("n1", "new"), agent("n2", "new")]
    first, second = restarted(old[0], new[0], old[1])[:-1], restarted(old[1], new[1], new[0])[:-1]
    result = run([*start(ON, *old, nodes="n1 n2"), *first, *second], restart_agents="always", timeout=3600)
    assert result["proven"], result
    assert warned(result, "Mappings of Pods on node n1 are still outside of the range 61000-62000: evil/n1.") and not warned(result, "evil/n2")
    assert clock.now < 2 * npl_agents.TOLD_SECONDS
