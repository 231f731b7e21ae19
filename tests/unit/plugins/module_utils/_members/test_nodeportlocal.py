# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mode nodeportlocal: for which Services, and which mapping belongs to which endpoint."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members import explain, nodeportlocal
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import AUTO, NPL, NPL_AB, Case, c, check, mapped, reported, run

ELIGIBLE = [
    c("ClusterIP", NPL, NPL_AB, maps=mapped()),
    c("LoadBalancer", NPL, NPL_AB, svc={"type": "LoadBalancer"}, maps=mapped()),
    c("NodePort", NPL, "!npl_service_type", svc={"type": "NodePort"}, maps=mapped()),
    c("headless", NPL, NPL_AB, svc={"clusterIP": "None"}, maps=mapped()),
    c("no selector", NPL, "!npl_no_selector", svc={"selector": None}, maps=mapped()),
    c("no annotation", NPL, "!npl_not_annotated", annotated=None, maps=mapped()),
    c("annotation True", NPL, "!npl_annotation_value", annotated="True", maps=mapped()),
    c("annotation 1", NPL, "!npl_annotation_value", annotated="1"),
    c("annotation yes", NPL, "!npl_annotation_value", annotated="yes"),
    c("annotation with a blank", NPL, "!npl_annotation_value", annotated="true "),
    c("annotation empty", NPL, "!npl_annotation_value", annotated=""),
    c("SCTP", NPL, "!npl_protocol", ports="http:80/SCTP>8080"),
    c("UDP", NPL, "198.18.0.1:61000@a", ports="dns:53/UDP>53", slices=["dns:53/UDP | a@n1"], maps="a:53/udp=198.18.0.1:61000"),
]

