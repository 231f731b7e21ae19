# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module pod_routes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any, Callable, Collection, Iterable, Mapping

from .._bigip import group_sync
from .._bigip.ltm import SyncStatus
from .._bigip.peers import unit_self_ips
from .._bigip.route_changes import MOST, RouteChanges
from .._bigip.saving import save
from .._bigip.session import Session
from .._bigip.static_routes import StaticRoutes
from .._boundary.parameters import field_values
from .._deadline import Deadline
from .._errors import Failure
from .._kube.client import Client
from .._kube.pod_network import PodNetworkReader
from .._routes import auto, gateways, guards, plan, report
from .._routes.auto import Choice
from .._routes.model import Write
from .._routes.options import PodRoutesOptions
from .._routes.plan import Plan
from .._routes.scope import Scope
from .._routes.wanted import WantedRoutes, wanted

Hide = Callable[[Iterable[str]], None]
Warn = Callable[[str], None]


@dataclass(frozen=True)
class _Cluster:
    """The part of the cluster that a run needs. wanted: None if it only removes routes."""

    owner: str
    requests: int = 0
    wanted: WantedRoutes | None = None
    choice: Choice | None = None
    not_ready: tuple[str, ...] = ()


def pod_routes(
    params: Mapping[str, Any], emptied: Collection[str], check_mode: bool, hide: Hide, warn: Warn
) -> dict[str, Any]:
    """Return the module's result for its parameters; it holds `failure` if only a part was done.

    emptied: the options that were given without a value. Raises Failure where nothing was written.
    """
    options = PodRoutesOptions(**field_values(PodRoutesOptions, params))
    options.check(emptied)
    deadline = Deadline(options.timeout)
    cluster = _read_cluster(params, options, deadline, warn)
    with Session(params["provider"], deadline, hide) as session:
        run = _Run(session, options, cluster)
        if run.writes:
            run.check(params["provider"], hide)
            if not check_mode:
                run.write()
        elif options.sync_to_group:
            run.read_sync()
    return run.result(check_mode)


def _read_cluster(
    params: Mapping[str, Any], options: PodRoutesOptions, deadline: Deadline, warn: Warn
) -> _Cluster:
    """Read all of the cluster, before BIG-IP is asked for anything. A removal needs at most its UID."""
    if not options.present and options.owner:
        return _Cluster(options.owner)
    with closing(Client(params, deadline)) as client:
        reader = PodNetworkReader(client, warn)
        owner = options.owner or reader.uid()
        if not options.present:
            return _Cluster(owner, client.requests)
        network = reader.read(options.source)
        choice = auto.choose(network, options.source)
        not_ready = tuple(sorted(node.name for node in network.nodes if not node.ready))
        return _Cluster(owner, client.requests, wanted(network, choice.source, options), choice, not_ready)


class _Run:
    """One run against BIG-IP. Raises Failure if nothing may be written."""

    def __init__(self, session: Session, options: PodRoutesOptions, cluster: _Cluster) -> None:
        self._session = session
        self._options = options
        self._cluster = cluster
        self._routes = StaticRoutes(session)
        self._changes = RouteChanges(session, self._routes)
        self._failure: Failure | None = None
        self._saved = False
        self._sync: SyncStatus | None = None
        self._warnings = report.warnings(cluster.wanted) if cluster.wanted else []
        self._plan = self._planned()

    def _planned(self) -> Plan:
        """Compare BIG-IP's routes with the wanted ones."""
        options = self._options
        cluster_name = options.cluster_name or ""
        scope = Scope(
            self._cluster.owner, cluster_name, options.partition, options.route_domain, options.name_prefix
        )
        stored = self._routes.read()
        if self._cluster.wanted is None:
            return plan.absent(stored, scope)
        found = plan.present(self._cluster.wanted, stored, scope, options.prune)
        guards.check(found, options.max_removed_percent)
        return found

    @property
    def writes(self) -> tuple[Write, ...]:
        return self._plan.writes

    def check(self, provider: Mapping[str, Any], hide: Hide) -> None:
        """Raise Failure if a change would fail: by the device group, or by the self IPs of a unit."""
        if self._options.sync_to_group:
            group_sync.check_group(self._session, self._options.sync_to_group)
        needed = self._plan.gateways
        if needed:
            units, warnings = unit_self_ips(self._session, self._routes, provider, hide)
            self._warnings += warnings
            gateways.check(units, needed, self._options.route_domain)

    @property
    def written(self) -> bool:
        return bool(self._changes.done)

    def write(self) -> None:
        """Carry out the plan, save and synchronise.

        A failure after the first change is kept for the result.
        """
        try:
            for batch in self._plan.batches(MOST):
                self._changes.carry_out(batch)
            if self._options.save:
                save(self._session)
                self._saved = True
            if self._options.sync_to_group:
                self._sync = group_sync.synchronise_and_wait(self._session, self._options.sync_to_group)
            else:
                self._sync = self._status("Set sync_to_group, or synchronise it by hand.")
        except Failure as failure:
            if not self.written:
                raise
            self._failure = self._with_state(failure)

    def _with_state(self, failure: Failure) -> Failure:
        """The failure, with what is in place already."""
        done = [write.path for write in self.writes if write in self._changes.done]
        state = f"{len(done)} of {len(self.writes)} changes of routes are in place"
        saved = "saved" if self._saved else "not saved"
        return Failure(
            failure.code,
            failure.what,
            said=failure.said,
            remedy=f"{state}, {saved}. {failure.remedy or ''}".strip(),
            **{**failure.details, "in_place": done, "saved": self._saved},
        )

    def read_sync(self) -> None:
        """Read the status of a run that changes nothing: an earlier config-sync may have failed."""
        command = f"tmsh run cm config-sync to-group {self._options.sync_to_group}"
        self._sync = self._status(f"This run changed nothing, so it did not synchronise it: {command}")

    def _status(self, hint: str) -> SyncStatus | None:
        found, warnings = group_sync.status(self._session, hint)
        self._warnings += warnings
        return found

    def result(self, check_mode: bool) -> dict[str, Any]:
        undone = () if check_mode else [write for write in self.writes if write not in self._changes.done]
        found: dict[str, Any] = {
            "changed": bool(self.writes) if check_mode else self.written,
            "owner": self._cluster.owner,
            "routes": report.routes(self._plan, undone),
            "counts": report.counts(self._plan, self._cluster.wanted, undone),
            "diff": report.diff(self._plan, undone),
            "saved": self._saved,
            "requests": {
                "bigip": sum(self._session.requests.values()),
                "kubernetes": self._cluster.requests,
            },
            "warnings": [*self._warnings, *self._session.warnings],
        }
        if self._cluster.wanted is not None and self._cluster.choice is not None:
            found["source"], found["chosen_because"] = self._cluster.choice
            found["nodes_not_ready"] = list(self._cluster.not_ready)
            found["not_routed"] = report.not_routed(self._cluster.wanted)
        if self._sync is not None:
            found["sync"] = {name: getattr(self._sync, name) for name in ("mode", "status", "summary")}
        if self._failure is not None:
            found["failure"] = self._failure.as_dict()
        return found
