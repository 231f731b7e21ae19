# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which agents restart, in which order, and where the restart stops."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea.antrea import Antrea
from ansible_collections.vks.bigip.plugins.module_utils._antrea.restarting import let_a_second_pass, restart
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._npl.restart import Restarts
from ansible_collections.vks.bigip.tests.unit.support.answers import copy, found
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    MANAGER,
    N1,
    N2,
    NEW1,
    NEW2,
    ON,
    agent,
    agents,
    connected,
    restarted,
    start,
    without_jitter,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request

N3, NEW3 = agent("n3"), agent("n3", "new")
DEAD1, DEAD2 = agent("n1", "new", ready=False), agent("n2", "new", ready=False)
DEAD1["status"]["containerStatuses"][0] |= {
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
    "lastState": {"terminated": {"message": "portRange is not valid"}},
}
DAEMON_SET = "/apis/apps/v1/namespaces/kube-system/daemonsets/antrea-agent"
LOOKS = 500  # more than an agent is looked at in its 300 seconds


def run(
    script: list[Exchange], restarts: Restarts, clock: Clock | None = None, any_order: bool = False
) -> list[str]:
    """The nodes whose agents settled, in this order. The script begins with three agents."""
    settled: list[str] = []
    with connected([*start(ON, N1, N2, N3), *script], clock or Clock(), any_order) as client:
        restart(Antrea(client), restarts, settled.append)
    return settled


def refused(script: list[Exchange], restarts: Restarts, seconds: float) -> Failure:
    """The failure of a restart that waits for so many seconds in vain."""
    clock = Clock()
    with pytest.raises(Failure) as caught:
        run(script, restarts, clock, any_order=True)  # however often it looks
    assert caught.value.code == "npl_agent_not_ready" and clock.now == pytest.approx(seconds)
    return caught.value


@pytest.mark.parametrize(
    ("changed", "now", "pauses"),
    [
        (None, 100.0, []),
        (100.0, 101.0, []),
        (100.0, 101.5, []),
        (100.0, 100.5, [0.5]),
        (100.0, 99.5, [1.5]),
        (100.0, 90.0, [2.0]),  # the clocks differ
    ],
)
def test_a_restart_is_in_a_later_second_than_the_change(
    changed: float | None, now: float, pauses: list[float]
) -> None:
    clock = Clock()
    client = SimpleNamespace(server_time=now, deadline=clock.deadline())
    antrea: Any = SimpleNamespace(config=SimpleNamespace(changed=changed), client=client)
    let_a_second_pass(antrea)
    assert clock.pauses == pauses


def test_one_agent_after_the_other() -> None:
    script = [*restarted(N1, NEW1, N2, N3)[:3], *restarted(N3, NEW3, NEW1, N2)[:3]]
    assert run(script, Restarts(("n1", "n3"), ("n2",))) == ["n1", "n3"]


def test_no_agent_restarts() -> None:
    assert run([], Restarts(later=("n1", "n2", "n3"))) == []


def test_an_agent_that_ends_is_not_the_new_one() -> None:
    """The old Pod is ready until its end, and the new one is not at once."""
    ending = copy(N1)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T13:00:00Z"
    looks = [agents(N1, N2), agents(ending, N2), agents(N2), agents(DEAD1, N2), agents(NEW1, N2)]
    assert run([restarted(N1, NEW1)[0], *looks], Restarts(("n1",))) == ["n1"]


def test_the_first_agent_that_does_not_come_back_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    without_jitter(monkeypatch)
    script = [*restarted(N1, NEW1, N2)[:3], restarted(N2, NEW2)[0], *[agents(NEW1, DEAD2, N3)] * LOOKS]
    failure = refused(script, Restarts(("n1", "n2", "n3")), 300.3)
    assert failure.message == (
        "Waiting for antrea-agent on n2 to be ready again: Pod kube-system/antrea-agent-n2-new: it is not "
        "ready. "
        "No further agent was restarted (restarted: n1). Check its log and events; then run the task again."
    )
    assert failure.details == {"nodes": ["n2"], "done": ["n1"]}


