# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a CIS (F5 BIG-IP Container Ingress Services) of the cluster may own on BIG-IP. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Sequence

from .._cis import arguments, tenants
from .owners import CisClaim

_IMAGE = "k8s-bigip-ctlr"
CONFIG_MAP_SELECTOR = "f5type=virtual-server,as3=true"


def claims(
    deployments: Sequence[Mapping[str, Any]], config_maps: Sequence[Mapping[str, Any]], warn: Callable[[str], None] = lambda text: None
) -> list[CisClaim]:
    """One claim for each CIS: the partitions of its arguments, the tenants of AS3 ConfigMaps. objects as the Kubernetes API gives them.

    warn: takes why a ConfigMap is passed over
    """
    written = frozenset(name for config_map in config_maps for name, _addresses in tenants.of_config_map(config_map, warn))
    found = []
    for deployment in deployments:
        if not is_cis(deployment):
            continue
        partitions = set(arguments.names(list(_words(deployment)), "--bigip-partition"))
        partitions |= {f"{name}_gtm" for name in partitions} | written
        meta = deployment.get("metadata") or {}
        spec, status = deployment.get("spec") or {}, deployment.get("status") or {}
        replicas = spec.get("replicas")
        running = replicas != 0 or bool(status.get("replicas"))
        found.append(CisClaim(f"{meta.get('namespace')}/{meta.get('name')}", frozenset(partitions), running))
    return found


def _containers(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    return ((deployment.get("spec") or {}).get("template") or {}).get("spec", {}).get("containers") or []


def is_cis(deployment: Mapping[str, Any]) -> bool:
    """Whether a Deployment runs a CIS, by its image or command."""
    return any(_IMAGE in str(part) for box in _containers(deployment) for part in [box.get("image"), *(box.get("command") or [])])


def _words(deployment: Mapping[str, Any]) -> Iterator[str]:
    for container in _containers(deployment):
        for part in [*(container.get("command") or []), *(container.get("args") or [])]:
            yield str(part)
