# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters as the fields of a dataclass of options."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._boundary.parameters import field_values


@dataclasses.dataclass(frozen=True)
class Sample:
    words: tuple[str, ...] = ("a",)
    number: int = 7
    text: str | None = None


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, Sample()),
        ({"words": None, "number": None, "text": None}, Sample()),
        ({"words": [], "number": 0, "text": ""}, Sample((), 0, "")),
        ({"words": ["b", "c"], "other": 1}, Sample(("b", "c"))),
    ],
)
def test_a_parameter_that_is_null_has_the_default(params: dict[str, Any], expected: Sample) -> None:
    assert Sample(**field_values(Sample, params)) == expected
