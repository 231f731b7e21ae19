# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A right or a sign-in that the source lacks, as an event reports it."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.problem import Problem
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject

SERVICES = Subject("Service", label_selector="a=b")
ROLES: list[tuple[Subject, str, str, str | None, dict[str, Any]]] = [
    # the subject, then of its role: kind, name, namespace, and the rule without its verbs
    (SERVICES, "ClusterRole", "services", None, {"apiGroups": [""], "resources": ["services"]}),
    (Subject("Node"), "ClusterRole", "nodes", None, {"apiGroups": [""], "resources": ["nodes"]}),
    (Subject("Pod", "shop"), "Role", "pods", "shop", {"apiGroups": [""], "resources": ["pods"]}),
    (Subject("EndpointSlice", "shop"), "Role", "endpointslices", "shop",
     {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"]}),
    (Subject("Secret", "shop", "tls"), "Role", "secrets-tls", "shop",
     {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["tls"]}),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "kind", "name", "namespace", "rule"), ROLES)
def test_the_least_role(subject: Subject, kind: str, name: str, namespace: str | None, rule: dict[str, Any]) -> None:
    metadata = {"name": f"vks-bigip-changes-{name}", **({"namespace": namespace} if namespace else {})}
    assert Problem.of(subject, "watch", 403, "no").role() == {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": kind,
        "metadata": metadata,
        "rules": [{**rule, "verbs": ["get", "list", "watch"]}],
    }


def test_a_right_in_an_event() -> None:
    problem = Problem.of(Subject("EndpointSlice", "shop"), "watch", 403, "endpointslices is forbidden")
    assert problem.as_dict() == {
        "status": 403,
        "verb": "watch",
        "resource": "endpointslices",
        "group": "discovery.k8s.io",
        "namespace": "shop",
        "said": "endpointslices is forbidden",
        "remedy": "Bind this role to the user of the event source (docs/rbac/events.yml has the roles of each mode).",
        "role": problem.role(),
    }


def test_a_sign_in_in_an_event() -> None:
    """No role grants it."""
    problem = Problem.of(SERVICES, "watch", 401, "Unauthorized")
    assert problem.as_dict() == {
        "status": 401,
        "verb": "watch",
        "resource": "services",
        "group": "",
        "namespace": None,
        "said": "Unauthorized",
        "remedy": "Renew the token or the certificate. The event source reads them again at each attempt.",
        "role": None,
    }


PLACES: list[tuple[tuple[Subject, int], tuple[Subject, int], bool]] = [
    # two problems, and if they are reported once
    ((SERVICES, 401), (Subject("Node"), 401), True),
    ((SERVICES, 401), (SERVICES, 403), False),
    ((SERVICES, 403), (SERVICES, 403), True),
    ((SERVICES, 403), (Subject("Service", "shop"), 403), False),
    ((SERVICES, 403), (Subject("Pod"), 403), False),
    ((Subject("Pod", "shop"), 403), (Subject("Pod", "bank"), 403), False),
    ((Subject("Secret", "shop", "a"), 403), (Subject("Secret", "shop", "b"), 403), False),
]


@pytest.mark.parametrize(("one", "other", "same"), PLACES)
def test_one_place_is_reported_once(one: tuple[Subject, int], other: tuple[Subject, int], same: bool) -> None:
    """The server's words are not a part of it: they may name a moment."""
    places = [Problem.of(one[0], "watch", one[1], "at 10:00").place, Problem.of(other[0], "watch", other[1], "at 10:01").place]
    assert (places[0] == places[1]) is same


WORDS: list[tuple[str, str]] = [
    # the server's words, and those of the event
    ("", ""),
    ("forbidden: {x}", "forbidden: {x}"),
    ("{{ lookup('pipe', 'id') }}", "{ { lookup('pipe', 'id') }}"),
    ("{% set x = 1 %}{# y #}", "{ % set x = 1 %}{ # y #}"),
    ("no \U0001f512 right", "no ? right"),
    ("{{{%{#", "{ { { %{ #"),
    ("one\ntwo\x1b[1m\tthree", "one\\ntwo\\x1b[1m three"),
    ("x" * 501, "x" * 500),
    ("x" * 499 + "{{", "x" * 499 + "{"),
]


@pytest.mark.parametrize(("words", "expected"), WORDS)
def test_the_words_of_the_server(words: str, expected: str) -> None:
    assert Problem.of(SERVICES, "watch", 403, words).said == expected


@given(st.text("{%#}a \n\t\x00\u202e") | st.text())
def test_no_words_make_a_template_or_a_second_line(words: str) -> None:
    said = Problem.of(SERVICES, "watch", 403, words).said
    assert not any(mark in said for mark in ("{{", "{%", "{#"))
    assert not {unicodedata.category(char) for char in said} & {"Cc", "Cf", "Zl", "Zp"}
