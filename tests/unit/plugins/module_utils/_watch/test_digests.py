# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A digest changes with each field that members depend on, and with no other."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._members.resolve import resolve
from ansible_collections.vks.bigip.plugins.module_utils._members.source import Source
from ansible_collections.vks.bigip.plugins.module_utils._request.labels import LABELS
from ansible_collections.vks.bigip.plugins.module_utils._watch import digests
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import watched
from ansible_collections.vks.bigip.tests.unit.support.watched import Raw

SERVICE: Raw = text.service(
    "http:80/TCP>web#30080 tls:443/TCP>8443#30443",
    type="LoadBalancer",
    npl="true",
    externalTrafficPolicy="Local",
    healthCheckNodePort=31000,
    clusterIP="10.0.0.1",
    selector={"app": "web", "tier": "front"},
)
SLICE: Raw = text.endpoint_slice("http:8080/TCP tls:8443/TCP | a@n1 b@n2!notready c@n3!draining")
POD: Raw = text.pods("a", "a:8080/tcp=198.18.0.1:61000", writers={"a": "antrea-agent/status"})[0]
NODE: Raw = text.node("n1!leaving!labelled!nsx")
SECRET: Raw = watched.secret("tls")
ANNOTATION = "metadata.annotations.nodeportlocal|antrea|io"
Digest = Callable[[Raw], Any]

