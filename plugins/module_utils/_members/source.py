# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The user's source of one pool, parsed from options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from .._errors import Failure
from .options import DEFAULT_NAMESPACE, DEFAULTS, RECORDED


@dataclass(frozen=True)
class Source:
    """Where one pool's members come from: the options of plugins/doc_fragments/pool_source.py.

    mode  the option pool_member_type
    path  the place in the user's input, which identifies the source within the task
    """

    namespace: str
    name: str
    port: str | None = None
    path: str = "pools[0]"
    mode: str = DEFAULTS["pool_member_type"]
    address_family: str = DEFAULTS["address_family"]
    terminating: str = DEFAULTS["terminating"]
    node_label_selector: str | None = None
    node_address_type: str = DEFAULTS["node_address_type"]
    node_weight: str = DEFAULTS["node_weight"]
    include_unschedulable: bool = DEFAULTS["include_unschedulable"]
    exclude_nodes: tuple[str, ...] = ()
    route_domain: int | None = None
    wait_for_mappings: float = DEFAULTS["wait_for_mappings"]
    network_provider: str = DEFAULTS["network_provider"]
    pod_network_routable: bool | None = None
    trust_npl_annotations: bool = DEFAULTS["trust_npl_annotations"]

    @property
    def key(self) -> str:
        return self.path

    @property
    def service_name(self) -> str:
        return f"{self.namespace}/{self.name}"

    def recorded(self) -> dict[str, Any]:
        """The options that decide the members and are not the defaults, for the mark.

        Service and mode are not among them.
        """
        recorded: dict[str, Any] = {}
        for name in RECORDED:
            value = getattr(self, name)
            if value not in (type(self).__dataclass_fields__[name].default, ""):
                recorded[name] = sorted(set(value)) if isinstance(value, tuple) else value
        return recorded

    @staticmethod
    def from_options(item: Mapping[str, Any], defaults: Mapping[str, Any], path: str) -> Source:
        """One source of the user's input. The task's defaults fill its gaps, then ours.

        Raises Failure (service_missing) if it names no Service.
        """
        service = item.get("service") or {}
        if not service.get("name"):
            remedy = "Set service.name (and service.namespace)."
            raise Failure("service_missing", f"{path} names no Service", remedy=remedy)
        values: dict[str, Any] = {}
        for name, option in _OPTIONS.items():
            value = item.get(option)
            if value is None:
                value = defaults.get(option)
            if value is not None:
                values[name] = tuple(value) if isinstance(value, list) else value
        port = service.get("port")
        return Source(
            namespace=service.get("namespace") or DEFAULT_NAMESPACE,
            name=service["name"],
            port=None if port in (None, "") else str(port),
            path=path,
            **values,
        )


_OPTIONS = {
    name: "pool_member_type" if name == "mode" else name
    for name in Source.__dataclass_fields__
    if name not in ("namespace", "name", "port", "path")
}
"""The fields of a Source that are options of the user, and their names there."""
