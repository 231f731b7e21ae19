# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""One cluster as the Supervisor describes it."""

from __future__ import annotations

from typing import Any, Mapping

from .._facts.cluster import Provider
from .._facts.supervisor import AddonConfig, SubnetSet, Supervisor
from .._facts.unknown import Unknown
from .._kube import objects, supervisor_objects
from .._npl import schema
from .._npl.owner import Above
from .reader import Reader
from .supervisor_api import SupervisorApi

_BOOTSTRAP = "run.tanzu.vmware.com"
_SETTINGS, _NSX_VPC, _NSX_T1 = "netoperator.vmware.com", "crd.nsx.vmware.com", "vmware.com"
Raw = dict[str, Any]


def above(reader: Reader, namespace: str, name: str) -> Above:
    """Return the objects that may own Antrea's settings of one cluster."""
    api = SupervisorApi(reader, namespace, name)
    api.cluster()
    addon_config, definition = api.addon_config(), None
    if isinstance(addon_config, dict):
        definition = api.definition(addon_config)
    antrea_config = api.antrea_config() if addon_config is None else None
    return Above(namespace, name, addon_config, definition, antrea_config)


def read(reader: Reader, namespace: str, name: str) -> Supervisor:
    """Return one cluster as the Supervisor describes it. Raises Failure if it does not exist there."""
    api = SupervisorApi(reader, namespace, name)
    cluster = api.cluster()
    provider = _provider(api, {} if isinstance(cluster, Unknown) else cluster)
    subnet_sets = _subnet_sets(api, provider)
    if isinstance(provider, Unknown):
        provider = _by_networks(api, subnet_sets) or provider
    return Supervisor(
        namespace,
        name,
        cluster if isinstance(cluster, Unknown) else supervisor_objects.cluster_class(cluster),
        _cni(api, cluster),
        _name(api.antrea_config()),
        _addon_config(api),
        provider,
        subnet_sets,
    )


def _name(raw: Raw | None | Unknown) -> str | None | Unknown:
    return objects.name_of(raw) if isinstance(raw, dict) else raw


def _cni(api: SupervisorApi, cluster: Raw | Unknown) -> str | None | Unknown:
    """Return the CNI by the Cluster's variables, else by its ClusterBootstrap."""
    named = None if isinstance(cluster, Unknown) else supervisor_objects.cluster_cni(cluster)
    if named:
        return named
    bootstrap = api.one(_BOOTSTRAP, "ClusterBootstraps", api.name)
    if isinstance(bootstrap, dict):
        return supervisor_objects.bootstrap_cni(bootstrap)
    return cluster if isinstance(cluster, Unknown) and bootstrap is None else bootstrap


def _addon_config(api: SupervisorApi) -> AddonConfig | None | Unknown:
    raw = api.addon_config()
    if not isinstance(raw, dict):
        return raw
    namespace, name = supervisor_objects.definition_of(raw)
    path: str | None | Unknown
    if not name:
        path = Unknown(f"AddonConfig {objects.name_of(raw)} names no AddonConfigDefinition")
    else:
        definition = api.definition(raw)
        if definition is None:
            path = Unknown(f"AddonConfigDefinition {namespace}/{name} does not exist")
        else:
            path = definition if isinstance(definition, Unknown) else _npl_path(definition)
    return supervisor_objects.addon_config(raw, path)


def _npl_path(definition: Mapping[str, Any]) -> str | None:
    """Return the path of nodePortLocal.enabled (or enable) in the values; None if the schema has none."""
    places = schema.find(schema.of_definition(definition))
    return ".".join(places[0].switch) if places else None


def _provider(api: SupervisorApi, cluster: Mapping[str, Any]) -> Provider | Unknown:
    """Return the provider by the cluster's infrastructure object, else by the namespace's settings."""
    reference = (cluster.get("spec") or {}).get("infrastructureRef") or {}
    group = reference.get("apiGroup") or str(reference.get("apiVersion")).partition("/")[0]
    if reference.get("kind") == "VSphereCluster" and reference.get("name"):
        raw = api.one(group, "VSphereClusters", reference["name"])
        provider = supervisor_objects.vsphere_cluster_provider(raw) if isinstance(raw, dict) else None
        if provider:
            return provider
    settings = api.every(_SETTINGS, "NetworkSettings", supervisor_objects.settings_provider)
    if isinstance(settings, Unknown):
        return settings
    missing = Unknown("no object of the Supervisor names the network provider of this cluster")
    return settings[0] if settings else missing


def _subnet_sets(api: SupervisorApi, provider: Provider | Unknown) -> tuple[SubnetSet, ...] | Unknown:
    """Return the SubnetSets of the namespace; none where the provider has none."""
    if isinstance(provider, Provider) and provider.name != "nsx_vpc":
        return ()
    subnet_sets = api.every(_NSX_VPC, "SubnetSets", supervisor_objects.subnet_set)
    return subnet_sets if isinstance(subnet_sets, Unknown) else tuple(subnet_sets)


def _by_networks(api: SupervisorApi, subnet_sets: tuple[SubnetSet, ...] | Unknown) -> Provider | None:
    """Return the provider by the networks in the vSphere Namespace; None if it has none.

    This evidence is weaker, because a Supervisor may have several providers.
    """
    if not isinstance(subnet_sets, Unknown) and subnet_sets:
        return Provider("nsx_vpc", f"namespace {api.namespace} has SubnetSet {subnet_sets[0].name}")
    for group, kind, provider in ((_NSX_T1, "VirtualNetworks", "nsx_t1"), (_SETTINGS, "Networks", "vsphere")):
        names = api.every(group, kind, objects.name_of)
        if isinstance(names, list) and names:
            return Provider(provider, f"namespace {api.namespace} has {kind[:-1]} {names[0]}")
    return None
