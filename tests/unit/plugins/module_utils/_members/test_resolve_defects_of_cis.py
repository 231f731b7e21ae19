# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each defect of F5 CIS (k8s-bigip-ctlr) that concerns members, by its number in our notes, done right."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.tests.unit.support.member_cases import AUTO, CL, CL_AB, DNS, DUAL, LB, LOCAL, NP, NPL, NPL_AB, Case, c, check, mapped, npl

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


@pytest.mark.parametrize("case", CIS, ids=str)
def test_defects(case: Case) -> None:
    check(case)
