# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path's table: where an address leads, what kube-proxy chooses, and what a change ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cluster_objects as made
from net_use import BOTH, FIRST, LOCAL, NP, NPL, OTHER, POD, add, table
from vkslab.net import kubeproxy
from vkslab.net.objects import EndpointSlice, Node, Pod, Service, ServicePort
from vkslab.net.routes import Key, Kind, Table


@pytest.mark.parametrize(
    ("objects", "place", "kind", "pod_or_reason"),
    [
        # Pods
        pytest.param([POD], "100.96.0.1:8080", Kind.POD, "hello-1", id="containerPort"),
        pytest.param([POD], "100.96.0.1:8081", Kind.REFUSED, "does not listen on port 8081",
            id="no such port"),
        pytest.param([made.pod("p", "100.96.0.1"), made.service()], "100.96.0.1:8080", Kind.POD, "p",
            id="undeclared, named by a Service"),
        pytest.param([made.pod("p", "100.96.0.1"), made.service(namespace="other")], "100.96.0.1:8080",
            Kind.REFUSED, "does not listen", id="other namespace"),
        pytest.param(
            [made.pod("p", "100.96.0.1", ports=[{"name": "web", "containerPort": 9090}]),
                made.service("s", made.port(80, "web"))],
            "100.96.0.1:9090", Kind.POD, "p", id="named targetPort",
        ),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 53, "protocol": "UDP"}])],
            "100.96.0.1:53", Kind.REFUSED, "", id="UDP only"),
        pytest.param(
            [made.pod("p", "100.96.0.1",
                init=[{"restartPolicy": "Always", "ports": [{"containerPort": 9000}]}])],
            "100.96.0.1:9000", Kind.POD, "p", id="sidecar",
        ),
        pytest.param([made.pod("p", "100.96.0.1", init=[{"ports": [{"containerPort": 9000}]}])],
            "100.96.0.1:9000", Kind.REFUSED, "", id="init container"),
        pytest.param([made.pod("p", "2001:db8:96::1", ports=[{"containerPort": 80}])],
            "2001:0db8:0096:0::1:80", Kind.POD, "p", id="IPv6 in any spelling"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80}], terminating=True)],
            "100.96.0.1:80", Kind.POD, "p", id="terminating"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80}], phase="Succeeded")],
            "100.96.0.1:80", Kind.REFUSED, "no running", id="done"),
        pytest.param([made.pod("p", ports=[{"containerPort": 80}], phase="Pending", node="")],
            "100.96.0.1:80", Kind.REFUSED, "no running", id="unscheduled"),
        pytest.param(
            [made.pod("old", "100.96.0.1", phase="Failed", ports=[{"containerPort": 80}]),
                made.pod("new", "100.96.0.1", ports=[{"containerPort": 80}])],
            "100.96.0.1:80", Kind.POD, "new", id="an address used again",
        ),
        # node ports
        pytest.param([POD, NP, FIRST], "198.18.0.2:30080", Kind.POD, "hello-1",
            id="node port on another node"),
        pytest.param([POD, NP, FIRST], "n2:30080", Kind.POD, "hello-1", id="a node by its name"),
        pytest.param([POD, NP], "198.18.0.1:30080", Kind.REFUSED, "no endpoint is ready",
            id="node port without endpoints"),
        pytest.param([POD, LOCAL, FIRST], "198.18.0.1:30080", Kind.POD, "hello-1", id="Local, here"),
        pytest.param([POD, LOCAL, FIRST], "198.18.0.2:30080", Kind.SILENT, "this node has no endpoint",
            id="Local, elsewhere: dropped"),
        pytest.param([POD, LOCAL], "198.18.0.2:30080", Kind.REFUSED, "no endpoint is ready",
            id="Local, nowhere: rejected"),
        pytest.param([NP, FIRST], "198.18.0.1:30080", Kind.REFUSED, "no running Pod",
            id="the endpoint's Pod is gone"),
        pytest.param([NP], "198.18.0.1:30081", Kind.REFUSED, "nothing listens", id="not a node port"),
        pytest.param([made.service("s", made.port(53, 53, "UDP", node_port=30053), type="NodePort")],
            "198.18.0.1:30053", Kind.REFUSED, "", id="UDP node port"),
        pytest.param([made.node("n6", "2001:db8:18::6"), NP, FIRST, POD], "2001:db8:18::6:30080",
            Kind.REFUSED, "nothing", id="IPv4 Service by IPv6"),
        # nodes
        pytest.param([made.node("down", "198.18.0.3", ready="Unknown"), NP, FIRST, POD], "198.18.0.3:30080",
            Kind.SILENT, "lost", id="node lost"),
        pytest.param([made.node("n3", "198.18.0.3", ready="Unknown"),
            made.pod("p", "100.96.3.1", node="n3", ports=[{"containerPort": 80}])], "100.96.3.1:80",
                     Kind.SILENT, "n3 is lost", id="a Pod of a node that is lost"),
        pytest.param([made.node("n3", "198.18.0.3", ready="False"),
            made.pod("p", "100.96.3.1", node="n3", ports=[{"containerPort": 80}])], "100.96.3.1:80",
                     Kind.POD, "p", id="a Pod of a node whose kubelet reports NotReady"),
        pytest.param([], "198.18.0.9:30080", Kind.SILENT, "no node has the address", id="no such node"),
        pytest.param([made.node("ext", "198.18.0.3", external="198.18.9.9"), NP, FIRST, POD],
            "198.18.9.9:30080", Kind.POD, "hello-1", id="ExternalIP"),
        pytest.param([], "198.18.0.1:10250", Kind.FORWARD, "", id="kubelet"),
        # the host network, host ports
        pytest.param([made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 9100}])],
            "198.18.0.1:9100", Kind.POD, "h", id="host network"),
        pytest.param([made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 9100}])],
            "198.18.0.2:9100", Kind.REFUSED, "", id="its node"),
        pytest.param([made.pod("p", "100.96.0.1", ports=[{"containerPort": 80, "hostPort": 8000}])],
            "198.18.0.1:8000", Kind.POD, "p", id="hostPort"),
        *(
            pytest.param([made.pod("p", "100.96.0.1",
                ports=[{"containerPort": 80, "hostPort": 8000, "hostIP": address}])], "198.18.0.1:8000", kind,
                    named,
                         id=f"hostPort of {address}")
            for address, kind, named in (("127.0.0.1", Kind.REFUSED, "nothing listens"),
                ("198.18.0.2", Kind.REFUSED, "nothing listens"),
                                         ("198.18.0.1", Kind.POD, "p"), ("0.0.0.0", Kind.POD, "p"))
        ),
        pytest.param(
            [made.pod("h", "198.18.0.1", host_network=True, ports=[{"containerPort": 8080}]), NP,
                made.endpoint_slice(made.endpoint("198.18.0.1"))],
            "198.18.0.2:30080", Kind.POD, "h", id="a node port to the host network",
        ),
        # Services, and the rest
        pytest.param([POD, made.service(cluster_ips=["100.64.0.7"]), FIRST], "100.64.0.7:80", Kind.POD,
            "hello-1", id="ClusterIP"),
        pytest.param([POD, made.service(cluster_ips=["100.64.0.7"]), FIRST], "100.64.0.7:81", Kind.REFUSED,
            "no TCP port 81", id="ClusterIP, other port"),
        pytest.param([], "100.64.0.8:80", Kind.REFUSED, "no Service has the address", id="no such ClusterIP"),
        pytest.param([], "198.18.0.2:6443", Kind.REFUSED, "", id="a node is not the API server"),
        pytest.param([], "192.0.2.10:80", Kind.BIGIP, "", id="a virtual server"),
        pytest.param([], "2001:db8:1::10:80", Kind.BIGIP, "", id="an IPv6 virtual server"),
        pytest.param([], "example.org:80", Kind.REFUSED, "is not an address", id="a name"),
    ],
)  # fmt: skip
def test_where_a_connection_leads(
    objects: list[dict[str, Any]], place: str, kind: Kind, pod_or_reason: str
) -> None:
    filled = table(*objects)
    filled.kubelet = ("127.0.0.1", 1)
    host, _colon, port = place.rpartition(":")
    route = filled.resolve(host, int(port))
    assert route.kind is kind, route.reason
    if kind is Kind.POD:
        assert filled.pods[route.pod].name == pod_or_reason
    else:
        assert pod_or_reason in route.reason


