# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster of a lab behaves as a VKS cluster: nodes, Pods, addresses, readiness, deletion, logs."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

from lab_use import rolled_out
from running_lab import RunningLab, eventually, run_lab
from vkslab import processes
from vkslab.errors import LabError
from vkslab.etcd import Etcd

Labs = Callable[..., RunningLab]


@pytest.fixture
def cluster(lab: Labs) -> RunningLab:
    return lab(cni="calico", nodes=2)


@pytest.fixture
def hello(cluster: RunningLab) -> Iterator[str]:
    """A Deployment of three Pods and its Service."""
    name = f"hello-{time.monotonic_ns()}"
    cluster.apply(*workload(name, 3))
    rolled_out(cluster, name)
    yield name
    cluster.kubectl("delete", "deployment,service", name, "--grace-period=0", "--force")


def workload(name: str, replicas: int, grace: int = 3, **service: Any) -> list[dict[str, Any]]:
    labels = {"app": name}
    template = {
        "metadata": {"labels": labels},
        "spec": {
            "terminationGracePeriodSeconds": grace,
            "containers": [{"name": "web", "image": "hello:1", "ports": [{"containerPort": 8080}]}],
        },
    }
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": name},
            "spec": {"selector": labels, "ports": [{"port": 8080}], **service},
        },
    ]


def pods_of(lab: RunningLab, name: str) -> list[dict[str, Any]]:
    return sorted(lab.get("pods", "-l", f"app={name}")["items"], key=lambda pod: pod["metadata"]["name"])


def endpoints_of(lab: RunningLab, name: str) -> dict[str, dict[str, bool]]:
    """Conditions by Pod."""
    slices = lab.get("endpointslices", "-l", f"kubernetes.io/service-name={name}")["items"]
    return {
        endpoint["targetRef"]["name"]: endpoint["conditions"]
        for each in slices
        for endpoint in each.get("endpoints") or []
    }


READY = {"ready": True, "serving": True, "terminating": False}
UNREADY = {"ready": False, "serving": False, "terminating": False}
TERMINATING = {"ready": False, "serving": True, "terminating": True}


def test_nodes_are_ready_and_look_like_vks_workers(cluster: RunningLab) -> None:
    nodes = cluster.get("nodes")["items"]
    assert len(nodes) == 2
    for node in nodes:
        addresses = {address["type"]: address["address"] for address in node["status"]["addresses"]}
        assert ipaddress.ip_address(addresses["InternalIP"]) in ipaddress.ip_network("198.18.0.0/16")
        assert (
            addresses["Hostname"]
            == node["metadata"]["name"]
            == node["metadata"]["labels"]["kubernetes.io/hostname"]
        )
        assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.35.4"
        assert node["spec"]["providerID"].startswith("vsphere://")
    assert len(cluster.get("leases", "-n", "kube-node-lease")["items"]) == 2


def test_the_api_server_is_the_real_one(cluster: RunningLab) -> None:
    assert json.loads(cluster.kubectl("version", "-o", "json"))["serverVersion"]["gitVersion"] == "v1.35.4"
    assert ipaddress.ip_address(
        cluster.get("service", "kubernetes")["spec"]["clusterIP"]
    ) in ipaddress.ip_network("100.64.0.0/16")


def test_a_deployment_becomes_ready_with_addresses_of_its_nodes(cluster: RunningLab, hello: str) -> None:
    ranges = {
        node["metadata"]["name"]: ipaddress.ip_network(node["spec"]["podCIDR"])
        for node in cluster.get("nodes")["items"]
    }
    pods = pods_of(cluster, hello)
    assert len({pod["status"]["podIP"] for pod in pods}) == 3
    for pod in pods:
        assert ipaddress.ip_address(pod["status"]["podIP"]) in ranges[pod["spec"]["nodeName"]]
        assert ipaddress.ip_network("100.96.0.0/11").supernet_of(ranges[pod["spec"]["nodeName"]])
    assert list(endpoints_of(cluster, hello).values()) == [READY] * 3


