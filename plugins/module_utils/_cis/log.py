# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The faults in the log of CIS, as sentences.

CIS quotes texts of users of namespaces without escaping, for example an annotation that is not valid JSON.
Therefore:

* A line counts only if it begins as CIS's logger or klog begins it.
  A fault counts only if its message begins as CIS's source writes it.
* A quote with line breaks can imitate a whole line. So a fault is lasting only before the first line that could quote such text:
  only lines of the start (``_OWN``, and faults with ``own``) come before it. After it, the fault is reported and not lasting.
* A successful post counts wherever it is. A line that imitates one hides a fault until CIS logs the fault again.
  If it did not count, no post could clear a line that imitates a fault.
  That line would stop every role that waits for CIS.

The formats are those of k8s-bigip-ctlr 2.18 to 2.20.4: pkg/vlogger/logger.go, cmd/k8s-bigip-ctlr/main.go, pkg/tokenmanager, pkg/controller
(apiHandler, as3Handler, postManager, requestHandler, informers), pkg/agent/as3 (postManager, as3Manager), and klog of client-go 0.21.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterable

LINES = 2000  # of the end of a log that are asked for: the start of a log with as many may be missing
_LIMIT = 400
_LONGEST = 8192  # characters of a line that are looked at; with AS3DEBUG a line may hold a declaration


@dataclass(frozen=True)
class Finding:
    """One fault.

    lasting: waiting does not fix it, and no user of a namespace can have written the line.
    certain: no user of a namespace can have written the line, or caused the fault by a resource that BIG-IP refuses.
    """

    kind: str
    message: str
    line: str
    lasting: bool
    certain: bool


@dataclass(frozen=True)
class _Rule:
    """A fault, as a message begins. own: the whole line is of CIS, BIG-IP's login or the API server, none of it of a resource."""

    kind: str
    pattern: str
    sentence: str
    lasting: bool = False
    own: bool = True
    levels: frozenset[str] = frozenset({"ERROR", "CRITICAL", "KLOG"})
    brief: bool = False  # another line reports more


_LINE = re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[(DEBUG|INFO|WARNING|ERROR|CRITICAL)\] ")
_KLOG = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d{6} +\d+ [\w.-]+:\d+\] ")

_REQUEST = r"(?:\[Request: \d+\]|\[Retry\])?"
_AS3 = _REQUEST + r"\[AS3\](?:\[(?:GTM|(?:GTM |Primary |Secondary )?BigIP)\])? "
_AGENT = r"\[INIT\] Failed to initialize \w+ agent, "
_TOKEN = r"\[Token Manager\] (?:Failed to refresh Token from BIGIP: |Error fetching token from BIG-IP: )?"
# Go quotes a URL, so no character of it can end the quote or the line.
_REST = (
    rf"(?:{_AS3}REST call (?:response )?error: |{_TOKEN}unable to establish connection with BIGIP: |{_TOKEN})"
)
_URL = r'(?:[A-Z][a-z]+ (?:"(?:[^"\\]|\\.)*"|https?://[^\s"]+): )?'
_WATCH = r"(?:\[ERROR\] )?(?:\S+: )?Failed to watch \S+(?: in cluster \S*)?: failed to list \S+: "
_ASKED = (
    r"(?:Failed to list \S+: |Failed to update \S+ [\w.-]+/[\w.-]+ status: |\[IPAM\] error while (?:registering CRD|creating IPAM custom resource):? "
    r"|Could not list Kubernetes Pods for CNI Che(?:c)?k: )"
)
_FORBIDDEN = r'[a-z0-9./-]+(?: "[^"\s]*")? is forbidden: User "[^"\s]*" cannot '
_NO_KIND = r"the server could not find the requested resource(?: \(|$)"
_UNREACHED = r"connection refused|no such host|i/o timeout|no route to host|deadline exceeded|network is unreachable|proxyconnect"

_ARGUMENTS = "CIS rejects its arguments"
_CERTIFICATE = "CIS does not trust the certificate of BIG-IP: give its CA as cis_bigip_ca_cert, and use the name in cis_bigip_url that the certificate has"
_LOGIN = "BIG-IP rejects the login of CIS: user or password in the login Secret are wrong, or the user is not an Administrator"
_REFUSED = "BIG-IP rejects the declaration of CIS and keeps the former one"
_POSTED = frozenset({"INFO"})


