# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What F5 supports of CIS in the mode that is judged. This module util is PRIVATE to the collection."""

from __future__ import annotations

from .._facts.model import Facts, Verdict, bad, doubtful, good, need
from .f5_support import UNSUPPORTED
from .npl import shown

_OVERRIDE = "allow_unvalidated: true goes on all the same."


def features(facts: Facts) -> Verdict:
    """All features of F5's table but multi-cluster, which a running CIS shows by its arguments."""
    mode = facts.mode[0]
    hit = [said for feature in ("ingress", "crd") if feature in facts.wishes.features and (said := UNSUPPORTED.get((mode, feature)))]
    if hit:
        return bad(f"{hit[0]}, and features names it.", f"Use another pool_member_type, or ask F5. {_OVERRIDE}")
    return _transport_server(facts)


def _transport_server(facts: Facts) -> Verdict:
    said = UNSUPPORTED.get((facts.mode[0], "transportserver"))
    if said is None:
        return good(f"F5 states no limit for TransportServer with pool_member_type {facts.mode[0]}.")
    remedy = f"Use VirtualServer, or pool_member_type nodeport, or ask F5. {_OVERRIDE}"
    if "transportserver" in facts.wishes.features:
        return bad(f"{said}, and features names transportserver.", remedy)
    found = need(facts.transport_servers)
    return doubtful(f"{said}, and the cluster has {shown(list(found))}.", remedy) if found else good("There is no TransportServer, and none is asked for.")


def multi_cluster(facts: Facts) -> Verdict:
    said = UNSUPPORTED.get((facts.mode[0], "multicluster"))
    if said is None:
        return good(f"F5 states no limit for multi-cluster with pool_member_type {facts.mode[0]}.")
    remedy = f"Use pool_member_type nodeport or cluster, or run one CIS for each cluster. {_OVERRIDE}"
    if "multicluster" in facts.wishes.features:
        return bad(f"{said}, and features names multicluster.", remedy)
    hit = [f"{item.name} has --multi-cluster-mode {value}" for item in need(facts.cis) for value in item.values("--multi-cluster-mode") if value]
    return bad(f"{said}, and {shown(hit)}.", remedy) if hit else good("No CIS runs in multi-cluster mode, and none is asked for.")
