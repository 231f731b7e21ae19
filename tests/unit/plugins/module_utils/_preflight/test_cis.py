# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of CIS's features.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

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

MULTI = dataclasses.replace(
    CIS, arguments=("--multi-cluster-mode=primary", "--multi-cluster-mode", "secondary")
)

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P11", "pass", {},
     "The cluster has no TransportServer, and features names none."),
    ("P11", "pass", {"wishes": Wishes("nodeport", features=frozenset(["transportserver"]))},
     "F5 states no limit for TransportServer with pool_member_type nodeport."),
    ("P11", "warn", {"transport_servers": ("default/ts",)},
     "F5 does not support TransportServer with NodePortLocal at present, and the cluster has default/ts. "
     "Use VirtualServer, or pool_member_type nodeport, or ask F5. allow_unvalidated: true goes on with a "
     "warning."),
    ("P11", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]))},
     "F5 does not support TransportServer with NodePortLocal at present, and features names "
     "transportserver. Use VirtualServer, or pool_member_type nodeport, or ask F5. allow_unvalidated: true "
     "goes on with a warning."),
    ("P11", "warn",
     {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]), allow_unvalidated=True)},
     "F5 does not support TransportServer with NodePortLocal at present, and features names "
     "transportserver. Use VirtualServer, or pool_member_type nodeport, or ask F5. allow_unvalidated: true "
     "goes on with a warning."),
    ("P11", "unknown", {"transport_servers": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P11", "warn", {"transport_servers": ("default/a", "shop/b")},
     "F5 does not support TransportServer with NodePortLocal at present, and the cluster has default/a, "
     "shop/b. Use VirtualServer, or pool_member_type nodeport, or ask F5. allow_unvalidated: true goes on "
     "with a warning."),
    ("P12", "pass", {},
     "No CIS runs in multi-cluster mode, and features does not name it."),
    ("P12", "pass", {"wishes": CALICO_MODE},
     "F5 states no limit for multi-cluster with pool_member_type cluster."),
    ("P12", "pass", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode=",)),)},
     "No CIS runs in multi-cluster mode, and features does not name it."),
    ("P12", "fail", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode", "primary")),)},
     "F5 does not support multi-cluster with NodePortLocal at present, and kube-system/cis has "
     "--multi-cluster-mode primary. Use pool_member_type nodeport or cluster, or run one CIS for each "
     "cluster. allow_unvalidated: true goes on with a warning."),
    ("P12", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]))},
     "F5 does not support multi-cluster with NodePortLocal at present, and features names multicluster. "
     "Use pool_member_type nodeport or cluster, or run one CIS for each cluster. allow_unvalidated: true "
     "goes on with a warning."),
    ("P12", "warn",
     {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]), allow_unvalidated=True)},
     "F5 does not support multi-cluster with NodePortLocal at present, and features names multicluster. "
     "Use pool_member_type nodeport or cluster, or run one CIS for each cluster. allow_unvalidated: true "
     "goes on with a warning."),
    ("P12", "unknown", {"cis": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P12", "fail", {"cis": (MULTI, dataclasses.replace(MULTI, name="f5/cis"))},
     "F5 does not support multi-cluster with NodePortLocal at present, and kube-system/cis has "
     "--multi-cluster-mode primary, kube-system/cis has --multi-cluster-mode secondary, f5/cis has "
     "--multi-cluster-mode primary, f5/cis has --multi-cluster-mode secondary. Use pool_member_type "
     "nodeport or cluster, or run one CIS for each cluster. allow_unvalidated: true goes on with a "
     "warning."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P11", "P12"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
