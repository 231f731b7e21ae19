# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea in a lab."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab_use import application, ask, deployment, pods, service
from running_lab import RunningLab, eventually

Labs = Callable[..., RunningLab]
NPL = "nodeportlocal.antrea.io"
ENABLED = "nodeportlocal.antrea.io/enabled"
CONFIG = "antrea-agent.conf"


@pytest.fixture
def cluster(lab: Labs) -> RunningLab:
    return lab(cni="antrea", nodes=2)


def mappings(lab: RunningLab, name: str) -> dict[str, list[dict[str, Any]]]:
    """Annotations by Pod, without missing ones."""
    found = {
        pod["metadata"]["name"]: pod["metadata"].get("annotations", {}).get(NPL) for pod in pods(lab, name)
    }
    return {pod: json.loads(text) for pod, text in found.items() if text is not None}


def place(entry: dict[str, Any]) -> str:
    return f"{entry['nodeIP']}:{entry['nodePort']}"


def agents(lab: RunningLab) -> dict[str, dict[str, Any]]:
    """Agent Pods by node."""
    items = lab.get("pods", "-n", "kube-system", "-l", "component=antrea-agent")["items"]
    return {pod["spec"]["nodeName"]: pod for pod in items if pod["spec"].get("nodeName")}


def logs(lab: RunningLab, pod: dict[str, Any]) -> str:
    return lab.kubectl("logs", "-n", "kube-system", pod["metadata"]["name"], "-c", "antrea-agent")


def restart(lab: RunningLab, node: str) -> None:
    """Delete a node's agent Pod and wait until the next one has begun."""
    before = agents(lab)[node]
    lab.kubectl("delete", "pod", "-n", "kube-system", before["metadata"]["name"])
    eventually(
        lambda: (
            (new := agents(lab).get(node))
            and new["metadata"]["uid"] != before["metadata"]["uid"]
            and "Starting Antrea agent" in logs(lab, new)
        )
    )


def is_ready(pod: dict[str, Any]) -> bool:
    return any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for condition in pod["status"]["conditions"]
    )


def configure(lab: RunningLab, npl: str) -> None:
    """Write the nodePortLocal key of the ConfigMap that the DaemonSet mounts."""
    volumes = lab.get("daemonset", "-n", "kube-system", "antrea-agent")["spec"]["template"]["spec"]["volumes"]
    name = next(volume["configMap"]["name"] for volume in volumes if volume["name"] == "antrea-config")
    text = (
        lab.get("configmap", "-n", "kube-system", name)["data"][CONFIG].split("nodePortLocal:")[0]
        + f"nodePortLocal: {npl}\n"
    )
    lab.kubectl(
        "patch",
        "configmap",
        "-n",
        "kube-system",
        name,
        "--type=merge",
        "-p",
        json.dumps({"data": {CONFIG: text}}),
    )


@pytest.fixture
def configurable(cluster: RunningLab) -> Iterator[RunningLab]:
    yield cluster
    configure(cluster, "{enable: true, portRange: 61000-62000}")
    for node in agents(cluster):
        restart(cluster, node)
    eventually(lambda: all(is_ready(pod) for pod in agents(cluster).values()))


def test_each_pod_of_an_annotated_service_is_mapped_within_a_second(cluster: RunningLab) -> None:
    with application(cluster, replicas=3, npl="true") as name:
        found = eventually(lambda: len(both := mappings(cluster, name)) == 3 and both)
        for pod, (entry,) in found.items():
            assert (
                entry["podPort"] == 8080
                and entry["protocol"] == "tcp"
                and 61000 <= entry["nodePort"] <= 62000
            )
            assert ask(cluster, place(entry)) == pod
        assert len({place(entry) for (entry,) in found.values()}) == 3


