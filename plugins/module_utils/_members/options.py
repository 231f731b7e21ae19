# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a pool's source, and of the task-wide defaults beside it. This module util is PRIVATE to the collection.

They are documented in plugins/doc_fragments/pool_source.py.
"""

from __future__ import annotations

from typing import Any

MODES = ["auto", "nodeport", "nodeportlocal", "cluster"]

# What one source may say for itself and a task for all its sources.
_SHARED: dict[str, dict[str, Any]] = {
    "pool_member_type": {"type": "str", "choices": MODES},
    "address_family": {"type": "str", "choices": ["service", "ipv4", "ipv6", "both"]},
    "terminating": {"type": "str", "choices": ["exclude", "fallback", "keep"]},
    "node_label_selector": {"type": "str"},
    "node_address_type": {"type": "str", "choices": ["InternalIP", "ExternalIP"]},
    "node_weight": {"type": "str", "choices": ["equal", "endpoints"]},
    "include_unschedulable": {"type": "bool"},
    "exclude_nodes": {"type": "list", "elements": "str"},
    "route_domain": {"type": "int"},
    "wait_for_mappings": {"type": "float"},
    "network_provider": {"type": "str", "choices": ["unknown", "vsphere", "nsx_t1", "nsx_vpc"]},
    "pod_network_routable": {"type": "bool"},
}

_DEFAULTS: dict[str, Any] = {
    "pool_member_type": "auto",
    "address_family": "service",
    "terminating": "fallback",
    "node_address_type": "InternalIP",
    "node_weight": "equal",
    "include_unschedulable": True,
    "wait_for_mappings": 0,
    "network_provider": "unknown",
}

SERVICE_OPTION: dict[str, Any] = {
    "type": "dict",
    "options": {
        "namespace": {"type": "str", "default": "default"},
        "name": {"type": "str", "required": True},
        "port": {"type": "str"},
    },
}

SOURCE_OPTIONS: dict[str, dict[str, Any]] = {"service": SERVICE_OPTION, **_SHARED}
"""One source: its Service, and whatever differs from the task's defaults."""

SOURCE_DEFAULTS: dict[str, dict[str, Any]] = {
    name: {**option, "default": _DEFAULTS[name]} if name in _DEFAULTS else dict(option) for name, option in _SHARED.items()
}
"""The same options at a task's top level."""
