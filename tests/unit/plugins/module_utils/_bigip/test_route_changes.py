# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of routes, and how a lost answer is judged."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.route_changes import RouteChanges
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.static_routes import StaticRoutes
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Stored, Write
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import stored
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

ROUTES, TRANSACTION = "/mgmt/tm/net/route", "/mgmt/tm/transaction"
NEW, FORMER = stored("10.1.0.0/24", "198.18.0.1", "mark", name="new"), stored("10.2.0.0/24", "198.18.0.2", name="old")
ADD, REMOVE = Write(None, NEW), Write(FORMER, None)
LOST_ADD = Exchange("POST", ROUTES, drop=True)


def shown(*routes: Stored) -> Exchange:
    items = [{"fullPath": one.path, "network": str(one.network), "gw": str(one.gateway), "description": one.description} for one in routes]
    return Exchange("GET", ROUTES, json={"items": items})


def run(clock: Clock, script: list[Exchange], *writes: Write) -> RouteChanges:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        changes = RouteChanges(session, StaticRoutes(session, {"Common": 0}))
        changes.carry_out(writes)
    return changes


def failure(clock: Clock, script: list[Exchange], *writes: Write) -> Failure:
    with pytest.raises(Failure) as caught:
        run(clock, script, *writes)
    return caught.value


TOGETHER = [Exchange("POST", TRANSACTION, json={"transId": 7}), Exchange("POST", ROUTES, json={}), Exchange("DELETE", f"{ROUTES}/~Common~old", json={})]
COMMIT = f"{TRANSACTION}/7"
DONE: dict[str, tuple[list[Exchange], tuple[Write, ...]]] = {
    "one": ([Exchange("POST", ROUTES, json={})], (ADD,)),
    "two": ([*TOGETHER, Exchange("PATCH", COMMIT, json={})], (ADD, REMOVE)),
    "one, and the answer lost": ([LOST_ADD, shown(FORMER, NEW)], (ADD,)),
    "one, and carried out later": ([LOST_ADD, shown(), shown(), shown(NEW)], (ADD,)),
    "two, and the answer lost": ([*TOGETHER, Exchange("PATCH", COMMIT, drop=True), shown(NEW)], (ADD, REMOVE)),
    "removed by another user meanwhile": ([Exchange("DELETE", f"{ROUTES}/~Common~old", 404, json={"message": "not found"}), shown(NEW)], (REMOVE,)),
    "created by another run meanwhile": ([Exchange("POST", ROUTES, 409, json={"message": "exists"}), shown(NEW)], (ADD,)),
}


@pytest.mark.parametrize(("script", "writes"), DONE.values(), ids=DONE)
def test_changes_that_are_in_place(clock: Clock, script: list[Exchange], writes: tuple[Write, ...]) -> None:
    assert run(clock, script, *writes).done == set(writes)


@pytest.mark.parametrize(
    "found",
    [(), (NEW._replace(description=""),), (NEW._replace(gateway=FORMER.gateway),), (NEW._replace(path="/Common/x"),)],
    ids=["no route", "another description", "another gateway", "another name"],
)
def test_a_lost_change_is_never_repeated(clock: Clock, found: tuple[Stored, ...]) -> None:
    """BIG-IP has 30 seconds to show it."""
    reads = [shown(*found)] * 50

    class Enough(ScriptedServer):
        def __exit__(self, *error: Any) -> None:
            self.left.clear()
            super().__exit__(*error)

    with Enough([LOST_ADD, *reads]) as server, Session(provider(server, token="GIVEN"), clock.deadline(600)) as session:
        changes = RouteChanges(session, StaticRoutes(session, {"Common": 0}))
        with pytest.raises(Failure) as caught:
            changes.carry_out([ADD])
    assert caught.value.code == "bigip_no_answer" and changes.done == set()
    assert 29 < sum(clock.slept) < 31
    assert [request.method for request in server.requests].count("POST") == 1


def test_a_lost_change_and_routes_that_cannot_be_read(clock: Clock) -> None:
    unread = Exchange("GET", ROUTES, 403, json={"code": 403, "message": "no more rights"})
    found = failure(clock, [LOST_ADD, unread], ADD)
    assert found.code == "bigip_no_answer" and "no more rights" in str(found.said)
    assert found.remedy == "It is unknown if BIG-IP carried out the change. Run again."


def test_a_part_of_a_lost_transaction_is_not_all(clock: Clock) -> None:
    lost = Exchange("PATCH", COMMIT, drop=True)
    clock_ends = [shown(FORMER, NEW)] * 9
    with pytest.raises(Failure) as caught, ScriptedServer([*TOGETHER, lost, *clock_ends]) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(600)) as session:
            RouteChanges(session, StaticRoutes(session, {"Common": 0})).carry_out([ADD, REMOVE])
    assert caught.value.code == "bigip_no_answer"


CONNECTED = "01070330:3: Static route gateway 198.18.0.1 is not directly connected via an interface."


@pytest.mark.parametrize(("message", "code"), [(CONNECTED, "gateway_not_connected"), ("01070734:3: Configuration error", "bigip_refused")])
def test_a_refusal_in_the_words_of_bigip(clock: Clock, message: str, code: str) -> None:
    found = failure(clock, [Exchange("POST", ROUTES, 400, json={"code": 400, "message": message}), shown(FORMER)], ADD)
    assert (found.code, found.what) == (code, "Changing /Common/new on BIG-IP")
    assert message in str(found.said) and "Nothing of this was changed." in str(found.remedy)


def test_a_transaction_that_fails(clock: Clock) -> None:
    refused = Exchange("PATCH", COMMIT, 409, json={"code": 409, "message": f"transaction failed:{CONNECTED}"})
    found = failure(clock, [*TOGETHER, refused, Exchange("DELETE", COMMIT, json={}), shown(FORMER)], ADD, REMOVE)
    assert (found.code, found.what) == ("gateway_not_connected", "Changing /Common/new, /Common/old on BIG-IP")
