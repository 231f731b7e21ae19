# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of NodePortLocal, with the reads that are forbidden."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import antrea
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._members.model import AgentState, NplState
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

LABELS = api.AGENT_LABELS
HOME = "/apis/apps/v1/namespaces/kube-system/daemonsets"
SETS, AGENTS = (
    listing(api.DAEMON_SETS, api.ANTREA, labels=LABELS),
    listing(api.AGENTS, api.agent("n1"), labels=LABELS),
)


def run(script: list[Exchange], work: Callable[[Client], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, kube.Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(client)
        finally:
            client.close()


def state(*script: Exchange) -> NplState:
    warnings: list[str] = []
    read: NplState = run(list(script), lambda client: antrea.read(client, warnings.append))
    assert warnings == []
    return read


AGENT = AgentState(True, 1767272400.0)
IS_ON, IS_OFF = (
    f"nodePortLocal.enable is {word} in ConfigMap kube-system/antrea-config-f5d8"
    for word in ("true", "not true")
)


@pytest.mark.parametrize(
    ("conf", "enabled", "setting", "port_range"),
    [
        (api.ON, True, IS_ON, (61000, 62000)),
        ("nodePortLocal: {enable: true}", True, IS_ON, (61000, 62000)),
        ("nodePortLocal: {enable: true, portRange: 40000-41000}", True, IS_ON, (40000, 41000)),
        ("nodePortLocal: {enable: true, portRange: 40000 - 41000}", True, IS_ON, None),
        ("nodePortLocal: {enable: false, portRange: 40000-41000}", False, IS_OFF, None),
        ("featureGates: {NodePortLocal: true}", None, "", None),
        ("a: [", None, "", None),
    ],
)
def test_read(conf: str, enabled: bool | None, setting: str, port_range: tuple[int, int] | None) -> None:
    assert state(SETS, AGENTS, found(api.CONFIG, api.config_map(conf))) == NplState(
        True, enabled, setting, port_range, 1767268800.0, {"n1": AGENT}
    )


def test_agents_by_their_node() -> None:
    pods = [api.agent("n1"), {"metadata": {"name": "x"}}, api.agent("n2", ready=False)]
    read = state(SETS, listing(api.AGENTS, *pods, labels=LABELS), found(api.CONFIG, api.config_map()))
    assert read.agents == {"n1": AGENT, "n2": AgentState(False, 1767272400.0)}


def test_a_configuration_that_no_agent_mounts() -> None:
    bare = api.copy(api.ANTREA)
    bare["spec"]["template"]["spec"]["volumes"] = None
    assert state(listing(api.DAEMON_SETS, bare, labels=LABELS), AGENTS) == NplState(
        True, agents={"n1": AGENT}
    )


def test_no_antrea() -> None:
    assert state(listing(api.DAEMON_SETS, labels=LABELS)) == NplState(antrea=False)


FORBIDDEN = Exchange("GET", api.CONFIG, 403, json=kube.status(403, "no"))
READ_CONFIG = "reading ConfigMap kube-system/antrea-config-f5d8"
LIST_AGENTS = f"listing Pods in namespace kube-system with {LABELS}"
KNOWN = NplState(True, True, IS_ON, (61000, 62000), 1767268800.0)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            [SETS, denied(api.AGENTS, LABELS), found(api.CONFIG, api.config_map())],
            replace(KNOWN, unread=(LIST_AGENTS,)),
        ),
        ([SETS, AGENTS, FORBIDDEN], NplState(True, agents={"n1": AGENT}, unread=(READ_CONFIG,))),
        ([SETS, AGENTS, missing(api.CONFIG)], NplState(True, agents={"n1": AGENT}, unread=(READ_CONFIG,))),
        (
            [SETS, denied(api.AGENTS, LABELS), FORBIDDEN],
            NplState(True, unread=(LIST_AGENTS, READ_CONFIG)),
        ),
        (
            [denied(api.DAEMON_SETS, LABELS), denied(HOME, LABELS)],
            NplState(unread=(f"listing DaemonSets in namespace kube-system with {LABELS}",)),
        ),
    ],
    ids=["agents", "configuration", "no configuration", "both", "DaemonSets"],
)
def test_what_may_not_be_read_is_named(script: list[Exchange], expected: NplState) -> None:
    assert state(*script) == expected


def test_another_failure_is_raised() -> None:
    broken = Exchange("GET", api.CONFIG, 400, json=kube.status(400, "no"))
    with pytest.raises(Failure) as caught:
        state(SETS, AGENTS, broken)
    assert caught.value.code == "kubernetes_error"


def test_strangers_are_reported() -> None:
    evil = api.copy(api.ANTREA)
    evil["metadata"]["namespace"] = "evil"
    warnings: list[str] = []
    read = run(
        [listing(api.DAEMON_SETS, evil, labels=LABELS)], lambda client: antrea.read(client, warnings.append)
    )
    assert read == NplState(antrea=False) and "evil/antrea-agent" in warnings[0]
    both = [listing(api.DAEMON_SETS, evil, api.ANTREA, labels=LABELS), AGENTS]
    read = run(
        [*both, found(api.CONFIG, api.config_map())], lambda client: antrea.read(client, warnings.append)
    )
    assert read == replace(KNOWN, agents={"n1": AGENT}) and len(warnings) == 2


def test_ports_used_are_those_of_the_range() -> None:
    maps = (
        "a:79/tcp=198.18.0.1:60999 a:80/tcp=198.18.0.1:61000 a:81/tcp=198.18.0.1:61001 "
        "a:81/udp=198.18.0.1:61001 a:82/tcp=198.18.0.2:61000 b:80/tcp=198.18.0.1:8443 "
        "b:81/tcp=198.18.0.1:61002 b:82/tcp=198.18.0.1:61000"
    )
    used = run(
        [listing(kube.ALL_PODS, {"metadata": {"name": "c"}}, *text.pods("a b", maps))],
        lambda client: antrea.ports_used(client, (61000, 61001)),
    )
    assert used == {("198.18.0.1", "TCP"): 2, ("198.18.0.1", "UDP"): 1, ("198.18.0.2", "TCP"): 1}


def test_named_ports_of_ordinary_containers() -> None:
    pod = {
        "metadata": {"uid": "u"},
        "spec": {
            "containers": [
                {"ports": [{"name": "web", "containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}]},
                {"ports": None},
                {"ports": [{"name": "dns", "protocol": "SCTP"}]},
            ],
            "initContainers": [{"ports": [{"name": "x"}]}],
        },
    }
    script = [listing(kube.pods(), pod, {}, labels="app=web,tier=a")]
    named = run(script, lambda client: antrea.named_ports(client, "default", {"tier": "a", "app": "web"}))
    assert named == {"u": {("web", "TCP"), ("", "UDP"), ("dns", "SCTP")}, "": frozenset()}
