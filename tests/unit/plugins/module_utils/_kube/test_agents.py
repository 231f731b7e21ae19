# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea's agents: their Pods and logs, changes that restart them, and the state of a rollout."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, AgentPod
from ansible_collections.vks.bigip.plugins.module_utils._kube import agents
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client, Conflict, Forbidden
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.answers import listing
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_PODS, Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


def run(script: list[Exchange], work: Callable[[Client], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(client)
        finally:
            client.close()


def agent_pods(*raw: dict[str, Any]) -> list[AgentPod]:
    pods: list[AgentPod] = run(
        [listing(api.AGENTS, *raw, labels=api.AGENT_LABELS)],
        lambda client: agents.agent_pods(client, "kube-system"),
    )
    return pods


def pod(node: str, uid: str, *, ending: bool = False, **status: Any) -> dict[str, Any]:
    raw = api.agent(node)
    raw["metadata"] |= {"uid": uid, **({"deletionTimestamp": "2026-01-01T00:00:00Z"} if ending else {})}
    raw["status"] |= status
    return raw


STARTED = 1767272400.0  # 2026-01-01T13:00:00Z
AGENT = Agent("n1", "kube-system/antrea-agent-n1", True, STARTED)
POD = AgentPod(AGENT, "u1", False, "")


def test_the_agents_of_a_cluster() -> None:
    without_node = {"metadata": {"namespace": "kube-system", "name": "x"}, "spec": {}}
    assert agent_pods(pod("n2", "u2", ending=True), without_node, pod("n1", "u1")) == [
        POD,
        AgentPod(Agent("n2", "kube-system/antrea-agent-n2", True, STARTED), "u2", True, ""),
    ]


def test_an_agent_without_a_uid() -> None:
    assert agent_pods(api.agent("n1")) == [AgentPod(AGENT, "", False, "")]
    assert agent_pods({"metadata": None, "spec": {"nodeName": "n1"}}) == [
        AgentPod(Agent("n1", "None", False, None), "", False, "")
    ]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_pods_on_a_node_the_one_that_does_not_terminate_counts(turned: bool) -> None:
    both = [pod("n1", "old", ending=True), pod("n1", "new")]
    assert [item.uid for item in agent_pods(*(reversed(both) if turned else both), pod("n0", "x"))] == [
        "x",
        "new",
    ]


TROUBLE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "now and before": (
        [
            {
                "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                "lastState": {"terminated": {"reason": "Error", "message": "portRange"}},
            }
        ],
        "CrashLoopBackOff: Error: portRange",
    ),
    "the other way round": (
        [
            {
                "state": {"terminated": {"reason": "Completed", "message": "m1"}},
                "lastState": {"waiting": {"reason": "r", "message": "m2"}},
            }
        ],
        "Completed: m1: r: m2",
    ),
    "of two containers": (
        [{"state": {"waiting": {"reason": "a"}}}, {"lastState": {"terminated": {"message": "b"}}}],
        "a: b",
    ),
    "it runs": ([{"state": {"running": {"startedAt": "2026-01-01T13:00:00Z"}}}], ""),
    "it runs, and waits for nothing": ([{"state": {"running": {}, "waiting": None}, "lastState": None}], ""),
}


@pytest.mark.parametrize(("containers", "trouble"), TROUBLE.values(), ids=TROUBLE)
def test_why_a_container_does_not_run(containers: list[dict[str, Any]], trouble: str) -> None:
    (found,) = agent_pods(pod("n1", "x", containerStatuses=containers))
    assert found.trouble == trouble


ADDRESS = "/api/v1/namespaces/kube-system/pods/antrea-agent-n1"
SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets/antrea-agent"
CONFIG = {"metadata": {"namespace": "kube-system", "name": "antrea-config", "resourceVersion": "7"}}
CONFIG_PATH = "/api/v1/namespaces/kube-system/configmaps/antrea-config"
DAEMON_SET = {"metadata": {"namespace": "kube-system", "name": "antrea-agent"}}


def sent(body: dict[str, Any]) -> Callable[[Request], None]:
    def check(request: Request) -> None:
        assert request.json == body

    return check


def log_of(client: Client) -> str:
    return agents.log(client, POD, client.deadline.sooner(5))


# the request, its body, the call; the words of a refusal, and the right that it asks for
CALLS: dict[str, tuple[Exchange, dict[str, Any], Callable[[Client], Any], str, dict[str, str]]] = {
    "delete": (
        Exchange("DELETE", ADDRESS, json={}),
        {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "u1"}},
        lambda client: agents.delete(client, POD),
        "deleting Pod kube-system/antrea-agent-n1 on node n1",
        {"verb": "delete", "resource": "pods"},
    ),
    "log": (
        Exchange("GET", f"{ADDRESS}/log?container=antrea-agent&limitBytes=262144", text="line 1"),
        {},
        log_of,
        "reading the log of Pod kube-system/antrea-agent-n1",
        {"verb": "get", "resource": "pods/log"},
    ),
    "roll": (
        Exchange("PATCH", f"{SETS}?fieldManager=vks.bigip", json={}),
        {
            "spec": {
                "template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "moment"}}}
            }
        },
        lambda client: agents.roll(client, DAEMON_SET, "moment"),
        "restarting DaemonSet kube-system/antrea-agent by a rollout",
        {"verb": "patch", "resource": "daemonsets", "group": "apps"},
    ),
    "set_text": (
        Exchange("PATCH", f"{CONFIG_PATH}?fieldManager=vks.bigip", json={}),
        {"metadata": {"resourceVersion": "7"}, "data": {"antrea-agent.conf": "text"}},
        lambda client: agents.set_text(client, CONFIG, "text"),
        "changing ConfigMap kube-system/antrea-config",
        {"verb": "patch", "resource": "configmaps"},
    ),
}


