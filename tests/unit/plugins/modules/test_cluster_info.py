# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""cluster_info, from its options to its result, with the Supervisor and without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.modules import cluster_info
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

ANTREA = [
    listing(api.DAEMON_SETS, {"metadata": {"namespace": "kube-system", "name": "kube-proxy"}}, api.ANTREA),
    listing(api.AGENTS, api.agent("n1"), api.agent("n2", "2026-01-01T11:00:00Z"), labels=api.AGENT_LABELS),
    found(api.CONFIG, api.config_map()),
]
START = [api.version(), listing(NODES, text.node("n2"), text.node("n1"))]
NO_CONTROLLERS = [listing(api.DEPLOYMENTS), listing(api.STATEFUL_SETS)]

VNET = "/apis/vmware.com/v1alpha1/namespaces/team-a"
CLUSTER = "/apis/cluster.x-k8s.io/v1beta1/namespaces/team-a/clusters/shop"
NET, VPC = "/apis/netoperator.vmware.com/v1alpha1/namespaces/team-a", "/apis/crd.nsx.vmware.com/v1alpha1/namespaces/team-a"
ADDONS = "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces"
ANTREA_CONFIG = "/apis/cni.tanzu.vmware.com/v1alpha1/namespaces/team-a/antreaconfigs/shop-antrea-package"
BOOTSTRAP = "/apis/run.tanzu.vmware.com/v1alpha3/namespaces/team-a/clusterbootstraps/shop"
VKS_3_5 = "builtin-generic-v3.5.0"


@pytest.fixture(autouse=True)
def nothing_from_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own_machine.hide(monkeypatch, tmp_path)


def run(script: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(cluster_info.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options})


def run_both(supervisor: list[Exchange], workload: list[Exchange] | None = None) -> Result:
    with ScriptedServer(supervisor) as server:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": "supervisor-secret"}}],
        }
        reads = workload or START + ANTREA + NO_CONTROLLERS
        names = {"supervisor_namespace": "team-a", "cluster_name": "shop"}
        result = run(reads, supervisor_kubeconfig=kubeconfig, **names)
    assert "supervisor-secret" not in result.stdout
    if not result.get("failed"):
        assert (result["changed"], result["requests"]) == (False, len(reads) + len(supervisor))
    return result


def test_antrea_without_the_supervisor() -> None:
    result = run(START + ANTREA + [listing(api.DEPLOYMENTS, api.CIS), listing(api.STATEFUL_SETS, api.AKO)])
    assert result["changed"] is False and result["requests"] == 7
    assert (result["cni"]["name"], result["cni"]["version"]) == ("antrea", "2.5.2")
    assert result["cni"]["found"] == [{"name": "antrea", "version": "2.5.2", "daemon_set": "kube-system/antrea-agent", "update_strategy": "OnDelete"}]
    assert result["npl"] == {
        "state": "enabled",
        "because": "nodePortLocal.enable is true in ConfigMap kube-system/antrea-config-f5d8",
        "gate": True,
        "enable": True,
        "port_range": "61000-62000",
        "config_map": "kube-system/antrea-config-f5d8",
        "managed_by_kapp": True,
        "changed": api.CHANGED,
    }
    assert [(item["node"], item["newer_than_configuration"]) for item in result["agents"]] == [("n1", True), ("n2", False)]
    assert [node["name"] for node in result["nodes"]] == ["n1", "n2"]
    assert result["kubernetes"]["version"] == "v1.35.6+vmware.2"
    assert result["network"]["provider"] == "unknown" and "no Supervisor access" in result["network"]["sign"]
    assert (result["vks"]["release"], result["vks"]["era"], result["vks"]["npl_owner"]) == ("unknown", "unknown", None)
    (cis,) = result["cis"]["deployments"]
    assert (result["cis"]["found"], cis["version"], cis["replicas"]) == (True, "2.20.3", 1)
    assert "--bigip-password=(hidden)" in cis["arguments"] and "very-secret" not in result.stdout
    assert result["ako"]["deployments"][0]["name"] == "avi-system/ako" and result["unknown"] == []


