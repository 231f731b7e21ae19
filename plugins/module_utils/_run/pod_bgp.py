# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module pod_bgp."""

from __future__ import annotations

import secrets
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any, Callable, Collection, Iterable, Mapping

from .._bgp import imish, intent, report, sessions
from .._bgp.changes import ObjectWrite
from .._bgp.intent import Intent, Seen
from .._bgp.model import Speaker, Status
from .._bgp.options import PodBgpOptions
from .._bgp.plan import Scope, Write
from .._bgp.sessions import Checks, Session
from .._bigip import bgp, group_sync
from .._bigip import session as bigip
from .._bigip.bgp_changes import BgpChanges
from .._bigip.bgp_units import BgpUnits
from .._bigip.ltm import SyncStatus
from .._bigip.saving import save
from .._boundary.parameters import field_values
from .._deadline import Deadline, backoff
from .._errors import Failure
from .._kube.bgp import BgpCluster
from .._kube.client import Client
from .._routes.model import UnitSelfIps

Hide = Callable[[Iterable[str]], None]
_TO_REPORT = 2.0  # seconds of the task's time, kept to report sessions that are not established


def pod_bgp(
    params: Mapping[str, Any], emptied: Collection[str], check_mode: bool, hide: Hide
) -> dict[str, Any]:
    """Return the module's result for its parameters; it holds `failure` if only a part was done.

    emptied: the options that were given without a value. Raises Failure where nothing was written.
    """
    options = PodBgpOptions(**field_values(PodBgpOptions, params))
    options.check(emptied)
    deadline = Deadline(options.timeout)
    with ExitStack() as stack:
        client = stack.enter_context(closing(Client({**params, "password": None}, deadline)))
        cluster = BgpCluster(client)
        seen, warnings = _read_cluster(cluster, options)
        hide(seen.cluster.secret.values() if seen.cluster else ())
        units = None
        if options.on_bigip or options.present and not options.peers:
            main = stack.enter_context(bigip.Session(params["provider"], deadline, hide))
            units = stack.enter_context(BgpUnits(main, params["provider"], hide))
            seen = _read_bigip(seen, units, options)
        run = _Run(options, seen, cluster, units, warnings)
        run.check()
        if not check_mode:
            run.write()
        if options.present:
            run.verify(check_mode)
    return run.result(check_mode, client.requests)


def _read_cluster(cluster: BgpCluster, options: PodBgpOptions) -> tuple[Seen, list[str]]:
    """Read all of the cluster, before BIG-IP is asked for anything, and a warning if it does not exist."""
    password = bool(options.password)
    if options.present:
        owner = options.owner or cluster.uid()
        return Seen(owner, cluster.nodes(), cluster.read(owner, True, password)), []
    if not options.owner:
        owner = cluster.uid()
        return Seen(owner, (), cluster.read(owner, False, password)), []
    try:
        return Seen(options.owner, (), cluster.read(options.owner, False, password)), []
    except Failure as failure:
        if failure.code != "kubernetes_unreachable" or not options.on_bigip:
            raise
        text = f"The cluster does not answer, so its objects stay. If it still exists, run again. {failure.message}"
        return Seen(options.owner), [text]


def _read_bigip(seen: Seen, units: BgpUnits, options: PodBgpOptions) -> Seen:
    """Read the self IPs of each unit, and with mode tmos its BGP."""
    name = Scope(seen.owner, "", options.partition, options.route_domain).instance

    def read_bgp(session: bigip.Session, own: UnitSelfIps) -> Speaker:
        return bgp.speaker(session, own, options.route_domain, name)

    units.read(read_bgp if options.on_bigip else None)
    return replace(
        seen, self_ips=tuple(units.self_ips), speakers=tuple(units.speakers), complete=units.complete
    )


