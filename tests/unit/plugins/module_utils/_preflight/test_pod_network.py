# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of BIG-IP's routes to the Pods, and of its self IPs.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import Route, Unit
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import CalicoBlocks
from ansible_collections.vks.bigip.plugins.module_utils._routes.marks import Mark
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO,
    CALICO_MODE,
    NO,
    Case,
    big,
    check_statuses,
    ids,
    judge,
    nodes,
)

V1 = "crd.projectcalico.org/v1"


def net(text: str) -> Any:
    return ipaddress.ip_network(text)


def to(*proved: str, default: bool = False) -> Any:
    """Ways to these networks only, and to anything else by the default route or not."""

    def way(address: str) -> str:
        if any(ipaddress.ip_address(address) in net(text) for text in proved):
            return "routed"
        return "default" if default else "none"

    return way


def calico(bigip: Any = BIG, **more: Any) -> dict[str, Any]:
    return {"wishes": CALICO_MODE, "cnis": (CALICO,), "bigip": bigip, **more}


def blocks(*rows: str, group: str = V1) -> CalicoBlocks:
    """Rows of a network and a node."""
    return CalicoBlocks(group, tuple((net(row.split()[0]), row.split()[1]) for row in rows))


def route(network: str, gateway: str | None, description: str = "", name: str = "/Common/r") -> Route:
    return Route(name, net(network), gateway, description)


