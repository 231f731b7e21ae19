# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""REST transactions: commands that ``/mgmt/tm/transaction`` queues, and carries out all or none.

A request with the header X-F5-REST-Coordination-Id is queued. It is validated at the commit, except for its
URL. The order of the commands is that of the requests. A transaction disappears after its commit, also a
failed one, and after its timeout without a request. No source confirms the answers for an unknown
transaction.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .device import Device, DeviceError
from .http import Reply, Request, RestError, Router, TmError

HEADER = "X-F5-REST-Coordination-Id"
PATH = "/mgmt/tm/transaction"
TIMEOUT = 120
_NOT_FOUND = 1  # icrd's apiError
_FAILED = 2


@dataclass
class Transaction:
    number: int
    timeout: float
    used: float  # when the last request for it came
    commands: list[Request] = field(default_factory=list)


class _Undo(Exception):
    """The end of a transaction that only validates."""


class Transactions:
    def __init__(self, device: Device, clock: Callable[[], float] = time.monotonic) -> None:
        self._device, self._clock = device, clock
        self.router: Router | None = None
        self._open: dict[int, Transaction] = {}
        self._numbers = itertools.count(1_700_000_000_000_001)

    def create(self, timeout: float = TIMEOUT) -> Transaction:
        one = Transaction(next(self._numbers), timeout, self._clock())
        self._open[one.number] = one
        return one

    def all(self) -> list[Transaction]:
        now = self._clock()
        self._open = {number: one for number, one in self._open.items() if now < one.used + one.timeout}
        return list(self._open.values())

    def find(self, number: str) -> Transaction:
        found = next((one for one in self.all() if str(one.number) == number), None)
        if found is None:
            raise TmError(404, f"Found invalid transaction id {number}", _NOT_FOUND)
        found.used = self._clock()
        return found

    def drop(self, one: Transaction) -> None:
        del self._open[one.number]

    def clear(self) -> None:
        self._open.clear()

    def queued(self, request: Request) -> Reply | None:
        """The answer to a request that becomes a command; None for all others."""
        number = request.headers.get(HEADER)
        if (
            not number
            or request.method == "GET"
            or not request.path.startswith("/mgmt/tm/")
            or request.path.startswith(PATH)
        ):
            return None
        one = self.find(number)
        self._find(request)
        request.json()
        one.commands.append(request)
        return Reply(body=shown(one, len(one.commands)))

    def commit(self, one: Transaction, *, validate_only: bool = False) -> None:
        """Carry out the commands, or none of them. A TmError has mcpd's words for the one that failed."""
        self.drop(one)
        try:
            with self._device.transaction():
                for command in one.commands:
                    handler, names = self._find(command)
                    if not isinstance(handler(command, **names), Reply):
                        raise RestError(400, f"{command.path} cannot be part of a transaction")
                if validate_only:
                    raise _Undo
        except _Undo:
            self._open[one.number] = one
        except RestError as error:
            raise TmError(400, f"transaction failed:{error.message}", _FAILED) from None
        except DeviceError as error:
            raise TmError(400, f"transaction failed:{error}", _FAILED) from None

    def _find(self, request: Request) -> tuple[Callable[..., Any], dict[str, str]]:
        assert self.router is not None
        return self.router.find(request)


def shown(one: Transaction, number: int) -> dict[str, Any]:
    """A command as the answer to its request shows it."""
    request = one.commands[number - 1]
    return {
        "method": request.method,
        "uri": f"https://localhost{request.path}",
        **({"body": json.loads(request.body)} if request.body else {}),
        "evalOrder": number,
        "commandId": number,
        "kind": "tm:transaction:commandsstate",
        "selfLink": f"https://localhost{PATH}/{one.number}/commands/{number}",
    }
