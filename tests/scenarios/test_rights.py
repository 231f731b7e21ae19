# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module and role runs with exactly its manifest of docs/rbac: no request is denied, and no rule is unused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.source import watch

from .rights import Make, exact, maker, plays, published, succeeds
from .site import SERVICE, VIRTUAL, Site
from .waiting import HANGS

# Beside the right to list all Pods it is not needed; the test of cluster_info needs it.
WITH_PODS = ("list pods in kube-system",)
MODES = ("nodeport", "nodeportlocal", "cluster", "auto")
CIS = "f5-cis"
OF_CIS = ("kube-system", CIS)  # the default of cis_namespaces


@pytest.fixture(scope="module")
def shop(site: Site) -> Site:
    """An application that each mode can serve, and a namespace in which a CIS may be."""
    site.deploy(2, "LoadBalancer")
    site.kubectl("label", "service", SERVICE, f"app={SERVICE}")
    site.kubectl("create", "namespace", CIS)
    return site


@pytest.fixture
def account(shop: Site, tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    return maker(shop, tmp_path, request.node.name)


@pytest.fixture
def idle_cis(shop: Site) -> Iterator[None]:
    """A CIS that is scaled to 0, in each namespace of cis_namespaces, because its AS3 ConfigMaps count."""
    labels = {"app": "ctlr"}
    box = {"name": "ctlr", "image": "f5networks/k8s-bigip-ctlr:2.20.3", "args": ["--bigip-partition=elsewhere"]}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [box]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod}
    items = [{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ctlr", "namespace": name}, "spec": spec} for name in OF_CIS]
    manifest = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    shop.kubectl("apply", "-f", "-", stdin=manifest)
    yield
    shop.kubectl("delete", "-f", "-", stdin=manifest)


# -- members, publish, status


@pytest.mark.parametrize("mode", MODES)
def test_mode(mode: str, shop: Site, account: Make, idle_cis: None) -> None:
    one = account(**{mode: [f"vks-bigip-{mode}"], "publish": None})
    if mode == "cluster":
        shop.route_pods()
    found = succeeds(shop, one, "pool_members_info", pool_member_type=mode, label_selector=f"app={SERVICE}")
    assert found["pools"][0]["members"]
    published(shop, one, mode)
    status = succeeds(shop, one, "pool_status_info", provider=shop.provider(), tenant=["Shop"])
    assert status["summary"]["pools"] == 1
    exact(one)


@pytest.mark.parametrize("mode", MODES)
def test_role(mode: str, shop: Site, account: Make, idle_cis: None) -> None:
    """The Role of one namespace, with the Nodes where they are members."""
    nodes = {"nodeport": ["vks-bigip-nodes"]} if mode != "cluster" else {}
    one = account(**{f"{mode}__role": None, **nodes, "publish": None})
    if mode == "cluster":
        shop.route_pods()
    published(shop, one, mode)
    exact(one, denied=() if nodes else ("list nodes",))


@pytest.mark.parametrize("mode", MODES)
def test_a_missing_right_is_named(mode: str, shop: Site, account: Make) -> None:
    """Beyond the namespace of the Role; without the Nodes, where they are members; without any."""
    one, none = account(**{f"{mode}__role": None}), account()
    nodes = mode == "nodeport"
    service = {"name": SERVICE} if nodes else {"namespace": "kube-system", "name": "kube-dns"}
    for which, resource in ((one, "nodes" if nodes else "services"), (none, "services")):
        failed = shop.module("pool_members_info", kubeconfig=str(which.kubeconfig), pool_member_type=mode, pools=[{"service": service}])
        rule = f'{{apiGroups: [""], resources: ["{resource}"], verbs: ["list"]}}'
        assert failed["failure"]["code"] == "kubernetes_forbidden" and rule in failed["msg"]


def test_publish_without_its_manifest(shop: Site, account: Make) -> None:
    """The owner is set, and the task cannot read if a CIS owns the tenant."""
    one = account(nodeport=["vks-bigip-nodeport"])
    result = published(shop, one, "nodeport", owner="team-shop")
    assert "It is unknown whether a CIS owns tenants on this BIG-IP" in json.dumps(result["warnings"])
    in_each = (f"list deployments.apps in {namespace}" for namespace in OF_CIS)
    assert one.denied() == {"get namespaces kube-system in kube-system", "list deployments.apps", *in_each}


def test_secret(shop: Site, account: Make) -> None:
    shop.kubectl("create", "secret", "generic", "shop-tls", "--from-literal=send=GET /health")
    one = account(nodeport=["vks-bigip-nodeport"], secret__role=None)
    send = {"from_secret": {"namespace": "default", "name": "shop-tls", "key": "send"}}
    monitor = {"class": "Monitor", "monitorType": "http", "send": send}
    application = shop.application(pool_member_type="nodeport", objects={"monitor": monitor})
    succeeds(shop, one, "publish", applications=[application], provider=shop.provider(), wait_up=HANGS, owner="team-shop")
    assert "get secrets shop-tls in default" not in one.unneeded()


def test_a_rule_too_many_is_found(shop: Site, account: Make) -> None:
    """A rule that nothing uses, and a right to list in the whole cluster that is used in one namespace only."""
    one = account(cluster=["vks-bigip-cluster"], explain=None)
    succeeds(shop, one, "pool_members_info", pool_member_type="cluster", pools=[{"service": {"name": SERVICE}}])
    unused = {"list daemonsets.apps", "list pods", "get configmaps antrea-config in kube-system"}
    assert one.unneeded() == {*unused, "list services", "list endpointslices.discovery.k8s.io"}


# -- facts


def test_cluster_info(shop: Site, account: Make) -> None:
    one = account(info=["vks-bigip-info"])
    result = succeeds(shop, one, "cluster_info")
    assert not result["unknown"]
    exact(one)


def test_preflight_info(shop: Site, account: Make) -> None:
    one = account(info=["vks-bigip-info", "vks-bigip-preflight"])
    for mode in ("auto", "cluster"):
        result = succeeds(shop, one, "preflight_info", pool_member_type=mode, provider=shop.provider())
        assert result["summary"]["fail"] < 99, result["report"]
    exact(one, *WITH_PODS)


def test_preflight(shop: Site, account: Make, tmp_path: Path) -> None:
    one = account(info=None)
    plays(shop, one, tmp_path, "preflight", preflight_fail_on=[])
    assert not one.denied()


# -- roles


def test_role_publish(shop: Site, account: Make, tmp_path: Path) -> None:
    """With its checks before, and its verification of the pools afterwards."""
    one = account(info=None, beside={"nodeport": ["vks-bigip-nodeport"], "publish": None})
    application = shop.application(pool_member_type="nodeport")
    requests = [{"url": f"http://{VIRTUAL}/"}]
    plays(shop, one, tmp_path, "publish", publish_applications=[application], publish_requests=requests, publish_requests_proxy=shop.proxy())
    assert not one.denied()


def test_role_verify(shop: Site, account: Make, tmp_path: Path) -> None:
    one = account(nodeport=["vks-bigip-nodeport"])
    shop.publish(shop.application(pool_member_type="nodeport"), checked=False)
    plays(shop, one, tmp_path, "verify", verify_tenant=["Shop"])
    assert not one.denied()


# -- the event source


def test_changes(shop: Site, account: Make) -> None:
    """The event source watches. It lists too where the API server is older, and a person reads single objects."""
    shop.kubectl("create", "namespace", "shop")
    shop.kubectl("-n", "shop", "create", "secret", "generic", "shop-tls")
    one = account(events=None)
    arguments = {"kubeconfig": str(one.kubeconfig), "secrets": ["shop/shop-tls"]}
    assert [event["type"] for event in asyncio.run(events(arguments, 1))] == ["resync"]
    core, discovery = "/api/v1", "/apis/discovery.k8s.io/v1"
    kinds = [f"{core}/services", f"{core}/pods", f"{core}/nodes", f"{discovery}/endpointslices"]
    for path in (*(f"{kind}?limit=100" for kind in kinds), f"{core}/namespaces/shop/secrets?fieldSelector=metadata.name%3Dshop-tls"):
        shop.kubectl(f"--kubeconfig={one.kubeconfig}", "get", "--raw", path)
    for kind in ("service", "pod", "node", "endpointslice"):
        name = shop.kubectl("get", kind, "-o", "jsonpath={.items[0].metadata.name}")
        shop.kubectl(f"--kubeconfig={one.kubeconfig}", "get", kind, name)
    shop.kubectl(f"--kubeconfig={one.kubeconfig}", "-n", "shop", "get", "secret", "shop-tls")
    exact(one)


async def events(arguments: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """The first events of the event source."""
    queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    task = asyncio.ensure_future(watch(arguments, queue))
    try:
        return [(await asyncio.wait_for(queue.get(), HANGS))["vks"] for _event in range(count)]
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# -- NodePortLocal, last: it is disabled, and then its agents are removed


def test_antrea_npl(shop: Site, account: Make, tmp_path: Path) -> None:
    one = account(antrea_npl=None)
    strategy = ("-n", "kube-system", "patch", "daemonset", "antrea-agent", "-p")
    shop.kubectl(*strategy, json.dumps({"spec": {"updateStrategy": {"type": "RollingUpdate"}}}))
    succeeds(shop, one, "antrea_npl", state="disabled")
    shop.kubectl(*strategy, json.dumps({"spec": {"updateStrategy": {"type": "OnDelete", "rollingUpdate": None}}}))
    succeeds(shop, one, "antrea_npl", _ansible_check_mode=True)
    shop.kubectl("create", "service", "clusterip", "plain", "--tcp=80:8080")
    services = [{"namespace": "default", "name": SERVICE}, {"namespace": "default", "label_selector": "app=plain"}]
    given = {"antrea_npl_services": services, "antrea_npl_canary": True}
    plays(shop, one, tmp_path, "antrea_npl", antrea_npl_port_range="63000-63999", **given)
    plays(shop, one, tmp_path, "antrea_npl", antrea_npl_port_range="64000-64999", antrea_npl_restart_agents="never", **given)
    exact(one, "list packageinstalls.packaging.carvel.dev")  # the Supervisor's owner of the setting: test_rights_supervisor.py


def test_npl_range(shop: Site, account: Make) -> None:
    """Antrea's configuration names another range than the one that the agents run with."""
    one = account(npl__range=None, beside={"nodeportlocal": ["vks-bigip-nodeportlocal"]})
    found = succeeds(shop, one, "pool_members_info", pool_member_type="nodeportlocal", label_selector=f"app={SERVICE}", wait_for_mappings=HANGS)
    assert len(found["pools"][0]["members"]) == 2
    exact(one)


def test_explain(shop: Site, account: Make) -> None:
    """The reason why a ready Pod has no mapping."""
    one = account(explain=None, beside={"nodeportlocal": ["vks-bigip-nodeportlocal"], "npl__range": None})
    agents = ("-n", "kube-system", "patch", "daemonset", "antrea-agent", "-p")
    shop.kubectl(*agents, json.dumps({"spec": {"template": {"spec": {"nodeSelector": {"no": "where"}}}}}))
    shop.kubectl("-n", "kube-system", "delete", "pods", "-l", "component=antrea-agent")
    shop.kubectl("scale", "deployment", SERVICE, "--replicas=3")
    shop.settle(3)
    found = succeeds(shop, one, "pool_members_info", pool_member_type="nodeportlocal", label_selector=f"app={SERVICE}")
    assert "agent_missing" in json.dumps(found)
    exact(one)
