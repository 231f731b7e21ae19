# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults that a test can set in the AS3 engine."""

from __future__ import annotations

import pytest

from as3_world import World, adc, tenant
from vkslab.bigip.faults import Lost

# -- faults


def test_a_script_fails_for_the_tenant_that_was_named(world: World) -> None:
    world.engine.faults.script.append({"tenant": "T2", "message": "no"})
    status, body = world.post(adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.12")))
    assert (status, [r["code"] for r in body["results"]]) == (207, [200, 422])
    assert world.verdict(T2=tenant("10.2.0.1", vip="192.0.2.12")) == ["success"], "it is used up"


def test_a_fault_without_member_deletes(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.faults.script.append({"message": "no", "deletes": False})
    assert world.verdict(T1=tenant("10.1.0.2")) == ["no"]
    assert world.members() == ["/T1/10.1.0.1:8080"]


def test_a_code_that_is_a_word(world: World) -> None:
    world.engine.faults.script.append(
        {"message": "getaddrinfo ENOTFOUND nowhere.example", "code": "ENOTFOUND"}
    )
    status, body = world.post(adc(T1=tenant("10.1.0.1")))
    assert (status, body["results"][0]["code"]) == (422, "ENOTFOUND")


def test_the_store_fails_after_the_device_was_changed(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.engine.faults.store = 1
    status, body = world.post(adc(T1=tenant("10.1.0.2")))
    assert (status, body["code"]) == (500, 500)
    assert world.members() == ["/T1/10.1.0.2:8080"]
    assert world.stored()["T1"] == tenant("10.1.0.1")
    assert world.verdict(T1=tenant("10.1.0.2")) == ["no change"], "the lock was released"


def test_a_task_disappears(world: World) -> None:
    world.engine.faults.lost_tasks = 1
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    assert world.call("GET", f"/task/{task['id']}")[0] == 404
    world.wait(0.05)
    assert world.members() == ["/T1/10.1.0.1:8080"], "its work was done"


@pytest.mark.parametrize(("when", "left"), [("before", {"/T1"}), ("after", {"/T1", "/T2"})])
def test_the_engine_dies_half_way(world: World, when: str, left: set[str]) -> None:
    world.engine.faults.crash.append({"tenant": "T2", "when": when})
    both = adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.12"))
    with pytest.raises(Lost):
        world.post(both)
    assert {path for path in world.device.folders if path.count("/") == 1} == {"/Common"} | left
    assert world.call("GET", "/declare") == (204, None), "nothing was stored"
    assert world.post(both)[0] == 503, "the lock stays"
    world.now += 125
    assert world.post(both)[0] == 200


def test_a_restart_cancels_tasks_and_keeps_the_lock(world: World) -> None:
    world.engine.delay(200)
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    world.wait(0.02)
    world.engine.restart()
    assert world.call("GET", f"/task/{task['id']}")[1]["results"] == [
        {"message": "task cancelled", "tenant": "", "host": "", "runTime": 0, "code": 0}
    ]
    world.engine.delay(1)
    assert world.post(adc(T1=tenant("10.1.0.1")))[0] == 503
    world.now += 125
    assert world.post(adc(T1=tenant("10.1.0.1")))[0] == 200


def test_a_crash_of_an_asynchronous_request(world: World) -> None:
    world.engine.faults.crash.append({"tenant": "T1"})
    _status, task = world.post(adc(T1=tenant("10.1.0.1")), **{"async": "true"})
    world.wait(0.02)
    assert world.call("GET", f"/task/{task['id']}")[1]["results"][0]["message"] == "task cancelled"


def test_reset_forgets_everything(world: World) -> None:
    world.deployed(T1=tenant("10.1.0.1"))
    world.call("POST", "/settings", {"burstHandlingEnabled": True})
    world.engine.take_lock(0)
    world.engine.faults.store = 1
    world.engine.reset()
    assert world.call("GET", "/declare") == (204, None)
    assert world.call("GET", "/task")[1] == {"items": []}
    assert world.call("GET", "/settings")[1]["burstHandlingEnabled"] is False
    world.deployed(T1=tenant("10.1.0.1"))
