# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Finds out if BIG-IP has a path to Pod addresses, by as few requests as possible."""

from __future__ import annotations

from typing import Callable, Iterable, Protocol, Sequence

from .._errors import Failure
from .._routes.ways import NOT_LEARNT, Route, SelfIp, Ways

_MAY_NOT_READ = ("bigip_forbidden", "bigip_refused")


class Networks(Protocol):
    """The part of _bigip.ltm.Ltm in use."""

    def routes(self) -> Sequence[Route]: ...

    def learnt_routes(self) -> Sequence[Route]: ...

    def self_ips(self) -> Sequence[SelfIp]: ...


class PodPaths:
    """The routes of one BIG-IP for one task. Each table is read once, when a question needs it.

    not_learnt  why the routes that BIG-IP learnt could not be read; None if they could, or were not needed
    """

    def __init__(self, ltm: Networks) -> None:
        self._routes: Sequence[Route] = ()
        self._learnt: Sequence[Route] = ()
        self._self_ips: Sequence[SelfIp] = ()
        self._ways = Ways()
        self._denied = False
        self.not_learnt: str | None = None
        # A self IP in the Pod network is rarer than BGP, and each of the three costs a request.
        self._unread: list[Callable[[], None]] = [
            lambda: self._read_routes(ltm),
            lambda: self._read_learnt(ltm),
            lambda: self._read_self_ips(ltm),
        ]

    def routable(self, addresses: Sequence[str], domain: int, published: bool) -> bool | None:
        """The answer for mode auto: True if BIG-IP has a path to each address.

        None if the account may not read that, so nothing is chosen because of it. For a pool that is published
        as cluster only the static routes are read, so a run without a change stays within five requests. A pool
        that the routes do not cover keeps its mode, as with any missing evidence.
        """
        if not self._lacking(addresses, domain, leave_unread=2 if published else 0):
            return True
        return None if self._denied or self.not_learnt or published else False

    def missing(self, addresses: Iterable[str], domain: int) -> list[str]:
        """The addresses to which BIG-IP has no path; none if the account may not read its static routes."""
        lacking = self._lacking(list(addresses), domain)
        return [] if self._denied else lacking

    def _lacking(self, addresses: Sequence[str], domain: int, leave_unread: int = 0) -> list[str]:
        """The addresses without a path, after no more reads than it takes to find one for each."""
        while True:
            lacking = [one for one in addresses if not self._ways.is_proved(one, domain)]
            if not lacking or len(self._unread) <= leave_unread:
                return lacking
            try:
                self._unread.pop(0)()
            except Failure as failure:
                if failure.code not in _MAY_NOT_READ:
                    raise
                self._denied = True
            self._ways = Ways(self._self_ips, [*self._routes, *self._learnt])

    def _read_routes(self, ltm: Networks) -> None:
        self._routes = ltm.routes()

    def _read_learnt(self, ltm: Networks) -> None:
        try:
            self._learnt = ltm.learnt_routes()
        except Failure as failure:
            if failure.code not in NOT_LEARNT:
                raise
            self.not_learnt = failure.message

    def _read_self_ips(self, ltm: Networks) -> None:
        self._self_ips = ltm.self_ips()
