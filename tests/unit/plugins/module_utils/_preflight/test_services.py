# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of annotated Services.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    AGENT,
    NAMED,
    NO,
    Case,
    apps,
    check_statuses,
    ids,
    judge,
)


def services(*raw: Any, slices: Any = (), pods: Any = ()) -> Any:
    machines = [text.node(f"n{number}") for number in range(1, 7)]
    return text.snapshot(list(raw), list(slices), machines, list(pods))


WRONG = services(
    text.service("http:80/TCP dns:53/SCTP", "web", npl="yes", type="NodePort"),
    text.service(name="api", npl="true", selector=None),
    text.service(name="other", type="NodePort"),
    text.service(name="right", npl="true"),
)
"""Two Services that Antrea refuses, one that it maps, and one without the annotation."""
TWO_SERVICES = services(
    text.service(npl="true"), text.service(name="api", npl="true"), text.service(name="other")
)
GAPS = services(
    text.service("http:80/TCP>8080 https:443/TCP>8443", npl="true"),
    text.service("http:80/TCP>8080", "api", npl="true"),
    text.service("http:80/TCP>8080", "refused", npl="no"),
    slices=[
        text.endpoint_slice("http:8080/TCP https:8443/TCP | a@n6 b@n5 c@n4 d@n3 e@n2 f@n1"),
        text.endpoint_slice("http:8080/TCP | x", name="api"),
        text.endpoint_slice("http:8080/TCP | x", name="refused"),
    ],
    pods=text.pods("a b c d e f x", "f:8080/tcp=198.18.0.1:61000"),
)
AGENTS = (AGENT, dataclasses.replace(AGENT, node="n2", ready=False), dataclasses.replace(AGENT, node="n3"))
UNRESOLVED = services(
    text.service("http:80/TCP>web", npl="true"),
    slices=[text.endpoint_slice("| a@n1 @n2=100.96.0.9")],
    pods=text.pods("a"),
)
"""A Pod and an address without a Pod, both without a port named web."""
TWICE = services(
    text.service("http:80/TCP>8080", npl="true"),
    slices=[text.endpoint_slice("http:8080/TCP | a@n1")],
    pods=text.pods("a", " ".join(f"a:8080/tcp=198.18.0.{end}" for end in ("1:61000", "1:61001", "9:61000"))),
)
"""A Pod that has a usable mapping, a further one, and one that is stale."""

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P08", "pass", {},
     "All 1 annotated Services can be mapped."),
    ("P08", "warn", {"applications": apps(npl="false")},
     "Antrea maps no Pod for these annotated Services: Service default/web: its annotation "
     "nodeportlocal.antrea.io/enabled is 'false', not exactly \"true\". Use type ClusterIP or LoadBalancer "
     "with a selector, TCP or UDP ports, and exactly \"true\" (CIS accepts any value, Antrea does not)."),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(npl="false")},
     "Antrea maps no Pod for these annotated Services: Service default/web: its annotation "
     "nodeportlocal.antrea.io/enabled is 'false', not exactly \"true\". Use type ClusterIP or LoadBalancer "
     "with a selector, TCP or UDP ports, and exactly \"true\" (CIS accepts any value, Antrea does not)."),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(kind="NodePort")},
     "Antrea maps no Pod for these annotated Services: Service default/web: its type is NodePort. Use type "
     "ClusterIP or LoadBalancer with a selector, TCP or UDP ports, and exactly \"true\" (CIS accepts any "
     "value, Antrea does not)."),
    ("P08", "skipped", {"applications": text.snapshot([text.service()], [], [], [])},
     "No Service has the annotation nodeportlocal.antrea.io/enabled."),
    ("P08", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P08", "fail", {"wishes": NAMED, "applications": WRONG},
     "Antrea maps no Pod for these annotated Services: Service default/api: it has no selector; Service "
     "default/web: its type is NodePort and its annotation nodeportlocal.antrea.io/enabled is 'yes', not "
     "exactly \"true\" and port 53/SCTP (dns) is neither TCP nor UDP. Use type ClusterIP or LoadBalancer "
     "with a selector, TCP or UDP ports, and exactly \"true\" (CIS accepts any value, Antrea does not)."),
    ("P08", "pass", {"applications": TWO_SERVICES},
     "All 2 annotated Services can be mapped."),
    ("P09", "pass", {},
     "Every ready Pod behind the annotated Services has its mappings."),
    ("P09", "pass", {"applications": apps(maps="a:8080/tcp=198.18.0.1:8443")},
     "Every ready Pod behind the annotated Services has its mappings."),
    ("P09", "warn", {"applications": apps(maps="")},
     "Ready Pods without a NodePortLocal mapping: default/web port 80/TCP: a (nodes n1). Agents: n1 ready. "
     "vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "fail", {"wishes": NAMED, "applications": apps(maps="")},
     "Ready Pods without a NodePortLocal mapping: default/web port 80/TCP: a (nodes n1). Agents: n1 ready. "
     "vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P09", "skipped", {"applications": text.snapshot([text.service()], [], [], [])},
     "No Service has the annotation nodeportlocal.antrea.io/enabled."),
    ("P09", "pass", {"applications": TWO_SERVICES},
     "Every ready Pod behind the annotated Services has its mappings."),
    ("P09", "fail", {"wishes": NAMED, "applications": GAPS, "agents": AGENTS},
     "Ready Pods without a NodePortLocal mapping: default/api port 80/TCP: x (nodes ?); default/web port "
     "443/TCP: a, b, c, d, e and 1 more (nodes n1, n2, n3, n4, n5 and 1 more); default/web port 80/TCP: a, "
     "b, c, d, e (nodes n2, n3, n4, n5, n6). Agents: ? missing, n1 ready, n2 not ready, n3 ready, n4 "
     "missing and 2 more. vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "fail", {"wishes": NAMED, "applications": GAPS, "agents": NO},
     "Ready Pods without a NodePortLocal mapping: default/api port 80/TCP: x (nodes ?); default/web port "
     "443/TCP: a, b, c, d, e and 1 more (nodes n1, n2, n3, n4, n5 and 1 more); default/web port 80/TCP: a, "
     "b, c, d, e (nodes n2, n3, n4, n5, n6). vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "fail", {"wishes": NAMED, "applications": GAPS, "agents": (), "npl": None},
     "Ready Pods without a NodePortLocal mapping: default/api port 80/TCP: x (nodes ?); default/web port "
     "443/TCP: a, b, c, d, e and 1 more (nodes n1, n2, n3, n4, n5 and 1 more); default/web port 80/TCP: a, "
     "b, c, d, e (nodes n2, n3, n4, n5, n6). vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "warn", {"applications": UNRESOLVED},
     "Ready Pods without a NodePortLocal mapping: default/web port 80/TCP: a (nodes n1). Agents: n1 ready. "
     "vks.bigip.pool_members_info returns the reason for each."),
    ("P09", "pass", {"applications": TWICE},
     "Every ready Pod behind the annotated Services has its mappings."),
    ("P09", "pass", {"applications": apps(npl="false", maps="")},
     "Every ready Pod behind the annotated Services has its mappings."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P08", "P09"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
