# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Partitions of BIG-IP. This module util is PRIVATE to the collection."""

from __future__ import annotations

from urllib.parse import quote

from .._errors import Failure
from .session import NoAnswer, Session

_PATH = "/mgmt/tm/auth/partition"


def exists(session: Session, name: str) -> bool:
    doing = f"Reading the partition {name} of BIG-IP"
    response = session.request("GET", f"{_PATH}/{quote(name, safe='')}", doing=doing)
    if response.status == 404 and not response.unregistered:
        return False
    if not response.ok:
        raise Failure("bigip_refused", doing, said=response.said)
    return True


def create(session: Session, name: str, description: str | None) -> None:
    doing = f"Making the partition {name} on BIG-IP"
    body = {"name": name, **({"description": description} if description else {})}
    try:
        response = session.request("POST", _PATH, json=body, doing=doing)
    except NoAnswer:
        if not exists(session, name):
            raise
        return
    if not response.ok and not (response.status == 409 and exists(session, name)):
        raise Failure("bigip_refused", doing, said=response.said, remedy="The account needs the role Administrator in all partitions.")
