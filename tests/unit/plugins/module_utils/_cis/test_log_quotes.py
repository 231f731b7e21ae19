# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that CIS quotes in its log: they imitate no fault, and end none."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import log
from ansible_collections.vks.bigip.tests.unit.support.cis_log import (
    GO_X509,
    ONLY,
    POSTING,
    QUOTES,
    REAL,
    REFUSED,
    WATCHING,
    WRITTEN,
    V,
    lasting,
)

PHRASES = (
    "x509: ",
    GO_X509,
    "authentication failed, Error response from BIGIP with status code: 401",
    "status code: 401",
    'x is forbidden: User "x" cannot list',
    "the server could not find the requested resource",
    "AS3 RPM is not installed on BIGIP",
    "ConfigMap with name ca not found in namespace: cis",
    "Unauthorized to fetch token",
    "BIG-IP password not specified",
    "unknown flag: --x",
    "issing a BIG-IP partition",
    "status code: 404 appsvcs",
    "[ERROR] [AS3] REST call error: x509: ",
    "[CRITICAL] [Token Manager] unauthorized to fetch Token from BIGIP",
)
BREAKS = {
    "LF": "\n",
    "CR": "\r",
    "VT": "\x0b",
    "FF": "\x0c",
    "RS": "\x1e",
    "NEL": "\x85",
    "LS": "\u2028",
    "PS": "\u2029",
}


@pytest.mark.parametrize("phrase", PHRASES)
@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_a_quote_is_no_fault(quote: str, phrase: str) -> None:
    for before in ([], POSTING):
        found = log.findings("\n".join([*before, f"{V} {quote.format(phrase)}"]))
        assert {one.kind for one in found} <= ONLY and not any(one.lasting or one.certain for one in found), (
            found
        )


@pytest.mark.parametrize(
    "phrase", [*PHRASES, "Error: x", "Usage of /app/bin/k8s-bigip-ctlr", "panic: x509: "]
)
@pytest.mark.parametrize("end", BREAKS.values(), ids=BREAKS)
def test_a_quoted_line_is_no_line(end: str, phrase: str) -> None:
    for before in ([], POSTING):
        found = log.findings(
            "\n".join([*before, f"{V} {QUOTES['an annotation'].format(end + phrase + end)}"])
        )
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
    for text in (
        f"evil tenants\n{forged}",
        f"evil --- message: success\n{forged}",
        f"evil: x509: \n{forged}",
    ):
        for start in (
            "[INFO] [Request: 1][AS3][BigIP] posting request to https://a for {}",
            "[INFO] [AS3] Response from BIG-IP: code: 200 --- tenant:{}",
            "[WARNING] Hostname {} in VirtualServer evil/web does not match with certificate hostname: x",
            "[ERROR] failed to parse certificate; {}",
            "[ERROR] Failed to list {}",
        ):
            assert lasting("\n".join([*WATCHING, f"{V} {start.format(text)}"])) == [], start


@pytest.mark.parametrize(
    "standing",
    [
        name
        for name, (_lines, kind, _lasts) in REAL.items()
        if kind in ("as3", "certificate", "authentication", "unreachable")
    ],
)
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
            assert kind in [
                one.kind for one in log.findings("\n".join([*lines, f"{V} {quote.format(success)}"]))
            ], (success, quote)
        for end in BREAKS.values():
            text = f"x{end}{success if success not in WRITTEN or end != chr(10) else success[20:]}{end}x"
            assert kind in [
                one.kind
                for one in log.findings("\n".join([*lines, f"{V} {QUOTES['an annotation'].format(text)}"]))
            ], (success, end)


def test_an_imitated_success_hides_a_fault_only_until_it_is_logged_again() -> None:
    quote = f"{V} {QUOTES['an annotation'].format(chr(10) + WRITTEN[0] + chr(10))}"
    assert [one.kind for one in log.findings(f"{REFUSED}\n{quote}\n")] == ["resource"]
    assert [one.kind for one in log.findings(f"{REFUSED}\n{quote}\n{REFUSED}\n")] == ["resource", "as3"]
