# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a cluster that belong to the release of the role."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.seen import Seen, is_tenant
from ansible_collections.vks.bigip.tests.unit.support.cis_world import (
    World,
    controller,
    other,
    read,
    release,
    secret,
)

BESIDE = other(namespace="f5-cis", name="beside")
KEPT = {"helm_release": release(values={"nameOverride": "kept"})}
NONE: World = {"helm_release": {}}
NAMES: dict[str, tuple[World, list[World], World, str]] = {
    # variables, the CIS of the cluster, the installation, the name in place of the chart's
    "a release that exists": ({}, [controller(), BESIDE], {}, ""),
    "a release with a name of its own": ({}, [controller()], KEPT, "kept"),
    "the first one": ({}, [other()], NONE, ""),
    "a second one": ({}, [other(), BESIDE], NONE, "f5-bigip-ctlr-own"),
    "its own Deployment": ({}, [controller()], NONE, ""),
    "a second one of another name": ({"release_name": "two"}, [BESIDE], NONE, "two"),
}


@pytest.mark.parametrize(("changed", "controllers", "installation", "expected"), NAMES.values(), ids=NAMES)
def test_name_override(changed: World, controllers: list[World], installation: World, expected: str) -> None:
    assert Seen(read(changed, {"controllers": controllers}, installation)).name_override == expected


def test_mine_and_others() -> None:
    seen = Seen(read(found={"controllers": [controller(), BESIDE, other()]}))
    assert (seen.mine, seen.others) == ([controller()], [BESIDE, other()])
    assert seen.live("beside") == BESIDE and seen.live("other") == {}


def test_each_object_by_its_whole_place() -> None:
    secrets = [secret(name="x"), secret(namespace="x"), secret(uid="u9"), secret(name="y")]
    maps = [{"name": "a"}, {"name": "b"}]
    seen = Seen(read(installation={"secrets": secrets, "config_maps": maps}))
    assert seen.login == secrets[2]
    assert (seen.config_map("b"), seen.config_map("c")) == (maps[1], {})
    assert Seen(read(installation={"config_maps": None})).config_map("a") == {}


@pytest.mark.parametrize(
    ("found", "works"),
    [
        ({}, True),
        ({"problems": ["x"]}, False),
        ({"controllers": []}, False),
        ({"controllers": [controller(available=False)]}, False),
        ({"controllers": [controller(), controller(name="two")]}, False),
    ],
)
def test_works(found: World, works: bool) -> None:
    assert Seen(read(found=found)).works is works


def test_a_release_that_cis_info_does_not_find() -> None:
    asked = Seen(read(installation=NONE, helm={"status": {"status": "failed", "values": None}}))
    assert (asked.installed, asked.deployed, asked.status, asked.values) == (True, False, "failed", {})
    for helm in ({"skipped": True}, None):
        skipped = Seen(read(installation=NONE, helm=helm))
        assert (skipped.release, skipped.values, skipped.status) == ({}, {}, "")
        assert (skipped.installed, skipped.deployed, skipped.name_override) == (False, False, "")


@pytest.mark.parametrize(
    ("check", "namespace", "lacks"), [(True, None, True), (True, {}, False), (False, None, False)]
)
def test_lacks_namespace(check: bool, namespace: World | None, lacks: bool) -> None:
    assert (
        Seen(read(found={"check_mode": check}, installation={"namespace": namespace})).lacks_namespace
        is lacks
    )


def named(kind: str, tenant: str, namespace: str = "shop") -> World:
    return {"kind": kind, "namespace": namespace, "name": "x", "tenant": tenant}


FOUND = [
    *(
        named(kind, kind)
        for kind in ("VirtualServer", "TransportServer", "IngressLink", "Service", "Ingress", "ConfigMap")
    ),
    *(named("VirtualServer", text) for text in ("", "a/b", "kubernetes", "VirtualServer")),
    named("VirtualServer", "Elsewhere", "other"),
]
CUSTOM = ["VirtualServer", "TransportServer", "IngressLink", "Service"]


@pytest.mark.parametrize(
    ("changed", "tenants"),
    [
        ({}, ["kubernetes", *CUSTOM, "Elsewhere"]),
        ({"namespaces": ["shop"]}, ["kubernetes", *CUSTOM]),
        ({"custom_resource_mode": False}, ["kubernetes", "Ingress", "ConfigMap"]),
    ],
)
def test_tenants(changed: World, tenants: list[str]) -> None:
    assert Seen(read(changed, {"tenants": FOUND})).tenants == tenants


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Shop", True),
        ("a.b-c_1", True),
        ("a", True),
        ("Z9", True),
        ("A" * 190, True),
        ("A" * 191, False),
        ("1a", False),
        ("", False),
        ("Ok\n", False),
        ("../x", False),
    ],
)
def test_is_tenant(name: str, good: bool) -> None:
    assert is_tenant(name) is good


def test_two_tenants_that_differ_in_case_are_two() -> None:
    named = [{**FOUND[0], "tenant": name} for name in ("shop", "Shop", "shop")]
    assert Seen(read({}, {"tenants": named})).tenants == ["kubernetes", "shop", "Shop"]
