# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read for which sources, in how many requests; and what happens when a read is denied or a mapping is missing."""

from __future__ import annotations

import base64
from typing import Any, Iterable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect import cluster as collecting
from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster, collect
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Pool, Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

AGENT = "app=antrea,component=antrea-agent"
DAEMON_SETS = "/apis/apps/v1/daemonsets"
SLICE = text.endpoint_slice("http:8080/TCP | a@n1")
NODES = [text.node("n1"), text.node("n2")]
MAPS = "a:8080/tcp=198.18.0.1:61000"


def source(mode: str = "nodeportlocal", name: str = "web", namespace: str = "default", path: str = "pools[0]", **more: Any) -> Source:
    return Source(namespace, name, path=path, pool_member_type=mode, **more)


def run(script: list[Exchange], *sources: Source, clock: Clock | None = None, **more: Any) -> list[Any]:
    with ScriptedServer(script) as server:
        return collect({"host": server.url, "allow_http": True, "api_key": "t"}, sources, (clock or Clock()).deadline(), **more)


def failing(script: list[Exchange], *sources: Source, **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        run(script, *sources, **more)
    return caught.value


def services(*raw: dict[str, Any], **more: Any) -> Exchange:
    return listing(kube.services(), *(raw or (text.service(npl="true"),)), **more)


def slices(*raw: dict[str, Any], **more: Any) -> Exchange:
    return listing(kube.slices(), *(raw or (SLICE,)), **more)


def pods(maps: str = MAPS, names: str = "a", **more: Any) -> Exchange:
    return listing(kube.pods(), *text.pods(names, maps), **more)


def raw_pod(annotation: str) -> Exchange:
    return listing(kube.pods(), *text.pods("a", raw={"a": annotation}))


def nodes(**more: Any) -> Exchange:
    return listing(kube.NODES, *NODES, **more)


def denied(exchange: Exchange) -> Exchange:
    return Exchange("GET", exchange.path, 403, json=status(403, f"cannot list {exchange.path.partition('?')[0]}"))


def daemon_set(name: str = "antrea-config") -> dict[str, Any]:
    volumes = [{"name": "host-run"}, {"name": "antrea-config", "configMap": {"name": name}}]
    return {"metadata": {"name": "antrea-agent", "namespace": "kube-system"}, "spec": {"template": {"spec": {"volumes": volumes}}}}


def agent(node: str = "n1", started: str = "2026-01-01T00:00:00Z", ready: str = "True") -> dict[str, Any]:
    running = {"name": "antrea-agent", "state": {"running": {"startedAt": started}}}
    return {"spec": {"nodeName": node}, "status": {"conditions": [{"type": "Ready", "status": ready}], "containerStatuses": [running], "startTime": started}}


def antrea(conf: str, changed: str = "2025-12-01T00:00:00Z", agents: Iterable[dict[str, Any]] = ()) -> list[Exchange]:
    """The extra reads about Antrea."""
    metadata = {"namespace": "kube-system", "name": "antrea-config", "managedFields": [{"time": changed}]}
    config = {"metadata": metadata, "data": {"antrea-agent.conf": conf}}
    return [
        listing(DAEMON_SETS, daemon_set(), labels=AGENT),
        listing("/api/v1/namespaces/kube-system/pods", *(agents or [agent()]), labels=AGENT),
        Exchange("GET", "/api/v1/namespaces/kube-system/configmaps/antrea-config", json=config),
    ]


ON = 'nodePortLocal:\n  enable: true\n  portRange: "61000-61000"\n'
EVERYBODY = listing(kube.ALL_PODS)


# -- one list for each kind and scope ------------------------------------------------------------------------------


def test_nodeport_needs_no_pods() -> None:
    (pool,) = run([services(text.service(type="NodePort")), slices(), nodes()], source("nodeport"))
    assert text.members(pool) == "198.18.0.1:30080 198.18.0.2:30080"


def test_nodeportlocal_reads_pods_and_nodes() -> None:
    (pool,) = run([services(), slices(), pods(), nodes()], source())
    assert text.members(pool) == "198.18.0.1:61000@a"


def test_cluster_looks_at_nodes_for_signs_of_nsx_only_if_it_must() -> None:
    (pool,) = run([services(), slices()], source("cluster", network_provider="vsphere"))
    assert text.members(pool) == "100.96.0.1:8080@a"

    def signs_only(request: Request) -> None:
        assert "PartialObjectMetadataList" in request.headers["Accept"]

    (pool,) = run([services(), slices(), listing(kube.NODES, text.node("n1!nsx"), expect=signs_only)], source("cluster"))
    assert len(pool.members) == 1 and "NSX" in pool.warnings[0] and "nsx.vmware.com/node" in pool.warnings[0]


def test_cluster_goes_on_without_nodes() -> None:
    warnings: list[str] = []
    (pool,) = run([services(), slices(), denied(nodes())], source("cluster"), warn=warnings.append)
    assert len(pool.members) == 1 and warnings == []


def test_auto_reads_pods_only_for_annotated_services() -> None:
    (pool,) = run([services(text.service(type="NodePort")), slices(), nodes()], source("auto"))
    assert pool.pool_member_type == "nodeport"


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
    script = [listing(kube.services(name)) for name in ("a", "b")] + [listing(kube.slices(name)) for name in ("a", "b")]
    found = run(script, source("cluster", namespace="b", network_provider="vsphere"), source("cluster", namespace="a", network_provider="vsphere"))
    assert [failed.code for failed in found] == ["service_not_found"] * 2


def test_many_namespaces_are_read_at_once() -> None:
    names = [f"ns{number}" for number in range(collecting.FEW_NAMESPACES + 1)]
    script = [listing(kube.ALL_SERVICES, *(text.service(namespace=name) for name in names)), listing(kube.ALL_SLICES)]
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
    assert [pool.pool_member_type for pool in pools] == ["nodeportlocal", "nodeport"]


def test_outcomes_stand_in_the_order_of_the_sources() -> None:
    good, bad = source("cluster", network_provider="vsphere"), source("cluster", name="absent", path="pools[1]", network_provider="vsphere")
    first, second, third = run([services(), slices()], bad, good, bad)
    assert (first.code, third.code) == ("service_not_found",) * 2 and isinstance(second, Pool)


# -- denied and failed reads ---------------------------------------------------------------------------------------


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
    assert text.left(pool) == "a=mapping_unverified" and "trust_npl_annotations: true" in pool.left_out[0].message
    assert len(warnings) == 1 and "are left out" in warnings[0] and "ClusterRole" in warnings[0] and "trust_npl_annotations" in warnings[0]


def test_nodes_denied_in_nodeportlocal_cost_the_cross_check_where_the_annotation_is_trusted() -> None:
    warnings: list[str] = []
    (pool,) = run([services(), slices(), pods(), denied(nodes())], source(trust_npl_annotations=True), warn=warnings.append)
    assert text.members(pool) == "198.18.0.1:61000@a"
    assert len(warnings) == 1 and "not compared" in warnings[0] and "ClusterRole" in warnings[0]


def test_nodes_that_fail_in_nodeportlocal_fail_even_where_the_annotation_is_trusted() -> None:
    broken = Exchange("GET", nodes().path, 400, json=status(400, "no"))
    assert failing([services(), slices(), pods(), broken], source(trust_npl_annotations=True)).code == "kubernetes_error"


def test_pods_denied_in_nodeportlocal_fail() -> None:
    failed = failing([services(), slices(), denied(pods())], source())
    assert failed.code == "kubernetes_forbidden" and failed.details == {"verb": "list", "resource": "pods", "group": "", "namespace": "default"}


LB = text.service(type="LoadBalancer", npl="true")


def test_pods_denied_in_auto_fall_back_to_nodeport() -> None:
    script = [services(LB), slices(), denied(pods()), nodes(), denied(listing(DAEMON_SETS, labels=AGENT))]
    script.append(denied(listing("/apis/apps/v1/namespaces/kube-system/daemonsets", labels=AGENT)))
    (pool,) = run(script, source("auto"))
    assert pool.pool_member_type == "nodeport" and "not known" in pool.chosen_because and "pods" in pool.chosen_because


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
    assert pool.pool_member_type == "cluster"


@pytest.mark.parametrize("mode", ["auto", "nodeportlocal"])
def test_a_service_that_chooses_a_mode_whose_pods_are_denied_stops_no_other_namespace(mode: str) -> None:
    """The editor of a namespace annotates a Service for NodePortLocal, and the user may not list Pods there."""

    def of(namespace: str) -> list[dict[str, Any]]:
        piece = {**SLICE, "metadata": {**SLICE["metadata"], "namespace": namespace}}
        return [text.service(namespace=namespace, npl="true", type="ClusterIP"), piece]

    (evil, evil_slice), (shop, shop_slice) = of("evil"), of("shop")
    shop_pods = [{**pod, "metadata": {**pod["metadata"], "namespace": "shop"}} for pod in text.pods("a", MAPS)]
    conf = "nodePortLocal: {enable: true}"
    script = [
        listing(kube.services("evil"), evil), listing(kube.services("shop"), shop), listing(kube.slices("evil"), evil_slice),
        listing(kube.slices("shop"), shop_slice), denied(listing(kube.pods("evil"))), listing(kube.pods("shop"), *shop_pods), nodes(), *antrea(conf),
    ]  # fmt: skip
    failed, pool = run(script, source("auto", namespace="evil"), source(mode, namespace="shop", path="pools[1]"))
    assert (failed.code, failed.details["namespace"]) == ("kubernetes_forbidden", "evil")
    assert text.members(pool) == "198.18.0.1:61000@a"


def test_what_is_found_by_itself_is_empty_for_no_right_that_is_missing() -> None:
    script = [services(text.service(type="NodePort")), slices(), denied(nodes())]
    with ScriptedServer(script) as server, Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster:
        with pytest.raises(Failure) as caught:
            cluster.discover({}, ["default"], None)
    assert caught.value.code == "kubernetes_forbidden"


@pytest.mark.parametrize(
    "answer, mode", [(True, "cluster"), (False, "nodeport"), (lambda addresses, published: addresses == ["100.96.0.1"], "cluster"), (None, "nodeport")]
)
def test_whether_bigip_has_a_route(answer: Any, mode: str) -> None:
    (pool,) = run([services(text.service(type="NodePort")), slices(), nodes()], source("auto"), pod_network_routable=answer)
    assert pool.pool_member_type == mode


# -- explaining a gap ----------------------------------------------------------------------------------------------


def explained(extra: list[Exchange], *more: Source, service: dict[str, Any] | None = None) -> tuple[str, str]:
    (pool,) = run([services(*([service] if service else [])), slices(), pods(maps=""), nodes(), *extra], *(more or (source(),)))
    assert not pool.members
    (item,) = pool.left_out
    return item.reason, item.message


def test_no_extra_read_when_nothing_is_missing() -> None:
    assert run([services(), slices(), pods(), nodes()], source())[0].left_out == ()


def test_no_extra_read_for_what_no_agent_changes() -> None:
    (pool,) = run([services(), slices(), raw_pod("[{"), nodes()], source())
    assert text.left(pool) == "a=mapping_malformed"
    script = [services(text.service(npl="true", families=["IPv6"])), slices(text.endpoint_slice("v6 http:8080/TCP | a@n1")), pods(), nodes()]
    (pool,) = run(script, source())
    assert text.left(pool) == "a=mapping_other_family"


def test_no_antrea_at_all() -> None:
    assert explained([listing(DAEMON_SETS, labels=AGENT)])[0] == "antrea_missing"


@pytest.mark.parametrize(
    "conf, setting",
    [
        ("", "nodePortLocal.enable"),
        ("nodePortLocal:", "nodePortLocal.enable"),
        ("nodePortLocal:\n#  enable: false", "nodePortLocal.enable"),
        ("nodePortLocal: {enable: false}", "nodePortLocal.enable"),
        ("featureGates: {NodePortLocal: false}\nnodePortLocal: {enable: true}", "featureGates.NodePortLocal"),
    ],
)
def test_switched_off(conf: str, setting: str) -> None:
    reason, message = explained(antrea(conf))
    assert reason == "npl_off" and f"{setting} " in message and "ConfigMap kube-system/antrea-config" in message


def test_before_antrea_1_4_the_gate_alone_decides() -> None:
    assert explained(antrea("featureGates: {NodePortLocal: true}\nnplPortRange: 40000-41000"))[0] == "mapping_missing"


def test_agent_missing() -> None:
    assert explained([*antrea(ON, agents=[agent("n2")]), EVERYBODY])[0] == "agent_missing"


def test_agent_not_ready() -> None:
    assert explained([*antrea(ON, agents=[agent(ready="False")]), EVERYBODY])[0] == "agent_not_ready"


def test_agent_older_than_its_configuration() -> None:
    assert explained([*antrea(ON, changed="2026-06-01T00:00:00Z"), EVERYBODY])[0] == "agent_outdated"


def test_port_range_used_up() -> None:
    """By Pods of any namespace: the range belongs to the node."""
    others = text.pods("z", "z:1/tcp=198.18.0.1:61000", namespace="other")
    reason, message = explained([*antrea(ON), listing(kube.ALL_PODS, *others)])
    assert reason == "ports_used_up" and "61000-61000" in message


def test_named_port_of_a_sidecar() -> None:
    service = text.service("http:80/TCP>web", npl="true")
    pod = {"metadata": {"uid": "uid-a"}, "spec": {"containers": [{"ports": [{"name": "admin", "containerPort": 1}]}], "initContainers": [{}]}}
    extra = [*antrea(ON), EVERYBODY, listing(kube.pods(), pod, labels="app=web")]
    assert explained(extra, service=service)[0] == "named_port_sidecar"


def test_a_host_port_takes_no_port_of_the_range() -> None:
    """Antrea annotates it without a port of its own: outside of the range it says nothing about the range."""
    others = text.pods("z", "z:1/tcp=198.18.0.1:8443", namespace="other")
    assert explained([*antrea(ON), listing(kube.ALL_PODS, *others)])[0] == "mapping_missing"


OTHER_PORT = "a:9090/tcp=198.18.0.1:61000"


def test_another_mapping_does_not_hide_that_the_range_is_used_up() -> None:
    mine = text.pods("a", OTHER_PORT)
    (pool,) = run([services(), slices(), pods(OTHER_PORT), nodes(), *antrea(ON), listing(kube.ALL_PODS, *mine)], source())
    assert text.left(pool) == "a=ports_used_up"


def test_another_mapping_does_not_hide_the_named_port_of_a_sidecar() -> None:
    """And wait_for_mappings does not wait for it."""
    service = text.service("http:80/TCP>8080 admin:81/TCP>admin", npl="true")
    both = text.endpoint_slice("http:8080/TCP admin:9901/TCP | a@n1")
    pod = {"metadata": {"uid": "uid-a"}, "spec": {"containers": [{"ports": [{"name": "http", "containerPort": 8080}]}], "initContainers": [{}]}}
    script = [services(service), slices(both), pods(), nodes(), *antrea("nodePortLocal: {enable: true}"), EVERYBODY]
    script.append(listing(kube.pods(), pod, labels="app=web"))
    clock = Clock()
    (pool,) = run(script, source(port="admin", wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=named_port_sidecar" and clock.now == 0


def test_nothing_explains_it() -> None:
    assert explained([*antrea(ON), EVERYBODY])[0] == "mapping_missing"


def test_what_may_not_be_read_is_named() -> None:
    script = antrea(ON)
    script[1], script[2] = denied(script[1]), denied(script[2])
    reason, message = explained(script)
    assert reason == "mapping_missing" and "listing Pods in namespace kube-system" in message and "reading ConfigMap kube-system/antrea-config" in message


def test_a_configuration_that_cannot_be_parsed_explains_nothing() -> None:
    assert explained(antrea("nodePortLocal: [oops"))[0] == "mapping_missing"


# -- the port range of NodePortLocal -------------------------------------------------------------------------------

INFOS = "/apis/crd.antrea.io/v1beta1/antreaagentinfos"
OWN = "/apis/apps/v1/namespaces/kube-system/daemonsets"
FORTY = "a:8080/tcp=198.18.0.1:40000"
KUBELET = "a:8080/tcp=198.18.0.1:10250"


def configured(conf: str = "nodePortLocal: {enable: true, portRange: 40000-41000}", **more: Any) -> list[Exchange]:
    """The two reads that the range costs."""
    return [listing(OWN, daemon_set(**more), labels=AGENT), antrea(conf)[2]]


def infos(**ranges: str) -> Exchange:
    return listing(INFOS, *({"metadata": {"name": node}, "nodePortLocalPortRange": text} for node, text in ranges.items()))


def test_the_range_is_read_only_when_a_mapping_is_outside_of_the_default() -> None:
    (pool,) = run([services(), slices(), pods(FORTY), nodes(), *configured()], source())
    assert text.members(pool) == "198.18.0.1:40000@a" and pool.left_out == ()


def test_the_range_is_read_once_for_all_pools() -> None:
    two = [services(text.service(npl="true"), text.service(name="web2", npl="true")), slices(SLICE, text.endpoint_slice("http:8080/TCP | a@n1", name="web2"))]
    found = run([*two, pods(KUBELET), nodes(), *configured(), infos()], source(), source(name="web2", path="pools[1]"))
    assert [text.left(pool) for pool in found] == ["a=mapping_outside_range"] * 2


def test_no_range_is_read_where_the_annotation_is_trusted() -> None:
    (pool,) = run([services(), slices(), pods(KUBELET), nodes()], source(trust_npl_annotations=True))
    assert text.members(pool) == "198.18.0.1:10250@a"


def test_a_port_outside_of_every_range_is_left_out_and_the_reason_names_them() -> None:
    (pool,) = run([services(), slices(), pods(KUBELET), nodes(), *configured(), infos(n1="40000-41000")], source())
    assert text.left(pool) == "a=mapping_outside_range" and pool.warnings == (pool.left_out[0].message.partition(" If it is")[0],)
    assert "198.18.0.1 port 10250, which is outside of 61000-62000 and 40000-41000" in pool.warnings[0]


def test_an_agent_that_still_runs_with_a_former_range_keeps_its_members() -> None:
    both = slices(text.endpoint_slice("http:8080/TCP | a@n1 b@n2"))
    script = [services(), both, pods(f"{FORTY} b:8080/tcp=198.18.0.2:40000", "a b"), nodes()]
    script += [*configured("nodePortLocal: {enable: true, portRange: 50000-51000}"), infos(n1="40000-41000", n2="50000-51000")]
    (pool,) = run(script, source())
    assert (text.members(pool), text.left(pool)) == ("198.18.0.1:40000@a", "b=mapping_outside_range")


@pytest.mark.parametrize("conf", ["nodePortLocal: [oops", "", "nodePortLocal: {portRange: 1-}", f"nodePortLocal: {{portRange: {'9' * 5000}-{'9' * 5000}}}"])
def test_a_configuration_without_a_range_widens_nothing(conf: str) -> None:
    (pool,) = run([services(), slices(), pods(KUBELET), nodes(), *configured(conf), infos(n1="nonsense", n2="")], source())
    assert text.left(pool) == "a=mapping_outside_range" and "outside of 61000-62000, the ports" in pool.left_out[0].message


def test_ranges_that_may_not_be_read_are_named() -> None:
    script = [services(), slices(), pods(KUBELET), nodes(), *[denied(exchange) for exchange in (listing(OWN, labels=AGENT), infos())]]
    message = run(script, source())[0].left_out[0].message
    assert "listing DaemonSets in namespace kube-system" in message and "listing AntreaAgentInfos" in message and "trust_npl_annotations: true" in message


def test_a_range_that_cannot_be_read_for_another_reason_fails() -> None:
    broken = Exchange("GET", listing(OWN, labels=AGENT).path, 400, json=status(400, "no"))
    assert failing([services(), slices(), pods(KUBELET), nodes(), broken], source()).code == "kubernetes_error"


def test_where_antrea_has_no_such_objects_the_configuration_counts() -> None:
    missing = Exchange("GET", infos().path, 404, json=status(404, "the server could not find the requested resource"))
    (pool,) = run([services(), slices(), pods(KUBELET), nodes(), *configured(), missing], source())
    assert text.left(pool) == "a=mapping_outside_range"


@pytest.mark.parametrize("namespace", ["evil", "kube-system-evil", "vmware-systems", "xvmware-system-antrea"])
def test_a_daemon_set_with_antreas_labels_elsewhere_sets_no_range(namespace: str) -> None:
    """Its ConfigMap is not even read."""
    fake = daemon_set()
    fake["metadata"]["namespace"] = namespace
    script = [services(), slices(), pods(KUBELET), nodes(), listing(OWN, labels=AGENT), listing(DAEMON_SETS, fake, labels=AGENT), infos()]
    assert text.left(run(script, source())[0]) == "a=mapping_outside_range"


def test_the_daemon_set_of_a_release_that_keeps_antrea_elsewhere() -> None:
    moved, config = daemon_set(), antrea("nodePortLocal: {enable: true, portRange: 40000-41000}")[2]
    moved["metadata"]["namespace"] = "vmware-system-antrea"
    there = Exchange("GET", "/api/v1/namespaces/vmware-system-antrea/configmaps/antrea-config", json=config.json)
    script = [services(), slices(), pods(FORTY), nodes(), listing(OWN, labels=AGENT), listing(DAEMON_SETS, moved, labels=AGENT), there]
    assert text.members(run(script, source())[0]) == "198.18.0.1:40000@a"


def test_a_mapping_outside_of_the_range_is_waited_for() -> None:
    """Antrea rewrites it."""
    script = [services(), slices(), pods(KUBELET), nodes(), *configured(), infos(), slices(), pods(), nodes()]
    (pool,) = run(script, source(wait_for_mappings=30))
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == ()


# -- two Pods that name the same port of a node --------------------------------------------------------------------

OTHER_SLICE = text.endpoint_slice("http:8080/TCP | b@n1", name="other")
BOTH = "a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000"


def two_pods() -> list[Exchange]:
    return [services(text.service(npl="true"), text.service(name="other", npl="true")), slices(SLICE, OTHER_SLICE), pods(BOTH, "a b"), nodes()]


def test_a_dispute_between_two_sources_costs_no_read() -> None:
    web, other = run(two_pods(), source(), source(name="other", path="pools[1]"))
    assert (text.left(web), text.left(other)) == ("a=mapping_contested", "b=mapping_contested")


@pytest.mark.parametrize(
    "piece, members, left",
    [
        (OTHER_SLICE, "", "a=mapping_contested"),
        (text.endpoint_slice("http:8080/TCP | b@n2", name="other"), "198.18.0.1:61000@a", ""),
        (text.endpoint_slice("http:8080/TCP | ", name="other"), "198.18.0.1:61000@a", ""),
        (text.endpoint_slice("http:8080/TCP | b@n1!dying", name="other"), "198.18.0.1:61000@a", ""),
    ],
    ids=["on the same node", "on another node", "nowhere", "terminating"],
)
def test_where_a_pod_of_another_service_runs_is_looked_up(piece: dict[str, Any], members: str, left: str) -> None:
    (pool,) = run([*two_pods(), slices(SLICE, piece)], source())
    assert (text.members(pool), text.left(pool)) == (members, left)


def test_a_dispute_between_other_pods_costs_no_read() -> None:
    (pool,) = run([services(), slices(), pods(f"{MAPS} b:8080/tcp=198.18.0.2:61000 c:8080/tcp=198.18.0.2:61000", "a b c"), nodes()], source())
    assert text.members(pool) == "198.18.0.1:61000@a"


def test_a_dispute_that_antrea_settles_is_waited_for() -> None:
    settled = pods(f"{MAPS} b:8080/tcp=198.18.0.1:61001", "a b")
    (pool,) = run([*two_pods(), slices(SLICE, OTHER_SLICE), slices(SLICE, OTHER_SLICE), settled, nodes()], source(wait_for_mappings=30))
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.warnings == ()


# -- waiting for Antrea --------------------------------------------------------------------------------------------


def test_mappings_that_come_are_waited_for() -> None:
    clock = Clock()
    again = [slices(), pods(maps=""), nodes(), slices(), pods(), nodes()]
    (pool,) = run([services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY, *again], source(wait_for_mappings=30), clock=clock)
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == () and pool.warnings == ()
    assert len(clock.pauses) == 2 and clock.now < 3


def test_what_is_still_missing_after_the_wait_is_said() -> None:
    clock = Clock()
    script = [services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY, slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY]
    (pool,) = run(script, source(wait_for_mappings=0.3), clock=clock)
    assert text.left(pool) == "a=mapping_missing" and "After 0.3 s" in pool.warnings[0] and clock.now == pytest.approx(0.3)


def test_only_the_pools_with_a_gap_wait() -> None:
    other = text.service(name="other", npl="true")
    ready = text.endpoint_slice("http:8080/TCP | b@n2", name="other")
    mapped = "b:8080/tcp=198.18.0.2:61000"
    script = [services(text.service(npl="true"), other), slices(SLICE, ready), pods(maps=mapped, names="a b"), nodes(), *antrea(ON), EVERYBODY]
    script += [slices(), pods(maps=f"{MAPS} {mapped}", names="a b"), nodes()]
    first, second = run(script, source(wait_for_mappings=30), source(name="other", path="pools[1]", wait_for_mappings=30))
    assert text.members(first) == "198.18.0.1:61000@a" and text.members(second) == "198.18.0.2:61000@b"


def test_no_wait_where_no_mapping_will_come() -> None:
    clock = Clock()
    (pool,) = run([services(), slices(), pods(maps=""), nodes(), *antrea("")], source(wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=npl_off" and clock.now == 0


@pytest.mark.parametrize("annotation", ["[{", "{}", '[{"podPort":"8080","nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp"}]'])
def test_no_wait_for_an_annotation_that_antrea_cannot_read(annotation: str) -> None:
    clock = Clock()
    (pool,) = run([services(), slices(), raw_pod(annotation), nodes()], source(wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=mapping_malformed" and len(pool.warnings) == 1 and clock.now == 0


def test_a_wrong_value_is_waited_for() -> None:
    """Antrea rewrites it."""
    wrong = raw_pod('[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":0,"protocol":"tcp"}]')
    (pool,) = run([services(), slices(), wrong, nodes(), *antrea(ON), EVERYBODY, slices(), pods(), nodes()], source(wait_for_mappings=30))
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == ()


SIX = [services(text.service(npl="true", families=["IPv6"])), slices(text.endpoint_slice("v6 http:8080/TCP | a@n1"))]


def test_no_wait_for_ipv6_of_antrea_2_5() -> None:
    clock = Clock()
    (pool,) = run([*SIX, pods(), nodes()], source(wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=mapping_other_family" and clock.now == 0


def test_ipv6_of_antrea_2_6_is_waited_for() -> None:
    both = f"{MAPS};IPv4 a:8080/tcp=2001:db8:18::1:61000;IPv6"
    script = [*SIX, pods(f"{MAPS};IPv4"), nodes(), *antrea(ON), EVERYBODY, SIX[1], pods(both), nodes()]
    (pool,) = run(script, source(wait_for_mappings=30))
    assert text.members(pool) == "[2001:db8:18::1]:61000@a" and pool.left_out == ()


def test_a_gap_that_stays_does_not_stop_the_wait_for_another() -> None:
    line = slices(text.endpoint_slice("http:8080/TCP | a@n1 b@n2"))
    first = listing(kube.pods(), *text.pods("a b", raw={"a": "[{"}))
    second = listing(kube.pods(), *text.pods("a b", "b:8080/tcp=198.18.0.2:61000", raw={"a": "[{"}))
    (pool,) = run([services(), line, first, nodes(), *antrea(ON), EVERYBODY, line, second, nodes()], source(wait_for_mappings=30))
    assert text.members(pool) == "198.18.0.2:61000@b" and text.left(pool) == "a=mapping_malformed" and len(pool.warnings) == 1


def test_the_wait_ends_with_the_tasks_deadline() -> None:
    clock = Clock()
    with ScriptedServer([services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY]) as server:
        server.left.extend([item for _n in range(30) for item in (slices(), pods(maps=""), nodes())])
        with pytest.raises(Failure) as caught:
            collect({"host": server.url, "allow_http": True, "api_key": "t"}, [source(wait_for_mappings=600)], clock.deadline(20))
        server.left.clear()
    assert caught.value.code == "kubernetes_timeout" and clock.now == pytest.approx(20)


# -- auto asks Antrea only when no Pod proves it --------------------------------------------------------------------


def test_auto_reads_antreas_configuration_when_no_pod_proves_it() -> None:
    (pool,) = run([services(), slices(), pods(), nodes()], source("auto"))
    assert pool.pool_member_type == "nodeportlocal"
    (pool,) = run([services(LB), slices(), pods(maps=""), nodes(), *antrea("")], source("auto"))
    assert pool.pool_member_type == "nodeport" and "nodePortLocal.enable is not true" in pool.chosen_because


def test_antreas_labels_in_another_namespace_flip_nothing() -> None:
    """An editor of a namespace makes a DaemonSet, its Pods and its configuration."""
    warnings: list[str] = []
    evil = daemon_set()
    evil["metadata"]["namespace"] = "evil"
    (pool,) = run([services(LB), slices(), pods(maps=""), nodes(), listing(DAEMON_SETS, evil, labels=AGENT)], source("auto"), warn=warnings.append)
    assert pool.pool_member_type == "nodeport" and "evil/antrea-agent has the name or the labels of a CNI" in warnings[0]


@pytest.mark.parametrize("conf", ["[" * 50_000, "a: " + "9" * 5000, "nodePortLocal: 5"], ids=["deep", "number", "wrong"])
def test_a_configuration_of_antrea_that_cannot_be_read(conf: str) -> None:
    (pool,) = run([services(LB), slices(), pods(maps=""), nodes(), *antrea(conf)], source("auto"))
    assert pool.pool_member_type == "nodeport"


# -- discovery -----------------------------------------------------------------------------------------------------


def test_every_service_port_that_the_mode_can_serve() -> None:
    ports = "http:80/TCP>8080#30080 dns:53/UDP>53#30053 dns-tcp:53/TCP>53#31053"
    script = [
        listing(kube.ALL_SERVICES, text.service(ports, type="NodePort"), text.service(name="internal"), labels="tier=web"),
        listing(kube.ALL_SLICES, text.endpoint_slice("http:8080/TCP dns:53/UDP dns-tcp:53/TCP | a@n1")),
        nodes(),
    ]
    with ScriptedServer(script) as server, Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster:
        pools, refused = cluster.discover({"pool_member_type": "nodeport"}, None, "tier=web")
        assert cluster.requests == 3
    assert [(pool.port, pool.protocol, pool.members[0].port) for pool in pools] == [(80, "TCP", 30080), (53, "UDP", 30053), (53, "TCP", 31053)]
    assert [(item.name, failed.code) for item, failed in refused] == [("internal", "nodeport_service_type")]


def test_discovery_in_namespaces() -> None:
    script = [listing(kube.services("a"), text.service(namespace="a")), listing(kube.services("b")), listing(kube.slices("a"))]
    with ScriptedServer(script) as server, Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster:
        pools, refused = cluster.discover({"pool_member_type": "cluster", "network_provider": "vsphere"}, ["b", "a"], None)
    assert [(pool.namespace, pool.members) for pool in pools] == [("a", ())] and refused == []


# -- single objects ------------------------------------------------------------------------------------------------


def with_cluster(script: list[Exchange]) -> Any:
    class Both:
        def __enter__(self) -> Cluster:
            self.server = ScriptedServer(script).__enter__()
            return Cluster({"host": self.server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())

        def __exit__(self, *exc: Any) -> None:
            self.server.__exit__(*exc)

    return Both()


KUBE_SYSTEM = "/api/v1/namespaces/kube-system"
SECRET = "/api/v1/namespaces/shop/secrets/tls"


def test_uid() -> None:
    with with_cluster([Exchange("GET", KUBE_SYSTEM, json={"metadata": {"uid": "u-1"}})]) as cluster:
        assert cluster.uid() == "u-1"


def test_uid_denied_asks_for_owner() -> None:
    with with_cluster([Exchange("GET", KUBE_SYSTEM, 403, json=status(403, "no"))]) as cluster:
        with pytest.raises(Failure) as caught:
            cluster.uid()
    assert caught.value.code == "owner_required" and "owner" in caught.value.message


def test_secret() -> None:
    data = {"tls.crt": base64.b64encode(b"CERT").decode()}
    with with_cluster([Exchange("GET", SECRET, json={"data": data})]) as cluster:
        assert cluster.secret("shop", "tls") == {"tls.crt": b"CERT"}


def test_a_secret_that_is_not_there() -> None:
    with with_cluster([Exchange("GET", SECRET, 404, json=status(404, 'secrets "tls" not found'))]) as cluster:
        with pytest.raises(Failure) as caught:
            cluster.secret("shop", "tls")
    assert caught.value.code == "secret_not_found" and "shop/tls" in caught.value.message


def test_services_by_label_are_sorted_and_of_the_namespaces_that_are_named() -> None:
    script = [
        listing("/api/v1/namespaces/one/services", text.service(name="b", namespace="one"), labels="x"),
        listing("/api/v1/namespaces/two/services", text.service(name="a", namespace="two"), labels="x"),
    ]
    with with_cluster(script) as cluster:
        assert [str(item) for item in cluster.list_services("x", ["two", "one"])] == ["one/b", "two/a"]


def test_services_by_label_of_many_namespaces_are_one_list() -> None:
    found = [text.service(name="b", namespace="n1"), text.service(name="a", namespace="evil")]
    with with_cluster([listing(kube.ALL_SERVICES, *found, labels="x")]) as cluster:
        assert [str(item) for item in cluster.list_services("x", [f"n{number}" for number in range(9)])] == ["n1/b"]


def test_deployments_and_config_maps() -> None:
    script = [listing("/apis/apps/v1/deployments", {"spec": 1}), listing("/api/v1/configmaps", {"data": 1}, labels="as3=true")]
    with with_cluster(script) as cluster:
        assert cluster.deployments() == [{"spec": 1}] and cluster.config_maps("as3=true") == [{"data": 1}]
