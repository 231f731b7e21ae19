# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reason of a missing mapping, the mappings that are believed, and the reads of Antrea for mode auto."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.collecting import (
    AGENT,
    DAEMON_SETS,
    EVERYBODY,
    LB,
    MAPS,
    ON,
    SLICE,
    agent,
    antrea,
    daemon_set,
    denied,
    failing,
    nodes,
    pods,
    raw_pod,
    run,
    services,
    slices,
    source,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange


def explained(extra: list[Exchange], *more: Source, service: dict[str, Any] | None = None) -> tuple[str, str]:
    (pool,) = run(
        [services(*([service] if service else [])), slices(), pods(maps=""), nodes(), *extra],
        *(more or (source(),)),
    )
    assert not pool.members
    (item,) = pool.left_out
    return item.reason, item.message


def test_no_extra_read_when_nothing_is_missing() -> None:
    assert run([services(), slices(), pods(), nodes()], source())[0].left_out == ()


def test_no_extra_read_for_what_no_agent_changes() -> None:
    (pool,) = run([services(), slices(), raw_pod("[{"), nodes()], source())
    assert text.left(pool) == "a=mapping_malformed"
    script = [
        services(text.service(npl="true", families=["IPv6"])),
        slices(text.endpoint_slice("v6 http:8080/TCP | a@n1")),
        pods(),
        nodes(),
    ]
    (pool,) = run(script, source())
    assert text.left(pool) == "a=mapping_other_family"


NAMED = text.service("http:80/TCP>web", npl="true")


@pytest.mark.parametrize("service", [None, NAMED])
def test_no_antrea_at_all(service: dict[str, Any] | None) -> None:
    assert explained([listing(DAEMON_SETS, labels=AGENT)], service=service)[0] == "antrea_missing"


@pytest.mark.parametrize("service", [None, NAMED])
def test_no_further_read_where_nodeportlocal_is_off(service: dict[str, Any] | None) -> None:
    conf = "nodePortLocal: {enable: false, portRange: 61000-61000}"
    assert explained(antrea(conf), service=service)[0] == "npl_off"


def test_a_pod_that_was_created_now_by_the_servers_clock() -> None:
    young = listing(kube.pods(), *text.pods("a", created="2999-01-01T00:00:00Z"))
    (pool,) = run([services(), slices(), young, nodes(), *antrea(ON), EVERYBODY], source())
    assert text.left(pool) == "a=mapping_pending"


@pytest.mark.parametrize(
    ("service", "extra", "what"),
    [
        (None, [denied(EVERYBODY)], "listing Pods in the whole cluster"),
        (
            NAMED,
            [EVERYBODY, denied(listing(kube.pods(), labels="app=web"))],
            "listing Pods in namespace default with app=web",
        ),
        (
            NAMED,
            [denied(EVERYBODY), denied(listing(kube.pods(), labels="app=web"))],
            "listing Pods in the whole cluster; listing Pods in namespace default with app=web",
        ),
    ],
)
def test_pods_that_may_not_be_read_are_named(
    service: dict[str, Any] | None, extra: list[Exchange], what: str
) -> None:
    reason, message = explained([*antrea(ON), *extra], service=service)
    assert reason == "mapping_missing"
    assert f" Not known, because it could not be read: {what}. " in message


def test_containers_are_read_only_of_a_pool_with_a_gap() -> None:
    ready = text.service("http:80/TCP>web", name="ready", npl="true", selector={"app": "ready"})
    script = [
        services(NAMED, ready),
        slices(SLICE, text.endpoint_slice("http:8080/TCP | b@n2", name="ready")),
        pods("b:8080/tcp=198.18.0.2:61000", "a b"),
        nodes(),
        *antrea(ON),
        EVERYBODY,
        listing(kube.pods(), labels="app=web"),
    ]
    web, other = run(script, source(), source(name="ready", path="pools[1]"))
    assert (text.left(web), text.members(other)) == ("a=mapping_missing", "198.18.0.2:61000@b")


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
    assert (
        reason == "npl_off" and f"{setting} " in message and "ConfigMap kube-system/antrea-config" in message
    )