def test_a_deleted_pod_serves_until_its_grace_period_ends(cluster: RunningLab) -> None:
    name = "leaving"
    cluster.apply(*workload(name, 1, grace=4))
    (pod,) = eventually(lambda: endpoints_of(cluster, name))
    cluster.kubectl("delete", "deployment", name, "--wait=false")
    eventually(lambda: endpoints_of(cluster, name).get(pod) == TERMINATING)
    (leaving,) = pods_of(cluster, name)
    assert leaving["status"]["phase"] == "Running"
    # Endpoints are read before the Pod: while it exists, they have it.
    while (endpoints := endpoints_of(cluster, name)) and pods_of(cluster, name):
        assert endpoints == {pod: TERMINATING}
        time.sleep(0.1)
    end = datetime.fromisoformat(leaving["metadata"]["deletionTimestamp"].replace("Z", "+00:00"))
    assert datetime.now(timezone.utc) >= end
    eventually(lambda: not pods_of(cluster, name))
    eventually(lambda: not endpoints_of(cluster, name))
    cluster.kubectl("delete", "service", name)


def test_readiness_is_switched_off_and_on_by_an_annotation(cluster: RunningLab, hello: str) -> None:
    pod = pods_of(cluster, hello)[0]["metadata"]["name"]
    cluster.kubectl("annotate", "pod", pod, "lab.vks.bigip/ready=false")
    eventually(lambda: endpoints_of(cluster, hello).get(pod) == UNREADY)
    (status,) = [each["status"] for each in pods_of(cluster, hello) if each["metadata"]["name"] == pod]
    assert status["phase"] == "Running"
    assert [container["ready"] for container in status["containerStatuses"]] == [False]
    cluster.kubectl("annotate", "pod", pod, "lab.vks.bigip/ready-")
    eventually(lambda: endpoints_of(cluster, hello).get(pod) == READY)


def test_a_pod_may_start_unready_and_become_ready(cluster: RunningLab) -> None:
    deployment, service = workload("slow", 1)
    deployment["spec"]["template"]["metadata"]["annotations"] = {"lab.vks.bigip/ready": "false"}
    cluster.apply(deployment, service)
    pod, conditions = next(iter(eventually(lambda: endpoints_of(cluster, "slow")).items()))
    assert conditions == UNREADY
    cluster.kubectl("annotate", "pod", pod, "--overwrite", "lab.vks.bigip/ready=true")
    eventually(lambda: endpoints_of(cluster, "slow").get(pod) == READY)
    cluster.kubectl("delete", "deployment,service", "slow", "--grace-period=0", "--force")


@pytest.mark.parametrize(
    ("said", "condition", "pods"), [("false", "False", READY), ("unknown", "Unknown", UNREADY)]
)
def test_a_node_that_is_not_ready_or_gone_and_comes_back(
    cluster: RunningLab, hello: str, said: str, condition: str, pods: dict[str, bool]
) -> None:
    pod = pods_of(cluster, hello)[0]
    node, name = pod["spec"]["nodeName"], pod["metadata"]["name"]
    eventually(lambda: endpoints_of(cluster, hello).get(name) == READY)
    cluster.kubectl("annotate", "node", node, f"lab.vks.bigip/ready={said}")
    eventually(lambda: ready_condition(cluster, node) == condition)
    eventually(lambda: cluster.get("node", node)["spec"].get("taints"))
    eventually(lambda: endpoints_of(cluster, hello).get(name) == pods)
    cluster.kubectl("annotate", "node", node, "lab.vks.bigip/ready-")
    eventually(lambda: ready_condition(cluster, node) == "True")
    eventually(lambda: endpoints_of(cluster, hello).get(name) == READY)
    eventually(lambda: not cluster.get("node", node)["spec"].get("taints"))


def test_a_pod_that_starts_on_a_node_just_come_back_is_ready(cluster: RunningLab) -> None:
    """For up to five seconds the controller manager still believes the node not ready, and takes the
    readiness of a Pod that comes to it.

    It does so only where it sees the Pod ready before it has looked at its node, as it happens on a busy
    machine: so these are before they are bound.
    """
    node = cluster.get("nodes")["items"][0]["metadata"]["name"]
    names = [f"early-{number}" for number in range(4)]
    ready = {
        "phase": "Running",
        "conditions": [{"type": name, "status": "True"} for name in ("Ready", "ContainersReady")],
    }
    for name in names:
        spec = {"schedulerName": "none", "containers": [{"name": "web", "image": "hello:1"}]}
        cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
        cluster.kubectl("patch", "pod", name, "--subresource=status", "-p", json.dumps({"status": ready}))
    cluster.kubectl("annotate", "node", node, "lab.vks.bigip/ready=false")
    # The taint shows the controller manager's view.
    eventually(
        lambda: ready_condition(cluster, node) == "False" and cluster.get("node", node)["spec"].get("taints")
    )
    cluster.kubectl("annotate", "node", node, "lab.vks.bigip/ready-")
    eventually(lambda: ready_condition(cluster, node) == "True")
    for name in names:
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name},
            "target": {"kind": "Node", "name": node},
        }
        cluster.kubectl(
            "create",
            "--raw",
            f"/api/v1/namespaces/default/pods/{name}/binding",
            "-f",
            "-",
            stdin=json.dumps(binding),
        )
    eventually(lambda: not cluster.get("node", node)["spec"].get("taints"))
    cluster.kubectl("wait", "--for=condition=Ready", *(f"pod/{name}" for name in names))
    cluster.kubectl("delete", "pod", *names, "--grace-period=0", "--force")


