# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base classes of the resources that show figures: ``stats`` of a collection and its items, and the reports
of the system."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from ..balance import Counters
from ..http import Reply, Request, Router, uri_name
from .base import TM, Collection, Endpoints, Resource, Stored
from .shapes import kind_of, stat, stats

Figures = dict[str, str | int]


class Measured(Collection[Stored]):
    """A collection with ``/stats`` below it, and below each item."""

    @abstractmethod
    def figures(self, one: Stored) -> Mapping[str, str | int]: ...

    def get_collection_stats(self, request: Request) -> Reply:
        entries = {
            f"{self.uri}/{uri_name(one.path)}/stats": stat(self.figures(one)) for one in self.listed(request)
        }
        return Reply(body=stats(f"{self.kind}collectionstats", f"{self.uri}/stats", entries))

    def get_stats(self, request: Request, name: str) -> Reply:
        one = self.wanted(name)
        where = f"{self.uri}/{uri_name(one.path)}/stats"
        return Reply(body=stats(f"{self.kind}stats", where, {where: stat(self.figures(one))}))

    @classmethod
    def endpoints(cls) -> Endpoints:
        return {
            "/stats": {"GET": cls.get_collection_stats},
            **super().endpoints(),
            "/{name}/stats": {"GET": cls.get_stats},
        }


class Report(Resource):
    """A URL that shows one set of figures, as ``show sys version`` does."""

    component: ClassVar[str]

    @abstractmethod
    def figures(self) -> Mapping[str, str | int]: ...

    def get(self, request: Request) -> Reply:
        return Reply(
            body=stats(
                f"{kind_of(self.component)}stats",
                self.component,
                {f"{self.component}/0": stat(self.figures())},
            )
        )

    def routes(self, router: Router) -> None:
        router.add(f"{TM}/{self.component}", GET=self.get)


def status(availability: str, on: bool, reason: str) -> Figures:
    return {
        "status.availabilityState": availability,
        "status.enabledState": "enabled" if on else "disabled",
        "status.statusReason": reason,
    }


def traffic(count: Counters, side: str = "serverside") -> Figures:
    return {
        f"{side}.bitsIn": count.bytes_in * 8,
        f"{side}.bitsOut": count.bytes_out * 8,
        f"{side}.curConns": count.current,
        f"{side}.maxConns": count.maximum,
        f"{side}.totConns": count.total,
    }
