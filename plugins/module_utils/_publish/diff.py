# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The difference of a run, before and after, as Ansible shows it: YAML text without secrets."""

from __future__ import annotations

import json
from typing import Iterable, Mapping, Sequence

from .._as3 import difference, normal, origin, secrets
from .._as3.members import text
from .._as3.types import Json, Object
from .._ownership import mark
from .._plan.model import TenantPlan
from .report import CHANGES, Names, origins


def diff(plans: Iterable[TenantPlan], names: Names) -> list[dict[str, str]]:
    """Before and after of each tenant that changes, members by address and Pod."""
    shown = []
    for plan in sorted(plans, key=lambda item: item.tenant):
        if plan.action in CHANGES:
            before, after = _tenant(plan, names)
            head = f"tenant {plan.tenant}"
            shown.append(
                {"before_header": head, "after_header": head, "before": _text(before), "after": _text(after)}
            )
    return shown


def _tenant(plan: TenantPlan, names: Names) -> tuple[Object, Object]:
    before: Object = {}
    after: Object = {}
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
            before[name][mark.PATH], after[name][mark.PATH] = (
                _marked(stored[name]),
                _marked(plan.wanted[name]),
            )
    for key, value in plan.properties.items():
        before[key], after[key] = (plan.stored or {}).get(key), value
    return before, after


def _marked(application: Object) -> Object:
    """The parts of a mark that cause a POST."""
    places = mark.from_secret(application)
    return {**mark.judged_by(application), **({"values from Secrets": places} if places else {})}


def _shown(application: Object, plan: TenantPlan, name: str, names: Names, changed: Sequence[str]) -> Object:
    """An application in normal form, masked. changed: the paths that differ, masked ones included."""

    def cover(path: secrets.Path, value: Json) -> str:
        place = "/".join(str(part) for part in path)
        return secrets.MASK + (" (changed)" if any(place.startswith(one) for one in changed) else "")

    covered = secrets.replace(origin.replace(application, origins(plan, name), cover), cover)
    shown = normal.application(covered, plan.tenant, name, plan.route_domain)
    owner = mark.owner(application)
    if owner is not None and mark.PATH in changed and mark.owner(mark.application(plan.stored, name)) is None:
        shown["owner"] = owner
    for pool in difference.pools_of(shown):
        listed = shown[pool].get("members")
        if isinstance(listed, dict):
            known = {text(key): value for key, value in names.get((plan.tenant, name, pool), {}).items()}
            lines = [_line(key, value, known.get(key, {})) for key, value in listed.items()]
            shown[pool] = {**shown[pool], "members": lines}
    return shown


def _line(member: str, settings: Json, behind: Mapping[str, Json]) -> Json:
    if member == "other":
        return settings
    who = f" Pod {behind['pod']}" if behind.get("pod") else ""
    where = f" on {behind['node']}" if behind.get("node") else ""
    more = {key: value for key, value in settings.items() if key != "shareNodes"}
    return f"{member}{who}{where}" + (f" {json.dumps(more, sort_keys=True)}" if more else "")


def _text(value: Object) -> str:
    return "\n".join(_lines(value, 0)) + "\n" if value else ""


def _lines(value: Object, depth: int) -> list[str]:
    """YAML as far as a reader of a diff needs it."""
    pad = "  " * depth
    lines = []
    for key in sorted(value):
        part = value[key]
        if isinstance(part, dict) and part:
            lines += [f"{pad}{key}:", *_lines(part, depth + 1)]
        elif isinstance(part, list) and part:
            lines.append(f"{pad}{key}:")
            lines += [f"{pad}- {_element(item)}" for item in part]
        elif isinstance(part, str):
            lines += _string(part, f"{pad}{key}", pad)
        else:
            lines.append(f"{pad}{key}: {json.dumps(part)}")
    return lines


def _element(item: Json) -> str:
    return item if isinstance(item, str) else json.dumps(item, sort_keys=True)


def _string(value: str, key: str, pad: str) -> list[str]:
    """One line, or a block of several."""
    block = value.splitlines()
    return [f"{key}: {value}"] if len(block) < 2 else [f"{key}: |", *(f"{pad}  {line}" for line in block)]
