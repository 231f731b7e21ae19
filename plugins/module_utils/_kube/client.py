# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Requests to one cluster's Kubernetes API, each repeated within the task's deadline.

The kubernetes package supplies configuration, authentication and TLS. Requests use the connection pool that
it makes. Answers are read with json, because the package's model objects cost ten times as much.
"""

from __future__ import annotations

import base64
import datetime
import json
import os
import time
from typing import Any, Callable, Mapping
from urllib.parse import quote, urlencode

from .. import _exchange
from .._boundary import notices, systems
from .._deadline import Deadline, backoff
from .._foreign import Unreadable, from_json, number
from . import errors
from .configuration import configure, credentials_in, impersonation, is_here, server_of
from .errors import Conflict, Forbidden, NotFound, NotJson, Retry
from .options import DEFAULT_MB
from .unverified import warning

__all__ = ["Client", "Conflict", "Forbidden", "NotFound"]

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
MANAGER = "vks.bigip"  # who wrote a field, in managedFields
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
_AGENT = "vks.bigip (Ansible collection)"
# How often an address is tried that never answered: a wrong one should fail soon.
FIRST_TRIES = 3
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
_LEAST_SECONDS = 1.0  # for an answer that is not waited for as long as the task may take


def preload() -> None:
    """Import the package that each connection needs. Raises ImportError."""
    import kubernetes.client  # noqa: F401


class Client:
    """One cluster's API.

    `doing` names a request in errors ("listing Services in namespace default"). `right` is what a 403 asks
    for, as verb, resource, group and namespace. Each request raises Failure (_kube.errors) if it has no
    success within the deadline.
    """

    def __init__(self, options: Mapping[str, Any], deadline: Deadline) -> None:
        self.deadline = deadline
        self.requests = 0
        """How many requests were sent."""
        self.server_time = time.time()
        """Seconds since the epoch by the server's own clock: ages are compared with what it wrote."""
        self.warn: Callable[[str], None] = lambda text: None
        """Takes what was left out of a list, and why: once, however often the list is read."""
        self._warned: set[str] = set()
        self._answered = False
        self._limit = int(options.get("max_response_mb") or DEFAULT_MB) * _exchange.MEGABYTE
        self._watch = _exchange.Watch()
        try:
            self.configuration = configure(options)
        except ValueError as error:  # of a malformed URL
            raise errors.unusable(error) from None
        self._impersonate = impersonation(options)
        self.server = server_of(str(self.configuration.host), bool(options.get("allow_http")))
        self.configuration.host = self.server
        self._encoding = "identity" if is_here(self.server) else "gzip"
        # Noted here: the kubernetes package reads the kubeconfig again with each token, and takes the option
        # back.
        unverified = not self.configuration.verify_ssl and self.server.lower().startswith("https:")
        self.unverified = warning(options, os.environ) if unverified else None
        """The warning of a certificate that is not verified; None if it is."""
        self._pool = self._connect()

    def _connect(self) -> Any:
        """The pool of connections that the kubernetes package makes of the configuration."""
        import kubernetes
        import urllib3

        if (
            not self.configuration.verify_ssl
        ):  # the user's choice, which urllib3 need not repeat at every request
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        try:
            pool = kubernetes.client.ApiClient(self.configuration).rest_client.pool_manager
            self._watch.attach(pool)
        except (OSError, ValueError) as error:
            raise errors.unusable(error) from None
        return pool

    def close(self) -> None:
        self._pool.clear()

    def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        doing: str,
        right: Mapping[str, str],
        accept: str = JSON,
    ) -> dict[str, Any]:
        """The JSON object at `path`."""
        return self.decoded(self.raw(path, query, doing=doing, right=right, accept=accept), doing)

    def raw(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        doing: str,
        right: Mapping[str, str],
        accept: str = JSON,
    ) -> bytes:
        """The same, as the server sent it."""
        return self._send("GET", path, query, accept=accept, doing=doing, right=right)

    def decoded(self, data: bytes, doing: str, *, any_depth: bool = False) -> dict[str, Any]:
        """The JSON object of an answer. Raises NotJson. any_depth: see _foreign.from_json."""
        try:
            content = from_json(data, len(data), any_depth=any_depth)
        except Unreadable as unreadable:
            raise self.not_json(data, doing, str(unreadable)) from None
        if not isinstance(content, dict):
            raise self.not_json(data, doing, "it is not an object of JSON")
        return content

    def left_out(self, text: str) -> None:
        """Warn of an object that was left out, once."""
        if text not in self._warned:
            self._warned.add(text)
            self.warn(text)

    def not_json(self, data: bytes, doing: str, why: str) -> NotJson:
        return errors.not_json(data, doing, why, self.server)

    def text(
        self, path: str, query: Mapping[str, str], *, doing: str, right: Mapping[str, str], deadline: Deadline
    ) -> str:
        """The text at `path`: a Pod's log, which a kubelet has to send. It is asked for until `deadline`."""
        sent = self._send("GET", path, query, accept="*/*", doing=doing, right=right, deadline=deadline)
        return sent.decode(errors="replace")

    def patch(
        self,
        path: str,
        body: Mapping[str, Any],
        query: Mapping[str, str] | None = None,
        *,
        doing: str,
        right: Mapping[str, str],
    ) -> dict[str, Any]:
        """The object after a JSON merge patch.

        It is sent again if the answer is lost: a patch sets a state, or names a resourceVersion (then
        Conflict is raised).
        """
        sent = self._send(
            "PATCH", path, {"fieldManager": MANAGER, **(query or {})}, body=body, doing=doing, right=right
        )
        return self.decoded(sent, doing)

    def create(
        self, path: str, body: Mapping[str, Any], *, doing: str, right: Mapping[str, str]
    ) -> dict[str, Any]:
        """The new object in the collection at `path`.

        It is sent again if the answer is lost. Conflict is raised if the object exists, also when the lost
        request has created it.
        """
        return self.decoded(
            self._send("POST", path, {"fieldManager": MANAGER}, body=body, doing=doing, right=right), doing
        )

    def delete(self, path: str, uid: str, *, doing: str, right: Mapping[str, str]) -> None:
        """Delete the object of this uid.

        It is sent again if the answer is lost. An object that does not exist any more, or has another uid,
        counts as deleted.
        """
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid}}
        try:
            self._send("DELETE", path, None, body=body, doing=doing, right=right)
        except (Conflict, NotFound):
            pass

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        *,
        doing: str,
        right: Mapping[str, str],
        accept: str = JSON,
        body: Mapping[str, Any] | None = None,
        deadline: Deadline | None = None,
    ) -> bytes:
        deadline = deadline or self.deadline
        url = f"{self.server}{path}"
        if query:
            url = f"{url}?{urlencode(query, quote_via=quote)}"
        pauses = backoff()
        tries = 0
        while True:
            tries += 1
            try:
                return self._attempt(method, url, accept, body, doing, right, deadline)
            except Retry as again:
                last = again
            if last.unreachable and not self._answered and tries >= FIRST_TRIES:
                raise last.failure(self.server)
            pause = next(pauses) if last.after is None else last.after
            if deadline.remaining <= pause:
                raise last.failure(self.server, waited=deadline.seconds)
            deadline.pause(pause)

    def _attempt(
        self,
        method: str,
        url: str,
        accept: str,
        body: Mapping[str, Any] | None,
        doing: str,
        right: Mapping[str, str],
        deadline: Deadline,
    ) -> bytes:
        import urllib3

        left = self.deadline.remaining
        if left <= 0:
            raise errors.timed_out(self.deadline.seconds, doing)
        headers = self.headers(accept)
        if body is not None:
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else JSON
        self.requests += 1
        if self.unverified:
            notices.warnings.add(self.unverified)
        left = min(left, max(_LEAST_SECONDS, deadline.remaining))
        try:
            with self._watch.within(left):
                answer = self._pool.request(
                    method,
                    url,
                    headers=headers,
                    body=None if body is None else json.dumps(body).encode(),
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left)),
                )
                content = _exchange.body_of(answer, self._limit)
        except _exchange.TooLarge as error:
            raise errors.too_large(error, doing, self.server) from None
        except _exchange.Undecodable as error:
            raise Retry(doing, str(error)) from None
        except (_exchange.Ended, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if self._watch.over:
                raise Retry(doing, f"no whole answer within {left:g} s") from None
            if isinstance(error, urllib3.exceptions.HTTPError):
                raise errors.of_exchange(error, doing, self.server) from None
            raise errors.unusable(error) from None
        self._answered = True
        self.server_time = _exchange.date(answer.headers) or time.time()
        if 200 <= answer.status < 300:
            notices.systems.add(systems.reported(systems.KUBERNETES, self.server))
            return content
        raise errors.of_answer(answer, content, doing, right, self.server, self._token_age)

    def headers(self, accept: str) -> Any:
        import urllib3

        headers = urllib3.HTTPHeaderDict(
            {"Accept": accept, "Accept-Encoding": self._encoding, "User-Agent": _AGENT}
        )
        for setting in self.configuration.auth_settings().values():
            if setting.get("value") and setting.get("in") == "header":
                headers[setting["key"]] = setting["value"]
        if "authorization" not in headers and self.configuration.username and self.configuration.password:
            headers["authorization"] = self.configuration.get_basic_auth_token()
        for secret in credentials_in(str(headers.get("authorization"))):
            notices.secrets.add(secret)
        for name, value in self._impersonate:
            headers.add(name, value)
        return headers

    def _token_age(self) -> str:
        """A sentence about an expired bearer token, if ours is one whose age can be read."""
        expires = self.token_expires()
        if expires is not None and expires < time.time():
            try:
                moment = datetime.datetime.fromtimestamp(expires, datetime.timezone.utc)
                return f"The token expired at {moment:%Y-%m-%d %H:%M:%S} UTC."
            except (ValueError, OverflowError, OSError):
                pass
        return "The token or certificate is wrong or has expired."

    def token_expires(self) -> float | None:
        """The `exp` of this client's JWT, in seconds since the epoch; None if it has none."""
        parts = str(self.headers(JSON).get("authorization")).split(".")
        try:  # the decoder ignores padding that is not needed
            text = base64.urlsafe_b64decode(parts[1] + "==")
        except (IndexError, ValueError):
            return None
        content = _exchange.json_of(text, _exchange.MEGABYTE)
        return number(content.get("exp")) if isinstance(content, dict) else None
