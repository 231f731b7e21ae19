# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts in the shape of cluster_info's result."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.vks.bigip.plugins.module_utils._facts.cluster import (
    Agent,
    Cni,
    Machine,
    NplConfig,
    Provider,
    Workload,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts
from ansible_collections.vks.bigip.plugins.module_utils._facts.report import TKR_LABEL, report
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import AddonConfig, Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Node

NO = Unknown("it is forbidden")
ANTREA = Cni("antrea", "kube-system/antrea-agent", "2.5.2", "OnDelete")
CALICO = Cni("calico", "kube-system/calico-node", "3.31.5")
CONFIG = NplConfig("kube-system/antrea-config", True, True, changed=0.0)
ABOVE = Supervisor(
    "team-a", "shop", "builtin-generic-v3.6.1", "antrea", None, None, Provider("vsphere", "x"), ()
)
ADDON = AddonConfig("team-a/shop-antrea", "shop", "antrea.2", True, None)


@pytest.mark.parametrize(
    ("cnis", "supervisor", "name", "version"),
    [
        ((ANTREA,), None, "antrea", "2.5.2"),
        ((), None, "none", None),
        ((ANTREA, CALICO), None, "several", None),
        (NO, None, "unknown", None),
        (NO, ABOVE, "antrea", None),
    ],
)
def test_cni(cnis: Any, supervisor: Supervisor | None, name: str, version: str | None) -> None:
    shown = report(Facts(cnis=cnis, supervisor=supervisor))["cni"]
    assert (shown["name"], shown["version"], len(shown["found"])) == (
        name,
        version,
        0 if cnis is NO else len(cnis),
    )


@pytest.mark.parametrize(
    ("npl", "state", "port_range"),
    [
        (CONFIG, "enabled", "61000-62000"),
        (dataclasses.replace(CONFIG, port_range="40000-41000"), "enabled", "40000-41000"),
        (dataclasses.replace(CONFIG, enable=False), "disabled", None),
        (dataclasses.replace(CONFIG, fault="bad YAML"), "unknown", None),
        (None, "disabled", None),
        (NO, "unknown", None),
    ],
)
def test_npl(npl: Any, state: str, port_range: str | None) -> None:
    shown = report(Facts(npl=npl))["npl"]
    assert (shown["state"], shown["port_range"]) == (state, port_range)
    assert list(shown) == [
        "state",
        "because",
        "gate",
        "enable",
        "port_range",
        "config_map",
        "managed_by_kapp",
        "changed",
    ]


def test_agents_are_in_the_order_of_their_nodes() -> None:
    agents = (Agent("n2", "b", True, 1.0), Agent("n1", "a", False, None))
    shown = report(Facts(agents=agents, npl=CONFIG))["agents"]
    assert [(item["node"], item["started"], item["newer_than_configuration"]) for item in shown] == [
        ("n1", None, None),
        ("n2", "1970-01-01T00:00:01Z", True),
    ]
    assert report(Facts(agents=NO))["agents"] is None


@pytest.mark.parametrize(
    ("changes", "era", "owner"),
    [
        (
            {"addon_config": ADDON, "antrea_config": "team-a/x"},
            "addon_config",
            "AddonConfig team-a/shop-antrea",
        ),
        ({"antrea_config": "team-a/x"}, "antrea_config", "AntreaConfig team-a/x"),
        ({}, "unknown", None),
        ({"addon_config": NO, "antrea_config": NO}, "unknown", None),
    ],
)
def test_the_era_is_that_of_the_object_that_exists(
    changes: dict[str, Any], era: str, owner: str | None
) -> None:
    shown = report(Facts(supervisor=dataclasses.replace(ABOVE, **changes)))["vks"]
    assert (shown["era"], shown["npl_owner"]) == (era, owner)


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("builtin-generic-v3.6.1", "3.6"),
        ("builtin-generic-v3.6", "3.6"),
        ("my-class", "unknown"),
        (NO, "unknown"),
    ],
)
def test_the_release(name: Any, release: str) -> None:
    shown = report(Facts(supervisor=dataclasses.replace(ABOVE, cluster_class=name)))["vks"]
    assert shown["release"] == release and (shown["release_sign"] is None) is (release == "unknown")


def test_nodes_and_their_releases() -> None:
    nodes = tuple(Machine(Node(name, labels={TKR_LABEL: "v1.35"}), "v1.35.6") for name in ("n2", "n1"))
    shown = report(Facts(nodes=nodes))
    assert [item["name"] for item in shown["nodes"]] == ["n1", "n2"] and shown["vks"][
        "kubernetes_releases"
    ] == ["v1.35"]
    assert report(Facts(nodes=NO))["nodes"] is None


def test_controllers() -> None:
    cis = Workload("Deployment", "f5/cis", "2.20.3", "image", ("--a=b",), 1, 1)
    shown = report(Facts(cis=(cis,), ako=NO))
    assert shown["cis"]["found"] is True and shown["cis"]["deployments"][0]["arguments"] == ["--a=b"]
    assert (
        shown["ako"] == {"found": None, "deployments": []} and report(Facts(cis=()))["cis"]["found"] is False
    )


def test_every_fact_that_is_not_known_is_named() -> None:
    facts = Facts(
        kubernetes="v1",
        nodes=NO,
        cnis=(),
        npl=None,
        agents=(),
        cis=(),
        ako=(),
        supervisor=dataclasses.replace(ABOVE, cni=NO),
    )
    assert report(facts)["unknown"] == [
        {"fact": "nodes", "reason": "it is forbidden"},
        {"fact": "supervisor.cni", "reason": "it is forbidden"},
    ]
