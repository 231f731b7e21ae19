# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A healthy cluster and BIG-IP for the tests of the checks, and the run of one case."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._bigip.network import Route
from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import BigIp, SelfIp, Unit
from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import Route as Known
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import (
    Agent,
    Cni,
    NodeVersion,
    NplConfig,
    Package,
    Provider,
    Workload,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import (
    BgpSession,
    CalicoBlocks,
    NodeBgp,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import (
    AddonConfig,
    SubnetSet,
    Supervisor,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._routes.ways import Ways
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

MODES = ("nodeport", "nodeportlocal", "cluster")
NO = Unknown("it is forbidden")
ANTREA = Cni("antrea", "kube-system/antrea-agent", "2.5.2", "OnDelete")
CALICO = Cni("calico", "kube-system/calico-node", "3.31.5", "RollingUpdate")
ON = NplConfig("kube-system/antrea-config", True, True, port_range="61000-62000", changed=1000.0, kapp=True)
OFF = dataclasses.replace(ON, enable=False)
AGENT = Agent("n1", "kube-system/antrea-agent-x", True, 2000.0)
PODS = ipaddress.ip_network("100.96.0.0/20")
NODE = NodeVersion(snapshot.node(text.node("n1")), "v1.35.6", (PODS,))  # 198.18.0.1
NSX_NODE = NodeVersion(snapshot.node(text.node("n1!nsx")), "v1.35.6")
CIS = Workload("Deployment", "kube-system/cis", "2.20.3", "k8s-bigip-ctlr:2.20.3", (), 1, 1)
SUPERVISOR = Supervisor("team-a", "shop", "builtin-generic-v3.6.1", "antrea", None, None, NO, NO)
ADDON = AddonConfig("team-a/shop-antrea", "shop", "antrea.2.5.2", True, "antrea.config.nodePortLocal.enabled")
PACKAGE = Package("vmware-system-tkg/shop-antrea", "antrea.tanzu.vmware.com", "2.5.2+vmware.2-tkg.1", False)
NPL, NODEPORT, CALICO_MODE = Wishes("nodeportlocal"), Wishes("nodeport"), Wishes("cluster")
NAMED = Wishes("nodeportlocal", namespaces=True)
VPC = Wishes("nodeport", network_provider="nsx_vpc")
NSX_CLUSTER, VSPHERE_CLUSTER = (
    Wishes("cluster", network_provider="nsx_t1"),
    Wishes("cluster", network_provider="vsphere"),
)


def self_ip(address: str, *services: str, name: str = "/Common/internal") -> SelfIp:
    interface = ipaddress.ip_interface(address)
    return SelfIp(name, str(interface.ip), interface.network, 0, services)


NEAR, FAR = self_ip("198.18.0.250/16", "tcp:179"), self_ip("10.1.0.250/24", "default")


def nodes(names: str) -> tuple[NodeVersion, ...]:
    """Node n2 has the addresses 198.18.0.2 and 2001:db8:18::2, and the Pod network 100.96.32.0/20.

    Words behind ! as in cluster_text.
    """
    return tuple(
        NodeVersion(
            snapshot.node(text.node(name)), "v1.35.6", (ipaddress.ip_network(f"100.96.{16 * int(name[1])}.0/20"),)
        )
        for name in names.split()
    )


def vpc(mode: str = "Private", network: str = "198.18.0.0/16", name: str = "shop") -> Supervisor:
    return dataclasses.replace(
        SUPERVISOR,
        provider=Provider("nsx_vpc", "x"),
        subnet_sets=(SubnetSet(f"team-a/{name}", mode, (network,)),),
    )


def apps(npl: str = "true", maps: str = "a:8080/tcp=198.18.0.1:61000", kind: str = "ClusterIP") -> Any:
    service = text.service(npl=npl, type=kind)
    return text.snapshot(
        [service], [text.endpoint_slice("http:8080/TCP | a@n1")], [text.node("n1")], text.pods("a", maps)
    )


BY_AGENT = {"a": "antrea-agent/status"}


def two_pods(x: str = "antrea-agent/status", endpoints: str = "a@n1", more: Any = None) -> Any:
    """Pods of two namespaces that name the same port of a node."""
    maps = "8080/tcp=198.18.0.1:61000"
    pods = [
        *text.pods("a", f"a:{maps}", writers=more),
        *text.pods("x", f"x:{maps}", namespace="shop", writers={"x": x}),
    ]
    return text.snapshot(
        [text.service(npl="true")],
        [text.endpoint_slice(f"http:8080/TCP | {endpoints}")],
        [text.node("n1")],
        pods,
    )


def base(**more: Any) -> Facts:
    """A healthy cluster with Antrea and NodePortLocal on."""
    known: dict[str, Any] = {
        "wishes": NPL, "now": 5000.0, "kubernetes": "v1.35.6+vmware.2", "cnis": (ANTREA,), "npl": ON, "agents": (AGENT,), "nodes": (NODE,), "cis": (CIS,),
        "ako": (), "packages": (PACKAGE,), "transport_servers": (), "applications": apps(), "bgp_peers": True,
        "calico": BLOCKS, "bgp_status": (NodeBgp("n1", (BgpSession("198.18.0.250", "Established"),)),),
    }  # fmt: skip
    return Facts(**{**known, **more})


def by(*addresses: SelfIp, route: str = "", blackhole: bool = False) -> dict[str, Any]:
    """BIG-IP's self IPs and one route."""
    routes = [Route("/Common/r", route, None, None, None, None, blackhole)] if route else []
    return {"self_ips": addresses, "way": Ways(addresses, routes).to}


BLOCKS = CalicoBlocks("crd.projectcalico.org/v1", ((PODS, "n1"),))
TO_PODS = Route("/Common/pods", str(PODS), None, "198.18.0.1", None, None, False)
BIG = BigIp(
    "17.5.1",
    "3.56.0",
    (NEAR,),
    Ways([NEAR], [TO_PODS]).to,
    frozenset([0]),
    {("198.18.0.1", 61000): "up"},
    (Known("/Common/pods", PODS, "198.18.0.1"),),
    units=(Unit("bigip-1", (NEAR.network,)),),
    without_snat={},
)
CROWD = " ".join(f"a:{port}/tcp=198.18.0.1:{port}" for port in range(61000, 61010))
TWO = "a:8080/tcp=198.18.0.1:61000 a:8080/udp=198.18.0.1:61001"


def big(**more: Any) -> BigIp:
    return dataclasses.replace(BIG, **more)


def addon(**more: Any) -> Supervisor:
    return dataclasses.replace(SUPERVISOR, addon_config=dataclasses.replace(ADDON, **more))


Case = tuple[str, str, dict[str, Any], str]


def ids(cases: list[Case]) -> list[str]:
    return [f"{number}-{case[0]}-{case[1]}" for number, case in enumerate(cases)]


def judge(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    """Run one check over the healthy cluster with these changes, and compare its whole message."""
    (result,) = table.run(base(**changes), [check])
    assert (result.status, result.message) == (status, message), result
    assert result.message.endswith(result.remedy) and result.message[-1] in ".)", result
    assert bool(result.remedy) is (status in ("fail", "warn", "unknown"))


def check_statuses(check: str, cases: list[Case]) -> None:
    """Each check has a case that passes, one that fails or warns, and one that is not known."""
    seen = {status for name, status, _changes, _message in cases if name == check}
    assert seen & {"fail", "warn"} and "unknown" in seen
    assert "pass" in seen or check == "P18", "only the NSX firewall can never be proven"
