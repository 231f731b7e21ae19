# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signing in to a Kubernetes API, and one request with its retries. This module util is PRIVATE to the collection.

The kubernetes package supplies configuration, authentication and TLS. Requests go through the connection pool that it
makes, and answers through json: its model objects cost ten times as much.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import datetime
import ipaddress
import json
import logging
import os
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping
from urllib.parse import quote, urlencode, urlsplit

from .. import _exchange
from .._boundary import kubeconfig as kubeconfigs
from .._boundary.notices import hide, notice
from .._boundary.unset import is_empty_file
from .._deadline import Deadline, backoff
from .._errors import Failure
from .._foreign import Unreadable, from_json
from .memory import instead_of_files

# pylint: disable=used-before-assignment
# _load_libraries() has made them global by the time that anything here runs.
if TYPE_CHECKING:
    import kubernetes
    import urllib3

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
MANAGER = "vks.bigip"  # who wrote a field, in managedFields
METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
PATIENCE_FIRST = 3  # tries before the first answer of all, when nobody listens: a wrong address should fail soon
CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
DEFAULT_MB = 64  # a page of a list that is larger is asked for again in smaller ones
_LEAST_SECONDS = 1.0  # for an answer that is not waited for as long as the task may take
_LONGEST_MESSAGE = 20_000  # characters
_FILES = ("ca_cert", "client_cert", "client_key")
UNVERIFIED = (
    "The certificate of the Kubernetes API is not verified (validate_certs: false, or insecure-skip-tls-verify in the kubeconfig): "
    "any machine on the way to it can read and change everything. Set ca_cert instead."
)


class Forbidden(Failure):
    """A 403: some reads are worth going on without."""


class Gone(Failure):
    """A 410: the continue token of a list expired."""


class TooLarge(Failure):
    """An answer that is larger than max_response_mb."""


class NotJson(Failure):
    """An answer that is no JSON object, or one that is too deep."""


class NotFound(Failure):
    """A 404."""


class Conflict(Failure):
    """A 409: the object is no longer what the request took it for."""


