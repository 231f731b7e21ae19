# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input that is refused before anything is read, and the place in it that the message names."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request import template, validate
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import Problems, Wanted
from ansible_collections.vks.bigip.tests.unit.support.requests_of_users import (
    ADDRESS,
    HTTP,
    SNAT,
    WEB,
    adc,
    put_together,
)

L4 = {**HTTP, "class": "Service_L4"}
FROM_10 = {**HTTP, "virtualAddresses": [["192.0.2.10", "10.0.0.0/8"]]}
OTHER = {**HTTP, "virtualAddresses": ["192.0.2.11"]}
REFUSED: list[tuple[str, list[dict[str, Any]], str]] = [
    ("tenant begins with a digit", [{"tenant": "1T", "service": WEB}], r"applications\[0\].tenant: tenant name '1T' is not valid in AS3"),
    ("tenant begins with _", [{"tenant": "_T", "service": WEB}], r"applications\[0\].tenant"),
    ("application too long", [{"application": "a" * 191, "service": WEB}], r"has 191 characters; AS3 takes at most 190"),
    ("application missing", [{"application": None, "service": WEB}], r"applications\[0\].application: is required"),
    ("item ends in -", [{"pool_name": "web-", "service": WEB}], r"applications\[0\].pool_name: name 'web-' is not valid in AS3"),
    ("item begins with a digit", [{"virtual_server_name": "1vs", "virtual_server": HTTP}], r"applications\[0\].virtual_server_name"),
    ("path too long", [{"tenant": "t" * 100, "application": "a" * 100, "service": WEB}], r"characters; AS3 takes at most 195"),
    ("no class", [{"virtual_server": {"virtualPort": 80}}], r"applications\[0\].virtual_server.class: is missing"),
    ("class is not a service", [{"virtual_server": {"class": "Pool"}}], r"virtual_server.class: is 'Pool'; a virtual server is one of"),
    ("pool of another class", [{"pool": {"class": "GSLB_Pool"}, "service": WEB}], r"applications\[0\].pool.class"),
    ("nothing", [{}], r"applications\[0\]: has nothing to publish"),
    ("member has an address", [{"service": WEB, "member": {"serverAddresses": ["10.0.0.1"]}}], r"applications\[0\].member.serverAddresses: comes from the"),
    ("member has a port", [{"service": WEB, "member": {"servicePort": 80}}], r"applications\[0\].member.servicePort"),
    ("member without service", [{"pool": {}, "member": {"ratio": 2}}], r"applications\[0\].member: holds settings of a service's members"),
    ("member listed without address", [{"service": WEB, "pool": {"members": [{"servicePort": 80}]}}], r"applications\[0\].pool.members\[0\]: has no addr"),
    ("object of an empty class", [{"objects": {"mon": {"class": ""}}}], r"applications\[0\].objects.mon: is not an AS3 object"),
    ("object without class", [{"objects": {"mon": {"interval": 5}}}], r"applications\[0\].objects.mon: is not an AS3 object"),
    ("same pool twice", [{"service": WEB}, {"service": WEB}], r"applications\[1\].pool_name: the application T1/A1 has two objects of the name 'pool'"),
    ("one letter", [{"pool_name": "p", "virtual_server": HTTP, "service": WEB}], r"virtual_server.pool: refers to 'p': AS3 refuses .* one letter"),
    ("one letter, use", [{"virtual_server": {**HTTP, "snat": {"use": "s"}}, "objects": {"s": SNAT}}], r"virtual_server.snat.use: refers to 's': .* one letter"),
    ("one letter, path", [{"pool_name": "p", "virtual_server": {**HTTP, "pool": "/T1/A1/p"}, "service": WEB}], r"refers to '/T1/A1/p': .* one letter"),
    ("dangling pool", [{"virtual_server": {**HTTP, "pool": "nope"}}], r"pool: refers to 'nope', which is not in the application T1/A1; it has vs"),
    ("dangling rule", [{"virtual_server": {**HTTP, "iRules": ["nope"]}}], r"virtual_server.iRules\[0\]: refers to 'nope'"),
    ("dangling monitor", [{"pool": {"monitors": [{"use": "nope"}]}, "service": WEB}], r"pool.monitors\[0\].use: refers to 'nope'"),
    ("dangling by path", [{"virtual_server": {**HTTP, "pool": "/T1/A1/nope"}}], r"virtual_server.pool: refers to '/T1/A1/nope'"),
    ("dangling snat", [{"virtual_server": {**HTTP, "snat": {"use": "nope"}}}], r"virtual_server.snat.use: refers to 'nope'"),
    (
        "dangling certificate",
        [{"objects": {"tls": {"class": "TLS_Server", "certificates": [{"certificate": "nope"}]}}}],
        r"applications\[0\].objects.tls.certificates\[0\].certificate: refers to 'nope'",
    ),
    ("HTTPS without TLS", [{"virtual_server": {**HTTP, "class": "Service_HTTPS", "virtualPort": 443}}], r"virtual_server.serverTLS: is missing"),
    ("same address and port", [{"virtual_server": HTTP}, {"application": "A2", "virtual_server": HTTP}], r"\[1\].*has 192.0.2.10 port 80 \(tcp\)"),
    ("same in another spelling", [{"virtual_server": HTTP}, {"tenant": "T2", "virtual_server": {**HTTP, "virtualAddresses": ["192.0.2.10/32"]}}], "port 80"),
    ("same of L4 and TCP", [{"virtual_server": L4}, {"tenant": "T2", "virtual_server": {**HTTP, "class": "Service_TCP"}}], r"has 192.0.2.10 port 80 \(tcp\)"),
    (
        "same by a Service_Address",
        [{"virtual_server": HTTP}, {"application": "A2", "virtual_server": {**HTTP, "virtualAddresses": [{"use": "addr"}]}, "objects": {"addr": ADDRESS}}],
        r"applications\[1\].virtual_server.virtualAddresses: has 192.0.2.10 port 80 \(tcp\), which applications\[0\].virtual_server has already",
    ),
    (
        "same by an address of Common",
        [
            {"tenant": "Common", "application": "Shared", "objects": {"addr": ADDRESS}},
            {"virtual_server": {**HTTP, "virtualAddresses": [{"use": "/Common/Shared/addr"}]}},
            {"tenant": "T2", "virtual_server": {**HTTP, "virtualAddresses": [{"use": "/Common/Shared/addr"}]}},
        ],
        r"applications\[2\].virtual_server.virtualAddresses: has 192.0.2.10 port 80 \(tcp\), which applications\[1\]",
    ),
    ("same with a source", [{"virtual_server": FROM_10}, {"tenant": "T2", "virtual_server": FROM_10}], "has 192.0.2.10 port 80"),
    ("addresses are not a list", [{"virtual_server": {**HTTP, "virtualAddresses": "192.0.2.10"}}], r"virtual_server.virtualAddresses: must be a list, as in"),
    ("an address that is a number", [{"virtual_server": {**HTTP, "virtualAddresses": 5}}], r"virtual_server.virtualAddresses: must be a list.*not 5"),
    ("members are text", [{"service": WEB, "pool": {"members": "x"}}], r"pool.members: must be a list of members, not 'x'"),
    ("members are a number", [{"pool": {"members": 5}}], r"pool.members: must be a list of members, not 5"),
    ("a member is text", [{"service": WEB, "pool": {"members": ["x"]}}], r"pool.members\[0\]: must be a dictionary"),
    ("a port by name", [{"pool": {"members": [{"servicePort": "http", "serverAddresses": ["10.0.0.9"]}]}}], r"members\[0\].servicePort: must be a number"),
    ("addresses of a member are text", [{"pool": {"members": [{"servicePort": 1, "serverAddresses": "10.0.0.9"}]}}], r"serverAddresses: must be a list"),
    (
        "redirect takes port 80",
        [
            {"virtual_server": HTTP},
            {"application": "A2", "virtual_server": {**HTTP, "class": "Service_HTTPS", "virtualPort": 443, "serverTLS": {"bigip": "/Common/clientssl"}}},
        ],
        r"applications\[1\].virtual_server.redirect80: makes a second virtual server on 192.0.2.10 port 80 .* Set redirect80: false",
    ),
    (
        "redirect, and port 80 after it",
        [
            {"virtual_server": {**HTTP, "class": "Service_HTTPS", "virtualPort": 443, "serverTLS": {"bigip": "/Common/clientssl"}}},
            {"application": "A2", "virtual_server": HTTP},
        ],
        r"applications\[0\].virtual_server.redirect80: makes a second virtual server on 192.0.2.10 port 80 \(tcp\), "
        r"which applications\[1\].virtual_server has already. Set redirect80: false",
    ),
    (
        "the later of two",
        [{"virtual_server": OTHER}, {"tenant": "T2", "virtual_server": HTTP}, {"application": "A2", "virtual_server": HTTP}],
        r"applications\[2\].virtual_server.virtualAddresses: has 192.0.2.10 port 80 \(tcp\), which applications\[1\].virtual_server has",
    ),
    (
        "Common",
        [{"tenant": "Common", "virtual_server": HTTP}, {"tenant": "Common", "service": WEB}],
        r"applications\[0\]: names the application 'A1' of tenant Common; AS3 allows only Shared there",
    ),
    (
        "secret without key",
        [{"objects": {"cert": {"class": "Certificate", "privateKey": {"from_secret": {"name": "x"}}}}}],
        r"objects.cert.privateKey.from_secret: needs namespace, key",
    ),
]


