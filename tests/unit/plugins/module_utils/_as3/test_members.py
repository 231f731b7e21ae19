# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pool members one by one, and grouped."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._as3 import difference, members
from ansible_collections.vks.bigip.tests.unit.support.as3_entries import (
    entry,
    of,
    pool,
)

ADDRESS = st.integers(0, 40).map(lambda number: f"10.0.{number // 8}.{number % 8}")
ENTRY = st.builds(lambda port, addresses, ratio: entry(port, *addresses, ratio=ratio), st.integers(1, 3), st.lists(ADDRESS, min_size=1), st.integers(1, 3))


@given(st.lists(ENTRY))
def test_grouping_keeps_every_member_and_is_stable(entries: list[dict[str, Any]]) -> None:
    flat = members.flatten(entries)
    grouped = members.group(flat)
    assert members.flatten(grouped).static == flat.static
    assert members.group(members.flatten(grouped)) == grouped
    assert len({(one["servicePort"], one["ratio"]) for one in grouped}) == len(grouped)
    assert not difference.application(of(web=pool(*entries)), of(web=pool(*grouped)), "T1", "A1")


def test_named_servers_and_discovered_members_survive_grouping() -> None:
    entries = [
        {"servicePort": 80, "servers": [{"name": "web_1", "address": "10.0.0.1"}], "serverAddresses": ["10.0.0.2"], "shareNodes": True},
        {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"},
    ]
    assert members.group(members.flatten(entries)) == entries
