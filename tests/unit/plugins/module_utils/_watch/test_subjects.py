# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One stream for each kind and scope."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject, subjects

EIGHT = [f"n{number}" for number in range(8)]
CASES: list[tuple[dict[str, Any], str]] = [
    # the arguments, and each kind with its namespace or its Secret
    ({}, "Service EndpointSlice Pod Node"),
    ({"pool_member_type": "auto"}, "Service EndpointSlice Pod Node"),
    ({"pool_member_type": "nodeport"}, "Service EndpointSlice Node"),
    ({"pool_member_type": "nodeportlocal"}, "Service EndpointSlice Pod"),
    ({"pool_member_type": "cluster"}, "Service EndpointSlice"),
    ({"namespaces": ["shop"]}, "Service@shop EndpointSlice@shop Pod@shop Node"),
    ({"services": ["shop/web", "shop/api"]}, "Service@shop EndpointSlice@shop Pod@shop Node"),
    (
        {"namespaces": ["b", "a"], "pool_member_type": "cluster"},
        "Service@a Service@b EndpointSlice@a EndpointSlice@b",
    ),
    ({"namespaces": ["a", "b"], "services": ["a/web"], "pool_member_type": "cluster"},
     "Service@a Service@b EndpointSlice@a EndpointSlice@b"),
    (
        {"secrets": ["b/tls", "a/tls", "b/tls"], "pool_member_type": "cluster"},
        "Service EndpointSlice Secret@b/tls Secret@a/tls",
    ),
    ({"namespaces": EIGHT, "pool_member_type": "cluster"},
     " ".join(f"{kind}@{name}" for kind in ("Service", "EndpointSlice") for name in EIGHT)),
    ({"namespaces": [*EIGHT, "n8"], "pool_member_type": "cluster"}, "Service EndpointSlice"),
]  # fmt: skip


def shown(subject: Subject) -> str:
    place = "/".join(part for part in (subject.namespace, subject.name) if part)
    return f"{subject.kind}@{place}" if place else subject.kind


@pytest.mark.parametrize(("arguments", "expected"), CASES)
def test_subjects(arguments: dict[str, Any], expected: str) -> None:
    watched = subjects(ChangesOptions.from_arguments(arguments))
    assert " ".join(map(shown, watched)) == expected
    assert {subject.label_selector for subject in watched} == {None}


def test_only_services_are_selected_by_their_labels() -> None:
    """EndpointSlices and Pods have other labels."""
    watched = subjects(ChangesOptions.from_arguments({"label_selector": "a=b", "namespaces": ["x", "y"]}))
    selected = [subject for subject in watched if subject.label_selector]
    assert selected == [Subject("Service", "x", None, "a=b"), Subject("Service", "y", None, "a=b")]
    assert len(watched) == 7


RESOURCES: list[tuple[Subject, str, bool, str]] = [
    # the subject, its URL, if only metadata is read, and its text in a message
    (Subject("Service"), "/api/v1/services", False, "Services in the whole cluster"),
    (Subject("EndpointSlice", "a"), "/apis/discovery.k8s.io/v1/namespaces/a/endpointslices", False, "EndpointSlices in namespace a"),
    (Subject("Pod", "a"), "/api/v1/namespaces/a/pods", True, "Pods in namespace a"),
    (Subject("Node"), "/api/v1/nodes", False, "Nodes in the whole cluster"),
    (Subject("Secret", "a", "tls"), "/api/v1/namespaces/a/secrets", True, "Secret a/tls"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "url", "metadata_only", "text"), RESOURCES)
def test_a_subject(subject: Subject, url: str, metadata_only: bool, text: str) -> None:
    assert subject.resource.path(subject.namespace) == url
    assert subject.resource.metadata_only is metadata_only
    assert subject.text == text
