# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the fault most likely is: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._routes.ways import DEFAULT, NONE, ROUTED
from ansible_collections.vks.bigip.plugins.module_utils._status.diagnosis import (
    Behind,
    Cause,
    Live,
    Scene,
    explain,
    summary,
)

A, B, C = ("10.1.0.1", 30080), ("10.1.0.2", 30080), ("10.1.0.1", 30081)
UP = Live("up", "monitor-enabled", True, False, False)
POD = Behind("default/web-1", "node-1")


def down(
    reason: str = "Pool member has been marked down by a monitor",
    state: str = "down",
    session: str = "monitor-enabled",
) -> Live:
    return Live(state, session, False, True, session == "user-disabled", reason)


def scene(
    live: dict[Any, Live],
    behind: dict[Any, Behind] | None = None,
    mode: str | None = "nodeportlocal",
    way: str | None = None,
    not_learnt: bool = False,
) -> Scene:
    return Scene(live, behind, mode, lambda address: way, not_learnt)


BOTH = {A: POD, B: Behind("default/web-2", "node-2"), C: Behind("default/web-3", "node-1")}
REFUSED = "Could not connect: Connection refused"
BY_HAND = (
    "10.1.0.1 port 30080 was disabled by hand or by adminState (state {}, session {}). Enable it, "
    "or find out who disabled it."
)
NO_ROUTE = (
    "BIG-IP has no route to 10.1.0.1: it needs a self IP address in that network, or a static route to it."
)
NO_POD_ROUTE = (
    "BIG-IP has no route to the Pod network of {}, so it does not reach 10.1.0.1. Create the routes with pod_routes."
)
DEFAULT_ONLY = (
    "BIG-IP has no route to the Pod network of node node-1: only the default route leads to 10.1.0.1, and its "
    "router may not know that network. Create the routes with pod_routes."
)
NOT_LEARNT = " The routes that BIG-IP learnt, for example by BGP, could not be read."
UNSURE = f".{NOT_LEARNT} Create the routes"
NOT_READY = "{} is not ready in Kubernetes: check its readiness probe and its log."
ANSWERS = (
    "{} answers at 10.1.0.1 port 30080, but not as the monitor expects: compare its send and "
    "receive with what the Pod answers."
)
NPL_GONE = (
    "{} refuses connections at 10.1.0.1 port 30080: the NodePortLocal mapping is missing. "
    "Publish again, then check antrea-agent on that node."
)
PORT_GONE = (
    "Node node-1 refuses connections at 10.1.0.1 port 30080: the node port changed, or "
    "externalTrafficPolicy is Local and the node has no Pod. Publish again."
)
NOT_LISTENING = (
    "{} refuses connections at 10.1.0.1 port 30080: nothing listens on the target port. Check "
    "the Service's targetPort and the container."
)
ONE_POD = (
    "Other members at {} are up and 10.1.0.1 port 30080 is not, so the network path works: "
    "check {} and what its monitor sends."
)
ONE_NODE = (
    "No member at {} is up, and members elsewhere are: check that node's firewall, its network, and "
    "the route from BIG-IP to it."
)
ALL_DOWN = (
    "No member of the pool answers the monitor, although they are ready in the cluster: check {}, "
    "then the monitor itself."
)
ONLY = "The only member 10.1.0.1 port 30080 does not answer the monitor: check {}, then the monitor itself."
RANGE = "firewall rules between BIG-IP and the nodes for the NodePortLocal port range"
NODE_RANGE = "firewall rules between BIG-IP and the nodes for the node port range"
POD_NETWORK = "the route to the Pod network and NetworkPolicies"
UP_DISABLED = Live("up", "user-disabled", True, False, True)
ALONE = {A: down()}
GONE = Behind("default/web-1", "node-1", ready=False, serving=False)
CASES: dict[str, tuple[Scene, str, str]] = {
    # name: (the pool, where, the sentence); A is the member that is explained
    "draining": (
        scene({A: UP_DISABLED}, {A: Behind("default/web-1", "node-1", False, True, True, draining=True)}),
        "pod",
        "Pod default/web-1 is terminating. publish removes 10.1.0.1 port 30080 when its connections are closed.",
    ),
    "forced offline": (
        scene({A: down(state="user-down")}, BOTH),
        "operator",
        BY_HAND.format("user-down", "monitor-enabled"),
    ),
    "disabled": (
        scene({A: down(session="user-disabled")}, BOTH),
        "operator",
        BY_HAND.format("down", "user-disabled"),
    ),
    "gone from the cluster": (
        scene({A: down(), B: UP}, {B: POD}),
        "stale",
        "The cluster no longer has the member 10.1.0.1 port 30080. Publish again.",
    ),
    "Pod not ready": (scene(ALONE, {A: GONE}), "pod", NOT_READY.format("Pod default/web-1")),
    "a node's Pods not ready": (
        scene(ALONE, {A: Behind(None, "node-1", False, False)}),
        "pod",
        NOT_READY.format("Node node-1"),
    ),
    "an address not ready": (
        scene(ALONE, {A: Behind(None, None, False, False)}),
        "pod",
        NOT_READY.format("The member"),
    ),
    "Pod terminating": (
        scene(ALONE, {A: Behind("default/web-1", "node-1", False, False, True)}),
        "pod",
        "Pod default/web-1 is terminating and no longer serves: check its readiness probe and its log.",
    ),
    "Pod not ready that serves": (
        scene(ALONE, {A: Behind("default/web-1", "node-1", False, True, True)}),
        "firewall",
        ONLY.format(RANGE),
    ),
    "no route": (scene({A: down(), B: UP}, BOTH, way=NONE), "route", NO_ROUTE),
    "the default route leads to the nodes": (scene({A: down(REFUSED)}, BOTH, way=DEFAULT), "npl", NPL_GONE.format("Node node-1")),
    "no route to a Pod": (scene({A: down(), B: UP}, BOTH, "cluster", NONE), "pod_network_unreachable", NO_POD_ROUTE.format("node node-1")),
    "no static route": (scene({A: down()}, BOTH, way=NONE, not_learnt=True), "route", NO_ROUTE + NOT_LEARNT),
    "no static route to a Pod": (
        scene({A: down()}, BOTH, "cluster", NONE, not_learnt=True),
        "pod_network_unreachable",
        NO_POD_ROUTE.format("node node-1").replace(". Create the routes", UNSURE),
    ),
    "a Pod behind the default route, perhaps": (
        scene({A: down()}, BOTH, "cluster", DEFAULT, not_learnt=True),
        "pod_network_unreachable",
        DEFAULT_ONLY.replace(". Create the routes", UNSURE),
    ),
    "no route to a Pod that the cluster does not show": (
        scene({A: down()}, None, "cluster", NONE),
        "pod_network_unreachable",
        NO_POD_ROUTE.format("the member's node"),
    ),
    "a Pod behind the default route": (scene({A: down(), B: UP}, BOTH, "cluster", DEFAULT), "pod_network_unreachable", DEFAULT_ONLY),
    "no route to host": (
        scene({A: down("Unable to connect; No route to host")}, BOTH, way=ROUTED),
        "route",
        NO_ROUTE,
    ),
    "unreachable": (scene({A: down("Network is UNREACHABLE")}, BOTH), "route", NO_ROUTE),
    "wrong answer": (
        scene({A: down("Response Code: 404 (Not Found)")}, BOTH),
        "monitor",
        ANSWERS.format("Pod default/web-1"),
    ),
    "wrong answer of a member that is not known": (
        scene({A: down("did not match")}),
        "monitor",
        ANSWERS.format("The member"),
    ),
    "another receive string": (
        scene({A: down("No Receive String matched")}, BOTH),
        "monitor",
        ANSWERS.format("Pod default/web-1"),
    ),
    "an unexpected answer": (
        scene({A: down("Unexpected end")}, BOTH),
        "monitor",
        ANSWERS.format("Pod default/web-1"),
    ),
    "an answer in HTTP": (
        scene({A: down("Got HTTP/1.1 500")}, BOTH),
        "monitor",
        ANSWERS.format("Pod default/web-1"),
    ),
    "a status code": (
        scene({A: down("Status code 500")}, BOTH),
        "monitor",
        ANSWERS.format("Pod default/web-1"),
    ),
    "refused, nodeportlocal": (scene({A: down(REFUSED)}, BOTH), "npl", NPL_GONE.format("Node node-1")),
    "refused, nodeportlocal on a node that is not known": (
        scene({A: down(REFUSED)}),
        "npl",
        NPL_GONE.format("The node"),
    ),
    "refused, nodeport": (scene({A: down(REFUSED)}, BOTH, "nodeport"), "node_port", PORT_GONE),
    "refused, cluster": (
        scene({A: down(REFUSED)}, BOTH, "cluster"),
        "pod",
        NOT_LISTENING.format("Pod default/web-1"),
    ),
    "reset": (
        scene({A: down("Connection reset by peer")}, BOTH, "cluster"),
        "pod",
        NOT_LISTENING.format("Pod default/web-1"),
    ),
    "RST, mode not known": (
        scene({A: down("Got RST")}, None, None),
        "pod",
        NOT_LISTENING.format("The member"),
    ),
    "neighbours on the node are up": (
        scene({A: down(), C: UP}, BOTH),
        "pod",
        ONE_POD.format("node-1", "Pod default/web-1"),
    ),
    "one of two neighbours on the node is up": (
        scene({A: down(), C: UP, ("10.1.0.1", 30082): down(), B: UP}, {**BOTH, ("10.1.0.1", 30082): POD}),
        "pod",
        ONE_POD.format("node-1", "Pod default/web-1"),
    ),
    "a neighbour under the address": (
        scene({A: down(), C: UP}, {A: Behind(), C: Behind()}),
        "pod",
        ONE_POD.format("10.1.0.1", "the member"),
    ),
    "the whole node is down": (scene({A: down(), C: down(), B: UP}, BOTH), "node", ONE_NODE.format("node-1")),
    "the neighbour on the node is disabled": (
        scene({A: down(), C: UP_DISABLED, B: UP}, BOTH),
        "node",
        ONE_NODE.format("node-1"),
    ),
    "all down, nodeportlocal": (scene({A: down(), B: down()}, BOTH), "firewall", ALL_DOWN.format(RANGE)),
    "all down, nodeport": (
        scene({A: down(), B: down()}, BOTH, "nodeport"),
        "firewall",
        ALL_DOWN.format(NODE_RANGE),
    ),
    "all down, cluster": (
        scene({A: down(), B: down()}, BOTH, "cluster"),
        "firewall",
        ALL_DOWN.format(POD_NETWORK),
    ),
    "all down, mode not known": (
        scene({A: down(), B: down()}, BOTH, None),
        "firewall",
        ALL_DOWN.format("firewall rules between BIG-IP and the members"),
    ),
    "the only one": (scene(ALONE, BOTH), "firewall", ONLY.format(RANGE)),
    "the only one that is enabled": (
        scene({A: down(), B: UP_DISABLED}, BOTH),
        "firewall",
        ALL_DOWN.format(RANGE),
    ),
    "without the cluster, same address up": (
        scene({A: down(), C: UP}, None, None),
        "pod",
        ONE_POD.format("10.1.0.1", "the member"),
    ),
    "without the cluster, other address up": (
        scene({A: down(), B: UP}, None, None),
        "node",
        ONE_NODE.format("10.1.0.1"),
    ),
}


