# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applications and entries of Pool.members."""

from __future__ import annotations

from typing import Any


def of(**objects: Any) -> dict[str, Any]:
    return {"class": "Application", **objects}


def pool(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"class": "Pool", "members": list(entries), **more}


def entry(port: int, *addresses: str, **more: Any) -> dict[str, Any]:
    return {"servicePort": port, "serverAddresses": list(addresses), **more}
