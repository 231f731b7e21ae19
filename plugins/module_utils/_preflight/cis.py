# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The features of CIS that F5 supports in the mode that is checked."""

from __future__ import annotations

from .._facts.facts import Facts
from .._facts.unknown import need
from .f5_support import limit
from .judgement import Judgement, bad, doubtful, good, shown

_OVERRIDE = "allow_unvalidated: true goes on with a warning."


def features(facts: Facts) -> Judgement:
    """Check P11: all features of F5's table except multi-cluster."""
    mode = facts.mode[0]
    limits = [
        said
        for feature in ("ingress", "crd")
        if feature in facts.wishes.features and (said := limit(mode, feature))
    ]
    if limits:
        return bad(
            f"{limits[0]}, and features names it.", f"Use another pool_member_type, or ask F5. {_OVERRIDE}"
        )
    return _transport_server(facts)


def _transport_server(facts: Facts) -> Judgement:
    said = limit(facts.mode[0], "transportserver")
    if said is None:
        return good(f"F5 states no limit for TransportServer with pool_member_type {facts.mode[0]}.")
    remedy = f"Use VirtualServer, or pool_member_type nodeport, or ask F5. {_OVERRIDE}"
    if "transportserver" in facts.wishes.features:
        return bad(f"{said}, and features names transportserver.", remedy)
    names = need(facts.transport_servers)
    return (
        doubtful(f"{said}, and the cluster has {shown(names)}.", remedy)
        if names
        else good("The cluster has no TransportServer, and features names none.")
    )


def multi_cluster(facts: Facts) -> Judgement:
    """Check P12: a running CIS shows multi-cluster by its arguments."""
    said = limit(facts.mode[0], "multicluster")
    if said is None:
        return good(f"F5 states no limit for multi-cluster with pool_member_type {facts.mode[0]}.")
    remedy = f"Use pool_member_type nodeport or cluster, or run one CIS for each cluster. {_OVERRIDE}"
    if "multicluster" in facts.wishes.features:
        return bad(f"{said}, and features names multicluster.", remedy)
    running = [
        f"{item.name} has --multi-cluster-mode {value}"
        for item in need(facts.cis)
        for value in item.values("--multi-cluster-mode")
        if value
    ]
    return (
        bad(f"{said}, and {shown(running)}.", remedy)
        if running
        else good("No CIS runs in multi-cluster mode, and features does not name it.")
    )
