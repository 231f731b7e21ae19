# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of BGP on one unit, and how a lost answer is judged."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import plan
from ansible_collections.vks.bigip.plugins.module_utils._bgp.plan import Plan
from ansible_collections.vks.bigip.plugins.module_utils._bigip import bgp_changes
from ansible_collections.vks.bigip.plugins.module_utils._bigip.bgp_changes import BgpChanges
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import SCOPE, mark, own, speaker, wanted
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import BGP, DB, NEIGHBORS, TRANSACTION, instance, instances
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import neighbor as item
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

OWNER = SCOPE.owner
N1 = wanted(("n1", "198.18.0.1"))
NEW = plan.present(N1, speaker(instance=None, switch="disable"), 64513, SCOPE, True)
ONE, TWO = plan.present(N1, speaker(), 64513, SCOPE, True), plan.present(wanted(("n1", "198.18.0.1"), ("n2", "198.18.0.2")), speaker(), 64513, SCOPE, True)
GONE = plan.absent(speaker(own("198.18.0.1", "n1")), SCOPE)
ITEM = item("198.18.0.1", mark("n1", OWNER))
SHOWN, EMPTY, NONE = instances(instance(ITEM)), instances(instance()), instances()
LOST = Exchange("POST", NEIGHBORS, drop=True)
ADDED, SET, MADE = Exchange("POST", NEIGHBORS, json={}), Exchange("PATCH", DB, json={}), Exchange("POST", BGP, json={})
REMOVED, NO_INSTANCE = Exchange("DELETE", f"{NEIGHBORS}/198.18.0.1", json={}), Exchange("DELETE", f"{BGP}/~Common~vks-bgp", json={})


def run(clock: Clock, script: list[Exchange], of: Plan) -> BgpChanges:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        changes = BgpChanges(session, of, None)
        changes.carry_out()
    return changes


DONE: dict[str, tuple[Plan, list[Exchange]]] = {
    "all steps": (NEW, [SET, MADE, ADDED]),
    "a lost switch is sent again": (NEW, [Exchange("PATCH", DB, drop=True), SET, MADE, ADDED]),
    "a lost instance": (NEW, [SET, Exchange("POST", BGP, drop=True), EMPTY, ADDED]),
    "a lost neighbor": (ONE, [LOST, SHOWN]),
    "a lost neighbor, carried out later": (ONE, [LOST, EMPTY, EMPTY, SHOWN]),
    "created by another run": (ONE, [Exchange("POST", NEIGHBORS, 409, json={"message": "exists"}), SHOWN]),
    "removal": (GONE, [REMOVED, NO_INSTANCE]),
    "a lost removal of the instance": (GONE, [REMOVED, Exchange("DELETE", f"{BGP}/~Common~vks-bgp", drop=True), NONE]),
    "two neighbors": (TWO, [Exchange("POST", TRANSACTION, json={"transId": 7}), ADDED, ADDED, Exchange("PATCH", f"{TRANSACTION}/7", json={})]),
}


@pytest.mark.parametrize(("of", "script"), DONE.values(), ids=DONE)
def test_changes_that_are_in_place(clock: Clock, of: Plan, script: list[Exchange]) -> None:
    found = run(clock, script, of)
    assert tuple(found.done) == of.writes and found.touched and found.unit == "bigip1"


MIXED = {"message": "01071c3f:3: Cannot mix routing-protocol Legacy and TMOS mode for route-domain (/Common/0)."}
FAILED: dict[str, tuple[Plan, list[Exchange], str, str]] = {
    "mixed": (NEW, [SET, Exchange("POST", BGP, 400, json=MIXED), NONE], "bgp_mode_mixed", "01071c3f"),
    "refused": (ONE, [Exchange("POST", NEIGHBORS, 400, json={"message": "bad"}), EMPTY], "bigip_refused", "bad"),
    "lost": (ONE, [LOST, EMPTY], "bigip_no_answer", "does not show the change"),
    "lost and unread": (ONE, [LOST, Exchange("GET", f"{BGP}?expandSubcollections=true", 400, json={"message": "no"})], "bigip_no_answer", "It is unknown"),
}


@pytest.mark.parametrize(("of", "script", "code", "words"), FAILED.values(), ids=FAILED)
def test_changes_that_fail(clock: Clock, monkeypatch: pytest.MonkeyPatch, of: Plan, script: list[Exchange], code: str, words: str) -> None:
    monkeypatch.setattr(bgp_changes, "_PATIENCE", 0.0)
    with pytest.raises(Failure) as raised:
        run(clock, script, of)
    assert raised.value.code == code and words in raised.value.message and "BIG-IP bigip1" in raised.value.message
