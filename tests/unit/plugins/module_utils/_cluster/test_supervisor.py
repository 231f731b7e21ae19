# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cluster as the Supervisor describes it: its provider, its CNI and the objects that own Antrea's settings."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster import supervisor
from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support.answers import found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

IN = "namespaces/team-a"
CLUSTER = f"/apis/cluster.x-k8s.io/v1beta1/{IN}/clusters/shop"
SETTINGS = f"/apis/netoperator.vmware.com/v1/{IN}"
SUBNETS, VNETS = f"/apis/crd.nsx.vmware.com/v1/{IN}/subnetsets", f"/apis/vmware.com/v1/{IN}/virtualnetworks"
ADDON, DEFINITION = (
    f"/apis/addons.kubernetes.vmware.com/v1/namespaces/{name}"
    for name in (
        "team-a/addonconfigs/shop-antrea",
        "vmware-system-vks-public/addonconfigdefinitions/antrea.2",
    )
)
BOOTSTRAP = f"/apis/run.tanzu.vmware.com/v1/{IN}/clusterbootstraps/shop"
ANTREA_CONFIG = f"/apis/cni.tanzu.vmware.com/v1/{IN}/antreaconfigs/shop-antrea-package"
INFRASTRUCTURE = {"kind": "VSphereCluster", "name": "shop-x", "apiGroup": "vmware.infrastructure"}
VSPHERE_CLUSTER = f"/apis/vmware.infrastructure/v1/{IN}/vsphereclusters/shop-x"


def named(name: str = "x", **more: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "team-a", "name": name}, **more}


def run(groups: str, script: list[Exchange], work: Callable[[Reader], Any], **spec: Any) -> Any:
    served = api.api_groups("cluster.x-k8s.io/v1beta1", *(f"{group}/v1" for group in groups.split()))
    with ScriptedServer([served, found(CLUSTER, named("shop", spec=spec)), *script]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(Reader(client))
        finally:
            client.close()


def read(groups: str, script: list[Exchange], **spec: Any) -> supervisor.Supervisor:
    made: supervisor.Supervisor = run(
        groups, script, lambda reader: supervisor.read(reader, "team-a", "shop"), **spec
    )
    return made


TIER_1 = named("shop-x", spec={"network": {"provider": "nsx-tier1"}})
PROVIDERS: dict[str, tuple[str, list[Exchange], dict[str, Any], str, str]] = {
    # the API groups, the answers, the Cluster's spec; the provider, its sign
    "the infrastructure": (
        "vmware.infrastructure",
        [found(VSPHERE_CLUSTER, TIER_1)],
        {"infrastructureRef": INFRASTRUCTURE},
        "nsx_t1",
        "VSphereCluster team-a/shop-x",
    ),
    "the settings": (
        "netoperator.vmware.com",
        [listing(f"{SETTINGS}/networksettings", named(provider="vsphere-distributed"))],
        {},
        "vsphere",
        "NetworkSettings",
    ),
    "settings come after the infrastructure": (
        "vmware.infrastructure netoperator.vmware.com",
        [missing(VSPHERE_CLUSTER), listing(f"{SETTINGS}/networksettings", named(provider="vpc"))],
        {"infrastructureRef": INFRASTRUCTURE},
        "nsx_vpc",
        "NetworkSettings",
    ),
    "a SubnetSet": (
        "crd.nsx.vmware.com",
        [listing(SUBNETS, named("own"))],
        {},
        "nsx_vpc",
        "namespace team-a has SubnetSet team-a/own",
    ),
    "a VirtualNetwork": (
        "vmware.com",
        [listing(VNETS, named("net"))],
        {},
        "nsx_t1",
        "namespace team-a has VirtualNetwork team-a/net",
    ),
    "a Network": (
        "netoperator.vmware.com",
        [listing(f"{SETTINGS}/networksettings"), listing(f"{SETTINGS}/networks", named("net"))],
        {},
        "vsphere",
        "namespace team-a has Network team-a/net",
    ),
}


@pytest.mark.parametrize(
    ("groups", "script", "spec", "name", "sign"), PROVIDERS.values(), ids=PROVIDERS.keys()
)
def test_provider(groups: str, script: list[Exchange], spec: dict[str, Any], name: str, sign: str) -> None:
    if name == "nsx_vpc" and "crd.nsx" not in groups:
        groups, script = f"{groups} crd.nsx.vmware.com", [*script, listing(SUBNETS)]
    provider = read(groups, script, **spec).provider
    assert not isinstance(provider, Unknown) and provider.name == name and sign in provider.sign


def test_no_object_names_the_provider() -> None:
    above = read("", [])
    assert isinstance(above.provider, Unknown) and "no object of the Supervisor" in above.provider.why
    assert (above.cni, above.antrea_config, above.addon_config, above.subnet_sets) == (None, None, None, ())


def test_the_cni_of_the_bootstrap() -> None:
    assert (
        read("run.tanzu.vmware.com", [found(BOOTSTRAP, {"spec": {"cni": {"refName": "calico.x.1"}}})]).cni
        == "calico"
    )


AT = {"properties": {"nodePortLocal": {"properties": {"enabled": {}}}}}
ADDON_CONFIG = named(
    "shop-antrea", spec={"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2"}}
)
FORBIDDEN = Exchange("GET", DEFINITION, 403, json=status(403, "no"))


@pytest.mark.parametrize(
    ("addon", "definition", "path"),
    [
        (
            ADDON_CONFIG,
            [found(DEFINITION, {"spec": {"schema": {"openAPIV3Schema": AT}}})],
            "nodePortLocal.enabled",
        ),
        (ADDON_CONFIG, [found(DEFINITION, {})], None),
        (
            ADDON_CONFIG,
            [missing(DEFINITION)],
            "AddonConfigDefinition vmware-system-vks-public/antrea.2 does not exist",
        ),
        (ADDON_CONFIG, [FORBIDDEN], "Reading AddonConfigDefinition"),
        (named("shop-antrea"), [], "AddonConfig team-a/shop-antrea names no AddonConfigDefinition"),
    ],
)
def test_where_an_addon_config_has_nodeportlocal(
    addon: dict[str, Any], definition: list[Exchange], path: str | None
) -> None:
    config = read("addons.kubernetes.vmware.com", [found(ADDON, addon), *definition]).addon_config
    assert config is not None and not isinstance(config, Unknown)
    if isinstance(config.npl_path, Unknown):
        assert path is not None and path in config.npl_path.why
    else:
        assert config.npl_path == path


def test_the_owners_of_antreas_settings() -> None:
    groups = "addons.kubernetes.vmware.com cni.tanzu.vmware.com"

    def work(reader: Reader) -> Any:
        return supervisor.above(reader, "team-a", "shop")

    both = run(groups, [missing(ADDON), found(ANTREA_CONFIG, named("old"))], work)
    assert (both.addon_config, both.definition, both.antrea_config) == (None, None, named("old"))
    new = run(groups, [found(ADDON, ADDON_CONFIG), found(DEFINITION, {"spec": {}})], work)
    assert (new.addon_config, new.definition, new.antrea_config) == (ADDON_CONFIG, {"spec": {}}, None)
