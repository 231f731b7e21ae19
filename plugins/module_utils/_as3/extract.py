# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The tenants and the application that a user asks for, of a stored ADC."""

from __future__ import annotations

from typing import Any, Collection, Mapping

from .names import LOCK


def extract(
    document: Mapping[str, Any], tenants: Collection[str] | None, application: str | None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the ADC with these tenants, and the lock key of each by its name.

    The lock keys are apart, because in the ADC they would break a later POST of it. If none of the tenants is
    stored, the ADC is empty.
    """
    adc: dict[str, Any] = {}
    lock_keys: dict[str, str] = {}
    for name, value in document.items():
        if not _has_class(value, "Tenant"):
            adc[name] = value
        elif tenants is None or name in tenants:
            tenant = _tenant(value, application)
            if application is None or _has_class(tenant.get(application), "Application"):
                adc[name] = tenant
                lock_keys[name] = str(value.get(LOCK) or "")
    return (adc, lock_keys) if lock_keys or tenants is None else ({}, {})


def _tenant(value: Mapping[str, Any], application: str | None) -> dict[str, Any]:
    """Return the tenant without its lock key, and with no other application than the one asked for."""
    return {
        name: part
        for name, part in value.items()
        if name != LOCK and (application in (None, name) or not _has_class(part, "Application"))
    }


def _has_class(value: Any, name: str) -> bool:
    return isinstance(value, dict) and value.get("class") == name
