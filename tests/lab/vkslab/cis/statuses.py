# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The status of the resources of CIS."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone

import aiohttp

from ..kube import Kube, KubeError
from .declare import Outcome
from .flags import Settings
from .logs import Log
from .program import Json

_CUSTOM = {
    "VirtualServer": "cis.f5.com/v1/{}/virtualservers",
    "TransportServer": "cis.f5.com/v1/{}/transportservers",
}


class Statuses:
    """Writes each status once, and again when it changes or a write failed."""

    def __init__(self, kube: Kube, settings: Settings, log: Log) -> None:
        self._kube, self._settings, self._log = kube, settings, log
        self._written: dict[tuple[str, str, str], Json] = {}

    async def show(self, outcomes: list[Outcome], failed: dict[str, str]) -> None:
        """``failed``: the errors of tenants, by name."""
        existing = {(outcome.kind, *outcome.key) for outcome in outcomes}
        self._written = {key: status for key, status in self._written.items() if key in existing}
        for outcome in outcomes:
            error = outcome.error or failed.get(outcome.partition, "")
            if not error or outcome.kind in _CUSTOM:
                await self._write(outcome, error)

    async def _write(self, outcome: Outcome, error: str) -> None:
        namespace, name = outcome.key
        status = _status(outcome, error)
        if self._written.get((outcome.kind, namespace, name)) == status:
            return
        stamped = dict(status)
        if outcome.kind in _CUSTOM:
            stamped["lastUpdated"] = f"{datetime.now(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
        try:
            await self._kube.merge_patch(_path(outcome), {"status": stamped})
            self._written[outcome.kind, namespace, name] = status
        except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as refused:
            where = f"{outcome.kind}:{namespace}/{name} in Cluster {self._settings.local_cluster}"
            self._log.warning(
                f"Failed to update the status of {where}. Error: {refused}. Retry will be attempted."
            )


def _status(outcome: Outcome, error: str) -> Json:
    if outcome.kind not in _CUSTOM:
        return {"loadBalancer": {"ingress": [{"ip": outcome.address}]}}
    if error:
        return {"vsAddress": None, "status": "ERROR", "error": error}
    return {"vsAddress": outcome.address, "status": "Ok", "error": None}


def _path(outcome: Outcome) -> str:
    namespace, name = outcome.key
    if outcome.kind in _CUSTOM:
        return f"/apis/{_CUSTOM[outcome.kind].format(f'namespaces/{namespace}')}/{name}/status"
    if outcome.kind == "Ingress":
        return f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses/{name}/status"
    return f"/api/v1/namespaces/{namespace}/services/{name}/status"
