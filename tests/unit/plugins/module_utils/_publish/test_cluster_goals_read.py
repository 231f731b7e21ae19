# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The goals of a request, whole, from a cluster with several Services."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any, Iterator

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._as3 import digests
from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._members.believed import OUTSIDE, UNVERIFIED
from ansible_collections.vks.bigip.plugins.module_utils._members.model import LeftOut, Service, ServicePort
from ansible_collections.vks.bigip.plugins.module_utils._ownership import mark
from ansible_collections.vks.bigip.plugins.module_utils._ownership.owners import CisClaim
from ansible_collections.vks.bigip.plugins.module_utils._plan.guards import Limits
from ansible_collections.vks.bigip.plugins.module_utils._plan.model import PoolFacts, Rules, TenantGoal
from ansible_collections.vks.bigip.plugins.module_utils._publish.cluster_goals import ClusterGoals
from ansible_collections.vks.bigip.plugins.module_utils._publish.interfaces import (
    BigIp,
    Goals,
    Interfaces,
    Kubernetes,
)
from ansible_collections.vks.bigip.plugins.module_utils._publish.options import PublishOptions
from ansible_collections.vks.bigip.plugins.module_utils._request import publishing
from ansible_collections.vks.bigip.plugins.module_utils._request.publishing import PublishRequest
from ansible_collections.vks.bigip.tests.unit.support.publishing import (
    OWNER,
    WEB,
    Clock,
    FakeCluster,
    app,
    pool,
)


class Read:
    """One read of goals: what it returns, and what it hides."""

    def __init__(
        self, cluster: FakeCluster, stored: Any = None, paths: Any = None, **options: Any
    ) -> None:
        given = PublishOptions.from_params(options)
        request = publishing.check(given, bool(options.get("assume_cis_at_rest")))
        assert isinstance(request, PublishRequest)
        self.clock, self.hidden = Clock(), set[str]()
        self.clock.now = 100
        self.wanted = request.wanted

        @contextlib.contextmanager
        def kubernetes() -> Iterator[Kubernetes]:
            self.clock.now += 2
            yield Kubernetes(cluster, lambda: cluster.claims)

        deadline = Deadline(9, self.clock, self.clock.sleep)
        unused: Any = None
        interfaces = Interfaces(unused, deadline, [], self.hidden.update, clock=self.clock)
        bigip = BigIp(unused, unused, paths, unused, unused, [])
        self.goals: Goals = ClusterGoals(given, request, interfaces, kubernetes).read(bigip, stored or {})


PRIVATE = {"shareNodes": False}


def entry(*addresses: str, port: int = 80, **more: Any) -> dict[str, Any]:
    return {"servicePort": port, "serverAddresses": list(addresses), "shareNodes": True, **more}


def test_the_goals_of_two_tenants() -> None:
    left_out = (
        LeftOut("Pod", "a", UNVERIFIED, "Pod a is not verified."),
        LeftOut("Node", "b", "not_ready", "Node b is not ready."),
        LeftOut("Pod", "c", OUTSIDE, "Pod c is outside."),
    )
    nodes = dataclasses.replace(
        pool("10.0.1.1:31000", "10.0.1.2:31000", mode="nodeport", service="nodes", route_domain=2),
        left_out=left_out,
        warnings=("One.", "Two."),
    )
    cluster = FakeCluster({"nodes": nodes, "web": pool("10.0.0.1:80"), "empty": pool(mode="nodeport")})
    cluster.requests = 7
    items = [
        app("T2", service="nodes", virtual_server=None, node_weight="endpoints", member=PRIVATE),
        app("T1", "A2", service="empty", virtual_server=None),
        app("T1", "A1", virtual_server=None, member={"ratio": 3}),
    ]
    given: dict[str, Any] = {"owner": "me", "min_members": 2, "adopt": "cis"}
    read = Read(
        cluster, applications=items, tenants={"T2": {"label": "x"}}, **given
    )
    application = {"class": "Application"}

    def facts(service: str, mode: str, **more: Any) -> PoolFacts:
        return PoolFacts(f"default/{service}:80/TCP", mode, **more)

    of_nodes = facts(
        "nodes",
        "nodeport",
        explicit_share=True,
        left_out=2,
        node_port=31000,
        options={"node_weight": "endpoints"},
        distrusted="Pod a is not verified.",
        unread=True,
    )

    def pool_of(*members: Any) -> dict[str, Any]:
        return {**application, "pool": {"class": "Pool", "monitors": ["http"], "members": list(members)}}

    assert read.goals == Goals(
        Rules(owner="me", cluster=OWNER, adopt="cis", limits=Limits(min_members=2)),
        [
            TenantGoal(
                "T1",
                {"A1": pool_of(entry("10.0.0.1", ratio=3)), "A2": pool_of()},
                {},
                {("A1", "pool"): facts("web", "nodeportlocal"), ("A2", "pool"): facts("web", "nodeport")},
            ),
            TenantGoal(
                "T2",
                {"A1": pool_of(entry("10.0.1.1%2", "10.0.1.2%2", port=31000, shareNodes=False))},
                {"label": "x"},
                {("A1", "pool"): of_nodes},
            ),
        ],
        {
            ("T2", "A1", "pool"): nodes,
            ("T1", "A2", "pool"): pool(mode="nodeport"),
            ("T1", "A1", "pool"): pool("10.0.0.1:80"),
        },
        ["/T2/A1/pool: One.", "/T2/A1/pool: Two."],
        7,
        2.0,
    )
    assert cluster.routable is None and read.wanted.faults == {}


