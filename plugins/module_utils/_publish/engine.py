# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of `publish`: read, resolve, build, compare, post, report. This module util is PRIVATE to the collection.

This is the main line. What a tenant needs is decided in _plan/tenant.py; POSTs are made in _publish_rounds; what of the outside
is needed stands in _publish_facts.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Collection, Mapping, Sequence

from .._as3 import digests, members, origin, secrets
from .._as3.members import Key
from .._as3.names import container_fault, reserved_fault
from .._errors import Failure, some
from .._foreign import is_deep
from .._members import believed
from .._ownership import mark, owners
from .._plan import guards, prune, taken
from .._plan.model import LOCK, Device, PoolFacts, Rules, TenantGoal, TenantPlan
from .._plan.tenant import plan
from .._request import build, from_secret, labels, template, validate
from .._request.wanted import Fill, Problems, Wanted
from . import removals, report
from .dry_run import judge
from .ports import BigIp, ClusterReader, Devices, Edges, Kubernetes, Tenants
from .poster import Verdict
from .reads import hide_stored, read_device, read_stored
from .rounds import Rounds, Run


def publish(options: Mapping[str, Any], edges: Edges, check_mode: bool = False) -> dict[str, Any]:
    """One run. The result holds `failure` if the task must fail; Failure is raised where nothing was written at all."""
    publisher = _Publisher(options, edges, check_mode)
    try:
        return publisher.run()
    except Failure as failure:
        failure.warnings = publisher.all_warnings(failure.warnings)
        raise


# What AS3 says of a property (or class) whose name none of its classes knows.
_PROPERTY = re.compile(r"Invalid data property: (\S+)$")
# An item without the key `application`.
_ALL: Any = object()


