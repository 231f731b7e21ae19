# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import Route
from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import BigIp, SelfIp
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, Cni, Machine, NplConfig, Package, Provider, Workload
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import AddonConfig, SubnetSet, Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._preflight import table
from ansible_collections.vks.bigip.plugins.module_utils._preflight.f5_support import (
    FEATURES,
    MODES,
    TABLE,
    UNSUPPORTED,
    VALIDATED,
    validated,
)
from ansible_collections.vks.bigip.plugins.module_utils._status.routing import routing
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

DOCS = Path(table.__file__).parents[3] / "docs" / "checks.md"
NO = Unknown("nobody may read it")
ANTREA = Cni("antrea", "kube-system/antrea-agent", "2.5.2", "OnDelete")
CALICO = Cni("calico", "kube-system/calico-node", "3.31.5")
ON = NplConfig("kube-system/antrea-config", True, True, port_range="61000-62000", changed=1000.0, kapp=True)
OFF = dataclasses.replace(ON, enable=False)
AGENT = Agent("n1", "kube-system/antrea-agent-x", True, 2000.0)
NODE = Machine(snapshot.node(text.node("n1")))  # 198.18.0.1
NSX_NODE = Machine(snapshot.node(text.node("n1!nsx")))
CIS = Workload("Deployment", "kube-system/cis", "2.20.3", "k8s-bigip-ctlr:2.20.3")
SUPERVISOR = Supervisor("team-a", "shop", "builtin-generic-v3.6.1", "antrea", None, None, NO, NO)
ADDON = AddonConfig("team-a/shop-antrea", "shop", "antrea.2.5.2", True, "antrea.config.nodePortLocal.enabled")
PACKAGE = Package("vmware-system-tkg/shop-antrea", "antrea.tanzu.vmware.com", "2.5.2+vmware.2-tkg.1", False)
NPL, NODEPORT, CALICO_MODE = Wishes("nodeportlocal"), Wishes("nodeport"), Wishes("cluster")
NAMED = Wishes("nodeportlocal", namespaces=True)
VPC = Wishes("nodeport", network_provider="nsx_vpc")
NSX_CLUSTER, VSPHERE_CLUSTER = Wishes("cluster", network_provider="nsx_t1"), Wishes("cluster", network_provider="vsphere")


def self_ip(address: str, *services: str, name: str = "/Common/internal") -> SelfIp:
    interface = ipaddress.ip_interface(address)
    return SelfIp(name, str(interface.ip), interface.network, 0, services)


NEAR, FAR = self_ip("198.18.0.250/16", "tcp:179"), self_ip("10.1.0.250/24", "default")


def vpc(mode: str = "Private", network: str = "198.18.0.0/16", name: str = "shop") -> Supervisor:
    return dataclasses.replace(SUPERVISOR, provider=Provider("nsx_vpc", "x"), subnet_sets=(SubnetSet(f"team-a/{name}", mode, (network,)),))


def apps(npl: str = "true", maps: str = "a:8080/tcp=198.18.0.1:61000", kind: str = "ClusterIP") -> Any:
    service = text.service(npl=npl, type=kind)
    return text.snapshot([service], [text.endpoint_slice("http:8080/TCP | a@n1")], [text.node("n1")], text.pods("a", maps))


BY_AGENT = {"a": "antrea-agent/status"}


def two_pods(x: str = "antrea-agent/status", endpoints: str = "a@n1", more: Any = None) -> Any:
    """Pods of two namespaces that name the same port of a node."""
    maps = "8080/tcp=198.18.0.1:61000"
    pods = [*text.pods("a", f"a:{maps}", writers=more), *text.pods("x", f"x:{maps}", namespace="shop", writers={"x": x})]
    return text.snapshot([text.service(npl="true")], [text.endpoint_slice(f"http:8080/TCP | {endpoints}")], [text.node("n1")], pods)


def base(**more: Any) -> Facts:
    """A healthy cluster with Antrea and NodePortLocal on."""
    known: dict[str, Any] = {
        "wishes": NPL, "now": 5000.0, "kubernetes": "v1.35.6+vmware.2", "cnis": (ANTREA,), "npl": ON, "agents": (AGENT,), "nodes": (NODE,), "cis": (CIS,),
        "ako": (), "packages": (PACKAGE,), "transport_servers": (), "applications": apps(), "bgp_peers": True,
    }  # fmt: skip
    return Facts(**{**known, **more})