@pytest.mark.parametrize(
    "daemon_sets, name",
    [([api.CALICO], "calico"), ([], "none"), ([api.daemon_set("cilium", "quay.io/cilium/cilium:v1.18.1")], "cilium"), ([api.CALICO, api.CALICO], "several")],
)
def test_other_cnis_have_no_npl(daemon_sets: list[Any], name: str) -> None:
    result = run([*START, listing(api.DAEMON_SETS, *daemon_sets), *NO_CONTROLLERS])
    assert (result["cni"]["name"], result["npl"]["state"], result["agents"]) == (name, "disabled", [])


@pytest.mark.parametrize(
    "conf, state, because",
    [
        ("featureGates:\n  NodePortLocal: false\nnodePortLocal:\n  enable: true\n", "disabled", "featureGates.NodePortLocal is false"),
        ("nodePortLocal:\n  enable: false\n", "disabled", "nodePortLocal.enable is not true"),
        ("nodePortLocal: null\n", "disabled", "nodePortLocal.enable is not true"),
        ("", "disabled", "nodePortLocal.enable is not true"),
        ("featureGates:\n  NodePortLocal: true\n", "unknown", "nodePortLocal is absent"),
        ("featureGates: [", "unknown", "cannot be read"),
        ("- a list", "unknown", "cannot be read"),
        ("nodePortLocal:\n  enable: true\n", "enabled", "nodePortLocal.enable is true"),
    ],
)
def test_what_the_configuration_says(conf: str, state: str, because: str) -> None:
    result = run([*START, *ANTREA[:2], found(api.CONFIG, api.config_map(conf)), *NO_CONTROLLERS])
    assert result["npl"]["state"] == state and because in result["npl"]["because"]
    assert result["npl"]["port_range"] == ("61000-62000" if state == "enabled" else None)


def test_everything_forbidden_is_unknown_and_no_failure() -> None:
    kube_system, of_cis = (f"/apis/apps/v1/namespaces/kube-system/{kind}" for kind in ("daemonsets", "deployments"))
    refused = Exchange("GET", "/version", 403, json=api.status(403, "no"))
    lists = [denied(path) for path in (NODES, api.DAEMON_SETS, kube_system, api.DEPLOYMENTS, of_cis, api.STATEFUL_SETS)]
    result = run([refused, *lists])
    assert (result["cni"]["name"], result["npl"]["state"], result["kubernetes"]["version"]) == ("unknown", "unknown", "unknown")
    assert (result["nodes"], result["agents"], result["cis"]["found"], result["ako"]["found"]) == (None, None, None, None)
    reasons = {item["fact"]: item["reason"] for item in result["unknown"]}
    assert set(reasons) == {"kubernetes", "nodes", "cnis", "npl", "agents", "cis", "ako"}
    assert "/api/v1/nodes is forbidden" in reasons["nodes"]


def elsewhere(raw: dict[str, Any]) -> dict[str, Any]:
    evil = api.copy(raw)
    evil["metadata"]["namespace"] = "evil"
    return evil


def test_what_looks_like_infrastructure_in_another_namespace_does_not_count() -> None:
    sets = listing(api.DAEMON_SETS, elsewhere(api.ANTREA), elsewhere(api.CALICO), api.ANTREA)
    result = run([*START, sets, *ANTREA[1:], listing(api.DEPLOYMENTS, elsewhere(api.CIS), api.CIS), listing(api.STATEFUL_SETS)])
    assert (result["cni"]["name"], result["npl"]["state"]) == ("antrea", "enabled")
    assert [one["name"] for one in result["cis"]["deployments"]] == ["kube-system/cis"]
    first, second = result["warnings"]
    assert "DaemonSets evil/antrea-agent, evil/calico-node have the name or the labels of a CNI" in first
    assert "CIS Deployment evil/cis is not in a namespace of cis_namespaces (kube-system, f5-cis)" in second


