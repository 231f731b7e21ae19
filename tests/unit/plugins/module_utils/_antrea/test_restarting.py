# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which agents restart, in which order, and where the restart stops."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support.answers import found
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
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
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


def test_never_restarts_none_and_tells_which_need_it() -> None:
    result = run([*start(), write(), config(ON), config(ON), agents(N1)], restart_agents="never")
    assert (result["changed"], result["restarted"], result["restart_needed"], result["proven"]) == (
        True,
        [],
        ["n1"],
        False,
    )


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
    assert warned(result, "the node is not ready") and warned(
        result, "not proven on: the agent on n1 has not read"
    )


def test_a_rollout_where_the_strategy_allows_it() -> None:
    old = agent("n1", started="2026-01-01T11:00:00Z")
    path = "/apis/apps/v1/namespaces/kube-system/daemonsets/antrea-agent"

    def stamped(request: Request) -> None:
        assert list(request.json["spec"]["template"]["metadata"]["annotations"]) == [
            "kubectl.kubernetes.io/restartedAt"
        ]

    def state(updated: int) -> Exchange:
        numbers = {
            "observedGeneration": 2,
            "desiredNumberScheduled": 1,
            "updatedNumberScheduled": updated,
            "numberAvailable": 1,
        }
        return found(path, {"metadata": {"generation": 2}, "status": numbers})

    script = [
        *start(ON, old, strategy="RollingUpdate"),
        Exchange("PATCH", f"{path}{MANAGER}", json={}, expect=stamped),
        state(0),
        state(1),
        agents(NEW1),
    ]
    assert run([*script, log(NEW1), mappings("n1")])["restarted"] == ["n1"]


def test_the_first_agent_that_does_not_come_back_stops_it() -> None:
    dead = agent("n1", "new", ready=False)
    dead["status"]["containerStatuses"][0]["state"] = {
        "waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}
    }
    dead["status"]["containerStatuses"][0]["lastState"] = {
        "terminated": {"message": "portRange is not valid"}
    }
    with ScriptedServer(
        [*start(ON, N1, N2), *restarted(N1, NEW1, N2)[:1], *[agents(dead, N2)] * 300]
    ) as server:
        result = run_module(
            antrea_npl.main,
            {
                "host": server.url,
                "allow_http": True,
                "api_key": "the-secret-token",
                "restart_agents": "always",
            },
        )
        server.left.clear()  # however often it looked in its 300 seconds
    failed(
        result,
        "npl_agent_not_ready",
        "antrea-agent on n1",
        "CrashLoopBackOff: back-off: portRange is not valid",
        "No further agent was restarted",
    )
    assert len([request for request in server.requests if request.method == "DELETE"]) == 1
