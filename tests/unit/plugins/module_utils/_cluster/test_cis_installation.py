# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads of one CIS installation: what is asked for, and what a missing or forbidden object means."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._cis import definitions, helm
from ansible_collections.vks.bigip.plugins.module_utils._cis import installation as shown
from ansible_collections.vks.bigip.plugins.module_utils._cluster.cis_installation import installation
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.plugins.module_utils._kube.client import Client
from ansible_collections.vks.bigip.tests.unit.support.answers import found, missing
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, listing, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange, ScriptedServer

NAMESPACE = "/api/v1/namespaces/f5"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CLASS = "/apis/networking.k8s.io/v1/ingressclasses/f5"
SERVED = "/apis/cis.f5.com/v1"
ASKED = {
    **{"namespace": "f5", "release": "cis", "labels": {}, "secrets": [], "digests": {}},
    **{"definitions": False, "custom_resources": False, "ingress_class": None},
}
HERE = found(NAMESPACE, {"metadata": {"name": "f5", "labels": {"a": "b"}, "annotations": {"c": "d"}}})
RELEASE = listing(f"{NAMESPACE}/secrets", labels="owner=helm,name=cis")
START: dict[str, Any] = {"namespace": {"a": "b"}, "helm_release": {}, "secrets": []}


def forbidden(path: str) -> Exchange:
    return Exchange("GET", path, 403, json=status(403, "no"))


def read(*script: Exchange, **asked: Any) -> dict[str, Any]:
    with ScriptedServer(list(script)) as server:
        client = Client({"host": server.url, "allow_http": True, "api_key": "t"}, Clock().deadline())
        client.warn = pytest.fail  # no object is left out
        try:
            return installation(client, {**ASKED, **asked})
        finally:
            client.close()


def test_only_what_is_asked_for_is_read() -> None:
    assert read(HERE, RELEASE) == START


@pytest.mark.parametrize(
    ("answer", "labels"),
    [(found(NAMESPACE, {"metadata": {"labels": None}}), {}), (missing(NAMESPACE), None)],
    ids=["without labels", "missing"],
)
def test_the_namespace(answer: Exchange, labels: dict[str, str] | None) -> None:
    assert read(answer, RELEASE) == {**START, "namespace": labels}


def test_the_helm_release_is_the_newest_of_its_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = [
        {"metadata": {"name": name}} for name in ("sh.helm.release.v1.cis.v1", "sh.helm.release.v1.cis.v2")
    ]
    monkeypatch.setattr(helm, "release", lambda given: {"of": list(given)})
    made = read(HERE, listing(f"{NAMESPACE}/secrets", *secrets, labels="owner=helm,name=cis"))
    assert made == {**START, "helm_release": {"of": secrets}}


def test_secrets_beside_the_release() -> None:
    raw = {"metadata": {"namespace": "f5", "name": "login", "uid": "u"}, "data": {"password": "cA=="}}
    digests = {"f5/login": shown.data_digest(raw["data"]), "other/absent": "x"}
    made = read(
        *(HERE, RELEASE, found(f"{NAMESPACE}/secrets/login", raw)),
        missing("/api/v1/namespaces/other/secrets/absent"),
        secrets=["f5/login", "other/absent"],
        digests=digests,
    )
    first, second = made.pop("secrets")
    assert made == {name: value for name, value in START.items() if name != "secrets"}
    assert first == shown.secret("f5/login", raw, digests["f5/login"]) and first["present"] and first["same"]
    assert second == shown.secret("other/absent", {}, "x") and not second["present"]


def test_config_maps_by_their_labels() -> None:
    raw = [{"metadata": {"name": name}, "data": {"a": name}} for name in ("x", "y")]
    script = [HERE, RELEASE, listing(f"{NAMESPACE}/configmaps", *raw, labels="a=1,b=2")]
    assert read(*script, labels={"b": "2", "a": "1"}) == {
        **START,
        "config_maps": [shown.config_map(one) for one in raw],
    }


