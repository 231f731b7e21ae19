# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The members of a pool while a mode collects them."""

from __future__ import annotations

from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member
from ansible_collections.vks.bigip.plugins.module_utils._members.result import PoolResult


def test_an_address_and_port_counts_once() -> None:
    result = PoolResult()
    first, other_port = Member("10.0.0.1", 80, "n1"), Member("10.0.0.1", 81, "n1")
    for member, name in ((first, "a"), (other_port, "b"), (Member("10.0.0.1", 80, "n2"), "c")):
        result.add(member, "Pod", name)
    assert result.members == [first, other_port]
    what = "Pod c has 10.0.0.1 port 80, as Pod a has."
    (left_out,) = result.left_out
    assert (left_out.reason, left_out.name, left_out.node) == ("same_address", "c", "n2")
    assert left_out.message.startswith(what) and result.warnings == [what]
