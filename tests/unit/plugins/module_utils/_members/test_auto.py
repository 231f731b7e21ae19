# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode auto: which mode is chosen, and why."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.tests.unit.support.member_cases import AUTO, CL, CL_AB, LB, N12, NP, NPL, NPL_AB, ON, Case, c, check, mapped


def never(addresses: object, published: bool) -> bool:
    """A question to BIG-IP that costs a run without a change what it need not ask."""
    raise AssertionError("BIG-IP was asked")


CHOSEN = [
    c("annotated and mapped", AUTO, NPL_AB, annotated="true", maps=mapped(), chosen=NPL),
    c("annotated and mapped, LoadBalancer", AUTO, NPL_AB, annotated="true", maps=mapped(), svc=LB, chosen=NPL),
    c("annotated, one Pod mapped is proof", AUTO, "198.18.0.1:61000@a", "b=mapping_missing", annotated="true", maps="a:8080/tcp=198.18.0.1:61000", chosen=NPL),
    c("annotated, scaled to zero, other Pods mapped", AUTO, "", annotated="true", pods="z", maps="z:1/tcp=198.18.0.1:61000", slices=[], chosen=NPL),
    c(
        "annotated, scaled to zero, Pods of another namespace mapped",
        AUTO,
        N12,
        annotated="true",
        svc=LB,
        nodes="n1 n2",
        chosen=NP,
        elsewhere="z:1/tcp=198.18.0.1:61000",
    ),
    c(
        "annotated, published nodeport, Pods of another namespace mapped",
        AUTO,
        N12,
        annotated="true",
        svc=LB,
        nodes="n1 n2",
        chosen=NP,
        published=NP,
        elsewhere="z:1/tcp=198.18.0.1:61000",
    ),
    c(
        "annotated, no mapping, but Antrea has it on",
        AUTO,
        "",
        "a=mapping_missing b=mapping_missing",
        annotated="true",
        state=ON | {"agents": None},
        chosen=NPL,
    ),
    c(
        "annotated, Antrea has it off, LoadBalancer",
        AUTO,
        N12,
        annotated="true",
        svc=LB,
        nodes="n1 n2",
        state={"antrea": True, "enabled": False, "setting": "off"},
        chosen=NP,
    ),
    c("annotated, no Antrea, ClusterIP", AUTO, "!auto_undecided", annotated="true", state={"antrea": False}),
    c("annotated, nothing known, LoadBalancer", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", chosen=NP),
    c("annotated, nothing known, ClusterIP", AUTO, "!auto_undecided", annotated="true"),
    c(
        "annotated, Pods not readable, published nodeportlocal",
        AUTO,
        "",
        "a=pod_gone b=pod_gone",
        annotated="true",
        svc=LB,
        pods=None,
        published=NPL,
        routable=never,
        chosen=NPL,
    ),
    c("annotated false", AUTO, "!auto_undecided", annotated="false", maps=mapped()),
    c("not annotated, ClusterIP, nothing said", AUTO, "!auto_undecided"),
    c("NodePort", AUTO, N12, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("NodePort, annotated", AUTO, N12, svc={"type": "NodePort"}, annotated="true", maps=mapped(), nodes="n1 n2", chosen=NP),
    c("routable", AUTO, CL_AB, pod_network_routable=True, chosen=CL),
    c("routable comes before node ports", AUTO, CL_AB, pod_network_routable=True, svc={"type": "NodePort"}, chosen=CL),
    c("mapped comes before routable", AUTO, NPL_AB, annotated="true", maps=mapped(), pod_network_routable=True, chosen=NPL),
    c("not routable, ClusterIP", AUTO, "!auto_undecided", pod_network_routable=False),
    c("not routable, NodePort", AUTO, N12, pod_network_routable=False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but NSX T1", AUTO, "!auto_undecided", pod_network_routable=True, network_provider="nsx_t1"),
    c("routable, but NSX VPC, NodePort", AUTO, N12, pod_network_routable=True, network_provider="nsx_vpc", svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but a node shows NSX", AUTO, "!auto_undecided", pod_network_routable=True, nodes="n1 n2!nsx"),
    c("a node shows NSX, the user says vsphere", AUTO, CL_AB, pod_network_routable=True, nodes="n1 n2!nsx", network_provider="vsphere", chosen=CL),
    c("BIG-IP has a route", AUTO, CL_AB, routable=lambda addresses, published: True, chosen=CL),
    c("BIG-IP has no route", AUTO, N12, routable=lambda addresses, published: False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say", AUTO, N12, routable=lambda addresses, published: None, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say, published cluster", AUTO, CL_AB, routable=lambda addresses, published: None, svc={"type": "NodePort"}, published=CL, chosen=CL),
    c("no Pod to ask for, published cluster", AUTO, "", routable=lambda addresses, published: True, slices=[], published=CL, chosen=CL),
    c(
        "BIG-IP lost its route, published cluster",
        AUTO,
        N12,
        routable=lambda addresses, published: False,
        svc={"type": "NodePort"},
        nodes="n1 n2",
        published=CL,
        chosen=NP,
    ),
    c("published nodeport, proof of mappings", AUTO, NPL_AB, annotated="true", svc=LB, maps=mapped(), published=NP, chosen=NPL),
    c("published nodeport, mappings not known", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published=NP, routable=never, chosen=NP),
    c("published nodeportlocal, annotation removed", AUTO, N12, svc=LB, maps=mapped(), nodes="n1 n2", published=NPL, chosen=NP),
    c("published in a mode of the future", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published="warp", chosen=NP),
    c("the user's word is asked before BIG-IP", AUTO, "!auto_undecided", pod_network_routable=False, routable=lambda addresses, published: True),
]


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_auto(case: Case) -> None:
    check(case)
