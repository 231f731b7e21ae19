# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule about members, one line a case: what the cluster holds, what comes out, what is left out and why."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.explain import JUST_CREATED
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Agent, NplState, Ranges, Source
from ansible_collections.vks.bigip.plugins.module_utils._members.reasons import FAILURES, LEFT_OUT
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

NP, NPL, CL, AUTO = "nodeport", "nodeportlocal", "cluster", "auto"
DUAL, SIX = ["IPv4", "IPv6"], ["IPv6"]
DNS = "dns:53/UDP>53#30053 dns-tcp:53/TCP>53#31053"
LOCAL = {"type": "NodePort", "externalTrafficPolicy": "Local"}
NOW = 1_800_000_000.0


class Case(NamedTuple):
    name: str
    mode: str
    want: str  # members, or !code of a Failure
    left: str = ""
    world: dict[str, Any] = {}

    def __str__(self) -> str:
        return self.name


def never(addresses: object, published: bool) -> bool:
    """A question to BIG-IP that costs a run without a change what it need not ask."""
    raise AssertionError("BIG-IP was asked")


def c(name: str, mode: str, want: str, left: str = "", **world: Any) -> Case:
    return Case(name, mode, want, left, world)


def mapped(port: int = 8080, **more: str) -> str:
    """maps for Pods a and b on n1 and n2."""
    return f"a:{port}/tcp=198.18.0.1:61000 b:{port}/tcp=198.18.0.2:61000"


AB = "http:8080/TCP | a@n1 b@n2"
N12, N123 = "198.18.0.1:30080 198.18.0.2:30080", "198.18.0.1:30080 198.18.0.2:30080 198.18.0.3:30080"
NPL_AB = "198.18.0.1:61000@a 198.18.0.2:61000@b"
CL_AB = "100.96.0.1:8080@a 100.96.0.2:8080@b"


A_N1 = {"slices": ["http:8080/TCP | a@n1"]}
NOWHERE = ["127.0.0.1", "169.254.169.254", "224.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1%eth0", "::ffff:127.0.0.1"]
NOWHERE += ["010.1.1.1", "0x7f.1", "2130706433"]


def npl(value: str) -> dict[str, str]:
    return {"a": value}


def shape(**entry: Any) -> dict[str, str]:
    return {"a": json.dumps([{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61001, **entry}])}


