# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark: what is read of it, whatever another writer stored there, and what is written."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark


def app(content: Any, **more: Any) -> dict[str, Any]:
    return {"class": "Application", "constants": {"class": "Constants", "vks_bigip": content, **more}}


POOLS = {
    "a": {"service": "default/a:80/TCP", "pool_member_type": "cluster", "route_domain": 2},
    "b": {"pool_member_type": "nodeport"},
}
FULL = app(
    {"owner": "us", "pool_member_type": "mixed", "pools": POOLS, "disabled_by_hand": {"a": ["10.0.0.1:80"]}}
)
JUNK: list[Any] = [None, "text", 5, [], ["x"], {}, True]


@pytest.mark.parametrize(
    "value",
    [*JUNK, *(app(junk) for junk in JUNK), app({"owner": 5}), {"constants": "text"}, {"constants": []}],
)
def test_anything_else_is_no_mark(value: Any) -> None:
    assert mark.of(value) is None and mark.owner(value) is None
    assert mark.modes(value) == {} == mark.options(value, "a") and mark.source(value, "a") == (None, None)
    assert mark.services(value) == set()
    assert mark.by_hand(value, "a") == frozenset() and mark.from_secret(value) == []
    assert mark.draining(value, "a") == frozenset()


@pytest.mark.parametrize("junk", JUNK)
def test_junk_inside_of_a_mark(junk: Any) -> None:
    value = app(
        {"owner": "us", "pools": junk, "disabled_by_hand": junk, "from_secret": junk, "draining": junk}
    )
    assert mark.draining(value, "a") == frozenset()
    assert mark.owner(value) == "us" and mark.modes(value) == {} and mark.options(value, "a") == {}
    assert mark.source(value, "a") == (None, None) and mark.by_hand(value, "a") == frozenset()
    assert (
        mark.from_secret(value) == []
        and mark.judged_by(value) == {}
        and not mark.differs(value, app({"owner": "us"}))
    )
    value = app({"owner": "us", "pools": {"a": junk}, "disabled_by_hand": {"a": junk}})
    assert mark.source(value, "a") == (None, None) and mark.options(value, "a") == {}
    assert mark.by_hand(value, "a") == (frozenset({"x"}) if junk == ["x"] else frozenset())
    assert mark.source(
        app({"owner": "us", "pools": {"a": {"service": junk, "pool_member_type": junk}}}), "b"
    ) == (None, None)


def test_what_is_read() -> None:
    assert mark.of(FULL) == FULL["constants"]["vks_bigip"] and mark.owner(FULL) == "us"
    assert mark.modes(FULL) == {"": "mixed", "a": "cluster", "b": "nodeport"}
    assert mark.modes(app({"owner": "us", "pool_member_type": "cluster"})) == {"": "cluster"}
    assert mark.modes(
        app({"owner": "us", "pools": {"a": {"pool_member_type": ""}, "b": {"pool_member_type": 5}}})
    ) == {"b": "5"}
    assert mark.source(FULL, "a") == ("default/a:80/TCP", "cluster") and mark.source(FULL, "b") == (
        None,
        "nodeport",
    )
    assert mark.services(FULL) == {"default/a"}
    assert mark.source(FULL, "c") == (None, None) and mark.options(FULL, "a") == {"route_domain": 2}
    assert mark.options(FULL, "b") == {} == mark.options(FULL, "c")
    assert mark.by_hand(FULL, "a") == {"10.0.0.1:80"} and mark.by_hand(FULL, "b") == frozenset()
    assert mark.by_hand(app({"owner": "us", "disabled_by_hand": {"a": ["x", 5]}}), "a") == {"x"}
    assert mark.from_secret(app({"owner": "us", "from_secret": ["/a/b", "c", 5]})) == ["/a/b"]


def test_a_service_of_another_type_is_unknown() -> None:
    value = app({"owner": "us", "pools": {"a": {"service": 5, "pool_member_type": ["x"]}}})
    assert mark.source(value, "a") == (None, None) and mark.services(value) == set()


def test_put_and_without() -> None:
    plain = {"class": "Application", "x": 1}
    marked = mark.put(plain, {"owner": "us"})
    assert marked == {**plain, **app({"owner": "us"})} and mark.without(marked) == plain
    assert mark.PATH == "constants/vks_bigip"
    theirs = {**plain, "constants": {"class": "Other", "version": 2}}
    both = mark.put(theirs, {"owner": "us"})
    assert both["constants"] == {"class": "Constants", "version": 2, "vks_bigip": {"owner": "us"}}
    assert mark.without(both) == {**plain, "constants": {"class": "Constants", "version": 2}}
    assert mark.without(theirs) == theirs and mark.without(theirs) is not theirs
    assert mark.put(both, {"owner": "them"})["constants"] == {
        **both["constants"],
        "vks_bigip": {"owner": "them"},
    }  # type: ignore[dict-item]
    assert mark.put({**plain, "constants": "text"}, {"owner": "us"}) == marked
    assert mark.without({**plain, "constants": "text"}) == {**plain, "constants": "text"}


