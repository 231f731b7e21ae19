# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How addresses are read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.addresses import canonical, order, special


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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("198.18.0.1", ""),
        ("10.0.0.1", ""),
        ("100.96.0.1", ""),
        ("223.255.255.254", ""),
        ("169.253.255.255", ""),
        ("2001:db8::1", ""),
        ("fd00::1", ""),
        ("fe00::1", ""),
        ("fe7f::1", ""),
        ("fec0::1", ""),
        ("2080::1", ""),
        ("64:ff9b::c612:1", ""),
        ("64:ff9b:1::198.18.0.1", ""),
        ("2002:c612:1::1", ""),
        ("127.0.0.1", "a loopback"),
        ("127.255.255.254", "a loopback"),
        ("::1", "a loopback"),
        ("169.254.169.254", "a link-local"),
        ("fe80::1", "a link-local"),
        ("febf::1", "a link-local"),
        ("224.0.0.1", "a multicast"),
        ("239.255.255.255", "a multicast"),
        ("ff02::1", "a multicast"),
        ("0.0.0.0", "an unspecified"),
        ("0.1.2.3", "an unspecified"),
        ("::", "an unspecified"),
        ("240.0.0.1", "a reserved"),
        ("255.255.255.255", "a reserved"),
        ("::2", "a reserved"),
        ("::127.0.0.1", "a reserved"),
        ("::ffff:127.0.0.1", "an IPv4-mapped"),
        ("::ffff:169.254.169.254", "an IPv4-mapped"),
        ("::ffff:198.18.0.1", "an IPv4-mapped"),
        ("64:ff9b::169.254.169.254", "a link-local"),
        ("2002:7f00:1::1", "a loopback"),
        ("2001:db8::1%eth0", "a zoned"),
        ("fe80::1%1", "a zoned"),
    ],
)
def test_addresses_that_no_member_may_have(text: str, kind: str) -> None:
    assert special(text) == kind


@pytest.mark.parametrize("value", [None, 1.5])
def test_what_is_not_text_is_not_an_address(value: Any) -> None:
    """The address is data of another system."""
    assert canonical(value) is None and special(value) == ""


@pytest.mark.parametrize(
    "text", ["010.1.1.1", "127.1", "0x7f.1", "0x7f000001", "2130706433", "127.0.0.1\n", "127.0.0.1\0", "127.0.0.1/8", "[::1]", "\uff11.0.0.1", "1" * 200_000]
)
def test_odd_spellings_are_not_addresses(text: str) -> None:
    assert canonical(text) is None and special(text) == ""
