# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of NodePortLocal's mappings.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import NplConfig
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Snapshot
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BY_AGENT,
    CROWD,
    NO,
    OFF,
    ON,
    TWO,
    Case,
    apps,
    check_statuses,
    ids,
    judge,
    nodes,
    two_pods,
)


def ranged(text_: str | None) -> NplConfig:
    return dataclasses.replace(ON, port_range=text_)


def crowd(size: int) -> str:
    return " ".join(CROWD.split()[:size])


def several(maps: str, *slices: str) -> Snapshot:
    """Pods z, b and a on node n1, in the order of the API; then more EndpointSlices."""
    pieces = ("http:8080/TCP | b@n1 a@n1", *slices)
    return text.snapshot(
        [text.service(npl="true")],
        [text.endpoint_slice(piece, number) for number, piece in enumerate(pieces)],
        [text.node("n1")],
        text.pods("z b a", maps),
    )


NO_PODS = text.snapshot([text.service(npl="true")], [], [], None)
FULL = (
    " ".join(
        f"a:{port}/{protocol}=198.18.0.{node}:{port}"
        for node, protocol in ((3, "tcp"), (2, "tcp"), (1, "udp"), (1, "tcp"))
        for port in (61000, 61001)
    )
    + " a:8080/udp=198.18.0.2:61000"
)
STALE = " ".join(
    [
        "z:8080/tcp=198.18.0.9:61000",
        *(f"{pod}:8080/tcp=198.18.0.{node}:61000" for pod, node in (("b", 9), ("a", 8), ("a", 7), ("a", 6))),
    ]
)
DOUBLED = (
    " ".join(
        f"{pod}:{port}/{protocol}=198.18.0.1:{port + offset}"
        for pod, port in (("b", 9090), ("b", 8080), ("a", 80))
        for offset, protocol in ((50000, "tcp"), (51000, "udp"))
    )
    + " b:443/tcp=198.18.0.1:61443"
)
DISPUTES = text.snapshot(
    [text.service(npl="true")],
    [text.endpoint_slice("http:8080/TCP | a@n1 x@n1")],
    [text.node("n1")],
    [
        *text.pods("a", "a:8080/tcp=198.18.0.1:61000 a:80/tcp=198.18.0.1:61001", writers=BY_AGENT),
        *text.pods("x", "x:8080/tcp=198.18.0.1:61000", namespace="shop", writers={"x": BY_AGENT["a"]}),
        *text.pods("y", "y:80/tcp=198.18.0.1:61001", namespace="shop", writers={"y": "kubectl-annotate"}),
    ],
)
"""The first port is claimed by two confirmed annotations, the second by one."""

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P07", "pass", {},
     "At most 1 of 1001 ports are taken at a node address."),
    ("P07", "warn", {"npl": ranged("61000-61009"), "applications": apps(maps=CROWD)},
     "NodePortLocal's ports run out: node address 198.18.0.1 uses 10 of 10 TCP ports. Widen portRange or "
     "spread the Pods over more nodes. A Pod without a free port gets no mapping."),
    ("P07", "unknown", {"all_pods": False},
     "It is not known how many ports are taken: this user may not list the Pods of all namespaces. Allow "
     "list on pods in the whole cluster."),
    ("P07", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P07", "warn", {"npl": ranged("61000-61009"), "applications": apps(maps=crowd(9))},
     "NodePortLocal's ports run out: node address 198.18.0.1 uses 9 of 10 TCP ports. Widen portRange or "
     "spread the Pods over more nodes. A Pod without a free port gets no mapping."),
    ("P07", "pass", {"npl": ranged("61000-61009"), "applications": apps(maps=crowd(8))},
     "At most 8 of 10 ports are taken at a node address."),
    ("P07", "warn", {"npl": ranged("61001-61004"), "applications": apps(maps=CROWD)},
     "NodePortLocal's ports run out: node address 198.18.0.1 uses 4 of 4 TCP ports. Widen portRange or "
     "spread the Pods over more nodes. A Pod without a free port gets no mapping."),
    ("P07", "warn", {"npl": ranged("61000-61001"), "applications": apps(maps=FULL)},
     "NodePortLocal's ports run out: node address 198.18.0.1 uses 2 of 2 TCP ports; node address "
     "198.18.0.1 uses 2 of 2 UDP ports; node address 198.18.0.2 uses 2 of 2 TCP ports; node address "
     "198.18.0.3 uses 2 of 2 TCP ports. Widen portRange or spread the Pods over more nodes. A Pod without "
     "a free port gets no mapping."),
    ("P07", "pass", {"npl": ranged(None), "applications": apps(maps=FULL)},
     "At most 2 of 1001 ports are taken at a node address."),
    ("P07", "pass", {"applications": NO_PODS},
     "At most 0 of 1001 ports are taken at a node address."),
    ("P07", "skipped", {"npl": ranged("61000-61000")},
     "NodePortLocal is not on, or its range is not valid (P06)."),
    ("P07", "skipped", {"npl": ranged("62000-61000")},
     "NodePortLocal is not on, or its range is not valid (P06)."),
    ("P07", "skipped", {"npl": ranged("all")},
     "NodePortLocal is not on, or its range is not valid (P06)."),
    ("P07", "skipped", {"npl": OFF},
     "NodePortLocal is not on, or its range is not valid (P06)."),
    ("P07", "skipped", {"npl": None},
     "NodePortLocal is not on, or its range is not valid (P06)."),
    ("P07", "unknown", {"npl": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P10", "pass", {},
     "Every mapping leads to an address of its node."),
    ("P10", "warn", {"applications": apps(maps="a:8080/tcp=198.18.0.9:61000")},
     "Stale annotations: nodeIP 198.18.0.9 of Pod default/a is not an address of node n1. Check that the "
     "agent of each node runs. Then delete these Pods: Antrea maps the new ones."),
    ("P10", "unknown", {"nodes": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P10", "pass",
     {"nodes": nodes("n1!external"), "applications": apps(maps="a:8080/tcp=203.0.113.1:61000")},
     "Every mapping leads to an address of its node."),
    ("P10", "warn", {"nodes": nodes("n1 n2"), "applications": apps(maps="a:8080/tcp=198.18.0.2:61000")},
     "Stale annotations: nodeIP 198.18.0.2 of Pod default/a is not an address of node n1. Check that the "
     "agent of each node runs. Then delete these Pods: Antrea maps the new ones."),
    ("P10", "pass", {"nodes": nodes("n1 n2"), "applications": several("z:8080/tcp=198.18.0.2:61000")},
     "Every mapping leads to an address of its node."),
    ("P10", "warn", {"applications": several(STALE)},
     "Stale annotations: nodeIP 198.18.0.6 of Pod default/a is not an address of node n1; nodeIP "
     "198.18.0.7 of Pod default/a is not an address of node n1; nodeIP 198.18.0.8 of Pod default/a is not "
     "an address of node n1; nodeIP 198.18.0.9 of Pod default/b is not an address of node n1; nodeIP "
     "198.18.0.9 of Pod default/z is not an address of any node. Check that the agent of each node runs. "
     "Then delete these Pods: Antrea maps the new ones."),
    ("P10", "warn",
     {"nodes": nodes("n1 n2"), "applications": several("a:8080/tcp=198.18.0.2:61000", "http:8080/TCP | a")},
     "Stale annotations: nodeIP 198.18.0.2 of Pod default/a is not an address of node n1. Check that the "
     "agent of each node runs. Then delete these Pods: Antrea maps the new ones."),
    ("P10", "pass", {"applications": NO_PODS},
     "Every mapping leads to an address of its node."),
    ("P10", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P28", "pass", {},
     "No Pod port is mapped for two protocols."),
    ("P28", "warn", {"applications": apps(maps=TWO)},
     "CIS ignores the protocol and adds both node ports of: default/a port 8080. Use vks.bigip.publish for "
     "them, which distinguishes TCP from UDP, or use two Pod ports."),
    ("P28", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P28", "warn", {"applications": several(DOUBLED)},
     "CIS ignores the protocol and adds both node ports of: default/a port 80, default/b port 8080, "
     "default/b port 9090. Use vks.bigip.publish for them, which distinguishes TCP from UDP, or use two "
     "Pod ports."),
    ("P28", "pass", {"applications": NO_PODS},
     "No Pod port is mapped for two protocols."),
    ("P29", "pass", {},
     "Each port of a node is mapped for one Pod."),
    ("P29", "warn", {"applications": two_pods()},
     "Several Pods name the same port of a node. 198.18.0.1 port 61000/TCP is named by the annotations of "
     "Pod default/a (port 8080) and Pod shop/x (port 8080): nothing shows which of them is true. Restart "
     "antrea-agent on the node, which corrects stale annotations. If this stays, recreate these Pods."),
    ("P29", "warn", {"applications": two_pods(x="kubectl-annotate")},
     "Several Pods name the same port of a node. 198.18.0.1 port 61000/TCP is named by the annotations of "
     "Pod default/a (port 8080) and Pod shop/x (port 8080): it belongs to Pod default/a (port 8080). "
     "Restart antrea-agent on the node, which corrects stale annotations. If this stays, recreate these "
     "Pods."),
    ("P29", "warn", {"applications": two_pods(endpoints="a@n1 x@n1", more=BY_AGENT)},
     "Several Pods name the same port of a node. 198.18.0.1 port 61000/TCP is named by the annotations of "
     "Pod default/a (port 8080) and Pod shop/x (port 8080): managedFields name antrea-agent as the writer "
     "of Pod default/a (port 8080) and Pod shop/x (port 8080), so one is stale or forged. Restart "
     "antrea-agent on the node, which corrects stale annotations. If this stays, recreate these Pods. Find "
     "out from the API server's audit log who wrote which annotation, and delete the wrong one; Antrea "
     "writes it anew."),
    ("P29", "pass", {"applications": two_pods(endpoints="")},
     "Each port of a node is mapped for one Pod."),
    ("P29", "unknown", {"applications": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P29", "warn", {"applications": DISPUTES},
     "Several Pods name the same port of a node. 198.18.0.1 port 61000/TCP is named by the annotations of "
     "Pod default/a (port 8080) and Pod shop/x (port 8080): managedFields name antrea-agent as the writer "
     "of Pod default/a (port 8080) and Pod shop/x (port 8080), so one is stale or forged; 198.18.0.1 port "
     "61001/TCP is named by the annotations of Pod default/a (port 80) and Pod shop/y (port 80): it "
     "belongs to Pod default/a (port 80). Restart antrea-agent on the node, which corrects stale "
     "annotations. If this stays, recreate these Pods. Find out from the API server's audit log who wrote "
     "which annotation, and delete the wrong one; Antrea writes it anew."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P07", "P10", "P28", "P29"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