def test_applications() -> None:
    tenant: Any = {
        "class": "Tenant",
        "A1": app({"owner": "us"}),
        "label": "x",
        "B": {"class": "Other"},
        "C": {},
    }
    assert (
        mark.applications(tenant) == {"A1": tenant["A1"]} and mark.application(tenant, "A1") is tenant["A1"]
    )
    assert mark.applications(None) == {} and mark.application(None, "A1") is None
    assert [mark.application(tenant, name) for name in ("label", "B", "C", "D")] == [None] * 4


def test_the_source_of_an_earlier_mark() -> None:
    own: dict[str, Any] = {"owner": "us", "pools": {"a": {"service": "new"}, "b": {"service": "b"}}}
    before: dict[str, Any] = {"owner": "us", "pools": {"a": {"service": "old"}}}
    assert mark.with_source(own, "a", before) == {
        **own,
        "pools": {"b": {"service": "b"}, "a": {"service": "old"}},
    }
    assert mark.with_source(own, "b", before) == {**own, "pools": {"a": {"service": "new"}}}
    for unknown in (None, {}, {"pools": "text"}, {"pools": {"a": "text"}}):
        assert mark.with_source(own, "a", unknown) == {**own, "pools": {"b": {"service": "b"}}}
    assert mark.with_source({"owner": "us"}, "a", before) == before
    assert own["pools"]["a"] == {"service": "new"}


def test_members_disabled_by_hand() -> None:
    named = mark.with_by_hand({"owner": "us"}, {"b": ["2"], "a": ["1"], "c": []})
    assert named == {"owner": "us", "disabled_by_hand": {"a": ["1"], "b": ["2"]}}
    assert list(named["disabled_by_hand"]) == ["a", "b"]  # type: ignore[call-overload]
    assert mark.with_by_hand(named, {"c": []}) == {"owner": "us"} == mark.with_by_hand({"owner": "us"}, {})


def test_digests() -> None:
    value = app({"owner": "us", "secrets": {"x": "old"}})
    assert mark.with_digests(value, {"y": "new"}) == app({"owner": "us", "secrets": {"y": "new"}})
    assert mark.with_digests(value, {}) == app({"owner": "us"})
    plain = {"class": "Application"}
    assert mark.with_digests(plain, {"y": "new"}) is plain


def judged(**content: Any) -> dict[str, Any]:
    return app({"owner": "us", **content})


@pytest.mark.parametrize(
    ("wanted", "differs"),
    [
        (FULL, False),
        (
            app({**FULL["constants"]["vks_bigip"], "owner": "them", "cluster": "c", "secrets": {"x": "y"}}),
            False,
        ),
        (judged(pools=POOLS), True),
        (judged(pools=POOLS, disabled_by_hand={"a": ["10.0.0.2:80"]}), True),
        (judged(pools=POOLS, disabled_by_hand={"a": ["10.0.0.1:80"], "b": []}), False),
        (judged(pools={"a": POOLS["a"]}, disabled_by_hand={"a": ["10.0.0.1:80"]}), False),
        (judged(pools={"a": {"route_domain": 3}}, disabled_by_hand={"a": ["10.0.0.1:80"]}), True),
        (
            judged(
                pools={"a": {"route_domain": 2, "service": "x", "pool_member_type": "y"}},
                disabled_by_hand={"a": ["10.0.0.1:80"]},
            ),
            False,
        ),
        (judged(pools=POOLS, disabled_by_hand={"a": ["10.0.0.1:80"]}, from_secret=["/x"]), True),
    ],
)
def test_what_causes_a_post(wanted: dict[str, Any], differs: bool) -> None:
    assert mark.differs(FULL, wanted) is differs is mark.differs(wanted, FULL)


def test_the_values_that_are_judged() -> None:
    value = judged(pools=POOLS, disabled_by_hand={"c": list("hgfedcba")})
    assert mark.judged_by(value) == {"a": {"route_domain": 2}, "c": {"disabled_by_hand": list("abcdefgh")}}
    assert mark.judged_by({"class": "Application"}) == {}


def test_members_that_drain() -> None:
    value = app({"owner": "us", "draining": {"a": ["10.0.0.1:80", 5], "b": "x"}})
    assert mark.draining(value, "a") == {"10.0.0.1:80"} and mark.draining(value, "b") == frozenset()
    assert mark.judged_by(value) == {"a": {"draining": ["10.0.0.1:80"]}}
    assert mark.differs(value, app({"owner": "us"})) and mark.differs(app({"owner": "us"}), value)
    own = mark.of(value) or {}
    assert mark.with_draining(own, {}) == {"owner": "us"} == mark.with_draining(own, {"a": []})
    assert mark.with_draining({"owner": "us"}, {"b": ["2"], "a": ["1"]}) == {"owner": "us", "draining": {"a": ["1"], "b": ["2"]}}
    assert mark.with_by_hand(own, {}) == own
