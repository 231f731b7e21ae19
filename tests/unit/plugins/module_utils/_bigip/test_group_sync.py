# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A config-sync that ran to its end."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import group_sync
from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import Ltm, SyncStatus
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

STATUS, SYNC = "/mgmt/tm/cm/sync-status", "/mgmt/tm/cm/config-sync"
LOADS = "bigip2: 01070330:3: Static route gateway 198.18.0.1 is not directly connected via an interface."


def shown(text: str, *details: str) -> Exchange:
    nested = {f"https://localhost/x/{number}": {"nestedStats": {"entries": {"details": {"description": line}}}} for number, line in enumerate(details)}
    outer = {"https://localhost/details": {"nestedStats": {"entries": nested}}} if nested else {}
    entries: dict[str, Any] = {"mode": {"description": "high-availability"}, "status": {"description": text}, "summary": {"description": " "}, **outer}
    return Exchange("GET", STATUS, json={"entries": {"https://localhost/0": {"nestedStats": {"entries": entries}}}})


BEGUN, LOST = Exchange("POST", SYNC, json={}), Exchange("POST", SYNC, drop=True)
IN_SYNC, PENDING, FAILED = shown("In Sync"), shown("Changes Pending"), shown("Sync Failed", LOADS)


def run(clock: Clock, script: list[Exchange], work: Any = lambda session: group_sync.synchronise_and_wait(session, "pair")) -> SyncStatus:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(600)) as session:
        found: SyncStatus = work(session)
        return found


def sync_status(session: Session) -> SyncStatus:
    return Ltm(session).sync_status()


@pytest.mark.parametrize(
    "script",
    [
        [BEGUN, IN_SYNC],
        [BEGUN, shown("Standalone")],
        [LOST, PENDING, IN_SYNC],
        [BEGUN, PENDING, PENDING, shown("Syncing"), IN_SYNC],
        [BEGUN, FAILED, PENDING, IN_SYNC],
    ],
    ids=["at once", "one unit", "the answer lost", "later", "a former failure"],
)
def test_in_sync(clock: Clock, script: list[Exchange]) -> None:
    assert run(clock, script).in_sync


@pytest.mark.parametrize("text", ["Sync Failed", "Sync Failure", "Disconnected", "Incompatible Version"])
def test_a_state_that_no_waiting_changes(clock: Clock, text: str) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [BEGUN, PENDING, shown(text, LOADS), shown(text, LOADS)])
    assert caught.value.code == "sync_failed" and str(caught.value.said) == f"{text}: {LOADS}"
    assert "tmsh run cm config-sync to-group pair" in str(caught.value.remedy) and sum(clock.slept) < 3


def test_changes_that_stay_pending(clock: Clock) -> None:
    count = 0

    class Pending(ScriptedServer):
        def take(self, request: Any) -> Exchange:
            nonlocal count
            count += 1
            return BEGUN if count == 1 else PENDING

    with Pending([]) as server, Session(provider(server, token="GIVEN"), clock.deadline(600)) as session:
        with pytest.raises(Failure) as caught:
            group_sync.synchronise_and_wait(session, "pair")
    assert (caught.value.code, caught.value.said) == ("sync_failed", "Changes Pending")
    assert 59 < sum(clock.slept) < 61


def test_a_refusal(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("POST", SYNC, 400, json={"code": 400, "message": "no such group"})])
    assert caught.value.code == "sync_failed" and "no such group" in str(caught.value.said)


@pytest.mark.parametrize(("group", "path"), [("pair", "~Common~pair"), ("/Common/a b", "~Common~a%20b")])
def test_a_group(clock: Clock, group: str, path: str) -> None:
    def work(session: Session) -> None:
        group_sync.check_group(session, group)

    place = f"/mgmt/tm/cm/device-group/{path}"
    run(clock, [Exchange("GET", place, json={"name": "pair"})], work)
    for code, expected in ((404, "options"), (400, "bigip_refused")):
        with pytest.raises(Failure) as caught:
            run(clock, [Exchange("GET", place, code, json={"code": code, "message": "01020036:3: not found"})], work)
        assert caught.value.code == expected and "01020036:3: not found" in str(caught.value.said)


def test_the_status(clock: Clock) -> None:
    found = run(clock, [FAILED], sync_status)
    assert found == SyncStatus("high-availability", "Sync Failed", "", " ", (LOADS,)) and not found.in_sync


@pytest.mark.parametrize("body", [{}, {"entries": {}}, {"entries": {"x": {"nestedStats": {"entries": {"mode": {"description": "x"}}}}}}])
def test_no_status(clock: Clock, body: dict[str, Any]) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("GET", STATUS, json=body)], sync_status)
    assert caught.value.code == "bigip_answer"
