# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that crosses layers. This module util is PRIVATE to the collection."""

from __future__ import annotations

from typing import Any, Iterable, Mapping

_LONG = 60  # characters of a value that another system holds


class Failure(Exception):
    """What a user needs to know when something did not work.

    code    a stable word for programs (``service_not_found``, ``kubernetes_forbidden``, ...)
    doing   what was being done, to which object: "reading EndpointSlices in namespace default"
    said    what the other side answered, word for word; None if nobody answered
    remedy  what to do now
    summary what failed, in a few words, where `doing` is long; `doing` if it is not given
    details further facts, JSON-serialisable; they stand beside these four in the result's ``failure``
    warnings what else the user must hear of, although the task ends with this failure

    Texts never hold a secret: whoever raises sees to it.
    """

    def __init__(self, code: str, doing: str, *, said: str | None = None, remedy: str | None = None, summary: str | None = None, **details: Any) -> None:
        self.code = code
        self.doing = doing
        self.said = said
        self.remedy = remedy
        self.summary = summary or doing
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

    @property
    def object(self) -> str | None:
        """The object that `details` names: a pool, an application or a tenant by its AS3 path, or a Service."""
        known = self.details
        if known.get("pool"):
            return str(known["pool"])
        if known.get("tenant"):
            return "/".join(["", *(str(known[key]) for key in ("tenant", "application") if known.get(key))])
        return f"Service {known['service']}" if known.get("service") else None

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``failure`` in a module's result."""
        known: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "summary": self.summary,
            "object": self.object,
            "said": self.said,
            "response": self.said,
            "remedy": self.remedy,
        }
        return {**{key: value for key, value in known.items() if value is not None}, **self.details}


def failed(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result with `failure`, as Ansible prints it on one line: the sentence is in `msg` alone, its parts are in `failure`.

    `failure`, each of `failure.tenants` and each of their `faults` hold `message` (the sentence) and `summary` (the same without answer and remedy).
    """
    failure = dict(result["failure"])
    done = {**result, "msg": failure["message"], "failure": failure}
    failure["message"] = failure["summary"]
    if "tenants" in failure:
        failure["tenants"] = [_parts(entry) for entry in failure["tenants"]]
        words = {entry["tenant"]: entry.get("as3_message") or f"failed: {entry['code']}" for entry in failure["tenants"]}
        done["tenants"] = {name: {**entry, "message": words.get(name, entry["message"])} for name, entry in result.get("tenants", {}).items()}
    return done


def _parts(entry: Mapping[str, Any]) -> dict[str, Any]:
    done = {**entry, "message": entry["summary"]}
    if "faults" in entry:
        done["faults"] = [_parts(fault) for fault in entry["faults"]]
    return done


def shortened(text: str, most: int = _LONG) -> str:
    """A text of another system, for a message: it may be long."""
    return text if len(text) <= most else text[: most - 3] + "..."


def some(names: Iterable[object], between: str = ", ", most: int = 10) -> str:
    """The first names of many, and how many more there are."""
    texts = [str(name) for name in names]
    return between.join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
