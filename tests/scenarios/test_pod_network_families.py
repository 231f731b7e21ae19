# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Pod network of a dual-stack cluster on a pair, in route domains 0 and 2: requests of both families reach Pods."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from support import tree
from support.labs import Labs

from .site import SERVICE, Site
from .stream import Stream
from .test_no_lost_request_routes import nodes
from .waiting import eventually

ROUTE = "/mgmt/tm/net/route"
GROUP = "/Common/lab-group"
UNITS = (0, 1)
VIRTUALS = {"IPv4": "192.0.2.80", "IPv6": "2001:db8:1::80"}
"""The virtual server of the Service with the Pods' addresses of this family."""

DOMAIN_2_SELF_IPS = (("198.18.255.244%2/16", "2001:db8:18::ffff:fff4%2/64"), ("198.18.255.243%2/16", "2001:db8:18::ffff:fff3%2/64"))
"""The self IPs of each unit in the network of the nodes."""


@pytest.fixture(scope="module")
def site(labs: Labs) -> Iterator[Site]:
    with Site(labs.give("--cni", "calico", "--nodes", "2", "--ip-family", "dual", "--bigip-units", "2"), tree.link()) as made:
        yield made


class World:
    """The shop on a pair, with one virtual server for each address family. domain: the route domain of all that."""

    def __init__(self, site: Site, domain: int) -> None:
        self.site, self.domain = site, domain
        self._suffix = f"%{domain}" if domain else ""
        for unit in UNITS:
            site.control("POST", "/_lab/reset", {}, unit=unit)
            if domain:
                self._create_domain(unit)
        site.control("POST", "/_lab/failover", {"to": 0})
        site.deploy(4)
        for family in VIRTUALS:
            self._create_service(family)
        assert eventually(self._blocks_have_all_pods)

    def _blocks_have_all_pods(self) -> bool:
        blocks = [ip_network(one["spec"]["cidr"]) for one in self.confirmed()]
        addresses = [ip_address(one["ip"]) for pod in self.site.pods() for one in pod["status"]["podIPs"]]
        return all(any(address in block for block in blocks) for address in addresses)

    def _create_domain(self, unit: int) -> None:
        create = self.site.control
        create("POST", "/mgmt/tm/net/vlan", {"name": "nodes-2", "tag": 4092}, unit=unit)
        create("POST", "/mgmt/tm/net/route-domain", {"name": str(self.domain), "vlans": ["nodes-2"]}, unit=unit)
        for number, address in enumerate(DOMAIN_2_SELF_IPS[unit]):
            own = {"name": f"self-nodes-2-{number}", "address": address, "vlan": "nodes-2", "allowService": ["default"]}
            create("POST", "/mgmt/tm/net/self", own, unit=unit)

    def _create_service(self, family: str) -> None:
        spec = {"ipFamilies": [family], "ipFamilyPolicy": "SingleStack", "selector": {"app": SERVICE}, "ports": [{"port": 80, "targetPort": 8080}]}
        service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": family.lower()}, "spec": spec}
        self.site.kubectl("apply", "-f", "-", stdin=json.dumps(service))
        selector = f"kubernetes.io/service-name={family.lower()}"

        def ready() -> bool:
            points = [point for one in self.site.get("endpointslices", "-l", selector)["items"] for point in one["endpoints"] or []]
            return sum(bool(point["conditions"].get("ready")) for point in points) == 4

        assert eventually(ready)

    # -- the modules

    def route_pods(self, **options: Any) -> dict[str, Any]:
        given = {"provider": self.site.provider(), "route_domain": self.domain, "sync_to_group": GROUP, **options}
        return succeeded(self.site.module("pod_routes", **given))

    def connect(self, **options: Any) -> dict[str, Any]:
        given = {"provider": self.site.provider(), "route_domain": self.domain, "bigip_as_number": 64513, **options}
        return succeeded(self.site.module("pod_bgp", **given))

    def publish(self, **options: Any) -> dict[str, Any]:
        return self.site.publish(*(self._application(family) for family in VIRTUALS), sync_to_group=GROUP, **options)

    def _application(self, family: str) -> dict[str, Any]:
        virtual = {"class": "Service_HTTP", "virtualAddresses": [VIRTUALS[family] + self._suffix], "virtualPort": 80, "persistenceMethods": []}
        service = {"namespace": "default", "name": family.lower()}
        more = {"route_domain": self.domain} if self.domain else {}
        return self.site.application(application=family, virtual_server=virtual, service=service, pool_member_type="cluster", **more)

    # -- BIG-IP

    def answered(self, family: str) -> set[str]:
        """The Pods that answer at the virtual server of this family. It is empty if a request fails."""
        address = VIRTUALS[family] + self._suffix
        address = f"[{address}]" if family == "IPv6" else address
        with Stream(self.site.data_proxy(), f"http://{address}/") as stream:
            stream.more(20)
        return set() if stream.result.failed else set(stream.result.answered)

    def all_answer(self) -> bool:
        return all(eventually(lambda family=family: self.answered(family) == self.site.names()) for family in VIRTUALS)  # type: ignore[misc]

    def none_answers(self) -> bool:
        return all(eventually(lambda family=family: not self.answered(family)) for family in VIRTUALS)  # type: ignore[misc]

    def members(self, family: str, unit: int = 0) -> set[str]:
        return {item["address"] for item in self.site.control("GET", f"/mgmt/tm/ltm/pool/~Shop~{family}~pool/members", unit=unit)["items"]}

    def routes(self, unit: int) -> dict[str, str]:
        """Network to gateway of the routes to Pods, as BIG-IP spells them."""
        items = self.site.control("GET", ROUTE, unit=unit)["items"]
        return {item["network"]: item["gw"] for item in items if item["network"] != "default"}

    def writes(self) -> int:
        """The changes that both units were asked for."""
        log = [entry for unit in UNITS for entry in self.site.control("GET", "/_lab/requests", unit=unit)["items"]]
        return sum(entry["method"] != "GET" and "/authn/" not in entry["path"] and "/authz/" not in entry["path"] for entry in log)

    def confirmed(self) -> list[dict[str, Any]]:
        every = self.site.get("blockaffinities.crd.projectcalico.org")["items"]
        return [one for one in every if one["spec"]["state"] == "confirmed"]

    def blocks(self) -> dict[str, str]:
        """Network to gateway of the routes that the cluster needs: of each block, by the node's address of the same family."""
        addresses = {node["metadata"]["name"]: internal_ips(node) for node in nodes(self.site)}
        needed = {}
        for one in self.confirmed():
            host, _slash, length = one["spec"]["cidr"].partition("/")
            gateway = addresses[one["spec"]["node"]][ip_network(one["spec"]["cidr"]).version]
            needed[f"{host}{self._suffix}/{length}"] = f"{gateway}{self._suffix}"
        return needed

    def fail_over(self) -> None:
        self.site.control("POST", "/_lab/failover", {"to": 1})


