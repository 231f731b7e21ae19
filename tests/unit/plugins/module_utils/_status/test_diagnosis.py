# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the fault most likely is: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

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
    route: bool | None = None,
) -> Scene:
    return Scene(live, behind, mode, lambda address: route)


BOTH = {A: POD, B: Behind("default/web-2", "node-2"), C: Behind("default/web-3", "node-1")}
CASES: dict[str, tuple[Scene, str, str]] = {
    # name: (the pool, where, what the sentence names); A is the member that is explained
    "forced offline": (scene({A: down(state="user-down")}, BOTH), "operator", "by hand or by adminState"),
    "disabled": (scene({A: down(session="user-disabled")}, BOTH), "operator", "user-disabled"),
    "gone from the cluster": (scene({A: down(), B: UP}, {B: POD}), "stale", "Publish again"),
    "Pod not ready": (
        scene({A: down()}, {A: Behind("default/web-1", "node-1", ready=False, serving=False)}),
        "pod",
        "Pod default/web-1 is not ready",
    ),
    "Pod terminating": (
        scene({A: down()}, {A: Behind("default/web-1", "node-1", False, False, True)}),
        "pod",
        "is terminating",
    ),
    "no route": (scene({A: down(), B: UP}, BOTH, route=False), "route", "no route to 10.1.0.1"),
    "no route to host": (
        scene({A: down("Unable to connect; No route to host")}, BOTH, route=True),
        "route",
        "no route",
    ),
    "wrong answer": (scene({A: down("Response Code: 404 (Not Found)")}, BOTH), "monitor", "send and receive"),
    "refused, nodeportlocal": (
        scene({A: down("Could not connect: Connection refused")}, BOTH),
        "npl",
        "antrea-agent",
    ),
    "refused, nodeport": (
        scene({A: down("Connection refused")}, BOTH, "nodeport"),
        "node_port",
        "externalTrafficPolicy",
    ),
    "refused, cluster": (scene({A: down("Connection refused")}, BOTH, "cluster"), "pod", "targetPort"),
    "neighbours on the node are up": (
        scene({A: down(), C: UP}, BOTH),
        "pod",
        "Other members at node-1 are up",
    ),
    "the whole node is down": (
        scene({A: down(), C: down(), B: UP}, BOTH),
        "node",
        "No member at node-1 is up",
    ),
    "all down, nodeportlocal": (scene({A: down(), B: down()}, BOTH), "firewall", "NodePortLocal port range"),
    "all down, cluster": (scene({A: down(), B: down()}, BOTH, "cluster"), "firewall", "Pod network"),
    "the only one": (scene({A: down()}, BOTH), "firewall", "The only member"),
    "the only one that is enabled": (
        scene({A: down(), B: down(session="user-disabled")}, BOTH),
        "firewall",
        "does not answer|No member",
    ),
    "without the cluster, same address up": (scene({A: down(), C: UP}, None, None), "pod", "10.1.0.1"),
    "without the cluster, other address up": (scene({A: down(), B: UP}, None, None), "node", "10.1.0.1"),
}


@pytest.mark.parametrize("pool, where, named", CASES.values(), ids=CASES.keys())
def test_explain(pool: Scene, where: str, named: str) -> None:
    cause = explain(pool, A)
    assert cause.where == where
    assert any(part in cause.sentence for part in named.split("|")), cause.sentence


def test_the_route_domain_does_not_hide_the_route() -> None:
    key = ("10.1.0.1%2", 80)
    asked: list[str] = []
    pool = Scene({key: down()}, {key: POD}, "cluster", lambda address: bool(asked.append(address)))
    assert explain(pool, key).where == "route"
    assert asked == ["10.1.0.1"]


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
