# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of a port range."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._npl import port_range

NO_RANGE = "is not a range start-end; the agents do not start with it"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("61000-62000", None),
        ("1024-2000", None),
        ("2000-29999", None),
        ("2000-30000", "overlaps the NodePort range 30000-32767 (their default)"),
        ("32767-32768", "overlaps the NodePort range 30000-32767 (their default)"),
        ("32768-40000", "overlaps the nodes' ephemeral ports 32768-60999 (their default)"),
        ("60999-61000", "overlaps the nodes' ephemeral ports 32768-60999 (their default)"),
        ("1023-2000", "has ports below 1024"),
        ("61000-65535", None),
        ("61000-65536", NO_RANGE),
        ("61000-61001", None),
        ("62000-62000", NO_RANGE),
        ("62001-62000", NO_RANGE),
        ("61000 - 62000", NO_RANGE),
        ("", NO_RANGE),
    ],
)
def test_fault(text: str, fault: str | None) -> None:
    assert port_range.fault(text) == fault


def test_the_default_is_one_that_it_advises() -> None:
    assert port_range.DEFAULT == "61000-62000" and port_range.fault(port_range.DEFAULT) is None
    assert port_range.CHOOSE == "Choose a range such as 61000-62000, which is outside of both."
