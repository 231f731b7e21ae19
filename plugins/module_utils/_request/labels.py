# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Pools of a declaration that Services fill by their labels, with the labels of F5 CIS.

Any user who may edit the Service can set a label. It counts in the namespaces of the option
label_namespaces only, and only for a pool that has no addresses. A conflict holds the tenant of the pool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Mapping, Protocol, Sequence

from .._as3.given import structure
from .._as3.members import is_static
from .._as3.types import Json, Object
from .._errors import Failure, some
from . import template
from .wanted import Namespaces, Place, Problems, Wanted

LABELS = ("cis.f5.com/as3-tenant", "cis.f5.com/as3-app", "cis.f5.com/as3-pool")
SELECTOR = ",".join(LABELS)
OPTION = "label_namespaces"
_PoolPath = tuple[str, str, str]
_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\Z")


class Port(Protocol):
    """The part of _members.model.ServicePort in use."""

    @property
    def name(self) -> str: ...

    @property
    def port(self) -> int: ...

    @property
    def protocol(self) -> str: ...

    @property
    def target_port(self) -> int | str: ...


class Service(Protocol):
    """The part of _members.model.Service in use."""

    @property
    def namespace(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, str]: ...

    @property
    def ports(self) -> Sequence[Port]: ...


def namespaces(wanted: Wanted, label_namespaces: Json, problems: Problems) -> Namespaces:
    """Each tenant of the declaration, and the namespaces whose Services may fill its pools.

    Empty if no pool is to be filled.
    """
    empty = _to_fill(wanted)
    if not empty:
        return {}
    tenants = {tenant for tenant, _name, _pool in _of_declaration(wanted)}
    before = len(problems.found)
    named = _named(label_namespaces, tenants, problems)
    if len(problems.found) > before:
        return {}
    unnamed = sorted(_path(pool) for pool in empty if not named[pool[0]])
    if unnamed:
        what = f"names no namespace for the pools of the declaration that have no address: {some(unnamed)}"
        hint = (
            "Name the namespaces whose Services may fill them by their labels, "
            "or name the Services in pools. An empty list of pools fills none"
        )
        problems.add(OPTION, f"{what}. {hint}")
    return named


def by_application(wanted: Wanted, named: Namespaces) -> dict[Place, Sequence[str]]:
    """Each application with a pool to fill, and the namespaces of the Services that may fill it."""
    return {(tenant, name): named.get(tenant, ()) for tenant, name, _pool in _to_fill(wanted)}


def _named(label_namespaces: Json, tenants: set[str], problems: Problems) -> dict[str, list[str]]:
    value = structure(label_namespaces)
    if isinstance(value, dict):
        return {tenant: _list(value.get(tenant), f"{OPTION}.{tenant}", problems) for tenant in tenants}
    return dict.fromkeys(tenants, _list(value, OPTION, problems))


def _list(listed: Json, path: str, problems: Problems) -> list[str]:
    value = [part.strip() for part in listed.split(",")] if isinstance(listed, str) else listed
    if value is None or value == [""]:
        return []
    if not isinstance(value, list):
        problems.add(
            path, f"is {listed!r:.60}: give a list of namespaces, or a dictionary of tenants and their lists"
        )
        return []
    for name in value:
        if not isinstance(name, str) or not _NAMESPACE.match(name):
            problems.add(path, f"has {name!r:.60}, which is not the name of a namespace")
    return sorted({str(name) for name in value})


def _of_declaration(wanted: Wanted) -> dict[_PoolPath, str]:
    """The objects of the declaration, each with its place in it.

    Those of `applications` are filled by their own Services only.
    """
    return {key: path for key, path in wanted.objects.items() if path.startswith("declaration")}


def _to_fill(wanted: Wanted) -> dict[_PoolPath, Object]:
    """The pools of the declaration without any address."""
    empty = {}
    for tenant, name, key in _of_declaration(wanted):
        item = wanted.applications[tenant][name][key]
        if item["class"] == "Pool" and not _has_addresses(item):
            empty[(tenant, name, key)] = item
    return empty


def _has_addresses(pool: Mapping[str, Json]) -> bool:
    """True if the user names addresses of members, or lets BIG-IP discover them."""
    entries = pool.get("members")
    entries = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return any(
        not is_static(entry) or entry.get("serverAddresses") or entry.get("servers") for entry in entries
    )


