# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The version in a text that another system wrote."""

from __future__ import annotations

import re

# A number with more digits is not a part of a version.
_VERSION = re.compile(r"(?<![\d.])v?([0-9]{1,9}\.[0-9]{1,9}(?:\.[0-9]{1,9})?)(?!\d)")


def version_in(text: str | None) -> str | None:
    """Return 2.5.2 for v2.5.2---vmware.1 or 2.5.2+vmware.2-tkg.1; None for a text without a version."""
    match = _VERSION.search(text) if text else None
    return match[1] if match else None
