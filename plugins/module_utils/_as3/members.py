# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Pool members as AS3 writes them (entries with many addresses) and one by one.

Members of equal settings share one entry with many serverAddresses: AS3's own work is linear in that form and
quadratic in entries of one address.
"""

from __future__ import annotations

import functools
import ipaddress
import json
from dataclasses import dataclass, field
from typing import Any, Iterable, Mapping

from .. import _foreign
from . import vocabulary

Key = tuple[str, int]
Settings = dict[str, Any]

# Not settings of the member on BIG-IP: where it is kept and how the entry is written.
_PLACE = ("servicePort", "serverAddresses", "servers", "class")
NAME = "server_name"


@dataclass
class Members:
    """The members of one pool.

    static: (address, port) -> settings. other: entries that BIG-IP fills, or that mean existing nodes,
    unchanged.
    """

    static: dict[Key, Settings] = field(default_factory=dict)
    other: list[dict[str, Any]] = field(default_factory=list)


# The same addresses occur several times in a run: as wanted, as stored, as on the device.
@functools.lru_cache(maxsize=100_000)
def canonical(address: str, route_domain: int = 0) -> str:
    """One spelling of an address; a route domain that is the tenant's default is left out."""
    text = str(address).strip()
    head, dummy, mask = text.partition("/")
    host, dummy, domain = head.partition("%")
    try:
        host = str(ipaddress.ip_address(host))
    except ValueError:
        return text
    if domain.isascii() and domain.isdigit() and _foreign.whole(domain) != route_domain:
        host = f"{host}%{_foreign.whole(domain)}"
    full = "128" if ":" in host else "32"
    return f"{host}/{mask}" if mask and mask != full else host


@functools.lru_cache(maxsize=100_000)
def order(key: Key) -> tuple[int, int, str, int]:
    """Sort by address as a number, then port."""
    host, dummy, domain = key[0].partition("%")
    try:
        parsed = ipaddress.ip_address(host)
    except ValueError:
        return (9, 0, key[0], key[1])
    return (parsed.version, int(parsed), domain, key[1])


def flatten(entries: Any, route_domain: int = 0) -> Members:
    """Pool.members one by one. If an address and port occur twice, the later entry counts, as in AS3."""
    members = Members()
    for entry in entries if isinstance(entries, list) else ():
        if not isinstance(entry, dict):
            continue
        if not is_static(entry):
            members.other.append(entry)
            continue
        settings = {name: value for name, value in entry.items() if name not in _PLACE}
        domain = settings.pop("routeDomain", None)
        port = _foreign.whole(entry.get("servicePort"))
        for name, address in _addresses(entry):
            if domain is not None and "%" not in address:
                address = f"{address}%{domain}"
            key = (canonical(address, route_domain), port)
            members.static.pop(key, None)
            members.static[key] = {**settings, NAME: name} if name else settings
    return members


def is_empty(entries: Any) -> bool:
    """True if these entries mean no member at all, and let BIG-IP discover none."""
    members = flatten(entries)
    return not members.static and not members.other


def is_static(entry: Mapping[str, Any]) -> bool:
    """True if the entry holds its addresses itself."""
    return entry.get("addressDiscovery", "static") == "static" and "bigip" not in entry


def _addresses(entry: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The name of each server, which may be empty, and its address."""
    addresses, servers = entry.get("serverAddresses"), entry.get("servers")
    for address in addresses if isinstance(addresses, list) else ():
        yield "", str(address)
    for server in servers if isinstance(servers, list) else ():
        if isinstance(server, dict) and "address" in server:
            yield str(server.get("name") or ""), str(server["address"])


def group(members: Members) -> list[dict[str, Any]]:
    """The entries for these members: as few as their settings allow, always in the same order."""
    groups: dict[tuple[int, str], list[Key]] = {}
    for key, settings in members.static.items():
        same = {name: value for name, value in settings.items() if name != NAME}
        groups.setdefault((key[1], json.dumps(same, sort_keys=True)), []).append(key)
    entries: dict[Any, dict[str, Any]] = {}  # by the first member of each
    for (port, settings_text), keys in groups.items():
        keys.sort(key=order)
        plain = [key[0] for key in keys if NAME not in members.static[key]]
        named = [
            {"name": members.static[key][NAME], "address": key[0]}
            for key in keys
            if NAME in members.static[key]
        ]
        entry: dict[str, Any] = {"servicePort": port}
        if plain or not named:
            entry["serverAddresses"] = plain
        if named:
            entry["servers"] = named
        entry.update(json.loads(settings_text))
        entries[order(keys[0]), keys[0]] = entry
    return [entries[place] for place in sorted(entries)] + members.other


def meaning(settings: Settings) -> Settings:
    """Settings without those that equal AS3's defaults."""
    known = vocabulary.member_properties()
    significant = {}
    for name, value in settings.items():
        kind = known.get(name)
        if kind is not None:
            value = vocabulary.convert(value, kind)
            if value == kind.default and type(value) is type(kind.default):
                continue
        significant[name] = value
    return significant


def text(key: Key) -> str:
    """10.0.0.1:8080, [2001:db8::1]:8080."""
    return f"[{key[0]}]:{key[1]}" if ":" in key[0] else f"{key[0]}:{key[1]}"
