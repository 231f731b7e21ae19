# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, calls and tokens so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..http import Reply, Request, Router

if TYPE_CHECKING:
    from ..unit import Unit


class History:
    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def routes(self, router: Router) -> None:
        router.add("/_lab/requests", GET=self._requests, DELETE=self._forget_requests)
        router.add("/_lab/calls", GET=self._calls)
        router.add("/_lab/tokens", GET=self._tokens, DELETE=self._expire_tokens)

    def _requests(self, request: Request) -> Reply:
        return Reply(body={"items": list(self._unit.log)})

    def _forget_requests(self, request: Request) -> Reply:
        self._unit.log.clear()
        return Reply(body={})

    def _calls(self, request: Request) -> Reply:
        return Reply(body={"calls": self._unit.device.calls, "saves": self._unit.device.saves})

    def _tokens(self, request: Request) -> Reply:
        """Without the tokens themselves: a test needs their number, and a log must not contain them."""
        return Reply(
            body={
                "items": [
                    {"user": token.user, "timeout": token.timeout, "expires": token.expires}
                    for token in self._unit.auth.active()
                ]
            }
        )

    def _expire_tokens(self, request: Request) -> Reply:
        return Reply(body={"expired": self._unit.auth.expire_all()})
