# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the network: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO_MODE,
    FAR,
    NO,
    NSX_NODE,
    VPC,
    Case,
    big,
    by,
    check_statuses,
    ids,
    judge,
    self_ip,
    vpc,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P13", "pass", {"wishes": VPC}, "network_provider sets it"),
    ("P13", "pass", {"supervisor": vpc()}, "nsx_vpc (x)"),
    ("P13", "warn", {"nodes": (NSX_NODE,)}, "Node n1 carries nsx.vmware.com/node"),
    ("P13", "unknown", {}, "Set network_provider."),
    ("P15", "pass", {"wishes": VPC, "bigip": big(self_ips=(FAR,))}, "No self IP is in a segment"),
    ("P15", "fail", {"wishes": VPC, "bigip": BIG}, "has the address 198.18.0.1 of node n1"),
    ("P15", "fail", {"supervisor": vpc(network="10.1.0.0/16"), "bigip": big(self_ips=(FAR,))}, "is in 10.1.0.0/16 of SubnetSet team-a/shop"),
    ("P15", "unknown", {"bigip": BIG}, "no Supervisor access"),
    ("P15", "unknown", {"wishes": VPC, "nodes": NO, "bigip": BIG}, "forbidden"),
    ("P15", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere"), "bigip": BIG}, "NSX only"),
    ("P15", "skipped", {}, "No provider is given"),
    ("P16", "pass", {"bigip": BIG}, "to every node"),
    ("P16", "pass", {"bigip": big(**by(FAR, route="198.18.0.0/16"))}, "to every node"),
    ("P16", "fail", {"bigip": big(**by(FAR))}, "no route in route domain 0 to: 198.18.0.1 (n1)"),
    ("P16", "fail", {"bigip": big(**by(FAR, route="0.0.0.0/0", blackhole=True))}, "no route"),
    ("P16", "fail", {"wishes": Wishes("nodeport", route_domain=2), "bigip": big(**by())}, "route domain 2"),
    ("P16", "unknown", {"nodes": NO, "bigip": BIG}, "forbidden"),
    ("P17", "pass", {"supervisor": vpc("Public")}, "is Public"),
    ("P17", "pass", {"wishes": dataclasses.replace(VPC, node_network_routable=True)}, "node_network_routable"),
    ("P17", "fail", {"supervisor": vpc()}, "SubnetSet team-a/shop is Private: node addresses 198.18.0.0/16 are not reachable"),
    ("P17", "warn", {"supervisor": vpc(), "wishes": Wishes("nodeport", allow_unvalidated=True)}, "Private"),
    ("P17", "unknown", {"supervisor": vpc("PrivateTGW")}, "PrivateTGW"),
    ("P17", "unknown", {"wishes": VPC}, "no Supervisor access"),
    ("P17", "skipped", {"wishes": Wishes("nodeport", network_provider="nsx_t1")}, "VPC only"),
    ("P18", "warn", {"wishes": dataclasses.replace(VPC, pool_member_type="nodeportlocal")}, "TCP 61000-62000"),
    ("P18", "warn", {"wishes": VPC}, "TCP 30000-32767"),
    ("P18", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere")}, "NSX only"),
    ("P18", "unknown", {}, "no Supervisor access"),
    ("P19", "skipped", {"bigip": BIG}, "only if checks names it"),
    ("P19", "pass", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": BIG}, "answers from n1"),
    ("P19", "fail", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": big(members={("198.18.0.1", 61000): "down"})}, "n1 (198.18.0.1:61000)"),
    ("P19", "unknown", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": big(members={("10.9.9.9", 80): "up"})}, "No pool on BIG-IP"),
    ("P20", "pass", {"wishes": CALICO_MODE, "bigip": BIG}, "every node"),
    ("P20", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,), bgp=frozenset())}, "does not speak BGP"),
    ("P20", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,)), "bgp_peers": False}, "no BGPPeer"),
    ("P20", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,))}, "show ip bgp neighbors"),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": BIG}, "A self IP allows TCP 179"),
    ("P21", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(self_ip("198.18.0.250/16"),))}, "/Common/internal blocks TCP 179"),
    ("P21", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=())}, "has no self IP"),
    ("P21", "skipped", {"wishes": CALICO_MODE, "bigip": big(bgp=frozenset())}, "does not speak BGP"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P13", "P15", "P16", "P17", "P18", "P19", "P20", "P21"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
