# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration for imish."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._bgp import imish
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import wanted

NODES = wanted(("n1", "198.18.0.1"), ("n2", "2001:db8::2"))


def test_lines() -> None:
    assert imish.lines(NODES.neighbors, 64513, False) == [
        "router bgp 64513",
        " neighbor 198.18.0.1 remote-as 64512",
        " neighbor 198.18.0.1 description vks.bigip node=n1",
        " neighbor 2001:db8::2 remote-as 64512",
        " neighbor 2001:db8::2 description vks.bigip node=n2",
        " address-family ipv6",
        " neighbor 2001:db8::2 activate",
        " exit-address-family",
    ]


def test_the_password_is_a_placeholder() -> None:
    lines = imish.lines(NODES.of({4}).neighbors, 64513, True)
    assert lines[0] == "! Replace PASSWORD with the password of the sessions." and " neighbor 198.18.0.1 password PASSWORD" in lines


def test_a_long_name_is_cut() -> None:
    (line,) = [line for line in imish.lines(wanted(("n" * 200, "198.18.0.1")).neighbors, 64513, False) if "description" in line]
    assert len(line.partition("description ")[2]) == 80
