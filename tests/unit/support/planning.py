# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans as text: tenants, devices and rules that fit into one line of a table.

tenant  "label=x; A1@us=1 2/r3; A2=5": the property label, application A1 of owner us whose pool has members
        10.0.0.1 and 10.0.0.2 with ratio 3, and application A2 without a mark. "-": it is not stored.
        "A1~=1": no Service fills the pool, the user wrote its members. "A1+B=1 & 2": another pool, B.
device  "A1=1 2/down": the members of the pool of A1 on the device. "=": as stored, all up. "?": not read.
rules   "adopt=cis min=2": fields of Rules, Limits and PoolFacts (or SHORT). remove=A2: prune.
        cis=T: a running CIS names T. cis0=T: it is scaled to 0. cis?=1: what CIS own is unknown.
        draining=1,2: these members drain.
        nodeport=80: the pools are, and were, published in this mode; the node port of today, if any.

Flags of a member, in tenants: r2 (ratio), p2 (priorityGroup), c2 (connectionLimit), off, dead (adminState), x
(enable: false), priv (no shareNodes), named (the mark names it as disabled by hand), ending (the mark names it
as draining), :81 (another port).
On the device also: down, new (not judged yet), unmonitored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._as3 import difference, members
from ansible_collections.vks.bigip.plugins.module_utils._bigip.member import MemberState
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark, owners
from ansible_collections.vks.bigip.plugins.module_utils._plan import guards
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import (
    LOCK,
    PoolFacts,
    Rules,
    Step,
    TenantGoal,
    TenantPlan,
)
from ansible_collections.vks.bigip.plugins.module_utils._plan.staging import Progress, next_step
from ansible_collections.vks.bigip.plugins.module_utils._plan.tenant import plan

US, TENANT, POOL = "us", "T", "web_pool"
SERVICE, MODE = "default/web:80/TCP", "nodeportlocal"
ADMIN = {"off": "disable", "dead": "offline"}
NUMBERS = {"r": "ratio", "p": "priorityGroup", "c": "connectionLimit"}
SHORT = {
    "empty": "empty_pool",
    "min": "min_members",
    "percent": "max_removed_percent",
    "share": "explicit_share",
    "enforce": "enforce_member_state",
}
MOST_STEPS = 12

Planner = Callable[[TenantGoal, Any, Any, Rules], TenantPlan]
Device = dict[str, dict[tuple[str, int], MemberState]]


def rows(table: str) -> list[list[str]]:
    """The cells of each line."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def key(word: str) -> tuple[tuple[str, int], list[str]]:
    """Address and port of a member's text, and its flags."""
    head, *flags = word.split("/")
    number, _colon, port = head.partition(":")
    return (f"10.0.0.{number}", int(port or 80)), flags


def entries(text: str) -> list[dict[str, Any]]:
    """Pool.members."""
    listed = {}
    for word in text.split():
        place, flags = key(word)
        settings: dict[str, Any] = {} if "priv" in flags else {"shareNodes": True}
        settings.update({NUMBERS[flag[0]]: int(flag[1:]) for flag in flags if flag[1:].isdigit()})
        admin = [ADMIN[flag] for flag in flags if flag in ADMIN]
        settings.update({"adminState": admin[0]} if admin else {})
        settings.update({"enable": False} if "x" in flags else {})
        listed[place] = settings
    return members.group(members.Members(listed))


def shown(pool: Mapping[str, Any]) -> str:
    """The text of a pool's members."""
    words = []
    for (address, port), settings in sorted(members.flatten(pool.get("members")).static.items()):
        flags = [f"{letter}{settings[name]}" for letter, name in NUMBERS.items() if name in settings]
        flags += [flag for flag, state in ADMIN.items() if settings.get("adminState") == state]
        flags += ["x"] if settings.get("enable") is False else []
        flags += [] if settings.get("shareNodes") else ["priv"]
        words.append("/".join([address.removeprefix("10.0.0.") + ("" if port == 80 else f":{port}"), *flags]))
    return " ".join(words)


def application(text: str, pools: tuple[str, ...] = (POOL,), **more: Any) -> dict[str, Any]:
    """An application with these pools, members of each between &."""
    parts = dict(zip(pools, text.split("&")))
    return {
        "class": "Application",
        "template": "generic",
        **{name: {"class": "Pool", "members": entries(part)} for name, part in parts.items()},
        **more,
    }


def marked(
    value: dict[str, Any], owner: str, pools: tuple[str, ...] = (POOL,), mode: str = MODE, **more: Any
) -> dict[str, Any]:
    """An application with the mark that publishing it leaves."""
    sources = {name: {"service": SERVICE, "pool_member_type": mode} for name in pools}
    of_pools = {"pool_member_type": mode, "pools": sources} if sources else {}
    return mark.put(value, {"owner": owner, **of_pools, **more})


