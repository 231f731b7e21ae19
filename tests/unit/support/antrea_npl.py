# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster whose NodePortLocal is switched on and off, and runs of antrea_npl on it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.answers import found, listing
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_PODS, NODES
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

OFF = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: false\nnodePortLocal:\n"
ON = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: true\nnodePortLocal:\n  enable: true\n"
MANAGER = "?fieldManager=vks.bigip"
LOG_OK = "Starting Antrea agent\nStarting NPLController\n"


def agent(node: str, uid: str = "old", **more: Any) -> dict[str, Any]:
    raw = api.agent(node, **more)
    raw["metadata"] |= {"name": f"antrea-agent-{node}-{uid}", "uid": f"{node}-{uid}"}
    return raw


def conf(content: str = OFF, *, kapp: bool = False, changed: str = api.CHANGED, version: str = "1") -> dict[str, Any]:
    raw = api.config_map(content, kapp)
    raw["metadata"] |= {"resourceVersion": version, "managedFields": [{"time": changed}]}
    return raw


def config(content: str = OFF, **more: Any) -> Exchange:
    return found(api.CONFIG, conf(content, **more))


def agents(*pods: dict[str, Any]) -> Exchange:
    return listing(api.AGENTS, *pods, labels=api.AGENT_LABELS)


def start(content: str = OFF, *pods: dict[str, Any], nodes: str = "n1", strategy: str = "OnDelete", kapp: bool = False) -> list[Exchange]:
    daemon_set = api.copy(api.ANTREA)
    daemon_set["spec"]["updateStrategy"]["type"] = strategy
    machines = [text.node(name) for name in nodes.split()]
    return [listing(api.DAEMON_SETS, daemon_set), listing(NODES, *machines), config(content, kapp=kapp), agents(*(pods or [agent("n1")]))]


def says(body: Any) -> Any:
    def check(request: Request) -> None:
        assert request.json == body, request.json

    return check


def write(content: str = ON, version: str = "1", **more: Any) -> Exchange:
    body = {"metadata": {"resourceVersion": version}, "data": {"antrea-agent.conf": content}}
    return Exchange("PATCH", f"{api.CONFIG}{MANAGER}", **{"json": {}, "expect": says(body), **more})


def path_of(pod: dict[str, Any]) -> str:
    return f"{api.AGENTS}/{pod['metadata']['name']}"


def log(pod: dict[str, Any], content: str = LOG_OK, **more: Any) -> Exchange:
    return Exchange("GET", f"{path_of(pod)}/log?container=antrea-agent&limitBytes=262144", **({"text": content} | more))


def mappings(node: str, *pods: dict[str, Any]) -> Exchange:
    return Exchange("GET", f"{ALL_PODS}?limit=500&fieldSelector={quote(f'spec.nodeName={node}', safe='')}", json={"items": list(pods)})


def restarted(old: dict[str, Any], new: dict[str, Any], *others: dict[str, Any]) -> list[Exchange]:
    """One agent's Pod is deleted, another one comes, and it tells that NodePortLocal runs."""
    node = new["spec"]["nodeName"]
    uid = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": old["metadata"]["uid"]}}
    ending = api.copy(old)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T13:00:00Z"
    gone = [Exchange("DELETE", path_of(old), json={}, expect=says(uid)), agents(ending, *others), agents(ending, new, *others)]
    return [*gone, log(new), mappings(node)]


def run(script: list[Exchange], *, check: bool = False, **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(antrea_npl.main, {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options}, check=check, diff=True)


def failed(result: Result, code: str, *words: str) -> None:
    assert result.get("failed") and result["failure"]["code"] == code, result
    assert all(word in result["msg"] for word in words), result["msg"]


def warned(result: Result, words: str) -> bool:
    return any(words in text for text in result["warnings"])


N1, N2 = agent("n1"), agent("n2")
NEW1, NEW2 = agent("n1", "new", started="2026-01-01T14:00:00Z"), agent("n2", "new", started="2026-01-01T14:00:00Z")
