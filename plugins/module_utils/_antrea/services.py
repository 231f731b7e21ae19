# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The listed Services: read, annotated with a mark, and freed of an annotation with our mark."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .._errors import Failure
from .._kube import lists
from .._kube.client import Client, NotFound
from .._npl.services import ANNOTATION, ServiceChange, change


class Services:
    """Reads all of them, and raises Failure for one that Antrea would not map, before anything is written."""

    def __init__(self, client: Client, named: Sequence[Mapping[str, Any]], present: bool) -> None:
        self._client = client
        by_name: dict[tuple[str, str], ServiceChange] = {}
        for item in named:
            for raw in self._read(item, present):
                of_service = change(raw, present)
                by_name[(of_service.namespace, of_service.name)] = of_service
        self._all = [by_name[key] for key in sorted(by_name)]
        faults = [item.fault for item in self._all if item.fault]
        if faults:
            raise Failure(
                "npl_services",
                "checking the Services",
                said="; ".join(faults),
                remedy="Nothing was written. Remove them from the list, or change them.",
            )

    def _read(self, item: Mapping[str, Any], present: bool) -> list[dict[str, Any]]:
        namespace, name = item["namespace"], item.get("name")
        if not name:
            selector = item["label_selector"]
            return lists.each(self._client, lists.SERVICES, namespace, lambda raw: raw, selector)
        try:
            return [lists.one(self._client, lists.SERVICES, namespace, name)]
        except NotFound as absent:
            if not present:
                return []
            remedy = "Nothing was written. Correct its name and namespace."
            raise Failure("service_not_found", absent.what, said=absent.said, remedy=remedy) from None

    @property
    def changes(self) -> list[ServiceChange]:
        return [item for item in self._all if item.annotations]

    def write(self) -> None:
        for item in self.changes:
            right = {"verb": "patch", "resource": "services", "group": "", "namespace": item.namespace}
            self._client.patch(
                lists.address(lists.SERVICES, item.namespace, item.name),
                {"metadata": {"annotations": dict(item.annotations)}},
                doing=f"changing annotations of Service {item.namespace}/{item.name}",
                right=right,
            )

    def report(self) -> list[dict[str, str]]:
        return [item.as_dict() for item in self._all]

    def diff(self) -> list[dict[str, str]]:
        diffs = []
        for item in self.changes:
            header = f"Service {item.namespace}/{item.name}"
            line = f'{ANNOTATION}: "true"\n'
            before, after = ("", line) if item.action == "annotate" else (line, "")
            diffs.append({"before_header": header, "after_header": header, "before": before, "after": after})
        return diffs
