# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The results of a declaration, in the shapes in which AS3 answers."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import outcome
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import (
    Outcome,
    TenantResult,
    is_busy,
    is_running,
    outcome_of,
)

DONE = {
    "tenant": "T1",
    "code": 200,
    "message": "success",
    "lineCount": 5,
    "runTime": 900,
    "host": "localhost",
}
BUSY = {"code": 503, "message": "Configuration operation in progress on target device"}
INVALID = {
    "code": 422,
    "message": "declaration is invalid",
    "errors": ["/T1: a", "/T2: b"],
    "tenant": ["T1", "T2"],
}

SHAPES: dict[str, tuple[Any, list[tuple[str, int | str]], bool]] = {
    # the body, (tenant, code) of each result, and whether the outcome is known
    "success": ({"results": [DONE]}, [("T1", 200)], True),
    "a text as code": ({"results": [{"code": "ENOTFOUND", "message": "x"}]}, [("", "ENOTFOUND")], True),
    "no code": ({"results": [{"message": "x"}]}, [("", "")], True),
    "true as code": ({"results": [{"code": True}]}, [("", "True")], True),
    "a declaration that is not valid": (INVALID, [("T1", 422), ("T2", 422)], True),
    "the same in a task": ({"results": [INVALID]}, [("T1", 422), ("T2", 422)], True),
    "no tenants": ({**INVALID, "tenant": []}, [("", 422)], True),
    "another writer": ({"results": [BUSY]}, [("", 503)], True),
    "an error of AS3": ({"results": [DONE, {"code": 500, "message": "x"}]}, [("T1", 200), ("", 500)], False),
    "an error of a tenant": ({"results": [{**DONE, "code": 500}]}, [("T1", 500)], True),
    "a whole body of 500": ({"code": 500, "message": "x"}, [("", 500)], False),
    "cancelled": ({"results": [{"code": 0, "message": "task cancelled"}]}, [], False),
    "cancelled in part": ({"results": [DONE, {"code": 0, "message": "task cancelled"}]}, [], False),
    "a tenant in a whole body of 500": ({"code": 500, "tenant": "T1", "message": "x"}, [("T1", 500)], False),
    "500 with results": ({"code": 500, "results": [DONE]}, [("T1", 200)], True),
    "499": ({"results": [{"code": 499, "message": "x"}]}, [("", 499)], True),
    "a list": ([], [], False),
    "a text": ("x", [], False),
}


@pytest.mark.parametrize(("body", "results", "known"), SHAPES.values(), ids=SHAPES)
def test_shapes(body: Any, results: list[tuple[str, int | str]], known: bool) -> None:
    found = outcome_of(body, "id")
    assert [(result.tenant, result.code) for result in found.results] == results
    assert (found.known, found.why is None, found.task_id) == (known, known, "id")


def test_a_result() -> None:
    warnings = [{"message": "old"}, "plain"]
    (result,) = outcome_of(
        {"results": [{**DONE, "warnings": warnings, "dryRun": True, "response": 5}]}
    ).results
    assert result == TenantResult("T1", 200, "success", "5", 5, 900, "localhost", ("old", "plain"), (), True)


def test_the_least_of_a_result() -> None:
    assert outcome_of({"results": [{"code": 200}]}) == Outcome((TenantResult("", 200, ""),), (), True, None, None, None)
    (result,) = outcome_of({"results": [{"code": 200, "warnings": [{"code": 1}]}]}).results
    assert result.warnings == ("{'code': 1}",)


OWN_ERROR = "AS3 answered with an error of its own"
REASONS: dict[str, tuple[Any, str]] = {
    "the first error of AS3": ([DONE, {"code": 500, "message": "a"}, {"code": 500, "message": "b"}], "a"),
    "no words": ([DONE, {"code": 500}], OWN_ERROR),
}


@pytest.mark.parametrize(("results", "why"), REASONS.values(), ids=REASONS)
def test_why_an_outcome_is_unknown(results: list[Any], why: str) -> None:
    assert outcome_of({"results": results}).why == why


def test_why_an_outcome_without_results_is_unknown() -> None:
    assert outcome_of({"code": 500, "tenant": "T1", "message": "a"}).why == "a"
    assert outcome_of(["x"], "id") == Outcome(known=False, why="AS3 answered ['x']", task_id="id")
    cancelled = outcome_of({"results": [{"code": 0, "message": "task cancelled"}]}, "id")
    assert cancelled == Outcome(known=False, why="AS3 was restarted and cancelled the task", task_id="id")


def test_the_errors_of_several_tenants_appear_once() -> None:
    assert outcome_of(INVALID).errors == ("/T1: a", "/T2: b")


@pytest.mark.parametrize(
    ("result", "ok", "changed", "conflict"),
    [
        (TenantResult("T1", 200, "success"), True, True, False),
        (TenantResult("T1", "200", "success"), True, True, False),
        (TenantResult("T1", 200, "no change"), True, False, False),
        (TenantResult("T1", 422, "no change"), False, False, False),
        (
            TenantResult("T1", 422, "The hash you submitted does not match the current one"),
            False,
            False,
            True,
        ),
        (TenantResult("T1", 200, "The hash you submitted does not match"), True, True, False),
    ],
)
def test_the_words_of_a_result(result: TenantResult, ok: bool, changed: bool, conflict: bool) -> None:
    assert (result.ok, result.changed, result.lock_conflict) == (ok, changed, conflict)


@pytest.mark.parametrize(
    ("results", "running"),
    [
        ([], True),
        ([{"message": "in progress"}], True),
        ([DONE, {"message": "pending"}], True),
        ([{"message": "Declaration successfully submitted"}], True),
        ([DONE], False),
    ],
)
def test_is_running(results: list[Any], running: bool) -> None:
    assert is_running({"results": results}) is running


def test_is_busy() -> None:
    assert is_busy(outcome_of({"results": [BUSY]}))
    assert is_busy(outcome_of({"results": [{"code": 503, "message": "Too many configuration operations"}]}))
    assert not is_busy(outcome_of({"results": [BUSY, DONE]}))
    assert not is_busy(outcome.unknown("lost"))


def test_results_of_a_tenant() -> None:
    body = {"results": [DONE, {**DONE, "tenant": "T2"}, {"code": 422, "message": "x"}], "declaration": {}}
    found = outcome_of(body)
    assert [result.tenant for result in found.of("T1")] == ["T1", ""] and not found.ok
    assert [result.code for result in found.failed] == [422] and found.declaration is None
    assert outcome_of({"results": [DONE], "declaration": {"a": 1}}).declaration == {"a": 1}
    assert outcome_of({"results": [DONE], "declaration": "a"}).declaration is None


def test_nothing_is_not_a_success() -> None:
    assert not outcome.Outcome().ok and outcome_of({"results": [DONE]}).ok and not outcome.unknown("lost").ok
    done = outcome_of({"results": [DONE]}).results
    assert Outcome(done).ok and not Outcome(done, known=False).ok
