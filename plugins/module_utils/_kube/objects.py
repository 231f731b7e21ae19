# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""From the API's objects of a workload cluster to what _facts.cluster describes."""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Callable, Iterable, Iterator, Mapping, Sequence

from .. import _foreign, _yaml
from .._cis import arguments
from .._errors import some
from .._facts.cluster import Agent, Cni, NodeVersion, NplConfig, Package, Workload
from .._facts.pod_network import Network, Traffic
from .._facts.version import version_in
from . import snapshot

CONFIG_VOLUME, CONFIG_KEY = "antrea-config", "antrea-agent.conf"
AGENT_CONTAINER = "antrea-agent"
_CNIS = (
    ("antrea", "antrea-agent", {"app": "antrea", "component": "antrea-agent"}, "antrea-agent"),
    ("calico", "calico-node", {"k8s-app": "calico-node"}, "calico-node"),
    ("cilium", "cilium", {"k8s-app": "cilium"}, "cilium-agent"),
)
# Where the CNI, its operator and the platform's packages run.
# A user who may write there can do anything in the cluster.
_SYSTEM = ("kube-system", "calico-system", "tigera-operator")
SYSTEM_NAMESPACES = "kube-system, calico-system, tigera-operator, vmware-system-*"


def is_system(raw: Mapping[str, Any]) -> bool:
    """Return whether an object is in a namespace of the platform."""
    namespace = str((raw.get("metadata") or {}).get("namespace"))
    return namespace in _SYSTEM or namespace.startswith("vmware-system-")