def test_the_api_server_behind_the_service_kubernetes() -> None:
    filled = Table()
    filled.api_server = ("127.0.0.1", 7)
    slice_ = made.endpoint_slice(
        made.endpoint("198.18.0.2", ""), service="kubernetes", name="kubernetes", port=6443, port_name="https"
    )
    add(
        filled,
        made.service(
            "kubernetes", made.port(443, 6443, name="https"), selector={}, cluster_ips=["100.64.0.1"]
        ),
        slice_,
    )
    assert filled.resolve("100.64.0.1", 443).socket == ("127.0.0.1", 7)


def test_a_local_policy_spreads_over_the_node_only() -> None:
    filled = table(POD, OTHER, LOCAL, BOTH)
    assert {filled.pods[filled.resolve("198.18.0.2", 30080).pod].name for _ in range(20)} == {"hello-2"}


def test_a_cluster_policy_spreads_over_all() -> None:
    filled = table(POD, OTHER, NP, BOTH)
    assert {filled.pods[filled.resolve("198.18.0.2", 30080).pod].name for _ in range(50)} == {
        "hello-1",
        "hello-2",
    }


def test_new_endpoints_count_at_once() -> None:
    filled = table(POD, OTHER, NP, FIRST)
    assert filled.pods[filled.resolve("198.18.0.1", 30080).pod].name == "hello-1"
    moved = made.endpoint_slice(made.endpoint("100.96.1.1", "n2"))
    filled.slice_changed(EndpointSlice.read(FIRST), EndpointSlice.read(moved))
    assert filled.pods[filled.resolve("198.18.0.1", 30080).pod].name == "hello-2"


