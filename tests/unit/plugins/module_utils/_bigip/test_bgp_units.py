# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of a BIG-IP, each with a session of its own."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import bgp
from ansible_collections.vks.bigip.plugins.module_utils._bigip.bgp_units import BgpUnits
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.bigip_session import closed_port
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import DEVICE, DOMAIN, LOGIN, LOGOUT, PARTITION, instance, instances, self_ips, switch
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

SELF_1, SELF_2 = self_ips("198.18.255.251/16"), self_ips("198.18.255.252/16")
BGP = [DOMAIN, instances(instance()), switch()]
PEER = {"name": "other", "selfDevice": "false"}
OWN = {"name": "own", "selfDevice": "true", "failoverState": "active"}


def read(session: Session, own: Any) -> Any:
    return bgp.speaker(session, own, 0, "/Common/vks-bgp")


def units_of(clock: Clock, servers: list[Any], work: Any, read_bgp: Any = read) -> Any:
    options = {**provider(servers[0]), "server": [f"127.0.0.1:{one.port}" for one in servers]}
    with Session(options, clock.deadline(60)) as main, BgpUnits(main, options, lambda secrets: None) as units:
        units.read(read_bgp)
        return work(units)


def devices(*items: Any) -> Exchange:
    return Exchange("GET", DEVICE, json={"items": list(items)})


def test_one_unit(clock: Clock) -> None:
    with ScriptedServer([LOGIN, PARTITION, SELF_1, *BGP, devices(OWN), LOGOUT]) as server:
        found = units_of(clock, [server], lambda units: (units.speakers, units.complete, units.warnings, units.session("x") is units.main, units.requests))
    speakers, complete, warnings, same, requests = found
    assert len(speakers) == 1 and complete and warnings == [] and same and requests == 7


def test_a_peer_that_is_not_named(clock: Clock) -> None:
    with ScriptedServer([LOGIN, PARTITION, SELF_1, devices(OWN, PEER), LOGOUT]) as server:
        complete, warnings, speakers = units_of(clock, [server], lambda units: (units.complete, units.warnings, units.speakers), None)
    assert not complete and "BIG-IP has the peer other" in warnings[0] and speakers == []


def test_each_unit_of_a_pair(clock: Clock) -> None:
    """A unit is read by a session of its own, and changed by another one."""

    def work(units: BgpUnits) -> Any:
        name = units.self_ips[1].unit
        units.session(name).request("GET", "/mgmt/tm/x")
        return [one.self_ips.self_ips[0].address.compressed for one in units.speakers], units.complete, units.session(name) is units.session(name)

    first = [LOGIN, PARTITION, SELF_1, *BGP, LOGOUT]
    second = [LOGIN, SELF_2, *BGP, LOGOUT, LOGIN, Exchange("GET", "/mgmt/tm/x", json={}), LOGOUT]
    with ScriptedServer(first) as one, ScriptedServer(second) as other:
        assert units_of(clock, [one, other], work) == (["198.18.255.251", "198.18.255.252"], True, True)


def test_a_unit_that_does_not_answer(clock: Clock) -> None:
    with ScriptedServer([LOGIN, PARTITION, SELF_1, *BGP, LOGOUT]) as one:
        complete, warnings = units_of(clock, [closed_port(), one], lambda units: (units.complete, units.warnings))
    assert not complete and "cannot be read, so its neighbors were not changed" in warnings[0]


def test_no_unit_answers(clock: Clock) -> None:
    with pytest.raises(Failure) as raised:
        units_of(clock, [closed_port(), closed_port()], lambda units: None)
    assert raised.value.code == "bigip_unreachable"


def test_a_unit_that_refuses(clock: Clock) -> None:
    denied = Exchange("GET", PARTITION.path, 403, json={"message": "no"})
    with ScriptedServer([LOGIN, denied, LOGOUT]) as one, ScriptedServer([]) as other, pytest.raises(Failure) as raised:
        units_of(clock, [one, other], lambda units: None)
    assert raised.value.code == "bigip_forbidden"
