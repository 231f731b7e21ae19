# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of modules in a followed play (play.py): the minimum that its tasks need to reach the end."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

CONTROLLER = {
    **{"name": "f5-bigip-ctlr", "namespace": "f5-cis", "release": "f5-bigip-ctlr", "release_namespace": "f5-cis", "replicas": 1, "available": True},
    **{"partitions": ["kubernetes"], "arguments": [], "selector": "app=cis", "started_with": "", "pool_member_type": "nodeport"},
    **{"custom_resource_mode": True},
}


OBJECT = {
    "metadata": {"name": "it", "managedFields": []},
    "data": {"username": "dQ==", "password": "cA=="},
    "spec": {"containers": [{"name": "antrea-agent", "image": "antrea"}]},
}


def cis_info(arguments: dict[str, Any]) -> dict[str, Any]:
    """No CIS before one is deployed, which is while a new installation is read."""
    installation = arguments["installation"]
    empty: dict[str, Any] = {"resources": [], "problems": [], "blocking": [], "tenants": []}
    answer = {"check_mode": False, "controllers": [] if installation else [CONTROLLER], "lasting": False, **empty}
    if "applications" in arguments["gather"]:
        answer |= {"applications": [{"tenant": "Shop", "application": "web"}], "left_out": []}
    if installation:
        unknown = {"present": False, "same": False, "labels": {}, "uid": "", "resource_version": "", "data_keys": ["username", "password"]}
        paths = [path.split("/") for path in installation["secrets"]]
        secrets = [{**unknown, "namespace": namespace, "name": name} for namespace, name in paths]
        answer["installation"] = {
            **{"namespace": {}, "helm_release": {"status": "deployed", "chart": "", "manifest": "", "revision": 1, "values": {}}, "secrets": secrets},
            **{"config_maps": [], "definitions": [], "ingress_class": None},
        }
    return answer


def command(arguments: dict[str, Any]) -> dict[str, Any]:
    """The answers of Helm, such as its version, also before a chart is rendered."""
    if not arguments.get("stdin") or "users" in json.loads(arguments["stdin"]):  # values for a chart, or a kubeconfig
        return {"rc": 0, "stdout": "v3.14.0", "stderr": ""}
    partition = json.loads(arguments["stdin"])["args"].get("bigip_partition")
    pod = {"containers": [{"args": [f"--bigip-partition={partition}"]}]}
    deployment = {
        "kind": "Deployment",
        "metadata": {"name": "f5-bigip-ctlr", "labels": {"chart": "f5-bigip-ctlr-0.0.36"}},
        "spec": {"template": {"spec": pod}},
    }
    return {"rc": 0, "stdout": f"v3.14.0\n---\n{json.dumps(deployment)}\n", "stderr": ""}


def k8s_info(arguments: dict[str, Any]) -> dict[str, Any]:
    """One object of each kind, but no Namespace: that of the canary is created, and removed."""
    return {"resources": [] if arguments.get("kind") == "Namespace" else [OBJECT]}


ANSWERS: dict[str, Any] = {
    "ansible.builtin.command": command,
    "ansible.builtin.copy": {},
    "ansible.builtin.file": {},
    "ansible.builtin.tempfile": {"path": "/tmp/kubeconfig"},
    "ansible.builtin.uri": {"status": 200, "content": "", "msg": "OK"},
    "kubernetes.core.helm": {"status": {}, "command": "helm upgrade -i"},
    "kubernetes.core.helm_info": {"status": {"chart": "f5-bigip-ctlr-0.0.36"}},
    "kubernetes.core.k8s": {},
    "kubernetes.core.k8s_info": k8s_info,
    "kubernetes.core.k8s_json_patch": {},
    "vks.bigip.antrea_npl": {
        **{"agents": [{"node": "node-1", "pod": "kube-system/antrea-agent-a"}], "restart_needed": [], "restarted": [], "settings": [], "services": []},
        **{"proven": True, "not_proven_because": []},
    },
    "vks.bigip.as3_declaration": {},
    "vks.bigip.as3_info": {"declaration": {"class": "ADC"}, "query_result": []},
    "vks.bigip.cis_info": cis_info,
    "vks.bigip.cluster_info": {"cni": {"name": "calico"}},
    "vks.bigip.partition": {},
    "vks.bigip.pod_bgp": {"neighbors": [], "established": True, "imish_config": ["router bgp 64512"]},
    "vks.bigip.pod_routes": {"routes": []},
    "vks.bigip.pool_members_info": {"pools": [{"members": [{"node": "node-1"}], "left_out": []}]},
    "vks.bigip.pool_status_info": {
        **{"pools": [], "summary": dict.fromkeys(("pools", "members", "available", "unknown", "offline", "out_of_sync"), 0)},
        "query_result": {"names": ["Shop/web/pool"], "up": [["Shop/web/pool", [2, 0]]], "not_up": []},
    },
    "vks.bigip.preflight_info": {"report": [], "checks": [], "pool_member_type": "nodeport", "chosen_because": "it is"},
    "vks.bigip.publish": {"tenants": {}},
}


