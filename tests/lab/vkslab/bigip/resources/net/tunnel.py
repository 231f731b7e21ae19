# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``net/tunnels/tunnel``."""

from __future__ import annotations

from .base import NetworkCollection


class Tunnels(NetworkCollection):
    component, title = "net/tunnels/tunnel", "Tunnel"
