# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paged lists: pages, expired tokens, retries within the deadline, and the words of a failure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, pods, services, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, Request, ScriptedServer

SERVICES = services()


def named(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def read(
    script: list[Exchange],
    clock: Clock | None = None,
    kind: lists.Kind = lists.SERVICES,
    seconds: float = 60.0,
    **more: Any,
) -> list[str]:
    clock = clock or Clock()
    with ScriptedServer(script) as server:
        client = Client(
            {"host": server.url, "allow_http": True, "api_key": "secret-token"}, clock.deadline(seconds)
        )
        try:
            return lists.each(
                client, kind, more.pop("namespace", "default"), lambda raw: raw["metadata"]["name"], **more
            )
        finally:
            client.close()


def failing(script: list[Exchange], **more: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        read(script, **more)
    assert "secret-token" not in str(caught.value.as_dict())
    return caught.value


def test_one_page() -> None:
    assert read([listing(SERVICES, named("a"), named("b"))]) == ["a", "b"]


def test_pages_are_followed_to_the_end() -> None:
    assert read(
        [
            listing(SERVICES, named("a"), token="t1"),
            listing(SERVICES, named("b"), token="t2", after="t1"),
            listing(SERVICES, after="t2"),
        ]
    ) == ["a", "b"]


def test_a_null_list_is_empty() -> None:
    assert read([listing(SERVICES, json={"metadata": {}, "items": None})]) == []


def test_pods_are_asked_for_as_metadata_only() -> None:
    def wants_metadata(request: Request) -> None:
        assert request.headers["Accept"].startswith(
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
        )

    def wants_all(request: Request) -> None:
        assert request.headers["Accept"] == "application/json"

    for kind, path in ((lists.POD_METADATA, pods()), (lists.NODE_METADATA, "/api/v1/nodes")):
        script = [listing(path, named("p"), expect=wants_metadata)]
        assert read(script, kind=kind, namespace="default" if kind is lists.POD_METADATA else None) == ["p"]
    assert read([listing(pods(), named("p"), expect=wants_all)], kind=lists.PODS) == ["p"]


def test_the_whole_cluster_and_a_selector() -> None:
    assert (
        read([listing("/api/v1/services", labels="a in (b,c)")], namespace=None, label_selector="a in (b,c)")
        == []
    )


def test_an_expired_token_restarts_the_list() -> None:
    gone = listing(
        SERVICES, after="t1", status=410, json=status(410, "The provided continue parameter is too old")
    )
    script = [
        listing(SERVICES, named("old"), token="t1"),
        gone,
        listing(SERVICES, named("a"), token="t2"),
        listing(SERVICES, named("b"), after="t2"),
    ]
    assert read(script) == ["a", "b"]


def test_a_token_that_expires_each_time() -> None:
    script = []
    for _attempt in range(5):
        script += [
            listing(SERVICES, named("old"), token="t1"),
            listing(SERVICES, after="t1", status=410, json=status(410, "too old")),
        ]
    with ScriptedServer(script) as server, pytest.raises(Failure) as caught:
        lists.each(
            Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline()),
            lists.SERVICES,
            "default",
            lambda raw: raw,
        )
    assert (caught.value.code, caught.value.said, server.left) == ("kubernetes_expired", "too old", [])


@pytest.mark.parametrize(
    ("labels", "fields", "query", "where"),
    [
        ("a=b", "spec.x=y", "&labelSelector=a%3Db&fieldSelector=spec.x%3Dy", " with a=b and spec.x=y"),
        (None, "spec.x=y", "&fieldSelector=spec.x%3Dy", " with spec.x=y"),
        ("", None, "", ""),
    ],
)
@pytest.mark.parametrize(
    ("namespace", "scope"),
    [("default", "in namespace default"), (None, "in the whole cluster"), ("", "in the whole cluster")],
)
def test_selectors(
    labels: str | None, fields: str | None, query: str, where: str, namespace: str | None, scope: str
) -> None:
    path = SERVICES if namespace else "/api/v1/services"
    script = [Exchange("GET", f"{path}?limit=500{query}", 400, json=status(400, "no"))]
    failed = failing(script, namespace=namespace, label_selector=labels, field_selector=fields)
    assert failed.what == f"listing Services {scope}{where}"


def test_results_that_are_none_are_left_out() -> None:
    with ScriptedServer([listing(SERVICES, named("a"), named("b"), named(""))]) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        assert lists.each(
            client,
            lists.SERVICES,
            "default",
            lambda raw: {"a": None}.get(raw["metadata"]["name"], raw["metadata"]["name"]),
        ) == ["b", ""]
        client.close()


KINDS: list[tuple[lists.Kind, str, str, str, str]] = [
    # the kind, the path of its version, its resource, its group, what a user calls one of them
    (lists.SERVICES, "/api/v1", "services", "", "Service"),
    (
        lists.ENDPOINT_SLICES,
        "/apis/discovery.k8s.io/v1",
        "endpointslices",
        "discovery.k8s.io",
        "EndpointSlice",
    ),
    (lists.POD_METADATA, "/api/v1", "pods", "", "Pod"),
    (lists.PODS, "/api/v1", "pods", "", "Pod"),
    (lists.NODES, "/api/v1", "nodes", "", "Node"),
    (lists.NODE_METADATA, "/api/v1", "nodes", "", "Node"),
    (lists.DAEMON_SETS, "/apis/apps/v1", "daemonsets", "apps", "DaemonSet"),
    (lists.DEPLOYMENTS, "/apis/apps/v1", "deployments", "apps", "Deployment"),
    (lists.CONFIG_MAPS, "/api/v1", "configmaps", "", "ConfigMap"),
    (lists.SECRETS, "/api/v1", "secrets", "", "Secret"),
    (lists.NAMESPACES, "/api/v1", "namespaces", "", "Namespace"),
]


@pytest.mark.parametrize(
    ("kind", "root", "resource", "group", "singular"),
    KINDS,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_object(kind: lists.Kind, root: str, resource: str, group: str, singular: str) -> None:
    for namespace, path, name in (
        ("a", f"{root}/namespaces/a/{resource}/x%2Fy", "a/x/y"),
        (None, f"{root}/{resource}/x%2Fy", "x/y"),
    ):
        assert one([Exchange("GET", path, json={"kind": "X"})], kind, namespace) == {"kind": "X"}
        with pytest.raises(Failure) as caught:
            one([Exchange("GET", path, 403, json=status(403, "no"))], kind, namespace)
        assert caught.value.what == f"reading {singular} {name}"
        right = {"verb": "get", "resource": resource, "group": group}
        assert caught.value.details == {**right, **({"namespace": "a"} if namespace else {})}


def one(script: list[Exchange], kind: lists.Kind, namespace: str | None) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return lists.one(client, kind, namespace, "x/y")
        finally:
            client.close()


def allowed(script: list[Exchange], namespaces: list[str]) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        try:
            return lists.each_allowed(client, lists.SERVICES, namespaces, lambda raw: raw["metadata"]["name"])
        finally:
            client.close()


def refused(path: str) -> Exchange:
    return listing(path, status=403, json=status(403, "no"))


def test_the_whole_cluster_or_each_namespace() -> None:
    assert allowed([listing("/api/v1/services", named("a"))], ["shop"]) == ["a"]
    script = [
        refused("/api/v1/services"),
        listing(services("shop"), named("a"), named("b")),
        listing(services("other"), named("c")),
    ]
    assert allowed(script, ["shop", "other", "shop"]) == ["a", "b", "c"]
    with pytest.raises(Failure) as caught:
        allowed([refused("/api/v1/services"), refused(services("shop"))], ["shop", "other"])
    assert caught.value.what == "listing Services in the whole cluster"


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(code: int) -> None:
    clock = Clock()
    assert read(
        [listing(SERVICES, status=code, json=status(code, "busy")), listing(SERVICES, named("a"))], clock
    ) == ["a"]
    assert len(clock.pauses) == 1


def test_retry_after_is_kept() -> None:
    clock = Clock()
    busy = listing(SERVICES, status=429, headers={"Retry-After": "7"}, json=status(429, "slow down"))
    assert read([busy, listing(SERVICES, named("a"))], clock) == ["a"]
    assert clock.pauses == [7.0]


def test_retry_after_beyond_the_deadline_fails_at_once() -> None:
    clock = Clock()
    failed = failing(
        [listing(SERVICES, status=429, headers={"Retry-After": "600"}, json=status(429, "slow down"))],
        clock=clock,
        seconds=30,
    )
    assert failed.code == "kubernetes_timeout"
    assert (
        "Listing Services in namespace default" in failed.message
        and "slow down" in failed.message
        and clock.pauses == []
    )


def test_a_lost_connection_is_made_again() -> None:
    assert read([listing(SERVICES, drop=True), listing(SERVICES, named("a"))]) == ["a"]


def test_a_page_in_the_middle_is_asked_for_again() -> None:
    script = [
        listing(SERVICES, named("a"), token="t1"),
        listing(SERVICES, after="t1", drop=True),
        listing(SERVICES, after="t1", status=503, json=status(503, "starting")),
        listing(SERVICES, named("b"), after="t1"),
    ]
    assert read(script) == ["a", "b"]


def test_the_deadline_ends_the_retries() -> None:
    clock = Clock()
    with ScriptedServer(
        [listing(SERVICES, status=500, json=status(500, "etcdserver: leader changed")) for _n in range(50)]
    ) as server:
        with pytest.raises(Failure) as caught:
            lists.each(
                Client({"host": server.url, "allow_http": True, "api_key": "t"}, clock.deadline(20)),
                lists.SERVICES,
                "default",
                lambda raw: raw,
            )
        asked = len(server.requests)
        server.left.clear()
    assert caught.value.code == "kubernetes_timeout"
    assert (
        "Listing Services in namespace default" in caught.value.message
        and "etcdserver: leader changed" in caught.value.message
    )
    assert 3 < asked < 20 and clock.now <= 20


def test_401_says_that_the_token_has_expired() -> None:
    failed = failing([listing(SERVICES, status=401, json=status(401, "Unauthorized"))])
    assert (
        failed.code == "kubernetes_unauthorized"
        and failed.said == "Unauthorized"
        and "expired" in failed.message
    )


def test_403_asks_for_the_rule_that_would_allow_it() -> None:
    said = 'endpointslices.discovery.k8s.io is forbidden: User "ci" cannot list resource'
    path = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices"
    failed = failing(
        [listing(path, status=403, json=status(403, said))], kind=lists.ENDPOINT_SLICES, namespace="shop"
    )
    assert failed.code == "kubernetes_forbidden" and failed.said == said
    assert failed.details == {
        "verb": "list",
        "resource": "endpointslices",
        "group": "discovery.k8s.io",
        "namespace": "shop",
    }
    for words in (
        "a Role in namespace shop",
        'apiGroups: ["discovery.k8s.io"]',
        'resources: ["endpointslices"]',
        'verbs: ["list"]',
        "docs/rbac/",
    ):
        assert words in failed.message


def test_403_for_the_whole_cluster_asks_for_a_cluster_role() -> None:
    failed = failing(
        [listing("/api/v1/nodes", status=403, json=status(403, "no"))], kind=lists.NODES, namespace=None
    )
    assert "a ClusterRole" in failed.message and failed.details == {
        "verb": "list",
        "resource": "nodes",
        "group": "",
    }


def test_404_names_the_server() -> None:
    failed = failing([listing(SERVICES, status=404, text="404 page not found")])
    assert (
        failed.code == "kubernetes_not_found"
        and "404 page not found" in failed.message
        and "http://127.0.0.1" in failed.message
    )


def test_400_is_not_tried_again() -> None:
    failed = failing([listing(SERVICES, status=400, json=status(400, "unable to parse requirement"))])
    assert failed.code == "kubernetes_error" and "unable to parse requirement" in failed.message


@pytest.mark.parametrize("body", ["<html>login</html>", "[]", ""])
def test_an_answer_that_is_no_kubernetes_object(body: str) -> None:
    assert failing([listing(SERVICES, text=body)]).code == "kubernetes_not_json"


def test_of_half_an_object_nothing_is_shown() -> None:
    """It may be a Secret."""
    failed = failing([listing(SERVICES, text='{"data": {"password": "czNjcjN0"}, "kind": "Sec')])
    assert failed.code == "kubernetes_not_json" and "czNjcjN0" not in failed.message


def test_a_name_is_quoted_in_the_path() -> None:
    assert read([listing("/api/v1/namespaces/a%2F..%2Fb/services")], namespace="a/../b") == []
