# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Service, which of its ports, which address families."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support.member_cases import AB, AUTO, CL, CL_AB, DNS, DUAL, N12, NP, NPL, SIX, Case, c, check, run

PORTS = [
    c("port by number", CL, CL_AB, port="80"),
    c("port by number with a zero in front", CL, CL_AB, port="080"),
    c("port by number with a letter in front", CL, "!service_port_not_found", port="t80"),
    c("port by digits of another alphabet", CL, "!service_port_not_found", port="\u0668\u0660"),
    c("port by name", CL, CL_AB, port="http"),
    c("port left out, the Service has one", CL, CL_AB, port=None),
    c("port left out, the Service has two", CL, "!service_port_ambiguous", ports="http:80/TCP>8080 admin:81/TCP>8081", port=None),
    c("a number that no port has", CL, "!service_port_not_found", port="81"),
    c("a name that no port has", CL, "!service_port_not_found", port="https"),
    c("a name in another case is another name", CL, "!service_port_not_found", port="HTTP"),
    c("the targetPort's number is not the port's", CL, "!service_port_not_found", port="8080"),
    c("TCP and UDP under one number are two ports", CL, "!service_port_ambiguous", ports=DNS, port="53"),
    c("TCP and UDP distinguished by name", NP, "198.18.0.1:31053", ports=DNS, port="dns-tcp", slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"], nodes="n1"),
    c("TCP and UDP distinguished by protocol", NP, "198.18.0.1:30053", ports=DNS, port="53/udp", slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"], nodes="n1"),
    c("a protocol that the number does not have", CL, "!service_port_not_found", port="80/UDP"),
    c("a Service without ports", CL, "!service_without_ports", ports="", port=None),
    c("an unnamed port", CL, CL_AB, ports="80/TCP>8080", slices=[":8080/TCP | a@n1 b@n2"]),
    c("a port without protocol is TCP", CL, CL_AB, ports="http:80>8080"),
    c("targetPort left out is the port", CL, "100.96.0.1:80@a", ports="http:80/TCP", slices=["http:80/TCP | a@n1"]),
    c("no such Service", CL, "!service_not_found", service_name="wep"),
    c("no such namespace", CL, "!service_not_found", namespace="nope"),
    c("ExternalName", CL, "!external_name", svc={"type": "ExternalName", "externalName": "example.com"}),
    c("ExternalName in nodeport", NP, "!external_name", svc={"type": "ExternalName"}),
    c("ExternalName in nodeportlocal", NPL, "!external_name", svc={"type": "ExternalName"}),
    c("ExternalName in auto", AUTO, "!external_name", svc={"type": "ExternalName"}),
]

SIX_AB = "v6 http:8080/TCP | a@n1 b@n2"
FAMILIES = [
    c("dual stack: the Service's first family", CL, CL_AB, svc={"families": DUAL}, slices=[AB, SIX_AB]),
    c("dual stack, IPv6 first", CL, "[2001:db8:96::1]:8080@a [2001:db8:96::2]:8080@b", svc={"families": DUAL[::-1]}, slices=[AB, SIX_AB]),
    c(
        "dual stack, ipv6 asked for",
        CL,
        "[2001:db8:96::1]:8080@a",
        svc={"families": DUAL},
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        address_family="ipv6",
    ),
    c(
        "dual stack, ipv4 asked for",
        CL,
        "100.96.0.1:8080@a",
        svc={"families": DUAL[::-1]},
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        address_family="ipv4",
    ),
    c(
        "both",
        CL,
        "100.96.0.1:8080@a [2001:db8:96::1]:8080@a",
        svc={"families": DUAL},
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        address_family="both",
    ),
    c("both of a single-stack Service", CL, CL_AB, address_family="both"),
    c("ipv6 of an IPv4 Service", CL, "!address_family_missing", address_family="ipv6"),
    c("ipv4 of an IPv6 Service", CL, "!address_family_missing", svc={"families": SIX}, address_family="ipv4"),
    c("IPv6 only", CL, "[2001:db8:96::1]:8080@a [2001:db8:96::2]:8080@b", svc={"families": SIX}, slices=[SIX_AB]),
    c("IPv6 is written in one way", CL, "[2001:db8::1]:8080@a", svc={"families": SIX}, slices=["v6 http:8080/TCP | a@n1=2001:0DB8:0:0::0001"]),
    c(
        "two writings of one address are one member",
        CL,
        "[2001:db8::1]:8080@a",
        svc={"families": SIX},
        slices=["v6 http:8080/TCP | a@n1=2001:0DB8::1", "v6 http:8080/TCP | a@n1=2001:db8:0::1"],
    ),
    c("nodeport: a dual-stack node is one member", NP, N12, svc={"families": DUAL, "type": "NodePort"}, slices=[AB, SIX_AB], nodes="n1 n2"),
    c("nodeport: IPv6", NP, "[2001:db8:18::1]:30080", svc={"families": SIX, "type": "NodePort"}, slices=[SIX_AB], nodes="n1"),
    c(
        "nodeport: both",
        NP,
        "198.18.0.1:30080 [2001:db8:18::1]:30080",
        svc={"families": DUAL, "type": "NodePort"},
        slices=[AB, SIX_AB],
        nodes="n1",
        address_family="both",
    ),
    c(
        "nodeport: both, but endpoints of one family only",
        NP,
        "198.18.0.1:30080",
        "n1=no_endpoints",
        svc={"families": DUAL, "type": "NodePort"},
        slices=[AB],
        nodes="n1",
        address_family="both",
    ),
    c(
        "nodeport: a node without the family",
        NP,
        "[2001:db8:18::1]:30080",
        "n2=node_without_address",
        svc={"families": SIX, "type": "NodePort"},
        slices=[SIX_AB],
        nodes="n1 n2!v4only",
    ),
    c(
        "nodeportlocal: Antrea 2.6 dual stack, IPv4",
        NPL,
        "198.18.0.1:61000@a",
        svc={"families": DUAL},
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        maps="a:8080/tcp=198.18.0.1:61000;IPv4 a:8080/tcp=2001:db8:18::1:61000;IPv6",
    ),
    c(
        "nodeportlocal: Antrea 2.6 dual stack, IPv6",
        NPL,
        "[2001:db8:18::1]:61007@a",
        svc={"families": DUAL},
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        maps="a:8080/tcp=198.18.0.1:61000;IPv4 a:8080/tcp=2001:db8:18::1:61007;IPv6",
        address_family="ipv6",
    ),
    c(
        "nodeportlocal: Antrea 2.6 dual stack, both",
        NPL,
        "198.18.0.1:61000@a [2001:db8:18::1]:61000@a",
        svc={"families": DUAL},
        address_family="both",
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | a@n1"],
        maps="a:8080/tcp=198.18.0.1:61000;IPv4 a:8080/tcp=2001:db8:18::1:61000;IPv6",
    ),
    c(
        "nodeportlocal: mapped in the other family only",
        NPL,
        "",
        "a=mapping_other_family",
        svc={"families": DUAL[::-1]},
        slices=["v6 http:8080/TCP | a@n1"],
        maps="a:8080/tcp=198.18.0.1:61000",
    ),
]


@pytest.mark.parametrize("case", PORTS, ids=str)
def test_ports(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("case", FAMILIES, ids=str)
def test_families(case: Case) -> None:
    check(case)


SAID: dict[str, tuple[Case, str, str]] = {
    "another Service": (
        c("", CL, "", service_name="wbe", more_services=[text.service(name="aaa")]),
        "pools[0]: Service default/wbe does not exist",
        "namespace default has web",
    ),
    "no similar name": (
        c("", CL, "", service_name="zzz", more_services=[text.service(name=name) for name in "bac"]),
        "pools[0]: Service default/zzz does not exist",
        "namespace default has a, b, c, web",
    ),
    "many similar names": (
        c("", CL, "", service_name="shop-x", more_services=[text.service(name=f"shop-{number:02}") for number in range(12)]),
        "pools[0]: Service default/shop-x does not exist",
        "namespace default has " + ", ".join(f"shop-{number:02}" for number in range(11, 1, -1)),
    ),
    "a DNS alias": (
        c("", CL, "", svc={"type": "ExternalName"}),
        "pools[0]: Service default/web has no endpoints",
        "its type ExternalName is a DNS alias",
    ),
    "another namespace": (
        c("", CL, "", namespace="shop"),
        "pools[0]: Service shop/web does not exist",
        "namespace shop has no Services",
    ),
    "no such port": (
        c("", CL, "", port="81"),
        "pools[0]: Service default/web has no port 81",
        "it has 80/TCP (http)",
    ),
    "a target port": (
        c("", CL, "", port="8080"),
        "pools[0]: Service default/web has no port 8080",
        "it has 80/TCP (http) (8080 is the targetPort of 80/TCP (http))",
    ),
    "several ports": (
        c("", CL, "", ports=DNS),
        "pools[0]: Service default/web, port (not given), is ambiguous",
        "it could be 53/UDP (dns), 53/TCP (dns-tcp)",
    ),
    "one number": (
        c("", CL, "", ports=DNS, port="53"),
        "pools[0]: Service default/web, port 53, is ambiguous",
        "it could be 53/UDP (dns), 53/TCP (dns-tcp)",
    ),
    "digits that are not a number": (
        c("", CL, "", port="8²"),
        "pools[0]: Service default/web has no port 8²",
        "it has 80/TCP (http)",
    ),
    "too many digits": (
        c("", CL, "", port="8" * 5000),
        f"pools[0]: Service default/web has no port {'8' * 5000}",
        "it has 80/TCP (http)",
    ),
    "a family": (
        c("", CL, "", address_family="ipv6"),
        "pools[0]: Service default/web has no address for address_family ipv6",
        "it has IPv4",
    ),
}


@pytest.mark.parametrize("case, what, said", SAID.values(), ids=SAID)
def test_what_a_failure_names(case: Case, what: str, said: str) -> None:
    _members, _left, failed = run(case)
    assert (failed.what, failed.said) == (what, said)
    assert failed.details["service"] in what


def test_the_ports_that_a_failure_lists() -> None:
    for port in ("81", None):
        _members, _left, failed = run(c("", CL, "", ports=DNS, port=port))
        assert failed.details == {"service": "default/web", "ports": ["53/UDP (dns)", "53/TCP (dns-tcp)"]}


def test_no_more_names_than_a_sentence_takes() -> None:
    services = [text.service(name=f"s{number:02}") for number in range(30)]
    _members, _left, failed = run(c("", CL, "", service_name="zzz", more_services=services))
    assert failed.said == "namespace default has " + ", ".join(f"s{number:02}" for number in range(10))


def test_a_service_without_ports() -> None:
    _members, _left, failed = run(c("", CL, "", ports=""))
    assert (failed.code, failed.details) == ("service_without_ports", {"service": "default/web"})
    assert failed.what == "pools[0]: Service default/web has no ports"
