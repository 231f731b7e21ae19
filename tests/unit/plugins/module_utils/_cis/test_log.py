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
    "a word is not a fault": ([f"{T} [DEBUG] x509: certificates read", f"{T} [INFO] 401 Unauthorized is what a wrong password gets"], []),
}


@pytest.mark.parametrize(("lines", "kinds"), CASES.values(), ids=CASES.keys())
def test_findings(lines: list[str], kinds: list[str]) -> None:
    assert [one.kind for one in log.findings("\n".join(lines))] == kinds


def test_a_finding_is_a_sentence_with_the_line() -> None:
    (found,) = log.findings(f"{T} [INFO] [Request: 2][AS3] post resulted in FAILURE\n{REFUSED}")
    sentence = "BIG-IP rejects the declaration of CIS and keeps the former one."
    assert found.message == f"{sentence} Its log shows: {REFUSED}"
    assert not found.lasting


# As the source of k8s-bigip-ctlr 2.18 to 2.20.4 writes them, with the function. Each is the start of a log up to its fault.
V = "2026/11/25 17:00:00"
K = "E1125 17:00:00.123456       1"
START = [
    f"{V} [WARNING] BIG-IP credentials are not set. Checking back to Creds Directory.",
    f"{V} [INFO] [INIT] Starting: Container Ingress Services - Version: 2.20.3, BuildInfo: azure-1",
]
BASIC = f"{V} [WARNING] [AS3][BigIP] Failed to get auth token, falling back to basic auth"
WATCHING = [
    *START,
    f"{V} [WARNING] Creating GTM with default bigip credentials as GTM BIGIP Url or GTM BIGIP Username or GTM BIGIP Password is missing on CIS args.",
    f"{V} [INFO] ConfigWriter started: 0xc000123456",
    f"{V} [INFO] Started config driver sub-process at pid: 17",
    f"{V} [INFO] Starting Controller",
    "W1125 17:00:00.123456       1 warnings.go:70] v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    f"{V} [INFO] Starting ExternalDNS Informer for cluster local",
    f"{V} [INFO] Starting local Node Informer",
    f"{V} [INFO] Starting VirtualServer Informer",
]
POSTING = [
    *WATCHING,
    f"{V} [INFO] [Request: 1][AS3] Processing request",
    f"{V} [INFO] [Request: 1][AS3] creating a new AS3 manifest",
    f"{V} [INFO] [Request: 1][AS3][BigIP] posting request to https://bigip.example.com for  tenants",
]
GO_X509 = "tls: failed to verify certificate: x509: certificate is valid for a.example.com, not b.example.com"
NO_RIGHT = 'User "system:serviceaccount:cis:one" cannot list resource "services" in API group "" at the cluster scope'
LOGIN_401 = 'unauthorized to fetch Token from BIGIP. Please check the credentials, status code: 401, response: {"code":401,"message":"Authentication failed."}'
REAL: dict[str, tuple[list[str], str, bool]] = {
    "main.verifyArgs": (["missing a BIG-IP partition", "Usage of /app/bin/k8s-bigip-ctlr", "  Global:"], "arguments", True),
    "pflag": (["unknown flag: --colour", "Usage of /app/bin/k8s-bigip-ctlr", "  Global:"], "arguments", True),
    "main.getCredentials": ([START[0], "BIG-IP password not specified", "Usage of /app/bin/k8s-bigip-ctlr"], "authentication", True),
    "main.getBIGIPTrustedCerts": (
        [*START, f'{V} [ERROR] [INIT] ConfigMap with name ca not found in namespace: cis, error: configmaps "ca" not found'],
        "certificate",
        True,
    ),
    "tokenmanager.GetToken, certificate": (
        [*START, f'{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: unable to establish connection with BIGIP: Post "https://a": {GO_X509}'],
        "certificate",
        True,
    ),
    "postManager.httpReq, certificate": (
        [*START, BASIC, f'{V} [ERROR] [AS3][BigIP] REST call error: Get "https://a/mgmt/shared/appsvcs/info": {GO_X509} '],
        "certificate",
        True,
    ),
    "agent/as3 httpReq, certificate": ([*START, f'{V} [ERROR] [AS3] REST call error: Get "https://a": {GO_X509} '], "certificate", True),
    "tokenmanager.SyncTokenWithoutRetry": (
        [*START, f"{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: {LOGIN_401}"],
        "authentication",
        True,
    ),
    "postManager.httpReq, 401": (
        [*START, BASIC, f'{V} [ERROR] [AS3][BigIP] Unauthorized access to BIG-IP, please check the credentials, message: {{"code":401}}'],
        "authentication",
        True,
    ),
    "as3Manager.IsBigIPAppServicesAvailable, 401": (
        [*START, f"{V} [ERROR] [AS3] authentication failed, Error response from BIGIP with status code 401 Message: Authorization failed "],
        "authentication",
        True,
    ),
    "as3Handler.handleResponseStatusUnAuthorized": (
        [*POSTING, f"{V} [ERROR] [Request: 1][AS3][BigIP] authentication failed, Error response from BIGIP with status code: 401 Message: no"],
        "authentication",
        True,
    ),
    "apiHandler.postConfig, 401": ([*POSTING, f"{V} [INFO] [Request: 1][AS3][BigIP] post resulted in UNAUTHORIZED FAILURE"], "authentication", False),
    "apiHandler.PopulateAPIVersion": (
        [*START, f"{V} [ERROR] [AS3][BigIP] RPM is not installed on BIGIP, Error response from BIGIP with status code 404 "],
        "as3_missing",
        True,
    ),
    "main, agent.Init": (
        [*START, f"{V} [CRITICAL] [INIT] Failed to initialize as3 agent, AS3 RPM is not installed on BIGIP, Error response from BIGIP with status code 404"],
        "as3_missing",
        True,
    ),
    "informers.getErrorHandlerFunc, right": (
        [*WATCHING, f"{K} informers.go:1672] [ERROR] Failed to watch Service in cluster local: failed to list *v1.Service: services is forbidden: {NO_RIGHT}"],
        "rights",
        True,
    ),
    "client-go, right": (
        [
            f"{V} [INFO] [INIT] Starting: Container Ingress Services - Version: 2.20.3, BuildInfo: azure-1",
            f"{V} [INFO] [INIT] Creating Agent for as3",
            f"{V} [INFO] [AS3] Initializing AS3 Agent",
            f"{V} [INFO] [CORE] NodePoller started: (0xc000123456)",
            f"{V} [INFO] [CORE] Not watching Ingress resources.",
            f"{V} [INFO] [CORE] Handling ConfigMap resource events.",
            f"{K} reflector.go:138] pkg/mod/client-go/reflector.go:167: Failed to watch *v1.Service: failed to list *v1.Service:"
            f" services is forbidden: {NO_RIGHT}",
        ],
        "rights",
        True,
    ),
    "informers.getErrorHandlerFunc, CRD": (
        [
            *WATCHING,
            f"{K} informers.go:1672] [ERROR] Failed to watch VirtualServer in cluster : failed to list *v1.VirtualServer:"
            " the server could not find the requested resource (get virtualservers.cis.f5.com)",
        ],
        "crd",
        True,
    ),
    "worker, right": (
        [
            *POSTING,
            f'{V} [ERROR] Failed to update VirtualServer shop/web status: virtualservers.cis.f5.com "web" is forbidden:'
            ' User "system:serviceaccount:cis:one" cannot patch resource "virtualservers/status"',
        ],
        "rights",
        True,
    ),
    "postManager.httpReq, unreachable": (
        [*START, f'{V} [ERROR] [AS3][BigIP] REST call error: Get "https://a": dial tcp 192.0.2.1:443: connect: connection refused '],
        "unreachable",
        False,
    ),
    "tokenmanager, unreachable": (
        [
            *START,
            f'{V} [ERROR] [Token Manager] Failed to refresh Token from BIGIP: unable to establish connection with BIGIP: Post "https://a": EOF i/o timeout',
        ],
        "unreachable",
        False,
    ),
    "as3Handler.handleResponseStatusServiceUnavailable": (
        [*POSTING, f"{V} [ERROR] [Request: 1][AS3][BigIP] Big-IP Responded with error code: 503"],
        "as3",
        False,
    ),
    "as3Handler.handleMultiStatus": (
        [*POSTING, f"{V} [ERROR] [Retry][AS3][BigIP] Error response from BIG-IP: code: 422 --- tenant:cis --- message: declaration failed"],
        "as3",
        False,
    ),
    "as3Handler.handleResponseOthers": (
        [*POSTING, f"{V} [ERROR] [Request: 1][AS3][Primary BigIP] Response from BIG-IP: code: 422 --- tenant:cis --- message: declaration is invalid"],
        "as3",
        False,
    ),
    "postManager.httpPOST": ([*POSTING, f"{V} [ERROR] [AS3][BigIP] Response body unmarshal failed: invalid character '<'"], "as3", False),
    "agent/as3 handleResponseOthers": ([*START, f"{V} [INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:cis --- message: no"], "as3", False),
    "as3Manager.postAS3Declaration": ([*START, f"{V} [INFO] [AS3][POST] AS3 declaration POST failed. URL: https://a"], "as3", False),
    "the Python agent": (CASES["partition"][0], "partition", False),
}
WRITTEN = (
    f"{V} [INFO] [Request: 7][AS3][BigIP] post resulted in SUCCESS",
    f"{V} [INFO] [Retry][AS3] post resulted in SUCCESS",
    f"{V} [INFO] [AS3] Response from BIG-IP: code: 200 --- tenant:cis --- message: success",
    f"{V} [DEBUG] [AS3] Response from BIG-IP: code: 200 --- tenant:cis --- message: no change",
)


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


