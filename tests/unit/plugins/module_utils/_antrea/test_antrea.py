# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Antrea is found, and what may not be read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea.antrea import Antrea
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, listing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    N1,
    N2,
    ON,
    agents,
    config,
    connected,
    start,
    without_jitter,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, Clock

ELSEWHERE = (
    "DaemonSet evil/calico-node has the name or the labels of a CNI, but is not in one of its namespaces "
    "(kube-system, calico-system, tigera-operator, vmware-system-*), so it does not count."
)


def read(script: list[Any], clock: Clock | None = None) -> Antrea:
    with connected(script, clock or Clock()) as client:
        return Antrea(client)


def refused(script: list[Any]) -> tuple[str, str]:
    with pytest.raises(Failure) as caught:
        read(script)
    return caught.value.code, caught.value.message


def elsewhere(raw: dict[str, Any]) -> dict[str, Any]:
    """The same DaemonSet in the namespace of another user."""
    return {**raw, "metadata": {**raw["metadata"], "namespace": "evil"}}


def test_what_it_knows_of_the_cluster() -> None:
    antrea = read(start(ON, N2, N1, nodes="n1!notready n2 n3!notready", strategy="RollingUpdate"))
    assert (antrea.strategy, antrea.legacy, antrea.namespace, antrea.managed, antrea.warnings) == (
        "RollingUpdate",
        False,
        "kube-system",
        False,
        [],
    )
    assert antrea.unready == {"n1", "n3"}
    assert antrea.config_map["data"] == {"antrea-agent.conf": ON} and antrea.config.enabled
    assert [pod.agent.node for pod in antrea.pods] == ["n1", "n2"]


@pytest.mark.parametrize(
    ("tag", "legacy"),
    [
        ("v0.13.1", True),
        ("v1.3.9", True),
        ("v1.4.0", False),
        ("v1.4", False),
        ("v2.0.0", False),
        ("v2.5.2_vmware.1", False),
        ("latest", None),
    ],
)
def test_an_antrea_before_1_4_is_legacy(tag: str, legacy: bool | None) -> None:
    assert read(start(ON, tag=tag)).legacy is legacy


def test_a_daemon_set_that_a_controller_manages() -> None:
    script = start(ON)
    script[0].json["items"][0]["metadata"]["labels"]["kapp.k14s.io/app"] = "1"
    assert read(script).managed is True


def test_nodes_that_may_not_be_read_count_as_ready() -> None:
    script = start(ON)
    script[1] = denied(NODES)
    assert read(script).unready == set()


def test_a_daemon_set_without_its_config_map_is_refused() -> None:
    script = start(ON)[:1]
    script[0].json["items"][0]["spec"]["template"]["spec"]["volumes"] = []
    assert refused(script) == (
        "npl_text",
        "Looking for Antrea's configuration: DaemonSet kube-system/antrea-agent mounts no ConfigMap as "
        "volume "
        "antrea-config. Nothing was written. Set NodePortLocal by hand.",
    )


OTHER = "NodePortLocal is a feature of Antrea; use pool_member_type nodeport or cluster."


@pytest.mark.parametrize(
    ("daemon_sets", "said"),
    [
        ([api.CALICO], f"the cluster has 1 known CNIs (calico). {OTHER}"),
        ([], f"the cluster has 0 known CNIs (none). {OTHER}"),
        (
            [api.ANTREA, api.CALICO],
            "the cluster has 2 known CNIs (antrea, calico). Remove the one that is not in use.",
        ),
        ([elsewhere(api.CALICO)], f"the cluster has 0 known CNIs (none). {ELSEWHERE} {OTHER}"),
    ],
)
def test_a_cluster_without_antrea_or_with_several_cnis_is_refused(daemon_sets: list[Any], said: str) -> None:
    script = [listing(api.DAEMON_SETS, *daemon_sets)]
    assert refused(script) == ("npl_no_antrea", f"Looking for Antrea: {said}")


def test_a_daemon_set_of_another_namespace_is_a_warning() -> None:
    script = start(ON)
    script[0].json["items"] = [elsewhere(api.CALICO), api.ANTREA]
    antrea = read(script)
    assert (antrea.namespace, antrea.warnings) == ("kube-system", [ELSEWHERE])


def test_it_reads_the_configuration_and_the_agents_again() -> None:
    with connected([*start(), config(ON), agents(N1, N2)], Clock()) as client:
        antrea = Antrea(client)
        assert (antrea.config.enabled, len(antrea.pods)) == (False, 1)
        antrea.read()
    assert (antrea.config.enabled, len(antrea.pods)) == (True, 2)


@pytest.mark.parametrize(
    ("remaining", "seconds", "first", "asked", "reached", "pauses"),
    [
        (3600.0, 10.0, None, 1, True, []),
        (3600.0, 10.0, None, 4, True, [0.3, 0.6, 1.2]),
        (3600.0, 10.0, None, 0, False, [0.3, 0.6, 1.2, 2.4, 3.0, 2.5]),
        (3600.0, 10.0, 1.0, 0, False, [1.0, 2.0, 3.0, 3.0, 1.0]),
        (7.0, 10.0, 1.0, 0, False, [1.0, 2.0, 2.0]),
        (3.0, 10.0, 1.0, 2, True, [1.0]),
        (1.0, 10.0, 1.0, 0, False, []),
    ],
)
def test_it_asks_until_the_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
    remaining: float,
    seconds: float,
    first: float | None,
    asked: int,
    reached: bool,
    pauses: list[float],
) -> None:
    """Two seconds of the task are kept for the report. `asked`: the time that the answer is yes; 0: never."""
    without_jitter(monkeypatch)
    clock = Clock()
    antrea = read(start(ON), clock)
    antrea.client.deadline = clock.deadline(remaining)
    answers = [False] * (asked - 1) + [True] if asked else [False] * 20
    given = {} if first is None else {"first": first}
    assert antrea.until(seconds, lambda: answers.pop(0), **given) is reached
    assert clock.pauses == pytest.approx(pauses)
