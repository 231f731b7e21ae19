# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof that NodePortLocal runs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea import proof
from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    N1,
    NEW1,
    ON,
    UNREADABLE,
    agent,
    failed,
    log,
    mappings,
    restarted,
    run,
    start,
    warned,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.run_module import run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import ScriptedServer


def test_a_log_without_the_start_of_nodeportlocal_proves_nothing() -> None:
    silent = log(N1, "Starting Antrea agent\nsomething else\n")
    with ScriptedServer([*start(ON), *[silent] * 60]) as server:
        result = run_module(
            antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token"}
        )
        server.left.clear()
    failed(result, "npl_not_proven", "its last line is: something else", "restart_agents: always")


@pytest.mark.parametrize(
    "answer", [{"text": "later lines only"}, {"status": 403, "json": status(403, "pods/log is forbidden")}]
)
def test_a_log_that_cannot_tell_leaves_it_open(answer: dict[str, Any]) -> None:
    result = run([*start(ON), log(N1, **answer)])
    assert (result["proven"], result["changed"]) == (False, False)
    assert "the agent on n1 does not show whether NodePortLocal runs" in result["not_proven_because"][0]


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


def test_mappings_that_stay_outside_of_the_range_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of a Pod writes its annotation again and again."""
    monkeypatch.setattr(proof.agents, "outside", lambda _client, node, _ports: [f"evil/{node}"])
    clock = Clock()
    monkeypatch.setattr(engine, "Deadline", lambda seconds: clock.deadline(3600))
    old, new = [agent("n1"), agent("n2")], [agent("n1", "new"), agent("n2", "new")]
    first, second = restarted(old[0], new[0], old[1])[:-1], restarted(old[1], new[1], new[0])[:-1]
    result = run([*start(ON, *old, nodes="n1 n2"), *first, *second], restart_agents="always", timeout=3600)
    assert result["proven"], result
    assert warned(
        result, "Mappings of Pods on node n1 are still outside of the range 61000-62000: evil/n1."
    ) and not warned(result, "evil/n2")
    assert clock.now < 2 * proof.SETTLE_SECONDS
