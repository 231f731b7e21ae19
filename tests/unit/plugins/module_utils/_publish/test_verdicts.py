# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's results in words that help."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._publish.tenant_run import Verdict
from ansible_collections.vks.bigip.plugins.module_utils._publish.verdicts import nameless, verdict
from ansible_collections.vks.bigip.tests.unit.support.publishing import WEB, World, app


def test_a_node_of_another_tenant_is_explained() -> None:
    world = World(WEB)
    text = "The node /T1/10.0.0.1 conflicts with /Common/10.0.0.1"
    world.bigip.answers.append(
        lambda bigip, body, tenant: outcome_of(
            {"results": [{"code": 422, "message": "failed", "response": text, "tenant": "T1"}]}
        )
    )
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert failure["response"] == text and "must set shareNodes: true" in failure["message"]


def test_applications_alone_that_as3_does_not_take_have_a_way_out() -> None:
    world = World(WEB)
    said = "Error: Per-application deployment has been disabled on the settings endpoint"
    world.bigip.answers.append(lambda bigip, body, tenant: outcome_of({"code": 400, "message": said}))
    failure = world.publish(applications=[app()])["failure"]["tenants"][0]
    assert (
        failure["response"] == said
        and "bulk_create" in failure["message"]
        and "perAppDeploymentAllowed" in failure["message"]
    )


def judged(body: Any, tenant: str = "T1", applications: tuple[str, ...] = ()) -> Verdict | None:
    return verdict(tenant, outcome_of(body), applications)


def one(code: Any = 200, message: str = "success", tenant: str = "T1", **more: Any) -> dict[str, Any]:
    return {"code": code, "message": message, "tenant": tenant, **more}


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([one()], (200, "success")),
        ([one(message="no change")], (200, "no change")),
        ([one(message="no change"), one("200", "success"), one(200, "other")], ("200", "success")),
        ([one(message="no change"), one("200", "no change")], (200, "no change")),
        ([one(tenant="T2"), one(tenant="", message="first"), one(tenant="", message="last")], (200, "first")),
        ([one(202, tenant="")], None),
        ([], None),
        ([one(tenant="T2")], None),
        ([one(tenant=""), one(422, "bad", tenant="")], None),
    ],
)
def test_a_success(results: list[Any], expected: Any) -> None:
    """Common has two results: creations, then deletions. None: AS3 does not mention the tenant."""
    found = judged({"results": results})
    assert found == (None if expected is None else Verdict(True, *expected))


def test_the_warnings_of_all_results_are_kept() -> None:
    results = [one(message="no change", warnings=[{"message": "a"}]), one(warnings=[{"message": "b"}])]
    assert judged({"results": results}) == Verdict(True, 200, "success", warnings=("a", "b"))


UNFINISHED = "TMSH script taking longer than expected"
CONFLICT = "The hash you submitted does not match"
BUSY = "Configuration operation in progress on device"
WAIT = {"again": True, "unknown": True, "pause": 15.0}


@pytest.mark.parametrize(
    ("results", "expected", "code"),
    [
        ([one(422, "declaration failed", response="no")], {}, "as3_refused"),
        ([one(422, CONFLICT), one(423, "failed")], {"again": True}, "conflict"),
        ([one(422, "failed"), one(423, CONFLICT)], {"again": True}, "conflict"),
        ([one(422, "failed"), one(503, BUSY)], {"again": True}, "as3_refused"),
        ([one(422, "failed"), one(422, "failed", response=UNFINISHED)], WAIT, "as3_refused"),
        ([one(422, UNFINISHED)], WAIT, "as3_refused"),
        ([one(), one(422, "declaration failed", response="no")], {}, "as3_refused"),
    ],
)  # fmt: skip
def test_a_refusal(results: list[Any], expected: dict[str, Any], code: str) -> None:
    """Of two results, the refusal counts."""
    found = judged({"results": results})
    assert found is not None and found.failure is not None and found.failure.code == code
    first = next(result["code"] for result in results if result["code"] != 200)
    assert found == Verdict(False, first, found.failure.message, found.failure, **expected)


