# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run returns: tenants, counts, pools, the declaration and the difference, all without secrets.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import json
from typing import Any, Iterable, Mapping, Sequence

from .._as3 import difference, normal, origin, secrets
from .._as3.members import Key, order, text
from .._errors import some
from .._ownership import mark
from .._plan.model import TenantPlan

# (tenant, application, pool) -> (address, port) -> what stands behind it
Names = Mapping[tuple[str, str, str], Mapping[Key, Mapping[str, Any]]]
DONE = {"create": "created", "update": "updated", "restore": "restored", "delete": "deleted", "release": "released"}
CHANGES = tuple(DONE)


def members_of(plan: TenantPlan, which: str, names: Names) -> list[dict[str, Any]]:
    """The members added or removed (which) by a plan, with the Pod or node behind each where it is known."""
    found = []
    for application, change in sorted(plan.changes.items()):
        for pool, counts in sorted(change.pools.items()):
            known = names.get((plan.tenant, application, pool), {})
            for key in getattr(counts, which):
                found.append({"application": application, "pool": pool, "address": key[0], "port": key[1], **known.get(key, {})})
    return found


def tenant_entry(plan: TenantPlan, action: str, names: Names, code: Any, message: str) -> dict[str, Any]:
    """One value of `tenants`. action: of the plan, unless it was held after all; then no member comes or goes."""
    held = action == "hold"
    entry: dict[str, Any] = {
        "action": action,
        "code": code,
        "message": message,
        "members_added": [] if held else members_of(plan, "added", names),
        "members_removed": [] if held else members_of(plan, "removed", names),
        "applications": {name: change.kind for name, change in sorted(plan.changes.items()) if change.kind != "none"},
    }
    changed = {name: change.paths for name, change in sorted(plan.changes.items()) if change.paths and change.kind == "update"}
    if changed:
        entry["properties"] = changed
    if plan.drifted:
        entry["drifted"] = sorted(plan.drifted)
    if plan.disabled:
        entry["members_disabled_by_hand"] = by_hand_of(plan, plan.disabled, names)
    if plan.enforced and not held:
        entry["members_enforced"] = by_hand_of(plan, plan.enforced, names)
    return entry


def by_hand_of(plan: TenantPlan, which: Mapping[tuple[str, str], Mapping[Key, str]], names: Names) -> list[dict[str, Any]]:
    """Members of plan.disabled or plan.enforced, the adminState that an operator gave them, and what is behind each."""
    found = []
    for (application, pool), states in sorted(which.items()):
        known = names.get((plan.tenant, application, pool), {})
        for key in sorted(states, key=order):
            place = {"application": application, "pool": pool, "address": key[0], "port": key[1]}
            found.append({**place, "state": states[key], **known.get(key, {})})
    return found


def hand_warnings(plan: TenantPlan, names: Names) -> list[str]:
    """One for each pool with members that an operator disabled."""
    pools: dict[str, list[str]] = {}
    for member in by_hand_of(plan, plan.disabled, names):
        behind = next((f"{kind} {member[key]}, " for kind, key in (("Pod", "pod"), ("node", "node")) if key in member), "")
        who = f"{text((member['address'], member['port']))} ({behind}adminState {member['state']})"
        pools.setdefault(f"/{plan.tenant}/{member['application']}/{member['pool']}", []).append(who)
    return [
        f"members_disabled_by_hand: pool {path} keeps {len(found)} {'member' if len(found) == 1 else 'members'} that an operator disabled "
        f"on BIG-IP: {some(found)}. To enable, use BIG-IP or set enforce_member_state: true."
        for path, found in pools.items()
    ]


def counts(plans: Iterable[TenantPlan], actions: Mapping[str, str], names: Names) -> dict[str, int]:
    """How many of everything."""
    done = dict.fromkeys(("tenants", "unchanged", *CHANGES, "hold", "applications", "pools", "members", "members_added", "members_removed"), 0)
    for plan in plans:
        action = actions.get(plan.tenant, plan.action)
        done["tenants"] += 1
        done["unchanged" if action == "none" else action] += 1
        done["applications"] += len(plan.changes)
        for change in plan.changes.values():
            for pool in change.pools.values():
                done["pools"] += 1
                if action == "hold":
                    done["members"] += pool.before
                    continue
                done["members"] += pool.after
                done["members_added"] += len(pool.added)
                done["members_removed"] += len(pool.removed)
    return done


def summary(outcomes: Iterable[tuple[TenantPlan, str, Any]], check_mode: bool) -> list[str]:
    """What a person reads: a line for each tenant that changed or failed, and one total of the others.

    outcomes: of each tenant its plan, its action as in tenant_entry, and the code of its failure or None.
    """
    lines, unchanged = [], 0
    for plan, action, code in outcomes:
        if code is not None:
            lines.append(f"{plan.tenant}: {'held' if action == 'hold' else 'failed'} ({code})")
        elif action in DONE:
            lines.append(f"{plan.tenant}: {'would be ' if check_mode else ''}{DONE[action]}, {_extent(plan, action)}")
        elif action == "hold":
            lines.append(f"{plan.tenant}: held")
        else:
            unchanged += 1
    return lines + ([f"{_count(unchanged, 'tenant')} unchanged"] if unchanged else [])