@pytest.mark.parametrize(("items", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused(items: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(Failure, match=message) as caught:
        put_together(*items)
    assert caught.value.code == "invalid_options" and len(caught.value.details["problems"]) == 1


ACCEPTED: list[tuple[str, list[dict[str, Any]]]] = [
    ("the usual", [{"virtual_server": HTTP, "service": WEB}]),
    ("names with . _ -", [{"tenant": "a.b_c-d", "application": "x.y", "service": WEB}]),
    ("190 letters", [{"application": "a" * 185, "pool_name": "pp", "service": WEB}]),
    ("one letter that nothing refers to", [{"pool_name": "p", "service": WEB}]),
    ("virtual server without pool", [{"virtual_server": HTTP}]),
    ("udp and tcp on one port", [{"virtual_server": HTTP}, {"application": "A2", "virtual_server": {**HTTP, "class": "Service_UDP"}}]),
    ("other VLANs", [{"virtual_server": HTTP}, {"application": "A2", "virtual_server": {**HTTP, "allowVlans": [{"bigip": "/Common/x"}]}}]),
    (
        "two on VLANs",
        [
            {"virtual_server": {**HTTP, "allowVlans": [{"bigip": "/Common/x"}]}},
            {"application": "A2", "virtual_server": {**HTTP, "allowVlans": [{"bigip": "/Common/y"}]}},
        ],
    ),
    ("an unknown class with an address", [{"objects": {"new": {"class": "Brand_New", "virtualAddresses": "x"}}}]),
    ("another source", [{"virtual_server": HTTP}, {"application": "A2", "virtual_server": FROM_10}]),
    ("relative to the object", [{"virtual_server": {**HTTP, "pool": "2/pool", "policyEndpoint": {"use": "@/somewhere"}}, "service": WEB}]),
    ("other route domain", [{"virtual_server": HTTP}, {"tenant": "T2", "virtual_server": {**HTTP, "virtualAddresses": ["192.0.2.10%2"]}}]),
    (
        "two in one application",
        [{"virtual_server": HTTP, "service": WEB}, {"virtual_server": OTHER, "service": WEB, "virtual_server_name": "v2", "pool_name": "p2"}],
    ),
    ("pointer elsewhere", [{"virtual_server": {**HTTP, "iRules": ["/Common/Shared/rule", {"bigip": "/Common/x"}]}}]),
    ("pointer to this application", [{"virtual_server": {**HTTP, "pool": "/T1/A1/pool"}, "service": WEB}]),
    ("basic persistence is not a pointer", [{"virtual_server": {**HTTP, "persistenceMethods": ["cookie"]}}]),
    ("Shared of Common", [{"tenant": "Common", "application": "Shared", "objects": {"mon": {"class": "Monitor", "monitorType": "http"}}}]),
    ("an object of an unknown class", [{"objects": {"new": {"class": "Brand_New", "x": 1}}}]),
]


@pytest.mark.parametrize("items", [case[1] for case in ACCEPTED], ids=[case[0] for case in ACCEPTED])
def test_accepted(items: list[dict[str, Any]]) -> None:
    assert not put_together(*items).warnings


MANY = {name: {"class": "Pool"} for name in ("z2", "b2", "y2", "a2", "pool", "x2")}
LISTED = "a2, b2, pool, vs, x2, y2, z2"
ONE_LETTER = "AS3 refuses references to objects whose name has one letter. Give it a longer name"
RELATED: Any = {
    "class": "ADC",
    "T1": {
        "class": "Tenant",
        "A1": {"class": "Application", "constants": {"class": "Constants", "x": {"use": "nope"}}, "note": "x", **MANY},
        "A2": {"class": "Application", "mon": {"class": "Pool"}},
        "A3": {"class": "Application"},
    },
    "T2": {"class": "Tenant", "A1": {"class": "Application", "two": {"class": "Pool"}}},
}


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        *((target, "") for target in (
            "pool", "pool#", "pool/inner", "/T1/A1/pool", "/T1/A2/mon", "/@/@/pool", "/@/A2/mon", "/T2/@/two", "/T1/A1",
            "/T1/A9/x2", "/T9/A1/x2", "@/nope", "2/nope", "enable", "/T1/A2/template", "/Common/Shared/any",
        )),
        ("nope", f"which is not in the application T1/A1; it has {LISTED}"),
        ("nope#", f"which is not in the application T1/A1; it has {LISTED}"),
        ("constant", f"which is not in the application T1/A1; it has {LISTED}"),
        ("nope/pool", f"which is not in the application T1/A1; it has {LISTED}"),
        ("/T1/A2/nope", "which is not in the application T1/A2; it has mon"),
        ("/@/A2/pool/mon", "which is not in the application T1/A2; it has mon"),
        ("/T1/A3/nope", "which is not in the application T1/A3; it has nothing"),
        ("/T2/@/pool", "which is not in the application T2/A1; it has two"),
        ("p", ONE_LETTER),
        ("/Common/p", ONE_LETTER),
        ("/T1/A1/_#", ONE_LETTER),
    ],
)  # fmt: skip
def test_the_object_that_a_pointer_means(target: str, fault: str) -> None:
    wanted, problems = Wanted(), Problems()
    application = {"vs": {**HTTP, "pool": target, "iRules": ["pool", {"bigip": "nope"}]}, **RELATED["T1"]["A1"]}
    template.add(wanted, {**RELATED, "T1": {**RELATED["T1"], "A1": application}}, None, problems)
    validate.check(wanted, problems)
    text = f"refers to {target!r}{':' if fault == ONE_LETTER else ','} {fault}"
    assert problems.found == ([("declaration.T1.A1.vs.pool", text)] if fault else [])


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({"class": "Service_HTTP", "pool": "a", "remark": "b", "virtualAddresses": [{"use": "c"}]},
         [("pool", "a"), ("virtualAddresses[0].use", "c")]),
        ({"class": "Service_HTTP", "iRules": ["a", {"use": "b"}, {"bigip": "/Common/x"}], "snat": "auto"},
         [("iRules[0]", "a"), ("iRules[1].use", "b")]),
        ({"class": "TLS_Server", "certificates": [{"certificate": "a", "matchToSNI": "b"}, {"certificate": {"use": "c"}}]},
         [("certificates[0].certificate", "a"), ("certificates[1].certificate.use", "c")]),
        ({"class": "Brand_New", "x": {"use": "a"}, "y": {"use": "b", "more": 1}, "z": {"use": 5}, "pool": "c"},
         [("x.use", "a")]),
        ({"class": "Brand_New", "x": {"certificate": ["a"], "y": [{"z": {"use": "a"}}, {"proxyCertificate": "b"}]}},
         [("x.y[0].z.use", "a"), ("x.y[1].proxyCertificate", "b")]),
    ],
)  # fmt: skip
def test_the_pointers_of_an_object(item: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert list(validate.pointers(item)) == found


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"defaultRouteDomain": "x"}, r"tenants.T1.defaultRouteDomain: must be a number, not 'x'"),
        ({"A9": {"class": "Application"}}, r"tenants.T1.A9: is an application"),
        ({"controls": {"class": "Controls", "dryRun": True}}, r"tenants.T1.controls.dryRun: is not sent.*--check"),
    ],
)
def test_refused_tenants(properties: dict[str, Any], message: str) -> None:
    with pytest.raises(Failure, match=message):
        put_together({"service": WEB}, tenants={"T1": properties})


