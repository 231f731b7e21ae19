# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which agents restart, and what their logs show. One line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, AgentPod, NplConfig
from ansible_collections.vks.bigip.plugins.module_utils._npl import restart
from ansible_collections.vks.bigip.plugins.module_utils._npl.restart import Restarts

CONF = NplConfig("kube-system/antrea-config", gate=True, enable=True, port_range="61000-62000", changed=100.0)


def pod(node: str, started: float | None = 200.0, uid: str = "") -> AgentPod:
    agent = Agent(node, f"kube-system/antrea-agent-{node}", True, started)
    return AgentPod(agent, uid or f"uid-{node}", False, "")


A, B, C = pod("a"), pod("b"), pod("c")


@pytest.mark.parametrize(
    "pods, before, nodes",
    [
        ([A, B], [], set()),
        ([A, pod("b", 99.0)], [], {"b"}),
        ([A, pod("b", 100.0)], [], set()),  # the API writes whole seconds
        ([A, pod("b", 100.0)], [("uid-b", 100.0)], {"b"}),  # but it was seen before the change
        ([A, pod("b", None)], [], {"b"}),
        ([A, pod("b", 200.0, "new")], [("uid-b", 200.0)], set()),
    ],
)
def test_which_agents_are_stale(pods: list[AgentPod], before: list[Any], nodes: set[str]) -> None:
    assert restart.stale(pods, CONF, before) == nodes


@pytest.mark.parametrize(
    "needed, restart_agents, options, expected",
    [
        ("", "when_needed", {}, Restarts()),
        ("ab", "when_needed", {}, Restarts(("a", "b"))),
        ("ab", "never", {}, Restarts(later=("a", "b"))),
        ("", "always", {}, Restarts(("a", "b", "c"))),
        ("abc", "when_needed", {"only": ["b"]}, Restarts(("b",), ("a", "c"))),
        ("", "always", {"only": ["b"]}, Restarts(("b",))),
        ("ab", "when_needed", {"unready": ["b"]}, Restarts(("a",), ("b",), ("b",))),
        ("ab", "when_needed", {"unready": ["c"]}, Restarts(("a", "b"))),
        ("abc", "never", {"strategy": "RollingUpdate"}, Restarts(later=("a", "b", "c"))),
        ("abc", "when_needed", {"strategy": "RollingUpdate"}, Restarts(("a", "b", "c"), rollout=True)),
        ("ab", "when_needed", {"strategy": "RollingUpdate"}, Restarts(("a", "b"))),
        ("abc", "when_needed", {"strategy": "RollingUpdate", "managed": True}, Restarts(("a", "b", "c"))),
        (
            "abc",
            "when_needed",
            {"strategy": "RollingUpdate", "only": ["a", "b", "c"]},
            Restarts(("a", "b", "c")),
        ),
    ],
)
def test_which_restarts(needed: str, restart_agents: str, options: Any, expected: Restarts) -> None:
    assert (
        restart.choose(
            [A, B, C],
            needed,
            restart_agents,
            **{"only": None, "unready": (), "strategy": "OnDelete", "managed": False, **options},
        )
        == expected
    )


NODES = [f"n{number}" for number in range(1, 7)]
MANY = [pod(node) for node in reversed(NODES)]


@pytest.mark.parametrize(
    "unready, expected",
    [((), Restarts(tuple(NODES))), (NODES, Restarts(later=tuple(NODES), unready=tuple(NODES)))],
)
def test_restarts_are_in_the_order_of_the_nodes(unready: list[str], expected: Restarts) -> None:
    chosen = restart.choose(
        MANY, NODES, "always", only=None, unready=unready, strategy="OnDelete", managed=False
    )
    assert chosen == expected


def test_a_cluster_without_agents_needs_no_rollout() -> None:
    chosen = restart.choose([], "", "always", only=None, unready=(), strategy="RollingUpdate", managed=False)
    assert chosen == Restarts()


@pytest.mark.parametrize(
    "pods, only, said",
    [
        (
            MANY,
            ["x5", "x4", "n1", "x3", "x2", "x1"],
            "nodes names x1, x2, x3, x4, x5, where no antrea-agent runs. They run on n1, n2, n3, n4, n5, n6.",
        ),
        ([], ["x"], "nodes names x, where no antrea-agent runs. They run on none."),
    ],
)
def test_a_node_without_an_agent_is_refused(pods: list[AgentPod], only: list[str], said: str) -> None:
    with pytest.raises(Failure) as caught:
        restart.choose(pods, "", "always", only=only, unready=(), strategy="OnDelete", managed=False)
    assert (caught.value.code, caught.value.message) == ("npl_nodes", f"Reading the options: {said}")


@pytest.mark.parametrize(
    "log, said",
    [
        ("Starting Antrea agent\nStarting NPLController\n", True),
        ("... Initialization of NodePortLocal rules successful", True),
        ("Starting Antrea agent (version v2.5.2)\n", False),
        ("later lines only", None),
        ("", None),
    ],
)
def test_what_a_log_tells(log: str, said: bool | None) -> None:
    assert restart.started(log) is said