def test_why_a_container_does_not_run_is_shown() -> None:
    failure = refused([restarted(N1, NEW1)[0], *[agents(DEAD1, N2)] * LOOKS], Restarts(("n1", "n2")), 300.0)
    assert failure.message == (
        "Waiting for antrea-agent on n1 to be ready again: Pod kube-system/antrea-agent-n1-new: "
        "CrashLoopBackOff: back-off: portRange is not valid. No further agent was restarted. Check its log "
        "and "
        "events; then run the task again."
    )


def test_a_node_without_a_new_pod_is_named() -> None:
    failure = refused([restarted(N1, NEW1)[0], *[agents(N2, N3)] * LOOKS], Restarts(("n1",)), 300.0)
    assert failure.said == "the node has no new Pod" and failure.details == {"nodes": ["n1"], "done": []}
    assert failure.message.startswith("Waiting for antrea-agent on n1 to be ready again: ")


def roll_out() -> Exchange:
    def stamped(request: Request) -> None:
        ((name, moment),) = request.json["spec"]["template"]["metadata"]["annotations"].items()
        assert name == "kubectl.kubernetes.io/restartedAt"
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment)

    return Exchange("PATCH", f"{DAEMON_SET}{MANAGER}", json={}, expect=stamped)


def state(updated: int) -> Exchange:
    numbers = {
        "observedGeneration": 2,
        "desiredNumberScheduled": 3,
        "updatedNumberScheduled": updated,
        "numberAvailable": 3,
    }
    return found(DAEMON_SET, {"metadata": {"generation": 2}, "status": numbers})


ROLLOUT = Restarts(("n1", "n2", "n3"), rollout=True)


def test_a_rollout_restarts_all() -> None:
    clock = Clock()
    looks = [agents(NEW1, NEW2, N3), agents(NEW1, NEW2, NEW3)]
    script = [roll_out(), state(0), state(2), state(3), *looks]
    assert run(script, ROLLOUT, clock) == ["n1", "n2", "n3"]
    assert 0.75 <= clock.pauses[0] <= 1.0


def test_a_rollout_that_is_not_complete_names_the_agents_that_are_left() -> None:
    script = [roll_out(), *[state(2)] * LOOKS, agents(NEW1, DEAD2, N3)]
    assert refused_rollout(script, 900.0) == (
        ["n2", "n3"],
        "Pod kube-system/antrea-agent-n2-new: it is not ready; Pod kube-system/antrea-agent-n3-old: it is "
        "not ready",
    )


def test_a_rollout_that_is_not_complete_and_has_no_pods() -> None:
    assert refused_rollout([roll_out(), *[state(2)] * LOOKS, agents()], 900.0) == (
        ["n1", "n2", "n3"],
        "the node has no new Pod",
    )


def test_a_rollout_after_which_an_agent_ends() -> None:
    script = [roll_out(), state(3), *[agents(NEW1, NEW2, DEAD3)] * LOOKS]
    assert refused_rollout(script, 300.0) == (
        ["n1", "n2", "n3"],
        "Pod kube-system/antrea-agent-n1-new: it is not ready; Pod kube-system/antrea-agent-n2-new: it is "
        "not "
        "ready; Pod kube-system/antrea-agent-n3-new: it is not ready",
    )


def test_a_rollout_after_which_no_agent_is_found() -> None:
    assert refused_rollout([roll_out(), state(3), *[agents()] * LOOKS], 300.0) == (
        ["n1", "n2", "n3"],
        "the node has no new Pod",
    )


DEAD3 = agent("n3", "new", ready=False)


def refused_rollout(script: list[Exchange], seconds: float) -> tuple[list[str], str | None]:
    failure = refused(script, ROLLOUT, seconds)
    assert failure.details["done"] == []
    return failure.details["nodes"], failure.said
