# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the desired with the existing objects, makes a script of the difference, and runs it on the
device.

A tenant's script is one transaction, except for its beginning. Before the transaction, folders are created
and members deleted, and these changes stay. A member with changed settings is deleted there too, and created
again inside the transaction. So after a failed transaction, members are missing from pools.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..device import Device, DeviceError
from . import tree
from .desired import Entry, Map

_FRAME = 14  # lines of a script that changes nothing


@dataclass
class Change:
    """One difference, as AS3 reports it."""

    kind: str  # N new, D deleted, E edited
    path: list[str]
    before: Any
    after: Any
    command: str
    was: str  # the command of the object before, "" if there was none
    becomes: str

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": self.kind, "path": self.path}
        if self.kind != "N":
            found["lhs"] = self.before
        if self.kind != "D":
            found["rhs"] = self.after
        return {
            **found,
            "tags": ["tmsh"],
            "command": self.command,
            "lhsCommand": self.was,
            "rhsCommand": self.becomes,
        }


@dataclass
class Script:
    """The steps of one tenant's update, in order."""

    tenant: str
    changes: list[Change] = field(default_factory=list)
    member_deletes: dict[str, list[str]] = field(default_factory=dict)  # pool -> members
    folders: list[tuple[str, Entry]] = field(default_factory=list)
    removals: list[tuple[str, Entry]] = field(default_factory=list)
    writes: list[tuple[str, Entry]] = field(default_factory=list)
    folder_removals: list[str] = field(default_factory=list)

    @property
    def lines(self) -> int:
        commands = len(self.folders) + len(self.removals) + len(self.writes) + len(self.folder_removals)
        return _FRAME + 4 + commands + sum(len(members) for members in self.member_deletes.values())

    def __bool__(self) -> bool:
        return bool(self.changes)


# an object has to be there before another refers to it; removals go the other way round
_ORDER = ("ltm node", "ltm monitor", "ltm virtual-address", "ltm pool", "", "ltm virtual")


def _rank(entry: Entry) -> int:
    if entry.command == "ltm virtual":
        return len(_ORDER)
    for rank, start in enumerate(_ORDER):
        if start and entry.command.startswith(start):
            return rank
    return _ORDER.index("")


def plan(
    tenant: str,
    wanted: Map,
    there: Map,
    only: list[str] | None = None,
    deletes: bool = True,
    creates: bool = True,
) -> Script:
    """``only``: a per-application request touches these applications and what is shared by the tenant,
    nothing else."""
    script = Script(tenant)
    for path, entry in there.items():
        if path not in wanted and deletes and _mine(path, tenant, only):
            script.changes.append(
                Change("D", [_shown(path, entry)], entry.as_dict(), None, entry.command, entry.command, "")
            )
            if entry.command in ("sys folder", "auth partition"):
                script.folder_removals.append(path.rstrip("/"))
            else:
                script.removals.append((path, entry))
    for path, entry in wanted.items():
        before = there.get(path)
        if before is None:
            if creates and _mine(path, tenant, only):
                script.changes.append(
                    Change(
                        "N", [_shown(path, entry)], None, entry.as_dict(), entry.command, "", entry.command
                    )
                )
                (
                    script.folders if entry.command in ("sys folder", "auth partition") else script.writes
                ).append((path, entry))
        elif creates and _mine(path, tenant, only):
            _edit(script, path, before, entry)
    script.removals.sort(key=lambda one: -_rank(one[1]))
    script.writes.sort(key=lambda one: _rank(one[1]))
    script.folders.sort(key=lambda one: len(one[0]))
    script.folder_removals.sort(key=len, reverse=True)
    return script


def _shown(path: str, entry: Entry) -> str:
    return path.strip("/") if entry.command == "auth partition" else path


def _mine(path: str, tenant: str, only: list[str] | None) -> bool:
    application, below, _name = path.removeprefix(f"/{tenant}/").partition("/")
    return only is None or not below or application in only


