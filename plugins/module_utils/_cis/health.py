# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The faults of a CIS, by its Deployment, its Pods, their logs and /ready."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

from . import log
from .controller import Controller, pod_fault


def report(
    one: Controller,
    pods: Sequence[Mapping[str, Any]],
    logs: Sequence[Sequence[str]],
    complaint: Callable[[str], str],
) -> dict[str, Any]:
    """Return the health of one CIS, in the shape of cis_info's result.

    logs       of each of `pods`: the logs of its container, the earlier one first
    complaint  asks /ready of the Pod with this name, and returns its complaint or an empty text. It is called
               only if the Deployment is available.
    """
    findings = log.joined(log.findings(*of_pod) for of_pod in logs)
    logged = [
        (finding.certain, f"CIS {one.namespace}/{one.name}: {finding.message}")
        for finding in findings
        if finding.kind != "resource"
    ]
    faults = [(str(raw["metadata"]["name"]), pod_fault(raw)) for raw in pods]
    state, ready = [], None
    if one.replicas and not one.is_available:
        state.append(_not_available(one, faults))
    elif one.replicas and pods:
        complained = complaint(faults[0][0])
        ready = not complained
        if complained:
            state.append(f"CIS {one.namespace}/{one.name} is not ready: {complained}")
    return {
        "pods": [{"name": name, "fault": fault} for name, fault in faults],
        "ready": ready,
        "findings": [
            {"kind": item.kind, "message": item.message, "lasting": item.lasting, "certain": item.certain}
            for item in findings
        ],
        "problems": [*(text for _certain, text in logged), *state],
        "blocking": [*(text for certain, text in logged if certain), *state],
    }


def _not_available(one: Controller, faults: Sequence[tuple[str, str]]) -> str:
    of_pods = "; ".join(f"Pod {one.namespace}/{name}: {fault}" for name, fault in faults if fault)
    why = of_pods or one.message or ("its Pod is not ready yet" if faults else "it has no Pod")
    return f"Deployment {one.namespace}/{one.name} is not available: {why}"


def previous_log_counts(pod: Mapping[str, Any]) -> bool:
    """Return whether the container of a Pod has restarted and does not run yet.

    Then its earlier log has the reason.
    """
    statuses = (pod.get("status") or {}).get("containerStatuses") or [{}]
    return bool(statuses[0].get("restartCount")) and not statuses[0].get("ready")
