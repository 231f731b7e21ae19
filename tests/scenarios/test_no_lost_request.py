# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A steady stream of requests through the virtual server during changes of its members: none may be lost.

Each scenario prints the result of its stream. The exception, a changed nodePort, is at the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .site import SERVICE, VIRTUAL, Site, ended, promised
from .stream import Result
from .waiting import HANGS, eventually

Check = Callable[[Result], None]


@pytest.fixture
def unharmed(capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest) -> Check:
    def check(result: Result) -> None:
        with capsys.disabled():
            print(f"\n  {request.node.name}: {result}")
        assert not result.failed, result.failed[:5]

    return check


def up(site: Site, **options: Any) -> None:
    """Publish for the first time, and wait until the virtual server answers."""
    assert site.publish(**options)["changed"]
    wait_for_answer(site)


def wait_for_answer(site: Site) -> None:
    def answers() -> bool:
        with site.stream() as stream:
            stream.more(20)
        return not stream.result.failed

    assert eventually(answers)


def wait_for(number: int, names: Callable[[], set[str]]) -> None:
    assert eventually(lambda: len(names()) == number), f"not {number}: {names()}"


def same_again(site: Site, *applications: dict[str, object]) -> None:
    assert not site.publish(*applications)["changed"]


def test_rolling_update(site: Site, unharmed: Check) -> None:
    """A new Pod becomes ready after a publish, so each step of the rollout is published, and the one before it."""
    site.deploy(3)
    up(site)
    old = site.names()
    not_ready = {"metadata": {"annotations": {"lab.vks.bigip/ready": "false"}}, "spec": {"containers": [{"name": "web", "image": "shop:2"}]}}
    with site.stream() as stream:
        stream.more()
        site.kubectl("patch", "deployment/shop", "-p", json.dumps({"spec": {"template": not_ready}}))
        for step in range(3):
            wait_for(step + 1, lambda: site.names() - old)
            site.publish(checked=False)
            site.kubectl("annotate", "pods", "-l", "app=shop", "lab.vks.bigip/ready-")
            wait_for(2 - step, lambda: site.names() & old)
            site.publish(checked=False)
            stream.more()
        site.settle(3)
        site.publish(playbook=True)
        stream.more()
        site.end_pods()
        stream.more()
    unharmed(stream.result)
    assert site.names() <= set(stream.result.answered)
    same_again(site)


def test_scale_up_and_down(site: Site, unharmed: Check) -> None:
    site.deploy(2)
    up(site)
    with site.stream() as stream:
        for replicas in (5, 3, 6, 2):
            site.kubectl("scale", "deployment/shop", f"--replicas={replicas}")
            site.settle(replicas)
            assert site.publish(playbook=replicas == 2)["changed"]
            stream.more()
            site.end_pods()
        stream.more()
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
        stream.more()
        assert site.publish(site.application(), playbook=True)["changed"]
        switched = site.members()
        stream.more()
        assert site.publish(nodeport)["changed"]
        stream.more()
    unharmed(stream.result)
    assert switched != before and site.members() == before
    same_again(site, nodeport)


def test_drained_node(site: Site, unharmed: Check) -> None:
    site.deploy(4)
    up(site)
    node = site.pods()[0]["spec"]["nodeName"]
    with site.stream() as stream:
        site.publish(site.application(exclude_nodes=[node]), playbook=True)
        stream.more()
        with ThreadPoolExecutor() as pool:
            drain = pool.submit(site.kubectl, "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", f"--timeout={HANGS}s")
            assert eventually(lambda: all(pod["spec"].get("nodeName") != node for pod in site.pods())), "Pods stay on the node"
            stream.more()
            site.end_pods()
            drain.result()
        site.settle(4)
        site.publish(site.application(exclude_nodes=[node]))
        stream.more()
        site.kubectl("uncordon", node)
        site.publish()
        stream.more()
    unharmed(stream.result)
    same_again(site)


