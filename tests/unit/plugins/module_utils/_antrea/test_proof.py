# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof that NodePortLocal runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea import proof
from ansible_collections.vks.bigip.plugins.module_utils._antrea.antrea import Antrea
from ansible_collections.vks.bigip.plugins.module_utils._antrea.proof import Proof
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Forbidden, NotFound
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    LOG_OK,
    N1,
    N2,
    NEW1,
    OFF,
    ON,
    UNREADABLE,
    agent,
    connected,
    mappings,
    restarted,
    run,
    start,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock

SILENT = "Starting Antrea agent\nsomething else\n"
MIDDLE = "later lines only"
NOT_PROVEN = (
    "Looking for the start of NodePortLocal in the log of Pod kube-system/antrea-agent-n1-old on node n1: it "
    "contains "
    "the start of the agent, but not that of NodePortLocal; its last line is: {}. Restart the agent once "
    "more "
    "(restart_agents: always). If that does not help, read its log."
)
RANGED = ON + "  portRange: 61500-61600\n"
LEGACY = "featureGates:\n  NodePortLocal: true\n"
Logs = dict[str, Any]


@contextmanager
def proving(
    monkeypatch: pytest.MonkeyPatch,
    logs: Logs,
    *pods: dict[str, Any],
    content: str = ON,
    outside: Callable[..., list[str]] = lambda *_given: [],
    clock: Clock | None = None,
    tag: str = "v2.5.2",
) -> Iterator[Proof]:
    """A proof over agents whose logs are given by node: a text, an exception, or a function without "
    "arguments."""

    def log(client: Any, pod: Any, deadline: Any) -> str:
        assert deadline.seconds == min(15.0, client.deadline.remaining)
        said = logs[pod.agent.node]
        if isinstance(said, Exception):
            raise said
        return str(said() if callable(said) else said)

    monkeypatch.setattr(proof.agents, "log", log)
    monkeypatch.setattr(proof.agents, "outside", outside)
    with connected(start(content, *(pods or (N1, N2)), tag=tag), clock or Clock()) as client:
        yield Proof(Antrea(client))


def not_proven(call: Callable[[], Any]) -> str:
    with pytest.raises(Failure) as caught:
        call()
    assert caught.value.code == "npl_not_proven"
    return caught.value.message


def test_a_restarted_agent_has_two_minutes_to_log_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with proving(monkeypatch, {"n1": SILENT}, clock=clock) as proved:
        assert not_proven(lambda: proved.settle("n1")) == NOT_PROVEN.format("something else")
    assert clock.now == pytest.approx(120.0)


def test_an_agent_that_was_not_restarted_is_asked_for_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    with proving(monkeypatch, {"n1": SILENT}, N1, clock=clock) as proved:
        assert not_proven(lambda: proved.missing(set(), set())) == NOT_PROVEN.format("something else")
    assert clock.now == pytest.approx(15.0)


def test_a_log_that_is_empty_at_last_has_no_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([SILENT, ""])
    with proving(monkeypatch, {"n1": lambda: next(answers)}) as proved:
        proved._antrea.client.deadline = Clock().deadline(1.0)  # no time for a second look
        assert not_proven(lambda: proved.settle("n1")) == NOT_PROVEN.format("")


def test_it_waits_until_the_agent_logs_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    logs = {"n2": lambda: SILENT if clock.now < 30.0 else LOG_OK}
    with proving(monkeypatch, logs, clock=clock) as proved:
        proved.settle("n2")
        assert proved.npl_started == {"n2": True}
        assert proved.missing({"n2"}, {"n1"}) == []
    assert 30.0 <= clock.now < 34.0


@pytest.mark.parametrize(
    ("content", "tag", "ports"),
    [
        (ON, "v2.5.2", [(61000, 62000)]),
        (RANGED, "v2.5.2", [(61500, 61600)]),
        (ON + "  portRange: all\n", "v2.5.2", []),
        (LEGACY, "v1.3.9", []),
        (LEGACY + "nplPortRange: 61500-61600\n", "v1.3.9", [(61500, 61600)]),
    ],
)
def test_in_which_range_it_awaits_the_mappings(
    monkeypatch: pytest.MonkeyPatch, content: str, tag: str, ports: list[tuple[int, int]]
) -> None:
    asked: list[tuple[int, int]] = []

    def outside(_client: Any, node: str, ports_: tuple[int, int]) -> list[str]:
        assert node == "n1"
        asked.append(ports_)
        return []

    with proving(monkeypatch, {"n1": LOG_OK}, content=content, tag=tag, outside=outside) as proved:
        proved.settle("n1")
    assert asked == ports


def test_mappings_that_may_not_be_read_are_not_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    def outside(*_given: Any) -> list[str]:
        raise Forbidden("kubernetes_forbidden", "listing Pods")

    clock = Clock()
    with proving(monkeypatch, {"n1": MIDDLE}, N1, outside=outside, clock=clock) as proved:
        proved.settle("n1")
        assert proved.missing({"n1"}, set()) == [
            "the agent on n1 does not show whether NodePortLocal runs: the beginning of its log is missing"
        ]
    assert clock.now == 0.0


STAY = "are still outside of the range 61000-62000: {}. Check the log of its agent. Then recreate these Pods."


