# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualServers beside others: which of them publish takes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import applications
from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted
from ansible_collections.vks.bigip.tests.unit.support.cis_servers import MONITOR, PLAIN, POOL, named


@pytest.mark.parametrize(
    ("monitor", "same"), [({"name": "/Common/http", "reference": "bigip"}, True), (MONITOR, False)]
)
def test_a_service_behind_two_virtual_servers(monitor: dict[str, Any], same: bool) -> None:
    """CIS has one pool for both. The address names a monitor, so CIS keeps only that of the last one."""
    pools = [{**POOL, "monitor": monitor}]
    servers = [
        {
            "metadata": {"namespace": "shop", "name": name},
            "spec": {"virtualServerAddress": f"192.0.2.{name}", "pools": pools},
        }
        for name in ("10", "11")
    ]
    done = applications.express(servers, "cis", lambda made: None)
    assert [item["name"] for item in done.left_out] == ([] if same else ["11"])
    assert [item.get("pool_name") for item in done.applications] == ["web_80_shop", None][: 1 + same]
    server = {**PLAIN["virtual_server"], "virtualAddresses": ["192.0.2.11"], "pool": "web_80_shop"}
    second = {
        "tenant": "cis",
        "application": "Shared",
        "virtual_server_name": "crd_192_0_2_11_80",
        "virtual_server": server,
    }
    assert done.applications[1:] == [second][:same]


def test_of_two_virtual_servers_of_one_address_the_older_one() -> None:
    """So that another namespace stops nothing by naming the address of a team."""
    done = applications.express(
        [named("evil", {**POOL, "name": "own"}), named("shop", POOL)], "cis", lambda made: None
    )
    assert [made["service"]["namespace"] for made in done.applications] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [
        ("evil", "virtualServerAddress")
    ]
    assert "VirtualServer shop/vs is the same virtual server" in done.left_out[0]["message"]


def test_of_the_same_age_the_first_by_name() -> None:
    servers = [named(namespace, POOL, name) for namespace, name in (("z", "a"), ("b", "z"), ("b", "a"))]
    done = applications.express(servers, "cis", lambda made: None)
    assert [made["service"]["namespace"] for made in done.applications] == ["b"]
    assert [(item["namespace"], item["name"]) for item in done.left_out] == [("b", "z"), ("z", "a")]


@pytest.mark.parametrize("pool", [{**POOL, "serviceNamespace": "shop"}, {**POOL, "name": "web_80_shop"}])
@pytest.mark.parametrize("made", ["2025-01-01", "2027-01-01"])
def test_the_pool_is_that_of_its_own_namespace(pool: dict[str, Any], made: str) -> None:
    """However the other namespace is called, and however old its VirtualServer is."""
    servers = [named("a-team", {**pool, "loadBalancingMethod": "ratio-node"}), named("shop", POOL)]
    servers[0]["spec"]["virtualServerAddress"] = "192.0.2.11"
    servers[0]["metadata"]["creationTimestamp"] = made
    done = applications.express(servers, "cis", lambda made: None)
    assert [one["service"]["namespace"] for one in done.applications] == ["shop"]
    assert [
        (item["namespace"], "VirtualServer shop/vs has the same pool" in item["message"])
        for item in done.left_out
    ] == [("a-team", True)]


@pytest.mark.parametrize("own", [{"name": "mine"}, {"serviceNamespace": "b"}])
def test_an_older_virtual_server_keeps_its_address_whatever_its_pool_is_called(own: dict[str, Any]) -> None:
    done = applications.express(
        [named("evil", POOL), named("shop", {**POOL, **own})], "cis", lambda made: None
    )
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [
        ("evil", "virtualServerAddress")
    ]
    assert len(done.applications) == 1


