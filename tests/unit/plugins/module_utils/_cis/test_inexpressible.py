# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reasons why publish cannot express a VirtualServer."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.tests.unit.support.cis_servers import POOL, SPEC, express


def pool(**more: Any) -> dict[str, Any]:
    return {"pools": [{**POOL, **more}]}


LEFT_OUT: dict[str, tuple[dict[str, Any], str, str]] = {
    # the spec, the field, and a part of the advice
    "host": ({"host": "a.example.com"}, "host", "Write the Endpoint_Policy in AS3"),
    "hosts": ({"hostAliases": ["a.example.com"]}, "hostAliases", "Write the Endpoint_Policy in AS3"),
    "TLS": ({"tlsProfileName": "tls"}, "tlsProfileName", "Write Service_HTTPS with a TLS_Server"),
    "policy": ({"policyName": "p"}, "policyName", "Write its rules in AS3."),
    "IPAM": ({"ipamLabel": "a"}, "ipamLabel", "Write the address that it gave"),
    "something new": (
        {"brandNew": 1},
        "brandNew",
        "brandNew has no equivalent among the options of publish.",
    ),
    "redirect": (
        {"httpTraffic": "redirect"},
        "httpTraffic",
        "A redirect to HTTPS is a second virtual server",
    ),
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
    "another monitor": (
        pool(monitor={"type": "sip"}),
        "pools[0].monitors[0].type",
        "'sip' has no known equivalent",
    ),
    "monitor on a port": (
        pool(monitors=[{"type": "tcp"}, {"type": "tcp", "targetPort": 9}]),
        "pools[0].monitors[1].targetPort",
        "targetPort has no",
    ),
}


@pytest.mark.parametrize(("more", "path", "advice"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_left_out(more: dict[str, Any], path: str, advice: str) -> None:
    done = express({**SPEC, **more})
    assert done.applications == []
    (item,) = done.left_out
    assert {**item, "message": ""} == {
        "kind": "VirtualServer",
        "namespace": "shop",
        "name": "web-vs",
        "field": path,
        "message": "",
    }
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
    assert {item["field"] for item in express({"ipamLabel": "a", "pools": [POOL]}, None).left_out} == {
        "virtualServerAddress",
        "partition",
        "ipamLabel",
    }
