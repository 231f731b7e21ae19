# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a CIS, by its Deployment, its Pods, their logs and /ready."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller, pod_fault
from ansible_collections.vks.bigip.plugins.module_utils._cis.health import previous_log_counts, report

CRASH = {"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}]}
AS3 = "[Request: 2][AS3] Error response from BIG-IP: code: 422 --- tenant:cis --- message: declaration failed"
REFUSED = (
    "2026/11/25 17:00:00 [ERROR] [AS3] REST call error: dial tcp 192.0.2.1:443: connect: connection refused"
)


def controller(replicas: int = 1, available: int = 1, updated: bool = True, message: str = "") -> Controller:
    return Controller(
        "f5",
        "cis",
        "one",
        "f5",
        "k8s-bigip-ctlr:2.20.3",
        (),
        replicas,
        available,
        updated,
        message,
        "app=cis",
    )


def pod(name: str = "cis-a", **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "f5"}, "status": status}


def silent(name: str) -> str:
    raise AssertionError("/ready is not asked")


CASES: dict[str, tuple[Controller, list[dict[str, Any]], str, bool | None, str]] = {
    # CIS, Pods, what /ready complains of; ready, the problem
    "well": (controller(), [pod()], "", True, ""),
    "not ready": (controller(), [pod()], "no BIG-IP", False, "CIS f5/cis is not ready: no BIG-IP"),
    "without Pods": (controller(), [], "-", None, ""),
    "scaled to 0": (controller(0, 0), [], "-", None, ""),
    "no Pod yet": (controller(1, 0), [], "-", None, "Deployment f5/cis is not available: it has no Pod"),
    "a Pod starts": (
        controller(1, 0),
        [pod()],
        "-",
        None,
        "Deployment f5/cis is not available: its Pod is not ready yet",
    ),
    "an update is not complete": (
        controller(1, 1, False),
        [pod()],
        "-",
        None,
        "Deployment f5/cis is not available: its Pod is not ready yet",
    ),
    "quota": (
        controller(1, 0, message="exceeded quota"),
        [],
        "-",
        None,
        "Deployment f5/cis is not available: exceeded quota",
    ),
    "a Pod crashes": (
        controller(1, 0),
        [pod(**CRASH)],
        "-",
        None,
        "Deployment f5/cis is not available: Pod f5/cis-a: CrashLoopBackOff: back-off",
    ),
    "two of three Pods crash": (
        controller(3, 0, message="exceeded quota"),
        [pod("b", **CRASH), pod("c"), pod("a", **CRASH)],
        "-",
        None,
        "Deployment f5/cis is not available: "
        "Pod f5/b: CrashLoopBackOff: back-off; Pod f5/a: CrashLoopBackOff: back-off",
    ),
    "scaled to 0, and a Pod ends": (controller(0, 0), [pod(**CRASH)], "-", None, ""),
}


@pytest.mark.parametrize(("one", "pods", "complaint", "ready", "problem"), CASES.values(), ids=CASES.keys())
def test_report(
    one: Controller, pods: list[dict[str, Any]], complaint: str, ready: bool | None, problem: str
) -> None:
    health = report(
        one, pods, [[""] for _pod in pods], silent if complaint == "-" else lambda name: complaint
    )
    found = [problem] * bool(problem)
    faults = [{"name": raw["metadata"]["name"], "fault": pod_fault(raw)} for raw in pods]
    assert health == {"pods": faults, "ready": ready, "findings": [], "problems": found, "blocking": found}


def test_the_first_pod_is_asked() -> None:
    asked: list[str] = []
    report(controller(), [pod("a"), pod("b")], [[], []], lambda name: asked.append(name) or "")
    assert asked == ["a"]


def test_findings_of_the_log_come_before_the_state() -> None:
    """Another namespace can cause the first, but not the second: only the second ends a wait."""
    lines = [f"2026/11/25 17:00:00 [ERROR] {text}" for text in ("pool of web: Service not found", AS3)]
    health = report(controller(1, 0), [pod(), pod("b")], [["\n".join(lines)], [REFUSED]], silent)
    waits = "Deployment f5/cis is not available: its Pod is not ready yet"
    messages = {one["kind"]: one["message"] for one in health["findings"]}
    assert [{**one, "message": ""} for one in health["findings"]] == [
        {"kind": "resource", "message": "", "lasting": False, "certain": False},
        {"kind": "as3", "message": "", "lasting": False, "certain": False},
        {"kind": "unreachable", "message": "", "lasting": False, "certain": True},
    ]
    assert messages["unreachable"].endswith(f"Its log shows: {REFUSED}")
    assert health["problems"] == [f"CIS f5/cis: {messages[kind]}" for kind in ("as3", "unreachable")] + [
        waits
    ]
    assert health["blocking"] == [f"CIS f5/cis: {messages['unreachable']}", waits]


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ({}, False),
        ({"restartCount": 2}, True),
        ({"restartCount": 2, "ready": True}, False),
        ({"restartCount": 0}, False),
    ],
)
def test_when_the_earlier_log_counts(status: dict[str, Any], counts: bool) -> None:
    other = {"restartCount": 0 if counts else 1}
    assert previous_log_counts(pod(containerStatuses=[status, other])) is counts
    assert previous_log_counts(pod()) is previous_log_counts({"status": None}) is False
