# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the objects of a VKS cluster and its Supervisor to the facts that _checks judges. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator, Mapping, Sequence

from .. import _foreign, _yaml
from .._cis import arguments
from .._errors import some
from .._facts.model import (
    AddonConfig,
    Agent,
    Cni,
    Machine,
    NplConfig,
    Package,
    Provider,
    SubnetSet,
    Unknown,
    Workload,
)
from .._preflight.versions import version_in
from . import snapshot

CONFIG_VOLUME, CONFIG_KEY = "antrea-config", "antrea-agent.conf"
AGENT_CONTAINER = "antrea-agent"
_CNIS = (
    ("antrea", "antrea-agent", {"app": "antrea", "component": "antrea-agent"}, "antrea-agent"),
    ("calico", "calico-node", {"k8s-app": "calico-node"}, "calico-node"),
    ("cilium", "cilium", {"k8s-app": "cilium"}, "cilium-agent"),
)
_PROVIDERS = {
    "vspheredistributed": "vsphere",
    "vsphere-distributed": "vsphere",
    "nsxtier1": "nsx_t1",
    "nsx-tier1": "nsx_t1",
    "vpc": "nsx_vpc",
}


# Where the CNI, its operator and the platform's packages run. A user who may write there can do anything in the cluster.
_SYSTEM = ("kube-system", "calico-system", "tigera-operator")
SYSTEM_NAMESPACES = "kube-system, calico-system, tigera-operator, vmware-system-*"


def is_system(raw: Mapping[str, Any]) -> bool:
    """Whether an object is in a namespace whose objects are believed to be the cluster's own."""
    namespace = str((raw.get("metadata") or {}).get("namespace"))
    return namespace in _SYSTEM or namespace.startswith("vmware-system-")


