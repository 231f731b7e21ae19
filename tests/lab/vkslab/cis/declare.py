# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From custom resources to what CIS posts: one tenant for each partition, in it one application Shared. Pure.

Of F5's resources: VirtualServer (pools by host and path, monitors, TLSProfile by reference bigip or secret),
TransportServer and Services of type LoadBalancer. Others are left alone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .flags import Settings
from .members import Key, Member, View, find
from .program import Json

_ODD = re.compile(r"[.:/%]")
_IP_ANNOTATION = "cis.f5.com/ip"


@dataclass
class Outcome:
    """The result of one object: its address and partition, or an error."""

    kind: str
    key: Key
    address: str = ""
    partition: str = ""
    error: str = ""


@dataclass
class Declared:
    tenants: dict[str, Json] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    hosts: list[Json] = field(default_factory=list)
    """The hosts for which the IPAM controller provides an address."""


@dataclass
class Resources:
    virtual_servers: dict[Key, Json] = field(default_factory=dict)
    transport_servers: dict[Key, Json] = field(default_factory=dict)
    tls_profiles: dict[Key, Json] = field(default_factory=dict)
    secrets: dict[Key, Json] = field(default_factory=dict)
    #: (IPAM label, key) to address, as the IPAM controller gave them
    given: dict[Key, str] = field(default_factory=dict)


def named(*parts: str) -> str:
    return _ODD.sub("_", "_".join(part for part in parts if part))


def tenant(settings: Settings, shared: Json) -> Json:
    return {
        "class": "Tenant",
        "defaultRouteDomain": settings.route_domain,
        "label": settings.partition,
        "useCommonRouteDomainTenant": True,
        "Shared": {"class": "Application", "template": "shared", **shared},
    }


def members(found: Iterable[Member], share: bool) -> list[Json]:
    return [
        {"addressDiscovery": "static", "serverAddresses": [address], "servicePort": port, "shareNodes": share}
        for address, port in found
    ]


def declare(view: View, resources: Resources) -> Declared:
    work = Builder(view, resources)
    for key, virtual in sorted(resources.virtual_servers.items()):
        work.virtual_server(key, virtual)
    for key, transport in sorted(resources.transport_servers.items()):
        work.transport_server(key, transport)
    for key, service in sorted(view.services.items()):
        if (
            service["spec"].get("type") == "LoadBalancer"
            and service["spec"].get("loadBalancerClass", "") == view.settings.load_balancer_class
        ):
            work.load_balancer(key, service)
    return work.done()


