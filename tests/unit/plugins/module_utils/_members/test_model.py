# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of this package, as text and as a result."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._members.model import (
    Endpoint,
    LeftOut,
    Member,
    Node,
    NplState,
    PodMeta,
    Pool,
    Service,
    ServicePort,
    Snapshot,
)


@pytest.mark.parametrize(
    ("port", "text"),
    [
        (ServicePort("http", 80, "TCP", 8080, None), "80/TCP (http)"),
        (ServicePort("", 53, "UDP", "dns", 30053), "53/UDP"),
    ],
)
def test_a_port_as_text(port: ServicePort, text: str) -> None:
    assert str(port) == text


def test_a_service_as_text() -> None:
    assert str(Service("default", "web")) == "default/web"


MEMBER = Member("10.0.0.1", 8080, "n1", "web-1", ready=False, terminating=True, ratio=3)
GAP = LeftOut("Pod", "web-2", "not_ready", "It is not ready.", "n2", True)
OF_MEMBER: dict[str, Any] = {
    "address": "10.0.0.1",
    "port": 8080,
    "node": "n1",
    "pod": "web-1",
    "ready": False,
    "serving": True,
    "terminating": True,
    "ratio": 3,
}


@pytest.mark.parametrize(
    ("domain", "address", "of_domain"),
    [
        (None, "10.0.0.1", {}),
        (0, "10.0.0.1%0", {"route_domain": 0}),
        (2, "10.0.0.1%2", {"route_domain": 2}),
    ],
)
def test_a_pool_as_a_result(domain: int | None, address: str, of_domain: dict[str, int]) -> None:
    pool = Pool(
        namespace="default",
        service="web",
        port_name="http",
        port=80,
        protocol="TCP",
        mode="cluster",
        chosen_because="you chose it",
        members=(MEMBER,),
        left_out=(GAP,),
        warnings=("warning",),
        health_check_node_port=32000,
        route_domain=domain,
        target_ports=(8080,),
    )
    assert pool.address(MEMBER) == address
    assert pool.as_dict() == {
        "namespace": "default",
        "service": "web",
        "port": {"name": "http", "number": 80, "protocol": "TCP"},
        "pool_member_type": "cluster",
        "chosen_because": "you chose it",
        "health_check_node_port": 32000,
        "route_domain": domain,
        "members": [{**OF_MEMBER, **of_domain}],
        "left_out": [
            {
                "kind": "Pod",
                "name": "web-2",
                "node": "n2",
                "reason": "not_ready",
                "message": "It is not ready.",
            }
        ],
        "warnings": ["warning"],
    }


def test_what_an_object_is_that_does_not_say_more() -> None:
    """A ready member without a ratio, a ready node that takes Pods, a Service of IPv4 inside the cluster."""
    member, node, service, state = Member("10.0.0.1", 80), Node("n1"), Service("default", "web"), NplState()
    assert (member.ready, member.serving, member.terminating, member.ratio) == (True, True, False, None)
    assert (node.ready, node.unschedulable) == (True, False)
    assert (service.type, service.families, service.local, service.headless) == ("ClusterIP", ("IPv4",), False, False)
    assert (state.antrea, state.enabled, state.setting) == (None, None, "")
    assert LeftOut("Pod", "a", "not_ready", "It is not ready.").lasting is False
    assert (Snapshot().now, PodMeta("uid-a", None).created) == (0, 0), "not known"


@pytest.mark.parametrize(
    ("serving", "terminating", "finished"),
    [(True, False, False), (False, False, False), (True, True, False), (False, True, True)],
)
def test_a_pod_is_finished_when_it_terminates_and_serves_no_more(
    serving: bool, terminating: bool, finished: bool
) -> None:
    assert Endpoint("10.0.0.1", False, serving, terminating, "n1", "a", "uid-a").finished is finished
