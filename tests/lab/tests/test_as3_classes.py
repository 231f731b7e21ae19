# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of classes: complete, and not stricter than AS3 on a declaration that uses most of it."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from as3_world import PLAIN, World, adc
from vkslab.bigip.as3 import classes
from vkslab.bigip.as3.classes import ITEMS, RULES
from vkslab.bigip.as3.words import WORDS

EVERYTHING: dict[str, Any] = {
    "class": "Application",
    "vs": {
        "class": "Service_HTTPS",
        "virtualAddresses": ["192.0.2.10", "2001:db8::5"],
        "virtualPort": 443,
        "pool": "web_pool",
        "serverTLS": "tls",
        "clientTLS": {"bigip": "/Common/serverssl"},
        "profileHTTP": {"use": "http_prof"},
        "profileTCP": {"ingress": "wan", "egress": {"use": "tcp_prof"}},
        "persistenceMethods": [{"use": "pers"}],
        "iRules": ["rule1", {"bigip": "/Common/_sys_https_redirect"}],
        "policyEndpoint": "pol",
        "snat": {"use": "snatp"},
        "allowVlans": [{"bigip": "/Common/vlan1"}],
        "profileHTTP2": "basic",
        "securityLogProfiles": [{"bigip": "/Common/log_all"}],
        "policyWAF": {"bigip": "/Common/waf"},
        "profileMultiplex": {"bigip": "/Common/oneconnect"},
        "profileHTTPCompression": "basic",
        "metadata": {"a": {"value": "b"}},
        "translateServerPort": True,
        "lastHop": "auto",
        "fallbackPersistenceMethod": "source-address",
        "clonePools": {"ingress": {"use": "web_pool"}},
    },
    "tls": {
        "class": "TLS_Server",
        "certificates": [{"certificate": "cert", "matchToSNI": "www.example.com"}],
        "tls1_3Enabled": True,
        "cipherGroup": {"bigip": "/Common/f5-default"},
        "authenticationMode": "request",
        "authenticationTrustCA": {"bigip": "/Common/default.crt"},
    },
    "tlsc": {
        "class": "TLS_Client",
        "trustCA": {"bigip": "/Common/default.crt"},
        "validateCertificate": True,
        "clientCertificate": "cert",
    },
    "cert": {
        "class": "Certificate",
        "certificate": "-----BEGIN CERTIFICATE-----",
        "privateKey": {"text": "-----BEGIN"},
        "passphrase": {"ciphertext": "ZjVmNQ==", "protected": PLAIN, "ignoreChanges": True},
        "chainCA": {"bigip": "/Common/ca-bundle.crt"},
    },
    "ca": {"class": "CA_Bundle", "bundle": "-----BEGIN CERTIFICATE-----"},
    "http_prof": {
        "class": "HTTP_Profile",
        "xForwardedFor": True,
        "insertHeader": {"name": "X", "value": "y"},
        "fallbackRedirect": "https://x",
        "hstsInsert": True,
    },
    "tcp_prof": {"class": "TCP_Profile", "idleTimeout": 600, "keepAliveInterval": 10},
    "pers": {
        "class": "Persist",
        "persistenceMethod": "cookie",
        "cookieMethod": "insert",
        "cookieName": "abc",
    },
    "pers2": {
        "class": "Persist",
        "persistenceMethod": "source-address",
        "duration": 180,
        "addressMask": "255.255.255.0",
    },
    "pers3": {"class": "Persist", "persistenceMethod": "hash", "iRule": "rule1"},
    "rule1": {"class": "iRule", "iRule": {"base64": "d2hlbg=="}},
    "pol": {
        "class": "Endpoint_Policy",
        "rules": [
            {
                "name": "r1",
                "conditions": [{"type": "httpUri", "path": {"operand": "starts-with", "values": ["/a"]}}],
                "actions": [{"type": "forward", "event": "request", "select": {"pool": {"use": "web_pool"}}}],
            }
        ],
    },
    "snatp": {"class": "SNAT_Pool", "snatAddresses": ["192.0.2.200"]},
    "dg": {"class": "Data_Group", "keyDataType": "string", "records": [{"key": "a", "value": "b"}]},
    "l4": {"class": "L4_Profile", "idleTimeout": 300},
    "udp": {"class": "UDP_Profile", "idleTimeout": 60},
    "mp": {"class": "Multiplex_Profile", "maxConnections": 5},
    "h2": {"class": "HTTP2_Profile", "concurrentStreamsPerConnection": 10},
    "comp": {"class": "HTTP_Compress"},
    "m1": {
        "class": "Monitor",
        "monitorType": "https",
        "send": "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
        "receive": "200",
        "clientCertificate": "cert",
        "adaptive": False,
        "interval": 10,
        "timeout": 31,
    },
    "m2": {"class": "Monitor", "monitorType": "external", "pathname": "/Common/x"},
    "m3": {"class": "Monitor", "monitorType": "ldap", "base": "dc=x"},
    "m4": {"class": "Monitor", "monitorType": "icmp"},
    "m5": {"class": "Monitor", "monitorType": "udp", "targetPort": 53},
    "m6": {"class": "Monitor", "monitorType": "tcp-half-open"},
    "m7": {"class": "Monitor", "monitorType": "http2"},
    "m8": {"class": "Monitor", "monitorType": "dns", "queryName": "a.b"},
    "web_pool": {
        "class": "Pool",
        "monitors": ["https", {"use": "m1"}, {"bigip": "/Common/http"}],
        "minimumMonitors": 2,
        "members": [
            {
                "servicePort": 8443,
                "serverAddresses": ["10.1.0.1"],
                "monitors": [{"use": "m1"}],
                "metadata": {"x": {"value": "1", "persist": False}},
            },
            {
                "servicePort": 443,
                "addressDiscovery": "fqdn",
                "hostname": "a.b.c",
                "fqdnPrefix": "x-",
                "shareNodes": True,
            },
        ],
    },
    "fw": {
        "class": "Service_Forwarding",
        "virtualAddresses": [["0.0.0.0", "10.0.0.0/8"]],
        "forwardingType": "ip",
        "virtualPort": 0,
        "layer4": "any",
    },
    "gen": {"class": "Service_Generic", "virtualAddresses": ["192.0.2.60"], "virtualPort": 0},
    "udp_vs": {
        "class": "Service_UDP",
        "virtualAddresses": ["192.0.2.61"],
        "virtualPort": 53,
        "pool": "web_pool",
        "profileUDP": {"use": "udp"},
    },
    "l4_vs": {
        "class": "Service_L4",
        "virtualAddresses": ["192.0.2.62"],
        "virtualPort": 0,
        "pool": "web_pool",
        "profileL4": {"use": "l4"},
        "translateServerPort": False,
        "snat": "self",
    },
    "sa": {
        "class": "Service_Address",
        "virtualAddress": "192.0.2.63",
        "routeAdvertisement": "selective",
        "trafficGroup": "/Common/traffic-group-local-only",
    },
    "tcp_vs": {
        "class": "Service_TCP",
        "virtualAddresses": [{"use": "sa"}],
        "virtualPort": 25,
        "pool": {"use": "/T1/A1/web_pool"},
        "profileFTP": {"bigip": "/Common/ftp"},
    },
    "sd": {"class": "Address_Discovery", "addressDiscovery": "event"},
    "waf": {"class": "WAF_Policy", "url": "https://x/y.xml", "ignoreChanges": True},
    "gslb": {"class": "GSLB_Pool", "resourceRecordType": "A", "members": []},
    "log": {"class": "Security_Log_Profile", "application": {"localStorage": True}},
}


