# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark of a neighbor, and names of objects."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bgp import marks
from ansible_collections.vks.bigip.plugins.module_utils._bgp.marks import NeighborMark
from ansible_collections.vks.bigip.plugins.module_utils._routes.marks import Mark


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (NeighborMark(Mark("o", "", "n1")), "vks.bigip owner=o node=n1"),
        (NeighborMark(Mark("team shop", "blue", "n1"), "0a1b"), "vks.bigip owner=team%20shop cluster=blue node=n1 password=0a1b"),
    ],
)
def test_written_and_read(mark: NeighborMark, text: str) -> None:
    assert str(mark) == text and marks.read(text) == mark


@pytest.mark.parametrize("text", ["", "the router", "vks.bigip owner=o", "vks.bigip owner=o node=n1 password=XYZ", "x vks.bigip owner=o node=n1"])
def test_other_descriptions(text: str) -> None:
    assert marks.read(text) is None


@pytest.mark.parametrize(("owner", "expected"), [("a1b2c3d4-0000", "a1b2c3d4"), ("Team Shop", "team-sho"), ("a b c d-e", "a-b-c-d"), ("äö", "x")])
def test_short(owner: str, expected: str) -> None:
    assert marks.short(owner) == expected
