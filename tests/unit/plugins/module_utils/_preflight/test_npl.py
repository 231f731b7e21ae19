# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of NodePortLocal's setting and agents: a case that passes, one that fails, and one where the fact is not known. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import Agent
from ansible_collections.vks.bigip.tests.unit.support.preflight import (
    AGENT,
    ANTREA,
    NO,
    OFF,
    ON,
    SUPERVISOR,
    Case,
    addon,
    check_statuses,
    ids,
    judge,
)

# (check, status, facts that differ from the healthy cluster, words of the message)
CASES: list[Case] = [
    ("P03", "pass", {}, "nodePortLocal.enable is true"),
    ("P03", "fail", {"npl": OFF}, "Set it on the Supervisor"),
    ("P03", "fail", {"npl": OFF, "supervisor": addon()}, "AddonConfig team-a/shop-antrea on the Supervisor at spec.values.antrea.config.nodePortLocal.enabled"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, gate=False), "supervisor": addon()}, "nodePortLocal.enabled and the feature gate NodePortLocal, then"),
    ("P03", "fail", {"npl": OFF, "supervisor": addon(npl_path=None)}, "has no setting for it: see P24"),
    ("P03", "fail", {"npl": OFF, "supervisor": dataclasses.replace(SUPERVISOR, antrea_config="team-a/x")}, "AntreaConfig team-a/x on the Supervisor"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False)}, "Set nodePortLocal.enable: true in ConfigMap kube-system/antrea-config"),
    ("P03", "fail", {"npl": dataclasses.replace(OFF, kapp=False, gate=False)}, "Set featureGates.NodePortLocal: true and nodePortLocal.enable: true in"),
    ("P03", "fail", {"npl": None}, "no Antrea"),
    ("P03", "unknown", {"npl": NO}, "forbidden"),
    ("P03", "unknown", {"npl": dataclasses.replace(ON, fault="bad YAML")}, "bad YAML"),
    ("P04", "pass", {}, "All 1 agents"),
    ("P04", "fail", {"agents": (AGENT, Agent("n2", "x", True, 500.0))}, "antrea-agent on n2 started before ConfigMap kube-system/antrea-config was changed"),
    ("P04", "fail", {"agents": (Agent("n2", "x", True, 500.0),)}, "updateStrategy is OnDelete"),
    ("P04", "unknown", {"agents": (dataclasses.replace(AGENT, started=None),)}, "n1"),
    ("P04", "unknown", {"agents": NO}, "forbidden"),
    ("P05", "pass", {"npl": dataclasses.replace(OFF, kapp=False)}, "Only its editor"),
    ("P05", "pass", {}, "needs no edit"),
    ("P05", "warn", {"npl": OFF}, "reverted in about 10 minutes"),
    ("P05", "unknown", {"npl": NO}, "forbidden"),
    ("P06", "pass", {}, "61000-62000 is valid"),
    ("P06", "pass", {"npl": dataclasses.replace(ON, port_range=None)}, "61000-62000 is valid"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="32000-33000")}, "overlaps the NodePort range 30000-32767"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="40000-41000")}, "ephemeral ports 32768-60999"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="900-2000")}, "below 1024"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="62000-61000")}, "not a range"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000")}, "not a range"),
    ("P06", "fail", {"npl": dataclasses.replace(ON, port_range="61000-70000")}, "not a range"),
    ("P06", "skipped", {"npl": OFF}, "not on"),
    ("P06", "unknown", {"npl": NO}, "forbidden"),
    ("P23", "pass", {}, "none of the known faults"),
    ("P23", "warn", {"cnis": (dataclasses.replace(ANTREA, version="1.15.1"),)}, "antrea#6527"),
    ("P23", "warn", {"cnis": (dataclasses.replace(ANTREA, version="2.3.0"),)}, "antrea#7512"),
    ("P23", "pass", {"cnis": (dataclasses.replace(ANTREA, version=None),)}, "Antrea 2.5.2"),
    ("P23", "unknown", {"cnis": (dataclasses.replace(ANTREA, version=None),), "packages": ()}, "version of Antrea is not known"),
]  # fmt: skip


@pytest.mark.parametrize("check, status, changes, words", CASES, ids=ids(CASES))
def test_case(check: str, status: str, changes: dict[str, Any], words: str) -> None:
    judge(check, status, changes, words)


@pytest.mark.parametrize("check", ["P03", "P04", "P05", "P06", "P23"])
def test_each_check_has_its_cases(check: str) -> None:
    check_statuses(check, CASES)