CHECK = {"type": "http", "send": "GET /", "interval": 5, "timeout": 16}
CLASHES: list[tuple[dict[str, Any], str]] = [
    ({"virtualServerName": "other"}, "virtualServerAddress"),
    ({"virtualServerName": "other", "allowVlans": ["/Common/external"]}, "virtualServerAddress"),
    ({"partition": "evil"}, "virtualServerAddress"),
    (
        {"virtualServerAddress": "192.0.2.11", "additionalVirtualServerAddresses": ["192.0.2.10"]},
        "virtualServerAddress",
    ),
    ({"virtualServerAddress": "192.0.2.11", "virtualServerName": "crd_192_0_2_10"}, "virtualServerAddress"),
    ({"virtualServerAddress": "192.0.2.11", "pools": [{**POOL, "name": "crd_192_0_2_10_80"}]}, "pools[0]"),
    (
        {
            "virtualServerAddress": "192.0.2.11",
            "pools": [{**POOL, "monitor": {"type": "tcp", "name": "web_80_shop"}}],
        },
        "pools[0].monitors",
    ),
    (
        {
            "virtualServerAddress": "192.0.2.11",
            "pools": [{**POOL, "monitor": {**CHECK, "name": "shop_192_0_2_10_http_80", "interval": 1}}],
        },
        "pools[0].monitors",
    ),
]


@pytest.mark.parametrize(
    ("spec", "place"), CLASHES, ids=lambda value: str(value) if isinstance(value, str) else ""
)
@pytest.mark.parametrize("older", ["shop", "evil"])
def test_none_stops_others_by_their_names_and_addresses(spec: dict[str, Any], place: str, older: str) -> None:
    """publish refuses all of a task's applications if two have the same. Names that CIS gave come before chosen ones of any age."""
    shop, evil = named("shop", {**POOL, "monitor": CHECK}), named("evil", POOL)
    evil["spec"].update(spec)
    if (
        older == "evil"
        and place == "virtualServerAddress"
        and spec.get("virtualServerName") != "crd_192_0_2_10"
    ):
        return  # CIS gives an address to the older one
    evil["metadata"]["creationTimestamp"] = "2025" if older == "evil" else "2027"
    done = applications.express(
        [evil, shop], "cis", cis_accepted.application_fault, cis_accepted.application_listeners
    )
    assert [made["service"]["namespace"] for made in done.applications] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [("evil", place)]
    assert "VirtualServer shop/vs" in done.left_out[0]["message"]


@pytest.mark.parametrize(("vlans", "taken"), [(["/Common/b"], 2), (["/Common/b", "/Common/a"], 1)])
def test_an_address_on_vlans_of_its_own(vlans: list[str], taken: int) -> None:
    servers = [named("shop", POOL), named("web", POOL)]
    for server, own in zip(servers, (["/Common/a"], vlans)):
        server["spec"].update(virtualServerName=server["metadata"]["namespace"], allowVlans=own)
    done = applications.express(
        servers, "cis", cis_accepted.application_fault, cis_accepted.application_listeners
    )
    assert len(done.applications) == taken


def test_a_monitor_that_is_the_same_is_shared() -> None:
    servers = [
        named("shop", {**POOL, "monitor": {**CHECK, "name": "check"}}),
        named("b", {**POOL, "monitor": {**CHECK, "name": "check"}}),
    ]
    servers[1]["spec"]["virtualServerAddress"] = "192.0.2.11"
    assert len(applications.express(servers, "cis", lambda made: None).applications) == 2


def test_what_publish_refuses_is_left_out_and_has_no_pool() -> None:
    """The other VirtualServer of the same pool takes its place."""
    servers = [named("shop", POOL, "a"), named("shop", POOL, "b")]
    answers = iter([("pool.monitors", "is odd"), None])
    done = applications.express(servers, "cis", lambda made: next(answers, None))
    assert done.applications == [PLAIN]
    assert done.left_out == [
        {
            "kind": "VirtualServer",
            "namespace": "shop",
            "name": "a",
            "field": "pool.monitors",
            "message": "is odd",
        }
    ]