class Client:
    """One cluster's API. `requests` counts what was sent."""

    def __init__(self, options: Mapping[str, Any], deadline: Deadline) -> None:
        self.deadline = deadline
        self.requests = 0
        self.server_time = time.time()  # by its own clock: ages are compared with what it wrote
        self.warn: Callable[[str], None] = lambda text: None
        """Takes what was left out of a list, and why: once, however often the list is read."""
        self._warned: set[str] = set()
        self._answered = False
        self._limit = int(options.get("max_response_mb") or DEFAULT_MB) * _exchange.MEGABYTE
        self._watch = _exchange.Watch()
        try:
            self._configuration = configure(options)
        except ValueError as error:  # of a URL that is none
            raise _unusable(error) from None
        self._impersonate = _impersonation(options)
        self.server = _server(str(self._configuration.host), bool(options.get("allow_http")))
        self._configuration.host = self.server
        self._encoding = "identity" if is_here(self.server) else "gzip"
        # Noted here: the kubernetes package reads the kubeconfig again with each token, and takes the option back.
        self._unverified = not self._configuration.verify_ssl and self.server.lower().startswith("https:")
        if not self._configuration.verify_ssl:  # the user's word; urllib3 need not repeat it at every request
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        try:
            self._pool = kubernetes.client.ApiClient(self._configuration).rest_client.pool_manager
            self._watch.attach(self._pool)
        except (OSError, ValueError) as error:
            raise _unusable(error) from None

    def close(self) -> None:
        self._pool.clear()

    def get(self, path: str, query: Mapping[str, str] | None = None, *, doing: str, right: Mapping[str, str], accept: str = JSON) -> dict[str, Any]:
        """The JSON object at `path`. `doing` names the request in errors; `right` is what a 403 asks for (verb, resource, group, namespace)."""
        return self.decoded(self.raw(path, query, doing=doing, right=right, accept=accept), doing)

    def raw(self, path: str, query: Mapping[str, str] | None = None, *, doing: str, right: Mapping[str, str], accept: str = JSON) -> bytes:
        """The same, as the server sent it."""
        return self._send("GET", path, query, accept=accept, doing=doing, right=right)

    def decoded(self, data: bytes, doing: str, *, any_depth: bool = False) -> dict[str, Any]:
        """The JSON object of an answer. Raises NotJson. any_depth: see from_json."""
        try:
            content = from_json(data, len(data), any_depth=any_depth)
        except Unreadable as unreadable:
            raise self.not_json(data, doing, str(unreadable)) from None
        if not isinstance(content, dict):
            raise self.not_json(data, doing, "it is not an object of JSON")
        return content

    def left_out(self, text: str) -> None:
        if text not in self._warned:
            self._warned.add(text)
            self.warn(text)

    def not_json(self, data: bytes, doing: str, why: str) -> NotJson:
        return NotJson(
            "kubernetes_not_json",
            f"{doing} at {self.server}",
            # Of an object nothing is shown: it may be half a Secret.
            said=why if data.lstrip().startswith(b"{") else f"{data[:200].decode(errors='replace')} ({why})",
            remedy="If this is not a Kubernetes API, check host and proxy.",
        )

    def text(self, path: str, query: Mapping[str, str], *, doing: str, right: Mapping[str, str], deadline: Deadline) -> str:
        """The text at `path`: a Pod's log, which a kubelet has to hand out; asked for until `deadline`."""
        return self._send("GET", path, query, accept="*/*", doing=doing, right=right, deadline=deadline).decode(errors="replace")

    def patch(self, path: str, body: Mapping[str, Any], query: Mapping[str, str] | None = None, *, doing: str, right: Mapping[str, str]) -> dict[str, Any]:
        """The object after a JSON merge patch. Sent again if the answer is lost: a patch says what is to be, or names a resourceVersion (Conflict)."""
        sent = self._send("PATCH", path, {"fieldManager": MANAGER, **(query or {})}, body=body, doing=doing, right=right)
        return self.decoded(sent, doing)

    def delete(self, path: str, uid: str, *, doing: str, right: Mapping[str, str]) -> None:
        """Delete the object of this uid: sent again if the answer is lost, and done if it is gone or another one by then."""
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
            except _Again as again:
                last = again
            if last.nobody and not self._answered and tries >= PATIENCE_FIRST:
                raise last.failure(self.server)
            pause = next(pauses) if last.after is None else last.after
            if deadline.remaining <= pause or not deadline.pause(pause):
                raise last.failure(self.server, waited=deadline.seconds)

    def _attempt(
        self, method: str, url: str, accept: str, body: Mapping[str, Any] | None, doing: str, right: Mapping[str, str], deadline: Deadline
    ) -> bytes:
        left = self.deadline.remaining
        if left <= 0:
            raise Failure(
                "kubernetes_timeout", doing, said=f"the task's {self.deadline.seconds:g} seconds are over", remedy="Raise timeout, or read fewer namespaces."
            )
        headers = self._headers(accept)
        if body is not None:
            headers["Content-Type"] = MERGE_PATCH if method == "PATCH" else JSON
        self.requests += 1
        if self._unverified:
            notice(UNVERIFIED)
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
            raise TooLarge(
                "kubernetes_too_large", f"{doing} at {self.server}", said=str(error), remedy="If it may be that large, raise max_response_mb."
            ) from None
        except _exchange.Undecodable as error:
            raise _Again(doing, str(error)) from None
        except (_exchange.Ended, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if self._watch.over:
                raise _Again(doing, f"no whole answer within {left:g} s") from None
            raise (_transport(error, doing, self.server) if isinstance(error, urllib3.exceptions.HTTPError) else _unusable(error)) from None
        self._answered = True
        self.server_time = _exchange.date(answer.headers) or time.time()
        if 200 <= answer.status < 300:
            return content
        raise self._refusal(answer, content, doing, right)

    def _headers(self, accept: str) -> Any:
        headers = urllib3.HTTPHeaderDict({"Accept": accept, "Accept-Encoding": self._encoding, "User-Agent": "vks.bigip (Ansible collection)"})
        for setting in self._configuration.auth_settings().values():
            if setting.get("value") and setting.get("in") == "header":
                headers[setting["key"]] = setting["value"]
        if "authorization" not in headers and self._configuration.username and self._configuration.password:
            headers["authorization"] = self._configuration.get_basic_auth_token()
        for secret in _credentials(str(headers.get("authorization", ""))):
            hide(secret)
        for name, value in self._impersonate:
            headers.add(name, value)
        return headers

    def _refusal(self, answer: Any, content: bytes, doing: str, right: Mapping[str, str]) -> Exception:
        said = _said(answer, content)
        if answer.status == 401:
            return Failure("kubernetes_unauthorized", doing, said=said, remedy=f"Sign in again. {self._token_age()}".strip())
        if answer.status == 403:
            return Forbidden("kubernetes_forbidden", doing, said=said, remedy=_role(right), **right)
        if answer.status == 404:
            return NotFound(
                "kubernetes_not_found", doing, said=said, remedy=f"Check that {self.server} is the API of the workload cluster (kubeconfig, context, host)."
            )
        if answer.status == 409:
            return Conflict("kubernetes_conflict", doing, said=said, remedy="Somebody else changed it at the same moment. Run the task again.")
        if answer.status == 410:
            return Gone("kubernetes_expired", doing, said=said, remedy="The list was restarted several times and expired each time. Try again.")
        if answer.status == 429 or answer.status >= 500:
            return _Again(doing, said, after=_exchange.retry_after(answer.headers))
        return Failure("kubernetes_error", doing, said=f"{answer.status} {said}", remedy="Check the options of the connection to Kubernetes.")

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
        """The `exp` of the JWT that this client signs in with, in seconds since the epoch; None if it has none."""
        parts = str(self._headers(JSON).get("authorization", "")).split(".", 2)
        try:
            content = _exchange.json_of(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)), _exchange.MEGABYTE)
        except (IndexError, ValueError, binascii.Error):
            return None
        return _exchange.number(content.get("exp")) if isinstance(content, dict) else None


