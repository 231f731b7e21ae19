# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The cluster as the role read it, and what in it belongs to the release of its variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .names import Names
from .wanted import Options

_TENANT = re.compile(r"[A-Za-z][0-9A-Za-z_.-]{0,189}")
"""AS3 accepts no other names of tenants, and may reject a request that has one."""

_CUSTOM = ("VirtualServer", "TransportServer", "IngressLink", "Service")
_INGRESS = ("Ingress", "ConfigMap")


class Seen:
    """read: `options`; `found`, the result of cis_info; `helm`, that of helm_info, where it was asked."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self.options: Options = read["options"]
        self.names = Names.of(self.options)
        self.found: Mapping[str, Any] = read["found"]
        self.check: bool = self.found["check_mode"]
        self.installation: Mapping[str, Any] = self.found["installation"]
        stored = self.installation["helm_release"] or (read.get("helm") or {}).get("status")
        self.release: Mapping[str, Any] = stored or {}
        self.values: Mapping[str, Any] = self.release.get("values") or {}

    # Helm's release

    @property
    def status(self) -> str:
        return str(self.release.get("status") or "")

    @property
    def installed(self) -> bool:
        return bool(self.release)

    @property
    def deployed(self) -> bool:
        """True if the release worked: Helm then has a state to roll back to."""
        return self.status == "deployed"

    @property
    def name_override(self) -> str:
        """A Deployment's selector cannot change, so a release keeps its name.

        A second release in the namespace gets one that is not the chart's.
        """
        if self.installed:
            return str(self.values.get("nameOverride") or "")
        if not any(one["namespace"] == self.names.namespace for one in self.others):
            return ""
        return "f5-bigip-ctlr-own" if self.names.release == "f5-bigip-ctlr" else self.names.release

    # CIS

    @property
    def mine(self) -> list[Mapping[str, Any]]:
        return [one for one in self.found["controllers"] if self._is_mine(one)]

    @property
    def others(self) -> list[Mapping[str, Any]]:
        return [one for one in self.found["controllers"] if not self._is_mine(one)]

    def _is_mine(self, one: Mapping[str, Any]) -> bool:
        return (one["namespace"], one["release"]) == (self.names.namespace, self.names.release)

    def live(self, deployment: str) -> Mapping[str, Any]:
        """The CIS of this Deployment; empty if there is none."""
        place = (self.names.namespace, deployment)
        return next(
            (one for one in self.found["controllers"] if (one["namespace"], one["name"]) == place), {}
        )

    @property
    def works(self) -> bool:
        return [bool(one["available"]) for one in self.mine] == [True] and not self.found["problems"]

    # Objects beside the release

    @property
    def lacks_namespace(self) -> bool:
        """Check mode cannot try objects in a namespace that does not exist yet."""
        return self.check and self.installation["namespace"] is None

    @property
    def login(self) -> Mapping[str, Any]:
        """The login Secret, as cis_info describes it."""
        path = (self.names.namespace, self.names.login_secret)
        stored: list[Mapping[str, Any]] = self.installation["secrets"]
        (found,) = [one for one in stored if (one["namespace"], one["name"]) == path]
        return found

    def config_map(self, name: str) -> Mapping[str, Any]:
        config_maps = self.installation.get("config_maps") or []
        return next((one for one in config_maps if one["name"] == name), {})

    # Tenants: beside the partition of CIS, those that resources and AS3 ConfigMaps name.

    @property
    def named(self) -> list[Mapping[str, Any]]:
        """The tenants that resources name which this CIS handles."""
        kinds = _CUSTOM if self.options["custom_resource_mode"] else _INGRESS
        spaces = set(self.options["namespaces"])
        return [
            one
            for one in self.found["tenants"]
            if one["tenant"] and one["kind"] in kinds and (not spaces or one["namespace"] in spaces)
        ]

    @property
    def tenants(self) -> list[str]:
        """The tenants that CIS would write."""
        others = [one["tenant"] for one in self.named if is_tenant(one["tenant"])]
        return list(dict.fromkeys([self.options["bigip_partition"], *others]))


def is_tenant(name: str) -> bool:
    return bool(_TENANT.fullmatch(name))
