# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of a connection to BIG-IP, each with its default. Documented in doc_fragments/bigip.py."""

from __future__ import annotations

from typing import Any

from .._boundary.unset import environment

# f5networks.f5_modules takes these too: a provider written for it works here.
_IGNORED: dict[str, Any] = {
    "transport": {"type": "str"},
    "no_f5_teem": {"type": "bool"},
    "ssh_keyfile": {"type": "path", "no_log": False},
}

_PROVIDER_OPTIONS: dict[str, dict[str, Any]] = {
    "server": {"type": "list", "elements": "str", "fallback": (environment, ["F5_SERVER"])},
    "server_port": {"type": "int", "default": 443, "fallback": (environment, ["F5_SERVER_PORT"])},
    "user": {"type": "str", "fallback": (environment, ["F5_USER"])},
    "password": {
        "type": "str",
        "no_log": True,
        "aliases": ["pass", "pwd"],
        "fallback": (environment, ["F5_PASSWORD"]),
    },
    "token": {"type": "str", "no_log": True},
    "auth": {"type": "str", "choices": ["token", "basic"], "default": "token"},
    "auth_provider": {"type": "str", "default": "tmos", "fallback": (environment, ["F5_PROVIDER"])},
    "validate_certs": {"type": "bool", "default": True, "fallback": (environment, ["F5_VALIDATE_CERTS"])},
    "ca_cert": {"type": "path", "fallback": (environment, ["F5_CA_CERT"])},
    "proxy": {"type": "str"},
    "timeout": {"type": "int", "default": 60},
    "max_response_mb": {"type": "int", "default": 64},  # BIG-IP's own REST services hold far less
    **_IGNORED,
}

PROVIDER: dict[str, Any] = {"type": "dict", "apply_defaults": True, "options": _PROVIDER_OPTIONS}

ARGUMENT_SPEC: dict[str, Any] = {"provider": PROVIDER}


def default(name: str) -> Any:
    """The default of an option of the provider, for a provider that has 0 or nothing in its place."""
    return _PROVIDER_OPTIONS[name]["default"]
