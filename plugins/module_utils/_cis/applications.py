# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""VirtualServers of CIS as applications of the module publish, and the reasons why others are left out.

The applications keep the names that CIS gave its AS3 objects, and the properties that CIS adds.
So only the mark changes when publish takes over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping, Sequence

from .. import _foreign
from .._errors import shortened
from . import inexpressible
from .beside import MONITORS, POOL, SERVER, Beside, Candidate, Fault, Listener, NameClaim

_DEFAULT_LOAD_BALANCING = "least-connections-member"

_ELSEWHERE = {
    "TransportServer": "Write its virtual server as Service_TCP, Service_UDP or Service_L4, with the Service of its pool.",
    "IngressLink": "Write a virtual server for each port of the Service that its selector finds.",
    "Service": "CIS makes a virtual server of it by its annotations. Write one for each of its ports, as Service_TCP or Service_UDP.",
    "Ingress": "Write its virtual server as Service_HTTP. Hosts and paths are an Endpoint_Policy, as an object of the application.",
}


LONGEST_FIELD, LONGEST_MESSAGE, MOST_REASONS = 200, 1000, 20


@dataclass(frozen=True)
class Expressed:
    applications: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)

    def leave_out(self, kind: str, raw: Mapping[str, Any], path: str, message: str) -> None:
        """Both may hold names that the author of the resource chose."""
        meta = raw["metadata"]
        said = {
            "field": shortened(_foreign.line(path), LONGEST_FIELD),
            "message": shortened(_foreign.line(message), LONGEST_MESSAGE),
        }
        self.left_out.append({"kind": kind, "namespace": meta["namespace"], "name": meta["name"], **said})

    def elsewhere(self, kind: str, raw: Mapping[str, Any]) -> None:
        """Report a resource of a kind that is not expressed: its virtual server must not disappear unnoticed."""
        self.leave_out(kind, raw, "", _ELSEWHERE[kind])


def express(
    servers: Sequence[Mapping[str, Any]],
    partition: str | None,
    refused: Callable[[dict[str, Any]], Fault | None],
    listeners: Callable[[dict[str, Any]], Iterable[Listener]] = lambda application: (),
) -> Expressed:
    """The VirtualServers as applications, and those that are left out.

    partition  the partition of CIS (its --bigip-partition), for resources that name none
    refused    why publish does not accept an application; None if it does

    publish refuses all applications if two have the same address or name. So the older one is expressed, as
    CIS has it: no other team can make an older one. A name that CIS gave comes before one that an author chose.
    """
    expressed = Expressed()
    candidates: list[Candidate] = []
    for raw in sorted(servers, key=age):
        reasons, candidate = _expressed(raw, partition, refused, listeners)
        for path, text in reasons[:MOST_REASONS]:
            expressed.leave_out("VirtualServer", raw, path, text)
        if len(reasons) > MOST_REASONS:
            expressed.leave_out(
                "VirtualServer",
                raw,
                "",
                f"{len(reasons) - MOST_REASONS} more of its fields cannot be expressed.",
            )
        if candidate is not None:
            candidates.append(candidate)
    beside = Beside(candidates)
    for one in candidates:
        fault = beside.fault(one)
        if fault:
            expressed.leave_out("VirtualServer", one.raw, *fault)
        else:
            expressed.applications.append(
                _of_the_same_pool(one.application) if beside.add(one) else one.application
            )
    return expressed


def _expressed(
    raw: Mapping[str, Any],
    partition: str | None,
    refused: Callable[[dict[str, Any]], Fault | None],
    listeners: Callable[[dict[str, Any]], Iterable[Listener]],
) -> tuple[list[Fault], Candidate | None]:
    """Why a VirtualServer is not expressed, or its application. A CRD of another version lets values of any type pass."""
    try:
        spec = raw.get("spec") or {}
        reasons = list(inexpressible.reasons(spec, partition))
        if reasons:
            return reasons, None
        application = _application(raw["metadata"], spec, partition)
        if not all(isinstance(application[name], str) for name in ("tenant", "pool_name")):
            raise TypeError
        fault = refused(application)
        return (
            ([fault], None)
            if fault
            else ([], Candidate(raw, application, _claims(raw, application), tuple(listeners(application))))
        )
    except _foreign.SPOILED as error:
        return [
            ("", f"It is left out, because {_foreign.unexpected(error)}. Correct it, or delete it.")
        ], None


def _claims(raw: Mapping[str, Any], application: Mapping[str, Any]) -> tuple[NameClaim, ...]:
    meta, spec = raw["metadata"], raw["spec"]
    (pool,) = spec["pools"]
    chosen = {str(one["name"]) for one in inexpressible.monitors(pool) if one.get("name")}
    return (
        NameClaim(
            SERVER,
            application["virtual_server_name"],
            bool(spec.get("virtualServerName")),
            (meta["namespace"], meta["name"]),
        ),
        NameClaim(
            POOL,
            application["pool_name"],
            _names_a_foreign_pool(pool, meta["namespace"]),
            (application["pool"], application["service"]),
        ),
        *(
            NameClaim(MONITORS, name, name in chosen, value)
            for name, value in application.get("objects", {}).items()
        ),
    )