@pytest.mark.parametrize(("request_", "body", "call", "doing", "right"), CALLS.values(), ids=CALLS)
def test_a_request(
    request_: Exchange, body: dict[str, Any], call: Callable[[Client], Any], doing: str, right: dict[str, str]
) -> None:
    expect = sent(body) if body else None
    done = Exchange(request_.method, request_.path, json=request_.json, text=request_.text, expect=expect)
    assert run([done], call) == request_.text
    refused = Exchange(request_.method, request_.path, 403, json=status(403, "no"))
    with pytest.raises(Forbidden) as caught:
        run([refused], call)
    assert caught.value.what == doing
    assert caught.value.details == {"group": "", "namespace": "kube-system", **right}


def test_a_config_map_that_has_changed_since_is_a_conflict() -> None:
    changed = Exchange("PATCH", f"{CONFIG_PATH}?fieldManager=vks.bigip", 409, json=status(409, "modified"))
    with pytest.raises(Conflict):
        run([changed], lambda client: agents.set_text(client, CONFIG, "text"))


COMPLETE = {
    "observedGeneration": 2,
    "desiredNumberScheduled": 3,
    "updatedNumberScheduled": 3,
    "numberAvailable": 3,
}


@pytest.mark.parametrize(
    ("changes", "complete"),
    [
        ({}, True),
        ({"observedGeneration": 3, "updatedNumberScheduled": 4, "numberAvailable": 4}, True),
        ({"observedGeneration": 1}, False),
        ({"updatedNumberScheduled": 2}, False),
        ({"numberAvailable": 2}, False),
        ({"observedGeneration": None}, False),
        ({"updatedNumberScheduled": None}, False),
        ({"numberAvailable": None}, False),
        (dict.fromkeys(["desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable"]), True),
        (dict.fromkeys(COMPLETE), False),
    ],
    ids=str,
)
def test_a_rollout(changes: dict[str, Any], complete: bool) -> None:
    daemon_set = {"metadata": {"generation": 2}, "status": {**COMPLETE, **changes}}
    assert agents.rolled_out(daemon_set) is complete


def test_a_rollout_of_which_nothing_is_known() -> None:
    assert agents.rolled_out({}) is agents.rolled_out({"metadata": {"generation": 0}, "status": {}}) is True


FORGED = {
    "namespace": "default",
    "name": "a",
    "annotations": {"nodeportlocal.antrea.io": '[{"podPort":80,"nodeIP":"198.18.0.1","nodePort":40000}]'},
    "managedFields": [
        {
            "manager": "kubectl-edit",
            "fieldsV1": {"f:metadata": {"f:annotations": {"f:nodeportlocal.antrea.io": {}}}},
        }
    ],
}
"""The annotation of a Pod that another user than the agent wrote."""


@pytest.mark.parametrize(
    ("maps", "changes", "names"),
    [
        ("a:80/tcp=198.18.0.1:61000", {}, []),
        ("a:80/tcp=198.18.0.1:62000", {}, []),
        ("a:80/tcp=198.18.0.1:60999", {}, ["default/a"]),
        ("a:80/tcp=198.18.0.1:62001", {}, ["default/a"]),
        ("a:80/tcp=198.18.0.1:61000 a:81/tcp=198.18.0.1:40000", {}, ["default/a"]),
        ("a:80/tcp=198.18.0.1:8443", {"spec": {"containers": [{}, {"ports": [{"hostPort": 8443}]}]}}, []),
        (
            "a:80/tcp=198.18.0.1:8444",
            {"spec": {"containers": [{}, {"ports": [{"hostPort": 8443}]}]}},
            ["default/a"],
        ),
        ("a:80/tcp=198.18.0.1:40000", {"status": {"phase": "Running"}}, ["default/a"]),
        ("a:80/tcp=198.18.0.1:40000", {"status": {"phase": "Succeeded"}}, []),
        ("a:80/tcp=198.18.0.1:40000", {"status": {"phase": "Failed"}}, []),
        ("a:80/tcp=198.18.0.1:40000 b:80/tcp=198.18.0.1:40001", {}, ["default/a", "default/b"]),
        ("a:80/tcp=198.18.0.1:40000", {"metadata": FORGED}, []),
    ],
    ids=[
        *("the first of the range", "the last of it", "below", "above", "one of two", "a hostPort"),
        *("another hostPort", "a Pod that runs", "that succeeded", "that failed", "two Pods"),
        "of another writer",
    ],
)
def test_pods_outside_of_the_range(maps: str, changes: dict[str, Any], names: list[str]) -> None:
    raw = [item | changes for item in text.pods("b a" if "b:" in maps else "a", maps)]
    path = f"{ALL_PODS}?limit=500&fieldSelector=spec.nodeName%3Dn1"
    answer = Exchange("GET", path, json={"items": raw})
    assert run([answer], lambda client: agents.outside(client, "n1", (61000, 62000))) == names
