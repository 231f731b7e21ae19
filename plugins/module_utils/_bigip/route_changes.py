# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Changes of BIG-IP's static routes. A lost answer is judged by the routes that BIG-IP has then."""

from __future__ import annotations

from typing import Sequence

from .._deadline import backoff
from .._errors import Failure, some
from .._routes.model import Write
from .contact import NoAnswer
from .session import Session
from .static_routes import StaticRoutes
from .transaction import send

MOST = 100
"""Changes in one transaction, which expires after 120 seconds."""

_PATIENCE = 30.0  # seconds until a change whose answer was lost must be visible
_NOT_CONNECTED = "01070330"


class RouteChanges:
    """done: the changes that BIG-IP has carried out."""

    def __init__(self, session: Session, routes: StaticRoutes) -> None:
        self._session = session
        self._routes = routes
        self.done: set[Write] = set()

    def carry_out(self, writes: Sequence[Write]) -> None:
        """Carry out all of these changes, or none. Raises Failure in the second case."""
        doing = f"Changing {some((write.path for write in writes), most=3)} on BIG-IP"
        steps = [step for write in writes for step in self._routes.steps(*write)]
        try:
            response = send(self._session, steps, doing)
        except NoAnswer as lost:
            self._look_for(writes, lost, doing)
        else:
            if not response.ok and not self._visible(writes):
                raise self._refused(response.said, doing)
        self.done.update(writes)

    def _look_for(self, writes: Sequence[Write], lost: NoAnswer, doing: str) -> None:
        """Raise Failure if BIG-IP does not have the changes whose answer was lost."""
        said, remedy = lost.said, "BIG-IP does not show the change. Run again."
        try:
            if self._become_visible(writes):
                return
        except Failure as unread:
            said = f"{lost.said}; {unread.message}"
            remedy = "It is unknown if BIG-IP carried out the change. Run again."
        raise Failure("bigip_no_answer", doing, said=said, remedy=remedy)

    def _become_visible(self, writes: Sequence[Write]) -> bool:
        """Wait for the changes: BIG-IP may still be working on the request."""
        limit = self._session.deadline.sooner(_PATIENCE)
        pauses = backoff()
        while not self._visible(writes):
            if not limit.pause(next(pauses)):
                return False
        return True

    def _visible(self, writes: Sequence[Write]) -> bool:
        """True if BIG-IP has all of these changes."""
        found = {route.path: route for route in self._routes.read()}
        return all(found.get(write.path) == write.after for write in writes)

    def _refused(self, said: str, doing: str) -> Failure:
        if _NOT_CONNECTED in said:
            remedy = "Create a self IP in the network of the nodes. Nothing of this was changed."
            return Failure("gateway_not_connected", doing, said=said, remedy=remedy)
        remedy = "Nothing of this was changed. If the configuration changed meanwhile, run again."
        return Failure("bigip_refused", doing, said=said, remedy=remedy)
