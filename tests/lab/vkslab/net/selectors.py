# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes of Services by selector, and of Pods by label."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .objects import Pod, Selector, Service


def selects(selector: Selector, labels: Mapping[str, str]) -> bool:
    """An empty selector selects nothing: such a Service has no Pods of its own."""
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


class SelectorIndex:
    """The Services that select a Pod, without a look at every Service of its namespace."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], dict[str, Service]] = defaultdict(dict)

    @staticmethod
    def _bucket(service: Service) -> tuple[str, str, str] | None:
        return (service.namespace, *min(service.selector.items())) if service.selector else None

    def change(self, old: Service | None, new: Service | None) -> None:
        if old and (bucket := self._bucket(old)):
            self._buckets[bucket].pop(old.name, None)
            if not self._buckets[bucket]:
                del self._buckets[bucket]
        if new and (bucket := self._bucket(new)):
            self._buckets[bucket][new.name] = new

    def of(self, pod: Pod) -> list[Service]:
        return [
            service
            for key, value in pod.labels.items()
            for service in self._buckets.get((pod.namespace, key, value), {}).values()
            if selects(service.selector, pod.labels)
        ]


class PodIndex:
    """The Pods that a selector selects, without a look at every Pod of the namespace."""

    def __init__(self) -> None:
        self._pods: dict[tuple[str, str, str], dict[str, Pod]] = defaultdict(dict)

    def change(self, old: Pod | None, new: Pod | None) -> None:
        if old and (new is None or old.labels != new.labels):
            for key, value in old.labels.items():
                bucket = self._pods[old.namespace, key, value]
                bucket.pop(old.uid, None)
                if not bucket:
                    del self._pods[old.namespace, key, value]
        if new:
            for key, value in new.labels.items():
                self._pods[new.namespace, key, value][new.uid] = new

    def of(self, service: Service | None) -> Iterable[Pod]:
        if service is None or not service.selector:
            return []
        smallest = min(
            (self._pods.get((service.namespace, key, value), {}) for key, value in service.selector.items()),
            key=len,
        )
        return [pod for pod in smallest.values() if selects(service.selector, pod.labels)]
