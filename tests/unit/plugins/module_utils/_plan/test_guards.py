# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which losses of members are refused, and the message of the refusal."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._plan import guards
from ansible_collections.vks.bigip.plugins.modules import publish
from ansible_collections.vks.bigip.tests.unit.support import planning

KEEP = " empty_pool: publish empties it, empty_pool: keep leaves its members as they are."
LOOK = "Look at left_out of the pool for the reasons"


def parts(failure: Failure | None) -> tuple[str, str, str | None, dict[str, Any]]:
    assert failure is not None
    return failure.code, failure.what, failure.remedy, failure.details


@pytest.mark.parametrize(
    ("before", "after", "removed", "limits", "code"),
    [
        (0, 0, 0, {}, ""),
        (1, 1, 0, {}, ""),
        (1, 0, 1, {}, "empty_pool"),
        (1, 0, 1, {"empty_pool": "keep"}, ""),
        (1, 0, 1, {"empty_pool": "publish"}, ""),
        (0, 0, 0, {"min_members": 1}, "min_members"),
        (2, 1, 1, {"min_members": 1}, ""),
        (2, 1, 1, {"min_members": 2}, "min_members"),
        (1, 0, 1, {"empty_pool": "publish", "min_members": 1}, "min_members"),
        (2, 1, 1, {"max_removed_percent": 50}, ""),
        (2, 1, 1, {"max_removed_percent": 49}, "max_removed_percent"),
        (0, 1, 0, {"max_removed_percent": 0}, ""),
        (2, 2, 0, {"max_removed_percent": 0}, ""),
        (1, 2, 1, {"max_removed_percent": 99}, "max_removed_percent"),
        (100, 1, 100, {"max_removed_percent": 99}, "max_removed_percent"),
        (100, 1, 100, {"max_removed_percent": 100}, ""),
    ],
)
def test_check(before: int, after: int, removed: int, limits: dict[str, Any], code: str) -> None:
    failure = guards.check("/T/A1/p", before, after, removed, guards.Limits(**limits))
    assert (failure.code if failure else "") == code


def test_a_task_that_sets_no_limit_has_the_documented_ones() -> None:
    documented = yaml.safe_load(publish.DOCUMENTATION)["options"]
    limits = guards.Limits()
    assert vars(limits) == {name: documented[name]["default"] for name in vars(limits)}
    assert guards.check("/T/A1/p", 4, 1, 3, limits) is None


def test_an_empty_pool() -> None:
    numbers = {"pool": "/T/A1/p", "before": 2, "after": 0}
    text = "Pool /T/A1/p has 2 members on BIG-IP and would have none"
    assert parts(guards.check("/T/A1/p", 2, 0, 2, guards.Limits())) == (
        "empty_pool",
        text,
        f"{LOOK}.{KEEP}",
        numbers,
    )
    failure = guards.check(
        "/T/A1/p", 1, 0, 1, guards.Limits(), example="Pod a is terminating. Set terminating."
    )
    assert failure and "has 1 member on" in failure.what
    assert failure.remedy == f"{LOOK} (such as: Pod a is terminating. Set terminating).{KEEP}"


def test_an_empty_pool_that_no_service_fills() -> None:
    failure = guards.check("/T/A1/p", 2, 0, 0, guards.Limits(), filled=False)
    assert failure and failure.remedy == f"No Service fills it, by its labels, pools or applications.{KEEP}"


def test_an_empty_pool_of_unread_pods_is_not_published() -> None:
    failure = guards.check("/T/A1/p", 2, 0, 2, guards.Limits("publish"), unread=True)
    assert failure and failure.remedy == f"{LOOK}. empty_pool: keep leaves its members as they are."
    assert guards.check("/T/A1/p", 0, 0, 0, guards.Limits("publish"), unread=True) is None


def test_few_members() -> None:
    failure = guards.check("/T/A1/p", 3, 1, 2, guards.Limits(min_members=2), example="Pod a is terminating.")
    text = "Pool /T/A1/p would have 1 member, and min_members is 2 (on BIG-IP it has 3)"
    remedy = f"{LOOK} (such as: Pod a is terminating), or lower min_members."
    assert parts(failure) == ("min_members", text, remedy, {"pool": "/T/A1/p", "before": 3, "after": 1})


