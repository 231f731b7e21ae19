# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options are documented as they are: types, choices, defaults, aliases and environment variables."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.doc_fragments import pool_source
from ansible_collections.vks.bigip.plugins.module_utils._members.options import SOURCE_DEFAULTS, SOURCE_OPTIONS, valid
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.modules import pool_members_info
from ansible_collections.vks.bigip.tests.unit.support import documented


def test_the_fragment_documents_the_options() -> None:
    assert documented.fragment(pool_source) == documented.spec(SOURCE_DEFAULTS)


def test_a_module_documents_the_options_of_a_source() -> None:
    service = {**SOURCE_OPTIONS["service"], "required": True}
    pools = documented.module(pool_members_info)["pools"]
    assert pools["options"] == documented.spec({**SOURCE_OPTIONS, "service": service})


def test_the_fragment_names_each_environment_variable() -> None:
    named = documented.named(pool_source)
    for option, variables in documented.variables(SOURCE_DEFAULTS).items():
        assert set(variables) <= set(named.get(option, ())), option


def test_a_source_without_options_has_the_documented_defaults() -> None:
    source = Source.from_options({"service": {"name": "web"}}, {}, "pools[0]")
    for name, option in documented.fragment(pool_source).items():
        value = source.mode if name == "pool_member_type" else getattr(source, name)
        assert (value or None) == (option.get("default") or None), name


VALID: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"address_family": "both", "node_address_type": "ExternalIP", "node_weight": "endpoints"},) * 2,
    ({"pool_member_type": "cluster", "route_domain": 2, "terminating": "keep"},) * 2,
    ({"exclude_nodes": ["n1"], "include_unschedulable": False, "node_label_selector": "a=b"},) * 2,
    ({"route_domain": True}, {}),
    ({"route_domain": "2"}, {}),
    ({"include_unschedulable": 1}, {}),
    ({"exclude_nodes": ["n1", 2]}, {}),
    ({"exclude_nodes": "n1"}, {}),
    ({"terminating": "never"}, {}),
    ({"pool_member_type": "warp"}, {}),
    ({"wait_for_mappings": 9, "service": "default/web"}, {}),
]


@pytest.mark.parametrize("noted, expected", VALID)
def test_what_counts_of_a_mark(noted: dict[str, Any], expected: dict[str, Any]) -> None:
    assert valid(noted) == expected
