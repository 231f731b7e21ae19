# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The name of a route and its mark."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._routes import marks
from ansible_collections.vks.bigip.plugins.module_utils._routes.marks import Mark
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import network

NAMES = [
    ("vks", "a1b2c3d4-9999", "10.244.3.0/24", 0, "vks-a1b2c3d4-10.244.3.0_24"),
    ("vks", "a1b2c3d4-9999", "10.244.3.0/24", 2, "vks-a1b2c3d4-10.244.3.0_24_rd2"),
    ("pods", "shop", "10.244.3.7/32", 0, "pods-shop-10.244.3.7_32"),
    ("vks", "a1b2c3d4", "2001:db8:96:1::/64", 0, "vks-a1b2c3d4-2001-db8-96-1--_64"),
    ("vks", "team shop/a", "10.0.0.0/8", 0, "vks-team_sho-10.0.0.0_8"),
]


@pytest.mark.parametrize(("prefix", "owner", "text", "domain", "expected"), NAMES)
def test_a_name(prefix: str, owner: str, text: str, domain: int, expected: str) -> None:
    assert marks.name(prefix, owner, network(text), domain) == expected


@given(st.lists(st.tuples(st.ip_addresses(), st.integers(0, 3)), min_size=2, max_size=2, unique=True))
def test_two_networks_never_have_one_name(pair: list[tuple[object, int]]) -> None:
    names = [marks.name("vks", "shop", network(str(address)), domain) for address, domain in pair]
    assert len(set(names)) == 2
    assert all(re.fullmatch("[A-Za-z0-9_.-]+", name) for name in names)


MARKS = [
    ("vks.bigip owner=a cluster=b node=n1", Mark("a", "b", "n1")),
    ("vks.bigip owner=a node=n1", Mark("a", "", "n1")),
    ("vks.bigip owner=team%20shop node=n1", Mark("team shop", "", "n1")),
    ("", None),
    ("static", None),
    ("vks.bigip owner= node=n1", None),
    ("vks.bigip owner=a", None),
    ("vks.bigip owner=a node=n1 and more", None),
    (" vks.bigip owner=a node=n1", None),
    ("vksXbigip owner=a node=n1", None),
]


@pytest.mark.parametrize(("description", "expected"), MARKS)
def test_a_description(description: str, expected: Mark | None) -> None:
    assert marks.read(description) == expected


@given(st.text(min_size=1), st.text(), st.text(min_size=1))
def test_a_mark_is_read_as_it_was_written(owner: str, cluster: str, node: str) -> None:
    try:
        (owner + cluster + node).encode()
    except UnicodeEncodeError:
        return
    mark = Mark(owner, cluster, node)
    assert marks.read(str(mark)) == mark
    assert str(mark).isascii() and str(mark).isprintable() and not set(str(mark)) & set("\"'\\{}#")


@pytest.mark.parametrize(
    ("mark", "owner", "cluster", "expected"),
    [
        (Mark("a", "", "n"), "a", "", True),
        (Mark("a", "x", "n"), "a", "x", True),
        (Mark("a", "x", "n"), "a", "", True),
        (Mark("a", "", "n"), "a", "x", True),
        (Mark("a", "x", "n"), "a", "y", False),
        (Mark("a", "x", "n"), "b", "x", False),
    ],
)
def test_whose_mark_it_is(mark: Mark, owner: str, cluster: str, expected: bool) -> None:
    assert mark.is_of(owner, cluster) is expected
