# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declarations that AS3 refuses, each with its message."""

from __future__ import annotations

from typing import Any

import pytest

from as3_tenants import application, entries, item, member, pool, service, without
from as3_world import World, adc, tenant

MEMBER = "/T1/A1/web_pool/members/0"
INVALID = "declaration is invalid"
BAD_ADDRESS = f"{MEMBER}: should have required property 'bigip'"
VLAN = {"bigip": "/Common/v"}


# (tenant T1, the one error or the message)
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("bad address", tenant("10.1.0.999"), BAD_ADDRESS),
    ("hostname as address", tenant("web.example.com"), BAD_ADDRESS),
    ("address twice", tenant("10.1.0.1", "10.1.0.1"), BAD_ADDRESS),
    ("prefix too long", tenant("10.1.0.1/33"), BAD_ADDRESS),
    ("route domain too big", tenant("10.1.0.1%70000"), BAD_ADDRESS),
    (
        "address in two forms",
        tenant("10.1.0.1", "10.1.0.1%0"),
        "/T1/A1/web_pool/members: serverAddresses/servers array has duplicate address 10.1.0.1%0",
    ),
    ("port too high", member(servicePort=65536), f"{MEMBER}/servicePort: should be <= 65535"),
    ("port negative", member(servicePort=-1), f"{MEMBER}/servicePort: should be >= 0"),
    ("port a string", member(servicePort="80"), f"{MEMBER}/servicePort: should be integer"),
    ("port a boolean", member(servicePort=True), f"{MEMBER}/servicePort: should be integer"),
    (
        "no port",
        without("servicePort", "A1", "web_pool", "members", "0"),
        f"{MEMBER}: should have required property 'servicePort'",
    ),
    ("no address", without("serverAddresses", "A1", "web_pool", "members", "0"), BAD_ADDRESS),
    ("ratio too high", member(ratio=101), f"{MEMBER}/ratio: should be <= 100"),
    ("priority too high", member(priorityGroup=65536), f"{MEMBER}/priorityGroup: should be <= 65535"),
    ("rate limit", member(rateLimit=-2), f"{MEMBER}/rateLimit: should be >= -1"),
    (
        "admin state",
        member(adminState="down"),
        f'{MEMBER}/adminState: should be equal to one of the allowed values ["enable","disable","offline"]',
    ),
    ("shareNodes a string", member(shareNodes="yes"), f"{MEMBER}/shareNodes: should be boolean"),
    (
        "member monitor dangling",
        member(monitors=[{"use": "nothing"}]),
        f"{MEMBER}/monitors/0/use: contains path to non-existent object nothing",
    ),
    ("misspelt in a member", member(conectionLimit=1), "Invalid data property: conectionLimit"),
    (
        "fqdn without hostname",
        entries({"servicePort": 80, "addressDiscovery": "fqdn"}),
        f"{MEMBER}: should have required property 'hostname'",
    ),
    (
        "fqdn with a bad hostname",
        entries({"servicePort": 80, "addressDiscovery": "fqdn", "hostname": "no_such host"}),
        f'{MEMBER}/hostname: should match format "hostname"',
    ),
    (
        "entry twice",
        entries(*[{"servicePort": 80, "serverAddresses": ["10.1.0.1"]}] * 2),
        "declaration has duplicate values in members",
    ),
    (
        "entry twice, defaults spelt out",
        entries(
            {"servicePort": 80, "serverAddresses": ["10.1.0.1"]},
            {"servicePort": 80, "serverAddresses": ["10.1.0.1"], "ratio": 1},
        ),
        "declaration has duplicate values in members",
    ),
    (
        "server name twice",
        entries(
            {
                "servicePort": 80,
                "servers": [{"name": "n1", "address": "10.1.0.1"}, {"name": "n1", "address": "10.1.0.2"}],
            }
        ),
        "The node name must be unique throughout the declaration. Duplicate node name 'n1' found.",
    ),
    (
        "two servers without a name",
        entries({"servicePort": 80, "servers": [{"address": "10.1.0.1"}, {"address": "10.1.0.2"}]}),
        "The node name must be unique throughout the declaration. Duplicate node name '' found.",
    ),
    ("server without address", entries({"servicePort": 80, "servers": [{"name": "n1"}]}), BAD_ADDRESS),
    (
        "no such mode",
        pool(loadBalancingMode="random"),
        "/T1/A1/web_pool/loadBalancingMode: should be equal to one of the allowed values [",
    ),
    (
        "minimum active negative",
        pool(minimumMembersActive=-1),
        "/T1/A1/web_pool/minimumMembersActive: should be >= 0",
    ),
    ("ramp too long", pool(slowRampTime=901), "/T1/A1/web_pool/slowRampTime: should be <= 900"),
    ("monitor twice", pool(monitors=["http", "http"]), "declaration has duplicate values in monitors"),
    (
        "no such monitor",
        pool(monitors=["htpp"]),
        "/T1/A1/web_pool/monitors/0: should be equal to one of the allowed values ",
    ),
    (
        "monitor dangling",
        pool(monitors=[{"use": "no_mon"}]),
        "/T1/A1/web_pool/monitors/0/use: contains path to non-existent object no_mon",
    ),
    (
        "monitor is a pool",
        pool(monitors=[{"use": "web_pool"}]),
        "/T1/A1/web_pool/monitors/0/use: AS3 pointer web_pool does not point to required object type",
    ),
    (
        "metadata without a value",
        pool(metadata={"a": {"persist": True}}),
        "/T1/A1/web_pool/metadata/a: should have required property 'value'",
    ),
    ("misspelt in a pool", pool(bogus=1), "Invalid data property: bogus"),
    (
        "property of another class in a pool",
        pool(virtualPort=80),
        "/T1/A1/web_pool: should NOT have additional properties",
    ),
    (
        "pool dangling",
        service(pool="nope_pool"),
        "/T1/A1/vs/pool: contains path to non-existent object nope_pool",
    ),
    (
        "pool dangling by use",
        service(pool={"use": "nope_pool"}),
        "/T1/A1/vs/pool/use: contains path to non-existent object nope_pool",
    ),
    (
        "pool of another application",
        service(pool={"use": "/T1/A2/web_pool"}),
        "/T1/A1/vs/pool/use: contains path to non-existent object A2",
    ),
    (
        "pool is a service",
        service(pool="vs"),
        "/T1/A1/vs/pool: AS3 pointer vs does not point to required object type",
    ),
    (
        "pool not on the device",
        service(pool={"bigip": "/Common/none"}),
        "Unable to find /Common/none for /T1/A1/vs/pool",
    ),
    (
        "pool by two pointers",
        service(pool={"bigip": "/Common/none", "use": "web_pool"}),
        "/T1/A1/vs/pool: should NOT have more than 1 properties",
    ),
    (
        "one letter",
        {
            **item("p", **{"class": "Pool"}),
            "A1": {**item("p", **{"class": "Pool"})["A1"], "vs": {**service()["A1"]["vs"], "pool": "p"}},
        },
        "/T1/A1/vs/pool: contains an invalid path (invalid character)",
    ),
    (
        "virtual address bad",
        service(virtualAddresses=["192.0.2"]),
        '/T1/A1/vs/virtualAddresses/0: should match format "f5ip"',
    ),
    (
        "no virtual address",
        without("virtualAddresses", "A1", "vs"),
        "/T1/A1/vs: should have required property 'virtualAddresses'",
    ),
    (
        "empty virtual addresses",
        service(virtualAddresses=[]),
        "/T1/A1/vs/virtualAddresses: should NOT have fewer than 1 items",
    ),
    ("virtual port a string", service(virtualPort="80"), "/T1/A1/vs/virtualPort: should be integer"),
    (
        "virtual port too high",
        item("tcp", **{"class": "Service_TCP", "virtualAddresses": ["192.0.2.9"], "virtualPort": 65536}),
        "/T1/A1/tcp/virtualPort: should be <= 65535",
    ),
    (
        "tcp without port",
        item("tcp", **{"class": "Service_TCP", "virtualAddresses": ["192.0.2.9"]}),
        "/T1/A1/tcp: should have required property 'virtualPort'",
    ),
    ("misspelt in a service", service(poool="x"), "Invalid data property: poool"),
    (
        "snat",
        service(snat="maybe"),
        '/T1/A1/vs/snat: should be equal to one of the allowed values ["none","self","auto"]',
    ),
    (
        "snat pool dangling",
        service(snat={"use": "pool_x"}),
        "/T1/A1/vs/snat/use: contains path to non-existent object pool_x",
    ),
    (
        "persistence",
        service(persistenceMethods=["cookies"]),
        "/T1/A1/vs/persistenceMethods/0: should be equal to one of the allowed values ",
    ),
    (
        "iRule dangling",
        service(iRules=["rule_x"]),
        "/T1/A1/vs/iRules/0: contains path to non-existent object rule_x",
    ),
    (
        "TLS dangling",
        service(**{"class": "Service_HTTPS", "serverTLS": "tls_x"}),
        "/T1/A1/vs/serverTLS: contains path to non-existent object tls_x",
    ),
    (
        "TLS on plain HTTP",
        service(serverTLS={"bigip": "/Common/clientssl"}),
        "/T1/A1/vs: should NOT be valid",
    ),
    (
        "VLANs allowed and rejected",
        service(allowVlans=[VLAN], rejectVlans=[VLAN]),
        "/T1/A1/vs: should NOT be valid",
    ),
    ("max connections", service(maxConnections=-1), "/T1/A1/vs/maxConnections: should be >= 0"),
    (
        "mirroring",
        service(mirroring="yes"),
        '/T1/A1/vs/mirroring: should be equal to one of the allowed values ["none","L4"]',
    ),
    ("unknown class", item(**{"class": "Service_HTPP"}), "Invalid data property: Service_HTPP"),
    ("item without class", item("z1", label="x"), "Invalid data property: z1"),
    (
        "monitor without type",
        item(**{"class": "Monitor"}),
        "/T1/A1/thing: should have required property 'monitorType'",
    ),
    (
        "monitor interval",
        item(**{"class": "Monitor", "monitorType": "http", "interval": 3601}),
        "/T1/A1/thing/interval: should be <= 3600",
    ),
    (
        "certificate without certificate",
        item(**{"class": "Certificate"}),
        "/T1/A1/thing: should have required property 'certificate'",
    ),
    (
        "TLS_Server without certificates",
        item(**{"class": "TLS_Server"}),
        "/T1/A1/thing: should have required property 'certificates'",
    ),
    (
        "TLS_Server with a dangling certificate",
        item(**{"class": "TLS_Server", "certificates": [{"certificate": "no_cert"}]}),
        "/T1/A1/thing/certificates/0/certificate: contains path to non-existent object no_cert",
    ),
    (
        "ciphers and a group",
        item(
            **{
                "class": "TLS_Server",
                "certificates": [{"certificate": "x"}],
                "ciphers": "ALL",
                "cipherGroup": VLAN,
            }
        ),
        "/T1/A1/thing: should NOT be valid",
    ),
    (
        "SNAT pool without addresses",
        item(**{"class": "SNAT_Pool", "snatAddresses": []}),
        "/T1/A1/thing/snatAddresses: should NOT have fewer than 1 items",
    ),
    (
        "persist method",
        item(**{"class": "Persist", "persistenceMethod": "luck"}),
        "/T1/A1/thing/persistenceMethod: should be equal to one of the allowed values ",
    ),
    ("iRule without text", item(**{"class": "iRule"}), "/T1/A1/thing: should have required property 'iRule'"),
    (
        "Service_Address keeps",
        item(**{"class": "Service_Address", "virtualAddress": "192.0.2.9", "autoDelete": False}),
        "Disabling auto-delete for service addresses in non-common tenants is not supported.",
    ),
    (
        "Service_Address bad",
        item(**{"class": "Service_Address", "virtualAddress": "x"}),
        '/T1/A1/thing/virtualAddress: should match format "f5ip"',
    ),
    (
        "a class known by name only",
        item(**{"class": "SIP_Profile", "poolx": 1}),
        "Invalid data property: poolx",
    ),
    (
        "its property of another class",
        item(**{"class": "SIP_Profile", "virtualPort": 1}),
        "/T1/A1/thing: should NOT have additional properties",
    ),
    ("template http", application(template="http"), "/T1/A1: should have required property 'serviceMain'"),
    (
        "item starts with a digit",
        item("1pool", **{"class": "Pool"}),
        '/T1/A1: propertyName "1pool" should match pattern ',
    ),
    (
        "item ends with a dash",
        item("pool-", **{"class": "Pool"}),
        '/T1/A1: propertyName "pool-" should match pattern ',
    ),
    ("item of 191", item("w" * 191, **{"class": "Pool"}), "/T1/A1: should NOT be longer than 190 characters"),
    (
        "path over 195",
        item("w" * 190, **{"class": "Pool"}),
        f"Path /T1/A1/{'w' * 190} is longer than 195 characters",
    ),
    (
        "constants name",
        application(constants={"class": "Constants", "a-b": 1}),
        '/T1/A1/constants: propertyName "a-b" should match pattern ',
    ),
    (
        "application starts with a digit",
        {"class": "Tenant", "1app": {"class": "Application"}},
        '/T1: propertyName "1app" should match pattern ',
    ),
    (
        "tenant label",
        {**tenant("10.1.0.1"), "label": "x" * 65},
        "/T1/label: should NOT be longer than 64 characters",
    ),
    (
        "tenant remark",
        {**tenant("10.1.0.1"), "remark": 'a"b'},
        '/T1/remark: data "a\\"b" should match pattern ',
    ),
    (
        "tenant label with a sign",
        {**tenant("10.1.0.1"), "label": "<b>"},
        '/T1/label: data "<b>" should match pattern ',
    ),
    (
        "default route domain",
        {**tenant("10.1.0.1"), "defaultRouteDomain": 65536},
        "/T1/defaultRouteDomain: should be <= 65535",
    ),
    ("tenant without class", {"A1": {"class": "Application"}}, "Invalid data property: T1"),
]


