# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of CIS's log and the sentences for them."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import log
from ansible_collections.vks.bigip.tests.unit.support.cis_log import (
    ONLY,
    QUOTES,
    REAL,
    REFUSED,
    WRITTEN,
    K,
    V,
    lasting,
)

WATCH = "Failed to watch *v1.Secret: failed to list *v1.Secret:"
GOOD = f"{V} [INFO] [Request: 1][AS3] post resulted in SUCCESS"

CASES: dict[str, tuple[list[str], list[str]]] = {
    "nothing": ([], []),
    "well": ([f"{V} [INFO] [INIT] Starting: Container Ingress Services", GOOD], []),
    "certificate": (
        [
            f"{V} [ERROR] [AS3] REST call error: Get https://a: tls: failed to verify certificate: x509: unknown authority"
        ],
        ["certificate"],
    ),
    "no ConfigMap": (
        [f"{V} [CRITICAL] [INIT] ConfigMap with name ca not found in namespace: cis, error: x"],
        ["certificate"],
    ),
    "password": (
        [
            f"{V} [CRITICAL] [Token Manager] Unauthorized to fetch token from BIG-IP. Please check the credentials"
        ],
        ["authentication"],
    ),
    "password, by AS3": (
        [
            f"{V} [ERROR] [AS3] authentication failed, Error response from BIGIP with status code 401 Message: x"
        ],
        ["authentication"],
    ),
    "no AS3": (
        [
            f"{V} [ERROR] [AS3] AS3 RPM is not installed on BIGIP, Error response from BIGIP with status code 404"
        ],
        ["as3_missing"],
    ),
    "not reached": (
        [f"{V} [ERROR] [AS3] REST call error: dial tcp 192.0.2.1:443: connect: connection refused"],
        ["unreachable"],
    ),
    "AS3 refuses": ([f"{V} [INFO] [Request: 2][AS3] post resulted in FAILURE", REFUSED], ["as3"]),
    "AS3 refuses, then takes": ([REFUSED, GOOD], []),
    "AS3 takes, then refuses": ([GOOD, REFUSED], ["as3"]),
    "busy": ([f"{V} [ERROR] [Request: 3][AS3] Big-IP Responded with error code: 503"], ["as3"]),
    "rights": (
        [f'{V} [ERROR] Failed to list secrets: secrets is forbidden: User "x" cannot list'],
        ["rights"],
    ),
    "no CRD": (
        [f"{V} [ERROR] Failed to list virtualservers: the server could not find the requested resource"],
        ["crd"],
    ),
    "arguments": (["Error: unknown flag: --colour", "Usage of /app/bin/k8s-bigip-ctlr:"], ["arguments"]),
    "partition": (
        [
            f"{V} [ERROR] [2026-11-25 17:00:00,000 __main__ ERROR] CCCL Error: The requested partition cis was not found."
        ],
        ["partition"],
    ),
    "another complaint of a library": ([f"{K} x.go:1] something broke"], ["resource"]),
    "a complaint that is critical": ([f"{V} [CRITICAL] something broke"], ["resource"]),
    "a right, in words of a library": (
        [f'{V} [ERROR] {WATCH} secrets is forbidden: User "x" cannot list'],
        ["resource"],
    ),
    "a CRD, in words of a library": (
        [f"{V} [ERROR] {WATCH} the server could not find the requested resource"],
        ["resource"],
    ),
    "the last line of a kind": ([f"{V} [ERROR] one", REFUSED, f"{V} [ERROR] two"], ["as3", "resource"]),
    "a warning": ([f"{V} [WARNING] something is odd", f"W{K[1:]} x.go:1] something is odd"], []),
    "another complaint": ([f"{V} [ERROR] pool of web: Service not found"], ["resource"]),
    "one of each kind": (
        [REFUSED, f"{V} [ERROR] something", f"{V} [ERROR] something else"],
        ["as3", "resource"],
    ),
    "a word is not a fault": (
        [
            f"{V} [DEBUG] x509: certificates read",
            f"{V} [INFO] 401 Unauthorized is what a wrong password gets",
        ],
        [],
    ),
}


@pytest.mark.parametrize(("lines", "kinds"), CASES.values(), ids=CASES.keys())
def test_findings(lines: list[str], kinds: list[str]) -> None:
    assert [one.kind for one in log.findings("\n".join(lines))] == kinds


def test_a_finding_is_a_sentence_with_the_line() -> None:
    (found,) = log.findings(f"{V} [INFO] [Request: 2][AS3] post resulted in FAILURE\n{REFUSED}")
    sentence = "BIG-IP rejects the declaration of CIS and keeps the former one."
    assert found.message == f"{sentence} Its log shows: {REFUSED}"
    assert not found.lasting


@pytest.mark.parametrize("name", REAL)
def test_what_cis_writes(name: str) -> None:
    lines, kind, lasting = REAL[name]
    found = {one.kind: one for one in log.findings("\n".join(lines) + "\n")}
    assert set(found) == {kind} and found[kind].lasting is lasting
    assert found[kind].certain >= lasting and not (found[kind].certain and kind in ONLY)


