# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any AS3 declaration, deployed or removed: the engine of as3_declaration. This module util is PRIVATE to the collection.

It is publish's engine with another source of applications (the user's content instead of the cluster) and another rule for
what stands beside them: a tenant that the content names is replaced whole, as AS3 itself does.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any, Callable, Iterable, Iterator, Mapping, NoReturn

from .._as3 import names, secrets
from .._as3.given import structure
from .._bigip.as3 import As3
from .._bigip.outcome import Outcome
from .._ownership import mark
from .._plan.declared import NOT_COMPARED, DeclaredPlanner
from .._plan.model import Device, Rules, TenantGoal, TenantPlan
from .._publish import engine
from .._publish import operators as by_operators
from .._publish.ports import BigIp, Tenants
from .._publish.rounds import Run
from .._request import template, validate
from .._request.wanted import Problems
from . import publish

# Many tenants in one POST are many in one failure; AS3's work is the same either way.
_TENANTS_PER_POST = 20
# What the user says beside the tenants, which goes into each POST as it is.
_HEAD = ("schemaVersion", "id", "label", "remark", "constants", "scratch")


def deploy(params: Mapping[str, Any], hide: Callable[[Iterable[str]], None], check_mode: bool) -> dict[str, Any]:
    """The result of as3_declaration; it holds `failure` if the task must fail."""
    return _Declarer(params, hide, check_mode).run()


class _Head:
    """An As3 that sends the user's own words beside the tenants."""

    def __init__(self, as3: As3, head: Mapping[str, Any]) -> None:
        self._as3 = as3
        self._head = head
        self.declaration = as3.declaration
        self.others = as3.others
        self.info = as3.info
        self.remove = as3.remove

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Outcome:
        if tenant is not None:
            version = {key: value for key, value in self._head.items() if key == "schemaVersion"}
            return self._as3.submit({**body, **version}, tenant=tenant)
        if body.get("class") == "AS3":
            return self._as3.submit({**body, "declaration": {**body["declaration"], **self._head}})
        return self._as3.submit({**body, **self._head})


