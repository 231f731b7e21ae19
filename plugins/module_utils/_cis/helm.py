# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The record that Helm stores of a release, and the digests by which it is compared with a rendered chart."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Iterable, Mapping

from .. import _foreign

_SHOWN = ("deployed", "failed", "pending-install", "pending-upgrade", "pending-rollback", "uninstalling")
_MASK = "********"
_LONGEST = (
    16 * 1024 * 1024
)  # characters of a release; its Secret has at most 1.5 MB, of which gzip makes a gigabyte
_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
_KIND = re.compile(r"^kind:", re.MULTILINE)
_LEFT_OUT = re.compile(r"^kind:[ \t]*[\"']?(?:CustomResourceDefinition|Secret)\b", re.MULTILINE)


def release(secrets: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The newest revision among the Secrets of a release, as `helm list` shows it; empty if there is none.

    Passwords in its values are masked.
    """
    newest = max(secrets, key=_revision, default={})
    try:
        return _shown(_mapping(_decoded(newest)))
    except _foreign.SPOILED:
        return {}


def _shown(stored: Mapping[str, Any]) -> dict[str, Any]:
    status = _mapping(stored.get("info")).get("status")
    revision = stored.get("version")
    if status not in _SHOWN or not isinstance(
        revision, int
    ):  # the revision becomes an argument of a command, where a text may be an option
        return {}
    chart = _mapping(_mapping(stored.get("chart")).get("metadata"))
    return {
        "name": str(stored.get("name") or ""),
        "namespace": str(stored.get("namespace") or ""),
        "revision": str(int(revision)),
        "status": status,
        "chart": f"{chart.get('name')}-{chart.get('version')}",
        "values": _masked(stored.get("config") or {}),
        "manifest_digest": manifest_digest(str(stored.get("manifest") or "")),
    }


def manifest_digest(text: str) -> str:
    """A digest of the objects in a rendered chart, in whatever order they are.

    CRDs are left out because Helm does not store them here, and Secrets because the digest is shown.
    """
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    objects = sorted(part for part in parts if _KIND.search(part) and not _LEFT_OUT.search(part))
    return hashlib.sha256("\n---\n".join(objects).encode()).hexdigest()


def _revision(secret: Mapping[str, Any]) -> int:
    return _foreign.whole(((secret.get("metadata") or {}).get("labels") or {}).get("version"))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _decoded(secret: Mapping[str, Any]) -> Any:
    """Kubernetes encodes the data of a Secret, and Helm has encoded and compressed it before."""
    stored = base64.b64decode(base64.b64decode(secret["data"]["release"]))
    text = _foreign.gunzip(stored, _LONGEST) if stored.startswith(b"\x1f\x8b") else stored
    return _foreign.from_json(text, _LONGEST)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _MASK if _is_password(name, content) else _masked(content)
            for name, content in value.items()
        }
    return [_masked(content) for content in value] if isinstance(value, list) else value


def _is_password(name: Any, content: Any) -> bool:
    return isinstance(content, str) and "password" in str(name).lower()
