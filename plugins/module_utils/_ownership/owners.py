# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may change what: marks, unmarked applications, and what a CIS may own. This module util is PRIVATE to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Collection, Iterable, Mapping

from .._errors import Failure
from . import mark


@dataclass(frozen=True)
class CisClaim:
    """A CIS of the cluster and the tenants it writes. running: it has replicas, so that it would write them again.

    deployment: namespace/name. unread: why there may be further tenants; without any Deployment to be read it is "".
    """

    deployment: str
    partitions: frozenset[str]
    running: bool
    unread: Failure | None = None

    @property
    def name(self) -> str:
        return f"the CIS Deployment {self.deployment}"


def claim_on(tenant: str, stored: Mapping[str, Any] | None, claims: Iterable[CisClaim]) -> CisClaim | None:
    """The CIS that may own this tenant: it names the tenant, or the tenant's label names its partition. A running one first."""
    label = (stored or {}).get("label")
    found = [claim for claim in claims if tenant in claim.partitions or (isinstance(label, str) and label in claim.partitions)]
    return next((claim for claim in found if claim.running), found[0] if found else None)


def refusal(
    tenant: str, stored: dict[str, Any] | None, named: Iterable[str], owner: str, adopt: str, claims: Collection[CisClaim]
) -> Failure | None:
    """Why these applications of a tenant must not be written; None if they may.

    A tenant that is not there yet may be one that a running CIS is about to make.
    """
    applications = mark.applications(stored)
    unmarked = sorted(name for name, value in applications.items() if mark.owner(value) is None)
    claim = claim_on(tenant, stored, claims)
    if claim is not None and claim.running and (unmarked or stored is None):
        return Failure(
            "cis_running",
            f"Tenant {tenant} may belong to {claim.name}, which is running and would write it" + ("" if stored is None else " again"),
            remedy="Publish to another tenant, or scale this CIS to 0 and run once with adopt: cis.",
            tenant=tenant,
        )
    if claim is not None and unmarked and adopt != "cis":
        return Failure(
            "cis_tenant",
            f"Tenant {tenant} may belong to {claim.name}, which is scaled to 0",
            remedy="Run once with adopt: cis to take the tenant over without an outage.",
            tenant=tenant,
        )
    unread = next((claim.unread for claim in claims if claim.unread and (claim.running or adopt != "cis")), None)
    for name in named:
        value = applications.get(name)
        if value is None:
            continue
        theirs = mark.owner(value)
        if theirs == owner:
            continue
        if theirs is not None:
            return Failure(
                "not_ours",
                f"Application {tenant}/{name} on BIG-IP belongs to owner {theirs!r}, not to {owner!r}",
                remedy="Publish under another name, or set owner if it is yours.",
                tenant=tenant,
                application=name,
            )
        if adopt == "none":
            return Failure(
                "unmarked",
                f"Application {tenant}/{name} is on BIG-IP already and was not published by this module",
                remedy="If it is yours, run once with adopt: unmarked; else publish under another name.",
                tenant=tenant,
                application=name,
            )
        if unread:
            return Failure(
                "cis_unknown",
                f"Application {tenant}/{name} on BIG-IP carries no mark, and whether a CIS owns tenant {tenant} is unknown: {unread.what}",
                said=unread.said,
                remedy=f"{unread.remedy or ''} Then run again. Or publish to another tenant.".strip(),
                tenant=tenant,
                application=name,
            )
    return None


def ours(stored: Mapping[str, Any] | None, owner: str) -> list[str]:
    """The applications of a stored tenant that carry our mark."""
    return sorted(name for name, value in mark.applications(dict(stored or {})).items() if mark.owner(value) == owner)


def others(stored: Mapping[str, Any] | None, named: Iterable[str], owner: str) -> list[str]:
    """The applications of a stored tenant that are neither ours nor about to become ours."""
    return sorted(set(mark.applications(dict(stored or {}))) - set(ours(stored, owner)) - set(named))
