# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters of a lab as they were after `lab up`, and the return to that state.

This writes records of etcd, not objects through the API. So it covers every kind, and no finalizer or grace
period delays it. The API server's watches report each change, so controllers and simulated programs follow.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple
from pathlib import Path

from .calico import settled as calico
from .etcd import Etcd, Revision
from .state import Lab

FILE = "baseline.json"
#: Heartbeats and events: written all the time, and no state of the cluster.
_HEARTBEATS = ("/registry/leases/", "/registry/masterleases/")
_EVENTS = "/registry/events/"
#: Owners are deleted before their Pods, and Pods before the blocks of their addresses. Otherwise controllers
#: and Calico would create these again.
_TURNS = (("/registry/pods/",), ("/ipamblocks/", "/blockaffinities/"))
#: Seconds between two reads of a store. The same revisions in both mean that no controller writes to it any
# more.
PAUSE = 0.05
#: A key that was put back so often is written by a controller, for a reason of its own.
_OFTEN = 5

Record = tuple[Revision, str]


class Store:
    """One etcd, and what it held after `lab up`."""

    def __init__(self, etcd: Etcd, records: dict[str, Record]) -> None:
        self._etcd = etcd
        self.records = records
        self._restored: Counter[str] = Counter()

    def restore(self) -> bool:
        """Put back what differs; false if nothing did."""
        self._etcd.delete_all(_EVENTS)
        found = self._etcd.revisions()
        extra = [
            key
            for key in found.keys() - self.records.keys()
            if not key.startswith((_EVENTS, "/registry/masterleases/"))
        ]
        changed = [
            key for key, (revision, _) in self.records.items() if self._differs(key, revision, found.get(key))
        ]
        # Before another object appears under the same name, the first one is deleted by a write of its own.
        replaced = [
            key for key in changed if key in found and found[key].created != self.records[key][0].created
        ]
        self._etcd.delete(sorted((*extra, *replaced), key=_turn))
        for key, revision in self._etcd.put({key: self.records[key][1] for key in changed}).items():
            self.records[key] = revision, self.records[key][1]
        self._restored.update(changed)
        return bool(changed) or any(not key.startswith(_HEARTBEATS) for key in extra)

    def _differs(self, key: str, revision: Revision, found: Revision | None) -> bool:
        if key.startswith(_HEARTBEATS):
            return False
        return (
            found is None
            or found.created != revision.created
            or (found.written != revision.written and self._restored[key] < _OFTEN)
        )


class Baseline:
    """The state after `lab up`, in the lab's folder."""

    def __init__(
        self, lab: Lab, stores: dict[str, Store], agents: dict[str, str], logs: dict[str, int]
    ) -> None:
        self._lab, self._stores, self.agents, self._logs = lab, stores, agents, logs

    @classmethod
    def take(cls, lab: Lab) -> Baseline:
        """As soon as no store is written to any more."""
        stores = {name: Store(etcd, _quiet(etcd)) for name, etcd in _etcds(lab).items()}
        taken = cls(lab, stores, started_agents(lab), {str(path): path.stat().st_size for path in _logs(lab)})
        taken._write()
        return taken

    @classmethod
    def of(cls, lab: Lab) -> Baseline | None:
        content = lab.read(FILE)
        if content is None:
            return None
        etcds = _etcds(lab)
        stores = {
            name: Store(
                etcds[name],
                {
                    key: (Revision(created, written), value)
                    for key, (created, written, value) in records.items()
                },
            )
            for name, records in content["stores"].items()
        }
        return cls(lab, stores, content["agents"], content["logs"])

    def counts(self) -> dict[str, int]:
        """Of the workload cluster, under the names that the data path has for them."""
        places = {
            "pods": "/registry/pods/",
            "nodes": "/registry/minions/",
            "services": "/registry/services/specs/",
        }
        return {
            name: sum(key.startswith(place) for key in self._stores["etcd"].records)
            for name, place in places.items()
        }

    def calico(self) -> dict[str, int] | None:
        """The number of objects that Calico's process knows in this state; None where it is not the CNI."""
        options = self._lab.options()
        if options is None or options.cni != "calico":
            return None
        return calico.counts(self._stores["etcd"].records)

    def restore_clusters(self) -> bool:
        """One round for each store; false if none of them differed."""
        differed = [store.restore() for store in self._stores.values()]
        if any(differed):
            self._write()
        return any(differed)

    def restore_logs(self) -> None:
        """Delete the logs of Pods that do not exist any more; truncate the others to their length after `lab
        up`."""
        for path in _logs(self._lab):
            if str(path) not in self._logs:
                path.unlink()
            elif path.stat().st_size > self._logs[str(path)]:
                with path.open("r+") as log:
                    log.truncate(self._logs[str(path)])
        for pod in (self._lab.folder / "pod-logs").glob("*/*/"):
            if not any(pod.iterdir()):
                pod.rmdir()

    def _write(self) -> None:
        stores = {
            name: {key: [*astuple(revision), value] for key, (revision, value) in store.records.items()}
            for name, store in self._stores.items()
        }
        self._lab.write(FILE, {"stores": stores, "agents": self.agents, "logs": self._logs})


def _turn(key: str) -> tuple[int, str]:
    turns = [turn for turn, places in enumerate(_TURNS, 1) if any(place in key for place in places)]
    return (turns or [0])[0], key


def started_agents(lab: Lab) -> dict[str, str]:
    """The uid of each node's agent Pod whose agent has started; none where Antrea is not the CNI."""
    return lab.read("antrea.json") or {}


def known_to_calico(lab: Lab) -> dict[str, int] | None:
    """How many objects Calico's process knew when it last had nothing to do; None without Calico."""
    return lab.read(calico.FILE)


def _etcds(lab: Lab) -> dict[str, Etcd]:
    return {name: Etcd(port) for name, port in lab.known_ports().items() if name.endswith("etcd")}


def _quiet(etcd: Etcd) -> dict[str, Record]:
    before: dict[str, Record] = {}
    while _lasting(before) != _lasting(now := etcd.content()):
        before = now
        time.sleep(PAUSE)
    return {key: record for key, record in now.items() if not key.startswith(_EVENTS)}


def _lasting(records: dict[str, Record]) -> dict[str, Revision]:
    return {
        key: revision for key, (revision, _) in records.items() if not key.startswith((_EVENTS, *_HEARTBEATS))
    }


def _logs(lab: Lab) -> Iterable[Path]:
    return sorted((lab.folder / "pod-logs").glob("*/*/*.log"))
