# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST transactions of BIG-IP: all commands or none."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from bigip_machine import Machine
from vkslab.bigip.device import Device
from vkslab.bigip.http import TmError
from vkslab.bigip.transactions import Transactions

TRANSACTION, ROUTE, SELF = "/mgmt/tm/transaction", "/mgmt/tm/net/route", "/mgmt/tm/net/self"
COMMIT = {"state": "VALIDATING"}
NODE = "198.18.0.10"


@pytest.fixture
def bigip(shared: Machine) -> Machine:
    shared.control("reset")
    return shared


class Queue:
    """A transaction and its requests."""

    def __init__(self, bigip: Machine) -> None:
        self._bigip = bigip
        self.item = bigip.call("POST", TRANSACTION, {}).json()
        self.url = f"{TRANSACTION}/{self.item['transId']}"

    def add(self, method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"X-F5-REST-Coordination-Id": str(self.item["transId"])}
        return self._bigip.call(method, path, body, headers=headers)

    def commit(self, **more: Any) -> requests.Response:
        return self._bigip.call("PATCH", self.url, {**COMMIT, **more})


def pods(number: int, gateway: str = NODE) -> dict[str, Any]:
    return {"name": f"pods-{number}", "network": f"100.96.{16 * number}.0/20", "gw": gateway}


def names(bigip: Machine, path: str = ROUTE) -> list[str]:
    return [item["name"] for item in bigip.get(path)["items"]]


def test_commands_wait_for_the_commit(bigip: Machine) -> None:
    assert bigip.call("POST", ROUTE, pods(0)).status_code == 200
    queue = Queue(bigip)
    assert (queue.item["state"], queue.item["timeoutSeconds"], queue.item["kind"]) == (
        "STARTED",
        120,
        "tm:transactionstate",
    )
    queued = queue.add("DELETE", f"{ROUTE}/~Common~pods-0").json()
    assert (queued["method"], queued["evalOrder"], queued["kind"]) == (
        "DELETE",
        1,
        "tm:transaction:commandsstate",
    )
    assert queue.add("POST", ROUTE, pods(1)).json()["body"] == pods(1)
    assert names(bigip) == ["default", "pods-0"]
    assert [item["uri"] for item in bigip.get(f"{queue.url}/commands")["items"]] == [
        f"https://localhost{ROUTE}/~Common~pods-0",
        f"https://localhost{ROUTE}",
    ]
    assert [item["transId"] for item in bigip.get(TRANSACTION)["items"]] == [queue.item["transId"]]
    committed = queue.commit()
    assert (committed.status_code, committed.json()["state"]) == (200, "COMPLETED")
    assert names(bigip) == ["default", "pods-1"]
    assert bigip.call("GET", queue.url).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        (
            "DELETE",
            f"{ROUTE}/~Common~nope",
            None,
            "01020036:3: The requested Route Entry (/Common/nope) was not",
        ),
        ("POST", ROUTE, pods(1), "01020066:3: The requested Route Entry (/Common/pods-1) already exists"),
        (
            "POST",
            ROUTE,
            pods(2, "203.0.113.1"),
            "01070330:3: Static route gateway 203.0.113.1 is not directly",
        ),
        ("PATCH", f"{ROUTE}/~Common~default", {"network": "10.0.0.0/8"}, 'invalid property: "network"'),
        (
            "DELETE",
            f"{SELF}/self-nodes",
            None,
            "01070330:3: Static route gateway 198.18.255.1 is not directly",
        ),
    ],
)
def test_one_failing_command_leaves_all_as_it_was(
    bigip: Machine, method: str, path: str, body: Any, message: str
) -> None:
    version = bigip.on_device(lambda device: device.version)
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    assert queue.add(method, path, body).status_code == 200
    queue.add("POST", ROUTE, pods(3))
    refused = queue.commit()
    assert (refused.status_code, refused.json()["apiError"]) == (400, 2)
    assert refused.json()["message"].startswith(f"transaction failed:{message}")
    assert names(bigip) == ["default"]
    assert bigip.on_device(lambda device: device.version) == version
    assert bigip.call("GET", queue.url).status_code == 404


def test_the_end_of_the_transaction_counts(bigip: Machine) -> None:
    """A self IP may be deleted before the route whose gateway needs it, and replaced after it."""
    queue = Queue(bigip)
    queue.add("DELETE", f"{SELF}/self-nodes")
    queue.add("DELETE", f"{ROUTE}/default")
    assert queue.commit().status_code == 200
    assert "items" not in bigip.get(ROUTE)
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    queue.add("POST", SELF, {"name": "self-nodes", "address": "198.18.255.250/16"})
    assert queue.commit().status_code == 200
    assert names(bigip) == ["pods-1"]


def test_other_objects_take_part(bigip: Machine) -> None:
    queue = Queue(bigip)
    queue.add("POST", "/mgmt/tm/auth/partition", {"name": "T"})
    queue.add("POST", "/mgmt/tm/ltm/pool", {"name": "mine", "partition": "T"})
    queue.add("POST", ROUTE, pods(1, "203.0.113.1"))
    assert queue.commit().status_code == 400
    assert names(bigip, "/mgmt/tm/auth/partition") == ["Common"]


def test_validate_only_changes_nothing(bigip: Machine) -> None:
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    assert queue.commit(validateOnly=True).json()["state"] == "STARTED"
    assert names(bigip) == ["default"]
    assert queue.commit().status_code == 200 and names(bigip) == ["default", "pods-1"]


def test_a_dropped_transaction(bigip: Machine) -> None:
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    assert bigip.call("DELETE", queue.url).status_code == 200
    assert queue.commit().status_code == 404 and queue.add("POST", ROUTE, pods(1)).status_code == 404
    assert names(bigip) == ["default"] and "items" not in bigip.get(TRANSACTION)


def test_what_is_no_command(bigip: Machine) -> None:
    queue = Queue(bigip)
    assert queue.add("GET", ROUTE).json()["items"][0]["name"] == "default"
    assert queue.add("POST", "/mgmt/tm/nope", {}).status_code == 404
    assert bigip.call("PATCH", queue.url, {"state": "DONE"}).status_code == 400
    assert "items" not in bigip.get(f"{queue.url}/commands")


def test_a_transaction_that_nobody_uses_ends() -> None:
    now = [0.0]
    found = Transactions(Device(), lambda: now[0])
    one = found.create(30)
    now[0] = 29
    assert found.find(str(one.number)) is one
    now[0] = 58
    assert found.find(str(one.number)) is one  # each request begins the timeout anew
    now[0] = 88
    with pytest.raises(TmError):
        found.find(str(one.number))


# -- faults


def test_a_refused_commit(bigip: Machine) -> None:
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    bigip.fault("mcpd", {"method": "PATCH", "path": "transaction"}, message="01070734:3: the lab's fault")
    assert queue.commit().json()["message"] == "transaction failed:01070734:3: the lab's fault"
    assert names(bigip) == ["default"]
    assert bigip.call("POST", ROUTE, pods(1)).status_code == 200


@pytest.mark.parametrize(("when", "done"), [("before", False), ("after", True)])
def test_a_commit_whose_answer_is_lost(bigip: Machine, when: str, done: bool) -> None:
    queue = Queue(bigip)
    queue.add("POST", ROUTE, pods(1))
    bigip.fault("lost", {"method": "PATCH", "path": "transaction"}, when=when)
    with pytest.raises(requests.ConnectionError):
        queue.commit()
    assert ("pods-1" in names(bigip)) == done
    assert bigip.call("GET", queue.url).status_code == (404 if done else 200)
