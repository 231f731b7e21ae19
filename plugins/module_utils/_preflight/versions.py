# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Versions against the combination that F5 has validated."""

from __future__ import annotations

import re

from .._facts.facts import Facts
from .._facts.unknown import Unknown
from .._facts.version import version_in
from .f5_support import VALIDATED, VALIDATED_VCF, validated
from .judgement import Judgement, bad, good, open_question

_SIGN = {"VKS": " by its ClusterClass"}


def _versions(facts: Facts) -> dict[str, str | Unknown]:
    """The version of each product that the cluster, the Supervisor and BIG-IP have."""
    versions: dict[str, str | Unknown] = {"Kubernetes": facts.kubernetes}
    if facts.supervisor is not None:
        versions["VKS"] = _release(facts.supervisor.cluster_class)
    if isinstance(facts.cis, Unknown):
        versions["CIS"] = facts.cis
    elif facts.cis:
        versions["CIS"] = facts.cis[0].version or Unknown(
            f"the image of {facts.cis[0].name} has no version in its tag"
        )
    if facts.bigip is not None:
        versions.update({"BIG-IP": facts.bigip.version, "AS3": facts.bigip.as3})
    return versions


def _release(cluster_class: str | None | Unknown) -> str | Unknown:
    """The ClusterClass, which has the release of VKS in its name."""
    if isinstance(cluster_class, Unknown):
        return cluster_class
    if cluster_class is None:
        return Unknown("the Cluster names no ClusterClass")
    if re.fullmatch(r"builtin-generic-v\d+\.\d+(?:\.\d+)?", cluster_class):
        return cluster_class
    return Unknown(f"ClusterClass {cluster_class} names no release")


def compared(facts: Facts) -> Judgement:
    """Check P22."""
    versions = _versions(facts)
    known = {
        product: version_in(value) or value
        for product, value in versions.items()
        if not isinstance(value, Unknown)
    }
    outside = [
        f"{product} {version}{_SIGN.get(product, '')} (validated: {', '.join(VALIDATED[product])})"
        for product, version in known.items()
        if not validated(product, version)
    ]
    if outside:
        return bad(
            f"Outside the combination that F5 has validated: {'; '.join(outside)}.",
            "It may work; ask F5 before you use it in production.",
        )
    unread = [f"{product} ({value.why})" for product, value in versions.items() if isinstance(value, Unknown)]
    if unread:
        return open_question(
            f"Not known: {'; '.join(unread)}.", "Grant the rights to read it, or compare it by hand."
        )
    absent = [product for product in VALIDATED if product not in versions]
    not_compared = f" Not compared: {', '.join([*absent, f'VCF ({VALIDATED_VCF})'])}."
    return good(
        ", ".join(f"{product} {version}" for product, version in sorted(known.items()))
        + f" are in the validated combination.{not_compared}"
    )
