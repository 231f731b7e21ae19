# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module partition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Mapping

from .._bigip import partition
from .._bigip.session import Session
from .._boundary.parameters import field_values
from .._deadline import Deadline
from .._errors import Failure

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class PartitionOptions:
    """The options beside `provider`."""

    name: str
    state: str = "present"
    description: str | None = None
    timeout: float = 120

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> PartitionOptions:
        return cls(**field_values(cls, params))

    @property
    def present(self) -> bool:
        return self.state == "present"

    def check(self) -> None:
        """Raise Failure if the name is not valid, or names a partition that cannot be removed."""
        if not _NAME.fullmatch(self.name):
            remedy = "A partition's name begins with a letter; letters, digits, '_', '.' and '-' follow."
            raise Failure("options", f"name: {self.name!r} is not a valid name", remedy=remedy)
        if self.name == "Common" and not self.present:
            doing = "name: BIG-IP does not let the partition Common be removed"
            raise Failure("options", doing, remedy="Name another partition.")


def ensure(
    params: Mapping[str, Any], check_mode: bool, hide: Callable[[Iterable[str]], None]
) -> dict[str, Any]:
    """Return the module's result for its parameters."""
    options = PartitionOptions.from_params(params)
    options.check()
    name = options.name
    with Session(params["provider"], Deadline(options.timeout), hide) as session:
        exists = partition.exists(session, name)
        if exists and not options.present:
            partition.check_empty(session, name)
        if exists != options.present and not check_mode:
            if options.present:
                partition.create(session, name, options.description)
            else:
                partition.remove(session, name)
    diff = {
        "before": {"partition": name if exists else None},
        "after": {"partition": name if options.present else None},
    }
    return {"changed": exists != options.present, "diff": diff, "warnings": session.warnings}