# The first that fits the beginning of a message is taken.
_RULES: tuple[_Rule, ...] = (
    _Rule(
        "certificate",
        rf"{_REST}{_URL}(?:tls: failed to verify certificate: |x509: )",
        _CERTIFICATE,
        lasting=True,
    ),
    _Rule(
        "certificate",
        r"\[INIT\] ConfigMap with name \S+ not found in namespace",
        "the ConfigMap with BIG-IP's CA does not exist",
        lasting=True,
    ),
    _Rule(
        "as3_missing",
        rf"(?:{_AS3}|{_AGENT})(?:AS3 )?RPM is not installed on BIGIP",
        "AS3 is not installed on BIG-IP",
        lasting=True,
    ),
    _Rule(
        "authentication",
        rf"{_TOKEN}(?:[Uu]nauthorized to fetch [Tt]oken from BIG-?IP|status code: 401\b)"
        rf"|(?:{_AS3}|{_AGENT})(?:authentication failed, Error response from BIGIP with status code:? 401\b"
        r"|Unauthorized access to BIG-IP, please check the credentials|Failed to refresh token after unauthorized response, error: )",
        _LOGIN,
        lasting=True,
    ),
    _Rule(
        "authentication", rf"{_AS3}post resulted in UNAUTHORIZED FAILURE$", _LOGIN, levels=_POSTED, brief=True
    ),
    _Rule(
        "rights",
        _WATCH + _FORBIDDEN,
        "CIS lacks a right in the cluster",
        lasting=True,
        levels=frozenset({"KLOG"}),
    ),
    _Rule("rights", _ASKED + _FORBIDDEN, "CIS lacks a right in the cluster", lasting=True, own=False),
    _Rule(
        "crd", _WATCH + _NO_KIND, "a CRD of CIS is not installed", lasting=True, levels=frozenset({"KLOG"})
    ),
    _Rule("crd", _ASKED + _NO_KIND, "a CRD of CIS is not installed", lasting=True, own=False),
    _Rule(
        "unreachable",
        rf"{_REST}{_URL}.*(?:{_UNREACHED})",
        "CIS does not reach BIG-IP: check cis_bigip_url and the way from the nodes to BIG-IP's management port",
    ),
    _Rule("as3", rf"{_AS3}Big-IP Responded with error code: 503\b", "BIG-IP is busy"),
    _Rule(
        "as3",
        rf"{_AS3}(?:Big-IP Responded with (?:error )?code: |Response body unmarshal failed: )",
        _REFUSED,
    ),
    _Rule("as3", rf"{_AS3}(?:[Ee]rror r|R)esponse from BIG-IP: code: (?!200\b)", _REFUSED, own=False),
    _Rule(
        "as3",
        r"\[AS3\] Response from BIG-IP: code: [345]\d\d --- tenant:",
        _REFUSED,
        own=False,
        levels=_POSTED,
    ),
    _Rule("as3", rf"{_AS3}post resulted in (?:FAILURE|MULTI-STATUS)$", _REFUSED, levels=_POSTED, brief=True),
    _Rule(
        "as3",
        r"\[AS3\]\[POST\] AS3 declaration POST failed\. URL: ",
        _REFUSED,
        own=False,
        levels=_POSTED,
        brief=True,
    ),
    _Rule("resource", "", "CIS logged a fault", own=False),
)
# CIS logs each line of its Python agent by itself, so such a line can begin with any text. It logs it as a fault if it has one of these words.
_AGENT_WORDS = ("ERROR]", "CRITICAL]")
_AGENT_RULES = (
    _Rule(
        "partition",
        r"\[[\d ,:-]+ \S+ ERROR\] CCCL Error: The requested partition \S+ was not found",
        "the partition of CIS is not on BIG-IP",
        own=False,
    ),
    _RULES[-1],
)
_SUCCESS = re.compile(
    rf"{_AS3}post resulted in SUCCESS|\[AS3\] Response from BIG-IP: code: 200 --- tenant:\S+ --- message: (?:success|no change)"
)
_OF_RESOURCES = ("as3", "resource")  # which one resource can cause for all that CIS posts together
_OF_BIGIP = ("as3", "unreachable", "authentication", "certificate", "as3_missing", "partition")

# Messages of the start that no text of a resource is part of. The first line that is neither one of these nor an own fault ends the start.
_FIRST = (
    r"(?:GTM )?BIG-IP credentials are not set\. Checking back to Creds Directory\."
    r"|No \w+ in credentials directory, falling back to CLI argument"
    r"|(?:allowed|denied)-partitions .*"
    r"|\[MultiCluster\] CIS running with multi-cluster-mode: \w+"
)
_BEFORE = re.compile(_FIRST)
_OWN = re.compile(
    rf"{_FIRST}|\[INIT\] .*|\[Token Manager\] .*"
    rf"|{_AS3}(?:REST call (?:response )?error: .*|posting request to \S+(?: for (?:all)? ?tenants)?|[Pp]osting GET BIGIP .*|post resulted in [A-Z -]+"
    r"|No certs appended, using only system certs|Failed to get auth token, falling back to basic auth|Internal Error"
    r"|Attempting to refresh token after unauthorized response|BIGIP is serving with AS3 version: \S+|Initializing AS3 Agent)"
    rf"|{_REQUEST}\[AS3\] (?:Processing request|creating a new AS3 manifest|No tenants found in request)"
    r"|\[CORE\] (?:NodePoller .*|(?:Not )?(?:[Ww]atching|[Hh]andling) \w+ resource(?: event)?s\.)"
    r"|GTM BIG-IP \w+ not specified|extended-spec-configmap and route-spec-configmap both are present\. .*"
    r"|Telemetry data reporting to TEEM server is disabled|CIS is watching custom resources with label: .*"
    r"|Creating GTM with default bigip credentials as .*|ConfigWriter started: \S+|Started config driver sub-process at pid: \d+"
    r"|\[BIGIP\] Http client instrumented with metrics!|Controller Created|Starting requestHandler|Starting Controller"
    r"|Starting health server on:? \S+|Starting (?:\S+ )?(?:Informer|(?:Node|block affinity) Informer|\S+ Informer)(?: for cluster \S*)?"
    r"|(?:Failed to sync informer caches for Cluster: |Could not sync (?:node|dynamic) informer cache for cluster ).*"
    r"|Internal Error|AS3 RPM is not installed on BIGIP|\S+ \S+ is deprecated in v1\.\d+\+(?:, unavailable in v1\.\d+\+)?(?:; use [\w./ ]+)?"
)
# Lines that main.go writes without the logger before it starts: a fault of the arguments, and then the usage.
_USAGE = re.compile(r"Usage of \S")
_ARGUMENT = re.compile(r"Error: |unknown (?:shorthand )?flag: |invalid argument |flag needs an argument: ")
_NO_LOGIN = re.compile(
    r"BIG-IP (?:username|password) not specified|BIG-IP username, password and URL must be provided"
)


