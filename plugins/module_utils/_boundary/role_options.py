# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Checks and converts the variables of a role: the counterpart of `_module` for roles."""

from __future__ import annotations

import os
from typing import Any, Iterator, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import BOOLEANS_TRUE

from . import kubeconfig, secret_arguments, unset
from .mask import Mask

_FILES = ("ca_cert", "client_cert", "client_key")
"""Of these a file without content counts as unset, as modules treat it."""

_STRUCTURED = ("dict", "list of dict", "raw")
"""Types of variables that may hold a secret, which Ansible quotes if the structure is wrong."""


def checked(
    by_type: Mapping[str, Mapping[str, Any]], specs: Mapping[str, Mapping[str, Any]], prefix: str
) -> dict[str, Any]:
    """`options`: the variables without their prefix, converted, and with defaults where they are unset.

    `refused`: a sentence for each fault.

    by_type  type to variables, as {"int": {"verify_timeout": "120"}}; "list of dict" is a type too
    specs    the options of the role's argument_specs, with defaults, choices and suboptions. Their types may be
             raw,
             because Ansible checks these specs too, and it would refuse an empty text
    """
    options = {name: _option(kind, specs[name]) for kind, variables in by_type.items() for name in variables}
    arguments = {
        name: _described(_plain(value)) if kind == "raw" else _plain(value)
        for kind, variables in by_type.items()
        for name, value in variables.items()
        if not _is_omitted(value)
    }
    result = ArgumentSpecValidator(options).validate(unset.without_unset(arguments, options))
    values = {
        name: None if _is_empty_file(name, value, options[name]) else value
        for name, value in result.validated_parameters.items()
    }
    mask = Mask()
    for kind, variables in by_type.items():
        if kind in _STRUCTURED:
            mask.add(secret_arguments.everything(variables))
    return {
        "options": {
            name.removeprefix(prefix): _without_null(value, options[name]) for name, value in values.items()
        },
        "refused": [
            mask.text(sentence)
            for sentence in (
                *unset.faults(arguments, options, prefix),
                *result.error_messages,
                *_unsafe(values, prefix),
            )
        ],
    }


def _unsafe(values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """Sentences about what the modules of this collection refuse.

    A role also hands it to Helm and to kubernetes.core, which do not refuse it.
    """
    for name in ("kubeconfig", "supervisor_kubeconfig"):
        content = kubeconfig.inline(values.get(f"{prefix}{name}"))
        if content is None or kubeconfig.fault(content):  # it is a path, or the module reports the fault
            continue
        context = values.get(f"{prefix}{name.removesuffix('kubeconfig')}context")
        program = kubeconfig.program(content, context)
        if program and not _allowed(values, prefix, "allow_exec"):
            yield (
                f"{prefix}{name}: {program}, which starts a program on this machine. "
                f"Set its path, or {prefix}allow_exec: true if you trust its author."
            )
        if _is_plain(kubeconfig.server(content, context)) and not _allowed(values, prefix, "allow_http"):
            yield (
                f"{prefix}{name}: the URL of its server does not begin with https://. "
                f"Correct it, or set {prefix}allow_http: true."
            )
    if _is_plain(values.get(f"{prefix}host")) and not _allowed(values, prefix, "allow_http"):
        yield f"{prefix}host does not begin with https://. Correct it, or set {prefix}allow_http: true."


def _is_plain(url: str | None) -> bool:
    """True if requests to a URL are not encrypted."""
    return bool(url) and not kubeconfig.is_encrypted(str(url))


def _allowed(values: Mapping[str, Any], prefix: str, name: str) -> bool:
    allowed = values.get(f"{prefix}{name}")
    return (
        str(os.environ.get(f"K8S_AUTH_{name.upper()}")).lower() in BOOLEANS_TRUE
        if allowed is None
        else bool(allowed)
    )


def _is_empty_file(name: str, value: Any, option: Mapping[str, Any]) -> bool:
    return option["type"] == "path" and name.endswith(_FILES) and unset.is_empty_file(value)


def _is_omitted(value: Any) -> bool:
    """True if it is Ansible's `omit`, which has no public type: a text before ansible-core 2.19."""
    return type(value).__name__ == "_OmitType" or (
        isinstance(value, str) and value.startswith("__omit_place_holder__")
    )


def _plain(value: Any) -> Any:
    """A copy of Python's own types.

    The validator copies what it gets, and Ansible's dictionaries hold every variable of the play.
    """
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _described(value: Any) -> Any:
    """The dictionary or the boolean that a text describes.

    Other text stays as it is: a raw variable may be a path.
    """
    if not isinstance(value, str):
        return value
    described = unset.loaded(value)
    return described if isinstance(described, (bool, dict)) else value


def _without_null(value: Any, option: Mapping[str, Any]) -> Any:
    """Suboptions that are unset are left out, for `is defined` and `default()` in templates."""
    if isinstance(value, list):
        return [_without_null(item, option) for item in value]
    if isinstance(value, dict) and option.get("options"):
        return {name: item for name, item in value.items() if item is not None}
    return value


def _option(kind: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    outer, _of, elements = kind.partition(" of ")
    option = {**spec, "type": outer}
    if "choices" in spec:
        option["choices"] = [choice for choice in spec["choices"] if choice]
    return {**option, "elements": elements} if elements else option
