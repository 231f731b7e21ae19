# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""References to Kubernetes Secrets: which are refused, where they are, and the form that AS3 wants of a value."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._request import from_secret
from ansible_collections.vks.bigip.plugins.module_utils._request.wanted import ClusterPool, Problems, Wanted

PLAIN = "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"
PLACE = "applications[0].objects.cert.remark.from_secret"
EXAMPLE = "as in {from_secret: {namespace: default, name: web-tls, key: tls.crt}}"


def reference(key: str = "k", name: str = "s", namespace: str = "n") -> dict[str, Any]:
    return {"from_secret": {"namespace": namespace, "name": name, "key": key}}


def encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def wanted_of(*cluster_pools: ClusterPool, **objects: Any) -> Wanted:
    """The application T1/A1 with these objects."""
    wanted = Wanted(cluster_pools=list(cluster_pools))
    wanted.application("T1", "A1", "applications[0]").update(objects)
    for key in objects:
        if key != "constants":
            wanted.objects[("T1", "A1", key)] = f"applications[0].objects.{key}"
    return wanted


def cluster_pool(namespace: str | None = None, application: str = "A1", **more: Any) -> ClusterPool:
    options = {"service": {"name": "web", **({"namespace": namespace} if namespace else {})}}
    return ClusterPool("T1", application, "pool", "applications[0]", options, **more)


def problems_of(wanted: Wanted, given: Any = None, labelled: Any = None) -> list[tuple[str, str]]:
    problems = Problems()
    from_secret.check(wanted, given, labelled or {}, problems)
    return problems.found


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        ({"namespace": "n", "name": "s", "key": "k"}, ""),
        ({"namespace": "n", "name": "s"}, "key"),
        ({"namespace": "n", "key": "k"}, "name"),
        ({"name": "s", "key": "k"}, "namespace"),
        ({"namespace": "", "name": "s", "key": None}, "namespace, key"),
        ({}, "namespace, name, key"),
        ("n/s/k", "namespace, name, key"),
        (None, "namespace, name, key"),
    ],
)
def test_an_incomplete_reference_is_refused(value: Any, missing: str) -> None:
    found = problems_of(wanted_of(cert={"remark": {"from_secret": value}}), ["n"])
    assert found == ([(PLACE, f"needs {missing}, {EXAMPLE}")] if missing else [])


OWN = "the application's Services are in these namespaces"
GIVEN = "secret_namespaces allows these namespaces"


@pytest.mark.parametrize(
    ("given", "services", "labelled", "why", "allowed"),
    [
        (None, [cluster_pool("n")], {}, "", ""),
        (None, [cluster_pool("a"), cluster_pool("n")], {}, "", ""),
        (None, [], {("T1", "A1"): ["n"]}, "", ""),
        (["n"], [], {}, "", ""),
        (None, [], {}, OWN, ""),
        (None, [cluster_pool()], {}, OWN, "default"),
        (None, [ClusterPool("T1", "A1", "pool", "pools[0]", None)], {}, OWN, "default"),
        (None, [cluster_pool("n", "A2")], {("T1", "A2"): ["n"], ("T2", "A1"): ["n"]}, OWN, ""),
        (None, [cluster_pool("b")], {("T1", "A1"): ["a"]}, OWN, "a, b"),
        (None, [cluster_pool(name) for name in "fbdeca"], {}, OWN, "a, b, c, d, e, f"),
        ([], [cluster_pool("n")], {("T1", "A1"): ["n"]}, GIVEN, ""),
        (list("fbdeca"), [cluster_pool("n")], {}, GIVEN, "a, b, c, d, e, f"),
    ],
)
def test_the_namespaces_of_secrets(
    given: Any, services: list[ClusterPool], labelled: Any, why: str, allowed: str
) -> None:
    hint = f"To take values from there, set secret_namespaces: [{f'{allowed}, n' if allowed else 'n'}]"
    text = f"names Secret n/s, but {why}: {allowed or 'none'}. {hint}"
    found = problems_of(wanted_of(*services, cert={"remark": reference()}), given, labelled)
    assert found == ([(PLACE, text)] if why else [])


