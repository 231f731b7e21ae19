# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual servers: one for each address of a service, and the redirect of a Service_HTTPS."""

from __future__ import annotations

from typing import Any

from ...device import Device, partition_of
from ..classes import RULES
from .addresses import destination
from .values import Entry, Map, Properties, joined, listed, metadata, reference

SERVICES = (
    "Service_HTTP",
    "Service_HTTPS",
    "Service_TCP",
    "Service_UDP",
    "Service_SCTP",
    "Service_L4",
    "Service_Generic",
    "Service_Forwarding",
)


_TCP_PROFILES = {
    "normal": "f5-tcp-progressive",
    "lan": "f5-tcp-lan",
    "wan": "f5-tcp-wan",
    "mobile": "f5-tcp-mobile",
}


_PERSISTENCE = {
    "cookie": "cookie",
    "destination-address": "dest_addr",
    "msrdp": "msrdp",
    "source-address": "source_addr",
    "tls-session-id": "ssl",
}


# properties of a service that have an entry of their own in the virtual's map, or none on the device
_MAPPED = frozenset(
    """class label remark virtualAddresses virtualPort pool snat persistenceMethods fallbackPersistenceMethod
    iRules enable adminState maxConnections rateLimit addressStatus lastHop mirroring
    serviceDownImmediateAction translateServerAddress translateServerPort translateClientPort
    serversslUseSni nat64Enabled metadata profileTCP profileHTTP profileUDP profileL4 serverTLS clientTLS
    layer4 redirect80 allowVlans rejectVlans sourceAddress shareAddresses virtualType policyEndpoint
    httpMrfRoutingEnabled""".split()
)


def add_service(device: Device, wanted: Map, full: Properties, path: str, item: Properties) -> None:
    application = path.split("/")[2]
    for index, given in enumerate(item.get("virtualAddresses") or []):
        source = item.get("sourceAddress", "0.0.0.0/0")
        if isinstance(given, list):
            given, source = given[0], given[1]
        if not isinstance(source, str):
            source = source.get("use") or source.get("bigip")
        at, address, mask = destination(
            device, wanted, full, partition_of(path), given, bool(item.get("shareAddresses"))
        )
        port = item.get("virtualPort", 0)
        port = port if isinstance(port, int) else 0
        name = path if index == 0 else f"{path}-{index}-"
        wanted[name] = Entry("ltm virtual", _virtual(item, application, at, address, port, mask, source))
        if item["class"] == "Service_HTTPS" and item.get("redirect80", True):
            redirect = f"{path}-Redirect-" if index == 0 else f"{path}-Redirect--{index}-"
            wanted[redirect] = Entry("ltm virtual", _redirect(item, application, at, address, mask, source))


def _virtual(
    item: Properties, application: str, at: str, address: str, port: int, mask: str, source: str
) -> Properties:
    enabled = item.get("enable", True) and item.get("adminState", "enable") == "enable"
    properties: Properties = {
        "enabled" if enabled else "disabled": "",
        "address-status": "yes" if item.get("addressStatus", True) else "no",
        "auto-lasthop": item["lastHop"] if isinstance(item.get("lastHop"), str) else "default",
        "connection-limit": item.get("maxConnections", 0),
        "rate-limit": item.get("rateLimit") or "disabled",
        "description": f'"{item.get("remark") or application}"',
        "destination": f"{at.rpartition('/')[0]}/{joined(address.partition('/')[0], port)}",
        "ip-protocol": _protocol(item),
        "last-hop-pool": reference(item["lastHop"]) if isinstance(item.get("lastHop"), dict) else "none",
        "mask": mask,
        "mirror": "enabled" if item.get("mirroring") == "L4" else "disabled",
        "persist": _persist(item),
        "pool": reference(item["pool"]) if item.get("pool") else "none",
        "policies": {reference(p): {} for p in listed(item.get("policyEndpoint"))},
        "profiles": _profiles(item),
        "service-down-immediate-action": item.get("serviceDownImmediateAction", "none"),
        "source": source if "/" in source else f"{source}/{128 if ':' in source else 32}",
        "source-address-translation": _snat(item.get("snat", "auto")),
        "rules": {reference(rule): {} for rule in item.get("iRules") or []},
        "security-log-profiles": {},
        "source-port": _source_port(item.get("translateClientPort", False)),
        "translate-address": "enabled" if item.get("translateServerAddress", True) else "disabled",
        "translate-port": "enabled" if item.get("translateServerPort", True) else "disabled",
        "serverssl-use-sni": "enabled" if item.get("serversslUseSni") else "disabled",
        "nat64": "enabled" if item.get("nat64Enabled") else "disabled",
        "vlans": {reference(v): {} for v in item.get("allowVlans") or item.get("rejectVlans") or []},
        "vlans-enabled" if item.get("allowVlans") else "vlans-disabled": " ",
        "metadata": metadata(item),
        "clone-pools": {},
    }
    # what has no word of its own here still counts as a change
    for name, value in item.items():
        if name not in _MAPPED and name in _known(item["class"]):
            properties[name] = value
    return properties


