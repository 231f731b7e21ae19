# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""All checks in their order, and how they run. docs/checks.md has the same table."""

from __future__ import annotations

from typing import Collection

from .. import _foreign
from .._facts.facts import Facts
from .._facts.unknown import NotKnown
from . import (
    calico,
    cis,
    cni,
    mappings,
    network,
    npl,
    pod_network,
    pod_traffic,
    services,
    supervisor,
    versions,
)
from .f5_support import F5_PAGE
from .judgement import BAD, FAIL, WARN, Check, CheckResult, Judgement, not_concerned, open_question

ANTREA_PAGE = "https://antrea.io/docs/main/docs/node-port-local/"
ANTREA_MODES = "https://antrea.io/docs/main/docs/noencap-hybrid-modes/"
ANTREA_IPAM = "https://antrea.io/docs/main/docs/antrea-ipam/"
NPL, NODES, CLUSTER = ("nodeportlocal",), ("nodeport", "nodeportlocal"), ("cluster",)

CHECKS: tuple[Check, ...] = (
    Check("P01", "The CNI is known", FAIL, cni.known, F5_PAGE),
    Check("P02", "Pool member type and CNI fit", FAIL, cni.fits_mode, F5_PAGE),
    Check("P03", "NodePortLocal is on", FAIL, npl.enabled, ANTREA_PAGE, NPL),
    Check("P04", "Agents have the present configuration", FAIL, npl.agents_current, ANTREA_PAGE, NPL),
    Check("P05", "No edit that would be reverted", WARN, npl.not_edited_by_hand, modes=NPL),
    Check("P06", "NodePortLocal's port range", FAIL, npl.port_range, ANTREA_PAGE, NPL),
    Check("P07", "NodePortLocal's ports suffice", WARN, mappings.capacity, modes=NPL),
    Check("P08", "Annotated Services can be mapped", FAIL, services.eligible, ANTREA_PAGE, NPL),
    Check("P09", "Ready Pods are mapped", FAIL, services.mapped, ANTREA_PAGE, NPL),
    Check("P10", "Mappings lead to their nodes", WARN, mappings.node_addresses, modes=NPL),
    Check("P11", "TransportServer and other features", FAIL, cis.features, F5_PAGE, overridable=True),
    Check("P12", "Multi-cluster", FAIL, cis.multi_cluster, F5_PAGE, overridable=True),
    Check("P13", "The network provider is known", WARN, network.provider_known),
    Check("P14", "No Calico in mode cluster on NSX", FAIL, cni.calico_on_nsx, F5_PAGE, CLUSTER),
    Check("P15", "No BIG-IP leg in the cluster's segment", FAIL, network.leg_in_segment, F5_PAGE, bigip=True),
    Check("P16", "BIG-IP has routes to the nodes", FAIL, network.route_to_nodes, modes=NODES, bigip=True),
    Check(
        "P17",
        "Nodes are reachable from outside the VPC",
        FAIL,
        network.access_mode,
        modes=NODES,
        overridable=True,
    ),
    Check("P18", "NSX firewalls", WARN, network.firewall),
    Check("P19", "BIG-IP gets answers from the nodes", FAIL, network.data_path, modes=NODES, bigip=True),
    Check(
        "P20", "A way to the Pods: same network, or BGP", FAIL, network.l2_or_bgp, modes=CLUSTER, bigip=True
    ),
    Check("P21", "Port Lockdown lets BGP in", FAIL, network.bgp_lockdown, modes=CLUSTER, bigip=True),
    Check("P22", "Versions that F5 has validated", WARN, versions.compared, F5_PAGE),
    Check(
        "P23",
        "Antrea without known faults",
        WARN,
        npl.known_bugs,
        "https://github.com/antrea-io/antrea/issues/6527",
        NPL,
    ),
    Check(
        "P24",
        "The addon's schema has NodePortLocal",
        FAIL,
        supervisor.addon_schema,
        modes=NPL,
        supervisor=True,
    ),
    Check("P25", "The AddonConfig is in effect", FAIL, supervisor.addon_bound, modes=NPL, supervisor=True),
    Check("P26", "Sign-in and rights", FAIL, supervisor.sign_in),
    Check("P27", "Antrea's package is not paused", WARN, supervisor.not_paused, modes=NPL),
    Check("P28", "No Pod port under two protocols", WARN, mappings.two_protocols, modes=NPL),
    Check("P29", "Each port of a node leads to one Pod", WARN, mappings.one_pod_a_port, modes=NPL),
    Check("P30", "BIG-IP has routes to the Pods", FAIL, pod_network.routes, modes=CLUSTER, bigip=True),
    Check(
        "P31",
        "Each unit has a self IP in the nodes' network",
        FAIL,
        pod_network.own_self_ips,
        modes=CLUSTER,
        bigip=True,
    ),
    Check("P32", "Replies of Pods return to BIG-IP (SNAT)", WARN, pod_traffic.snat, modes=CLUSTER, bigip=True),
    Check("P33", "Antrea's traffic mode", WARN, pod_traffic.encapsulation, ANTREA_MODES, CLUSTER),
    Check("P34", "NSX lets the replies of Pods pass", FAIL, pod_traffic.spoof_guard, ANTREA_MODES, CLUSTER),
    Check("P35", "Pods with addresses of AntreaIPAM", WARN, pod_traffic.antrea_ipam, ANTREA_IPAM, CLUSTER),
    Check("P36", "CIS reads Calico's API group", WARN, calico.api_group, modes=CLUSTER),
    Check(
        "P37",
        "Pod networks of clusters do not overlap",
        FAIL,
        pod_network.overlaps,
        modes=CLUSTER,
        bigip=True,
    ),
    Check("P38", "BGP sessions of Calico's nodes (TCP 179)", FAIL, calico.sessions, modes=CLUSTER),
)
IDS = tuple(check.id for check in CHECKS)


def run(facts: Facts, only: Collection[str] | None = None, skip: Collection[str] = ()) -> list[CheckResult]:
    """Return the results of all checks, or of those in `only`. Those in `skip` do not run."""
    return [_result(check, facts, skip) for check in CHECKS if only is None or check.id in only]


def _result(check: Check, facts: Facts, skip: Collection[str]) -> CheckResult:
    judgement = not_concerned("skip names it.") if check.id in skip else judge(check, facts)
    status, message, remedy = judgement.status, judgement.message, judgement.remedy
    if status == BAD:
        status = WARN if check.overridable and facts.wishes.allow_unvalidated else check.level
    return CheckResult(check.id, check.title, status, f"{message} {remedy}".strip(), remedy, check.link)


def judge(check: Check, facts: Facts) -> Judgement:
    """Return the judgement of one check, before allow_unvalidated and skip apply."""
    mode = facts.mode[0]
    if check.modes and mode not in check.modes:
        return not_concerned(f"It concerns pool_member_type {' and '.join(check.modes)}; {mode} is checked.")
    if check.bigip and facts.bigip is None:
        return not_concerned("No provider is given, so BIG-IP was not read.")
    if check.supervisor and facts.supervisor is None:
        return not_concerned("No Supervisor access is given.")
    try:
        return check.judge(facts)
    except NotKnown as missing:
        return open_question(
            f"Not known: {str(missing).rstrip('.')}.", "Give what is missing, then run the checks again."
        )
    except _foreign.SPOILED as error:
        return open_question(
            f"Not known: of an object that is checked, {_foreign.unexpected(error)}: {error}.",
            "Inspect the objects of this check.",
        )
