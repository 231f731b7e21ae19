# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CIS of the cluster, as its Deployment, its Pods and its resources show it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import controller as described
from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller, controller


def deployment(
    *arguments: str, image: str = "f5networks/k8s-bigip-ctlr:2.20", **status: Any
) -> dict[str, Any]:
    container = {"image": image, "command": ["/app/bin/k8s-bigip-ctlr"], "args": list(arguments)}
    instance = {"app.kubernetes.io/instance": "cis"}
    return {
        "metadata": {
            "name": "cis",
            "namespace": "f5-cis",
            "generation": 2,
            "labels": instance,
            "annotations": {"meta.helm.sh/release-name": "cis", "meta.helm.sh/release-namespace": "f5-cis"},
        },
        "spec": {
            "selector": {"matchLabels": {"app": "cis"}},
            "template": {"spec": {"containers": [{"image": "sidecar:1"}, container]}},
        },
        "status": {
            "observedGeneration": 2,
            "replicas": 1,
            "updatedReplicas": 1,
            "availableReplicas": 1,
            **status,
        },
    }


def of(*arguments: str, **status: Any) -> Controller:
    found = controller(deployment(*arguments, **status))
    assert found is not None
    return found


def test_as_dict() -> None:
    words = ["--bigip-partition=a", "--pool-member-type", "cluster", "--namespace=x", "--namespace=y"]
    raw = deployment(*words, "--custom-resource-mode=true")
    raw["metadata"]["annotations"]["vks.bigip/started-with"] = "u1 1"
    raw["spec"]["replicas"] = 3
    found = controller(raw)
    assert found and found.as_dict() == {
        "namespace": "f5-cis",
        "name": "cis",
        "release": "cis",
        "release_namespace": "f5-cis",
        "image": "f5networks/k8s-bigip-ctlr:2.20",
        "version": "2.20",
        "replicas": 3,
        "available": True,
        "partitions": ["a"],
        "pool_member_type": "cluster",
        "custom_resource_mode": True,
        "namespaces": ["x", "y"],
        "arguments": [*words, "--custom-resource-mode=true"],
        "selector": "app=cis,app.kubernetes.io/instance=cis",
        "started_with": "u1 1",
    }


@pytest.mark.parametrize(
    "empty", [{}, {"labels": None, "annotations": None}, {"labels": {"a": "b"}, "annotations": {"a": "b"}}]
)
def test_a_deployment_of_another_tool(empty: dict[str, Any]) -> None:
    """Helm did not make it."""
    pod = {"spec": {"containers": [{"image": None}, {"image": "k8s-bigip-ctlr"}]}}
    found = controller({"metadata": {"namespace": "a", "name": "b", **empty}, "spec": {"template": pod}})
    assert found and found.message == ""
    assert found.as_dict() == {
        **{"namespace": "a", "name": "b", "release": "", "release_namespace": "", "image": "k8s-bigip-ctlr"},
        **{
            "version": None,
            "replicas": 1,
            "available": False,
            "partitions": [],
            "pool_member_type": "nodeport",
        },
        **{
            "custom_resource_mode": False,
            "namespaces": [],
            "arguments": [],
            "selector": "",
            "started_with": "",
        },
    }
    assert controller({"spec": {"template": pod}}) is not None


def test_the_selector_has_an_order() -> None:
    raw = deployment()
    raw["spec"]["selector"]["matchLabels"] = {"c": "1", "a": "2", "b": "3"}
    found = controller(raw)
    assert found and found.selector == "a=2,app.kubernetes.io/instance=cis,b=3,c=1"


@pytest.mark.parametrize(
    "empty",
    [
        None,
        {},
        {"template": None},
        {"template": {"spec": None}},
        {"template": {"spec": {"containers": None}}},
    ],
)
def test_a_deployment_without_containers(empty: Any) -> None:
    assert controller({"metadata": {"name": "x"}, "spec": empty}) is None


def test_words_of_the_command_are_arguments() -> None:
    raw = deployment("--insecure")
    raw["spec"]["template"]["spec"]["containers"][1]["command"] = ["/app/bin/k8s-bigip-ctlr", "--a", "--b"]
    found = controller(raw)
    assert found and found.arguments == ("--a", "--b", "--insecure")


