# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose application it is: a mark in its constants, which AS3 keeps and which makes nothing on the device.

This module util is PRIVATE to the collection.

    "constants": {"class": "Constants", "vks_bigip": {"owner": ..., "cluster": ..., "pool_member_type": ...,
                  "pools": {"web_pool": {"service": "default/web:80/TCP", "pool_member_type": "nodeport", "route_domain": 2}},
                  "disabled_by_hand": {"web_pool": ["192.0.2.1:30080"]},
                  "from_secret": ["/web_cert/certificate"],
                  "secrets": {"web_cert/passphrase": "pbkdf2-sha256$600000$<salt>$<digest>"}}}

pools holds the source of each pool: its Service, its mode, and the options that decide its members and are not the defaults.
from_secret has the places of values that came from a Secret and that are not masked anyway (origin.py). Marks of earlier releases have none.
disabled_by_hand names the members whose stored adminState repeats what an operator set on BIG-IP.
The mark holds no time and no version, and the comparison of applications leaves it out. Only `differs` causes a POST for the mark alone.
"""

from __future__ import annotations

from typing import Any, Mapping

WORD = "vks_bigip"
PATH = f"constants/{WORD}"
_SOURCE = ("service", "pool_member_type")


def of(application: Any) -> dict[str, Any] | None:
    """The mark of a stored application; None if it has none."""
    constants = application.get("constants") if isinstance(application, dict) else None
    mark = constants.get(WORD) if isinstance(constants, dict) else None
    return mark if isinstance(mark, dict) and isinstance(mark.get("owner"), str) else None


def owner(application: Any) -> str | None:
    """Who published this application; None for one that is not marked."""
    mark = of(application)
    return None if mark is None else str(mark["owner"])


def put(application: dict[str, Any], mark: dict[str, Any]) -> dict[str, Any]:
    """A copy with this mark; other constants stay."""
    constants = application.get("constants")
    others = {key: value for key, value in constants.items() if key not in (WORD, "class")} if isinstance(constants, dict) else {}
    return {**application, "constants": {"class": "Constants", **others, WORD: mark}}


def without(application: dict[str, Any]) -> dict[str, Any]:
    """A copy without the mark, and without constants that held nothing else."""
    constants = application.get("constants")
    if not isinstance(constants, dict) or WORD not in constants:
        return dict(application)
    left = {key: value for key, value in constants.items() if key != WORD}
    done = {key: value for key, value in application.items() if key != "constants"}
    return {**done, "constants": left} if set(left) - {"class"} else done


def applications(tenant: dict[str, Any] | None) -> dict[str, dict[str, Any]]:
    """The applications of an AS3 Tenant."""
    if not isinstance(tenant, dict):
        return {}
    return {name: value for name, value in tenant.items() if isinstance(value, dict) and value.get("class") == "Application"}


def application(tenant: Mapping[str, Any] | None, name: str) -> dict[str, Any] | None:
    """One of them: a tenant may have tens of thousands."""
    value = (tenant or {}).get(name)
    return value if isinstance(value, dict) and value.get("class") == "Application" else None


def modes(application: Any) -> dict[str, str]:
    """pool name -> pool_member_type with which it was published ("" stands for pools the mark does not name)."""
    mark = of(application)
    if mark is None:
        return {}
    found = {"": str(mark["pool_member_type"])} if mark.get("pool_member_type") else {}
    pools = mark.get("pools")
    for name, value in pools.items() if isinstance(pools, dict) else ():
        if isinstance(value, dict) and value.get("pool_member_type"):
            found[name] = str(value["pool_member_type"])
    return found


def with_source(mark: dict[str, Any], pool: str, before: dict[str, Any] | None) -> dict[str, Any]:
    """A copy in which this pool's source is that of an earlier mark, or unknown."""
    pools = {name: value for name, value in (mark.get("pools") or {}).items() if name != pool}
    known = (before or {}).get("pools")
    old = known.get(pool) if isinstance(known, dict) else None
    return {**mark, "pools": {**pools, pool: old} if isinstance(old, dict) else pools}


def source(application: Any, pool: str) -> tuple[str | None, str | None]:
    """(service, pool_member_type) that filled this pool last, as far as the mark says. Another writer may have stored any value there."""
    mark = of(application) or {}
    pools = mark.get("pools")
    value = pools.get(pool) if isinstance(pools, dict) else None
    if not isinstance(value, dict):
        return None, None
    service, mode = (value.get(name) for name in _SOURCE)
    return service if isinstance(service, str) else None, mode if isinstance(mode, str) else None


def options(application: Any, pool: str) -> dict[str, Any]:
    """The options that decided the members of this pool last, where they were not the defaults. Earlier releases noted none."""
    pools = (of(application) or {}).get("pools")
    value = pools.get(pool) if isinstance(pools, dict) else None
    return {name: option for name, option in value.items() if name not in _SOURCE} if isinstance(value, dict) else {}


def by_hand(application: Any, pool: str) -> frozenset[str]:
    """The members of this pool ("10.0.0.1:8080") whose stored adminState is that of an operator."""
    found = (of(application) or {}).get("disabled_by_hand")
    names = found.get(pool) if isinstance(found, dict) else None
    return frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()


def with_by_hand(mark: dict[str, Any], found: Mapping[str, list[str]]) -> dict[str, Any]:
    """A copy that names these members, by pool, and no others."""
    left = {name: value for name, value in mark.items() if name != "disabled_by_hand"}
    named = {pool: names for pool, names in sorted(found.items()) if names}
    return {**left, "disabled_by_hand": named} if named else left


def from_secret(application: Any) -> list[str]:
    """The places of values that came from a Secret, as JSON pointers below the application."""
    found = (of(application) or {}).get("from_secret")
    return [place for place in found if isinstance(place, str) and place.startswith("/")] if isinstance(found, list) else []


def with_digests(application: dict[str, Any], found: Mapping[str, str]) -> dict[str, Any]:
    """A copy of a marked application with these digests of its secrets."""
    mark = of(application)
    if mark is None:
        return application
    left = {name: value for name, value in mark.items() if name != "secrets"}
    return put(application, {**left, "secrets": dict(found)} if found else left)


def differs(stored: Any, wanted: Any) -> bool:
    """Whether the options, the members disabled by hand, or the places of values from Secrets are others: later runs and other modules use them.

    The mode does not count, because auto may choose it anew. An option at its default is not noted, as in earlier releases.
    """
    return judged_by(stored) != judged_by(wanted) or from_secret(stored) != from_secret(wanted)


def judged_by(application: Any) -> dict[str, Any]:
    """By pool, what counts in `differs`; pools without such an entry are left out."""
    mark = of(application) or {}
    found: dict[str, Any] = {}
    for pool in [pool for part in ("pools", "disabled_by_hand") if isinstance(mark.get(part), dict) for pool in mark[part]]:
        named = by_hand(application, pool)
        found[pool] = {**options(application, pool), **({"disabled_by_hand": sorted(named)} if named else {})}
    return {pool: value for pool, value in found.items() if value}