TWO = nodes("n1 n2")
BOTH = blocks("100.96.0.0/26 n1", "100.96.0.64/26 n2")
DUAL = blocks("100.96.0.0/26 n1", "2001:db8:96::/122 n1")
BLUE = str(Mark("blue", "east", "n7"))
NEAR, LINK = net("198.18.0.0/16"), net("10.1.0.0/24")
CREATE = "Create the routes with vks.bigip.pod_routes, or connect BIG-IP to the nodes by BGP."
STATE = "If the router of the default route knows the Pods, set pod_network_routable: true."
OWN = (
    "Create a self IP that does not float in this network on each unit. Without it, a config-sync of the routes "
    "fails, and the unit reaches no Pod."
)
ELSE = "Give each cluster its own Pod network, or its own route domain on BIG-IP."

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P30", "pass", calico(),
     "BIG-IP has routes in route domain 0 to all Pod networks (1)."),
    ("P30", "pass", {"wishes": CALICO_MODE, "bigip": big(way=to("100.96.0.0/16")), "nodes": TWO},
     "BIG-IP has routes in route domain 0 to all Pod networks (2)."),
    ("P30", "pass", calico(big(way=to()), wishes=Wishes("cluster", pod_network_routable=True)),
     "pod_network_routable states that BIG-IP reaches the Pods."),
    ("P30", "pass", calico(big(way=to("100.96.0.0/26")), calico=DUAL),
     "BIG-IP has routes in route domain 0 to all Pod networks (1)."),
    ("P30", "pass", calico(calico=blocks("100.96.0.0/26 n1", "100.99.0.0/26 gone")),
     "BIG-IP has routes in route domain 0 to all Pod networks (1)."),
    ("P30", "fail", calico(big(way=to("100.96.0.0/26")), nodes=TWO, calico=BOTH),
     "BIG-IP has no route in route domain 0 to the Pod networks 100.96.0.64/26 of node n2. " + f"{CREATE} {STATE}"),
    ("P30", "fail", calico(big(way=to(default=True)), nodes=TWO, calico=BOTH),
     "BIG-IP has no route in route domain 0 to the Pod networks 100.96.0.0/26 of node n1, 100.96.0.64/26 of "
     f"node n2. Only the default route leads there. {CREATE} {STATE}"),
    ("P30", "fail", calico(big(way=to("100.96.0.0/27"))),
     "BIG-IP has no route in route domain 0 to the Pod networks 100.96.0.0/20 of node n1. " + f"{CREATE} {STATE}"),
    ("P30", "fail", calico(big(way=to("100.96.0.0/20")), calico=blocks(), nodes=nodes("n1")),
     "BIG-IP has no route in route domain 0 to the Pod networks 100.96.16.0/20 of node n1. " + f"{CREATE} {STATE}"),
    ("P30", "warn",
     calico(big(way=to("100.96.0.0/16"), routes=(route("100.96.0.0/26", "198.18.0.2"),)), nodes=TWO, calico=BOTH),
     "BIG-IP sends packets for Pods to another node: route /Common/r leads to n2, but 100.96.0.0/26 is of n1. "
     "Run vks.bigip.pod_routes again. Not every CNI forwards such a packet."),
    ("P30", "pass",
     calico(big(way=to("100.96.0.0/16"), routes=(route("100.96.0.0/16", "198.18.255.1"), route("0.0.0.0/0", "198.18.0.2"))), nodes=TWO, calico=BOTH),
     "BIG-IP has routes in route domain 0 to all Pod networks (2)."),
    ("P30", "unknown", calico(big(way=to(), not_learnt="Reading the route table of BIG-IP: HTTP 403.")),
     "BIG-IP has no route in route domain 0 to the Pod networks 100.96.0.0/20 of node n1. The routes that it "
     "learnt, for example by BGP, could not be read. Reading the route table of BIG-IP: HTTP 403. "
     f"{CREATE} If BIG-IP learnt these routes, set pod_network_routable: true."),
    ("P30", "unknown", calico(calico=NO),
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P30", "unknown", {"wishes": CALICO_MODE, "bigip": BIG, "nodes": ()},
     "The Pod network is not known: no node has spec.podCIDRs, and Calico has no confirmed block. Create routes for "
     "your CNI yourself, and set pod_network_routable: true."),
    ("P31", "pass", calico(),
     "Each unit has a self IP of its own in the network of the nodes."),
    ("P31", "pass", calico(big(units=(Unit("a", (NEAR,)), Unit("b", (LINK, NEAR))))),
     "Each unit has a self IP of its own in the network of the nodes."),
    ("P31", "fail", calico(big(units=(Unit("a", (NEAR,)), Unit("b", (LINK,))))),
     f"BIG-IP b has no self IP of its own in the network of n1. {OWN}"),
    ("P31", "fail", calico(big(units=(Unit("a", (LINK,), (NEAR,)), Unit("b", (LINK,), (NEAR,)))), nodes=TWO),
     "BIG-IP a has no self IP of its own in the network of n1, n2, only a floating one, which is on one unit at a "
     f"time. {OWN}"),
    ("P31", "unknown", calico(big(unasked=("BIG-IP has the peer b, which provider.server does not name.",))),
     "BIG-IP has the peer b, which provider.server does not name. Name all units in provider.server."),
    ("P31", "unknown", calico(big(units=NO)),
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P31", "skipped", calico(big(units=(Unit("a", (LINK,)),))),
     "No self IP is in the network of a node, see P20."),
    ("P37", "pass", calico(),
     "No route of another cluster overlaps with the Pod networks."),
    ("P37", "pass", calico(big(routes=(route("100.96.0.0/26", "198.18.0.1", BLUE), route("100.97.0.0/26", "198.18.0.9", BLUE)))),
     "No route of another cluster overlaps with the Pod networks."),
    ("P37", "fail", calico(big(routes=(route("100.96.0.0/26", "198.18.0.9", BLUE),))),
     "Two clusters have the same Pod network: 100.96.0.0/20 of node n1 overlaps with 100.96.0.0/26 of owner blue, "
     f"cluster east (route /Common/r). {ELSE} If that route is obsolete, its owner removes it with "
     "vks.bigip.pod_routes."),
    ("P37", "fail", calico(big(routes=(route("100.64.0.0/10", "198.18.0.9", str(Mark("blue", "", "n7"))),))),
     "Two clusters have the same Pod network: 100.96.0.0/20 of node n1 overlaps with 100.64.0.0/10 of owner blue "
     f"(route /Common/r). {ELSE} If that route is obsolete, its owner removes it with vks.bigip.pod_routes."),
    ("P37", "warn", calico(big(routes=(route("100.96.8.0/24", "198.18.0.9", "k8s"),))),
     "Routes within the Pod network lead to no node of this cluster: /Common/r leads 100.96.8.0/24 to 198.18.0.9. "
     "Check that they are not of another cluster with the same Pod network."),
    ("P37", "pass", calico(big(routes=(route("100.64.0.0/10", "198.18.0.9"), route("0.0.0.0/0", "198.18.0.9"), route("100.96.0.0/26", None)))),
     "No route of another cluster overlaps with the Pod networks."),
    ("P37", "unknown", calico(big(routes=NO)),
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P30", "P31", "P37"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
