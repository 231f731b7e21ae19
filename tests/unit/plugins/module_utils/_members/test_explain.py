# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The explanation of a gap, and whether waiting can close it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.explain import JUST_CREATED
from ansible_collections.vks.bigip.plugins.module_utils._members.model import AgentState, LeftOut, NplState
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import LEFT_OUT
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import NPL, ON, Case, c, check, npl, run, shape

V4 = "a:8080/tcp=198.18.0.1:61000"
V6 = "a:8080/tcp=2001:db8:18::1:61000;IPv6"
AB, SIX = "http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"
V4_ONLY = "Pod a is mapped for port 8080/TCP with IPv4 only, not with IPv6."
V6_ONLY = "Pod a is mapped for port 8080/TCP with IPv6 only, not with IPv4."
OLD = "The Antrea of this cluster is 2.5 or older, which maps IPv4 only."
BY_HAND = "No release of Antrea writes an IPv6 address without ipFamily, so another user wrote it. Delete the annotation; Antrea writes it anew."
AGAIN = "If only ipFamilies of the Service changed, Antrea does not look at the Pod again: recreate or touch it (a label suffices)."
EXTERNAL = " If its node has an ExternalIP, Antrea uses no InternalIP of it."
NO_SIX = "Its node n1 has ExternalIP 203.0.113.1, so Antrea uses no InternalIP of it, and no IPv6 address is left."
NO_FOUR = "Its node n1 has ExternalIP 2001:db8:e::1, so Antrea uses no InternalIP of it, and no IPv4 address is left."


def sentence(item: LeftOut) -> str:
    return item.message.removesuffix(f" {LEFT_OUT[item.reason].remedy}")


def gap(maps: str, nodes: str | None = "n1", line: str = SIX, state: NplState | None = None, raw: dict[str, str] | None = None) -> LeftOut:
    family = "IPv6" if line.startswith("v6") else "IPv4"
    there = None if nodes is None else [text.node(name) for name in nodes.split()]
    made = text.snapshot([text.service(npl="true", families=[family])], [text.endpoint_slice(line)], there, text.pods("a", maps, raw), state)
    (item,) = resolve(made, Source("default", "web", mode="nodeportlocal")).left_out
    return item


@pytest.mark.parametrize(
    ("maps", "nodes", "line", "lasting", "said"),
    [
        (V4, "n1", SIX, True, f"{V4_ONLY} {OLD}"),
        (V4, None, SIX, True, f"{V4_ONLY} {OLD}"),
        (f"{V4};IPv4", "n1!external", SIX, True, f"{V4_ONLY} {NO_SIX}"),
        (f"{V4};IPv4", "n1!v4only", SIX, True, f"{V4_ONLY} Its node n1 has no IPv6 address."),
        (V6, "n1!v6only", AB, True, f"{V6_ONLY} Its node n1 has no IPv4 address."),
        (V6, "n1!v6external", AB, True, f"{V6_ONLY} {NO_FOUR}"),
        (f"{V4};IPv4", "n1!bothexternal", SIX, False, f"{V4_ONLY} {AGAIN}"),
        (f"{V4};IPv4", "n1", SIX, False, f"{V4_ONLY} {AGAIN}"),
        (V6, "n1", AB, False, f"{V6_ONLY} {AGAIN}"),
        (V6[:-5], "n1", AB, False, f"{V6_ONLY} {BY_HAND}"),
        (V6[:-5], None, AB, False, f"{V6_ONLY} {BY_HAND}"),
        (V6[:-5], "n1!v6external", AB, True, f"{V6_ONLY} {NO_FOUR}"),
        (f"{V4};IPv4", None, SIX, False, f"{V4_ONLY} {AGAIN}{EXTERNAL}"),
        (f"{V4};IPv4", "n2", SIX, False, f"{V4_ONLY} {AGAIN}{EXTERNAL}"),
        (f"{V4};IPv4", "n1", "v6 http:8080/TCP | a", False, f"{V4_ONLY} {AGAIN}{EXTERNAL}"),
    ],
)
def test_why_the_other_family(maps: str, nodes: str | None, line: str, lasting: bool, said: str) -> None:
    item = gap(maps, nodes, line)
    assert (item.kind, item.name, item.reason, item.lasting, item.node) == ("Pod", "a", "mapping_other_family", lasting, None if "@" not in line else "n1")
    assert sentence(item) == said


