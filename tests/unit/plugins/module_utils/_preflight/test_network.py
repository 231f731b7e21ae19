# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the network.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import SubnetSet, Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._preflight import network
from ansible_collections.vks.bigip.plugins.module_utils._routes.ways import NONE
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO,
    CALICO_MODE,
    FAR,
    NEAR,
    NO,
    NSX_NODE,
    ON,
    VPC,
    Case,
    base,
    big,
    by,
    check_statuses,
    ids,
    judge,
    nodes,
    self_ip,
    vpc,
)

VPC_NPL = dataclasses.replace(VPC, pool_member_type="nodeportlocal")
ASKED = Wishes(asked=frozenset(["P19"]))
FEW = self_ip("198.18.0.2/30", "tcp:22")
FARTHER, V6 = self_ip("10.2.0.250/24"), self_ip("2001:db8:18::fe/64", name="/Common/v6")
IN_2 = dataclasses.replace(V6, route_domain=2)
CLOSED = self_ip("198.18.0.249/16", "tcp:22", "udp:179", name="/Common/closed")
CLOSED_FAR = self_ip("10.1.0.9/24", "tcp:22")
OPEN_FAR = self_ip("10.1.0.250/24", "tcp:22", "all")
OWN, OTHER, PUBLIC = (
    SubnetSet("team-a/shop", "Public", ("198.18.0.0/16",)),
    SubnetSet("team-a/other", "Private", ("10.1.0.0/16",)),
    SubnetSet("team-a/public", "Public", ("10.3.0.0/16",)),
)
MORE = dataclasses.replace(OTHER, name="team-a/more", networks=("10.9.0.0/16", "10.8.0.0/16"))
MANY = nodes("n5 n4 n3 n2 n1")


def nowhere(_address: str) -> str:
    return NONE


CALICO_FAR = {"wishes": CALICO_MODE, "cnis": (CALICO,), "bigip": big(self_ips=(FAR,), way=nowhere)}


def sets(subnet_sets: Any) -> Supervisor:
    return dataclasses.replace(vpc(), subnet_sets=subnet_sets)


def monitored(state: str, *numbers: int, port: int = 80) -> dict[tuple[str, int], str]:
    """The monitors' state of one pool member on each of these nodes."""
    return {(f"198.18.0.{number}", port): state for number in numbers}


