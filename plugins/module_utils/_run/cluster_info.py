# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of module cluster_info. This module util is PRIVATE to the collection."""

from __future__ import annotations

import datetime
import re
from contextlib import closing
from typing import Any, Mapping, Sequence

from .._cluster import supervisor as vks_supervisor
from .._cluster.facts import ClusterFacts, unread
from .._cluster.reader import Reader
from .._deadline import Deadline
from .._facts.model import Agent, Cni, Facts, NplConfig, Provider, Supervisor, Unknown, Workload
from .._kube.client import Client
from .._members.believed import DEFAULT as DEFAULT_RANGE

UNKNOWN = "unknown"
TKR_LABEL = "run.tanzu.vmware.com/tkr"


def cluster_info(params: Mapping[str, Any]) -> dict[str, Any]:
    """The module's result for its parameters."""
    deadline = Deadline(params["timeout"])
    warnings: list[str] = []
    with closing(Client(params, deadline)) as client:
        client.warn = warnings.append
        cluster = ClusterFacts(Reader(client), params["cis_namespaces"])
        base = cluster.base()
        requests = client.requests
    supervisor = None
    above = vks_supervisor.connect(params, deadline)
    if above is not None:
        with closing(above):
            supervisor = vks_supervisor.read(Reader(above), params["supervisor_namespace"], params["cluster_name"])
            requests += above.requests
    return {"changed": False, **report(Facts(supervisor=supervisor, **base)), "requests": requests, "warnings": warnings + cluster.warnings}


def report(facts: Facts) -> dict[str, Any]:
    return {
        "cni": _cni(facts),
        "npl": _npl(facts),
        "agents": None if isinstance(facts.agents, Unknown) else [_agent(item, facts.npl) for item in sorted(facts.agents, key=lambda item: item.node)],
        "nodes": _nodes(facts),
        "kubernetes": {"version": UNKNOWN if isinstance(facts.kubernetes, Unknown) else facts.kubernetes},
        "network": _network(facts),
        "vks": _vks(facts),
        "cis": _workloads(facts.cis),
        "ako": _workloads(facts.ako),
        "unknown": unread(facts),
    }


def _cni(facts: Facts) -> dict[str, Any]:
    if isinstance(facts.cnis, Unknown):
        told = facts.supervisor.cni if facts.supervisor else None
        name = told if isinstance(told, str) else UNKNOWN
        return {"name": name, "version": None, "found": []}
    found = [_daemon_set(item) for item in facts.cnis]
    name = "none" if not found else found[0]["name"] if len(found) == 1 else "several"
    return {"name": name, "version": found[0]["version"] if len(found) == 1 else None, "found": found}


def _daemon_set(item: Cni) -> dict[str, Any]:
    return {"name": item.kind, "version": item.version, "daemon_set": item.daemon_set, "update_strategy": item.update_strategy}


def _npl(facts: Facts) -> dict[str, Any]:
    config = facts.npl
    empty = {"gate": None, "enable": None, "port_range": None, "config_map": None, "managed_by_kapp": None, "changed": None}
    if isinstance(config, Unknown):
        return {"state": UNKNOWN, "because": config.why, **empty}
    if config is None:
        return {"state": "disabled", "because": "the cluster has no Antrea", **empty}
    state = UNKNOWN if config.enabled is None else "enabled" if config.enabled else "disabled"
    default = "-".join(map(str, DEFAULT_RANGE)) if config.enabled else None
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
    return {"node": item.node, "pod": item.pod, "ready": item.ready, "started": _time(item.started), "newer_than_configuration": newer}


def _nodes(facts: Facts) -> list[dict[str, Any]] | None:
    if isinstance(facts.nodes, Unknown):
        return None
    return [
        {
            "name": machine.node.name,
            "ready": machine.node.ready,
            "addresses": [{"type": kind, "address": address} for kind, address in machine.node.addresses],
            "kubelet_version": machine.kubelet,
        }
        for machine in sorted(facts.nodes, key=lambda machine: machine.node.name)
    ]


def _network(facts: Facts) -> dict[str, Any]:
    provider = facts.provider
    return {"provider": provider.name, "sign": provider.sign} if isinstance(provider, Provider) else {"provider": UNKNOWN, "sign": provider.why}


def _vks(facts: Facts) -> dict[str, Any]:
    """The era is told by the object that is there, never by a version."""
    above = facts.supervisor
    labels = [] if isinstance(facts.nodes, Unknown) else [machine.node.labels.get(TKR_LABEL) for machine in facts.nodes]
    names = sorted({label for label in labels if label})
    cluster_class = above.cluster_class if above and isinstance(above.cluster_class, str) else None
    release = re.fullmatch(r"builtin-generic-v(\d+\.\d+)(?:\.\d+)?", cluster_class or "")
    era, owner = _era(above)
    return {
        "release": release[1] if release else UNKNOWN,
        "release_sign": f"ClusterClass {cluster_class}; the Supervisor Service itself may be newer" if release else None,
        "cluster_class": cluster_class,
        "kubernetes_releases": names,
        "era": era,
        "npl_owner": owner,
    }


def _era(above: Supervisor | None) -> tuple[str, str | None]:
    """Which object owns Antrea's settings of this cluster."""
    if above is None:
        return UNKNOWN, None
    if above.addon_config is not None and not isinstance(above.addon_config, Unknown):
        return "addon_config", f"AddonConfig {above.addon_config.name}"
    if isinstance(above.antrea_config, str):
        return "antrea_config", f"AntreaConfig {above.antrea_config}"
    return UNKNOWN, None


def _workloads(found: Sequence[Workload] | Unknown) -> dict[str, Any]:
    if isinstance(found, Unknown):
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
        for item in found
    ]
    return {"found": bool(deployments), "deployments": deployments}


def _time(moment: float | None) -> str | None:
    return None if moment is None else f"{datetime.datetime.fromtimestamp(moment, datetime.timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
