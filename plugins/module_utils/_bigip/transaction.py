# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Several changes of BIG-IP as one transaction: all of them happen, or none.

Until the transaction is committed, BIG-IP only collects its requests. So after a lost answer
before that, another transaction is begun. The answer to the commit decides. If it is lost, the caller reads
the state.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Mapping, NamedTuple, Sequence

from .._errors import Failure
from .contact import NoAnswer
from .response import Response
from .session import Session

_PATH = "/mgmt/tm/transaction"
_ATTEMPTS = 3


class Step(NamedTuple):
    """One request that changes an object."""

    method: str
    path: str
    body: Mapping[str, Any] | None = None


class _Expired(Exception):
    """BIG-IP does not know the transaction any more: it expired, or another unit became active."""


def send(session: Session, steps: Sequence[Step], doing: str) -> Response:
    """The answer that decides about these changes.

    A single change is one request, and needs no transaction. Raises NoAnswer if the deciding answer was lost,
    and Failure (bigip_refused) if BIG-IP refuses a step: then nothing was changed.
    """
    if len(steps) == 1:
        (only,) = steps
        return session.request(only.method, only.path, json=only.body, doing=doing)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            number = _collected(session, steps, doing)
        except (NoAnswer, _Expired) as lost:
            if attempt == _ATTEMPTS:
                raise _given_up(lost, doing) from None
            session.find_active_again()
            continue
        return _committed(session, number, doing)
    raise AssertionError("the last attempt returns or raises")


def _collected(session: Session, steps: Sequence[Step], doing: str) -> str:
    """The number of a new transaction that has these steps."""
    response = session.request("POST", _PATH, json={}, doing=f"{doing}: beginning a transaction")
    number = response.json.get("transId") if isinstance(response.json, dict) else None
    if not response.ok or not isinstance(number, int):
        raise Failure("bigip_refused", doing, said=response.said, remedy="Nothing was changed.")
    for step in steps:
        response = session.request(
            step.method, step.path, json=step.body, doing=doing, transaction=str(number)
        )
        if not response.ok:
            if response.status == 404 and "transaction" in response.said.lower():
                raise _Expired(response.said)
            _discard(session, number)
            raise Failure("bigip_refused", doing, said=response.said, remedy="Nothing was changed.")
    return str(number)


def _committed(session: Session, number: str, doing: str) -> Response:
    """The answer to the commit."""
    response = session.request("PATCH", f"{_PATH}/{number}", json={"state": "VALIDATING"}, doing=doing)
    if not response.ok:
        _discard(session, number)
    return response


def _discard(session: Session, number: object) -> None:
    """Delete a transaction that failed. BIG-IP deletes it too, after two minutes."""
    with suppress(Failure):
        session.request("DELETE", f"{_PATH}/{number}", doing="Deleting a transaction")


def _given_up(lost: Exception, doing: str) -> Failure:
    said = lost.said if isinstance(lost, NoAnswer) else str(lost)
    remedy = (
        "The connection breaks, or the transaction expires, at each attempt. Nothing was changed. Run again."
    )
    return Failure("bigip_no_answer", doing, said=said, remedy=remedy)
