# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor of VKS 3.6: AddonConfig owns Antrea's settings, as far as its AddonConfigDefinition's schema
has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running_lab import eventually, run_lab
from supervisor_use import Both, module, supervised
from test_reset import differences, objects

ON = {"enable": True, "portRange": "61000-62000"}


@pytest.fixture(scope="module")
def lab() -> Iterator[Both]:
    with supervised("3.6", "--npl", "off") as up:
        assert up.npl() == (False, None)
        yield up


@pytest.fixture(autouse=True)
def on(lab: Both) -> None:
    """NodePortLocal is on with the schema's range, however the test before left it."""
    definition = lab.get_above("addonconfigdefinition", "--namespace=vmware-system-vks-public")["items"][0][
        "metadata"
    ]["name"]
    reference = {"name": definition, "namespace": "vmware-system-vks-public"}
    lab.patch_above(name(lab), clusterName=lab.cluster, addonConfigDefinitionRef=reference)
    replace_values(lab, {})
    lab.comes_to(True, ON)


def name(lab: Both) -> str:
    return f"addonconfig/{lab.cluster}-antrea"


def replace_values(lab: Both, values: dict[str, Any]) -> None:
    lab.above(
        "patch",
        name(lab),
        "--type=json",
        "--patch",
        json.dumps([{"op": "add", "path": "/spec/values", "value": values}]),
    )


def configure(lab: Both, **config: Any) -> None:
    replace_values(lab, {"antrea": {"config": config}})


def ready(lab: Both, config: str = "") -> tuple[str, str] | None:
    """Ready and its message, of the configuration as it is now."""
    raw = lab.get_above(config or name(lab))
    status = raw.get("status") or {}
    if status.get("observedGeneration") != raw["metadata"]["generation"]:
        return None
    return next((each["status"], each["message"]) for each in status["conditions"] if each["type"] == "Ready")


def test_the_objects_of_the_release(lab: Both) -> None:
    cluster = lab.get_above("cluster", lab.cluster)
    assert (
        cluster["apiVersion"] == "cluster.x-k8s.io/v1beta2"
        and cluster["spec"]["topology"]["classRef"]["name"] == "builtin-generic-v3.6.0"
    )
    assert cluster["spec"]["topology"]["variables"][0]["value"]["cniRef"]["name"] == "antrea"
    config = lab.get_above(name(lab))
    assert config["spec"]["clusterName"] == lab.cluster
    definition = lab.get_above(
        "addonconfigdefinition",
        config["spec"]["addonConfigDefinitionRef"]["name"],
        "-n",
        "vmware-system-vks-public",
    )
    assert definition["metadata"]["name"] == "antrea.tanzu.vmware.com.2.5.2---vmware.2-tkg.1"
    assert eventually(lambda: ready(lab)) == ("True", "")
    table = lab.above("get", "clusteraddon")
    assert (
        table.split()[:6] == ["NAME", "CLUSTER", "ADDON", "ADDONINSTALL", "RELEASE", "READY"]
        and table.split()[-1] == "True"
    )
    assert (
        lab.get_above("addoninstall", "-n", "vmware-system-vks-public")["items"][0]["metadata"]["name"]
        == "builtin-core-cni-antrea"
    )
    assert lab.install()["status"]["version"].startswith("2.5.2+")
    with pytest.raises(AssertionError, match="doesn't have a resource type"):
        lab.above("get", "clusterbootstraps.run.tanzu.vmware.com")


def test_what_the_schema_has_arrives(lab: Both) -> None:
    configure(lab, nodePortLocal={"portRange": "40000-40100"})
    lab.comes_to(True, {"enable": True, "portRange": "40000-40100"})
    configure(lab, featureGates={"NodePortLocal": False})
    lab.comes_to(False, None)


@pytest.mark.parametrize(
    "values",
    [
        {"featureGates": {"NodePortLocal": False}},
        {"antrea": {"featureGates": {"NodePortLocal": False}}},
        {"antrea": {"config": {"nodePortLocal": {"enable": False}}}},
        {"antrea": {"config": {"nodeportlocal": {"enabled": False}}}},
    ],
)
def test_what_the_schema_does_not_have_is_ignored(lab: Both, values: dict[str, Any]) -> None:
    config = {**values.get("antrea", {}).get("config", {}), "tunnelType": "vxlan"}
    replace_values(lab, {**values, "antrea": {**values.get("antrea", {}), "config": config}})
    # The other settings arrive.
    eventually(lambda: lab.conf()["tunnelType"] == "vxlan")
    assert lab.npl() == (True, ON)
    assert eventually(lambda: ready(lab)) == ("True", "")


def test_a_value_of_the_wrong_type_fails_late_and_changes_nothing(lab: Both) -> None:
    configure(lab, featureGates={"NodePortLocal": "no"}, tunnelType="vxlan")
    status, message = eventually(lambda: ready(lab))
    assert (
        status == "False"
        and (
            "spec.values.antrea.config.featureGates.NodePortLocal: Invalid value: 'no': must be of type "
            "boolean"
        )
        in message
    )
    lab.syncs_pass()
    assert lab.npl() == (True, ON) and lab.conf()["tunnelType"] == "geneve"


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ({"clusterName": ""}, "spec.clusterName"),
        ({"addonConfigDefinitionRef": None}, "spec.addonConfigDefinitionRef"),
    ],
)
def test_an_addon_config_that_is_not_bound_is_skipped(lab: Both, spec: dict[str, Any], named: str) -> None:
    lab.patch_above(
        name(lab), **spec, values={"antrea": {"config": {"featureGates": {"NodePortLocal": False}}}}
    )
    assert eventually(lambda: ready(lab)) == ("False", f"skipped: {named} is empty")
    lab.syncs_pass()
    assert lab.npl() == (True, ON)