def age(raw: Mapping[str, Any]) -> tuple[str, str, str]:
    """The older object sorts first. Its author cannot choose the moment."""
    meta = raw["metadata"]
    return str(meta.get("creationTimestamp") or ""), meta["namespace"], meta["name"]


def _names_a_foreign_pool(pool: Mapping[str, Any], namespace: str) -> bool:
    """True if its pool may have the name of a pool of another namespace.

    That namespace's own VirtualServer then has the pool.
    """
    return bool(pool.get("name")) or (pool.get("serviceNamespace") or namespace) != namespace


def is_published(service: Mapping[str, Any]) -> bool:
    """True if CIS makes virtual servers of this Service."""
    notes = service["metadata"].get("annotations") or {}
    return (service.get("spec") or {}).get("type") == "LoadBalancer" and bool(
        notes.get("cis.f5.com/ip") or notes.get("cis.f5.com/ipamLabel")
    )


def ingress_class(ingress: Mapping[str, Any]) -> str:
    notes = ingress["metadata"].get("annotations") or {}
    return str(
        (ingress.get("spec") or {}).get("ingressClassName") or notes.get("kubernetes.io/ingress.class") or ""
    )


def _of_the_same_pool(application: Mapping[str, Any]) -> dict[str, Any]:
    """A Service behind several virtual servers has one pool at CIS."""
    kept = {
        name: value for name, value in application.items() if name not in ("pool", "pool_name", "service")
    }
    return {**kept, "virtual_server": {**application["virtual_server"], "pool": application["pool_name"]}}


def _application(meta: Mapping[str, Any], spec: Mapping[str, Any], partition: str | None) -> dict[str, Any]:
    (pool,) = spec["pools"]
    addresses = [spec["virtualServerAddress"], *(spec.get("additionalVirtualServerAddresses") or [])]
    port = spec.get("virtualServerHTTPPort") or 80
    server: dict[str, Any] = {"class": "Service_HTTP", "virtualAddresses": addresses, "virtualPort": port}
    if ":" not in addresses[0]:
        server["source"] = "0.0.0.0/0"
    snat = spec.get("snat")
    if snat:
        server["snat"] = {"bigip": snat} if str(snat).startswith("/") else snat
    if spec.get("iRules"):
        server["iRules"] = [{"bigip": path} for path in spec["iRules"]]
    if spec.get("persistenceProfile"):
        profile = str(spec["persistenceProfile"])
        server["persistenceMethods"] = (
            [] if profile == "none" else [{"bigip": profile} if profile.startswith("/") else profile]
        )
    if spec.get("allowVlans"):
        server["allowVlans"] = [{"bigip": path} for path in spec["allowVlans"]]
    if spec.get("connectionMirroring"):
        server["mirroring"] = spec["connectionMirroring"]
    namespace = pool.get("serviceNamespace") or meta["namespace"]
    monitors = inexpressible.monitors(pool)
    objects = {
        _monitor_name(meta, addresses[0], pool, one): _monitor(one)
        for one in monitors
        if one.get("reference") != "bigip"
    }
    as3_pool: dict[str, Any] = {
        "loadBalancingMode": pool.get("loadBalancingMethod") or _DEFAULT_LOAD_BALANCING
    }
    for name in ("minimumMonitors", "reselectTries", "serviceDownAction"):
        if pool.get(name) is not None:
            as3_pool[name] = pool[name]
    if monitors:
        as3_pool.setdefault("minimumMonitors", 1)
        as3_pool["monitors"] = [
            {"bigip": one["name"]}
            if one.get("reference") == "bigip"
            else {"use": _monitor_name(meta, addresses[0], pool, one)}
            for one in monitors
        ]
    return {
        "tenant": spec.get("partition") or partition,
        "application": "Shared",
        "virtual_server_name": f"{spec['virtualServerName']}_{port}"
        if spec.get("virtualServerName")
        else _name("crd", addresses[0], str(port)),
        "virtual_server": server,
        "pool": as3_pool,
        "pool_name": pool.get("name") or _name(pool["service"], str(pool["servicePort"]), namespace),
        "service": {
            "namespace": namespace,
            "name": pool["service"],
            "port": str(pool["servicePort"]),
        },
        **({"objects": objects} if objects else {}),
    }


def _monitor_name(
    meta: Mapping[str, Any], address: str, pool: Mapping[str, Any], monitor: Mapping[str, Any]
) -> str:
    return str(
        monitor.get("name") or _name(meta["namespace"], address, monitor["type"], str(pool["servicePort"]))
    )


def _monitor(monitor: Mapping[str, Any]) -> dict[str, Any]:
    as3_monitor: dict[str, Any] = {"class": "Monitor", "monitorType": monitor["type"]}
    for ours, theirs in (
        ("send", "send"),
        ("recv", "receive"),
        ("interval", "interval"),
        ("timeout", "timeout"),
    ):
        if monitor.get(ours) not in (None, ""):
            as3_monitor[theirs] = monitor[ours]
    if monitor["type"] in ("http", "https"):
        as3_monitor.setdefault("receive", "none")  # as CIS has it; AS3 would wait for HTTP/1.
    return as3_monitor


def _name(*parts: str) -> str:
    """As CIS names things."""
    return re.sub(r"[.:/%]", "_", "_".join(parts))
