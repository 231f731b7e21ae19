# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of NodePortLocal, with the reads that are forbidden."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube import antrea
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._members.model import NplState
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

LABELS = api.AGENT_LABELS
SETS, AGENTS = (
    listing(api.DAEMON_SETS, api.ANTREA, labels=LABELS),
    listing(api.AGENTS, api.agent("n1"), labels=LABELS),
)


def run(script: list[Exchange], work: Callable[[Client], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, kube.Clock().deadline())
        try:
            return work(client)
        finally:
            client.close()


def state(*script: Exchange) -> NplState:
    warnings: list[str] = []
    read: NplState = run(list(script), lambda client: antrea.read(client, warnings.append))
    assert warnings == []
    return read


@pytest.mark.parametrize(
    ("conf", "enabled", "port_range"),
    [
        (api.ON, True, (61000, 62000)),
        ("nodePortLocal: {enable: true}", True, (61000, 62000)),
        ("nodePortLocal: {enable: true, portRange: 40000-41000}", True, (40000, 41000)),
        ("nodePortLocal: {enable: true, portRange: 40000 - 41000}", True, None),
        ("nodePortLocal: {enable: false, portRange: 40000-41000}", False, None),
        ("featureGates: {NodePortLocal: true}", None, None),
        ("a: [", None, None),
    ],
)
def test_read(conf: str, enabled: bool | None, port_range: tuple[int, int] | None) -> None:
    read = state(SETS, AGENTS, found(api.CONFIG, api.config_map(conf)))
    assert (read.antrea, read.enabled, read.port_range, read.unread) == (True, enabled, port_range, ())
    assert bool(read.setting) is (enabled is not None)
    assert read.agents is not None and list(read.agents) == ["n1"] and read.configured == 1767268800.0


def test_no_antrea() -> None:
    assert state(listing(api.DAEMON_SETS, labels=LABELS)) == NplState(antrea=False)


FORBIDDEN = Exchange("GET", api.CONFIG, 403, json=kube.status(403, "no"))


@pytest.mark.parametrize(
    ("script", "unread"),
    [
        (
            [SETS, denied(api.AGENTS, LABELS), found(api.CONFIG, api.config_map())],
            "listing Pods in namespace kube-system with",
        ),
        ([SETS, AGENTS, FORBIDDEN], "reading ConfigMap kube-system/antrea-config-f5d8"),
        ([SETS, AGENTS, missing(api.CONFIG)], "reading ConfigMap kube-system/antrea-config-f5d8"),
    ],
    ids=["agents", "configuration", "no configuration"],
)
def test_what_may_not_be_read_is_named(script: list[Exchange], unread: str) -> None:
    (doing,) = state(*script).unread
    assert doing.startswith(unread)


def test_strangers_are_reported() -> None:
    evil = api.copy(api.ANTREA)
    evil["metadata"]["namespace"] = "evil"
    warnings: list[str] = []
    read = run(
        [listing(api.DAEMON_SETS, evil, labels=LABELS)], lambda client: antrea.read(client, warnings.append)
    )
    assert read == NplState(antrea=False) and "evil/antrea-agent" in warnings[0]


def test_ports_used_are_those_of_the_range() -> None:
    maps = "a:80/tcp=198.18.0.1:61000 a:81/tcp=198.18.0.1:61001 a:81/udp=198.18.0.1:61001 b:80/tcp=198.18.0.1:8443"
    used = run(
        [listing(kube.ALL_PODS, *text.pods("a b", maps))],
        lambda client: antrea.ports_used(client, (61000, 61001)),
    )
    assert used == {("198.18.0.1", "TCP"): 2, ("198.18.0.1", "UDP"): 1}


def test_named_ports_of_ordinary_containers() -> None:
    pod = {
        "metadata": {"uid": "u"},
        "spec": {
            "containers": [
                {"ports": [{"name": "web", "containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}]}
            ],
            "initContainers": [{"ports": [{"name": "x"}]}],
        },
    }
    script = [listing(kube.pods(), pod, labels="app=web,tier=a")]
    named = run(script, lambda client: antrea.named_ports(client, "default", {"tier": "a", "app": "web"}))
    assert named == {"u": frozenset([("web", "TCP"), ("", "UDP")])}
