# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3 that is missing, or that is still starting."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip.as3 import As3
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_as3 import (
    AS3,
    PACKAGES,
    UNREGISTERED,
    run,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def test_as3_is_not_installed(clock: Clock) -> None:
    script = [Exchange("GET", f"{AS3}/info", 404, json=UNREGISTERED), Exchange("GET", PACKAGES, json={"items": [{"appName": "f5-declarative-onboarding"}]})]
    with pytest.raises(Failure) as caught:
        run(clock, script, As3.info)
    remedy = "Install F5 BIG-IP Application Services 3 Extension (AS3) on BIG-IP, or wait until its REST service is up."
    said = f"HTTP 404: {UNREGISTERED['message']}"
    assert caught.value.as_dict() == Failure("as3_missing", "Reading the version of AS3", said=said, remedy=remedy).as_dict()
    assert not clock.slept


@pytest.mark.parametrize(("status", "body", "said"), [(500, {"message": "no"}, "HTTP 500: no"), (200, ["x"], 'HTTP 200: ["x"]')])
def test_as3_refuses_a_read(clock: Clock, status: int, body: Any, said: str) -> None:
    with pytest.raises(Failure) as caught:
        run(clock, [Exchange("GET", f"{AS3}/info", status, json=body)], As3.info)
    remedy = "Read the log of AS3: /var/log/restnoded/restnoded.log on BIG-IP."
    assert caught.value.as_dict() == Failure("as3_refused", "Reading the version of AS3", said=said, remedy=remedy).as_dict()


@pytest.mark.parametrize(
    "packages",
    [
        Exchange("GET", PACKAGES, json={"items": [{"appName": "f5-appsvcs"}]}),
        Exchange("GET", PACKAGES, 404, json=UNREGISTERED),
        Exchange("GET", PACKAGES, 400, json={"code": 400, "items": []}),
        Exchange("GET", PACKAGES, json=["items"]),
        Exchange("GET", PACKAGES, json={"kind": "x"}),
    ],
)
def test_as3_is_only_just_starting(clock: Clock, packages: Exchange) -> None:
    gone = Exchange("GET", f"{AS3}/info", 404, json=UNREGISTERED)
    script = [gone, packages, gone, gone, Exchange("GET", f"{AS3}/info", json={"version": "3.56.0"})]
    assert run(clock, script, As3.info) == {"version": "3.56.0"}
    assert clock.slept


@pytest.mark.parametrize("seconds", [600, 10])
def test_as3_never_registers(clock: Clock, seconds: float) -> None:
    with ScriptedServer([]) as server:
        server.take = lambda request: Exchange("GET", request.path, 404, json=UNREGISTERED)  # type: ignore[method-assign]
        with Session(provider(server, token="GIVEN"), clock.deadline(seconds)) as session, pytest.raises(Failure) as caught:
            As3(session).info()
    assert caught.value.code == "as3_missing"
    assert seconds / 2 < sum(clock.slept) < seconds if seconds < 60 else 25 < sum(clock.slept) < 40


def test_a_restart_in_the_middle_is_waited_out(clock: Clock) -> None:
    gone = Exchange("GET", f"{AS3}/info", 404, json=UNREGISTERED)
    found = Exchange("GET", f"{AS3}/info", json={"version": "3.56.0"})
    run(clock, [found, *[gone] * 9, found], lambda as3: (as3.info(), as3.info()))
    assert sum(clock.slept) > 30
