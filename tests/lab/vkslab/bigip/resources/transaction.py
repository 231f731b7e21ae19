# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``transaction``: creates one, shows it with its commands, commits it, drops it."""

from __future__ import annotations

from ..http import Reply, Request, Router, TmError
from ..transactions import TIMEOUT, Transaction, shown
from .base import TM, Resource
from .shapes import INVALID, Item, collection, self_link

_COMPONENT = "transaction"


class TransactionResource(Resource):
    def routes(self, router: Router) -> None:
        router.add(f"{TM}/{_COMPONENT}", GET=self._list, POST=self._create)
        router.add(f"{TM}/{_COMPONENT}/{{number}}", GET=self._get, PATCH=self._commit, DELETE=self._drop)
        router.add(f"{TM}/{_COMPONENT}/{{number}}/commands", GET=self._commands)

    def _list(self, request: Request) -> Reply:
        items = (_item(one, "STARTED") for one in self.backend.transactions.all())
        return Reply(body=collection("tm:transactioncollectionstate", _COMPONENT, items, request))

    def _create(self, request: Request) -> Reply:
        """``timeoutSeconds`` sets another timeout than that of a BIG-IP."""
        timeout = float(request.json().get("timeoutSeconds", TIMEOUT))
        return Reply(body=_item(self.backend.transactions.create(timeout), "STARTED"))

    def _get(self, request: Request, number: str) -> Reply:
        return Reply(body=_item(self.backend.transactions.find(number), "STARTED"))

    def _commands(self, request: Request, number: str) -> Reply:
        one = self.backend.transactions.find(number)
        items = (shown(one, place) for place in range(1, len(one.commands) + 1))
        where = f"{_COMPONENT}/{number}/commands"
        return Reply(body=collection("tm:transaction:commandscollectionstate", where, items, request))

    def _commit(self, request: Request, number: str) -> Reply:
        body = request.json()
        one = self.backend.transactions.find(number)
        if body.get("state") != "VALIDATING":
            raise TmError(400, f'invalid property value "state":"{body.get("state")}"', INVALID)
        only = bool(body.get("validateOnly"))
        self.backend.transactions.commit(one, validate_only=only)
        return Reply(body=_item(one, "STARTED" if only else "COMPLETED"))

    def _drop(self, request: Request, number: str) -> Reply:
        self.backend.transactions.drop(self.backend.transactions.find(number))
        return Reply()


def _item(one: Transaction, state: str) -> Item:
    return {
        "transId": one.number,
        "state": state,
        "timeoutSeconds": int(one.timeout) if one.timeout >= 1 else one.timeout,
        "asyncExecution": False,
        "validateOnly": False,
        "executionTimeout": 300,
        "executionTime": 0,
        "failureReason": "",
        "kind": "tm:transactionstate",
        "selfLink": self_link(f"{_COMPONENT}/{one.number}"),
    }
