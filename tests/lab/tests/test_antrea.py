# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated Antrea: NodePortLocal on one node."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import cluster_objects as made
from antrea_use import HELLO, NODE, V1_3, V1_5, V1_15, V2_5, V2_6, agent, node_ports, pod, services, shown
from vkslab.antrea.npl import Outcome, counts, wanted_ports
from vkslab.antrea.ports import NoFreePort, PortTable
from vkslab.antrea.version import Version
from vkslab.net.objects import Node, Pod, Service

# -- which Services count


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param(made.service(npl="true"), True, id="ClusterIP"),
        pytest.param(made.service(npl="true", type="LoadBalancer"), True, id="LoadBalancer"),
        pytest.param(made.service(npl="true", cluster_ips=["None"]), True, id="headless"),
        pytest.param(made.service(npl="true", type="NodePort"), False, id="NodePort"),
        pytest.param(made.service(npl="true", type="ExternalName"), False, id="ExternalName"),
        pytest.param(made.service(npl="true", selector={}), False, id="no selector"),
        *(
            pytest.param(made.service(npl=value), False, id=f"annotation {value!r}")
            for value in ("True", "1", "yes", "false", "", None)
        ),
    ],
)
def test_which_services_count(service: dict[str, Any], expected: bool) -> None:
    assert counts(Service.read(service)) is expected


WEB = [{"name": "web", "containerPort": 8080}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]


@pytest.mark.parametrize(
    ("version", "given", "of_services", "expected"),
    [
        pytest.param(V2_5, pod(), [made.service()], [(8080, "tcp", "IPv4")], id="undeclared port"),
        pytest.param(V2_5, pod(ports=WEB), [made.service("s", made.port(80, "web"))], [(8080, "tcp", "IPv4")],
            id="named port"),
        pytest.param(V2_5, pod(ports=WEB), [made.service("s", made.port(80, "other"))], [],
            id="a name that the Pod has not"),
        pytest.param(V2_5, pod(ports=WEB), [made.service("s", made.port(53, "dns"))], [],
            id="the name is of another protocol"),
        pytest.param(V2_5, pod(init=[{"restartPolicy": "Always", "ports": WEB}]),
            [made.service("s", made.port(80, "web"))], [], id="a sidecar's name"),
        pytest.param(V2_5, pod(), [made.service("s", made.port(5, 5, "SCTP"), made.port(6, 6))],
            [(6, "tcp", "IPv4")], id="no SCTP"),
        pytest.param(
            V2_5, pod(), [made.service("s", made.port(53, 53, "UDP"), made.port(53, 53))],
                [(53, "tcp", "IPv4"), (53, "udp", "IPv4")], id="both protocols"
        ),
        pytest.param(V1_3, pod(), [made.service("s", made.port(53, 53, "UDP"), made.port(53, 53))],
            [(53, "tcp", "IPv4")], id="TCP only up to 1.3"),
        pytest.param(V2_5, pod(), [made.service("a"), made.service("b")], [(8080, "tcp", "IPv4")],
            id="two Services, one port"),
        pytest.param(V2_5, pod(), [made.service("a", made.port(1, 80), made.port(2, 443))],
            [(443, "tcp", "IPv4"), (80, "tcp", "IPv4")], id="order of texts"),
        pytest.param(V2_5, pod("p", "2001:db8:96::1"), [made.service()], [], id="no IPv6 up to 2.5"),
        pytest.param(V2_5, pod("p", "2001:db8:96::1", "100.96.0.1"), [made.service()], [],
            id="the first address counts up to 2.5"),
        pytest.param(V2_6, pod("p", "2001:db8:96::1"), [made.service(families=("IPv6",))],
            [(8080, "tcp", "IPv6")], id="IPv6 since 2.6"),
        pytest.param(V2_6, pod("p", "100.96.0.1"), [made.service(families=("IPv6",))], [],
            id="no address of the family"),
        pytest.param(
            V2_6, pod("p", "100.96.0.1", "2001:db8:96::1"), [made.service(families=("IPv4", "IPv6"))],
            [(8080, "tcp", "IPv4"), (8080, "tcp", "IPv6")], id="dual stack since 2.6",
        ),
    ],
)  # fmt: skip
def test_wanted_ports(
    version: Version, given: Pod, of_services: list[dict[str, Any]], expected: list[tuple[int, str, str]]
) -> None:
    assert wanted_ports(version, given, services(*of_services)) == expected


