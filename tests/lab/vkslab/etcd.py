# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An etcd of a lab, by its JSON gateway: which keys it has, and changes of them."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .errors import LabError

_ROOT = "/registry/"


@dataclass(frozen=True)
class Revision:
    """When a key was created and when it was last written; another `created` is another object under the same
    name."""

    created: int
    written: int


class Etcd:
    """Each change is a revision of its own.

    A watch that breaks off continues after a revision, and would miss the rest of one that it read in part.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def revisions(self, at: int = 0) -> dict[str, Revision]:
        """at: as it was after this revision; 0 for now."""
        return {_text(each["key"]): _revision(each) for each in self._range(keys_only=True, revision=at)}

    def content(self) -> dict[str, tuple[Revision, str]]:
        """Revision and value (as base64) of each key."""
        return {_text(each["key"]): (_revision(each), each.get("value", "")) for each in self._range()}

    def delete(self, keys: Iterable[str]) -> None:
        """In this order."""
        for key in keys:
            self._post("deleterange", {"key": _base64(key)})

    def delete_all(self, prefix: str) -> None:
        """At once: for what has no watch."""
        self._post("deleterange", {"key": _base64(prefix), "range_end": _base64(_after(prefix))})

    def put(self, values: dict[str, str]) -> dict[str, Revision]:
        """The revision that each key got by it."""
        return {key: self._put(key, value) for key, value in sorted(values.items())}

    def compact(self) -> int:
        """Forget all former revisions, and return the one that is left."""
        revision = self._post("range", {"key": _base64(_ROOT)})["header"]["revision"]
        self._post("compaction", {"revision": revision, "physical": True})
        return int(revision)

    def _put(self, key: str, value: str) -> Revision:
        answer = self._post("put", {"key": _base64(key), "value": value, "prev_kv": True})
        written = answer["header"]["revision"]
        return Revision(int(answer.get("prev_kv", {}).get("create_revision", written)), int(written))

    def _range(self, **options: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._post(
            "range", {"key": _base64(_ROOT), "range_end": _base64(_after(_ROOT)), **options}
        ).get("kvs", [])
        return found

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self._connection.request(
            "POST", f"/v3/kv/{path}", json.dumps(body), {"Content-Type": "application/json"}
        )
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise LabError(f"etcd refused {path}: {text.decode(errors='replace')}")
        decoded: dict[str, Any] = json.loads(text)
        return decoded


def _after(prefix: str) -> str:
    """The first key that does not begin with it."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


def _revision(entry: dict[str, str]) -> Revision:
    return Revision(int(entry["create_revision"]), int(entry["mod_revision"]))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _text(coded: str) -> str:
    return base64.b64decode(coded).decode()
