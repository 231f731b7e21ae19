# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""CIS's custom resource definitions: those of a chart compared with those of the cluster."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Mapping, Sequence

VERSION_LABEL = "vks.bigip/chart-version"
"""The version of the chart that a definition came from. Several CIS share the definitions."""

GROUP = "cis.f5.com"
_WATCHED = ("externaldnses", "ingresslinks", "policies", "tlsprofiles", "transportservers", "virtualservers")
"""The kinds that CIS 2.20 watches in custom resource mode. It starts only if it can list all of them."""


def seen(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A definition of the cluster."""
    meta = raw.get("metadata") or {}
    labels = meta.get("labels") or {}
    return {
        "name": str(meta.get("name")),
        "version": str(labels.get(VERSION_LABEL) or ""),
        "digest": digest(raw),
    }


def digest(definition: Mapping[str, Any]) -> str:
    """Of the labels and the spec, with the defaults that the API server sets."""
    spec = definition.get("spec") or {}
    names = spec.get("names") or {}
    kind = str(names.get("kind") or "")
    whole = {
        "labels": (definition.get("metadata") or {}).get("labels") or {},
        "spec": {
            "conversion": {"strategy": "None"},
            **spec,
            "names": {"singular": kind.lower(), "listKind": f"{kind}List", **names},
        },
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def of_chart(
    definitions: Sequence[Mapping[str, Any]],
    present: Sequence[Mapping[str, Any]],
    version: str,
    own_file: bool,
) -> list[dict[str, Any]]:
    """The definitions of a chart of this version, with its label.

    Those that the cluster has of a newer chart (`present`, as `seen`) are left out. An object keeps only what
    its definition knows. Another CIS, or the one before a downgrade, may have written it by the newer one.
    A file of the user's own (`own_file`) is always taken.
    """
    newer = (
        []
        if own_file or not version
        else [one["name"] for one in present if _parts(one["version"]) > _parts(version)]
    )
    return [_labelled(one, version) for one in definitions if one["metadata"]["name"] not in newer]


def changed(
    definitions: Sequence[Mapping[str, Any]], present: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those of `definitions` that the cluster lacks, or has with another digest."""
    digests = {one["name"]: one["digest"] for one in present}
    return [one for one in definitions if digests.get(one["metadata"]["name"]) != digest(one)]


def lacking(applied: Sequence[Mapping[str, Any]], served: Sequence[str] | None) -> list[str]:
    """The definitions that CIS needs and does not get: they are not applied, and their resources are not `served`.

    None are lacking where it is not known what the cluster serves.
    """
    if served is None:
        return []
    specs = [one.get("spec") or {} for one in applied]
    there = {
        *served,
        *((spec.get("names") or {}).get("plural") for spec in specs if spec.get("group") == GROUP),
    }
    return [f"{name}.{GROUP}" for name in _WATCHED if name not in there]


def _labelled(definition: Mapping[str, Any], version: str) -> dict[str, Any]:
    meta = definition["metadata"]
    return {
        **definition,
        "metadata": {**meta, "labels": {**(meta.get("labels") or {}), VERSION_LABEL: version}},
    }


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,18}", version))
