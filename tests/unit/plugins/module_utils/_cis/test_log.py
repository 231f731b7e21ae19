# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of CIS's log and the sentences for them."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import log

T = "2026/11/25 17:00:00"
GOOD = f"{T} [INFO] [Request: 1][AS3] post resulted in SUCCESS"
REFUSED = f"{T} [ERROR] [Request: 2][AS3] Error response from BIG-IP: code: 422 --- tenant:cis --- message: declaration failed"

CASES: dict[str, tuple[list[str], list[str]]] = {
    "nothing": ([], []),
    "well": ([f"{T} [INFO] [INIT] Starting: Container Ingress Services", GOOD], []),
    "certificate": ([f"{T} [ERROR] [AS3] REST call error: Get https://a: tls: failed to verify certificate: x509: unknown authority"], ["certificate"]),
    "no ConfigMap": ([f"{T} [CRITICAL] [INIT] ConfigMap with name ca not found in namespace: cis, error: x"], ["certificate"]),
    "password": ([f"{T} [CRITICAL] [Token Manager] Unauthorized to fetch token from BIG-IP. Please check the credentials"], ["authentication"]),
    "password, by AS3": ([f"{T} [ERROR] [AS3] authentication failed, Error response from BIGIP with status code 401 Message: x"], ["authentication"]),
    "no AS3": ([f"{T} [ERROR] [AS3] AS3 RPM is not installed on BIGIP, Error response from BIGIP with status code 404"], ["as3_missing"]),
    "not reached": ([f"{T} [ERROR] [AS3] REST call error: dial tcp 192.0.2.1:443: connect: connection refused"], ["unreachable"]),
    "AS3 refuses": ([f"{T} [INFO] [Request: 2][AS3] post resulted in FAILURE", REFUSED], ["as3"]),
    "AS3 refuses, then takes": ([REFUSED, GOOD], []),
    "AS3 takes, then refuses": ([GOOD, REFUSED], ["as3"]),
    "busy": ([f"{T} [ERROR] [Request: 3][AS3] Big-IP Responded with error code: 503"], ["as3"]),
    "rights": ([f'{T} [ERROR] Failed to list secrets: secrets is forbidden: User "x" cannot list'], ["rights"]),
    "no CRD": ([f"{T} [ERROR] Failed to list virtualservers: the server could not find the requested resource"], ["crd"]),
    "arguments": (["Error: unknown flag: --colour", "Usage of /app/bin/k8s-bigip-ctlr:"], ["arguments"]),
    "partition": ([f"{T} [ERROR] [2026-11-25 17:00:00,000 __main__ ERROR] CCCL Error: The requested partition cis was not found."], ["partition"]),
    "another complaint": ([f"{T} [ERROR] pool of web: Service not found"], ["resource"]),
    "one of each kind": ([REFUSED, f"{T} [ERROR] something", f"{T} [ERROR] something else"], ["as3", "resource"]),
    "a word is no fault": ([f"{T} [DEBUG] x509: certificates read", f"{T} [INFO] 401 Unauthorized is what a wrong password gets"], []),
}


@pytest.mark.parametrize(("lines", "kinds"), CASES.values(), ids=CASES.keys())
def test_findings(lines: list[str], kinds: list[str]) -> None:
    assert [one.kind for one in log.findings("\n".join(lines))] == kinds


def test_a_finding_is_a_sentence_with_the_line() -> None:
    (found,) = log.findings(f"{T} [INFO] [Request: 2][AS3] post resulted in FAILURE\n{REFUSED}")
    assert found.message == f"BIG-IP refuses what CIS posts, and keeps what it had. Its log says: {REFUSED}"
    assert not found.lasting
