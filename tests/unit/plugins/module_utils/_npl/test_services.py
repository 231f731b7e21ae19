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


@pytest.mark.parametrize(
    "raw, present, action, fault",
    [
        (service(), True, "annotate", ""),
        (service({services.ANNOTATION: "false"}), True, "annotate", ""),
        (service(THEIRS), True, "none", ""),
        (service(MINE), True, "none", ""),
        (service(MINE), False, "unannotate", ""),
        (service(THEIRS), False, "none", ""),
        (service(), False, "none", ""),
        (service(type="LoadBalancer"), True, "annotate", ""),
        (service(type="NodePort"), True, "annotate", "is of type NodePort"),
        (service(type="ExternalName"), True, "annotate", "is of type ExternalName"),
        (service(selector=None), True, "annotate", "has no selector"),
        (service(MINE, type="NodePort"), False, "unannotate", ""),
    ],
)
def test_what_becomes_of_a_service(raw: dict[str, Any], present: bool, action: str, fault: str) -> None:
    change = services.change(raw, present)
    assert (change.action, bool(change.annotations)) == (action, action != "none")
    assert fault in change.fault and bool(fault) == bool(change.fault)
