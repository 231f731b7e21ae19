# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A whole AS3 declaration from the user, whose pools are filled."""

from __future__ import annotations

import json
from typing import Iterator, Mapping, Sequence

from .._as3 import names, vocabulary
from .._as3.given import structure
from .._as3.members import is_static
from .._as3.types import Json, Object
from .._foreign import DEEPEST, is_deep
from .._ownership import mark
from . import shapes
from .build import OWN
from .wanted import ClusterPool, Problems, Wanted

TOO_DEEP = f"has more than {DEEPEST} levels, and AS3 has no property so deep"
_PLACE = ("serverAddresses", "servers", "servicePort")


def parse(declaration: Json, problems: Problems, path: str = "declaration") -> Object:
    """The ADC in a declaration given as dict or as JSON, of class ADC or AS3.

    Parts that could do harm are faults.
    """
    value = _loaded(declaration, problems, path)
    if value is not None and value.get("class") == "AS3":
        value = _unwrapped(value, problems, path)
        path += ".declaration"
    if value is None:
        return {}
    if value.get("class") != "ADC":
        what = f"is {value.get('class')!r}; a declaration is of class ADC, or AS3 with an ADC in declaration"
        problems.add(f"{path}.class", what)
        return {}
    if value.get("updateMode", "selective") != "selective":
        problems.add(
            f"{path}.updateMode",
            f"is {value['updateMode']!r}, which deletes every tenant that is not named. "
            "Use prune, or state: absent for what must be removed",
        )
    if "target" in value:
        problems.add(f"{path}.target", "is not sent by this module: name the BIG-IP in provider")
    controls = value.get("controls")
    if isinstance(controls, dict) and controls.get("dryRun"):
        problems.add(f"{path}.controls.dryRun", "is not sent by this module: run with --check instead")
    return value


def _loaded(declaration: Json, problems: Problems, path: str) -> Object | None:
    """The dictionary that a declaration is; None, with a fault, if it is not one."""
    value = structure(declaration)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            problems.add(path, f"is not JSON: {error}")
            return None
        except (RecursionError, MemoryError):
            problems.add(path, TOO_DEEP)
            return None
    if is_deep(value):
        problems.add(path, TOO_DEEP)
        return None
    if not isinstance(value, dict):
        problems.add(path, "is not an AS3 declaration: it must be a dictionary or JSON text of one")
        return None
    return value


def _unwrapped(value: Object, problems: Problems, path: str) -> Object | None:
    """The declaration in a request of class AS3; None, with a fault, if there is none."""
    action = value.get("action", "deploy")
    if action != "deploy":
        hints = {"dry-run": "run with --check instead", "remove": "use state: absent"}
        hint = hints.get(str(action), "this module deploys")
        problems.add(f"{path}.action", f"is {action!r}, which this module does not send: {hint}")
    for key in ("targetHost", "targetPort", "targetUsername", "targetPassphrase", "targetTokens"):
        if key in value:
            problems.add(f"{path}.{key}", "is not sent by this module: name the BIG-IP in provider")
    if "syncToGroup" in value:
        what = "is not taken from the declaration: use the option sync_to_group"
        problems.add(f"{path}.syncToGroup", what)
    inner = value.get("declaration")
    if not isinstance(inner, dict):
        problems.add(f"{path}.declaration", "is missing")
        return None
    return inner


def add(
    wanted: Wanted, declaration: Json, pools: Sequence[Mapping[str, Json]] | None, problems: Problems
) -> None:
    """Add the applications of a declaration and the pools of it that are to be filled."""
    declaration = structure(declaration)
    path = "declaration.declaration" if _is_wrapped(declaration) else "declaration"
    adc = parse(declaration, problems)
    controls = adc.get("controls")
    if isinstance(controls, dict) and controls.get("class") != "Tenant":
        wanted.controls = {
            key: value
            for key, value in controls.items()
            if key not in ("dryRun", "archiveTimestamp", "archiveId")
        }
    for tenant, value in tenants(adc, path, problems):
        _add_tenant(wanted, tenant, value, f"{path}.{tenant}", problems)
    if pools is None:
        return
    for number, pool in enumerate(pools):
        add_pool(wanted, pool, f"pools[{number}]", problems)


def tenants(adc: Mapping[str, Json], path: str, problems: Problems) -> Iterator[tuple[str, Object]]:
    """The Tenants of an ADC. Any other part that is not a property of an ADC is a fault."""
    for name, value in adc.items():
        if isinstance(value, dict) and value.get("class") == "Tenant":
            yield str(name), value
        elif name not in names.ADC_PROPERTIES:
            problems.add(f"{path}.{name}", "is neither a property of an ADC nor a Tenant (class: Tenant)")