PORTS = [
    c("port by number", CL, CL_AB, port="80"),
    c("port by name", CL, CL_AB, port="http"),
    c("port left out, the Service has one", CL, CL_AB, port=None),
    c("port left out, the Service has two", CL, "!service_port_ambiguous", ports="http:80/TCP>8080 admin:81/TCP>8081", port=None),
    c("a number that no port has", CL, "!service_port_not_found", port="81"),
    c("a name that no port has", CL, "!service_port_not_found", port="https"),
    c("a name in another case is another name", CL, "!service_port_not_found", port="HTTP"),
    c("the targetPort's number is not the port's", CL, "!service_port_not_found", port="8080"),
    c("TCP and UDP under one number are two ports", CL, "!service_port_ambiguous", ports=DNS, port="53"),
    c("TCP and UDP told apart by name", NP, "198.18.0.1:31053", ports=DNS, port="dns-tcp", slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"], nodes="n1"),
    c("TCP and UDP told apart by protocol", NP, "198.18.0.1:30053", ports=DNS, port="53/udp", slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"], nodes="n1"),
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

SLICES = [
    c("no slices is an empty pool", CL, "", slices=[]),
    c("a slice without endpoints", CL, "", slices=["http:8080/TCP | "]),
    c("a slice without ports and endpoints", CL, "", slices=[" | "]),
    c("several slices are merged", CL, CL_AB, slices=["http:8080/TCP | a@n1", "http:8080/TCP | b@n2"]),
    c("the same endpoint in two slices", CL, CL_AB, slices=[AB, "http:8080/TCP | b@n2"]),
    c("in two slices, ready in one", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!notready", "http:8080/TCP | a@n1"]),
    c("in two slices, terminating in one", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!dying", "http:8080/TCP | a@n1"]),
    c("in two slices, draining in one", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!draining", "http:8080/TCP | a@n1"]),
    c("an address used again by another Pod", CL, "100.96.0.9:8080@b", slices=["http:8080/TCP | a@n1!dying=100.96.0.9", "http:8080/TCP | b@n2=100.96.0.9"]),
    c("slices of another Service are not ours", CL, "", slices=[AB], slice_of="other"),
    c("slices of a Service of another namespace", CL, "", slices=[AB], slice_namespace="other"),
    c(
        "target ports that differ by Pod",
        CL,
        "100.96.0.1:8080@a 100.96.0.2:9090@b",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", "http:9090/TCP | b@n2"],
    ),
    c(
        "a Pod without the named target port",
        CL,
        "100.96.0.1:8080@a",
        "b=named_port_unresolved",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", " | b@n2"],
    ),
    c("named target port, nobody has it", CL, "", "a=named_port_unresolved", ports="http:80/TCP>web", slices=[" | a@n1"]),
    c("named, once without and once with the port", CL, "100.96.0.1:8080@a", ports="http:80/TCP>web", slices=["http:8080/TCP | a@n1", " | a@n1"]),
    c("protocol of the slice's port must fit", CL, "", "web-0=slice_port_mismatch", slices=["http:8080/UDP | a@n1"]),
    c("name of the slice's port must fit", CL, "", "web-0=slice_port_mismatch", slices=["www:8080/TCP | a@n1"]),
    c("a slice port without number serves nothing", CL, "", "web-0=slice_port_mismatch", slices=["http:/TCP | a@n1"]),
    c("other ports of the slice are not taken", CL, "100.96.0.1:8080@a", slices=["admin:8081/TCP http:8080/TCP | a@n1"]),
    c("targetPort changed, both slices still there", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1", "http:7070/TCP | a@n1"]),
    c("targetPort changed, slice not yet", CL, "100.96.0.1:7070@a", slices=["http:7070/TCP | a@n1"]),
    c("selector-less with a slice by hand", CL, "203.0.113.7:9376", svc={"selector": None}, slices=["http:9376/TCP | =203.0.113.7"]),
    c("selector-less, slice of another port name", CL, "", "web-0=slice_port_mismatch", svc={"selector": None}, slices=["x:9376/TCP | =203.0.113.7"]),
    c("selector-less, conditions not set means ready", CL, "203.0.113.7:9376", svc={"selector": None}, slices=["http:9376/TCP | !unset=203.0.113.7"]),
    c("headless", CL, CL_AB, svc={"clusterIP": "None"}),
    c("headless without selector", CL, "203.0.113.7:9376", svc={"clusterIP": "None", "selector": None}, slices=["http:9376/TCP | =203.0.113.7"]),
    c("host names are not members", CL, "", "web-0=fqdn", slices=["fqdn http:8080/TCP | =db.example.com"]),
    c("an address that is none", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =100.96.0.300"]),
    c("the address of a cloud's metadata service", CL, "", "web-0=invalid_address", svc={"selector": None}, slices=["http:80/TCP | =169.254.169.254"]),
    c("loopback", CL, "100.96.0.1:8080@a", "web-0=invalid_address", slices=["http:8080/TCP | a@n1 b@n2=127.0.0.1"]),
    c("multicast", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =224.0.0.1"]),
    c("unspecified", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =0.0.0.0"]),
    c("IPv4 in IPv6", CL, "", "web-0=invalid_address", svc={"families": SIX}, slices=["v6 http:8080/TCP | =::ffff:169.254.169.254"]),
    c("IPv6 with a zone", CL, "", "web-0=invalid_address", svc={"families": SIX}, slices=["v6 http:8080/TCP | =2001:db8::1%eth0"]),
    c("an IPv6 address in an IPv4 slice", CL, "", "web-0=invalid_address", slices=["http:8080/TCP | =2001:db8::1"]),
    c("sorted numerically, not as text", CL, "100.96.0.2:8080@b 100.96.0.10:8080@a", slices=["http:8080/TCP | a@n1=100.96.0.10 b@n2"]),
    c("sorted by port under one address", CL, "10.0.0.1:9@b 10.0.0.1:80@a", ports="h:1/TCP>x", slices=["h:80/TCP | a@n1=10.0.0.1", "h:9/TCP | b@n1=10.0.0.1"]),
    c("the first address of an endpoint counts", CL, "100.96.0.1:8080@a", second_address="100.96.0.77", slices=["http:8080/TCP | a@n1"]),
]

CONDITIONS = [
    c("not ready", CL, "100.96.0.1:8080@a", "b=not_ready", slices=["http:8080/TCP | a@n1 b@n2!notready"]),
    c("conditions not set means ready", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!unset"]),
    c("draining beside a ready one", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1 b@n2!draining"]),
    c("only draining ones: fallback", CL, "100.96.0.1:8080@a 100.96.0.2:8080@b", slices=["http:8080/TCP | a@n1!draining b@n2!draining"]),
    c("only draining ones: exclude", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!draining"], terminating="exclude"),
    c("draining beside a ready one: keep", CL, CL_AB, slices=["http:8080/TCP | a@n1 b@n2!draining"], terminating="keep"),
    c("keep takes none that serve no longer", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1 b@n2!dying"], terminating="keep"),
    c("dying only", CL, "", "a=terminating", slices=["http:8080/TCP | a@n1!dying"]),
    c("fallback skips the dying", CL, "100.96.0.1:8080@a", "b=terminating", slices=["http:8080/TCP | a@n1!draining b@n2!dying"]),
    c("fallback skips the not ready", CL, "100.96.0.1:8080@a", "b=not_ready", slices=["http:8080/TCP | a@n1!draining b@n2!notready"]),
    c("publishNotReadyAddresses: ready in the slice", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a@n1!published"]),
    c("publishNotReadyAddresses and terminating", CL, CL_AB, slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"]),
    c(
        "publishNotReadyAddresses and terminating: exclude",
        CL,
        "100.96.0.1:8080@a",
        "b=terminating",
        terminating="exclude",
        slices=["http:8080/TCP | a@n1 b@n2!publisheddraining"],
    ),
    c("nobody ready", CL, "", "a=not_ready b=not_ready", slices=["http:8080/TCP | a@n1!notready b@n2!notready"]),
    c("exclude_nodes", CL, "100.96.0.1:8080@a", "b=node_excluded", exclude_nodes=("n2",)),
    c(
        "fallback after exclude_nodes took the ready one",
        CL,
        "100.96.0.1:8080@a",
        "b=node_excluded",
        exclude_nodes=("n2",),
        slices=["http:8080/TCP | a@n1!draining b@n2"],
    ),
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

NODEPORT = [
    c("every ready node, with or without a Pod", NP, N123, nodes="n1 n2 n3"),
    c("LoadBalancer", NP, N12, svc={"type": "LoadBalancer"}, nodes="n1 n2"),
    c("ClusterIP", NP, "!nodeport_service_type", svc={"type": "ClusterIP"}),
    c("headless", NP, "!nodeport_headless", svc={"type": "ClusterIP", "clusterIP": "None"}),
    c("no node port allocated", NP, "!nodeport_not_allocated", svc={"type": "LoadBalancer"}, ports="http:80/TCP>8080"),
    c("no endpoint", NP, "", "n1=no_endpoints n2=no_endpoints", slices=[], nodes="n1 n2"),
    c("no ready endpoint, and who is not", NP, "", "n1=no_endpoints a=not_ready", slices=["http:8080/TCP | a@n1!notready"], nodes="n1"),
    c("only draining endpoints: kube-proxy uses them", NP, "198.18.0.1:30080", slices=["http:8080/TCP | a@n1!draining"], nodes="n1"),
    c("only draining endpoints: exclude", NP, "", "n1=no_endpoints a=terminating", slices=["http:8080/TCP | a@n1!draining"], nodes="n1", terminating="exclude"),
    c("only a host-name slice", NP, "", "web-0=fqdn n1=no_endpoints", slices=["fqdn http:8080/TCP | =db.example.com"], nodes="n1"),
    c("selector-less with a slice by hand", NP, N12, svc={"type": "NodePort", "selector": None}, slices=["http:9376/TCP | =203.0.113.7"], nodes="n1 n2"),
    c("not ready", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!notready"),
    c("not known to be ready", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!unknown"),
    c("no Ready condition", NP, "198.18.0.1:30080", "n2=node_not_ready", nodes="n1 n2!nocondition"),
    c("excluded by label", NP, "198.18.0.1:30080", "n2=node_label_excluded", nodes="n1 n2!excluded"),
    c("about to be deleted", NP, "198.18.0.1:30080", "n2=node_being_deleted", nodes="n1 n2!leaving"),
    c("cordoned still forwards", NP, N12, nodes="n1 n2!cordoned"),
    c("cordoned, include_unschedulable false", NP, "198.18.0.1:30080", "n2=node_unschedulable", nodes="n1 n2!cordoned", include_unschedulable=False),
    c("exclude_nodes", NP, "198.18.0.1:30080", "n2=node_excluded", nodes="n1 n2", exclude_nodes=("n2", "n9")),
    c("selected by label", NP, "198.18.0.1:30080", "n2=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool=a"),
    c("selected by label that differs", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool!=a"),
    c("selected by absence of a label", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="!pool"),
    c("selected by a set", NP, "198.18.0.1:30080", "n2=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool in (a, b)"),
    c("selected by a set and more", NP, "198.18.0.2:30080", "n1=node_not_selected", nodes="n1!labelled n2", node_label_selector="pool notin (a,b),!x"),
    c("no node selected", NP, "", "n1=node_not_selected", nodes="n1", node_label_selector="pool"),
    c("a selector that is none", NP, "!node_selector_invalid", node_label_selector="pool in a"),
    c("ExternalIP", NP, "203.0.113.1:30080", "n2=node_without_address", nodes="n1!external n2", node_address_type="ExternalIP"),
    c("ExternalIP leaves InternalIP alone", NP, "198.18.0.1:30080", nodes="n1!external"),
    c("no address", NP, "198.18.0.1:30080", "n2=node_without_address", nodes="n1 n2!noaddress"),
    c("no address but loopback", NP, "198.18.0.1:30080", "n2=node_without_address", nodes="n1 n2!loopback"),
    c("no nodes", NP, "", nodes=""),
    c("two nodes with one address", NP, "198.18.0.1:30080", "n2=same_address", nodes="n1 n2", same_node_address=True),
    c("Local: only where an endpoint is", NP, "198.18.0.1:30080", "n2=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | a@n1"], nodes="n1 n2"),
    c(
        "Local: not where it is not ready",
        NP,
        "198.18.0.1:30080",
        "n2=no_local_endpoint",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n2!notready"],
        nodes="n1 n2",
    ),
    c("Local: not where it drains", NP, "198.18.0.1:30080", "n2=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | a@n1 b@n2!draining"], nodes="n1 n2"),
    c("Local: where it drains, if all drain", NP, N12, svc=LOCAL, slices=["http:8080/TCP | a@n1!draining b@n2!draining"], nodes="n1 n2"),
    c("Local: where it drains, with keep", NP, N12, svc=LOCAL, slices=["http:8080/TCP | a@n1 b@n2!draining"], nodes="n1 n2", terminating="keep"),
    c("Local: no endpoint at all", NP, "", "n1=no_endpoints", svc=LOCAL, slices=[], nodes="n1"),
    c("Local: endpoints without node", NP, "", "n1=no_local_endpoint", svc=LOCAL, slices=["http:8080/TCP | =203.0.113.7"], nodes="n1"),
    c("Local: a node that is not ready", NP, "198.18.0.1:30080", "n2=node_not_ready", svc=LOCAL, nodes="n1 n2!notready"),
    c(
        "Local by family",
        NP,
        "198.18.0.1:30080 [2001:db8:18::2]:30080",
        "n1=no_local_endpoint n2=no_local_endpoint",
        svc={**LOCAL, "families": DUAL},
        nodes="n1 n2",
        slices=["http:8080/TCP | a@n1", "v6 http:8080/TCP | b@n2"],
        address_family="both",
    ),
    c(
        "Local: ratio by endpoints",
        NP,
        "198.18.0.1:30080*2 198.18.0.2:30080*1",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n1 c@n2"],
        nodes="n1 n2",
        node_weight="endpoints",
    ),
    c(
        "Local: ratio counts what takes traffic",
        NP,
        "198.18.0.1:30080*1 198.18.0.2:30080*1",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1 b@n1!notready c@n2"],
        nodes="n1 n2",
        node_weight="endpoints",
    ),
    c("Cluster: no ratio", NP, N12, nodes="n1 n2", node_weight="endpoints"),
    c("an unrelated slice of another port", NP, "", "web-0=slice_port_mismatch n1=no_endpoints", slices=["x:1/TCP | a@n1"], nodes="n1"),
]

ELIGIBLE = [
    c("ClusterIP", NPL, NPL_AB, maps=mapped()),
    c("LoadBalancer", NPL, NPL_AB, svc={"type": "LoadBalancer"}, maps=mapped()),
    c("NodePort", NPL, "!npl_service_type", svc={"type": "NodePort"}, maps=mapped()),
    c("headless", NPL, NPL_AB, svc={"clusterIP": "None"}, maps=mapped()),
    c("no selector", NPL, "!npl_no_selector", svc={"selector": None}, maps=mapped()),
    c("no annotation", NPL, "!npl_not_annotated", annotated=None, maps=mapped()),
    c("annotation True", NPL, "!npl_annotation_value", annotated="True", maps=mapped()),
    c("annotation 1", NPL, "!npl_annotation_value", annotated="1"),
    c("annotation yes", NPL, "!npl_annotation_value", annotated="yes"),
    c("annotation with a blank", NPL, "!npl_annotation_value", annotated="true "),
    c("annotation empty", NPL, "!npl_annotation_value", annotated=""),
    c("SCTP", NPL, "!npl_protocol", ports="http:80/SCTP>8080"),
    c("UDP", NPL, "198.18.0.1:61000@a", ports="dns:53/UDP>53", slices=["dns:53/UDP | a@n1"], maps="a:53/udp=198.18.0.1:61000"),
]

SHAPES = [
    c("0.13-1.3: no protocol", NPL, "198.18.0.1:61001@a", raw=shape(), slices=["http:8080/TCP | a@n1"]),
    c("0.13-1.3: no protocol is TCP, not UDP", NPL, "", "a=mapping_other_protocol", raw=shape(), ports="http:80/UDP>8080", slices=["http:8080/UDP | a@n1"]),
    c("1.4-1.6: protocols", NPL, "198.18.0.1:61001@a", raw=shape(protocols=["tcp", "udp"]), slices=["http:8080/TCP | a@n1"]),
    c("1.4-1.6: protocols, UDP", NPL, "198.18.0.1:61001@a", raw=shape(protocols=["tcp", "udp"]), ports="http:80/UDP>8080", slices=["http:8080/UDP | a@n1"]),
    c("1.4-1.6: the other protocol only", NPL, "", "a=mapping_other_protocol", raw=shape(protocols=["udp"]), slices=["http:8080/TCP | a@n1"]),
    c("1.7-1.15: protocol and protocols", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", protocols=["tcp"]), slices=["http:8080/TCP | a@n1"]),
    c(
        "1.7: protocol comes before protocols",
        NPL,
        "",
        "a=mapping_other_protocol",
        raw=shape(protocol="udp", protocols=["tcp"]),
        slices=["http:8080/TCP | a@n1"],
    ),
    c("2.0-2.5: protocol", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp"), slices=["http:8080/TCP | a@n1"]),
    c("2.6: protocol and ipFamily", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", ipFamily="IPv4"), slices=["http:8080/TCP | a@n1"]),
    c("ipFamily empty", NPL, "198.18.0.1:61001@a", raw=shape(ipFamily=""), slices=["http:8080/TCP | a@n1"]),
    c("protocol in capitals", NPL, "198.18.0.1:61001@a", raw=shape(protocol="TCP"), slices=["http:8080/TCP | a@n1"]),
    c("fields that nobody knows yet", NPL, "198.18.0.1:61001@a", raw=shape(protocol="tcp", future={"x": 1}), slices=["http:8080/TCP | a@n1"]),
    c(
        "order varies, ports differ",
        NPL,
        "198.18.0.1:61005@a",
        maps="a:9090/tcp=198.18.0.1:61004 a:8080/udp=198.18.0.1:61003 a:8080/tcp=198.18.0.1:61005",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "several ports of one Pod: the other one",
        NPL,
        "198.18.0.1:61004@a",
        maps="a:8080/tcp=198.18.0.1:61005 a:9090/tcp=198.18.0.1:61004",
        port="admin",
        ports="http:80/TCP>8080 admin:81/TCP>9090",
        slices=["http:8080/TCP admin:9090/TCP | a@n1"],
    ),
    c(
        "named target ports that differ by Pod",
        NPL,
        "198.18.0.1:61000@a 198.18.0.2:61009@b",
        ports="http:80/TCP>web",
        slices=["http:8080/TCP | a@n1", "http:9090/TCP | b@n2"],
        maps="a:8080/tcp=198.18.0.1:61000 a:9090/tcp=198.18.0.1:61001 b:9090/tcp=198.18.0.2:61009 b:8080/tcp=198.18.0.2:61008",
    ),
    c("hostPort is the mapping's port", NPL, "198.18.0.1:8443@a", maps="a:8080/tcp=198.18.0.1:8443", trust_npl_annotations=True, **A_N1),
    c("hostNetwork: node address and container port", NPL, "198.18.0.1:8080@a", maps="a:8080/tcp=198.18.0.1:8080", trust_npl_annotations=True,
      slices=["http:8080/TCP | a@n1=198.18.0.1"]),
    c("not JSON", NPL, "", "a=mapping_malformed", raw=npl("[{"), slices=["http:8080/TCP | a@n1"]),
    c("empty text", NPL, "", "a=mapping_malformed", raw=npl(""), slices=["http:8080/TCP | a@n1"]),
    c("an object, not a list", NPL, "", "a=mapping_malformed", raw=npl("{}"), slices=["http:8080/TCP | a@n1"]),
    c("null", NPL, "", "a=mapping_missing", raw=npl("null"), slices=["http:8080/TCP | a@n1"]),
    c("an empty list", NPL, "", "a=mapping_missing", raw=npl("[]"), slices=["http:8080/TCP | a@n1"]),
    c("an entry that is no object", NPL, "", "a=mapping_malformed", raw=npl("[7]"), slices=["http:8080/TCP | a@n1"]),
    c("nodeIP missing", NPL, "", "a=mapping_malformed", raw=npl('[{"podPort":8080,"nodePort":61000}]'), slices=["http:8080/TCP | a@n1"]),
    c("nodeIP is a name", NPL, "", "a=mapping_malformed", raw=shape(nodeIP="n1"), slices=["http:8080/TCP | a@n1"]),
    *[c(f"nodeIP {text}", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=text), nodes=None, **A_N1) for text in NOWHERE],
    c("nodeIP is a number", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=3323199489), slices=["http:8080/TCP | a@n1"]),
    c("nodePort is text", NPL, "", "a=mapping_malformed", raw=shape(nodePort="61001"), slices=["http:8080/TCP | a@n1"]),
    c("nodePort 0", NPL, "", "a=mapping_malformed", raw=shape(nodePort=0), slices=["http:8080/TCP | a@n1"]),
    c("nodePort out of range", NPL, "", "a=mapping_malformed", raw=shape(nodePort=65536), slices=["http:8080/TCP | a@n1"]),
    c("podPort true", NPL, "", "a=mapping_malformed", raw=shape(podPort=True), slices=["http:8080/TCP | a@n1"]),
    c("protocols is text", NPL, "", "a=mapping_malformed", raw=shape(protocols="tcp"), slices=["http:8080/TCP | a@n1"]),
    c("protocol is a number", NPL, "", "a=mapping_malformed", raw=shape(protocol=6), slices=["http:8080/TCP | a@n1"]),
    c("ipFamily contradicts nodeIP", NPL, "", "a=mapping_malformed", raw=shape(ipFamily="IPv6"), slices=["http:8080/TCP | a@n1"]),
    c(
        "one good entry among bad ones",
        NPL,
        "198.18.0.1:61001@a",
        slices=["http:8080/TCP | a@n1"],
        raw=npl('[7, {"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61001}, {"nodePort":1}]'),
    ),
    c("the same entry twice", NPL, "198.18.0.1:61000@a", maps="a:8080/tcp=198.18.0.1:61000 a:8080/tcp=198.18.0.1:61000", slices=["http:8080/TCP | a@n1"]),
    c(
        "two mappings of one port",
        NPL,
        "198.18.0.1:61000@a",
        "a=mapping_duplicate",
        maps="a:8080/tcp=198.18.0.1:61009 a:8080/tcp=198.18.0.1:61000",
        slices=["http:8080/TCP | a@n1"],
    ),
]

FORTY = Ranges(configured=((40000, 41000),))
BELIEVED = [
    c("the kubelet's port", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:10250", **A_N1),
    c("just below the range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:60999", **A_N1),
    c("just above the range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:62001", **A_N1),
    c("the first and the last port of the range", NPL, "198.18.0.1:61000@a 198.18.0.2:62000@b", maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.2:62000"),
    c("hostPort without trust", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:8443", **A_N1),
    c("the configured range", NPL, "198.18.0.1:40000@a", maps="a:8080/tcp=198.18.0.1:40000", ranges=FORTY, **A_N1),
    c("outside of the configured range", NPL, "", "a=mapping_outside_range", maps="a:8080/tcp=198.18.0.1:10250", ranges=FORTY, **A_N1),
    c("the default range, while the agents change to another", NPL, "198.18.0.1:61000@a 198.18.0.2:40000@b",
      maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.2:40000", ranges=FORTY),
    c("a former range of the node's agent", NPL, "198.18.0.1:50000@a", "b=mapping_outside_range", ranges=Ranges(((40000, 41000),), {"n1": (50000, 51000)}),
      maps="a:8080/tcp=198.18.0.1:50000 b:8080/tcp=198.18.0.2:50000"),
    c("the range of Windows nodes", NPL, "198.18.0.1:40000@a", "b=mapping_outside_range", nodes="n1!windows n2",
      maps="a:8080/tcp=198.18.0.1:40000 b:8080/tcp=198.18.0.2:40000"),
    c("one mapping in the range and one outside", NPL, "198.18.0.1:61000@a", "a=mapping_outside_range",
      maps="a:8080/tcp=198.18.0.1:10250 a:8080/tcp=198.18.0.1:61000", **A_N1),
    c("Nodes may not be read", NPL, "", "a=mapping_unverified b=mapping_unverified", maps=mapped(), nodes=None),
    c("Nodes may not be read, and the annotation is trusted", NPL, NPL_AB, maps=mapped(), nodes=None, trust_npl_annotations=True),
    c("a slice by hand that names no node", NPL, "", "a=mapping_unverified", maps=mapped(), slices=["http:8080/TCP | a"]),
    c("a slice by hand that names no node, trusted", NPL, "198.18.0.1:61000@a", maps=mapped(), slices=["http:8080/TCP | a"], trust_npl_annotations=True),
    c("trust takes no address of another node", NPL, "", "a=mapping_stale", maps="a:8080/tcp=198.18.0.2:61000", trust_npl_annotations=True, **A_N1),
    c("a node's name is no address of it", NPL, "", "a=mapping_stale", maps="a:8080/tcp=10.9.9.9:61000", nodes="n1!named", **A_N1),
    *[c(f"trust takes no {text}", NPL, "", "a=mapping_malformed", raw=shape(nodeIP=text), nodes=None, trust_npl_annotations=True, **A_N1) for text in NOWHERE],
]  # fmt: skip

JOIN = [
    c("not ready, though mapped", NPL, "198.18.0.1:61000@a", "b=not_ready", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!notready"]),
    c("terminating, though mapped", NPL, "198.18.0.1:61000@a", "b=terminating", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!draining"]),
    c("terminating ones as the last resort", NPL, NPL_AB, maps=mapped(), slices=["http:8080/TCP | a@n1!draining b@n2!draining"]),
    c("recreated under the same name", NPL, "198.18.0.1:61000@a", "b=pod_recreated", maps=mapped(), pods="a b+uid-new"),
    c("deleted meanwhile", NPL, "198.18.0.1:61000@a", "b=pod_gone", maps=mapped(), pods="a"),
    c("a mapped Pod that no slice has", NPL, "198.18.0.1:61000@a", maps=mapped(), pods="a b", slices=["http:8080/TCP | a@n1"]),
    c("an endpoint that is no Pod", NPL, "198.18.0.1:61000@a", "203.0.113.7:8080=not_a_pod", maps=mapped(), slices=["http:8080/TCP | a@n1 =203.0.113.7"]),
    c("address of another node", NPL, "198.18.0.1:61000@a", "b=mapping_stale", maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.9:61000"),
    c("node gone", NPL, "198.18.0.1:61000@a", "b=mapping_stale", maps=mapped(), nodes="n1"),
    c(
        "stale and fresh mapping",
        NPL,
        "198.18.0.1:61001@a",
        "a=mapping_stale",
        maps="a:8080/tcp=198.18.0.8:61000 a:8080/tcp=198.18.0.1:61001",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "ExternalIP first, as Antrea 2.6 does",
        NPL,
        "203.0.113.1:61000@a",
        maps="a:8080/tcp=203.0.113.1:61000",
        nodes="n1!external",
        slices=["http:8080/TCP | a@n1"],
    ),
    c(
        "two Pods say the same port of a node",
        NPL,
        "198.18.0.1:61000@a",
        "b=same_address",
        maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000",
        slices=["http:8080/TCP | a@n1 b@n1"],
    ),
    c(
        "a Pod of another Service says the same port of a node",
        NPL,
        "198.18.0.2:61000@b",
        "a=mapping_contested",
        maps=f"{mapped()} c:8080/tcp=198.18.0.1:61000",
        more_slices={"other": "http:8080/TCP | c@n1"},
    ),
    c(
        "the port belongs to a Pod of another Service, on whose node it is",
        NPL,
        "198.18.0.1:61000@a",
        "b=mapping_taken",
        maps="a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61009 c:8080/tcp=198.18.0.1:61009",
        slices=["http:8080/TCP | a@n1 b@n1"],
        more_slices={"other": "http:8080/TCP | c@n1"},
        writers={"b": "kubectl-annotate", "c": "antrea-agent/status"},
    ),
    c("exclude_nodes", NPL, "198.18.0.1:61000@a", "b=node_excluded", maps=mapped(), exclude_nodes=("n2",)),
    c("a cordoned or not ready node is the slice's business", NPL, NPL_AB, maps=mapped(), nodes="n1!cordoned n2!excluded"),
    c("two Services on one Pod port share the mapping", NPL, NPL_AB, maps=mapped(), more_services=[text.service(name="web2", npl="true")]),
    c("no endpoints", NPL, "", maps=mapped(), slices=[]),
]

A1 = {"slices": ["http:8080/TCP | a@n1"], "nodes": "n1"}
AGENT, OLD = {"n1": Agent(True, 200.0)}, {"n1": Agent(True, 50.0)}
ON: dict[str, Any] = {"antrea": True, "enabled": True, "agents": AGENT, "configured": 100.0}
FULL: dict[str, Any] = {"port_range": (61000, 61001), "ports_used": {("198.18.0.1", "TCP"): 2}}
OTHER_PORT = "a:9090/tcp=198.18.0.1:61000"
EXPLAINED = [
    c("not read yet", NPL, "", "a=mapping_missing", **A1),
    c("mapped for other ports only", NPL, "", "a=mapping_other_port", maps="a:9090/tcp=198.18.0.1:61000", **A1),
    c("mapped for the other protocol only", NPL, "", "a=mapping_other_protocol", maps="a:8080/udp=198.18.0.1:61000", **A1),
    c("no Antrea", NPL, "", "a=antrea_missing", state={"antrea": False}, **A1),
    c("NodePortLocal is off", NPL, "", "a=npl_off", state={"antrea": True, "enabled": False, "setting": "nodePortLocal.enable is not true"}, **A1),
    c("no agent on the node", NPL, "", "a=agent_missing", state={**ON, "agents": {}}, **A1),
    c("agent not ready", NPL, "", "a=agent_not_ready", state={**ON, "agents": {"n1": Agent(False, 200.0)}}, **A1),
    c("agent older than its configuration", NPL, "", "a=agent_outdated", state={**ON, "agents": OLD}, **A1),
    c("mapped for another port, range used up", NPL, "", "a=ports_used_up", maps=OTHER_PORT, state={**ON, **FULL}, **A1),
    c("mapped for the other protocol, range used up", NPL, "", "a=ports_used_up", maps="a:8080/udp=198.18.0.1:61000", state={**ON, **FULL}, **A1),
    c("mapped for another port, NodePortLocal is off now", NPL, "", "a=npl_off", maps=OTHER_PORT, state={"enabled": False, "setting": "off"}, **A1),
    c("mapped for another port, agent not ready", NPL, "", "a=agent_not_ready", maps=OTHER_PORT, state={**ON, "agents": {"n1": Agent(False, 200.0)}}, **A1),
    c("mapped for another port, everything is well", NPL, "", "a=mapping_other_port", maps=OTHER_PORT, state=ON, **A1),
    c("a wrong value, range used up", NPL, "", "a=ports_used_up", raw=shape(nodePort=0), state={**ON, **FULL}, **A1),
    c("an annotation that Antrea cannot read, range used up", NPL, "", "a=mapping_malformed", raw=npl("[{"), state={**ON, **FULL}, **A1),
    c(
        "numeric port mapped, named port of a sidecar",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>8080 admin:81/TCP>admin",
        port="admin",
        slices=["http:8080/TCP admin:9901/TCP | a@n1"],
        nodes="n1",
        maps="a:8080/tcp=198.18.0.1:61000",
        state={**ON, "named_ports": {"uid-a": frozenset([("http", "TCP")])}},
    ),
    c(
        "a sidecar's port is never mapped, whatever the range",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>web",
        state={**ON, **FULL, "named_ports": {"uid-a": frozenset([("x", "TCP")])}},
        **A1,
    ),
    c("agent whose start is not known", NPL, "", "a=mapping_missing", state={**ON, "agents": {"n1": Agent(True, None)}}, **A1),
    c("port range used up", NPL, "", "a=ports_used_up", state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.1", "TCP"): 2}}, **A1),
    c(
        "port range used up for UDP only",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.1", "UDP"): 2}},
        **A1,
    ),
    c(
        "port range used up in IPv6 only",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("2001:db8:18::1", "TCP"): 2}},
        **A1,
    ),
    c(
        "port range of another node used up",
        NPL,
        "",
        "a=mapping_missing",
        state={**ON, "port_range": (61000, 61001), "ports_used": {("198.18.0.2", "TCP"): 2}},
        **A1,
    ),
    c(
        "named port of a sidecar",
        NPL,
        "",
        "a=named_port_sidecar",
        ports="http:80/TCP>web",
        state={**ON, "named_ports": {"uid-a": frozenset([("x", "TCP")])}},
        **A1,
    ),
    c(
        "named port of a container",
        NPL,
        "",
        "a=mapping_missing",
        ports="http:80/TCP>web",
        state={**ON, "named_ports": {"uid-a": frozenset([("web", "TCP")])}},
        **A1,
    ),
    c("just created", NPL, "", "a=mapping_pending", state=ON, created="2027-01-15T07:59:50Z", **A1),
    c("created long ago", NPL, "", "a=mapping_missing", state=ON, **A1),
    c("not read for lack of rights", NPL, "", "a=mapping_missing", state={"unread": ("listing DaemonSets",)}, **A1),
    c("not ready Pods need no mapping", NPL, "", "a=not_ready", slices=["http:8080/TCP | a@n1!notready"]),
]

LB = {"type": "LoadBalancer"}
CHOSEN = [
    c("annotated and mapped", AUTO, NPL_AB, annotated="true", maps=mapped(), chosen=NPL),
    c("annotated and mapped, LoadBalancer", AUTO, NPL_AB, annotated="true", maps=mapped(), svc=LB, chosen=NPL),
    c("annotated, one Pod mapped is proof", AUTO, "198.18.0.1:61000@a", "b=mapping_missing", annotated="true", maps="a:8080/tcp=198.18.0.1:61000", chosen=NPL),
    c("annotated, scaled to zero, other Pods mapped", AUTO, "", annotated="true", pods="z", maps="z:1/tcp=198.18.0.1:61000", slices=[], chosen=NPL),
    c("annotated, scaled to zero, Pods of another namespace mapped", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", chosen=NP,
      elsewhere="z:1/tcp=198.18.0.1:61000"),
    c("annotated, published nodeport, Pods of another namespace mapped", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", chosen=NP, published=NP,
      elsewhere="z:1/tcp=198.18.0.1:61000"),
    c(
        "annotated, no mapping, but Antrea has it on",
        AUTO,
        "",
        "a=mapping_missing b=mapping_missing",
        annotated="true",
        state=ON | {"agents": None},
        chosen=NPL,
    ),
    c(
        "annotated, Antrea has it off, LoadBalancer",
        AUTO,
        N12,
        annotated="true",
        svc=LB,
        nodes="n1 n2",
        state={"antrea": True, "enabled": False, "setting": "off"},
        chosen=NP,
    ),
    c("annotated, no Antrea, ClusterIP", AUTO, "!auto_undecided", annotated="true", state={"antrea": False}),
    c("annotated, nothing known, LoadBalancer", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", chosen=NP),
    c("annotated, nothing known, ClusterIP", AUTO, "!auto_undecided", annotated="true"),
    c(
        "annotated, Pods not readable, published nodeportlocal",
        AUTO,
        "",
        "a=pod_gone b=pod_gone",
        annotated="true",
        svc=LB,
        pods=None,
        published=NPL,
        routable=never,
        chosen=NPL,
    ),
    c("annotated false", AUTO, "!auto_undecided", annotated="false", maps=mapped()),
    c("not annotated, ClusterIP, nothing said", AUTO, "!auto_undecided"),
    c("NodePort", AUTO, N12, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("NodePort, annotated", AUTO, N12, svc={"type": "NodePort"}, annotated="true", maps=mapped(), nodes="n1 n2", chosen=NP),
    c("routable", AUTO, CL_AB, pod_network_routable=True, chosen=CL),
    c("routable comes before node ports", AUTO, CL_AB, pod_network_routable=True, svc={"type": "NodePort"}, chosen=CL),
    c("mapped comes before routable", AUTO, NPL_AB, annotated="true", maps=mapped(), pod_network_routable=True, chosen=NPL),
    c("not routable, ClusterIP", AUTO, "!auto_undecided", pod_network_routable=False),
    c("not routable, NodePort", AUTO, N12, pod_network_routable=False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but NSX T1", AUTO, "!auto_undecided", pod_network_routable=True, network_provider="nsx_t1"),
    c("routable, but NSX VPC, NodePort", AUTO, N12, pod_network_routable=True, network_provider="nsx_vpc", svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("routable, but a node shows NSX", AUTO, "!auto_undecided", pod_network_routable=True, nodes="n1 n2!nsx"),
    c("a node shows NSX, the user says vsphere", AUTO, CL_AB, pod_network_routable=True, nodes="n1 n2!nsx", network_provider="vsphere", chosen=CL),
    c("BIG-IP has a route", AUTO, CL_AB, routable=lambda addresses, published: True, chosen=CL),
    c("BIG-IP has no route", AUTO, N12, routable=lambda addresses, published: False, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say", AUTO, N12, routable=lambda addresses, published: None, svc={"type": "NodePort"}, nodes="n1 n2", chosen=NP),
    c("BIG-IP could not say, published cluster", AUTO, CL_AB, routable=lambda addresses, published: None, svc={"type": "NodePort"}, published=CL, chosen=CL),
    c("no Pod to ask for, published cluster", AUTO, "", routable=lambda addresses, published: True, slices=[], published=CL, chosen=CL),
    c(
        "BIG-IP lost its route, published cluster",
        AUTO,
        N12,
        routable=lambda addresses, published: False,
        svc={"type": "NodePort"},
        nodes="n1 n2",
        published=CL,
        chosen=NP,
    ),
    c("published nodeport, proof of mappings", AUTO, NPL_AB, annotated="true", svc=LB, maps=mapped(), published=NP, chosen=NPL),
    c("published nodeport, mappings not known", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published=NP, routable=never, chosen=NP),
    c("published nodeportlocal, annotation removed", AUTO, N12, svc=LB, maps=mapped(), nodes="n1 n2", published=NPL, chosen=NP),
    c("published in a mode of the future", AUTO, N12, annotated="true", svc=LB, nodes="n1 n2", published="warp", chosen=NP),
    c("the user's word is asked before BIG-IP", AUTO, "!auto_undecided", pod_network_routable=False, routable=lambda addresses, published: True),
]

# CIS (k8s-bigip-ctlr): each of its defects that concerns members, by its number in our notes, done right.
CIS = [
    c("CIS 1: a named targetPort, scaled to zero, keeps members", CL, "", ports="http:80/TCP>web", slices=["http:8080/TCP | "]),
    c("CIS 1: a named targetPort, scaled to zero, keeps nodes", NP, "", "n1=no_endpoints", ports="http:80/TCP>web#30080", slices=[" | "], nodes="n1"),
    c("CIS 2: the port before a re-resolved name stays", CL, "100.96.0.1:8081@a", ports="http:80/TCP>web", slices=["http:8081/TCP | a@n1"]),
    c("CIS 3: a second subset overwrites the first", CL, CL_AB, slices=["http:8080/TCP admin:1/TCP | a@n1", "http:8080/TCP admin:2/TCP | b@n2"]),
    c(
        "CIS 4: TCP and UDP of one number are mixed (tcp)",
        NP,
        "198.18.0.1:31053",
        ports=DNS,
        port="dns-tcp",
        slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"],
        nodes="n1",
    ),
    c(
        "CIS 4: TCP and UDP of one number are mixed (udp)",
        NP,
        "198.18.0.1:30053",
        ports=DNS,
        port="dns",
        slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"],
        nodes="n1",
    ),
    c(
        "CIS 5: a targetPort equal to another port",
        NP,
        "198.18.0.1:30080",
        ports="a:80/TCP>8080#30080 b:8080/TCP>9090#30090",
        port="80",
        slices=["a:8080/TCP b:9090/TCP | a@n1"],
        nodes="n1",
    ),
    c(
        "CIS 6: UDP pool with the TCP mapping",
        NPL,
        "198.18.0.1:61009@a",
        ports="dns:53/UDP>53",
        slices=["dns:53/UDP | a@n1"],
        maps="a:53/tcp=198.18.0.1:61000 a:53/udp=198.18.0.1:61009",
    ),
    c("CIS 7: a terminating Pod's mapping", NPL, "198.18.0.1:61000@a", "b=terminating", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!dying"]),
    c("CIS 7: a not ready Pod's mapping", NPL, "198.18.0.1:61000@a", "b=not_ready", maps=mapped(), slices=["http:8080/TCP | a@n1 b@n2!notready"]),
    c("CIS 7: a Failed Pod's mapping (in no slice)", NPL, "198.18.0.1:61000@a", maps=mapped(), pods="a b", slices=["http:8080/TCP | a@n1"]),
    c("CIS 7: a mapping on an excluded node", NPL, "198.18.0.1:61000@a", "b=node_excluded", maps=mapped(), exclude_nodes=("n2",)),
    c(
        "CIS 8: all Pods outside node_label_selector empty the pool",
        NP,
        "198.18.0.1:30080",
        "n2=node_not_selected",
        nodes="n1!labelled n2",
        node_label_selector="pool=a",
        slices=["http:8080/TCP | a@n2 b@n2"],
    ),
    c(
        "CIS 9: TCP 53 and UDP 53 of a LoadBalancer",
        NP,
        "198.18.0.1:30053",
        ports=DNS,
        port="53/UDP",
        svc=LB,
        slices=["dns:53/UDP dns-tcp:53/TCP | a@n1"],
        nodes="n1",
    ),
    c(
        "CIS 26: the order of ties varies",
        NPL,
        "198.18.0.1:61000@b 198.18.0.2:61000@a",
        maps="a:8080/tcp=198.18.0.2:61000 b:8080/tcp=198.18.0.1:61000",
        slices=["http:8080/TCP | a@n2 b@n1"],
    ),
    c("CIS 1.1: annotation false counts", NPL, "!npl_annotation_value", annotated="false", maps=mapped()),
    c(
        "CIS 1.1: externalTrafficPolicy Local is ignored",
        NP,
        "198.18.0.1:30080",
        "n2=no_local_endpoint",
        svc=LOCAL,
        slices=["http:8080/TCP | a@n1"],
        nodes="n1 n2",
    ),
    c("CIS 1.2: a node without Ready condition counts", NP, "", "n1=node_not_ready", nodes="n1!nocondition"),
    c("CIS 1.2: the exclude label is ignored", NP, "", "n1=node_label_excluded", nodes="n1!excluded"),
    c("CIS 1.2: a dual-stack node is two members", NP, "198.18.0.1:30080", nodes="n1"),
    c("CIS 1.3: a port that does not match is deployed empty", CL, "!service_port_not_found", port="9999"),
    c("CIS 1.3: a name that does not match is deployed empty", CL, "!service_port_not_found", port="nope"),
    c("CIS 1.3: an unnamed port matches any number", CL, "!service_port_not_found", ports="80/TCP>8080", slices=[":8080/TCP | a@n1"], port="81"),
    c("CIS 1.3: UDP on a TCP node port", NP, "!service_port_not_found", port="80/UDP"),
    c("CIS 1.4: an endpoint without nodeName is dropped", CL, "100.96.0.1:8080@a", slices=["http:8080/TCP | a"]),
    c(
        "CIS 1.4: a selector-less Service in nodeport is empty",
        NP,
        "198.18.0.1:30080",
        svc={"type": "NodePort", "selector": None},
        slices=["http:9376/TCP | =203.0.113.7"],
        nodes="n1",
    ),
    c("CIS 1.4: members of port 0", NP, "!nodeport_not_allocated", svc={"type": "LoadBalancer"}, ports="http:80/TCP>8080"),
    c(
        "CIS 1.5: IPv6 mappings in an IPv4 pool",
        NPL,
        "198.18.0.1:61000@a",
        svc={"families": DUAL},
        slices=["http:8080/TCP | a@n1"],
        maps="a:8080/tcp=198.18.0.1:61000;IPv4 a:8080/tcp=2001:db8:18::1:61001;IPv6",
    ),
    c("CIS 1.5: a malformed annotation is silent", NPL, "", "a=mapping_malformed", raw=npl("{oops"), slices=["http:8080/TCP | a@n1"]),
    c("CIS 1.5: nodeIP is trusted", NPL, "", "a=mapping_stale", maps="a:8080/tcp=10.9.9.9:61000", slices=["http:8080/TCP | a@n1"]),
    c("CIS 1.5: a Pod without annotation is silent", NPL, "", "a=mapping_missing", slices=["http:8080/TCP | a@n1"]),
    c("CIS 1.8: no port matches, so all endpoints are taken", CL, "", "web-0=slice_port_mismatch", slices=["other:1/TCP | a@n1 b@n2"]),
    c("CIS 1.8: a named target port is port 0", CL, "100.96.0.1:8080@a", ports="http:80/TCP>web", slices=["http:8080/TCP | a@n1"]),
    c("CIS auto: nodeportlocal is never chosen", AUTO, NPL_AB, annotated="true", maps=mapped(), chosen=NPL),
]

CASES = {
    "ports": PORTS, "slices": SLICES, "conditions": CONDITIONS, "families": FAMILIES, "nodeport": NODEPORT, "eligible": ELIGIBLE,
    "shapes": SHAPES, "believed": BELIEVED, "join": JOIN, "explained": EXPLAINED, "auto": CHOSEN, "cis": CIS,
}  # fmt: skip
ALL = [pytest.param(case, id=f"{group}: {case.name}") for group, cases in CASES.items() for case in cases]


def run(case: Case) -> tuple[str, str, Any]:
    world = dict(case.world)
    svc: dict[str, Any] = dict(world.pop("svc", {}))
    if case.mode == NP:
        svc.setdefault("type", "NodePort")
    svc["npl"] = world.pop("annotated", "true" if case.mode == NPL else None)
    services = [text.service(world.pop("ports", text.HTTP), **svc), *world.pop("more_services", [])]
    slices = [
        text.endpoint_slice(line, index, world.get("slice_of", "web"), world.get("slice_namespace", "default"))
        for index, line in enumerate(world.pop("slices", [AB]))
    ]
    world.pop("slice_of", None), world.pop("slice_namespace", None)
    slices += [text.endpoint_slice(line, name=name) for name, line in world.pop("more_slices", {}).items()]
    if "second_address" in world:
        slices[0]["endpoints"][0]["addresses"].append(world.pop("second_address"))
    names = world.pop("nodes", "n1 n2 n3")
    nodes = None if names is None else [text.node(name) for name in names.split()]
    if world.pop("same_node_address", False):
        nodes[1]["status"]["addresses"] = nodes[0]["status"]["addresses"]
    there, writers = world.pop("pods", "a b c"), world.pop("writers", None)
    pods = text.pods(there or "", world.pop("maps", ""), world.pop("raw", None), world.pop("created", "2026-01-01T00:00:00Z"), writers=writers)
    if "elsewhere" in world:
        pods += text.pods("z", world.pop("elsewhere"), namespace="evil")
    state = world.pop("state", None)
    made = text.snapshot(services, slices, nodes, None if there is None else pods, None if state is None else NplState(**state), NOW)
    made.ranges = world.pop("ranges", Ranges())
    published, routable = world.pop("published", None), world.pop("routable", None)
    chosen = world.pop("chosen", case.mode)
    source = Source(world.pop("namespace", "default"), world.pop("service_name", "web"), world.pop("port", None), mode=case.mode, **world)
    members, left, result = text.outcome(made, source, published, routable)
    if not members.startswith("!"):
        assert result.mode == chosen
        assert result.chosen_because
    return members, left, result


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case) -> None:
    members, left, result = run(case)
    assert members == case.want, getattr(result, "message", result)
    assert sorted(left.split()) == sorted(case.left.split())


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 150


def test_every_reason_and_member_failure_has_a_case() -> None:
    """A word that no case provokes is a word that nobody has seen."""
    seen = {word.partition("=")[2] for group in CASES.values() for case in group for word in case.left.split()}
    failed = {case.want[1:] for group in CASES.values() for case in group if case.want.startswith("!")}
    assert seen == set(LEFT_OUT)
    others = {"service_missing", "pools_failed", "owner_required", "secret_not_found", "unexpected"}
    ours = {code for code in FAILURES if not code.startswith("kubernetes_")} - others
    assert failed == ours


@pytest.mark.parametrize("case", ALL)
def test_messages_name_the_object_and_the_remedy(case: Case) -> None:
    _members, _left, result = run(case)
    if case.want.startswith("!"):
        assert FAILURES[result.code].remedy in result.message
        assert result.message.startswith("pools[0]: ")
        return
    for item in result.left_out:
        assert item.message.endswith(LEFT_OUT[item.reason].remedy)
        assert item.name in item.message or "Service" in item.message or "endpoint" in item.message


def test_a_headless_service_is_not_to_be_changed_into_a_nodeport_service() -> None:
    """The API server refuses that."""
    headless = {"type": "ClusterIP", "clusterIP": "None"}
    _members, _left, failed = run(c("", NP, "", svc=headless))
    assert "Set its type to NodePort" not in failed.message and "a second Service of type NodePort with the same selector" in failed.remedy
    _members, _left, failed = run(c("", AUTO, "", svc=headless))
    assert "not nodeport: it is headless (clusterIP: None) and cannot have node ports" in failed.message


@pytest.mark.parametrize("raw", ["[{", "{}", '[{"podPort":8080}]', '[7, {"podPort":9090,"nodeIP":"198.18.0.1","nodePort":61001}]'])
def test_a_member_that_a_malformed_annotation_costs_is_warned_of(raw: str) -> None:
    _members, left, pool = run(c("", NPL, "", raw=npl(raw), slices=["http:8080/TCP | a@n1"]))
    assert left == "a=mapping_malformed" and len(pool.warnings) == 1
    assert "annotation nodeportlocal.antrea.io of Pod a " in pool.warnings[0]


def test_a_member_from_text_that_antrea_cannot_read_is_warned_of() -> None:
    """It stays a member, but Antrea never updates that text."""
    (case,) = [case for case in SHAPES if case.name == "one good entry among bad ones"]
    assert run(case)[2].warnings == (
        "Antrea cannot read the annotation nodeportlocal.antrea.io of Pod a and leaves it as it is: entry 0: it is not an object. "
        "So the Pod's members may be out of date. Delete the annotation; Antrea writes it anew.",
    )


def test_a_wrong_value_that_costs_nothing_is_not_warned_of() -> None:
    """Antrea rewrites it."""
    entry = '{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61001}'
    _members, _left, pool = run(c("", NPL, "", raw=npl(f'[{entry}, {{"nodePort":1}}]'), slices=["http:8080/TCP | a@n1"]))
    assert pool.members and pool.warnings == ()


@pytest.mark.parametrize("mode", [NPL, AUTO])
@pytest.mark.parametrize("value", ["x" * 200_000, "true\x1b[2J", "true\nFAILED!", "\u202eeurt"])
def test_a_hostile_annotation_of_a_service_is_a_short_word_in_a_message(value: str, mode: str) -> None:
    _members, _left, failed = run(c("", mode, "", annotated=value))
    assert len(failed.message) < 900 and failed.message.isprintable() and failed.message.isascii()


def test_just_created_is_shorter_than_antreas_longest_pause() -> None:
    assert 2 <= JUST_CREATED <= 120