def test_readiness_does_not_count_and_terminating_pods_keep_theirs(cluster: RunningLab) -> None:
    with application(cluster, replicas=1, grace=3, npl="true") as name:
        ((pod, (entry,)),) = eventually(lambda: mappings(cluster, name)).items()
        cluster.kubectl("annotate", "pod", pod, "lab.vks.bigip/ready=false")
        eventually(lambda: not is_ready(cluster.get("pod", pod)))
        assert ask(cluster, place(entry)) == pod
        cluster.kubectl("delete", "pod", pod, "--wait=false")
        assert cluster.get("pod", pod)["metadata"]["annotations"][NPL]
        assert ask(cluster, place(entry)) == pod
        eventually(lambda: ask(cluster, place(entry)) == "502")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(["annotate", "service", "{}", f"{ENABLED}-"], id="annotation gone"),
        pytest.param(["annotate", "service", "{}", "--overwrite", f"{ENABLED}=false"], id="annotation false"),
        pytest.param(["patch", "service", "{}", "-p", '{"spec":{"type":"NodePort"}}'], id="type NodePort"),
        pytest.param(
            ["patch", "service", "{}", "-p", '{"spec":{"selector":{"app":"other"}}}'], id="selector"
        ),
        pytest.param(["delete", "service", "{}"], id="deleted"),
    ],
)
def test_a_mapping_goes_and_its_port_dies_at_once(cluster: RunningLab, change: list[str]) -> None:
    with application(cluster, replicas=1, npl="true") as name:
        ((_pod, (entry,)),) = eventually(lambda: mappings(cluster, name)).items()
        cluster.kubectl(*(word.format(name) if word == "{}" else word for word in change))
        eventually(lambda: mappings(cluster, name) == {} and ask(cluster, place(entry)) == "502")


def test_two_services_share_a_mapping(cluster: RunningLab) -> None:
    with application(cluster, replicas=1, npl="true") as name:
        first = eventually(lambda: mappings(cluster, name))
        second = {
            **service(f"{name}-more", npl="true", type="LoadBalancer"),
            "spec": {"selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}]},
        }
        cluster.apply(second)
        cluster.kubectl("delete", "service", name)
        time.sleep(1)
        assert mappings(cluster, name) == first
        cluster.kubectl("delete", "service", f"{name}-more")
        eventually(lambda: mappings(cluster, name) == {})


def test_services_that_do_not_count_are_named_in_the_log(cluster: RunningLab) -> None:
    with application(cluster, replicas=1, npl="true", type="NodePort") as name:
        assert mappings(cluster, name) == {}
        for pod in agents(cluster).values():
            eventually(
                lambda pod=pod: (
                    "Service is of type NodePort and cannot be used for NodePortLocal" in logs(cluster, pod)
                )
            )


def test_an_agent_reads_its_configuration_when_it_starts(configurable: RunningLab) -> None:
    cluster = configurable
    node = sorted(agents(cluster))[0]
    with application(cluster, replicas=2, node=node, npl="true") as name:
        before = eventually(lambda: len(both := mappings(cluster, name)) == 2 and both)
        # Without a restart nothing changes.
        configure(cluster, "{enable: true, portRange: 63000-63001}")
        cluster.kubectl("scale", "deployment", name, "--replicas=3")
        three = eventually(lambda: len(all_of := mappings(cluster, name)) == 3 and all_of)
        assert all(61000 <= entry["nodePort"] <= 62000 for (entry,) in three.values())
        cluster.kubectl("scale", "deployment", name, "--replicas=2")
        eventually(lambda: len(pods(cluster, name)) == 2)
        # With one, ports move into the new range, and the old ones are dead.
        restart(cluster, node)
        eventually(lambda: all(entry["nodePort"] >= 63000 for (entry,) in mappings(cluster, name).values()))
        moved = mappings(cluster, name)
        assert {entry["nodePort"] for (entry,) in moved.values()} == {63000, 63001}
        assert all(ask(cluster, place(entry)) == pod for pod, (entry,) in moved.items())
        assert all(ask(cluster, place(entry)) == "502" for (entry,) in before.values())
        info = cluster.get("antreaagentinfos.crd.antrea.io", node)
        assert info["nodePortLocalPortRange"] == "63000-63001"
        # The range is used up.
        cluster.kubectl("scale", "deployment", name, "--replicas=3")
        cluster.kubectl("rollout", "status", "deployment", name)
        eventually(lambda: "no free port found" in logs(cluster, agents(cluster)[node]))
        assert len(mappings(cluster, name)) == 2
        # Same range again: the same ports.
        now = mappings(cluster, name)
        restart(cluster, node)
        time.sleep(1)
        assert {pod: mappings(cluster, name).get(pod) for pod in now} == now


def test_without_npl_annotations_stay_and_lead_nowhere(configurable: RunningLab) -> None:
    cluster = configurable
    node = sorted(agents(cluster))[0]
    with application(cluster, replicas=1, node=node, npl="true") as name:
        before = eventually(lambda: mappings(cluster, name))
        ((_pod, (entry,)),) = before.items()
        configure(cluster, "{enable: false}")
        assert ask(cluster, place(entry)) != "502", "the agent still runs as it was started"
        restart(cluster, node)
        eventually(lambda: ask(cluster, place(entry)) == "502")
        assert mappings(cluster, name) == before
        assert "nodePortLocalPortRange" not in eventually(
            lambda: (
                "nodePortLocalPortRange" not in (info := cluster.get("antreaagentinfos.crd.antrea.io", node))
                and info
            )
        )


def test_an_agent_with_an_impossible_range_does_not_run(configurable: RunningLab) -> None:
    cluster = configurable
    node = sorted(agents(cluster))[0]
    configure(cluster, "{enable: true, portRange: 62000-61000}")
    restart(cluster, node)
    pod = eventually(lambda: not is_ready(now := agents(cluster)[node]) and now)
    status = next(each for each in pod["status"]["containerStatuses"] if each["name"] == "antrea-agent")
    assert status["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    assert "start port must be smaller than end port: 62000-61000" in logs(cluster, pod)
    # It starts by itself once the range is possible.
    configure(cluster, "{enable: true, portRange: 61000-62000}")
    eventually(lambda: is_ready(agents(cluster)[node]))


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("1.5.2", {"podPort", "nodeIP", "nodePort", "protocols"}),
        ("2.7.0", {"podPort", "nodeIP", "nodePort", "protocol", "ipFamily"}),
    ],
)
def test_other_releases(lab: Labs, version: str, keys: set[str]) -> None:
    # The mapping of a Service of one family is the same in any cluster. The dual one of 2.7.0 is used below too.
    cluster = lab(cni="antrea", nodes=2, antrea_version=version, ip_family="dual")
    with application(cluster, replicas=1, npl="true") as name:
        ((pod, (entry,)),) = eventually(lambda: mappings(cluster, name)).items()
        assert entry.keys() == keys and ask(cluster, place(entry)) == pod


