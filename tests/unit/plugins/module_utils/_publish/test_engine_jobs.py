# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two jobs that create the same tenants at once, in every order in which AS3 can see their requests.

AS3 works on one request at a time, so an order is a sequence of whole requests. The jobs run in threads, of which only one moves.
"""

from __future__ import annotations

import threading
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import Outcome, unknown
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.publishing import FakeBigIp, World, app, pool

REQUESTS = ("declaration", "submit", "remove")
"""The requests that read or change the stored tenants. The order of all other requests makes no difference."""
Job = Callable[[Any], Any]


class Turns:
    """Lets one job at a time send its next request. `choices` selects it; `taken` has (choice, jobs that could)."""

    def __init__(self, choices: list[int]) -> None:
        self._choices = choices
        self.taken: list[tuple[int, int]] = []
        self._changed = threading.Condition()
        self._moving: set[int] = set()
        self._waiting: set[int] = set()

    def wait(self, number: int) -> None:
        """Called by a job before each request."""
        with self._changed:
            self._moving.discard(number)
            self._waiting.add(number)
            self._changed.notify_all()
            self._changed.wait_for(lambda: number in self._moving)

    def run(self, jobs: list[Callable[[], None]]) -> None:
        self._moving = set(range(len(jobs)))
        threads = [threading.Thread(target=self._run, args=(number, job)) for number, job in enumerate(jobs)]
        for thread in threads:
            thread.start()
        with self._changed:
            while self._changed.wait_for(lambda: not self._moving) and self._waiting:
                able = sorted(self._waiting)
                choice = self._choices[len(self.taken)] if len(self.taken) < len(self._choices) else 0
                self.taken.append((choice, len(able)))
                self._waiting.discard(able[choice])
                self._moving.add(able[choice])
                self._changed.notify_all()
        for thread in threads:
            thread.join()

    def _run(self, number: int, job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            with self._changed:
                self._moving.discard(number)
                self._changed.notify_all()


class InTurn:
    """A BIG-IP of which one job makes its requests when it is its turn."""

    def __init__(self, bigip: FakeBigIp, turns: Turns, number: int) -> None:
        self._bigip, self._turns, self._number = bigip, turns, number

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._bigip, name)
        if name not in REQUESTS:
            return found

        def request(*args: Any, **more: Any) -> Any:
            self._turns.wait(self._number)
            return found(*args, **more)

        return request


def orders(
    bigip: Callable[[], FakeBigIp], *jobs: dict[str, Any]
) -> Iterator[tuple[FakeBigIp, list[dict[str, Any]], list[int]]]:
    """(BIG-IP, results, order) of these jobs, for each order."""
    choices: list[int] = []
    while True:
        device, turns = bigip(), Turns(choices)
        results: list[dict[str, Any]] = [{} for _job in jobs]

        def job(
            number: int,
            options: dict[str, Any],
            device: FakeBigIp = device,
            turns: Turns = turns,
            results: Any = results,
        ) -> None:
            world = World({"web": pool("10.0.0.1:61001", "10.0.0.2:61002")})
            world.bigip = InTurn(device, turns, number)  # type: ignore[assignment]
            results[number].update(world.publish(**options))

        turns.run(
            [
                lambda number=number, options=options: job(number, options)
                for number, options in enumerate(jobs)
            ]
        )  # type: ignore[misc]
        yield device, results, [choice for choice, _able in turns.taken]
        while turns.taken and turns.taken[-1][0] + 1 == turns.taken[-1][1]:
            turns.taken.pop()
        if not turns.taken:
            return
        choices = [choice for choice, _able in turns.taken]
        choices[-1] += 1


def applications(name: str, *tenants: str) -> list[dict[str, Any]]:
    return [app(tenant, name, virtual_server=None) for tenant in tenants]


def lost_answer() -> FakeBigIp:
    """The first request that changes something is carried out, and its answer is lost."""

    def answer(bigip: FakeBigIp, body: dict[str, Any], tenant: str | None) -> Outcome:
        bigip.accept(body, tenant)
        return unknown("the connection broke")

    return FakeBigIp(answers=[answer])


BULK: dict[str, Any] = {"bulk_create": True, "tenants_per_post": 20}
PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "both in bulk": (BULK, BULK),
    "both in bulk, of one owner": ({**BULK, "owner": "team"}, {**BULK, "owner": "team"}),
    "one in bulk": (BULK, {}),
    "tenant by tenant": ({**BULK, "tenants_per_post": 1}, {**BULK, "tenants_per_post": 1}),
    "neither in bulk": ({}, {}),
}


@pytest.mark.parametrize("bigip", [FakeBigIp, lost_answer], ids=["answered", "an answer is lost"])
@pytest.mark.parametrize(("first", "second"), PAIRS.values(), ids=PAIRS.keys())
def test_no_order_of_two_jobs_loses_an_application(
    first: dict[str, Any], second: dict[str, Any], bigip: Callable[[], FakeBigIp]
) -> None:
    one, two = {"owner": "one", **first}, {"owner": "two", **second}
    number = 0
    for device, results, order in orders(
        bigip,
        {**one, "applications": applications("A1", "T1", "T2")},
        {**two, "applications": applications("A2", "T2", "T1", "T3")},
    ):
        number += 1
        stored = {
            tenant: {name: mark.owner(value) for name, value in mark.applications(content).items()}
            for tenant, content in device.stored.items()
        }
        both = {"A1": one["owner"], "A2": two["owner"]}
        assert stored == {"T1": both, "T2": both, "T3": {"A2": two["owner"]}}, order
        assert all(
            len(device.device[f"/{tenant}/{name}/pool"]) == 2
            for tenant, names in stored.items()
            for name in names
        ), order
        assert all("failure" not in result and result["changed"] for result in results), order
    assert number > 5


def test_bulk_create_costs_nothing_but_what_others_created_meanwhile() -> None:
    """(GET declare, POST) of both jobs, of which each creates the same two tenants."""
    jobs = [
        {**BULK, "owner": owner, "applications": applications(owner, "T1", "T2")} for owner in ("one", "two")
    ]
    costs = {
        tuple(order): (device.reads["declaration"], len(device.posts))
        for device, _results, order in orders(FakeBigIp, *jobs)
    }
    assert costs[(0, 0, 0, 0, 0)] == (2, 1 + 2), (
        "one job after the other: the second finds the tenants and adds to each"
    )
    assert costs[(0, 1, 0, 0, 0, 0, 0)] == (3, 1 + 1 + 2), (
        "both find none: the second POST is refused, and the tenants are read again"
    )
    assert set(costs.values()) == {(2, 3), (3, 4)}
