# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualServers as applications of publish, and those that publish cannot express."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import applications
from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted

POOL: dict[str, Any] = {"service": "web", "servicePort": 80}
SPEC: dict[str, Any] = {"virtualServerAddress": "192.0.2.10", "pools": [POOL]}


def express(spec: dict[str, Any], partition: str | None = "cis") -> applications.Expressed:
    return applications.express([{"metadata": {"namespace": "shop", "name": "web-vs"}, "spec": spec}], partition, lambda made: None)


PLAIN: dict[str, Any] = {
    "tenant": "cis",
    "application": "Shared",
    "virtual_server_name": "crd_192_0_2_10_80",
    "pool_name": "web_80_shop",
    "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["192.0.2.10"], "virtualPort": 80, "source": "0.0.0.0/0"},
    "pool": {"loadBalancingMode": "least-connections-member"},
    "service": {"namespace": "shop", "name": "web", "port": "80"},
}
MONITOR = {"type": "http", "send": "GET /", "recv": "ok", "interval": 5, "timeout": 16}

EXPRESSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "partition": ({"partition": "other"}, {"tenant": "other"}),
    "port and addresses": (
        {"virtualServerHTTPPort": 8080, "additionalVirtualServerAddresses": ["192.0.2.11"]},
        {
            "virtual_server": {**PLAIN["virtual_server"], "virtualAddresses": ["192.0.2.10", "192.0.2.11"], "virtualPort": 8080},
            "virtual_server_name": "crd_192_0_2_10_8080",
        },
    ),
    "references": (
        {"snat": "/Common/pool", "iRules": ["/Common/one"], "allowVlans": ["/Common/v"], "persistenceProfile": "cookie"},
        {
            "virtual_server": {
                **PLAIN["virtual_server"],
                "snat": {"bigip": "/Common/pool"},
                "iRules": [{"bigip": "/Common/one"}],
                "allowVlans": [{"bigip": "/Common/v"}],
                "persistenceMethods": ["cookie"],
            }
        },
    ),
    "pool": (
        {"pools": [{**POOL, "servicePort": "http", "serviceNamespace": "b", "loadBalancingMethod": "round-robin", "minimumMonitors": 1}]},
        {
            "pool": {"loadBalancingMode": "round-robin", "minimumMonitors": 1},
            "pool_name": "web_http_b",
            "service": {"namespace": "b", "name": "web", "port": "http"},
        },
    ),
    "monitor": (
        {"pools": [{**POOL, "monitor": MONITOR}]},
        {
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "shop_192_0_2_10_http_80"}]},
            "objects": {"shop_192_0_2_10_http_80": {"class": "Monitor", "monitorType": "http", "send": "GET /", "receive": "ok", "interval": 5, "timeout": 16}},
        },
    ),
    "monitor of BIG-IP": (
        {"pools": [{**POOL, "monitors": [{"name": "/Common/http", "reference": "bigip"}]}]},
        {"pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"bigip": "/Common/http"}]}},
    ),
    "several monitors of BIG-IP": (
        {"pools": [{**POOL, "monitors": [{"name": f"/Common/{name}", "reference": "bigip"} for name in ("http", "tcp")]}]},
        {"pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"bigip": "/Common/http"}, {"bigip": "/Common/tcp"}]}},
    ),
    "names of the user's": (
        {"pools": [{**POOL, "name": "mine", "monitor": {"type": "tcp", "name": "check"}, "monitors": [MONITOR]}]},
        {
            "pool_name": "mine",
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "check"}]},
            "objects": {"check": {"class": "Monitor", "monitorType": "tcp"}},
        },
    ),
    "whatever is answered": (
        {"pools": [{**POOL, "monitor": {"type": "http", "send": "GET /"}}]},
        {
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "shop_192_0_2_10_http_80"}]},
            "objects": {"shop_192_0_2_10_http_80": {"class": "Monitor", "monitorType": "http", "send": "GET /", "receive": "none"}},
        },
    ),
    "a monitor that CIS passes over": ({"pools": [{**POOL, "monitor": {"type": "http"}}]}, {}),
}


@pytest.mark.parametrize(("more", "changes"), EXPRESSED.values(), ids=EXPRESSED.keys())
def test_expressed(more: dict[str, Any], changes: dict[str, Any]) -> None:
    done = express({**SPEC, **more})
    assert done.left_out == []
    assert done.applications == [{**PLAIN, **changes}]


LEFT_OUT: dict[str, tuple[dict[str, Any], str]] = {
    "host": ({"host": "a.example.com"}, "host"),
    "TLS": ({"tlsProfileName": "tls"}, "tlsProfileName"),
    "policy": ({"policyName": "p"}, "policyName"),
    "something new": ({"brandNew": 1}, "brandNew"),
    "redirect": ({"httpTraffic": "redirect"}, "httpTraffic"),
    "two pools": ({"pools": [POOL, POOL]}, "pools"),
    "path": ({"pools": [{**POOL, "path": "/a"}]}, "pools[0].path"),
    "weight": ({"pools": [{**POOL, "weight": 3}]}, "pools[0].weight"),
    "another monitor": ({"pools": [{**POOL, "monitor": {"type": "sip"}}]}, "pools[0].monitors[0].type"),
    "monitor on a port": ({"pools": [{**POOL, "monitor": {"type": "tcp", "targetPort": 9}}]}, "pools[0].monitors[0].targetPort"),
}