def test_before_antrea_1_4_the_gate_alone_decides() -> None:
    assert (
        explained(antrea("featureGates: {NodePortLocal: true}\nnplPortRange: 40000-41000"))[0]
        == "mapping_missing"
    )


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
    pod = {
        "metadata": {"uid": "uid-a"},
        "spec": {"containers": [{"ports": [{"name": "admin", "containerPort": 1}]}], "initContainers": [{}]},
    }
    extra = [*antrea(ON), EVERYBODY, listing(kube.pods(), pod, labels="app=web")]
    assert explained(extra, service=service)[0] == "named_port_sidecar"


def test_a_host_port_takes_no_port_of_the_range() -> None:
    """Antrea annotates it without a port of its own: outside of the range it shows nothing about the range."""
    others = text.pods("z", "z:1/tcp=198.18.0.1:8443", namespace="other")
    assert explained([*antrea(ON), listing(kube.ALL_PODS, *others)])[0] == "mapping_missing"


OTHER_PORT = "a:9090/tcp=198.18.0.1:61000"


def test_another_mapping_does_not_hide_that_the_range_is_used_up() -> None:
    mine = text.pods("a", OTHER_PORT)
    (pool,) = run(
        [services(), slices(), pods(OTHER_PORT), nodes(), *antrea(ON), listing(kube.ALL_PODS, *mine)],
        source(),
    )
    assert text.left(pool) == "a=ports_used_up"


def test_another_mapping_does_not_hide_the_named_port_of_a_sidecar() -> None:
    """And wait_for_mappings does not wait for it."""
    service = text.service("http:80/TCP>8080 admin:81/TCP>admin", npl="true")
    both = text.endpoint_slice("http:8080/TCP admin:9901/TCP | a@n1")
    pod = {
        "metadata": {"uid": "uid-a"},
        "spec": {
            "containers": [{"ports": [{"name": "http", "containerPort": 8080}]}],
            "initContainers": [{}],
        },
    }
    script = [
        services(service),
        slices(both),
        pods(),
        nodes(),
        *antrea("nodePortLocal: {enable: true}"),
        EVERYBODY,
    ]
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
    assert (
        reason == "mapping_missing"
        and "listing Pods in namespace kube-system" in message
        and "reading ConfigMap kube-system/antrea-config" in message
    )


def test_a_configuration_that_cannot_be_parsed_explains_nothing() -> None:
    assert explained(antrea("nodePortLocal: [oops"))[0] == "mapping_missing"


INFOS = "/apis/crd.antrea.io/v1beta1/antreaagentinfos"
OWN = "/apis/apps/v1/namespaces/kube-system/daemonsets"
FORTY = "a:8080/tcp=198.18.0.1:40000"
KUBELET = "a:8080/tcp=198.18.0.1:10250"


def configured(
    conf: str = "nodePortLocal: {enable: true, portRange: 40000-41000}", **more: Any
) -> list[Exchange]:
    """The two reads that the range costs."""
    return [listing(OWN, daemon_set(**more), labels=AGENT), antrea(conf)[2]]


def infos(**ranges: str) -> Exchange:
    return listing(
        INFOS,
        *({"metadata": {"name": node}, "nodePortLocalPortRange": text} for node, text in ranges.items()),
    )


def test_the_range_is_read_only_when_a_mapping_is_outside_of_the_default() -> None:
    (pool,) = run([services(), slices(), pods(FORTY), nodes(), *configured()], source())
    assert text.members(pool) == "198.18.0.1:40000@a" and pool.left_out == ()


def test_the_range_is_read_once_for_all_pools() -> None:
    two = [
        services(text.service(npl="true"), text.service(name="web2", npl="true")),
        slices(SLICE, text.endpoint_slice("http:8080/TCP | a@n1", name="web2")),
    ]
    found = run(
        [*two, pods(KUBELET), nodes(), *configured(), infos()], source(), source(name="web2", path="pools[1]")
    )
    assert [text.left(pool) for pool in found] == ["a=mapping_outside_range"] * 2


