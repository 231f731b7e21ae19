# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CIS's side of F5's IPAM controller: the IPAM object in which CIS requests addresses, and reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp

from ..kube import Kube, KubeError
from .flags import Settings
from .logs import Log
from .members import Key
from .program import Json

GROUP = "fic.f5.com"


def crd() -> Json:
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": free, "status": free}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    names = {"kind": "IPAM", "plural": "ipams", "singular": "ipam"}
    spec = {"group": GROUP, "scope": "Namespaced", "names": names, "versions": [version]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"ipams.{GROUP}"},
        "spec": spec,
    }


class Ipam:
    def __init__(self, kube: Kube, settings: Settings, hostname: str, log: Log) -> None:
        self._kube, self._log = kube, log
        self._namespace = settings.ipam_namespace
        # The Pod's name without what its ReplicaSet added.
        self.name = (
            f"{'-'.join(hostname.split('-')[:-2])}.{settings.partition.lower().replace('_', '-')}.ipam"
        )
        self._path = f"/apis/{GROUP}/v1/namespaces/{self._namespace}/ipams"
        self._asked: list[Json] | None = None

    async def prepare(self) -> None:
        while True:
            try:
                await self._create()
                return
            except (KubeError, aiohttp.ClientError, asyncio.TimeoutError) as error:
                self._log.error(f"[IPAM] error while creating IPAM custom resource: {error}")
                await asyncio.sleep(1)

    async def _create(self) -> None:
        try:
            await self._kube.get(self._path)
        except KubeError as error:
            if error.status != 404:
                raise
            await self._kube.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", crd())
        await self._kube.create(
            self._path,
            {
                "apiVersion": f"{GROUP}/v1",
                "kind": "IPAM",
                "metadata": {"name": self.name},
                "spec": {"hostSpecs": []},
            },
        )
        self._log.info(f"[IPAM] Created IPAM Custom Resource: {self._namespace}/{self.name}")

    async def ask(self, hosts: list[Json]) -> None:
        if hosts == self._asked:
            return
        await self._kube.merge_patch(f"{self._path}/{self.name}", {"spec": {"hostSpecs": hosts}})
        self._asked = hosts

    def given(self, ipams: Mapping[Key, Json]) -> dict[Key, str]:
        found = (ipams.get((self._namespace, self.name)) or {}).get("status", {}).get("IPStatus") or ()
        return {(each["ipamLabel"], each.get("host") or each.get("key", "")): each["ip"] for each in found}