@pytest.mark.parametrize(
    ("maps", "reason"),
    [
        ("", "mapping_missing"),
        ("a:9090/tcp=198.18.0.1:61000", "mapping_other_port"),
        ("a:8080/udp=198.18.0.1:61000", "mapping_other_protocol"),
    ],
)
@pytest.mark.parametrize("node", ["n1", "n1!v4only"])
def test_a_port_that_no_family_maps_is_not_a_question_of_the_family(maps: str, reason: str, node: str) -> None:
    item = gap(maps, node)
    assert (item.reason, item.lasting) == (reason, False)


@pytest.mark.parametrize(
    ("raw", "lasting", "said"),
    [
        ("[{", True, "Antrea cannot read the annotation nodeportlocal.antrea.io of Pod a and leaves it as it is: it is not JSON (JSONDecodeError)."),
        ('[{"podPort":"8080","nodeIP":"198.18.0.1","nodePort":61000}]', True, "podPort '8080' is not a whole number."),
        ('[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":0}]', False, "nodePort 0 is not a port."),
    ],
)
def test_only_what_antrea_can_read_is_repaired(raw: str, lasting: bool, said: str) -> None:
    item = gap("", line=AB, raw={"a": raw})
    assert (item.reason, item.lasting) == ("mapping_malformed", lasting) and said in item.message


