# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Joins the engine with a BIG-IP for `as3_declaration`: any AS3 declaration, deployed or removed.

It differs from publish in its goals (the user's content) and in its planner: a tenant that the content names
is replaced whole, as AS3 itself does.
"""

from __future__ import annotations

import contextlib
import functools
from typing import Any, Callable, Iterable, Iterator, Mapping

from .._bigip.as3 import As3
from .._bigip.config_sync import synchronise
from .._bigip.ltm import Ltm
from .._bigip.outcome import Outcome
from .._bigip.session import Session
from .._deadline import Deadline
from .._plan.declared import DeclaredPlanner
from .._publish.content_goals import ContentGoals
from .._publish.content_report import content_result
from .._publish.engine import Engine, Parts
from .._publish.interfaces import BigIp, Interfaces
from .._publish.options import DeclarationOptions
from .._request import content


def deploy(
    params: Mapping[str, Any], hide: Callable[[Iterable[str]], None], check_mode: bool
) -> dict[str, Any]:
    """The result of as3_declaration; it holds `failure` if the task must fail."""
    options = DeclarationOptions.from_params(params)
    deadline = Deadline(options.run.timeout)
    request = content.check(options)

    @contextlib.contextmanager
    def bigip() -> Iterator[BigIp]:
        with Session(params["provider"], deadline, hide) as session:
            as3 = _WithHead(As3(session), request.head)
            sync = functools.partial(synchronise, session)
            yield BigIp(as3, Ltm(session), None, sync, session.requests, session.warnings)

    planner = DeclaredPlanner(request.only, options.absent, check_mode)
    parts = Parts(request, ContentGoals(options, request), planner, content_result)
    return Engine(parts, options.run, Interfaces(bigip, deadline, [], hide), check_mode).run()


class _WithHead:
    """An As3 that sends the user's own properties of the declaration beside the tenants."""

    def __init__(self, as3: As3, head: Mapping[str, Any]) -> None:
        self._as3 = as3
        self._head = head
        self.declaration = as3.declaration
        self.others = as3.others
        self.info = as3.info
        self.remove = as3.remove

    def submit(self, body: Mapping[str, Any], *, tenant: str | None = None) -> Outcome:
        """As As3.submit."""
        if tenant is not None:
            version = {key: value for key, value in self._head.items() if key == "schemaVersion"}
            return self._as3.submit({**body, **version}, tenant=tenant)
        return self._as3.submit({**body, **self._head})
