# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Services and the mode of what a play publishes, from its variables `applications`, `pools` and
`label_namespaces`.

The play checks these variables. So an item that cannot be understood is not a fault here: it names no Service.
"""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from .._boundary import unset
from .._members.options import DEFAULT_NAMESPACE, MODES
from .digests import Name

AUTO = "auto"


def items(*variables: object) -> list[Mapping[str, Any]]:
    """The items of these variables; a survey gives YAML as text."""
    values = (unset.loaded(value) if isinstance(value, str) else value for value in variables)
    lists = (value for value in values if isinstance(value, list))
    return [item for value in lists for item in value if isinstance(item, Mapping)]


def services(published: Sequence[Mapping[str, Any]]) -> frozenset[Name]:
    """The Services that fill pools of these items."""
    return frozenset(_services(published))


def _services(published: Sequence[Mapping[str, Any]]) -> Iterator[Name]:
    for item in published:
        service = item.get("service")
        if isinstance(service, Mapping) and service.get("name"):
            yield str(service.get("namespace") or DEFAULT_NAMESPACE), str(service["name"])


def label_namespaces(value: object) -> frozenset[str]:
    """The namespaces whose Services may fill pools by their labels: a list, or a dictionary of tenants and lists."""
    loaded = unset.loaded(value) if isinstance(value, str) else value
    lists = loaded.values() if isinstance(loaded, Mapping) else [loaded]
    names = [part.split(",") if isinstance(part, str) else part for part in lists]
    flat = [str(name).strip() for part in names if isinstance(part, list) for name in part]
    return frozenset(name for name in flat if name)


def mode(published: Sequence[Mapping[str, Any]], default: str) -> str:
    """The one mode of these items; auto for several. default: the mode of an item without one of its own."""
    modes = {item.get("pool_member_type") or default for item in published}
    known = {mode if mode in MODES else AUTO for mode in modes}
    return known.pop() if len(known) == 1 else AUTO if known else default
