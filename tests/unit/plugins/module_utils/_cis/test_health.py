# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The health of a CIS, by its Deployment, its Pods, their logs and /ready."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller
from ansible_collections.vks.bigip.plugins.module_utils._cis.health import previous_log_counts, report

CRASH = {"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}}]}
REFUSED = "2026/11/25 17:00:00 [ERROR] [AS3] REST call error: dial tcp 192.0.2.1:443: connect: connection refused"


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
}


@pytest.mark.parametrize(("one", "pods", "complaint", "ready", "problem"), CASES.values(), ids=CASES.keys())
def test_report(
    one: Controller, pods: list[dict[str, Any]], complaint: str, ready: bool | None, problem: str
) -> None:
    health = report(
        one, pods, [[""] for _pod in pods], silent if complaint == "-" else lambda name: complaint
    )
    assert (health["ready"], health["problems"], health["blocking"]) == (
        ready,
        [problem] * bool(problem),
        [problem] * bool(problem),
    )
    assert [item["name"] for item in health["pods"]] == [raw["metadata"]["name"] for raw in pods]


def test_the_first_pod_is_asked() -> None:
    asked: list[str] = []
    report(controller(), [pod("a"), pod("b")], [[], []], lambda name: asked.append(name) or "")
    assert asked == ["a"]


def test_findings_of_the_log_come_before_the_state() -> None:
    health = report(controller(1, 0), [pod()], [[REFUSED]], silent)
    assert (
        health["findings"]
        and health["problems"][0].startswith("CIS f5/cis: ")
        and health["problems"][-1].startswith("Deployment")
    )


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
    assert previous_log_counts(pod(containerStatuses=[status])) is counts
    assert previous_log_counts(pod()) is False
