# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Pods name the same port of a node: which pool keeps the member, whose is left out and why, and who is warned."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members import contested, mapping
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text

AGENT, HAND = "antrea-agent/status", "kubectl-annotate"
BY_AGENT = {"a": AGENT, "x": AGENT}
HALF = '[{"podPort": 8080, "nodeIP": "198.18.0.1", "nodePort": 61000, "protocol": "tcp"}, {"podPort": "x"}]'  # Antrea cannot read it
A, X = "a:8080/tcp=198.18.0.1:61000", "x:8080/tcp=198.18.0.1:61000"
A_IN, X_IN = "198.18.0.1:61000@a", "198.18.0.1:61000@x"
BOTH_OUT = ("", "a=mapping_contested", "", "x=mapping_contested")
A_TRUE, X_TRUE = (A_IN, "", "", "x=mapping_taken"), ("", "a=mapping_taken", X_IN, "")
NO_DISPUTE = (A_IN, "", X_IN, "")


class Case(NamedTuple):
    """Service web of namespace default has Pod a, Service other of namespace shop has Pod x. `want`: members and left_out of both."""

    name: str
    want: tuple[str, str, str, str]
    world: dict[str, Any]


def c(name: str, want: tuple[str, str, str, str], **world: Any) -> Case:
    return Case(name, want, world)


