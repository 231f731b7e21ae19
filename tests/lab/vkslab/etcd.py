# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An etcd of a lab, by its JSON gateway: which keys it has, and changes of many keys at once."""

from __future__ import annotations

import base64
import json
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

#: etcd refuses a transaction of more operations (128) or bytes (1.5 MB, and base64 is a third longer).
_OPERATIONS, _BYTES = 100, 700_000


@dataclass(frozen=True)
class Revision:
    """When a key was created and when it was last written; another `created` is another object under the same name."""

    created: int
    written: int


class Etcd:
    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/v3/kv"
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def revisions(self) -> dict[str, Revision]:
        return {_text(each["key"]): _revision(each) for each in self._range(keys_only=True)}

    def content(self) -> dict[str, tuple[Revision, str]]:
        """Revision and value (as base64) of each key."""
        return {_text(each["key"]): (_revision(each), each.get("value", "")) for each in self._range()}

    def delete(self, keys: Iterable[str]) -> None:
        self._change([{"requestDeleteRange": {"key": _base64(key)}} for key in sorted(keys)])

    def put(self, values: dict[str, str]) -> None:
        self._change([{"requestPut": {"key": _base64(key), "value": value}} for key, value in sorted(values.items())])

    def _range(self, **options: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._post("range", {"key": _base64("/registry/"), "range_end": _base64("/registry0"), **options}).get("kvs", [])
        return found

    def _change(self, operations: list[dict[str, Any]]) -> None:
        while operations:
            size, chunk = 0, []
            for operation in islice(operations, _OPERATIONS):
                size += len(str(operation))
                if chunk and size > _BYTES:
                    break
                chunk.append(operation)
            self._post("txn", {"success": chunk})
            operations = operations[len(chunk) :]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(f"{self._url}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"})
        with self._opener.open(request) as answer:
            decoded: dict[str, Any] = json.load(answer)
        return decoded


def _revision(entry: dict[str, str]) -> Revision:
    return Revision(int(entry["create_revision"]), int(entry["mod_revision"]))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _text(coded: str) -> str:
    return base64.b64decode(coded).decode()