def strangers(found: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of those that are not."""
    return [name_of(raw) for raw in found if not is_system(raw)]


def elsewhere(names: Sequence[str]) -> str:
    """The warning about DaemonSets (namespace/name) that look like a CNI's in other namespaces."""
    one = len(names) == 1
    return (
        f"DaemonSet{'' if one else 's'} {some(names, most=5)} {'has' if one else 'have'} the name or the labels of a CNI, but {'is' if one else 'are'} not in "
        f"one of its namespaces ({SYSTEM_NAMESPACES}), so {'it does' if one else 'they do'} not count."
    )


def name_of(raw: Mapping[str, Any]) -> str:
    metadata = raw.get("metadata") or {}
    return f"{metadata.get('namespace')}/{metadata.get('name')}" if metadata.get("namespace") else str(metadata.get("name"))


def image_version(image: str) -> str | None:
    """The version in an image's tag; None for one that is pinned by digest alone."""
    last = image.partition("@")[0].rpartition("/")[2]
    return version_in(last.partition(":")[2])


def _containers(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    return (((raw.get("spec") or {}).get("template") or {}).get("spec") or {}).get("containers") or []


def cni(daemon_set: Mapping[str, Any]) -> Cni | None:
    """The CNI that this DaemonSet runs, if it is one that we know."""
    metadata = daemon_set.get("metadata") or {}
    labels = metadata.get("labels") or {}
    for kind, name, wanted, container in _CNIS:
        if metadata.get("name") == name or all(labels.get(key) == value for key, value in wanted.items()):
            images = [str(item.get("image") or "") for item in _containers(daemon_set) if item.get("name") == container]
            strategy = ((daemon_set.get("spec") or {}).get("updateStrategy") or {}).get("type") or "RollingUpdate"
            return Cni(kind, name_of(daemon_set), image_version(images[0]) if images else None, strategy)
    return None


def mounted_config(daemon_set: Mapping[str, Any]) -> str | None:
    """The name of the ConfigMap that the agents mount; VMware's releases differ in it."""
    volumes = (((daemon_set.get("spec") or {}).get("template") or {}).get("spec") or {}).get("volumes") or []
    return next(((item.get("configMap") or {}).get("name") for item in volumes if item.get("name") == CONFIG_VOLUME), None)


def npl_config(config_map: Mapping[str, Any]) -> NplConfig:
    metadata = config_map.get("metadata") or {}
    times = [snapshot.seconds(entry.get("time")) for entry in metadata.get("managedFields") or []]
    known: dict[str, Any] = {
        "config_map": name_of(config_map),
        "changed": max((moment for moment in times if moment is not None), default=None),
        "kapp": any(str(label).startswith("kapp.k14s.io/") for part in ("labels", "annotations") for label in metadata.get(part) or {}),
    }
    text = (config_map.get("data") or {}).get(CONFIG_KEY)
    if text is None:
        return NplConfig(fault=f"it has no key {CONFIG_KEY}", **known)
    try:
        conf = _yaml.foreign(text) or {}
        gates, section = conf.get("featureGates") or {}, conf.get("nodePortLocal") or {}
        gate, enable, written = gates.get("NodePortLocal"), section.get("enable"), section.get("portRange") or conf.get("nplPortRange")
    except _foreign.Unreadable as error:
        return NplConfig(fault=str(error), **known)
    except _foreign.SPOILED as error:
        return NplConfig(fault=str(_foreign.unexpected(error)), **known)
    return NplConfig(
        gate=gate if isinstance(gate, bool) else None,
        enable=enable if isinstance(enable, bool) else None,
        section="nodePortLocal" in conf,
        port_range=str(written) if written else None,
        **known,
    )


def agent(raw: Mapping[str, Any]) -> Agent | None:
    """An antrea-agent Pod. The agent reads its configuration when its container starts, which is later than the Pod's startTime."""
    status, node = raw.get("status") or {}, (raw.get("spec") or {}).get("nodeName")
    if not node:
        return None
    running = [
        snapshot.seconds(((item.get("state") or {}).get("running") or {}).get("startedAt"))
        for item in status.get("containerStatuses") or []
        if item.get("name") == AGENT_CONTAINER
    ]
    started = next((moment for moment in running if moment is not None), None)
    ready = any(item.get("type") == "Ready" and item.get("status") == "True" for item in status.get("conditions") or [])
    return Agent(str(node), name_of(raw), ready, snapshot.seconds(status.get("startTime")) if started is None else started)


def machine(raw: dict[str, Any]) -> Machine:
    return Machine(snapshot.node(raw), ((raw.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion") or "")


def cis(raw: Mapping[str, Any]) -> Workload | None:
    return _workload("Deployment", raw, lambda base: base.startswith("k8s-bigip-ctlr"))


def ako(kind: str, raw: Mapping[str, Any]) -> Workload | None:
    return _workload(kind, raw, lambda base: base == "ako")


def _workload(kind: str, raw: Mapping[str, Any], ours: Any) -> Workload | None:
    for container in _containers(raw):
        image = str(container.get("image") or "")
        if ours(re.split("[:@]", image.rpartition("/")[2])[0]):
            words = [str(part) for part in [*(container.get("command") or []), *(container.get("args") or [])]]
            spec, status = raw.get("spec") or {}, raw.get("status") or {}
            replicas = 1 if spec.get("replicas") is None else spec["replicas"]
            return Workload(kind, name_of(raw), image_version(image), image, arguments.shown(words), replicas, status.get("readyReplicas") or 0)
    return None


def package(raw: Mapping[str, Any]) -> Package:
    spec = raw.get("spec") or {}
    return Package(name_of(raw), str((spec.get("packageRef") or {}).get("refName") or ""), (raw.get("status") or {}).get("version"), spec.get("paused") is True)


# -- the Supervisor ----------------------------------------------------------------------------------------------


def cluster_class(raw: Mapping[str, Any]) -> str | None:
    topology = (raw.get("spec") or {}).get("topology") or {}
    return (topology.get("classRef") or {}).get("name") or topology.get("class")


def cluster_cni(raw: Mapping[str, Any]) -> str | None:
    """The CNI that the Cluster's variables ask for."""
    for variable in ((raw.get("spec") or {}).get("topology") or {}).get("variables") or []:
        value = variable.get("value")
        if variable.get("name") == "bootstrapAddons" and isinstance(value, dict):
            return (value.get("cniRef") or {}).get("name")
    return None


def bootstrap_cni(raw: Mapping[str, Any]) -> str | None:
    """antrea of ClusterBootstrap's cni.refName antrea.tanzu.vmware.com.1.2.3."""
    reference = str(((raw.get("spec") or {}).get("cni") or {}).get("refName") or "")
    return reference.partition(".")[0] or None


def vsphere_cluster_provider(raw: Mapping[str, Any]) -> Provider | None:
    network = (raw.get("spec") or {}).get("network") or {}
    sign = f"VSphereCluster {name_of(raw)}"
    if network.get("nsxVPC"):
        return Provider("nsx_vpc", f"spec.network.nsxVPC of {sign}")
    named = _PROVIDERS.get(str(network.get("provider") or "").lower())
    return Provider(named, f"spec.network.provider of {sign} is {network['provider']}") if named else None


def settings_provider(raw: Mapping[str, Any]) -> Provider | None:
    named = _PROVIDERS.get(str(raw.get("provider") or "").lower())
    return Provider(named, f"provider of NetworkSettings {name_of(raw)} is {raw['provider']}") if named else None


def subnet_set(raw: Mapping[str, Any]) -> SubnetSet:
    networks = [str(cidr) for item in (raw.get("status") or {}).get("subnets") or [] for cidr in item.get("networkAddresses") or []]
    return SubnetSet(name_of(raw), str((raw.get("spec") or {}).get("accessMode") or ""), tuple(networks))


def addon_config(raw: Mapping[str, Any], npl_path: str | None | Unknown) -> AddonConfig:
    spec = raw.get("spec") or {}
    ready = next((item.get("status") == "True" for item in (raw.get("status") or {}).get("conditions") or [] if item.get("type") == "Ready"), None)
    return AddonConfig(name_of(raw), str(spec.get("clusterName") or ""), definition_of(raw)[1], ready, npl_path)


def definition_of(raw: Mapping[str, Any]) -> tuple[str, str]:
    """(namespace, name) of the AddonConfigDefinition; the platform's are in vmware-system-vks-public."""
    reference = (raw.get("spec") or {}).get("addonConfigDefinitionRef") or {}
    return str(reference.get("namespace") or "vmware-system-vks-public"), str(reference.get("name") or "")


def npl_path(definition: Mapping[str, Any]) -> str | None:
    """Where the schema has nodePortLocal.enabled (or enable): the dotted path in values; None if it has none."""
    schema = ((definition.get("spec") or {}).get("schema") or {}).get("openAPIV3Schema") or {}
    return next(_paths(schema, ()), None)


def _paths(schema: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    properties = schema.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        if not isinstance(part, dict):
            continue
        if name == "nodePortLocal":
            switch = next((key for key in ("enabled", "enable") if key in (part.get("properties") or {})), None)
            if switch:
                yield ".".join((*above, name, switch))
        yield from _paths(part, (*above, name))