CASES = [
    c("different ports", (A_IN, "", "198.18.0.1:61001@x", ""), x_maps="x:8080/tcp=198.18.0.1:61001"),
    c("different nodes", (A_IN, "", "198.18.0.2:61000@x", ""), x_maps="x:8080/tcp=198.18.0.2:61000", x_slice="http:8080/TCP | x@n2"),
    c("different protocols", NO_DISPUTE, x_maps="x:8080/udp=198.18.0.1:61000", x_ports="http:80/UDP>8080", x_slice="http:8080/UDP | x@n1"),
    c("nothing shows which is true", BOTH_OUT),
    c("managedFields say that Antrea wrote both", NO_DISPUTE, writers=BY_AGENT),
    c("Antrea wrote one, the other's writer is not known", A_TRUE, writers={"a": AGENT}),
    c("Antrea wrote one, another user the other under a name like the agent's", A_TRUE, writers={"a": AGENT, "x": "antrea-agent/status/"}),
    c("Antrea wrote one, the other it cannot read", A_TRUE, writers=BY_AGENT, raw={"x": HALF}),
    c("one of them Antrea cannot read, and no writer is known", A_TRUE, raw={"x": HALF}),
    c("Antrea can read neither", BOTH_OUT, writers=BY_AGENT, raw={"a": HALF, "x": HALF}),
    c("managedFields say that Antrea wrote both, and Nodes may not be read", NO_DISPUTE, writers=BY_AGENT, nodes=None),
    c("Antrea wrote one, the other's writer is not known, and Nodes may not be read", A_TRUE, writers={"a": AGENT}, nodes=None),
    c("Antrea wrote one and another user the other, and Nodes may not be read", A_TRUE, writers={"a": AGENT, "x": HAND}, nodes=None),
    c("another user wrote both", BOTH_OUT, writers={"a": HAND, "x": HAND}),
    c("Antrea wrote one", A_TRUE, writers={"a": AGENT, "x": HAND}),
    c("Antrea wrote the other one", X_TRUE, writers={"a": HAND, "x": AGENT}),
    c("another user wrote one, the other's writer is not known", X_TRUE, writers={"a": HAND}),
    c("under the agent's name, but not as the agent does", A_TRUE, writers={"a": AGENT, "x": "antrea-agent"}),
    c("one of them runs on another node", (A_IN, "", "", "x=mapping_stale"), x_slice="http:8080/TCP | x@n2"),
    c("one of them runs on another node, and Nodes may not be read", BOTH_OUT, x_slice="http:8080/TCP | x@n2", nodes=None),
    c("the node of one of them is gone", (A_IN, "", "", "x=mapping_stale"), x_slice="http:8080/TCP | x@n9"),
    c("Antrea wrote one, on a node that is gone, and another user the other", BOTH_OUT[:2] + ("", "x=mapping_stale"),
      writers={"a": HAND, "x": AGENT}, x_slice="http:8080/TCP | x@n9"),
    c("one of them is terminating and does not serve", (A_IN, "", "", "x=terminating"), x_slice="http:8080/TCP | x@n1!dying"),
    c("the one that Antrea wrote is terminating and does not serve", (A_IN, "", "", "x=terminating"),
      x_slice="http:8080/TCP | x@n1!dying", writers={"x": AGENT}),
    c("one of them is terminating and serves", ("", "a=mapping_contested", "", "x=mapping_contested"), x_slice="http:8080/TCP | x@n1!draining"),
    c("one of them is not ready", ("", "a=mapping_contested", "", "x=not_ready"), x_slice="http:8080/TCP | x@n1!notready"),
    c("one of them is not ready and stale", (A_IN, "", "", "x=not_ready"), x_slice="http:8080/TCP | x@n1!notready", writers={"x": HAND}),
    c("one of them has no endpoint", (A_IN, "", "", ""), x_slice="http:8080/TCP | ", homes={"uid-x": frozenset()}),
    c("whether one of them has an endpoint is not known", ("", "a=mapping_contested", "", ""), x_slice="http:8080/TCP | "),
    c("one of them was looked up on the node", ("", "a=mapping_contested", "", ""), x_slice="http:8080/TCP | ", homes={"uid-x": frozenset(["n1"])}),
    c("one of them was looked up on another node", (A_IN, "", "", ""), x_slice="http:8080/TCP | ", homes={"uid-x": frozenset(["n2"])}),
    c("a stale mapping beside a true one", ("198.18.0.1:61005@a", "a=mapping_taken", X_IN, ""),
      a_maps=f"{A} a:8080/tcp=198.18.0.1:61005", writers={"a": HAND, "x": AGENT}),
    c("another port of the Pod", BOTH_OUT, x_maps="x:9090/tcp=198.18.0.1:61000", x_ports="http:80/TCP>9090", x_slice="http:9090/TCP | x@n1"),
    c("two ports of one Pod", ("", "a=mapping_contested", "", "x=mapping_missing"), a_maps=f"{A} a:9090/tcp=198.18.0.1:61000", x_maps=""),
    c("a third Pod, of the same Service", ("", "a=mapping_contested b=mapping_contested", "", "x=mapping_contested"),
      a_maps=f"{A} b:8080/tcp=198.18.0.1:61000", a_slice="http:8080/TCP | a@n1 b@n1"),
    c("two Pods of the same Service, and a third that another user annotated", (A_IN, "b=same_address", "", "x=mapping_contested"),
      a_maps=f"{A} b:8080/tcp=198.18.0.1:61000", a_slice="http:8080/TCP | a@n1 b@n1", writers={"x": HAND}),
    c("Antrea wrote one, and the slice of the other, also by Antrea, names no node", (A_IN, "", "", "x=mapping_unverified"),
      writers=BY_AGENT, x_slice="http:8080/TCP | x"),
    c("the slice of one of them names no node", ("", "a=mapping_contested", "", "x=mapping_unverified"), x_slice="http:8080/TCP | x"),
    c("two Pods of one pool that another user annotated", (A_IN, "b=same_address", "", "x=mapping_missing"),
      a_maps=f"{A} b:8080/tcp=198.18.0.1:61000", x_maps="", a_slice="http:8080/TCP | a@n1 b@n1", writers={"a": HAND, "b": HAND}),
    c("three Pods of one pool, two by Antrea", (A_IN, "b=same_address c=mapping_contested", "", "x=mapping_missing"),
      a_maps=f"{A} b:8080/tcp=198.18.0.1:61000 c:8080/tcp=198.18.0.1:61000", x_maps="", a_slice="http:8080/TCP | a@n1 b@n1 c@n1",
      writers={"a": AGENT, "b": AGENT, "c": HAND}),
    c("three Pods by managedFields, two of them of one namespace", ("", "a=mapping_contested", X_IN, ""), a_maps=f"{A} c:8080/tcp=198.18.0.1:61000",
      homes={"uid-c": frozenset(["n1"])}, writers={**BY_AGENT, "c": AGENT}),
    c("three Pods by managedFields, two of them of one pool", (A_IN, "b=same_address", X_IN, ""), a_maps=f"{A} b:8080/tcp=198.18.0.1:61000",
      a_slice="http:8080/TCP | a@n1 b@n1", writers={**BY_AGENT, "b": AGENT}),
    c("two Pods of the same Service, one by Antrea", ("198.18.0.1:61000@b", "a=mapping_taken", "", "x=mapping_missing"),
      a_maps=f"{A} b:8080/tcp=198.18.0.1:61000", x_maps="", a_slice="http:8080/TCP | a@n1 b@n1", writers={"a": HAND, "b": AGENT}),
]  # fmt: skip


