# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/route-domain``."""

from __future__ import annotations

from .base import NetworkCollection


class RouteDomains(NetworkCollection):
    component, title = "net/route-domain", "Route Domain"
