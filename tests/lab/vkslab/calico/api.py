# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two API groups of Calico: crd.projectcalico.org/v1, and projectcalico.org/v3 of a cluster without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import schemas


def plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("s"):
        return f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"


@dataclass(frozen=True)
class Api:
    """One group and version, in which the cluster has all of Calico's objects."""

    group: str
    version: str

    def collection(self, kind: str) -> str:
        return f"/apis/{self.group}/{self.version}/{plural(kind)}"

    def custom(self, kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        return {
            "apiVersion": f"{self.group}/{self.version}",
            "kind": kind,
            "metadata": {"name": name},
            "spec": spec,
        }

    def deleted(self, value: bool) -> bool | str:
        """A BlockAffinity's field `deleted`: v1 has it as a string."""
        return value if self.version == "v3" else str(value).lower()

    def crd(self, kind: str) -> dict[str, Any]:
        names = {"kind": kind, "listKind": f"{kind}List", "plural": plural(kind), "singular": kind.lower()}
        schema = schemas.of(kind, self.version)
        return {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural(kind)}.{self.group}"},
            "spec": {
                "group": self.group,
                "scope": "Cluster",
                "names": names,
                "versions": [
                    {
                        "name": self.version,
                        "served": True,
                        "storage": True,
                        "schema": {"openAPIV3Schema": schema},
                    }
                ],
            },
        }


V1 = Api("crd.projectcalico.org", "v1")
V3 = Api("projectcalico.org", "v3")
#: By the value of --calico-api.
APIS = {api.version: api for api in (V1, V3)}
