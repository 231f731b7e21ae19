# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The listed Services: found, annotated with a mark, and freed of what the mark says is ours."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from .._errors import Failure
from .._kube import lists
from .._kube.client import Client, NotFound
from .._npl.services import ANNOTATION, Step, step


class Services:
    """What becomes of them is known, and refused if it is in vain, before anything is written."""

    def __init__(self, client: Client, wanted: Sequence[Mapping[str, Any]], present: bool) -> None:
        self._client = client
        found: dict[tuple[str, str], Step] = {}
        for item in wanted:
            for raw in self._find(item, present):
                made = step(raw, present)
                found[(made.namespace, made.name)] = made
        self._steps = [found[key] for key in sorted(found)]
        faults = [made.fault for made in self._steps if made.fault]
        if faults:
            raise Failure(
                "npl_services", "looking at the Services", said="; ".join(faults), remedy="Nothing was written. Take them off the list, or change them."
            )

    def _find(self, item: Mapping[str, Any], present: bool) -> list[dict[str, Any]]:
        if item.get("name"):
            try:
                return [lists.one(self._client, lists.SERVICES, item["namespace"], item["name"])]
            except NotFound as absent:
                if not present:
                    return []
                raise Failure("service_not_found", absent.doing, said=absent.said, remedy="Nothing was written. Correct its name and namespace.") from None
        return lists.each(self._client, lists.SERVICES, item["namespace"], lambda raw: raw, item["label_selector"])

    @property
    def changes(self) -> list[Step]:
        return [made for made in self._steps if made.annotations]

    def write(self) -> None:
        for made in self.changes:
            right = {"verb": "patch", "resource": "services", "group": "", "namespace": made.namespace}
            self._client.patch(
                lists.address(lists.SERVICES, made.namespace, made.name),
                {"metadata": {"annotations": dict(made.annotations)}},
                doing=f"changing annotations of Service {made.namespace}/{made.name}",
                right=right,
            )

    def report(self) -> list[dict[str, str]]:
        return [made.as_dict() for made in self._steps]

    def diff(self) -> list[dict[str, str]]:
        made = []
        for item in self.changes:
            header = f"Service {item.namespace}/{item.name}"
            line = f'{ANNOTATION}: "true"\n'
            before, after = ("", line) if item.action == "annotate" else (line, "")
            made.append({"before_header": header, "after_header": header, "before": before, "after": after})
        return made
