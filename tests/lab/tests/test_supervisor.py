# Copyright: Contributors to the vks.bigip collection
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Supervisor's handling of settings, without a lab: values, the package's configuration, conditions,
networks."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from vkslab.antrea import config
from vkslab.antrea.version import Version
from vkslab.supervisor import addon_config, antrea_config, network, objects, package
from vkslab.supervisor.conditions import with_condition
from vkslab.supervisor.crds import GATES
from vkslab.supervisor.era import ERAS

RANGES = {
    "node_cidr": "198.18.0.0/16,2001:db8:18::/64",
    "pod_cidr": "100.96.0.0/11",
    "service_cidr": "100.64.0.0/16",
}


@pytest.mark.parametrize(
    ("given", "npl"),
    [
        pytest.param(
            {"nodePortLocal": {"enabled": True, "portRange": "1-2"}},
            {"enabled": True, "portRange": "1-2"},
            id="all of it",
        ),
        pytest.param(
            {"nodePortLocal": {"enabled": False, "portRange": "1-2"}},
            {"portRange": "1-2"},
            id="false is nothing",
        ),
        pytest.param({"nodePortLocal": {"enabled": False, "portRange": ""}}, None, id="nothing is left"),
        pytest.param({}, None, id="not there"),
    ],
)
def test_antrea_config_leaves_out_what_is_empty(given: dict[str, Any], npl: Any) -> None:
    made = antrea_config.values({"spec": {"antrea": {"config": given}}})["antrea"]["config"]
    assert made.get("nodePortLocal") == npl


@pytest.mark.parametrize(
    "given", [{}, {"spec": {}}, {"spec": {"antrea": {"config": {"featureGates": {"Egress": True}}}}}]
)
def test_every_gate_is_written_and_one_that_is_not_there_is_false(given: dict[str, Any]) -> None:
    gates = antrea_config.values(given)["antrea"]["config"]["featureGates"]
    assert gates.keys() == GATES.keys() and [name for name, value in gates.items() if value] == (
        ["Egress"] if given.get("spec") else []
    )


SCHEMA = {
    "type": "object",
    "properties": {
        "on": {"type": "boolean", "default": True},
        "port": {"type": "integer"},
        "list": {"type": "array"},
        "part": {"type": "object", "properties": {"name": {"type": "string", "default": "x"}}},
        "free": {"type": "object", "properties": {"name": {"type": "string"}}},
    },
}


@pytest.mark.parametrize(
    ("given", "values"),
    [
        (None, {"on": True, "part": {"name": "x"}}),
        ({"on": False, "port": 1}, {"on": False, "port": 1, "part": {"name": "x"}}),
        ({"part": {"name": "y", "other": 1}, "other": 1}, {"on": True, "part": {"name": "y"}}),
        (
            {"part": None, "free": {}, "list": [1]},
            {"on": True, "part": {"name": "x"}, "free": {}, "list": [1]},
        ),
    ],
)
def test_addon_values_have_the_schemas_defaults_and_nothing_else(given: Any, values: dict[str, Any]) -> None:
    assert addon_config.values(given, SCHEMA) == values


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"on": "yes"}, "spec.values.on"),
        ({"port": True}, "spec.values.port"),
        ({"part": []}, "spec.values.part"),
        ({"part": {"name": 1}}, "spec.values.part.name"),
    ],
)
def test_addon_values_of_the_wrong_type(given: Any, where: str) -> None:
    with pytest.raises(addon_config.Invalid, match=f"^{where}: Invalid value"):
        addon_config.values(given, SCHEMA)


@pytest.mark.parametrize("version", ["1.5.2", "1.7.2", "2.3.0", "2.5.2"])
@pytest.mark.parametrize(
    ("npl", "ports"),
    [
        (
            {"featureGates": {"NodePortLocal": True}, "nodePortLocal": {"portRange": "40000-40100"}},
            (40000, 40100),
        ),
        ({"featureGates": {"NodePortLocal": True}}, (61000, 62000)),
        ({"featureGates": {"NodePortLocal": True}, "nodePortLocal": {"enabled": False}}, None),
        ({"featureGates": {"NodePortLocal": False}, "nodePortLocal": {"enabled": True}}, None),
    ],
)
def test_agents_understand_the_packages_configuration(
    version: str, npl: dict[str, Any], ports: tuple[int, int] | None
) -> None:
    values = package.merged(package.defaults(), {"antrea": {"config": npl}})
    text = package.agent_config(Version.read(version), values)
    assert config.read(text, Version.read(version)).ports == ports
    assert ("nodePortLocal:\n" in text and yaml.safe_load(text)["nodePortLocal"] is None) is not npl[
        "featureGates"
    ]["NodePortLocal"]


def test_a_conditions_time_changes_with_its_status_only() -> None:
    first = with_condition({}, "Ready", True, "Good", generation=1)
    first["conditions"][0]["lastTransitionTime"] = "2026-01-01T00:00:00Z"
    same = with_condition(first, "Ready", True, "StillGood", generation=2)
    assert (
        same["observedGeneration"] == 2
        and same["conditions"][0]["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    )
    other = with_condition(same, "Ready", False, "Bad", "why")
    assert (
        other["conditions"][0]["lastTransitionTime"] > "2026-01-01T00:00:00Z"
        and len(other["conditions"]) == 1
    )


@pytest.mark.parametrize(
    ("vks", "provider", "kinds", "sign"),
    [
        ("3.5", "vsphere", ["VSphereCluster", "NetworkSettings", "Network"], None),
        ("3.6", "vsphere", ["VSphereCluster", "NetworkSettings", "Network"], "VSphereDistributed"),
        ("3.6", "nsx_t1", ["VSphereCluster", "NetworkSettings", "VirtualNetwork"], "NSXTier1"),
        ("3.6", "nsx_vpc", ["VSphereCluster", "NetworkSettings", "SubnetSet", "NetworkInfo"], "VPC"),
    ],
)
def test_the_signs_of_a_network(vks: str, provider: str, kinds: list[str], sign: str | None) -> None:
    made = [each for _, each in network.objects(ERAS[vks], provider, "shop", RANGES["node_cidr"])]
    assert [each["kind"] for each in made] == kinds
    assert made[0]["spec"].get("network", {}).get("provider") == sign
    if provider == "nsx_vpc":
        assert [each["networkAddresses"] for each in made[2]["status"]["subnets"]] == [
            ["198.18.0.0/16"],
            ["2001:db8:18::/64"],
        ]


@pytest.mark.parametrize(
    ("vks", "wanted", "unwanted"),
    [
        ("3.5", {"ClusterBootstrap", "CalicoConfig"}, {"AntreaConfig", "ClusterAddon"}),
        ("3.6", {"ClusterAddon"}, {"AddonConfig", "ClusterBootstrap"}),
    ],
)
def test_a_cluster_with_calico(vks: str, wanted: set[str], unwanted: set[str]) -> None:
    made = [
        each
        for _, each in objects.of_supervisor(ERAS[vks], "shop", "calico", "vsphere", RANGES, "", True, "")
    ]
    kinds = {each["kind"] for each in made}
    assert wanted <= kinds and not unwanted & kinds