def test_changed_ratios(site: Site, unharmed: Check) -> None:
    site.deploy(4)
    up(site)
    with site.stream() as stream:
        for ratio in (5, 2):
            assert site.publish(site.application(member={"ratio": ratio}), playbook=ratio == 2)["changed"]
            stream.more()
    unharmed(stream.result)
    same_again(site, site.application(member={"ratio": 2}))


def test_migration_from_cis_and_back(site: Site, unharmed: Check) -> None:
    """The tenant as CIS leaves it: its label names CIS' partition, nodes are shared, each member has an entry of its own."""
    site.deploy(3)
    ours = site.application(application="Shared", virtual_server_name="crd_192_0_2_80_80", pool_name="shop_80_default")
    believed: dict[str, Any] = {"cis_namespaces": ["default"]}
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
            assert codes(site.publish(ours, adopt="cis", fails=True, checked=False, **believed)) == ["cis_running"]
            site.scale_cis(0)
            assert codes(site.publish(ours, fails=True, checked=False, **believed)) == ["cis_tenant"]
            assert site.publish(ours, adopt="cis", playbook=True, **believed)["changed"]
            stream.more()
            assert site.members(device) == before
            site.kubectl("scale", f"deployment/{SERVICE}", "--replicas=5")
            site.settle(5)
            assert site.publish(ours)["changed"] and len(site.members(device)) == 5
            same_again(site, ours)
            stream.more()
            assert site.publish({"tenant": "Shop"}, state="released")["changed"]
            released = site.control("GET", f"{declare}/Shop")["Shop"]
            assert released["label"] == "kubernetes" and "constants" not in released["Shared"]
            last = site.last_cis_post()
            site.scale_cis(1)
            assert codes(site.publish(ours, adopt="cis", fails=True, checked=False, **believed)) == ["cis_running"]
            assert eventually(lambda: site.last_cis_post() != last), "CIS did not take its tenant back"
            stream.more()
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
            both = [site.start(playbook=replicas == 2), site.start(playbook=replicas == 2)]
            results = [ended(job) for job in both]
            assert any(result["changed"] and promised(result) == promise for result in results)
            stream.more()
            site.end_pods()
        stream.more()
    unharmed(stream.result)
    same_again(site)


# A BIG-IP that refuses as many requests as a publish sends in 30 seconds, and one whose REST API restarts in the middle of a POST.
BUSY = {"effect": {"kind": "unavailable"}, "count": 8}
RESTART = {"effect": {"kind": "restart", "down": 0.5, "unregistered": 0.5}, "where": {"method": "POST", "path": "/declare"}}


@pytest.mark.parametrize(
    ("fault", "how"),
    [pytest.param(BUSY, {"counted": True}, id="busy_for_30_seconds"), pytest.param(RESTART, {"playbook": True}, id="restart_in_a_post")],
)
def test_bigip_is_away(site: Site, unharmed: Check, fault: dict[str, Any], how: dict[str, Any]) -> None:
    site.deploy(2)
    up(site)
    with site.stream() as stream:
        site.kubectl("scale", "deployment/shop", "--replicas=4")
        site.settle(4)
        promise = site.check()
        site.fault(**fault)
        done = site.publish(checked=False, **how)
        assert done["changed"] and promised(done) == promise
        assert site.faults_met() == [fault.get("count", 1)]
        stream.more()
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
        failed = site.publish(fails=True, checked=False, playbook=True)
        assert promised(failed) == promise
        assert "01070734:3: Configuration error" in failed["failure"]["tenants"][0]["response"]
        stream.more()
        assert site.publish()["changed"]
        stream.more()
        site.end_pods()
        stream.more()
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
        stream.more()
        change = {"op": "replace", "path": "/spec/ports/0/nodePort", "value": old + 1 if old < 32767 else old - 1}
        site.kubectl("patch", "service", "shop", "--type=json", "-p", json.dumps([change]))
        assert site.publish(nodeport, playbook=True)["changed"]
        published = stream.mark()
        stream.more(200)
    late = [failure for failure in stream.result.failed if failure[0] > published]
    with capsys.disabled():
        print(f"\n  test_changed_node_port: {stream.result}; after the publish {len(late)}")
    assert not late, late[:5]
    same_again(site, nodeport)
