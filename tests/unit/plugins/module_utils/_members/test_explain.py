# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The explanation of a gap, and whether waiting can close it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.explain import JUST_CREATED
from ansible_collections.vks.bigip.plugins.module_utils._members.model import AgentState, LeftOut, NplState
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import NPL, ON, Case, c, check, npl, shape

V4 = "a:8080/tcp=198.18.0.1:61000"
V6 = "a:8080/tcp=2001:db8:18::1:61000;IPv6"
AB, SIX = "http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"
OLD = "The Antrea of this cluster is 2.5 or older, which maps IPv4 only."
BY_HAND = "No release of Antrea writes an IPv6 address without ipFamily, so another user wrote it. Delete the annotation; Antrea writes it anew."
AGAIN = "If only ipFamilies of the Service changed, Antrea does not look at the Pod again: recreate or touch it"


def gap(maps: str, nodes: str | None = "n1", line: str = SIX, state: NplState | None = None, raw: dict[str, str] | None = None) -> LeftOut:
    family = "IPv6" if line.startswith("v6") else "IPv4"
    there = None if nodes is None else [text.node(name) for name in nodes.split()]
    made = text.snapshot([text.service(npl="true", families=[family])], [text.endpoint_slice(line)], there, text.pods("a", maps, raw), state)
    (item,) = resolve(made, Source("default", "web", mode="nodeportlocal")).left_out
    return item


@pytest.mark.parametrize(
    ("maps", "nodes", "line", "lasting", "cause"),
    [
        (V4, "n1", SIX, True, OLD),
        (V4, None, SIX, True, OLD),
        (f"{V4};IPv4", "n1!external", SIX, True, "node n1 has ExternalIP 203.0.113.1, so Antrea uses no InternalIP of it, and no IPv6 address is left."),
        (f"{V4};IPv4", "n1!v4only", SIX, True, "node n1 has no IPv6 address."),
        (V6, "n1!v6external", AB, True, "node n1 has ExternalIP 2001:db8:e::1, so Antrea uses no InternalIP of it, and no IPv4 address"),
        (f"{V4};IPv4", "n1!bothexternal", SIX, False, AGAIN),
        (f"{V4};IPv4", "n1", SIX, False, AGAIN),
        (V6, "n1", AB, False, AGAIN),
        (V6[:-5], "n1", AB, False, BY_HAND),
        (V6[:-5], None, AB, False, BY_HAND),
        (V6[:-5], "n1!v6external", AB, True, "node n1 has ExternalIP 2001:db8:e::1, so Antrea uses no InternalIP of it, and no IPv4 address"),
        (f"{V4};IPv4", None, SIX, False, "If its node has an ExternalIP, Antrea uses no InternalIP of it."),
    ],
)
def test_why_the_other_family(maps: str, nodes: str | None, line: str, lasting: bool, cause: str) -> None:
    item = gap(maps, nodes, line)
    assert (item.reason, item.lasting) == ("mapping_other_family", lasting)
    assert cause in item.message and ("2.6" in item.message or "2.5" in item.message) is ("older" in cause)


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


@pytest.mark.parametrize("maps", ["", "a:9090/tcp=198.18.0.1:61000", "a:8080/udp=198.18.0.1:61000"])
def test_what_could_not_be_read_is_named(maps: str) -> None:
    assert "could not be read: listing DaemonSets" in gap(maps, line=AB, state=NplState(unread=("listing DaemonSets",))).message


def test_a_known_reason_names_the_port() -> None:
    state: dict[str, Any] = {"port_range": (61000, 61000), "ports_used": {("198.18.0.1", "TCP"): 1}}
    item = gap("a:9090/tcp=198.18.0.1:61000", line=AB, state=NplState(True, True, **state))
    assert item.message.startswith("Pod a has no mapping for 8080/TCP: all 1 ports of 61000-61000 are used on its node n1.")


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


A1 = {"slices": ["http:8080/TCP | a@n1"], "nodes": "n1"}
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
    c("created long ago", NPL, "", "a=mapping_missing", state=ON, **A1),
    c("not read for lack of rights", NPL, "", "a=mapping_missing", state={"unread": ("listing DaemonSets",)}, **A1),
    c("not ready Pods need no mapping", NPL, "", "a=not_ready", slices=["http:8080/TCP | a@n1!notready"]),
]


@pytest.mark.parametrize("case", EXPLAINED, ids=str)
def test_explained(case: Case) -> None:
    check(case)


def test_just_created_is_shorter_than_antreas_longest_pause() -> None:
    assert 2 <= JUST_CREATED <= 120
