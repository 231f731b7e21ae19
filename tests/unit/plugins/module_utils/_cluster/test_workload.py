# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a workload cluster: controllers, packages, and the Services that the checks need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Sequence

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis.options import NAMESPACES, elsewhere
from ansible_collections.vks.bigip.plugins.module_utils._cluster.reader import Reader
from ansible_collections.vks.bigip.plugins.module_utils._cluster.workload import (
    PACKAGE_INSTALLS,
    WorkloadCluster,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import NodeVersion
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._kube import objects, snapshot
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Snapshot
from ansible_collections.vks.bigip.tests.unit.support import answers as api
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.answers import denied, found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

PACKAGES = PACKAGE_INSTALLS.path(None)
SLICE = text.endpoint_slice("http:8080/TCP | a@n1")


def run(
    script: list[Exchange], work: Callable[[WorkloadCluster], Any], namespaces: Sequence[str] = NAMESPACES
) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, kube.Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(WorkloadCluster(Reader(client), namespaces))
        finally:
            client.close()


def package(namespace: str) -> dict[str, Any]:
    return {
        "metadata": {"namespace": namespace, "name": "antrea"},
        "spec": {"packageRef": {"refName": "antrea.x"}},
    }


def test_packages_of_the_platform() -> None:
    script = [listing(PACKAGES, package("vmware-system-tkg"), package("evil"))]
    assert [item.name for item in run(script, lambda cluster: cluster.packages())] == [
        "vmware-system-tkg/antrea"
    ]
    assert run([missing(f"{PACKAGES}?limit=500")], lambda cluster: cluster.packages()) == ()
    unread = Unknown(words("PackageInstalls", "packaging.carvel.dev", "packageinstalls"))
    assert run([denied(PACKAGES)], lambda cluster: cluster.packages()) == unread


def test_transport_servers() -> None:
    def work(cluster: WorkloadCluster) -> Any:
        return cluster.transport_servers()

    path = "/apis/cis.f5.com/v1/transportservers"
    assert run([listing(path, package("a"), package("b"))], work) == ("a/antrea", "b/antrea")
    assert run([missing(f"{path}?limit=500")], work) == ()
    assert run([denied(path)], work) == Unknown(words("TransportServers", "cis.f5.com", "transportservers"))


def words(kind: str, group: str, resource: str) -> str:
    """The sentence of a list of the whole cluster that is forbidden."""
    root = f"/apis/{group}" if group else "/api"
    version = "/v1alpha1" if group == "packaging.carvel.dev" else "/v1"
    return (
        f"Listing {kind} in the whole cluster: {root}{version}/{resource} is forbidden. "
        f'Bind a ClusterRole with the rule {{apiGroups: ["{group}"], '
        f'resources: ["{resource}"], verbs: ["list"]}} to this user '
        "(docs/rbac/ has the least Role of each mode)."
    )


NODES = (NodeVersion(snapshot.node(text.node("n1")), "v1.35.0"), NodeVersion(snapshot.node(text.node("n2")), ""))


def applications(
    script: list[Exchange], namespaces: list[str] | None, nodes: Any = NODES, labels: str | None = "app=web"
) -> dict[str, Any]:
    made: dict[str, Any] = run(script, lambda cluster: cluster.applications(namespaces, labels, nodes))
    return made


def read(namespaces: str, pods: str, nodes: Any = NODES) -> Snapshot:
    """Service web and its slice in each of the namespaces, and these Pods (namespace/name)."""
    services = [snapshot.service(text.service(namespace=name)) for name in namespaces.split()]
    slices = [snapshot.endpoint_slice(sliced(name)) for name in namespaces.split()]
    return Snapshot(
        services={(one.namespace, one.name): one for one in services},
        slices={key: [piece] for key, piece in filter(None, slices)},
        pods=dict(snapshot.pod(of_pod(name)) for name in pods.split()),
        nodes={machine.node.name: machine.node for machine in nodes} if nodes else None,
    )


def sliced(namespace: str) -> dict[str, Any]:
    return text.endpoint_slice("http:8080/TCP | a@n1", namespace=namespace)


def of_pod(name: str, maps: str = "") -> dict[str, Any]:
    namespace, _slash, pod = name.partition("/")
    (raw,) = text.pods(pod, maps)
    return {**raw, "metadata": {**raw["metadata"], "namespace": namespace}}


def same(made: Snapshot, expected: Snapshot) -> bool:
    """Results that are kept beside the facts do not count."""
    return replace(made, now=0.0, eligibility={}) == expected


def test_applications_of_the_whole_cluster() -> None:
    script = [
        listing(kube.ALL_SERVICES, text.service(), labels="app=web"),
        listing(kube.ALL_SLICES, SLICE),
        listing(kube.ALL_PODS, of_pod("default/a"), of_pod("other/b")),
    ]
    made = applications(script, None)
    assert made.keys() == {"applications", "all_pods"} and made["all_pods"] is True
    assert same(made["applications"], read("default", "default/a other/b"))
    assert made["applications"].now > 1_700_000_000
    unread = applications([listing(kube.ALL_SERVICES), *script[1:]], [], Unknown("x"), None)["applications"]
    assert unread.nodes is None and unread.services == {}


def test_applications_of_some_namespaces() -> None:
    script = [
        exchange
        for name in ("default", "shop")
        for exchange in (
            listing(kube.services(name), text.service(namespace=name), labels="app=web"),
            listing(kube.slices(name), sliced(name)),
        )
    ]
    made = applications([*script, listing(kube.ALL_PODS, of_pod("x/a"))], ["shop", "default", "shop"])
    assert made["all_pods"] is True and same(made["applications"], read("default shop", "x/a"))


def test_namespaces_are_read_in_the_order_of_their_names() -> None:
    names = ["e", "b", "f", "a", "d", "c"]
    script = [
        exchange
        for name in sorted(names)
        for exchange in (listing(kube.services(name), labels="app=web"), listing(kube.slices(name)))
    ]
    assert applications([*script, listing(kube.ALL_PODS)], names)["all_pods"] is True


def test_slices_of_one_service() -> None:
    script = [
        listing(kube.ALL_SERVICES, labels="app=web"),
        listing(kube.ALL_SLICES, SLICE, text.endpoint_slice("http:8080/TCP | b@n1", 1), {"metadata": {}}),
        listing(kube.ALL_PODS),
    ]
    slices = applications(script, None)["applications"].slices
    assert {key: [piece.name for piece in pieces] for key, pieces in slices.items()} == {
        ("default", "web"): ["web-0", "web-1"]
    }


def test_pods_of_the_named_namespaces_where_all_are_forbidden() -> None:
    start = [
        listing(kube.services(), text.service(), labels="app=web"),
        listing(kube.slices(), SLICE),
        listing(kube.services("shop"), text.service(namespace="shop"), labels="app=web"),
        listing(kube.slices("shop"), sliced("shop")),
        denied(kube.ALL_PODS),
    ]
    pods = [listing(kube.pods(), of_pod("default/a")), listing(kube.pods("shop"), of_pod("shop/b"))]
    made = applications([*start, *pods], ["shop", "default"])
    assert made["all_pods"] is False
    assert same(made["applications"], read("default shop", "default/a shop/b"))
    refused = applications([*start, denied(kube.pods())], ["shop", "default"])
    assert refused.keys() == {"applications"} and isinstance(refused["applications"], Unknown)


def test_without_namespaces_forbidden_pods_make_the_applications_unknown() -> None:
    script = [
        listing(kube.ALL_SERVICES, labels="app=web"),
        listing(kube.ALL_SLICES),
        denied(kube.ALL_PODS),
    ]
    assert applications(script, None) == {"applications": Unknown(words("Pods", "", "pods"))}


def mapped(name: str) -> dict[str, Any]:
    return of_pod(name, f"{name.partition('/')[2]}:80/tcp=198.18.0.1:61000")


@pytest.mark.parametrize(
    ("namespaces", "homes"),
    [(None, {"uid-b": frozenset(), "uid-c": frozenset()}), (["default"], {"uid-c": frozenset()})],
)
def test_pods_of_a_dispute_without_an_endpoint(namespaces: list[str] | None, homes: dict[str, Any]) -> None:
    script = [
        listing(kube.services() if namespaces else kube.ALL_SERVICES, labels="app=web"),
        listing(kube.slices() if namespaces else kube.ALL_SLICES, SLICE),
        listing(kube.ALL_PODS, *(mapped(name) for name in ("default/a", "other/b", "default/c"))),
    ]
    made = applications(script, namespaces)["applications"]
    assert made.homes == homes and made.annotations is None


def base(*script: Exchange) -> dict[str, Any]:
    start = [api.version(), listing(kube.NODES), listing(api.DAEMON_SETS)]
    made: dict[str, Any] = run([*start, *script], lambda cluster: cluster.base())
    return made


EMPTY = [listing(api.DEPLOYMENTS), listing(api.STATEFUL_SETS)]
AKO_SET = {
    "metadata": {"namespace": "avi-system", "name": "ako"},
    "spec": {"template": {"spec": {"containers": [{"image": "a/ako:1.12.2"}]}}},
}
OF_CIS, OF_AKO = objects.cis(api.CIS), objects.ako("Deployment", api.AKO)
OF_SET = objects.ako("StatefulSet", AKO_SET)
NO_SETS = Unknown(words("StatefulSets", "apps", "statefulsets"))
NO_DEPLOYMENTS = Unknown(words("Deployments", "apps", "deployments"))
HERE, THERE = (f"/apis/apps/v1/namespaces/{name}/deployments" for name in ("kube-system", "f5-cis"))


@pytest.mark.parametrize(
    ("script", "cis", "ako"),
    [
        (
            [listing(api.DEPLOYMENTS, api.CIS, api.AKO), listing(api.STATEFUL_SETS, AKO_SET)],
            (OF_CIS,),
            (OF_AKO, OF_SET),
        ),
        (
            [listing(api.DEPLOYMENTS, api.deployment("web", "nginx:1"), api.CIS), denied(api.STATEFUL_SETS)],
            *((OF_CIS,), NO_SETS),
        ),
        ([listing(api.DEPLOYMENTS, api.AKO), denied(api.STATEFUL_SETS)], (), (OF_AKO,)),
        (
            [denied(api.DEPLOYMENTS), denied(HERE), listing(api.STATEFUL_SETS, AKO_SET)],
            NO_DEPLOYMENTS,
            (OF_SET,),
        ),
        ([denied(api.DEPLOYMENTS), denied(HERE), listing(api.STATEFUL_SETS)], NO_DEPLOYMENTS, NO_DEPLOYMENTS),
        ([denied(api.DEPLOYMENTS), denied(HERE), denied(api.STATEFUL_SETS)], NO_DEPLOYMENTS, NO_DEPLOYMENTS),
        (
            [
                denied(api.DEPLOYMENTS),
                listing(HERE, api.CIS, api.AKO),
                listing(THERE),
                listing(api.STATEFUL_SETS),
            ],
            (OF_CIS,),
            (OF_AKO,),
        ),
    ],
)
def test_controllers(script: list[Exchange], cis: Any, ako: Any) -> None:
    made = base(*script)
    assert (made["cis"], made["ako"]) == (cis, ako)


def test_a_cis_in_another_namespace_does_not_count() -> None:
    stranger = api.copy(api.CIS)
    stranger["metadata"]["namespace"] = "evil"
    start = [api.version(), listing(kube.NODES), listing(api.DAEMON_SETS)]
    script = [
        *start,
        listing(api.DEPLOYMENTS, stranger, stranger, api.AKO, api.CIS),
        listing(api.STATEFUL_SETS),
    ]
    for namespaces, cis, left_out in (
        (NAMESPACES, (OF_CIS,), ["evil/cis"]),
        (("evil", "kube-system"), None, []),
    ):

        def work(cluster: WorkloadCluster) -> Any:
            return cluster.base(), cluster.warnings

        made, warnings = run(script, work, namespaces)
        assert warnings == ([elsewhere(left_out, namespaces)] if left_out else [])
        names = [item.name for item in made["cis"]]
        assert made["cis"] == cis if cis else names == ["evil/cis", "evil/cis", "kube-system/cis"]
        assert made["ako"] == (OF_AKO,)


SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets"
OTHER = api.daemon_set("antrea-agent", "antrea:v9.9.9", {})
OTHER["metadata"]["namespace"] = "evil"


def facts(
    sets: list[Exchange], *antrea: Exchange, nodes: Exchange | None = None
) -> tuple[dict[str, Any], list[str]]:
    script = [api.version(), nodes or listing(kube.NODES), *sets, *antrea, *EMPTY]
    made, warnings = run(script, lambda cluster: (cluster.base(), cluster.warnings))
    return made, warnings


def test_the_facts_of_a_cluster() -> None:
    raw = [text.node("n1"), text.node("n2")]
    script = [listing(api.DAEMON_SETS, OTHER, api.ANTREA, api.CALICO)]
    agents = listing(api.AGENTS, api.agent("n1"), api.agent("n2"), labels=api.AGENT_LABELS)
    made, warnings = facts(
        script, agents, found(api.CONFIG, api.config_map()), nodes=listing(kube.NODES, *raw)
    )
    assert made.pop("now") > 1_700_000_000
    assert made == {
        "kubernetes": "v1.35.6+vmware.2",
        "nodes": tuple(objects.node_version(one) for one in raw),
        "cnis": (objects.cni(api.ANTREA), objects.cni(api.CALICO)),
        "other_cnis": ("evil/antrea-agent",),
        "npl": objects.npl_config(api.config_map()),
        "agents": (objects.agent(api.agent("n1")), objects.agent(api.agent("n2"))),
        "cis": (),
        "ako": (),
    }
    assert warnings == [objects.elsewhere(["evil/antrea-agent"])]


def test_without_antrea_there_is_no_configuration_and_no_agent() -> None:
    made, warnings = facts([listing(api.DAEMON_SETS, api.CALICO)])
    assert (made["cnis"], made["npl"], made["agents"]) == ((objects.cni(api.CALICO),), None, ())
    assert (made["other_cnis"], warnings) == ((), [])


def test_daemon_sets_that_may_not_be_read() -> None:
    unread = Unknown(words("DaemonSets", "apps", "daemonsets"))
    made, _warnings = facts([denied(api.DAEMON_SETS), listing(SETS)])
    assert (made["cnis"], made["npl"], made["agents"]) == (unread, unread, unread)


BARE = api.copy(api.ANTREA)
BARE["spec"]["template"]["spec"]["volumes"] = []
CONFIGS: dict[str, tuple[dict[str, Any], list[Exchange], str]] = {
    "none is mounted": (
        BARE,
        [],
        "DaemonSet kube-system/antrea-agent mounts no ConfigMap as volume antrea-config",
    ),
    "it does not exist": (
        api.ANTREA,
        [missing(api.CONFIG)],
        "ConfigMap kube-system/antrea-config-f5d8, which DaemonSet kube-system/antrea-agent mounts, "
        "does not exist",
    ),
    "it may not be read": (
        api.ANTREA,
        [Exchange("GET", api.CONFIG, 403, json=kube.status(403, "no"))],
        "Reading ConfigMap kube-system/antrea-config-f5d8: no. Bind a Role in namespace kube-system with "
        'the rule {apiGroups: [""], resources: ["configmaps"], verbs: ["get"]} to this user '
        "(docs/rbac/ has the least Role of each mode).",
    ),
}


@pytest.mark.parametrize(("raw", "answers", "why"), CONFIGS.values(), ids=CONFIGS)
def test_a_configuration_that_is_unknown(raw: dict[str, Any], answers: list[Exchange], why: str) -> None:
    agents = listing(api.AGENTS, api.agent("n1"), labels=api.AGENT_LABELS)
    made, _warnings = facts([listing(api.DAEMON_SETS, raw)], agents, *answers)
    assert (made["npl"], made["agents"]) == (Unknown(why), (objects.agent(api.agent("n1")),))


def test_what_may_not_be_read_is_unknown() -> None:
    refused = Exchange("GET", "/version", 403, json=kube.status(403, "no"))
    script = [refused, denied(kube.NODES), listing(api.DAEMON_SETS), *EMPTY]
    made = run(script, lambda cluster: cluster.base())
    assert made["nodes"] == Unknown(words("Nodes", "", "nodes"))
    assert made["kubernetes"] == Unknown(
        "Reading the version of Kubernetes: no. Bind a ClusterRole with the rule "
        '{apiGroups: [""], resources: ["/version"], verbs: ["get"]} to this user '
        "(docs/rbac/ has the least Role of each mode)."
    )
    empty = [found("/version", {"gitVersion": None}), listing(kube.NODES), listing(api.DAEMON_SETS), *EMPTY]
    assert run(empty, lambda cluster: cluster.base())["kubernetes"] == ""
