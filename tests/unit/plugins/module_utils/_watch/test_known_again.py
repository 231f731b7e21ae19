# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading everything again reports exactly the difference."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.vks.bigip.plugins.module_utils._watch.known import Known
from ansible_collections.vks.bigip.plugins.module_utils._watch.options import ChangesOptions
from ansible_collections.vks.bigip.plugins.module_utils._watch.subjects import Subject
from ansible_collections.vks.bigip.tests.unit.support import cluster_text as text
from ansible_collections.vks.bigip.tests.unit.support import watched
from ansible_collections.vks.bigip.tests.unit.support.watched import Raw

KINDS = ("Service", "EndpointSlice", "Pod", "Node", "Secret")
NAMESPACES = ("a", "b")
Key = tuple[str, str, str]
"""Kind, namespace, name."""
State = dict[Key, str]
"""The text of each object that exists."""

VARIANTS = {
    # the text of each kind, as `raw` reads it
    "Service": ("80/TCP", "81/TCP"),
    "EndpointSlice": ("web a@n1", "web a@n1 b@n2", "api b@n1", "- a@n1"),
    "Pod": ("", "61000", "61001"),
    "Node": ("", "!notready"),
    "Secret": ("1", "2"),
}
NAMES = {
    "Service": ("web", "api"),
    "EndpointSlice": ("s1", "s2"),
    "Pod": ("a", "b"),
    "Node": ("n1", "n2"),
    "Secret": ("x", "y"),
}
KEYS: list[Key] = [(kind, namespace, name) for kind in KINDS for namespace in ([""] if kind == "Node" else NAMESPACES) for name in NAMES[kind]]
objects = st.sampled_from(KEYS).flatmap(lambda key: st.tuples(st.just(key), st.sampled_from(VARIANTS[key[0]])))
states = st.lists(objects, max_size=12).map(dict)
steps = st.lists(st.tuples(objects, st.booleans()), max_size=25)


def raw(key: Key, variant: str) -> Raw:
    kind, namespace, name = key
    if kind == "Service":
        return text.service(variant, name, namespace)
    if kind == "EndpointSlice":
        owner, _blank, endpoints = variant.partition(" ")
        made = text.endpoint_slice(f"8080/TCP | {endpoints}", name=owner, namespace=namespace)
        made["metadata"]["name"] = name
        return made if owner != "-" else watched.changed(made, "metadata.labels", {})
    if kind == "Pod":
        return text.pods(name, f"{name}:8080/tcp=198.18.0.1:{variant}" if variant else "", namespace=namespace)[0]
    return text.node(name + variant) if kind == "Node" else watched.secret(name, variant, namespace)


def subject_of(key: Key, scoped: bool) -> Subject:
    """The stream of an object: one for each namespace, or of the whole cluster."""
    kind, namespace, name = key
    if kind == "Secret":
        return Subject(kind, namespace, name)
    return Subject(kind, namespace if scoped and kind != "Node" else None)


def read_again(known: Known, state: State, kind: str, scoped: bool) -> set[str]:
    """The changes that a full read of one kind reports."""
    changes = []
    for subject in sorted({subject_of(key, scoped) for key in KEYS if key[0] == kind}, key=str):
        known.begin(subject)
        for key, variant in state.items():
            if key[0] == kind and subject_of(key, scoped) == subject:
                changes += known.put(subject, raw(key, variant))
        changes += known.end(subject)
    return set(watched.texts(changes))


def difference(before: State, after: State, kind: str, now: State) -> set[str]:
    """The changes of one kind by which two states differ. now: the state with its slices as they are known."""
    reported = set()
    for key in [key for key in KEYS if key[0] == kind and before.get(key) != after.get(key)]:
        one, other = before.get(key), after.get(key)
        _kind, namespace, name = key
        if kind == "Service":
            reason = "created" if one is None else "deleted" if other is None else "changed"
            reported.add(f"{namespace}/{name}:Service:{reason}")
        elif kind == "EndpointSlice":
            owners = {variant.split()[0] for variant in (one, other) if variant} - {"-"}
            reported |= {f"{namespace}/{owner}:EndpointSlice:endpoints" for owner in owners}
        elif kind == "Pod":
            if (one or "") != (other or ""):
                reported |= {f"{namespace}/{owner}:Pod:mapping" for owner in owners_of(namespace, name, now)}
        else:
            reported.add("*:Node:nodes" if kind == "Node" else "*:Secret:secret")
    return reported