def by(*addresses: SelfIp, route: str = "", blackhole: bool = False) -> dict[str, Any]:
    """BIG-IP's self IPs and one route."""
    routes = [Route("/Common/r", route, None, None, None, None, blackhole)] if route else []
    return {"self_ips": addresses, "has_route": routing([item.network for item in addresses], routes)}


BIG = BigIp("17.5.1", "3.56.0", (NEAR,), routing([NEAR.network], []), frozenset([0]), {("198.18.0.1", 61000): "up"})
CROWD = " ".join(f"a:{port}/tcp=198.18.0.1:{port}" for port in range(61000, 61010))
TWO = "a:8080/tcp=198.18.0.1:61000 a:8080/udp=198.18.0.1:61001"


def big(**more: Any) -> BigIp:
    return dataclasses.replace(BIG, **more)


def addon(**more: Any) -> Supervisor:
    return dataclasses.replace(SUPERVISOR, addon_config=dataclasses.replace(ADDON, **more))


# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[tuple[str, str, dict[str, Any], str]] = [
    ("P01", "pass", {}, "The CNI is antrea"),
    ("P01", "fail", {"cnis": ()}, "no DaemonSet"),
    ("P01", "fail", {"cnis": (ANTREA, CALICO)}, "found antrea (kube-system/antrea-agent), calico"),
    ("P01", "unknown", {"cnis": NO}, "nobody may read it"),
    ("P01", "warn", {"other_cnis": ("evil/calico-node",)}, "The CNI is antrea (DaemonSet kube-system/antrea-agent). DaemonSet evil/calico-node does not count"),
    ("P01", "fail", {"cnis": (), "other_cnis": ("evil/calico-node",)}, "Cilium was found. DaemonSet evil/calico-node does not count"),
    ("P02", "pass", {"other_cnis": ("evil/calico-node",)}, "fit"),
    ("P02", "pass", {}, "fit"),
    ("P02", "pass", {"wishes": NODEPORT, "cnis": NO}, "any CNI"),
    ("P02", "pass", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, "fit"),
    ("P02", "pass", {"wishes": CALICO_MODE, "cis": (dataclasses.replace(CIS, arguments=("--static-routing-mode=true",)),)}, "static routes"),
    ("P02", "fail", {"cnis": (CALICO,)}, "needs Antrea, but DaemonSet kube-system/calico-node runs calico. Use pool_member_type nodeport or cluster."),
    ("P02", "fail", {"wishes": CALICO_MODE}, "Use pool_member_type nodeport or nodeportlocal."),
    ("P02", "unknown", {"cnis": NO}, "nobody"),
    ("P02", "unknown", {"cnis": (ANTREA, CALICO)}, "see P01"),
    ("P03", "pass", {}, "nodePortLocal.enable is true"),
    ("P03", "fail", {"npl": OFF}, "Set it on the Supervisor"),
    ("P03", "fail", {"npl": OFF, "supervisor": addon()}, "AddonConfig team-a/shop-antrea on the Supervisor at spec.values.antrea.config.nodePortLocal.enabled"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, gate=False), "supervisor": addon()}, "nodePortLocal.enabled and the feature gate NodePortLocal, then"),
    ("P03", "fail", {"npl": OFF, "supervisor": addon(npl_path=None)}, "has no setting for it: see P24"),
    ("P03", "fail", {"npl": OFF, "supervisor": dataclasses.replace(SUPERVISOR, antrea_config="team-a/x")}, "AntreaConfig team-a/x on the Supervisor"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False)}, "Set nodePortLocal.enable: true in ConfigMap kube-system/antrea-config"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False, gate=False)}, "Set featureGates.NodePortLocal: true and nodePortLocal.enable: true in"),
    ("P03", "fail", {"npl": None}, "no Antrea"),
    ("P03", "unknown", {"npl": NO}, "nobody"),
    ("P03", "unknown", {"npl": dataclasses.replace(ON, fault="bad YAML")}, "bad YAML"),
    ("P04", "pass", {}, "All 1 agents"),
    ("P04", "fail", {"agents": (AGENT, Agent("n2", "x", True, 500.0))}, "antrea-agent on n2 started before ConfigMap kube-system/antrea-config was changed"),
    ("P04", "fail", {"agents": (Agent("n2", "x", True, 500.0),)}, "updateStrategy is OnDelete"),
    ("P04", "unknown", {"agents": (dataclasses.replace(AGENT, started=None),)}, "n1"),
    ("P04", "unknown", {"agents": NO}, "nobody"),
    ("P05", "pass", {"npl": dataclasses.replace(OFF, kapp=False)}, "Only its editor"),
    ("P05", "pass", {}, "needs no edit"),
    ("P05", "warn", {"npl": OFF}, "reverted in about 10 minutes"),
    ("P05", "unknown", {"npl": NO}, "nobody"),
    ("P06", "pass", {}, "61000-62000 is valid"),
    ("P06", "pass", {"npl": dataclasses.replace(ON, port_range=None)}, "61000-62000 is valid"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="32000-33000")}, "overlaps the NodePort range 30000-32767"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="40000-41000")}, "ephemeral ports 32768-60999"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="900-2000")}, "below 1024"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="62000-61000")}, "not a range"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000")}, "not a range"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000-70000")}, "not a range"),
    ("P06", "skipped", {"npl": OFF}, "not on"),
    ("P06", "unknown", {"npl": NO}, "nobody"),
    ("P07", "pass", {}, "At most 1 of 1001"),
    ("P07", "warn", {"npl": dataclasses.replace(ON, port_range="61000-61009"), "applications": apps(maps=CROWD)}, "198.18.0.1 uses 10 of 10 TCP ports"),
    ("P07", "unknown", {"all_pods": False}, "may not list the Pods of all namespaces"),
    ("P07", "unknown", {"applications": NO}, "nobody"),
    ("P08", "pass", {}, "All 1 annotated"),
    ("P08", "warn", {"applications": apps(npl="false")}, "Service default/web: its annotation"),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(npl="false")}, "Service default/web: its annotation nodeportlocal.antrea.io/enabled is 'false'"),
    ("P08", "fail", {"wishes": NAMED, "applications": apps(kind="NodePort")}, "its type is NodePort"),
    ("P08", "skipped", {"applications": text.snapshot([text.service()], [], [], [])}, "No Service has the annotation"),
    ("P08", "unknown", {"applications": NO}, "nobody"),
    ("P09", "pass", {}, "Every ready Pod"),
    ("P09", "pass", {"applications": apps(maps="a:8080/tcp=198.18.0.1:8443")}, "Every ready Pod"),
    ("P09", "warn", {"applications": apps(maps="")}, "default/web port 80/TCP: a (nodes n1)."),
    ("P09", "fail", {"wishes": NAMED, "applications": apps(maps="")}, "default/web port 80/TCP: a (nodes n1). Agents: n1 ready."),
    ("P09", "unknown", {"applications": NO}, "nobody"),
    ("P10", "pass", {}, "leads to an address of its node"),
    ("P10", "warn", {"applications": apps(maps="a:8080/tcp=198.18.0.9:61000")}, "nodeIP 198.18.0.9 of Pod default/a is not an address of node n1"),
    ("P10", "unknown", {"nodes": NO}, "nobody"),
    ("P11", "pass", {}, "The cluster has no TransportServer"),
    ("P11", "pass", {"wishes": Wishes("nodeport", features=frozenset(["transportserver"]))}, "no limit"),
    ("P11", "warn", {"transport_servers": ("default/ts",)}, "the cluster has default/ts. Use VirtualServer"),
    ("P11", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]))}, "features names transportserver"),
    ("P11", "warn", {"wishes": Wishes("nodeportlocal", features=frozenset(["transportserver"]), allow_unvalidated=True)}, "features names"),
    ("P11", "unknown", {"transport_servers": NO}, "nobody"),
    ("P12", "pass", {}, "No CIS runs in multi-cluster mode"),
    ("P12", "pass", {"wishes": CALICO_MODE}, "no limit"),
    ("P12", "pass", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode=",)),)}, "No CIS runs in multi-cluster mode"),
    ("P12", "fail", {"cis": (dataclasses.replace(CIS, arguments=("--multi-cluster-mode", "primary")),)}, "kube-system/cis has --multi-cluster-mode primary"),
    ("P12", "fail", {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]))}, "features names multicluster"),
    ("P12", "warn", {"wishes": Wishes("nodeportlocal", features=frozenset(["multicluster"]), allow_unvalidated=True)}, "multicluster"),
    ("P12", "unknown", {"cis": NO}, "nobody"),
    ("P13", "pass", {"wishes": VPC}, "network_provider says so"),
    ("P13", "pass", {"supervisor": vpc()}, "nsx_vpc (x)"),
    ("P13", "warn", {"nodes": (NSX_NODE,)}, "Node n1 carries nsx.vmware.com/node"),
    ("P13", "unknown", {}, "Set network_provider."),
    ("P14", "pass", {"wishes": VSPHERE_CLUSTER, "cnis": (CALICO,)}, "not NSX"),
    ("P14", "fail", {"wishes": NSX_CLUSTER, "cnis": (CALICO,)}, "cannot be used on NSX"),
    ("P14", "fail", {"wishes": dataclasses.replace(NSX_CLUSTER, allow_unvalidated=True), "cnis": (CALICO,)}, "Use pool_member_type nodeport."),
    ("P14", "unknown", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, "Set network_provider."),
    ("P14", "skipped", {"wishes": NSX_CLUSTER}, "the CNI is antrea"),
    ("P14", "skipped", {}, "concerns pool_member_type cluster; nodeportlocal is checked"),
    ("P15", "pass", {"wishes": VPC, "bigip": big(self_ips=(FAR,))}, "No self IP is in a segment"),
    ("P15", "fail", {"wishes": VPC, "bigip": BIG}, "has the address 198.18.0.1 of node n1"),
    ("P15", "fail", {"supervisor": vpc(network="10.1.0.0/16"), "bigip": big(self_ips=(FAR,))}, "is in 10.1.0.0/16 of SubnetSet team-a/shop"),
    ("P15", "unknown", {"bigip": BIG}, "no Supervisor access"),
    ("P15", "unknown", {"wishes": VPC, "nodes": NO, "bigip": BIG}, "nobody"),
    ("P15", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere"), "bigip": BIG}, "NSX only"),
    ("P15", "skipped", {}, "No provider is given"),
    ("P16", "pass", {"bigip": BIG}, "to every node"),
    ("P16", "pass", {"bigip": big(**by(FAR, route="198.18.0.0/16"))}, "to every node"),
    ("P16", "fail", {"bigip": big(**by(FAR))}, "no route in route domain 0 to: 198.18.0.1 (n1)"),
    ("P16", "fail", {"bigip": big(**by(FAR, route="0.0.0.0/0", blackhole=True))}, "no route"),
    ("P16", "fail", {"wishes": Wishes("nodeport", route_domain=2), "bigip": big(**by())}, "route domain 2"),
    ("P16", "unknown", {"nodes": NO, "bigip": BIG}, "nobody"),
    ("P17", "pass", {"supervisor": vpc("Public")}, "is Public"),
    ("P17", "pass", {"wishes": dataclasses.replace(VPC, node_network_routable=True)}, "node_network_routable"),
    ("P17", "fail", {"supervisor": vpc()}, "SubnetSet team-a/shop is Private: node addresses 198.18.0.0/16 are not reachable"),
    ("P17", "warn", {"supervisor": vpc(), "wishes": Wishes("nodeport", allow_unvalidated=True)}, "Private"),
    ("P17", "unknown", {"supervisor": vpc("PrivateTGW")}, "PrivateTGW"),
    ("P17", "unknown", {"wishes": VPC}, "no Supervisor access"),
    ("P17", "skipped", {"wishes": Wishes("nodeport", network_provider="nsx_t1")}, "VPC only"),
    ("P18", "warn", {"wishes": dataclasses.replace(VPC, pool_member_type="nodeportlocal")}, "TCP 61000-62000"),
    ("P18", "warn", {"wishes": VPC}, "TCP 30000-32767"),
    ("P18", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere")}, "NSX only"),
    ("P18", "unknown", {}, "no Supervisor access"),
    ("P19", "skipped", {"bigip": BIG}, "only if checks names it"),
    ("P19", "pass", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": BIG}, "answers from n1"),
    ("P19", "fail", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": big(members={("198.18.0.1", 61000): "down"})}, "n1 (198.18.0.1:61000)"),
    ("P19", "unknown", {"wishes": Wishes(asked=frozenset(["P19"])), "bigip": big(members={("10.9.9.9", 80): "up"})}, "No pool on BIG-IP"),
    ("P20", "pass", {"wishes": CALICO_MODE, "bigip": BIG}, "every node"),
    ("P20", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,), bgp=frozenset())}, "does not speak BGP"),
    ("P20", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,)), "bgp_peers": False}, "no BGPPeer"),
    ("P20", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,))}, "show ip bgp neighbors"),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": BIG}, "A self IP allows TCP 179"),
    ("P21", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(self_ip("198.18.0.250/16"),))}, "/Common/internal blocks TCP 179"),
    ("P21", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=())}, "has no self IP"),
    ("P21", "skipped", {"wishes": CALICO_MODE, "bigip": big(bgp=frozenset())}, "does not speak BGP"),
    ("P22", "pass", {"bigip": BIG, "supervisor": SUPERVISOR}, "Not compared: VCF (9.0)"),
    ("P22", "pass", {}, "Not compared: VKS, BIG-IP, AS3, VCF"),
    ("P22", "warn", {"cis": (dataclasses.replace(CIS, version="2.19.0"),)}, "CIS 2.19.0 (validated: 2.20.3)"),
    ("P22", "warn", {"bigip": big(version="16.1.4")}, "BIG-IP 16.1.4 (validated: 17, 21)"),
    ("P22", "unknown", {"kubernetes": NO}, "Kubernetes (nobody may read it)"),
    ("P23", "pass", {}, "none of the known faults"),
    ("P23", "warn", {"cnis": (dataclasses.replace(ANTREA, version="1.15.1"),)}, "antrea#6527"),
    ("P23", "warn", {"cnis": (dataclasses.replace(ANTREA, version="2.3.0"),)}, "antrea#7512"),
    ("P23", "pass", {"cnis": (dataclasses.replace(ANTREA, version=None),)}, "Antrea 2.5.2"),
    ("P23", "unknown", {"cnis": (dataclasses.replace(ANTREA, version=None),), "packages": ()}, "version of Antrea is not known"),
    ("P24", "pass", {"supervisor": addon()}, "antrea.config.nodePortLocal.enabled"),
    ("P24", "fail", {"supervisor": addon(npl_path=None)}, "has no nodePortLocal setting"),
    ("P24", "unknown", {"supervisor": addon(npl_path=NO)}, "nobody"),
    ("P24", "skipped", {"supervisor": SUPERVISOR}, "no AddonConfig"),
    ("P24", "skipped", {}, "No Supervisor access"),
    ("P25", "pass", {"supervisor": addon()}, "bound and ready"),
    ("P25", "fail", {"supervisor": addon(cluster_name="")}, "The platform skips AddonConfig team-a/shop-antrea: spec.clusterName is empty"),
    ("P25", "fail", {"supervisor": addon(ready=False)}, "is not ready"),
    ("P25", "unknown", {"supervisor": addon(ready=None)}, "does not say"),
    ("P25", "unknown", {"supervisor": dataclasses.replace(SUPERVISOR, addon_config=NO)}, "nobody"),
    ("P26", "pass", {"tokens": {"workload cluster": None, "Supervisor": 9000.0}}, "Every read was allowed"),
    ("P26", "fail", {"tokens": {"Supervisor": 5240.0}}, "The token for the Supervisor expires in 4 minutes"),
    ("P26", "unknown", {"denied": ("listing Nodes",)}, "listing Nodes"),
    ("P27", "pass", {}, "is not paused"),
    ("P27", "warn", {"packages": (dataclasses.replace(PACKAGE, paused=True),)}, "PackageInstall vmware-system-tkg/shop-antrea is paused"),
    ("P27", "skipped", {"packages": ()}, "no PackageInstall"),
    ("P27", "unknown", {"packages": NO}, "nobody"),
    ("P28", "pass", {}, "No Pod port"),
    ("P28", "warn", {"applications": apps(maps=TWO)}, "default/a port 8080"),
    ("P28", "unknown", {"applications": NO}, "nobody"),
    ("P29", "pass", {}, "Each port of a node is mapped for one Pod"),
    ("P29", "warn", {"applications": two_pods()}, "198.18.0.1 port 61000/TCP is named by the annotations of Pod default/a (port 8080) and Pod shop/x (port"),
    ("P29", "warn", {"applications": two_pods()}, "(port 8080): nothing shows which of them is true"),
    ("P29", "warn", {"applications": two_pods(x="kubectl-annotate")}, "(port 8080): it belongs to Pod default/a (port 8080)"),
    ("P29", "warn", {"applications": two_pods(endpoints="a@n1 x@n1", more=BY_AGENT)}, "(port 8080) and Pod shop/x (port 8080), so one is stale or forged. "),
    ("P29", "warn", {"applications": two_pods(endpoints="a@n1 x@n1", more=BY_AGENT)}, "audit log who wrote which annotation"),
    ("P29", "pass", {"applications": two_pods(endpoints="")}, "Each port of a node is mapped for one Pod"),
    ("P29", "unknown", {"applications": NO}, "nobody"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=[f"{number}-{case[0]}-{case[1]}" for number, case in enumerate(CASES)])
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    (result,) = table.run(base(**changes), [check])
    assert (result.status, words in result.message) == (status, True), result
    assert result.message.endswith(result.remedy) and result.message[-1] in ".)", result
    assert bool(result.remedy) is (status in ("fail", "warn", "unknown"))


