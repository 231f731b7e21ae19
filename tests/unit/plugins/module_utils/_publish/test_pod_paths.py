# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BIG-IP has a route to the Pods or not: as few requests as possible decide it."""

from __future__ import annotations

import ipaddress
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish.pod_paths import PodPaths

ALL = ["routes", "learnt", "self_ips"]


class Ltm:
    learnt: tuple[str, ...] = ()

    def __init__(self, routes: list[tuple[str, bool]], selves: list[str]) -> None:
        self.asked: list[str] = []
        self._routes, self._selves = routes, selves

    def routes(self) -> list[Any]:
        self.asked.append("routes")
        return [SimpleNamespace(network=network, blackhole=blackhole, route_domain=None) for network, blackhole in self._routes]

    def learnt_routes(self) -> list[Any]:
        self.asked.append("learnt")
        return [SimpleNamespace(network=network, blackhole=False, route_domain=None) for network in self.learnt]

    def self_ips(self) -> list[Any]:
        self.asked.append("self_ips")
        return [SimpleNamespace(network=ipaddress.ip_interface(address).network, route_domain=None) for address in self._selves]


@pytest.mark.parametrize(
    ("routes", "selves", "pods", "answer", "asked"),
    [
        ([("100.96.0.0/11", False)], [], ["100.96.0.1", "100.97.0.1"], True, ["routes"]),
        (
            [("100.96.0.0/16", False)],
            ["100.97.0.9/16"],
            ["100.96.0.1", "100.97.0.1"],
            True,
            ALL,
        ),
        ([("0.0.0.0/0", False)], ["198.18.0.9/16"], ["100.96.0.1"], False, ALL),
        ([("100.96.0.0/11", True)], [], ["100.96.0.1"], False, ALL),
        ([("2001:db8:96::/48", False)], [], ["2001:db8:96::1"], True, ["routes"]),
        # host bits, as BIG-IP may show them; no network; a network behind the default route
        ([("100.96.0.5/16", False)], [], ["100.96.9.1"], True, ["routes"]),
        ([("", False), ("0.0.0.0/0", False), ("100.96.0.0/16", False)], [], ["100.96.0.1"], True, ["routes"]),
        ([("::/0", False)], ["2001:db8::1/64"], ["2001:db8:96::1"], False, ALL),
    ],
)
def test_a_way_to_the_pods(
    routes: list[tuple[str, bool]], selves: list[str], pods: list[str], answer: bool, asked: list[str]
) -> None:
    ltm = Ltm(routes, selves)
    ask = partial(PodPaths(ltm).routable, domain=0)
    assert [ask(pods, published=False), ask(pods, published=False)] == [answer, answer]
    assert ltm.asked == asked


class Denied(Ltm):
    """It refuses to read these."""

    def __init__(self, refused: set[str], code: Any, selves: list[str]) -> None:
        super().__init__([("100.96.0.0/16", False)], selves)
        self._refused, self._code = refused, code

    def routes(self) -> list[Any]:
        routes = super().routes()
        if "routes" in self._refused:
            raise Failure(self._code, "Reading the routes of BIG-IP")
        return routes

    def learnt_routes(self) -> list[Any]:
        learnt = super().learnt_routes()
        if "learnt" in self._refused:
            raise Failure(self._code, "Reading the route table of BIG-IP")
        return learnt

    def self_ips(self) -> list[Any]:
        selves = super().self_ips()
        if "self_ips" in self._refused:
            raise Failure(self._code, "Reading the self IPs of BIG-IP")
        return selves


@pytest.mark.parametrize(
    ("learnt", "missing", "asked"),
    [
        (("100.97.0.0/24",), [], ["routes", "learnt"]),
        (("100.97.0.0/24", "100.98.0.0/24"), [], ["routes", "learnt"]),
        (("100.98.0.0/24",), ["100.97.0.1"], ALL),
        (("0.0.0.0/0",), ["100.97.0.1"], ALL),
        ((), ["100.97.0.1"], ALL),
    ],
)
def test_learnt_routes_are_read_after_the_static_ones(learnt: tuple[str, ...], missing: list[str], asked: list[str]) -> None:
    ltm = Ltm([("100.96.0.0/16", False)], [])
    ltm.learnt = learnt
    paths = PodPaths(ltm)
    assert paths.missing(["100.96.0.1"], 0) == [] and ltm.asked == ["routes"]
    for _pool in range(2):
        assert paths.missing(["100.96.0.1", "100.97.0.1"], 0) == missing
        assert paths.routable(["100.97.0.1"], 0, published=False) is not bool(missing)
    assert ltm.asked == asked and paths.not_learnt is None