@dataclass
class _Labelled:
    """Services by what their labels mean. Each text names a Service and the pool that it names.

    claims     pools without addresses, and the Services that may fill each
    lacking    applications of the declaration, and the Services that name a pool that they do not have
    full       Services that name a pool with addresses
    strangers  Services of a namespace that label_namespaces does not name for the tenant
    """

    claims: dict[_PoolPath, list[Service]] = field(default_factory=dict)
    lacking: dict[Place, list[str]] = field(default_factory=dict)
    full: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def _sorted_out(wanted: Wanted, services: Sequence[Service], named: Namespaces) -> _Labelled:
    empty, there = _to_fill(wanted), _of_declaration(wanted)
    known = {
        place
        for place, paths in wanted.paths.items()
        if place[0] in named
        and place[1] in wanted.applications.get(place[0], {})
        and any(path.startswith("declaration") for path in paths)
    }
    labelled = _Labelled()
    for service in services:
        tenant, name, pool = (service.labels.get(label, "") for label in LABELS)
        place = (tenant, name, pool)
        if (tenant, name) not in known or place in wanted.objects and place not in there:
            continue  # another task publishes it
        text = f"{_text(service)} (pool {_path(place)})"
        if service.namespace not in named[tenant]:
            labelled.strangers.append(text)
        elif place in empty:
            labelled.claims.setdefault(place, []).append(service)
        elif place in there and wanted.applications[tenant][name][pool]["class"] == "Pool":
            labelled.full.append(text)
        else:
            labelled.lacking.setdefault((tenant, name), []).append(text)
    return labelled


def add(wanted: Wanted, services: Sequence[Service], named: Namespaces) -> None:
    """Fill pools by the labels of Services.

    A fault holds the tenant that the Service names, and no other.
    """
    empty = _to_fill(wanted)
    labelled = _sorted_out(wanted, services, named)
    for (tenant, name), texts in labelled.lacking.items():
        lack = f"does not have the pools that labels name: {some(texts)}"
        doing = f"Application {tenant}/{name} of the declaration {lack}"
        remedy = "Correct the labels, or add the pools."
        _hold(wanted, Failure("label_pool_not_found", doing, remedy=remedy, tenant=tenant, application=name))
    for place, claimants in labelled.claims.items():
        failure = _fill(wanted, place, claimants, empty[place])
        if failure:
            _hold(wanted, failure)
    what = "Labels do not fill a pool that has addresses, so these Services fill none"
    _warn(wanted, what, labelled.full, "Omit the addresses, or use pools.")
    what = (
        "These Services fill no pool, because label_namespaces does not name their namespace for the tenant"
    )
    _warn(wanted, what, labelled.strangers, "")
    unfilled = [place for place in empty if place not in labelled.claims and place[0] in named]
    texts = [f"{_path(place)} (namespaces {some(named[place[0]])})" for place in unfilled]
    _warn(wanted, "No Service is labelled for these pools of the declaration", texts, "")


def _warn(wanted: Wanted, what: str, services: Sequence[str], remedy: str) -> None:
    """One warning, however many Services there are."""
    if services:
        wanted.warnings.append(f"{what}: {some(services)}. {remedy}".rstrip())


def _hold(wanted: Wanted, failure: Failure) -> None:
    tenant, name = failure.details["tenant"], failure.details["application"]
    wanted.faults.setdefault(tenant, []).append((failure, wanted.paths[(tenant, name)][0]))


def _fill(
    wanted: Wanted, place: _PoolPath, services: Sequence[Service], pool: Mapping[str, Json]
) -> Failure | None:
    """Fill one pool. Returns the Failure if it cannot be filled."""
    details = {"tenant": place[0], "application": place[1], "pool": _path(place)}
    if len(services) > 1:
        return Failure(
            "label_conflict",
            f"Several Services have labels for the pool {_path(place)}: {some(map(_text, services))}",
            remedy=(
                "Remove the labels of all but one, remove a namespace from label_namespaces, "
                "or name the Service in pools."
            ),
            **details,
        )
    (service,) = services
    hint = next(
        (entry.get("servicePort") for entry in pool.get("members") or [] if isinstance(entry, dict)), None
    )
    port = _port_of(service, hint, details)
    if isinstance(port, Failure):
        return port
    source = {"service": {"namespace": service.namespace, "name": service.name, "port": port}}
    problems = Problems()
    template.add_pool(
        wanted,
        {"tenant": place[0], "application": place[1], "pool": place[2], **source},
        _text(service),
        problems,
    )
    problems.raise_if_any()  # faults of the declaration, if any
    return None


def _port_of(service: Service, hint: Json, details: Mapping[str, Json]) -> str | None | Failure:
    """The Service port that a template's servicePort means: a Service port first, then a target port."""
    if hint in (None, 0):
        return None
    for matches in (
        [port for port in service.ports if port.port == hint],
        [port for port in service.ports if str(port.target_port) == str(hint)],
    ):
        if len(matches) == 1:
            (port,) = matches
            return port.name or str(port.port)
        if matches:
            several = some(f"{port.port}/{port.protocol}" for port in matches)
            doing = (
                f"{_text(service)} has several ports that members[0].servicePort {hint} "
                f"of the pool {details['pool']} may mean: {several}"
            )
            return Failure("service_port_ambiguous", doing, remedy="Name the port in pools.", **details)
    known = some(f"{port.port} (target {port.target_port})" for port in service.ports)
    doing = (
        f"{_text(service)} has no port {hint}, which members[0].servicePort "
        f"of the pool {details['pool']} names; it has {known or 'none'}"
    )
    return Failure(
        "service_port_not_found", doing, remedy="Correct servicePort, or name the port in pools.", **details
    )


def _text(service: Service) -> str:
    return f"Service {service.namespace}/{service.name}"


def _path(place: _PoolPath) -> str:
    return f"/{place[0]}/{place[1]}/{place[2]}"
