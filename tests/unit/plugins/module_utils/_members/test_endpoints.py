# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which endpoints of a Service port take traffic."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.tests.unit.support.member_cases import AB, CL, CL_AB, SIX, Case, c, check, reported, run

SLICES = [
    c("no slices is an empty pool", CL, "", slices=[]),
    c("a slice without endpoints", CL, "", slices=["http:8080/TCP | "]),
    c("a slice without ports and endpoints", CL, "", slices=[" | "]),
    c("several slices are merged", CL, CL_AB, slices=["http:8080/TCP | a@n1", "http:8080/TCP | b@n2"]),
    c("the same endpoint in two slices", CL, CL_AB, slices=[AB, "http:8080/TCP | b@n2"]),
    c("in two slices, ready in one", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!notready", "http:8080/TCP | a@n1"]),
    c("in two slices, terminating in one", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!dying", "http:8080/TCP | a@n1"]),
    c("in two slices, draining in one", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!draining", "http:8080/TCP | a@n1"]),
    c("an address used again by another Pod", CL, "100.96.0.9:8080@b", slices=["http:8080/TCP | a@n1!dying=100.96.0.9", "http:8080/TCP | b@n2=100.96.0.9"]),
    c("slices of another Service are not ours", CL, "", slices=[AB], slice_of="other"),
    c("slices of a Service of another namespace", CL, "", slices=[AB], slice_namespace="other"),
    c(
        "target ports that differ by Pod",
        CL,
        "100.96.0.1:8080@a 100.96.0.2:9090@b",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", "http:9090/TCP | b@n2"],
    ),
    c(
        "a Pod without the named target port",
        CL,
        "100.96.0.1:8080@a",
        "b=named_port_unresolved",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", " | b@n2"],
    ),
    c("named target port, no Pod has it", CL, "", "a=named_port_unresolved", ports="http:80/TCP>web", slices=[" | a@n1"]),
    c("named, once without and once with the port", CL, "100.96.0.1:8080@a", ports="http:80/TCP>web", slices=["http:8080/TCP | a@n1", " | a@n1"]),
    c("protocol of the slice's port must fit", CL, "", "web-0=slice_port_mismatch", slices=["http:8080/UDP | a@n1"]),
    c("name of the slice's port must fit", CL, "", "web-0=slice_port_mismatch", slices=["www:8080/TCP | a@n1"]),
    c("a slice port without number serves nothing", CL, "", "web-0=slice_port_mismatch", slices=["http:/TCP | a@n1"]),
    c("other ports of the slice are not taken", CL, "100.96.0.1:8080@a", slices=["admin:8081/TCP http:8080/TCP | a@n1"]),
    c("targetPort changed, both slices still there", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1", "http:7070/TCP | a@n1"]),
    c("targetPort changed, slice not yet", CL, "100.96.0.1:7070@a", slices=["http:7070/TCP | a@n1"]),
    c("selector-less with a slice by hand", CL, "203.0.113.7:9376", svc={"selector": None}, slices=["http:9376/TCP | =203.0.113.7"]),
    c("selector-less, slice of another port name", CL, "", "web-0=slice_port_mismatch", svc={"selector": None}, slices=["x:9376/TCP | =203.0.113.7"]),
    c("selector-less, conditions not set means ready", CL, "203.0.113.7:9376", svc={"selector": None}, slices=["http:9376/TCP | !unset=203.0.113.7"]),
    c("headless", CL, CL_AB, svc={"clusterIP": "None"}),
    c("headless without selector", CL, "203.0.113.7:9376", svc={"clusterIP": "None", "selector": None}, slices=["http:9376/TCP | =203.0.113.7"]),
    c("host names are not members", CL, "", "web-0=fqdn", slices=["fqdn http:8080/TCP | =db.example.com"]),
    c("an address that is none", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =100.96.0.300"]),
    c("the address of a cloud's metadata service", CL, "", "web-0=invalid_address", svc={"selector": None}, slices=["http:80/TCP | =169.254.169.254"]),
    c("loopback", CL, "100.96.0.1:8080@a", "web-0=invalid_address", slices=["http:8080/TCP | a@n1 b@n2=127.0.0.1"]),
    c("multicast", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =224.0.0.1"]),
    c("unspecified", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =0.0.0.0"]),
    c("IPv4 in IPv6", CL, "", "web-0=invalid_address", svc={"families": SIX}, slices=["v6 http:8080/TCP | =::ffff:169.254.169.254"]),
    c("IPv6 with a zone", CL, "", "web-0=invalid_address", svc={"families": SIX}, slices=["v6 http:8080/TCP | =2001:db8::1%eth0"]),
    c("an IPv6 address in an IPv4 slice", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =2001:db8::1"]),
    c("sorted numerically, not as text", CL, "100.96.0.2:8080@b 100.96.0.10:8080@a", slices=["http:8080/TCP | a@n1=100.96.0.10 b@n2"]),
    c("sorted by port under one address", CL, "10.0.0.1:9@b 10.0.0.1:80@a", ports="h:1/TCP>x", slices=["h:80/TCP | a@n1=10.0.0.1", "h:9/TCP | b@n1=10.0.0.1"]),
    c("the first address of an endpoint counts", CL, "100.96.0.1:8080@a", second_address="100.96.0.77", slices=["http:8080/TCP | a@n1"]),
]

CONDITIONS = [
    c("not ready", CL, "100.96.0.1:8080@a", "b=not_ready", slices=["http:8080/TCP | a@n1 b@n2!notready"]),
    c("conditions not set means ready", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!unset"]),
    c("draining beside a ready one", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1 b@n2!draining"]),
    c("only draining ones: fallback", CL, "100.96.0.1:8080@a 100.96.0.2:8080@b", slices=["http:8080/TCP | a@n1!draining b@n2!draining"]),
    c("only draining ones: exclude", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!draining"], terminating="exclude"),
    c("draining beside a ready one: keep", CL, CL_AB, slices=["http:8080/TCP | a@n1 b@n2!draining"], terminating="keep"),
    c("keep takes none that serve no longer", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1 b@n2!dying"], terminating="keep"),
    c("dying only", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!dying"]),
    c("fallback skips the dying", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1!draining b@n2!dying"]),
    c("fallback skips the not ready", CL, "100.96.0.1:8080@a", "b=not_ready", slices=["http:8080/TCP | a@n1!draining b@n2!notready"]),
    c("publishNotReadyAddresses: ready in the slice", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!published"]),
    c("publishNotReadyAddresses and terminating", CL, CL_AB, slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"]),
    c(
        "publishNotReadyAddresses and terminating: exclude",
        CL,
        "100.96.0.1:8080@a",
        "b=terminating",
        terminating="exclude",
        slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"],
    ),
    c("publishNotReadyAddresses and terminating: keep", CL, CL_AB, slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"], terminating="keep"),
    c("drain beside a ready one", CL, "100.96.0.1:8080@a", "b=draining", slices=["http:8080/TCP | a@n1 b@n2!draining"], terminating="drain"),
    c("drain beside a ready one, serves no longer", CL, "100.96.0.1:8080@a", "b=draining", slices=["http:8080/TCP | a@n1 b@n2!dying"], terminating="drain"),
    c("drain as the last resort", CL, CL_AB, slices=["http:8080/TCP | a@n1!draining b@n2!draining"], terminating="drain"),
    c("drain, none serves", CL, "", "a=draining", slices=["http:8080/TCP | a@n1!dying"], terminating="drain"),
    c("drain, the last one serves no longer", CL, "100.96.0.1:8080@a", "b=draining", slices=["http:8080/TCP | a@n1!draining b@n2!dying"], terminating="drain"),
    c("drain and not ready", CL, "100.96.0.1:8080@a", "b=not_ready", slices=["http:8080/TCP | a@n1!draining b@n2!notready"], terminating="drain"),
    c("drain and publishNotReadyAddresses", CL, "100.96.0.1:8080@a", "b=draining", slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"], terminating="drain"),
    c("drain, only one, and publishNotReadyAddresses", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!publisheddraining"], terminating="drain"),
    c(
        "drain on an excluded node",
        CL,
        "100.96.0.1:8080@a",
        "b=node_excluded",
        exclude_nodes=("n2",),
        slices=["http:8080/TCP | a@n1 b@n2!draining"],
        terminating="drain",
    ),
    c("an endpoint that serves, not ready and not terminating, never drains", CL, "", "a=not_ready", slices=["http:8080/TCP | a@n1!serving"]),
    c("no Pod ready", CL, "", "a=not_ready b=not_ready", slices=["http:8080/TCP | a@n1!notready b@n2!notready"]),
    c("exclude_nodes", CL, "100.96.0.1:8080@a", "b=node_excluded", exclude_nodes=("n2",)),
    c(
        "fallback after exclude_nodes took the ready one",
        CL,
        "100.96.0.1:8080@a",
        "b=node_excluded",
        exclude_nodes=("n2",),
        slices=["http:8080/TCP | a@n1!draining b@n2"],
    ),
]


@pytest.mark.parametrize("case", SLICES, ids=str)
def test_slices(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", CONDITIONS, ids=str)
def test_conditions(case: Case) -> None:
    check(case)


RIVALS = [
    # Pods a and b have one address; a comes first in each order of names, so b shows that its state counts more.
    ("ready", "notready", "a"),
    ("notready", "ready", "b"),
    ("draining", "published", "b"),
    ("notready", "draining", "b"),
    ("dying", "draining", "b"),
    ("publisheddraining", "ready", "b"),
    ("ready", "ready", "a"),
]


@pytest.mark.parametrize(("of_a", "of_b", "owner"), RIVALS)
def test_the_pod_that_is_most_alive_has_an_address(of_a: str, of_b: str, owner: str) -> None:
    lines = [f"http:8080/TCP | a@n1!{of_a}=100.96.0.9", f"http:8080/TCP | b@n1!{of_b}=100.96.0.9"]
    for slices in (lines, lines[::-1]):
        members, _left, _pool = run(c("", CL, "", slices=slices))
        assert members == f"100.96.0.9:8080@{owner}"


COPIES = [
    # two states of one Pod in two slices; ready, serving, terminating of its member
    ("ready", "published", (True, True, False)),
    ("notready", "published", (True, False, False)),
    ("ready", "publisheddraining", (True, True, True)),
    ("draining", "dying", (False, True, True)),
    ("draining", "publisheddraining", (True, True, True)),
]


@pytest.mark.parametrize(("one", "other", "flags"), COPIES)
def test_copies_of_an_endpoint_are_one_member(one: str, other: str, flags: tuple[bool, bool, bool]) -> None:
    lines = [f"http:8080/TCP | a@n1!{one}", f"http:8080/TCP | a!{other}"]
    for slices in (lines, lines[::-1]):
        _members, _left, pool = run(c("", CL, "", slices=slices))
        assert [(item.ready, item.serving, item.terminating) for item in pool.members] == [flags]


def test_copies_that_differ_in_their_node_give_the_same_member_in_any_order() -> None:
    lines = ["http:8080/TCP | a@n1", "http:8080/TCP | a@n2", "http:8080/TCP | a"]
    pools = [run(c("", CL, "", slices=slices))[2] for slices in (lines, lines[::-1], lines[1:] + lines[:1])]
    assert len(pools[0].members) == 1 and pools[0] == pools[1] == pools[2]


OTHER_FAMILY = "Its endpoints have IPv6 addresses only, and IPv4 is wanted: see address_family."
WARNINGS: dict[str, tuple[list[str], tuple[str, ...]]] = {
    "no slices": ([], ()),
    "the other family only": (["v6 http:8080/TCP | a@n1"], (OTHER_FAMILY,)),
    "the other family beside": (["v6 http:8080/TCP | a@n1", "http:8080/TCP | a@n1"], ()),
    "the other family without endpoints": (["v6 http:8080/TCP | "], ()),
    "host names": (["fqdn http:8080/TCP | =db.example.com"], ()),
}


@pytest.mark.parametrize("slices, warnings", WARNINGS.values(), ids=WARNINGS)
def test_endpoints_of_the_other_family_are_warned_of(slices: list[str], warnings: tuple[str, ...]) -> None:
    _members, _left, pool = run(c("", CL, "", slices=slices))
    assert pool.warnings == warnings


LACK = "has no TCP port named web, the targetPort of 80/TCP (http)."
NAMED = {"ports": "http:80/TCP>web"}
REPORTED: dict[str, tuple[Case, list[tuple[str, str, str, str, str | None]]]] = {
    "a Pod": (c("", CL, "", slices=["http:8080/TCP | a@n1!notready"]), [("Pod", "a", "not_ready", "Pod a is not ready.", "n1")]),
    "an address": (
        c("", CL, "", slices=["http:8080/TCP | @n1!notready=10.0.0.1"]),
        [("Endpoint", "10.0.0.1:8080", "not_ready", "Endpoint 10.0.0.1:8080 is not ready.", "n1")],
    ),
    "a terminating Pod": (
        c("", CL, "", slices=["http:8080/TCP | a@n1!dying"]),
        [("Pod", "a", "terminating", "Pod a is terminating and no longer serves.", "n1")],
    ),
    "a draining Pod": (
        c("", CL, "", slices=["http:8080/TCP | a@n1!draining"], terminating="exclude"),
        [("Pod", "a", "terminating", "Pod a is terminating and still serves.", "n1")],
    ),
    "a Pod that drains": (
        c("", CL, "", slices=["http:8080/TCP | a@n1!dying"], terminating="drain"),
        [("Pod", "a", "draining", "Pod a is terminating and keeps its open connections.", "n1")],
    ),
    "an excluded Pod": (
        c("", CL, "", slices=["http:8080/TCP | a@n1"], exclude_nodes=("n1",)),
        [("Pod", "a", "node_excluded", "Pod a runs on node n1.", "n1")],
    ),
    "an excluded address": (
        c("", CL, "", slices=["http:8080/TCP | @n1=10.0.0.1"], exclude_nodes=("n1",)),
        [("Endpoint", "10.0.0.1:8080", "node_excluded", "Endpoint 10.0.0.1:8080 runs on node n1.", "n1")],
    ),
    "a Pod without the port": (c("", CL, "", **NAMED, slices=[" | a@n1"]), [("Pod", "a", "named_port_unresolved", f"Pod a {LACK}", "n1")]),
    "an address without the port": (
        c("", CL, "", **NAMED, slices=[" | @n1=10.0.0.1"]),
        [("Endpoint", "10.0.0.1", "named_port_unresolved", f"Endpoint 10.0.0.1 {LACK}", "n1")],
    ),
    "a named port of a Service without selector": (
        c("", CL, "", **NAMED, svc={"selector": None}, slices=[" | @n1=10.0.0.1"]),
        [("EndpointSlice", "web-0", "slice_port_mismatch", "EndpointSlice web-0 has no port for 80/TCP (http); its ports: none.", None)],
    ),
    "a slice of other ports": (
        c("", CL, "", slices=[":2/UDP x:1/TCP | a@n1"]),
        [("EndpointSlice", "web-0", "slice_port_mismatch", "EndpointSlice web-0 has no port for 80/TCP (http); its ports: 1/TCP (x), 2/UDP.", None)],
    ),
    "host names": (
        c("", CL, "", slices=["fqdn http:8080/TCP | =db.example.com"]),
        [("EndpointSlice", "web-0", "fqdn", "EndpointSlice web-0 has addresses of type FQDN.", None)],
    ),
    "an address of the other family": (
        c("", CL, "", slices=["http:8080/TCP | =2001:db8::1"]),
        [("EndpointSlice", "web-0", "invalid_address", "EndpointSlice web-0 has '2001:db8::1' as IPv4 address.", None)],
    ),
    "loopback": (
        c("", CL, "", slices=["http:8080/TCP | =127.0.0.1"]),
        [("EndpointSlice", "web-0", "invalid_address", "EndpointSlice web-0 has 127.0.0.1, a loopback address.", None)],
    ),
}


@pytest.mark.parametrize("case, expected", REPORTED.values(), ids=REPORTED)
def test_what_is_left_out_is_reported(case: Case, expected: list[tuple[str, str, str, str, str | None]]) -> None:
    _members, _left, pool = run(case)
    assert reported(pool) == expected


DRAINING = [
    # slices, and (address, Pod, serving) of the members that drain
    (["http:8080/TCP | a@n1 b@n2!draining c@n2!dying"], [("100.96.0.2", "b", True), ("100.96.0.3", "c", False)]),
    (["http:8080/TCP | c@n1 b@n2!dying=100.96.0.10 a@n2!dying=100.96.0.9"], [("100.96.0.9", "a", False), ("100.96.0.10", "b", False)]),
    (["http:8080/TCP | a@n1!draining b@n2!draining"], []),
    (["http:8080/TCP | a@n1 b@n2!notready"], []),
    (["http:8080/TCP | a@n1!dying=100.96.0.9 b@n2=100.96.0.9"], []),
]


@pytest.mark.parametrize(("slices", "draining"), DRAINING)
def test_members_that_drain(slices: list[str], draining: list[tuple[str, str, bool]]) -> None:
    _members, _left, pool = run(c("", CL, "", slices=slices, terminating="drain"))
    assert [(item.address, item.pod, item.serving) for item in pool.draining] == draining
    assert all(item.terminating and item.port == 8080 and item.node for item in pool.draining)
    for other in ("exclude", "fallback", "keep"):
        assert run(c("", CL, "", slices=slices, terminating=other))[2].draining == ()
