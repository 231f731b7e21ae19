# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea's encapsulation modes, and AntreaIPAM."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
import yaml

import cluster_objects as made
from lab_use import ask, deployment, pods
from running_lab import RunningLab, eventually, run_lab
from vkslab.antrea import config, kinds, manifests
from vkslab.antrea.manifests import Settings
from vkslab.antrea.pools import Asking, Pool, api_version
from vkslab.antrea.version import Version
from vkslab.supervisor import addon_config, antrea_config
from vkslab.supervisor.era import ERAS

Labs = Callable[..., RunningLab]
POOLS = "ipam.antrea.io/ippools"
CONFIG = "antrea-agent.conf"
V1_15, V2_5 = Version.read("1.15.1"), Version.read("2.5.2")


# -- without a cluster


@pytest.mark.parametrize("mode", ["encap", "noEncap", "hybrid"])
def test_the_mode_in_the_first_configuration(mode: str) -> None:
    text = manifests.agent_config(V2_5, Settings(port_range="61000-62000", encap_mode=mode))
    written = yaml.safe_load(text)
    assert (written["trafficEncapMode"], written["noSNAT"]) == (mode, False)
    assert "enableBridgingMode" not in written and not config.read(text, V2_5).ipam


@pytest.mark.parametrize("version", [V1_15, V2_5])
def test_an_agent_with_antrea_ipam(version: Version) -> None:
    text = manifests.agent_config(version, Settings(True, "61000-62000", "noEncap", ipam=True))
    written = yaml.safe_load(text)
    assert written["featureGates"]["AntreaIPAM"] and written["enableBridgingMode"] and written["noSNAT"]
    assert config.read(text, version).ipam


@pytest.mark.parametrize(
    "text",
    ["featureGates: {AntreaIPAM: true}", "enableBridgingMode: true", "featureGates: {AntreaIPAM: false}"],
)
def test_an_agent_needs_the_gate_and_bridging_mode(text: str) -> None:
    assert not config.read(text, V2_5).ipam


def test_the_supervisor_hands_the_mode_on() -> None:
    of_3_5 = antrea_config.manifest("shop", True, "", "noEncap")["spec"]["antrea"]["config"]
    assert of_3_5["trafficEncapMode"] == "noEncap"
    for era in (ERAS["3.6"], ERAS["3.6-no-schema"]):
        assert addon_config.first_values(era, True, "", "hybrid") == {
            "antrea": {"config": {"trafficEncapMode": "hybrid"}}
        }
        assert addon_config.first_values(era, True, "") == {}


def pool(*ranges: dict[str, Any], gateway: str = "198.18.100.1", used: tuple[str, ...] = ()) -> Pool:
    given = [{"ipAddress": each, "owner": {"pod": {"namespace": "default", "name": "p"}}} for each in used]
    spec = {"ipRanges": list(ranges), "subnetInfo": {"gateway": gateway, "prefixLength": 24}}
    meta = {"name": "pool", "resourceVersion": "1"}
    return Pool.read({"metadata": meta, "spec": spec, "status": {"ipAddresses": given}})


@pytest.mark.parametrize(
    ("ranges", "addresses"),
    [
        ([{"cidr": "198.18.100.0/29"}], ["198.18.100.2", "198.18.100.3", "198.18.100.4", "198.18.100.5",
            "198.18.100.6"]),
        ([{"start": "198.18.100.9", "end": "198.18.100.10"}, {"start": "198.18.100.1", "end": "198.18.100.2"}],
            ["198.18.100.9", "198.18.100.10", "198.18.100.2"]),
    ],
)  # fmt: skip
def test_the_addresses_of_a_pool(ranges: list[dict[str, Any]], addresses: list[str]) -> None:
    assert list(pool(*ranges).addresses()) == addresses


def test_the_status_of_a_pool() -> None:
    one = pool({"cidr": "198.18.100.0/29"}, used=("198.18.100.3",))
    assert one.given == {"198.18.100.3": ("default", "p")}
    status = one.status({"198.18.100.2": ("default", "web")})
    assert status["usage"] == {"total": 5, "used": 1}
    owner = {"pod": {"namespace": "default", "name": "web", "ifName": "eth0"}}
    assert status["ipAddresses"] == [{"ipAddress": "198.18.100.2", "phase": "Allocated", "owner": owner}]


@pytest.mark.parametrize(
    ("annotations", "host", "found"),
    [
        ({}, False, None),
        ({POOLS: "pool"}, False, ("pool", True)),
        ({POOLS: "pool"}, True, None),
        ({POOLS: "pool", "lab.vks.bigip/pod-ips": "198.18.100.2"}, False, ("pool", False)),
        ({"lab.vks.bigip/block": "100.96.0.0/26"}, False, ("", True)),
    ],
)
def test_pods_that_ask(annotations: dict[str, str], host: bool, found: tuple[str, bool] | None) -> None:
    asking = Asking.read(made.pod("web", annotations=annotations, host_network=host))
    assert (asking and (asking.pool, asking.waits)) == found