def test_each_pool_has_the_mode_of_its_mark() -> None:
    """Else that of the mark as a whole; mixed is none."""
    sources = {"pool": {"pool_member_type": "nodeport"}, "other": {"pool_member_type": "cluster"}}
    marks = {
        "A1": {"owner": "me", "pool_member_type": "mixed", "pools": sources},
        "A2": {"owner": "me", "pool_member_type": "nodeportlocal"},
        "A3": {"owner": "me", "pool_member_type": "mixed"},
    }
    stored = {name: mark.put({"class": "Application"}, value) for name, value in marks.items()}
    cluster = FakeCluster(WEB)
    items = [app("T1", name, virtual_server=None) for name in ("A1", "A2", "A3", "A4")]
    items.append(app("T2", virtual_server=None))
    Read(cluster, {"T1": {"class": "Tenant", **stored}}, applications=items)
    assert cluster.published == {"applications[0]": "nodeport", "applications[1]": "nodeportlocal"}


def test_without_a_service_no_pool_is_read() -> None:
    class Unread(FakeCluster):
        def pools(self, *args: Any, **more: Any) -> Any:
            raise AssertionError("pools are read")

    server = app(service=None)["virtual_server"]
    read = Read(Unread(), applications=[app(service=None, pool=None, virtual_server=server)])
    assert read.goals.pools == {} and read.goals.tenants[0].facts == {}


def test_pools_of_labelled_services() -> None:
    labels = {"cis.f5.com/as3-tenant": "T1", "cis.f5.com/as3-app": "A1", "cis.f5.com/as3-pool": "web_pool"}
    ports = (ServicePort("http", 80, "TCP", 8080, None),)
    cluster = FakeCluster(WEB, services=[Service("b", "web", ports=ports, labels=labels)])
    empty = {"class": "Application", "web_pool": {"class": "Pool"}}
    declaration = {
        "class": "ADC",
        "T1": {"class": "Tenant", "A1": empty},
        "T2": {"class": "Tenant", "A1": empty},
    }
    read = Read(cluster, declaration=declaration, label_namespaces={"T1": ["b", "a"], "T2": ["c", "b"]})
    assert cluster.listed == [("a", "b", "c")] and list(read.goals.pools) == [("T1", "A1", "web_pool")]


@pytest.mark.parametrize(
    ("stored", "claims"),
    [
        ({}, ["kube-system/a", "kube-system/b"]),
        ({"T1": {"class": "Tenant", "A1": {"class": "Application"}}}, ["kube-system/a", "kube-system/b"]),
        ({"T1": {"class": "Tenant", "A1": mark.put({"class": "Application"}, {"owner": "me"})}}, []),
    ],
    ids=["new", "unmarked", "marked"],
)
def test_the_claims_of_cis(stored: Any, claims: list[str]) -> None:
    cluster = FakeCluster(WEB)
    cluster.claims = [
        CisClaim("kube-system/a", frozenset({"x"}), True),
        CisClaim("kube-system/b", frozenset({"y"}), True),
        CisClaim("kube-system/c", frozenset({"z"}), False),
    ]
    read = Read(cluster, stored, applications=[app()], assume_cis_at_rest=["kube-system/b", "kube-system/c"])
    expected = {claim.deployment: claim for claim in cluster.claims}
    expected["kube-system/b"] = dataclasses.replace(expected["kube-system/b"], running=False)
    assert read.goals.rules.claims == (tuple(expected.values()) if claims else ())


