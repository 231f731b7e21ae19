# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How addresses are read."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.endpoints import canonical
from ansible_collections.vks.bigip.plugins.module_utils._members.model import order


@pytest.mark.parametrize(
    ("text", "one_way", "place"),
    [
        ("198.18.0.11", "198.18.0.11", (4, b"\xc6\x12\x00\x0b")),
        ("2001:DB8:0:0::1", "2001:db8::1", (6, b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01")),
        ("198.18.0.011", None, None),
        ("198.18.11", None, None),
        ("198.18.0.11 ", None, None),
        ("node-1", None, None),
        ("", None, None),
    ],
)
def test_the_quick_way_to_read_an_address_is_as_strict_as_ipaddress(text: str, one_way: str | None, place: tuple[int, bytes] | None) -> None:
    assert canonical(text) == one_way
    if place is not None:
        assert order(text, 80) == (place, 80)
    else:
        with pytest.raises(ValueError):
            order(text)
