# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The changes of BGP on one unit of BIG-IP, and the judgement of an answer that was lost."""

from __future__ import annotations

from typing import Callable, Sequence

from .._bgp.model import Instance
from .._bgp.plan import Plan, Write
from .._deadline import backoff
from .._errors import Failure, some
from . import bgp
from .contact import NoAnswer
from .session import Session
from .transaction import Step, send

MOST = 100
"""Changes in one transaction, which expires after 120 seconds."""

_PATIENCE = 30.0  # seconds until a change whose answer was lost must be visible
_MIXED = "01071c3f"


class BgpChanges:
    """done: the changes of neighbors that the unit has carried out. touched: it has carried out any change."""

    def __init__(self, session: Session, plan: Plan, password: str | None) -> None:
        self._session = session
        self._plan = plan
        self._password = password
        self.done: list[Write] = []
        self.touched = False

    @property
    def unit(self) -> str:
        return self._plan.unit

    def carry_out(self) -> None:
        """Carry out the plan. Raises Failure at the first change that BIG-IP does not carry out."""
        plan = self._plan
        if plan.enables:
            self._change([bgp.switch_step()], "Setting the database variable tmrouted.tmos.routing", None)
        if plan.creates is not None:
            self._change([bgp.instance_step(plan)], f"Creating BGP instance {plan.path}", self._has_instance)
        writes = plan.writes
        for start in range(0, len(writes), MOST):
            self._neighbors(writes[start : start + MOST])
        if plan.removes:
            doing = f"Removing BGP instance {plan.path}"
            self._change([bgp.instance_step(plan)], doing, lambda: not self._has_instance())

    def _neighbors(self, writes: Sequence[Write]) -> None:
        """Carry out all of these changes, or none."""
        doing = f"Changing the BGP neighbors {some((write.address for write in writes), most=3)}"
        steps = [bgp.neighbor_step(self._plan, write, self._password) for write in writes]
        self._change(steps, doing, lambda: self._has(writes))
        self.done += writes

    def _change(self, steps: Sequence[Step], doing: str, visible: Callable[[], bool] | None) -> None:
        """visible: reads whether the unit has the change; None if it can be sent again."""
        doing = f"{doing} on BIG-IP {self._plan.unit}"
        try:
            response = send(self._session, steps, doing)
        except NoAnswer as lost:
            if visible is None:
                response = send(self._session, steps, doing)
            else:
                self._look_for(visible, lost, doing)
                self.touched = True
                return
        if not response.ok and not (visible is not None and visible()):
            raise _refused(response.said, doing)
        self.touched = True

    def _look_for(self, visible: Callable[[], bool], lost: NoAnswer, doing: str) -> None:
        """Raise Failure if BIG-IP does not have the change whose answer was lost."""
        said, remedy = lost.said, "BIG-IP does not show the change. Run again."
        limit = self._session.deadline.sooner(_PATIENCE)
        pauses = backoff()
        try:
            while not visible():
                if not limit.pause(next(pauses)):
                    break
            else:
                return
        except Failure as unread:
            said = f"{lost.said}; {unread.message}"
            remedy = "It is unknown if BIG-IP carried out the change. Run again."
        raise Failure("bigip_no_answer", doing, said=said, remedy=remedy)

    def _instance(self) -> Instance | None:
        found = (one for _domain, one in bgp.instances(self._session) if one.path == self._plan.path)
        return next(found, None)

    def _has_instance(self) -> bool:
        return self._instance() is not None

    def _has(self, writes: Sequence[Write]) -> bool:
        instance = self._instance()
        found = {one.address: one for one in instance.neighbors} if instance else {}
        return all(found.get(write.address) == write.after for write in writes)


def _refused(said: str, doing: str) -> Failure:
    if _MIXED in said:
        remedy = (
            "Remove BGP from routingProtocol of the route domain, and set enable_tmos_routing, "
            "or use mode: external. This change was not made."
        )
        return Failure("bgp_mode_mixed", doing, said=said, remedy=remedy)
    remedy = "Nothing of this was changed. If the configuration changed meanwhile, run again."
    return Failure("bigip_refused", doing, said=said, remedy=remedy)
