# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of the event source. They are documented in extensions/eda/plugins/event_source/changes.py."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from .._boundary import unset
from .._errors import Failure
from .._foreign import line
from .._kube.options import KUBERNETES_OPTIONS
from .._members import selector
from .._members.options import DEFAULTS, MODES
from . import published
from .digests import Name

_NAMES = {"type": "list", "elements": "str"}
OPTIONS: dict[str, dict[str, Any]] = {
    **KUBERNETES_OPTIONS,
    "applications": {"type": "raw"},
    "pools": {"type": "raw"},
    "label_namespaces": {"type": "raw"},
    "services": dict(_NAMES),
    "namespaces": dict(_NAMES),
    "label_selector": {"type": "str"},
    "pool_member_type": {"type": "str", "choices": MODES, "default": DEFAULTS["pool_member_type"]},
    "secrets": dict(_NAMES),
    "settle": {"type": "float", "default": 0.5},
    "settle_max": {"type": "float", "default": 5.0},
    "min_interval": {"type": "float", "default": 2.0},
    "resync": {"type": "float", "default": 600.0},
    "all_over": {"type": "int", "default": 50},
    "journal": {"type": "path"},
    "metrics": {"type": "path"},
}
_LEAST = {"settle": 0, "settle_max": 0, "min_interval": 0, "resync": 1, "all_over": 1}
_WORD = "[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?"
_NAMESPACE = re.compile(rf"{_WORD}\Z")
_FULL_NAME = re.compile(rf"(?P<namespace>{_WORD})/(?P<name>{_WORD})\Z")


@dataclass(frozen=True)
class ChangesOptions:
    """The options of the event source.

    services    (namespace, name); empty: all
    namespaces  empty: all
    mode        the option pool_member_type, or auto if the applications have several
    connection  the options of the connection to Kubernetes, with secrets
    """

    services: frozenset[Name] = frozenset()
    namespaces: frozenset[str] = frozenset()
    label_selector: str | None = None
    mode: str = DEFAULTS["pool_member_type"]
    secrets: tuple[Name, ...] = ()
    settle: float = 0.5
    settle_max: float = 5.0
    min_interval: float = 2.0
    resync: float = 600.0
    all_over: int = 50
    journal: str | None = None
    metrics: str | None = None
    connection: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def all_namespaces(self) -> frozenset[str]:
        """The namespaces of the wanted Services; empty: all."""
        return self.namespaces or frozenset(namespace for namespace, _name in self.services)

    def concerns(self, service: Name) -> bool:
        """True if a pool may get its members from this Service."""
        in_namespace = not self.namespaces or service[0] in self.namespaces
        return in_namespace and (not self.services or service in self.services)

    @staticmethod
    def from_arguments(arguments: Mapping[str, Any]) -> ChangesOptions:
        """The options of a rulebook. Raises ValueError with one sentence that names each fault."""
        faults = [_clause(fault) for fault in unset.faults(arguments, OPTIONS)]
        result = ArgumentSpecValidator(OPTIONS).validate(unset.without_unset(arguments, OPTIONS))
        values = result.validated_parameters
        faults += [_fault(error) for error in result.errors]
        if not faults:
            # An empty element is not all of them. unset.faults reports this of namespaces.
            emptied = [
                name for name in ("services", "secrets") if arguments.get(name) and not values.get(name)
            ]
            faults = [f"{name} has only empty elements" for name in emptied] + _faults(values)
        if faults:
            raise ValueError(f"The event source vks.bigip.changes has wrong arguments: {'; '.join(faults)}.")
        items = published.items(values.get("applications"), values.get("pools"))
        selects = any(values.get(name) for name in ("services", "namespaces", "label_selector"))
        services, namespaces = (
            frozenset(_names(values, "services")),
            frozenset(values.get("namespaces") or ()),
        )
        if not selects:
            services = published.services(items)
            if labelled := published.label_namespaces(values.get("label_namespaces")):
                namespaces = labelled | {namespace for namespace, _name in services}
                services = frozenset()
        return ChangesOptions(
            services=services,
            namespaces=namespaces,
            label_selector=values.get("label_selector"),
            mode=published.mode(items, values["pool_member_type"]),
            secrets=tuple(dict.fromkeys(_names(values, "secrets"))),
            **{name: values[name] for name in _LEAST},
            journal=values.get("journal"),
            metrics=values.get("metrics"),
            connection={name: values.get(name) for name in KUBERNETES_OPTIONS},
        )


def _fault(error: Exception) -> str:
    if isinstance(error, UnsupportedError):
        return f"unknown options: {line(str(error).partition('. ')[0])}"
    return _clause(str(error))


def _clause(text: str) -> str:
    """Sentences of Ansible as a part of one sentence."""
    return line(text.rstrip(".").replace(". ", ": "))


def _faults(values: Mapping[str, Any]) -> list[str]:
    faults = [
        f"{name} is {values[name]:g}, but a finite number of at least {least} is required"
        for name, least in _LEAST.items()
        if not least <= values[name] < math.inf
    ]
    if values["settle_max"] < values["settle"]:
        faults.append(f"settle_max ({values['settle_max']:g}) is less than settle ({values['settle']:g})")
    for option in ("journal", "metrics"):
        if values.get(option) and not os.path.isabs(values[option]):
            faults.append(
                f"{option} is not an absolute path: the source and the play run in different folders"
            )
    for option in ("services", "namespaces", "secrets"):
        pattern, form = (
            (_NAMESPACE, "a namespace") if option == "namespaces" else (_FULL_NAME, "namespace/name")
        )
        listed = values.get(option)
        if listed == []:
            faults.append(f"{option} is an empty list: omit it{' to watch all' * (option != 'secrets')}")
        faults += [
            f"{option} has {text!r:.80}, which is not {form}"
            for text in listed or ()
            if not pattern.match(text)
        ]
    if not faults and values.get("namespaces"):
        outside = sorted(
            {namespace for namespace, _name in _names(values, "services")} - {*values["namespaces"]}
        )
        if outside:
            faults.append(f"services has Services in {', '.join(outside)}, which namespaces does not name")
    try:
        selector.parse(values.get("label_selector"), "label_selector")
    except Failure as failure:
        faults.append(f"label_selector is not valid: {failure.said}")
    return faults


def _names(values: Mapping[str, Any], option: str) -> list[Name]:
    matches = (_FULL_NAME.match(text) for text in values.get(option) or ())
    return [(match["namespace"], match["name"]) for match in matches if match]