def build(world: dict[str, Any]) -> Snapshot:
    writers, raw = world.get("writers"), world.get("raw")
    made = text.snapshot(
        [text.service(npl="true"), text.service(world.get("x_ports", text.HTTP), "other", "shop", npl="true")],
        [
            text.endpoint_slice(world.get("a_slice", "http:8080/TCP | a@n1")),
            text.endpoint_slice(world.get("x_slice", "http:8080/TCP | x@n1"), name="other", namespace="shop"),
        ],
        [text.node("n1"), text.node("n2")] if world.get("nodes", True) else None,
        [
            *text.pods("a b c", world.get("a_maps", A), raw, writers=writers),
            *text.pods("x", world.get("x_maps", X), raw, namespace="shop", writers=writers),
        ],
    )
    made.homes = world.get("homes", {})
    return made


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case) -> None:
    made = build(case.world)
    trusted = not case.world.get("nodes", True)
    web = resolve(made, Source("default", "web", mode="nodeportlocal", trust_npl_annotations=trusted))
    other = resolve(made, Source("shop", "other", mode="nodeportlocal", trust_npl_annotations=trusted))
    assert (text.members(web), text.left(web), text.members(other), text.left(other)) == case.want
    for pool in (web, other):
        for item in pool.left_out:
            if item.reason in ("mapping_contested", "mapping_taken"):
                assert any(item.message.startswith(warning) for warning in pool.warnings)


def test_the_warning_names_both_pods_and_the_port() -> None:
    made = build({})
    for source in (Source("default", "web", mode="nodeportlocal"), Source("shop", "other", mode="nodeportlocal")):
        (warning,) = resolve(made, source).warnings
        assert warning == (
            "The annotations of Pod default/a (port 8080) and Pod shop/x (port 8080) name the same 198.18.0.1 port 61000/TCP, "
            "and nothing shows which of them is true."
        )


def test_the_warning_names_the_owner_of_the_port() -> None:
    (warning,) = resolve(build({"writers": {"a": HAND, "x": AGENT}}), Source("default", "web", mode="nodeportlocal")).warnings
    assert warning == "Pod default/a (port 8080) is mapped to 198.18.0.1 port 61000/TCP, which belongs to Pod shop/x (port 8080)."


def test_both_are_warned_of_where_managed_fields_name_antrea_twice() -> None:
    """A user who may edit Pods can also forge managedFields; so neither claim may remove the other's member."""
    made = build({"writers": BY_AGENT})
    for source in (Source("default", "web", mode="nodeportlocal"), Source("shop", "other", mode="nodeportlocal")):
        (warning,) = resolve(made, source).warnings
        assert warning == (
            "The annotations of Pod default/a (port 8080) and Pod shop/x (port 8080) name the same 198.18.0.1 port 61000/TCP, and managedFields name "
            "antrea-agent as the writer of each. Antrea gives a port to one Pod, so one annotation is stale or forged. Each stays a member of its own "
            "pool. Find out from the API server's audit log who wrote which annotation, and delete the wrong one; Antrea writes it anew."
        )


@pytest.mark.parametrize(
    "world, warnings",
    [
        ({"writers": BY_AGENT, "x_slice": "http:8080/TCP | x"}, ()),
        (
            {"writers": {**BY_AGENT, "b": AGENT}, "a_maps": f"{A} b:8080/tcp=198.18.0.1:61000", "x_maps": "", "a_slice": "http:8080/TCP | a@n1 b@n1"},
            ("Pod b has 198.18.0.1 port 61000, as Pod a has.",),
        ),
    ],
    ids=["the other's slice names no node", "the other is of the same pool"],
)
def test_no_forgery_is_warned_of(world: dict[str, Any], warnings: tuple[str, ...]) -> None:
    assert resolve(build(world), Source("default", "web", mode="nodeportlocal")).warnings == warnings


def claim(namespace: str, pod: str) -> contested.PortClaim:
    return contested.PortClaim(namespace, pod, f"uid-{pod}", 8080)


