# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The difference that each object makes, and the Services that it concerns."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._foreign import SPOILED
from ansible_collections.vks.bigip.plugins.module_utils._watch.known import Known
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import watched
from ansible_collections.vks.bigip.tests.unit.support.watched import Raw

MAPS = "a:8080/tcp=198.18.0.1:61000"


def put(known: Known, kind: str, raw: Raw, deleted: bool = False) -> str:
    """The changes that an object makes, as text."""
    return " ".join(watched.texts(known.put(Subject(kind), raw, deleted)))


def service(**more: Any) -> Raw:
    return text.service(**{"type": "NodePort", **more})


def piece(endpoints: str, index: int = 0, **more: str) -> Raw:
    return text.endpoint_slice(f"http:8080/TCP | {endpoints}", index, **more)


def pod(maps: str = "", **more: Any) -> Raw:
    return text.pods("a", maps, **more)[0]


Step = tuple[Any, ...]
LOCAL = {"externalTrafficPolicy": "Local"}
HISTORIES: dict[str, list[Step]] = {
    # steps: the kind, its object, the changes, and if it is deleted
    "a Service": [
        ("Service", service(), "default/web:Service:created"),
        ("Service", service(), ""),
        ("Service", service(npl="true"), "default/web:Service:changed"),
        ("Service", service(npl="true"), "default/web:Service:deleted", True),
        ("Service", service(npl="true"), "", True),
    ],
    "a slice": [
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1"), ""),
        ("EndpointSlice", piece("a@n1 b@n2"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("b@n2 a@n1"), ""),
        ("EndpointSlice", piece("c@n2", index=1), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("b@n2 a@n1"), "default/web:EndpointSlice:endpoints", True),
        ("EndpointSlice", piece("b@n2 a@n1"), "", True),
    ],
    "a slice that moves to another Service": [
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice",
         watched.changed(piece("a@n1"), "metadata.labels.kubernetes|io/service-name", "api"),
         "default/web:EndpointSlice:endpoints default/api:EndpointSlice:endpoints"),
        ("EndpointSlice", watched.changed(piece("a@n1"), "metadata.labels", {}),
         "default/api:EndpointSlice:endpoints"),
        *(("EndpointSlice", watched.changed(piece("a@n1"), "metadata.labels.kubernetes|io/service-name", label), "")
          for label in ("Foo_Bar", "a.b", "", "-", 5)),
        ("EndpointSlice", watched.changed(piece("a@n1"), "metadata.labels", {}), ""),
        ("EndpointSlice", watched.changed(piece("a@n1"), "metadata.labels", {}), "", True),
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
    ],
    "a Pod that a slice names": [
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("Pod", pod(), ""),
        ("Pod", pod(MAPS), "default/web:Pod:mapping"),
        ("Pod", pod(MAPS), ""),
        ("Pod", pod(MAPS.replace("61000", "61001")), "default/web:Pod:mapping"),
        ("Pod", pod(), "default/web:Pod:mapping"),
        ("Pod", pod(MAPS), "default/web:Pod:mapping"),
        ("Pod", pod(MAPS), "default/web:Pod:mapping", True),
        ("Pod", pod(), "", True),
    ],
    "a Pod that no slice names": [
        ("EndpointSlice", piece("b@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1", namespace="other"), "other/web:EndpointSlice:endpoints"),
        ("Pod", pod(MAPS), ""),
        ("Pod", pod(MAPS), "", True),
        ("EndpointSlice", piece("a@n1 b@n1"), "default/web:EndpointSlice:endpoints"),
        ("Pod", pod(MAPS), "default/web:Pod:mapping"),
    ],
    "a Pod of two Services": [
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1", name="api"), "default/api:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1", index=1), "default/web:EndpointSlice:endpoints"),
        ("Pod", pod(MAPS), "default/api:Pod:mapping default/web:Pod:mapping"),
    ],
    "a Node": [
        ("Node", text.node("n1"), "*:Node:nodes"),
        ("Node", text.node("n1"), ""),
        ("Node", text.node("n1!notready"), "*:Node:nodes"),
        ("Node", text.node("n1"), "*:Node:nodes", True),
        ("Node", text.node("n1"), "", True),
    ],
    "a Secret": [
        ("Secret", watched.secret("tls"), "*:Secret:secret"),
        ("Secret", watched.secret("tls"), ""),
        ("Secret", watched.secret("tls", "2"), "*:Secret:secret"),
        ("Secret", watched.secret("tls", "3"), "*:Secret:secret"),
        ("Secret", watched.secret("tls", "3"), "*:Secret:secret", True),
        ("Secret", watched.secret("tls", "4"), "*:Secret:secret"),
    ],
}  # fmt: skip
NODEPORT_HISTORIES: dict[str, list[Step]] = {
    "externalTrafficPolicy Cluster": [
        ("Service", service(), "default/web:Service:created"),
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1 b@n2 c@n3"), ""),
        ("EndpointSlice", piece("c@n3"), ""),
        ("EndpointSlice", piece("c@n3!dying"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece(""), ""),
        ("EndpointSlice", piece("d@n1"), "default/web:EndpointSlice:endpoints"),
    ],
    "externalTrafficPolicy Local": [
        ("Service", service(**LOCAL), "default/web:Service:created"),
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1 b@n2"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n2 b@n2"), "default/web:EndpointSlice:endpoints"),
    ],
    "the policy changes": [
        ("EndpointSlice", piece("a@n1"), "default/web:EndpointSlice:endpoints"),
        ("EndpointSlice", piece("a@n1 b@n2"), "default/web:EndpointSlice:endpoints"),
        ("Service", service(), "default/web:Service:created"),
        ("EndpointSlice", piece("a@n1"), ""),
        ("Service", service(**LOCAL), "default/web:Service:changed"),
        ("EndpointSlice", piece("a@n1 b@n2"), "default/web:EndpointSlice:endpoints"),
    ],
}


