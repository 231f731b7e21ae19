# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a bearer token ends, if it says so. This module util is PRIVATE to the collection."""

from __future__ import annotations

from .client import Client


def expires(client: Client) -> float | None:
    """The `exp` of the JWT that the client signs in with, in seconds since the epoch; None if it has none."""
    return client.token_expires()
