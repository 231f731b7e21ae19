# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a posted declaration to one that can be deployed: checked, defaults filled in, pointers absolute,
nodes matched to the device.

The order of the checks is AS3's own, because AS3 reports only the first fault.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from ..device import Device, partition_of
from .answers import Refused
from .classes import RULES
from .formats import Fault, stringify
from .matching import match_nodes, on_device, set_route_domain
from .pointers import resolve
from .validate import Notes, Validator

Declaration = dict[str, Any]
from .words import WORDS

VALIDATOR = Validator(RULES)
_ID = re.compile(r"^[^\x00-\x20\x22'<>\x5c^`|\x7f]{0,255}$")
# names whose contents AS3 does not look into
_FREE = ("metadata", "localZones", "forwardZones", "environmentVariables")
_NO_DUPLICATES = (
    "rules",
    "doNotProxyHosts",
    "members",
    "certificates",
    "tcpOptions",
    "monitors",
    "persistenceMethods",
    "iRules",
)
CRYPTOGRAM = "eyJhbGciOiJkaXIiLCJlbmMiOiJmNXN2In0="  # {"alg":"dir","enc":"f5sv"}: SecureVault


def is_tenant(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class") == "Tenant"


def is_application(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class") == "Application"


def tenants(declaration: Declaration) -> list[str]:
    return [name for name, value in declaration.items() if is_tenant(value)]


def applications(tenant: Any) -> list[str]:
    return (
        [name for name, value in tenant.items() if is_application(value)] if isinstance(tenant, dict) else []
    )


def items(declaration: Declaration, kind: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, item) of every object with a class below an application."""
    for tenant in tenants(declaration):
        for application in applications(declaration[tenant]):
            for name, item in declaration[tenant][application].items():
                if isinstance(item, dict) and item.get("class") and (kind is None or item["class"] == kind):
                    yield f"/{tenant}/{application}/{name}", item


def unknown_word(declaration: Any) -> str | None:
    """The first property name or class that AS3's whole vocabulary does not have."""
    seen: dict[str, None] = {}
    _collect(declaration, seen)
    return next((word for word in seen if word not in WORDS), None)


def _collect(value: Any, seen: dict[str, None]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, seen)
        return
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        if name in _FREE:
            continue
        if name in ("class", "template", "logLevel"):
            if isinstance(inner, str) and inner not in ("ADC", "AS3"):
                seen.setdefault(inner)
            if name == "class":
                continue
        has_class = isinstance(inner, dict) and inner.get("class")
        if not has_class and not name.isdigit() and name not in ("constants", "$value"):
            seen.setdefault(name)
        if name not in ("constants", "verifiers"):
            _collect(inner, seen)


def digest(device: Device, declaration: Declaration, vault: Vault) -> Declaration:
    """The declaration ready to deploy; raises Refused (without the answer's host, tenant and id: the caller
    knows them)."""
    full = copy.deepcopy(declaration)
    identity = full.get("id")
    if not isinstance(identity, str) or not _ID.match(identity):
        raise Refused(422, "declaration lacks valid 'id' property")
    notes = Notes()
    _invalid(VALIDATOR.check(RULES["ADC"], full, notes))
    _path_lengths(full, 255)
    _server_names(full)
    duplicate = _duplicate(full)
    if duplicate:
        raise Refused(422, f"declaration has duplicate values in {duplicate}")
    for noted in notes.pointers.values():
        _invalid(resolve(full, noted))
    for path, pool in items(full, "Pool"):
        _invalid(match_nodes(device, full, f"{path}/members", pool))
    for noted in notes.components.values():
        if not on_device(device, noted.fact, noted.value):
            raise Refused(422, f"Unable to find {noted.value} for {noted.where}")
    for noted in notes.secrets.values():
        noted.value.update(vault.seal(noted.value))
    _path_lengths(full, 195)
    for path, address in items(full, "Service_Address"):
        if address.get("autoDelete") is False and partition_of(path) != "Common":
            raise Refused(
                422, "Disabling auto-delete for service addresses in non-common tenants is not supported."
            )
    return full


def check_applications(body: Declaration) -> None:
    """The body of a per-application POST on its own, before it becomes a tenant."""
    _invalid(VALIDATOR.check(RULES["Applications"], copy.deepcopy(body), Notes()))


def expanded(device: Device, declaration: Declaration, pointers: bool) -> Declaration:
    """For GET: defaults filled in, and on request pointers made absolute.

    A stored declaration is taken as valid.
    """
    full = copy.deepcopy(declaration)
    notes = Notes()
    VALIDATOR.check(RULES["ADC"], full, notes)
    for _path, pool in items(full, "Pool"):
        tenant = full[partition_of(_path)]
        for member in pool.get("members", []):
            set_route_domain(member, tenant)
    if pointers:
        for noted in notes.pointers.values():
            resolve(full, noted)
    return full


def copy_secrets(source: Any, target: Any) -> None:
    """The stored form shows cryptograms where the user wrote secrets."""
    if isinstance(target, dict) and isinstance(source, dict):
        if "ciphertext" in target:
            for name in ("ciphertext", "protected", "miniJWE"):
                if name in source:
                    target[name] = source[name]
            return
        for name, inner in target.items():
            if name in source:
                copy_secrets(source[name], inner)
    elif isinstance(target, list) and isinstance(source, list):
        for a, b in zip(source, target, strict=False):
            copy_secrets(a, b)


class Vault:
    """SecureVault: encrypts a base64 secret into a cryptogram.

    The same secret always has the same cryptogram.
    """

    def __init__(self, device: Device) -> None:
        self._device = device

    def seal(self, secret: dict[str, Any]) -> dict[str, Any]:
        if secret.get("protected") == CRYPTOGRAM or "ciphertext" not in secret:
            return {}
        digest = hashlib.sha256(b"lab vault" + secret["ciphertext"].encode()).digest()
        sealed = base64.b64encode(b"$M$" + base64.b64encode(digest)).decode()
        self._device.secrets[sealed] = secret["ciphertext"]
        return {"ciphertext": sealed, "protected": CRYPTOGRAM, "miniJWE": True}


def _invalid(fault: Fault | None) -> None:
    if fault:
        raise Refused(422, "declaration is invalid", errors=[fault.said])


def _path_lengths(declaration: Declaration, limit: int) -> None:
    found = None
    for path, _item in items(declaration):
        if len(path) > limit:
            found = path
            if limit == 255:
                raise Refused(400, f"The path {path} exceeds the 255 full path character limit")
    if found:  # AS3 reports the last one
        raise Refused(422, f"Path {found} is longer than {limit} characters")


def _server_names(declaration: Declaration) -> None:
    known: dict[Any, Any] = {}
    twice = []
    for _path, pool in items(declaration, "Pool"):
        for member in pool.get("members") or []:
            for server in member.get("servers") or []:
                name = server.get("name")
                if known.get(name) and known[name] != server["address"]:
                    twice.append(name or "")
                else:
                    known[name] = server["address"]
    if twice:
        raise Refused(
            422,
            "The node name must be unique throughout the declaration. Duplicate node name "
            f"'{','.join(twice)}' found.",
        )


def _duplicate(declaration: Declaration) -> str | None:
    lists: dict[str, list[list[Any]]] = {name: [] for name in _NO_DUPLICATES}
    _lists(declaration, lists)
    for name in _NO_DUPLICATES:
        for found in lists[name]:
            seen = set()
            for item in found:
                key = stringify(_sorted(item))
                if key in seen:
                    return name
                seen.add(key)
    return None


def _lists(value: Any, lists: dict[str, list[list[Any]]]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in lists and isinstance(inner, list):
                lists[name].append(inner)
            _lists(inner, lists)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict | list):
                _lists(inner, lists)


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(v) for v in value]
    return value
