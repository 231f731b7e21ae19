# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Run that a task of publish was, whatever its result, its arguments and the event contain."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import LONGEST, Run, parse, run_line
from ansible_collections.vks.bigip.plugins.module_utils._watch.outcome import ended

NOW = 1764400010.0
EVENT = {"vks": {"type": "changed", "cluster": "prod", "sequence": 12, "waited": 0.5}, "meta": {"received_at": "2025-11-29T07:06:45.500000Z"}}
EDA = MappingProxyType({"event": EVENT})
RESULT = MappingProxyType({"changed": True, "counts": {"members_added": 2, "members_removed": 1}, "summary": ["Shop: updated"]})
REFUSED = {"code": "invalid_options", "message": "a secret", "problems": ["a secret"]}
PARTLY = {"code": "tenants_failed", "tenants": [{"code": 422}, {"code": "stopped"}, {"code": 422}, {"code": None}, {}, "x"]}
VKS: dict[str, Any] = EVENT["vks"]  # type: ignore[assignment]


def run(result: Any = RESULT, arguments: Any = None, eda: Any = EDA) -> Run:
    return ended(result, arguments or {}, eda, check_mode=False, seconds=2.5, now=NOW)


def vks(**changed: Any) -> dict[str, Any]:
    return {"event": {**EVENT, "vks": {**VKS, **changed}}}


def test_a_run_of_an_event() -> None:
    assert run(arguments={"only_services": ["shop/web"], "provider": {"password": "secret"}}) == Run(
        time=NOW,
        cluster="prod",
        type="changed",
        sequence=12,
        services=("shop/web",),
        failed=False,
        changed=True,
        check_mode=False,
        code=None,
        codes=(),
        seconds=2.5,
        from_change=5.0,
        added=2,
        removed=1,
    )


@pytest.mark.parametrize("eda", [None, {}, {"events": {"m_0": EVENT}}, {"event": None}, "text", {"event": "text"}])
def test_a_run_without_an_event(eda: Any) -> None:
    one = run(eda=eda)
    assert (one.cluster, one.type, one.sequence, one.services, one.from_change) == (None,) * 5
    assert (one.changed, one.seconds, one.added) == (True, 2.5, 2)


@pytest.mark.parametrize(
    ("result", "failed", "code", "codes"),
    [
        (RESULT, False, None, ()),
        ({"failed": False}, False, None, ()),
        ({"failed": True, "failure": REFUSED}, True, "invalid_options", ()),
        ({"failed": True, "failure": PARTLY, **RESULT}, True, "tenants_failed", ("422", "stopped")),
        ({"failed": True, "msg": "MODULE FAILURE", "rc": 1}, True, None, ()),
        ({"unreachable": True}, True, None, ()),
        ({"failed": True, "failure": "text"}, True, None, ()),
        ({"failed": True, "failure": {"code": "a secret!", "tenants": 5}}, True, None, ()),
        ({"failed": True, "failure": {"code": ["x"], "tenants": [5]}}, True, None, ()),
    ],
)
def test_a_result(result: dict[str, Any], failed: bool, code: str | None, codes: tuple[str, ...]) -> None:
    one = run(result)
    assert (one.failed, one.code, one.codes) == (failed, code, codes)


@pytest.mark.parametrize(
    ("given", "services", "more"),
    [
        (None, None, 0),
        ("", None, 0),
        ([], (), 0),
        (["shop/web", "shop/cart"], ("shop/web", "shop/cart"), 0),
        ("shop/web, shop/cart", ("shop/web", "shop/cart"), 0),
        (["shop/web", "Shop", "{{ x }}", None, {"a": 1}], ("shop/web",), 4),
        (5, (), 1),
    ],
)
def test_only_services(given: Any, services: tuple[str, ...] | None, more: int) -> None:
    one = run(arguments={"only_services": given})
    assert (one.services, one.more) == (services, more)


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"type": "forged"}, "type", None),
        ({"type": ["changed"]}, "type", None),
        ({"sequence": "12"}, "sequence", None),
        ({"sequence": -1}, "sequence", None),
        ({"sequence": True}, "sequence", None),
        ({"sequence": 2**60}, "sequence", None),
        ({"cluster": 5}, "cluster", None),
        ({"cluster": "{{ x }}"}, "cluster", "{{ x }}"),
        ({"waited": None}, "from_change", None),
        ({"waited": "0.5"}, "from_change", None),
        ({"waited": 1}, "from_change", 5.5),
        ({"waited": 1e6}, "from_change", None),
        ({"waited": float("nan")}, "from_change", None),
    ],
)
def test_a_strange_event(changed: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(run(eda=vks(**changed)), field) == value


@pytest.mark.parametrize(
    ("received", "seconds"),
    [
        ("2025-11-29T07:06:45.500000Z", 5.0),
        ("2025-11-29T08:06:45.500000+01:00", 5.0),
        ("2025-11-29T07:06:45", 5.5),
        # The clock of another machine.
        ("2025-11-29T07:07:45Z", None),
        ("2025-11-20T07:06:45Z", None),
        ("yesterday", None),
        ("", None),
        (1764400005.5, None),
        (None, None),
    ],
)
def test_seconds_from_the_change(received: Any, seconds: float | None) -> None:
    assert run(eda={"event": {**EVENT, "meta": {"received_at": received}}}).from_change == seconds


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["event", "vks", "meta", "received_at", "waited", "failure", "code", "tenants", "counts"]), inner)
    ),
)


@given(st.dictionaries(st.sampled_from(["failed", "changed", "failure", "counts", "unreachable"]), ANY), ANY, ANY)
def test_any_run_has_a_line_that_can_be_read(result: dict[str, Any], services: Any, eda: Any) -> None:
    one = run(result, {"only_services": services}, eda)
    line = run_line(one)
    assert len(line) < LONGEST and parse(line) is not None


@pytest.mark.parametrize(
    ("timings", "read"),
    [
        ({"began": NOW - 1.5}, 1.5),
        ({"began": NOW}, 0.0),
        ({"began": NOW - 3}, None),  # before the task: the clock was set
        ({"began": NOW + 1}, None),
        ({"began": "yesterday"}, None),
        ({"began": True}, None),
        ({}, None),
        ("text", None),
        (None, None),
    ],
)
def test_when_the_run_began_to_read(timings: Any, read: float | None) -> None:
    assert run({**RESULT, "timings": timings}).read == read
