# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects of a workload cluster to facts: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import (
    Agent,
    Cni,
    NodeVersion,
    NplConfig,
    Package,
    Workload,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import Traffic
from ansible_collections.vks.bigip.plugins.module_utils._kube import objects, snapshot
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text


@pytest.mark.parametrize(
    ("namespace", "system"),
    [
        ("kube-system", True),
        ("calico-system", True),
        ("tigera-operator", True),
        ("vmware-system-x", True),
        ("vmware-systems", False),
        ("default", False),
        (None, False),
    ],
)
def test_which_namespace_is_of_the_platform(namespace: str | None, system: bool) -> None:
    raw = {"metadata": {"namespace": namespace, "name": "x"}}
    assert objects.is_system(raw) is system
    assert objects.strangers([raw]) == ([] if system else [objects.name_of(raw)])


def test_an_object_without_metadata_is_not_of_the_platform() -> None:
    assert objects.is_system({}) is objects.is_system({"metadata": None}) is False


def test_the_warning_about_strangers() -> None:
    where = "not in one of its namespaces (kube-system, calico-system, tigera-operator, vmware-system-*), so "
    assert objects.elsewhere(["a/x"]) == (
        f"DaemonSet a/x has the name or the labels of a CNI, but is {where}it does not count."
    )
    assert objects.elsewhere([f"a/{number}" for number in range(7)]) == (
        "DaemonSets a/0, a/1, a/2, a/3, a/4 and 2 more have the name or the labels of a CNI, but are "
        f"{where}they do not count."
    )


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"namespace": "a", "name": "b"}, "a/b"),
        ({"name": "b"}, "b"),
        ({"namespace": "", "name": "b"}, "b"),
        (None, "None"),
    ],
)
def test_the_name_of_an_object(metadata: dict[str, str] | None, name: str) -> None:
    assert objects.name_of({"metadata": metadata}) == name


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("a:5000/b/c:v2.5.2_vmware.1", "2.5.2"),
        ("a:5000/v1.2/c:v2.5.2", "2.5.2"),
        ("c:2.5", "2.5"),
        ("a:5000/c", None),
        ("c@sha256:2.5.2", None),
        ("c:2.5.2@sha256:0", "2.5.2"),
        ("", None),
    ],
)
def test_the_version_of_an_image(image: str, version: str | None) -> None:
    assert objects.image_version(image) == version


def running(name: str, labels: dict[str, str] | None, container: str = "") -> dict[str, Any]:
    images = [{"name": "first", "image": "x:9.9.9"}, {"name": container, "image": "r:5000/i:v1.2.3"}]
    return {
        "metadata": {"namespace": "a", "name": name, "labels": labels},
        "spec": {"template": {"spec": {"containers": images}}},
    }


CNIS = [
    # the kind, its DaemonSet, its labels, its container
    ("antrea", "antrea-agent", {"app": "antrea", "component": "antrea-agent"}, "antrea-agent"),
    ("calico", "calico-node", {"k8s-app": "calico-node"}, "calico-node"),
    ("cilium", "cilium", {"k8s-app": "cilium"}, "cilium-agent"),
]


@pytest.mark.parametrize(("kind", "name", "labels", "container"), CNIS)
def test_cni(kind: str, name: str, labels: dict[str, str], container: str) -> None:
    assert objects.cni(running(name, None, container)) == Cni(kind, f"a/{name}", "1.2.3", "RollingUpdate")
    more = {**labels, "x": "y"}
    assert objects.cni(running("renamed", more, container)) == Cni(
        kind, "a/renamed", "1.2.3", "RollingUpdate"
    )
    assert objects.cni(running(name, {}, "other")) == Cni(kind, f"a/{name}", None, "RollingUpdate")
    assert objects.cni({"metadata": {"name": name}}) == Cni(kind, name, None, "RollingUpdate")


def test_the_update_strategy_of_a_cni() -> None:
    raw = {**running("cilium", {}), "spec": {"updateStrategy": {"type": "OnDelete"}}}
    assert objects.cni(raw) == Cni("cilium", "a/cilium", None, "OnDelete")
    no_image = running("cilium", {})
    no_image["spec"]["template"]["spec"]["containers"] = [{"name": "cilium-agent"}]
    assert objects.cni(no_image) == Cni("cilium", "a/cilium", None, "RollingUpdate")


@pytest.mark.parametrize(
    "labels", [{}, None, {"app": "antrea"}, {"component": "antrea-agent"}, {"k8s-app": "kube-proxy"}]
)
def test_another_daemon_set_is_no_cni(labels: dict[str, str] | None) -> None:
    assert objects.cni(running("x", labels)) is None
    assert objects.cni({}) is None


@pytest.mark.parametrize(
    ("volumes", "name"),
    [
        (
            [
                {"name": "host", "configMap": {"name": "other"}},
                {"name": "antrea-config", "configMap": {"name": "c"}},
            ],
            "c",
        ),
        ([{"name": "antrea-config"}], None),
        ([{"name": "antrea-config", "configMap": {}}], None),
        ([], None),
        (None, None),
    ],
)
def test_the_mounted_config_map(volumes: list[dict[str, Any]] | None, name: str | None) -> None:
    assert objects.mounted_config({"spec": {"template": {"spec": {"volumes": volumes}}}}) == name


