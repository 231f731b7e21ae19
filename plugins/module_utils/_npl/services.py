# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The annotation that asks Antrea to map the Pods of a Service, and the mark of who set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

ANNOTATION = "nodeportlocal.antrea.io/enabled"
MARK, MARKED = "vks.bigip/nodeportlocal", "antrea_npl"


@dataclass(frozen=True)
class ServiceChange:
    """action       annotate, unannotate, none
    annotations  the annotations to patch; empty: none
    fault        why Antrea would not map its Pods
    """

    namespace: str
    name: str
    action: str
    annotations: Mapping[str, str | None]
    fault: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"namespace": self.namespace, "name": self.name, "action": self.action}


def change(service: Mapping[str, Any], present: bool) -> ServiceChange:
    """Return the change of one Service. An annotation without our mark is never changed or removed."""
    metadata, spec = service.get("metadata") or {}, service.get("spec") or {}
    annotations = metadata.get("annotations") or {}
    place = (str(metadata.get("namespace")), str(metadata.get("name")))
    if not present and MARK in annotations:
        return ServiceChange(*place, "unannotate", {ANNOTATION: None, MARK: None})
    if not present:
        return ServiceChange(*place, "none", {})
    fault = _fault("/".join(place), spec)
    if annotations.get(ANNOTATION) == "true":
        return ServiceChange(*place, "none", {}, fault)
    return ServiceChange(*place, "annotate", {ANNOTATION: "true", MARK: MARKED}, fault)


def _fault(name: str, spec: Mapping[str, Any]) -> str:
    kind = spec.get("type") or "ClusterIP"
    if kind not in ("ClusterIP", "LoadBalancer"):
        return f"Service {name} is of type {kind}; Antrea maps ClusterIP and LoadBalancer only"
    return "" if spec.get("selector") else f"Service {name} has no selector, so Antrea maps no Pod"
