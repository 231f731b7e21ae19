# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that AS3 accepts although they look wrong."""

from __future__ import annotations

from typing import Any

import pytest

from as3_tenants import application, entries, item, member, pool, service, without
from as3_world import PLAIN, World, adc, tenant

MEMBER = "/T1/A1/web_pool/members/0"
INVALID = "declaration is invalid"
BAD_ADDRESS = f"{MEMBER}: should have required property 'bigip'"
VLAN = {"bigip": "/Common/v"}


PASSES: list[tuple[str, dict[str, Any]]] = [
    ("ratio 0", member(ratio=0)),
    (
        "fqdn",
        entries(
            {
                "servicePort": 80,
                "addressDiscovery": "fqdn",
                "hostname": "web.example.com",
                "autoPopulate": True,
            }
        ),
    ),
    ("event", entries({"servicePort": 80, "addressDiscovery": "event"})),
    ("named server", entries({"servicePort": 80, "servers": [{"name": "n1", "address": "10.1.0.1"}]})),
    ("monitors of a member", member(monitors=["tcp", {"bigip": "/Common/http"}], minimumMonitors="all")),
    ("monitor of the device", pool(monitors=[{"bigip": "/Common/https"}])),
    ("port 0", member(servicePort=0)),
    ("property of another class in a member", member(virtualPort=1)),
    ("property of another class in a service", service(slowRampTime=1)),
    ("HTTPS without TLS", service(**{"class": "Service_HTTPS", "virtualPort": 443})),
    ("no members", without("members", "A1", "web_pool")),
    ("no addresses", tenant()),
    ("both families", tenant("10.1.0.1", "2001:db8::1")),
    ("route domain", tenant("10.1.0.1%2")),
    (
        "same address and port in two entries",
        entries(
            {"servicePort": 80, "serverAddresses": ["10.1.0.1"]},
            {"servicePort": 80, "serverAddresses": ["10.1.0.1"], "ratio": 2},
        ),
    ),
    (
        "timeout below interval",
        item(**{"class": "Monitor", "monitorType": "tcp", "interval": 30, "timeout": 5}),
    ),
    ("iRule that the device lacks", service(iRules=[{"bigip": "/Common/none"}])),
    ("VLAN that the device lacks", service(allowVlans=[VLAN])),
    ("no persistence", service(persistenceMethods=[])),
    (
        "constants of any kind",
        application(constants={"class": "Constants", "vks_bigip": {"owner": "a", "n": [1, {"x": None}]}}),
    ),
    ("metadata of any name", pool(metadata={"anything": {"value": "x"}})),
    (
        "serviceMain of its template",
        {
            "class": "Tenant",
            "A1": {
                "class": "Application",
                "template": "http",
                "serviceMain": service()["A1"]["vs"] | {"pool": {"use": "web_pool"}},
                "web_pool": tenant()["A1"]["web_pool"],
            },
        },
    ),
    ("pool by an absolute pointer", service(pool="/T1/A1/web_pool")),
    ("pool by @", service(pool="/@/@/web_pool")),
    ("dots and dashes", item("a-b.c", **{"class": "Pool"})),
    (
        "secret",
        item(
            **{
                "class": "Monitor",
                "monitorType": "http",
                "username": "u",
                "passphrase": {"ciphertext": "c2VjcmV0", "protected": PLAIN},
            }
        ),
    ),
]


@pytest.mark.parametrize("posted", [pytest.param(posted, id=name) for name, posted in PASSES])
def test_passes(world: World, posted: dict[str, Any]) -> None:
    status, body = world.post(adc(T1=posted))
    assert (status, body["results"][0].get("message")) == (200, "success"), body
    assert world.verdict(T1=posted) == ["no change"], "what was deployed is what was wanted"
