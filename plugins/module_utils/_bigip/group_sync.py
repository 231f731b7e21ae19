# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A config-sync that ran to its end."""

from __future__ import annotations

from .._deadline import backoff
from .._errors import Failure
from .config_sync import synchronise
from .contact import NoAnswer
from .ltm import Ltm, SyncStatus
from .network import uri_path
from .reads import content
from .session import Session

_PATIENCE = 60.0  # seconds until the device group must be in sync
_FINAL = ("Sync Fail", "Disconnected", "Incompatible Version")
"""Beginnings of states that no waiting changes."""


def check_group(session: Session, group: str) -> None:
    """Raise Failure if BIG-IP does not have this device group: after the changes it would be too late."""
    doing = f"Reading the device group {group} of BIG-IP"
    path = group if group.startswith("/") else f"/Common/{group}"
    response = session.request("GET", f"/mgmt/tm/cm/device-group/{uri_path(path)}", doing=doing)
    if response.status == 404 and not response.unregistered:
        remedy = "Nothing was changed. Name a device group that this BIG-IP has."
        raise Failure("options", f"sync_to_group: {group}", said=response.said, remedy=remedy)
    content(response, doing)


def synchronise_and_wait(session: Session, group: str) -> SyncStatus:
    """The status after a config-sync to this group, which ran to its end.

    BIG-IP answers before it has copied anything. Raises Failure (sync_failed) if the units are not in sync
    then.
    """
    try:
        synchronise(session, group)
    except NoAnswer:
        pass  # the status shows what happened
    except Failure as refused:
        raise _failed(group, refused.said) from None
    ltm = Ltm(session)
    limit = session.deadline.sooner(_PATIENCE)
    pauses = backoff(cap=4.0)
    former = ""
    while True:
        found = ltm.sync_status()
        if found.in_sync:
            return found
        # A state of a former attempt may be shown until this one has begun.
        final = found.status == former and found.status.startswith(_FINAL)
        former = found.status
        if final or not limit.pause(next(pauses)):
            raise _failed(group, found.said)


def status(session: Session, hint: str) -> tuple[SyncStatus | None, list[str]]:
    """The config-sync status for a result, and the warning if the units differ or it is unknown.

    hint: what to do if the units differ.
    """
    try:
        found = Ltm(session).sync_status()
    except Failure as failure:
        return None, [f"The sync status of the device group is unknown. {failure.message}"]
    if found.in_sync:
        return found, []
    return found, [f"The device group is not in sync ({found.said}). {hint}"]


def _failed(group: str, said: str | None) -> Failure:
    return Failure(
        "sync_failed",
        f"Synchronising the device group {group}",
        said=said,
        remedy=f"Fix the cause, and synchronise: tmsh run cm config-sync to-group {group}.",
    )