def certificate(name: str, key: str = "tls.key") -> dict[str, Any]:
    reference = {"from_secret": {"namespace": "default", "name": name, "key": key}}
    return {"class": "Certificate", "certificate": "CERT", "privateKey": reference}


def rule(name: str) -> dict[str, Any]:
    return {"class": "iRule", "iRule": {"from_secret": {"namespace": "default", "name": name, "key": "tcl"}}}


def test_values_of_secrets() -> None:
    """Each Secret is read once, in order; the goals name the places that AS3 does not keep as secrets."""
    secrets = {
        ("default", "b"): {"tls.key": b"KEY-MATERIAL", "tcl": b"when HTTP_REQUEST"},
        ("default", "a"): {"tls.key": b"OTHER-MATERIAL"},
    }
    cluster = FakeCluster(WEB, secrets=secrets)
    objects = {"one": certificate("b"), "two": certificate("a"), "three": rule("b")}
    plain = app(application="A2", virtual_server=None)
    read = Read(cluster, applications=[app(virtual_server=None, objects=objects), plain])
    assert cluster.asked == [("default", "a"), ("default", "b")]
    (goal,) = read.goals.tenants
    applications = goal.applications or {}
    assert goal.origins == {"A1": ["/three/iRule"]} and set(applications) == {"A1", "A2"}
    values = [applications["A1"][name] for name in ("one", "two", "three")]
    assert values == [
        {"class": "Certificate", "certificate": "CERT", "privateKey": "KEY-MATERIAL"},
        {"class": "Certificate", "certificate": "CERT", "privateKey": "OTHER-MATERIAL"},
        {"class": "iRule", "iRule": "when HTTP_REQUEST"},
    ]
    assert {"KEY-MATERIAL", "OTHER-MATERIAL", "when HTTP_REQUEST"} <= read.hidden


def test_a_value_is_hidden_in_the_form_that_as3_gets() -> None:
    cluster = FakeCluster(WEB, secrets={("default", "web"): {"password": b"pass-word-1"}})
    reference = {"from_secret": {"namespace": "default", "name": "web", "key": "password"}}
    monitor = {"class": "Monitor", "monitorType": "http", "passphrase": reference}
    read = Read(cluster, applications=[app(virtual_server=None, objects={"monitor": monitor})])
    (goal,) = read.goals.tenants
    sent = (goal.applications or {})["A1"]["monitor"]["passphrase"]["ciphertext"]
    assert sent == "cGFzcy13b3JkLTE=" and {sent, "pass-word-1"} <= read.hidden


def test_a_secret_that_is_missing_holds_its_tenant() -> None:
    """The goal keeps the applications as they were asked for; the place is that of the first application."""
    cluster = FakeCluster(WEB, secrets={("default", "web"): {"tls.key": b"KEY-MATERIAL"}})
    items = [
        app("T1", "A2", virtual_server=None, objects={"cert": certificate("web", "nope")}),
        app("T1", "A1", virtual_server=None),
    ]
    read = Read(cluster, applications=items)
    ((fault, path),) = read.wanted.faults["T1"]
    assert (fault.code, path) == ("secret_key_not_found", "applications[1]")
    (goal,) = read.goals.tenants
    assert (goal.applications or {})["A2"]["cert"] == certificate("web", "nope")


def test_digests_of_all_secrets_are_made_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest takes a tenth of a second or more, and several are made at the same time."""
    prepared: list[Any] = []
    monkeypatch.setattr(digests, "prepare", prepared.extend)
    old = mark.put({"class": "Application", "label": "old"}, {"owner": "me"})
    items = [app("T2", virtual_server=None), app("T1", virtual_server=None)]
    read = Read(FakeCluster(WEB), {"T2": {"class": "Tenant", "A1": old}}, applications=items)
    first, second = ((goal.applications or {})["A1"] for goal in read.goals.tenants)
    assert prepared == [(first, None), (second, old)]


def test_a_pool_that_fails_holds_its_tenant_and_has_no_facts() -> None:
    cluster = FakeCluster({**WEB, "bad": Failure("service_not_found", "Service not found")})
    items = [app("T1", service="bad", virtual_server=None), app("T2", virtual_server=None)]
    read = Read(cluster, applications=items)
    assert [path for _fault, path in read.wanted.faults["T1"]] == ["applications[0]"]
    assert list(read.goals.pools) == [("T2", "A1", "pool")]
    assert [list(goal.facts) for goal in read.goals.tenants] == [[], [("A1", "pool")]]