def test_a_cis_in_a_namespace_that_the_user_names() -> None:
    script = [*START, *ANTREA, listing(api.DEPLOYMENTS, elsewhere(api.CIS)), listing(api.STATEFUL_SETS)]
    result = run(script, cis_namespaces=["evil"])
    assert [one["name"] for one in result["cis"]["deployments"]] == ["evil/cis"] and not result.get("warnings")


@pytest.mark.parametrize(
    "conf", ["[" * 50_000, "a: " + "9" * 5000, "nodePortLocal: []", "featureGates: 5", "a: &a [*a]", "- a", "a: {" * 5000], ids=lambda text: text[:12]
)
def test_a_configuration_that_cannot_be_read_is_unknown(conf: str) -> None:
    result = run([*START, *ANTREA[:2], found(api.CONFIG, api.config_map(conf)), *NO_CONTROLLERS])
    assert result["npl"]["state"] in ("unknown", "disabled") and "failed" not in result


def test_what_kube_system_alone_tells() -> None:
    found_there = listing("/apis/apps/v1/namespaces/kube-system/daemonsets", api.CALICO)
    assert run([*START, denied(api.DAEMON_SETS), found_there, *NO_CONTROLLERS])["cni"]["name"] == "calico"
    nothing_there = listing("/apis/apps/v1/namespaces/kube-system/daemonsets")
    assert run([*START, denied(api.DAEMON_SETS), nothing_there, *NO_CONTROLLERS])["cni"]["name"] == "unknown"


def test_a_configuration_that_is_not_there() -> None:
    result = run([*START, *ANTREA[:2], missing(api.CONFIG), *NO_CONTROLLERS])
    assert result["npl"]["state"] == "unknown"
    assert "antrea-config-f5d8, which DaemonSet kube-system/antrea-agent mounts, does not exist" in result["npl"]["because"]


def cluster(**topology: Any) -> dict[str, Any]:
    reference = {"apiVersion": "vmware.infrastructure.cluster.x-k8s.io/v1beta1", "kind": "VSphereCluster", "name": "shop-x"}
    return {"metadata": {"namespace": "team-a", "name": "shop"}, "spec": {"topology": topology, "infrastructureRef": reference}}


def test_vks_3_5_on_a_distributed_switch() -> None:
    groups = ("cluster.x-k8s.io/v1beta1", "run.tanzu.vmware.com/v1alpha3", "cni.tanzu.vmware.com/v1alpha1", "netoperator.vmware.com/v1alpha1")
    result = run_both(
        [
            api.api_groups(*groups),
            found(CLUSTER, cluster(**{"class": VKS_3_5})),
            listing(f"{NET}/networksettings", {"metadata": {"namespace": "team-a", "name": "default"}, "provider": "vsphere-distributed"}),
            found(BOOTSTRAP, {"spec": {"cni": {"refName": "antrea.tanzu.vmware.com.2.3.0"}}}),
            found(ANTREA_CONFIG, {"metadata": {"namespace": "team-a", "name": "shop-antrea-package"}}),
        ]
    )
    assert result["network"] == {"provider": "vsphere", "sign": "provider of NetworkSettings team-a/default is vsphere-distributed"}
    vks = result["vks"]
    assert (vks["release"], vks["era"], vks["npl_owner"]) == ("3.5", "antrea_config", "AntreaConfig team-a/shop-antrea-package")
    assert "ClusterClass builtin-generic-v3.5.0" in vks["release_sign"] and result["requests"] == 12


