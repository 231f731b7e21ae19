# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Checks the user's applications before anything is read from BIG-IP.

AS3 reports most of these faults too, but late and one for each POST. It finds some only on the device.
"""

from __future__ import annotations

import functools
import re
from typing import Callable, Iterator

from .._as3 import destinations, names, vocabulary
from .._as3.types import Json, Object
from .._errors import some
from .._ownership import mark
from . import empty, shapes
from .wanted import Problems, Wanted

_MOST_WARNINGS = 50
# In {use: x}, in a bare string and in a whole path, the last name must have two characters.
_ONE_LETTER = re.compile(r"(^|/)[A-Za-z_]#?$")


def check(wanted: Wanted, problems: Problems) -> None:
    """Add all faults and warnings of the merged applications."""
    # Once for each application, and not all of them: a text may have tens of thousands of objects, and as
    # many faults.
    known = functools.cache(lambda tenant, name: _listed(wanted.applications[tenant][name]))
    first = len(wanted.warnings)
    for (tenant, name, key), path in wanted.objects.items():
        item = wanted.applications[tenant][name][key]
        for place, text in empty.faults(item, vocabulary.properties(item) or {}):
            problems.add(f"{path}.{place}", text)
        _properties(item, path, wanted, problems)
        _pointers(wanted, tenant, name, item, path, known, problems)
        if item.get("class") == "Service_HTTPS" and not item.get("serverTLS"):
            problems.add(
                f"{path}.serverTLS",
                "is missing: AS3 would accept this Service_HTTPS and create a virtual server that does not "
                "decrypt. "
                "Name a TLS_Server of objects, or {bigip: /Common/clientssl}",
            )
    for pool in wanted.cluster_pools:
        for place, text in empty.faults(pool.member, vocabulary.member_properties()):
            problems.add(f"{pool.path}.member.{place}", text)
    _clashes(wanted, problems)
    _applications(wanted, problems)
    unknown = len(wanted.warnings) - first - _MOST_WARNINGS
    if unknown > 0:  # the author of an AS3 ConfigMap chooses how many there are
        wanted.warnings[first + _MOST_WARNINGS :] = [
            f"{unknown} more properties are not known to this collection."
        ]


def _applications(wanted: Wanted, problems: Problems) -> None:
    for tenant, applications in wanted.applications.items():
        for name in applications:
            path = wanted.paths[(tenant, name)][0]
            if tenant == "Common" and name != "Shared":
                problems.add(
                    path, f"names the application {name!r} of tenant Common; AS3 allows only Shared there"
                )
    for tenant, values in wanted.properties.items():
        known = vocabulary.tenant_properties()
        for key, value in list(values.items()):
            if key in known:
                values[key] = vocabulary.convert(value, known[key])
        path = _tenant_path(wanted, tenant)
        for name in mark.applications(values):
            problems.add(
                f"{path}.{name}",
                "is an application: tenants holds properties of the tenant itself. "
                "Use applications, or declaration",
            )
        shapes.number(values, "defaultRouteDomain", path, problems)
        # AS3 would answer "success" and change nothing.
        if isinstance(values.get("controls"), dict) and values["controls"].get("dryRun"):
            problems.add(f"{path}.controls.dryRun", "is not sent by this module: run with --check instead")


def _tenant_path(wanted: Wanted, tenant: str) -> str:
    """The place of a tenant's properties in the user's input."""
    places = (
        place
        for (owner, dummy), all_places in wanted.paths.items()
        if owner == tenant
        for place in all_places
    )
    return next(
        (place.rpartition(".")[0] for place in places if place.startswith("declaration.")),
        f"tenants.{tenant}",
    )


def _properties(item: Object, path: str, wanted: Wanted, problems: Problems) -> None:
    known = vocabulary.properties(item)
    if known is None:
        return
    for key in item:
        if key not in known and key != "class":
            _unknown(wanted, f"{path}.{key}", key, str(item["class"]), known)
    if item.get("class") == "Pool":
        for place, entry in enumerate(shapes.members(item.get("members"), f"{path}.members", problems)):
            for key in entry:
                if key not in vocabulary.member_properties():
                    _unknown(
                        wanted,
                        f"{path}.members[{place}].{key}",
                        key,
                        "Pool_Member",
                        vocabulary.member_properties(),
                    )


def _unknown(wanted: Wanted, path: str, key: str, kind: str, known: dict[str, vocabulary.Property]) -> None:
    near = vocabulary.nearest(key, known)
    hint = f"; did you mean {near!r}?" if near else "."
    wanted.warnings.append(
        f"{path}: {key!r} is not a property of {kind} that this collection knows{hint} "
        "AS3 ignores or refuses what it does not know."
    )


def member_warnings(wanted: Wanted) -> None:
    """Unknown names in the settings of members."""
    for pool in wanted.cluster_pools:
        for key in pool.member:
            if key not in vocabulary.member_properties():
                _unknown(
                    wanted, f"{pool.path}.member.{key}", key, "Pool_Member", vocabulary.member_properties()
                )


def pointers(item: Object) -> Iterator[tuple[str, str]]:
    """(place below the object, target) of each pointer of an AS3 object."""
    known = vocabulary.properties(item) or {}
    for key, value in item.items():
        kind = known.get(key)
        yield from _pointers_in(value, key, kind is not None and kind.is_pointer)


def _pointers_in(value: Json, place: str, pointer: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if pointer:
            yield place, value
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _pointers_in(part, f"{place}[{number}]", pointer)
    elif isinstance(value, dict):
        if set(value) == {"use"} and isinstance(value["use"], str):
            yield f"{place}.use", value["use"]
        for key, part in value.items():
            yield from _pointers_in(
                part, f"{place}.{key}", key in vocabulary.NESTED_POINTERS and isinstance(part, str)
            )


def _listed(application: Object) -> str:
    """The objects of an application, in words."""
    return (
        some(
            sorted(
                key for key, value in application.items() if isinstance(value, dict) and key != "constants"
            )
        )
        or "nothing"
    )


def _pointers(
    wanted: Wanted,
    tenant: str,
    name: str,
    item: Object,
    path: str,
    known: Callable[[str, str], str],
    problems: Problems,
) -> None:
    """known: the objects of an application, in words."""
    for place, target in pointers(item):
        if not target.strip():
            continue
        if _ONE_LETTER.search(target):
            problems.add(
                f"{path}.{place}",
                f"refers to {target!r}: AS3 refuses references to objects whose name has one letter. "
                "Give it a longer name",
            )
            continue
        parts = _resolve(target, tenant, name)
        if parts is None:
            continue
        application = wanted.applications.get(parts[0], {}).get(parts[1])
        # An object with a reserved name is not put into its application; its tenant is held for that.
        if (
            application is not None
            and parts[2] not in application
            and names.reserved_fault("object", parts[2]) is None
        ):
            there = f"the application {parts[0]}/{parts[1]}; it has {known(parts[0], parts[1])}"
            problems.add(f"{path}.{place}", f"refers to {target!r}, which is not in {there}")


def _resolve(target: str, tenant: str, name: str) -> tuple[str, str, str] | None:
    """The (tenant, application, object) that a pointer means.

    None for one that is left to AS3 (relative to an object: @/x, 2/x).
    """
    target = target.removesuffix("#")
    if target.startswith("@") or target[:1].isdigit():
        return None
    if not target.startswith("/"):
        return tenant, name, target.split("/")[0]
    parts = target.split("/")[1:]
    if len(parts) < 3:
        return None
    return tenant if parts[0] == "@" else parts[0], name if parts[1] == "@" else parts[1], parts[2]


def _clashes(wanted: Wanted, problems: Problems) -> None:
    order = {place: number for number, place in enumerate(wanted.objects)}
    for (tenant, name, key), path in wanted.objects.items():
        item = wanted.applications[tenant][name][key]
        if str(item.get("class")).startswith("Service_"):
            shapes.addresses(item.get("virtualAddresses"), f"{path}.virtualAddresses", problems)
    virtual_servers = [
        one
        for tenant, applications in wanted.applications.items()
        for one in destinations.of_tenant(
            tenant, {**wanted.properties.get(tenant, {}), **applications}, wanted.applications.get("Common")
        )
    ]
    taken: dict[tuple[str, int, str, str], str] = {}
    for one in sorted(
        virtual_servers, key=lambda one: (one.redirect, order.get((one.tenant, one.application, one.name), 0))
    ):
        path = wanted.objects.get((one.tenant, one.application, one.name), one.path)
        first = path if one.listener is None else taken.setdefault(one.listener, path)
        if first == path:
            continue
        if one.redirect:
            problems.add(
                f"{path}.redirect80",
                f"makes a second virtual server on {one}, which {first} has already. Set redirect80: false",
            )
        else:
            problems.add(f"{path}.virtualAddresses", f"has {one}, which {first} has already")
