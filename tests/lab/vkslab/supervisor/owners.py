# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's side: from the object that owns Antrea's settings to the values of the package."""

from __future__ import annotations

from typing import Any, Protocol

from ..kube import Kube, KubeError
from . import addon_config, antrea_config, objects
from .conditions import with_condition
from .era import NAMESPACE, PUBLIC, Era


async def found(kube: Kube, path: str) -> dict[str, Any] | None:
    try:
        return await kube.get(path)
    except KubeError as error:
        if error.status == 404:
            return None
        raise


async def put_status(kube: Kube, path: str, raw: dict[str, Any], status: dict[str, Any]) -> None:
    if status != (raw.get("status") or {}):
        await kube.merge_patch(f"{path}/status", {"status": status})


class Owner(Protocol):
    collections: tuple[str, ...]

    async def values(self) -> dict[str, Any] | None:
        """The package's values. None while there are no new ones.

        This also updates the owner's status.
        """

    async def installed(self, well: bool, message: str) -> None:
        """The package was installed with these values, or could not be."""


class AntreaConfigs:
    """Up to VKS 3.5. Its status names the Secret; it has no conditions."""

    collections: tuple[str, ...] = (objects.ANTREA_CONFIGS,)

    def __init__(self, kube: Kube, era: Era, cluster: str, secret: str) -> None:
        self._kube, self._era, self._cluster, self._secret = kube, era, cluster, secret

    async def values(self) -> dict[str, Any] | None:
        path = f"{objects.ANTREA_CONFIGS}/{antrea_config.name(self._cluster)}"
        raw = await found(self._kube, path)
        if raw is None:
            return None
        if not raw["metadata"].get("ownerReferences"):
            await self._adopt(path)
        await put_status(self._kube, path, raw, {"secretRef": self._secret})
        return antrea_config.values(raw)

    async def _adopt(self, path: str) -> None:
        cluster = await self._kube.get(f"{objects.clusters(self._era)}/{self._cluster}")
        owner = {
            "apiVersion": cluster["apiVersion"],
            "kind": "Cluster",
            "name": self._cluster,
            "uid": cluster["metadata"]["uid"],
        }
        package = self._era.package.replace("+", "---")
        labels = {
            "tkg.tanzu.vmware.com/cluster-name": self._cluster,
            "tkg.tanzu.vmware.com/package-name": f"antrea.tanzu.vmware.com.{package}",
        }
        await self._kube.merge_patch(path, {"metadata": {"ownerReferences": [owner], "labels": labels}})

    async def installed(self, well: bool, message: str) -> None:
        """No object on the Supervisor decides."""


class AddonConfigs:
    """Since VKS 3.6."""

    collections: tuple[str, ...] = (objects.ADDON_CONFIGS, objects.DEFINITIONS)

    def __init__(self, kube: Kube, era: Era, cluster: str) -> None:
        self._kube, self._era, self._cluster = kube, era, cluster
        self._path = f"{objects.ADDON_CONFIGS}/{addon_config.name(cluster)}"

    async def values(self) -> dict[str, Any] | None:
        if await found(self._kube, self._path) is None:
            # A cluster without one gets one: the add-on then runs on the schema's defaults.
            await self._kube.create(objects.ADDON_CONFIGS, addon_config.manifest(self._cluster, {}))
        made = None
        for raw in (await self._kube.get(objects.ADDON_CONFIGS))["items"]:
            ours = raw["metadata"]["name"] == addon_config.name(self._cluster)
            new = await self._reconcile(raw, ours)
            made = new if ours else made
        return made

    async def _reconcile(self, raw: dict[str, Any], ours: bool) -> dict[str, Any] | None:
        path = f"{objects.ADDON_CONFIGS}/{raw['metadata']['name']}"
        spec, status = raw.get("spec") or {}, raw.get("status") or {}
        if ours and not status:
            # Found by its name, <cluster>-<add-on>, once. The behaviour for one that is
            # emptied later is not known; here it is skipped.
            spec = {
                **spec,
                "clusterName": spec.get("clusterName") or self._cluster,
                "addonConfigDefinitionRef": spec.get("addonConfigDefinitionRef")
                or {"name": self._era.definition, "namespace": PUBLIC},
            }
            if spec != raw.get("spec"):
                raw = await self._kube.merge_patch(path, {"spec": spec})
        reference = spec.get("addonConfigDefinitionRef") or {}
        empty = [
            name
            for name, value in (
                ("clusterName", spec.get("clusterName")),
                ("addonConfigDefinitionRef", reference.get("name")),
            )
            if not value
        ]
        generation = raw["metadata"]["generation"]
        values = None
        if empty:
            verdict = (
                False,
                "ReconcileSkipped",
                f"skipped: {' and '.join(f'spec.{name}' for name in empty)} is empty",
            )
        else:
            values, verdict = await self._values(spec, reference)
        await put_status(
            self._kube, path, raw, with_condition(status, "Ready", *verdict, generation=generation)
        )
        return values

    async def _values(
        self, spec: dict[str, Any], reference: dict[str, Any]
    ) -> tuple[dict[str, Any] | None, tuple[bool, str, str]]:
        name, namespace = reference["name"], reference.get("namespace") or PUBLIC
        definition = await found(self._kube, f"{objects.DEFINITIONS.replace(PUBLIC, namespace)}/{name}")
        if definition is None:
            return None, (
                False,
                "AddonConfigDefinitionNotFound",
                f"AddonConfigDefinition {namespace}/{name} was not found",
            )
        try:
            schema = ((definition.get("spec") or {}).get("schema") or {}).get("openAPIV3Schema") or {}
            values: dict[str, Any] = addon_config.values(spec.get("values"), schema)
        except addon_config.Invalid as invalid:
            return None, (False, "InvalidValues", str(invalid))
        return values, (True, "Reconciled", "")

    async def installed(self, well: bool, message: str) -> None:
        path = f"{objects.CLUSTER_ADDONS}/{addon_config.name(self._cluster)}"
        raw = await found(self._kube, path)
        if raw is None:
            await self._kube.create(
                objects.CLUSTER_ADDONS,
                addon_config.cluster_addon(
                    self._cluster, addon_config.ADDON, addon_config.INSTALL, self._era.definition
                ),
            )
            raw = await self._kube.get(path)
        verdict = (well, "Reconciled" if well else "PackageInstallNotReady", message)
        await put_status(
            self._kube,
            path,
            raw,
            with_condition(
                raw.get("status") or {}, "Ready", *verdict, generation=raw["metadata"]["generation"]
            ),
        )


def of(era: Era, kube: Kube, cluster: str, secret: str) -> Owner:
    return AddonConfigs(kube, era, cluster) if era.addons else AntreaConfigs(kube, era, cluster, secret)


def secret_of(cluster: str) -> str:
    return f"{cluster}-antrea-data-values"


def supervisor_secret(cluster: str) -> str:
    return f"/api/v1/namespaces/{NAMESPACE}/secrets/{secret_of(cluster)}"
