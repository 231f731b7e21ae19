# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Pod in the API: the status of one of its containers, and events."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timezone

import aiohttp

from ..kube import Kube, KubeError
from .program import Json

#: How a request to the API server may fail while the cluster is busy, or stops.
TROUBLE = (KubeError, aiohttp.ClientError, asyncio.TimeoutError)


class PodObject:
    def __init__(self, kube: Kube, pod: Json, container: str, image: str) -> None:
        self._kube, self._image = kube, image
        self.pod, self.container = pod, container
        meta = pod["metadata"]
        self.namespace, self.name, self.uid = meta["namespace"], meta["name"], meta["uid"]
        self.path = f"/api/v1/namespaces/{self.namespace}/pods/{self.name}"
        self.restarts = 0
        self.last: Json = {}  # the container's lastState

    @property
    def spec(self) -> Json:
        """Of the container."""
        containers: list[Json] = self.pod["spec"]["containers"]
        return next(each for each in containers if each["name"] == self.container)

    async def show(self, state: Json, phase: str = "") -> None:
        ready = bool(state.get("ready"))
        shown = {
            "ready": ready,
            "started": False,
            "restartCount": self.restarts,
            "lastState": self.last,
            "imageID": f"lab.invalid/{self._image}",
            **state,
        }
        status = self.pod.get("status") or {}
        statuses = [
            {**each, **shown} if each["name"] == self.container else each
            for each in status.get("containerStatuses") or ()
        ]
        text = "True" if ready else "False"
        reason = (
            {"reason": None, "message": None}
            if ready
            else {
                "reason": "ContainersNotReady",
                "message": f"containers with unready status: [{self.container}]",
            }
        )
        conditions = [
            {**each, "status": text, "lastTransitionTime": now(), **reason}
            if each["type"] in ("Ready", "ContainersReady")
            else each
            for each in status.get("conditions") or ()
        ]
        body: Json = {"containerStatuses": statuses, "conditions": conditions}
        await self.patch({"status": {**body, "phase": phase} if phase else body}, "/status")

    async def patch(self, body: Json, part: str) -> None:
        body["metadata"] = {**body.get("metadata", {}), "uid": self.uid}
        with contextlib.suppress(*TROUBLE):
            self.pod = await self._kube.merge_patch(self.path + part, body)

    async def event(self, reason: str, message: str, kind: str) -> None:
        about = {
            "apiVersion": "v1",
            "kind": "Pod",
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
        }
        about["fieldPath"] = f"spec.containers{{{self.container}}}"
        stamp = now()
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"generateName": f"{self.name}.", "namespace": self.namespace},
            "involvedObject": about,
            "reason": reason,
            "message": message,
            "type": kind,
            "source": {"component": "kubelet", "host": self.pod["spec"].get("nodeName", "")},
            "firstTimestamp": stamp,
            "lastTimestamp": stamp,
            "count": 1,
        }
        with contextlib.suppress(*TROUBLE):
            await self._kube.request("POST", f"/api/v1/namespaces/{self.namespace}/events", body=body)

    async def remove(self) -> None:
        """Delete the Pod before its grace period ends: the program exited on SIGTERM."""
        with contextlib.suppress(*TROUBLE):
            await self._kube.request(
                "DELETE", self.path, body={"gracePeriodSeconds": 0, "preconditions": {"uid": self.uid}}
            )


def now() -> str:
    return f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
