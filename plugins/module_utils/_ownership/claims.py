# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The claims on BIG-IP of each CIS (F5 BIG-IP Container Ingress Services) of the cluster."""

from __future__ import annotations

from typing import Callable, Iterator, Mapping, Sequence

from .._cis import arguments, tenants
from .owners import CisClaim

_IMAGE = "k8s-bigip-ctlr"
CONFIG_MAP_SELECTOR = "f5type=virtual-server,as3=true"

Object = Mapping[str, object]
"""An object as the Kubernetes API gives it."""


def claims(
    deployments: Sequence[Object],
    config_maps: Sequence[Object],
    warn: Callable[[str], None] = lambda text: None,
) -> list[CisClaim]:
    """One claim for each CIS: the partitions of its arguments, the tenants of AS3 ConfigMaps.

    warn: takes why a ConfigMap is skipped
    """
    written = {
        name for config_map in config_maps for name, _addresses in tenants.of_config_map(config_map, warn)
    }
    return [_claim(deployment, written) for deployment in deployments if is_cis(deployment)]


def is_cis(deployment: Object) -> bool:
    """True if a Deployment runs a CIS, by its image or command."""
    return any(
        _IMAGE in str(part)
        for container in _containers(deployment)
        for part in (container.get("image"), *_list(container, "command"))
    )


def _claim(deployment: Object, written: set[str]) -> CisClaim:
    named = set(arguments.names(list(_words(deployment)), "--bigip-partition"))
    gtm = {f"{name}_gtm" for name in named}
    meta = _mapping(deployment, "metadata")
    running = _mapping(deployment, "spec").get("replicas") != 0 or bool(
        _mapping(deployment, "status").get("replicas")
    )
    return CisClaim(f"{meta.get('namespace')}/{meta.get('name')}", frozenset(named | gtm | written), running)


def _containers(deployment: Object) -> list[Object]:
    template = _mapping(_mapping(deployment, "spec"), "template")
    return [item for item in _list(_mapping(template, "spec"), "containers") if isinstance(item, dict)]


def _words(deployment: Object) -> Iterator[str]:
    for container in _containers(deployment):
        for part in (*_list(container, "command"), *_list(container, "args")):
            yield str(part)


def _mapping(value: Object, key: str) -> Object:
    part = value.get(key)
    return part if isinstance(part, dict) else {}


def _list(value: Object, key: str) -> list[object]:
    part = value.get(key)
    return part if isinstance(part, list) else []
