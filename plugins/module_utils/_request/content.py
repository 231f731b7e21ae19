# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The request of `as3_declaration`: the content, limited by the options tenant and application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Collection, Mapping, Protocol, Sequence

from .._as3 import names
from .._as3.given import structure
from .._as3.types import Json, Object
from .._ownership import mark
from . import template, validate
from .scope import NONE
from .wanted import Problems, Wanted

# The keys that the user writes beside the tenants. Each POST contains them unchanged.
_HEAD = ("schemaVersion", "id", "label", "remark", "constants", "scratch")
# The keys of the per-application form beside its applications.
_HEAD_OF_APPLICATIONS = ("schemaVersion", "controls", "$schema")


class ContentInput(Protocol):
    """The options of `as3_declaration` that say what to deploy or remove. emptied: given without a value."""

    @property
    def content(self) -> Json: ...

    @property
    def tenant(self) -> str | None: ...

    @property
    def application(self) -> str | None: ...

    @property
    def absent(self) -> bool: ...

    @property
    def emptied(self) -> Collection[str]: ...


@dataclass
class ContentRequest:
    """The applications to deploy or remove.

    only  the applications concerned; None: whole tenants are
    head  the user's own properties of the declaration
    """

    wanted: Wanted = field(default_factory=Wanted)
    tenants: Sequence[str] = ()
    only: set[str] | None = None
    head: Object = field(default_factory=dict)
    prune: str = NONE


def check(options: ContentInput) -> ContentRequest:
    """The request, without a fault. Raises Failure with all that is wrong."""
    problems = Problems()
    _check_names(options, problems)
    request = ContentRequest()
    with request.wanted.warning_with_failure():
        content = structure(options.content)
        if content is not None:
            _Content(request, options, problems).read(content)
        elif options.absent and options.tenant:
            _name(request, options.tenant, options.application)
        else:
            text = "is missing: state: absent needs content, or tenant" if options.absent else "is missing"
            problems.add("content", text)
        problems.raise_if_any()
        request.tenants = request.wanted.possible(request.wanted.tenants, [])
        return request


def _check_names(options: ContentInput, problems: Problems) -> None:
    """An empty value would mean more than the user named."""
    meaning = "state: absent removes what is named" if options.absent else "it limits what is replaced"
    for option in ("content", "tenant", "application") if options.absent else ("tenant", "application"):
        if option in options.emptied:
            hint = "leave the option out if you mean all that the others name"
            problems.add(option, f"is empty: {meaning}; {hint}")
    if options.application and not options.tenant:
        problems.add("application", "needs the tenant it is in: set tenant")
    for option, value in (("tenant", options.tenant), ("application", options.application)):
        if value and (fault := names.container_fault(option, value) or names.reserved_fault(option, value)):
            problems.add(option, fault)
    problems.raise_if_any()


def _name(request: ContentRequest, tenant: str, application: str | None) -> None:
    """A removal without content."""
    request.wanted.applications[tenant] = {}
    if application:
        request.wanted.application(tenant, application, "application")
        request.only = {application}


class _Content:
    """Reads one content into a request."""

    def __init__(self, request: ContentRequest, options: ContentInput, problems: Problems) -> None:
        self._request = request
        self._wanted = request.wanted
        self._options = options
        self._problems = problems

    def read(self, content: Json) -> None:
        by_application = isinstance(content, dict) and "class" not in content
        whole = self._with_tenant(content) if by_application else content
        template.add(self._wanted, whole, None, self._problems)
        if not by_application and not self._problems.found:
            adc = whole["declaration"] if whole.get("class") == "AS3" else whole
            known = self._wanted.applications
            self._request.head = {key: adc[key] for key in _HEAD if key in adc and key not in known}
        validate.check(self._wanted, self._problems)
        _name_places(self._wanted, self._problems, by_application)
        if not by_application:
            self._limit_to_tenant()
        self._limit_to_application()
        if not (self._options.absent or by_application or self._problems.found):
            self._refuse_properties_alone("content.declaration" if whole.get("class") == "AS3" else "content")
        self._refuse_nothing(by_application)

    def _with_tenant(self, content: Mapping[str, Json]) -> Json:
        """The per-application form as a declaration."""
        tenant = self._options.tenant
        if not tenant:
            text = "has no class, as the per-application form; that needs the option tenant"
            self._problems.add("content", text)
            self._problems.raise_if_any()
        self._request.head = {key: content[key] for key in ("schemaVersion",) if key in content}
        parts = {
            key: value
            for key, value in content.items()
            if key not in _HEAD_OF_APPLICATIONS or mark.applications({key: value})
        }
        self._request.only = set(parts)
        whole: Object = {"class": "ADC", str(tenant): {"class": "Tenant", **parts}}
        if isinstance(content.get("controls"), dict) and "controls" not in parts:
            whole["controls"] = content["controls"]
        return whole

    def _limit_to_tenant(self) -> None:
        tenant = self._options.tenant
        if not tenant:
            return
        if tenant not in self._wanted.applications and not self._problems.found:
            known = ", ".join(self._wanted.tenants) or "none"
            self._problems.add("tenant", f"is {tenant!r}, which content does not have; it has {known}")
        for other in set(self._wanted.applications) - {tenant}:
            del self._wanted.applications[other]
            self._wanted.properties.pop(other, None)

    def _limit_to_application(self) -> None:
        tenant, name = self._options.tenant, self._options.application
        if not name or tenant is None or tenant not in self._wanted.applications:
            return
        applications = self._wanted.applications[tenant]
        if name not in applications:
            self._problems.add("application", f"is {name!r}, which content does not have in {tenant}")
        self._request.only = {name}
        self._wanted.applications[tenant] = {key: value for key, value in applications.items() if key == name}

    def _refuse_properties_alone(self, path: str) -> None:
        """Only an empty Tenant is one to remove. One with properties lost its applications by mistake."""
        for tenant, applications in self._wanted.applications.items():
            properties = sorted(set(self._wanted.properties.get(tenant, ())) - {"controls"})
            if properties and not applications:
                text = f"has {', '.join(properties)} and no application (class: Application)"
                hint = "Give its applications, or {class: Tenant} alone to remove it"
                problem = f"{text}: a tenant without applications is removed. {hint}"
                self._problems.add(f"{path}.{tenant}", problem)

    def _refuse_nothing(self, by_application: bool) -> None:
        if self._problems.found:
            return
        if by_application and not self._wanted.applications.get(str(self._options.tenant)):
            self._problems.add("content", "has no application (class: Application)")
        elif not self._wanted.applications:
            self._problems.add("content", "has no tenant (class: Tenant)")


def _name_places(wanted: Wanted, problems: Problems, by_application: bool) -> None:
    """Write each place in the user's own words: the template's paths begin with `declaration`."""

    def own(path: str) -> str:
        if not path.startswith("declaration"):
            return path
        return ".".join(["content", *path.split(".")[2 if by_application else 1 :]])

    wanted.paths = {key: [own(place) for place in places] for key, places in wanted.paths.items()}
    wanted.objects = {key: own(place) for key, place in wanted.objects.items()}
    for faults in wanted.faults.values():
        faults[:] = [(fault, own(place)) for fault, place in faults]
    wanted.warnings = [own(text) for text in wanted.warnings]
    problems.found = [
        (own(path), text.replace("which declaration.", "which content.")) for path, text in problems.found
    ]
