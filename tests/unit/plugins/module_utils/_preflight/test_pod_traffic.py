# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of SNAT, Antrea's traffic, NSX, and AntreaIPAM."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.bigip import Route
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.pod_network import PodAddress, Traffic
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    BIG,
    CALICO,
    CALICO_MODE,
    NO,
    NSX_CLUSTER,
    ON,
    VSPHERE_CLUSTER,
    Case,
    big,
    check_statuses,
    ids,
    judge,
    nodes,
)


def antrea(mode: str = "encap", ipam: bool = False, wishes: Wishes = CALICO_MODE, **more: Any) -> dict[str, Any]:
    return {"wishes": wishes, "npl": dataclasses.replace(ON, traffic=Traffic(mode, ipam)), **more}


def pods(*addresses: str) -> tuple[PodAddress, ...]:
    return tuple(PodAddress(ipaddress.ip_address(text), f"shop/pod-{number}") for number, text in enumerate(addresses))


def without(**members: str) -> dict[str, Any]:
    found = {f"/T/A/{name}": tuple(text.split()) for name, text in members.items()}
    return {"wishes": CALICO_MODE, "cnis": (CALICO,), "bigip": big(without_snat=found)}


BROKEN = dataclasses.replace(ON, fault="it has no key antrea-agent.conf")
TO_N2 = (Route("/Common/r", ipaddress.ip_network("100.96.16.0/20"), "198.18.0.2"),)
CONF = "in ConfigMap kube-system/antrea-config"
SPOOF = "Pods answer BIG-IP with their own addresses, and NSX SpoofGuard drops these (network_provider sets it)"
USE = "Use pool_member_type nodeportlocal or nodeport."
UNREAD = "Not known: it is forbidden. Give what is missing, then run the checks again."
AT_CALICO = "It concerns Antrea; the CNI is calico."

# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P32", "pass", {"wishes": CALICO_MODE, "bigip": BIG},
     "No virtual server without SNAT has Pods as members."),
    ("P32", "pass", without(nodes="198.18.0.1", empty=""),
     "No virtual server without SNAT has Pods as members."),
    ("P32", "warn", without(vs="198.18.0.1 100.96.0.7", other="100.96.1.1", nodes="198.18.0.1"),
     "Virtual servers without SNAT have Pods as members: /T/A/vs, /T/A/other. Such a Pod answers to the client's "
     "address, and the answer may miss BIG-IP. Set snat: auto, or make BIG-IP the way back: the nodes' route to the "
     "clients."),
    ("P32", "unknown", {"wishes": CALICO_MODE, "bigip": big(without_snat=NO)}, UNREAD),
    ("P32", "unknown", {**without(vs="100.96.0.7"), "calico": NO}, UNREAD),
    ("P33", "pass", antrea(),
     f"trafficEncapMode is encap {CONF}: a node forwards BIG-IP's packets to its own Pods."),
    ("P33", "pass", antrea("noEncap"),
     f"trafficEncapMode is noEncap {CONF}: nodes send the packets of Pods without encapsulation."),
    ("P33", "pass", antrea("noEncap", bigip=big(routes=TO_N2), nodes=nodes("n1 n2")),
     f"trafficEncapMode is noEncap {CONF}: nodes send the packets of Pods without encapsulation."),
    ("P33", "warn", antrea("networkPolicyOnly"),
     f"trafficEncapMode is networkPolicyOnly {CONF}: the Pods have no addresses of spec.podCIDRs, so no route by "
     "node leads to them. Create routes for the CNI that gives the Pods their addresses."),
    ("P33", "warn", antrea(bigip=big(routes=TO_N2), nodes=nodes("n1 n2")),
     f"trafficEncapMode is encap {CONF}, so only the own node of a Pod forwards BIG-IP's packets to it, but BIG-IP "
     "reaches 100.96.16.0/20 by n2. Run vks.bigip.pod_routes again."),
    ("P33", "skipped", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, AT_CALICO),
    ("P33", "unknown", {"wishes": CALICO_MODE, "npl": NO}, UNREAD),
    ("P33", "unknown", {"wishes": CALICO_MODE, "npl": None},
     "Not known: the cluster has no configuration of Antrea. Give what is missing, then run the checks again."),
    ("P33", "unknown", {"wishes": CALICO_MODE, "npl": BROKEN},
     "Not known: the antrea-agent.conf of ConfigMap kube-system/antrea-config cannot be read: it has no key "
     "antrea-agent.conf. Give what is missing, then run the checks again."),
    ("P34", "pass", antrea("noEncap", wishes=VSPHERE_CLUSTER),
     "The network provider is vsphere, not NSX (network_provider sets it)."),
    ("P34", "fail", antrea("noEncap", wishes=NSX_CLUSTER),
     f"{SPOOF}: trafficEncapMode is noEncap {CONF}. {USE}"),
    ("P34", "fail", antrea("Hybrid", wishes=NSX_CLUSTER),
     f"{SPOOF}: trafficEncapMode is Hybrid {CONF}. {USE}"),
    ("P34", "warn", antrea(wishes=NSX_CLUSTER),
     f"Probably, p{SPOOF[1:]}. {USE}"),
    ("P34", "skipped", {"wishes": NSX_CLUSTER, "cnis": (CALICO,)},
     f"{AT_CALICO} P14 is about Calico."),
    ("P34", "unknown", antrea("noEncap"),
     "It is not known whether NSX carries the replies of Pods: the workload cluster does not name it, and no "
     "Supervisor access is given. Set network_provider."),
    ("P34", "unknown", {"wishes": NSX_CLUSTER, "npl": NO}, UNREAD),
    ("P35", "pass", antrea(),
     f"The feature gate AntreaIPAM is off {CONF}."),
    ("P35", "pass", antrea("noEncap", True, pod_addresses=pods("100.96.0.5", "198.18.0.1")),
     "BIG-IP needs no further route to Pods with addresses of AntreaIPAM."),
    ("P35", "pass", antrea("noEncap", True, pod_addresses=pods("198.18.7.7"), bigip=BIG),
     "BIG-IP needs no further route to Pods with addresses of AntreaIPAM."),
    ("P35", "warn", antrea("noEncap", True, pod_addresses=pods("100.96.0.5", "198.18.7.7")),
     "Pods have addresses of AntreaIPAM, to which no route by node leads: shop/pod-1 (198.18.7.7). Create a self IP "
     "of BIG-IP in the network of these Pods, or remove their annotation ipam.antrea.io/ippools."),
    ("P35", "warn", antrea("noEncap", True, pod_addresses=pods("10.9.9.9"), bigip=BIG),
     "Pods have addresses of AntreaIPAM, to which no route by node leads: shop/pod-0 (10.9.9.9). Create a self IP of "
     "BIG-IP in the network of these Pods, or remove their annotation ipam.antrea.io/ippools."),
    ("P35", "skipped", {"wishes": CALICO_MODE, "cnis": (CALICO,)}, AT_CALICO),
    ("P35", "unknown", antrea("noEncap", True, pod_addresses=NO), UNREAD),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P32", "P33", "P34", "P35"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
