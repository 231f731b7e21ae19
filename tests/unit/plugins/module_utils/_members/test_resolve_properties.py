# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any cluster: the same output for the same state, no duplicates, nothing invented, only Failure is raised."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members import mapping
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Member, Pool, Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.options import MODES
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

PODS = "abcdef"
NODES = ["n1", "n2", "n3"]
quick = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def mostly(good: list[Any], others: list[Any]) -> st.SearchStrategy[Any]:
    """A part of a cluster that is spoiled one time in ten."""
    return st.sampled_from(good * (9 * len(others)) + others)


def sound(good: list[Any], _others: list[Any]) -> st.SearchStrategy[Any]:
    """A part of a cluster that is never spoiled."""
    return st.sampled_from(good)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
good_entries = st.fixed_dictionaries(
    {
        "podPort": mostly([8080], [9090]),
        "nodeIP": st.sampled_from(["198.18.0.1", "198.18.0.2", "198.18.0.3", "2001:db8:18::1"]),
        "nodePort": st.sampled_from(range(61000, 61004)),  # of integers Hypothesis draws constants of loaded modules
    },
    optional={
        "protocol": st.sampled_from(["tcp", "udp", "TCP", ""]),
        "protocols": st.sampled_from([["tcp"], ["tcp", "udp"], [], None]),
        "ipFamily": st.sampled_from(["IPv4", "IPv6", ""]),
    },
)
spoiled_entries = st.builds(
    lambda entry, name, value: {**entry, name: value}, good_entries, st.sampled_from(["podPort", "nodeIP", "nodePort", "protocol", "protocols"]), anything
)
good_annotations = st.lists(good_entries, min_size=1, max_size=4).map(json.dumps)
annotations = st.one_of(
    good_annotations,
    st.lists(st.one_of(good_entries, spoiled_entries), max_size=4).map(json.dumps),
    st.none(),
    anything.map(lambda value: json.dumps(value, allow_nan=True)),
    st.text(),
)
sources = st.builds(
    Source,
    namespace=st.just("default"),
    name=st.just("web"),
    port=mostly([None, "80"], ["http", "80/UDP"]),
    mode=st.sampled_from(MODES),
    address_family=mostly(["service", "both"], ["ipv4", "ipv6"]),
    terminating=st.sampled_from(["exclude", "fallback", "keep", "drain"]),
    node_weight=st.sampled_from(["equal", "endpoints"]),
    include_unschedulable=st.booleans(),
    exclude_nodes=mostly([()], [("n1",)]),
    pod_network_routable=mostly([True], [None]),
)


