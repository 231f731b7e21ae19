# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that crosses layers. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any


class Failure(Exception):
    """What a user needs to know when something did not work.

    code    a stable word for programs (``service_not_found``, ``kubernetes_forbidden``, ...)
    doing   what was being done, to which object: "reading EndpointSlices in namespace default"
    said    what the other side answered, word for word; None if nobody answered
    remedy  what to do now
    details further facts, JSON-serialisable; they stand beside these four in the result's ``failure``
    warnings what else the user must hear of, although the task ends with this failure

    Texts never hold a secret: whoever raises sees to it.
    """

    def __init__(self, code: str, doing: str, *, said: str | None = None, remedy: str | None = None, **details: Any) -> None:
        self.code = code
        self.doing = doing
        self.said = said
        self.remedy = remedy
        self.details = details
        self.warnings: list[str] = []
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """One paragraph: what was done, the answer, the way out."""
        text = self.doing
        if self.said:
            text = f"{text}: {self.said}"
        if not text.endswith((".", "!", "?")):
            text += "."
        return f"{text} {self.remedy}" if self.remedy else text

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``failure`` in a module's result."""
        known: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "doing": self.doing,
            "response": self.said,
            "remedy": self.remedy,
        }
        return {**{key: value for key, value in known.items() if value is not None}, **self.details}
