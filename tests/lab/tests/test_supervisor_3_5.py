# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor of VKS 3.5: AntreaConfig owns Antrea's settings, and kapp-controller keeps the ConfigMap as
it has it."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from running_lab import eventually, run_lab
from supervisor_use import Both, module, supervised

ON = {"enable": True, "portRange": "61000-62000"}


@pytest.fixture(scope="module")
def lab() -> Iterator[Both]:
    with supervised("3.5") as up:
        yield up


def configure(lab: Both, **config: Any) -> None:
    lab.patch_above(f"antreaconfig/{lab.cluster}-antrea-package", antrea={"config": config})


@pytest.fixture(autouse=True)
def as_before(lab: Both) -> Iterator[None]:
    """NodePortLocal is on with the package's range after each test."""
    yield
    configure(lab, featureGates={"NodePortLocal": True}, nodePortLocal={"enabled": True, "portRange": None})
    lab.comes_to(True, ON)


def test_the_objects_of_the_release(lab: Both) -> None:
    cluster = lab.get_above("cluster", lab.cluster)
    assert (
        cluster["apiVersion"] == "cluster.x-k8s.io/v1beta1"
        and cluster["spec"]["topology"]["class"] == "builtin-generic-v3.5.0"
    )
    cni = lab.get_above("clusterbootstrap", lab.cluster)["spec"]["cni"]
    assert cni["refName"].startswith("antrea.tanzu.vmware.com.2.3.0---")
    name = cni["valuesFrom"]["providerRef"]["name"]
    config = lab.get_above("antreaconfig", name)
    assert [(owner["kind"], owner["name"]) for owner in config["metadata"]["ownerReferences"]] == [
        ("Cluster", lab.cluster)
    ]
    assert config["status"] == {"secretRef": f"{lab.cluster}-antrea-data-values"}
    values = lab.get_above("secret", config["status"]["secretRef"])["data"]
    assert lab.get("secret", config["status"]["secretRef"], "-n", "vmware-system-tkg")["data"] == values
    install = lab.install()
    assert install["status"]["friendlyDescription"] == "Reconcile succeeded"
    assert install["status"]["observedGeneration"] == install["metadata"]["generation"]
    with pytest.raises(AssertionError, match="doesn't have a resource type"):
        lab.above("get", "addonconfigs.addons.kubernetes.vmware.com")


def test_the_clusters_kubeconfig_is_in_the_vsphere_namespace(lab: Both, tmp_path: Path) -> None:
    secret = lab.get_above("secret", f"{lab.cluster}-kubeconfig")
    (tmp_path / "config").write_bytes(base64.b64decode(secret["data"]["value"]))
    assert lab.kubectl(f"--kubeconfig={tmp_path / 'config'}", "get", "nodes", "-o", "name").startswith(
        "node/"
    )


def test_the_config_map_is_kapps_and_without_comments(lab: Both) -> None:
    config_map = lab.config_map()
    assert {"kapp.k14s.io/app", "kapp.k14s.io/association"} <= config_map["metadata"]["labels"].keys()
    original = json.loads(config_map["metadata"]["annotations"]["kapp.k14s.io/original"])
    assert original["data"] == config_map["data"]
    text = config_map["data"]["antrea-agent.conf"]
    assert "#" not in text and list(yaml.safe_load(text))[0] == "featureGates"
    assert lab.npl() == (True, ON)


def test_the_range_arrives_and_enabled_false_does_not(lab: Both) -> None:
    configure(lab, nodePortLocal={"enabled": False, "portRange": "40000-40100"})
    lab.comes_to(True, {"enable": True, "portRange": "40000-40100"})


def test_the_gate_switches_it_off_and_on(lab: Both) -> None:
    configure(lab, featureGates={"NodePortLocal": False})
    lab.comes_to(False, None)
    assert "nodePortLocal:\n" in lab.config_map()["data"]["antrea-agent.conf"]
    configure(lab, featureGates={"NodePortLocal": True})
    lab.comes_to(True, ON)


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({"antrea": {"config": {"noSNAT": True}}}, "spec.antrea.config.noSNAT"),
        ({"antrea": {"config": {"trafficEncapMode": "noEncap"}}}, "spec.antrea.config.trafficEncapMode"),
        (
            {"antrea": {"config": {"disableUdpTunnelOffload": True}}},
            "spec.antrea.config.disableUdpTunnelOffload",
        ),
        ({"antrea": {"config": {"tlsCipherSuites": ""}}}, "spec.antrea.config.tlsCipherSuites"),
        ({"antreaNsx": {"enable": True}}, "spec.antreaNsx.enable"),
    ],
)
def test_what_cannot_be_changed_is_refused(lab: Both, spec: dict[str, Any], where: str) -> None:
    with pytest.raises(AssertionError, match=rf"{where}: Invalid value: .*: field is immutable"):
        lab.patch_above(f"antreaconfig/{lab.cluster}-antrea-package", **spec)


