# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source of a pool: from the user's options, and into the mark."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source

WEB = {"name": "web"}
PARSED: dict[str, tuple[dict[str, Any], dict[str, Any], Source]] = {
    # name: (the item, the task's options, the source)
    "a name only": ({"service": WEB}, {}, Source("default", "web", path="pools[3]")),
    "an empty namespace and port": ({"service": {"namespace": "", "port": "", **WEB}}, {}, Source("default", "web", path="pools[3]")),
    "a port by number": ({"service": {"namespace": "shop", "port": 80, **WEB}}, {}, Source("shop", "web", "80", "pools[3]")),
    "pool_member_type is the mode": ({"service": WEB, "pool_member_type": "cluster"}, {}, Source("default", "web", path="pools[3]", mode="cluster")),
    "options of the task that have the name of a field": (
        {"service": WEB, "path": "x", "mode": "cluster"},
        {"namespace": "other", "name": "x", "port": 7, "path": "y", "mode": "nodeport"},
        Source("default", "web", path="pools[3]"),
    ),
    "the task fills the gaps": (
        {"service": WEB, "pool_member_type": "cluster", "terminating": None},
        {"pool_member_type": "nodeport", "terminating": "keep"},
        Source("default", "web", path="pools[3]", mode="cluster", terminating="keep"),
    ),
    "a value that counts as false is set": (
        {"service": WEB, "include_unschedulable": False, "route_domain": 0, "exclude_nodes": []},
        {"include_unschedulable": True, "route_domain": 7, "exclude_nodes": ["n3"]},
        Source("default", "web", path="pools[3]", include_unschedulable=False, route_domain=0),
    ),
    "every option": (
        {
            "service": {"namespace": "shop", "name": "web", "port": "http"},
            "pool_member_type": "nodeport",
            "address_family": "both",
            "terminating": "exclude",
            "node_label_selector": "pool=a",
            "node_address_type": "ExternalIP",
            "node_weight": "endpoints",
            "include_unschedulable": False,
            "exclude_nodes": ["n1", "n2"],
            "route_domain": 2,
            "wait_for_mappings": 9.5,
            "network_provider": "vsphere",
            "pod_network_routable": True,
            "trust_npl_annotations": True,
        },
        {"exclude_nodes": ["n3"], "state": "present"},
        Source(
            "shop", "web", "http", "pools[3]", "nodeport", "both", "exclude", "pool=a", "ExternalIP", "endpoints", False,
            ("n1", "n2"), 2, 9.5, "vsphere", True, True,
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("item", "options", "expected"), PARSED.values(), ids=PARSED)
def test_a_source_of_options(item: dict[str, Any], options: dict[str, Any], expected: Source) -> None:
    source = Source.from_options(item, options, "pools[3]")
    assert source == expected
    assert (source.key, source.service_name) == ("pools[3]", f"{expected.namespace}/web")


def test_the_defaults_of_a_source() -> None:
    """Mode auto, the Service's first family, every node under its InternalIP, and no wait."""
    assert Source("default", "web") == Source(
        "default", "web", None, "pools[0]", "auto", "service", "fallback", None, "InternalIP", "equal", True, (), None, 0, "unknown", None, False,
    )  # fmt: skip


@pytest.mark.parametrize("service", [None, {}, {"namespace": "shop"}, {"name": ""}])
def test_a_source_names_its_service(service: Any) -> None:
    with pytest.raises(Failure) as caught:
        Source.from_options({"service": service}, {}, "pools[7]")
    assert (caught.value.code, caught.value.what) == ("service_missing", "pools[7] names no Service")
    assert caught.value.remedy == "Set service.name (and service.namespace)."


RECORDED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "defaults": ({"terminating": "fallback", "include_unschedulable": True, "node_label_selector": ""}, {}),
    "others": (
        {"exclude_nodes": ("n7", "n2", "n5", "n1", "n2", "n9"), "route_domain": 0, "terminating": "keep", "include_unschedulable": False},
        {"exclude_nodes": ["n1", "n2", "n5", "n7", "n9"], "route_domain": 0, "terminating": "keep", "include_unschedulable": False},
    ),
    "the rest": (
        {"address_family": "both", "node_address_type": "ExternalIP", "node_label_selector": "a=b", "node_weight": "endpoints"},
        {"address_family": "both", "node_address_type": "ExternalIP", "node_label_selector": "a=b", "node_weight": "endpoints"},
    ),
    "what does not decide members": ({"mode": "cluster", "wait_for_mappings": 9, "network_provider": "vsphere"}, {}),
}


@pytest.mark.parametrize("options, expected", RECORDED.values(), ids=RECORDED)
def test_what_the_mark_records(options: dict[str, Any], expected: dict[str, Any]) -> None:
    assert Source("default", "web", **options).recorded() == expected
