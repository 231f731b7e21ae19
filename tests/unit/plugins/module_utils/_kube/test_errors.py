# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error that an answer or a broken exchange of the Kubernetes API means."""

from __future__ import annotations

import json
import ssl
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from urllib3 import exceptions

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import errors

SERVER = "https://192.0.2.1:6443"
RIGHT = {"verb": "list", "resource": "pods", "group": "", "namespace": "default"}


def answer(status: int, body: bytes | None = None, **headers: str) -> Exception:
    response = SimpleNamespace(status=status, reason="Reason", headers=headers)
    content = json.dumps({"kind": "Status", "message": "the words"}).encode() if body is None else body
    return errors.of_answer(response, content, "listing Pods", RIGHT, SERVER, lambda: "The token expired.")


ROLE = (
    'Bind a Role in namespace default with the rule {apiGroups: [""], resources: ["pods"], verbs: ["list"]} '
    "to this user (docs/rbac/ has the least Role of each mode)."
)
STATUSES: dict[int, tuple[type[Exception], str, str]] = {
    401: (Failure, "kubernetes_unauthorized", "Sign in again. The token expired."),
    403: (errors.Forbidden, "kubernetes_forbidden", ROLE),
    404: (
        errors.NotFound,
        "kubernetes_not_found",
        f"Check that {SERVER} is the API of the workload cluster (kubeconfig, context, host).",
    ),
    409: (
        errors.Conflict,
        "kubernetes_conflict",
        "Another user changed it at the same moment. Run the task again.",
    ),
    410: (
        errors.Expired,
        "kubernetes_expired",
        "The list was restarted several times and expired each time. Try again.",
    ),
    422: (Failure, "kubernetes_error", "Check the options of the connection to Kubernetes."),
    428: (Failure, "kubernetes_error", "Check the options of the connection to Kubernetes."),
    499: (Failure, "kubernetes_error", "Check the options of the connection to Kubernetes."),
}


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
def test_an_answer_that_is_final(status: int, expected: tuple[type[Exception], str, str]) -> None:
    error: Any = answer(status)
    assert (type(error), error.code, error.remedy) == expected
    assert error.what == "listing Pods" and error.details == (RIGHT if status == 403 else {})
    assert error.said == (f"{status} the words" if error.code == "kubernetes_error" else "the words")


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (
            {"verb": "list", "resource": "nodes"},
            'a ClusterRole with the rule {apiGroups: [""], resources: ["nodes"], verbs: ["list"]}',
        ),
        (
            {"verb": "patch", "resource": "daemonsets", "group": "apps", "namespace": "a"},
            "a Role in namespace a with the rule "
            '{apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["patch"]}',
        ),
    ],
)
def test_the_right_that_is_missing(right: dict[str, str], words: str) -> None:
    response = SimpleNamespace(status=403, reason="", headers={})
    error: Any = errors.of_answer(response, b"", "it", right, SERVER, str)
    assert (
        error.remedy == f"Bind {words} to this user (docs/rbac/ has the least Role of each mode)."
        and error.details == right
    )


def test_a_refusal_without_words_about_the_credentials() -> None:
    response = SimpleNamespace(status=401, reason="Unauthorized", headers={})
    error: Any = errors.of_answer(response, b"", "it", RIGHT, SERVER, str)
    assert (error.said, error.remedy) == ("401 Unauthorized", "Sign in again.")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_answer_that_may_be_repeated(status: int) -> None:
    error: Any = answer(status, **{"Retry-After": "7"})
    assert (error.doing, error.said, error.after, error.unreachable, str(error)) == (
        *("listing Pods", "the words", 7.0, False),
        "the words",
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<h1>Bad</h1>", "422 Reason: <h1>Bad</h1>"),
        (b"", "422 Reason"),
        (b"[1]", "422 Reason: [1]"),
        (b'{"message": 5}', '422 Reason: {"message": 5}'),
        (b'{"message": ""}', '422 Reason: {"message": ""}'),
        (b"\xff", "422 Reason: \ufffd"),
        (b"x" * 201, f"422 Reason: {'x' * 200}"),
        (json.dumps({"message": "x" * 20_000}).encode(), "x" * 20_000),
        (json.dumps({"message": "x" * 20_001}).encode(), f"{'x' * 20_000} ..."),
    ],
    ids=lambda value: str(value)[:25],
)
def test_the_words_of_a_server(body: bytes, said: str) -> None:
    error: Any = answer(422, body)
    assert error.said == f"422 {said}"


@pytest.mark.parametrize(
    ("unreachable", "waited", "code", "said", "remedy"),
    [
        (
            *(True, None, "kubernetes_unreachable", "refused"),
            "Check host or kubeconfig, the network and proxy, and that the control plane is up.",
        ),
        (False, None, "kubernetes_timeout", "refused", "Try again, or raise timeout."),
        (
            *(False, 30.0, "kubernetes_timeout", "refused; timed out after 30 s"),
            "Try again, or raise timeout.",
        ),
    ],
)
def test_a_task_that_gives_up(
    unreachable: bool, waited: float | None, code: str, said: str, remedy: str
) -> None:
    failure = errors.Retry("listing Pods", "refused", unreachable=unreachable).failure(SERVER, waited)
    assert parts(failure) == (code, f"listing Pods at {SERVER}", said, remedy)


