# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of a port range."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._npl import port_range


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("61000-62000", None),
        ("1024-2000", None),
        ("32768-40000", "overlaps the nodes' ephemeral ports 32768-60999"),
        ("60999-61000", "overlaps the nodes' ephemeral ports"),
        ("2000-30000", "overlaps the NodePort range 30000-32767"),
        ("1023-2000", "has ports below 1024"),
        ("61000-65535", None),
        ("61000-65536", "is not a range"),
        ("62000-62000", "is not a range"),
        ("61000 - 62000", "is not a range"),
        ("", "is not a range"),
    ],
)
def test_fault(text: str, fault: str | None) -> None:
    found = port_range.fault(text)
    assert found is None if fault is None else fault in str(found)


def test_the_default_is_one_that_it_advises() -> None:
    assert port_range.DEFAULT == "61000-62000" and port_range.fault(port_range.DEFAULT) is None
    assert port_range.DEFAULT in port_range.CHOOSE