@dataclass
class Parsed:
    """A tenant of the text."""

    applications: dict[str, dict[str, Any]] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    filled: set[tuple[str, str]] = field(default_factory=set)
    named: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    ending: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @staticmethod
    def of(text: str) -> Parsed:
        parsed = Parsed()
        for part in filter(None, (part.strip() for part in text.split(";"))):
            name, _equals, value = part.partition("=")
            if not name[0].isupper():
                parsed.properties[name] = value
                continue
            name, _at, owner = name.partition("@")
            written = name.endswith("~")
            name, _plus, second = name.removesuffix("~").partition("+")
            pools = (POOL, second) if second else (POOL,)
            parsed.applications[name] = application(value, pools)
            if owner:
                parsed.owners[name] = owner
            for pool, part in zip(pools, value.split("&")):
                for flag, found in (("/named", parsed.named), ("/ending", parsed.ending)):
                    texts = [members.text(key(word)[0]) for word in part.split() if flag in word]
                    found.setdefault(name, {}).update({pool: texts} if texts else {})
            if not written:
                parsed.filled |= {(name, pool) for pool in pools}
        return parsed

    def tenant(self, mode: str = MODE) -> dict[str, Any]:
        """As AS3 stores it."""
        body: dict[str, Any] = {"class": "Tenant", **self.properties}
        for name, value in self.applications.items():
            pools = tuple(pool for owner, pool in sorted(self.filled) if owner == name)
            owner = self.owners.get(name)
            named = {"disabled_by_hand": self.named[name]} if self.named[name] else {}
            named |= {"draining": self.ending[name]} if self.ending[name] else {}
            body[name] = marked(value, owner, pools, mode, **named) if owner else value
        return body


def stored_of(text: str, rules: str = "") -> dict[str, Any] | None:
    mode = "nodeport" if "nodeport=" in rules else MODE
    return None if text == "-" else Parsed.of(text).tenant(mode)


def state(word: str) -> tuple[tuple[str, int], MemberState]:
    """A member on the device."""
    place, flags = key(word)
    monitor = next((flag for flag in flags if flag in ("down", "new", "unmonitored")), "up")
    known = {"new": "checking", "unmonitored": "unchecked"}.get(monitor, monitor)
    numbers = {NUMBERS[flag[0]]: int(flag[1:]) for flag in flags if flag[1:].isdigit()}
    session = "user-disabled" if "off" in flags or "dead" in flags else "monitor-enabled"
    return place, MemberState(
        f"{place[0]}:{place[1]}",
        place[0],
        place[1],
        None,
        session,
        "user-down" if "dead" in flags else known,
        numbers.get("ratio", 1),
        numbers.get("priorityGroup", 0),
        numbers.get("connectionLimit", 0),
        TENANT if "priv" in flags else "Common",
    )


def device_of(text: str, stored: dict[str, Any] | None) -> Device | None:
    if text == "?":
        return None
    if text == "=":
        return applied(stored, {})
    device: Device = {}
    for part in filter(None, text.split(";")):
        name, _equals, value = part.strip().partition("=")
        name, _plus, pool = name.partition("+")
        device[f"/{TENANT}/{name}/{pool or POOL}"] = dict(state(word) for word in value.split())
    return device


def applied(stored: Mapping[str, Any] | None, before: Device) -> Device:
    """The device after AS3 configured it: what was added, or has other settings, is new there and up."""
    device: Device = {}
    for name, value in mark.applications(stored).items():
        for pool, content in difference.pools_of(value).items():
            path = f"/{TENANT}/{name}/{pool}"
            known = before.get(path, {})
            wanted = dict(state(word) for word in shown(content).split() if "/x" not in word)
            device[path] = {
                place: known[place]
                if place in known and _configured(known[place]) == _configured(new)
                else new
                for place, new in wanted.items()
            }
    return device


def _configured(member: MemberState) -> tuple[Any, ...]:
    return (member.admin_state, member.ratio, member.priority_group, member.connection_limit)


