# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pool members one by one, and grouped."""

from __future__ import annotations

from typing import Any

import pytest
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


SPELLINGS: list[tuple[str, int, str]] = [
    ("10.0.0.1", 0, "10.0.0.1"),
    (" 10.0.0.1 ", 0, "10.0.0.1"),
    ("10.0.0.1%0", 0, "10.0.0.1"),
    ("10.0.0.1%2", 0, "10.0.0.1%2"),
    ("10.0.0.1%2", 2, "10.0.0.1"),
    ("10.0.0.1%0", 2, "10.0.0.1%0"),
    ("10.0.0.1%02", 0, "10.0.0.1%2"),
    ("10.0.0.1", 2, "10.0.0.1"),
    ("10.0.0.1/32", 0, "10.0.0.1"),
    ("10.0.0.1/128", 0, "10.0.0.1/128"),
    ("10.0.0.0/8", 0, "10.0.0.0/8"),
    ("10.0.0.1%2/32", 0, "10.0.0.1%2"),
    ("2001:DB8:0::1/128", 0, "2001:db8::1"),
    ("2001:db8::1/32", 0, "2001:db8::1/32"),
    ("2001:db8::1%2", 0, "2001:db8::1%2"),
    ("10.0.0.1%²", 0, "10.0.0.1"),
    ("10.0.0.1%²", 2, "10.0.0.1"),
    ("10.0.0.1%x", 2, "10.0.0.1"),
    ("web.example.com", 0, "web.example.com"),
    ("web.example.com%2", 2, "web.example.com%2"),
    ("010.0.0.1", 0, "010.0.0.1"),
    ("any6", 0, "any6"),
    ("", 0, ""),
]


@pytest.mark.parametrize("address, domain, spelled", SPELLINGS)
def test_one_spelling_of_an_address(address: str, domain: int, spelled: str) -> None:
    assert members.canonical(address, domain) == spelled


def test_the_default_route_domain_is_0() -> None:
    assert (members.canonical("10.0.0.1%0"), members.canonical("10.0.0.1%1")) == ("10.0.0.1", "10.0.0.1%1")


def test_the_order_of_members() -> None:
    """By number, IPv4 first, then by route domain and port. Names of hosts come last."""
    keys = [
        ("b.example.com", 1),
        ("2001:db8::1", 1),
        ("10.0.0.10", 1),
        ("10.0.0.9%2", 1),
        ("10.0.0.9", 80),
        ("10.0.0.9", 9),
        ("a.example.com", 2),
        ("a.example.com", 1),
    ]
    assert sorted(keys, key=members.order) == [
        *(("10.0.0.9", 9), ("10.0.0.9", 80), ("10.0.0.9%2", 1), ("10.0.0.10", 1), ("2001:db8::1", 1)),
        *(("a.example.com", 1), ("a.example.com", 2), ("b.example.com", 1)),
    ]


FLAT: dict[str, tuple[Any, dict[Any, Any]]] = {
    "no list": ({"servicePort": 80}, {}),
    "an entry that is not an object": (["10.0.0.1", None], {}),
    "no port": ([{"serverAddresses": ["10.0.0.1"]}], {("10.0.0.1", 0): {}}),
    "the default route domain": ([{"servicePort": 80, "serverAddresses": ["10.0.0.1%0", "10.0.0.2%1"]}], {("10.0.0.1", 80): {}, ("10.0.0.2%1", 80): {}}),
    "a port as text": ([{"servicePort": "80", "serverAddresses": ["10.0.0.1"]}], {("10.0.0.1", 80): {}}),
    "true is not a port": ([{"servicePort": True, "serverAddresses": ["10.0.0.1"]}], {("10.0.0.1", 0): {}}),
    "addresses that are not a list": ([{"servicePort": 80, "serverAddresses": "10.0.0.1"}], {}),
    "servers that are not a list": ([{"servicePort": 80, "servers": {"name": "a", "address": "10.0.0.1"}}], {}),
    "servers": (
        [{"servicePort": 80, "servers": [{"name": "a", "address": "10.0.0.1"}, {"address": "10.0.0.2"}, {"name": "c"}, "d"]}],
        {("10.0.0.1", 80): {"server_name": "a"}, ("10.0.0.2", 80): {}},
    ),
    "a route domain of the entry": (
        [{"servicePort": 80, "routeDomain": 3, "serverAddresses": ["10.0.0.1", "10.0.0.2%4"]}],
        {("10.0.0.1%3", 80): {}, ("10.0.0.2%4", 80): {}},
    ),
    "settings": ([{"servicePort": 80, "class": "Pool_Member", "ratio": 2, "serverAddresses": ["10.0.0.1"]}], {("10.0.0.1", 80): {"ratio": 2}}),
    "the later entry": (
        [{"servicePort": 80, "ratio": 1, "serverAddresses": ["10.0.0.1", "10.0.0.2"]}, {"servicePort": 80, "ratio": 2, "serverAddresses": ["10.0.0.1"]}],
        {("10.0.0.2", 80): {"ratio": 1}, ("10.0.0.1", 80): {"ratio": 2}},
    ),
    "static by name": (
        [{"servicePort": 80, "addressDiscovery": "static", "serverAddresses": ["10.0.0.1"]}],
        {("10.0.0.1", 80): {"addressDiscovery": "static"}},
    ),
    "existing nodes": ([{"servicePort": 80, "bigip": "/Common/n", "serverAddresses": ["10.0.0.1"]}], {}),
}