def test_references_are_found_wherever_a_value_is_resolved() -> None:
    static = {"servicePort": 80, "serverAddresses": ["192.0.2.1"], "remark": reference("k4")}
    wanted = wanted_of(
        cluster_pool("x", member={"remark": reference("k3")}, static=({"bigip": "/Common/x"}, static)),
        cert={"list": ["text", {"inner": reference("k1")}, [["text", reference("k2")]]]},
        pool={"class": "Pool"},
        constants={"note": reference("k5", "s2"), "other": {"from_secret": 1, "more": 2}},
    )
    places = [place.removesuffix(".from_secret") for place, _text in problems_of(wanted)]
    assert places == [
        "applications[0].objects.cert.list[1].inner",
        "applications[0].objects.cert.list[2][0][1]",
        "applications[0].constants.note",
        "applications[0].member.remark",
        "applications[0].objects.pool.members[1].remark",
    ]
    assert from_secret.names(wanted) == {("n", "s"): {"k1", "k2", "k3", "k4"}, ("n", "s2"): {"k5"}}
    own = wanted_of(
        cluster_pool("n", member={"remark": reference()}, static=(static,)), pool={"class": "Pool"}
    )
    assert problems_of(own) == []
    alone = wanted_of(cluster_pool("x", static=(static,)))
    assert [place for place, _text in problems_of(alone)] == ["applications[0].members[0].remark.from_secret"]


@pytest.mark.parametrize(
    ("node", "path", "place"),
    [
        ({"from_secret": 1}, "", "from_secret"),
        ({"x": 1, "a": {"n": {"from_secret": {}}}}, "", "a.n.from_secret"),
        ({"a": {"x": 1}, "b": [1, [{"from_secret": {}, "more": 2}]]}, "declaration", "declaration.b[1][0].from_secret"),
        ([{"x": "from_secret"}, {"from_secret": 1}, {"from_secret": 2}], "list", "list[1].from_secret"),
        ({"a": "from_secret", "b": ["from_secret"]}, "x", None),
        ([], "x", None),
        ("from_secret", "x", None),
    ],
)  # fmt: skip
def test_the_first_place_of_the_word(node: Any, path: str, place: str | None) -> None:
    assert from_secret.first(node, path) == place


@pytest.mark.parametrize(
    ("property_", "value"),
    [
        ("certificate", "line\n"),
        ("privateKey", "line\n"),
        ("passphrase", {"ciphertext": encoded(b"line"), "protected": PLAIN}),
        ("secret", {"ciphertext": encoded(b"line"), "protected": PLAIN}),
        ("ciphertext", encoded(b"line\n")),
        ("pkcs12", {"base64": encoded(b"line\n")}),
    ],
)
def test_from_secret_takes_the_form_that_as3_wants(property_: str, value: Any) -> None:
    item = {"class": "Certificate", property_: reference()}
    assert from_secret.names(wanted_of(item=item)) == {("n", "s"): {"k"}}
    values = {("n", "s"): {"k": b"line\n"}}
    assert from_secret.resolve(item, values) == {"class": "Certificate", property_: value}
    several = {"class": "Certificate", property_: ["text", reference(), {"other": [reference()], "x": 1}]}
    assert from_secret.resolve(several, values) == {
        "class": "Certificate",
        property_: ["text", value, {"other": ["line\n"], "x": 1}],
    }


def test_a_value_that_is_not_text_is_taken_where_as3_wants_it_encoded() -> None:
    values = {("n", "s"): {"k": b"\xff\x00"}}
    assert from_secret.resolve({"pkcs12": reference()}, values) == {"pkcs12": {"base64": encoded(b"\xff\x00")}}
    assert from_secret.resolve({"ciphertext": reference()}, values) == {"ciphertext": encoded(b"\xff\x00")}
    with pytest.raises(Failure) as raised:
        from_secret.resolve({"certificate": reference()}, values)
    assert raised.value.code == "secret_not_text"
    assert raised.value.what == "Key 'k' of Secret n/s does not hold text"


@pytest.mark.parametrize(
    ("data", "keys"),
    [({}, "none"), (dict.fromkeys(("f", "b", "d", "e", "c", "a"), b""), "a, b, c, d, e, f")],
)
def test_a_key_that_the_secret_does_not_have(data: dict[str, bytes], keys: str) -> None:
    with pytest.raises(Failure) as raised:
        from_secret.resolve({"certificate": reference()}, {("n", "s"): data})
    assert raised.value.code == "secret_key_not_found"
    assert raised.value.what == f"Secret n/s has no key 'k'; it has {keys}"
    assert raised.value.remedy == "Correct from_secret.key."


def test_the_failure_of_a_read_is_raised_where_the_value_is_needed() -> None:
    failure = Failure("secret_not_found", "reading Secret n/s")
    values: Any = {("n", "s"): failure, ("n", "t"): {"k": b"text"}}
    assert from_secret.resolve({"certificate": reference(name="t")}, values) == {"certificate": "text"}
    with pytest.raises(Failure) as raised:
        from_secret.resolve({"certificate": reference()}, values)
    assert raised.value is failure
