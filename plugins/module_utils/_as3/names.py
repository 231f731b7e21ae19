# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3's rules for names."""

from __future__ import annotations

import re

from . import vocabulary

CONTAINER = re.compile(r"^[A-Za-z][0-9A-Za-z_.-]*\Z")
ITEM = re.compile(r"^[A-Za-z]([0-9A-Za-z_.-]{0,188}[0-9A-Za-z_.])?\Z")
LONGEST_NAME = 190
LONGEST_PATH = 195

# Properties of an AS3 declaration (class ADC) beside its tenants.
# The key of a tenant's optimistic lock: AS3 refuses a tenant that was changed since the key was read.
LOCK = "optimisticLockKey"
ADC_PROPERTIES = (
    "class",
    "schemaVersion",
    "$schema",
    "id",
    "label",
    "remark",
    "updateMode",
    "controls",
    "target",
    "constants",
    "scratch",
)
# A body of applications alone has these properties beside them.
_APPLICATIONS_PROPERTIES = ("schemaVersion", "id", "controls")


def reserved_fault(kind: str, name: str) -> str | None:
    """Why a tenant, an application or an object (kind) cannot have this name; None if it can.

    AS3 reads the name as a property of the declaration, the tenant or the application.
    """
    if kind == "tenant":
        holder, reserved = "declaration", set(ADC_PROPERTIES)
    elif kind == "application":
        holder, reserved = "tenant", {"class", *_properties("Tenant"), *_APPLICATIONS_PROPERTIES} - {"Shared"}
    else:
        holder, reserved = (
            "application",
            {"class", *_properties("Application")} - {"constants", "serviceMain"},
        )
    return (
        f"the {kind} name {name!r} is reserved: in AS3 it is a property of the {holder}"
        if name in reserved
        else None
    )


def _properties(kind: str) -> set[str]:
    return set(vocabulary.properties({"class": kind}) or ())


def container_fault(kind: str, name: str) -> str | None:
    """Why AS3 would refuse this name of a tenant or an application; None if it would not."""
    if not CONTAINER.match(name):
        return (
            f"{kind} name {name!r} is not valid in AS3: it begins with a letter, "
            "then letters, digits, '_', '.' and '-' (a name that begins with a digit needs a prefix)"
        )
    if len(name) > LONGEST_NAME:
        return f"{kind} name {name!r} has {len(name)} characters; AS3 takes at most {LONGEST_NAME}"
    return None


def item_fault(name: str) -> str | None:
    """Why AS3 would refuse this name of an object in an application; None if it would not."""
    if len(name) > LONGEST_NAME:
        return f"name {name!r} has {len(name)} characters; AS3 takes at most {LONGEST_NAME}"
    if not ITEM.match(name):
        return (
            f"name {name!r} is not valid in AS3: it begins with a letter, "
            "then letters, digits, '_', '.' and '-', and does not end in '-' "
            "(a Kubernetes name that begins with a digit needs a prefix)"
        )
    return None


def path_fault(tenant: str, application: str, name: str) -> str | None:
    """Why the whole path would be too long."""
    path = f"/{tenant}/{application}/{name}"
    if len(path) > LONGEST_PATH:
        return f"the path {path} has {len(path)} characters; AS3 takes at most {LONGEST_PATH}"
    return None
