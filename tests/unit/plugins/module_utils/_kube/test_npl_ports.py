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


def test_a_configuration_that_may_not_be_read_is_named() -> None:
    ranges = run([denied(HOME, api.AGENT_LABELS)], npl_ports.configured)
    assert ranges.configured == () and ranges.unread[0].startswith(
        "listing DaemonSets in namespace kube-system"
    )
    assert run([SETS, missing(api.CONFIG)], npl_ports.configured).unread == (
        "reading ConfigMap kube-system/antrea-config-f5d8",
    )


def test_a_read_that_fails_for_another_reason_fails() -> None:
    broken = Exchange("GET", SETS.path, 400, json={})
    with pytest.raises(Failure):
        run([broken], npl_ports.configured)


def test_of_agents() -> None:
    infos = [
        {"metadata": {"name": "n1"}, "nodePortLocalPortRange": "40000-41000"},
        {"metadata": {"name": "n2"}, "nodePortLocalPortRange": ""},
        {"metadata": {"name": "n3"}},
    ]
    known = Ranges(((1, 2),), unread=("x",))
    assert run([listing(INFOS, *infos)], lambda client: npl_ports.of_agents(client, known)) == Ranges(
        ((1, 2),), {"n1": (40000, 41000)}, ("x",)
    )


@pytest.mark.parametrize(
    ("answer", "unread"),
    [(denied(INFOS), 1), (Exchange("GET", f"{INFOS}?limit=500", 404, json={}), 0)],
    ids=["forbidden", "before Antrea 1.10"],
)
def test_agents_that_report_nothing(answer: Exchange, unread: int) -> None:
    ranges = run([answer], lambda client: npl_ports.of_agents(client, Ranges(())))
    assert ranges.agents == {} and len(ranges.unread) == unread
