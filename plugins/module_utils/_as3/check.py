# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is read from BIG-IP, and what is worth a warning. This module util is PRIVATE to the collection.

AS3 finds most of this too, but late, one fault a POST, and some of it only on the device.
"""

from __future__ import annotations

from typing import Any, Iterator

from . import vocabulary
from .members import canonical
from .wanted import Problems, Wanted

_LAYER4 = {"Service_UDP": "udp", "Service_SCTP": "sctp", "Service_HTTP": "tcp", "Service_HTTPS": "tcp", "Service_TCP": "tcp"}
_PORTS = {"Service_HTTP": 80, "Service_HTTPS": 443}
# Virtual servers on one address and port are no clash if they listen on other VLANs or for other clients.
_APART = ("allowVlans", "rejectVlans", "sourceAddress")


def check(wanted: Wanted, problems: Problems) -> None:
    """Add all faults and warnings of what is put together."""
    for (tenant, name, key), path in wanted.objects.items():
        item = wanted.applications[tenant][name].get(key)
        if not isinstance(item, dict):
            continue
        _properties(item, path, wanted)
        _pointers(wanted, tenant, name, item, path, problems)
        if item.get("class") == "Service_HTTPS" and not item.get("serverTLS"):
            problems.add(
                f"{path}.serverTLS",
                "is missing: AS3 would take this Service_HTTPS and make a virtual server that does not decrypt. "
                "Name a TLS_Server of objects, or {bigip: /Common/clientssl}",
            )
    _clashes(wanted, problems)
    _applications(wanted, problems)


def _applications(wanted: Wanted, problems: Problems) -> None:
    for tenant, applications in wanted.applications.items():
        for name in applications:
            path = wanted.paths[(tenant, name)][0]
            if tenant == "Common" and name != "Shared":
                problems.add(path, f"names the application {name!r} of tenant Common; AS3 allows only Shared there")
    for values in wanted.properties.values():
        known = vocabulary.properties({"class": "Tenant"}) or {}
        for key, value in list(values.items()):
            if key in known:
                values[key] = vocabulary.convert(value, known[key])


def _properties(item: dict[str, Any], path: str, wanted: Wanted) -> None:
    known = vocabulary.properties(item)
    if known is None:
        return
    for key in item:
        if key not in known and key != "class":
            _unknown(wanted, f"{path}.{key}", key, str(item["class"]), known)
    if item.get("class") == "Pool":
        for place, entry in enumerate(item.get("members") or []):
            for key in entry if isinstance(entry, dict) else ():
                if key not in vocabulary.member_properties():
                    _unknown(wanted, f"{path}.members[{place}].{key}", key, "Pool_Member", vocabulary.member_properties())


def _unknown(wanted: Wanted, path: str, key: str, kind: str, known: dict[str, vocabulary.Property]) -> None:
    near = vocabulary.nearest(key, known)
    hint = f"; did you mean {near!r}?" if near else "."
    wanted.warnings.append(f"{path}: {key!r} is not a property of {kind} that this collection knows{hint} AS3 ignores or refuses what it does not know.")


def member_warnings(wanted: Wanted) -> None:
    """Unknown names in the settings of members."""
    for fill in wanted.fills:
        for key in fill.member:
            if key not in vocabulary.member_properties():
                _unknown(wanted, f"{fill.path}.member.{key}", key, "Pool_Member", vocabulary.member_properties())


def pointers(item: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(place below the object, what it points to, whether it is a bare string) of an AS3 object."""
    known = vocabulary.properties(item) or {}
    for key, value in item.items():
        kind = known.get(key)
        yield from _pointers_in(value, key, kind is not None and kind.is_pointer)


def _pointers_in(value: Any, place: str, pointer: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(value, str):
        if pointer:
            yield place, value, True
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _pointers_in(part, f"{place}[{number}]", pointer)
    elif isinstance(value, dict):
        if set(value) == {"use"} and isinstance(value["use"], str):
            yield f"{place}.use", value["use"], False
            return
        for key, part in value.items():
            yield from _pointers_in(part, f"{place}.{key}", key in vocabulary.NESTED_POINTERS and isinstance(part, str))


def _pointers(wanted: Wanted, tenant: str, name: str, item: dict[str, Any], path: str, problems: Problems) -> None:
    for place, target, bare in pointers(item):
        if bare and len(target) == 1:
            problems.add(f"{path}.{place}", f"refers to {target!r}: AS3 refuses references to objects whose name has one letter. Give it a longer name")
            continue
        parts = _resolve(target, tenant, name)
        if parts is None:
            continue
        application = wanted.applications.get(parts[0], {}).get(parts[1])
        if application is not None and parts[2] not in application:
            here = ", ".join(sorted(key for key, value in application.items() if isinstance(value, dict) and key != "constants"))
            problems.add(f"{path}.{place}", f"refers to {target!r}, which is not in the application {parts[0]}/{parts[1]}; it has {here or 'nothing'}")


def _resolve(target: str, tenant: str, name: str) -> tuple[str, str, str] | None:
    """(tenant, application, object) that a pointer means."""
    if not target.startswith("/"):
        return tenant, name, target.split("/")[0]
    parts = target.split("/")[1:]
    if len(parts) < 3:
        return None
    return tenant if parts[0] == "@" else parts[0], name if parts[1] == "@" else parts[1], parts[2]


def _clashes(wanted: Wanted, problems: Problems) -> None:
    taken: dict[tuple[str, int, str], str] = {}
    explicit: list[tuple[tuple[str, int, str], str, bool]] = []
    for (tenant, name, key), path in wanted.objects.items():
        item = wanted.applications[tenant][name].get(key)
        kind = item.get("class") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(kind, str) or not kind.startswith("Service_") or any(word in item for word in _APART):
            continue
        port = item.get("virtualPort", _PORTS.get(kind))
        layer4 = str(item.get("layer4") or _LAYER4.get(kind, "any"))
        if not isinstance(port, int) or item.get("enable") is False:
            continue
        domain = wanted.properties.get(tenant, {}).get("defaultRouteDomain", 0)
        for address in item.get("virtualAddresses") or []:
            if not isinstance(address, str):
                continue
            text = canonical(address)
            if domain and "%" not in text:
                host, slash, mask = text.partition("/")
                text = f"{host}%{domain}{slash}{mask}"
            explicit.append(((text, port, layer4), path, False))
            if kind == "Service_HTTPS" and item.get("redirect80", True) is not False and port != 80:
                explicit.append(((text, 80, "tcp"), path, True))
    for place, path, redirect in sorted(explicit, key=lambda row: row[2]):
        first = taken.setdefault(place, path)
        if first != path:
            text = f"{place[0]} port {place[1]} ({place[2]})"
            if redirect:
                problems.add(f"{path}.redirect80", f"makes a second virtual server on {text}, which {first} has already. Set redirect80: false")
            else:
                problems.add(f"{path}.virtualAddresses", f"has {text}, which {first} has already")
