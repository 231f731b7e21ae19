# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The request of `publish` with state: absent or released: the applications to remove or release.

An empty value would mean more than the user named, so it is refused. Only a key that is missing means all.
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Protocol, Sequence

from .._as3.names import container_fault
from .._as3.types import Json
from .._ownership import mark
from . import template
from .scope import NONE
from .wanted import Problems, Wanted

# tenant -> the applications that are named; None: all of the owner's
Named = Mapping[str, "set[str] | None"]


class RemovalInput(Protocol):
    """The options of `publish` that say what to remove."""

    @property
    def state(self) -> str: ...

    @property
    def owner(self) -> str | None: ...

    @property
    def prune(self) -> Json: ...

    @property
    def prune_scope(self) -> str | None: ...

    @property
    def applications(self) -> Sequence[Mapping[str, Json]] | None: ...

    @property
    def tenants(self) -> Mapping[str, Json] | None: ...

    @property
    def declaration(self) -> Json: ...


class RemovalRequest(NamedTuple):
    """The applications to remove or release. tenants: those that AS3 can have."""

    wanted: Wanted
    tenants: Sequence[str]
    prune: str
    named: Named


def refuse_empty(options: RemovalInput, problems: Problems) -> None:
    """Where something is removed, an empty value would stand for more than the user named."""
    for name, value in (("applications", options.applications), ("declaration", options.declaration)):
        if value is not None and not value:
            hint = "Leave the key out if nothing is to be listed there"
            problems.add(name, f"is empty, which may remove more than you mean. {hint}")
    if options.owner is not None and not options.owner.strip():
        hint = "Only without the key it is the cluster's UID"
        problems.add("owner", f"is empty: name the owner whose applications are to be removed. {hint}")


def request(options: RemovalInput, problems: Problems) -> RemovalRequest:
    """The names in applications and a declaration, or in `tenants`. Raises Failure with all faults."""
    named = _Names(problems)
    items = options.applications or []
    for number, item in enumerate(items):
        path = f"applications[{number}]"
        if "application" in item:
            named.add(item.get("tenant"), item["application"], path)
        else:
            named.add_whole(item.get("tenant"), path)
    if options.declaration:
        _add_declaration(named, options.declaration, problems)
    _add_tenants(named, options, problems)
    if not named.by_tenant and not problems.found:
        option = "declaration" if options.declaration else "applications"
        fault = "names no application" if options.declaration else "is missing"
        problems.add(option, f"{fault}: state: {options.state} needs the applications or tenants")
    problems.raise_if_any()
    wanted = Wanted()
    tenants = wanted.possible(sorted(named.by_tenant), items)
    return RemovalRequest(wanted, tenants, options.prune_scope or NONE, named.by_tenant)


def _add_declaration(named: _Names, declaration: Json, problems: Problems) -> None:
    adc = template.parse(declaration, problems)
    for tenant, value in template.tenants(adc, "declaration", problems):
        path = f"declaration.{tenant}"
        template.check_parts(value, path, problems)
        for name in mark.applications(value):
            named.add(tenant, name, path)


def _add_tenants(named: _Names, options: RemovalInput, problems: Problems) -> None:
    """Beside applications or a declaration, `tenants` has properties of their tenants, and names nothing."""
    listed = bool(options.applications or options.declaration)
    for tenant in options.tenants or {}:
        if not listed or not str(tenant).strip():
            named.add_whole(tenant, f"tenants.{tenant}")
        elif tenant not in named.by_tenant:
            entry = f"{{tenant: {tenant}}}"
            hint = f"To remove or release all your applications in it, list {entry} in applications"
            text = f"names a tenant that is not in applications or declaration. {hint}"
            problems.add(f"tenants.{tenant}", text)


class _Names:
    """Collects tenants and applications. An empty or null name is a fault."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self.by_tenant: dict[str, set[str] | None] = {}

    def add_whole(self, tenant: Json, path: str) -> None:
        """Every application of the owner in this tenant."""
        if self._is_name("tenant", tenant, path):
            self.by_tenant[str(tenant)] = None

    def add(self, tenant: Json, application: Json, path: str) -> None:
        if self._is_name("tenant", tenant, path) and self._is_name("application", application, path):
            known = self.by_tenant.setdefault(str(tenant), set())
            if known is not None:  # otherwise the whole tenant is named already
                known.add(str(application))

    def _is_name(self, option: str, value: Json, path: str) -> bool:
        fault: str | None
        if value is None or not str(value).strip():
            whole = "only an item without this key means every application of yours in the tenant"
            more = "" if option == "tenant" else f"; {whole}"
            fault = f"is empty: name the {option} to remove or release{more}"
        else:
            fault = container_fault(option, str(value))
        if fault:
            self._problems.add(f"{path}.{option}", fault)
        return not fault
