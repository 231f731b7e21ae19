# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AS3's classes: their properties, and the types of values."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import vocabulary
from ansible_collections.vks.bigip.plugins.module_utils._as3.vocabulary import Property


def test_the_properties_of_a_class() -> None:
    known = vocabulary.properties({"class": "Adapt_Profile"}) or {}
    assert known["allowHTTP10"] == Property("b", False) and known["timeout"] == Property("i", 0)
    assert known["label"] == Property("s") and not known["label"].is_pointer


def test_a_variant() -> None:
    http = vocabulary.properties({"class": "Monitor", "monitorType": "http"}) or {}
    tcp = vocabulary.properties({"class": "Monitor", "monitorType": "tcp"}) or {}
    cookie = vocabulary.properties({"class": "Persist", "persistenceMethod": "cookie"}) or {}
    assert http.keys() - tcp.keys() and "cookieName" in cookie
    for variant in ({}, {"monitorType": "new"}, {"monitorType": 5}, {"persistenceMethod": "cookie"}):
        assert vocabulary.properties({"class": "Pool", **variant}) == vocabulary.properties({"class": "Pool"})


@pytest.mark.parametrize("item", [{}, {"class": 5}, {"class": "Brand_New"}, {"class": ["Pool"]}])
def test_an_unknown_class(item: dict[str, Any]) -> None:
    assert vocabulary.properties(item) is None
    assert vocabulary.convert_object(item) == item


@pytest.mark.parametrize(
    ("value", "types", "expected"),
    [
        ("80", "i", 80),
        (" -5 ", "i", -5),
        ("80", "s", "80"),
        ("8.5", "i", "8.5"),
        ("9" * 19, "i", "9" * 19),
        ("True", "b", True),
        ("false", "b", False),
        ("yes", "b", "yes"),
        ("true", "s", "true"),
        (["80"], "i", ["80"]),
    ],
)
def test_convert(value: Any, types: str, expected: Any) -> None:
    found = vocabulary.convert(value, Property(types))
    assert found == expected and isinstance(found, type(expected))


def test_a_pool_with_its_members() -> None:
    item = {"class": "Pool", "minimumMembersActive": "1", "members": [{"servicePort": "80", "new": "1"}, "x"]}
    assert vocabulary.convert_object(item) == {
        "class": "Pool",
        "minimumMembersActive": 1,
        "members": [{"servicePort": 80, "new": "1"}, "x"],
    }
    assert item["minimumMembersActive"] == "1", "the given object is unchanged"


@pytest.mark.parametrize(
    "item", [{"class": "Pool", "members": "text"}, {"class": "GSLB_Pool", "members": [{"servicePort": "80"}]}]
)
def test_members_that_are_not_those_of_a_pool(item: dict[str, Any]) -> None:
    assert vocabulary.convert_object(item) == item


@pytest.mark.parametrize(
    ("name", "expected"),
    [("serviceport", "servicePort"), ("servicePrt", "servicePort"), ("zzz", None)],
)
def test_nearest(name: str, expected: str | None) -> None:
    assert vocabulary.nearest(name, vocabulary.member_properties()) == expected


@pytest.mark.parametrize("order", [("monitor", "Monitors", "monitoring"), ("monitoring", "Monitors", "monitor")])
def test_nearest_of_several(order: tuple[str, ...]) -> None:
    assert vocabulary.nearest("monitrs", {name: Property("s") for name in order}) == "Monitors"