def parts(failure: Failure) -> tuple[str, str, str | None, str | None]:
    return failure.code, failure.what, failure.said, failure.remedy


def test_an_attempt_can_be_repeated_at_once_where_nothing_else_is_said() -> None:
    again = errors.Retry("listing Pods", "refused")
    assert (again.after, again.unreachable) == (None, False)


POOL = mock.Mock(host="192.0.2.1", port=6443)
TLS = (
    *("kubernetes_tls", f"listing Pods at {SERVER}"),
    "Set ca_cert to the CA of the API server (or take the cluster's kubeconfig); "
    "validate_certs: false switches the check off.",
)


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(
    "error", [OSError("CERTIFICATE_VERIFY_FAILED"), exceptions.SSLError("handshake")], ids=repr
)
def test_a_fault_of_tls(error: Exception, wrapped: bool) -> None:
    met = exceptions.MaxRetryError(POOL, "/api", error) if wrapped else error
    failure: Any = errors.of_exchange(met, "listing Pods", SERVER)
    assert (failure.code, failure.what, failure.remedy, failure.said) == (*TLS, str(error))


@pytest.mark.parametrize(
    "error",
    [
        exceptions.LocationParseError("http://["),
        exceptions.LocationValueError("no host"),
        exceptions.URLSchemeUnknown("ftp"),
    ],
    ids=repr,
)
def test_an_unusable_url(error: Exception) -> None:
    failure: Any = errors.of_exchange(error, "listing Pods", SERVER)
    assert parts(failure) == (*UNUSABLE[:2], str(error), UNUSABLE[2])


@pytest.mark.parametrize(
    ("error", "said", "unreachable"),
    [
        (OSError("broken pipe"), "broken pipe", False),
        (
            exceptions.ProtocolError("cut", ConnectionError("reset")),
            "('cut', ConnectionError('reset'))",
            False,
        ),
        (exceptions.NewConnectionError(POOL, "refused"), None, True),
        (exceptions.SSLError(ssl.SSLEOFError(8, "EOF occurred")), None, True),
        (exceptions.MaxRetryError(POOL, "/api", exceptions.SSLError(ssl.SSLEOFError(8, "EOF"))), None, True),
        (exceptions.ConnectTimeoutError(POOL, "late"), None, True),
        (exceptions.ProxyError("no way", OSError("x")), None, True),
        (exceptions.MaxRetryError(POOL, "/api", exceptions.ProxyError("no way", OSError("x"))), None, True),
        (SimpleNamespace(reason="a text"), "namespace(reason='a text')", False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_broken_exchange_may_be_repeated(error: Any, said: str | None, unreachable: bool) -> None:
    again: Any = errors.of_exchange(error, "listing Pods", SERVER)
    assert again.__class__ is errors.Retry and (again.doing, again.unreachable) == ("listing Pods", unreachable)
    assert again.said == (said or str(getattr(error, "reason", None) or error))


NOT_JSON = (
    "kubernetes_not_json",
    f"listing Secrets at {SERVER}",
    "If this is not a Kubernetes API, check host and proxy.",
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<html>", "<html> (it is cut)"),
        (b"<" * 201, f"{'<' * 200} (it is cut)"),
        (b"\xff", "\ufffd (it is cut)"),
        (b' {"data": "c2VjcmV0"', "it is cut"),
    ],
    ids=["a page", "a long page", "no text", "half a Secret"],
)
def test_half_a_secret_is_not_shown(data: bytes, said: str) -> None:
    failure = errors.not_json(data, "listing Secrets", "it is cut", SERVER)
    assert failure.__class__ is errors.NotJson and (failure.code, failure.what, failure.remedy) == NOT_JSON
    assert failure.said == said


UNUSABLE = (
    *("kubernetes_config", "setting up the connection to Kubernetes"),
    "Check host, proxy, ca_cert, client_cert and client_key "
    "(and the files that they or the kubeconfig name).",
)


def test_other_errors() -> None:
    assert parts(errors.timed_out(5, "listing Pods")) == (
        *("kubernetes_timeout", "listing Pods", "the task timed out after 5 s"),
        "Raise timeout, or read fewer namespaces.",
    )
    large = errors.too_large(ValueError("9 MB"), "listing Pods", SERVER)
    assert large.__class__ is errors.TooLarge and parts(large) == (
        *("kubernetes_too_large", f"listing Pods at {SERVER}", "9 MB"),
        "If it may be that large, raise max_response_mb.",
    )
    for error, said in ((ValueError(), "ValueError"), (ValueError("bad port"), "bad port")):
        assert parts(errors.unusable(error)) == (*UNUSABLE[:2], said, UNUSABLE[2])
