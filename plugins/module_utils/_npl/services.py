# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The annotation that asks Antrea to map a Service's Pods, and the mark of who set it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

ANNOTATION = "nodeportlocal.antrea.io/enabled"
MARK, MARKED = "vks.bigip/nodeportlocal", "antrea_npl"


@dataclass(frozen=True)
class Step:
    """What becomes of one Service. `annotations`: what is patched; empty if nothing is. `fault`: why Antrea would not map it."""

    namespace: str
    name: str
    action: str  # annotate, unannotate, none
    annotations: Mapping[str, str | None]
    fault: str = ""

    def as_dict(self) -> dict[str, str]:
        return {"namespace": self.namespace, "name": self.name, "action": self.action}


def step(service: Mapping[str, Any], present: bool) -> Step:
    """An annotation that somebody else set stays as it is, and is never taken away."""
    metadata, spec = service.get("metadata") or {}, service.get("spec") or {}
    there = metadata.get("annotations") or {}
    place = (str(metadata.get("namespace")), str(metadata.get("name")))
    if not present:
        return Step(*place, "unannotate", {ANNOTATION: None, MARK: None}) if MARK in there else Step(*place, "none", {})
    kind = spec.get("type") or "ClusterIP"
    fault = ""
    if kind not in ("ClusterIP", "LoadBalancer"):
        fault = f"Service {'/'.join(place)} is of type {kind}; Antrea maps ClusterIP and LoadBalancer only"
    elif not spec.get("selector"):
        fault = f"Service {'/'.join(place)} has no selector, so that Antrea maps nothing"
    if there.get(ANNOTATION) == "true":
        return Step(*place, "none", {}, fault)
    return Step(*place, "annotate", {ANNOTATION: "true", MARK: MARKED}, fault)
