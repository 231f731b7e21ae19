# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The gaps in the proof that NodePortLocal runs, and the parts of antrea_npl's result."""

from __future__ import annotations

from typing import Any, Collection, Mapping, Sequence

from .._facts.cluster import AgentPod, NplConfig
from .options import DISABLED, ENABLED
from .owner import Owner
from .restart import Restarts


def not_restarted(restarts: Restarts) -> list[str]:
    """Return the agents whose restart is needed and not made."""
    return [f"the agent on {node} has not read the present configuration" for node in restarts.later]


def others(pods: Collection[AgentPod], only: Collection[str] | None) -> set[str]:
    """Return the nodes outside of those that the user names."""
    return set() if only is None else {pod.agent.node for pod in pods} - set(only)


def not_asked(nodes: Collection[str]) -> list[str]:
    """Return that the agents of these nodes prove nothing, because the user does not name them."""
    return [f"the agent on {node} was not asked" for node in sorted(nodes)]


def npl(config: NplConfig) -> dict[str, Any]:
    """Return the state of NodePortLocal, as in the result."""
    states = {None: "unknown", True: ENABLED, False: DISABLED}
    return {
        "state": states[config.enabled],
        "because": config.setting,
        "port_range": config.port_range,
        "config_map": config.config_map,
    }


def agents(
    pods: Sequence[AgentPod], restarts: Restarts, npl_started: Mapping[str, bool | None]
) -> list[dict[str, Any]]:
    """Return the agents, as in the result. npl_started: what the log of the agent on each node shows."""
    return [
        {
            "node": pod.agent.node,
            "pod": pod.agent.pod,
            "restarted": pod.agent.node in restarts.nodes,
            "npl_started": npl_started.get(pod.agent.node),
        }
        for pod in pods
    ]


def owner_result(of: Owner | None) -> dict[str, str] | None:
    """Return the owner, as in the result."""
    return None if of is None else {"kind": of.kind, "name": of.name}
