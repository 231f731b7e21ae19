# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 declarations of users in ConfigMaps, whose pools CIS fills from Services by their labels. Pure."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Mapping

import yaml

from .declare import Declared
from .members import Key, Member, View, find
from .program import Json

_LABELS = ("cis.f5.com/as3-tenant", "cis.f5.com/as3-app", "cis.f5.com/as3-pool")


def declare(declared: Declared, view: View, config_maps: Mapping[Key, Json]) -> None:
    for key, config_map in sorted(config_maps.items()):
        if (config_map["metadata"].get("labels") or {}).get("as3") != "true":
            continue
        data = config_map.get("data") or {}
        try:
            template = json.loads(data.get("template") or next(iter(data.values()), ""))
            adc = template["declaration"] if template["class"] == "AS3" else template
            tenants = {
                name: body
                for name, body in adc.items()
                if isinstance(body, dict) and body.get("class") == "Tenant"
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            declared.complaints.append(
                f"[AS3] Error processing the template of ConfigMap {'/'.join(key)}: {error}"
            )
            continue
        for name, body in copy.deepcopy(tenants).items():
            for app, content in body.items():
                if isinstance(content, dict) and content.get("class") == "Application":
                    _fill(declared, view, name, app, content)
            declared.tenants[name] = body


def _fill(declared: Declared, view: View, tenant: str, app: str, content: Json) -> None:
    for name, pool in content.items():
        if not isinstance(pool, dict) or pool.get("class") != "Pool" or not pool.get("members"):
            continue
        services = [service for service in view.services.values() if _labels(service) == (tenant, app, name)]
        if not services:
            continue
        service = min(services, key=lambda each: str(each["metadata"].get("creationTimestamp", "")))
        found = _members(declared, view, service, pool["members"][0].get("servicePort", 0))
        # Without endpoints the template stays as it is, placeholders too.
        if found:
            by_port: dict[int, list[str]] = defaultdict(list)
            for address, port in found:
                by_port[port].append(address)
            pool["members"] = [
                {**pool["members"][0], "servicePort": port, "serverAddresses": addresses}
                for port, addresses in by_port.items()
            ]


def _members(declared: Declared, view: View, service: Json, wanted: int) -> list[Member]:
    """The number in the template is a Service port, but with NodePortLocal a port of the Pods."""
    meta, spec = service["metadata"], service["spec"]
    if view.settings.mode == "nodeport" and spec.get("type") != "NodePort":
        declared.complaints.append(
            f"Requested service backend {meta['namespace']}/{meta['name']} not of NodePort type"
        )
        return []
    by = "targetPort" if view.settings.mode == "nodeportlocal" else "port"
    port = next(
        (port["port"] for port in spec.get("ports") or () if port.get(by, port["port"]) == wanted), None
    )
    if port is None and spec.get("ports"):
        port = spec["ports"][0]["port"]
    found = find(view, meta["namespace"], meta["name"], port or wanted)
    if found.complaint:
        declared.complaints.append(found.complaint)
    return found.members


def _labels(service: Json) -> tuple[str, ...]:
    labels = service["metadata"].get("labels") or {}
    return tuple(labels.get(label, "") for label in _LABELS)


def cluster_secrets(text: str) -> list[str]:
    """The kubeconfig Secrets, as namespace/name, that an extended ConfigMap names."""
    try:
        found = yaml.safe_load(text) or {}
    except yaml.YAMLError:
        return []
    return [
        cluster["secret"]
        for cluster in found.get("externalClustersConfig") or ()
        if "/" in cluster.get("secret", "")
    ]
