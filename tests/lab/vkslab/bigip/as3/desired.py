# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tenant's declaration wants on the device: a map of paths to entries in AS3's own words (tmsh's
properties).

Two declarations that want the same map are the same to AS3, however they were written: that is what "no
change" means.
"""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from typing import Any

from ..device import Device, bare, partition_of
from .classes import RULES
from .digest import addresses_of, applications

Properties = dict[str, Any]


@dataclass
class Entry:
    command: str  # tmsh's component: "ltm pool"
    properties: Properties
    ignore: list[str] = field(default_factory=list)  # properties that AS3 leaves as they are

    def as_dict(self) -> dict[str, Any]:
        return {"command": self.command, "properties": self.properties, "ignore": self.ignore}


Map = dict[str, Entry]

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

# the classes that become one object each, kept as declared
_COMMANDS = {
    "iRule": "ltm rule",
    "SNAT_Pool": "ltm snatpool",
    "SNAT_Translation": "ltm snat-translation",
    "Persist": "ltm persistence",
    "TLS_Server": "ltm profile client-ssl",
    "TLS_Client": "ltm profile server-ssl",
    "Certificate": "sys file ssl-cert",
    "CA_Bundle": "sys file ssl-cert",
    "HTTP_Profile": "ltm profile http",
    "HTTP2_Profile": "ltm profile http2",
    "HTTP_Compress": "ltm profile http-compression",
    "TCP_Profile": "ltm profile tcp",
    "UDP_Profile": "ltm profile udp",
    "L4_Profile": "ltm profile fastl4",
    "Multiplex_Profile": "ltm profile one-connect",
    "Endpoint_Policy": "ltm policy",
    "Data_Group": "ltm data-group internal",
    "WAF_Policy": "asm policy",
}
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
_MONITORS = {"tcp-half-open": "tcp_half_open"}
# properties of a service that have an entry of their own in the virtual's map, or none on the device
_MAPPED = frozenset(
    """class label remark virtualAddresses virtualPort pool snat persistenceMethods fallbackPersistenceMethod
    iRules enable adminState maxConnections rateLimit addressStatus lastHop mirroring
    serviceDownImmediateAction translateServerAddress translateServerPort translateClientPort
    serversslUseSni nat64Enabled metadata profileTCP profileHTTP profileUDP profileL4 serverTLS clientTLS
    layer4 redirect80 allowVlans rejectVlans sourceAddress shareAddresses virtualType policyEndpoint
    httpMrfRoutingEnabled""".split()
)


def desired(device: Device, full: dict[str, Any], tenant: str) -> Map:
    """Empty if the tenant is to go."""
    wanted: Map = {}
    body = full.get(tenant, {})
    names = applications(body)
    if not names or body.get("enable") is False:
        return wanted
    for application in names:
        home = f"/{tenant}/{application}/"
        wanted[home] = Entry("sys folder", {})
        found = {
            name: item
            for name, item in body[application].items()
            if isinstance(item, dict) and "class" in item
        }
        # a Service_Address comes first: services ask for it
        for name, item in sorted(found.items(), key=lambda one: one[1]["class"] != "Service_Address"):
            _item(device, wanted, full, f"{home}{name}", item)
    # nodes and addresses in /Common belong to all who share them: made once, removed with their last user
    shared = [p for p in wanted if p.startswith("/Common/") and tenant != "Common"]
    for path in [p for p in shared if p in device.nodes or p in device.virtual_addresses]:
        del wanted[path]
    if tenant != "Common":
        wanted[f"/{tenant}/"] = Entry(
            "auth partition", {"default-route-domain": body.get("defaultRouteDomain", 0)}
        )
    return wanted


def _item(device: Device, wanted: Map, full: Properties, path: str, item: Properties) -> None:
    kind = item["class"]
    if kind in SERVICES:
        _service(device, wanted, full, path, item)
    elif kind == "Pool":
        _pool(wanted, path, item)
    elif kind == "Monitor":
        wanted[path] = _monitor(item)
    elif kind == "Service_Address":
        address = _with_domain(item["virtualAddress"], 0)
        wanted[_address_path(full, path)] = _virtual_address(address, item)
    elif kind != "Constants":
        command = _COMMANDS.get(kind, f"as3 {kind}")
        kept = {name: value for name, value in item.items() if name not in ("class", "label")}
        wanted[path] = Entry(command, kept)


def _address_path(full: Properties, pointer: str) -> str:
    """Where the Service_Address is on the device: in the partition itself, or in /Common/Shared; by its name,
    or by its address."""
    _, tenant, application, name = pointer.split("/")
    item = full[tenant][application][name]
    home = "/Common/Shared" if tenant == "Common" else f"/{tenant}"
    return f"{home}/{_with_domain(item['virtualAddress'], 0) if item.get('useIpName') else name}"


# -- virtual servers


def _service(device: Device, wanted: Map, full: Properties, path: str, item: Properties) -> None:
    application = path.split("/")[2]
    for index, given in enumerate(item.get("virtualAddresses") or []):
        source = item.get("sourceAddress", "0.0.0.0/0")
        if isinstance(given, list):
            given, source = given[0], given[1]
        if not isinstance(source, str):
            source = source.get("use") or source.get("bigip")
        at, address, mask = _destination(
            device, wanted, full, partition_of(path), given, bool(item.get("shareAddresses"))
        )
        port = item.get("virtualPort", 0)
        port = port if isinstance(port, int) else 0
        name = path if index == 0 else f"{path}-{index}-"
        wanted[name] = Entry("ltm virtual", _virtual(item, application, at, address, port, mask, source))
        if item["class"] == "Service_HTTPS" and item.get("redirect80", True):
            redirect = f"{path}-Redirect-" if index == 0 else f"{path}-Redirect--{index}-"
            wanted[redirect] = Entry("ltm virtual", _redirect(item, application, at, address, mask, source))


def _destination(
    device: Device, wanted: Map, full: Properties, tenant: str, given: Any, shared: bool
) -> tuple[str, str, str]:
    """(path of the virtual-address, its address, mask).

    One that some partition already has is used as it is.
    """
    if isinstance(given, dict):
        at = _address_path(full, given["use"]) if "use" in given else given["bigip"]
        if at in wanted:
            address = wanted[at].properties["address"]
        elif at in device.virtual_addresses:
            address = device.virtual_addresses[at].address
        else:
            declared = given.get("address")
            address = declared or at.rpartition("/")[2]
        return at, address, _mask(address)
    address = given.partition("/")[0]
    length = given.partition("/")[2]
    mask = _mask(given) if length else _mask(address)
    for other in device.virtual_addresses.values():
        if (
            other.address == address
            and partition_of(other.path) != tenant
            and not other.path.startswith("/Common/Shared/")
        ):
            return other.path, address, mask
    if shared and tenant != "Common":
        at = f"/Common/{address}"
        wanted[at] = _virtual_address(address, {}, mask)
        wanted[at].properties["shared"] = True
        return at, address, mask
    at = f"/{'Common/Shared' if tenant == 'Common' else tenant}/{address}"
    for known, entry in wanted.items():
        if entry.command == "ltm virtual-address" and entry.properties["address"] == address:
            return known, address, mask
    wanted[at] = _virtual_address(address, {}, mask)
    return at, address, mask


def _virtual_address(address: str, item: Properties, mask: str | None = None) -> Entry:
    return Entry(
        "ltm virtual-address",
        {
            "address": address,
            "arp": "enabled" if item.get("arpEnabled", True) else "disabled",
            "icmp-echo": {"enable": "enabled", "disable": "disabled"}.get(
                item.get("icmpEcho", "enable"), "selective"
            ),
            "mask": mask or _mask(item.get("virtualAddress", address)),
            "route-advertisement": {"enable": "enabled", "disable": "disabled"}.get(
                item.get("routeAdvertisement", "disable"), item.get("routeAdvertisement", "disabled")
            ),
            "spanning": "enabled" if item.get("spanningEnabled") else "disabled",
            "server-scope": item.get("serverScope", "any"),
            "traffic-group": item.get("trafficGroup", "default"),
            "auto-delete": "true" if item.get("autoDelete", True) else "false",
        },
    )


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
        "last-hop-pool": _reference(item["lastHop"]) if isinstance(item.get("lastHop"), dict) else "none",
        "mask": mask,
        "mirror": "enabled" if item.get("mirroring") == "L4" else "disabled",
        "persist": _persist(item),
        "pool": _reference(item["pool"]) if item.get("pool") else "none",
        "policies": {_reference(p): {} for p in _listed(item.get("policyEndpoint"))},
        "profiles": _profiles(item),
        "service-down-immediate-action": item.get("serviceDownImmediateAction", "none"),
        "source": source if "/" in source else f"{source}/{128 if ':' in source else 32}",
        "source-address-translation": _snat(item.get("snat", "auto")),
        "rules": {_reference(rule): {} for rule in item.get("iRules") or []},
        "security-log-profiles": {},
        "source-port": _source_port(item.get("translateClientPort", False)),
        "translate-address": "enabled" if item.get("translateServerAddress", True) else "disabled",
        "translate-port": "enabled" if item.get("translateServerPort", True) else "disabled",
        "serverssl-use-sni": "enabled" if item.get("serversslUseSni") else "disabled",
        "nat64": "enabled" if item.get("nat64Enabled") else "disabled",
        "vlans": {_reference(v): {} for v in item.get("allowVlans") or item.get("rejectVlans") or []},
        "vlans-enabled" if item.get("allowVlans") else "vlans-disabled": " ",
        "metadata": _metadata(item),
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
        found["/Common/http" if http == "basic" else _reference(http)] = {"context": "all"}
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
        found["/Common/udp" if isinstance(udp, str) else _reference(udp)] = {"context": "all"}
    elif kind == "Service_SCTP":
        found["/Common/sctp"] = {"context": "all"}
    elif kind in ("Service_L4", "Service_Forwarding"):
        fast = item.get("profileL4", "basic")
        found["/Common/fastL4" if isinstance(fast, str) else _reference(fast)] = {"context": "all"}
    for name, context in (("serverTLS", "clientside"), ("clientTLS", "serverside")):
        for tls in _listed(item.get(name)):
            found[_reference(tls)] = {"context": context}
    return found


def _tcp(given: Any) -> str:
    return (
        f"/Common/{_TCP_PROFILES[given]}"
        if isinstance(given, str) and given in _TCP_PROFILES
        else _reference(given)
    )


def _persist(item: Properties) -> Properties:
    found: Properties = {}
    for method in item.get("persistenceMethods") or []:
        found[f"/Common/{_PERSISTENCE[method]}" if isinstance(method, str) else _reference(method)] = {
            "default": "yes" if not found else "no"
        }
    return found


def _snat(given: Any) -> Properties:
    if isinstance(given, dict):
        return {"type": "snat", "pool": _reference(given)}
    return {"type": {"auto": "automap", "none": "none", "self": "snat"}[given]}


def _source_port(given: Any) -> str:
    return given if isinstance(given, str) else "change" if given else "preserve"


# -- pools, members, nodes


def discovered(pool: Properties) -> bool:
    """A pool with an entry that is neither static nor fqdn: AS3 leaves its members to service discovery."""
    return any(
        member.get("addressDiscovery", "static") not in ("static", "fqdn")
        for member in pool.get("members") or []
    )


def _pool(wanted: Map, path: str, item: Properties) -> None:
    members: Properties = {}
    ignore: list[str] = []
    if discovered(item):
        ignore = ["members"]
    else:
        for member in item.get("members") or []:
            if member.get("enable", True):
                _member(wanted, partition_of(path), member, members)
    properties: Properties = {
        "load-balancing-mode": item.get("loadBalancingMode", "round-robin"),
        "members": members,
    }
    properties["min-active-members"] = item.get("minimumMembersActive", 1)
    if item.get("monitors"):
        properties["minimumMonitors"] = item.get("minimumMonitors", 1)
        properties["monitor"] = {monitor(m): {} for m in item["monitors"]}
    properties.update(
        {
            "reselect-tries": item.get("reselectTries", 0),
            "service-down-action": item.get("serviceDownAction", "none"),
            "slow-ramp-time": item.get("slowRampTime", 10),
            "allow-nat": "yes" if item.get("allowNATEnabled", True) else "no",
            "allow-snat": "yes" if item.get("allowSNATEnabled", True) else "no",
            "metadata": _metadata(item),
        }
    )
    if item.get("remark"):
        properties["description"] = f'"{item["remark"]}"'
    wanted[path] = Entry("ltm pool", properties, ignore)


def _member(wanted: Map, tenant: str, member: Properties, members: Properties) -> None:
    port = member["servicePort"]
    settings = _settings(member)
    home = "Common" if member.get("shareNodes") else "Common/Shared" if tenant == "Common" else tenant
    if "bigip" in member:
        members[
            f"{member['bigip'].rpartition('/')[0]}/{joined(member['bigip'].rpartition('/')[2], port)}"
        ] = settings
        return
    if member.get("addressDiscovery") == "fqdn":
        name = f"{member.get('fqdnPrefix', '')}{member['hostname']}"
        populate = "enabled" if member.get("autoPopulate") else "disabled"
        fqdn = {
            "name": member["hostname"],
            "autopopulate": populate,
            "address-family": member.get("addressFamily", "IPv4").lower(),
        }
        fqdn.update(
            {"interval": member.get("queryInterval") or "ttl", "down-interval": member.get("downInterval", 5)}
        )
        wanted[f"/{home}/{name}"] = Entry(
            "ltm node", {"fqdn": fqdn, "metadata": _shared(member), "monitor": {"default": {}}}
        )
        members[f"/{home}/{name}:{port}"] = {**settings, "fqdn": {"autopopulate": populate}}
        return
    named = {server["address"]: server.get("name") for server in member.get("servers") or []}
    for address in addresses_of(member):
        full = _with_domain(address, member.get("routeDomain") or 0)
        name = named.get(address) or full
        node = {"address": full, "metadata": _shared(member), "monitor": {"default": {}}}
        wanted.setdefault(f"/{home}/{name}", Entry("ltm node", node))
        members[f"/{home}/{joined(name, port)}"] = dict(settings)


def _settings(member: Properties) -> Properties:
    state = member.get("adminState", "enable")
    rate = member.get("rateLimit", -1)
    monitors = member.get("monitors")
    found: Properties = {
        "connection-limit": member.get("connectionLimit", 0),
        "dynamic-ratio": member.get("dynamicRatio", 1),
        "fqdn": {"autopopulate": "disabled"},
        "minimumMonitors": member.get("minimumMonitors", 1),
        "monitor": {monitor(m): {} for m in monitors} if monitors else {"default": {}},
        "priority-group": member.get("priorityGroup", 0),
        "rate-limit": "disabled" if rate == -1 else rate,
        "ratio": member.get("ratio", 1),
        "state": "user-down" if state == "offline" else "user-up",
        "session": "user-enabled" if state == "enable" else "user-disabled",
        "metadata": _metadata(member),
    }
    if member.get("remark"):
        found["description"] = f'"{member["remark"]}"'
    return found


def _shared(member: Properties) -> Properties:
    """Nodes in /Common carry a count of those who use them; the device keeps it (tree.count_shared)."""
    return {"references": "1"} if member.get("shareNodes") else {}


def joined(address: str, port: int) -> str:
    """10.1.0.1:80, 2001:db8::1.80, with "any" for port 0 left to tmsh."""
    return f"{address}.{port}" if ":" in address else f"{address}:{port}"


def monitor(given: Any) -> str:
    if isinstance(given, str):
        return f"/Common/{_MONITORS.get(given, given)}"
    return _reference(given)


def _monitor(item: Properties) -> Entry:
    properties = {
        name: value for name, value in item.items() if name not in ("class", "label", "monitorType")
    }
    return Entry(f"ltm monitor {item['monitorType']}", properties)


# -- small change


def _reference(given: Any) -> str:
    if isinstance(given, str):
        return given
    named = given.get("use") or given.get("bigip") if isinstance(given, dict) else None
    return str(named or json.dumps(given, sort_keys=True))


def _listed(given: Any) -> list[Any]:
    return [] if given is None else given if isinstance(given, list) else [given]


def _metadata(item: Properties) -> Properties:
    return {name: str(value.get("value", "")) for name, value in (item.get("metadata") or {}).items()}


def _with_domain(address: str, domain: int) -> str:
    """The address as a node's: shortest form, no /length, %RD only if it is not 0."""
    address = address.partition("/")[0]
    host, _, given = address.partition("%")
    try:
        host = ipaddress.ip_address(host).compressed
    except ValueError:
        pass
    number = int(given) if given else domain
    return f"{host}%{number}" if number else host


def _mask(address: str) -> str:
    host, _, length = bare(address.partition("/")[0]), "", address.partition("/")[2]
    if host in ("0.0.0.0", "any", "::", "any6") and not length:
        return "any"
    if ":" in host:
        return str(ipaddress.ip_network(f"::/{length or 128}").netmask)
    return str(ipaddress.ip_network(f"0.0.0.0/{length or 32}").netmask)
