# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster and a BIG-IP for the module pod_bgp, as scripted exchanges in the order in which it asks."""

from __future__ import annotations

import contextlib
from typing import Any

from ansible_collections.vks.bigip.plugins.modules import pod_bgp
from ansible_collections.vks.bigip.tests.unit.support.kube import NODES, listing
from ansible_collections.vks.bigip.tests.unit.support.pod_routes_module import (
    ALONE,
    DEVICE,
    KUBE_SYSTEM,
    LOGIN,
    LOGOUT,
    PARTITION,
    SAVE,
    SAVED,
    UID,
    Sent,
    mark,
    node,
    self_ips,
    status,
)
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

__all__ = ("ALONE", "DEVICE", "LOGIN", "LOGOUT", "PARTITION", "SAVE", "SAVED", "UID", "Sent", "mark", "self_ips", "status")
NAME, OWNER = "vks-bgp-a1b2c3d4", "vks.bigip/owner"
BGP, DB, DOMAINS = "/mgmt/tm/net/routing/bgp", "/mgmt/tm/sys/db/tmrouted.tmos.routing", "/mgmt/tm/net/route-domain"
NEIGHBORS, TRANSACTION = f"{BGP}/~Common~vks-bgp/neighbor", "/mgmt/tm/transaction"
V1, V3, ANTREA = "/apis/crd.projectcalico.org/v1", "/apis/projectcalico.org/v3", "/apis/crd.antrea.io/v1alpha1"
DAEMON_SETS, SECRETS = "/apis/apps/v1/daemonsets", "/api/v1/namespaces/kube-system/secrets"
RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/kube-system"
FRESH, BY = "2999-01-01T00:00:00Z", "?fieldManager=vks.bigip"
N1, N2 = node("n1", "198.18.0.1"), node("n2", "198.18.0.2")
DOMAIN = Exchange("GET", DOMAINS, json={"items": [{"name": "0", "fullPath": "/Common/0", "id": 0}]})


def daemon_set(cni: str = "calico", **spec: Any) -> Exchange:
    name = {"calico": "calico-node", "antrea": "antrea-agent"}.get(cni, cni)
    volumes = [{"name": "antrea-config", "configMap": {"name": "antrea-config"}}]
    pod = {"containers": [{"name": name, "image": "x:v3.31.5"}], "volumes": volumes, **spec}
    item = {"metadata": {"name": name, "namespace": "kube-system"}, "spec": {"template": {"spec": pod}}}
    return listing(DAEMON_SETS, item)


def thing(name: str, spec: Any = None, owner: str | None = UID, annotations: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    marks = {**({OWNER: owner} if owner else {}), **(annotations or {})}
    metadata = {"name": name, "uid": f"uid-{name}", "resourceVersion": "7", "creationTimestamp": "2026-11-29T10:00:00Z", "annotations": marks}
    return {"metadata": metadata, **({} if spec is None else {"spec": spec}), **more}


def bgp_peer(address: str = "198.18.255.251", number: int = 64513, **more: Any) -> dict[str, Any]:
    return thing(f"{NAME}-{address}", {"peerIP": address, "asNumber": number}, **more)


def node_status(name: str, *states: str, updated: str = FRESH, owner: str | None = UID) -> dict[str, Any]:
    """states: those of the peers 198.18.255.251 and 198.18.255.252."""
    listed = [{"peerIP": f"198.18.255.25{number}", "state": state, "type": "NodePeer"} for number, state in enumerate(states, 1)]
    spec = {"node": name, "classes": ["BGP"], "updatePeriodSeconds": 10}
    return thing(f"{NAME}-{name}", spec, owner, status={"lastUpdated": updated, "bgp": {"peersV4": listed}})


def statuses(*items: Any, group: str = V1) -> Exchange:
    return listing(f"{group}/caliconodestatuses", *items)


UP = [node_status("n1", "Established"), node_status("n2", "Established")]


def missing(path: str) -> Exchange:
    return Exchange("GET", path, 404, json={"kind": "Status", "code": 404, "message": "not found"})


NO_SECRET = [missing(f"{SECRETS}/{NAME}")]


def cluster(
    *nodes: Any, peers: Any = (), configurations: Any = (), reports: Any = (), secret: Any = None, group: str = V1, uid: bool = True
) -> list[Exchange]:
    """The reads of a cluster with Calico. secret: the exchanges of the Secret and of the right to read it."""
    no_v1 = [missing(f"{V1}/bgppeers?limit=500")] if group == V3 else []
    kinds = [("bgppeers", peers), ("bgpconfigurations", configurations)]
    found = [listing(f"{group}/{kind}", *items) for kind, items in kinds]
    first = [KUBE_SYSTEM] if uid else []
    listed = [listing(NODES, *nodes)] if nodes else []
    return [*first, *listed, daemon_set(), *no_v1, *found, statuses(*reports, group=group), *(secret or NO_SECRET)]


def neighbor(address: str, description: str = "", number: int = 64512, **more: Any) -> dict[str, Any]:
    return {"name": address, "remoteAs": number, "description": description, "enabled": "true", **more}


def instance(*neighbors: Any, name: str = "vks-bgp", local_as: int = 64513, **more: Any) -> dict[str, Any]:
    reference = {"link": "https://localhost/x", "isSubcollection": True, **({"items": list(neighbors)} if neighbors else {})}
    return {"name": name, "fullPath": f"/Common/{name}", "localAs": local_as, "routeDomain": "/Common/0", "neighborReference": reference, **more}


def instances(*items: Any) -> Exchange:
    return Exchange("GET", f"{BGP}?expandSubcollections=true", json={"items": list(items)})


def switch(value: str = "enable") -> Exchange:
    return Exchange("GET", DB, json={"value": value})


def bigip(*items: Any, own: str = "198.18.255.251/16", value: str = "enable", alone: bool = True) -> list[Exchange]:
    """The reads of one unit. alone: it is the only one that the task names."""
    first = [LOGIN, PARTITION] if alone else [LOGIN, PARTITION] if own.startswith("198.18.255.251") else [LOGIN]
    return [*first, self_ips(own), DOMAIN, instances(*items), switch(value), *([ALONE] if alone else [LOGOUT])]


O1, O2 = neighbor("198.18.0.1", mark("n1")), neighbor("198.18.0.2", mark("n2"))


def run(of_cluster: list[Exchange], *units: list[Exchange], check: bool = False, sent: Sent | None = None, **options: Any) -> Result:
    """units: the script of each unit of BIG-IP."""
    with contextlib.ExitStack() as stack:
        kube, *servers = [stack.enter_context(ScriptedServer(script)) for script in (of_cluster, *units)]
        provider = {"server": [f"127.0.0.1:{one.port}" for one in servers], "user": "admin", "password": "pass-word", "timeout": 5}
        given = {"host": kube.url, "allow_http": True, "api_key": "token-of-kubernetes", **({"provider": provider} if servers else {}), **options}
        result = run_module(pod_bgp.main, given, check=check)
        if sent is not None:
            sent.note([request for one in (*servers, kube) for request in one.requests])
    assert "pass-word" not in result.stdout
    return result


def actions(result: Result) -> dict[str, str]:
    return {item["address"]: item["action"] for item in result["neighbors"]}


def written(result: Result) -> list[tuple[str, str]]:
    return [(item["action"], item["kind"]) for item in result["objects"] if item["action"] != "kept"]
