# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""F5's support and validation on VKS. A maintainer updates this data from F5's page."""

from __future__ import annotations

F5_PAGE = "https://clouddocs.f5.com/containers/latest/userguide/vmware-vks/"

# F5's table: each feature of CIS by pool member type. None: F5 states no limit.
# A text: why F5 does not support it, as the begin of a sentence.
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

# F5's limits of the platform. They cannot work, so nothing overrides them.
CALICO_ON_NSX = (
    "Calico with pool_member_type cluster cannot be used on NSX: BIG-IP would need a leg in the segment "
    "of the cluster"
)
LEG_IN_SEGMENT = "a leg in the segment of the cluster is not supported on NSX"

# The combination that F5 has validated, by the leading parts of each version.
# VCF is not compared, because a cluster does not show its version.
VALIDATED: dict[str, tuple[str, ...]] = {
    "VKS": ("3.6",),
    "Kubernetes": ("1.35",),
    "CIS": ("2.20.3",),
    "BIG-IP": ("17", "21"),
    "AS3": ("3.56.0",),
}
VALIDATED_VCF = "9.0"


def limit(mode: str, feature: str) -> str | None:
    """Return why F5 does not support a feature with a pool member type; None if F5 states no limit."""
    return TABLE[feature][mode]


def validated(product: str, version: str) -> bool:
    """Return whether a version is validated: 1.35.6 belongs to 1.35, 1.350 does not."""
    parts = version.lstrip("v").split(".")
    return any(parts[: len(wanted.split("."))] == wanted.split(".") for wanted in VALIDATED[product])
