# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The known state of the cluster, as digests, and the difference that an object makes."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, NamedTuple, TypeVar

from . import digests
from .digests import Name, ServiceDigest, SliceDigest
from .options import ChangesOptions
from .subjects import Subject

Value = TypeVar("Value")


class Change(NamedTuple):
    """A change that pools depend on. service: None means that each pool may depend on it."""

    service: Name | None
    kind: str
    reason: str


class Known:
    """One cluster's state, from the objects of the streams.

    A stream that reads everything calls `begin`, `put` for each object and `end`. Then `end` reports what no
    longer exists.
    """

    def __init__(self, options: ChangesOptions) -> None:
        self._options = options
        self._services: dict[Name, ServiceDigest] = {}
        self._slices: dict[str, dict[str, SliceDigest]] = {}
        self._pods: dict[Name, bytes] = {}
        self._others: dict[str, dict[Name, bytes]] = {"Node": {}, "Secret": {}}
        self._seen: dict[Subject, set[Name]] = {}
        self._put: Mapping[str, Callable[[Name, dict[str, Any] | None], Iterator[Change]]] = {
            "Service": self._service,
            "EndpointSlice": self._slice,
            "Pod": self._pod,
            "Node": lambda name, raw: self._other("Node", "nodes", name, digests.node(raw) if raw else None),
            "Secret": lambda name, raw: self._other(
                "Secret", "secret", name, digests.secret(raw) if raw else None
            ),
        }

    def begin(self, subject: Subject) -> None:
        """From now on, all objects of this subject arrive."""
        self._seen[subject] = set()

    def put(self, subject: Subject, raw: dict[str, Any], deleted: bool = False) -> list[Change]:
        """The changes that an object makes. Raises one of _foreign.SPOILED for an object that cannot be read."""
        name = _name(raw)
        if subject in self._seen:
            self._seen[subject].add(name)
        return list(self._put[subject.kind](name, None if deleted else raw))

    def end(self, subject: Subject) -> list[Change]:
        """All objects have arrived. Returns the changes by those that no longer exist."""
        seen = self._seen.pop(subject, set())
        gone = [name for name in self._names(subject) if name not in seen]
        return [change for name in gone for change in self._put[subject.kind](name, None)]

    def _names(self, subject: Subject) -> list[Name]:
        """The known objects of one subject."""
        if subject.kind == "EndpointSlice":
            names = [(namespace, name) for namespace, slices in self._slices.items() for name in slices]
        elif subject.kind == "Service":
            names = list(self._services)
        else:
            names = list(self._pods if subject.kind == "Pod" else self._others[subject.kind])
        return [
            name for name in names if subject.namespace in (None, name[0]) and subject.name in (None, name[1])
        ]

    def _service(self, name: Name, raw: dict[str, Any] | None) -> Iterator[Change]:
        digest = digests.service(raw) if raw else None
        reason = _replace(self._services, name, digest)
        if reason and self._options.concerns(name):
            yield Change(name, "Service", reason)

    def _slice(self, name: Name, raw: dict[str, Any] | None) -> Iterator[Change]:
        namespace, own_name = name
        slices = self._slices.setdefault(namespace, {})
        before = slices.get(own_name)
        after = digests.endpoint_slice(raw) if raw else None
        _replace(slices, own_name, after)
        if before and after and before.service == after.service:
            owner = (namespace, after.service)
            changed = before.some != after.some if self._needs_some(owner) else before.whole != after.whole
            owners = [owner] if changed else []
        else:
            owners = [(namespace, digest.service) for digest in (before, after) if digest]
        yield from (Change(owner, "EndpointSlice", "endpoints") for owner in owners if self._concerns(owner))

    def _needs_some(self, service: Name) -> bool:
        """True if the members of this Service are nodes, and each node forwards to all endpoints."""
        known = self._services.get(service)
        return self._options.mode == "nodeport" and known is not None and not known.local

    def _pod(self, name: Name, raw: dict[str, Any] | None) -> Iterator[Change]:
        if not _replace(self._pods, name, digests.pod(raw) if raw else None):
            return
        namespace, own_name = name
        slices = self._slices.get(namespace, {}).values()
        owners = {(namespace, digest.service) for digest in slices if own_name in digest.pods}
        yield from (Change(owner, "Pod", "mapping") for owner in sorted(owners) if self._concerns(owner))

    def _other(self, kind: str, reason: str, name: Name, digest: bytes | None) -> Iterator[Change]:
        if _replace(self._others[kind], name, digest):
            yield Change(None, kind, reason)

    def _concerns(self, service: Name) -> bool:
        """True if an object of this Service may change a pool. The API server applies label_selector."""
        selected = not self._options.label_selector or service in self._services
        return selected and self._options.concerns(service)


def _replace(known: dict[Any, Value], name: Any, value: Value | None) -> str | None:
    """The reason why this is a change; None if it is not one."""
    before = known.get(name)
    if before == value:
        return None
    if value is None:
        del known[name]
        return "deleted"
    known[name] = value
    return "created" if before is None else "changed"


def _name(raw: Mapping[str, Any]) -> Name:
    metadata = raw["metadata"]
    return str(metadata.get("namespace") or ""), str(metadata["name"])
