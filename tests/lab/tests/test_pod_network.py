# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod network in a lab: BIG-IP reaches Pods only by its routes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab_use import application, ask, pods
from pod_network_use import ROUTE, BigIp
from running_lab import RunningLab, run_lab
from vkslab.net.objects import Node
from vkslab.pod_routes import Route, wanted

Labs = Callable[..., RunningLab]


# -- the routes that the lab's command creates


def node(name: str, *addresses: str, cidrs: tuple[str, ...] = ()) -> Node:
    internal = [{"type": "InternalIP", "address": address} for address in addresses]
    return Node.read(
        {"metadata": {"name": name}, "spec": {"podCIDRs": cidrs}, "status": {"addresses": internal}}
    )


def block(node: str, cidr: str, **spec: Any) -> dict[str, Any]:
    return {"spec": {"node": node, "cidr": cidr, **spec}}


@pytest.mark.parametrize(
    ("nodes", "blocks", "expected"),
    [
        pytest.param(
            [node("n1", "10.0.0.1", cidrs=("10.1.0.0/24",))], [], ["10.1.0.0/24 10.0.0.1"], id="range"
        ),
        pytest.param(
            [node("n1", "10.0.0.1", "fd00::1", cidrs=("10.1.0.0/24", "fd01::/64"))],
            [],
            ["10.1.0.0/24 10.0.0.1", "fd01::/64 fd00::1"],
            id="both families",
        ),
        pytest.param([node("n1", "fd00::1", cidrs=("10.1.0.0/24",))], [], [], id="no address of the family"),
        pytest.param(
            [node("n1", "10.0.0.1"), node("n2", "10.0.0.2")],
            [
                block("n1", "10.1.0.0/26"),
                block("n2", "10.1.0.64/26", deleted="false"),
                block("n2", "10.1.0.128/26", deleted="true"),
                block("n2", "10.1.0.192/26", deleted=True),
                block("gone", "10.2.0.0/26"),
            ],
            ["10.1.0.0/26 10.0.0.1", "10.1.0.64/26 10.0.0.2"],
            id="blocks",
        ),
    ],
)
def test_the_wanted_routes(nodes: list[Node], blocks: list[dict[str, Any]], expected: list[str]) -> None:
    found = wanted(nodes, blocks)
    assert [f"{route.network} {route.gateway}" for route in found.values()] == expected
    assert all(route.name == name and "/" not in name for name, route in found.items())


def test_the_name_of_a_route() -> None:
    assert Route("10.1.0.0/24", "10.0.0.1").name == "lab-pods-10.1.0.0_24"


# -- traffic


@pytest.fixture(scope="module")
def calico(lab: Labs) -> RunningLab:
    return lab(cni="calico", nodes=2, bigip_units=2)


@pytest.fixture
def bigip(calico: RunningLab) -> Iterator[BigIp]:
    found = BigIp(calico)
    yield found
    found.call("DELETE", "/mgmt/shared/appsvcs/declare/Pods")
    found.call("POST", "/_lab/failover", {"to": 0})
    calico.pod_routes("--remove")


def test_without_its_routes_nothing_answers(calico: RunningLab, bigip: BigIp) -> None:
    """Deleting the routes breaks traffic, and creating them restores it, on both units."""
    with application(calico) as name:
        addresses = [pod["status"]["podIP"] for pod in pods(calico, name)]
        bigip.publish(addresses)
        bigip.becomes("down")
        reasons = {reason for _state, reason in bigip.members().values()}
        assert all("router 198.18.255.1 has no route to 100.96." in reason for reason in reasons)
        assert not bigip.answers()
        # a client that is not the BIG-IP needs no route
        assert ask(calico, f"{addresses[0]}:8080").startswith(name)

        calico.pod_routes()
        bigip.becomes("up")
        assert bigip.answers()

        calico.pod_routes("--remove")
        assert not bigip.answers()
        bigip.becomes("down")

        calico.pod_routes()
        bigip.call("POST", "/mgmt/tm/cm", {"command": "run", "utilCmdArgs": "config-sync to-group lab-group"})
        bigip.call("POST", "/_lab/failover", {})
        bigip.becomes("up", unit=1)
        assert bigip.answers()


def test_only_the_node_of_a_pod_delivers(calico: RunningLab, bigip: BigIp) -> None:
    with application(calico, replicas=1) as name:
        (pod,) = pods(calico, name)
        bigip.publish([pod["status"]["podIP"]])
        nodes = {
            one["metadata"]["name"]: one["status"]["addresses"][0]["address"]
            for one in calico.get("nodes")["items"]
        }
        own = nodes.pop(pod["spec"]["nodeName"])
        (other,) = nodes.values()
        route = {"name": "pods", "network": f"{pod['status']['podIP']}/32", "gw": other}
        bigip.call("POST", ROUTE, route)
        bigip.becomes("down")
        bigip.call("PATCH", f"{ROUTE}/pods", {"gw": own})
        bigip.becomes("up")
        assert bigip.answers()
        bigip.call("DELETE", f"{ROUTE}/pods")


def test_a_restart_loses_routes_that_were_not_saved(calico: RunningLab, bigip: BigIp) -> None:
    with application(calico, replicas=1) as name:
        (pod,) = pods(calico, name)
        bigip.publish([pod["status"]["podIP"]])
        (gateway,) = [
            one["status"]["addresses"][0]["address"]
            for one in calico.get("nodes")["items"]
            if one["metadata"]["name"] == pod["spec"]["nodeName"]
        ]
        bigip.call("POST", ROUTE, {"name": "pods", "network": f"{pod['status']['podIP']}/32", "gw": gateway})
        bigip.becomes("up")
        bigip.restart()
        bigip.becomes("down")


def test_a_lab_that_does_not_exist() -> None:
    done = run_lab("pod-routes", "--name", "nowhere")
    assert done.returncode == 1 and "There is no lab nowhere." in done.stderr