def internal_ips(node: dict[str, Any]) -> dict[int, str]:
    """The node's address of each IP version."""
    internal = [one["address"] for one in node["status"]["addresses"] if one["type"] == "InternalIP"]
    return {ip_network(address).version: address for address in internal}


def succeeded(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("failed"), result
    return result


@pytest.fixture(params=[0, 2], ids=["route domain 0", "route domain 2"])
def world(site: Site, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(site, request.param)
    yield made
    made.connect(state="absent")
    for unit in UNITS:
        site.control("POST", "/_lab/reset", {}, unit=unit)
    site.control("POST", "/_lab/failover", {"to": 0})


def test_static_routes(world: World) -> None:
    (refused,) = world.publish(fails=True)["failure"]["tenants"]
    assert {one["code"] for one in (refused, *refused["faults"])} == {"pod_network_unreachable"}
    assert len(refused["faults"]) == len(VIRTUALS) - 1, "the pool of one family has a path"
    created = world.route_pods()
    needed = world.blocks()
    assert {ip_network(route["network"]).version for route in created["routes"]} == {4, 6}
    assert created["counts"]["added"] == len(needed) and world.routes(0) == world.routes(1) == needed
    world.publish()
    assert all(":" in address for address in world.members("IPv6")) and all("." in address for address in world.members("IPv4"))
    assert world.all_answer()
    before = world.writes()
    assert not world.route_pods()["changed"] and not world.publish()["changed"] and world.writes() == before
    world.fail_over()
    assert world.all_answer()
    world.route_pods(state="absent")
    assert world.routes(0) == world.routes(1) == {} and world.none_answers()


def test_bgp(world: World) -> None:
    connected = world.connect(enable_tmos_routing=True)
    assert connected["established"], connected
    peers = {(one["node"], one["unit"], ip_network(one["peer"]).version) for one in connected["sessions"]}
    assert len(peers) == len(connected["sessions"]) == 2 * len(UNITS) * len(VIRTUALS), connected["sessions"]
    assert all({*world.site.control("GET", "/_lab/bgp", unit=unit)["learnt"]} for unit in UNITS)
    world.publish()
    assert world.all_answer()
    before = world.writes()
    assert not world.connect()["changed"] and not world.publish()["changed"] and world.writes() == before
    world.fail_over()
    assert world.all_answer()
    world.connect(state="absent")
    assert world.none_answers()
