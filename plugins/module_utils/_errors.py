# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The one exception that crosses layers, and its parts in a module's result."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterable, Mapping

if TYPE_CHECKING:  # at run time, each start of a module would compile the table
    from ._codes import Code

_LONG = 60  # characters of a value that another system holds
# An activity, as "reading Nodes": other lower-case words may be the name of an option.
_ACTIVITY = re.compile("[a-z]+ing ")


class Failure(Exception):
    """The report of a fault: all that a user needs to act on it.

    code     a stable word for programs, such as `service_not_found`; `_codes` lists them all
    what     what failed, and on which object: the activity ("Reading Services in namespace default"), or the
             fault as a statement ("Application Shop/web on BIG-IP belongs to owner 'b', not to 'a'")
    said     the answer of the other system, word for word; None if it did not answer
    remedy   what to do now
    summary  what failed, in a few words, where `what` is long; `what` if it is not given
    details  further facts, JSON-serialisable, which `as_dict` adds. `path` is the place of the fault: an AS3
             path that begins with "/", or a place in the user's input, such as "applications[0].service"
    warnings what else the user must read, although the task ends with this failure

    The caller keeps secrets out of these texts.
    """

    def __init__(
        self,
        code: Code,
        what: str,
        *,
        said: str | None = None,
        remedy: str | None = None,
        summary: str | None = None,
        **details: Any,
    ) -> None:
        self.code: Code = code
        self.what = what
        self.said = said
        self.remedy = remedy
        self.summary = summary or self._head
        self.details = details
        self.warnings: list[str] = []
        super().__init__(self.message)

    @property
    def _head(self) -> str:
        """`what` as the beginning of a sentence."""
        return self.what[0].upper() + self.what[1:] if _ACTIVITY.match(self.what) else self.what

    @property
    def message(self) -> str:
        """One paragraph: what failed, the answer, the remedy."""
        text = self._head
        if self.said:
            text = f"{text}: {self.said}"
        if not text.endswith((".", "!", "?")):
            text += "."
        return f"{text} {self.remedy}" if self.remedy else text

    @property
    def object(self) -> str | None:
        """The object in `details`: a pool, an application or a tenant by its AS3 path, or a Service."""
        known = self.details
        if known.get("pool"):
            return str(known["pool"])
        if known.get("tenant"):
            return "/".join(["", *(str(known[key]) for key in ("tenant", "application") if known.get(key))])
        return f"Service {known['service']}" if known.get("service") else None

    def as_dict(self) -> dict[str, Any]:
        """`failure` of a module's result, and of each of its tenants and pools.

        The keys are the same for each: None stands for what is unknown. `message` and `response` are of the
        first release. The details follow.
        """
        path = self.details.get("path")
        parts = {
            "code": self.code,
            "message": self.message,
            "summary": self.summary,
            "object": self.object,
            "said": self.said,
            "response": self.said,
            "remedy": self.remedy,
            "path": path,
            "input": place_in_input(path),
        }
        return {**parts, **{name: value for name, value in self.details.items() if name not in parts}}


def place_in_input(path: str | None) -> str | None:
    """The path, if it is a place in the user's input and not in a declaration of AS3."""
    return None if path is None or path.startswith("/") else path


def failed(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result with `failure`, as Ansible prints it on one line: `msg` alone holds the whole sentence.

    `failure`, each of `failure.tenants` and each of their `faults` hold its parts. Their `message` is the
    same as `summary`: the sentence without the answer and the remedy.
    """
    failure = dict(result["failure"])
    printed = {**result, "msg": failure["message"], "failure": failure}
    failure["message"] = failure["summary"]
    if "tenants" in failure:
        words = {
            entry["tenant"]: entry.get("as3_message") or f"failed: {entry['code']}"
            for entry in failure["tenants"]
        }
        failure["tenants"] = [_parts(entry) for entry in failure["tenants"]]
        printed["tenants"] = {
            name: {**entry, "message": words.get(name, entry["message"])}
            for name, entry in result.get("tenants", {}).items()
        }
    return printed


def _parts(entry: Mapping[str, Any]) -> dict[str, Any]:
    parts = {**entry, "message": entry["summary"]}
    if "faults" in entry:
        parts["faults"] = [_parts(fault) for fault in entry["faults"]]
    return parts


def shortened(text: str, most: int = _LONG) -> str:
    """A text of another system, for a message: it may be long."""
    return text if len(text) <= most else text[: most - 3] + "..."


def some(names: Iterable[object], between: str = ", ", most: int = 10) -> str:
    """The first names of many, and how many more there are."""
    texts = [str(name) for name in names]
    return between.join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")