JOIN = [
    c("not ready, though mapped", NPL, "198.18.0.1:61000@a", "b=not_ready", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!notready"]),
    c("terminating, though mapped", NPL, "198.18.0.1:61000@a", "b=terminating", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!draining"]),
    c("terminating, drain", NPL, "198.18.0.1:61000@a", "b=draining", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!draining"], terminating="drain"),
    c("terminating, drain, dying", NPL, "198.18.0.1:61000@a", "b=draining", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!dying"], terminating="drain"),
    c("terminating, drain, without a mapping", NPL, "198.18.0.1:61000@a", "b=terminating", maps="a:8080/tcp=198.18.0.1:61000",
      slices=["http:8080/TCP | a@n1 b@n2!draining"], terminating="drain"),
    c("terminating, drain, another Pod has the port now", NPL, "198.18.0.1:61000@a", "b=terminating",
      maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000", slices=["http:8080/TCP | a@n1 b@n1!dying"], terminating="drain"),
    c("terminating ones as the last resort", NPL, NPL_AB, maps=mapped(), slices=["http:8080/TCP | a@n1!draining b@n2!draining"]),
    c("recreated under the same name", NPL, "198.18.0.1:61000@a", "b=pod_recreated", maps=mapped(), pods="a b+uid-new"),
    c("deleted meanwhile", NPL, "198.18.0.1:61000@a", "b=pod_gone", maps=mapped(), pods="a"),
    c("a mapped Pod that no slice has", NPL, "198.18.0.1:61000@a", maps=mapped(), pods="a b", slices=["http:8080/TCP | a@n1"]),
    c("an endpoint that is not a Pod", NPL, "198.18.0.1:61000@a", "203.0.113.7:8080=not_a_pod", maps=mapped(), slices=["http:8080/TCP | a@n1 =203.0.113.7"]),
    c("address of another node", NPL, "198.18.0.1:61000@a", "b=mapping_stale", maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.9:61000"),
    c("node gone", NPL, "198.18.0.1:61000@a", "b=mapping_stale", maps=mapped(), nodes="n1"),
    c(
        "stale and fresh mapping",
        NPL,
        "198.18.0.1:61001@a",
        "a=mapping_stale",
        maps="a:8080/tcp=198.18.0.8:61000 a:8080/tcp=198.18.0.1:61001",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "ExternalIP first, as Antrea 2.6 does",
        NPL,
        "203.0.113.1:61000@a",
        maps="a:8080/tcp=203.0.113.1:61000",
        nodes="n1!external",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "two Pods say the same port of a node",
        NPL,
        "198.18.0.1:61000@a",
        "b=same_address",
        maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000",
        slices=["http:8080/TCP | a@n1 b@n1"],
    ),
    c(
        "a Pod of another Service names the same port of a node",
        NPL,
        "198.18.0.2:61000@b",
        "a=mapping_contested",
        maps=f"{mapped()} c:8080/tcp=198.18.0.1:61000",
        more_slices={"other": "http:8080/TCP | c@n1"},
    ),
    c(
        "the port belongs to a Pod of another Service, on whose node it is",
        NPL,
        "198.18.0.1:61000@a",
        "b=mapping_taken",
        maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61009 c:8080/tcp=198.18.0.1:61009",
        slices=["http:8080/TCP | a@n1 b@n1"],
        more_slices={"other": "http:8080/TCP | c@n1"},
        writers={"b": "kubectl-annotate", "c": "antrea-agent/status"},
    ),
    c("exclude_nodes", NPL, "198.18.0.1:61000@a", "b=node_excluded", maps=mapped(), exclude_nodes=("n2",)),
    c("a cordoned or not ready node is the slice's business", NPL, NPL_AB, maps=mapped(), nodes="n1!cordoned n2!excluded"),
    c("two Services on one Pod port share the mapping", NPL, NPL_AB, maps=mapped(), more_services=[text.service(name="web2", npl="true")]),
    c("no endpoints", NPL, "", maps=mapped(), slices=[]),
]


@pytest.mark.parametrize("case", ELIGIBLE, ids=str)
def test_eligible(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", JOIN, ids=str)
def test_join(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("mode", [NPL, AUTO])
@pytest.mark.parametrize("value", ["x" * 200_000, "true\x1b[2J", "true\nFAILED!", "\u202eeurt"])
def test_a_hostile_annotation_of_a_service_is_a_short_word_in_a_message(value: str, mode: str) -> None:
    _members, _left, failed = run(c("", mode, "", annotated=value))
    assert len(failed.message) < 900 and failed.message.isprintable() and failed.message.isascii()


def test_the_other_mappings_of_a_pod_are_listed_up_to_a_limit() -> None:
    """Antrea maps a port of a Pod once; a hostile annotation may name thousands."""
    maps = " ".join(f"a:8080/tcp=198.18.0.1:{61000 + number}" for number in range(14))
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1"]))
    assert [member.port for member in pool.members] == [61000] and [item.reason for item in pool.left_out] == ["mapping_duplicate"] * 10
    assert pool.left_out[0].message.startswith("Pod a is mapped to 198.18.0.1 port 61000 and to port 61001.")
    assert all("61011" not in item.message for item in pool.left_out)
    maps = " ".join(f"a:8080/tcp=198.18.0.1:{10000 + number}" for number in range(14))
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1"]))
    assert len(pool.left_out) == 10 and "4 more mappings of Pod a cannot be used." in pool.warnings and len(pool.warnings) == 11


def test_all_violations_are_named() -> None:
    _members, _left, failed = run(c("", NPL, "", annotated="True", svc={"type": "NodePort", "selector": None}, ports="http:80/SCTP>8080"))
    assert (failed.code, failed.what) == ("npl_service_type", "pools[0]: Service default/web cannot be published by NodePortLocal")
    assert failed.details == {
        "service": "default/web",
        "violations": ["npl_service_type", "npl_no_selector", "npl_annotation_value", "npl_protocol"],
    }
    assert failed.said == (
        "its type is NodePort; it has no selector; its annotation nodeportlocal.antrea.io/enabled is 'True', not exactly \"true\"; "
        "port 80/SCTP (http) is neither TCP nor UDP"
    )
    _members, _left, failed = run(c("", NPL, "", annotated=None))
    assert failed.said == "it has no annotation nodeportlocal.antrea.io/enabled"


def test_ten_mappings_that_cannot_be_used_need_no_sentence_about_more() -> None:
    maps = " ".join(f"a:8080/tcp=198.18.0.1:{10000 + number}" for number in range(10))
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1"]))
    assert len(pool.left_out) == 10 and len(pool.warnings) == 10 and not any("more mappings" in warning for warning in pool.warnings)


A_NEW = "Pod a is a new one (UID uid-new, the EndpointSlice has uid-a)."
REPORTED: dict[str, tuple[Case, list[tuple[str, str, str, str, str | None]]]] = {
    "not a Pod": (
        c("", NPL, "", slices=["http:8080/TCP | @n1=203.0.113.7"]),
        [("Endpoint", "203.0.113.7:8080", "not_a_pod", "The endpoint 203.0.113.7:8080 is not a Pod.", "n1")],
    ),
    "deleted": (c("", NPL, "", slices=["http:8080/TCP | a@n1"], pods="b"), [("Pod", "a", "pod_gone", "Pod a does not exist any more.", "n1")]),
    "recreated": (c("", NPL, "", slices=["http:8080/TCP | a@n1"], pods="a+uid-new"), [("Pod", "a", "pod_recreated", A_NEW, "n1")]),
    "mapped twice": (
        c("", NPL, "", slices=["http:8080/TCP | a@n1"], maps="a:8080/tcp=198.18.0.1:61000 a:8080/tcp=198.18.0.1:61003"),
        [("Pod", "a", "mapping_duplicate", "Pod a is mapped to 198.18.0.1 port 61000 and to port 61003.", "n1")],
    ),
    "on an excluded node": (
        c("", NPL, "", slices=["http:8080/TCP | a@n1"], maps=mapped(), exclude_nodes=("n1",)),
        [("Pod", "a", "node_excluded", "Pod a runs on node n1.", "n1")],
    ),
}


@pytest.mark.parametrize("case, expected", REPORTED.values(), ids=REPORTED)
def test_what_is_left_out_is_reported(case: Case, expected: list[tuple[str, str, str, str, str | None]]) -> None:
    _members, _left, pool = run(case)
    assert reported(pool) == expected


def test_endpoints_of_another_family_are_warned_of() -> None:
    _members, _left, pool = run(c("", NPL, "", slices=["v6 http:8080/TCP | a@n1"]))
    assert pool.warnings == ("Its endpoints have IPv6 addresses only, and IPv4 is wanted: see address_family.",)


def test_a_member_has_the_state_of_its_endpoint() -> None:
    for state, flags in (("ready", (True, True, False)), ("published", (True, False, False)), ("draining", (False, True, True))):
        _members, _left, pool = run(c("", NPL, "", maps=mapped(), slices=[f"http:8080/TCP | a@n1!{state}"]))
        assert pool.members == (Member("198.18.0.1", 61000, "n1", "a", *flags),)


def test_the_annotation_of_a_pod_is_not_read_twice_without_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "unreadable", lambda _pod, _annotation: pytest.fail("read again"))
    assert run(c("", NPL, "", maps=mapped()))[0] == NPL_AB


@pytest.mark.parametrize(
    "maps, pods, proved",
    [
        ("", "a", False),
        ("a:8080/tcp=198.18.0.1:61000", "a", True),
        ("a:8080/tcp=198.18.0.1:61000", "a+uid-new", False),
        ("a:9090/tcp=198.18.0.1:61000", "a", False),
        ("a:8080/udp=198.18.0.1:61000", "a", False),
        ("b:8080/tcp=198.18.0.1:61000", "a b", False),
        ("b:8080/tcp=198.18.0.1:61000", None, False),
    ],
)
def test_a_mapping_of_its_own_pods_for_its_own_port_proves_the_mode(maps: str, pods: str | None, proved: bool) -> None:
    """Even of a Pod that is not ready, among endpoints that are not Pods."""
    made = text.snapshot(
        [text.service(npl="true")],
        [text.endpoint_slice("http:8080/TCP | @n1=203.0.113.7 a@n1!notready")],
        None,
        None if pods is None else text.pods(pods, maps),
    )
    service = made.services[("default", "web")]
    assert nodeportlocal.mapped(made, service, service.ports[0]) is proved


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_pods_at_one_place_the_lower_address_is_the_member(order: int) -> None:
    """As numbers: 9 is before 10."""
    maps = "a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000"
    slices = [f"http:8080/TCP | {' '.join(['a@n1=100.96.0.10', 'b@n1=100.96.0.9'][::order])}"]
    members, left, _pool = run(c("", NPL, "", maps=maps, slices=slices))
    assert (members, left) == ("198.18.0.1:61000@b", "a=same_address")


def test_two_pods_at_one_place() -> None:
    maps = "a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000"
    _members, _left, pool = run(c("", NPL, "", maps=maps, slices=["http:8080/TCP | a@n1 b@n1"]))
    assert [member.pod for member in pool.members] == ["a"]
    assert pool.left_out[0].message.startswith("Pod b has 198.18.0.1 port 61000, as Pod a has.") and pool.left_out[0].kind == "Pod"


def test_the_mapping_of_a_pod_that_drains() -> None:
    slices = ["http:8080/TCP | a@n1 b@n2!dying"]
    _members, _left, pool = run(c("", NPL, "", maps=mapped(), slices=slices, terminating="drain"))
    assert [(item.address, item.port, item.pod, item.node, item.serving) for item in pool.draining] == [("198.18.0.2", 61000, "b", "n2", False)]