class _Publisher:
    def __init__(self, options: Mapping[str, Any], edges: Edges, check_mode: bool) -> None:
        self.options = options
        self.edges = edges
        self.check_mode = check_mode
        self.state = str(options.get("state") or "present")
        self.prune = prune.NONE
        self.wanted = Wanted()
        self.faults = self.wanted.faults
        self.labelled: labels.Namespaces = {}
        self.pools: dict[tuple[str, str, str], Any] = {}
        self.warnings: list[str] = []
        self.timings: dict[str, float] = dict.fromkeys(("bigip", "kubernetes", "posting", "total"), 0.0)
        self.kubernetes_requests = 0
        self.sync: dict[str, Any] | None = None

    # -- the main line ------------------------------------------------------------------------------------------------

    def run(self) -> dict[str, Any]:
        begin = self.edges.clock()
        tenants = self._possible(self._validate())
        with self.edges.bigip() as bigip:
            stored, device = self._read_bigip(bigip, tenants, bool(self.options.get("detect_drift", True)) and self.state == "present")
            if self.state == "present":
                rules, goals = self._read_cluster(bigip, stored)
            else:
                rules, goals = self._give_up(stored)
            runs = {goal.tenant: Run(goal, self._planned(goal, stored, device, rules)) for goal in goals}
            if self.prune != prune.NONE:
                self._prune(runs, stored, device, rules)
            if self._refuse_taken(bigip, runs):
                self._keep_unlisted(runs, stored, device, rules, "an address that is taken")
            if device is None:
                device = self._look_before_posting(bigip, runs, stored, rules)
            begin_posting = self.edges.clock()
            if self.check_mode and self.options.get("dry_run") and not self._is_stopped(runs):
                self.warnings += judge(bigip, self.edges, self.options, self.wanted.controls, runs)
                self.timings["posting"] = self.edges.clock() - begin_posting
            elif not self.check_mode and not self._is_stopped(runs):
                rounds = Rounds(bigip, self.edges, self.options, self.wanted.controls, rules, self._plan)
                removals.post(rounds, runs, stored, device, lambda why: self._keep_unlisted(runs, stored, device, rules, why))
                rounds.synchronise(runs)
                self.warnings += rounds.warnings
                self.sync = rounds.sync
                self.timings["posting"] = self.edges.clock() - begin_posting
        # Signing out may have something to say too.
        self.warnings += bigip.warnings
        self.timings["total"] = self.edges.clock() - begin
        return self._report(runs, bigip)

    # -- input --------------------------------------------------------------------------------------------------------

    def _validate(self) -> list[str]:
        """Everything that can be refused before anything is read. Returns the tenants concerned."""
        options, problems = self.options, Problems()
        for name in ("applications", "tenants", "pools"):
            if is_deep(options.get(name)):
                problems.add(name, template.TOO_DEEP)
        problems.raise_if_any()
        items = options.get("applications") or []
        if options.get("dry_run") and not self.check_mode:
            hint = 'Run with --check, or set dry_run: "{{ ansible_check_mode }}"'
            problems.add("dry_run", f"is for check mode only: without it, the run would publish, whatever AS3 says first. {hint}")
        self.prune = prune.scope(options.get("prune")) or prune.NONE
        if self.state != "present" or self.prune != prune.NONE:
            self._refuse_empty(problems)
        if self.state != "present":
            return self._named(items, problems)
        if options.get("assume_cis_at_rest") and not self.check_mode:
            problems.add("assume_cis_at_rest", "is for check mode only: it foretells what a run does once these CIS are scaled to 0")
        if not items and not options.get("declaration"):
            problems.add("applications", "is missing: give applications, or a declaration")
        for tenant, properties in (options.get("tenants") or {}).items():
            if isinstance(properties, dict):
                self.wanted.properties[tenant] = {key: value for key, value in properties.items() if key not in ("class", LOCK)}
            else:
                problems.add(f"tenants.{tenant}", "must be a dictionary of AS3 Tenant properties")
        build.add_items(self.wanted, items, problems)
        if options.get("declaration") and options.get("pools") == "":
            problems.add("pools", "is empty: name the pools of the declaration to fill, or leave the key out if Services name them by their labels")
        elif options.get("declaration"):
            template.add(self.wanted, options["declaration"], options.get("pools"), problems)
            if options.get("pools") is None:
                self.labelled = labels.namespaces(self.wanted, options.get(labels.OPTION), problems)
        elif options.get("pools"):
            problems.add("pools", "fills the pools of a declaration, but there is no declaration")
        validate.check(self.wanted, problems)
        validate.member_warnings(self.wanted)
        for tenant, applications in self.wanted.applications.items():
            if not applications:
                what = "has no application and is left alone. state: absent removes what is yours in it."
                self.wanted.warnings.append(f"Tenant {tenant} of the declaration {what}")
        if prune.scope(options.get("prune")) is None:
            problems.add("prune", f"is {options['prune']!r}: set it to false, true or owner")
        elif self.prune == prune.OWNER and not any(self.wanted.applications.values()) and not problems.found:
            problems.add("prune", "is owner, but no application is listed: every application of the owner would be removed. Use state: absent for that")
        for tenant in self.wanted.properties:
            if tenant not in self.wanted.applications:
                problems.add(f"tenants.{tenant}", "names a tenant in which nothing is published")
        from_secret.check(self.wanted, options.get("secret_namespaces"), labels.by_application(self.wanted, self.labelled), problems)
        problems.raise_if_any()
        for fill in self.wanted.fills:
            self._source(fill)
        self.edges.hide(secrets.all_texts(self.wanted.applications))
        return self.wanted.tenants

    def _possible(self, tenants: Sequence[str]) -> list[str]:
        """Those that AS3 can have. One with a reserved name is held here: in a request it would fail all the others."""
        items = self.options.get("applications") or []
        for tenant in tenants:
            if tenant not in self.faults:
                path = next((f"applications[{number}].tenant" for number, item in enumerate(items) if item.get("tenant") == tenant), f"tenants.{tenant}")
                self.wanted.holds_reserved("tenant", tenant, tenant, path)
        return [tenant for tenant in tenants if reserved_fault("tenant", tenant) is None]

    def _source(self, fill: Fill) -> Any:
        """Where its members come from. What F5 has not validated needs the user's word."""
        source, path = self.edges.source(fill.options or {}, fill.path), fill.path
        if source.pool_member_type == "cluster" and source.network_provider.startswith("nsx") and not self.options.get("allow_unvalidated"):
            raise Failure(
                "not_validated",
                f"{path}: pool_member_type: cluster with network_provider: {source.network_provider}. "
                "F5 has not validated it: on NSX, BIG-IP reaches Pod addresses only with a leg in the segment of the cluster",
                remedy="Use nodeport or nodeportlocal, or set allow_unvalidated: true if BIG-IP has such a leg.",
                path=path,
            )
        return source

    def _refuse_empty(self, problems: Problems) -> None:
        """Where something is removed, an empty value would stand for more than the user named."""
        for name in ("applications", "declaration"):
            if self.options.get(name) is not None and not self.options[name]:
                problems.add(name, "is empty, which may remove more than you mean. Leave the key out if nothing is to be listed there")
        if self.options.get("owner") is not None and not str(self.options["owner"]).strip():
            problems.add("owner", "is empty: name the owner whose applications are to be removed. Only without the key it is the cluster's UID")

    def _named(self, items: Sequence[Mapping[str, Any]], problems: Problems) -> list[str]:
        """The tenants and applications to give up: from applications and a declaration, or without them the tenants of `tenants` whole.

        Only an item without the key `application` means all of its tenant. An empty or null name is refused.
        """
        named: dict[str, set[str] | None] = {}
        for number, item in enumerate(items):
            _name(named, item.get("tenant"), item.get("application", _ALL), f"applications[{number}]", problems)
        if self.options.get("declaration"):
            for tenant, value in template.tenants(template.parse(self.options["declaration"], problems), "declaration", problems):
                template.check_parts(value, f"declaration.{tenant}", problems)
                for name in mark.applications(value):
                    _name(named, tenant, name, f"declaration.{tenant}", problems)
        listed = bool(items or self.options.get("declaration"))
        for tenant in self.options.get("tenants") or {}:
            if not listed or not str(tenant).strip():
                _name(named, tenant, _ALL, f"tenants.{tenant}", problems)
            elif tenant not in named:  # beside applications and a declaration, it has the properties of their tenants
                hint = f"To give up all your applications in it, list {{tenant: {tenant}}} in applications"
                problems.add(f"tenants.{tenant}", f"names a tenant that is not in applications or declaration. {hint}")
        if not named and not problems.found:
            what = "names no application" if self.options.get("declaration") else "is missing"
            problems.add("declaration" if self.options.get("declaration") else "applications", f"{what}: state: {self.state} needs the applications or tenants")
        problems.raise_if_any()
        self.named = named
        return sorted(named)

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read_bigip(self, bigip: BigIp, tenants: Sequence[str], pools: bool) -> tuple[Tenants, Devices | None]:
        begin = self.edges.clock()
        stored = read_stored(bigip, None if self.prune == prune.OWNER else tenants, self.edges.hide)
        if self.prune == prune.OWNER:
            hide_stored((stored[tenant] for tenant in tenants if tenant in stored), self.edges.hide)
        device = read_device(bigip, {tenant: stored[tenant] for tenant in tenants if tenant in stored}) if pools else None
        self.timings["bigip"] += self.edges.clock() - begin
        return stored, device

    def _look_before_posting(self, bigip: BigIp, runs: dict[str, Run], stored: Tenants, rules: Rules) -> Devices | None:
        """The pools of stored tenants to be posted, whose plans have to know what operators disabled there."""
        posted = [tenant for tenant, run in runs.items() if run.first.action in ("update", "release") and tenant in stored]
        if not posted:
            return None
        begin = self.edges.clock()
        # Those of which prune is not to remove anything are posted without the removal if a fault is found here.
        held = [tenant for tenant, run in runs.items() if run.goal.remove and run.goal.applications]
        device = read_device(bigip, {tenant: stored[tenant] for tenant in {*posted, *held}})
        self.timings["bigip"] += self.edges.clock() - begin
        for tenant in posted:
            runs[tenant] = Run(runs[tenant].goal, self._planned(runs[tenant].goal, stored, device, rules))
        faulty = sorted(tenant for tenant in posted if runs[tenant].first.failure)
        if faulty:
            self._keep_unlisted(runs, stored, device, rules, f"the fault in {', '.join(faulty)}")
        return device

    def _read_cluster(self, bigip: BigIp, stored: Tenants) -> tuple[Rules, list[TenantGoal]]:
        begin = self.edges.clock()
        with self.edges.kubernetes() as kubernetes:
            cluster = kubernetes.cluster
            if self.labelled:
                named = sorted({namespace for several in self.labelled.values() for namespace in several})
                labels.add(self.wanted, cluster.list_services(labels.SELECTOR, named), self.labelled)
            fills = self.wanted.fills
            sources = [self._source(fill) for fill in fills]
            published = {fill.path: self._published_mode(fill, stored) for fill in fills}
            modes = {path: mode for path, mode in published.items() if mode}
            pools = cluster.pools(sources, published=modes, pod_network_routable=bigip.routable) if sources else []
            owner, uid = self._owner(cluster)
            values = {name: self._secret(cluster, name, keys) for name, keys in sorted(from_secret.names(self.wanted).items())}
            claims = self._claims(kubernetes) if self._anything_unmarked(stored) or set(self.wanted.tenants) - set(stored) else ()
            self.kubernetes_requests = cluster.requests
        self.timings["kubernetes"] += self.edges.clock() - begin
        rules = self._rules(owner, uid, claims)
        goals = self._goals(fills, sources, pools, values)
        digests.prepare(
            (value, mark.application(stored.get(goal.tenant), name))
            for goal in goals
            for name, value in (goal.applications or {}).items()
        )
        return rules, goals

    def _secret(self, cluster: ClusterReader, secret: tuple[str, str], keys: Collection[str]) -> Mapping[str, bytes] | Failure:
        """The values of a Secret, those of these keys hidden. One that is not there holds the tenants that need it; a read that failed stops everything."""
        try:
            data = cluster.secret(*secret)
        except Failure as failure:
            if failure.code != "secret_not_found":
                raise
            return failure
        self.edges.hide(text for key in keys for text in origin.texts(data.get(key, b"")))
        return data

    def _published_mode(self, fill: Fill, stored: Tenants) -> str | None:
        modes = mark.modes(stored.get(fill.tenant, {}).get(fill.application))
        mode = modes.get(fill.pool) or modes.get("")
        return None if mode == "mixed" else mode

    def _owner(self, cluster: ClusterReader) -> tuple[str, str | None]:
        """owner as given, or the UID of kube-system."""
        given = self.options.get("owner")
        try:
            uid = cluster.uid()
        except Failure as failure:
            if given and failure.code == "owner_required":
                return str(given), None
            if failure.code != "owner_required":
                raise
            raise Failure("owner_required", failure.doing, said=failure.said, remedy="Set owner: who publishes cannot be told from the cluster.") from failure
        return str(given or uid), uid

    def _claims(self, kubernetes: Kubernetes) -> tuple[owners.CisClaim, ...]:
        """What CIS own. In check mode one that somebody is about to scale to 0 may be taken for one that is."""
        at_rest = self.options.get("assume_cis_at_rest") or []
        return tuple(replace(claim, running=claim.running and claim.deployment not in at_rest) for claim in kubernetes.cis_claims())

    def _anything_unmarked(self, stored: Tenants) -> bool:
        listed = (stored.get(tenant, {}) for tenant in self.wanted.tenants)
        return any(mark.owner(value) is None for tenant in listed for value in mark.applications(dict(tenant)).values())

    def _rules(self, owner: str, cluster: str | None, claims: tuple[owners.CisClaim, ...] = ()) -> Rules:
        options = self.options
        limits = guards.Limits(options.get("empty_pool") or "fail", int(options.get("min_members") or 0), int(_or(options.get("max_removed_percent"), 100)))
        return Rules(
            self.state,
            owner,
            cluster,
            options.get("adopt") or "none",
            bool(options.get("bulk_create")),
            limits,
            claims,
            bool(_or(options.get("detect_drift"), True)),
            bool(options.get("enforce_member_state")),
        )

    def _goals(
        self,
        fills: Sequence[Fill],
        sources: Sequence[Any],
        pools: Sequence[Any],
        values: Mapping[tuple[str, str], Mapping[str, bytes] | Failure],
    ) -> list[TenantGoal]:
        """The applications with their members and secrets in."""
        applications = self.wanted.applications
        facts: dict[str, dict[tuple[str, str], PoolFacts]] = {}
        for fill, source, pool in zip(fills, sources, pools):
            if isinstance(pool, Failure):
                self.faults.setdefault(fill.tenant, []).append((pool, fill.path))
                continue
            self.pools[(fill.tenant, fill.application, fill.pool)] = pool
            self.warnings += [f"/{fill.tenant}/{fill.application}/{fill.pool}: {warning}" for warning in pool.warnings]
            target = applications[fill.tenant][fill.application][fill.pool]
            target["members"] = build.entries(pool.members, fill, pool.route_domain, bool(fill.member.get("shareNodes", True)))
            facts.setdefault(fill.tenant, {})[(fill.application, fill.pool)] = PoolFacts(
                service=f"{pool.namespace}/{pool.service}:{pool.port}/{pool.protocol}",
                mode=pool.pool_member_type,
                explicit_share="shareNodes" in fill.member,
                left_out=sum(1 for item in pool.left_out if item.kind == "Pod"),
                node_port=pool.members[0].port if pool.members and pool.pool_member_type == "nodeport" else None,
                options=source.recorded(),
                distrusted=believed.distrusted(pool.left_out),
                unread=believed.unread(pool.left_out),
            )
        goals = []
        for tenant in sorted(applications):
            origins = {name: origin.places(value) for name, value in applications[tenant].items()}
            try:
                resolved = {name: from_secret.resolve(value, values) for name, value in applications[tenant].items()}
            except Failure as failure:
                self.faults.setdefault(tenant, []).append((failure, self.wanted.paths[(tenant, sorted(applications[tenant])[0])][0]))
                resolved = applications[tenant]
            self.edges.hide(secrets.all_texts(resolved))
            origins = {name: origin.beyond(places, resolved[name]) for name, places in origins.items() if places}
            goals.append(TenantGoal(tenant, resolved, self.wanted.properties.get(tenant, {}), facts.get(tenant, {}), origins=origins))
        return goals

    def _give_up(self, stored: Tenants) -> tuple[Rules, list[TenantGoal]]:
        """The goals of absent and released. Of the cluster at most its UID is read: it may be gone."""
        goals = []
        for tenant in sorted(self.named):
            names = self.named[tenant]
            goals.append(TenantGoal(tenant, None if names is None else {name: {} for name in sorted(names)}))
        return self._rules(self._owner_to_give_up(stored), None), goals

    def _owner_to_give_up(self, stored: Tenants) -> str:
        """owner as given, or the UID of the cluster. The marks say who published, and not who runs this task."""
        given = self.options.get("owner")
        owned = self._owned(stored)
        if given or not owned:
            return str(given or "")
        try:
            with self.edges.kubernetes() as kubernetes:
                uid = kubernetes.cluster.uid()
                self.kubernetes_requests = kubernetes.cluster.requests
            return uid
        except Failure as failure:
            found = "; ".join(f"{owner!r} owns {', '.join(names)}" for owner, names in sorted(owned.items()))
            raise Failure(
                "owner_required",
                f"state: {self.state} without owner takes the UID of the cluster, which could not be read: {failure.doing}",
                said=failure.said,
                remedy=f"Set owner to the owner of the applications that you mean. On BIG-IP, {found}.",
                owners=owned,
            ) from failure

    def _owned(self, stored: Tenants) -> dict[str, list[str]]:
        """The applications named that carry a mark, as tenant/application, by owner."""
        found: dict[str, list[str]] = {}
        for tenant, chosen in sorted(self.named.items()):
            for name, value in sorted(mark.applications(dict(stored.get(tenant, {}))).items()):
                owner = mark.owner(value)
                if owner is not None and (chosen is None or name in chosen):
                    found.setdefault(owner, []).append(f"{tenant}/{name}")
        return found

    # -- planning -----------------------------------------------------------------------------------------------------

    def _plan(self, goal: TenantGoal, stored: Mapping[str, Any] | None, device: Device | None, rules: Rules) -> TenantPlan:
        """The one place of this engine that as3_declaration decides by rules of its own."""
        return plan(goal, stored, device, rules)

    def _planned(self, goal: TenantGoal, stored: Tenants, device: Devices | None, rules: Rules) -> TenantPlan:
        current = self._plan(goal, stored.get(goal.tenant), device, rules)
        faults = self.faults.get(goal.tenant)
        return current.held(faults[0][0]) if faults else current

    def _prune(self, runs: dict[str, Run], stored: Tenants, device: Devices | None, rules: Rules) -> None:
        """Add to the plans what is no longer listed, unless something that is listed has a fault: it may be what moved to another tenant."""
        listed = {tenant: run.goal.applications or {} for tenant, run in runs.items()}
        gone = prune.unlisted(self.prune, stored, listed, rules.owner)
        removed = [f"{tenant}/{name}" for tenant, names in gone.items() for name in names]
        held = sorted(tenant for tenant, run in runs.items() if run.first.failure)
        if removed and held:
            self._say_kept(f"the fault in {', '.join(held)}", removed)
            return
        failure = prune.refusal(self.prune, stored, listed, rules.owner, removed, rules.limits.max_removed_percent)
        hide_stored((stored[tenant] for tenant in gone), self.edges.hide)
        for tenant, names in gone.items():
            goal = replace(runs[tenant].goal if tenant in runs else TenantGoal(tenant, {}), remove=frozenset(names))
            runs[tenant] = Run(goal, self._planned(goal, stored, device, rules))
        if failure:
            _hold(runs, dict.fromkeys(gone, failure))

    def _keep_unlisted(self, runs: dict[str, Run], stored: Tenants, device: Devices | None, rules: Rules, why: str) -> None:
        """Take the removals of prune out of the plans: a fault was found after they were planned."""
        kept = []
        for tenant, run in [(tenant, run) for tenant, run in sorted(runs.items()) if run.goal.remove and run.verdict is None]:
            kept += [f"{tenant}/{name}" for name in sorted(run.goal.remove)]
            failure = run.first.failure
            del runs[tenant]
            if run.goal.applications:
                goal = replace(run.goal, remove=frozenset())
                runs[tenant] = Run(goal, self._planned(goal, stored, device, rules))
                if failure and failure.code == "address_taken":
                    _hold(runs, {tenant: failure})
        # What stays may have the address of what is listed beside it.
        _hold(runs, taken.within(run.first for run in runs.values() if run.verdict is None and not run.first.failure))
        if kept:
            self._say_kept(why, kept)

    def _say_kept(self, why: str, places: Sequence[str]) -> None:
        self.warnings.append(f"prune removed nothing, because of {why}. No longer listed: {some(places)}.")

    def _refuse_taken(self, bigip: BigIp, runs: Mapping[str, Run]) -> bool:
        """Hold the tenants that would take an address and port of another application. Other tenants are read only where that may be."""
        begin = self.edges.clock()
        refused = taken.within(run.first for run in runs.values())
        _hold(runs, refused)
        plans = [run.first for run in runs.values()]
        if taken.takes_new(plans):
            more = taken.refusals(plans, bigip.as3.others(runs), bigip.ltm.common_addresses)
            _hold(runs, more)
            refused = {**refused, **more}
        self.timings["bigip"] += self.edges.clock() - begin
        return bool(refused)

    def _is_stopped(self, runs: Mapping[str, Run]) -> bool:
        """on_error: stop, and a fault that was found before the first POST."""
        return self.options.get("on_error") == "stop" and any(run.first.failure for run in runs.values())

    # -- report -------------------------------------------------------------------------------------------------------

    def _report(self, runs: Mapping[str, Run], bigip: BigIp) -> dict[str, Any]:
        details = self.options.get("details") or "changed"
        names = self._names()
        stop = self._is_stopped(runs)
        tenants, failures, actions, outcomes, changed = {}, [], {}, [], False
        for tenant, run in sorted(runs.items()):
            first, verdict = run.first, run.verdict
            failure = first.failure or (verdict.failure if verdict else None)
            if failure:
                failures.append(self._failed(tenant, failure, verdict))
            if stop and not first.failure and first.action != "none":
                actions[tenant] = "hold"
            elif first.action in report.CHANGES and (verdict is None or run.changed):
                changed = True
            code, message = _words(first, verdict, self.check_mode, stop)
            entry = report.tenant_entry(first, actions.get(tenant, first.action), names, code, message)
            outcomes.append((first, entry["action"], code if failure else None))
            if details == "all" or details == "changed" and (entry["action"] != "none" or first.disabled):
                tenants[tenant] = entry
            self.warnings += [*first.warnings, *report.hand_warnings(first, names)]
        plans = [run.first for run in runs.values()]
        result: dict[str, Any] = {
            "changed": changed,
            "summary": report.summary(outcomes, self.check_mode),
            "tenants": tenants,
            "counts": report.counts(plans, actions, names),
            "pools": self._pool_entries(runs, details),
            "declaration": report.declaration(item for item in plans if details == "all" or details == "changed" and item.action != "none"),
            "diff": report.diff(plans, names) if details != "none" else [],
            "timings": {name: round(value, 3) for name, value in sorted(self.timings.items())},
            "requests": {"bigip": sum(bigip.requests.values()), "kubernetes": self.kubernetes_requests},
            "warnings": self.all_warnings(),
        }
        if self.sync is not None:
            result["sync"] = self.sync
        if failures:
            summary = f"{len(failures)} of {len(runs)} tenants failed"
            result["failure"] = {"code": "tenants_failed", "message": _sentence(failures, len(runs)), "summary": summary, "tenants": failures}
        return result

    def all_warnings(self, more: Sequence[str] = ()) -> list[str]:
        """Each once."""
        return list(dict.fromkeys([*self.wanted.warnings, *self.edges.warnings, *self.warnings, *more]))

    def _failed(self, tenant: str, failure: Failure, verdict: Verdict | None) -> dict[str, Any]:
        names = sorted(name for owner, name in self.wanted.paths if owner == tenant)
        note = verdict.note if verdict else None
        entry: dict[str, Any] = {
            "tenant": tenant,
            "code": failure.code if verdict is None or verdict.code is None else verdict.code,
            "message": failure.message + (f" {note}" if note else ""),
            "summary": failure.summary,
            "object": failure.object or f"/{tenant}",
            "said": failure.said,
            "response": failure.said,
            "remedy": failure.remedy,
            "path": failure.details.get("path") or _concerns(tenant, failure),
            "applications": names,
        }
        if note:
            entry["note"] = note
        faults = self.faults.get(tenant)
        if faults:
            entry["path"] = faults[0][1]
            if len(faults) > 1:
                entry["faults"] = [{"path": path, **fault.as_dict()} for fault, path in faults[1:]]
            places = {path for _fault, path in faults}
            entry["applications"] = [name for name in names if places & set(self.wanted.paths[(tenant, name)])] or names
            return {**self._details(failure, entry), **entry}
        entry["path"] = entry["path"] or self._place_of(tenant, failure.said or "")
        if entry["path"]:
            entry["input"] = self._input(str(entry["path"]))
            entry["applications"] = [name for name in names if name in str(entry["path"]).split("/")[2:3]] or names
        return {**self._details(failure, entry), **entry}

    @staticmethod
    def _details(failure: Failure, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in failure.details.items() if key not in entry and key != "path"}

    def _place_of(self, tenant: str, said: str) -> str | None:
        """The AS3 path of a property that AS3 names without its place: it knows no class that has one of that name."""
        found = _PROPERTY.search(said)
        for owner, name, key in self.wanted.objects:
            item = self.wanted.applications.get(owner, {}).get(name, {}).get(key)
            if found and owner == tenant and isinstance(item, dict) and found[1] in item:
                return f"/{owner}/{name}/{key}/{found[1]}"
        return None

    def _input(self, path: str) -> str | None:
        """Where in the user's input the AS3 path /T/A/object stands."""
        parts = path.strip("/").split("/")
        if len(parts) > 2 and (parts[0], parts[1], parts[2]) in self.wanted.objects:
            return ".".join([self.wanted.objects[(parts[0], parts[1], parts[2])], *parts[3:]])
        return self.wanted.paths.get((parts[0], parts[1]), [None])[0] if len(parts) > 1 else None

    def _names(self) -> dict[tuple[str, str, str], dict[Key, dict[str, Any]]]:
        """What stands behind each member."""
        found = {}
        for place, pool in self.pools.items():
            known = {}
            for member in pool.members:
                address = members.canonical(member.address if pool.route_domain is None else f"{member.address}%{pool.route_domain}")
                known[(address, member.port)] = {key: value for key, value in (("pod", member.pod), ("node", member.node)) if value}
            found[place] = known
        return found

    def _pool_entries(self, runs: Mapping[str, Run], details: str) -> list[dict[str, Any]]:
        if details == "none":
            return []
        found = []
        for (tenant, application, pool), value in sorted(self.pools.items()):
            change = runs[tenant].first.changes.get(application)
            counts = change.pools.get(pool) if change else None
            if details == "changed" and not (counts or runs[tenant].first.failure or (change and change.kind == "create")):
                continue
            found.append({"tenant": tenant, "application": application, "pool": pool, **value.as_dict()})
        return found


