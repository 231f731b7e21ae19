# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of a cluster's CIS: its logs, /ready and resources."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import log
from ansible_collections.vks.bigip.plugins.module_utils._cis.controller import Controller
from ansible_collections.vks.bigip.plugins.module_utils._cluster.cis import CUSTOM, CisReads
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

CIS = Controller("f5", "cis", "", "", "k8s-bigip-ctlr:2", (), 1, 1, True, "", "app=cis")
LOG = f"/api/v1/namespaces/f5/pods/a/log?tailLines={log.LINES}"
READY = "/api/v1/namespaces/f5/pods/a:8080/proxy/ready"
SERVERS = "/apis/cis.f5.com/v1/virtualservers"


def pod(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "f5", "name": name}, **more}


def run(script: list[Exchange], work: Callable[[CisReads], Any], warnings: list[str] | None = None) -> Any:
    with ScriptedServer(script) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
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


@pytest.mark.parametrize(("code", "warned"), [(403, True), (404, False), (400, False)])
def test_a_log_that_cannot_be_read_is_empty(code: int, warned: bool) -> None:
    warnings: list[str] = []
    assert run(
        [Exchange("GET", LOG, code, json=status(code, "no"))], lambda reads: reads.logs(pod()), warnings
    ) == [""]
    assert bool(warnings) is warned


def test_what_ready_complains_of() -> None:
    assert run([Exchange("GET", READY, text="Ok")], lambda reads: reads.complaint(CIS, "a")) == ""
    assert "no BIG-IP" in run(
        [Exchange("GET", READY, 400, json=status(400, "no BIG-IP"))], lambda reads: reads.complaint(CIS, "a")
    )


def test_resources_of_a_kind_that_is_not_installed() -> None:

    def work(reads: CisReads) -> Any:
        return reads.resources(CUSTOM["VirtualServer"], None)

    assert run([Exchange("GET", f"{SERVERS}?limit=500", 404, json=status(404, "no such kind"))], work) == []
    assert run([listing(SERVERS, pod())], work) == [pod()]
    with pytest.raises(Failure):
        run([Exchange("GET", f"{SERVERS}?limit=500", 400, json=status(400, "no"))], work)


def test_namespaces_with_a_label_are_read_once() -> None:
    script = [
        listing("/api/v1/namespaces", {"metadata": {"name": "b"}}, labels="x=1"),
        listing("/api/v1/namespaces", {"metadata": {"name": "a"}}),
    ]

    def work(reads: CisReads) -> list[set[str]]:
        return [reads.namespaces("x=1"), reads.namespaces("x=1"), reads.namespaces("")]

    assert run(script, work) == [{"b"}, {"b"}, {"a"}]