# -- kube-proxy

A, B, C = "100.96.0.1", "100.96.0.2", "100.96.0.3"
GOING = {"ready": False, "serving": True, "terminating": True}


@pytest.mark.parametrize(
    ("endpoints", "local", "chosen"),
    [
        pytest.param([made.endpoint(A), made.endpoint(B)], False, {A, B}, id="ready ones"),
        pytest.param([made.endpoint(A, ready=None)], False, {A}, id="no condition means ready"),
        pytest.param([made.endpoint(A), made.endpoint(B, ready=False)], False, {A}, id="not an unready one"),
        pytest.param(
            [made.endpoint(A), made.endpoint(B, **GOING)],
            False,
            {A},
            id="not a terminating one while another is ready",
        ),
        pytest.param(
            [made.endpoint(A, ready=False), made.endpoint(B, **GOING)],
            False,
            {B},
            id="a terminating one that serves, if none is ready",
        ),
        pytest.param(
            [made.endpoint(A, ready=False, serving=False, terminating=True)],
            False,
            kubeproxy.Verdict.REJECT,
            id="terminating, does not serve",
        ),
        pytest.param([made.endpoint(A, ready=False)], False, kubeproxy.Verdict.REJECT, id="none ready"),
        pytest.param([], False, kubeproxy.Verdict.REJECT, id="none at all"),
        pytest.param([made.endpoint(A), made.endpoint(B, "n2")], True, {A}, id="Local: those of the node"),
        pytest.param(
            [made.endpoint(A, **GOING), made.endpoint(B, "n2")],
            True,
            {A},
            id="Local: a terminating one here, though others are ready there",
        ),
        pytest.param(
            [made.endpoint(A, ready=False), made.endpoint(B, "n2")],
            True,
            kubeproxy.Verdict.DROP,
            id="Local: only there",
        ),
        pytest.param(
            [made.endpoint(A, "n2", **GOING)],
            True,
            kubeproxy.Verdict.DROP,
            id="Local: only a terminating one there",
        ),
        pytest.param([], True, kubeproxy.Verdict.REJECT, id="Local: nowhere"),
    ],
)
def test_kube_proxy_chooses(
    endpoints: list[dict[str, Any]], local: bool, chosen: set[str] | kubeproxy.Verdict
) -> None:
    got = kubeproxy.candidates(
        ServicePort("", "TCP", 80, 8080, 0),
        [EndpointSlice.read(made.endpoint_slice(*endpoints))],
        "n1",
        local,
    )
    assert (
        got == chosen if isinstance(got, kubeproxy.Verdict) else {address for address, _port in got} == chosen
    )


def test_kube_proxy_goes_by_the_name_of_the_port() -> None:
    web = EndpointSlice.read(made.endpoint_slice(made.endpoint(A), port=8080, port_name="web"))
    admin = EndpointSlice.read(
        made.endpoint_slice(made.endpoint(A), port=9090, port_name="admin", name="two")
    )
    assert kubeproxy.candidates(ServicePort("admin", "TCP", 81, "admin", 0), [web, admin], "n1", False) == [
        (A, 9090)
    ]