# -- annotations

TWO = made.service("two", made.port(53, 53), made.port(53, 53, "UDP", name="u"), npl="true")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.13.0", '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000}]'),
        ("1.3.0", '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000}]'),
        ("1.4.0", '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocols":["tcp","udp"]}]'),
        ("1.6.3", '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocols":["tcp","udp"]}]'),
        (
            "1.7.2",
            '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp","protocols":["tcp"]},'
            '{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61001,"protocol":"udp","protocols":["udp"]}]',
        ),
        (
            "1.15.1",
            '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp","protocols":["tcp"]},'
            '{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61001,"protocol":"udp","protocols":["udp"]}]',
        ),
        (
            "2.5.2",
            '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp"},'
            '{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61001,"protocol":"udp"}]',
        ),
        (
            "2.6.0",
            '[{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp","ipFamily":"IPv4"},'
            '{"podPort":53,"nodeIP":"198.18.0.1","nodePort":61001,"protocol":"udp","ipFamily":"IPv4"}]',
        ),
    ],
)
def test_the_shape_of_each_release(version: str, expected: str) -> None:
    outcome = agent(Version.read(version)).sync(pod(), services(TWO), NODE)
    assert (outcome.annotation, outcome.patch) == (expected, True)


def test_both_families_count_from_the_start_of_the_range() -> None:
    node = Node.read(made.node("n1", "198.18.0.1", "2001:db8:18::1"))
    outcome = agent(V2_6).sync(
        pod("p", "100.96.0.1", "2001:db8:96::1"),
        services(made.service(npl="true", families=("IPv4", "IPv6"))),
        node,
    )
    assert [(entry["nodeIP"], entry["nodePort"], entry["ipFamily"]) for entry in shown(outcome)] == [
        ("198.18.0.1", 61000, "IPv4"),
        ("2001:db8:18::1", 61000, "IPv6"),
    ]
    assert outcome.put == {
        ("n1", "IPv4", "tcp", 61000): ("100.96.0.1", 8080),
        ("n1", "IPv6", "tcp", 61000): ("2001:db8:96::1", 8080),
    }


@pytest.mark.parametrize(("version", "address"), [(V2_5, "198.18.0.1"), (V2_6, "198.18.9.9")])
def test_node_ip_is_the_external_one_since_2_6(version: Version, address: str) -> None:
    node = Node.read(made.node(external="198.18.9.9"))
    assert shown(agent(version).sync(pod(), services(HELLO), node))[0]["nodeIP"] == address


def test_a_new_node_address_is_annotated() -> None:
    npl = agent(V2_6)
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    second = npl.sync(
        pod(uid="u", annotations={"nodeportlocal.antrea.io": str(first.annotation)}),
        services(HELLO),
        Node.read(made.node(address="198.18.0.9")),
    )
    assert (
        second.patch and shown(second)[0]["nodeIP"] == "198.18.0.9" and shown(second)[0]["nodePort"] == 61000
    )


# -- ports


def test_ports_are_given_out_one_after_the_other_with_a_wrap() -> None:
    npl = agent()
    given = [pod(f"p{i}", f"100.96.0.{i}") for i in range(1, 6)]
    assert [node_ports(npl.sync(each, services(HELLO), NODE))[8080, "tcp"] for each in given[:3]] == [
        61000,
        61001,
        61002,
    ]
    npl.forget(given[0].uid)
    assert [node_ports(npl.sync(each, services(HELLO), NODE))[8080, "tcp"] for each in given[3:]] == [
        61003,
        61000,
    ], "a free port waits for its turn"


def test_each_protocol_has_its_ports() -> None:
    tcp, udp = services(
        made.service("t", made.port(1, 1), selector={"a": "b"}), made.service("u", made.port(1, 1, "UDP"))
    )
    npl = agent(ports=(61000, 61001))
    outcomes = [
        npl.sync(pod(f"p{i}", f"100.96.0.{i}"), [each], NODE) for i, each in enumerate((tcp, udp, tcp, udp))
    ]
    assert [list(node_ports(each).values()) for each in outcomes] == [[61000], [61001], [61001], [61000]]