def clusters(part: Callable[[list[Any], list[Any]], st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A Service with all that belongs to it; `part` chooses each value from the good ones and the others."""
    addresses = part([""], ["=100.96.0.9", "=100.96.0.10", "=999.1.1.1", "=2001:db8::1", "="])
    states = part(["ready"], sorted(text.STATES))
    endpoints = st.builds(lambda pod, node, state, address: f"{pod}@{node}!{state}{address}", st.sampled_from(PODS), st.sampled_from(NODES), states, addresses)
    slice_lines = st.builds(
        lambda family, ports, items: f"{family}{ports} | {' '.join(items)}",
        part([""], ["v6 ", "fqdn "]),
        part(["http:8080/TCP"], ["http:9090/TCP", "http:8080/UDP", "x:1/TCP http:8080/TCP", "http:/TCP", ""]),
        st.lists(endpoints, min_size=2, max_size=6),
    )
    node_states = part([""], ["!notready", "!cordoned", "!excluded", "!leaving", "!noaddress", "!v4only"])
    nodes = st.tuples(*(node_states.map(lambda state, name=name: f"{name}{state}") for name in NODES)).map(list)
    good_or_any = part([good_annotations], [annotations]).flatmap(lambda strategy: strategy)
    service = st.fixed_dictionaries(
        {
            "ports": part([text.HTTP], ["http:80/TCP>web#30080", "http:80/UDP>8080#30080", "80/TCP>8080#30080", "http:80/TCP"]),
            "type": part(["ClusterIP", "NodePort", "LoadBalancer"], ["ExternalName"]),
            "families": part([["IPv4"]], [["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]]),
            "npl": part(["true"], ["false", None]),
            "selector": part([{"app": "web"}], [None]),
            "externalTrafficPolicy": st.sampled_from(["Local", "Cluster"]),
        }
    )
    return st.fixed_dictionaries(
        {
            "service": service,
            "slices": part([st.lists(slice_lines, min_size=1, max_size=4)], [st.just([])]).flatmap(lambda strategy: strategy),
            "nodes": part([nodes], [nodes.map(lambda lines: lines[:1]), st.none()]).flatmap(lambda strategy: strategy),
            "annotations": st.fixed_dictionaries({name: good_or_any for name in PODS}),
        }
    )


worlds = st.one_of(clusters(sound), clusters(mostly))


def build(world: dict[str, Any], order: Any = lambda items: items) -> Snapshot:
    """The world as a snapshot; `order` rearranges every list whose order means nothing."""
    service = dict(world["service"])
    slices = [text.endpoint_slice(line, index) for index, line in enumerate(world["slices"])]
    for piece in slices:
        piece["endpoints"] = order(piece["endpoints"] or [])
        piece["ports"] = order(piece["ports"] or [])
    nodes = None if world["nodes"] is None else order([text.node(line) for line in world["nodes"]])
    pods = text.pods(" ".join(PODS), raw={name: value for name, value in world["annotations"].items() if value is not None})
    return text.snapshot([text.service(service.pop("ports"), **service)], order(slices), nodes, order(pods))


def attempt(made: Snapshot, source: Source) -> Pool | tuple[str, str]:
    try:
        return resolve(made, source)
    except Failure as failed:
        return failed.code, failed.message


@quick
@given(worlds, sources, st.randoms(use_true_random=False))
def test_the_order_in_which_the_api_sends_things_means_nothing(world: dict[str, Any], source: Source, random: Any) -> None:
    def shuffled(items: list[Any]) -> list[Any]:
        return random.sample(items, len(items))

    assert attempt(build(world), source) == attempt(build(world, shuffled), source)


def numerically(member: Member) -> tuple[int, int, int]:
    address = ipaddress.ip_address(member.address)
    return address.version, int(address), member.port


def test_the_worlds_have_members() -> None:
    """A property proves nothing in a world whose pool is empty: a quarter of the worlds have two members or more."""
    sizes: list[int] = []

    @settings(max_examples=150, deadline=None, database=None, derandomize=True)
    @given(worlds, sources)
    def look(world: dict[str, Any], source: Source) -> None:
        pool = attempt(build(world), source)
        sizes.append(len(pool.members) if isinstance(pool, Pool) else 0)

    look()
    assert sum(size > 1 for size in sizes) > len(sizes) / 4, sizes


@quick
@given(worlds, sources)
def test_no_member_twice_and_sorted(world: dict[str, Any], source: Source) -> None:
    pool = attempt(build(world), source)
    if isinstance(pool, Pool):
        assert len({(member.address, member.port) for member in pool.members}) == len(pool.members)
        assert list(pool.members) == sorted(pool.members, key=numerically)
        assert len(set(pool.left_out)) == len(pool.left_out)


@quick
@given(worlds, sources)
def test_nothing_is_invented(world: dict[str, Any], source: Source) -> None:
    """Every member can be pointed at in what the API sent, with the state that it needs."""
    pool = attempt(build(world), source)
    if not isinstance(pool, Pool):
        return
    pieces = [text.endpoint_slice(line, index) for index, line in enumerate(world["slices"])]
    sent = [(piece, endpoint) for piece in pieces for endpoint in piece["endpoints"] or []]
    for member in pool.members:
        if pool.mode == "nodeport":
            node = next(text.node(line) for line in world["nodes"] or [] if line.startswith(member.node or "?"))
            assert member.port == 30080 and member.address in [item["address"] for item in node["status"]["addresses"]]
            assert node["status"]["conditions"][0]["status"] == "True"
            assert sent
            continue
        mine = [endpoint for _piece, endpoint in sent if (endpoint.get("targetRef") or {}).get("name") == member.pod]
        taking = [one for one in mine if one["conditions"].get("ready", True) or (one["conditions"].get("serving") and one["conditions"].get("terminating"))]
        assert taking
        if pool.mode == "cluster":
            assert member.address in [facts_address(one["addresses"][0]) for one in taking]
        else:
            entries = mapping.parse(world["annotations"].get(member.pod)).entries
            assert (member.address, member.port) in [(item.address, item.port) for item in entries]


def facts_address(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return ""


@quick
@given(worlds, sources)
def test_each_endpoint_is_a_member_or_explained(world: dict[str, Any], source: Source) -> None:
    """If the members are Pods and a slice has port and family, each Pod is a member or has a reason."""
    pool = attempt(build(world), source)
    if not isinstance(pool, Pool) or pool.mode == "nodeport":
        return
    told = {member.pod for member in pool.members} | {item.name for item in pool.left_out} | {item.message.split()[1] for item in pool.left_out}
    service = snapshot.service(text.service(**world["service"]))
    wanted = {"service": service.families[:1], "both": service.families, "ipv4": ("IPv4",), "ipv6": ("IPv6",)}[source.address_family]
    rivals: dict[str, set[str]] = {}
    for index, line in enumerate(world["slices"]):
        piece = text.endpoint_slice(line, index)
        for endpoint in piece["endpoints"] or []:
            rivals.setdefault(facts_address(endpoint["addresses"][0]), set()).add(endpoint["targetRef"]["name"])
    for index, line in enumerate(world["slices"]):
        piece = text.endpoint_slice(line, index)
        if piece["addressType"] not in wanted:
            continue
        for endpoint in piece["endpoints"] or []:
            name, address = endpoint["targetRef"]["name"], facts_address(endpoint["addresses"][0])
            assert name in told or len(rivals[address]) > 1 or piece["metadata"]["name"] in told


@settings(max_examples=300, deadline=None)
@given(annotations)
def test_any_annotation_is_read_without_an_exception(annotation: str | None) -> None:
    parsed = mapping.parse(annotation)
    assert parsed.entries == sorted(set(parsed.entries))
    for entry in parsed.entries:
        assert 0 < entry.port < 65536 and 0 < entry.pod_port < 65536


def test_an_annotation_nested_without_end_is_malformed() -> None:
    assert mapping.parse("[" * 100_000).faults
