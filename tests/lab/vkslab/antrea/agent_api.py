# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An agent's requests to the API, except annotations: configuration, AntreaAgentInfo, its Pod's status."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone
from typing import Any

import aiohttp

from ..kube import Kube, KubeError
from ..net.objects import Pod
from . import manifests

log = logging.getLogger(__name__)
READY = "lab.vks.bigip/ready"


class AgentApi:
    def __init__(self, kube: Kube) -> None:
        self._kube = kube

    async def mounted_config(self, pod: Pod) -> str:
        """The file as the kubelet mounted it when the Pod started: read once, never again."""
        path = f"/api/v1/namespaces/{pod.namespace}"
        while True:
            try:
                volumes = (await self._kube.get(f"{path}/pods/{pod.name}"))["spec"].get("volumes") or []
                name = next(
                    volume["configMap"]["name"] for volume in volumes if volume["name"] == "antrea-config"
                )
                content = (await self._kube.get(f"{path}/configmaps/{name}")).get("data") or {}
                return str(content[manifests.CONFIG_FILE])
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError, StopIteration, KeyError) as error:
                # A kubelet waits for a missing ConfigMap, too.
                log.info("%s waits for its configuration: %r", pod.key, error)
                await asyncio.sleep(1)

    async def put_info(self, node: str, info: dict[str, Any]) -> None:
        path = f"/apis/{manifests.INFO_GROUP}/v1beta1/antreaagentinfos"
        while True:
            try:
                if not await self._kube.create(path, info):
                    await self._kube.merge_patch(f"{path}/{node}", {"nodePortLocalPortRange": None, **info})
                return
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                log.info("AntreaAgentInfo %s: %r", node, error)
                await asyncio.sleep(1)

    async def drop_info(self, node: str) -> None:
        """As antrea-controller does for a removed node."""
        try:
            await self._kube.delete(f"/apis/{manifests.INFO_GROUP}/v1beta1/antreaagentinfos/{node}")
        except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            log.info("AntreaAgentInfo %s: %r", node, error)

    async def show_crash(self, pod: Pod, restarts: int, message: str) -> None:
        terminated = {"exitCode": 1, "reason": "Error", "message": message, "finishedAt": now()}
        waiting = {
            "reason": "CrashLoopBackOff",
            "message": "back-off restarting failed container=antrea-agent",
        }
        await self._show(
            pod,
            restarts,
            "False",
            {
                "ready": False,
                "started": False,
                "state": {"waiting": waiting},
                "lastState": {"terminated": terminated},
            },
        )

    async def show_running(self, pod: Pod, restarts: int) -> None:
        await self._show(
            pod,
            restarts,
            "True",
            {"ready": True, "started": True, "state": {"running": {"startedAt": now()}}},
        )

    async def _show(self, pod: Pod, restarts: int, ready: str, container: dict[str, Any]) -> None:
        path = f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}"
        try:
            status = (await self._kube.get(path)).get("status") or {}
            statuses = [
                {**each, **container, "restartCount": restarts} if each["name"] == "antrea-agent" else each
                for each in status.get("containerStatuses") or ()
            ]
            conditions = [
                {**each, "status": ready, "lastTransitionTime": now()}
                if each["type"] in ("Ready", "ContainersReady")
                else each
                for each in status.get("conditions") or ()
            ]
            # kwok would call the Pod ready again at once, were it not for the annotation.
            annotations = {READY: "false" if ready == "False" else None}
            body = {
                "metadata": {"annotations": annotations},
                "status": {"containerStatuses": statuses, "conditions": conditions},
            }
            await self._kube.merge_patch(f"{path}/status", body)
        except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
            log.info("status of %s: %r", pod.key, error)


def now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
