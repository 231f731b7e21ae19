# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between two applications, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import difference
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.tests.unit.support.as3_entries import (
    entry,
    of,
    pool,
)

VS = {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "pool": "web"}
SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("identical", of(vs=VS), of(vs=VS)),
    ("default said", of(vs=VS), of(vs={**VS, "virtualPort": 80, "snat": "auto", "persistenceMethods": ["cookie"]})),
    ("default of a pool", of(web=pool()), of(web={"class": "Pool", "loadBalancingMode": "round-robin", "slowRampTime": 10})),
    ("default of a monitor's type", of(mon={"class": "Monitor", "monitorType": "http"}), of(mon={"class": "Monitor", "monitorType": "http", "interval": 5})),
    ("template generic", of(), of(template="generic", enable=True)),
    ("order of entries", of(web=pool(entry(1, "10.0.0.1"), entry(2, "10.0.0.2"))), of(web=pool(entry(2, "10.0.0.2"), entry(1, "10.0.0.1")))),
    ("order of addresses", of(web=pool(entry(1, "10.0.0.1", "10.0.0.2"))), of(web=pool(entry(1, "10.0.0.2", "10.0.0.1")))),
    ("grouping", of(web=pool(entry(1, "10.0.0.1", "10.0.0.2"))), of(web=pool(entry(1, "10.0.0.1"), entry(1, "10.0.0.2")))),
    ("later entry wins", of(web=pool(entry(1, "10.0.0.1", ratio=2))), of(web=pool(entry(1, "10.0.0.1", ratio=5), entry(1, "10.0.0.1", ratio=2)))),
    ("default of a member", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1", ratio=1, adminState="enable", shareNodes=False)))),
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
]
OTHER: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    ("another port", of(vs=VS), of(vs={**VS, "virtualPort": 81}), ["vs/virtualPort"]),
    ("default not said and something else", of(vs={**VS, "snat": "none"}), of(vs=VS), ["vs/snat"]),
    ("an object more", of(), of(vs=VS), ["vs"]),
    ("an object less", of(vs=VS), of(), ["vs"]),
    ("another pointer", of(vs=VS), of(vs={**VS, "pool": "other"}), ["vs/pool/use"]),
    ("order of iRules", of(vs={**VS, "iRules": ["aa", "bb"]}), of(vs={**VS, "iRules": ["bb", "aa"]}), ["vs/iRules"]),
    ("a constant of the user", of(constants={"class": "Constants", "x": 1}), of(constants={"class": "Constants", "x": 2}), ["constants/x"]),
    ("a member only", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.2"))), []),
    ("a ratio only", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1", ratio=2))), []),
    ("another route domain", of(web=pool(entry(1, "10.0.0.1"))), of(web=pool(entry(1, "10.0.0.1%2"))), []),
    ("true is not false", of(x={"class": "Brand_New", "y": True}), of(x={"class": "Brand_New", "y": False}), ["x/y"]),
    ("true is not 1", of(x={"class": "Brand_New", "y": True}), of(x={"class": "Brand_New", "y": 1}), ["x/y"]),
    ("false in a list is not 0", of(x={"class": "Brand_New", "y": [{"z": 0}]}), of(x={"class": "Brand_New", "y": [{"z": False}]}), ["x/y"]),
    ("true is no default of a number", of(web=pool()), of(web={**pool(), "minimumMembersActive": True}), ["web/minimumMembersActive"]),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_the_same(before: dict[str, Any], after: dict[str, Any]) -> None:
    for one, two in ((before, after), (after, before)):
        change = difference.application(one, two, "T1", "A1")
        assert not change and not change.paths and not any(change.pools.values())


@pytest.mark.parametrize(("before", "after", "paths"), [case[1:] for case in OTHER], ids=[case[0] for case in OTHER])
def test_different(before: dict[str, Any], after: dict[str, Any], paths: list[str]) -> None:
    change = difference.application(before, after, "T1", "A1")
    assert change.kind == "update" and change.paths == paths


def test_members_by_what_happens_to_them() -> None:
    change = difference.pool_change([entry(1, "10.0.0.1", "10.0.0.2", "10.0.0.10")], [entry(1, "10.0.0.2", ratio=2), entry(1, "10.0.0.10", "10.0.0.3")])
    assert (change.before, change.after) == (3, 3)
    assert (change.added, change.removed, change.changed) == ([("10.0.0.3", 1)], [("10.0.0.1", 1)], [("10.0.0.2", 1)])