class Builder:
    """The tenants as they come to be."""

    def __init__(self, view: View, resources: Resources) -> None:
        self._view, self._resources = view, resources
        self._share = view.settings.mode in ("nodeport", "nodeportlocal")
        self.shared: dict[str, Json] = {}
        self.declared = Declared()

    def done(self) -> Declared:
        self.declared.tenants = {
            name: tenant(self._view.settings, shared) for name, shared in self.shared.items()
        }
        return self.declared

    def begin(self, outcome: Outcome) -> Json:
        self.declared.outcomes.append(outcome)
        home: Json = self.shared.setdefault(outcome.partition, {})
        return home

    # -- custom resources

    def virtual_server(self, key: Key, virtual: Json) -> None:
        spec, host = virtual["spec"], virtual["spec"].get("host", "")
        address = self._address("VirtualServer", key, spec, host)
        if not address:
            return
        outcome = Outcome(
            "VirtualServer", key, address, spec.get("partition") or self._view.settings.partition
        )
        home = self.begin(outcome)
        pools = [(pool, self.pool(outcome, key, pool, host)) for pool in spec.get("pools") or ()]
        services = []
        if spec.get("tlsProfileName"):
            tls = self._tls(home, outcome, key, spec["tlsProfileName"])
            if tls is None:
                return
            services.append(
                (
                    "Service_HTTPS",
                    spec.get("virtualServerHTTPSPort", 443),
                    {"serverTLS": tls, "redirect80": False},
                )
            )
        if not services or spec.get("httpTraffic", "none") == "allow":
            services.append(("Service_HTTP", spec.get("virtualServerHTTPPort", 80), {}))
        elif spec.get("httpTraffic") == "redirect":
            services[0][2]["redirect80"] = True
        for kind, port, more in services:
            self.service(outcome, spec, kind, port, host, pools, more)

    def transport_server(self, key: Key, transport: Json) -> None:
        spec = transport["spec"]
        address = self._address("TransportServer", key, spec, spec.get("host", ""))
        if not address:
            return
        outcome = Outcome(
            "TransportServer", key, address, spec.get("partition") or self._view.settings.partition
        )
        self.begin(outcome)
        pool = self.pool(outcome, key, spec["pool"], "")
        if spec.get("mode") == "performance":
            kind, more = "Service_L4", {"layer4": spec.get("type", "tcp")}
        else:
            kind, more = f"Service_{spec.get('type', 'tcp').upper()}", {}
        self.service(outcome, spec, kind, spec["virtualServerPort"], "", [(spec["pool"], pool)], more)

    def load_balancer(self, key: Key, service: Json) -> None:
        notes = service["metadata"].get("annotations") or {}
        address = notes.get(_IP_ANNOTATION, "")
        if not address:
            return
        outcome = Outcome(
            "Service", key, address, notes.get("cis.f5.com/partition") or self._view.settings.partition
        )
        home = self.begin(outcome)
        for port in service["spec"].get("ports") or ():
            pool = self.pool(outcome, key, {"service": key[1], "servicePort": port["port"]}, "")
            name = named("vs_lb_svc", *key, address, str(port["port"]))
            home[name] = {
                "class": f"Service_{port.get('protocol', 'TCP')}",
                "virtualAddresses": [address],
                "virtualPort": port["port"],
                "snat": "auto",
                "pool": {"use": f"/{outcome.partition}/Shared/{pool}"},
            }

    # -- their parts

    def _address(self, kind: str, key: Key, spec: Json, host: str) -> str:
        address: str = spec.get("virtualServerAddress", "")
        label = spec.get("ipamLabel", "")
        if address or not label:
            return address
        if not self._view.settings.ipam:
            text = f"No IPAM configured: {kind} {'/'.join(key)} has an ipamLabel"
            self.declared.outcomes.append(Outcome(kind, key, error=text))
            return ""
        wanted = {
            "ipamLabel": label,
            **(
                {"host": host}
                if host
                else {"key": f"{'/'.join(key)}_{'vs' if kind == 'VirtualServer' else 'ts'}"}
            ),
        }
        self.declared.hosts.append(wanted)
        return self._resources.given.get((label, host or wanted["key"]), "")

    def pool(self, outcome: Outcome, key: Key, pool: Json, host: str) -> str:
        namespace = pool.get("serviceNamespace") or key[0]
        port, path = pool["servicePort"], pool.get("path", "").strip("/")
        name = pool.get("name") or named(pool["service"], str(port), namespace, host, path)
        found = find(self._view, namespace, pool["service"], port, pool.get("nodeMemberLabel", ""))
        if found.complaint:
            self.declared.complaints.append(found.complaint)
        static = [(each["address"], each["port"]) for each in pool.get("staticPoolMembers") or ()]
        entry: Json = {
            "class": "Pool",
            "loadBalancingMode": pool.get("loadBalancingMethod", "least-connections-member"),
            "reselectTries": 0,
        }
        if found.members or static:
            entry["members"] = members([*found.members, *static], self._share)
        monitors = [
            self._monitor(outcome, key, host, path, port, each)
            for each in pool.get("monitors") or [pool.get("monitor") or {}]
        ]
        if any(monitors):
            entry.update(monitors=[monitor for monitor in monitors if monitor], minimumMonitors=1)
        self.shared[outcome.partition][name] = entry
        return name

    def _monitor(
        self, outcome: Outcome, key: Key, host: str, path: str, port: int | str, monitor: Json
    ) -> Json | None:
        if monitor.get("reference") == "bigip":
            return {"bigip": monitor["name"]}
        kind = monitor.get("type", "")
        if not kind or (kind in ("http", "https") and not monitor.get("send")):
            return None
        name = monitor.get("name") or named(
            key[0], outcome.address, host, path, kind, str(monitor.get("targetPort") or port)
        )
        entry = {
            "class": "Monitor",
            "monitorType": kind,
            "interval": monitor.get("interval", 5),
            "timeout": monitor.get("timeout", 16),
        }
        if kind in ("http", "https"):
            entry.update(send=monitor["send"], receive=monitor.get("recv", "none"), adaptive=False, dscp=0)
        self.shared[outcome.partition][name] = entry
        return {"use": f"/{outcome.partition}/Shared/{name}"}

    def service(
        self,
        outcome: Outcome,
        spec: Json,
        kind: str,
        port: int,
        host: str,
        pools: list[tuple[Json, str]],
        more: Json,
    ) -> None:
        """Resources of one address and port share a virtual server.

        Its policy distinguishes hosts and paths.
        """
        home = self.shared[outcome.partition]
        name = (
            f"{spec['virtualServerName']}_{port}"
            if spec.get("virtualServerName")
            else named("crd", outcome.address, str(port))
        )
        entry = home.setdefault(
            name,
            {
                "class": kind,
                "source": "0.0.0.0/0",
                "virtualAddresses": [outcome.address],
                "virtualPort": port,
                "snat": _snat(spec),
                **more,
            },
        )
        place = f"/{outcome.partition}/Shared"
        if not host and len(pools) == 1 and not pools[0][0].get("path", "").strip("/"):
            entry["pool"] = {"use": f"{place}/{pools[0][1]}"}
            return
        policy = named(name, host, "policy")
        entry.setdefault("policyEndpoint", f"{place}/{policy}")
        rules = home.setdefault(
            entry["policyEndpoint"].rpartition("/")[2],
            {"class": "Endpoint_Policy", "strategy": "first-match", "rules": []},
        )["rules"]
        rules += [_rule(place, host, pool.get("path", ""), target) for pool, target in pools]
        rules.sort(key=lambda rule: -len(rule["conditions"]))

    def _tls(self, home: Json, outcome: Outcome, key: Key, profile: str) -> Json | str | None:
        found = self._resources.tls_profiles.get((key[0], profile))
        tls = (found or {}).get("spec", {}).get("tls") or {}
        name = tls.get("clientSSL") or (tls.get("clientSSLs") or [""])[0]
        if not name:
            outcome.error = f"TLSProfile {key[0]}/{profile} not found, or without a client SSL profile"
            return None
        if tls.get("reference", "bigip") == "bigip":
            return {"bigip": name}
        data = (self._resources.secrets.get((key[0], name)) or {}).get("data") or {}
        if not data:
            outcome.error = f"secret {key[0]}/{name} of TLSProfile {profile} not found"
            return None
        certificate, key_pem = (base64.b64decode(data[part]).decode() for part in ("tls.crt", "tls.key"))
        home[named(name)] = {"class": "Certificate", "certificate": certificate, "privateKey": key_pem}
        home[named(name, "clientssl")] = {
            "class": "TLS_Server",
            "certificates": [{"certificate": named(name)}],
        }
        return named(name, "clientssl")


def _snat(spec: Json) -> Json | str:
    snat: str = spec.get("snat") or "auto"
    return {"bigip": snat} if snat.startswith("/") else snat


def _rule(place: str, host: str, path: str, pool: str) -> Json:
    conditions: list[Json] = []
    if host:
        operand = "ends-with" if host.startswith("*") else "equals"
        all_of = {"operand": operand, "values": [host.lstrip("*")]}
        conditions.append({"type": "httpHeader", "name": "host", "event": "request", "all": all_of})
    for index, part in enumerate(path.strip("/").split("/") if path.strip("/") else (), start=1):
        conditions.append(
            {
                "type": "httpUri",
                "event": "request",
                "index": index,
                "pathSegment": {"operand": "equals", "values": [part]},
            }
        )
    forward = {"type": "forward", "event": "request", "select": {"pool": {"use": f"{place}/{pool}"}}}
    return {"name": named("vs", host, path.strip("/"), pool), "conditions": conditions, "actions": [forward]}
