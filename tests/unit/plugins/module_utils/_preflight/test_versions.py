# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of versions.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import Supervisor
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CIS,
    NO,
    SUPERVISOR,
    Case,
    big,
    check_statuses,
    ids,
    judge,
)


def of_class(name: Any) -> Supervisor:
    return dataclasses.replace(SUPERVISOR, cluster_class=name)


# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P22", "pass", {"bigip": BIG, "supervisor": SUPERVISOR},
     "AS3 3.56.0, BIG-IP 17.5.1, CIS 2.20.3, Kubernetes 1.35.6, VKS 3.6.1 are in the validated "
     "combination. Not compared: VCF (9.0)."),
    ("P22", "pass", {},
     "CIS 2.20.3, Kubernetes 1.35.6 are in the validated combination. Not compared: VKS, BIG-IP, AS3, VCF "
     "(9.0)."),
    ("P22", "warn", {"cis": (dataclasses.replace(CIS, version="2.19.0"),)},
     "Outside the combination that F5 has validated: CIS 2.19.0 (validated: 2.20.3). It may work; ask F5 "
     "before you use it in production."),
    ("P22", "warn", {"bigip": big(version="16.1.4")},
     "Outside the combination that F5 has validated: BIG-IP 16.1.4 (validated: 17, 21). It may work; ask "
     "F5 before you use it in production."),
    ("P22", "unknown", {"kubernetes": NO},
     "Not known: Kubernetes (it is forbidden). Grant the rights to read it, or compare it by hand."),
    ("P22", "pass", {"bigip": BIG, "cis": ()},
     "AS3 3.56.0, BIG-IP 17.5.1, Kubernetes 1.35.6 are in the validated combination. Not compared: VKS, "
     "CIS, VCF (9.0)."),
    ("P22", "warn",
     {"bigip": big(as3="3.50.0", version="21.0.0"), "supervisor": of_class("builtin-generic-v3.5.0")},
     "Outside the combination that F5 has validated: VKS 3.5.0 by its ClusterClass (validated: 3.6); AS3 "
     "3.50.0 (validated: 3.56.0). It may work; ask F5 before you use it in production."),
    ("P22", "warn", {"kubernetes": "latest", "cis": NO},
     "Outside the combination that F5 has validated: Kubernetes latest (validated: 1.35). It may work; ask "
     "F5 before you use it in production."),
    ("P22", "pass", {"supervisor": of_class("builtin-generic-v3.6")},
     "CIS 2.20.3, Kubernetes 1.35.6, VKS 3.6 are in the validated combination. Not compared: BIG-IP, AS3, "
     "VCF (9.0)."),
    ("P22", "unknown", {"supervisor": of_class("my-class")},
     "Not known: VKS (ClusterClass my-class names no release). Grant the rights to read it, or compare it "
     "by hand."),
    ("P22", "unknown", {"supervisor": of_class("builtin-generic-v3.6.1-mine")},
     "Not known: VKS (ClusterClass builtin-generic-v3.6.1-mine names no release). Grant the rights to read "
     "it, or compare it by hand."),
    ("P22", "unknown", {"supervisor": of_class(NO), "cis": NO, "bigip": big(version=NO)},
     "Not known: VKS (it is forbidden); CIS (it is forbidden); BIG-IP (it is forbidden). Grant the rights "
     "to read it, or compare it by hand."),
    ("P22", "unknown", {"supervisor": of_class(None), "cis": (dataclasses.replace(CIS, version=None), CIS)},
     "Not known: VKS (the Cluster names no ClusterClass); CIS (the image of kube-system/cis has no version "
     "in its tag). Grant the rights to read it, or compare it by hand."),
    ("P22", "pass", {"cis": (CIS, dataclasses.replace(CIS, version="2.19.0"))},
     "CIS 2.20.3, Kubernetes 1.35.6 are in the validated combination. Not compared: VKS, BIG-IP, AS3, VCF "
     "(9.0)."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P22"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
