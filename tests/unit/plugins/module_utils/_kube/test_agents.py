# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Antrea's agents: their Pods, and the state of a rollout."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import AgentPod
from ansible_collections.vks.bigip.plugins.module_utils._kube import agents
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.answers import listing
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_PODS, Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def agent_pods(*raw: dict[str, Any]) -> list[AgentPod]:
    with ScriptedServer([listing(api.AGENTS, *raw, labels=api.AGENT_LABELS)]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return agents.agent_pods(client, "kube-system")
        finally:
            client.close()


def pod(node: str, uid: str, *, ending: bool = False, **status: Any) -> dict[str, Any]:
    raw = api.agent(node)
    raw["metadata"] |= {"uid": uid, **({"deletionTimestamp": "2026-01-01T00:00:00Z"} if ending else {})}
    raw["status"] |= status
    return raw


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_pods_on_a_node_the_one_that_does_not_terminate_counts(turned: bool) -> None:
    both = [pod("n1", "old", ending=True), pod("n1", "new")]
    assert [item.uid for item in agent_pods(*(reversed(both) if turned else both), pod("n0", "x"))] == [
        "x",
        "new",
    ]


def test_why_a_container_does_not_run() -> None:
    waiting = {
        "state": {"waiting": {"reason": "CrashLoopBackOff"}},
        "lastState": {"terminated": {"reason": "Error", "message": "portRange"}},
    }
    (found,) = agent_pods(pod("n1", "x", containerStatuses=[waiting]))
    assert found.trouble == "CrashLoopBackOff: Error: portRange"


@pytest.mark.parametrize(
    ("status", "complete"),
    [
        (
            {
                "observedGeneration": 2,
                "desiredNumberScheduled": 3,
                "updatedNumberScheduled": 3,
                "numberAvailable": 3,
            },
            True,
        ),
        (
            {
                "observedGeneration": 1,
                "desiredNumberScheduled": 3,
                "updatedNumberScheduled": 3,
                "numberAvailable": 3,
            },
            False,
        ),
        (
            {
                "observedGeneration": 2,
                "desiredNumberScheduled": 3,
                "updatedNumberScheduled": 2,
                "numberAvailable": 3,
            },
            False,
        ),
        (
            {
                "observedGeneration": 2,
                "desiredNumberScheduled": 3,
                "updatedNumberScheduled": 3,
                "numberAvailable": 2,
            },
            False,
        ),
        ({"observedGeneration": 2}, True),
        ({}, False),
    ],
)
def test_a_rollout(status: dict[str, Any], complete: bool) -> None:
    assert agents.rolled_out({"metadata": {"generation": 2}, "status": status}) is complete


@pytest.mark.parametrize(
    ("maps", "changes", "names"),
    [
        ("a:80/tcp=198.18.0.1:61000", {}, []),
        ("a:80/tcp=198.18.0.1:40000", {}, ["default/a"]),
        ("a:80/tcp=198.18.0.1:8443", {"spec": {"containers": [{"ports": [{"hostPort": 8443}]}]}}, []),
        ("a:80/tcp=198.18.0.1:40000", {"status": {"phase": "Succeeded"}}, []),
    ],
    ids=["in the range", "outside", "a hostPort", "a Pod that has ended"],
)
def test_pods_outside_of_the_range(maps: str, changes: dict[str, Any], names: list[str]) -> None:
    (raw,) = text.pods("a", maps)
    answer = Exchange(
        "GET", f"{ALL_PODS}?limit=500&fieldSelector=spec.nodeName%3Dn1", json={"items": [raw | changes]}
    )
    with ScriptedServer([answer]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            assert agents.outside(client, "n1", (61000, 62000)) == names
        finally:
            client.close()
