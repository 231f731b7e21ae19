# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters accept dictionaries, and name an undefined variable."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import UndefinedError

from ansible_collections.vks.bigip.plugins.plugin_utils.mapping import is_mapping


@pytest.mark.parametrize(("value", "expected"), [({}, True), (MappingProxyType({"a": 1}), True), ([], False), ("{}", False), (None, False)])
def test_is_mapping(value: Any, expected: bool) -> None:
    assert is_mapping(value) is expected


@pytest.mark.parametrize("kind", [Undefined, StrictUndefined])
def test_an_undefined_variable_is_named(kind: type[Undefined]) -> None:
    """ansible-lint 24 accepts only this failure of a role's variable: it reads roles without their variables."""
    with pytest.raises(UndefinedError, match="'__publish_given' is undefined"):
        is_mapping(kind(name="__publish_given"))
