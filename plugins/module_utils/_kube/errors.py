# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The errors of a request to the Kubernetes API, and what an answer or a broken exchange means."""

from __future__ import annotations

import ssl
from typing import Any, Callable, Mapping

from .. import _exchange
from .._errors import Failure

_LONGEST_MESSAGE = 20_000  # characters
_BEGINNING = 200  # bytes of a body that is not a Status object


class Forbidden(Failure):
    """A 403: some reads are worth going on without."""


class Expired(Failure):
    """A 410: the continue token of a list expired."""


class TooLarge(Failure):
    """An answer that is larger than max_response_mb."""


class NotJson(Failure):
    """An answer that is not a JSON object, or one that is too deep."""


class NotFound(Failure):
    """A 404."""


class Conflict(Failure):
    """A 409: the object changed since the request was made for it."""


class Retry(Exception):
    """An attempt that may be repeated.

    said         the server's words, or those of the system
    after        seconds that the server asks to wait
    unreachable  no server was reached at all
    """

    def __init__(self, doing: str, said: str, after: float | None = None, unreachable: bool = False) -> None:
        super().__init__(said)
        self.doing, self.said, self.after, self.unreachable = doing, said, after, unreachable

    def failure(self, server: str, waited: float | None = None) -> Failure:
        """The error of a task that gives up.

        waited: the seconds of its deadline, None if that is not reached.
        """
        doing = f"{self.doing} at {server}"
        if self.unreachable:
            remedy = "Check host or kubeconfig, the network and proxy, and that the control plane is up."
            return Failure("kubernetes_unreachable", doing, said=self.said, remedy=remedy)
        end = "" if waited is None else f"; timed out after {waited:g} s"
        return Failure(
            "kubernetes_timeout", doing, said=f"{self.said}{end}", remedy="Try again, or raise timeout."
        )


def of_answer(
    answer: Any,
    content: bytes,
    doing: str,
    right: Mapping[str, str],
    server: str,
    credentials: Callable[[], str],
) -> Exception:
    """The error that an answer without success means: a Failure, or Again.

    answer: the response of urllib3. right: what a 403 asks for (verb, resource, group, namespace).
    credentials: gives the sentence about them that a 401 needs.
    """
    said = _said(answer, content)
    if answer.status == 401:
        return Failure(
            "kubernetes_unauthorized", doing, said=said, remedy=f"Sign in again. {credentials()}".strip()
        )
    if answer.status == 403:
        return Forbidden("kubernetes_forbidden", doing, said=said, remedy=_role(right), **right)
    if answer.status == 404:
        remedy = f"Check that {server} is the API of the workload cluster (kubeconfig, context, host)."
        return NotFound("kubernetes_not_found", doing, said=said, remedy=remedy)
    if answer.status == 409:
        remedy = "Another user changed it at the same moment. Run the task again."
        return Conflict("kubernetes_conflict", doing, said=said, remedy=remedy)
    if answer.status == 410:
        remedy = "The list was restarted several times and expired each time. Try again."
        return Expired("kubernetes_expired", doing, said=said, remedy=remedy)
    if answer.status == 429 or answer.status >= 500:
        return Retry(doing, said, after=_exchange.retry_after(answer.headers))
    remedy = "Check the options of the connection to Kubernetes."
    return Failure("kubernetes_error", doing, said=f"{answer.status} {said}", remedy=remedy)


def of_exchange(error: Any, doing: str, server: str) -> Exception:
    """The error that an exception of urllib3 means.

    A TLS fault and an unusable URL are final, the rest may be repeated.
    """
    from urllib3 import exceptions

    reason = getattr(error, "reason", None) or error
    said = str(reason if isinstance(reason, Exception) else error)
    cut = _is_cut(reason)
    if isinstance(reason, exceptions.SSLError) and not cut or "CERTIFICATE_VERIFY_FAILED" in said:
        remedy = (
            "Set ca_cert to the CA of the API server (or take the cluster's kubeconfig); "
            "validate_certs: false switches the check off."
        )
        return Failure("kubernetes_tls", f"{doing} at {server}", said=said, remedy=remedy)
    if isinstance(reason, exceptions.LocationValueError):
        return unusable(reason)
    unreachable = (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyError)
    return Retry(doing, said, unreachable=cut or isinstance(reason, unreachable))


def _is_cut(reason: Any) -> bool:
    """True if the connection was closed during its handshake: a load balancer found no API server."""
    return any(isinstance(cause, ssl.SSLEOFError) for cause in getattr(reason, "args", ()))


def unusable(error: Exception) -> Failure:
    """The error of a connection that could not be set up with these options."""
    return Failure(
        "kubernetes_config",
        "setting up the connection to Kubernetes",
        said=str(error) or type(error).__name__,
        remedy=(
            "Check host, proxy, ca_cert, client_cert and client_key "
            "(and the files that they or the kubeconfig name)."
        ),
    )


def too_large(error: Exception, doing: str, server: str) -> TooLarge:
    """The error of an answer that exceeds max_response_mb."""
    remedy = "If it may be that large, raise max_response_mb."
    return TooLarge("kubernetes_too_large", f"{doing} at {server}", said=str(error), remedy=remedy)


def timed_out(seconds: float, doing: str) -> Failure:
    """The error of a request that was not sent, because the task has no time left."""
    remedy = "Raise timeout, or read fewer namespaces."
    return Failure("kubernetes_timeout", doing, said=f"the task timed out after {seconds:g} s", remedy=remedy)


def not_json(data: bytes, doing: str, why: str, server: str) -> NotJson:
    """The error of an answer that could not be read as JSON."""
    return NotJson(
        "kubernetes_not_json",
        f"{doing} at {server}",
        # Of an object nothing is shown: it may be half a Secret.
        said=why
        if data.lstrip().startswith(b"{")
        else f"{data[:_BEGINNING].decode(errors='replace')} ({why})",
        remedy="If this is not a Kubernetes API, check host and proxy.",
    )


def _said(answer: Any, content: bytes) -> str:
    """The server's own message: that of its Status object, else the beginning of the body."""
    status = _exchange.json_of(content, _exchange.MEGABYTE)
    message = status.get("message") if isinstance(status, dict) else None
    if isinstance(message, str) and message:
        return message if len(message) <= _LONGEST_MESSAGE else f"{message[:_LONGEST_MESSAGE]} ..."
    return f"{answer.status} {answer.reason}: {content[:_BEGINNING].decode(errors='replace')}".rstrip(": ")


def _role(right: Mapping[str, str]) -> str:
    """The sentence that asks for the missing right."""
    namespace = right.get("namespace")
    kind = f"a Role in namespace {namespace}" if namespace else "a ClusterRole"
    group, resource, verb = right.get("group", ""), right["resource"], right["verb"]
    rule = f'{{apiGroups: ["{group}"], resources: ["{resource}"], verbs: ["{verb}"]}}'
    return f"Bind {kind} with the rule {rule} to this user (docs/rbac/ has the least Role of each mode)."