def findings(*logs: str) -> list[Finding]:
    """The faults that are not resolved, the last line of each kind.

    A successful post resolves the earlier faults with BIG-IP.
    logs: of one container after the other, each at most ``LINES`` lines of its end.
    """
    by_kind: dict[str, Finding] = {}
    for text in logs:
        _read(text, by_kind)
    return list(by_kind.values())


def _read(text: str, by_kind: dict[str, Finding]) -> None:
    # Not splitlines: a quoted form feed or U+2028 does not begin a line of the log.
    lines = text.split("\n")
    own = before = len(lines) <= LINES
    first = ""
    for line in (whole[:_LONGEST].rstrip() for whole in lines):
        level, message = _parsed(line)
        if not level:
            if before and line and not first:
                first = line
            if before:
                _of_the_process(line, first, by_kind)
            continue
        before = before and _BEFORE.fullmatch(message) is not None
        own = _of_the_logger(level, message, line, by_kind, own)


def _parsed(line: str) -> tuple[str, str]:
    """Level and message of a line, or two empty texts for one that continues another."""
    known = _LINE.match(line)
    if known:
        return known[1], line[known.end() :]
    known = _KLOG.match(line)
    if known:
        return "KLOG" if known[1] in "EF" else "NOTE", line[known.end() :]
    return "", ""


def _of_the_process(line: str, first: str, by_kind: dict[str, Finding]) -> None:
    if _NO_LOGIN.match(line):
        _keep(by_kind, _finding("authentication", _LOGIN, line, lasting=True, certain=True))
    elif _ARGUMENT.match(line) or _USAGE.match(line) and not by_kind.keys() & {"arguments", "authentication"}:
        _keep(by_kind, _finding("arguments", _ARGUMENTS, first, lasting=True, certain=True))


def _of_the_logger(level: str, message: str, line: str, by_kind: dict[str, Finding], own: bool) -> bool:
    """True if this line and all lines before it are CIS's own."""
    if level in ("INFO", "DEBUG") and _SUCCESS.fullmatch(message):
        for kind in _OF_BIGIP:
            by_kind.pop(kind, None)
    of_agent = level in ("ERROR", "CRITICAL") and any(word in message for word in _AGENT_WORDS)
    for rule in _AGENT_RULES if of_agent else _RULES:
        if level in rule.levels and re.match(rule.pattern, message):
            # CIS logs "post resulted in FAILURE" beside the line with the code, which is kept.
            if not (rule.brief and rule.kind in by_kind):
                certain = own and rule.kind not in _OF_RESOURCES
                _keep(
                    by_kind,
                    _finding(
                        rule.kind, rule.sentence, line, lasting=certain and rule.lasting, certain=certain
                    ),
                )
            return own and (rule.own or _OWN.fullmatch(message) is not None)
    return own and _OWN.fullmatch(message) is not None


def joined(of_pods: Iterable[Iterable[Finding]]) -> list[Finding]:
    """One finding of each kind, of the last Pod that has it."""
    by_kind: dict[str, Finding] = {}
    for one in (finding for of_pod in of_pods for finding in of_pod):
        _keep(by_kind, one)
    return list(by_kind.values())


def _finding(kind: str, sentence: str, line: str, *, lasting: bool, certain: bool) -> Finding:
    message = f"{sentence[0].upper()}{sentence[1:]}. Its log shows: {line[:_LIMIT]}"
    return Finding(kind, message, line[:_LIMIT], lasting, certain)


def _keep(by_kind: dict[str, Finding], one: Finding) -> None:
    """Replace an earlier one of its kind, unless only the earlier one is lasting or certain."""
    earlier = by_kind.get(one.kind)
    if earlier is None or (one.lasting, one.certain) >= (earlier.lasting, earlier.certain):
        by_kind.pop(one.kind, None)
        by_kind[one.kind] = one