@pytest.mark.parametrize("path", ["declaration", "declaration.declaration"])
def test_refused_properties_of_a_declaration(path: str) -> None:
    """Those of tenant T1 are in the declaration, those of T2 in the option tenants."""
    given: Any = {"class": "ADC", "T1": {**adc()["T1"], "defaultRouteDomain": "x", "controls": {"dryRun": True}}}
    given = given if path == "declaration" else {"class": "AS3", "declaration": given}
    with pytest.raises(Failure) as caught:
        put_together(
            {"tenant": "T2", "service": WEB}, declaration=given, tenants={"T2": {"defaultRouteDomain": "y"}}
        )
    assert [(one["path"], one["message"]) for one in caught.value.details["problems"]] == [
        ("tenants.T2.defaultRouteDomain", "must be a number, not 'y'"),
        (f"{path}.T1.defaultRouteDomain", "must be a number, not 'x'"),
        (f"{path}.T1.controls.dryRun", "is not sent by this module: run with --check instead"),
    ]


def test_properties_of_a_tenant_get_the_types_of_as3() -> None:
    tenants = {"T1": {"defaultRouteDomain": "3", "enable": "true", "new": "4", "controls": {"dryRun": False}}}
    assert put_together({"service": WEB}, tenants=tenants).properties == {
        "T1": {"defaultRouteDomain": 3, "enable": True, "new": "4", "controls": {"dryRun": False}}
    }