def test_the_message_is_that_of_the_conditions_that_failed() -> None:
    conditions = [
        {"type": "Available", "status": "False", "message": "one"},
        {"type": "Progressing", "status": "True", "message": "well"},
        {"type": "ReplicaFailure", "status": "True", "message": "two"},
        {"type": "Other", "status": "False", "message": None},
    ]
    assert of(conditions=conditions).message == "one two "


@pytest.mark.parametrize("image", ["nginx:1", "f5networks/k8s-bigip-ctlr-x:1", ""])
def test_another_deployment(image: str) -> None:
    assert controller(deployment(image=image)) is None and controller({}) is None


@pytest.mark.parametrize(
    ("status", "available"),
    [
        ({}, True),
        ({"availableReplicas": 0}, False),
        ({"availableReplicas": None}, False),
        ({"observedGeneration": 1}, False),
        ({"observedGeneration": 3}, True),
        ({"replicas": 2}, False),
        ({"availableReplicas": 2}, True),
        ({"replicas": None, "updatedReplicas": None}, True),
    ],
)
def test_is_available(status: dict[str, Any], available: bool) -> None:
    assert of(**status).is_available is available


@pytest.mark.parametrize(
    ("generation", "observed", "updated"),
    [(1, None, False), (None, None, True), (None, 0, True), (1, 1, True)],
)
def test_a_deployment_that_no_controller_has_seen_is_not_updated(
    generation: Any, observed: Any, updated: bool
) -> None:
    raw = deployment()
    for part, key, value in (
        (raw["metadata"], "generation", generation),
        (raw["status"], "observedGeneration", observed),
    ):
        if value is None:
            del part[key]
        else:
            part[key] = value
    found = controller(raw)
    assert found and found.updated is updated


def test_defaults() -> None:
    found = of()
    assert (found.namespaces, found.namespace_label, found.resource_label) == (
        [],
        "",
        "f5cr=true",
    )
    assert (found.ingress_class, found.custom_resources, found.hub_mode, found.port) == (
        "f5",
        False,
        False,
        "8080",
    )
    assert found.watches("any")


def test_arguments() -> None:
    found = of(
        "--namespace=x", "--ingress-class=own", "--custom-resource-label=a=b", "--http-listen-address=:9"
    )
    assert (found.ingress_class, found.resource_label, found.port) == ("own", "a=b", "9")
    assert (of("--ingress-class=").ingress_class, of("--custom-resource-label=").resource_label) == (
        "f5",
        "f5cr=true",
    )
    assert of("--namespace-label=team=x", "--namespace-label=y").namespace_label == "team=x"
    assert found.watches("x") and not found.watches("y")


@pytest.mark.parametrize(
    ("argument", "custom_resources", "hub_mode"),
    [
        ("--custom-resource-mode=True", True, False),
        ("--custom-resource-mode=false", False, False),
        ("--controller-mode=customresource", True, False),
        ("--hubmode", False, True),
        ("--hubmode=1", False, True),
        ("--hubmode=T", False, True),
        ("--hubmode=true", False, True),
        ("--hubmode=false", False, False),
        ("--hubmode=false --hubmode=1", False, True),
        ("--custom-resource-mode=false --custom-resource-mode=true", True, False),
        ("--controller-mode=openshift", False, False),
    ],
)
def test_modes(argument: str, custom_resources: bool, hub_mode: bool) -> None:
    found = of(*argument.split())
    assert (found.custom_resources, found.hub_mode) == (custom_resources, hub_mode)