# CIS quotes texts of namespace users: resourceConfig.go prints an annotation that is not JSON unchanged,
# as3Handler.go prints the answer of AS3.
QUOTES = {
    "an annotation": "[ERROR] [CORE] Unable to parse health monitor JSON array '{}': invalid character 'x'",
    "at the end": "[ERROR] [CORE] Unknown health monitor format for ServiceTypeLB: {}",
    "AS3's answer": "[ERROR] [Request: 2][AS3][BigIP] Error response from BIG-IP: code: 422 --- tenant:evil --- message: {}",
    "a row of AS3's answer": "[INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:evil --- message: {}",
    "a row's tenant": "[INFO] [AS3] Response from BIG-IP: code: 422 --- tenant:{} --- message: declaration failed",
    "the agent": "[ERROR] [2026-11-25 17:00:00,000 __main__ ERROR] CCCL Error: {}",
    "a status": "[ERROR] Failed to update VirtualServer evil/web status: admission webhook denied: {}",
    "a list": "[ERROR] Failed to list virtualservers: v1.VirtualServerList.Items: error found in #10 byte of ...|{}|...",
    "a namespace that ends": "[ERROR] Failed to update VirtualServer evil/web status: events is forbidden: unable to create: {}",
}
PHRASES = (
    "x509: ", GO_X509, "authentication failed, Error response from BIGIP with status code: 401", "status code: 401", 'x is forbidden: User "x" cannot list',
    "the server could not find the requested resource", "AS3 RPM is not installed on BIGIP", "ConfigMap with name ca not found in namespace: cis",
    "Unauthorized to fetch token", "BIG-IP password not specified", "unknown flag: --x", "issing a BIG-IP partition", "status code: 404 appsvcs",
    "[ERROR] [AS3] REST call error: x509: ", "[CRITICAL] [Token Manager] unauthorized to fetch Token from BIGIP",
)  # fmt: skip
BREAKS = {"LF": "\n", "CR": "\r", "VT": "\x0b", "FF": "\x0c", "RS": "\x1e", "NEL": "\x85", "LS": "\u2028", "PS": "\u2029"}
ONLY = {"resource", "as3"}  # a complaint about a resource, and what AS3 refuses


