# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The values of the option `prune`."""

from __future__ import annotations

from .._as3.types import Json

NONE, TENANTS, OWNER = "none", "tenants", "owner"
_NO = frozenset(("", "none", "false", "no", "off", "n", "f", "0"))
_YES = frozenset((TENANTS, "true", "yes", "on", "y", "t", "1"))


def scope(value: Json) -> str | None:
    """NONE, TENANTS (those in which an application is listed) or OWNER (all). None: not a valid value.

    AWX gives text, also an empty one. A null is the word none.
    """
    text = str(value).strip().lower()
    return NONE if text in _NO else TENANTS if text in _YES else OWNER if text == OWNER else None
