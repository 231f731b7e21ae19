# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded answers of BIG-IP and Kubernetes, changed at random: an answer of another shape is a Failure, never a traceback."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import Any, Callable
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._as3 import vocabulary
from ansible_collections.vks.bigip.plugins.module_utils._bigip import failover, member, network, partition, stray
from ansible_collections.vks.bigip.plugins.module_utils._bigip import session as session_module
from ansible_collections.vks.bigip.plugins.module_utils._bigip.as3 import As3
from ansible_collections.vks.bigip.plugins.module_utils._bigip.broken import Lost, NotSent
from ansible_collections.vks.bigip.plugins.module_utils._bigip.ltm import Ltm
from ansible_collections.vks.bigip.plugins.module_utils._bigip.outcome import is_busy, is_running, outcome_of
from ansible_collections.vks.bigip.plugins.module_utils._bigip.response import Response
from ansible_collections.vks.bigip.plugins.module_utils._bigip.session import Session
from ansible_collections.vks.bigip.plugins.module_utils._bigip.static_routes import StaticRoutes
from ansible_collections.vks.bigip.plugins.module_utils._bigip.transaction import Step, send
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import lists, pod_objects, snapshot
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.plugins.module_utils._members import believed

STRANGE: list[Any] = [
    None,
    *[True, 0, -1, 1.5, 10**30, 1e308, "", "²", "9" * 5000, "x\x1b[2J"],
    *[[], [None], [[]], ["x"], {}, {"": {}}, {"items": 5}, [{"items": "x"}]],
]
STATS = {"addr": {"description": "10.1.0.1"}, "port": {"value": 80}, "serverside.curConns": {"value": 1}, "status.statusReason": {"description": "up"}}
RESULT = {"tenant": "T1", "code": 200, "message": "success", "lineCount": 5, "runTime": 900, "host": "localhost", "warnings": [{"message": "old"}]}
TENANT = {"class": "Tenant", "A1": {"class": "Application", "pool": {"class": "Pool", "members": []}}}
MEMBER = {"name": "10.1.0.1:80", "address": "10.1.0.1%2", "session": "user-enabled", "state": "up", "ratio": 1, "priorityGroup": 0, "connectionLimit": 0}
ANSWERS: dict[str, Any] = {
    "tasks": {"items": [{"id": "x", "results": [RESULT]}]},
    "declaration": {"class": "ADC", "T1": TENANT, "schemaVersion": "3.56.0"},
    "task": {"id": "x", "results": [RESULT, {"code": 422, "message": "invalid", "errors": ["/T1: no"], "tenant": ["T1"]}], "declaration": {"T1": TENANT}},
    "pools": {"items": [{"fullPath": "/T1/A1/pool", "partition": "T1", "membersReference": {"items": [MEMBER]}}]},
    "stats": {"entries": {"https://localhost/x": {"nestedStats": {"entries": STATS}}}},
    "version": {"entries": {"https://localhost/x": {"nestedStats": {"entries": {"Version": {"description": "17.1.1.3"}}}}}},
    "sync": {"entries": {"https://localhost/x": {"nestedStats": {"entries": {"status": {"description": "In Sync"}, "mode": {"description": "ha"}}}}}},
    "routes": {"items": [{"fullPath": "/Common/r", "network": "default%2", "gw": "10.1.0.9%2", "tmInterface": "/Common/v", "pool": "/Common/p"}]},
    "self": {"items": [{"fullPath": "/Common/s", "address": "10.1.0.5%2/24", "vlan": "/Common/v", "floating": "enabled", "allowService": ["tcp:179"]}]},
    "domains": {"items": [{"id": 2, "routingProtocol": ["BGP"]}]},
    "partitions": {"items": [{"name": "Common", "defaultRouteDomain": 2}]},
    "transaction": {"transId": 1389812351, "state": "STARTED"},
    "devices": {"items": [{"name": "a", "selfDevice": "true", "failoverState": "active"}]},
    "tokens": {"items": [{"token": "T", "userName": "u", "address": "1.2.3.4", "startTime": "2026-01-01T10:00:00.000+0000"}]},
    "sign-in": {"token": {"token": "ABC", "expirationMicros": 5, "userName": "admin"}},
}
CALLS: dict[str, tuple[str, Callable[[Session], object]]] = {
    "info": ("declaration", lambda session: As3(session).info()),
    "tasks": ("tasks", lambda session: As3(session).tasks()),
    "declaration": ("declaration", lambda session: As3(session).declaration()),
    "an application": ("declaration", lambda session: As3(session).declaration(["T1"], application="A1")),
    "others": ("declaration", lambda session: As3(session).others(["T2"])),
    "submit": ("task", lambda session: As3(session).submit({})),
    "remove": ("task", lambda session: As3(session).remove("T1", "A1")),
    "pools": ("pools", lambda session: [state.availability for found in Ltm(session).pools(["T1"]).values() for state in found.values()]),
    "stats": ("stats", lambda session: Ltm(session).members_stats("/T1/A1/pool")),
    "version": ("version", lambda session: Ltm(session).version()),
    "sync": ("sync", lambda session: Ltm(session).sync_status().in_sync),
    "routes": ("routes", lambda session: Ltm(session).routes()),
    "self": ("self", lambda session: [one.network for one in Ltm(session).self_ips()]),
    "common": ("self", lambda session: Ltm(session).common_addresses()),
    "provisioned": ("self", lambda session: Ltm(session).provisioned()),
    "lockdown": ("self", network.port_lockdown),
    "BGP": ("domains", network.bgp_domains),
    "static routes": ("routes", lambda session: StaticRoutes(session, {"Common": 2}).read()),
    "static self": ("self", lambda session: StaticRoutes(session, {}).self_ips()),
    "partitions": ("partitions", lambda session: StaticRoutes(session).read()),
    "group": ("sync", lambda session: Ltm(session).sync_status().said),
    "transaction": ("transaction", lambda session: send(session, [Step("DELETE", "/x"), Step("DELETE", "/y")], "Testing")),
    "partition": ("pools", lambda session: partition.check_empty(session, "T1")),
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return copy.deepcopy(by)
    made = copy.deepcopy(value)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = copy.deepcopy(by)
    return made


def every(answer: Any) -> list[Any]:
    """The answer with each of its values replaced by each strange one."""
    return [changed(answer, path, by) for path in places(answer) for by in STRANGE]


@st.composite
def mixed(draw: st.DrawFn, answer: Any) -> Any:
    for _number in range(draw(st.integers(2, 4))):
        answer = changed(answer, draw(st.sampled_from(places(answer))), draw(st.sampled_from(STRANGE)))
    return answer


class Fixed(Session):
    """BIG-IP answers everything with one body, and a task of AS3 with 202 first."""

    def __init__(self, body: Any, status: int = 200) -> None:
        now = [0.0]
        deadline = Deadline(30.0, lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
        with mock.patch.object(session_module, "Transport"):  # whose certificates take most of the time
            super().__init__({"server": ["192.0.2.1"], "user": "u", "password": "p", "auth": "basic"}, deadline)
        text = json.dumps(body)

        def send(unit: Any, method: str, path: str, **more: Any) -> Response:
            now[0] += 0.1
            return Response.of(202 if method == "POST" and status == 200 else status, text.encode(), {"Content-Type": "application/json"})

        self._transport.send = send


def judged(work: Callable[[], object]) -> None:
    try:
        work()
    except (Failure, Lost, NotSent):
        pass


@pytest.mark.parametrize("name", CALLS)
def test_an_answer_with_one_strange_value(name: str) -> None:
    recorded, call = CALLS[name]
    for body in every(ANSWERS[recorded]):
        for status in (200, 404):
            judged(partial(call, Fixed(body, status)))


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_answer_with_several_strange_values(name: str, data: st.DataObject) -> None:
    recorded, call = CALLS[name]
    body, status = data.draw(mixed(ANSWERS[recorded])), data.draw(st.sampled_from([200, 202, 204, 401, 403, 404, 422, 429, 500, 503]))
    judged(lambda: call(Fixed(body, status)))


def test_outcomes_tokens_and_units() -> None:
    for body in every(ANSWERS["task"]):
        outcome = outcome_of(body)
        assert [outcome.ok, is_busy(outcome), outcome.failed, [result.lock_conflict for result in outcome.results]]
        assert isinstance(is_running(body if isinstance(body, dict) else {}), bool)
    for body in every(ANSWERS["devices"]):
        failover.own_state(body)
    for body in every(ANSWERS["tokens"]):
        stray.SignIns([(0.0, 1.0)], ("T", 2.0, 3.0)).strays(body)


def test_the_answer_to_a_sign_in() -> None:
    for body in every(ANSWERS["sign-in"]):
        session = Fixed(body)
        session._credentials.basic = False
        judged(partial(session.request, "GET", "/x"))
        assert all(value.isascii() and value.isprintable() and "/" not in value for value in session._credentials._tokens.values())


SERVICE = {
    "metadata": {"name": "web", "namespace": "shop", "annotations": {"a": "b"}, "labels": {"x": "y"}, "uid": "u", "creationTimestamp": "2026-01-01T10:00:00Z"},
    "spec": {"type": "NodePort", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080, "nodePort": 30080, "protocol": "TCP", "name": "http"}]},
    "status": {"loadBalancer": {}},
}
SLICE = {
    "metadata": {"name": "web-x", "namespace": "shop", "labels": {"kubernetes.io/service-name": "web"}},
    "addressType": "IPv4",
    "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
    "endpoints": [{"addresses": ["10.1.0.1"], "conditions": {"ready": True}, "nodeName": "n", "targetRef": {"kind": "Pod", "name": "p", "uid": "u"}}],
}
NODE = {
    "metadata": {"name": "n1"},
    "spec": {"podCIDRs": ["10.1.0.0/24"], "podCIDR": "10.1.0.0/24"},
    "status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.1"}], "conditions": [{"type": "Ready", "status": "True"}]},
}
CALICO = {
    "metadata": {"name": "b"},
    "spec": {
        **{"cidr": "10.1.0.0/26", "node": "n1", "state": "confirmed", "deleted": "false", "type": "host", "affinity": "host:n1"},
        **{"allocations": [None, 0], "attributes": [{"secondary": {"node": "n2", "pod": "p"}}], "allowedUses": ["Workload"]},
    },
}
LISTS: dict[str, tuple[lists.Kind, Callable[[dict[str, Any]], Any], dict[str, Any]]] = {
    "services": (lists.SERVICES, snapshot.service, SERVICE),
    "slices": (lists.ENDPOINT_SLICES, snapshot.endpoint_slice, SLICE),
    "nodes": (lists.NODES, pod_objects.node, NODE),
    "blocks": (lists.NODES, pod_objects.block, CALICO),
    "borrowed": (lists.NODES, pod_objects.borrowed, CALICO),
    "pools": (lists.NODES, pod_objects.pool, CALICO),
    "endpoints": (lists.ENDPOINT_SLICES, pod_objects.endpoints, SLICE),
    "pods": (lists.POD_METADATA, snapshot.pod, SERVICE),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_with_one_strange_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, keep, item = LISTS[name]
    good = {"metadata": {"name": "good", "namespace": "shop"}}
    client = Client({"host": "http://127.0.0.1:1", "allow_http": True, "api_key": "t"}, Deadline(60.0))
    for body in every({"metadata": {"resourceVersion": "1"}, "items": [item, good]}):
        monkeypatch.setattr(client, "raw", mock.Mock(return_value=json.dumps(body).encode()))
        judged(partial(lists.each, client, kind, None, keep))
    client.close()


DIGITS = ["²", "٣", "9" * 5_000, "--5", "-", "", "1²"]


@pytest.mark.parametrize("text", DIGITS, ids=lambda text: text[:5])
def test_digits_that_are_not_a_number(text: str) -> None:
    """str.isdigit is true of some that int refuses, or that take it too long."""
    assert vocabulary.convert(text, mock.Mock(types="i")) == text
    assert believed.ports(f"{text}-62000") is None
    assert member.port_of(f"10.1.0.1:{text}") is None
