# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long mappings are waited for, and for which gaps."""

from __future__ import annotations

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._collect.cluster import Cluster
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import kube
from ansible_collections.vks.bigip.tests.unit.support.collecting import (
    AGENT,
    EVERYBODY,
    MAPS,
    ON,
    SLICE,
    antrea,
    daemon_set,
    nodes,
    pods,
    raw_pod,
    run,
    services,
    slices,
    source,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

STILL = "of wait_for_mappings, 1 ready endpoint(s) still have no usable mapping: see left_out."


def test_mappings_that_come_are_waited_for() -> None:
    clock = Clock()
    again = [slices(), pods(maps=""), nodes(), slices(), pods(), nodes()]
    (pool,) = run(
        [services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY, *again],
        source(wait_for_mappings=30),
        clock=clock,
    )
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == () and pool.warnings == ()
    assert len(clock.pauses) == 2 and clock.now < 3


def test_what_is_still_missing_after_the_wait_is_said() -> None:
    clock = Clock()
    script = [
        services(),
        slices(),
        pods(maps=""),
        nodes(),
        *antrea(ON),
        EVERYBODY,
        slices(),
        pods(maps=""),
        nodes(),
        *antrea(ON),
        EVERYBODY,
    ]
    (pool,) = run(script, source(wait_for_mappings=0.3), clock=clock)
    assert text.left(pool) == "a=mapping_missing" and clock.pauses == [pytest.approx(0.3)]
    assert pool.warnings == (f"After 0.3 s {STILL}",)


def again(count: int, *last: Exchange) -> list[Exchange]:
    """So many reads of a Pod without a mapping, and the reason of the gap after the last one."""
    return [item for _n in range(count) for item in (slices(), pods(maps=""), nodes())] + list(last)


@pytest.fixture
def no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)


@pytest.mark.usefixtures("no_jitter")
def test_the_pauses_grow_to_three_seconds_and_end_with_the_wait() -> None:
    clock, explained = Clock(), [*antrea(ON), EVERYBODY]
    script = [services(), *again(1, *explained), *again(6, *explained)]
    (pool,) = run(script, source(wait_for_mappings=12), clock=clock)
    assert clock.pauses == pytest.approx([0.5, 1, 2, 3, 3, 2.5])
    assert pool.warnings == (f"After 12 s {STILL}",)


@pytest.mark.usefixtures("no_jitter")
def test_each_pool_waits_as_long_as_its_source_says() -> None:
    clock, explained = Clock(), [*antrea(ON), EVERYBODY]
    script = [services(), *again(1, *explained), *again(4, *explained)]
    sources = [
        source(path=f"pools[{number}]", wait_for_mappings=wait) for number, wait in enumerate((2, 0, 6, 0.01))
    ]
    pools = run(script, *sources, clock=clock)
    assert clock.pauses == pytest.approx([0.5, 1, 2, 2.5])
    assert [pool.warnings for pool in pools] == [(f"After 2 s {STILL}",), (), (f"After 6 s {STILL}",), ()]


def test_a_moment_is_not_waited_for() -> None:
    """A hundredth of a second is what a sleep may miss its end by."""
    clock = Clock()
    script = [services(), *again(1, *antrea(ON), EVERYBODY)]
    (pool,) = run(script, source(wait_for_mappings=0.01), clock=clock)
    assert clock.pauses == [] and pool.warnings == ()


def test_the_warning_follows_the_others() -> None:
    """The mapping is outside of the range, and of a port of the kubelet."""
    maps = "a:8080/tcp=198.18.0.1:10250"
    own = "/apis/apps/v1/namespaces/kube-system/daemonsets"
    ranges = [
        listing(own, daemon_set(), labels=AGENT),
        antrea(ON)[2],
        listing("/apis/crd.antrea.io/v1beta1/antreaagentinfos"),
    ]
    script = [services(), slices(), pods(maps), nodes(), *ranges, slices(), pods(maps), nodes()]
    (pool,) = run(script, source(wait_for_mappings=0.3))
    first, second = pool.warnings
    assert first.startswith("Pod a is mapped to 198.18.0.1 port 10250, which is outside of ")
    assert second == f"After 0.3 s {STILL}"


def test_a_pod_that_is_gone_is_waited_for_no_longer() -> None:
    gone = slices(text.endpoint_slice("http:8080/TCP | "))
    script = [services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY]
    script += [gone, pods(maps=""), nodes()]
    (pool,) = run(script, source(wait_for_mappings=30))
    assert (text.members(pool), text.left(pool), pool.warnings) == ("", "", ())


def test_only_the_pools_with_a_gap_wait() -> None:
    other = text.service(name="other", npl="true")
    ready = text.endpoint_slice("http:8080/TCP | b@n2", name="other")
    mapped = "b:8080/tcp=198.18.0.2:61000"
    script = [
        services(text.service(npl="true"), other),
        slices(SLICE, ready),
        pods(maps=mapped, names="a b"),
        nodes(),
        *antrea(ON),
        EVERYBODY,
    ]
    script += [slices(), pods(maps=f"{MAPS} {mapped}", names="a b"), nodes()]
    first, second = run(
        script, source(wait_for_mappings=30), source(name="other", path="pools[1]", wait_for_mappings=30)
    )
    assert text.members(first) == "198.18.0.1:61000@a" and text.members(second) == "198.18.0.2:61000@b"


