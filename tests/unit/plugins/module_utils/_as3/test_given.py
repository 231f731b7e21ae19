# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration as text, or as a structure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import given

DEEP = "[" * 500 + "]" * 500


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": 1}, {"a": 1}),
        (None, None),
        (5, 5),
        (b"{}", b"{}"),
        ('{"a": true}', {"a": True}),
        ("{'a': True}", {"a": True}),
        ("[1, 2]", [1, 2]),
        ("{'a': true}", "{'a': true}"),
        ('"text"', '"text"'),
        ("5", "5"),
        ("f()", "f()"),
        ("{", "{"),
        ("", ""),
        (DEEP, DEEP),
    ],
)
def test_structure(value: Any, expected: Any) -> None:
    assert given.structure(value) == expected
