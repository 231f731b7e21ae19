# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Values from Kubernetes Secrets: their places in an application, and their masks there.

The mark lists these places. By them the next run and other modules mask the value that BIG-IP has there. A
place is a JSON pointer below the application. "*" means each element of a list, because members are
grouped anew in each run.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Iterator

from .._ownership import mark
from . import forms, secrets

REFERENCE = "from_secret"  # the key of a reference to a Kubernetes Secret
_ANY = "*"
_Tree = dict[str, Any]


def is_reference(node: Any) -> bool:
    """True if this value is taken from a Kubernetes Secret: {from_secret: {namespace, name, key}}."""
    return isinstance(node, dict) and set(node) == {REFERENCE}


def places(application: Any) -> list[str]:
    """Where references to Secrets are in an application that is not resolved yet."""
    return sorted({_pointer(path) for path in _references(application, ())})


def beyond(pointers: Collection[str], resolved: Any) -> list[str]:
    """These places without those that are masked in any application, because AS3 keeps a secret there."""
    known = {_pointer(path) for path in secrets.leaves(resolved)}
    return [
        place
        for place in pointers
        if not any(place == other or place.startswith(f"{other}/") for other in known)
    ]


def masked(application: Any, pointers: Collection[str]) -> Any:
    """A masked copy of an application."""
    return secrets.mask(replace(application, pointers, lambda path, value: secrets.MASK))


def masked_everywhere(node: Any) -> Any:
    """A masked copy of any structure: each application in it is masked by its own mark."""
    return secrets.mask(_by_marks(node))


def replace(application: Any, pointers: Collection[str], change: Callable[[secrets.Path, Any], Any]) -> Any:
    """A copy in which each value at one of these places is change(path, value)."""
    tree: _Tree = {}
    for place in pointers:
        branch = tree
        for token in place.split("/")[1:]:
            branch = branch.setdefault(token.replace("~1", "/").replace("~0", "~"), {})
    if not isinstance(application, dict):
        return application
    return {
        key: _replaced(value, tree[key], (key,), change) if key in tree and key != "class" else value
        for key, value in application.items()
    }


def values(application: Any, pointers: Collection[str]) -> list[Any]:
    """The values at these places."""
    taken: list[Any] = []
    replace(application, pointers, lambda path, value: taken.append(value))
    return taken


def secret_texts(node: Any) -> Iterator[str]:
    """All that must not be shown of a structure that AS3 stores: its secrets, and values of Secrets."""
    yield from secrets.all_texts(node)
    yield from stored_texts(node)


def stored_texts(node: Any) -> Iterator[str]:
    """The texts of the applications of a structure that results must hide, by their marks."""
    for application in _marked(node):
        for value in values(application, mark.from_secret(application)):
            yield from secrets.texts(value)
            if isinstance(value, str):
                yield from forms.of_secret_value(value.encode())


def _references(node: Any, path: secrets.Path) -> Iterator[secrets.Path]:
    if is_reference(node):
        yield path
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _references(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            if isinstance(value, (dict, list)):
                yield from _references(value, (*path, _ANY))


def _pointer(path: secrets.Path) -> str:
    return "".join(
        f"/{_ANY if isinstance(part, int) else str(part).replace('~', '~0').replace('/', '~1')}"
        for part in path
    )


def _replaced(node: Any, tree: _Tree, path: secrets.Path, change: Callable[[secrets.Path, Any], Any]) -> Any:
    """tree: the rest of the places. Numbers and booleans stay: a value of a Secret is text."""
    if isinstance(node, str):  # AS3 may return a text in place of a structure
        return change(path, node)
    if not isinstance(node, (dict, list)):
        return node
    if not tree or isinstance(node, dict) and _ANY in tree and _ANY not in node:
        return change(path, node)
    if isinstance(node, dict):
        return {
            key: _replaced(value, tree[key], (*path, key), change)
            if key in tree and key != "class"
            else value
            for key, value in node.items()
        }
    inner = tree.get(_ANY, tree)
    return [_replaced(value, inner, (*path, number), change) for number, value in enumerate(node)]


def _by_marks(node: Any) -> Any:
    if isinstance(node, dict):
        shown = replace(node, mark.from_secret(node), lambda path, value: secrets.MASK)
        return shown if _is_application(node) else {key: _by_marks(value) for key, value in shown.items()}
    if isinstance(node, list):
        return [_by_marks(value) for value in node]
    return node


def _marked(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if mark.from_secret(node):
            yield node
        if _is_application(node):
            return
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(value, (dict, list)):
            yield from _marked(value)


def _is_application(node: dict[str, Any]) -> bool:
    """True if a node is an application. It holds no further one, and most of a declaration is below it."""
    return node.get("class") == "Application"
