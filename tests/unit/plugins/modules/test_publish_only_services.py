# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""publish with only_services: its requests, between two scripted servers. An exchange that is not listed is a fault of the test."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._bigip import transport
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_publish import (
    ITEM,
    LOGIN,
    LOGOUT,
    STORED,
    cluster,
    on_device,
    run,
)
from ansible_collections.vks.bigip.tests.unit.plugins.modules.test_publish_trust import DECLARATION, LABELLED, listed

OTHERS = [
    {"tenant": f"T{number}", "application": "A1", "service": {"namespace": f"n{number}", "name": "web"}, "pool_member_type": "nodeport"}
    for number in range(2, 30)
]


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_SCHEME", "http")
    for name in ("K8S_AUTH_KUBECONFIG", "KUBECONFIG", "F5_SERVER"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("services", [["default/web"], "default/web", "other/api, default/web", '["default/web"]'], ids=str)
@pytest.mark.parametrize("others", [[], OTHERS], ids=["alone", "with others"])
def test_requests_do_not_grow_with_the_other_applications(services: Any, others: list[Any]) -> None:
    script = [LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT]
    result = run(script, cluster(3), True, applications=[ITEM, *others], only_services=services, prune="owner")
    assert result["requests"] == {"bigip": 4, "kubernetes": 4} and result["counts"]["tenants"] == 1
    assert [member["address"] for member in result["tenants"]["T1"]["members_added"]] == ["198.18.0.3"]


def test_without_an_application_nothing_is_requested() -> None:
    result = run([], [], applications=[ITEM, *OTHERS], only_services=["default/none"])
    assert not result["changed"] and result["requests"] == {"bigip": 0, "kubernetes": 0}
    assert result["summary"] == ["nothing to publish: no application is concerned"]


REFUSED: list[tuple[Any, str]] = [
    ([], "only_services: is empty, which never means all: omit it to publish all applications"),
    ("[]", "only_services: is empty, which never means all: omit it to publish all applications"),
    ([""], "only_services has only empty elements. To set no limit, omit it."),
    ([None, ""], "only_services has only empty elements. To set no limit, omit it."),
    (",", "only_services has only empty elements. To set no limit, omit it."),
    (" ", "only_services has only empty elements. To set no limit, omit it."),
    ("web", "only_services: has 'web': name each Service as namespace/name"),
    (["default/web", "default/*"], "only_services: has 'default/*': name each Service as namespace/name"),
    ("[default/web", "only_services begins like a list"),
]


@pytest.mark.parametrize(("services", "message"), REFUSED, ids=str)
def test_wrong_values_cause_no_request(services: Any, message: str) -> None:
    result = run([], [], applications=[ITEM], only_services=services)
    assert result["failed"] and message in result["msg"]


@pytest.mark.parametrize("services", [None, ""], ids=str)
def test_unset_means_all(services: Any) -> None:
    script = [LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT]
    assert run(script, cluster(), applications=[ITEM], only_services=services)["summary"] == ["1 tenant unchanged"]


@pytest.mark.parametrize("others", [0, 20])
def test_labelled_services_are_listed_only_for_tenants_that_can_be_concerned(others: int) -> None:
    """The declaration has many tenants, whose pools are filled from other namespaces."""
    more = {f"T{number}": DECLARATION["T1"] for number in range(2, 2 + others)}
    namespaces = {"T1": ["default"], **{tenant: [tenant.lower()] for tenant in more}}
    kubernetes = [listed("default", LABELLED), *cluster(3)]
    result = run(
        [LOGIN, STORED, on_device("198.18.0.1", "198.18.0.2"), LOGOUT],
        kubernetes,
        True,
        declaration={**DECLARATION, **more},
        label_namespaces=namespaces,
        only_services=["default/web"],
        pool_member_type="nodeport",
    )
    assert result["requests"] == {"bigip": 4, "kubernetes": 5} and list(result["tenants"]) == ["T1"]