MISSING = "Pod a on node n1 is ready and has no mapping for 8080/TCP."
PENDING = "Pod a was created less than 30 seconds ago and has no mapping yet."
UNREAD = " Not known, because it could not be read: listing DaemonSets; reading x."
OTHER = "198.18.0.1:6100"
NOT_READ = NplState(unread=("listing DaemonSets", "reading x"))
SAID: dict[str, tuple[str, NplState | None, str]] = {
    # the mappings, the state of Antrea, the sentence
    "missing": ("", None, MISSING),
    "missing, and not all was read": ("", NOT_READ, MISSING + UNREAD),
    "other ports": (
        f"a:9091/udp={OTHER}2 a:9090/tcp={OTHER}1 a:70/tcp={OTHER}0", None, "Pod a is mapped for 70/TCP, 9090/TCP, 9091/UDP, not for 8080/TCP.",
    ),
    "another port, and not all was read": (f"a:9090/tcp={OTHER}0", NOT_READ, "Pod a is mapped for 9090/TCP, not for 8080/TCP." + UNREAD),
    "other protocols": (
        f"a:8080/udp={OTHER}2 a:8080/sctp={OTHER}1 a:8080/dccp={OTHER}0", None,
        "Pod a is mapped for port 8080 with DCCP, SCTP, UDP only, not with TCP.",
    ),
    "no Antrea": ("", NplState(antrea=False), "Pod a has no mapping for 8080/TCP: no DaemonSet antrea-agent was found."),
    "off": ("", NplState(enabled=False, setting="the gate is off"), "Pod a has no mapping for 8080/TCP: the gate is off."),
    "no agent": ("", NplState(agents={}), "Pod a has no mapping for 8080/TCP: no antrea-agent runs on its node n1."),
    "agent not ready": (
        "", NplState(agents={"n1": AgentState(False, 1.0)}), "Pod a has no mapping for 8080/TCP: antrea-agent on its node n1 is not ready.",
    ),
    "agent outdated": (
        "", NplState(agents={"n1": AgentState(True, 1.0)}, configured=2.0),
        "Pod a has no mapping for 8080/TCP: antrea-agent on its node n1 started before its configuration was changed.",
    ),
    "ports used up": (
        f"a:9090/tcp={OTHER}0", NplState(port_range=(61000, 61000), ports_used={("198.18.0.1", "TCP"): 1}),
        "Pod a has no mapping for 8080/TCP: all 1 ports of 61000-61000 are used on its node n1.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("maps, state, said", SAID.values(), ids=SAID)
def test_the_sentence_about_a_gap(maps: str, state: NplState | None, said: str) -> None:
    item = gap(maps, line=AB, state=state)
    assert (item.kind, item.name, item.node, sentence(item)) == ("Pod", "a", "n1", said)


def test_a_pod_that_was_just_created_needs_no_other_reason() -> None:
    _members, _left, pool = run(c("", NPL, "", created="2027-01-15T07:59:50Z", state={"unread": ("reading x",)}, **A1))
    assert [sentence(item) for item in pool.left_out] == [PENDING]


def test_the_sidecar_is_named() -> None:
    world = {**A1, "ports": "http:80/TCP>web", "state": {"named_ports": {"uid-a": frozenset([("web", "UDP")])}}}
    _members, _left, pool = run(c("", NPL, "", **world))
    assert [sentence(item) for item in pool.left_out] == ["Pod a has no mapping for 8080/TCP: no ordinary container of it has a TCP port named web."]


ENTRY = '{"podPort":%s,"nodeIP":"198.18.0.%s","nodePort":%s}'
MANY = range(2000)


@pytest.mark.parametrize(
    ("entries", "reason", "end"),
    [
        ([ENTRY % (8080, 1, 0) for _number in MANY], "mapping_malformed", "and 1990 more."),
        ([ENTRY % (9000 + number, 1, 9000 + number) for number in MANY], "mapping_other_port", "and 1990 more, not for 8080/TCP."),
    ],
)
def test_ten_of_many_entries_are_named(entries: list[str], reason: str, end: str) -> None:
    item = gap("", line=AB, raw={"a": f"[{','.join(entries)}]"})
    assert item.reason == reason and len(item.message) < 700 and end in item.message


def test_ten_of_many_unusable_mappings_are_reported() -> None:
    raw = {"a": f"[{','.join(ENTRY % (8080, 9, 9000 + number) for number in MANY)}]"}
    made = text.snapshot([text.service(npl="true")], [text.endpoint_slice(AB)], [text.node("n1")], text.pods("a", "", raw))
    pool = resolve(made, Source("default", "web", mode="nodeportlocal"))
    assert {item.reason for item in pool.left_out} == {"mapping_stale"} and len(pool.left_out) == 10
    assert len(pool.warnings) == 11 and "1990 more mappings of Pod a cannot be used." in pool.warnings


A1: dict[str, Any] = {"slices": ["http:8080/TCP | a@n1"], "nodes": "n1"}
FORMER = {"n1": AgentState(True, 50.0)}
FULL: dict[str, Any] = {"port_range": (61000, 61001), "ports_used": {("198.18.0.1", "TCP"): 2}}
OTHER_PORT = "a:9090/tcp=198.18.0.1:61000"
EXPLAINED = [
    c("not read yet", NPL, "", "a=mapping_missing", **A1),
    c("mapped for other ports only", NPL, "", "a=mapping_other_port", maps="a:9090/tcp=198.18.0.1:61000", **A1),
    c("mapped for the other protocol only", NPL, "", "a=mapping_other_protocol", maps="a:8080/udp=198.18.0.1:61000", **A1),
    c("no Antrea", NPL, "", "a=antrea_missing", state={"antrea": False}, **A1),
    c("NodePortLocal is off", NPL, "", "a=npl_off", state={"antrea": True, "enabled": False, "setting": "nodePortLocal.enable is not true"}, **A1),
    c("no agent on the node", NPL, "", "a=agent_missing", state={**ON, "agents": {}}, **A1),
    c("agent not ready", NPL, "", "a=agent_not_ready", state={**ON, "agents": {"n1": AgentState(False, 200.0)}}, **A1),
    c("agent older than its configuration", NPL, "", "a=agent_outdated", state={**ON, "agents": FORMER}, **A1),
    c("mapped for another port, range used up", NPL, "", "a=ports_used_up", maps=OTHER_PORT, state={**ON, **FULL}, **A1),
    c("mapped for the other protocol, range used up", NPL, "", "a=ports_used_up", maps="a:8080/udp=198.18.0.1:61000", state={**ON, **FULL}, **A1),
    c("mapped for another port, NodePortLocal is off now", NPL, "", "a=npl_off", maps=OTHER_PORT, state={"enabled": False, "setting": "off"}, **A1),
    c("mapped for other port, agent not ready", NPL, "", "a=agent_not_ready", maps=OTHER_PORT, state={**ON, "agents": {"n1": AgentState(False, 200.0)}}, **A1),
    c("mapped for another port, everything is well", NPL, "", "a=mapping_other_port", maps=OTHER_PORT, state=ON, **A1),
    c("a wrong value, range used up", NPL, "", "a=ports_used_up", raw=shape(nodePort=0), state={**ON, **FULL}, **A1),
    c("an annotation that Antrea cannot read, range used up", NPL, "", "a=mapping_malformed", raw=npl("[{"), state={**ON, **FULL}, **A1),
    c(
        "numeric port mapped, named port of a sidecar",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>8080 admin:81/TCP>admin",
        port="admin",
        slices=["http:8080/TCP admin:9901/TCP | a@n1"],
        nodes="n1",
        maps="a:8080/tcp=198.18.0.1:61000",
        state={**ON, "named_ports": {"uid-a": frozenset([("http", "TCP")])}},
    ),
    c(
        "a sidecar's port is never mapped, whatever the range",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>web",
        state={**ON, **FULL, "named_ports": {"uid-a": frozenset([("x", "TCP")])}},
        **A1,
    ),
    c("agent whose start is not known", NPL, "", "a=mapping_missing", state={**ON, "agents": {"n1": AgentState(True, None)}}, **A1),
    c("port range used up", NPL, "", "a=ports_used_up", state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.1", "TCP"): 2}}, **A1),
    c(
        "port range used up for UDP only",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.1", "UDP"): 2}},
        **A1,
    ),
    c(
        "port range used up in IPv6 only",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("2001:db8:18::1", "TCP"): 2}},
        **A1,
    ),
    c(
        "port range of another node used up",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.2", "TCP"): 2}},
        **A1,
    ),
    c(
        "named port of a sidecar",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>web",
        state={**ON, "named_ports": {"uid-a": frozenset([("x", "TCP")])}},
        **A1,
    ),
    c(
        "named port of a container",
        NPL,
        "",
        "a=mapping_missing",
        ports="http:80/TCP>web",
        state={**ON, "named_ports": {"uid-a": frozenset([("web", "TCP")])}},
        **A1,
    ),
    c("just created", NPL, "", "a=mapping_pending", state=ON, created="2027-01-15T07:59:50Z", **A1),
    c("created 29 seconds ago", NPL, "", "a=mapping_pending", state=ON, created="2027-01-15T07:59:31Z", **A1),
    c("created 31 seconds ago", NPL, "", "a=mapping_missing", state=ON, created="2027-01-15T07:59:29Z", **A1),
    c("created by a clock that is ahead", NPL, "", "a=mapping_pending", state=ON, created="2027-01-15T08:09:00Z", **A1),
    c("created 30 seconds ago", NPL, "", "a=mapping_missing", state=ON, created="2027-01-15T07:59:30Z", **A1),
    c("a named port where the containers were not read", NPL, "", "a=mapping_missing", ports="http:80/TCP>web", state=ON, **A1),
    c("a named port where the containers of other Pods were read", NPL, "", "a=mapping_missing", ports="http:80/TCP>web",
      state={**ON, "named_ports": {"uid-z": frozenset([("x", "TCP")])}}, **A1),
    c("a port by number beside named ones", NPL, "", "a=mapping_missing", state={**ON, "named_ports": {"uid-a": frozenset([("x", "TCP")])}}, **A1),
    c("agents were read, and the slice names no node", NPL, "", "a=mapping_missing", state=ON, slices=["http:8080/TCP | a"], nodes="n1"),
    c("an agent as old as its configuration", NPL, "", "a=mapping_missing", state={**ON, "agents": {"n1": AgentState(True, 100.0)}}, **A1),
    c("a configuration whose age is not known", NPL, "", "a=mapping_missing", state={**ON, "configured": None}, **A1),
    c("one port of the range is free", NPL, "", "a=mapping_missing", state={**ON, **FULL, "ports_used": {("198.18.0.1", "TCP"): 1}}, **A1),
    c("a range of one port that is free", NPL, "", "a=mapping_missing",
      state={**ON, "port_range": (61000, 61000), "ports_used": {("198.18.0.2", "TCP"): 1}}, **A1),
    c("the range is not known", NPL, "", "a=mapping_missing", state={**ON, **FULL, "port_range": None}, **A1),
    c("the ports in use are not known", NPL, "", "a=mapping_missing", state={**ON, **FULL, "ports_used": None}, **A1),
    c("range used up, Nodes may not be read", NPL, "", "a=mapping_missing", state={**ON, **FULL}, slices=A1["slices"], nodes=None),
    c("range used up, the node is gone", NPL, "", "a=mapping_missing", state={**ON, **FULL}, slices=A1["slices"], nodes="n2"),
    c("created long ago", NPL, "", "a=mapping_missing", state=ON, **A1),
    c("not read for lack of rights", NPL, "", "a=mapping_missing", state={"unread": ("listing DaemonSets",)}, **A1),
    c("not ready Pods need no mapping", NPL, "", "a=not_ready", slices=["http:8080/TCP | a@n1!notready"]),
]


@pytest.mark.parametrize("case", EXPLAINED, ids=str)
def test_explained(case: Case) -> None:
    check(case)


def test_just_created_is_shorter_than_antreas_longest_pause() -> None:
    assert 2 <= JUST_CREATED <= 120