@pytest.mark.parametrize("check", table.IDS)
def test_each_check_has_its_cases(check: str) -> None:
    seen = {status for name, status, _changes, _words in CASES if name == check}
    assert seen & {"fail", "warn"} and "unknown" in seen
    assert "pass" in seen or check == "P18", "only the NSX firewall can never be proven"


@pytest.mark.parametrize("feature", FEATURES)
@pytest.mark.parametrize("mode", MODES)
def test_each_row_of_f5s_table(mode: str, feature: str) -> None:
    """Refused with F5's reason and the way round it, a warning where the user says so, and nothing where F5 states no limit."""
    said = TABLE[feature][mode]
    for allowed, status in ((False, "fail"), (True, "warn")):
        results = table.run(base(wishes=Wishes(mode, features=frozenset([feature]), allow_unvalidated=allowed)), ["P11", "P12"])
        hit = [item for item in results if item.status == status]
        assert [item.message.startswith(f"{said}, and features names ") for item in hit] == [True] * bool(said)
        assert all("allow_unvalidated: true goes on" in item.remedy for item in hit)


def test_a_limit_that_f5_adds_is_refused_without_more_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UNSUPPORTED, ("cluster", "ingress"), "F5 does not support Ingress with cluster any more")
    (result,) = table.run(base(wishes=Wishes("cluster", features=frozenset(["ingress"]))), ["P11"])
    assert result.status == "fail" and result.message.startswith("F5 does not support Ingress with cluster any more, and features names it.")