def check_parts(tenant: Mapping[str, Json], path: str, problems: Problems) -> None:
    """Refuse what is in the place of an application and is not one.

    The application would count as not listed, and be removed.
    """
    known = vocabulary.tenant_properties()
    for name, value in tenant.items():
        if name in known and name != "Shared" or mark.applications({name: value}):
            continue
        if isinstance(value, dict) and value:
            fault = f"has class {value['class']!r}" if "class" in value else "has no class"
        elif isinstance(value, list) and value:
            fault = "is a list"
        elif value in (None, {}, []) or not str(value).strip():
            fault = "is empty"
        else:
            continue  # a property of a newer AS3, or one that AS3 refuses
        problems.add(
            f"{path}.{name}",
            f"{fault}: a Tenant takes an application (class: Application) here. Give it, or omit the key",
        )


def _is_wrapped(declaration: Json) -> bool:
    return isinstance(declaration, dict) and declaration.get("class") == "AS3"


def _add_tenant(wanted: Wanted, tenant: str, value: Object, path: str, problems: Problems) -> None:
    fault = names.container_fault("tenant", tenant)
    if fault:
        problems.add(path, fault)
        return
    check_parts(value, path, problems)
    wanted.holds_reserved("tenant", tenant, tenant, path)
    wanted.applications.setdefault(tenant, {})
    for name, application in value.items():
        if not isinstance(application, dict) or application.get("class") != "Application":
            if name not in ("class", "optimisticLockKey"):
                wanted.properties.setdefault(tenant, {})[name] = application
            continue
        place = f"{path}.{name}"
        fault = names.container_fault("application", name)
        if fault:
            problems.add(place, fault)
            continue
        wanted.holds_reserved("application", tenant, name, place)
        target = wanted.application(tenant, name, place)
        for key, item in application.items():
            where = f"{place}.{key}"
            if isinstance(item, dict) and "class" in item and key != "constants":
                fault = names.item_fault(key) or names.path_fault(tenant, name, key)
                if fault:
                    problems.add(where, fault)
                    continue
                if wanted.holds_reserved("object", tenant, key, where):
                    continue
                first = wanted.objects.get((tenant, name, key))
                if first is not None:
                    problems.add(
                        where,
                        f"the application {tenant}/{name} has two objects of the name {key!r}, "
                        f"here and in {first}",
                    )
                    continue
                if isinstance(item["class"], str) and not item["class"].strip():
                    problems.add(f"{where}.class", "is empty: name the AS3 class of the object")
                wanted.objects[(tenant, name, key)] = where
                target[key] = vocabulary.convert_object(item)
            else:
                target[key] = item


def add_pool(wanted: Wanted, item: Mapping[str, Json], path: str, problems: Problems) -> None:
    tenant, name, pool = (str(item.get(key) or "") for key in ("tenant", "application", "pool"))
    target = wanted.applications.get(tenant, {}).get(name, {}).get(pool)
    if names.reserved_fault("object", pool):
        return
    if not isinstance(target, dict) or target.get("class") != "Pool":
        known = [
            f"/{key[0]}/{key[1]}/{key[2]}"
            for key in wanted.objects
            if wanted.applications[key[0]][key[1]][key[2]].get("class") == "Pool"
        ]
        problems.add(
            path,
            f"names the pool /{tenant}/{name}/{pool}, which the declaration does not have; "
            f"it has {', '.join(sorted(known)) or 'none'}",
        )
        return
    if any(cluster_pool.where == f"/{tenant}/{name}/{pool}" for cluster_pool in wanted.cluster_pools):
        problems.add(path, f"fills the pool /{tenant}/{name}/{pool} a second time")
        return
    listed = shapes.members(
        target.pop("members", None), f"{wanted.objects[(tenant, name, pool)]}.members", problems
    )
    first = next((entry for entry in listed if is_static(entry)), {})
    settings = {key: value for key, value in first.items() if key not in _PLACE}
    static = tuple(entry for entry in listed if not is_static(entry))
    member = {**settings, **vocabulary.convert_member(dict(item.get("member") or {}))}
    options = {key: value for key, value in item.items() if key not in OWN}
    wanted.cluster_pools.append(
        ClusterPool(tenant, name, pool, path, options, member, static, first.get("servicePort"))
    )