COUNTS: list[tuple[Digest, Raw, str, Any]] = [
    # the digest, the object, a field that counts, and its new value (None: without it)
    (digests.service, SERVICE, "spec.type", "NodePort"),
    (digests.service, SERVICE, "spec.ports.0.name", "web"),
    (digests.service, SERVICE, "spec.ports.0.port", 81),
    (digests.service, SERVICE, "spec.ports.0.protocol", "UDP"),
    (digests.service, SERVICE, "spec.ports.0.targetPort", 8080),
    (digests.service, SERVICE, "spec.ports.0.nodePort", 30081),
    (digests.service, SERVICE, "spec.ports.1", None),
    (digests.service, SERVICE, "spec.ports.2", {"port": 90}),
    (digests.service, SERVICE, "spec.selector.app", "api"),
    (digests.service, SERVICE, "spec.selector", None),
    (digests.service, SERVICE, "spec.ipFamilies", ["IPv6", "IPv4"]),
    (digests.service, SERVICE, f"{ANNOTATION}/enabled", "false"),
    (digests.service, SERVICE, f"{ANNOTATION}/enabled", None),
    (digests.service, SERVICE, "spec.externalTrafficPolicy", "Cluster"),
    (digests.service, SERVICE, "spec.healthCheckNodePort", 31001),
    (digests.service, SERVICE, "spec.clusterIP", "None"),
    *((digests.service, SERVICE, f"metadata.labels.{name.replace('.', '|')}", "x") for name in LABELS),
    (digests.endpoint_slice, SLICE, "addressType", "IPv6"),
    (digests.endpoint_slice, SLICE, "metadata.labels.kubernetes|io/service-name", "api"),
    (digests.endpoint_slice, SLICE, "ports.0.name", "web"),
    (digests.endpoint_slice, SLICE, "ports.0.port", 8081),
    (digests.endpoint_slice, SLICE, "ports.0.protocol", "UDP"),
    (digests.endpoint_slice, SLICE, "ports.1", None),
    (digests.endpoint_slice, SLICE, "endpoints.0.addresses", ["100.96.0.99"]),
    (digests.endpoint_slice, SLICE, "endpoints.0.conditions.ready", False),
    (digests.endpoint_slice, SLICE, "endpoints.0.conditions.serving", False),
    (digests.endpoint_slice, SLICE, "endpoints.0.conditions.terminating", True),
    (digests.endpoint_slice, SLICE, "endpoints.0.nodeName", "n2"),
    (digests.endpoint_slice, SLICE, "endpoints.0.targetRef.name", "z"),
    (digests.endpoint_slice, SLICE, "endpoints.0.targetRef.uid", "z"),
    (digests.endpoint_slice, SLICE, "endpoints.0.targetRef.kind", "Node"),
    (digests.endpoint_slice, SLICE, "endpoints.1", None),
    (digests.pod, POD, ANNOTATION, "[]"),
    (digests.pod, POD, ANNOTATION, None),
    (digests.pod, POD, "metadata.uid", "z"),
    (digests.pod, POD, "metadata.managedFields.1.manager", "kubectl"),
    (digests.pod, POD, "metadata.managedFields.1.subresource", None),
    (digests.node, NODE, "status.conditions.0.status", "False"),
    (digests.node, NODE, "status.conditions.0.type", "MemoryPressure"),
    (digests.node, NODE, "status.addresses.0.address", "198.18.0.9"),
    (digests.node, NODE, "status.addresses.0.type", "ExternalIP"),
    (digests.node, NODE, "status.addresses.2", None),
    (digests.node, NODE, "metadata.labels.pool", "b"),
    (digests.node, NODE, "metadata.labels.node|kubernetes|io/exclude-from-external-load-balancers", ""),
    (digests.node, NODE, "metadata.annotations", None),
    (digests.node, NODE, "spec.unschedulable", True),
    (digests.node, NODE, "spec.taints.0.key", "node.cloudprovider.kubernetes.io/shutdown"),
    (digests.node, NODE, "spec.taints.1", {"key": "x"}),
    (digests.secret, SECRET, "metadata.resourceVersion", "2"),
    (digests.secret, SECRET, "metadata.uid", "z"),
]
MANAGED = [{"manager": "kubelet", "operation": "Update", "time": "2026-01-01T00:00:00Z", "fieldsV1": {}}]
IGNORED: list[tuple[Digest, Raw, str, Any]] = [
    # the digest, the object, a field that does not count, and its new value
    (digests.service, SERVICE, "metadata.resourceVersion", "9"),
    (digests.service, SERVICE, "metadata.generation", 9),
    (digests.service, SERVICE, "metadata.managedFields", MANAGED),
    (digests.service, SERVICE, "metadata.labels.app", "web"),
    (digests.service, SERVICE, "metadata.annotations.kubectl|kubernetes|io/last-applied-configuration", "{}"),
    (digests.service, SERVICE, "spec.selector", {"tier": "front", "app": "web"}),
    (digests.service, SERVICE, "spec.sessionAffinity", "ClientIP"),
    (digests.service, SERVICE, "status", {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}),
    (digests.endpoint_slice, SLICE, "metadata.resourceVersion", "9"),
    (digests.endpoint_slice, SLICE, "metadata.generation", 9),
    (digests.endpoint_slice, SLICE, "metadata.managedFields", MANAGED),
    (digests.endpoint_slice, SLICE, "metadata.annotations.endpoints|kubernetes|io/last-change-trigger-time", "9"),
    (digests.endpoint_slice, SLICE, "endpoints", SLICE["endpoints"][::-1]),
    (digests.endpoint_slice, SLICE, "endpoints.0.zone", "a"),
    (digests.endpoint_slice, SLICE, "endpoints.0.hints", {"forZones": [{"name": "a"}]}),
    (digests.endpoint_slice, SLICE, "endpoints.0.targetRef.resourceVersion", "9"),
    (digests.endpoint_slice, SLICE, "ports", SLICE["ports"][::-1]),
    (digests.pod, POD, "metadata.resourceVersion", "9"),
    (digests.pod, POD, "metadata.labels", {"a": "b"}),
    (digests.pod, POD, "metadata.annotations.other", "x"),
    (digests.pod, POD, "metadata.managedFields.0.time", "2026-01-01T00:00:00Z"),
    (digests.pod, POD, "metadata.managedFields.3", MANAGED[0]),
    (digests.pod, POD, "metadata.managedFields", POD["metadata"]["managedFields"][::-1]),
    (digests.node, NODE, "metadata.resourceVersion", "9"),
    (digests.node, NODE, "metadata.managedFields", MANAGED),
    (digests.node, NODE, "metadata.annotations.volumes|kubernetes|io/controller-managed-attach-detach", "true"),
    (digests.node, NODE, "status.conditions.0.lastHeartbeatTime", "2026-01-01T00:00:00Z"),
    (digests.node, NODE, "status.conditions.1", {"type": "MemoryPressure", "status": "False"}),
    (digests.node, NODE, "status.images", [{"names": ["a"], "sizeBytes": 1}]),
    (digests.node, NODE, "status.allocatable", {"cpu": "2"}),
    (digests.node, NODE, "spec.podCIDR", "100.96.0.0/24"),
    (digests.node, NODE, "spec.taints.0.timeAdded", "2026-01-01T00:00:00Z"),
    (digests.secret, SECRET, "metadata.managedFields", MANAGED),
    (digests.secret, SECRET, "data", {"tls.crt": "x"}),
]  # fmt: skip


