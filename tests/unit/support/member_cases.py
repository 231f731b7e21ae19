# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One rule about members in one line: what the cluster holds, what comes out, what is left out and why."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from ansible_collections.vks.bigip.plugins.module_utils._codes import CODES
from ansible_collections.vks.bigip.plugins.module_utils._members.model import AgentState, NplState, Pool, Ranges
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import LEFT_OUT
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

NP, NPL, CL, AUTO = "nodeport", "nodeportlocal", "cluster", "auto"
DUAL, SIX = ["IPv4", "IPv6"], ["IPv6"]
DNS = "dns:53/UDP>53#30053 dns-tcp:53/TCP>53#31053"
LOCAL = {"type": "NodePort", "externalTrafficPolicy": "Local"}
NOW = 1_800_000_000.0
LB = {"type": "LoadBalancer"}
AB = "http:8080/TCP | a@n1 b@n2"
N12, N123 = "198.18.0.1:30080 198.18.0.2:30080", "198.18.0.1:30080 198.18.0.2:30080 198.18.0.3:30080"
NPL_AB = "198.18.0.1:61000@a 198.18.0.2:61000@b"
CL_AB = "100.96.0.1:8080@a 100.96.0.2:8080@b"
A_N1 = {"slices": ["http:8080/TCP | a@n1"]}
NOWHERE = ["127.0.0.1", "169.254.169.254", "224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1%eth0", "::ffff:127.0.0.1"]
NOWHERE += ["010.1.1.1", "0x7f.1", "2130706433"]
AGENT = {"n1": AgentState(True, 200.0)}
ON: dict[str, Any] = {"antrea": True, "enabled": True, "agents": AGENT, "configured": 100.0}


class Case(NamedTuple):
    name: str
    mode: str
    want: str  # members, or !code of a Failure
    left: str = ""
    world: dict[str, Any] = {}

    def __str__(self) -> str:
        return self.name


def c(name: str, mode: str, want: str, left: str = "", **world: Any) -> Case:
    return Case(name, mode, want, left, world)


def mapped(port: int = 8080, **more: str) -> str:
    """maps for Pods a and b on n1 and n2."""
    return f"a:{port}/tcp=198.18.0.1:61000 b:{port}/tcp=198.18.0.2:61000"


def npl(value: str) -> dict[str, str]:
    return {"a": value}


def shape(**entry: Any) -> dict[str, str]:
    return {"a": json.dumps([{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001, **entry}])}


def run(case: Case) -> tuple[str, str, Any]:
    world = dict(case.world)
    svc: dict[str, Any] = dict(world.pop("svc", {}))
    if case.mode == NP:
        svc.setdefault("type", "NodePort")
    svc["npl"] = world.pop("annotated", "true" if case.mode == NPL else None)
    services = [text.service(world.pop("ports", text.HTTP), **svc), *world.pop("more_services", [])]
    slices = [
        text.endpoint_slice(line, index, world.get("slice_of", "web"), world.get("slice_namespace", "default"))
        for index, line in enumerate(world.pop("slices", [AB]))
    ]
    world.pop("slice_of", None), world.pop("slice_namespace", None)
    slices += [text.endpoint_slice(line, name=name) for name, line in world.pop("more_slices", {}).items()]
    if "second_address" in world:
        slices[0]["endpoints"][0]["addresses"].append(world.pop("second_address"))
    names = world.pop("nodes", "n1 n2 n3")
    nodes = None if names is None else [text.node(name) for name in names.split()]
    if world.pop("same_node_address", False):
        nodes[1]["status"]["addresses"] = nodes[0]["status"]["addresses"]
    there, writers = world.pop("pods", "a b c"), world.pop("writers", None)
    pods = text.pods(there or "", world.pop("maps", ""), world.pop("raw", None), world.pop("created", "2026-01-01T00:00:00Z"), writers=writers)
    if "elsewhere" in world:
        pods += text.pods("z", world.pop("elsewhere"), namespace="evil")
    state = world.pop("state", None)
    made = text.snapshot(services, slices, nodes, None if there is None else pods, None if state is None else NplState(**state), NOW)
    made.ranges = world.pop("ranges", Ranges())
    published, routable = world.pop("published", None), world.pop("routable", None)
    chosen = world.pop("chosen", case.mode)
    source = Source(world.pop("namespace", "default"), world.pop("service_name", "web"), world.pop("port", None), mode=case.mode, **world)
    members, left, result = text.outcome(made, source, published, routable)
    if not members.startswith("!"):
        assert result.mode == chosen
        assert result.chosen_because
    return members, left, result


def check(case: Case) -> None:
    """The members of a case, what is left out, and messages that name the object and the remedy."""
    members, left, result = run(case)
    assert members == case.want, getattr(result, "message", result)
    assert sorted(left.split()) == sorted(case.left.split())
    if case.want.startswith("!"):
        assert CODES[result.code].action in result.message
        assert result.message.startswith("pools[0]: ")
        return
    for item in result.left_out:
        assert item.message.endswith(LEFT_OUT[item.reason].remedy)
        named = item.name in item.message or item.reason == "no_endpoints" and "Service" in item.message
        assert named, item.message


def reported(pool: Pool) -> list[tuple[str, str, str, str, str | None]]:
    """All that a pool leaves out: kind, name, reason, the sentence without its remedy, node."""
    return [
        (item.kind, item.name, item.reason, item.message.removesuffix(f" {LEFT_OUT[item.reason].remedy}"), item.node)
        for item in pool.left_out
    ]
