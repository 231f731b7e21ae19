# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The structural schemas of Calico's kinds. The API server prunes fields that they do not have."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
INTEGER: Schema = {"type": "integer"}
INT32: Schema = {"type": "integer", "format": "int32"}
INT64: Schema = {"type": "integer", "format": "int64"}
CIDR: Schema = {"type": "string", "format": "cidr"}


def of(kind: str, version: str) -> Schema:
    properties = {"apiVersion": STRING, "kind": STRING, "metadata": {"type": "object"}}
    spec = _V3.get(kind, _SPECS[kind]) if version == "v3" else _SPECS[kind]
    made = _object({**properties, "spec": spec})
    if kind in _STATUSES:
        made["properties"]["status"] = _STATUSES[kind]
    if version == "v3":
        made["required"] = ["metadata", "spec"]
    return made


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    made: Schema = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _map(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _enum(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


_SECRET = _object({"secretKeyRef": _object({"key": STRING, "name": STRING, "optional": BOOLEAN}, "key")})
_CIDRS = _list(_object({"cidr": CIDR}))
_TUNNEL = ("Never", "Always", "CrossSubnet")

_IP_POOL = {
    "cidr": STRING,
    "blockSize": INTEGER,
    "ipipMode": _enum(*_TUNNEL),
    "vxlanMode": _enum(*_TUNNEL),
    "natOutgoing": BOOLEAN,
    "nodeSelector": STRING,
    "allowedUses": _list(STRING),
    "disabled": BOOLEAN,
    "disableBGPExport": BOOLEAN,
    "assignmentMode": _enum("Automatic", "Manual"),
}
_AFFINITY = {"cidr": STRING, "node": STRING, "state": STRING, "deleted": STRING, "type": STRING}
_AFFINITY_NEEDS = ("cidr", "deleted", "node", "state")
_BLOCK = {
    "cidr": STRING,
    "affinity": STRING,
    "allocations": _list({"type": "integer", "nullable": True}),
    "unallocated": _list(INTEGER),
    "attributes": _list(_object({"handle_id": STRING, "secondary": _map(STRING)})),
    "deleted": BOOLEAN,
    "strictAffinity": BOOLEAN,
    "sequenceNumber": INT64,
    "sequenceNumberForAllocation": _map(INT64),
}
_BLOCK_NEEDS = ("allocations", "attributes", "cidr", "strictAffinity", "unallocated")
_PEER = {
    "node": STRING,
    "nodeSelector": STRING,
    "peerIP": STRING,
    "asNumber": INT32,
    "peerSelector": STRING,
    "localWorkloadSelector": STRING,
    "keepOriginalNextHop": BOOLEAN,
    "nextHopMode": _enum("Auto", "Self", "Keep"),
    "password": _SECRET,
    "sourceAddress": STRING,
    "maxRestartTime": STRING,
    "numAllowedLocalASNumbers": INT32,
    "ttlSecurity": INTEGER,
    "reachableBy": STRING,
    "reversePeering": _enum("Auto", "Manual"),
    "filters": _list(STRING),
}
_BGP = {
    "asNumber": INT32,
    "nodeToNodeMeshEnabled": BOOLEAN,
    "logSeverityScreen": {"type": "string", "default": "Info"},
    "listenPort": {"type": "integer", "minimum": 1, "maximum": 65535},
    "bindMode": _enum("None", "NodeIP"),
    "communities": _list(_object({"name": STRING, "value": STRING})),
    "prefixAdvertisements": _list(_object({"cidr": CIDR, "communities": _list(STRING)})),
    "ignoredInterfaces": _list(STRING),
    "nodeMeshPassword": _SECRET,
    "nodeMeshMaxRestartTime": STRING,
    "serviceClusterIPs": _CIDRS,
    "serviceExternalIPs": _CIDRS,
    "serviceLoadBalancerIPs": _CIDRS,
}
_SPECS = {
    "IPPool": _object(_IP_POOL, "cidr"),
    "BlockAffinity": _object(_AFFINITY, *_AFFINITY_NEEDS),
    "IPAMBlock": _object(_BLOCK, *_BLOCK_NEEDS, "sequenceNumber"),
    "BGPPeer": _object(_PEER),
    "BGPConfiguration": _object(_BGP),
    "CalicoNodeStatus": _object({"node": STRING, "classes": _list(STRING), "updatePeriodSeconds": INT32}),
    "FelixConfiguration": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}
#: Where v3 differs.
_V3 = {
    "IPPool": _object({**_IP_POOL, "cidr": CIDR, "namespaceSelector": STRING}, "cidr"),
    "BlockAffinity": _object(
        {
            **_AFFINITY,
            "cidr": CIDR,
            "state": _enum("", "confirmed", "pending", "pendingDeletion"),
            "deleted": {"type": "boolean", "default": False},
        },
        *_AFFINITY_NEEDS,
    ),
    "IPAMBlock": _object(
        {
            **_BLOCK,
            "cidr": CIDR,
            "affinity": {"type": "string", "pattern": r"^(host|virtual):[a-zA-Z0-9\.\-_]+$"},
            "affinityClaimTime": {"type": "string", "format": "date-time"},
        },
        *_BLOCK_NEEDS,
    ),
}

_BIRD = _object(
    {name: STRING for name in ("state", "version", "routerID", "lastBootTime", "lastReconfigurationTime")}
)
_PEERS = _list(_object({name: STRING for name in ("peerIP", "type", "state", "since")}))
_ROUTES = _list(
    _object(
        {
            **{name: STRING for name in ("type", "destination", "gateway", "interface")},
            "learnedFrom": _object({"sourceType": STRING, "peerIP": STRING}),
        }
    )
)
_NUMBERS = ("numberEstablishedV4", "numberEstablishedV6", "numberNotEstablishedV4", "numberNotEstablishedV6")
_STATUSES = {
    "CalicoNodeStatus": _object(
        {
            "lastUpdated": {"type": "string", "format": "date-time", "nullable": True},
            "agent": _object({"birdV4": _BIRD, "birdV6": _BIRD}),
            "bgp": _object(
                {**{name: INTEGER for name in _NUMBERS}, "peersV4": _PEERS, "peersV6": _PEERS}, *_NUMBERS
            ),
            "routes": _object({"routesV4": _ROUTES, "routesV6": _ROUTES}),
        }
    )
}