def named(case: Any) -> Any:
    return case.__name__ if callable(case) else case if isinstance(case, str) else ""


@pytest.mark.parametrize(("digest", "raw", "path", "value"), COUNTS, ids=named)
def test_a_field_that_counts(digest: Digest, raw: Raw, path: str, value: Any) -> None:
    assert digest(watched.changed(raw, path, value)) != digest(raw)


@pytest.mark.parametrize(("digest", "raw", "path", "value"), IGNORED, ids=named)
def test_a_field_that_does_not_count(digest: Digest, raw: Raw, path: str, value: Any) -> None:
    after = watched.changed(raw, path, value)
    assert after != raw or value in (raw.get("ports"), raw["spec"]["selector"])
    assert digest(after) == digest(raw)


def test_a_service_has_its_traffic_policy_beside_its_digest() -> None:
    assert digests.service(SERVICE).local
    assert not digests.service(watched.changed(SERVICE, "spec.externalTrafficPolicy", "Cluster")).local


def test_a_slice_has_its_service_and_its_pods() -> None:
    raw = watched.changed(SLICE, "endpoints.0.targetRef.kind", "VirtualMachine")
    digest = digests.endpoint_slice(raw)
    assert digest and (digest.service, digest.pods) == ("web", {"b", "c"})


def test_what_has_no_digest() -> None:
    """A slice that belongs to no Service, and a Pod without mappings."""
    assert digests.endpoint_slice(watched.changed(SLICE, "metadata.labels", {})) is None
    assert digests.pod(text.pods("a")[0]) is None


@pytest.mark.parametrize("raw", [{}, {"metadata": None}])
def test_a_secret_without_metadata(raw: Raw) -> None:
    assert digests.secret(raw) == digests.secret({"metadata": {}})


def test_a_digest_is_short_and_takes_half_a_character() -> None:
    """10,000 Pods may have large annotations, and JSON may have a half of a character."""
    digest = digests.pod(text.pods("a", raw={"a": "\ud800" + "x" * 100_000})[0])
    assert digest is not None and len(digest) == 8


SOME: list[tuple[str, str, bool]] = [
    # a slice before and after, and if members that are nodes may change while each node forwards to all Pods
    ("a@n1", "a@n1 b@n2 c@n3", False),
    ("a@n1", "b@n2", False),
    ("a@n1", "a@n1 b@n2!notready", False),
    ("a@n1 b@n2", "a@n1 b@n2!draining", False),
    ("a@n1 b@n2!draining", "a@n1", False),
    ("", "a@n1!notready", False),
    ("", "a@n1", True),
    ("a@n1", "", True),
    ("a@n1!notready", "a@n1", True),
    ("a@n1", "a@n1!draining", True),
    ("a@n1!draining", "a@n1!dying", True),
    ("a@n1", "a@n1!publisheddraining", True),
]


@pytest.mark.parametrize(("before", "after", "counts"), SOME)
def test_the_part_of_a_slice_that_all_nodes_depend_on(before: str, after: str, counts: bool) -> None:
    one, other = (digests.endpoint_slice(text.endpoint_slice(f"8080/TCP | {line}")) for line in (before, after))
    assert one and other
    assert (one.some != other.some) is counts
    assert one.whole != other.whole


@pytest.mark.parametrize("path", ["ports.0.name", "ports.0.port", "addressType"])
def test_ports_and_family_are_a_part_that_all_nodes_depend_on(path: str) -> None:
    one, other = digests.endpoint_slice(SLICE), digests.endpoint_slice(watched.changed(SLICE, path, "IPv6"))
    assert one and other and one.some != other.some


slices = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(sorted(text.STATES))), max_size=3, unique_by=lambda item: item[0]).map(
    lambda items: text.endpoint_slice("http:8080/TCP | " + " ".join(f"{pod}@n1!{state}" for pod, state in items))
)


@settings(deadline=None)
@given(slices, slices, st.sampled_from(["exclude", "fallback", "keep"]))
def test_the_same_part_gives_the_same_nodes(one: Raw, other: Raw, terminating: str) -> None:
    def members(raw: Raw) -> tuple[Any, ...]:
        nodes = [text.node("n1"), text.node("n2")]
        world = text.snapshot([text.service(type="NodePort")], [raw], nodes, [])
        return resolve(world, Source("default", "web", None, mode="nodeport", terminating=terminating)).members

    before, after = digests.endpoint_slice(one), digests.endpoint_slice(other)
    assert before and after
    if before.some == after.some:
        assert members(one) == members(other)
