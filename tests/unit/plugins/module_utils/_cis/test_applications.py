# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VirtualServers as applications of publish, and those that publish cannot express."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import applications
from ansible_collections.vks.bigip.plugins.module_utils._request import cis_accepted
from ansible_collections.vks.bigip.tests.unit.support.cis_servers import (
    MONITOR,
    PLAIN,
    POOL,
    SPEC,
    express,
    named,
)

EXPRESSED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "partition": ({"partition": "other"}, {"tenant": "other"}),
    "port and addresses": (
        {"virtualServerHTTPPort": 8080, "additionalVirtualServerAddresses": ["192.0.2.11"]},
        {
            "virtual_server": {
                **PLAIN["virtual_server"],
                "virtualAddresses": ["192.0.2.10", "192.0.2.11"],
                "virtualPort": 8080,
            },
            "virtual_server_name": "crd_192_0_2_10_8080",
        },
    ),
    "references": (
        {
            "snat": "/Common/pool",
            "iRules": ["/Common/one"],
            "allowVlans": ["/Common/v"],
            "persistenceProfile": "cookie",
        },
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
                **{
                    **PLAIN["virtual_server"],
                    "snat": "auto",
                    "persistenceMethods": [{"bigip": "/Common/source"}],
                },
                "mirroring": "L4",
            }
        },
    ),
    "no persistence": (
        {"persistenceProfile": "none", "httpTraffic": "none"},
        {"virtual_server": {**PLAIN["virtual_server"], "persistenceMethods": []}},
    ),
    "empty settings": (
        {"httpTraffic": "", "snat": "", "iRules": [], "persistenceProfile": "", "allowVlans": []},
        {},
    ),
    "addresses of two families, and a monitor": (
        {
            "additionalVirtualServerAddresses": ["2001:db8::1"],
            "pools": [{**POOL, "monitor": {"type": "tcp"}}],
        },
        {
            "virtual_server": {**PLAIN["virtual_server"], "virtualAddresses": ["192.0.2.10", "2001:db8::1"]},
            "pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"use": "shop_192_0_2_10_tcp_80"}]},
            "objects": {"shop_192_0_2_10_tcp_80": {"class": "Monitor", "monitorType": "tcp"}},
        },
    ),
    "IPv6": (
        {"virtualServerAddress": "2001:db8::1%2"},
        {
            "virtual_server": {
                "class": "Service_HTTP",
                "virtualAddresses": ["2001:db8::1%2"],
                "virtualPort": 80,
            },
            "virtual_server_name": "crd_2001_db8__1_2_80",
        },
    ),
    "a name of its own": (
        {"virtualServerName": "mine", "virtualServerHTTPPort": 81},
        {"virtual_server_name": "mine_81", "virtual_server": {**PLAIN["virtual_server"], "virtualPort": 81}},
    ),
    "settings of the pool": (
        {
            "pools": [
                {
                    **POOL,
                    "minimumMonitors": 0,
                    "reselectTries": 2,
                    "serviceDownAction": "reset",
                    "monitor": {"type": "tcp"},
                }
            ]
        },
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
        {
            "pools": [
                {
                    **POOL,
                    "servicePort": "http",
                    "serviceNamespace": "b",
                    "loadBalancingMethod": "round-robin",
                    "minimumMonitors": 1,
                }
            ]
        },
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
            "objects": {
                "shop_192_0_2_10_http_80": {
                    "class": "Monitor",
                    "monitorType": "http",
                    "send": "GET /",
                    "receive": "ok",
                    "interval": 5,
                    "timeout": 16,
                }
            },
        },
    ),
    "monitor of BIG-IP": (
        {"pools": [{**POOL, "monitors": [{"name": "/Common/http", "reference": "bigip"}]}]},
        {"pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"bigip": "/Common/http"}]}},
    ),
    "several monitors of BIG-IP": (
        {
            "pools": [
                {
                    **POOL,
                    "monitors": [
                        {"name": f"/Common/{name}", "reference": "bigip"} for name in ("http", "tcp")
                    ],
                }
            ]
        },
        {
            "pool": {
                **PLAIN["pool"],
                "minimumMonitors": 1,
                "monitors": [{"bigip": "/Common/http"}, {"bigip": "/Common/tcp"}],
            }
        },
    ),
    "names of the user's": (
        {
            "pools": [
                {**POOL, "name": "mine", "monitor": {"type": "tcp", "name": "check"}, "monitors": [MONITOR]}
            ]
        },
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
            "objects": {
                "shop_192_0_2_10_http_80": {
                    "class": "Monitor",
                    "monitorType": "http",
                    "send": "GET /",
                    "receive": "none",
                }
            },
        },
    ),
    "a monitor that CIS passes over": ({"pools": [{**POOL, "monitor": {"type": "http"}}]}, {}),
    "an https monitor that CIS passes over": (
        {"pools": [{**POOL, "monitors": [{"type": "https", "send": ""}]}]},
        {},
    ),
    "empty fields of monitors": (
        {
            "pools": [
                {
                    **POOL,
                    "monitors": [
                        {"type": "https", "send": "GET /", "recv": "", "interval": 0, "name": "a"},
                        {"type": "udp", "send": "", "recv": None, "reference": "other"},
                    ],
                }
            ]
        },
        {
            "pool": {
                **PLAIN["pool"],
                "minimumMonitors": 1,
                "monitors": [{"use": "a"}, {"use": "shop_192_0_2_10_udp_80"}],
            },
            "objects": {
                "a": {
                    "class": "Monitor",
                    "monitorType": "https",
                    "send": "GET /",
                    "interval": 0,
                    "receive": "none",
                },
                "shop_192_0_2_10_udp_80": {"class": "Monitor", "monitorType": "udp"},
            },
        },
    ),
    "a monitor of BIG-IP with more fields": (
        {
            "pools": [
                {
                    **POOL,
                    "monitor": {"name": "/Common/sip", "reference": "bigip", "type": "sip", "targetPort": 1},
                }
            ]
        },
        {"pool": {**PLAIN["pool"], "minimumMonitors": 1, "monitors": [{"bigip": "/Common/sip"}]}},
    ),
}


