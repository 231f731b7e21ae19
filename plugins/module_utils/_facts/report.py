# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The facts of a cluster in the shape of cluster_info's result."""

from __future__ import annotations

import datetime
import re
from typing import Any, Sequence

from .._members import believed
from .cluster import Agent, Cni, NplConfig, Provider, Workload
from .facts import Facts
from .supervisor import AddonConfig, Supervisor
from .unknown import Unknown

UNKNOWN = "unknown"
TKR_LABEL = "run.tanzu.vmware.com/tkr"


def report(facts: Facts) -> dict[str, Any]:
    """Return the facts in the shape of cluster_info's result."""
    return {
        "cni": _cni(facts),
        "npl": _npl(facts),
        "agents": None
        if isinstance(facts.agents, Unknown)
        else [_agent(item, facts.npl) for item in sorted(facts.agents, key=lambda item: item.node)],
        "nodes": _nodes(facts),
        "kubernetes": {"version": UNKNOWN if isinstance(facts.kubernetes, Unknown) else facts.kubernetes},
        "network": _network(facts),
        "vks": _vks(facts),
        "cis": _workloads(facts.cis),
        "ako": _workloads(facts.ako),
        "unknown": _unread(facts),
    }


def _cni(facts: Facts) -> dict[str, Any]:
    if isinstance(facts.cnis, Unknown):
        stated = facts.supervisor.cni if facts.supervisor else None
        name = stated if isinstance(stated, str) else UNKNOWN
        return {"name": name, "version": None, "found": []}
    cnis = [_daemon_set(item) for item in facts.cnis]
    name = "none" if not cnis else cnis[0]["name"] if len(cnis) == 1 else "several"
    return {"name": name, "version": cnis[0]["version"] if len(cnis) == 1 else None, "found": cnis}


def _daemon_set(item: Cni) -> dict[str, Any]:
    return {
        "name": item.kind,
        "version": item.version,
        "daemon_set": item.daemon_set,
        "update_strategy": item.update_strategy,
    }


def _npl(facts: Facts) -> dict[str, Any]:
    config = facts.npl
    empty = {
        "gate": None,
        "enable": None,
        "port_range": None,
        "config_map": None,
        "managed_by_kapp": None,
        "changed": None,
    }
    if isinstance(config, Unknown):
        return {"state": UNKNOWN, "because": config.why, **empty}
    if config is None:
        return {"state": "disabled", "because": "the cluster has no Antrea", **empty}
    state = UNKNOWN if config.enabled is None else "enabled" if config.enabled else "disabled"
    default = "-".join(map(str, believed.DEFAULT)) if config.enabled else None
    return {
        "state": state,
        "because": config.setting,
        "gate": config.gate,
        "enable": config.enable,
        "port_range": config.port_range or default,
        "config_map": config.config_map,
        "managed_by_kapp": config.kapp,
        "changed": _time(config.changed),
    }


def _agent(item: Agent, config: NplConfig | None | Unknown) -> dict[str, Any]:
    newer = item.newer_than(config) if isinstance(config, NplConfig) else None
    return {
        "node": item.node,
        "pod": item.pod,
        "ready": item.ready,
        "started": _time(item.started),
        "newer_than_configuration": newer,
    }


def _nodes(facts: Facts) -> list[dict[str, Any]] | None:
    if isinstance(facts.nodes, Unknown):
        return None
    return [
        {
            "name": node_version.node.name,
            "ready": node_version.node.ready,
            "addresses": [
                {"type": kind, "address": address} for kind, address in node_version.node.addresses
            ],
            "kubelet_version": node_version.kubelet,
        }
        for node_version in sorted(facts.nodes, key=lambda node_version: node_version.node.name)
    ]


def _network(facts: Facts) -> dict[str, Any]:
    provider = facts.provider
    return (
        {"provider": provider.name, "sign": provider.sign}
        if isinstance(provider, Provider)
        else {"provider": UNKNOWN, "sign": provider.why}
    )


def _vks(facts: Facts) -> dict[str, Any]:
    """Return VKS's versions. An object of the Supervisor decides about the era, never a version."""
    above = facts.supervisor
    labels = (
        []
        if isinstance(facts.nodes, Unknown)
        else [node_version.node.labels.get(TKR_LABEL) for node_version in facts.nodes]
    )
    names = sorted({label for label in labels if label})
    cluster_class = above.cluster_class if above and isinstance(above.cluster_class, str) else None
    release = re.fullmatch(r"builtin-generic-v(\d+\.\d+)(?:\.\d+)?", cluster_class) if cluster_class else None
    era, owner = _era(above)
    return {
        "release": release[1] if release else UNKNOWN,
        "release_sign": f"ClusterClass {cluster_class}; the Supervisor Service itself may be newer"
        if release
        else None,
        "cluster_class": cluster_class,
        "kubernetes_releases": names,
        "era": era,
        "npl_owner": owner,
    }


def _era(above: Supervisor | None) -> tuple[str, str | None]:
    """Return the object that owns Antrea's settings of this cluster."""
    if above is None:
        return UNKNOWN, None
    if isinstance(above.addon_config, AddonConfig):
        return "addon_config", f"AddonConfig {above.addon_config.name}"
    if isinstance(above.antrea_config, str):
        return "antrea_config", f"AntreaConfig {above.antrea_config}"
    return UNKNOWN, None


def _workloads(workloads: Sequence[Workload] | Unknown) -> dict[str, Any]:
    if isinstance(workloads, Unknown):
        return {"found": None, "deployments": []}
    deployments = [
        {
            "kind": item.kind,
            "name": item.name,
            "version": item.version,
            "image": item.image,
            "arguments": list(item.arguments),
            "replicas": item.replicas,
            "ready": item.ready,
        }
        for item in workloads
    ]
    return {"found": bool(deployments), "deployments": deployments}


def _time(moment: float | None) -> str | None:
    return (
        None
        if moment is None
        else f"{datetime.datetime.fromtimestamp(moment, datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
    )


def _unread(facts: Facts) -> list[dict[str, str]]:
    """Return every fact that is not known, with the reason."""
    names = ("kubernetes", "nodes", "cnis", "npl", "agents", "cis", "ako")
    values = [(name, getattr(facts, name)) for name in names]
    if facts.supervisor is not None:
        above = ("cluster_class", "cni", "antrea_config", "addon_config", "provider", "subnet_sets")
        values += [(f"supervisor.{name}", getattr(facts.supervisor, name)) for name in above]
    return [{"fact": name, "reason": value.why} for name, value in values if isinstance(value, Unknown)]
