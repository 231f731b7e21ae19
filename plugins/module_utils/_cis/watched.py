# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The namespaces whose resources a CIS handles."""

from __future__ import annotations

from typing import Callable, Collection, Sequence

from .controller import Controller


class Watched:
    """names     returns the namespaces with a label; for an empty label, all
    without   the namespaces that the user leaves out
    """

    def __init__(self, names: Callable[[str], Collection[str]], without: Collection[str] = ()) -> None:
        self._names = names
        self._without = without

    def handles(self, one: Controller, namespace: str) -> bool:
        """Return whether this CIS handles resources of a namespace."""
        if not one.namespace_label:
            return one.watches(namespace)
        return namespace in self._names(one.namespace_label)

    def is_left_out(self, namespace: str) -> bool:
        return namespace in self._without

    def label_namespaces(self, controllers: Sequence[Controller], namespace: str) -> list[str]:
        """Return where labelled Services fill the pools of a namespace's ConfigMaps.

        Empty: none of these CIS handles it, or it is left out. Without a CIS, the namespace itself.
        """
        handling = [one for one in controllers if self.handles(one, namespace)]
        if self.is_left_out(namespace) or controllers and not handling:
            return []
        of_hubs = [self._namespaces(one) for one in handling if one.hub_mode]
        return sorted({namespace}.union(*of_hubs).difference(self._without))

    def _namespaces(self, one: Controller) -> set[str]:
        if one.namespaces and not one.namespace_label:
            return set(one.namespaces)
        return set(self._names(one.namespace_label))
