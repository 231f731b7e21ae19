# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP of one unit, as iControl REST has it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import plan
from ansible_collections.vks.bigip.plugins.module_utils._bgp.model import Neighbor
from ansible_collections.vks.bigip.plugins.module_utils._bigip import bgp
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import SCOPE, address, mark, neighbor, own, speaker, unit, wanted
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import BGP, DB, DOMAINS, instance, instances, switch
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp_module import neighbor as item
from ansible_collections.vks.bigip.tests.unit.support.pod_routes_module import PARTITION
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

OWN = unit("198.18.255.251/16")


def ask(clock: Clock, script: list[Exchange], work: Any) -> Any:
    with ScriptedServer(script) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        return work(session)


def domains(*items: dict[str, Any]) -> Exchange:
    return Exchange("GET", DOMAINS, json={"items": list(items)})


D0, D2 = {"fullPath": "/Common/0", "id": 0}, {"fullPath": "/Common/two", "id": 2, "routingProtocol": ["OSPFv2", "BGP"]}


def test_a_unit(clock: Clock) -> None:
    foreign = item("198.18.0.9", "by hand", 0, enabled="false")
    script = [domains(D0, D2), instances(instance(item("198.18.0.1", "d"), foreign, item("edge")), instance(name="x", routeDomain="/Common/two")), switch()]
    found = ask(clock, script, lambda session: bgp.speaker(session, OWN, 0, "/Common/vks-bgp"))
    assert (found.unit, found.domain, found.legacy, found.switch) == ("bigip1", "/Common/0", ("/Common/two",), "enable")
    assert (found.instance.path, found.instance.local_as, found.instance.shared) == ("/Common/vks-bgp", 64513, False)
    assert found.instance.neighbors == (neighbor("198.18.0.1", "d"), neighbor("198.18.0.9", "by hand", None, False))


def test_the_named_instance_precedes(clock: Clock) -> None:
    script = [domains(D0), instances(instance(name="a"), instance(name="vks-bgp")), switch("disable")]
    found = ask(clock, script, lambda session: bgp.speaker(session, OWN, 0, "/Common/vks-bgp"))
    assert found.instance.path == "/Common/vks-bgp" and found.switch == "disable"
    script = [domains(D0), instances(instance(name="b"), instance(name="a")), Exchange("GET", DB, 404, json={"message": "not found"})]
    found = ask(clock, script, lambda session: bgp.speaker(session, OWN, 5, "/Common/vks-bgp"))
    assert (found.instance, found.domain, found.switch) == (None, None, None)


def test_neighbors_and_peer_groups_as_properties(clock: Clock) -> None:
    """Another form of the answer, as of releases that do not expand sub-collections."""
    raw = {"fullPath": "/Common/a", "localAs": "65001", "neighbor": [item("2001:db8::1")], "peerGroup": [{"name": "g"}]}
    ((domain, found),) = ask(clock, [instances(raw)], bgp.instances)
    assert domain == "/Common/0" and found.shared and found.local_as == 65001 and found.neighbors[0].address == address("2001:db8::1")


def test_a_refused_read(clock: Clock) -> None:
    with pytest.raises(Failure) as raised:
        ask(clock, [domains(D0), Exchange("GET", f"{BGP}?expandSubcollections=true", 400, json={"message": "no"})], lambda one: bgp.speaker(one, OWN, 0, ""))
    assert raised.value.code == "bigip_refused"


def test_self_ips(clock: Clock) -> None:
    listed = Exchange("GET", "/mgmt/tm/net/self", json={"items": [{"fullPath": "/Common/s", "address": "198.18.255.251/16"}]})
    found, known = ask(clock, [PARTITION, listed], lambda session: bgp.self_ips(session, "bigip1", None))
    assert found.paired and found.unit == "bigip1" and [str(one.address) for one in found.self_ips] == ["198.18.255.251"] and known == {"Common": 0}


@pytest.mark.parametrize(
    ("services", "expected"),
    [(["default"], []), ("all", []), (["tcp:179"], []), (["tcp:443"], ["/Common/s"]), ("none", ["/Common/s"]), ([], ["/Common/s"])],
)
def test_closed(clock: Clock, services: Any, expected: list[str]) -> None:
    items = [{"fullPath": "/Common/s", "address": "198.18.255.251/16", "allowService": services}, {"fullPath": "/Common/t", "address": "10.0.0.1/8"}]
    script = [Exchange("GET", "/mgmt/tm/net/self", json={"items": items})]
    assert ask(clock, script, lambda session: bgp.closed(session, {"198.18.255.251"})) == expected


CREATED = plan.present(wanted(("n1", "198.18.0.1")), speaker(instance=None), 64513, SCOPE, True)
REMOVED = plan.absent(speaker(own("198.18.0.1", "n1")), SCOPE)
NEIGHBORS = f"{BGP}/~Common~vks-bgp/neighbor"


def test_steps_of_the_instance() -> None:
    body = {"name": "vks-bgp", "partition": "Common", "localAs": 64513, "routeDomain": "/Common/0"}
    assert bgp.instance_step(CREATED) == ("POST", BGP, body)
    assert bgp.instance_step(REMOVED) == ("DELETE", f"{BGP}/~Common~vks-bgp", None)
    assert bgp.switch_step() == ("PATCH", DB, {"value": "enable"})


def step(before: Neighbor | None, after: Neighbor | None) -> Any:
    return tuple(bgp.neighbor_step(CREATED, plan.Write(before, after), "word"))


PLAIN, WITH = neighbor("198.18.0.1", mark("n1")), neighbor("198.18.0.1", mark("n1", version="0a"))
BODY = {"remoteAs": 64512, "description": mark("n1")}


def test_steps_of_a_neighbor() -> None:
    assert step(None, PLAIN) == ("POST", NEIGHBORS, {"name": "198.18.0.1", **BODY})
    assert step(None, WITH)[2]["password"] == "word"
    assert step(PLAIN, WITH) == ("PATCH", f"{NEIGHBORS}/198.18.0.1", {"remoteAs": 64512, "description": mark("n1", version="0a"), "password": "word"})
    assert step(WITH, WITH._replace(remote_as=5))[2] == {"remoteAs": 5, "description": mark("n1", version="0a")}
    assert step(PLAIN, None) == ("DELETE", f"{NEIGHBORS}/198.18.0.1", None)
    assert step(None, neighbor("2001:db8::1", "d"))[2]["addressFamily"] == [{"name": "ipv6", "activate": "enabled"}]


def test_a_removed_password() -> None:
    removed = bgp.neighbor_step(CREATED, plan.Write(WITH, PLAIN), None)
    assert removed.body == {**BODY, "password": "none"}