def test_the_document_has_f5s_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    text_ = DOCS.read_text()
    for feature, row in TABLE.items():
        assert "| " + " | ".join([feature, *("not supported" if row[mode] else "no limit" for mode in MODES)]) + " |" in text_
    for product, versions in VALIDATED.items():
        assert f"| {product} | {', '.join(versions)} |" in text_


@pytest.mark.parametrize("mode", MODES)
def test_a_healthy_cluster_has_nothing_that_fails(mode: str) -> None:
    cni = CALICO if mode == "cluster" else ANTREA
    facts = base(wishes=Wishes(mode, network_provider="vsphere"), cnis=(cni,), bigip=BIG, tokens={"workload cluster": None})
    assert {item.status for item in table.run(facts)} <= {"pass", "skipped"}


def test_nothing_known_is_nothing_passed() -> None:
    facts = Facts(wishes=NPL, bigip=BigIp(), supervisor=Supervisor("a", "b"), denied=("all",))
    assert {item.id for item in table.run(facts) if item.status == "pass"} == set()


@pytest.mark.parametrize(
    "npl, mode, words",
    [(ON, "nodeportlocal", "enable is true"), (OFF, "nodeport", "not true"), (None, "nodeport", "no Antrea"), (NO, "nodeport", "nobody may read it")],
)
def test_auto(npl: Any, mode: str, words: str) -> None:
    found, because = base(wishes=Wishes("auto"), npl=npl).mode
    assert found == mode and words in because


def test_skip_and_only() -> None:
    assert [(item.id, item.status) for item in table.run(base(), ["P01", "P03"], ["P03"])] == [("P01", "pass"), ("P03", "skipped")]


@pytest.mark.parametrize("version, fits", [("1.35.6", True), ("v1.35", True), ("1.350", False), ("1.3", False)])
def test_a_version_fits_by_its_parts(version: str, fits: bool) -> None:
    assert validated("Kubernetes", version) is fits


def test_the_document_is_the_table() -> None:
    if not DOCS.exists():
        pytest.skip("docs/ is not part of this copy of the collection")
    rows = re.findall(r"^\| (P\d\d) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|$", DOCS.read_text(), re.MULTILINE)
    code = [
        (
            check.id,
            check.title,
            check.level + "*" * check.overridable,
            ", ".join(check.modes),
            " ".join(["provider"] * check.bigip + ["Supervisor"] * check.supervisor),
            f"[document]({check.link})" if check.link else "",
        )
        for check in table.CHECKS
    ]
    assert rows == code