@pytest.mark.parametrize(("more", "changes"), EXPRESSED.values(), ids=EXPRESSED.keys())
def test_expressed(more: dict[str, Any], changes: dict[str, Any]) -> None:
    done = express({**SPEC, **more})
    assert done.left_out == []
    assert done.applications == [{**PLAIN, **changes}]


def pool(**more: Any) -> dict[str, Any]:
    return {"pools": [{**POOL, **more}]}


def test_one_resource_fills_no_terminal() -> None:
    """A playbook prints a line for each reason."""
    server = named("evil", {**POOL, "monitors": [{"type": "tcp", "targetPort": 80}] * 1_000})
    done = applications.express(
        [server], "cis", cis_accepted.application_fault, cis_accepted.application_listeners
    )
    assert len(done.left_out) == applications.MOST_REASONS + 1
    assert done.left_out[-1]["message"] == "980 more of its fields cannot be expressed."
    for count in (20, 21):
        left_out = express({**SPEC, **{f"x{number}": 1 for number in range(count)}}).left_out
        assert len(left_out) == count and ("more" in left_out[-1]["message"]) is (count > 20)
    assert {**left_out[-1], "message": ""} == {
        "kind": "VirtualServer",
        "namespace": "shop",
        "name": "web-vs",
        "field": "",
        "message": "",
    }


def test_common_belongs_to_no_team() -> None:
    assert [item["field"] for item in express({**SPEC, "partition": "Common"}).left_out] == ["partition"]


ODD: list[Any] = [None, 1, "x", [], ["x"], {}, {"a": 1}, True]


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_values_of_any_type_leave_only_their_own_out(value: Any) -> None:
    servers = [named("shop", POOL)]
    for key in (
        "pools",
        "snat",
        "iRules",
        "virtualServerAddress",
        "additionalVirtualServerAddresses",
        "virtualServerName",
        "partition",
        "allowVlans",
    ):
        spec = {
            "virtualServerAddress": "192.0.2.11",
            "pools": [{**POOL, "serviceNamespace": "evil"}],
            key: value,
        }
        servers.append({**named("evil", POOL, key), "spec": spec})
    servers += [
        named("evil", {**POOL, key: value}, key)
        for key in (*POOL, "name", "monitor", "monitors", "serviceNamespace", "minimumMonitors")
    ]
    servers += [named("evil", value), {**named("evil", POOL), "spec": value}]
    done = applications.express(servers, "cis", lambda made: None)
    assert PLAIN in done.applications
    assert all(
        isinstance(made[name], str)
        for made in done.applications
        for name in ("tenant", "pool_name")
        if name in made
    )


@pytest.mark.parametrize(
    ("spec", "error"),
    [({"iRules": 1}, "TypeError"), ({"partition": 1}, "TypeError"), (pool(name=["x"]), "TypeError")],
)
def test_what_is_said_of_an_odd_resource(spec: dict[str, Any], error: str) -> None:
    (item,) = express({**SPEC, **spec}).left_out
    assert item["field"] == ""
    assert (
        item["message"]
        == f"It is left out, because it has an unexpected structure ({error}). Correct it, or delete it."
    )


def test_what_is_said_of_a_name_that_its_author_chose() -> None:
    """A custom resource takes fields of any name."""
    (found,) = express({**SPEC, f"\x1b[2J{'A' * 100_000}": 1}).left_out
    assert found["field"].startswith("\\x1b[2JAAA") and (len(found["field"]), len(found["message"])) == (
        200,
        1000,
    )


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
    assert {**item, "message": ""} == {
        "kind": kind,
        "namespace": "shop",
        "name": "x",
        "field": "",
        "message": "",
    }
    assert advice in item["message"] and done.applications == []