def lasting(*logs: str) -> list[str]:
    """The kinds of what ends the wait of the role cis, or lets it fail after its wait."""
    return [one.kind for one in log.findings(*logs) if one.lasting or one.certain]


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_a_quote_is_no_fault(quote: str, phrase: str) -> None:
    for before in ([], POSTING):
        found = log.findings("\n".join([*before, f"{V} {quote.format(phrase)}"]))
        assert {one.kind for one in found} <= ONLY and not any(one.lasting or one.certain for one in found), found


@pytest.mark.parametrize("phrase", [*PHRASES, "Error: x", "Usage of /app/bin/k8s-bigip-ctlr", "panic: x509: "])
@pytest.mark.parametrize("end", BREAKS.values(), ids=BREAKS)
def test_a_quoted_line_is_no_line(end: str, phrase: str) -> None:
    for before in ([], POSTING):
        found = log.findings("\n".join([*before, f"{V} {QUOTES['an annotation'].format(end + phrase + end)}"]))
        assert [one.kind for one in found] == ["resource"], found


LASTING = [name for name, (_lines, _kind, lasts) in REAL.items() if lasts]


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
@pytest.mark.parametrize("name", LASTING)
def test_an_imitated_line_is_not_lasting(name: str, quote: str) -> None:
    """A quote with line breaks can hold lines that are like CIS's to the last character."""
    forged = "x\n" + "\n".join(REAL[name][0]) + "\nx"
    assert lasting("\n".join([*POSTING, f"{V} {quote.format(forged)}"])) == []
    assert lasting(f"{V} {quote.format(forged)}", f"{V} [INFO] [INIT] Starting: x") == []


