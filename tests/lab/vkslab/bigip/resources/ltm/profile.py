# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``ltm/profile/client-ssl`` and ``ltm/profile/server-ssl``."""

from __future__ import annotations

from .kept import Kept


class ClientSslProfiles(Kept):
    component, title = "ltm/profile/client-ssl", "profile/client-ssl"


class ServerSslProfiles(Kept):
    component, title = "ltm/profile/server-ssl", "profile/server-ssl"
