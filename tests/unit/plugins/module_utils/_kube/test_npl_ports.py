# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port ranges of NodePortLocal: of the configuration, then of each agent."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import npl_ports
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Ranges
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

HOME = "/apis/apps/v1/namespaces/kube-system/daemonsets"
INFOS = "/apis/crd.antrea.io/v1beta1/antreaagentinfos"
SETS = listing(HOME, api.ANTREA, labels=api.AGENT_LABELS)


def run(script: list[Exchange], work: Callable[[Client], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(client)
        finally:
            client.close()


@pytest.mark.parametrize(
    ("conf", "ranges"),
    [
        ("nodePortLocal: {enable: true, portRange: 40000-41000}", ((40000, 41000),)),
        ("nplPortRange: 40000-41000", ((40000, 41000),)),
        ("nodePortLocal: {enable: true}", ()),
        ("nodePortLocal: {portRange: 40000}", ()),
    ],
)
def test_configured(conf: str, ranges: tuple[tuple[int, int], ...]) -> None:
    script = [SETS, found(api.CONFIG, api.config_map(conf))]
    assert run(script, npl_ports.configured) == Ranges(ranges)


def test_the_configurations_of_several_daemon_sets() -> None:
    second = api.copy(api.ANTREA)
    second["spec"]["template"]["spec"]["volumes"][1]["configMap"]["name"] = "second"
    bare = api.copy(api.ANTREA)
    bare["spec"]["template"]["spec"]["volumes"] = []
    script = [
        listing(HOME, bare, second, api.ANTREA, labels=api.AGENT_LABELS),
        found("/api/v1/namespaces/kube-system/configmaps/second", api.config_map("nplPortRange: 1-2")),
        found(api.CONFIG, api.config_map("nplPortRange: 3-4")),
    ]
    assert run(script, npl_ports.configured) == Ranges(((1, 2), (3, 4)))


@pytest.mark.parametrize(
    ("script", "unread"),
    [
        (
            [denied(HOME, api.AGENT_LABELS)],
            "listing DaemonSets in namespace kube-system with app=antrea,component=antrea-agent",
        ),
        ([SETS, missing(api.CONFIG)], "reading ConfigMap kube-system/antrea-config-f5d8"),
    ],
    ids=["forbidden", "missing"],
)
def test_a_configuration_that_cannot_be_read_is_named(script: list[Exchange], unread: str) -> None:
    assert run(script, npl_ports.configured) == Ranges((), unread=(unread,))


def test_a_read_that_fails_for_another_reason_fails() -> None:
    for path, work in ((SETS.path, npl_ports.configured), (f"{INFOS}?limit=500", of_agents)):
        with pytest.raises(Failure) as caught:
            run([Exchange("GET", path, 400, json={})], work)
        assert caught.value.code == "kubernetes_error"


KNOWN = Ranges(((1, 2),), unread=("x",))


def of_agents(client: Client) -> Ranges:
    return npl_ports.of_agents(client, KNOWN)


def test_of_agents() -> None:
    infos = [
        {"metadata": {"name": "n1"}, "nodePortLocalPortRange": "40000-41000"},
        {"metadata": {"name": "n2"}, "nodePortLocalPortRange": ""},
        {"metadata": {"name": "n3"}},
        {"metadata": None, "nodePortLocalPortRange": "1-2"},
    ]
    assert run([listing(INFOS, *infos)], of_agents) == Ranges(
        ((1, 2),), {"n1": (40000, 41000), "": (1, 2)}, ("x",)
    )


@pytest.mark.parametrize(
    ("answer", "unread"),
    [
        (denied(INFOS), ("listing AntreaAgentInfos in the whole cluster",)),
        (Exchange("GET", f"{INFOS}?limit=500", 404, json={}), ()),
    ],
    ids=["forbidden", "before Antrea 1.10"],
)
def test_agents_that_report_nothing(answer: Exchange, unread: tuple[str, ...]) -> None:
    assert run([answer], of_agents) == Ranges(((1, 2),), {}, ("x", *unread))
