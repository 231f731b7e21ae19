# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Antrea in a cluster: its DaemonSet, configuration and agents."""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._deadline import backoff
from .._errors import Failure
from .._facts.cluster import Cni, NplConfig
from .._kube import agents, daemon_sets, lists, objects
from .._kube.client import Client, Forbidden
from .._npl.owner import manager

TO_REPORT = 2.0  # seconds of the task's time, kept to report a wait that failed


class Antrea:
    """legacy    an Antrea before 1.4, whose agents end at a key nodePortLocal; None: not known
    unready   the nodes that are not ready, as far as Nodes may be read
    warnings  for the user of the task
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self.daemon_set, cni, self.warnings = _one(client)
        self.strategy = cni.update_strategy
        self.legacy = None if cni.version is None else tuple(map(int, cni.version.split("."))) < (1, 4)
        self.namespace = daemon_sets.namespace_of(self.daemon_set)
        name = objects.mounted_config(self.daemon_set)
        if not name:
            said = f"DaemonSet {cni.daemon_set} mounts no ConfigMap as volume {objects.CONFIG_VOLUME}"
            raise Failure(
                "npl_text",
                "looking for Antrea's configuration",
                said=said,
                remedy="Nothing was written. Set NodePortLocal by hand.",
            )
        self._config_name = name
        self.unready = _unready_nodes(client)
        self.read()

    @property
    def managed(self) -> bool:
        """Return whether a controller reverts changes of the DaemonSet."""
        return manager(self.daemon_set) is not None

    def read(self) -> None:
        """Read the configuration and the agents again."""
        self.read_config()
        self.read_agents()

    def read_config(self) -> None:
        self.config_map: Mapping[str, Any] = lists.one(
            self.client, lists.CONFIG_MAPS, self.namespace, self._config_name
        )
        self.config: NplConfig = objects.npl_config(self.config_map)

    def read_agents(self) -> None:
        self.pods = agents.agent_pods(self.client, self.namespace)

    def until(self, seconds: float, reached: Callable[[], bool], first: float = 0.3) -> bool:
        """Ask again and again for so many seconds of the task's time. False: it was not reached."""
        deadline = self.client.deadline
        limit = deadline.sooner(deadline.remaining - TO_REPORT).sooner(seconds)
        pauses = backoff(first, 3.0)
        while not reached():
            if not limit.pause(next(pauses)):
                return False
        return True


def _one(client: Client) -> tuple[dict[str, Any], Cni, list[str]]:
    """Return the one DaemonSet of Antrea's agents, and the warning about others that look like it."""
    everywhere = daemon_sets.cnis(client)
    cnis = [(raw, cni) for raw, cni in everywhere if objects.is_system(raw)]
    strangers = objects.strangers(raw for raw, _cni in everywhere)
    warnings = [objects.elsewhere(strangers)] if strangers else []
    kinds = [cni.kind for _raw, cni in cnis]
    if kinds != ["antrea"]:
        said = ". ".join(
            [f"the cluster has {len(kinds)} known CNIs ({', '.join(kinds) or 'none'})", *warnings]
        )
        other = "NodePortLocal is a feature of Antrea; use pool_member_type nodeport or cluster."
        remedy = "Remove the one that is not in use." if "antrea" in kinds else other
        raise Failure("npl_no_antrea", "looking for Antrea", said=said, remedy=remedy)
    return (*cnis[0], warnings)


def _unready_nodes(client: Client) -> set[str]:
    try:
        node_versions = lists.each(client, lists.NODES, None, objects.node_version)
    except Forbidden:
        return set()
    return {node_version.node.name for node_version in node_versions if not node_version.node.ready}