def test_no_wait_where_no_mapping_will_come() -> None:
    clock = Clock()
    (pool,) = run(
        [services(), slices(), pods(maps=""), nodes(), *antrea("")], source(wait_for_mappings=30), clock=clock
    )
    assert text.left(pool) == "a=npl_off" and clock.now == 0


@pytest.mark.parametrize(
    ("state", "reason"),
    [(antrea(""), "npl_off"), ([listing("/apis/apps/v1/daemonsets", labels=AGENT)], "antrea_missing")],
)
def test_no_wait_for_a_gap_beside_one_that_antrea_will_never_close(
    state: list[Exchange], reason: str
) -> None:
    clock = Clock()
    both = slices(text.endpoint_slice("http:8080/TCP | a@n1 b@n2"))
    (pool,) = run(
        [services(), both, pods(maps=""), nodes(), *state], source(wait_for_mappings=30), clock=clock
    )
    assert text.left(pool) == f"a={reason} b=pod_gone" and clock.now == 0


@pytest.mark.parametrize(
    "annotation", ["[{", "{}", '[{"podPort":"8080","nodeIP":"198.18.0.1","nodePort":61000,"protocol":"tcp"}]']
)
def test_no_wait_for_an_annotation_that_antrea_cannot_read(annotation: str) -> None:
    clock = Clock()
    (pool,) = run(
        [services(), slices(), raw_pod(annotation), nodes()], source(wait_for_mappings=30), clock=clock
    )
    assert text.left(pool) == "a=mapping_malformed" and len(pool.warnings) == 1 and clock.now == 0


def test_a_wrong_value_is_waited_for() -> None:
    """Antrea rewrites it."""
    wrong = raw_pod('[{"podPort":8080,"nodeIP":"198.18.0.1","nodePort":0,"protocol":"tcp"}]')
    (pool,) = run(
        [services(), slices(), wrong, nodes(), *antrea(ON), EVERYBODY, slices(), pods(), nodes()],
        source(wait_for_mappings=30),
    )
    assert text.members(pool) == "198.18.0.1:61000@a" and pool.left_out == ()


SIX = [
    services(text.service(npl="true", families=["IPv6"])),
    slices(text.endpoint_slice("v6 http:8080/TCP | a@n1")),
]


def test_no_wait_for_ipv6_of_antrea_2_5() -> None:
    clock = Clock()
    (pool,) = run([*SIX, pods(), nodes()], source(wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=mapping_other_family" and clock.now == 0


def test_ipv6_of_antrea_2_6_is_waited_for() -> None:
    both = f"{MAPS};IPv4 a:8080/tcp=2001:db8:18::1:61000;IPv6"
    script = [*SIX, pods(f"{MAPS};IPv4"), nodes(), *antrea(ON), EVERYBODY, SIX[1], pods(both), nodes()]
    (pool,) = run(script, source(wait_for_mappings=30))
    assert text.members(pool) == "[2001:db8:18::1]:61000@a" and pool.left_out == ()


def test_a_gap_that_stays_does_not_stop_the_wait_for_another() -> None:
    line = slices(text.endpoint_slice("http:8080/TCP | a@n1 b@n2"))
    first = listing(kube.pods(), *text.pods("a b", raw={"a": "[{"}))
    second = listing(kube.pods(), *text.pods("a b", "b:8080/tcp=198.18.0.2:61000", raw={"a": "[{"}))
    (pool,) = run(
        [services(), line, first, nodes(), *antrea(ON), EVERYBODY, line, second, nodes()],
        source(wait_for_mappings=30),
    )
    assert (
        text.members(pool) == "198.18.0.2:61000@b"
        and text.left(pool) == "a=mapping_malformed"
        and len(pool.warnings) == 1
    )


def test_no_pause_after_the_end_of_the_tasks_deadline() -> None:
    """The last read took the rest of the time; what it sent counts."""
    clock = Clock()
    last = nodes(expect=lambda _request: setattr(clock, "now", 60.0))
    stale = pods("a:8080/tcp=198.18.0.9:61000")
    (pool,) = run([services(), slices(), stale, last], source(wait_for_mappings=30), clock=clock)
    assert text.left(pool) == "a=mapping_stale" and clock.pauses == []


def test_the_wait_ends_with_the_tasks_deadline() -> None:
    clock = Clock()
    with ScriptedServer([services(), slices(), pods(maps=""), nodes(), *antrea(ON), EVERYBODY]) as server:
        server.left.extend([item for _n in range(30) for item in (slices(), pods(maps=""), nodes())])
        options = {"host": server.url, "allow_http": True, "api_key": "t"}
        with Cluster(options, clock.deadline(20)) as cluster, pytest.raises(Failure) as caught:
            cluster.pools([source(wait_for_mappings=600)])
        server.left.clear()
    assert caught.value.code == "kubernetes_timeout" and clock.now == pytest.approx(20)
