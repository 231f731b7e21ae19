# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications for tests in a real lab, and requests to any of its addresses."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from running_lab import RunningLab, eventually

_numbers = itertools.count(1)


def deployment(
    name: str, replicas: int = 2, grace: int = 1, node: str = "", ports: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "terminationGracePeriodSeconds": grace,
        "containers": [{"name": "web", "image": "hello:1", "ports": ports or []}],
    }
    if node:
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template},
    }


def service(
    name: str, npl: str | None = None, ports: list[dict[str, Any]] | None = None, **spec: Any
) -> dict[str, Any]:
    meta = {"name": name, "annotations": {} if npl is None else {"nodeportlocal.antrea.io/enabled": npl}}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta,
        "spec": {"selector": {"app": name}, "ports": ports or [{"port": 8080}], **spec},
    }


@contextmanager
def application(
    lab: RunningLab,
    *,
    replicas: int = 2,
    grace: int = 1,
    node: str = "",
    ports: list[dict[str, Any]] | None = None,
    **of_service: Any,
) -> Iterator[str]:
    """A Deployment that runs and its Service; they are deleted afterwards."""
    name = f"app-{next(_numbers)}"
    lab.api.create(deployment(name, replicas, grace, node, ports), service(name, **of_service))
    try:
        rolled_out(lab, name)
        yield name
    finally:
        for kind in ("deployment", "service"):
            lab.api.delete(kind, name)


def rolled_out(lab: RunningLab, name: str) -> None:
    """Wait for a Deployment's Pods, and until the EndpointSlices have them all: a rollout is over before
    these are written."""
    eventually(lambda: _complete(lab.get("deployment", name)))
    families = lab.get("service", name)["spec"].get("ipFamilies") or ["IPv4"]
    eventually(
        lambda: (
            _endpoints(lab, name)
            == sorted((family, pod["metadata"]["name"]) for family in families for pod in pods(lab, name))
        )
    )


def _complete(one: dict[str, Any]) -> bool:
    """As `kubectl rollout status` sees it."""
    wanted, status = one["spec"]["replicas"], one.get("status") or {}
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    return status.get("observedGeneration") == one["metadata"]["generation"] and counts == [wanted] * 3


def _endpoints(lab: RunningLab, name: str) -> list[tuple[str, str]]:
    """The ready ones: family and Pod."""
    slices = lab.get("endpointslices", "-l", f"kubernetes.io/service-name={name}")["items"]
    return sorted(
        (item["addressType"], one["targetRef"]["name"])
        for item in slices
        for one in item.get("endpoints") or []
        if one["conditions"]["ready"]
    )


def pods(lab: RunningLab, name: str) -> list[dict[str, Any]]:
    return [
        pod
        for pod in lab.get("pods", "-l", f"app={name}")["items"]
        if not pod["metadata"].get("deletionTimestamp")
    ]


def ask(lab: RunningLab, place: str, seconds: float = 60) -> str:
    """The answer to a request to an address of the lab: the body, ``502 ...`` for the proxy's refusal, or
    ``silent``."""
    command = [
        "curl",
        "-sS",
        "--max-time",
        str(seconds),
        "--proxytunnel",
        "--proxy",
        lab.env["LAB_PROXY"],
        "-w",
        "%{http_connect}",
        f"http://{place}/",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 28:
        return "silent"
    body, code = done.stdout[:-3], done.stdout[-3:]
    return body.strip() if code == "200" else code