@pytest.mark.parametrize(
    "likely, confirmed, forged",
    [
        ((claim("default", "a"), claim("shop", "x")), True, True),
        ((claim("default", "a"), claim("shop", "x")), False, False),
        ((claim("default", "a"), claim("default", "b")), True, False),
        ((), False, False),
    ],
)
def test_a_forgery_needs_confirmed_claims_of_two_namespaces(
    likely: tuple[contested.PortClaim, ...], confirmed: bool, forged: bool
) -> None:
    place = contested.Place("198.18.0.1", "TCP", 61000)
    assert contested.Dispute(place, likely, likely, confirmed).forged is forged


def test_disputes_and_their_claims_are_sorted() -> None:
    """The API sends the Pods of the higher port first."""
    made = build({"x_maps": "", "homes": {f"uid-{name}": frozenset(["n1"]) for name in "abcdefgh"}})
    maps = [f"{name}:8080/tcp=198.18.0.1:{port}" for port in (61009, 61005, 61007) for name in "hgfedcba"]
    made.pods = dict(map(snapshot.pod, text.pods("h g f e", " ".join(maps[:4])) + text.pods("d c b a", " ".join(maps[12:]))))
    disputes = contested.read(made).disputes
    high, low = (tuple(claim("default", name) for name in names) for names in ("efgh", "abcd"))
    assert [(place.port, dispute.claims, dispute.likely) for place, dispute in disputes.items()] == [
        (61005, low, low), (61007, low, low), (61009, high, high),
    ]  # fmt: skip


def test_without_pods_nothing_is_disputed() -> None:
    assert contested.read(Snapshot()) == contested.Annotations({}, {}) and contested.unplaced(Snapshot()) == set()


def test_no_annotation_is_read_twice_without_a_dispute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "unreadable", lambda _annotation: pytest.fail("read again"))
    assert contested.read(build({"x_maps": "x:8080/tcp=198.18.0.1:61001"})).disputes == {}


class Unread(dict[Any, Any]):
    """Slices that nothing looks at."""

    def values(self) -> Any:
        pytest.fail("all endpoints were gone through")


def test_no_endpoint_is_looked_at_without_a_dispute() -> None:
    """A cluster has tens of thousands."""
    made = build({"x_maps": "x:8080/tcp=198.18.0.1:61001"})
    made.slices = Unread(made.slices)
    assert contested.read(made).disputes == {} and contested.unplaced(made) == set()


def test_the_warning_names_ten_pods_of_many() -> None:
    made = build({})
    more = text.pods(" ".join(f"z{number}" for number in range(300)), " ".join(f"z{number}:8080/tcp=198.18.0.1:61000" for number in range(300)))
    made.pods = {**(made.pods or {}), **dict(map(snapshot.pod, more))}
    (warning,) = resolve(made, Source("default", "web", mode="nodeportlocal")).warnings
    assert len(warning) < 600 and "Pod default/a (port 8080)" in warning and "and 292 more" in warning


@pytest.mark.parametrize(
    "world, want",
    [
        ({}, set()),
        ({"x_maps": ""}, set()),
        ({"x_slice": "http:8080/TCP | "}, {("shop", "uid-x")}),
        ({"x_slice": "http:8080/TCP | ", "homes": {"uid-x": frozenset()}}, set()),
        ({"x_slice": "http:8080/TCP | ", "a_slice": "http:8080/TCP | "}, set()),
    ],
    ids=["both have endpoints", "no dispute", "one was not looked up", "one was looked up", "no pool lists either"],
)
def test_whose_endpoint_must_be_looked_up(world: dict[str, Any], want: set[tuple[str, str]]) -> None:
    assert contested.unplaced(build(world)) == want


@pytest.mark.parametrize("count", [2, 10, 11, 15])
def test_a_dispute_names_its_own_claim_among_many(count: int) -> None:
    """Ten are named, in their order; of more, the own one is the first."""
    claims = [claim("default", f"p{number:02}") for number in range(count)]
    own = claims[-1]
    first = [own, *claims[:9]] if count > 10 else claims
    more = f" and {count - 10} more" if count > 10 else ""
    assert contested.names(claims[::-1], own) == " and ".join(f"Pod default/{item.pod} (port 8080)" for item in first) + more
    assert contested.names(claims[::-1]) == " and ".join(f"Pod default/{item.pod} (port 8080)" for item in claims[:10]) + more
