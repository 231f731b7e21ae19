# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, answers, errors and routes in the shapes of a BIG-IP's management interface."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

JSON = "application/json; charset=UTF-8"
HTML = "text/html; charset=iso-8859-1"

_operation_ids = itertools.count(6_229_426)


@dataclass
class Request:
    """One request. ``path`` is as sent (percent-encoded), so a name may contain an encoded slash."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    peer: str = "127.0.0.1"
    user: str = ""

    def json(self) -> dict[str, Any]:
        """The body as an object; restjavad's own 400 when it is none."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError as error:
            raise RestError(400, f"Found invalid JSON body in the request: {error}") from None
        if not isinstance(value, dict):
            raise RestError(400, "Found invalid JSON body in the request: an object is wanted")
        return value


@dataclass
class Reply:
    status: int = 200
    body: Any = None
    text: str | None = None
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def encoded(self) -> bytes:
        if self.text is not None:
            return self.text.encode()
        return (
            b""
            if self.body is None
            else json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()
        )


class RestError(Exception):
    """An error of restjavad, the Java framework in front of every worker (``kind: :resterrorresponse``)."""

    def __init__(self, code: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.headers = code, message, headers or {}

    def reply(self, request: Request) -> Reply:
        body: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.code == 400 and request.body:
            body["originalRequestBody"] = _without_password(request.body)
        body |= {
            "referer": request.peer,
            "restOperationId": next(_operation_ids),
            "kind": ":resterrorresponse",
        }
        return Reply(self.code, body, headers=self.headers)


class TmError(RestError):
    """An error of icrd, which serves /mgmt/tm (``errorStack``, ``apiError``); mcpd's texts begin with their
    number."""

    def __init__(self, code: int, message: str, api_error: int = 3) -> None:
        super().__init__(code, message)
        self.api_error = api_error

    def reply(self, request: Request) -> Reply:
        return Reply(
            self.code,
            {"code": self.code, "message": self.message, "errorStack": [], "apiError": self.api_error},
        )


def not_registered(path: str) -> RestError:
    """restjavad's answer for a path without a registered worker: AS3 is missing, or still starts."""
    uri = path.removeprefix("/mgmt")
    return RestError(
        404,
        f"Public URI path not registered: {uri}. Please see /var/log/restjavad.0.log and "
        "/var/log/restnoded/restnoded.log for details.",
    )


def html_error(status: int, title: str, text: str) -> Reply:
    """Apache's own error page: what answers while restjavad does not."""
    page = (
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
        f"<title>{status} {title}</title>\n</head><body>\n<h1>{title}</h1>\n<p>{text}</p>\n</body></html>\n"
    )
    return Reply(status, text=page, content_type=HTML)


def async_context_timeout() -> Reply:
    """Jetty's page when a worker did not answer in restjavad's time; whether the worker did its work is
    unknown."""
    page = (
        '<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"/>\n'
        "<title>Error 500 AsyncContext timeout</title>\n</head>\n<body>\n<h2>HTTP ERROR: 500</h2>\n"
        "<p>Problem accessing /mgmt. Reason:\n<pre>    AsyncContext timeout</pre></p>\n<hr "
        "/><i><small>Powered by Jetty://</small></i>\n</body>\n</html>\n"
    )
    return Reply(500, text=page, content_type="text/html;charset=ISO-8859-1")


def unavailable() -> Reply:
    """Apache's page while restjavad restarts."""
    return html_error(
        503,
        "Service Unavailable",
        "The server is temporarily unable to service your\nrequest due to maintenance downtime or "
        "capacity\nproblems. Please try again later.",
    )


def _without_password(body: bytes) -> str:
    try:
        value = json.loads(body)
    except ValueError:
        return body.decode("utf8", "replace")
    if isinstance(value, dict):
        value.pop("password", None)
    return json.dumps(value, separators=(",", ":"))


Handler = Callable[..., Any | Awaitable[Any]]


class Router:
    """Method and path to handler.

    ``{name}`` in a pattern is one path segment. The handler gets it percent-decoded.
    """

    def __init__(self) -> None:
        self._routes: list[tuple[re.Pattern[str], dict[str, Handler]]] = []

    def add(self, pattern: str, **handlers: Handler) -> None:
        """``add("/mgmt/tm/ltm/pool/{name}", GET=..., PATCH=...)``; a handler takes the request and the
        segments by name."""
        expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        self._routes.append((re.compile(expression + "/?"), handlers))

    def find(self, request: Request) -> tuple[Handler, dict[str, str]]:
        for expression, handlers in self._routes:
            match = expression.fullmatch(request.path)
            if match is None:
                continue
            if request.method not in handlers:
                raise RestError(405, f"Method Not Allowed: {request.method} {request.path}")
            return handlers[request.method], {
                name: unquote(value) for name, value in match.groupdict().items()
            }
        if request.path.startswith("/mgmt/tm/"):
            raise TmError(
                404, f"Found unexpected URI tmapi_mapper/{request.path.removeprefix('/mgmt/tm/')}.", 1
            )
        raise not_registered(request.path)


def full_path(name: str) -> str:
    """``~T~A~pool`` of a URI is ``/T/A/pool``; a bare name lives in Common."""
    return name.replace("~", "/") if name.startswith("~") else f"/Common/{name}"


def uri_name(path: str) -> str:
    return path.replace("/", "~")
