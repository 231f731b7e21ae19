# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Which pools the role verify reads, and which of them are not up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

SOURCE = (
    "address_family",
    "exclude_nodes",
    "include_unschedulable",
    "network_provider",
    "node_address_type",
    "node_label_selector",
    "node_weight",
    "pod_network_routable",
    "pool_member_type",
    "route_domain",
    "terminating",
    "trust_npl_annotations",
    "wait_for_mappings",
)
"""An application sets these for its own pool. pool_status_info takes them for all pools of a task only."""

_PATH = "join('/', [tenant, application, pool])"
UP = "length(members[?(availability == 'available' || state == 'unchecked') && where != 'operator'])"
"""A member without a monitor (unchecked) counts as up: nothing shows otherwise."""

DISABLED = "length(members[?where == 'operator'])"
"""The role does not wait for a member that an operator disabled."""


def groups(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The reads of a run. Applications with equal sources are read together: often all of them.

    Each has a `source`, its `tenants` and `pools`, a `query` and a `label`. The one for what the other
    variables select has the flag `all`.
    """
    by_source: dict[str, list[str]] = {}
    for application in options["applications"]:
        source = {name: application[name] for name in SOURCE if application.get(name) not in ("", None)}
        by_source.setdefault(json.dumps(source), []).append(_name(application))
    every = names(options)
    reads = [_group(json.loads(source), own, every, options) for source, own in by_source.items()]
    if not every or options["tenant"] or options["owner"]:
        reads.append({**_group({}, [], every, options), "all": True, "label": "all that were selected"})
    return reads


def names(options: Mapping[str, Any]) -> list[str]:
    return [_name(application) for application in options["applications"]]


def _name(application: Mapping[str, Any]) -> str:
    """tenant[/application[/pool]]. Without a Service, it means all pools that no other application names."""
    pool = (application.get("pool_name") or "pool") if application.get("service") else ""
    parts = (application["tenant"], application.get("application"), pool)
    return "/".join(str(part) for part in parts if part)


def are_pools(selected: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys(selected) if name.count("/") >= 2]


def _group(
    source: Mapping[str, Any], own: Sequence[str], every: Sequence[str], options: Mapping[str, Any]
) -> dict[str, Any]:
    tenants = list(dict.fromkeys(name.partition("/")[0] for name in own))
    return {
        "all": False,
        "label": ", ".join(tenants),
        "source": dict(source),
        "tenants": tenants,
        "pools": are_pools(own),
        "query": query(list(dict.fromkeys(own)), every, options["min_members"]),
    }


def query(own: Sequence[str], every: Sequence[str], min_members: int) -> str:
    """The JMESPath of a read: `names` of the pools, those that are `up` with counts, and those `not_up`."""
    wanted, down = _wanted(own, every), not_up(min_members)
    return (
        f"{{names: pools[?{wanted}].{_PATH}, "
        f"up: pools[?{wanted} && !{down}].[{_PATH}, [{UP}, {DISABLED}]], "
        f"not_up: pools[?{wanted} && {down}].{{message: message, few: {few(min_members)}}}}}"
    )


def _wanted(own: Sequence[str], every: Sequence[str]) -> str:
    """Of the pools of these tenants, those of the names; all of them without names."""
    if not own:
        return "`true`"
    mine, known = f"`{json.dumps(list(own))}`", f"`{json.dumps(list(every))}`"
    return (
        f"(contains({mine}, {_PATH}) || !contains({known}, {_PATH}) "
        f"&& (contains({mine}, join('/', [tenant, application])) || contains({mine}, tenant)))"
    )


def not_up(min_members: int) -> str:
    return (
        "(!on_bigip || failure || in_sync == `false` || down_on_bigip[?where != 'operator'] "
        f"|| sum([{UP}, {DISABLED}]) != length(members) || {few(min_members)})"
    )


def few(min_members: int) -> str:
    return f"{UP} < `{min_members}`"
