# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CRDs of Antrea that the lab has."""

from __future__ import annotations

from typing import Any

from .manifests import INFO_GROUP, LABELS
from .pools import api_version
from .version import Version

_STRING: dict[str, Any] = {"type": "string"}
_INTEGER: dict[str, Any] = {"type": "integer"}
_FIRST_PRIVATE_AS, _LAST_AS, _LAST_PORT = 64512, 65535, 65535


def agent_info_crd() -> dict[str, Any]:
    names = {
        "kind": "AntreaAgentInfo",
        "plural": "antreaagentinfos",
        "singular": "antreaagentinfo",
        "shortNames": ["aai"],
    }
    return _crd(names, "v1beta1", {"type": "object", "x-kubernetes-preserve-unknown-fields": True})


def ip_pool_crd(version: Version) -> dict[str, Any]:
    """Without the conversion webhook: a release has one of the two versions."""
    served = api_version(version)
    names = {"kind": "IPPool", "plural": "ippools", "singular": "ippool", "shortNames": ["ipp"]}
    subnet = {"gateway": _STRING, "prefixLength": _INTEGER, "vlan": _INTEGER}
    ends = {name: _STRING for name in ("cidr", "start", "end")}
    if served == "v1beta1":
        ranges = _list(_object(ends))
        spec = _object(
            {"ipRanges": ranges, "subnetInfo": _object(subnet, "gateway", "prefixLength")},
            "ipRanges",
            "subnetInfo",
        )
    else:
        ranges = _list(_object({**ends, **subnet}))
        spec = _object({"ipVersion": _INTEGER, "ipRanges": ranges}, "ipVersion", "ipRanges")
    schema = _object({"spec": spec, "status": _status()}, "spec")
    return _crd(names, served, schema, status=True)


def bgp_policy_crd(version: Version) -> dict[str, Any]:
    """With defaults and limits: the server adds the former and refuses what exceeds the latter."""
    names = {"kind": "BGPPolicy", "plural": "bgppolicies", "singular": "bgppolicy"}
    port = {**_number(1, _LAST_PORT), "default": 179}
    as_number = _number(1, _LAST_AS)
    value = {"type": "string", "pattern": r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$"}
    operator = {"type": "string", "enum": ["In", "NotIn", "Exists", "DoesNotExist"]}
    term = _object({"key": _STRING, "operator": operator, "values": _list(value)})
    selector = {"matchExpressions": _list(term), "matchLabels": {"x-kubernetes-preserve-unknown-fields": True}}
    ip_types = _list({"type": "string", "enum": ["ClusterIP", "LoadBalancerIP", "ExternalIP"]})
    peer = {
        "address": {"type": "string", "oneOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
        "port": port,
        "asn": as_number,
        "multihopTTL": {**_number(1, 255), "default": 1},
        "gracefulRestartTimeSeconds": {**_number(1, 3600), "default": 120},
    }
    spec = {
        "nodeSelector": _object(selector),
        "localASN": as_number if version >= (2, 3) else _number(_FIRST_PRIVATE_AS, _LAST_AS),
        "listenPort": port,
        "advertisements": _object(
            {"service": _object({"ipTypes": ip_types}), "pod": _object({}), "egress": _object({})}
        ),
        "bgpPeers": _list(_object(peer, "address", "asn")),
    }
    if version >= (2, 3):
        spec["confederation"] = _object({"identifier": as_number, "memberASNs": _list(as_number)})
    return _crd(names, "v1alpha1", _object({"spec": _object(spec, "nodeSelector", "localASN")}, "spec"))


def _status() -> dict[str, Any]:
    pod = _object({name: _STRING for name in ("name", "namespace", "containerID", "ifName")})
    owner = _object({"pod": pod})
    address = _object({"ipAddress": _STRING, "phase": _STRING, "owner": owner})
    usage = _object({"used": _INTEGER, "total": _INTEGER})
    return _object({"ipAddresses": _list(address), "usage": usage})


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _number(least: int, most: int) -> dict[str, Any]:
    return {"type": "integer", "format": "int32", "minimum": least, "maximum": most}


def _crd(names: dict[str, Any], version: str, schema: dict[str, Any], status: bool = False) -> dict[str, Any]:
    served: dict[str, Any] = {
        "name": version,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
    }
    if status:
        served["subresources"] = {"status": {}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names['plural']}.{INFO_GROUP}", "labels": LABELS},
        "spec": {"group": INFO_GROUP, "scope": "Cluster", "names": names, "versions": [served]},
    }
