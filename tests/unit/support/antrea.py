# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster with Antrea, scripted, for the tests of antrea_npl; and the run of the module over it."""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Iterator
from urllib.parse import quote

import pytest

from ansible_collections.vks.bigip.plugins.module_utils import _deadline
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._run import antrea_npl as engine
from ansible_collections.vks.bigip.plugins.modules import antrea_npl
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import own_machine
from ansible_collections.vks.bigip.tests.unit.support.answers import found, listing
from ansible_collections.vks.bigip.tests.unit.support.kube import ALL_PODS, NODES, Clock
from ansible_collections.vks.bigip.tests.unit.support.run_module import Result, run_module
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

OFF = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: false\nnodePortLocal:\n"
ON = "# by hand\nfeatureGates:\n  Egress: false\n  NodePortLocal: true\nnodePortLocal:\n  enable: true\n"
MANAGER = "?fieldManager=vks.bigip"
SUPERVISOR = "/apis/cni.tanzu.vmware.com/v1alpha1/namespaces/team-a/antreaconfigs/shop-antrea-package"
ADDON = "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/team-a/addonconfigs/shop-antrea"
CLUSTER = found(
    "/apis/cluster.x-k8s.io/v1beta1/namespaces/team-a/clusters/shop", {"metadata": {"name": "shop"}}
)
PACKAGES = "/apis/packaging.carvel.dev/v1alpha1/packageinstalls"
WEB = "/api/v1/namespaces/default/services/web"
LOG_OK = "Starting Antrea agent\nStarting NPLController\n"


def isolate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let antrea_npl use nothing of this machine, and a clock that needs no time."""
    own_machine.hide(monkeypatch, tmp_path)
    monkeypatch.setattr(engine, "Deadline", lambda seconds: Clock().deadline(seconds))


def without_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each pause have its full length."""
    monkeypatch.setattr(_deadline.random, "random", lambda: 0.0)


@contextmanager
def connected(script: list[Exchange], clock: Clock, any_order: bool = False) -> Iterator[Client]:
    """A client of a cluster that answers by this script, with an hour of this clock."""
    with ScriptedServer(script, any_order) as server:
        options = {"host": server.url, "allow_http": True, "api_key": "the-secret-token"}
        with closing(Client(options, clock.deadline(3600.0))) as client:
            yield client


def agent(node: str, uid: str = "old", **more: Any) -> dict[str, Any]:
    raw = api.agent(node, **more)
    raw["metadata"] |= {"name": f"antrea-agent-{node}-{uid}", "uid": f"{node}-{uid}"}
    return raw


def conf(
    content: str = OFF, *, kapp: bool = False, changed: str = api.CHANGED, version: str = "1"
) -> dict[str, Any]:
    raw = api.config_map(content, kapp)
    raw["metadata"] |= {"resourceVersion": version, "managedFields": [{"time": changed}]}
    return raw


def config(content: str = OFF, **more: Any) -> Exchange:
    return found(api.CONFIG, conf(content, **more))


def agents(*pods: dict[str, Any]) -> Exchange:
    return listing(api.AGENTS, *pods, labels=api.AGENT_LABELS)


def start(
    content: str = OFF,
    *pods: dict[str, Any],
    nodes: str = "n1",
    strategy: str = "OnDelete",
    kapp: bool = False,
    tag: str = "v2.5.2_vmware.1",
) -> list[Exchange]:
    daemon_set = api.copy(api.ANTREA)
    daemon_set["spec"]["updateStrategy"]["type"] = strategy
    daemon_set["spec"]["template"]["spec"]["containers"][1]["image"] = f"registry.example:5000/antrea:{tag}"
    machines = [text.node(name) for name in nodes.split()]
    return [
        listing(api.DAEMON_SETS, daemon_set),
        listing(NODES, *machines),
        config(content, kapp=kapp),
        agents(*(pods or [agent("n1")])),
    ]


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
    return Exchange(
        "GET", f"{path_of(pod)}/log?container=antrea-agent&limitBytes=262144", **({"text": content} | more)
    )


def mappings(node: str, *pods: dict[str, Any]) -> Exchange:
    return Exchange(
        "GET",
        f"{ALL_PODS}?limit=500&fieldSelector={quote(f'spec.nodeName={node}', safe='')}",
        json={"items": list(pods)},
    )


def restarted(old: dict[str, Any], new: dict[str, Any], *others: dict[str, Any]) -> list[Exchange]:
    """One agent's Pod is deleted, another one starts, and logs that NodePortLocal runs."""
    node = new["spec"]["nodeName"]
    uid = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": old["metadata"]["uid"]}}
    ending = api.copy(old)
    ending["metadata"]["deletionTimestamp"] = "2026-01-01T13:00:00Z"
    gone = [
        Exchange("DELETE", path_of(old), json={}, expect=says(uid)),
        agents(ending, *others),
        agents(ending, new, *others),
    ]
    return [*gone, log(new), mappings(node)]


