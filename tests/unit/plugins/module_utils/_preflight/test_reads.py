# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which reads the checks need, by mode: one line a case."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._preflight import reads, table

ALL = Wishes(asked=frozenset(table.IDS))
TRANSPORT = Wishes(features=frozenset(["transportserver"]))
CASES: list[tuple[str, str, Wishes, str, str]] = [
    # checks (empty: all), mode, wishes, reads of the cluster, reads of BIG-IP
    ("", "nodeportlocal", Wishes(), "applications packages transport_servers", "routes self_ips versions"),
    ("", "nodeportlocal", ALL, "applications packages transport_servers", "members routes self_ips versions"),
    ("", "nodeport", ALL, "", "members routes self_ips versions"),
    (
        "",
        "cluster",
        ALL,
        "bgp_peers bgp_status calico pod_addresses",
        "bgp pod_routes port_lockdown self_ips units versions virtuals",
    ),
    ("", "nodeportlocal", TRANSPORT, "applications packages", "routes self_ips versions"),
    ("P01 P02 P03", "nodeportlocal", ALL, "", ""),
    ("P07", "nodeportlocal", ALL, "applications", ""),
    ("P07", "nodeport", ALL, "", ""),
    ("P08", "nodeportlocal", ALL, "applications", ""),
    ("P09", "nodeportlocal", ALL, "applications", ""),
    ("P10", "nodeportlocal", ALL, "applications", ""),
    ("P28", "nodeportlocal", ALL, "applications", ""),
    ("P29", "nodeportlocal", ALL, "applications", ""),
    ("P23", "nodeportlocal", ALL, "packages", ""),
    ("P20", "nodeport", ALL, "", "self_ips"),
    ("P22", "nodeport", ALL, "", "versions"),
    ("P22", "nodeportlocal", ALL, "", "versions"),
    ("P16", "nodeportlocal", ALL, "", "routes self_ips"),
    ("P19", "nodeportlocal", ALL, "", "members"),
    ("P11", "nodeportlocal", ALL, "transport_servers", ""),
    ("P27", "nodeportlocal", ALL, "packages", ""),
    ("P15", "cluster", ALL, "", "self_ips"),
    ("P16", "cluster", ALL, "", "self_ips"),
    ("P16", "nodeport", ALL, "", "routes self_ips"),
    ("P20", "cluster", ALL, "bgp_peers calico", "bgp pod_routes self_ips"),
    ("P30", "cluster", ALL, "calico", "pod_routes self_ips"),
    ("P30", "nodeport", ALL, "", "self_ips"),
    ("P31", "cluster", ALL, "", "units"),
    ("P32", "cluster", ALL, "calico", "virtuals"),
    ("P33 P34", "cluster", ALL, "", ""),
    ("P35", "cluster", ALL, "pod_addresses", ""),
    ("P36", "cluster", ALL, "calico", ""),
    ("P37", "cluster", ALL, "calico", "pod_routes self_ips"),
    ("P38", "cluster", ALL, "bgp_peers bgp_status calico", ""),
    ("P21", "cluster", ALL, "", "bgp port_lockdown self_ips"),
    ("P21", "nodeport", ALL, "", "self_ips"),
    ("P22", "cluster", ALL, "", "versions"),
    ("P19", "nodeport", ALL, "", "members"),
    ("P19", "nodeport", Wishes(), "", ""),
    ("P19", "cluster", ALL, "", ""),
]


@pytest.mark.parametrize(("checks", "mode", "wishes", "cluster", "bigip"), CASES)
def test_reads(checks: str, mode: str, wishes: Wishes, cluster: str, bigip: str) -> None:
    chosen = checks.split() or table.IDS
    assert " ".join(sorted(reads.of_cluster(chosen, mode, wishes))) == cluster
    assert " ".join(sorted(reads.of_bigip(chosen, mode, wishes))) == bigip


@pytest.mark.parametrize("check", table.CHECKS, ids=lambda check: check.id)
def test_only_checks_about_bigip_ask_it(check: table.Check) -> None:
    assert reads.asks_bigip([check.id]) is (check.bigip or check.id == "P22")
