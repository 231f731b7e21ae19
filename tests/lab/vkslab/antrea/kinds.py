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
        ranges = {"type": "array", "items": _object(ends)}
        spec = _object(
            {"ipRanges": ranges, "subnetInfo": _object(subnet, "gateway", "prefixLength")},
            "ipRanges",
            "subnetInfo",
        )
    else:
        ranges = {"type": "array", "items": _object({**ends, **subnet})}
        spec = _object({"ipVersion": _INTEGER, "ipRanges": ranges}, "ipVersion", "ipRanges")
    schema = _object({"spec": spec, "status": _status()}, "spec")
    return _crd(names, served, schema, status=True)


def _status() -> dict[str, Any]:
    pod = _object({name: _STRING for name in ("name", "namespace", "containerID", "ifName")})
    owner = _object({"pod": pod})
    address = _object({"ipAddress": _STRING, "phase": _STRING, "owner": owner})
    usage = _object({"used": _INTEGER, "total": _INTEGER})
    return _object({"ipAddresses": {"type": "array", "items": address}, "usage": usage})


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


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