def strangers(objects: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of those in other namespaces."""
    return [name_of(raw) for raw in objects if not is_system(raw)]


def elsewhere(names: Sequence[str]) -> str:
    """Return the warning about DaemonSets (namespace/name) that look like a CNI's in other namespaces."""
    one = len(names) == 1
    kind, have, are = ("DaemonSet", "has", "is") if one else ("DaemonSets", "have", "are")
    return (
        f"{kind} {some(names, most=5)} {have} the name or the labels of a CNI, but {are} not in one of its "
        f"namespaces ({SYSTEM_NAMESPACES}), so {'it does' if one else 'they do'} not count."
    )


def name_of(raw: Mapping[str, Any]) -> str:
    metadata = raw.get("metadata") or {}
    return (
        f"{metadata.get('namespace')}/{metadata.get('name')}"
        if metadata.get("namespace")
        else str(metadata.get("name"))
    )


def image_version(image: str) -> str | None:
    """Return the version in an image's tag; None for an image that only a digest names."""
    last = image.partition("@")[0].rpartition("/")[2]
    return version_in(last.partition(":")[2])


def _containers(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    return (((raw.get("spec") or {}).get("template") or {}).get("spec") or {}).get("containers") or []


def cni(daemon_set: Mapping[str, Any]) -> Cni | None:
    """Return the CNI that this DaemonSet runs; None if it is not a known one."""
    metadata = daemon_set.get("metadata") or {}
    labels = metadata.get("labels") or {}
    for kind, name, wanted, container in _CNIS:
        if metadata.get("name") == name or all(labels.get(key) == value for key, value in wanted.items()):
            versions = (
                image_version(str(item.get("image")))
                for item in _containers(daemon_set)
                if item.get("name") == container
            )
            strategy = ((daemon_set.get("spec") or {}).get("updateStrategy") or {}).get(
                "type"
            ) or "RollingUpdate"
            return Cni(kind, name_of(daemon_set), next(versions, None), strategy)
    return None


def mounted_config(daemon_set: Mapping[str, Any]) -> str | None:
    """Return the name of the ConfigMap that the agents mount; VMware's releases use different names."""
    volumes = (((daemon_set.get("spec") or {}).get("template") or {}).get("spec") or {}).get("volumes") or []
    return next(
        ((item.get("configMap") or {}).get("name") for item in volumes if item.get("name") == CONFIG_VOLUME),
        None,
    )


def npl_config(config_map: Mapping[str, Any]) -> NplConfig:
    """Return NodePortLocal as the antrea-agent.conf of a ConfigMap configures it."""
    metadata = config_map.get("metadata") or {}
    times = [snapshot.seconds(entry.get("time")) for entry in metadata.get("managedFields") or []]
    known: dict[str, Any] = {
        "config_map": name_of(config_map),
        "changed": max((moment for moment in times if moment is not None), default=None),
        "kapp": any(
            str(label).startswith("kapp.k14s.io/")
            for part in ("labels", "annotations")
            for label in metadata.get(part) or {}
        ),
    }
    text = (config_map.get("data") or {}).get(CONFIG_KEY)
    if text is None:
        return NplConfig(fault=f"it has no key {CONFIG_KEY}", **known)
    try:
        conf = _yaml.foreign(text) or {}
        gates, section = conf.get("featureGates") or {}, conf.get("nodePortLocal") or {}
        gate, enable, written = (
            gates.get("NodePortLocal"),
            section.get("enable"),
            section.get("portRange") or conf.get("nplPortRange"),
        )
        mode = str(conf.get("trafficEncapMode") or Traffic.encap_mode)
        known["traffic"] = Traffic(mode, gates.get("AntreaIPAM") is True)
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
    """Return the agent of an antrea-agent Pod; None while the Pod has no node.

    The agent reads its configuration when its container starts, which is later than the Pod's startTime.
    """
    status, node = raw.get("status") or {}, (raw.get("spec") or {}).get("nodeName")
    if not node:
        return None
    running = [
        snapshot.seconds(((item.get("state") or {}).get("running") or {}).get("startedAt"))
        for item in status.get("containerStatuses") or []
        if item.get("name") == AGENT_CONTAINER
    ]
    started = next((moment for moment in running if moment is not None), None)
    ready = any(
        item.get("type") == "Ready" and item.get("status") == "True"
        for item in status.get("conditions") or []
    )
    return Agent(
        str(node),
        name_of(raw),
        ready,
        snapshot.seconds(status.get("startTime")) if started is None else started,
    )


def node_version(raw: dict[str, Any]) -> NodeVersion:
    return NodeVersion(
        snapshot.node(raw),
        ((raw.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion") or "",
        tuple(_pod_cidrs(raw.get("spec") or {})),
    )


def _pod_cidrs(spec: Mapping[str, Any]) -> Iterator[Network]:
    for text in spec.get("podCIDRs") or [spec.get("podCIDR")]:
        try:
            yield ipaddress.ip_network(str(text))
        except ValueError:
            continue


def cis(raw: Mapping[str, Any]) -> Workload | None:
    """Return the CIS that a Deployment runs; None if it runs none."""
    return _workload("Deployment", raw, lambda base: base.startswith("k8s-bigip-ctlr"))


def ako(kind: str, raw: Mapping[str, Any]) -> Workload | None:
    """Return the AKO that a Deployment or StatefulSet runs; None if it runs none."""
    return _workload(kind, raw, lambda base: base == "ako")


def _workload(kind: str, raw: Mapping[str, Any], is_image: Callable[[str], bool]) -> Workload | None:
    for container in _containers(raw):
        image = str(container.get("image"))
        if is_image(re.split("[:@]", image.rpartition("/")[2])[0]):
            words = [
                str(part) for part in [*(container.get("command") or []), *(container.get("args") or [])]
            ]
            spec, status = raw["spec"], raw.get("status") or {}
            replicas = 1 if spec.get("replicas") is None else spec["replicas"]
            return Workload(
                kind,
                name_of(raw),
                image_version(image),
                image,
                arguments.shown(words),
                replicas,
                status.get("readyReplicas") or 0,
            )
    return None


def package(raw: Mapping[str, Any]) -> Package:
    spec = raw.get("spec") or {}
    return Package(
        name_of(raw),
        str((spec.get("packageRef") or {}).get("refName") or ""),
        (raw.get("status") or {}).get("version"),
        spec.get("paused") is True,
    )
