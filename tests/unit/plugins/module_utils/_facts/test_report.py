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
    NodeVersion,
    NplConfig,
    Provider,
    Workload,
)
from ansible_collections.vks.bigip.plugins.module_utils._facts.facts import Facts, Wishes
from ansible_collections.vks.bigip.plugins.module_utils._facts.report import TKR_LABEL, report
from ansible_collections.vks.bigip.plugins.module_utils._facts.supervisor import AddonConfig, Supervisor
from ansible_collections.vks.bigip.plugins.module_utils._facts.unknown import Unknown
from ansible_collections.vks.bigip.plugins.module_utils._members.model import Node

NO = Unknown("it is forbidden")
ANTREA = Cni("antrea", "kube-system/antrea-agent", "2.5.2", "OnDelete")
CALICO = Cni("calico", "kube-system/calico-node", "3.31.5", "RollingUpdate")
CONFIG = NplConfig("kube-system/antrea-config", True, True, changed=0.0)
ABOVE = Supervisor(
    "team-a", "shop", "builtin-generic-v3.6.1", "antrea", None, None, Provider("vsphere", "x"), ()
)
ADDON = AddonConfig("team-a/shop-antrea", "shop", "antrea.2", True, None)
OF_ANTREA, OF_CALICO = (
    {
        "name": "antrea",
        "version": "2.5.2",
        "daemon_set": "kube-system/antrea-agent",
        "update_strategy": "OnDelete",
    },
    {
        "name": "calico",
        "version": "3.31.5",
        "daemon_set": "kube-system/calico-node",
        "update_strategy": "RollingUpdate",
    },
)


def test_the_parts_of_the_report() -> None:
    assert list(report(Facts())) == [
        "cni",
        "npl",
        "agents",
        "nodes",
        "kubernetes",
        "network",
        "vks",
        "cis",
        "ako",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("cnis", "supervisor", "shown"),
    [
        ((ANTREA,), None, {"name": "antrea", "version": "2.5.2", "found": [OF_ANTREA]}),
        ((), None, {"name": "none", "version": None, "found": []}),
        ((ANTREA, CALICO), None, {"name": "several", "version": None, "found": [OF_ANTREA, OF_CALICO]}),
        ((CALICO,), ABOVE, {"name": "calico", "version": "3.31.5", "found": [OF_CALICO]}),
        (NO, None, {"name": "unknown", "version": None, "found": []}),
        (NO, ABOVE, {"name": "antrea", "version": None, "found": []}),
        (NO, dataclasses.replace(ABOVE, cni=NO), {"name": "unknown", "version": None, "found": []}),
    ],
)
def test_cni(cnis: Any, supervisor: Supervisor | None, shown: dict[str, Any]) -> None:
    assert report(Facts(cnis=cnis, supervisor=supervisor))["cni"] == shown


EMPTY = dict.fromkeys(("gate", "enable", "port_range", "config_map", "managed_by_kapp", "changed"))
KNOWN = {
    "gate": True,
    "enable": True,
    "config_map": "kube-system/antrea-config",
    "managed_by_kapp": False,
    "changed": "1970-01-01T00:00:00Z",
}
IN = "in ConfigMap kube-system/antrea-config"


@pytest.mark.parametrize(
    ("npl", "state", "because", "shown"),
    [
        (CONFIG, "enabled", f"nodePortLocal.enable is true {IN}", KNOWN | {"port_range": "61000-62000"}),
        (
            dataclasses.replace(CONFIG, port_range="40000-41000", kapp=True, changed=None, gate=None),
            "enabled",
            f"nodePortLocal.enable is true {IN}",
            KNOWN | {"port_range": "40000-41000", "managed_by_kapp": True, "changed": None, "gate": None},
        ),
        (
            dataclasses.replace(CONFIG, enable=False),
            "disabled",
            f"nodePortLocal.enable is not true {IN}",
            KNOWN | {"enable": False, "port_range": None},
        ),
        (
            dataclasses.replace(CONFIG, enable=False, port_range="40000-41000"),
            "disabled",
            f"nodePortLocal.enable is not true {IN}",
            KNOWN | {"enable": False, "port_range": "40000-41000"},
        ),
        (
            dataclasses.replace(CONFIG, fault="bad YAML"),
            "unknown",
            "the antrea-agent.conf of ConfigMap kube-system/antrea-config cannot be read: bad YAML",
            KNOWN | {"port_range": None},
        ),
        (None, "disabled", "the cluster has no Antrea", EMPTY),
        (NO, "unknown", "it is forbidden", EMPTY),
    ],
)
def test_npl(npl: Any, state: str, because: str, shown: dict[str, Any]) -> None:
    reported = report(Facts(npl=npl))["npl"]
    assert reported == {"state": state, "because": because, **shown}
    assert list(reported) == [
        "state",
        "because",
        "gate",
        "enable",
        "port_range",
        "config_map",
        "managed_by_kapp",
        "changed",
    ]


@pytest.mark.parametrize(("npl", "newer"), [(CONFIG, True), (None, None), (NO, None)])
def test_agents_are_in_the_order_of_their_nodes(npl: Any, newer: bool | None) -> None:
    agents = tuple(
        Agent(f"n{number}", f"kube-system/{number}", number == 2, started)
        for number, started in ((3, -1.0), (2, 1.0), (1, None))
    )
    assert report(Facts(agents=agents, npl=npl))["agents"] == [
        {
            "node": "n1",
            "pod": "kube-system/1",
            "ready": False,
            "started": None,
            "newer_than_configuration": None,
        },
        {
            "node": "n2",
            "pod": "kube-system/2",
            "ready": True,
            "started": "1970-01-01T00:00:01Z",
            "newer_than_configuration": newer,
        },
        {
            "node": "n3",
            "pod": "kube-system/3",
            "ready": False,
            "started": "1969-12-31T23:59:59Z",
            "newer_than_configuration": None if newer is None else False,
        },
    ]


