# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One config-sync to a device group."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.config_sync import synchronise
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PATH = "/mgmt/tm/cm/config-sync"


def run(clock: Clock, answer: Exchange) -> ScriptedServer:
    with ScriptedServer([answer]) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
            synchronise(session, "pair")
    return server


def test_the_request(clock: Clock) -> None:
    body = {"command": "run", "utilCmdArgs": "config-sync to-group pair"}
    server = run(clock, Exchange("POST", PATH, json={}))
    assert [request.json for request in server.requests] == [body]


def test_a_refusal(clock: Clock) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, Exchange("POST", PATH, 400, json={"code": 400, "message": "no such group"}))
    assert caught.value.code == "bigip_refused"
    assert "the device group pair" in caught.value.message and "no such group" in caught.value.message
