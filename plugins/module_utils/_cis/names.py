# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The names of what belongs to one CIS in the cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

CHART = "f5-bigip-ctlr"


@dataclass(frozen=True)
class Names:
    """All but a login Secret of the user's carry the release's name. So several CIS can share a namespace."""

    release: str
    namespace: str
    login_secret: str

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Names:
        release = str(options.get("release_name") or CHART)
        return cls(
            release,
            str(options.get("namespace") or ""),
            str(options.get("bigip_login_secret") or f"{release}-login"),
        )

    @property
    def trusted_certs(self) -> str:
        return f"{self.release}-trusted-certs"

    @property
    def service_account(self) -> str:
        return f"{self.release}-serviceaccount"

    @property
    def extended_spec(self) -> str:
        return f"{self.release}-extended-spec"

    def kubeconfig(self, cluster: str) -> str:
        """The Secret with the kubeconfig of another cluster."""
        return f"{self.release}-kubeconfig-{cluster}"

    @property
    def ipam_claim(self) -> str:
        """The claim for the database of the IPAM controller."""
        return f"{self.release}-ipam"

    @property
    def rights(self) -> str:
        """The ClusterRole and its Binding that let CIS read Calico's blocks."""
        return f"{self.release}-blockaffinities"

    @property
    def labels(self) -> dict[str, str]:
        """Of all objects that the role makes."""
        return {"app.kubernetes.io/managed-by": "vks.bigip", "app.kubernetes.io/instance": self.release}