def _redirect(
    item: Properties, application: str, at: str, address: str, mask: str, source: str
) -> Properties:
    plain = {
        "class": "Service_HTTP",
        "iRules": [{"bigip": "/Common/_sys_https_redirect"}],
        "profileTCP": item.get("profileTCP", "normal"),
    }
    plain.update(
        persistenceMethods=["cookie"],
        snat="auto",
        enable=item.get("enable", True),
        adminState=item.get("adminState", "enable"),
    )
    return _virtual(plain, application, at, address, 80, mask, source)


_KNOWN: dict[str, frozenset[str]] = {}


def _known(kind: str) -> frozenset[str]:
    """The properties of a class, with those of the rules it includes."""
    if kind not in _KNOWN:
        _KNOWN[kind] = frozenset(_properties(RULES[kind]))
    return _KNOWN[kind]


def _properties(rule: Properties) -> set[str]:
    found = set(rule.get("properties", {}))
    for inner in rule.get("allOf", []):
        found |= _properties(RULES[inner["$ref"]]) if "$ref" in inner else _properties(inner)
    return found


def _protocol(item: Properties) -> str:
    fixed = {
        "Service_UDP": "udp",
        "Service_SCTP": "sctp",
        "Service_HTTP": "tcp",
        "Service_HTTPS": "tcp",
        "Service_TCP": "tcp",
    }
    return fixed.get(item["class"]) or str(item.get("layer4", "tcp"))


def _profiles(item: Properties) -> Properties:
    kind = item["class"]
    found: Properties = {}
    if kind in ("Service_HTTP", "Service_HTTPS"):
        http = item.get("profileHTTP", "basic")
        found["/Common/http" if http == "basic" else reference(http)] = {"context": "all"}
    if kind in ("Service_HTTP", "Service_HTTPS", "Service_TCP"):
        tcp = item.get("profileTCP", "normal")
        if isinstance(tcp, dict) and "ingress" in tcp:
            for side, context in (("ingress", "clientside"), ("egress", "serverside")):
                one = tcp[side]
                found[_tcp(one)] = {"context": context}
        else:
            found[_tcp(tcp)] = {"context": "all"}
    elif kind == "Service_UDP":
        udp = item.get("profileUDP", "normal")
        found["/Common/udp" if isinstance(udp, str) else reference(udp)] = {"context": "all"}
    elif kind == "Service_SCTP":
        found["/Common/sctp"] = {"context": "all"}
    elif kind in ("Service_L4", "Service_Forwarding"):
        fast = item.get("profileL4", "basic")
        found["/Common/fastL4" if isinstance(fast, str) else reference(fast)] = {"context": "all"}
    for name, context in (("serverTLS", "clientside"), ("clientTLS", "serverside")):
        for tls in listed(item.get(name)):
            found[reference(tls)] = {"context": context}
    return found


def _tcp(given: Any) -> str:
    return (
        f"/Common/{_TCP_PROFILES[given]}"
        if isinstance(given, str) and given in _TCP_PROFILES
        else reference(given)
    )


def _persist(item: Properties) -> Properties:
    found: Properties = {}
    for method in item.get("persistenceMethods") or []:
        found[f"/Common/{_PERSISTENCE[method]}" if isinstance(method, str) else reference(method)] = {
            "default": "yes" if not found else "no"
        }
    return found


def _snat(given: Any) -> Properties:
    if isinstance(given, dict):
        return {"type": "snat", "pool": reference(given)}
    return {"type": {"auto": "automap", "none": "none", "self": "snat"}[given]}


def _source_port(given: Any) -> str:
    return given if isinstance(given, str) else "change" if given else "preserve"