def test_a_definition_that_is_not_there(lab: Both) -> None:
    lab.patch_above(
        name(lab),
        addonConfigDefinitionRef={"name": "antrea.9"},
        values={"antrea": {"config": {"featureGates": {"NodePortLocal": False}}}},
    )
    assert eventually(lambda: ready(lab)) == (
        "False",
        "AddonConfigDefinition vmware-system-vks-public/antrea.9 was not found",
    )
    lab.syncs_pass()
    assert lab.npl() == (True, ON)


def test_another_name_is_not_bound(lab: Both) -> None:
    other = {
        "apiVersion": "addons.kubernetes.vmware.com/v1alpha1",
        "kind": "AddonConfig",
        "metadata": {"name": "npl-off"},
    }
    lab.above(
        "apply",
        "-f",
        "-",
        stdin=json.dumps(
            {**other, "spec": {"values": {"antrea": {"config": {"featureGates": {"NodePortLocal": False}}}}}}
        ),
    )
    try:
        status, message = eventually(lambda: ready(lab, "addonconfig/npl-off"))
        assert status == "False" and "spec.clusterName and spec.addonConfigDefinitionRef is empty" in message
        lab.syncs_pass()
        assert lab.npl() == (True, ON)
    finally:
        lab.above("delete", "addonconfig", "npl-off")


def test_a_deleted_addon_config_comes_back_without_values(lab: Both) -> None:
    configure(lab, featureGates={"NodePortLocal": False})
    lab.comes_to(False, None)
    lab.above("delete", name(lab))
    lab.comes_to(True, ON)
    assert lab.get_above(name(lab))["spec"]["clusterName"] == lab.cluster


def test_an_edit_by_hand_is_reverted(lab: Both) -> None:
    before = lab.config_map()["data"]
    lab.kubectl(
        "patch",
        "configmap",
        "antrea-config",
        "-n",
        "kube-system",
        "--type=merge",
        "--patch",
        '{"data":{"antrea-agent.conf":"nodePortLocal:\\n"}}',
    )
    eventually(lambda: lab.config_map()["data"] == before)


def test_values_in_the_cluster_that_nobody_can_use(lab: Both) -> None:
    """Skipped, so the Supervisor does not restore the Secret."""
    secret = f"secret/{lab.cluster}-antrea-data-values"
    right = lab.get(secret, "-n", "vmware-system-tkg")["data"]["values.yaml"]
    lab.patch_above(name(lab), clusterName="")
    assert eventually(lambda: ready(lab))[0] == "False"
    lab.kubectl(
        "patch",
        secret,
        "-n",
        "vmware-system-tkg",
        "--type=merge",
        "--patch",
        '{"data":{"values.yaml":"W3t7"}}',
    )
    status = eventually(lambda: "usefulErrorMessage" in (said := lab.install()["status"]) and said)
    assert (
        f"the values of Secret vmware-system-tkg/{lab.cluster}-antrea-data-values cannot be used"
        in status["usefulErrorMessage"]
    )
    eventually(lambda: lab.above("get", "clusteraddon").split()[-1] == "False")
    lab.kubectl(
        "patch",
        secret,
        "-n",
        "vmware-system-tkg",
        "--type=merge",
        "--patch",
        json.dumps({"data": {"values.yaml": right}}),
    )
    eventually(lambda: lab.install()["status"]["friendlyDescription"] == "Reconcile succeeded")
    eventually(lambda: lab.above("get", "clusteraddon").split()[-1] == "True")
    assert "usefulErrorMessage" not in lab.install()["status"]


def test_cluster_info_and_preflight_find_the_owner_and_the_path(lab: Both, tmp_path: Path) -> None:
    eventually(lambda: ready(lab) == ("True", ""))
    found = module("cluster_info", lab, tmp_path)
    vks = found["vks"]
    assert (vks["release"], vks["era"], vks["npl_owner"]) == (
        "3.6",
        "addon_config",
        f"AddonConfig team-a/{lab.cluster}-antrea",
    )
    assert found["network"] == {
        "provider": "vsphere",
        "sign": f"spec.network.provider of VSphereCluster team-a/{lab.cluster} is VSphereDistributed",
    }
    assert (found["npl"]["state"], found["npl"]["managed_by_kapp"], found["unknown"]) == ("enabled", True, [])
    checks = {
        each["id"]: each
        for each in module("preflight_info", lab, tmp_path, checks=["P05", "P24", "P25", "P27"])["checks"]
    }
    assert (
        checks["P24"]["status"] == "pass"
        and "antrea.config.nodePortLocal.enabled" in checks["P24"]["message"]
    )
    assert (checks["P25"]["status"], checks["P27"]["status"]) == ("pass", "pass")


def test_reset_brings_the_supervisor_back(lab: Both) -> None:
    def reset() -> dict[str, Any]:
        done = run_lab("reset", "--name", lab.name)
        assert done.returncode == 0, done.stderr
        return objects(lab, f"--kubeconfig={lab.env['VKS_SUPERVISOR_KUBECONFIG']}")

    before = reset()
    assert lab.npl() == (False, None), "as --npl off made it"
    configure(lab, tunnelType="vxlan")
    eventually(lambda: lab.conf()["tunnelType"] == "vxlan")
    lab.above("delete", "addonconfigdefinitions", "--all", "--namespace=vmware-system-vks-public")
    lab.above("create", "namespace", "team-b")
    assert differences(before, reset()) == {}
    assert lab.npl() == (False, None) and lab.conf()["tunnelType"] != "vxlan"