def test_both_families(lab: Labs) -> None:
    cluster = lab(cni="antrea", nodes=2, antrea_version="2.7.0", ip_family="dual")
    with application(cluster, replicas=1, npl="true", ipFamilyPolicy="RequireDualStack") as name:
        ((pod, entries),) = eventually(lambda: mappings(cluster, name)).items()
        assert {entry["ipFamily"] for entry in entries} == {"IPv4", "IPv6"}
        for entry in entries:
            address = f"[{entry['nodeIP']}]" if entry["ipFamily"] == "IPv6" else entry["nodeIP"]
            assert ask(cluster, f"{address}:{entry['nodePort']}") == pod


def test_an_annotation_that_cannot_be_read_stays_until_the_agent_starts_again(cluster: RunningLab) -> None:
    node = sorted(agents(cluster))[0]
    with application(cluster, replicas=1, node=node, npl="true") as name:
        ((pod, (entry,)),) = eventually(lambda: mappings(cluster, name)).items()
        cluster.kubectl("annotate", "pod", pod, "--overwrite", f"{NPL}=[oops")
        time.sleep(1)
        assert cluster.get("pod", pod)["metadata"]["annotations"][NPL] == "[oops"
        assert ask(cluster, place(entry)) == pod, "the rule holds, with any annotation"
        restart(cluster, node)
        # It is removed, and the Pod is mapped once more.
        eventually(
            lambda: cluster.get("pod", pod)["metadata"].get("annotations", {}).get(NPL, "[oops") != "[oops"
        )
        ((_pod, (again,)),) = mappings(cluster, name).items()
        assert ask(cluster, place(again)) == pod


def test_a_node_that_leaves_takes_its_agent_info_along(cluster: RunningLab) -> None:
    cluster.apply(
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": "leaves"},
            "spec": {"podCIDR": "100.97.0.0/24", "podCIDRs": ["100.97.0.0/24"]},
        }
    )

    def infos() -> set[str]:
        return {each["metadata"]["name"] for each in cluster.get("antreaagentinfos.crd.antrea.io")["items"]}

    try:
        eventually(lambda: "leaves" in infos())
    finally:
        cluster.kubectl("delete", "node", "leaves")
    eventually(lambda: "leaves" not in infos())


def test_many_pods_at_once(cluster: RunningLab) -> None:
    """As many Pods as a Deployment that scales out: all are mapped soon after the last one runs."""
    name = "many"
    cluster.apply(deployment(name, 150), service(name, npl="true"))
    try:
        cluster.kubectl("rollout", "status", "deployment", name)
        assert len(eventually(lambda: len(found := mappings(cluster, name)) == 150 and found)) == 150
    finally:
        cluster.kubectl("delete", "deployment,service", name)
