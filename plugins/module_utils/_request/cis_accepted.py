# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Checks which texts of a CIS's resources publish would accept.

The others are left out with a reason: one of them would stop the rest.
"""

from __future__ import annotations

from typing import Hashable

from .. import _foreign
from .._as3 import destinations
from .._as3.types import Json, Object
from .._cis.beside import Fault, Listener
from .._cis.inexpressible import COMMON
from . import build, from_secret, template, validate
from .wanted import Problems, Wanted

_SECRET = (
    "Text of the cluster cannot refer to a Secret. Write it as an application or a declaration of your own."
)
_LONGEST_TEXT = 4096  # characters; the longest that CIS takes is what a monitor sends
_UNPRINTABLE = (
    "It is too long to be shown, or a terminal obeys its characters. "
    "Correct it, or write it as an application of your own."
)


class Declarations:
    """The texts of AS3 ConfigMaps, the oldest first.

    Each may have what no other namespace has already.
    """

    def __init__(self) -> None:
        self._tenants: dict[str, tuple[str, str]] = {}
        self._heard: dict[Hashable, tuple[str, str]] = {}

    def fault(self, namespace: str, name: str, text: Json) -> Fault | None:
        """Where and why a text cannot be published beside those before it; None if it can."""
        wanted = Wanted()
        fault = declaration_fault(text, wanted)
        if fault:
            return fault
        listeners = _listeners(wanted)
        for tenant in wanted.tenants:
            owner = self._tenants.get(tenant)
            if owner and owner[0] != namespace:
                return (
                    f"declaration.{tenant}",
                    f"ConfigMap {'/'.join(owner)} is older and has this tenant. Give it a tenant of its own.",
                )
        for listener, words, _vlans in listeners:
            owner = self._heard.get(listener)
            if owner and owner[0] != namespace:
                return (
                    "declaration",
                    f"ConfigMap {'/'.join(owner)} is older and has {words} already. Give it another address.",
                )
        self._tenants.update(dict.fromkeys(wanted.tenants, (namespace, name)))
        self._heard.update(
            dict.fromkeys((listener for listener, _words, _vlans in listeners), (namespace, name))
        )
        return None


def declaration_fault(text: Json, wanted: Wanted | None = None) -> Fault | None:
    """Where and why publish refuses the text of an AS3 ConfigMap; None if it does not.

    It is added to wanted.
    """
    wanted, problems = Wanted() if wanted is None else wanted, Problems()
    try:
        value = _foreign.from_json(text)
    except _foreign.Unreadable as error:
        return "", f"It is not an AS3 declaration: {error}."
    place = from_secret.first(value, "declaration")
    if place:
        return place, _SECRET
    try:
        template.add(wanted, value, None, problems)
        validate.check(wanted, problems)
    except _foreign.SPOILED as error:
        return "", f"It is not an AS3 declaration ({type(error).__name__})."
    if "Common" in wanted.tenants:
        return "declaration.Common", COMMON
    return _first(problems, wanted)


def application_listeners(application: Object) -> list[Listener]:
    """Where the virtual server of an application listens."""
    wanted = Wanted()
    build.add_items(wanted, [application], Problems())
    return _listeners(
        wanted, frozenset(str(one["bigip"]) for one in application["virtual_server"].get("allowVlans") or ())
    )


def _listeners(wanted: Wanted, vlans: frozenset[str] = frozenset()) -> list[Listener]:
    """Where the virtual servers listen. Two that share a VLAN conflict: BIG-IP refuses the second."""
    virtual_servers = (
        one
        for tenant, applications in wanted.applications.items()
        for one in destinations.of_tenant(tenant, {**wanted.properties.get(tenant, {}), **applications}, None)
    )
    listeners = (
        (one.address, one.port, one.protocol, one.source)
        for one in virtual_servers
        if one.port is not None and one.source is not None
    )
    return [
        (listener, f"{listener[0]} port {listener[1]} ({listener[2]})", vlans)
        for listener in dict.fromkeys(listeners)
    ]


def application_fault(application: Object) -> Fault | None:
    """Where and why publish refuses an application by itself; None if it does not.

    An application whose texts cannot be shown is refused too.
    """
    place = from_secret.first(application, "")
    if place:
        return place, _SECRET
    place = _unprintable(application, "")
    if place:
        return place, _UNPRINTABLE
    wanted, problems = Wanted(), Problems()
    build.add_items(wanted, [application], problems)
    validate.check(wanted, problems)
    fault = _first(problems, wanted)
    return (fault[0].removeprefix("applications[0]").lstrip("."), fault[1]) if fault else None


def _first(problems: Problems, wanted: Wanted) -> Fault | None:
    """The first fault: of those for which publish refuses all, else of those for which it holds a tenant."""
    held = [(path, fault.message) for faults in wanted.faults.values() for fault, path in faults]
    return next(iter([*problems.found, *held]), None)


def _unprintable(node: Json, path: str) -> str | None:
    """The place of the first text that cannot be shown; None if there is none.

    A carriage return is allowed, because a monitor may send one.
    """
    if isinstance(node, str):
        text = node.replace("\r", "")
        return path if len(text) > _LONGEST_TEXT or _foreign.visible(text) != text else None
    if isinstance(node, dict):
        parts = ((key, value, f"{path}.{key}".lstrip(".")) for key, value in node.items())
        return next(
            (
                place
                for key, value, inner in parts
                if (place := _unprintable(key, path) or _unprintable(value, inner))
            ),
            None,
        )
    if isinstance(node, list):
        return next(
            (
                place
                for number, value in enumerate(node)
                if (place := _unprintable(value, f"{path}[{number}]"))
            ),
            None,
        )
    return None
