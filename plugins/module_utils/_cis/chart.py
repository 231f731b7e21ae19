# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The facts that the role cis needs of a rendered chart."""

from __future__ import annotations

import json
import re
from typing import Any, Iterable, Mapping

from . import definitions
from .helm import manifest_digest

_CHART_VERSION = re.compile(r"[0-9]+(?:[.][0-9]+)+$")


def facts(read: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of `text`, which `helm template` rendered, and of its `objects`.

    `definitions` are the CRDs of a file of the user's own, or None. `present` are those of the cluster.
    `served` are the custom resources that the cluster serves, or None where they do not matter.
    `managed`: whether the CRDs are applied.
    deployment is empty if the chart is not one of CIS for `partition`.
    """
    objects = _objects(read["objects"])
    deployments = [one for one in objects if one.get("kind") == "Deployment"]
    (deployment,) = deployments if len(deployments) == 1 else [{}]
    is_cis = f"--bigip-partition={read['partition']}" in _arguments(deployment)
    meta = deployment["metadata"] if is_cis else {}
    chart = str((meta.get("labels") or {}).get("chart") or "")
    match = _CHART_VERSION.search(chart[-63:])  # the longest label
    version = match.group() if match else ""
    own = read.get("definitions")
    sources = objects if own is None else _objects(own)
    known = [one for one in sources if one.get("kind") == "CustomResourceDefinition"]
    return {
        "deployment": str(meta.get("name") or ""),
        "chart": chart,
        "version": version,
        "manifest_digest": manifest_digest(read["text"]),
        "reads_blocks": "blockaffinities"
        in json.dumps([one for one in objects if one.get("kind") == "ClusterRole"]),
        "definitions": len(known),
        "definitions_to_apply": definitions.changed(
            definitions.of_chart(known, read["present"], version, own is not None), read["present"]
        ),
        "lacking": definitions.lacking(known if read.get("managed", True) else [], read.get("served")),
    }


def _objects(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [one for one in values if isinstance(one, dict) and isinstance(one.get("metadata"), dict)]


def _arguments(deployment: Mapping[str, Any]) -> list[Any]:
    containers = (((deployment.get("spec") or {}).get("template") or {}).get("spec") or {}).get(
        "containers"
    ) or [{}]
    return list(containers[0].get("args") or [])