def test_no_range_is_read_where_the_annotation_is_trusted() -> None:
    (pool,) = run([services(), slices(), pods(KUBELET), nodes()], source(trust_npl_annotations=True))
    assert text.members(pool) == "198.18.0.1:10250@a"


def test_a_port_outside_of_every_range_is_left_out_and_the_reason_names_them() -> None:
    (pool,) = run(
        [services(), slices(), pods(KUBELET), nodes(), *configured(), infos(n1="40000-41000")], source()
    )
    assert text.left(pool) == "a=mapping_outside_range" and pool.warnings == (
        pool.left_out[0].message.partition(" If it is")[0],
    )
    assert "198.18.0.1 port 10250, which is outside of 61000-62000 and 40000-41000" in pool.warnings[0]


def test_an_agent_that_still_runs_with_a_former_range_keeps_its_members() -> None:
    both = slices(text.endpoint_slice("http:8080/TCP | a@n1 b@n2"))
    script = [services(), both, pods(f"{FORTY} b:8080/tcp=198.18.0.2:40000", "a b"), nodes()]
    script += [
        *configured("nodePortLocal: {enable: true, portRange: 50000-51000}"),
        infos(n1="40000-41000", n2="50000-51000"),
    ]
    (pool,) = run(script, source())
    assert (text.members(pool), text.left(pool)) == ("198.18.0.1:40000@a", "b=mapping_outside_range")


@pytest.mark.parametrize(
    "conf",
    [
        "nodePortLocal: [oops",
        "",
        "nodePortLocal: {portRange: 1-}",
        f"nodePortLocal: {{portRange: {'9' * 5000}-{'9' * 5000}}}",
    ],
)
def test_a_configuration_without_a_range_widens_nothing(conf: str) -> None:
    (pool,) = run(
        [services(), slices(), pods(KUBELET), nodes(), *configured(conf), infos(n1="nonsense", n2="")],
        source(),
    )
    assert (
        text.left(pool) == "a=mapping_outside_range"
        and "outside of 61000-62000, the ports" in pool.left_out[0].message
    )


def test_ranges_that_may_not_be_read_are_named() -> None:
    script = [
        services(),
        slices(),
        pods(KUBELET),
        nodes(),
        *[denied(exchange) for exchange in (listing(OWN, labels=AGENT), infos())],
    ]
    message = run(script, source())[0].left_out[0].message
    assert (
        "listing DaemonSets in namespace kube-system" in message
        and "listing AntreaAgentInfos" in message
        and "trust_npl_annotations: true" in message
    )


def test_a_range_that_cannot_be_read_for_another_reason_fails() -> None:
    broken = Exchange("GET", listing(OWN, labels=AGENT).path, 400, json=status(400, "no"))
    assert (
        failing([services(), slices(), pods(KUBELET), nodes(), broken], source()).code == "kubernetes_error"
    )


def test_where_antrea_has_no_such_objects_the_configuration_counts() -> None:
    missing = Exchange(
        "GET", infos().path, 404, json=status(404, "the server could not find the requested resource")
    )
    (pool,) = run([services(), slices(), pods(KUBELET), nodes(), *configured(), missing], source())
    assert text.left(pool) == "a=mapping_outside_range"


@pytest.mark.parametrize("namespace", ["evil", "kube-system-evil", "vmware-systems", "xvmware-system-antrea"])
def test_a_daemon_set_with_antreas_labels_elsewhere_sets_no_range(namespace: str) -> None:
    """Its ConfigMap is not even read."""
    fake = daemon_set()
    fake["metadata"]["namespace"] = namespace
    script = [
        services(),
        slices(),
        pods(KUBELET),
        nodes(),
        listing(OWN, labels=AGENT),
        listing(DAEMON_SETS, fake, labels=AGENT),
        infos(),
    ]
    assert text.left(run(script, source())[0]) == "a=mapping_outside_range"


