# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antrea_npl, from its options to its result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import denied
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    N1,
    N2,
    NEW1,
    NEW2,
    OFF,
    ON,
    agents,
    config,
    failed,
    isolate,
    log,
    restarted,
    run,
    start,
    warned,
    write,
)


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolate(monkeypatch, tmp_path)


def test_from_off_to_proven() -> None:
    after = [config(ON), config(ON), agents(N1, N2)]
    result = run(
        [
            *start(OFF, N1, N2, nodes="n1 n2"),
            write(),
            *after,
            *restarted(N1, NEW1, N2),
            *restarted(N2, NEW2, NEW1),
        ]
    )
    assert (result["changed"], result["proven"], result["restarted"], result["restart_needed"]) == (
        True,
        True,
        ["n1", "n2"],
        [],
    )
    assert result["owner"] == {"kind": "ConfigMap", "name": "kube-system/antrea-config-f5d8"}
    assert result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True}
    assert result["npl"]["state"] == "enabled" and [item["npl_started"] for item in result["agents"]] == [
        True,
        True,
    ]
    assert (result["diff"][0]["before"], result["diff"][0]["after"]) == (OFF, ON)


def test_a_second_run_changes_nothing() -> None:
    result = run([*start(ON), log(N1)])
    assert (result["changed"], result["proven"], result["settings"], result["diff"]) == (False, True, {}, [])


def test_check_mode_foretells_and_sends_nothing_but_reads() -> None:
    result = run(start(OFF, N1, N2), check=True)
    assert (result["changed"], result["restarted"], result["not_proven_because"]) == (
        True,
        ["n1", "n2"],
        ["it is check mode"],
    )
    assert (
        result["settings"] == {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True}
        and result["diff"][0]["after"] == ON
    )


def test_off() -> None:
    off = ON.replace("enable: true", "enable: false")
    script = [*start(ON), write(off), config(off), config(off), agents(N1)]
    result = run([*script, *restarted(N1, NEW1)[:3]], state="disabled")
    assert (result["changed"], result["npl"]["state"], result["proven"]) == (True, "disabled", False)
    assert warned(result, "each ends with its Pod")


def test_a_range_is_refused_before_anything_is_read() -> None:
    failed(
        run([], port_range="30000-31000"),
        "npl_range",
        "overlaps the NodePort range 30000-32767",
        "61000-62000",
    )


def test_forbidden_reads_are_told_with_the_right() -> None:
    kube_system = "/apis/apps/v1/namespaces/kube-system/daemonsets"
    failed(
        run([denied(api.DAEMON_SETS), denied(kube_system)]),
        "kubernetes_forbidden",
        'resources: ["daemonsets"]',
    )


@pytest.mark.parametrize("with_supervisor", [True, False])
def test_each_connection_is_closed_after_the_work(
    with_supervisor: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[Any] = []

    class Connection:
        warn: Any = None

        def __init__(self, name: str, deadline: Any) -> None:
            self.name, self.seconds = name, deadline.seconds

        def close(self) -> None:
            events.append(f"{self.name} is closed")

    class Work:
        def __init__(self, options: Any, client: Any, above: Any, check_mode: bool, warn: Any) -> None:
            seconds = (client.seconds, above and above.seconds)
            events.append((options.state, client.warn, *seconds, check_mode, warn))

        def run(self) -> str:
            events.append("work")
            return "result"

    def connect(params: Any, deadline: Any) -> Connection | None:
        return Connection("the Supervisor", deadline) if with_supervisor else None

    monkeypatch.setattr(engine, "Client", lambda params, deadline: Connection("the cluster", deadline))
    monkeypatch.setattr(engine, "connect", connect)
    monkeypatch.setattr(engine, "Engine", Work)
    result: Any = engine.antrea_npl({"state": "disabled", "timeout": 9}, True, print)
    above = ["the Supervisor is closed"] if with_supervisor else []
    arguments = ("disabled", print, 9, 9 if with_supervisor else None, True, print)
    assert (result, events) == ("result", [arguments, "work", *above, "the cluster is closed"])
