# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks together: skip, what is not known, and the document that shows them."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import BigIp
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    ANTREA,
    BIG,
    CALICO,
    MODES,
    NPL,
    OFF,
    PACKAGE,
    base,
)

DOCS = Path(table.__file__).parents[3] / "docs" / "checks.md"
PAUSED = dataclasses.replace(PACKAGE, paused=True)
TO_SUPERVISOR = (
    "Set it on the Supervisor, in the object that owns Antrea's settings of this cluster (the supervisor "
    "options find it), then restart the agents: vks.bigip.antrea_npl does both."
)
SKIPPED = ("No provider is given, so BIG-IP was not read.", "No Supervisor access is given.")


def documented() -> list[tuple[str, ...]]:
    """The rows of the document: id, check, on a problem, mode, needs, from."""
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    return re.findall(
        r"^\| (P\d\d) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", DOCS.read_text(), re.MULTILINE
    )


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


def test_only_these_checks_run_and_skip_excludes_some() -> None:
    assert [item.as_dict() for item in table.run(base(npl=OFF), ["P01", "P03", "P05"], ["P05"])] == [
        {
            "id": "P01",
            "title": "The CNI is known",
            "status": "pass",
            "message": "The CNI is antrea (DaemonSet kube-system/antrea-agent).",
            "remedy": "",
            "link": "https://clouddocs.f5.com/containers/latest/userguide/vmware-vks/",
        },
        {
            "id": "P03",
            "title": "NodePortLocal is on",
            "status": "fail",
            "message": f"NodePortLocal is off: {OFF.setting}. {TO_SUPERVISOR}",
            "remedy": TO_SUPERVISOR,
            "link": "https://antrea.io/docs/main/docs/node-port-local/",
        },
        {
            "id": "P05",
            "title": "No edit that would be reverted",
            "status": "skipped",
            "message": "skip names it.",
            "remedy": "",
            "link": None,
        },
    ]
    assert [item.id for item in table.run(base())] == list(table.IDS)


@pytest.mark.parametrize("allowed", [False, True])
def test_only_some_failures_are_overridden(allowed: bool) -> None:
    wishes = Wishes("nodeportlocal", allow_unvalidated=allowed, features=frozenset(["multicluster"]))
    results = table.run(base(wishes=wishes, npl=None, packages=(PAUSED,)), ["P03", "P12", "P27"])
    assert [(item.id, item.status) for item in results] == [
        ("P03", "fail"),
        ("P12", "warn" if allowed else "fail"),
        ("P27", "warn"),
    ]


def test_an_object_of_an_unexpected_structure_leaves_the_check_open() -> None:
    (result,) = table.run(base(packages=(None,)), ["P27"])
    assert (result.status, result.message) == (
        "unknown",
        "Not known: of an object that is checked, it has an unexpected structure (AttributeError): "
        "'NoneType' object has no attribute 'of_antrea'. Inspect the objects of this check.",
    )


@pytest.mark.parametrize("mode", MODES)
def test_the_document_shows_which_checks_run(mode: str) -> None:
    rows = documented()
    results = table.run(base(wishes=Wishes(mode)))
    for (check, title, _level, modes, needs, link), result in zip(rows, results):
        if modes and mode not in modes.split(", "):
            skipped = f"It concerns pool_member_type {modes.replace(', ', ' and ')}; {mode} is checked."
        else:
            skipped = {
                "provider": "No provider is given, so BIG-IP was not read.",
                "Supervisor": "No Supervisor access is given.",
            }.get(needs, "")
        assert (result.id, result.title) == (check, title)
        assert (f"[document]({result.link})" if result.link else "") == link
        assert result.message == skipped if skipped else result.message not in SKIPPED, result
    assert len(rows) == len(results) == len(table.IDS)


def test_the_document_is_the_table() -> None:
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
    assert documented() == code