def run(script: list[Exchange], *, check: bool = False, **options: Any) -> Result:
    with ScriptedServer(script) as server:
        return run_module(
            antrea_npl.main,
            {"host": server.url, "allow_http": True, "api_key": "the-secret-token", **options},
            check=check,
            diff=True,
        )


def run_both(supervisor: list[Exchange], workload: list[Exchange], **options: Any) -> Result:
    with ScriptedServer(supervisor) as server:
        kubeconfig = {
            "current-context": "a",
            "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
            "clusters": [{"name": "a", "cluster": {"server": server.url}}],
            "users": [{"name": "a", "user": {"token": "supervisor-secret"}}],
        }
        result = run(
            workload,
            supervisor_kubeconfig=kubeconfig,
            supervisor_namespace="team-a",
            cluster_name="shop",
            **options,
        )
    assert "supervisor-secret" not in result.stdout
    return result


def failed(result: Result, code: str, *words: str) -> None:
    assert result.get("failed") and result["failure"]["code"] == code, result
    assert all(word in result["msg"] for word in words), result["msg"]


def warned(result: Result, words: str) -> bool:
    return any(words in text for text in result["warnings"])


N1, N2 = agent("n1"), agent("n2")
NEW1, NEW2 = (
    agent("n1", "new", started="2026-01-01T14:00:00Z"),
    agent("n2", "new", started="2026-01-01T14:00:00Z"),
)
UNREADABLE = '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":40001,"protocol":"tcp"},{"podPort":"x"}]'
GROUPS = api.api_groups("cluster.x-k8s.io/v1beta1", "cni.tanzu.vmware.com/v1alpha1")
KAPP_OFF = {"kapp": True}


def antrea_config(gate: bool = False, enabled: bool = False, **gates: bool) -> dict[str, Any]:
    config_ = {
        "featureGates": {"NodePortLocal": gate, "Egress": False, **gates},
        "nodePortLocal": {"enabled": enabled},
    }
    metadata = {"namespace": "team-a", "name": "shop-antrea-package"}
    return {
        "apiVersion": "cni.tanzu.vmware.com/v1alpha1",
        "metadata": metadata,
        "spec": {"antrea": {"config": config_}},
    }


def changes(path: str, body: Any, answer: Any, *, tried: bool = True) -> list[Exchange]:
    both = [
        Exchange("PATCH", f"{path}{MANAGER}&dryRun=All", json=answer, expect=says(body)),
        Exchange("PATCH", f"{path}{MANAGER}", json=answer, expect=says(body)),
    ]
    return both if tried else both[:1]


PATCH = {
    "spec": {
        "antrea": {"config": {"nodePortLocal": {"enabled": True}, "featureGates": {"NodePortLocal": True}}}
    }
}


def above(content: dict[str, Any]) -> list[Exchange]:
    return [GROUPS, CLUSTER, found(SUPERVISOR, content)]


DEFINITIONS = (
    "/apis/addons.kubernetes.vmware.com/v1alpha1/namespaces/vmware-system-vks-public/addonconfigdefinitions"
)
ADDON_GROUPS = api.api_groups("cluster.x-k8s.io/v1beta1", "addons.kubernetes.vmware.com/v1alpha1")


def addon_config(**values: Any) -> dict[str, Any]:
    spec = {"clusterName": "shop", "addonConfigDefinitionRef": {"name": "antrea.2.5.2"}, "values": values}
    return {
        "apiVersion": "addons.kubernetes.vmware.com/v1alpha1",
        "metadata": {"namespace": "team-a", "name": "shop-antrea"},
        "spec": spec,
    }


def addons(*properties: str) -> list[Exchange]:
    section = {
        "nodePortLocal": {"properties": {"enabled": {}}},
        "featureGates": {"properties": {"NodePortLocal": {}}},
        "antreaNSX": {"properties": {"enable": {}}},
    }
    schema = {"openAPIV3Schema": {"properties": {name: section[name] for name in properties}}}
    definition = found(
        f"{DEFINITIONS}/antrea.2.5.2", {"metadata": {"name": "antrea.2.5.2"}, "spec": {"schema": schema}}
    )
    return [ADDON_GROUPS, CLUSTER, found(ADDON, addon_config()), definition]


def service(name: str = "web", **annotations: str) -> dict[str, Any]:
    return {
        "metadata": {
            "namespace": "default",
            "name": name,
            "annotations": {key.replace("_", "/"): value for key, value in annotations.items()},
        },
        "spec": {"selector": {"app": name}},
    }


MARKED = {"nodeportlocal.antrea.io_enabled": "true", "vks.bigip_nodeportlocal": "antrea_npl"}


def annotated(name: str, value: str | None, mark: str | None) -> Exchange:
    body = {
        "metadata": {
            "annotations": {"nodeportlocal.antrea.io/enabled": value, "vks.bigip/nodeportlocal": mark}
        }
    }
    return Exchange(
        "PATCH", f"/api/v1/namespaces/default/services/{name}{MANAGER}", json={}, expect=says(body)
    )