def test_no_two_reports_of_a_node_are_of_one_second(cluster: RunningLab) -> None:
    """The controller manager does not notice the second one, and takes the readiness of Pods until the next,
    minutes later."""
    node = cluster.get("nodes")["items"][0]["metadata"]["name"]
    for _ in range(4):
        cluster.kubectl("annotate", "node", node, "lab.vks.bigip/ready=false")
        away = eventually(lambda: (said := ready(cluster, node))["status"] == "False" and said)
        cluster.kubectl("annotate", "node", node, "lab.vks.bigip/ready-")
        back = eventually(lambda: (said := ready(cluster, node))["status"] == "True" and said)
        assert away["lastHeartbeatTime"] < back["lastHeartbeatTime"]


def ready(lab: RunningLab, node: str) -> dict[str, str]:
    conditions: list[dict[str, str]] = lab.get("node", node)["status"]["conditions"]
    return next(condition for condition in conditions if condition["type"] == "Ready")


def ready_condition(lab: RunningLab, node: str) -> str:
    return ready(lab, node)["status"]


def pids(lab: RunningLab) -> dict[str, int]:
    return {process.name: process.pid for process in processes.of(lab.folder)}


def test_a_cluster_goes_on_after_a_restart_of_its_api_server(cluster: RunningLab, hello: str) -> None:
    """The controllers do not wait for a back-off: after several restarts in a row, they would for a minute."""
    before, of_before = len(pods_of(cluster, hello)), pids(cluster)
    done = run_lab("restart", "--name", cluster.name, "kube-apiserver")
    assert done.returncode == 0, done.stderr
    restarted = {name for name, pid in pids(cluster).items() if pid != of_before[name]}
    assert restarted == {"kube-apiserver", "kube-controller-manager", "kube-scheduler"}
    assert all(f"Restarted {name}" in done.stderr for name in restarted), done.stderr
    cluster.kubectl("scale", f"deployment/{hello}", f"--replicas={before + 1}")
    rolled_out(cluster, hello)
    eventually(lambda: list(endpoints_of(cluster, hello).values()) == [READY] * (before + 1))


def test_a_compacted_etcd_has_no_former_revision(cluster: RunningLab) -> None:
    etcd = Etcd(json.loads((cluster.folder / "lab.json").read_text())["ports"]["etcd"])
    cluster.kubectl("create", "configmap", "former")
    before = max(revision.written for revision in etcd.revisions().values())
    cluster.kubectl("delete", "configmap", "former")
    assert "/registry/configmaps/default/former" in etcd.revisions(at=before)
    done = run_lab("compact", "--name", cluster.name)
    assert done.returncode == 0 and "Compacted etcd" in done.stderr, done.stderr
    with pytest.raises(LabError, match="required revision has been compacted"):
        etcd.revisions(at=before)


def test_a_job_is_done(cluster: RunningLab) -> None:
    spec = {"restartPolicy": "Never", "containers": [{"name": "work", "image": "work:1"}]}
    cluster.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "work"},
            "spec": {"template": {"spec": spec}},
        }
    )
    cluster.kubectl("wait", "job/work", "--for=condition=complete")
    cluster.kubectl("delete", "job", "work")


def test_logs_of_a_pod_are_what_was_written_into_its_file(cluster: RunningLab, hello: str) -> None:
    pod = pods_of(cluster, hello)[0]["metadata"]["name"]
    assert cluster.kubectl("logs", pod) == ""
    file = cluster.folder / "pod-logs" / "default" / pod / "web.log"
    file.parent.mkdir(parents=True)
    file.write_text("2026-01-02T03:04:05.123456789Z first\nsecond\nhalf a li")
    assert cluster.kubectl("logs", pod) == "first\nsecond\n"
    assert cluster.kubectl("logs", pod, "--tail=1") == "second\n"
    assert cluster.kubectl("logs", pod, "--timestamps").startswith("2026-01-02T03:04:05.123456Z first\n")
    assert cluster.kubectl("logs", pod, "--since=1h") == "second\n"


