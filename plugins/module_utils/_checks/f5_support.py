# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What F5 supports and has validated on VKS: data for a person to update from F5's page. This module util is PRIVATE to the collection."""

from __future__ import annotations

F5_PAGE = "https://clouddocs.f5.com/containers/latest/userguide/vmware-vks/"

FEATURES = ("ingress", "crd", "transportserver", "multicluster")
MODES = ("nodeport", "nodeportlocal", "cluster")

# Why F5 does not support a feature of CIS in a mode; what is not here has no limit on F5's page.
UNSUPPORTED: dict[tuple[str, str], str] = {
    ("nodeportlocal", "transportserver"): "F5 does not support TransportServer with NodePortLocal at present",
    ("nodeportlocal", "multicluster"): "F5 does not support multi-cluster with NodePortLocal at present",
}

# The combination that F5 has validated, by the leading parts of each version. VCF cannot be read from a cluster and is not compared.
VALIDATED: dict[str, tuple[str, ...]] = {
    "VKS": ("3.6",),
    "Kubernetes": ("1.35",),
    "CIS": ("2.20.3",),
    "BIG-IP": ("17", "21"),
    "AS3": ("3.56.0",),
}
VALIDATED_VCF = "9.0"


def validated(product: str, version: str) -> bool:
    """Whether a version is among the validated ones: 1.35.6 is of 1.35, 1.350 is not."""
    parts = version.lstrip("v").split(".")
    return any(parts[: len(wanted.split("."))] == wanted.split(".") for wanted in VALIDATED[product])
