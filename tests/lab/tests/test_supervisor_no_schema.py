# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Supervisor of VKS 3.6 whose add-on has no NodePortLocal in its schema, on NSX with VPCs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from running_lab import eventually
from supervisor_use import Both, module, supervised


@pytest.fixture(scope="module")
def lab() -> Iterator[Both]:
    with supervised("3.6-no-schema", "--network-provider", "nsx_vpc", "--npl", "off") as up:
        yield up


def test_node_port_local_cannot_be_switched_there(lab: Both) -> None:
    (definition,) = lab.get_above("addonconfigdefinition", "--namespace=vmware-system-vks-public")["items"]
    schema = json.dumps(definition["spec"]["schema"]["openAPIV3Schema"])
    assert "odePortLocal" not in schema and "EndpointSlice" in schema
    assert lab.npl() == (False, None)
    config = {
        "featureGates": {"NodePortLocal": True},
        "nodePortLocal": {"enabled": True},
        "tunnelType": "vxlan",
    }
    lab.patch_above(f"addonconfig/{lab.cluster}-antrea", values={"antrea": {"config": config}})
    eventually(lambda: lab.conf()["tunnelType"] == "vxlan")
    assert lab.npl() == (False, None)


def test_it_serves_no_antrea_config(lab: Both) -> None:
    with pytest.raises(AssertionError, match="doesn't have a resource type"):
        lab.above("get", "antreaconfigs.cni.tanzu.vmware.com")


def test_what_the_modules_find(lab: Both, tmp_path: Path) -> None:
    found = module("cluster_info", lab, tmp_path)
    assert (found["vks"]["era"], found["npl"]["state"], found["unknown"]) == ("addon_config", "disabled", [])
    assert found["network"] == {
        "provider": "nsx_vpc",
        "sign": f"spec.network.nsxVPC of VSphereCluster team-a/{lab.cluster}",
    }
    checks = {
        each["id"]: each
        for each in module(
            "preflight_info", lab, tmp_path, checks=["P03", "P17", "P24"], pool_member_type="nodeportlocal"
        )["checks"]
    }
    assert {name: checks[name]["status"] for name in ("P03", "P17", "P24")} == {
        "P03": "fail",
        "P17": "fail",
        "P24": "fail",
    }
    assert (
        "has no setting for it: see P24" in checks["P03"]["message"]
        and "has no nodePortLocal setting" in checks["P24"]["message"]
    )
    assert (
        f"SubnetSet team-a/{lab.cluster} is Private: node addresses 198.18.0.0/16" in checks["P17"]["message"]
    )
    # Reading left nothing behind.
    assert lab.writers("addonconfigs") == [("kubernetes-admin", "patch")]
