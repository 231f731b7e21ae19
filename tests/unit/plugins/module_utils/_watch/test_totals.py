# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The counts of events and of runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.journal import Event, Run
from ansible_collections.vks.bigip.plugins.module_utils._watch.totals import BOUNDS, Histogram, Totals

EVENT = Event(1764400000.0, "prod", "changed", 1, ("shop/web", "shop/cart"), False, 0.7)
RUN = Run(1764400003.5, "prod", "changed", 1, ("shop/web",), False, True, False, None, (), 2.1, 3.9)


def after(*runs: Run) -> Totals:
    totals = Totals()
    for run in runs:
        totals.ended(run)
    return totals


def failed(code: str | None, *codes: str) -> Run:
    return replace(RUN, failed=True, code=code, codes=codes)


def test_events() -> None:
    totals = Totals()
    for event in (EVENT, replace(EVENT, more=3), replace(EVENT, type="resync", services=())):
        totals.sent(event)
    assert totals.events == {"changed": 2, "resync": 1} and totals.services == 7


@pytest.mark.parametrize(
    ("types", "degraded"),
    [
        ((), False),
        (("degraded",), True),
        (("degraded", "changed", "resync"), True),
        (("degraded", "recovered"), False),
        (("degraded", "recovered", "degraded"), True),
    ],
)
def test_degraded_is_the_last_state(types: tuple[str, ...], degraded: bool) -> None:
    totals = Totals()
    for name in types:
        totals.sent(replace(EVENT, type=name))
    assert totals.degraded is degraded


@pytest.mark.parametrize(
    ("run", "result"),
    [
        (RUN, ("changed", "")),
        (replace(RUN, changed=False), ("ok", "")),
        (failed("timeout"), ("failed", "timeout")),
        (failed(None), ("failed", "unknown")),
        (failed("tenants_failed", "422"), ("failed", "422")),
        (failed("tenants_failed", "422", "stopped"), ("failed", "tenants_failed")),
        (failed("tenants_failed"), ("failed", "tenants_failed")),
    ],
)
def test_the_result_of_a_run(run: Run, result: tuple[str, str]) -> None:
    assert after(run, run).runs == {result: 2}


def test_many_codes_are_few_time_series() -> None:
    totals = after(RUN, *(failed(f"code_{number}") for number in range(200)), failed("code_3"))
    assert len(totals.runs) == 51 and totals.runs["failed", "code_3"] == 2 and totals.runs["failed", "unknown"] == 151
    assert sum(totals.runs.values()) == 202


@pytest.mark.parametrize(
    ("changed", "published", "count"),
    [
        ({}, 1, 1),
        ({"failed": True}, 0, 1),
        ({"type": "resync"}, 0, 1),
        ({"from_change": None}, 0, 1),
        ({"check_mode": True}, 0, 0),
    ],
)
def test_the_seconds_of_a_run(changed: dict[str, Any], published: int, count: int) -> None:
    totals = after(replace(RUN, **changed))
    assert (totals.publish_seconds.count, totals.publish_seconds.sum) == (published, published * 3.9)
    assert (totals.run_seconds.count, totals.run_seconds.sum) == (count, count * 2.1)


def test_the_last_success() -> None:
    assert Totals().last_success is None and after(failed("timeout")).last_success is None
    assert after(RUN, replace(RUN, time=RUN.time - 9), replace(failed("timeout"), time=RUN.time + 9)).last_success == RUN.time


def test_restarts() -> None:
    totals = Totals()
    for resource in ("pods", "services", "pods"):
        totals.restarted(resource)
    assert totals.restarts == {"pods": 2, "services": 1}


@pytest.mark.parametrize(
    ("seconds", "first"),
    [(0.0, 0), (0.5, 0), (0.51, 1), (2.5, 2), (4.9, 3), (300.0, 7), (300.1, 8), (1e6, 8)],
)
def test_a_bucket_counts_the_values_that_are_not_above_its_bound(seconds: float, first: int) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    assert histogram.counts == [0] * first + [1] * (len(BOUNDS) - first)
    assert (histogram.count, histogram.sum) == (1, seconds)
