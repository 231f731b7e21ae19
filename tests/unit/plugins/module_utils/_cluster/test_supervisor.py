# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One cluster as the Supervisor describes it: its provider, its CNI, and the owners of Antrea's settings."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cluster import supervisor
from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Provider
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import (
    AddonConfig,
    SubnetSet,
    Supervisor,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._npl.owner import Above
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


def with_reader(script: list[Exchange], work: Callable[[Reader], Any]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(Reader(client))
        finally:
            client.close()


def run(groups: str, script: list[Exchange], work: Callable[[Reader], Any], **spec: Any) -> Any:
    served = api.api_groups("cluster.x-k8s.io/v1beta1", *(f"{group}/v1" for group in groups.split()))
    return with_reader([served, found(CLUSTER, named("shop", spec=spec)), *script], work)


def read(groups: str, script: list[Exchange], **spec: Any) -> supervisor.Supervisor:
    made: supervisor.Supervisor = run(
        groups, script, lambda reader: supervisor.read(reader, "team-a", "shop"), **spec
    )
    return made


TIER_1 = named("shop-x", spec={"network": {"provider": "nsx-tier1"}})
OF_CLUSTER = "spec.network.provider of VSphereCluster team-a/shop-x is nsx-tier1"
OF_SETTINGS = "provider of NetworkSettings team-a/x is {}"
CLUSTER_TOO = "vmware.infrastructure netoperator.vmware.com"


def settings(*items: dict[str, Any]) -> Exchange:
    return listing(f"{SETTINGS}/networksettings", *items)


def forbidden(path: str) -> Exchange:
    return Exchange("GET", path, 403, json=status(403, "no"))


PROVIDERS: dict[str, tuple[str, list[Exchange], dict[str, Any], str, str]] = {
    # the API groups, the answers, the Cluster's spec; the provider, its sign
    "the infrastructure": (
        "vmware.infrastructure crd.nsx.vmware.com netoperator.vmware.com",
        [found(VSPHERE_CLUSTER, TIER_1)],
        {"infrastructureRef": INFRASTRUCTURE},
        "nsx_t1",
        OF_CLUSTER,
    ),
    "the infrastructure by its version": (
        "vmware.infrastructure",
        [found(VSPHERE_CLUSTER, TIER_1)],
        {"infrastructureRef": {**INFRASTRUCTURE, "apiGroup": None, "apiVersion": "vmware.infrastructure/v9"}},
        "nsx_t1",
        OF_CLUSTER,
    ),
    "infrastructure of another kind": (
        CLUSTER_TOO,
        [settings(named(provider="nsx-tier1"))],
        {"infrastructureRef": {**INFRASTRUCTURE, "kind": "DockerCluster"}},
        "nsx_t1",
        OF_SETTINGS.format("nsx-tier1"),
    ),
    "infrastructure without a name": (
        CLUSTER_TOO,
        [settings(named(provider="nsx-tier1"))],
        {"infrastructureRef": {"kind": "VSphereCluster", "apiGroup": "vmware.infrastructure"}},
        "nsx_t1",
        OF_SETTINGS.format("nsx-tier1"),
    ),
    "infrastructure of an unknown network": (
        CLUSTER_TOO,
        [found(VSPHERE_CLUSTER, named("shop-x")), settings(named(provider="nsx-tier1"))],
        {"infrastructureRef": INFRASTRUCTURE},
        "nsx_t1",
        OF_SETTINGS.format("nsx-tier1"),
    ),
    "the settings": (
        "netoperator.vmware.com",
        [settings(named(provider="pigeon"), named(provider="vsphere-distributed"), named(provider="vpc"))],
        {},
        "vsphere",
        OF_SETTINGS.format("vsphere-distributed"),
    ),
    "settings come after the infrastructure": (
        "vmware.infrastructure netoperator.vmware.com crd.nsx.vmware.com",
        [missing(VSPHERE_CLUSTER), settings(named(provider="vpc")), listing(SUBNETS)],
        {"infrastructureRef": INFRASTRUCTURE},
        "nsx_vpc",
        OF_SETTINGS.format("vpc"),
    ),
    "a SubnetSet": (
        "crd.nsx.vmware.com vmware.com",
        [listing(SUBNETS, named("own"), named("second"))],
        {},
        "nsx_vpc",
        "namespace team-a has SubnetSet team-a/own",
    ),
    "a VirtualNetwork": (
        "crd.nsx.vmware.com vmware.com netoperator.vmware.com",
        [settings(), listing(SUBNETS), listing(VNETS, named("net"), named("second"))],
        {},
        "nsx_t1",
        "namespace team-a has VirtualNetwork team-a/net",
    ),
    "a Network": (
        "vmware.com netoperator.vmware.com",
        [settings(), listing(VNETS), listing(f"{SETTINGS}/networks", named("net"))],
        {},
        "vsphere",
        "namespace team-a has Network team-a/net",
    ),
    "a Network where settings may not be read": (
        "netoperator.vmware.com crd.nsx.vmware.com vmware.com",
        [
            forbidden(settings().path),
            forbidden(f"{SUBNETS}?limit=500"),
            forbidden(f"{VNETS}?limit=500"),
            listing(f"{SETTINGS}/networks", named("net")),
        ],
        {},
        "vsphere",
        "namespace team-a has Network team-a/net",
    ),
}


@pytest.mark.parametrize(
    ("groups", "script", "spec", "name", "sign"), PROVIDERS.values(), ids=PROVIDERS.keys()
)
def test_provider(groups: str, script: list[Exchange], spec: dict[str, Any], name: str, sign: str) -> None:
    made = read(groups, script, **spec)
    assert made.provider == Provider(name, sign)
    if any(answer.status == 403 and answer.path.startswith(SUBNETS) for answer in script):
        assert isinstance(made.subnet_sets, Unknown)
    else:
        sets = ("team-a/own", "team-a/second") if "SubnetSet" in sign else ()
        assert made.subnet_sets == tuple(SubnetSet(name_of, "") for name_of in sets)


NO_PROVIDER = Unknown("no object of the Supervisor names the network provider of this cluster")


def test_no_object_names_the_provider() -> None:
    assert read("", []) == Supervisor("team-a", "shop", None, None, None, None, NO_PROVIDER, ())


def test_a_cluster_as_the_supervisor_describes_it() -> None:
    groups = (
        "run.tanzu.vmware.com cni.tanzu.vmware.com addons.kubernetes.vmware.com netoperator.vmware.com "
        "crd.nsx.vmware.com"
    )
    script = [
        settings(named(provider="vpc")),
        listing(SUBNETS, named("own", spec={"accessMode": "Private"})),
        found(BOOTSTRAP, {"spec": {"cni": {"refName": "calico.x.1"}}}),
        found(ANTREA_CONFIG, named("shop-antrea-package")),
        found(ADDON, ADDON_CONFIG),
        found(DEFINITION, {"spec": {"schema": {"openAPIV3Schema": AT}}}),
    ]
    assert read(groups, script, topology={"class": "tanzu"}) == Supervisor(
        "team-a",
        "shop",
        "tanzu",
        "calico",
        "team-a/shop-antrea-package",
        AddonConfig("team-a/shop-antrea", "shop", "antrea.2", None, "nodePortLocal.enabled"),
        Provider("nsx_vpc", OF_SETTINGS.format("vpc")),
        (SubnetSet("team-a/own", "Private"),),
    )


def test_the_cni_of_the_variables_comes_first() -> None:
    variables = [{"name": "bootstrapAddons", "value": {"cniRef": {"name": "antrea"}}}]
    assert read("run.tanzu.vmware.com", [], topology={"variables": variables}).cni == "antrea"


@pytest.mark.parametrize(
    ("answer", "cni"),
    [
        (found(BOOTSTRAP, {"spec": {"cni": {"refName": "calico.x.1"}}}), "calico"),
        (found(BOOTSTRAP, {}), None),
        (missing(BOOTSTRAP), None),
        (forbidden(BOOTSTRAP), Unknown),
    ],
)
@pytest.mark.parametrize("cluster", [True, False])
def test_the_cni_of_the_bootstrap(answer: Exchange, cni: Any, cluster: bool) -> None:
    served = api.api_groups("cluster.x-k8s.io/v1beta1", "run.tanzu.vmware.com/v1")
    of_cluster = found(CLUSTER, named("shop")) if cluster else forbidden(CLUSTER)
    made = with_reader([served, of_cluster, answer], lambda reader: supervisor.read(reader, "team-a", "shop"))
    no_cluster = Unknown("Reading Cluster team-a/shop: no. " + ROLE.format("cluster.x-k8s.io", "clusters"))
    assert made.cluster_class == (None if cluster else no_cluster)
    if cni is Unknown:
        cni = Unknown(
            "Reading ClusterBootstrap team-a/shop: no. "
            + ROLE.format("run.tanzu.vmware.com", "clusterbootstraps")
        )
    elif answer.status == 404 and not cluster:
        cni = no_cluster
    assert made.cni == cni


ROLE = (
    'Bind a Role in namespace team-a with the rule {{apiGroups: ["{}"], resources: ["{}"], verbs: ["get"]}} '
    "to this user (docs/rbac/ has the least Role of each mode)."
)


AT = {"properties": {"nodePortLocal": {"properties": {"enabled": {}}}}}
ADDON_CONFIG = named(
    "shop-antrea", spec={"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2"}}
)
FORBIDDEN = forbidden(DEFINITION)


NO_DEFINITION = Unknown("AddonConfigDefinition vmware-system-vks-public/antrea.2 does not exist")
NOT_ALLOWED = Unknown(
    "Reading AddonConfigDefinition vmware-system-vks-public/antrea.2: no. "
    + ROLE.format("addons.kubernetes.vmware.com", "addonconfigdefinitions").replace(
        "namespace team-a", "namespace vmware-system-vks-public"
    )
)


@pytest.mark.parametrize(
    ("addon", "definition", "path"),
    [
        (
            ADDON_CONFIG,
            [found(DEFINITION, {"spec": {"schema": {"openAPIV3Schema": AT}}})],
            "nodePortLocal.enabled",
        ),
        (
            ADDON_CONFIG,
            [
                found(
                    DEFINITION, {"spec": {"schema": {"openAPIV3Schema": {"properties": {"a": AT, "b": AT}}}}}
                )
            ],
            "a.nodePortLocal.enabled",
        ),
        (ADDON_CONFIG, [found(DEFINITION, {})], None),
        (ADDON_CONFIG, [missing(DEFINITION)], NO_DEFINITION),
        (ADDON_CONFIG, [FORBIDDEN], NOT_ALLOWED),
        (
            named("shop-antrea"),
            [],
            Unknown("AddonConfig team-a/shop-antrea names no AddonConfigDefinition"),
        ),
    ],
)
def test_where_an_addon_config_has_nodeportlocal(
    addon: dict[str, Any], definition: list[Exchange], path: Any
) -> None:
    config = read("addons.kubernetes.vmware.com", [found(ADDON, addon), *definition]).addon_config
    assert config is not None and not isinstance(config, Unknown)
    assert (config.name, config.npl_path) == ("team-a/shop-antrea", path)


def test_configurations_that_may_not_be_read() -> None:
    groups = "addons.kubernetes.vmware.com cni.tanzu.vmware.com"
    made = read(groups, [forbidden(ANTREA_CONFIG), forbidden(ADDON)])
    assert isinstance(made.antrea_config, Unknown) and isinstance(made.addon_config, Unknown)
    assert made.antrea_config.why.startswith("Reading AntreaConfig team-a/shop-antrea-package: no.")
    assert made.addon_config.why.startswith("Reading AddonConfig team-a/shop-antrea: no.")


def test_the_owners_of_antreas_settings() -> None:
    groups = "addons.kubernetes.vmware.com cni.tanzu.vmware.com"

    def work(reader: Reader) -> Any:
        return supervisor.above(reader, "team-a", "shop")

    old = run(groups, [missing(ADDON), found(ANTREA_CONFIG, named("old"))], work)
    assert old == Above("team-a", "shop", None, None, named("old"))
    new = run(groups, [found(ADDON, ADDON_CONFIG), found(DEFINITION, {"spec": {}})], work)
    assert new == Above("team-a", "shop", ADDON_CONFIG, {"spec": {}}, None)
    unread = run(groups, [forbidden(ADDON)], work)
    assert isinstance(unread.addon_config, Unknown) and (unread.definition, unread.antrea_config) == (
        None,
        None,
    )
