# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that needs no time, and the requests that _kube makes, for scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from ansible_collections.vks.bigip.plugins.module_utils._deadline import Deadline
from ansible_collections.vks.bigip.tests.unit.support.scripted import Exchange


class Clock:
    """Time that passes only while the code sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def deadline(self, seconds: float = 60.0) -> Deadline:
        return Deadline(seconds, self, self.sleep)


def listing(path: str, *items: Any, token: str = "", after: str = "", labels: str = "", **more: Any) -> Exchange:
    """One page of a list; `token` is the one to go on with, `after` the one that this page is asked with."""
    query = "?limit=500" + (f"&labelSelector={quote(labels, safe='')}" if labels else "") + (f"&continue={after}" if after else "")
    body = {"kind": "List", "metadata": {"continue": token} if token else {}, "items": list(items)}
    if "text" not in more:
        more.setdefault("json", body)
    return Exchange("GET", f"{path}{query}", **more)


def status(code: int, message: str) -> dict[str, Any]:
    """The API's Status object."""
    return {"kind": "Status", "status": "Failure", "code": code, "message": message}


def services(namespace: str = "default", **more: Any) -> str:
    return f"/api/v1/namespaces/{namespace}/services"


def slices(namespace: str = "default") -> str:
    return f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"


def pods(namespace: str = "default") -> str:
    return f"/api/v1/namespaces/{namespace}/pods"


NODES = "/api/v1/nodes"
ALL_SERVICES, ALL_SLICES, ALL_PODS = "/api/v1/services", "/apis/discovery.k8s.io/v1/endpointslices", "/api/v1/pods"