def replay(known: Known, history: list[Step]) -> None:
    for kind, raw, changes, *deleted in history:
        assert put(known, kind, raw, bool(deleted)) == changes, (kind, raw)


@pytest.mark.parametrize("mode", ["auto", "nodeportlocal", "cluster"])
@pytest.mark.parametrize("name", HISTORIES)
def test_histories(name: str, mode: str) -> None:
    replay(Known(ChangesOptions(mode=mode)), HISTORIES[name])


@pytest.mark.parametrize("name", NODEPORT_HISTORIES)
def test_histories_of_mode_nodeport(name: str) -> None:
    replay(Known(ChangesOptions(mode="nodeport")), NODEPORT_HISTORIES[name])


@pytest.mark.parametrize("mode", ["auto", "nodeportlocal", "cluster"])
def test_in_other_modes_each_endpoint_counts(mode: str) -> None:
    known = Known(ChangesOptions(mode=mode))
    put(known, "Service", service())
    assert put(known, "EndpointSlice", piece("a@n1")) and put(known, "EndpointSlice", piece("a@n1 b@n2"))


ONLY_WEB = {"services": ["default/web"]}
FILTERS: list[tuple[dict[str, Any], str, str, bool]] = [
    # the options, the namespace and the name of a Service, and if its changes count
    ({}, "default", "web", True),
    (ONLY_WEB, "default", "web", True),
    (ONLY_WEB, "default", "api", False),
    (ONLY_WEB, "other", "web", False),
    ({"namespaces": ["default"]}, "default", "api", True),
    ({"namespaces": ["default"]}, "other", "web", False),
    ({"namespaces": ["default", "other"], **ONLY_WEB}, "default", "web", True),
    ({"namespaces": ["default", "other"], **ONLY_WEB}, "other", "web", False),
]


@pytest.mark.parametrize(("options", "namespace", "name", "counts"), FILTERS)
def test_filters(options: dict[str, Any], namespace: str, name: str, counts: bool) -> None:
    known = Known(ChangesOptions.from_arguments(options))
    place = {"namespace": namespace, "name": name}
    assert bool(put(known, "Service", service(**place))) is counts
    assert bool(put(known, "EndpointSlice", piece("a@n1", **place))) is counts
    assert bool(put(known, "Pod", pod(MAPS, namespace=namespace))) is counts
    assert bool(put(known, "Service", service(**place), deleted=True)) is counts
    assert put(known, "Node", text.node("n1")), "each pool may depend on it"


def test_the_api_server_applies_the_label_selector() -> None:
    """A Service counts while its stream has it, and so do its slices and Pods."""
    known = Known(ChangesOptions(label_selector="publish=yes"))
    assert put(known, "EndpointSlice", piece("a@n1")) == ""
    assert put(known, "Pod", pod(MAPS)) == ""
    assert put(known, "Service", service()) == "default/web:Service:created"
    assert put(known, "EndpointSlice", piece("a@n1 b@n2")) == "default/web:EndpointSlice:endpoints"
    assert put(known, "Pod", pod()) == "default/web:Pod:mapping"
    assert put(known, "Service", service(), deleted=True) == "default/web:Service:deleted"
    assert put(known, "EndpointSlice", piece("a@n1")) == ""
    assert put(known, "Pod", pod(MAPS)) == ""


def test_a_label_selector_and_services() -> None:
    options = {"label_selector": "publish=yes", **ONLY_WEB}
    known = Known(ChangesOptions.from_arguments(options))
    assert put(known, "Service", service(name="api")) == ""
    assert put(known, "EndpointSlice", piece("a@n1", name="api")) == ""


BROKEN: list[Raw] = [{}, {"metadata": None}, {"metadata": {}}, {"metadata": {"name": "x"}, "spec": {"ports": 5}}]


@pytest.mark.parametrize("raw", BROKEN)
def test_an_object_that_cannot_be_read(raw: Raw) -> None:
    """The caller leaves it out."""
    with pytest.raises(SPOILED):
        Known(ChangesOptions()).put(Subject("Service"), raw)


def test_an_object_that_can_no_longer_be_read_keeps_its_state() -> None:
    """It exists, so its members stay as they are."""
    known = Known(ChangesOptions())
    put(known, "Service", service())
    known.begin(Subject("Service"))
    with pytest.raises(SPOILED):
        put(known, "Service", watched.changed(service(), "spec.ports", 5))
    assert known.end(Subject("Service")) == []
    assert put(known, "Service", service()) == ""