def rules_of(text: str) -> tuple[Rules, dict[str, Any], frozenset[str]]:
    """Rules, more of PoolFacts, and the applications that prune removes."""
    words = dict(word.split("=", 1) for word in text.split())
    words = {SHORT.get(name, name): value for name, value in words.items()}
    if "nodeport" in words:
        words.update(mode="nodeport", **({"node_port": words["nodeport"]} if words["nodeport"] else {}))
    values = {name: int(value) if value.isdigit() else value for name, value in words.items()}
    limits = {name: values[name] for name in (one.name for one in fields(guards.Limits)) if name in values}
    facts = {one.name: values[one.name] for one in fields(PoolFacts) if one.name in values}
    if "draining" in words:
        facts["draining"] = frozenset(key(word)[0] for word in words["draining"].split(","))
    claims = [
        owners.CisClaim("kube-system/cis", frozenset({str(values[word])}), running=word == "cis")
        for word in ("cis", "cis0")
        if word in values
    ]
    if "cis?" in values:
        claims.append(
            owners.CisClaim("", frozenset(), False, Failure("kubernetes_forbidden", "listing Deployments"))
        )
    known = {one.name: values[one.name] for one in fields(Rules) if one.name in values}
    known = {name: bool(value) if isinstance(value, int) else value for name, value in known.items()}
    rules = Rules(**{"owner": US, "limits": guards.Limits(**limits), "claims": tuple(claims), **known})
    return rules, facts, frozenset(filter(None, str(values.get("remove", "")).split(",")))


def goal_of(text: str, facts: Mapping[str, Any], remove: frozenset[str]) -> TenantGoal:
    """ "*" stands for all applications of the owner (absent, released)."""
    if text == "*":
        return TenantGoal(TENANT, None)
    parsed = Parsed.of(text)
    more = {**facts, "options": {"trust": facts["options"]}} if "options" in facts else facts
    known = {place: PoolFacts(**{"service": SERVICE, "mode": MODE, **more}) for place in parsed.filled}
    return TenantGoal(TENANT, parsed.applications, parsed.properties, known, remove)


def planned(goal: str, stored: str, device: str = "=", rules: str = "") -> TenantPlan:
    """The plan of a line."""
    decided, facts, remove = rules_of(rules)
    body = stored_of(stored, rules)
    return plan(goal_of(goal, facts, remove), locked(body), device_of(device, body), decided)


def locked(body: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if body is None else {**body, LOCK: "key"}


def run(
    goal: str, stored: str, device: str, rules: str, planner: Planner = plan
) -> tuple[TenantPlan, str, TenantPlan]:
    """The first plan, the steps until nothing is left to send, and the last plan.

    A step reads "A1=1 2, -A2": what is written, then what is removed. In brackets, the tenant is whole,
    under its lock. Members come up at once. "disable 1" and "enable 1" set sessions on the device, "drain 1"
    waits for connections.
    """
    decided, facts, remove = rules_of(rules)
    target, body = goal_of(goal, facts, remove), stored_of(stored, rules)
    known = device_of(device, body)
    first = current = planner(target, locked(body), known, decided)
    steps: list[str] = []
    drained: dict[str, Any] = {}
    while current.action not in ("none", "hold"):
        assert len(steps) < MOST_STEPS, steps
        step = next_step(current, known, Progress({}, drained=drained))
        assert not step.waiting, step
        done = beside_as3(step, known or {})
        if done:
            assert not step.applications and not step.remove and not step.final
            steps.append(done)
            drained = {**drained, **step.draining} if done.startswith("drain") else drained
            current = planner(target, locked(body), known, decided)
            continue
        body, text = sent(current, body, step.applications, step.remove)
        steps.append(text)
        known = applied(body, known or {})
        current = planner(target, locked(body), known, decided)
    return first, " > ".join(steps), current


def beside_as3(step: Step, device: Device) -> str:
    """Set the sessions of a step on the device. Returns the text of a step that is not posted."""
    for what, pools in (("disable", step.disable), ("enable", step.enable)):
        for path, keys in pools.items():
            session = "user-disabled" if what == "disable" else "monitor-enabled"
            device[path].update({key: replace(device[path][key], session=session) for key in keys})
    texts = [
        f"{what} " + " ".join(sorted(key[0].removeprefix("10.0.0.") for keys in pools.values() for key in keys))
        for what, pools in (("disable", step.disable), ("enable", step.enable), ("drain", step.draining))
        if pools
    ]
    return texts[0] if texts else ""


def sent(
    current: TenantPlan, body: dict[str, Any] | None, written: Mapping[str, Any], removed: Any
) -> tuple[dict[str, Any] | None, str]:
    """The tenant as AS3 stores it after a POST, and its text."""
    texts = []
    whole = current.whole and not current.reserve_first
    if whole:
        after = {name: value for name, value in current.body(written, removed).items() if name != LOCK}
        texts += [f"{name}={value}" for name, value in current.properties.items()]
    else:
        after = {name: value for name, value in (body or {"class": "Tenant"}).items() if name not in removed}
        after.update(written)
    for name, value in sorted(written.items()):
        pools = difference.pools_of(value)
        texts.append(
            f"{name}=" + (" & ".join(shown(pool) for pool in pools.values()) if pools else "reserved")
        )
    texts += [f"-{name}" for name in removed]
    text = ", ".join(texts)
    return (after if mark.applications(after) else None), f"[{text}]" if whole else text