def _name(named: dict[str, set[str] | None], tenant: Any, application: Any, path: str, problems: Problems) -> None:
    """Add what an item names; or the problem with it."""
    wholly = application is _ALL
    for option, value in (("tenant", tenant), *(() if wholly else (("application", application),))):
        if value is None or not str(value).strip():
            hint = "" if option == "tenant" else "; only an item without this key means every application of yours in the tenant"
            problems.add(f"{path}.{option}", f"is empty: name the {option} to give up{hint}")
            return
        if fault := container_fault(option, str(value)):
            problems.add(f"{path}.{option}", fault)
            return
    known = named.setdefault(str(tenant), None if wholly else set())
    if wholly:
        named[str(tenant)] = None
    elif known is not None:
        known.add(str(application))


def _hold(runs: Mapping[str, Run], failures: Mapping[str, Failure]) -> None:
    for tenant, failure in failures.items():
        runs[tenant].first = runs[tenant].first.held(failure)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _concerns(tenant: str, failure: Failure) -> str | None:
    """The AS3 path of the pool or the application that a refusal of our own is about."""
    pool, application = failure.details.get("pool"), failure.details.get("application")
    return str(pool) if pool else f"/{tenant}/{application}" if application else None


def _words(first: TenantPlan, verdict: Verdict | None, check_mode: bool, stopped: bool) -> tuple[Any, str]:
    failure = first.failure or (verdict.failure if verdict else None)
    if failure:
        return (verdict.code if verdict and verdict.code is not None else failure.code), failure.message
    if first.action == "none":
        return None, "no change"
    if check_mode and verdict is None:
        return None, f"would {first.action}"
    if stopped or verdict is None:
        return None, "held: on_error is stop"
    return verdict.code, verdict.message


def _sentence(failures: Sequence[Mapping[str, Any]], total: int) -> str:
    """The first fault; that others were not reached because of it says nothing."""
    first = next((failure for failure in failures if failure["code"] != "stopped"), failures[0])
    return str(first["message"]) if total == 1 else f"{len(failures)} of {total} tenants failed. First, tenant {first['tenant']}: {first['message']}"
