# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between what is stored and what is wanted. This module util is PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator

from .._ownership import mark
from . import digests, normal, secrets
from .members import Key, flatten, meaning, order


@dataclass
class PoolChange:
    """The members of one pool that come, go, and stay with other settings."""

    before: int = 0
    after: int = 0
    added: list[Key] = field(default_factory=list)
    removed: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass
class ApplicationChange:
    """kind: create, update, delete, none. paths: the properties that differ, members not counted, below the application."""

    kind: str
    paths: list[str] = field(default_factory=list)
    pools: dict[str, PoolChange] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.kind != "none"


def application(stored: dict[str, Any] | None, wanted: dict[str, Any] | None, tenant: str, name: str, route_domain: int = 0) -> ApplicationChange:
    """The difference of one application. None stands for: is not there, shall not be there."""
    pools = _pools(stored, wanted, route_domain)
    if stored is None or wanted is None:
        kind = "none" if stored is wanted else "create" if stored is None else "delete"
        return ApplicationChange(kind, [], pools)
    before = comparable(stored, stored, tenant, name, route_domain)
    after = comparable(wanted, stored, tenant, name, route_domain)
    paths = sorted(set(_paths(_without_members(before), _without_members(after), "")))
    changed = before != after or bool(paths)
    return ApplicationChange("update" if changed else "none", paths, pools)


def comparable(value: dict[str, Any], stored: dict[str, Any], tenant: str, name: str, route_domain: int = 0) -> dict[str, Any]:
    """The normal form in which a secret equals another if it is the same, judged by the digests in the stored mark."""
    found = (mark.of(stored) or {}).get("secrets")
    known = found if isinstance(found, dict) else {}

    def replace(path: secrets.Path, secret: Any) -> Any:
        place = "/".join(str(part) for part in path)
        digest = known.get(place)
        if secrets.is_stored_cipher(secret):
            return {"secret": digest or secret}
        if digests.matches(secret, digest):
            return {"secret": digest}
        return secret

    return normal.application(secrets.replace(value, replace), tenant, name, route_domain)


def pool_change(stored: Any, wanted: Any, route_domain: int = 0) -> PoolChange:
    """The members that come and go between two values of Pool.members."""
    before = flatten(stored, route_domain).static
    after = flatten(wanted, route_domain).static
    return PoolChange(
        len(before),
        len(after),
        sorted((key for key in after if key not in before), key=order),
        sorted((key for key in before if key not in after), key=order),
        sorted((key for key in after if key in before and meaning(after[key]) != meaning(before[key])), key=order),
    )


def _pools(stored: dict[str, Any] | None, wanted: dict[str, Any] | None, route_domain: int) -> dict[str, PoolChange]:
    before, after = pools_of(stored), pools_of(wanted)
    return {name: pool_change(before.get(name, {}).get("members"), after.get(name, {}).get("members"), route_domain) for name in sorted({*before, *after})}


def pools_of(application_value: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The Pool objects of an application."""
    return {key: value for key, value in (application_value or {}).items() if isinstance(value, dict) and value.get("class") == "Pool"}


def _without_members(value: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {inner: part for inner, part in item.items() if inner != "members"} if isinstance(item, dict) and item.get("class") == "Pool" else item
        for key, item in value.items()
    }


def _paths(before: Any, after: Any, path: str) -> Iterator[str]:
    if normal.same(before, after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {*before, *after}:
            if key not in before or key not in after:
                yield f"{path}{key}"
            else:
                yield from _paths(before[key], after[key], f"{path}{key}/")
        return
    yield path.rstrip("/")
