# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects of a Supervisor to facts: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Provider
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import AddonConfig, SubnetSet
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube import supervisor_objects as objects

META = {"namespace": "team-a", "name": "shop"}


def raw(**parts: Any) -> dict[str, Any]:
    return {"metadata": META, **parts}


@pytest.mark.parametrize(
    ("topology", "name"),
    [
        ({"class": "old"}, "old"),
        ({"classRef": {"name": "new"}}, "new"),
        ({"classRef": {"name": "new"}, "class": "old"}, "new"),
        ({}, None),
    ],
)
def test_cluster_class(topology: dict[str, Any], name: str | None) -> None:
    assert objects.cluster_class(raw(spec={"topology": topology})) == name


@pytest.mark.parametrize("spec", [{}, {"topology": None}, {"topology": {"variables": None}}, None])
def test_a_cluster_of_which_nothing_is_known(spec: dict[str, Any] | None) -> None:
    cluster = raw(spec=spec)
    assert (
        objects.cluster_class(cluster)
        is objects.cluster_cni(cluster)
        is objects.bootstrap_cni(cluster)
        is None
    )
    assert objects.vsphere_cluster_provider(cluster) is None


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        (
            [
                {"name": "other", "value": 1},
                {"name": "bootstrapAddons", "value": {"cniRef": {"name": "calico"}}},
            ],
            "calico",
        ),
        ([{"name": "other", "value": {"cniRef": {"name": "calico"}}}], None),
        (
            [
                {"name": "bootstrapAddons", "value": {}},
                {"name": "bootstrapAddons", "value": {"cniRef": {"name": "a"}}},
            ],
            None,
        ),
        ([{"name": "bootstrapAddons", "value": {"cniRef": None}}], None),
        ([{"name": "bootstrapAddons", "value": "text"}], None),
        ([], None),
    ],
)
def test_cluster_cni(variables: list[Any], name: str | None) -> None:
    assert objects.cluster_cni(raw(spec={"topology": {"variables": variables}})) == name


@pytest.mark.parametrize(
    ("reference", "name"), [("antrea.tanzu.vmware.com.1.2.3", "antrea"), ("", None), (None, None)]
)
def test_bootstrap_cni(reference: str | None, name: str | None) -> None:
    assert objects.bootstrap_cni(raw(spec={"cni": {"refName": reference}})) == name


SPECIFIED = "spec.network.provider of VSphereCluster team-a/shop is {}"


@pytest.mark.parametrize(
    ("network", "provider"),
    [
        ({"provider": "nsx-tier1"}, Provider("nsx_t1", SPECIFIED.format("nsx-tier1"))),
        ({"provider": "NSXTier1"}, Provider("nsx_t1", SPECIFIED.format("NSXTier1"))),
        ({"provider": "vsphere-distributed"}, Provider("vsphere", SPECIFIED.format("vsphere-distributed"))),
        ({"provider": "vSphereDistributed"}, Provider("vsphere", SPECIFIED.format("vSphereDistributed"))),
        ({"provider": "vpc"}, Provider("nsx_vpc", SPECIFIED.format("vpc"))),
        (
            {"nsxVPC": {"subnetSet": "x"}, "provider": "nsx-tier1"},
            Provider("nsx_vpc", "spec.network.nsxVPC of VSphereCluster team-a/shop"),
        ),
        ({"nsxVPC": {}, "provider": "vpc"}, Provider("nsx_vpc", SPECIFIED.format("vpc"))),
        ({"provider": "carrier pigeon"}, None),
        ({"provider": None}, None),
        ({}, None),
    ],
)
def test_the_provider_of_a_vsphere_cluster(network: dict[str, Any], provider: Provider | None) -> None:
    assert objects.vsphere_cluster_provider(raw(spec={"network": network})) == provider


SETTINGS = "provider of NetworkSettings team-a/shop is {}"


@pytest.mark.parametrize(
    ("given", "provider"),
    [
        ("nsxTier1", Provider("nsx_t1", SETTINGS.format("nsxTier1"))),
        ("vsphereDistributed", Provider("vsphere", SETTINGS.format("vsphereDistributed"))),
        ("VPC", Provider("nsx_vpc", SETTINGS.format("VPC"))),
        ("pigeon", None),
        (None, None),
    ],
)
def test_the_provider_of_settings(given: str | None, provider: Provider | None) -> None:
    assert objects.settings_provider(raw(provider=given)) == provider


def test_subnet_set() -> None:
    subnets = [
        {"networkAddresses": ["10.0.0.0/24", "10.0.1.0/24"]},
        {},
        {"networkAddresses": ["10.0.2.0/24"]},
    ]
    assert objects.subnet_set(raw(spec={"accessMode": "Private"}, status={"subnets": subnets})) == SubnetSet(
        "team-a/shop", "Private", ("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24")
    )
    for part in (None, {}, {"subnets": None, "accessMode": None}):
        assert objects.subnet_set(raw(spec=part, status=part)) == SubnetSet("team-a/shop", "", ())


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        ([{"type": "Ready", "status": "True"}], True),
        ([{"type": "Other", "status": "True"}, {"type": "Ready", "status": "False"}], False),
        ([{"type": "Other", "status": "True"}], None),
        ([], None),
        (None, None),
    ],
)
@pytest.mark.parametrize("path", ["a.b", None, Unknown("x")])
def test_addon_config(conditions: list[Any] | None, ready: bool | None, path: Any) -> None:
    spec = {"clusterName": "shop-1", "addonConfigDefinitionRef": {"name": "antrea.2"}}
    config = objects.addon_config(raw(spec=spec, status={"conditions": conditions}), path)
    assert config == AddonConfig("team-a/shop", "shop-1", "antrea.2", ready, path)


def test_an_addon_config_of_which_nothing_is_known() -> None:
    assert objects.addon_config(raw(), None) == AddonConfig("team-a/shop", "", "", None, None)


def test_the_definition_of_the_platform_is_in_its_namespace() -> None:
    assert objects.definition_of(raw(spec={"addonConfigDefinitionRef": {"name": "x"}})) == (
        "vmware-system-vks-public",
        "x",
    )
    assert objects.definition_of(
        raw(spec={"addonConfigDefinitionRef": {"name": "x", "namespace": "own"}})
    ) == ("own", "x")
    assert objects.definition_of(raw()) == ("vmware-system-vks-public", "")
