# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A CIS of the cluster: its Deployment, its Pods and the resources that it handles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .. import _foreign
from . import arguments

_IMAGE = "k8s-bigip-ctlr"
RESOURCE_LABEL = "f5cr=true"


@dataclass(frozen=True)
class Controller:
    namespace: str
    name: str
    release: str
    release_namespace: str
    image: str
    arguments: tuple[str, ...]
    replicas: int
    available: int
    updated: bool
    message: str
    selector: str
    started_with: str = ""

    def values(self, option: str) -> list[str]:
        """The values of an option, written as --option=value or as --option value."""
        return arguments.values(self.arguments, option)

    @property
    def namespaces(self) -> list[str]:
        """Empty: all."""
        return arguments.names(self.arguments, "--namespace")

    @property
    def namespace_label(self) -> str:
        """It watches the namespaces with this label; empty: those of `namespaces`."""
        return next(iter(self.values("--namespace-label")), "")

    @property
    def resource_label(self) -> str:
        """Of the custom resources that it handles."""
        return next(iter(self.values("--custom-resource-label")), "") or RESOURCE_LABEL

    @property
    def ingress_class(self) -> str:
        return next(iter(self.values("--ingress-class")), "") or "f5"

    @property
    def custom_resources(self) -> bool:
        return "true" in [
            value.lower() for value in self.values("--custom-resource-mode")
        ] or "customresource" in self.values("--controller-mode")

    @property
    def hub_mode(self) -> bool:
        """True if labelled Services of all namespaces that it watches fill the pools of a ConfigMap.

        Otherwise only those of the ConfigMap's own namespace do.
        """
        return "--hubmode" in self.arguments or any(
            value.lower() in ("1", "t", "true") for value in self.values("--hubmode")
        )

    @property
    def port(self) -> str:
        """Of /ready."""
        return next(iter(self.values("--http-listen-address")), ":8080").rpartition(":")[2]

    @property
    def is_available(self) -> bool:
        """True if the Deployment is available and up to date."""
        return self.available > 0 and self.updated

    def watches(self, namespace: str) -> bool:
        return not self.namespaces or namespace in self.namespaces

    def as_dict(self) -> dict[str, Any]:
        _name, _colon, tag = _base(self.image)
        return {
            "namespace": self.namespace,
            "name": self.name,
            "release": self.release,
            "release_namespace": self.release_namespace,
            "image": self.image,
            "version": tag or None,
            "replicas": self.replicas,
            "available": self.is_available,
            "partitions": arguments.names(self.arguments, "--bigip-partition"),
            "pool_member_type": next(iter(self.values("--pool-member-type")), "nodeport"),
            "custom_resource_mode": self.custom_resources,
            "namespaces": self.namespaces,
            "arguments": list(self.arguments),
            "selector": self.selector,
            "started_with": self.started_with,
        }


def controller(raw: Mapping[str, Any]) -> Controller | None:
    """The CIS that a Deployment runs, or None."""
    spec, status, meta = raw.get("spec") or {}, raw.get("status") or {}, raw.get("metadata") or {}
    for container in ((spec.get("template") or {}).get("spec") or {}).get("containers") or []:
        image = str(container.get("image") or "")
        if _base(image)[0] != _IMAGE:
            continue
        words = tuple(
            str(word) for word in [*(container.get("command") or [])[1:], *(container.get("args") or [])]
        )
        conditions = [
            one
            for one in status.get("conditions") or []
            if one.get("status") == "False" or one.get("type") == "ReplicaFailure"
        ]
        labels = {
            **((spec.get("selector") or {}).get("matchLabels") or {}),
            **_instance(meta.get("labels") or {}),
        }
        replicas = spec.get("replicas")
        return Controller(
            str(meta.get("namespace")),
            str(meta.get("name")),
            str((meta.get("annotations") or {}).get("meta.helm.sh/release-name") or ""),
            str((meta.get("annotations") or {}).get("meta.helm.sh/release-namespace") or ""),
            image,
            arguments.shown(words),
            1 if replicas is None else _foreign.whole(replicas),
            _foreign.whole(status.get("availableReplicas")),
            status.get("observedGeneration", 0) >= meta.get("generation", 0)
            and (status.get("updatedReplicas") or 0) == (status.get("replicas") or 0),
            " ".join(str(one.get("message") or "") for one in conditions),
            ",".join(f"{name}={value}" for name, value in sorted(labels.items())),
            str((meta.get("annotations") or {}).get("vks.bigip/started-with") or ""),
        )
    return None


def _base(image: str) -> tuple[str, str, str]:
    """The last part of an image's name, a colon, and the tag."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")


def _instance(labels: Mapping[str, str]) -> dict[str, str]:
    """Two releases in one namespace may share the chart's own selector."""
    name = "app.kubernetes.io/instance"
    return {name: labels[name]} if name in labels else {}


def pod_fault(raw: Mapping[str, Any]) -> str:
    """Why a Pod does not run, in Kubernetes' words; empty if it does."""
    status = raw.get("status") or {}
    for container in status.get("containerStatuses") or []:
        waiting = (container.get("state") or {}).get("waiting") or {}
        if waiting.get("reason") not in (None, "ContainerCreating", "PodInitializing"):
            return f"{waiting['reason']}: {waiting.get('message') or 'no message'}"
        ended = (
            (container.get("lastState") or {}).get("terminated")
            or (container.get("state") or {}).get("terminated")
            or {}
        )
        if ended and not container.get("ready"):
            return f"its container ended with code {ended.get('exitCode')} ({ended.get('reason')}), {container.get('restartCount', 0)} restarts"
    unscheduled = [
        one
        for one in status.get("conditions") or []
        if one.get("type") == "PodScheduled" and one.get("status") == "False"
    ]
    return f"it is not scheduled: {unscheduled[0].get('message')}" if unscheduled else ""


def resource(kind: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A custom resource or an Ingress, and its status from CIS. ok: None if CIS wrote no status."""
    meta, spec, status = raw.get("metadata") or {}, raw.get("spec") or {}, raw.get("status") or {}
    if kind == "Ingress":
        ingresses = (status.get("loadBalancer") or {}).get("ingress") or []
        address = next((str(one.get("ip") or one.get("hostname")) for one in ingresses), "")
        word, message, good = ("Ok", "", True) if address else ("", "", None)
    else:
        address = str(status.get("vsAddress") or spec.get("virtualServerAddress") or "")
        word, message = str(status.get("status") or ""), str(status.get("error") or "")
        good = None if word in ("", "Pending", "None") else word.lower() == "ok"
    return {
        "kind": kind,
        "namespace": str(meta.get("namespace")),
        "name": str(meta.get("name")),
        "address": "" if address == "None" else address,
        "partition": str(
            spec.get("partition")
            or (meta.get("annotations") or {}).get("virtual-server.f5.com/partition")
            or ""
        ),
        "status": word,
        "message": message,
        "ok": good,
    }
