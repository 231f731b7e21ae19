# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of CIS's features: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    CALICO_MODE,
    CIS,
    NO,
    Case,
    check_statuses,
    ids,
    judge,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P11", "pass", {}, "The cluster has no TransportServer"),
    ("P11", "pass", {"wishes": Wishes("nodeport", features=frozenset(["transportserver"]))}, "no limit"),
    ("P11", "warn", {"transport_servers": ("default/ts",)}, "the cluster has default/ts. Use VirtualServer"),
    ("P11", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]))}, "features names transportserver"),
    ("P11", "warn", {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]), allow_unvalidated=True)}, "features names"),
    ("P11", "unknown", {"transport_servers": NO}, "forbidden"),
    ("P12", "pass", {}, "No CIS runs in multi-cluster mode"),
    ("P12", "pass", {"wishes": CALICO_MODE}, "no limit"),
    ("P12", "pass", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode=",)),)}, "No CIS runs in multi-cluster mode"),
    ("P12", "fail", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode", "primary")),)}, "kube-system/cis has --multi-cluster-mode primary"),
    ("P12", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]))}, "features names multicluster"),
    ("P12", "warn", {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]), allow_unvalidated=True)}, "multicluster"),
    ("P12", "unknown", {"cis": NO}, "forbidden"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P11", "P12"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
