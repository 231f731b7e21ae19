# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the API's objects to the fields that _members uses."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._kube import snapshot
from ansible_collections.vks.bigip.plugins.module_utils._members.model import (
    Endpoint,
    Node,
    PodMeta,
    Service,
    ServicePort,
    Slice,
    SlicePort,
)


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T00:01:00.500000Z", 60.5),
        ("1970-01-01T01:00:00+01:00", 0.0),
        ("yesterday", None),
        (None, None),
        ("9" * 40, None),
    ],
)
def test_seconds(moment: Any, seconds: float | None) -> None:
    assert snapshot.seconds(moment) == seconds


@pytest.mark.parametrize(
    ("spec", "families"),
    [
        ({"ipFamilies": ["IPv6", "IPv4"], "clusterIP": "10.0.0.1"}, ("IPv6", "IPv4")),
        ({"clusterIPs": ["2001:db8::1", "10.0.0.1"]}, ("IPv6", "IPv4")),
        ({"clusterIP": "2001:db8::1"}, ("IPv6",)),
        ({"clusterIP": "None"}, ("IPv4",)),
        ({"clusterIPs": ["None", "2001:db8::1"]}, ("IPv6",)),
        ({"clusterIPs": [None, "", "2001:db8::1"], "clusterIP": "10.0.0.1"}, ("IPv6",)),
        ({"ipFamilies": None, "clusterIPs": None, "clusterIP": None}, ("IPv4",)),
        ({}, ("IPv4",)),
    ],
)
def test_the_families_of_a_service(spec: dict[str, Any], families: tuple[str, ...]) -> None:
    assert snapshot.service({"metadata": {}, "spec": spec}).families == families


WHOLE = {
    "metadata": {
        "namespace": "a",
        "name": "web",
        "labels": {"x": "y"},
        "annotations": {"nodeportlocal.antrea.io/enabled": "true"},
    },
    "spec": {
        "type": "LoadBalancer",
        "ports": [
            {"name": "http", "port": 80, "protocol": "UDP", "targetPort": "web", "nodePort": 30080},
            {"port": 81},
            {"port": 82, "targetPort": 8082, "nodePort": 0},
            {},
        ],
        "selector": {"app": "web"},
        "ipFamilies": ["IPv6"],
        "externalTrafficPolicy": "Local",
        "healthCheckNodePort": 31000,
        "clusterIP": "None",
    },
}
PORTS = (
    ServicePort("http", 80, "UDP", "web", 30080),
    ServicePort("", 81, "TCP", 81, None),
    ServicePort("", 82, "TCP", 8082, None),
    ServicePort("", 0, "TCP", 0, None),
)


def test_a_service() -> None:
    assert snapshot.service(WHOLE) == Service(
        namespace="a",
        name="web",
        type="LoadBalancer",
        ports=PORTS,
        selector={"app": "web"},
        families=("IPv6",),
        npl_annotation="true",
        local=True,
        health_check_node_port=31000,
        labels={"x": "y"},
        headless=True,
    )


BARE_METADATA = {"labels": None, "annotations": None}
BARE_SPEC = {"ports": None, "selector": None, "externalTrafficPolicy": "Cluster", "healthCheckNodePort": 0}


@pytest.mark.parametrize(
    "raw", [{}, {"metadata": None, "spec": None}, {"metadata": BARE_METADATA, "spec": BARE_SPEC}]
)
def test_a_service_with_nothing(raw: dict[str, Any]) -> None:
    assert snapshot.service(raw) == Service(
        namespace="",
        name="",
        type="ClusterIP",
        ports=(),
        selector={},
        families=("IPv4",),
        npl_annotation=None,
        local=False,
        health_check_node_port=None,
        labels={},
        headless=False,
    )


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, (True, True, False)),
        ({"ready": False}, (False, False, False)),
        ({"ready": False, "serving": True, "terminating": True}, (False, True, True)),
        ({"serving": None}, (True, True, False)),
    ],
)
def test_conditions_that_an_endpoint_leaves_out(
    conditions: dict[str, Any], expected: tuple[bool, bool, bool]
) -> None:
    raw = {
        "metadata": {"namespace": "a", "name": "s", "labels": {snapshot.SLICE_SERVICE_LABEL: "web"}},
        "endpoints": [{"addresses": ["10.0.0.1", "10.0.0.2"], "conditions": conditions}],
    }
    found = snapshot.endpoint_slice(raw)
    assert found is not None and found[0] == ("a", "web")
    (endpoint,) = found[1].endpoints
    assert (
        endpoint.ready,
        endpoint.serving,
        endpoint.terminating,
    ) == expected and endpoint.address == "10.0.0.1"


def test_a_slice() -> None:
    pod = {"kind": "Pod", "name": "p", "uid": "u"}
    machine = {**pod, "kind": "VirtualMachine"}
    raw = {
        "metadata": {"namespace": "a", "name": "s", "labels": {"kubernetes.io/service-name": "web"}},
        "addressType": "IPv6",
        "ports": [{"name": "http", "port": 80, "protocol": "UDP"}, {}],
        "endpoints": [
            {"addresses": ["::1"], "nodeName": "n1", "targetRef": pod},
            {"addresses": ["::2"], "nodeName": "", "targetRef": machine},
            {"addresses": None},
            {"addresses": ["::3"], "conditions": None, "targetRef": None},
        ],
    }
    endpoints = (
        Endpoint("::1", True, True, False, "n1", "p", "u"),
        Endpoint("::2", True, True, False, None, None, None),
        Endpoint("::3", True, True, False, None, None, None),
    )
    ports = (SlicePort("http", 80, "UDP"), SlicePort("", None, "TCP"))
    assert snapshot.endpoint_slice(raw) == (("a", "web"), Slice("s", "IPv6", ports, endpoints))


