# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""The Supervisor's objects, the package that applies them in the cluster, and the rights to read."""

from __future__ import annotations

from .._facts.facts import Facts
from .._facts.supervisor import AddonConfig, Supervisor
from .._facts.unknown import need
from .judgement import Judgement, bad, good, not_concerned, open_question, shown

ENOUGH = 600.0  # seconds until a token may expire


def _supervisor(facts: Facts) -> Supervisor:
    if facts.supervisor is None:
        raise AssertionError("the runner skips these checks without it")
    return facts.supervisor


def _addon_config(facts: Facts) -> AddonConfig | None:
    return need(_supervisor(facts).addon_config)


def addon_schema(facts: Facts) -> Judgement:
    """Check P24."""
    config = _addon_config(facts)
    if config is None:
        return not_concerned("The cluster has no AddonConfig of Antrea.")
    path = need(config.npl_path)
    if path is None:
        return bad(
            f"The schema of AddonConfigDefinition {config.definition} has no nodePortLocal setting, so "
            f"AddonConfig {config.name} cannot switch it.",
            "Do not change it. Ask VMware how this release switches NodePortLocal, or use pool_member_type "
            "nodeport.",
        )
    return good(f"AddonConfigDefinition {config.definition} has the setting {path}.")


def addon_bound(facts: Facts) -> Judgement:
    """Check P25."""
    config = _addon_config(facts)
    if config is None:
        return not_concerned("The cluster has no AddonConfig of Antrea.")
    empty = [
        name
        for name, value in (
            ("spec.clusterName", config.cluster_name),
            ("spec.addonConfigDefinitionRef", config.definition),
        )
        if not value
    ]
    if empty:
        return bad(
            f"The platform skips AddonConfig {config.name}: {' and '.join(empty)} is empty.", "Set it."
        )
    if config.ready is None:
        return open_question(
            f"AddonConfig {config.name} does not say whether it is ready.", "Read its conditions."
        )
    return (
        good(f"AddonConfig {config.name} is bound and ready.")
        if config.ready
        else bad(f"AddonConfig {config.name} is not ready.", "Read its conditions.")
    )


def sign_in(facts: Facts) -> Judgement:
    """Check P26."""
    for whose, expires in sorted(facts.tokens.items()):
        if expires is not None and expires - facts.now < ENOUGH:
            left = max(0, int((expires - facts.now) // 60))
            return bad(
                f"The token for the {whose} expires in {left} minutes.", "Sign in again before a longer run."
            )
    if facts.denied:
        return open_question(
            f"The signed-in user may not read everything that the checks need: {shown(facts.denied, '; ')}.",
            "Grant these rights.",
        )
    return good("Every read was allowed, and no token is known to expire soon.")


def not_paused(facts: Facts) -> Judgement:
    """Check P27."""
    antrea = [item for item in need(facts.packages) if item.of_antrea]
    if not antrea:
        return not_concerned("The cluster has no PackageInstall of Antrea.")
    paused = [item.name for item in antrea if item.paused]
    if paused:
        return bad(
            f"PackageInstall {shown(paused)} is paused: changes on the Supervisor will not reach the "
            "cluster.",
            "Set spec.paused to false.",
        )
    return good(f"PackageInstall {antrea[0].name} is not paused.")
