# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The types of what AS3 reads and returns. AS3 alone knows the shape of these values."""

from __future__ import annotations

from typing import Any

# A value of a JSON document. The layers above name it, so their interfaces have no `Any`.
Json = Any
# An AS3 object: an application, a pool, a tenant.
Object = dict[str, Any]