@pytest.mark.parametrize("pool, where, sentence", CASES.values(), ids=CASES.keys())
def test_explain(pool: Scene, where: str, sentence: str) -> None:
    assert explain(pool, A) == Cause(where, sentence)


def test_the_way_is_asked_with_the_route_domain_of_the_address() -> None:
    key = ("10.1.0.1%2", 80)
    pool = Scene({key: down()}, {key: POD}, "nodeport", {"10.1.0.1%2": NONE}.get)
    assert explain(pool, key).where == "route"


NO: dict[Any, Any] = {}
SENTENCES: dict[str, tuple[Scene, list[Any], list[Any], dict[Any, Cause], int, str]] = {
    "well": (scene({A: UP, B: UP}, BOTH), [], [], NO, 0, "/T/A/p: 2 of 2 members are up."),
    "one of one": (scene({A: UP}, BOTH), [], [], NO, 0, "/T/A/p: 1 of 1 member is up."),
    "missing": (
        scene({A: UP}, BOTH),
        [B, C],
        [],
        NO,
        0,
        "/T/A/p: 1 of 1 member is up; 2 members of the cluster are missing on BIG-IP (publish again).",
    ),
    "unknown": (
        scene({A: UP}, BOTH),
        [],
        [A],
        NO,
        0,
        "/T/A/p: 1 of 1 member is up; 1 member on BIG-IP is unknown to the cluster (publish again).",
    ),
    "down": (
        scene({A: down(), B: UP}, BOTH),
        [],
        [],
        {A: Cause("pod", "Pod default/web-1 is not ready.")},
        0,
        "/T/A/p: 1 of 2 members are up; 1 down, most likely pod: Pod default/web-1 is not ready.",
    ),
    "one missing": (
        scene({A: UP}, BOTH),
        [B],
        [],
        NO,
        0,
        "/T/A/p: 1 of 1 member is up; 1 member of the cluster is missing on BIG-IP (publish again).",
    ),
    "two unknown": (
        scene({A: UP, B: UP, C: down()}, BOTH),
        [],
        [A, B],
        NO,
        2,
        "/T/A/p: 2 of 3 members are up; 2 members on BIG-IP are unknown to the cluster (publish again).",
    ),
    "down for several causes": (
        scene({A: down(), B: down(), C: down()}, BOTH),
        [],
        [],
        {A: Cause("node", "First."), B: Cause("pod", "Second."), C: Cause("pod", "Third.")},
        0,
        "/T/A/p: 0 of 3 members are up; 3 down, most likely pod: Second.",
    ),
    "down for causes that are as frequent": (
        scene({A: down(), B: down()}, BOTH),
        [],
        [],
        {A: Cause("pod", "First."), B: Cause("node", "Second.")},
        0,
        "/T/A/p: 0 of 2 members are up; 2 down, most likely node: Second.",
    ),
    "several at once": (
        scene({A: down()}, BOTH),
        [B],
        [A],
        {A: Cause("stale", "Gone.")},
        0,
        "/T/A/p: 0 of 1 member is up; 1 member of the cluster is missing on BIG-IP (publish "
        "again); 1 member on BIG-IP is unknown "
        "to the cluster (publish again); 1 down, most likely stale: Gone.",
    ),
    "nothing": (scene({}, {}), [], [], NO, 0, "/T/A/p has no members."),
    "empty": (
        scene({}, {}),
        [],
        [],
        NO,
        3,
        "/T/A/p has no members; 3 candidates were left out, see left_out.",
    ),
}


@pytest.mark.parametrize(
    "pool, missing, unknown, broken, left_out, text", SENTENCES.values(), ids=SENTENCES.keys()
)
def test_summary(
    pool: Scene, missing: list[Any], unknown: list[Any], broken: dict[Any, Cause], left_out: int, text: str
) -> None:
    assert summary("/T/A/p", pool, missing, unknown, broken, left_out) == text
