# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The meaning of a failed exchange with BIG-IP: not sent, lost, or final."""

from __future__ import annotations

import socket
import ssl
from typing import Iterator
from urllib.parse import urlsplit

from .. import _exchange
from .._errors import Failure
from .unit import Unit


class NotSent(Exception):
    """The request certainly did not reach BIG-IP.

    hopeless: no repetition helps, because the name is unknown.
    """

    def __init__(self, said: str, hopeless: bool = False) -> None:
        self.said = said
        self.hopeless = hopeless


class Lost(Exception):
    """The request was sent, or part of it, and no whole answer came: BIG-IP may have acted on it."""

    def __init__(self, said: str) -> None:
        self.said = said


def explained(error: Exception, unit: Unit, proxy: str | None) -> Exception:
    """NotSent, Lost, or a Failure that no repetition can change, for the exception of an exchange.

    error: of requests, urllib3 or the system.

    proxy: the URL of the proxy that the request went through.
    """
    from requests import exceptions
    from urllib3 import exceptions as of_urllib3

    causes = list(_causes(error))
    said = _words(causes)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, unit)
    if isinstance(error, exceptions.ProxyError):
        return NotSent(f"through the proxy {_without_password(proxy or '')}: {said}")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return NotSent(said, hopeless=True)
    if any("WRONG_VERSION_NUMBER" in str(cause) for cause in causes):
        doing = f"BIG-IP {unit.name} does not speak TLS at {unit.url}"
        return Failure(
            "bigip_tls", doing, said=said, remedy="Check provider.server and provider.server_port."
        )
    if isinstance(error, exceptions.ConnectTimeout):
        return NotSent("no answer to the attempt to connect")
    if isinstance(error, (exceptions.ReadTimeout, of_urllib3.ReadTimeoutError)):
        return Lost("no answer in time")
    if any(type(cause).__name__ == "NewConnectionError" for cause in causes):
        return NotSent(said)
    if isinstance(error, (exceptions.ConnectionError, of_urllib3.HTTPError, _exchange.Undecodable)):
        return Lost(said)
    doing = f"Could not set up the connection to BIG-IP {unit.name}"
    return Failure("bigip_options", doing, said=said, remedy="Check provider.server and provider.proxy.")


def _untrusted(error: ssl.SSLCertVerificationError, unit: Unit) -> Failure:
    return Failure(
        "bigip_tls",
        f"The certificate of BIG-IP {unit.name} is not trusted",
        said=error.verify_message or str(error),
        remedy=(
            "Set provider.ca_cert to the certificate of the authority that signed it, "
            "and name BIG-IP in provider.server as its certificate does."
        ),
    )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url if "@" not in parts.netloc else url.replace(parts.netloc, parts.netloc.rsplit("@", 1)[1])


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all its causes, outermost first.

    The libraries keep causes in arguments and in `reason`.
    """
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        parts = [*current.args, getattr(current, "reason", None), current.__cause__, current.__context__]
        todo += [part for part in parts if isinstance(part, BaseException)]


def _words(causes: list[BaseException]) -> str:
    """The system's own words: outer layers repeat the URL, which may contain a token."""
    for cause in reversed(causes):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    for cause in reversed(causes):
        text = cause.args[0] if len(cause.args) == 1 else None
        if isinstance(text, str) and "url:" not in text:
            return text
    return type(causes[0]).__name__
