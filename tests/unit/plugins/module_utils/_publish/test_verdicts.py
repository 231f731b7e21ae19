# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's results in words that help."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, outcome_of, unknown
from ansible_collections.vks.bigip.plugins.module_utils._publish.run import Verdict
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
    ("results", "message", "code"),
    [
        ([one()], "success", 200),
        ([one(message="no change")], "no change", 200),
        ([one(message="no change"), one(202, "success")], None, 202),
        ([one(message="no change"), one()], "success", 200),
        ([one(tenant="")], "success", 200),
    ],
)
def test_a_success(results: list[Any], message: str | None, code: int) -> None:
    """Common has two results: creations, then deletions."""
    found = judged({"results": results})
    assert found is not None
    if message:
        assert (found.ok, found.message, found.code) == (True, message, code)


def test_the_warnings_of_all_results_are_kept() -> None:
    results = [one(message="no change", warnings=[{"message": "a"}]), one(warnings=[{"message": "b"}])]
    found = judged({"results": results})
    assert found is not None and found.warnings == ("a", "b")


@pytest.mark.parametrize("results", [[one(tenant="T2")], [one(tenant="", code=422, message="bad")]])
def test_nothing_is_said_of_the_tenant(results: list[Any]) -> None:
    assert judged({"results": results}) is None


@pytest.mark.parametrize(
    ("result", "again", "is_unknown", "rest", "code"),
    [
        (one(422, "declaration failed", response="no"), False, False, 0.0, "as3_refused"),
        (one(422, "The hash you submitted does not match"), True, False, 0.0, "conflict"),
        (one(503, "Configuration operation in progress on device"), True, False, 0.0, "as3_refused"),
        (
            one(422, "failed", response="TMSH script taking longer than expected"),
            True,
            True,
            15.0,
            "as3_refused",
        ),
    ],
)
def test_a_refusal(result: Any, again: bool, is_unknown: bool, rest: float, code: str) -> None:
    found = judged({"results": [result]})
    assert found is not None and found.failure is not None
    assert (found.ok, found.again, found.unknown, found.rest) == (False, again, is_unknown, rest)
    assert (found.code, found.failure.code, found.fatal) == (result["code"], code, False)


def test_of_two_results_the_refusal_counts() -> None:
    found = judged({"results": [one(), one(422, "declaration failed", response="no")]})
    assert found is not None and not found.ok and found.failure is not None and found.failure.said == "no"


@pytest.mark.parametrize(
    ("why", "said"), [("the connection broke", "the connection broke"), ("", "AS3 gave no result")]
)
def test_an_unknown_result_is_planned_again(why: str, said: str) -> None:
    found = verdict("T1", unknown(why))
    assert found is not None and found.failure is not None
    assert (found.ok, found.again, found.unknown, found.code) == (False, True, True, "outcome_unknown")
    assert found.failure.said == said and found.failure.doing == "The result for tenant T1 is unknown"


@pytest.mark.parametrize(
    ("response", "applications", "path"),
    [
        ("/T1/A1/pool/members: bad", (), "/T1/A1/pool/members"),
        ("/T2/A1/pool: bad; /T1/A2/vs: bad", (), "/T1/A2/vs"),
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
    ("message", "response", "doing", "said"),
    [
        ("declaration failed", "no", "AS3 did not publish tenant T1 (declaration failed)", "no"),
        ("no", "no", "AS3 did not publish tenant T1", "no"),
        ("failed", None, "AS3 did not publish tenant T1", "failed"),
        ("", None, "AS3 did not publish tenant T1", "AS3 said nothing about this tenant"),
    ],
)
def test_the_words_of_as3(message: str, response: str | None, doing: str, said: str) -> None:
    found = judged({"results": [one(422, message, response=response)]})
    assert found is not None and found.failure is not None
    assert (found.failure.doing, found.failure.said) == (doing, said)
    assert found.failure.details["as3_message"] == (message or None)


def test_a_refusal_without_a_tenant() -> None:
    found = nameless(
        "T1", outcome_of({"code": 422, "message": "invalid", "errors": ["/T1/A1/x: bad", "/T1/A1/x: bad"]})
    )
    assert found.code == 422 and found.failure is not None
    assert (found.failure.said, found.failure.details["path"]) == ("/T1/A1/x: bad", "/T1/A1/x")
    found = nameless("T1", Outcome(errors=("bad",)))
    assert found.code is None and found.failure is not None and found.failure.said == "bad"
