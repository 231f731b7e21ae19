# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of all streams together: what is a change, what is refused, and when the state is read."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.feed import Feed
from ansible_collections.vks.bigip.plugins.module_utils._watch.known import Change, Known
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.problem import Problem
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import watched

SERVICES, SLICES, NODES = Subject("Service"), Subject("EndpointSlice"), Subject("Node")
WEB, API = text.service(), text.service(name="api")


class World:
    """A feed, and all that it reported, as text. Reports without a change are not in it."""

    def __init__(self, *subjects: Subject) -> None:
        self.reported: list[str] = []
        self.restarts: list[Subject] = []
        self.wakes = 0
        known = Known(ChangesOptions())
        self.feed = Feed(known, subjects, self._changed, self._refused, lambda: self.reported.append("recovered"), self._restarted)

    def _changed(self, changes: Sequence[Change]) -> None:
        self.wakes += 1
        self.reported += watched.texts(changes)

    def _refused(self, problem: Problem) -> None:
        self.reported.append(f"{problem.status} {problem.resource}")

    def _restarted(self, subject: Subject) -> None:
        self.restarts.append(subject)

    def read(self, subject: Subject, *objects: dict[str, Any]) -> None:
        """The stream reads everything."""
        self.feed.accept(subject)
        self.feed.begin(subject)
        for raw in objects:
            self.feed.put(subject, raw, False)
        self.feed.end(subject)

    def refuse(self, subject: Subject, status: int = 403) -> None:
        self.feed.refuse(subject, Problem.of(subject, "watch", status, "no"))

    def taken(self) -> list[str]:
        """The reports since the last call."""
        reported, self.reported = self.reported, []
        return reported


def test_the_first_objects_are_not_a_change() -> None:
    world = World(SERVICES)
    world.feed.begin(SERVICES)
    world.feed.put(SERVICES, WEB, False)
    world.feed.put(SERVICES, WEB, True)
    world.feed.put(SERVICES, WEB, False)
    assert (world.feed.is_read, world.wakes) == (False, 0)
    world.feed.end(SERVICES)
    assert (world.feed.is_read, world.wakes, world.taken()) == (True, 1, [])
    world.feed.put(SERVICES, WEB, False)
    assert world.wakes == 1, "an object that is the same wakes nothing"
    world.feed.put(SERVICES, API, False)
    world.feed.put(SERVICES, WEB, True)
    assert world.taken() == ["default/api:Service:created", "default/web:Service:deleted"]


def test_a_first_read_that_broke_off_is_not_a_change() -> None:
    world = World(SERVICES)
    world.feed.begin(SERVICES)
    world.feed.put(SERVICES, WEB, False)
    world.read(SERVICES, API)
    assert world.taken() == []


def test_reading_again_reports_the_difference() -> None:
    world = World(SERVICES)
    world.read(SERVICES, WEB)
    world.feed.restart(SERVICES)
    world.read(SERVICES, API)
    assert world.taken() == ["default/api:Service:created", "default/web:Service:deleted"]
    assert world.restarts == [SERVICES]


def test_all_subjects_must_be_read() -> None:
    world = World(SERVICES, SLICES)
    world.read(SERVICES)
    assert not world.feed.is_read
    world.feed.put(SERVICES, WEB, False)
    assert world.taken() == ["default/web:Service:created"], "each stream counts for itself"
    world.read(SLICES)
    assert world.feed.is_read


Step = Callable[[World], None]
REFUSALS: list[tuple[str, list[tuple[Step, str]]]] = [
    # steps, each with the reports that it causes
    ("once for each place", [
        (lambda world: world.refuse(SERVICES), "403 services"),
        (lambda world: world.refuse(SERVICES), ""),
        (lambda world: world.refuse(NODES), "403 nodes"),
        (lambda world: world.refuse(SERVICES), ""),
    ]),
    ("a sign-in concerns all streams", [
        (lambda world: world.refuse(SERVICES, 401), "401 services"),
        (lambda world: world.refuse(NODES, 401), ""),
        (lambda world: world.feed.accept(SERVICES), ""),
        (lambda world: world.refuse(SLICES, 401), ""),
        (lambda world: world.feed.accept(NODES), ""),
        (lambda world: world.feed.accept(SLICES), "recovered"),
        (lambda world: world.feed.accept(SLICES), ""),
    ]),
    ("a stream has one problem", [
        (lambda world: world.refuse(SERVICES, 401), "401 services"),
        (lambda world: world.refuse(SERVICES, 403), "403 services"),
        (lambda world: world.feed.accept(SERVICES), "recovered"),
    ]),
    ("a problem may return", [
        (lambda world: world.refuse(NODES), "403 nodes"),
        (lambda world: world.feed.accept(NODES), "recovered"),
        (lambda world: world.refuse(NODES), "403 nodes"),
        (lambda world: world.feed.accept(NODES), "recovered"),
    ]),
    ("no problem, no recovery", [(lambda world: world.feed.accept(NODES), "")]),
]  # fmt: skip


@pytest.mark.parametrize("steps", [steps for _name, steps in REFUSALS], ids=[name for name, _steps in REFUSALS])
def test_refusals(steps: list[tuple[Step, str]]) -> None:
    world = World()
    for number, (step, expected) in enumerate(steps):
        step(world)
        assert " ".join(world.taken()) == expected, number


def test_a_refused_subject_does_not_hold_the_first_event() -> None:
    """Its pools cannot be watched, but those of the others are published."""
    world = World(SERVICES, NODES)
    world.read(SERVICES)
    world.refuse(NODES)
    assert world.feed.is_read
    world.feed.accept(NODES)
    assert not world.feed.is_read
    world.feed.begin(NODES)
    world.feed.end(NODES)
    assert world.feed.is_read


def test_each_refusal_wakes_the_source() -> None:
    """The second one of a place may be the last subject that was to be read."""
    world = World(SERVICES, NODES)
    world.refuse(SERVICES, 401)
    before = world.wakes
    world.refuse(NODES, 401)
    assert world.feed.is_read and world.wakes > before


def test_a_subject_that_is_read_late_may_have_changed_since_the_first_event() -> None:
    world = World(SERVICES, NODES)
    world.read(SERVICES)
    world.refuse(NODES)
    world.taken()
    world.read(NODES, text.node("n1"))
    assert world.taken() == ["recovered", "*:Node:read"]
    world.refuse(NODES)
    world.taken()
    world.read(NODES, text.node("n1"))
    assert world.taken() == ["recovered"], "later, the difference is known"
    world.refuse(NODES)
    world.taken()
    world.read(NODES, text.node("n1!notready"))
    assert world.taken() == ["recovered", "*:Node:nodes"]
