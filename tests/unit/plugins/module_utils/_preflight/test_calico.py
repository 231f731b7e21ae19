# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of Calico's API group, and of its BGP sessions."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import (
    BgpSession,
    CalicoBlocks,
    NodeBgp,
)
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO,
    CALICO_MODE,
    CIS,
    NO,
    Case,
    big,
    check_statuses,
    ids,
    judge,
    nodes,
)

V1, V3 = CalicoBlocks("crd.projectcalico.org/v1"), CalicoBlocks("projectcalico.org/v3")
STATIC = dataclasses.replace(CIS, arguments=("--static-routing-mode=true",))
DYNAMIC = dataclasses.replace(CIS, arguments=("--static-routing-mode=false",))


def calico(**more: Any) -> dict[str, Any]:
    return {"wishes": CALICO_MODE, "cnis": (CALICO,), **more}


def status(**sessions: str) -> tuple[NodeBgp, ...]:
    """Of each node, its sessions with BIG-IP and others: "250=Established 9=Idle"."""
    pairs = {node: [word.split("=") for word in text.split()] for node, text in sessions.items()}
    return tuple(
        NodeBgp(node, tuple(BgpSession(f"198.18.0.{peer}", state) for peer, state in words))
        for node, words in pairs.items()
    )


def nowhere(_address: str) -> str:
    return "none"


TWO, LOST = nodes("n1 n2"), big(way=nowhere)
FIREWALL = (
    "Check the AS numbers, the passwords, and TCP 179: in Port Lockdown (P21) and in the firewall of the nodes. Of "
    "Broadcom's ClusterClasses, only that of the lab for Calico opens it on the nodes."
)
WELL = "The BGP sessions of the nodes with BIG-IP are established."
ONLY = "Calico has its objects in projectcalico.org/v3 only"
UNREAD = "Not known: it is forbidden. Give what is missing, then run the checks again."

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P36", "pass", calico(calico=V1, cis=(STATIC,)),
     "Calico has its objects in crd.projectcalico.org/v1, which CIS and pod_routes read."),
    ("P36", "pass", calico(calico=V3, cis=(DYNAMIC,)),
     f"{ONLY}, which pod_routes reads. The static routing of CIS would write no route."),
    ("P36", "pass", calico(calico=V3, cis=NO),
     f"{ONLY}, which pod_routes reads. The static routing of CIS would write no route."),
    ("P36", "pass", calico(calico=None),
     "The cluster has no blocks of Calico's IPAM."),
    ("P36", "warn", calico(calico=V3, cis=(STATIC,)),
     f"{ONLY}. kube-system/cis has --static-routing-mode, reads crd.projectcalico.org/v1 only, and writes no route. "
     "Create the routes with vks.bigip.pod_routes, which reads both, and disable static routing of CIS."),
    ("P36", "skipped", {"wishes": CALICO_MODE},
     "It concerns Calico; the CNI is antrea."),
    ("P36", "unknown", calico(calico=NO), UNREAD),
    ("P38", "pass", calico(bigip=BIG), WELL),
    ("P38", "pass", calico(bgp_status=status(n1="250=Established 9=Established")), WELL),
    ("P38", "pass", calico(bigip=LOST, bgp_status=status(n1="250=Established 9=Idle", gone="250=Idle")), WELL),
    ("P38", "pass", calico(bigip=BIG, bgp_status=()), WELL),
    ("P38", "fail", calico(bigip=BIG, nodes=TWO, bgp_status=status(n1="250=Established", n2="250=Active")),
     f"BGP sessions are not established: n2 with 198.18.0.250: Active. {FIREWALL}"),
    ("P38", "fail", calico(bgp_status=status(n1="250=Established 9=Idle")),
     f"BGP sessions are not established: n1 with 198.18.0.9: Idle. {FIREWALL}"),
    ("P38", "fail", calico(bigip=LOST, nodes=TWO, bgp_status=status(n1="250=Established", n2="9=Established")),
     "n2 has no BGP session with BIG-IP. Create a BGPPeer whose peerIP is a self IP of BIG-IP, for these nodes."),
    ("P38", "fail", calico(bigip=BIG, bgp_peers=False),
     "Route domain 0 speaks BGP, but Calico has no BGPPeer. Create a BGPPeer for each BIG-IP."),
    ("P38", "skipped", calico(bigip=big(bgp=frozenset()), bgp_peers=False),
     "Calico has no BGPPeer, so BGP is not in use."),
    ("P38", "skipped", calico(bgp_peers=False),
     "Calico has no BGPPeer, so BGP is not in use."),
    ("P38", "skipped", calico(bigip=BIG, wishes=Wishes("cluster", route_domain=2)),
     "Route domain 2 does not speak BGP."),
    ("P38", "skipped", {"wishes": CALICO_MODE},
     "It concerns Calico; the CNI is antrea."),
    ("P38", "unknown", calico(bigip=LOST, bgp_status=()),
     "The BGP sessions of n1 are not known: no CalicoNodeStatus reports them. Create a CalicoNodeStatus with the "
     f"class BGP for each node. {FIREWALL}"),
    ("P38", "unknown", calico(bgp_status=NO), UNREAD),
    ("P38", "unknown", calico(bgp_peers=NO), UNREAD),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P36", "P38"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
