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
    shown = of(
        "--bigip-partition=a", "--pool-member-type", "cluster", "--namespace=x", "--namespace=y"
    ).as_dict()
    assert (shown["release"], shown["release_namespace"], shown["version"]) == ("cis", "f5-cis", "2.20")
    assert (shown["partitions"], shown["pool_member_type"], shown["namespaces"]) == (
        ["a"],
        "cluster",
        ["x", "y"],
    )
    assert (shown["replicas"], shown["available"]) == (1, True)
    assert shown["selector"] == "app=cis,app.kubernetes.io/instance=cis"


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
        ({"replicas": 2}, False),
    ],
)
def test_is_available(status: dict[str, Any], available: bool) -> None:
    assert of(**status).is_available is available


def test_defaults() -> None:
    found = of()
    assert (found.namespaces, found.namespace_label, found.resource_label) == (
        [],
        "",
        described.RESOURCE_LABEL,
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
    assert found.watches("x") and not found.watches("y")


@pytest.mark.parametrize(
    ("argument", "custom_resources", "hub_mode"),
    [
        ("--custom-resource-mode=True", True, False),
        ("--custom-resource-mode=false", False, False),
        ("--controller-mode=customresource", True, False),
        ("--hubmode", False, True),
        ("--hubmode=1", False, True),
        ("--hubmode=false", False, False),
    ],
)
def test_modes(argument: str, custom_resources: bool, hub_mode: bool) -> None:
    found = of(argument)
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
        ({"containerStatuses": [WAITING]}, "ImagePullBackOff: no image"),
        ({"containerStatuses": [ENDED]}, "its container ended with code 1 (Error), 4 restarts"),
        ({"containerStatuses": [{**ENDED, "ready": True}]}, ""),
        ({"conditions": [PENDING]}, "it is not scheduled: no node fits"),
        ({"conditions": [{**PENDING, "status": "True"}]}, ""),
    ],
)
def test_pod_fault(status: dict[str, Any], expected: str) -> None:
    assert described.pod_fault({"status": status}) == expected


@pytest.mark.parametrize(
    ("kind", "spec", "status", "expected"),
    [
        ("VirtualServer", {}, {"status": "Ok", "vsAddress": "192.0.2.1"}, ("192.0.2.1", "Ok", True)),
        ("VirtualServer", {"virtualServerAddress": "192.0.2.2"}, {}, ("192.0.2.2", "", None)),
        ("VirtualServer", {}, {"status": "Pending", "vsAddress": "None"}, ("", "Pending", None)),
        ("VirtualServer", {}, {"status": "ERROR", "error": "x"}, ("", "ERROR", False)),
        ("Ingress", {}, {"loadBalancer": {"ingress": [{"ip": "192.0.2.3"}]}}, ("192.0.2.3", "Ok", True)),
        ("Ingress", {}, {}, ("", "", None)),
    ],
)
def test_resource(
    kind: str, spec: dict[str, Any], status: dict[str, Any], expected: tuple[str, str, bool | None]
) -> None:
    meta = {"name": "web", "namespace": "default", "annotations": {"virtual-server.f5.com/partition": "p"}}
    found = described.resource(kind, {"metadata": meta, "spec": spec, "status": status})
    assert (found["address"], found["status"], found["ok"]) == expected
    assert (found["namespace"], found["name"], found["partition"]) == ("default", "web", "p")
