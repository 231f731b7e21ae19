# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Who may change what: marks, unmarked applications, and what a CIS may own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Collection, Iterable, Mapping

from .._errors import Failure
from . import mark


@dataclass(frozen=True)
class CisClaim:
    """A CIS of the cluster and the tenants that it writes.

    deployment  namespace/name; "" without any Deployment that could be read
    running     it has replicas, so it would write its tenants again
    unread      why it may have further tenants
    """

    deployment: str
    partitions: frozenset[str]
    running: bool
    unread: Failure | None = None

    @property
    def name(self) -> str:
        """The CIS in a message."""
        return f"the CIS Deployment {self.deployment}"


def claim_on(tenant: str, stored: Mapping[str, object] | None, claims: Iterable[CisClaim]) -> CisClaim | None:
    """The CIS that may own this tenant, a running one first.

    It names the tenant, or the tenant's label names its partition.
    """
    label = (stored or {}).get("label")
    names = {tenant, label} if isinstance(label, str) else {tenant}
    matching = [claim for claim in claims if names & claim.partitions]
    running = [claim for claim in matching if claim.running]
    return next(iter(running or matching), None)


def refusal(
    tenant: str,
    stored: Mapping[str, object] | None,
    named: Iterable[str],
    owner: str,
    adopt: str,
    claims: Collection[CisClaim],
) -> Failure | None:
    """Why these applications of a tenant must not be written; None if they may."""
    applications = mark.applications(stored)
    unmarked = [name for name, value in applications.items() if mark.owner(value) is None]
    claim = claim_on(tenant, stored, claims)
    # A running CIS may also be about to create a tenant that is not stored yet.
    if claim is not None and claim.running and (unmarked or stored is None):
        return _cis_running(tenant, claim, stored is not None)
    if claim is not None and unmarked and adopt != "cis":
        return _cis_tenant(tenant, claim)
    unread = next(
        (claim.unread for claim in claims if claim.unread and (claim.running or adopt != "cis")), None
    )
    for name in named:
        if name not in applications:
            continue
        theirs = mark.owner(applications[name])
        if theirs is not None:
            if theirs != owner:
                return _not_ours(tenant, name, theirs, owner)
        elif adopt == "none":
            return _unmarked(tenant, name)
        elif unread:
            return _cis_unknown(tenant, name, unread)
    return None


def ours(stored: Mapping[str, object] | None, owner: str) -> list[str]:
    """The applications of a stored tenant that carry the mark of this owner."""
    return sorted(name for name, value in mark.applications(stored).items() if mark.owner(value) == owner)


def others(stored: Mapping[str, object] | None, named: Iterable[str], owner: str) -> list[str]:
    """The applications of a stored tenant that are neither this owner's nor named."""
    return sorted(set(mark.applications(stored)) - set(ours(stored, owner)) - set(named))


def _cis_running(tenant: str, claim: CisClaim, is_stored: bool) -> Failure:
    return Failure(
        "cis_running",
        f"Tenant {tenant} may belong to {claim.name}, which is running and would write it"
        + (" again" if is_stored else ""),
        remedy="Publish to another tenant, or scale this CIS to 0 and run once with adopt: cis.",
        tenant=tenant,
    )


def _cis_tenant(tenant: str, claim: CisClaim) -> Failure:
    return Failure(
        "cis_tenant",
        f"Tenant {tenant} may belong to {claim.name}, which is scaled to 0",
        remedy="Run once with adopt: cis to take the tenant over without an outage.",
        tenant=tenant,
    )


def _not_ours(tenant: str, name: str, theirs: str, owner: str) -> Failure:
    return Failure(
        "not_ours",
        f"Application {tenant}/{name} on BIG-IP belongs to owner {theirs!r}, not to {owner!r}",
        remedy="Publish under another name, or set owner if it is yours.",
        tenant=tenant,
        application=name,
    )


def _unmarked(tenant: str, name: str) -> Failure:
    return Failure(
        "unmarked",
        f"Application {tenant}/{name} is on BIG-IP already and was not published by this module",
        remedy="If it is yours, run once with adopt: unmarked; else publish under another name.",
        tenant=tenant,
        application=name,
    )


def _cis_unknown(tenant: str, name: str, unread: Failure) -> Failure:
    return Failure(
        "cis_unknown",
        f"Application {tenant}/{name} on BIG-IP carries no mark, "
        f"and it is unknown whether a CIS owns tenant {tenant}: {unread.what}",
        said=unread.said,
        remedy=f"{unread.remedy or ''} Then run again. Or publish to another tenant.".strip(),
        tenant=tenant,
        application=name,
    )
