# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Decides if a request to BIG-IP may be repeated, by its answer and by the earlier answers of the units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Sequence

from .._deadline import Deadline
from .._errors import Failure
from .broken import Lost, NotSent
from .response import Response
from .unit import Unit

if TYPE_CHECKING:
    from .._codes import Code

# A BIG-IP that has not answered anything yet is more likely misspelt than restarting.
FIRST_CONTACT_SECONDS = 15.0


class NoAnswer(Failure):
    """A change was sent and its answer was lost: whether it happened is unknown."""


class Retry(Exception):
    """The request in hand can be sent again.

    code, said, remedy  describe the reason if the time runs out
    after               seconds that BIG-IP asks to wait
    patience            seconds for which this reason is worth waiting
    """

    def __init__(
        self, code: Code, said: str, remedy: str, *, after: float | None = None, patience: float = math.inf
    ) -> None:
        super().__init__(said)
        self.code = code
        self.said = said
        self.remedy = remedy
        self.after = after
        self.patience = patience


class Contact:
    """The contact with the units of one BIG-IP so far."""

    def __init__(self, units: Sequence[Unit], deadline: Deadline) -> None:
        self._units = units
        self._met: set[Unit] = set()
        self.lost = False
        """The task ended because no unit answered: signing out would only wait once more."""
        self.begin(deadline)

    def begin(self, deadline: Deadline) -> None:
        """Count the time for the first answer from now on."""
        self._first_contact = deadline.sooner(FIRST_CONTACT_SECONDS)

    @property
    def patience(self) -> float:
        """Seconds for which it is worth waiting for a unit: endless once any has answered."""
        return math.inf if self._met else self._first_contact.remaining

    def judge(self, response: Response, unit: Unit, reading: bool, doing: str) -> None:
        """Return if the caller must see this answer. Otherwise raise Again (repeat the request) or Failure."""
        # A page instead of JSON comes from the web server in front: how far a change got is then unknown.
        uncertain = response.json is None and not reading
        if response.status == 429 or (response.status == 503 and not uncertain):
            remedy = "BIG-IP was busy until the timeout. Raise timeout, or run again later."
            raise Retry("bigip_busy", response.said, remedy, after=response.retry_after)
        if response.is_page and response.status >= 500 and reading:
            remedy = "The web server of BIG-IP answered in place of its REST service until the timeout."
            raise Retry("bigip_unavailable", response.said, remedy)
        if response.status == 403:
            remedy = "The account needs the role Administrator in all partitions."
            raise Failure("bigip_forbidden", doing, said=response.said, remedy=remedy)
        if response.is_page and response.status < 500 and response.status != 401:
            self._judge_page(response, unit, reading, doing)
        if not response.is_page:
            self._met.add(unit)
            self.lost = False

    def _judge_page(self, response: Response, unit: Unit, reading: bool, doing: str) -> None:
        """Judge a page with a status below 500."""
        if unit not in self._met and not response.claims_json:
            raise Failure(
                "bigip_not_found",
                f"{doing}: {unit.name} does not answer as a BIG-IP",
                said=response.said,
                remedy=(
                    "Check provider.server and provider.server_port, "
                    "and provider.proxy if there is a proxy between here and BIG-IP."
                ),
            )
        if response.ok and reading:
            # Half an answer in JSON may hold secrets.
            shown = f"HTTP {response.status}" if response.claims_json else response.said
            raise Retry(
                "bigip_answer",
                f"the answer is not JSON: {shown}",
                "Look for something between here and BIG-IP that changes answers.",
                patience=FIRST_CONTACT_SECONDS,
            )

    def reason(self, fault: NotSent | Lost | Retry, reading: bool, doing: str) -> Retry:
        """Why the request in hand may be sent again; raises NoAnswer or Failure if it may not."""
        if isinstance(fault, Retry):
            return fault
        if isinstance(fault, NotSent):
            return self._unreachable(fault, doing)
        if not reading:
            remedy = "BIG-IP may have processed the request. Check its state."
            raise NoAnswer("bigip_no_answer", doing, said=fault.said, remedy=remedy) from None
        return Retry("bigip_unreachable", fault.said, "The connection to BIG-IP breaks again and again.")

    def _unreachable(self, fault: NotSent, doing: str) -> Retry:
        names = " and ".join(unit.name for unit in self._units)
        remedy = (
            f"Check that {names} is correct and that its management port is open from here. "
            "Check for a proxy between here and BIG-IP."
        )
        if self._met:
            return Retry("bigip_unreachable", fault.said, remedy)
        if fault.hopeless:
            raise Failure(
                "bigip_unreachable", f"{doing}: {names} cannot be found", said=fault.said, remedy=remedy
            )
        return Retry("bigip_unreachable", fault.said, remedy, patience=self._first_contact.remaining)
