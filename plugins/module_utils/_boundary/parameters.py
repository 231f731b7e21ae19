# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""A module's parameters as the fields of its frozen dataclass of options."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Mapping


def field_values(options: type, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with the names of the dataclass's fields. A list becomes a tuple.

    A parameter that is null counts as not set, so the dataclass has its default.
    """
    values = {field.name: params.get(field.name) for field in fields(options)}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in values.items()
        if value is not None
    }
