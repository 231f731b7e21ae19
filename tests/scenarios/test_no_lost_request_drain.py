# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests over connections that stay open during a rollout, on a BIG-IP that resets those of removed members.

No document of F5 promises that the connections of a removed member continue, so this BIG-IP is the worse case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .site import VIRTUAL, Site, ended
from .test_no_lost_request import Check, unharmed, up, wait_for  # noqa: F401 a fixture
from .tunnel import Tunnel
from .waiting import HANGS, eventually

POOL = "/Shop/web/pool"
NEW = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "shop:2"}]}}}}


def tunnels(site: Site, stack: ExitStack, number: int) -> list[Tunnel]:
    return [stack.enter_context(Tunnel(site.data_proxy(), VIRTUAL)) for _each in range(number)]


def roll_out(site: Site) -> set[str]:
    """New Pods are ready, and the former ones, which are returned, end and still serve."""
    old = site.names()
    site.kubectl("patch", "deployment/shop", "-p", json.dumps(NEW))
    wait_for(0, lambda: site.names() & old)
    site.settle(len(old))
    return old


def disabled(site: Site) -> set[str]:
    members: dict[str, Any] = site.control("GET", "/_lab/pools")[POOL]
    return {name for name, member in members.items() if member["session"] == "user-disabled"}


def connections(site: Site, names: set[str]) -> int:
    """The open connections of these members, as BIG-IP counts them."""
    items = site.control("GET", "/mgmt/tm/ltm/pool/~Shop~web~pool/members/stats")["entries"].values()
    listed = [item["nestedStats"]["entries"] for item in items]
    places = {name.rpartition("/")[2] for name in names}
    return sum(entry["serverside.curConns"]["value"] for entry in listed if f"{entry['addr']['description']}:{entry['port']['value']}" in places)


@pytest.fixture(autouse=True)
def worse_case(site: Site) -> Iterator[None]:
    site.control("POST", "/_lab/dataplane", {"reset_removed": True})
    yield
    site.control("POST", "/_lab/dataplane", {"reset_removed": False})


def test_open_connections_survive_a_rollout(site: Site, unharmed: Check) -> None:  # noqa: F811
    site.deploy(3)
    up(site, **given(site, "drain"))
    with ExitStack() as stack, site.stream() as stream:
        held = tunnels(site, stack, 9)
        stream.more()
        old = roll_out(site)
        assert old == {tunnel.pod for tunnel in held}
        promise = site.check(**given(site, "drain"))
        run = site.start(**given(site, "drain"))
        assert eventually(lambda: len(disabled(site)) == 3), "the former members still get new connections"
        before = stream.result.answered.copy()
        stream.more(100)
        assert all(tunnel.is_open for tunnel in held) and not run.done()
        late = {pod for pod in old if stream.result.answered[pod] > before[pod] + 10}
        assert not late, f"new connections went to {late}"
        for tunnel in held[:-1]:
            tunnel.close()
        stream.more()
        assert held[-1].is_open and not run.done(), "one connection is enough for a member to stay"
        held[-1].close()
        result = ended(run)
        stream.more()
    assert len(result["tenants"]["Shop"]["members_draining"]) == 3 and not result.get("warnings")
    assert {name: entry["members_removed"] for name, entry in promise.items()} == {"Shop": result["tenants"]["Shop"]["members_removed"]}
    unharmed(stream.result)
    assert len(site.members()) == 3 and not disabled(site)
    assert not site.publish(**given(site, "drain"))["changed"]
    site.end_pods()
    assert not site.publish(**given(site, "drain"))["changed"]


@pytest.mark.parametrize("terminating", ["exclude", "fallback"])
def test_without_drain_they_are_cut(site: Site, terminating: str) -> None:
    site.deploy(3)
    up(site, **given(site, terminating))
    with ExitStack() as stack:
        held = tunnels(site, stack, 6)
        roll_out(site)
        assert site.publish(**given(site, terminating))["changed"]
        assert not any(tunnel.is_open for tunnel in held)


def test_the_only_pods_end(site: Site, unharmed: Check) -> None:  # noqa: F811
    """A pool keeps serving if all its Pods end: they are disabled only when another one is up."""
    site.deploy(2)
    up(site, **given(site, "drain"))
    with ExitStack() as stack, site.stream() as stream:
        held = tunnels(site, stack, 4)
        site.kubectl("scale", "deployment/shop", "--replicas=0")
        site.settle(0)
        assert not site.publish(**given(site, "drain"))["changed"] and not disabled(site)
        stream.more()
        site.kubectl("scale", "deployment/shop", "--replicas=2")
        site.settle(2)
        short = given(site, "drain", drain_timeout=0)
        assert site.publish(**short)["changed"] and len(disabled(site)) == 2
        stream.more()
        assert all(tunnel.is_open for tunnel in held)
        for tunnel in held:
            tunnel.close()
        assert eventually(lambda: not connections(site, disabled(site))), "BIG-IP still counts closed connections"
        assert site.publish(**short)["changed"]
        stream.more()
    unharmed(stream.result)
    assert len(site.members()) == 2 and not site.publish(**short)["changed"]


def given(site: Site, terminating: str, **options: Any) -> dict[str, Any]:
    """The options of a publish in which nothing but the closed connections ends a drain."""
    return {"applications": [site.application(terminating=terminating)], "drain_timeout": HANGS, "timeout": 2 * HANGS, **options}
