# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which scope DaemonSets are read, and what a forbidden read means."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Cni
from ansible_collections.vks.bigip.plugins.module_utils._kube import daemon_sets
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client, Forbidden
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

HOME = "/apis/apps/v1/namespaces/kube-system/daemonsets"
LABELS = daemon_sets.AGENT_LABELS
OTHER = api.daemon_set("kube-proxy", "kube-proxy:v1.35.0")


def read(script: list[Exchange], work: Callable[[Client], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(client)
        finally:
            client.close()


def names(raw: list[dict[str, Any]]) -> list[str]:
    return [item["metadata"]["name"] for item in raw]


@pytest.mark.parametrize(
    "script",
    [
        [listing(api.DAEMON_SETS, api.ANTREA, OTHER)],
        [denied(api.DAEMON_SETS), listing(HOME, api.ANTREA, OTHER)],
    ],
    ids=["whole cluster", "kube-system only"],
)
def test_cnis(script: list[Exchange]) -> None:
    assert read(script, daemon_sets.cnis) == [
        (api.ANTREA, Cni("antrea", "kube-system/antrea-agent", "2.5.2", "OnDelete"))
    ]


@pytest.mark.parametrize("at_home", [listing(HOME, OTHER), denied(HOME)], ids=["none there", "forbidden too"])
def test_no_cni_in_kube_system_is_no_answer(at_home: Exchange) -> None:
    with pytest.raises(Forbidden) as caught:
        read([denied(api.DAEMON_SETS), at_home], daemon_sets.cnis)
    if at_home.status == 200:
        assert caught.value.what == "listing DaemonSets in the whole cluster"


def test_antrea_of_the_whole_cluster_else_of_kube_system() -> None:
    assert names(read([listing(api.DAEMON_SETS, api.ANTREA, labels=LABELS)], daemon_sets.antrea)) == [
        "antrea-agent"
    ]
    script = [denied(api.DAEMON_SETS, LABELS), listing(HOME, api.ANTREA, labels=LABELS)]
    assert names(read(script, daemon_sets.antrea)) == ["antrea-agent"]


def test_antrea_of_the_platform_asks_for_kube_system_first() -> None:
    assert names(read([listing(HOME, api.ANTREA, labels=LABELS)], daemon_sets.antrea_of_platform)) == [
        "antrea-agent"
    ]
    moved = [api.copy(api.ANTREA) for _each in range(2)]
    moved[0]["metadata"]["namespace"], moved[1]["metadata"]["namespace"] = (
        "vmware-system-antrea",
        "calico-system",
    )
    script = [listing(HOME, labels=LABELS), listing(api.DAEMON_SETS, *moved, labels=LABELS)]
    assert [daemon_sets.namespace_of(raw) for raw in read(script, daemon_sets.antrea_of_platform)] == [
        "vmware-system-antrea"
    ]


def test_the_configuration_that_the_agents_mount() -> None:
    config = read(
        [found(api.CONFIG, api.config_map())], lambda client: daemon_sets.config(client, api.ANTREA)
    )
    assert config.enabled is True and config.config_map == "kube-system/antrea-config-f5d8"
    assert read([], lambda client: daemon_sets.config(client, api.CALICO)) is None


@pytest.mark.parametrize(
    ("raw", "namespace"),
    [({"metadata": {"namespace": "a"}}, "a"), ({"metadata": {}}, ""), ({"metadata": None}, ""), ({}, "")],
)
def test_the_namespace_of_an_object(raw: dict[str, Any], namespace: str) -> None:
    assert daemon_sets.namespace_of(raw) == namespace