@pytest.mark.parametrize("raw", [{}, {"spec": None}, {"spec": {}}, {"spec": {"template": {}}}])
def test_a_daemon_set_that_mounts_nothing(raw: dict[str, Any]) -> None:
    assert objects.mounted_config(raw) is None


NAME, CHANGED = "kube-system/antrea-config-f5d8", 1767268800.0
CONFIGS: list[tuple[str, NplConfig]] = [
    (api.ON, NplConfig(NAME, True, True, True, "61000-62000", CHANGED)),
    (
        "nodePortLocal: {enable: true}\nnplPortRange: 40000-41000",
        NplConfig(NAME, None, True, True, "40000-41000", CHANGED),
    ),
    (
        "nodePortLocal: {enable: false, portRange: 1-2}\nnplPortRange: 40000-41000",
        NplConfig(NAME, None, False, True, "1-2", CHANGED),
    ),
    ("nodePortLocal: {enable: 'true', portRange: 5}", NplConfig(NAME, None, None, True, "5", CHANGED)),
    (
        "featureGates: {NodePortLocal: false}\nnodePortLocal:",
        NplConfig(NAME, False, None, True, None, CHANGED),
    ),
    ("featureGates: {NodePortLocal: 'no'}", NplConfig(NAME, None, None, False, None, CHANGED)),
    ("", NplConfig(NAME, None, None, False, None, CHANGED)),
    (
        "trafficEncapMode: noEncap\nfeatureGates: {AntreaIPAM: true}",
        NplConfig(NAME, None, None, False, None, CHANGED, traffic=Traffic("noEncap", True)),
    ),
    (
        "trafficEncapMode:\nfeatureGates: {AntreaIPAM: 'true'}",
        NplConfig(NAME, None, None, False, None, CHANGED, traffic=Traffic("encap", False)),
    ),
    ("a: [", NplConfig(NAME, changed=CHANGED, fault="it is not YAML (ValueError)")),
    (
        "nodePortLocal: 5",
        NplConfig(NAME, changed=CHANGED, fault="it has an unexpected structure (AttributeError)"),
    ),
]


@pytest.mark.parametrize(("text", "config"), CONFIGS)
def test_npl_config(text: str, config: NplConfig) -> None:
    assert objects.npl_config(api.config_map(text, kapp=False)) == config


@pytest.mark.parametrize(
    ("metadata", "kapp", "changed"),
    [
        ({"labels": {"kapp.k14s.io/app": "1"}}, True, None),
        ({"annotations": {"x": "", "kapp.k14s.io/original": "1"}}, True, None),
        ({"labels": {"x.kapp.k14s.io/app": "1"}}, False, None),
        (
            {"managedFields": [{"time": "1970-01-01T00:01:00Z"}, {"time": "1970-01-01T00:00:59Z"}]},
            *(False, 60.0),
        ),
        ({"managedFields": [{"time": "soon"}, {}, {"time": "1970-01-01T00:01:00Z"}]}, False, 60.0),
    ],
)
@pytest.mark.parametrize("data", [None, {"antrea-agent.conf": None}, {"antrea-agent.conf": "a: ["}])
def test_the_metadata_of_a_configuration(
    metadata: dict[str, Any], kapp: bool, changed: float | None, data: Any
) -> None:
    config = objects.npl_config({"metadata": {"name": "x", **metadata}, "data": data})
    broken = data and data["antrea-agent.conf"]
    fault = "it is not YAML (ValueError)" if broken else "it has no key antrea-agent.conf"
    assert config == NplConfig("x", changed=changed, kapp=kapp, fault=fault)


@pytest.mark.parametrize(
    ("spec", "networks"),
    [
        ({"podCIDRs": ["100.96.0.0/20", "2001:db8:96::/64"], "podCIDR": "x"}, ["100.96.0.0/20", "2001:db8:96::/64"]),
        ({"podCIDR": "100.96.0.0/20"}, ["100.96.0.0/20"]),
        ({"podCIDRs": ["no network", "100.96.0.0/20"]}, ["100.96.0.0/20"]),
        ({}, []),
    ],
)
def test_the_pod_networks_of_a_node(spec: dict[str, Any], networks: list[str]) -> None:
    found = objects.node_version({**cluster_text.node("n1"), "spec": spec})
    assert [str(network) for network in found.pod_cidrs] == networks


def test_a_config_map_without_metadata() -> None:
    assert objects.npl_config({}) == NplConfig("None", fault="it has no key antrea-agent.conf")


AGENT = "kube-system/antrea-agent-n1"


