# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records of requests: one for each POST, PATCH and DELETE, synchronous or not."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

KEPT = 25


@dataclass
class Record:
    id: str
    declaration_id: str | None = None
    done: bool = False
    cancelled: bool = False
    outcome: Any = None  # the body of the answer

    @property
    def link(self) -> str:
        return f"https://localhost/mgmt/shared/appsvcs/task/{self.id}"

    def _with(self, result: dict[str, Any]) -> dict[str, Any]:
        return {"id": self.id, "results": [result], "declaration": {}, "selfLink": self.link}

    def submitted(self) -> dict[str, Any]:
        result: dict[str, Any] = {
            "message": "Declaration successfully submitted",
            "tenant": "",
            "host": "",
            "runTime": 0,
            "code": 0,
        }
        if self.declaration_id is not None:
            result["declarationId"] = self.declaration_id
        return self._with(result)

    def shown(self) -> dict[str, Any]:
        if self.cancelled:
            return self._with(
                {"message": "task cancelled", "tenant": "", "host": "", "runTime": 0, "code": 0}
            )
        if not self.done:
            return self._with({"message": "in progress", "tenant": "", "host": "", "runTime": 0, "code": 0})
        body = self.outcome
        if isinstance(body, dict) and "results" in body:
            found = {
                "id": self.id,
                "results": body["results"],
                "declaration": body.get("declaration", {}),
                "selfLink": self.link,
            }
            if "traces" in body:
                found["traces"] = body["traces"]
            return found
        if isinstance(body, dict) and "declaration" in body and "message" in body:
            body = {name: value for name, value in body.items() if name != "declaration"}
        return self._with(body)


class Records:
    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def new(self, declaration_id: str | None) -> Record:
        record = Record(str(uuid.uuid4()), declaration_id)
        self._records[record.id] = record
        finished = [r for r in self._records.values() if r.done or r.cancelled]
        for old in finished[: max(0, len(finished) - KEPT)]:
            del self._records[old.id]
        return record

    def get(self, identity: str) -> Record | None:
        return self._records.get(identity)

    def forget(self, identity: str) -> None:
        self._records.pop(identity, None)

    def listed(self) -> list[dict[str, Any]]:
        return [record.shown() for record in reversed(self._records.values())]

    def cancel_running(self) -> None:
        for record in self._records.values():
            if not record.done:
                record.cancelled = True

    def clear(self) -> None:
        self._records.clear()
