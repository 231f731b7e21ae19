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

from .. import _foreign
from .._as3 import difference, names, secrets, vocabulary
from .._as3.difference import ApplicationChange
from .._as3.given import structure
from .._bigip.as3 import As3
from .._bigip.outcome import Outcome
from .._errors import Failure, some
from .._ownership import mark
from .._plan import by_hand, plan
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
# How a request was to be handled, which AS3 stores with what it was about.
_NOT_COMPARED = frozenset({"class", "controls", plan.LOCK})
# F5 CIS in its CRD mode: one application of this name in each tenant, and the tenant's label is CIS's own partition.
_CIS_APPLICATION = "Shared"


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


@dataclasses.dataclass
class _WholePlan(plan.TenantPlan):
    """A plan that also takes away the tenant's properties that the content does not have.

    blind: the only difference is in secrets that AS3 gives back encrypted; it alone can tell whether they are the same.
    operators: application -> the members that operators disabled on the device and the content does not.
    """

    all_properties: dict[str, Any] = dataclasses.field(default_factory=dict)
    blind: bool = False
    operators: dict[str, by_hand.Hands] = dataclasses.field(default_factory=dict)

    def body(self, applications: Mapping[str, dict[str, Any]], remove: Iterable[str]) -> dict[str, Any]:
        kept = {name: value for name, value in mark.applications(self.stored).items() if name not in remove}
        kept.update(applications)
        tenant: dict[str, Any] = {"class": "Tenant", **(self.all_properties if kept else {}), **kept}
        if self.tenant == "Common" and not kept:
            tenant["Shared"] = {"class": "Application", "template": "shared"}
        return {**tenant, **self.lock}


class _Declarer(engine._Publisher):
    def __init__(self, params: Mapping[str, Any], hide: Callable[[Iterable[str]], None], check_mode: bool) -> None:
        options = {"tenants_per_post": _TENANTS_PER_POST, "details": "changed", **params, "state": "present"}
        edges = publish.edges(options, hide)
        self._reach = edges.bigip
        super().__init__(options, dataclasses.replace(edges, cluster=_no_cluster, source=_no_cluster, bigip=self._bigip), check_mode)
        self._absent = params["state"] == "absent"
        self._only: set[str] | None = None
        """The applications concerned, where not whole tenants are."""
        self._seen: dict[str, frozenset[str]] = {}
        """Tenant -> the applications that it had when it was planned first, which check mode shows."""
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
            found = sorted(set(self.wanted.properties.get(name, ())) - _NOT_COMPARED)
            if found and not applications:
                text = f"has {', '.join(found)} and no application (class: Application): a tenant without applications is removed"
                problems.add(f"{path}.{name}", f"{text}. Give its applications, or {{class: Tenant}} alone to remove it")

    # -- goals --------------------------------------------------------------------------------------------------------

    def _read_cluster(self, bigip: BigIp, stored: Tenants) -> tuple[plan.Rules, list[plan.TenantGoal]]:
        """There is none: the content is the goal. None as applications: the tenant shall go."""
        goals = []
        for tenant, applications in sorted(self.wanted.applications.items()):
            gone = not applications or self._absent and self._only is None
            goals.append(plan.TenantGoal(tenant, None if gone else applications, self.wanted.properties.get(tenant, {})))
        return plan.Rules(adopt=self.options.get("adopt") or "none"), goals

    def _plan(self, goal: plan.TenantGoal, stored: Mapping[str, Any] | None, device: plan.Device | None, rules: plan.Rules) -> plan.TenantPlan:
        done = _WholePlan(goal.tenant, all_properties=goal.properties, key=(stored or {}).get(plan.LOCK), whole=self._only is None)
        done.stored = None if stored is None else {key: value for key, value in stored.items() if key != plan.LOCK}
        properties = goal.properties if self._only is None else (done.stored or {})
        done.route_domain = _foreign.whole(properties.get("defaultRouteDomain"))
        here = mark.applications(done.stored)
        wanted = {} if goal.applications is None or self._absent else goal.applications
        leaving = set(here) - set(wanted) if self._only is None else {name for name in self._only if self._absent and name in here}
        done.failure = _refusal(goal.tenant, done.stored, (set(wanted) | leaving) & set(here), rules.adopt)
        seen = self._seen.setdefault(goal.tenant, frozenset(here))
        if self._only is None and not done.failure:
            done.failure = _newcomers(goal.tenant, sorted(leaving - seen), self._absent)
        if done.failure:
            done.action = "hold"
            return done
        done.wanted = dict(wanted)
        for name in sorted(set(wanted) | leaving):
            done.changes[name] = _change(here.get(name), wanted.get(name), goal.tenant, name, done, device)
        if self._only is None and done.stored is not None and goal.applications is not None and not self._absent:
            done.properties = _properties(done.stored, goal.properties)
        kinds = {change.kind for change in done.changes.values()} - {"none"}
        if done.stored is None:
            done.action = "create" if wanted else "none"
        elif not wanted and not set(here) - leaving:
            done.action = "delete"
        elif kinds == {"restore"} and not done.properties:
            done.action = "restore"
        elif kinds or done.properties:
            done.action = "update"
        done.blind = done.action == "update" and not done.properties and _is_blind(done, here, wanted)
        if done.blind:
            done.warnings.append(
                f"Tenant {goal.tenant}: secrets that AS3 keeps encrypted cannot be compared"
                + (", so that check mode takes them for unchanged." if self.check_mode else "; AS3 was asked.")
            )
        return done

    def _report(self, runs: Mapping[str, Run], bigip: BigIp) -> dict[str, Any]:
        for run in runs.values():
            if isinstance(run.first, _WholePlan):
                self.warnings += by_operators.warnings(run.first, run.first.operators, run, self.check_mode)
        for run in runs.values():
            said = run.verdict.message if run.verdict and run.verdict.ok else ""
            if isinstance(run.first, _WholePlan) and run.first.blind and (self.check_mode or said == "no change"):
                self.warnings += run.first.warnings if self.check_mode else []
                run.first.action = "none"
                run.first.changes = {name: ApplicationChange("none") for name in run.first.changes}
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


