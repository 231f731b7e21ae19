# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workload cluster's side: the Secret with the values, the PackageInstall, and the work of
kapp-controller."""

from __future__ import annotations

import base64
from typing import Any

import yaml

from ..antrea import manifests
from ..antrea.version import Version
from ..kube import Kube
from . import crds, package
from .conditions import with_condition
from .era import PACKAGES, Era
from .owners import found, put_status, secret_of

SECRETS = f"/api/v1/namespaces/{PACKAGES}/secrets"
INSTALLS = f"/apis/{crds.PACKAGING}/v1alpha1/namespaces/{PACKAGES}/packageinstalls"
CONFIG_MAPS = f"/api/v1/namespaces/{manifests.NAMESPACE}/configmaps"


async def put_secret(kube: Kube, collection: str, name: str, text: str) -> bool:
    """True if it was written."""
    data = {"values.yaml": base64.b64encode(text.encode()).decode()}
    there = await found(kube, f"{collection}/{name}")
    if there is None:
        return await kube.create(
            collection,
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": name},
                "type": "Opaque",
                "data": data,
            },
        )
    if there.get("data") == data:
        return False
    await kube.request("PUT", f"{collection}/{name}", body={**there, "data": data})
    return True


class Packages:
    def __init__(
        self, kube: Kube, era: Era, cluster: str, version: Version, built_in: dict[str, Any]
    ) -> None:
        self._kube, self._era, self._cluster, self._version, self._built_in = (
            kube,
            era,
            cluster,
            version,
            built_in,
        )
        self._install = f"{INSTALLS}/{cluster}-antrea"

    async def put(self, values: dict[str, Any]) -> None:
        """The objects that the Supervisor creates in the cluster."""
        name = secret_of(self._cluster)
        await put_secret(self._kube, SECRETS, name, yaml.safe_dump(values, sort_keys=False))
        if await found(self._kube, self._install) is None:
            await self._kube.create(
                INSTALLS, package.install(self._cluster, self._era.package, name, PACKAGES)
            )

    async def sync(self) -> tuple[bool, str] | None:
        """kapp-controller's turn: restores the ConfigMap from the values.

        Returns if it succeeded; None if it is paused.
        """
        install = await found(self._kube, self._install)
        if install is None:
            return False, f"PackageInstall {self._cluster}-antrea is not there"
        status, seen = install.get("status") or {}, {"observedGeneration": install["metadata"]["generation"]}
        if (install.get("spec") or {}).get("paused"):
            await put_status(
                self._kube,
                self._install,
                install,
                {**status, **seen, "friendlyDescription": "Canceled/paused"},
            )
            return None
        name = secret_of(self._cluster)
        secret = await found(self._kube, f"{SECRETS}/{name}")
        if secret is None:
            return await self._failed(install, f"Secret {PACKAGES}/{name} is not there")
        try:
            values = package.merged(
                self._built_in, yaml.safe_load(base64.b64decode(secret["data"]["values.yaml"])) or {}
            )
            wanted = package.config_map(self._version, values)
        except (yaml.YAMLError, LookupError, AttributeError, TypeError, ValueError) as error:
            # A user's own values, in place of the Supervisor's.
            return await self._failed(
                install, f"the values of Secret {PACKAGES}/{name} cannot be used: {error!r}"
            )
        await self._apply(wanted)
        said = {**status, "version": self._era.package, "friendlyDescription": "Reconcile succeeded"}
        if "usefulErrorMessage" in said:
            said["usefulErrorMessage"] = None
        said = with_condition(said, "ReconcileSucceeded", True, "", generation=seen["observedGeneration"])
        await put_status(self._kube, self._install, install, said)
        return True, ""

    async def _apply(self, wanted: dict[str, Any]) -> None:
        """As kapp does: nothing is written where nothing differs."""
        path = f"{CONFIG_MAPS}/{wanted['metadata']['name']}"
        there = await found(self._kube, path)
        if there is None:
            await self._kube.create(CONFIG_MAPS, wanted)
            return
        meta = there["metadata"]
        same = there.get("data") == wanted["data"] and not there.get("binaryData")
        for part in ("labels", "annotations"):
            same = same and wanted["metadata"][part].items() <= (meta.get(part) or {}).items()
        if not same:
            labels, annotations = (
                {**(meta.get(part) or {}), **wanted["metadata"][part]} for part in ("labels", "annotations")
            )
            identity = {
                "name": meta["name"],
                "namespace": meta["namespace"],
                "resourceVersion": meta["resourceVersion"],
            }
            await self._kube.request(
                "PUT",
                path,
                body={**wanted, "metadata": {**identity, "labels": labels, "annotations": annotations}},
            )

    async def _failed(self, install: dict[str, Any], message: str) -> tuple[bool, str]:
        status = {
            **(install.get("status") or {}),
            "friendlyDescription": "Reconcile failed: " + message,
            "usefulErrorMessage": message,
        }
        status = with_condition(
            status, "ReconcileSucceeded", False, "", message, install["metadata"]["generation"]
        )
        await put_status(self._kube, self._install, install, status)
        return False, message
