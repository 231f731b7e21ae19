# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The addresses and ports that virtual servers listen on."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from .._ownership import mark
from . import normal, vocabulary
from .members import canonical

COMMON = "/Common"
SHARED = "/Common/Shared"


@dataclass(frozen=True)
class Destination:
    """One address of a virtual server, or a Service_Address.

    address  in one spelling, with its route domain unless that is 0; a pointer where its object is not known
    port     None for a Service_Address, and for a list of ports
    source   the clients that it listens for, empty for all; None for a list, whose addresses are not known
    vlans    it listens on some VLANs only
    home     where BIG-IP keeps the address: the partition of the tenant, COMMON or SHARED
    created  AS3 creates the address there, or uses the one in COMMON
    alone    a Service_Address, which AS3 creates in any case
    redirect the second virtual server of a Service_HTTPS
    """

    tenant: str
    application: str
    name: str
    owner: str | None
    address: str
    home: str
    created: bool
    alone: bool = False
    port: int | None = None
    protocol: str = ""
    source: str | None = ""
    vlans: bool = False
    redirect: bool = False

    @property
    def path(self) -> str:
        return f"/{self.tenant}/{self.application}/{self.name}"

    @property
    def listener(self) -> tuple[str, int, str, str] | None:
        """The key that no two virtual servers may share; None if it cannot be known."""
        if self.port is None or self.source is None or self.vlans:
            return None
        return self.address, self.port, self.protocol, self.source

    @property
    def place(self) -> tuple[Any, ...]:
        """All that counts for a conflict."""
        return (
            self.address,
            self.home,
            self.created,
            self.alone,
            self.port,
            self.protocol,
            self.source,
            self.vlans,
        )

    @property
    def is_any(self) -> bool:
        """A wildcard, of which each partition may have one."""
        return self.address.partition("/")[0].partition("%")[0] in ("0.0.0.0", "::")

    def __str__(self) -> str:
        return self.address if self.port is None else f"{self.address} port {self.port} ({self.protocol})"


def of_tenant(
    tenant: str, body: Mapping[str, Any] | None, common: Mapping[str, Any] | None
) -> Iterator[Destination]:
    """The destinations of an AS3 Tenant.

    common: the tenant Common, as far as it is known; others may refer to its Service_Addresses.
    """
    if body is None or body.get("enable") is False:
        return
    for application, content in mark.applications(dict(body)).items():
        for name, item in content.items():
            if (
                isinstance(item, dict)
                and isinstance(item.get("class"), str)
                and item.get("enable") is not False
            ):
                yield from _Reader(tenant, application, name, mark.owner(content), body, common).read(item)


@dataclass(frozen=True)
class _Reader:
    """Reads one object of an application."""

    tenant: str
    application: str
    name: str
    owner: str | None
    body: Mapping[str, Any]
    common: Mapping[str, Any] | None

    def read(self, item: Mapping[str, Any]) -> Iterator[Destination]:
        kind = item["class"]
        if kind == "Service_Address":
            if isinstance(item.get("virtualAddress"), str):
                yield self._destination(
                    _absolute(item["virtualAddress"], self.body), self._own_home, alone=True
                )
        elif (
            kind.startswith("Service_")
            and item.get("virtualType") != "internal"
            and isinstance(item.get("virtualAddresses"), list)
        ):
            yield from self._listeners(item)

    def _listeners(self, item: Mapping[str, Any]) -> Iterator[Destination]:
        """The destinations of a virtual server."""
        port = _value(item, "virtualPort")
        listens: dict[str, Any] = {
            "port": port if isinstance(port, int) and not isinstance(port, bool) else None,
            "protocol": str(_value(item, "layer4") or "any"),
            "vlans": "allowVlans" in item or "rejectVlans" in item,
        }
        for given in item["virtualAddresses"]:
            source = item.get("sourceAddress", "")
            if isinstance(given, list) and len(given) == 2:
                given, source = given
            found = self._address(given, item.get("shareAddresses") is True)
            if found is None:
                continue
            listens["source"] = _source(source)
            yield self._destination(*found, **listens)
            if (
                item["class"] == "Service_HTTPS"
                and item.get("redirect80") is not False
                and listens["port"] != 80
            ):
                yield self._destination(
                    *found, **{**listens, "port": 80, "protocol": "tcp", "redirect": True}
                )

    def _destination(self, address: str, home: str, created: bool = True, **more: Any) -> Destination:
        return Destination(
            self.tenant, self.application, self.name, self.owner, address, home, created, **more
        )

    @property
    def _own_home(self) -> str:
        return SHARED if self.tenant == "Common" else f"/{self.tenant}"

    def _address(self, element: Any, shared: bool) -> tuple[str, str, bool] | None:
        """(address, home, created) of an element of virtualAddresses; None for another value."""
        if isinstance(element, str) and element.strip():
            return _absolute(element, self.body), COMMON if shared else self._own_home, True
        if isinstance(element, dict) and isinstance(element.get("use"), str):
            pointer = normal.absolute(element["use"], f"/{self.tenant}/{self.application}/")
            tenant, _slash, path = pointer[1:].partition("/")
            application, _slash, name = path.partition("/")
            holder = self.body if tenant == self.tenant else self.common if tenant == "Common" else None
            service_address = (mark.application(holder, application) or {}).get(name)
            address = service_address.get("virtualAddress") if isinstance(service_address, dict) else None
            known = _absolute(address, holder or {}) if isinstance(address, str) else pointer
            return known, SHARED if tenant == "Common" else f"/{tenant}", False
        if isinstance(element, dict) and isinstance(element.get("bigip"), str):
            home, _slash, name = element["bigip"].rpartition("/")
            text = element["address"] if isinstance(element.get("address"), str) else name
            return _absolute(text, self.body) if _is_address(text) else element["bigip"], home, False
        return None


def _value(item: Mapping[str, Any], key: str) -> Any:
    """The value of a property, or AS3's default of it."""
    known = (vocabulary.properties(dict(item)) or {}).get(key)
    return item.get(key, known.default if known else None)


def _absolute(address: str, tenant: Mapping[str, Any]) -> str:
    """One spelling, with the tenant's route domain where the address names none."""
    host, slash, mask = address.strip().partition("/")
    domain = tenant.get("defaultRouteDomain")
    if isinstance(domain, int) and domain and "%" not in host:
        host = f"{host}%{domain}"
    return canonical(f"{host}{slash}{mask}")


def _source(source: Any) -> str | None:
    if not isinstance(source, str):
        return None
    text = canonical(source)
    return "" if text.endswith("/0") else text


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError:
        return False
    return True
