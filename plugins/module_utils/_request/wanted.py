# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The applications that a task asks for, put together before anything is read."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Collection, Iterator, Mapping, Sequence

from .._as3 import names
from .._as3.types import Json, Object
from .._errors import Failure

Place = tuple[str, str]
Namespaces = Mapping[str, Sequence[str]]
"""Tenant -> the namespaces whose Services may fill its pools by their labels."""


@dataclass(frozen=True)
class ClusterPool:
    """A pool whose members come from the cluster.

    path    its place in the user's input: applications[0]
    options the source: service, pool_member_type, ... (None: by the labels of Services)
    member  AS3 settings of all its members
    static  entries of the user's own that stay beside them
    """

    tenant: str
    application: str
    name: str
    path: str
    options: Object | None
    member: Object = field(default_factory=dict)
    static: tuple[Object, ...] = ()
    port_hint: Json = None

    @property
    def where(self) -> str:
        return f"/{self.tenant}/{self.application}/{self.name}"


@dataclass
class Wanted:
    """applications[tenant][name] is a whole AS3 Application. Its pools get members from the cluster later."""

    applications: dict[str, dict[str, Object]] = field(default_factory=dict)
    properties: dict[str, Object] = field(default_factory=dict)
    cluster_pools: list[ClusterPool] = field(default_factory=list)
    paths: dict[Place, list[str]] = field(default_factory=dict)
    objects: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(tenant, application, object) -> its place in the user's input."""
    warnings: list[str] = field(default_factory=list)
    controls: Object = field(default_factory=dict)
    faults: dict[str, list[tuple[Failure, str]]] = field(default_factory=dict)
    """tenant -> the failures that hold it and no other tenant, each with its place in the user's input."""

    @property
    def tenants(self) -> list[str]:
        return sorted(self.applications)

    def application(self, tenant: str, name: str, path: str) -> Object:
        """The application to add to; the first use creates it."""
        application = self.applications.setdefault(tenant, {}).get(name)
        if application is None:
            application = (
                {"class": "Application", "template": "shared"}
                if name == "Shared"
                else {"class": "Application"}
            )
            self.applications[tenant][name] = application
        known = self.paths.setdefault((tenant, name), [])
        if path not in known:
            known.append(path)
        return application

    def restrict(self, places: Collection[Place]) -> None:
        """Leave out all other applications. A tenant with a fault stays without them, to report the fault."""
        applications = {
            tenant: {name: value for name, value in named.items() if (tenant, name) in places}
            for tenant, named in self.applications.items()
        }
        self.applications = {
            tenant: named for tenant, named in applications.items() if named or tenant in self.faults
        }
        self.properties = {
            tenant: value for tenant, value in self.properties.items() if tenant in self.applications
        }
        self.cluster_pools = [
            pool for pool in self.cluster_pools if (pool.tenant, pool.application) in places
        ]
        self.objects = {key: path for key, path in self.objects.items() if key[:2] in places}
        self.paths = {
            place: paths for place, paths in self.paths.items() if place in places or place[0] in self.faults
        }

    def hold(self, tenant: str, failure: Failure, path: str) -> None:
        """Publish nothing in this tenant. The first failure is its reason."""
        self.faults.setdefault(tenant, []).append((failure, path))

    def holds_reserved(self, kind: str, tenant: str, name: str, path: str) -> bool:
        """True if AS3 reserves this name of a tenant, an application or an object. Then hold the tenant."""
        fault = names.reserved_fault(kind, name)
        if fault is None:
            return False
        self.hold(
            tenant, Failure("reserved_name", f"Tenant {tenant}: {fault}", remedy="Use another name."), path
        )
        return True

    def possible(self, tenants: Sequence[str], items: Sequence[Mapping[str, Json]]) -> list[str]:
        """The tenants that AS3 can have; the others are held. A reserved name in a request would fail all.

        items: of the option `applications`, for the place of a name
        """
        for tenant in tenants:
            if tenant not in self.faults:
                named = [number for number, item in enumerate(items) if item.get("tenant") == tenant]
                path = f"applications[{named[0]}].tenant" if named else f"tenants.{tenant}"
                self.holds_reserved("tenant", tenant, tenant, path)
        return [tenant for tenant in tenants if names.reserved_fault("tenant", tenant) is None]

    @contextmanager
    def warning_with_failure(self) -> Iterator[None]:
        """A Failure that is raised inside takes the warnings along."""
        try:
            yield
        except Failure as failure:
            failure.warnings = [*self.warnings, *failure.warnings]
            raise


class Problems:
    """Everything that is wrong with the input, reported at once."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, path: str, text: str) -> None:
        self.found.append((path, text))

    def raise_if_any(self) -> None:
        if not self.found:
            return
        faults = "; ".join(f"{path}: {text}" for path, text in self.found)
        raise Failure(
            "invalid_options",
            faults if len(self.found) == 1 else f"{len(self.found)} faults in the options: {faults}",
            summary="The options are not valid: "
            + ", ".join(dict.fromkeys(path for path, _text in self.found)),
            path=self.found[0][0],
            problems=[{"path": path, "message": text} for path, text in self.found],
        )