def test_the_api_servers_proxy_reaches_a_pod(cluster: RunningLab, hello: str) -> None:
    pod = pods_of(cluster, hello)[0]["metadata"]["name"]
    assert (
        eventually(
            lambda: cluster.kubectl("get", "--raw", f"/api/v1/namespaces/default/pods/{pod}:8080/proxy/")
        )
        == f"{pod}\n"
    )


def test_the_audit_log_says_who_wrote_and_read_what(cluster: RunningLab, hello: str) -> None:
    cluster.kubectl("get", "services")
    events = [json.loads(line) for line in (cluster.folder / "audit.log").read_text().splitlines()]
    mine = [
        event
        for event in events
        if event["user"]["username"] == "kubernetes-admin" and event["userAgent"].startswith("kubectl")
    ]
    assert {("create", "deployments", hello), ("create", "services", hello)} <= {
        (event["verb"], event["objectRef"]["resource"], event["objectRef"].get("name"))
        for event in mine
        if event["verb"] == "create"
    }
    assert any(event["verb"] == "list" and event["objectRef"]["resource"] == "services" for event in mine)
    assert not [event for event in events if event["user"]["username"].startswith("system:kube-")]


def test_a_service_account_gets_a_token_that_may_what_its_role_says(cluster: RunningLab) -> None:
    cluster.kubectl("create", "serviceaccount", "reader")
    cluster.kubectl(
        "create", "rolebinding", "reader", "--clusterrole=view", "--serviceaccount=default:reader"
    )
    token = cluster.kubectl("create", "token", "reader").strip()
    # Otherwise the kubeconfig's client certificate would be the user.
    server = json.loads((cluster.folder / "cluster.json").read_text())["api"]
    access = [
        "--kubeconfig=/dev/null",
        f"--server={server}",
        f"--certificate-authority={cluster.folder / 'cluster' / 'pki' / 'ca.crt'}",
        f"--token={token}",
    ]
    assert cluster.kubectl("get", "services", "-o", "name", *access).startswith("service/kubernetes")
    with pytest.raises(AssertionError, match="cannot list resource .nodes."):
        cluster.kubectl("get", "nodes", *access)
    cluster.kubectl("delete", "serviceaccount/reader", "rolebinding/reader")


@pytest.mark.parametrize(
    ("ip_family", "ranges"),
    [
        (
            "dual",
            [
                ("198.18.0.0/16", "100.96.0.0/11", "100.64.0.0/16"),
                ("2001:db8:18::/64", "2001:db8:96::/48", "2001:db8:64::/112"),
            ],
        ),
        ("ipv6", [("2001:db8:18::/64", "2001:db8:96::/48", "2001:db8:64::/112")]),
    ],
)
def test_addresses_of_each_ip_family(lab: Labs, ip_family: str, ranges: list[tuple[str, str, str]]) -> None:
    cluster = lab(cni="calico", nodes=1, ip_family=ip_family)
    cluster.apply(*workload("hello", 1, ipFamilyPolicy="PreferDualStack"))
    rolled_out(cluster, "hello")
    node, pod, service = (
        cluster.get("nodes")["items"][0],
        pods_of(cluster, "hello")[0],
        cluster.get("service", "hello"),
    )
    found = [
        [address["address"] for address in node["status"]["addresses"] if address["type"] == "InternalIP"],
        [address["ip"] for address in pod["status"]["podIPs"]],
        service["spec"]["clusterIPs"],
    ]
    assert [len(each) for each in found] == [len(ranges)] * 3
    for addresses, networks in zip(zip(*found), ranges):
        for address, network in zip(addresses, networks):
            assert ipaddress.ip_address(address) in ipaddress.ip_network(network)
    slices = cluster.get("endpointslices", "-l", "kubernetes.io/service-name=hello")["items"]
    assert len(slices) == len(ranges)
    name = pod["metadata"]["name"]
    assert (
        eventually(
            lambda: cluster.kubectl("get", "--raw", f"/api/v1/namespaces/default/pods/{name}:8080/proxy/")
        )
        == f"{name}\n"
    )
