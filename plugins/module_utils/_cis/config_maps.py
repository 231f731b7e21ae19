# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""AS3 ConfigMaps of CIS as declarations of the module publish, and those that publish would refuse."""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator, Mapping

from . import applications
from .beside import Fault
from .tenants import MOST_TEXTS


def declarations(
    config_maps: Iterable[Mapping[str, Any]],
    label_namespaces: Callable[[str], list[str]],
    fault: Callable[[str, str, Any], Fault | None],
    expressed: applications.Expressed,
) -> Iterator[dict[str, Any]]:
    """Return the texts of these ConfigMaps, the older ones first.

    label_namespaces  the namespaces whose Services fill the pools of a namespace's ConfigMaps; empty: skip it
    fault             why publish refuses a text of (namespace, name), alone or beside an older one
    expressed         takes what is left out
    """
    for raw in sorted(config_maps, key=applications.age):
        namespace, name = raw["metadata"]["namespace"], raw["metadata"]["name"]
        labelled = label_namespaces(namespace)
        texts = list((raw.get("data") or {}).values()) if labelled else []
        if len(texts) > MOST_TEXTS:
            expressed.leave_out(
                "ConfigMap", raw, "", f"It has more than {MOST_TEXTS} texts. An AS3 ConfigMap has one."
            )
            continue
        for text in texts:
            refused = fault(namespace, name, text)
            if refused:
                expressed.leave_out("ConfigMap", raw, *refused)
            else:
                yield {
                    "namespace": namespace,
                    "name": name,
                    "declaration": text,
                    "label_namespaces": labelled,
                }
