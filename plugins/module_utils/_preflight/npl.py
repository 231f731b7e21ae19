# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Private to the collection: it may change in any release.
"""Antrea's NodePortLocal: its switch, its port range, and the configuration that the agents use."""

from __future__ import annotations

from .._facts.cluster import NplConfig
from .._facts.facts import Facts
from .._facts.supervisor import AddonConfig
from .._facts.unknown import Unknown, need
from .._facts.version import version_in
from .._npl import port_range as ranges
from .judgement import Judgement, bad, good, not_concerned, open_question

BUGS = (
    ((2, 1), "6527", "can lose the rule of a Pod whose IP address is used again"),
    ((2, 4, 4), "7512", "keeps a stale rule when a Pod's IP address changes"),
)


def enabled(facts: Facts) -> Judgement:
    """Check P03."""
    config = need(facts.npl)
    if config is None:
        return bad(
            "NodePortLocal cannot be on: the cluster has no Antrea.",
            "Use pool_member_type nodeport or cluster.",
        )
    if config.enabled is None:
        return open_question(
            f"It is not known whether NodePortLocal is on: {config.setting}.",
            f"Inspect ConfigMap {config.config_map}.",
        )
    return (
        good(f"{config.setting}.")
        if config.enabled
        else bad(f"NodePortLocal is off: {config.setting}.", _remedy(facts, config))
    )


def _remedy(facts: Facts, config: NplConfig) -> str:
    """How to change the setting: in the object that owns it, as far as that is known."""
    above = facts.supervisor
    if above and isinstance(above.addon_config, AddonConfig):
        addon = f"AddonConfig {above.addon_config.name} on the Supervisor"
        path = above.addon_config.npl_path
        if path is None:
            return f"{addon} owns it, and has no setting for it: see P24."
        where = f" at spec.values.{path}" if isinstance(path, str) else ""
        gate = " and the feature gate NodePortLocal" if config.gate is False else ""
        return f"Set it in {addon}{where}{gate}, then restart the agents: vks.bigip.antrea_npl does both."
    if above and isinstance(above.antrea_config, str):
        keys = "spec.antrea.config.featureGates.NodePortLocal and spec.antrea.config.nodePortLocal.enabled"
        return (
            f"Set {keys} to true in AntreaConfig {above.antrea_config} on the Supervisor, then restart the "
            "agents: vks.bigip.antrea_npl does both."
        )
    if not config.kapp:
        setting = (
            "featureGates.NodePortLocal: true and nodePortLocal.enable: true"
            if config.gate is False
            else "nodePortLocal.enable: true"
        )
        return (
            f"Set {setting} in ConfigMap {config.config_map}, then restart the agents: vks.bigip.antrea_npl "
            "does both."
        )
    return (
        "Set it on the Supervisor, in the object that owns Antrea's settings of this cluster (the supervisor "
        "options find it), then restart the agents: vks.bigip.antrea_npl does both."
    )


def agents_current(facts: Facts) -> Judgement:
    """Check P04."""
    config = need(facts.npl)
    if config is None:
        return not_concerned("The cluster has no Antrea.")
    agents = need(facts.agents)
    old = sorted(item.node for item in agents if item.newer_than(config) is False)
    if old:
        strategy = facts.cni.update_strategy
        on_delete = (
            "updateStrategy is OnDelete, so a rollout restarts no Pod. Delete"
            if strategy == "OnDelete"
            else "Restart"
        )
        return bad(
            f"antrea-agent on {', '.join(old)} started before ConfigMap {config.config_map} was changed, "
            "and reads it only at its start.",
            f"{on_delete} these Pods, one node at a time; vks.bigip.antrea_npl does it.",
        )
    unclear = sorted(item.node for item in agents if item.newer_than(config) is None)
    if unclear or not agents:
        what = (
            f"the start of antrea-agent on {', '.join(unclear)} or the time of the last change"
            if unclear
            else "the list of agents"
        )
        return open_question(
            f"It is not known whether the agents use the present configuration: {what} could not be read.",
            "Inspect the Pods antrea-agent.",
        )
    return good(f"All {len(agents)} agents started after the last change of ConfigMap {config.config_map}.")


def not_edited_by_hand(facts: Facts) -> Judgement:
    """Check P05."""
    config = need(facts.npl)
    if config is None:
        return not_concerned("The cluster has no Antrea.")
    if not config.kapp:
        return good(f"Only its editor manages ConfigMap {config.config_map}.")
    if config.enabled:
        return good(f"kapp-controller manages ConfigMap {config.config_map}, which needs no edit.")
    return bad(
        f"kapp-controller manages ConfigMap {config.config_map}: an edit would be reverted in about 10 "
        "minutes.",
        f"Do not edit it. {_remedy(facts, config)}",
    )


def port_range(facts: Facts) -> Judgement:
    """Check P06."""
    config = need(facts.npl)
    if config is None or not config.enabled:
        return not_concerned("NodePortLocal is not on.")
    text = config.port_range or ranges.DEFAULT
    fault = ranges.fault(text)
    if fault:
        return bad(f"portRange {text} of ConfigMap {config.config_map} {fault}.", ranges.CHOOSE)
    return good(
        f"portRange {text} is valid, and apart from the default NodePort range and the default ephemeral "
        "ports."
    )


def known_bugs(facts: Facts) -> Judgement:
    """Check P23."""
    cni = facts.cni
    if cni.kind != "antrea":
        return not_concerned(f"It concerns Antrea; the CNI is {cni.kind}.")
    version = cni.version or _packaged(facts)
    if version is None:
        return open_question(
            f"The version of Antrea is not known: the image of DaemonSet {cni.daemon_set} has no version in "
            "its tag.",
            "Inspect its image.",
        )
    parts = tuple(int(part) for part in version.split("."))
    faults = [(issue, what) for before, issue, what in BUGS if parts < before]
    if faults:
        said = "; ".join(f"{what} (antrea#{issue})" for issue, what in faults)
        return bad(
            f"Antrea {version} {said}.",
            "Use a VKS Kubernetes release with Antrea 2.4.4 or later. Until then, restart the agent when "
            "it happens.",
        )
    return good(f"Antrea {version} has none of the known faults of NodePortLocal that are listed here.")


def _packaged(facts: Facts) -> str | None:
    packages = () if isinstance(facts.packages, Unknown) else facts.packages
    return next((version_in(item.version) for item in packages if item.package.startswith("antrea.")), None)
