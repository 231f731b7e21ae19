# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The routes that BIG-IP learnt from a routing protocol, such as BGP: docs/decisions/0050-learnt-routes.md.

They are in the route table of tmsh show net route, and not among the objects of /mgmt/tm/net/route. A row
has the columns name, destination, type, next hop and origin. No source confirms the names of the columns in
iControl REST, so their values decide: the origin is a word of _ORIGINS, the destination has a prefix length.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Mapping

from .._errors import Failure
from . import network
from .network import Route
from .reads import content, nested, split_domain, value
from .session import Session

_TABLE = "/mgmt/tm/net/route/stats"
_DYNAMIC = "dynamic"
_ORIGINS = frozenset({"connected", "static", _DYNAMIC})


def routes(session: Session) -> tuple[Route, ...]:
    """The learnt routes, each with its destination as its name.

    Raises Failure if BIG-IP refuses to read them (bigip_refused), or if no row has an origin (bigip_answer).
    """
    doing = "Reading the route table of BIG-IP"
    rows = [_texts(row) for row in nested(content(session.request("GET", _TABLE, doing=doing), doing))]
    if not any(_ORIGINS.intersection(row) for row in rows):
        raise Failure("bigip_answer", doing, said="no route in the answer has an origin")
    found = (_route(row) for row in rows if _DYNAMIC in row)
    return tuple(route for route in found if route is not None)


def _texts(row: Mapping[str, Any]) -> list[str]:
    return [text for text in (value(row, name) for name in row) if isinstance(text, str)]


def _route(row: list[str]) -> Route | None:
    """The route of a row; None if no text of it is a network."""
    gateway = next((text for text in row if "/" not in text and split_domain(text)[0]), None)
    for text in row:
        if "/" in text or text.startswith("default"):
            route = network.route({"fullPath": text, "network": text, "gw": gateway})
            if _is_network(route.network):
                return route
    return None


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