@pytest.mark.parametrize("name", LASTING)
def test_an_imitated_line_is_not_lasting_where_the_start_is_cut_off(name: str) -> None:
    forged = "\n".join(REAL[name][0])
    assert lasting(forged + "\n" + f"{V} [INFO] Starting Controller\n" * log.LINES) == []


@pytest.mark.parametrize("name", LASTING)
@pytest.mark.parametrize("word", ["ERROR]", "CRITICAL]"])
def test_a_line_of_the_agent_is_not_of_cis(name: str, word: str) -> None:
    """pythonDriver.go logs each line of the agent's output by itself, at the level that a word in it names. So a quote can begin the message."""
    *before, line = REAL[name][0]
    if "[ERROR] " in line[:28] or "[CRITICAL] " in line[:31]:
        assert lasting("\n".join([*before, f"{line} {word}"])) == []


def test_completed_formats_do_not_hide_a_line_break() -> None:
    forged = "\n".join(REAL["postManager.httpReq, certificate"][0])
    for text in (f"evil tenants\n{forged}", f"evil --- message: success\n{forged}", f"evil: x509: \n{forged}"):
        for start in (
            "[INFO] [Request: 1][AS3][BigIP] posting request to https://a for {}",
            "[INFO] [AS3] Response from BIG-IP: code: 200 --- tenant:{}",
            "[WARNING] Hostname {} in VirtualServer evil/web does not match with certificate hostname: x",
            "[ERROR] failed to parse certificate; {}",
            "[ERROR] Failed to list {}",
        ):
            assert lasting("\n".join([*WATCHING, f"{V} {start.format(text)}"])) == [], start


