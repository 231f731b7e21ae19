# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks for, put together before anything is read. This module util is PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._as3 import names
from .._errors import Failure

Place = tuple[str, str]


@dataclass(frozen=True)
class Fill:
    """A pool whose members come from the cluster.

    path    where it stands in the user's input: applications[0]
    options the source: service, pool_member_type, ... (None: by the labels of Services)
    member  AS3 settings of all its members
    static  entries of the user's own that stay beside them
    """

    tenant: str
    application: str
    pool: str
    path: str
    options: dict[str, Any] | None
    member: dict[str, Any] = field(default_factory=dict)
    static: tuple[dict[str, Any], ...] = ()
    port_hint: Any = None

    @property
    def where(self) -> str:
        return f"/{self.tenant}/{self.application}/{self.pool}"


@dataclass
class Wanted:
    """applications[tenant][name] is a whole AS3 Application, its pools still without the members that come from the cluster."""

    applications: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    fills: list[Fill] = field(default_factory=list)
    paths: dict[Place, list[str]] = field(default_factory=dict)
    objects: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """(tenant, application, object) -> its place in the user's input."""
    warnings: list[str] = field(default_factory=list)
    controls: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, list[tuple[Failure, str]]] = field(default_factory=dict)
    """tenant -> what holds it, without stopping the others, each with its place in the user's input."""

    @property
    def tenants(self) -> list[str]:
        return sorted(self.applications)

    def application(self, tenant: str, name: str, path: str) -> dict[str, Any]:
        """The application to add to, made on first use."""
        found = self.applications.setdefault(tenant, {}).get(name)
        if found is None:
            found = {"class": "Application", "template": "shared"} if name == "Shared" else {"class": "Application"}
            self.applications[tenant][name] = found
        known = self.paths.setdefault((tenant, name), [])
        if path not in known:
            known.append(path)
        return found

    def holds_reserved(self, kind: str, tenant: str, name: str, path: str) -> bool:
        """Whether AS3 reserves this name of a tenant, an application or an object (kind). Then the tenant is held."""
        fault = names.reserved_fault(kind, name)
        if fault is None:
            return False
        self.faults.setdefault(tenant, []).append((Failure("reserved_name", f"Tenant {tenant}: {fault}", remedy="Use another name."), path))
        return True


class Problems:
    """Everything wrong with the input, told at once."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, path: str, text: str) -> None:
        self.found.append((path, text))

    def raise_if_any(self) -> None:
        if not self.found:
            return
        lines = [f"{path}: {text}" for path, text in self.found]
        raise Failure(
            "invalid_options",
            lines[0] if len(lines) == 1 else f"{len(lines)} faults in the options: " + "; ".join(lines),
            summary="The options are not valid: " + ", ".join(dict.fromkeys(path for path, _text in self.found)),
            path=self.found[0][0],
            problems=[{"path": path, "message": text} for path, text in self.found],
        )
