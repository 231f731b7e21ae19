# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of virtual servers: a client-ssl profile as an SSL context."""

from __future__ import annotations

import ssl
import tempfile
from typing import Any

from .device import Device, Virtual


class Certificates:
    """Contexts are kept until the device changes, so that a renewed certificate is served at once."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._version = -1
        self._contexts: dict[str, ssl.SSLContext | None] = {}

    def of(self, virtual: Virtual) -> ssl.SSLContext | None:
        if self._version != self._device.version:
            self._version, self._contexts = self._device.version, {}
        if virtual.path not in self._contexts:
            self._contexts[virtual.path] = self._load(virtual)
        return self._contexts[virtual.path]

    def _load(self, virtual: Virtual) -> ssl.SSLContext | None:
        for path in virtual.profiles:
            profile = self._device.others.get(("ltm profile client-ssl", path))
            if profile is not None:
                return _context(profile.properties)
        return None


def _context(properties: dict[str, Any]) -> ssl.SSLContext:
    raise NotImplementedError