class _Again(Exception):
    """An attempt that may be made once more. `nobody`: no server was reached at all."""

    def __init__(self, doing: str, said: str, after: float | None = None, nobody: bool = False) -> None:
        super().__init__(said)
        self.doing, self.said, self.after, self.nobody = doing, said, after, nobody

    def failure(self, server: str, waited: float | None = None) -> Failure:
        if self.nobody:
            return Failure(
                "kubernetes_unreachable",
                f"{self.doing} at {server}",
                said=self.said,
                remedy="Check host or kubeconfig, the network and proxy, and that the control plane is up.",
            )
        given_up = "" if waited is None else f"; gave up at the deadline of {waited:g} seconds"
        return Failure("kubernetes_timeout", f"{self.doing} at {server}", said=f"{self.said}{given_up}", remedy="Try again, or raise timeout.")


def _load_libraries() -> None:
    """Import the packages when a cluster is met, not when a module starts: they take longer than all the rest of its start."""
    global kubernetes, urllib3
    try:
        import kubernetes
        import urllib3
    except ImportError as error:
        raise Failure(
            "kubernetes_library",
            "Python packages kubernetes and urllib3 could not be imported",
            said=f"{type(error).__name__}: {error}",
            remedy="Install the package kubernetes (pip install kubernetes) for the Python that runs the modules.",
        ) from None


