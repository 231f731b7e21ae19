# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How addresses are read."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.endpoints import canonical
from ansible_collections.vks.bigip.plugins.module_utils._members.model import numeric


@pytest.mark.parametrize(
    ("text", "one_way", "number"),
    [
        ("198.18.0.11", "198.18.0.11", (4, 0xC612000B)),
        ("2001:DB8:0:0::1", "2001:db8::1", (6, 0x20010DB8000000000000000000000001)),
        ("198.18.0.011", None, None),
        ("198.18.11", None, None),
        ("198.18.0.11 ", None, None),
        ("node-1", None, None),
        ("", None, None),
    ],
)
def test_the_quick_way_to_read_an_address_is_as_strict_as_ipaddress(text: str, one_way: str | None, number: tuple[int, int] | None) -> None:
    assert canonical(text) == one_way
    if number is not None:
        assert numeric(text) == number
    else:
        with pytest.raises(ValueError):
            numeric(text)