@pytest.mark.parametrize("code", ["bigip_forbidden", "bigip_refused", "bigip_answer"])
def test_learnt_routes_that_cannot_be_read_are_not_known(code: Any) -> None:
    ltm = Denied({"learnt"}, code, ["100.98.0.9/16"])
    paths = PodPaths(ltm)
    assert paths.missing(["100.96.0.1", "100.97.0.1", "100.98.0.1"], 0) == ["100.97.0.1"]
    assert paths.not_learnt == "Reading the route table of BIG-IP."
    assert paths.routable(["100.97.0.1"], 0, published=False) is None
    assert paths.routable(["100.98.0.1"], 0, published=False) is True
    assert ltm.asked == ALL


@pytest.mark.parametrize("code", ["bigip_forbidden", "bigip_refused"])
@pytest.mark.parametrize(
    ("refused", "selves", "pods", "answer", "asked"),
    [
        ({"routes"}, [], "100.96.0.9", None, ALL),
        ({"routes"}, ["100.96.0.5/16"], "100.96.0.9", True, ALL),
        ({"self_ips"}, [], "100.96.0.9", True, ["routes"]),
        ({"self_ips"}, [], "100.97.0.9", None, ALL),
    ],
)
def test_what_may_not_be_read_is_not_known(
    refused: set[str], selves: list[str], pods: str, answer: bool | None, asked: list[str], code: str
) -> None:
    ltm = Denied(refused, code, selves)
    ask = partial(PodPaths(ltm).routable, domain=0)
    assert (ask([pods], published=False), ask([pods], published=False), ltm.asked) == (answer, answer, asked)


def test_a_bigip_that_cannot_be_reached_stops_the_run() -> None:
    for refused, what in (("routes", "Reading the routes"), ("learnt", "Reading the route table")):
        with pytest.raises(Failure, match=what):
            PodPaths(Denied({refused}, "bigip_unreachable", [])).routable(["100.97.0.9"], 0, published=False)


@pytest.mark.parametrize(
    ("routes", "answer"), [([("100.96.0.0/11", False)], True), ([("0.0.0.0/0", False)], None)]
)
def test_a_pool_published_as_cluster_costs_one_request(
    routes: list[tuple[str, bool]], answer: bool | None
) -> None:
    """And keeps its mode if only a self IP led to its Pods: sign-in, declaration, LTM and sign-out are the other four of a run without a change."""
    ltm = Ltm(routes, ["100.96.0.5/16"])
    ask = partial(PodPaths(ltm).routable, domain=0)
    assert [ask(["100.96.0.1"], published=True), ask(["100.96.0.1"], published=True)] == [answer, answer]
    assert ltm.asked == ["routes"]
    # A pool that is not published as cluster needs the learnt routes and the self IPs, too.
    assert ask(["100.96.0.1"], published=False) is True
    assert ltm.asked == (["routes"] if answer else ALL)


@pytest.mark.parametrize(
    ("routes", "selves", "missing", "asked"),
    [
        ([("100.96.0.0/16", False)], [], ["100.97.0.1"], ALL),
        ([("100.96.0.0/11", False)], [], [], ["routes"]),
        ([("100.96.0.0/16", False)], ["100.97.0.9/16"], [], ALL),
        ([("0.0.0.0/0", False)], [], ["100.96.0.1", "100.97.0.1"], ALL),
        ([("100.96.0.0/11", False), ("100.97.0.0/24", True)], [], ["100.97.0.1"], ALL),
    ],
)
def test_the_addresses_without_a_path(routes: list[tuple[str, bool]], selves: list[str], missing: list[str], asked: list[str]) -> None:
    ltm = Ltm(routes, selves)
    paths = PodPaths(ltm)
    for _pool in range(2):
        assert paths.missing(["100.96.0.1", "100.97.0.1"], 0) == missing
    assert ltm.asked == asked


def test_an_account_that_may_not_read_routes_refuses_no_member() -> None:
    assert PodPaths(Denied({"routes"}, "bigip_forbidden", [])).missing(["100.96.0.1"], 0) == []
