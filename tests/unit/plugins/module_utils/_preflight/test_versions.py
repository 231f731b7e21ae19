# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of versions: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

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

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P22", "pass", {"bigip": BIG, "supervisor": SUPERVISOR}, "Not compared: VCF (9.0)"),
    ("P22", "pass", {}, "Not compared: VKS, BIG-IP, AS3, VCF"),
    ("P22", "warn", {"cis": (dataclasses.replace(CIS, version="2.19.0"),)}, "CIS 2.19.0 (validated: 2.20.3)"),
    ("P22", "warn", {"bigip": big(version="16.1.4")}, "BIG-IP 16.1.4 (validated: 17, 21)"),
    ("P22", "unknown", {"kubernetes": NO}, "Kubernetes (it is forbidden)"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P22"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
