# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole run of antrea_npl: its result, its warnings, and the order of its requests."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea import engine
from ansible_collections.vks.bigip.plugins.module_utils._antrea.engine import Engine
from ansible_collections.vks.bigip.plugins.module_utils._npl.options import NplOptions
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import found, missing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    LOG_OK,
    MARKED,
    N1,
    N2,
    NEW1,
    NEW2,
    OFF,
    ON,
    PACKAGES,
    PATCH,
    SUPERVISOR,
    WEB,
    above,
    addons,
    agent,
    agents,
    annotated,
    antrea_config,
    changes,
    config,
    connected,
    log,
    restarted,
    service,
    start,
    write,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

CONFIG_MAP = "kube-system/antrea-config-f5d8"
SWITCHED_OFF = ON.replace("enable: true", "enable: false")
STALE1 = agent("n1", started="2026-01-01T11:00:00Z")
SERVICE = ({"namespace": "default", "name": "web"},)
SETTINGS = {"featureGates.NodePortLocal": True, "nodePortLocal.enable": True}
TEXT_DIFF = {
    "before_header": f"ConfigMap {CONFIG_MAP}",
    "after_header": f"ConfigMap {CONFIG_MAP}",
    "before": OFF,
    "after": ON,
}
SERVICE_DIFF = {
    "before_header": "Service default/web",
    "after_header": "Service default/web",
    "before": "",
    "after": 'nodeportlocal.antrea.io/enabled: "true"\n',
}
MAPPINGS_STAY = (
    "Mappings that Pods still have as an annotation lead nowhere now. Antrea does not remove them: each ends "
    "with its "
    "Pod."
)


def run(
    script: list[Exchange],
    on_supervisor: list[Exchange] | None = None,
    *,
    check: bool = False,
    **options: Any,
) -> tuple[dict[str, Any], list[str]]:
    """The result and the warnings. The script has every request in its order."""
    warnings: list[str] = []
    clock, number = Clock(), len(script) + len(on_supervisor or [])
    with ExitStack() as stack:
        client = stack.enter_context(connected(script, clock))
        supervisor = None
        if on_supervisor is not None:
            supervisor = stack.enter_context(connected(on_supervisor, clock))
            options = {**options, "supervisor_namespace": "team-a", "cluster_name": "shop"}
        result = Engine(NplOptions(**options), client, supervisor, check, warnings.append).run()
    assert result.pop("requests") == number
    return result, warnings


def npl(content: str) -> dict[str, Any]:
    """The state of NodePortLocal with this text."""
    state, setting = {
        ON: ("enabled", "nodePortLocal.enable is true"),
        OFF: ("disabled", "featureGates.NodePortLocal is false"),
        SWITCHED_OFF: ("disabled", "nodePortLocal.enable is not true"),
    }[content]
    return {
        "state": state,
        "because": f"{setting} in ConfigMap {CONFIG_MAP}",
        "port_range": None,
        "config_map": CONFIG_MAP,
    }


def of_agent(pod: dict[str, Any], restarted: bool, npl_started: bool | None) -> dict[str, Any]:
    return {
        "node": pod["spec"]["nodeName"],
        "pod": f"kube-system/{pod['metadata']['name']}",
        "restarted": restarted,
        "npl_started": npl_started,
    }