def _extent(plan: TenantPlan, action: str) -> str:
    pools = [pool for change in plan.changes.values() for pool in change.pools.values()]
    if not pools:
        return _count(len(plan.changes), "application")
    if action == "delete":
        return f"{_count(sum(pool.before for pool in pools), 'member')} in {_count(len(pools), 'pool')}"
    added, removed = (sum(len(getattr(pool, which)) for pool in pools) for which in ("added", "removed"))
    return f"{_count(sum(pool.after for pool in pools), 'member')} (+{added} -{removed}) in {_count(len(pools), 'pool')}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def declaration(plans: Iterable[TenantPlan]) -> dict[str, Any]:
    """The tenants as they are after this run, masked. Applications of others are left out."""
    done: dict[str, Any] = {"class": "ADC"}
    for plan in sorted(plans, key=lambda item: item.tenant):
        gone = frozenset(plan.to_remove)
        kept = {name: value for name, value in mark.applications(plan.stored).items() if name in plan.changes and name not in gone}
        if plan.action != "hold":
            kept.update(plan.wanted)
        if kept:
            shown = {name: origin.masked(value, _origins(plan, name)) for name, value in sorted(kept.items())}
            done[plan.tenant] = {"class": "Tenant", **plan.properties, **shown}
    return done


def diff(plans: Iterable[TenantPlan], names: Names) -> list[dict[str, str]]:
    """Before and after of each tenant that changes, members by address and Pod."""
    done = []
    for plan in sorted(plans, key=lambda item: item.tenant):
        if plan.action not in CHANGES:
            continue
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        stored = mark.applications(plan.stored)
        for name, change in plan.changes.items():
            if change.kind == "none":
                continue
            if change.kind == "restore":
                before[name], after[name] = "members on the device differ from what is stored", "as stored"
                continue
            if change.kind == "release":
                before[name], after[name] = f"owner {mark.owner(stored[name])}", "without an owner"
                continue
            if name in stored:
                before[name] = _shown(stored[name], plan, name, names, [])
            if change.kind != "delete":
                after[name] = _shown(plan.wanted[name], plan, name, names, change.paths)
            if mark.PATH in change.paths and mark.of(stored.get(name)) is not None:
                before[name][mark.PATH], after[name][mark.PATH] = _noted(stored[name]), _noted(plan.wanted[name])
        for key, value in plan.properties.items():
            before[key], after[key] = (plan.stored or {}).get(key), value
        head = f"tenant {plan.tenant}"
        done.append({"before_header": head, "after_header": head, "before": _text(before), "after": _text(after)})
    return done


def _noted(application: dict[str, Any]) -> dict[str, Any]:
    """What of a mark causes a POST."""
    places = mark.from_secret(application)
    return {**mark.judged_by(application), **({"values from Secrets": places} if places else {})}


def _origins(plan: TenantPlan, name: str) -> set[str]:
    """Where values of Secrets are, by this run and by the mark: what is stored there may be the value before a rotation."""
    return {*mark.from_secret((plan.stored or {}).get(name)), *mark.from_secret(plan.wanted.get(name))}


def _shown(application: dict[str, Any], plan: TenantPlan, name: str, names: Names, changed: Sequence[str]) -> dict[str, Any]:
    def cover(path: secrets.Path, value: Any) -> str:
        place = "/".join(str(part) for part in path)
        return secrets.MASK + (" (changed)" if any(place.startswith(one) for one in changed) else "")

    covered = secrets.replace(origin.replace(application, _origins(plan, name), cover), cover)
    shown = normal.application(covered, plan.tenant, name, plan.route_domain)
    owner = mark.owner(application)
    if owner is not None and mark.PATH in changed and mark.owner((plan.stored or {}).get(name)) is None:
        shown["owner"] = owner
    for pool in difference.pools_of(shown):
        listed = shown[pool].get("members")
        if isinstance(listed, dict):
            known = {text(key): value for key, value in names.get((plan.tenant, name, pool), {}).items()}
            shown[pool] = {**shown[pool], "members": [_line(key, value, known.get(key, {})) for key, value in listed.items()]}
    return shown


def _line(member: str, settings: Any, behind: Mapping[str, Any]) -> Any:
    if member == "other":
        return settings
    who = f" Pod {behind['pod']}" if behind.get("pod") else ""
    where = f" on {behind['node']}" if behind.get("node") else ""
    more = {key: value for key, value in settings.items() if key != "shareNodes"}
    return f"{member}{who}{where}" + (f" {json.dumps(more, sort_keys=True)}" if more else "")


def _text(value: Any) -> str:
    return "\n".join(_lines(value, 0)) + "\n" if value else ""


def _lines(value: Any, depth: int) -> list[str]:
    """YAML as far as a reader of a diff needs it."""
    pad = "  " * depth
    done = []
    for key in sorted(value):
        part = value[key]
        if isinstance(part, dict) and part:
            done += [f"{pad}{key}:", *_lines(part, depth + 1)]
        elif isinstance(part, list) and part:
            done.append(f"{pad}{key}:")
            done += [f"{pad}- {item if isinstance(item, str) else json.dumps(item, sort_keys=True)}" for item in part]
        elif isinstance(part, str):
            block = part.splitlines()
            done += [f"{pad}{key}: {part}"] if len(block) < 2 else [f"{pad}{key}: |", *(f"{pad}  {line}" for line in block)]
        else:
            done.append(f"{pad}{key}: {json.dumps(part, sort_keys=True)}")
    return done
