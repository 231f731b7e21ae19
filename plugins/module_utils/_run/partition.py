# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The work of module partition."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterable, Mapping

from .._bigip import partition
from .._bigip.session import Session
from .._deadline import Deadline
from .._errors import Failure

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def ensure(params: Mapping[str, Any], check_mode: bool, hide: Callable[[Iterable[str]], None]) -> dict[str, Any]:
    name: str = params["name"]
    wanted = params["state"] == "present"
    if not _NAME.fullmatch(name):
        remedy = "A partition's name begins with a letter; letters, digits, '_', '.' and '-' follow."
        raise Failure("options", f"name: {name!r} is not a valid name", remedy=remedy)
    if name == "Common" and not wanted:
        raise Failure("options", "name: BIG-IP does not let the partition Common be removed", remedy="Name another partition.")
    with Session(params["provider"], Deadline(params["timeout"]), hide) as session:
        there = partition.exists(session, name)
        if there and not wanted:
            partition.check_empty(session, name)
        if there != wanted and not check_mode:
            if wanted:
                partition.create(session, name, params["description"])
            else:
                partition.remove(session, name)
        warnings = list(session.warnings)
    diff = {"before": {"partition": name if there else None}, "after": {"partition": name if wanted else None}}
    return {"changed": there != wanted, "diff": diff, "warnings": warnings}
