# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the CNI: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    ANTREA,
    CALICO,
    CALICO_MODE,
    CIS,
    NO,
    NODEPORT,
    NSX_CLUSTER,
    VSPHERE_CLUSTER,
    Case,
    check_statuses,
    ids,
    judge,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P01", "pass", {}, "The CNI is antrea"),
    ("P01", "fail", {"cnis": ()}, "no DaemonSet"),
    ("P01", "fail", {"cnis": (ANTREA, CALICO)}, "found antrea (kube-system/antrea-agent), calico"),
    ("P01", "unknown", {"cnis": NO}, "it is forbidden"),
    ("P01", "warn", {"other_cnis": ("evil/calico-node",)}, "The CNI is antrea (DaemonSet kube-system/antrea-agent). DaemonSet evil/calico-node does not count"),
    ("P01", "fail", {"cnis": (), "other_cnis": ("evil/calico-node",)}, "Cilium was found. DaemonSet evil/calico-node does not count"),
    ("P02", "pass", {"other_cnis": ("evil/calico-node",)}, "fit"),
    ("P02", "pass", {}, "fit"),
    ("P02", "pass", {"wishes": NODEPORT, "cnis": NO}, "any CNI"),
    ("P02", "pass", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, "fit"),
    ("P02", "pass", {"wishes": CALICO_MODE, "cis": (dataclasses.replace(CIS, arguments=("--static-routing-mode=true",)),)}, "static routes"),
    ("P02", "fail", {"cnis": (CALICO,)}, "needs Antrea, but DaemonSet kube-system/calico-node runs calico. Use pool_member_type nodeport or cluster."),
    ("P02", "fail", {"wishes": CALICO_MODE}, "Use pool_member_type nodeport or nodeportlocal."),
    ("P02", "unknown", {"cnis": NO}, "forbidden"),
    ("P02", "unknown", {"cnis": (ANTREA, CALICO)}, "see P01"),
    ("P14", "pass", {"wishes": VSPHERE_CLUSTER, "cnis": (CALICO,)}, "not NSX"),
    ("P14", "fail", {"wishes": NSX_CLUSTER, "cnis": (CALICO,)}, "cannot be used on NSX"),
    ("P14", "fail", {"wishes": dataclasses.replace(NSX_CLUSTER, allow_unvalidated=True), "cnis": (CALICO,)}, "Use pool_member_type nodeport."),
    ("P14", "unknown", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, "Set network_provider."),
    ("P14", "skipped", {"wishes": NSX_CLUSTER}, "the CNI is antrea"),
    ("P14", "skipped", {}, "concerns pool_member_type cluster; nodeportlocal is checked"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P01", "P02", "P14"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
