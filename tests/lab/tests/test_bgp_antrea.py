# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""BGP between Antrea's nodes and BIG-IP: the kind BGPPolicy, and the sessions of a policy in a lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from bgp_use import NEIGHBOR, SELF, BothSides
from pod_network_use import BigIp
from running_lab import RunningLab, eventually
from vkslab.antrea import kinds
from vkslab.antrea.version import Version
from vkslab.bgp.records import Policy

Labs = Callable[..., RunningLab]
POLICIES, CONFIG = "bgppolicies.crd.antrea.io", "antrea-agent.conf"


@pytest.mark.parametrize(("text", "least", "confederation"), [("2.1.0", 64512, False), ("2.3.0", 1, True)])
def test_the_kind_of_a_version(text: str, least: int, confederation: bool) -> None:
    (served,) = kinds.bgp_policy_crd(Version.read(text))["spec"]["versions"]
    spec = served["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    assert (spec["localASN"]["minimum"], "confederation" in spec) == (least, confederation)


def test_a_version_without_the_kind() -> None:
    assert [Version.read(text).has_bgp for text in ("2.0.1", "2.1.0")] == [False, True]


def term(operator: str, *values: str, key: str = "rack") -> dict[str, Any]:
    return {"matchExpressions": [{"key": key, "operator": operator, **({"values": values} if values else {})}]}


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ({}, True),
        ({"matchLabels": {"rack": "a"}}, True),
        ({"matchLabels": {"rack": "a", "row": "1"}}, False),
        (term("In", "a", "b"), True),
        (term("In", "b"), False),
        (term("In", "a", key="row"), False),
        (term("NotIn", "a"), False),
        (term("NotIn", "a", key="row"), True),
        (term("Exists"), True),
        (term("Exists", key="row"), False),
        (term("DoesNotExist"), False),
        (term("DoesNotExist", key="row"), True),
        ({"matchLabels": {"rack": "a"}, **term("NotIn", "a")}, False),
    ],
)
def test_the_nodes_of_a_policy(selector: dict[str, Any], selected: bool) -> None:
    spec = {"nodeSelector": selector, "localASN": 64512}
    assert Policy.read({"metadata": {"name": "one"}, "spec": spec}).selects({"rack": "a"}) is selected


# -- in a lab


def policy(name: str = "bigip", **spec: Any) -> dict[str, Any]:
    whole = {
        "nodeSelector": {},
        "localASN": 64512,
        "advertisements": {"pod": {}},
        "bgpPeers": [{"address": SELF, "asn": 64513}],
        **spec,
    }
    return {
        "apiVersion": "crd.antrea.io/v1alpha1",
        "kind": "BGPPolicy",
        "metadata": {"name": name},
        "spec": whole,
    }


class Antrea(BothSides):
    """With the feature gate BGPPolicy."""

    def gate(self, on: bool) -> None:
        config = self.lab.get("configmap", "-n", "kube-system", "antrea-config")
        content = yaml.safe_load(config["data"][CONFIG])
        content["featureGates"]["BGPPolicy"] = on
        self.lab.apply({**config, "data": {**config["data"], CONFIG: yaml.safe_dump(content)}})

    def password(self, **entries: str) -> None:
        """The Secret has these entries only."""
        self.lab.kubectl("delete", "secret", "antrea-bgp-passwords", "-n", "kube-system", "--ignore-not-found")
        metadata = {"name": "antrea-bgp-passwords", "namespace": "kube-system"}
        self.lab.apply({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": entries})


@pytest.fixture
def sides(lab: Labs) -> Iterator[Antrea]:
    cluster = lab(cni="antrea", nodes=2)
    made = Antrea(cluster, BigIp(cluster))
    made.gate(True)
    yield made
    made.bigip.call("POST", "/_lab/reset", {})
    cluster.kubectl("delete", POLICIES, "--all")
    cluster.kubectl("delete", "secret", "antrea-bgp-passwords", "-n", "kube-system", "--ignore-not-found")
    made.gate(False)


def test_the_server_adds_defaults_and_refuses_wrong_values(sides: Antrea) -> None:
    sides.lab.apply(policy())
    spec = sides.lab.get(POLICIES, "bigip")["spec"]
    assert spec["listenPort"] == 179 and spec["advertisements"] == {"pod": {}}
    more = {"port": 179, "multihopTTL": 1, "gracefulRestartTimeSeconds": 120}
    assert spec["bgpPeers"] == [{"address": SELF, "asn": 64513, **more}]
    for wrong, what in (
        ({"localASN": 65536}, "spec.localASN"),
        ({"bgpPeers": [{"address": "bigip", "asn": 64513}]}, "spec.bgpPeers[0].address"),
        ({"bgpPeers": [{"address": SELF}]}, "spec.bgpPeers[0].asn"),
        ({"nodeSelector": term("Near", "a")}, "spec.nodeSelector.matchExpressions[0].operator"),
    ):
        refused = sides.lab.tried("create", "-f", "-", stdin=yaml.safe_dump(policy("wrong", **wrong)))
        assert refused.returncode and what in refused.stderr, refused.stderr


def test_a_session_needs_the_gate_and_both_sides(sides: Antrea) -> None:
    sides.on_bigip()
    sides.lab.apply(policy())
    sides.become("Established")
    ranges = {
        node["spec"]["podCIDR"]: sides.nodes[node["metadata"]["name"]] for node in sides.lab.get("nodes")["items"]
    }
    eventually(lambda: sides.learnt() == ranges)
    sides.gate(False)
    eventually(lambda: sides.sessions() == {} and sides.learnt() == {})
    sides.gate(True)
    sides.become("Established")

    for address in sides.nodes.values():
        sides.bigip.call("PATCH", f"{NEIGHBOR}/{address}", {"password": "one"})
    sides.become("Active")
    sides.password(**{f"{SELF}-64514": "one"})
    sides.become("Active")
    sides.password(**{f"{SELF}-64513": "one"})
    sides.become("Established")
    sides.lab.apply(policy(localASN=64999))
    sides.become("Idle")


def test_the_oldest_policy_of_a_node_is_the_effective_one(sides: Antrea) -> None:
    first = sorted(sides.nodes)[0]
    sides.on_bigip()
    hostname = {"key": "kubernetes.io/hostname", "operator": "In", "values": [first]}
    sides.lab.apply(policy("old", localASN=64999, nodeSelector={"matchExpressions": [hostname]}))
    created = sides.lab.get(POLICIES, "old")["metadata"]["creationTimestamp"]
    eventually(lambda: newer(sides.lab, created))
    states = {name: "Idle" if name == first else "Established" for name in sides.nodes}
    eventually(lambda: sides.sessions() == states)
    sides.lab.kubectl("delete", POLICIES, "old")
    sides.become("Established")


def newer(lab: RunningLab, created: str) -> bool:
    """Create the policy for all nodes again, until it is newer. Two of the same second have no order."""
    lab.kubectl("delete", POLICIES, "bigip", "--ignore-not-found")
    lab.apply(policy())
    return str(lab.get(POLICIES, "bigip")["metadata"]["creationTimestamp"]) > created
