# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A VKS release: the object that owns Antrea's settings, and its names."""

from __future__ import annotations

from dataclasses import dataclass

#: The vSphere Namespace of the lab's cluster.
NAMESPACE = "team-a"
#: Where the platform keeps add-ons for all namespaces, since VKS 3.6.
PUBLIC = "vmware-system-vks-public"
#: Where packages are installed from, in the workload cluster.
PACKAGES = "vmware-system-tkg"


@dataclass(frozen=True)
class Era:
    """One `--vks`."""

    cluster_class: str
    addons: bool  # AddonConfig owns the settings (VKS 3.6+); else AntreaConfig does
    antrea: str  # the release that comes with it
    package: str  # its package's version
    cluster_api: str
    npl_in_schema: bool = True

    @property
    def definition(self) -> str:
        """The AddonConfigDefinition's name: the package's, with +, which no name may have, as ---."""
        return f"antrea.tanzu.vmware.com.{self.package.replace('+', '---')}"


ERAS = {
    # VKS 3.5 serves v1beta2 of Cluster, too. The lab converts nothing, so each release has the version that
    # clients read.
    "3.5": Era("builtin-generic-v3.5.0", False, "2.3.0", "2.3.0+vmware.3-tkg.1", "v1beta1"),
    "3.6": Era("builtin-generic-v3.6.0", True, "2.5.2", "2.5.2+vmware.2-tkg.1", "v1beta2"),
    "3.6-no-schema": Era(
        "builtin-generic-v3.6.0", True, "2.5.2", "2.5.2+vmware.2-tkg.1", "v1beta2", npl_in_schema=False
    ),
}
