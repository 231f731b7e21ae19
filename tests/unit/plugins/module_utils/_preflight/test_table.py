# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks together: skip, what is not known, and the document that shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import BigIp
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._preflight.f5_support import (
    MODES,
)
from ansible_collections.vks.bigip.tests.unit.support.preflight import ANTREA, BIG, CALICO, NPL, base

DOCS = Path(table.__file__).parents[3] / "docs" / "checks.md"


@pytest.mark.parametrize("mode", MODES)
def test_a_healthy_cluster_has_nothing_that_fails(mode: str) -> None:
    cni = CALICO if mode == "cluster" else ANTREA
    facts = base(
        wishes=Wishes(mode, network_provider="vsphere"),
        cnis=(cni,),
        bigip=BIG,
        tokens={"workload cluster": None},
    )
    assert {item.status for item in table.run(facts)} <= {"pass", "skipped"}


def test_nothing_known_is_nothing_passed() -> None:
    facts = Facts(wishes=NPL, bigip=BigIp(), supervisor=Supervisor("a", "b"), denied=("all",))
    assert {item.id for item in table.run(facts) if item.status == "pass"} == set()


def test_skip_and_only() -> None:
    assert [(item.id, item.status) for item in table.run(base(), ["P01", "P03"], ["P03"])] == [
        ("P01", "pass"),
        ("P03", "skipped"),
    ]


def test_the_document_is_the_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    rows = re.findall(
        r"^\| (P\d\d) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", DOCS.read_text(), re.MULTILINE
    )
    code = [
        (
            check.id,
            check.title,
            check.level + "*" * check.overridable,
            ", ".join(check.modes),
            " ".join(["provider"] * check.bigip + ["Supervisor"] * check.supervisor),
            f"[document]({check.link})" if check.link else "",
        )
        for check in table.CHECKS
    ]
    assert rows == code
