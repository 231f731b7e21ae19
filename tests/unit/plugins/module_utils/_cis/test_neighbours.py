# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other CIS that would serve the same resources on the same BIG-IP."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import neighbours

GIVEN = {"bigip_url": "https://192.0.2.1", "namespaces": []}
OTHER = {
    "name": "other",
    "namespace": "elsewhere",
    "replicas": 1,
    "namespaces": [],
    "custom_resource_mode": True,
    "arguments": ["--bigip-url=192.0.2.1:443"],
}
URL = "--bigip-url=https://192.0.2.1"

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    # changes of our variables, of the other CIS, and the namespaces of the warning
    "the same": ({}, {}, "watches all namespaces too"),
    "ours watches some": ({"namespaces": ["a"]}, {}, "watches a too"),
    "the other watches some": ({}, {"namespaces": ["b"]}, "watches b too"),
    "some in common": ({"namespaces": ["c", "b", "a"]}, {"namespaces": ["b", "c", "d"]}, "watches b, c too"),
    "none in common": ({"namespaces": ["a"]}, {"namespaces": ["b"]}, None),
    "scaled to 0": ({}, {"replicas": 0}, None),
    "another BIG-IP": ({"bigip_url": "https://192.0.2.2"}, {}, None),
    "no URL": ({}, {"arguments": []}, None),
    "an invalid URL": ({}, {"arguments": ["--bigip-url=https://[x"]}, None),
    "our label of namespaces": ({"namespace_label": "a=b"}, {}, None),
    "its label of namespaces": ({}, {"arguments": [URL, "--namespace-label=a=b"]}, None),
    "another mode": ({"custom_resource_mode": False}, {}, None),
    "another label of resources": ({"values": {"args": {"custom_resource_label": "a=b"}}}, {}, None),
    "the same class": (
        {"custom_resource_mode": False},
        {"custom_resource_mode": False},
        "watches all namespaces too",
    ),
    "another class": (
        {"custom_resource_mode": False, "ingress_class": "own"},
        {"custom_resource_mode": False},
        None,
    ),
}


@pytest.mark.parametrize(("given", "other", "words"), CASES.values(), ids=CASES)
def test_warnings(given: dict[str, Any], other: dict[str, Any], words: str | None) -> None:
    found = list(neighbours.warnings({**GIVEN, **given}, [{**OTHER, **other}]))
    assert [text.startswith(f"CIS elsewhere/other {words}") for text in found] == ([True] if words else [])