@pytest.mark.parametrize(("more", "path"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_left_out(more: dict[str, Any], path: str) -> None:
    done = express({**SPEC, **more})
    assert done.applications == []
    assert [(item["namespace"], item["name"], item["field"]) for item in done.left_out] == [("shop", "web-vs", path)]
    assert done.left_out[0]["message"].endswith(".")


def test_what_is_missing_is_told() -> None:
    assert {item["field"] for item in express({"ipamLabel": "a", "pools": [POOL]}, None).left_out} == {"virtualServerAddress", "partition", "ipamLabel"}


@pytest.mark.parametrize(("monitor", "same"), [({"name": "/Common/http", "reference": "bigip"}, True), (MONITOR, False)])
def test_a_service_behind_two_virtual_servers(monitor: dict[str, Any], same: bool) -> None:
    """CIS has one pool for both. The address names a monitor, so CIS keeps only that of the last one."""
    pools = [{**POOL, "monitor": monitor}]
    servers = [{"metadata": {"namespace": "shop", "name": name}, "spec": {"virtualServerAddress": f"192.0.2.{name}", "pools": pools}} for name in ("10", "11")]
    done = applications.express(servers, "cis", lambda made: None)
    assert [item["name"] for item in done.left_out] == ([] if same else ["11"])
    assert [item.get("pool_name") for item in done.applications] == ["web_80_shop", None][: 1 + same]
    assert not same or done.applications[1]["virtual_server"]["pool"] == "web_80_shop"


def named(namespace: str, pool: Any, name: str = "vs") -> dict[str, Any]:
    """The objects of shop are older than those of others."""
    meta = {"namespace": namespace, "name": name, "creationTimestamp": f"2026-0{1 if namespace == 'shop' else 2}-01T00:00:00Z"}
    return {"metadata": meta, "spec": {"virtualServerAddress": "192.0.2.10", "pools": [pool]}}


def test_of_two_virtual_servers_of_one_address_the_older_one() -> None:
    """So that another namespace stops nothing by naming the address of a team."""
    done = applications.express([named("evil", {**POOL, "name": "own"}), named("shop", POOL)], "cis", lambda made: None)
    assert [made["service"]["namespace"] for made in done.applications] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [("evil", "virtualServerAddress")]
    assert "VirtualServer shop/vs is the same virtual server" in done.left_out[0]["message"]


@pytest.mark.parametrize("pool", [{**POOL, "serviceNamespace": "shop"}, {**POOL, "name": "web_80_shop"}])
def test_the_pool_is_that_of_its_own_namespace(pool: dict[str, Any]) -> None:
    """Whatever the other namespace is called."""
    servers = [named("a-team", {**pool, "loadBalancingMethod": "ratio-node"}), named("shop", POOL)]
    servers[0]["spec"]["virtualServerAddress"] = "192.0.2.11"
    done = applications.express(servers, "cis", lambda made: None)
    assert [made["service"]["namespace"] for made in done.applications] == ["shop"]
    assert [(item["namespace"], "VirtualServer shop/vs has the same pool" in item["message"]) for item in done.left_out] == [("a-team", True)]


@pytest.mark.parametrize("own", [{"name": "mine"}, {"serviceNamespace": "b"}])
def test_an_older_virtual_server_keeps_its_address_whatever_its_pool_is_called(own: dict[str, Any]) -> None:
    done = applications.express([named("evil", POOL), named("shop", {**POOL, **own})], "cis", lambda made: None)
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [("evil", "virtualServerAddress")]
    assert len(done.applications) == 1


CHECK = {"type": "http", "send": "GET /", "interval": 5, "timeout": 16}
CLASHES: list[tuple[dict[str, Any], str]] = [
    ({"virtualServerName": "other"}, "virtualServerAddress"),
    ({"virtualServerName": "other", "allowVlans": ["/Common/external"]}, "virtualServerAddress"),
    ({"partition": "evil"}, "virtualServerAddress"),
    ({"virtualServerAddress": "192.0.2.11", "additionalVirtualServerAddresses": ["192.0.2.10"]}, "virtualServerAddress"),
    ({"virtualServerAddress": "192.0.2.11", "virtualServerName": "crd_192_0_2_10"}, "virtualServerAddress"),
    ({"virtualServerAddress": "192.0.2.11", "pools": [{**POOL, "name": "crd_192_0_2_10_80"}]}, "pools[0]"),
    ({"virtualServerAddress": "192.0.2.11", "pools": [{**POOL, "monitor": {"type": "tcp", "name": "web_80_shop"}}]}, "pools[0].monitors"),
    ({"virtualServerAddress": "192.0.2.11", "pools": [{**POOL, "monitor": {**CHECK, "name": "shop_192_0_2_10_http_80", "interval": 1}}]}, "pools[0].monitors"),
]


@pytest.mark.parametrize(("spec", "place"), CLASHES, ids=lambda value: str(value) if isinstance(value, str) else "")
@pytest.mark.parametrize("older", ["shop", "evil"])
def test_none_stops_others_by_their_names_and_addresses(spec: dict[str, Any], place: str, older: str) -> None:
    """publish refuses all of a task's applications if two have the same. Names that CIS gave come before chosen ones of any age."""
    shop, evil = named("shop", {**POOL, "monitor": CHECK}), named("evil", POOL)
    evil["spec"].update(spec)
    if older == "evil" and place == "virtualServerAddress" and spec.get("virtualServerName") != "crd_192_0_2_10":
        return  # CIS gives an address to the older one
    evil["metadata"]["creationTimestamp"] = "2025" if older == "evil" else "2027"
    done = applications.express([evil, shop], "cis", cis_accepted.application_fault, cis_accepted.application_listeners)
    assert [made["service"]["namespace"] for made in done.applications] == ["shop"]
    assert [(item["namespace"], item["field"]) for item in done.left_out] == [("evil", place)]
    assert "VirtualServer shop/vs" in done.left_out[0]["message"]


@pytest.mark.parametrize(("vlans", "taken"), [(["/Common/b"], 2), (["/Common/b", "/Common/a"], 1)])
def test_an_address_on_vlans_of_its_own(vlans: list[str], taken: int) -> None:
    servers = [named("shop", POOL), named("web", POOL)]
    for server, own in zip(servers, (["/Common/a"], vlans)):
        server["spec"].update(virtualServerName=server["metadata"]["namespace"], allowVlans=own)
    done = applications.express(servers, "cis", cis_accepted.application_fault, cis_accepted.application_listeners)
    assert len(done.applications) == taken


def test_one_resource_fills_no_terminal() -> None:
    """A playbook prints a line for each reason."""
    server = named("evil", {**POOL, "monitors": [{"type": "tcp", "targetPort": 80}] * 1_000})
    done = applications.express([server], "cis", cis_accepted.application_fault, cis_accepted.application_listeners)
    assert len(done.left_out) == applications.MOST_REASONS + 1
    assert done.left_out[-1]["message"] == "980 more of its fields cannot be expressed."


def test_a_monitor_that_is_the_same_is_shared() -> None:
    servers = [named("shop", {**POOL, "monitor": {**CHECK, "name": "check"}}), named("b", {**POOL, "monitor": {**CHECK, "name": "check"}})]
    servers[1]["spec"]["virtualServerAddress"] = "192.0.2.11"
    assert len(applications.express(servers, "cis", lambda made: None).applications) == 2


def test_common_belongs_to_no_team() -> None:
    assert [item["field"] for item in express({**SPEC, "partition": "Common"}).left_out] == ["partition"]


ODD: list[Any] = [None, 1, "x", [], ["x"], {}, {"a": 1}, True]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_values_of_any_type_leave_only_their_own_out(value: Any) -> None:
    servers = [named("shop", POOL)]
    for key in ("pools", "snat", "iRules", "virtualServerAddress", "additionalVirtualServerAddresses", "virtualServerName", "partition", "allowVlans"):
        spec = {"virtualServerAddress": "192.0.2.11", "pools": [{**POOL, "serviceNamespace": "evil"}], key: value}
        servers.append({**named("evil", POOL, key), "spec": spec})
    servers += [named("evil", {**POOL, key: value}, key) for key in (*POOL, "name", "monitor", "monitors", "serviceNamespace", "minimumMonitors")]
    servers += [named("evil", value), {**named("evil", POOL), "spec": value}]
    done = applications.express(servers, "cis", lambda made: None)
    assert PLAIN in done.applications


def test_what_publish_refuses_is_left_out_and_has_no_pool() -> None:
    """The other VirtualServer of the same pool takes its place."""
    servers = [named("shop", POOL, "a"), named("shop", POOL, "b")]
    answers = iter([("pool.monitors", "is odd"), None])
    done = applications.express(servers, "cis", lambda made: next(answers, None))
    assert done.applications == [PLAIN]
    assert done.left_out == [{"kind": "VirtualServer", "namespace": "shop", "name": "a", "field": "pool.monitors", "message": "is odd"}]


def test_what_is_said_of_a_name_that_its_author_chose() -> None:
    """A custom resource takes fields of any name."""
    (found,) = express({**SPEC, f"\x1b[2J{'A' * 100_000}": 1}).left_out
    assert found["field"].startswith("\\x1b[2JAAA") and len(found["field"]) <= 200 and len(found["message"]) <= 1000
