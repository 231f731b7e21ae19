# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod networks of the cluster, and BIG-IP's paths to them."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import CalicoBlocks
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import NotKnown
from ansible_collections.vks.bigip.plugins.module_utils._preflight import paths
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO,
    CALICO_MODE,
    NEAR,
    NO,
    base,
    big,
    nodes,
    self_ip,
)

SIX = self_ip("2001:db8:18::fe/64")
DUAL = CalicoBlocks(
    "crd.projectcalico.org/v1",
    ((ipaddress.ip_network("2001:db8:96::/122"), "n1"), (ipaddress.ip_network("100.96.0.0/26"), "n1")),
)


def facts(**more: Any) -> Any:
    return base(**{"wishes": CALICO_MODE, "bigip": BIG, "calico": DUAL, "cnis": (CALICO,), **more})


@pytest.mark.parametrize(
    ("more", "networks"),
    [
        ({}, ["100.96.0.0/26"]),
        ({"bigip": big(self_ips=(NEAR, SIX))}, ["100.96.0.0/26", "2001:db8:96::/122"]),
        ({"bigip": big(self_ips=(SIX,))}, ["2001:db8:96::/122"]),
        ({"bigip": None}, ["100.96.0.0/26", "2001:db8:96::/122"]),
        ({"wishes": Wishes("cluster", route_domain=2)}, ["100.96.0.0/26", "2001:db8:96::/122"]),
        ({"calico": None}, ["100.96.0.0/20"]),
        ({"nodes": nodes("n2"), "calico": DUAL}, ["100.96.32.0/20"]),  # the blocks are of another cluster's node
    ],
)
def test_the_networks_of_the_pods(more: dict[str, Any], networks: list[str]) -> None:
    assert [str(block.network) for block in paths.blocks(facts(**more))] == networks


@pytest.mark.parametrize(
    ("more", "routed", "leads"),
    [
        ({}, True, True),
        ({"bigip": big(way=lambda _address: "default")}, False, False),
        ({"bigip": big(way=lambda _address: None)}, False, False),
        ({"bigip": big(way=lambda _address: "none", not_learnt="No.")}, None, False),
        ({"bigip": big(way=NO)}, None, True),
        ({"bigip": None}, None, True),
        ({"calico": NO}, None, True),
        ({"nodes": (), "calico": None}, None, True),
        ({"wishes": Wishes("cluster", pod_network_routable=True), "bigip": None}, True, True),
        ({"wishes": Wishes("cluster", pod_network_routable=False)}, False, True),
    ],
)
def test_paths_to_all_networks(more: dict[str, Any], routed: bool | None, leads: bool) -> None:
    assert (paths.routed(facts(**more)), paths.leads(facts(**more))) == (routed, leads)


def test_without_a_provider_nothing_is_known() -> None:
    with pytest.raises(NotKnown, match="no provider is given"):
        paths.bigip(facts(bigip=None))