def test_a_slice_with_nothing() -> None:
    raw = {"metadata": {"labels": {"kubernetes.io/service-name": "web"}}, "ports": None, "endpoints": None}
    assert snapshot.endpoint_slice(raw) == (("", "web"), Slice("", "IPv4", (), ()))


def test_a_slice_of_no_service() -> None:
    for metadata in (None, {"name": "s"}, {"labels": None}, {"labels": {"kubernetes.io/service-name": ""}}):
        assert snapshot.endpoint_slice({"metadata": metadata}) is None


def test_a_node() -> None:
    raw = {
        "metadata": {
            "name": "n1",
            "labels": {"x": "y", "nsx.vmware.com/b": ""},
            "annotations": {"ncp/c": "", "nsx.vmware.com/a": "", "z": ""},
        },
        "spec": {"taints": [{"key": "k1", "effect": "NoSchedule"}, {"key": "k2"}, {}], "unschedulable": True},
        "status": {
            "conditions": [{"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": "True"}],
            "addresses": [
                {"type": "InternalIP", "address": "10.0.0.1"},
                {"type": "Hostname", "address": "n1"},
                {},
            ],
        },
    }
    assert snapshot.node(raw) == Node(
        name="n1",
        ready=True,
        addresses=(("InternalIP", "10.0.0.1"), ("Hostname", "n1"), ("", "")),
        labels={"x": "y", "nsx.vmware.com/b": ""},
        taints=frozenset({"k1", "k2", ""}),
        unschedulable=True,
        nsx_signs=("ncp/c", "nsx.vmware.com/a", "nsx.vmware.com/b"),
    )


NOTHING: dict[str, Any] = {
    "metadata": {"labels": None, "annotations": None},
    "spec": {"taints": None},
    "status": {"conditions": None, "addresses": None},
}


@pytest.mark.parametrize("raw", [{}, {"metadata": None, "spec": None, "status": None}, NOTHING], ids=str)
def test_a_node_with_nothing(raw: dict[str, Any]) -> None:
    assert snapshot.node(raw) == Node(
        name="", ready=False, addresses=(), labels={}, taints=frozenset(), unschedulable=False, nsx_signs=()
    )


@pytest.mark.parametrize(
    ("conditions", "ready"),
    [
        ([{"type": "Ready", "status": "False"}, {"type": "DiskPressure", "status": "True"}], False),
        ([{"type": "Ready", "status": "Unknown"}], False),
        ([{"type": "Ready", "status": "True"}, {"type": "DiskPressure", "status": "False"}], True),
    ],
)
def test_whether_a_node_is_ready(conditions: list[dict[str, str]], ready: bool) -> None:
    assert snapshot.node({"status": {"conditions": conditions}}).ready is ready


@pytest.mark.parametrize(
    ("name", "signs"),
    [
        ("nsx.vmware.com/x", 1),
        ("a.nsx.vmware.com/x", 1),
        ("ncp/x", 1),
        ("example.com/nsx.vmware.com", 0),
        ("xncp/x", 0),
    ],
)
def test_signs_of_nsx(name: str, signs: int) -> None:
    node = snapshot.node({"metadata": {"name": "n", "annotations": {name: ""}}})
    assert len(node.nsx_signs) == signs


FIELDS = {"f:metadata": {"f:annotations": {"f:nodeportlocal.antrea.io": {}}}}
MANAGED: list[dict[str, Any]] = [
    {"manager": "antrea-agent", "subresource": "status", "fieldsV1": FIELDS},
    {"manager": "other", "fieldsV1": {}},
    {"manager": "other", "fieldsV1": {"f:metadata": {"f:annotations": None}}},
    {"manager": "other", "fieldsV1": {"f:metadata": None}},
    {"manager": "other", "fieldsV1": None},
    {"manager": "kubectl", "fieldsV1": FIELDS},
    {"fieldsV1": FIELDS},
]
METADATA = {
    "namespace": "a",
    "name": "p",
    "uid": "u",
    "creationTimestamp": "1970-01-01T00:01:00Z",
    "managedFields": MANAGED,
    "annotations": {"nodeportlocal.antrea.io": "[]"},
}


def test_a_pod_and_the_writers_of_its_mappings() -> None:
    writers = (("antrea-agent", "status"), ("kubectl", ""), ("", ""))
    assert snapshot.pod({"metadata": METADATA}) == (("a", "p"), PodMeta("u", "[]", 60.0, writers))
    without = {**METADATA, "annotations": None}
    assert snapshot.pod({"metadata": without}) == (("a", "p"), PodMeta("u", None, 60.0, ()))
    unmanaged = {**METADATA, "managedFields": None}
    assert snapshot.pod({"metadata": unmanaged}) == (("a", "p"), PodMeta("u", "[]", 60.0, ()))


@pytest.mark.parametrize("raw", [{}, {"metadata": None}, {"metadata": {"creationTimestamp": None}}])
def test_a_pod_with_nothing(raw: dict[str, Any]) -> None:
    assert snapshot.pod(raw) == (("", ""), PodMeta("", None, 0.0, ()))
