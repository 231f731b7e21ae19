# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What auto asks BIG-IP: whether it has a way to the Pods, by as few requests as decide it."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members import auto
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Service, ServicePort, Snapshot, Source
from ansible_collections.vks.bigip.plugins.module_utils._publish_edges import routable


class Ltm:
    def __init__(self, routes: list[tuple[str, bool]], selves: list[str]) -> None:
        self.asked: list[str] = []
        self._routes, self._selves = routes, selves

    def routes(self) -> list[Any]:
        self.asked.append("routes")
        return [SimpleNamespace(network=network, blackhole=blackhole) for network, blackhole in self._routes]

    def self_ips(self) -> list[Any]:
        self.asked.append("self_ips")
        return [ipaddress.ip_interface(address) for address in self._selves]


@pytest.mark.parametrize(
    ("routes", "selves", "pods", "answer", "asked"),
    [
        ([("100.96.0.0/11", False)], [], ["100.96.0.1", "100.97.0.1"], True, ["routes"]),
        ([("100.96.0.0/16", False)], ["100.97.0.9/16"], ["100.96.0.1", "100.97.0.1"], True, ["routes", "self_ips"]),
        ([("0.0.0.0/0", False)], ["198.18.0.9/16"], ["100.96.0.1"], False, ["routes", "self_ips"]),
        ([("100.96.0.0/11", True)], [], ["100.96.0.1"], False, ["routes", "self_ips"]),
        ([("2001:db8:96::/48", False)], [], ["2001:db8:96::1"], True, ["routes"]),
    ],
)
def test_a_way_to_the_pods(routes: list[tuple[str, bool]], selves: list[str], pods: list[str], answer: bool, asked: list[str]) -> None:
    ltm = Ltm(routes, selves)
    ask = routable(ltm)  # type: ignore[arg-type]
    assert [ask(pods), ask(pods)] == [answer, answer]
    assert ltm.asked == asked


@pytest.mark.parametrize(("selves", "answer"), [([], None), (["100.96.0.5/16"], True)])
def test_routes_that_may_not_be_read_are_not_known(selves: list[str], answer: bool | None) -> None:
    class Denied(Ltm):
        def routes(self) -> list[Any]:
            raise Failure("bigip_forbidden", "Reading the routes of BIG-IP")

    assert routable(Denied([], selves))(["100.96.0.9"]) is answer  # type: ignore[arg-type]


def test_a_published_node_port_pool_asks_nothing() -> None:
    def never(addresses: object) -> bool:
        raise AssertionError("BIG-IP was asked")

    port = ServicePort("http", 80, "TCP", 8080, 30080)
    service = Service("default", "web", type="NodePort", ports=(port,), selector={"app": "web"})
    choice = auto.choose(Snapshot(), Source("default", "web"), service, port, "nodeport", never)
    assert choice.mode == "nodeport"