JUNK: list[Any] = [None, True, 0, -1, 1.5, "", "x", "/T1/A1/vs", "10.1.0.1", [], {}, ["x"], [{}], [None]]
JUNK += [{"use": "x"}, {"bigip": "/Common/x"}, {"class": "Pool"}]


def named(rule: Any) -> Iterator[str]:
    """Every rule that a rule refers to."""
    if isinstance(rule, dict):
        if isinstance(rule.get("$ref"), str):
            yield rule["$ref"]
        for inner in rule.values():
            yield from named(inner)
    elif isinstance(rule, list):
        for inner in rule:
            yield from named(inner)


def test_every_rule_that_is_named_is_there() -> None:
    assert {name for name in named(RULES) if name not in RULES} == set()


def test_every_class_is_a_word() -> None:
    assert {name for name in ITEMS if name not in WORDS} == set()


def test_no_class_is_in_two_families() -> None:
    tables = [
        table
        for family in vars(classes).values()
        if isinstance(family, ModuleType)
        for name, table in vars(family).items()
        if name in ("CLASSES", "PARTS", "NAMES")
    ]
    assert sum(map(len, tables)) == len(RULES.keys() - {"Item"} | ITEMS.keys())


def test_a_declaration_of_everything() -> None:
    world = World()
    world.deployed(T1={"class": "Tenant", "A1": EVERYTHING})
    assert len(list(world.device.paths())) > 50
    assert world.verdict(T1={"class": "Tenant", "A1": EVERYTHING}) == ["no change"]
    assert world.verdict(T1=world.stored()["T1"]) == ["no change"], "what is stored can be posted"
    full = world.stored(show="full")["T1"]
    assert world.verdict(T1=full) == ["no change"], "and with its defaults, too"
    world.call("DELETE", "/declare")
    assert [path for path in world.device.paths() if not path.startswith("/Common/")] == []
    world.close()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        yield (*path, name)
        yield from places(inner, (*path, name))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_wrong_gets_an_answer(seed: int) -> None:
    """One value of a sound declaration is lost or becomes junk: deployed or refused, but never a crash."""
    choice = random.Random(seed)
    world = World()
    for _ in range(40):
        application = copy.deepcopy(EVERYTHING)
        *way, last = choice.choice(list(places(application)))
        holder: Any = application
        for step in way:
            holder = holder[step]
        if choice.random() < 0.2:
            del holder[last]
        else:
            holder[last] = copy.deepcopy(choice.choice(JUNK))
        status, body = world.post(adc(T1={"class": "Tenant", "A1": application}))
        assert (status, body.get("code", 200)) in ((200, 200), (422, 422)), body
    world.close()