WAITING = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no image"}}}
ENDED = {"lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}, "restartCount": 4}
PENDING = {"type": "PodScheduled", "status": "False", "message": "no node fits"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({}, ""),
        ({"containerStatuses": [{"ready": True, "state": {"running": {}}}]}, ""),
        ({"containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}, ""),
        ({"containerStatuses": [{"state": {"waiting": {"reason": "PodInitializing"}}}]}, ""),
        ({"containerStatuses": [{"state": {"waiting": {}}}, WAITING]}, "ImagePullBackOff: no image"),
        ({"containerStatuses": [WAITING]}, "ImagePullBackOff: no image"),
        (
            {"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
            "CrashLoopBackOff: no message",
        ),
        ({"containerStatuses": [ENDED]}, "its container ended with code 1 (Error), 4 restarts"),
        (
            {"containerStatuses": [{"state": ENDED["lastState"]}]},
            "its container ended with code 1 (Error), 0 restarts",
        ),
        ({"containerStatuses": [{**ENDED, "lastState": None, "state": None}]}, ""),
        ({"containerStatuses": [{**ENDED, "ready": True}]}, ""),
        (
            {"containerStatuses": [{"ready": True, "lastState": None}], "conditions": [PENDING]},
            "it is not scheduled: no node fits",
        ),
        ({"containerStatuses": None, "conditions": [PENDING]}, "it is not scheduled: no node fits"),
        (
            {"conditions": [{**PENDING, "type": "Ready"}, PENDING, {**PENDING, "message": "x"}]},
            "it is not scheduled: no node fits",
        ),
        ({"conditions": [{**PENDING, "status": "True"}]}, ""),
        ({"conditions": None}, ""),
        (None, ""),
    ],
)
def test_pod_fault(status: Any, expected: str) -> None:
    assert described.pod_fault({"status": status}) == expected


SERVER, INGRESS = "VirtualServer", "Ingress"


@pytest.mark.parametrize(
    ("kind", "spec", "status", "expected"),
    [
        (SERVER, {}, {"status": "Ok", "vsAddress": "192.0.2.1"}, ("192.0.2.1", "p", "Ok", "", True)),
        (SERVER, {"virtualServerAddress": "192.0.2.2"}, {}, ("192.0.2.2", "p", "", "", None)),
        (
            SERVER,
            {"virtualServerAddress": "192.0.2.2"},
            {"vsAddress": "192.0.2.1"},
            ("192.0.2.1", "p", "", "", None),
        ),
        (
            SERVER,
            {"partition": "q"},
            {"status": "Pending", "vsAddress": "None"},
            ("", "q", "Pending", "", None),
        ),
        (SERVER, {}, {"status": "None"}, ("", "p", "None", "", None)),
        (SERVER, {}, {"status": "ERROR", "error": "x"}, ("", "p", "ERROR", "x", False)),
        (SERVER, None, None, ("", "p", "", "", None)),
        (
            INGRESS,
            {},
            {"loadBalancer": {"ingress": [{"ip": "192.0.2.3"}]}},
            ("192.0.2.3", "p", "Ok", "", True),
        ),
        (
            INGRESS,
            {},
            {"loadBalancer": {"ingress": [{"hostname": "h"}, {"ip": "192.0.2.3"}]}},
            ("h", "p", "Ok", "", True),
        ),
        (INGRESS, {}, {"loadBalancer": {"ingress": None}}, ("", "p", "", "", None)),
        (
            INGRESS,
            {"virtualServerAddress": "x"},
            {"loadBalancer": None, "status": "Ok"},
            ("", "p", "", "", None),
        ),
    ],
)
def test_resource(
    kind: str, spec: Any, status: Any, expected: tuple[str, str, str, str, bool | None]
) -> None:
    meta = {"name": "web", "namespace": "default", "annotations": {"virtual-server.f5.com/partition": "p"}}
    found = described.resource(kind, {"metadata": meta, "spec": spec, "status": status})
    names = ("address", "partition", "status", "message", "ok")
    assert found == {"kind": kind, "namespace": "default", "name": "web", **dict(zip(names, expected))}
    bare = {**meta, "annotations": None}
    partition = (spec or {}).get("partition", "")
    assert described.resource(kind, {"metadata": bare, "spec": spec, "status": status}) == {
        **found,
        "partition": partition,
    }


def test_a_resource_without_metadata() -> None:
    found = described.resource(SERVER, {"metadata": None})
    assert (found["namespace"], found["name"], found["partition"]) == ("None", "None", "")
