# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of a pool's source, and of the task-wide defaults beside it.

They are documented in plugins/doc_fragments/pool_source.py.
"""

from __future__ import annotations

from typing import Any, Mapping

MODES = ["auto", "nodeport", "nodeportlocal", "cluster"]

# Options that one source may set for itself, and a task for all its sources.
_SHARED: dict[str, dict[str, Any]] = {
    "pool_member_type": {"type": "str", "choices": MODES},
    "address_family": {"type": "str", "choices": ["service", "ipv4", "ipv6", "both"]},
    "terminating": {"type": "str", "choices": ["exclude", "fallback", "keep", "drain"]},
    "node_label_selector": {"type": "str"},
    "node_address_type": {"type": "str", "choices": ["InternalIP", "ExternalIP"]},
    "node_weight": {"type": "str", "choices": ["equal", "endpoints"]},
    "include_unschedulable": {"type": "bool"},
    "exclude_nodes": {"type": "list", "elements": "str"},
    "route_domain": {"type": "int"},
    "wait_for_mappings": {"type": "float"},
    "network_provider": {"type": "str", "choices": ["unknown", "vsphere", "nsx_t1", "nsx_vpc"]},
    "pod_network_routable": {"type": "bool"},
    "trust_npl_annotations": {"type": "bool"},
}

DEFAULTS: dict[str, Any] = {
    "pool_member_type": "auto",
    "address_family": "service",
    "terminating": "fallback",
    "node_address_type": "InternalIP",
    "node_weight": "equal",
    "include_unschedulable": True,
    "wait_for_mappings": 0,
    "network_provider": "unknown",
    "trust_npl_annotations": False,
}
"""The only place of these defaults. An option without one here is unset by default."""

DEFAULT_NAMESPACE = "default"

SERVICE_OPTION: dict[str, Any] = {
    "type": "dict",
    "options": {
        "namespace": {"type": "str", "default": DEFAULT_NAMESPACE},
        "name": {"type": "str", "required": True},
        "port": {"type": "str"},
    },
}

RECORDED = (
    "address_family",
    "exclude_nodes",
    "include_unschedulable",
    "node_address_type",
    "node_label_selector",
    "node_weight",
    "route_domain",
    "terminating",
)
"""The options that decide a pool's members, beside Service and mode. publish notes them in the mark."""

SOURCE_OPTIONS: dict[str, dict[str, Any]] = {"service": SERVICE_OPTION, **_SHARED}
"""One source: its Service, and what differs from the task's defaults."""

SOURCE_DEFAULTS: dict[str, dict[str, Any]] = {
    name: {**option, "default": DEFAULTS[name]} if name in DEFAULTS else dict(option)
    for name, option in _SHARED.items()
}
"""The same options at a task's top level."""

SOURCE_WITHOUT_DEFAULTS: dict[str, dict[str, Any]] = {name: dict(option) for name, option in _SHARED.items()}
"""The same where each pool has what it was published with."""

_TYPES: dict[str, type] = {"str": str, "bool": bool, "int": int, "list": list}


def valid(noted: Mapping[str, Any]) -> dict[str, Any]:
    """The mode and the recorded options of a mark, without values that are not valid.

    A mark is data from BIG-IP.
    """
    return {
        name: noted[name]
        for name in ("pool_member_type", *RECORDED)
        if name in noted and _fits(_SHARED[name], noted[name])
    }


def _fits(option: Mapping[str, Any], value: Any) -> bool:
    if not isinstance(value, _TYPES[option["type"]]) or isinstance(value, bool) and option["type"] != "bool":
        return False
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value in option.get("choices", (value,))
