# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe of a monitor: the request, and the judgement of the answer."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass, field

from .device import Monitor
from .reach import Unreachable, Way

# net's (and our own) messages for an address without a host; any other refusal comes from an existing host
_NOBODY = ("has the address", "is not an address", "no virtual server", "no route to")
Key = tuple[str, str, int]  # monitor path, address, port
Target = tuple[str, str]  # pool path, member path


@dataclass
class Probed:
    """The probes of one monitor to one address and port."""

    key: Key
    monitor: Monitor
    address: str
    port: int
    targets: set[Target] = field(default_factory=set)
    created: float = 0.0
    succeeded: float = float("-inf")
    failing: float | None = None  # since when no probe has succeeded
    reason: str = ""
    ticket: int = 0  # its place in a queue; a later one makes an earlier one void
    running: bool = False
    again: bool = False
    gone: bool = False


async def probe(way: Way, instance: Probed) -> str:
    """Empty if the member answered as it should, else why not."""
    monitor = instance.monitor
    stream = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(stream)
    try:
        transport = await way.connect(instance.address, instance.port, protocol)
    except Unreachable as error:
        if monitor.type in ("icmp", "gateway-icmp", "udp") and not any(
            words in str(error) for words in _NOBODY
        ):
            return ""
        raise
    try:
        if monitor.type not in ("http", "https", "http2", "tcp") or (
            monitor.type == "tcp" and not (_said(monitor.send) or _said(monitor.receive))
        ):
            return ""
        if monitor.type == "https":
            secured = await asyncio.get_running_loop().start_tls(transport, protocol, _any_certificate())
            if secured is None:
                return "SSL handshake failed"
            transport = secured
        if _said(monitor.send):
            transport.write(_wire(monitor))
        return await _answer(stream, monitor)
    finally:
        transport.abort()


def _wire(monitor: Monitor) -> bytes:
    """The send string with its escapes; a BIG-IP ends an HTTP request with an empty line if the string does
    not."""
    text = (monitor.send or "").replace("\\r", "\r").replace("\\n", "\n")
    if monitor.type in ("http", "https", "http2"):
        line, _end, rest = text.partition("\r\n")
        if (
            len(line.split()) == 2
        ):  # BIG-IP's own "GET /" is HTTP/0.9, which servers outside of this lab still understand
            line += " HTTP/1.0"
        text = f"{line}\r\n{rest}"
        if not text.endswith("\r\n\r\n"):
            text = text.rstrip("\r\n") + "\r\n\r\n"
    return text.encode()


def _said(text: str | None) -> str:
    """tmsh reads the word none as no string at all.

    AS3 gives it to every tcp monitor that has no strings, and CIS relies on it.
    """
    return "" if text is None or text == "none" else text


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(_said(text)) if _said(text) else None


async def _answer(stream: asyncio.StreamReader, monitor: Monitor) -> str:
    """Any answer will do, unless a receive string is set: that is looked for in the first 5,120 bytes."""
    wanted, down = _pattern(monitor.receive), _pattern(monitor.receive_down)
    text = ""
    while len(text) < 5120:
        data = await stream.read(5120)
        text += data.decode("latin1")
        if wanted is None and down is None:
            return "" if text else "The connection was closed without an answer"
        if wanted and wanted.search(text):
            return "Reverse monitor: the receive string was found" if monitor.reverse else ""
        if down and down.search(text):
            return "The receive-disable string was found"
        if not data:
            break
    if monitor.reverse and text:
        return ""
    return f"Response did not match the receive string: {text.splitlines()[0] if text else 'no data'}"


def _any_certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
