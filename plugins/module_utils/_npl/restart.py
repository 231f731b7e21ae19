# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The agents that have to restart, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Sequence

from .._errors import Failure
from .._facts.cluster import AgentPod, NplConfig
from .options import ALWAYS, WHEN_NEEDED

STARTED = ("Starting NPLController", "Initialization of NodePortLocal rules successful")
FIRST_LINE = "Starting Antrea agent"


@dataclass(frozen=True)
class Restarts:
    """nodes    the nodes whose agents restart, one after the other
    later    those whose agents need a restart that this run does not make
    unready  those of `later` that are not ready
    rollout  whether one rollout restarts all of them
    """

    nodes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    unready: tuple[str, ...] = ()
    rollout: bool = False


def stale(
    pods: Collection[AgentPod], config: NplConfig, before: Collection[tuple[str, float | None]]
) -> set[str]:
    """Return the nodes whose agent has not read the present configuration.

    before  the runs of agents (AgentPod.run) that were seen before it was written
    """
    return {
        pod.agent.node
        for pod in pods
        if pod.run in before or pod.agent.started is None or pod.agent.newer_than(config) is False
    }


def choose(
    pods: Sequence[AgentPod],
    needed: Collection[str],
    restart_agents: str,
    *,
    only: Collection[str] | None,
    unready: Collection[str],
    strategy: str,
    managed: bool,
) -> Restarts:
    """Return the restarts for the nodes that need one.

    only      the nodes that the user names; None: all
    strategy  updateStrategy of the DaemonSet
    managed   whether a controller reverts changes of the DaemonSet: it would remove the mark of a rollout,
              which restarts the agents once more
    """
    nodes = {pod.agent.node for pod in pods}
    unknown = sorted(set(only or ()) - nodes)
    if unknown:
        said = f"nodes names {', '.join(unknown)}, where no antrea-agent runs"
        remedy = f"They run on {', '.join(sorted(nodes)) or 'none'}."
        raise Failure("npl_nodes", "reading the options", said=said, remedy=remedy)
    asked = nodes if restart_agents == ALWAYS else set(needed) if restart_agents == WHEN_NEEDED else set()
    if only is not None:
        asked &= set(only)
    chosen, skipped = asked - set(unready), asked & set(unready)
    rollout = strategy != "OnDelete" and not managed and only is None and bool(chosen) and chosen == nodes
    return Restarts(
        tuple(sorted(chosen)), tuple(sorted(set(needed) - chosen)), tuple(sorted(skipped)), rollout
    )


def started(log: str) -> bool | None:
    """Return whether the log of an agent shows that NodePortLocal runs; None if its beginning is missing."""
    if any(line in log for line in STARTED):
        return True
    return False if FIRST_LINE in log else None