def _change(
    before: dict[str, Any] | None, after: dict[str, Any] | None, tenant: str, name: str, done: _WholePlan, device: plan.Device | None
) -> ApplicationChange:
    change = difference.application(before, after, tenant, name, done.route_domain)
    if before is None or after is None:
        return change
    as_set, hands = by_operators.as_set(before, tenant, name, done.route_domain, device)
    done.operators[name] = by_hand.respected(after, hands, done.route_domain)[1]
    if mark.of(before) is not None and mark.of(after) is None and not change:
        return ApplicationChange("update", [f"constants/{mark.WORD}"], change.pools)
    drifted = plan._drift(as_set, name, tenant, device, done.route_domain)
    done.drifted += drifted
    if drifted and not change:
        change.kind = "restore"
    return change


def _properties(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The tenant's own properties that differ: the new value, None for one that goes."""
    known = vocabulary.properties({"class": "Tenant"}) or {}
    defaults = {key: kind.default for key, kind in known.items() if kind.default is not None}
    before = {key: value for key, value in stored.items() if key not in _NOT_COMPARED and not mark.applications({key: value})}
    return {key: wanted.get(key) for key in sorted({*before, *wanted}) if before.get(key, defaults.get(key)) != wanted.get(key, defaults.get(key))}


def _refusal(tenant: str, stored: dict[str, Any] | None, concerned: Iterable[str], adopt: str) -> Failure | None:
    """Why these applications of a stored tenant must not be replaced or removed; None if they may."""
    applications = mark.applications(stored)
    if adopt != "publish":
        for name in sorted(concerned):
            owner = mark.owner(applications[name])
            if owner is not None:
                return Failure(
                    "not_ours",
                    f"Application {tenant}/{name} on BIG-IP was published by vks.bigip.publish (owner {owner!r}), which would write it again",
                    remedy="Use state: absent or released of vks.bigip.publish, or run with adopt: publish to replace it.",
                    tenant=tenant,
                    application=name,
                )
    label = (stored or {}).get("label")
    if adopt != "cis" and isinstance(label, str) and label and _CIS_APPLICATION in applications and tenant != "Common":
        return Failure(
            "cis_tenant",
            f"Tenant {tenant} looks like one of F5 CIS (label {label!r}, application {_CIS_APPLICATION}), which would write it again while it runs",
            remedy="Use another tenant. If no running CIS owns this one, run with adopt: cis.",
            tenant=tenant,
        )
    return None


def _newcomers(tenant: str, created: list[str], absent: bool) -> Failure | None:
    """Why a tenant must not be replaced or removed whole: it has applications that the first plan did not show."""
    if not created:
        return None
    one = len(created) == 1
    them = "it" if one else "them"
    return Failure(
        "created_meanwhile",
        f"Another user or controller created {'application' if one else 'applications'} {some(created)} in tenant {tenant} during the run, "
        f"and the next POST would remove {them}",
        remedy=f"Nothing more was sent for this tenant. To remove {them}, run again: the diff of check mode shows all that goes. To keep {them}, "
        + ("name what goes with the option application." if absent else f"add {them} to content, or set the option application."),
        tenant=tenant,
        created=created,
    )


def _is_blind(done: _WholePlan, here: Mapping[str, dict[str, Any]], wanted: Mapping[str, dict[str, Any]]) -> bool:
    """Whether nothing differs once the encrypted secrets of the store stand in for the user's."""
    for name, change in done.changes.items():
        if change.kind == "none":
            continue
        if change.kind != "update" or change.pools and any(change.pools.values()):
            return False
        known = secrets.replace(wanted[name], _as_stored(secrets.leaves(here[name])))
        if difference.application(here[name], known, done.tenant, name, done.route_domain):
            return False
    return True


def _as_stored(stored: Mapping[secrets.Path, Any]) -> Callable[[secrets.Path, Any], Any]:
    """Puts what the store has, where it is encrypted, in the place of the user's own."""

    def replace(path: secrets.Path, value: Any) -> Any:
        there = stored.get(path)
        return there if secrets.is_stored_cipher(there) and not secrets.is_stored_cipher(value) else value

    return replace