def test_the_daemon_set_of_a_release_that_keeps_antrea_elsewhere() -> None:
    moved, config = daemon_set(), antrea("nodePortLocal: {enable: true, portRange: 40000-41000}")[2]
    moved["metadata"]["namespace"] = "vmware-system-antrea"
    there = Exchange(
        "GET", "/api/v1/namespaces/vmware-system-antrea/configmaps/antrea-config", json=config.json
    )
    script = [
        services(),
        slices(),
        pods(FORTY),
        nodes(),
        listing(OWN, labels=AGENT),
        listing(DAEMON_SETS, moved, labels=AGENT),
        there,
    ]
    assert text.members(run(script, source())[0]) == "198.18.0.1:40000@a"


def test_a_mapping_outside_of_the_range_is_waited_for() -> None:
    """Antrea rewrites it."""
    script = [services(), slices(), pods(KUBELET), nodes(), *configured(), infos(), slices(), pods(), nodes()]
    (pool,) = run(script, source(wait_for_mappings=30))
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == ()


OTHER_SLICE = text.endpoint_slice("http:8080/TCP | b@n1", name="other")
BOTH = "a:8080/tcp=198.18.0.1:61000 b:8080/tcp=198.18.0.1:61000"


def two_pods() -> list[Exchange]:
    return [
        services(text.service(npl="true"), text.service(name="other", npl="true")),
        slices(SLICE, OTHER_SLICE),
        pods(BOTH, "a b"),
        nodes(),
    ]


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
def test_where_a_pod_of_another_service_runs_is_looked_up(
    piece: dict[str, Any], members: str, left: str
) -> None:
    (pool,) = run([*two_pods(), slices(SLICE, piece)], source())
    assert (text.members(pool), text.left(pool)) == (members, left)


def test_a_dispute_between_other_pods_costs_no_read() -> None:
    (pool,) = run(
        [
            services(),
            slices(),
            pods(f"{MAPS} b:8080/tcp=198.18.0.2:61000 c:8080/tcp=198.18.0.2:61000", "a b c"),
            nodes(),
        ],
        source(),
    )
    assert text.members(pool) == "198.18.0.1:61000@a"


def test_a_dispute_that_antrea_settles_is_waited_for() -> None:
    settled = pods(f"{MAPS} b:8080/tcp=198.18.0.1:61001", "a b")
    (pool,) = run(
        [*two_pods(), slices(SLICE, OTHER_SLICE), slices(SLICE, OTHER_SLICE), settled, nodes()],
        source(wait_for_mappings=30),
    )
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.warnings == ()


def test_auto_reads_antreas_configuration_when_no_pod_proves_it() -> None:
    (pool,) = run([services(), slices(), pods(), nodes()], source("auto"))
    assert pool.mode == "nodeportlocal"
    (pool,) = run([services(LB), slices(), pods(maps=""), nodes(), *antrea("")], source("auto"))
    assert pool.mode == "nodeport" and "nodePortLocal.enable is not true" in pool.chosen_because


def test_antreas_labels_in_another_namespace_flip_nothing() -> None:
    """An editor of a namespace makes a DaemonSet, its Pods and its configuration."""
    warnings: list[str] = []
    evil = daemon_set()
    evil["metadata"]["namespace"] = "evil"
    (pool,) = run(
        [services(LB), slices(), pods(maps=""), nodes(), listing(DAEMON_SETS, evil, labels=AGENT)],
        source("auto"),
        warn=warnings.append,
    )
    assert pool.mode == "nodeport" and "evil/antrea-agent has the name or the labels of a CNI" in warnings[0]


@pytest.mark.parametrize(
    "conf", ["[" * 50_000, "a: " + "9" * 5000, "nodePortLocal: 5"], ids=["deep", "number", "wrong"]
)
def test_a_configuration_of_antrea_that_cannot_be_read(conf: str) -> None:
    (pool,) = run([services(LB), slices(), pods(maps=""), nodes(), *antrea(conf)], source("auto"))
    assert pool.mode == "nodeport"
