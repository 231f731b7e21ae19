# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals on the way to an answer, and the forms that AS3 gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Answer:
    """An answer to the client: a JSON body, or text, or nothing."""

    status: int
    body: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """AS3 refuses. ``body`` is the whole answer except for its code."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more

    def body(self) -> dict[str, Any]:
        return {"code": self.status, "message": self.message, **self.more}