# -- removals


@pytest.mark.parametrize(
    ("change", "key"),
    [
        pytest.param(
            lambda t, r: t.pod_changed(r(POD), None), ("pod", POD["metadata"]["uid"]), id="the Pod is gone"
        ),
        pytest.param(
            lambda t, r: t.pod_changed(r(POD), r({**POD, "status": {"phase": "Failed"}})),
            ("pod", POD["metadata"]["uid"]),
            id="the Pod has failed",
        ),
        pytest.param(
            lambda t, r: t.service_changed(r(NP), None),
            ("nodePort", NP["metadata"]["uid"], "30080"),
            id="the Service is gone",
        ),
        pytest.param(
            lambda t, r: t.service_changed(
                r(NP), r({**NP, "spec": {**NP["spec"], "type": "ClusterIP", "ports": [made.port()]}})
            ),
            ("nodePort", NP["metadata"]["uid"], "30080"),
            id="the Service has no node port any more",
        ),
        pytest.param(
            lambda t, r: t.node_changed(r(made.node()), None), ("node", "n1"), id="the node is gone"
        ),
    ],
)
def test_what_is_taken_away_is_told(
    change: Callable[[Table, Callable[[dict[str, Any]], Any]], None], key: Key
) -> None:
    def read(obj: dict[str, Any]) -> Any:
        return (Pod if "containers" in obj["spec"] else Service if "ports" in obj["spec"] else Node).read(obj)

    ended: list[Key] = []
    filled = table(POD, NP, FIRST, ended=ended)
    route = filled.resolve("198.18.0.1", 30080)
    assert key in route.keys and not ended
    change(filled, read)
    assert key in ended
    assert filled.resolve("198.18.0.1", 30080).kind is not Kind.POD


def test_a_change_that_leaves_the_route_ends_nothing() -> None:
    ended: list[Key] = []
    filled = table(POD, NP, FIRST, ended=ended)
    labelled = {**POD, "metadata": {**POD["metadata"], "annotations": {"a": "b"}}}
    filled.pod_changed(Pod.read(POD), Pod.read(labelled))
    filled.service_changed(
        Service.read(NP), Service.read({**NP, "spec": {**NP["spec"], "selector": {"app": "other"}}})
    )
    assert ended == []


def test_npl_mappings_lead_to_their_pod_and_die_at_once() -> None:
    ended: list[Key] = []
    filled = table(POD, OTHER, ended=ended)
    filled.npl_changed([], {NPL: ("100.96.0.1", 8080)})
    assert filled.pods[filled.resolve("198.18.0.1", 61000).pod].name == "hello-1"
    assert filled.resolve("198.18.0.2", 61000).kind is Kind.REFUSED, "a mapping is of one node"
    filled.npl_changed([], {NPL: ("100.96.1.1", 8080)})
    assert ended == [("npl", "n1", "IPv4", "tcp", "61000")], "the port leads to another Pod now"
    filled.npl_changed([NPL], {})
    assert filled.resolve("198.18.0.1", 61000).kind is Kind.REFUSED
    filled.npl_changed([], {NPL: ("100.96.0.1", 8080)})
    filled.npl_changed([], {}, replace_all=True)
    assert filled.resolve("198.18.0.1", 61000).kind is Kind.REFUSED


def test_an_annotation_alone_leads_nowhere() -> None:
    stale = made.pod(
        "p",
        "100.96.0.1",
        annotations={"nodeportlocal.antrea.io": '[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":61000}]'},
    )
    assert table(stale).resolve("198.18.0.1", 61000).kind is Kind.REFUSED


@pytest.mark.parametrize(
    "fault", ["node/n1", "pod/default/hello-1", "address/198.18.0.1", "address/198.18.0.1:30080"]
)
def test_faults(fault: str) -> None:
    filled = table(POD, NP, FIRST)
    for kind in (Kind.SILENT, Kind.REFUSED):
        filled.faults[fault] = kind.value
        assert filled.resolve("198.18.0.1", 30080).kind is kind
    filled.faults.clear()
    assert filled.resolve("198.18.0.1", 30080).kind is Kind.POD
