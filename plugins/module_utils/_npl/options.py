# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The options of antrea_npl."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._errors import Failure
from . import port_range as ranges

ENABLED, DISABLED = "enabled", "disabled"
NEVER, WHEN_NEEDED, ALWAYS = "never", "when_needed", "always"


@dataclass(frozen=True)
class NplOptions:
    """nodes     the nodes whose agents may restart; None: all
    services  each with namespace, and name or label_selector
    """

    state: str = ENABLED
    port_range: str | None = None
    restart_agents: str = WHEN_NEEDED
    nodes: tuple[str, ...] | None = None
    services: tuple[Mapping[str, Any], ...] = ()
    services_state: str = "present"
    supervisor_namespace: str | None = None
    cluster_name: str | None = None
    timeout: float = 1800

    def check(self) -> None:
        """Raise Failure if an option is not valid."""
        fault = ranges.fault(self.port_range) if self.port_range is not None else None
        if fault:
            said = f"port_range {self.port_range} {fault}"
            raise Failure("npl_range", "reading the options", said=said, remedy=ranges.CHOOSE)
        for number, item in enumerate(self.services):
            _check_service(number, item)

    @property
    def enabled(self) -> bool:
        return self.state == ENABLED


def _check_service(number: int, item: Mapping[str, Any]) -> None:
    """Raise Failure for an empty namespace, name or selector: the API would list every Service."""
    names = ("namespace", "name", "label_selector")
    empty = [name for name in names if item.get(name) is not None and not item[name].strip()]
    if not empty and item.get("name") is None and item.get("label_selector") is None:
        empty = ["name", "label_selector"]
    if empty:
        said = " and ".join(f"services[{number}].{name}" for name in empty)
        raise Failure(
            "npl_services",
            "reading the options",
            said=f"{said} {'is' if len(empty) == 1 else 'are'} empty",
            remedy="Nothing was written. Name the Services, or remove the item from the list.",
        )
