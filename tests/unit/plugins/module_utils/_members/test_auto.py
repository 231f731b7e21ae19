# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode auto: which mode is chosen, and why."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members import auto
from ansible_collections.vks.bigip.plugins.module_utils._members.model import NplState
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import AUTO, CL, CL_AB, LB, N12, NP, NPL, NPL_AB, ON, Case, c, check, mapped, run


def never(addresses: object, key: str, published: bool) -> bool:
    """A question to BIG-IP that costs a run without a change what it need not ask."""
    raise AssertionError("BIG-IP was asked")


CHOSEN = [
    c("annotated and mapped", AUTO, NPL_AB, annotated="true", maps=mapped(), chosen=NPL),
    c("annotated and mapped: BIG-IP is not asked", AUTO, NPL_AB, annotated="true", maps=mapped(), routable=never, chosen=NPL),
    c(
        "annotated, mappings not known, routable, published nodeport",
        AUTO,
        N12,
        annotated="true",
        svc=LB,
        nodes="n1 n2",
        pod_network_routable=True,
        published=NP,
        chosen=NP,
    ),
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
    c("annotated, mappings not known, routable and with node ports", AUTO, CL_AB, annotated="true", svc=LB, pod_network_routable=True, chosen=CL),
    c("not routable, ClusterIP", AUTO, "!auto_undecided", pod_network_routable=False),
    c("not routable, NodePort", AUTO, N12, pod_network_routable=False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but NSX T1", AUTO, "!auto_undecided", pod_network_routable=True, network_provider="nsx_t1"),
    c("routable, but NSX VPC, NodePort", AUTO, N12, pod_network_routable=True, network_provider="nsx_vpc", svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but a node shows NSX", AUTO, "!auto_undecided", pod_network_routable=True, nodes="n1 n2!nsx"),
    c("a node shows NSX, the user sets vsphere", AUTO, CL_AB, pod_network_routable=True, nodes="n1 n2!nsx", network_provider="vsphere", chosen=CL),
    c("BIG-IP has a route", AUTO, CL_AB, routable=lambda addresses, key, published: True, chosen=CL),
    c("BIG-IP has no route", AUTO, N12, routable=lambda addresses, key, published: False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say", AUTO, N12, routable=lambda addresses, key, published: None, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say, published cluster", AUTO, CL_AB, routable=lambda addresses, key, published: None, svc=LB, published=CL, chosen=CL),
    c("no Pod to ask for, published cluster", AUTO, "", routable=lambda addresses, key, published: True, slices=[], published=CL, chosen=CL),
    c(
        "BIG-IP lost its route, published cluster",
        AUTO,
        N12,
        routable=lambda addresses, key, published: False,
        svc={"type": "NodePort"},
        nodes="n1 n2",
        published=CL,
        chosen=NP,
    ),
    c("published nodeport, proof of mappings", AUTO, NPL_AB, annotated="true", svc=LB, maps=mapped(), published=NP, chosen=NPL),
    c("published nodeport, mappings not known", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published=NP, routable=never, chosen=NP),
    c("published nodeportlocal, annotation removed", AUTO, N12, svc=LB, maps=mapped(), nodes="n1 n2", published=NPL, chosen=NP),
    c("published in a mode of the future", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published="warp", chosen=NP),
    c("the user's word is asked before BIG-IP", AUTO, "!auto_undecided", pod_network_routable=False, routable=lambda addresses, key, published: True),
]


@pytest.mark.parametrize("case", CHOSEN, ids=str)
def test_auto(case: Case) -> None:
    check(case)


SAYS = "nothing declares that the Pod network is routable (pod_network_routable)"
NOT_ANNOTATED = "it has no annotation nodeportlocal.antrea.io/enabled"
PORT = "the Service is of type NodePort and has node port 30080"
NP_SVC = {"svc": {"type": "NodePort"}, "nodes": "n1 n2"}
BECAUSE: dict[str, tuple[Case, str]] = {
    "mapped": (
        c("", AUTO, "", chosen=NPL, annotated="true", maps=mapped()),
        "the Service is annotated for NodePortLocal and its Pods have NodePortLocal mappings",
    ),
    "other Pods": (
        c("", AUTO, "", chosen=NPL, annotated="true", pods="z", maps="z:1/tcp=198.18.0.1:61000", slices=[]),
        "the Service is annotated for NodePortLocal and other Pods of its namespace have NodePortLocal mappings",
    ),
    "switched on": (c("", AUTO, "", chosen=NPL, annotated="true", state=ON), "the Service is annotated for NodePortLocal and Antrea has it switched on"),
    "node ports": (c("", AUTO, "", chosen=NP, **NP_SVC), f"{PORT}; not nodeportlocal: its type is NodePort and {NOT_ANNOTATED}; not cluster: {SAYS}"),
    "the user": (
        c("", AUTO, "", chosen=CL, pod_network_routable=True),
        f"pod_network_routable declares that the Pod network is routable; not nodeportlocal: {NOT_ANNOTATED}",
    ),
    "not the user": (
        c("", AUTO, "", chosen=NP, pod_network_routable=False, **NP_SVC),
        f"{PORT}; not nodeportlocal: its type is NodePort and {NOT_ANNOTATED}; not cluster: pod_network_routable declares that the Pod network is not routable",
    ),
    "a route": (
        c("", AUTO, "", chosen=CL, routable=lambda addresses, key, published: True),
        f"BIG-IP has a route to the Pod network; not nodeportlocal: {NOT_ANNOTATED}",
    ),
    "a route, published": (
        c("", AUTO, "", chosen=CL, published=CL, routable=lambda addresses, key, published: True),
        f"BIG-IP has a route to the Pod network; not nodeportlocal: {NOT_ANNOTATED}",
    ),
    "no route": (
        c("", AUTO, "", chosen=NP, routable=lambda addresses, key, published: False, **NP_SVC),
        f"{PORT}; not nodeportlocal: its type is NodePort and {NOT_ANNOTATED}; not cluster: BIG-IP has no route to the Pod network",
    ),
    "published": (
        c("", AUTO, "", chosen=CL, routable=lambda addresses, key, published: None, published=CL, **NP_SVC),
        "it is published so, and evidence is missing: it is not known whether BIG-IP has a route to the Pod network",
    ),
    "published without Pods": (
        c("", AUTO, "", chosen=CL, routable=lambda addresses, key, published: True, slices=[], published=CL),
        "it is published so, and evidence is missing: it is not known whether BIG-IP has a route to the Pod network (there is no Pod to ask for)",
    ),
    "published, not readable": (
        c("", AUTO, "", chosen=NPL, annotated="true", svc=LB, pods=None, published=NPL, state={"unread": ("listing DaemonSets", "reading x")}),
        "it is published so, and evidence is missing: no Pod has a NodePortLocal mapping, "
        "and it is not known whether Antrea has it switched on (listing DaemonSets; reading x)",
    ),
    "published nodeport": (
        c("", AUTO, "", chosen=NP, annotated="true", svc=LB, nodes="n1", published=NP, routable=never),
        "it is published so, and evidence is missing: no Pod has a NodePortLocal mapping, and it is not known whether Antrea has it switched on",
    ),
    "the best of two, after one that is not known": (
        c("", AUTO, "", annotated="true", svc=LB, pod_network_routable=True, chosen=CL),
        "pod_network_routable declares that the Pod network is routable; not nodeportlocal: no Pod has a NodePortLocal mapping, "
        "and it is not known whether Antrea has it switched on",
    ),
    "published, two modes not known": (
        c("", AUTO, "", annotated="true", chosen=CL, published=CL),
        "it is published so, and evidence is missing: no Pod has a NodePortLocal mapping, and it is not known whether Antrea has it switched on",
    ),
    "NSX": (
        c("", AUTO, "", chosen=NP, network_provider="nsx_t1", **NP_SVC),
        f"{PORT}; not nodeportlocal: its type is NodePort and {NOT_ANNOTATED}; "
        "not cluster: network_provider is nsx_t1, and BIG-IP cannot reach Pod addresses on NSX",
    ),
}


@pytest.mark.parametrize("case, because", BECAUSE.values(), ids=BECAUSE)
def test_why_it_is_chosen(case: Case, because: str) -> None:
    _members, _left, pool = run(case)
    assert pool.chosen_because == because


UNDECIDED: dict[str, tuple[Case, str]] = {
    "no Antrea": (c("", AUTO, "", annotated="true", state={"antrea": False}), "not nodeportlocal: the cluster has no antrea-agent"),
    "off": (c("", AUTO, "", annotated="true", state={"antrea": True, "enabled": False, "setting": "the gate is off"}), "not nodeportlocal: the gate is off"),
    "not known": (c("", AUTO, "", annotated="true"), "whether Antrea has it switched on; not cluster: "),
}


@pytest.mark.parametrize("case, said", UNDECIDED.values(), ids=UNDECIDED)
def test_why_none_is_chosen(case: Case, said: str) -> None:
    _members, _left, failed = run(case)
    assert failed.code == "auto_undecided" and said in failed.said and failed.details == {"service": "default/web"}
    assert failed.what == "pools[0]: choosing a pool_member_type for Service default/web"
    assert f"not cluster: {SAYS}; not nodeport: its type is ClusterIP, which has no node ports" in failed.said


def test_what_bigip_is_asked() -> None:
    """The addresses of all endpoints in the Service's first family, ready or not, and whether the pool is published as cluster."""
    asked: list[object] = []

    def routable(addresses: object, key: str, published: bool) -> bool:
        asked.append((addresses, key, published))
        return True

    world = {"svc": {"families": ["IPv4", "IPv6"]}, "slices": ["http:8080/TCP | a@n1!notready b@n2", "v6 http:8080/TCP | a@n1"], "exclude_nodes": ("n2",)}
    run(c("", AUTO, "", routable=routable, chosen=CL, **world))
    run(c("", AUTO, "", routable=routable, chosen=CL, published=CL, **world))
    assert asked == [(["100.96.0.1", "100.96.0.2"], "pools[0]", False), (["100.96.0.1", "100.96.0.2"], "pools[0]", True)]


def test_when_the_configuration_of_antrea_is_read() -> None:
    """Only for a Service that NodePortLocal could serve, and that no mapping proves."""
    for annotated, maps, lacking in (("true", "", True), ("true", mapped(), False), ("false", "", False), (None, mapped(), False)):
        made = text.snapshot([text.service(npl=annotated)], [text.endpoint_slice("http:8080/TCP | a@n1 b@n2")], [], text.pods("a b", maps))
        service = made.services[("default", "web")]
        assert auto.lacks_evidence(made, service, service.ports[0]) is lacking


def test_what_was_not_read_is_named() -> None:
    made = text.snapshot([text.service(npl="true")], [text.endpoint_slice("http:8080/TCP | a@n1")], [], text.pods("a"), NplState(unread=("reading x",)))
    made.denied["pods"] = "listing Pods is forbidden"
    with pytest.raises(Failure, match=r"switched on \(listing Pods is forbidden; reading x\); not cluster"):
        resolve(made, Source("default", "web"))
