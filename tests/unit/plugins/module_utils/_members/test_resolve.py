# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The warnings and reasons of a pool beside its members, and their order."""

from __future__ import annotations

from ansible_collections.vks.bigip.tests.unit.support.member_cases import CL, DNS, LOCAL, NP, NPL, c, run


def test_the_port_of_the_service() -> None:
    _members, _left, pool = run(c("", CL, "", route_domain=2))
    assert (pool.port_name, pool.port, pool.protocol, pool.target_ports, pool.route_domain) == ("http", 80, "TCP", (8080,), 2)
    assert (pool.namespace, pool.service, pool.chosen_because) == ("default", "web", "pool_member_type asks for it")
    assert pool.address(pool.members[0]) == "100.96.0.1%2"
    _members, _left, pool = run(c("", CL, "", ports="80/TCP>web", slices=[":8080/TCP | a@n1"]))
    assert (pool.port_name, pool.target_ports, pool.route_domain) == (None, (), None) and pool.address(pool.members[0]) == "100.96.0.1"
    _members, _left, pool = run(c("", CL, "", ports=DNS, port="53/UDP", slices=["dns:53/UDP | a@n1"]))
    assert (pool.port_name, pool.protocol) == ("dns", "UDP")


def test_the_health_check_of_a_local_service() -> None:
    for svc, port in (({**LOCAL, "healthCheckNodePort": 32000}, 32000), ({"type": "NodePort", "healthCheckNodePort": 32000}, None)):
        _members, _left, pool = run(c("", NP, "", svc=svc, nodes="n1", slices=["http:8080/TCP | a@n1"]))
        assert pool.health_check_node_port == port


def test_what_is_left_out_is_sorted_and_each_once() -> None:
    slices = ["http:8080/TCP | c@n1!notready b@n2!notready @n1!notready=10.0.0.1", "http:8080/TCP | b@n2!notready"]
    _members, _left, pool = run(c("", CL, "", slices=slices))
    assert [(item.kind, item.name) for item in pool.left_out] == [("Endpoint", "10.0.0.1:8080"), ("Pod", "b"), ("Pod", "c")]


def test_what_is_left_out_without_a_node_is_sorted_too() -> None:
    _members, _left, pool = run(c("", CL, "", slices=["x:1/TCP | a@n1", "y:1/TCP | b@n1"]))
    assert [item.name for item in pool.left_out] == ["web-0", "web-1"] and all(item.node is None for item in pool.left_out)


def test_what_is_left_out_under_one_name_is_sorted_by_node() -> None:
    """A Pod of a StatefulSet moved: the slices still have it on two nodes, or do not say where."""
    slices = ["http:8080/TCP | a+old@n2!notready=10.0.0.1 a+new@n1!dying=10.0.0.2 a+first@n2!dying=10.0.0.3 a+none!dying=10.0.0.4"]
    _members, _left, pool = run(c("", CL, "", slices=slices))
    assert [(item.node, item.reason) for item in pool.left_out] == [
        (None, "terminating"), ("n1", "terminating"), ("n2", "not_ready"), ("n2", "terminating"),
    ]  # fmt: skip
    slices = ["http:8080/TCP | a+old@b2!notready=10.0.0.1 a+none!dying=10.0.0.4"]
    _members, _left, pool = run(c("", CL, "", slices=slices))
    assert [(item.node, item.reason) for item in pool.left_out] == [(None, "terminating"), ("b2", "not_ready")]


def test_warnings_are_sorted_and_each_once() -> None:
    """The Pods come in the order of their addresses, in which b is before a."""
    maps = "b:8080/tcp=198.18.0.2:10250 a:8080/tcp=198.18.0.1:10250"
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1=100.96.0.9 b@n2=100.96.0.3"]))
    assert [warning[:5] for warning in pool.warnings] == ["Pod a", "Pod b"]


def test_an_address_that_is_taken_is_warned_of() -> None:
    maps = "a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000"
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1 b@n1"]))
    assert pool.warnings == ("Pod b has 198.18.0.1 port 61000, as Pod a has.",)
