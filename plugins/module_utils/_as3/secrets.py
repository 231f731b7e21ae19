# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The secret leaves of a declaration, and their masks."""

from __future__ import annotations

import base64
import json
from typing import Any, Callable, Iterator

from .. import _foreign
from . import forms

MASK = "********"

# class -> properties whose value is secret at any depth below an object of that class.
# Certificate.privateKey is one although AS3 returns it in clear.
ANYWHERE = frozenset(
    {
        "passphrase",
        "privateKey",
        "sharedSecret",
        "secretAccessKey",
        "apiAccessKey",
        "encodedCredentials",
        "encodedToken",
        "password",
        "md5SignaturePassphrase",
        "cookiePassphrase",
        "encryptCookiePassphrase",
        "javaSignKeyPassphrase",
    }
)
# Credentials with which AS3 fetches something: authentication: {method: bearer-token, token: ...}
BY_CLASS: dict[str, frozenset[str]] = {
    "Certificate": frozenset({"pkcs12"}),
    "Monitor": frozenset({"secret", "environmentVariables"}),
    "GSLB_Monitor": frozenset({"secret", "environmentVariables"}),
    "DNS_TSIG_Key": frozenset({"secret"}),
}
"""Names that are secret in one class only."""
BELOW = {"authentication": frozenset({"token"})}
# AS3 encrypts these also when they are plain text; it returns other text unchanged.
ENCRYPTED_TEXT = frozenset({"secretAccessKey", "apiAccessKey", "encodedCredentials", "encodedToken", "token"})
Path = tuple[Any, ...]


def is_cipher(value: Any) -> bool:
    """True if the value has AS3's form of an encrypted value."""
    return isinstance(value, dict) and "ciphertext" in value


def is_stored_cipher(value: Any) -> bool:
    """True if BIG-IP (SecureVault) encrypted the value, so the original is not visible any more."""
    if not is_cipher(value):
        return False
    protected = str(value.get("protected"))
    try:
        header = _foreign.from_json(base64.urlsafe_b64decode(protected + "=" * (-len(protected) % 4)))
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("enc") not in (None, "none")


def comes_back_encrypted(path: Path, value: Any) -> bool:
    """True if AS3 will return this secret as a cipher, so only a digest shows whether it is the same."""
    if is_cipher(value):
        return not is_stored_cipher(value)
    return isinstance(value, str) and path[-1] in ENCRYPTED_TEXT


def _reference(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= {"use", "bigip"}


def _transform(node: Any, change: Callable[[Path, Any], Any], path: Path, words: frozenset[str]) -> Any:
    if is_cipher(node):
        return change(path, node)
    if isinstance(node, dict):
        name = node.get("class")
        if isinstance(name, str):
            words = ANYWHERE | BY_CLASS.get(name, frozenset())
        changed = {}
        for key, value in node.items():
            secret = (
                key in words
                and not isinstance(value, bool)
                and value not in (None, "")
                and not _reference(value)
            )
            changed[key] = (
                change((*path, key), value)
                if secret
                else _transform(value, change, (*path, key), words | BELOW.get(key, frozenset()))
            )
        return changed
    if isinstance(node, list):
        # Most lists are the addresses of members, thousands of them, and contain no secret.
        return [
            _transform(value, change, (*path, place), words) if isinstance(value, (dict, list)) else value
            for place, value in enumerate(node)
        ]
    return node


def replace(node: Any, change: Callable[[Path, Any], Any]) -> Any:
    """A copy in which each secret leaf is change(path, value)."""
    return _transform(node, change, (), ANYWHERE)


def mask(node: Any) -> Any:
    """A masked copy."""
    return replace(node, lambda path, value: MASK)


def leaves(node: Any) -> dict[Path, Any]:
    """Every secret leaf by its path."""
    by_path: dict[Path, Any] = {}
    replace(node, by_path.__setitem__)
    return by_path


def texts(value: Any) -> Iterator[str]:
    """The strings to hide for one secret value: itself, in JSON, and the content of a base64 ciphertext."""
    if isinstance(value, str):
        for text in (value, value.strip(), json.dumps(value)[1:-1]):
            if len(text) >= forms.SHORTEST:
                yield text
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in ("protected", "class", "from_secret"):
                continue
            yield from texts(inner)
            if key == "ciphertext" and isinstance(inner, str) and not is_stored_cipher(value):
                try:
                    yield from texts(
                        base64.urlsafe_b64decode(
                            inner.replace("+", "-").replace("/", "_") + "=" * (-len(inner) % 4)
                        ).decode()
                    )
                except ValueError:
                    pass
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def all_texts(node: Any) -> Iterator[str]:
    """Every string of a structure that must not be shown."""
    for value in leaves(node).values():
        yield from texts(value)
