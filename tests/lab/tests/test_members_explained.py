# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a ready Pod has no mapping, against an Antrea that really has that fault."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from lab_use import application
from running_lab import RunningLab, eventually
from test_antrea_in_lab import agents, configure, restart
from test_members_lab import collection, pool, reasons  # noqa: F401 the fixture makes the collection importable

Labs = Callable[..., RunningLab]


@pytest.fixture
def antrea(lab: Labs) -> Iterator[RunningLab]:
    """Its agents and their configuration are as new afterwards."""
    given = lab(cni="antrea", nodes=2)
    yield given
    configure(given, "{enable: true, portRange: 61000-62000}")
    for node in agents(given):
        restart(given, node)


def become(lab: RunningLab, npl: str) -> None:
    configure(lab, npl)
    for node in agents(lab):
        restart(lab, node)


def test_switched_off(antrea: RunningLab) -> None:
    become(antrea, "{enable: false}")
    with application(antrea, npl="true", replicas=2) as name:
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal", wait_for_mappings=60))["left_out"] and one)
        assert set(reasons(found).values()) == {"npl_off"}
        assert "nodePortLocal.enable is not true in ConfigMap kube-system/" in found["left_out"][0]["message"]


def test_switched_on_without_a_restart(antrea: RunningLab) -> None:
    become(antrea, "{enable: false}")
    time.sleep(1.5)  # the API's times are whole seconds
    configure(antrea, "{enable: true, portRange: 61000-62000}")
    with application(antrea, npl="true", replicas=1) as name:
        found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["left_out"] and one)
        assert set(reasons(found).values()) == {"agent_outdated"}


def test_the_port_range_is_used_up(antrea: RunningLab) -> None:
    become(antrea, "{enable: true, portRange: 61000-61001}")
    with application(antrea, npl="true", replicas=6) as name:
        eventually(lambda: "ports_used_up" in reasons(pool(antrea, name, "nodeportlocal")).values())
        found = pool(antrea, name, "nodeportlocal", wait_for_mappings=3)
        assert len(found["members"]) + len(found["left_out"]) == 6 and found["left_out"]
        assert "After 3 s" in found["warnings"][0]


def test_no_agent_on_the_node(antrea: RunningLab) -> None:
    antrea.kubectl("patch", "daemonset", "-n", "kube-system", "antrea-agent", "-p", '{"spec":{"template":{"spec":{"nodeSelector":{"no":"node"}}}}}')
    try:
        eventually(lambda: not agents(antrea))
        with application(antrea, npl="true", replicas=1) as name:
            found = eventually(lambda: (one := pool(antrea, name, "nodeportlocal"))["left_out"] and one)
            assert set(reasons(found).values()) == {"agent_missing"}
    finally:
        antrea.kubectl(
            "patch", "daemonset", "-n", "kube-system", "antrea-agent", "--type=json", "-p", '[{"op":"remove","path":"/spec/template/spec/nodeSelector/no"}]'
        )
        eventually(lambda: agents(antrea))