@pytest.mark.parametrize("standing", [name for name, (_lines, kind, _lasts) in REAL.items() if kind in ("as3", "certificate", "authentication", "unreachable")])
def test_a_quote_does_not_end_a_fault(standing: str) -> None:
    lines, kind, _lasting = REAL[standing]
    for success in (
        "post resulted in SUCCESS",
        "[Request: 1][AS3] post resulted in SUCCESS",
        "Response from BIG-IP: code: 200",
        "accepted by BIG-IP",
        *WRITTEN,
    ):
        for quote in QUOTES.values():
            assert kind in [one.kind for one in log.findings("\n".join([*lines, f"{V} {quote.format(success)}"]))], (success, quote)
        for end in BREAKS.values():
            text = f"x{end}{success if success not in WRITTEN or end != chr(10) else success[20:]}{end}x"
            assert kind in [one.kind for one in log.findings("\n".join([*lines, f"{V} {QUOTES['an annotation'].format(text)}"]))], (success, end)


def test_an_imitated_success_hides_a_fault_only_until_it_is_logged_again() -> None:
    quote = f"{V} {QUOTES['an annotation'].format(chr(10) + WRITTEN[0] + chr(10))}"
    assert [one.kind for one in log.findings(f"{REFUSED}\n{quote}\n")] == ["resource"]
    assert [one.kind for one in log.findings(f"{REFUSED}\n{quote}\n{REFUSED}\n")] == ["resource", "as3"]


def test_a_lasting_fault_stays_lasting() -> None:
    """A quote after it neither ends it nor takes its place."""
    lines = REAL["postManager.httpReq, certificate"][0]
    found = log.findings("\n".join([*lines, f"{V} [ERROR] pool of web: Service not found", f'{V} [ERROR] [AS3] REST call error: Get "https://a": x509: later']))
    assert [(one.kind, one.lasting) for one in found] == [("certificate", True), ("resource", False)]
    assert "valid for a.example.com" in found[0].message


def test_bigip_that_cis_cannot_reach_at_its_start_is_certain() -> None:
    """Waiting may fix it, and no user of a namespace can cause it. A line that imitates it later does not take its place."""
    name = next(name for name, (_lines, kind, _lasts) in REAL.items() if kind == "unreachable")
    lines = REAL[name][0]
    assert [(one.kind, one.lasting, one.certain) for one in log.findings("\n".join(lines))] == [("unreachable", False, True)]
    (found, _quote) = log.findings("\n".join([*lines, f"{V} [ERROR] pool of web: Service not found", f"{lines[-1]} again"]))
    assert found.certain and "again" not in found.message
    assert lasting("\n".join([f"{V} {QUOTES['an annotation'].format('x')}", *lines])) == []


RESOLVED = ("as3", "unreachable", "authentication", "certificate", "as3_missing", "partition")


@pytest.mark.parametrize("name", REAL)
def test_a_post_ends_the_faults_with_bigip_alone(name: str) -> None:
    lines, kind, _lasting = REAL[name]
    kinds = [one.kind for one in log.findings("\n".join([*lines, WRITTEN[0]]))]
    assert kinds == ([] if kind in RESOLVED else [kind])


BRIEF: dict[str, tuple[str, str]] = {
    "authentication": (REAL["as3Handler.handleResponseStatusUnAuthorized"][0][-1], REAL["apiHandler.postConfig, 401"][0][-1]),
    "as3": (REFUSED, f"{V} [INFO] [Request: 2][AS3] post resulted in MULTI-STATUS"),
    "as3, by the older agent": (REFUSED, REAL["as3Manager.postAS3Declaration"][0][-1]),
}


@pytest.mark.parametrize(("full", "brief"), BRIEF.values(), ids=BRIEF)
def test_a_line_with_the_reason_is_kept(full: str, brief: str) -> None:
    for lines in ([full, brief], [brief, full], [brief, full, brief]):
        (found,) = log.findings("\n".join(lines))
        assert found.line == full
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


def test_findings_of_several_pods() -> None:
    fault = REAL["postManager.httpReq, certificate"][0]
    lasts, passing = log.findings("\n".join(fault)), log.findings(f"{V} [ERROR] pool of web: Service not found\n{fault[-1]}")
    for of_pods in ([lasts, passing], [passing, lasts]):
        assert [one.lasting for one in log.joined(of_pods) if one.kind == "certificate"] == [True]
