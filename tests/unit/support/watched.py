# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a cluster as the event source reads them, and one field of them changed."""

from __future__ import annotations

import copy
from typing import Any, Iterable

from ansible_collections.vks.bigip.plugins.module_utils._watch.known import Change

Raw = dict[str, Any]


def secret(name: str, version: str = "1", namespace: str = "default", uid: str = "u") -> Raw:
    """The metadata of a Secret."""
    return {"metadata": {"namespace": namespace, "name": name, "uid": uid, "resourceVersion": version}}


def changed(raw: Raw, path: str, value: Any) -> Raw:
    """A copy with one value changed: path "spec.ports.0.port". None removes it; lists grow by one element."""
    whole: Any = copy.deepcopy(raw)
    *places, last = [int(part) if part.isdigit() else part.replace("|", ".") for part in path.split(".")]
    inner = whole
    for place in places:
        if isinstance(inner, dict) and inner.get(place) is None:
            inner[place] = {}
        inner = inner[place]
    if value is None:
        del inner[last]
    elif isinstance(inner, list) and last == len(inner):
        inner.append(value)
    else:
        inner[last] = value
    result: Raw = whole
    return result


def texts(changes: Iterable[Change]) -> list[str]:
    """Each change in one word: default/web:Service:created, or *:Node:nodes."""
    return [f"{'/'.join(one.service) if one.service else '*'}:{one.kind}:{one.reason}" for one in changes]
