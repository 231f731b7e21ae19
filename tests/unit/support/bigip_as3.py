# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scripted answers of AS3."""

from __future__ import annotations

from typing import Any

from ansible_collections.vks.bigip.plugins.module_utils._bigip.as3 import As3
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

AS3 = "/mgmt/shared/appsvcs"
DECLARE = f"{AS3}/declare"
TASK = f"{AS3}/task/6d3"
T1: dict[str, Any] = {"class": "Tenant", "A1": {"class": "Application"}, "A2": {"class": "Application"}, "label": "x", "optimisticLockKey": "k1="}
T2: dict[str, Any] = {"class": "Tenant", "A1": {"class": "Application"}, "optimisticLockKey": "k2="}
ADC = {"class": "ADC", "schemaVersion": "3.50.0", "id": "demo", "updateMode": "selective", "controls": {"archiveTimestamp": "2026"}}
ACCEPTED_BODY = {
    "id": "6d3",
    "results": [{"message": "Declaration successfully submitted", "tenant": "", "host": "", "runTime": 0, "code": 0}],
    "declaration": {},
    "selfLink": f"https://localhost{TASK}",
}


def run(clock: Clock, script: list[Exchange], work: Any, seconds: float = 300) -> Any:
    """work(As3) against the script, with a token that was given so that only AS3's requests count."""
    with ScriptedServer(script) as server:
        with Session(provider(server, token="GIVEN"), clock.deadline(seconds)) as session:
            return work(As3(session))


def stored(path: str = "?show=base&showHash=true", body: Any = None, status: int = 200) -> Exchange:
    return Exchange("GET", f"{DECLARE}{path}", status, json=body if body is not None or status == 204 else {**ADC, "T1": T1, "T2": T2})


UNREGISTERED = {"code": 404, "message": "Public URI path not registered. Please see /var/log/restjavad.0.log"}
PACKAGES = "/mgmt/shared/iapp/global-installed-packages"
