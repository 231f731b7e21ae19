# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NodePortLocal as the real controller of Antrea 2.5.2 and 2.7.0 was measured to behave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cluster_objects as made
from test_antrea import (
    HELLO,
    KEY,
    NODE,
    TWO,
    V1_5,
    V1_15,
    V2_5,
    V2_6,
    after,
    agent,
    annotated,
    node_ports,
    pod,
    services,
    shown,
)
from vkslab.antrea import manifests
from vkslab.antrea.agents import Agents
from vkslab.antrea.annotation import unmarshal
from vkslab.antrea.link import Link
from vkslab.antrea.npl import NodePortLocal
from vkslab.antrea.version import Version
from vkslab.net.objects import Node, Service

V2_7 = Version.read("2.7.0")
BOTH = ("IPv4", "IPv6")
DUAL_NODE = Node.read(made.node("n1", "198.18.0.1", "2001:db8:18::1"))
DUAL = made.service(npl="true", families=BOTH)
DUAL_POD = ("p", "100.96.0.1", "2001:db8:96::1")


def text(version: Version = V2_5, **more: Any) -> str:
    """The annotation that an agent of the version keeps, with `more` in its entry. None removes a field."""
    family = {"ipFamily": "IPv4"} if version.by_family else {}
    entry = {"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61000, "protocol": "tcp", **family, **more}
    return json.dumps([{name: value for name, value in entry.items() if value is not None}])


# -- annotations that cannot be read, and empty ones

UNREADABLE = [
    "", "[oops", "{}", "7", '"[]"', "[7]", "[[]]", "[NaN]", text(podPort="8080"), text(nodePort=61000.0),
        text(nodePort=True), text(nodePort=2**63),
    text(nodeIP=1), text(protocol=6), text(PodPort="8080"),
]  # fmt: skip


@pytest.mark.parametrize("annotation", UNREADABLE)
@pytest.mark.parametrize(
    ("then", "of_services"),
    [
        pytest.param({}, [HELLO], id="asked for"),
        pytest.param({}, [], id="no Service any more"),
        pytest.param({"phase": "Succeeded"}, [HELLO], id="finished"),
        pytest.param({"ips": ()}, [HELLO], id="no address any more"),
    ],
)
def test_what_cannot_be_read_stays_while_the_agent_runs(
    annotation: str, then: dict[str, Any], of_services: list[dict[str, Any]]
) -> None:
    npl = agent()
    npl.sync(pod(uid="u"), services(HELLO), NODE)
    outcome = npl.sync(replace(annotated(annotation), **then), services(*of_services), NODE)
    assert (outcome.annotation, outcome.patch, outcome.drop, outcome.error) == (
        annotation,
        False,
        frozenset(),
        "",
    )
    assert "Unable to unmarshal" in outcome.warning and npl.live == {KEY: ("100.96.0.1", 8080)}


@pytest.mark.parametrize("annotation", UNREADABLE)
def test_a_restart_cleans_what_cannot_be_read(annotation: str) -> None:
    broken = annotated(annotation)
    assert agent().restore([broken]) == [broken]


@pytest.mark.parametrize("annotation", ["[]", "null"])
def test_an_empty_list_stays_while_nothing_is_asked_for(annotation: str) -> None:
    npl = agent()
    assert npl.restore([annotated(annotation)]) == []
    outcome = npl.sync(annotated(annotation), [], NODE)
    assert (outcome.annotation, outcome.patch, outcome.warning) == (annotation, False, "")
    assert node_ports(npl.sync(annotated(annotation), services(HELLO), NODE)) == {(8080, "tcp"): 61000}


@pytest.mark.parametrize(
    "annotation",
    [
        text(nodePort=0),
        text(nodeIP="n1"),
        text(podPort=1),
        text(nodeIP=""),
        "[{}]",
        "[null]",
        text(protocol="udp"),
    ],
)
def test_wrong_values_are_rewritten(annotation: str) -> None:
    npl = agent()
    npl.sync(pod(uid="u"), services(HELLO), NODE)
    outcome = npl.sync(annotated(annotation), services(HELLO), NODE)
    assert outcome.patch and node_ports(outcome) == {(8080, "tcp"): 61000}


# -- ports


def test_a_changed_address_on_a_full_range_takes_the_port_that_it_freed() -> None:
    npl = agent(ports=(61000, 61001))
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    npl.sync(pod("p2", "100.96.0.2"), services(HELLO), NODE)
    outcome = npl.sync(after(first, ips=("100.96.0.9",)), services(HELLO), NODE)
    assert not outcome.patch and outcome.put == {KEY: ("100.96.0.9", 8080)} and not outcome.drop


def test_a_changed_address_frees_a_port_of_both_protocols() -> None:
    npl = agent(V1_5)
    first = npl.sync(pod(uid="u"), services(TWO), NODE)
    outcome = npl.sync(after(first, ips=("100.96.0.9",)), services(TWO), NODE)
    assert [(entry["nodePort"], entry["protocols"]) for entry in shown(outcome)] == [(61001, ["tcp", "udp"])]
    assert outcome.drop == {("n1", "IPv4", protocol, 61000) for protocol in ("tcp", "udp")}
    assert npl.live == {("n1", "IPv4", protocol, 61001): ("100.96.0.9", 53) for protocol in ("tcp", "udp")}


OTHER = made.service(npl="true", selector={"app": "hello"}, uid="s")
OTHER["spec"]["ports"] = [made.port(80, 9090)]


def test_a_new_port_is_taken_before_the_old_one_is_released() -> None:
    npl = agent()
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    outcome = npl.sync(after(first), services(OTHER), NODE)
    assert node_ports(outcome) == {(9090, "tcp"): 61001}
    assert outcome.put == {("n1", "IPv4", "tcp", 61001): ("100.96.0.1", 9090)} and outcome.drop == {KEY}


def test_a_full_range_keeps_the_old_annotation_and_the_old_mapping() -> None:
    npl = agent(ports=(61000, 61001))
    first = npl.sync(pod(uid="u"), services(HELLO), NODE)
    other = pod("p2", "100.96.0.2")
    npl.sync(other, services(HELLO), NODE)
    for _retry in range(2):
        outcome = npl.sync(after(first), services(OTHER), NODE)
        assert (outcome.annotation, outcome.patch, outcome.drop) == (first.annotation, False, frozenset())
        assert outcome.error == "failed to add rule for Pod default/hello-1: no free port found"
        assert npl.live[KEY] == ("100.96.0.1", 8080)
    npl.forget(other.uid)
    outcome = npl.sync(after(first), services(OTHER), NODE)
    assert node_ports(outcome) == {(9090, "tcp"): 61001} and outcome.drop == {KEY}


# -- fields


@pytest.mark.parametrize(
    ("version", "annotation", "patched"),
    [
        (V2_5, text(), False),
        (V2_5, text(protocols=["tcp"]), False),
        (V2_5, text(protocols="tcp"), False),
        (V2_5, text(ipFamily="IPv4"), False),
        (V2_5, text(ipFamily=4), False),
        (V2_5, text(future={"x": 1}), False),
        (V2_5, text(protocol=None), True),
        (V2_5, text(protocol=None, protocols=["tcp"]), True),
        (V2_7, text(V2_7), False),
        (V2_7, text(V2_7, protocols=["tcp"], future=None), False),
        (V2_7, text(V2_5), True),
        (V1_15, text(protocols=["tcp"], ipFamily="IPv4"), False),
        (V1_15, text(), True),
    ],
)
def test_a_field_that_the_release_does_not_know_is_no_reason_to_write(
    version: Version, annotation: str, patched: bool
) -> None:
    npl = agent(version)
    npl.sync(pod(uid="u"), services(HELLO), NODE)
    assert npl.sync(annotated(annotation), services(HELLO), NODE).patch is patched


@pytest.mark.parametrize("version", [V2_5, V2_6, V2_7])
@pytest.mark.parametrize(
    "more", [{"protocol": None}, {"protocol": ""}, {"protocol": None, "protocols": ["tcp"]}], ids=str
)
def test_an_entry_without_protocol_is_not_restored(version: Version, more: dict[str, Any]) -> None:
    npl = agent(version)
    kept = pod("p2", "100.96.0.2", annotations={"nodeportlocal.antrea.io": text(version, nodePort=61001)})
    incomplete = annotated(text(version, nodePort=61002, **more))
    assert npl.restore([incomplete, kept]) == []
    assert npl.live == {("n1", "IPv4", "tcp", 61001): ("100.96.0.2", 8080)}
    outcome = npl.sync(incomplete, services(HELLO), NODE)
    assert outcome.patch and node_ports(outcome) == {(8080, "tcp"): 61000}


def test_a_restored_port_gets_its_family() -> None:
    """An upgrade from 2.5: the port is kept."""
    npl = agent(V2_7)
    npl.restore([annotated(text(V2_5, nodePort=61002))])
    outcome = npl.sync(annotated(text(V2_5, nodePort=61002)), services(HELLO), NODE)
    assert outcome.patch and shown(outcome)[0]["ipFamily"] == "IPv4" and not (outcome.drop or outcome.put)
    assert node_ports(outcome) == {(8080, "tcp"): 61002}


def test_each_release_reads_its_fields() -> None:
    entry = '[{"podPort":1,"protocols":["tcp","udp"],"ipFamily":"IPv6"}]'
    assert unmarshal(V1_5, entry) == [
        {"podPort": 1, "nodeIP": "", "nodePort": 0, "protocols": ["tcp", "udp"]}
    ]
    assert unmarshal(V2_5, entry) == [{"podPort": 1, "nodeIP": "", "nodePort": 0, "protocol": ""}]
    assert unmarshal(V2_7, entry) == [
        {"podPort": 1, "nodeIP": "", "nodePort": 0, "protocol": "", "ipFamily": "IPv6"}
    ]
    assert unmarshal(V1_15, '[{"protocols":"tcp"}]') is None


# -- addresses of a node


@pytest.mark.parametrize(
    ("external", "expected"),
    [
        ("", {"IPv4": "198.18.0.1", "IPv6": "2001:db8:18::1"}),
        ("203.0.113.1", {"IPv4": "203.0.113.1"}),
        ("2001:db8:e::1", {"IPv6": "2001:db8:e::1"}),
    ],
)
def test_external_addresses_exclude_internal_ones(external: str, expected: dict[str, str]) -> None:
    node = Node.read(made.node("n1", "198.18.0.1", "2001:db8:18::1", external=external))
    outcome = agent(V2_7).sync(pod(*DUAL_POD), services(DUAL), node)
    assert {entry["ipFamily"]: entry["nodeIP"] for entry in shown(outcome)} == expected


def test_an_external_address_takes_the_other_family_out_of_the_annotation() -> None:
    """The rule stays, as with a real agent: it deletes rules by port and protocol only."""
    npl = agent(V2_7)
    first = npl.sync(pod(*DUAL_POD, uid="u"), services(DUAL), DUAL_NODE)
    node = Node.read(made.node("n1", "198.18.0.1", "2001:db8:18::1", external="203.0.113.1"))
    again = pod(*DUAL_POD, uid="u", annotations={"nodeportlocal.antrea.io": str(first.annotation)})
    outcome = npl.sync(again, services(DUAL), node)
    assert [(entry["ipFamily"], entry["nodeIP"], entry["nodePort"]) for entry in shown(outcome)] == [
        ("IPv4", "203.0.113.1", 61000)
    ]
    assert not outcome.drop and ("n1", "IPv6", "tcp", 61000) in npl.live


@pytest.mark.parametrize("node", [None, Node.read({"metadata": {"name": "n1"}})])
def test_nothing_is_written_until_the_node_has_an_address(node: Node | None) -> None:
    outcome = agent(V2_7).sync(annotated(text(V2_7)), services(HELLO), node)
    assert (outcome.annotation, outcome.patch, outcome.put) == (text(V2_7), False, {})


# -- the order of entries


def test_the_order_of_entries_is_random() -> None:
    npl = NodePortLocal(V2_5, "n1", (61000, 62000))
    orders = set()
    for number in range(64):
        one = pod(f"p{number}", f"100.96.0.{number + 1}")
        outcome = npl.sync(one, services(TWO), NODE)
        orders.add(tuple(entry["protocol"] for entry in shown(outcome)))
        assert not npl.sync(replace(one, npl=outcome.annotation), services(TWO), NODE).patch
    assert orders == {("tcp", "udp"), ("udp", "tcp")}


def test_both_protocols_of_a_host_port_do_not_alternate() -> None:
    both = [{"containerPort": 53, "hostPort": 53, "protocol": protocol} for protocol in ("TCP", "UDP")]
    npl = agent()
    outcome = npl.sync(pod(uid="u", ports=both), services(TWO), NODE)
    turned = json.dumps(list(reversed(shown(outcome))))
    assert len(shown(outcome)) == 2 and not npl.sync(annotated(turned, ports=both), services(TWO), NODE).patch


def test_a_host_port_on_the_loopback_interface_is_annotated_like_any_other() -> None:
    outcome = agent().sync(
        pod(ports=[{"containerPort": 8080, "hostPort": 9000, "hostIP": "127.0.0.1"}]), services(HELLO), NODE
    )
    assert [(entry["nodeIP"], entry["nodePort"]) for entry in shown(outcome)] == [("198.18.0.1", 9000)]


# -- when an agent looks at a Pod again


class Cluster:
    """An API server that has each Pod, and notes the annotations that are written."""

    def __init__(self) -> None:
        self.written: list[list[str]] = []

    async def get(self, path: str) -> dict[str, Any]:
        volumes = [{"name": "antrea-config", "configMap": {"name": "antrea-config"}}]
        return {
            "spec": {"volumes": volumes},
            "data": {
                manifests.CONFIG_FILE: manifests.agent_config(V2_7, manifests.Settings(True, "61000-62000"))
            },
        }

    async def create(self, path: str, obj: dict[str, Any]) -> bool:
        return True

    async def merge_patch(self, path: str, body: dict[str, Any]) -> None:
        entries = json.loads(body["metadata"]["annotations"]["nodeportlocal.antrea.io"] or "[]")
        self.written.append(sorted(f"{entry['podPort']} {entry['ipFamily']}" for entry in entries))


def written(folder: Path, *steps: Callable[[Agents], None]) -> list[list[list[str]]]:
    """The annotations that are written after each step.

    A Pod, its node and its agent exist from the start.
    """

    async def body() -> list[list[list[str]]]:
        cluster = Cluster()
        agents = Agents(cluster, Link(folder), V2_7, folder)  # type: ignore[arg-type]
        agents.pods_known.set()
        agents.node_changed(None, DUAL_NODE)
        own = replace(
            pod("agent", "198.18.0.1"), namespace=manifests.NAMESPACE, labels=manifests.AGENT_LABELS
        )
        agents.pod_changed(None, own)
        agents.pod_changed(None, POD)
        work = asyncio.ensure_future(agents.work())
        done = []
        for step in steps:
            step(agents)
            await asyncio.sleep(0.05)
            done.append(cluster.written)
            cluster.written = []
        work.cancel()
        return done

    return asyncio.run(body())


POD = pod(*DUAL_POD, uid="u")
ONE = Service.read(made.service(npl="true", uid="s"))
IPV4, IPV6 = "8080 IPv4", "8080 IPv6"


def service(old: Service | None, new: Service | None) -> Callable[[Agents], None]:
    return lambda agents: agents.service_changed(old, new)


def touched(agents: Agents) -> None:
    """Any update of the Pod. Its record may be the same: another controller's annotation is not in it."""
    agents.pod_changed(POD, POD)


def test_a_change_of_only_ip_families_waits_for_the_pods_next_update(tmp_path: Path) -> None:
    both = replace(ONE, families=BOTH, cluster_ips=("100.64.0.7", "2001:db8:64::7"))
    assert written(tmp_path, service(None, ONE), service(ONE, both), touched) == [
        [[IPV4]],
        [],
        [[IPV4, IPV6]],
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"families": ("IPv6",), "ports": (replace(ONE.ports[0], target=9090),)}, [["9090 IPv6"]]),
        ({"selector": {"app": "other"}}, [[]]),
        ({"npl_enabled": False}, [[]]),
        ({"type": "NodePort"}, [[]]),
        ({"local_policy": True}, []),
        ({"cluster_ips": ("100.64.0.9",)}, []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else "",
)
def test_what_else_changes_at_a_service(
    tmp_path: Path, change: dict[str, Any], expected: list[list[str]]
) -> None:
    assert written(tmp_path, service(None, ONE), service(ONE, replace(ONE, **change))) == [[[IPV4]], expected]


def test_a_node_whose_addresses_change_is_looked_at(tmp_path: Path) -> None:
    both = replace(ONE, families=BOTH)
    node = replace(DUAL_NODE, external=("203.0.113.1",))
    assert written(tmp_path, service(None, both), lambda agents: agents.node_changed(DUAL_NODE, node)) == [
        [[IPV4, IPV6]],
        [[IPV4]],
    ]
