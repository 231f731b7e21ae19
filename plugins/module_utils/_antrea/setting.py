# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""NodePortLocal's setting: its owner, what has to change in it, the change, and its way to the cluster."""

from __future__ import annotations

from typing import Any, Mapping

from .._cluster import supervisor
from .._cluster.reader import Reader
from .._cluster.workload import WorkloadCluster
from .._deadline import backoff
from .._errors import Failure
from .._facts.cluster import Package
from .._facts.unknown import Unknown
from .._kube import agents
from .._kube.client import Client, Conflict
from .._kube.objects import CONFIG_KEY
from .._npl import wanted
from .._npl.owner import Owner, decide, manager
from .._yaml import dump, load
from . import conf
from .agents import TO_TELL, Antrea

TRIES = 5  # for a ConfigMap that somebody else changes at the same moment


class Setting:
    """`changes`: what has to be written, by path; `owner`: where, or None if nobody has to be asked; `holds`: the cluster has it already."""

    def __init__(self, params: Mapping[str, Any], antrea: Antrea, above: Client | None) -> None:
        self._state, self._range, self._antrea, self._above = params["state"], params["port_range"], antrea, above
        self.owner: Owner | None = None
        self.changes: wanted.Settings = {}
        self.warnings: list[str] = []
        if antrea.config.fault:
            raise Failure("npl_text", f"reading ConfigMap {antrea.config.config_map}", said=antrea.config.fault, remedy="Nothing was written. Mend it first.")
        if above is None and self.holds and manager(antrea.config_map):
            return
        there = None if above is None else supervisor.above(Reader(above), params["supervisor_namespace"], params["cluster_name"])
        try:
            self.owner = decide(there, antrea.config_map)
        except Failure as refused:
            if not self.holds:
                raise
            self.warnings.append(f"NodePortLocal is as wanted, and nothing was written; but whether it stays so is not known. {refused.message}")
            return
        if self.owner.keys is None:
            self._text()
        else:
            settings = wanted.in_object(self.owner.keys, self._state, self._range, str(self.owner))
            self.changes = wanted.differing(self.owner.content, settings)
            if self.changes:
                self._not_paused()

    @property
    def holds(self) -> bool:
        return wanted.holds(self._antrea.config, self._state, self._range, self._antrea.legacy is True)

    def _text(self) -> None:
        self.changes = {} if self.holds else wanted.in_text(self._antrea.config, self._state, self._range, self._antrea.legacy)
        self._before = str((self._antrea.config_map.get("data") or {}).get(CONFIG_KEY) or "")
        self._after = conf.edit(self._before, self.changes, f"{CONFIG_KEY} of ConfigMap {self._antrea.config.config_map}")

    def _not_paused(self) -> None:
        packages = WorkloadCluster(Reader(self._antrea.client)).packages()
        found: tuple[Package, ...] = () if isinstance(packages, Unknown) else packages
        paused = [item.name for item in found if item.paused and item.of_antrea]
        if paused:
            raise Failure(
                "npl_paused",
                f"changing {self.owner}",
                said=f"PackageInstall {paused[0]} in the cluster is paused, so that the change would not reach the agents",
                remedy="Nothing was written. Set its spec.paused to false first.",
            )

    def write(self) -> None:
        if self.owner is None:
            raise AssertionError("without an owner there are no changes")
        if self.owner.keys is None:
            self._write_text()
        else:
            self._write_object(self.owner)

    def _write_text(self) -> None:
        for attempt in range(TRIES):
            try:
                return agents.set_text(self._antrea.client, self._antrea.config_map, self._after)
            except Conflict:
                if attempt == TRIES - 1:
                    raise
            self._antrea.read()  # of somebody else, or our own whose answer was lost
            decide(None, self._antrea.config_map)
            made = self.changes
            self._text()
            if not self.changes:
                self.changes = made
                return None
        raise AssertionError("unreachable")

    def _write_object(self, owner: Owner) -> None:
        if self._above is None:
            raise AssertionError("an object of the Supervisor was found without the Supervisor")
        body = wanted.patch(self.changes)
        tried = supervisor.change(self._above, owner, body, dry_run=True)
        gates = load((self._antrea.config_map.get("data") or {}).get(CONFIG_KEY)).get("featureGates") or {}
        beside = wanted.side_effects(owner.content, tried, self.changes, gates)
        if beside:
            raise Failure(
                "npl_side_effects",
                f"trying the change of {owner}",
                said=f"beside the change itself, {'; '.join(beside)}",
                remedy="Nothing was written. Set these explicitly in it first, as the cluster has them now.",
            )
        supervisor.change(self._above, owner, body)

    def wait(self) -> None:
        """Until the agents' ConfigMap says what is wanted."""
        for pause in backoff(0.5, 5.0):
            self._antrea.read_config()
            if self.holds:
                return
            if self._antrea.client.deadline.remaining < pause + TO_TELL:  # a read past the deadline would tell less
                break
            self._antrea.client.deadline.pause(pause)
        config = self._antrea.config
        raise Failure(
            "npl_not_arrived",
            f"waiting for the setting of {self.owner} in ConfigMap {config.config_map}",
            said=f"after {self._antrea.client.deadline.seconds:g} seconds {config.setting}" + (f", portRange {config.port_range}" if config.port_range else ""),
            remedy=f"Look at the conditions of {self.owner} and, in the cluster, of Antrea's PackageInstall. Then run the task again, or raise timeout.",
        )

    def diff(self) -> list[dict[str, Any]]:
        if not self.changes or self.owner is None:
            return []
        header = str(self.owner)
        if self.owner.keys is None:
            before, after = self._before, self._after
        else:
            old = {path: wanted.value_at(self.owner.content, path) for path in self.changes}
            before = dump(wanted.patch({path: value for path, value in old.items() if value is not None}))
            after = dump(wanted.patch(self.changes))
        return [{"before_header": header, "after_header": header, "before": before, "after": after}]
