# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects of a Supervisor to facts: one line a case."""

from __future__ import annotations

from typing import Any

import pytest

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
        ([{"name": "bootstrapAddons", "value": {}}], None),
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


@pytest.mark.parametrize(
    ("network", "name"),
    [
        ({"provider": "nsx-tier1"}, "nsx_t1"),
        ({"provider": "NSXTier1"}, "nsx_t1"),
        ({"provider": "vsphere-distributed"}, "vsphere"),
        ({"provider": "vpc"}, "nsx_vpc"),
        ({"nsxVPC": {"subnetSet": "x"}, "provider": "nsx-tier1"}, "nsx_vpc"),
        ({"provider": "carrier pigeon"}, None),
        ({}, None),
    ],
)
def test_the_provider_of_a_vsphere_cluster(network: dict[str, Any], name: str | None) -> None:
    provider = objects.vsphere_cluster_provider(raw(spec={"network": network}))
    assert (
        provider is None
        if name is None
        else provider is not None
        and (provider.name, "VSphereCluster team-a/shop" in provider.sign) == (name, True)
    )


@pytest.mark.parametrize(
    ("given", "name"), [("nsxTier1", "nsx_t1"), ("vsphereDistributed", "vsphere"), (None, None)]
)
def test_the_provider_of_settings(given: str | None, name: str | None) -> None:
    provider = objects.settings_provider(raw(provider=given))
    assert (provider and provider.name) == name


def test_subnet_set() -> None:
    status = {"subnets": [{"networkAddresses": ["10.0.0.0/24", "10.0.1.0/24"]}, {}]}
    found = objects.subnet_set(raw(spec={"accessMode": "Private"}, status=status))
    assert (found.name, found.access_mode, found.networks) == (
        "team-a/shop",
        "Private",
        ("10.0.0.0/24", "10.0.1.0/24"),
    )


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        ([{"type": "Ready", "status": "True"}], True),
        ([{"type": "Ready", "status": "False"}], False),
        ([], None),
    ],
)
def test_addon_config(conditions: list[Any], ready: bool | None) -> None:
    spec = {"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2"}}
    config = objects.addon_config(raw(spec=spec, status={"conditions": conditions}), "a.b")
    assert (config.cluster_name, config.definition, config.ready, config.npl_path) == (
        "shop",
        "antrea.2",
        ready,
        "a.b",
    )


def test_the_definition_of_the_platform_is_in_its_namespace() -> None:
    assert objects.definition_of(raw(spec={"addonConfigDefinitionRef": {"name": "x"}})) == (
        "vmware-system-vks-public",
        "x",
    )
    assert objects.definition_of(
        raw(spec={"addonConfigDefinitionRef": {"name": "x", "namespace": "own"}})
    ) == ("own", "x")
    assert objects.definition_of(raw()) == ("vmware-system-vks-public", "")