class _Declarer(engine._Publisher):
    def __init__(self, params: Mapping[str, Any], hide: Callable[[Iterable[str]], None], check_mode: bool) -> None:
        options = {"tenants_per_post": _TENANTS_PER_POST, "details": "changed", **params, "state": "present"}
        edges = publish.edges(options, hide)
        self._reach = edges.bigip
        super().__init__(options, dataclasses.replace(edges, kubernetes=_no_cluster, source=_no_cluster, bigip=self._bigip), check_mode)
        self._absent = params["state"] == "absent"
        self._only: set[str] | None = None
        """The applications concerned, where not whole tenants are."""
        self._planner: DeclaredPlanner | None = None
        self._head: dict[str, Any] = {}

    @contextlib.contextmanager
    def _bigip(self) -> Iterator[BigIp]:
        with self._reach() as bigip:
            yield dataclasses.replace(bigip, as3=_Head(bigip.as3, self._head))
        self.warnings += bigip.warnings  # also of signing out; the report drops those that stand twice

    # -- input --------------------------------------------------------------------------------------------------------

    def _validate(self) -> list[str]:
        content = structure(self.options.get("content"))
        tenant: str | None = self.options.get("tenant")
        application: str | None = self.options.get("application")
        problems = Problems()
        what = "state: absent removes what is named" if self._absent else "it limits what is replaced"
        for option in ("content", "tenant", "application") if self._absent else ("tenant", "application"):
            if option in self.options and (self.options[option] is None or not str(self.options[option]).strip()):
                problems.add(option, f"is empty: {what}; leave the option out if you mean all that the others name")
        if application and not tenant:
            problems.add("application", "needs the tenant it is in: set tenant")
        for option, value in (("tenant", tenant), ("application", application)):
            fault = (names.container_fault(option, value) or names.reserved_fault(option, value)) if value else None
            if fault:
                problems.add(option, fault)
        problems.raise_if_any()
        if content is None:
            if self._absent and tenant:
                self.wanted.applications[tenant] = {}
                if application:
                    self.wanted.application(tenant, application, "application")
                    self._only = {application}
            else:
                problems.add("content", "is missing: state: absent needs content, or tenant" if self._absent else "is missing")
            problems.raise_if_any()
            return self.wanted.tenants
        self._read_content(content, tenant, application, problems)
        self.edges.hide(secrets.all_texts(self.wanted.applications))
        return self.wanted.tenants

    def _read_content(self, content: Any, tenant: str | None, application: str | None, problems: Problems) -> None:
        by_application = isinstance(content, dict) and "class" not in content
        if by_application:
            if not tenant:
                problems.add("content", "has no class, as the per-application form; that needs the option tenant")
                problems.raise_if_any()
            self._head = {key: content[key] for key in ("schemaVersion",) if key in content}
            head = ("schemaVersion", "controls", "$schema")
            parts = {key: value for key, value in content.items() if key not in head or mark.applications({key: value})}
            whole: Any = {"class": "ADC", str(tenant): {"class": "Tenant", **parts}}
            if isinstance(content.get("controls"), dict) and "controls" not in parts:
                whole["controls"] = content["controls"]
            self._only = set(parts)
        else:
            whole = content
        template.add(self.wanted, whole, None, problems)
        if not by_application and not problems.found:
            adc = whole["declaration"] if whole.get("class") == "AS3" else whole
            self._head = {key: adc[key] for key in _HEAD if key in adc and key not in self.wanted.applications}
        validate.check(self.wanted, problems)
        self.wanted.paths = {key: [_own(place, by_application) for place in places] for key, places in self.wanted.paths.items()}
        self.wanted.objects = {key: _own(place, by_application) for key, place in self.wanted.objects.items()}
        for faults in self.wanted.faults.values():
            faults[:] = [(fault, _own(place, by_application)) for fault, place in faults]
        self.wanted.warnings = [_own(text, by_application) for text in self.wanted.warnings]
        problems.found = [(_own(path, by_application), text.replace("which declaration.", "which content.")) for path, text in problems.found]
        if tenant and not by_application:
            if tenant not in self.wanted.applications and not problems.found:
                problems.add("tenant", f"is {tenant!r}, which content does not have; it has {', '.join(self.wanted.tenants) or 'none'}")
            for other in set(self.wanted.applications) - {tenant}:
                del self.wanted.applications[other]
                self.wanted.properties.pop(other, None)
        if application and tenant in self.wanted.applications:
            if application not in self.wanted.applications[tenant]:
                problems.add("application", f"is {application!r}, which content does not have in {tenant}")
            self._only = {application}
            self.wanted.applications[tenant] = {name: value for name, value in self.wanted.applications[tenant].items() if name == application}
        if not (self._absent or by_application or problems.found):
            self._refuse_properties_alone("content.declaration" if whole.get("class") == "AS3" else "content", problems)
        if by_application and not self.wanted.applications.get(str(tenant)) and not problems.found:
            problems.add("content", "has no application (class: Application)")
        if not self.wanted.applications and not problems.found:
            problems.add("content", "has no tenant (class: Tenant)")
        problems.raise_if_any()

    def _refuse_properties_alone(self, path: str, problems: Problems) -> None:
        """Only a Tenant without anything says that it goes: properties are of a tenant that stays, whose applications got lost."""
        for name, applications in self.wanted.applications.items():
            found = sorted(set(self.wanted.properties.get(name, ())) - NOT_COMPARED)
            if found and not applications:
                text = f"has {', '.join(found)} and no application (class: Application): a tenant without applications is removed"
                problems.add(f"{path}.{name}", f"{text}. Give its applications, or {{class: Tenant}} alone to remove it")

    # -- goals --------------------------------------------------------------------------------------------------------

    def _read_cluster(self, bigip: BigIp, stored: Tenants) -> tuple[Rules, list[TenantGoal]]:
        """There is none: the content is the goal. None as applications: the tenant shall go."""
        goals = []
        for tenant, applications in sorted(self.wanted.applications.items()):
            gone = not applications or self._absent and self._only is None
            goals.append(TenantGoal(tenant, None if gone else applications, self.wanted.properties.get(tenant, {})))
        return Rules(adopt=self.options.get("adopt") or "none"), goals

    def _plan(self, goal: TenantGoal, stored: Mapping[str, Any] | None, device: Device | None, rules: Rules) -> TenantPlan:
        if self._planner is None:
            self._planner = DeclaredPlanner(self._only, self._absent, self.check_mode)
        return self._planner(goal, stored, device, rules)

    def _report(self, runs: Mapping[str, Run], bigip: BigIp) -> dict[str, Any]:
        for run in runs.values():
            if run.first.declared:
                self.warnings += by_operators.warnings(run.first, run.first.declared.operators, run, self.check_mode)
        for run in runs.values():
            said = run.verdict.message if run.verdict and run.verdict.ok else ""
            if run.first.declared and run.first.declared.blind and (self.check_mode or said == "no change"):
                self.warnings += run.first.warnings if self.check_mode else []
                run.first = run.first.unchanged()
                run.posts, run.verdict = 0, None
        return super()._report(runs, bigip)


def _no_cluster(*args: Any) -> NoReturn:
    raise AssertionError("as3_declaration reads no cluster")


def _own(path: str, by_application: bool) -> str:
    """A place in the user's own words: the template's paths begin with `declaration`."""
    if not path.startswith("declaration"):
        return path
    parts = path.split(".")
    return ".".join(["content", *parts[2:]]) if by_application else ".".join(["content", *parts[1:]])
