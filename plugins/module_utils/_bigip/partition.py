# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Partitions of BIG-IP."""

from __future__ import annotations

from typing import Iterator
from urllib.parse import quote

from .._errors import Failure, some
from .contact import NoAnswer
from .response import mappings
from .session import Session

_PATH = "/mgmt/tm/auth/partition"

KINDS: dict[str, str] = {
    "sys/folder": "folder",
    "ltm/virtual": "virtual server",
    "ltm/virtual-address": "virtual address",
    "ltm/pool": "pool",
    "ltm/node": "node",
    "ltm/policy": "policy",
    "ltm/rule": "iRule",
    "ltm/snatpool": "SNAT pool",
    "ltm/snat-translation": "SNAT translation",
    "ltm/data-group/internal": "data group",
    "ltm/monitor/external": "monitor",
    "ltm/monitor/gateway-icmp": "monitor",
    "ltm/monitor/http": "monitor",
    "ltm/monitor/https": "monitor",
    "ltm/monitor/tcp": "monitor",
    "ltm/monitor/tcp-half-open": "monitor",
    "ltm/monitor/udp": "monitor",
    "ltm/persistence/cookie": "persistence profile",
    "ltm/persistence/source-addr": "persistence profile",
    "ltm/profile/client-ssl": "profile",
    "ltm/profile/fastl4": "profile",
    "ltm/profile/http": "profile",
    "ltm/profile/http2": "profile",
    "ltm/profile/one-connect": "profile",
    "ltm/profile/server-ssl": "profile",
    "ltm/profile/tcp": "profile",
    "ltm/profile/udp": "profile",
    "sys/file/ssl-cert": "certificate",
    "sys/file/ssl-key": "key",
    "net/self": "self IP",
    "net/route": "route",
    "net/route-domain": "route domain",
    "net/vlan": "VLAN",
    "net/tunnels/tunnel": "tunnel",
}
"""The usual kinds of objects in a partition.

BIG-IP has about 200 and no list of them; it refuses to remove a partition with any of them.
"""

_NOT_EMPTY = (
    "0107082a",
    "010713f9",
)  # numbers of BIG-IP's refusals: all objects must be removed, the folder contains an item


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
        raise Failure(
            "bigip_refused",
            doing,
            said=response.said,
            remedy="The account needs the role Administrator in all partitions.",
        )


def check_empty(session: Session, name: str) -> None:
    """Raise Failure if the partition has any object of a usual kind."""
    contents = [f"{KINDS[kind]} {path}" for kind in KINDS for path in sorted(_paths(session, kind, name))]
    if contents:
        raise Failure(
            "partition_not_empty",
            _removing(name),
            said=f"it contains {some(contents)}",
            remedy=(
                "Remove its contents first: applications of vks.bigip.publish, and a tenant by "
                "vks.bigip.as3_declaration, each with state: absent."
            ),
            contents=contents,
        )


def remove(session: Session, name: str) -> None:
    try:
        response = session.request("DELETE", f"{_PATH}/{quote(name, safe='')}", doing=_removing(name))
    except NoAnswer:
        if exists(session, name):
            raise
        return
    if response.ok or (response.status == 404 and not response.unregistered):
        return
    if any(number in response.said for number in _NOT_EMPTY):
        command = f'tmsh -q -c "cd /{name}; list recursive one-line"'
        remedy = f"On BIG-IP, '{command}' shows the contents. Remove them, then run again."
        raise Failure("partition_not_empty", _removing(name), said=response.said, remedy=remedy)
    raise Failure(
        "bigip_refused",
        _removing(name),
        said=response.said,
        remedy="The account needs the role Administrator in all partitions.",
    )


def _removing(name: str) -> str:
    return f"Removing the partition {name} from BIG-IP"


def _paths(session: Session, kind: str, name: str) -> Iterator[str]:
    """The objects of one kind in the partition.

    BIG-IP does not file folders under a partition, so all of them are read.
    """
    doing = f"Reading what the partition {name} of BIG-IP contains ({kind})"
    params = {"$select": "fullPath", **({} if kind == "sys/folder" else {"$filter": f"partition eq {name}"})}
    response = session.request("GET", f"/mgmt/tm/{kind}", params=params, doing=doing)
    if response.status == 404 and not response.unregistered:
        return  # this BIG-IP has no objects of the kind, or the partition was removed meanwhile
    if not response.ok or not isinstance(response.json, dict):
        raise Failure("bigip_refused", doing, said=response.said)
    for item in mappings(response.json):
        path = str(item.get("fullPath"))
        if path.startswith(f"/{name}/"):
            yield path
