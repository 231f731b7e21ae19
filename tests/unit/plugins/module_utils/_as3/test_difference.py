# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ways to write the same value do not differ; all other values do."""

from __future__ import annotations

import base64
import re
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._as3 import difference, digests, members, normal
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.modules import publish


def of(**objects: Any) -> dict[str, Any]:
    return {"class": "Application", **objects}


def pool(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"class": "Pool", "members": list(entries), **more}


def entry(port: int, *addresses: str, **more: Any) -> dict[str, Any]:
    return {"servicePort": port, "serverAddresses": list(addresses), **more}


VS = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "pool": "web"}

SNAT = {"class": "SNAT_Pool", "snatAddresses": ["2001:db8::1", "192.0.2.7"]}
FQDN = {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"}
NODE = {"servicePort": 80, "bigip": "/Common/node"}

SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("identical", of(vs=VS), of(vs=VS)),
    (
        "default said",
        of(vs=VS),
        of(vs={**VS, "virtualPort": 80, "snat": "auto", "persistenceMethods": ["cookie"]}),
    ),
    (
        "default of a pool",
        of(web=pool()),
        of(web={"class": "Pool", "loadBalancingMode": "round-robin", "slowRampTime": 10}),
    ),
    (
        "default of a monitor's type",
        of(mon={"class": "Monitor", "monitorType": "http"}),
        of(mon={"class": "Monitor", "monitorType": "http", "interval": 5}),
    ),
    ("template generic", of(), of(template="generic", enable=True)),
    (
        "order of entries",
        of(web=pool(entry(1, "10.0.0.1"), entry(2, "10.0.0.2"))),
        of(web=pool(entry(2, "10.0.0.2"), entry(1, "10.0.0.1"))),
    ),
    (
        "order of addresses",
        of(web=pool(entry(1, "10.0.0.1", "10.0.0.2"))),
        of(web=pool(entry(1, "10.0.0.2", "10.0.0.1"))),
    ),
    (
        "grouping",
        of(web=pool(entry(1, "10.0.0.1", "10.0.0.2"))),
        of(web=pool(entry(1, "10.0.0.1"), entry(1, "10.0.0.2"))),
    ),
    (
        "later entry wins",
        of(web=pool(entry(1, "10.0.0.1", ratio=2))),
        of(web=pool(entry(1, "10.0.0.1", ratio=5), entry(1, "10.0.0.1", ratio=2))),
    ),
    (
        "default of a member",
        of(web=pool(entry(1, "10.0.0.1"))),
        of(web=pool(entry(1, "10.0.0.1", ratio=1, adminState="enable", shareNodes=False))),
    ),
    ("route domain 0", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1%0")))),
    ("routeDomain", of(web=pool(entry(1, "10.0.0.1%2"))), of(web=pool(entry(1, "10.0.0.1", routeDomain=2)))),
    ("IPv6 spelling", of(web=pool(entry(1, "2001:db8::1"))), of(web=pool(entry(1, "2001:DB8:0::0001")))),
    ("virtual address /32", of(vs=VS), of(vs={**VS, "virtualAddresses": ["192.0.2.10/32"]})),
    ("pointer forms", of(vs=VS), of(vs={**VS, "pool": {"use": "web"}})),
    ("pointer with path", of(vs=VS), of(vs={**VS, "pool": "/T1/A1/web"})),
    ("pointer /@/@", of(vs=VS), of(vs={**VS, "pool": {"use": "/@/@/web"}})),
    ("numbers as text", of(vs={**VS, "virtualPort": 8080}), of(vs={**VS, "virtualPort": "8080"})),
    ("order of monitors", of(web=pool(monitors=["http", "tcp"])), of(web=pool(monitors=["tcp", "http"]))),
    ("no members and an empty list", of(web={"class": "Pool"}), of(web=pool())),
    ("the mark", of(vs=VS), mark.put(of(vs=VS), {"owner": "x"})),
    (
        "spelling of a SNAT address",
        of(p=SNAT),
        of(p={**SNAT, "snatAddresses": ["2001:DB8::1", "192.0.2.7/32"]}),
    ),
    ("order of SNAT addresses", of(p=SNAT), of(p={**SNAT, "snatAddresses": ["192.0.2.7", "2001:db8::1"]})),
    ("no metadata", of(vs=VS), of(vs={**VS, "metadata": {}})),
    ("order of discovered members", of(web=pool(FQDN, NODE)), of(web=pool(NODE, {**FQDN, "ratio": 1}))),
]
OTHER: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("another port", of(vs=VS), of(vs={**VS, "virtualPort": 81}), ["vs/virtualPort"]),
    ("default not said and something else", of(vs={**VS, "snat": "none"}), of(vs=VS), ["vs/snat"]),
    ("an object more", of(), of(vs=VS), ["vs"]),
    ("an object less", of(vs=VS), of(), ["vs"]),
    (
        "another address",
        of(vs=VS),
        of(vs={**VS, "virtualAddresses": ["192.0.2.11"]}),
        ["vs/virtualAddresses"],
    ),
    (
        "an address more",
        of(vs=VS),
        of(vs={**VS, "virtualAddresses": ["192.0.2.10", "192.0.2.11"]}),
        ["vs/virtualAddresses"],
    ),
    (
        "order of addresses",
        of(vs={**VS, "virtualAddresses": ["192.0.2.1", "192.0.2.2"]}),
        of(vs={**VS, "virtualAddresses": ["192.0.2.2", "192.0.2.1"]}),
        ["vs/virtualAddresses"],
    ),
    (
        "another SNAT address",
        of(p=SNAT),
        of(p={**SNAT, "snatAddresses": ["192.0.2.7", "2001:db8::2"]}),
        ["p/snatAddresses"],
    ),
    (
        "another Service_Address",
        of(va={"class": "Service_Address", "virtualAddress": "192.0.2.1"}),
        of(va={"class": "Service_Address", "virtualAddress": "192.0.2.2"}),
        ["va/virtualAddress"],
    ),
    ("metadata", of(vs=VS), of(vs={**VS, "metadata": {"x": {"value": "y"}}}), ["vs/metadata"]),
    ("a discovered member only", of(web=pool(FQDN)), of(web=pool({**FQDN, "hostname": "example.org"})), []),
    ("a pointer in another application", of(vs=VS), of(vs={**VS, "pool": "/@/A2/web"}), ["vs/pool/use"]),
    ("the application's own property", of(enable=True), of(enable=False), ["enable"]),
    ("a class", of(x={"class": "One"}), of(x={"class": "Other"}), ["x/class"]),
    ("text in place of an object", of(x={"class": "One"}), of(x="One"), ["x"]),
    (
        "nothing in place of a value",
        of(x={"class": "One", "y": [1, {"z": None}]}),
        of(x={"class": "One", "y": [1, {}]}),
        ["x/y"],
    ),
    ("a list that is longer", of(x={"class": "One", "y": [1]}), of(x={"class": "One", "y": [1, 1]}), ["x/y"]),
    (
        "two places",
        of(b={"class": "One", "y": 1}, a={"class": "One", "z": 1}),
        of(b={"class": "One", "y": 2}, a={"class": "One", "x": 1}),
        ["a/x", "a/z", "b/y"],
    ),
    ("another pointer", of(vs=VS), of(vs={**VS, "pool": "other"}), ["vs/pool/use"]),
    (
        "order of iRules",
        of(vs={**VS, "iRules": ["aa", "bb"]}),
        of(vs={**VS, "iRules": ["bb", "aa"]}),
        ["vs/iRules"],
    ),
    (
        "a constant of the user",
        of(constants={"class": "Constants", "x": 1}),
        of(constants={"class": "Constants", "x": 2}),
        ["constants/x"],
    ),
    ("a member only", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.2"))), []),
    ("a ratio only", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1", ratio=2))), []),
    ("another route domain", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1%2"))), []),
    ("true is not 1", of(x={"class": "Brand_New", "y": True}), of(x={"class": "Brand_New", "y": 1}), ["x/y"]),
    (
        "0 is not false",
        of(x={"class": "Brand_New", "y": [{"z": 0}]}),
        of(x={"class": "Brand_New", "y": [{"z": False}]}),
        ["x/y"],
    ),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    for one, two in ((before, after), (after, before)):
        change = difference.application(one, two, "T1", "A1")
        assert not change and not change.paths and not any(change.pools.values())


@pytest.mark.parametrize(
    ("before", "after", "paths"), [case[1:] for case in OTHER], ids=[case[0] for case in OTHER]
)
def test_different(before: dict[str, Any], after: dict[str, Any], paths: list[str]) -> None:
    change = difference.application(before, after, "T1", "A1")
    assert change.kind == "update" and change.paths == paths


CHANGES = {
    "an addition": ([], [entry(1, "10.0.0.1")], True),
    "a removal": ([entry(1, "10.0.0.1")], [], True),
    "another setting": ([entry(1, "10.0.0.1")], [entry(1, "10.0.0.1", ratio=2)], True),
    "the default route domain": ([entry(1, "10.0.0.1")], [entry(1, "10.0.0.1%0")], False),
}


@pytest.mark.parametrize(("before", "after", "changed"), CHANGES.values(), ids=CHANGES)
def test_each_change_of_a_pool_counts(before: list[Any], after: list[Any], changed: bool) -> None:
    assert bool(difference.pool_change(before, after)) is changed


def test_members_by_what_happens_to_them() -> None:
    change = difference.pool_change(
        [entry(1, "10.0.0.1", "10.0.0.2", "10.0.0.10")],
        [entry(1, "10.0.0.2", ratio=2), entry(1, "10.0.0.10", "10.0.0.3")],
    )
    assert (change.before, change.after) == (3, 3)
    assert (change.added, change.removed, change.changed) == (
        [("10.0.0.3", 1)],
        [("10.0.0.1", 1)],
        [("10.0.0.2", 1)],
    )


ADDRESS = st.integers(0, 40).map(lambda number: f"10.0.{number // 8}.{number % 8}")
ENTRY = st.builds(
    lambda port, addresses, ratio: entry(port, *addresses, ratio=ratio),
    st.integers(1, 3),
    st.lists(ADDRESS, min_size=1),
    st.integers(1, 3),
)


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
        {
            "servicePort": 80,
            "servers": [{"name": "web_1", "address": "10.0.0.1"}],
            "serverAddresses": ["10.0.0.2"],
            "shareNodes": True,
        },
        {"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "example.com"},
    ]
    assert members.group(members.flatten(entries)) == entries


def test_an_application_that_is_not_stored_or_not_wanted() -> None:
    value = of(web=pool(entry(1, "10.0.0.1", "10.0.0.2")), b=pool(entry(1, "10.0.0.3")))
    assert difference.application(None, None, "T1", "A1") == difference.ApplicationChange("none")
    created = difference.application(None, value, "T1", "A1")
    assert (created.kind, list(created.paths), list(created.pools)) == ("create", [], ["b", "web"])
    assert [(one.before, one.after, len(one.added)) for one in created.pools.values()] == [
        (0, 1, 1),
        (0, 2, 2),
    ]
    deleted = difference.application(value, None, "T1", "A1")
    assert (deleted.kind, list(deleted.paths)) == ("delete", []) and bool(deleted) and bool(created)
    assert [(one.before, one.after, len(one.removed)) for one in deleted.pools.values()] == [
        (1, 0, 1),
        (2, 0, 2),
    ]


def test_a_pool_that_comes_and_one_that_goes() -> None:
    change = difference.application(
        of(a=pool(entry(1, "10.0.0.1"))), of(b=pool(entry(1, "10.0.0.1"))), "T1", "A1"
    )
    assert change.paths == ["a", "b"] and list(change.pools) == ["a", "b"]
    assert [(len(one.added), len(one.removed)) for one in change.pools.values()] == [(0, 1), (1, 0)]


def test_members_are_listed_in_the_order_of_their_addresses() -> None:
    three, two = ("10.0.0.10", "10.0.0.9", "10.0.0.2"), ("10.0.0.20", "10.0.0.3")
    change = difference.pool_change([entry(1, *three)], [entry(1, *three, ratio=2), entry(1, *two)])
    assert [key[0] for key in change.changed] == ["10.0.0.2", "10.0.0.9", "10.0.0.10"]
    assert [key[0] for key in change.added] == ["10.0.0.3", "10.0.0.20"]
    assert [key[0] for key in difference.pool_change([entry(1, *two)], []).removed] == [
        "10.0.0.3",
        "10.0.0.20",
    ]
    assert not difference.pool_change([entry(1, *two)], [entry(1, *two)]) and not difference.pool_change(
        "text", None
    )


def test_the_route_domain_counts_everywhere() -> None:
    plain, full = (
        of(web=pool(entry(1, "10.0.0.1")), vs=VS),
        of(web=pool(entry(1, "10.0.0.1%2")), vs={**VS, "virtualAddresses": ["192.0.2.10%2"]}),
    )
    assert not difference.application(plain, full, "T1", "A1", 2)
    change = difference.application(plain, full, "T1", "A1")
    assert change.paths == ["vs/virtualAddresses"] and len(change.pools["web"].added) == 1
    given = of(vs={**VS, "virtualAddresses": ["192.0.2.10%0", "192.0.2.11%1"]})
    default = difference.comparable(given, given, "T1", "A1")["vs"]
    assert default == {**VS, "pool": {"use": "/T1/A1/web"}, "virtualAddresses": ["192.0.2.10", "192.0.2.11%1"]}
    assert difference.application(None, full, "T1", "A1", 2).pools["web"].added == [("10.0.0.1", 1)]


def stored_cipher(text: str) -> dict[str, str]:
    protected = base64.b64encode(b'{"alg":"dir","enc":"f5sv"}').decode()
    return {"ciphertext": text, "protected": protected}


def monitor(value: Any) -> dict[str, Any]:
    return of(mon={"class": "Monitor", "monitorType": "http", "passphrase": value})


GIVEN = {"ciphertext": "c2VjcmV0"}


def test_a_secret_is_compared_by_the_digest_in_the_stored_mark() -> None:
    digest = digests.digest(GIVEN)
    encrypted = monitor(stored_cipher("x"))
    marked = mark.put(encrypted, {"owner": "us", "secrets": {"mon/passphrase": digest}})
    assert not difference.application(marked, monitor(GIVEN), "T1", "A1")
    rotated = difference.application(marked, monitor({"ciphertext": "b3RoZXI="}), "T1", "A1")
    assert rotated and rotated.paths == ["mon/passphrase/ciphertext", "mon/passphrase/secret"]
    for content in (
        {"owner": "us"},
        {"owner": "us", "secrets": "text"},
        {"owner": "us", "secrets": {"mon/secret": digest}},
    ):
        assert difference.application(mark.put(encrypted, content), monitor(GIVEN), "T1", "A1")
    assert not difference.application(encrypted, encrypted, "T1", "A1")
    assert difference.application(encrypted, monitor(stored_cipher("y")), "T1", "A1")


@pytest.mark.parametrize(
    ("pointer", "path"),
    [("x", "/T1/A1/x"), ("/@/@/x", "/T1/A1/x"), ("/@/A2/x", "/T1/A2/x"), ("/T2/A3/x", "/T2/A3/x")],
)
def test_pointers(pointer: str, path: str) -> None:
    assert normal.absolute(pointer, "/T1/A1/") == path


def test_the_kinds_are_those_that_publish_documents() -> None:
    """A tenant can be held too, which is not a change."""
    text = str(yaml.safe_load(publish.RETURN)["tenants"]["contains"]["action"]["description"])
    assert {*get_args(difference.Kind), "hold"} == set(re.findall(r"V\((\w+)\)", text))