def _edit(script: Script, path: str, before: Entry, after: Entry) -> None:
    """Compares the properties of one object; the members of a pool one by one."""
    changed = False
    if before.command != after.command:
        script.changes.append(
            Change(
                "E", [path], before.as_dict(), after.as_dict(), after.command, before.command, after.command
            )
        )
        script.removals.append((path, before))
        changed = True
    else:
        for name in [*before.properties, *[n for n in after.properties if n not in before.properties]]:
            if name in after.ignore or name in before.ignore:
                continue
            old, new = before.properties.get(name), after.properties.get(name)
            if old == new:
                continue
            changed = True
            if after.command == "ltm virtual-address" and name == "address":
                raise DeviceError(
                    f"The Service Address virtualAddress property cannot be modified. Please delete {path} "
                    "and recreate it."
                )
            if after.command == "ltm pool" and name == "members":
                _members(script, path, old or {}, new or {})
            else:
                kind = "N" if name not in before.properties else "D" if name not in after.properties else "E"
                script.changes.append(
                    Change(
                        kind,
                        [path, "properties", name],
                        old,
                        new,
                        after.command,
                        after.command,
                        after.command,
                    )
                )
    if changed:
        if after.command in ("sys folder", "auth partition"):
            script.folders.append((path, after))
        else:
            kept = {name: before.properties[name] for name in after.ignore if name in before.properties}
            script.writes.append((path, Entry(after.command, {**after.properties, **kept}, after.ignore)))


def _members(script: Script, pool: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    gone = []
    for member, settings in old.items():
        where = [pool, "properties", "members", member]
        if member not in new:
            script.changes.append(Change("D", where, settings, None, "ltm pool", "ltm pool", "ltm pool"))
            gone.append(member)
        elif settings != new[member]:
            for name in {**settings, **new[member]}:
                if settings.get(name) != new[member].get(name):
                    change = Change(
                        "E",
                        [*where, name],
                        settings.get(name),
                        new[member].get(name),
                        "ltm pool",
                        "ltm pool",
                        "ltm pool",
                    )
                    script.changes.append(change)
            gone.append(member)
    for member in new.keys() - old.keys():
        change = Change(
            "N",
            [pool, "properties", "members", member],
            None,
            new[member],
            "ltm pool",
            "ltm pool",
            "ltm pool",
        )
        script.changes.append(change)
    if gone:
        script.member_deletes[pool] = gone


def before_transaction(device: Device, script: Script) -> None:
    """The part that takes effect at once, even if the transaction fails."""
    for path, entry in script.folders:
        tree.write(device, path, entry)
    for pool, members in script.member_deletes.items():
        if pool in device.pools:
            device.delete_members(pool, members)


def transaction(device: Device, script: Script) -> None:
    """All or nothing; raises DeviceError."""
    try:
        with device.transaction():
            for path, entry in script.removals:
                tree.remove(device, path, entry)
            for path, entry in script.writes:
                tree.write(device, path, entry)
            if any(entry.command == "ltm pool" for _path, entry in script.removals):
                tree.drop_discovered(device, f"/{script.tenant}/")
            tree.count_shared(device, _members_of(script))
            tree.drop_shared_addresses(device)
    except DeviceError:
        undo_folders(device, script)
        raise
    for path in script.folder_removals:
        device.remove_folder(path)


def _members_of(script: Script) -> Iterator[str]:
    """Every member that the script makes, changes or removes."""
    for members in script.member_deletes.values():
        yield from members
    for _path, entry in [*script.removals, *script.writes]:
        if entry.command == "ltm pool":
            yield from entry.properties["members"]


def undo_folders(device: Device, script: Script) -> None:
    """A script that fails removes the folders it made."""
    for path, _entry in reversed(script.folders):
        home = path.rstrip("/")
        if not any(p.startswith(f"{home}/") for p in device.paths()):
            device.folders.pop(home, None)
