# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the CNI.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    ANTREA,
    BIG,
    CALICO,
    CALICO_MODE,
    CIS,
    NO,
    NODEPORT,
    NSX_CLUSTER,
    VSPHERE_CLUSTER,
    Case,
    big,
    check_statuses,
    ids,
    judge,
)

CILIUM = dataclasses.replace(CALICO, kind="cilium", daemon_set="kube-system/cilium")
STATIC = dataclasses.replace(CIS, arguments=("--static-routing-mode=true",))
DYNAMIC = dataclasses.replace(CIS, arguments=("--static-routing-mode=false",))

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P01", "pass", {},
     "The CNI is antrea (DaemonSet kube-system/antrea-agent)."),
    ("P01", "fail", {"cnis": ()},
     "Could not identify the CNI: no DaemonSet of Antrea, Calico or Cilium was found. Use pool_member_type "
     "nodeport, which needs no particular CNI."),
    ("P01", "fail", {"cnis": (ANTREA, CALICO)},
     "Could not identify the CNI: found antrea (kube-system/antrea-agent), calico "
     "(kube-system/calico-node). Remove the rest of the CNI that is not in use, or use pool_member_type "
     "nodeport."),
    ("P01", "unknown", {"cnis": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P01", "warn", {"other_cnis": ("evil/calico-node",)},
     "The CNI is antrea (DaemonSet kube-system/antrea-agent). DaemonSet evil/calico-node does not count, "
     "because no CNI runs in its namespace. Inspect it, and delete it if it is not yours."),
    ("P01", "fail", {"cnis": (), "other_cnis": ("evil/calico-node",)},
     "Could not identify the CNI: no DaemonSet of Antrea, Calico or Cilium was found. DaemonSet "
     "evil/calico-node does not count, because no CNI runs in its namespace. Use pool_member_type "
     "nodeport, which needs no particular CNI."),
    ("P01", "fail", {"cnis": (ANTREA, CALICO), "other_cnis": ("evil/a", "evil/b")},
     "Could not identify the CNI: found antrea (kube-system/antrea-agent), calico "
     "(kube-system/calico-node). DaemonSet evil/a, evil/b does not count, because no CNI runs in its "
     "namespace. Remove the rest of the CNI that is not in use, or use pool_member_type nodeport."),
    ("P02", "pass", {"other_cnis": ("evil/calico-node",)},
     "pool_member_type nodeportlocal and the CNI Antrea fit."),
    ("P02", "pass", {},
     "pool_member_type nodeportlocal and the CNI Antrea fit."),
    ("P02", "pass", {"wishes": NODEPORT, "cnis": NO},
     "pool_member_type nodeport works with any CNI (pool_member_type asks for it)."),
    ("P02", "pass", {"wishes": CALICO_MODE, "cnis": (CALICO,)},
     "pool_member_type cluster and the CNI Calico fit."),
    ("P02", "pass", {"wishes": CALICO_MODE, "cis": (STATIC,)},
     "pool_member_type cluster on Antrea: CIS writes static routes."),
    ("P02", "fail", {"cnis": (CALICO,)},
     "pool_member_type nodeportlocal needs Antrea, but DaemonSet kube-system/calico-node runs calico. Use "
     "pool_member_type nodeport or cluster."),
    ("P02", "fail", {"wishes": CALICO_MODE},
     "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
     "kube-system/antrea-agent runs antrea. Create the routes with vks.bigip.pod_routes, or use pool_member_type "
     "nodeport or nodeportlocal."),
    ("P02", "unknown", {"cnis": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P02", "unknown", {"cnis": (ANTREA, CALICO)},
     "Not known: the cluster has 2 known CNIs (antrea, calico), see P01. Give what is missing, then run "
     "the checks again."),
    ("P02", "pass", {"wishes": CALICO_MODE, "cis": (DYNAMIC, STATIC)},
     "pool_member_type cluster on Antrea: CIS writes static routes."),
    ("P02", "fail", {"wishes": CALICO_MODE, "cis": (DYNAMIC,)},
     "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
     "kube-system/antrea-agent runs antrea. Create the routes with vks.bigip.pod_routes, or use pool_member_type "
     "nodeport or nodeportlocal."),
    ("P02", "fail", {"wishes": CALICO_MODE, "cis": NO},
     "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
     "kube-system/antrea-agent runs antrea. Create the routes with vks.bigip.pod_routes, or use pool_member_type "
     "nodeport or nodeportlocal."),
    ("P02", "fail", {"wishes": CALICO_MODE, "cis": (STATIC,), "cnis": (CILIUM,)},
     "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
     "kube-system/cilium runs cilium. Use pool_member_type nodeport."),
    ("P02", "pass", {"wishes": CALICO_MODE, "bigip": BIG},
     "pool_member_type cluster on Antrea: BIG-IP has routes to the Pod networks."),
    ("P02", "fail", {"wishes": CALICO_MODE, "bigip": big(way=lambda _address: "default")},
     "pool_member_type cluster needs Calico (or Antrea with static routes), but DaemonSet "
     "kube-system/antrea-agent runs antrea. Create the routes with vks.bigip.pod_routes, or use pool_member_type "
     "nodeport or nodeportlocal."),
    ("P02", "pass", {"wishes": NODEPORT, "cnis": (CILIUM,)},
     "pool_member_type nodeport works with any CNI (pool_member_type asks for it)."),
    ("P14", "pass", {"wishes": VSPHERE_CLUSTER, "cnis": (CALICO,)},
     "The network provider is vsphere, not NSX (network_provider sets it)."),
    ("P14", "fail", {"wishes": NSX_CLUSTER, "cnis": (CALICO,)},
     "Calico with pool_member_type cluster cannot be used on NSX: BIG-IP would need a leg in the segment "
     "of the cluster (network_provider sets it). Use pool_member_type nodeport."),
    ("P14", "fail", {"wishes": dataclasses.replace(NSX_CLUSTER, allow_unvalidated=True), "cnis": (CALICO,)},
     "Calico with pool_member_type cluster cannot be used on NSX: BIG-IP would need a leg in the segment "
     "of the cluster (network_provider sets it). Use pool_member_type nodeport."),
    ("P14", "unknown", {"wishes": CALICO_MODE, "cnis": (CALICO,)},
     "It is not known whether Calico in mode cluster runs on NSX: the workload cluster does not name it, "
     "and no Supervisor access is given. Set network_provider."),
    ("P14", "skipped", {"wishes": NSX_CLUSTER},
     "It concerns Calico; the CNI is antrea."),
    ("P14", "skipped", {},
     "It concerns pool_member_type cluster; nodeportlocal is checked."),
    ("P14", "pass", {"wishes": VSPHERE_CLUSTER},
     "The network provider is vsphere, not NSX (network_provider sets it)."),
    ("P14", "skipped", {"wishes": CALICO_MODE},
     "It concerns Calico; the CNI is antrea."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P01", "P02", "P14"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
