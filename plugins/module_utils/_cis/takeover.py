# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The tenants that the playbook cis_to_publish must not change, because a team published them itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .obstacles import mark_of


def owned(read: Mapping[str, Any]) -> list[str]:
    """The tenants whose applications all have a mark, and in which more than members would change.

    Any namespace can name any tenant, so such a tenant only stays as it is. Members may follow the Pods of
    the Service that the mark names.

    read: `planned`, the results of publish in check mode; `stored`, the declaration of BIG-IP.
    """
    tenants = [
        name
        for result in read["planned"]
        for name, entry in (result.get("tenants") or {}).items()
        if entry.get("action") == "update"
        and _is_marked(read["stored"].get(name))
        and _changes_more(entry, read["stored"][name], (result.get("declaration") or {}).get(name))
    ]
    return list(dict.fromkeys(tenants))


def _is_marked(tenant: Any) -> bool:
    marks = [_mark(tenant, name) for name, part in _items(tenant) if part.get("class") == "Application"]
    return bool(marks) and None not in marks


def _changes_more(entry: Mapping[str, Any], stored: Any, planned: Any) -> bool:
    """True if a plan changes more than the members of Services that the marks name."""
    moved = [*(entry.get("members_added") or []), *(entry.get("members_removed") or [])]
    if entry.get("properties") or not moved or "create" in (entry.get("applications") or {}).values():
        return True
    return any(
        _service(stored, one) in ("", None) or _service(stored, one) != _service(planned, one)
        for one in moved
    )


def _service(tenant: Any, member: Mapping[str, Any]) -> Any:
    """The Service of the member's pool, by the mark of its application."""
    pools = (_mark(tenant, member.get("application")) or {}).get("pools") or {}
    return (pools.get(member.get("pool")) or {}).get("service")


def _mark(tenant: Any, application: Any) -> Mapping[str, Any] | None:
    return mark_of(dict(_items(tenant)).get(application))


def _items(tenant: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, part in tenant.items() if isinstance(tenant, Mapping) else ():
        if isinstance(part, Mapping):
            yield name, part
