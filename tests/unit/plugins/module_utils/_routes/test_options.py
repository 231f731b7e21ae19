# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of pod_routes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.options import PodRoutesOptions
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"partition": "/Common"}, "partition: '/Common' is not a valid name"),
    ({"partition": "a b"}, "partition"),
    ({"name_prefix": "1"}, "name_prefix: '1'"),
    ({"name_prefix": "a/b"}, "name_prefix"),
    ({"name_prefix": "a" * 33}, "name_prefix"),
    ({"route_domain": -1}, "route_domain: -1"),
    ({"route_domain": 65535}, "route_domain: 65535"),
    ({"max_removed_percent": -1}, "max_removed_percent: -1"),
    ({"max_removed_percent": 101}, "max_removed_percent: 101"),
    ({"owner": " "}, "owner: ' '"),
    ({"owner": "a" * 129}, "owner"),
    ({"owner": "a\nb"}, "owner"),
    ({"cluster_name": "\x1b[2J"}, "cluster_name"),
    ({"node_network": ("10.0.0.1/24",)}, "node_network: 10.0.0.1/24 has host bits set"),
    ({"node_network": ("10.0.0.0/24", "x")}, "node_network"),
]


@pytest.mark.parametrize(("options", "text"), REFUSED)
def test_an_option_that_is_not_valid(options: dict[str, Any], text: str) -> None:
    with pytest.raises(Failure) as caught:
        PodRoutesOptions(**options).check()
    assert caught.value.code == "options" and caught.value.what.startswith(text) and caught.value.remedy


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"owner": "team shop", "cluster_name": "shop", "route_domain": 65534, "max_removed_percent": 0},
        {"max_removed_percent": 100, "name_prefix": "a" * 32, "partition": "T_1"},
        {"node_network": ("10.0.0.0/8", "2001:db8::/32")},
    ],
)
def test_options_that_are_valid(options: dict[str, Any]) -> None:
    PodRoutesOptions(**options).check()


def test_an_empty_owner_removes_nothing() -> None:
    with pytest.raises(Failure) as caught:
        PodRoutesOptions(state="absent").check(["owner"])
    assert caught.value.what == "owner: is empty"
    PodRoutesOptions(state="absent").check(["cluster_name"])
    PodRoutesOptions().check(["owner"])  # the default is the UID of the cluster


def test_the_values_in_use() -> None:
    options = PodRoutesOptions(exclude_nodes=("a",), node_network=("10.0.0.0/8",), state="absent")
    assert (options.excluded, options.node_networks) == ({"a"}, (network("10.0.0.0/8"),))
    assert not options.present and PodRoutesOptions().present
    assert (PodRoutesOptions().excluded, PodRoutesOptions().node_networks) == (frozenset(), ())
