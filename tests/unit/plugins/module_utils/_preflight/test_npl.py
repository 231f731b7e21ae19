# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of NodePortLocal's setting and agents.

Of each check: a case that passes, one that fails, and one where the fact is not known.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent, Cni
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    AGENT,
    ANTREA,
    CALICO,
    NO,
    OFF,
    ON,
    PACKAGE,
    SUPERVISOR,
    Case,
    addon,
    check_statuses,
    ids,
    judge,
)

ROLLING = dataclasses.replace(ANTREA, update_strategy="RollingUpdate")
OTHER_PACKAGE = dataclasses.replace(PACKAGE, name="a/b", package="x.tanzu.vmware.com", version="1.0.0")
OLD_PACKAGE = dataclasses.replace(PACKAGE, version="2.0.0+vmware.1")


def antrea(version: str | None) -> Cni:
    return dataclasses.replace(ANTREA, version=version)


def started(*moments: float | None) -> tuple[Agent, ...]:
    """Agents that started at these moments, the last one on node n1. The configuration is of moment 1000."""
    last = len(moments)
    return tuple(Agent(f"n{last - number}", "x", True, moment) for number, moment in enumerate(moments))


# (check, status, facts that differ from the healthy cluster, message and remedy)
CASES: list[Case] = [
    ("P03", "pass", {},
     "nodePortLocal.enable is true in ConfigMap kube-system/antrea-config."),
    ("P03", "fail", {"npl": OFF},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it on the Supervisor, in the object that owns Antrea's settings of this cluster (the supervisor "
     "options find it), then restart the agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": OFF, "supervisor": addon()},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it in AddonConfig team-a/shop-antrea on the Supervisor at "
     "spec.values.antrea.config.nodePortLocal.enabled, then restart the agents: vks.bigip.antrea_npl does "
     "both."),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, gate=False), "supervisor": addon()},
     "NodePortLocal is off: featureGates.NodePortLocal is false in ConfigMap kube-system/antrea-config. "
     "Set it in AddonConfig team-a/shop-antrea on the Supervisor at "
     "spec.values.antrea.config.nodePortLocal.enabled and the feature gate NodePortLocal, then restart the "
     "agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": OFF, "supervisor": addon(npl_path=None)},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. "
     "AddonConfig team-a/shop-antrea on the Supervisor owns it, and has no setting for it: see P24."),
    ("P03", "fail", {"npl": OFF, "supervisor": dataclasses.replace(SUPERVISOR, antrea_config="team-a/x")},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "spec.antrea.config.featureGates.NodePortLocal and spec.antrea.config.nodePortLocal.enabled to true "
     "in AntreaConfig team-a/x on the Supervisor, then restart the agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False)},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "nodePortLocal.enable: true in ConfigMap kube-system/antrea-config, then restart the agents: "
     "vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False, gate=False)},
     "NodePortLocal is off: featureGates.NodePortLocal is false in ConfigMap kube-system/antrea-config. "
     "Set featureGates.NodePortLocal: true and nodePortLocal.enable: true in ConfigMap "
     "kube-system/antrea-config, then restart the agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": None},
     "NodePortLocal cannot be on: the cluster has no Antrea. Use pool_member_type nodeport or cluster."),
    ("P03", "unknown", {"npl": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P03", "unknown", {"npl": dataclasses.replace(ON, fault="bad YAML")},
     "It is not known whether NodePortLocal is on: the antrea-agent.conf of ConfigMap "
     "kube-system/antrea-config cannot be read: bad YAML. Inspect ConfigMap kube-system/antrea-config."),
    ("P03", "fail", {"npl": OFF, "supervisor": addon(npl_path=NO)},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it in AddonConfig team-a/shop-antrea on the Supervisor, then restart the agents: "
     "vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": OFF, "supervisor": SUPERVISOR},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it on the Supervisor, in the object that owns Antrea's settings of this cluster (the supervisor "
     "options find it), then restart the agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail",
     {"npl": OFF, "supervisor": dataclasses.replace(SUPERVISOR, addon_config=NO, antrea_config=NO)},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it on the Supervisor, in the object that owns Antrea's settings of this cluster (the supervisor "
     "options find it), then restart the agents: vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, gate=None, kapp=False)},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "nodePortLocal.enable: true in ConfigMap kube-system/antrea-config, then restart the agents: "
     "vks.bigip.antrea_npl does both."),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, gate=None), "supervisor": addon()},
     "NodePortLocal is off: nodePortLocal.enable is not true in ConfigMap kube-system/antrea-config. Set "
     "it in AddonConfig team-a/shop-antrea on the Supervisor at "
     "spec.values.antrea.config.nodePortLocal.enabled, then restart the agents: vks.bigip.antrea_npl does "
     "both."),
    ("P04", "pass", {},
     "All 1 agents started after the last change of ConfigMap kube-system/antrea-config."),
    ("P04", "fail", {"agents": (AGENT, Agent("n2", "x", True, 500.0))},
     "antrea-agent on n2 started before ConfigMap kube-system/antrea-config was changed, and reads it only "
     "at its start. updateStrategy is OnDelete, so a rollout restarts no Pod. Delete these Pods, one node "
     "at a time; vks.bigip.antrea_npl does it."),
    ("P04", "fail", {"agents": (Agent("n2", "x", True, 500.0),)},
     "antrea-agent on n2 started before ConfigMap kube-system/antrea-config was changed, and reads it only "
     "at its start. updateStrategy is OnDelete, so a rollout restarts no Pod. Delete these Pods, one node "
     "at a time; vks.bigip.antrea_npl does it."),
    ("P04", "unknown", {"agents": (dataclasses.replace(AGENT, started=None),)},
     "It is not known whether the agents use the present configuration: the start of antrea-agent on n1 or "
     "the time of the last change could not be read. Inspect the Pods antrea-agent."),
    ("P04", "unknown", {"agents": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P04", "fail", {"agents": started(500.0, 999.0, 1000.0, 0.0, None, 1.0), "cnis": (ROLLING,)},
     "antrea-agent on n1, n3, n5, n6 started before ConfigMap kube-system/antrea-config was changed, and "
     "reads it only at its start. Restart these Pods, one node at a time; vks.bigip.antrea_npl does it."),
    ("P04", "unknown", {"agents": started(None, 1000.0, None, None, None)},
     "It is not known whether the agents use the present configuration: the start of antrea-agent on n1, "
     "n2, n3, n5 or the time of the last change could not be read. Inspect the Pods antrea-agent."),
    ("P04", "unknown", {"npl": dataclasses.replace(ON, changed=None)},
     "It is not known whether the agents use the present configuration: the start of antrea-agent on n1 or "
     "the time of the last change could not be read. Inspect the Pods antrea-agent."),
    ("P04", "unknown", {"agents": ()},
     "It is not known whether the agents use the present configuration: the list of agents could not be "
     "read. Inspect the Pods antrea-agent."),
    ("P04", "pass", {"agents": started(1000.0, 2000.0)},
     "All 2 agents started after the last change of ConfigMap kube-system/antrea-config."),
    ("P04", "skipped", {"npl": None},
     "The cluster has no Antrea."),
    ("P05", "pass", {"npl": dataclasses.replace(OFF, kapp=False)},
     "Only its editor manages ConfigMap kube-system/antrea-config."),
    ("P05", "pass", {},
     "kapp-controller manages ConfigMap kube-system/antrea-config, which needs no edit."),
    ("P05", "warn", {"npl": OFF},
     "kapp-controller manages ConfigMap kube-system/antrea-config: an edit would be reverted in about 10 "
     "minutes. Do not edit it. Set it on the Supervisor, in the object that owns Antrea's settings of this "
     "cluster (the supervisor options find it), then restart the agents: vks.bigip.antrea_npl does both."),
    ("P05", "unknown", {"npl": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P05", "skipped", {"npl": None},
     "The cluster has no Antrea."),
    ("P05", "warn", {"npl": dataclasses.replace(OFF, gate=False), "supervisor": addon()},
     "kapp-controller manages ConfigMap kube-system/antrea-config: an edit would be reverted in about 10 "
     "minutes. Do not edit it. Set it in AddonConfig team-a/shop-antrea on the Supervisor at "
     "spec.values.antrea.config.nodePortLocal.enabled and the feature gate NodePortLocal, then restart the "
     "agents: vks.bigip.antrea_npl does both."),
    ("P06", "pass", {},
     "portRange 61000-62000 is valid, and apart from the default NodePort range and the default ephemeral "
     "ports."),
    ("P06", "pass", {"npl": dataclasses.replace(ON, port_range=None)},
     "portRange 61000-62000 is valid, and apart from the default NodePort range and the default ephemeral "
     "ports."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="32000-33000")},
     "portRange 32000-33000 of ConfigMap kube-system/antrea-config overlaps the NodePort range 30000-32767 "
     "(their default). Choose a range such as 61000-62000, which is outside of both."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="40000-41000")},
     "portRange 40000-41000 of ConfigMap kube-system/antrea-config overlaps the nodes' ephemeral ports "
     "32768-60999 (their default). Choose a range such as 61000-62000, which is outside of both."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="900-2000")},
     "portRange 900-2000 of ConfigMap kube-system/antrea-config has ports below 1024. Choose a range such "
     "as 61000-62000, which is outside of both."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="62000-61000")},
     "portRange 62000-61000 of ConfigMap kube-system/antrea-config is not a range start-end; the agents do "
     "not start with it. Choose a range such as 61000-62000, which is outside of both."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000")},
     "portRange 61000 of ConfigMap kube-system/antrea-config is not a range start-end; the agents do not "
     "start with it. Choose a range such as 61000-62000, which is outside of both."),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000-70000")},
     "portRange 61000-70000 of ConfigMap kube-system/antrea-config is not a range start-end; the agents do "
     "not start with it. Choose a range such as 61000-62000, which is outside of both."),
    ("P06", "skipped", {"npl": OFF},
     "NodePortLocal is not on."),
    ("P06", "unknown", {"npl": NO},
     "Not known: it is forbidden. Give what is missing, then run the checks again."),
    ("P06", "pass", {"npl": dataclasses.replace(ON, port_range="61500-61600")},
     "portRange 61500-61600 is valid, and apart from the default NodePort range and the default ephemeral "
     "ports."),
    ("P06", "skipped", {"npl": None},
     "NodePortLocal is not on."),
    ("P23", "pass", {},
     "Antrea 2.5.2 has none of the known faults of NodePortLocal that are listed here."),
    ("P23", "warn", {"cnis": (antrea("1.15.1"),)},
     "Antrea 1.15.1 can lose the rule of a Pod whose IP address is used again (antrea#6527); keeps a stale "
     "rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes release with Antrea 2.4.4 "
     "or later. Until then, restart the agent when it happens."),
    ("P23", "warn", {"cnis": (antrea("2.3.0"),)},
     "Antrea 2.3.0 keeps a stale rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes "
     "release with Antrea 2.4.4 or later. Until then, restart the agent when it happens."),
    ("P23", "pass", {"cnis": (antrea(None),)},
     "Antrea 2.5.2 has none of the known faults of NodePortLocal that are listed here."),
    ("P23", "unknown", {"cnis": (antrea(None),), "packages": ()},
     "The version of Antrea is not known: the image of DaemonSet kube-system/antrea-agent has no version "
     "in its tag. Inspect its image."),
    ("P23", "skipped", {"cnis": (CALICO,)},
     "It concerns Antrea; the CNI is calico."),
    ("P23", "warn", {"cnis": (antrea("2.0.9"),)},
     "Antrea 2.0.9 can lose the rule of a Pod whose IP address is used again (antrea#6527); keeps a stale "
     "rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes release with Antrea 2.4.4 "
     "or later. Until then, restart the agent when it happens."),
    ("P23", "warn", {"cnis": (antrea("2.1.0"),)},
     "Antrea 2.1.0 keeps a stale rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes "
     "release with Antrea 2.4.4 or later. Until then, restart the agent when it happens."),
    ("P23", "warn", {"cnis": (antrea("2.4.3"),)},
     "Antrea 2.4.3 keeps a stale rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes "
     "release with Antrea 2.4.4 or later. Until then, restart the agent when it happens."),
    ("P23", "pass", {"cnis": (antrea("2.4.4"),)},
     "Antrea 2.4.4 has none of the known faults of NodePortLocal that are listed here."),
    ("P23", "warn", {"cnis": (antrea("2.1"),)},
     "Antrea 2.1 keeps a stale rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes "
     "release with Antrea 2.4.4 or later. Until then, restart the agent when it happens."),
    ("P23", "unknown", {"cnis": (antrea(None),), "packages": NO},
     "The version of Antrea is not known: the image of DaemonSet kube-system/antrea-agent has no version "
     "in its tag. Inspect its image."),
    ("P23", "warn", {"cnis": (antrea(None),), "packages": (OTHER_PACKAGE, OLD_PACKAGE)},
     "Antrea 2.0.0 can lose the rule of a Pod whose IP address is used again (antrea#6527); keeps a stale "
     "rule when a Pod's IP address changes (antrea#7512). Use a VKS Kubernetes release with Antrea 2.4.4 "
     "or later. Until then, restart the agent when it happens."),
    ("P23", "pass", {"packages": (OLD_PACKAGE,)},
     "Antrea 2.5.2 has none of the known faults of NodePortLocal that are listed here."),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, message", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], message: str) -> None:
    judge(check, status, changes, message)


@pytest.mark.parametrize("check", ["P03", "P04", "P05", "P06", "P23"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
