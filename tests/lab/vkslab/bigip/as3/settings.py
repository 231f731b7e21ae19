# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""/settings"""

from __future__ import annotations

from typing import Any

from .answers import Refused

_BOOLEANS = (
    "perAppDeploymentAllowed",
    "burstHandlingEnabled",
    "performanceTracingEnabled",
    "serializeFileUploads",
    "serviceDiscoveryEnabled",
    "encodeDeclarationMetadata",
)
_STORAGE = ("data-group", "memory")


def defaults() -> dict[str, Any]:
    return {
        "asyncTaskStorage": "data-group",
        "perAppDeploymentAllowed": True,
        "burstHandlingEnabled": False,
        "performanceTracingEnabled": False,
        "performanceTracingEndpoint": "",
        "serializeFileUploads": False,
        "serviceDiscoveryEnabled": True,
        "encodeDeclarationMetadata": False,
        "webhook": "",
    }


def merged(settings: dict[str, Any], given: Any) -> dict[str, Any]:
    """The settings with those given; AS3 refuses others with ajv's own error objects (without the parts that
    quote its schema)."""
    if not isinstance(given, dict):
        raise _wrong("type", "", "#/type", {"type": "object"}, "should be object", given)
    for name, value in given.items():
        if name not in settings:
            raise _wrong(
                "additionalProperties",
                "",
                "#/additionalProperties",
                {"additionalProperty": name},
                "should NOT have additional properties",
                given,
            )
        at = f"#/properties/{name}"
        if name in _BOOLEANS:
            if not isinstance(value, bool):
                raise _wrong(
                    "type", f".{name}", f"{at}/type", {"type": "boolean"}, "should be boolean", value
                )
        elif not isinstance(value, str):
            raise _wrong("type", f".{name}", f"{at}/type", {"type": "string"}, "should be string", value)
        elif name == "asyncTaskStorage" and value not in _STORAGE:
            raise _wrong(
                "enum",
                f".{name}",
                f"{at}/enum",
                {"allowedValues": list(_STORAGE)},
                "should be equal to one of the allowed values",
                value,
            )
    return {**settings, **given}


def _wrong(keyword: str, where: str, at: str, params: dict[str, Any], message: str, data: Any) -> Refused:
    error = {
        "keyword": keyword,
        "dataPath": where,
        "schemaPath": at,
        "params": params,
        "message": message,
        "data": data,
    }
    return Refused(422, "declaration is invalid", errors=[error])
