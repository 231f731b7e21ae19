# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a bearer token ends, if it says so. This module util is PRIVATE to the collection."""

from __future__ import annotations

import base64
import math

from .. import _foreign
from .client import JSON, Client


def expires(client: Client) -> float | None:
    """The `exp` of the JWT that the client signs in with, in seconds since the epoch; None if it has none."""
    parts = str(client._headers(JSON).get("authorization", "")).split(".")
    try:
        found = float(_foreign.from_json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["exp"])
    except _foreign.SPOILED:
        return None
    return found if math.isfinite(found) else None