def test_agents_that_are_not_known() -> None:
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
        ({"addon_config": NO, "antrea_config": "team-a/x"}, "antrea_config", "AntreaConfig team-a/x"),
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
        (None, "unknown"),
        (NO, "unknown"),
    ],
)
def test_the_release(name: Any, release: str) -> None:
    shown = report(Facts(supervisor=dataclasses.replace(ABOVE, cluster_class=name)))["vks"]
    known = release != "unknown"
    assert shown == {
        "release": release,
        "release_sign": f"ClusterClass {name}; the Supervisor Service itself may be newer" if known else None,
        "cluster_class": None if name is NO else name,
        "kubernetes_releases": [],
        "era": "unknown",
        "npl_owner": None,
    }


def test_without_the_supervisor_nothing_of_vks_is_known() -> None:
    assert report(Facts(nodes=NO))["vks"] == {
        "release": "unknown",
        "release_sign": None,
        "cluster_class": None,
        "kubernetes_releases": [],
        "era": "unknown",
        "npl_owner": None,
    }


def test_nodes_and_their_releases() -> None:
    releases = {"n5": "v1.35", "n4": "v1.34", "n3": "v1.33", "n2": "v1.32", "n1": "v1.35"}
    addresses = (("InternalIP", "198.18.0.1"), ("Hostname", "n1"))
    nodes = [
        NodeVersion(Node(name, labels={TKR_LABEL: label}), f"{label}.6") for name, label in releases.items()
    ]
    nodes[-1] = NodeVersion(dataclasses.replace(nodes[-1].node, ready=False, addresses=addresses), "")
    nodes.append(NodeVersion(Node("n6"), "v1.31.6"))
    shown = report(Facts(nodes=tuple(nodes)))
    assert shown["nodes"] == [
        {
            "name": "n1",
            "ready": False,
            "addresses": [
                {"type": "InternalIP", "address": "198.18.0.1"},
                {"type": "Hostname", "address": "n1"},
            ],
            "kubelet_version": "",
        },
        *[
            {"name": f"n{number}", "ready": True, "addresses": [], "kubelet_version": f"v1.{release}.6"}
            for number, release in ((2, 32), (3, 33), (4, 34), (5, 35), (6, 31))
        ],
    ]
    assert shown["vks"]["kubernetes_releases"] == ["v1.32", "v1.33", "v1.34", "v1.35"]


def test_nodes_that_are_not_known() -> None:
    assert report(Facts(nodes=NO))["nodes"] is None


@pytest.mark.parametrize(("version", "shown"), [("v1.35.6", "v1.35.6"), (NO, "unknown")])
def test_the_version_of_kubernetes(version: Any, shown: str) -> None:
    assert report(Facts(kubernetes=version))["kubernetes"] == {"version": shown}


@pytest.mark.parametrize(
    ("facts", "provider", "sign"),
    [
        (Facts(supervisor=ABOVE), "vsphere", "x"),
        (Facts(wishes=Wishes(network_provider="nsx_t1")), "nsx_t1", "network_provider sets it"),
        (Facts(supervisor=dataclasses.replace(ABOVE, provider=NO)), "unknown", "it is forbidden"),
    ],
)
def test_the_network(facts: Facts, provider: str, sign: str) -> None:
    assert report(facts)["network"] == {"provider": provider, "sign": sign}


@pytest.mark.parametrize("controller", ["cis", "ako"])
def test_controllers(controller: Any) -> None:
    running = Workload("Deployment", "f5/cis", "2.20.3", "image", ("--a=b",), 2, 1)
    assert report(Facts(**{controller: (running,)}))[controller] == {
        "found": True,
        "deployments": [
            {
                "kind": "Deployment",
                "name": "f5/cis",
                "version": "2.20.3",
                "image": "image",
                "arguments": ["--a=b"],
                "replicas": 2,
                "ready": 1,
            }
        ],
    }
    assert report(Facts(**{controller: ()}))[controller] == {"found": False, "deployments": []}
    assert report(Facts(**{controller: NO}))[controller] == {"found": None, "deployments": []}


IN_CLUSTER = ("kubernetes", "nodes", "cnis", "npl", "agents", "cis", "ako")
ON_SUPERVISOR = ("cluster_class", "cni", "antrea_config", "addon_config", "provider", "subnet_sets")


def test_every_fact_that_is_not_known_is_named() -> None:
    facts: dict[str, Any] = {name: Unknown(f"no {name}") for name in IN_CLUSTER}
    above: dict[str, Any] = {name: Unknown(f"no {name}") for name in ON_SUPERVISOR}
    assert report(Facts(**facts, supervisor=dataclasses.replace(ABOVE, **above)))["unknown"] == [
        *({"fact": name, "reason": f"no {name}"} for name in IN_CLUSTER),
        *({"fact": f"supervisor.{name}", "reason": f"no {name}"} for name in ON_SUPERVISOR),
    ]
    assert report(Facts(**facts))["unknown"] == [
        {"fact": name, "reason": f"no {name}"} for name in IN_CLUSTER
    ]


def test_facts_that_are_known_are_not_named() -> None:
    known: dict[str, Any] = {
        "kubernetes": "v1",
        "npl": None,
        **dict.fromkeys(("cnis", "agents", "cis", "ako"), ()),
    }
    facts = Facts(**known, nodes=NO, supervisor=dataclasses.replace(ABOVE, cni=NO))
    assert report(facts)["unknown"] == [
        {"fact": "nodes", "reason": "it is forbidden"},
        {"fact": "supervisor.cni", "reason": "it is forbidden"},
    ]