@pytest.mark.parametrize(
    ("why", "said"), [("the connection broke", "the connection broke"), ("", "AS3 gave no result")]
)
def test_an_unknown_result_is_planned_again(why: str, said: str) -> None:
    found = verdict("T1", unknown(why))
    assert found is not None and found.failure is not None
    remedy = "Run again: the next run continues from what BIG-IP stores."
    message = f"The result for tenant T1 is unknown: {said}. {remedy}"
    assert found == Verdict(False, "outcome_unknown", message, found.failure, again=True, unknown=True)
    expected = Failure("outcome_unknown", "The result for tenant T1 is unknown", said=said, remedy=remedy)
    assert found.failure.as_dict() == expected.as_dict()


@pytest.mark.parametrize(
    ("response", "applications", "path"),
    [
        ("/T1/A1/pool/members: bad", (), "/T1/A1/pool/members"),
        ("/T2/A1/pool: bad; /T1/A2/vs: bad; /T1/A3/vs: bad", (), "/T1/A2/vs"),
        ("/A1/pool: bad", ("A1",), "/T1/A1/pool"),
        ("/A1/pool: bad", (), None),
        ("/T1: bad", (), None),
        ("bad", (), None),
    ],
)
def test_the_path_in_the_words_of_as3(response: str, applications: tuple[str, ...], path: str | None) -> None:
    found = judged(
        {"results": [one(422, "declaration failed", response=response)]}, applications=applications
    )
    assert found is not None and found.failure is not None and found.failure.details["path"] == path


@pytest.mark.parametrize(
    ("results", "more", "said", "word"),
    [
        ([("declaration failed", "no")], " (declaration failed)", "no", "declaration failed"),
        ([("no", "no, it failed")], "", "no, it failed", "no"),
        ([("failed", None)], "", "failed", "failed"),
        ([("", None)], "", "AS3 said nothing about this tenant", None),
        ([("", "one"), ("failed", "two"), ("again", "one")], " (failed)", "one; two", "failed"),
    ],
)  # fmt: skip
def test_the_words_of_as3(
    results: list[tuple[str, str | None]], more: str, said: str, word: str | None
) -> None:
    found = judged({"results": [one(422, message, response=response) for message, response in results]})
    assert found is not None and found.failure is not None
    what = f"AS3 did not publish tenant T1{more}"
    expected = Failure("as3_refused", what, said=said, path=None, as3_message=word)
    assert found.failure.as_dict() == expected.as_dict()


PER_APPLICATION = "Per-application deployment has been disabled on the settings endpoint"


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        (
            "The node /T1/10.0.0.1 conflicts with /Common/10.0.0.1",
            "The address is a node of another tenant, or of Common: all tenants that have it as a member "
            "must set shareNodes: true.",
        ),
        (
            PER_APPLICATION,
            "Allow it on BIG-IP (perAppDeploymentAllowed in AS3's settings), or use a tenant of your own, "
            "a new one with bulk_create: true.",
        ),
        (
            UNFINISHED,
            "BIG-IP is too busy for changes of this size: look at its load, and run again. "
            "The next run finds what it did meanwhile.",
        ),
        (CONFLICT, "Another user kept changing this tenant. Run again when they have finished."),
        ("bad", None),
    ],
)
def test_the_way_out(said: str, remedy: str | None) -> None:
    found = judged({"results": [one(422, said)]})
    assert found is not None and found.failure is not None and found.failure.remedy == remedy


INVALID = outcome_of(
    {"code": 422, "message": "invalid", "errors": ["/T1/A1/x: bad", "/A2/x: bad", "/T1/A1/x: bad"]}
)


@pytest.mark.parametrize(
    ("outcome", "code", "said", "path"),
    [
        (INVALID, 422, "/T1/A1/x: bad; /A2/x: bad", "/T1/A1/x"),
        (outcome_of({"results": [one(404, "a", "T2"), one(422, "b", "T3")]}), 404, "a; b", None),
        (Outcome(errors=("/A2/x: bad", "more")), None, "/A2/x: bad; more", "/T1/A2/x"),
        (Outcome(), None, "AS3 said nothing about this tenant", None),
    ],
)  # fmt: skip
def test_a_refusal_without_a_tenant(outcome: Outcome, code: int | None, said: str, path: str | None) -> None:
    found = nameless("T1", outcome, ("A2",))
    assert found.failure is not None
    assert found == Verdict(False, code, found.failure.message, found.failure)
    assert (found.failure.said, found.failure.details["path"]) == (said, path)
