# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of module partition. This module util is PRIVATE to the collection."""

from __future__ import annotations

import re
from typing import Any, Callable, Iterable, Mapping

from ._bigip import partition
from ._bigip.session import Session
from ._deadline import Deadline
from ._errors import Failure

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


def ensure(params: Mapping[str, Any], check_mode: bool, hide: Callable[[Iterable[str]], None]) -> dict[str, Any]:
    name: str = params["name"]
    if not _NAME.fullmatch(name):
        raise Failure("options", f"name: {name!r} is no name for a partition", remedy="It begins with a letter; letters, digits, '_', '.' and '-' follow.")
    with Session(params["provider"], Deadline(params["timeout"]), hide) as session:
        there = partition.exists(session, name)
        if not there and not check_mode:
            partition.create(session, name, params["description"])
        warnings = list(session.warnings)
    diff = {"before": {"partition": name if there else None}, "after": {"partition": name}}
    return {"changed": not there, "diff": diff, "warnings": warnings}
