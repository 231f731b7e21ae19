# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Discovery, and the reads of single objects."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.collecting import (
    ON,
    SLICE,
    antrea,
    denied,
    nodes,
    pods,
    run,
    services,
    slices,
    source,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer


def test_every_service_port_that_the_mode_can_serve() -> None:
    ports = "http:80/TCP>8080#30080 dns:53/UDP>53#30053 dns-tcp:53/TCP>53#31053"
    script = [
        listing(
            kube.ALL_SERVICES,
            text.service(ports, type="NodePort"),
            text.service(name="internal"),
            labels="tier=web",
        ),
        listing(kube.ALL_SLICES, text.endpoint_slice("http:8080/TCP dns:53/UDP dns-tcp:53/TCP | a@n1")),
        nodes(),
    ]
    with (
        ScriptedServer(script) as server,
        Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster,
    ):
        pools, refused = cluster.discover({"pool_member_type": "nodeport"}, None, "tier=web")
        assert cluster.requests == 3
    assert [(pool.port, pool.protocol, pool.members[0].port) for pool in pools] == [
        (80, "TCP", 30080),
        (53, "UDP", 30053),
        (53, "TCP", 31053),
    ]
    assert [(item.name, failed.code) for item, failed in refused] == [("internal", "nodeport_service_type")]


def test_discovery_in_namespaces() -> None:
    script = [
        listing(kube.services("a"), text.service(namespace="a")),
        listing(kube.services("b")),
        listing(kube.slices("a")),
    ]
    with (
        ScriptedServer(script) as server,
        Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster,
    ):
        pools, refused = cluster.discover(
            {"pool_member_type": "cluster", "network_provider": "vsphere"}, ["b", "a"], None
        )
    assert [(pool.namespace, pool.members) for pool in pools] == [("a", ())] and refused == []


def discovered(script: list[Exchange], mode: str, namespaces: list[str] | None) -> Any:
    with (
        ScriptedServer(script) as server,
        Cluster({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()) as cluster,
    ):
        return cluster.discover({"pool_member_type": mode}, namespaces, None)


def test_discovery_is_sorted_and_names_each_service_that_has_no_pool() -> None:
    script = [
        listing(kube.services("b"), text.service(name="z", namespace="b")),
        listing(
            kube.services("c"),
            text.service(name="y", namespace="c"),
            text.service("", name="x", namespace="c"),
        ),
        listing(kube.slices("b")),
        listing(kube.slices("c")),
        nodes(),
    ]
    pools, refused = discovered(script, "nodeport", ["c", "b"])
    assert pools == []
    assert [(item.path, failed.code) for item, failed in refused] == [
        ("Service b/z port 80/TCP", "nodeport_service_type"),
        ("Service c/x port None", "service_without_ports"),
        ("Service c/y port 80/TCP", "nodeport_service_type"),
    ]


@pytest.mark.parametrize("namespace", ["a", None])
def test_discovery_without_services_reads_nothing_else(namespace: str | None) -> None:
    path = kube.services(namespace) if namespace else kube.ALL_SERVICES
    script = [listing(path)]
    assert discovered(script, "cluster", [namespace] if namespace else None) == ([], [])


def test_discovery_names_what_is_denied_beside_the_pools() -> None:
    """Mode auto chooses nodeport for one Service, which needs the Nodes, and nodeportlocal for the other."""
    script = [
        listing(kube.services("a"), text.service(name="ports", namespace="a", type="NodePort")),
        listing(kube.services("default"), text.service(npl="true")),
        listing(kube.slices("a")),
        listing(kube.slices(), SLICE),
        pods(),
        denied(nodes()),
    ]
    (pool,), ((item, failed),) = discovered(script, "auto", ["a", "default"])
    assert (pool.service, pool.mode) == ("web", "nodeportlocal")
    assert (item.name, failed.code, failed.details["resource"]) == ("ports", "kubernetes_forbidden", "nodes")


def test_discovery_fails_with_the_first_read_that_is_denied_to_all() -> None:
    names = ["a", "b"]
    script = [
        *[listing(kube.services(name), text.service(namespace=name, npl="true")) for name in names],
        *[listing(kube.slices(name)) for name in names],
        *[denied(listing(kube.pods(name))) for name in names],
        nodes(),
        *antrea(ON),
    ]
    with pytest.raises(Failure) as caught:
        discovered(script, "auto", names)
    assert (caught.value.code, caught.value.details["namespace"]) == ("kubernetes_forbidden", "a")


def test_pods_are_left_out_for_one_pool_though_another_is_trusted() -> None:
    warnings: list[str] = []
    two = [services(text.service(npl="true"), text.service(name="web2", npl="true")), slices(SLICE), pods()]
    trusted = source(name="web2", path="pools[1]", trust_npl_annotations=True)
    run([*two, denied(nodes())], source(), trusted, warn=warnings.append)
    (warning,) = warnings
    assert warning.startswith(
        "Pods in mode nodeportlocal are left out, because their mappings cannot be "
        "compared with the addresses of their nodes. "
    )
    assert warning.endswith(" Or set trust_npl_annotations: true.")


def test_an_object_that_cannot_be_read_is_warned_of() -> None:
    warnings: list[str] = []
    script = [services(text.service(), {"metadata": {"name": "x"}, "spec": 7}), slices()]
    (pool,) = run(script, source("cluster", network_provider="vsphere"), warn=warnings.append)
    assert pool.service == "web" and len(warnings) == 1


def test_the_connection_is_closed_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Client] = []
    monkeypatch.setattr(Client, "close", lambda *client: closed.extend(client))
    with Cluster({"host": "http://127.0.0.1:1", "allow_http": True, "api_key": "t"}, Clock().deadline()):
        assert closed == []
    assert len(closed) == 1


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


