# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which agents have to start again, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Sequence

from .._errors import Failure
from .._facts.cluster import AgentPod, NplConfig

NEVER, WHEN_NEEDED, ALWAYS = "never", "when_needed", "always"
STARTED = ("Starting NPLController", "Initialization of NodePortLocal rules successful")
FIRST_LINE = "Starting Antrea agent"


@dataclass(frozen=True)
class Plan:
    """`nodes`, one after the other; `later`: needed, but not done in this run; `dark`: those of `later` whose node is not ready."""

    nodes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    dark: tuple[str, ...] = ()
    rollout: bool = False


def stale(pods: Collection[AgentPod], config: NplConfig, before: Collection[tuple[str, float | None]]) -> set[str]:
    """Nodes whose agent has not read the present configuration. `before`: the runs that were seen before it was written."""
    return {pod.agent.node for pod in pods if pod.run in before or pod.agent.started is None or pod.agent.newer_than(config) is False}


def plan(
    pods: Sequence[AgentPod],
    needed: Collection[str],
    wish: str,
    *,
    only: Collection[str] | None,
    unready: Collection[str],
    strategy: str,
    managed: bool,
) -> Plan:
    """`managed`: somebody keeps the DaemonSet as it is, so that a rollout's mark in it would be taken away, and roll it once more."""
    there = {pod.agent.node for pod in pods}
    unknown = sorted(set(only or ()) - there)
    if unknown:
        said = f"nodes names {', '.join(unknown)}, where no antrea-agent runs"
        raise Failure("npl_nodes", "reading the options", said=said, remedy=f"They run on {', '.join(sorted(there)) or 'none'}.")
    asked = there if wish == ALWAYS else set(needed) if wish == WHEN_NEEDED else set()
    if only is not None:
        asked &= set(only)
    nodes, dark = tuple(sorted(asked - set(unready))), tuple(sorted(asked & set(unready)))
    rollout = strategy != "OnDelete" and not managed and only is None and bool(nodes) and set(nodes) == there
    return Plan(nodes, tuple(sorted(set(needed) - set(nodes))), dark, rollout)


def started(log: str) -> bool | None:
    """Whether an agent's log tells that NodePortLocal runs; None if its beginning is no longer there."""
    if any(line in log for line in STARTED):
        return True
    return False if FIRST_LINE in log else None