def test_the_version_of_the_ip_pool() -> None:
    assert [api_version(each) for each in (V1_15, V2_5)] == ["v1alpha2", "v1beta1"]
    for version in (V1_15, V2_5):
        (served,) = kinds.ip_pool_crd(version)["spec"]["versions"]
        spec = served["schema"]["openAPIV3Schema"]["properties"]["spec"]
        assert ("subnetInfo" in spec["required"]) is (version == V2_5)


# -- in a lab


def ip_pool(name: str, first: str, last: str) -> dict[str, Any]:
    subnet = {"gateway": "198.18.0.1", "prefixLength": 16}
    return {
        "apiVersion": "crd.antrea.io/v1beta1",
        "kind": "IPPool",
        "metadata": {"name": name},
        "spec": {"ipRanges": [{"start": first, "end": last}], "subnetInfo": subnet},
    }


def of_pool(name: str, pool_name: str, replicas: int) -> dict[str, Any]:
    one = deployment(name, replicas, ports=[{"containerPort": 8080}])
    one["spec"]["template"]["metadata"]["annotations"] = {POOLS: pool_name}
    return one


def ready(lab: RunningLab, name: str, replicas: int) -> bool:
    return bool(lab.get("deployment", name)["status"].get("readyReplicas") == replicas)


def addresses(lab: RunningLab, name: str) -> dict[str, str]:
    return {pod["metadata"]["name"]: pod["status"].get("podIP", "") for pod in pods(lab, name)}


def used(lab: RunningLab, name: str) -> dict[str, str]:
    found = lab.get("ippools.crd.antrea.io", name).get("status", {}).get("ipAddresses", ())
    return {each["owner"]["pod"]["name"]: each["ipAddress"] for each in found}


@pytest.fixture
def bridged(lab: Labs) -> RunningLab:
    return lab(cni="antrea", nodes=2, encap_mode="noEncap", antrea_ipam="on")


def test_pods_get_addresses_of_their_pool(bridged: RunningLab) -> None:
    lab = bridged
    lab.api.create(ip_pool("web", "198.18.100.2", "198.18.100.4"), of_pool("web", "web", 2))
    eventually(lambda: ready(lab, "web", 2))
    found = addresses(lab, "web")
    assert set(found.values()) == {"198.18.100.2", "198.18.100.3"}
    ranges = [ip_network(node["spec"]["podCIDR"]) for node in lab.get("nodes")["items"]]
    assert not any(ip_address(each) in network for each in found.values() for network in ranges)
    assert used(lab, "web") == found
    for name, address in found.items():
        eventually(lambda place=f"{address}:8080", pod=name: ask(lab, place) == pod)
    # The pool has one more address, for two more Pods.
    lab.kubectl("scale", "deployment", "web", "--replicas=4")
    eventually(lambda: ready(lab, "web", 3) and len(used(lab, "web")) == 3)
    assert sorted(addresses(lab, "web").values())[0] == ""
    lab.kubectl("scale", "deployment", "web", "--replicas=1")
    eventually(lambda: len(pods(lab, "web")) == 1 and used(lab, "web") == addresses(lab, "web"))
    assert lab.get("ippools.crd.antrea.io", "web")["status"]["usage"] == {"total": 3, "used": 1}
    infos = lab.get("antreaagentinfos.crd.antrea.io")["items"]
    assert sorted(each["nodeSubnets"] for each in infos) == sorted([str(each)] for each in ranges)


def test_a_pod_waits_for_its_pool_and_reset_frees_the_addresses(bridged: RunningLab) -> None:
    lab = bridged
    for _ in range(2):
        lab.api.create(of_pool("early", "late", 1))
        (pod,) = eventually(lambda: [each for each in pods(lab, "early") if each["spec"].get("nodeName")])
        assert "podIP" not in pod["status"]
        lab.api.create(ip_pool("late", "198.18.101.2", "198.18.101.2"))
        eventually(lambda: ready(lab, "early", 1))
        assert set(addresses(lab, "early").values()) == {"198.18.101.2"}
        assert run_lab("reset", "--name", lab.name).returncode == 0
        assert lab.get("ippools.crd.antrea.io")["items"] == []


def test_without_antrea_ipam_the_annotation_has_no_effect(lab: Labs) -> None:
    encap = lab(cni="antrea", nodes=1, encap_mode="hybrid")
    text = encap.get("configmap", "-n", "kube-system", "antrea-config")["data"][CONFIG]
    assert yaml.safe_load(text)["trafficEncapMode"] == "hybrid"
    encap.api.create(ip_pool("web", "198.18.100.2", "198.18.100.4"), of_pool("web", "web", 1))
    eventually(lambda: ready(encap, "web", 1))
    (node,) = encap.get("nodes")["items"]
    (address,) = addresses(encap, "web").values()
    assert ip_address(address) in ip_network(node["spec"]["podCIDR"])
    assert used(encap, "web") == {}


def test_the_mode_of_a_cluster_with_a_supervisor(lab: Labs) -> None:
    cluster = lab(cni="antrea", nodes=1, vks="3.6", encap_mode="noEncap")

    def written() -> str:
        text = cluster.get("configmap", "-n", "kube-system", "antrea-config")["data"][CONFIG]
        return str(yaml.safe_load(text)["trafficEncapMode"])

    eventually(lambda: written() == "noEncap")
