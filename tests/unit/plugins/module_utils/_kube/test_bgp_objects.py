# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of BGP as the API has them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._foreign import Unreadable
from ansible_collections.vks.bigip.plugins.module_utils._kube import bgp_objects
from ansible_collections.vks.bigip.tests.unit.support.pod_bgp import address

METADATA = {"name": "n1", "labels": {"pool": "a"}}


def node(**annotations: str) -> dict[str, Any]:
    names = {"v4": "projectcalico.org/IPv4Address", "v6": "projectcalico.org/IPv6Address", "number": "projectcalico.org/ASNumber"}
    marked = {names[key]: value for key, value in annotations.items()}
    return {"metadata": {**METADATA, "annotations": marked}, "status": {"addresses": [{"type": "InternalIP", "address": "198.18.0.1"}]}}


def test_a_node() -> None:
    found = bgp_objects.node(node(v4="10.0.0.5/24", v6="2001:db8::5/64", number="65001"))
    assert found.calico == (address("10.0.0.5"), address("2001:db8::5")) and found.as_number == 65001
    assert (found.name, found.ready, found.addresses, found.labels) == ("n1", False, (address("198.18.0.1"),), {"pool": "a"})
    assert bgp_objects.node(node(number="x")).as_number is None


def test_a_node_with_an_address_that_is_none() -> None:
    with pytest.raises(Unreadable, match="projectcalico.org/IPv4Address is not an address"):
        bgp_objects.node(node(v4="localhost"))


def test_an_object() -> None:
    metadata = {"name": "p", "uid": "u", "resourceVersion": "7", "creationTimestamp": "t", "annotations": {"vks.bigip/owner": "o"}}
    found = bgp_objects.reader("BGPPeer")({"apiVersion": "x", "kind": "BGPPeer", "metadata": metadata, "spec": {"peerIP": "a"}, "status": {}, "data": {}})
    assert (found.kind, found.name, found.owner, found.uid, found.version, found.created) == ("BGPPeer", "p", "o", "u", "7", "t")
    assert found.content == {"spec": {"peerIP": "a"}}
    assert bgp_objects.reader("BGPPeer")({"metadata": {"name": "p"}}).owner is None


def test_who_else_set_fields_of_the_spec() -> None:
    spec, labels = {"f:spec": {"f:asNumber": {}}}, {"f:metadata": {"f:labels": {}}}
    managers = [("vks.bigip", spec), ("kubectl-edit", spec), ("kubectl-label", labels), ("kubectl", None)]
    metadata = {"name": "default", "managedFields": [{"manager": manager, "fieldsV1": fields} for manager, fields in managers]}
    assert bgp_objects.reader("BGPConfiguration")({"metadata": metadata}).editors == ("kubectl-edit",)


def test_the_values_of_a_secret() -> None:
    assert bgp_objects.secret_values({"data": {"password": "d29yZA==", "broken": "%"}}) == {"password": "word", "broken": ""}
    assert bgp_objects.secret_values({}) == {}


def status(**spec: Any) -> dict[str, Any]:
    peers = {"peersV4": [{"peerIP": "198.18.255.251", "state": "Established"}], "peersV6": [{"peerIP": "2001:0db8::1", "state": "Active"}, {"peerIP": "x"}]}
    return {
        "metadata": {"name": "s", "uid": "u"},
        "spec": {"node": "n1", "classes": ["BGP"], "updatePeriodSeconds": 10, **spec},
        "status": {"lastUpdated": "1970-01-01T00:01:40Z", "bgp": peers},
    }


def test_a_status() -> None:
    found = bgp_objects.status(status())
    assert found is not None and (found.node, found.owner, found.updated) == ("n1", None, 100.0)
    assert found.states == {"198.18.255.251": "Established", "2001:db8::1": "Active", "x": "None"}
    bare = bgp_objects.status({**status(), "status": None})
    assert bare is not None and bare.updated == 0.0 and bare.states == {}


@pytest.mark.parametrize("spec", [{"classes": ["Routes"]}, {"classes": None}, {"updatePeriodSeconds": 0}])
def test_a_status_without_bgp(spec: dict[str, Any]) -> None:
    assert bgp_objects.status(status(**spec)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("featureGates: {BGPPolicy: true}", True),
        ("featureGates: {BGPPolicy: false, AllAlpha: true}", False),
        ("featureGates: {AllAlpha: true}", True),
        ("featureGates: {BGPPolicy: yes please}", False),
        ("featureGates:", False),
        ("", False),
    ],
)
def test_the_gate(text: str, expected: bool) -> None:
    assert bgp_objects.has_gate({"data": {"antrea-agent.conf": text}}) is expected


@pytest.mark.parametrize("data", [{}, *({"antrea-agent.conf": text} for text in ("a: [1", "[1]", "featureGates: [1]"))])
def test_a_gate_that_cannot_be_read(data: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        bgp_objects.has_gate({"data": data})
