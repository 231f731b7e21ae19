# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a deployment does not fit BIG-IP: its login, and the tenants of publish."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import obstacles
from ansible_collections.vks.bigip.plugins.module_utils._cis.seen import Seen
from ansible_collections.vks.bigip.tests.unit.support.cis_world import LOGIN, World, begin, read

NAMED = {"kind": "VirtualServer", "namespace": "evil", "name": "vs", "tenant": "Shop"}


def marked(owner: Any = "team-b") -> World:
    mark = {"owner": owner} if owner is not None else {}
    return {"class": "Application", "constants": {"class": "Constants", "vks_bigip": mark}}


def tenant(**applications: World) -> World:
    return {"class": "Tenant", **applications}


CHECK: World = {"check_mode": True}
SHOP = "Tenant Shop on BIG-IP belongs to vks.bigip.publish (owner team-b), with the application api, and CIS would replace it whole, since "
BY_BIGIP: dict[str, tuple[World, World, World, list[str]]] = {
    # variables, what was found, the result of as3_info, the sentences
    "nothing": ({}, {}, {}, []),
    "a login that is refused": (
        {},
        {},
        {"failed": True, "msg": "x", "failure": {"code": "bigip_auth", "response": "401."}},
        [
            "BIG-IP rejects the login of CIS with cis_bigip_username and cis_bigip_password: 401. CIS needs a user"
        ],
    ),
    "a login Secret that is refused": (
        LOGIN,
        {},
        {"failed": True, "msg": "no right", "failure": {"code": "bigip_forbidden"}},
        ["BIG-IP rejects the login of CIS with Secret f5-cis/own: no right. CIS needs a user"],
    ),
    "another fault": (
        {},
        {},
        {"failed": True, "failure": {"code": "bigip_unreachable"}, "declaration": None},
        [],
    ),
    "no failure": ({}, {}, {"failure": None}, []),
    "a mark that is a text": (
        {},
        {},
        {
            "declaration": {
                "kubernetes": tenant(
                    api={**marked(), "constants": {"vks_bigip": "x"}}, web=marked(), x=marked()
                )
            }
        },
        [
            "Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner unknown, team-b), with the application api, web, x, and CIS"
        ],
    ),
    "a tenant that two resources name": (
        {},
        {"tenants": [{**NAMED, "tenant": "X"}, NAMED, {**NAMED, "name": "two"}]},
        {"declaration": {"Shop": tenant(api=marked())}},
        [f"{SHOP}VirtualServer evil/vs names it. "],
    ),
    "a tenant of another publisher": (
        {},
        {},
        {"declaration": {"kubernetes": tenant(api={"class": "Application"})}},
        [],
    ),
    "a marked tenant": (
        {},
        {},
        {"declaration": {"kubernetes": tenant(api=marked(), web=marked("a\x1b"))}},
        [
            r"Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner team-b, a\x1b), with the application api, web, and CIS would replace it whole. "
            "Give CIS another cis_bigip_partition, or hand"
        ],
    ),
    "a mark without an owner": (
        {},
        {},
        {"declaration": {"kubernetes": tenant(api=marked(None))}},
        ["Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner unknown)"],
    ),
    "a tenant that a resource names": (
        {},
        {"tenants": [NAMED]},
        {"declaration": {"Shop": tenant(api=marked())}},
        [
            f"{SHOP}VirtualServer evil/vs names it. Give CIS another tenant there, delete it, or name other cis_namespaces, or hand"
        ],
    ),
    "a tenant that an Ingress names": (
        {},
        {"tenants": [{**NAMED, "kind": "Ingress"}]},
        {"declaration": {"Shop": tenant(api=marked())}},
        [],
    ),
    "a tenant that a resource of another namespace names": (
        {"namespaces": ["shop"]},
        {"tenants": [NAMED]},
        {"declaration": {"Shop": tenant(api=marked())}},
        [],
    ),
    "all of it is assumed to be released": (
        {"assume_released": ["kubernetes/api"]},
        CHECK,
        {"declaration": {"kubernetes": tenant(api=marked())}},
        [],
    ),
    "the tenant is assumed to be released": (
        {"assume_released": ["kubernetes"]},
        CHECK,
        {"declaration": {"kubernetes": tenant(api=marked())}},
        [],
    ),
    "half of it is assumed to be released": (
        {"assume_released": ["kubernetes/api", "kube/web"]},
        CHECK,
        {"declaration": {"kubernetes": tenant(api=marked(), web=marked())}},
        [
            "Tenant kubernetes on BIG-IP belongs to vks.bigip.publish (owner team-b), with the application web, "
        ],
    ),
    "nothing is assumed outside of check mode": (
        {"assume_released": ["kubernetes/api"]},
        {},
        {"declaration": {"kubernetes": tenant(api=marked())}},
        ["Tenant kubernetes on BIG-IP belongs"],
    ),
}


@pytest.mark.parametrize(("changed", "found", "stored", "expected"), BY_BIGIP.values(), ids=BY_BIGIP)
def test_by_bigip(changed: World, found: World, stored: World, expected: list[str]) -> None:
    state = read(changed, found)
    begin(list(obstacles.by_bigip(Seen(state), stored)), expected)


@pytest.mark.parametrize(
    ("part", "mark"),
    [
        (marked(), {"owner": "team-b"}),
        ({"constants": {"vks_bigip": "x"}}, {}),
        ({"constants": {"a": "b"}}, None),
        ({"constants": ["vks_bigip"]}, None),
        ({}, None),
        ("vks_bigip", None),
    ],
)
def test_the_mark_of_an_application(part: Any, mark: World | None) -> None:
    assert obstacles.mark_of(part) == mark


def test_thousands_of_tenants_are_compared_once() -> None:
    named = [{**NAMED, "tenant": f"T{number}"} for number in range(5_000)]
    seen = Seen(read(found={"tenants": [*named, {**NAMED, "tenant": "a/b"}, {**NAMED, "tenant": ""}]}))
    assert seen.tenants == ["kubernetes", *(f"T{number}" for number in range(5_000))]
    assert list(obstacles.by_bigip(seen, {"declaration": {"T7": tenant()}})) == []
