# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady stream of requests through the virtual server, while what is behind it changes: none may be lost.

Each scenario prints what its stream saw. The exception, a changed nodePort, is at the end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from .site import SERVICE, VIRTUAL, Site, promised
from .stream import Result

Check = Callable[[Result], None]


@pytest.fixture
def unharmed(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Check:
    def check(result: Result) -> None:
        with capsys.disabled():
            print(f"\n  {request.node.name}: {result}")
        assert not result.failed, result.failed[:5]
        assert result.rate >= 200, "the stream itself was too slow to prove anything"

    return check


def up(site: Site, **options: object) -> None:
    """Publish for the first time, and wait until the virtual server answers."""
    assert site.publish(**options)["changed"]
    wait_for_answer(site)


def wait_for_answer(site: Site) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with site.stream() as stream:
            time.sleep(0.3)
        if stream.result.answered and not stream.result.failed:
            return
    raise AssertionError(f"no answer: {stream.result}")


def same_again(site: Site, *applications: dict[str, object]) -> None:
    assert not site.publish(*applications)["changed"]


def test_rolling_update(site: Site, unharmed: Check) -> None:
    site.deploy(3, min_ready=5)
    up(site)
    old = {pod["metadata"]["name"] for pod in site.pods()}
    with site.stream() as stream:
        site.kubectl("set", "image", "deployment/shop", "web=shop:2")
        end = time.monotonic() + 120
        while {pod["metadata"]["name"] for pod in site.pods()} & old:
            assert time.monotonic() < end, "the rollout does not end"
            site.publish(foretold=False)
        site.settle(3)
        site.publish()
        time.sleep(1)
    unharmed(stream.result)
    assert {pod["metadata"]["name"] for pod in site.pods()} <= set(stream.result.answered)
    same_again(site)


def test_scale_up_and_down(site: Site, unharmed: Check) -> None:
    site.deploy(2)
    up(site)
    with site.stream() as stream:
        for replicas in (5, 3, 6, 2):
            site.kubectl("scale", "deployment/shop", f"--replicas={replicas}")
            site.settle(replicas)
            assert site.publish()["changed"]
        time.sleep(1)
    unharmed(stream.result)
    assert len(site.members()) == 2
    same_again(site)


def test_nodeport_to_nodeportlocal_and_back(site: Site, unharmed: Check) -> None:
    site.deploy(3, "LoadBalancer")
    nodeport = site.application(pool_member_type="nodeport")
    assert site.publish(nodeport)["changed"]
    wait_for_answer(site)
    before = site.members()
    with site.stream() as stream:
        assert site.publish(site.application())["changed"]
        switched = site.members()
        assert site.publish(nodeport)["changed"]
        time.sleep(1)
    unharmed(stream.result)
    assert switched != before and site.members() == before
    same_again(site, nodeport)


@pytest.mark.exhaustive
def test_drained_node(site: Site, unharmed: Check) -> None:
    site.deploy(4, grace=20)  # which the drain waits for, its node being published as excluded before
    up(site)
    node = site.pods()[0]["spec"]["nodeName"]
    with site.stream() as stream:
        site.publish(site.application(exclude_nodes=[node]))
        site.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=90s")
        site.settle(4)
        site.publish(site.application(exclude_nodes=[node]))
        site.kubectl("uncordon", node)
        site.publish()
        time.sleep(1)
    unharmed(stream.result)
    same_again(site)


def test_changed_ratios(site: Site, unharmed: Check) -> None:
    site.deploy(4)
    up(site)
    with site.stream() as stream:
        for ratio in (5, 2):
            assert site.publish(site.application(member={"ratio": ratio}))["changed"]
        time.sleep(1)
    unharmed(stream.result)
    same_again(site, site.application(member={"ratio": 2}))


@pytest.mark.exhaustive
def test_migration_from_cis_and_back(site: Site, unharmed: Check) -> None:
    """The tenant as CIS leaves it: its label names CIS' partition, nodes are shared, each member has an entry of its own."""
    site.deploy(3)
    ours = site.application(application="Shared", virtual_server_name="crd_192_0_2_80_80", pool_name="shop_80_default")
    pool = {"service": SERVICE, "servicePort": 80, "monitor": {"reference": "bigip", "name": "/Common/http"}}
    spec = {"virtualServerAddress": VIRTUAL, "partition": "Shop", "pools": [pool]}
    virtual = {"apiVersion": "cis.f5.com/v1", "kind": "VirtualServer", "metadata": {"name": SERVICE, "labels": {"f5cr": "true"}}, "spec": spec}
    declare, device = "/mgmt/shared/appsvcs/declare", "~Shop~Shared~shop_80_default"
    try:
        site.cis("kubernetes", virtual)
        wait_for_answer(site)
        before = site.members(device)
        assert len(before) == 3
        with site.stream() as stream:
            assert codes(site.publish(ours, adopt="cis", fails=True, foretold=False)) == ["cis_running"]
            site.scale_cis(0)
            assert codes(site.publish(ours, fails=True, foretold=False)) == ["cis_tenant"]
            assert site.publish(ours, adopt="cis")["changed"]
            assert site.members(device) == before
            site.kubectl("scale", f"deployment/{SERVICE}", "--replicas=5")
            site.settle(5)
            assert site.publish(ours)["changed"] and len(site.members(device)) == 5
            same_again(site, ours)
            assert site.publish({"tenant": "Shop"}, state="released")["changed"]
            released = site.control("GET", f"{declare}/Shop")["Shop"]
            assert released["label"] == "kubernetes" and "constants" not in released["Shared"]
            last = site.last_cis_post()
            site.scale_cis(1)
            assert codes(site.publish(ours, adopt="cis", fails=True, foretold=False)) == ["cis_running"]
            end = time.monotonic() + 60
            while site.last_cis_post() == last:
                assert time.monotonic() < end, "CIS did not take its tenant back"
                time.sleep(0.2)
            time.sleep(1)
    finally:
        site.no_cis()
    assert len(site.members(device)) == 5
    unharmed(stream.result)


def codes(result: dict[str, Any]) -> list[str]:
    return [entry["code"] for entry in result["failure"]["tenants"]]


def test_two_publishers_at_once(site: Site, unharmed: Check) -> None:
    site.deploy(2)
    up(site)
    with site.stream() as stream:
        for replicas in (4, 2):
            site.kubectl("scale", "deployment/shop", f"--replicas={replicas}")
            site.settle(replicas)
            promise = site.check()
            both = [site.start(), site.start()]
            results = [site.result(process) for process in both]
            assert any(result["changed"] and promised(result) == promise for result in results)
        time.sleep(1)
    unharmed(stream.result)
    same_again(site)


# A BIG-IP that is busy, and one whose REST API restarts in the middle of a POST.
BUSY = {"effect": {"kind": "unavailable"}, "seconds": 30}
RESTART = {"effect": {"kind": "restart", "down": 4, "unregistered": 4}, "where": {"method": "POST", "path": "/declare"}}


@pytest.mark.parametrize(
    ("fault", "timeout"),
    [pytest.param(BUSY, 120, id="busy_for_30_seconds", marks=pytest.mark.exhaustive), pytest.param(RESTART, 240, id="restart_in_a_post")],
)
def test_bigip_is_away(site: Site, unharmed: Check, fault: dict[str, Any], timeout: int) -> None:
    site.deploy(2)
    up(site)
    with site.stream() as stream:
        site.kubectl("scale", "deployment/shop", "--replicas=4")
        site.settle(4)
        promise = site.check()
        site.fault(**fault)
        done = site.publish(foretold=False, timeout=timeout)
        assert done["changed"] and promised(done) == promise
        time.sleep(1)
    unharmed(stream.result)
    assert len(site.members()) == 4
    same_again(site)


def test_script_fails_after_its_member_deletes(site: Site, unharmed: Check) -> None:
    site.deploy(4)
    up(site)
    with site.stream() as stream:
        site.kubectl("scale", "deployment/shop", "--replicas=2")
        site.settle(2)
        site.control("POST", "/_lab/fail", {"message": "01070734:3: Configuration error"})
        promise = site.check()
        failed = site.publish(fails=True, foretold=False)
        assert promised(failed) == promise
        assert "01070734:3: Configuration error" in failed["failure"]["tenants"][0]["response"]
        assert site.publish()["changed"]
        time.sleep(1)
    unharmed(stream.result)
    assert len(site.members()) == 2
    same_again(site)


def test_changed_node_port(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """kube-proxy closes a changed nodePort at once: requests fail until the first POST is through, and none after it."""
    site.deploy(3, "NodePort")
    nodeport = site.application(pool_member_type="nodeport")
    site.publish(nodeport)
    wait_for_answer(site)
    old = site.get("service", "shop")["spec"]["ports"][0]["nodePort"]
    with site.stream() as stream:
        time.sleep(1)
        change = {"op": "replace", "path": "/spec/ports/0/nodePort", "value": old + 1 if old < 32767 else old - 1}
        site.kubectl("patch", "service", "shop", "--type=json", "-p", json.dumps([change]))
        assert site.publish(nodeport)["changed"]
        published = stream.mark()
        time.sleep(2)
    late = [failure for failure in stream.result.failed if failure[0] > published]
    with capsys.disabled():
        print(f"\n  test_changed_node_port: {stream.result}; after the publish {len(late)}")
    assert not late, late[:5]
    same_again(site, nodeport)