def test_an_agent_starts_with_its_container() -> None:
    raw = api.agent("n1", started="1970-01-01T00:01:00Z", ready=False)
    assert objects.agent(raw) == Agent("n1", AGENT, False, 60.0)
    other = {"name": "antrea-ovs", "state": {"running": {"startedAt": "1970-01-01T00:00:09Z"}}}
    raw["status"]["containerStatuses"].insert(0, other)
    assert objects.agent(raw) == Agent("n1", AGENT, False, 60.0)
    raw["status"]["containerStatuses"].insert(0, {"name": "antrea-agent", "state": {"waiting": {}}})
    assert objects.agent(raw) == Agent("n1", AGENT, False, 60.0)


@pytest.mark.parametrize("state", [None, {}, {"waiting": {}}, {"running": None}, {"running": {}}])
def test_an_agent_whose_container_does_not_run_starts_with_its_pod(state: Any) -> None:
    raw = api.agent("n1")
    raw["status"]["containerStatuses"][0]["state"] = state
    assert objects.agent(raw) == Agent("n1", AGENT, True, 1704067200.0)
    raw["status"]["containerStatuses"] = None
    assert objects.agent(raw) == Agent("n1", AGENT, True, 1704067200.0)
    assert objects.agent({**raw, "spec": {}}) is objects.agent({**raw, "spec": None}) is None
    assert objects.agent({**raw, "status": None}) == Agent("n1", AGENT, False, None)


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        ([{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}], True),
        ([{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "False"}], False),
        ([{"type": "Initialized", "status": "True"}], False),
        (None, False),
    ],
)
def test_whether_an_agent_is_ready(conditions: list[dict[str, str]] | None, ready: bool) -> None:
    raw = api.agent("n1")
    raw["status"]["conditions"] = conditions
    agent = objects.agent(raw)
    assert agent is not None and agent.ready is ready


def test_machine() -> None:
    raw = {"metadata": {"name": "n1"}, "status": {"nodeInfo": {"kubeletVersion": "v1.35.0"}}}
    assert objects.node_version(raw) == NodeVersion(snapshot.node(raw), "v1.35.0")
    for status in (None, {}, {"nodeInfo": None}, {"nodeInfo": {}}):
        assert objects.node_version({"metadata": {"name": "n1"}, "status": status}).kubelet == ""


@pytest.mark.parametrize(
    ("image", "cis", "ako"),
    [
        ("a/k8s-bigip-ctlr:2.20.3", True, False),
        ("a:5000/k8s-bigip-ctlr", True, False),
        ("a/k8s-bigip-ctlr-ubi@sha256:0", True, False),
        ("a/my-k8s-bigip-ctlr:2", False, False),
        ("k8s-bigip-ctlr/x:2", False, False),
        ("a/ako:1.12.2", False, True),
        ("ako", False, True),
        ("a/akoo:1", False, False),
        ("", False, False),
    ],
)
def test_controllers_by_their_image(image: str, cis: bool, ako: bool) -> None:
    raw = api.deployment("x", image, "--a=b")
    assert (objects.cis(raw) is not None, objects.ako("Deployment", raw) is not None) == (cis, ako)


def controller(container: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec = {"template": {"spec": {"containers": [{}, container]}}, **more}
    return {"metadata": {"namespace": "a", "name": "b"}, "spec": spec}


IMAGE = "r/k8s-bigip-ctlr:2.20.3"
ARGUMENTS = {"command": ["/app/bin/k8s-bigip-ctlr", 5], "args": ["--a=b", "--bigip-password=secret"]}
WORDS = ("/app/bin/k8s-bigip-ctlr", "5", "--a=b")


def test_the_workload_of_a_controller() -> None:
    raw = {**controller({"image": IMAGE, **ARGUMENTS}, replicas=2), "status": {"readyReplicas": 1}}
    cis = objects.cis(raw)
    assert cis is not None and cis.arguments[:3] == WORDS and "secret" not in " ".join(cis.arguments)
    assert cis == Workload("Deployment", "a/b", "2.20.3", IMAGE, cis.arguments, 2, 1)
    bare = objects.cis(controller({"image": IMAGE, "command": None, "args": None}))
    assert bare == Workload("Deployment", "a/b", "2.20.3", IMAGE, (), 1, 0)
    stopped = objects.ako("StatefulSet", controller({"image": "ako:1.12"}, replicas=0))
    assert stopped == Workload("StatefulSet", "a/b", "1.12", "ako:1.12", (), 0, 0)
    assert objects.cis({}) is None


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"packageRef": {"refName": "antrea.x"}, "paused": True}, ("antrea.x", True)),
        ({"packageRef": {"refName": None}, "paused": "yes"}, ("", False)),
        ({"packageRef": None}, ("", False)),
        (None, ("", False)),
    ],
)
def test_package(spec: dict[str, Any] | None, expected: tuple[str, bool]) -> None:
    raw = {"metadata": {"namespace": "a", "name": "b"}, "spec": spec, "status": {"version": "2.5.2"}}
    assert objects.package(raw) == Package("a/b", expected[0], "2.5.2", expected[1])
    assert objects.package({**raw, "status": None}) == Package("a/b", expected[0], None, expected[1])
