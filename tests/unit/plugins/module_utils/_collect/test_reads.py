# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads for some sources: which, how many, and a read that is denied."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._collect.reads import FEW_NAMESPACES, Reads
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client, Forbidden
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Pool, Snapshot
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.collecting import (
    AGENT,
    DAEMON_SETS,
    LB,
    MAPS,
    SLICE,
    antrea,
    daemon_set,
    denied,
    failing,
    nodes,
    pods,
    run,
    services,
    slices,
    source,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer


def signs_only(request: Request) -> None:
    assert "PartialObjectMetadataList" in request.headers["Accept"]


def whole(request: Request) -> None:
    assert "PartialObjectMetadataList" not in request.headers["Accept"]


@pytest.mark.parametrize("provider", ["unknown", "vsphere"])
def test_nodeport_needs_no_pods(provider: str) -> None:
    script = [services(text.service(type="NodePort")), slices(), nodes(expect=whole)]
    (pool,) = run(script, source("nodeport", network_provider=provider))
    assert text.members(pool) == "198.18.0.1:30080 198.18.0.2:30080"


@pytest.mark.parametrize("provider", ["unknown", "vsphere"])
def test_nodeportlocal_reads_pods_and_nodes(provider: str) -> None:
    warnings: list[str] = []
    script = [services(), slices(), pods(), nodes(expect=whole)]
    (pool,) = run(script, source(network_provider=provider), warn=warnings.append)
    assert text.members(pool) == "198.18.0.1:61000@a" and warnings == []


def test_cluster_looks_at_nodes_for_signs_of_nsx_only_if_it_must() -> None:
    (pool,) = run([services(), slices()], source("cluster", network_provider="vsphere"))
    assert text.members(pool) == "100.96.0.1:8080@a"

    (pool,) = run(
        [services(), slices(), listing(kube.NODES, text.node("n1!nsx"), expect=signs_only)], source("cluster")
    )
    assert len(pool.members) == 1 and "NSX" in pool.warnings[0] and "nsx.vmware.com/node" in pool.warnings[0]


def test_cluster_goes_on_without_nodes() -> None:
    warnings: list[str] = []
    (pool,) = run([services(), slices(), denied(nodes())], source("cluster"), warn=warnings.append)
    assert len(pool.members) == 1 and warnings == []


def test_auto_reads_pods_only_for_annotated_services() -> None:
    (pool,) = run([services(text.service(type="NodePort")), slices(), nodes()], source("auto"))
    assert pool.mode == "nodeport"


def test_auto_reads_pods_if_nodeportlocal_can_serve_one_port() -> None:
    service = text.service("http:80/TCP>8080 sctp:81/SCTP>81", npl="true")
    (pool,) = run([services(service), slices(), pods(), nodes()], source("auto", port="http"))
    assert pool.mode == "nodeportlocal"


@pytest.mark.parametrize(
    ("name", "port", "code"),
    [("absent", None, "service_not_found"), ("web", "443", "service_port_not_found")],
)
def test_auto_reads_nothing_about_antrea_for_a_source_that_fails(
    name: str, port: str | None, code: str
) -> None:
    script = [services(), slices(), nodes()] if name == "absent" else [services(), slices(), pods(""), nodes()]
    (failed,) = run(script, source("auto", name, port=port))
    assert failed.code == code


def test_many_pools_of_one_namespace_cost_what_one_costs() -> None:
    names = [f"web{number}" for number in range(50)]
    script = [
        services(*(text.service(name=name, npl="true") for name in names)),
        slices(*(text.endpoint_slice("http:8080/TCP | a@n1", name=name) for name in names)),
        pods(),
        nodes(),
    ]
    pools = run(script, *(source(name=name, path=f"pools[{index}]") for index, name in enumerate(names)))
    assert [pool.service for pool in pools] == names and all(len(pool.members) == 1 for pool in pools)


def test_few_namespaces_are_read_one_by_one_so_that_a_role_suffices() -> None:
    script = [listing(kube.services(name)) for name in ("a", "b")] + [
        listing(kube.slices(name)) for name in ("a", "b")
    ]
    found = run(
        script,
        source("cluster", namespace="b", network_provider="vsphere"),
        source("cluster", namespace="a", network_provider="vsphere"),
    )
    assert [failed.code for failed in found] == ["service_not_found"] * 2


def test_many_namespaces_are_read_at_once() -> None:
    names = [f"ns{number}" for number in range(FEW_NAMESPACES + 1)]
    script = [
        listing(kube.ALL_SERVICES, *(text.service(namespace=name) for name in names)),
        listing(kube.ALL_SLICES),
    ]
    pools = run(script, *(source("cluster", namespace=name, network_provider="vsphere") for name in names))
    assert [pool.namespace for pool in pools] == names


def test_nothing_is_read_for_nothing() -> None:
    assert run([]) == []


def test_pods_are_read_only_where_nodeportlocal_is() -> None:
    script = [
        listing(kube.services("other"), text.service(type="NodePort", namespace="other")),
        services(),
        listing(kube.slices("other")),
        slices(),
        pods(),
        nodes(),
    ]
    script[:2], script[2:4] = [script[1], script[0]], [script[3], script[2]]
    pools = run(script, source(), source("nodeport", namespace="other", path="pools[1]"))
    assert [pool.mode for pool in pools] == ["nodeportlocal", "nodeport"]


def test_outcomes_stand_in_the_order_of_the_sources() -> None:
    good, bad = (
        source("cluster", network_provider="vsphere"),
        source("cluster", name="absent", path="pools[1]", network_provider="vsphere"),
    )
    first, second, third = run([services(), slices()], bad, good, bad)
    assert (first.code, third.code) == ("service_not_found",) * 2 and isinstance(second, Pool)


@pytest.mark.parametrize("position", range(4))
def test_a_failed_list_is_never_an_empty_list(position: int) -> None:
    script = [services(), slices(), pods(), nodes()][: position + 1]
    script[-1] = Exchange("GET", script[-1].path, 400, json=status(400, "no"))
    assert failing(script, source()).code == "kubernetes_error"


def test_nodes_denied_in_nodeport_fail() -> None:
    failed = failing([services(text.service(type="NodePort")), slices(), denied(nodes())], source("nodeport"))
    assert failed.code == "kubernetes_forbidden" and failed.details["resource"] == "nodes"


def test_nodes_denied_in_nodeportlocal_leave_every_mapping_out() -> None:
    warnings: list[str] = []
    (pool,) = run([services(), slices(), pods(), denied(nodes())], source(), warn=warnings.append)
    assert (
        text.left(pool) == "a=mapping_unverified"
        and "trust_npl_annotations: true" in pool.left_out[0].message
    )
    assert (
        len(warnings) == 1
        and "are left out" in warnings[0]
        and "ClusterRole" in warnings[0]
        and "trust_npl_annotations" in warnings[0]
    )


def test_nodes_denied_in_nodeportlocal_cost_the_cross_check_where_the_annotation_is_trusted() -> None:
    warnings: list[str] = []
    (pool,) = run(
        [services(), slices(), pods(), denied(nodes())],
        source(trust_npl_annotations=True),
        warn=warnings.append,
    )
    assert text.members(pool) == "198.18.0.1:61000@a"
    assert len(warnings) == 1 and "not compared" in warnings[0] and "ClusterRole" in warnings[0]


def test_nodes_that_fail_in_nodeportlocal_fail_even_where_the_annotation_is_trusted() -> None:
    broken = Exchange("GET", nodes().path, 400, json=status(400, "no"))
    assert (
        failing([services(), slices(), pods(), broken], source(trust_npl_annotations=True)).code
        == "kubernetes_error"
    )


def test_pods_denied_in_nodeportlocal_fail() -> None:
    failed = failing([services(), slices(), denied(pods())], source())
    assert failed.code == "kubernetes_forbidden" and failed.details == {
        "verb": "list",
        "resource": "pods",
        "group": "",
        "namespace": "default",
    }


def test_pods_denied_fail_if_one_of_the_sources_is_nodeportlocal() -> None:
    script = [services(text.service(npl="true"), text.service(name="web2", npl="true")), slices(), denied(pods())]
    failed = failing(script, source("auto"), source(name="web2", path="pools[1]"))
    assert failed.code == "kubernetes_forbidden" and failed.details["resource"] == "pods"


def test_pods_denied_in_auto_fall_back_to_nodeport() -> None:
    script = [services(LB), slices(), denied(pods()), nodes(), denied(listing(DAEMON_SETS, labels=AGENT))]
    script.append(denied(listing("/apis/apps/v1/namespaces/kube-system/daemonsets", labels=AGENT)))
    (pool,) = run(script, source("auto"))
    assert pool.mode == "nodeport" and "not known" in pool.chosen_because and "pods" in pool.chosen_because


def test_pods_denied_in_auto_do_not_flip_what_is_published() -> None:
    """Its members cannot be read either, so the pool fails; node ports are not published instead."""
    script = [services(LB), slices(), denied(pods()), nodes(), denied(listing(DAEMON_SETS, labels=AGENT))]
    script.append(denied(listing("/apis/apps/v1/namespaces/kube-system/daemonsets", labels=AGENT)))
    (failed,) = run(script, source("auto"), published={"pools[0]": "nodeportlocal"})
    assert failed.code == "kubernetes_forbidden" and failed.details["resource"] == "pods"


def test_nodes_denied_in_auto_fail_only_if_nodeport_is_chosen() -> None:
    script = [services(text.service(type="NodePort")), slices(), denied(nodes())]
    (failed,) = run(script, source("auto"))
    assert failed.details["resource"] == "nodes"
    (pool,) = run(script, source("auto", pod_network_routable=True))
    assert pool.mode == "cluster"


@pytest.mark.parametrize("mode", ["auto", "nodeportlocal"])
def test_a_service_that_chooses_a_mode_whose_pods_are_denied_stops_no_other_namespace(mode: str) -> None:
    """The editor of a namespace annotates a Service for NodePortLocal, and the user may not list Pods there."""

    def of(namespace: str) -> list[dict[str, Any]]:
        piece = {**SLICE, "metadata": {**SLICE["metadata"], "namespace": namespace}}
        return [text.service(namespace=namespace, npl="true", type="ClusterIP"), piece]

    (evil, evil_slice), (shop, shop_slice) = of("evil"), of("shop")
    shop_pods = [
        {**pod, "metadata": {**pod["metadata"], "namespace": "shop"}} for pod in text.pods("a", MAPS)
    ]
    conf = "nodePortLocal: {enable: true}"
    script = [
        listing(kube.services("evil"), evil), listing(kube.services("shop"), shop), listing(kube.slices("evil"), evil_slice),
        listing(kube.slices("shop"), shop_slice), denied(listing(kube.pods("evil"))), listing(kube.pods("shop"), *shop_pods), nodes(), *antrea(conf),
    ]  # fmt: skip
    failed, pool = run(
        script, source("auto", namespace="evil"), source(mode, namespace="shop", path="pools[1]")
    )
    assert (failed.code, failed.details["namespace"]) == ("kubernetes_forbidden", "evil")
    assert text.members(pool) == "198.18.0.1:61000@a"


def test_what_is_found_by_itself_is_empty_for_no_right_that_is_missing() -> None:
    script = [services(text.service(type="NodePort")), slices(), denied(nodes())]
    with (
        ScriptedServer(script) as server,
        Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster,
    ):
        with pytest.raises(Failure) as caught:
            cluster.discover({}, ["default"], None)
    assert caught.value.code == "kubernetes_forbidden"


@pytest.mark.parametrize(
    "answer, mode",
    [
        (True, "cluster"),
        (False, "nodeport"),
        (lambda addresses, key, published: addresses == ["100.96.0.1"], "cluster"),
        (lambda addresses, key, published: False, "nodeport"),
        (None, "nodeport"),
    ],
)
def test_whether_bigip_has_a_route(answer: Any, mode: str) -> None:
    (pool,) = run(
        [services(text.service(type="NodePort")), slices(), nodes()],
        source("auto"),
        pod_network_routable=answer,
    )
    assert pool.mode == mode


@contextlib.contextmanager
def reading(script: list[Exchange]) -> Iterator[tuple[Reads, list[str]]]:
    """The reads of a scripted server, and what they warn of."""
    warnings: list[str] = []
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        yield Reads(client, warnings.append), warnings
        client.close()


@pytest.mark.parametrize(
    ("names", "whole_cluster", "scopes"),
    [
        ([], False, []),
        (["b", "a", "b"], False, ["a", "b"]),
        ([f"n{number}" for number in range(8)], False, [f"n{number}" for number in range(8)]),
        ([f"n{number}" for number in range(9)], False, [None]),
        (["a"], True, [None]),
    ],
)
def test_eight_namespaces_are_listed_one_by_one(
    names: list[str], whole_cluster: bool, scopes: list[str | None]
) -> None:
    with reading([]) as (reads, _warnings):
        reads.whole_cluster = whole_cluster
        assert reads.scopes(names) == scopes


def test_nodes_that_were_read_have_no_reason_not_to_be() -> None:
    with reading([]) as (reads, _warnings), pytest.raises(AssertionError, match="the Nodes were read"):
        reads.nodes_denied()


def listed_pods(namespace: str | None, *places: tuple[str, str]) -> Exchange:
    raw = [pod for name, of in places for pod in text.pods(name, namespace=of)]
    return listing(kube.ALL_PODS if namespace is None else kube.pods(namespace), *raw)


def listed_slices(namespace: str, line: str) -> Exchange:
    return listing(kube.slices(namespace), text.endpoint_slice(line, namespace=namespace))


def test_a_second_read_replaces_what_was_read_of_its_sources_only() -> None:
    script = [
        listed_slices("one", "http:8080/TCP | a@n1"),
        listed_slices("two", "http:8080/TCP | b@n1"),
        listed_pods("one", ("a", "one")),
        listed_pods("two", ("b", "two")),
        nodes(),
        listed_slices("two", "http:8080/TCP | c@n1"),
        listed_pods("two", ("c", "two")),
        listing(kube.NODES, text.node("n3")),
    ]
    content, sources = Snapshot(), [source(namespace=name) for name in ("one", "two")]
    with reading(script) as (reads, _warnings):
        reads.backends(content, sources)
        content.eligibility["a question"] = "the answer about n1 and n2"
        reads.backends(content, sources[1:])
    endpoints = {
        key: [endpoint.pod for piece in pieces for endpoint in piece.endpoints]
        for key, pieces in content.slices.items()
    }
    assert endpoints == {("one", "web"): ["a"], ("two", "web"): ["c"]}
    assert set(content.pods or {}) == {("one", "a"), ("two", "c")}
    assert list(content.nodes or {}) == ["n3"] and content.eligibility == {}


def test_a_second_read_of_the_whole_cluster_replaces_all_pods() -> None:
    script = [
        listing(kube.ALL_SLICES),
        listed_pods(None, ("a", "one"), ("b", "two")),
        nodes(),
        listing(kube.ALL_SLICES),
        listed_pods(None, ("c", "two")),
        nodes(),
    ]
    content = Snapshot()
    with reading(script) as (reads, _warnings):
        reads.whole_cluster = True
        for _time in range(2):
            reads.backends(content, [source(namespace="two")])
    assert set(content.pods or {}) == {("two", "c")}


def test_pods_of_the_whole_cluster_that_are_denied_fail_a_source_of_nodeportlocal() -> None:
    script = [listing(kube.ALL_SLICES), denied(listing(kube.ALL_PODS))]
    with reading(script) as (reads, _warnings), pytest.raises(Forbidden) as caught:
        reads.whole_cluster = True
        reads.backends(Snapshot(), [source(namespace="two")])
    assert caught.value.details["resource"] == "pods"


def test_reads_that_are_denied_are_noted_by_kind() -> None:
    content = Snapshot()
    with reading([services(), slices(), denied(pods()), denied(nodes())]) as (reads, _warnings):
        reads.services(content, ["default"])
        reads.backends(content, [source("auto")])
        assert content.denied == {
            "pods": reads.pods_denied["default"].message,
            "nodes": reads.nodes_denied().message,
        }
    assert list(reads.pods_denied) == ["default"]


def test_a_warning_about_antrea_is_given_once() -> None:
    evil = daemon_set()
    evil["metadata"]["namespace"] = "evil"
    with reading([listing(DAEMON_SETS, evil, labels=AGENT)] * 2) as (reads, warnings):
        for _time in range(2):
            reads.npl_state(Snapshot())
    assert len(warnings) == 1 and "evil/antrea-agent" in warnings[0]
