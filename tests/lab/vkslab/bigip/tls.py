# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificates of virtual servers: a client-ssl profile (AS3's TLS_Server) as an SSL context."""

from __future__ import annotations

import base64
import logging
import ssl
import tempfile
from typing import Any

from .device import Device, Virtual

log = logging.getLogger(__name__)

PROFILE, CERTIFICATE = "ltm profile client-ssl", "sys file ssl-cert"


class Certificates:
    """Contexts are kept until the device changes, so the next handshake uses a renewed certificate."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._version = -1
        self._contexts: dict[str, ssl.SSLContext | None] = {}

    def of(self, virtual: Virtual) -> ssl.SSLContext | None:
        """None: this virtual server does not end TLS."""
        if self._version != self._device.version:
            self._version, self._contexts = self._device.version, {}
        if virtual.path not in self._contexts:
            self._contexts[virtual.path] = self._load(virtual)
        return self._contexts[virtual.path]

    def _load(self, virtual: Virtual) -> ssl.SSLContext | None:
        by_name: dict[str, ssl.SSLContext] = {}
        default: ssl.SSLContext | None = None
        for path in virtual.profiles:
            profile = self._device.others.get((PROFILE, path))
            for entry in profile.properties.get("certificates", []) if profile else []:
                context = self._context(_absolute(entry["certificate"], path))
                if entry.get("matchToSNI"):
                    by_name[entry["matchToSNI"]] = context
                if default is None or entry.get("sniDefault"):
                    default = context
        if default is not None and by_name:
            default.sni_callback = lambda sock, name, _context: (
                setattr(sock, "context", by_name[name]) if name in by_name else None
            )
        return default

    def _context(self, path: str) -> ssl.SSLContext:
        """One that fails every handshake, if the certificate cannot be used: what a client then sees is a
        BIG-IP's alert."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        found = self._device.others.get((CERTIFICATE, path))
        try:
            if found is None:
                raise ValueError("it does not exist")
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
                file.write(
                    "\n".join(
                        _text(found.properties.get(part)) for part in ("privateKey", "certificate", "chainCA")
                    )
                )
                file.flush()
                context.load_cert_chain(
                    file.name, password=self._passphrase(found.properties.get("passphrase"))
                )
        except (OSError, ValueError) as error:
            log.warning("certificate %s cannot be used: %s", path, error)
        return context

    def _passphrase(self, given: Any) -> str:
        """Decode a passphrase: sealed by AS3 in the device's vault, or plain as base64.

        It is never empty: OpenSSL would prompt on the terminal.
        """
        text = given.get("ciphertext", "") if isinstance(given, dict) else given or ""
        text = self._device.secrets.get(text, text)
        try:
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode() or "none"
        except ValueError:
            return text or "none"


def _absolute(given: Any, profile: str) -> str:
    """A certificate by name in the profile's own application, by path, by use or bigip."""
    name = str(given.get("use") or given.get("bigip")) if isinstance(given, dict) else str(given)
    return name if name.startswith("/") else f"{profile.rpartition('/')[0]}/{name}"


def _text(given: Any) -> str:
    return given if isinstance(given, str) else ""
