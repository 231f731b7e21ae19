# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of a pool: from the user's options, and into the mark."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source


def test_pool_member_type_is_the_mode() -> None:
    item = {"service": {"name": "web", "port": 80}, "pool_member_type": "cluster"}
    source = Source.from_options(item, {"pool_member_type": "nodeport", "terminating": "keep"}, "pools[0]")
    assert (source.mode, source.terminating, source.port, source.namespace) == ("cluster", "keep", "80", "default")
    assert Source.from_options({"service": {"name": "web"}}, {"pool_member_type": "nodeport"}, "pools[0]").mode == "nodeport"


@pytest.mark.parametrize("service", [None, {}, {"namespace": "shop"}, {"name": ""}])
def test_a_source_names_its_service(service: Any) -> None:
    with pytest.raises(Failure) as caught:
        Source.from_options({"service": service}, {}, "pools[7]")
    assert caught.value.code == "service_missing" and caught.value.what == "pools[7] names no Service"


RECORDED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "defaults": ({"terminating": "fallback", "include_unschedulable": True, "node_label_selector": ""}, {}),
    "others": (
        {"exclude_nodes": ("n2", "n1", "n2"), "route_domain": 0, "terminating": "keep", "include_unschedulable": False},
        {"exclude_nodes": ["n1", "n2"], "route_domain": 0, "terminating": "keep", "include_unschedulable": False},
    ),
    "what does not decide members": ({"mode": "cluster", "wait_for_mappings": 9, "network_provider": "vsphere"}, {}),
}


@pytest.mark.parametrize("options, expected", RECORDED.values(), ids=RECORDED)
def test_what_the_mark_records(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert Source("default", "web", **options).recorded() == expected


def test_every_option_of_a_source() -> None:
    given = {"service": {"namespace": "shop", "name": "web", "port": ""}, "exclude_nodes": ["n1", "n2"], "route_domain": 0, "node_weight": "endpoints"}
    source = Source.from_options(given, {"exclude_nodes": ["n3"], "include_unschedulable": False}, "pools[3]")
    assert (source.namespace, source.port, source.path, source.key, source.service_name) == ("shop", None, "pools[3]", "pools[3]", "shop/web")
    assert (source.exclude_nodes, source.route_domain, source.node_weight, source.include_unschedulable) == (("n1", "n2"), 0, "endpoints", False)
    assert Source.from_options({"service": {"name": "web", "port": None}}, {}, "x").port is None
