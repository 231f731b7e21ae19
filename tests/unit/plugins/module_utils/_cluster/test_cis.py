# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a cluster's CIS: its logs, /ready and resources."""

from __future__ import annotations

from typing import Any, Callable
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import log
from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller, controller
from ansible_collections.vks.bigip.plugins.module_utils._cluster.cis import CUSTOM, INGRESS, CisReads
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

CIS = Controller("f5", "cis", "", "", "k8s-bigip-ctlr:2", (), 1, 1, True, "", "app=cis")
LOG = f"/api/v1/namespaces/f5/pods/a/log?tailLines={log.LINES}"
READY = "/api/v1/namespaces/f5/pods/a:8080/proxy/ready"


def pod(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "f5", "name": name}, **more}


def run(
    script: list[Exchange], work: Callable[[CisReads], Any], warnings: list[str] | None = None, **options: Any
) -> Any:
    with ScriptedServer(script) as server:
        connection = {"host": server.url, "allow_http": True, "api_key": "t", **options}
        client = Client(connection, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return work(CisReads(client, ([] if warnings is None else warnings).append))
        finally:
            client.close()


def test_pods_that_are_being_deleted_do_not_count() -> None:
    ending = {"metadata": {"namespace": "f5", "name": "b", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    assert run(
        [listing("/api/v1/namespaces/f5/pods", pod(), ending, labels="app=cis")],
        lambda reads: reads.pods(CIS),
    ) == [pod()]


def test_the_log_of_a_container_that_has_restarted_comes_after_the_earlier_one() -> None:
    crashed = pod(status={"containerStatuses": [{"restartCount": 1, "ready": False}]})
    script = [Exchange("GET", LOG, text="now"), Exchange("GET", f"{LOG}&previous=true", text="before")]
    assert run(script, lambda reads: reads.logs(crashed)) == ["before", "now"]
    assert run(script[:1], lambda reads: reads.logs(pod())) == ["now"]


LOGS: dict[str, tuple[Exchange, bool]] = {
    "forbidden": (Exchange("GET", LOG, 403, json=status(403, "no")), True),
    "not found": (Exchange("GET", LOG, 404, json=status(404, "no")), False),
    "not started": (Exchange("GET", LOG, 400, json=status(400, "no")), False),
    "no time": (Exchange("GET", LOG, 503, headers={"Retry-After": "5"}, json=status(503, "no")), False),
    "too large": (Exchange("GET", LOG, text=" " * (1024 * 1024 + 1)), True),
}


@pytest.mark.parametrize(("answer", "warned"), LOGS.values(), ids=LOGS)
def test_a_log_that_cannot_be_read_is_empty(answer: Exchange, warned: bool) -> None:
    warnings: list[str] = []
    assert run([answer], lambda reads: reads.logs(pod()), warnings, max_response_mb=1) == [""]
    begin = "Reading the log of Pod f5/a"
    assert [text[: len(begin)] for text in warnings] == [begin] * warned


def test_a_failure_of_another_kind_is_raised() -> None:
    with pytest.raises(Failure) as caught:
        run([Exchange("GET", LOG, 401, json=status(401, "no"))], lambda reads: reads.logs(pod()))
    assert (caught.value.code, caught.value.what) == (
        "kubernetes_unauthorized",
        "reading the log of Pod f5/a",
    )


def test_the_right_for_a_log_and_for_ready() -> None:
    client = mock.Mock()
    client.text.return_value = ""
    reads = CisReads(client, pytest.fail)
    assert (reads.logs(pod()), reads.complaint(CIS, "a/b")) == ([""], "")
    right = {"verb": "get", "group": "", "namespace": "f5"}
    soon = {"deadline": client.deadline.sooner.return_value}
    assert client.text.call_args_list == [
        mock.call(
            LOG.partition("?")[0],
            {"tailLines": str(log.LINES)},
            doing="reading the log of Pod f5/a",
            right={**right, "resource": "pods/log"},
            **soon,
        ),
        mock.call(
            "/api/v1/namespaces/f5/pods/a%2Fb:8080/proxy/ready",
            {},
            doing="asking /ready of Pod f5/a/b",
            right={**right, "resource": "pods/proxy"},
            **soon,
        ),
    ]
    assert client.deadline.sooner.call_args_list == [mock.call(4.0)] * 2


def test_what_ready_complains_of() -> None:
    assert run([Exchange("GET", READY, text="Ok")], lambda reads: reads.complaint(CIS, "a")) == ""
    refused = [Exchange("GET", READY, 400, json=status(400, "no BIG-IP"))]
    assert run(refused, lambda reads: reads.complaint(CIS, "a")) == "400 no BIG-IP"
    client = mock.Mock()
    client.text.side_effect = Failure("kubernetes_error", "asking /ready")
    assert CisReads(client, pytest.fail).complaint(CIS, "a") == "Asking /ready."


@pytest.mark.parametrize(
    ("name", "root", "plural"),
    [
        ("VirtualServer", "/apis/cis.f5.com/v1", "virtualservers"),
        ("TransportServer", "/apis/cis.f5.com/v1", "transportservers"),
        ("IngressLink", "/apis/cis.f5.com/v1", "ingresslinks"),
        ("Ingress", "/apis/networking.k8s.io/v1", "ingresses"),
    ],
)
def test_resources(name: str, root: str, plural: str) -> None:
    kind, path = {**CUSTOM, **INGRESS}[name], f"{root}/{plural}"

    def work(reads: CisReads) -> Any:
        return reads.resources(kind, None)

    assert run([listing(path, pod("a"), pod("b"))], work) == [pod("a"), pod("b")]
    labelled = listing(path, pod("a"), labels="x=1")
    assert run([labelled], lambda reads: reads.resources(kind, "x=1")) == [pod("a")]
    assert run([Exchange("GET", f"{path}?limit=500", 404, json=status(404, "no such kind"))], work) == []
    with pytest.raises(Failure) as caught:
        run([Exchange("GET", f"{path}?limit=500", 403, json=status(403, "no"))], work)
    assert caught.value.what.lower() == f"listing {plural} in the whole cluster"
    assert caught.value.details == {"verb": "list", "resource": plural, "group": root.split("/")[2]}
    assert kind.singular == name


def test_config_maps_of_as3() -> None:
    script = [listing("/api/v1/configmaps", pod(), labels="f5type=virtual-server,as3=true")]
    assert run(script, lambda reads: reads.config_maps()) == [pod()]


def deployment(name: str, image: str = "f5/k8s-bigip-ctlr:2") -> dict[str, Any]:
    return pod(name, spec={"template": {"spec": {"containers": [{"image": image}]}}})


def test_controllers() -> None:
    both = [deployment("cis"), deployment("other", "nginx")]
    everywhere, here = "/apis/apps/v1/deployments", "/apis/apps/v1/namespaces/f5/deployments"
    for script, work in (
        ([listing(here, *both)], lambda reads: reads.controllers("f5")),
        ([listing(everywhere, *both)], lambda reads: reads.controllers_allowed(["f5"])),
        (
            [listing(everywhere, status=403, json=status(403, "no")), listing(here, *both)],
            lambda reads: reads.controllers_allowed(["f5"]),
        ),
    ):
        assert run(script, work) == [controller(both[0])]


def test_namespaces_with_a_label_are_read_once() -> None:
    script = [
        listing("/api/v1/namespaces", {"metadata": {"name": "b"}}, labels="x=1"),
        listing("/api/v1/namespaces", {"metadata": {"name": "a"}}),
    ]

    def work(reads: CisReads) -> list[set[str]]:
        return [reads.namespaces("x=1"), reads.namespaces("x=1"), reads.namespaces("")]

    assert run(script, work) == [{"b"}, {"b"}, {"a"}]
