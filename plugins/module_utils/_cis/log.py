# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the log of CIS says, as sentences. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable

_LIMIT = 400
_LONGEST = 8192  # characters of a line that are looked at; with AS3DEBUG a line may hold a declaration


@dataclass(frozen=True)
class Finding:
    """One fault. lasting: waiting does not mend it."""

    kind: str
    message: str
    line: str
    lasting: bool


# The first that fits a line is taken. Words of CIS 2.20 and of Go's libraries.
_RULES: tuple[tuple[str, str, bool, str], ...] = (
    ("arguments", r"^Error: |^Usage of |unknown flag|annot run NodePort mode|an not specify both|issing a BIG-IP partition", True,
     "CIS does not take its arguments"),
    ("certificate", r"x509: |tls: failed to verify", True,
     "CIS does not trust the certificate of BIG-IP: give its CA as cis_bigip_ca_cert, and use the name in cis_bigip_url that the certificate has"),
    ("certificate", r"(?i)configmap with name \S+ not found", True,
     "the ConfigMap with BIG-IP's CA is not there"),
    ("as3_missing", r"AS3 RPM is not installed|status code:? 404.{0,400}appsvcs", True,
     "AS3 is not installed on BIG-IP"),
    ("authentication", r"Unauthorized to fetch token|authentication failed|status code:? 401|\b401\b.{0,400}[Aa]uth|(?:username|password) not specified", True,
     "BIG-IP does not let CIS in: user or password in the login Secret are wrong, or the user is not an Administrator"),
    ("partition", r"requested partition \S+ was not found", False,
     "the partition of CIS is not on BIG-IP"),
    ("rights", r"\bis forbidden\b", True,
     "CIS lacks a right in the cluster"),
    ("crd", r"could not find the requested resource", True,
     "a CRD of CIS is not installed"),
    ("unreachable", r"connection refused|no such host|i/o timeout|no route to host|deadline exceeded|network is unreachable|proxyconnect", False,
     "CIS does not reach BIG-IP: check cis_bigip_url and the way from the nodes to BIG-IP's management port"),
    ("as3", r"[Rr]esponded with error code:? 503|code:? 503", False,
     "BIG-IP is busy"),
    ("as3", r"[Rr]esponded with error code|[Ee]rror response from BIG-IP|post resulted in (?:FAILURE|MULTI-STATUS)|unmarshal failed", False,
     "BIG-IP refuses what CIS posts, and keeps what it had"),
    ("resource", r"\[ERROR\]", False,
     "CIS has a complaint"),
)
_COMPILED = tuple((kind, re.compile(pattern), lasting, sentence) for kind, pattern, lasting, sentence in _RULES)
_SUCCESS = re.compile(r"post resulted in SUCCESS|[Rr]esponse from BIG-IP: code: 200|accepted by BIG-IP")
_BAD = re.compile(r"\[(?:ERROR|CRITICAL|FATAL)\]|^(?:Error|Usage|panic|F\d{4} )|post resulted in (?:FAILURE|MULTI-STATUS)")
_OF_BIGIP = ("as3", "unreachable", "authentication", "certificate", "as3_missing", "partition")


def findings(text: str) -> list[Finding]:
    """The faults that still stand, the last line of each kind. A post that went well ends those with BIG-IP before it."""
    found: dict[str, Finding] = {}
    for whole in text.splitlines():
        line = whole[:_LONGEST]
        if _SUCCESS.search(line):
            for kind in _OF_BIGIP:
                found.pop(kind, None)
        elif _BAD.search(line):
            one = _finding(line.strip())
            # "post resulted in FAILURE" stands beside the line with the code: what says more is kept.
            if one and not (one.kind in found and "post resulted in" in line):
                found.pop(one.kind, None)
                found[one.kind] = one
    return list(found.values())


def _finding(line: str) -> Finding | None:
    for kind, pattern, lasting, sentence in _COMPILED:
        if pattern.search(line):
            return Finding(kind, f"{sentence[0].upper()}{sentence[1:]}. Its log says: {line[:_LIMIT]}", line[:_LIMIT], lasting)
    return None


def lasting(found: Iterable[Finding]) -> bool:
    return any(one.lasting for one in found)