@pytest.mark.parametrize("entries, expected", FLAT.values(), ids=FLAT)
def test_members_one_by_one(entries: Any, expected: dict[Any, Any]) -> None:
    found = members.flatten(entries)
    assert list(found.static.items()) == list(expected.items())


def test_entries_that_bigip_fills_are_kept_as_they_are() -> None:
    other = [{"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "h"}, {"servicePort": 80, "bigip": "/Common/n"}]
    assert members.flatten(other).other == other and not members.flatten(other).static


@pytest.mark.parametrize("entries, empty", [([], True), (None, True), ([{"servicePort": 80, "serverAddresses": []}], True), ([entry(80, "10.0.0.1")], False)])
def test_entries_without_members(entries: Any, empty: bool) -> None:
    assert members.is_empty(entries) is empty
    assert not members.is_empty([{"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "h"}])


def test_the_form_of_entries() -> None:
    """As few entries as possible, sorted by their first address; names of servers apart."""
    flat = members.flatten([entry(80, "10.0.0.3"), entry(9, "10.0.0.10", "10.0.0.9"), entry(80, "10.0.0.2", ratio=2), entry(80, "10.0.0.1")])
    assert members.group(flat) == [
        {"servicePort": 80, "serverAddresses": ["10.0.0.1", "10.0.0.3"]},
        {"servicePort": 80, "serverAddresses": ["10.0.0.2"], "ratio": 2},
        {"servicePort": 9, "serverAddresses": ["10.0.0.9", "10.0.0.10"]},
    ]
    named = members.flatten([{"servicePort": 80, "servers": [{"name": "b", "address": "10.0.0.2"}, {"name": "a", "address": "10.0.0.1"}]}])
    assert members.group(named) == [{"servicePort": 80, "servers": [{"name": "a", "address": "10.0.0.1"}, {"name": "b", "address": "10.0.0.2"}]}]
    turned = members.flatten(
        [{"servicePort": 80, "a": 1, "b": 2, "serverAddresses": ["10.0.0.1"]}, {"b": 2, "a": 1, "servicePort": 80, "serverAddresses": ["10.0.0.2"]}]
    )
    assert [one["serverAddresses"] for one in members.group(turned)] == [["10.0.0.1", "10.0.0.2"]]
    alike = members.flatten([entry(80, "10.0.0.1", ratio=3), entry(81, "10.0.0.1", ratio=2)])
    assert [one["servicePort"] for one in members.group(alike)] == [80, 81]


def test_settings_that_mean_the_default() -> None:
    given = {"ratio": "1", "adminState": "enable", "priorityGroup": 0, "shareNodes": "true", "enable": True, "connectionLimit": 5, "unknown": 1}
    assert members.meaning(given) == {"shareNodes": True, "connectionLimit": 5, "unknown": 1}
    assert members.meaning({"ratio": True}) == {"ratio": True}, "true is not the default 1"


def test_an_address_and_port_as_text() -> None:
    assert (members.text(("10.0.0.1", 80)), members.text(("2001:db8::1", 80))) == ("10.0.0.1:80", "[2001:db8::1]:80")
