# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write an application: the mark, adopt, and what a CIS may own."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._ownership import owners
from ansible_collections.vks.bigip.plugins.module_utils._ownership.owners import CisClaim
from ansible_collections.vks.bigip.tests.unit.support.planning import stored_of

UNREAD = Failure("kubernetes_forbidden", "listing Deployments", said="no", remedy="Grant it.")
CLAIMS = {
    "running": CisClaim("kube-system/one", frozenset({"T", "k8s"}), True),
    "stopped": CisClaim("kube-system/two", frozenset({"T", "k8s"}), False),
    "elsewhere": CisClaim("kube-system/three", frozenset({"U"}), True),
    "unread": CisClaim("", frozenset(), False, UNREAD),
    "unread running": CisClaim("kube-system/four", frozenset({"U"}), True, UNREAD),
}


@pytest.mark.parametrize(
    ("stored", "named", "adopt", "claims", "code"),
    [
        ("-", "A1", "none", "", ""),
        ("A1@us=1", "A1", "none", "", ""),
        ("A1@them=1", "A1", "none", "", "not_ours"),
        ("A1@them=1", "A1", "cis", "", "not_ours"),
        ("A1=1", "A1", "none", "", "unmarked"),
        ("A1=1", "A1", "unmarked", "", ""),
        ("A1=1", "A1", "cis", "", ""),
        ("A1=1", "A2", "none", "", ""),
        ("A1@us=1; A2=2", "A1", "none", "", ""),
        ("A1@us=1; A2@them=2", "A1,A2", "none", "", "not_ours"),
        ("A1=1; A2@them=2", "A1,A2", "none", "", "unmarked"),
        ("A1=1; A2@them=2", "A1,A2", "unmarked", "", "not_ours"),
        # A CIS that runs: whatever it may write, or create.
        ("-", "A1", "cis", "running", "cis_running"),
        ("A1=1", "A1", "cis", "running", "cis_running"),
        ("A1@us=1; A2=2", "A1", "cis", "running", "cis_running"),
        ("A1@us=1", "A1", "none", "running", ""),
        ("A1@us=1", "A1,A2", "none", "running", ""),
        ("A1=1", "A1", "unmarked", "elsewhere", ""),
        # One that is scaled to 0.
        ("-", "A1", "none", "stopped", ""),
        ("A1=1", "A1", "none", "stopped", "cis_tenant"),
        ("A1=1", "A1", "unmarked", "stopped", "cis_tenant"),
        ("A1@us=1; A2=2", "A1", "unmarked", "stopped", "cis_tenant"),
        ("A1@us=1", "A1", "none", "stopped", ""),
        ("A1=1", "A1", "cis", "stopped", ""),
        ("A1=1", "A1", "cis", "stopped,running", "cis_running"),
        # The claims of CIS are unknown.
        ("A1=1", "A1", "unmarked", "unread", "cis_unknown"),
        ("A1=1", "A1", "none", "unread", "unmarked"),
        ("A1=1", "A1", "cis", "unread", ""),
        ("A1=1", "A1", "cis", "unread running", "cis_unknown"),
        ("A1=1", "A1", "unmarked", "elsewhere,unread", "cis_unknown"),
        ("A1@us=1", "A1", "none", "unread", ""),
        ("-", "A1", "none", "unread", ""),
        # The tenant's label is a CIS's partition.
        ("label=k8s; A1=1", "A1", "unmarked", "stopped", "cis_tenant"),
    ],
)
def test_refusal(stored: str, named: str, adopt: str, claims: str, code: str) -> None:
    known = [CLAIMS[name] for name in claims.split(",") if name]
    failure = owners.refusal("T", stored_of(stored), named.split(","), "us", adopt, known)
    assert (failure.code if failure else "") == code