SOME_DOWN = {
    **monitored("down", 1, 2, 3),
    **monitored("up", 1, port=81),
    **monitored("checking", 2, 4, port=82),
}
"""Node n1 answers on another port, n2 and n3 do not answer, and of n4 nothing is known."""

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P13", "pass", {"wishes": VPC},
     "The network provider is nsx_vpc (network_provider sets it)."),
    ("P13", "pass", {"supervisor": vpc()},
     "The network provider is nsx_vpc (x)."),
    ("P13", "warn", {"nodes": (NSX_NODE,)},
     "The network is NSX (Node n1 carries nsx.vmware.com/node), but it is not known whether tier-1 or VPC. "
     "Set network_provider to nsx_t1 or nsx_vpc."),
    ("P13", "unknown", {},
     "The network provider is not known: the workload cluster does not name it, and no Supervisor access "
     "is given. Checks for NSX cannot be made. Set network_provider."),
    ("P13", "pass", {"wishes": Wishes("nodeport", network_provider="vsphere")},
     "The network provider is vsphere (network_provider sets it)."),
    ("P15", "pass", {"wishes": VPC, "bigip": big(self_ips=(FAR,))},
     "No self IP is in a segment of the cluster."),
    ("P15", "fail", {"wishes": VPC, "bigip": BIG},
     "Self IP /Common/internal 198.18.0.250 has the address 198.18.0.1 of node n1 in its network "
     "198.18.0.0/16: a leg in the segment of the cluster is not supported on NSX. Route to the nodes "
     "instead."),
    ("P15", "fail", {"supervisor": vpc(network="10.1.0.0/16"), "bigip": big(self_ips=(FAR,))},
     "Self IP /Common/internal 10.1.0.250 is in 10.1.0.0/16 of SubnetSet team-a/shop: a leg in the segment "
     "of the cluster is not supported on NSX. Route to the nodes instead."),
    ("P15", "unknown", {"bigip": BIG},
     "Not known: the workload cluster does not name it, and no Supervisor access is given. Give what is "
     "missing, then run the checks again."),
    ("P15", "unknown", {"wishes": VPC, "nodes": NO, "bigip": BIG},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P15", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere"), "bigip": BIG},
     "It concerns NSX only."),
    ("P15", "skipped", {},
     "No provider is given, so BIG-IP was not read."),
    ("P15", "pass", {"wishes": VPC, "supervisor": sets(NO), "bigip": big(self_ips=(FAR,))},
     "No self IP is in a segment of the cluster."),
    ("P15", "fail", {"supervisor": vpc(network="10.1.0.7/16"), "bigip": big(self_ips=(FAR,))},
     "Self IP /Common/internal 10.1.0.250 is in 10.1.0.7/16 of SubnetSet team-a/shop: a leg in the segment "
     "of the cluster is not supported on NSX. Route to the nodes instead."),
    ("P15", "pass", {"supervisor": sets((OWN, OTHER)), "bigip": big(self_ips=(FAR,))},
     "No self IP is in a segment of the cluster."),
    ("P15", "fail", {"supervisor": sets((OTHER,)), "bigip": big(self_ips=(FARTHER, FAR))},
     "Self IP /Common/internal 10.1.0.250 is in 10.1.0.0/16 of SubnetSet team-a/other: a leg in the "
     "segment of the cluster is not supported on NSX. Route to the nodes instead."),
    ("P15", "fail",
     {"wishes": VPC, "nodes": nodes("n1 n2"), "bigip": big(self_ips=(FAR, self_ip("198.18.0.3/31"), V6))},
     "Self IP /Common/internal 198.18.0.3 has the address 198.18.0.2 of node n2 in its network "
     "198.18.0.2/31: a leg in the segment of the cluster is not supported on NSX. Route to the nodes "
     "instead."),
    ("P16", "pass", {"bigip": BIG},
     "BIG-IP has a route in route domain 0 to every node."),
    ("P16", "pass", {"bigip": big(**by(FAR, route="198.18.0.0/16"))},
     "BIG-IP has a route in route domain 0 to every node."),
    ("P16", "fail", {"bigip": big(**by(FAR))},
     "BIG-IP has no route in route domain 0 to: 198.18.0.1 (n1). Add a route (or a self IP in their "
     "network), or set route_domain."),
    ("P16", "fail", {"bigip": big(**by(FAR, route="0.0.0.0/0", blackhole=True))},
     "BIG-IP has no route in route domain 0 to: 198.18.0.1 (n1). Add a route (or a self IP in their "
     "network), or set route_domain."),
    ("P16", "fail", {"wishes": Wishes("nodeport", route_domain=2), "bigip": big(**by())},
     "BIG-IP has no route in route domain 2 to: 198.18.0.1 (n1), 2001:db8:18::1 (n1). Add a route (or a "
     "self IP in their network), or set route_domain."),
    ("P16", "unknown", {"nodes": NO, "bigip": BIG},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P16", "fail", {"nodes": nodes("n1 n2"), "bigip": big(**by(self_ip("198.18.0.0/31")))},
     "BIG-IP has no route in route domain 0 to: 198.18.0.2 (n2). Add a route (or a self IP in their "
     "network), or set route_domain."),
    ("P16", "fail", {"bigip": big(self_ips=(V6,), way=lambda _address: NONE)},
     "BIG-IP has no route in route domain 0 to: 2001:db8:18::1 (n1). Add a route (or a self IP in their "
     "network), or set route_domain."),
    ("P16", "fail", {"bigip": big(self_ips=(FAR, IN_2), way=lambda _address: NONE)},
     "BIG-IP has no route in route domain 0 to: 198.18.0.1 (n1). Add a route (or a self IP in their "
     "network), or set route_domain."),
    ("P16", "fail", {"bigip": big(self_ips=(), way=lambda _address: NONE)},
     "BIG-IP has no route in route domain 0 to: 198.18.0.1 (n1), 2001:db8:18::1 (n1). Add a route (or a "
     "self IP in their network), or set route_domain."),
    ("P17", "pass", {"supervisor": vpc("Public")},
     "SubnetSet team-a/shop is Public."),
    ("P17", "pass", {"wishes": dataclasses.replace(VPC, node_network_routable=True)},
     "node_network_routable states that BIG-IP reaches the nodes."),
    ("P17", "fail", {"supervisor": vpc()},
     "SubnetSet team-a/shop is Private: node addresses 198.18.0.0/16 are not reachable from outside the "
     "VPC. Use a Public subnet for the nodes. If another network routes to them, set "
     "node_network_routable: true (or allow_unvalidated: true)."),
    ("P17", "warn", {"supervisor": vpc(), "wishes": Wishes("nodeport", allow_unvalidated=True)},
     "SubnetSet team-a/shop is Private: node addresses 198.18.0.0/16 are not reachable from outside the "
     "VPC. Use a Public subnet for the nodes. If another network routes to them, set "
     "node_network_routable: true (or allow_unvalidated: true)."),
    ("P17", "unknown", {"supervisor": vpc("PrivateTGW")},
     "SubnetSet team-a/shop is PrivateTGW: it is not known whether BIG-IP reaches it. Set "
     "node_network_routable: true if BIG-IP reaches it."),
    ("P17", "unknown", {"wishes": VPC},
     "Not known: no Supervisor access is given. Give what is missing, then run the checks again."),
    ("P17", "skipped", {"wishes": Wishes("nodeport", network_provider="nsx_t1")},
     "It concerns NSX VPC only."),
    ("P17", "unknown", {"nodes": (NSX_NODE,)},
     "Not known: no Supervisor access is given. Give what is missing, then run the checks again."),
    ("P17", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere")},
     "It concerns NSX VPC only."),
    ("P17", "unknown", {"supervisor": sets(())},
     "Namespace team-a has no SubnetSet. Set node_network_routable."),
    ("P17", "unknown", {"supervisor": sets(NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P17", "pass", {"supervisor": sets((OWN, OTHER))},
     "SubnetSet team-a/shop is Public."),
    ("P17", "fail", {"supervisor": sets((OTHER, PUBLIC, MORE))},
     "SubnetSet team-a/other is Private: node addresses 10.1.0.0/16, 10.9.0.0/16, 10.8.0.0/16 are not "
     "reachable from outside the VPC. Use a Public subnet for the nodes. If another network routes to "
     "them, set node_network_routable: true (or allow_unvalidated: true)."),
    ("P17", "fail", {"supervisor": sets((dataclasses.replace(OTHER, networks=()),))},
     "SubnetSet team-a/other is Private: node addresses of unknown range are not reachable from outside "
     "the VPC. Use a Public subnet for the nodes. If another network routes to them, set "
     "node_network_routable: true (or allow_unvalidated: true)."),
    ("P17", "unknown", {"supervisor": sets((PUBLIC, dataclasses.replace(OTHER, access_mode="PrivateTGW")))},
     "SubnetSet team-a/other is PrivateTGW: it is not known whether BIG-IP reaches it. Set "
     "node_network_routable: true if BIG-IP reaches it."),
    ("P17", "unknown", {"supervisor": sets((dataclasses.replace(OTHER, access_mode=""),))},
     "SubnetSet team-a/other is without accessMode: it is not known whether BIG-IP reaches it. Set "
     "node_network_routable: true if BIG-IP reaches it."),
    ("P18", "warn", {"wishes": VPC_NPL},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 61000-62000; check P19 tests the path after an application is published."),
    ("P18", "warn", {"wishes": VPC},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 30000-32767; check P19 tests the path after an application is published."),
    ("P18", "skipped", {"wishes": Wishes("nodeport", network_provider="vsphere")},
     "It concerns NSX only."),
    ("P18", "unknown", {},
     "Not known: the workload cluster does not name it, and no Supervisor access is given. Give what is "
     "missing, then run the checks again."),
    ("P18", "warn", {"wishes": VPC_NPL, "npl": dataclasses.replace(ON, port_range="61500-61600")},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 61500-61600; check P19 tests the path after an application is published."),
    ("P18", "warn", {"wishes": VPC_NPL, "npl": dataclasses.replace(ON, port_range=None)},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 61000-62000; check P19 tests the path after an application is published."),
    ("P18", "warn", {"wishes": VPC_NPL, "npl": NO},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 61000-62000; check P19 tests the path after an application is published."),
    ("P18", "warn", {"wishes": VPC_NPL, "npl": None},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP 61000-62000; check P19 tests the path after an application is published."),
    ("P18", "warn", {"wishes": dataclasses.replace(VPC, pool_member_type="cluster")},
     "These checks cannot read the rules of NSX's distributed and gateway firewalls. Allow BIG-IP's self "
     "IPs to the nodes on TCP the Pods' ports; check P19 tests the path after an application is published."),
    ("P19", "skipped", {"bigip": BIG},
     "It runs only if checks names it, because it needs published pools with monitors."),
    ("P19", "pass", {"wishes": ASKED, "bigip": BIG},
     "BIG-IP's monitors get answers from n1."),
    ("P19", "fail", {"wishes": ASKED, "bigip": big(members={("198.18.0.1", 61000): "down"})},
     "No monitor of BIG-IP gets an answer from n1 (198.18.0.1:61000). Check firewalls and routes between "
     "BIG-IP and these nodes."),
    ("P19", "unknown", {"wishes": ASKED, "bigip": big(members={("10.9.9.9", 80): "up"})},
     "No pool on BIG-IP has a monitored member on a node of this cluster. Publish an application with a "
     "monitor, then run it again."),
    ("P19", "pass", {"wishes": ASKED, "nodes": MANY, "bigip": big(members=monitored("up", 1, 2, 3, 4, 5))},
     "BIG-IP's monitors get answers from n1, n2, n3, n4, n5."),
    ("P19", "fail",
     {"wishes": ASKED, "nodes": MANY, "bigip": big(members=monitored("down", 1, 2, 3, 4, 5))},
     "No monitor of BIG-IP gets an answer from n1, n2, n3, n4, n5 (198.18.0.1:80, 198.18.0.2:80, "
     "198.18.0.3:80, 198.18.0.4:80, 198.18.0.5:80). Check firewalls and routes between BIG-IP and these "
     "nodes."),
    ("P19", "fail", {"wishes": ASKED, "nodes": MANY, "bigip": big(members=SOME_DOWN)},
     "No monitor of BIG-IP gets an answer from n2, n3 (198.18.0.2:80, 198.18.0.3:80). Check firewalls and "
     "routes between BIG-IP and these nodes."),
    ("P19", "unknown", {"wishes": ASKED, "bigip": big(members={("198.18.0.1", 80): "checking"})},
     "No pool on BIG-IP has a monitored member on a node of this cluster. Publish an application with a "
     "monitor, then run it again."),
    ("P19", "unknown", {"wishes": ASKED, "bigip": big(members=NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P20", "pass", {"wishes": CALICO_MODE, "bigip": BIG},
     "A self IP is in the network of every node."),
    ("P20", "pass", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,), bgp=frozenset())},
     "n1 share no network with a self IP, but BIG-IP has routes to the Pod networks."),
    ("P20", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,), way=nowhere, bgp=frozenset())},
     "n1 share no network with a self IP, and route domain 0 does not speak BGP. Add a self IP in the "
     "nodes' network, or peer BIG-IP with Calico by BGP."),
    ("P20", "fail", {**CALICO_FAR, "bgp_peers": False},
     "Route domain 0 speaks BGP, but Calico has no BGPPeer. Create a BGPPeer for each BIG-IP."),
    ("P20", "fail", CALICO_FAR,
     "Route domain 0 speaks BGP, but BIG-IP learnt no route to some Pod networks (P30). Check the sessions: "
     "P38, or show ip bgp neighbors in imish."),
    ("P20", "unknown", {**CALICO_FAR, "calico": NO},
     "Route domain 0 speaks BGP, but it is not known if BIG-IP learnt the Pod networks (P30). Check the "
     "sessions: P38, or show ip bgp neighbors in imish."),
    ("P20", "pass", {"wishes": CALICO_MODE, "nodes": nodes("n1 n2"), "bigip": big(self_ips=(FAR, NEAR))},
     "A self IP is in the network of every node."),
    ("P20", "fail",
     {"wishes": CALICO_MODE, "nodes": nodes("n1 n4 n5"), "bigip": big(self_ips=(FEW,), bgp=frozenset([1]))},
     "n4, n5 share no network with a self IP, and route domain 0 does not speak BGP. Add a self IP in the "
     "nodes' network, or peer BIG-IP with Calico by BGP."),
    ("P20", "unknown", {**CALICO_FAR, "bigip": big(self_ips=(FAR,), way=nowhere, not_learnt="No."), "bgp_peers": NO},
     "Route domain 0 speaks BGP, but it is not known if BIG-IP learnt the Pod networks (P30). Check the "
     "sessions: P38, or show ip bgp neighbors in imish."),
    ("P20", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=(FAR,), way=nowhere, bgp=NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P20", "unknown", {"wishes": Wishes("cluster", route_domain=2), "bigip": big(way=NO, bgp=frozenset([2]))},
     "Route domain 2 speaks BGP, but it is not known if BIG-IP learnt the Pod networks (P30). Check the "
     "sessions: P38, or show ip bgp neighbors in imish."),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": BIG},
     "A self IP allows TCP 179."),
    ("P21", "fail", {"wishes": CALICO_MODE, "bigip": big(self_ips=(self_ip("198.18.0.250/16"),))},
     "Port Lockdown of self IP /Common/internal blocks TCP 179, so no BGP session is established. Allow "
     "tcp:179 there."),
    ("P21", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=(self_ip("198.18.0.250/16", "default"),))},
     "Port Lockdown of self IP /Common/internal allows the default services, and not in every release is TCP 179 "
     "one of them. P38 shows if the sessions are established. If not, allow tcp:179 there; tmsh list net "
     "self-allow lists the default services."),
    ("P21", "unknown", {"wishes": CALICO_MODE, "bigip": big(self_ips=())},
     "The route domain has no self IP. Set route_domain."),
    ("P21", "skipped", {"wishes": CALICO_MODE, "bigip": big(bgp=frozenset())},
     "Route domain 0 does not speak BGP."),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": big(self_ips=(CLOSED, NEAR))},
     "A self IP allows TCP 179."),
    ("P21", "fail",
     {"wishes": CALICO_MODE, "bigip": big(self_ips=(CLOSED, dataclasses.replace(CLOSED, name="/Common/b")))},
     "Port Lockdown of self IP /Common/closed, /Common/b blocks TCP 179, so no BGP session is established. "
     "Allow tcp:179 there."),
    ("P21", "fail",
     {"wishes": CALICO_MODE, "nodes": nodes("n1 n9"), "bigip": big(self_ips=(OPEN_FAR, FEW))},
     "Port Lockdown of self IP /Common/internal blocks TCP 179, so no BGP session is established. Allow "
     "tcp:179 there."),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": big(self_ips=(CLOSED_FAR, NEAR))},
     "A self IP allows TCP 179."),
    ("P21", "pass", {"wishes": CALICO_MODE, "bigip": big(self_ips=(OPEN_FAR,))},
     "A self IP allows TCP 179."),
    ("P21", "unknown",
     {"wishes": CALICO_MODE, "bigip": big(self_ips=(dataclasses.replace(NEAR, services=NO),))},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P21", "unknown", {"wishes": CALICO_MODE, "bigip": big(bgp=NO)},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P21", "skipped", {"wishes": Wishes("cluster", route_domain=2), "bigip": BIG},
     "Route domain 2 does not speak BGP."),
]  # fmt: skip


@pytest.mark.parametrize(
    ("services", "status"),
    [
        ("tcp:22 all", "pass"),
        ("tcp:22 tcp:179", "pass"),
        ("default tcp:179", "pass"),
        ("tcp:bgp", "pass"),
        ("tcp:any", "pass"),
        ("tcp:0", "pass"),
        ("any:any", "pass"),
        ("default", "unknown"),
        ("tcp:178 tcp:180", "bad"),
        ("udp:179", "bad"),
    ],
)
def test_which_port_lockdown_lets_bgp_in(services: str, status: str) -> None:
    facts = base(wishes=CALICO_MODE, bigip=big(self_ips=(self_ip("198.18.0.250/16", *services.split()),)))
    assert network.bgp_lockdown(facts).status == status


def test_a_check_that_needs_big_ip_is_not_run_without_it() -> None:
    with pytest.raises(AssertionError, match="the runner skips these checks without it"):
        network.route_to_nodes(base())


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P13", "P15", "P16", "P17", "P18", "P19", "P20", "P21"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