class _Run:
    """One run after all reads. Raises Failure if nothing may be written."""

    def __init__(
        self,
        options: PodBgpOptions,
        seen: Seen,
        cluster: BgpCluster,
        units: BgpUnits | None,
        warnings: list[str],
    ) -> None:
        self._options = options
        self._seen = seen
        self._cluster = cluster
        self._units = units
        self._intent = self._planned()
        self._warnings = [*warnings, *self._intent.objects.warnings]
        if options.present:
            self._warnings += report.warnings(self._intent.wanted, seen.nodes)
        self._changes: list[BgpChanges] = []
        self._written: list[ObjectWrite] = []
        self._failure: Failure | None = None
        self._saved = False
        self._sync: SyncStatus | None = None
        self._sessions: list[Session] = []

    def _planned(self) -> Intent:
        if self._options.present:
            return intent.present(self._seen, self._options, lambda: secrets.token_hex(4))
        return intent.absent(self._seen, self._options)

    @property
    def written(self) -> bool:
        return bool(self._written) or any(one.touched for one in self._changes)

    def check(self) -> None:
        """Raise Failure if the device group does not exist. Without changes, read its status."""
        units, group = self._units, self._options.sync_to_group
        if units is not None and group:
            if any(plan.changes for plan in self._intent.plans):
                group_sync.check_group(units.main, group)
            else:
                self._sync = self._status(units.main, False)

    def write(self) -> None:
        """Carry out the plan: BIG-IP first, so the nodes find a neighbor that expects them.

        A failure after the first change is kept for the result.
        """
        try:
            self._write_bigip()
            for write in self._intent.objects.writes:
                if self._seen.cluster:
                    self._cluster.write(self._seen.cluster, write)
                    self._written.append(write)
        except Failure as failure:
            if not self.written:
                raise
            self._failure = self._with_state(failure)

    def _write_bigip(self) -> None:
        """Change, save and synchronise each unit."""
        units, options = self._units, self._options
        plans = [plan for plan in self._intent.plans if plan.changes]
        if units is None:
            return
        for plan in plans:
            session = units.session(plan.unit)
            self._changes.append(BgpChanges(session, plan, options.password))
            self._changes[-1].carry_out()
            if options.save:
                save(session)
                self._saved = True
        if plans and options.sync_to_group:
            self._sync = group_sync.synchronise_and_wait(units.main, options.sync_to_group)
        elif plans:
            self._sync = self._status(units.main, True)

    def _status(self, session: bigip.Session, changed: bool) -> SyncStatus | None:
        """The config-sync status, for the result. An earlier config-sync may have failed."""
        group = self._options.sync_to_group
        hint = "Set sync_to_group, or synchronise it by hand."
        if group and not changed:
            hint = f"This run changed nothing, so it did not synchronise it: tmsh run cm config-sync to-group {group}"
        found, warnings = group_sync.status(session, hint)
        self._warnings += warnings
        return found

    def verify(self, check_mode: bool) -> None:
        """Compare the sessions that Calico reports with the wanted ones, and wait for them."""
        cluster, options = self._seen.cluster, self._options
        if self._failure is not None or cluster is None:
            return
        if cluster.statuses is None:
            if self._intent.changes:
                self._warnings.append(sessions.unproved(cluster.cni))
            return
        if self.written:  # what was read before proves nothing
            since = self._cluster.time
            self._judge(self._cluster.statuses(cluster), since)
        else:
            since = self._cluster.time - sessions.FRESH
            self._judge(cluster.statuses, since)
        if check_mode:
            return
        deadline = self._cluster.deadline
        limit = deadline.sooner(deadline.remaining - _TO_REPORT)
        pauses = backoff(cap=4.0)
        while any(one.is_missing for one in self._sessions) and options.waits and limit.pause(next(pauses)):
            self._judge(self._cluster.statuses(cluster), since)
        missing = [one for one in self._sessions if one.is_missing]
        if missing and options.waits:
            failure = sessions.failure(self._sessions, self._checks(missing), options.timeout)
            self._failure = self._with_state(failure) if self.written else failure
        elif missing:
            self._warnings.append(sessions.warning(missing))

    def _judge(self, statuses: Iterable[Status], since: float) -> None:
        seen, found = self._seen, self._intent
        all_units = not self._options.on_bigip
        self._sessions = sessions.sessions(statuses, found.wanted, seen.nodes, found.peers, since, all_units)

    def _checks(self, missing: Iterable[Session]) -> Checks:
        """The numbers for the error, and the faults that BIG-IP's own configuration shows."""
        faults = []
        for speaker in self._seen.speakers:
            addresses = {one.peer for one in missing if one.unit == speaker.unit}
            if self._units and addresses:
                names = bgp.closed(self._units.session(speaker.unit), addresses)
                faults += [f"self IP {name} of {speaker.unit} does not allow TCP 179" for name in names]
            disabled = [
                str(one.address)
                for one in (speaker.instance.neighbors if speaker.instance else ())
                if not one.enabled
            ]
            faults += [f"neighbor {address} of {speaker.unit} is disabled" for address in disabled]
        found = self._intent
        return Checks(found.as_number, found.bigip_as_number, bool(self._options.password), tuple(faults))

    def _with_state(self, failure: Failure) -> Failure:
        """The failure, with what is in place already."""
        done = [f"{one.unit} {write.address}" for one in self._changes for write in one.done]
        done += [f"{write.kind} {write.name}" for write in self._written]
        total = len(self._intent.objects.writes) + sum(len(plan.writes) for plan in self._intent.plans)
        saved = "saved" if self._saved else "not saved"
        return Failure(
            failure.code,
            failure.what,
            said=failure.said,
            remedy=f"{len(done)} of {total} changes are in place, {saved}. {failure.remedy or ''}".strip(),
            **{**failure.details, "in_place": done, "saved": self._saved},
        )

    def result(self, check_mode: bool, requests: int) -> dict[str, Any]:
        plans, written = self._intent.plans, self._intent.objects
        undone: set[tuple[str, Write]] = set()
        undone_objects: list[ObjectWrite] = []
        if not check_mode:
            done = {(one.unit, write) for one in self._changes for write in one.done}
            undone = {(plan.unit, write) for plan in plans for write in plan.writes} - done
            undone_objects = [write for write in written.writes if write not in self._written]
        found: dict[str, Any] = {
            "changed": self._intent.changes if check_mode else self.written,
            "owner": self._seen.owner,
            "cni": self._seen.cluster.cni if self._seen.cluster else None,
            "neighbors": report.neighbors(plans, undone),
            "instances": report.instances(plans),
            "objects": report.objects(written, undone_objects),
            "counts": report.counts(plans, written, undone, undone_objects),
            "diff": report.diff(plans, written, undone, undone_objects),
            "saved": self._saved,
            "requests": {"bigip": self._units.requests if self._units else 0, "kubernetes": requests},
            "warnings": [*self._warnings, *(self._units.warnings if self._units else ())],
        }
        if self._options.present:
            found |= self._present()
        if self._sync is not None:
            found["sync"] = {name: getattr(self._sync, name) for name in ("mode", "status", "summary")}
        if self._failure is not None:
            found["failure"] = self._failure.as_dict()
        return found

    def _present(self) -> dict[str, Any]:
        """The values of a run with state present."""
        found, seen = self._intent, self._seen
        proved = bool(seen.cluster and seen.cluster.statuses is not None)
        values: dict[str, Any] = {
            "as_number": found.as_number,
            "bigip_as_number": found.bigip_as_number,
            "peers": report.peers(found.peers),
            "sessions": report.sessions(self._sessions),
            "established": not any(one.is_missing for one in self._sessions) if proved else None,
            "nodes_not_ready": [node.name for node in seen.nodes if not node.ready],
        }
        if not self._options.on_bigip:
            lines = imish.lines(found.wanted.neighbors, found.bigip_as_number, bool(self._options.password))
            values["imish_config"] = lines
        return values