def unchanged(*pods: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The result of a run over a cluster where all is as wanted, except `more`."""
    return {
        "changed": False,
        "owner": {"kind": "ConfigMap", "name": CONFIG_MAP},
        "settings": {},
        "npl": npl(ON),
        "agents": [of_agent(pod, False, True) for pod in pods],
        "restarted": [],
        "restart_needed": [],
        "proven": True,
        "not_proven_because": [],
        "services": [],
        "diff": [],
        **more,
    }


def web(action: str) -> list[dict[str, str]]:
    return [{"namespace": "default", "name": "web", "action": action}]


def test_what_is_as_wanted_is_read_and_proven() -> None:
    assert run([*start(ON, N1, N2), log(N1), log(N2)]) == (unchanged(N1, N2), [])


def test_from_off_to_proven() -> None:
    """Services are annotated last: their Pods are mapped by the new agents."""
    script = [
        found(WEB, service()),
        *start(OFF, N1, N2),
        write(),
        config(ON),
        config(ON),
        agents(N1, N2),
        *restarted(N1, NEW1, N2),
        *restarted(N2, NEW2, NEW1),
        annotated("web", "true", "antrea_npl"),
    ]
    expected = unchanged(
        changed=True,
        settings=SETTINGS,
        agents=[of_agent(NEW1, True, True), of_agent(NEW2, True, True)],
        restarted=["n1", "n2"],
        services=web("annotate"),
        diff=[TEXT_DIFF, SERVICE_DIFF],
    )
    assert run(script, services=SERVICE) == (expected, [])


def test_check_mode_predicts_and_writes_nothing() -> None:
    expected = unchanged(
        changed=True,
        settings=SETTINGS,
        npl=npl(OFF),
        agents=[of_agent(N1, True, None), of_agent(N2, True, None)],
        restarted=["n1", "n2"],
        proven=False,
        not_proven_because=["it is check mode"],
        services=web("annotate"),
        diff=[TEXT_DIFF, SERVICE_DIFF],
    )
    assert run([found(WEB, service()), *start(OFF, N1, N2)], check=True, services=SERVICE) == (expected, [])


def test_check_mode_predicts_a_restart_alone() -> None:
    expected = unchanged(
        changed=True,
        agents=[of_agent(STALE1, True, None), of_agent(N2, False, None)],
        restarted=["n1"],
        proven=False,
        not_proven_because=["it is check mode"],
    )
    assert run(start(ON, STALE1, N2), check=True) == (expected, [])


def test_check_mode_predicts_a_change_without_a_restart() -> None:
    expected = unchanged(
        changed=True,
        settings=SETTINGS,
        npl=npl(OFF),
        agents=[of_agent(N1, False, None)],
        restart_needed=["n1"],
        proven=False,
        not_proven_because=["it is check mode"],
        diff=[TEXT_DIFF],
    )
    assert run(start(OFF), check=True, restart_agents="never") == (expected, [])


def test_check_mode_proves_what_is_as_wanted() -> None:
    """A Service that would change does not end the proof, and is not written."""
    expected = unchanged(N1, changed=True, services=web("annotate"), diff=[SERVICE_DIFF])
    assert run([found(WEB, service()), *start(ON), log(N1)], check=True, services=SERVICE) == (expected, [])


def test_check_mode_warns_of_no_missing_proof() -> None:
    because = "the agent on n1 does not show whether NodePortLocal runs: the beginning of its log is missing"
    expected = unchanged(agents=[of_agent(N1, False, None)], proven=False, not_proven_because=[because])
    script = [*start(ON), log(N1, "later lines only")]
    assert run(script, check=True) == (expected, [])
    warning = f"NodePortLocal is not proven on: {because}."
    assert run(script) == (expected, [warning])
    assert run(script, nodes=("n1",)) == run(script, restart_agents="never") == (expected, [])


@pytest.mark.parametrize(
    "state, services_state", [("enabled", "absent"), ("disabled", "absent"), ("disabled", "present")]
)
def test_annotations_that_are_removed(state: str, services_state: str) -> None:
    content = ON if state == "enabled" else OFF
    logs = [log(N1), annotated("web", None, None)] if state == "enabled" else [annotated("web", None, None)]
    result, warnings = run(
        [found(WEB, service(**MARKED)), *start(content), *logs],
        state=state,
        services=SERVICE,
        services_state=services_state,
    )
    assert (result["changed"], result["services"], result["settings"]) == (True, web("unannotate"), {})
    assert warnings == []


def test_off_removes_the_annotations_first() -> None:
    """The agents still remove the mappings then. Their logs are not read."""
    script = [
        found(WEB, service(**MARKED)),
        *start(ON),
        annotated("web", None, None),
        write(SWITCHED_OFF),
        config(SWITCHED_OFF),
        config(SWITCHED_OFF),
        agents(N1),
        *restarted(N1, NEW1)[:3],
    ]
    expected = unchanged(
        changed=True,
        settings={"nodePortLocal.enable": False},
        npl=npl(SWITCHED_OFF),
        agents=[of_agent(NEW1, True, None)],
        restarted=["n1"],
        proven=False,
        services=web("unannotate"),
        diff=[
            {**TEXT_DIFF, "before": ON, "after": SWITCHED_OFF},
            {**SERVICE_DIFF, "before": SERVICE_DIFF["after"], "after": ""},
        ],
    )
    assert run(script, state="disabled", services=SERVICE) == (expected, [MAPPINGS_STAY])


def test_check_mode_of_off_writes_nothing_and_warns_of_nothing() -> None:
    result, warnings = run(
        [found(WEB, service(**MARKED)), *start(ON)], check=True, state="disabled", services=SERVICE
    )
    assert (result["changed"], result["proven"], result["not_proven_because"], warnings) == (
        True,
        False,
        [],
        [],
    )


def test_off_that_is_as_wanted_warns_of_nothing() -> None:
    expected = unchanged(npl=npl(OFF), agents=[of_agent(N1, False, None)], proven=False)
    assert run(start(OFF), state="disabled") == (expected, [])


def test_an_agent_that_restarted_in_the_meantime_is_not_restarted_again() -> None:
    """Another user restarts it after the change and before this run reads the agents again."""
    newer = agent("n1", "newer", started="2026-01-01T15:00:00Z")
    script = [*start(OFF), write(), config(ON), config(ON), agents(newer), log(newer)]
    expected = unchanged(newer, changed=True, settings=SETTINGS, diff=[TEXT_DIFF])
    assert run(script) == (expected, [])


def test_a_restart_waits_for_a_second_later_than_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[bool] = []
    monkeypatch.setattr(engine, "let_a_second_pass", lambda antrea: waited.append(antrea.config.enabled))
    run([*start(OFF), write(), config(ON), config(ON), agents(N1), *restarted(N1, NEW1)])
    run([*start(ON, STALE1), *restarted(STALE1, NEW1)])
    assert waited == [True]


def test_a_change_that_is_on_its_way_restarts_the_agents() -> None:
    """The object on the Supervisor has the setting, and the ConfigMap does not have it yet."""
    workload = [
        *start(kapp=True),
        config(OFF, kapp=True),
        config(ON, kapp=True),
        config(ON, kapp=True),
        agents(N1),
        *restarted(N1, NEW1),
    ]
    expected = unchanged(
        changed=True,
        owner={"kind": "AntreaConfig", "name": "team-a/shop-antrea-package"},
        agents=[of_agent(NEW1, True, True)],
        restarted=["n1"],
    )
    assert run(workload, above(antrea_config(True, True))) == (expected, [])


def test_a_change_on_the_supervisor() -> None:
    workload = [
        *start(kapp=True),
        missing(f"{PACKAGES}?limit=500"),
        config(ON, kapp=True),
        config(ON, kapp=True),
    ]
    result, warnings = run(
        [*workload, agents(N1)],
        [*above(antrea_config()), *changes(SUPERVISOR, PATCH, antrea_config(True, True))],
        restart_agents="never",
    )
    assert result["settings"] == {
        "spec.antrea.config.nodePortLocal.enabled": True,
        "spec.antrea.config.featureGates.NodePortLocal": True,
    }
    assert (result["changed"], result["restart_needed"], warnings) == (True, ["n1"], [])
    assert result["not_proven_because"] == ["the agent on n1 has not read the present configuration"]


def test_nodes_that_are_not_ready_are_left_for_later() -> None:
    stale2 = agent("n2", started="2026-01-01T11:00:00Z")
    script = [*start(ON, STALE1, stale2, nodes="n1!notready n2"), *restarted(stale2, NEW2, STALE1)]
    result, warnings = run(script)
    assert result == unchanged(
        changed=True,
        agents=[of_agent(STALE1, False, None), of_agent(NEW2, True, True)],
        restarted=["n2"],
        restart_needed=["n1"],
        proven=False,
        not_proven_because=["the agent on n1 has not read the present configuration"],
    )
    assert warnings == [
        "The agent on node n1 was not restarted, because the node is not ready. Run the task again when it "
        "is.",
        "NodePortLocal is not proven on: the agent on n1 has not read the present configuration.",
    ]


def test_nodes_that_the_user_does_not_name_prove_nothing() -> None:
    """n1 is stale and not named, n2 is named, and n3 has read the configuration and is not named."""
    n3 = agent("n3")
    script = [*start(ON, STALE1, N2, n3), *restarted(N2, NEW2, STALE1, n3)]
    result, warnings = run(script, restart_agents="always", nodes=("n2",))
    assert result == unchanged(
        changed=True,
        agents=[of_agent(STALE1, False, None), of_agent(NEW2, True, True), of_agent(n3, False, None)],
        restarted=["n2"],
        restart_needed=["n1"],
        proven=False,
        not_proven_because=[
            "the agent on n1 has not read the present configuration",
            "the agent on n3 was not asked",
        ],
    )
    assert warnings == []


def test_a_rollout_needs_a_daemon_set_that_nothing_manages() -> None:
    script = start(ON, STALE1, strategy="RollingUpdate")
    script[0].json["items"][0]["metadata"]["labels"]["kapp.k14s.io/app"] = "1"
    result, _warnings = run([*script, *restarted(STALE1, NEW1)])
    assert result["restarted"] == ["n1"]


def test_each_warning_is_given_once() -> None:
    """Of a DaemonSet of another user, of the setting, and of mappings that stay outside of the range."""
    stray = {**api.CALICO, "metadata": {"namespace": "evil", "name": "calico-node", "labels": {}}}
    script = start(ON, kapp=True)
    script[0].json["items"].append(stray)
    _result, warnings = run([*script, log(N1, LOG_OK)], addons("antreaNSX"))
    assert [text.partition(".")[0] for text in warnings] == [
        "DaemonSet evil/calico-node has the name or the labels of a CNI, but is not in one of its namespaces "
        "(kube-system, calico-system, tigera-operator, vmware-system-*), so it does not count",
        "NodePortLocal is as wanted, and nothing was written",
    ]


def test_a_warning_of_the_proof_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "ansible_collections.vks.bigip.plugins.module_utils._kube.agents.outside", lambda *_given: ["evil/a"]
    )
    result, warnings = run([*start(ON, STALE1), *restarted(STALE1, NEW1)[:-1]])
    assert result["proven"] is True
    assert warnings == [
        "Mappings of Pods on node n1 are still outside of the range 61000-62000: evil/a. Check the log of "
        "its agent. "
        "Then recreate these Pods."
    ]
