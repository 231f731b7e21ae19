# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The units of a BIG-IP, as the user names them."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._errors import Failure


@dataclass(frozen=True)
class Unit:
    """One BIG-IP: the name that the user gave it, and its URL."""

    name: str
    url: str


def parse(server: str, port: int, scheme: str) -> Unit:
    """A unit from `server`: a name, an address, host:port, or a pasted https URL.

    Raises Failure for any other text.
    """
    text = server.strip()
    if "://" in text:
        given_scheme, text = text.split("://", 1)
        if given_scheme != "https":
            remedy = "iControl REST is reached by https: give only the name or address."
            raise Failure("bigip_options", f"provider.server is {server!r}", remedy=remedy)
        text = text.rstrip("/")
    try:
        host = f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        host = text
    try:
        parts = urlsplit(f"//{host}")
        if (
            not parts.hostname
            or parts.path
            or parts.query
            or "@" in host
            or any(char.isspace() for char in host)
        ):
            raise ValueError(host)
        given_port = parts.port
    except ValueError:
        remedy = "Give a host name or an IP address, with :port behind it if needed."
        raise Failure("bigip_options", f"provider.server holds {server!r}", remedy=remedy) from None
    name = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
    return Unit(text, f"{scheme}://{name}:{given_port or port}")