def test_an_exhausted_range_leaves_the_pod_without_annotation_and_a_freed_port_helps() -> None:
    npl = agent(ports=(61000, 61001))
    given = [pod(f"p{i}", f"100.96.0.{i}") for i in range(1, 4)]
    for each in given[:2]:
        npl.sync(each, services(HELLO), NODE)
    outcome = npl.sync(given[2], services(HELLO), NODE)
    assert (outcome.annotation, outcome.patch, outcome.put) == (None, False, {})
    assert outcome.error == "failed to add rule for Pod default/p3: no free port found"
    npl.forget(given[0].uid)
    assert node_ports(npl.sync(given[2], services(HELLO), NODE)) == {(8080, "tcp"): 61000}


def test_an_exhausted_range_takes_nothing_from_what_is_mapped() -> None:
    npl = agent(ports=(61000, 61001))
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    npl.sync(pod("p2", "100.96.0.2"), services(HELLO), NODE)
    more = made.service("more", made.port(1, 443), npl="true")
    outcome = npl.sync(after(first), services(HELLO, more), NODE)
    assert outcome.error and not (outcome.patch or outcome.drop)
    assert npl.live[KEY] == ("100.96.0.1", 8080)


def test_ports_that_others_listen_on_are_skipped() -> None:
    outcome = agent().sync(pod(), services(HELLO), NODE, lambda: {("tcp", 61000), ("udp", 61001)})
    assert node_ports(outcome) == {(8080, "tcp"): 61001}


def test_releases_1_4_to_1_6_take_a_port_for_both_protocols() -> None:
    npl = agent(V1_5)
    npl.sync(pod(), services(HELLO), NODE)
    udp = made.service("u", made.port(1, 1, "UDP"), npl="true")
    assert shown(npl.sync(pod("p2", "100.96.0.2"), services(udp), NODE)) == [
        {"podPort": 1, "nodeIP": "198.18.0.1", "nodePort": 61001, "protocols": ["udp"]}
    ]


def test_a_host_port_is_told_and_not_mapped() -> None:
    outcome = agent().sync(pod(ports=[{"containerPort": 8080, "hostPort": 9000}]), services(HELLO), NODE)
    assert node_ports(outcome) == {(8080, "tcp"): 9000} and not outcome.put


def test_the_host_network_with_an_undeclared_port_is_mapped() -> None:
    outcome = agent().sync(pod("h", "198.18.0.1", host_network=True), services(HELLO), NODE)
    assert outcome.put == {("n1", "IPv4", "tcp", 61000): ("198.18.0.1", 8080)}


def test_the_port_table_refuses_what_is_taken_or_outside() -> None:
    ports = PortTable(10, 11)
    assert ports.claim("a", 80, "tcp", 10) and ports.claim("a", 80, "tcp", 10)
    assert not ports.claim("b", 80, "tcp", 10)
    assert not ports.claim("b", 80, "tcp", 12)
    assert ports.take("b", 80, "tcp", frozenset, together=False) == 11
    with pytest.raises(NoFreePort):
        ports.take("c", 80, "tcp", frozenset, together=False)


# -- from one state to the next


def after(outcome: Outcome, **more: Any) -> Pod:
    annotations = {} if outcome.annotation is None else {"nodeportlocal.antrea.io": outcome.annotation}
    return pod("hello-1", *more.pop("ips", ("100.96.0.1",)), uid="u", annotations=annotations, **more)


KEY = ("n1", "IPv4", "tcp", 61000)


@pytest.mark.parametrize(
    ("then", "of_services"),
    [
        pytest.param(lambda made: after(made), [], id="no Service any more"),
        pytest.param(lambda made: after(made, phase="Succeeded"), [HELLO], id="finished"),
        pytest.param(lambda made: after(made, phase="Failed"), [HELLO], id="failed"),
        pytest.param(lambda made: after(made, ips=()), [HELLO], id="no address any more"),
    ],
)
def test_a_mapping_goes(then: Callable[[Outcome], Pod], of_services: list[dict[str, Any]]) -> None:
    npl = agent()
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    assert npl.live == {KEY: ("100.96.0.1", 8080)}
    outcome = npl.sync(then(first), services(*of_services), NODE)
    assert (outcome.annotation, outcome.patch, outcome.drop) == (None, True, {KEY})
    assert npl.live == {}


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(lambda made: after(made), id="nothing new"),
        pytest.param(lambda made: after(made, terminating=True), id="terminating"),
        pytest.param(lambda made: after(made, labels={"app": "hello", "more": "labels"}), id="another label"),
    ],
)
def test_a_mapping_stays(then: Callable[[Outcome], Pod]) -> None:
    npl = agent()
    outcome = npl.sync(then(npl.sync(pod(uid="u"), services(HELLO), NODE)), services(HELLO), NODE)
    assert not (outcome.patch or outcome.drop or outcome.put)
    assert npl.live == {KEY: ("100.96.0.1", 8080)}


