# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Helm stores of a release, and digests by which it is compared with a rendered chart. This module util is PRIVATE to the collection."""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import json
import re
from typing import Any, Iterable, Mapping

_SHOWN = ("deployed", "failed", "pending-install", "pending-upgrade", "pending-rollback", "uninstalling")
_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
_DEFINITION = re.compile(r"^kind:[ \t]*[\"']?CustomResourceDefinition\b", re.MULTILINE)


def release(secrets: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The newest revision among the Secrets of a release, as `helm list` shows it; empty if there is none. Passwords in its values are masked."""
    newest = max(secrets, key=_revision, default=None)
    stored = _decoded(newest) if newest is not None else {}
    status = str((stored.get("info") or {}).get("status") or "")
    if status not in _SHOWN:
        return {}
    chart = (stored.get("chart") or {}).get("metadata") or {}
    return {
        "name": str(stored.get("name") or ""),
        "namespace": str(stored.get("namespace") or ""),
        "revision": str(stored.get("version") or ""),
        "status": status,
        "chart": f"{chart.get('name')}-{chart.get('version')}",
        "values": _masked(stored.get("config") or {}),
        "manifest_digest": manifest_digest(str(stored.get("manifest") or "")),
    }


def manifest_digest(text: str) -> str:
    """A digest of the objects in a rendered chart without its CRDs, in whatever order they are."""
    objects = sorted(part.strip() for part in _SEPARATOR.split(text) if re.search(r"^kind:", part, re.MULTILINE) and not _DEFINITION.search(part))
    return hashlib.sha256("\n---\n".join(objects).encode()).hexdigest()


def _revision(secret: Mapping[str, Any]) -> int:
    text = str(((secret.get("metadata") or {}).get("labels") or {}).get("version") or "0")
    return int(text) if text.isdecimal() else 0


def _decoded(secret: Mapping[str, Any]) -> dict[str, Any]:
    """Kubernetes encodes the data of a Secret, and Helm has encoded and compressed it before."""
    try:
        stored = base64.b64decode(base64.b64decode((secret.get("data") or {}).get("release") or ""))
        found = json.loads(gzip.decompress(stored) if stored[:2] == b"\x1f\x8b" else stored)
    except (binascii.Error, OSError, EOFError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "********" if "password" in str(name).lower() and isinstance(content, str) else _masked(content) for name, content in value.items()}
    return [_masked(content) for content in value] if isinstance(value, list) else value
