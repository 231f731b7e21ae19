# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of BIG-IP is saved."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.saving import save
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PATH = "/mgmt/tm/sys/config"
SAVED, LOST = Exchange("POST", PATH, json={"command": "save"}), Exchange("POST", PATH, drop=True)
REFUSED = Exchange("POST", PATH, 400, json={"code": 400, "message": "01070712:3: disk is full"})


def run(clock: Clock, script: list[Exchange]) -> ScriptedServer:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        save(session)
    return server


@pytest.mark.parametrize("script", [[SAVED], [LOST, SAVED]])
def test_saved(clock: Clock, script: list[Exchange]) -> None:
    assert [request.json for request in run(clock, script).requests] == [{"command": "save"}] * len(script)


@pytest.mark.parametrize("script", [[REFUSED], [LOST, LOST], [LOST, REFUSED]])
def test_not_saved(clock: Clock, script: list[Exchange]) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, script)
    assert caught.value.code == "save_failed" and "tmsh save sys config" in str(caught.value.remedy)
    assert ("disk is full" in str(caught.value.said)) is (script[-1] is REFUSED)
