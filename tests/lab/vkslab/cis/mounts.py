# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes of a container: the files of Secrets and ConfigMaps."""

from __future__ import annotations

import asyncio
import base64

from ..kube import Kube, KubeError
from .pod_object import TROUBLE, PodObject
from .program import Json


class Mounts:
    def __init__(self, kube: Kube, pod: PodObject) -> None:
        self._kube, self._object = kube, pod
        self._files: dict[str, dict[str, str]] = {}

    def files(self, directory: str) -> dict[str, str]:
        return self._files.get(directory.rstrip("/"), {})

    async def mount(self) -> None:
        """Wait for all Secrets and ConfigMaps, as a kubelet does before it starts a container."""
        reported = ""
        volumes = {volume["name"]: volume for volume in self._object.pod["spec"].get("volumes") or ()}
        mounts = self._object.spec.get("volumeMounts") or ()
        for mount in mounts:
            volume = volumes[mount["name"]]
            while True:
                try:
                    self._files[mount["mountPath"]] = await self._content(volume)
                    break
                except TROUBLE as error:
                    if isinstance(error, KubeError) and error.message != reported:
                        reported = error.message
                        await self._object.event(
                            "FailedMount",
                            f'MountVolume.SetUp failed for volume "{volume["name"]}" : {reported}',
                            "Warning",
                        )
                    await asyncio.sleep(0.5)

    async def _content(self, volume: Json) -> dict[str, str]:
        secret, config_map = volume.get("secret"), volume.get("configMap")
        source = secret or config_map
        if not source:
            return {}
        kind, name = ("secrets", source["secretName"]) if secret else ("configmaps", source["name"])
        try:
            data = (await self._kube.get(f"/api/v1/namespaces/{self._object.namespace}/{kind}/{name}")).get(
                "data"
            ) or {}
        except KubeError as error:
            if error.status == 404 and source.get("optional"):
                return {}
            if error.status == 404:
                raise KubeError(
                    "mounting", 404, error.reason, f'{kind.removesuffix("s")} "{name}" not found'
                ) from None
            raise
        return {key: base64.b64decode(value).decode() for key, value in data.items()} if secret else data