@pytest.mark.parametrize(
    ("item", "warning"),
    [
        ({"virtual_server": {**HTTP, "poool": "x"}}, "applications[0].virtual_server.poool: 'poool' is not a property of Service_HTTP that this collection"),
        ({"virtual_server": {**HTTP, "poool": "x"}}, "did you mean 'pool'?"),
        ({"service": WEB, "pool": {"monitor": ["http"]}}, "did you mean 'monitors'?"),
        ({"service": WEB, "member": {"ration": 2}}, "applications[0].member.ration: 'ration' is not a property of Pool_Member"),
        ({"virtual_server": {**HTTP, "Snat": "none"}}, "did you mean 'snat'?"),
    ],
)
def test_unknown_properties_are_a_warning(item: dict[str, Any], warning: str) -> None:
    assert any(warning in text for text in put_together(item).warnings)


UNKNOWN = "that this collection knows"
IGNORES = "AS3 ignores or refuses what it does not know."


def test_a_warning_names_the_place_and_the_class() -> None:
    members = [{"servicePort": 80, "serverAddresses": ["10.0.0.9"]}, {"serverAddresses": [], "zzzzz": 1, "ratios": 2}]
    wanted = put_together(
        {"virtual_server": {**HTTP, "zzzzz": 1}, "pool": {"members": members}},
        {"application": "A2", "service": WEB, "member": {"ratio": 1, "zzzzz": 1}},
    )
    assert wanted.warnings == [
        f"applications[0].virtual_server.zzzzz: 'zzzzz' is not a property of Service_HTTP {UNKNOWN}. {IGNORES}",
        f"applications[0].pool.members[1].zzzzz: 'zzzzz' is not a property of Pool_Member {UNKNOWN}. {IGNORES}",
        f"applications[0].pool.members[1].ratios: 'ratios' is not a property of Pool_Member {UNKNOWN}; "
        f"did you mean 'ratio'? {IGNORES}",
        f"applications[1].member.zzzzz: 'zzzzz' is not a property of Pool_Member {UNKNOWN}. {IGNORES}",
    ]