def test_mappings_that_stay_outside_of_the_range_are_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of a Pod writes its annotation again and again. It is awaited once for each namespace."""
    clock = Clock()
    left = {"n1": ["evil/a", "evil/b"], "n2": ["evil/c", "worse/d"]}
    with proving(
        monkeypatch,
        dict.fromkeys(left, LOG_OK),
        outside=lambda _client, node, _ports: left[node],
        clock=clock,
    ) as proved:
        for node in left:
            proved.settle(node)
        assert proved.missing({"n1", "n2"}, set()) == []
        assert proved._antrea.warnings == [
            f"Mappings of Pods on node n1 {STAY.format('evil/a, evil/b')}",
            f"Mappings of Pods on node n2 {STAY.format('worse/d')}",
        ]
        left["n2"].pop()
        proved.settle("n2")
    assert clock.now == pytest.approx(240.0)


def test_mappings_that_arrive_at_the_last_moment_are_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    looks = iter([["shop/a"]] * 44 + [[]])
    with proving(monkeypatch, {"n1": LOG_OK}, outside=lambda *_given: next(looks), clock=clock) as proved:
        monkeypatch.setattr("random.random", lambda: 0.0)
        proved.settle("n1")
        assert proved._antrea.warnings == []
    assert clock.now == pytest.approx(120.0) and next(looks, None) is None


FORBIDDEN = Forbidden("kubernetes_forbidden", "reading the log", said="no right")
GONE = NotFound("kubernetes_not_found", "reading the log", said="no Pod")
LATE = Failure("kubernetes_timeout", "reading the log", said="no answer")
BROKEN = Failure("kubernetes_error", "reading the log", said="500")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (MIDDLE, "the beginning of its log is missing"),
        ("", "the beginning of its log is missing"),
        (FORBIDDEN, "Reading the log: no right."),
        (GONE, "Reading the log: no Pod."),
        (LATE, "Reading the log: no answer."),
        (BROKEN, "Reading the log: 500."),
    ],
)
@pytest.mark.parametrize("settled", [False, True])
def test_a_log_that_cannot_tell_leaves_it_open(
    monkeypatch: pytest.MonkeyPatch, said: Any, why: str, settled: bool
) -> None:
    with proving(monkeypatch, {"n1": said, "n2": LOG_OK}) as proved:
        if settled:
            proved.settle("n1")
        assert proved.missing({"n1"} if settled else set(), set()) == [
            f"the agent on n1 does not show whether NodePortLocal runs: {why}"
        ]
        assert proved.npl_started == {"n1": None, "n2": True}


def test_a_log_that_was_not_read_once_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    logs: Logs = {"n1": LATE}
    with proving(monkeypatch, logs, N1) as proved:
        assert len(proved.missing(set(), set())) == 1
        logs["n1"] = LOG_OK
        assert proved.missing(set(), set()) == [] and proved.npl_started == {"n1": True}


def test_a_failure_of_another_kind_ends_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Failure("kubernetes_unauthorized", "reading the log")
    with proving(monkeypatch, {"n1": refused}) as proved, pytest.raises(Failure) as caught:
        proved.missing(set(), set())
    assert caught.value is refused


@pytest.mark.parametrize(
    ("content", "tag", "missing"),
    [
        (ON, "v2.5.2", []),
        (OFF, "v2.5.2", ["featureGates.NodePortLocal is false in ConfigMap kube-system/antrea-config-f5d8"]),
        (OFF, "v1.3.9", ["featureGates.NodePortLocal is false in ConfigMap kube-system/antrea-config-f5d8"]),
        (LEGACY, "v1.3.9", []),
        (
            LEGACY,
            "v2.5.2",
            [
                "featureGates.NodePortLocal is true and nodePortLocal is absent in ConfigMap "
                "kube-system/antrea-config-f5d8"
            ],
        ),
    ],
)
def test_the_configuration_is_a_part_of_the_proof(
    monkeypatch: pytest.MonkeyPatch, content: str, tag: str, missing: list[str]
) -> None:
    with proving(monkeypatch, {"n1": LOG_OK, "n2": LOG_OK}, content=content, tag=tag) as proved:
        assert proved.missing(set(), set()) == missing


def test_agents_that_are_not_ready_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, waiting = agent("n2", ready=False), agent("n3", ready=False)
    broken["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "CrashLoopBackOff"}}
    with proving(monkeypatch, {"n1": LOG_OK}, N1, broken, waiting, agent("n4", ready=False)) as proved:
        assert proved.missing(set(), {"n4"}) == [
            "the agent on n2 is not ready (CrashLoopBackOff)",
            "the agent on n3 is not ready",
        ]
        assert proved.npl_started == {"n1": True}


def test_it_waits_until_every_mapping_is_in_the_range() -> None:
    def mapped(port: int, host_port: int = 0) -> dict[str, Any]:
        raw = text.pods("a", f"a:8080/tcp=198.18.0.1:{port}")[0]
        raw["spec"] = {"containers": [{"ports": [{"hostPort": host_port}]}]}
        return raw

    looks = [mappings("n1", mapped(40001)), mappings("n1", mapped(61001)), mappings("n1", mapped(80, 80))]
    for end in (looks[:2], looks[2:]):
        script = [*start(ON), *restarted(N1, NEW1)[:-1], *end]
        assert run(script, restart_agents="always")["proven"] is True


@pytest.mark.parametrize(
    "pod",
    [
        pytest.param({"raw": {"a": UNREADABLE}}, id="which Antrea cannot read"),
        pytest.param(
            {"maps": "a:8080/tcp=198.18.0.1:40001", "writers": {"a": "kubectl-annotate"}},
            id="which another user wrote",
        ),
    ],
)
def test_an_annotation_that_is_not_of_antrea_stops_no_restart(pod: dict[str, Any]) -> None:
    raw = {**text.pods("a", namespace="evil", **pod)[0], "spec": {}}
    script = [*start(ON), *restarted(N1, NEW1)[:-1], mappings("n1", raw)]
    assert run(script, restart_agents="always")["proven"] is True
