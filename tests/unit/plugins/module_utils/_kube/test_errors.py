# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error that an answer or a broken exchange of the Kubernetes API means."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import errors

SERVER = "https://192.0.2.1:6443"
RIGHT = {"verb": "list", "resource": "pods", "group": "", "namespace": "default"}


def answer(status: int, body: bytes | None = None, **headers: str) -> Exception:
    response = SimpleNamespace(status=status, reason="Reason", headers=headers)
    content = json.dumps({"kind": "Status", "message": "the words"}).encode() if body is None else body
    return errors.of_answer(response, content, "listing Pods", RIGHT, SERVER, lambda: "The token expired.")


STATUSES: dict[int, tuple[type[Exception], str, str]] = {
    401: (Failure, "kubernetes_unauthorized", "Sign in again. The token expired."),
    403: (errors.Forbidden, "kubernetes_forbidden", "Bind a Role in namespace default"),
    404: (errors.NotFound, "kubernetes_not_found", SERVER),
    409: (errors.Conflict, "kubernetes_conflict", "Run the task again"),
    410: (errors.Gone, "kubernetes_expired", "Try again"),
    422: (Failure, "kubernetes_error", "422 the words"),
}


@pytest.mark.parametrize(("status", "expected"), STATUSES.items())
def test_an_answer_that_is_final(status: int, expected: tuple[type[Exception], str, str]) -> None:
    error = answer(status)
    assert isinstance(error, Failure) and (type(error), error.code) == expected[:2]
    assert expected[2] in error.message and "the words" in error.message


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_answer_that_may_be_repeated(status: int) -> None:
    error = answer(status, **{"Retry-After": "7"})
    assert isinstance(error, errors.Again) and (error.said, error.after, error.unreachable) == (
        "the words",
        7.0,
        False,
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<h1>Bad</h1>", "422 Reason: <h1>Bad</h1>"),
        (b"", "422 Reason"),
        (b'{"message": 5}', '422 Reason: {"message": 5}'),
    ],
)
def test_an_answer_that_is_not_a_status_object(body: bytes, said: str) -> None:
    assert said in str(answer(422, body))


@pytest.mark.parametrize(
    ("unreachable", "waited", "code", "text"),
    [
        (True, None, "kubernetes_unreachable", "refused"),
        (False, None, "kubernetes_timeout", "refused"),
        (False, 30.0, "kubernetes_timeout", "refused; timed out after 30 s"),
    ],
)
def test_a_task_that_gives_up(unreachable: bool, waited: float | None, code: str, text: str) -> None:
    failure = errors.Again("listing Pods", "refused", unreachable=unreachable).failure(SERVER, waited)
    assert failure.code == code and text in failure.message and SERVER in failure.message


@pytest.mark.parametrize(
    ("text", "code"), [("CERTIFICATE_VERIFY_FAILED", "kubernetes_tls"), ("broken pipe", None)]
)
def test_an_exchange(text: str, code: str | None) -> None:
    error: Any = errors.of_exchange(OSError(text), "listing Pods", SERVER)
    assert error.code == code if code else isinstance(error, errors.Again) and error.said == text


@pytest.mark.parametrize(("data", "shown"), [(b"<html>", True), (b' {"data": "c2VjcmV0"', False)])
def test_half_a_secret_is_not_shown(data: bytes, shown: bool) -> None:
    message = errors.not_json(data, "listing Secrets", "it is cut", SERVER).message
    assert "it is cut" in message and (data.decode().strip() in message) is shown


def test_other_errors() -> None:
    assert errors.timed_out(5, "listing Pods").message.count("timed out after 5 s") == 1
    assert errors.too_large(ValueError("9 MB"), "listing Pods", SERVER).code == "kubernetes_too_large"
    assert errors.unusable(ValueError()).code == "kubernetes_config"
    assert "ValueError" in errors.unusable(ValueError()).message
