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
    "other settings": (
        {
            **{"snat": "auto", "persistenceProfile": "/Common/source", "connectionMirroring": "L4"},
            **{"httpTraffic": "allow", "virtualServerHTTPSPort": 443},
        },
        {
            "virtual_server": {
                **{**PLAIN["virtual_server"], "snat": "auto", "persistenceMethods": [{"bigip": "/Common/source"}]},
                "mirroring": "L4",
            }
        },
    ),
    "no persistence": (
        {"persistenceProfile": "none", "httpTraffic": "none"},
        {"virtual_server": {**PLAIN["virtual_server"], "persistenceMethods": []}},
    ),
    "empty settings": ({"httpTraffic": "", "snat": "", "iRules": [], "persistenceProfile": "", "allowVlans": []}, {}),
    "addresses of two families, and a monitor": (
        {"additionalVirtualServerAddresses": ["2001:db8::1"], "pools": [{**POOL, "monitor": {"type": "tcp"}}]},
        {
            "virtual_server": {**PLAIN["virtual_server"], "virtualAddresses": ["192.0.2.10", "2001:db8::1"]},
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "shop_192_0_2_10_tcp_80"}]},
            "objects": {"shop_192_0_2_10_tcp_80": {"class": "Monitor", "monitorType": "tcp"}},
        },
    ),
    "IPv6": (
        {"virtualServerAddress": "2001:db8::1%2"},
        {
            "virtual_server": {"class": "Service_HTTP", "virtualAddresses": ["2001:db8::1%2"], "virtualPort": 80},
            "virtual_server_name": "crd_2001_db8__1_2_80",
        },
    ),
    "a name of its own": (
        {"virtualServerName": "mine", "virtualServerHTTPPort": 81},
        {"virtual_server_name": "mine_81", "virtual_server": {**PLAIN["virtual_server"], "virtualPort": 81}},
    ),
    "settings of the pool": (
        {"pools": [{**POOL, "minimumMonitors": 0, "reselectTries": 2, "serviceDownAction": "reset", "monitor": {"type": "tcp"}}]},
        {
            "pool": {
                **{**PLAIN["pool"], "minimumMonitors": 0, "reselectTries": 2, "serviceDownAction": "reset"},
                "monitors": [{"use": "shop_192_0_2_10_tcp_80"}],
            },
            "objects": {"shop_192_0_2_10_tcp_80": {"class": "Monitor", "monitorType": "tcp"}},
        },
    ),
    "the port of a pool in a path": (
        {"pools": [{**POOL, "servicePort": "a/b"}]},
        {"pool_name": "web_a_b_shop", "service": {**PLAIN["service"], "port": "a/b"}},
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
    "an https monitor that CIS passes over": ({"pools": [{**POOL, "monitors": [{"type": "https", "send": ""}]}]}, {}),
    "empty fields of monitors": (
        {"pools": [{**POOL, "monitors": [{"type": "https", "send": "GET /", "recv": "", "interval": 0, "name": "a"},
                                         {"type": "udp", "send": "", "recv": None, "reference": "other"}]}]},
        {
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "a"}, {"use": "shop_192_0_2_10_udp_80"}]},
            "objects": {
                "a": {"class": "Monitor", "monitorType": "https", "send": "GET /", "interval": 0, "receive": "none"},
                "shop_192_0_2_10_udp_80": {"class": "Monitor", "monitorType": "udp"},
            },
        },
    ),
    "a monitor of BIG-IP with more fields": (
        {"pools": [{**POOL, "monitor": {"name": "/Common/sip", "reference": "bigip", "type": "sip", "targetPort": 1}}]},
        {"pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"bigip": "/Common/sip"}]}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "changes"), EXPRESSED.values(), ids=EXPRESSED.keys())
def test_expressed(more: dict[str, Any], changes: dict[str, Any]) -> None:
    done = express({**SPEC, **more})
    assert done.left_out == []
    assert done.applications == [{**PLAIN, **changes}]


def pool(**more: Any) -> dict[str, Any]:
    return {"pools": [{**POOL, **more}]}


LEFT_OUT: dict[str, tuple[dict[str, Any], str, str]] = {
    # the spec, the field, and a part of the advice
    "host": ({"host": "a.example.com"}, "host", "Write the Endpoint_Policy in AS3"),
    "hosts": ({"hostAliases": ["a.example.com"]}, "hostAliases", "Write the Endpoint_Policy in AS3"),
    "TLS": ({"tlsProfileName": "tls"}, "tlsProfileName", "Write Service_HTTPS with a TLS_Server"),
    "policy": ({"policyName": "p"}, "policyName", "Write its rules in AS3."),
    "IPAM": ({"ipamLabel": "a"}, "ipamLabel", "Write the address that it gave"),
    "something new": ({"brandNew": 1}, "brandNew", "brandNew has no equivalent among the options of publish."),
    "redirect": ({"httpTraffic": "redirect"}, "httpTraffic", "A redirect to HTTPS is a second virtual server"),
    "no pool": ({"pools": []}, "pools", "It has 0 pools,"),
    "null pools": ({"pools": None}, "pools", "It has 0 pools,"),
    "two pools": ({"pools": [POOL, POOL]}, "pools", "It has 2 pools,"),
    "no address": ({"virtualServerAddress": ""}, "virtualServerAddress", "from an IPAM controller"),
    "Common": ({"partition": "Common"}, "partition", "CIS writes other tenants only"),
    "path": (pool(path="/a"), "pools[0].path", "Write the Endpoint_Policy in AS3"),
    "weight": (pool(weight=3), "pools[0].weight", "Weights between Services"),
    "other Services": (pool(alternateBackends=[]), "pools[0].alternateBackends", "Weights between Services"),
    "clusters": (pool(multiClusterServices=[]), "pools[0].multiClusterServices", "by a run of its own"),
    "static members": (pool(staticPoolMembers=[]), "pools[0].staticPoolMembers", "as members of the pool"),
    "nodes": (pool(nodeMemberLabel="a"), "pools[0].nodeMemberLabel", "node_label_selector"),
    "another monitor": (pool(monitor={"type": "sip"}), "pools[0].monitors[0].type", "'sip' has no known equivalent"),
    "monitor on a port": (
        pool(monitors=[{"type": "tcp"}, {"type": "tcp", "targetPort": 9}]), "pools[0].monitors[1].targetPort", "targetPort has no",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("more", "path", "advice"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_left_out(more: dict[str, Any], path: str, advice: str) -> None:
    done = express({**SPEC, **more})
    assert done.applications == []
    (item,) = done.left_out
    assert {**item, "message": ""} == {"kind": "VirtualServer", "namespace": "shop", "name": "web-vs", "field": path, "message": ""}
    assert advice in item["message"] and item["message"].endswith(".")


def test_reasons_have_an_order() -> None:
    """Two runs write the same list."""
    odd = {f"x{number}": 1 for number in (3, 1, 2)}
    spec = {**odd, "httpTraffic": "redirect", "pools": [{**POOL, **odd, "monitor": {"type": "sip", **odd}}]}
    fields = [item["field"] for item in express(spec, None).left_out]
    assert fields == [
        *("virtualServerAddress", "partition", "x1", "x2", "x3", "httpTraffic"),
        *("pools[0].x1", "pools[0].x2", "pools[0].x3", "pools[0].monitors[0].type"),
        *(f"pools[0].monitors[0].x{number}" for number in (1, 2, 3)),
    ]


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
    server = {**PLAIN["virtual_server"], "virtualAddresses": ["192.0.2.11"], "pool": "web_80_shop"}
    second = {"tenant": "cis", "application": "Shared", "virtual_server_name": "crd_192_0_2_11_80", "virtual_server": server}
    assert done.applications[1:] == [second][:same]


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


def test_of_the_same_age_the_first_by_name() -> None:
    servers = [named(namespace, POOL, name) for namespace, name in (("z", "a"), ("b", "z"), ("b", "a"))]
    done = applications.express(servers, "cis", lambda made: None)
    assert [made["service"]["namespace"] for made in done.applications] == ["b"]
    assert [(item["namespace"], item["name"]) for item in done.left_out] == [("b", "z"), ("z", "a")]


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
    for count in (20, 21):
        left_out = express({**SPEC, **{f"x{number}": 1 for number in range(count)}}).left_out
        assert len(left_out) == count and ("more" in left_out[-1]["message"]) is (count > 20)
    assert {**left_out[-1], "message": ""} == {"kind": "VirtualServer", "namespace": "shop", "name": "web-vs", "field": "", "message": ""}


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
    assert all(isinstance(made[name], str) for made in done.applications for name in ("tenant", "pool_name") if name in made)


@pytest.mark.parametrize(("spec", "error"), [({"iRules": 1}, "TypeError"), ({"partition": 1}, "TypeError"), (pool(name=["x"]), "TypeError")])
def test_what_is_said_of_an_odd_resource(spec: dict[str, Any], error: str) -> None:
    (item,) = express({**SPEC, **spec}).left_out
    assert item["field"] == ""
    assert item["message"] == f"It is left out, because it has an unexpected structure ({error}). Correct it, or delete it."


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
    assert found["field"].startswith("\\x1b[2JAAA") and (len(found["field"]), len(found["message"])) == (200, 1000)


@pytest.mark.parametrize(
    ("spec", "notes", "published"),
    [
        ({"type": "LoadBalancer"}, {"cis.f5.com/ip": "192.0.2.1"}, True),
        ({"type": "LoadBalancer"}, {"cis.f5.com/ipamLabel": "a"}, True),
        ({"type": "LoadBalancer"}, {"cis.f5.com/ip": ""}, False),
        ({"type": "LoadBalancer"}, None, False),
        ({"type": "NodePort"}, {"cis.f5.com/ip": "192.0.2.1"}, False),
        (None, {"cis.f5.com/ip": "192.0.2.1"}, False),
    ],
)
def test_services_of_which_cis_makes_virtual_servers(spec: Any, notes: Any, published: bool) -> None:
    assert applications.is_published({"metadata": {"annotations": notes}, "spec": spec}) is published


@pytest.mark.parametrize(
    ("spec", "notes", "name"),
    [
        ({"ingressClassName": "f5"}, {"kubernetes.io/ingress.class": "old"}, "f5"),
        ({}, {"kubernetes.io/ingress.class": "old"}, "old"),
        (None, None, ""),
    ],
)
def test_the_class_of_an_ingress(spec: Any, notes: Any, name: str) -> None:
    assert applications.ingress_class({"metadata": {"annotations": notes}, "spec": spec}) == name


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("TransportServer", "Service_TCP, Service_UDP or Service_L4"),
        ("IngressLink", "each port of the Service that its selector finds"),
        ("Service", "virtual server of it by its annotations"),
        ("Ingress", "Write its virtual server as Service_HTTP."),
    ],
)
def test_a_kind_that_is_not_expressed_is_reported(kind: str, advice: str) -> None:
    done = applications.Expressed()
    done.elsewhere(kind, {"metadata": {"namespace": "shop", "name": "x"}})
    (item,) = done.left_out
    assert {**item, "message": ""} == {"kind": kind, "namespace": "shop", "name": "x", "field": "", "message": ""}
    assert advice in item["message"] and done.applications == []
