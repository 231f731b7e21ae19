# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module as3_info: read AS3, and return it without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping

from .._as3 import origin
from .._as3.extract import extract
from .._bigip.as3 import As3
from .._bigip.session import Session
from .._boundary.parameters import field_values
from .._boundary.query import Query
from .._deadline import Deadline
from .._errors import Failure

Change = Callable[[Any], Any]


@dataclass(frozen=True)
class As3InfoOptions:
    """The options beside `provider`."""

    gather: tuple[str, ...] = ("declaration",)
    tenant: tuple[str, ...] | None = None
    application: str | None = None
    show: str = "base"
    query: str | None = None
    timeout: float = 120

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> As3InfoOptions:
        return cls(**field_values(cls, params))

    def check(self) -> None:
        """Raise Failure for an application without its tenant."""
        if self.application is not None and len(self.tenant or ()) != 1:
            doing = "The option application needs the one tenant it is in"
            raise Failure("options", doing, remedy="Name it as tenant.")


def gather(
    params: Mapping[str, Any],
    hide: Callable[[Iterable[str]], None],
    masker: Callable[[Iterable[str]], Change],
) -> dict[str, Any]:
    """Return the module's result for its parameters.

    hide    takes the tokens of the session
    masker  returns a function that masks texts. A tenant's secrets are masked in this tenant only,
            because its author may choose a word that others need.
    """
    options = As3InfoOptions.from_params(params)
    options.check()
    query = Query(options.query) if options.query else None
    with Session(params["provider"], Deadline(options.timeout), hide) as session:
        read = _read(As3(session), options)
    masked = _masked(read, masker)
    result: dict[str, Any] = {"query_result": query.of(masked)} if query else masked
    return {"changed": False, **result, "warnings": session.warnings}


def _read(as3: As3, options: As3InfoOptions) -> dict[str, Any]:
    read: dict[str, Any] = {}
    if "version" in options.gather:
        read["version"] = as3.info()
    if "declaration" in options.gather:
        document = as3.document(options.tenant, show=options.show, lock_keys=True) or {}
        read["declaration"], read["hashes"] = extract(document, options.tenant, options.application)
    if "settings" in options.gather:
        read["settings"] = as3.settings()
    if "tasks" in options.gather:
        read["tasks"] = as3.tasks()
    return read


def _masked(read: Mapping[str, Any], masker: Callable[[Iterable[str]], Change]) -> dict[str, Any]:
    masked: dict[str, Any] = origin.masked_everywhere(read)
    for name, value in read.get("declaration", {}).items():
        masked["declaration"][name] = masker(origin.secret_texts(value))(masked["declaration"][name])
    if "tasks" in read:  # a task contains what was posted, for any tenant
        masked["tasks"] = masker(origin.secret_texts(read))(masked["tasks"])
    return masked