@pytest.mark.parametrize("line", WRITTEN)
def test_a_post_that_went_well(line: str) -> None:
    assert log.findings(f"{REFUSED}\n{line}\n") == []


def test_a_fault_of_the_arguments_is_shown_with_its_reason() -> None:
    (found,) = log.findings("missing a BIG-IP partition\nUsage of /app/bin/k8s-bigip-ctlr\n  Global:\n")
    assert found.message == "CIS rejects its arguments. Its log shows: missing a BIG-IP partition"


def test_a_lasting_fault_stays_lasting() -> None:
    """A quote after it neither ends it nor takes its place."""
    lines = REAL["postManager.httpReq, certificate"][0]
    found = log.findings(
        "\n".join(
            [
                *lines,
                f"{V} [ERROR] pool of web: Service not found",
                f'{V} [ERROR] [AS3] REST call error: Get "https://a": x509: later',
            ]
        )
    )
    assert [(one.kind, one.lasting) for one in found] == [("certificate", True), ("resource", False)]
    assert "valid for a.example.com" in found[0].message


def test_bigip_that_cis_cannot_reach_at_its_start_is_certain() -> None:
    """Waiting may fix it, and no user of a namespace can cause it. A line that imitates it later does not take its place."""
    name = next(name for name, (_lines, kind, _lasts) in REAL.items() if kind == "unreachable")
    lines = REAL[name][0]
    assert [(one.kind, one.lasting, one.certain) for one in log.findings("\n".join(lines))] == [
        ("unreachable", False, True)
    ]
    (found, _quote) = log.findings(
        "\n".join([*lines, f"{V} [ERROR] pool of web: Service not found", f"{lines[-1]} again"])
    )
    assert found.certain and "again" not in found.message
    assert lasting("\n".join([f"{V} {QUOTES['an annotation'].format('x')}", *lines])) == []


RESOLVED = ("as3", "unreachable", "authentication", "certificate", "as3_missing", "partition")


@pytest.mark.parametrize("name", REAL)
def test_a_post_ends_the_faults_with_bigip_alone(name: str) -> None:
    lines, kind, _lasting = REAL[name]
    kinds = [one.kind for one in log.findings("\n".join([*lines, WRITTEN[0]]))]
    assert kinds == ([] if kind in RESOLVED else [kind])


BRIEF: dict[str, tuple[str, str]] = {
    "authentication": (
        REAL["as3Handler.handleResponseStatusUnAuthorized"][0][-1],
        REAL["apiHandler.postConfig, 401"][0][-1],
    ),
    "as3": (REFUSED, f"{V} [INFO] [Request: 2][AS3] post resulted in MULTI-STATUS"),
    "as3, by the older agent": (REFUSED, REAL["as3Manager.postAS3Declaration"][0][-1]),
}


@pytest.mark.parametrize(("full", "brief"), BRIEF.values(), ids=BRIEF)
def test_a_line_with_the_reason_is_kept(full: str, brief: str) -> None:
    for lines in ([full, brief], [brief, full], [brief, full, brief]):
        for before in ([], [f"{V} [ERROR] pool of web: Service not found"]):
            assert log.findings("\n".join([*before, *lines]))[-1].line == full
    (found,) = log.findings(brief)
    assert found.line == brief


@pytest.mark.parametrize("kind", ["certificate", "rights"])
def test_a_long_log_may_lack_its_start(kind: str) -> None:
    """CIS was asked for 2,000 lines: with as many, the first ones may be missing."""
    lines = next(given for given, one, _lasts in REAL.values() if one == kind)
    filled = f"{V} [INFO] Starting Controller\n" * (2_000 - len(lines)) + "\n".join(lines)
    assert lasting(filled) == [kind]
    assert lasting(f"{filled}\n") == []


def test_of_a_long_line_the_beginning_counts() -> None:
    """AS3DEBUG makes CIS log whole declarations."""
    begin, end = f"{V} [ERROR] [AS3] REST call error: ", "connection refused"
    for length, kind in ((8192, "unreachable"), (8193, "resource")):
        line = begin + "a" * (length - len(begin + end)) + end
        (found,) = log.findings(line + "b" * 1_000)
        assert found.kind == kind
    (found,) = log.findings(f"{V} [ERROR] {'a' * 1_000}")
    assert found.line == f"{V} [ERROR] {'a' * 1_000}"[:400] and found.message.endswith(found.line)


def test_an_own_fault_does_not_begin_the_start_anew() -> None:
    lines = [f"{V} [ERROR] pool of web: Service not found", REAL["postManager.httpReq, unreachable"][0][-1]]
    assert lasting("\n".join([*lines, REAL["postManager.httpReq, certificate"][0][-1]])) == []


def test_findings_of_several_pods() -> None:
    fault = REAL["postManager.httpReq, certificate"][0]
    lasts, passing = (
        log.findings("\n".join(fault)),
        log.findings(f"{V} [ERROR] pool of web: Service not found\n{fault[-1]}"),
    )
    for of_pods in ([lasts, passing], [passing, lasts]):
        assert [one.lasting for one in log.joined(of_pods) if one.kind == "certificate"] == [True]
