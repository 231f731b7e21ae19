# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Selects the Service of a source, one of its ports, and the address families."""

from __future__ import annotations

import difflib
from typing import Any, Iterable

from .addresses import IPV4, IPV6
from .model import Service, ServicePort, Snapshot
from .reasons import failure
from .source import Source

_SHOWN = 10


def find(snapshot: Snapshot, source: Source) -> Service:
    """The source's Service. Raises Failure if there is none, or if it cannot have members at all."""
    service = snapshot.services.get((source.namespace, source.name))
    if service is None:
        there = sorted(name for namespace, name in snapshot.services if namespace == source.namespace)
        near = difflib.get_close_matches(source.name, there, n=_SHOWN) or there[:_SHOWN]
        said = f"namespace {source.namespace} has " + (", ".join(near) or "no Services")
        raise failure(
            "service_not_found",
            f"{source.path}: Service {source.service_name} does not exist",
            said=said,
            service=source.service_name,
        )
    if service.type == "ExternalName":
        raise failure(
            "external_name",
            f"{source.path}: Service {service} has no endpoints",
            said="its type ExternalName is a DNS alias",
            service=str(service),
        )
    return service


def find_port(service: Service, wanted: str | None, path: str) -> ServicePort:
    """The port by number, by name, or by number/protocol; the only one if none is named.

    TCP and UDP under one number are two ports. Raises Failure if no port, or more than one, fits.
    """
    if not service.ports:
        raise failure(
            "service_without_ports", f"{path}: Service {service} has no ports", service=str(service)
        )
    if wanted is None:
        matches = list(service.ports)
    else:
        number, _slash, protocol = wanted.partition("/")
        matches = [
            port
            for port in service.ports
            if port.name == wanted
            or str(port.port) == number.lstrip("0")
            and protocol.upper() in ("", port.protocol)
        ]
    if len(matches) == 1:
        return matches[0]
    details: dict[str, Any] = {"service": str(service), "ports": [str(port) for port in service.ports]}
    if matches:
        raise failure(
            "service_port_ambiguous",
            f"{path}: Service {service}, port {wanted or '(not given)'}, is ambiguous",
            said=f"it could be {_list(matches)}",
            **details,
        )
    targets = [port for port in service.ports if str(port.target_port) == wanted]
    hint = f" ({wanted} is the targetPort of {_list(targets)})" if targets else ""
    raise failure(
        "service_port_not_found",
        f"{path}: Service {service} has no port {wanted}",
        said=f"it has {_list(service.ports)}{hint}",
        **details,
    )


def families(service: Service, source: Source) -> tuple[str, ...]:
    """The address families that the source asks for, in the Service's order. Raises Failure without any."""
    if source.address_family == "service":
        return service.families[:1]
    if source.address_family == "both":
        return service.families
    wanted = IPV4 if source.address_family == "ipv4" else IPV6
    if wanted not in service.families:
        raise failure(
            "address_family_missing",
            f"{source.path}: Service {service} has no address for address_family {source.address_family}",
            said=f"it has {' and '.join(service.families)}",
            service=str(service),
        )
    return (wanted,)


def _list(ports: Iterable[ServicePort]) -> str:
    return ", ".join(str(port) for port in ports)
