# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What F5 supports and has validated on VKS: data for a person to update from F5's page. This module util is PRIVATE to the collection."""

from __future__ import annotations

F5_PAGE = "https://clouddocs.f5.com/containers/latest/userguide/vmware-vks/"

MODES = ("nodeport", "nodeportlocal", "cluster")
FEATURES = ("ingress", "crd", "transportserver", "multicluster")

# F5's table: each feature of CIS by pool member type. None: F5 states no limit. A text: why F5 does not support it, as the begin of a sentence.
TABLE: dict[str, dict[str, str | None]] = {
    "ingress": {"nodeport": None, "nodeportlocal": None, "cluster": None},
    "crd": {"nodeport": None, "nodeportlocal": None, "cluster": None},
    "transportserver": {
        "nodeport": None,
        "nodeportlocal": "F5 does not support TransportServer with NodePortLocal at present",
        "cluster": None,
    },
    "multicluster": {
        "nodeport": None,
        "nodeportlocal": "F5 does not support multi-cluster with NodePortLocal at present",
        "cluster": None,
    },
}
UNSUPPORTED = {(mode, feature): said for feature, row in TABLE.items() for mode, said in row.items() if said}

# F5's limits of the platform. They are of the kind that cannot work, so that nothing overrides them.
CALICO_ON_NSX = "Calico with pool_member_type cluster cannot be used on NSX: BIG-IP would need a leg in the segment of the cluster"
LEG_IN_SEGMENT = "a leg in the segment of the cluster is not supported on NSX"

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
