# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster and a BIG-IP for the module pod_routes, as scripted exchanges in the order in which it asks."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.vks.bigip.plugins.modules import pod_routes
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_SLICES, NODES, listing
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

UID = "a1b2c3d4-0000-4000-8000-000000000000"
DEVICE = "/mgmt/tm/cm/device?$select=name,hostname,selfDevice,failoverState,configsyncIp"
PARTITIONS = "/mgmt/tm/auth/partition?$select=name,defaultRouteDomain"
ROUTES, TRANSACTION, SAVE = "/mgmt/tm/net/route", "/mgmt/tm/transaction", "/mgmt/tm/sys/config"
SYNC, STATUS = "/mgmt/tm/cm/config-sync", "/mgmt/tm/cm/sync-status"
V1, V3 = "/apis/crd.projectcalico.org/v1", "/apis/projectcalico.org/v3"
KUBE_SYSTEM = Exchange("GET", "/api/v1/namespaces/kube-system", json={"metadata": {"uid": UID}})
LOGIN = Exchange("POST", "/mgmt/shared/authn/login", json={"token": {"token": "TOKEN"}})
LOGOUT = Exchange("DELETE", "/mgmt/shared/authz/tokens/TOKEN", json={})
PARTITION = Exchange("GET", PARTITIONS, json={"items": [{"name": "Common", "defaultRouteDomain": 0}]})
ALONE = Exchange("GET", DEVICE, json={"items": [{"name": "own", "selfDevice": "true", "failoverState": "active"}]})
SAVED = Exchange("POST", SAVE, json={"command": "save"})


def node(name: str, *addresses: str, cidrs: str = "", ready: bool = True) -> dict[str, Any]:
    status = {
        "addresses": [{"type": "InternalIP", "address": address} for address in addresses],
        "conditions": [{"type": "Ready", "status": str(ready)}],
    }
    return {"metadata": {"name": name}, "spec": {"podCIDRs": cidrs.split()} if cidrs else {}, "status": status}


N1, N2 = node("n1", "198.18.0.1", cidrs="10.244.1.0/24"), node("n2", "198.18.0.2", cidrs="10.244.2.0/24")


def affinity(cidr: str, name: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": f"{name}-{cidr}".replace("/", "-")}, "spec": {"cidr": cidr, "node": name, "state": "confirmed", **spec}}


def cluster(*nodes: Any, pods: dict[str, str] | None = None, uid: bool = True, calico: list[Exchange] | None = None) -> list[Exchange]:
    """The reads of a cluster without Calico, or with these. pods: namespace/name of a Pod -> its address, each in a slice of its own."""
    absent = [Exchange("GET", f"{group}/blockaffinities?limit=500", 404, text="404 page not found") for group in (V1, V3)]
    slices = [piece(*name.split("/"), address) for name, address in (pods or {}).items()]
    return [*([KUBE_SYSTEM] if uid else []), listing(NODES, *nodes), *(absent if calico is None else calico), listing(ALL_SLICES, *slices)]


def piece(namespace: str, name: str, address: str) -> dict[str, Any]:
    endpoint = {"addresses": [address], "nodeName": "n1", "targetRef": {"kind": "Pod", "name": name}}
    return {"metadata": {"name": f"{name}-x", "namespace": namespace}, "endpoints": [endpoint]}


def calico(*affinities: Any, blocks: tuple[Any, ...] = (), pools: tuple[Any, ...] = (), group: str = V1) -> list[Exchange]:
    kinds = {"blockaffinities": affinities, "ipamblocks": blocks, "ippools": pools}
    return [listing(f"{group}/{kind}", *items) for kind, items in kinds.items()]


def mark(name: str, owner: str = UID, cluster_name: str = "") -> str:
    return f"vks.bigip owner={owner}{f' cluster={cluster_name}' if cluster_name else ''} node={name}"


def route(network: str, gateway: str, description: str = "", name: str | None = None, **more: Any) -> dict[str, Any]:
    named = name or f"vks-a1b2c3d4-{network.replace('/', '_')}"
    return {"name": named, "fullPath": f"/Common/{named}", "network": network, "gw": gateway, "description": description, **more}


def routes(*items: dict[str, Any]) -> Exchange:
    return Exchange("GET", ROUTES, json={"items": list(items)})


def read(*items: dict[str, Any]) -> list[Exchange]:
    """The reads of each run against one unit."""
    return [LOGIN, PARTITION, routes(*items)]


def self_ips(*addresses: str) -> Exchange:
    return Exchange("GET", "/mgmt/tm/net/self", json={"items": [{"fullPath": f"/Common/s{address}", "address": address} for address in addresses]})


CHECKED = [self_ips("198.18.255.254/16"), ALONE]
"""The check of the gateways."""


def status(text: str = "Standalone", mode: str = "standalone", summary: str = " ") -> Exchange:
    entries = {"mode": {"description": mode}, "status": {"description": text}, "summary": {"description": summary}}
    return Exchange("GET", STATUS, json={"entries": {"https://localhost/0": {"nestedStats": {"entries": entries}}}})


@dataclass
class Sent:
    """The writes of a run to BIG-IP: (method, last part of the path, body)."""

    writes: list[tuple[str, str, Any]] = field(default_factory=list)

    def note(self, requests: list[Request]) -> None:
        for request in requests:
            if request.method != "GET" and "/authn/" not in request.path and "/authz/" not in request.path:
                self.writes.append((request.method, request.path.rpartition("/")[2], request.json if request.body else None))


def run(
    of_cluster: list[Exchange], of_bigip: list[Exchange], *others: list[Exchange], check: bool = False, sent: Sent | None = None, **options: Any
) -> Result:
    """others: the scripts of further units."""
    with contextlib.ExitStack() as stack:
        kube, *units = [stack.enter_context(ScriptedServer(script)) for script in (of_cluster, of_bigip, *others)]
        provider = {"server": [f"127.0.0.1:{unit.port}" for unit in units], "user": "admin", "password": "pass-word", "timeout": 5}
        given = {"provider": provider, "host": kube.url, "allow_http": True, "api_key": "token-of-kubernetes", **options}
        result = run_module(pod_routes.main, given, check=check)
        if sent is not None:
            sent.note([request for unit in units for request in unit.requests])
    assert "pass-word" not in result.stdout
    return result


def actions(result: Result) -> dict[str, str]:
    return {item["network"]: item["action"] for item in result["routes"]}