def configure(options: Mapping[str, Any]) -> Any:
    """A Configuration of the kubernetes package: from the options alone, from a kubeconfig, or from inside a Pod."""
    _load_libraries()
    options = {name: None if name in _FILES and is_empty_file(value) else value for name, value in options.items()}
    configuration = kubernetes.client.Configuration()
    host = (options.get("host") or "").rstrip("/")
    credentials = any(options.get(name) for name in ("api_key", "username", "client_cert"))
    if not (host and credentials):  # else nothing of a kubeconfig counts, as in kubernetes.core: K8S_AUTH_KUBECONFIG may be anything
        _load(options, configuration, required=not host or bool(options.get("kubeconfig") or options.get("context")))
    for name, target in (("ca_cert", "ssl_ca_cert"), ("client_cert", "cert_file"), ("client_key", "key_file"), ("proxy", "proxy"), ("no_proxy", "no_proxy")):
        if options.get(name):
            setattr(configuration, target, options[name])
    for name in ("username", "password"):
        if options.get(name):
            setattr(configuration, name, options[name])
    if host:
        configuration.host = host
    if options.get("validate_certs") is not None:
        configuration.verify_ssl = options["validate_certs"]
    if options.get("api_key"):
        configuration.refresh_api_key_hook = None
        configuration.api_key = {"authorization": f"Bearer {options['api_key']}"}
        configuration.api_key_prefix = {}
    for name in ("ssl_ca_cert", "cert_file", "key_file"):
        _readable(getattr(configuration, name))
    headers = {name: value for name, value in (options.get("proxy_headers") or {}).items() if value}
    if headers:
        configuration.proxy_headers = urllib3.util.make_headers(**headers)
    return configuration


def _load(options: Mapping[str, Any], configuration: Any, required: bool) -> None:
    """Fill the configuration from a kubeconfig; inside a Pod, and with nothing given, from its ServiceAccount."""
    kubeconfig, context = options.get("kubeconfig"), options.get("context")
    content = _content(kubeconfig, context, bool(options.get("allow_exec")))
    more = {"context": context, "client_configuration": configuration, "persist_config": bool(options.get("persist_config"))}
    plugin = _PluginErrors()
    try:
        with plugin, instead_of_files(kubernetes.config.kube_config):
            if content is not None:
                kubernetes.config.load_kube_config_from_dict(config_dict=content, **more)
            elif kubeconfig or context or not _in_cluster(configuration):
                # The package takes an empty KUBECONFIG for the name of a file.
                default = "~/.kube/config" if os.environ.get("KUBECONFIG") == "" else None
                kubernetes.config.load_kube_config(config_file=kubeconfig or default, **more)
    except Exception as error:  # noqa: BLE001 the package lets KeyError, TypeError, YAMLError and more pass for a broken file
        if not required and isinstance(error, kubernetes.config.ConfigException):
            return  # only a host was given, and there is no kubeconfig to take the rest from
        where = "the kubeconfig given as content" if content is not None else f"kubeconfig {kubeconfig or 'of this user'}"
        raise Failure(
            "kubernetes_config",
            f"loading {where}" + (f", context {context}" if context else ""),
            said=f"{error}".strip() or type(error).__name__,
            remedy="Set kubeconfig (a path, or its content), or host with api_key or client_cert.",
        ) from None
    if plugin.said:
        raise Failure(
            "kubernetes_credential_plugin",
            "asking the kubeconfig's credential plugin (users[].user.exec) for credentials",
            said="; ".join(plugin.said),
            remedy="Run its command by hand; it must work without a terminal and print an ExecCredential.",
        )


def _content(kubeconfig: Any, context: str | None, allow_exec: bool) -> dict[str, Any] | None:
    """The kubeconfig, if it is given as content; None for a path, or if there is none."""
    fault = kubeconfigs.fault(kubeconfig) if kubeconfig else None
    if fault:
        raise Failure(
            "kubernetes_config",
            "loading the kubeconfig that was given",
            said=fault,
            remedy="Set kubeconfig to a path, or to the whole content of a kubeconfig as a dictionary or as text.",
        )
    content = kubeconfigs.inline(kubeconfig)
    program = None if content is None or allow_exec else kubeconfigs.program(content, context)
    if program:
        raise Failure(
            "kubernetes_config",
            "loading the kubeconfig given as content",
            said=f"{program}, which starts a program on this machine",
            remedy="Write it to a file and set its path, or set host and api_key in place of it, or set allow_exec: true if you trust its author.",
        )
    return content


