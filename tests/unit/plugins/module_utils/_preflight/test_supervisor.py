# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the Supervisor, of packages and rights.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._preflight import supervisor
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    NO,
    PACKAGE,
    SUPERVISOR,
    Case,
    addon,
    base,
    check_statuses,
    ids,
    judge,
)

OTHER = dataclasses.replace(PACKAGE, name="a/b", package="cert-manager.tanzu.vmware.com", paused=True)
FURTHER = dataclasses.replace(PACKAGE, name="a/further-antrea")

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P24", "pass", {"supervisor": addon()},
     "AddonConfigDefinition antrea.2.5.2 has the setting antrea.config.nodePortLocal.enabled."),
    ("P24", "fail", {"supervisor": addon(npl_path=None)},
     "The schema of AddonConfigDefinition antrea.2.5.2 has no nodePortLocal setting, so AddonConfig "
     "team-a/shop-antrea cannot switch it. Do not change it. Ask VMware how this release switches "
     "NodePortLocal, or use pool_member_type nodeport."),
    ("P24", "unknown", {"supervisor": addon(npl_path=NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P24", "skipped", {"supervisor": SUPERVISOR},
     "The cluster has no AddonConfig of Antrea."),
    ("P24", "skipped", {},
     "No Supervisor access is given."),
    ("P25", "pass", {"supervisor": addon()},
     "AddonConfig team-a/shop-antrea is bound and ready."),
    ("P25", "fail", {"supervisor": addon(cluster_name="")},
     "The platform skips AddonConfig team-a/shop-antrea: spec.clusterName is empty. Set it."),
    ("P25", "fail", {"supervisor": addon(ready=False)},
     "AddonConfig team-a/shop-antrea is not ready. Read its conditions."),
    ("P25", "unknown", {"supervisor": addon(ready=None)},
     "AddonConfig team-a/shop-antrea does not say whether it is ready. Read its conditions."),
    ("P25", "unknown", {"supervisor": dataclasses.replace(SUPERVISOR, addon_config=NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P25", "fail", {"supervisor": addon(cluster_name="", definition="")},
     "The platform skips AddonConfig team-a/shop-antrea: spec.clusterName and "
     "spec.addonConfigDefinitionRef is empty. Set it."),
    ("P25", "fail", {"supervisor": addon(definition="")},
     "The platform skips AddonConfig team-a/shop-antrea: spec.addonConfigDefinitionRef is empty. Set it."),
    ("P25", "skipped", {"supervisor": SUPERVISOR},
     "The cluster has no AddonConfig of Antrea."),
    ("P26", "pass", {"tokens": {"workload cluster": None, "Supervisor": 9000.0}},
     "Every read was allowed, and no token is known to expire soon."),
    ("P26", "fail", {"tokens": {"Supervisor": 5240.0}},
     "The token for the Supervisor expires in 4 minutes. Sign in again before a longer run."),
    ("P26", "unknown", {"denied": ("listing Nodes",)},
     "The signed-in user may not read everything that the checks need: listing Nodes. Grant these rights."),
    ("P26", "pass", {"tokens": {"Supervisor": 5600.0}},
     "Every read was allowed, and no token is known to expire soon."),
    ("P26", "fail", {"tokens": {"workload cluster": None, "b": 5599.0, "a": 9999.0, "Supervisor": 6000.0}},
     "The token for the b expires in 9 minutes. Sign in again before a longer run."),
    ("P26", "fail", {"tokens": {"d": 5020.0, "b": 5020.0, "c": 5020.0, "a": 4900.0}},
     "The token for the a expires in 0 minutes. Sign in again before a longer run."),
    ("P26", "unknown", {"denied": ("listing Nodes", "listing Pods")},
     "The signed-in user may not read everything that the checks need: listing Nodes; listing Pods. Grant "
     "these rights."),
    ("P27", "pass", {},
     "PackageInstall vmware-system-tkg/shop-antrea is not paused."),
    ("P27", "warn", {"packages": (dataclasses.replace(PACKAGE, paused=True),)},
     "PackageInstall vmware-system-tkg/shop-antrea is paused: changes on the Supervisor will not reach the "
     "cluster. Set spec.paused to false."),
    ("P27", "skipped", {"packages": ()},
     "The cluster has no PackageInstall of Antrea."),
    ("P27", "unknown", {"packages": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P27", "pass", {"packages": (OTHER, FURTHER)},
     "PackageInstall a/further-antrea is not paused."),
    ("P27", "warn", {"packages": (PACKAGE, dataclasses.replace(FURTHER, paused=True))},
     "PackageInstall a/further-antrea is paused: changes on the Supervisor will not reach the cluster. Set "
     "spec.paused to false."),
    ("P27", "skipped", {"packages": (OTHER,)},
     "The cluster has no PackageInstall of Antrea."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


def test_a_check_that_needs_the_supervisor_is_not_run_without_it() -> None:
    with pytest.raises(AssertionError, match="the runner skips these checks without it"):
        supervisor.addon_schema(base())


@pytest.mark.parametrize("check", ["P24", "P25", "P26", "P27"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
