# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""References to Kubernetes Secrets in a declaration: {from_secret: {namespace, name, key}}."""

from __future__ import annotations

import base64
from typing import Collection, Iterator, Mapping

from .._as3 import secrets
from .._as3.origin import REFERENCE, is_reference
from .._as3.types import Json
from .._errors import Failure, some
from .wanted import Place, Problems, Wanted

Name = tuple[str, str]
# {"alg":"dir","enc":"none"}: AS3's header of a secret that is not encrypted yet.
_PLAIN = "eyJhbGciOiJkaXIiLCJlbmMiOiJub25lIn0"


def check(
    wanted: Wanted,
    secret_namespaces: Collection[str] | None,
    labelled: Mapping[Place, Collection[str]],
    problems: Problems,
) -> None:
    """Add a fault for each reference that is incomplete, or names a Secret that its application may not use.

    secret_namespaces: the namespaces of this option. None: those of the application's own Services.
    labelled: by application, the namespaces whose Services may fill its pools by their labels.
    """
    own: dict[Place, set[str]] = {place: set(namespaces) for place, namespaces in labelled.items()}
    for pool in wanted.cluster_pools:
        service = (pool.options or {}).get("service") or {}
        own.setdefault((pool.tenant, pool.application), set()).add(service.get("namespace") or "default")
    for application, path, value in _references(wanted):
        missing = [
            key for key in ("namespace", "name", "key") if not (isinstance(value, dict) and value.get(key))
        ]
        if missing:
            problems.add(
                path,
                f"needs {', '.join(missing)}, "
                "as in {from_secret: {namespace: default, name: web-tls, key: tls.crt}}",
            )
        else:
            _check_namespace(
                str(value["namespace"]),
                str(value["name"]),
                path,
                secret_namespaces,
                own.get(application, set()),
                problems,
            )


def _check_namespace(
    namespace: str,
    name: str,
    path: str,
    secret_namespaces: Collection[str] | None,
    own: Collection[str],
    problems: Problems,
) -> None:
    allowed = sorted(own if secret_namespaces is None else secret_namespaces)
    if namespace in allowed:
        return
    listed = some(allowed) or "none"
    why = (
        f"the application's Services are in these namespaces: {listed}"
        if secret_namespaces is None
        else f"secret_namespaces allows these namespaces: {listed}"
    )
    hint = f"To take values from there, set secret_namespaces: [{', '.join([*allowed, namespace])}]"
    problems.add(path, f"names Secret {namespace}/{name}, but {why}. {hint}")


def _references(wanted: Wanted) -> Iterator[tuple[Place, str, Json]]:
    """Of each reference its application, its place in the user's input, and what it names."""
    for application, place, part in _parts(wanted):
        for path, value in _below(part, place):
            yield application, path, value


def _parts(wanted: Wanted) -> Iterator[tuple[Place, str, Json]]:
    """Everything that is resolved, with its application and its place in the user's input."""
    for tenant, applications in wanted.applications.items():
        for name, application in applications.items():
            for key, part in application.items():
                yield (
                    (tenant, name),
                    wanted.objects.get((tenant, name, key), f"{wanted.paths[(tenant, name)][0]}.{key}"),
                    part,
                )
    for cluster_pool in wanted.cluster_pools:  # these come into their pool with the members
        yield (
            (cluster_pool.tenant, cluster_pool.application),
            f"{cluster_pool.path}.member",
            cluster_pool.member,
        )
        pool = wanted.objects.get(
            (cluster_pool.tenant, cluster_pool.application, cluster_pool.name), cluster_pool.path
        )
        yield (cluster_pool.tenant, cluster_pool.application), f"{pool}.members", list(cluster_pool.static)


def _below(node: Json, path: str) -> Iterator[tuple[str, Json]]:
    if is_reference(node):
        yield f"{path}.{REFERENCE}", node[REFERENCE]
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _below(value, f"{path}.{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _below(value, f"{path}[{place}]")


def names(wanted: Wanted) -> dict[Name, set[str]]:
    """The Secrets that are referred to, and the keys of each."""
    keys_by_secret: dict[Name, set[str]] = {}
    for _application, _path, value in _references(wanted):
        keys_by_secret.setdefault((str(value["namespace"]), str(value["name"])), set()).add(str(value["key"]))
    return keys_by_secret


def first(node: Json, path: str) -> str | None:
    """The place of the first dictionary with the word as a key; None if there is none."""
    if isinstance(node, dict):
        if REFERENCE in node:
            return f"{path}.{REFERENCE}".lstrip(".")
        return next(
            (place for key, value in node.items() if (place := first(value, f"{path}.{key}".lstrip(".")))),
            None,
        )
    if isinstance(node, list):
        return next(
            (place for number, value in enumerate(node) if (place := first(value, f"{path}[{number}]"))), None
        )
    return None


def resolve(node: Json, values: Mapping[Name, Mapping[str, bytes] | Failure], key: str | None = None) -> Json:
    """A copy with the values in place of the references, in the form that AS3 wants for this property."""
    if is_reference(node):
        return _value(node[REFERENCE], values, key)
    if isinstance(node, dict):
        return {inner: resolve(value, values, inner) for inner, value in node.items()}
    if isinstance(node, list):
        return [resolve(value, values, key) for value in node]
    return node


def _value(
    reference: Mapping[str, Json], values: Mapping[Name, Mapping[str, bytes] | Failure], key: str | None
) -> Json:
    name = (str(reference["namespace"]), str(reference["name"]))
    data = values[name]
    if isinstance(data, Failure):
        raise data
    wanted = str(reference["key"])
    if wanted not in data:
        raise Failure(
            "secret_key_not_found",
            f"Secret {name[0]}/{name[1]} has no key {wanted!r}; it has {some(sorted(data)) or 'none'}",
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
        raise Failure(
            "secret_not_text", f"Key {wanted!r} of Secret {name[0]}/{name[1]} does not hold text"
        ) from None
    if key in secrets.ANYWHERE | {"secret"} and key != "privateKey":
        return {"ciphertext": base64.b64encode(text.strip().encode()).decode(), "protected": _PLAIN}
    return text