def test_the_route_domain_of_a_tenant_is_part_of_an_address() -> None:
    items = [{"virtual_server": HTTP}, {"tenant": "T2", "virtual_server": HTTP}]
    assert put_together(*items, tenants={"T2": {"defaultRouteDomain": 2}}).tenants == ["T1", "T2"]


@pytest.mark.parametrize(("first", "then"), [("vs", "constants"), ("constants", "vs")])
def test_constants_that_listen(first: str, then: str) -> None:
    """AS3 refuses them, later; here they have no place of their own in the input."""
    places = {"vs": "declaration.T1.A1.vs", "constants": "/T1/A1/constants"}
    with pytest.raises(Failure) as caught:
        put_together(declaration=adc(**{first: HTTP, then: HTTP}))
    assert [(one["path"], one["message"]) for one in caught.value.details["problems"]] == [
        (f"{places[then]}.virtualAddresses", f"has 192.0.2.10 port 80 (tcp), which {places[first]} has already")
    ]


@pytest.mark.parametrize("count", [50, 51, 53])
def test_the_number_of_warnings_is_limited(count: int) -> None:
    wanted, problems = Wanted(warnings=["earlier"]), Problems()
    template.add(wanted, adc(web={"class": "Pool", **{f"unknown{n}": 1 for n in range(count)}}), None, problems)
    validate.check(wanted, problems)
    places = [text.partition(":")[0] for text in wanted.warnings[:51]]
    assert places == ["earlier", *(f"declaration.T1.A1.web.unknown{number}" for number in range(50))]
    more = [f"{count - 50} more properties are not known to this collection."] if count > 50 else []
    assert wanted.warnings[51:] == more


