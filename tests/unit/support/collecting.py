# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripted reads of a cluster for the tests of _collect: what the API answers, and a run over it."""

from __future__ import annotations

from typing import Any, Iterable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

AGENT = "app=antrea,component=antrea-agent"
DAEMON_SETS = "/apis/apps/v1/daemonsets"
SLICE = text.endpoint_slice("http:8080/TCP | a@n1")
NODES = [text.node("n1"), text.node("n2")]
MAPS = "a:8080/tcp=198.18.0.1:61000"


def source(
    mode: str = "nodeportlocal",
    name: str = "web",
    namespace: str = "default",
    path: str = "pools[0]",
    **more: Any,
) -> Source:
    return Source(namespace, name, path=path, mode=mode, **more)


def run(script: list[Exchange], *sources: Source, clock: Clock | None = None, **more: Any) -> list[Any]:
    with ScriptedServer(script) as server:
        warn = more.pop("warn", lambda text: None)
        with Cluster(
            {"host": server.url, "allow_http": True, "api_key": "t"},
            (clock or Clock()).deadline(),
            warn,
        ) as cluster:
            return cluster.pools(sources, **more)


def failing(script: list[Exchange], *sources: Source, **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        run(script, *sources, **more)
    return caught.value


def services(*raw: dict[str, Any], **more: Any) -> Exchange:
    return listing(kube.services(), *(raw or (text.service(npl="true"),)), **more)


def slices(*raw: dict[str, Any], **more: Any) -> Exchange:
    return listing(kube.slices(), *(raw or (SLICE,)), **more)


def pods(maps: str = MAPS, names: str = "a", **more: Any) -> Exchange:
    return listing(kube.pods(), *text.pods(names, maps), **more)


def raw_pod(annotation: str) -> Exchange:
    return listing(kube.pods(), *text.pods("a", raw={"a": annotation}))


def nodes(**more: Any) -> Exchange:
    return listing(kube.NODES, *NODES, **more)


def denied(exchange: Exchange) -> Exchange:
    return Exchange(
        "GET", exchange.path, 403, json=status(403, f"cannot list {exchange.path.partition('?')[0]}")
    )


def daemon_set(name: str = "antrea-config") -> dict[str, Any]:
    volumes = [{"name": "host-run"}, {"name": "antrea-config", "configMap": {"name": name}}]
    return {
        "metadata": {"name": "antrea-agent", "namespace": "kube-system"},
        "spec": {"template": {"spec": {"volumes": volumes}}},
    }


def agent(node: str = "n1", started: str = "2026-01-01T00:00:00Z", ready: str = "True") -> dict[str, Any]:
    running = {"name": "antrea-agent", "state": {"running": {"startedAt": started}}}
    return {
        "spec": {"nodeName": node},
        "status": {
            "conditions": [{"type": "Ready", "status": ready}],
            "containerStatuses": [running],
            "startTime": started,
        },
    }


def antrea(
    conf: str, changed: str = "2025-12-01T00:00:00Z", agents: Iterable[dict[str, Any]] = ()
) -> list[Exchange]:
    """The extra reads about Antrea."""
    metadata = {"namespace": "kube-system", "name": "antrea-config", "managedFields": [{"time": changed}]}
    config = {"metadata": metadata, "data": {"antrea-agent.conf": conf}}
    return [
        listing(DAEMON_SETS, daemon_set(), labels=AGENT),
        listing("/api/v1/namespaces/kube-system/pods", *(agents or [agent()]), labels=AGENT),
        Exchange("GET", "/api/v1/namespaces/kube-system/configmaps/antrea-config", json=config),
    ]


ON = 'nodePortLocal:\n  enable: true\n  portRange: "61000-61000"\n'
EVERYBODY = listing(kube.ALL_PODS)
LB = text.service(type="LoadBalancer", npl="true")