@pytest.mark.parametrize(
    ("posted", "said"), [pytest.param(posted, said, id=name) for name, posted, said in REFUSED]
)
def test_refused(world: World, posted: dict[str, Any], said: str) -> None:
    status, body = world.post(adc(T1=posted))
    assert status == 422 == body["code"]
    if said.startswith("/T1"):
        assert body["message"] == INVALID
        assert len(body["errors"]) == 1
        assert body["errors"][0].startswith(said), body["errors"]
        assert body["tenant"] == ["T1"]
    else:
        assert body["message"] == said
    assert world.device.pools == {}
    assert world.call("GET", "/declare")[0] == 204, "a refusal stores nothing"


@pytest.mark.parametrize("name", ["my-tenant", "my.tenant", "T_1", "t" * 64, "t" * 128])
def test_names_of_tenants(world: World, name: str) -> None:
    assert world.verdict(**{name: {**tenant("10.1.0.1"), "label": "x" * 64}}) == ["success"]
    assert world.verdict(**{name: {**tenant("10.1.0.1"), "label": "y" * 64}}) == ["no change"]


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"schemaVersion": None}, 422, "/schemaVersion: should be string"),
        ({"schemaVersion": "3.57.0"}, 422, '/schemaVersion: data "3.57.0" should match pattern '),
        ({"foo": 1}, 422, "Invalid data property: foo"),
        (
            {"updateMode": "partial"},
            422,
            '/updateMode: should be equal to one of the allowed values ["complete","selective"]',
        ),
        ({"label": "x" * 65}, 422, "/label: should NOT be longer than 64 characters"),
        (
            {"1t": {"class": "Tenant"}},
            422,
            '/: propertyName "1t" should match pattern "^[A-Za-z][0-9A-Za-z_.-]*$"',
        ),
        ({"id": "x" * 256}, 422, "declaration lacks valid 'id' property"),
    ],
)
def test_top_level(world: World, change: dict[str, Any], status: int, said: str) -> None:
    got, body = world.post({**adc(T1=tenant("10.1.0.1")), **change})
    assert got == status
    assert (body["errors"][0] if "errors" in body else body["message"]).startswith(said)


def test_first_fault_names_its_tenant(world: World) -> None:
    _status, body = world.post(
        adc(T1=tenant("10.1.0.1"), T2=tenant("10.2.0.1", vip="192.0.2.11", member={"ratio": 200}))
    )
    assert body["tenant"] == ["T2"]
    assert body["declarationId"] == "test"