def test_vks_3_6_in_a_vpc() -> None:
    groups = (
        "cluster.x-k8s.io/v1beta1",
        "addons.kubernetes.vmware.com/v1alpha1",
        "vmware.infrastructure.cluster.x-k8s.io/v1beta1",
        "crd.nsx.vmware.com/v1alpha1",
    )
    topology = {"classRef": {"name": "builtin-generic-v3.6.1"}, "variables": [{"name": "bootstrapAddons", "value": {"cniRef": {"name": "antrea"}}}]}
    schema = {"properties": {"antrea": {"properties": {"config": {"properties": {"nodePortLocal": {"properties": {"enabled": {}}}}}}}}}
    addon = {
        "metadata": {"namespace": "team-a", "name": "shop-antrea"},
        "spec": {"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2.5.2"}},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }
    result = run_both(
        [
            api.api_groups(*groups),
            found(CLUSTER, cluster(**topology)),
            found(
                "/apis/vmware.infrastructure.cluster.x-k8s.io/v1beta1/namespaces/team-a/vsphereclusters/shop-x",
                {"metadata": {"namespace": "team-a", "name": "shop-x"}, "spec": {"network": {"nsxVPC": {"createSubnetSet": True}}}},
            ),
            listing(f"{VPC}/subnetsets", {"metadata": {"namespace": "team-a", "name": "shop"}, "spec": {"accessMode": "Private"}}),
            found(f"{ADDONS}/team-a/addonconfigs/shop-antrea", addon),
            found(f"{ADDONS}/vmware-system-vks-public/addonconfigdefinitions/antrea.2.5.2", {"spec": {"schema": {"openAPIV3Schema": schema}}}),
        ]
    )
    assert result["network"] == {"provider": "nsx_vpc", "sign": "spec.network.nsxVPC of VSphereCluster team-a/shop-x"}
    assert (result["vks"]["release"], result["vks"]["era"], result["vks"]["npl_owner"]) == ("3.6", "addon_config", "AddonConfig team-a/shop-antrea")


def test_objects_of_the_namespace_tell_the_network_last() -> None:
    groups = ("cluster.x-k8s.io/v1beta1", "vmware.com/v1alpha1")
    result = run_both(
        [
            api.api_groups(*groups),
            found(CLUSTER, cluster()),
            listing(f"{VNET}/virtualnetworks", {"metadata": {"namespace": "team-a", "name": "shop-vnet"}}),
        ]
    )
    assert result["network"] == {"provider": "nsx_t1", "sign": "namespace team-a has VirtualNetwork team-a/shop-vnet"}


def test_what_the_supervisor_forbids_is_unknown() -> None:
    refused = Exchange("GET", CLUSTER, 403, json=api.status(403, "no rights on clusters"))
    result = run_both([api.api_groups("cluster.x-k8s.io/v1beta1"), refused])
    reasons = {item["fact"]: item["reason"] for item in result["unknown"]}
    assert {"supervisor.cluster_class", "supervisor.provider"} <= set(reasons) and "no rights on clusters" in reasons["supervisor.cluster_class"]
    assert result["vks"]["release"] == "unknown"


@pytest.mark.parametrize("groups", [("cluster.x-k8s.io/v1beta1",), ("apps/v1",)])
def test_a_cluster_that_the_supervisor_does_not_have(groups: tuple[str, ...]) -> None:
    script = [api.api_groups(*groups)] + ([missing(CLUSTER)] if "cluster" in groups[0] else [])
    result = run_both(script)
    assert result["failed"] is True and result["failure"]["code"] == "supervisor_cluster_missing" and "cluster_name" in result["msg"]


def test_the_supervisor_needs_the_names() -> None:
    result = run([], supervisor_context="a")
    assert result["failed"] is True and "supervisor_namespace" in result["msg"]


def test_an_object_that_is_left_out_is_a_warning() -> None:
    nodes = listing(NODES, text.node("n1"), {**text.node("n2"), "more": "DEEP"})
    nodes.text = json.dumps(nodes.json).replace('"DEEP"', "[" * 200_000 + "]" * 200_000)
    nodes.json, nodes.headers = None, {"Content-Type": "application/json"}
    result = run([api.version(), nodes, *ANTREA, *NO_CONTROLLERS])
    assert [node["name"] for node in result["nodes"]] == ["n1"] and len(result["warnings"]) == 1
