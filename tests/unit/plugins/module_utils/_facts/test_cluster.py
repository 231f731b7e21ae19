# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a cluster: the rules of its types. One line a case."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import (
    Agent,
    AgentPod,
    NplConfig,
    Package,
    Provider,
    Workload,
)

CONFIG = NplConfig("kube-system/antrea-config", changed=100.0)


@pytest.mark.parametrize(
    ("changes", "enabled", "setting"),
    [
        ({"enable": True}, True, "nodePortLocal.enable is true in {}"),
        ({"gate": True, "enable": True}, True, "nodePortLocal.enable is true in {}"),
        ({"enable": False}, False, "nodePortLocal.enable is not true in {}"),
        ({"gate": True}, False, "nodePortLocal.enable is not true in {}"),
        ({}, False, "nodePortLocal.enable is not true in {}"),
        ({"gate": False, "enable": True}, False, "featureGates.NodePortLocal is false in {}"),
        ({"gate": False, "section": False}, False, "featureGates.NodePortLocal is false in {}"),
        ({"section": False}, False, "nodePortLocal.enable is not true in {}"),
        (
            {"section": False, "gate": True},
            None,
            "featureGates.NodePortLocal is true and nodePortLocal is absent in {}",
        ),
        (
            {"enable": True, "fault": "bad YAML"},
            None,
            "the antrea-agent.conf of {} cannot be read: bad YAML",
        ),
    ],
)
def test_whether_a_configuration_runs_nodeportlocal(
    changes: dict[str, Any], enabled: bool | None, setting: str
) -> None:
    config = dataclasses.replace(CONFIG, **changes)
    assert config.enabled is enabled
    assert config.setting == setting.format("ConfigMap kube-system/antrea-config")


@pytest.mark.parametrize(
    ("started", "changed", "newer"),
    [(99.0, 100.0, False), (100.0, 100.0, True), (None, 100.0, None), (100.0, None, None)],
)
def test_whether_an_agent_is_newer_than_its_configuration(
    started: float | None, changed: float | None, newer: bool | None
) -> None:
    assert Agent("n1", "x", True, started).newer_than(dataclasses.replace(CONFIG, changed=changed)) is newer


def test_a_run_of_an_agent_is_its_pod_and_its_start() -> None:
    """A container that restarts keeps the Pod, and a Pod that is replaced has another UID."""
    assert AgentPod(Agent("n1", "x", True, 100.0), "a", False, "").run == ("a", 100.0)


@pytest.mark.parametrize(
    ("name", "package", "of_antrea"),
    [
        ("vmware-system-tkg/shop-antrea", "x", True),
        ("a/b", "antrea.tanzu.vmware.com", True),
        ("a/antrea-config", "addons.antrea", False),
    ],
)
def test_which_package_is_of_antrea(name: str, package: str, of_antrea: bool) -> None:
    assert Package(name, package, None, False).of_antrea is of_antrea


@pytest.mark.parametrize(
    ("name", "nsx"), [("vsphere", False), ("nsx", True), ("nsx_t1", True), ("nsx_vpc", True)]
)
def test_which_provider_is_nsx(name: str, nsx: bool) -> None:
    assert Provider(name, "a sign").nsx is nsx


def test_values_of_an_argument() -> None:
    cis = Workload(
        "Deployment", "f5/cis", None, "x", ("--namespace=a", "--namespace", "b", "--other=c"), 1, 1
    )
    assert cis.values("--namespace") == ["a", "b"]
