# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaps in the proof, and the parts of the result."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, AgentPod, NplConfig
from ansible_collections.vks.bigip.plugins.module_utils._npl import report
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Owner
from ansible_collections.vks.bigip.plugins.module_utils._npl.restart import Restarts

CONFIG = NplConfig("kube-system/antrea-config", enable=True, port_range="61000-62000")
PODS = [
    AgentPod(Agent(node, f"kube-system/agent-{node}", True, 1.0), f"uid-{node}", False, "") for node in "abc"
]


def test_agents_whose_restart_is_still_needed() -> None:
    assert report.not_restarted(Restarts(("a",), ("b", "c"))) == [
        "the agent on b has not read the present configuration",
        "the agent on c has not read the present configuration",
    ]


@pytest.mark.parametrize(("only", "others"), [(None, set()), (["a"], {"b", "c"}), (["a", "b", "c"], set())])
def test_nodes_that_the_user_does_not_name(only: list[str] | None, others: set[str]) -> None:
    assert report.others(PODS, only) == others


def test_agents_that_were_not_asked_are_in_the_order_of_their_nodes() -> None:
    assert report.not_asked("dcbae") == [f"the agent on {node} was not asked" for node in "abcde"]


@pytest.mark.parametrize(
    ("changes", "state", "because"),
    [
        ({}, "enabled", "nodePortLocal.enable is true in {}"),
        ({"enable": False}, "disabled", "nodePortLocal.enable is not true in {}"),
        (
            {"fault": "bad YAML"},
            "unknown",
            "the antrea-agent.conf of {} cannot be read: bad YAML",
        ),
    ],
)
def test_npl(changes: dict[str, Any], state: str, because: str) -> None:
    assert report.npl(dataclasses.replace(CONFIG, **changes)) == {
        "state": state,
        "because": because.format("ConfigMap kube-system/antrea-config"),
        "port_range": "61000-62000",
        "config_map": "kube-system/antrea-config",
    }


def test_agents() -> None:
    shown = report.agents(PODS[:2], Restarts(("b",)), {"a": None, "b": True})
    assert shown == [
        {"node": "a", "pod": "kube-system/agent-a", "restarted": False, "npl_started": None},
        {"node": "b", "pod": "kube-system/agent-b", "restarted": True, "npl_started": True},
    ]


def test_owner() -> None:
    assert report.owner_result(None) is None
    assert report.owner_result(Owner("ConfigMap", "a/b", {})) == {"kind": "ConfigMap", "name": "a/b"}
