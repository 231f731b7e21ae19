# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The learnt routes in BIG-IP's route table: the values of a row decide, not the names of its columns."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import learnt
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.bigip import Clock, provider
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

TABLE = "/mgmt/tm/net/route/stats"
NAMES = ("tmName", "destination", "type", "nextHop", "origin")
CONNECTED = ("10.1.10.0/24", "10.1.10.0/24", "interface", "/Common/subnet10", "connected")
STATIC = ("/Common/default", "default", "gw", "10.1.10.1", "static")


def answer(*rows: Any, names: tuple[str, ...] = NAMES) -> Any:
    """As iControl REST nests statistics: each row below a link with its name."""
    entries = {
        f"https://localhost/mgmt/tm/net/route/{number}/stats": {
            "nestedStats": {"entries": {name: {"description": text} for name, text in zip(names, row)}}
        }
        for number, row in enumerate(rows)
    }
    return {"kind": "tm:net:route:routecollectionstats", "entries": entries}


def read(clock: Clock, exchange: Exchange) -> list[tuple[str, str, int | None, str | None]]:
    with ScriptedServer([exchange]) as server, Session(provider(server, token="GIVEN"), clock.deadline(60)) as session:
        return [(one.name, one.network, one.route_domain, one.gateway) for one in learnt.routes(session)]


def dynamic(network: str, hop: str = "10.1.10.8") -> tuple[str, ...]:
    return network, network, "gw", hop, "dynamic"


ROWS: list[tuple[tuple[str, ...], list[tuple[str, str, int | None, str | None]]]] = [
    (CONNECTED, []),
    (STATIC, []),
    (dynamic("10.1.20.0/24"), [("10.1.20.0/24", "10.1.20.0/24", None, "10.1.10.8")]),
    (dynamic("10.255.255.1/32"), [("10.255.255.1/32", "10.255.255.1/32", None, "10.1.10.8")]),
    (dynamic("10.1.20.0%2/24", "10.1.10.8%2"), [("10.1.20.0%2/24", "10.1.20.0/24", 2, "10.1.10.8")]),
    (dynamic("2001:db8:96::/64", "2001:db8::8"), [("2001:db8:96::/64", "2001:db8:96::/64", None, "2001:db8::8")]),
    (dynamic("default"), [("default", "0.0.0.0/0", None, "10.1.10.8")]),
    (dynamic("10.1.20.0/24", "/Common/tunnel"), [("10.1.20.0/24", "10.1.20.0/24", None, None)]),
    (dynamic("fe80::%vlan4095/64"), [("fe80::%vlan4095/64", "fe80::/64", 0, "10.1.10.8")]),
    (dynamic("no network"), []),
    (dynamic("a/b"), []),
]


@pytest.mark.parametrize(("row", "expected"), ROWS, ids=[row[0] for row, _expected in ROWS])
@pytest.mark.parametrize("names", [NAMES, ("a", "b", "c", "d", "e"), NAMES[::-1]])
def test_a_row(clock: Clock, row: Any, expected: Any, names: tuple[str, ...]) -> None:
    exchange = Exchange("GET", TABLE, json=answer(CONNECTED, row, names=names))
    assert read(clock, exchange) == expected


@pytest.mark.parametrize(
    ("exchange", "code", "said"),
    [
        (Exchange("GET", TABLE, status=404, json={"message": "01020036:3: not found"}), "bigip_refused", "not found"),
        (Exchange("GET", TABLE, status=400, json={"message": "no"}), "bigip_refused", "no"),
        (Exchange("GET", TABLE, json={"kind": "x"}), "bigip_answer", "no route in the answer has an origin"),
        (Exchange("GET", TABLE, json=answer(("a", "b", "c", "d", "e"))), "bigip_answer", "no route in the answer"),
        (Exchange("GET", TABLE, json=answer()), "bigip_answer", "no route in the answer"),
    ],
)
def test_a_table_that_cannot_be_read(clock: Clock, exchange: Exchange, code: str, said: str) -> None:
    with pytest.raises(Failure) as caught:
        read(clock, exchange)
    assert caught.value.code == code and said in str(caught.value)


def test_a_number_is_no_network(clock: Clock) -> None:
    body = answer(CONNECTED)
    body["entries"]["x"] = {"nestedStats": {"entries": {"origin": {"description": "dynamic"}, "n": {"value": 7}}}}
    assert read(clock, Exchange("GET", TABLE, json=body)) == []
