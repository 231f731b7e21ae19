# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules that hold for each plan, whatever the cluster and BIG-IP have."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._routes import marks, plan
from ansible_collections.vks.bigip.plugins.module_utils._routes.marks import Mark
from ansible_collections.vks.bigip.plugins.module_utils._routes.model import Network, Stored, Wanted, Write
from ansible_collections.vks.bigip.plugins.module_utils._routes.wanted import WantedRoutes
from ansible_collections.vks.bigip.tests.unit.support.pod_routes import OWNER, SCOPE

NODES = st.sampled_from(["n1", "n2", "n3"])
NETWORKS = st.sampled_from([ipaddress.ip_network(f"10.0.{number}.0/24") for number in range(6)] + [ipaddress.ip_network("10.0.0.7/32")])
GATEWAYS = st.sampled_from([ipaddress.ip_address(f"198.18.0.{number}") for number in range(1, 4)])
DESCRIPTIONS = st.one_of(
    st.sampled_from(["", "by hand", str(Mark("other", "", "n1")), str(Mark(OWNER, "blue", "n1"))]),
    NODES.map(lambda node: str(Mark(OWNER, "", node))),
)


@st.composite
def on_bigip(draw: st.DrawFn) -> list[Stored]:
    """At most one route for each network of a route domain, as on BIG-IP."""
    found = {}
    for number in range(draw(st.integers(0, 8))):
        network, domain = draw(NETWORKS), draw(st.sampled_from([0, 0, 0, 2]))
        partition = draw(st.sampled_from(["Common", "Common", "Shop"]))
        name = draw(st.sampled_from([marks.name("vks", OWNER, network, domain), f"r{number}"]))
        gateway = draw(st.one_of(GATEWAYS, st.none()))
        found[network, domain] = Stored(f"/{partition}/{name}", network, domain, gateway, draw(DESCRIPTIONS))
    return list({route.path: route for route in found.values()}.values())


@st.composite
def of_cluster(draw: st.DrawFn) -> WantedRoutes:
    found = draw(st.dictionaries(NETWORKS, st.tuples(GATEWAYS, NODES), max_size=7))
    held = draw(st.frozensets(NETWORKS, max_size=2)) - set(found)
    return WantedRoutes(tuple(Wanted(network, *rest) for network, rest in found.items()), held)


def applied(stored: Iterable[Stored], writes: Iterable[Write]) -> dict[str, Stored]:
    """BIG-IP's routes after the writes. BIG-IP refuses a second route with the same path or network."""
    routes = {route.path: route for route in stored}
    for before, after in writes:
        assert before is None or routes.pop(before.path) == before
        if after is not None:
            assert after.path not in routes
            routes[after.path] = after
    networks = [(route.network, route.route_domain) for route in routes.values()]
    assert len(networks) == len(set(networks))
    return routes


@settings(max_examples=300, deadline=None)
@given(of_cluster(), on_bigip(), st.booleans(), st.sampled_from(["", "blue", "red"]))
def test_the_rules(cluster: WantedRoutes, stored: list[Stored], prune: bool, name: str) -> None:
    scope = SCOPE._replace(cluster=name)
    try:
        found = plan.present(cluster, stored, scope, prune)
    except Failure as failure:
        assert failure.code in ("route_conflict", "pod_cidr_overlap")
        return
    after = applied(stored, [write for batch in found.batches(3) for write in batch])
    reached: dict[Network, object] = {route.network: route.gateway for route in after.values() if not route.route_domain}
    # Each wanted network is reached by its gateway.
    assert {route.network: reached.get(route.network) for route in cluster.routes} == {route.network: route.gateway for route in cluster.routes}
    # No write touches a route of another owner, partition or route domain.
    for write in found.writes:
        for side in write:
            assert side is None or (side.partition, side.route_domain) == ("Common", 0)
            mark = None if side is None else marks.read(side.description)
            assert side is None or (mark is not None and mark.owner == OWNER)
    # Own routes that are not wanted remain only without prune, or if their node lacks a gateway.
    needed = {route.network for route in cluster.routes} | cluster.held
    left = [route for route in after.values() if scope.mark_of(route) and route.network not in needed]
    assert not (prune and left)
    assert prune or not [write for write in found.writes if write.after is None]
    # A second run writes nothing.
    assert plan.present(cluster, after.values(), scope, prune).writes == ()


@settings(max_examples=100, deadline=None)
@given(of_cluster(), on_bigip(), st.randoms())
def test_the_order_of_the_input_does_not_matter(cluster: WantedRoutes, stored: list[Stored], random: object) -> None:
    def outcome(items: WantedRoutes, found: list[Stored]) -> object:
        try:
            return plan.present(items, found, SCOPE, True)
        except Failure as failure:
            return failure.code

    shuffled, mixed = list(stored), list(cluster.routes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert outcome(cluster, stored) == outcome(WantedRoutes(tuple(mixed), cluster.held), shuffled)


@settings(max_examples=100, deadline=None)
@given(on_bigip())
def test_absent_leaves_what_is_not_own(stored: list[Stored]) -> None:
    after = applied(stored, plan.absent(stored, SCOPE).writes)
    assert list(after.values()) == [route for route in stored if not SCOPE.mark_of(route)]