def test_many_removed() -> None:
    failure = guards.check("/T/A1/p", 3, 1, 2, guards.Limits(max_removed_percent=50))
    text = "Pool /T/A1/p would lose 2 of its 3 members (66 %), and max_removed_percent is 50"
    numbers = {"pool": "/T/A1/p", "before": 3, "after": 1, "removed": 2}
    assert parts(failure) == ("max_removed_percent", text, f"{LOOK}, or raise max_removed_percent.", numbers)


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, ", ...")])
def test_only_disabled_members_left(count: int, more: str) -> None:
    left = [(f"10.0.0.{number}", 80) for number in range(10, 10 - count, -1)]
    failure = guards.left_disabled("/T/A1/p", [("10.0.0.1", 80)], left, guards.Limits())
    names = ", ".join(f"10.0.0.{number}:80" for number in range(11 - count, 11)[:5])
    text = "Pool /T/A1/p would lose 1 member that may still answer. "
    text += f"An operator disabled all that would be left: {names}"
    remedy = "Enable them on BIG-IP, or set enforce_member_state: true. empty_pool: publish accepts it."
    assert parts(failure) == ("empty_pool", text + more, remedy, {"pool": "/T/A1/p", "removed": 1})
    assert guards.left_disabled("/T/A1/p", [("10.0.0.1", 80)], left, guards.Limits("publish")) is None


def unshared(stored: str, wanted: str) -> Failure | None:
    return guards.unshared("T", planning.stored_of(stored), planning.Parsed.of(wanted).applications, 0)


@pytest.mark.parametrize(
    ("stored", "wanted", "private"),
    [
        ("-", "A1=1/priv", 0),
        ("A1=1", "A1=1", 0),
        ("A1=1/priv", "A1=1/priv", 0),
        ("A1=1", "A1=2/priv", 0),
        ("A1=1/priv", "A1=1", 0),
        ("A1=1 2", "A1=1/priv 2", 1),
        ("A1=1 2", "A2=2/priv", 1),
        ("A1=1; A2=1/priv", "A2=1/priv", 1),
        ("A1=1 2 3 4", "A1=1/priv 1:81/priv 2/priv 3/priv", 3),
    ],
)
def test_nodes_that_are_shared_now(stored: str, wanted: str, private: int) -> None:
    failure = unshared(stored, wanted)
    assert (len(failure.details["nodes"]) if failure else 0) == private


def test_the_refusal_of_private_nodes() -> None:
    failure = unshared("A1+B=1 2 3 4 & 5", "A2=4/priv 3/priv 2/priv 1/priv; A1=; A3=1/priv")
    code, text, remedy, details = parts(failure)
    assert (
        code == "shared_nodes"
        and remedy
        and remedy.startswith("Leave shareNodes at true. To switch it off takes two steps ")
    )
    assert text == (
        "Pool /T/A2/web_pool has members without shareNodes, "
        "and 4 of their nodes are shared now (10.0.0.1, 10.0.0.2, 10.0.0.3, ...)"
    )
    assert details == {"tenant": "T", "nodes": ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]}
    failure = unshared("A1+B=1 & 2", "A2=2/priv; A1+B=2/priv & 1/priv")
    assert failure and failure.what.startswith("Pool /T/A1/B has members without shareNodes, and 1 of ")
    failure = unshared("A1=1 2 3", "A1=1/priv 2/priv 3/priv")
    assert failure and failure.what.endswith("shared now (10.0.0.1, 10.0.0.2, 10.0.0.3)")


def test_nodes_are_compared_in_the_tenants_route_domain() -> None:
    stored = {"class": "Tenant", "A1": planning.application("1")}
    wanted = planning.application("1/priv")
    wanted["web_pool"]["members"][0]["serverAddresses"] = ["10.0.0.1%2"]
    assert guards.unshared("T", stored, {"A1": wanted}, 2) and not guards.unshared(
        "T", stored, {"A1": wanted}, 0
    )
