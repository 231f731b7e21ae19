# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A declaration as a user gives it: a structure, or text of one."""

from __future__ import annotations

import ast
import json
from typing import Any

from .. import _foreign


def structure(argument: Any) -> Any:
    """The structure, if it is one: JSON text, or the form in which older ansible-core templates a dict.

    Other text stays as it is, and so does text of a structure that is nested too deep.
    """
    if not isinstance(argument, str):
        return argument
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(argument)
        except (SyntaxError, *_foreign.SPOILED):
            continue
        if isinstance(value, (dict, list)):
            return argument if _foreign.is_deep(value) else value
    return argument