def test_a_short_apply_takes_other_gates_back_to_their_defaults(lab: Both) -> None:
    gates = ("EndpointSlice", "Egress", "NetworkPolicyStats")
    assert [lab.conf()["featureGates"][gate] for gate in gates] == [True, False, True]
    short = {
        "apiVersion": "cni.tanzu.vmware.com/v1alpha1",
        "kind": "AntreaConfig",
        "metadata": {"name": f"{lab.cluster}-antrea-package"},
        "spec": {
            "antrea": {
                "config": {"featureGates": {"NodePortLocal": True}, "nodePortLocal": {"enabled": True}}
            }
        },
    }
    lab.above("apply", "-f", "-", stdin=json.dumps(short))
    eventually(lambda: [lab.conf()["featureGates"][gate] for gate in gates] == [False, True, False])


def test_an_edit_by_hand_is_reverted_and_what_is_right_is_not_written(lab: Both) -> None:
    before = lab.config_map()
    edited = before["data"]["antrea-agent.conf"].replace("enable: true", "enable: false")
    lab.kubectl(
        "patch",
        "configmap",
        "antrea-config",
        "-n",
        "kube-system",
        "--type=merge",
        "--patch",
        json.dumps({"data": {"antrea-agent.conf": edited}}),
    )
    eventually(lambda: lab.config_map()["data"] == before["data"])
    lab.kubectl("delete", "configmap", "antrea-config", "-n", "kube-system")
    eventually(
        lambda: (
            lab.config_map()
            if "antrea-config" in lab.kubectl("get", "configmap", "-n", "kube-system", "-o", "name")
            else None
        )
    )
    lab.rounds_pass()
    version = lab.config_map()["metadata"]["resourceVersion"]
    lab.rounds_pass()
    assert lab.config_map()["metadata"]["resourceVersion"] == version


def test_a_paused_package_is_not_synced(lab: Both) -> None:
    def pause(value: bool) -> None:
        patch = json.dumps({"spec": {"paused": value}})
        lab.kubectl(
            "patch",
            "packageinstall",
            f"{lab.cluster}-antrea",
            "-n",
            "vmware-system-tkg",
            "--type=merge",
            "--patch",
            patch,
        )

    pause(True)
    eventually(lambda: lab.install()["status"]["friendlyDescription"] == "Canceled/paused")
    configure(lab, nodePortLocal={"portRange": "40000-40100"})
    lab.kubectl("label", "configmap", "antrea-config", "-n", "kube-system", "kapp.k14s.io/app-")
    lab.rounds_pass()
    assert lab.npl() == (True, ON) and "kapp.k14s.io/app" not in lab.config_map()["metadata"]["labels"]
    pause(False)
    lab.comes_to(True, {"enable": True, "portRange": "40000-40100"})
    assert "kapp.k14s.io/app" in lab.config_map()["metadata"]["labels"]


def test_new_values_restart_nothing(lab: Both) -> None:
    def agents() -> list[Any]:
        daemon_set = lab.get("daemonset", "antrea-agent", "-n", "kube-system")
        pods = lab.get("pods", "-n", "kube-system", "-l", "component=antrea-agent")["items"]
        return [
            daemon_set["metadata"]["generation"],
            daemon_set["spec"]["template"],
            [pod["metadata"]["uid"] for pod in pods],
        ]

    before = agents()
    configure(lab, featureGates={"NodePortLocal": False})
    lab.comes_to(False, None)
    lab.rounds_pass()
    assert agents() == before and before[2]


def test_who_wrote_is_in_the_supervisors_audit_log(lab: Both) -> None:
    configure(lab, defaultMTU="1400")
    configure(lab, defaultMTU=None)
    eventually(lambda: ("kubernetes-admin", "patch") in lab.writers("antreaconfigs"))
    # The controllers' own writes are not in it.
    assert {user for user, _ in lab.writers("antreaconfigs")} == {"kubernetes-admin"} and lab.writers(
        "secrets"
    ) == []


def test_the_lab_shows_it(lab: Both) -> None:
    status = run_lab("status", "--name", lab.name)
    assert status.returncode == 0 and "--vks 3.5" in status.stdout
    for name in ("supervisor", "supervisor-apiserver", "supervisor-etcd"):
        assert f"  {name:<24} runs, pid " in status.stdout
    assert "  Supervisor   https://127.0.0.1:" in status.stdout
    assert Path(lab.env["LAB_AUDIT_LOG"]).is_file()
    contexts = subprocess.run(
        [
            lab.env["LAB_KUBECTL"],
            f"--kubeconfig={lab.env['VKS_SUPERVISOR_KUBECONFIG']}",
            "config",
            "current-context",
        ],
        capture_output=True,
        text=True,
    )
    assert contexts.stdout.strip() == f"{lab.name}-supervisor"


def test_cluster_info_finds_the_owner(lab: Both, tmp_path: Path) -> None:
    found = module("cluster_info", lab, tmp_path)
    vks = found["vks"]
    assert (vks["release"], vks["era"], vks["npl_owner"]) == (
        "3.5",
        "antrea_config",
        f"AntreaConfig team-a/{lab.cluster}-antrea-package",
    )
    assert vks["kubernetes_releases"] and found["unknown"] == []
    assert found["network"] == {
        "provider": "vsphere",
        "sign": "provider of NetworkSettings team-a/default is vsphere-distributed",
    }
    assert (found["npl"]["state"], found["npl"]["managed_by_kapp"], found["cni"]["version"]) == (
        "enabled",
        True,
        "2.3.0",
    )