def test_one_of_two_services_of_a_mapping_goes() -> None:
    npl = agent()
    first = npl.sync(
        pod(uid="u"), services(HELLO, made.service("more", made.port(1, 9090), npl="true")), NODE
    )
    assert node_ports(first) == {(8080, "tcp"): 61000, (9090, "tcp"): 61001}
    second = npl.sync(after(first), services(HELLO), NODE)
    assert node_ports(second) == {(8080, "tcp"): 61000} and second.drop == {("n1", "IPv4", "tcp", 61001)}


def test_another_address_takes_another_port() -> None:
    npl = agent()
    outcome = npl.sync(
        after(npl.sync(pod(uid="u"), services(HELLO), NODE), ips=("100.96.0.9",)), services(HELLO), NODE
    )
    assert node_ports(outcome) == {(8080, "tcp"): 61001}
    assert outcome.drop == {KEY} and outcome.put == {("n1", "IPv4", "tcp", 61001): ("100.96.0.9", 8080)}


def test_a_foreign_hand_in_the_annotation_is_put_right() -> None:
    npl = agent()
    npl.sync(pod(uid="u"), services(HELLO), NODE)
    changed = pod(
        uid="u",
        annotations={
            "nodeportlocal.antrea.io": (
                '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":30000,"protocol":"tcp"}]'
            )
        },
    )
    assert node_ports(npl.sync(changed, services(HELLO), NODE)) == {(8080, "tcp"): 61000}


def test_the_order_of_entries_means_nothing() -> None:
    npl = agent()
    outcome = npl.sync(pod(uid="u"), services(TWO), NODE)
    turned = json.dumps(list(reversed(shown(outcome))))
    assert not npl.sync(
        pod(uid="u", annotations={"nodeportlocal.antrea.io": turned}), services(TWO), NODE
    ).patch


# -- an agent starts again


def annotated(text: str, **more: Any) -> Pod:
    return pod(uid="u", annotations={"nodeportlocal.antrea.io": text}, **more)


@pytest.mark.parametrize(
    ("version", "text"),
    [
        (V1_3, '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002}]'),
        (V1_5, '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocols":["tcp"]}]'),
        (
            V1_15,
            '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocol":"tcp","protocols":["tcp"]}]',
        ),
        (V2_5, '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocol":"tcp"}]'),
        (
            V2_6,
            '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocol":"tcp","ipFamily":"IPv4"}]',
        ),
    ],
)
def test_ports_are_kept_over_a_restart(version: Version, text: str) -> None:
    npl = agent(version)
    assert npl.restore([annotated(text)]) == []
    assert npl.live == {("n1", "IPv4", "tcp", 61002): ("100.96.0.1", 8080)}
    outcome = npl.sync(annotated(text), services(HELLO), NODE)
    assert not (outcome.patch or outcome.drop or outcome.put)


def test_another_range_gives_another_port() -> None:
    npl = agent(ports=(62000, 62001))
    npl.restore([annotated('[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocol":"tcp"}]')])
    assert npl.live == {}
    assert node_ports(
        npl.sync(
            annotated('[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61002,"protocol":"tcp"}]'),
            services(HELLO),
            NODE,
        )
    ) == {(8080, "tcp"): 62000}


def test_two_pods_that_claim_one_port() -> None:
    npl = agent()
    text = '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp"}]'
    second = pod("p2", "100.96.0.2", annotations={"nodeportlocal.antrea.io": text})
    npl.restore([annotated(text), second])
    assert npl.live == {KEY: ("100.96.0.1", 8080)}
    assert node_ports(npl.sync(second, services(HELLO), NODE)) == {(8080, "tcp"): 61001}


def test_what_no_service_asks_for_any_more_goes_after_the_restart() -> None:
    npl = agent()
    text = '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp"}]'
    npl.restore([annotated(text)])
    outcome = npl.sync(annotated(text), [], NODE)
    assert outcome.patch and outcome.annotation is None and outcome.drop == {KEY}