@pytest.mark.parametrize("content", [{}, {"data": None}])
def test_a_secret_without_data(content: dict[str, Any]) -> None:
    with with_cluster([Exchange("GET", SECRET, json=content)]) as cluster:
        assert cluster.secret("shop", "tls") == {}


def test_a_secret_that_is_not_there() -> None:
    with with_cluster([Exchange("GET", SECRET, 404, json=status(404, 'secrets "tls" not found'))]) as cluster:
        with pytest.raises(Failure) as caught:
            cluster.secret("shop", "tls")
    assert caught.value.code == "secret_not_found" and "shop/tls" in caught.value.message


def test_services_by_label_are_sorted_and_of_the_namespaces_that_are_named() -> None:
    script = [
        listing(
            "/api/v1/namespaces/one/services",
            text.service(name="c", namespace="one"),
            text.service(name="b", namespace="one"),
            labels="x",
        ),
        listing("/api/v1/namespaces/two/services", text.service(name="a", namespace="two"), labels="x"),
    ]
    with with_cluster(script) as cluster:
        assert [str(item) for item in cluster.list_services("x", ["two", "one"])] == [
            "one/b",
            "one/c",
            "two/a",
        ]


def test_services_by_label_of_many_namespaces_are_one_list() -> None:
    found = [text.service(name="b", namespace="n1"), text.service(name="a", namespace="evil")]
    with with_cluster([listing(kube.ALL_SERVICES, *found, labels="x")]) as cluster:
        assert [str(item) for item in cluster.list_services("x", [f"n{number}" for number in range(9)])] == [
            "n1/b"
        ]


def test_deployments_and_config_maps() -> None:
    script = [
        listing("/apis/apps/v1/deployments", {"spec": 1}),
        listing("/api/v1/configmaps", {"data": 1}, labels="as3=true"),
    ]
    with with_cluster(script) as cluster:
        assert cluster.deployments() == [{"spec": 1}] and cluster.config_maps("as3=true") == [{"data": 1}]
