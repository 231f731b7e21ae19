# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the Supervisor, of packages and rights: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    NO,
    PACKAGE,
    SUPERVISOR,
    Case,
    addon,
    check_statuses,
    ids,
    judge,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P24", "pass", {"supervisor": addon()}, "antrea.config.nodePortLocal.enabled"),
    ("P24", "fail", {"supervisor": addon(npl_path=None)}, "has no nodePortLocal setting"),
    ("P24", "unknown", {"supervisor": addon(npl_path=NO)}, "forbidden"),
    ("P24", "skipped", {"supervisor": SUPERVISOR}, "no AddonConfig"),
    ("P24", "skipped", {}, "No Supervisor access"),
    ("P25", "pass", {"supervisor": addon()}, "bound and ready"),
    ("P25", "fail", {"supervisor": addon(cluster_name="")}, "The platform skips AddonConfig team-a/shop-antrea: spec.clusterName is empty"),
    ("P25", "fail", {"supervisor": addon(ready=False)}, "is not ready"),
    ("P25", "unknown", {"supervisor": addon(ready=None)}, "does not say"),
    ("P25", "unknown", {"supervisor": dataclasses.replace(SUPERVISOR, addon_config=NO)}, "forbidden"),
    ("P26", "pass", {"tokens": {"workload cluster": None, "Supervisor": 9000.0}}, "Every read was allowed"),
    ("P26", "fail", {"tokens": {"Supervisor": 5240.0}}, "The token for the Supervisor expires in 4 minutes"),
    ("P26", "unknown", {"denied": ("listing Nodes",)}, "listing Nodes"),
    ("P27", "pass", {}, "is not paused"),
    ("P27", "warn", {"packages": (dataclasses.replace(PACKAGE, paused=True),)}, "PackageInstall vmware-system-tkg/shop-antrea is paused"),
    ("P27", "skipped", {"packages": ()}, "no PackageInstall"),
    ("P27", "unknown", {"packages": NO}, "forbidden"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P24", "P25", "P26", "P27"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
