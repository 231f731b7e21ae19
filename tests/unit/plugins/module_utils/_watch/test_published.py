# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Services and the mode of what a play publishes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._watch import published
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions

WEB = {"tenant": "Shop", "service": {"namespace": "shop", "name": "web", "port": 80}}
API = {"tenant": "Shop", "service": {"name": "api"}}
STATIC = {"tenant": "Shop", "virtual_server": {"class": "Service_HTTP"}}


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ([], set()),
        ([None, None], set()),
        ([[WEB, API, STATIC]], {("shop", "web"), ("default", "api")}),
        ([[WEB], [API]], {("shop", "web"), ("default", "api")}),
        (["- {tenant: Shop, service: {namespace: shop, name: web}}"], {("shop", "web")}),
        (['[{"service": {"namespace": "", "name": "web"}}]'], {("default", "web")}),
        (["no list"], set()),
        (["- [broken"], set()),
        ([{"service": {"name": "web"}}], set()),
        ([["web", {"service": "web"}, {"service": {"name": ""}}, {"service": None}]], set()),
    ],
)
def test_services(variables: list[Any], names: set[tuple[str, str]]) -> None:
    assert published.services(published.items(*variables)) == names


@pytest.mark.parametrize(
    ("items", "default", "mode"),
    [
        ([], "cluster", "cluster"),
        ([WEB, API], "cluster", "cluster"),
        ([{**WEB, "pool_member_type": "nodeport"}], "cluster", "nodeport"),
        ([{**WEB, "pool_member_type": "nodeport"}, API], "cluster", "auto"),
        ([{**WEB, "pool_member_type": "nodeport"}, API], "nodeport", "nodeport"),
        ([{**WEB, "pool_member_type": ""}], "cluster", "cluster"),
        ([{**WEB, "pool_member_type": "no mode"}], "cluster", "auto"),
    ],
)
def test_mode(items: list[dict[str, Any]], default: str, mode: str) -> None:
    assert published.mode(items, default) == mode


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (None, set()),
        ("", set()),
        (["a", "b"], {"a", "b"}),
        ("a, b", {"a", "b"}),
        ('["a"]', {"a"}),
        ({"Shop": ["a"], "Bank": "b,c", "Empty": None}, {"a", "b", "c"}),
        (5, set()),
        ([""], set()),
    ],
)
def test_label_namespaces(value: Any, names: set[str]) -> None:
    assert published.label_namespaces(value) == names


@pytest.mark.parametrize(
    ("arguments", "services", "namespaces"),
    [
        ({}, {("shop", "web"), ("default", "api")}, set()),
        ({"label_namespaces": ["pay"]}, set(), {"pay", "shop", "default"}),
        ({"label_namespaces": ["pay"], "services": ["pay/card"]}, {("pay", "card")}, set()),
        ({"services": ["pay/card"]}, {("pay", "card")}, set()),
        ({"namespaces": ["pay"]}, set(), {"pay"}),
        ({"label_selector": "a"}, set(), set()),
    ],
)
def test_a_selection_of_your_own_counts(arguments: dict[str, Any], services: set[tuple[str, str]], namespaces: set[str]) -> None:
    options = ChangesOptions.from_arguments({"applications": [WEB], "pools": [API], **arguments})
    assert (options.services, options.namespaces) == (services, namespaces)
