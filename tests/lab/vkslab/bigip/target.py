# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The target that a client of the data proxy names: CONNECT, or a request with an absolute URI."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass
class Target:
    host: str
    port: int
    first: bytes = b""  # what the client has sent already: the request in origin form, for an absolute URI
    tunnel: bool = True


def parse(head: bytes) -> Target:
    """Parse the head of a client: CONNECT, or a request with an absolute URI.

    A ValueError names the fault.
    """
    line, *fields = head.decode("latin1").split("\r\n")
    try:
        method, uri, version = line.split(" ")
    except ValueError:
        raise ValueError(f"not an HTTP request: {line[:80]}") from None
    if method == "CONNECT":
        return Target(*_authority(uri, None))
    match = re.fullmatch(r"http://([^/?#]+)(.*)", uri)
    if match is None:
        raise ValueError("this is a proxy: say CONNECT or give an absolute http:// URI")
    path = match[2] if match[2].startswith("/") else "/" + match[2]
    # one request a connection: the next one on it may be meant for another virtual server
    kept = [
        field
        for field in fields
        if field and not field.lower().startswith(("connection:", "proxy-", "keep-alive:"))
    ]
    request = "\r\n".join([f"{method} {path} {version}", *kept, "Connection: close", "", ""])
    return Target(*_authority(match[1], 80), first=request.encode("latin1"), tunnel=False)


def _authority(text: str, default_port: int | None) -> tuple[str, int]:
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:\[\]]+))(?::(\d+))?", text.rpartition("@")[2])
    port = match and (match[3] or default_port)
    if match is None or port is None:
        raise ValueError(f"not an address and port: {text}")
    return match[1] or match[2], int(port)