def of(world: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The answers, with the differences from the world above.

    controllers: the CIS of the cluster, by what differs from CONTROLLER. stored: the tenants on BIG-IP. charts: the chart of each Helm release.
    module_fails: whether the module helm asks Helm for what it does not know. objects: those of each kind that the cluster has.
    checks: the results of the preflight. resources: those that cis_info finds. named: the tenants that it finds in resources.
    tenants: the result of publish with state released, the second time not in check mode. up: the pools that are up, for the role verify.
    """
    given = copy.deepcopy(dict(world or {}))
    answers = dict(ANSWERS)
    published: list[Any] = []

    def publish(arguments: dict[str, Any]) -> dict[str, Any]:
        published.append(arguments)
        if len(published) == 2:
            for tenant, done in given["tenants"].items():
                for name in done["applications"]:
                    del given["stored"][tenant][name]["constants"]
        return {"tenants": given["tenants"]}

    if "controllers" in given:
        controllers = [{**CONTROLLER, **one} for one in given["controllers"]]
        answers["vks.bigip.cis_info"] = lambda arguments: {
            **cis_info(arguments),
            "controllers": [
                one
                for one in controllers
                if arguments["namespace"] in (None, one["namespace"]) and arguments["release"] in (None, one["release"] or "none")
            ],
        }
    if "stored" in given:
        answers["vks.bigip.as3_info"] = lambda arguments: {
            "query_result": [],
            "declaration": {name: value for name, value in given["stored"].items() if arguments["tenant"] is None or name in arguments["tenant"]},
        }
    if "named" in given:
        answers["vks.bigip.cis_info"] = lambda arguments: {**cis_info(arguments), "tenants": given["named"]}
    if "resources" in given:
        found = answers["vks.bigip.cis_info"]
        answers["vks.bigip.cis_info"] = lambda arguments: {**found(arguments), "resources": given["resources"]}
    if "health" in given:
        told = answers["vks.bigip.cis_info"]
        answers["vks.bigip.cis_info"] = lambda arguments: {**told(arguments), **given["health"]}
    if "charts" in given:
        answers["kubernetes.core.helm_info"] = lambda arguments: (
            {"status": {"name": arguments["name"], "chart": given["charts"][arguments["name"]]}} if arguments["name"] in given["charts"] else {}
        )
    if given.get("module_fails"):
        answers["kubernetes.core.helm"] = {"status": {}, "msg": "unknown flag: --all"}
    if "objects" in given:
        answers["kubernetes.core.k8s_info"] = lambda arguments: {"resources": given["objects"].get(arguments["kind"], [])}
    if "checks" in given:
        answers["vks.bigip.preflight_info"] = {**ANSWERS["vks.bigip.preflight_info"], "checks": given["checks"]}
    if "up" in given:
        found = {"names": [name for name, _counts in given["up"]], "up": given["up"], "not_up": []}
        answers["vks.bigip.pool_status_info"] = {"pools": [], "query_result": found}
    if "tenants" in given:
        answers["vks.bigip.publish"] = publish
        answers["vks.bigip.cis_info"] = lambda arguments: {**cis_info(arguments), "check_mode": len(published) < 2}
    return answers