@pytest.mark.parametrize(
    ("tenant", "label", "claims", "name"),
    [
        ("T", None, "stopped,running", "one"),
        ("T", None, "running,stopped", "one"),
        ("T", None, "stopped", "two"),
        ("T", None, "elsewhere,stopped", "two"),
        ("V", None, "stopped,running,elsewhere", None),
        ("V", "k8s", "elsewhere,stopped", "two"),
        ("V", 5, "stopped", None),
        ("T", ["k8s"], "stopped", "two"),
        ("T", "other", "stopped", "two"),
        ("T", None, "", None),
    ],
)
def test_the_claim_on_a_tenant(tenant: str, label: object, claims: str, name: str | None) -> None:
    known = [CLAIMS[one] for one in claims.split(",") if one]
    claim = owners.claim_on(tenant, {"class": "Tenant", "label": label}, known)
    assert (claim.deployment if claim else None) == (f"kube-system/{name}" if name else None)
    assert owners.claim_on("V", None, known) is None


def failure_of(stored: str, adopt: str, claim: str) -> Failure:
    failure = owners.refusal("T", stored_of(stored), ["A1"], "us", adopt, [CLAIMS[claim]] if claim else [])
    assert failure
    return failure


@pytest.mark.parametrize(
    ("stored", "adopt", "claim", "text", "remedy", "details"),
    [
        (
            "A1=1",
            "none",
            "running",
            "Tenant T may belong to the CIS Deployment kube-system/one, "
            "which is running and would write it again",
            "Publish to another tenant, or scale this CIS to 0 and run once with adopt: cis.",
            {"tenant": "T"},
        ),
        (
            "-",
            "none",
            "running",
            "Tenant T may belong to the CIS Deployment kube-system/one, which is running and would write it",
            "Publish to another tenant, or scale this CIS to 0 and run once with adopt: cis.",
            {"tenant": "T"},
        ),
        (
            "A1=1",
            "none",
            "stopped",
            "Tenant T may belong to the CIS Deployment kube-system/two, which is scaled to 0",
            "Run once with adopt: cis to take the tenant over without an outage.",
            {"tenant": "T"},
        ),
        (
            "A1@them=1",
            "none",
            "",
            "Application T/A1 on BIG-IP belongs to owner 'them', not to 'us'",
            "Publish under another name, or set owner if it is yours.",
            {"tenant": "T", "application": "A1"},
        ),
        (
            "A1=1",
            "none",
            "",
            "Application T/A1 is on BIG-IP already and was not published by this module",
            "If it is yours, run once with adopt: unmarked; else publish under another name.",
            {"tenant": "T", "application": "A1"},
        ),
        (
            "A1=1",
            "unmarked",
            "unread",
            "Application T/A1 on BIG-IP carries no mark, and it is unknown whether a CIS owns tenant T: "
            "listing Deployments",
            "Grant it. Then run again. Or publish to another tenant.",
            {"tenant": "T", "application": "A1"},
        ),
    ],
)
def test_the_refusals(
    stored: str, adopt: str, claim: str, text: str, remedy: str, details: dict[str, str]
) -> None:
    failure = failure_of(stored, adopt, claim)
    assert (failure.what, failure.remedy, failure.details) == (text, remedy, details)
    assert failure.said == ("no" if claim == "unread" else None)


def test_a_failed_read_without_a_remedy() -> None:
    claim = CisClaim("", frozenset(), False, Failure("kubernetes_unreachable", "listing Deployments"))
    failure = owners.refusal("T", stored_of("A1=1"), ["A1"], "us", "unmarked", [claim])
    assert failure and failure.remedy == "Then run again. Or publish to another tenant."


def test_ours_and_others() -> None:
    stored = stored_of("A3@us=1; A1@us=1; A5@them=2; A4=3; label=x")
    assert owners.ours(stored, "us") == ["A1", "A3"] and owners.ours(None, "us") == []
    assert owners.others(stored, (), "us") == ["A4", "A5"] and owners.others(stored, ["A4"], "us") == ["A5"]
    assert owners.others(stored, (), "them") == ["A1", "A3", "A4"] and owners.others(None, (), "us") == []
