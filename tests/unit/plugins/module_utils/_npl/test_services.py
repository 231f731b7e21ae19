# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The change of a Service's annotations. One line a case."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._npl import services


def service(annotations: Any = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "a", "name": "web", "annotations": annotations},
        "spec": {"selector": {"app": "web"}, **spec},
    }


MINE, THEIRS = {services.ANNOTATION: "true", services.MARK: "antrea_npl"}, {services.ANNOTATION: "true"}
ADD = ("annotate", {"nodeportlocal.antrea.io/enabled": "true", "vks.bigip/nodeportlocal": "antrea_npl"})
REMOVE = ("unannotate", {"nodeportlocal.antrea.io/enabled": None, "vks.bigip/nodeportlocal": None})
NONE: tuple[str, dict[str, Any]] = ("none", {})
NO_SELECTOR = "Service a/web has no selector, so Antrea maps no Pod"


def of_type(kind: str) -> str:
    return f"Service a/web is of type {kind}; Antrea maps ClusterIP and LoadBalancer only"


@pytest.mark.parametrize(
    "raw, present, expected, fault",
    [
        (service(), True, ADD, ""),
        (service({services.ANNOTATION: "false"}), True, ADD, ""),
        (service(THEIRS), True, NONE, ""),
        (service(MINE), True, NONE, ""),
        (service(MINE), False, REMOVE, ""),
        (service(THEIRS), False, NONE, ""),
        (service(), False, NONE, ""),
        (service(type="ClusterIP"), True, ADD, ""),
        (service(type="LoadBalancer"), True, ADD, ""),
        (service(type="NodePort"), True, ADD, of_type("NodePort")),
        (service(type="ExternalName"), True, ADD, of_type("ExternalName")),
        (service(type="ExternalName", selector=None), True, ADD, of_type("ExternalName")),
        (service(selector=None), True, ADD, NO_SELECTOR),
        (service(MINE, selector=None), True, NONE, NO_SELECTOR),
        (service(MINE, type="NodePort"), False, REMOVE, ""),
        (service(type="NodePort"), False, NONE, ""),
    ],
)
def test_what_becomes_of_a_service(
    raw: dict[str, Any], present: bool, expected: tuple[str, dict[str, Any]], fault: str
) -> None:
    change = services.change(raw, present)
    assert change == services.ServiceChange("a", "web", *expected, fault)
    assert change.as_dict() == {"namespace": "a", "name": "web", "action": expected[0]}


@pytest.mark.parametrize("raw", [{}, {"metadata": None, "spec": None}])
def test_an_object_without_content_is_a_service_without_a_selector(raw: dict[str, Any]) -> None:
    assert services.change(raw, True).fault == "Service None/None has no selector, so Antrea maps no Pod"
