# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a declaration that stand in a Kubernetes Secret: {from_secret: {namespace, name, key}}.

This module util is PRIVATE to the collection.
"""

from __future__ import annotations

import base64
from typing import Any, Mapping

from .._errors import Failure
from . import secrets
from .wanted import Problems

WORD = "from_secret"
Name = tuple[str, str]
# {"alg":"dir","enc":"none"}: AS3's word for a secret that is not encrypted yet.
_PLAIN = "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"


def is_reference(node: Any) -> bool:
    return isinstance(node, dict) and set(node) == {WORD}


def check(node: Any, path: str, problems: Problems) -> None:
    """Each reference names all three: namespace, name, key."""
    if is_reference(node):
        value = node[WORD]
        missing = [key for key in ("namespace", "name", "key") if not (isinstance(value, dict) and value.get(key))]
        if missing:
            problems.add(f"{path}.{WORD}", f"needs {', '.join(missing)}, as in {{from_secret: {{namespace: default, name: web-tls, key: tls.crt}}}}")
        return
    if isinstance(node, dict):
        for key, value in node.items():
            check(value, f"{path}.{key}", problems)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            check(value, f"{path}[{place}]", problems)


def names(node: Any) -> set[Name]:
    """The Secrets that are referred to."""
    if is_reference(node):
        return {(str(node[WORD]["namespace"]), str(node[WORD]["name"]))}
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    found: set[Name] = set()
    for part in parts:
        found |= names(part)
    return found


def resolve(node: Any, values: Mapping[Name, Mapping[str, bytes] | Failure], key: str = "") -> Any:
    """A copy with the values in place of the references, in the form that AS3 wants for this property."""
    if is_reference(node):
        return _value(node[WORD], values, key)
    if isinstance(node, dict):
        return {inner: resolve(value, values, inner) for inner, value in node.items()}
    if isinstance(node, list):
        return [resolve(value, values, key) for value in node]
    return node


def _value(reference: Mapping[str, Any], values: Mapping[Name, Mapping[str, bytes] | Failure], key: str) -> Any:
    name = (str(reference["namespace"]), str(reference["name"]))
    data = values[name]
    if isinstance(data, Failure):
        raise data
    wanted = str(reference["key"])
    if wanted not in data:
        raise Failure(
            "secret_key_not_found",
            f"Secret {name[0]}/{name[1]} has no key {wanted!r}; it has {', '.join(sorted(data)) or 'none'}",
            remedy="Correct from_secret.key.",
        )
    raw = data[wanted]
    if key == "pkcs12":
        return {"base64": base64.b64encode(raw).decode()}
    if key == "ciphertext":
        return base64.b64encode(raw).decode()
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise Failure("secret_not_text", f"Key {wanted!r} of Secret {name[0]}/{name[1]} does not hold text") from None
    if key in secrets.ANYWHERE | {"secret"} and key != "privateKey":
        return {"ciphertext": base64.b64encode(text.strip().encode()).decode(), "protected": _PLAIN}
    return text
