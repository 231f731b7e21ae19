# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The objects beside the Helm release of a CIS, fit to be shown."""

from __future__ import annotations

import hashlib
from typing import Any, Mapping


def secret(path: str, raw: Mapping[str, Any], digest: str | None) -> dict[str, Any]:
    """A Secret, named namespace/name, without its values. same: its data have the digest."""
    data, meta = raw.get("data") or {}, raw.get("metadata") or {}
    namespace, _slash, name = path.partition("/")
    return {
        "namespace": namespace,
        "name": name,
        "present": bool(raw),
        **_identity(meta),
        "labels": meta.get("labels") or {},
        "data_keys": sorted(data),
        "same": bool(raw) and digest == data_digest(data),
    }


def config_map(raw: Mapping[str, Any]) -> dict[str, Any]:
    meta = raw.get("metadata") or {}
    return {
        "name": str(meta.get("name")),
        **_identity(meta),
        "labels": meta.get("labels") or {},
        "data": raw.get("data") or {},
    }


def data_digest(data: Mapping[str, str]) -> str:
    """Of a Secret's data as Kubernetes encodes them: one line `key=value` for each key, in order."""
    return hashlib.sha256("\n".join(f"{name}={data[name]}" for name in sorted(data)).encode()).hexdigest()


def _identity(meta: Mapping[str, Any]) -> dict[str, str]:
    return {"uid": str(meta.get("uid") or ""), "resource_version": str(meta.get("resourceVersion") or "")}
