# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""publish: which requests the options label_namespaces and secret_namespaces allow. An exchange that is not listed is a fault of the test."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_publish import (
    ITEM,
    LOGIN,
    LOGOUT,
    NO_CIS,
    NOTHING,
    SERVICE,
    cluster,
    run,
)
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

LABELS = {f"cis.f5.com/as3-{part}": value for part, value in (("tenant", "T1"), ("app", "A1"), ("pool", "pool"))}
SELECTOR = "cis.f5.com%2Fas3-tenant%2Ccis.f5.com%2Fas3-app%2Ccis.f5.com%2Fas3-pool"
POOL = {"class": "Pool", "members": [{"servicePort": 80, "serverAddresses": []}]}
DECLARATION = {"class": "ADC", "schemaVersion": "3.50.0", "T1": {"class": "Tenant", "A1": {"class": "Application", "pool": POOL}}}
LABELLED = {**SERVICE, "metadata": {**SERVICE["metadata"], "labels": LABELS}}
SECRET = Exchange("GET", "/api/v1/namespaces/default/secrets/own", json={"data": {"key": base64.b64encode(b"value-of-ours").decode()}})


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")
    for name in ("K8S_AUTH_KUBECONFIG", "KUBECONFIG", "F5_SERVER"):
        monkeypatch.delenv(name, raising=False)


def listed(namespace: str, *items: Any) -> Exchange:
    return Exchange("GET", f"/api/v1/namespaces/{namespace}/services?limit=500&labelSelector={SELECTOR}", json={"items": list(items)})


GIVEN = [["default", "two"], "default,two", "[default, two]", '["default", "two"]']
GIVEN += [{"T1": ["default", "two"]}, '{"T1": ["default", "two"]}', "T1: [default, two]"]  # type: ignore[list-item]


@pytest.mark.parametrize("given", GIVEN, ids=str)
@pytest.mark.parametrize("declaration", [DECLARATION, json.dumps(DECLARATION)], ids=["dictionary", "text"])
def test_labelled_services_are_listed_in_the_namespaces_that_are_named(given: Any, declaration: Any) -> None:
    kubernetes = [listed("default", LABELLED), listed("two"), *cluster(), *NO_CIS]
    result = run([LOGIN, NOTHING, LOGOUT], kubernetes, check=True, declaration=declaration, label_namespaces=given, pool_member_type="nodeport")
    assert result["counts"]["members_added"] == 2 and result["pools"][0]["service"] == "web"


@pytest.mark.parametrize("given", [None, "", [], {"T2": ["default"]}], ids=str)
def test_without_namespaces_nothing_is_requested(given: Any) -> None:
    result = run([], [], declaration=DECLARATION, label_namespaces=given)
    assert result["failed"] and result["failure"]["code"] == "invalid_options" and result["failure"]["path"] == "label_namespaces"


def taking(namespace: str, name: str) -> dict[str, Any]:
    return {**ITEM, "objects": {"rule": {"class": "iRule", "iRule": {"from_secret": {"namespace": namespace, "name": name, "key": "key"}}}}}


@pytest.mark.parametrize("more", [{}, {"secret_namespaces": ["other"]}, {"secret_namespaces": []}, {"secret_namespaces": "other,another"}], ids=str)
def test_a_secret_outside_is_never_requested(more: dict[str, Any]) -> None:
    result = run([], [], applications=[taking("victim", "db")], **more)
    assert result["failed"] and result["failure"]["path"] == "applications[0].objects.rule.iRule.from_secret"
    assert "names Secret victim/db" in result["msg"] and "secret_namespaces" in result["msg"]


def test_a_secret_of_the_application_is_requested_and_not_shown() -> None:
    kubernetes = [*cluster(), *NO_CIS, SECRET]
    result = run([LOGIN, NOTHING, LOGOUT], kubernetes, check=True, applications=[taking("default", "own")], pool_member_type="nodeport", details="all")
    assert result["changed"] and "value-of-ours" not in result.stdout
