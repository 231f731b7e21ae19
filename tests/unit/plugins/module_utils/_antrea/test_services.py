# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Services are annotated, and when."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._antrea.services import Services
from ansible_collections.vks.bigip.plugins.module_utils._errors import Failure
from ansible_collections.vks.bigip.tests.unit.support.answers import found, listing, missing
from ansible_collections.vks.bigip.tests.unit.support.antrea import (
    MARKED,
    WEB,
    annotated,
    connected,
    service,
)
from ansible_collections.vks.bigip.tests.unit.support.kube import Clock, status
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange

SERVICES = "/api/v1/namespaces/default/services"
THEIRS = {"nodeportlocal.antrea.io_enabled": "true"}
LINE = 'nodeportlocal.antrea.io/enabled: "true"\n'
BY_NAME = {"namespace": "default", "name": "web", "label_selector": None}
BY_LABEL = {"namespace": "default", "name": None, "label_selector": "tier=web"}
API, OLD = {**BY_NAME, "name": "api"}, {**BY_NAME, "name": "old"}


def actions(script: list[Exchange], *named: dict[str, Any], present: bool = True) -> list[tuple[str, str]]:
    """Write the Services, and return their names and actions. The report and the difference show the same."""
    with connected(script, Clock()) as client:
        services = Services(client, named, present)
        services.write()
    report = [(item["name"], item["action"]) for item in services.report()]
    changed = [(name, action) for name, action in report if action != "none"]
    assert [(item.name, item.action) for item in services.changes] == changed
    assert services.diff() == [
        {
            "before_header": f"Service default/{name}",
            "after_header": f"Service default/{name}",
            "before": "" if action == "annotate" else LINE,
            "after": LINE if action == "annotate" else "",
        }
        for name, action in changed
    ]
    return report


def refused(script: list[Exchange], *named: dict[str, Any]) -> Failure:
    with connected(script, Clock()) as client, pytest.raises(Failure) as caught:
        Services(client, named, True).write()
    return caught.value


def test_services_by_name_and_by_label_are_annotated_in_their_order() -> None:
    by_label = listing(
        SERVICES, service("web"), service("d"), service("c"), service(**MARKED), labels="tier=web"
    )
    script = [
        found(WEB, service("web")),
        by_label,
        annotated("c", "true", "antrea_npl"),
        annotated("d", "true", "antrea_npl"),
    ]
    assert actions(script, BY_NAME, BY_LABEL) == [("c", "annotate"), ("d", "annotate"), ("web", "none")]


def test_only_our_own_annotation_is_removed() -> None:
    script = [
        found(WEB, service(**MARKED)),
        found(f"{SERVICES}/api", service("api", **THEIRS)),
        missing(f"{SERVICES}/old"),
        annotated("web", None, None),
    ]
    assert actions(script, BY_NAME, API, OLD, present=False) == [("api", "none"), ("web", "unannotate")]


def test_services_of_two_namespaces_are_reported_with_them() -> None:
    other = service("web", **THEIRS)
    other["metadata"]["namespace"] = "a"
    script = [found(WEB, service("web", **THEIRS)), found("/api/v1/namespaces/a/services/web", other)]
    with connected(script, Clock()) as client:
        services = Services(client, [BY_NAME, {**BY_NAME, "namespace": "a"}], True)
    assert services.report() == [
        {"namespace": "a", "name": "web", "action": "none"},
        {"namespace": "default", "name": "web", "action": "none"},
    ]
    assert services.changes == [] and services.diff() == []


def test_services_that_antrea_would_not_map_are_refused() -> None:
    wrong, bare = service("web"), service("api")
    wrong["spec"]["type"] = "NodePort"
    bare["spec"] = {}
    script = [found(WEB, wrong), found(f"{SERVICES}/api", bare)]
    failure = refused(script, BY_NAME, API)
    assert (failure.code, failure.message) == (
        "npl_services",
        "Checking the Services: Service default/api has no selector, so Antrea maps no Pod; Service "
        "default/web is of "
        "type NodePort; Antrea maps ClusterIP and LoadBalancer only. Nothing was written. Remove them from "
        "the list, "
        "or change them.",
    )


def test_a_service_that_does_not_exist_is_refused() -> None:
    failure = refused([missing(WEB)], BY_NAME)
    assert (failure.code, failure.message) == (
        "service_not_found",
        "Reading Service default/web: not found. Nothing was written. Correct its name and namespace.",
    )


def test_the_right_to_annotate_is_named() -> None:
    forbidden = annotated("web", "true", "antrea_npl")
    forbidden.status, forbidden.json = 403, status(403, "services is forbidden")
    failure = refused([found(WEB, service("web")), forbidden], BY_NAME)
    assert failure.code == "kubernetes_forbidden" and failure.said == "services is forbidden"
    assert failure.message.startswith("Changing annotations of Service default/web: ")
    assert failure.details == {"verb": "patch", "resource": "services", "group": "", "namespace": "default"}
