# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The difference between a stored application and a wanted one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, Literal, Mapping, Sequence

from .._ownership import mark
from .._ownership.mark import Application
from . import digests, normal, secrets
from .members import Key, flatten, meaning, order

Kind = Literal["none", "create", "update", "delete", "restore", "release"]


@dataclass(frozen=True)
class PoolChange:
    """Members of a pool that are added, removed, or get other settings. before, after: how many it has."""

    before: int
    after: int
    added: Sequence[Key] = ()
    removed: Sequence[Key] = ()
    changed: Sequence[Key] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class ApplicationChange:
    """The change that a plan makes to an application.

    kind   a comparison gives none, create, update or delete; restore and release are decisions of a plan
    paths  the properties that differ, members not counted, below the application
    """

    kind: Kind
    paths: Sequence[str] = ()
    pools: Mapping[str, PoolChange] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.kind != "none"


def application(
    stored: Application | None, wanted: Application | None, tenant: str, name: str, route_domain: int = 0
) -> ApplicationChange:
    """The difference of one application. None: it is not stored, it is not wanted."""
    pools = _pool_changes(stored, wanted, route_domain)
    if stored is None or wanted is None:
        kind: Kind = "none" if stored is wanted else "create" if stored is None else "delete"
        return ApplicationChange(kind, pools=pools)
    before = comparable(stored, stored, tenant, name, route_domain)
    after = comparable(wanted, stored, tenant, name, route_domain)
    paths = sorted(_paths(_without_members(before), _without_members(after), ""))
    return ApplicationChange("update" if paths or before != after else "none", paths, pools)


def comparable(
    value: Application, stored: Application, tenant: str, name: str, route_domain: int = 0
) -> Application:
    """The normal form of an application, secrets compared by the digests in the stored mark."""
    known = (mark.of(stored) or {}).get("secrets")
    digest_at = known if isinstance(known, dict) else {}

    def replaced(path: secrets.Path, secret: Any) -> Any:
        digest = digest_at.get("/".join(str(part) for part in path))
        if secrets.is_stored_cipher(secret):
            return {"secret": digest or secret}
        if digests.matches(secret, digest):
            return {"secret": digest}
        return secret

    return normal.application(secrets.replace(value, replaced), tenant, name, route_domain)


def pool_change(stored: object, wanted: object, route_domain: int = 0) -> PoolChange:
    """The difference between two values of Pool.members."""
    before = flatten(stored, route_domain).static
    after = flatten(wanted, route_domain).static
    return PoolChange(
        len(before),
        len(after),
        sorted((key for key in after if key not in before), key=order),
        sorted((key for key in before if key not in after), key=order),
        sorted(
            (key for key in after if key in before and meaning(after[key]) != meaning(before[key])), key=order
        ),
    )


def pools_of(application: Mapping[str, object] | None) -> dict[str, dict[str, object]]:
    """The Pool objects of an application."""
    return {
        name: value
        for name, value in (application or {}).items()
        if isinstance(value, dict) and value.get("class") == "Pool"
    }


def _pool_changes(
    stored: Application | None, wanted: Application | None, route_domain: int
) -> dict[str, PoolChange]:
    before, after = pools_of(stored), pools_of(wanted)
    return {
        name: pool_change(
            before.get(name, {}).get("members"), after.get(name, {}).get("members"), route_domain
        )
        for name in sorted({*before, *after})
    }


def _without_members(application: Application) -> Application:
    pools = pools_of(application)
    return {
        **application,
        **{
            name: {key: part for key, part in pool.items() if key != "members"}
            for name, pool in pools.items()
        },
    }


def _paths(before: object, after: object, path: str) -> Iterator[str]:
    """The places that differ, as keys with / between them. path: the place of these two and a /."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key in before and key in after:
                yield from _paths(before[key], after[key], f"{path}{key}/")
            else:
                yield f"{path}{key}"
    elif not normal.same(before, after):
        yield path.rstrip("/")