def _server(host: str, allow_http: bool) -> str:
    """The URL of the API server, without a user and a password, which are not sent. A Failure if it is not encrypted, before anything is sent."""
    scheme, separator, rest = host.strip().partition("://")
    server = f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else host.strip().rpartition("@")[2]
    if not kubeconfigs.is_encrypted(host) and not allow_http:
        raise Failure(
            "kubernetes_config",
            f"connecting to the Kubernetes API at {server}",
            said="its URL does not begin with https://, so the credentials would be sent without encryption",
            remedy="Set host, or server in the kubeconfig, to an https URL. allow_http: true permits it, for a server on this machine.",
        )
    return server.rstrip("/")


def _readable(path: str | None) -> None:
    """A file that is missing would otherwise be reported as a fault of TLS, or not at all while nobody listens."""
    try:
        if path:
            with open(path, "rb"):
                pass
    except OSError as error:
        raise _unusable(error) from None


def _in_cluster(configuration: Any) -> bool:
    try:
        kubernetes.config.load_incluster_config(client_configuration=configuration)
    except kubernetes.config.ConfigException:
        return False
    return True


class _PluginErrors(logging.Handler):
    """Collects what the kubernetes package only logs: a credential plugin that failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def __enter__(self) -> _PluginErrors:
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *exc: Any) -> None:
        logging.getLogger().removeHandler(self)


def is_here(server: str) -> bool:
    """Whether an API server is on this very machine. From any other a list comes as gzip, a seventeenth of its size: that pays on every
    network below some Gbit/s (docs/performance.md)."""
    host = urlsplit(server).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _credentials(header: str) -> Iterator[str]:
    """What is secret in an Authorization header: the token, or the password too."""
    scheme, _blank, value = header.partition(" ")
    yield value.rstrip("=")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            yield base64.b64decode(value).decode(errors="ignore").partition(":")[2]


def _impersonation(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    groups = options.get("impersonate_groups") or []
    user = options.get("impersonate_user")
    if groups and not user:
        raise Failure("kubernetes_config", "impersonate_groups is set without impersonate_user", remedy="Set impersonate_user too.")
    return [("Impersonate-User", user)] * bool(user) + [("Impersonate-Group", group) for group in groups]


def _transport(error: Any, doing: str, server: str) -> Exception:
    """What a failed exchange means: a TLS fault is final, the rest may be tried again."""
    reason = getattr(error, "reason", None) or error
    said = str(reason if isinstance(reason, Exception) else error)
    if isinstance(reason, urllib3.exceptions.SSLError) or "CERTIFICATE_VERIFY_FAILED" in said:
        return Failure(
            "kubernetes_tls",
            f"{doing} at {server}",
            said=said,
            remedy="Set ca_cert to the CA of the API server (or take the cluster's kubeconfig); validate_certs: false switches the check off.",
        )
    if isinstance(reason, (urllib3.exceptions.LocationParseError, urllib3.exceptions.LocationValueError, urllib3.exceptions.URLSchemeUnknown)):
        return _unusable(reason)
    nobody = isinstance(reason, (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.ProxyError))
    return _Again(doing, said, nobody=nobody)


def _unusable(error: Exception) -> Failure:
    return Failure(
        "kubernetes_config",
        "setting up the connection to Kubernetes",
        said=str(error) or type(error).__name__,
        remedy="Check host, proxy, ca_cert, client_cert and client_key (and the files that they or the kubeconfig name).",
    )


def _said(answer: Any, content: bytes) -> str:
    """The server's own message: that of its Status object, else the beginning of the body."""
    status = _exchange.json_of(content, _exchange.MEGABYTE)
    message = status.get("message") if isinstance(status, dict) else None
    if isinstance(message, str) and message:
        return message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]} ..."
    return f"{answer.status} {answer.reason}: {content[:200].decode(errors='replace')}".rstrip(": ")


def _role(right: Mapping[str, str]) -> str:
    """The sentence that asks for the missing right."""
    namespace = right.get("namespace")
    kind = f"a Role in namespace {namespace}" if namespace else "a ClusterRole"
    rule = f'{{apiGroups: ["{right.get("group", "")}"], resources: ["{right["resource"]}"], verbs: ["{right["verb"]}"]}}'
    return f"Bind {kind} with the rule {rule} to this user (docs/rbac/ has the least Role of each mode)."