def test_definitions_of_a_chart() -> None:
    raw = {"metadata": {"name": "virtualservers.cis.f5.com", "labels": {"vks.bigip/chart-version": "0.0.1"}}}
    script = [HERE, RELEASE, listing(DEFINITIONS, raw, labels="vks.bigip/chart-version")]
    assert read(*script, definitions=True) == {**START, "definitions": [definitions.seen(raw)]}


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (
            found(SERVED, {"resources": [{"name": "policies"}, {"name": "virtualservers"}]}),
            ["policies", "virtualservers"],
        ),
        (found(SERVED, {"resources": None}), []),
        (missing(SERVED), []),
        (forbidden(SERVED), None),
    ],
    ids=["served", "none", "no such group", "forbidden"],
)
def test_the_custom_resources_that_are_served(answer: Exchange, names: list[str] | None) -> None:
    assert read(HERE, RELEASE, answer, custom_resources=True) == {**START, "custom_resources": names}


@pytest.mark.parametrize(
    ("answer", "annotations"),
    [
        (found(CLASS, {"metadata": {"annotations": {"a": "b"}, "labels": {"c": "d"}}}), {"a": "b"}),
        (found(CLASS, {"metadata": {}}), {}),
        (missing(CLASS), None),
    ],
    ids=["present", "without annotations", "missing"],
)
def test_the_class_of_ingresses(answer: Exchange, annotations: dict[str, str] | None) -> None:
    assert read(HERE, RELEASE, answer, ingress_class="f5") == {**START, "ingress_class": annotations}


FORBIDDEN: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    # the path, what a user reads, the right that is missing, what is asked for
    "the namespace": (NAMESPACE, "reading Namespace f5", "get namespaces", {}),
    "the release": (
        RELEASE.path,
        "listing Secrets in namespace f5 with owner=helm,name=cis",
        "list secrets",
        {},
    ),
    "a Secret": (f"{NAMESPACE}/secrets/x", "reading Secret f5/x", "get secrets", {"secrets": ["f5/x"]}),
    "definitions": (
        f"{DEFINITIONS}?limit=500&labelSelector=vks.bigip%2Fchart-version",
        "listing CustomResourceDefinitions in the whole cluster with vks.bigip/chart-version",
        "list customresourcedefinitions.apiextensions.k8s.io",
        {"definitions": True},
    ),
    "the class": (
        *(CLASS, "reading IngressClass f5", "get ingressclasses.networking.k8s.io"),
        {"ingress_class": "f5"},
    ),
}


@pytest.mark.parametrize(("path", "doing", "right", "asked"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_forbidden_read_fails(path: str, doing: str, right: str, asked: dict[str, Any]) -> None:
    before = [
        one
        for one in (HERE, RELEASE)
        if path not in (NAMESPACE, RELEASE.path) or one.path == NAMESPACE != path
    ]
    with pytest.raises(Failure) as caught:
        read(*before, forbidden(path), **asked)
    failed, (verb, _blank, resource) = caught.value, right.partition(" ")
    named, _dot, group = resource.partition(".")
    assert failed.what == doing
    assert (failed.details["verb"], failed.details["resource"], failed.details["group"]) == (
        verb,
        named,
        group,
    )


def test_the_request_for_the_custom_resources() -> None:
    get = Client.get
    with mock.patch.object(Client, "get", autospec=True, side_effect=get) as asked:
        read(HERE, RELEASE, missing(SERVED), custom_resources=True)
    assert asked.call_args.args[1:] == (SERVED,)
    assert asked.call_args.kwargs == {
        "doing": "reading which custom resources of CIS are served",
        "right": {"verb": "get", "resource": SERVED, "group": ""},
    }
    with pytest.raises(Failure) as caught:
        read(HERE, RELEASE, Exchange("GET", SERVED, 400, json=status(400, "no")), custom_resources=True)
    assert caught.value.code == "kubernetes_error"
