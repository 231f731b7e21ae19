# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""NodePortLocal's setting: its owner, the change of it, and the wait until the cluster has it."""

from __future__ import annotations

from typing import Any

from .._cluster import supervisor, supervisor_api
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
from .._npl.options import NplOptions
from .._npl.owner import Above, Owner, decide, manager
from .._yaml import dump, load
from . import conf
from .antrea import TO_REPORT, Antrea

TRIES = 5  # for a ConfigMap that another user changes at the same moment


class Setting:
    """owner    the object to change; None if nothing has to change and nothing shows the owner
    changes  the settings to write, by path
    """

    def __init__(self, options: NplOptions, antrea: Antrea, above: Client | None) -> None:
        self._options, self._antrea, self._above = options, antrea, above
        self.owner: Owner | None = None
        self.changes: wanted.Settings = {}
        self.warnings: list[str] = []
        self._check_text()
        if above is None and self.holds and manager(antrea.config_map):
            return
        try:
            self.owner = decide(self._objects_above(), antrea.config_map)
        except Failure as refused:
            if not self.holds:
                raise
            self.warnings.append(
                "NodePortLocal is as wanted, and nothing was written. But it is not known whether it stays "
                "so. "
                f"{refused.message}"
            )
            return
        self._find_changes(self.owner)

    @property
    def holds(self) -> bool:
        """Return whether the cluster has the setting already."""
        options = self._options
        return wanted.holds(
            self._antrea.config, options.state, options.port_range, self._antrea.legacy is True
        )

    def _check_text(self) -> None:
        """Raise Failure if Antrea's configuration cannot be read."""
        config = self._antrea.config
        if config.fault:
            raise Failure(
                "npl_text",
                f"reading ConfigMap {config.config_map}",
                said=config.fault,
                remedy="Nothing was written. Correct it first.",
            )

    def _objects_above(self) -> Above | None:
        if self._above is None:
            return None
        options = self._options
        namespace, name = str(options.supervisor_namespace), str(options.cluster_name)
        return supervisor.above(Reader(self._above), namespace, name)

    def _find_changes(self, owner: Owner) -> None:
        if owner.keys is None:
            self._edit_text()
            return
        state, port_range = self._options.state, self._options.port_range
        settings = wanted.object_settings(owner.keys, state, port_range, str(owner))
        self.changes = wanted.differing(owner.content, settings)
        if self.changes:
            self._check_not_paused()

    def _edit_text(self) -> None:
        antrea, options = self._antrea, self._options
        self.changes = {}
        if not self.holds:
            self.changes = wanted.text_settings(
                antrea.config, options.state, options.port_range, antrea.legacy
            )
        where = f"{CONFIG_KEY} of ConfigMap {antrea.config.config_map}"
        self._before = str(antrea.config_map["data"][CONFIG_KEY])
        self._after = conf.edit(self._before, self.changes, where)

    def _check_not_paused(self) -> None:
        """Raise Failure if the package that applies the change in the cluster is paused."""
        read = WorkloadCluster(Reader(self._antrea.client)).packages()
        packages: tuple[Package, ...] = () if isinstance(read, Unknown) else read
        paused = [item.name for item in packages if item.paused and item.of_antrea]
        if paused:
            said = (
                f"PackageInstall {paused[0]} in the cluster is paused, so the change would not reach the "
                "agents"
            )
            raise Failure(
                "npl_paused",
                f"changing {self.owner}",
                said=said,
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
        """Write the ConfigMap. After a conflict, read it and try again.

        Another user has changed it, or our own change, whose answer was lost.
        """
        left = TRIES
        while True:
            left -= 1
            try:
                return agents.set_text(self._antrea.client, self._antrea.config_map, self._after)
            except Conflict:
                if not left:
                    raise
            self._antrea.read()
            self._check_text()
            decide(None, self._antrea.config_map)
            changes = self.changes
            self._edit_text()
            if not self.changes:
                self.changes = changes
                return None

    def _write_object(self, owner: Owner) -> None:
        """Write the object on the Supervisor, if a dry run shows no other effect."""
        if self._above is None:
            raise AssertionError("an object of the Supervisor was found without the Supervisor")
        body = wanted.patch(self.changes)
        tried = supervisor_api.change(self._above, owner, body, dry_run=True)
        gates = load(self._antrea.config_map["data"][CONFIG_KEY]).get("featureGates") or {}
        effects = wanted.side_effects(owner.content, tried, self.changes, gates)
        if effects:
            raise Failure(
                "npl_side_effects",
                f"trying the change of {owner}",
                said=f"beside the change itself, {'; '.join(effects)}",
                remedy="Nothing was written. Set these explicitly in it first, as the cluster has them now.",
            )
        supervisor_api.change(self._above, owner, body)

    def wait(self) -> None:
        """Wait until the agents' ConfigMap has the setting."""
        deadline = self._antrea.client.deadline
        for pause in backoff(0.5, 5.0):
            self._antrea.read_config()
            if self.holds:
                return
            if deadline.remaining < pause + TO_REPORT:  # a read that times out would report less
                break
            deadline.pause(pause)
        config = self._antrea.config
        ports = f", portRange {config.port_range}" if config.port_range else ""
        raise Failure(
            "npl_not_arrived",
            f"waiting for the setting of {self.owner} in ConfigMap {config.config_map}",
            said=f"after {deadline.seconds:g} seconds {config.setting}{ports}",
            remedy=f"Check the conditions of {self.owner} and, in the cluster, of Antrea's PackageInstall. "
            "Then run the task again, or raise timeout.",
        )

    def diff(self) -> list[dict[str, Any]]:
        if not self.changes or self.owner is None:
            return []
        header = str(self.owner)
        if self.owner.keys is None:
            before, after = self._before, self._after
        else:
            values = {path: wanted.value_at(self.owner.content, path) for path in self.changes}
            before = dump(wanted.patch({path: value for path, value in values.items() if value is not None}))
            after = dump(wanted.patch(self.changes))
        return [{"before_header": header, "after_header": header, "before": before, "after": after}]
