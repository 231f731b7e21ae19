# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of the role verify."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._verify import report

WEB = {"tenant": "Shop", "application": "web", "service": {"name": "web"}}


def reported(results: list[Any], applications: list[Any] | None = None, answers: list[Any] | None = None) -> dict[str, Any]:
    options = {"applications": applications or [], "min_members": 2}
    return report.report({"options": options, "results": results, "answers": answers or []})


def result(*names: str, up: Any = (), not_up: Any = ()) -> dict[str, Any]:
    return {"names": list(names), "up": list(up), "not_up": list(not_up)}


FEW = {"message": "Pool a: 1 of 2 is up.", "few": True}
DOWN = {"message": "Pool b is down.", "few": False}
CASES: dict[str, tuple[list[Any], list[Any], list[str]]] = {
    # the results, the applications, the faults
    "all are up": ([result("Shop/web/pool")], [WEB], []),
    "nothing was named": ([result("A/b/c")], [], []),
    "nothing was found": ([result()], [], ["No pool on BIG-IP matches: publish first, or look at what was selected."]),
    "a pool is missing": ([result()], [WEB, WEB], ["/Shop/web/pool is not on BIG-IP: publish it first."]),
    "an application without pools": ([result()], [{"tenant": "Shop", "application": "web"}], []),
    "few are up": ([result("x", not_up=[FEW, DOWN]), result(not_up=[FEW])], [], [DOWN["message"], *[f"{FEW['message']} At least 2 should be up."] * 2]),
}  # fmt: skip


@pytest.mark.parametrize(("results", "applications", "faults"), CASES.values(), ids=CASES)
def test_faults(results: list[Any], applications: list[Any], faults: list[str]) -> None:
    found = reported(results, applications)
    assert found["faults"] == faults
    assert found["not_up"] == any(one["not_up"] for one in results)


def test_found_pools_are_sorted_and_named_once() -> None:
    assert reported([result("b", "a"), result("a")])["found"] == ["a", "b"]


def test_summary() -> None:
    up = [["Shop/web/pool", [2, 1]], ["Shop/api/pool", [1, 0]], ["Shopping/web/pool", [1, 0]], ["Bank/x/y", [0, 2]]]
    answers = [{"url": "http://192.0.2.1/", "sent": 1, "good": 1}, {"url": "http://192.0.2.2/", "sent": 3, "good": 2}]
    assert reported([result(up=up[:2]), result(up=up[1:])], answers=answers)["summary"] == [
        "Bank: 0 members are up, 2 disabled by an operator, in 1 pool",
        "Shop: 3 members are up, 1 disabled by an operator, in 2 pools",
        "Shopping: 1 member is up in 1 pool",
        "http://192.0.2.1/: 1 of 1 answer was good",
        "http://192.0.2.2/: 2 of 3 answers were good",
    ]
