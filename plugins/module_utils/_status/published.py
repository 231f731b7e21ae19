# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The pools of the stored declaration that a user selects, and the source that each was published with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Collection, Mapping

from .. import _foreign
from .._as3 import difference
from .._members.options import valid
from .._members.source import Source
from .._ownership import mark

# A Service in a mark: namespace/name:port/protocol.
_SERVICE = re.compile("([a-z0-9-]{1,63})/([a-z0-9-]{1,63}):?([A-Za-z0-9/-]{0,40})")


@dataclass(frozen=True)
class Selection:
    """The names that the user gives. None: each. Without tenants and owner, the pools with a mark."""

    tenants: Collection[str] | None = None
    application: str | None = None
    pool: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class StoredPool:
    """One pool of the stored declaration. service, mode and noted (the options) are those in its mark."""

    tenant: str
    application: str
    pool: str
    owner: str | None
    service: str | None
    mode: str | None
    noted: Mapping[str, Any]
    route_domain: int

    @property
    def path(self) -> str:
        return f"/{self.tenant}/{self.application}/{self.pool}"


def select(stored: Mapping[str, dict[str, Any]], selection: Selection) -> list[StoredPool]:
    """Return the selected pools of these tenants, in the order of their paths."""
    pools = []
    for tenant, content in stored.items():
        for application, value in mark.applications(content).items():
            if not _selected(selection, application, mark.owner(value)):
                continue
            for name in difference.pools_of(value):
                if selection.pool in (None, "", name):
                    pools.append(_pool(tenant, content, application, value, name))
    return sorted(pools, key=lambda pool: pool.path)


def _selected(selection: Selection, application: str, owner: str | None) -> bool:
    if selection.application and application != selection.application:
        return False
    if selection.owner:
        return owner == selection.owner
    return owner is not None or bool(selection.tenants)


def _pool(
    tenant: str, content: dict[str, Any], application: str, value: dict[str, Any], name: str
) -> StoredPool:
    service, mode = mark.source(value, name)
    domain = _foreign.whole(content.get("defaultRouteDomain"))
    noted = mark.options(value, name)
    return StoredPool(tenant, application, name, mark.owner(value), service, mode, noted, domain)


def source(pool: StoredPool, options: Mapping[str, Any]) -> Source | None:
    """Return the source in the pool's mark; None if the mark names no Service.

    Options of the task come before those in the mark. auto means the mode in the mark.
    """
    named = _SERVICE.fullmatch(pool.service) if isinstance(pool.service, str) else None
    if named is None:
        return None
    namespace, name, port = named.groups()
    item: dict[str, Any] = {"service": {"namespace": namespace, "name": name, "port": port}}
    for option, value in valid({**pool.noted, "pool_member_type": pool.mode}).items():
        if options[option] in (None, "", "auto"):
            item[option] = value
    return Source.from_options(item, options, pool.path)
