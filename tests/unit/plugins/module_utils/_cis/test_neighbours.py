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

MANY = [*"hgfedcba"]
INGRESS: dict[str, Any] = {"custom_resource_mode": False}
LABEL: dict[str, Any] = {"values": {"args": {"custom_resource_label": "a=b"}}}

CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str | None]] = {
    # changes of our variables, of the other CIS, and the namespaces of the warning
    "the same": ({}, {}, "all namespaces"),
    "ours watches some": ({"namespaces": ["b", "a"]}, {}, "b, a"),
    "the other watches some": ({"namespaces": None}, {"namespaces": ["b"]}, "b"),
    "some in common": ({"namespaces": [*MANY, "x"]}, {"namespaces": ["y", *MANY]}, "a, b, c, d, e, f, g, h"),
    "names that are numbers": ({"namespaces": [1]}, {"namespaces": ["1"]}, "1"),
    "a name in capitals": (
        {"bigip_url": "BigIP.example.com"},
        {"arguments": ["--bigip-url=https://bigip.EXAMPLE.com"]},
        "all namespaces",
    ),
    "a port": ({"bigip_url": "https://192.0.2.1:8443"}, {}, None),
    "one of two URLs": ({}, {"arguments": ["--bigip-url=https://192.0.2.2", URL]}, "all namespaces"),
    "no URL of ours": ({"bigip_url": None}, {}, None),
    "two invalid URLs": ({"bigip_url": "https://[x"}, {"arguments": ["--bigip-url=https://[y"]}, None),
    "the same invalid URL": (
        {"bigip_url": "https://[x"},
        {"arguments": ["--bigip-url=https://[x"]},
        "all namespaces",
    ),
    "the default label of resources": (
        {"values": {"args": None}},
        {"arguments": [URL, "--custom-resource-label=f5cr=true"]},
        "all namespaces",
    ),
    "an empty label of resources": (
        {"values": None},
        {"arguments": [URL, "--custom-resource-label="]},
        "all namespaces",
    ),
    "the same label of resources": (
        LABEL,
        {"arguments": [URL, "--custom-resource-label=a=b"]},
        "all namespaces",
    ),
    "the other's label of resources": ({}, {"arguments": [URL, "--custom-resource-label=a=b"]}, None),
    "the default class": (INGRESS, {**INGRESS, "arguments": [URL, "--ingress-class=f5"]}, "all namespaces"),
    "one class": (
        {**INGRESS, "ingress_class": "own"},
        {**INGRESS, "arguments": [URL, "--ingress-class=own"]},
        "all namespaces",
    ),
    "the other's class": (INGRESS, {**INGRESS, "arguments": [URL, "--ingress-class=own"]}, None),
    "another label, for Ingresses": ({**INGRESS, **LABEL}, INGRESS, "all namespaces"),
    "none in common": ({"namespaces": ["a"]}, {"namespaces": ["b"]}, None),
    "scaled to 0": ({}, {"replicas": 0}, None),
    "another BIG-IP": ({"bigip_url": "https://192.0.2.2"}, {}, None),
    "no URL": ({}, {"arguments": []}, None),
    "an invalid URL": ({}, {"arguments": ["--bigip-url=https://[x"]}, None),
    "our label of namespaces": ({"namespace_label": "a=b"}, {}, None),
    "its label of namespaces": ({}, {"arguments": [URL, "--namespace-label=a=b"]}, None),
    "another mode": (INGRESS, {}, None),
    "another mode of the other": ({}, INGRESS, None),
    "another label of resources": (LABEL, {}, None),
    "the same class": (INGRESS, INGRESS, "all namespaces"),
    "another class": ({**INGRESS, "ingress_class": "own"}, INGRESS, None),
}


@pytest.mark.parametrize(("given", "other", "shared"), CASES.values(), ids=CASES)
def test_warnings(given: dict[str, Any], other: dict[str, Any], shared: str | None) -> None:
    found = list(neighbours.warnings({**GIVEN, **given}, [{**OTHER, "replicas": 0}, {**OTHER, **other}]))
    way = (
        "another cis_ingress_class."
        if other.get("custom_resource_mode") is False
        else "resources with another label by cis_values.args.custom_resource_label."
    )
    text = (
        f"CIS elsewhere/other watches {shared} too, for the same BIG-IP. "
        "Both would serve the same resources, by the same address in two partitions. "
        f"Let each watch other namespaces by cis_namespaces, or {way}"
    )
    assert found == ([text] if shared else [])