def owners_of(namespace: str, pod: str, state: State) -> set[str]:
    """The Services of which a slice names the Pod."""
    slices = [variant for key, variant in state.items() if key[:2] == ("EndpointSlice", namespace)]
    return {line.split()[0] for line in slices if f" {pod}@" in line} - {"-"}


def follow(known: Known, scoped: bool, history: list[tuple[tuple[Key, str], bool]]) -> State:
    """Report each object to `known`, or its deletion. Returns the state at the end."""
    state: State = {}
    for (key, variant), deleted in history:
        known.put(subject_of(key, scoped), raw(key, variant), deleted)
        if deleted:
            state.pop(key, None)
        else:
            state[key] = variant
    return state


@settings(deadline=None)
@given(steps, st.booleans())
def test_the_same_state_again_is_no_change(history: list[tuple[tuple[Key, str], bool]], scoped: bool) -> None:
    known = Known(ChangesOptions())
    state = follow(known, scoped, history)
    assert [read_again(known, state, kind, scoped) for kind in KINDS] == [set()] * len(KINDS)


@settings(deadline=None)
@given(steps, states, st.booleans(), st.permutations(KINDS))
def test_another_state_is_exactly_the_difference(history: list[tuple[tuple[Key, str], bool]], after: State, scoped: bool, kinds: list[str]) -> None:
    known = Known(ChangesOptions())
    before = follow(known, scoped, history)
    now = dict(before)
    for kind in kinds:
        others = {key: variant for key, variant in now.items() if key[0] != kind}
        now = {**others, **{key: variant for key, variant in after.items() if key[0] == kind}}
        assert read_again(known, after, kind, scoped) == difference(before, after, kind, now)
    assert [read_again(known, after, kind, scoped) for kind in KINDS] == [set()] * len(KINDS)


def known_of(*keys: Key) -> Known:
    known = Known(ChangesOptions())
    follow(known, True, [((key, VARIANTS[key[0]][1]), False) for key in keys])
    return known


SCOPES: list[tuple[Subject, list[Key], str]] = [
    # the stream that reads nothing, the known objects, and the changes
    (Subject("Service", "a"), [("Service", "a", "web"), ("Service", "b", "web")], "a/web:Service:deleted"),
    (Subject("Service"), [("Service", "a", "web"), ("Service", "b", "web")], "a/web:Service:deleted b/web:Service:deleted"),
    (Subject("Service", "a"), [("Node", "", "n1"), ("EndpointSlice", "a", "s1")], ""),
    (Subject("EndpointSlice", "a"), [("EndpointSlice", "a", "s1"), ("EndpointSlice", "b", "s1")], "a/web:EndpointSlice:endpoints"),
    (Subject("Pod", "b"), [("EndpointSlice", "a", "s1"), ("Pod", "a", "a"), ("Pod", "b", "a")], ""),
    (Subject("Pod", "a"), [("EndpointSlice", "a", "s1"), ("Pod", "a", "a"), ("Pod", "b", "a")], "a/web:Pod:mapping"),
    (Subject("Secret", "a", "x"), [("Secret", "a", "x"), ("Secret", "a", "y"), ("Secret", "b", "x")], "*:Secret:secret"),
    (Subject("Secret", "a", "x"), [("Secret", "a", "y"), ("Secret", "b", "x")], ""),
    (Subject("Node"), [("Node", "", "n1"), ("Secret", "a", "x")], "*:Node:nodes"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "keys", "expected"), SCOPES)
def test_an_end_removes_what_its_stream_did_not_read(subject: Subject, keys: list[Key], expected: str) -> None:
    known = known_of(*keys)
    known.begin(subject)
    assert " ".join(watched.texts(known.end(subject))) == expected
    known.begin(subject)
    assert known.end(subject) == []


def test_a_read_that_broke_off_does_not_count() -> None:
    """Objects that only the first attempt had are removed at the end of the second."""
    web, api = ("Service", "a", "web"), ("Service", "a", "api")
    known, subject = Known(ChangesOptions()), Subject("Service", "a")
    known.begin(subject)
    known.put(subject, raw(web, "80/TCP"))
    known.begin(subject)
    known.put(subject, raw(api, "80/TCP"))
    assert watched.texts(known.end(subject)) == ["a/web:Service:deleted"]


def test_an_object_that_is_deleted_during_the_read() -> None:
    web: Any = raw(("Service", "a", "web"), "80/TCP")
    known, subject = known_of(("Service", "a", "web")), Subject("Service", "a")
    known.begin(subject)
    known.put(subject, web)
    assert watched.texts(known.put(subject, web, deleted=True)) == ["a/web:Service:deleted"]
    assert known.end(subject) == []