def test_text_becomes_the_type_that_as3_wants() -> None:
    wanted = put_together(
        {
            "virtual_server": {**HTTP, "virtualPort": "80", "mirroring": "none", "translateServerPort": "True", "remark": "80"},
            "pool": {"minimumMembersActive": "2", "members": [{"servicePort": "8080", "serverAddresses": ["10.0.0.9"], "shareNodes": "false"}]},
            "service": WEB,
            "member": {"ratio": "3", "shareNodes": "false"},
            "objects": {"mon": {"class": "Monitor", "monitorType": "http", "interval": "7"}},
        }
    )
    application = wanted.applications["T1"]["A1"]
    assert application["vs"] == {**HTTP, "mirroring": "none", "translateServerPort": True, "remark": "80", "pool": "pool"}
    assert application["pool"]["minimumMembersActive"] == 2 and application["mon"]["interval"] == 7
    assert wanted.cluster_pools[0].member == {"ratio": 3, "shareNodes": False}
    assert wanted.cluster_pools[0].static == (
        {"servicePort": 8080, "serverAddresses": ["10.0.0.9"], "shareNodes": False},
    )


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Failure, match="2 faults in the options") as caught:
        put_together({"virtual_server": {**HTTP, "pool": "nope"}, "objects": {"x": {}}})
    assert [problem["path"] for problem in caught.value.details["problems"]] == ["applications[0].objects.x", "applications[0].virtual_server.pool"]
